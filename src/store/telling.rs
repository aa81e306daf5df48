//! Issues, and their mails on the way.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::database::{fenced, reading, writing};
use super::{Error, Lease, Store, json, small, to_json, unreadable, whole};
use crate::domain::delivery::{Delivery, DeliveryState};
use crate::domain::digest::{Issue, IssueState, Window};
use crate::domain::id::{DeliveryId, DigestName, SubscriberId};
use crate::domain::subscription::EmailAddress;

/// Rows written with one statement.
const CHUNK: usize = 500;

/// An issue without what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct IssueSummary {
    /// The periodical.
    pub digest: DigestName,
    /// Its number.
    pub number: u32,
    /// The moment of the schedule it belongs to.
    pub scheduled_for: DateTime<Utc>,
    /// When it was frozen.
    pub closed_at: DateTime<Utc>,
    /// What it tells of.
    pub window: Window,
    /// Where it stands.
    pub state: IssueState,
    /// How many items it has.
    pub items: u32,
    /// How many mailboxes it goes to.
    pub recipients: u32,
    /// Taken by the relay.
    pub sent: u32,
    /// Refused for good.
    pub failed: u32,
    /// Not to be sent any more.
    pub skipped: u32,
    /// Still to be sent.
    pub pending: u32,
}

/// What became of one try.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryResult {
    /// The delivery.
    pub id: DeliveryId,
    /// Where it stands now.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: u32,
    /// Not before, when it is still to be sent.
    pub next_try_at: DateTime<Utc>,
    /// What the relay said.
    pub answer: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct IssueRow {
    digest: String,
    number: i64,
    scheduled_for: DateTime<Utc>,
    closed_at: DateTime<Utc>,
    window_after: i64,
    window_until: i64,
    state: String,
    items: i64,
    sent: i64,
    failed: i64,
    skipped: i64,
    pending: i64,
}

