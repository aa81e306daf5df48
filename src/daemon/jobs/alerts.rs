//! Sending alerts by mail, Slack, Teams and signed webhooks; a sending's state moves only after the
//! other side's answer (promises: S9).

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, stream};

use super::teams;
use crate::daemon::House;
use crate::deliver::{Post, webhook};
use crate::domain::alert::{Alert, Channel, Sending, Team};
use crate::domain::delivery::DeliveryState;
use crate::domain::id::AlertId;
use crate::domain::message::{Mail, Receipt};
use crate::domain::subscription::EmailAddress;
use crate::domain::token::{Purpose, Signer};
use crate::fetch::{Fetcher, Posted};
use crate::render::{AlertMail, slack_message, teams_message};
use crate::store::Lease;

/// Sendings on their way at once.
const AT_ONCE: usize = 16;
/// Sendings read at once.
const BATCH: u32 = 64;
/// The pauses between tries: ten tries in three days.
const LADDER: [TimeDelta; 9] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];

/// What a round of sending did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Taken.
    pub sent: u32,
    /// To be tried again.
    pub later: u32,
    /// Given up.
    pub failed: u32,
    /// Not to be sent any more.
    pub skipped: u32,
}

/// What became of one try.
enum Outcome {
    Sent(String),
    Later(String, Option<TimeDelta>),
    Never(String),
    Skipped(String),
}

/// Sends everything that is due now.
///
/// # Errors
/// When the lease is lost or the store fails; a message that cannot be sent is no error.
pub async fn send_due(
    house: &House,
    lease: &Lease,
    post: &Post,
    fetcher: &Fetcher,
) -> anyhow::Result<Sent> {
    let mut total = Sent::default();
    let now = house.clock.now();
    let signer = house.signer().await?;
    let teams = teams::all(house).await?;
    let mut alerts: HashMap<AlertId, Option<Alert>> = HashMap::new();
    loop {
        let due = house.store.due_sendings(now, BATCH).await?;
        if due.is_empty() {
            return Ok(total);
        }
        for sending in &due {
            if !alerts.contains_key(&sending.alert) {
                let alert = house.store.alert(&sending.alert).await?;
                alerts.insert(sending.alert.clone(), alert);
            }
        }
        let (house, teams, alerts, signer) = (house, &teams, &alerts, &signer);
        let mut outcomes = stream::iter(due)
            .map(|sending| async move {
                let outcome = match alerts.get(&sending.alert).and_then(Option::as_ref) {
                    Some(alert) => {
                        try_once(house, post, fetcher, signer, teams, alert, &sending, now).await
                    }
                    None => Ok(Outcome::Skipped("its alert was erased".to_owned())),
                };
                crate::crash::point("after-alert");
                (sending, outcome)
            })
            .buffer_unordered(AT_ONCE);
        // Each is noted as soon as it is known, so that a slow one holds up none.
        while let Some((sending, outcome)) = outcomes.next().await {
            let (state, next, answer) = settled(&sending, outcome?, now);
            match state {
                DeliveryState::Sent => total.sent += 1,
                DeliveryState::Pending => total.later += 1,
                DeliveryState::Failed => total.failed += 1,
                DeliveryState::Skipped => total.skipped += 1,
            }
            house
                .store
                .record_sending(lease, &sending.id, state, next, &answer, now)
                .await?;
        }
    }
}

fn settled(
    sending: &Sending,
    outcome: Outcome,
    now: DateTime<Utc>,
) -> (DeliveryState, DateTime<Utc>, String) {
    let tries = sending.attempts.saturating_add(1);
    match outcome {
        Outcome::Sent(answer) => (DeliveryState::Sent, now, answer),
        Outcome::Never(answer) => (DeliveryState::Failed, now, answer),
        Outcome::Skipped(answer) => (DeliveryState::Skipped, now, answer),
        Outcome::Later(answer, asked) => match pause(&sending.id, tries) {
            Some(pause) => (
                DeliveryState::Pending,
                // Asked to wait, we wait; longer than a day is no answer.
                now + pause.max(asked.unwrap_or_default().min(TimeDelta::hours(24))),
                answer,
            ),
            None => (
                DeliveryState::Failed,
                now,
                format!("given up after {tries} tries: {answer}"),
            ),
        },
    }
}

