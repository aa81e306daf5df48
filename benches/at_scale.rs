//! C4: what one more visit with thirty new items costs when 10,000, 100,000 and 1,000,000 updates are
//! there already, in this process's CPU and in time; and what an idle daemon then takes of memory.
//!
//! `cargo bench --bench at_scale`; the last size may be given: `-- 100000`.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::Utc;
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::index as following;
use regwire::daemon::{House, Shift};
use regwire::domain::change::Fingerprint;
use regwire::domain::document::{Outcome, Sha256, Visit};
use regwire::domain::evidence::Evidence;
use regwire::domain::id::{SourceId, UpdateId};
use regwire::domain::update::{Authority, Content, Reach, Tags, Update};
use regwire::library::{Files, load};
use regwire::store::{Fresh, Harvest, SourceState};
use regwire::tag::Subject;
use regwire::text::html;

#[expect(dead_code, reason = "the day of a document is of no account here")]
mod recorded;
use recorded::{Recorded, corpus, recorded};

/// Updates stored at once on the way from one size to the next.
const BATCH: usize = 5_000;
/// Items of one visit, and visits that are measured.
const ITEMS: usize = 30;
const VISITS: usize = 100;
/// Sources that the updates are of.
const SOURCES: usize = 1_000;

/// The CPU time that this process has had.
fn spent() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").expect("/proc");
    let fields: Vec<&str> = text
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let ticks: u64 = [11, 12]
        .iter()
        .filter_map(|at| fields.get(*at)?.parse::<u64>().ok())
        .sum();
    // A tick is a hundredth of a second on every Linux that this runs on.
    Duration::from_millis(ticks * 10)
}

/// MiB of a process, by the kernel's name for a part of them.
fn resident(process: u32, part: &str) -> u64 {
    std::fs::read_to_string(format!("/proc/{process}/status"))
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with(part))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .map_or(0, |kib| kib / 1024)
}

fn source(number: usize) -> SourceId {
    SourceId::new(format!("bench-{}", number % SOURCES)).expect("an id")
}

/// The document of a number: a recorded one, later rounds with their sentences in another order.
fn fresh(house: &House, documents: &[Recorded], number: usize, tagged: bool) -> Fresh {
    let one = &documents[number % documents.len()];
    let round = number / documents.len();
    let mut sentences: Vec<&str> = one.text.split_inclusive(". ").collect();
    if !sentences.is_empty() {
        let turn = round % sentences.len();
        sentences.rotate_left(turn);
    }
    let text = sentences.concat();
    let source = source(number);
    let key = number.to_string();
    let now = Utc::now();
    let tags = if tagged {
        house.tagger.tag(&Subject {
            headline: &one.title,
            summary: &text,
            language: Some("en"),
            ..Subject::default()
        })
    } else {
        Tags::default()
    };
    let markup = text.replace('&', "&amp;").replace('<', "&lt;");
    let update = Update {
        id: UpdateId::of(&source, &key),
        source,
        key,
        revision: 1,
        first_seen: now,
        revised_at: now,
        content: Content {
            title: one.title.clone(),
            body: html::safe_html(&format!("<p>{markup}</p>"), None),
            ..Content::default()
        },
        authority: Authority::Official,
        reach: Reach::Archive,
        tags,
        key_dates: Vec::new(),
        story: None,
        correction: false,
        cause: None,
        evidence: Evidence {
            document: 1,
            sha256: Sha256::of(b""),
            fetched_at: now,
            status: 200,
        },
    };
    Fresh {
        update,
        fingerprint: Fingerprint::read(&format!("{number:032x}")).expect("a fingerprint"),
        text,
    }
}

fn harvest(source: SourceId, new: Vec<Fresh>) -> Harvest {
    Harvest {
        visit: Visit {
            source: source.clone(),
            at: Utc::now(),
            outcome: Outcome::New,
            status: Some(200),
            entries: 0,
            new: 0,
            revised: 0,
            faults: Vec::new(),
            milliseconds: 1,
            bytes: 1,
        },
        state: SourceState::unknown(source, Utc::now()),
        documents: Vec::new(),
        new,
        revised: Vec::new(),
        register: None,
        watching: None,
    }
}