impl IssueRow {
    fn summary(self) -> Result<IssueSummary, Error> {
        let table = "issues";
        let key = format!("{} {}", self.digest, self.number);
        let recipients = self.sent + self.failed + self.skipped + self.pending;
        Ok(IssueSummary {
            number: small(table, &key, self.number)?,
            scheduled_for: self.scheduled_for,
            closed_at: self.closed_at,
            window: Window {
                after: self.window_after,
                until: self.window_until,
            },
            state: self
                .state
                .parse()
                .map_err(|error: String| unreadable(table, &key, error))?,
            items: small(table, &key, self.items)?,
            recipients: small(table, &key, recipients)?,
            sent: small(table, &key, self.sent)?,
            failed: small(table, &key, self.failed)?,
            skipped: small(table, &key, self.skipped)?,
            pending: small(table, &key, self.pending)?,
            digest: DigestName::new(self.digest).map_err(|error| unreadable(table, &key, error))?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    id: String,
    digest: String,
    number: i64,
    subscriber_id: String,
    address: String,
    queued_at: DateTime<Utc>,
    plan: String,
    state: String,
    attempts: i64,
    next_try_at: DateTime<Utc>,
    answer: Option<String>,
}

impl DeliveryRow {
    fn delivery(self) -> Result<Delivery, Error> {
        let table = "deliveries";
        let key = self.id.clone();
        let wrong = |error: &dyn std::fmt::Display| unreadable(table, &key, error);
        Ok(Delivery {
            id: DeliveryId::new(self.id).map_err(|e| wrong(&e))?,
            digest: DigestName::new(self.digest).map_err(|e| wrong(&e))?,
            number: small(table, &key, self.number)?,
            subscriber: SubscriberId::new(self.subscriber_id).map_err(|e| wrong(&e))?,
            address: EmailAddress::new(&self.address).map_err(|e| wrong(&e))?,
            queued_at: self.queued_at,
            plan: json(table, &key, &self.plan)?,
            state: self.state.parse().map_err(|e: String| wrong(&e))?,
            attempts: small(table, &key, self.attempts)?,
            next_try_at: self.next_try_at,
            answer: self.answer,
        })
    }
}

const ISSUES: &str = "SELECT i.digest, i.number, i.scheduled_for, i.closed_at, i.window_after, i.window_until, i.state,
     i.items,
     (SELECT COUNT(*) FROM deliveries d WHERE d.digest = i.digest AND d.number = i.number AND d.state = 'sent') AS sent,
     (SELECT COUNT(*) FROM deliveries d WHERE d.digest = i.digest AND d.number = i.number AND d.state = 'failed') AS failed,
     (SELECT COUNT(*) FROM deliveries d WHERE d.digest = i.digest AND d.number = i.number AND d.state = 'skipped') AS skipped,
     (SELECT COUNT(*) FROM deliveries d WHERE d.digest = i.digest AND d.number = i.number AND d.state = 'pending') AS pending
   FROM issues i WHERE ($1 = '' OR i.digest = $1) ORDER BY i.scheduled_for DESC, i.digest LIMIT $2";

impl Store {
    /// Issues, the newest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn issues(&self, digest: Option<&DigestName>) -> Result<Vec<IssueSummary>, Error> {
        self.issue_rows(digest, 10_000).await
    }

    async fn issue_rows(
        &self,
        digest: Option<&DigestName>,
        limit: i64,
    ) -> Result<Vec<IssueSummary>, Error> {
        let rows: Vec<IssueRow> = reading!(self.database, |pool| {
            sqlx::query_as(ISSUES)
                .bind(digest.map_or("", DigestName::as_str))
                .bind(limit)
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(IssueRow::summary).collect()
    }

    /// The newest issue of a digest.
    ///
    /// # Errors
    /// As [`Store::issues`].
    pub async fn last_issue(&self, digest: &DigestName) -> Result<Option<IssueSummary>, Error> {
        Ok(self.issue_rows(Some(digest), 1).await?.into_iter().next())
    }

    /// One issue with what it says.
    ///
    /// # Errors
    /// As [`Store::issues`].
    pub async fn issue(&self, digest: &DigestName, number: u32) -> Result<Option<Issue>, Error> {
        type Row = (
            DateTime<Utc>,
            DateTime<Utc>,
            i64,
            i64,
            String,
            String,
            String,
        );
        let row: Option<Row> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT scheduled_for, closed_at, window_after, window_until, state, introduction, edition
                 FROM issues WHERE digest = $1 AND number = $2",
            )
            .bind(digest.as_str())
            .bind(i64::from(number))
            .fetch_optional(pool)
            .await?
        });
        let Some((scheduled_for, closed_at, after, until, state, introduction, edition)) = row
        else {
            return Ok(None);
        };
        let table = "issues";
        let key = format!("{digest} {number}");
        Ok(Some(Issue {
            digest: digest.clone(),
            number,
            scheduled_for,
            closed_at,
            window: Window { after, until },
            state: state
                .parse()
                .map_err(|error: String| unreadable(table, &key, error))?,
            introduction,
            edition: json(table, &key, &edition)?,
        }))
    }

    /// Freezes an issue with its deliveries; false when the moment has its issue already.
    ///
    /// # Errors
    /// When the lease is lost or the database fails; then nothing of it is stored.
    pub async fn close_issue(
        &self,
        lease: &Lease,
        issue: &Issue,
        deliveries: &[Delivery],
    ) -> Result<bool, Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            let stored = sqlx::query(
                "INSERT INTO issues (digest, number, scheduled_for, closed_at, window_after, window_until, state,
                   items, edition, introduction)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
            )
            .bind(issue.digest.as_str())
            .bind(i64::from(issue.number))
            .bind(issue.scheduled_for)
            .bind(issue.closed_at)
            .bind(issue.window.after)
            .bind(issue.window.until)
            .bind(issue.state.as_str())
            .bind(whole(issue.edition.items.len()))
            .bind(to_json(&issue.edition))
            .bind(issue.introduction.as_str())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            if stored == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            for chunk in deliveries.chunks(250) {
                let mut query = QueryBuilder::new(
                    "INSERT INTO deliveries (id, digest, number, subscriber_id, address, queued_at, plan, state,
                       attempts, next_try_at, answer) ",
                );
                query.push_values(chunk, |mut row, delivery| {
                    row.push_bind(delivery.id.as_str())
                        .push_bind(delivery.digest.as_str())
                        .push_bind(i64::from(delivery.number))
                        .push_bind(delivery.subscriber.as_str())
                        .push_bind(delivery.address.as_str())
                        .push_bind(delivery.queued_at)
                        .push_bind(to_json(&delivery.plan))
                        .push_bind(delivery.state.as_str())
                        .push_bind(i64::from(delivery.attempts))
                        .push_bind(delivery.next_try_at)
                        .push_bind(delivery.answer.as_deref());
                });
                query
                    .build()
                    .persistent(super::comes_again(chunk.len()))
                    .execute(&mut *transaction)
                    .await?;
            }
            crate::crash::point("issue-before-commit");
            transaction.commit().await?;
            crate::crash::point("issue-after-commit");
            Ok(true)
        })
    }

    /// Moves an issue on.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn set_issue_state(
        &self,
        lease: &Lease,
        digest: &DigestName,
        number: u32,
        state: IssueState,
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            sqlx::query("UPDATE issues SET state = $3 WHERE digest = $1 AND number = $2")
                .bind(digest.as_str())
                .bind(i64::from(number))
                .bind(state.as_str())
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// Writes the words before everything else of a draft; false when it is none.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn set_introduction(
        &self,
        lease: &Lease,
        digest: &DigestName,
        number: u32,
        text: &str,
    ) -> Result<bool, Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            let changed = sqlx::query(
                "UPDATE issues SET introduction = $3 WHERE digest = $1 AND number = $2 AND state = 'draft'",
            )
            .bind(digest.as_str())
            .bind(i64::from(number))
            .bind(text)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            transaction.commit().await?;
            Ok(changed == 1)
        })
    }

    /// Deliveries that are due, of issues that are being sent.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn due_deliveries(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Delivery>, Error> {
        let rows: Vec<DeliveryRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT d.id, d.digest, d.number, d.subscriber_id, d.address, d.queued_at, d.plan, d.state,
                   d.attempts, d.next_try_at, d.answer
                 FROM deliveries d JOIN issues i ON i.digest = d.digest AND i.number = d.number
                 WHERE d.state = 'pending' AND d.next_try_at <= $1 AND i.state = 'sending'
                 ORDER BY d.next_try_at, d.id LIMIT $2",
            )
            .bind(now)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(DeliveryRow::delivery).collect()
    }

    /// Notes what became of tries; an issue whose every recipient is accounted for is finished
    /// with them.
    ///
    /// # Errors
    /// When the lease is lost or the database fails; then nothing of it is stored.
    pub async fn record_deliveries(
        &self,
        lease: &Lease,
        results: &[DeliveryResult],
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            for chunk in results.chunks(CHUNK) {
                let mut query = QueryBuilder::new(
                    "WITH came (came_id, came_state, tries, next, words, moment) AS (",
                );
                query.push_values(chunk, |mut row, result| {
                    row.push_bind(result.id.as_str())
                        .push_bind(result.state.as_str())
                        .push_bind(i64::from(result.attempts))
                        .push_bind(result.next_try_at)
                        .push_bind(result.answer.as_deref())
                        .push_bind(result.at);
                });
                query.push(
                    ") UPDATE deliveries SET state = came_state, attempts = tries, next_try_at = next, answer = words,
                       done_at = CASE WHEN came_state = 'pending' THEN NULL ELSE moment END
                     FROM came WHERE id = came_id AND state = 'pending'",
                );
                query
                    .build()
                    .persistent(super::comes_again(chunk.len()))
                    .execute(&mut *transaction)
                    .await?;
            }
            sqlx::query(
                "UPDATE issues SET state = 'finished' WHERE state = 'sending' AND NOT EXISTS (
                   SELECT 1 FROM deliveries d WHERE d.digest = issues.digest AND d.number = issues.number
                     AND d.state = 'pending')",
            )
            .execute(&mut *transaction)
            .await?;
            crate::crash::point("delivery-before-commit");
            transaction.commit().await?;
            crate::crash::point("delivery-after-commit");
            Ok(())
        })
    }
}
