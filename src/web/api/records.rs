//! What answers hold, as the description says it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// An error (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Always `about:blank`: the status says what it is.
    r#type: String,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What is wrong, and what to do.
    detail: String,
}

/// A key date that an update tells.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct ToldDate {
    /// The day.
    date: NaiveDate,
    /// What happens.
    label: String,
    /// `stated`, `read`, `reported` or `expected`.
    certainty: String,
    /// The day that it replaces.
    was: Option<NaiveDate>,
}

/// What an update was read from.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct EvidenceRecord {
    /// The hash of the document's bytes.
    sha256: String,
    /// When it was fetched.
    fetched_at: DateTime<Utc>,
    /// The status of the answer.
    status: u16,
    /// What its text was read from, where that is another document: an item of a list that is
    /// followed to its pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<TextEvidence>,
}

/// What the text of an update was read from.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct TextEvidence {
    /// The hash of the document's bytes.
    sha256: String,
    /// When it was fetched.
    fetched_at: DateTime<Utc>,
    /// The status of the answer.
    status: u16,
}

/// An update in its current revision, within its source's terms.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct UpdateRecord {
    /// Its identifier.
    id: String,
    /// Where it was found.
    source: String,
    /// The original.
    url: Option<String>,
    /// Its title.
    title: String,
    /// Its summary, plain.
    summary: String,
    /// Its text as safe HTML; empty where terms do not share it.
    content: String,
    /// Who wrote it.
    authors: Vec<String>,
    /// The publisher's own labels.
    categories: Vec<String>,
    /// Files.
    #[schema(value_type = Vec<Object>)]
    enclosures: Vec<Value>,
    /// A day or a moment.
    published: Option<String>,
    /// A day or a moment.
    modified: Option<String>,
    /// When it was first seen.
    first_seen: DateTime<Utc>,
    /// What happened.
    kind: Option<String>,
    /// `news`, `followers` or `archive`.
    reach: String,
    /// `official`, `accredited` or `secondary`.
    authority: String,
    /// What it is about.
    frameworks: Vec<String>,
    /// Those of them that it makes, changes, applies or explains.
    primary: Vec<String>,
    /// Whom it concerns.
    jurisdictions: Vec<String>,
    /// Who acts or is acted on.
    bodies: Vec<String>,
    /// Its topics.
    topics: Vec<String>,
    /// What it cites.
    references: Vec<String>,
    /// The story it is told in.
    story: Option<String>,
    /// The current revision, from 1.
    revision: u32,
    /// Its language.
    language: Option<String>,
    /// The update that brought it about.
    cause: Option<String>,
    /// The stage changes of a standard that it tells.
    #[schema(value_type = Option<Object>)]
    stage: Option<Value>,
    /// Dates that matter.
    key_dates: Vec<ToldDate>,
    /// What it was read from.
    evidence: EvidenceRecord,
}

/// A page of updates.
#[derive(Serialize, ToSchema)]
pub(crate) struct UpdateList {
    /// The updates of this page.
    pub(super) items: Vec<UpdateRecord>,
    /// How many there are in all.
    pub(super) total: usize,
    /// What the next page is asked for with; none on the last one.
    pub(super) next: Option<String>,
    /// The query as it was understood.
    pub(super) understood: String,
    /// What of it was not.
    pub(super) problems: Vec<String>,
    /// Whether nothing has all the words, and these have some of them.
    pub(super) relaxed: bool,
    /// The query with words that are there, for those that are nowhere.
    pub(super) suggestion: Option<String>,
}

/// One state of an update's past.
#[derive(Serialize, ToSchema)]
pub(crate) struct RevisionRecord {
    /// Its number, from 1.
    pub(super) revision: u32,
    /// When it was first seen.
    pub(super) at: DateTime<Utc>,
    /// Its title then.
    pub(super) title: String,
    /// What it was read from.
    pub(super) evidence: EvidenceRecord,
}

