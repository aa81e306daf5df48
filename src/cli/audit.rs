//! `regwire audit`: the log of what operators changed.

use std::process::ExitCode;

use serde_json::json;

use super::out::say;
use super::table;
use crate::daemon::House;
use crate::domain::audit::Act;

/// `audit …`
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List what operators changed, the newest last.
    #[command(
        after_help = "Examples:\n  regwire audit list\n  regwire audit list --limit 1000 --jsonl > audit.jsonl"
    )]
    List {
        /// Lines at most, the newest.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// A line of JSON each.
        #[arg(long)]
        jsonl: bool,
    },
    /// Check that no line was altered, added in between or taken out.
    #[command(
        after_help = "Examples:\n  regwire audit verify\n  regwire audit verify --expect 120:5d41402abc4b2a76b9719d911017c592…"
    )]
    Verify {
        /// Where the log stood once, as `verify` printed it: it must have grown from there.
        #[arg(long, value_name = "POSITION:HASH")]
        expect: Option<String>,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// An act of whoever types commands, as far as the machine knows them.
pub(super) fn act(house: &House, act: &'static str) -> Act {
    let name = ["SUDO_USER", "LOGNAME", "USER"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()));
    Act {
        at: house.clock.now(),
        who: name.unwrap_or_else(|| "somebody".to_owned()),
        from: "command line".to_owned(),
        act,
        subject: String::new(),
        before: String::new(),
        after: String::new(),
    }
}

/// Notes in the audit log what a command changed.
pub(super) async fn noted(
    house: &House,
    word: &'static str,
    subject: impl Into<String>,
    after: impl Into<String>,
) -> anyhow::Result<()> {
    let act = act(house, word).on(subject).to_state(after);
    Ok(house.store.note_act(&act).await?)
}

pub(super) async fn run(house: House, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List { limit, jsonl } => {
            let mut lines = house.store.audit_lines(None, limit).await?;
            lines.reverse();
            if jsonl {
                for line in &lines {
                    say!("{}", serde_json::to_string(line)?);
                }
            } else if lines.is_empty() {
                say!("Nobody has changed anything yet.");
            } else {
                let rows: Vec<Vec<String>> = lines
                    .into_iter()
                    .map(|line| {
                        vec![
                            line.position.to_string(),
                            line.at.format("%Y-%m-%d %H:%M:%S").to_string(),
                            line.who,
                            line.from,
                            line.act,
                            line.subject,
                        ]
                    })
                    .collect();
                table::print(&["line", "when", "who", "from", "what", "to what"], &rows);
            }
        }
        Command::Verify { expect, json } => return verify(&house, expect.as_deref(), json).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn verify(house: &House, expect: Option<&str>, as_json: bool) -> anyhow::Result<ExitCode> {
    let mut check = house.store.verify_audit().await?;
    if let Some(expect) = expect {
        let (position, hash) = expect
            .split_once(':')
            .and_then(|(position, hash)| Some((position.parse::<i64>().ok()?, hash.to_lowercase())))
            .filter(|(_, hash)| hash.len() == 64 && hash.bytes().all(|sign| sign.is_ascii_hexdigit()))
            .ok_or_else(|| {
                anyhow::anyhow!("`{expect}` is no place in the log: write POSITION:HASH with all 64 signs of the hash, as `regwire audit verify` prints it")
            })?;
        let there = house
            .store
            .audit_lines_after(position.saturating_sub(1), 1)
            .await?;
        if !there
            .first()
            .is_some_and(|line| line.position == position && line.link == hash)
        {
            check.faults.push(format!(
                "line {position} is not the one that was expected: the log was written anew, or is another one"
            ));
        }
    }
    let good = check.faults.is_empty();
    if as_json {
        say!(
            "{}",
            json!({ "lines": check.lines, "head": check.head, "faults": check.faults })
        );
    } else if good && check.lines == 0 {
        say!("The log has no line yet.");
    } else if good {
        say!(
            "{}, unaltered. It ends with {}:{}",
            table::count(check.lines, "line"),
            check.lines,
            check.head
        );
    } else {
        for fault in &check.faults {
            say!("{fault}");
        }
        say!(
            "The audit log was tampered with: compare it with a backup, or with what was read over the API."
        );
    }
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
