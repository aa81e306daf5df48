//! The Library: what the product knows of its field, as data.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::id::{BodyId, FrameworkId, JurisdictionId, TopicId};
use super::profile::Profile;
use super::reference::KnownWorks;
use super::significance::SignificanceRule;
use super::synonyms::Synonyms;
use super::update::{Authority, UpdateKind};
use crate::text::words::fold;

/// What a framework is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameworkKind {
    /// A consensus document of a standards body or consortium.
    Standard,
    /// A binding act, bill or regulation, in force or not.
    Law,
    /// A voluntary structure of outcomes or controls.
    Framework,
    /// A scheme whose output is a report, label, qualification or authorisation.
    Attestation,
    /// Non-binding interpretation or code of practice.
    Guidance,
}

/// One framework, standard or law.
#[derive(Clone, Debug, PartialEq)]
pub struct Framework {
    /// Its identifier.
    pub id: FrameworkId,
    /// Its short name.
    pub short: String,
    /// Its full title.
    pub title: String,
    /// Names it goes by.
    pub aliases: Vec<String>,
    /// Names in other languages: (language, names).
    pub aliases_i18n: Vec<(String, Vec<String>)>,
    /// What it is.
    pub kind: FrameworkKind,
    /// Who owns it.
    pub owners: Vec<BodyId>,
    /// Where it holds.
    pub jurisdictions: Vec<JurisdictionId>,
    /// How it is cited.
    pub references: Vec<String>,
    /// Related frameworks.
    pub related: Vec<FrameworkId>,
    /// What it rests on: the parent of a profile, the standard that a guide or a rule for
    /// certifiers serves, the law behind a code, the directive behind a national act. News of
    /// this framework is not news of those (rule F1).
    pub bases: Vec<FrameworkId>,
    /// What it is about.
    pub topics: Vec<TopicId>,
    /// Where it stands (`current`, `in_force` …).
    pub status: String,
    /// The current edition, in words.
    pub edition: Option<String>,
    /// Dates, each with how sure it is.
    pub dates: Vec<FrameworkDate>,
    /// Its page, where somebody has written one.
    pub profile: Option<Profile>,
}

/// A date of a framework.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameworkDate {
    /// The day.
    pub date: NaiveDate,
    /// What happened or happens.
    pub label: String,
    /// Whether it was matched to a source.
    pub verified: bool,
    /// `source`, `recall` or `announced`.
    pub basis: Option<String>,
}

/// A body that acts in the field.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// Its identifier.
    pub id: BodyId,
    /// Its name.
    pub name: String,
    /// Names it goes by.
    pub aliases: Vec<String>,
    /// What it is (`sdo`, `regulator`, `certification_body` …).
    pub kinds: Vec<String>,
    /// Where it speaks for.
    pub jurisdiction: Option<JurisdictionId>,
    /// Its page.
    pub homepage: Option<String>,
    /// Whether a name of it means something else elsewhere.
    pub ambiguous: bool,
}

impl Body {
    /// Whether it makes, watches or interprets rules: what it says on them is more than talk.
    pub fn sets_rules(&self) -> bool {
        self.kinds
            .iter()
            .any(|kind| !matches!(kind.as_str(), "certification_body" | "publisher" | "ngo"))
    }

    /// Who speaks when this body speaks.
    pub fn authority(&self) -> Authority {
        let is = |kind: &str| self.kinds.iter().any(|k| k == kind);
        let only = |kinds: &[&str]| {
            !self.kinds.is_empty() && self.kinds.iter().all(|k| kinds.contains(&k.as_str()))
        };
        if only(&["ngo", "publisher", "professional_body"]) {
            if is("professional_body") {
                Authority::Official
            } else {
                Authority::Secondary
            }
        } else if only(&[
            "certification_body",
            "accreditation_body",
            "accreditation_forum",
        ]) {
            Authority::Accredited
        } else {
            Authority::Official
        }
    }
}

