//! Sign-ups and their consent, who must not be written to, and the keys that links are signed with.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::database::{fenced, reading, writing};
use super::health::{Notice, insert_notice};
use super::subscriptions::{begin_subscription, begun};
use super::{Error, Lease, Store, json, to_json, unreadable};
use crate::domain::id::SubscriberId;
use crate::domain::signup::{LIVES, Signup, SignupState};
use crate::domain::subscription::{EmailAddress, Origin, Recipient, Subscription};
use crate::domain::token::{SigningKey, hex, unhex};

#[derive(sqlx::FromRow)]
struct SignupRow {
    id: String,
    address: String,
    wish: String,
    net: String,
    ip: Option<String>,
    asked_at: DateTime<Utc>,
    form: String,
    text_version: String,
    state: String,
    decided_at: Option<DateTime<Utc>>,
    confirmed_at: Option<DateTime<Utc>>,
}

impl SignupRow {
    fn signup(self) -> Result<Signup, Error> {
        let table = "signups";
        let key = self.id.as_str();
        Ok(Signup {
            address: EmailAddress::new(&self.address).map_err(|e| unreadable(table, key, e))?,
            wish: json(table, key, &self.wish)?,
            state: self
                .state
                .parse()
                .map_err(|e: String| unreadable(table, key, e))?,
            id: self.id,
            net: self.net,
            ip: self.ip,
            asked_at: self.asked_at,
            form: self.form,
            text_version: self.text_version,
            decided_at: self.decided_at,
            confirmed_at: self.confirmed_at,
        })
    }
}

const SIGNUPS: &str = "SELECT id, address, wish, net, ip, asked_at, form, text_version, state, decided_at, confirmed_at
   FROM signups WHERE token_hash = $1 OR address = $2 ORDER BY asked_at, id";

/// The reason under which it is kept how often an address was asked in vain; it keeps no mail from
/// a mailbox that is on the list.
pub const UNANSWERED: &str = "unanswered";

/// How many confirmations went out lately: what limits are held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// To the address since then.
    pub address_lately: u32,
    /// To the address since it last confirmed anything.
    pub address_unanswered: u32,
    /// For the net since then.
    pub net: u32,
    /// For the whole site since then.
    pub site: u32,
}

/// Erases a mailbox within a transaction: what is left are counts, and a keyed hash that keeps mail
/// from it until it asks again.
macro_rules! erased {
    ($transaction:expr, $address:expr, $address_hash:expr, $now:expr) => {
        let id = $crate::domain::id::SubscriberId::of($address);
        let recipient = $crate::domain::subscription::Recipient::Mailbox(id.clone()).key();
        sqlx::query(
            "UPDATE deliveries SET state = 'skipped', answer = 'erased', done_at = $2
             WHERE subscriber_id = $1 AND state = 'pending'",
        )
        .bind(id.as_str())
        .bind($now)
        .execute(&mut *$transaction)
        .await?;
        sqlx::query(
            "UPDATE deliveries SET subscriber_id = id, address = 'erased@erased.invalid', answer = NULL,
               plan = '{\"sections\":[],\"left_out\":0}' WHERE subscriber_id = $1",
        )
        .bind(id.as_str())
        .execute(&mut *$transaction)
        .await?;
        sqlx::query("DELETE FROM sendings WHERE alert_id IN (SELECT id FROM alerts WHERE recipient = $1)")
            .bind(recipient.as_str())
            .execute(&mut *$transaction)
            .await?;
        for statement in [
            "DELETE FROM alerts WHERE recipient = $1",
            "DELETE FROM matches WHERE recipient = $1",
            "DELETE FROM pauses WHERE recipient = $1",
        ] {
            sqlx::query(statement)
                .bind(recipient.as_str())
                .execute(&mut *$transaction)
                .await?;
        }
        for statement in [
            "DELETE FROM bounces WHERE subscriber_id = $1",
            "DELETE FROM subscriptions WHERE subscriber_id = $1",
            "DELETE FROM subscribers WHERE id = $1",
        ] {
            sqlx::query(statement)
                .bind(id.as_str())
                .execute(&mut *$transaction)
                .await?;
        }
        for statement in [
            "DELETE FROM signups WHERE address = $1",
            "DELETE FROM notices WHERE address = $1",
        ] {
            sqlx::query(statement)
                .bind($address.as_str())
                .execute(&mut *$transaction)
                .await?;
        }
        sqlx::query(
            "INSERT INTO suppressions (address_hash, reason, since_at, detail) VALUES ($1, 'erased', $2, '')
             ON CONFLICT (address_hash) DO NOTHING",
        )
        .bind($address_hash)
        .bind($now)
        .execute(&mut *$transaction)
        .await?;
    };
}

