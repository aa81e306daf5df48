//! An Update: what everything else in the house knows of (contract: law 1).

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};

use super::address::WebAddress;
use super::document::Enclosure;
use super::evidence::Evidence;
use super::id::{BodyId, FrameworkId, JurisdictionId, SourceId, StoryId, TopicId, UpdateId};
use super::key_date::{DateEvent, KeyDate};
use super::page_change::VersionStep;
use super::reference::Reference;
use super::standard::StageNews;
use super::stated::Stated;
use crate::text::date::Stamp;
use crate::text::html::{self, SafeHtml};

macro_rules! update_kinds {
    ($($variant:ident, $id:literal, $name:literal, $meaning:literal;)*) => {
        /// What happened: exactly one kind an update, or none.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum UpdateKind {
            $(#[doc = $meaning] $variant,)*
        }

        impl UpdateKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// As printed in JSON lines and queries.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// As shown to readers.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

update_kinds! {
    NewEdition, "new_edition", "New edition", "The final text of a standard, framework or scheme is published.";
    Amendment, "amendment", "Amendment", "An amendment, corrigendum or patch release that leaves the edition in place.";
    NationalAdoption, "national_adoption", "National adoption", "A national or regional body adopts an existing document.";
    WorkItem, "work_item", "Work item", "A project is proposed, approved or registered; there is no text yet.";
    DraftForComment, "draft_for_comment", "Draft for comment", "The text of a standard, framework or guidance is out for ballot or comment.";
    Consultation, "consultation", "Consultation", "Views are sought without a draft text.";
    Proposal, "proposal", "Proposal", "A binding law or rule is proposed or moving, and not finally adopted.";
    LawAdopted, "law_adopted", "Law adopted", "A law or final rule is adopted, signed, promulgated or published.";
    InForce, "in_force", "In force", "Something starts to apply, or is reported as applying.";
    Deadline, "deadline", "Deadline", "A date is set, moved, missed or recalled, or a transition ends.";
    Guidance, "guidance", "Guidance", "Final guidelines, opinions, codes of practice, templates, tools, advisories.";
    StatusConfirmed, "status_confirmed", "Confirmed", "A current edition is confirmed or listed as unchanged.";
    Withdrawal, "withdrawal", "Withdrawal", "A standard is withdrawn, a law repealed, a bill lapsed, an order revoked.";
    Enforcement, "enforcement", "Enforcement", "An investigation, charge, fine, order, settlement or infringement step by an authority.";
    CourtRuling, "court_ruling", "Court ruling", "A decision of a court, or a case filed by someone other than an authority.";
    AccreditationGranted, "accreditation_granted", "Accreditation", "A certifier gains, extends or reports accreditation.";
    CertificationAnnounced, "certification_announced", "Certification", "A named organisation gains, keeps or loses a certificate, report or authorisation.";
    CertificationOffer, "certification_offer", "Certification offer", "A certifier or vendor advertises audit or certification.";
    MappingPublished, "mapping_published", "Mapping", "A crosswalk or mapping is released.";
    Institutional, "institutional", "Institutional", "A body or programme is created, merged, designated or staffed, or changes its own procedures.";
    Report, "report", "Report", "A survey, statistics, a threat report, a programme audit.";
    Event, "event", "Event", "A webinar, conference or course.";
}

impl std::str::FromStr for UpdateKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no kind of update"))
    }
}

/// How far an Update travels (contract: law 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// Home page, digest, every match.
    News,
    /// Its own page, search, and those who follow that standard, page or source by name.
    Followers,
    /// Found, never told.
    Archive,
}

impl Reach {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Followers => "followers",
            Self::Archive => "archive",
        }
    }
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Authority {
    /// The body whose act it is: standards bodies, regulators, legislatures, courts.
    Official,
    /// An accreditation or certification body.
    Accredited,
    /// Everybody else.
    Secondary,
}

impl Authority {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Accredited => "accredited",
            Self::Secondary => "secondary",
        }
    }
}

/// Where in an item the words stand that earned a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The title.
    Headline,
    /// The summary, or the text when there is no summary.
    Summary,
    /// The text, beyond its summary.
    Text,
    /// A structured field of the publisher's record, beside the words: proof.
    Stated,
    /// The source it came from (a prior).
    Source,
    /// The body that publishes the source (a prior).
    Body,
    /// Another tag of the same update.
    Tag,
}

