//! What projects are called that a row names by their number alone.

use std::collections::HashMap;

use crate::daemon::House;
use crate::domain::catalogue::CatalogueRow;
use crate::domain::standard::{FactChange, ProjectChange};
use crate::store::Error;

/// What projects with a number are called in a reading, with how far the text under that name has
/// come. A list has tens of thousands of them, so the names lie in one text.
#[derive(Default)]
pub(super) struct ProjectNames {
    places: HashMap<u64, Place>,
    names: String,
}

/// Where a name lies, and the rank and stage of the text that bears it.
struct Place {
    progress: (u32, u32),
    start: u32,
    length: u32,
}

impl ProjectNames {
    /// Notes what a row calls its project; of several rows of one the one that has come farthest
    /// counts.
    pub(super) fn note(&mut self, row: &CatalogueRow) {
        let Some(number) = number(row.project.as_str()) else {
            return;
        };
        let progress = (row.rank, row.position.order());
        if self
            .places
            .get(&number)
            .is_some_and(|known| known.progress > progress)
        {
            return;
        }
        let (Ok(start), Ok(length)) = (
            u32::try_from(self.names.len()),
            u32::try_from(row.reference.len()),
        ) else {
            return;
        };
        self.names.push_str(&row.reference);
        self.places.insert(
            number,
            Place {
                progress,
                start,
                length,
            },
        );
    }

    fn name(&self, project: &str) -> Option<&str> {
        let place = self.places.get(&number(project)?)?;
        let start = place.start as usize;
        self.names.get(start..start + place.length as usize)
    }

    /// The names of all projects that changes name by number: as this reading has them, for a draft
    /// that replaces a text becomes one in the same list; else as they are known. A late reading
    /// names nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn of(
        &self,
        house: &House,
        changes: &[ProjectChange],
        late: bool,
    ) -> Result<HashMap<String, String>, Error> {
        let numbers = numbers(changes);
        let mut out = house.store.project_names(&numbers).await?;
        for number in numbers {
            if let Some(name) = self.name(&number).filter(|_| !late) {
                let name = name.to_owned();
                out.insert(number, name);
            }
        }
        Ok(out)
    }
}

/// The number that is the whole name of a project; one with a zero in front is a name of its own.
fn number(project: &str) -> Option<u64> {
    let number = project.parse().ok()?;
    let is_plain = project.bytes().all(|byte| byte.is_ascii_digit()) && !project.starts_with('0');
    is_plain.then_some(number)
}

/// The numbers of projects that changes name without their reference.
fn numbers(changes: &[ProjectChange]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for change in changes {
        let facts = &change.row.facts;
        let mut lists: Vec<&Vec<String>> = vec![&facts.replaced_by];
        for fact in &change.facts {
            lists.extend(match fact {
                FactChange::ReplacedBy { by }
                | FactChange::UnderRevision { by }
                | FactChange::Amended { by } => Some(by),
                FactChange::Replaces { what } => Some(what),
                _ => None,
            });
        }
        out.extend(
            lists
                .into_iter()
                .flatten()
                .filter(|one| number(one).is_some())
                .cloned(),
        );
    }
    out.sort();
    out.dedup();
    out
}
