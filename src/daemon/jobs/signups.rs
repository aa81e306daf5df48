//! Looking at sign-ups: who gets a mail with a link, and who does not (promises: M5, M6).
//!
//! The form takes every sign-up alike; what is known of an address shows only in its own mailbox.

use chrono::TimeDelta;
use rand::Rng as _;

use crate::daemon::House;
use crate::domain::id::SubscriberId;
use crate::domain::signup::{
    IP_KEPT, LIVES, MOST_FOR_A_NET, MOST_IN_AN_HOUR, MOST_UNANSWERED, Signup, SignupState,
};
use crate::domain::subscription::EmailAddress;
use crate::domain::token::{Purpose, Signer, hex, stored};
use crate::render::{ConfirmMail, KnownMail};
use crate::store::{Lease, Notice, UNANSWERED};

/// Sign-ups looked at in one round.
const BATCH: u32 = 200;

/// Decides about the sign-ups that wait, and forgets what is over; says how many mails were queued.
///
/// # Errors
/// When the lease is lost or the store fails.
pub async fn follow(house: &House, lease: &Lease) -> anyhow::Result<u32> {
    let now = house.clock.now();
    let hour = now - TimeDelta::hours(1);
    let signer = house.signer().await?;
    let mut queued = 0;
    for signup in house.store.open_signups(hour, BATCH).await? {
        let asked = house
            .store
            .asked(&signup, now - TimeDelta::hours(24), hour)
            .await?;
        if asked.site >= MOST_IN_AN_HOUR {
            // The others wait, those from quiet nets in front.
            break;
        }
        let hash = signer.hashed(signup.address.as_str());
        let suppression = house.store.suppression(&hash).await?;
        let in_vain = match &suppression {
            Some((reason, times)) if reason == UNANSWERED => times.parse().unwrap_or(0),
            _ => 0,
        };
        let bounced = suppression
            .as_ref()
            .is_some_and(|(reason, _)| reason == "bounced");
        let limited = asked.address_lately > 0
            || asked.address_unanswered.saturating_add(in_vain) >= MOST_UNANSWERED
            || asked.net >= MOST_FOR_A_NET;
        if limited || bounced {
            let state = if limited {
                SignupState::Limited
            } else {
                SignupState::Suppressed
            };
            tracing::info!(signup.id = %signup.id, signup.net = %signup.net, state = state.as_str(), "no confirmation is sent");
            house
                .store
                .decide_signup(lease, &signup.id, state, None, None, now)
                .await?;
            continue;
        }
        let known = has_already(house, &signup).await?;
        let (state, hash, notice) = if known {
            (
                SignupState::Known,
                None,
                known_mail(house, &signer, &signup)?,
            )
        } else {
            let token = token();
            let notice = confirm_mail(house, &signup, &token)?;
            (SignupState::Asked, Some(stored(&token)), notice)
        };
        tracing::info!(signup.id = %signup.id, signup.net = %signup.net, state = state.as_str(), "a mail answers a sign-up");
        house
            .store
            .decide_signup(
                lease,
                &signup.id,
                state,
                hash.as_deref(),
                Some(&notice),
                now,
            )
            .await?;
        queued += 1;
    }
    forget(house, lease, &signer).await?;
    Ok(queued)
}

/// Deletes what was never confirmed, and where sign-ups came from.
async fn forget(house: &House, lease: &Lease, signer: &Signer) -> anyhow::Result<()> {
    let now = house.clock.now();
    for signup in house.store.stale_signups(now - LIVES, BATCH).await? {
        let hash =
            (signup.state == SignupState::Asked).then(|| signer.hashed(signup.address.as_str()));
        house
            .store
            .forget_signup(lease, &signup.id, hash.as_deref(), now)
            .await?;
    }
    house.store.forget_ips(lease, now - IP_KEPT).await?;
    Ok(())
}

async fn has_already(house: &House, signup: &Signup) -> anyhow::Result<bool> {
    let known = house
        .store
        .subscriber(&SubscriberId::of(&signup.address))
        .await?;
    Ok(known.is_some_and(|(_, subscriptions)| {
        subscriptions.iter().any(|one| {
            one.ended.is_none()
                && one.criteria == signup.wish.criteria
                && one.frequency.as_str() == signup.wish.frequency.as_str()
        })
    }))
}

/// 128 random bits.
fn token() -> String {
    let mut bytes = [0_u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    hex(&bytes)
}

fn confirm_mail(house: &House, signup: &Signup, token: &str) -> anyhow::Result<Notice> {
    let parts = house.renderer.mail(&ConfirmMail {
        wants: signup.wish.criteria.to_string(),
        told: signup.wish.frequency.to_string(),
        link: format!("{}/subscribe/confirm/{token}", house.config.base_url),
        days: LIVES.num_days(),
        base_url: house.config.base_url.clone(),
        postal_address: house.config.postal_address.clone(),
        contact: house.config.contact.clone(),
    })?;
    Ok(notice(
        format!("confirm-{}", signup.id),
        &signup.address,
        parts,
        house,
    ))
}

fn known_mail(house: &House, signer: &Signer, signup: &Signup) -> anyhow::Result<Notice> {
    let subscriber = SubscriberId::of(&signup.address);
    let token = signer.sign(Purpose::Preferences, subscriber.as_str(), "all");
    let parts = house.renderer.mail(&KnownMail {
        wants: signup.wish.criteria.to_string(),
        told: signup.wish.frequency.to_string(),
        preferences: format!("{}/preferences/{token}", house.config.base_url),
        base_url: house.config.base_url.clone(),
        postal_address: house.config.postal_address.clone(),
        contact: house.config.contact.clone(),
    })?;
    Ok(notice(
        format!("known-{}", signup.id),
        &signup.address,
        parts,
        house,
    ))
}

fn notice(
    id: String,
    address: &EmailAddress,
    parts: crate::render::MailParts,
    house: &House,
) -> Notice {
    Notice {
        id,
        address: address.clone(),
        subject: parts.subject,
        text: parts.text,
        html: Some(parts.html),
        headers: Vec::new(),
        queued_at: house.clock.now(),
        attempts: 0,
    }
}
