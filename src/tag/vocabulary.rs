//! The words of the library, each a number, looked up in a text.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::passage::{Gap, Passage};

/// A word of the library, or all words with the same beginning or ending.
pub(super) type Symbol = u32;

/// How many bytes an open word has at the least, and by how many it is looked up.
const BEGINNING: usize = 3;
const ENDING: usize = 3;

/// Which short keys are there at all: most words of a text are none of the library's, and this
/// says so before anything is hashed or compared.
struct Sieve([u64; Sieve::WORDS]);

impl Sieve {
    const BITS: u32 = 16;
    const WORDS: usize = 1 << (Self::BITS - 6);

    /// The bit of a key.
    fn bit(key: u32) -> (usize, u64) {
        let bit = key.wrapping_mul(0x9e37_79b1) >> (32 - Self::BITS);
        ((bit >> 6) as usize % Self::WORDS, 1 << (bit & 63))
    }

    fn put(&mut self, key: u32) {
        let (place, bit) = Self::bit(key);
        self.0[place] |= bit;
    }

    fn may_hold(&self, key: u32) -> bool {
        let (place, bit) = Self::bit(key);
        self.0[place] & bit != 0
    }
}

impl Default for Sieve {
    fn default() -> Self {
        Self([0; Self::WORDS])
    }
}

/// Up to three bytes as a number.
fn three(bytes: &[u8]) -> u32 {
    let mut out = [0; 4];
    for (slot, byte) in out.iter_mut().zip(bytes.iter().take(3)) {
        *slot = *byte;
    }
    u32::from_le_bytes(out)
}

/// What the sieve holds of a whole word: its first bytes and its length.
fn whole(head: u32, length: usize) -> u32 {
    (head << 8) | (u32::try_from(length).unwrap_or(0).min(253) + 2)
}

/// Of words with any ending.
fn beginning(head: u32) -> u32 {
    head << 8
}

/// Of words with any beginning.
fn ending(tail: u32) -> u32 {
    (tail << 8) | 1
}

/// Every word that the library knows, while rules are compiled.
#[derive(Default)]
pub(super) struct Vocabulary {
    exact: FxHashMap<Box<str>, Symbol>,
    /// Words with any ending (`standardis*`).
    beginnings: FxHashMap<Box<str>, Symbol>,
    /// Words with any beginning (`*bussgeld`).
    endings: FxHashMap<Box<str>, Symbol>,
    /// For each symbol whether it counts anywhere in a text, or only where it opens.
    anywhere: Vec<bool>,
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
    /// ending, one at its beginning for any beginning. `anywhere` says whether it counts in all of
    /// a text, or only where it opens.
    pub(super) fn take(&mut self, written: &str, anywhere: bool) -> Vec<Written> {
        let passage = Passage::new(written, usize::MAX);
        let bytes = written.as_bytes();
        (0..passage.len())
            .map(|at| {
                let (start, end) = passage.bytes(at, at + 1);
                let star =
                    |place: Option<usize>| place.and_then(|place| bytes.get(place)) == Some(&b'*');
                let word = passage.word(at);
                let words = if star(Some(end)) && word.len() >= BEGINNING {
                    &mut self.beginnings
                } else if star(start.checked_sub(1)) && word.len() >= ENDING {
                    &mut self.endings
                } else {
                    &mut self.exact
                };
                let next = Symbol::try_from(self.anywhere.len()).unwrap_or(Symbol::MAX);
                let symbol = *words.entry(word.into()).or_insert(next);
                if symbol == next {
                    self.anywhere.push(false);
                }
                if let Some(known) = self.anywhere.get_mut(symbol as usize) {
                    *known |= anywhere;
                }
                Written {
                    symbol,
                    text: passage.written(at).into(),
                    gap: passage.gap(at),
                }
            })
            .collect()
    }

    /// For looking up: all words, and those that count anywhere.
    pub(super) fn finish(&self) -> Lookups {
        let mut symbols = Vec::new();
        let opening = Lookup::new(self, &mut symbols, |_| true);
        let anywhere = Lookup::new(self, &mut symbols, |symbol| {
            self.anywhere
                .get(symbol as usize)
                .is_some_and(|anywhere| *anywhere)
        });
        Lookups {
            opening,
            anywhere,
            symbols,
        }
    }
}

/// The words of the library, to be looked up in a text.
#[derive(Default)]
pub(super) struct Lookups {
    opening: Lookup,
    anywhere: Lookup,
    /// The symbols of whole words.
    symbols: Vec<Symbol>,
}

