//! Folding and tokens: the one reading of words, for search, matching and comparing.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::bytes;
use super::runs::Runs;

/// The longest word kept, in bytes; a longer run is no word.
const LONGEST: usize = 80;

/// The text in lower case without marks and width: `Règlement ＡＩ` -> `reglement ai`.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Appends the folded text; `out` is best empty, for Hangul is put together over all of it.
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        fold_ascii(text, out);
        return;
    }
    for c in text.nfkd() {
        if is_combining_mark(c) || c == '\u{640}' {
            continue;
        }
        match c {
            'ß' | 'ẞ' => out.push_str("ss"),
            'ø' | 'Ø' => out.push('o'),
            'ł' | 'Ł' => out.push('l'),
            'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
            'æ' | 'Æ' => out.push_str("ae"),
            'œ' | 'Œ' => out.push_str("oe"),
            'þ' | 'Þ' => out.push_str("th"),
            'ı' => out.push('i'),
            c => out.extend(c.to_lowercase()),
        }
    }
    // Hangul was taken apart into its letters; words are compared whole.
    if out.contains(|c: char| ('\u{1100}'..='\u{11ff}').contains(&c)) {
        *out = out.nfc().collect();
    }
}

/// The same for a text of plain letters, as a whole.
fn fold_ascii(text: &str, out: &mut String) {
    let from = out.len();
    out.push_str(text);
    if let Some(added) = out.get_mut(from..) {
        added.make_ascii_lowercase();
    }
}

/// One word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The word, folded.
    pub text: String,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Its place among the words, from 0.
    pub position: usize,
}

/// The words of a text.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    for_each_token(text, &mut |word: &str, start, end, position| {
        out.push(Token::new(word, start, end, position));
    });
    out
}

impl Token {
    fn new(word: &str, start: usize, end: usize, position: usize) -> Self {
        Self {
            text: word.to_owned(),
            start,
            end,
            position,
        }
    }
}

/// Calls `f(folded word, start, end, position)` for each word: see [`Words`].
pub fn for_each_token(text: &str, f: &mut impl FnMut(&str, usize, usize, usize)) {
    let mut lower = String::new();
    let mut words = Words::of(text, &mut lower);
    while let Some(word) = words.next() {
        f(word.text, word.start, word.end, word.position);
    }
}

/// The words of a text one after the other, without making a string for each.
///
/// Letters and digits make words; scripts without spaces (Chinese, Japanese, Korean, Thai …)
/// give overlapping pairs of signs, so that any part of a phrase is found.
pub struct Words<'t> {
    text: &'t str,
    /// The same in lower case: plain letters fold all at once, each at its place.
    lower: &'t str,
    /// Runs of plain letters and digits, and the one that comes next.
    runs: Runs<'t>,
    run: Option<(usize, usize)>,
    /// Where the next character of another sort stands: those are read one by one, where they come
    /// before the next plain run or hang on it.
    other: usize,
    at: usize,
    position: usize,
    /// What was read of them.
    others: Others,
    /// How many of those words were told.
    told: usize,
}

/// A word that is told: folded, with its bytes in the text and its place among the words, from 0.
pub struct Word<'w> {
    /// The word, folded.
    pub text: &'w str,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Its place among the words, from 0.
    pub position: usize,
}

/// Words read character by character.
#[derive(Default)]
struct Others {
    folded: String,
    words: Vec<Read>,
    buffer: String,
}

/// One of them: its bytes among what is folded, and in the text.
struct Read {
    folded: (usize, usize),
    start: usize,
    end: usize,
    position: usize,
}

impl<'t> Words<'t> {
    /// The words of a text; `lower` is where its letters are folded, whatever was there before.
    pub fn of(text: &'t str, lower: &'t mut String) -> Self {
        lower.clear();
        lower.push_str(text);
        lower.make_ascii_lowercase();
        let lower: &'t str = lower;
        let mut out = Self {
            text,
            lower,
            runs: Runs::joined(lower.as_bytes()),
            run: None,
            other: first_other(lower.as_bytes(), 0),
            at: 0,
            position: 0,
            others: Others::default(),
            told: 0,
        };
        out.go_on();
        out
    }

    /// Goes on to the next plain run.
    #[inline]
    fn go_on(&mut self) {
        let run = self.runs.next();
        self.run = run.map(|(start, end)| (start as usize, end as usize));
    }

    /// The next word.
    #[inline]
    #[expect(
        clippy::should_implement_trait,
        reason = "what it lends lies in itself, which no iterator may"
    )]
    pub fn next(&mut self) -> Option<Word<'_>> {
        loop {
            if self.told < self.others.words.len() {
                let read = self.others.words.get(self.told)?;
                self.told += 1;
                return Some(Word {
                    text: self.others.folded.get(read.folded.0..read.folded.1)?,
                    start: read.start,
                    end: read.end,
                    position: read.position,
                });
            }
            // What was read with characters of other sorts is over.
            while self.run.is_some_and(|(_, end)| end <= self.at) {
                self.go_on();
            }
            let length = self.lower.len();
            let (start, end) = match self.run {
                Some((start, end)) => (start.max(self.at), end),
                None => (length, length),
            };
            if self.other <= end && self.other < length {
                let from = if self.other == end && start < end {
                    start
                } else {
                    self.other.min(start)
                };
                self.read_others(from);
                continue;
            }
            self.run?;
            self.at = end;
            let position = self.position;
            self.position += 1;
            if end - start <= LONGEST {
                return Some(Word {
                    text: self.lower.get(start..end)?,
                    start,
                    end,
                    position,
                });
            }
        }
    }

    /// Reads one run of characters that are not all ASCII.
    fn read_others(&mut self, from: usize) {
        self.told = 0;
        self.at = self.others.read(self.text, from, &mut self.position);
        if self.other < self.at {
            self.other = first_other(self.lower.as_bytes(), self.at);
        }
    }
}

