//! Reading a query's text, piece by piece.

use std::collections::HashSet;

use super::filter::{FIELDS, Names};
use super::{LONGEST, MOST_CLAUSES, MOST_PROBLEMS, Query, Understood};
use crate::domain::reference;
use crate::text::table::nearest;

/// The deepest nesting of brackets and NOTs read.
const DEEPEST: usize = 16;

pub(super) fn read(text: &str, names: Names<'_>) -> Understood {
    let mut problems = Vec::new();
    let mut text = text.trim();
    if let Some((cut, _)) = text.char_indices().nth(LONGEST) {
        problems.push(format!("Only the first {LONGEST} characters were read."));
        text = text.get(..cut).unwrap_or(text);
    }
    let mut pieces = pieces(text, names, &mut problems);
    if pieces.len() > MOST_CLAUSES * 3
        || pieces.iter().filter(|p| p.is_clause()).count() > MOST_CLAUSES
    {
        problems.push(format!(
            "Only the first {MOST_CLAUSES} words and filters were read."
        ));
        let mut clauses = 0;
        let end = pieces
            .iter()
            .position(|piece| {
                clauses += usize::from(piece.is_clause());
                clauses > MOST_CLAUSES
            })
            .unwrap_or(MOST_CLAUSES * 3)
            .min(MOST_CLAUSES * 3);
        pieces.truncate(end);
    }
    let mut reader = Reader {
        pieces,
        at: 0,
        problems,
    };
    let mut parts = Vec::new();
    while reader.at < reader.pieces.len() {
        parts.extend(reader.either(0));
        if let Some(Piece::Close) = reader.peek() {
            reader
                .problems
                .push("A closing bracket without an opening one was left out.".to_owned());
            reader.at += 1;
        }
    }
    let mut problems = reader.problems;
    let mut seen = HashSet::new();
    problems.retain(|problem| seen.insert(problem.clone()));
    problems.truncate(MOST_PROBLEMS);
    Understood {
        query: joined(parts, Query::And).unwrap_or(Query::All),
        problems,
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Open,
    Close,
    And,
    Or,
    Not,
    Leaf(Query),
}

impl Piece {
    fn is_clause(&self) -> bool {
        matches!(self, Self::Leaf(_))
    }
}

fn pieces(text: &str, names: Names<'_>, problems: &mut Vec<String>) -> Vec<Piece> {
    let citations = reference::find(text, names.known);
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(first) = rest.chars().next() else {
            break;
        };
        if let Some(found) = citations
            .iter()
            .find(|found| found.byte_start == at && found.byte_end > at)
        {
            let typed = text.get(found.byte_start..found.byte_end).unwrap_or("");
            // A citation that runs into brackets or quotes is words; the grammar reads those.
            if !typed.contains(['"', '(', ')', '*']) || typed.contains("(EU)") {
                // Lists such as "ISO 27001/27002" give several works for overlapping places.
                for same in citations.iter().filter(|other| {
                    other.byte_start >= found.byte_start
                        && other.byte_start < found.byte_end.max(found.byte_start + 1)
                }) {
                    out.push(Piece::Leaf(Query::Citation {
                        work: same.reference.work.clone(),
                        text: text
                            .get(same.byte_start..same.byte_end)
                            .unwrap_or(typed)
                            .to_owned(),
                    }));
                }
                at = citations
                    .iter()
                    .filter(|other| {
                        other.byte_start >= found.byte_start && other.byte_start < found.byte_end
                    })
                    .map(|other| other.byte_end)
                    .max()
                    .unwrap_or(found.byte_end);
                continue;
            }
        }
        match first {
            c if c.is_whitespace() => at += c.len_utf8(),
            '(' => {
                out.push(Piece::Open);
                at += 1;
            }
            ')' => {
                out.push(Piece::Close);
                at += 1;
            }
            c if is_quote(c) => {
                let (words, length) = quoted(rest, problems);
                if words.chars().any(char::is_alphanumeric) {
                    out.push(Piece::Leaf(Query::Phrase(words)));
                }
                at += length;
            }
            '-' if rest
                .chars()
                .nth(1)
                .is_some_and(|c| !c.is_whitespace() && c != '-') =>
            {
                out.push(Piece::Not);
                at += 1;
            }
            _ => {
                let (piece, length) = word(rest, names, problems);
                out.extend(piece);
                at += length.max(first.len_utf8());
            }
        }
    }
    out
}

/// Quotation marks as people have them on their keyboards, or paste them.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」')
}

/// What is told of `colour:red`, which looks like a filter and is none.
fn strange_field(text: &str) -> Option<String> {
    let (field, value) = text.split_once(':')?;
    let looks_so = (2..=20).contains(&field.len())
        && field.bytes().all(|b| b.is_ascii_alphabetic())
        && !value.is_empty()
        && !value.starts_with('/')
        && !matches!(field, "urn" | "mailto" | "doi" | "celex" | "CELEX");
    looks_so.then(|| {
        let lower = field.to_ascii_lowercase();
        match nearest(&lower, FIELDS.iter().copied()) {
            Some(near) => format!(
                "`{field}:` is no field; did you mean `{near}:`? Searched for the words instead."
            ),
            None => format!(
                "`{field}:` is no field; there are {}. Searched for the words instead.",
                FIELDS.join(", ")
            ),
        }
    })
}