impl Lookups {
    /// The symbols of every word of a text: of all in its first words, and of those that count
    /// anywhere in the others.
    pub(super) fn read(&self, passage: &Passage<'_>, opening: usize) -> Symbols<'_> {
        let mut out = Symbols {
            known: &self.symbols,
            open: Vec::new(),
            words: Vec::with_capacity(passage.len()),
        };
        let opening = opening.min(passage.len());
        self.opening.read(passage, 0..opening, &mut out);
        self.anywhere
            .read(passage, opening..passage.len(), &mut out);
        out
    }
}

/// The symbols of one word: where they stand in a list, and a set that holds at least them.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    from: u32,
    to: u32,
    some: u64,
}

impl Run {
    /// The last symbols of a list, from one on.
    fn tail(list: &[Symbol], from: usize) -> Self {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let new = list.get(from..).unwrap_or(&[]);
        Self {
            from: place(from),
            to: place(list.len()),
            some: new.iter().fold(0, |some, symbol| some | some_of(*symbol)),
        }
    }

    fn of(self, list: &[Symbol]) -> &[Symbol] {
        list.get(self.from as usize..self.to as usize)
            .unwrap_or(&[])
    }
}

#[derive(Default)]
struct Lookup {
    /// The first bytes of whole words with their lengths, and with the length 0 those of open
    /// words; the last bytes of open words have the length 1.
    sieve: Box<Sieve>,
    /// Whole words with all that they are: a whole word is often an open one too. Nearly all fit into
    /// 16 bytes: such a one is a number.
    short: FxHashMap<u128, Run>,
    long: FxHashMap<Box<str>, Run>,
    /// Open words by their first or last bytes.
    beginnings: FxHashMap<u32, Vec<Open>>,
    endings: FxHashMap<u32, Vec<Open>>,
}

/// What a word begins with or ends in.
struct Open {
    symbol: Symbol,
    length: u32,
    /// Its first bytes, as many as fit; all of it is compared where it is longer.
    head: u128,
    text: Box<str>,
}

impl Open {
    fn new(text: Box<str>, symbol: Symbol) -> Self {
        Self {
            symbol,
            length: u32::try_from(text.len()).unwrap_or(u32::MAX),
            head: sixteen(text.as_bytes()),
            text,
        }
    }

    /// Whether a stretch of a word begins with it; `key` are the first bytes of that stretch.
    fn opens(&self, stretch: &[u8], key: u128) -> bool {
        let differ = self.head ^ key;
        match self.length {
            length @ 1..16 => {
                differ << (8 * (16 - length)) == 0 && stretch.len() >= length as usize
            }
            _ => differ == 0 && stretch.starts_with(self.text.as_bytes()),
        }
    }
}

/// The first 16 bytes as a number; where there are fewer, the others are 0.
fn sixteen(bytes: &[u8]) -> u128 {
    let mut out = [0; 16];
    for (slot, byte) in out.iter_mut().zip(bytes) {
        *slot = *byte;
    }
    u128::from_le_bytes(out)
}

impl Lookup {
    fn new(
        vocabulary: &Vocabulary,
        symbols: &mut Vec<Symbol>,
        counts: impl Fn(Symbol) -> bool,
    ) -> Self {
        let mut out = Self::default();
        let sorted = |words: &FxHashMap<Box<str>, Symbol>| {
            let counted = words.iter().filter(|(_, symbol)| counts(**symbol));
            let mut out: Vec<(Box<str>, Symbol)> = counted
                .map(|(word, symbol)| (word.clone(), *symbol))
                .collect();
            // The order of a hash map is no order: two runs must read alike.
            out.sort_unstable_by_key(|(_, symbol)| *symbol);
            out
        };
        for (word, symbol) in sorted(&vocabulary.beginnings) {
            let key = three(word.as_bytes());
            out.sieve.put(beginning(key));
            let list = out.beginnings.entry(key).or_default();
            list.push(Open::new(word, symbol));
        }
        for (word, symbol) in sorted(&vocabulary.endings) {
            let key = three(tail(word.as_bytes()));
            out.sieve.put(ending(key));
            let list = out.endings.entry(key).or_default();
            list.push(Open::new(word, symbol));
        }
        for (word, symbol) in sorted(&vocabulary.exact) {
            let from = symbols.len();
            symbols.push(symbol);
            let bytes = word.as_bytes();
            out.open(bytes, three(bytes), three(tail(bytes)), symbols);
            let run = Run::tail(symbols, from);
            out.sieve.put(whole(three(bytes), word.len()));
            match key(bytes) {
                Some(key) => out.short.insert(key, run),
                None => out.long.insert(word, run),
            };
        }
        out
    }

