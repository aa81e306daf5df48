//! What comparing a catalogue with its past found.

use chrono::{DateTime, NaiveDate, Utc};

use super::position::Position;
use super::project::{Project, ProjectId};
use crate::domain::catalogue::CatalogueRow;
use crate::domain::told_date::ToldDate;

/// A row that stands elsewhere than before: one line of `standards observe --jsonl`.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RowMove {
    /// The work.
    pub standard: String,
    /// The project.
    pub project: ProjectId,
    /// Where the row stood.
    pub from: Position,
    /// Where it stands now.
    pub to: Position,
    /// The day that the catalogue states for it.
    pub date: Option<ToldDate>,
    /// When it was seen.
    pub observed_at: DateTime<Utc>,
    /// The file of the row, where the snapshot has files.
    pub file: Option<String>,
    /// The reference, as the catalogue writes it.
    pub reference: String,
}

/// One step of a project.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Before; none for what is new.
    pub from: Option<Position>,
    /// Now.
    pub to: Position,
    /// The day that the catalogue states for it.
    pub date: Option<ToldDate>,
}

/// A fact that is another than before.
#[derive(Clone, Debug, PartialEq)]
pub enum FactChange {
    /// It is called otherwise.
    Referenced {
        /// Before.
        from: String,
    },
    /// Its title is another.
    Renamed {
        /// Before.
        from: String,
    },
    /// It belongs to another committee.
    Handed {
        /// Before.
        from: Option<String>,
    },
    /// The day of its publication is another.
    Dated {
        /// Before.
        from: Option<ToldDate>,
        /// Now.
        to: Option<ToldDate>,
    },
    /// Something replaces it now.
    ReplacedBy {
        /// What: references, or numbers of projects.
        by: Vec<String>,
    },
    /// It replaces something that it did not before.
    Replaces {
        /// What: references, or numbers of projects.
        what: Vec<String>,
    },
    /// A revision of it is under way.
    UnderRevision {
        /// What will replace it.
        by: Vec<String>,
    },
    /// It is amended or corrected.
    Amended {
        /// By what.
        by: Vec<String>,
    },
    /// Its period of comments is another.
    Comments {
        /// The last day before.
        from: Option<NaiveDate>,
        /// The last day now.
        to: Option<NaiveDate>,
    },
}

/// A project that moved, or of which something else is said.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectChange {
    /// The project as it is now.
    pub project: Project,
    /// The row that says so.
    pub row: CatalogueRow,
    /// Its steps, in order; none when only facts changed.
    pub steps: Vec<Step>,
    /// The number of the first of the steps in the project's history.
    pub first_event: u32,
    /// What else changed.
    pub facts: Vec<FactChange>,
    /// Whether the project was not known before.
    pub is_new: bool,
    /// Whether it was there already at first contact with the catalogue.
    pub baseline: bool,
    /// When it was seen.
    pub at: DateTime<Utc>,
}
