//! The query language: one grammar for search, feeds, interfaces and saved searches.
//!
//! Words, `"phrases"`, `prefix*`, `field:value`, `AND`, `OR`, `NOT`, `-`, brackets, in any order.
//! Reading never fails: what cannot be understood is said, and the rest is searched for.

use chrono::NaiveDate;

use super::id::{BodyId, FrameworkId, JurisdictionId, SourceId, TopicId};
use super::reference::{self, KnownWorks};
use super::update::{Authority, UpdateKind};

/// The longest query read, in characters (contract: W5).
pub const LONGEST: usize = 512;
/// The most clauses read.
pub const MOST_CLAUSES: usize = 32;
/// The deepest nesting of brackets and NOTs read.
const DEEPEST: usize = 16;

/// A filter on what an update is tagged with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// `framework:`
    Framework(FrameworkId),
    /// `jurisdiction:`
    Jurisdiction(JurisdictionId),
    /// `body:`
    Body(BodyId),
    /// `topic:`
    Topic(TopicId),
    /// `kind:`
    Kind(UpdateKind),
    /// `source:`
    Source(SourceId),
    /// `standard:` a work, in any spelling
    Standard(String),
    /// `authority:`
    Authority(Authority),
    /// `language:`
    Language(String),
    /// `after:` that day or later
    After(NaiveDate),
    /// `before:` earlier than that day
    Before(NaiveDate),
}

/// A query as understood.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    /// Everything.
    All,
    /// A word, or the words that begin so.
    Word {
        /// As typed.
        text: String,
        /// Whether longer words match too.
        prefix: bool,
    },
    /// Words in this order, side by side.
    Phrase(String),
    /// A citation typed in some spelling: what cites the work, or has these words.
    Citation {
        /// The work.
        work: String,
        /// As typed.
        text: String,
    },
    /// A filter.
    Filter(Filter),
    /// All of them.
    And(Vec<Query>),
    /// At least one of them.
    Or(Vec<Query>),
    /// Not this.
    Not(Box<Query>),
}

/// What was made of a query's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// What is searched for.
    pub query: Query,
    /// What was not understood, and what was done instead; sentences for the reader.
    pub problems: Vec<String>,
}

impl Query {
    /// The words and phrases that a match is shown by, filters and negations left out.
    pub fn words(&self) -> Vec<&str> {
        let mut out = Vec::new();
        self.gather(&mut out);
        out
    }

    fn gather<'a>(&'a self, out: &mut Vec<&'a str>) {
        match self {
            Self::Word { text, .. } | Self::Phrase(text) | Self::Citation { text, .. } => {
                out.push(text)
            }
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.gather(out)),
            Self::All | Self::Filter(_) | Self::Not(_) => {}
        }
    }
}

/// Reads a query; `known` completes citations ("ISO 42001" is ISO/IEC 42001).
pub fn read(text: &str, known: &KnownWorks) -> Understood {
    let mut problems = Vec::new();
    let mut text = text.trim();
    if let Some((cut, _)) = text.char_indices().nth(LONGEST) {
        problems.push(format!("Only the first {LONGEST} characters were read."));
        text = text.get(..cut).unwrap_or(text);
    }
    let mut pieces = pieces(text, known, &mut problems);
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
    Understood {
        query: joined(parts, Query::And).unwrap_or(Query::All),
        problems: reader.problems,
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

fn pieces(text: &str, known: &KnownWorks, problems: &mut Vec<String>) -> Vec<Piece> {
    let citations = reference::find(text, known);
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
            '"' | '“' | '”' | '„' => {
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
                let (piece, length) = word(rest, known, problems);
                out.extend(piece);
                at += length.max(first.len_utf8());
            }
        }
    }
    out
}

/// A phrase in quotes: its words and how many bytes it took.
fn quoted(rest: &str, problems: &mut Vec<String>) -> (String, usize) {
    let is_quote = |c: char| matches!(c, '"' | '“' | '”' | '„');
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
fn word(rest: &str, known: &KnownWorks, problems: &mut Vec<String>) -> (Option<Piece>, usize) {
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '“' | '”' | '„'))
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
                .is_some_and(|after| after.starts_with(['"', '“', '„']))
        {
            let (value, length) = quoted(rest.get(before..).unwrap_or(""), problems);
            (value, before + length)
        } else if field == "standard" {
            // A reference holds spaces; take as much as one spans, else the word.
            let after = rest.get(before..).unwrap_or("");
            match reference::find(after, known).first() {
                Some(found) if found.byte_start == 0 => (
                    after.get(..found.byte_end).unwrap_or(value).to_owned(),
                    before + found.byte_end,
                ),
                _ => (value.to_owned(), end),
            }
        } else {
            (value.to_owned(), end)
        };
        return match filter(&field, value.trim(), known) {
            Ok(filter) => (Some(Piece::Leaf(Query::Filter(filter))), length),
            Err(problem) => {
                problems.push(problem);
                let words = value.trim();
                // A day that cannot be read is no word that anybody wrote.
                let dated = matches!(field.as_str(), "after" | "before");
                let leaf = (!dated && words.chars().any(char::is_alphanumeric))
                    .then(|| Piece::Leaf(Query::Phrase(words.to_owned())));
                (leaf, length)
            }
        };
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

/// The fields of filters.
pub const FIELDS: &[&str] = &[
    "framework",
    "jurisdiction",
    "body",
    "topic",
    "kind",
    "source",
    "standard",
    "authority",
    "language",
    "after",
    "before",
];

