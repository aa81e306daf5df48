//! Operators, their sessions, and tries to log in. What changes them is in `deeds`.

use chrono::{DateTime, TimeDelta, Utc};

use super::database::{reading, writing};
use super::{Error, Store, unreadable};
use crate::domain::id::OperatorId;
use crate::domain::one_time_code::CodeSecret;
use crate::domain::operator::{IDLE, LASTS, Operator, OperatorLink, Session, TRIES_WITHIN};

/// A session is noted as used no oftener, so that looking at pages is no writing.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(5);

#[derive(sqlx::FromRow)]
struct OperatorRow {
    id: String,
    name: String,
    role: String,
    password: Option<String>,
    secret: Option<String>,
    last_step: Option<i64>,
    made_at: DateTime<Utc>,
    last_login_at: Option<DateTime<Utc>>,
    disabled_at: Option<DateTime<Utc>>,
}

impl OperatorRow {
    fn operator(self) -> Result<Operator, Error> {
        let table = "operators";
        let key = self.id.clone();
        Ok(Operator {
            role: self
                .role
                .parse()
                .map_err(|error: String| unreadable(table, &key, error))?,
            // A second factor that cannot be read must not fall away.
            secret: self
                .secret
                .map(|text| {
                    CodeSecret::read(&text)
                        .ok_or_else(|| unreadable(table, &key, "its second factor is no secret"))
                })
                .transpose()?,
            id: OperatorId::new(self.id).map_err(|error| unreadable(table, &key, error))?,
            name: self.name,
            password: self.password,
            last_step: self.last_step,
            made_at: self.made_at,
            last_login: self.last_login_at,
            disabled_at: self.disabled_at,
        })
    }
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    session_hash: String,
    operator_id: String,
    began_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    came_from: String,
    browser: String,
}

impl SessionRow {
    fn session(self) -> Result<Session, Error> {
        Ok(Session {
            operator: OperatorId::new(self.operator_id.as_str())
                .map_err(|error| unreadable("sessions", &self.operator_id, error))?,
            hash: self.session_hash,
            began_at: self.began_at,
            seen_at: self.seen_at,
            from: self.came_from,
            browser: self.browser,
        })
    }
}

impl Store {
    /// Everybody with a log-in, by name.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn operators(&self) -> Result<Vec<Operator>, Error> {
        let rows: Vec<OperatorRow> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT * FROM operators ORDER BY name, id")
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(OperatorRow::operator).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// As [`Store::operators`].
    pub async fn operator(&self, id: &OperatorId) -> Result<Option<Operator>, Error> {
        let row: Option<OperatorRow> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT * FROM operators WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(pool)
                .await?
        });
        row.map(OperatorRow::operator).transpose()
    }

    /// The session that a browser shows, while it lasts and its owner may log in.
    ///
    /// # Errors
    /// As [`Store::operators`].
    pub async fn session(
        &self,
        hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<(Session, Operator)>, Error> {
        let row: Option<SessionRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT session_hash, operator_id, began_at, seen_at, came_from, browser FROM sessions
                 WHERE session_hash = $1",
            )
            .bind(hash)
            .fetch_optional(pool)
            .await?
        });
        let Some(session) = row.map(SessionRow::session).transpose()? else {
            return Ok(None);
        };
        if !session.lasts(now) {
            return Ok(None);
        }
        let operator = self.operator(&session.operator).await?;
        let Some(operator) = operator.filter(|one| one.disabled_at.is_none()) else {
            return Ok(None);
        };
        if now - session.seen_at >= SEEN_EVERY {
            writing!(self.database, |pool| {
                sqlx::query("UPDATE sessions SET seen_at = $2 WHERE session_hash = $1")
                    .bind(hash)
                    .bind(now)
                    .execute(pool)
                    .await?;
            });
        }
        Ok(Some((session, operator)))
    }

    /// The sessions of somebody that last, the newest first.
    ///
    /// # Errors
    /// As [`Store::operators`].
    pub async fn sessions_of(
        &self,
        operator: &OperatorId,
        now: DateTime<Utc>,
    ) -> Result<Vec<Session>, Error> {
        let rows: Vec<SessionRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT session_hash, operator_id, began_at, seen_at, came_from, browser FROM sessions
                 WHERE operator_id = $1 AND began_at > $2 AND seen_at > $3 ORDER BY began_at DESC",
            )
            .bind(operator.as_str())
            .bind(now - LASTS)
            .bind(now - IDLE)
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(SessionRow::session).collect()
    }

    /// A one-time link that is still good. The first link of all is good until somebody has a
    /// password.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn operator_link(
        &self,
        hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<OperatorLink>, Error> {
        let row: Option<(String, Option<String>, DateTime<Utc>)> =
            reading!(self.database, |pool| {
                sqlx::query_as(
                    "SELECT link_hash, operator_id, expires_at FROM operator_links
                 WHERE link_hash = $1 AND expires_at > $2 AND (operator_id IS NOT NULL
                   OR NOT EXISTS (SELECT 1 FROM operators WHERE password IS NOT NULL))",
                )
                .bind(hash)
                .bind(now)
                .fetch_optional(pool)
                .await?
            });
        row.map(|(hash, operator, expires_at)| {
            Ok(OperatorLink {
                operator: operator
                    .map(OperatorId::new)
                    .transpose()
                    .map_err(|error| unreadable("operator_links", &hash, error))?,
                hash,
                expires_at,
            })
        })
        .transpose()
    }

    /// Recovery codes that somebody has left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recovery_codes_left(&self, operator: &OperatorId) -> Result<i64, Error> {
        let (left,): (i64,) = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT COUNT(*) FROM recovery_codes WHERE operator_id = $1 AND used_at IS NULL",
            )
            .bind(operator.as_str())
            .fetch_one(pool)
            .await?
        });
        Ok(left)
    }

    /// Counts a try under each of some subjects, unless one of them has had its number within the
    /// last minute; then nothing is counted, and the answer is false. Refused tries do not make the
    /// wait longer, so nobody is locked out for good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_try(
        &self,
        subjects: &[(String, u32)],
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            // Written to first: two tries at once are counted one after the other.
            sqlx::query("UPDATE audit_head SET only_row = only_row WHERE only_row = 1")
                .execute(&mut *transaction)
                .await?;
            sqlx::query("DELETE FROM login_tries WHERE tried_at <= $1")
                .bind(now - TRIES_WITHIN)
                .execute(&mut *transaction)
                .await?;
            for (subject, most) in subjects {
                let (tries,): (i64,) =
                    sqlx::query_as("SELECT COUNT(*) FROM login_tries WHERE subject = $1")
                        .bind(subject)
                        .fetch_one(&mut *transaction)
                        .await?;
                if tries >= i64::from(*most) {
                    transaction.commit().await?;
                    return Ok(false);
                }
            }
            for (subject, _) in subjects {
                sqlx::query("INSERT INTO login_tries (subject, tried_at) VALUES ($1, $2)")
                    .bind(subject)
                    .bind(now)
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
            Ok(true)
        })
    }
}
