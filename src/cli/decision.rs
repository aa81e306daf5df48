//! `regwire decision`: what updates mean for teams, for them and for their auditors.

use std::process::ExitCode;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::audit::noted;
use super::out::say;
use super::table;
use crate::daemon::House;
use crate::domain::decision::{Decision, DecisionVerdict};
use crate::domain::id::{TeamId, UpdateId};

/// `decision …`
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Note what a team decides about an update; what was decided before stays.
    #[command(
        after_help = "Example: regwire decision add 'AI governance' 0123456789abcdef applies --reason 'Our scoring model is high-risk' --who ada --due 2027-03-01"
    )]
    Add {
        /// The team.
        team: String,
        /// The update.
        update: String,
        /// applies, does-not-apply or watch.
        #[arg(value_parser = str::parse::<DecisionVerdict>)]
        verdict: DecisionVerdict,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Who says so.
        #[arg(long)]
        who: String,
        /// Until when something is to be done.
        #[arg(long, value_name = "DAY", value_parser = super::day)]
        due: Option<NaiveDate>,
    },
    /// List decisions.
    #[command(
        after_help = "Examples:\n  regwire decision list --team 'AI governance'\n  regwire decision list --all --csv > for-the-auditor.csv"
    )]
    List {
        /// Of one team.
        #[arg(long)]
        team: Option<String>,
        /// Only those that say so.
        #[arg(long, value_parser = str::parse::<DecisionVerdict>)]
        verdict: Option<DecisionVerdict>,
        /// Those that a later one replaced, too.
        #[arg(long)]
        all: bool,
        /// Comma-separated values.
        #[arg(long)]
        csv: bool,
        /// One JSON object.
        #[arg(long, conflicts_with = "csv")]
        json: bool,
    },
    /// List what teams were told and have not decided about.
    Open {
        /// Since how many days at least.
        #[arg(long, default_value_t = 0)]
        days: u16,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
}

const COLUMNS: [&str; 10] = [
    "decided_at",
    "team",
    "update",
    "title",
    "url",
    "verdict",
    "reason",
    "who",
    "due",
    "number",
];

pub(super) async fn run(house: House, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Add {
            team,
            update,
            verdict,
            reason,
            who,
            due,
        } => {
            let id = UpdateId::new(update)?;
            let Some(update) = house.store.update(&id).await? else {
                anyhow::bail!("there is no update {id}: `regwire search` finds ids");
            };
            let number = house
                .store
                .add_decision(&Decision {
                    team: TeamId::named(&team)?,
                    update: id,
                    number: 0,
                    story: update.story,
                    verdict,
                    reason,
                    who,
                    at: house.clock.now(),
                    due,
                })
                .await?;
            noted(
                &house,
                "decided",
                format!("update {} for team {team}", update.id),
                format!("{} (decision {number})", verdict.name()),
            )
            .await?;
            say!(
                "{team}: {} {} (decision {number})",
                update.content.title,
                verdict.name()
            );
        }
        Command::List {
            team,
            verdict,
            all,
            csv,
            json,
        } => {
            let team = team.map(|name| TeamId::named(&name)).transpose()?;
            let mut decisions = house.store.decisions(team.as_ref(), None, !all).await?;
            decisions.retain(|one| verdict.is_none_or(|verdict| one.verdict == verdict));
            let lines = lines(&house, &decisions).await?;
            if csv {
                super::export::rows(&COLUMNS, &lines, true)?;
            } else if json {
                say!("{}", json!({ "decisions": lines }));
            } else if lines.is_empty() {
                say!(
                    "Nothing was decided yet: regwire decision add TEAM UPDATE applies --reason … --who …"
                );
            } else {
                let cell = |line: &Value, key: &str| line[key].as_str().unwrap_or("").to_owned();
                let rows: Vec<Vec<String>> = lines
                    .iter()
                    .map(|line| {
                        [
                            "decided_at",
                            "team",
                            "verdict",
                            "who",
                            "due",
                            "title",
                            "reason",
                        ]
                        .iter()
                        .map(|key| cell(line, key))
                        .collect()
                    })
                    .collect();
                table::print(
                    &[
                        "decided", "team", "decision", "who", "due", "update", "reason",
                    ],
                    &rows,
                );
            }
        }
        Command::Open { days, json } => {
            let before = house.clock.now() - chrono::TimeDelta::days(i64::from(days));
            let open = house.store.undecided(before).await?;
            if json {
                let lines: Vec<Value> = open
                    .iter()
                    .map(|one| json!({ "recipient": one.recipient, "update": one.update, "title": one.title, "since": one.since }))
                    .collect();
                say!("{}", json!({ "undecided": lines }));
            } else if open.is_empty() {
                say!("Everything that teams were told is decided.");
            } else {
                let rows: Vec<Vec<String>> = open
                    .iter()
                    .map(|one| {
                        vec![
                            one.since.format("%Y-%m-%d").to_string(),
                            one.recipient.clone(),
                            one.update.to_string(),
                            one.title.clone(),
                        ]
                    })
                    .collect();
                table::print(&["since", "team", "update", "title"], &rows);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Decisions as programs and auditors see them.
async fn lines(house: &House, decisions: &[Decision]) -> anyhow::Result<Vec<Value>> {
    let ids: Vec<UpdateId> = decisions.iter().map(|one| one.update.clone()).collect();
    let updates: std::collections::HashMap<UpdateId, (String, Option<String>)> = house
        .store
        .updates(&ids)
        .await?
        .into_iter()
        .map(|update| {
            let url = update.content.url.map(|url| url.as_str().to_owned());
            (update.id, (update.content.title, url))
        })
        .collect();
    Ok(decisions
        .iter()
        .map(|one| {
            let known = updates.get(&one.update);
            json!({
                "decided_at": one.at, "team": one.team, "update": one.update, "title": known.map(|(title, _)| title),
                "url": known.and_then(|(_, url)| url.as_ref()), "verdict": one.verdict, "reason": one.reason,
                "who": one.who, "due": one.due, "number": one.number, "story": one.story,
            })
        })
        .collect())
}
