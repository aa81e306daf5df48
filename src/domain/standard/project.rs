//! A Project: one document of a work from its first idea to its withdrawal, whatever its drafts
//! are called on the way.

use chrono::{DateTime, Utc};

use super::position::Position;
use super::stage::Stage;
use crate::domain::id::SourceId;
use crate::domain::reference;
use crate::domain::told_date::ToldDate;

/// What a project is known by, in every catalogue that lists it: the number in the address of
/// its page at ISO (`81230`), elsewhere the slug of its reference (`nist-sp-800-53-rev-5`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct ProjectId(String);

/// Text that names no project.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` names no project: a number of ISO's catalogue, or a slug such as nist-sp-800-53"
)]
pub struct InvalidProject {
    /// As given.
    pub given: String,
}

impl ProjectId {
    /// Reads a project's name.
    ///
    /// # Errors
    /// When it is empty, longer than 120 signs, or holds anything but letters in lower case,
    /// digits and hyphens.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidProject> {
        let given = text.into();
        let plain = |c: char| c == '-' || (c.is_alphanumeric() && !c.is_uppercase());
        if !given.is_empty() && given.len() <= 120 && given.chars().all(plain) {
            Ok(Self(given))
        } else {
            Err(InvalidProject {
                given: given.chars().take(120).collect(),
            })
        }
    }

    /// The project of ISO's catalogue with that number.
    pub fn numbered(number: u64) -> Self {
        Self(number.to_string())
    }

    /// The project of a body that gives no numbers, by the reference of the document.
    ///
    /// # Errors
    /// When nothing of the reference can stand in a name.
    pub fn named(reference: &str) -> Result<Self, InvalidProject> {
        Self::new(reference::slug(reference))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ProjectId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Debug for ProjectId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl<'de> serde::Deserialize<'de> for ProjectId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::new(text).map_err(serde::de::Error::custom)
    }
}

/// Where a project stands, and which row of which catalogue says so.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Project {
    /// Its name.
    pub id: ProjectId,
    /// The undated work that it is an edition, a draft or an amendment of.
    pub work: String,
    /// What it is called now (`ISO/IEC DIS 42007`).
    pub reference: String,
    /// Where it stands.
    pub position: Position,
    /// When it was first seen there.
    pub since: DateTime<Utc>,
    /// The catalogue that says so.
    pub source: SourceId,
    /// The row of it.
    pub row: String,
    /// How far the text under that name has come, as [`super::super::catalogue::CatalogueRow`]
    /// reckons it.
    pub rank: u32,
    /// When the project was first seen at all.
    pub first_seen: DateTime<Utc>,
    /// How many events its history holds; the n-th stage change of the contract's keys is
    /// counted by it.
    pub events: u32,
    /// How many times other facts of it have changed (title, dates, relations).
    pub facts: u32,
}

/// What an event in a project's history weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Weight {
    /// The project moved.
    Moved,
    /// Seen, and no move of the project: another text of it in the same catalogue, the state of
    /// an earlier time that was learnt late, or a catalogue that lags behind another.
    Aside,
}

impl Weight {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Aside => "aside",
        }
    }
}

/// One line of a project's history.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct StageEvent {
    /// The project.
    pub project: ProjectId,
    /// Its place in the order of recording, from 1.
    pub number: u32,
    /// What it weighs.
    pub weight: Weight,
    /// Where the project (or, aside, the text) stood before; none when it is new.
    pub from: Option<Position>,
    /// Where it stands now.
    pub to: Position,
    /// The day that the catalogue states for it.
    pub date: Option<ToldDate>,
    /// When it was seen.
    pub observed_at: DateTime<Utc>,
    /// In which catalogue.
    pub source: SourceId,
    /// In which row of it.
    pub row: String,
    /// Under which reference.
    pub reference: String,
    /// In which file of the snapshot, where it has files.
    pub file: Option<String>,
    /// In which document of the source's chain.
    pub document: i64,
}

/// How often, and how lately, a project was seen where it stands: proof of silence.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Observed {
    /// Looks that found it there.
    pub times: u32,
    /// The first of them.
    pub since: DateTime<Utc>,
    /// The last of them.
    pub last: DateTime<Utc>,
    /// Since when its row is missing from the catalogue, where it is.
    pub missing_since: Option<DateTime<Utc>>,
}

impl Observed {
    /// The proof in a sentence, with where the project stands.
    pub fn sentence(&self, position: &Position) -> String {
        let day = |moment: DateTime<Utc>| moment.format("%Y-%m-%d %H:%M");
        let times = if self.times == 1 {
            "once".to_owned()
        } else {
            format!("{} times", self.times)
        };
        let mut out = format!(
            "observed {times} since {}, last {}, unchanged at {position}",
            day(self.since),
            day(self.last)
        );
        if let Some(missing) = self.missing_since {
            out.push_str(&format!("; not in the catalogue since {}", day(missing)));
        }
        out
    }
}

/// The stage changes that an Update tells, for programs (contract: section 5).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StageNews {
    /// The work.
    pub standard: String,
    /// Its changes, in order.
    pub changes: Vec<StageStep>,
}

/// One step from stage to stage.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StageStep {
    /// Before; none for what is new.
    pub from: Option<Stage>,
    /// Now.
    pub to: Stage,
    /// The day that the catalogue states, else the day on which it was first seen.
    pub date: ToldDate,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_are_numbers_or_slugs() {
        assert_eq!(ProjectId::numbered(81_230).as_str(), "81230");
        let named = ProjectId::named("NIST SP 800-53 Rev. 5").unwrap();
        assert_eq!(named.as_str(), "nist-sp-800-53-rev-5");
        for bad in ["", "A", "a b", "a/b", &"9".repeat(121)] {
            assert!(ProjectId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn silence_is_told_in_a_sentence() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let observed = Observed {
            times: 336,
            since: at("2026-01-01T06:00:00Z"),
            last: at("2026-11-28T06:00:00Z"),
            missing_since: None,
        };
        assert_eq!(
            observed.sentence(&"60.60".parse().unwrap()),
            "observed 336 times since 2026-01-01 06:00, last 2026-11-28 06:00, unchanged at 60.60"
        );
    }
}
