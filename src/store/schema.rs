//! The shape of what is stored, as the database itself tells it: so that a table that comes with a
//! later step is copied and moved like all others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection};

use super::Error;
use super::migrating::POSTGRES;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Whole,
    Number,
    Bytes,
    Flag,
    /// A moment; SQLite keeps it as text.
    Moment,
    /// A day; SQLite keeps it as text.
    Day,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// The columns that name a row.
    pub(super) key: Vec<String>,
    /// Whether the database itself counts its rows.
    pub(super) counted: bool,
    pub(super) refers_to: BTreeSet<String>,
}

impl Table {
    /// The columns' names as a statement has them.
    pub(super) fn names(&self) -> String {
        let names: Vec<String> = self
            .columns
            .iter()
            .map(|column| format!("\"{}\"", column.name))
            .collect();
        names.join(", ")
    }

    fn kind_of(&self, name: &str) -> Option<Kind> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| column.kind)
    }

    /// The order of rows that is the same in both databases, whatever a locale thinks.
    pub(super) fn order(&self, postgres: bool) -> String {
        let all: Vec<String> = self
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        let key = if self.key.is_empty() { &all } else { &self.key };
        let parts: Vec<String> = key
            .iter()
            .map(|name| match self.kind_of(name) {
                Some(Kind::Text) if postgres => format!("\"{name}\" COLLATE \"C\""),
                _ => format!("\"{name}\""),
            })
            .collect();
        parts.join(", ")
    }
}

fn kind(table: &str, column: &str, told: &str) -> Result<Kind, Error> {
    Ok(match told.to_ascii_lowercase().as_str() {
        "text" => Kind::Text,
        "bigint" | "integer" => Kind::Whole,
        "double precision" | "real" => Kind::Number,
        "blob" | "bytea" => Kind::Bytes,
        "boolean" => Kind::Flag,
        "timestamp with time zone" => Kind::Moment,
        "date" => Kind::Day,
        other => {
            return Err(Error::Shape {
                table: table.to_owned(),
                why: format!("its column {column} is of the type {other}"),
            });
        }
    })
}

/// Every table of ours: what others refer to comes before them, else by name.
pub(super) async fn sqlite_tables(connection: &mut SqliteConnection) -> Result<Vec<Table>, Error> {
    let names: Vec<(String, String)> = sqlx::query_as(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut tables = Vec::new();
    for (name, sql) in names.into_iter().filter(|(name, _)| is_ours(name)) {
        let columns: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid")
                .bind(&name)
                .fetch_all(&mut *connection)
                .await?;
        let others: Vec<(String,)> =
            sqlx::query_as("SELECT \"table\" FROM pragma_foreign_key_list($1)")
                .bind(&name)
                .fetch_all(&mut *connection)
                .await?;
        let mut key: Vec<(i64, String)> = columns
            .iter()
            .filter(|(_, _, place)| *place > 0)
            .map(|(column, _, place)| (*place, column.clone()))
            .collect();
        key.sort();
        tables.push(Table {
            columns: columns
                .iter()
                .map(|(column, told, _)| {
                    Ok(Column {
                        name: column.clone(),
                        kind: kind(&name, column, told)?,
                    })
                })
                .collect::<Result<_, Error>>()?,
            key: key.into_iter().map(|(_, name)| name).collect(),
            counted: sql.contains("AUTOINCREMENT"),
            refers_to: others.into_iter().map(|(other,)| other).collect(),
            name,
        });
    }
    Ok(in_order(tables))
}

/// The same of PostgreSQL.
pub(super) async fn postgres_tables(connection: &mut PgConnection) -> Result<Vec<Table>, Error> {
    let columns: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT c.table_name::text, c.column_name::text, c.data_type::text, c.is_identity::text
         FROM information_schema.columns c JOIN information_schema.tables t
           ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
         WHERE c.table_schema = current_schema()
         ORDER BY c.table_name COLLATE \"C\", c.ordinal_position",
    )
    .fetch_all(&mut *connection)
    .await?;
    let keys: Vec<(String, String)> = sqlx::query_as(
        "SELECT r.relname::text, a.attname::text
         FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid
           JOIN pg_namespace n ON n.oid = r.relnamespace AND n.nspname = current_schema()
           CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
           JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.number
         WHERE i.indisprimary ORDER BY r.relname, k.place",
    )
    .fetch_all(&mut *connection)
    .await?;
    let others: Vec<(String, String)> = sqlx::query_as(
        "SELECT r.relname::text, f.relname::text
         FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
           JOIN pg_namespace n ON n.oid = r.relnamespace AND n.nspname = current_schema()
         WHERE c.contype = 'f'",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for (name, column, told, identity) in columns.into_iter().filter(|(name, ..)| is_ours(name)) {
        let kind = kind(&name, &column, &told)?;
        let table = tables.entry(name.clone()).or_insert_with(|| Table {
            name,
            columns: Vec::new(),
            key: Vec::new(),
            counted: false,
            refers_to: BTreeSet::new(),
        });
        table.counted |= identity == "YES";
        table.columns.push(Column { name: column, kind });
    }
    for (name, column) in keys {
        if let Some(table) = tables.get_mut(&name) {
            table.key.push(column);
        }
    }
    for (name, other) in others {
        if let Some(table) = tables.get_mut(&name) {
            table.refers_to.insert(other);
        }
    }
    Ok(in_order(tables.into_values().collect()))
}

