//! A year of ISO's catalogue as it was recorded: three snapshots and the stage changes between
//! them, file by file and project by project.
//!
//! Without the recordings (`REGWIRE_CORPUS`, or `corpus` in the shared folder beside the
//! checkout) these tests say so and leave themselves out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, Utc};
use flate2::read::GzDecoder;
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::observe::{Seen, Wish, observe};
use regwire::daemon::{House, Shift};
use regwire::library::{Files, load};
use regwire::store::Store;
use serde_json::Value;

use crate::command_line::{lines, regwire, run};

const SNAPSHOTS: [&str; 3] = ["2024-02-01", "2024-08-31", "2025-02-28"];

fn recordings() -> Option<PathBuf> {
    let folder = std::env::var_os("REGWIRE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let stages = folder.join("iso-stages");
    if stages.is_dir() {
        return Some(stages);
    }
    crate::left_out!(
        "tests on the recorded catalogue (no corpus at {})",
        folder.display()
    );
    None
}

fn archive(stages: &Path, day: &str) -> PathBuf {
    stages.join(format!("snapshot-{day}.tar.gz"))
}

/// The files of a snapshot, by name.
fn files(stages: &Path, day: &str) -> BTreeMap<String, Vec<u8>> {
    let packed = std::fs::File::open(archive(stages, day)).unwrap();
    let mut archive = tar::Archive::new(GzDecoder::new(packed));
    archive
        .entries()
        .unwrap()
        .map(|entry| {
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().display().to_string();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (name, bytes)
        })
        .filter(|(name, _)| name.ends_with(".yaml"))
        .collect()
}

fn transitions(stages: &Path) -> Vec<Value> {
    let packed = std::fs::File::open(stages.join("transitions.jsonl.gz")).unwrap();
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    let mut out: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    out.sort_by_key(|line| line["observed"].to_string());
    out
}

/// A move of a file: its name, from, to.
type Move = (String, String, String);

/// Until when a snapshot holds what the daily crawl found: the first was taken before its day's
/// crawl, the others after it.
fn crawled(day: &str) -> String {
    if day == SNAPSHOTS[0] {
        format!("{day}T00:00:00Z")
    } else {
        format!("{day}T23:59:59Z")
    }
}

/// What the answer key says happened to the files of one snapshot until the next.
fn expected(stages: &Path, from: &str, to: &str) -> BTreeSet<Move> {
    let before = files(stages, from);
    let mut ends: BTreeMap<String, (String, String)> = BTreeMap::new();
    for line in transitions(stages) {
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        let seen = text("observed");
        if seen > crawled(from) && seen <= crawled(to) && before.contains_key(&text("path")) {
            let end = ends
                .entry(text("path"))
                .or_insert_with(|| (text("stage_before"), String::new()));
            end.1 = text("stage_after");
        }
    }
    ends.into_iter()
        .filter(|(_, (a, b))| a != b)
        .map(|(path, (a, b))| (path, a, b))
        .collect()
}

fn look(data: &Path, path: &Path, at: &str) -> Command {
    let mut command = regwire(data);
    command.args([
        "standards",
        "observe",
        &path.display().to_string(),
        "--at",
        at,
        "--jsonl",
    ]);
    command
}

fn told(lines: &[Value]) -> BTreeSet<Move> {
    let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
    lines
        .iter()
        .map(|line| (text(line, "file"), text(line, "from"), text(line, "to")))
        .collect()
}

/// The register in a form that two ways of filling it can be compared by.
fn register(data: &Path) -> Vec<Value> {
    lines(&run(regwire(data).args(["standards", "--all", "--jsonl"])))
}

#[test]
fn a_year_of_stage_changes_is_told_file_by_file() {
    let Some(stages) = recordings() else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let [a, b, c] = SNAPSHOTS;
    assert_eq!(
        lines(&run(&mut look(&data, &archive(&stages, a), a))),
        Vec::<Value>::new()
    );
    for (from, to, changes) in [(a, b, 357), (b, c, 305)] {
        let wanted = expected(&stages, from, to);
        assert_eq!(wanted.len(), changes);
        let lines = lines(&run(&mut look(&data, &archive(&stages, to), to)));
        assert_eq!(lines.len(), changes);
        assert_eq!(told(&lines), wanted, "{from} to {to}");
        assert!(
            lines
                .iter()
                .all(|line| line["observed_at"] == format!("{to}T00:00:00Z"))
        );
        // The same again is nothing.
        assert_eq!(
            self::lines(&run(&mut look(&data, &archive(&stages, to), to))).len(),
            0
        );
    }

    // One project, one history, one place to stand. Wherever the newest evidence is the only
    // one, it must be that: a row that moved last, alone, is where its project stands.
    let register = register(&data);
    let by_project: HashMap<String, &Value> = register
        .iter()
        .map(|line| (line["project"].as_str().unwrap().to_owned(), line))
        .collect();
    assert_eq!(by_project.len(), register.len());
    let mut last: HashMap<String, (String, BTreeSet<(String, String)>)> = HashMap::new();
    for line in transitions(&stages) {
        let observed = line["observed"].as_str().unwrap()[..10].to_owned();
        let url = line["url"].as_str().unwrap();
        let Some(number) = url
            .strip_prefix("https://www.iso.org/standard/")
            .and_then(|rest| rest.strip_suffix(".html"))
        else {
            continue;
        };
        if observed.as_str() > c {
            continue;
        }
        let end = (
            line["ref"].as_str().unwrap().to_owned(),
            line["stage_after"].as_str().unwrap().to_owned(),
        );
        let newest = last.entry(number.to_owned()).or_default();
        if newest.0 != observed {
            *newest = (observed, BTreeSet::new());
        }
        newest.1.insert(end);
    }
    let names: BTreeSet<String> = files(&stages, c).into_keys().collect();
    let mut checked = 0;
    for (number, (_, ends)) in &last {
        let Some(line) = by_project.get(number) else {
            continue;
        };
        let shown = line["reference"].as_str().unwrap();
        // Where a later text of another name has appeared since, the key does not tell.
        if let [(reference, stage)] = &ends.iter().cloned().collect::<Vec<_>>()[..]
            && shown == reference
        {
            assert_eq!(line["stage"], *stage, "{number} {reference}");
            checked += 1;
        }
    }
    assert!(checked > 400, "{checked} of {}", last.len());
    assert!(names.len() > register.len());

    // Nothing is withdrawn that no file says is.
    let export = lines(&run(regwire(&data).args(["export", "updates", "--jsonl"])));
    let withdrawn: BTreeSet<&str> = export
        .iter()
        .filter(|line| line["kind"] == "withdrawal")
        .map(|line| line["references"][0].as_str().unwrap())
        .collect();
    let really: BTreeSet<String> = transitions(&stages)
        .iter()
        .filter(|line| line["stage_after"] == "95.99")
        .map(|line| line["ref"].as_str().unwrap().to_owned())
        .collect();
    assert!(withdrawn.len() >= 10, "{withdrawn:?}");
    assert!(
        withdrawn.iter().all(|one| really.contains(*one)),
        "{withdrawn:?}"
    );
    let news = export.iter().filter(|line| line["reach"] == "news").count();
    assert!((50..200).contains(&news), "{news}");
    println!(
        "{} projects, {} updates, {news} of them news, {} withdrawals",
        register.len(),
        export.len(),
        withdrawn.len()
    );
}

#[test]
fn folders_and_archives_and_any_order_make_one_register() {
    let Some(stages) = recordings() else { return };
    let folder = tempfile::tempdir().unwrap();
    let [a, b, _] = SNAPSHOTS;
    let packed = folder.path().join("packed");
    let spread = folder.path().join("spread");
    for day in [a, b] {
        run(&mut look(&packed, &archive(&stages, day), day));
        // As a folder: by name, where the archive has an order of its own.
        let lying = folder.path().join(day);
        for (name, bytes) in files(&stages, day) {
            let path = lying.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        run(&mut look(&spread, &lying, day));
    }
    let strip = |mut lines: Vec<Value>| {
        for line in &mut lines {
            line["first_seen"] = Value::Null;
        }
        lines
    };
    assert_eq!(strip(register(&packed)), strip(register(&spread)));
    let ids = |data: &Path| -> BTreeSet<String> {
        lines(&run(regwire(data).args(["export", "updates", "--jsonl"])))
            .iter()
            .map(|line| format!("{} {} {}", line["id"], line["title"], line["stage"]))
            .collect()
    };
    assert_eq!(ids(&packed), ids(&spread));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_recorded_pair_is_one_move() {
    let Some(stages) = recordings() else { return };
    let folder = tempfile::tempdir().unwrap();
    let text = "base_url = \"https://updates.example.org\"\ncontact = \"a@example.org\"\n";
    let config = Config::read(
        "regwire.toml",
        text,
        folder.path().to_owned(),
        folder.path().join("data"),
        |_| None,
    )
    .unwrap();
    let house = House::open_with(config, Clock::real(), load(&Files::built_in()))
        .await
        .unwrap();
    let index = std::fs::read_to_string(stages.join("pairs/index.jsonl")).unwrap();
    let mut passed = 0;
    for line in index.lines() {
        let pair: Value = serde_json::from_str(line).unwrap();
        let name = pair["dir"].as_str().unwrap();
        // A register of its own for each.
        let mut house = house.clone();
        house.store = Store::open(&format!("sqlite:{name}.db"), folder.path())
            .await
            .unwrap();
        let shift = Shift::begin(&house).await.unwrap().unwrap();
        let after: DateTime<Utc> = pair["observed"].as_str().unwrap().parse().unwrap();
        let look = async |file: &str, at: DateTime<Utc>| -> Seen {
            let wish = Wish {
                path: stages.join("pairs").join(name).join(file),
                at,
                source: None,
                shrunken: false,
            };
            observe(&house, shift.lease(), &wish, |_| Ok(()))
                .await
                .unwrap()
        };
        let first = look("before.yaml", after - chrono::TimeDelta::days(1)).await;
        assert_eq!(
            (first.rows, first.moves.len(), &first.faults[..]),
            (1, 0, &[][..]),
            "{name}"
        );
        let second = look("after.yaml", after).await;
        let moves: Vec<(String, String, String)> = second
            .moves
            .iter()
            .map(|one| {
                (
                    one.reference.clone(),
                    one.from.to_string(),
                    one.to.to_string(),
                )
            })
            .collect();
        let text = |key: &str| pair[key].as_str().unwrap().to_owned();
        assert_eq!(
            moves,
            [(text("ref"), text("stage_before"), text("stage_after"))],
            "{name}"
        );
        passed += 1;
        shift.end().await.unwrap();
    }
    assert_eq!(passed, 89);
}
