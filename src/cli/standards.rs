//! `regwire standards`: the register, and snapshots that are taken in by hand.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::errand::ask;
use super::out::say;
use super::table;
use crate::daemon::jobs::errand::Errand;
use crate::daemon::jobs::observe::{Seen, Wish, observe, whole_path};
use crate::daemon::{House, Shift};
use crate::domain::id::SourceId;
use crate::domain::monitored::Monitored;
use crate::domain::standard::{Position, Weight};
use crate::domain::{reference, source};
use crate::store::{Dossier, RegisterFilter, Standing};

/// Options of `standards`.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Option<Standards>,
    /// A standard in any spelling, its slug, or the number of a project; all that are monitored
    /// when none is given.
    #[arg(value_name = "REF")]
    reference: Option<String>,
    /// Also what is withdrawn, and what no scope, framework or follower asks for.
    #[arg(long)]
    all: bool,
    /// One JSON object.
    #[arg(long)]
    json: bool,
    /// A line of JSON per project.
    #[arg(long, conflicts_with = "json")]
    jsonl: bool,
}

/// `standards …`
#[derive(clap::Subcommand)]
enum Standards {
    /// Take in a catalogue as it was: a file, an archive or a folder.
    #[command(
        after_help = "Example: regwire standards observe snapshot-2026-11-01.tar.gz --at 2026-11-01 --jsonl"
    )]
    Observe(ObserveOptions),
}

/// Options of `standards observe`.
#[derive(clap::Args)]
struct ObserveOptions {
    /// ISO Open Data as JSON lines; Relaton as a YAML file, a folder of them, a .tar or .tar.gz;
    /// NIST CSRC's export as .json or .zip.
    #[arg(value_name = "FILE|DIR")]
    path: PathBuf,
    /// When the catalogue was so: 2026-11-01 or 2026-11-01T06:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: DateTime<Utc>,
    /// The catalogue that it is a snapshot of [default: the first source of its kind].
    #[arg(long, value_name = "ID")]
    source: Option<SourceId>,
    /// Take it in though rows have gone from it.
    #[arg(long)]
    shrunken: bool,
    /// A line of JSON per stage change seen.
    #[arg(long)]
    jsonl: bool,
    /// One JSON object.
    #[arg(long, conflicts_with = "jsonl")]
    json: bool,
}

/// A moment, or the first one of a day in UTC.
fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(moment.to_utc());
    }
    text.parse::<NaiveDate>()
        .map(|day| day.and_time(NaiveTime::MIN).and_utc())
        .map_err(|_| format!("`{text}` is no time: write 2026-11-01 or 2026-11-01T06:00:00Z"))
}

pub(super) async fn run(house: House, options: Options) -> anyhow::Result<ExitCode> {
    match options.command {
        Some(Standards::Observe(observe)) => take_in(house, observe).await,
        None => match &options.reference {
            Some(reference) => show(&house, reference, &options).await,
            None => list(&house, &options).await,
        },
    }
}

async fn take_in(house: House, options: ObserveOptions) -> anyhow::Result<ExitCode> {
    use chrono::SubsecRound as _;
    let wish = Wish {
        path: whole_path(&options.path)?,
        // The store keeps microseconds.
        at: options.at.trunc_subsecs(6),
        source: options.source.clone(),
        shrunken: options.shrunken,
    };
    let summary = match Shift::begin(&house).await? {
        Ok(shift) => {
            let bar = spinner();
            let seen = observe(&house, shift.lease(), &wish, |seen| {
                bar.finish_and_clear();
                let lines = seen.moves.iter().map(|one| json!(one)).collect::<Vec<_>>();
                tell(&lines, &seen.summary(), &options)
            })
            .await;
            bar.finish_and_clear();
            let seen: Seen = seen?;
            shift.end().await?;
            seen.summary()
        }
        Err(held) => {
            let answer = ask(&house, &Errand::Observe(wish), &held.to_string()).await?;
            let lines = answer["lines"].as_array().cloned().unwrap_or_default();
            let summary = answer["summary"].clone();
            tell(&lines, &summary, &options)?;
            summary
        }
    };
    for fault in summary["faults"].as_array().into_iter().flatten() {
        eprintln!(
            "regwire: {}: {}",
            fault["code"].as_str().unwrap_or_default(),
            fault["detail"].as_str().unwrap_or_default()
        );
    }
    if summary["taken"] == json!(true) {
        Ok(ExitCode::SUCCESS)
    } else {
        eprintln!(
            "regwire: nothing was taken from {}; what is stored is unchanged",
            options.path.display()
        );
        Ok(ExitCode::FAILURE)
    }
}

