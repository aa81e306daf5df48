//! The register of standards: rows of catalogues, projects, their histories.

mod rows;
mod writing;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::database::reading;
use super::{Error, Store, small, unreadable};
use crate::domain::catalogue::{KnownCatalogue, KnownProjects, KnownRow, Snapshot, StoredRow};
use crate::domain::change::Fingerprint;
use crate::domain::id::SourceId;
use crate::domain::standard::{Observed, Project, ProjectId, StageEvent};
use rows::{EventRow, ProjectRow, Row};
pub(super) use writing::{CHUNK, among, pieces, write_register};

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
