//! The schema: what of it a store has, what this version would add, and adding it all at once or
//! not at all. An embedded store is copied first.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migrator};

use super::copying;
use super::database::{Database, without_password};
use super::{Error, Store};

pub(super) static SQLITE: Migrator = sqlx::migrate!("src/store/migrations/sqlite");
pub(super) static POSTGRES: Migrator = sqlx::migrate!("src/store/migrations/postgres");

/// Where the database keeps what was applied.
pub(super) const APPLIED: &str = "_sqlx_migrations";
/// Two nodes that are started with a new version migrate one after the other.
const LOCK: i64 = 0x7265_6777_6972;
/// Copies kept of an embedded store.
const COPIES: usize = 3;

/// A step of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number.
    pub number: i64,
    /// What it brings.
    pub name: String,
}

/// What a store has of the schema, and what it would get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaPlan {
    /// The newest step that the store has; none where there is nothing yet.
    pub has: Option<i64>,
    /// What this version would add, in order.
    pub missing: Vec<Step>,
}

impl Store {
    /// What opening the store would do to its schema; nothing is done.
    ///
    /// # Errors
    /// When it cannot be read, or was written by a newer version.
    pub async fn schema_plan(url: &str, data: &Path) -> Result<SchemaPlan, Error> {
        let missing = |applied: &[i64]| steps(&SQLITE, applied);
        if super::database::sqlite_file(url, data).is_some_and(|path| !path.exists()) {
            return Ok(SchemaPlan {
                has: None,
                missing: missing(&[]),
            });
        }
        let database = Database::connect(url, data).await?;
        let applied = applied(&database, &without_password(url)).await?;
        database.close().await;
        let numbers: Vec<i64> = applied.iter().map(|step| step.version).collect();
        Ok(SchemaPlan {
            has: numbers.last().copied(),
            missing: missing(&numbers),
        })
    }

    /// The newest step of the schema that this version knows.
    pub fn newest_schema() -> i64 {
        SQLITE.iter().map(|step| step.version).max().unwrap_or(0)
    }
}

fn steps(migrator: &Migrator, applied: &[i64]) -> Vec<Step> {
    migrator
        .iter()
        .filter(|step| !applied.contains(&step.version))
        .map(|step| Step {
            number: step.version,
            name: step.description.to_string(),
        })
        .collect()
}

/// What the store has of the schema.
async fn applied(database: &Database, url: &str) -> Result<Vec<AppliedMigration>, Error> {
    let failed = |error| failed(url, &error);
    match database {
        Database::Sqlite { write, .. } => {
            let there: Option<(i64,)> =
                sqlx::query_as("SELECT 1 FROM sqlite_master WHERE name = $1")
                    .bind(APPLIED)
                    .fetch_optional(write)
                    .await?;
            if there.is_none() {
                return Ok(Vec::new());
            }
            let mut connection = write.acquire().await?;
            let applied = connection
                .list_applied_migrations(APPLIED)
                .await
                .map_err(failed)?;
            known(url, &SQLITE, applied)
        }
        Database::Postgres(pool) => {
            let (there,): (bool,) = sqlx::query_as("SELECT to_regclass($1) IS NOT NULL")
                .bind(APPLIED)
                .fetch_one(pool)
                .await?;
            if !there {
                return Ok(Vec::new());
            }
            let mut connection = pool.acquire().await?;
            let applied = connection
                .list_applied_migrations(APPLIED)
                .await
                .map_err(failed)?;
            known(url, &POSTGRES, applied)
        }
    }
}

/// The same, unless this version does not know all of it.
fn known(
    url: &str,
    migrator: &Migrator,
    applied: Vec<AppliedMigration>,
) -> Result<Vec<AppliedMigration>, Error> {
    for step in &applied {
        match migrator.iter().find(|own| own.version == step.version) {
            None => {
                return Err(Error::NewerSchema {
                    url: url.to_owned(),
                    schema: step.version,
                });
            }
            Some(own) if own.checksum != step.checksum => {
                return Err(failed(url, &MigrateError::VersionMismatch(step.version)));
            }
            Some(_) => {}
        }
    }
    Ok(applied)
}

/// Brings a store to this version's schema, in one transaction. An embedded one is copied before.
pub(super) async fn bring_up(
    database: &Database,
    url: &str,
    file: Option<PathBuf>,
) -> Result<(), Error> {
    let applied = applied(database, url).await?;
    let numbers: Vec<i64> = applied.iter().map(|step| step.version).collect();
    if steps(&SQLITE, &numbers).is_empty() {
        return Ok(());
    }
    match database {
        Database::Sqlite { write, .. } => {
            let mut transaction = write.begin_with(database.begin()).await?;
            // Whoever was first has written what this one would.
            transaction
                .ensure_migrations_table(APPLIED)
                .await
                .map_err(|error| failed(url, &error))?;
            let before = transaction
                .list_applied_migrations(APPLIED)
                .await
                .map_err(|error| failed(url, &error))?;
            let before = known(url, &SQLITE, before)?;
            if let (Some(last), Some(file)) = (before.last(), &file)
                && before.len() < SQLITE.iter().count()
            {
                let (at,): (DateTime<Utc>,) =
                    sqlx::query_as("SELECT at FROM log_head WHERE only_row = 1")
                        .fetch_optional(&mut *transaction)
                        .await?
                        .unwrap_or((DateTime::UNIX_EPOCH,));
                copy_before(file, last.version, at).await?;
            }
            run(&mut *transaction, &SQLITE, &before, None)
                .await
                .map_err(|error| failed(url, &error))?;
            crate::crash::point("migration-before-commit");
            transaction.commit().await?;
        }
        Database::Postgres(pool) => {
            let mut transaction = pool.begin().await?;
            sqlx::query("SELECT pg_advisory_xact_lock($1)")
                .bind(LOCK)
                .execute(&mut *transaction)
                .await?;
            transaction
                .ensure_migrations_table(APPLIED)
                .await
                .map_err(|error| failed(url, &error))?;
            let before = transaction
                .list_applied_migrations(APPLIED)
                .await
                .map_err(|error| failed(url, &error))?;
            let before = known(url, &POSTGRES, before)?;
            run(&mut *transaction, &POSTGRES, &before, None)
                .await
                .map_err(|error| failed(url, &error))?;
            crate::crash::point("migration-before-commit");
            transaction.commit().await?;
        }
    }
    crate::crash::point("migration-after-commit");
    if let Some(last) = numbers.last() {
        tracing::info!(
            from = last,
            to = Store::newest_schema(),
            "the store was brought to this version's schema"
        );
    }
    Ok(())
}