    /// The open words that a word is; `head` are its first bytes as a number, `end` its last.
    #[inline]
    fn open(&self, word: &[u8], head: u32, end: u32, out: &mut Vec<Symbol>) {
        if word.len() >= BEGINNING
            && self.sieve.may_hold(beginning(head))
            && let Some(list) = self.beginnings.get(&head)
        {
            let key = sixteen(word);
            let fits = list.iter().filter(|open| open.opens(word, key));
            out.extend(fits.map(|open| open.symbol));
        }
        if word.len() > ENDING + 2
            && self.sieve.may_hold(ending(end))
            && let Some(list) = self.endings.get(&end)
        {
            let fits = list.iter().filter(|open| {
                let from = word.len().checked_sub(open.length as usize);
                let stretch = from.and_then(|from| word.get(from..));
                stretch.is_some_and(|stretch| open.opens(stretch, sixteen(stretch)))
            });
            out.extend(fits.map(|open| open.symbol));
        }
    }

    fn read(&self, passage: &Passage<'_>, words: Range<usize>, out: &mut Symbols<'_>) {
        for (text, key) in passage.folded(words) {
            let word = text.as_bytes();
            let (head, end) = match key {
                Some(key) => {
                    let end = key >> (8 * word.len().saturating_sub(ENDING));
                    (low_three(key), low_three(end))
                }
                None => (three(word), three(tail(word))),
            };
            let may_be_whole = self.sieve.may_hold(whole(head, word.len()));
            let known = match key {
                _ if !may_be_whole => None,
                Some(key) => self.short.get(&key),
                None => self.long.get(text),
            };
            out.words.push(match known {
                Some(run) => *run,
                None => self.opened(word, head, end, &mut out.open),
            });
        }
    }

    /// The open words that a word is which is no whole one.
    #[inline]
    fn opened(&self, word: &[u8], head: u32, end: u32, open: &mut Vec<Symbol>) -> Run {
        let from = open.len();
        self.open(word, head, end, open);
        if open.len() == from {
            return Run::default();
        }
        let run = Run::tail(open, from);
        Run {
            from: run.from | Symbols::OPEN,
            ..run
        }
    }
}

/// The three lowest bytes of a number: the first of a short word.
#[allow(
    clippy::cast_possible_truncation,
    reason = "what is cut off is masked away"
)]
fn low_three(bytes: u128) -> u32 {
    bytes as u32 & 0xff_ffff
}

/// The last bytes of a word that has so many.
fn tail(word: &[u8]) -> &[u8] {
    word.last_chunk::<ENDING>()
        .map_or(word, <[u8; ENDING]>::as_slice)
}

/// The bytes of a short word as a number. No word holds a zero byte, so none is taken for another.
fn key(word: &[u8]) -> Option<u128> {
    (word.len() <= 16).then(|| sixteen(word))
}

/// A symbol as one bit of a set that may hold more than was put into it.
pub(super) fn some_of(symbol: Symbol) -> u64 {
    1 << (symbol & 63)
}

/// For each word of a text its symbols; most words have none.
pub(super) struct Symbols<'l> {
    /// The symbols of whole words of the library.
    known: &'l [Symbol],
    /// Those of words that are open ones only.
    open: Vec<Symbol>,
    words: Vec<Run>,
}

impl Symbols<'_> {
    /// Says of a run that it stands in `open`. The library has far fewer symbols.
    const OPEN: u32 = 1 << 31;

    /// The symbols of a word.
    pub(super) fn of(&self, at: usize) -> &[Symbol] {
        match self.words.get(at) {
            None => &[],
            Some(run) if run.from & Self::OPEN == 0 => run.of(self.known),
            Some(run) => Run {
                from: run.from & !Self::OPEN,
                ..*run
            }
            .of(&self.open),
        }
    }

    /// The words that have symbols.
    pub(super) fn known(&self) -> impl Iterator<Item = usize> {
        let words = self.words.iter().enumerate();
        words.filter(|(_, run)| run.some != 0).map(|(at, _)| at)
    }

    /// A set that holds at least the symbols of a word.
    pub(super) fn some_of(&self, at: usize) -> u64 {
        self.words.get(at).map_or(0, |run| run.some)
    }
}
