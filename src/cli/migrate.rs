//! `regwire migrate`: what this version would change in the store's schema, and changing it.

use std::process::ExitCode;

use super::out::say;
use crate::config::Config;
use crate::store::Store;

/// Options of `migrate`.
#[derive(clap::Args)]
pub(super) struct Options {
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, options: &Options) -> anyhow::Result<ExitCode> {
    let plan = Store::schema_plan(&config.store, &config.data).await?;
    let newest = Store::newest_schema();
    let done = !options.dry_run && !plan.missing.is_empty();
    if done {
        if !options.json && plan.has.is_some() && Store::file(&config.store, &config.data).is_some()
        {
            say!(
                "The store is copied first: its name ends in schema and time, and the last three are kept."
            );
        }
        Store::open(&config.store, &config.data)
            .await?
            .close()
            .await;
    }
    if options.json {
        let steps: Vec<_> = plan
            .missing
            .iter()
            .map(|step| serde_json::json!({ "number": step.number, "name": step.name }))
            .collect();
        say!(
            "{}",
            serde_json::json!({ "has": plan.has, "newest": newest, "steps": steps, "done": done })
        );
        return Ok(ExitCode::SUCCESS);
    }
    match (plan.has, plan.missing.is_empty()) {
        (Some(has), true) => {
            say!("The store has schema {has}, the newest that this version knows.")
        }
        (Some(has), false) => say!("The store had schema {has}; this version knows {newest}."),
        (None, _) => say!("There was no store yet."),
    }
    for step in &plan.missing {
        say!("  {:04} {}", step.number, step.name);
    }
    if done {
        say!("Done, all in one: the store has schema {newest}.");
    } else if options.dry_run && !plan.missing.is_empty() {
        say!("Nothing was done. `regwire migrate`, or any other command, does it.");
    }
    Ok(ExitCode::SUCCESS)
}
