//! Sequences of the library's words, found in one walk over a text.

use rustc_hash::FxHashMap;

use super::passage::{Gap, Passage};
use super::vocabulary::{Known, Symbol, Symbols, Written, some_of};

/// A place in the tree of sequences: it stands for the words that lead to it.
pub(super) type Node = u32;

/// Something for some nodes, found by the node's number.
pub(super) struct ByNode<T>(Vec<T>);

impl<T: Default + Clone> ByNode<T> {
    /// The value of a node, to be set.
    pub(super) fn slot(&mut self, node: Node) -> &mut T {
        let place = node as usize;
        if self.0.len() <= place {
            self.0.resize(place + 1, T::default());
        }
        // Just made, if it was not there.
        &mut self.0[place]
    }

    /// The value of a node, where one was set.
    pub(super) fn get(&self, node: Node) -> Option<&T> {
        self.0.get(node as usize)
    }

    /// The values of all nodes, by their numbers.
    pub(super) fn into_values(self) -> Vec<T> {
        self.0
    }
}

impl<T> Default for ByNode<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// Sequences of words as a tree; its root is node 0.
#[derive(Default)]
pub(super) struct Sequences {
    /// From the root, by symbol; 0 leads nowhere.
    roots: Vec<Node>,
    /// From all other nodes.
    next: FxHashMap<(Node, Symbol), Node>,
    count: Node,
    /// For each node whether a sequence ends there, and a set that holds at least the symbols that
    /// lead on.
    nodes: Vec<(bool, u64)>,
    /// How many words the longest has.
    longest: usize,
}

/// A step of a walk: where it leads, and all that is to be known there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Step {
    /// 0 is nowhere: nothing ends there and nothing leads on.
    node: Node,
    /// Whether a sequence ends there.
    ends: bool,
    /// A set that holds at least the symbols that lead on.
    leads: u64,
}

/// Sequences of words, to be walked along a text from their second words on: where a word leads that
/// begins one lies beside that word.
pub(super) struct Paths {
    next: FxHashMap<(Node, Symbol), Step>,
    longest: usize,
}

impl Sequences {
    /// Takes in a sequence; none when it is empty.
    pub(super) fn add(&mut self, words: &[Written]) -> Option<Node> {
        let mut node: Node = 0;
        self.longest = self.longest.max(words.len());
        for word in words {
            let place = word.symbol as usize;
            if node == 0 {
                if self.roots.len() <= place {
                    self.roots.resize(place + 1, 0);
                }
                let slot = self.roots.get_mut(place)?;
                if *slot == 0 {
                    self.count += 1;
                    *slot = self.count;
                }
                node = *slot;
            } else {
                if let Some((_, leads)) = self.nodes.get_mut(node as usize) {
                    *leads |= some_of(word.symbol);
                }
                node = *self.next.entry((node, word.symbol)).or_insert_with(|| {
                    self.count += 1;
                    self.count
                });
            }
            let nodes = self.count as usize + 1;
            if self.nodes.len() < nodes {
                self.nodes.resize(nodes, (false, 0));
            }
        }
        self.nodes.get_mut(node as usize).filter(|_| node > 0)?.0 = true;
        Some(node)
    }

    /// As they are walked, and their first steps by symbol.
    pub(super) fn finish(self) -> (Vec<Step>, Paths) {
        let step = |node: Node| {
            let (ends, leads) = self.nodes.get(node as usize).copied().unwrap_or_default();
            Step { node, ends, leads }
        };
        let first = self.roots.iter().map(|node| step(*node)).collect();
        let next = self.next.iter();
        let next = next.map(|(from, node)| (*from, step(*node))).collect();
        let longest = self.longest;
        (first, Paths { next, longest })
    }
}

impl Paths {
    /// How many words the longest sequence has.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Calls `f(node, end)` for every sequence that begins at a word of a text and stands alone
    /// there; `end` is one past its last word.
    #[inline]
    pub(super) fn walk(
        &self,
        passage: &Passage<'_>,
        symbols: &Symbols<'_>,
        at: usize,
        f: &mut impl FnMut(Node, usize),
    ) {
        let leads = going_on(passage, symbols, at + 1);
        for Known { first: step, .. } in symbols.of(at) {
            if step.ends && passage.stands_alone(at, at + 1) {
                f(step.node, at + 1);
            }
            if step.leads & leads != 0 {
                self.follow(passage, symbols, step.node, at, at + 1, f);
            }
        }
    }

    /// After the words from `first` to before `at`, which led to a node.
    fn follow(
        &self,
        passage: &Passage<'_>,
        symbols: &Symbols<'_>,
        node: Node,
        first: usize,
        at: usize,
        f: &mut impl FnMut(Node, usize),
    ) {
        let leads = going_on(passage, symbols, at + 1);
        for Known { symbol, .. } in symbols.of(at) {
            let Some(step) = self.next.get(&(node, *symbol)) else {
                continue;
            };
            if step.ends && passage.stands_alone(first, at + 1) {
                f(step.node, at + 1);
            }
            if step.leads & leads != 0 {
                self.follow(passage, symbols, step.node, first, at + 1, f);
            }
        }
    }
}

/// A set that holds at least the symbols of a word with which a sequence may go on; none where a
/// sentence ends before it.
fn going_on(passage: &Passage<'_>, symbols: &Symbols<'_>, at: usize) -> u64 {
    match passage.gap(at) {
        Gap::Sentence => 0,
        _ => symbols.some_of(at),
    }
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary::Vocabulary;
    use super::*;

    fn found(names: &[&str], text: &str) -> Vec<String> {
        let mut vocabulary = Vocabulary::default();
        let mut sequences = Sequences::default();
        for name in names {
            sequences.add(&vocabulary.take(name, true));
        }
        let (first, sequences) = sequences.finish();
        let lookups =
            vocabulary.finish(|symbol| first.get(symbol as usize).copied().unwrap_or_default());
        let passage = Passage::new(text, 1_000);
        let symbols = lookups.read(&passage, 0);
        let mut out = Vec::new();
        for at in 0..passage.len() {
            sequences.walk(&passage, &symbols, at, &mut |_, end| {
                let (start, end) = passage.bytes(at, end);
                out.push(text[start..end].to_owned());
            });
        }
        out
    }

    #[test]
    fn sequences_are_found_however_they_are_joined() {
        let names = [
            "NIS 2",
            "AI Act",
            "act",
            "standardis*",
            "*bussgeld",
            "网络安全法",
        ];
        for (text, expected) in [
            ("NIS2, NIS-2 and nis 2", vec!["NIS2", "NIS-2", "nis 2"]),
            ("the AI-Act", vec!["AI-Act", "Act"]),
            ("AI. Act", vec!["Act"]),
            ("standardisation bodies", vec!["standardisation"]),
            ("ein Millionenbußgeld", vec!["Millionenbußgeld"]),
            ("新的网络安全法生效", vec!["网络安全法"]),
            ("action NIS23", vec![]),
        ] {
            assert_eq!(found(&names, text), expected, "{text}");
        }
    }
}
