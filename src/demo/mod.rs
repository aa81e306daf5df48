//! The demo: a sample world on loopback, and a fortnight lived through; or recordings, once.
//!
//! It knows how a world is served and how time is led through it. It calls the daemon's jobs as
//! the daemon does. It deliberately knows nothing of what should be found: no tag, no stage, no
//! alert stands in its data.

mod drawn;
mod receivers;
mod recordings;
mod world;

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use indicatif::ProgressBar;

use crate::cli::out::say;
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::jobs::{
    alerts, calendar, collect, deliver, digest, health, index, library, matches, register,
};
use crate::daemon::{House, Shift};
use crate::domain::criteria::{Clause, Criteria};
use crate::domain::digest::Digest;
use crate::domain::id::{DigestName, SourceId};
use crate::domain::library::Library;
use crate::domain::query;
use crate::domain::schedule::Schedule;
use crate::domain::source::Source;
use crate::domain::subscription::{EmailAddress, Origin};
use crate::library::{Files, Loaded, load};
use crate::search::SortOrder;
use crate::web;

/// Options of `demo`.
#[derive(clap::Args)]
pub struct Options {
    /// Print a summary and exit, instead of opening the site.
    #[arg(long)]
    once: bool,
    /// Run the recorded feeds under this folder instead of the sample world.
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// The sample world's folder [default: ./demo where it is one, else the one in the binary].
    #[arg(long, value_name = "DIR", conflicts_with = "corpus")]
    world: Option<PathBuf>,
    /// Where the site listens.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// The file that says whose data this is.
const MARK: &str = "demo.json";
/// How often the sample world is looked at.
const STEP: TimeDelta = TimeDelta::hours(6);
/// The port that the world prefers, so that its addresses are the same everywhere.
const PORT: u16 = 4280;

/// What is remembered of a demo beside its data, so that other commands find its world again.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Mark {
    port: u16,
    corpus: Option<PathBuf>,
    world: Option<PathBuf>,
    until: DateTime<Utc>,
    /// Where its site listened last: what addresses in mails and feeds begin with.
    #[serde(default)]
    site: Option<SocketAddr>,
}

/// What a demo runs on: sources, and a server that answers for them.
struct Stage {
    sources: Vec<Source>,
    plan: Plan,
    router: axum::Router,
}

/// How a demo goes.
struct Plan {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    digest: (String, String),
    subscribers: Vec<String>,
    /// What the one team tracks.
    team: Vec<String>,
    searches: Vec<String>,
}

fn stage(mark: &Mark, clock: &Clock, library: &Library) -> anyhow::Result<Stage> {
    match &mark.corpus {
        Some(folder) => recordings::stage(folder, mark.port),
        None => world::stage(mark.world.as_deref(), mark.port, clock, library),
    }
}

/// What every page and mail of the demo says: what is invented is never taken for news.
const NOTICE: &str = "A sample world, written for trying this program: real events in our own words, some invented, under a clock that stands still. Nothing here is news.";

fn configuration(data: &Path, plan: &Plan, mark: &Mark) -> anyhow::Result<Config> {
    let mut config = Config::read("demo", "", PathBuf::from("."), data.to_owned(), |_| None)?;
    config.contact = Some("demo@example.org".to_owned());
    config.notice = Some(NOTICE.to_owned());
    if let Some(site) = mark.site {
        config.base_url = format!("http://{site}");
        config.listen = site.to_string();
    }
    config.fetch.contact.clone_from(&config.contact);
    config.fetch.allow = vec!["127.0.0.0/8".parse()?];
    config.fetch.gap = TimeDelta::zero();
    config.mail_from = "Regwire demo <digest@example.org>".to_owned();
    config.digests = vec![Digest {
        name: DigestName::new("weekly")?,
        schedule: Schedule::new(&plan.digest.0, &plan.digest.1)?,
        approve: false,
    }];
    if !plan.team.is_empty() {
        config.teams = vec![receivers::team(&plan.team, mark.port)?];
    }
    Ok(config)
}

/// Opens a port for the world: the one it had, else the usual one, else any.
fn listen(wanted: Option<u16>) -> anyhow::Result<std::net::TcpListener> {
    let bind = |port| std::net::TcpListener::bind(("127.0.0.1", port));
    let listener = match wanted {
        Some(port) => bind(port).with_context(|| {
            format!("the sample world of this data folder lives on port {port}, which is in use: stop the other demo, or use another --data")
        })?,
        None => bind(PORT).or_else(|_| bind(0))?,
    };
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn serve(listener: std::net::TcpListener, router: axum::Router) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the sample world's server ended");
        }
    });
    Ok(())
}

