//! What a framework's page says, statement by statement, so that two states of it can be compared.

use std::collections::BTreeMap;

use super::library::{Crosswalk, Framework};
use super::profile::{Grounds, Profile, ProfileSource};

/// One statement of a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Statement {
    /// The section that it stands in.
    pub section: String,
    /// What it is known by there, wherever it moves and however it is reworded.
    pub key: String,
    /// What it says.
    pub text: String,
}

/// What became of a statement between two states of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementChange {
    /// It was not there before.
    Added(Statement),
    /// It says something else; what it said, and what it says.
    Reworded(Statement, Statement),
    /// It is gone.
    Removed(Statement),
}

impl StatementChange {
    /// The statement as it stands, or as it last stood.
    pub fn statement(&self) -> &Statement {
        match self {
            Self::Added(now) | Self::Reworded(_, now) | Self::Removed(now) => now,
        }
    }
}

/// What changed from one state to another, by section and key.
pub fn changes(before: &[Statement], after: &[Statement]) -> Vec<StatementChange> {
    let by_key = |statements: &[Statement]| -> BTreeMap<(String, String), Statement> {
        statements
            .iter()
            .map(|one| ((one.section.clone(), one.key.clone()), one.clone()))
            .collect()
    };
    let old = by_key(before);
    let new = by_key(after);
    let mut out: BTreeMap<(String, String), StatementChange> = BTreeMap::new();
    for (key, was) in &old {
        match new.get(key) {
            None => {
                out.insert(key.clone(), StatementChange::Removed(was.clone()));
            }
            Some(now) if now.text != was.text => {
                out.insert(
                    key.clone(),
                    StatementChange::Reworded(was.clone(), now.clone()),
                );
            }
            Some(_) => {}
        }
    }
    for (key, now) in new {
        if !old.contains_key(&key) {
            out.insert(key, StatementChange::Added(now));
        }
    }
    out.into_values().collect()
}

/// Everything that a framework's page says by itself: from its file and from the crosswalks that
/// name it. What is collected is not among it.
pub fn statements(framework: &Framework, crosswalks: &[Crosswalk]) -> Vec<Statement> {
    let mut out = Vec::new();
    let mut say = |section: &str, key: &str, text: String| {
        out.push(Statement {
            section: section.to_owned(),
            key: key.to_owned(),
            text,
        });
    };
    say("facts", "title", framework.title.clone());
    say("facts", "status", framework.status.replace('_', " "));
    if let Some(edition) = &framework.edition {
        say("facts", "edition", edition.clone());
    }
    for date in &framework.dates {
        let text = format!(
            "{}: {}{}",
            date.date,
            date.label,
            if date.verified {
                ""
            } else {
                " (not confirmed)"
            }
        );
        say("timeline", &date.label, text);
    }
    for walk in crosswalks
        .iter()
        .filter(|walk| walk.a == framework.id || walk.b == framework.id)
    {
        say(
            "crosswalk",
            &format!("{} {} {}", walk.a, walk.relation, walk.b),
            walk.note.clone(),
        );
    }
    if let Some(profile) = &framework.profile {
        of_page(profile, &mut say);
    }
    out
}

