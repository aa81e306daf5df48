//! Phrases of the kinds: words with gaps, classes and things recognised, found among a text's words.

use super::kinds::{Entity, Reading, Recognised};
use crate::text::words;

/// How many words a gap may swallow.
const GAP: usize = 5;

/// A phrase, compiled.
pub(super) struct Phrase {
    elements: Vec<Element>,
}

enum Element {
    Word(Word),
    /// Any of these, each some words that follow each other.
    Class(Vec<Vec<Word>>),
    Entity(Entity),
    Gap,
    ClauseStart,
}

struct Word {
    text: String,
    open: bool,
}

impl Word {
    fn fits(&self, word: &str) -> bool {
        if self.open {
            word.starts_with(&self.text)
        } else {
            word == self.text
        }
    }
}

/// The words that one written word makes (`stop-the-clock` makes three).
fn compile(written: &str) -> Vec<Word> {
    let open = written.ends_with('*');
    let mut parts: Vec<Word> = words::tokens(written.trim_end_matches('*'))
        .into_iter()
        .map(|token| Word {
            text: token.text,
            open: false,
        })
        .collect();
    if let Some(last) = parts.last_mut() {
        last.open = open;
    }
    parts
}

impl Phrase {
    /// Reads a phrase as the library writes it; none when there is no word in it.
    pub(super) fn new(written: &str, classes: &[(String, Vec<String>)]) -> Option<Self> {
        let mut elements = Vec::new();
        for part in written.split_whitespace() {
            match part {
                "_" => elements.push(Element::Gap),
                "^" => elements.push(Element::ClauseStart),
                "<reference>" => elements.push(Element::Entity(Entity::Reference)),
                "<framework>" => elements.push(Element::Entity(Entity::Framework)),
                "<body>" => elements.push(Element::Entity(Entity::Body)),
                "<authority>" => elements.push(Element::Entity(Entity::Authority)),
                part if part.starts_with('<') => {
                    let name = part.trim_start_matches('<').trim_end_matches('>');
                    let (_, alternatives) = classes.iter().find(|(class, _)| class == name)?;
                    elements.push(Element::Class(
                        alternatives
                            .iter()
                            .map(|written| written.split_whitespace().flat_map(compile).collect())
                            .collect(),
                    ));
                }
                part => elements.extend(compile(part).into_iter().map(Element::Word)),
            }
        }
        elements
            .iter()
            .any(|element| !matches!(element, Element::Gap | Element::ClauseStart))
            .then_some(Self { elements })
    }

