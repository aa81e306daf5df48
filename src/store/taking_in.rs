//! Taking in what [`Store::write_everything`] wrote: into a store that holds nothing, all of it or
//! nothing of it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::migrate::Migrate as _;
use sqlx::{AssertSqlSafe, PgConnection};

use super::database::{Database, without_password};
use super::everything::{End, Everything, FORMAT, Head, NAME, TableEnd, TableHead, TableSum, hex};
use super::migrating::{APPLIED, POSTGRES, SQLITE};
use super::schema::{self, Table};
use super::target::{Postgres, Sqlite, Target};
use super::{Error, Store, migrating};

/// What a store makes for itself before anything is in it; what is taken in replaces it.
const OWN: [&str; 6] = [
    "audit_head",
    "leases",
    "log_head",
    "operator_links",
    "sending_lock",
    "signing_keys",
];

/// What every start writes besides: rows of these alone are no data that anybody would miss.
const STARTED: [&str; 4] = ["audit_log", "disk_use", "followers", "framework_pages"];

/// Rows of one statement, and about how many bytes of them.
const ROWS: usize = 200;
const BYTES: usize = 1 << 20;
/// What one statement may name in either database.
const PLACES: usize = 30_000;

/// Lines with their numbers.
struct Numbered<I> {
    lines: I,
    number: u64,
}

impl<I: Iterator<Item = std::io::Result<String>>> Numbered<I> {
    fn next(&mut self) -> Result<String, Error> {
        self.number += 1;
        match self.lines.next() {
            Some(line) => Ok(line?),
            None => Err(self.wrong("the lines end early: the file was cut off")),
        }
    }

    fn read<T: DeserializeOwned>(&self, line: &str) -> Result<T, Error> {
        serde_json::from_str(line).map_err(|error| self.wrong(error.to_string()))
    }

    fn wrong(&self, why: impl Into<String>) -> Error {
        Error::Line {
            line: self.number,
            why: why.into(),
        }
    }
}

impl Store {
    /// Takes everything in, in one transaction: killed at any moment, it leaves the store as it
    /// was, and can be run again. Who was at work when it was written is at work no longer, and
    /// sending is locked, with `why`: the store it came from may still be sending.
    ///
    /// `replace`: what a database of PostgreSQL holds goes in the same transaction.
    ///
    /// # Errors
    /// When the store holds something already, when the lines are not whole or of a newer version,
    /// or when the database fails.
    pub async fn take_in(
        url: &str,
        data: &Path,
        lines: impl Iterator<Item = std::io::Result<String>> + Send,
        why: &str,
        replace: bool,
    ) -> Result<Everything, Error> {
        let mut lines = Numbered { lines, number: 0 };
        let first = lines.next()?;
        let head: Head = lines
            .read(&first)
            .ok()
            .filter(|head: &Head| head.regwire == NAME)
            .ok_or_else(|| {
                lines
                    .wrong("this is no export of everything: `regwire export everything` makes one")
            })?;
        if head.format != FORMAT
            || head
                .steps
                .iter()
                .any(|step| !SQLITE.iter().any(|own| own.version == *step))
        {
            return Err(Error::NewerSchema {
                url: "that this was exported from".to_owned(),
                schema: head.schema,
            });
        }
        let database = Database::connect(url, data).await?;
        let url = without_password(url);
        let taken = match &database {
            Database::Sqlite { write, .. } => {
                let mut transaction = write.begin_with(database.begin()).await?;
                sqlx::query("PRAGMA defer_foreign_keys = ON")
                    .execute(&mut *transaction)
                    .await?;
                transaction
                    .ensure_migrations_table(APPLIED)
                    .await
                    .map_err(|error| unusable(&url, &error))?;
                let has = transaction
                    .list_applied_migrations(APPLIED)
                    .await
                    .map_err(|error| unusable(&url, &error))?;
                if has.is_empty() {
                    migrating::run(&mut *transaction, &SQLITE, &has, Some(&head.steps))
                        .await
                        .map_err(|error| unusable(&url, &error))?;
                } else {
                    let has: Vec<i64> = has.iter().map(|step| step.version).collect();
                    same_steps(&url, &has, &head)?;
                }
                let tables = schema::sqlite_tables(&mut transaction).await?;
                let mut into = Sqlite(&mut transaction);
                let taken = fill(&mut into, &url, tables, &head, &mut lines, why).await?;
                crate::crash::point("import-before-commit");
                transaction.commit().await?;
                taken
            }
            Database::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                // What is read may come slowly.
                sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0")
                    .execute(&mut *transaction)
                    .await?;
                if replace {
                    drop_tables(&mut transaction).await?;
                }
                transaction
                    .ensure_migrations_table(APPLIED)
                    .await
                    .map_err(|error| unusable(&url, &error))?;
                let has = transaction
                    .list_applied_migrations(APPLIED)
                    .await
                    .map_err(|error| unusable(&url, &error))?;
                if has.is_empty() {
                    migrating::run(&mut *transaction, &POSTGRES, &has, Some(&head.steps))
                        .await
                        .map_err(|error| unusable(&url, &error))?;
                } else {
                    let has: Vec<i64> = has.iter().map(|step| step.version).collect();
                    same_steps(&url, &has, &head)?;
                }
                let tables = schema::postgres_tables(&mut transaction).await?;
                let mut into = Postgres(&mut transaction);
                let taken = fill(&mut into, &url, tables, &head, &mut lines, why).await?;
                crate::crash::point("import-before-commit");
                transaction.commit().await?;
                taken
            }
        };
        crate::crash::point("import-after-commit");
        database.close().await;
        Ok(taken)
    }

    /// Settles a store that was restored: nobody is at work, and sending is locked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_as_restored(&self, why: &str) -> Result<(), Error> {
        let instance = hex(&rand::random::<[u8; 8]>());
        match &self.database {
            Database::Sqlite { write, .. } => {
                let mut transaction = write.begin_with(self.database.begin()).await?;
                Sqlite(&mut transaction).settle(&instance, why).await?;
                transaction.commit().await?;
            }
            Database::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                Postgres(&mut transaction).settle(&instance, why).await?;
                transaction.commit().await?;
            }
        }
        Ok(())
    }

    /// What the store holds beside what it makes for itself and what every start writes: rows by
    /// table. Nothing means that it may be filled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holds(&self) -> Result<BTreeMap<String, u64>, Error> {
        match &self.database {
            Database::Sqlite { read, .. } => {
                let mut connection = read.acquire().await?;
                let tables = schema::sqlite_tables(&mut connection).await?;
                held(&mut Sqlite(&mut connection), &tables).await
            }
            Database::Postgres(pool) => {
                let mut connection = pool.acquire().await?;
                let tables = schema::postgres_tables(&mut connection).await?;
                held(&mut Postgres(&mut connection), &tables).await
            }
        }
    }
}

