//! A copy of an embedded store while others work with it: whole, of one moment, and looked through
//! before it has its name.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use futures_util::FutureExt as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Row as _};

use super::{Error, schema};

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// The steps of the schema that it has.
    pub steps: Vec<i64>,
    /// The log's last position.
    pub position: i64,
}

/// How long writers are kept waiting at most for the copy to begin.
const BEGINNING: Duration = Duration::from_secs(3);

/// Copies the store in `from` to `to`, which is not there before it is whole and looked through.
/// `locked`: the caller keeps all others from writing.
pub(super) async fn copy(from: &Path, to: &Path, locked: bool) -> Result<Copied, Error> {
    let failed = |why: String| Error::Copy {
        path: to.to_owned(),
        why,
    };
    let mut half = to.as_os_str().to_owned();
    half.push(".part");
    let half = std::path::PathBuf::from(half);
    // SQLite takes an empty file, and leaves its rights as they are.
    remove(&half)
        .and_then(|()| own_file(&half))
        .map_err(|error| failed(error.to_string()))?;
    let result = copied(from, &half, locked).await;
    let copied = match result {
        Ok(copied) => copied,
        Err(error) => {
            // What is half a copy is none; where it cannot be removed the next try says so.
            let _ = remove(&half);
            return Err(match error {
                Error::Database(error) => failed(error.to_string()),
                error => error,
            });
        }
    };
    crate::crash::point("copy-before-rename");
    let named = std::fs::File::open(&half)
        .and_then(|file| file.sync_all())
        .and_then(|()| std::fs::rename(&half, to))
        .and_then(|()| sync_folder(to));
    named.map_err(|error| failed(error.to_string()))?;
    Ok(copied)
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes an empty file that only its owner may read, unless there is one: who reads a store has
/// addresses and the keys that links are signed with.
pub(super) fn own_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Makes a name last.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|path| !path.as_os_str().is_empty());
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

async fn copied(from: &Path, half: &Path, locked: bool) -> Result<Copied, Error> {
    let options = SqliteConnectOptions::new()
        .filename(from)
        .busy_timeout(Duration::from_secs(10));
    let source = SqlitePoolOptions::new()
        .max_connections(3)
        .connect_with(options)
        .await?;
    let result = async {
        // Nobody writes until both the copy and the counting have begun, so they see one moment.
        let lock = if locked {
            None
        } else {
            Some(source.begin_with("BEGIN IMMEDIATE").await?)
        };
        let mut counting = source.begin().await?;
        // The first reading fixes what is seen; counting takes its time later.
        sqlx::query("SELECT COUNT(*) FROM sqlite_master")
            .execute(&mut *counting)
            .await?;
        let mut copying = source.acquire().await?;
        {
            let path = half.to_string_lossy().into_owned();
            let copy = sqlx::query("VACUUM INTO $1")
                .bind(path)
                .execute(&mut *copying);
            let mut copy = std::pin::pin!(copy.fuse());
            let begun = async {
                let began = tokio::time::Instant::now();
                // The first pages are written when reading has begun.
                while std::fs::metadata(half).map_or(0, |data| data.len()) == 0
                    && began.elapsed() < BEGINNING
                {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            };
            let done = tokio::select! {
                done = &mut copy => Some(done),
                () = begun => None,
            };
            if let Some(lock) = lock {
                lock.rollback().await?;
            }
            match done {
                Some(done) => done?,
                None => copy.await?,
            };
        }
        let expected = counts(&mut counting).await?;
        counting.rollback().await?;
        Ok::<_, Error>(expected)
    }
    .await;
    source.close().await;
    let expected = result?;
    let found = look_through(half).await?;
    if found == expected {
        Ok(found)
    } else {
        Err(Error::Copy {
            path: half.to_owned(),
            why: "the copy has not as many rows as the store".to_owned(),
        })
    }
}

/// Looks through a store's file: whether it is sound, and what it holds.
pub(super) async fn look_through(file: &Path) -> Result<Copied, Error> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await?;
    let found = looked_through(&pool, file).await;
    pool.close().await;
    found
}

async fn looked_through(pool: &SqlitePool, file: &Path) -> Result<Copied, Error> {
    let words: Vec<String> = sqlx::query("PRAGMA integrity_check(3)")
        .fetch_all(pool)
        .await?
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?;
    if words != ["ok"] {
        return Err(Error::Copy {
            path: file.to_owned(),
            why: format!("it is damaged: {}", words.join("; ")),
        });
    }
    let mut connection = pool.acquire().await?;
    counts(&mut connection).await
}

async fn counts(connection: &mut sqlx::SqliteConnection) -> Result<Copied, Error> {
    let mut rows = BTreeMap::new();
    for table in schema::sqlite_tables(connection).await? {
        let (count,): (i64,) = sqlx::query_as(AssertSqlSafe(format!(
            "SELECT COUNT(*) FROM \"{}\"",
            table.name
        )))
        .fetch_one(&mut *connection)
        .await?;
        rows.insert(table.name, u64::try_from(count).unwrap_or(0));
    }
    let steps: Vec<(i64,)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT version FROM {} ORDER BY version",
        super::migrating::APPLIED
    )))
    .fetch_all(&mut *connection)
    .await?;
    let position: Option<(i64,)> = sqlx::query_as("SELECT position FROM log_head")
        .fetch_optional(&mut *connection)
        .await?;
    Ok(Copied {
        rows,
        steps: steps.into_iter().map(|(step,)| step).collect(),
        position: position.map_or(0, |(position,)| position),
    })
}