impl Others {
    /// Reads one run of characters that are not all ASCII, in the place of what was read before;
    /// returns where it ends. `position` is the place of the next word.
    fn read(&mut self, text: &str, start: usize, position: &mut usize) -> usize {
        self.folded.clear();
        self.words.clear();
        let rest = text.get(start..).unwrap_or("");
        let mut end = start;
        let mut pairs: Option<bool> = None;
        for (offset, c) in rest.char_indices() {
            let word = c.is_alphanumeric() || is_combining_mark(c) || c == '\u{640}';
            if !word || (pairs.is_some_and(|pairs| pairs != unspaced(c)) && !is_combining_mark(c)) {
                break;
            }
            pairs.get_or_insert(unspaced(c));
            end = start + offset + c.len_utf8();
        }
        if end == start {
            // No letter: step over it.
            return start + rest.chars().next().map_or(1, char::len_utf8);
        }
        if pairs != Some(true) {
            self.fold(text, (start, end), LONGEST, position);
            return end;
        }
        // The places of three signs: a pair goes up to the last of them.
        let run = text.get(start..end).unwrap_or("");
        let mut places = run.char_indices().map(|(offset, _)| start + offset);
        let (mut first, mut second) = (places.next(), places.next());
        if second.is_none() {
            self.fold(text, (start, end), usize::MAX, position);
        }
        while let (Some(from), Some(_)) = (first, second) {
            let third = places.next();
            self.fold(text, (from, third.unwrap_or(end)), usize::MAX, position);
            (first, second) = (second, third);
        }
        end
    }

    /// Takes in a word, unless it is longer than that when folded, or nothing.
    fn fold(
        &mut self,
        text: &str,
        (start, end): (usize, usize),
        longest: usize,
        position: &mut usize,
    ) {
        self.buffer.clear();
        fold_into(text.get(start..end).unwrap_or(""), &mut self.buffer);
        // Two marks side by side fold to nothing.
        if !self.buffer.is_empty() && self.buffer.len() <= longest {
            let from = self.folded.len();
            self.folded.push_str(&self.buffer);
            self.words.push(Read {
                folded: (from, self.folded.len()),
                start,
                end,
                position: *position,
            });
        }
        *position += 1;
    }
}

/// Where the first character stands from a place on that is not ASCII; the end, where there is none.
fn first_other(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or(&[]);
    bytes::first(rest, |byte| !byte.is_ascii()).map_or(bytes.len(), |at| from + at)
}

/// Whether the sign belongs to a script that writes without spaces.
fn unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_are_what_people_search_for() {
        for (text, expected) in [
            ("ISO/IEC 42001:2023", vec!["iso", "iec", "42001", "2023"]),
            ("ISO's e-mail", vec!["iso", "s", "e", "mail"]),
            ("Règlement (UE) l'IA", vec!["reglement", "ue", "l", "ia"]),
            ("Straße Øresund Łódź", vec!["strasse", "oresund", "lodz"]),
            ("人工知能", vec!["人工", "工知", "知能"]),
            ("法", vec!["法"]),
            ("AI规定2026", vec!["ai", "规定", "2026"]),
            ("인공지능", vec!["인공", "공지", "지능"]),
            ("ＦＵＬＬ width", vec!["full", "width"]),
            ("مُحَمَّد", vec!["محمد"]),
            ("", vec![]),
            ("— – …", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    /// The same words, byte by byte.
    fn slowly(text: &str) -> Vec<Token> {
        let bytes = text.as_bytes();
        let mut out = Vec::new();
        let mut others = Others::default();
        let (mut at, mut position) = (0, 0);
        while let Some(byte) = bytes.get(at) {
            if byte.is_ascii() && !byte.is_ascii_alphanumeric() {
                at += 1;
                continue;
            }
            let start = at;
            while bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
                at += 1;
            }
            if at > start && bytes.get(at).is_none_or(u8::is_ascii) {
                if at - start <= LONGEST {
                    let word = text[start..at].to_ascii_lowercase();
                    out.push(Token::new(&word, start, at, position));
                }
                position += 1;
                continue;
            }
            at = others.read(text, start, &mut position);
            for read in &others.words {
                let word = &others.folded[read.folded.0..read.folded.1];
                out.push(Token::new(word, read.start, read.end, read.position));
            }
        }
        out
    }

    proptest! {
        #[test]
        fn many_at_a_time_are_the_same_words(
            text in "[a-zA-Z0-9 .,\\-éßŁ\u{301}\u{ad}’“—法規ไทย한ｱＡ]{0,160}",
        ) {
            prop_assert_eq!(tokens(&text), slowly(&text), "{}", text);
        }
    }

    proptest! {
        #[test]
        fn tokens_lie_in_the_text_in_order(text in "\\PC{0,60}") {
            let mut last = None;
            for token in tokens(&text) {
                prop_assert!(text.get(token.start..token.end).is_some());
                prop_assert!(token.start < token.end);
                if let Some(position) = last {
                    prop_assert!(token.position > position);
                }
                last = Some(token.position);
            }
        }

        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(words(&once), words(&fold(&once)));
        }
    }
}
