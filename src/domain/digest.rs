//! A Digest: a named periodical; an Issue: one number of it, frozen.

use chrono::{DateTime, NaiveDate, Utc};

use super::document::Sha256;
use super::health::Coverage;
use super::id::{BodyId, DigestName, FrameworkId, JurisdictionId, SourceId, TopicId, UpdateId};
use super::key_date::{Certainty, DateEvent};
use super::schedule::Schedule;
use super::update::{Authority, Reach, UpdateKind};
use crate::text::date::Stamp;

/// A periodical as configured (`[[digest]]`).
#[derive(Clone, Debug, PartialEq)]
pub struct Digest {
    /// Its name.
    pub name: DigestName,
    /// When it closes.
    pub schedule: Schedule,
    /// Whether an issue waits for approval before it is sent.
    pub approve: bool,
}

/// Which part of the change log an issue tells: after `after`, up to and including `until`.
///
/// Log positions and never published dates: nothing that was found late falls between two issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Window {
    /// The last position of the issue before.
    pub after: i64,
    /// The last position of this one.
    pub until: i64,
}

/// Where an issue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IssueState {
    /// Frozen, and waiting for approval.
    Draft,
    /// Being sent.
    Sending,
    /// Every recipient is accounted for.
    Finished,
}

impl IssueState {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sending => "sending",
            Self::Finished => "finished",
        }
    }
}

impl std::str::FromStr for IssueState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Draft, Self::Sending, Self::Finished]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no state of an issue"))
    }
}

/// One number of a digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// The periodical.
    pub digest: DigestName,
    /// From 1, without gaps.
    pub number: u32,
    /// The moment of the schedule that it belongs to; unique within the digest.
    pub scheduled_for: DateTime<Utc>,
    /// When it was frozen.
    pub closed_at: DateTime<Utc>,
    /// What it tells of.
    pub window: Window,
    /// Where it stands.
    pub state: IssueState,
    /// An editor's words before everything else, plain text; may be empty.
    pub introduction: String,
    /// What it says.
    pub edition: Edition,
}

/// What an issue says, frozen with it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Edition {
    /// Every item of the window, in the order of the public issue.
    pub items: Vec<Item>,
    /// What closes, applies or ends in the days after it.
    #[serde(default)]
    pub dates: Vec<DateLine>,
    /// How much of the world was read.
    pub coverage: Coverage,
    /// The evidence chain's head of each source, a witness nobody can alter once mailed.
    pub chain_heads: Vec<(SourceId, Sha256)>,
    /// Items left out because the issue was full, and told by a link.
    pub left_out: u32,
}

/// What tells a date.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum DateTeller {
    /// An update: the one that tells it best.
    #[serde(rename = "update")]
    Update(UpdateId),
    /// The page of a framework, and no update.
    #[serde(rename = "page")]
    Page(FrameworkId),
}

/// What happens on a date.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum DateMeaning {
    /// What an update's key date is of.
    #[serde(rename = "event")]
    Event(DateEvent),
    /// What the page says of it: which event that is, it does not say.
    #[serde(rename = "words")]
    Words(String),
}

/// One date of an issue, as it stood when the issue was frozen.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct DateLine {
    /// What tells it.
    #[serde(flatten)]
    pub teller: DateTeller,
    /// The update's title, or the framework's name.
    pub title: String,
    /// What happens.
    #[serde(flatten)]
    pub meaning: DateMeaning,
    /// When; of a month told without a day its first.
    pub day: NaiveDate,
    /// When, as finely as it is told.
    pub shown: String,
    /// How sure it is.
    pub certainty: Certainty,
    /// Where it stood before it moved.
    pub was: Option<NaiveDate>,
    /// What it is about.
    pub frameworks: Vec<FrameworkId>,
    /// Where it counts.
    pub jurisdictions: Vec<JurisdictionId>,
}

/// One item of an issue: what the update said when the issue was frozen, within its terms.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Item {
    /// The update.
    pub update: UpdateId,
    /// In which revision.
    pub revision: u32,
    /// Whether this revises what an earlier issue told.
    pub correction: bool,
    /// Its title.
    pub title: String,
    /// What happened, within the terms.
    pub summary: String,
    /// Why it matters, in a sentence of ours.
    #[serde(default)]
    pub why: Option<String>,
    /// The original.
    pub url: Option<String>,
    /// The source.
    pub source: SourceId,
    /// The source's name.
    pub source_name: String,
    /// The body that publishes the source, while the source is configured.
    pub body: Option<BodyId>,
    /// When it was published, as the publisher says.
    pub published: Option<Stamp>,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// What happened.
    pub kind: Option<UpdateKind>,
    /// Whether it is a call that was over when it was first seen.
    #[serde(default)]
    pub closed: bool,
    /// Whether it tells a change of a watched page, whose summary marks what went and what came.
    #[serde(default)]
    pub page: bool,
    /// Who speaks.
    pub authority: Authority,
    /// How far it travels.
    pub reach: Reach,
    /// Frameworks it is about.
    pub frameworks: Vec<FrameworkId>,
    /// The primary ones of them.
    pub primary: Vec<FrameworkId>,
    /// Jurisdictions.
    pub jurisdictions: Vec<JurisdictionId>,
    /// Bodies.
    pub bodies: Vec<BodyId>,
    /// Topics.
    pub topics: Vec<TopicId>,
    /// Works cited.
    pub works: Vec<String>,
}
