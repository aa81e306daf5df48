//! References: citations of standards, laws and reports, read out of texts by a grammar over
//! tokens.
//!
//! Each family (ISO and its adoptions, European standards, NIST, acts of the Union, American and
//! British law, industry schemes) is a small recursive descent over one list of tokens; a text
//! without a digit holds no citation and costs nothing more than finding that out.

mod iso;
mod law;
mod schemes;
mod tokens;

use std::collections::HashSet;
use std::sync::Arc;

use tokens::{Tokens, tokens};

/// One citation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Reference {
    /// What is cited, spelled uniformly.
    pub canonical: String,
    /// The undated thing: no adoption, no stage, no edition, no amendment; of an act its CELEX
    /// number.
    pub work: String,
    /// The draft prefix (`AWI`, `DIS`, `prEN`, `ipd` …).
    pub stage: Option<String>,
    /// National and regional prefixes, the outermost first.
    pub adoption: Vec<String>,
}

impl Reference {
    fn plain(canonical: impl Into<String>, work: impl Into<String>) -> Self {
        Self {
            canonical: canonical.into(),
            work: work.into(),
            stage: None,
            adoption: Vec::new(),
        }
    }
}

/// A citation with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What is cited.
    pub reference: Reference,
    /// Where it begins, in characters.
    pub start: usize,
    /// Where it ends, in characters.
    pub end: usize,
    /// Where it begins, in bytes.
    pub byte_start: usize,
    /// Where it ends, in bytes.
    pub byte_end: usize,
}

/// Works that the library knows: they complete a publisher and decide what a bare number is.
#[derive(Clone, Debug, Default)]
pub struct KnownWorks(Arc<HashSet<String>>);

impl KnownWorks {
    /// Reads each form and keeps its work.
    pub fn new<I: IntoIterator<Item = String>>(forms: I) -> Self {
        let nothing = Self::default();
        Self(Arc::new(
            forms
                .into_iter()
                .flat_map(|form| read(&form, &nothing))
                .map(|reference| reference.work)
                .collect(),
        ))
    }

    /// Whether the work is known.
    pub fn contains(&self, work: &str) -> bool {
        self.0.contains(work)
    }
}

/// What one family read: references with the tokens that each spans, and the token after all.
struct Reading {
    references: Vec<(Reference, usize, usize)>,
    next: usize,
}

impl Reading {
    fn one(reference: Reference, from: usize, next: usize) -> Self {
        Self {
            references: vec![(reference, from, next)],
            next,
        }
    }
}

/// The longest text that is read, in bytes; the rest of a longer one is background.
const LONGEST: usize = 200_000;

/// Finds every citation of a text, in order.
pub fn find(text: &str, known: &KnownWorks) -> Vec<Found> {
    // Every family of citations has a number.
    if !text.contains(|c: char| c.is_numeric()) {
        return Vec::new();
    }
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let list = tokens(text.get(..end).unwrap_or(""));
    let tokens = Tokens::new(&list, known);
    let mut out = Vec::new();
    let mut at = 0;
    while at < list.len() {
        let Some(reading) = at_token(&tokens, at) else {
            at += 1;
            continue;
        };
        for (reference, from, next) in reading.references {
            let (Some(first), Some(last)) = (list.get(from), list.get(next.saturating_sub(1)))
            else {
                continue;
            };
            out.push(Found {
                reference,
                start: first.character,
                end: last.character_end,
                byte_start: first.byte,
                byte_end: last.byte_end,
            });
        }
        at = reading.next.max(at + 1);
    }
    out
}

fn at_token(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    // A citation begins at a word or a number, never in the middle of one, and its number is
    // not far; most words of running text end here.
    if tokens.glued_to_word(at) || !tokens.has_number_within(at, 14) {
        return None;
    }
    schemes::read(tokens, at)
        .or_else(|| law::read(tokens, at))
        .or_else(|| iso::read(tokens, at))
}

/// The citations of a surface form.
pub fn read(form: &str, known: &KnownWorks) -> Vec<Reference> {
    find(form, known)
        .into_iter()
        .map(|found| found.reference)
        .collect()
}

/// A work as it stands in an address: lower case, every other sign a hyphen.
pub fn slug(work: &str) -> String {
    let mut out = String::with_capacity(work.len());
    for c in work.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests;
