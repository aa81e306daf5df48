//! The register as it is looked up: by name, by what a list is narrowed by, and as dossiers of
//! everything that is known of a project.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use sqlx::QueryBuilder;

use super::database::reading;
use super::register::CHUNK;
use super::{Error, RegisterFilter, Reported, Standing, Store, unreadable};
use crate::domain::catalogue::StoredRow;
use crate::domain::id::{SourceId, UpdateId};
use crate::domain::monitored::Followed;
use crate::domain::reference::{self, KnownWorks};
use crate::domain::standard::{
    Agreement, Position, Project, ProjectId, StageEvent, agreement, concerned,
};

/// A project, as far as a list of the register is narrowed and ordered by it.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisterLine {
    /// The project.
    pub id: ProjectId,
    /// The work.
    pub work: String,
    /// What it is called now.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// The committee that owns it.
    pub committee: Option<String>,
    /// Where it stands.
    pub position: Position,
    /// The catalogue that says so.
    pub source: SourceId,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
}

/// What an Update reports of a project, and how that stands to the catalogues.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The report.
    pub reported: Reported,
    /// The Update's title.
    pub title: String,
    /// How it stands to what the catalogues say.
    pub agreement: Agreement,
}

/// A project with its history, and what other catalogues and other texts say of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Dossier {
    /// Where it stands.
    pub standing: Standing,
    /// Its history, in the order of what was seen.
    pub events: Vec<StageEvent>,
    /// All rows of it in all catalogues, the latest first.
    pub rows: Vec<(SourceId, StoredRow)>,
    /// What Updates report of it, the latest last.
    pub reports: Vec<Report>,
}

impl Dossier {
    /// The rows beside the one that says where the project stands.
    pub fn other_rows(&self) -> impl Iterator<Item = &(SourceId, StoredRow)> {
        let project = &self.standing.project;
        self.rows.iter().filter(move |(source, stored)| {
            *source != project.source || stored.row.key != project.row
        })
    }
}

#[derive(sqlx::FromRow)]
struct LineRow {
    id: String,
    work: String,
    reference: String,
    stands_at: String,
    source_id: String,
    first_seen: DateTime<Utc>,
    title: Option<String>,
    committee: Option<String>,
}

impl LineRow {
    fn line(self) -> Result<RegisterLine, Error> {
        let key = self.id.clone();
        let wrong = |error: &dyn std::fmt::Display| unreadable("projects", &key, error);
        Ok(RegisterLine {
            id: ProjectId::new(self.id).map_err(|error| wrong(&error))?,
            work: self.work,
            reference: self.reference,
            title: self.title.unwrap_or_default(),
            committee: self.committee,
            position: self.stands_at.parse().map_err(|error| wrong(&error))?,
            source: SourceId::new(self.source_id).map_err(|error| wrong(&error))?,
            first_seen: self.first_seen,
        })
    }
}

