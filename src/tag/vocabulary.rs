//! The words of the library, each a number, and sequences of them, found in one walk over a text.

use rustc_hash::FxHashMap;

use super::passage::{Gap, Passage};

/// A word of the library, or all words with the same beginning or ending.
pub(super) type Symbol = u32;

/// How many bytes an open word has at the least, and by how many it is looked up.
const BEGINNING: usize = 3;
const ENDING: usize = 3;

/// Every word that the library knows.
#[derive(Default)]
pub(super) struct Vocabulary {
    exact: FxHashMap<Box<str>, Symbol>,
    /// Words with any ending (`standardis*`), by their first bytes.
    beginnings: FxHashMap<[u8; BEGINNING], Vec<(Box<str>, Symbol)>>,
    /// Words with any beginning (`*bussgeld`), by their last bytes.
    endings: FxHashMap<[u8; ENDING], Vec<(Box<str>, Symbol)>>,
    count: Symbol,
}

/// A word as the library writes it.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) symbol: Symbol,
    /// As written, for names whose case counts.
    pub(super) text: Box<str>,
    /// What stands before it.
    pub(super) gap: Gap,
}

impl Vocabulary {
    /// Takes in a name or a phrase word by word. A star at the end of a word stands for any
    /// ending, one at its beginning for any beginning.
    pub(super) fn take(&mut self, written: &str) -> Vec<Written> {
        let passage = Passage::new(written, usize::MAX);
        let bytes = written.as_bytes();
        (0..passage.len())
            .map(|at| {
                let (start, end) = passage.bytes(at, at + 1);
                let star =
                    |place: Option<usize>| place.and_then(|place| bytes.get(place)) == Some(&b'*');
                let word = passage.word(at);
                let symbol = if star(Some(end)) && word.len() >= BEGINNING {
                    let next = self.count;
                    open(&mut self.beginnings, first(word), word, next)
                } else if star(start.checked_sub(1)) && word.len() >= ENDING {
                    let next = self.count;
                    open(&mut self.endings, last(word), word, next)
                } else if let Some(symbol) = self.exact.get(word) {
                    Some(*symbol)
                } else {
                    self.exact.insert(word.into(), self.count);
                    None
                };
                Written {
                    symbol: symbol.unwrap_or_else(|| {
                        self.count += 1;
                        self.count - 1
                    }),
                    text: passage.written(at).into(),
                    gap: passage.gap(at),
                }
            })
            .collect()
    }

    /// The symbols of every word of a text.
    pub(super) fn read(&self, passage: &Passage<'_>) -> Symbols {
        let mut out = Symbols {
            all: Vec::with_capacity(passage.len()),
            ends: Vec::with_capacity(passage.len()),
        };
        for at in 0..passage.len() {
            let word = passage.word(at);
            out.all.extend(self.exact.get(word));
            let bytes = word.as_bytes();
            if bytes.len() >= BEGINNING
                && let Some(list) = first(word).and_then(|key| self.beginnings.get(&key))
            {
                let fits = list.iter().filter(|(open, _)| word.starts_with(&**open));
                out.all.extend(fits.map(|(_, symbol)| *symbol));
            }
            if bytes.len() > ENDING + 2
                && let Some(list) = last(word).and_then(|key| self.endings.get(&key))
            {
                let fits = list.iter().filter(|(open, _)| word.ends_with(&**open));
                out.all.extend(fits.map(|(_, symbol)| *symbol));
            }
            out.ends.push(out.all.len());
        }
        out
    }
}

fn first(word: &str) -> Option<[u8; BEGINNING]> {
    word.as_bytes().first_chunk().copied()
}

fn last(word: &str) -> Option<[u8; ENDING]> {
    word.as_bytes().last_chunk().copied()
}

/// The symbol of an open word, when it is there already; else files it under the next one.
fn open<const LENGTH: usize>(
    lists: &mut FxHashMap<[u8; LENGTH], Vec<(Box<str>, Symbol)>>,
    key: Option<[u8; LENGTH]>,
    word: &str,
    next: Symbol,
) -> Option<Symbol> {
    let list = lists.entry(key?).or_default();
    if let Some((_, symbol)) = list.iter().find(|(open, _)| &**open == word) {
        return Some(*symbol);
    }
    list.push((word.into(), next));
    None
}

/// For each word of a text its symbols; most words have none.
pub(super) struct Symbols {
    all: Vec<Symbol>,
    ends: Vec<usize>,
}

impl Symbols {
    /// The symbols of a word.
    pub(super) fn of(&self, at: usize) -> &[Symbol] {
        let from = at
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let to = self.ends.get(at).copied().unwrap_or(from);
        self.all.get(from..to).unwrap_or(&[])
    }
}

/// A place in the tree of sequences: it stands for the words that lead to it.
pub(super) type Node = u32;

/// Sequences of words as a tree; its root is node 0.
#[derive(Default)]
pub(super) struct Sequences {
    next: FxHashMap<(Node, Symbol), Node>,
    count: Node,
    /// Whether a sequence ends at a node.
    ends: Vec<bool>,
}

impl Sequences {
    /// Takes in a sequence; none when it is empty.
    pub(super) fn add(&mut self, words: &[Written]) -> Option<Node> {
        let mut node = 0;
        for word in words {
            node = *self.next.entry((node, word.symbol)).or_insert_with(|| {
                self.count += 1;
                self.count
            });
        }
        self.ends.resize(self.count as usize + 1, false);
        *self.ends.get_mut(node as usize).filter(|_| node > 0)? = true;
        Some(node)
    }

    /// Calls `f(node, end)` for every sequence that begins at a word of a text and stands alone
    /// there; `end` is one past its last word.
    pub(super) fn walk(
        &self,
        passage: &Passage<'_>,
        symbols: &Symbols,
        at: usize,
        f: &mut impl FnMut(Node, usize),
    ) {
        self.step(passage, symbols, 0, at, at, f);
    }

    fn step(
        &self,
        passage: &Passage<'_>,
        symbols: &Symbols,
        node: Node,
        first: usize,
        at: usize,
        f: &mut impl FnMut(Node, usize),
    ) {
        if node > 0 && passage.gap(at) == Gap::Sentence {
            return;
        }
        for symbol in symbols.of(at) {
            let Some(next) = self.next.get(&(node, *symbol)) else {
                continue;
            };
            if self.ends.get(*next as usize).is_some_and(|ends| *ends)
                && passage.stands_alone(first, at + 1)
            {
                f(*next, at + 1);
            }
            self.step(passage, symbols, *next, first, at + 1, f);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str], text: &str) -> Vec<String> {
        let mut vocabulary = Vocabulary::default();
        let mut sequences = Sequences::default();
        for name in names {
            sequences.add(&vocabulary.take(name));
        }
        let passage = Passage::new(text, 1_000);
        let symbols = vocabulary.read(&passage);
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
