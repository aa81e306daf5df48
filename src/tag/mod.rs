//! Tagging: an update's words -> frameworks, bodies, jurisdictions, topics, references, kind and
//! language, each with the words that earned it.
//!
//! It knows the rules of recognition (longest match consumes its text, cues for ambiguous forms,
//! the order of kinds, how places follow from laws and bodies). It calls nothing but the ground
//! floor, and takes the Library as its argument. It deliberately uses no model and keeps no
//! memory: the same words and library give the same tags for ever.

mod haystack;
pub mod key_dates;
mod kinds;
mod lexicon;
mod phrase;
mod places;
pub mod score;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::id::{BodyId, FrameworkId, JurisdictionId, TopicId};
use crate::domain::library::{Body, Library};
use crate::domain::reference;
use crate::domain::update::{Because, Field, FrameworkTag, ReferenceTag, Tag, Tags};
use crate::text::language;

use haystack::Haystack;
use kinds::{Circumstances, Entity, Kinds, Reading, Recognised};
use lexicon::{Lexicon, Mention, Target};

/// The longest text that is read for tags, in bytes; news says what it is about at its head.
const LONGEST: usize = 20_000;

/// What is tagged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    /// The title.
    pub headline: &'a str,
    /// The summary, or the text when there is no summary.
    pub summary: &'a str,
    /// The language stated by the publisher.
    pub language: Option<&'a str>,
    /// The body that publishes the source: a prior, never proof.
    pub body: Option<&'a BodyId>,
    /// The frameworks the source feeds: a prior, never proof.
    pub frameworks: &'a [FrameworkId],
}

/// The rules, compiled once for a library.
#[derive(Clone)]
pub struct Tagger {
    library: Arc<Library>,
    lexicon: Arc<Lexicon>,
    kinds: Arc<Kinds>,
}

impl Tagger {
    /// Compiles a library.
    pub fn new(library: Arc<Library>) -> Self {
        Self {
            lexicon: Arc::new(Lexicon::new(&library)),
            kinds: Arc::new(Kinds::new(&library.kinds)),
            library,
        }
    }

