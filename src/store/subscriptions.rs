//! Who is told what: mailboxes and subscriptions. A subscription's row is never altered, only ended.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::QueryBuilder;

use super::database::{reading, writing};
use super::{Error, Store, json, to_json, unreadable};
use crate::domain::criteria::Criteria;
use crate::domain::id::{DigestName, SubscriberId, SubscriptionId, TeamId};
use crate::domain::subscription::{
    EmailAddress, EndReason, Frequency, Origin, OwnHour, Recipient, Subscriber, Subscription,
};

#[derive(sqlx::FromRow)]
struct SubscriptionRow {
    id: String,
    subscriber_id: Option<String>,
    team: Option<String>,
    frequency: String,
    digest: Option<String>,
    hour: Option<i64>,
    zone: Option<String>,
    criteria: String,
    origin: String,
    began_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    end_reason: Option<String>,
    address: Option<String>,
    entered_at: Option<DateTime<Utc>>,
}

impl SubscriptionRow {
    fn read(self) -> Result<(Option<Subscriber>, Subscription), Error> {
        let table = "subscriptions";
        let key = self.id.clone();
        let wrong = |error: &dyn std::fmt::Display| unreadable(table, &key, error);
        let reason: Option<EndReason> = self
            .end_reason
            .map(|reason| reason.parse().map_err(|e: String| wrong(&e)))
            .transpose()?;
        let hour = match (self.hour, &self.zone) {
            (Some(hour), Some(zone)) => Some(
                u8::try_from(hour)
                    .map_err(|e| e.to_string())
                    .and_then(|hour| OwnHour::new(hour, zone))
                    .map_err(|e| wrong(&e))?,
            ),
            _ => None,
        };
        let frequency = match (self.frequency.as_str(), hour, self.digest) {
            ("instant", _, _) => Frequency::Instant,
            ("daily", Some(hour), _) => Frequency::Daily(hour),
            ("weekly", Some(hour), _) => Frequency::Weekly(hour),
            ("digest", hour, Some(digest)) => {
                Frequency::Digest(DigestName::new(digest).map_err(|e| wrong(&e))?, hour)
            }
            (other, _, _) => return Err(wrong(&format!("`{other}` is no frequency here"))),
        };
        let recipient = match (self.subscriber_id, self.team) {
            (Some(id), _) => Recipient::Mailbox(SubscriberId::new(id).map_err(|e| wrong(&e))?),
            (None, Some(team)) => Recipient::Team(TeamId::new(team).map_err(|e| wrong(&e))?),
            (None, None) => Recipient::Feed,
        };
        let subscriber = match (&recipient, self.address, self.entered_at) {
            (Recipient::Mailbox(id), Some(address), Some(entered_at)) => Some(Subscriber {
                id: id.clone(),
                address: EmailAddress::new(&address).map_err(|e| wrong(&e))?,
                entered_at,
            }),
            _ => None,
        };
        Ok((
            subscriber,
            Subscription {
                id: SubscriptionId::new(self.id).map_err(|e| wrong(&e))?,
                recipient,
                frequency,
                criteria: json(table, &key, &self.criteria)?,
                origin: self.origin.parse().map_err(|e: String| wrong(&e))?,
                began_at: self.began_at,
                ended: self.ended_at.zip(reason),
            },
        ))
    }
}

const SUBSCRIPTIONS: &str =
    "SELECT s.id, s.subscriber_id, s.team, s.frequency, s.digest, s.hour, s.zone, s.criteria, s.origin,
     s.began_at, s.ended_at, s.end_reason, m.address, m.entered_at
   FROM subscriptions s LEFT JOIN subscribers m ON m.id = s.subscriber_id WHERE TRUE";

/// Which subscriptions are wanted: all there ever were, when nothing is said.
#[derive(Clone, Copy, Default)]
struct Wanted<'a> {
    /// Only those that have not ended.
    running: bool,
    digest: Option<&'a DigestName>,
    recipient: Option<&'a Recipient>,
}

