//! `regwire subscriber`: who gets the digest.

use std::process::ExitCode;

use serde_json::json;

use super::out::say;
use super::table;
use crate::daemon::House;
use crate::domain::criteria::{Clause, Criteria};
use crate::domain::id::DigestName;
use crate::domain::reference;
use crate::domain::subscription::{EmailAddress, EndReason, Origin};

/// `subscriber …`
#[derive(clap::Subcommand)]
pub(super) enum Subscriber {
    /// Put a mailbox on the list.
    #[command(
        after_help = "Examples:\n  regwire subscriber add ada@example.org\n  regwire subscriber add ada@example.org --want framework:iso-iec-42001 --want jurisdiction:eu"
    )]
    Add {
        /// The mailbox.
        address: EmailAddress,
        /// The digest.
        #[arg(long, default_value = "weekly")]
        digest: DigestName,
        /// What is wanted; everything when nothing is named. Several are joined by "or".
        #[arg(long = "want", value_name = "CRITERION")]
        wants: Vec<Clause>,
        /// Join by "and" instead.
        #[arg(long, requires = "wants")]
        every: bool,
    },
    /// List mailboxes with what they want.
    List {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// End every subscription of a mailbox.
    #[command(after_help = "Example: regwire subscriber remove ada@example.org")]
    Remove {
        /// The mailbox.
        address: EmailAddress,
    },
}

pub(super) async fn run(house: House, command: Subscriber) -> anyhow::Result<ExitCode> {
    match command {
        Subscriber::Add {
            address,
            digest,
            wants,
            every,
        } => {
            if !house
                .config
                .digests
                .iter()
                .any(|known| known.name == digest)
            {
                let names: Vec<&str> = house
                    .config
                    .digests
                    .iter()
                    .map(|digest| digest.name.as_str())
                    .collect();
                anyhow::bail!(
                    "there is no digest `{digest}`: the configuration has {}",
                    names.join(", ")
                );
            }
            let wants: Vec<Clause> = wants
                .into_iter()
                .map(|want| known(&house, want))
                .collect::<anyhow::Result<_>>()?;
            let criteria = match (wants.is_empty(), every) {
                (true, _) => Criteria::All,
                (false, false) => Criteria::Any(wants),
                (false, true) => Criteria::Every(wants),
            };
            let subscription = house
                .store
                .subscribe(
                    &address,
                    &digest,
                    &criteria,
                    Origin::Operator,
                    house.clock.now(),
                )
                .await?;
            say!(
                "{address} gets {digest}: {criteria} (subscription {})",
                subscription.id
            );
        }
        Subscriber::List { json } => {
            let all = house.store.subscribers().await?;
            if json {
                let lines: Vec<serde_json::Value> = all
                    .iter()
                    .map(|(subscriber, subscriptions)| {
                        json!({
                            "id": subscriber.id, "address": subscriber.address, "entered_at": subscriber.entered_at,
                            "subscriptions": subscriptions.iter().map(|s| json!({
                                "id": s.id, "digest": s.digest, "criteria": s.criteria, "origin": s.origin,
                                "began_at": s.began_at, "ended_at": s.ended.map(|(at, _)| at),
                                "end_reason": s.ended.map(|(_, reason)| reason),
                            })).collect::<Vec<_>>(),
                        })
                    })
                    .collect();
                say!("{}", json!({ "subscribers": lines }));
            } else {
                let mut rows = Vec::new();
                for (subscriber, subscriptions) in &all {
                    for subscription in subscriptions {
                        let state = match &subscription.ended {
                            None => "active".to_owned(),
                            Some((at, reason)) => {
                                format!("ended {} ({})", at.format("%Y-%m-%d"), reason.as_str())
                            }
                        };
                        rows.push(vec![
                            subscriber.address.to_string(),
                            subscription.digest.to_string(),
                            state,
                            subscription.criteria.to_string(),
                        ]);
                    }
                }
                if rows.is_empty() {
                    say!("Nobody is on the list yet: regwire subscriber add ADDRESS");
                } else {
                    table::print(&["mailbox", "digest", "state", "wants"], &rows);
                }
            }
        }
        Subscriber::Remove { address } => {
            let mut ended = 0;
            for (subscriber, subscriptions) in house.store.subscribers().await? {
                if subscriber.address != address {
                    continue;
                }
                for subscription in subscriptions
                    .iter()
                    .filter(|subscription| subscription.ended.is_none())
                {
                    let now = house.clock.now();
                    ended += i64::from(
                        house
                            .store
                            .end_subscription(&subscription.id, EndReason::RemovedByOperator, now)
                            .await?,
                    );
                }
            }
            if ended == 0 {
                anyhow::bail!(
                    "{address} has no subscription: `regwire subscriber list` shows who has"
                );
            }
            say!("{} of {address} ended", table::count(ended, "subscription"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A clause whose identifier exists; a standard in any spelling becomes its work.
fn known(house: &House, clause: Clause) -> anyhow::Result<Clause> {
    let library = &house.library;
    let exists = match &clause {
        Clause::Framework(id) => library.framework(id).is_some(),
        Clause::Jurisdiction(id) => library.jurisdiction(id).is_some(),
        Clause::Topic(id) => library.topic(id).is_some(),
        Clause::Body(id) => library.body(id).is_some(),
        Clause::Source(id) => house.source(id).is_some(),
        Clause::Kind(_) => true,
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
    Ok(clause)
}
