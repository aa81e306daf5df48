//! Bounces and complaints: who is not written to any more (promises: M10, M11). What cannot prove
//! that it answers a mail of ours takes nobody off the list.

use chrono::TimeDelta;

use crate::daemon::House;
use crate::deliver::bounce::{self, Report, Verdict};
use crate::domain::delivery::Delivery;
use crate::domain::document::Sha256;
use crate::domain::id::{DeliveryId, SubscriberId};
use crate::domain::subscription::{EmailAddress, EndReason};
use crate::domain::token::{Purpose, Signer};
use crate::store::{Lease, Notice};

/// Soft bounces until a mailbox is taken off, and over how long a time they must have come.
const SOFT: u32 = 5;
/// See [`SOFT`].
const SOFT_SPAN: TimeDelta = TimeDelta::days(14);

/// What was made of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It is no bounce, or not of a mail of ours.
    Nothing(String),
    /// It was counted.
    Counted(EmailAddress, Verdict),
    /// The mailbox is written to no more.
    TakenOff(EmailAddress, Verdict),
}

/// The return path of a mail, marked so that its bounce names it; none where none is configured.
pub fn return_path(house: &House, signer: &Signer, id: &str) -> Option<EmailAddress> {
    let (local, domain) = house
        .config
        .return_path
        .as_ref()?
        .as_str()
        .rsplit_once('@')?;
    let token = signer.sign(Purpose::Bounce, id, "x");
    let mark = token.rsplit('.').next()?.get(..16)?;
    EmailAddress::new(&format!("{local}+{id}-{mark}@{domain}")).ok()
}

/// Takes in a report as a mail program or a pipe hands it over.
///
/// # Errors
/// When the store fails.
pub async fn take(house: &House, bytes: &[u8]) -> anyhow::Result<Noted> {
    let Some(report) = bounce::read(bytes) else {
        return Ok(Noted::Nothing("it is no report".to_owned()));
    };
    let signer = house.signer().await?;
    let Some(address) = proven(house, &signer, &report).await? else {
        return Ok(Noted::Nothing(
            "it does not prove that it answers a mail of ours".to_owned(),
        ));
    };
    let id: String = Sha256::of(bytes).as_str().chars().take(32).collect();
    note(
        house,
        &signer,
        &address,
        report.verdict,
        &report.detail,
        &id,
    )
    .await
}

/// The mailbox that a report is about, where the report holds a mark that only our mail had.
async fn proven(
    house: &House,
    signer: &Signer,
    report: &Report,
) -> anyhow::Result<Option<EmailAddress>> {
    for (id, mark) in &report.marks {
        let token = signer.sign(Purpose::Bounce, id, "x");
        let right = token.rsplit('.').next().and_then(|right| right.get(..16));
        if right == Some(mark.as_str())
            && let Ok(id) = DeliveryId::new(id.as_str())
            && let Some(address) = house.store.address_of_delivery(&id).await?
        {
            return Ok(Some(address));
        }
    }
    for token in &report.tokens {
        if let Some((subject, _)) = signer.read(Purpose::Unsubscribe, token)
            && let Ok(id) = SubscriberId::new(subject)
            && let Some((subscriber, _)) = house.store.subscriber(&id).await?
        {
            return Ok(Some(subscriber.address));
        }
    }
    Ok(None)
}

async fn note(
    house: &House,
    signer: &Signer,
    address: &EmailAddress,
    verdict: Verdict,
    detail: &str,
    id: &str,
) -> anyhow::Result<Noted> {
    let now = house.clock.now();
    let subscriber = SubscriberId::of(address);
    house
        .store
        .add_bounce(id, &subscriber, verdict.as_str(), detail, now)
        .await?;
    let (off, reason) = match verdict {
        Verdict::Hard => (true, EndReason::Bounced),
        Verdict::Complaint => (true, EndReason::Complained),
        Verdict::Soft => {
            let (count, first) = house.store.soft_bounces(&subscriber).await?;
            let long = first.is_some_and(|first| now - first >= SOFT_SPAN);
            (count >= SOFT && long, EndReason::Bounced)
        }
    };
    if !off {
        return Ok(Noted::Counted(address.clone(), verdict));
    }
    let hash = signer.hashed(address.as_str());
    house
        .store
        .suppress(&hash, reason.as_str(), detail, now)
        .await?;
    if let Some((_, subscriptions)) = house.store.subscriber(&subscriber).await? {
        let ends: Vec<_> = subscriptions
            .iter()
            .filter(|one| one.ended.is_none())
            .map(|one| one.id.clone())
            .collect();
        house
            .store
            .replace_subscriptions(None, &ends, reason, &[], now)
            .await?;
    }
    tracing::info!(subscriber.id = %subscriber, reason = reason.as_str(), "a mailbox is written to no more");
    Ok(Noted::TakenOff(address.clone(), verdict))
}

/// A relay's refusal while sending counts as a bounce, where it is about the mailbox.
///
/// # Errors
/// When the store fails.
pub async fn refused(
    house: &House,
    signer: &Signer,
    delivery: &Delivery,
    words: &str,
) -> anyhow::Result<()> {
    if let Some(verdict) = bounce::of_answer(words) {
        let id = format!("rcpt-{}", delivery.id);
        note(house, signer, &delivery.address, verdict, words, &id).await?;
    }
    Ok(())
}

/// A mail to the operator, where one is named.
///
/// # Errors
/// When the lease is lost or the store fails.
pub async fn tell_operator(
    house: &House,
    lease: &Lease,
    subject: &str,
    text: &str,
) -> anyhow::Result<()> {
    tracing::warn!("{subject}: {text}");
    let Some(Ok(address)) = house.config.contact.as_deref().map(EmailAddress::new) else {
        return Ok(());
    };
    let now = house.clock.now();
    let id: String = Sha256::of(format!("{subject} {text}").as_bytes())
        .as_str()
        .chars()
        .take(24)
        .collect();
    let notice = Notice {
        id: format!("operator-{id}"),
        address,
        subject: subject.to_owned(),
        text: text.to_owned(),
        html: None,
        headers: Vec::new(),
        queued_at: now,
        attempts: 0,
    };
    Ok(house
        .store
        .note_health(lease, &[], &[], Some(&notice))
        .await?)
}
