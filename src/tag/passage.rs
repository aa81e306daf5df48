//! A text read into words once, for everything that looks things up in it.
//!
//! A word is a run of letters, a run of digits, or one sign of a script that writes without
//! spaces: `ISO27001` is two words and `NIS2`, `NIS 2` and `NIS-2` are the same two. Each word is
//! kept folded (lower case, no accents) beside its place in the original, with what stands
//! before it.

use std::cell::OnceCell;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::runs::Runs;
use crate::text::{bytes, words};

/// Which bits of a number are its first so many bytes.
pub(super) const MASKS: [u128; 17] = {
    let mut out = [u128::MAX; 17];
    let mut bytes = 0;
    while bytes < 16 {
        out[bytes] = (1 << (8 * bytes)) - 1;
        bytes += 1;
    }
    out
};

/// What stands between a word and the one before it, from the closest to the farthest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing: a digit after a letter, a sign after a sign.
    Nothing,
    Hyphen,
    Apostrophe,
    /// White space, a slash, a point inside a number.
    Space,
    /// A bracket or a quotation mark.
    Bracket,
    Comma,
    /// A colon, a semicolon, a dash between spaces, a bar.
    Clause,
    Sentence,
}

/// One word: its bytes in the original and in the folded text.
#[derive(Clone, Copy, Debug)]
struct Word {
    start: u32,
    end: u32,
    folded_start: u32,
    folded_end: u32,
    gap: Gap,
    /// It is a sign of a script that writes without spaces, whose neighbours bound nothing.
    solid: bool,
    /// A name may end before it and begin with it: no letter or digit touches it.
    parted: bool,
}

/// A text as words.
pub(super) struct Passage<'a> {
    original: &'a str,
    folded: String,
    words: Vec<Word>,
    /// How many bytes at its beginning are plain letters and signs.
    plain: usize,
    /// Whether all its longer words have a capital, once somebody has asked.
    title_case: OnceCell<bool>,
}

/// What a character is to the reader of words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Letter,
    Digit,
    /// Katakana, whose words stand out among the other signs of Japanese.
    Katakana,
    /// A sign that is a word of its own.
    Solid,
    /// Belongs to the run before it, whatever that is.
    Mark,
    Other,
}

fn sort(c: char) -> Sort {
    match c {
        'a'..='z' | 'A'..='Z' => Sort::Letter,
        '0'..='9' => Sort::Digit,
        '\0'..='\u{7f}' => Sort::Other,
        // Soft hyphens and joiners are no signs at all.
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => Sort::Mark,
        '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{ff66}'..='\u{ff9f}' => Sort::Katakana,
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3041}'..='\u{3096}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3134f}'
            if !is_combining_mark(c) =>
        {
            Sort::Solid
        }
        c if is_combining_mark(c) => Sort::Mark,
        c if c.is_alphabetic() => Sort::Letter,
        c if c.is_numeric() => Sort::Digit,
        _ => Sort::Other,
    }
}

/// How many bytes are ASCII up to the first that is not.
fn plain(bytes: &[u8]) -> usize {
    bytes::first(bytes, |byte| !byte.is_ascii()).unwrap_or(bytes.len())
}

