//! Forms that mean more than one thing, decided by the words around them.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::Speaker;
use super::lexicon::Target;
use super::passage::Gap;
use super::sequences::Node;
use super::text::{Drafting, Text};
use crate::domain::id::{BodyId, JurisdictionId};
use crate::domain::library::{FrameworkKind, Library, Meaning, Sense};

/// One meaning of an ambiguous form; words are known by their sequences.
struct Sensed {
    target: Option<Target>,
    /// The body that this meaning is, for which its own source is a prior.
    body: Option<BodyId>,
    /// The language of its country: text in that language speaks for it.
    language: Option<&'static str>,
    any: Vec<Node>,
    not: Vec<Node>,
    default: bool,
    /// It is a body's name without its country: the name of another one right before it rules it out.
    of_a_country: bool,
}

/// All ambiguous forms, compiled.
pub(super) struct Cues {
    cues: Vec<Vec<Sensed>>,
    /// Which of them mean nothing behind another name.
    alone: Vec<bool>,
    /// From here on they are names whose owner or place stands apart.
    apart: usize,
}

/// A name without its owner or its place, which must then stand elsewhere in the text
/// (rule F1): what it names, and the names of owner or place.
pub(super) struct Apart {
    pub(super) target: Target,
    pub(super) names: Vec<String>,
}

/// Where a form stands, which is no witness for what it means.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) text: usize,
    pub(super) first: usize,
    pub(super) end: usize,
}

/// Every sequence of an update by its node, to look witnesses up in.
pub(super) struct Witnesses<'t, 'a> {
    texts: &'t [Text<'a>],
    /// A set that holds at least the nodes that are there: nearly all that are asked for are not.
    some: OnceCell<[u64; SOME]>,
    /// By node, then by place; sorted when somebody asks for one that may be there, for most texts
    /// hold no name that does.
    sorted: OnceCell<Vec<(Node, Place)>>,
}

/// How many words of 64 bits the set of nodes has.
const SOME: usize = 64;

/// So many sequences are sooner looked through than sorted.
const FEW: usize = 256;

/// Where a node stands in the set.
fn bit(node: Node) -> (usize, u64) {
    ((node as usize >> 6) % SOME, 1 << (node & 63))
}

impl<'t, 'a> Witnesses<'t, 'a> {
    pub(super) fn new(texts: &'t [Text<'a>]) -> Self {
        Self {
            texts,
            some: OnceCell::new(),
            sorted: OnceCell::new(),
        }
    }

    fn may_speak(&self, node: Node) -> bool {
        let some = self.some.get_or_init(|| {
            let mut out = [0; SOME];
            for hit in self.texts.iter().flat_map(|text| &text.hits) {
                let (place, bit) = bit(hit.node);
                out[place] |= bit;
            }
            out
        });
        let (place, bit) = bit(node);
        some[place] & bit != 0
    }

    fn sorted(&self) -> &[(Node, Place)] {
        self.sorted.get_or_init(|| {
            let places = self.texts.iter().enumerate().flat_map(|(number, text)| {
                text.hits.iter().map(move |hit| {
                    let place = Place {
                        text: number,
                        first: hit.first,
                        end: hit.end,
                    };
                    (hit.node, place)
                })
            });
            let mut out: Vec<(Node, Place)> = places.collect();
            // Stable: the hits are in the order of their places.
            out.sort_by_key(|(node, _)| *node);
            out
        })
    }

    /// Whether a word with a capital stands right before a form, as its owner ("Lithuania's") or as a part of its
    /// name ("Hellenic"), that is none of the witnesses.
    fn is_of_another(&self, own: Place, any: &[Node]) -> bool {
        let Some(text) = self.texts.get(own.text) else {
            return false;
        };
        let passage = &text.passage;
        let Some(mut before) = own.first.checked_sub(1) else {
            return false;
        };
        if passage.gap(own.first) > Gap::Space {
            return false;
        }
        if passage.word(before) == "s" && passage.gap(before) == Gap::Apostrophe {
            let Some(owner) = before.checked_sub(1) else {
                return false;
            };
            before = owner;
        }
        let owner = before + 1 < own.first;
        const OPENERS: &[&str] = &[
            "when",
            "while",
            "after",
            "before",
            "under",
            "today",
            "yesterday",
            "last",
            "this",
            "that",
            "with",
            "from",
            "according",
        ];
        let opens = (before == 0 || passage.gap(before) >= Gap::Sentence)
            && OPENERS.contains(&passage.word(before));
        let word = passage.written(before);
        let named = word.starts_with(char::is_uppercase) && word.chars().count() > 3
            || word.chars().count() > 1 && word.chars().all(char::is_uppercase);
        // Where a sentence begins, or all words have capitals, only an owner is told by one.
        let named = named && (owner || !(opens || passage.is_title_case()));
        named
            && !text
                .hits
                .iter()
                .any(|hit| hit.end == before + 1 && any.contains(&hit.node))
    }

    /// Whether a place stands right behind a form that is none of the witnesses: "of Bulgaria".
    fn is_of_elsewhere(&self, own: Place, any: &[Node]) -> bool {
        let Some(text) = self.texts.get(own.text) else {
            return false;
        };
        let passage = &text.passage;
        let place = own.end + 1;
        matches!(passage.word(own.end), "of" | "in" | "for")
            && passage.written(place).starts_with(char::is_uppercase)
            && !text
                .hits
                .iter()
                .any(|hit| hit.first == place && any.contains(&hit.node))
    }

    fn speaks(&self, node: Node, own: Place) -> bool {
        if !self.may_speak(node) {
            return false;
        }
        let elsewhere = |text: usize, first: usize, end: usize| {
            text != own.text || first < own.first || end > own.end
        };
        if self.texts.iter().map(|text| text.hits.len()).sum::<usize>() <= FEW {
            return self.texts.iter().enumerate().any(|(number, text)| {
                let mut hits = text.hits.iter();
                hits.any(|hit| hit.node == node && elsewhere(number, hit.first, hit.end))
            });
        }
        let sorted = self.sorted();
        let from = sorted.partition_point(|(other, _)| *other < node);
        sorted
            .get(from..)
            .unwrap_or(&[])
            .iter()
            .take_while(|(other, _)| *other == node)
            .any(|(_, place)| elsewhere(place.text, place.first, place.end))
    }
}