/// Applies what is missing, or of it what is among `only`, within the caller's transaction.
pub(super) async fn run<C: Migrate>(
    connection: &mut C,
    migrator: &Migrator,
    before: &[AppliedMigration],
    only: Option<&[i64]>,
) -> Result<(), MigrateError> {
    for step in migrator.iter() {
        let has = before.iter().any(|known| known.version == step.version);
        if has || only.is_some_and(|only| !only.contains(&step.version)) {
            continue;
        }
        connection.apply(APPLIED, step).await?;
        crate::crash::point("migrating");
    }
    Ok(())
}

/// Copies an embedded store beside itself; the name says its schema and its last line's moment, so
/// that a second try makes no second copy. It writes the first one anew: what the log does not tell
/// of may have changed since.
async fn copy_before(file: &Path, schema: i64, at: DateTime<Utc>) -> Result<(), Error> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!("{name}.schema-");
    let copy = file.with_file_name(format!(
        "{prefix}{schema:04}-{}",
        at.format("%Y%m%dT%H%M%SZ")
    ));
    copying::copy(file, &copy, true).await?;
    tracing::info!(copy = %copy.display(), schema, "the store was copied before its schema is changed");
    crate::crash::point("migration-copied");
    for old in surplus(file, &prefix, &copy) {
        if let Err(error) = std::fs::remove_file(&old) {
            tracing::warn!(copy = %old.display(), %error, "an old copy could not be removed");
        }
    }
    Ok(())
}

/// The copies beyond those that are kept; `newest` is always kept, whatever its name says.
fn surplus(file: &Path, prefix: &str, newest: &Path) -> Vec<PathBuf> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut copies: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(prefix))
                && path.extension().is_none_or(|end| end != "part")
                && path.file_name() != newest.file_name()
        })
        .collect();
    copies.sort();
    copies.truncate((copies.len() + 1).saturating_sub(COPIES));
    copies
}

fn failed(url: &str, error: &MigrateError) -> Error {
    Error::Open {
        url: url.to_owned(),
        why: format!(
            "its schema could not be brought up to date: {error}. Nothing of it was changed"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of tables, columns and triggers of a schema's text, in order. What a trigger does
    /// is written in each database's own words.
    fn shape(text: &str) -> Vec<String> {
        let own = |paragraph: &&str| !paragraph.contains("CREATE FUNCTION");
        text.split("\n\n")
            .filter(own)
            .flat_map(|paragraph| {
                let lines = if paragraph.contains("CREATE TRIGGER") {
                    paragraph.find(" BEFORE ").unwrap_or(paragraph.len())
                } else {
                    paragraph.len()
                };
                paragraph[..lines].lines()
            })
            .map(str::trim)
            .filter(|line| !line.starts_with("--") && !line.is_empty())
            .filter_map(|line| {
                if line.starts_with("CREATE") {
                    return Some(line.to_owned());
                }
                line.split_whitespace().next().map(str::to_owned)
            })
            .collect()
    }

    #[test]
    fn the_copy_that_was_just_made_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let file = path("r.db");
        let prefix = "r.db.schema-";
        let newest = path("r.db.schema-0010-19700101T000000Z");
        let old = ["0061-2", "0061-1", "0080-1"].map(|end| path(&format!("{prefix}{end}")));
        for made in old.iter().chain([&newest, &file]) {
            std::fs::write(made, "").unwrap();
        }
        assert_eq!(surplus(&file, prefix, &newest), [old[1].clone()]);
        std::fs::remove_file(&old[1]).unwrap();
        assert_eq!(surplus(&file, prefix, &newest), Vec::<PathBuf>::new());
    }

    #[test]
    fn both_databases_have_the_same_tables_and_columns() {
        let versions =
            |migrator: &Migrator| -> Vec<i64> { migrator.iter().map(|m| m.version).collect() };
        assert_eq!(versions(&SQLITE), versions(&POSTGRES));
        for (a, b) in SQLITE.iter().zip(POSTGRES.iter()) {
            assert_eq!(
                shape(a.sql.as_str()),
                shape(b.sql.as_str()),
                "schema {}",
                a.version
            );
        }
    }
}