impl Store {
    /// Shows every project of the register, one at a time and in no order.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn scan_register(
        &self,
        mut each: impl FnMut(RegisterLine) + Send,
    ) -> Result<(), Error> {
        // The one place where the databases differ: text is no JSON to PostgreSQL.
        let statement = if self.is_sqlite() {
            "SELECT p.id, p.work, p.reference, p.stands_at, p.source_id, p.first_seen,
                    r.facts ->> 'title' AS title, r.facts ->> 'committee' AS committee
             FROM projects p JOIN catalogue_rows r ON r.source_id = p.source_id AND r.row_key = p.row_key"
        } else {
            "SELECT p.id, p.work, p.reference, p.stands_at, p.source_id, p.first_seen,
                    r.facts::json ->> 'title' AS title, r.facts::json ->> 'committee' AS committee
             FROM projects p JOIN catalogue_rows r ON r.source_id = p.source_id AND r.row_key = p.row_key"
        };
        reading!(self.database, |pool| {
            let mut rows = sqlx::query_as::<_, LineRow>(statement).fetch(pool);
            while let Some(row) = rows.try_next().await? {
                each(row.line()?);
            }
        });
        Ok(())
    }

    /// What subscriptions follow by name.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn followed(&self) -> Result<Followed, Error> {
        let subscriptions = self.subscriptions(true).await?;
        Ok(Followed::by(
            subscriptions.into_iter().map(|one| one.criteria),
        ))
    }

    /// Those of some works that the register knows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn works_among(&self, works: &[&str]) -> Result<HashSet<String>, Error> {
        let mut out = HashSet::new();
        for chunk in works.chunks(CHUNK) {
            let rows: Vec<(String,)> = reading!(self.database, |pool| {
                let mut query =
                    QueryBuilder::new("SELECT DISTINCT work FROM projects WHERE work IN (");
                let mut list = query.separated(",");
                for work in super::padded(chunk) {
                    list.push_bind(*work);
                }
                query.push(")");
                query
                    .build_query_as()
                    .persistent(super::few(chunk.len()))
                    .fetch_all(pool)
                    .await?
            });
            out.extend(rows.into_iter().map(|(work,)| work));
        }
        Ok(out)
    }

    /// The catalogues that list some projects, each in the order of their identifiers.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn listed_by(
        &self,
        projects: &[ProjectId],
    ) -> Result<HashMap<ProjectId, Vec<SourceId>>, Error> {
        let mut out: HashMap<ProjectId, Vec<SourceId>> = HashMap::new();
        for chunk in projects.chunks(CHUNK) {
            let rows: Vec<(String, String)> = reading!(self.database, |pool| {
                let mut query = QueryBuilder::new(
                    "SELECT DISTINCT project, source_id FROM catalogue_rows WHERE project IN (",
                );
                let mut list = query.separated(",");
                for project in super::padded(chunk) {
                    list.push_bind(project.as_str());
                }
                query.push(") ORDER BY project, source_id");
                query
                    .build_query_as()
                    .persistent(super::few(chunk.len()))
                    .fetch_all(pool)
                    .await?
            });
            for (project, source) in rows {
                let wrong =
                    |error: &dyn std::fmt::Display| unreadable("catalogue_rows", &project, error);
                let source = SourceId::new(source).map_err(|error| wrong(&error))?;
                let id = ProjectId::new(project.clone()).map_err(|error| wrong(&error))?;
                out.entry(id).or_default().push(source);
            }
        }
        Ok(out)
    }

    /// The projects of the works that a text names: as a slug, in any spelling, or by the number
    /// of a project. What is written as a slug is the work of that slug before it is anything
    /// else.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn standings_named(
        &self,
        text: &str,
        known: &KnownWorks,
    ) -> Result<Vec<Standing>, Error> {
        let text = text.trim();
        let slug = reference::slug(text);
        let read: Vec<String> = reference::read(text, known)
            .into_iter()
            .map(|reference| reference.work)
            .collect();
        let exact: Vec<String> = read
            .iter()
            .filter(|work| reference::slug(work) == slug)
            .cloned()
            .collect();
        let found = self.standings_of(exact).await?;
        if !found.is_empty() {
            return Ok(found);
        }
        let works = self.works().await?;
        let that = |wanted: &dyn Fn(&str) -> bool| -> Vec<String> {
            works.iter().filter(|work| wanted(work)).cloned().collect()
        };
        let found = self
            .standings_of(that(&|work| reference::slug(work) == slug))
            .await?;
        if !found.is_empty() {
            return Ok(found);
        }
        let found = self.standings_of(read).await?;
        if !found.is_empty() {
            return Ok(found);
        }
        if ProjectId::new(text).is_ok() {
            let found = self
                .standings(&RegisterFilter {
                    projects: Some(vec![text.to_owned()]),
                    ..RegisterFilter::default()
                })
                .await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        // A bare number names the works that bear it.
        self.standings_of(that(&|work| work.rsplit(' ').next() == Some(text)))
            .await
    }

    async fn standings_of(&self, works: Vec<String>) -> Result<Vec<Standing>, Error> {
        if works.is_empty() {
            return Ok(Vec::new());
        }
        self.standings(&RegisterFilter {
            works: Some(works),
            ..RegisterFilter::default()
        })
        .await
    }

    /// Everything that is known of some projects. `works` holds the standings of all projects of
    /// the works concerned, for a report is laid to the one of them that it speaks of; `wanted`
    /// says of which of them a dossier is wanted.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn dossiers(
        &self,
        works: &[Standing],
        wanted: impl Fn(&Standing) -> bool,
    ) -> Result<Vec<Dossier>, Error> {
        let mut reported = self.reported(works).await?;
        let mut out = Vec::new();
        for standing in works.iter().filter(|standing| wanted(standing)) {
            let project = &standing.project;
            let mut events = self.stage_events(&project.id).await?;
            events.sort_by_key(|event| (event.observed_at, event.number));
            let reports = reported
                .remove(&project.id)
                .unwrap_or_default()
                .into_iter()
                .map(|(reported, title)| Report {
                    agreement: agreement(&reported.report, project, &events),
                    reported,
                    title,
                })
                .collect();
            out.push(Dossier {
                reports,
                events,
                rows: self.project_rows(&project.id).await?,
                standing: standing.clone(),
            });
        }
        Ok(out)
    }

    /// What Updates report of the works of some projects, by the project that each speaks of.
    async fn reported(
        &self,
        standings: &[Standing],
    ) -> Result<HashMap<ProjectId, Vec<(Reported, String)>>, Error> {
        let mut by_work: HashMap<&str, Vec<Project>> = HashMap::new();
        for standing in standings {
            let project = &standing.project;
            by_work
                .entry(project.work.as_str())
                .or_default()
                .push(project.clone());
        }
        let mut out: HashMap<ProjectId, Vec<(Reported, String)>> = HashMap::new();
        for (work, projects) in by_work {
            let reports = self.stage_reports(work).await?;
            let ids: Vec<UpdateId> = reports.iter().map(|one| one.update.clone()).collect();
            let titles: HashMap<UpdateId, String> = self
                .updates(&ids)
                .await?
                .into_iter()
                .map(|update| (update.id, update.content.title))
                .collect();
            for reported in reports {
                let Some(project) = concerned(&reported.report, &projects) else {
                    continue;
                };
                if let Some(title) = titles.get(&reported.update) {
                    out.entry(project.id.clone())
                        .or_default()
                        .push((reported, title.clone()));
                }
            }
        }
        Ok(out)
    }
}
