//! What is monitored: the standards that a catalogue's scope, a framework or a follower asks for.

use std::collections::HashSet;
use std::sync::Arc;

use super::catalogue::{Catalogue, CatalogueRow};
use super::criteria::{Clause, Criteria};
use super::id::SourceId;
use super::library::Library;

/// What is followed by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// The works.
    pub works: HashSet<String>,
    /// The sources, watched pages among them.
    pub sources: HashSet<SourceId>,
    /// Whether somebody asks for every day that counts.
    pub days: bool,
}

impl Followed {
    /// What criteria name.
    pub fn by(criteria: impl IntoIterator<Item = Criteria>) -> Self {
        let mut followed = Self::default();
        for criteria in criteria {
            let (Criteria::Any(clauses) | Criteria::Every(clauses)) = criteria else {
                continue;
            };
            for clause in clauses {
                match clause {
                    Clause::Standard(work) => {
                        followed.works.insert(work);
                    }
                    Clause::Source(source) | Clause::Page(source) => {
                        followed.sources.insert(source);
                    }
                    Clause::Deadlines => followed.days = true,
                    _ => {}
                }
            }
        }
        followed
    }
}

/// The standards that somebody wants to hear of.
#[derive(Clone, Debug)]
pub struct Monitored {
    followed: HashSet<String>,
    library: Arc<Library>,
}

impl Monitored {
    /// The works that are followed, beside those that the library's frameworks are.
    pub fn new(library: Arc<Library>, followed: HashSet<String>) -> Self {
        Self { followed, library }
    }

    /// Whether somebody wants to hear of a row of a catalogue.
    pub fn wants(&self, catalogue: Option<&Catalogue>, row: &CatalogueRow) -> bool {
        self.holds(catalogue, &row.work, row.facts.committee.as_deref())
    }

    /// Whether somebody wants to hear of a text of that work, owned by that committee.
    pub fn holds(
        &self,
        catalogue: Option<&Catalogue>,
        work: &str,
        committee: Option<&str>,
    ) -> bool {
        let in_scope = committee.is_some_and(|committee| {
            catalogue.is_some_and(|catalogue| catalogue.covers(committee))
        });
        in_scope || self.library.known_works.contains(work) || self.followed.contains(work)
    }
}
