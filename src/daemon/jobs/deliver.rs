//! Sending what is due, a few at once; a delivery's state moves only after the relay's answer.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, stream};

use crate::daemon::House;
use crate::deliver::Post;
use crate::domain::delivery::{Delivery, DeliveryState, Plan};
use crate::domain::digest::{Issue, IssueState};
use crate::domain::id::DigestName;
use crate::domain::message::{Mail, Receipt};
use crate::domain::subscription::EmailAddress;
use crate::domain::token::{Purpose, Signer};
use crate::render::{DigestMail, MailParts};
use crate::store::{DeliveryResult, Lease};

/// Mails on their way at once.
const AT_ONCE: usize = 4;
/// Mails read at once.
const BATCH: u32 = 200;
/// So many sorts of mails are kept rendered.
const KINDS: usize = 16;
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

/// Sends everything that is due now. A connection begins its next mail only when what became of its
/// last one is stored: a crash can repeat no more mails than there were connections.
///
/// # Errors
/// When the lease is lost or the store fails; a mail that cannot be sent is no error.
pub async fn deliver_due(house: &House, lease: &Lease, post: &Post) -> anyhow::Result<Sent> {
    let mut total = Sent::default();
    let mut issue: Option<Arc<Issue>> = None;
    let signer = house.signer().await?;
    let from = envelope(house)?;
    loop {
        let now = house.clock.now();
        // Whoever pauses sending in the middle of an issue means this issue, too.
        let lock = house.store.sending_lock().await?;
        if lock.is_some_and(|(_, because)| because.is_some()) {
            return Ok(total);
        }
        let due = house.store.due_deliveries(now, BATCH).await?;
        if due.is_empty() {
            return Ok(total);
        }
        let mut mails = Vec::new();
        for delivery in due {
            let held = issue.as_ref().is_some_and(|issue| {
                issue.digest == delivery.digest && issue.number == delivery.number
            });
            if !held {
                issue = house
                    .store
                    .issue(&delivery.digest, delivery.number)
                    .await?
                    .map(Arc::new);
            }
            mails.push((delivery, issue.clone()));
        }
        let (results, notes) = tokio::sync::mpsc::unbounded_channel();
        let rendered = Rendered::default();
        let (signer, from, rendered) = (&signer, &from, &rendered);
        let sending = async move {
            let round: anyhow::Result<Vec<Option<Verdict>>> = stream::iter(mails)
                .map(|(delivery, issue)| {
                    let results = results.clone();
                    async move {
                        let receipt = send_one(
                            house,
                            post,
                            signer,
                            from,
                            issue.as_deref(),
                            &delivery,
                            rendered,
                        )
                        .await?;
                        crate::crash::point("after-send");
                        let verdict = refusal(&delivery, &receipt);
                        let (stored, done) = tokio::sync::oneshot::channel();
                        let result = result(delivery, receipt, now);
                        // Whoever stores has failed, and says so itself.
                        let _ = results.send((result, stored));
                        let _ = done.await;
                        anyhow::Ok(verdict)
                    }
                })
                .buffer_unordered(AT_ONCE)
                .collect::<Vec<_>>()
                .await
                .into_iter()
                .collect();
            round
        };
        let (refused, counted) = tokio::join!(sending, note(house, lease, notes));
        let counted = counted?;
        total.sent += counted.sent;
        total.later += counted.later;
        total.failed += counted.failed;
        total.skipped += counted.skipped;
        house.vitals.step();
        for (delivery, words) in refused?.into_iter().flatten() {
            super::bounces::refused(house, signer, &delivery, &words).await?;
        }
        if too_many_failed(&counted) {
            hold(house, lease, &counted).await?;
            return Ok(total);
        }
    }
}

/// A mailbox that a relay refused for good, and its words.
type Verdict = (Delivery, String);

fn refusal(delivery: &Delivery, receipt: &Attempt) -> Option<Verdict> {
    match receipt {
        Attempt::Tried(Receipt::Never(words)) => Some((delivery.clone(), words.clone())),
        _ => None,
    }
}

/// What came of one delivery.
enum Attempt {
    /// It was tried.
    Tried(Receipt),
    /// It is not to be sent any more, and why.
    Skipped(String),
}

async fn send_one(
    house: &House,
    post: &Post,
    signer: &Signer,
    from: &EmailAddress,
    issue: Option<&Issue>,
    delivery: &Delivery,
    rendered: &Rendered,
) -> anyhow::Result<Attempt> {
    // Asked just before sending: whoever has left since the issue was closed gets nothing.
    let hash = signer.hashed(delivery.address.as_str());
    let (wants, barred) = house
        .store
        .wants_digest(&delivery.digest, &delivery.subscriber, &hash)
        .await?;
    let Some(issue) = issue.filter(|_| wants) else {
        return Ok(Attempt::Skipped(
            "unsubscribed since the issue was closed".to_owned(),
        ));
    };
    if let Some(reason) = barred
        && reason != crate::store::UNANSWERED
    {
        return Ok(Attempt::Skipped(format!("no mail goes there: {reason}")));
    }
    let mail = compose(house, signer, issue, delivery, rendered)?;
    let from = super::bounces::return_path(house, signer, delivery.id.as_str())
        .unwrap_or_else(|| from.clone());
    Ok(Attempt::Tried(post.send(&mail, &from).await))
}

