//! The change log, and how far each follower has read in it.

use chrono::{DateTime, Utc};

use super::database::{fenced, reading, writing};
use super::updates::UpdateRow;
use super::{Error, Lease, Store, small, unreadable};
use crate::domain::id::UpdateId;
use crate::domain::update::Update;

/// What a line of the log says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogEvent {
    /// Seen for the first time.
    New,
    /// Says something else now.
    Revised,
    /// Is told in another story now, or alone again.
    Regrouped,
    /// Has other tags, by a changed library; no news.
    Retagged,
    /// An editor noted something.
    Noted,
}

impl LogEvent {
    /// As stored, and as printed for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Revised => "revised",
            Self::Regrouped => "regrouped",
            Self::Retagged => "retagged",
            Self::Noted => "noted",
        }
    }

    /// Whether the publisher said something: what we did to an update is no news.
    pub fn is_told(self) -> bool {
        matches!(self, Self::New | Self::Revised)
    }
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLine {
    /// Its place, from 1, without gaps, in commit order.
    pub position: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What happened.
    pub event: LogEvent,
    /// To which update.
    pub update: UpdateId,
    /// In which revision.
    pub revision: u32,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    log_position: i64,
    log_at: DateTime<Utc>,
    log_event: String,
    log_update: String,
    log_revision: i64,
}

impl LineRow {
    fn line(self) -> Result<LogLine, Error> {
        let table = "change_log";
        let key = self.log_position.to_string();
        Ok(LogLine {
            position: self.log_position,
            at: self.log_at,
            event: match self.log_event.as_str() {
                "new" => LogEvent::New,
                "revised" => LogEvent::Revised,
                "regrouped" => LogEvent::Regrouped,
                "retagged" => LogEvent::Retagged,
                "noted" => LogEvent::Noted,
                other => return Err(unreadable(table, &key, format!("`{other}` is no event"))),
            },
            update: UpdateId::new(self.log_update)
                .map_err(|error| unreadable(table, &key, error))?,
            revision: small(table, &key, self.log_revision)?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct LineWithUpdate {
    #[sqlx(flatten)]
    line: LineRow,
    #[sqlx(flatten)]
    update: UpdateRow,
}

impl Store {
    /// Makes the log's one row when the store is new.
    pub(super) async fn found(&self) -> Result<(), Error> {
        writing!(self.database, |pool| {
            sqlx::query("INSERT INTO log_head (only_row, position, at) VALUES (1, 0, $1) ON CONFLICT (only_row) DO NOTHING")
                .bind(DateTime::UNIX_EPOCH)
                .execute(pool)
                .await?;
            Ok(())
        })
    }

    /// Refuses a clock that is earlier than the store's last line.
    ///
    /// # Errors
    /// [`Error::ClockBehind`], or when the database fails.
    pub async fn check_clock(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let last = self.last_moment().await?;
        if now < last {
            Err(Error::ClockBehind { now, last })
        } else {
            Ok(())
        }
    }

    /// The latest moment that anything stored is of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_moment(&self) -> Result<DateTime<Utc>, Error> {
        let (last,): (DateTime<Utc>,) = reading!(self.database, |pool| {
            sqlx::query_as("SELECT at FROM log_head WHERE only_row = 1")
                .fetch_one(pool)
                .await?
        });
        Ok(last)
    }

    /// The last position given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_head(&self) -> Result<i64, Error> {
        let (position,): (i64,) = reading!(self.database, |pool| {
            sqlx::query_as("SELECT position FROM log_head WHERE only_row = 1")
                .fetch_one(pool)
                .await?
        });
        Ok(position)
    }

    /// The last position that was given before a moment; 0 when none was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_position_at(&self, moment: DateTime<Utc>) -> Result<i64, Error> {
        let (position,): (i64,) = reading!(self.database, |pool| {
            sqlx::query_as("SELECT COALESCE(MAX(position), 0) FROM change_log WHERE at < $1")
                .bind(moment)
                .fetch_one(pool)
                .await?
        });
        Ok(position)
    }

    /// The lines after a position, in order.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn log(&self, after: i64, limit: u32) -> Result<Vec<LogLine>, Error> {
        let rows: Vec<LineRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT position AS log_position, at AS log_at, event AS log_event, update_id AS log_update,
                   revision AS log_revision
                 FROM change_log WHERE position > $1 ORDER BY position LIMIT $2",
            )
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(LineRow::line).collect()
    }

    /// The lines after a position with the updates as they are now, in order.
    ///
    /// # Errors
    /// As [`Store::log`].
    pub async fn log_with_updates(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(LogLine, Update)>, Error> {
        let rows: Vec<LineWithUpdate> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT l.position AS log_position, l.at AS log_at, l.event AS log_event,
                   l.update_id AS log_update, l.revision AS log_revision, u.*
                 FROM change_log l JOIN updates u ON u.id = l.update_id
                 WHERE l.position > $1 ORDER BY l.position LIMIT $2",
            )
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        rows.into_iter()
            .map(|row| Ok((row.line.line()?, row.update.update()?)))
            .collect()
    }

    /// How many updates entered the log up to a position: what an index that stands there holds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn updates_until(&self, position: i64) -> Result<u64, Error> {
        let (count,): (i64,) = reading!(self.database, |pool| {
            sqlx::query_as("SELECT COUNT(*) FROM change_log WHERE event = 'new' AND position <= $1")
                .bind(position)
                .fetch_one(pool)
                .await?
        });
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// How far a follower has read; 0 when it never did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follower(&self, name: &str) -> Result<i64, Error> {
        let row: Option<(i64,)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT position FROM followers WHERE name = $1")
                .bind(name)
                .fetch_optional(pool)
                .await?
        });
        Ok(row.map_or(0, |(position,)| position))
    }

    /// Notes how far a follower has read.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn set_follower(
        &self,
        lease: &Lease,
        name: &str,
        position: i64,
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            sqlx::query(
                "INSERT INTO followers (name, position) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET position = excluded.position",
            )
            .bind(name)
            .bind(position)
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok(())
        })
    }
}
