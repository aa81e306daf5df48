//! Watched pages, their versions, and the life cycles that pages show.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::database::reading;
use super::{Error, Store, json, small, unreadable};
use crate::domain::change::Fingerprint;
use crate::domain::id::SourceId;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::page::PageReading;
use crate::domain::watched::{CycleOwner, Doubt, PageVersion, VersionLine, WatchedPage};

/// Stores what a visit to a watched page leaves behind, within the visit's transaction.
macro_rules! write_watching {
    ($transaction:expr, $watching:expr) => {{
        use $crate::store::pages::packed;
        let watching: &$crate::domain::watched::Watching = $watching;
        let page = &watching.page;
        sqlx::query(
            "INSERT INTO watched_pages (source_id, definition, version, read_at, document, reading, told, doubted)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (source_id) DO UPDATE SET definition = excluded.definition,
               version = excluded.version, read_at = excluded.read_at, document = excluded.document,
               reading = excluded.reading, told = excluded.told, doubted = excluded.doubted",
        )
        .bind(page.source.as_str())
        .bind(page.definition.to_text())
        .bind(i64::from(page.version))
        .bind(page.read_at)
        .bind(page.document)
        .bind(packed(&page.reading))
        .bind(to_json(&page.told))
        .bind(page.doubted.as_ref().map(to_json))
        .execute(&mut *$transaction)
        .await?;
        if let Some(version) = &watching.version {
            let change = version.change.as_ref();
            sqlx::query(
                "INSERT INTO page_versions (source_id, version, at, document, weight, counts, change, reading)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (source_id, version) DO NOTHING",
            )
            .bind(page.source.as_str())
            .bind(i64::from(version.number))
            .bind(version.at)
            .bind(version.document)
            .bind(change.map(|change| change.weight))
            .bind(change.map(|change| change.counts()))
            .bind(change.map(packed))
            .bind(packed(&version.reading))
            .execute(&mut *$transaction)
            .await?;
        }
        for (whose, cycle) in &watching.cycles {
            sqlx::query(
                "INSERT INTO life_cycles (owner, project, cycle) VALUES ($1, $2, $3)
                 ON CONFLICT (owner, project) DO UPDATE SET cycle = excluded.cycle",
            )
            .bind(whose.owner.as_str())
            .bind(whose.project.as_str())
            .bind(to_json(cycle))
            .execute(&mut *$transaction)
            .await?;
        }
    }};
}

pub(super) use write_watching;

/// JSON, packed; as it is where it cannot be (out of memory).
pub(super) fn packed<T: serde::Serialize>(value: &T) -> Vec<u8> {
    let json = super::to_json(value).into_bytes();
    zstd::bulk::compress(&json, 3).unwrap_or(json)
}

/// Reads what [`packed`] wrote.
fn unpacked<T: serde::de::DeserializeOwned>(
    table: &'static str,
    key: &str,
    bytes: &[u8],
) -> Result<T, Error> {
    let wrong = |error: &dyn std::fmt::Display| unreadable(table, key, error);
    // JSON of ours begins with a brace, what is packed with a number of its own.
    if bytes.first() == Some(&b'{') {
        return serde_json::from_slice(bytes).map_err(|error| wrong(&error));
    }
    let json = zstd::stream::decode_all(bytes).map_err(|error| wrong(&error))?;
    serde_json::from_slice(&json).map_err(|error| wrong(&error))
}

fn fingerprint(table: &'static str, key: &str, text: &str) -> Result<Fingerprint, Error> {
    Fingerprint::read(text).ok_or_else(|| unreadable(table, key, "its fingerprint is none"))
}

#[derive(sqlx::FromRow)]
struct Row {
    definition: String,
    version: i64,
    read_at: DateTime<Utc>,
    document: i64,
    reading: Vec<u8>,
    told: String,
    doubted: Option<String>,
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    version: i64,
    at: DateTime<Utc>,
    document: i64,
    change: Option<Vec<u8>>,
    reading: Vec<u8>,
}

type LineRow = (i64, DateTime<Utc>, i64, Option<f64>, Option<String>);

