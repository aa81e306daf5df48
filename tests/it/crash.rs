//! A process that is killed at any moment and run again ends as one that was left alone.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use regwire::domain::id::UpdateId;
use serde_json::Value;

use crate::command_line::{lines, regwire, run};

/// What a data folder holds in the end, the order between sources left free.
#[derive(Debug, PartialEq)]
struct End {
    updates: BTreeMap<String, Value>,
    revisions: BTreeMap<String, Vec<(u32, String)>>,
    found: Vec<(String, Vec<String>)>,
    issues: Vec<(Value, Value, Value, Value)>,
    mails: BTreeMap<String, Vec<u8>>,
}

fn demo(data: &Path) -> Command {
    let mut command = regwire(data);
    command.args(["demo", "--once"]);
    command
}

fn end(data: &Path) -> End {
    let export = lines(&run(regwire(data).args(["export", "updates", "--jsonl"])));
    let mut updates = BTreeMap::new();
    for line in export {
        let id = line["id"].as_str().unwrap().to_owned();
        assert!(updates.insert(id, line).is_none(), "an update stands twice");
    }
    let revisions = revisions(data, &updates);
    let found = [
        "ISO/IEC 42001",
        "kind:new_edition",
        "framework:eu-ai-act",
        "certif*",
    ]
    .into_iter()
    .map(|query| {
        let out = run(regwire(data).args(["search", query, "--limit", "1000", "--json"]));
        let value: Value = serde_json::from_slice(&out.stdout).unwrap();
        let mut ids: Vec<String> = value["hits"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hit| hit["id"].to_string())
            .collect();
        ids.sort();
        (query.to_owned(), ids)
    })
    .collect();
    let issues: Value =
        serde_json::from_slice(&run(regwire(data).args(["digest", "list", "--json"])).stdout)
            .unwrap();
    let issues = issues["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| {
            (
                issue["number"].clone(),
                issue["items"].clone(),
                issue["sent"].clone(),
                issue["state"].clone(),
            )
        })
        .collect();
    let mails = std::fs::read_dir(data.join("mail"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            // What a mail says, without the order in which equal moments were logged.
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                head(&std::fs::read(&path).unwrap()),
            )
        })
        .filter(|(name, _)| !name.starts_with('.'))
        .collect();
    End {
        updates,
        revisions,
        found,
        issues,
        mails,
    }
}

/// The number and the title of every revision of what was revised.
fn revisions(
    data: &Path,
    updates: &BTreeMap<String, Value>,
) -> BTreeMap<String, Vec<(u32, String)>> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = regwire::store::Store::open("sqlite:regwire.db", data)
            .await
            .unwrap();
        let mut out = BTreeMap::new();
        for (id, line) in updates {
            if line["revision"].as_u64() == Some(1) {
                continue;
            }
            let known = store.revisions(&UpdateId::new(id).unwrap()).await.unwrap();
            let told = known
                .iter()
                .map(|past| (past.number, past.content.title.clone()));
            out.insert(id.clone(), told.collect());
        }
        store.close().await;
        out
    })
}

fn head(mail: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(mail);
    let keep = |name: &str| {
        text.lines()
            .find(|line| line.starts_with(name))
            .unwrap_or("")
            .to_owned()
    };
    format!("{}\n{}\n{}", keep("Message-ID"), keep("To"), keep("Date")).into_bytes()
}

/// The change log has each change exactly once: as many lines as updates and later revisions.
fn log_is_right(data: &Path, end: &End) {
    let connection = data.join("regwire.db");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let log = runtime.block_on(async {
        let store = regwire::store::Store::open("sqlite:regwire.db", data)
            .await
            .unwrap();
        store.log(0, 100_000).await.unwrap()
    });
    assert!(connection.exists());
    let mut seen = std::collections::BTreeSet::new();
    for (place, line) in log.iter().enumerate() {
        assert_eq!(
            line.position,
            i64::try_from(place).unwrap() + 1,
            "no position is left out"
        );
        assert!(
            seen.insert((line.update.to_string(), line.revision)),
            "a change is told twice"
        );
    }
    let revisions: u64 = end
        .updates
        .values()
        .map(|line| line["revision"].as_u64().unwrap())
        .sum();
    assert_eq!(seen.len() as u64, revisions);
}

fn kill_at_point(data: &Path, point: &str) -> bool {
    let mut child = demo(data)
        .env("REGWIRE_CRASH_AT", point)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    for line in stderr.lines() {
        if line.unwrap().contains("crash point") {
            child.kill().unwrap();
            child.wait().unwrap();
            return true;
        }
    }
    child.wait().unwrap();
    false
}

