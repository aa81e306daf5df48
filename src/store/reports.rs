//! Stages that Updates report in passing.

use chrono::{DateTime, Utc};

use super::database::{fenced, reading, writing};
use super::{Error, Lease, Store, unreadable};
use crate::domain::id::UpdateId;
use crate::domain::standard::StageReport;

/// A report, and the Update that makes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reported {
    /// The Update.
    pub update: UpdateId,
    /// When it is dated.
    pub at: DateTime<Utc>,
    /// What it reports.
    pub report: StageReport,
}

impl Store {
    /// Notes what Updates report, in the place of what their earlier revisions did, and how far
    /// the log was read for it.
    ///
    /// # Errors
    /// When the lease is lost or the database fails; then nothing of it is stored.
    pub async fn note_reports(
        &self,
        lease: &Lease,
        follower: &str,
        position: i64,
        read: &[UpdateId],
        reports: &[Reported],
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            for update in read {
                sqlx::query("DELETE FROM stage_reports WHERE update_id = $1")
                    .bind(update.as_str())
                    .execute(&mut *transaction)
                    .await?;
            }
            for reported in reports {
                sqlx::query(
                    "INSERT INTO stage_reports (update_id, reference, work, stage, reported_at)
                     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (update_id, reference) DO NOTHING",
                )
                .bind(reported.update.as_str())
                .bind(reported.report.reference.as_str())
                .bind(reported.report.work.as_str())
                .bind(reported.report.stage.to_string())
                .bind(reported.at)
                .execute(&mut *transaction)
                .await?;
            }
            sqlx::query(
                "INSERT INTO followers (name, position) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET position = excluded.position",
            )
            .bind(follower)
            .bind(position)
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// What Updates report of a work, the latest last.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn stage_reports(&self, work: &str) -> Result<Vec<Reported>, Error> {
        let rows: Vec<(String, String, String, DateTime<Utc>)> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT update_id, reference, stage, reported_at FROM stage_reports WHERE work = $1
                 ORDER BY reported_at, update_id, reference",
            )
            .bind(work)
            .fetch_all(pool)
            .await?
        });
        rows.into_iter()
            .map(|(update, reference, stage, at)| {
                let wrong =
                    |error: &dyn std::fmt::Display| unreadable("stage_reports", &update, error);
                Ok(Reported {
                    report: StageReport {
                        work: work.to_owned(),
                        reference,
                        stage: stage.parse().map_err(|error| wrong(&error))?,
                    },
                    at,
                    update: UpdateId::new(update.clone()).map_err(|error| wrong(&error))?,
                })
            })
            .collect()
    }
}
