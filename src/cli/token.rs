//! `regwire token`: what programs show to read what is not public.

use std::process::ExitCode;

use chrono::NaiveDate;
use rand::Rng as _;
use serde_json::json;

use super::audit::act;
use super::out::say;
use super::table;
use crate::daemon::House;
use crate::domain::api_token::{Scope, StoredToken};
use crate::store::Deed;

/// `token …`
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Make a token; it is printed this once.
    #[command(
        after_help = "Example: regwire token add 'audit archive' --scope audit --expires 2027-03-01"
    )]
    Add {
        /// Who holds it.
        name: String,
        /// What it opens: evidence or audit; may be given several times.
        #[arg(long = "scope", required = true, value_parser = str::parse::<Scope>)]
        scopes: Vec<Scope>,
        /// The day from which it opens nothing.
        #[arg(long, value_name = "DAY", value_parser = super::day)]
        expires: Option<NaiveDate>,
    },
    /// List tokens; those of the configuration are not among them.
    List {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// End a token: it opens nothing any more.
    #[command(after_help = "Example: regwire token end 0123456789ab")]
    End {
        /// Its identifier, as listed.
        id: String,
    },
}

pub(super) async fn run(house: House, command: Command) -> anyhow::Result<ExitCode> {
    let now = house.clock.now();
    match command {
        Command::Add {
            name,
            scopes,
            expires,
        } => {
            let mut bytes = [0_u8; 24];
            rand::rng().fill_bytes(&mut bytes);
            let act = act(&house, "token-made");
            let expires = expires.map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc());
            let (token, shown) = StoredToken::made(&name, scopes, expires, &bytes, &act.who, now)
                .map_err(|why| anyhow::anyhow!(why))?;
            let words: Vec<&str> = token
                .token
                .scopes
                .iter()
                .map(|scope| scope.as_str())
                .collect();
            let act = act
                .on(format!("token {} of {}", token.id, token.token.name))
                .to_state(words.join(" "));
            house.store.perform(&act, &Deed::AddToken(token)).await?;
            say!("{shown}");
            eprintln!("It is shown this once. Programs send it as `Authorization: Bearer …`.");
        }
        Command::List { json } => {
            let all = house.store.api_tokens().await?;
            let scopes = |one: &StoredToken| -> Vec<&str> {
                one.token
                    .scopes
                    .iter()
                    .map(|scope| scope.as_str())
                    .collect()
            };
            if json {
                let lines: Vec<_> = all
                    .iter()
                    .map(|one| {
                        json!({
                            "id": one.id, "name": one.token.name, "scopes": scopes(one), "made_by": one.made_by,
                            "made_at": one.made_at, "expires": one.token.expires, "last_used": one.last_used,
                            "ended_at": one.ended_at, "good": one.is_good(now),
                        })
                    })
                    .collect();
                say!("{}", json!({ "tokens": lines }));
            } else if all.is_empty() {
                say!("No token was made yet: regwire token add NAME --scope evidence");
            } else {
                let day = |at: Option<chrono::DateTime<chrono::Utc>>, none: &str| {
                    at.map_or_else(|| none.to_owned(), |at| at.format("%Y-%m-%d").to_string())
                };
                let rows: Vec<Vec<String>> = all
                    .iter()
                    .map(|one| {
                        vec![
                            one.id.clone(),
                            one.token.name.clone(),
                            scopes(one).join(" "),
                            match (one.ended_at, one.is_good(now)) {
                                (Some(_), _) => "ended",
                                (None, true) => "good",
                                (None, false) => "expired",
                            }
                            .to_owned(),
                            day(one.token.expires, "never"),
                            day(one.last_used, "never"),
                            one.made_by.clone(),
                        ]
                    })
                    .collect();
                table::print(
                    &[
                        "id",
                        "holder",
                        "opens",
                        "state",
                        "expires",
                        "last used",
                        "made by",
                    ],
                    &rows,
                );
            }
        }
        Command::End { id } => {
            let act = act(&house, "token-ended")
                .on(format!("token {id}"))
                .from_state("good")
                .to_state("ended");
            let done = house
                .store
                .perform(&act, &Deed::EndToken(id.clone()))
                .await?;
            anyhow::ensure!(
                done.is_some(),
                "there is no token {id} that opens anything: `regwire token list` shows them"
            );
            say!("{id} opens nothing any more");
        }
    }
    Ok(ExitCode::SUCCESS)
}
