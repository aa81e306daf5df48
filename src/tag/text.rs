//! The fields of an update, each read once: its words, and every sequence of the library in it.

use super::passage::Passage;
use super::sequences::{Node, Paths, Sequences};
use super::vocabulary::{Lookup, Symbols, Vocabulary};
use crate::domain::update::{Because, Field};

/// The library's words and sequences, while rules are compiled.
#[derive(Default)]
pub(super) struct Drafting {
    vocabulary: Vocabulary,
    sequences: Sequences,
    /// What is taken in now counts only where a text opens.
    opening: bool,
}

impl Drafting {
    /// From here on what is taken in counts only where a text opens.
    pub(super) fn openings(&mut self) {
        self.opening = true;
    }

    /// Takes in a name or a phrase of plain words; none when there is no word in it.
    pub(super) fn sequence(&mut self, written: &str) -> Option<Node> {
        self.named(written).map(|(node, _)| node)
    }

    /// The same, with its words.
    pub(super) fn named(
        &mut self,
        written: &str,
    ) -> Option<(Node, Vec<super::vocabulary::Written>)> {
        let words = self.vocabulary.take(written, !self.opening);
        self.sequences.add(&words).map(|node| (node, words))
    }

    /// Everything that was taken in, to read texts by.
    pub(super) fn finish(self) -> Dictionary {
        let (first, sequences) = self.sequences.finish();
        let first = |symbol| first.get(symbol as usize).copied().unwrap_or_default();
        Dictionary {
            lookup: self.vocabulary.finish(first),
            sequences,
        }
    }
}

/// The library's words and sequences.
pub(super) struct Dictionary {
    lookup: Lookup,
    sequences: Paths,
}

/// A sequence of the library in a text: `end` is one past its last word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) node: Node,
    pub(super) first: usize,
    pub(super) end: usize,
}

/// A field with what was found in it.
pub(super) struct Text<'a> {
    pub(super) field: Field,
    pub(super) passage: Passage<'a>,
    /// In the order of their first words.
    pub(super) hits: Vec<Hit>,
}

impl<'a> Text<'a> {
    /// Reads the first `longest` bytes of a field. What counts only where a text opens is looked
    /// for among its first `opening` words.
    pub(super) fn new(
        dictionary: &Dictionary,
        field: Field,
        text: &'a str,
        longest: usize,
        opening: usize,
    ) -> Self {
        let passage = Passage::new(text, longest);
        // A sequence that begins there may end later.
        let opening = opening + dictionary.sequences.longest();
        let symbols: Symbols<'_> = dictionary.lookup.read(&passage, opening);
        let mut hits = Vec::with_capacity(passage.len());
        for first in symbols.known() {
            dictionary
                .sequences
                .walk(&passage, &symbols, first, &mut |node, end| {
                    hits.push(Hit { node, first, end });
                });
        }
        Self {
            field,
            passage,
            hits,
        }
    }

    /// The reason that lies in a stretch of words.
    pub(super) fn because(&self, rule: &'static str, first: usize, end: usize) -> Because {
        let (start, stop) = self.passage.bytes(first, end);
        self.because_bytes(rule, start, stop)
    }

    /// The reason that lies in a stretch of bytes.
    pub(super) fn because_bytes(&self, rule: &'static str, start: usize, stop: usize) -> Because {
        Because {
            rule: rule.into(),
            field: self.field,
            text: self
                .passage
                .original()
                .get(start..stop)
                .unwrap_or("")
                .to_owned(),
            start: self.passage.characters_before(start),
        }
    }
}