/// Whether a data folder is a demo's.
pub fn is_demo(data: &std::path::Path) -> bool {
    data.join(MARK).exists()
}

/// The configuration, library and clock of the demo whose data lies in the data folder, its
/// world served again; none where the folder is nobody's demo.
///
/// # Errors
/// When the mark cannot be read or the world not be served.
pub async fn remembered(config: &Config) -> anyhow::Result<Option<(Config, Loaded, Clock)>> {
    let Ok(text) = std::fs::read_to_string(config.data.join(MARK)) else {
        return Ok(None);
    };
    let mark: Mark = serde_json::from_str(&text).with_context(|| {
        format!(
            "{} cannot be read: delete it, or the whole data folder",
            config.data.join(MARK).display()
        )
    })?;
    let mut loaded = load(&Files::built_in());
    let clock = Clock::held(mark.until);
    let stage = stage(&mark, &clock, &loaded.library)?;
    // The port may be in use by the demo itself, which then answers for its world.
    if let Ok(listener) = listen(Some(mark.port)) {
        serve(listener, receivers::beside(stage.router, &config.data))?;
    }
    let mut demo = configuration(&config.data, &stage.plan, &mark)?;
    demo.listen.clone_from(&config.listen);
    loaded.sources = stage.sources;
    Ok(Some((demo, loaded, clock)))
}

/// Runs the demo.
///
/// # Errors
/// When the data folder holds something else, or a port or the store cannot be opened.
pub async fn run(data: Option<PathBuf>, options: Options) -> anyhow::Result<ExitCode> {
    let data = data.unwrap_or_else(|| PathBuf::from("data"));
    let path = data.join(MARK);
    let known: Option<Mark> = std::fs::read_to_string(&path)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok());
    if known.is_none() && data.join("regwire.db").exists() {
        anyhow::bail!(
            "{} holds data that is not a demo's: name another folder with --data",
            data.display()
        );
    }
    let corpus = options
        .corpus
        .as_deref()
        .map(std::fs::canonicalize)
        .transpose()
        .context("the folder given with --corpus")?;
    if let Some(known) = &known
        && known.corpus != corpus
    {
        anyhow::bail!(
            "{} holds another demo's data: name another folder with --data, or delete it",
            data.display()
        );
    }
    let world = match options.world {
        Some(folder) => Some(
            std::fs::canonicalize(&folder)
                .with_context(|| format!("the world {}", folder.display()))?,
        ),
        None => std::fs::canonicalize("demo")
            .ok()
            .filter(|folder| folder.join("world.toml").is_file()),
    };
    std::fs::create_dir_all(&data)
        .with_context(|| format!("cannot make the folder {}", data.display()))?;
    let listener = listen(known.as_ref().map(|mark| mark.port))?;
    let mut mark = Mark {
        port: listener.local_addr()?.port(),
        corpus,
        world,
        site: known.as_ref().and_then(|mark| mark.site),
        until: known.map_or(DateTime::UNIX_EPOCH, |mark| mark.until),
    };
    // Before the fortnight: its mails and feeds lead to where the site will be.
    let site = match options.once {
        true => None,
        false => Some(match tokio::net::TcpListener::bind(options.listen).await {
            Ok(listener) => listener,
            Err(_) => tokio::net::TcpListener::bind("127.0.0.1:0").await?,
        }),
    };
    if let Some(listener) = &site {
        mark.site = Some(listener.local_addr()?);
    }
    let mut loaded = load(&Files::built_in());
    let clock = Clock::held(mark.until);
    let stage = stage(&mark, &clock, &loaded.library)?;
    mark.until = mark.until.max(stage.plan.start);
    write_mark(&path, &mark)?;
    clock.move_to(mark.until);
    serve(listener, receivers::beside(stage.router, &data))?;
    let config = configuration(&data, &stage.plan, &mark)?;
    loaded.sources = stage.sources;
    let house = House::open_with(config, clock, loaded).await?;
    // A run that was killed may have stored more than its mark says.
    mark.until = mark.until.max(house.store.last_moment().await?);
    house.clock.move_to(mark.until);
    let before = house.store.counts().await?;
    subscribe(&house, &stage.plan).await?;
    let lived = live(&house, &stage.plan, &path, &mut mark).await?;
    summary(&house, &stage.plan, &lived, before.updates, &data).await?;
    let Some(listener) = site else {
        return Ok(ExitCode::SUCCESS);
    };
    say!(
        "\nThe site is open at {}/ (Ctrl-C ends it)",
        house.config.base_url
    );
    if let Some(link) = crate::cli::operator::first_link(&house).await? {
        say!("Its operators' area: {link} (once, and for a day)");
    }
    say!(
        "Its clock stands still; what is asked for is done, and mails land in {}",
        data.join("mail").display()
    );
    let guard = web::Guard::new(&house.config.base_url);
    let shift = Shift::begin(&house)
        .await?
        .map_err(|held| anyhow::anyhow!("{held}: a demo has its data folder for itself"))?;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let (_newest, houses) = tokio::sync::watch::channel(house.clone());
    let worker = async {
        let done = crate::daemon::work(&houses, shift.lease(), stopped).await;
        if let Err(error) = &done {
            tracing::error!(error = format!("{error:#}"), "the demo's worker ended");
        }
        done
    };
    let serving = async {
        let served = web::serve(
            listener,
            crate::cli::site(&house),
            guard,
            crate::cli::signal(),
        )
        .await;
        // Nobody listens any more where the worker has ended already.
        let _ = stop.send(true);
        served
    };
    let (worked, served) = tokio::join!(worker, serving);
    shift.end().await?;
    served?;
    worked?;
    Ok(ExitCode::SUCCESS)
}

