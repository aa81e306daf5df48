//! `regwire operator`: who may log in to the operators' area.

use std::process::ExitCode;

use anyhow::Context as _;
use rand::Rng as _;
use serde_json::json;

use super::audit::act;
use super::out::say;
use super::table;
use crate::daemon::House;
use crate::domain::id::OperatorId;
use crate::domain::operator::{LINK_LIVES, Operator, OperatorLink, Role};
use crate::domain::token::{hex, stored};
use crate::store::Deed;

/// `operator …`
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Invite somebody; prints a one-time link for them.
    #[command(
        after_help = "Examples:\n  regwire operator invite 'Ada Lovelace'\n  regwire operator invite auditor --role reader"
    )]
    Invite {
        /// As they log in.
        name: String,
        /// operator (everything) or reader (look only).
        #[arg(long, default_value = "operator", value_parser = str::parse::<Role>)]
        role: Role,
    },
    /// List who may log in.
    List {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Print a new one-time link for somebody, who then chooses a new password.
    #[command(after_help = "Example: regwire operator link 'Ada Lovelace' --without-second-factor")]
    Link {
        /// Who.
        name: String,
        /// Switch their second factor off, because it is lost.
        #[arg(long)]
        without_second_factor: bool,
    },
    /// Let somebody log in no more; their sessions end at once.
    #[command(after_help = "Example: regwire operator disable 'Ada Lovelace'")]
    Disable {
        /// Who.
        name: String,
        /// Let them log in again instead.
        #[arg(long)]
        undo: bool,
    },
}

/// A new link for somebody, or the first of all, and its address.
fn made_link(house: &House, operator: Option<&Operator>) -> (OperatorLink, String) {
    let mut bytes = [0_u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    let token = hex(&bytes);
    let link = OperatorLink {
        hash: stored(&token),
        operator: operator.map(|operator| operator.id.clone()),
        expires_at: house.clock.now() + LINK_LIVES,
    };
    let address = format!("{}/operate/link/{token}", house.config.base_url);
    (link, address)
}

/// The address that lets the first operator in; none where somebody can log in already.
///
/// # Errors
/// When the store fails.
pub(crate) async fn first_link(house: &House) -> anyhow::Result<Option<String>> {
    let somebody = house
        .store
        .operators()
        .await?
        .iter()
        .any(|operator| operator.password.is_some());
    if somebody {
        return Ok(None);
    }
    let (link, address) = made_link(house, None);
    let mut act = act(house, "first-link-made");
    act.who = "this program".to_owned();
    house.store.perform(&act, &Deed::FirstLink(link)).await?;
    Ok(Some(address))
}

async fn named(house: &House, name: &str) -> anyhow::Result<Operator> {
    let id = OperatorId::named(name)?;
    house.store.operator(&id).await?.with_context(|| {
        format!("there is no operator `{name}`: `regwire operator list` shows who there is")
    })
}

pub(super) async fn run(house: House, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Invite { name, role } => {
            let operator = Operator::invited(&name, role, house.clock.now())?;
            anyhow::ensure!(
                house.store.operator(&operator.id).await?.is_none(),
                "there is an operator `{name}` already: `regwire operator link` makes a new link for them"
            );
            let (link, address) = made_link(&house, Some(&operator));
            let act = act(&house, "operator-invited")
                .on(operator.id.as_str())
                .to_state(role.as_str());
            let deed = Deed::Invite {
                operator,
                link,
                without_second_factor: false,
            };
            house.store.perform(&act, &deed).await?;
            say!("{address}");
            eprintln!("It lets {name} in once and is good for a day. It is shown this once.");
        }
        Command::Link {
            name,
            without_second_factor,
        } => {
            let operator = named(&house, &name).await?;
            anyhow::ensure!(
                operator.disabled_at.is_none(),
                "{name} is disabled: `regwire operator disable --undo` first"
            );
            let (link, address) = made_link(&house, Some(&operator));
            let act = act(&house, "operator-link-made")
                .on(operator.id.as_str())
                .to_state(if without_second_factor {
                    "second factor off"
                } else {
                    ""
                });
            let deed = Deed::Invite {
                operator,
                link,
                without_second_factor,
            };
            house.store.perform(&act, &deed).await?;
            say!("{address}");
            eprintln!("It lets {name} in once and is good for a day. It is shown this once.");
        }
        Command::Disable { name, undo } => {
            let operator = named(&house, &name).await?;
            let (word, before) = if undo {
                ("operator-enabled", "disabled")
            } else {
                ("operator-disabled", "enabled")
            };
            let act = act(&house, word)
                .on(operator.id.as_str())
                .from_state(before)
                .to_state(if undo { "enabled" } else { "disabled" });
            let done = house
                .store
                .perform(&act, &Deed::Disable(operator.id, !undo))
                .await?;
            say!(
                "{name} {}",
                match (done.is_some(), undo) {
                    (false, _) => "was so already",
                    (true, true) => "can log in again",
                    (true, false) => "can log in no more, and every session ended",
                }
            );
        }
        Command::List { json } => list(&house, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(house: &House, as_json: bool) -> anyhow::Result<()> {
    let all = house.store.operators().await?;
    let state = |one: &Operator| match (one.disabled_at, &one.password) {
        (Some(_), _) => "disabled",
        (None, None) => "invited",
        (None, Some(_)) => "active",
    };
    if as_json {
        let lines: Vec<_> = all
            .iter()
            .map(|one| {
                json!({
                    "id": one.id, "name": one.name, "role": one.role, "state": state(one),
                    "second_factor": one.secret.is_some(), "made_at": one.made_at, "last_login": one.last_login,
                })
            })
            .collect();
        say!("{}", json!({ "operators": lines }));
        return Ok(());
    }
    if all.is_empty() {
        say!("Nobody can log in yet: regwire operator invite NAME");
        return Ok(());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            vec![
                one.name.clone(),
                one.role.as_str().to_owned(),
                state(one).to_owned(),
                if one.secret.is_some() { "on" } else { "off" }.to_owned(),
                one.last_login.map_or_else(
                    || "never".to_owned(),
                    |at| at.format("%Y-%m-%d %H:%M").to_string(),
                ),
            ]
        })
        .collect();
    table::print(
        &["name", "role", "state", "second factor", "last log-in"],
        &rows,
    );
    Ok(())
}