pub(super) use erased;

impl Store {
    /// The keys that links are signed with.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn signing_keys(&self) -> Result<Vec<SigningKey>, Error> {
        let rows: Vec<(String, String, DateTime<Utc>)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT id, secret, made_at FROM signing_keys")
                .fetch_all(pool)
                .await?
        });
        rows.into_iter()
            .map(|(id, secret, made_at)| {
                let secret = unhex(&secret).ok_or_else(|| {
                    unreadable("signing_keys", &id, "it is not written in hexadecimal")
                })?;
                Ok(SigningKey {
                    id,
                    secret,
                    made_at,
                })
            })
            .collect()
    }

    /// Adds a key; with `first`, only where there is none yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_signing_key(&self, key: &SigningKey, first: bool) -> Result<(), Error> {
        writing!(self.database, |pool| {
            sqlx::query(
                "INSERT INTO signing_keys (id, secret, made_at)
                 SELECT $1, $2, $3 WHERE $4 = 0 OR NOT EXISTS (SELECT 1 FROM signing_keys)",
            )
            .bind(key.id.as_str())
            .bind(hex(&key.secret))
            .bind(key.made_at)
            .bind(i64::from(first))
            .execute(pool)
            .await?;
            Ok(())
        })
    }

    /// Leaves a sign-up, whoever it is from: the same work for every address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn leave_signup(&self, signup: &Signup) -> Result<(), Error> {
        writing!(self.database, |pool| {
            sqlx::query(
                "INSERT INTO signups (id, address, wish, net, ip, asked_at, form, text_version, state)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
            )
            .bind(signup.id.as_str())
            .bind(signup.address.as_str())
            .bind(to_json(&signup.wish))
            .bind(signup.net.as_str())
            .bind(signup.ip.as_deref())
            .bind(signup.asked_at)
            .bind(signup.form.as_str())
            .bind(signup.text_version.as_str())
            .bind(signup.state.as_str())
            .execute(pool)
            .await?;
            Ok(())
        })
    }

    /// Sign-ups to be looked at: those from nets that ask seldom before those from nets that ask
    /// often, so that whoever floods the form waits behind everybody else.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn open_signups(
        &self,
        since: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Signup>, Error> {
        let rows: Vec<SignupRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT s.id, s.address, s.wish, s.net, s.ip, s.asked_at, s.form, s.text_version, s.state, s.decided_at,
                   s.confirmed_at
                 FROM signups s
                 JOIN (SELECT net, COUNT(*) AS number FROM signups WHERE asked_at >= $1 OR state = 'new' GROUP BY net) n
                   ON n.net = s.net
                 WHERE s.state = 'new' ORDER BY n.number, s.asked_at, s.id LIMIT $2",
            )
            .bind(since)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(SignupRow::signup).collect()
    }

    /// How many confirmations went out: to the address since `day`, for the net and the site since
    /// `hour`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn asked(
        &self,
        signup: &Signup,
        day: DateTime<Utc>,
        hour: DateTime<Utc>,
    ) -> Result<Asked, Error> {
        let (lately, unanswered, net, site): (i64, i64, i64, i64) = reading!(
            self.database,
            |pool| {
                sqlx::query_as(
                    "SELECT
                   (SELECT COUNT(*) FROM signups WHERE address = $1 AND state IN ('asked', 'known') AND decided_at > $3),
                   (SELECT COUNT(*) FROM signups a WHERE a.address = $1 AND a.state = 'asked' AND NOT EXISTS (
                     SELECT 1 FROM signups c WHERE c.address = $1 AND c.confirmed_at >= a.decided_at)),
                   (SELECT COUNT(*) FROM signups WHERE net = $2 AND state IN ('asked', 'known', 'confirmed')
                     AND decided_at > $4),
                   (SELECT COUNT(*) FROM signups WHERE state IN ('asked', 'known', 'confirmed') AND decided_at > $4)",
                )
                .bind(signup.address.as_str())
                .bind(signup.net.as_str())
                .bind(day)
                .bind(hour)
                .fetch_one(pool)
                .await?
            }
        );
        let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(Asked {
            address_lately: count(lately),
            address_unanswered: count(unanswered),
            net: count(net),
            site: count(site),
        })
    }

    /// How many sign-ups wait to be looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_signups(&self) -> Result<u32, Error> {
        let (count,): (i64,) = reading!(self.database, |pool| {
            sqlx::query_as("SELECT COUNT(*) FROM signups WHERE state = 'new'")
                .fetch_one(pool)
                .await?
        });
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Notes what became of a sign-up, with the mail that tells of it, in one step.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn decide_signup(
        &self,
        lease: &Lease,
        id: &str,
        state: SignupState,
        token_hash: Option<&str>,
        notice: Option<&Notice>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            let changed = sqlx::query(
                "UPDATE signups SET state = $2, decided_at = $3, token_hash = $4 WHERE id = $1 AND state = 'new'",
            )
            .bind(id)
            .bind(state.as_str())
            .bind(now)
            .bind(token_hash)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            if changed == 1
                && let Some(notice) = notice
            {
                insert_notice!(transaction, notice);
            }
            transaction.commit().await?;
            Ok(())
        })
    }

    /// The sign-up that a link confirms; none when the link was never good, or is no more.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn signup_by_token(
        &self,
        token_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Signup>, Error> {
        let row: Option<SignupRow> = reading!(self.database, |pool| {
            sqlx::query_as(SIGNUPS)
                .bind(token_hash)
                .bind("")
                .fetch_optional(pool)
                .await?
        });
        let signup = row.map(SignupRow::signup).transpose()?;
        Ok(signup.filter(|signup| match signup.state {
            SignupState::Asked => signup.decided_at.is_some_and(|at| now - at < LIVES),
            state => state == SignupState::Confirmed,
        }))
    }

    /// Confirms a sign-up: its subscription begins, and what kept mail from the mailbox is lifted
    /// by this fresh consent. Again, it changes nothing.
    ///
    /// # Errors
    /// When the database fails; then nothing is changed.
    pub async fn confirm_signup(
        &self,
        signup: &Signup,
        address_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let recipient = Recipient::Mailbox(SubscriberId::of(&signup.address));
        let known = self
            .equal_subscription(&recipient, &signup.wish.frequency, &signup.wish.criteria)
            .await?
            .is_some();
        let subscription = begun(
            recipient,
            signup.wish.frequency.clone(),
            signup.wish.criteria.clone(),
            Origin::Form,
            now,
        );
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            let confirmed = sqlx::query(
                "UPDATE signups SET state = 'confirmed', confirmed_at = $2 WHERE id = $1 AND state = 'asked'",
            )
            .bind(signup.id.as_str())
            .bind(now)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            if confirmed == 1 {
                if !known {
                    begin_subscription!(transaction, Some(&signup.address), &subscription);
                }
                sqlx::query("DELETE FROM suppressions WHERE address_hash = $1")
                    .bind(address_hash)
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
            Ok(())
        })
    }

    /// The sign-ups of a mailbox: its consent record.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn signups_of(&self, address: &EmailAddress) -> Result<Vec<Signup>, Error> {
        let rows: Vec<SignupRow> = reading!(self.database, |pool| {
            sqlx::query_as(SIGNUPS)
                .bind("")
                .bind(address.as_str())
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(SignupRow::signup).collect()
    }

    /// Sign-ups that nobody confirmed in time.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn stale_signups(
        &self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Signup>, Error> {
        let rows: Vec<SignupRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT id, address, wish, net, ip, asked_at, form, text_version, state, decided_at, confirmed_at
                 FROM signups WHERE state <> 'confirmed' AND COALESCE(decided_at, asked_at) < $1
                 ORDER BY asked_at LIMIT $2",
            )
            .bind(before)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(SignupRow::signup).collect()
    }

    /// Deletes a sign-up; with a hash, how often its address was asked in vain is kept under that.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn forget_signup(
        &self,
        lease: &Lease,
        id: &str,
        address_hash: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            sqlx::query("DELETE FROM signups WHERE id = $1")
                .bind(id)
                .execute(&mut *transaction)
                .await?;
            if let Some(hash) = address_hash {
                sqlx::query(
                    "INSERT INTO suppressions (address_hash, reason, since_at, detail) VALUES ($1, 'unanswered', $2, '1')
                     ON CONFLICT (address_hash) DO UPDATE
                       SET detail = CAST(CAST(suppressions.detail AS BIGINT) + 1 AS TEXT)
                       WHERE suppressions.reason = 'unanswered'",
                )
                .bind(hash)
                .bind(now)
                .execute(&mut *transaction)
                .await?;
            }
            transaction.commit().await?;
            Ok(())
        })
    }

    /// Forgets where sign-ups before a moment came from.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn forget_ips(&self, lease: &Lease, before: DateTime<Utc>) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            sqlx::query(
                "UPDATE signups SET ip = NULL, net = '' WHERE ip IS NOT NULL AND asked_at < $1",
            )
            .bind(before)
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// Why an address must not be written to, with details; none where it may be.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suppression(&self, address_hash: &str) -> Result<Option<(String, String)>, Error> {
        Ok(reading!(self.database, |pool| {
            sqlx::query_as("SELECT reason, detail FROM suppressions WHERE address_hash = $1")
                .bind(address_hash)
                .fetch_optional(pool)
                .await?
        }))
    }

    /// Keeps mail from an address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suppress(
        &self,
        address_hash: &str,
        reason: &str,
        detail: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        writing!(self.database, |pool| {
            sqlx::query(
                "INSERT INTO suppressions (address_hash, reason, since_at, detail) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (address_hash) DO UPDATE SET reason = excluded.reason, since_at = excluded.since_at,
                   detail = excluded.detail",
            )
            .bind(address_hash)
            .bind(reason)
            .bind(now)
            .bind(detail)
            .execute(pool)
            .await?;
            Ok(())
        })
    }

    /// Everything that is kept of a mailbox, for its owner.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn kept_of(&self, address: &EmailAddress) -> Result<serde_json::Value, Error> {
        type Sent = (String, i64, DateTime<Utc>, String, Option<DateTime<Utc>>);
        let id = SubscriberId::of(address);
        let known = self.subscriber(&id).await?;
        let (subscriber, subscriptions) = known.map_or((None, Vec::new()), |(a, b)| (Some(a), b));
        let sent: Vec<Sent> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT digest, number, queued_at, state, done_at FROM deliveries WHERE subscriber_id = $1
                 ORDER BY queued_at",
            )
            .bind(id.as_str())
            .fetch_all(pool)
            .await?
        });
        let line = |s: &Subscription| {
            json!({
                "id": s.id, "frequency": s.frequency, "criteria": s.criteria, "origin": s.origin,
                "began_at": s.began_at, "ended_at": s.ended.map(|(at, _)| at),
                "end_reason": s.ended.map(|(_, reason)| reason),
            })
        };
        let consent = self.signups_of(address).await?;
        Ok(json!({
            "address": address,
            "entered_at": subscriber.map(|subscriber| subscriber.entered_at),
            "subscriptions": subscriptions.iter().map(line).collect::<Vec<_>>(),
            "consent": consent.iter().map(|s| json!({
                "asked_at": s.asked_at, "form": s.form, "text_version": s.text_version, "ip": s.ip,
                "wish": s.wish, "state": s.state, "confirmed_at": s.confirmed_at,
            })).collect::<Vec<_>>(),
            "mails": sent.iter().map(|(digest, number, queued_at, state, done_at)| json!({
                "digest": digest, "number": number, "queued_at": queued_at, "state": state, "done_at": done_at,
            })).collect::<Vec<_>>(),
        }))
    }

    /// Erases a mailbox: what is left are counts, and a keyed hash that keeps mail from it until
    /// it asks again.
    ///
    /// # Errors
    /// When the database fails; then nothing is erased.
    pub async fn erase(
        &self,
        address: &EmailAddress,
        address_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            erased!(transaction, address, address_hash, now);
            transaction.commit().await?;
            Ok(())
        })
    }
}
