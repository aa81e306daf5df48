//! What both databases are asked for while a store is filled: their own words for counting, emptying
//! and inserting, and a value of a line as a column of theirs wants it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, QueryBuilder, SqliteConnection};

use super::Error;
use super::schema::{self, Kind, Table};

/// What both databases are asked for.
pub(super) trait Target {
    async fn count(&mut self, table: &str) -> Result<u64, Error>;
    /// Within the transaction that fills it again.
    async fn empty(&mut self, table: &str) -> Result<(), Error>;
    async fn insert(&mut self, table: &Table, rows: &[Vec<Value>]) -> Result<(), Error>;
    async fn counter(&mut self, table: &Table, last: i64) -> Result<(), Error>;
    async fn settle(&mut self, instance: &str, why: &str) -> Result<(), Error>;
}

/// A value as its column wants it.
fn wrong(what: &str, value: &Value) -> Error {
    let value: String = value.to_string().chars().take(60).collect();
    Error::Line {
        line: 0,
        why: format!("`{value}` is no {what}"),
    }
}

fn text(value: &Value) -> Result<Option<&str>, Error> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        other => Err(wrong("text", other)),
    }
}

fn whole(value: &Value) -> Result<Option<i64>, Error> {
    match value {
        Value::Null => Ok(None),
        other => other
            .as_i64()
            .map(Some)
            .ok_or_else(|| wrong("whole number", other)),
    }
}

fn number(value: &Value) -> Result<Option<f64>, Error> {
    match value {
        Value::Null => Ok(None),
        other => other
            .as_f64()
            .map(Some)
            .ok_or_else(|| wrong("number", other)),
    }
}

fn bytes(value: &Value) -> Result<Option<Vec<u8>>, Error> {
    text(value)?
        .map(|text| STANDARD.decode(text).map_err(|_| wrong("base64", value)))
        .transpose()
}

fn moment(value: &Value) -> Result<Option<DateTime<Utc>>, Error> {
    text(value)?
        .map(|text| {
            DateTime::parse_from_rfc3339(text)
                .map(|at| at.to_utc())
                .map_err(|_| wrong("moment", value))
        })
        .transpose()
}

fn day(value: &Value) -> Result<Option<NaiveDate>, Error> {
    text(value)?
        .map(|text| text.parse().map_err(|_| wrong("day", value)))
        .transpose()
}

fn insertion(table: &Table) -> String {
    format!("INSERT INTO \"{}\" ({}) ", table.name, table.names())
}

/// How far a settled store's leases are ahead at most: beyond whatever a node that hangs since before
/// holds, whichever way the store went.
const AHEAD: i64 = 1 << 40;

/// Nobody is at work, and nothing is sent before the operator says so; as another instance, so that
/// what lies beside the store does not take it for the one it knew.
macro_rules! settle {
    ($connection:expr, $instance:expr, $why:expr) => {
        // A node that hung meanwhile may know a later epoch than the backup: it must meet neither that
        // one nor one that follows.
        sqlx::query("UPDATE leases SET holder = '', until_at = $1, epoch = epoch + $2")
            .bind(DateTime::UNIX_EPOCH)
            .bind(rand::random_range(AHEAD / 2..AHEAD))
            .execute(&mut *$connection)
            .await?;
        sqlx::query("DELETE FROM sending_lock")
            .execute(&mut *$connection)
            .await?;
        sqlx::query(
            "INSERT INTO sending_lock (only_row, instance, locked_because) VALUES (1, $1, $2)",
        )
        .bind($instance)
        .bind($why)
        .execute(&mut *$connection)
        .await?;
    };
}

pub(super) struct Sqlite<'c>(pub(super) &'c mut SqliteConnection);

