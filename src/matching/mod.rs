//! An update and all criteria -> who wants it, and why.
//!
//! It knows how criteria are compiled so that a hundred thousand of them cost little more than
//! reading the update's words. It calls nothing but the ground floor, and reads the same words as
//! search does: a saved search matches exactly what searching by hand would find. It deliberately
//! does not know whose criteria they are, or what is done with a match.

mod compile;
mod judge;
mod preview;
mod program;
mod reading;

#[cfg(test)]
mod tests;

use crate::domain::criteria::{Clause, Criteria};
use crate::domain::query::Query;
use crate::domain::reference::KnownWorks;
use crate::domain::update::{Reach, Update};
use compile::{Compiler, Postings, Terms};
pub use judge::{Refusal, judge};
pub use preview::{Item, Preview};
use program::{Held, Join, Part, Program, Rule};
use reading::Reading;

/// Why an update is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The place of the criteria among those given.
    pub criteria: usize,
    /// The clauses that hold, by their places; empty for "everything".
    because: Held,
}

/// Criteria, compiled together.
pub struct Matcher {
    program: Program,
    terms: Terms,
    postings: Postings,
}

/// What matching needs beside the criteria; made once and used for one update after another.
#[derive(Default)]
pub struct Scratch(Reading);

impl Matcher {
    /// Compiles criteria; `known` completes citations in saved searches as it does in search.
    pub fn new<'a>(criteria: impl IntoIterator<Item = &'a Criteria>, known: &KnownWorks) -> Self {
        let mut compiler = Compiler::new(known);
        let mut rules = Vec::new();
        for criteria in criteria {
            let join = match criteria {
                Criteria::All => Join::All,
                Criteria::Any(_) => Join::Any,
                Criteria::Every(_) => Join::Every,
            };
            let parts = criteria
                .clauses()
                .iter()
                .map(|clause| Part {
                    node: compiler.clause(clause),
                    by_name: clause.is_by_name(),
                })
                .collect();
            rules.push(Rule { join, parts });
        }
        Self::join(compiler, rules)
    }

    /// Compiles searches; a match names a search by its place.
    pub fn of_searches<'a>(searches: impl IntoIterator<Item = &'a Query>) -> Self {
        let known = KnownWorks::default();
        let mut compiler = Compiler::new(&known);
        let rules = searches
            .into_iter()
            .map(|query| Rule {
                join: Join::Any,
                parts: Box::new([Part {
                    node: compiler.query(query),
                    by_name: false,
                }]),
            })
            .collect();
        Self::join(compiler, rules)
    }

    fn join(mut compiler: Compiler<'_>, rules: Vec<Rule>) -> Self {
        for (place, rule) in rules.iter().enumerate() {
            let nodes = rule.parts.iter().map(|part| &part.node);
            match rule.join {
                Join::All => compiler.always(place),
                Join::Any => nodes.for_each(|node| compiler.post(place, &[node])),
                Join::Every => compiler.post(place, &nodes.collect::<Vec<_>>()),
            }
        }
        let (terms, postings) = compiler.finish();
        Self {
            program: Program::of(rules),
            terms,
            postings,
        }
    }

    /// How many criteria there are.
    pub fn len(&self) -> usize {
        self.program.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Who wants the update, in the order of the criteria. Archive is told to nobody; what is for
    /// followers, to those who named it.
    pub fn matches(&self, update: &Update, scratch: &mut Scratch) -> Vec<Match> {
        if update.reach == Reach::Archive {
            return Vec::new();
        }
        self.held(update, update.reach, scratch)
    }

    /// Which of the criteria hold of the update, as searching by hand finds it: whoever is told of it,
    /// and be it nobody.
    pub fn finds(&self, update: &Update, scratch: &mut Scratch) -> Vec<Match> {
        self.held(update, Reach::News, scratch)
    }

    fn held(&self, update: &Update, reach: Reach, scratch: &mut Scratch) -> Vec<Match> {
        if self.is_empty() {
            return Vec::new();
        }
        let reading = &mut scratch.0;
        reading.read(update, &self.terms);
        let mut places = self.postings.candidates(reading);
        places.sort_unstable();
        places.dedup();
        places
            .into_iter()
            .filter_map(|place| {
                Some(Match {
                    criteria: usize::try_from(place).ok()?,
                    because: self.program.because(place, reach, reading)?,
                })
            })
            .collect()
    }
}

/// The clauses of a match, in words of criteria.
pub fn clauses<'a>(criteria: &'a Criteria, found: &Match) -> Vec<&'a Clause> {
    let all = criteria.clauses();
    found
        .because
        .iter()
        .filter_map(|place| all.get(*place as usize))
        .collect()
}
