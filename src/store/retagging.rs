//! Other tags for what is stored: a revision of the update, and no news.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::collecting::REMEMBER;
use super::database::{fenced, log, writing};
use super::key_dates::{link, write_key_dates};
use super::{Error, Lease, Store, to_json};
use crate::domain::date_thread::Dated;
use crate::domain::id::UpdateId;
use crate::domain::key_date::KeyDate;
use crate::domain::update::Tags;

/// An update with the tags it has now.
#[derive(Clone, Debug, PartialEq)]
pub struct Retagged {
    /// Which.
    pub update: UpdateId,
    /// Its tags.
    pub tags: Tags,
    /// Its key dates.
    pub key_dates: Vec<KeyDate>,
}

/// Revision, source, address, story and cause of an update.
type Row = (i64, String, Option<String>, Option<String>, Option<String>);
/// Story, address within the source and cause.
type Ties = (Option<String>, Option<String>, Option<String>);

impl Store {
    /// Stores other tags, all of them or none; a line of the log each.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn retag(
        &self,
        lease: &Lease,
        retagged: &[Retagged],
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        if retagged.is_empty() {
            return Ok(());
        }
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            let mut ties: Vec<Ties> = Vec::with_capacity(retagged.len());
            for item in retagged {
                sqlx::query(REMEMBER)
                    .bind(item.update.as_str())
                    .execute(&mut *transaction)
                    .await?;
                let (revision, source, url, story, cause): Row = sqlx::query_as(
                    "UPDATE updates SET tags = $2, key_dates = $3, revision = revision + 1, revised_at = $4
                     WHERE id = $1 RETURNING revision, source_id, url, story, cause",
                )
                .bind(item.update.as_str())
                .bind(to_json(&item.tags))
                .bind(to_json(&item.key_dates))
                .bind(now)
                .fetch_one(&mut *transaction)
                .await?;
                log!(transaction, "retagged", item.update, revision, now);
                ties.push((story, url.map(|url| link(&source, &url)), cause));
            }
            let dates: Vec<Dated<'_>> = retagged
                .iter()
                .zip(&ties)
                .map(|(item, (story, link, cause))| Dated {
                    update: item.update.as_str(),
                    story: story.as_deref(),
                    link: link.clone(),
                    cause: cause.as_deref(),
                    dates: &item.key_dates,
                    at: now,
                })
                .collect();
            let again: Vec<&str> = retagged.iter().map(|item| item.update.as_str()).collect();
            write_key_dates!(transaction, &dates, &again);
            transaction.commit().await?;
            Ok(())
        })
    }
}
