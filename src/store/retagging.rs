//! Other tags for what is stored: a revision of the update, and no news.

use chrono::{DateTime, Utc};

use super::collecting::REMEMBER;
use super::database::{fenced, log, writing};
use super::{Error, Lease, Store, to_json};
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
            for item in retagged {
                sqlx::query(REMEMBER)
                    .bind(item.update.as_str())
                    .execute(&mut *transaction)
                    .await?;
                let (revision,): (i64,) = sqlx::query_as(
                    "UPDATE updates SET tags = $2, key_dates = $3, revision = revision + 1, revised_at = $4
                     WHERE id = $1 RETURNING revision",
                )
                .bind(item.update.as_str())
                .bind(to_json(&item.tags))
                .bind(to_json(&item.key_dates))
                .bind(now)
                .fetch_one(&mut *transaction)
                .await?;
                log!(transaction, "retagged", item.update, revision, now);
            }
            transaction.commit().await?;
            Ok(())
        })
    }
}