async fn store(house: &House, shift: &Shift, harvests: Vec<Harvest>) {
    let committed = house
        .store
        .commit_harvests(shift.lease(), &harvests)
        .await
        .expect("a commit");
    following::stage(house, committed, harvests).await;
    following::follow(house).await.expect("an index");
}

fn main() {
    let Some(folder) = corpus() else {
        println!("C4 left out: the recordings are not at hand (REGWIRE_CORPUS)");
        return;
    };
    let most = std::env::args()
        .skip(1)
        .find_map(|word| word.parse().ok())
        .unwrap_or(1_000_000);
    let documents = recorded(&folder);
    let data = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(grow(data.path(), &documents, most));
    drop(documents);
    idle(data.path());
}

async fn grow(data: &Path, documents: &[Recorded], most: usize) {
    let text = "base_url = \"http://127.0.0.1:8080\"\ncontact = \"bench@example.org\"\n";
    let config = Config::read("bench", text, data.to_owned(), data.to_owned(), |_| None)
        .expect("a configuration");
    let house = House::open_with(config, Clock::real(), load(&Files::built_in()))
        .await
        .expect("a house");
    let shift = Shift::begin(&house)
        .await
        .expect("a store")
        .expect("a lease");
    let mut number = 0;
    let mut first = None;
    for size in [10_000, 100_000, 1_000_000] {
        if size > most {
            break;
        }
        let begun = Instant::now();
        while number < size {
            let until = (number + BATCH).min(size);
            let new = (number..until)
                .map(|number| fresh(&house, documents, number, false))
                .collect();
            store(&house, &shift, vec![harvest(source(0), new)]).await;
            number = until;
        }
        let filled = begun.elapsed().as_secs_f64();
        house.index.rest();
        // Merging that the filling left behind is not the next visit's.
        tokio::time::sleep(Duration::from_secs(20)).await;
        let (cpu, begun) = (spent(), Instant::now());
        for visit in 0..VISITS {
            let of = source(visit);
            let new: Vec<Fresh> = (0..ITEMS)
                .map(|item| {
                    let mut one = fresh(&house, documents, number + item, true);
                    one.update.source = of.clone();
                    one.update.id = UpdateId::of(&of, &one.update.key);
                    one
                })
                .collect();
            let keys: Vec<String> = new.iter().map(|one| one.update.key.clone()).collect();
            let known = house
                .store
                .known(&of, &keys, &[])
                .await
                .expect("what is known");
            assert_eq!(known, []);
            number += ITEMS;
            store(&house, &shift, vec![harvest(of, new)]).await;
        }
        let each = |spent: Duration| spent.as_secs_f64() * 1e6 / (VISITS * ITEMS) as f64;
        let (cpu, time) = (each(spent().saturating_sub(cpu)), each(begun.elapsed()));
        let (cpu_first, time_first) = *first.get_or_insert((cpu, time));
        println!(
            "C4 at {size:>9}: {cpu:>6.0} us CPU and {time:>6.0} us an update, {:.2} and {:.2} times that at 10,000 (at most 1.3); filled in {filled:.0} s",
            cpu / cpu_first,
            time / time_first
        );
    }
    house.index.rest();
    shift.end().await.expect("the end");
}

/// The daemon on what is there, without sources, asked nothing: its memory after a minute.
fn idle(data: &Path) {
    let own = std::env::current_exe().expect("this program");
    let binary = own
        .parent()
        .and_then(Path::parent)
        .map(|folder| folder.join("regwire"))
        .filter(|path| path.is_file());
    let Some(binary) = binary else {
        println!("C3 idle left out: `cargo build --release` first");
        return;
    };
    std::fs::write(data.join("sources.toml"), "").expect("a file");
    std::fs::write(
        data.join("regwire.toml"),
        "base_url = \"http://127.0.0.1:8080\"\n",
    )
    .expect("a file");
    let mut daemon = Command::new(binary)
        .arg("--config")
        .arg(data.join("regwire.toml"))
        .arg("--data")
        .arg(data)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the daemon");
    for seconds in [10, 60] {
        std::thread::sleep(Duration::from_secs(seconds));
        println!(
            "C3 idle daemon after {seconds} s: {} MiB of its own, {} MiB with pages of files (goal 64)",
            resident(daemon.id(), "RssAnon:"),
            resident(daemon.id(), "VmRSS:")
        );
    }
    daemon.kill().expect("its end");
    daemon.wait().expect("its end");
}
