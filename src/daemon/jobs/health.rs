//! Noticing how sources are, and telling operators when that changes.

use chrono::{DateTime, Utc};

use crate::daemon::House;
use crate::deliver::Post;
use crate::domain::delivery::DeliveryState;
use crate::domain::document::Sha256;
use crate::domain::health::{Coverage, Health, survey};
use crate::domain::message::{Mail, Receipt};
use crate::domain::subscription::EmailAddress;
use crate::store::{HealthChange, Lease, Notice};

/// Judges every source and notes what changed since the last time; operators are told of sources
/// that fell ill or are well again, in one mail for all that was noticed at once.
///
/// # Errors
/// When the lease is lost or the store fails.
pub async fn follow(house: &House, lease: &Lease) -> anyhow::Result<Vec<HealthChange>> {
    let now = house.clock.now();
    let states = house.store.source_states().await?;
    let noted = house.store.noted_health().await?;
    let survey = survey(
        &house.sources,
        |id| states.get(id).map(|state| &state.record),
        now,
    );
    let mut verdicts = Vec::new();
    let mut changes = Vec::new();
    for (source, verdict) in &survey {
        let before = noted.get(&source.id);
        // A source that is as fresh as ever may still have something to say: that it moved.
        let same = before.is_some_and(|(health, because)| {
            *health == verdict.health
                && (verdict.health != Health::Fresh || *because == verdict.because)
        });
        if same {
            continue;
        }
        verdicts.push((source.id.clone(), verdict.clone()));
        if let Some((before, _)) = before {
            let before = *before;
            changes.push(HealthChange {
                source: source.id.clone(),
                at: now,
                before,
                after: verdict.health,
                because: verdict.because.clone(),
            });
        }
    }
    if verdicts.is_empty() {
        return Ok(changes);
    }
    let told: Vec<&HealthChange> = changes
        .iter()
        .filter(|change| {
            change.after.is_trouble() || change.before.is_trouble() || change.after == change.before
        })
        .filter(|change| change.after != Health::Off)
        .collect();
    let notice = match house.config.contact.as_deref().map(EmailAddress::new) {
        Some(Ok(address)) if !told.is_empty() => {
            Some(notice(house, address, &told, &Coverage::of(&survey), now))
        }
        _ => None,
    };
    house
        .store
        .note_health(lease, &verdicts, &changes, notice.as_ref())
        .await?;
    Ok(changes)
}

fn notice(
    house: &House,
    address: EmailAddress,
    changes: &[&HealthChange],
    coverage: &Coverage,
    now: DateTime<Utc>,
) -> Notice {
    let name = |change: &HealthChange| {
        house
            .source(&change.source)
            .map_or_else(|| change.source.to_string(), |source| source.name.clone())
    };
    let subject = match changes {
        [one] => format!("Regwire: {} is {}", name(one), spoken(one.after)),
        many => format!("Regwire: the health of {} sources changed", many.len()),
    };
    let mut text = String::new();
    for change in changes {
        text.push_str(&format!(
            "{} ({})\n  was {}, is {} since this visit\n  {}\n  {}/sources/{}\n\n",
            name(change),
            change.source,
            spoken(change.before),
            spoken(change.after),
            change.because,
            house.config.base_url,
            change.source,
        ));
    }
    text.push_str(&format!(
        "Now {}.\nAll sources: {}/sources\n\nYou get this mail because `contact` of regwire.toml names this address.\n",
        coverage.sentence(),
        house.config.base_url
    ));
    let key: String = changes
        .iter()
        .map(|change| {
            format!(
                "{} {} {};",
                change.source,
                change.after.as_str(),
                now.timestamp_micros()
            )
        })
        .collect();
    let id: String = Sha256::of(key.as_bytes())
        .as_str()
        .chars()
        .take(24)
        .collect();
    Notice {
        id: format!("health-{id}"),
        address,
        subject,
        text,
        html: None,
        headers: Vec::new(),
        queued_at: now,
        attempts: 0,
    }
}

fn spoken(health: Health) -> String {
    health.as_str().replace('_', " ")
}

/// Sends the notices that are due.
///
/// # Errors
/// When the lease is lost or the store fails; a notice that cannot be sent is no error.
pub async fn send_notices(house: &House, lease: &Lease, post: &Post) -> anyhow::Result<u32> {
    let now = house.clock.now();
    let mut sent = 0;
    for notice in house.store.due_notices(now).await? {
        let from = super::deliver::envelope(house)?;
        let mail = Mail {
            from: house.config.mail_from.clone(),
            to: notice.address.clone(),
            subject: notice.subject.clone(),
            html: notice.html.clone().unwrap_or_else(|| format!(
                "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title></head><body><pre style=\"font:14px/1.5 monospace;white-space:pre-wrap\">{1}</pre></body></html>",
                escape(&notice.subject),
                escape(&notice.text)
            )),
            text: notice.text.clone(),
            message_id: format!("<{}@{}>", notice.id, from.domain()),
            boundary: format!("rw-{}", notice.id),
            date: notice.queued_at,
            headers: std::iter::once(("Auto-Submitted".to_owned(), "auto-generated".to_owned()))
                .chain(notice.headers.clone())
                .collect(),
        };
        let receipt = post.send(&mail, &from).await;
        crate::crash::point("after-notice");
        let attempts = notice.attempts.saturating_add(1);
        let (state, next, answer) = match receipt {
            Receipt::Sent(answer) => {
                sent += 1;
                (DeliveryState::Sent, now, answer)
            }
            Receipt::Never(answer) => (DeliveryState::Failed, now, answer),
            Receipt::TryLater(answer) if now - notice.queued_at > super::deliver::GIVE_UP => {
                (DeliveryState::Failed, now, answer)
            }
            Receipt::TryLater(answer) => (
                DeliveryState::Pending,
                now + super::deliver::pause(attempts),
                answer,
            ),
        };
        house
            .store
            .record_notice(lease, &notice.id, state, next, &answer, now)
            .await?;
    }
    Ok(sent)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
