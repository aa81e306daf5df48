//! Two databases behind one text: pools, opening, migrating.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgPool, SqlitePool};

use super::{Error, migrating};

/// How long a session of PostgreSQL may stand still within a transaction. A worker that is stopped
/// or cut off holds its lease's row until then; a new one takes over when it is let go.
const IDLE: &str = "SET idle_in_transaction_session_timeout = '9s'; SET tcp_user_timeout = '9s'; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 2";

/// How many KiB of pages the writer keeps (below 0). A batch touches more pages of 16 KiB the larger the
/// indexes are, so with four times as much it held more each month until they were full. A batch that is
/// larger is written into the log before it ends; in a cold collection no cost of that could be measured
/// (docs/results/2026-11-29-soak.md, 2026-11-29-c1.md).
const WRITER_PAGES: &str = "-4096";

/// The same for each reader. It lets go of all of them whenever the writer has committed, and fills them
/// again: while a round stores, most of what they take is taken for nothing
/// (docs/results/2026-11-29-soak.md, 2026-11-29-search.md).
const READER_PAGES: &str = "-512";

/// The pools. SQLite has one writer, so that no two writers of this process wait for each
/// other's locks, and readers that never block it.
#[derive(Clone)]
pub(super) enum Database {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// Runs one body on the writing pool of whichever database it is.
macro_rules! writing {
    ($database:expr, |$pool:ident| $body:expr) => {
        match &$database {
            $crate::store::database::Database::Sqlite { write: $pool, .. } => $body,
            $crate::store::database::Database::Postgres($pool) => $body,
        }
    };
}

/// Runs one body on the reading pool.
macro_rules! reading {
    ($database:expr, |$pool:ident| $body:expr) => {
        match &$database {
            $crate::store::database::Database::Sqlite { read: $pool, .. } => $body,
            $crate::store::database::Database::Postgres($pool) => $body,
        }
    };
}

/// Ends the transaction with an error unless the lease is still the newest, and holds it until
/// the transaction ends: the row is written to, so nobody else can take it meanwhile.
macro_rules! fenced {
    ($transaction:expr, $lease:expr) => {
        let held = sqlx::query("UPDATE leases SET epoch = epoch WHERE name = $1 AND epoch = $2")
            .bind(&$lease.name)
            .bind($lease.epoch)
            .execute(&mut *$transaction)
            .await?
            .rows_affected();
        if held != 1 {
            return Err($crate::store::Error::LeaseLost);
        }
    };
}

/// Adds a line to the change log, within a transaction that holds the lease.
macro_rules! log {
    ($transaction:expr, $event:literal, $update:expr, $revision:expr, $now:expr) => {
        let (position,): (i64,) = sqlx::query_as(
            "UPDATE log_head SET position = position + 1, at = CASE WHEN at < $1 THEN $1 ELSE at END
             WHERE only_row = 1 RETURNING position",
        )
        .bind($now)
        .fetch_one(&mut *$transaction)
        .await?;
        sqlx::query(
            "INSERT INTO change_log (position, at, event, update_id, revision) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(position)
        .bind($now)
        .bind($event)
        .bind($update.as_str())
        .bind($revision)
        .execute(&mut *$transaction)
        .await?;
    };
}

pub(super) use {fenced, log, reading, writing};

impl Database {
    /// Connects, and brings the schema to this version's.
    pub(super) async fn open(url: &str, data: &Path) -> Result<Self, Error> {
        let database = Self::connect(url, data).await?;
        migrating::bring_up(&database, &without_password(url), sqlite_file(url, data)).await?;
        Ok(database)
    }

    /// Connects, and leaves the schema as it is.
    pub(super) async fn connect(url: &str, data: &Path) -> Result<Self, Error> {
        if let Some(path) = sqlite_file(url, data) {
            Self::open_sqlite(url, &path).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::open_postgres(url).await
        } else {
            Err(Error::Open {
                url: without_password(url),
                why: "write sqlite:FILE or postgres://USER@HOST/DATABASE".to_owned(),
            })
        }
    }

    async fn open_sqlite(url: &str, path: &Path) -> Result<Self, Error> {
        let failed = |why: String| Error::Open {
            url: format!("{url} ({})", path.display()),
            why: format!("{why}. Check that the folder exists and that this user may write there"),
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
        }
        if !path.exists() {
            // What SQLite keeps beside it gets the same rights.
            super::copying::own_file(path).map_err(|error| failed(error.to_string()))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            // Rows hold texts of a few kilobytes: several to a page, and fewer that overflow.
            .page_size(16_384)
            .journal_mode(SqliteJournalMode::Wal)
            // A confirmed subscriber survives a power cut; commits are batched, so the price is small.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .pragma("journal_size_limit", "67108864");
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            // A file does not hang up as a server does: asking it first would cost as much as a read.
            .test_before_acquire(false)
            // On a full disk SQLite itself rolls back, which the driver does not notice: such a
            // connection would refuse every later transaction.
            .before_acquire(|connection, _| {
                let usable = !connection.is_in_transaction();
                Box::pin(async move { Ok(usable) })
            })
            // What many batches change, such as the ends of an index, goes from the log into the
            // file once for all of them: every 32 MiB, with pages of 16 KiB.
            .connect_with(
                options
                    .clone()
                    .pragma("cache_size", WRITER_PAGES)
                    .pragma("wal_autocheckpoint", "2000"),
            )
            .await
            .map_err(|error| failed(error.to_string()))?;
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            .connect_with(options.read_only(true).pragma("cache_size", READER_PAGES))
            .await
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self::Sqlite { read, write })
    }

    async fn open_postgres(url: &str) -> Result<Self, Error> {
        let failed = |why: String| Error::Open {
            url: without_password(url),
            why: format!(
                "{why}. Check that the server runs and that the user may log in and create tables"
            ),
        };
        // What a driver says of an address could repeat its password.
        let options: PgConnectOptions = url
            .parse()
            .map_err(|_: sqlx::Error| failed("its address cannot be read".to_owned()))?;
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(10))
            .after_connect(|connection, _| {
                Box::pin(async move {
                    sqlx::raw_sql(IDLE).execute(connection).await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self::Postgres(pool))
    }

    /// Closes every connection; an embedded store is one file again.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    pub(super) fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite { .. })
    }

    /// How a writing transaction begins. SQLite must take its lock at once: a transaction that
    /// reads first and then finds that another process has written cannot go on.
    pub(super) fn begin(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "BEGIN IMMEDIATE",
            Self::Postgres(_) => "BEGIN",
        }
    }
}

/// The file of an embedded store.
pub(super) fn sqlite_file(url: &str, data: &Path) -> Option<PathBuf> {
    url.strip_prefix("sqlite:")
        .map(|path| data.join(path.trim_start_matches("//")))
}

/// The address as it may stand in a log.
pub(super) fn without_password(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            // Only addresses that cannot have a password refuse this, and this one has.
            let _ = parsed.set_password(Some("***"));
            parsed.to_string()
        }
        Ok(_) => url.to_owned(),
        // What cannot be read may hold a password anywhere.
        Err(_) if url.starts_with("sqlite:") => url.to_owned(),
        Err(_) => "(an address that cannot be read)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(
            without_password("postgres://rw:secret@db/regwire"),
            "postgres://rw:***@db/regwire"
        );
    }
}