    /// Tags one subject.
    pub fn tag(&self, subject: &Subject<'_>) -> Tags {
        let headline = Haystack::new(subject.headline, LONGEST);
        let summary = Haystack::new(subject.summary, LONGEST);
        let fields = [(Field::Headline, &headline), (Field::Summary, &summary)];
        let hits = fields.map(|(field, text)| (field, self.lexicon.scan(text)));

        let mut references: Vec<ReferenceTag> = Vec::new();
        let mut mentions: Vec<Mention> = Vec::new();
        let mut recognised: [Vec<Recognised>; 2] = Default::default();
        for ((field, text), recognised) in fields.into_iter().zip(&mut recognised) {
            let found = reference::find(text.original(), &self.library.known_works);
            let spans: Vec<(usize, usize)> = found
                .iter()
                .map(|found| (found.byte_start, found.byte_end))
                .collect();
            recognised.extend(spans.iter().map(|(start, end)| Recognised {
                entity: Entity::Reference,
                start: *start,
                end: *end,
            }));
            for found in found {
                if let Some(framework) = self.lexicon.framework_of_work(&found.reference.work) {
                    mentions.push(Mention {
                        target: Target::Framework(framework),
                        because: Because {
                            rule: "reference".to_owned(),
                            field,
                            text: text.words(found.byte_start, found.byte_end),
                            start: found.start,
                        },
                    });
                }
                if !references.iter().any(|tag| {
                    tag.field == field && tag.reference.canonical == found.reference.canonical
                }) {
                    references.push(ReferenceTag {
                        reference: found.reference,
                        field,
                        start: found.start,
                    });
                }
            }
            let named = self.lexicon.read(field, text, &spans, &hits, subject);
            recognised.extend(named.iter().filter_map(|mention| {
                let entity = match mention.target {
                    Target::Framework(_) => Entity::Framework,
                    Target::Body(place) if self.speaks(place) => Entity::Authority,
                    Target::Body(_) => Entity::Body,
                    Target::Jurisdiction(_) | Target::Topic(_) | Target::Cue(_) => return None,
                };
                let start = text.byte_of(mention.because.start);
                Some(Recognised {
                    entity,
                    start,
                    end: start + mention.because.text.len(),
                })
            }));
            mentions.extend(named);
        }

        let frameworks = self.frameworks(&mentions, &headline);
        let bodies = collect(&mentions, |target| match target {
            Target::Body(place) => self.library.bodies.get(*place).map(|body| body.id.clone()),
            _ => None,
        });
        let topics: Vec<Tag<TopicId>> = collect(&mentions, |target| match target {
            Target::Topic(place) => self
                .library
                .topics
                .get(*place)
                .map(|topic| topic.id.clone()),
            _ => None,
        });
        let own = subject.body.and_then(|id| self.library.body(id));
        let [in_headline, in_summary] = recognised;
        let (kind, kind_because) = self.kinds.read(
            &Reading {
                field: Field::Headline,
                text: &headline,
                recognised: in_headline,
            },
            &Reading {
                field: Field::Summary,
                text: &summary,
                recognised: in_summary,
            },
            Circumstances {
                in_field: own.is_some()
                    || !references.is_empty()
                    || !frameworks.is_empty()
                    || !bodies.is_empty()
                    || !topics.is_empty(),
                authority: own.is_some_and(Body::sets_rules),
            },
        );
        let named: Vec<Tag<JurisdictionId>> = collect(&mentions, |target| match target {
            Target::Jurisdiction(place) => self
                .library
                .jurisdictions
                .get(*place)
                .map(|place| place.id.clone()),
            _ => None,
        });
        let jurisdictions = if frameworks.is_empty() && bodies.is_empty() && kind.is_none() {
            // J0: outside the field, a place is only a place.
            Vec::new()
        } else {
            places::places(&self.library, &frameworks, &bodies, named)
        };
        let sample = if subject.headline.len() >= 200 || subject.summary.is_empty() {
            subject.headline.to_owned()
        } else {
            format!("{} {}", subject.headline, summary.original())
        };
        Tags {
            kind,
            kind_because,
            language: language::detect(&sample, subject.language),
            frameworks,
            jurisdictions,
            bodies,
            topics,
            references,
        }
    }

    fn speaks(&self, body: usize) -> bool {
        self.library.bodies.get(body).is_some_and(Body::sets_rules)
    }

    /// Frameworks with what makes them primary: those that the headline names; those of the
    /// summary when the headline names none (rule F1, by place).
    fn frameworks(&self, mentions: &[Mention], headline: &Haystack) -> Vec<FrameworkTag> {
        let tags: Vec<Tag<FrameworkId>> = collect(mentions, |target| match target {
            Target::Framework(place) => self
                .library
                .frameworks
                .get(*place)
                .map(|framework| framework.id.clone()),
            _ => None,
        });
        let in_headline = |tag: &Tag<FrameworkId>| {
            !headline.is_empty()
                && tag
                    .because
                    .iter()
                    .any(|because| because.field == Field::Headline)
        };
        let any = tags.iter().any(in_headline);
        tags.into_iter()
            .map(|tag| FrameworkTag {
                primary: !any || in_headline(&tag),
                id: tag.id,
                because: tag.because,
            })
            .collect()
    }
}

/// Gathers the mentions of one sort, an identifier once, in the order of first mention; at most
/// three reasons each.
fn collect<Id: Clone + Ord>(
    mentions: &[Mention],
    id: impl Fn(&Target) -> Option<Id>,
) -> Vec<Tag<Id>> {
    let mut place: BTreeMap<Id, usize> = BTreeMap::new();
    let mut out: Vec<Tag<Id>> = Vec::new();
    for mention in mentions {
        let Some(id) = id(&mention.target) else {
            continue;
        };
        let at = *place.entry(id.clone()).or_insert_with(|| {
            out.push(Tag {
                id,
                because: Vec::new(),
            });
            out.len() - 1
        });
        if let Some(tag) = out.get_mut(at)
            && tag.because.len() < 3
        {
            tag.because.push(mention.because.clone());
        }
    }
    out
}

#[cfg(test)]
mod tests;
