//! `regwire evidence`: packets that a third party can check, and checking.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta};
use serde_json::json;

use super::out::say;
use super::table;
use crate::daemon::House;
use crate::domain::id::{SourceId, UpdateId};
use crate::domain::source::Terms;
use crate::domain::update::Update;
use crate::evidence::{Chain, ChainRecord, Packet, verify};
use crate::render::update_line;

/// `evidence …`.
#[derive(clap::Subcommand)]
pub(super) enum Evidence {
    /// Make a packet of an update, a source or a period, as a folder.
    #[command(
        after_help = "Examples:\n  regwire evidence export --update 0a1b2c3d4e5f6g7h --to packet\n  regwire evidence export --source nist-news --since 2026-01-01 --until 2026-03-31 --to packet"
    )]
    Export(ExportOptions),
    /// Check a packet, offline; without a folder, the chains of every source in the store.
    #[command(
        after_help = "Examples:\n  regwire evidence verify packet\n  regwire evidence verify"
    )]
    Verify(VerifyOptions),
}

/// Options of `evidence export`.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["update", "source", "since", "until"])))]
pub(super) struct ExportOptions {
    /// This update.
    #[arg(long, value_name = "ID", conflicts_with_all = ["source", "since", "until"])]
    update: Option<String>,
    /// Updates of this source.
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// Updates first seen on that day or later.
    #[arg(long, value_name = "DAY", value_parser = super::day)]
    since: Option<NaiveDate>,
    /// Updates first seen on that day or earlier.
    #[arg(long, value_name = "DAY", value_parser = super::day)]
    until: Option<NaiveDate>,
    /// The folder to make; it must not exist yet.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Also the bytes of documents whose terms do not let them be passed on: for an auditor who
    /// looks at them within your house.
    #[arg(long)]
    private: bool,
}

/// Options of `evidence verify`.
#[derive(clap::Args)]
pub(super) struct VerifyOptions {
    /// The packet's folder.
    folder: Option<PathBuf>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) async fn export(house: House, options: ExportOptions) -> anyhow::Result<ExitCode> {
    if options.to.exists() {
        anyhow::bail!(
            "{} exists already: name a folder that does not, so that nothing is mixed",
            options.to.display()
        );
    }
    let (updates, about) = chosen(&house, &options).await?;
    let mut sources: BTreeSet<SourceId> =
        updates.iter().map(|update| update.source.clone()).collect();
    if let Some(source) = &options.source {
        // Also when it told nothing: that it was asked, and what it answered, is the proof.
        sources.insert(SourceId::new(source.as_str())?);
    }
    if sources.is_empty() {
        anyhow::bail!("no update was first seen in that period: nothing to prove");
    }
    let mut chains = Vec::new();
    for source in sources {
        chains.push(chain(&house, source, &updates, &options).await?);
    }
    let packet = Packet {
        made_at: house.clock.now(),
        software: concat!("regwire ", env!("CARGO_PKG_VERSION")).to_owned(),
        about,
        updates: updates
            .iter()
            .map(|update| update_line(update, house.source(&update.source)))
            .collect(),
        chains,
    };
    let files = packet.files();
    write(&options.to, &files)?;
    say!(
        "{}: {}, {}, {}. Check it with: regwire evidence verify {}",
        options.to.display(),
        table::count(i64::try_from(packet.updates.len())?, "update"),
        table::count(
            i64::try_from(
                packet
                    .chains
                    .iter()
                    .map(|chain| chain.records.len())
                    .sum::<usize>()
            )?,
            "record"
        ),
        table::count(
            i64::try_from(
                packet
                    .chains
                    .iter()
                    .map(|chain| chain.bodies.len())
                    .sum::<usize>()
            )?,
            "document"
        ),
        options.to.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// The updates that a packet is of, and what it is of in a sentence.
async fn chosen(house: &House, options: &ExportOptions) -> anyhow::Result<(Vec<Update>, String)> {
    if let Some(id) = &options.update {
        let id = UpdateId::new(id.as_str())?;
        let Some(update) = house.store.update(&id).await? else {
            anyhow::bail!("there is no update {id}: `regwire search` finds ids");
        };
        let about = format!(
            "Update {id}, “{}”, read from {}.",
            update.content.title, update.source
        );
        return Ok((vec![update], about));
    }
    if let Some(source) = &options.source
        && house.source(&SourceId::new(source.as_str())?).is_none()
    {
        anyhow::bail!("there is no source {source}: `regwire sources --all` lists them");
    }
    let mut updates = Vec::new();
    let mut after = None;
    loop {
        let page = house.store.export_updates(after, 500).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        updates.extend(page.into_iter().map(|(_, update)| update).filter(|update| {
            let day = update.first_seen.date_naive();
            options
                .source
                .as_ref()
                .is_none_or(|source| update.source.as_str() == source)
                && options.since.is_none_or(|since| day >= since)
                && options.until.is_none_or(|until| day <= until)
        }));
    }
    let of = options.source.as_ref().map_or_else(
        || "all sources".to_owned(),
        |source| format!("source {source}"),
    );
    let since = options
        .since
        .map_or_else(|| "the beginning".to_owned(), |day| day.to_string());
    let until = options
        .until
        .map_or_else(|| "now".to_owned(), |day| day.to_string());
    Ok((
        updates,
        format!("Updates of {of} first seen from {since} to {until}."),
    ))
}

async fn chain(
    house: &House,
    source: SourceId,
    updates: &[Update],
    options: &ExportOptions,
) -> anyhow::Result<Chain> {
    let about = house.source(&source);
    let may_go = options.private || about.is_some_and(|source| source.terms == Terms::Full);
    let state = house.store.source_state(&source).await?;
    let begins = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let since = options.since.map_or(DateTime::UNIX_EPOCH, begins);
    let now = house.clock.now() + TimeDelta::seconds(1);
    let until = options
        .until
        .and_then(|day| day.succ_opt())
        .map_or(now, |day| begins(day).min(now));
    // Of one update it is told what it was read from, and not how often somebody looked.
    let mut asked = if options.update.is_some() {
        Vec::new()
    } else {
        house.store.visits(&source, since, until, u32::MAX).await?
    };
    asked.reverse();
    let mut out = Chain {
        asked,
        name: about.map_or_else(|| source.to_string(), |source| source.name.clone()),
        records: Vec::new(),
        bodies: BTreeMap::new(),
        visits: state
            .as_ref()
            .map_or(0, |state| u64::from(state.record.visits)),
        last_visit: state.as_ref().and_then(|state| state.record.last_visit),
        source,
    };
    let wanted: BTreeSet<i64> = updates
        .iter()
        .filter(|update| update.source == out.source)
        .flat_map(|update| {
            let text = update.content.text_from.as_ref();
            std::iter::once(&update.evidence).chain(text)
        })
        .map(|evidence| evidence.document)
        .collect();
    for document in house.store.documents(&out.source).await? {
        if may_go
            && wanted.contains(&document.number)
            && let Some(whole) = house.store.document(&out.source, document.number).await?
            && let Some(body) = whole.body
        {
            out.bodies.insert(document.number, body);
        }
        out.records.push(ChainRecord {
            source: out.source.clone(),
            number: document.number,
            url: document.url,
            fetched_at: document.fetched_at,
            status: document.status,
            headers: document.headers,
            sha256: document.sha256,
            bytes: document.bytes,
            software: document.software,
            previous: document.previous,
            link: document.link,
        });
    }
    Ok(out)
}

fn write(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> anyhow::Result<()> {
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)
                .with_context(|| format!("cannot make {}", parent.display()))?;
        }
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Every file of a folder by its name within it.
fn read(folder: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let entries = std::fs::read_dir(&next)
            .with_context(|| format!("cannot read the packet {}", next.display()))?;
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
                continue;
            }
            let path = entry.path();
            let name = path
                .strip_prefix(folder)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/");
            let bytes =
                std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(name, bytes);
        }
    }
    Ok(files)
}

