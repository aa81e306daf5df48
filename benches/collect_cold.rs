//! C1: collecting 500 feeds of 30 items cold, from a loopback server in a process of its own, to
//! the last commit and a searchable index; beside the floor, which is a bare feed-rs parse and a
//! bare tantivy index of the same items in the same run. C2: the same once more, warm, every
//! answer 304. C3: the peak memory of a process that does C1 once and nothing else.
//!
//! Prints CPU and wall seconds of each round and the ratio of the medians. Noise is stated as
//! least and most. The floor has one thread; of collecting, CPU is what counts.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse as _;
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::collect::Choice;
use regwire::daemon::jobs::{collect, index};
use regwire::daemon::{House, Shift};
use regwire::domain::query::Query;
use regwire::library::{Files, load};
use regwire::search::SortOrder;

mod feeds;
use feeds::{FEEDS, ITEMS, feed};

const ROUNDS: usize = 5;

/// The server, as a process of its own: its work is not ours.
#[tokio::main]
async fn serve() {
    let feeds: std::sync::Arc<Vec<String>> = std::sync::Arc::new((0..FEEDS).map(feed).collect());
    let router = axum::Router::new().fallback(move |uri: Uri, headers: HeaderMap| {
        let feeds = std::sync::Arc::clone(&feeds);
        async move {
            let number = headers
                .get("host")
                .and_then(|host| host.to_str().ok())
                .and_then(|host| {
                    host.strip_prefix('f')?
                        .split('.')
                        .next()?
                        .parse::<usize>()
                        .ok()
                });
            match number.and_then(|number| feeds.get(number)) {
                Some(_) if uri.path() == "/feed" && headers.contains_key("if-none-match") => {
                    StatusCode::NOT_MODIFIED.into_response()
                }
                Some(feed) if uri.path() == "/feed" => {
                    ([("etag", "\"1\"")], feed.clone()).into_response()
                }
                _ => StatusCode::NOT_FOUND.into_response(),
            }
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    println!("{}", listener.local_addr().expect("an address").port());
    axum::serve(listener, router).await.expect("the server");
}

/// CPU seconds of this process so far, user and system.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|text| text.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    // Fields 14 and 15 of proc(5), in hundredths of a second.
    (ticks(11) + ticks(12)) / 100.0
}

fn peak_memory() -> String {
    std::fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .map_or_else(String::new, |line| {
            line.split_whitespace()
                .skip(1)
                .collect::<Vec<_>>()
                .join(" ")
        })
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, f64, T) {
    let (wall, before) = (Instant::now(), cpu());
    let out = work();
    (cpu() - before, wall.elapsed().as_secs_f64(), out)
}

/// Bare feed-rs over all feeds, then a bare index of all items.
fn floor(feeds: &[String]) -> usize {
    use tantivy::schema::{STORED, STRING, Schema, TEXT};
    let folder = tempfile::tempdir().expect("a folder");
    let mut schema = Schema::builder();
    let id = schema.add_text_field("id", STRING | STORED);
    let title = schema.add_text_field("title", TEXT);
    let text = schema.add_text_field("text", TEXT);
    let index = tantivy::Index::create_in_dir(folder.path(), schema.build()).expect("an index");
    let mut writer: tantivy::IndexWriter = index
        .writer_with_num_threads(1, 48_000_000)
        .expect("a writer");
    let mut items = 0;
    for feed in feeds {
        for entry in feed_rs::parser::parse(feed.as_bytes())
            .expect("a feed")
            .entries
        {
            let mut document = tantivy::TantivyDocument::default();
            document.add_text(id, &entry.id);
            document.add_text(
                title,
                entry.title.map(|title| title.content).unwrap_or_default(),
            );
            document.add_text(
                text,
                entry
                    .summary
                    .map(|summary| summary.content)
                    .unwrap_or_default(),
            );
            if let Some(body) = entry.content.and_then(|content| content.body) {
                document.add_text(text, body);
            }
            writer.add_document(document).expect("a document");
            items += 1;
        }
    }
    writer.commit().expect("a commit");
    items
}

/// Collects everything cold, then once more; how many items are searchable, and what the second
/// time took: seconds of CPU and of wall.
async fn collected(port: u16) -> (usize, f64, f64) {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "contact = \"bench@example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n";
    let config = Config::read(
        "bench",
        text,
        folder.path().to_owned(),
        folder.path().join("data"),
        |_| None,
    )
    .expect("a configuration");
    let sources: String = (0..FEEDS)
        .map(|number| {
            format!("[[source]]\nid = \"f{number}\"\nbody = \"iso\"\nname = \"Feed {number}\"\nkind = \"feed\"\nurl = \"http://f{number}.localhost:{port}/feed\"\nlanguage = \"en\"\n")
        })
        .collect();
    let loaded = load(&Files::built_in().with_sources("sources.toml", sources));
    let house = House::open_with(config, Clock::real(), loaded)
        .await
        .expect("a house");
    let shift = Shift::begin(&house)
        .await
        .expect("a store")
        .expect("a lease");
    let fetcher = house.fetcher().expect("a fetcher");
    let reports = collect::collect(&house, shift.lease(), &fetcher, &Choice::due(), |_| {})
        .await
        .expect("a collection");
    assert_eq!(reports.len(), FEEDS);
    let read: u32 = reports.iter().map(|report| report.visit.new).sum();
    index::follow(&house).await.expect("an index");
    let found = house
        .index
        .search(&Query::All, SortOrder::Best, 0, 1, false)
        .expect("a search")
        .total;
    assert_eq!(
        found, read as usize,
        "everything that was read is searchable"
    );
    let (wall, before) = (Instant::now(), cpu());
    let again = Choice {
        force: true,
        ..Choice::due()
    };
    let reports = collect::collect(&house, shift.lease(), &fetcher, &again, |_| {})
        .await
        .expect("a collection");
    let warm = (cpu() - before, wall.elapsed().as_secs_f64());
    assert!(
        reports
            .iter()
            .all(|report| report.visit.status == Some(304)),
        "the second time nothing has changed"
    );
    shift.end().await.expect("an end");
    (found, warm.0, warm.1)
}

fn spread(name: &str, mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    let median = seconds[seconds.len() / 2];
    println!(
        "{name:<28} {median:>7.2} s  ({:.2} to {:.2})",
        seconds[0],
        seconds[seconds.len() - 1]
    );
    median
}

fn main() {
    if std::env::var_os("REGWIRE_BENCH_SERVER").is_some() {
        serve();
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    if let Some(port) = std::env::var("REGWIRE_BENCH_ALONE")
        .ok()
        .and_then(|port| port.parse().ok())
    {
        runtime.block_on(collected(port));
        println!("{}", peak_memory());
        return;
    }
    let mut server = Command::new(std::env::current_exe().expect("this program"))
        .env("REGWIRE_BENCH_SERVER", "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("its output"))
        .read_line(&mut line)
        .expect("a line");
    let port: u16 = line.trim().parse().expect("a port");
    let feeds: Vec<String> = (0..FEEDS).map(feed).collect();
    let (mut warm_cpu, mut warm_wall) = (vec![], vec![]);
    let (mut floor_cpu, mut ours_cpu, mut ours_wall, mut floor_wall) =
        (vec![], vec![], vec![], vec![]);
    for round in 0..=ROUNDS {
        // In turn, so that a machine whose speed drifts treats both alike.
        let (floor_seconds, floor_time, items) = timed(|| floor(&feeds));
        let (cpu_seconds, wall_seconds, (found, again_cpu, again_wall)) =
            timed(|| runtime.block_on(collected(port)));
        assert_eq!(items, FEEDS * ITEMS);
        assert_eq!(found, FEEDS * ITEMS);
        if round == 0 {
            continue;
        }
        floor_cpu.push(floor_seconds);
        floor_wall.push(floor_time);
        ours_cpu.push(cpu_seconds - again_cpu);
        ours_wall.push(wall_seconds - again_wall);
        warm_cpu.push(again_cpu);
        warm_wall.push(again_wall);
    }
    let alone = Command::new(std::env::current_exe().expect("this program"))
        .env("REGWIRE_BENCH_ALONE", port.to_string())
        .output()
        .expect("a process of its own");
    let _ = server.kill();
    let _ = server.wait();
    println!(
        "C1: {FEEDS} feeds of {ITEMS} items, {ROUNDS} rounds after one to warm up; median (least to most)"
    );
    let floor = spread("floor, CPU", floor_cpu);
    spread("floor, wall", floor_wall);
    let ours = spread("collect to searchable, CPU", ours_cpu);
    spread("collect to searchable, wall", ours_wall);
    println!("ratio of CPU to the floor    {:>7.2}", ours / floor);
    println!("C2: the same once more, every answer 304");
    spread("collect warm, CPU", warm_cpu);
    spread("collect warm, wall", warm_wall);
    println!(
        "C3: peak memory of a process that collects once   {}",
        String::from_utf8_lossy(&alone.stdout).trim()
    );
}
