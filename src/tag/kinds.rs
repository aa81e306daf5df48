//! The kind of an update: by the phrases of its headline, in the order of precedence.

use rustc_hash::FxHashMap;

use super::haystack::Haystack;
use super::phrase::{Phrase, Words};
use crate::domain::library::KindBook;
use crate::domain::update::{Because, Field, UpdateKind};

/// What was recognised in a text, by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entity {
    Reference,
    Framework,
    Body,
    /// A body that makes, watches or interprets rules.
    Authority,
}

/// Where something was recognised.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recognised {
    pub(super) entity: Entity,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A field of the update with what was recognised in it.
pub(super) struct Reading<'a> {
    pub(super) field: Field,
    pub(super) text: &'a Haystack<'a>,
    pub(super) recognised: Vec<Recognised>,
}

/// What is known of the update besides its words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circumstances {
    /// Whether a framework, a body, a topic or a reference was recognised, or the source is a
    /// body's own.
    pub(super) in_field: bool,
    /// Whether the source is the own one of a body that has something to say.
    pub(super) authority: bool,
}

/// The phrases, by the first letters of their first word.
pub(super) struct Kinds {
    rules: Vec<Rule>,
    phrases: Vec<(Phrase, Role)>,
    /// The first word -> phrases.
    by_first: FxHashMap<String, Vec<usize>>,
    /// The first letters of a first word with any ending -> phrases.
    by_stem: FxHashMap<String, Vec<usize>>,
    /// Phrases that begin with something recognised or with a gap of their own.
    anywhere: Vec<usize>,
}

struct Rule {
    kind: UpdateKind,
    rank: u32,
    summary: bool,
}

/// What a phrase is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Names(usize),
    Softly(usize),
    Denies(usize),
    Background,
    Field,
    Authority,
    Talk,
}

/// A phrase found: which, and its first and last word.
struct Hit {
    phrase: usize,
    role: Role,
    first: usize,
    last: usize,
}

/// How many characters of an open first word are looked up.
const STEM: usize = 3;

/// From this rank on a kind is not read out of what a headline tells as background.
const WEAK_RANK: u32 = 12;

impl Kinds {
    pub(super) fn new(book: &KindBook) -> Self {
        let mut out = Self {
            rules: Vec::new(),
            phrases: Vec::new(),
            by_first: FxHashMap::default(),
            by_stem: FxHashMap::default(),
            anywhere: Vec::new(),
        };
        for (place, rule) in book.rules.iter().enumerate() {
            out.rules.push(Rule {
                kind: rule.kind,
                rank: rule.rank,
                summary: rule.summary,
            });
            for (phrases, role) in [
                (&rule.phrases, Role::Names(place)),
                (&rule.soft, Role::Softly(place)),
                (&rule.not, Role::Denies(place)),
            ] {
                out.add(phrases, role, book);
            }
        }
        out.add(&book.background, Role::Background, book);
        out.add(&book.field, Role::Field, book);
        out.add(&book.authority, Role::Authority, book);
        out.add(&book.talk, Role::Talk, book);
        out
    }

    fn add(&mut self, phrases: &[String], role: Role, book: &KindBook) {
        for written in phrases {
            let Some(phrase) = Phrase::new(written, &book.classes) else {
                continue;
            };
            let place = self.phrases.len();
            let beginnings = phrase.beginnings();
            if beginnings.is_empty() {
                self.anywhere.push(place);
            }
            for (word, open) in beginnings {
                if open {
                    let stem: String = word.chars().take(STEM).collect();
                    self.by_stem.entry(stem).or_default().push(place);
                } else {
                    self.by_first.entry(word).or_default().push(place);
                }
            }
            self.phrases.push((phrase, role));
        }
    }

