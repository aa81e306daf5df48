//! The kind of an update: by the phrases of its headline, in the order of precedence.

use rustc_hash::FxHashMap;

use super::haystack::Haystack;
use crate::domain::library::KindRule;
use crate::domain::update::{Because, Field, UpdateKind};
use crate::text::words;

/// The phrases, by the first letters of their first word.
pub(super) struct Kinds {
    phrases: Vec<Phrase>,
    /// The first word (or its first four bytes where the word is open) -> phrases.
    by_first: FxHashMap<String, Vec<usize>>,
    open: FxHashMap<String, Vec<usize>>,
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
            by_first: FxHashMap::default(),
            open: FxHashMap::default(),
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
        let tokens = Folded::new(head);
        let mut hits: Vec<(&Phrase, usize, usize)> = Vec::new();
        for at in 0..tokens.words.len() {
            let token = tokens.word(at).unwrap_or("");
            // Every beginning of the word that an open phrase may be filed under.
            let beginnings = token
                .char_indices()
                .take(STEM)
                .filter_map(|(at, c)| token.get(..at + c.len_utf8()));
            let candidates = self
                .by_first
                .get(token)
                .into_iter()
                .chain(beginnings.filter_map(|beginning| self.open.get(beginning)))
                .flatten();
            for place in candidates {
                let Some(phrase) = self.phrases.get(*place) else {
                    continue;
                };
                let fits = phrase.words.iter().enumerate().all(|(offset, word)| {
                    tokens.word(at + offset).is_some_and(|token| {
                        if word.open {
                            token.starts_with(&word.text)
                        } else {
                            token == word.text
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
        let start = tokens.words.get(*first)?.start;
        let end = tokens.words.get(*last)?.end;
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

/// The words of a text, folded, in one string.
struct Folded {
    text: String,
    words: Vec<Place>,
}

/// Where a word stands: in the folded string, and in the text that it is of.
struct Place {
    folded: std::ops::Range<usize>,
    start: usize,
    end: usize,
}

impl Folded {
    fn new(text: &str) -> Self {
        let mut out = Self {
            text: String::with_capacity(text.len()),
            words: Vec::with_capacity(text.len() / 5),
        };
        words::for_each_token(
            text,
            &mut |word: &str, start: usize, end: usize, _: usize| {
                let from = out.text.len();
                out.text.push_str(word);
                out.words.push(Place {
                    folded: from..out.text.len(),
                    start,
                    end,
                });
            },
        );
        out
    }

    fn word(&self, at: usize) -> Option<&str> {
        self.text.get(self.words.get(at)?.folded.clone())
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