/// A place in a text, which is at most as long as 32 bits hold.
fn place(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

impl<'a> Passage<'a> {
    /// Reads the first `longest` bytes of a text.
    pub(super) fn new(text: &'a str, longest: usize) -> Self {
        let mut end = text.len().min(longest);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let original = text.get(..end).unwrap_or("");
        let mut out = Self {
            original,
            folded: String::with_capacity(original.len() + 16),
            words: Vec::with_capacity(original.len() / 5 + 1),
            plain: plain(original.as_bytes()),
            title_case: OnceCell::new(),
        };
        out.read();
        // So that every word can be read as 16 bytes.
        out.folded.push_str("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        out
    }

    /// Stretches of plain letters fold as a whole, what stands between them by characters: most
    /// texts are plain but for a dash or a quotation mark.
    fn read(&mut self) {
        let mut buffer = String::new();
        let mut gap_from = 0;
        let (mut at, mut end) = (0, self.plain);
        loop {
            at = self.read_plain(at, end, &mut gap_from);
            if at >= self.original.len() {
                break;
            }
            at = self.read_run(at, &mut gap_from, &mut buffer);
            end = at + plain(self.original.as_bytes().get(at..).unwrap_or(&[]));
        }
    }

    /// Reads the words of a stretch of plain letters, and tells where it stopped: at its end, or
    /// before a word that letters of another kind may go on with.
    fn read_plain(&mut self, from: usize, to: usize, gap_from: &mut u32) -> usize {
        let original = self.original;
        let stretch = original.get(from..to).unwrap_or("");
        let (first, folded) = (place(from), place(self.folded.len()));
        self.folded.push_str(stretch);
        if let Some(added) = self.folded.get_mut(folded as usize..) {
            added.make_ascii_lowercase();
        }
        let may_go_on = if to < original.len() {
            place(stretch.len())
        } else {
            u32::MAX
        };
        for (start, end) in Runs::apart(stretch.as_bytes()) {
            if end == may_go_on {
                return from + start as usize;
            }
            let at = (first + start, first + end);
            self.push(*gap_from, at, (folded + start, folded + end), false);
            *gap_from = at.1;
        }
        to
    }

    /// Reads one word by its characters, or passes over one character that belongs to none.
    fn read_run(&mut self, start: usize, gap_from: &mut u32, buffer: &mut String) -> usize {
        let rest = self.original.get(start..).unwrap_or("");
        let mut run: Option<Sort> = None;
        let mut end = start;
        for (offset, c) in rest.char_indices() {
            let sort = sort(c);
            match run {
                None if matches!(sort, Sort::Other | Sort::Mark) => break,
                None => run = Some(sort),
                Some(_) if sort == Sort::Mark => {}
                Some(Sort::Solid) => break,
                Some(run) if run != sort => break,
                Some(_) => {}
            }
            end = start + offset + c.len_utf8();
        }
        let Some(run) = run else {
            return start + rest.chars().next().map_or(1, char::len_utf8);
        };
        let from = self.folded.len();
        let word = self.original.get(start..end).unwrap_or("");
        buffer.clear();
        if run == Sort::Solid {
            buffer.push_str(word);
        } else if run == Sort::Katakana {
            // Its marks tell sounds apart; only width is of no account.
            buffer.extend(word.nfkc());
        } else {
            words::fold_into(word, buffer);
            buffer.retain(|c| sort(c) != Sort::Mark);
        }
        if !buffer.is_empty() {
            self.folded.push_str(buffer);
            let folded = (place(from), place(self.folded.len()));
            let at = (place(start), place(end));
            self.push(*gap_from, at, folded, run == Sort::Solid);
            *gap_from = at.1;
        }
        end
    }

    #[inline]
    fn push(
        &mut self,
        gap_from: u32,
        (start, end): (u32, u32),
        (folded_start, folded_end): (u32, u32),
        solid: bool,
    ) {
        // Nearly all words have one space before them.
        let spaced = start == gap_from + 1
            && self.original.as_bytes().get(gap_from as usize) == Some(&b' ')
            && !self.words.is_empty();
        let gap = if spaced {
            Gap::Space
        } else {
            self.gap_before(gap_from as usize, start as usize)
        };
        let parted =
            gap != Gap::Nothing || solid || self.words.last().is_some_and(|before| before.solid);
        self.words.push(Word {
            start,
            end,
            folded_start,
            folded_end,
            gap,
            solid,
            parted,
        });
    }

    /// What stands before the next word.
    #[inline(never)]
    fn gap_before(&self, from: usize, to: usize) -> Gap {
        if self.words.is_empty() {
            Gap::Sentence
        } else if from == to {
            Gap::Nothing
        } else {
            self.gap_between(from, to)
        }
    }

    fn gap_between(&self, from: usize, to: usize) -> Gap {
        let between = self.original.get(from..to).unwrap_or("");
        match between {
            " " | "/" | "&" => return Gap::Space,
            ", " => return Gap::Comma,
            _ => {}
        }
        let before = self.original.get(..from).unwrap_or("");
        let next = self.original.get(to..).and_then(|rest| rest.chars().next());
        let digits = before.ends_with(|c: char| c.is_ascii_digit())
            && next.is_some_and(|c| c.is_ascii_digit());
        let mut gap = Gap::Nothing;
        let mut lines = 0;
        let mut signs = between.chars().peekable();
        let mut spaced = false;
        while let Some(sign) = signs.next() {
            let then_space =
                signs.peek().is_none_or(|c| c.is_whitespace()) && signs.peek().is_some();
            let found = match sign {
                '\n' => {
                    lines += 1;
                    if lines > 1 { Gap::Sentence } else { Gap::Space }
                }
                '-'
                | '\u{2010}'..='\u{2015}'
                | '\u{2212}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}' => {
                    if spaced && then_space || matches!(sign, '\u{2014}') && !digits {
                        Gap::Clause
                    } else {
                        Gap::Hyphen
                    }
                }
                '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}' => Gap::Apostrophe,
                '!' | '?' | '。' | '！' | '？' => Gap::Sentence,
                '.' if then_space && self.ends_sentence(next) => Gap::Sentence,
                ':' | '：' if digits && between.len() == sign.len_utf8() => Gap::Space,
                ':' | ';' | '|' | '：' | '；' | '…' => Gap::Clause,
                ',' if digits && between.len() == 1 => Gap::Space,
                ',' | '、' | '，' => Gap::Comma,
                '('
                | ')'
                | '['
                | ']'
                | '"'
                | '\u{201c}'..='\u{201f}'
                | '«'
                | '»'
                | '（'
                | '）'
                | '「'
                | '」'
                | '『'
                | '』'
                | '《'
                | '》' => Gap::Bracket,
                _ => Gap::Space,
            };
            spaced = sign.is_whitespace();
            gap = gap.max(found);
        }
        gap
    }

    /// Whether a point after the last word, with a space behind it, ends a sentence.
    fn ends_sentence(&self, next: Option<char>) -> bool {
        if next.is_some_and(char::is_lowercase) {
            return false;
        }
        let last = self
            .words
            .last()
            .and_then(|word| {
                self.folded
                    .get(word.folded_start as usize..word.folded_end as usize)
            })
            .unwrap_or("");
        let digits = next.is_some_and(|c| c.is_ascii_digit());
        !(last.chars().count() == 1 && !last.starts_with(|c: char| c.is_ascii_digit())
            || ABBREVIATIONS.contains(&last)
            || digits && BEFORE_NUMBERS.contains(&last))
    }

    /// The text as given.
    pub(super) fn original(&self) -> &'a str {
        self.original
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// A word, folded.
    pub(super) fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| {
            self.folded
                .get(word.folded_start as usize..word.folded_end as usize)
                .unwrap_or("")
        })
    }

    /// The bytes of every word, folded, and as a number where it has at most 16.
    pub(super) fn folded(&self) -> impl Iterator<Item = (&[u8], Option<u128>)> {
        let all = self.folded.as_bytes();
        self.words.iter().map(|word| {
            let (start, end) = (word.folded_start as usize, word.folded_end as usize);
            let word = all.get(start..end).unwrap_or(&[]);
            let first = all.get(start..).and_then(<[u8]>::first_chunk);
            let key = first
                .zip(MASKS.get(word.len()))
                .map(|(bytes, mask)| u128::from_le_bytes(*bytes) & mask);
            (word, key)
        })
    }

    /// A word as written.
    pub(super) fn written(&self, at: usize) -> &'a str {
        self.words.get(at).map_or("", |word| {
            self.original
                .get(word.start as usize..word.end as usize)
                .unwrap_or("")
        })
    }

    /// Whether all its longer words have a capital, so that capitals say nothing.
    pub(super) fn is_title_case(&self) -> bool {
        *self.title_case.get_or_init(|| {
            let long = |at: &usize| self.word(*at).chars().count() >= 4;
            (0..self.len())
                .filter(long)
                .all(|at| self.written(at).starts_with(char::is_uppercase))
        })
    }

    /// What stands before a word; the end of a sentence before the first and after the last.
    pub(super) fn gap(&self, at: usize) -> Gap {
        self.words.get(at).map_or(Gap::Sentence, |word| word.gap)
    }

    /// Whether a word is a sign of a script that writes without spaces.
    pub(super) fn solid(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| word.solid)
    }

    /// Whether a stretch of words stands alone: no letter or digit touches it.
    #[inline]
    pub(super) fn stands_alone(&self, first: usize, end: usize) -> bool {
        let parted = |at: usize| self.words.get(at).is_none_or(|word| word.parted);
        parted(first) && parted(end)
    }

    /// The original's bytes from one word to the end of the one before `end`.
    pub(super) fn bytes(&self, first: usize, end: usize) -> (usize, usize) {
        let start = self.words.get(first).map_or(0, |word| word.start);
        let stop = end
            .checked_sub(1)
            .and_then(|last| self.words.get(last))
            .map_or(start, |word| word.end);
        // No words have no bytes, though a word stands before them.
        (start as usize, stop.max(start) as usize)
    }

    /// The words that lie in a stretch of the original, if only in part, the first and one past the
    /// last: signs without width may join what others take for two words.
    pub(super) fn words_in(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self
            .words
            .partition_point(|word| (word.end as usize) <= start);
        let last = self
            .words
            .partition_point(|word| (word.start as usize) < end);
        (first, last.max(first))
    }

    /// How many characters stand before a byte of the original.
    pub(super) fn characters_before(&self, byte: usize) -> usize {
        let plain = byte.min(self.plain);
        let rest = self.original.get(plain..byte).unwrap_or("");
        plain + rest.chars().count()
    }
}