impl EvidenceRecord {
    pub(super) fn of(evidence: &crate::domain::evidence::Evidence) -> Self {
        Self {
            sha256: evidence.sha256.as_str().to_owned(),
            fetched_at: evidence.fetched_at,
            status: evidence.status,
            text: None,
        }
    }
}

/// An update's past, the first state first.
#[derive(Serialize, ToSchema)]
pub(crate) struct RevisionList {
    /// Its states.
    pub(super) items: Vec<RevisionRecord>,
}

/// How many hits have a tag.
#[derive(Serialize, ToSchema)]
pub(crate) struct FacetCount {
    /// The tag.
    pub(super) value: String,
    /// Its name.
    pub(super) name: String,
    /// How many.
    pub(super) count: u64,
}

/// Hits counted by tag.
#[derive(Serialize, ToSchema)]
pub(crate) struct FacetList {
    /// How many hits there are in all.
    pub(super) total: usize,
    /// By field; the most frequent first.
    pub(super) facets: BTreeMap<String, Vec<FacetCount>>,
    /// The query as it was understood.
    pub(super) understood: String,
    /// What of it was not.
    pub(super) problems: Vec<String>,
}

/// A line of the log, with the update as it is now.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangeRecord {
    /// Its place in the log.
    pub(super) position: i64,
    /// When.
    pub(super) at: DateTime<Utc>,
    /// `new`, `revised`, `regrouped`, `retagged` or `noted`.
    pub(super) event: String,
    /// The revision that it speaks of.
    pub(super) revision: u32,
    /// The update.
    pub(super) update: UpdateRecord,
}

/// Lines of the log, in order.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangeList {
    /// The lines.
    pub(super) items: Vec<ChangeRecord>,
    /// What to ask for next, now or later.
    pub(super) next: i64,
    /// The log's last place.
    pub(super) head: i64,
}

/// A date of a framework.
#[derive(Serialize, ToSchema)]
pub(crate) struct FrameworkDateRecord {
    /// The day.
    pub(super) date: NaiveDate,
    /// What happens.
    pub(super) label: String,
    /// Whether it was matched to a source.
    pub(super) verified: bool,
    /// `source`, `recall` or `announced`.
    pub(super) basis: Option<String>,
}

/// A framework, standard or law.
#[derive(Serialize, ToSchema)]
pub(crate) struct FrameworkRecord {
    /// Its identifier.
    pub(super) id: String,
    /// Its short name.
    pub(super) short: String,
    /// Its full title.
    pub(super) title: String,
    /// Names it goes by.
    pub(super) aliases: Vec<String>,
    /// `standard`, `law`, `framework`, `attestation` or `guidance`.
    pub(super) kind: String,
    /// Who owns it.
    pub(super) owners: Vec<String>,
    /// Where it holds.
    pub(super) jurisdictions: Vec<String>,
    /// How it is cited.
    pub(super) references: Vec<String>,
    /// Related frameworks.
    pub(super) related: Vec<String>,
    /// What it is about.
    pub(super) topics: Vec<String>,
    /// Where it stands.
    pub(super) status: String,
    /// The current edition.
    pub(super) edition: Option<String>,
    /// Its dates.
    pub(super) dates: Vec<FrameworkDateRecord>,
    /// Its page.
    pub(super) url: String,
    /// Its updates as a feed.
    pub(super) feed: String,
}

/// A page of frameworks.
#[derive(Serialize, ToSchema)]
pub(crate) struct FrameworkList {
    /// The frameworks of this page.
    pub(super) items: Vec<FrameworkRecord>,
    /// What the next page is asked for with.
    pub(super) next: Option<String>,
}

/// Something that updates are tagged with.
#[derive(Serialize, ToSchema)]
pub(crate) struct NamedRecord {
    /// Its identifier.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// What sort of it.
    pub(super) kinds: Vec<String>,
    /// Its page.
    pub(super) url: String,
    /// Its updates as a feed.
    pub(super) feed: String,
}

