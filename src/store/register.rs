//! The register of standards: rows of catalogues, projects, their histories.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::database::reading;
use super::{Error, Store, json, small, unreadable};
use crate::domain::catalogue::{
    CatalogueRow, KnownCatalogue, KnownProjects, KnownRow, RowFacts, Snapshot, StoredRow,
};
use crate::domain::change::Fingerprint;
use crate::domain::id::SourceId;
use crate::domain::standard::{Observed, Position, Project, ProjectId, StageEvent, Weight};

/// Rows of one statement.
pub(super) const CHUNK: usize = 500;

/// What one statement takes, out of what is unpacked at once.
pub(super) fn pieces<T>(items: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rest = items.into_iter();
    std::iter::from_fn(move || {
        let piece: Vec<T> = rest.by_ref().take(CHUNK).collect();
        (!piece.is_empty()).then_some(piece)
    })
}

/// Ends a statement with the keys of the rows that it is about.
macro_rules! among {
    ($query:expr, $keys:expr) => {{
        $query.push(" AND row_key IN (");
        let mut list = $query.separated(",");
        for key in $crate::store::padded($keys) {
            list.push_bind(key.as_str());
        }
        $query.push(")");
    }};
}

/// Writes down what a reading of a catalogue leaves behind, within the transaction of its
/// Updates.
macro_rules! write_register {
    ($transaction:expr, $changes:expr) => {{
        use $crate::store::register::CHUNK;
        let changes: &$crate::domain::catalogue::RegisterChanges = $changes;
        let source = changes.source.as_str();
        if let Some(snapshot) = &changes.snapshot {
            sqlx::query(
                "INSERT INTO catalogue_snapshots (source_id, number, at, row_count) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (source_id, number) DO NOTHING",
            )
            .bind(source)
            .bind(snapshot.number)
            .bind(snapshot.at)
            .bind(i64::from(snapshot.rows))
            .execute(&mut *$transaction)
            .await?;
        }
        for chunk in changes.rows.blocks().flat_map($crate::store::register::pieces) {
            let mut query = QueryBuilder::new(
                "INSERT INTO catalogue_rows (source_id, row_key, file, project, reference, work, stands_at, rank,
                   facts, fingerprint, since_at, seen_at, since_snapshot, missed, looks, absent_since) ",
            );
            query.push_values(&chunk, |mut row, stored| {
                row.push_bind(source)
                    .push_bind(stored.row.key.as_str())
                    .push_bind(stored.row.file.as_deref())
                    .push_bind(stored.row.project.as_str())
                    .push_bind(stored.row.reference.as_str())
                    .push_bind(stored.row.work.as_str())
                    .push_bind(stored.row.position.to_string())
                    .push_bind(i64::from(stored.row.rank))
                    .push_bind(to_json(&stored.row.facts))
                    .push_bind(stored.bytes.to_text())
                    .push_bind(stored.since)
                    .push_bind(stored.seen_at)
                    .push_bind(stored.since_snapshot)
                    .push_bind(stored.missed)
                    .push_bind(stored.looks)
                    .push_bind(stored.absent_since);
            });
            query.push(
                " ON CONFLICT (source_id, row_key) DO UPDATE SET file = excluded.file, project = excluded.project,
                   reference = excluded.reference, work = excluded.work, stands_at = excluded.stands_at,
                   rank = excluded.rank, facts = excluded.facts, fingerprint = excluded.fingerprint,
                   since_at = excluded.since_at, seen_at = excluded.seen_at,
                   since_snapshot = excluded.since_snapshot, missed = excluded.missed, looks = excluded.looks,
                   absent_since = excluded.absent_since",
            );
            query
                .build()
                .persistent($crate::store::comes_again(chunk.len()))
                .execute(&mut *$transaction)
                .await?;
        }
        for chunk in changes.rewritten.chunks(CHUNK) {
            let mut query = QueryBuilder::new("WITH said (said_key, said_bytes) AS (");
            query.push_values(chunk, |mut row, (key, bytes)| {
                row.push_bind(key.as_str()).push_bind(bytes.to_text());
            });
            query
                .push(
                    ") UPDATE catalogue_rows SET fingerprint = said.said_bytes FROM said
                     WHERE row_key = said.said_key AND source_id = ",
                )
                .push_bind(source);
            query
                .build()
                .persistent($crate::store::comes_again(chunk.len()))
                .execute(&mut *$transaction)
                .await?;
        }
        if let Some((keys, at)) = &changes.looked_at {
            for chunk in keys.chunks(CHUNK) {
                let mut query =
                    QueryBuilder::new("UPDATE catalogue_rows SET looks = looks + 1, seen_at = ");
                query
                    .push_bind(*at)
                    .push(" WHERE seen_at < ")
                    .push_bind(*at)
                    .push(" AND source_id = ")
                    .push_bind(source);
                $crate::store::register::among!(query, chunk);
                query
                    .build()
                    .persistent($crate::store::few(chunk.len()))
                    .execute(&mut *$transaction)
                    .await?;
            }
        }
        if let Some(snapshot) = &changes.snapshot {
            for chunk in changes.absent.chunks(CHUNK) {
                let mut query = QueryBuilder::new("UPDATE catalogue_rows SET absent_since = ");
                query
                    .push_bind(snapshot.number)
                    .push(" WHERE absent_since IS NULL AND source_id = ")
                    .push_bind(source);
                $crate::store::register::among!(query, chunk);
                query
                    .build()
                    .persistent($crate::store::few(chunk.len()))
                    .execute(&mut *$transaction)
                    .await?;
            }
            for chunk in changes.back.chunks(CHUNK) {
                let mut query = QueryBuilder::new("UPDATE catalogue_rows SET missed = missed + ");
                query
                    .push_bind(snapshot.number)
                    .push(
                        " - absent_since, absent_since = NULL
                         WHERE absent_since IS NOT NULL AND source_id = ",
                    )
                    .push_bind(source);
                $crate::store::register::among!(query, chunk);
                query
                    .build()
                    .persistent($crate::store::few(chunk.len()))
                    .execute(&mut *$transaction)
                    .await?;
            }
        }
        for chunk in changes.projects.blocks().flat_map($crate::store::register::pieces) {
            let mut query = QueryBuilder::new(
                "INSERT INTO projects (id, work, reference, stands_at, since_at, source_id, row_key, rank, first_seen,
                   events, facts) ",
            );
            query.push_values(&chunk, |mut row, project| {
                row.push_bind(project.id.as_str())
                    .push_bind(project.work.as_str())
                    .push_bind(project.reference.as_str())
                    .push_bind(project.position.to_string())
                    .push_bind(project.since)
                    .push_bind(project.source.as_str())
                    .push_bind(project.row.as_str())
                    .push_bind(i64::from(project.rank))
                    .push_bind(project.first_seen)
                    .push_bind(i64::from(project.events))
                    .push_bind(i64::from(project.facts));
            });
            query.push(
                " ON CONFLICT (id) DO UPDATE SET work = excluded.work, reference = excluded.reference,
                   stands_at = excluded.stands_at, since_at = excluded.since_at, source_id = excluded.source_id,
                   row_key = excluded.row_key, rank = excluded.rank, events = excluded.events,
                   facts = excluded.facts",
            );
            query
                .build()
                .persistent($crate::store::comes_again(chunk.len()))
                .execute(&mut *$transaction)
                .await?;
        }
        for chunk in changes.events.blocks().flat_map($crate::store::register::pieces) {
            let mut query = QueryBuilder::new(
                "INSERT INTO stage_events (project, number, weight, from_position, to_position, stated_date,
                   observed_at, source_id, row_key, reference, file, document) ",
            );
            query.push_values(&chunk, |mut row, event| {
                row.push_bind(event.project.as_str())
                    .push_bind(i64::from(event.number))
                    .push_bind(event.weight.as_str())
                    .push_bind(event.from.as_ref().map(ToString::to_string))
                    .push_bind(event.to.to_string())
                    .push_bind(event.date.map(|date| date.to_string()))
                    .push_bind(event.observed_at)
                    .push_bind(event.source.as_str())
                    .push_bind(event.row.as_str())
                    .push_bind(event.reference.as_str())
                    .push_bind(event.file.as_deref())
                    .push_bind(event.document);
            });
            query.push(" ON CONFLICT (project, number) DO NOTHING");
            query
                .build()
                .persistent($crate::store::comes_again(chunk.len()))
                .execute(&mut *$transaction)
                .await?;
        }
    }};
}