    /// The kind that the headline names; the summary's first sentences decide only when the
    /// headline names no event.
    pub(super) fn read(
        &self,
        headline: &Reading<'_>,
        summary: &Reading<'_>,
        circumstances: Circumstances,
    ) -> (Option<UpdateKind>, Vec<Because>) {
        // News names its event at once; what comes later is background.
        let head = Words::new(headline, 400);
        let body = Words::new(summary, 320);
        let head_hits = self.hits(&head);
        let body_hits = self.hits(&body);
        let all = || head_hits.iter().chain(&body_hits);
        if !circumstances.in_field && !all().any(|hit| hit.role == Role::Field) {
            return (None, Vec::new());
        }
        let speaks = circumstances.authority
            || all().any(|hit| hit.role == Role::Authority)
            || headline
                .recognised
                .iter()
                .chain(&summary.recognised)
                .any(|found| found.entity == Entity::Authority);
        let talk = all().any(|hit| hit.role == Role::Talk);
        let soft = speaks && !talk;
        let background = head.background(
            head_hits
                .iter()
                .filter(|hit| hit.role == Role::Background)
                .map(|hit| hit.first),
        );
        let in_background = |hit: &Hit| background.get(hit.first).copied().unwrap_or(false);
        let found = self
            .best(&head_hits, soft, |hit, _| !in_background(hit))
            .map(|hit| (hit, &head, headline))
            .or_else(|| {
                self.best(&body_hits, soft, |_, rule| rule.summary)
                    .map(|hit| (hit, &body, summary))
            })
            .or_else(|| {
                self.best(&head_hits, soft, |hit, rule| {
                    in_background(hit) && rule.rank < WEAK_RANK
                })
                .map(|hit| (hit, &head, headline))
            });
        let Some(((hit, kind), words, reading)) = found else {
            return (None, Vec::new());
        };
        let Some((start, end)) = words.bytes(hit.first, hit.last) else {
            return (None, Vec::new());
        };
        let because = Because {
            rule: "kind-phrase".to_owned(),
            field: reading.field,
            text: reading.text.words(start, end),
            start: reading.text.characters_before(start),
        };
        (Some(kind), vec![because])
    }

    /// The hit that decides: the kind of the lowest rank, for which the longer phrase is the
    /// surer reason.
    fn best<'h>(
        &self,
        hits: &'h [Hit],
        soft: bool,
        counts: impl Fn(&Hit, &Rule) -> bool,
    ) -> Option<(&'h Hit, UpdateKind)> {
        let denied = |rule: usize| hits.iter().any(|hit| hit.role == Role::Denies(rule));
        hits.iter()
            .filter_map(|hit| {
                let place = match hit.role {
                    Role::Names(place) => place,
                    Role::Softly(place) if soft => place,
                    _ => return None,
                };
                let rule = self.rules.get(place)?;
                (counts(hit, rule) && !denied(place)).then_some((hit, rule))
            })
            .min_by_key(|(hit, rule)| {
                (
                    rule.rank,
                    std::cmp::Reverse(hit.last.saturating_sub(hit.first)),
                    hit.first,
                )
            })
            .map(|(hit, rule)| (hit, rule.kind))
    }

    fn hits(&self, words: &Words) -> Vec<Hit> {
        let mut out = Vec::new();
        for at in 0..words.len() {
            let word = words.word(at).unwrap_or("");
            // Every beginning of the word that an open phrase may be filed under.
            let beginnings = word
                .char_indices()
                .take(STEM)
                .filter_map(|(at, c)| word.get(..at + c.len_utf8()));
            let candidates = self
                .by_first
                .get(word)
                .into_iter()
                .chain(beginnings.filter_map(|beginning| self.by_stem.get(beginning)))
                .chain(words.recognised_at(at).then_some(&self.anywhere))
                .flatten();
            for place in candidates {
                let Some((phrase, role)) = self.phrases.get(*place) else {
                    continue;
                };
                if let Some(end) = phrase.fits(words, at) {
                    out.push(Hit {
                        phrase: *place,
                        role: *role,
                        first: at,
                        last: end.saturating_sub(1),
                    });
                }
            }
        }
        out.dedup_by_key(|hit| (hit.phrase, hit.first));
        out
    }
}
