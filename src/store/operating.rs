//! What operators are told: lines that stand until they are mended, how the disk fills, and how much
//! waits where.

use chrono::{DateTime, NaiveDate, Utc};

use super::database::{fenced, reading, writing};
use super::health::insert_notice;
use super::{Error, Lease, Notice, Store, unreadable};
use crate::domain::disk::DiskDay;
use crate::domain::id::SourceId;

/// A line for operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorLine {
    /// What it is about; there is one line of each.
    pub name: String,
    /// Since when it stands.
    pub at: DateTime<Utc>,
    /// What it says.
    pub what: String,
}

/// One of the queues, by the state of what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// `deliveries`, `sendings` or `notices`.
    pub name: &'static str,
    /// How many are in each state.
    pub states: Vec<(String, i64)>,
    /// When the oldest was put there that is not done.
    pub oldest: Option<DateTime<Utc>>,
}

/// How much there is, and how much waits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Updates stored.
    pub updates: i64,
    /// Visits altogether.
    pub visits: i64,
    /// Visits in a row without success, of all sources together.
    pub failures: i64,
    /// The last position of the log.
    pub log_head: i64,
    /// Followers of the log, and how far each has read.
    pub followers: Vec<(String, i64)>,
    /// The queues.
    pub queues: Vec<Backlog>,
    /// The worker's lease: until when, and which taking it is.
    pub lease: Option<(String, DateTime<Utc>, i64)>,
    /// The last issue of each digest: when it should have closed, and when it did.
    pub issues: Vec<(String, DateTime<Utc>, DateTime<Utc>)>,
    /// Mailboxes with a subscription.
    pub subscribers: i64,
    /// Subscriptions that run.
    pub subscriptions: i64,
    /// Requests of commands that nobody has answered, and since when.
    pub requests: i64,
    /// Since when the oldest of them waits.
    pub oldest_request: Option<DateTime<Utc>>,
    /// Why nothing is sent, where nothing is.
    pub locked: Option<String>,
    /// Lines for operators that stand.
    pub lines: Vec<OperatorLine>,
}

