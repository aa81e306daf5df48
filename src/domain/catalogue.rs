//! Catalogues: a body's whole list of documents, row by row, and what a reading of it leaves
//! behind in the register.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::address::WebAddress;
use super::change::Fingerprint;
use super::id::SourceId;
use super::packed::Packed;
use super::standard::{Position, Project, ProjectId, StageEvent};
use super::told_date::ToldDate;

/// Whose list it is, and so how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CataloguePreset {
    /// ISO Open Data: one JSON object a line, one line a project.
    IsoOpenData,
    /// Relaton: one YAML file a reference, kept for ever; a folder or an archive of them.
    Relaton,
    /// NIST CSRC's export of its publications: an array of JSON objects, as it is or zipped.
    NistCsrc,
}

impl CataloguePreset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::IsoOpenData, Self::Relaton, Self::NistCsrc];

    /// As written in `sources.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IsoOpenData => "iso-open-data",
            Self::Relaton => "relaton",
            Self::NistCsrc => "nist-csrc",
        }
    }
}

impl std::str::FromStr for CataloguePreset {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|preset| preset.as_str() == text)
            .ok_or_else(|| {
                let names = Self::ALL.map(Self::as_str).join(", ");
                format!("`{text}` is no catalogue that can be read: {names}")
            })
    }
}

/// How a source of kind `catalogue` is read, and which of its rows are news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    /// How it is written.
    pub preset: CataloguePreset,
    /// The committees whose documents are told; a committee's own sub-committees are meant with
    /// it. Beside them whatever is tied to a framework or followed.
    pub committees: Vec<String>,
}

impl Catalogue {
    /// Whether a committee is one of those named, or a part of one.
    pub fn covers(&self, committee: &str) -> bool {
        self.committees.iter().any(|named| {
            committee
                .strip_prefix(named.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// One row of a catalogue, as read.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CatalogueRow {
    /// What the row is known by within its catalogue, from one snapshot to the next.
    pub key: String,
    /// The file of the snapshot that it was read from, where a snapshot has files.
    pub file: Option<String>,
    /// The project that it is a text of.
    pub project: ProjectId,
    /// The reference, as the catalogue writes it.
    pub reference: String,
    /// The undated work.
    pub work: String,
    /// Where it stands.
    pub position: Position,
    /// How far a text of this name has come: of several texts of one project that changed at
    /// one moment, the one with the highest rank is where the project stands.
    pub rank: u32,
    /// What else it says.
    pub facts: RowFacts,
}

/// What a row says beside its reference and stage.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct RowFacts {
    /// Its title, in English where there is one.
    pub title: String,
    /// The committee that owns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub committee: Option<String>,
    /// Its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<WebAddress>,
    /// What sort of document it is, as the catalogue names it (`international-standard`, `TS`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deliverable: Option<String>,
    /// Its edition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// Whether it is an amendment, a corrigendum or another supplement.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub supplement: bool,
    /// When it was published; of a supplement when the supplement was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<ToldDate>,
    /// What it replaces: references, or numbers of projects.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<String>,
    /// What replaces it: references, or numbers of projects.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replaced_by: Vec<String>,
    /// Drafts of what will replace it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revised_by: Vec<String>,
    /// Its amendments and corrigenda.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amended_by: Vec<String>,
    /// The first day for comments on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments_open: Option<NaiveDate>,
    /// The last day for comments on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments_close: Option<NaiveDate>,
}

impl CatalogueRow {
    /// The day that the row states for being where it is: a publication's, and no other.
    pub fn stated_day(&self) -> Option<ToldDate> {
        let published = match &self.position {
            Position::Stage(stage) => (stage.stage(), stage.substage()) == (60, 60),
            Position::Final => true,
            Position::Draft(_) | Position::Withdrawn => false,
        };
        self.facts.published.filter(|_| published)
    }
}

/// A row as the register keeps it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct StoredRow {
    /// The row, as last read.
    pub row: CatalogueRow,
    /// What its bytes looked like, so that the same bytes need no reading again.
    pub bytes: Fingerprint,
    /// When it was first seen where it stands.
    pub since: DateTime<Utc>,
    /// When it was last written down (looks that find it unchanged are counted by snapshot).
    pub seen_at: DateTime<Utc>,
    /// The snapshot that first showed it where it stands.
    pub since_snapshot: i64,
    /// Whole snapshots since then that missed it.
    pub missed: i64,
    /// Looks at it alone since then.
    pub looks: i64,
    /// The whole snapshot that first missed it, while it is missing.
    pub absent_since: Option<i64>,
}

/// What finding a row again needs to know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownRow {
    /// Its key.
    pub key: String,
    /// The file it was last read from.
    pub file: Option<String>,
    /// What its bytes looked like.
    pub bytes: Fingerprint,
    /// The whole snapshot that first missed it, while it is missing.
    pub absent_since: Option<i64>,
}

/// What is known of a catalogue as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownCatalogue {
    /// Its rows.
    pub rows: Vec<KnownRow>,
    /// Its first whole snapshot.
    pub first: Option<Snapshot>,
    /// Its last whole snapshot.
    pub last: Option<Snapshot>,
    /// The whole snapshot of the moment asked for, where there is one already.
    pub same: Option<Snapshot>,
}

/// What is known of the projects that a reading touches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownProjects {
    /// The rows of these projects in the catalogue, and the rows read, by key.
    pub rows: HashMap<String, StoredRow>,
    /// The projects.
    pub projects: HashMap<ProjectId, Project>,
    /// Their histories, in the order of recording.
    pub events: HashMap<ProjectId, Vec<StageEvent>>,
}

/// One whole reading of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The catalogue.
    pub source: SourceId,
    /// Its number within the source, from 1.
    pub number: i64,
    /// When the catalogue was so.
    pub at: DateTime<Utc>,
    /// Rows in it.
    pub rows: u32,
}

/// Everything that a reading of a catalogue leaves behind, beside its Updates.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisterChanges {
    /// The catalogue.
    pub source: SourceId,
    /// The reading, where it is of the whole list and later than all before: it proves the
    /// silence of every row in it.
    pub snapshot: Option<Snapshot>,
    /// Rows that are new or say something else; all others stay as they are stored.
    pub rows: Packed<StoredRow>,
    /// Rows that say the same in other bytes.
    pub rewritten: Vec<(String, Fingerprint)>,
    /// Rows that were looked at alone and are unchanged, and when.
    pub looked_at: Option<(Vec<String>, DateTime<Utc>)>,
    /// Rows that the snapshot misses.
    pub absent: Vec<String>,
    /// Rows that were missing and are there again, unchanged.
    pub back: Vec<String>,
    /// Projects as they stand now.
    pub projects: Packed<Project>,
    /// What was added to their histories.
    pub events: Packed<StageEvent>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_means_a_committee_and_what_is_below_it() {
        let catalogue = Catalogue {
            preset: CataloguePreset::Relaton,
            committees: vec!["ISO/IEC JTC 1/SC 4".to_owned(), "ISO/TC 68".to_owned()],
        };
        for (committee, covered) in [
            ("ISO/IEC JTC 1/SC 4", true),
            ("ISO/IEC JTC 1/SC 42", false),
            ("ISO/TC 68/SC 2", true),
            ("ISO/TC 6", false),
            ("", false),
        ] {
            assert_eq!(catalogue.covers(committee), covered, "{committee}");
        }
        assert_eq!("relaton".parse(), Ok(CataloguePreset::Relaton));
        assert!("csrc".parse::<CataloguePreset>().is_err());
    }
}
