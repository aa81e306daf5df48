//! How updates enter the log: once each, with their lines, whoever brings them.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::collecting::{CHUNK, Committed, Fresh, REMEMBER};
use super::database::{fenced, writing};
use super::{Error, Lease, Store, to_json, whole};

/// Writes updates and their lines of the log within a transaction: of each pair of lists those that
/// are new and those that say something else now. What is there already (a repeated run) is not
/// written again: an update by (source, key), a revision by its number.
macro_rules! write_updates {
    ($transaction:expr, $now:expr, $offers:expr) => {{
        use std::collections::{HashMap, HashSet};
        use $crate::store::key_dates::{dated, write_key_dates};
        let offers: &[(&[Fresh], &[Fresh])] = $offers;
        // What is stored already, of everything that is offered.
        let offered: Vec<&str> = offers
            .iter()
            .flat_map(|(new, revised)| new.iter().chain(*revised))
            .map(|fresh| fresh.update.id.as_str())
            .collect();
        let mut stored: HashMap<String, i64> = HashMap::new();
        for chunk in offered.chunks(CHUNK * 10) {
            let mut query = QueryBuilder::new("SELECT id, revision FROM updates WHERE id IN (");
            let mut list = query.separated(",");
            for id in $crate::store::padded(chunk) {
                list.push_bind(*id);
            }
            query.push(")");
            let rows: Vec<(String, i64)> =
                query
                    .build_query_as()
                    .persistent($crate::store::few(chunk.len()))
                    .fetch_all(&mut *$transaction)
                    .await?;
            stored.extend(rows);
        }
        let mut committed = Committed::default();
        let mut fresh: Vec<&Fresh> = Vec::new();
        let mut offered_new = HashSet::new();
        for (at, (new, _)) in offers.iter().enumerate() {
            for (place, item) in new.iter().enumerate() {
                if !stored.contains_key(item.update.id.as_str())
                    && offered_new.insert(item.update.id.as_str())
                {
                    fresh.push(item);
                    committed.lines.push((true, at, place));
                }
            }
        }
        let mut again: Vec<&Fresh> = Vec::new();
        for (at, (_, revised)) in offers.iter().enumerate() {
            for (place, item) in revised.iter().enumerate() {
                if stored
                    .get(item.update.id.as_str())
                    .is_some_and(|revision| *revision < i64::from(item.update.revision))
                {
                    again.push(item);
                    committed.lines.push((false, at, place));
                }
            }
        }

        // Positions in commit order, under the one lock that the row is.
        let count = whole(fresh.len() + again.len());
        let (head,): (i64,) = sqlx::query_as(
            "UPDATE log_head SET position = position + $1, at = CASE WHEN at < $2 THEN $2 ELSE at END
             WHERE only_row = 1 RETURNING position",
        )
        .bind(count)
        .bind($now)
        .fetch_one(&mut *$transaction)
        .await?;
        let mut position = head - count;
        committed.before = position;
        committed.head = head;

        let first = position;
        let placed: Vec<(i64, &Fresh)> = fresh
            .iter()
            .map(|item| {
                position += 1;
                (position, *item)
            })
            .collect();
        for chunk in placed.chunks(CHUNK) {
            let mut query = QueryBuilder::new(
                "INSERT INTO updates (id, source_id, entry_key, url, title, fingerprint, revision, first_seen,
                   revised_at, reach, authority, position, content, tags, key_dates, story, correction, cause, evidence) ",
            );
            query.push_values(chunk, |mut row, (position, item)| {
                let update = &item.update;
                row.push_bind(update.id.as_str())
                    .push_bind(update.source.as_str())
                    .push_bind(update.key.as_str())
                    .push_bind(update.content.url.as_ref().map(|url| url.as_str()))
                    .push_bind(update.content.title.as_str())
                    .push_bind(item.fingerprint.to_text())
                    .push_bind(i64::from(update.revision))
                    .push_bind(update.first_seen)
                    .push_bind(update.revised_at)
                    .push_bind(update.reach.as_str())
                    .push_bind(update.authority.as_str())
                    .push_bind(*position)
                    .push_bind(to_json(&update.content))
                    .push_bind(to_json(&update.tags))
                    .push_bind(to_json(&update.key_dates))
                    .push_bind(update.story.as_ref().map(|story| story.as_str()))
                    .push_bind(i64::from(update.correction))
                    .push_bind(update.cause.as_ref().map(|cause| cause.as_str()))
                    .push_bind(to_json(&update.evidence));
            });
            query
                .build()
                .persistent($crate::store::comes_again(chunk.len()))
                .execute(&mut *$transaction)
                .await?;
        }

        let mut lines: Vec<(i64, DateTime<Utc>, &str, &str, i64)> = placed
            .iter()
            .map(|(position, item)| {
                (
                    *position,
                    item.update.revised_at,
                    "new",
                    item.update.id.as_str(),
                    1,
                )
            })
            .collect();
        debug_assert_eq!(lines.len(), usize::try_from(position - first).unwrap_or(0));

        for item in &again {
            let update = &item.update;
            sqlx::query(REMEMBER)
                .bind(update.id.as_str())
                .execute(&mut *$transaction)
                .await?;
            sqlx::query(
                "UPDATE updates SET url = $2, title = $3, fingerprint = $4, revision = $5, revised_at = $6,
                   authority = $7, content = $8, tags = $9, key_dates = $10, correction = $11, evidence = $12
                 WHERE id = $1",
            )
            .bind(update.id.as_str())
            .bind(update.content.url.as_ref().map(|url| url.as_str()))
            .bind(update.content.title.as_str())
            .bind(item.fingerprint.to_text())
            .bind(i64::from(update.revision))
            .bind(update.revised_at)
            .bind(update.authority.as_str())
            .bind(to_json(&update.content))
            .bind(to_json(&update.tags))
            .bind(to_json(&update.key_dates))
            .bind(i64::from(update.correction))
            .bind(to_json(&update.evidence))
            .execute(&mut *$transaction)
            .await?;
            position += 1;
            lines.push((
                position,
                update.revised_at,
                "revised",
                update.id.as_str(),
                i64::from(update.revision),
            ));
        }
        for chunk in lines.chunks(CHUNK * 4) {
            let mut query = QueryBuilder::new(
                "INSERT INTO change_log (position, at, event, update_id, revision) ",
            );
            query.push_values(chunk, |mut row, (position, at, event, update, revision)| {
                row.push_bind(*position)
                    .push_bind(*at)
                    .push_bind(*event)
                    .push_bind(*update)
                    .push_bind(*revision);
            });
            query
                .build()
                .persistent($crate::store::comes_again(chunk.len()))
                .execute(&mut *$transaction)
                .await?;
        }

        let revised: Vec<&str> = again.iter().map(|item| item.update.id.as_str()).collect();
        let dates: Vec<_> = again
            .iter()
            .chain(&fresh)
            .map(|item| dated(&item.update))
            .collect();
        write_key_dates!($transaction, &dates, &revised);
        committed
    }};
}

pub(super) use write_updates;

impl Store {
    /// Stores updates that no visit brought: what time itself gave rise to. As many as were new.
    ///
    /// # Errors
    /// When the lease is lost or the database fails; then nothing of it is stored.
    pub async fn commit_born(
        &self,
        lease: &Lease,
        born: &[Fresh],
        now: DateTime<Utc>,
    ) -> Result<usize, Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            let committed = write_updates!(transaction, now, &[(born, &[])]);
            crate::crash::point("before-born");
            transaction.commit().await?;
            Ok(committed.lines.len())
        })
    }
}
