//! Sending what is due, a few at once; a delivery's state moves only after the relay's answer.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, stream};

use crate::daemon::House;
use crate::deliver::Post;
use crate::domain::delivery::{Delivery, DeliveryState};
use crate::domain::digest::Issue;
use crate::domain::id::{DigestName, SubscriberId};
use crate::domain::message::{Mail, Receipt};
use crate::domain::subscription::EmailAddress;
use crate::domain::token::{Purpose, Signer};
use crate::render::DigestMail;
use crate::store::{DeliveryResult, Lease};

/// Mails on their way at once.
const AT_ONCE: usize = 4;
/// Mails noted in one transaction: at most so many can be sent twice by a crash.
const BATCH: u32 = 20;
/// How long a mail is tried.
pub(super) const GIVE_UP: TimeDelta = TimeDelta::days(5);

/// What a round of sending did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Taken by the relay.
    pub sent: u32,
    /// To be tried again.
    pub later: u32,
    /// Given up.
    pub failed: u32,
    /// Not to be sent any more.
    pub skipped: u32,
}

/// Sends everything that is due now.
///
/// # Errors
/// When the lease is lost or the store fails; a mail that cannot be sent is no error.
pub async fn deliver_due(house: &House, lease: &Lease, post: &Post) -> anyhow::Result<Sent> {
    let mut total = Sent::default();
    let mut issue: Option<Issue> = None;
    let signer = house.signer().await?;
    loop {
        let now = house.clock.now();
        let due = house.store.due_deliveries(now, BATCH).await?;
        if due.is_empty() {
            return Ok(total);
        }
        // Whoever has left since the issue was closed gets nothing any more.
        let mut wanted: HashMap<DigestName, HashSet<SubscriberId>> = HashMap::new();
        for delivery in &due {
            if !wanted.contains_key(&delivery.digest) {
                let active = house.store.active_subscriptions(&delivery.digest).await?;
                let ids = active
                    .into_iter()
                    .map(|(subscriber, _)| subscriber.id)
                    .collect();
                wanted.insert(delivery.digest.clone(), ids);
            }
        }
        let mut mails = Vec::new();
        for delivery in due {
            let held = issue.as_ref().is_some_and(|issue| {
                issue.digest == delivery.digest && issue.number == delivery.number
            });
            if !held {
                issue = house.store.issue(&delivery.digest, delivery.number).await?;
            }
            let wanted = wanted
                .get(&delivery.digest)
                .is_some_and(|ids| ids.contains(&delivery.subscriber));
            let mail = match (&issue, wanted) {
                (Some(issue), true) => Some(compose(house, &signer, issue, &delivery)?),
                _ => None,
            };
            mails.push((delivery, mail));
        }
        let from = envelope(house)?;
        let results: Vec<DeliveryResult> = stream::iter(mails)
            .map(|(delivery, mail)| {
                let from = &from;
                async move {
                    let receipt = match &mail {
                        Some(mail) => Some(post.send(mail, from).await),
                        None => None,
                    };
                    crate::crash::point("after-send");
                    result(delivery, receipt, now)
                }
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for result in &results {
            match result.state {
                DeliveryState::Sent => total.sent += 1,
                DeliveryState::Pending => total.later += 1,
                DeliveryState::Failed => total.failed += 1,
                DeliveryState::Skipped => total.skipped += 1,
            }
        }
        house.store.record_deliveries(lease, &results).await?;
    }
}

/// The mail of a delivery: on every try the same, byte by byte.
///
/// # Errors
/// When a template is broken.
pub fn compose(
    house: &House,
    signer: &Signer,
    issue: &Issue,
    delivery: &Delivery,
) -> anyhow::Result<Mail> {
    let mut view = DigestMail::new(
        issue,
        &delivery.plan,
        &house.config.base_url,
        house.config.postal_address.as_deref(),
        house.config.contact.as_deref(),
    );
    let base = &house.config.base_url;
    let (id, list) = (delivery.subscriber.as_str(), issue.digest.as_str());
    let leave = format!(
        "{base}/unsubscribe/{}",
        signer.sign(Purpose::Unsubscribe, id, list)
    );
    view.preferences = Some(format!(
        "{base}/preferences/{}",
        signer.sign(Purpose::Preferences, id, "all")
    ));
    view.unsubscribe = Some(leave.clone());
    let parts = house.renderer.mail(&view)?;
    let domain = envelope(house)?.domain().to_owned();
    Ok(Mail {
        from: house.config.mail_from.clone(),
        to: delivery.address.clone(),
        subject: parts.subject,
        text: parts.text,
        html: parts.html,
        message_id: format!("<{}@{domain}>", delivery.id),
        boundary: format!("rw-{}", delivery.id),
        date: delivery.queued_at,
        headers: vec![
            (
                "List-Id".to_owned(),
                format!("Regwire {} <{}.{domain}>", issue.digest, issue.digest),
            ),
            (
                "List-Archive".to_owned(),
                format!("<{}/digests/{}>", house.config.base_url, issue.number),
            ),
            ("List-Unsubscribe".to_owned(), format!("<{leave}>")),
            (
                "List-Unsubscribe-Post".to_owned(),
                "List-Unsubscribe=One-Click".to_owned(),
            ),
            ("Auto-Submitted".to_owned(), "auto-generated".to_owned()),
            ("Precedence".to_owned(), "bulk".to_owned()),
        ],
    })
}

pub(super) fn envelope(house: &House) -> anyhow::Result<EmailAddress> {
    let from = &house.config.mail_from;
    let address = from
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split('>').next())
        .unwrap_or(from);
    Ok(EmailAddress::new(address)?)
}

fn result(delivery: Delivery, receipt: Option<Receipt>, now: DateTime<Utc>) -> DeliveryResult {
    let attempts = delivery.attempts.saturating_add(1);
    let (state, answer, next) = match receipt {
        None => (
            DeliveryState::Skipped,
            "unsubscribed since the issue was closed".to_owned(),
            now,
        ),
        Some(Receipt::Sent(answer)) => (DeliveryState::Sent, answer, now),
        Some(Receipt::Never(answer)) => (DeliveryState::Failed, answer, now),
        Some(Receipt::TryLater(answer)) if now - delivery.queued_at > GIVE_UP => (
            DeliveryState::Failed,
            format!("given up after {attempts} tries: {answer}"),
            now,
        ),
        Some(Receipt::TryLater(answer)) => (DeliveryState::Pending, answer, now + pause(attempts)),
    };
    DeliveryResult {
        id: delivery.id,
        state,
        attempts,
        next_try_at: next,
        answer: Some(answer),
        at: now,
    }
}

/// The retry ladder: ten minutes, then twice as long each time, at most half a day.
pub(super) fn pause(attempts: u32) -> TimeDelta {
    let factor = 1_i32
        .checked_shl(attempts.saturating_sub(1).min(8))
        .unwrap_or(256);
    (TimeDelta::minutes(10) * factor).min(TimeDelta::hours(12))
}