/// With its tables: what comes may be of an older schema. What others keep in the same database
/// stays.
async fn drop_tables(connection: &mut PgConnection) -> Result<(), Error> {
    let mut tables = schema::postgres_tables(connection).await?;
    tables.reverse();
    for name in tables
        .iter()
        .map(|table| table.name.as_str())
        .chain([APPLIED])
    {
        sqlx::query(AssertSqlSafe(format!("DROP TABLE IF EXISTS \"{name}\"")))
            .execute(&mut *connection)
            .await?;
    }
    let functions: Vec<(String,)> = sqlx::query_as(
        "SELECT CAST(CAST(oid AS regprocedure) AS text) FROM pg_proc
         WHERE pronamespace = CAST(current_schema() AS regnamespace) AND prorettype = CAST('trigger' AS regtype)
           AND proname = ANY($1)",
    )
    .bind(schema::functions())
    .fetch_all(&mut *connection)
    .await?;
    for (function,) in functions {
        sqlx::query(AssertSqlSafe(format!("DROP FUNCTION IF EXISTS {function}")))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn unusable(url: &str, error: &sqlx::migrate::MigrateError) -> Error {
    Error::Open {
        url: url.to_owned(),
        why: format!("its schema could not be made: {error}"),
    }
}

fn same_steps(url: &str, has: &[i64], head: &Head) -> Result<(), Error> {
    if has == head.steps {
        return Ok(());
    }
    Err(Error::Open {
        url: url.to_owned(),
        why: format!(
            "its schema is {}, and what is taken in has {}: name a database with nothing in it, not even tables",
            has.last().copied().unwrap_or(0),
            head.schema
        ),
    })
}

async fn held(into: &mut impl Target, tables: &[Table]) -> Result<BTreeMap<String, u64>, Error> {
    let mut held = BTreeMap::new();
    for table in tables {
        let rows = into.count(&table.name).await?;
        if rows > 0 && !OWN.contains(&table.name.as_str()) {
            held.insert(table.name.clone(), rows);
        }
    }
    if held.keys().all(|table| STARTED.contains(&table.as_str())) {
        held.clear();
    }
    Ok(held)
}

async fn fill<I: Iterator<Item = std::io::Result<String>>>(
    into: &mut impl Target,
    url: &str,
    tables: Vec<Table>,
    head: &Head,
    lines: &mut Numbered<I>,
    why: &str,
) -> Result<Everything, Error> {
    let held = held(into, &tables).await?;
    if !held.is_empty() {
        return Err(Error::NotEmpty {
            url: url.to_owned(),
            tables: held
                .iter()
                .map(|(table, rows)| format!("{table}: {rows}"))
                .collect::<Vec<_>>()
                .join(", "),
        });
    }
    for table in tables.iter().rev().filter(|table| {
        let name = table.name.as_str();
        OWN.contains(&name) || STARTED.contains(&name)
    }) {
        into.empty(&table.name).await?;
    }
    let mut taken = Everything {
        steps: head.steps.clone(),
        position: head.position,
        tables: Vec::new(),
    };
    loop {
        let line = lines.next()?;
        if let Ok(end) = serde_json::from_str::<End>(&line) {
            let count = u64::try_from(taken.tables.len()).unwrap_or(u64::MAX);
            if end.end_of != NAME || end.tables != count || end.rows != taken.rows() {
                return Err(lines.wrong("more was written than came: the file is not whole"));
            }
            break;
        }
        let named: TableHead = lines.read(&line)?;
        let table = tables
            .iter()
            .find(|table| table.name == named.table)
            .and_then(|table| arranged(table, &named.columns))
            .ok_or_else(|| {
                lines.wrong(format!(
                    "the table {} is not one of this schema, or has other columns",
                    named.table
                ))
            })?;
        let sum = rows(into, &table, lines).await?;
        if let Some(last) = named.counter {
            into.counter(&table, last).await?;
        }
        crate::crash::point("import-table");
        taken.tables.push(sum);
    }
    for table in &taken.tables {
        let rows = into.count(&table.table).await?;
        if rows != table.rows {
            return Err(Error::Shape {
                table: table.table.clone(),
                why: format!("{} rows came and {rows} are there", table.rows),
            });
        }
    }
    into.settle(&hex(&rand::random::<[u8; 8]>()), why).await?;
    Ok(taken)
}

/// The table with its columns in the order in which they come; none when they are others.
fn arranged(table: &Table, names: &[String]) -> Option<Table> {
    if names.len() != table.columns.len() {
        return None;
    }
    let columns = names
        .iter()
        .map(|name| {
            table
                .columns
                .iter()
                .find(|column| column.name == *name)
                .cloned()
        })
        .collect::<Option<Vec<_>>>()?;
    Some(Table {
        columns,
        ..table.clone()
    })
}

async fn rows<I: Iterator<Item = std::io::Result<String>>>(
    into: &mut impl Target,
    table: &Table,
    lines: &mut Numbered<I>,
) -> Result<TableSum, Error> {
    let most = ROWS.min(PLACES / table.columns.len().max(1));
    let mut sum = Sha256::new();
    let mut count = 0;
    let mut batch: Vec<Vec<Value>> = Vec::new();
    let mut bytes = 0;
    loop {
        let line = lines.next()?;
        if line.starts_with('[') {
            sum.update(&line);
            sum.update(b"\n");
            count += 1;
            bytes += line.len();
            let row: Vec<Value> = lines.read(&line)?;
            if row.len() != table.columns.len() {
                return Err(lines.wrong("a row has not as many values as its table has columns"));
            }
            batch.push(row);
            if batch.len() < most && bytes < BYTES {
                continue;
            }
        }
        if !batch.is_empty() {
            into.insert(table, &batch)
                .await
                .map_err(|error| match error {
                    Error::Line { why, .. } => lines.wrong(why),
                    Error::Database(error) => lines.wrong(format!(
                        "the rows of {} up to here are refused: {error}",
                        table.name
                    )),
                    error => error,
                })?;
            batch.clear();
            bytes = 0;
        }
        if !line.starts_with('[') {
            let end: TableEnd = lines.read(&line)?;
            let sha256 = hex(&sum.finalize());
            if end.end != table.name || end.rows != count || end.sha256 != sha256 {
                return Err(lines.wrong(format!(
                    "the rows of {} are not those that were written: the file is damaged",
                    table.name
                )));
            }
            return Ok(TableSum {
                table: end.end,
                rows: count,
                sha256,
            });
        }
    }
}