/// Stores results as they come, all that wait in one transaction.
async fn note(
    house: &House,
    lease: &Lease,
    mut notes: tokio::sync::mpsc::UnboundedReceiver<(
        DeliveryResult,
        tokio::sync::oneshot::Sender<()>,
    )>,
) -> anyhow::Result<Sent> {
    let mut total = Sent::default();
    while let Some(first) = notes.recv().await {
        let mut waiting = vec![first];
        while let Ok(next) = notes.try_recv() {
            waiting.push(next);
        }
        let (results, stored): (Vec<DeliveryResult>, Vec<_>) = waiting.into_iter().unzip();
        house.store.record_deliveries(lease, &results).await?;
        for result in &results {
            match result.state {
                DeliveryState::Sent => total.sent += 1,
                DeliveryState::Pending => total.later += 1,
                DeliveryState::Failed => total.failed += 1,
                DeliveryState::Skipped => total.skipped += 1,
            }
        }
        for waiter in stored {
            // One that does not wait any more needs no word.
            let _ = waiter.send(());
        }
    }
    Ok(total)
}

/// Whether so much of a round failed for good that the fault is more likely ours than theirs.
fn too_many_failed(round: &Sent) -> bool {
    round.failed >= 20 && round.failed * 2 > round.sent + round.failed
}

/// Stops what is being sent and tells the operator.
async fn hold(house: &House, lease: &Lease, round: &Sent) -> anyhow::Result<()> {
    let mut held = Vec::new();
    for issue in house.store.issues(None).await? {
        if issue.state == IssueState::Sending {
            house
                .store
                .set_issue_state(lease, &issue.digest, issue.number, IssueState::Draft)
                .await?;
            held.push(format!("{} {}", issue.digest, issue.number));
        }
    }
    let words = format!(
        "{} of the last {} mails were refused for good, so sending was stopped: {}.\nLook at `regwire digest list` and at the relay; `regwire digest approve NUMBER` goes on.\n",
        round.failed,
        round.sent + round.failed,
        held.join(", ")
    );
    super::bounces::tell_operator(house, lease, "Regwire: sending was stopped", &words).await
}

/// What mails of one batch say: most mailboxes of an issue want the same of it, and read the same
/// but for their own links.
#[derive(Default)]
pub struct Rendered(Mutex<Vec<Words>>);

/// The words for those of an issue whose mails say the same.
struct Words {
    digest: DigestName,
    number: u32,
    plan: Plan,
    links: Links,
    parts: MailParts,
}

/// The signed ends of a mailbox's own links.
struct Links {
    leave: String,
    preferences: String,
}

impl Links {
    fn of(signer: &Signer, delivery: &Delivery) -> Self {
        let subscriber = delivery.subscriber.as_str();
        Self {
            leave: signer.sign(Purpose::Unsubscribe, subscriber, delivery.digest.as_str()),
            preferences: signer.sign(Purpose::Preferences, subscriber, "all"),
        }
    }

    /// A text with these links in the place of others.
    fn instead_of(&self, others: &Self, text: &str) -> String {
        text.replace(&others.leave, &self.leave)
            .replace(&others.preferences, &self.preferences)
    }
}

impl Rendered {
    /// The words of a delivery's mail, rendered if nobody's were who reads the same.
    fn words(
        &self,
        delivery: &Delivery,
        links: &Links,
        render: impl FnOnce() -> anyhow::Result<MailParts>,
    ) -> anyhow::Result<MailParts> {
        // Whoever panicked with it left words in it that are whole.
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = held.iter().find(|words| {
            words.number == delivery.number
                && words.digest == delivery.digest
                && words.plan == delivery.plan
        });
        if let Some(words) = same {
            return Ok(MailParts {
                subject: links.instead_of(&words.links, &words.parts.subject),
                text: links.instead_of(&words.links, &words.parts.text),
                html: links.instead_of(&words.links, &words.parts.html),
            });
        }
        let parts = render()?;
        if held.len() < KINDS {
            held.push(Words {
                digest: delivery.digest.clone(),
                number: delivery.number,
                plan: delivery.plan.clone(),
                links: Links {
                    leave: links.leave.clone(),
                    preferences: links.preferences.clone(),
                },
                parts: parts.clone(),
            });
        }
        Ok(parts)
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
    rendered: &Rendered,
) -> anyhow::Result<Mail> {
    let base = &house.config.base_url;
    let links = Links::of(signer, delivery);
    let leave = format!("{base}/unsubscribe/{}", links.leave);
    let parts = rendered.words(delivery, &links, || {
        let mut view = DigestMail::new(
            issue,
            &delivery.plan,
            base,
            house.config.postal_address.as_deref(),
            house.config.contact.as_deref(),
        );
        view.preferences = Some(format!("{base}/preferences/{}", links.preferences));
        view.unsubscribe = Some(leave.clone());
        Ok(house.renderer.mail(&view)?)
    })?;
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

/// The sender's address.
///
/// # Errors
/// When `from` of `[mail]` has none.
pub fn sender(house: &House) -> anyhow::Result<EmailAddress> {
    envelope(house)
}

pub(super) fn envelope(house: &House) -> anyhow::Result<EmailAddress> {
    let from = &house.config.mail_from;
    let address = from
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split('>').next())
        .unwrap_or(from);
    Ok(EmailAddress::new(address)?)
}

fn result(delivery: Delivery, attempt: Attempt, now: DateTime<Utc>) -> DeliveryResult {
    let attempts = delivery.attempts.saturating_add(1);
    let (state, answer, next) = match attempt {
        Attempt::Skipped(why) => (DeliveryState::Skipped, why, now),
        Attempt::Tried(Receipt::Sent(answer)) => (DeliveryState::Sent, answer, now),
        Attempt::Tried(Receipt::Never(answer)) => (DeliveryState::Failed, answer, now),
        Attempt::Tried(Receipt::TryLater(answer)) if now - delivery.queued_at > GIVE_UP => (
            DeliveryState::Failed,
            format!("given up after {attempts} tries: {answer}"),
            now,
        ),
        Attempt::Tried(Receipt::TryLater(answer)) => {
            (DeliveryState::Pending, answer, now + pause(attempts))
        }
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