impl Field {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Headline => "headline",
            Self::Summary => "summary",
            Self::Text => "text",
            Self::Stated => "stated",
            Self::Source => "source",
            Self::Body => "body",
            Self::Tag => "tag",
        }
    }
}

/// Why a tag is there: the rule and the words that earned it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Because {
    /// The rule, by its short name ([`TAG_RULES`]).
    pub rule: Cow<'static, str>,
    /// Where the words stand.
    pub field: Field,
    /// The words themselves.
    pub text: String,
    /// Where they begin, in characters (Unicode scalar values); 0 where there is no text.
    pub start: usize,
}

/// The rules by which tags are given, each with what it says of the words that are shown: how they earned
/// the tag.
pub const TAG_RULES: &[(&str, &str)] = &[
    ("reference", "cited by its number"),
    ("name", "one of its names"),
    ("acronym", "its letters, written as letters are"),
    (
        "cue",
        "a name with several meanings, settled by the words beside it or by who publishes it",
    ),
    ("kind-phrase", "words that tell of such an event"),
    ("stated", "a field that the publisher fills in"),
    (
        "stage",
        "the stage that the publisher says a project has reached",
    ),
    (
        "notice",
        "our own notice of a day that another update tells",
    ),
    ("B1", "who publishes it speaks for itself"),
    ("J1", "follows from a law that is tagged"),
    ("J2", "follows from a body that is tagged"),
    ("J3", "a place that is named as one where it counts"),
    (
        "J4",
        "follows from what it is about, where nothing else names a place",
    ),
];

impl Because {
    /// What its rule says of the words, for people; none for a rule of another time.
    pub fn meaning(&self) -> Option<&'static str> {
        let mut rules = TAG_RULES.iter();
        let (_, meaning) = rules.find(|(rule, _)| *rule == self.rule)?;
        Some(meaning)
    }
}

/// A tag and its reasons.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tag<Id> {
    /// What is tagged.
    pub id: Id,
    /// Why.
    pub because: Vec<Because>,
}

/// A framework tag: primary where the event itself is about it (rule F1).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FrameworkTag {
    /// The framework.
    pub id: FrameworkId,
    /// Whether the event creates, changes, applies, enforces, explains or maps it.
    pub primary: bool,
    /// Why.
    pub because: Vec<Because>,
}

/// A citation found in an update.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReferenceTag {
    /// What is cited.
    #[serde(flatten)]
    pub reference: Reference,
    /// Where.
    pub field: Field,
    /// From which character on.
    pub start: usize,
}

/// Everything that tagging says of an update.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tags {
    /// What happened.
    pub kind: Option<UpdateKind>,
    /// Why that kind.
    #[serde(default)]
    pub kind_because: Vec<Because>,
    /// The language (ISO 639-1).
    pub language: Option<String>,
    /// Frameworks.
    pub frameworks: Vec<FrameworkTag>,
    /// Jurisdictions.
    pub jurisdictions: Vec<Tag<JurisdictionId>>,
    /// Bodies.
    pub bodies: Vec<Tag<BodyId>>,
    /// Topics.
    pub topics: Vec<Tag<TopicId>>,
    /// Citations, each canonical form once a field.
    pub references: Vec<ReferenceTag>,
}

/// What an update says, made safe and plain.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Content {
    /// Its canonical link, where the publisher gives one.
    pub url: Option<WebAddress>,
    /// Its title, one line of plain text.
    pub title: String,
    /// Its summary as plain text; empty where there is none.
    pub summary: String,
    /// Its text as safe HTML; empty where the publisher gives none beside the summary.
    pub body: SafeHtml,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The publisher's own labels.
    pub categories: Vec<String>,
    /// Files.
    pub enclosures: Vec<Enclosure>,
    /// When it was published, as the publisher says.
    pub published: Option<Stamp>,
    /// When it was modified, as the publisher says.
    pub modified: Option<Stamp>,
    /// What structured fields of the publisher state beside the words.
    #[serde(default, skip_serializing_if = "Stated::is_empty")]
    pub stated: Stated,
    /// The stage changes of a standard that it tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageNews>,
    /// Between which versions of a watched page it lies, and how much the change weighs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<VersionStep>,
    /// The page that its text was read from, where that is another document than the update's own
    /// evidence: an item of a list that was followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_from: Option<Evidence>,
}

/// As much of a text stands in for a summary that is not there, in characters.
const HEAD: usize = 2_000;

