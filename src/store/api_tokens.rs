//! Tokens of programs that the store knows. What makes and ends them is in `deeds`.

use chrono::{DateTime, TimeDelta, Utc};

use super::database::{reading, writing};
use super::{Error, Store, unreadable};
use crate::domain::api_token::{ApiToken, Scope, StoredToken};
use crate::domain::document::Sha256;

/// A token is noted as used no oftener.
const USED_EVERY: TimeDelta = TimeDelta::minutes(1);

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    token_hash: String,
    scopes: String,
    made_by: String,
    made_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

impl Row {
    fn token(self) -> Result<StoredToken, Error> {
        let table = "api_tokens";
        let hash = Sha256::read(&self.token_hash)
            .ok_or_else(|| unreadable(table, &self.id, "its hash is none"))?;
        let scopes: Vec<Scope> = self
            .scopes
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<_, String>>()
            .map_err(|error| unreadable(table, &self.id, error))?;
        Ok(StoredToken {
            id: self.id,
            token: ApiToken {
                name: self.name,
                hash,
                scopes,
                expires: self.expires_at,
            },
            made_by: self.made_by,
            made_at: self.made_at,
            last_used: self.last_used_at,
            ended_at: self.ended_at,
        })
    }
}

/// Scopes as stored.
pub(super) fn written(scopes: &[Scope]) -> String {
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    words.join(" ")
}

impl Store {
    /// Every token that was ever made here, the newest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn api_tokens(&self) -> Result<Vec<StoredToken>, Error> {
        let rows: Vec<Row> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT * FROM api_tokens ORDER BY made_at DESC, id")
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(Row::token).collect()
    }

    /// The token of a hash that is good at this moment, noted as used.
    ///
    /// # Errors
    /// As [`Store::api_tokens`].
    pub async fn shown_token(
        &self,
        hash: &Sha256,
        now: DateTime<Utc>,
    ) -> Result<Option<StoredToken>, Error> {
        let row: Option<Row> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT * FROM api_tokens WHERE token_hash = $1")
                .bind(hash.as_str())
                .fetch_optional(pool)
                .await?
        });
        let token = row.map(Row::token).transpose()?;
        let Some(token) = token.filter(|token| token.is_good(now)) else {
            return Ok(None);
        };
        if token.last_used.is_none_or(|used| now - used >= USED_EVERY) {
            writing!(self.database, |pool| {
                sqlx::query("UPDATE api_tokens SET last_used_at = $2 WHERE id = $1")
                    .bind(token.id.as_str())
                    .bind(now)
                    .execute(pool)
                    .await?;
            });
        }
        Ok(Some(token))
    }
}
