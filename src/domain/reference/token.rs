//! The scanner: words, digit groups and signs, cut lazily from a text and read through a cursor.
//!
//! Nothing is copied: a token is a byte range. Unicode dashes, slashes and apostrophes come out as their ASCII
//! sign; ® and ™ count as a space; zero-width characters and soft hyphens are not there at all (rule 1 of the
//! domain brief, section 4).

use unicode_normalization::UnicodeNormalization;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A run of Latin, Greek or Cyrillic letters.
    Word,
    /// A run of ASCII digits.
    Number,
    /// Any other single character, folded; `'\n'` marks a break between paragraphs.
    Sign(char),
    /// The end of the text, as often as it is asked for.
    End,
}

/// A byte range of the text with its kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// White space stood before it.
    pub spaced: bool,
}

/// Reads tokens on demand; `at` may be set back to any earlier value.
pub(super) struct Cursor<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    lexed: usize,
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            tokens: Vec::with_capacity(32),
            lexed: 0,
            at: 0,
        }
    }

    /// Forgets all tokens and begins again at a byte position, which must be a character boundary.
    pub fn restart(&mut self, byte: usize) {
        self.tokens.clear();
        self.lexed = byte;
        self.at = 0;
    }

    /// The token `ahead` places after the current one.
    pub fn peek(&mut self, ahead: usize) -> Token {
        while self.tokens.len() <= self.at + ahead {
            let token = self.lex();
            self.tokens.push(token);
        }
        self.tokens[self.at + ahead]
    }

    /// The token just before the current one, when it is a word that was scanned.
    pub fn previous_word(&self) -> &'a str {
        match self.at.checked_sub(1).and_then(|at| self.tokens.get(at)) {
            Some(token) if token.kind == Kind::Word => &self.text[token.start..token.end],
            _ => "",
        }
    }

    /// The character before the current token, spaces included.
    pub fn character_before(&mut self) -> Option<char> {
        let start = self.peek(0).start;
        self.text[..start].chars().next_back()
    }

    pub fn text_of(&self, token: Token) -> &'a str {
        &self.text[token.start..token.end]
    }

    /// Where the current token begins.
    pub fn here(&mut self) -> usize {
        self.peek(0).start
    }

    /// Where the last token taken ends.
    pub fn taken(&self) -> usize {
        match self.at.checked_sub(1).and_then(|at| self.tokens.get(at)) {
            Some(token) => token.end,
            None => self.lexed,
        }
    }

    /// The word `ahead`, or nothing.
    pub fn word(&mut self, ahead: usize) -> &'a str {
        let token = self.peek(ahead);
        if token.kind == Kind::Word {
            self.text_of(token)
        } else {
            ""
        }
    }

    /// The digits `ahead`, or nothing.
    pub fn digits(&mut self, ahead: usize) -> &'a str {
        let token = self.peek(ahead);
        if token.kind == Kind::Number {
            self.text_of(token)
        } else {
            ""
        }
    }

    /// The value of the digits `ahead`; none beyond nine digits.
    pub fn number(&mut self, ahead: usize) -> Option<u32> {
        value(self.digits(ahead))
    }

    pub fn is_word(&mut self, ahead: usize, word: &str) -> bool {
        self.word(ahead).eq_ignore_ascii_case(word)
    }

    pub fn is_sign(&mut self, ahead: usize, sign: char) -> bool {
        self.peek(ahead).kind == Kind::Sign(sign)
    }

    /// Nothing stands between this token and the one before.
    pub fn glued(&mut self, ahead: usize) -> bool {
        !self.peek(ahead).spaced
    }

    /// A glued sign followed by a glued digit group.
    pub fn is_glued_number(&mut self, sign: char) -> bool {
        self.is_sign(0, sign) && self.glued(0) && self.peek(1).kind == Kind::Number && self.glued(1)
    }

    pub fn eat(&mut self, sign: char) -> bool {
        let found = self.is_sign(0, sign);
        self.at += usize::from(found);
        found
    }

    pub fn eat_glued(&mut self, sign: char) -> bool {
        let found = self.is_sign(0, sign) && self.glued(0);
        self.at += usize::from(found);
        found
    }

    /// Takes one word, whatever its case.
    pub fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(0, word);
        self.at += usize::from(found);
        found
    }

    /// Takes several words in a row, or none of them.
    pub fn eat_words(&mut self, words: &[&str]) -> bool {
        let found = words
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.is_word(ahead, word));
        if found {
            self.at += words.len();
        }
        found
    }

    /// Takes one of these words.
    pub fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat_word(word))
    }

    /// Takes capitals written together or with points: `USC`, `U.S.C.`, `U. S. C.`.
    pub fn eat_capitals(&mut self, capitals: &str) -> bool {
        let mark = self.at;
        if self.word(0) == capitals {
            self.at += 1;
            return true;
        }
        for letter in capitals.chars() {
            let mut buffer = [0; 4];
            let letter: &str = letter.encode_utf8(&mut buffer);
            if self.word(0) != letter || !(self.is_sign(1, '.') && self.glued(1)) {
                self.at = mark;
                return false;
            }
            self.at += 2;
        }
        true
    }

    /// Takes a digit group.
    pub fn take_number(&mut self) -> Option<u32> {
        let number = self.number(0)?;
        self.at += 1;
        Some(number)
    }

    /// Takes a digit group as written.
    pub fn take_digits(&mut self) -> Option<&'a str> {
        let digits = self.digits(0);
        if digits.is_empty() {
            return None;
        }
        self.at += 1;
        Some(digits)
    }

    /// Takes digits grouped by a sign in threes (`43,560`) as one number without the sign.
    pub fn take_grouped(&mut self, sign: char) -> Option<String> {
        let mut digits = self.take_digits()?.to_owned();
        if digits.len() <= 3 {
            while self.is_glued_number(sign) && self.digits(1).len() == 3 && digits.len() < 9 {
                digits.push_str(self.digits(1));
                self.at += 2;
            }
        }
        Some(digits)
    }

    /// Takes `4.0.1`.
    pub fn take_dotted(&mut self) -> Option<String> {
        let mut dotted = self.take_digits()?.to_owned();
        while self.is_glued_number('.') && dotted.len() < 24 {
            dotted.push('.');
            dotted.push_str(self.digits(1));
            self.at += 2;
        }
        Some(dotted)
    }

    /// Runs a rule; a rule that fails leaves no trace.
    pub fn attempt<T>(&mut self, rule: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let mark = self.at;
        let result = rule(self);
        if result.is_none() {
            self.at = mark;
        }
        result
    }

    /// A word or a number of plain ASCII, with spaces at most before it: what most tokens are.
    fn lex_plain(&self) -> Option<Token> {
        let bytes = self.text.as_bytes();
        let spaces = bytes
            .get(self.lexed..)?
            .iter()
            .take_while(|byte| **byte == b' ')
            .count();
        let start = self.lexed + spaces;
        let rest = bytes.get(start..)?;
        let (kind, length) = match rest.first()? {
            byte if byte.is_ascii_alphabetic() => (
                Kind::Word,
                plain_run(rest, |byte| byte.is_ascii_alphabetic()),
            ),
            byte if byte.is_ascii_digit() => {
                (Kind::Number, plain_run(rest, |byte| byte.is_ascii_digit()))
            }
            _ => return None,
        };
        // A letter of another kind may go on with the word.
        rest.get(length).is_none_or(u8::is_ascii).then_some(Token {
            kind,
            start,
            end: start + length,
            spaced: spaces > 0,
        })
    }

    fn lex(&mut self) -> Token {
        if let Some(token) = self.lex_plain() {
            self.lexed = token.end;
            return token;
        }
        let mut spaced = false;
        let mut lines = 0;
        let mut characters = self.text[self.lexed..].char_indices();
        let (start, first) = loop {
            match characters.next() {
                None => {
                    self.lexed = self.text.len();
                    return Token {
                        kind: Kind::End,
                        start: self.lexed,
                        end: self.lexed,
                        spaced,
                    };
                }
                Some((_, '\n')) => {
                    spaced = true;
                    lines += 1;
                }
                Some((_, '®' | '™' | '℠')) => spaced = true,
                Some((_, character)) if character.is_whitespace() => spaced = true,
                Some((_, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')) => {}
                Some((offset, character)) => break (self.lexed + offset, character),
            }
        };
        if lines > 1 {
            self.lexed = start;
            return Token {
                kind: Kind::Sign('\n'),
                start,
                end: start,
                spaced,
            };
        }
        let rest = &self.text[start..];
        let (kind, length) = if first.is_ascii_digit() {
            (
                Kind::Number,
                run(rest, |character| character.is_ascii_digit()),
            )
        } else if is_letter(first) {
            (Kind::Word, run(rest, is_letter))
        } else {
            (Kind::Sign(folded_sign(first)), first.len_utf8())
        };
        self.lexed = start + length;
        Token {
            kind,
            start,
            end: self.lexed,
            spaced,
        }
    }
}

fn plain_run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| belongs(**byte)).count()
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|character| !belongs(character))
        .unwrap_or(text.len())
}