fn of_page(profile: &Profile, say: &mut impl FnMut(&str, &str, String)) {
    let with = |text: &str, grounds: &Grounds| {
        if grounds.is_unconfirmed() {
            format!("{text} (reported, not confirmed)")
        } else {
            text.to_owned()
        }
    };
    say("facts", "page title", profile.title.clone());
    say("facts", "summary", profile.summary.clone());
    for need in &profile.needs {
        let text = format!(
            "{}: {} {}",
            need.label,
            need.advice,
            need.actions.join("; ")
        );
        say("need", &need.role, with(&text, &need.grounds));
    }
    for area in &profile.control_areas {
        let text = [
            area.reference.as_deref().unwrap_or_default(),
            &area.title,
            area.summary.as_deref().unwrap_or_default(),
            &area.groups.join("; "),
        ]
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect::<Vec<&str>>()
        .join(" ");
        let key = format!(
            "{} {}",
            area.reference.as_deref().unwrap_or_default(),
            area.title
        );
        say("control_area", key.trim(), with(&text, &area.grounds));
    }
    for entry in &profile.timeline {
        let day = entry
            .date
            .map_or_else(|| "no date".to_owned(), |day| entry.precision.told(day));
        let note = entry.note.as_deref().unwrap_or_default();
        let text = format!("{day}: {} {note}", entry.label);
        say("timeline", &entry.label, with(text.trim(), &entry.grounds));
    }
    for walk in &profile.crosswalks {
        let text = walk.note.as_deref().unwrap_or_default();
        say(
            "crosswalk",
            walk.framework.as_str(),
            with(text, &walk.grounds),
        );
    }
    for one in &profile.adoption.certified {
        let day = one
            .date
            .map(|day| one.precision.told(day))
            .unwrap_or_default();
        let text = format!(
            "{} {day} {}",
            one.organisation,
            one.note.as_deref().unwrap_or_default()
        );
        say(
            "adoption",
            &format!("certified {}", one.organisation),
            with(text.trim(), &one.grounds),
        );
    }
    for one in &profile.adoption.assessors {
        let text = format!("{} {}", one.body, one.note.as_deref().unwrap_or_default());
        say(
            "adoption",
            &format!("assessor {}", one.body),
            with(text.trim(), &one.grounds),
        );
    }
    for one in &profile.adoption.contributors {
        let text = format!("{} {}", one.body, one.role.as_deref().unwrap_or_default());
        say(
            "adoption",
            &format!("contributor {}", one.body),
            with(text.trim(), &one.grounds),
        );
    }
    for (place, one) in profile.regulatory_references.iter().enumerate() {
        let part = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let key = format!(
            "{} {} {}",
            part(one.jurisdiction.as_ref().map(|id| id.as_str())),
            part(one.body.as_ref().map(|id| id.as_str())),
            part(one.framework.as_ref().map(|id| id.as_str()))
        );
        let twin = profile
            .regulatory_references
            .iter()
            .take(place)
            .filter(|other| {
                (&other.jurisdiction, &other.body, &other.framework)
                    == (&one.jurisdiction, &one.body, &one.framework)
            })
            .count();
        say(
            "regulatory_reference",
            format!("{key} {twin}").trim(),
            with(one.note.as_deref().unwrap_or_default(), &one.grounds),
        );
    }
    if let Some(way) = &profile.certification {
        if let Some(intro) = &way.intro {
            say("certification", "intro", with(intro, &way.grounds));
        }
        for (number, step) in way.steps.iter().enumerate() {
            let text = format!(
                "{}: {}",
                step.title,
                step.text.as_deref().unwrap_or_default()
            );
            say(
                "certification",
                &format!("step {}", number + 1),
                with(&text, &step.grounds),
            );
        }
    }
    for one in &profile.coverage {
        say(
            "coverage",
            one.jurisdiction.as_str(),
            one.basis.clone().unwrap_or_default(),
        );
    }
    for one in &profile.faq {
        say("faq", &one.question, with(&one.answer, &one.grounds));
    }
    for source in &profile.sources {
        say("sources", &source.id, named(source));
    }
}

fn named(source: &ProfileSource) -> String {
    match &source.url {
        Some(url) => format!("{} {url}", source.title),
        None => source.title.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(key: &str, text: &str) -> Statement {
        Statement {
            section: "faq".to_owned(),
            key: key.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn what_changed_is_told_by_statement() {
        let before = [
            statement("a", "1"),
            statement("b", "2"),
            statement("c", "3"),
        ];
        let after = [
            statement("d", "4"),
            statement("c", "3"),
            statement("b", "two"),
        ];
        assert_eq!(
            changes(&before, &after),
            [
                StatementChange::Removed(statement("a", "1")),
                StatementChange::Reworded(statement("b", "2"), statement("b", "two")),
                StatementChange::Added(statement("d", "4")),
            ]
        );
        assert!(changes(&after, &after).is_empty());
    }
}
