//! C1: collecting 500 feeds of 30 items cold, from a loopback server in a process of its own, to
//! the last commit and a searchable index; beside the floor, which is a bare feed-rs parse and a
//! bare tantivy index of the same items in the same run.
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

const FEEDS: usize = 500;
const ITEMS: usize = 30;
const ROUNDS: usize = 5;

/// A fixed sequence, so that every run has the same feeds.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap_or(0)
    }
}

const WORDS: &[&str] = &[
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "for",
    "on",
    "with",
    "by",
    "that",
    "this",
    "is",
    "are",
    "as",
    "from",
    "standard",
    "guidance",
    "risk",
    "management",
    "system",
    "systems",
    "assessment",
    "requirements",
    "organisation",
    "certification",
    "audit",
    "privacy",
    "security",
    "information",
    "data",
    "protection",
    "regulation",
    "authority",
    "commission",
    "publishes",
    "draft",
    "comment",
    "consultation",
    "controls",
    "framework",
    "artificial",
    "intelligence",
    "conformity",
    "accreditation",
    "supervision",
    "report",
    "incident",
    "notice",
    "market",
    "services",
    "cloud",
    "financial",
    "resilience",
    "operators",
    "providers",
    "deployers",
    "obligations",
    "application",
    "deadline",
    "transition",
    "period",
    "edition",
    "amendment",
    "committee",
    "members",
    "public",
    "policy",
    "law",
    "act",
    "article",
    "annex",
    "technical",
    "documentation",
    "review",
    "update",
    "new",
    "first",
    "second",
    "final",
    "year",
    "month",
    "national",
    "European",
    "international",
    "bodies",
    "testing",
    "model",
    "models",
    "training",
    "transparency",
    "oversight",
    "human",
    "impact",
    "quality",
];
const NAMES: &[&str] = &[
    "ISO/IEC 42001:2023",
    "ISO/IEC 27001",
    "the EU AI Act",
    "Regulation (EU) 2024/1689",
    "NIST SP 800-53 Rev. 5",
    "SOC 2",
    "GDPR",
    "NIS2",
    "DORA",
    "PCI DSS v4.0.1",
    "UKAS",
    "ENISA",
    "the European Commission",
    "BSI",
    "the FTC",
];

/// A word of the long tail: texts of this field have tens of thousands of different ones.
fn rare(dice: &mut Dice, out: &mut String) {
    const PARTS: &[&str] = &[
        "al", "ber", "con", "dis", "en", "fer", "gra", "hal", "in", "jor", "kel", "lo", "mar",
        "nor", "op", "per", "quo", "res", "sta", "ter", "un", "ver", "wal", "ex", "yl", "zon",
        "tion", "ment", "ing", "able", "ance", "ity",
    ];
    // The lower of two rolls: some rare words are rarer than others.
    for _ in 0..3 {
        let place = dice.roll(PARTS.len()).min(dice.roll(PARTS.len()));
        out.push_str(PARTS[place]);
    }
}

fn sentence(dice: &mut Dice, words: usize) -> String {
    let mut out = String::new();
    for place in 0..words {
        if place > 0 {
            out.push(' ');
        }
        if dice.roll(40) == 0 {
            out.push_str(NAMES[dice.roll(NAMES.len())]);
        } else if dice.roll(5) < 2 {
            // Two words in five of running English are little ones.
            out.push_str(WORDS[dice.roll(16)]);
        } else if dice.roll(2) == 0 {
            rare(dice, &mut out);
        } else {
            out.push_str(WORDS[dice.roll(WORDS.len())]);
        }
    }
    out
}

/// The feeds: 60 % RSS, 30 % Atom, 10 % RSS with full content.
fn feed(number: usize) -> String {
    let mut dice =
        Dice(0x9e37_79b9_7f4a_7c15 ^ (number as u64 + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
    let base = format!("https://feed{number}.example");
    let mut out = String::new();
    let atom = number % 10 >= 6 && number % 10 < 9;
    let content = number % 10 == 9;
    if atom {
        out.push_str(&format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Feed {number}</title><id>{base}/</id>"));
    } else {
        out.push_str(&format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Feed {number}</title><link>{base}/</link><description>d</description>"));
    }
    for item in 0..ITEMS {
        let title = sentence(&mut dice, 9);
        let text = format!(
            "&lt;p&gt;{}&lt;/p&gt;&lt;p&gt;{}&lt;/p&gt;",
            sentence(&mut dice, 90),
            sentence(&mut dice, 70)
        );
        if atom {
            out.push_str(&format!("<entry><title>{title}</title><id>{base}/{item}</id><link href=\"{base}/{item}\"/><updated>2026-11-0{}T10:00:00Z</updated><summary type=\"html\">{text}</summary></entry>", item % 9 + 1));
        } else {
            out.push_str(&format!("<item><title>{title}</title><link>{base}/{item}</link><guid>{base}/{item}</guid><pubDate>Mon, 0{} Nov 2026 10:00:00 GMT</pubDate><description>{text}</description>", item % 9 + 1));
            if content {
                out.push_str(&format!("<content:encoded><![CDATA[<h2>{}</h2><p>{} <a href=\"{base}/x\">link</a></p><ul><li>{}</li></ul>]]></content:encoded>", sentence(&mut dice, 6), sentence(&mut dice, 160), sentence(&mut dice, 20)));
            }
            out.push_str("</item>");
        }
    }
    out.push_str(if atom { "</feed>" } else { "</channel></rss>" });
    out
}

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
                Some(feed) if uri.path() == "/feed" => feed.clone().into_response(),
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
fn floor() -> usize {
    use tantivy::schema::{STORED, STRING, Schema, TEXT};
    let feeds: Vec<String> = (0..FEEDS).map(feed).collect();
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
    for feed in &feeds {
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

async fn collected(port: u16) -> usize {
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
    shift.end().await.expect("an end");
    found
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
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let (mut floor_cpu, mut ours_cpu, mut ours_wall, mut floor_wall) =
        (vec![], vec![], vec![], vec![]);
    for round in 0..=ROUNDS {
        // In turn, so that a machine whose speed drifts treats both alike.
        let (floor_seconds, floor_time, items) = timed(floor);
        let (cpu_seconds, wall_seconds, found) = timed(|| runtime.block_on(collected(port)));
        assert_eq!(items, FEEDS * ITEMS);
        assert_eq!(found, FEEDS * ITEMS);
        if round == 0 {
            continue;
        }
        floor_cpu.push(floor_seconds);
        floor_wall.push(floor_time);
        ours_cpu.push(cpu_seconds);
        ours_wall.push(wall_seconds);
    }
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
    println!("peak memory of the process   {}", peak_memory());
}