/// Letters of the scripts in which references are written. Other scripts join words without spaces, so that
/// `通过ISO27001认证` must still show `ISO` as a word.
fn is_letter(character: char) -> bool {
    match character {
        'a'..='z' | 'A'..='Z' | 'ª' | 'º' => true,
        '×' | '÷' => false,
        'À'..='\u{24f}' | '\u{300}'..='\u{36f}' => true,
        '\u{370}'..='\u{52f}' | '\u{1e00}'..='\u{1fff}' => character.is_alphabetic(),
        _ => false,
    }
}

fn folded_sign(character: char) -> char {
    match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => '\'',
        '\u{2236}' => ':',
        other => other,
    }
}

/// The value of digits; none beyond nine of them.
pub(super) fn value(digits: &str) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.parse().ok()
}

/// A word in lower case without accents, on the stack: `Règlement` is `reglement`, `Önorm` is `onorm`.
pub(super) struct Folded {
    bytes: [u8; Folded::LIMIT],
    length: usize,
}

impl Folded {
    const LIMIT: usize = 48;

    /// A word that does not fit is no word of the grammar and comes out empty.
    pub fn new(word: &str) -> Self {
        let mut folded = Self {
            bytes: [0; Self::LIMIT],
            length: 0,
        };
        if word.len() > Self::LIMIT {
            return folded;
        }
        if word.is_ascii() {
            folded.length = word.len();
            folded.bytes[..word.len()].copy_from_slice(word.as_bytes());
            folded.bytes.make_ascii_lowercase();
            return folded;
        }
        for character in word.nfd() {
            if matches!(character, '\u{300}'..='\u{36f}') {
                continue;
            }
            for lower in character.to_lowercase() {
                let lower = match lower {
                    'ł' => 'l',
                    'ø' => 'o',
                    'đ' => 'd',
                    other => other,
                };
                if folded.length + lower.len_utf8() > Self::LIMIT {
                    folded.length = 0;
                    return folded;
                }
                folded.length += lower.encode_utf8(&mut folded.bytes[folded.length..]).len();
            }
        }
        folded
    }

    pub fn as_str(&self) -> &str {
        // The bytes were written from whole characters, so the empty fallback is never taken.
        std::str::from_utf8(self.as_bytes()).unwrap_or("")
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    pub fn is(&self, word: &str) -> bool {
        self.as_bytes() == word.as_bytes()
    }

    pub fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }
}
