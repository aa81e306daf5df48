//! `regwire team`: who is told of what where, whether it arrives, and what was given up.

use std::process::ExitCode;

use anyhow::Context as _;
use chrono::TimeDelta;
use serde_json::json;

use super::audit::{act, noted};
use super::out::say;
use super::subscription::Often;
use super::table;
use crate::config::tracked;
use crate::daemon::jobs::{alerts, matches, teams};
use crate::daemon::{House, Shift};
use crate::domain::address::WebAddress;
use crate::domain::alert::{Sending, Team, Webhook};
use crate::domain::criteria::Clause;
use crate::domain::delivery::DeliveryState;
use crate::domain::id::TeamId;
use crate::domain::subscription::{EmailAddress, Frequency, OwnHour, Recipient};
use crate::store::{Deed, Queue};

/// `team …`
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List teams with what they track and where they are told.
    List {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Add a team, or give it another definition.
    #[command(
        after_help = "Example: regwire team add 'AI governance' --track 'ISO/IEC 42001' --email ai-governance@example.org"
    )]
    Add {
        /// Its name.
        name: String,
        /// A standard as it is cited, or a criterion; several are joined by "or".
        #[arg(long = "track", value_name = "WHAT", required = true, value_parser = tracked)]
        track: Vec<Clause>,
        #[command(flatten)]
        often: Often,
        /// A mailbox.
        #[arg(long)]
        email: Vec<EmailAddress>,
        /// The address of a Slack channel's incoming webhook.
        #[arg(long)]
        slack: Option<String>,
        /// The address of a Teams channel's workflow.
        #[arg(long)]
        teams: Option<String>,
        /// The address of a signed webhook.
        #[arg(long, requires = "secret_file")]
        webhook: Option<String>,
        /// The file with its secret.
        #[arg(long)]
        secret_file: Option<std::path::PathBuf>,
    },
    /// Take a team off that was added by command.
    Remove {
        /// Its name.
        name: String,
    },
    /// Send a test message by every way of a team, at once, and say what became of each.
    #[command(after_help = "Example: regwire team test 'AI governance'")]
    Test {
        /// Its name.
        name: String,
    },
    /// Keep a team's alerts back for some days.
    Pause {
        /// Its name.
        name: String,
        /// For how many days.
        #[arg(long, default_value_t = 7)]
        days: u16,
    },
    /// Let a team's alerts go out again.
    Resume {
        /// Its name.
        name: String,
    },
    /// List what was sent, what waits and what was given up.
    Sent {
        /// Only what was given up.
        #[arg(long)]
        dead: bool,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Send again what was given up, under the same id.
    #[command(after_help = "Example: regwire team replay 0123456789abcdef")]
    Replay {
        /// The sendings; `regwire team sent --dead` shows them.
        #[arg(required = true)]
        ids: Vec<String>,
    },
}

async fn named(house: &House, name: &str) -> anyhow::Result<Team> {
    let id = TeamId::named(name)?;
    let all = teams::all(house).await?;
    let names: Vec<String> = all.iter().map(|team| team.name.clone()).collect();
    all.into_iter().find(|team| team.id == id).with_context(|| {
        if names.is_empty() {
            "there is no team yet: add a [[team]] to regwire.toml, or `regwire team add`".to_owned()
        } else {
            format!("there is no team `{name}`: there are {}", names.join(", "))
        }
    })
}

