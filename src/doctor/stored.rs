//! The store, the index, and work that is stuck.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Bag, Report, Severity};
use crate::config::Config;
use crate::domain::disk::days_left;
use crate::domain::health::{Health, Record, Verdict, judge};
use crate::domain::source::Source;
use crate::search::Index;
use crate::store::{Error, Figures, Store, StoredDocument, embedded};

/// So many sources do not fall ill at once of themselves.
const SEVERAL: usize = 3;

/// How long something may wait in a queue.
const QUEUED: TimeDelta = TimeDelta::hours(6);
/// How late a digest may close.
const LATE: TimeDelta = TimeDelta::hours(1);
/// How long a command's request may wait for the worker.
const REQUESTED: TimeDelta = TimeDelta::minutes(15);
/// How long after the first visit of any source one may still be unvisited.
const UNVISITED: TimeDelta = TimeDelta::days(2);
/// How far clocks may be apart.
const APART: TimeDelta = TimeDelta::minutes(5);
/// A disk that lasts no longer than this is said.
const SOON: u32 = 30;

pub(super) async fn examine(
    report: &mut Report,
    config: &Config,
    sources: &[Source],
    bag: &Bag<'_>,
) {
    let place = match embedded(&config.store, &config.data) {
        Some(path) => path.display().to_string(),
        None => "store.url".to_owned(),
    };
    report.looked.push("store");
    let store = match Store::open_to_look(&config.store, &config.data).await {
        Ok(Some(store)) => store,
        Ok(None) => {
            report.add(
                Severity::Warning,
                "no-store",
                place,
                "there is no store yet",
                "it is made at the first start: `regwire serve`, or `regwire collect`",
            );
            return;
        }
        Err(error) => {
            let mend = if config.store.starts_with("sqlite:") {
                "stop regwire and restore a backup; keep the damaged file until that has worked"
            } else {
                "check that the database runs, that this machine may reach it, and the user and password in store.url"
            };
            report.add(
                Severity::Fault,
                "store-closed",
                place,
                error.to_string(),
                mend,
            );
            return;
        }
    };
    let schema = match store.schema().await {
        Ok(schema) => schema,
        Err(error) => {
            damaged(report, &place, &error.to_string());
            return;
        }
    };
    match schema {
        (has, knows) if has > knows => {
            report.add(
                Severity::Fault,
                "schema-newer",
                place,
                format!(
                    "it was written by a newer version (schema {has}, this program knows {knows})"
                ),
                "install that version again, or restore the copy that was made before the upgrade",
            );
            return;
        }
        (has, knows) if has < knows => {
            report.add(
                Severity::Warning,
                "schema-older",
                place,
                format!("it is of an older version (schema {has}, this program writes {knows})"),
                "make a backup and start regwire: it is brought up to date then",
            );
            return;
        }
        _ => {}
    }
    report.looked.push("store integrity");
    match store.damage().await {
        Ok(found) => found
            .first()
            .map_or((), |what| damaged(report, &place, what)),
        Err(error) => damaged(report, &place, &error.to_string()),
    }
    let examined = async {
        clock(report, &store, bag).await?;
        index(report, config, &store).await?;
        let figures = store.figures().await?;
        stuck(report, config, &figures, bag.clock.now());
        unread(report, &store, sources, bag.clock.now()).await?;
        let days = store.disk_days(30).await?;
        if let Some(left) = days_left(&days).filter(|left| *left <= SOON) {
            report.add(
                Severity::Warning,
                "disk-soon-full",
                config.data.display().to_string(),
                format!("at the pace of the last weeks the disk is full in {left} days"),
                "make room, move the data to a larger disk, or keep fewer bytes as evidence (`keep` of the largest sources)",
            );
        }
        Ok::<_, Error>(())
    };
    if let Err(error) = examined.await {
        damaged(report, &place, &error.to_string());
    }
}

fn damaged(report: &mut Report, place: &str, what: &str) {
    report.add(
        Severity::Fault,
        "store-damaged",
        place,
        format!("the store cannot be read through: {what}"),
        "stop regwire, keep a copy of the file, and restore a backup",
    );
}