/// Words whose point ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "al", "approx", "bzw", "ca", "cf", "dr", "dept", "gov", "mr", "mrs", "ms", "prof", "rep",
    "sen", "st", "vs", "zb",
];

/// Words whose point ends no sentence when a number follows.
const BEFORE_NUMBERS: &[&str] = &[
    "abs", "apr", "arr", "art", "aug", "dec", "feb", "fig", "jan", "jul", "jun", "mar", "no",
    "nos", "nov", "nr", "num", "oct", "para", "pub", "rev", "sec", "sect", "sep", "sept", "ver",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<(String, Gap)> {
        let passage = Passage::new(text, 10_000);
        (0..passage.len())
            .map(|at| (passage.word(at).to_owned(), passage.gap(at)))
            .collect()
    }

    fn words(text: &str) -> Vec<String> {
        read(text).into_iter().map(|(word, _)| word).collect()
    }

    #[test]
    fn words_are_letters_digits_or_signs() {
        for (text, expected) in [
            (
                "NIS2, NIS 2 and NIS-2",
                vec!["nis", "2", "nis", "2", "and", "nis", "2"],
            ),
            ("l’IA d'été", vec!["l", "ia", "d", "ete"]),
            ("Bußgeld – Łódź", vec!["bussgeld", "lodz"]),
            ("ＩＳＯ２７００１", vec!["iso", "27001"]),
            ("cyber\u{ad}security", vec!["cybersecurity"]),
            ("AI法", vec!["ai", "法"]),
            ("サイバー法の", vec!["サイバー", "法", "の"]),
            ("개인정보", vec!["개", "인", "정", "보"]),
            ("", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn gaps_tell_how_far_words_are_apart() {
        use Gap::{Apostrophe, Bracket, Clause, Comma, Hyphen, Nothing, Sentence, Space};
        for (text, expected) in [
            ("SOC2", vec![Sentence, Nothing]),
            ("GDPR-like", vec![Sentence, Hyphen]),
            ("ICO's", vec![Sentence, Apostrophe]),
            ("a, b (c) d", vec![Sentence, Comma, Bracket, Bracket]),
            ("Fine: why", vec![Sentence, Clause]),
            ("Fine – why", vec![Sentence, Clause]),
            ("27001:2022", vec![Sentence, Space]),
            ("v4.0.1", vec![Sentence, Nothing, Space, Space]),
            ("5,000", vec![Sentence, Space]),
            ("done. Next", vec![Sentence, Sentence]),
            (
                "No. 5 of U.S. law",
                vec![Sentence, Space, Space, Space, Space, Space],
            ),
            ("one\n\ntwo", vec![Sentence, Sentence]),
        ] {
            let gaps: Vec<Gap> = read(text).into_iter().map(|(_, gap)| gap).collect();
            assert_eq!(gaps, expected, "{text}");
        }
    }

    #[test]
    fn a_name_inside_a_word_does_not_stand_alone() {
        let passage = Passage::new("ISO27001 ISO 通过ISO认证", 100);
        assert!(!passage.stands_alone(0, 1));
        assert!(passage.stands_alone(2, 3));
        assert!(passage.stands_alone(5, 6));
    }

    #[test]
    fn a_stretch_has_the_words_that_it_touches() {
        let text = "GDPR\u{200b}ISO 27001\u{200b}( one";
        let passage = Passage::new(text, 100);
        for (stretch, expected) in [
            ("ISO 27001", (0, 2)),
            ("GDPR", (0, 1)),
            ("( ", (2, 2)),
            ("one", (2, 3)),
        ] {
            let start = text.find(stretch).unwrap();
            let words = passage.words_in(start, start + stretch.len());
            assert_eq!(words, expected, "{stretch}");
            let (from, to) = passage.bytes(words.0, words.1);
            assert!(from <= to, "{stretch}");
        }
    }

    proptest! {
        #[test]
        fn words_lie_in_the_text_in_order(text in "\\PC{0,80}") {
            let passage = Passage::new(&text, 10_000);
            let mut last = 0;
            for at in 0..passage.len() {
                let (start, end) = passage.bytes(at, at + 1);
                prop_assert!(start >= last && end > start);
                prop_assert_eq!(&text[start..end], passage.written(at));
                prop_assert!(!passage.word(at).is_empty());
                last = end;
            }
        }
    }
}
