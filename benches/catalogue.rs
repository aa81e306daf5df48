//! A day of ISO Open Data: 80,000 rows against the 80,000 of the day before, in seconds and in
//! mebibytes of memory at the peak (a process each, read from /proc), and what is written.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::observe::{Wish, observe};
use regwire::daemon::{House, Shift};
use regwire::library::{Files, load};

const ROWS: usize = 80_000;

/// A line as ISO writes it, 1.6 kB; the words are ours.
fn line(number: usize, stage: u32, note: &str) -> String {
    let committee = match number % 400 {
        0 => "ISO/IEC JTC 1/SC 42".to_owned(),
        1 | 2 => "ISO/IEC JTC 1/SC 27".to_owned(),
        other => format!("ISO/TC {other}"),
    };
    let year = 1970 + number % 55;
    let scope =
        "This document specifies requirements for widgets and gives guidance for their use. "
            .repeat(16);
    format!(
        "{{\"id\":{id},\"deliverableType\":\"IS\",\"supplementType\":null,\"reference\":\"ISO {id}:{year}\",\"title\":{{\"en\":\"Widgets — Part {number}: Requirements and guidance for use\",\"fr\":\"Machins — Partie {number}\"}},\"publicationDate\":\"{year}-05-13\",\"edition\":{edition},\"icsCode\":[\"03.100.70\"],\"ownerCommittee\":\"{committee}\",\"currentStage\":{stage},\"replaces\":[{before}],\"replacedBy\":null,\"languages\":[\"en\",\"fr\"],\"pages\":{{\"en\":29}},\"scope\":{{\"en\":\"<p>{scope}</p>\"}}{note}}}\n",
        id = 10_000 + number,
        edition = 1 + number % 4,
        before = 9_000 + number,
    )
}

fn list(path: &Path, stage: impl Fn(usize) -> u32, note: &str) {
    let mut text = String::with_capacity(ROWS * 2_000);
    for number in 0..ROWS {
        let _ = write!(text, "{}", line(number, stage(number), note));
    }
    std::fs::write(path, text).expect("the list can be written");
}

fn day(number: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000 + number)
}

/// One look, in a process of its own.
fn look(data: &Path, path: &Path, number: i64) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let text = "base_url = \"https://updates.example.org\"\ncontact = \"a@example.org\"\n";
        let config = Config::read(
            "regwire.toml",
            text,
            data.to_owned(),
            data.join("data"),
            |_| None,
        )
        .expect("a configuration");
        let house = House::open_with(config, Clock::held(day(number)), load(&Files::built_in()))
            .await
            .expect("a house");
        let shift = Shift::begin(&house)
            .await
            .expect("a lease")
            .expect("no other worker");
        let wish = Wish {
            path: path.to_owned(),
            at: day(number),
            source: None,
            shrunken: false,
        };
        let began = Instant::now();
        let seen = observe(&house, shift.lease(), &wish, |_| Ok(()))
            .await
            .expect("a look");
        let seconds = began.elapsed().as_secs_f64();
        assert!(seen.taken, "{:?}", seen.faults);
        shift.end().await.expect("the end of a turn");
        println!(
            "{seconds:>8.2} s {:>6} MiB   {} rows, {} moved, {} new, {} updates",
            peak(),
            seen.rows,
            seen.moves.len(),
            seen.new_rows,
            seen.updates
        );
    });
}

fn peak() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .map_or(0, |kib| kib / 1024)
}

/// Rows of the register that bear the mark of a day: what that day wrote.
fn written(data: &Path, number: i64) -> i64 {
    let path = data.join("data/regwire.db");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display()))
            .await
            .expect("the store");
        let (rows,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM catalogue_rows WHERE seen_at = $1")
                .bind(day(number))
                .fetch_one(&pool)
                .await
                .expect("a count");
        rows
    })
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, data, path, number] = &arguments[..]
        && word == "look"
    {
        look(
            Path::new(data),
            Path::new(path),
            number.parse().expect("a day"),
        );
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("list.jsonl");
    let own = std::env::current_exe().expect("this program");
    let first = |number: usize| [6060, 9093, 9599, 4020][number % 4];
    for (number, (name, stage, note)) in [
        (
            "first contact",
            Box::new(first) as Box<dyn Fn(usize) -> u32>,
            "",
        ),
        ("the same list", Box::new(first), ""),
        (
            "one row moved",
            Box::new(move |number| if number == 400 { 9020 } else { first(number) }),
            "",
        ),
        (
            "a hundred rows moved",
            Box::new(move |number| {
                if number % 800 == 400 {
                    9092
                } else {
                    first(number)
                }
            }),
            "",
        ),
        (
            "other bytes in every row",
            Box::new(move |number| {
                if number % 800 == 400 {
                    9092
                } else {
                    first(number)
                }
            }),
            ",\"new\":1",
        ),
        (
            "every row moved",
            Box::new(move |number| if first(number) == 4020 { 4060 } else { 9020 }),
            ",\"new\":1",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        list(&path, stage, note);
        print!("{name:<26}");
        let _ = std::io::Write::flush(&mut std::io::stdout());
        let status = Command::new(&own)
            .args([
                "look".as_ref(),
                folder.path().as_os_str(),
                path.as_os_str(),
                number.to_string().as_ref(),
            ])
            .status()
            .expect("a process");
        assert!(status.success());
        println!(
            "{:<26}{:>8} rows written",
            "",
            written(folder.path(), number as i64)
        );
    }
    println!(
        "list: {} MiB",
        std::fs::metadata(&path).map_or(0, |data| data.len() >> 20)
    );
}
