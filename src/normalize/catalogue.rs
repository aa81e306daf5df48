//! A change of a standard's life -> Update, in our own words from the catalogue's facts.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::{NaiveDate, TimeDelta};

use super::{Circumstances, Normalized};
use crate::domain::id::UpdateId;
use crate::domain::key_date::{Certainty, DateEvent, KeyDate, Precision};
use crate::domain::standard::{FactChange, Position, ProjectChange, StageNews, StageStep, Step};
use crate::domain::stated::{Stated, StatedDate};
use crate::domain::told_date::ToldDate;
use crate::domain::update::{Because, Content, Field, Reach, Tags, Update, UpdateKind};
use crate::text::date::Stamp;
use crate::text::html::{self, SafeHtml};

/// How lately a document must have been published for its first listing to be news: catalogues
/// also take in what is decades old.
const LATELY: TimeDelta = TimeDelta::days(60);

/// Makes the change of a project an Update. `names` says what numbered projects are called.
pub fn catalogue_update(
    change: &ProjectChange,
    about: &Circumstances<'_>,
    names: &HashMap<String, String>,
) -> Normalized {
    let row = &change.row;
    let key = match change.steps.first() {
        Some(_) => format!("{}/stage/{}", change.project.id, change.first_event),
        None => format!("{}/facts/{}", change.project.id, change.project.facts),
    };
    let telling = Telling { change, names };
    let was_there = change.baseline || telling.was_there();
    let kind = if was_there { None } else { telling.kind() };
    let reach = match (was_there, kind) {
        (true, _) => Reach::Archive,
        (false, Some(_)) => Reach::News,
        (false, None) => Reach::Followers,
    };
    let (key_dates, dates) = telling.dates();
    let content = Content {
        url: row.facts.url.as_ref().map(|url| url.canonical()),
        title: html::excerpt(&telling.title(was_there), 300),
        summary: html::excerpt(&telling.summary(), super::SUMMARY),
        body: SafeHtml::default(),
        published: telling.published(about),
        stated: Stated {
            dates,
            bodies: publishers(&row.reference),
            references: vec![row.reference.clone()],
            kind,
            notes: Vec::new(),
        },
        stage: telling.news(),
        ..Content::default()
    };
    Normalized {
        update: Update {
            id: UpdateId::of(about.source, &key),
            source: about.source.clone(),
            key,
            revision: 1,
            first_seen: about.now,
            revised_at: about.now,
            content,
            authority: about.authority,
            reach,
            tags: Tags::default(),
            key_dates,
            story: None,
            correction: false,
            cause: None,
            evidence: about.evidence.clone(),
        },
        language: Some("en".to_owned()),
        text: String::new(),
    }
}

/// The publishers in a reference: of `ISO/IEC TS 6254` they are ISO and IEC.
fn publishers(reference: &str) -> Vec<String> {
    let head = reference.split(' ').next().unwrap_or_default();
    let mut out: Vec<String> = Vec::new();
    for name in head.split('/') {
        let is_name = name.len() >= 2
            && name
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        // `ISO/DIS 9001`: what follows ISO alone is a stage or a type.
        let is_stage = matches!(
            name,
            "PWI"
                | "NP"
                | "AWI"
                | "WD"
                | "CD"
                | "DIS"
                | "FDIS"
                | "PRF"
                | "DTS"
                | "DTR"
                | "FDTS"
                | "FDTR"
                | "DPAS"
                | "TS"
                | "TR"
                | "PAS"
                | "CDV"
                | "IWA"
        );
        if is_name && !is_stage && !out.iter().any(|one| one == name) {
            out.push(name.to_owned());
        }
    }
    out
}

struct Telling<'a> {
    change: &'a ProjectChange,
    names: &'a HashMap<String, String>,
}

