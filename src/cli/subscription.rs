//! `regwire subscription`: what somebody wants to hear of, tried before it is saved.

use std::process::ExitCode;

use anyhow::Context as _;
use chrono::TimeDelta;
use serde_json::json;

use super::audit::noted;
use super::out::say;
use super::subscriber::mailbox;
use super::table;
use crate::daemon::House;
use crate::daemon::jobs::preview::preview;
use crate::domain::criteria::{Clause, Criteria};
use crate::domain::id::{DigestName, SubscriberId, SubscriptionId};
use crate::domain::reference;
use crate::domain::subscription::{
    EmailAddress, EndReason, Frequency, Origin, OwnHour, Recipient, Subscription,
};
use crate::domain::token::Purpose;
use crate::matching::{Preview, judge};
use crate::store::begun;

/// What is wanted.
#[derive(clap::Args, Clone)]
pub(super) struct Wish {
    /// framework:ID, standard:REFERENCE, jurisdiction:ID, topic:ID, body:ID, kind:KIND, source:ID,
    /// page:ID, query:SEARCH or deadlines; everything when nothing is named. Several are joined
    /// by "or".
    #[arg(long = "want", value_name = "CRITERION")]
    wants: Vec<Clause>,
    /// Join by "and" instead.
    #[arg(long, requires = "wants")]
    every: bool,
}

impl Wish {
    /// The criteria, with references in one spelling; refused where they could tell nothing, or
    /// everything.
    pub(super) fn criteria(&self, house: &House) -> anyhow::Result<Criteria> {
        if self.wants.is_empty() {
            return Ok(Criteria::All);
        }
        let wants = self
            .wants
            .iter()
            .map(|want| known(house, want))
            .collect::<anyhow::Result<_>>()?;
        let criteria = if self.every {
            Criteria::Every(wants)
        } else {
            Criteria::Any(wants)
        };
        judge(
            &criteria,
            &house.library.known_works,
            house.clock.now().date_naive(),
        )?;
        Ok(criteria)
    }
}

/// How often.
#[derive(clap::Args, Clone)]
pub(super) struct Often {
    /// `instant`, `daily`, or `weekly`: with the digest, which is the default for mailboxes.
    #[arg(long, value_parser = ["instant", "daily", "weekly"])]
    frequency: Option<String>,
    /// The hour and its zone, such as "8 Europe/London".
    #[arg(long, value_name = "HOUR ZONE")]
    at: Option<OwnHour>,
    /// The digest that is meant by `weekly`.
    #[arg(long, default_value = "weekly")]
    digest: DigestName,
}

impl Often {
    /// Whether a frequency was asked for.
    pub(super) fn is_given(&self) -> bool {
        self.frequency.is_some()
    }

    pub(super) fn frequency(&self, house: &House) -> anyhow::Result<Frequency> {
        Ok(match self.frequency.as_deref().unwrap_or("weekly") {
            "instant" => Frequency::Instant,
            "daily" => Frequency::Daily(match self.at {
                Some(at) => at,
                None => OwnHour::new(8, "UTC").map_err(anyhow::Error::msg)?,
            }),
            _ => {
                let digests = &house.config.digests;
                anyhow::ensure!(
                    digests.iter().any(|known| known.name == self.digest),
                    "there is no digest `{}`: the configuration has {}",
                    self.digest,
                    digests
                        .iter()
                        .map(|digest| digest.name.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                );
                Frequency::Digest(self.digest.clone(), self.at)
            }
        })
    }
}

/// `subscription …`
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Tell what criteria would have told in the last month; nothing is saved.
    #[command(
        after_help = "Examples:\n  regwire subscription preview --want 'standard:ISO/IEC 42001'\n  regwire subscription preview --want 'query:\"harmonised standard\" jurisdiction:eu' --want kind:guidance --every"
    )]
    Preview {
        #[command(flatten)]
        wish: Wish,
        /// How many days back.
        #[arg(long, default_value_t = 30)]
        days: u16,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Subscribe a mailbox.
    #[command(
        after_help = "Example: regwire subscription add ada@example.org --want 'standard:ISO/IEC 42001' --frequency instant"
    )]
    Add {
        /// The mailbox.
        address: EmailAddress,
        #[command(flatten)]
        wish: Wish,
        #[command(flatten)]
        often: Often,
    },
    /// Make an Atom address that only its owner knows.
    #[command(after_help = "Example: regwire subscription feed --want 'standard:ISO/IEC 42001'")]
    Feed {
        #[command(flatten)]
        wish: Wish,
    },
    /// List all subscriptions: mailboxes, teams and feeds.
    List {
        /// Those that have ended, too.
        #[arg(long)]
        all: bool,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// End a subscription.
    #[command(after_help = "Example: regwire subscription end 0123456789abcdef")]
    End {
        /// The subscription.
        id: String,
    },
}

