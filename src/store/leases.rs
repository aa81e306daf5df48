//! The worker's lease: one process works, the others know that it is not they.

use chrono::{DateTime, TimeDelta, Utc};

use super::database::{Database, reading, writing};
use super::{Error, Store};

/// A lease that was taken: every write names it, and is refused when a newer one exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What is leased.
    pub name: String,
    /// By whom.
    pub holder: String,
    /// Which taking of it this is.
    pub epoch: i64,
}

/// Somebody else holds it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{holder} is at work until {until}")]
pub struct LeaseHeld {
    /// Who.
    pub holder: String,
    /// Until when, unless it is renewed.
    pub until: DateTime<Utc>,
}

impl Store {
    /// Takes the lease when nobody holds it, when it has run out, or when the same holder asks
    /// again.
    ///
    /// # Errors
    /// When the database fails; that somebody else holds it is the inner error.
    pub async fn take_lease(
        &self,
        name: &str,
        holder: &str,
        now: DateTime<Utc>,
        span: TimeDelta,
    ) -> Result<Result<Lease, LeaseHeld>, Error> {
        self.take_lease_from(name, holder, holder, now, span).await
    }

    /// Takes the lease over from `gone`, who is known to be dead, for `holder`; also when nobody
    /// holds it, or when it has run out. Where somebody else was faster, it is theirs.
    ///
    /// # Errors
    /// As [`Store::take_lease`].
    pub async fn take_lease_from(
        &self,
        name: &str,
        gone: &str,
        holder: &str,
        now: DateTime<Utc>,
        span: TimeDelta,
    ) -> Result<Result<Lease, LeaseHeld>, Error> {
        if let Database::Postgres(pool) = &self.database
            && let Some(held) = being_written_under(pool, name).await?
        {
            return Ok(Err(held));
        }
        writing!(self.database, |pool| {
            let epoch: Option<(i64,)> = sqlx::query_as(
                "INSERT INTO leases (name, holder, until_at, epoch) VALUES ($1, $2, $3, 1)
                 ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at,
                   epoch = leases.epoch + 1
                 WHERE leases.holder = $5 OR leases.until_at <= $4
                 RETURNING epoch",
            )
            .bind(name)
            .bind(holder)
            .bind(now + span)
            .bind(now)
            .bind(gone)
            .fetch_optional(pool)
            .await?;
            if let Some((epoch,)) = epoch {
                return Ok(Ok(Lease {
                    name: name.to_owned(),
                    holder: holder.to_owned(),
                    epoch,
                }));
            }
            let (holder, until): (String, DateTime<Utc>) =
                sqlx::query_as("SELECT holder, until_at FROM leases WHERE name = $1")
                    .bind(name)
                    .fetch_one(pool)
                    .await?;
            Ok(Err(LeaseHeld { holder, until }))
        })
    }

    /// Who holds a lease, if anybody does at this time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn at_work(
        &self,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<LeaseHeld>, Error> {
        let held: Option<(String, DateTime<Utc>)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT holder, until_at FROM leases WHERE name = $1 AND until_at > $2")
                .bind(name)
                .bind(now)
                .fetch_optional(pool)
                .await?
        });
        Ok(held.map(|(holder, until)| LeaseHeld { holder, until }))
    }

    /// Which taking of a lease is the newest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease_epoch(&self, name: &str) -> Result<Option<i64>, Error> {
        let epoch: Option<(i64,)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT epoch FROM leases WHERE name = $1")
                .bind(name)
                .fetch_optional(pool)
                .await?
        });
        Ok(epoch.map(|(epoch,)| epoch))
    }

    /// Holds a lease for longer.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when somebody else has taken it.
    pub async fn renew_lease(
        &self,
        lease: &Lease,
        now: DateTime<Utc>,
        span: TimeDelta,
    ) -> Result<(), Error> {
        let held = writing!(self.database, |pool| {
            sqlx::query("UPDATE leases SET until_at = $3 WHERE name = $1 AND epoch = $2")
                .bind(&lease.name)
                .bind(lease.epoch)
                .bind(now + span)
                .execute(pool)
                .await?
                .rows_affected()
        });
        if held == 1 {
            Ok(())
        } else {
            Err(Error::LeaseLost)
        }
    }

    /// Gives a lease back, so that the next one need not wait.
    ///
    /// # Errors
    /// When the database fails; a lease that was lost is none to give back.
    pub async fn release_lease(&self, lease: &Lease) -> Result<(), Error> {
        writing!(self.database, |pool| {
            sqlx::query(
                "UPDATE leases SET until_at = $3, holder = '' WHERE name = $1 AND epoch = $2",
            )
            .bind(&lease.name)
            .bind(lease.epoch)
            .bind(DateTime::UNIX_EPOCH)
            .execute(pool)
            .await?;
            Ok(())
        })
    }
}

/// Who is writing under a lease at this moment: a transaction holds its row then, however long it
/// takes. Nobody waits for the row, or would have it before its holder can renew the lease.
async fn being_written_under(pool: &sqlx::PgPool, name: &str) -> Result<Option<LeaseHeld>, Error> {
    let held: Option<(String, DateTime<Utc>)> =
        sqlx::query_as("SELECT holder, until_at FROM leases WHERE name = $1")
            .bind(name)
            .fetch_optional(pool)
            .await?;
    let Some((holder, until)) = held else {
        return Ok(None);
    };
    let free: Option<(i32,)> =
        sqlx::query_as("SELECT 1 FROM leases WHERE name = $1 FOR UPDATE SKIP LOCKED")
            .bind(name)
            .fetch_optional(pool)
            .await?;
    Ok(free.is_none().then_some(LeaseHeld { holder, until }))
}