impl Telling<'_> {
    fn last(&self) -> Option<&Step> {
        self.change.steps.last()
    }

    /// Whether the document is new to the list only: it was published long ago.
    fn was_there(&self) -> bool {
        let since = (self.change.at - LATELY).date_naive();
        let lately = self
            .change
            .row
            .facts
            .published
            .is_some_and(|published| published.last() >= since);
        self.change.is_new && self.change.project.position.is_published() && !lately
    }

    /// The kind of news: that of the last step; when that one is told to followers only, of
    /// a lasting one before it. A ballot that has closed meanwhile is open no more.
    fn kind(&self) -> Option<UpdateKind> {
        let amends = self.change.row.facts.supplement;
        let of = |step: &Step| step.to.kind(amends);
        if let Some(last) = self.last() {
            if let Some(kind) = of(last) {
                return Some(kind);
            }
            return self.change.steps.iter().rev().find_map(|step| {
                of(step).filter(|kind| {
                    matches!(
                        kind,
                        UpdateKind::NewEdition
                            | UpdateKind::Amendment
                            | UpdateKind::StatusConfirmed
                    )
                })
            });
        }
        self.change
            .facts
            .iter()
            .any(|fact| matches!(fact, FactChange::Comments { to: Some(_), .. }))
            .then_some(UpdateKind::Deadline)
    }

    fn title(&self, was_there: bool) -> String {
        let row = &self.change.row;
        let mut title = format!("{}: ", row.reference);
        match self.last() {
            Some(step) => {
                if was_there {
                    title.push_str("listed as ");
                }
                title.push_str(&told(&step.to));
                if !was_there && step.to.kind(false) == Some(UpdateKind::Withdrawal) {
                    let by = self.named(&row.facts.replaced_by);
                    if !by.is_empty() {
                        let _ = write!(title, ", replaced by {by}");
                    }
                }
                if let (Position::Draft(_), Some(day)) = (&step.to, row.facts.comments_close) {
                    let _ = write!(title, ", comments until {day}");
                }
            }
            None => title.push_str(
                &self
                    .facts()
                    .into_iter()
                    .next()
                    .unwrap_or_else(|| "entry changed".to_owned()),
            ),
        }
        title
    }

    fn summary(&self) -> String {
        let row = &self.change.row;
        let mut out = String::new();
        if !row.facts.title.is_empty() {
            let _ = write!(out, "{}. ", row.facts.title.trim_end_matches('.'));
        }
        if let (Some(first), Some(_)) = (self.change.steps.first(), self.last()) {
            match &first.from {
                Some(from) => {
                    let _ = write!(out, "From {from} ({})", from.meaning());
                    for step in &self.change.steps {
                        let _ = write!(out, " to {} ({})", step.to, step.to.meaning());
                    }
                }
                None if self.change.baseline => {
                    let _ = write!(out, "Listed at {} ({})", first.to, first.to.meaning());
                }
                None => {
                    let _ = write!(
                        out,
                        "New in the catalogue at {} ({})",
                        first.to,
                        first.to.meaning()
                    );
                    for step in self.change.steps.iter().skip(1) {
                        let _ = write!(out, ", then {} ({})", step.to, step.to.meaning());
                    }
                }
            }
            let _ = write!(out, ", first seen on {}. ", self.change.at.date_naive());
        }
        for fact in self.facts() {
            let _ = write!(out, "{}. ", capital(&fact));
        }
        if let Some(committee) = &row.facts.committee {
            let _ = write!(out, "Committee: {committee}. ");
        }
        out.trim_end().to_owned()
    }

    /// What else changed, weightiest first.
    fn facts(&self) -> Vec<String> {
        let row = &self.change.row;
        let date = |date: &Option<ToldDate>| {
            date.map_or_else(|| "no date".to_owned(), |date| date.to_string())
        };
        let mut out: Vec<(u8, String)> = Vec::new();
        for fact in &self.change.facts {
            out.push(match fact {
                FactChange::ReplacedBy { by } => (0, format!("replaced by {}", self.named(by))),
                FactChange::Comments { from, to } => (1, comments(*from, *to)),
                FactChange::Renamed { from } => (
                    2,
                    format!(
                        "renamed “{}”, before “{}”",
                        html::excerpt(&row.facts.title, 120),
                        html::excerpt(from, 120)
                    ),
                ),
                FactChange::Referenced { from } => (3, format!("before called {from}")),
                FactChange::Dated { from, to } => (
                    4,
                    format!("date of publication {}, before {}", date(to), date(from)),
                ),
                FactChange::UnderRevision { by } => {
                    (5, format!("a revision is under way: {}", self.named(by)))
                }
                FactChange::Amended { by } => (6, format!("amended by {}", self.named(by))),
                FactChange::Replaces { what } => (7, format!("replaces {}", self.named(what))),
                FactChange::Handed { from } => (
                    8,
                    format!(
                        "handed to {}{}",
                        row.facts
                            .committee
                            .as_deref()
                            .unwrap_or("another committee"),
                        from.as_ref()
                            .map_or_else(String::new, |from| format!(", before {from}"))
                    ),
                ),
            });
        }
        out.sort_by_key(|(weight, _)| *weight);
        out.into_iter()
            .map(|(_, text)| text)
            .filter(|text| !text.ends_with(' '))
            .collect()
    }

    /// References in a row; numbers by what they are called, and left out where nobody knows.
    fn named(&self, related: &[String]) -> String {
        let names: Vec<&str> = related
            .iter()
            .filter_map(|one| match self.names.get(one) {
                Some(name) => Some(name.as_str()),
                None if one.bytes().all(|b| b.is_ascii_digit()) => None,
                None => Some(one.as_str()),
            })
            .take(5)
            .collect();
        names.join(", ")
    }

    /// Days that the row states: the end of comments where the stage or that day moved (said once
    /// and not with every other change of the row), and a publication told to the day.
    fn dates(&self) -> (Vec<KeyDate>, Vec<StatedDate>) {
        let facts = &self.change.row.facts;
        let mut found: Vec<(DateEvent, NaiveDate, &str, Option<NaiveDate>)> = Vec::new();
        let is_open = matches!(self.change.project.position, Position::Draft(_));
        let moved = self.change.facts.iter().find_map(|fact| match fact {
            FactChange::Comments { from, .. } => Some(*from),
            _ => None,
        });
        let opens = is_open && !self.change.steps.is_empty();
        if let Some(day) = facts.comments_open.filter(|_| opens) {
            found.push((DateEvent::CommentsOpen, day, "comment-from", None));
        }
        if let Some(day) = facts
            .comments_close
            .filter(|_| opens || is_open && moved.is_some())
        {
            let was = moved.flatten();
            found.push((DateEvent::CommentsClose, day, "comment-to", was));
        }
        let published = self
            .last()
            .and_then(|step| step.date)
            .filter(|date| date.precision() == Precision::Day);
        if let Some(date) = published {
            found.push((DateEvent::Publication, date.first(), "publication", None));
        }
        let stated = found
            .iter()
            .map(|(event, date, field, _)| StatedDate {
                event: *event,
                date: *date,
                field: (*field).to_owned(),
            })
            .collect();
        let key_dates = found
            .into_iter()
            .map(|(event, date, field, was)| KeyDate {
                date,
                precision: Precision::Day,
                event,
                certainty: Certainty::Stated,
                was,
                because: Because {
                    rule: "stated".into(),
                    field: Field::Stated,
                    text: field.to_owned(),
                    start: 0,
                },
            })
            .collect();
        (key_dates, stated)
    }

    /// When it happened, as far as the catalogue says: the day of a publication. A snapshot of
    /// an earlier time that is taken in by hand says at least when it was so.
    fn published(&self, about: &Circumstances<'_>) -> Option<Stamp> {
        let day = self
            .last()
            .and_then(|step| step.date)
            .filter(|date| date.precision() == Precision::Day)
            .map(|date| Stamp::Day(date.first()));
        day.or_else(|| (self.change.at < about.now).then_some(Stamp::Instant(self.change.at)))
    }

    /// The steps between stage codes, for programs.
    fn news(&self) -> Option<StageNews> {
        let seen = ToldDate::day(self.change.at.date_naive());
        let changes: Vec<StageStep> = self
            .change
            .steps
            .iter()
            .filter_map(|step| {
                Some(StageStep {
                    from: step.from.as_ref().and_then(Position::stage),
                    to: step.to.stage()?,
                    date: step.date.unwrap_or(seen),
                })
            })
            .collect();
        (!changes.is_empty()).then(|| StageNews {
            standard: self.change.row.work.clone(),
            changes,
        })
    }
}

/// A position in words, with its code where it has one.
fn told(position: &Position) -> String {
    match position.stage() {
        Some(stage) => format!("{} ({stage})", position.meaning()),
        None => position.meaning(),
    }
}

fn comments(from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("comments until {to}, before until {from}"),
        (None, Some(to)) => format!("comments until {to}"),
        _ => "no period of comments any more".to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests;