impl Target for Sqlite<'_> {
    async fn count(&mut self, table: &str) -> Result<u64, Error> {
        let (rows,): (i64,) =
            sqlx::query_as(AssertSqlSafe(format!("SELECT COUNT(*) FROM \"{table}\"")))
                .fetch_one(&mut *self.0)
                .await?;
        Ok(u64::try_from(rows).unwrap_or(0))
    }

    async fn empty(&mut self, table: &str) -> Result<(), Error> {
        // What keeps lines from being removed stands aside for this, and comes back.
        let triggers: Vec<(String, String)> = sqlx::query_as(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = $1",
        )
        .bind(table)
        .fetch_all(&mut *self.0)
        .await?;
        let statements = triggers
            .iter()
            .map(|(name, _)| format!("DROP TRIGGER \"{name}\""))
            .chain([format!("DELETE FROM \"{table}\"")])
            .chain(triggers.iter().map(|(_, sql)| sql.clone()));
        for statement in statements {
            sqlx::raw_sql(AssertSqlSafe(statement))
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }

    async fn insert(&mut self, table: &Table, rows: &[Vec<Value>]) -> Result<(), Error> {
        let mut query = QueryBuilder::<sqlx::Sqlite>::new(insertion(table));
        query.push("VALUES ");
        for (place, row) in rows.iter().enumerate() {
            query.push(if place == 0 { "(" } else { ", (" });
            let mut values = query.separated(", ");
            for (column, value) in table.columns.iter().zip(row) {
                match column.kind {
                    Kind::Text | Kind::Moment | Kind::Day => {
                        values.push_bind(text(value)?.map(str::to_owned))
                    }
                    Kind::Whole | Kind::Flag => values.push_bind(whole(value)?),
                    Kind::Number => values.push_bind(number(value)?),
                    Kind::Bytes => values.push_bind(bytes(value)?),
                };
            }
            query.push(")");
        }
        query.build().execute(&mut *self.0).await?;
        Ok(())
    }

    async fn counter(&mut self, table: &Table, last: i64) -> Result<(), Error> {
        sqlx::query("DELETE FROM sqlite_sequence WHERE name = $1")
            .bind(&table.name)
            .execute(&mut *self.0)
            .await?;
        sqlx::query("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)")
            .bind(&table.name)
            .bind(last)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn settle(&mut self, instance: &str, why: &str) -> Result<(), Error> {
        settle!(self.0, instance, why);
        Ok(())
    }
}

pub(super) struct Postgres<'c>(pub(super) &'c mut PgConnection);

impl Target for Postgres<'_> {
    async fn count(&mut self, table: &str) -> Result<u64, Error> {
        let (rows,): (i64,) =
            sqlx::query_as(AssertSqlSafe(format!("SELECT COUNT(*) FROM \"{table}\"")))
                .fetch_one(&mut *self.0)
                .await?;
        Ok(u64::try_from(rows).unwrap_or(0))
    }

    async fn empty(&mut self, table: &str) -> Result<(), Error> {
        let (guarded,): (bool,) = sqlx::query_as(
            "SELECT EXISTS (SELECT 1 FROM pg_trigger
             WHERE tgrelid = CAST(quote_ident($1) AS regclass) AND NOT tgisinternal)",
        )
        .bind(table)
        .fetch_one(&mut *self.0)
        .await?;
        let delete = format!("DELETE FROM \"{table}\"");
        // What keeps lines from being removed stands aside for this, and comes back.
        let statements = if guarded {
            vec![
                format!("ALTER TABLE \"{table}\" DISABLE TRIGGER USER"),
                delete,
                format!("ALTER TABLE \"{table}\" ENABLE TRIGGER USER"),
            ]
        } else {
            vec![delete]
        };
        for statement in statements {
            sqlx::query(AssertSqlSafe(statement))
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }

    async fn insert(&mut self, table: &Table, rows: &[Vec<Value>]) -> Result<(), Error> {
        let mut query = QueryBuilder::<sqlx::Postgres>::new(insertion(table));
        query.push("VALUES ");
        for (place, row) in rows.iter().enumerate() {
            query.push(if place == 0 { "(" } else { ", (" });
            let mut values = query.separated(", ");
            for (column, value) in table.columns.iter().zip(row) {
                match column.kind {
                    Kind::Text => values.push_bind(text(value)?.map(str::to_owned)),
                    Kind::Whole => values.push_bind(whole(value)?),
                    Kind::Flag => values.push_bind(whole(value)?.map(|flag| flag != 0)),
                    Kind::Number => values.push_bind(number(value)?),
                    Kind::Bytes => values.push_bind(bytes(value)?),
                    Kind::Moment => values.push_bind(moment(value)?),
                    Kind::Day => values.push_bind(day(value)?),
                };
            }
            query.push(")");
        }
        query.build().execute(&mut *self.0).await?;
        Ok(())
    }

    async fn counter(&mut self, table: &Table, last: i64) -> Result<(), Error> {
        if let Some(sequence) = schema::postgres_sequence(self.0, table).await? {
            sqlx::query("SELECT setval(CAST($1 AS regclass), $2, $3)")
                .bind(sequence)
                .bind(last.max(1))
                .bind(last > 0)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }

    async fn settle(&mut self, instance: &str, why: &str) -> Result<(), Error> {
        settle!(self.0, instance, why);
        Ok(())
    }
}