/// A page of them.
#[derive(Serialize, ToSchema)]
pub(crate) struct NamedList {
    /// Those of this page.
    pub(super) items: Vec<NamedRecord>,
    /// What the next page is asked for with.
    pub(super) next: Option<String>,
}

/// A work of the register.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkRecord {
    /// The work (`ISO/IEC 42001`).
    pub(super) work: String,
    /// Its name in addresses.
    pub(super) slug: String,
    /// Its page.
    pub(super) url: String,
}

/// A page of works.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkList {
    /// The works of this page.
    pub(super) items: Vec<WorkRecord>,
    /// What the next page is asked for with.
    pub(super) next: Option<String>,
}

/// A document of a work: an edition, a draft, an amendment.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProjectRecord {
    /// Its name in the register.
    pub(super) project: String,
    /// What it is called now.
    pub(super) reference: String,
    /// Its title.
    pub(super) title: Option<String>,
    /// Where it stands (`40.20`).
    pub(super) stage: String,
    /// What that means.
    pub(super) meaning: String,
    /// When it was first seen there.
    pub(super) since: DateTime<Utc>,
    /// When it was first seen at all.
    pub(super) first_seen: DateTime<Utc>,
    /// The committee that owns it.
    pub(super) committee: Option<String>,
    /// The catalogue that says so.
    pub(super) source: String,
}

/// A work with its documents.
#[derive(Serialize, ToSchema)]
pub(crate) struct StandardRecord {
    /// The work.
    pub(super) work: String,
    /// Its page.
    pub(super) url: String,
    /// Its documents.
    pub(super) projects: Vec<ProjectRecord>,
}

/// Something that is read.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct SourceRecord {
    /// Its identifier.
    id: String,
    /// Who publishes it.
    body: String,
    /// Its name.
    name: String,
    /// `feed`, `listing`, `page`, `sitemap`, `json` or `catalogue`.
    kind: String,
    /// Its page.
    home: Option<String>,
    /// Whether it is read.
    on: bool,
    /// How it is.
    health: String,
    /// Why, in a sentence.
    reason: String,
    /// The last visit.
    last_visit: Option<DateTime<Utc>>,
    /// The last one that was understood.
    last_success: Option<DateTime<Utc>>,
    /// Its updates as a feed.
    updates: String,
}

/// How often a source was asked in a period, and what it answered.
#[derive(Serialize, ToSchema)]
pub(crate) struct SilenceRecord {
    /// Where the period begins.
    pub(super) since: DateTime<Utc>,
    /// The first moment that is no part of it: not later than now.
    pub(super) until: DateTime<Utc>,
    /// When the source was asked for the first time of all, where that lies within the period.
    pub(super) begun: Option<DateTime<Utc>>,
    /// Visits.
    pub(super) visits: u64,
    /// Visits by how they ended: `new`, `unchanged`, `failed` …
    pub(super) outcomes: BTreeMap<String, u64>,
    /// The first visit of the period.
    pub(super) first: Option<DateTime<Utc>>,
    /// The last.
    pub(super) last: Option<DateTime<Utc>>,
    /// The last that was understood.
    pub(super) last_understood: Option<DateTime<Utc>>,
    /// The longest time in which no answer was understood, in seconds.
    pub(super) longest_gap_seconds: i64,
    /// Items first seen in the period.
    pub(super) new: u64,
    /// Items that were revised in the period.
    pub(super) revised: u64,
    /// The same as a sentence.
    pub(super) sentence: String,
    /// What is not known all the same.
    pub(super) doubt: Option<String>,
}

/// A source with the proof of what it did not say.
#[derive(Serialize, ToSchema)]
pub(crate) struct SourceProof {
    /// The source.
    #[serde(flatten)]
    pub(super) source: SourceRecord,
    /// What is known of the period.
    pub(super) silence: SilenceRecord,
}

