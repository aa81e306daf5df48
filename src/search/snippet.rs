//! The stretch of a text that shows best why it was found.

use std::collections::HashSet;

use crate::domain::query::Query;
use crate::domain::synonyms::{LONGEST, MOST_FORMS, Synonyms, keys};
use crate::text::{html, stem, words};

/// How much of a text is looked through, in bytes.
const HEAD: usize = 20_000;
/// The most words marked.
const MOST_MARKS: usize = 400;

/// The words that a text was found by.
#[derive(Clone, Debug, Default)]
pub struct Highlighter {
    words: HashSet<String>,
    beginnings: Vec<String>,
    /// The bytes that any of them begins with: most words of a text are passed over by that alone.
    initials: HashSet<u8, rustc_hash::FxBuildHasher>,
}

impl Highlighter {
    /// The words of a query, and the other words for what they mean.
    pub fn new(query: &Query, synonyms: Option<&Synonyms>) -> Self {
        let mut out = Self::default();
        let mut forms: Vec<Vec<String>> = Vec::new();
        let said = query.words();
        for text in &said {
            let form = keys(text);
            out.words.extend(form.iter().cloned());
            forms.push(form);
        }
        gather_beginnings(query, &mut out.beginnings);
        if let Some(known) = synonyms {
            // Rows of words have a meaning, too.
            for start in 0..forms.len() {
                let mut form: Vec<String> = Vec::new();
                for next in forms.iter().skip(start).take(LONGEST) {
                    form.extend(next.iter().cloned());
                    for meaning in known.of(&form) {
                        let others = meaning.forms.iter().take(MOST_FORMS);
                        out.words.extend(others.flatten().cloned());
                    }
                }
            }
        }
        let all = out.words.iter().chain(&out.beginnings);
        out.initials = all.filter_map(|word| word.bytes().next()).collect();
        out
    }

    fn holds(&self, key: &str, word: &str) -> bool {
        self.words.contains(key)
            || self
                .beginnings
                .iter()
                .any(|one| word.starts_with(one.as_str()))
    }

    /// The best `characters` of a text, as HTML of ours: everything escaped, the words found in
    /// `<mark>`. Nothing of the text is ever markup.
    pub fn snippet(&self, text: &str, characters: usize) -> String {
        // Only the head of a long text is looked through: a snippet is no search.
        let text = text.get(..text.floor_char_boundary(HEAD)).unwrap_or("");
        let mut marks: Vec<(usize, usize, String)> = Vec::new();
        if !self.words.is_empty() || !self.beginnings.is_empty() {
            words::for_each_token(
                text,
                &mut |word: &str, start: usize, end: usize, _: usize| {
                    let initial = word.bytes().next();
                    if initial.is_none_or(|initial| !self.initials.contains(&initial)) {
                        return;
                    }
                    let key = stem::key(word);
                    if marks.len() < MOST_MARKS && self.holds(key, word) {
                        marks.push((start, end, key.to_owned()));
                    }
                },
            );
        }
        // The window with the most different words; the earliest of equals.
        let width = characters * 3 / 2;
        let begin = marks
            .iter()
            .enumerate()
            .map(|(place, (start, ..))| {
                let mut seen: Vec<&str> = Vec::new();
                for (_, end, key) in marks.iter().skip(place) {
                    if *end > start + width {
                        break;
                    }
                    if !seen.contains(&key.as_str()) {
                        seen.push(key);
                    }
                }
                (seen.len(), std::cmp::Reverse(*start))
            })
            .max()
            .map_or(0, |(_, std::cmp::Reverse(start))| start);
        let from = lead(text, begin, characters / 5);
        let shown = html::excerpt(text.get(from..).unwrap_or(""), characters);
        let mut out = String::with_capacity(shown.len() + 64);
        if from > 0 {
            out.push('…');
        }
        let mut at = 0;
        for (start, end, _) in marks.iter().filter(|(start, ..)| *start >= from) {
            let (start, end) = (start - from, end - from);
            let (Some(before), Some(word)) = (shown.get(at..start), shown.get(start..end)) else {
                break;
            };
            escape(before, &mut out);
            out.push_str("<mark>");
            escape(word, &mut out);
            out.push_str("</mark>");
            at = end;
        }
        escape(shown.get(at..).unwrap_or(""), &mut out);
        out
    }
}

/// One snippet for a query.
pub fn snippet(text: &str, query: &Query, characters: usize) -> String {
    Highlighter::new(query, None).snippet(text, characters)
}

fn gather_beginnings(query: &Query, out: &mut Vec<String>) {
    match query {
        Query::Word { text, prefix: true } => {
            out.extend(words::tokens(text).pop().map(|token| token.text));
        }
        Query::And(parts) | Query::Or(parts) => {
            parts.iter().for_each(|part| gather_beginnings(part, out));
        }
        _ => {}
    }
}

/// A place at a word's beginning, some characters before `at`.
fn lead(text: &str, at: usize, characters: usize) -> usize {
    if at <= characters {
        return 0;
    }
    let mut from = at.saturating_sub(characters);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    text.get(from..at)
        .and_then(|lead| lead.find(char::is_whitespace).map(|space| from + space + 1))
        .unwrap_or(at)
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push(' '),
            c => out.push(c),
        }
    }
}