impl Store {
    /// Sets the line of that name, or takes it away; one that says the same stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_line(
        &self,
        name: &str,
        what: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        writing!(self.database, |pool| {
            match what {
                Some(what) => {
                    sqlx::query(
                        "INSERT INTO operator_lines (name, at, what) VALUES ($1, $2, $3)
                         ON CONFLICT (name) DO UPDATE SET at = excluded.at, what = excluded.what
                         WHERE operator_lines.what <> excluded.what",
                    )
                    .bind(name)
                    .bind(now)
                    .bind(what)
                    .execute(pool)
                    .await?;
                }
                None => {
                    sqlx::query("DELETE FROM operator_lines WHERE name = $1")
                        .bind(name)
                        .execute(pool)
                        .await?;
                }
            }
            Ok(())
        })
    }

    /// Lines for operators that stand, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lines(&self) -> Result<Vec<OperatorLine>, Error> {
        let rows: Vec<(String, DateTime<Utc>, String)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT name, at, what FROM operator_lines ORDER BY at, name")
                .fetch_all(pool)
                .await?
        });
        Ok(rows
            .into_iter()
            .map(|(name, at, what)| OperatorLine { name, at, what })
            .collect())
    }

    /// Notes how full the disk is on a day; the first word of a day holds.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn note_disk(&self, lease: &Lease, day: &DiskDay) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            sqlx::query(
                "INSERT INTO disk_use (day, used, free) VALUES ($1, $2, $3) ON CONFLICT (day) DO NOTHING",
            )
            .bind(day.day.to_string())
            .bind(super::whole(day.used))
            .bind(super::whole(day.free))
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// How full the disk was, the newest days, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn disk_days(&self, days: u32) -> Result<Vec<DiskDay>, Error> {
        let rows: Vec<(String, i64, i64)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT day, used, free FROM disk_use ORDER BY day DESC LIMIT $1")
                .bind(i64::from(days))
                .fetch_all(pool)
                .await?
        });
        rows.into_iter()
            .rev()
            .map(|(day, used, free)| {
                Ok(DiskDay {
                    day: day
                        .parse::<NaiveDate>()
                        .map_err(|error| unreadable("disk_use", &day, error))?,
                    used: used.unsigned_abs(),
                    free: free.unsigned_abs(),
                })
            })
            .collect()
    }

    /// Puts a mail by itself in the queue, once.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn queue_notice(&self, lease: &Lease, notice: &Notice) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            insert_notice!(transaction, notice);
            transaction.commit().await?;
            Ok(())
        })
    }

    /// Whether a notice was ever put in the queue.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_notice(&self, id: &str) -> Result<bool, Error> {
        let found: Option<(i64,)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT CAST(1 AS BIGINT) FROM notices WHERE id = $1")
                .bind(id)
                .fetch_optional(pool)
                .await?
        });
        Ok(found.is_some())
    }

    /// How many updates beyond the archive each source has brought since a moment, by the log: who looks
    /// for days, or groups by an index of sources, reads every update that there is.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn brought_since(&self, since: DateTime<Utc>) -> Result<Vec<(SourceId, i64)>, Error> {
        let before = self.log_position_at(since).await?;
        let rows: Vec<(String, i64)> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT MIN(source_id), COUNT(*) FROM updates WHERE position > $1 AND reach <> 'archive'
                 GROUP BY source_id || '' ORDER BY 2 DESC, 1",
            )
            .bind(before)
            .fetch_all(pool)
            .await?
        });
        rows.into_iter()
            .map(|(id, count)| {
                let source =
                    SourceId::new(id.clone()).map_err(|error| unreadable("updates", &id, error))?;
                Ok((source, count))
            })
            .collect()
    }

    /// How much there is, and how much waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn figures(&self) -> Result<Figures, Error> {
        type States = Vec<(String, i64)>;
        type Oldest = (Option<DateTime<Utc>>,);
        type Moments = Vec<(String, DateTime<Utc>, DateTime<Utc>)>;
        let counts = self.counts().await?;
        let lines = self.lines().await?;
        let locked = self.sending_lock().await?.and_then(|(_, why)| why);
        let mut queues = Vec::new();
        for (name, states, oldest) in [
            (
                "deliveries",
                "SELECT state, COUNT(*) FROM deliveries GROUP BY state ORDER BY state",
                "SELECT MIN(queued_at) FROM deliveries WHERE state = 'pending'",
            ),
            (
                "sendings",
                "SELECT state, COUNT(*) FROM sendings GROUP BY state ORDER BY state",
                "SELECT MIN(queued_at) FROM sendings WHERE state = 'pending'",
            ),
            (
                "notices",
                "SELECT state, COUNT(*) FROM notices GROUP BY state ORDER BY state",
                "SELECT MIN(queued_at) FROM notices WHERE state = 'pending'",
            ),
        ] {
            let (states, (oldest,)): (States, Oldest) = reading!(self.database, |pool| {
                (
                    sqlx::query_as(states).fetch_all(pool).await?,
                    sqlx::query_as(oldest).fetch_one(pool).await?,
                )
            });
            queues.push(Backlog {
                name,
                states,
                oldest,
            });
        }
        reading!(self.database, |pool| {
            let (visits, failures): (i64, i64) = sqlx::query_as(
                "SELECT CAST(COALESCE(SUM(visits), 0) AS BIGINT), CAST(COALESCE(SUM(failures), 0) AS BIGINT)
                 FROM source_states",
            )
            .fetch_one(pool)
            .await?;
            let followers: Vec<(String, i64)> =
                sqlx::query_as("SELECT name, position FROM followers ORDER BY name")
                    .fetch_all(pool)
                    .await?;
            let lease: Option<(String, DateTime<Utc>, i64)> =
                sqlx::query_as("SELECT holder, until_at, epoch FROM leases WHERE name = 'worker'")
                    .fetch_optional(pool)
                    .await?;
            let issues: Moments = sqlx::query_as(
                "SELECT digest, scheduled_for, closed_at FROM issues i
                 WHERE number = (SELECT MAX(number) FROM issues WHERE digest = i.digest) ORDER BY digest",
            )
            .fetch_all(pool)
            .await?;
            let (subscriptions,): (i64,) =
                sqlx::query_as("SELECT COUNT(*) FROM subscriptions WHERE ended_at IS NULL")
                    .fetch_one(pool)
                    .await?;
            let (requests, oldest_request): (i64, Option<DateTime<Utc>>) = sqlx::query_as(
                "SELECT COUNT(*), MIN(asked_at) FROM requests WHERE answered_at IS NULL",
            )
            .fetch_one(pool)
            .await?;
            Ok(Figures {
                updates: counts.updates,
                visits,
                failures,
                log_head: counts.log_head,
                followers,
                queues,
                lease,
                issues,
                subscribers: counts.subscribers,
                subscriptions,
                requests,
                oldest_request,
                locked,
                lines,
            })
        })
    }
}