pub(super) use {among, write_register};

#[derive(sqlx::FromRow)]
struct Row {
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
    fn stored(self) -> Result<(SourceId, StoredRow), Error> {
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

#[derive(sqlx::FromRow)]
struct ProjectRow {
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
    fn project(self) -> Result<Project, Error> {
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

#[derive(sqlx::FromRow)]
struct EventRow {
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
    fn event(self) -> Result<StageEvent, Error> {
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

/// Where a project stands, with everything that says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The project.
    pub project: Project,
    /// The row that it is known under.
    pub row: StoredRow,
    /// How often, and how lately, it was seen there.
    pub observed: Observed,
}

/// A page of the register.
#[derive(Clone, Debug, Default)]
pub struct RegisterFilter {
    /// Only these works.
    pub works: Option<Vec<String>>,
    /// Only these projects.
    pub projects: Option<Vec<String>>,
    /// Only what is known under rows of this source.
    pub source: Option<SourceId>,
}

impl Store {
    /// What is known of a catalogue, for a reading of it as it was at `at`.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn catalogue(
        &self,
        source: &SourceId,
        at: DateTime<Utc>,
    ) -> Result<KnownCatalogue, Error> {
        type Found = (String, Option<String>, String, Option<i64>);
        let rows: Vec<Found> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT row_key, file, fingerprint, absent_since FROM catalogue_rows WHERE source_id = $1
                 ORDER BY row_key",
            )
            .bind(source.as_str())
            .fetch_all(pool)
            .await?
        });
        let mut out = KnownCatalogue {
            rows: Vec::with_capacity(rows.len()),
            ..KnownCatalogue::default()
        };
        for (key, file, fingerprint, absent_since) in rows {
            let bytes = Fingerprint::read(&fingerprint)
                .ok_or_else(|| unreadable("catalogue_rows", &key, "its fingerprint is none"))?;
            out.rows.push(KnownRow {
                key,
                file,
                bytes,
                absent_since,
            });
        }
        let snapshots: Vec<(i64, DateTime<Utc>, i64)> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT number, at, row_count FROM catalogue_snapshots
                 WHERE source_id = $1 AND (at = $2 OR number IN
                   (SELECT MIN(number) FROM catalogue_snapshots WHERE source_id = $1
                    UNION SELECT MAX(number) FROM catalogue_snapshots WHERE source_id = $1))
                 ORDER BY number",
            )
            .bind(source.as_str())
            .bind(at)
            .fetch_all(pool)
            .await?
        });
        for (number, moment, rows) in snapshots {
            let snapshot = Snapshot {
                source: source.clone(),
                number,
                at: moment,
                rows: small("catalogue_snapshots", source.as_str(), rows)?,
            };
            if moment == at {
                out.same = Some(snapshot.clone());
            }
            if out.first.is_none() {
                out.first = Some(snapshot.clone());
            }
            out.last = Some(snapshot);
        }
        if out.first.as_ref().is_some_and(|first| first.number != 1) {
            return Err(unreadable(
                "catalogue_snapshots",
                source.as_str(),
                "its first snapshot is missing",
            ));
        }
        Ok(out)
    }

    /// The last whole snapshot of a catalogue.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_snapshot(&self, source: &SourceId) -> Result<Option<Snapshot>, Error> {
        let row: Option<(i64, DateTime<Utc>, i64)> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT number, at, row_count FROM catalogue_snapshots WHERE source_id = $1
                 ORDER BY number DESC LIMIT 1",
            )
            .bind(source.as_str())
            .fetch_optional(pool)
            .await?
        });
        row.map(|(number, at, rows)| {
            Ok(Snapshot {
                source: source.clone(),
                number,
                at,
                rows: small("catalogue_snapshots", source.as_str(), rows)?,
            })
        })
        .transpose()
    }

    /// When anything of a catalogue was first seen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_look(&self, source: &SourceId) -> Result<Option<DateTime<Utc>>, Error> {
        let row: Option<(DateTime<Utc>,)> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT observed_at FROM stage_events WHERE source_id = $1 ORDER BY observed_at LIMIT 1",
            )
            .bind(source.as_str())
            .fetch_optional(pool)
            .await?
        });
        Ok(row.map(|(at,)| at))
    }

    /// What is known of projects, and of rows of a catalogue.
    ///
    /// # Errors
    /// As [`Store::catalogue`].
    pub async fn known_projects(
        &self,
        source: &SourceId,
        keys: &[String],
        projects: &[ProjectId],
    ) -> Result<KnownProjects, Error> {
        let mut out = KnownProjects::default();
        let ids: Vec<&str> = projects.iter().map(ProjectId::as_str).collect();
        self.take_rows(source, "project", &ids, &mut out).await?;
        // A row that is known under another project, and no row that was found already.
        let keys: Vec<&str> = keys
            .iter()
            .map(String::as_str)
            .filter(|key| !out.rows.contains_key(*key))
            .collect();
        self.take_rows(source, "row_key", &keys, &mut out).await?;
        for chunk in ids.chunks(CHUNK * 4) {
            let rows: Vec<ProjectRow> = reading!(self.database, |pool| {
                let mut query = QueryBuilder::new("SELECT * FROM projects WHERE id IN (");
                let mut list = query.separated(",");
                for value in super::padded(chunk) {
                    list.push_bind(*value);
                }
                query.push(")");
                query
                    .build_query_as()
                    .persistent(super::few(chunk.len()))
                    .fetch_all(pool)
                    .await?
            });
            for row in rows {
                let project = row.project()?;
                out.projects.insert(project.id.clone(), project);
            }
        }
        let with_past: Vec<&str> = out.projects.keys().map(ProjectId::as_str).collect();
        for event in self.events(&with_past).await? {
            out.events
                .entry(event.project.clone())
                .or_default()
                .push(event);
        }
        Ok(out)
    }

    /// Adds the rows of a catalogue whose column has one of the values.
    async fn take_rows(
        &self,
        source: &SourceId,
        column: &'static str,
        values: &[&str],
        out: &mut KnownProjects,
    ) -> Result<(), Error> {
        for chunk in values.chunks(CHUNK * 4) {
            let rows: Vec<Row> = reading!(self.database, |pool| {
                let mut query =
                    QueryBuilder::new("SELECT * FROM catalogue_rows WHERE source_id = ");
                query
                    .push_bind(source.as_str())
                    .push(" AND ")
                    .push(column)
                    .push(" IN (");
                let mut list = query.separated(",");
                for value in super::padded(chunk) {
                    list.push_bind(*value);
                }
                query.push(")");
                query
                    .build_query_as()
                    .persistent(super::few(chunk.len()))
                    .fetch_all(pool)
                    .await?
            });
            for row in rows {
                let (_, stored) = row.stored()?;
                out.rows.insert(stored.row.key.clone(), stored);
            }
        }
        Ok(())
    }

    /// The histories of projects, each in the order of recording.
    async fn events(&self, projects: &[&str]) -> Result<Vec<StageEvent>, Error> {
        let mut out = Vec::new();
        for chunk in projects.chunks(CHUNK * 4) {
            let rows: Vec<EventRow> = reading!(self.database, |pool| {
                let mut query = QueryBuilder::new("SELECT * FROM stage_events WHERE project IN (");
                let mut list = query.separated(",");
                for value in super::padded(chunk) {
                    list.push_bind(*value);
                }
                query.push(") ORDER BY project, number");
                query
                    .build_query_as()
                    .persistent(super::few(chunk.len()))
                    .fetch_all(pool)
                    .await?
            });
            for row in rows {
                out.push(row.event()?);
            }
        }
        Ok(out)
    }

    /// The history of a project, in the order of recording.
    ///
    /// # Errors
    /// As [`Store::catalogue`].
    pub async fn stage_events(&self, project: &ProjectId) -> Result<Vec<StageEvent>, Error> {
        self.events(&[project.as_str()]).await
    }

    /// What numbered projects are called, of those that are known.
    ///
    /// # Errors
    /// As [`Store::catalogue`].
    pub async fn project_names(
        &self,
        projects: &[String],
    ) -> Result<HashMap<String, String>, Error> {
        let mut out = HashMap::new();
        for chunk in projects.chunks(CHUNK * 4) {
            let rows: Vec<(String, String)> = reading!(self.database, |pool| {
                let mut query =
                    QueryBuilder::new("SELECT id, reference FROM projects WHERE id IN (");
                let mut list = query.separated(",");
                for value in super::padded(chunk) {
                    list.push_bind(value.as_str());
                }
                query.push(")");
                query
                    .build_query_as()
                    .persistent(super::few(chunk.len()))
                    .fetch_all(pool)
                    .await?
            });
            out.extend(rows);
        }
        Ok(out)
    }

    /// All works of the register.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn works(&self) -> Result<Vec<String>, Error> {
        let rows: Vec<(String,)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT DISTINCT work FROM projects ORDER BY work")
                .fetch_all(pool)
                .await?
        });
        Ok(rows.into_iter().map(|(work,)| work).collect())
    }

    /// Where projects stand, by work and reference.
    ///
    /// # Errors
    /// As [`Store::catalogue`].
    pub async fn standings(&self, filter: &RegisterFilter) -> Result<Vec<Standing>, Error> {
        let mut found: Vec<ProjectRow> = Vec::new();
        for (column, values) in [("work", &filter.works), ("id", &filter.projects)] {
            let Some(values) = values else { continue };
            for chunk in values.chunks(CHUNK * 4) {
                let rows: Vec<ProjectRow> = reading!(self.database, |pool| {
                    let mut query = QueryBuilder::new("SELECT * FROM projects WHERE ");
                    query.push(column).push(" IN (");
                    let mut list = query.separated(",");
                    for value in super::padded(chunk) {
                        list.push_bind(value.as_str());
                    }
                    query.push(")");
                    query
                        .build_query_as()
                        .persistent(super::few(chunk.len()))
                        .fetch_all(pool)
                        .await?
                });
                found.extend(rows);
            }
        }
        if filter.works.is_none() && filter.projects.is_none() {
            found = reading!(self.database, |pool| {
                sqlx::query_as("SELECT * FROM projects")
                    .fetch_all(pool)
                    .await?
            });
        }
        let mut seen = HashSet::new();
        let mut projects = Vec::with_capacity(found.len());
        for row in found {
            let project = row.project()?;
            let wanted = filter
                .source
                .as_ref()
                .is_none_or(|source| *source == project.source);
            if wanted && seen.insert(project.id.clone()) {
                projects.push(project);
            }
        }
        projects
            .sort_by(|a, b| (&a.work, a.first_seen, &a.id).cmp(&(&b.work, b.first_seen, &b.id)));
        self.standing(projects).await
    }

    async fn standing(&self, projects: Vec<Project>) -> Result<Vec<Standing>, Error> {
        let ids: Vec<&str> = projects.iter().map(|project| project.id.as_str()).collect();
        let mut rows = self.rows_of(&ids).await?;
        let mut counts: HashMap<SourceId, Vec<DateTime<Utc>>> = HashMap::new();
        let mut out = Vec::with_capacity(projects.len());
        for project in projects {
            let Some(row) = rows.remove(&(project.source.clone(), project.row.clone())) else {
                continue;
            };
            if !counts.contains_key(&project.source) {
                counts.insert(
                    project.source.clone(),
                    self.snapshots(&project.source).await?,
                );
            }
            let snapshots = counts.get(&project.source).map_or(&[][..], Vec::as_slice);
            out.push(Standing {
                observed: observed(&project, &row, snapshots),
                project,
                row,
            });
        }
        Ok(out)
    }

    /// Every row of some projects, by catalogue and key.
    async fn rows_of(
        &self,
        projects: &[&str],
    ) -> Result<HashMap<(SourceId, String), StoredRow>, Error> {
        let mut out = HashMap::new();
        for chunk in projects.chunks(CHUNK * 4) {
            let rows: Vec<Row> = reading!(self.database, |pool| {
                let mut query =
                    QueryBuilder::new("SELECT * FROM catalogue_rows WHERE project IN (");
                let mut list = query.separated(",");
                for value in super::padded(chunk) {
                    list.push_bind(*value);
                }
                query.push(")");
                query
                    .build_query_as()
                    .persistent(super::few(chunk.len()))
                    .fetch_all(pool)
                    .await?
            });
            for row in rows {
                let (source, stored) = row.stored()?;
                out.insert((source, stored.row.key.clone()), stored);
            }
        }
        Ok(out)
    }

    /// All rows of a project in all catalogues, each with the catalogue, the latest first.
    ///
    /// # Errors
    /// As [`Store::catalogue`].
    pub async fn project_rows(
        &self,
        project: &ProjectId,
    ) -> Result<Vec<(SourceId, StoredRow)>, Error> {
        let mut rows: Vec<(SourceId, StoredRow)> = self
            .rows_of(&[project.as_str()])
            .await?
            .into_iter()
            .map(|((source, _), stored)| (source, stored))
            .collect();
        rows.sort_by(|(a, x), (b, y)| {
            (y.since, y.row.rank, a, &x.row.key).cmp(&(x.since, x.row.rank, b, &y.row.key))
        });
        Ok(rows)
    }

    /// The moments of a catalogue's whole snapshots, in the order of their numbers.
    async fn snapshots(&self, source: &SourceId) -> Result<Vec<DateTime<Utc>>, Error> {
        let rows: Vec<(DateTime<Utc>,)> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT at FROM catalogue_snapshots WHERE source_id = $1 ORDER BY number",
            )
            .bind(source.as_str())
            .fetch_all(pool)
            .await?
        });
        Ok(rows.into_iter().map(|(at,)| at).collect())
    }
}

/// Counts the looks that found a project where it stands. Snapshots are numbered from 1 without
/// gaps, so counting needs no row of its own.
fn observed(project: &Project, row: &StoredRow, snapshots: &[DateTime<Utc>]) -> Observed {
    let moment = |number: i64| {
        usize::try_from(number - 1)
            .ok()
            .and_then(|place| snapshots.get(place).copied())
    };
    let newest = i64::try_from(snapshots.len()).unwrap_or(i64::MAX);
    let until = row.absent_since.map_or(newest, |absent| absent - 1);
    let whole = (until - row.since_snapshot + 1).max(0) - row.missed;
    let last_whole = (whole > 0).then(|| moment(until)).flatten();
    Observed {
        times: u32::try_from((whole + row.looks).max(1)).unwrap_or(u32::MAX),
        since: project.since,
        last: last_whole.map_or(row.seen_at, |last| last.max(row.seen_at)),
        missing_since: row.absent_since.and_then(moment),
    }
}
