//! Everything that is stored as lines, from one moment: every table, every row, in an order and a
//! form that are the same whichever database holds them. A store is moved and kept in this form.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::database::Database;
use super::schema::{self, Kind, Table};
use super::{Error, Store, migrating};

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Head {
    /// What this is.
    pub(super) regwire: String,
    /// In which form.
    pub(super) format: u32,
    /// The newest step of the schema.
    pub(super) schema: i64,
    /// All of them.
    pub(super) steps: Vec<i64>,
    /// The log's last position.
    pub(super) position: i64,
}

/// Before a table's rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TableHead {
    pub(super) table: String,
    pub(super) columns: Vec<String>,
    /// The last number that the database itself gave to a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) counter: Option<i64>,
}

/// After a table's rows: what came, so that nothing is missing unnoticed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TableEnd {
    pub(super) end: String,
    pub(super) rows: u64,
    pub(super) sha256: String,
}

/// The last line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) end_of: String,
    pub(super) tables: u64,
    pub(super) rows: u64,
}

pub(super) const NAME: &str = "everything";
pub(super) const FORMAT: u32 = 1;

/// A table as it was written or taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSum {
    /// Its name.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// Over all its lines.
    pub sha256: String,
}

/// What was written or taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Everything {
    /// The steps of the schema.
    pub steps: Vec<i64>,
    /// The log's last position.
    pub position: i64,
    /// Table by table.
    pub tables: Vec<TableSum>,
}

impl Everything {
    /// All rows.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

/// Writes lines and sums them up.
struct Lines<'o> {
    out: &'o mut (dyn Write + Send),
    sum: Sha256,
    rows: u64,
}