fn write_mark(path: &Path, mark: &Mark) -> anyhow::Result<()> {
    let half = path.with_extension("part");
    std::fs::write(&half, serde_json::to_string_pretty(mark)?)?;
    std::fs::rename(&half, path)?;
    Ok(())
}

async fn subscribe(house: &House, plan: &Plan) -> anyhow::Result<()> {
    let Some(digest) = house.config.digests.first() else {
        return Ok(());
    };
    for line in &plan.subscribers {
        let mut words = line.split_whitespace();
        let address = EmailAddress::new(words.next().unwrap_or(""))?;
        let wants: Vec<Clause> = words
            .map(|want| want.parse().map_err(|error: String| anyhow::anyhow!(error)))
            .collect::<anyhow::Result<_>>()?;
        let criteria = if wants.is_empty() {
            Criteria::All
        } else {
            Criteria::Any(wants)
        };
        house
            .store
            .subscribe(
                &address,
                &digest.name,
                &criteria,
                Origin::Operator,
                house.clock.now(),
            )
            .await?;
    }
    Ok(())
}

/// What a demo did.
#[derive(Default)]
struct Lived {
    visits: u64,
    entries: std::collections::BTreeMap<SourceId, u32>,
    faults: std::collections::BTreeMap<&'static str, u64>,
    mails: u32,
    alerts: u32,
}

/// Leads time from where the data stands to the end, working as the daemon works.
async fn live(house: &House, plan: &Plan, path: &Path, mark: &mut Mark) -> anyhow::Result<Lived> {
    let mut lived = Lived::default();
    let shift = Shift::begin(house)
        .await?
        .map_err(|held| anyhow::anyhow!("{held}: a demo has its data folder for itself"))?;
    let fetcher = house.fetcher()?;
    let post = house.post()?;
    library::follow(house, shift.lease()).await?;
    let steps = (plan.end - plan.start).num_hours() / STEP.num_hours().max(1) + 1;
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(u64::try_from(steps).unwrap_or(1))
    } else {
        ProgressBar::hidden()
    };
    let mut moment = plan.start;
    while moment <= plan.end {
        bar.inc(1);
        if moment >= mark.until || moment + STEP > plan.end {
            house.clock.move_to(moment);
            bar.set_message(moment.format("%-d %B").to_string());
            // The last step asks everybody once more, so that a repeated demo shows what it would find.
            let choice = collect::Choice {
                only: Vec::new(),
                force: moment + STEP > plan.end,
            };
            let reports = collect::collect(house, shift.lease(), &fetcher, &choice, |_| {}).await?;
            for report in reports {
                let visit = report.visit;
                if visit.outcome.as_str() == "not-due" {
                    continue;
                }
                lived.visits += 1;
                let most = lived.entries.entry(visit.source).or_default();
                *most = (*most).max(visit.entries);
                for fault in visit.faults {
                    *lived.faults.entry(fault.code.as_str()).or_default() += 1;
                }
            }
            calendar::follow(house, shift.lease()).await?;
            index::follow(house).await?;
            register::follow(house, shift.lease()).await?;
            health::follow(house, shift.lease()).await?;
            matches::follow(house, shift.lease()).await?;
            digest::close_due(house, shift.lease()).await?;
            let told = alerts::send_due(house, shift.lease(), &post, &fetcher).await?;
            lived.alerts += told.sent;
            lived.mails += deliver::deliver_due(house, shift.lease(), &post)
                .await?
                .sent;
            lived.mails += health::send_notices(house, shift.lease(), &post).await?;
            mark.until = moment;
            write_mark(path, mark)?;
        }
        moment += STEP;
    }
    bar.finish_and_clear();
    shift.end().await?;
    Ok(lived)
}