pub(super) async fn run(house: House, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List { json } => list(&house, json).await?,
        Command::Add {
            name,
            track,
            often,
            email,
            slack,
            teams: card,
            webhook,
            secret_file,
        } => {
            let address =
                |text: Option<String>| text.map(|text| WebAddress::new(&text)).transpose();
            let secret = secret_file
                .map(|path| {
                    std::fs::read_to_string(&path)
                        .with_context(|| format!("cannot read {}", path.display()))
                })
                .transpose()?;
            let frequency = match often.frequency(&house)? {
                // What a team gets weekly is a bundle of its own, not the digest.
                Frequency::Digest(_, own) => match often.is_given() {
                    true => Frequency::Weekly(match own {
                        Some(own) => own,
                        None => OwnHour::new(8, "UTC").map_err(anyhow::Error::msg)?,
                    }),
                    false => Frequency::Instant,
                },
                other => other,
            };
            let team = Team {
                id: TeamId::named(&name)?,
                name,
                frequency,
                track,
                canary: false,
                email,
                slack: address(slack)?,
                teams: address(card)?,
                webhook: address(webhook)?.map(|url| Webhook {
                    url,
                    secrets: secret
                        .unwrap_or_default()
                        .split_whitespace()
                        .map(str::to_owned)
                        .collect(),
                }),
            };
            anyhow::ensure!(
                !team.ways().is_empty(),
                "a team is told somewhere: name --email, --slack, --teams or --webhook"
            );
            let criteria = teams::criteria(
                &house.library,
                &house.sources,
                &team,
                house.clock.now().date_naive(),
            )?;
            house.store.put_team(&team, house.clock.now()).await?;
            teams::sync(&house).await?;
            noted(
                &house,
                "team-set",
                format!("team {}", team.id),
                criteria.to_string(),
            )
            .await?;
            say!("{} is told {}: {criteria}", team.name, team.frequency);
        }
        Command::Remove { name } => {
            let team = named(&house, &name).await?;
            anyhow::ensure!(
                house.store.remove_team(&team.id).await?,
                "{} stands in the configuration: take its [[team]] out there",
                team.name
            );
            teams::sync(&house).await?;
            noted(&house, "team-removed", format!("team {}", team.id), "").await?;
            say!("{} is told nothing any more", team.name);
        }
        Command::Test { name } => return test(&house, &name).await,
        Command::Pause { name, days } => {
            let team = named(&house, &name).await?;
            let now = house.clock.now();
            let until = now + TimeDelta::days(i64::from(days.clamp(1, 90)));
            let who = Recipient::Team(team.id.clone()).key();
            house.store.pause(&who, until, "operator", now).await?;
            noted(
                &house,
                "team-paused",
                format!("team {}", team.id),
                until.to_rfc3339(),
            )
            .await?;
            say!(
                "{} is told nothing until {}",
                team.name,
                until.format("%Y-%m-%d %H:%M UTC")
            );
        }
        Command::Resume { name } => {
            let team = named(&house, &name).await?;
            let now = house.clock.now();
            let who = Recipient::Team(team.id.clone()).key();
            house.store.pause(&who, now, "operator", now).await?;
            noted(&house, "team-resumed", format!("team {}", team.id), "").await?;
            say!("{} is told again, from now on", team.name);
        }
        Command::Sent { dead, json } => sent(&house, dead, json).await?,
        Command::Replay { ids } => {
            for id in ids {
                let act = act(&house, "replayed")
                    .on(format!("alert {id}"))
                    .from_state("failed")
                    .to_state("pending");
                let deed = Deed::Replay {
                    queue: Queue::Alert,
                    id: id.clone(),
                };
                anyhow::ensure!(
                    house.store.perform(&act, &deed).await?.is_some(),
                    "{id} was not given up: `regwire team sent --dead` shows what was"
                );
                say!("{id} is sent again");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(house: &House, as_json: bool) -> anyhow::Result<()> {
    let all = teams::all(house).await?;
    let paused = house.store.paused(house.clock.now()).await?;
    let ways = |team: &Team| -> Vec<&'static str> {
        team.ways()
            .iter()
            .map(|(channel, _)| channel.as_str())
            .collect()
    };
    if as_json {
        let lines: Vec<_> = all
            .iter()
            .map(|team| {
                json!({
                    "id": team.id, "name": team.name, "when": team.frequency.as_str(), "told": team.frequency.to_string(),
                    "track": team.track.iter().map(ToString::to_string).collect::<Vec<_>>(), "ways": ways(team),
                    "paused_until": paused.get(&Recipient::Team(team.id.clone()).key()),
                })
            })
            .collect();
        say!("{}", json!({ "teams": lines }));
        return Ok(());
    }
    if all.is_empty() {
        say!("There is no team yet: add a [[team]] to regwire.toml, or `regwire team add`");
        return Ok(());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|team| {
            let until = paused.get(&Recipient::Team(team.id.clone()).key());
            vec![
                team.name.clone(),
                until.map_or_else(
                    || team.frequency.to_string(),
                    |until| format!("paused until {}", until.format("%Y-%m-%d")),
                ),
                ways(team).join(", "),
                team.track
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(" or "),
            ]
        })
        .collect();
    table::print(&["team", "told", "ways", "tracks"], &rows);
    Ok(())
}

async fn test(house: &House, name: &str) -> anyhow::Result<ExitCode> {
    let team = named(house, name).await?;
    let shift = Shift::begin(house).await?.map_err(|held| {
        anyhow::anyhow!("{held}: stop the daemon first, or let its canary tell (canary = true)")
    })?;
    let who = Recipient::Team(team.id.clone()).key();
    let key = house.clock.now().to_rfc3339();
    let note = format!("A test: {} is told by Regwire here.", team.name);
    let alert = matches::noted(house, &who, "test", &key, &note);
    let sendings = Sending::all(&alert, &team.ways());
    let id = alert.id.clone();
    house
        .store
        .commit_matches(shift.lease(), None, &[], &[(alert, sendings)])
        .await?;
    let (post, fetcher) = (house.post()?, house.fetcher()?);
    alerts::send_due(house, shift.lease(), &post, &fetcher).await?;
    shift.end().await?;
    let mut good = true;
    let mut rows = Vec::new();
    for one in house.store.sendings(None, 1_000).await? {
        if one.sending.alert == id {
            good &= one.state == DeliveryState::Sent;
            rows.push(vec![
                one.sending.channel.as_str().to_owned(),
                one.sending.target.clone(),
                one.state.as_str().to_owned(),
                one.answer.unwrap_or_default(),
            ]);
        }
    }
    table::print(&["way", "to", "state", "answer"], &rows);
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn sent(house: &House, dead: bool, as_json: bool) -> anyhow::Result<()> {
    let all = house
        .store
        .sendings(dead.then_some(DeliveryState::Failed), 1_000)
        .await?;
    if as_json {
        let lines: Vec<_> = all
            .iter()
            .map(|one| {
                json!({
                    "id": one.sending.id, "alert": one.sending.alert, "recipient": one.recipient, "channel": one.sending.channel,
                    "target": one.sending.target, "queued_at": one.sending.queued_at, "state": one.state,
                    "attempts": one.sending.attempts, "next_try_at": one.next_try_at, "answer": one.answer,
                })
            })
            .collect();
        say!("{}", json!({ "sendings": lines }));
        return Ok(());
    }
    if all.is_empty() {
        say!(
            "{}",
            if dead {
                "Nothing was given up."
            } else {
                "Nothing was sent yet."
            }
        );
        return Ok(());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            vec![
                one.sending.id.clone(),
                one.recipient.clone(),
                one.sending.channel.as_str().to_owned(),
                one.sending.queued_at.format("%Y-%m-%d %H:%M").to_string(),
                one.state.as_str().to_owned(),
                one.sending.attempts.to_string(),
                one.answer.clone().unwrap_or_default(),
            ]
        })
        .collect();
    table::print(
        &["id", "who", "way", "queued", "state", "tries", "answer"],
        &rows,
    );
    Ok(())
}
