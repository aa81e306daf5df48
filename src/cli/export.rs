//! `regwire export`: everything as lines.

use std::io::Write as _;
use std::process::ExitCode;

use chrono::NaiveDate;
use serde_json::Value;

use super::standards::standing_line;
use crate::config::Config;
use crate::daemon::House;
use crate::render::update_line;
use crate::store::{RegisterFilter, Store};

/// Options of `export`.
#[derive(clap::Args)]
pub(super) struct Options {
    /// What: `updates`, the register of `standards`, or `everything`, to move or keep the store.
    #[arg(value_parser = ["updates", "standards", "everything"])]
    what: String,
    /// Lines of JSON (the default).
    #[arg(long)]
    jsonl: bool,
    /// Comma-separated values.
    #[arg(long, conflicts_with = "jsonl")]
    csv: bool,
    /// Only what was first seen (a project: where it stands) on that day or later.
    #[arg(long, value_name = "DAY", value_parser = super::day)]
    since: Option<NaiveDate>,
}

impl Options {
    /// Whether the store itself is wanted, as it is.
    pub(super) fn is_everything(&self) -> bool {
        self.what == "everything"
    }
}

/// Every row of every table, as of one moment, whatever the schema; for `regwire import`.
pub(super) async fn everything(config: &Config, options: &Options) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        !options.csv && options.since.is_none(),
        "everything is printed as lines of JSON, and whole: leave --csv and --since out"
    );
    let store = Store::open_as_it_is(&config.store, &config.data).await?;
    let mut out = std::io::BufWriter::with_capacity(256 << 10, std::io::stdout());
    store.write_everything(&mut out).await?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Updates read at once: an export of any size needs the memory of one page.
const PAGE: u32 = 500;

pub(super) async fn run(house: House, options: Options) -> anyhow::Result<ExitCode> {
    if options.what == "standards" {
        return standards(&house, &options).await;
    }
    let mut after = None;
    let mut first = true;
    loop {
        let page = house.store.export_updates(after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        let lines: Vec<Value> = page
            .iter()
            .filter(|(_, update)| {
                options
                    .since
                    .is_none_or(|day| update.first_seen.date_naive() >= day)
            })
            .map(|(_, update)| update_line(update, house.source(&update.source)))
            .collect();
        if options.csv {
            rows(COLUMNS, &lines, first)?;
        } else {
            jsonl(&lines)?;
        }
        first = false;
    }
    Ok(ExitCode::SUCCESS)
}

/// Every project of the register, a line each.
async fn standards(house: &House, options: &Options) -> anyhow::Result<ExitCode> {
    let standings = house.store.standings(&RegisterFilter::default()).await?;
    let mut first = true;
    for page in standings.chunks(PAGE as usize) {
        let lines: Vec<Value> = page
            .iter()
            .filter(|standing| {
                options
                    .since
                    .is_none_or(|day| standing.project.since.date_naive() >= day)
            })
            .map(standing_line)
            .collect();
        if options.csv {
            rows(STANDARDS, &lines, first)?;
        } else {
            jsonl(&lines)?;
        }
        first = false;
    }
    Ok(ExitCode::SUCCESS)
}

const STANDARDS: &[&str] = &[
    "standard",
    "project",
    "reference",
    "title",
    "stage",
    "meaning",
    "since",
    "published",
    "committee",
    "url",
    "replaces",
    "replaced_by",
    "source",
];

pub(super) fn jsonl(lines: &[Value]) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in lines {
        writeln!(out, "{line}")?;
    }
    out.flush()
}

const COLUMNS: &[&str] = &[
    "id",
    "source",
    "published",
    "first_seen",
    "title",
    "url",
    "summary",
    "kind",
    "reach",
    "authority",
    "frameworks",
    "jurisdictions",
    "bodies",
    "topics",
    "references",
    "language",
    "revision",
];

pub(super) fn csv(lines: &[Value]) -> anyhow::Result<()> {
    rows(COLUMNS, lines, true)
}

pub(super) fn rows(columns: &[&str], lines: &[Value], heading: bool) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_writer(std::io::stdout().lock());
    if heading {
        out.write_record(columns)?;
    }
    for line in lines {
        out.write_record(columns.iter().map(|column| cell(&line[*column])))?;
    }
    out.flush()?;
    Ok(())
}

/// A value as a cell.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items
            .iter()
            .map(|item| {
                item.as_str()
                    .map_or_else(|| item.to_string(), str::to_owned)
            })
            .collect::<Vec<_>>()
            .join(" "),
        other => other.to_string(),
    };
    crate::text::cell::guarded(text)
}
