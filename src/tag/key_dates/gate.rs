//! Whether a text can hold a date at all: most news does not, and is not taken apart for it.
//!
//! One pass over the words and numbers of a text of plain letters; of any other one for numbers and
//! one for words. What it lets through is read with care; what it keeps out holds no date that the
//! careful reading would find (a property in `tests.rs`).

use std::sync::LazyLock;

use regex::bytes::Regex;
use rustc_hash::FxHashSet;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::interval::LEFT;
use super::span::{ENDS, QUARTERS};
use crate::text::bytes::first_digit;
use crate::text::date::{month, month_words};
use crate::text::runs::Runs;
use crate::text::sieve::Sieve;
use crate::text::words::fold;

/// So many words on each side of a number are looked at: a month stands next to it or one word
/// off, and the end of something before its year. A length of time ("60 days") is no date without
/// what it is counted from, and every anchor of `interval.rs` is among [`TOLD`] and
/// [`TOLD_BY_TWO`].
const NEAR: usize = 6;
const NEXT: usize = 3;
/// And so many bytes.
const REACH: usize = 80;

/// All words that a number may be part of a date for.
static BESIDE: LazyLock<Sieve> = LazyLock::new(|| {
    let others = QUARTERS.iter().chain(ENDS.iter());
    Sieve::of(month_words().chain(others))
});

/// What a day is told by, or a time counted from, without a figure: with and without marks.
const TOLD: &[&str] = &[
    "today",
    "tomorrow",
    "heute",
    "hoy",
    "oggi",
    "vandaag",
    "dzis",
    "dziś",
    "dzisiaj",
    "hoje",
    "idag",
    "dnes",
    "aujourd",
    "demain",
    "domani",
    "jutro",
    "publication",
    "published",
    "publishing",
    "veröffentlichung",
    "veroffentlichung",
    "verkündung",
    "verkundung",
    "bekanntmachung",
    "publicación",
    "publicação",
    "publicacao",
    "odierna",
    "odierno",
    "publicacion",
    "pubblicazione",
    "publicatie",
    "bekendmaking",
    "ogłoszenia",
    "ogloszenia",
    "opublikowania",
    "inkrafttreten",
    "vigueur",
    "vigor",
    "vigore",
    "inwerkingtreding",
    "later",
    "thereafter",
    "später",
    "spater",
    "después",
    "despues",
    "dopo",
    "tard",
    "życie",
    "zycie",
    "now",
    "signature",
    "signing",
    "unterzeichnung",
    "firma",
    "ondertekening",
    "podpisania",
    "dneska",
    "zveřejnění",
    "zverejneni",
    "vyhlášení",
    "vyhlaseni",
    "offentliggørelse",
    "offentliggorelse",
    "offentliggørelsen",
    "offentliggorelsen",
    "offentliggörandet",
    "offentliggorandet",
    "kunngjøring",
    "kunngjoring",
    "kunngjøringen",
    "kunngjoringen",
    "publikacji",
];

/// The same of two words: the second, and the first.
const TOLD_BY_TWO: &[(&str, &str)] = &[
    ("force", "into"),
    ("date", "effective"),
    ("date", "that"),
    ("day", "that"),
    ("notice", "this"),
    ("announcement", "this"),
    ("that", "after"),
    ("that", "following"),
    ("circular", "this"),
    ("letter", "this"),
    ("bulletin", "this"),
    ("release", "this"),
    ("time", "days"),
    ("time", "weeks"),
    ("time", "months"),
    ("dag", "i"),
    ("dato", "dagens"),
    ("dato", "dags"),
];

/// All pairs, with those behind which a time is counted from the day of the text.
fn told_by_two() -> impl Iterator<Item = (&'static str, &'static str)> {
    let left = LEFT.iter().map(|(first, last)| (*last, *first));
    TOLD_BY_TWO.iter().copied().chain(left)
}

/// The last words of both, as far as they are plain letters.
static LAST: LazyLock<Sieve> = LazyLock::new(|| {
    let pairs = told_by_two().map(|(last, _)| last);
    let plain = TOLD.iter().copied().chain(pairs);
    Sieve::of(plain.filter(|word| word.is_ascii()))
});

/// Single words, as far as they are plain letters.
static SINGLE: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    TOLD.iter()
        .copied()
        .filter(|word| word.is_ascii())
        .collect()
});

/// All of them in a text whose words are written with more than plain letters.
static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // Of what is several words all that may stand between them; "now" stands alone, for "know" is
    // in every other text.
    let several = told_by_two().map(|(last, first)| format!("{first}[^a-z0-9]{{1,60}}{last}"));
    let words = TOLD.iter().map(|word| match *word {
        "now" => "(?:^|[^a-z])now(?:[^a-z]|$)".to_owned(),
        word => word.chars().map(written).collect(),
    });
    let all: Vec<String> = words.chain(several).collect();
    Regex::new(&format!("(?i-u){}", all.join("|"))).ok()
});

/// All ways in which a letter of a word is written, as bytes: a letter of ASCII as it is, any other
/// in either case, whole or with its mark behind it.
fn written(letter: char) -> String {
    if letter.is_ascii() {
        return letter.to_string();
    }
    let bytes = |text: String| -> String {
        text.bytes()
            .map(|byte| match byte {
                byte if byte.is_ascii() => char::from(byte).to_string(),
                byte => format!("\\x{byte:02x}"),
            })
            .collect()
    };
    let lower = bytes(letter.to_string());
    let upper = bytes(letter.to_uppercase().collect());
    let apart = bytes(letter.nfd().collect());
    format!("(?:{lower}|{upper}|{apart})")
}

