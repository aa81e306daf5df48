//! Looking at a store as it is: nothing is made, nothing brought up to date.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::database::{Database, reading, sqlite_file, without_password};
use super::{Error, Store};

/// Where an embedded store lies; none for one that is shared.
pub fn embedded(url: &str, data: &Path) -> Option<PathBuf> {
    sqlite_file(url, data)
}

impl Store {
    /// Opens the store to look at it; none where there is none yet.
    ///
    /// # Errors
    /// When it is there and cannot be opened.
    pub async fn open_to_look(url: &str, data: &Path) -> Result<Option<Self>, Error> {
        let failed = |why: String| Error::Open {
            url: without_password(url),
            why,
        };
        let database = match embedded(url, data) {
            Some(path) if !path.exists() => return Ok(None),
            Some(path) => {
                let options = SqliteConnectOptions::new()
                    .filename(&path)
                    .create_if_missing(false)
                    .read_only(true)
                    .busy_timeout(Duration::from_secs(10));
                let pool = SqlitePoolOptions::new()
                    .max_connections(1)
                    .connect_with(options)
                    .await
                    .map_err(|error| failed(error.to_string()))?;
                Database::Sqlite {
                    read: pool.clone(),
                    write: pool,
                }
            }
            None => {
                // What a driver says of an address could repeat its password.
                let options: PgConnectOptions = url
                    .parse()
                    .map_err(|_| failed("the address cannot be read".to_owned()))?;
                let pool = PgPoolOptions::new()
                    .max_connections(1)
                    .acquire_timeout(Duration::from_secs(10))
                    .connect_with(options)
                    .await
                    .map_err(|error| failed(error.to_string()))?;
                Database::Postgres(pool)
            }
        };
        Ok(Some(Self { database }))
    }

    /// The store's schema and the newest that this version knows.
    ///
    /// # Errors
    /// When the database fails, or this is no store of ours.
    pub async fn schema(&self) -> Result<(i64, i64), Error> {
        let (has,): (Option<i64>,) = reading!(self.database, |pool| {
            sqlx::query_as("SELECT MAX(version) FROM _sqlx_migrations")
                .fetch_one(pool)
                .await?
        });
        Ok((has.unwrap_or(0), Self::newest_schema()))
    }

    /// What the database itself finds wrong with its files; a shared one looks after its own.
    ///
    /// # Errors
    /// When the database cannot even be asked.
    pub async fn damage(&self) -> Result<Vec<String>, Error> {
        match &self.database {
            Database::Postgres(_) => Ok(Vec::new()),
            Database::Sqlite { read, .. } => {
                let rows: Vec<(String,)> = sqlx::query_as("PRAGMA quick_check(5)")
                    .fetch_all(read)
                    .await?;
                Ok(rows
                    .into_iter()
                    .map(|(row,)| row)
                    .filter(|row| row != "ok")
                    .collect())
            }
        }
    }

    /// The identifiers of all updates up to a position of the log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ids_up_to(&self, position: i64) -> Result<HashSet<String>, Error> {
        let rows: Vec<(String,)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT id FROM updates WHERE position <= $1")
                .bind(position)
                .fetch_all(pool)
                .await?
        });
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }
}