    /// The words that it can begin with, and whether any ending will do; none when it begins
    /// with something recognised.
    pub(super) fn beginnings(&self) -> Vec<(String, bool)> {
        match self
            .elements
            .iter()
            .find(|element| !matches!(element, Element::ClauseStart))
        {
            Some(Element::Word(word)) => vec![(word.text.clone(), word.open)],
            Some(Element::Class(alternatives)) => alternatives
                .iter()
                .filter_map(|words| words.first())
                .map(|word| (word.text.clone(), word.open))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Where the phrase ends that begins at this word, one past its last.
    pub(super) fn fits(&self, words: &Words, at: usize) -> Option<usize> {
        follow(&self.elements, words, at)
    }
}

fn follow(elements: &[Element], words: &Words, at: usize) -> Option<usize> {
    let Some((first, rest)) = elements.split_first() else {
        return Some(at);
    };
    match first {
        Element::Word(word) => {
            if !word.fits(words.word(at)?) {
                return None;
            }
            follow(rest, words, at + 1)
        }
        Element::Class(alternatives) => alternatives.iter().find_map(|alternative| {
            let all = alternative
                .iter()
                .enumerate()
                .all(|(offset, word)| words.word(at + offset).is_some_and(|w| word.fits(w)));
            if !all {
                return None;
            }
            follow(rest, words, at + alternative.len())
        }),
        Element::Entity(entity) => words
            .entity(at, *entity)
            .and_then(|end| follow(rest, words, end)),
        Element::Gap => {
            for skipped in 0..=GAP {
                let next = at + skipped;
                if next > at && words.ends_sentence(next - 1) {
                    return None;
                }
                if let Some(end) = follow(rest, words, next) {
                    return Some(end);
                }
            }
            None
        }
        Element::ClauseStart => words
            .begins_clause(at)
            .then(|| follow(rest, words, at))
            .flatten(),
    }
}

/// The words of a text, folded, in one string, with what was recognised among them.
pub(super) struct Words {
    text: String,
    words: Vec<Place>,
    entities: Vec<Spanned>,
}

/// Where a word stands: in the folded string, and in the text that it is of.
struct Place {
    folded: std::ops::Range<usize>,
    start: usize,
    end: usize,
    /// What separates it from the next one.
    after: Separator,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    Nothing,
    Comma,
    /// A colon, a semicolon, a dash between spaces.
    Clause,
    Sentence,
}

/// Something recognised, by its first word and one past its last.
struct Spanned {
    entity: Entity,
    first: usize,
    end: usize,
}

impl Words {
    /// The first `bytes` of a text.
    pub(super) fn new(reading: &Reading<'_>, bytes: usize) -> Self {
        let text = head(reading.text.original(), bytes);
        let mut out = Self {
            text: String::with_capacity(text.len()),
            words: Vec::with_capacity(text.len() / 5),
            entities: Vec::new(),
        };
        words::for_each_token(
            text,
            &mut |word: &str, start: usize, end: usize, _: usize| {
                let from = out.text.len();
                out.text.push_str(word);
                if let Some(before) = out.words.last_mut() {
                    before.after = separator(text.get(before.end..start).unwrap_or(""));
                }
                out.words.push(Place {
                    folded: from..out.text.len(),
                    start,
                    end,
                    after: Separator::Nothing,
                });
            },
        );
        out.entities = reading
            .recognised
            .iter()
            .filter_map(|found| out.spanned(found))
            .collect();
        out
    }

    fn spanned(&self, found: &Recognised) -> Option<Spanned> {
        let first = self.words.iter().position(|word| word.start >= found.start)?;
        let end = self
            .words
            .iter()
            .rposition(|word| word.end <= found.end)
            .map(|last| last + 1)?;
        (end > first).then_some(Spanned {
            entity: found.entity,
            first,
            end,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn word(&self, at: usize) -> Option<&str> {
        self.text.get(self.words.get(at)?.folded.clone())
    }

    /// The bytes of the text from one word to another.
    pub(super) fn bytes(&self, first: usize, last: usize) -> Option<(usize, usize)> {
        Some((self.words.get(first)?.start, self.words.get(last)?.end))
    }

    /// Whether something recognised begins at a word.
    pub(super) fn recognised_at(&self, at: usize) -> bool {
        self.entities.iter().any(|found| found.first == at)
    }

    /// Where such a thing ends that begins at a word.
    fn entity(&self, at: usize, entity: Entity) -> Option<usize> {
        self.entities
            .iter()
            .filter(|found| {
                found.first == at
                    && (found.entity == entity
                        || (entity == Entity::Body && found.entity == Entity::Authority))
            })
            .map(|found| found.end)
            .max()
    }

    fn ends_sentence(&self, at: usize) -> bool {
        self.words
            .get(at)
            .is_some_and(|word| word.after == Separator::Sentence)
    }

    fn begins_clause(&self, at: usize) -> bool {
        at == 0
            || self
                .words
                .get(at - 1)
                .is_some_and(|word| matches!(word.after, Separator::Clause | Separator::Sentence))
    }

    /// For each word whether it stands in a clause that one of the given words begins: to the
    /// end of the clause, or to the comma when the clause opens with it.
    pub(super) fn background(&self, beginnings: impl Iterator<Item = usize>) -> Vec<bool> {
        let mut out = vec![false; self.words.len()];
        for first in beginnings {
            let opening = self.begins_clause(first);
            for at in first..self.words.len() {
                if let Some(flag) = out.get_mut(at) {
                    *flag = true;
                }
                let after = self
                    .words
                    .get(at)
                    .map_or(Separator::Sentence, |word| word.after);
                let ends = match after {
                    Separator::Nothing => false,
                    Separator::Comma => opening,
                    Separator::Clause | Separator::Sentence => true,
                };
                if ends {
                    break;
                }
            }
        }
        out
    }
}

fn separator(between: &str) -> Separator {
    let mut out = Separator::Nothing;
    let spaced = between.starts_with(char::is_whitespace) && between.ends_with(char::is_whitespace);
    for c in between.chars() {
        match c {
            '!' | '?' | '。' => return Separator::Sentence,
            // "v4.0" and "e.g." end no sentence; "done. Next" does.
            '.' if between.ends_with(char::is_whitespace) => return Separator::Sentence,
            ':' | ';' | '：' | '|' => out = Separator::Clause,
            '-' | '–' | '—' if spaced => out = Separator::Clause,
            ',' | '、' | '，' if out == Separator::Nothing => out = Separator::Comma,
            _ => {}
        }
    }
    out
}

/// The first `bytes` of a text, cut at a character.
fn head(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}
