//! What frameworks' pages said, state by state.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::database::{fenced, reading, writing};
use super::{Error, Lease, Store, json, small, to_json};
use crate::domain::document::Sha256;
use crate::domain::id::FrameworkId;
use crate::domain::statement::Statement;

/// One state of a framework's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageState {
    /// From 1, for each framework.
    pub number: u32,
    /// Since when it stood so.
    pub at: DateTime<Utc>,
    /// What it said.
    pub statements: Vec<Statement>,
}

/// States of a page that are told of at once; what lies before them is kept.
const STATES: i64 = 100;

impl Store {
    /// Notes how the pages of frameworks stand now: a page that says something else than its last
    /// state begins a new one. Returns the frameworks whose pages changed or began.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn note_framework_pages(
        &self,
        lease: &Lease,
        pages: &[(FrameworkId, Vec<Statement>)],
        now: DateTime<Utc>,
    ) -> Result<Vec<FrameworkId>, Error> {
        let rows: Vec<(String, i64, String)> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT p.framework_id, p.number, p.sha256 FROM framework_pages p
                 WHERE p.number = (SELECT MAX(o.number) FROM framework_pages o WHERE o.framework_id = p.framework_id)",
            )
            .fetch_all(pool)
            .await?
        });
        let known: HashMap<String, (i64, String)> = rows
            .into_iter()
            .map(|(id, number, sha256)| (id, (number, sha256)))
            .collect();
        let mut new: Vec<(&FrameworkId, i64, Sha256, String)> = Vec::new();
        for (id, statements) in pages {
            let text = to_json(statements);
            let sha256 = Sha256::of(text.as_bytes());
            match known.get(id.as_str()) {
                Some((_, before)) if before == sha256.as_str() => {}
                before => {
                    let number = before.map_or(1, |(number, _)| number + 1);
                    new.push((id, number, sha256, text));
                }
            }
        }
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            for (id, number, sha256, text) in &new {
                sqlx::query(
                    "INSERT INTO framework_pages (framework_id, number, at, sha256, statements)
                     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (framework_id, number) DO NOTHING",
                )
                .bind(id.as_str())
                .bind(number)
                .bind(now)
                .bind(sha256.as_str())
                .bind(text.as_str())
                .execute(&mut *transaction)
                .await?;
            }
            transaction.commit().await?;
        });
        Ok(new.into_iter().map(|(id, ..)| id.clone()).collect())
    }

    /// The latest states of a framework's page, the newest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn framework_pages(&self, id: &FrameworkId) -> Result<Vec<PageState>, Error> {
        let rows: Vec<(i64, DateTime<Utc>, String)> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT number, at, statements FROM framework_pages WHERE framework_id = $1
                 ORDER BY number DESC LIMIT $2",
            )
            .bind(id.as_str())
            .bind(STATES)
            .fetch_all(pool)
            .await?
        });
        rows.into_iter()
            .map(|(number, at, text)| {
                let table = "framework_pages";
                Ok(PageState {
                    number: small(table, id.as_str(), number)?,
                    at,
                    statements: json(table, id.as_str(), &text)?,
                })
            })
            .collect()
    }

    /// The number of the latest state of a framework's page, and since when it stands so.
    ///
    /// # Errors
    /// As [`Store::framework_pages`].
    pub async fn latest_framework_page(
        &self,
        id: &FrameworkId,
    ) -> Result<Option<(u32, DateTime<Utc>)>, Error> {
        let row: Option<(i64, DateTime<Utc>)> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT number, at FROM framework_pages WHERE framework_id = $1
                 ORDER BY number DESC LIMIT 1",
            )
            .bind(id.as_str())
            .fetch_optional(pool)
            .await?
        });
        row.map(|(number, at)| Ok((small("framework_pages", id.as_str(), number)?, at)))
            .transpose()
    }
}
