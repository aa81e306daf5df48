//! Updates of several sources -> Stories: which of them tell of one event.
//!
//! It knows what two accounts of one event share (names, sums, codes, citations, words in many
//! languages, days) and what tells an event from its twin (another party, part, edition, year,
//! step). It calls nothing but the ground floor. It deliberately fetches and stores nothing, asks
//! no clock, and uses no model: the same two updates get the same verdict for ever, with reasons.

mod candidates;
mod citations;
mod figures;
mod fingerprint;
mod grouping;
mod headline;
mod lexicon;
mod numbers;
mod party;
mod verdict;
mod vocabulary;

use chrono::NaiveDate;

use crate::domain::id::{BodyId, FrameworkId, SourceId};
use crate::domain::standard::{Stage, reports};
use crate::domain::update::{Update, UpdateKind};

pub use candidates::Candidates;
pub use fingerprint::Fingerprint;
pub use grouping::{Member, group};
pub use headline::is_correction;
pub use verdict::Verdict;
pub use vocabulary::Vocabulary;

/// What of an update is compared.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Summary {
    /// Where it was found.
    pub source: SourceId,
    /// The body that publishes the source.
    pub body: Option<BodyId>,
    /// Its title.
    pub headline: String,
    /// Its summary, or its text when there is no summary.
    pub summary: String,
    /// The day it was published.
    pub published: Option<NaiveDate>,
    /// Canonical citations.
    pub references: Vec<String>,
    /// Frameworks it is tagged with.
    pub frameworks: Vec<FrameworkId>,
    /// What happened.
    pub kind: Option<UpdateKind>,
    /// The version that its source's page came to, where it tells of a watched page.
    #[serde(default)]
    pub version: Option<u32>,
    /// A work and the stage that it has reached, where that is stated and not told in words.
    #[serde(default)]
    pub stage: Option<(String, Stage)>,
    /// Works and the stages that its words report.
    #[serde(default)]
    pub reported: Vec<(String, Stage)>,
}

impl Summary {
    /// The same of a stored update; `body` is the body of its source.
    pub fn of(update: &Update, body: Option<BodyId>) -> Self {
        Self {
            source: update.source.clone(),
            body,
            headline: update.content.title.clone(),
            summary: update.content.said().into_owned(),
            published: Some(update.dated().date_naive()),
            references: update
                .tags
                .references
                .iter()
                .map(|tag| tag.reference.canonical.clone())
                .collect(),
            frameworks: update
                .tags
                .frameworks
                .iter()
                .map(|tag| tag.id.clone())
                .collect(),
            kind: update.tags.kind,
            version: update.content.page.map(|step| step.to),
            stage: update.content.stage.as_ref().and_then(|news| {
                let last = news.changes.last()?;
                Some((news.standard.clone(), last.to))
            }),
            reported: reports(&update.tags)
                .into_iter()
                .map(|report| (report.work, report.stage))
                .collect(),
        }
    }
}

/// Whether two updates tell of one event. Where one is compared with many, make fingerprints
/// once and use [`compare`].
pub fn same_story(a: &Summary, b: &Summary, vocabulary: &Vocabulary) -> Verdict {
    compare(
        &Fingerprint::of(a, vocabulary),
        &Fingerprint::of(b, vocabulary),
    )
}

/// The same for two fingerprints.
pub fn compare(a: &Fingerprint, b: &Fingerprint) -> Verdict {
    verdict::same_story(a, b)
}

#[cfg(test)]
mod tests;