/// This machine's clock: against the store's last line, and against what publishers' servers said
/// when they were last read.
async fn clock(report: &mut Report, store: &Store, bag: &Bag<'_>) -> Result<(), Error> {
    report.looked.push("clock");
    let now = bag.clock.now();
    let mend = "set the clock, and let a time service keep it: timedatectl set-ntp true";
    let last = store.last_moment().await?;
    if last > now {
        report.add(
            Severity::Fault,
            "clock-behind",
            "this machine's clock",
            format!(
                "it says {}, and the store's last line is of {}: nothing is written until then",
                now.format("%Y-%m-%d %H:%M"),
                last.format("%Y-%m-%d %H:%M")
            ),
            mend,
        );
        return Ok(());
    }
    if bag.clock.is_simulated() {
        return Ok(());
    }
    let mut states: Vec<_> = store
        .source_states()
        .await?
        .into_values()
        .filter(|state| state.documents > 0)
        .collect();
    states.sort_by_key(|state| std::cmp::Reverse(state.record.last_success));
    let mut apart: Vec<TimeDelta> = Vec::new();
    for state in states.iter().take(5) {
        let document = store.document(&state.source, state.documents).await?;
        apart.extend(document.and_then(|document| difference(&document)));
    }
    apart.sort();
    // One server may be wrong; most of them are not.
    if let Some(middle) = apart.get(apart.len() / 2).copied()
        && apart.len() >= 2
        && middle.abs() > APART
    {
        report.add(
            Severity::Fault,
            "clock-wrong",
            "this machine's clock",
            format!(
                "publishers' servers said another time when they were read: {} minutes apart",
                middle.num_minutes().abs()
            ),
            mend,
        );
    }
    Ok(())
}

/// How far a server's clock was from ours.
fn difference(document: &StoredDocument) -> Option<TimeDelta> {
    let (_, date) = document.headers.iter().find(|(name, _)| name == "date")?;
    let date: DateTime<Utc> = httpdate::parse_http_date(date).ok()?.into();
    Some(document.fetched_at - date)
}

/// The index against the store: how far it is, and which updates are in it.
async fn index(report: &mut Report, config: &Config, store: &Store) -> Result<(), Error> {
    report.looked.push("index against store");
    let place = config.data.join("search").display().to_string();
    let mend = "regwire reindex; search is answered from what there is meanwhile";
    let data = config.data.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let Some(index) = Index::look(&data)? else {
            return Ok(None);
        };
        Ok::<_, crate::search::Error>(Some((index.cursor()?, index.ids()?)))
    })
    .await;
    let head = store.log_head().await?;
    let (cursor, ids) = match looked {
        Ok(Ok(Some(found))) => found,
        Ok(Ok(None)) if head == 0 => return Ok(()),
        Ok(Ok(None)) => {
            report.add(
                Severity::Warning,
                "index-missing",
                place,
                "there is no index of this version",
                "it is built at the next start, or by `regwire reindex`",
            );
            return Ok(());
        }
        Ok(Err(error)) => {
            report.add(
                Severity::Fault,
                "index-damaged",
                place,
                error.to_string(),
                mend,
            );
            return Ok(());
        }
        Err(error) => {
            report.add(Severity::Unasked, "index", place, error.to_string(), mend);
            return Ok(());
        }
    };
    if cursor > head {
        report.add(
            Severity::Fault,
            "index-ahead",
            place,
            format!("it is of another store: {cursor} lines of the log are in it, and the store has {head}"),
            mend,
        );
        return Ok(());
    }
    if head - cursor > 10_000 {
        report.add(
            Severity::Warning,
            "index-behind",
            place.clone(),
            format!("{} lines of the log are not in it", head - cursor),
            "start regwire, and look whether /readyz becomes true; else regwire reindex",
        );
    }
    let stored = store.ids_up_to(cursor).await?;
    let missing = stored.difference(&ids).count();
    // What is beyond the cursor may be there already.
    let everything = store.ids_up_to(i64::MAX).await?;
    let strange = ids.difference(&everything).count();
    if missing + strange > 0 {
        report.add(
            Severity::Fault,
            "index-differs",
            place,
            format!("{missing} updates of the store are not in it, and {strange} are in it that the store does not have"),
            mend,
        );
    }
    Ok(())
}