/// A jurisdiction.
#[derive(Clone, Debug, PartialEq)]
pub struct Jurisdiction {
    /// Its identifier.
    pub id: JurisdictionId,
    /// Its name.
    pub name: String,
    /// `supranational`, `country`, `state` …
    pub kind: String,
    /// Names that name it in a text.
    pub names: Vec<String>,
    /// Words for its people and things.
    pub demonyms: Vec<String>,
    /// What it belongs to.
    pub member_of: Vec<JurisdictionId>,
    /// Whether the bare name is ambiguous.
    pub needs_context: bool,
    /// Bodies whose mention implies it.
    pub bodies: Vec<BodyId>,
}

/// A topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    /// Its identifier.
    pub id: TopicId,
    /// Its name.
    pub name: String,
    /// Words that hint at it.
    pub aliases: Vec<String>,
}

/// A relation between two frameworks, read "a `relation` b".
#[derive(Clone, Debug, PartialEq)]
pub struct Crosswalk {
    /// One side.
    pub a: FrameworkId,
    /// The other.
    pub b: FrameworkId,
    /// How they relate.
    pub relation: String,
    /// In our own words.
    pub note: String,
    /// A public control-level mapping, where there is one.
    pub mapping: Option<Mapping>,
}

/// A public mapping between two frameworks.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// Its name.
    pub name: String,
    /// Who publishes it.
    pub publisher: String,
    /// Under what terms.
    pub licence: Option<String>,
    /// Whether its existence was seen in a source.
    pub verified: bool,
    /// The edition of the one side that it was written for, where it says so.
    pub edition_a: Option<String>,
    /// The edition of the other.
    pub edition_b: Option<String>,
}

/// Whether what was written for an edition was written for another than the current one: its words
/// do not stand, side by side, in the current one's name ("4.0" for "v4.0.1", "FDIS" for "2023").
pub fn is_other_edition(written_for: &str, current: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.split(|sign: char| sign.is_whitespace() || "(),+;".contains(sign))
            .filter(|word| !word.is_empty())
            .map(|word| {
                let word = word.to_lowercase();
                match word.strip_prefix('v') {
                    Some(rest) if rest.starts_with(|sign: char| sign.is_ascii_digit()) => {
                        rest.to_owned()
                    }
                    _ => word,
                }
            })
            .collect()
    };
    let wanted = words(written_for);
    let known = words(current);
    !wanted.is_empty()
        && !known.is_empty()
        && !known
            .windows(wanted.len())
            .any(|stretch| stretch == wanted.as_slice())
}

/// What one meaning of an ambiguous form tags.
#[derive(Clone, Debug, PartialEq)]
pub enum Sense {
    /// A framework.
    Framework(FrameworkId),
    /// A body.
    Body(BodyId),
    /// A jurisdiction.
    Jurisdiction(JurisdictionId),
    /// A law that is not tracked: nothing is tagged, but the text is about law.
    Act(String),
    /// Nothing: the words mean this.
    Nothing(String),
}

/// One meaning of an ambiguous form, and the words that decide for or against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Meaning {
    /// What it tags.
    pub sense: Sense,
    /// Words nearby that decide for it.
    pub any: Vec<String>,
    /// Words nearby that decide against it.
    pub not: Vec<String>,
    /// Whether it holds when no word decides.
    pub default: bool,
}

/// An ambiguous form with its meanings.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// The form as it stands in a text.
    pub form: String,
    /// Whether other cases of letters do not count.
    pub case_sensitive: bool,
    /// Whether it is nothing behind another name, of which it is then the last word (`Halden Valley
    /// Council`).
    pub alone: bool,
    /// What it may mean.
    pub meanings: Vec<Meaning>,
}

/// Lists of words around a name by which it is no mention (rules F5, B1, J3).
#[derive(Clone, Debug, PartialEq)]
pub struct MannerBook {
    /// The words of each list, in the order of [`MannerBook::LISTS`].
    pub lists: Vec<Vec<String>>,
}