impl Content {
    /// What the publisher says of it first: the summary, else the head of its text, plain. Tags,
    /// stories and summaries read this, so that a reason's place means the same to all.
    pub fn said(&self) -> Cow<'_, str> {
        if self.summary.is_empty() && !self.body.is_empty() {
            self.said_of(&html::plain(self.body.as_str()))
        } else {
            Cow::Borrowed(&self.summary)
        }
    }

    /// The same, where the body's plain text is at hand.
    pub fn said_of(&self, text: &str) -> Cow<'_, str> {
        if self.summary.is_empty() {
            Cow::Owned(html::excerpt(text, HEAD))
        } else {
            Cow::Borrowed(&self.summary)
        }
    }
}

/// What of a [`Content`] may be shown, mailed, fed or exported under its source's terms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shared {
    /// Plain text; empty when nothing may be shown.
    pub summary: String,
    /// Safe HTML, only under full terms.
    pub body: Option<SafeHtml>,
}

/// One update in its current revision.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Update {
    /// Its identifier.
    pub id: UpdateId,
    /// Where it was found.
    pub source: SourceId,
    /// Its key within the source.
    pub key: String,
    /// The current revision, from 1.
    pub revision: u32,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// When the current revision was first seen.
    pub revised_at: DateTime<Utc>,
    /// What it says.
    pub content: Content,
    /// Who speaks.
    pub authority: Authority,
    /// How far it travels.
    pub reach: Reach,
    /// What it is about, and why.
    pub tags: Tags,
    /// Dates that matter.
    pub key_dates: Vec<KeyDate>,
    /// The story it is told in, when others tell of the same event.
    pub story: Option<StoryId>,
    /// Whether it says of itself that it corrects an earlier notice.
    pub correction: bool,
    /// The update that brought this one about, when it was not read from a source.
    pub cause: Option<UpdateId>,
    /// What it was read from.
    pub evidence: Evidence,
}

impl Update {
    /// The moment by which updates are ordered: when it was published, never later than when
    /// it was first seen; the moment of first sight when the publisher does not say.
    pub fn dated(&self) -> DateTime<Utc> {
        match self.content.published {
            Some(stamp) => stamp.instant().min(self.first_seen),
            None => self.first_seen,
        }
    }

    /// The update that tells which dates this revision moved, where it moved any and that is told.
    pub fn notice_of_moved_dates(&self) -> (String, UpdateId) {
        let key = format!("{}#moved-{}", self.key, self.revision);
        let id = UpdateId::of(&self.source, &key);
        (key, id)
    }

    /// The last day on which anybody can comment or vote, of a month told without a day the
    /// month's last; none when nothing says until when.
    pub fn closes(&self) -> Option<NaiveDate> {
        self.key_dates
            .iter()
            .filter(|date| DateEvent::CLOSES.contains(&date.event))
            .map(|date| date.precision.span(date.date).1)
            .max()
    }

    /// Whether it calls for comments or votes and was over when it was first seen, as what an archive
    /// or a late notice tells: nobody can answer it.
    pub fn is_closed_call(&self) -> bool {
        matches!(
            self.tags.kind,
            Some(UpdateKind::Consultation | UpdateKind::DraftForComment)
        ) && self
            .closes()
            .is_some_and(|last| last < self.first_seen.date_naive())
    }

    /// The first day on which comments are taken, where it is told.
    pub fn opens(&self) -> Option<NaiveDate> {
        self.key_dates
            .iter()
            .filter(|date| date.event == DateEvent::CommentsOpen)
            .map(|date| date.date)
            .min()
    }

    /// Whether anybody can comment or vote on a day.
    pub fn is_open(&self, today: NaiveDate) -> bool {
        self.closes().is_some_and(|last| last >= today)
            && self.opens().is_none_or(|first| first <= today)
    }
}

/// One state of an update in its history.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// From 1.
    pub number: u32,
    /// When it was first seen.
    pub at: DateTime<Utc>,
    /// What it said.
    pub content: Content,
    /// What it was tagged with; none for revisions older than that was kept.
    pub tags: Option<Tags>,
    /// What it was read from.
    pub evidence: Evidence,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_printed_as_they_are_read() {
        assert_eq!(UpdateKind::ALL.len(), 22);
        for kind in UpdateKind::ALL {
            assert_eq!(kind.as_str().parse::<UpdateKind>(), Ok(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert!("news".parse::<UpdateKind>().is_err());
    }
}