/// Enters a mailbox and a subscription within a transaction; an equal one that runs stays as it is.
macro_rules! begin_subscription {
    ($transaction:expr, $address:expr, $subscription:expr) => {{
        let subscription: &crate::domain::subscription::Subscription = $subscription;
        let (mailbox, team) = match &subscription.recipient {
            crate::domain::subscription::Recipient::Mailbox(id) => (Some(id.as_str()), None),
            crate::domain::subscription::Recipient::Team(id) => (None, Some(id.as_str())),
            crate::domain::subscription::Recipient::Feed => (None, None),
        };
        if let (Some(id), Some(address)) = (mailbox, $address) {
            let address: &crate::domain::subscription::EmailAddress = address;
            sqlx::query("INSERT INTO subscribers (id, address, entered_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING")
                .bind(id)
                .bind(address.as_str())
                .bind(subscription.began_at)
                .execute(&mut *$transaction)
                .await?;
        }
        let hour = subscription.frequency.hour();
        sqlx::query(
            "INSERT INTO subscriptions (id, subscriber_id, team, frequency, digest, hour, zone, criteria, origin, began_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(subscription.id.as_str())
        .bind(mailbox)
        .bind(team)
        .bind(subscription.frequency.as_str())
        .bind(subscription.frequency.digest().map(crate::domain::id::DigestName::as_str))
        .bind(hour.map(|own| i64::from(own.hour)))
        .bind(hour.map(|own| own.zone.name()))
        .bind($crate::store::to_json(&subscription.criteria))
        .bind(subscription.origin.as_str())
        .bind(subscription.began_at)
        .execute(&mut *$transaction)
        .await?;
    }};
}

/// Ends a subscription within a transaction.
macro_rules! end_subscription {
    ($transaction:expr, $id:expr, $reason:expr, $now:expr) => {
        sqlx::query(
            "UPDATE subscriptions SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL",
        )
        .bind($id.as_str())
        .bind($now)
        .bind($reason.as_str())
        .execute(&mut *$transaction)
        .await?
        .rows_affected()
    };
}

pub(super) use begin_subscription;

/// A subscription that begins now.
pub fn begun(
    recipient: Recipient,
    frequency: Frequency,
    criteria: Criteria,
    origin: Origin,
    now: DateTime<Utc>,
) -> Subscription {
    let began = now.to_rfc3339_opts(SecondsFormat::Micros, true);
    Subscription {
        id: SubscriptionId::of(
            &recipient.key(),
            &frequency.to_string(),
            &to_json(&criteria),
            &began,
        ),
        recipient,
        frequency,
        criteria,
        origin,
        began_at: now,
        ended: None,
    }
}

impl Store {
    /// Subscribes a mailbox to a digest; an equal subscription that has not ended is returned and
    /// not doubled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscribe(
        &self,
        address: &EmailAddress,
        digest: &DigestName,
        criteria: &Criteria,
        origin: Origin,
        now: DateTime<Utc>,
    ) -> Result<Subscription, Error> {
        let recipient = Recipient::Mailbox(SubscriberId::of(address));
        let frequency = Frequency::Digest(digest.clone(), None);
        self.begin_subscription(
            Some(address),
            begun(recipient, frequency, criteria.clone(), origin, now),
        )
        .await
    }

    /// Begins a subscription; an equal one that has not ended is returned and not doubled. The
    /// address enters a mailbox that is not known yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_subscription(
        &self,
        address: Option<&EmailAddress>,
        subscription: Subscription,
    ) -> Result<Subscription, Error> {
        let existing = self
            .equal_subscription(
                &subscription.recipient,
                &subscription.frequency,
                &subscription.criteria,
            )
            .await?;
        if let Some(existing) = existing {
            return Ok(existing);
        }
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            begin_subscription!(transaction, address, &subscription);
            transaction.commit().await?;
        });
        Ok(subscription)
    }

    /// Ends a subscription; false when there is none that has not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_subscription(
        &self,
        id: &SubscriptionId,
        reason: EndReason,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            let ended = end_subscription!(transaction, id, reason, now);
            transaction.commit().await?;
            Ok(ended == 1)
        })
    }

    /// Ends subscriptions and begins others in one step, so that nobody is without between them.
    ///
    /// # Errors
    /// When the database fails; then nothing is changed.
    pub async fn replace_subscriptions(
        &self,
        address: Option<&EmailAddress>,
        ends: &[SubscriptionId],
        reason: EndReason,
        begins: &[Subscription],
        now: DateTime<Utc>,
    ) -> Result<u64, Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            let mut ended = 0;
            for id in ends {
                ended += end_subscription!(transaction, id, reason, now);
            }
            for subscription in begins {
                begin_subscription!(transaction, address, subscription);
            }
            transaction.commit().await?;
            Ok(ended)
        })
    }

    async fn subscription_rows(
        &self,
        wanted: Wanted<'_>,
    ) -> Result<Vec<(Option<Subscriber>, Subscription)>, Error> {
        let rows: Vec<SubscriptionRow> = reading!(self.database, |pool| {
            let mut query = QueryBuilder::new(SUBSCRIPTIONS);
            if wanted.running {
                query.push(" AND s.ended_at IS NULL");
            }
            if let Some(digest) = wanted.digest {
                query.push(" AND s.digest = ").push_bind(digest.as_str());
            }
            match wanted.recipient {
                Some(Recipient::Mailbox(id)) => {
                    query.push(" AND s.subscriber_id = ").push_bind(id.as_str());
                }
                Some(Recipient::Team(id)) => {
                    query.push(" AND s.team = ").push_bind(id.as_str());
                }
                Some(Recipient::Feed) => {
                    query.push(" AND s.subscriber_id IS NULL AND s.team IS NULL");
                }
                None => {}
            }
            query.push(" ORDER BY COALESCE(m.address, ''), s.began_at, s.id");
            query.build_query_as().fetch_all(pool).await?
        });
        rows.into_iter().map(SubscriptionRow::read).collect()
    }

    /// The subscription that runs already and tells the same one of the same at the same time. Feeds
    /// have nobody behind them who could be told twice.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub(super) async fn equal_subscription(
        &self,
        recipient: &Recipient,
        frequency: &Frequency,
        criteria: &Criteria,
    ) -> Result<Option<Subscription>, Error> {
        if *recipient == Recipient::Feed {
            return Ok(None);
        }
        let wanted = Wanted {
            running: true,
            recipient: Some(recipient),
            ..Wanted::default()
        };
        let rows = self.subscription_rows(wanted).await?;
        Ok(rows
            .into_iter()
            .map(|(_, known)| known)
            .find(|known| known.criteria == *criteria && known.frequency == *frequency))
    }

    /// Subscriptions of everybody: those that run, or all there ever were.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn subscriptions(&self, active: bool) -> Result<Vec<Subscription>, Error> {
        let wanted = Wanted {
            running: active,
            ..Wanted::default()
        };
        let rows = self.subscription_rows(wanted).await?;
        Ok(rows
            .into_iter()
            .map(|(_, subscription)| subscription)
            .collect())
    }

    /// Every mailbox with all it ever subscribed to, by address.
    ///
    /// # Errors
    /// As [`Store::subscriptions`].
    pub async fn subscribers(&self) -> Result<Vec<(Subscriber, Vec<Subscription>)>, Error> {
        Ok(by_mailbox(self.subscription_rows(Wanted::default()).await?))
    }

    /// One mailbox with all it ever subscribed to; none when it never did.
    ///
    /// # Errors
    /// As [`Store::subscriptions`].
    pub async fn subscriber(
        &self,
        id: &SubscriberId,
    ) -> Result<Option<(Subscriber, Vec<Subscription>)>, Error> {
        let recipient = Recipient::Mailbox(id.clone());
        let wanted = Wanted {
            recipient: Some(&recipient),
            ..Wanted::default()
        };
        let rows = self.subscription_rows(wanted).await?;
        Ok(by_mailbox(rows).into_iter().next())
    }

    /// Whether a mailbox still wants a digest; and the reason why no mail goes to its address (by its
    /// hash), where there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wants_digest(
        &self,
        digest: &DigestName,
        subscriber: &SubscriberId,
        address_hash: &str,
    ) -> Result<(bool, Option<String>), Error> {
        let (running, barred): (i64, Option<String>) = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT (SELECT COUNT(*) FROM subscriptions
                   WHERE subscriber_id = $1 AND digest = $2 AND ended_at IS NULL),
                   (SELECT reason FROM suppressions WHERE address_hash = $3)",
            )
            .bind(subscriber.as_str())
            .bind(digest.as_str())
            .bind(address_hash)
            .fetch_one(pool)
            .await?
        });
        Ok((running > 0, barred))
    }

    /// The mailboxes that a digest goes to, with what they want of it.
    ///
    /// # Errors
    /// As [`Store::subscriptions`].
    pub async fn active_subscriptions(
        &self,
        digest: &DigestName,
    ) -> Result<Vec<(Subscriber, Vec<Subscription>)>, Error> {
        let wanted = Wanted {
            running: true,
            digest: Some(digest),
            ..Wanted::default()
        };
        Ok(by_mailbox(self.subscription_rows(wanted).await?))
    }
}

fn by_mailbox(
    rows: Vec<(Option<Subscriber>, Subscription)>,
) -> Vec<(Subscriber, Vec<Subscription>)> {
    let mut out: BTreeMap<String, (Subscriber, Vec<Subscription>)> = BTreeMap::new();
    for (subscriber, subscription) in rows {
        let Some(subscriber) = subscriber else {
            continue;
        };
        out.entry(subscriber.address.as_str().to_owned())
            .or_insert_with(|| (subscriber, Vec::new()))
            .1
            .push(subscription);
    }
    out.into_values().collect()
}
