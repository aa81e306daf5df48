//! Blocks as numbers of words, the same for both versions of a page.

use std::collections::{HashMap, HashSet};

use super::noise;
use crate::domain::page::{BlockKind, PageText};

/// The words of both versions, each with its number.
#[derive(Default)]
pub(super) struct Vocabulary {
    numbers: HashMap<String, u32>,
    words: Vec<String>,
}

impl Vocabulary {
    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.numbers.insert(word.to_owned(), number);
        self.words.push(word.to_owned());
        number
    }

    /// The word of a number.
    pub(super) fn word(&self, number: u32) -> &str {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        self.words.get(place).map_or("", String::as_str)
    }
}

/// One version of a page, its blocks that mean something in reading order.
pub(super) struct Version<'p> {
    pub page: &'p PageText,
    pub blocks: Vec<Words>,
    /// The words of all of them, one after the other.
    pub stream: Vec<u32>,
    /// Every word once.
    distinct: HashSet<u32>,
}

/// The words of a block.
#[derive(Clone, Debug)]
pub(super) struct Words {
    /// The block's place in the page.
    pub place: usize,
    /// Where its words stand in the stream.
    pub start: usize,
    pub end: usize,
}

impl<'p> Version<'p> {
    /// The version's words; `with_noise` keeps what means nothing.
    pub(super) fn new(page: &'p PageText, vocabulary: &mut Vocabulary, with_noise: bool) -> Self {
        let mut version = Self {
            page,
            blocks: Vec::with_capacity(page.blocks.len()),
            stream: Vec::new(),
            distinct: HashSet::new(),
        };
        let beside = if with_noise { Vec::new() } else { beside(page) };
        for (place, block) in page.blocks.iter().enumerate() {
            if beside.get(place) == Some(&true) {
                continue;
            }
            let start = version.stream.len();
            if with_noise || block.kind == BlockKind::Found {
                let folded = crate::text::words::fold(&block.text);
                words(&folded, |word| version.stream.push(vocabulary.number(word)));
            } else {
                let steady = noise::steady(&block.text);
                if noise::is_noise(block, &steady) {
                    continue;
                }
                words(&steady, |word| version.stream.push(vocabulary.number(word)));
            }
            let end = version.stream.len();
            if end > start {
                version.blocks.push(Words { place, start, end });
            }
        }
        version.distinct = version.stream.iter().copied().collect();
        version
    }

    /// Whether a word stands anywhere in it.
    pub(super) fn has(&self, word: u32) -> bool {
        self.distinct.contains(&word)
    }

    /// How many words of another version stand in this one, too.
    pub(super) fn common(&self, other: &Self) -> usize {
        other.stream.iter().filter(|word| self.has(**word)).count()
    }

    /// The words of one of the blocks, counted among those that mean something.
    pub(super) fn words(&self, number: usize) -> &[u32] {
        self.blocks
            .get(number)
            .and_then(|words| self.stream.get(words.start..words.end))
            .unwrap_or(&[])
    }
}

/// Which blocks stand under a heading of what is no text of the page's own; none where that would
/// be most of the page.
fn beside(page: &PageText) -> Vec<bool> {
    let mut beside = vec![false; page.blocks.len()];
    let mut under: Option<u8> = None;
    let (mut bytes, mut all) = (0, 0);
    for (block, beside) in page.blocks.iter().zip(&mut beside) {
        if block.kind == BlockKind::Heading {
            if under.is_some_and(|level| block.level <= level) {
                under = None;
            }
            if under.is_none() && noise::is_beside(&crate::text::words::fold(&block.text)) {
                under = Some(block.level);
            }
        }
        all += block.text.len();
        if under.is_some() {
            *beside = true;
            bytes += block.text.len();
        }
    }
    if bytes * 2 > all {
        beside.fill(false);
    }
    beside
}

/// Calls `f` for each word of a folded text: letters, numbers with their signs (`12.5`,
/// `2024/1689`), single signs of scripts without spaces, and signs that mean something (`≥`, `€`).
pub(super) fn words(text: &str, mut f: impl FnMut(&str)) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_digit() {
            number_length(rest)
        } else if unspaced(first) {
            first.len_utf8()
        } else if first.is_alphanumeric() {
            rest.find(|c: char| !c.is_alphanumeric() || unspaced(c))
                .unwrap_or(rest.len())
        } else {
            let length = first.len_utf8();
            if means(first) {
                f(rest.get(..length).unwrap_or(""));
            }
            rest = rest.get(length..).unwrap_or("");
            continue;
        };
        f(rest.get(..length).unwrap_or(""));
        rest = rest.get(length..).unwrap_or("");
    }
}

/// The length of the number that a text begins with, with the letters and parts that belong to it.
fn number_length(text: &str) -> usize {
    let mut end = 0;
    let mut signs = text.char_indices().peekable();
    while let Some((at, c)) = signs.next() {
        if c.is_alphanumeric() && !unspaced(c) {
            end = at + c.len_utf8();
            continue;
        }
        let joins = matches!(c, '.' | ',' | '/' | ':' | '-')
            && signs.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if !joins {
            break;
        }
    }
    end.max(1)
}

/// Signs by which a text says something else.
fn means(c: char) -> bool {
    matches!(
        c,
        '<' | '>'
            | '='
            | '%'
            | '‰'
            | '€'
            | '$'
            | '£'
            | '¥'
            | '§'
            | '°'
            | '±'
            | '×'
            | '÷'
            | '≤'
            | '≥'
            | '≠'
            | '½'
            | '¼'
            | '¾'
    )
}

fn unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_can_say_something_else() {
        let list = |text: &str| {
            let mut out = Vec::new();
            words(text, |word| out.push(word.to_owned()));
            out
        };
        assert_eq!(
            list("it's 12.5 % – (eu) 2024/1689."),
            ["it", "s", "12.5", "%", "eu", "2024/1689"]
        );
        assert_eq!(list("≥ 30 days, 2nd ed."), ["≥", "30", "days", "2nd", "ed"]);
        assert_eq!(list("第3条の規定"), ["第", "3", "条", "の", "規", "定"]);
        assert_eq!(list("iso 123:2001 » …"), ["iso", "123:2001"]);
        assert!(list("— · |").is_empty());
    }
}
