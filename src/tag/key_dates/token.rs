//! Words, numbers and signs of a text, each with its place, and the sentences they stand in.

use smol_str::SmolStr;

use crate::text::words::fold_into;

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// Digits; a run too long for its type has the greatest value.
    Number { value: u32, digits: usize },
    /// Letters, folded.
    Word(SmolStr),
    /// Any other sign.
    Sign(char),
}

/// A token and its place.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// First byte.
    pub(super) start: usize,
    /// The byte after the last.
    pub(super) end: usize,
    /// Characters before it.
    pub(super) at: usize,
    /// White space stands before it.
    pub(super) spaced: bool,
    /// An empty line stands before it.
    pub(super) paragraph: bool,
    /// It begins with a capital letter.
    pub(super) capital: bool,
}

impl Token {
    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<(u32, usize)> {
        match self.kind {
            Kind::Number { value, digits } => Some((value, digits)),
            _ => None,
        }
    }

    pub(super) fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }
}

/// Takes a text apart. Apostrophes part words and leave no token (`jusqu'au` is two words); odd
/// dashes are plain ones.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(text.len() / 5);
    let (mut spaced, mut lines) = (false, 0_u32);
    let mut folded = String::new();
    // The byte that is read next, and the characters before it.
    let (mut start, mut at) = (0, 0);
    while let Some(first) = text.get(start..).and_then(|rest| rest.chars().next()) {
        let mut end = start + first.len_utf8();
        if first.is_whitespace() || matches!(first, '\u{200b}' | '\u{feff}' | '\u{ad}') {
            spaced = true;
            lines += u32::from(first == '\n');
            (start, at) = (end, at + 1);
            continue;
        }
        if matches!(first, '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}') {
            // "dell'11 maggio": nothing is glued to the number.
            spaced = true;
            (start, at) = (end, at + 1);
            continue;
        }
        let mut characters = 1;
        let digit = first.is_ascii_digit();
        let kind = if digit || first.is_alphabetic() {
            (end, characters) = run(text, start, digit);
            let written = text.get(start..end).unwrap_or("");
            if digit {
                Kind::Number {
                    value: written.parse().unwrap_or(u32::MAX),
                    digits: written.len(),
                }
            } else {
                folded.clear();
                fold_into(written, &mut folded);
                Kind::Word(SmolStr::new(&folded))
            }
        } else {
            Kind::Sign(match first {
                '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
                '\u{ff1a}' => ':',
                sign => sign,
            })
        };
        out.push(Token {
            kind,
            start,
            end,
            at,
            spaced: spaced || out.is_empty(),
            paragraph: lines > 1,
            capital: first.is_uppercase(),
        });
        (spaced, lines) = (false, 0);
        (start, at) = (end, at + characters);
    }
    out
}

/// Where a run of digits or of letters ends, and how many characters it has.
fn run(text: &str, start: usize, digits: bool) -> (usize, usize) {
    let rest = text.get(start..).unwrap_or("");
    let plain = |byte: &u8| {
        if digits {
            byte.is_ascii_digit()
        } else {
            byte.is_ascii_alphabetic()
        }
    };
    let length = rest.bytes().take_while(plain).count();
    let tail = rest.get(length..).unwrap_or("");
    if digits || tail.bytes().next().is_none_or(|byte| byte.is_ascii()) && length > 0 {
        return (start + length, length);
    }
    let goes_on = |c: &char| c.is_alphabetic() || is_mark(*c);
    let (bytes, characters) = tail
        .chars()
        .take_while(goes_on)
        .fold((length, length), |(bytes, characters), c| {
            (bytes + c.len_utf8(), characters + 1)
        });
    (start + bytes, characters)
}

/// Marks that stand over letters and belong to the word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Words before a full stop that do not end a sentence.
const ABBREVIATIONS: [&str; 36] = [
    "no", "nr", "art", "sec", "vs", "dr", "mr", "mrs", "ms", "st", "inc", "ltd", "co", "corp",
    "approx", "ca", "bzw", "abs", "jan", "feb", "mar", "apr", "aug", "sept", "sep", "oct", "okt",
    "nov", "dec", "dez", "reg", "para", "ph", "vol", "num", "ust",
];

/// For each token the number of its sentence. `inside` tells tokens of a date, whose full stops
/// end nothing.
pub(super) fn sentences(tokens: &[Token], inside: &[bool]) -> Vec<u32> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut sentence = 0;
    for (place, token) in tokens.iter().enumerate() {
        if token.paragraph || place > 0 && ends(tokens, inside, place - 1) {
            sentence += 1;
        }
        out.push(sentence);
    }
    out
}

fn ends(tokens: &[Token], inside: &[bool], place: usize) -> bool {
    let Some(token) = tokens.get(place) else {
        return false;
    };
    let next = tokens.get(place + 1);
    match token.kind {
        Kind::Sign('!' | '?' | '|' | '\u{2022}' | '\u{b7}' | '\u{3002}') => true,
        Kind::Sign('.') => {
            let inside = inside.get(place).copied().unwrap_or(false)
                && inside.get(place + 1).copied().unwrap_or(false);
            let begins = next.is_some_and(|next| {
                next.spaced && (next.capital || !matches!(next.kind, Kind::Word(_)))
            });
            let before = place.checked_sub(1).and_then(|before| tokens.get(before));
            let shortened = before.is_some_and(|before| match &before.kind {
                Kind::Word(word) => {
                    word.chars().count() == 1 || ABBREVIATIONS.contains(&word.as_str())
                }
                // "am 15. Mai", "the 2. Quartal": an ordinal, unless a year.
                Kind::Number { digits, .. } => *digits < 3 && !before.spaced,
                Kind::Sign(_) => false,
            });
            begins && !inside && !shortened
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_characters_and_words_are_folded() {
        let text = "Jusqu’au 1er août – für 5.";
        let tokens = tokens(text);
        let words: Vec<String> = tokens
            .iter()
            .map(|token| match &token.kind {
                Kind::Number { value, .. } => value.to_string(),
                Kind::Word(word) => word.to_string(),
                Kind::Sign(sign) => sign.to_string(),
            })
            .collect();
        assert_eq!(
            words,
            ["jusqu", "au", "1", "er", "aout", "-", "fur", "5", "."]
        );
        for token in &tokens {
            assert_eq!(
                text.get(..token.start).unwrap().chars().count(),
                token.at,
                "{token:?}"
            );
        }
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        let count = |text: &str| {
            let tokens = tokens(text);
            let inside = vec![false; tokens.len()];
            sentences(&tokens, &inside)
                .last()
                .map_or(0, |last| last + 1)
        };
        assert_eq!(count("It closes. Send it."), 2);
        assert_eq!(count("Document No. 5 of Dr. Jones in the U.S. House"), 1);
        assert_eq!(count("Posted | 4 minutes"), 2);
        assert_eq!(count("It ends in 2026. Send it."), 2);
    }
}
