//! Whether a text can hold a date at all: most news does not, and is not taken apart for it.
//!
//! One pass over the bytes. What it lets through is read with care; what it keeps out holds no
//! date that the careful reading would find (a property in `tests.rs`).

use std::sync::LazyLock;

use regex::bytes::Regex;
use unicode_normalization::UnicodeNormalization as _;

use super::span::{ENDS, QUARTERS};
use crate::text::bytes::first_digit;
use crate::text::date::{month, month_words};
use crate::text::sieve::Sieve;
use crate::text::words::fold;

/// So many words on each side of a number are looked at: a month stands next to it or one word
/// off, and the end of something before its year. A length of time ("60 days") is no date without
/// what it is counted from, and every anchor of `interval.rs` is among [`WORDS`].
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
static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = [
        "today",
        "tomorrow",
        "heute",
        "hoy",
        "oggi",
        "vandaag",
        "dzis",
        "dziś",
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
    ];
    // Of what is several words all that may stand between them; "now" stands alone, for "know" is
    // in every other text.
    let several = [
        "into[^a-z0-9]{1,60}force",
        "effective[^a-z0-9]{1,60}date",
        "this[^a-z0-9]{1,60}(?:notice|announcement)",
        "(?:^|[^a-z])now(?:[^a-z]|$)",
    ];
    let words = words.map(|word| word.chars().map(written).collect::<String>());
    let all: Vec<&str> = words.iter().map(String::as_str).chain(several).collect();
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
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(offset) = first_digit(bytes.get(at..).unwrap_or(&[])) {
        let start = at + offset;
        at = start;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        if at - start <= 4 && number(text, start, at) {
            return true;
        }
    }
    WORDS.as_ref().is_none_or(|words| words.is_match(bytes))
}

/// Whether this number may be part of a date.
fn number(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let after = |at: usize| text.get(at..).and_then(|rest| rest.chars().next());
    // 2026-03-02 and 2.3.2026, with any dash; a version ("v4.0.1") is neither.
    let sign = |at: usize| {
        after(at)
            .filter(|c| matches!(c, '-' | '/' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}'))
            .map(|c| at + c.len_utf8())
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
    if start > 0 && matches!(bytes.get(start - 1), Some(b'q' | b'Q')) {
        return true;
    }
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
    words_behind
        .take(NEXT)
        .any(|word| is(word, |word| month(word).is_some() || QUARTERS.has(word)))
        || words_before.take(NEAR).enumerate().any(|(place, word)| {
            is(word, |word| {
                place < NEXT && month(word).is_some() || QUARTERS.has(word) || ENDS.has(word)
            })
        })
}

/// Whether the word, folded, is one of those meant.
fn is(word: &str, known: impl Fn(&str) -> bool) -> bool {
    if !BESIDE.may_hold(word) {
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