/// What is read.
#[derive(Serialize, ToSchema)]
pub(crate) struct SourceList {
    /// The sources of this page.
    pub(super) items: Vec<SourceRecord>,
    /// What the next page is asked for with.
    pub(super) next: Option<String>,
}

/// A date of the calendar.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct KeyDateRecord {
    /// What it is known by, wherever it moves.
    pub(super) uid: String,
    /// The day.
    pub(super) date: NaiveDate,
    /// How finely it is told.
    precision: String,
    /// What happens; none of a date that stands on a framework's page.
    event: Option<String>,
    /// The same in words.
    label: String,
    /// `proposed`, `confirmed`, `moved` or `passed`; of a page's date also `reported`.
    status: String,
    /// How sure it is.
    certainty: String,
    /// The day that it replaces.
    was: Option<NaiveDate>,
    /// Whether comments or votes are taken today.
    open: bool,
    /// The title of the update that tells it.
    title: String,
    /// The original.
    url: Option<String>,
    /// The update that tells it.
    update: Option<String>,
    /// The framework on whose page it stands, where no update tells it.
    page: Option<String>,
    /// Where the update was found.
    source: Option<String>,
    /// What happened.
    kind: Option<String>,
    /// Who speaks.
    authority: Option<String>,
    /// What it is about.
    frameworks: Vec<String>,
    /// Where it counts.
    jurisdictions: Vec<String>,
    /// The works it is about, as addresses have them.
    standards: Vec<String>,
    /// How many updates tell it.
    reports: u32,
}

/// Dates of the calendar, by day.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyDateList {
    /// The dates of this page.
    pub(super) items: Vec<KeyDateRecord>,
    /// What the next page is asked for with.
    pub(super) next: Option<String>,
}

/// An issue of a digest.
#[derive(Serialize, ToSchema)]
pub(crate) struct IssueRecord {
    /// The periodical.
    pub(super) digest: String,
    /// Its number.
    pub(super) number: u32,
    /// When it was frozen.
    pub(super) closed_at: DateTime<Utc>,
    /// How many updates it tells of.
    pub(super) items: u32,
    /// Its page.
    pub(super) url: String,
}

/// Issues, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct IssueList {
    /// The issues of this page.
    pub(super) items: Vec<IssueRecord>,
    /// What the next page is asked for with.
    pub(super) next: Option<String>,
}

/// A document as a source answered with it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentRecord {
    /// Its number within its source, from 1.
    pub(super) number: i64,
    /// The address that answered.
    pub(super) url: String,
    /// When.
    pub(super) fetched_at: DateTime<Utc>,
    /// With which status.
    pub(super) status: u16,
    /// The hash of its bytes.
    pub(super) sha256: String,
    /// How many bytes there were.
    pub(super) bytes: u64,
    /// The chain's head before it.
    pub(super) previous: Option<String>,
    /// The chain's head with it.
    pub(super) link: String,
    /// What read it.
    pub(super) software: String,
}

/// Documents of a source, in order.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentList {
    /// The documents of this page.
    pub(super) items: Vec<DocumentRecord>,
    /// What the next page is asked for with.
    pub(super) next: Option<String>,
}

/// A line of the audit log.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditRecord {
    /// Its place, from 1, without gaps.
    pub(super) position: i64,
    /// When.
    pub(super) at: DateTime<Utc>,
    /// Who.
    pub(super) who: String,
    /// From where.
    pub(super) from: String,
    /// What.
    pub(super) act: String,
    /// To what.
    pub(super) subject: String,
    /// How it was.
    pub(super) before: String,
    /// How it is.
    pub(super) after: String,
    /// The hash of the line before.
    pub(super) previous: String,
    /// The hash of this line and of all before it.
    pub(super) link: String,
}

/// Lines of the audit log, in order.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditList {
    /// The lines of this page.
    pub(super) items: Vec<AuditRecord>,
    /// What the next page is asked for with.
    pub(super) next: Option<String>,
}
