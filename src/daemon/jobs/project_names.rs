//! What projects are called that a row names by their number alone.

use std::collections::HashMap;

use crate::daemon::House;
use crate::domain::catalogue::CatalogueRow;
use crate::domain::standard::{FactChange, ProjectChange};
use crate::store::Error;

/// What projects with a number are called in a reading, with how far the text under that name has
/// come.
#[derive(Default)]
pub(super) struct ProjectNames(HashMap<String, ((u32, u32), String)>);

impl ProjectNames {
    /// Notes what a row calls its project; of several rows of one the one that has come farthest
    /// counts.
    pub(super) fn note(&mut self, row: &CatalogueRow) {
        let project = row.project.as_str();
        if !is_number(project) {
            return;
        }
        let rank = (row.rank, row.position.order());
        match self.0.get_mut(project) {
            Some((known, _)) if *known > rank => {}
            Some(known) => *known = (rank, row.reference.clone()),
            None => {
                self.0
                    .insert(project.to_owned(), (rank, row.reference.clone()));
            }
        }
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
            if let Some((_, reference)) = self.0.get(&number).filter(|_| !late) {
                out.insert(number, reference.clone());
            }
        }
        Ok(out)
    }
}

fn is_number(project: &str) -> bool {
    project.bytes().all(|byte| byte.is_ascii_digit())
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
                .filter(|one| is_number(one))
                .cloned(),
        );
    }
    out.sort();
    out.dedup();
    out
}
