//! Updates and their past.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use sqlx::QueryBuilder;

use super::database::reading;
use super::{Error, Store, json, small, unreadable};
use crate::domain::id::{SourceId, StoryId, UpdateId};
use crate::domain::update::{Revision, Update};

/// How much is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Updates.
    pub updates: i64,
    /// Earlier revisions of them.
    pub revisions: i64,
    /// Documents.
    pub documents: i64,
    /// The change log's last position.
    pub log_head: i64,
    /// Mailboxes with a subscription that has not ended.
    pub subscribers: i64,
}

/// What follows `SELECT` for an [`UpdateRow`]: the row holds more, and each column costs a copy.
macro_rules! select_update {
    ($rest:literal) => {
        concat!(
            "SELECT id, source_id, entry_key, revision, first_seen, revised_at, reach, authority, position, content, ",
            "tags, key_dates, story, correction, cause, evidence FROM updates ",
            $rest
        )
    };
}

pub(super) use select_update;

#[derive(sqlx::FromRow)]
pub(super) struct UpdateRow {
    id: String,
    source_id: String,
    entry_key: String,
    revision: i64,
    first_seen: DateTime<Utc>,
    revised_at: DateTime<Utc>,
    reach: String,
    authority: String,
    position: i64,
    content: String,
    tags: String,
    key_dates: String,
    story: Option<String>,
    correction: i64,
    cause: Option<String>,
    evidence: String,
}

impl UpdateRow {
    pub(super) fn update(self) -> Result<Update, Error> {
        let table = "updates";
        let key = self.id.as_str();
        Ok(Update {
            source: SourceId::new(self.source_id).map_err(|error| unreadable(table, key, error))?,
            key: self.entry_key,
            revision: small(table, key, self.revision)?,
            first_seen: self.first_seen,
            revised_at: self.revised_at,
            content: json(table, key, &self.content)?,
            authority: json(table, key, &format!("\"{}\"", self.authority))?,
            reach: json(table, key, &format!("\"{}\"", self.reach))?,
            tags: json(table, key, &self.tags)?,
            key_dates: json(table, key, &self.key_dates)?,
            story: self
                .story
                .map(StoryId::new)
                .transpose()
                .map_err(|error| unreadable(table, key, error))?,
            correction: self.correction != 0,
            cause: self
                .cause
                .map(UpdateId::new)
                .transpose()
                .map_err(|error| unreadable(table, key, error))?,
            evidence: json(table, key, &self.evidence)?,
            id: UpdateId::new(key).map_err(|error| unreadable(table, key, error))?,
        })
    }

    fn placed(self) -> Result<(i64, Update), Error> {
        Ok((self.position, self.update()?))
    }
}

/// One state of an update's past.
#[derive(sqlx::FromRow)]
struct PastRow {
    number: i64,
    at: DateTime<Utc>,
    content: String,
    tags: Option<String>,
    evidence: String,
}

impl PastRow {
    fn revision(self, id: &UpdateId) -> Result<Revision, Error> {
        let (table, key) = ("revisions", id.as_str());
        Ok(Revision {
            number: small(table, key, self.number)?,
            at: self.at,
            content: json(table, key, &self.content)?,
            tags: self.tags.map(|tags| json(table, key, &tags)).transpose()?,
            evidence: json(table, key, &self.evidence)?,
        })
    }
}

impl Store {
    /// One update.
    ///
    /// # Errors
    /// When the database fails or the row cannot be read.
    pub async fn update(&self, id: &UpdateId) -> Result<Option<Update>, Error> {
        let row: Option<UpdateRow> = reading!(self.database, |pool| {
            sqlx::query_as(select_update!("WHERE id = $1"))
                .bind(id.as_str())
                .fetch_optional(pool)
                .await?
        });
        row.map(UpdateRow::update).transpose()
    }

    /// Several updates, in the order asked; those that are not there are left out.
    ///
    /// # Errors
    /// As [`Store::update`].
    pub async fn updates(&self, ids: &[UpdateId]) -> Result<Vec<Update>, Error> {
        let mut found: HashMap<UpdateId, Update> = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(2_000) {
            reading!(self.database, |pool| {
                let mut query = QueryBuilder::new(select_update!("WHERE id IN ("));
                let mut list = query.separated(",");
                for id in super::padded(chunk) {
                    list.push_bind(id.as_str());
                }
                query.push(")");
                // Each is read while the database looks up the next.
                let mut rows = query
                    .build_query_as::<UpdateRow>()
                    .persistent(super::few(chunk.len()))
                    .fetch(pool);
                while let Some(row) = rows.try_next().await? {
                    let update = row.update()?;
                    found.insert(update.id.clone(), update);
                }
            });
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// The newest updates by their place in the log, before a place, with their places.
    ///
    /// # Errors
    /// As [`Store::update`].
    pub async fn latest(
        &self,
        news_only: bool,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, Update)>, Error> {
        let before = before.unwrap_or(i64::MAX);
        let rows: Vec<UpdateRow> = if news_only {
            reading!(self.database, |pool| {
                sqlx::query_as(select_update!(
                    "WHERE reach <> 'archive' AND reach = 'news' AND position < $1
                       ORDER BY position DESC LIMIT $2"
                ))
                .bind(before)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
            })
        } else {
            reading!(self.database, |pool| {
                sqlx::query_as(select_update!(
                    "WHERE position < $1 ORDER BY position DESC LIMIT $2"
                ))
                .bind(before)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
            })
        };
        rows.into_iter().map(UpdateRow::placed).collect()
    }

    /// Updates by their place in the log, after a place, oldest first, with their places.
    ///
    /// # Errors
    /// As [`Store::update`].
    pub async fn export_updates(
        &self,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, Update)>, Error> {
        let rows: Vec<UpdateRow> = reading!(self.database, |pool| {
            sqlx::query_as(select_update!(
                "WHERE position > $1 ORDER BY position LIMIT $2"
            ))
            .bind(after.unwrap_or(0))
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(UpdateRow::placed).collect()
    }

    /// What an update said, from the first revision to the current one.
    ///
    /// # Errors
    /// As [`Store::update`].
    pub async fn revisions(&self, id: &UpdateId) -> Result<Vec<Revision>, Error> {
        let rows: Vec<PastRow> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT number, at, content, tags, evidence FROM revisions WHERE update_id = $1 ORDER BY number")
                .bind(id.as_str())
                .fetch_all(pool)
                .await?
        });
        let mut out: Vec<Revision> = rows
            .into_iter()
            .map(|row| row.revision(id))
            .collect::<Result<_, _>>()?;
        if let Some(update) = self.update(id).await? {
            out.push(Revision {
                number: update.revision,
                at: update.revised_at,
                content: update.content,
                tags: Some(update.tags),
                evidence: update.evidence,
            });
        }
        Ok(out)
    }

    /// How much is stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn counts(&self) -> Result<Counts, Error> {
        let row: (i64, i64, i64, i64, i64) = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT (SELECT COUNT(*) FROM updates), (SELECT COUNT(*) FROM revisions),
                   (SELECT COUNT(*) FROM documents), (SELECT position FROM log_head WHERE only_row = 1),
                   (SELECT COUNT(DISTINCT subscriber_id) FROM subscriptions WHERE ended_at IS NULL)",
            )
            .fetch_one(pool)
            .await?
        });
        let (updates, revisions, documents, log_head, subscribers) = row;
        Ok(Counts {
            updates,
            revisions,
            documents,
            log_head,
            subscribers,
        })
    }
}
