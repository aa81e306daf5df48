//! Documents: kept compressed, hashed and chained.

use chrono::{DateTime, Utc};

use super::database::reading;
use super::{Error, Store, json, unreadable};
use crate::domain::document::Sha256;
use crate::domain::evidence::{self, Record};
use crate::domain::id::SourceId;

/// A document as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredDocument {
    /// Its number within its source, from 1.
    pub number: i64,
    /// The address that answered.
    pub url: String,
    /// When.
    pub fetched_at: DateTime<Utc>,
    /// With which status.
    pub status: u16,
    /// With which headers.
    pub headers: Vec<(String, String)>,
    /// The hash of its bytes.
    pub sha256: Sha256,
    /// How many bytes there were.
    pub bytes: u64,
    /// The bytes, where they were asked for and are kept.
    pub body: Option<Vec<u8>>,
    /// The chain's head before it.
    pub previous: Option<Sha256>,
    /// The chain's head with it.
    pub link: Sha256,
    /// What read it.
    pub software: String,
}

/// What checking a source's chain found.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainReport {
    /// How many records were checked.
    pub records: u64,
    /// The chain's head, where the chain holds.
    pub head: Option<Sha256>,
    /// The first fault.
    pub fault: Option<ChainFault>,
}

/// Where a chain breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainFault {
    /// At which document.
    pub number: i64,
    /// What is wrong there.
    pub what: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    url: String,
    fetched_at: DateTime<Utc>,
    status: i64,
    headers: String,
    sha256: String,
    bytes: i64,
    body: Option<Vec<u8>>,
    previous: Option<String>,
    link: String,
    software: String,
}

impl Row {
    fn document(self, source: &SourceId) -> Result<StoredDocument, Error> {
        let table = "documents";
        let key = format!("{source} {}", self.number);
        let hash = |text: &str| {
            Sha256::read(text).ok_or_else(|| unreadable(table, &key, "a hash is none"))
        };
        let bytes = self.bytes.unsigned_abs();
        Ok(StoredDocument {
            number: self.number,
            fetched_at: self.fetched_at,
            status: u16::try_from(self.status).map_err(|error| unreadable(table, &key, error))?,
            headers: json(table, &key, &self.headers)?,
            sha256: hash(&self.sha256)?,
            bytes,
            body: self
                .body
                .map(|body| {
                    let capacity = usize::try_from(bytes).unwrap_or(0).min(1 << 30);
                    zstd::bulk::decompress(&body, capacity)
                        .map_err(|error| unreadable(table, &key, error))
                })
                .transpose()?,
            previous: self.previous.as_deref().map(hash).transpose()?,
            link: hash(&self.link)?,
            url: self.url,
            software: self.software,
        })
    }
}

impl Store {
    /// A source's documents without their bytes, in order.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn documents(&self, source: &SourceId) -> Result<Vec<StoredDocument>, Error> {
        let rows: Vec<Row> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT number, url, fetched_at, status, headers, sha256, bytes, NULL AS body, previous, link, software
                 FROM documents WHERE source_id = $1 ORDER BY number",
            )
            .bind(source.as_str())
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(|row| row.document(source)).collect()
    }

    /// One document, with its bytes where they are kept.
    ///
    /// # Errors
    /// As [`Store::documents`].
    pub async fn document(
        &self,
        source: &SourceId,
        number: i64,
    ) -> Result<Option<StoredDocument>, Error> {
        let row: Option<Row> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT number, url, fetched_at, status, headers, sha256, bytes, body, previous, link, software
                 FROM documents WHERE source_id = $1 AND number = $2",
            )
            .bind(source.as_str())
            .bind(number)
            .fetch_optional(pool)
            .await?
        });
        row.map(|row| row.document(source)).transpose()
    }

    /// Checks a source's chain: numbers without a gap, every link as it must be, every kept
    /// body as its hash says, and the head as the source's state has it.
    ///
    /// # Errors
    /// When the database fails. What is wrong with the chain is no error but the report.
    pub async fn verify_chain(&self, source: &SourceId) -> Result<ChainReport, Error> {
        let state = self.source_state(source).await?;
        let mut head: Option<Sha256> = None;
        let mut records = 0;
        let broken = |records: u64, number: i64, what: &str| ChainReport {
            records,
            head: None,
            fault: Some(ChainFault {
                number,
                what: what.to_owned(),
            }),
        };
        let expected = state.as_ref().map_or(0, |state| state.documents);
        for number in 1..=expected {
            let document = match self.document(source, number).await {
                Ok(Some(document)) => document,
                Ok(None) => return Ok(broken(records, number, "the record is missing")),
                Err(Error::Unreadable { why, .. }) => {
                    return Ok(broken(
                        records,
                        number,
                        &format!("the record cannot be read: {why}"),
                    ));
                }
                Err(error) => return Err(error),
            };
            records += 1;
            if document.previous != head {
                return Ok(broken(
                    records,
                    number,
                    "it does not follow the record before it",
                ));
            }
            if let Some(body) = &document.body
                && Sha256::of(body) != document.sha256
            {
                return Ok(broken(
                    records,
                    number,
                    "its bytes are not those that were hashed",
                ));
            }
            let link = evidence::link(
                head.as_ref(),
                &Record {
                    source,
                    number: document.number,
                    url: &document.url,
                    fetched_at: document.fetched_at,
                    status: document.status,
                    headers: &document.headers,
                    sha256: &document.sha256,
                    software: &document.software,
                },
            );
            if link != document.link {
                return Ok(broken(
                    records,
                    number,
                    "something in the record was altered",
                ));
            }
            head = Some(link);
        }
        if state.as_ref().and_then(|state| state.chain_head.clone()) != head {
            return Ok(broken(
                records,
                expected,
                "the chain's head is not the one that was noted",
            ));
        }
        Ok(ChainReport {
            records,
            head,
            fault: None,
        })
    }
}
