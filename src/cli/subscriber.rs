//! `regwire subscriber`: who gets the digest.

use std::process::ExitCode;

use serde_json::json;

use super::audit::{act, noted};
use super::out::say;
use super::subscription::{Often, Wish, add, line};
use super::table;
use crate::daemon::House;
use crate::domain::subscription::{EmailAddress, EndReason};
use crate::store::Deed;

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
        #[command(flatten)]
        wish: Wish,
        #[command(flatten)]
        often: Often,
    },
    /// List mailboxes with what they want.
    List {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Print everything that is kept of a mailbox, as JSON.
    #[command(after_help = "Example: regwire subscriber export ada@example.org > ada.json")]
    Export {
        /// The mailbox.
        address: EmailAddress,
    },
    /// Erase everything that is kept of a mailbox but a keyed hash that keeps mail from it.
    #[command(after_help = "Example: regwire subscriber erase ada@example.org")]
    Erase {
        /// The mailbox.
        address: EmailAddress,
    },
    /// End every subscription of a mailbox.
    #[command(after_help = "Example: regwire subscriber remove ada@example.org")]
    Remove {
        /// The mailbox.
        address: EmailAddress,
    },
}

/// A mailbox as the audit log names it, and its whole keyed hash.
pub(super) async fn mailbox(
    house: &House,
    address: &EmailAddress,
) -> anyhow::Result<(String, String)> {
    let hash = house.signer().await?.hashed(address.as_str());
    let subject = format!("mailbox {}", hash.get(..16).unwrap_or(&hash));
    Ok((subject, hash))
}

pub(super) async fn run(house: House, command: Subscriber) -> anyhow::Result<ExitCode> {
    match command {
        Subscriber::Add {
            address,
            wish,
            often,
        } => add(&house, &address, &wish, &often).await?,
        Subscriber::List { json } => {
            let all = house.store.subscribers().await?;
            if json {
                let lines: Vec<serde_json::Value> = all
                    .iter()
                    .map(|(subscriber, subscriptions)| {
                        json!({
                            "id": subscriber.id, "address": subscriber.address, "entered_at": subscriber.entered_at,
                            "subscriptions": subscriptions.iter().map(line).collect::<Vec<_>>(),
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
                            subscription.frequency.to_string(),
                            state,
                            subscription.criteria.to_string(),
                        ]);
                    }
                }
                if rows.is_empty() {
                    say!("Nobody is on the list yet: regwire subscriber add ADDRESS");
                } else {
                    table::print(&["mailbox", "told", "state", "wants"], &rows);
                }
            }
        }
        Subscriber::Export { address } => {
            let kept = house.store.kept_of(&address).await?;
            say!("{}", serde_json::to_string_pretty(&kept)?);
        }
        Subscriber::Erase { address } => {
            let (subject, hash) = mailbox(&house, &address).await?;
            let act = act(&house, "erased").on(subject);
            let deed = Deed::Erase {
                address: address.clone(),
                hash,
            };
            house.store.perform(&act, &deed).await?;
            say!("nothing of {address} is kept but a keyed hash");
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
            let (subject, _) = mailbox(&house, &address).await?;
            noted(&house, "subscriptions-ended", subject, "").await?;
            say!("{} of {address} ended", table::count(ended, "subscription"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
