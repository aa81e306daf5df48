//! Which updates tell of one event, and whom somebody told apart.

use chrono::{DateTime, Utc};

use super::database::{fenced, log, reading, writing};
use super::updates::{UpdateRow, select_update};
use super::{Error, Lease, Store, unreadable, whole};
use crate::domain::id::{StoryId, UpdateId};
use crate::domain::story::Apart;
use crate::domain::update::Update;

/// An update that stands in another story than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regrouped {
    /// Which.
    pub update: UpdateId,
    /// The story now.
    pub story: Option<StoryId>,
}

impl Store {
    /// The place in the log after which the last `most` told updates stand that were first seen at
    /// `since` or later; none when there are none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn told_since(
        &self,
        since: DateTime<Utc>,
        most: usize,
    ) -> Result<Option<i64>, Error> {
        let (first,): (Option<i64>,) = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT MIN(position) FROM (SELECT position FROM updates
                   WHERE reach <> 'archive' AND first_seen >= $1
                   ORDER BY position DESC LIMIT $2) AS told",
            )
            .bind(since)
            .bind(whole(most))
            .fetch_one(pool)
            .await?
        });
        match first {
            Some(first) => Ok(Some(first - 1)),
            None => Ok(Some(self.log_head().await?)),
        }
    }

    /// The updates of a story, in the order of the log.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn story(&self, story: &StoryId) -> Result<Vec<Update>, Error> {
        let rows: Vec<UpdateRow> = reading!(self.database, |pool| {
            sqlx::query_as(select_update!("WHERE story = $1 ORDER BY position"))
                .bind(story.as_str())
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(UpdateRow::update).collect()
    }

    /// Whom somebody told apart.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn stories_apart(&self) -> Result<Apart, Error> {
        let rows: Vec<(String, String)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT one, other FROM stories_apart")
                .fetch_all(pool)
                .await?
        });
        let mut apart = Apart::default();
        for (one, other) in rows {
            let id = |text: String| {
                UpdateId::new(text.clone())
                    .map_err(|error| unreadable("stories_apart", &text, error))
            };
            apart.tell_apart(&id(one)?, &id(other)?);
        }
        Ok(apart)
    }

    /// Tells two updates apart for good, or (`apart` false) takes that back.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn tell_stories_apart(
        &self,
        lease: &Lease,
        one: &UpdateId,
        other: &UpdateId,
        apart: bool,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let (one, other) = if one <= other {
            (one, other)
        } else {
            (other, one)
        };
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            if apart {
                sqlx::query(
                    "INSERT INTO stories_apart (one, other, at) VALUES ($1, $2, $3)
                     ON CONFLICT (one, other) DO NOTHING",
                )
                .bind(one.as_str())
                .bind(other.as_str())
                .bind(now)
                .execute(&mut *transaction)
                .await?;
            } else {
                sqlx::query("DELETE FROM stories_apart WHERE one = $1 AND other = $2")
                    .bind(one.as_str())
                    .bind(other.as_str())
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
            Ok(())
        })
    }

    /// Moves updates into other stories; a line of the log each.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn regroup(
        &self,
        lease: &Lease,
        regrouped: &[Regrouped],
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            for moved in regrouped {
                let (revision,): (i64,) = sqlx::query_as(
                    "UPDATE updates SET story = $2 WHERE id = $1 RETURNING revision",
                )
                .bind(moved.update.as_str())
                .bind(moved.story.as_ref().map(|story| story.as_str()))
                .fetch_one(&mut *transaction)
                .await?;
                log!(transaction, "regrouped", moved.update, revision, now);
            }
            transaction.commit().await?;
            Ok(())
        })
    }
}
