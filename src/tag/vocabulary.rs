//! The words of the library, each a number, looked up in a text.

use rustc_hash::FxHashMap;

use super::passage::{Gap, MASKS, Passage};
use super::sequences::Step;

/// A word of the library, or all words with the same beginning or ending.
pub(super) type Symbol = u32;

/// How many bytes an open word has at the least, and by how many it is looked up.
const BEGINNING: usize = 3;
const ENDING: usize = 3;

/// With which bytes open words begin or end: most words that are no whole ones are no open ones
/// either, and this says so before any list is looked for.
struct Sieve([u64; Sieve::WORDS]);

impl Sieve {
    const BITS: u32 = 15;
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

/// What the sieve holds of words with any ending.
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

    /// For looking up in texts; `first` says where sequences lead that begin with a word.
    pub(super) fn finish(&self, first: impl Fn(Symbol) -> Step) -> Lookup {
        Lookup::new(self, first)
    }
}

/// A word of the library, and where sequences lead that begin with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) symbol: Symbol,
    pub(super) first: Step,
}

/// What one word is: where it stands in a list, and a set that holds at least the symbols.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    from: u32,
    to: u32,
    some: u64,
}

impl Run {
    /// The last ones of a list, from one on.
    fn tail(list: &[Known], from: usize) -> Self {
        let new = list.get(from..).unwrap_or(&[]);
        Self {
            from: number(from),
            to: number(list.len()),
            some: new
                .iter()
                .fold(0, |some, known| some | some_of(known.symbol)),
        }
    }

    fn of(self, list: &[Known]) -> &[Known] {
        list.get(self.from as usize..self.to as usize)
            .unwrap_or(&[])
    }
}

/// A place in a list as a number: no list of the library has more than 32 bits count.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// The words of the library, to be looked up in a text.
#[derive(Default)]
pub(super) struct Lookup {
    /// What whole words are, those that count anywhere in a text before those that count only where
    /// it opens.
    known: Vec<Known>,
    /// Whole words with all that they are: a whole word is often an open one too. Nearly all fit into
    /// 16 bytes: such a one is a number.
    short: Short,
    long: FxHashMap<Box<str>, Whole>,
    /// The first bytes of words with any ending, and the last of those with any beginning.
    sieve: Box<Sieve>,
    /// Open words by their first or last bytes.
    beginnings: FxHashMap<u32, Vec<Open>>,
    endings: FxHashMap<u32, Vec<Open>>,
}

/// A whole word: where all that it is stands in the list, and how much of that counts anywhere.
#[derive(Clone, Copy, Default)]
struct Whole {
    from: u32,
    anywhere: u16,
    all: u16,
    some: u64,
}

impl Whole {
    fn run(self, opening: bool) -> Run {
        let length = if opening { self.all } else { self.anywhere };
        Run {
            from: self.from,
            to: self.from + u32::from(length),
            some: self.some,
        }
    }
}

/// Whole words as numbers. What is looked at for every word of a text, one byte, lies close
/// together; all else is far away in memory and is looked at for words of the library only.
#[derive(Default)]
struct Short {
    /// For each place a byte of the hash of the word that stands there; 0 where none does.
    marks: Vec<u8>,
    /// The highest bits of a word's hash are its place, or the next one that is free.
    words: Vec<(u128, Whole)>,
    /// How far a hash is shifted down to be a place.
    shift: u32,
}

/// A word that is looked for.
#[derive(Clone, Copy, Default)]
struct Asked<'t> {
    word: &'t [u8],
    /// Its bytes as a number; none where it is longer than that.
    key: Option<u128>,
    /// Where it is looked for first.
    place: usize,
    /// Its mark, and the one that is there.
    mark: u8,
    there: u8,
}

/// So many words are looked for together.
const TOGETHER: usize = 32;

