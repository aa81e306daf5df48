//! A catalogue's life, told to both databases and from the command line: first contact, a stage
//! that moves, silence that is counted, half a list, and a process that is killed.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use regwire::clock::Clock;
use regwire::daemon::jobs::collect::Choice;
use regwire::daemon::jobs::{collect, index, register, retag};
use regwire::daemon::{House, Shift};
use regwire::domain::query;
use regwire::domain::standard::{Agreement, agreement, concerned};
use regwire::render::update_line;
use regwire::search::SortOrder;
use regwire::store::RegisterFilter;
use serde_json::{Value, json};

use crate::command_line::{lines, regwire, run};
use crate::house::utc;
use crate::postgres::Postgres;

/// A row of a list of our own: number, reference, stage, committee.
type Row = (u32, &'static str, u32, &'static str);

const SC42: &str = "ISO/IEC JTC 1/SC 42";

fn list(rows: &[Row]) -> String {
    rows.iter()
        .map(|(id, reference, stage, committee)| {
            let published = if *stage == 6060 { json!("2026-11-02") } else { Value::Null };
            let line = json!({
                "id": id, "reference": reference, "currentStage": stage, "ownerCommittee": committee,
                "title": {"en": format!("Title of {id}")}, "publicationDate": published,
                "scope": {"en": "<p>Words</p>"}, "replaces": [], "replacedBy": null,
            });
            format!("{line}\n")
        })
        .collect()
}

/// Twenty rows that never move, so that one more or less is no shrinking.
fn with_ballast(rows: &[Row]) -> String {
    let ballast: String = (0..20)
        .map(|number| {
            format!("{{\"id\":{},\"reference\":\"ISO {}:1999\",\"currentStage\":9093,\"ownerCommittee\":\"ISO/TC 1\"}}\n", 500 + number, 5_000 + number)
        })
        .collect();
    list(rows) + &ballast
}

/// A feed of one item, in words.
const FEED: &str = "<rss version=\"2.0\"><channel><title>T</title><item><guid isPermaLink=\"false\">a</guid><title>ISO/IEC DIS 99042 is out for ballot</title><link>https://news.example/a</link></item></channel></rss>";

async fn serve(body: Arc<Mutex<String>>) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .route("/feed", axum::routing::get(|| async { FEED }))
        .fallback(
            |State(body): State<Arc<Mutex<String>>>, headers: HeaderMap| async move {
                let body = body.lock().unwrap().clone();
                let tag = format!("\"{}\"", body.len());
                let known = headers.get(header::IF_NONE_MATCH);
                if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
                    return StatusCode::NOT_MODIFIED.into_response();
                }
                ([(header::ETAG, tag)], body).into_response()
            },
        )
        .with_state(body);
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

async fn house(store: &str, folder: &Path, port: u16, clock: Clock) -> House {
    let sources = format!(
        "[[source]]\nid = \"iso-open\"\nbody = \"iso\"\nname = \"ISO Open Data\"\nkind = \"catalogue\"\npreset = \"iso-open-data\"\nurl = \"http://iso.localhost:{port}/list\"\nevery = \"1d\"\nlanguage = \"en\"\nattribution = \"Based on a list of our own\"\nscope = {{ committees = [\"{SC42}\"] }}\n[[source]]\nid = \"standards-news\"\nbody = \"iso\"\nname = \"News\"\nkind = \"feed\"\nurl = \"http://news.localhost:{port}/feed\"\nlanguage = \"en\"\n"
    );
    crate::house::open(store, folder, sources, clock).await
}

/// One turn: outcome, entries, new updates, the first fault's code.
async fn collected(house: &House) -> (String, u32, u32, Option<String>) {
    collected_from(house, "iso-open").await
}

async fn collected_from(house: &House, source: &str) -> (String, u32, u32, Option<String>) {
    let shift = Shift::begin(house).await.unwrap().unwrap();
    let fetcher = house.fetcher().unwrap();
    let choice = Choice {
        only: vec![source.parse().unwrap()],
        force: true,
    };
    let reports = collect::collect(house, shift.lease(), &fetcher, &choice, |_| {})
        .await
        .unwrap();
    index::follow(house).await.unwrap();
    register::follow(house, shift.lease()).await.unwrap();
    shift.end().await.unwrap();
    let visit = &reports[0].visit;
    (
        visit.outcome.as_str().to_owned(),
        visit.entries,
        visit.new,
        visit
            .faults
            .first()
            .map(|fault| fault.code.as_str().to_owned()),
    )
}