/// Prints what was seen, to the end: what follows is stored only when this has gone well.
fn tell(lines: &[Value], summary: &Value, options: &ObserveOptions) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if options.jsonl {
        for line in lines {
            writeln!(out, "{line}")?;
        }
        out.flush()?;
        return Ok(());
    }
    if options.json {
        let mut object = summary.clone();
        object["moves"] = json!(lines);
        writeln!(out, "{object}")?;
        out.flush()?;
        return Ok(());
    }
    drop(out);
    if summary["taken"] != json!(true) {
        return Ok(());
    }
    let cell = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            vec![
                cell(&line["reference"]),
                cell(&line["from"]),
                cell(&line["to"]),
                meaning(&cell(&line["to"])),
                cell(&line["file"]),
            ]
        })
        .collect();
    if !rows.is_empty() {
        table::print(&["reference", "from", "to", "meaning", "file"], &rows);
    }
    let count = |key: &str, one: &str| table::count(summary[key].as_i64().unwrap_or(0), one);
    say!(
        "{} read as {}; {} moved; {} new, of them {} of known projects; {}",
        count("rows", "row"),
        cell(&summary["source"]),
        summary["moved"],
        count("new", "row"),
        summary["successors"],
        count("updates", "update")
    );
    if let Some(attribution) = summary["attribution"].as_str() {
        say!("{attribution}");
    }
    std::io::stdout().flush()?;
    Ok(())
}

fn meaning(position: &str) -> String {
    position
        .parse::<Position>()
        .map(|position| position.meaning())
        .unwrap_or_default()
}

fn spinner() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} reading and comparing, {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar
}

async fn show(house: &House, text: &str, options: &Options) -> anyhow::Result<ExitCode> {
    let standings = house
        .store
        .standings_named(text, &house.library.known_works)
        .await?;
    if standings.is_empty() {
        anyhow::bail!(
            "the register does not know `{text}`: `regwire standards --all` lists what it knows, and `regwire standards observe` takes in a catalogue"
        );
    }
    let told = house.store.dossiers(&standings, |_| true).await?;
    if options.json {
        let work = told
            .first()
            .map(|one| one.standing.project.work.clone())
            .unwrap_or_default();
        let object = json!({
            "standard": work,
            "slug": reference::slug(&work),
            "projects": told.iter().map(with_history).collect::<Vec<_>>(),
            "attribution": attributions(house, told.iter().map(|one| &one.standing)),
        });
        say!("{object}");
        return Ok(ExitCode::SUCCESS);
    }
    if options.jsonl {
        for one in &told {
            say!("{}", with_history(one));
        }
        return Ok(ExitCode::SUCCESS);
    }
    for (place, one) in told.iter().enumerate() {
        if place > 0 {
            say!();
        }
        print_project(one);
    }
    for attribution in attributions(house, told.iter().map(|one| &one.standing)) {
        say!();
        say!("{attribution}");
    }
    Ok(ExitCode::SUCCESS)
}

fn print_project(told: &Dossier) {
    let standing = &told.standing;
    let project = &standing.project;
    let facts = &standing.row.row.facts;
    say!("{}", project.reference);
    if !facts.title.is_empty() {
        say!("  {}", facts.title);
    }
    say!(
        "  {} {}; {}",
        project.position,
        project.position.meaning(),
        standing.observed.sentence(&project.position)
    );
    let list = |label: &str, items: &[String]| {
        if !items.is_empty() {
            say!("  {label} {}", items.join(", "));
        }
    };
    if let Some(published) = facts.published {
        say!("  published {published}");
    }
    if let (Some(open), Some(close)) = (facts.comments_open, facts.comments_close) {
        say!("  comments from {open} to {close}");
    }
    if let Some(committee) = &facts.committee {
        say!("  {committee}");
    }
    list("replaces", &facts.replaces);
    list("replaced by", &facts.replaced_by);
    list("under revision as", &facts.revised_by);
    list("amended by", &facts.amended_by);
    if let Some(url) = &facts.url {
        say!("  {url}");
    }
    let others: Vec<String> = told
        .other_rows()
        .map(|(source, row)| {
            format!(
                "{} at {} ({source}, since {})",
                row.row.reference,
                row.row.position,
                row.since.date_naive()
            )
        })
        .collect();
    list("also listed as", &others);
    for report in &told.reports {
        say!(
            "  reported at {} on {} ({}): {}",
            report.reported.report.stage,
            report.reported.at.date_naive(),
            report.agreement.as_str(),
            report.title
        );
    }
    let lines: Vec<Vec<String>> = told
        .events
        .iter()
        .map(|event| {
            vec![
                format!("  {}", event.observed_at.format("%Y-%m-%d")),
                event
                    .from
                    .as_ref()
                    .map_or_else(|| "new".to_owned(), ToString::to_string),
                event.to.to_string(),
                event.to.meaning(),
                event.reference.clone(),
                match event.weight {
                    Weight::Moved => event.source.to_string(),
                    Weight::Aside => format!("{}, aside", event.source),
                },
            ]
        })
        .collect();
    if !lines.is_empty() {
        table::print(&["  seen", "from", "to", "meaning", "as", "in"], &lines);
    }
}