/// Others may have tables in the same database: they are neither copied nor removed.
fn is_ours(name: &str) -> bool {
    static OURS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| made("CREATE TABLE "));
    OURS.contains(name)
}

/// The functions that the schema of PostgreSQL has.
pub(super) fn functions() -> Vec<&'static str> {
    made("CREATE FUNCTION ").into_iter().collect()
}

/// What the steps of the schema make: the names behind these words.
fn made(words: &str) -> BTreeSet<&'static str> {
    POSTGRES
        .iter()
        .flat_map(|step| step.sql.as_str().lines())
        .filter_map(|line| line.strip_prefix(words))
        .filter_map(|rest| rest.split([' ', '(']).next())
        .collect()
}

/// What others refer to comes before them.
fn in_order(mut waiting: Vec<Table>) -> Vec<Table> {
    let mut out: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let free = waiting.iter().position(|table| {
            table
                .refers_to
                .iter()
                .all(|other| *other == table.name || out.iter().any(|done| done.name == *other))
        });
        // A circle has no order; its first table is as good as any.
        out.push(waiting.remove(free.unwrap_or(0)));
    }
    out
}

/// The last number that a table's rows were counted with.
pub(super) async fn sqlite_counter(
    connection: &mut SqliteConnection,
    table: &str,
) -> Result<i64, Error> {
    let last: Option<(i64,)> = sqlx::query_as("SELECT seq FROM sqlite_sequence WHERE name = $1")
        .bind(table)
        .fetch_optional(connection)
        .await?;
    Ok(last.map_or(0, |(last,)| last))
}

/// The same of PostgreSQL.
pub(super) async fn postgres_counter(
    connection: &mut PgConnection,
    table: &Table,
) -> Result<i64, Error> {
    let Some(sequence) = postgres_sequence(connection, table).await? else {
        return Ok(0);
    };
    let (last,): (i64,) = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"
    )))
    .fetch_one(connection)
    .await?;
    Ok(last)
}

/// The sequence behind a counted table.
pub(super) async fn postgres_sequence(
    connection: &mut PgConnection,
    table: &Table,
) -> Result<Option<String>, Error> {
    let Some(key) = table.key.first() else {
        return Ok(None);
    };
    let (sequence,): (Option<String>,) =
        sqlx::query_as("SELECT pg_get_serial_sequence(quote_ident($1), $2)")
            .bind(&table.name)
            .bind(key)
            .fetch_one(connection)
            .await?;
    Ok(sequence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_schema_makes_is_ours() {
        for name in ["updates", "subscribers", "audit_log", "leases"] {
            assert!(is_ours(name), "{name}");
        }
        for name in ["wiki_pages", "_sqlx_migrations", "subscriptions_before", ""] {
            assert!(!is_ours(name), "{name}");
        }
        assert_eq!(functions(), ["audit_log_refuses"]);
        // Every table is made by a line that is seen.
        let all = POSTGRES
            .iter()
            .map(|step| {
                step.sql
                    .as_str()
                    .to_uppercase()
                    .matches("CREATE TABLE")
                    .count()
            })
            .sum::<usize>();
        let seen = POSTGRES
            .iter()
            .flat_map(|step| step.sql.as_str().lines())
            .filter(|line| line.starts_with("CREATE TABLE "))
            .count();
        assert_eq!(all, seen);
    }
}