/// The newest update as a program gets it.
async fn newest(house: &House) -> Value {
    let latest = house.store.latest(false, None, 1).await.unwrap();
    update_line(&latest[0].1, house.source(&latest[0].1.source))
}

async fn sentence(house: &House, work: &str) -> String {
    let filter = RegisterFilter {
        works: Some(vec![work.to_owned()]),
        ..RegisterFilter::default()
    };
    let standings = house.store.standings(&filter).await.unwrap();
    let standing = standings.last().unwrap();
    format!(
        "{}: {}",
        standing.project.reference,
        standing.observed.sentence(&standing.project.position)
    )
}

async fn story(store: &str) {
    let folder = tempfile::tempdir().unwrap();
    let body = Arc::new(Mutex::new(with_ballast(&[
        (91_001, "ISO/IEC DIS 99042", 4000, SC42),
        (91_002, "ISO/IEC 42001:2023", 6060, "ISO/TC 2"),
        (91_003, "ISO 99777:2001", 9093, "ISO/TC 2"),
    ])));
    let port = serve(Arc::clone(&body)).await;
    let clock = Clock::held(utc("2026-11-01T06:00:00Z"));
    let house = house(store, folder.path(), port, clock.clone()).await;

    // First contact is a baseline: found, never told, and only what somebody wants to hear of.
    let outcome = |told: &str, entries, new| (told.to_owned(), entries, new, None);
    assert_eq!(collected(&house).await, outcome("new", 23, 2));
    for (_, update) in house.store.latest(false, None, 10).await.unwrap() {
        assert_eq!((update.reach.as_str(), update.tags.kind), ("archive", None));
    }

    // Two days of silence: once by 304, once by other bytes that say the same.
    clock.move_to(utc("2026-11-02T06:00:00Z"));
    assert_eq!(collected(&house).await, outcome("unchanged", 0, 0));
    clock.move_to(utc("2026-11-03T06:00:00Z"));
    body.lock().unwrap().push('\n');
    assert_eq!(collected(&house).await, outcome("unchanged", 23, 0));
    assert_eq!(
        sentence(&house, "ISO/IEC 99042").await,
        "ISO/IEC DIS 99042: observed 3 times since 2026-11-01 06:00, last 2026-11-03 06:00, unchanged at 40.00"
    );

    // A ballot opens; a row outside every interest moves, and costs no update.
    clock.move_to(utc("2026-11-04T06:00:00Z"));
    *body.lock().unwrap() = with_ballast(&[
        (91_001, "ISO/IEC DIS 99042", 4020, SC42),
        (91_002, "ISO/IEC 42001:2023", 6060, "ISO/TC 2"),
        (91_003, "ISO 99777:2001", 9020, "ISO/TC 2"),
    ]);
    assert_eq!(collected(&house).await, outcome("new", 23, 1));
    let line = newest(&house).await;
    assert_eq!(
        line["title"],
        "ISO/IEC DIS 99042: enquiry ballot open (40.20)"
    );
    assert_eq!(
        (&line["kind"], &line["reach"]),
        (&json!("draft_for_comment"), &json!("news"))
    );
    assert_eq!(
        line["stage"],
        json!({ "standard": "ISO/IEC 99042", "changes": [{ "from": "40.00", "to": "40.20", "date": "2026-11-04" }] })
    );
    assert_eq!(line["references"], json!(["ISO/IEC DIS 99042"]));
    for body in ["iso", "iec"] {
        assert!(
            line["bodies"].as_array().unwrap().contains(&json!(body)),
            "{line}"
        );
    }
    let understood = query::read(
        "kind:draft_for_comment body:iso",
        &house.library.known_works,
    );
    let hits = house
        .index
        .search(&understood.query, SortOrder::Best, 0, 10, false)
        .unwrap();
    assert_eq!(hits.total, 1);

    // Half a list, and one that ends in the middle, are put aside: nothing is withdrawn.
    clock.move_to(utc("2026-11-05T06:00:00Z"));
    *body.lock().unwrap() = list(&[(91_001, "ISO/IEC DIS 99042", 9599, SC42)]);
    let aside = collected(&house).await;
    assert_eq!(
        (aside.0.as_str(), aside.3.as_deref()),
        ("quarantined", Some("shrunken"))
    );
    let whole = with_ballast(&[
        (91_001, "ISO/IEC FDIS 99042", 5020, SC42),
        (91_002, "ISO/IEC 42001:2023", 9020, "ISO/TC 2"),
    ]);
    whole.trim_end()[..whole.len() - 20].clone_into(&mut body.lock().unwrap());
    let aside = collected(&house).await;
    assert_eq!(
        (aside.0.as_str(), aside.3.as_deref()),
        ("quarantined", Some("truncated"))
    );
    assert_eq!(house.store.counts().await.unwrap().updates, 3);

    // The whole list: one row is missing from it, which withdraws nothing either. A framework's
    // own standard is told though no scope names its committee.
    body.lock().unwrap().clone_from(&whole);
    clock.move_to(utc("2026-11-06T06:00:00Z"));
    assert_eq!(collected(&house).await, outcome("new", 22, 2));
    let told: BTreeSet<String> = house
        .store
        .latest(false, None, 2)
        .await
        .unwrap()
        .into_iter()
        .map(|(_, update)| format!("{} {}", update.reach.as_str(), update.content.title))
        .collect();
    assert_eq!(
        told.into_iter().collect::<Vec<_>>(),
        [
            "followers ISO/IEC 42001:2023: systematic review open (90.20)",
            "followers ISO/IEC FDIS 99042: final ballot or proof under way (50.20)",
        ]
    );
    assert_eq!(
        sentence(&house, "ISO 99777").await,
        "ISO 99777:2001: observed once since 2026-11-04 06:00, last 2026-11-04 06:00, unchanged at 90.20; not in the catalogue since 2026-11-06 06:00"
    );

    // One project, one history, though its name has changed.
    let filter = RegisterFilter {
        projects: Some(vec!["91001".to_owned()]),
        ..RegisterFilter::default()
    };
    let standing = house.store.standings(&filter).await.unwrap().remove(0);
    let events = house
        .store
        .stage_events(&standing.project.id)
        .await
        .unwrap();
    let moves: Vec<String> = events.iter().map(|event| event.to.to_string()).collect();
    assert_eq!(moves, ["40.00", "40.20", "50.20"]);

    // Somebody tells in words what the catalogue said two days ago: a late proof, which moves
    // nothing and is kept once however often the log is read.
    collected_from(&house, "standards-news").await;
    collected_from(&house, "standards-news").await;
    let reports = house.store.stage_reports("ISO/IEC 99042").await.unwrap();
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].report.stage.to_string(), "40.20");
    let projects = [standing.project.clone()];
    let project = concerned(&reports[0].report, &projects).unwrap();
    assert_eq!(
        agreement(&reports[0].report, project, &events),
        Agreement::Late
    );
    assert_eq!(house.store.stage_events(&project.id).await.unwrap(), events);
    let report = house
        .store
        .verify_chain(&standing.project.source)
        .await
        .unwrap();
    assert_eq!(report.fault, None);

    // What a row proves is not forgotten when the same library tags again.
    let mut differences = Vec::new();
    let tell = |difference: &retag::Difference| differences.push(difference.line());
    retag::retag(&house, None, tell, |_| {}).await.unwrap();
    assert_eq!(differences, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_on_sqlite() {
    story("sqlite:regwire.db").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_on_postgresql() {
    match Postgres::start() {
        Some(server) => story(server.url()).await,
        None => crate::left_out!(
            "the catalogue on PostgreSQL (no server was found; tests/run installs one)"
        ),
    }
}

/// A file in the form of Relaton, of our own writing.
fn document(folder: &Path, name: &str, reference: &str, number: u32, stage: &str) {
    let (stage, substage) = stage.split_once('.').unwrap();
    let text = format!(
        "---\ntitle:\n- content: Title of {number}\n  language:\n  - en\n  type: main\nlink:\n- content: https://www.iso.org/standard/{number}.html\n  type: src\ndocid:\n- id: {reference}\n  type: ISO\n  primary: true\ndocstatus:\n  stage:\n    value: '{stage}'\n  substage:\n    value: '{substage}'\neditorialgroup:\n  technical_committee:\n  - identifier: {SC42}\n"
    );
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(format!("{name}.yaml")), text).unwrap();
}

/// Two snapshots: in the second a draft has moved, another has gone on under a new name.
fn snapshots(folder: &Path) {
    for (name, moved) in [("a", false), ("b", true)] {
        let data = folder.join(name).join("data");
        document(
            &data,
            "iso-iec-dis-99042",
            "ISO/IEC DIS 99042",
            91_001,
            if moved { "40.60" } else { "40.20" },
        );
        document(
            &data,
            "iso-iec-cd-99043",
            "ISO/IEC CD 99043",
            91_002,
            "30.99",
        );
        document(
            &data,
            "iso-iec-99044-2020",
            "ISO/IEC 99044:2020",
            91_003,
            if moved { "95.99" } else { "90.92" },
        );
        if moved {
            document(
                &data,
                "iso-iec-dis-99043",
                "ISO/IEC DIS 99043",
                91_002,
                "40.00",
            );
        }
    }
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

/// What the register and the updates say in the end.
fn end(data: &Path) -> (Vec<Value>, Vec<Value>) {
    let register = lines(&run(regwire(data).args(["standards", "--all", "--jsonl"])));
    let mut updates = lines(&run(regwire(data).args(["export", "updates", "--jsonl"])));
    for update in &mut updates {
        // When a run happened to be made is another thing than when the catalogue was so.
        update["first_seen"] = Value::Null;
    }
    updates.sort_by_key(|update| update["id"].to_string());
    (register, updates)
}

#[test]
fn killed_at_any_point_a_snapshot_is_taken_in_once() {
    let folder = tempfile::tempdir().unwrap();
    snapshots(folder.path());
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    let calm = folder.path().join("calm");
    assert_eq!(
        lines(&run(&mut look(&calm, &a, "2026-01-01"))),
        Vec::<Value>::new()
    );
    let moves = lines(&run(&mut look(&calm, &b, "2026-02-01T00:00:00Z")));
    let told: Vec<String> = moves
        .iter()
        .map(|line| {
            format!(
                "{} {} {}-{}",
                line["file"], line["project"], line["from"], line["to"]
            )
            .replace('"', "")
        })
        .collect();
    assert_eq!(
        told,
        [
            "data/iso-iec-99044-2020.yaml 91003 90.92-95.99",
            "data/iso-iec-dis-99042.yaml 91001 40.20-40.60",
        ]
    );
    assert_eq!(
        moves[1],
        json!({
            "standard": "ISO/IEC 99042", "project": "91001", "from": "40.20", "to": "40.60", "date": null,
            "observed_at": "2026-02-01T00:00:00Z", "file": "data/iso-iec-dis-99042.yaml", "reference": "ISO/IEC DIS 99042",
        })
    );
    let expected = end(&calm);
    assert_eq!(expected.0.len(), 3);
    let project = expected
        .0
        .iter()
        .find(|line| line["project"] == "91002")
        .unwrap();
    assert_eq!(
        (&project["reference"], &project["stage"]),
        (&json!("ISO/IEC DIS 99043"), &json!("40.00"))
    );
    let kinds: Vec<&Value> = expected
        .1
        .iter()
        .map(|update| &update["kind"])
        .filter(|kind| !kind.is_null())
        .collect();
    assert_eq!(kinds, [&json!("withdrawal")]);

    for point in ["observed", "before-commit", "after-commit"] {
        let data = folder.path().join(point);
        run(&mut look(&data, &a, "2026-01-01"));
        let mut child = look(&data, &b, "2026-02-01")
            .env("REGWIRE_CRASH_AT", point)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let reached = BufReader::new(child.stderr.take().unwrap())
            .lines()
            .any(|line| line.unwrap().contains("crash point"));
        assert!(reached, "{point} was never reached");
        child.kill().unwrap();
        child.wait().unwrap();
        let mut told = String::new();
        child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut told)
            .unwrap();
        let first: Vec<Value> = told
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        // Whatever was stored had been told; what was not is told again.
        assert_eq!(first, moves, "{point}");
        let second = lines(&run(&mut look(&data, &b, "2026-02-01")));
        assert_eq!(
            second,
            if point == "after-commit" {
                Vec::new()
            } else {
                moves.clone()
            },
            "{point}"
        );
        assert_eq!(end(&data), expected, "{point}");
    }

    // Twice is nothing.
    assert_eq!(
        lines(&run(&mut look(&calm, &b, "2026-02-01"))),
        Vec::<Value>::new()
    );
    assert_eq!(
        lines(&run(&mut look(&calm, &a, "2026-01-01"))),
        Vec::<Value>::new()
    );
    assert_eq!(end(&calm), expected);
}

#[test]
fn the_register_is_shown_and_wrong_use_is_told() {
    let folder = tempfile::tempdir().unwrap();
    snapshots(folder.path());
    let data = folder.path().join("data");
    run(&mut look(&data, &folder.path().join("a"), "2026-01-01"));
    let table = run(regwire(&data).args([
        "standards",
        "observe",
        &folder.path().join("b").display().to_string(),
        "--at",
        "2026-02-01",
    ]));
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("enquiry ballot closed"), "{table}");
    assert!(
        table.contains(
            "4 rows read as iso-relaton; 2 moved; 1 row new, of them 1 of known projects"
        ),
        "{table}"
    );
    for name in [
        "ISO/IEC 99043",
        "iso-iec-99043",
        "99043",
        "91002",
        "ISO 99043",
    ] {
        let shown = regwire(&data).args(["standards", name]).output().unwrap();
        let text = String::from_utf8_lossy(&shown.stdout).into_owned();
        if name == "ISO 99043" {
            // A publisher that no library completes is another one.
            assert!(!shown.status.success());
            continue;
        }
        assert!(
            text.contains("ISO/IEC DIS 99043") && text.contains("unchanged at 40.00"),
            "{name}: {text}"
        );
    }
    let listed = run(regwire(&data).args(["standards"]));
    let listed = String::from_utf8(listed.stdout).unwrap();
    // What is withdrawn is not monitored.
    assert!(
        listed.contains("2 projects of 3 known") && !listed.contains("99044"),
        "{listed}"
    );
    let csv = run(regwire(&data).args(["export", "standards", "--csv"])).stdout;
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(
        csv.contains("ISO/IEC 99042,91001,ISO/IEC DIS 99042,Title of 91001,40.60"),
        "{csv}"
    );
    let object: Value =
        serde_json::from_slice(&run(regwire(&data).args(["standards", "99043", "--json"])).stdout)
            .unwrap();
    assert_eq!(object["slug"], "iso-iec-99043");
    assert_eq!(
        object["projects"][0]["history"].as_array().unwrap().len(),
        2
    );

    let fails = |arguments: &[&str], code: i32, word: &str| {
        let out = regwire(&data).args(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(code), "{arguments:?}: {text}");
        assert!(text.contains(word), "{arguments:?}: {text}");
    };
    let b = folder.path().join("b").display().to_string();
    fails(&["standards", "observe", &b], 2, "--at");
    fails(
        &["standards", "observe", &b, "--at", "yesterday"],
        2,
        "is no time",
    );
    fails(
        &[
            "standards",
            "observe",
            "/no/such/file",
            "--at",
            "2026-03-01",
        ],
        1,
        "cannot read /no/such/file",
    );
    fails(
        &[
            "standards",
            "observe",
            &b,
            "--at",
            "2026-03-01",
            "--source",
            "nist-news",
        ],
        1,
        "no catalogue of the kind relaton",
    );
    fails(&["standards", "ISO 1"], 1, "does not know `ISO 1`");
    // Half a list is a fault, and withdraws nothing.
    let half = folder.path().join("half");
    document(
        &half,
        "iso-iec-cd-99043",
        "ISO/IEC CD 99043",
        91_002,
        "30.99",
    );
    document(
        &half,
        "iso-iec-dis-99042",
        "ISO/IEC DIS 99042",
        91_001,
        "40.98",
    );
    let half = half.display().to_string();
    fails(
        &["standards", "observe", &half, "--at", "2026-03-01"],
        1,
        "nothing counts as withdrawn",
    );
    let taken = run(regwire(&data).args([
        "standards",
        "observe",
        &half,
        "--at",
        "2026-03-01",
        "--shrunken",
        "--jsonl",
    ]));
    assert_eq!(lines(&taken).len(), 1);
}
