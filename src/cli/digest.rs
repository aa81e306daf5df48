//! `regwire digest`: preview, close, list, approve.

use std::process::ExitCode;

use serde_json::json;

use super::audit::noted;
use super::out::say;
use super::table;
use crate::daemon::jobs::{deliver, digest as closing};
use crate::daemon::{House, Shift};
use crate::digest as engine;
use crate::domain::delivery::{Delivery, DeliveryState};
use crate::domain::digest::{Digest as Periodical, Issue, IssueState};
use crate::domain::id::{DeliveryId, DigestName, SubscriberId};
use crate::domain::subscription::EmailAddress;

/// `digest …`
#[derive(clap::Subcommand)]
pub(super) enum Digest {
    /// Print what the next issue would say now.
    #[command(after_help = "Example: regwire digest preview > next.txt")]
    Preview {
        /// The digest.
        #[arg(long, default_value = "weekly")]
        digest: DigestName,
        /// The HTML part instead of the text.
        #[arg(long)]
        html: bool,
    },
    /// Close an issue now and send it.
    #[command(after_help = "Example: regwire digest issue")]
    Issue {
        /// The digest.
        #[arg(long, default_value = "weekly")]
        digest: DigestName,
    },
    /// Release an issue that waits for approval.
    #[command(after_help = "Example: regwire digest approve 12")]
    Approve {
        /// The issue's number.
        number: u32,
        /// The digest.
        #[arg(long, default_value = "weekly")]
        digest: DigestName,
    },
    /// Write the words before everything else of an issue that waits for approval.
    #[command(after_help = "Example: regwire digest introduce 12 'A quiet week.'")]
    Introduce {
        /// The issue's number.
        number: u32,
        /// The words, plain; empty to take them out.
        text: String,
        /// The digest.
        #[arg(long, default_value = "weekly")]
        digest: DigestName,
    },
    /// Send what the next issue would say now to one mailbox.
    #[command(after_help = "Example: regwire digest send-test ada@example.org")]
    SendTest {
        /// The mailbox.
        address: EmailAddress,
        /// The digest.
        #[arg(long, default_value = "weekly")]
        digest: DigestName,
    },
    /// List issues with what became of their mails.
    List {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
}

fn periodical<'a>(house: &'a House, name: &DigestName) -> anyhow::Result<&'a Periodical> {
    house
        .config
        .digests
        .iter()
        .find(|digest| &digest.name == name)
        .ok_or_else(|| {
            let names: Vec<&str> = house
                .config
                .digests
                .iter()
                .map(|digest| digest.name.as_str())
                .collect();
            anyhow::anyhow!(
                "there is no digest `{name}`: the configuration has {}",
                names.join(", ")
            )
        })
}

