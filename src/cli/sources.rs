//! `regwire sources`: how every source is, and what one of them said in a period.

use std::process::ExitCode;

use chrono::NaiveDate;
use serde_json::json;

use super::out::say;
use super::table;
use crate::daemon::House;
use crate::domain::health::{Coverage, survey, verdict};
use crate::domain::period::Period;
use crate::domain::quantity::spell_span;
use crate::evidence::visit_line;

/// Visits that people are listed.
const VISITS: u32 = 20;
/// Changes of health that are told.
const CHANGES: u32 = 100;

/// Options of `sources`.
#[derive(clap::Args)]
pub(super) struct Options {
    /// One source: how often it was asked in a period, and what it answered.
    #[arg(value_name = "SOURCE")]
    source: Option<String>,
    /// The first day of the period [default: thirty days up to the last one].
    #[arg(long, value_name = "DAY", value_parser = super::day, requires = "source")]
    since: Option<NaiveDate>,
    /// The last day of the period [default: today].
    #[arg(long, value_name = "DAY", value_parser = super::day, requires = "source")]
    until: Option<NaiveDate>,
    /// The most visits that are listed [default: 20; with --json all].
    #[arg(long, requires = "source")]
    visits: Option<u32>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
    /// Also those that are switched off.
    #[arg(long, conflicts_with = "source")]
    all: bool,
}

