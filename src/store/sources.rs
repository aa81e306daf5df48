//! What is remembered of a source between visits, and the visits themselves.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::database::reading;
use super::{Error, Store, json, small, unreadable};
use crate::domain::document::{FeedDescription, Memory, Sha256, Visit};
use crate::domain::health;
use crate::domain::id::SourceId;

/// What is remembered of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceState {
    /// The source.
    pub source: SourceId,
    /// What the next visit sends back.
    pub memory: Memory,
    /// When something was first read from it.
    pub first_contact_at: Option<DateTime<Utc>>,
    /// When it is due.
    pub next_visit_at: DateTime<Utc>,
    /// What its health is judged by.
    pub record: health::Record,
    /// How many documents are in its chain.
    pub documents: i64,
    /// The chain's head.
    pub chain_head: Option<Sha256>,
    /// What it says of itself.
    pub description: FeedDescription,
    /// Where its answers come from when its address redirects: told to the operator, never
    /// adopted.
    pub moved_to: Option<String>,
}

impl SourceState {
    /// A source that was never visited.
    pub fn unknown(source: SourceId, now: DateTime<Utc>) -> Self {
        Self {
            source,
            memory: Memory::default(),
            first_contact_at: None,
            next_visit_at: now,
            record: health::Record::default(),
            documents: 0,
            chain_head: None,
            description: FeedDescription::default(),
            moved_to: None,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    source_id: String,
    etag: Option<String>,
    last_modified: Option<String>,
    sha256: Option<String>,
    first_contact_at: Option<DateTime<Utc>>,
    next_visit_at: DateTime<Utc>,
    visits: i64,
    last_visit: Option<DateTime<Utc>>,
    last_success: Option<DateTime<Utc>>,
    failures: i64,
    failing_since: Option<DateTime<Utc>>,
    last_new: Option<DateTime<Utc>>,
    gaps: String,
    documents: i64,
    chain_head: Option<String>,
    description: String,
    moved_to: Option<String>,
    signs: String,
}

impl Row {
    fn state(self) -> Result<SourceState, Error> {
        let table = "source_states";
        let key = self.source_id.clone();
        let hash = |text: Option<String>| text.as_deref().and_then(Sha256::read);
        let gaps: Vec<i64> = json(table, &key, &self.gaps)?;
        Ok(SourceState {
            source: SourceId::new(self.source_id)
                .map_err(|error| unreadable(table, &key, error))?,
            memory: Memory {
                etag: self.etag,
                last_modified: self.last_modified,
                sha256: hash(self.sha256),
            },
            first_contact_at: self.first_contact_at,
            next_visit_at: self.next_visit_at,
            record: health::Record {
                visits: small(table, &key, self.visits)?,
                last_visit: self.last_visit,
                last_success: self.last_success,
                failures: small(table, &key, self.failures)?,
                failing_since: self.failing_since,
                last_new: self.last_new,
                gaps: gaps
                    .into_iter()
                    .filter_map(TimeDelta::try_seconds)
                    .collect(),
                signs: json(table, &key, &self.signs)?,
            },
            documents: self.documents,
            chain_head: hash(self.chain_head),
            description: json(table, &key, &self.description)?,
            moved_to: self.moved_to,
        })
    }
}

type VisitRow = (
    String,
    DateTime<Utc>,
    String,
    Option<i64>,
    i64,
    i64,
    i64,
    String,
    i64,
    i64,
);

fn visit(row: VisitRow) -> Result<Visit, Error> {
    let (source, at, outcome, status, entries, new, revised, faults, milliseconds, bytes) = row;
    let table = "visits";
    Ok(Visit {
        at,
        outcome: json(table, &source, &format!("\"{outcome}\""))?,
        status: status.and_then(|status| u16::try_from(status).ok()),
        entries: small(table, &source, entries)?,
        new: small(table, &source, new)?,
        revised: small(table, &source, revised)?,
        faults: json(table, &source, &faults)?,
        milliseconds: milliseconds.unsigned_abs(),
        bytes: bytes.unsigned_abs(),
        source: SourceId::new(source.clone()).map_err(|error| unreadable(table, &source, error))?,
    })
}

impl Store {
    /// What is remembered of every source that was ever visited.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn source_states(&self) -> Result<HashMap<SourceId, SourceState>, Error> {
        let rows: Vec<Row> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT * FROM source_states")
                .fetch_all(pool)
                .await?
        });
        rows.into_iter()
            .map(|row| row.state().map(|state| (state.source.clone(), state)))
            .collect()
    }

    /// What is remembered of one source.
    ///
    /// # Errors
    /// As [`Store::source_states`].
    pub async fn source_state(&self, id: &SourceId) -> Result<Option<SourceState>, Error> {
        let row: Option<Row> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT * FROM source_states WHERE source_id = $1")
                .bind(id.as_str())
                .fetch_optional(pool)
                .await?
        });
        row.map(Row::state).transpose()
    }

    /// The newest visits to a source in a period, from `since` to before `until`, the newest first.
    ///
    /// # Errors
    /// As [`Store::source_states`].
    pub async fn visits(
        &self,
        source: &SourceId,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Visit>, Error> {
        let rows: Vec<VisitRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT source_id, at, outcome, status, entries, new_entries, revised_entries, faults,
                   milliseconds, bytes
                 FROM visits WHERE source_id = $1 AND at >= $2 AND at < $3 ORDER BY id DESC LIMIT $4",
            )
            .bind(source.as_str())
            .bind(since)
            .bind(until)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(visit).collect()
    }

    /// The last visit of every source.
    ///
    /// # Errors
    /// As [`Store::source_states`].
    pub async fn last_visits(&self) -> Result<HashMap<SourceId, Visit>, Error> {
        let rows: Vec<VisitRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT source_id, at, outcome, status, entries, new_entries, revised_entries, faults,
                   milliseconds, bytes
                 FROM visits WHERE id IN (SELECT MAX(id) FROM visits GROUP BY source_id)",
            )
            .fetch_all(pool)
            .await?
        });
        rows.into_iter()
            .map(|row| visit(row).map(|visit| (visit.source.clone(), visit)))
            .collect()
    }
}
