//! Bounces and complaints as they were reported, and the lock on all sending.

use chrono::{DateTime, Utc};

use super::database::{reading, writing};
use super::{Error, Store, unreadable};
use crate::domain::id::{DeliveryId, SubscriberId};
use crate::domain::subscription::EmailAddress;

impl Store {
    /// Which store this is, and why nothing may be sent from it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sending_lock(&self) -> Result<Option<(String, Option<String>)>, Error> {
        Ok(reading!(self.database, |pool| {
            sqlx::query_as("SELECT instance, locked_because FROM sending_lock WHERE only_row = 1")
                .fetch_optional(pool)
                .await?
        }))
    }

    /// Says which store this is, and whether something may be sent from it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_sending_lock(
        &self,
        instance: &str,
        because: Option<&str>,
    ) -> Result<(), Error> {
        writing!(self.database, |pool| {
            sqlx::query(
                "INSERT INTO sending_lock (only_row, instance, locked_because) VALUES (1, $1, $2)
                 ON CONFLICT (only_row) DO UPDATE SET locked_because = excluded.locked_because",
            )
            .bind(instance)
            .bind(because)
            .execute(pool)
            .await?;
            Ok(())
        })
    }

    /// Notes a report; the same one again is the same one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_bounce(
        &self,
        id: &str,
        subscriber: &SubscriberId,
        verdict: &str,
        detail: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        writing!(self.database, |pool| {
            sqlx::query(
                "INSERT INTO bounces (id, subscriber_id, noted_at, verdict, detail) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (id) DO NOTHING",
            )
            .bind(id)
            .bind(subscriber.as_str())
            .bind(now)
            .bind(verdict)
            .bind(detail)
            .execute(pool)
            .await?;
            Ok(())
        })
    }

    /// How many soft bounces a mailbox had, and when the first was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn soft_bounces(
        &self,
        subscriber: &SubscriberId,
    ) -> Result<(u32, Option<DateTime<Utc>>), Error> {
        let (count, first): (i64, Option<DateTime<Utc>>) = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT COUNT(*), MIN(noted_at) FROM bounces WHERE subscriber_id = $1 AND verdict = 'soft'",
            )
            .bind(subscriber.as_str())
            .fetch_one(pool)
            .await?
        });
        Ok((u32::try_from(count).unwrap_or(u32::MAX), first))
    }

    /// The mailbox that a delivery went to.
    ///
    /// # Errors
    /// When the database fails or the row cannot be read.
    pub async fn address_of_delivery(
        &self,
        id: &DeliveryId,
    ) -> Result<Option<EmailAddress>, Error> {
        let row: Option<(String,)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT address FROM deliveries WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(pool)
                .await?
        });
        row.map(|(address,)| {
            EmailAddress::new(&address).map_err(|e| unreadable("deliveries", id.as_str(), e))
        })
        .transpose()
    }
}