fn filter(field: &str, value: &str, known: &KnownWorks) -> Result<Filter, String> {
    let searched = |what: String| format!("{what} Searched for the words instead.");
    if value.is_empty() {
        return Err(format!("`{field}:` has no value and was left out."));
    }
    let lower = value.to_ascii_lowercase();
    match field {
        "framework" => lower
            .parse()
            .map(Filter::Framework)
            .map_err(|e| searched(format!("{e}."))),
        "jurisdiction" => lower
            .parse()
            .map(Filter::Jurisdiction)
            .map_err(|e| searched(format!("{e}."))),
        "body" => lower
            .parse()
            .map(Filter::Body)
            .map_err(|e| searched(format!("{e}."))),
        "topic" => lower
            .parse()
            .map(Filter::Topic)
            .map_err(|e| searched(format!("{e}."))),
        "source" => lower
            .parse()
            .map(Filter::Source)
            .map_err(|e| searched(format!("{e}."))),
        "kind" => lower
            .replace([' ', '-'], "_")
            .parse()
            .map(Filter::Kind)
            .map_err(|e| searched(format!("{e}."))),
        "standard" => {
            let work = reference::read(value, known)
                .into_iter()
                .next()
                .map_or_else(|| value.to_owned(), |reference| reference.work);
            Ok(Filter::Standard(work))
        }
        "authority" => match lower.as_str() {
            "official" => Ok(Filter::Authority(Authority::Official)),
            "accredited" => Ok(Filter::Authority(Authority::Accredited)),
            "secondary" => Ok(Filter::Authority(Authority::Secondary)),
            _ => Err(searched(format!(
                "`{value}` is no authority: official, accredited or secondary."
            ))),
        },
        "language" if lower.len() == 2 && lower.bytes().all(|b| b.is_ascii_lowercase()) => {
            Ok(Filter::Language(lower))
        }
        "language" => Err(searched(format!(
            "`{value}` is no language code of two letters."
        ))),
        "after" => day(value).map(Filter::After).ok_or_else(|| {
            format!("`after:{value}` is no date such as 2026-03-02 and was left out.")
        }),
        "before" => day(value).map(Filter::Before).ok_or_else(|| {
            format!("`before:{value}` is no date such as 2026-03-02 and was left out.")
        }),
        _ => Err(searched(format!("`{field}` is no field."))),
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    text.parse()
        .ok()
        .or_else(|| format!("{text}-01").parse().ok())
        .or_else(|| format!("{text}-01-01").parse().ok())
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn understood(text: &str) -> Understood {
        read(text, &KnownWorks::default())
    }

    fn w(text: &str) -> Query {
        Query::Word {
            text: text.to_owned(),
            prefix: false,
        }
    }

    #[test]
    fn the_grammar() {
        use Query::{All, And, Not, Or, Phrase};
        let not = |query: Query| Not(Box::new(query));
        for (text, query) in [
            ("", All),
            ("risk", w("risk")),
            ("risk register", And(vec![w("risk"), w("register")])),
            ("risk AND register", And(vec![w("risk"), w("register")])),
            (
                "a1 OR b1 c1",
                Or(vec![w("a1"), And(vec![w("b1"), w("c1")])]),
            ),
            (
                "(a1 OR b1) c1",
                And(vec![Or(vec![w("a1"), w("b1")]), w("c1")]),
            ),
            ("fine -bank", And(vec![w("fine"), not(w("bank"))])),
            ("NOT bank", not(w("bank"))),
            ("\"model risk\"", Phrase("model risk".to_owned())),
            ("“model risk”", Phrase("model risk".to_owned())),
            (
                "guidelin*",
                Query::Word {
                    text: "guidelin".to_owned(),
                    prefix: true,
                },
            ),
            (
                "kind:consultation",
                Query::Filter(Filter::Kind(UpdateKind::Consultation)),
            ),
            (
                "after:2026-01",
                Query::Filter(Filter::After("2026-01-01".parse().unwrap())),
            ),
            ("e-mail", w("e-mail")),
            ("https://e.org", w("https://e.org")),
        ] {
            let got = understood(text);
            assert_eq!(got.query, query, "{text}");
            assert_eq!(got.problems, Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_and_the_rest_is_searched_for() {
        for (text, query, part) in [
            (
                "\"open phrase",
                Query::Phrase("open phrase".to_owned()),
                "quotation",
            ),
            (
                "kind:news x1",
                Query::And(vec![Query::Phrase("news".to_owned()), w("x1")]),
                "kind",
            ),
            ("bank AND", w("bank"), "AND needs"),
            ("OR bank", w("bank"), "OR needs"),
            ("((bank", w("bank"), "bracket"),
            ("bank)", w("bank"), "bracket"),
            ("NOT", Query::All, "NOT needs"),
            ("after:soon bank", w("bank"), "date"),
            ("*bank", w("bank"), "star"),
        ] {
            let got = understood(text);
            assert!(
                got.problems.iter().any(|p| p.contains(part)),
                "{text}: {:?}",
                got.problems
            );
            assert_eq!(got.query, query, "{text}");
        }
    }

    #[test]
    fn bombs_are_bounded() {
        let words = "a1 ".repeat(170);
        let Query::And(parts) = understood(&words).query else {
            panic!("words are joined")
        };
        assert_eq!(parts.len(), MOST_CLAUSES);
        assert!(!understood(&"(".repeat(500)).problems.is_empty());
        assert!(!understood(&"-(".repeat(250)).problems.is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,80}") {
            understood(&text);
        }

        #[test]
        fn any_mess_of_operators_is_read(parts in proptest::collection::vec(prop_oneof![
            Just("("), Just(")"), Just("\""), Just("AND"), Just("OR"), Just("NOT"), Just("-"), Just("*"),
            Just("word"), Just("kind:"), Just("standard:ISO 42001"), Just("after:2026-01-01"), Just(":"), Just("ISO/IEC 42001:2023")
        ], 0..40)) {
            understood(&parts.join(" "));
            understood(&parts.concat());
        }
    }
}