/// The pause after so many tries, up to a twentieth longer or shorter by the sending, so that a receiver that
/// comes back is not met by all at once; none after the last.
pub fn pause(id: &str, tries: u32) -> Option<TimeDelta> {
    let rung = LADDER.get(usize::try_from(tries.checked_sub(1)?).ok()?)?;
    let dice = id.bytes().fold(tries, |all, byte| {
        all.wrapping_mul(31).wrapping_add(u32::from(byte))
    }) % 201;
    let share = i64::from(dice) - 100;
    Some(*rung + TimeDelta::milliseconds(rung.num_milliseconds() * share / 2_000))
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call, with all that it needs"
)]
async fn try_once(
    house: &House,
    post: &Post,
    fetcher: &Fetcher,
    signer: &Signer,
    teams: &[Team],
    alert: &Alert,
    sending: &Sending,
    now: DateTime<Utc>,
) -> anyhow::Result<Outcome> {
    let team = alert
        .recipient
        .strip_prefix("team:")
        .map(|id| teams.iter().find(|team| team.id.as_str() == id));
    let gone = || Ok(Outcome::Skipped("the team has this way no more".to_owned()));
    let links = links(house, signer, alert);
    let posted = match (sending.channel, team) {
        (Channel::Email, team) => {
            let address = EmailAddress::new(&sending.target)?;
            match team {
                Some(Some(team)) if team.email.contains(&address) => {}
                Some(_) => return gone(),
                None if wants(house, alert).await? => {}
                None => {
                    return Ok(Outcome::Skipped(
                        "unsubscribed since it was queued".to_owned(),
                    ));
                }
            }
            let hash = signer.hashed(address.as_str());
            if let Some((reason, _)) = house.store.suppression(&hash).await?
                && reason != crate::store::UNANSWERED
            {
                return Ok(Outcome::Skipped(format!("no mail goes there: {reason}")));
            }
            let mail = mail(house, alert, sending, address, &links)?;
            let from = super::deliver::envelope(house)?;
            return Ok(match post.send(&mail, &from).await {
                Receipt::Sent(answer) => Outcome::Sent(answer),
                Receipt::TryLater(answer) => Outcome::Later(answer, None),
                Receipt::Never(answer) => Outcome::Never(answer),
            });
        }
        (Channel::Slack, Some(Some(team))) => match &team.slack {
            Some(url) => {
                let body = slack_message(&alert.content, &links).to_string();
                fetcher.post(url, &[], body, now).await
            }
            None => return gone(),
        },
        (Channel::Teams, Some(Some(team))) => match &team.teams {
            Some(url) => {
                let body = teams_message(&alert.content, &links).to_string();
                fetcher.post(url, &[], body, now).await
            }
            None => return gone(),
        },
        (Channel::Webhook, Some(Some(team))) => match &team.webhook {
            Some(hook) => {
                let body = payload(alert, sending).to_string();
                let signed = webhook::signed(&hook.secrets, &sending.id, now, &body);
                fetcher.post(&hook.url, &signed, body, now).await
            }
            None => return gone(),
        },
        _ => return gone(),
    };
    Ok(match posted {
        Posted::Taken(answer) => Outcome::Sent(answer),
        Posted::Later(answer, wait) => Outcome::Later(answer, wait),
        Posted::Never(answer) => Outcome::Never(answer),
    })
}

/// Whether a mailbox still wants alerts: whoever has left gets nothing any more.
async fn wants(house: &House, alert: &Alert) -> anyhow::Result<bool> {
    let Some(id) = alert.recipient.strip_prefix("mailbox:") else {
        return Ok(false);
    };
    let id = crate::domain::id::SubscriberId::new(id)?;
    Ok(house
        .store
        .subscriber(&id)
        .await?
        .is_some_and(|(_, subscriptions)| {
            subscriptions
                .iter()
                .any(|one| one.ended.is_none() && one.frequency.digest().is_none())
        }))
}

