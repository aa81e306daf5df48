//! Tagging: an update's words -> frameworks, bodies, jurisdictions, topics, references, kind and
//! language, each with the words that earned it.
//!
//! It knows the rules of recognition (longest match consumes its text, cues for ambiguous forms,
//! the order of kinds, how places follow from laws and bodies). It calls nothing but the ground
//! floor, and takes the Library as its argument. It deliberately uses no model and keeps no
//! memory: the same words and library give the same tags for ever.

mod cited;
mod cues;
mod definitions;
mod entity;
pub mod key_dates;
mod kinds;
mod lexicon;
mod manner;
mod passage;
mod phrase;
mod places;
mod primary;
pub mod score;
mod sequences;
mod stated;
mod text;
mod vocabulary;

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::domain::id::{BodyId, FrameworkId};
use crate::domain::library::{Body, FrameworkKind, Library};
use crate::domain::stated::Stated;
use crate::domain::update::{Because, Field, FrameworkTag, ReferenceTag, Tag, Tags};
use crate::text::language;

use entity::{Entity, Recognised};
use kinds::{Circumstances, Kinds};
use lexicon::{Lexicon, Mention, Target};
use passage::Gap;
use text::{Dictionary, Drafting, Text};

/// The longest text that is read for tags, in bytes; news says what it is about at its head.
const LONGEST: usize = 20_000;

/// How many reasons a tag keeps.
const REASONS: usize = 3;

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
    /// What structured fields state beside the words: proof.
    pub stated: Option<&'a Stated>,
}

/// Who publishes the source and in which language, as far as it sways what ambiguous letters mean.
#[derive(Clone, Copy)]
struct Speaker<'a> {
    body: Option<&'a BodyId>,
    /// The language of the text.
    language: Option<&'a str>,
}

/// The rules, compiled once for a library.
#[derive(Clone)]
pub struct Tagger {
    rules: Arc<Rules>,
}

struct Rules {
    library: Arc<Library>,
    dictionary: Dictionary,
    lexicon: Lexicon,
    kinds: Kinds,
    stated: stated::Names,
}

impl Tagger {
    /// Compiles a library.
    pub fn new(library: Arc<Library>) -> Self {
        let mut draft = Drafting::default();
        let lexicon = Lexicon::new(&mut draft, &library);
        draft.openings();
        let kinds = Kinds::new(&mut draft, &library.kinds);
        Self {
            rules: Arc::new(Rules {
                stated: stated::Names::new(&library),
                library,
                dictionary: draft.finish(),
                lexicon,
                kinds,
            }),
        }
    }

    /// Tags one subject.
    pub fn tag(&self, subject: &Subject<'_>) -> Tags {
        self.rules.tag(subject)
    }
}