/// Checks a packet; needs neither configuration nor store.
pub(super) fn verify_packet(folder: &Path, as_json: bool) -> anyhow::Result<ExitCode> {
    let verdict = verify(&read(folder)?);
    if as_json {
        let flaws: Vec<_> = verdict
            .flaws
            .iter()
            .map(|flaw| json!({"file": flaw.file, "line": flaw.line, "what": flaw.what}))
            .collect();
        say!(
            "{}",
            json!({
                "holds": verdict.holds(), "files": verdict.files, "records": verdict.records,
                "documents": verdict.bodies, "updates": verdict.updates, "flaws": flaws,
            })
        );
    } else {
        for flaw in &verdict.flaws {
            say!("flaw  {flaw}");
        }
        let sentence = if verdict.holds() {
            "the packet holds"
        } else {
            "the packet does NOT hold"
        };
        say!(
            "{sentence}: {} files as listed, {} records chained, {} documents as hashed, {} updates proven",
            verdict.files,
            verdict.records,
            verdict.bodies,
            verdict.updates
        );
    }
    Ok(if verdict.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

pub(super) async fn verify_store(house: House, as_json: bool) -> anyhow::Result<ExitCode> {
    let mut holds = true;
    let mut lines = Vec::new();
    let mut rows = Vec::new();
    let mut sources: Vec<SourceId> = house.store.source_states().await?.into_keys().collect();
    sources.sort();
    for source in sources {
        let report = house.store.verify_chain(&source).await?;
        holds &= report.fault.is_none();
        let found = report.fault.as_ref().map_or_else(
            || "holds".to_owned(),
            |fault| format!("document {}: {}", fault.number, fault.what),
        );
        if as_json {
            lines.push(json!({
                "source": source, "records": report.records, "head": report.head,
                "fault": report.fault.as_ref().map(|fault| json!({"document": fault.number, "what": fault.what})),
            }));
        } else {
            rows.push(vec![
                source.to_string(),
                report.records.to_string(),
                report
                    .head
                    .map_or_else(String::new, |head| head.as_str().chars().take(16).collect()),
                found,
            ]);
        }
    }
    if as_json {
        say!("{}", json!({ "holds": holds, "sources": lines }));
    } else {
        table::print(&["source", "records", "head", "chain"], &rows);
        say!(
            "{}",
            if holds {
                "every chain holds"
            } else {
                "a chain does NOT hold: something in the store was removed or altered"
            }
        );
    }
    Ok(if holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl VerifyOptions {
    /// The packet to check, when one is named.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Whether JSON is asked for.
    pub(super) fn json(&self) -> bool {
        self.json
    }
}