impl Cues {
    pub(super) fn new(draft: &mut Drafting, library: &Library, apart: Vec<Vec<Apart>>) -> Self {
        let mut nodes = |words: &[String]| -> Vec<Node> {
            let mut out: Vec<Node> = words
                .iter()
                .filter_map(|word| draft.sequence(word))
                .collect();
            out.sort_unstable();
            out.dedup();
            out
        };
        let mut places: HashMap<&JurisdictionId, Vec<Node>> = HashMap::new();
        for place in &library.jurisdictions {
            let names: Vec<String> = std::iter::once(&place.name)
                .chain(&place.names)
                .chain(&place.demonyms)
                .cloned()
                .collect();
            places.insert(&place.id, nodes(&names));
        }
        let mut cues: Vec<Vec<Sensed>> = library
            .cues
            .iter()
            .map(|cue| {
                cue.meanings
                    .iter()
                    .map(|meaning| {
                        let mut any = nodes(&meaning.any);
                        let not = nodes(&meaning.not);
                        if let Some(place) = place_of(meaning, library) {
                            any.extend(places.get(place).into_iter().flatten());
                            any.sort_unstable();
                            any.dedup();
                            any.retain(|node| !not.contains(node));
                        }
                        Sensed {
                            target: target(&meaning.sense, library),
                            body: match &meaning.sense {
                                Sense::Body(id) => Some(id.clone()),
                                _ => None,
                            },
                            language: country_of(meaning, library).and_then(language_of),
                            any,
                            not,
                            default: meaning.default,
                            of_a_country: false,
                        }
                    })
                    .collect()
            })
            .collect();
        let first_apart = cues.len();
        for meanings in apart {
            let sensed = meanings.into_iter().map(|apart| Sensed {
                target: Some(apart.target),
                body: match apart.target {
                    Target::Body(place) => library.bodies.get(place).map(|body| body.id.clone()),
                    _ => None,
                },
                language: None,
                any: nodes(&apart.names),
                not: Vec::new(),
                default: false,
                of_a_country: matches!(apart.target, Target::Body(_)),
            });
            cues.push(sensed.collect());
        }
        Self {
            cues,
            alone: library.cues.iter().map(|cue| cue.alone).collect(),
            apart: first_apart,
        }
    }

    /// Whether a form means nothing behind another name.
    pub(super) fn is_alone(&self, cue: usize) -> bool {
        self.alone.get(cue).copied().unwrap_or(false)
    }