pub(super) async fn run(house: House, command: Digest) -> anyhow::Result<ExitCode> {
    match command {
        Digest::Preview { digest, html } => {
            preview(&house, periodical(&house, &digest)?, html).await?
        }
        Digest::Issue { digest } => {
            let periodical = periodical(&house, &digest)?;
            let shift = shift(&house).await?;
            let now = house.clock.now();
            match closing::close(&house, shift.lease(), periodical, now).await? {
                Some(issue) => say!(
                    "{} {} closed with {}",
                    issue.digest,
                    issue.number,
                    table::count(i64::try_from(issue.edition.items.len())?, "item")
                ),
                None => say!("this moment has its issue already"),
            }
            send(&house, &shift).await?;
            shift.end().await?;
        }
        Digest::Approve { number, digest } => {
            periodical(&house, &digest)?;
            let Some(issue) = house.store.issue(&digest, number).await? else {
                anyhow::bail!(
                    "there is no issue {digest} {number}: `regwire digest list` shows them"
                );
            };
            anyhow::ensure!(
                issue.state == IssueState::Draft,
                "{digest} {number} does not wait for approval: it is {}",
                issue.state.as_str()
            );
            let shift = shift(&house).await?;
            house
                .store
                .set_issue_state(shift.lease(), &digest, number, IssueState::Sending)
                .await?;
            noted(
                &house,
                "digest-approved",
                format!("{digest} {number}"),
                "sending",
            )
            .await?;
            send(&house, &shift).await?;
            shift.end().await?;
        }
        Digest::Introduce {
            number,
            text,
            digest,
        } => {
            let shift = shift(&house).await?;
            let changed = house
                .store
                .set_introduction(shift.lease(), &digest, number, text.trim())
                .await?;
            shift.end().await?;
            anyhow::ensure!(
                changed,
                "{digest} {number} does not wait for approval: only a draft can be edited"
            );
            noted(
                &house,
                "digest-introduced",
                format!("{digest} {number}"),
                text,
            )
            .await?;
            say!("{digest} {number} begins with these words");
        }
        Digest::SendTest { address, digest } => {
            let mail = next(&house, periodical(&house, &digest)?, address).await?;
            let from = deliver::sender(&house)?;
            match house.post()?.send(&mail, &from).await {
                crate::domain::message::Receipt::Sent(answer) => say!("sent: {answer}"),
                crate::domain::message::Receipt::TryLater(answer)
                | crate::domain::message::Receipt::Never(answer) => {
                    anyhow::bail!("the test was not taken: {answer}")
                }
            }
        }
        Digest::List { json } => list(&house, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn shift(house: &House) -> anyhow::Result<Shift> {
    Shift::begin(house).await?.map_err(|held| {
        anyhow::anyhow!("{held}: stop the daemon first, or leave it to its schedule")
    })
}

async fn send(house: &House, shift: &Shift) -> anyhow::Result<()> {
    if let Some(why) = crate::daemon::jobs::lock::check(house).await? {
        anyhow::bail!("sending is locked, because {why}: `regwire resume` releases it");
    }
    let post = house.post()?;
    let sent = deliver::deliver_due(house, shift.lease(), &post).await?;
    say!(
        "{} sent, {} to be tried again, {} failed, {} skipped",
        sent.sent,
        sent.later,
        sent.failed,
        sent.skipped
    );
    if post.is_spool() && sent.sent > 0 {
        say!(
            "no relay is configured: the mails lie in {}",
            house.spool().display()
        );
    }
    Ok(())
}

async fn preview(house: &House, digest: &Periodical, html: bool) -> anyhow::Result<()> {
    let mail = next(house, digest, EmailAddress::new("preview@example.org")?).await?;
    if html {
        say!("{}", mail.html);
    } else {
        say!("Subject: {}\n\n{}", mail.subject, mail.text);
    }
    Ok(())
}

/// What the next issue would say now, as a mail.
async fn next(
    house: &House,
    digest: &Periodical,
    address: EmailAddress,
) -> anyhow::Result<crate::domain::message::Mail> {
    let draft = closing::draft(house, digest).await?;
    let now = house.clock.now();
    let number = house
        .store
        .last_issue(&digest.name)
        .await?
        .map_or(1, |issue| issue.number + 1);
    let plan = engine::public_plan(&draft.edition, &house.library);
    let issue = Issue {
        digest: digest.name.clone(),
        number,
        scheduled_for: now,
        closed_at: now,
        window: draft.window,
        state: IssueState::Draft,
        introduction: String::new(),
        edition: draft.edition,
    };
    let subscriber = SubscriberId::of(&address);
    deliver::compose(
        house,
        &house.signer().await?,
        &issue,
        &Delivery {
            id: DeliveryId::of(&digest.name, number, &subscriber),
            digest: digest.name.clone(),
            number,
            subscriber,
            address,
            queued_at: now,
            plan,
            state: DeliveryState::Pending,
            attempts: 0,
            next_try_at: now,
            answer: None,
        },
        &deliver::Rendered::default(),
    )
}

async fn list(house: &House, json: bool) -> anyhow::Result<()> {
    let issues = house.store.issues(None).await?;
    if json {
        let lines: Vec<serde_json::Value> = issues
            .iter()
            .map(|i| {
                json!({
                    "digest": i.digest, "number": i.number, "scheduled_for": i.scheduled_for, "closed_at": i.closed_at,
                    "window": { "after": i.window.after, "until": i.window.until }, "state": i.state, "items": i.items,
                    "recipients": i.recipients, "sent": i.sent, "failed": i.failed, "skipped": i.skipped, "pending": i.pending,
                })
            })
            .collect();
        say!("{}", json!({ "issues": lines }));
        return Ok(());
    }
    if issues.is_empty() {
        say!("No issue has closed yet.");
        return Ok(());
    }
    let rows: Vec<Vec<String>> = issues
        .iter()
        .map(|i| {
            vec![
                format!("{} {}", i.digest, i.number),
                i.closed_at.format("%Y-%m-%d %H:%M").to_string(),
                i.state.as_str().to_owned(),
                i.items.to_string(),
                format!("{} of {}", i.sent, i.recipients),
                i.failed.to_string(),
                i.skipped.to_string(),
                i.pending.to_string(),
            ]
        })
        .collect();
    table::print(
        &[
            "issue", "closed", "state", "items", "sent", "failed", "skipped", "pending",
        ],
        &rows,
    );
    Ok(())
}