/// Whether the careful reading may find a date.
pub(super) fn plausible(text: &str) -> bool {
    // Months are written in every script, and plain letters in several ways.
    let other = |c: char| !c.is_ascii() && (c.is_alphanumeric() || is_combining_mark(c));
    if !text.is_ascii() && text.chars().any(other) {
        let told = |words: &Regex| words.is_match(text.as_bytes());
        return numbered(text) || WORDS.as_ref().is_none_or(told);
    }
    plain(text)
}

/// The same of a text whose words are all written with plain letters, in one pass over its words
/// and numbers.
fn plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    // The last words, the latest first, and whether a number has asked for them already.
    let mut last = [""; NEAR];
    let mut asked = false;
    // So many words more stand behind a number.
    let mut behind = 0_usize;
    for (start, end) in Runs::apart(bytes) {
        let (start, end) = (start as usize, end as usize);
        if bytes.get(start).is_some_and(u8::is_ascii_digit) {
            if end - start > 4 {
                continue;
            }
            if signed(text, start, end) || !asked && stand_before_number(last) {
                return true;
            }
            (asked, behind) = (true, NEXT);
            continue;
        }
        let word = text.get(start..end).unwrap_or("");
        if behind > 0 && stands_behind_number(word) {
            return true;
        }
        behind = behind.saturating_sub(1);
        let [before, ..] = last;
        let told = |word: &str| {
            let mut pairs = told_by_two();
            SINGLE.contains(word)
                || pairs.any(|(last, first)| last == word && before.eq_ignore_ascii_case(first))
        };
        if is(&LAST, word, told) {
            return true;
        }
        last.rotate_right(1);
        last[0] = word;
        asked = false;
    }
    false
}

/// Whether one of the words before a number, the latest first, makes a date of it.
fn stand_before_number<'w>(words: impl IntoIterator<Item = &'w str>) -> bool {
    words
        .into_iter()
        .take(NEAR)
        .enumerate()
        .any(|(place, word)| {
            is(&BESIDE, word, |word| {
                place < NEXT && month(word).is_some() || QUARTERS.has(word) || ENDS.has(word)
            })
        })
}

/// Whether a word a little behind a number makes a date of it.
fn stands_behind_number(word: &str) -> bool {
    is(&BESIDE, word, |word| {
        month(word).is_some() || QUARTERS.has(word)
    })
}

/// Whether a number of a text may be part of a date.
fn numbered(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(offset) = first_digit(bytes.get(at..).unwrap_or(&[])) {
        let start = at + offset;
        at = start;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        if at - start <= 4 && (signed(text, start, at) || beside(text, start, at)) {
            return true;
        }
    }
    false
}

/// Whether this number is part of a date by the signs at it: 2026-03-02, 2.3.2026 and 2. 3. 2026, with any dash;
/// a version ("v4.0.1") is neither. Or of a quarter ("Q3").
fn signed(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let sign = |at: usize| {
        let after = text.get(at..).and_then(|rest| rest.chars().next());
        after
            .filter(|c| matches!(c, '-' | '/' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}'))
            .map(|c| {
                // "31. 12. 2026".
                let blank = c == '.' && bytes.get(at + 1) == Some(&b' ');
                at + c.len_utf8() + usize::from(blank)
            })
            .filter(|at| digit(*at))
    };
    let run = |mut at: usize| {
        let from = at;
        while digit(at) {
            at += 1;
        }
        (at, at - from)
    };
    if let Some(second) = sign(end)
        && let Some(third) = sign(run(second).0)
        && matches!((end - start, run(third).1), (4, 1..=2) | (1..=2, 4))
    {
        return true;
    }
    start > 0 && matches!(bytes.get(start - 1), Some(b'q' | b'Q'))
}

/// Whether this number may be part of a date by the words near it.
fn beside(text: &str, start: usize, end: usize) -> bool {
    let mut from = start.saturating_sub(REACH);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    let mut until = (end + REACH).min(text.len());
    while !text.is_char_boundary(until) {
        until += 1;
    }
    let before = text.get(from..start).unwrap_or("");
    let behind = text.get(end..until).unwrap_or("");
    let parts = |c: char| !c.is_alphabetic() && !('\u{300}'..='\u{36f}').contains(&c);
    let words_behind = behind.split(parts).filter(|word| !word.is_empty());
    let words_before = before.rsplit(parts).filter(|word| !word.is_empty());
    words_behind.take(NEXT).any(stands_behind_number) || stand_before_number(words_before)
}

/// Whether the word, folded, is one of those meant.
fn is(sieve: &Sieve, word: &str, known: impl Fn(&str) -> bool) -> bool {
    if !sieve.may_hold(word) {
        return false;
    }
    if !word.is_ascii() {
        return known(&fold(word));
    }
    let mut buffer = [0_u8; 24];
    let Some(lower) = buffer.get_mut(..word.len()) else {
        return false;
    };
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    std::str::from_utf8(lower).is_ok_and(known)
}
