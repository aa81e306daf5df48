//! What one visit leaves behind, stored in one transaction or not at all.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::QueryBuilder;

use super::database::{fenced, reading, writing};
use super::entering::write_updates;
use super::pages::write_watching;
use super::register::write_register;
use super::sources::SourceState;
use super::{Error, Lease, Store, to_json, unreadable, whole};
use crate::domain::address::WebAddress;
use crate::domain::catalogue::RegisterChanges;
use crate::domain::change::{Fingerprint, Known};
use crate::domain::document::{Document, Sha256, Visit};
use crate::domain::id::{SourceId, UpdateId};
use crate::domain::source::Keep;
use crate::domain::update::Update;
use crate::domain::watched::Watching;

/// A document with its place in its source's chain.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDocument {
    /// Its number, from 1.
    pub number: i64,
    /// What was fetched.
    pub document: Document,
    /// The plain size of the body in bytes, where the document holds it packed already.
    pub packed: Option<u64>,
    /// What stays of it.
    pub keep: Keep,
    /// The chain's head before it.
    pub previous: Option<Sha256>,
    /// The chain's head with it.
    pub link: Sha256,
    /// What read it.
    pub software: String,
}

/// An update in a revision that the store has not seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Fresh {
    /// The update.
    pub update: Update,
    /// What it looked like.
    pub fingerprint: Fingerprint,
    /// Its body, plain: for the index, not kept.
    pub text: String,
}

/// Everything that one visit leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Harvest {
    /// The visit.
    pub visit: Visit,
    /// The source after it.
    pub state: SourceState,
    /// What it brought, page by page; nothing when it was the last answer again.
    pub documents: Vec<NewDocument>,
    /// Updates seen for the first time.
    pub new: Vec<Fresh>,
    /// Updates that say something else now.
    pub revised: Vec<Fresh>,
    /// What a catalogue leaves in the register.
    pub register: Option<Box<RegisterChanges>>,
    /// What is known of a watched page from now on.
    pub watching: Option<Box<Watching>>,
}

/// What of the harvests was new to the store, and where it stands in the log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Committed {
    /// The log's head before.
    pub before: i64,
    /// The log's head now.
    pub head: i64,
    /// A line each, in the log's order: whether it is the first of its update, whose harvest,
    /// and its place among the harvest's new or revised ones.
    pub lines: Vec<(bool, usize, usize)>,
}

impl Committed {
    /// The updates of the lines, in the log's order, out of the harvests that were committed.
    pub fn updates<'a>(
        &'a self,
        harvests: &'a [Harvest],
    ) -> impl Iterator<Item = (bool, &'a Fresh)> {
        self.lines.iter().filter_map(|(new, harvest, item)| {
            let harvest = harvests.get(*harvest)?;
            let list = if *new { &harvest.new } else { &harvest.revised };
            Some((*new, list.get(*item)?))
        })
    }
}

/// Keeps an update's current state as a revision of its past.
pub(super) const REMEMBER: &str =
    "INSERT INTO revisions (update_id, number, at, content, tags, evidence)
     SELECT id, revision, revised_at, content, tags, evidence FROM updates WHERE id = $1";

/// Rows of one statement: well below the number of values that either database takes.
pub(super) const CHUNK: usize = 250;