/// A phrase in quotes: its words and how many bytes it took.
fn quoted(rest: &str, problems: &mut Vec<String>) -> (String, usize) {
    let open = rest.chars().next().map_or(0, char::len_utf8);
    let inner = rest.get(open..).unwrap_or("");
    match inner.char_indices().find(|(_, c)| is_quote(*c)) {
        Some((end, close)) => (
            inner.get(..end).unwrap_or("").trim().to_owned(),
            open + end + close.len_utf8(),
        ),
        None => {
            problems.push(
                "A quotation mark without its partner: everything after it was read as one phrase."
                    .to_owned(),
            );
            (inner.trim().to_owned(), rest.len())
        }
    }
}

/// A word, an operator or a filter, and how many bytes it took.
fn word(rest: &str, names: Names<'_>, problems: &mut Vec<String>) -> (Option<Piece>, usize) {
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')') || is_quote(c))
        .unwrap_or(rest.len());
    let text = rest.get(..end).unwrap_or(rest);
    match text {
        "AND" | "&&" => return (Some(Piece::And), end),
        "OR" | "||" => return (Some(Piece::Or), end),
        "NOT" => return (Some(Piece::Not), end),
        _ => {}
    }
    if let Some((field, value)) = text.split_once(':')
        && FIELDS.contains(&field.to_ascii_lowercase().as_str())
    {
        let field = field.to_ascii_lowercase();
        let before = field.len() + 1;
        let (value, length) = if value.is_empty()
            && rest
                .get(before..)
                .is_some_and(|after| after.starts_with(is_quote))
        {
            let (value, length) = quoted(rest.get(before..).unwrap_or(""), problems);
            (value, before + length)
        } else if field == "standard" {
            // A reference holds spaces; take as much as one spans, else the word.
            let after = rest.get(before..).unwrap_or("");
            match reference::find(after, names.known).first() {
                Some(found) if found.byte_start == 0 => (
                    after.get(..found.byte_end).unwrap_or(value).to_owned(),
                    before + found.byte_end,
                ),
                _ => (value.to_owned(), end),
            }
        } else {
            (value.to_owned(), end)
        };
        return match names.filter(&field, value.trim()) {
            Ok(filter) => (Some(Piece::Leaf(Query::Filter(filter))), length),
            Err(problem) => {
                problems.push(problem);
                let words = value.trim();
                // A day that cannot be read is no word that anybody wrote.
                let dated = matches!(field.as_str(), "after" | "before" | "open");
                let leaf = (!dated && words.chars().any(char::is_alphanumeric))
                    .then(|| Piece::Leaf(Query::Phrase(words.to_owned())));
                (leaf, length)
            }
        };
    }
    if let Some(problem) = strange_field(text) {
        problems.push(problem);
    }
    let prefix = text.ends_with('*') && text.trim_end_matches('*').chars().count() >= 2;
    let bare = text.trim_matches('*').to_owned();
    if text.starts_with('*') && !bare.is_empty() {
        problems.push(format!(
            "A star works at the end of a word only: searched for `{bare}`."
        ));
    }
    if !bare.chars().any(char::is_alphanumeric) {
        return (None, end);
    }
    (Some(Piece::Leaf(Query::Word { text: bare, prefix })), end)
}
struct Reader {
    pieces: Vec<Piece>,
    at: usize,
    problems: Vec<String>,
}

impl Reader {
    fn peek(&self) -> Option<&Piece> {
        self.pieces.get(self.at)
    }

    /// a OR b OR c, down to a closing bracket.
    fn either(&mut self, depth: usize) -> Option<Query> {
        let mut parts = Vec::new();
        loop {
            let part = self.all(depth);
            let empty = part.is_none();
            parts.extend(part);
            if self.peek() == Some(&Piece::Or) {
                self.at += 1;
                if empty || matches!(self.peek(), None | Some(Piece::Close)) {
                    self.problems
                        .push("OR needs something on both sides.".to_owned());
                }
            } else {
                break;
            }
        }
        joined(parts, Query::Or)
    }

    /// a b AND c, down to OR or a closing bracket.
    fn all(&mut self, depth: usize) -> Option<Query> {
        let mut parts = Vec::new();
        while let Some(piece) = self.peek() {
            match piece {
                Piece::Close | Piece::Or => break,
                Piece::And => {
                    self.at += 1;
                    if parts.is_empty()
                        || matches!(
                            self.peek(),
                            None | Some(Piece::Close | Piece::Or | Piece::And)
                        )
                    {
                        self.problems
                            .push("AND needs something on both sides.".to_owned());
                    }
                }
                _ => parts.extend(self.one(depth)),
            }
        }
        joined(parts, Query::And)
    }

    fn one(&mut self, depth: usize) -> Option<Query> {
        let piece = self.peek()?.clone();
        self.at += 1;
        match piece {
            Piece::Leaf(query) => Some(query),
            Piece::Not if depth < DEEPEST => match self.peek() {
                Some(Piece::Leaf(_) | Piece::Open | Piece::Not) => {
                    self.one(depth + 1).map(|query| Query::Not(Box::new(query)))
                }
                _ => {
                    self.problems
                        .push("NOT needs something after it.".to_owned());
                    None
                }
            },
            Piece::Open if depth < DEEPEST => {
                let query = self.either(depth + 1);
                if self.peek() == Some(&Piece::Close) {
                    self.at += 1;
                } else {
                    self.problems
                        .push("A bracket without its partner was closed at the end.".to_owned());
                }
                query
            }
            Piece::Not | Piece::Open => {
                self.problems
                    .push("Brackets nested too deep were left out.".to_owned());
                None
            }
            Piece::Close | Piece::And | Piece::Or => None,
        }
    }
}

fn joined(mut parts: Vec<Query>, join: impl Fn(Vec<Query>) -> Query) -> Option<Query> {
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(join(parts)),
    }
}