    /// Whether a form is a name whose owner or place stands apart. Where it does not, shorter
    /// names in it are free.
    pub(super) fn is_apart(&self, cue: usize) -> bool {
        cue >= self.apart
    }

    /// The meaning of a form by the words around it; none when no word decides.
    pub(super) fn decide(
        &self,
        cue: usize,
        own: Place,
        witnesses: &Witnesses<'_, '_>,
        speaker: Speaker<'_>,
    ) -> Option<Target> {
        let meanings = self.cues.get(cue)?;
        let count = |nodes: &[Node]| {
            nodes
                .iter()
                .filter(|node| witnesses.speaks(**node, own))
                .count()
        };
        let ruled_out =
            |meaning: &Sensed| meaning.not.iter().any(|node| witnesses.speaks(*node, own));
        let mut best: Option<(usize, &Sensed)> = None;
        // Of two countries that are named as often neither is meant for sure.
        let mut tied = false;
        for meaning in meanings {
            if meaning.of_a_country
                && (witnesses.is_of_another(own, &meaning.any)
                    || witnesses.is_of_elsewhere(own, &meaning.any))
            {
                continue;
            }
            let mut votes = count(&meaning.any);
            // The publisher itself, named in its own news, is the likelier meaning of its letters.
            if meaning.body.is_some() && meaning.body.as_ref() == speaker.body {
                votes += 1;
            }
            if meaning.language.is_some() && meaning.language == speaker.language {
                votes += 1;
            }
            if votes > 0 && best.is_none_or(|(most, _)| votes > most) && !ruled_out(meaning) {
                best = Some((votes, meaning));
                tied = false;
            } else if best.is_some_and(|(most, _)| votes == most) {
                tied = true;
            }
        }
        if tied && best.is_some_and(|(_, meaning)| meaning.of_a_country) {
            return None;
        }
        best.map(|(_, meaning)| meaning)
            .or_else(|| {
                meanings
                    .iter()
                    .find(|meaning| meaning.default && !ruled_out(meaning))
            })
            .and_then(|meaning| meaning.target)
    }
}

/// The place whose names witness for a meaning in any language. The largest are left out: their
/// names stand in texts of every kind.
fn place_of<'l>(meaning: &Meaning, library: &'l Library) -> Option<&'l JurisdictionId> {
    country_of(meaning, library)
        .filter(|place| !matches!(place.as_str(), "intl" | "eu" | "us" | "gb"))
}

/// Where the body speaks or the law holds that a meaning names.
fn country_of<'l>(meaning: &Meaning, library: &'l Library) -> Option<&'l JurisdictionId> {
    match &meaning.sense {
        Sense::Body(id) => library.body(id)?.jurisdiction.as_ref(),
        Sense::Framework(id) => {
            let framework = library.framework(id)?;
            let law = framework.kind == FrameworkKind::Law;
            framework.jurisdictions.first().filter(|_| law)
        }
        Sense::Jurisdiction(_) | Sense::Act(_) | Sense::Nothing(_) => None,
    }
}

/// The language of a country that has one, and is not the only one to have it by chance:
/// English and the countries of several languages are left out.
fn language_of(place: &JurisdictionId) -> Option<&'static str> {
    Some(match place.as_str() {
        "at" | "de" => "de",
        "fr" => "fr",
        "ar" | "cl" | "es" | "mx" | "pa" => "es",
        "it" => "it",
        "nl" => "nl",
        "pl" => "pl",
        "br" | "pt" => "pt",
        "se" => "sv",
        "dk" => "da",
        "no" => "no",
        "fi" => "fi",
        "cz" => "cs",
        "hu" => "hu",
        "ro" => "ro",
        "gr" => "el",
        "jp" => "ja",
        "cn" | "hk" | "tw" => "zh",
        "kr" => "ko",
        "th" => "th",
        _ => return None,
    })
}

/// What a sense tags, by its place in the library.
fn target(sense: &Sense, library: &Library) -> Option<Target> {
    match sense {
        Sense::Framework(id) => library
            .frameworks
            .iter()
            .position(|framework| &framework.id == id)
            .map(Target::Framework),
        Sense::Body(id) => library
            .bodies
            .iter()
            .position(|body| &body.id == id)
            .map(Target::Body),
        Sense::Jurisdiction(id) => library
            .jurisdictions
            .iter()
            .position(|place| &place.id == id)
            .map(Target::Jurisdiction),
        Sense::Act(_) => Some(Target::Act),
        Sense::Nothing(_) => None,
    }
}