impl Short {
    fn new(words: Vec<(u128, Whole)>) -> Self {
        // Two or three of four places are free, so that most words that are not there are told by one
        // look.
        let places = (2 * words.len()).next_power_of_two().max(64);
        let mut out = Self {
            marks: vec![0; places],
            words: vec![(0, Whole::default()); places],
            shift: 64 - places.trailing_zeros(),
        };
        for (word, whole) in words {
            let (mut place, mark) = out.place(word);
            while out.marks.get(place).is_some_and(|taken| *taken != 0) {
                place = (place + 1) % places;
            }
            if let (Some(slot), Some(there)) = (out.words.get_mut(place), out.marks.get_mut(place))
            {
                (*slot, *there) = ((word, whole), mark);
            }
        }
        out
    }

    /// Where a word is looked for first, and its mark.
    #[inline]
    fn place(&self, word: u128) -> (usize, u8) {
        let [low, high] = [word, word >> 64].map(low_eight);
        let hash = (low ^ high.rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let [_, _, _, mark, ..] = hash.to_le_bytes();
        ((hash >> self.shift) as usize, mark | 0x80)
    }

    /// Asks for a word: nothing here hangs on what is found, so that many may be asked for side by
    /// side.
    #[inline]
    fn ask<'t>(&self, word: &'t [u8], key: Option<u128>) -> Asked<'t> {
        let (place, mark) = self.place(key.unwrap_or(0));
        Asked {
            word,
            key,
            place,
            mark,
            there: self.marks.get(place).copied().unwrap_or(0),
        }
    }

    /// What a word is that was asked for.
    #[inline]
    fn get(&self, asked: &Asked<'_>, word: u128) -> Option<Whole> {
        let (mut place, mut there) = (asked.place, asked.there);
        while there != 0 {
            if there == asked.mark
                && let Some((known, whole)) = self.words.get(place)
                && *known == word
            {
                return Some(*whole);
            }
            // The end is followed by the beginning.
            place = (place + 1) % self.marks.len();
            there = self.marks.get(place).copied().unwrap_or(0);
        }
        None
    }
}

/// What a word begins with or ends in.
struct Open {
    /// It counts anywhere in a text, and not only where that opens.
    anywhere: bool,
    length: u32,
    /// Its first bytes, as many as fit, and which of 16 those are.
    head: u128,
    mask: u128,
    known: Known,
    text: Box<str>,
}

impl Open {
    fn new(text: Box<str>, known: Known, anywhere: bool) -> Self {
        Self {
            anywhere,
            length: number(text.len()),
            head: sixteen(text.as_bytes()),
            mask: MASKS.get(text.len()).copied().unwrap_or(u128::MAX),
            known,
            text,
        }
    }

