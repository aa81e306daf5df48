//! The words of the library, each a number, and sequences of them, found in one walk over a text.

use rustc_hash::FxHashMap;

use super::passage::{Gap, Passage};

/// A word of the library, or all words with the same beginning or ending.
pub(super) type Symbol = u32;

/// How many bytes an open word has at the least, and by how many it is looked up.
const BEGINNING: usize = 3;
const ENDING: usize = 3;

/// Which short keys are there at all: most words of a text are none of the library's, and this
/// says so before anything is hashed or compared.
struct Sieve([u64; 1 << (Sieve::BITS - 6)]);

impl Sieve {
    const BITS: u32 = 16;

    /// The bit of up to three bytes and a length.
    fn bit(bytes: &[u8], length: usize) -> (usize, u64) {
        let key = bytes
            .iter()
            .fold(length as u32, |key, byte| key << 8 | u32::from(*byte));
        let bit = key.wrapping_mul(0x9e37_79b1) >> (32 - Self::BITS);
        ((bit >> 6) as usize, 1 << (bit & 63))
    }

    fn put(&mut self, bytes: &[u8], length: usize) {
        let (place, bit) = Self::bit(bytes, length);
        if let Some(slot) = self.0.get_mut(place) {
            *slot |= bit;
        }
    }

    fn may_hold(&self, bytes: &[u8], length: usize) -> bool {
        let (place, bit) = Self::bit(bytes, length);
        self.0.get(place).is_some_and(|slot| slot & bit != 0)
    }
}

impl Default for Sieve {
    fn default() -> Self {
        Self([0; 1 << (Self::BITS - 6)])
    }
}

/// The bytes of a word that its sieve looks at.
fn head(word: &str) -> &[u8] {
    let bytes = word.as_bytes();
    bytes.first_chunk::<3>().map_or(bytes, <[u8; 3]>::as_slice)
}

/// Every word that the library knows.
#[derive(Default)]
pub(super) struct Vocabulary {
    exact: FxHashMap<Box<str>, Symbol>,
    /// The first bytes of whole words with their lengths, and with the length 0 those of open
    /// words; the last bytes of open words have the length 1.
    sieve: Box<Sieve>,
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
                    self.sieve.put(head(word), 0);
                    open(&mut self.beginnings, first(word), word, next)
                } else if star(start.checked_sub(1)) && word.len() >= ENDING {
                    let next = self.count;
                    if let Some(key) = last(word) {
                        self.sieve.put(&key, 1);
                    }
                    open(&mut self.endings, last(word), word, next)
                } else if let Some(symbol) = self.exact.get(word) {
                    Some(*symbol)
                } else {
                    self.sieve.put(head(word), word.len() + 2);
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
            words: Vec::with_capacity(passage.len()),
        };
        for at in 0..passage.len() {
            let word = passage.word(at);
            let from = out.all.len();
            let key = head(word);
            if self.sieve.may_hold(key, word.len() + 2) {
                out.all.extend(self.exact.get(word));
            }
            if word.len() >= BEGINNING
                && self.sieve.may_hold(key, 0)
                && let Some(list) = first(word).and_then(|key| self.beginnings.get(&key))
            {
                let fits = list.iter().filter(|(open, _)| word.starts_with(&**open));
                out.all.extend(fits.map(|(_, symbol)| *symbol));
            }
            if word.len() > ENDING + 2
                && let Some(key) = last(word).filter(|key| self.sieve.may_hold(key, 1))
                && let Some(list) = self.endings.get(&key)
            {
                let fits = list.iter().filter(|(open, _)| word.ends_with(&**open));
                out.all.extend(fits.map(|(_, symbol)| *symbol));
            }
            let new = out.all.get(from..).unwrap_or(&[]);
            out.words.push((
                u32::try_from(out.all.len()).unwrap_or(u32::MAX),
                new.iter().fold(0, |some, symbol| some | some_of(*symbol)),
            ));
        }
        out
    }
}

/// A symbol as one bit of a set that may hold more than was put into it.
fn some_of(symbol: Symbol) -> u64 {
    1 << (symbol & 63)
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
    /// Where the symbols of each word end, and a set that holds at least them.
    words: Vec<(u32, u64)>,
}

impl Symbols {
    /// The symbols of a word.
    pub(super) fn of(&self, at: usize) -> &[Symbol] {
        let from = at
            .checked_sub(1)
            .and_then(|before| self.words.get(before))
            .map_or(0, |(end, _)| *end as usize);
        let to = self.words.get(at).map_or(from, |(end, _)| *end as usize);
        self.all.get(from..to).unwrap_or(&[])
    }

    /// A set that holds at least the symbols of a word.
    fn some_of(&self, at: usize) -> u64 {
        self.words.get(at).map_or(0, |(_, some)| *some)
    }
}

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
}

impl Sequences {
    /// Takes in a sequence; none when it is empty.
    pub(super) fn add(&mut self, words: &[Written]) -> Option<Node> {
        let mut node: Node = 0;
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

    /// Calls `f(node, end)` for every sequence that begins at a word of a text and stands alone
    /// there; `end` is one past its last word.
    pub(super) fn walk(
        &self,
        passage: &Passage<'_>,
        symbols: &Symbols,
        at: usize,
        f: &mut impl FnMut(Node, usize),
    ) {
        for symbol in symbols.of(at) {
            match self.roots.get(*symbol as usize) {
                None | Some(0) => {}
                Some(next) => self.enter(passage, symbols, *next, at, at + 1, f),
            }
        }
    }

    /// At a node after the words from `first` to before `at`.
    fn enter(
        &self,
        passage: &Passage<'_>,
        symbols: &Symbols,
        node: Node,
        first: usize,
        at: usize,
        f: &mut impl FnMut(Node, usize),
    ) {
        let Some((ends, leads)) = self.nodes.get(node as usize) else {
            return;
        };
        if *ends && passage.stands_alone(first, at) {
            f(node, at);
        }
        if leads & symbols.some_of(at) == 0 || passage.gap(at) == Gap::Sentence {
            return;
        }
        for symbol in symbols.of(at) {
            if let Some(next) = self.next.get(&(node, *symbol)) {
                self.enter(passage, symbols, *next, first, at + 1, f);
            }
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