#[test]
fn killed_at_every_named_point_it_ends_as_if_nothing_had_been() {
    let folder = tempfile::tempdir().unwrap();
    let calm = folder.path().join("calm");
    let port = own_port();
    prepare(&calm, port);
    run(&mut demo(&calm));
    let expected = end(&calm);
    log_is_right(&calm, &expected);
    assert!(expected.updates.len() >= 80 && !expected.mails.is_empty());
    for point in [
        "after-fetch:7",
        "before-commit",
        "before-commit:9",
        "after-commit",
        "after-commit:5",
        "index-before-commit:2",
        "index-after-commit:3",
        "issue-before-commit",
        "issue-after-commit",
        "after-send:2",
        "delivery-before-commit",
        "delivery-after-commit",
    ] {
        let data = folder.path().join(point.replace(':', "-"));
        prepare(&data, port);
        assert!(kill_at_point(&data, point), "{point} was never reached");
        run(&mut demo(&data));
        let got = end(&data);
        log_is_right(&data, &got);
        same(&got, &expected, point);
    }
}

#[test]
fn killed_at_random_moments_it_ends_as_if_nothing_had_been() {
    let folder = tempfile::tempdir().unwrap();
    let calm = folder.path().join("calm");
    let port = own_port();
    prepare(&calm, port);
    let began = std::time::Instant::now();
    run(&mut demo(&calm));
    let whole = began.elapsed();
    let expected = end(&calm);
    let times: u32 = if std::env::var_os("REGWIRE_LONG").is_some() {
        500
    } else {
        20
    };
    let mut kills = 0;
    for round in 0..times {
        let data = folder.path().join(format!("r{round}"));
        prepare(&data, port);
        // A fixed sequence that covers the run: what differs between machines is where it lands.
        let share = f64::from(round * 7_919 % times) / f64::from(times);
        let moment = whole.mul_f64(share) + Duration::from_millis(5);
        let mut child = demo(&data)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let until = std::time::Instant::now() + moment;
        while std::time::Instant::now() < until {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            // Other tests go on meanwhile.
            std::thread::park_timeout(Duration::from_millis(1));
        }
        kills += u32::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
        run(&mut demo(&data));
        let got = end(&data);
        log_is_right(&data, &got);
        same(&got, &expected, &format!("killed after {moment:?}"));
        std::fs::remove_dir_all(&data).unwrap();
    }
    println!("{kills} of {times} runs were killed under way");
    assert!(kills >= times / 2, "{kills} kills hit");
}

/// A port of this test's own, outside the range that systems give out by themselves.
pub fn own_port() -> u16 {
    use std::sync::atomic::{AtomicU16, Ordering};
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let base = 21_000 + u16::try_from(std::process::id() % 9_000).unwrap();
    (0..500)
        .map(|_| base + NEXT.fetch_add(1, Ordering::SeqCst))
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap()
}

/// Listings are known by their addresses, so all runs must find their world on one port.
pub fn prepare(data: &Path, port: u16) {
    let mark = serde_json::json!({ "port": port, "corpus": null, "world": null, "until": "1970-01-01T00:00:00Z" });
    std::fs::create_dir_all(data).unwrap();
    std::fs::write(data.join("demo.json"), mark.to_string()).unwrap();
}

fn same(got: &End, expected: &End, when: &str) {
    let ids = |end: &End| end.updates.keys().cloned().collect::<Vec<_>>();
    assert_eq!(ids(got), ids(expected), "{when}: the updates");
    for (id, line) in &expected.updates {
        for key in [
            "title",
            "summary",
            "kind",
            "reach",
            "frameworks",
            "jurisdictions",
            "bodies",
            "topics",
            "references",
            "revision",
        ] {
            assert_eq!(got.updates[id][key], line[key], "{when}: {key} of {id}");
        }
    }
    assert_eq!(got.revisions, expected.revisions, "{when}: the revisions");
    assert_eq!(got.found, expected.found, "{when}: the search");
    assert_eq!(got.issues, expected.issues, "{when}: the issues");
    assert_eq!(
        got.mails.keys().collect::<Vec<_>>(),
        expected.mails.keys().collect::<Vec<_>>(),
        "{when}: the mails"
    );
    assert_eq!(got.mails, expected.mails, "{when}: what the mails are");
}
