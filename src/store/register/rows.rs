//! Rows of the register as the database has them, and what they say.

use chrono::{DateTime, Utc};

use crate::domain::catalogue::{CatalogueRow, RowFacts, StoredRow};
use crate::domain::change::Fingerprint;
use crate::domain::id::SourceId;
use crate::domain::standard::{Position, Project, ProjectId, StageEvent, Weight};
use crate::store::{Error, json, small, unreadable};

/// A row of a catalogue.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    source_id: String,
    row_key: String,
    file: Option<String>,
    project: String,
    reference: String,
    work: String,
    stands_at: String,
    rank: i64,
    facts: String,
    fingerprint: String,
    since_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    since_snapshot: i64,
    missed: i64,
    looks: i64,
    absent_since: Option<i64>,
}

impl Row {
    pub(super) fn stored(self) -> Result<(SourceId, StoredRow), Error> {
        let table = "catalogue_rows";
        let key = self.row_key.clone();
        let wrong = |error: &dyn std::fmt::Display| unreadable(table, &key, error);
        let facts: RowFacts = json(table, &key, &self.facts)?;
        let stored = StoredRow {
            row: CatalogueRow {
                key: self.row_key,
                file: self.file,
                project: project_id(table, &key, self.project)?,
                reference: self.reference,
                work: self.work,
                position: position(table, &key, &self.stands_at)?,
                rank: small(table, &key, self.rank)?,
                facts,
            },
            bytes: Fingerprint::read(&self.fingerprint)
                .ok_or_else(|| wrong(&"its fingerprint is none"))?,
            since: self.since_at,
            seen_at: self.seen_at,
            since_snapshot: self.since_snapshot,
            missed: self.missed,
            looks: self.looks,
            absent_since: self.absent_since,
        };
        let source = SourceId::new(self.source_id).map_err(|error| wrong(&error))?;
        Ok((source, stored))
    }
}

/// A project.
#[derive(sqlx::FromRow)]
pub(super) struct ProjectRow {
    id: String,
    work: String,
    reference: String,
    stands_at: String,
    since_at: DateTime<Utc>,
    source_id: String,
    row_key: String,
    rank: i64,
    first_seen: DateTime<Utc>,
    events: i64,
    facts: i64,
}

impl ProjectRow {
    pub(super) fn project(self) -> Result<Project, Error> {
        let table = "projects";
        let key = self.id.clone();
        Ok(Project {
            id: project_id(table, &key, self.id)?,
            work: self.work,
            reference: self.reference,
            position: position(table, &key, &self.stands_at)?,
            since: self.since_at,
            source: SourceId::new(self.source_id)
                .map_err(|error| unreadable(table, &key, error))?,
            row: self.row_key,
            rank: small(table, &key, self.rank)?,
            first_seen: self.first_seen,
            events: small(table, &key, self.events)?,
            facts: small(table, &key, self.facts)?,
        })
    }
}

/// An event of a project's history.
#[derive(sqlx::FromRow)]
pub(super) struct EventRow {
    project: String,
    number: i64,
    weight: String,
    from_position: Option<String>,
    to_position: String,
    stated_date: Option<String>,
    observed_at: DateTime<Utc>,
    source_id: String,
    row_key: String,
    reference: String,
    file: Option<String>,
    document: i64,
}

impl EventRow {
    pub(super) fn event(self) -> Result<StageEvent, Error> {
        let table = "stage_events";
        let key = format!("{}/{}", self.project, self.number);
        Ok(StageEvent {
            project: project_id(table, &key, self.project)?,
            number: small(table, &key, self.number)?,
            weight: match self.weight.as_str() {
                "moved" => Weight::Moved,
                "aside" => Weight::Aside,
                other => return Err(unreadable(table, &key, format!("`{other}` is no weight"))),
            },
            from: self
                .from_position
                .map(|text| position(table, &key, &text))
                .transpose()?,
            to: position(table, &key, &self.to_position)?,
            date: self
                .stated_date
                .map(|text| text.parse())
                .transpose()
                .map_err(|error| unreadable(table, &key, error))?,
            observed_at: self.observed_at,
            source: SourceId::new(self.source_id)
                .map_err(|error| unreadable(table, &key, error))?,
            row: self.row_key,
            reference: self.reference,
            file: self.file,
            document: self.document,
        })
    }
}

fn position(table: &'static str, key: &str, text: &str) -> Result<Position, Error> {
    text.parse().map_err(|error| unreadable(table, key, error))
}

fn project_id(table: &'static str, key: &str, text: String) -> Result<ProjectId, Error> {
    ProjectId::new(text).map_err(|error| unreadable(table, key, error))
}
