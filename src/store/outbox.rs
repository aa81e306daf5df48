//! The outbox: what waits to be sent and what was given up, of every queue, for whoever looks after it.

use chrono::{DateTime, Utc};

use super::database::reading;
use super::requests::Request;
use super::{Error, Store, unreadable};
use crate::domain::delivery::DeliveryState;

/// What is sent by queues of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Mails of digests.
    Mail,
    /// Alerts, by whatever channel.
    Alert,
    /// Mails about sign-ups and to the operator.
    Notice,
}

impl Queue {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Mail, Self::Alert, Self::Notice];

    /// As written in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Alert => "alert",
            Self::Notice => "notice",
        }
    }
}

impl std::str::FromStr for Queue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|queue| queue.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no queue"))
    }
}

/// One thing that is to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxLine {
    /// Its queue.
    pub queue: Queue,
    /// Its identifier there.
    pub id: String,
    /// What it is: a digest's issue, a channel, a subject.
    pub what: String,
    /// To whom: a mailbox, or a recipient's key.
    pub to: String,
    /// Since when.
    pub queued_at: DateTime<Utc>,
    /// Tries so far.
    pub attempts: i64,
    /// Not before, while it waits.
    pub next_try_at: DateTime<Utc>,
    /// What was answered last.
    pub answer: Option<String>,
}

type Row = (
    String,
    String,
    String,
    String,
    DateTime<Utc>,
    i64,
    DateTime<Utc>,
    Option<String>,
);

/// A request as its row is.
type RequestRow = (i64, String, String, Option<String>, DateTime<Utc>);

/// A mailbox: its identifier, its address, and since when.
type MailboxRow = (String, String, DateTime<Utc>);

impl Store {
    /// What is in one state in all queues, the oldest first, and how many there are in all.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn outbox(
        &self,
        state: DeliveryState,
        limit: u32,
    ) -> Result<(Vec<OutboxLine>, i64), Error> {
        let (rows, (total,)): (Vec<Row>, (i64,)) = reading!(self.database, |pool| {
            let rows = sqlx::query_as(
                "SELECT 'mail' AS queue, id, digest || ' ' || number AS what, address AS to_whom, queued_at, attempts,
                   next_try_at, answer FROM deliveries WHERE state = $1
                 UNION ALL
                 SELECT 'alert', s.id, s.channel, CASE WHEN s.target = '' THEN a.recipient ELSE s.target END,
                   s.queued_at, s.attempts, s.next_try_at, s.answer
                 FROM sendings s JOIN alerts a ON a.id = s.alert_id WHERE s.state = $1
                 UNION ALL
                 SELECT 'notice', id, subject, address, queued_at, attempts, next_try_at, answer FROM notices
                 WHERE state = $1
                 ORDER BY 5, 2 LIMIT $2",
            )
            .bind(state.as_str())
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?;
            let total = sqlx::query_as(
                "SELECT (SELECT COUNT(*) FROM deliveries WHERE state = $1)
                   + (SELECT COUNT(*) FROM sendings WHERE state = $1)
                   + (SELECT COUNT(*) FROM notices WHERE state = $1)",
            )
            .bind(state.as_str())
            .fetch_one(pool)
            .await?;
            (rows, total)
        });
        let lines = rows
            .into_iter()
            .map(
                |(queue, id, what, to, queued_at, attempts, next_try_at, answer)| {
                    Ok(OutboxLine {
                        queue: queue
                            .parse()
                            .map_err(|error: String| unreadable("deliveries", &id, error))?,
                        id,
                        what,
                        to,
                        queued_at,
                        attempts,
                        next_try_at,
                        answer,
                    })
                },
            )
            .collect::<Result<_, Error>>()?;
        Ok((lines, total))
    }

    /// The newest requests to the worker, with when they were made.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn recent_requests(
        &self,
        limit: u32,
    ) -> Result<Vec<(DateTime<Utc>, Request)>, Error> {
        let rows: Vec<RequestRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                    "SELECT id, kind, argument, answer, asked_at FROM requests ORDER BY id DESC LIMIT $1",
                )
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        rows.into_iter()
            .map(|(id, kind, argument, answer, at)| {
                Ok((at, Request::from_row((id, kind, argument, answer))?))
            })
            .collect()
    }

    /// Who works, and until when unless the lease is renewed; none where nobody ever did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease_holder(&self, name: &str) -> Result<Option<(String, DateTime<Utc>)>, Error> {
        Ok(reading!(self.database, |pool| {
            sqlx::query_as("SELECT holder, until_at FROM leases WHERE name = $1")
                .bind(name)
                .fetch_optional(pool)
                .await?
        }))
    }

    /// Mailboxes whose address holds some signs, by address, with how many there are in all; what
    /// they subscribe to is asked of each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mailboxes_like(
        &self,
        part: &str,
        after: u32,
        limit: u32,
    ) -> Result<(Vec<MailboxRow>, i64), Error> {
        let escaped: String = part
            .to_lowercase()
            .chars()
            .flat_map(|c| match c {
                '%' | '_' | '!' => vec!['!', c],
                c => vec![c],
            })
            .collect();
        let like = format!("%{escaped}%");
        let (rows, (total,)): (Vec<MailboxRow>, (i64,)) = reading!(self.database, |pool| {
            let rows = sqlx::query_as(
                    "SELECT id, address, entered_at FROM subscribers WHERE LOWER(address) LIKE $1 ESCAPE '!'
                     ORDER BY address LIMIT $2 OFFSET $3",
                )
                .bind(like.as_str())
                .bind(i64::from(limit))
                .bind(i64::from(after))
                .fetch_all(pool)
                .await?;
            let total = sqlx::query_as(
                "SELECT COUNT(*) FROM subscribers WHERE LOWER(address) LIKE $1 ESCAPE '!'",
            )
            .bind(like.as_str())
            .fetch_one(pool)
            .await?;
            (rows, total)
        });
        Ok((rows, total))
    }
}
