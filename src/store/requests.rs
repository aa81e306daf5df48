//! Requests: what a command asks of the daemon that holds the lease.

use chrono::{DateTime, Utc};

use super::database::{fenced, reading, writing};
use super::{Error, Lease, Store, json, to_json};

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Its number.
    pub id: i64,
    /// What is asked (`collect` …).
    pub kind: String,
    /// With what.
    pub argument: serde_json::Value,
    /// What came of it, once it is done.
    pub answer: Option<serde_json::Value>,
}

impl Request {
    pub(super) fn from_row(row: (i64, String, String, Option<String>)) -> Result<Self, Error> {
        let (id, kind, argument, answer) = row;
        let key = id.to_string();
        Ok(Self {
            id,
            kind,
            argument: json("requests", &key, &argument)?,
            answer: answer
                .map(|answer| json("requests", &key, &answer))
                .transpose()?,
        })
    }
}

impl Store {
    /// Leaves a request; its number is returned.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn leave_request(
        &self,
        kind: &str,
        argument: &serde_json::Value,
        now: DateTime<Utc>,
    ) -> Result<i64, Error> {
        writing!(self.database, |pool| {
            let (id,): (i64,) = sqlx::query_as(
                "INSERT INTO requests (kind, argument, asked_at) VALUES ($1, $2, $3) RETURNING id",
            )
            .bind(kind)
            .bind(to_json(argument))
            .bind(now)
            .fetch_one(pool)
            .await?;
            Ok(id)
        })
    }

    /// What has been asked and not answered, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_requests(&self) -> Result<Vec<Request>, Error> {
        let rows = reading!(self.database, |pool| {
            sqlx::query_as("SELECT id, kind, argument, answer FROM requests WHERE answered_at IS NULL ORDER BY id")
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(Request::from_row).collect()
    }

    /// Answers a request.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn answer_request(
        &self,
        lease: &Lease,
        id: i64,
        answer: &serde_json::Value,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            sqlx::query("UPDATE requests SET answer = $2, answered_at = $3 WHERE id = $1")
                .bind(id)
                .bind(to_json(answer))
                .bind(now)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// One request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn request(&self, id: i64) -> Result<Option<Request>, Error> {
        let row = reading!(self.database, |pool| {
            sqlx::query_as("SELECT id, kind, argument, answer FROM requests WHERE id = $1")
                .bind(id)
                .fetch_optional(pool)
                .await?
        });
        row.map(Request::from_row).transpose()
    }
}