impl MannerBook {
    /// The names of the lists; `library/manners.toml` says what each is for.
    pub const LISTS: &'static [&'static str] = &[
        "articles",
        "of",
        "comparisons",
        "comparisons_before",
        "qualities",
        "former",
        "under",
        "rules",
        "firms",
        "branches",
        "seats_before",
        "seats_after",
        "houses_before",
        "houses_after",
        "spoken_before",
        "spoken_after",
        "into",
        "in",
        "transfers",
        "meetings",
        "asides",
        "laws",
        "metaphors",
    ];
}

impl Default for MannerBook {
    fn default() -> Self {
        Self {
            lists: vec![Vec::new(); Self::LISTS.len()],
        }
    }
}

/// How a kind of update is recognised.
///
/// A phrase is words that follow each other, in lower case. `*` at an end of a word stands for
/// any ending or beginning, `_` for some words of the same clause, `^` for the beginning of a
/// clause, `<name>` for one of the words of a class or for what was recognised there.
#[derive(Clone, Debug, PartialEq)]
pub struct KindRule {
    /// The kind.
    pub kind: UpdateKind,
    /// Which wins when two fit: the lower one.
    pub rank: u32,
    /// Phrases that decide before every rank.
    pub first: Vec<String>,
    /// Words that decide alone where they open a headline and a colon follows.
    pub labels: Vec<String>,
    /// Phrases that name the event as a thing (`fine for`); what a document is about is no event.
    pub phrases: Vec<String>,
    /// Phrases that say what happens (`enters into force`).
    pub verbs: Vec<String>,
    /// Phrases that name it when a body speaks that has something to say in the matter.
    pub soft: Vec<String>,
    /// Phrases that decide when nothing else does.
    pub last: Vec<String>,
    /// The same, when a body speaks that has something to say in the matter.
    pub last_soft: Vec<String>,
    /// Phrases that speak against it.
    pub not: Vec<String>,
    /// Whether the summary's words name it too, where the headline names no event.
    pub summary: bool,
}

impl KindRule {
    /// All its phrases, whatever each is there for.
    pub fn phrases(&self) -> impl Iterator<Item = &String> {
        [
            &self.first,
            &self.labels,
            &self.phrases,
            &self.verbs,
            &self.soft,
            &self.last,
            &self.last_soft,
            &self.not,
        ]
        .into_iter()
        .flatten()
    }
}

/// Lists of words by which the reading of kinds finds its way.
#[derive(Clone, Debug, PartialEq)]
pub struct KindBook {
    /// The kinds.
    pub rules: Vec<KindRule>,
    /// Words that may stand for each other in a phrase, by the name of their class.
    pub classes: Vec<(String, Vec<String>)>,
    /// The phrases of each list, in the order of [`KindBook::LISTS`].
    pub lists: Vec<Vec<String>>,
}

impl KindBook {
    /// The names of the lists; `library/kinds.toml` says what each is for.
    pub const LISTS: &'static [&'static str] = &[
        "background",
        "subject",
        "resume",
        "names",
        "field",
        "authority",
        "offices",
        "talk",
        "mute",
        "asks",
        "outside",
    ];
}

impl Default for KindBook {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            classes: Vec::new(),
            lists: vec![Vec::new(); Self::LISTS.len()],
        }
    }
}

/// Everything that the product knows of its field.
#[derive(Clone, Debug, Default)]
pub struct Library {
    /// Frameworks in the order of their identifiers.
    pub frameworks: Vec<Framework>,
    /// Bodies.
    pub bodies: Vec<Body>,
    /// Jurisdictions.
    pub jurisdictions: Vec<Jurisdiction>,
    /// Topics.
    pub topics: Vec<Topic>,
    /// Crosswalks.
    pub crosswalks: Vec<Crosswalk>,
    /// Ambiguous forms.
    pub cues: Vec<Cue>,
    /// Words around names.
    pub manners: MannerBook,
    /// Kinds of update.
    pub kinds: KindBook,
    /// Why updates matter, by rule.
    pub significance: Vec<SignificanceRule>,
    /// Hosts of publishers that a compliance reader would trust: secondary sources of pages are
    /// linked there and nowhere else.
    pub trusted_hosts: Vec<String>,
    /// Works that the frameworks are.
    pub known_works: KnownWorks,
    /// Words that mean the same to somebody who searches.
    pub synonyms: Synonyms,
    by_framework: HashMap<FrameworkId, usize>,
    by_body: HashMap<BodyId, usize>,
    by_jurisdiction: HashMap<JurisdictionId, usize>,
    by_topic: HashMap<TopicId, usize>,
}