impl Lines<'_> {
    fn line(&mut self, value: &impl Serialize) -> Result<(), Error> {
        let mut line = serde_json::to_vec(value).map_err(std::io::Error::from)?;
        line.push(b'\n');
        self.out.write_all(&line)?;
        Ok(())
    }

    fn row(&mut self, values: &[Value]) -> Result<(), Error> {
        let mut line = serde_json::to_vec(values).map_err(std::io::Error::from)?;
        line.push(b'\n');
        self.sum.update(&line);
        self.rows += 1;
        self.out.write_all(&line)?;
        Ok(())
    }

    fn begin(&mut self, table: &Table, counter: Option<i64>) -> Result<(), Error> {
        self.sum = Sha256::new();
        self.rows = 0;
        self.line(&TableHead {
            table: table.name.clone(),
            columns: table
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect(),
            counter,
        })
    }

    fn end(&mut self, table: &Table) -> Result<TableSum, Error> {
        let sum = TableSum {
            table: table.name.clone(),
            rows: self.rows,
            sha256: hex(&std::mem::take(&mut self.sum).finalize()),
        };
        self.line(&TableEnd {
            end: sum.table.clone(),
            rows: sum.rows,
            sha256: sum.sha256.clone(),
        })?;
        Ok(sum)
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The log's last position, as this transaction sees it.
macro_rules! position {
    ($connection:expr) => {{
        let row: Option<(i64,)> = sqlx::query_as("SELECT position FROM log_head")
            .fetch_optional($connection)
            .await?;
        row.map_or(0, |(position,)| position)
    }};
}

impl Store {
    /// Writes everything that is stored, as of one moment, while others work on. It needs the
    /// memory of a row.
    ///
    /// # Errors
    /// When the database fails, or what is written to.
    pub async fn write_everything(
        &self,
        out: &mut (dyn Write + Send),
    ) -> Result<Everything, Error> {
        let mut lines = Lines {
            out,
            sum: Sha256::new(),
            rows: 0,
        };
        match &self.database {
            Database::Sqlite { read, .. } => {
                let mut moment = read.begin().await?;
                let steps: Vec<(i64,)> = sqlx::query_as(AssertSqlSafe(applied_steps()))
                    .fetch_all(&mut *moment)
                    .await?;
                let mut everything = head(&mut lines, steps, position!(&mut *moment))?;
                for table in schema::sqlite_tables(&mut moment).await? {
                    let counter = if table.counted {
                        Some(schema::sqlite_counter(&mut moment, &table.name).await?)
                    } else {
                        None
                    };
                    lines.begin(&table, counter)?;
                    {
                        let mut rows =
                            sqlx::query(AssertSqlSafe(select(&table, false))).fetch(&mut *moment);
                        while let Some(row) = rows.try_next().await? {
                            lines.row(&sqlite_row(&table, &row)?)?;
                        }
                    }
                    everything.tables.push(lines.end(&table)?);
                }
                foot(&mut lines, &everything)?;
                Ok(everything)
            }
            Database::Postgres(pool) => {
                let mut moment = pool
                    .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?;
                let steps: Vec<(i64,)> = sqlx::query_as(AssertSqlSafe(applied_steps()))
                    .fetch_all(&mut *moment)
                    .await?;
                // What is written to may be slow, and the session stands still meanwhile.
                sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0")
                    .execute(&mut *moment)
                    .await?;
                let mut everything = head(&mut lines, steps, position!(&mut *moment))?;
                for table in schema::postgres_tables(&mut moment).await? {
                    let counter = if table.counted {
                        Some(schema::postgres_counter(&mut moment, &table).await?)
                    } else {
                        None
                    };
                    lines.begin(&table, counter)?;
                    {
                        let mut rows =
                            sqlx::query(AssertSqlSafe(select(&table, true))).fetch(&mut *moment);
                        while let Some(row) = rows.try_next().await? {
                            lines.row(&postgres_row(&table, &row)?)?;
                        }
                    }
                    everything.tables.push(lines.end(&table)?);
                }
                foot(&mut lines, &everything)?;
                Ok(everything)
            }
        }
    }
}

fn applied_steps() -> String {
    format!(
        "SELECT version FROM {} ORDER BY version",
        migrating::APPLIED
    )
}

fn select(table: &Table, postgres: bool) -> String {
    format!(
        "SELECT {} FROM \"{}\" ORDER BY {}",
        table.names(),
        table.name,
        table.order(postgres)
    )
}

fn head(lines: &mut Lines<'_>, steps: Vec<(i64,)>, position: i64) -> Result<Everything, Error> {
    let steps: Vec<i64> = steps.into_iter().map(|(step,)| step).collect();
    lines.line(&Head {
        regwire: NAME.to_owned(),
        format: FORMAT,
        schema: steps.last().copied().unwrap_or(0),
        steps: steps.clone(),
        position,
    })?;
    Ok(Everything {
        steps,
        position,
        tables: Vec::new(),
    })
}

fn foot(lines: &mut Lines<'_>, everything: &Everything) -> Result<(), Error> {
    lines.line(&End {
        end_of: NAME.to_owned(),
        tables: u64::try_from(everything.tables.len()).unwrap_or(u64::MAX),
        rows: everything.rows(),
    })?;
    Ok(lines.out.flush()?)
}

fn text(value: Option<String>) -> Value {
    value.map_or(Value::Null, Value::String)
}

fn bytes(value: Option<Vec<u8>>) -> Value {
    value.map_or(Value::Null, |bytes| Value::String(STANDARD.encode(bytes)))
}

fn sqlite_row(table: &Table, row: &SqliteRow) -> Result<Vec<Value>, Error> {
    let mut values = Vec::with_capacity(table.columns.len());
    for (place, column) in table.columns.iter().enumerate() {
        values.push(match column.kind {
            Kind::Text | Kind::Moment | Kind::Day => text(row.try_get(place)?),
            Kind::Whole => Value::from(row.try_get::<Option<i64>, _>(place)?),
            Kind::Number => Value::from(row.try_get::<Option<f64>, _>(place)?),
            Kind::Bytes => bytes(row.try_get(place)?),
            Kind::Flag => Value::from(row.try_get::<Option<bool>, _>(place)?.map(i64::from)),
        });
    }
    Ok(values)
}

fn postgres_row(table: &Table, row: &PgRow) -> Result<Vec<Value>, Error> {
    let mut values = Vec::with_capacity(table.columns.len());
    for (place, column) in table.columns.iter().enumerate() {
        values.push(match column.kind {
            Kind::Text => text(row.try_get(place)?),
            Kind::Whole => Value::from(row.try_get::<Option<i64>, _>(place)?),
            Kind::Number => Value::from(row.try_get::<Option<f64>, _>(place)?),
            Kind::Bytes => bytes(row.try_get(place)?),
            Kind::Flag => Value::from(row.try_get::<Option<bool>, _>(place)?.map(i64::from)),
            // As SQLite keeps them, to the letter.
            Kind::Moment => text(
                row.try_get::<Option<DateTime<Utc>>, _>(place)?
                    .map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, false)),
            ),
            Kind::Day => text(
                row.try_get::<Option<NaiveDate>, _>(place)?
                    .map(|day| day.to_string()),
            ),
        });
    }
    Ok(values)
}