/// What a webhook gets: the line of its item, or a note.
fn payload(alert: &Alert, sending: &Sending) -> serde_json::Value {
    alert
        .content
        .items
        .iter()
        .find(|item| format!("{}/{}", item.update, item.revision) == sending.target)
        .map_or_else(
            || {
                serde_json::json!({
                    "type": alert.frequency, "version": 1, "text": alert.content.note,
                })
            },
            |item| item.line.clone(),
        )
}

/// The links of an alert, signed for its recipient.
fn links(house: &House, signer: &Signer, alert: &Alert) -> crate::render::AlertLinks {
    let base_url = house.config.base_url.clone();
    match alert.recipient.split_once(':') {
        Some(("team", id)) => crate::render::AlertLinks {
            pause: Some(format!(
                "{base_url}/alerts/pause/{}",
                signer.sign(Purpose::Pause, id, "team")
            )),
            decide: alert
                .content
                .items
                .iter()
                .map(|item| {
                    let token = signer.sign(Purpose::Decide, id, item.update.as_str());
                    (
                        item.update.to_string(),
                        format!("{base_url}/decide/{token}"),
                    )
                })
                .collect(),
            unsubscribe: None,
            preferences: None,
            base_url,
        },
        Some((_, id)) => crate::render::AlertLinks {
            unsubscribe: Some(format!(
                "{base_url}/unsubscribe/{}",
                signer.sign(Purpose::Unsubscribe, id, "alerts")
            )),
            preferences: Some(format!(
                "{base_url}/preferences/{}",
                signer.sign(Purpose::Preferences, id, "all")
            )),
            pause: None,
            decide: Vec::new(),
            base_url,
        },
        None => crate::render::AlertLinks {
            base_url,
            ..crate::render::AlertLinks::default()
        },
    }
}

/// The mail of a sending: on every try the same, byte by byte.
fn mail(
    house: &House,
    alert: &Alert,
    sending: &Sending,
    to: EmailAddress,
    links: &crate::render::AlertLinks,
) -> anyhow::Result<Mail> {
    let view = AlertMail::new(
        &alert.content,
        links,
        house.config.postal_address.as_deref(),
        house.config.contact.as_deref(),
    );
    let parts = house.renderer.mail(&view)?;
    let domain = super::deliver::envelope(house)?.domain().to_owned();
    let mut headers = vec![
        (
            "List-Id".to_owned(),
            format!("Regwire alerts <alerts.{domain}>"),
        ),
        ("Auto-Submitted".to_owned(), "auto-generated".to_owned()),
    ];
    if let Some(leave) = &links.unsubscribe {
        headers.push(("List-Unsubscribe".to_owned(), format!("<{leave}>")));
        headers.push((
            "List-Unsubscribe-Post".to_owned(),
            "List-Unsubscribe=One-Click".to_owned(),
        ));
    }
    Ok(Mail {
        from: house.config.mail_from.clone(),
        to,
        subject: parts.subject,
        text: parts.text,
        html: parts.html,
        message_id: format!("<{}@{domain}>", sending.id),
        boundary: format!("rw-{}", sending.id),
        date: sending.queued_at,
        headers,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_in_about_three_days() {
        for id in ["a", "0123456789abcdef", "zzz"] {
            let pauses: Vec<TimeDelta> = (1..20).map_while(|tries| pause(id, tries)).collect();
            assert_eq!(pauses.len(), 9, "and the first try");
            let all: TimeDelta = pauses.iter().sum();
            assert!(
                (all - TimeDelta::minutes(75 * 60 + 35)).abs() < TimeDelta::hours(8),
                "{all}"
            );
            assert!(pauses.is_sorted());
        }
        assert_ne!(pause("a", 9), pause("b", 9));
    }
}
