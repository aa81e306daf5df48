//! A text taken apart into numbers, words and signs.

use crate::text::words::fold;

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// A run of digits; one too long for its type has the greatest value.
    Number { value: i64, digits: usize },
    /// Letters, folded.
    Word(String),
    /// Anything else.
    Sign(char),
}

/// Takes a text apart.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = |keep: fn(char) -> bool| rest.find(|c: char| !keep(c)).unwrap_or(rest.len());
        let length = if first.is_ascii_digit() {
            let length = run(|c| c.is_ascii_digit());
            let digits = rest.get(..length).unwrap_or("");
            out.push(Piece::Number {
                value: digits.parse().unwrap_or(i64::MAX),
                digits: length,
            });
            length
        } else if first.is_alphabetic() || is_mark(first) {
            let length = run(|c| c.is_alphabetic() || is_mark(c));
            out.push(Piece::Word(fold(rest.get(..length).unwrap_or(""))));
            length
        } else {
            out.push(Piece::Sign(first));
            first.len_utf8()
        };
        rest = rest.get(length..).unwrap_or("");
    }
    out
}

/// Vowels and tone marks that stand over letters and belong to the word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{64b}'..='\u{65f}')
}