pub(super) async fn run(house: House, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Preview { wish, days, json } => {
            let criteria = wish.criteria(&house)?;
            let span = TimeDelta::days(i64::from(days.clamp(1, 366)));
            let found = preview(&house, &criteria, span).await?;
            show(&criteria, &found, span, json);
        }
        Command::Add {
            address,
            wish,
            often,
        } => add(&house, &address, &wish, &often).await?,
        Command::Feed { wish } => {
            let criteria = wish.criteria(&house)?;
            let subscription = house
                .store
                .begin_subscription(
                    None,
                    begun(
                        Recipient::Feed,
                        Frequency::Instant,
                        criteria,
                        Origin::Operator,
                        house.clock.now(),
                    ),
                )
                .await?;
            let subject = format!("subscription {}", subscription.id);
            noted(&house, "subscription-begun", subject, "a feed").await?;
            let token = house
                .signer()
                .await?
                .sign(Purpose::Feed, subscription.id.as_str(), "atom");
            say!("{}/feeds/{token}", house.config.base_url);
        }
        Command::List { all, json } => list(&house, !all, json).await?,
        Command::End { id } => {
            let id = SubscriptionId::new(id)
                .context("`regwire subscription list` shows subscriptions")?;
            let ended = house
                .store
                .end_subscription(&id, EndReason::RemovedByOperator, house.clock.now())
                .await?;
            anyhow::ensure!(
                ended,
                "there is no subscription {id} that has not ended: `regwire subscription list` shows them"
            );
            noted(
                &house,
                "subscription-ended",
                format!("subscription {id}"),
                "ended",
            )
            .await?;
            say!("subscription {id} ended");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Subscribes a mailbox, and says what it will get.
pub(super) async fn add(
    house: &House,
    address: &EmailAddress,
    wish: &Wish,
    often: &Often,
) -> anyhow::Result<()> {
    let criteria = wish.criteria(house)?;
    let frequency = often.frequency(house)?;
    let now = house.clock.now();
    let recipient = Recipient::Mailbox(SubscriberId::of(address));
    let subscription = house
        .store
        .begin_subscription(
            Some(address),
            begun(recipient, frequency, criteria, Origin::Operator, now),
        )
        .await?;
    let (subject, _) = mailbox(house, address).await?;
    let after = format!("subscription {}", subscription.id);
    noted(house, "subscription-begun", subject, after).await?;
    say!(
        "{address} is told {}: {} (subscription {})",
        subscription.frequency,
        subscription.criteria,
        subscription.id
    );
    Ok(())
}

fn show(criteria: &Criteria, found: &Preview<'_>, span: TimeDelta, as_json: bool) {
    if as_json {
        say!(
            "{}",
            json!({
                "criteria": criteria, "days": span.num_days(), "told": found.items.len(), "corrections": found.corrections,
                "items": found.items.iter().map(|item| json!({
                    "id": item.update.id, "title": item.update.content.title, "at": item.at,
                    "because": item.because.iter().map(ToString::to_string).collect::<Vec<_>>(),
                })).collect::<Vec<_>>(),
            })
        );
        return;
    }
    say!(
        "{criteria}: would have told you {} in the last {} days",
        table::count(i64::try_from(found.items.len()).unwrap_or(i64::MAX), "time"),
        span.num_days()
    );
    if found.corrections > 0 {
        say!(
            "and {} of what it had told",
            table::count(i64::from(found.corrections), "correction")
        );
    }
    let rows: Vec<Vec<String>> = found
        .items
        .iter()
        .rev()
        .take(40)
        .map(|item| {
            vec![
                item.at.format("%Y-%m-%d").to_string(),
                item.update.id.to_string(),
                item.update.content.title.clone(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        table::print(&["day", "id", "title"], &rows);
    }
}

/// A subscription as programs see it.
pub(super) fn line(subscription: &Subscription) -> serde_json::Value {
    json!({
        "id": subscription.id, "recipient": subscription.recipient.key(),
        "frequency": subscription.frequency.as_str(), "told": subscription.frequency.to_string(),
        "digest": subscription.frequency.digest(), "criteria": subscription.criteria,
        "origin": subscription.origin, "began_at": subscription.began_at,
        "ended_at": subscription.ended.map(|(at, _)| at),
        "end_reason": subscription.ended.map(|(_, reason)| reason),
    })
}

async fn list(house: &House, active: bool, as_json: bool) -> anyhow::Result<()> {
    let all = house.store.subscriptions(active).await?;
    if as_json {
        let lines: Vec<_> = all.iter().map(line).collect();
        say!("{}", json!({ "subscriptions": lines }));
        return Ok(());
    }
    if all.is_empty() {
        say!("Nobody is told anything yet: regwire subscription add ADDRESS --want CRITERION");
        return Ok(());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            vec![
                one.id.to_string(),
                one.recipient.key(),
                one.frequency.to_string(),
                one.ended.map_or_else(
                    || "active".to_owned(),
                    |(at, reason)| format!("ended {} ({})", at.format("%Y-%m-%d"), reason.as_str()),
                ),
                one.criteria.to_string(),
            ]
        })
        .collect();
    table::print(&["subscription", "who", "told", "state", "wants"], &rows);
    Ok(())
}

/// A clause whose identifier exists; a standard in any spelling becomes its work.
pub(super) fn known(house: &House, clause: &Clause) -> anyhow::Result<Clause> {
    let library = &house.library;
    let exists = match clause {
        Clause::Framework(id) => library.framework(id).is_some(),
        Clause::Jurisdiction(id) => library.jurisdiction(id).is_some(),
        Clause::Topic(id) => library.topic(id).is_some(),
        Clause::Body(id) => library.body(id).is_some(),
        Clause::Source(id) | Clause::Page(id) => house.source(id).is_some(),
        Clause::Kind(_) | Clause::Search(_) | Clause::Deadlines => true,
        Clause::Standard(text) => {
            let Some(reference) = reference::read(text, &library.known_works)
                .into_iter()
                .next()
            else {
                anyhow::bail!(
                    "`{text}` is no reference that can be read: write it as it is cited, such as \"ISO/IEC 42001\""
                );
            };
            return Ok(Clause::Standard(reference.work));
        }
    };
    anyhow::ensure!(
        exists,
        "`{clause}` names nothing that the library has, so it would never match"
    );
    Ok(clause.clone())
}
