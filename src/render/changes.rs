//! What changed: on a framework's page since a day, and of chosen frameworks since a day.

use super::calendar::{Choice, DueView};
use super::card::UpdateCard;
use super::views::{Moment, Named};
use super::{FacetLink, View};
use crate::domain::statement::{Statement, StatementChange};

/// A statement that changed.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct StatementView {
    /// What became of it: new, reworded, removed.
    pub what: String,
    /// Its section.
    pub section: String,
    /// What it is known by.
    pub key: String,
    /// What it said.
    pub before: Option<String>,
    /// What it says.
    pub after: Option<String>,
    /// Since when.
    pub at: Moment,
}

impl StatementView {
    /// A change that was seen at a moment.
    pub fn new(change: &StatementChange, at: Moment) -> Self {
        let of = |one: &Statement| Some(one.text.clone());
        let (what, before, after) = match change {
            StatementChange::Added(now) => ("new", None, of(now)),
            StatementChange::Reworded(was, now) => ("reworded", of(was), of(now)),
            StatementChange::Removed(was) => ("removed", of(was), None),
        };
        let statement = change.statement();
        Self {
            what: what.to_owned(),
            section: statement.section.replace('_', " "),
            key: statement.key.clone(),
            before,
            after,
            at,
        }
    }

    /// The same in a line.
    pub fn line(&self) -> String {
        let text = self.after.as_ref().or(self.before.as_ref());
        format!(
            "{} ({}): {}",
            self.what,
            self.section,
            text.map_or("", String::as_str)
        )
    }
}

/// `/frameworks/{id}/changes`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ChangesPage {
    /// The framework's identifier.
    pub id: String,
    /// Its short name.
    pub short: String,
    /// Since when, as the form has it.
    pub since: String,
    /// Since when, for people.
    pub since_shown: String,
    /// What was asked for and is no day.
    pub problem: Option<String>,
    /// Since when the page's states are kept.
    pub kept_since: Option<Moment>,
    /// Statements that changed.
    pub statements: Vec<StatementView>,
    /// Dates that were told or moved.
    pub dates: Vec<DueView>,
    /// Updates.
    pub updates: Vec<UpdateCard>,
    /// How many updates.
    pub total: usize,
    /// The search for all of them.
    pub search: String,
}

impl View for ChangesPage {
    const TEMPLATE: &'static str = "web/changes.html";
    fn sample() -> Self {
        Self {
            id: "iso-iec-42001".to_owned(),
            short: "ISO/IEC 42001".to_owned(),
            since: "2026-01-01".to_owned(),
            since_shown: "1 January 2026".to_owned(),
            problem: Some("“x” is no day.".to_owned()),
            kept_since: Some(Moment::default()),
            statements: vec![StatementView {
                what: "reworded".to_owned(),
                section: "faq".to_owned(),
                key: "What is it?".to_owned(),
                before: Some("A thing.".to_owned()),
                after: Some("A standard.".to_owned()),
                at: Moment::default(),
            }],
            dates: vec![DueView::default()],
            updates: vec![UpdateCard::sample()],
            total: 3,
            search: "/search?q=framework:iso-iec-42001".to_owned(),
        }
    }
}

/// What happened to one framework.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct MissedPart {
    /// The framework.
    pub framework: Named,
    /// Statements of its page that changed.
    pub statements: Vec<StatementView>,
    /// Dates that were told or moved.
    pub dates: Vec<DueView>,
    /// Updates.
    pub updates: Vec<UpdateCard>,
    /// How many there are.
    pub total: usize,
    /// Whether there may be more.
    pub more: bool,
    /// The search for all of them.
    pub search: String,
}

/// `/missed`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct MissedPage {
    /// Since when, as the form has it.
    pub since: String,
    /// Since when, for people.
    pub since_shown: String,
    /// What was not understood.
    pub problems: Vec<String>,
    /// Whether something was asked for.
    pub asked: bool,
    /// Frameworks to choose from, by kind.
    pub choices: Vec<(String, Vec<Choice>)>,
    /// What happened, by framework.
    pub parts: Vec<MissedPart>,
    /// Frameworks in which nothing happened.
    pub quiet: Vec<Named>,
    /// "38 of 41 sources fresh".
    pub coverage: String,
    /// Stretches that are often asked for.
    pub spans: Vec<FacetLink>,
    /// When the page was made.
    pub made: Moment,
}

impl View for MissedPage {
    const TEMPLATE: &'static str = "web/missed.html";
    fn sample() -> Self {
        let framework = Named {
            name: "ISO/IEC 42001".to_owned(),
            href: "/frameworks/iso-iec-42001".to_owned(),
        };
        Self {
            since: "2026-01-01".to_owned(),
            since_shown: "1 January 2026".to_owned(),
            problems: vec!["“x” is no day.".to_owned()],
            asked: true,
            choices: vec![(
                "Standards".to_owned(),
                vec![Choice {
                    value: "iso-iec-42001".to_owned(),
                    name: "ISO/IEC 42001".to_owned(),
                    chosen: true,
                }],
            )],
            parts: vec![MissedPart {
                framework: framework.clone(),
                statements: ChangesPage::sample().statements,
                dates: vec![DueView::default()],
                updates: vec![UpdateCard::sample()],
                total: 2,
                more: true,
                search: "/search?q=x".to_owned(),
            }],
            quiet: vec![framework],
            coverage: "38 of 41 sources fresh".to_owned(),
            spans: vec![FacetLink::default()],
            made: Moment::default(),
        }
    }
}
