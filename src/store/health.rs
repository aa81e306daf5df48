//! How the health of sources went, and what operators are told of it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::database::{fenced, reading, writing};
use super::{Error, Lease, Store, json, small, unreadable};
use crate::domain::delivery::DeliveryState;
use crate::domain::document::Outcome;
use crate::domain::health::{Health, Verdict};
use crate::domain::id::SourceId;
use crate::domain::silence::Silence;
use crate::domain::subscription::EmailAddress;

/// One change of a source's health.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthChange {
    /// The source.
    pub source: SourceId,
    /// When it was noticed.
    pub at: DateTime<Utc>,
    /// As it was.
    pub before: Health,
    /// As it is from then on.
    pub after: Health,
    /// Why.
    pub because: String,
}

/// A mail by itself: to an operator, or to whoever asked for something.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Derived from what it tells of, so that it is told once.
    pub id: String,
    /// The operator's mailbox.
    pub address: EmailAddress,
    /// The subject, one line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The HTML part; the text again where there is none of its own.
    pub html: Option<String>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// When it was put in the queue.
    pub queued_at: DateTime<Utc>,
    /// Tries so far.
    pub attempts: u32,
}

/// Puts a notice in the queue, within a transaction.
macro_rules! insert_notice {
    ($transaction:expr, $notice:expr) => {{
        let notice: &$crate::store::Notice = $notice;
        sqlx::query(
            "INSERT INTO notices (id, address, subject, text, html, headers, queued_at, state, attempts, next_try_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', 0, $7) ON CONFLICT (id) DO NOTHING",
        )
        .bind(notice.id.as_str())
        .bind(notice.address.as_str())
        .bind(notice.subject.as_str())
        .bind(notice.text.as_str())
        .bind(notice.html.as_deref())
        .bind($crate::store::to_json(&notice.headers))
        .bind(notice.queued_at)
        .execute(&mut *$transaction)
        .await?;
    }};
}

pub(super) use insert_notice;

