//! An update and all criteria -> who wants it, and why.
//!
//! It knows how criteria are compiled so that a hundred thousand of them cost little more than
//! reading the update's words. It calls nothing but the ground floor, and reads the same words as
//! search does: a saved search matches exactly what searching by hand would find. It deliberately
//! does not know whose criteria they are, or what is done with a match.

mod compile;
mod judge;
mod preview;
mod reading;

#[cfg(test)]
mod tests;

use crate::domain::criteria::{Clause, Criteria};
use crate::domain::query::Query;
use crate::domain::reference::KnownWorks;
use crate::domain::update::{Reach, Update};
use compile::{Compiler, Node, Postings, Terms};
pub use judge::{Refusal, judge};
pub use preview::{Item, Preview};
use reading::Reading;

/// Why an update is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The place of the criteria among those given.
    pub criteria: usize,
    /// The clauses that hold, by their places; empty for "everything".
    pub because: Vec<usize>,
}

/// One clause, compiled.
struct Part {
    node: Node,
    by_name: bool,
}

/// How the parts of criteria are joined.
enum Join {
    All,
    Any,
    Every,
}

struct Rule {
    join: Join,
    parts: Box<[Part]>,
}

/// Criteria, compiled together.
pub struct Matcher {
    rules: Vec<Rule>,
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
            rules,
            terms,
            postings,
        }
    }

    /// How many criteria there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Who wants the update, in the order of the criteria. Archive is told to nobody; what is for
    /// followers, to those who named it.
    pub fn matches(&self, update: &Update, scratch: &mut Scratch) -> Vec<Match> {
        if update.reach == Reach::Archive || self.rules.is_empty() {
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
                let place = usize::try_from(place).ok()?;
                let because = self.rules.get(place)?.because(update.reach, reading)?;
                Some(Match {
                    criteria: place,
                    because,
                })
            })
            .collect()
    }
}

impl Rule {
    fn because(&self, reach: Reach, reading: &Reading) -> Option<Vec<usize>> {
        if matches!(self.join, Join::All) {
            return (reach == Reach::News).then(Vec::new);
        }
        let every = matches!(self.join, Join::Every);
        let mut held = Vec::new();
        for (place, part) in self.parts.iter().enumerate() {
            if part.node.holds(reading) {
                held.push(place);
            } else if every {
                return None;
            }
        }
        let named = |place: &usize| self.parts.get(*place).is_some_and(|part| part.by_name);
        if reach != Reach::News {
            if every {
                return held.iter().any(named).then_some(held);
            }
            held.retain(named);
        }
        (!held.is_empty()).then_some(held)
    }
}

/// The clauses of a match, in words of criteria.
pub fn clauses<'a>(criteria: &'a Criteria, found: &Match) -> Vec<&'a Clause> {
    let all = criteria.clauses();
    found
        .because
        .iter()
        .filter_map(|place| all.get(*place))
        .collect()
}