/// One source, and the proof of what it did not say.
async fn source(house: &House, id: &str, options: &Options) -> anyhow::Result<ExitCode> {
    let source = house.named_source(id)?;
    let now = house.clock.now();
    let period = Period::meant(options.since, options.until, now.date_naive())?;
    let (since, until) = period.moments(now);
    let silence = house.store.silence(&source.id, (since, until), now).await?;
    let most = options
        .visits
        .unwrap_or(if options.json { u32::MAX } else { VISITS });
    let visits = house.store.visits(&source.id, since, until, most).await?;
    let changes = house
        .store
        .health_changes(&source.id, (since, until), CHANGES)
        .await?;
    let state = house.store.source_state(&source.id).await?;
    let verdict = verdict(source, state.as_ref().map(|state| &state.record), now);
    if options.json {
        let visits: Vec<serde_json::Value> = visits.iter().map(visit_line).collect();
        let history: Vec<serde_json::Value> = changes
            .iter()
            .map(|change| {
                json!({ "at": change.at, "before": change.before, "after": change.after, "because": change.because })
            })
            .collect();
        say!(
            "{}",
            json!({
                "source": source.id, "name": source.name, "body": source.body, "on": source.on,
                "health": verdict.health, "since": verdict.since, "because": verdict.because,
                "silence": silence, "sentence": silence.sentence(), "doubt": silence.doubt(source), "health_changes": history, "visits": visits,
            })
        );
        return Ok(ExitCode::SUCCESS);
    }
    let why = source.off_because.as_ref().unwrap_or(&verdict.because);
    say!("{}: now {}, {why}", source.name, verdict.health.as_str());
    say!("{} to {}: {}", period.from, period.to, silence.sentence());
    if let Some(last) = silence.last_understood {
        say!(
            "Last answer understood: {}; longest time without one: {}.",
            last.format("%Y-%m-%d %H:%M"),
            spell_span(silence.longest_gap)
        );
    }
    if let Some(doubt) = silence.doubt(source) {
        say!("{doubt}");
    }
    for change in changes.iter().rev() {
        say!(
            "{}: from {} to {}, {}",
            change.at.format("%Y-%m-%d %H:%M"),
            change.before.as_str(),
            change.after.as_str(),
            change.because
        );
    }
    let rows: Vec<Vec<String>> = visits
        .iter()
        .map(|visit| {
            vec![
                visit.at.format("%Y-%m-%d %H:%M").to_string(),
                visit.outcome.as_str().to_owned(),
                visit
                    .status
                    .map_or_else(|| "-".to_owned(), |status| status.to_string()),
                visit.entries.to_string(),
                visit.new.to_string(),
                visit.revised.to_string(),
                visit.faults.first().map_or_else(String::new, |fault| {
                    format!("{}: {}", fault.code.as_str(), fault.detail)
                }),
            ]
        })
        .collect();
    if !rows.is_empty() {
        table::print(
            &[
                "visit",
                "outcome",
                "status",
                "items",
                "new",
                "revised",
                "first fault",
            ],
            &rows,
        );
    }
    let left = silence.visits.saturating_sub(visits.len() as u64);
    if left > 0 {
        say!(
            "{left} earlier ones are not listed: --visits {}",
            silence.visits
        );
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn run(house: House, options: Options) -> anyhow::Result<ExitCode> {
    if let Some(id) = &options.source {
        return source(&house, id, &options).await;
    }
    let states = house.store.source_states().await?;
    let last = house.store.last_visits().await?;
    let survey = survey(
        &house.sources,
        |id| states.get(id).map(|state| &state.record),
        house.clock.now(),
    );
    let coverage = Coverage::of(&survey);
    let standing = house.store.lines().await?;
    if options.json {
        let lines: Vec<serde_json::Value> = survey
            .iter()
            .map(|(source, verdict)| {
                let state = states.get(&source.id);
                let record = state.map(|state| &state.record);
                json!({
                    "source": source.id, "name": source.name, "body": source.body, "kind": source.kind,
                    "url": source.url, "on": source.on, "off_because": source.off_because,
                    "health": verdict.health, "since": verdict.since, "because": verdict.because,
                    "last_visit": record.and_then(|r| r.last_visit), "last_success": record.and_then(|r| r.last_success),
                    "visits": record.map_or(0, |r| r.visits), "failures": record.map_or(0, |r| r.failures),
                    "next_visit": state.map(|state| state.next_visit_at),
                    "documents": state.map_or(0, |state| state.documents),
                    "chain_head": state.and_then(|state| state.chain_head.clone()),
                    "redirects_to": state.and_then(|state| state.moved_to.clone()),
                    "faults": record.map_or(&[][..], |record| record.faults(last.get(&source.id))),
                    "title": state.and_then(|state| state.description.title.clone()),
                    "link": state.and_then(|state| state.description.link.clone()),
                    "subtitle": state.and_then(|state| state.description.subtitle.clone()),
                    "language": state.and_then(|state| state.description.language.clone()),
                    "rights": state.and_then(|state| state.description.rights.clone()),
                    "updated": state.and_then(|state| state.description.updated),
                })
            })
            .collect();
        let standing: Vec<serde_json::Value> = standing
            .iter()
            .map(|line| json!({ "name": line.name, "at": line.at, "what": line.what }))
            .collect();
        say!(
            "{}",
            json!({ "coverage": coverage, "sources": lines, "lines": standing })
        );
        return Ok(ExitCode::SUCCESS);
    }
    for line in &standing {
        say!("! {}: {}", line.at.format("%Y-%m-%d %H:%M"), line.what);
    }
    let rows: Vec<Vec<String>> = survey
        .iter()
        .filter(|(source, _)| source.on || options.all)
        .map(|(source, verdict)| {
            let record = states.get(&source.id).map(|state| &state.record);
            let visited = record.and_then(|record| record.last_visit).map_or_else(
                || "never".to_owned(),
                |at| at.format("%Y-%m-%d %H:%M").to_string(),
            );
            let fault = record
                .and_then(|record| record.faults(last.get(&source.id)).first())
                .map_or_else(String::new, |fault| fault.code.as_str().to_owned());
            let why = source
                .off_because
                .clone()
                .unwrap_or_else(|| verdict.because.clone());
            vec![
                source.id.to_string(),
                source.kind.as_str().to_owned(),
                verdict.health.as_str().to_owned(),
                visited,
                fault,
                why,
            ]
        })
        .collect();
    table::print(
        &["source", "kind", "health", "last visit", "fault", "why"],
        &rows,
    );
    say!("{}", coverage.sentence());
    Ok(ExitCode::SUCCESS)
}