impl Store {
    /// What is known of a source's items, by key or by canonical address.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn known(
        &self,
        source: &SourceId,
        keys: &[String],
        urls: &[String],
    ) -> Result<Vec<Known>, Error> {
        type Row = (String, String, Option<String>, String, i64, String);
        let mut rows: Vec<Row> = Vec::new();
        for (column, values) in [("entry_key", keys), ("url", urls)] {
            for chunk in values.chunks(CHUNK * 10) {
                let found: Vec<Row> = reading!(self.database, |pool| {
                    let mut query = QueryBuilder::new(
                        "SELECT id, entry_key, url, title, revision, fingerprint FROM updates WHERE source_id = ",
                    );
                    query
                        .push_bind(source.as_str())
                        .push(" AND ")
                        .push(column)
                        .push(" IN (");
                    let mut list = query.separated(",");
                    for value in super::padded(chunk) {
                        list.push_bind(value.as_str());
                    }
                    query.push(")");
                    query
                        .build_query_as()
                        .persistent(super::few(chunk.len()))
                        .fetch_all(pool)
                        .await?
                });
                rows.extend(found);
            }
        }
        let mut seen = HashSet::new();
        let mut out = Vec::with_capacity(rows.len());
        for (id, key, url, title, revision, fingerprint) in rows {
            if !seen.insert(id.clone()) {
                continue;
            }
            let table = "updates";
            out.push(Known {
                url: url.and_then(|url| WebAddress::new(&url).ok()),
                revision: super::small(table, &id, revision)?,
                fingerprint: Fingerprint::read(&fingerprint)
                    .ok_or_else(|| unreadable(table, &id, "its fingerprint is none"))?,
                id: UpdateId::new(id.clone()).map_err(|error| unreadable(table, &id, error))?,
                key,
                title,
            });
        }
        Ok(out)
    }

    /// Stores what visits left behind: all of it, or nothing.
    ///
    /// What is there already (a repeated run) is not stored again: an update by (source, key), a
    /// revision by its number, a document by its number.
    ///
    /// # Errors
    /// When the lease is lost or the database fails; then nothing of it is stored.
    #[allow(clippy::too_many_lines, reason = "one transaction, told in its order")]
    pub async fn commit_harvests(
        &self,
        lease: &Lease,
        harvests: &[Harvest],
    ) -> Result<Committed, Error> {
        let now = harvests
            .iter()
            .map(|harvest| harvest.visit.at)
            .max()
            .unwrap_or_default();
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);

            let offers: Vec<(&[Fresh], &[Fresh])> = harvests
                .iter()
                .map(|harvest| (harvest.new.as_slice(), harvest.revised.as_slice()))
                .collect();
            let committed = write_updates!(transaction, now, &offers);

            for changes in harvests
                .iter()
                .filter_map(|harvest| harvest.register.as_deref())
            {
                write_register!(transaction, changes);
            }
            for watching in harvests
                .iter()
                .filter_map(|harvest| harvest.watching.as_deref())
            {
                write_watching!(transaction, watching);
            }

            let documents: Vec<&NewDocument> = harvests
                .iter()
                .flat_map(|harvest| &harvest.documents)
                .collect();
            for chunk in documents.chunks(CHUNK) {
                let mut query = QueryBuilder::new(
                    "INSERT INTO documents (source_id, number, url, fetched_at, status, headers, sha256, bytes, body,
                       keep_until, previous, link, software) ",
                );
                query.push_values(chunk, |mut row, item| {
                    let document = &item.document;
                    let (body, until) = match item.keep {
                        Keep::Hash => (None, None),
                        Keep::Bytes(span) => {
                            let body = match item.packed {
                                Some(_) => Some(document.body.clone()),
                                None => compressed(&document.body),
                            };
                            (body, Some(document.fetched_at + span))
                        }
                    };
                    row.push_bind(document.source.as_str())
                        .push_bind(item.number)
                        .push_bind(document.url.as_str())
                        .push_bind(document.fetched_at)
                        .push_bind(i64::from(document.status))
                        .push_bind(to_json(&document.headers))
                        .push_bind(document.sha256.as_str())
                        .push_bind(
                            item.packed
                                .map_or_else(|| whole(document.body.len()), whole),
                        )
                        .push_bind(body)
                        .push_bind(until)
                        .push_bind(item.previous.as_ref().map(Sha256::as_str))
                        .push_bind(item.link.as_str())
                        .push_bind(item.software.as_str());
                });
                query.push(" ON CONFLICT (source_id, number) DO NOTHING");
                query
                    .build()
                    .persistent(super::comes_again(chunk.len()))
                    .execute(&mut *transaction)
                    .await?;
            }

            for chunk in harvests.chunks(CHUNK) {
                let mut query = QueryBuilder::new(
                    "INSERT INTO visits (source_id, at, outcome, status, entries, new_entries, revised_entries,
                       faults, milliseconds, bytes) ",
                );
                query.push_values(chunk, |mut row, harvest| {
                    let visit = &harvest.visit;
                    row.push_bind(visit.source.as_str())
                        .push_bind(visit.at)
                        .push_bind(visit.outcome.as_str())
                        .push_bind(visit.status.map(i64::from))
                        .push_bind(i64::from(visit.entries))
                        .push_bind(i64::from(visit.new))
                        .push_bind(i64::from(visit.revised))
                        .push_bind(to_json(&visit.faults))
                        .push_bind(whole(visit.milliseconds))
                        .push_bind(whole(visit.bytes));
                });
                query
                    .build()
                    .persistent(super::comes_again(chunk.len()))
                    .execute(&mut *transaction)
                    .await?;
            }

            // A source is visited once at a time, so no statement names one twice.
            for chunk in harvests.chunks(CHUNK) {
                let mut query = QueryBuilder::new(
                    "INSERT INTO source_states (source_id, etag, last_modified, sha256, first_contact_at,
                       next_visit_at, visits, last_visit, last_success, failures, failing_since, last_new, gaps,
                       documents, chain_head, description, moved_to, signs) ",
                );
                query.push_values(chunk, |mut row, harvest| {
                    let state = &harvest.state;
                    let gaps: Vec<i64> = state
                        .record
                        .gaps
                        .iter()
                        .map(TimeDelta::num_seconds)
                        .collect();
                    row.push_bind(state.source.as_str())
                        .push_bind(state.memory.etag.as_deref())
                        .push_bind(state.memory.last_modified.as_deref())
                        .push_bind(state.memory.sha256.as_ref().map(Sha256::as_str))
                        .push_bind(state.first_contact_at)
                        .push_bind(state.next_visit_at)
                        .push_bind(i64::from(state.record.visits))
                        .push_bind(state.record.last_visit)
                        .push_bind(state.record.last_success)
                        .push_bind(i64::from(state.record.failures))
                        .push_bind(state.record.failing_since)
                        .push_bind(state.record.last_new)
                        .push_bind(to_json(&gaps))
                        .push_bind(state.documents)
                        .push_bind(state.chain_head.as_ref().map(Sha256::as_str))
                        .push_bind(to_json(&state.description))
                        .push_bind(state.moved_to.as_deref())
                        .push_bind(to_json(&state.record.signs));
                });
                query.push(
                    " ON CONFLICT (source_id) DO UPDATE SET etag = excluded.etag,
                       last_modified = excluded.last_modified, sha256 = excluded.sha256,
                       first_contact_at = excluded.first_contact_at, next_visit_at = excluded.next_visit_at,
                       visits = excluded.visits, last_visit = excluded.last_visit,
                       last_success = excluded.last_success, failures = excluded.failures,
                       failing_since = excluded.failing_since, last_new = excluded.last_new, gaps = excluded.gaps,
                       documents = excluded.documents, chain_head = excluded.chain_head,
                       description = excluded.description, moved_to = excluded.moved_to, signs = excluded.signs",
                );
                query
                    .build()
                    .persistent(super::comes_again(chunk.len()))
                    .execute(&mut *transaction)
                    .await?;
            }
            crate::crash::point("before-commit");
            transaction.commit().await?;
            crate::crash::point("after-commit");
            Ok(committed)
        })
    }
}

/// Packers that nobody uses at the moment: making one costs as much as packing a page.
static PACKERS: Mutex<Vec<zstd::bulk::Compressor<'static>>> = Mutex::new(Vec::new());
/// How many are kept.
const MOST_PACKERS: usize = 4;

/// A body as the store keeps it: zstd; none when it cannot be packed (out of memory), and then it is
/// kept by its hash only.
pub fn compressed(body: &[u8]) -> Option<Vec<u8>> {
    let idle = || PACKERS.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = idle().pop();
    let mut packer = match kept {
        Some(packer) => packer,
        None => zstd::bulk::Compressor::new(1).ok()?,
    };
    let packed = packer.compress(body).ok()?;
    let mut idle = idle();
    if idle.len() < MOST_PACKERS {
        idle.push(packer);
    }
    Some(packed)
}