impl Rules {
    fn tag(&self, subject: &Subject<'_>) -> Tags {
        let texts = [
            Text::new(
                &self.dictionary,
                Field::Headline,
                subject.headline,
                LONGEST,
                kinds::HEADLINE,
            ),
            Text::new(
                &self.dictionary,
                Field::Summary,
                subject.summary,
                LONGEST,
                kinds::SUMMARY,
            ),
        ];
        let sample = if subject.headline.len() >= 200 || subject.summary.is_empty() {
            Cow::Borrowed(subject.headline)
        } else {
            let [_, summary] = &texts;
            let summary = summary.passage.original();
            let most = summary.floor_char_boundary(language::HEAD);
            Cow::Owned(format!(
                "{} {}",
                subject.headline,
                summary.get(..most).unwrap_or(summary)
            ))
        };
        let language = language::detect(&sample, subject.language);
        let cited = cited::read(&texts, &self.library, &self.lexicon);
        let marked = texts.each_ref().map(|text| self.lexicon.manners.read(text));
        let named = self.lexicon.read(
            &texts,
            &marked,
            &cited.spans,
            Speaker {
                body: subject.body,
                language: language.as_deref(),
            },
        );
        let mut mentions = cited.mentions;
        // "The ISO 9001 of baking" is a citation, and no mention (rule F5).
        mentions.retain(|mention| {
            let law = matches!(mention.target, Target::Framework(place)
                if self.library.frameworks.get(place).is_some_and(|it| it.kind == FrameworkKind::Law));
            let marked = marked.get(mention.text);
            law || marked.is_none_or(|marked| marked.allow_cited(mention.first, mention.end))
        });
        mentions.extend(named);
        mentions.sort_by_key(|mention| (mention.text, mention.first));
        definitions::drop_explained(&mut mentions, &texts, &self.library);
        self.drop_owners(&mut mentions, &texts);

        let mut gathered = Gathered::default();
        for mention in &mentions {
            gathered.add(mention.target, || {
                texts
                    .get(mention.text)
                    .map(|text| text.because(mention.rule, mention.first, mention.end))
            });
        }
        let mut references = cited.references;
        let stated = stated::speaks(subject.stated);
        if let Some(stated) = stated {
            self.take_stated(stated, subject, &mut gathered, &mut references);
        }

        let recognised = self.recognised(&mentions, cited.recognised);
        let bodies: Vec<Tag<BodyId>> = gathered.take_tags(|target| match target {
            Target::Body(place) => self.library.bodies.get(place).map(|body| body.id.clone()),
            _ => None,
        });
        let topics = gathered.take_tags(|target| match target {
            Target::Topic(place) => self.library.topics.get(place).map(|topic| topic.id.clone()),
            _ => None,
        });
        let mut frameworks = self.frameworks(&mut gathered);
        let own = subject.body.and_then(|id| self.library.body(id));
        let [headline, summary] = &texts;
        let [in_headline, in_summary] = &recognised;
        let read = self.kinds.read(
            (headline, in_headline),
            (summary, in_summary),
            Circumstances {
                in_field: own.is_some()
                    || !references.is_empty()
                    || !frameworks.is_empty()
                    || !bodies.is_empty()
                    || mentions.iter().any(|mention| mention.target == Target::Act),
                tracked: !references.is_empty() || !frameworks.is_empty() || !bodies.is_empty(),
                authority: own.is_some_and(Body::sets_rules)
                    || in_headline
                        .iter()
                        .chain(in_summary)
                        .any(|found| found.entity == Entity::Authority),
            },
        );
        let (mut kind, mut kind_because) = (read.kind, read.because);
        if let Some(proved) = stated.and_then(|stated| stated.kind) {
            kind = Some(proved);
            kind_because = vec![stated::because(proved.as_str())];
        }
        primary::mark(&mut frameworks, &self.library, kind, &mentions, |mention| {
            marked
                .get(mention.text)
                .is_some_and(|marked| marked.aside(mention.first))
        });
        let acts = mentions.iter().any(|mention| mention.target == Target::Act) || read.office;
        let jurisdictions = if frameworks.is_empty() && bodies.is_empty() && kind.is_none() && !acts
        {
            // J0: outside the field, a place is only a place.
            Vec::new()
        } else {
            let places = gathered.take_tags(|target| match target {
                Target::Jurisdiction(place) => self
                    .library
                    .jurisdictions
                    .get(place)
                    .map(|place| place.id.clone()),
                _ => None,
            });
            places::places(&self.library, &frameworks, &bodies, places)
        };
        Tags {
            kind,
            kind_because,
            language,
            frameworks,
            jurisdictions,
            bodies,
            topics,
            references,
        }
    }

