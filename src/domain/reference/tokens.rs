//! Tokens of a text as citations are made of them: words, numbers, single signs.

use super::KnownWorks;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    Sign,
}

/// One token.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    /// The text; dashes are plain.
    pub(super) text: &'t str,
    /// Whether white space stands before it.
    pub(super) spaced: bool,
    pub(super) byte: usize,
    pub(super) byte_end: usize,
    pub(super) character: usize,
    pub(super) character_end: usize,
}

pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out: Vec<Token<'_>> = Vec::new();
    let mut spaced = false;
    let mut character = 0;
    for (byte, c) in text.char_indices() {
        let at = character;
        character += 1;
        let kind = if c.is_ascii_digit() {
            Kind::Number
        } else if c.is_alphabetic() {
            Kind::Word
        } else if c.is_whitespace() {
            spaced = true;
            continue;
        } else if matches!(
            c,
            '®' | '™' | '\u{200b}'..='\u{200d}' | '\u{ad}' | '\u{feff}'
        ) {
            // No part of any citation.
            continue;
        } else {
            Kind::Sign
        };
        let byte_end = byte + c.len_utf8();
        if kind != Kind::Sign
            && !spaced
            && let Some(last) = out.last_mut()
            && last.kind == kind
            && last.byte_end == byte
            && let Some(grown) = text.get(last.byte..byte_end)
        {
            last.text = grown;
            last.byte_end = byte_end;
            last.character_end = character;
            continue;
        }
        let plain = match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
            _ => text.get(byte..byte_end).unwrap_or(""),
        };
        out.push(Token {
            kind,
            text: plain,
            spaced: std::mem::take(&mut spaced),
            byte,
            byte_end,
            character: at,
            character_end: character,
        });
    }
    out
}

/// A list of tokens with the questions that grammars ask of it.
pub(super) struct Tokens<'t> {
    list: &'t [Token<'t>],
    pub(super) known: &'t KnownWorks,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(list: &'t [Token<'t>], known: &'t KnownWorks) -> Self {
        Self { list, known }
    }

    pub(super) fn get(&self, at: usize) -> Option<&Token<'t>> {
        self.list.get(at)
    }

    /// Whether the token goes on a word or number that began before.
    pub(super) fn glued_to_word(&self, at: usize) -> bool {
        let Some(token) = self.get(at) else {
            return true;
        };
        if token.spaced || token.kind == Kind::Sign {
            return false;
        }
        match at.checked_sub(1).and_then(|before| self.get(before)) {
            Some(before) => {
                // "a_b" and "p@q" are names of other things.
                let joins = before.kind != Kind::Sign || matches!(before.text, "_" | "@" | "#");
                joins && before.byte_end == token.byte
            }
            None => false,
        }
    }

    /// Whether a number stands here or among the next tokens.
    pub(super) fn has_number_within(&self, at: usize, reach: usize) -> bool {
        self.list.get(at..).is_some_and(|rest| {
            rest.iter()
                .take(reach)
                .any(|token| token.kind == Kind::Number)
        })
    }

    /// The word, as written.
    pub(super) fn word(&self, at: usize) -> Option<&'t str> {
        self.get(at)
            .filter(|token| token.kind == Kind::Word)
            .map(|token| token.text)
    }

    /// Whether the word is one of these, whatever its case.
    pub(super) fn is_word(&self, at: usize, words: &[&str]) -> bool {
        self.word(at)
            .is_some_and(|word| words.iter().any(|other| word.eq_ignore_ascii_case(other)))
    }

    /// Whether the word is one of these, in this case.
    pub(super) fn is_exactly(&self, at: usize, words: &[&str]) -> bool {
        self.word(at).is_some_and(|word| words.contains(&word))
    }

    pub(super) fn number(&self, at: usize) -> Option<&'t str> {
        self.get(at)
            .filter(|token| token.kind == Kind::Number)
            .map(|token| token.text)
    }

    pub(super) fn sign(&self, at: usize, signs: &[&str]) -> bool {
        self.get(at)
            .is_some_and(|token| token.kind == Kind::Sign && signs.contains(&token.text))
    }

    pub(super) fn spaced(&self, at: usize) -> bool {
        self.get(at).is_some_and(|token| token.spaced)
    }

    /// A four-digit year of our times.
    pub(super) fn year(&self, at: usize) -> Option<&'t str> {
        self.number(at)
            .filter(|text| text.len() == 4 && (text.starts_with("19") || text.starts_with("20")))
    }

    /// Past dots that stand between words.
    pub(super) fn past_dot(&self, at: usize) -> usize {
        if self.sign(at, &["."]) { at + 1 } else { at }
    }

    /// `4.0.1`: the digits and dots from here, and the token after them.
    pub(super) fn version(&self, at: usize) -> Option<(String, usize)> {
        let mut text = self.number(at)?.to_owned();
        let mut next = at + 1;
        while self.sign(next, &["."])
            && !self.spaced(next)
            && !self.spaced(next + 1)
            && let Some(part) = self.number(next + 1)
        {
            text.push('.');
            text.push_str(part);
            next += 2;
        }
        (text.len() <= 12).then_some((text, next))
    }

    /// Whether one of the words stands within so many tokens of a place.
    pub(super) fn near(&self, at: usize, reach: usize, starts: &[&str]) -> bool {
        (at.saturating_sub(reach)..=at + reach).any(|place| {
            self.word(place).is_some_and(|word| {
                let lower = word.to_lowercase();
                starts.iter().any(|start| lower.starts_with(start))
            })
        })
    }

    /// Whether what follows makes the number a quantity.
    pub(super) fn unit_follows(&self, at: usize) -> bool {
        self.sign(at, &["%", "€", "$", "£"])
            || self.is_word(
                at,
                &[
                    "patients",
                    "people",
                    "persons",
                    "pages",
                    "percent",
                    "users",
                    "customers",
                    "tokens",
                    "units",
                    "items",
                    "participants",
                    "employees",
                    "votes",
                    "points",
                    "euros",
                    "dollars",
                    "pounds",
                    "million",
                    "billion",
                    "km",
                    "kg",
                    "mm",
                    "cm",
                    "mg",
                    "days",
                    "hours",
                    "index",
                ],
            )
    }
}
