//! The audit log: lines are written behind one another, and never touched again.

use chrono::{DateTime, Utc};

use super::database::{reading, writing};
use super::{Error, Store};
use crate::domain::audit::{Act, AuditCheck, AuditLine};

/// Lines that are read at once when the whole log is walked.
const PIECE: i64 = 1_000;

/// Adds a line to the audit log within a transaction; the line is returned.
macro_rules! audited {
    ($transaction:expr, $act:expr) => {{
        let act: &$crate::domain::audit::Act = $act;
        // Written to, so that no other line comes between this one and the one before it.
        let (position, previous): (i64, String) = sqlx::query_as(
            "UPDATE audit_head SET position = position + 1 WHERE only_row = 1 RETURNING position, link",
        )
        .fetch_one(&mut *$transaction)
        .await?;
        let line = $crate::domain::audit::AuditLine::new(position, &previous, act);
        sqlx::query(
            "INSERT INTO audit_log (position, at, who, came_from, act, subject, state_before, state_after,
               previous, link) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(line.position)
        .bind(line.at)
        .bind(line.who.as_str())
        .bind(line.from.as_str())
        .bind(line.act.as_str())
        .bind(line.subject.as_str())
        .bind(line.before.as_str())
        .bind(line.after.as_str())
        .bind(line.previous.as_str())
        .bind(line.link.as_str())
        .execute(&mut *$transaction)
        .await?;
        sqlx::query("UPDATE audit_head SET link = $1 WHERE only_row = 1")
            .bind(line.link.as_str())
            .execute(&mut *$transaction)
            .await?;
        line
    }};
}

pub(super) use audited;

#[derive(sqlx::FromRow)]
struct Row {
    position: i64,
    at: DateTime<Utc>,
    who: String,
    came_from: String,
    act: String,
    subject: String,
    state_before: String,
    state_after: String,
    previous: String,
    link: String,
}

impl From<Row> for AuditLine {
    fn from(row: Row) -> Self {
        Self {
            position: row.position,
            at: row.at,
            who: row.who,
            from: row.came_from,
            act: row.act,
            subject: row.subject,
            before: row.state_before,
            after: row.state_after,
            previous: row.previous,
            link: row.link,
        }
    }
}

/// Tells the log of this process, too: whoever keeps it elsewhere can prove where the audit log
/// stood. What was changed stands in the store only.
pub(super) fn witnessed(line: &AuditLine) {
    tracing::info!(
        audit.position = line.position,
        audit.link = line.link,
        audit.act = line.act,
        "a line was written to the audit log"
    );
}

impl Store {
    /// Notes what somebody did elsewhere than in the store's own transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_act(&self, act: &Act) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            let line = audited!(transaction, act);
            transaction.commit().await?;
            witnessed(&line);
            Ok(())
        })
    }

    /// Lines before a position, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_lines(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditLine>, Error> {
        let rows: Vec<Row> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT position, at, who, came_from, act, subject, state_before, state_after, previous, link
                 FROM audit_log WHERE position < $1 ORDER BY position DESC LIMIT $2",
            )
            .bind(before.unwrap_or(i64::MAX))
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        Ok(rows.into_iter().map(AuditLine::from).collect())
    }

    /// Lines after a position, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_lines_after(&self, after: i64, limit: u32) -> Result<Vec<AuditLine>, Error> {
        self.audit_piece(after, i64::from(limit)).await
    }

    async fn audit_piece(&self, after: i64, limit: i64) -> Result<Vec<AuditLine>, Error> {
        let rows: Vec<Row> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT position, at, who, came_from, act, subject, state_before, state_after, previous, link
                 FROM audit_log WHERE position > $1 ORDER BY position LIMIT $2",
            )
            .bind(after)
            .bind(limit)
            .fetch_all(pool)
            .await?
        });
        Ok(rows.into_iter().map(AuditLine::from).collect())
    }

    /// Where the log ends: its last position and hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_head(&self) -> Result<(i64, String), Error> {
        Ok(reading!(self.database, |pool| {
            sqlx::query_as("SELECT position, link FROM audit_head WHERE only_row = 1")
                .fetch_one(pool)
                .await?
        }))
    }

    /// Walks the whole log. Lines that are written meanwhile are not looked at.
    ///
    /// # Errors
    /// When the database fails; that the log was tampered with is told in the answer.
    pub async fn verify_audit(&self) -> Result<AuditCheck, Error> {
        let (position, head) = self.audit_head().await?;
        let mut check = AuditCheck::default();
        let mut after = i64::MIN;
        'walk: loop {
            let piece = self.audit_piece(after, PIECE).await?;
            let Some(last) = piece.last() else { break };
            after = last.position;
            for line in &piece {
                if line.position > position {
                    break 'walk;
                }
                check.take(line);
            }
        }
        check.end(position, &head);
        Ok(check)
    }
}