async fn summary(
    house: &House,
    plan: &Plan,
    lived: &Lived,
    before: i64,
    data: &Path,
) -> anyhow::Result<()> {
    let counts = house.store.counts().await?;
    let states = house.store.source_states().await?;
    let entries: u64 = lived
        .entries
        .values()
        .map(|entries| u64::from(*entries))
        .sum();
    say!(
        "sources    {} ({} read), {} visits from {} to {}",
        house.sources.len(),
        states
            .values()
            .filter(|state| state.first_contact_at.is_some())
            .count(),
        lived.visits,
        plan.start.format("%-d %B %Y"),
        plan.end.format("%-d %B %Y")
    );
    say!("entries    {entries} listed at the most");
    say!(
        "updates    {} ({} added by this run), {} earlier revisions kept",
        counts.updates,
        counts.updates - before,
        counts.revisions
    );
    let (mut tags, mut tagged, mut news, mut after) = (0, 0, 0, None);
    loop {
        let page = house.store.export_updates(after, 500).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        for (_, update) in &page {
            let t = &update.tags;
            let count = t.frameworks.len()
                + t.bodies.len()
                + t.jurisdictions.len()
                + t.topics.len()
                + usize::from(t.kind.is_some());
            tags += count;
            tagged += usize::from(count > 0);
            news += usize::from(update.reach.as_str() == "news");
        }
    }
    say!("           {news} news, the others were there at first contact");
    say!("tags       {tags} on {tagged} updates, each with the words that earned it");
    for (code, times) in &lived.faults {
        say!("fault      {code}: {times}");
    }
    for text in &plan.searches {
        let understood = query::read(text, &house.library.known_works);
        let found = house
            .index
            .search(&understood.query, SortOrder::Best, 0, 1, false)?;
        say!("search     {} for {text}", super::demo::hits(found.total));
    }
    for issue in house.store.issues(None).await? {
        say!(
            "digest     {} {} closed {}: {} items, {} of {} mails sent",
            issue.digest,
            issue.number,
            issue.closed_at.format("%-d %B %Y"),
            issue.items,
            issue.sent,
            issue.recipients
        );
    }
    if let Some(team) = house.config.teams.first() {
        say!(
            "team       {} was told {} times in this run: {}",
            team.name,
            lived.alerts,
            data.join(receivers::FOLDER).display()
        );
    }
    say!(
        "mail       {} ({} in this run)",
        house.spool().display(),
        lived.mails
    );
    say!("data       {}", data.display());
    say!(
        "\nNow try:   regwire --data {0} search 'ISO/IEC 42001'\n           regwire --data {0} digest list",
        data.display()
    );
    Ok(())
}

fn hits(total: usize) -> String {
    if total == 1 {
        "1 hit".to_owned()
    } else {
        format!("{total} hits")
    }
}

/// Answers a request with bytes, by their hash not modified where the asker has them.
fn answer(headers: &axum::http::HeaderMap, kind: &str, body: Vec<u8>) -> axum::response::Response {
    use axum::http::{StatusCode, header};
    use axum::response::IntoResponse as _;
    let tag = format!(
        "\"{}\"",
        &crate::domain::document::Sha256::of(&body).as_str()[..16]
    );
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    (
        [(header::ETAG, tag), (header::CONTENT_TYPE, kind.to_owned())],
        body,
    )
        .into_response()
}

/// The first label of the host that was asked for.
fn asked_host(headers: &axum::http::HeaderMap) -> String {
    headers
        .get(axum::http::header::HOST)
        .and_then(|host| host.to_str().ok())
        .and_then(|host| host.split('.').next())
        .unwrap_or("")
        .to_owned()
}

/// What both stages share.
type Shared<T> = Arc<T>;