    /// Whether a stretch of a word begins with it; `key` are the first bytes of that stretch. No word
    /// holds a zero byte, so that a shorter stretch differs.
    #[inline]
    fn opens(&self, stretch: &[u8], key: u128) -> bool {
        (self.head ^ key) & self.mask == 0
            && (self.length <= 16 || stretch.starts_with(self.text.as_bytes()))
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
    fn new(vocabulary: &Vocabulary, first: impl Fn(Symbol) -> Step) -> Self {
        let mut out = Self::default();
        let known = |symbol| Known {
            symbol,
            first: first(symbol),
        };
        let anywhere = |symbol: Symbol| {
            let anywhere = vocabulary.anywhere.get(symbol as usize);
            anywhere.copied().unwrap_or(false)
        };
        let sorted = |words: &FxHashMap<Box<str>, Symbol>| {
            let mut out: Vec<(Box<str>, Symbol)> = words
                .iter()
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
            list.push(Open::new(word, known(symbol), anywhere(symbol)));
        }
        for (word, symbol) in sorted(&vocabulary.endings) {
            let key = three(tail(word.as_bytes()));
            out.sieve.put(ending(key));
            let list = out.endings.entry(key).or_default();
            list.push(Open::new(word, known(symbol), anywhere(symbol)));
        }
        let mut short = Vec::new();
        for (word, symbol) in sorted(&vocabulary.exact) {
            let bytes = word.as_bytes();
            let mut all = vec![known(symbol)];
            out.open(bytes, key(bytes), true, &mut all);
            all.sort_by_key(|known| !anywhere(known.symbol));
            let count = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
            let whole = Whole {
                from: number(out.known.len()),
                anywhere: count(all.partition_point(|known| anywhere(known.symbol))),
                all: count(all.len()),
                some: Run::tail(&all, 0).some,
            };
            out.known.extend(all);
            match key(bytes) {
                Some(key) => short.push((key, whole)),
                None => {
                    out.long.insert(word, whole);
                }
            }
        }
        out.short = Short::new(short);
        out
    }

    /// The open words that a word is: those that count anywhere, and where the text opens the others.
    #[inline]
    fn open(&self, word: &[u8], key: Option<u128>, opening: bool, out: &mut Vec<Known>) {
        let (head, end) = match key {
            Some(key) => {
                let end = key >> (8 * word.len().saturating_sub(ENDING));
                (low_three(key), low_three(end))
            }
            None => (three(word), three(tail(word))),
        };
        if word.len() >= BEGINNING
            && self.sieve.may_hold(beginning(head))
            && let Some(list) = self.beginnings.get(&head)
        {
            let key = key.unwrap_or_else(|| sixteen(word));
            let fits = list
                .iter()
                .filter(|open| open.opens(word, key) && (opening || open.anywhere));
            out.extend(fits.map(|open| open.known));
        }
        if word.len() > ENDING + 2
            && self.sieve.may_hold(ending(end))
            && let Some(list) = self.endings.get(&end)
        {
            let fits = list.iter().filter(|open| {
                let from = word.len().checked_sub(open.length as usize);
                let stretch = from.and_then(|from| word.get(from..));
                stretch.is_some_and(|stretch| open.opens(stretch, sixteen(stretch)))
                    && (opening || open.anywhere)
            });
            out.extend(fits.map(|open| open.known));
        }
    }

    /// What every word of a text is: of the first ones all, of the others what counts anywhere.
    pub(super) fn read(&self, passage: &Passage<'_>, opening: usize) -> Symbols<'_> {
        let mut out = Symbols {
            known: &self.known,
            open: Vec::new(),
            words: Vec::with_capacity(passage.len()),
        };
        let mut words = passage.folded();
        let mut batch = [Asked::default(); TOGETHER];
        loop {
            let mut count = 0;
            for (slot, (word, key)) in batch.iter_mut().zip(&mut words) {
                *slot = self.short.ask(word, key);
                count += 1;
            }
            if count == 0 {
                return out;
            }
            for asked in batch.iter().take(count) {
                let opening = out.words.len() < opening;
                let known = match asked.key {
                    Some(key) => self.short.get(asked, key),
                    None => self.long(asked.word),
                };
                out.words.push(match known {
                    Some(whole) => whole.run(opening),
                    None => self.opened(asked, opening, &mut out.open),
                });
            }
        }
    }

    /// A whole word of more than 16 bytes.
    fn long(&self, word: &[u8]) -> Option<Whole> {
        self.long.get(std::str::from_utf8(word).ok()?).copied()
    }

    /// The open words that a word is which is no whole one.
    #[inline]
    fn opened(&self, asked: &Asked<'_>, opening: bool, open: &mut Vec<Known>) -> Run {
        let from = open.len();
        self.open(asked.word, asked.key, opening, open);
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

/// The eight lowest bytes of a number.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the other half is looked at by itself"
)]
fn low_eight(bytes: u128) -> u64 {
    bytes as u64
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

/// For each word of a text what it is to the library; most words are nothing.
pub(super) struct Symbols<'l> {
    /// What whole words of the library are.
    known: &'l [Known],
    /// What words are that are open ones only.
    open: Vec<Known>,
    words: Vec<Run>,
}

impl Symbols<'_> {
    /// Says of a run that it stands in `open`. The library has far fewer symbols.
    const OPEN: u32 = 1 << 31;

    /// What a word is.
    pub(super) fn of(&self, at: usize) -> &[Known] {
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

    /// The words that are something; behind the opening also those that were something only there,
    /// of which nothing is told.
    pub(super) fn known(&self) -> impl Iterator<Item = usize> {
        let words = self.words.iter().enumerate();
        words.filter(|(_, run)| run.some != 0).map(|(at, _)| at)
    }

    /// A set that holds at least the symbols of a word.
    pub(super) fn some_of(&self, at: usize) -> u64 {
        self.words.get(at).map_or(0, |run| run.some)
    }
}