fn with_history(told: &Dossier) -> Value {
    let mut object = standing_line(&told.standing);
    object["history"] = told
        .events
        .iter()
        .map(|event| {
            json!({
                "from": event.from,
                "to": event.to,
                "date": event.date,
                "observed_at": event.observed_at,
                "moved": event.weight == Weight::Moved,
                "reference": event.reference,
                "source": event.source,
                "file": event.file,
                "document": event.document,
            })
        })
        .collect();
    object["reported"] = told
        .reports
        .iter()
        .map(|report| {
            let reported = &report.reported;
            json!({
                "update": reported.update,
                "title": report.title,
                "reference": reported.report.reference,
                "stage": reported.report.stage,
                "at": reported.at,
                "agreement": report.agreement.as_str(),
            })
        })
        .collect();
    object["listed"] = told
        .rows
        .iter()
        .map(|(source, row)| {
            json!({
                "source": source,
                "reference": row.row.reference,
                "stage": row.row.position,
                "since": row.since,
                "file": row.row.file,
            })
        })
        .collect();
    object
}

/// A project as a line (`standards --jsonl`, `export standards`).
pub(super) fn standing_line(standing: &Standing) -> Value {
    let project = &standing.project;
    let facts = &standing.row.row.facts;
    json!({
        "standard": project.work,
        "project": project.id,
        "reference": project.reference,
        "title": facts.title,
        "stage": project.position,
        "meaning": project.position.meaning(),
        "since": project.since,
        "published": facts.published,
        "edition": facts.edition,
        "supplement": facts.supplement,
        "deliverable": facts.deliverable,
        "committee": facts.committee,
        "url": facts.url,
        "replaces": facts.replaces,
        "replaced_by": facts.replaced_by,
        "revised_by": facts.revised_by,
        "amended_by": facts.amended_by,
        "comments_open": facts.comments_open,
        "comments_close": facts.comments_close,
        "source": project.source,
        "first_seen": project.first_seen,
        "observed": standing.observed,
    })
}

fn attributions<'a>(house: &House, standings: impl Iterator<Item = &'a Standing>) -> Vec<String> {
    source::attributions(
        &house.sources,
        standings.map(|standing| &standing.project.source),
    )
}

async fn list(house: &House, options: &Options) -> anyhow::Result<ExitCode> {
    let standings = house.store.standings(&RegisterFilter::default()).await?;
    let known = standings.len();
    let monitored: Vec<Standing> = if options.all {
        standings
    } else {
        let monitored = Monitored::new(
            Arc::clone(&house.library),
            house.store.followed().await?.works,
        );
        standings
            .into_iter()
            .filter(|standing| {
                let source = house.source(&standing.project.source);
                let catalogue = source.and_then(|source| source.catalogue.as_ref());
                !standing.project.position.is_withdrawn()
                    && monitored.wants(catalogue, &standing.row.row)
            })
            .collect()
    };
    if options.jsonl {
        for standing in &monitored {
            say!("{}", standing_line(standing));
        }
        return Ok(ExitCode::SUCCESS);
    }
    if options.json {
        let lines: Vec<Value> = monitored.iter().map(standing_line).collect();
        say!(
            "{}",
            json!({ "known": known, "projects": lines, "attribution": attributions(house, monitored.iter()) })
        );
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = monitored
        .iter()
        .map(|standing| {
            let project = &standing.project;
            vec![
                project.reference.clone(),
                project.position.to_string(),
                project.position.meaning(),
                project.since.format("%Y-%m-%d").to_string(),
                standing.observed.times.to_string(),
                standing.observed.last.format("%Y-%m-%d %H:%M").to_string(),
                standing.row.row.facts.committee.clone().unwrap_or_default(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        table::print(
            &[
                "reference",
                "stage",
                "meaning",
                "since",
                "observed",
                "last",
                "committee",
            ],
            &rows,
        );
    }
    say!(
        "{} of {} known",
        table::count(i64::try_from(rows.len())?, "project"),
        known
    );
    for attribution in attributions(house, monitored.iter()) {
        say!("{attribution}");
    }
    Ok(ExitCode::SUCCESS)
}
