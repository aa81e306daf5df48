//! `regwire collect` and `regwire reindex`.

use std::process::ExitCode;

use super::audit::noted;
use super::out::say;
use super::{errand, table};
use crate::daemon::jobs::collect::Choice;
use crate::daemon::jobs::errand::Errand;
use crate::daemon::{House, jobs};
use crate::domain::id::SourceId;

/// Options of `collect`.
#[derive(clap::Args)]
pub(super) struct Options {
    /// Sources by their ids; all that are due when none is named.
    #[arg(value_name = "SOURCE")]
    sources: Vec<SourceId>,
    /// Also what is not due.
    #[arg(long)]
    force: bool,
    /// A line of JSON per source.
    #[arg(long)]
    jsonl: bool,
    /// One JSON object.
    #[arg(long, conflicts_with = "jsonl")]
    json: bool,
}

pub(super) async fn run(house: House, options: Options) -> anyhow::Result<ExitCode> {
    for id in &options.sources {
        let source = house.named_source(id.as_str())?;
        if !source.is_readable() {
            anyhow::bail!(
                "`{id}` is of kind {}, which cannot be read yet",
                source.kind.as_str()
            );
        }
    }
    let choice = Choice {
        only: options.sources.clone(),
        force: options.force,
    };
    let total = if choice.only.is_empty() {
        house.sources.iter().filter(|source| source.on).count()
    } else {
        choice.only.len()
    };
    let answer = errand::run(&house, &Errand::Collect(choice), total as u64).await?;
    let lines = answer["lines"].as_array().cloned().unwrap_or_default();
    print(&lines, &options)?;
    Ok(ExitCode::SUCCESS)
}

fn print(lines: &[serde_json::Value], options: &Options) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    if options.jsonl {
        for line in lines {
            writeln!(out, "{line}")?;
        }
        return Ok(());
    }
    if options.json {
        writeln!(out, "{}", serde_json::json!({ "sources": lines }))?;
        return Ok(());
    }
    drop(out);
    let cell = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let rows: Vec<Vec<String>> = lines
        .iter()
        .filter(|line| line["outcome"] != "not-due")
        .map(|line| {
            let faults = line["faults"]
                .as_array()
                .map(|faults| {
                    faults
                        .iter()
                        .map(|fault| {
                            format!("{}: {}", cell(&fault["code"]), cell(&fault["detail"]))
                        })
                        .collect::<Vec<_>>()
                        .join("; ")
                })
                .unwrap_or_default();
            vec![
                cell(&line["source"]),
                cell(&line["outcome"]),
                cell(&line["entries"]),
                cell(&line["new"]),
                cell(&line["revised"]),
                faults,
            ]
        })
        .collect();
    let waiting = lines.len() - rows.len();
    if !rows.is_empty() {
        table::print(
            &["source", "outcome", "entries", "new", "revised", "faults"],
            &rows,
        );
    }
    let sum = |key: &str| {
        lines
            .iter()
            .filter_map(|line| line[key].as_i64())
            .sum::<i64>()
    };
    say!(
        "{} visited, {waiting} not due; {} new, {} revised",
        table::count(i64::try_from(rows.len())?, "source"),
        sum("new"),
        sum("revised")
    );
    Ok(())
}

pub(super) async fn reindex(house: House) -> anyhow::Result<ExitCode> {
    let index = house.index.clone();
    tokio::task::spawn_blocking(move || index.clear()).await??;
    let taken = jobs::index::follow(&house).await?;
    house.index.rest();
    noted(&house, "reindexed", "the search index", "").await?;
    say!(
        "{} taken in; the index holds {}",
        table::count(i64::try_from(taken)?, "line"),
        table::count(i64::try_from(house.index.len())?, "update")
    );
    Ok(ExitCode::SUCCESS)
}
