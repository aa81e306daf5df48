//! Simulated weeks with a thousand sources: memory, file handles and logs do not grow without end.
//!
//! Half an hour of real time (`REGWIRE_SOAK_MINUTES` says otherwise), twenty simulated days a minute: what is
//! remembered for a season is full within the second tenth. It prints a line a minute, and is part of
//! `tests/run long` only.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::HeaderMap;
use chrono::{Days, NaiveDate};
use regwire::domain::document::Sha256;
use tokio::net::TcpListener;

use crate::command_line::{lines, regwire, run};

const SOURCES: usize = 1_000;
/// Items that a feed lists at most, as feeds do.
const LISTED: u64 = 20;
/// When the simulated weeks begin.
const START: &str = "2027-01-04T00:00:00Z";
/// Simulated days in a minute, and simulated seconds in a second.
const DAYS: u64 = 20;
const PACE: u64 = DAYS * 1_440;

/// A feed as it stands so many days on: each source has something new every one to seven days, and
/// lists as many items on the first day as on the last. One item in eight has a deadline, six weeks on.
fn feed(source: &str, day: u64) -> String {
    let number: u64 = source.trim_start_matches('s').parse().unwrap_or(0);
    let every = 1 + number % 7;
    let newest = LISTED + day / every;
    let start: NaiveDate = START[..10].parse().unwrap();
    let mut items = String::new();
    for item in (newest - LISTED + 1..=newest).rev() {
        let topic = [
            "an audit",
            "artificial intelligence",
            "personal data",
            "incidents",
        ][usize::try_from((number + item) % 4).unwrap_or(0)];
        let told = start + Days::new(item * every) - Days::new(LISTED * every);
        let until = if item % 8 == 0 {
            format!(
                ", with comments until {}",
                (told + Days::new(42)).format("%-d %B %Y")
            )
        } else {
            String::new()
        };
        write!(
            items,
            "<item><guid isPermaLink=\"false\">{source}-{item}</guid><title>Notice {item} of {source} about {topic}</title>\
             <link>https://{source}.example/{item}</link><description>Guidance {item} on {topic} under ISO/IEC 42001, \
             from body {source}{until}.</description></item>"
        )
        .unwrap();
    }
    format!(
        "<rss version=\"2.0\"><channel><title>{source}</title><link>https://{source}.example/</link>{items}</channel></rss>"
    )
}

async fn world(begun: Instant) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new().fallback(move |headers: HeaderMap| async move {
        let host = headers["host"].to_str().unwrap_or("").to_owned();
        let source = host.split('.').next().unwrap_or("");
        let body = feed(source, begun.elapsed().as_secs() * PACE / 86_400);
        let tag = format!("\"{}\"", &Sha256::of(body.as_bytes()).as_str()[..16]);
        let known = headers.get("if-none-match");
        if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
            return (
                axum::http::StatusCode::NOT_MODIFIED,
                [("etag", tag)],
                String::new(),
            );
        }
        (axum::http::StatusCode::OK, [("etag", tag)], body)
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

/// What a process holds.
#[derive(Clone, Copy)]
struct Held {
    /// MiB of its own: what nobody can take from it, as against pages of files.
    own: u64,
    /// MiB in all, pages of its index and store among them, which the system keeps while it has room.
    all: u64,
    /// Open files.
    files: usize,
}

fn held(process: u32) -> Held {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let mebibytes = |name: &str| -> u64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kib / 1024
    };
    Held {
        own: mebibytes("RssAnon:"),
        all: mebibytes("VmRSS:"),
        files: std::fs::read_dir(format!("/proc/{process}/fd"))
            .unwrap()
            .count(),
    }
}

struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn configured(data: &Path, world: u16) {
    let mut sources = String::new();
    for number in 0..SOURCES {
        write!(
            sources,
            "[[source]]\nid = \"s{number}\"\nbody = \"iso\"\nname = \"Source {number}\"\nkind = \"feed\"\n\
             url = \"http://s{number}.localhost:{world}/feed\"\nevery = \"24h\"\nlanguage = \"en\"\n\n"
        )
        .unwrap();
    }
    std::fs::write(data.join("sources.toml"), sources).unwrap();
    std::fs::write(
        data.join("regwire.toml"),
        "base_url = \"http://127.0.0.1:8080\"\ncontact = \"a@example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n\
         [mail]\nfrom = \"Regwire <digest@example.org>\"\npostal_address = \"Example Street 1\"\n\
         [[digest]]\nname = \"weekly\"\ncron = \"0 8 * * 1\"\nzone = \"UTC\"\n\
         [[team]]\nname = \"Legal\"\nwhen = \"daily\"\ntrack = [\"ISO/IEC 42001\"]\nemail = [\"legal@example.org\"]\n",
    )
    .unwrap();
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn weeks_with_a_thousand_sources_leave_no_trace_in_memory() {
    if std::env::var_os("REGWIRE_LONG").is_none() {
        crate::left_out!("weeks with a thousand sources (half an hour; tests/run long)");
        return;
    }
    let minutes: u64 = std::env::var("REGWIRE_SOAK_MINUTES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(30);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let begun = Instant::now();
    configured(data, world(begun).await);
    let log = data.join("log");
    let mut daemon = regwire(data);
    daemon
        .arg("--config")
        .arg(data.join("regwire.toml"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("REGWIRE_CLOCK", format!("{START},x{PACE}"))
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&log).unwrap());
    let daemon = Daemon(daemon.spawn().unwrap());
    let process = daemon.0.id();
    let mut samples: Vec<Held> = Vec::new();
    for minute in 1..=minutes {
        for _ in 0..6 {
            tokio::time::sleep(Duration::from_secs(10)).await;
            samples.push(held(process));
        }
        let Held { own, all, files } = held(process);
        let logged = std::fs::metadata(&log).unwrap().len() >> 10;
        let journal =
            std::fs::metadata(data.join("regwire.db-wal")).map_or(0, |about| about.len() >> 20);
        eprintln!(
            "soak: day {}: {own} MiB of its own, {all} MiB with pages of files, {files} files open, log {logged} KiB, WAL {journal} MiB",
            minute * DAYS
        );
    }
    let tenth = samples.len().div_ceil(10);
    // The second tenth is what stands after the first, without the noise of a single look.
    let memory = |range: &[Held]| median(range.iter().map(|held| held.own).collect());
    let all = |range: &[Held]| median(range.iter().map(|held| held.all).collect());
    let files = |range: &[Held]| range.iter().map(|held| held.files).max().unwrap_or(0);
    let (early, late) = (
        &samples[tenth..tenth * 2],
        &samples[samples.len() - tenth..],
    );
    let growth = memory(late) as f64 / memory(early) as f64 - 1.0;
    let logged = std::fs::metadata(&log).unwrap().len();
    let journal = std::fs::metadata(data.join("regwire.db-wal")).map_or(0, |about| about.len());
    eprintln!(
        "soak: {} days, {SOURCES} sources: memory of its own {} -> {} MiB ({:+.1} %), with pages of files {} -> {} MiB, most files open {} -> {}, log {} KiB a day, WAL {} MiB",
        minutes * DAYS,
        memory(early),
        memory(late),
        growth * 100.0,
        all(early),
        all(late),
        files(early),
        files(late),
        (logged >> 10) / (minutes * DAYS),
        journal >> 20
    );
    drop(daemon);
    let mut export = regwire(data);
    export
        .arg("--config")
        .arg(data.join("regwire.toml"))
        .args(["export", "updates", "--jsonl"]);
    let updates = lines(&run(&mut export)).len();
    eprintln!("soak: {updates} updates");
    assert!(updates > SOURCES, "{updates}");
    assert!(growth <= 0.05, "memory grew by {:.1} %", growth * 100.0);
    assert!(files(late) <= files(early) + 16);
    assert!(logged >> 20 <= 50 * minutes * DAYS && journal >> 20 <= 64);
}