impl Store {
    /// By which definition a page was last read, and whether its last reading is doubted; none
    /// for a page that was never read.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn watched_by(
        &self,
        source: &SourceId,
    ) -> Result<Option<(Fingerprint, bool)>, Error> {
        let row: Option<(String, Option<String>)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT definition, doubted FROM watched_pages WHERE source_id = $1")
                .bind(source.as_str())
                .fetch_optional(pool)
                .await?
        });
        row.map(|(definition, doubted)| {
            let definition = fingerprint("watched_pages", source.as_str(), &definition)?;
            Ok((definition, doubted.is_some()))
        })
        .transpose()
    }

    /// A watched page as the last visit left it.
    ///
    /// # Errors
    /// As [`Store::watched_by`].
    pub async fn watched_page(&self, source: &SourceId) -> Result<Option<WatchedPage>, Error> {
        let table = "watched_pages";
        let key = source.as_str();
        let row: Option<Row> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT definition, version, read_at, document, reading, told, doubted
                 FROM watched_pages WHERE source_id = $1",
            )
            .bind(key)
            .fetch_optional(pool)
            .await?
        });
        row.map(|row| {
            let doubted = row.doubted.as_deref();
            Ok(WatchedPage {
                source: source.clone(),
                definition: fingerprint(table, key, &row.definition)?,
                version: small(table, key, row.version)?,
                read_at: row.read_at,
                document: row.document,
                reading: unpacked::<PageReading>(table, key, &row.reading)?,
                told: json(table, key, &row.told)?,
                doubted: doubted
                    .map(|text| json::<Doubt>(table, key, text))
                    .transpose()?,
            })
        })
        .transpose()
    }

    /// The versions of a watched page without their texts, the earliest first.
    ///
    /// # Errors
    /// As [`Store::watched_by`].
    pub async fn page_versions(&self, source: &SourceId) -> Result<Vec<VersionLine>, Error> {
        let rows: Vec<LineRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT version, at, document, weight, counts FROM page_versions WHERE source_id = $1
                 ORDER BY version",
            )
            .bind(source.as_str())
            .fetch_all(pool)
            .await?
        });
        rows.into_iter()
            .map(|(version, at, document, weight, counts)| {
                Ok(VersionLine {
                    version: small("page_versions", source.as_str(), version)?,
                    at,
                    document,
                    weight,
                    counts,
                })
            })
            .collect()
    }

    /// One version of a watched page with its text.
    ///
    /// # Errors
    /// As [`Store::watched_by`].
    pub async fn page_version(
        &self,
        source: &SourceId,
        number: u32,
    ) -> Result<Option<PageVersion>, Error> {
        let table = "page_versions";
        let key = source.as_str();
        let row: Option<VersionRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT version, at, document, change, reading FROM page_versions
                 WHERE source_id = $1 AND version = $2",
            )
            .bind(key)
            .bind(i64::from(number))
            .fetch_optional(pool)
            .await?
        });
        row.map(|row| {
            let change = row.change.as_deref();
            Ok(PageVersion {
                number: small(table, key, row.version)?,
                at: row.at,
                document: row.document,
                change: change
                    .map(|bytes| unpacked(table, key, bytes))
                    .transpose()?,
                reading: unpacked(table, key, &row.reading)?,
            })
        })
        .transpose()
    }

    /// What is known of some life cycles.
    ///
    /// # Errors
    /// As [`Store::watched_by`].
    pub async fn life_cycles(
        &self,
        whose: &[CycleOwner],
    ) -> Result<HashMap<CycleOwner, LifeCycle>, Error> {
        let mut out = HashMap::new();
        for chunk in whose.chunks(200) {
            let rows: Vec<(String, String, String)> = reading!(self.database, |pool| {
                let mut query =
                    QueryBuilder::new("SELECT owner, project, cycle FROM life_cycles WHERE ");
                let mut list = query.separated(" OR ");
                for one in chunk {
                    list.push("(owner = ")
                        .push_bind_unseparated(one.owner.as_str())
                        .push_unseparated(" AND project = ")
                        .push_bind_unseparated(one.project.as_str())
                        .push_unseparated(")");
                }
                query.build_query_as().fetch_all(pool).await?
            });
            for (owner, project, cycle) in rows {
                let cycle = json("life_cycles", &project, &cycle)?;
                out.insert(CycleOwner { owner, project }, cycle);
            }
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_packed_or_not() {
        let reading = PageReading {
            note: Some("Corrected".into()),
            ..PageReading::default()
        };
        let read = |bytes: &[u8]| unpacked::<PageReading>("t", "k", bytes);
        assert_eq!(read(&packed(&reading)).unwrap(), reading);
        assert_eq!(
            read(crate::store::to_json(&reading).as_bytes()).unwrap(),
            reading
        );
        assert!(read(b"\x00\x01").is_err());
    }
}