impl Store {
    /// The health last noted of each source, and why it is so.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn noted_health(&self) -> Result<HashMap<SourceId, (Health, String)>, Error> {
        let rows: Vec<(String, String, String)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT source_id, health, because FROM source_health")
                .fetch_all(pool)
                .await?
        });
        rows.into_iter()
            .map(|(id, health, because)| {
                let table = "source_health";
                let health = json(table, &id, &format!("\"{health}\""))?;
                let source =
                    SourceId::new(id.clone()).map_err(|error| unreadable(table, &id, error))?;
                Ok((source, (health, because)))
            })
            .collect()
    }

    /// Notes how sources are from now on, what changed by that, and who is told; all or nothing.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn note_health(
        &self,
        lease: &Lease,
        verdicts: &[(SourceId, Verdict)],
        changes: &[HealthChange],
        notice: Option<&Notice>,
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            for (source, verdict) in verdicts {
                sqlx::query(
                    "INSERT INTO source_health (source_id, health, since, because) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (source_id) DO UPDATE SET health = excluded.health, since = excluded.since,
                       because = excluded.because",
                )
                .bind(source.as_str())
                .bind(verdict.health.as_str())
                .bind(verdict.since)
                .bind(verdict.because.as_str())
                .execute(&mut *transaction)
                .await?;
            }
            for change in changes {
                sqlx::query(
                    "INSERT INTO health_changes (source_id, at, before, after, because) VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT (source_id, at) DO UPDATE SET after = excluded.after, because = excluded.because",
                )
                .bind(change.source.as_str())
                .bind(change.at)
                .bind(change.before.as_str())
                .bind(change.after.as_str())
                .bind(change.because.as_str())
                .execute(&mut *transaction)
                .await?;
            }
            if let Some(notice) = notice {
                insert_notice!(transaction, notice);
            }
            transaction.commit().await?;
            Ok(())
        })
    }

    /// The newest changes of a source's health in a period, from `since` to before `until`, the
    /// newest first.
    ///
    /// # Errors
    /// As [`Store::noted_health`].
    pub async fn health_changes(
        &self,
        source: &SourceId,
        (since, until): (DateTime<Utc>, DateTime<Utc>),
        limit: u32,
    ) -> Result<Vec<HealthChange>, Error> {
        type Row = (String, DateTime<Utc>, String, String, String);
        let rows: Vec<Row> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT source_id, at, before, after, because FROM health_changes
                 WHERE source_id = $1 AND at >= $2 AND at < $3 ORDER BY at DESC LIMIT $4",
            )
            .bind(source.as_str())
            .bind(since)
            .bind(until)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        rows.into_iter()
            .map(|(id, at, before, after, because)| {
                let table = "health_changes";
                Ok(HealthChange {
                    at,
                    before: json(table, &id, &format!("\"{before}\""))?,
                    after: json(table, &id, &format!("\"{after}\""))?,
                    because,
                    source: SourceId::new(id.clone())
                        .map_err(|error| unreadable(table, &id, error))?,
                })
            })
            .collect()
    }

    /// Notices that are due.
    ///
    /// # Errors
    /// As [`Store::noted_health`].
    pub async fn due_notices(&self, now: DateTime<Utc>) -> Result<Vec<Notice>, Error> {
        type Row = (
            String,
            String,
            String,
            String,
            Option<String>,
            Option<String>,
            DateTime<Utc>,
            i64,
        );
        let rows: Vec<Row> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT id, address, subject, text, html, headers, queued_at, attempts FROM notices
                 WHERE state = 'pending' AND next_try_at <= $1 ORDER BY queued_at, id LIMIT 20",
            )
            .bind(now)
            .fetch_all(pool)
            .await?
        });
        rows.into_iter()
            .map(
                |(id, address, subject, text, html, headers, queued_at, attempts)| {
                    let table = "notices";
                    Ok(Notice {
                        headers: match headers {
                            Some(headers) => json(table, &id, &headers)?,
                            None => Vec::new(),
                        },
                        html,
                        address: EmailAddress::new(&address)
                            .map_err(|error| unreadable(table, &id, error))?,
                        attempts: small(table, &id, attempts)?,
                        id,
                        subject,
                        text,
                        queued_at,
                    })
                },
            )
            .collect()
    }

    /// Notes what became of a notice.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn record_notice(
        &self,
        lease: &Lease,
        id: &str,
        state: DeliveryState,
        next_try_at: DateTime<Utc>,
        answer: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            sqlx::query(
                "UPDATE notices SET state = $2, attempts = attempts + 1, next_try_at = $3, answer = $4,
                   done_at = CASE WHEN $2 = 'pending' THEN NULL ELSE $5 END,
                   html = CASE WHEN $2 = 'pending' THEN html ELSE NULL END,
                   text = CASE WHEN $2 = 'pending' OR html IS NULL THEN text ELSE '' END
                 WHERE id = $1",
            )
            .bind(id)
            .bind(state.as_str())
            .bind(next_try_at)
            .bind(answer)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// What is known of a source's silence in a period, from `since` to before `until`, which is not
    /// later than `now`.
    ///
    /// # Errors
    /// As [`Store::noted_health`].
    pub async fn silence(
        &self,
        source: &SourceId,
        (since, until): (DateTime<Utc>, DateTime<Utc>),
        now: DateTime<Utc>,
    ) -> Result<Silence, Error> {
        type Ends = (
            Option<DateTime<Utc>>,
            Option<DateTime<Utc>>,
            Option<DateTime<Utc>>,
        );
        let (first, before, after): Ends = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT (SELECT MIN(at) FROM visits WHERE source_id = $1),
                   (SELECT MAX(at) FROM visits WHERE source_id = $1 AND at < $2 AND outcome IN ('new', 'unchanged')),
                   (SELECT MIN(at) FROM visits WHERE source_id = $1 AND at >= $3 AND outcome IN ('new', 'unchanged'))",
            )
            .bind(source.as_str())
            .bind(since)
            .bind(until)
            .fetch_one(pool)
            .await?
        });
        let rows: Vec<(DateTime<Utc>, String, i64, i64)> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT at, outcome, new_entries, revised_entries FROM visits
                 WHERE source_id = $1 AND at >= $2 AND at < $3 ORDER BY at",
            )
            .bind(source.as_str())
            .bind(since)
            .bind(until)
            .fetch_all(pool)
            .await?
        });
        let mut out = Silence::begin(since, first, before);
        for (at, outcome, new, revised) in rows {
            let outcome = Outcome::read(&outcome).ok_or_else(|| {
                unreadable("visits", source.as_str(), format!("outcome {outcome}"))
            })?;
            out.take(at, outcome, new.unsigned_abs(), revised.unsigned_abs());
        }
        Ok(out.end(until, after.unwrap_or(now)))
    }
}
