//! Criteria that can never match, or match everything, and why: told before they are saved.

use chrono::NaiveDate;

use crate::domain::criteria::{Clause, Criteria};
use crate::domain::query::{self, Filter, Query};
use crate::domain::reference::KnownWorks;
use crate::text::words;

/// Why criteria are not saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing will ever match.
    #[error("this would never tell you anything: {0}")]
    Nothing(String),
    /// Everything matches.
    #[error("this would tell you everything: {0}. Choose \"everything\" if that is what you want")]
    Everything(String),
    /// A saved search that was not understood as it is written.
    #[error("the search `{search}` was not understood: {problem}")]
    Search {
        /// The search.
        search: String,
        /// What was made of it instead.
        problem: String,
    },
}

/// Whether criteria can tell somebody something, and not everything; `today` decides which days
/// are past.
///
/// # Errors
/// With the reason, in a sentence for whoever wrote them.
pub fn judge(criteria: &Criteria, known: &KnownWorks, today: NaiveDate) -> Result<(), Refusal> {
    let (clauses, every) = match criteria {
        Criteria::All => return Ok(()),
        Criteria::Any(clauses) => (clauses, false),
        Criteria::Every(clauses) => (clauses, true),
    };
    if clauses.is_empty() {
        return Err(Refusal::Nothing("no criterion is named".to_owned()));
    }
    let mut parts = Vec::new();
    for clause in clauses {
        let part = as_query(clause, known)?;
        if let Some(why) = never(&part, today) {
            return Err(Refusal::Nothing(format!("`{clause}`: {why}")));
        }
        if always(&part, today) {
            return Err(Refusal::Everything(format!(
                "`{clause}` holds for every update"
            )));
        }
        parts.push(part);
    }
    if every {
        if let Some(why) = never(&Query::And(parts), today) {
            return Err(Refusal::Nothing(why));
        }
    } else if always(&Query::Or(parts), today) {
        return Err(Refusal::Everything(
            "what one criterion leaves out, another takes in".to_owned(),
        ));
    }
    Ok(())
}

/// A clause as a query, where that says the same for what is judged here.
fn as_query(clause: &Clause, known: &KnownWorks) -> Result<Query, Refusal> {
    Ok(Query::Filter(match clause {
        Clause::Framework(id) => Filter::Framework(id.clone()),
        Clause::Standard(work) => Filter::Standard(work.clone()),
        Clause::Jurisdiction(id) => Filter::Jurisdiction(id.clone()),
        Clause::Topic(id) => Filter::Topic(id.clone()),
        Clause::Body(id) => Filter::Body(id.clone()),
        Clause::Kind(kind) => Filter::Kind(*kind),
        Clause::Source(id) | Clause::Page(id) => Filter::Source(id.clone()),
        Clause::Deadlines => {
            return Ok(Query::Word {
                text: "deadlines".to_owned(),
                prefix: false,
            });
        }
        Clause::Search(text) => {
            let understood = query::read(text, known);
            if let Some(problem) = understood.problems.first() {
                return Err(Refusal::Search {
                    search: text.clone(),
                    problem: problem.clone(),
                });
            }
            return Ok(understood.query);
        }
    }))
}

/// Why a query can never match what is still to come; none where it can.
fn never(query: &Query, today: NaiveDate) -> Option<String> {
    match query {
        Query::All | Query::Citation { .. } => None,
        Query::Word { text, .. } | Query::Phrase(text) => words::tokens(text)
            .is_empty()
            .then(|| format!("`{text}` has no word that can be looked for")),
        Query::Filter(Filter::Before(day)) => (*day <= today)
            .then(|| format!("`before:{day}` is past, and news is never dated so early")),
        Query::Filter(_) => None,
        Query::Or(parts) => {
            let reasons: Option<Vec<String>> =
                parts.iter().map(|part| never(part, today)).collect();
            reasons.and_then(|reasons| reasons.into_iter().next())
        }
        Query::Not(inner) => always(inner, today).then(|| "it excludes everything".to_owned()),
        Query::And(parts) => {
            let mut flat = Vec::new();
            flatten(parts, &mut flat);
            flat.iter()
                .find_map(|part| never(part, today))
                .or_else(|| contradiction(&flat))
        }
    }
}

fn flatten<'q>(parts: &'q [Query], out: &mut Vec<&'q Query>) {
    for part in parts {
        match part {
            Query::And(inner) => flatten(inner, out),
            part => out.push(part),
        }
    }
}

/// Two of the parts that cannot hold together.
fn contradiction(parts: &[&Query]) -> Option<String> {
    for (place, one) in parts.iter().enumerate() {
        for other in parts.get(place + 1..).unwrap_or(&[]) {
            if let Some(why) = clash(one, other) {
                return Some(why);
            }
        }
    }
    None
}

fn clash(one: &Query, other: &Query) -> Option<String> {
    let (a, b) = match (one, other) {
        (Query::Not(inner), part) | (part, Query::Not(inner)) if inner.as_ref() == part => {
            return Some("it asks for something and excludes the same".to_owned());
        }
        (Query::Filter(a), Query::Filter(b)) => (a, b),
        _ => return None,
    };
    match (a, b) {
        (Filter::Kind(a), Filter::Kind(b)) if a != b => Some(format!(
            "an update has one kind, and cannot be `{}` and `{}`",
            a.as_str(),
            b.as_str()
        )),
        (Filter::Source(a), Filter::Source(b)) if a != b => Some(format!(
            "an update has one source, and cannot come from `{a}` and `{b}`"
        )),
        (Filter::Language(a), Filter::Language(b)) if a != b => Some(format!(
            "an update has one language, and cannot be in `{a}` and `{b}`"
        )),
        (Filter::Authority(a), Filter::Authority(b)) if a != b => Some(format!(
            "an update has one authority, and cannot be `{}` and `{}`",
            a.as_str(),
            b.as_str()
        )),
        (Filter::After(from), Filter::Before(until))
        | (Filter::Before(until), Filter::After(from))
            if from >= until =>
        {
            Some(format!("no day is after {from} and before {until}"))
        }
        _ => None,
    }
}

/// Whether a query matches whatever is still to come.
fn always(query: &Query, today: NaiveDate) -> bool {
    match query {
        Query::All => true,
        // News may be dated some days back, never much.
        Query::Filter(Filter::After(day)) => *day + chrono::TimeDelta::days(60) < today,
        Query::Word { .. } | Query::Phrase(_) | Query::Citation { .. } | Query::Filter(_) => false,
        Query::And(parts) => parts.iter().all(|part| always(part, today)),
        Query::Or(parts) => {
            parts.iter().any(|part| always(part, today))
                || parts.iter().any(|part| {
                    parts
                        .iter()
                        .any(|other| matches!(other, Query::Not(inner) if inner.as_ref() == part))
                })
        }
        Query::Not(inner) => never(inner, today).is_some(),
    }
}
