//! The kind of an update: by the phrases of its headline, in the order of precedence.

use std::collections::HashMap;

use super::haystack::Haystack;
use crate::domain::library::KindRule;
use crate::domain::update::{Because, Field, UpdateKind};
use crate::text::words;

/// The phrases, by the first letters of their first word.
pub(super) struct Kinds {
    phrases: Vec<Phrase>,
    /// The first word (or its first four bytes where the word is open) -> phrases.
    by_first: HashMap<String, Vec<usize>>,
    open: HashMap<String, Vec<usize>>,
}

struct Phrase {
    kind: UpdateKind,
    rank: u32,
    veto: bool,
    words: Vec<Word>,
}

struct Word {
    text: String,
    open: bool,
}

/// How many bytes of an open first word are looked up.
const STEM: usize = 3;

impl Kinds {
    pub(super) fn new(rules: &[KindRule]) -> Self {
        let mut out = Self {
            phrases: Vec::new(),
            by_first: HashMap::new(),
            open: HashMap::new(),
        };
        for rule in rules {
            for (phrases, veto) in [(&rule.phrases, false), (&rule.not, true)] {
                for phrase in phrases {
                    let words: Vec<Word> = phrase
                        .split_whitespace()
                        .flat_map(|word| {
                            let open = word.ends_with('*');
                            let mut parts: Vec<Word> = words::tokens(word.trim_end_matches('*'))
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
                        })
                        .collect();
                    let Some(first) = words.first() else { continue };
                    let place = out.phrases.len();
                    if first.open {
                        let stem: String = first.text.chars().take(STEM).collect();
                        out.open.entry(stem).or_default().push(place);
                    } else {
                        out.by_first
                            .entry(first.text.clone())
                            .or_default()
                            .push(place);
                    }
                    out.phrases.push(Phrase {
                        kind: rule.kind,
                        rank: rule.rank,
                        veto,
                        words,
                    });
                }
            }
        }
        out
    }

    /// The kind that the headline names; the summary's first sentences decide only when the
    /// headline names no event.
    pub(super) fn read(
        &self,
        headline: &Haystack<'_>,
        summary: &Haystack<'_>,
    ) -> (Option<UpdateKind>, Vec<Because>) {
        for (field, text) in [(Field::Headline, headline), (Field::Summary, summary)] {
            if let Some((kind, because)) = self.look(field, text) {
                return (Some(kind), vec![because]);
            }
        }
        (None, Vec::new())
    }

    fn look(&self, field: Field, text: &Haystack<'_>) -> Option<(UpdateKind, Because)> {
        // News names its event at once; what comes later is background.
        let head = head(
            text.original(),
            if field == Field::Headline { 400 } else { 320 },
        );
        let tokens = words::tokens(head);
        let mut hits: Vec<(&Phrase, usize, usize)> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            // Every beginning of the word that an open phrase may be filed under.
            let beginnings = token
                .text
                .char_indices()
                .take(STEM)
                .filter_map(|(at, c)| token.text.get(..at + c.len_utf8()));
            let candidates = self
                .by_first
                .get(&token.text)
                .into_iter()
                .chain(beginnings.filter_map(|beginning| self.open.get(beginning)))
                .flatten();
            for place in candidates {
                let Some(phrase) = self.phrases.get(*place) else {
                    continue;
                };
                let fits = phrase.words.iter().enumerate().all(|(offset, word)| {
                    tokens.get(at + offset).is_some_and(|token| {
                        if word.open {
                            token.text.starts_with(&word.text)
                        } else {
                            token.text == word.text
                        }
                    })
                });
                if fits {
                    hits.push((phrase, at, at + phrase.words.len() - 1));
                }
            }
        }
        let vetoed = |kind: UpdateKind| {
            hits.iter()
                .any(|(phrase, ..)| phrase.veto && phrase.kind == kind)
        };
        let (phrase, first, last) = hits
            .iter()
            .filter(|(phrase, ..)| !phrase.veto && !vetoed(phrase.kind))
            // The longer phrase is the surer reason for the same kind.
            .min_by_key(|(phrase, first, last)| {
                (phrase.rank, std::cmp::Reverse(last - first), *first)
            })?;
        let start = tokens.get(*first)?.start;
        let end = tokens.get(*last)?.end;
        Some((
            phrase.kind,
            Because {
                rule: "kind-phrase".to_owned(),
                field,
                text: text.words(start, end),
                start: text.characters_before(start),
            },
        ))
    }
}

/// The first `bytes` of a text, cut at a character.
fn head(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}