fn stuck(report: &mut Report, config: &Config, figures: &Figures, now: DateTime<Utc>) {
    report.looked.push("stuck work");
    if let Some(why) = &figures.locked {
        report.add(
            Severity::Fault,
            "sending-locked",
            "the outbox",
            format!("nothing is sent: {why}"),
            "regwire resume, when nobody else sends from this data",
        );
    }
    for queue in &figures.queues {
        if let Some(oldest) = queue.oldest
            && now - oldest > QUEUED
        {
            report.add(
                Severity::Fault,
                "queue-old",
                queue.name,
                format!("the oldest has waited since {}", oldest.format("%Y-%m-%d %H:%M")),
                "look whether `regwire serve` runs, and what the relay answers (its log; `regwire team sent`)",
            );
        }
        let dead: i64 = queue
            .states
            .iter()
            .filter(|(state, _)| state == "failed")
            .map(|(_, count)| count)
            .sum();
        if dead > 0 {
            report.add(
                Severity::Warning,
                "dead-letters",
                queue.name,
                format!("{dead} were given up"),
                "regwire team sent --dead shows them, regwire team replay ID tries one again; dead mailboxes are taken off by `regwire bounce`",
            );
        }
    }
    if let Some((holder, until, _)) = &figures.lease
        && now > *until
        && (figures.requests > 0 || figures.queues.iter().any(|queue| queue.oldest.is_some()))
    {
        report.add(
            Severity::Fault,
            "nobody-works",
            "the worker's lease",
            format!(
                "{holder} held it until {}, and there is work",
                until.format("%Y-%m-%d %H:%M")
            ),
            "start `regwire serve`; if it runs, its log says why it does not take the lease",
        );
    }
    if let Some(oldest) = figures.oldest_request
        && now - oldest > REQUESTED
    {
        report.add(
            Severity::Fault,
            "request-old",
            "requests of commands",
            format!(
                "{} wait for the worker, the oldest since {}",
                figures.requests,
                oldest.format("%Y-%m-%d %H:%M")
            ),
            "look whether `regwire serve` runs and gets on (/healthz)",
        );
    }
    for digest in &config.digests {
        let last = figures
            .issues
            .iter()
            .find(|(name, ..)| name == digest.name.as_str());
        let Some((_, scheduled, _)) = last else {
            continue;
        };
        // An issue that nobody closed, although its moment is over.
        if let Some(due) = digest.schedule.next_after(*scheduled)
            && now - due > LATE
        {
            report.add(
                Severity::Warning,
                "digest-overdue",
                format!("digest {}", digest.name),
                format!("its issue was due at {} and is not closed", due.format("%Y-%m-%d %H:%M")),
                "if something was told since the last issue, look whether `regwire serve` runs; an issue of nothing is not made",
            );
        }
    }
    for line in &figures.lines {
        report.add(
            Severity::Warning,
            "operator-line",
            line.name.clone(),
            format!("{} (since {})", line.what, line.at.format("%Y-%m-%d %H:%M")),
            "mend what it says; it goes away by itself",
        );
    }
}

/// Sources that are on and bring nothing: that nobody has visited, though others were, and that were
/// visited and not read.
async fn unread(
    report: &mut Report,
    store: &Store,
    sources: &[Source],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let states = store.source_states().await?;
    let on = sources
        .iter()
        .filter(|source| source.on && source.is_readable());
    let visited: Vec<(&Source, &Record)> = on
        .filter_map(|source| Some((source, &states.get(&source.id)?.record)))
        .filter(|(_, record)| record.visits > 0)
        .collect();
    let unread: Vec<(&Source, Verdict)> = visited
        .iter()
        .filter(|(_, record)| record.failures > 0)
        .map(|(source, record)| (*source, judge(true, source.expect_every, record, now)))
        .filter(|(_, verdict)| {
            matches!(
                verdict.health,
                Health::Failing | Health::Refused | Health::Blocked | Health::Never
            )
        })
        .collect();
    if let Some((source, verdict)) = unread.first() {
        // One source can be ill by itself; all of several are not.
        let all = unread.len() == visited.len() && visited.len() >= SEVERAL;
        report.add(
            if all { Severity::Fault } else { Severity::Warning },
            "sources-unread",
            "sources.toml",
            format!(
                "{} of {} visited sources bring nothing that can be read ({}: {})",
                unread.len(),
                visited.len(),
                source.id,
                verdict.because
            ),
            if all {
                "look whether this machine reaches the Internet and resolves names: `regwire source try ID` asks one of them"
            } else {
                "`regwire sources` says why of each; switch off what is gone, and try what moved with `regwire source try ID`"
            },
        );
    }
    let long = states
        .values()
        .filter_map(|state| state.first_contact_at)
        .min()
        .is_some_and(|first| now - first > UNVISITED);
    if !long {
        return Ok(());
    }
    let never: Vec<&str> = sources
        .iter()
        .filter(|source| source.on && source.is_readable())
        .filter(|source| {
            states
                .get(&source.id)
                .is_none_or(|state| state.record.visits == 0)
        })
        .map(|source| source.id.as_str())
        .collect();
    if let Some(first) = never.first() {
        report.add(
            Severity::Warning,
            "never-visited",
            "sources.toml",
            format!("{} sources are on and were never visited ({first} …)", never.len()),
            "look whether `regwire serve` runs: it visits what is new at once; `regwire collect` does, too",
        );
    }
    Ok(())
}