impl Library {
    /// The frameworks as people look for them: by their short names, capitals and marks of no account.
    pub fn frameworks_by_name(&self) -> Vec<&Framework> {
        let mut out: Vec<&Framework> = self.frameworks.iter().collect();
        out.sort_by_cached_key(|framework| fold(&framework.short));
        out
    }

    /// The jurisdictions by their names, likewise.
    pub fn jurisdictions_by_name(&self) -> Vec<&Jurisdiction> {
        let mut out: Vec<&Jurisdiction> = self.jurisdictions.iter().collect();
        out.sort_by_cached_key(|place| fold(&place.name));
        out
    }

    /// Puts the parts together; the reader of files has checked that every identifier that is
    /// used exists.
    pub fn new(
        frameworks: Vec<Framework>,
        bodies: Vec<Body>,
        jurisdictions: Vec<Jurisdiction>,
        topics: Vec<Topic>,
        crosswalks: Vec<Crosswalk>,
        cues: Vec<Cue>,
        kinds: KindBook,
    ) -> Self {
        let known_works =
            KnownWorks::new(frameworks.iter().flat_map(|f| f.references.iter().cloned()));
        Self {
            by_framework: frameworks
                .iter()
                .enumerate()
                .map(|(i, f)| (f.id.clone(), i))
                .collect(),
            by_body: bodies
                .iter()
                .enumerate()
                .map(|(i, b)| (b.id.clone(), i))
                .collect(),
            by_jurisdiction: jurisdictions
                .iter()
                .enumerate()
                .map(|(i, j)| (j.id.clone(), i))
                .collect(),
            by_topic: topics
                .iter()
                .enumerate()
                .map(|(i, t)| (t.id.clone(), i))
                .collect(),
            frameworks,
            bodies,
            jurisdictions,
            topics,
            crosswalks,
            cues,
            manners: MannerBook::default(),
            kinds,
            significance: Vec::new(),
            trusted_hosts: Vec::new(),
            known_works,
            synonyms: Synonyms::default(),
        }
    }

    /// The framework of that identifier.
    pub fn framework(&self, id: &FrameworkId) -> Option<&Framework> {
        self.by_framework
            .get(id)
            .and_then(|i| self.frameworks.get(*i))
    }

    /// The body of that identifier.
    pub fn body(&self, id: &BodyId) -> Option<&Body> {
        self.by_body.get(id).and_then(|i| self.bodies.get(*i))
    }

    /// The jurisdiction of that identifier.
    pub fn jurisdiction(&self, id: &JurisdictionId) -> Option<&Jurisdiction> {
        self.by_jurisdiction
            .get(id)
            .and_then(|i| self.jurisdictions.get(*i))
    }

    /// The topic of that identifier.
    pub fn topic(&self, id: &TopicId) -> Option<&Topic> {
        self.by_topic.get(id).and_then(|i| self.topics.get(*i))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_for_another_edition_is_told_apart() {
        for (written, current, other) in [
            ("FDIS", "2023", true),
            ("2022", "2022 + Amd 1:2024", false),
            ("4.0", "v4.0.1", true),
            ("v4", "v4", false),
            ("8", "v8.1", true),
            ("Rev. 5", "Rev. 5 (Release 5.2.0)", false),
            ("Rev. 4", "Rev. 5 (Release 5.2.0)", true),
            ("2017", "2017 TSC with 2022 revised points of focus", false),
            ("", "2023", false),
            ("2022", "", false),
        ] {
            assert_eq!(
                is_other_edition(written, current),
                other,
                "{written} {current}"
            );
        }
    }
}