    /// The owner's letters right before its framework are part of the name ("CSA STAR"), and no
    /// mention of the body (rule B1).
    fn drop_owners(&self, mentions: &mut Vec<Mention>, texts: &[Text<'_>]) {
        let owned = |mention: &Mention, next: &Mention| {
            let (Target::Body(body), Target::Framework(framework)) = (mention.target, next.target)
            else {
                return false;
            };
            let near = texts.get(next.text).is_some_and(|text| {
                matches!(text.passage.gap(next.first), Gap::Hyphen | Gap::Space)
            });
            let body = self.library.bodies.get(body).map(|body| &body.id);
            let owners = self
                .library
                .frameworks
                .get(framework)
                .map_or(&[][..], |framework| framework.owners.as_slice());
            near && mention.text == next.text
                && mention.end == next.first
                && body.is_some_and(|body| owners.contains(body))
        };
        let dropped: Vec<bool> = mentions
            .iter()
            .enumerate()
            .map(|(at, mention)| {
                mentions
                    .iter()
                    .skip(at + 1)
                    .take(4)
                    .any(|next| owned(mention, next))
            })
            .collect();
        let mut at = 0;
        mentions.retain(|_| {
            at += 1;
            !dropped.get(at - 1).copied().unwrap_or(false)
        });
    }

    /// What the publisher's own fields prove.
    fn take_stated(
        &self,
        stated: &Stated,
        subject: &Subject<'_>,
        gathered: &mut Gathered,
        references: &mut Vec<ReferenceTag>,
    ) {
        let speaker = subject
            .body
            .and_then(|id| self.library.bodies.iter().position(|body| &body.id == id));
        for name in &stated.bodies {
            if let Some(place) = self.stated.body(name, speaker) {
                gathered.prove(Target::Body(place), stated::because(name));
            }
        }
        for written in &stated.references {
            for reference in crate::domain::reference::read(written, &self.library.known_works) {
                if let Some(place) = self.lexicon.framework_of_work(&reference.work) {
                    gathered.prove(Target::Framework(place), stated::because(written));
                }
                let known = references.iter().any(|tag| {
                    tag.field == Field::Stated && tag.reference.canonical == reference.canonical
                });
                if !known {
                    references.push(ReferenceTag {
                        reference,
                        field: Field::Stated,
                        start: 0,
                    });
                }
            }
        }
    }

    /// Everything recognised in each field, for the phrases of kinds.
    fn recognised(
        &self,
        mentions: &[Mention],
        cited: [Vec<Recognised>; 2],
    ) -> [Vec<Recognised>; 2] {
        let mut out = cited;
        for mention in mentions {
            let Some(list) = out.get_mut(mention.text) else {
                continue;
            };
            let mut add = |entity| {
                list.push(Recognised {
                    entity,
                    first: mention.first,
                    end: mention.end,
                });
            };
            match mention.target {
                Target::Framework(place) => {
                    add(Entity::Framework);
                    let Some(framework) = self.library.frameworks.get(place) else {
                        continue;
                    };
                    match framework.kind {
                        FrameworkKind::Law if framework.status == "proposed" => {
                            add(Entity::Law);
                            add(Entity::Bill);
                        }
                        FrameworkKind::Law => add(Entity::Law),
                        FrameworkKind::Standard | FrameworkKind::Framework => {
                            add(Entity::Standard);
                        }
                        FrameworkKind::Attestation => add(Entity::Scheme),
                        FrameworkKind::Guidance => add(Entity::Code),
                    }
                }
                Target::Body(place) => {
                    add(Entity::Body);
                    let Some(body) = self.library.bodies.get(place) else {
                        continue;
                    };
                    let court = body.kinds.iter().any(|kind| kind == "court");
                    if body.sets_rules() && !court {
                        add(Entity::Authority);
                    }
                    for kind in &body.kinds {
                        match kind.as_str() {
                            "court" => add(Entity::Court),
                            "legislature" => add(Entity::Legislature),
                            "certification_body" => add(Entity::Certifier),
                            "accreditation_body" | "accreditation_forum" => {
                                add(Entity::Accreditor);
                            }
                            "sdo" | "consortium" => add(Entity::StandardsBody),
                            _ => {}
                        }
                    }
                }
                Target::Jurisdiction(_) => add(Entity::Place),
                Target::Act => add(Entity::Law),
                Target::Topic(_) | Target::Cue(_) => {}
            }
        }
        out
    }

    /// The frameworks; which of them are primary is told when the kind is known.
    fn frameworks(&self, gathered: &mut Gathered) -> Vec<FrameworkTag> {
        gathered
            .take_tags(|target| match target {
                Target::Framework(place) => self
                    .library
                    .frameworks
                    .get(place)
                    .map(|framework| framework.id.clone()),
                _ => None,
            })
            .into_iter()
            .map(|tag| FrameworkTag {
                id: tag.id,
                primary: false,
                because: tag.because,
            })
            .collect()
    }
}

/// Mentions gathered by what they name, in the order of first mention, at most [`REASONS`] each.
#[derive(Default)]
struct Gathered {
    order: Vec<(Target, Vec<Because>)>,
    places: FxHashMap<Target, usize>,
}

impl Gathered {
    fn add(&mut self, target: Target, because: impl FnOnce() -> Option<Because>) {
        let at = self.place(target);
        if let Some((_, reasons)) = self.order.get_mut(at)
            && reasons.len() < REASONS
        {
            reasons.extend(because());
        }
    }

    /// A reason that is proof stands before the others.
    fn prove(&mut self, target: Target, because: Because) {
        let at = self.place(target);
        if let Some((_, reasons)) = self.order.get_mut(at) {
            reasons.insert(0, because);
            reasons.truncate(REASONS);
        }
    }

    fn place(&mut self, target: Target) -> usize {
        *self.places.entry(target).or_insert_with(|| {
            self.order.push((target, Vec::new()));
            self.order.len() - 1
        })
    }

    /// The tags of what has such an id, with the reasons, which are given out once.
    fn take_tags<Id>(&mut self, id: impl Fn(Target) -> Option<Id>) -> Vec<Tag<Id>> {
        self.order
            .iter_mut()
            .filter_map(|(target, because)| {
                Some(Tag {
                    id: id(*target)?,
                    because: std::mem::take(because),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;
