//! Tokens of programs, and the audit log that nobody alters (promises: W10, W11).

use std::path::Path;

use chrono::TimeDelta;
use regwire::clock::Clock;
use regwire::daemon::House;
use regwire::domain::api_token::{Scope, StoredToken};
use regwire::domain::operator::Role;
use regwire::store::Deed;
use sqlx::Connection as _;

use super::{act, link, somebody};
use crate::house::utc;
use crate::postgres::Postgres;
use crate::site::{ask, filled, open};

fn shown_once(page: &str) -> String {
    let (_, rest) = page.split_once("<p class=\"once\"><code>").unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_it_is_for_until_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 1).await;
    let mut ada = somebody(&house, "Ada", Role::Operator, "192.0.2.1").await;
    let router = open(&house);
    let page = "/operate/tokens";
    for (fields, why) in [
        (vec![("name", ""), ("scope", "audit")], "name"),
        (vec![("name", "x"), ("scope", "everything")], "scope"),
        (
            vec![("name", "x"), ("scope", "audit"), ("expires", "soon")],
            "no day",
        ),
        (
            vec![("name", "x"), ("scope", "audit"), ("expires", "2020-01-01")],
            "later",
        ),
    ] {
        let answer = ada.press(page, page, &fields).await;
        assert_eq!(answer.status, 422, "{why}");
        assert!(answer.body.contains(why), "{why}");
    }
    let fields = [
        ("name", "the archive"),
        ("scope", "audit"),
        ("expires", "2026-12-01"),
    ];
    let made = ada.press(page, page, &fields).await;
    assert_eq!(made.status, 200);
    let token = shown_once(&made.body);
    assert!(token.starts_with("rgw_") && token.len() == 52, "{token}");
    let listed = ada.get(page).await.body;
    assert!(listed.contains("never used") && !listed.contains(&token));
    let asked = async |path: &str, token: &str| {
        let bearer = format!("Bearer {token}");
        ask(&router, path, &[("authorization", bearer.as_str())]).await
    };
    let evidence = "/api/v1/sources/bench/documents";
    assert_eq!(ask(&router, "/api/v1/audit", &[]).await.status, 401);
    assert_eq!(asked("/api/v1/audit", "rgw_0").await.status, 401);
    assert_eq!(asked("/api/v1/audit", &token[4..]).await.status, 401);
    assert_eq!(
        asked(evidence, &token).await.status,
        403,
        "it opens other things"
    );
    let answer = asked("/api/v1/audit?limit=2", &token).await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (200, "no-store")
    );
    let read: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(read["items"][0]["act"], "operator-invited");
    assert_eq!(
        (read["items"][1]["position"].as_i64(), read["next"].as_str()),
        (Some(2), Some("2"))
    );
    assert!(
        ada.get(page)
            .await
            .body
            .contains("last used 9 November 2026")
    );
    // It ends by itself, and by the button.
    let id = house.store.api_tokens().await.unwrap()[0].id.clone();
    let there = house.clock.now();
    house.clock.move_to(utc("2026-11-30T23:59:59Z"));
    assert_eq!(asked("/api/v1/audit", &token).await.status, 200);
    house.clock.move_to(utc("2026-12-01T00:00:00Z"));
    assert_eq!(asked("/api/v1/audit", &token).await.status, 401);
    house.clock.move_to(there);
    let end = format!("/operate/tokens/{id}/end");
    assert_eq!(ada.press(page, &end, &[]).await.status, 422);
    let sure = [("sure", "yes")];
    let answer = ada.press(page, &end, &sure).await;
    assert_eq!(answer.header("location"), "/operate/tokens?done=ended");
    assert_eq!(asked("/api/v1/audit", &token).await.status, 401);
    let again = ada.press(page, &end, &sure).await;
    assert_eq!(again.header("location"), "/operate/tokens?done=nothing");
}

/// Deeds, their lines, and what the databases refuse: told to both.
async fn the_log_grows_and_is_never_altered(store: &str, folder: &Path) -> House {
    let clock = Clock::held(utc("2026-11-09T12:00:00Z"));
    let house = crate::house::open(store, folder, String::new(), clock).await;
    assert_eq!(house.store.verify_audit().await.unwrap().faults, [""; 0]);
    for (number, name) in ["Ada", "Bob", "Cyd"].into_iter().enumerate() {
        house
            .clock
            .move_to(house.clock.now() + TimeDelta::microseconds(1));
        link(&house, name, Role::Operator).await;
        let (token, _) = StoredToken::made(
            name,
            vec![Scope::Audit, Scope::Evidence],
            None,
            &[u8::try_from(number).unwrap(); 24],
            "the test",
            house.clock.now(),
        )
        .unwrap();
        let word = act(&house, "token-made").on(name);
        house
            .store
            .perform(&word, &Deed::AddToken(token))
            .await
            .unwrap();
    }
    // What cannot be done leaves no line; what fails leaves none either.
    let nothing = Deed::EndToken("nothing".to_owned());
    let done = house
        .store
        .perform(&act(&house, "x"), &nothing)
        .await
        .unwrap();
    assert_eq!(done, None);
    let (twice, _) = StoredToken::made(
        "Ada",
        vec![Scope::Audit],
        None,
        &[0; 24],
        "t",
        house.clock.now(),
    )
    .unwrap();
    assert!(
        house
            .store
            .perform(&act(&house, "x"), &Deed::AddToken(twice))
            .await
            .is_err()
    );
    // Many at once come one after the other.
    let many: Vec<_> = (0..20)
        .map(|number| {
            let store = house.store.clone();
            let act = act(&house, "noted").on(format!("{number}"));
            tokio::spawn(async move { store.note_act(&act).await })
        })
        .collect();
    for one in many {
        one.await.unwrap().unwrap();
    }
    let check = house.store.verify_audit().await.unwrap();
    assert_eq!(
        (check.lines, check.faults.len()),
        (26, 0),
        "{:?}",
        check.faults
    );
    let lines = house.store.audit_lines_after(0, 100).await.unwrap();
    assert_eq!(lines[1].act, "token-made");
    assert!(
        house.store.api_tokens().await.unwrap()[0]
            .token
            .scopes
            .contains(&Scope::Evidence)
    );
    house
}

const TAMPERING: [&str; 3] = [
    "UPDATE audit_log SET who = 'nobody' WHERE position = 3",
    "DELETE FROM audit_log WHERE position = 26",
    "DELETE FROM audit_log",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let house = the_log_grows_and_is_never_altered("sqlite:t.db", folder.path()).await;
    let url = format!("sqlite:{}", folder.path().join("data/t.db").display());
    let mut database = sqlx::SqliteConnection::connect(&url).await.unwrap();
    for statement in TAMPERING {
        let error = sqlx::query(statement)
            .execute(&mut database)
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("append-only"),
            "{statement}: {error}"
        );
    }
    // Whoever takes the triggers away is found out.
    for trigger in ["audit_log_is_not_altered", "audit_log_is_not_shortened"] {
        let statement = sqlx::AssertSqlSafe(format!("DROP TRIGGER {trigger}"));
        sqlx::query(statement).execute(&mut database).await.unwrap();
    }
    for (statement, found) in TAMPERING
        .into_iter()
        .zip(["line 3 was altered", "line 25", "line 0"])
    {
        sqlx::query(statement).execute(&mut database).await.unwrap();
        let faults = house.store.verify_audit().await.unwrap().faults.join("; ");
        assert!(faults.contains(found), "{statement}: {faults}");
    }
    // The command says so, and ends with 1.
    std::fs::write(
        folder.path().join("regwire.toml"),
        "[store]\nurl = \"sqlite:t.db\"\n",
    )
    .unwrap();
    let said = regwire(folder.path(), "data", &["audit", "verify"]).failure();
    let said = String::from_utf8(said.get_output().stdout.clone()).unwrap();
    assert!(said.contains("tampered with"), "{said}");
}

fn regwire(folder: &Path, data: &str, words: &[&str]) -> assert_cmd::assert::Assert {
    assert_cmd::Command::new(env!("CARGO_BIN_EXE_regwire"))
        .arg("--data")
        .arg(folder.join(data))
        .args(words)
        .current_dir(folder)
        .env("USER", "ada")
        .env_remove("SUDO_USER")
        .env_remove("LOGNAME")
        .assert()
}

#[test]
fn what_commands_do_is_logged_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| {
        let done = regwire(folder.path(), "data", words).success();
        String::from_utf8(done.get_output().stdout.clone()).unwrap()
    };
    let link = run(&["operator", "invite", "Ada", "--role", "reader"]);
    assert!(
        link.starts_with("http://127.0.0.1:8080/operate/link/") && link.trim().len() == 67,
        "{link}"
    );
    regwire(folder.path(), "data", &["operator", "invite", "ADA"])
        .failure()
        .code(1);
    regwire(folder.path(), "data", &["operator", "link", "Bob"])
        .failure()
        .code(1);
    regwire(
        folder.path(),
        "data",
        &["operator", "invite", "x", "--role", "king"],
    )
    .failure()
    .code(2);
    assert!(run(&["token", "add", "archive", "--scope", "audit"]).starts_with("rgw_"));
    run(&["pause", "a rehearsal"]);
    let lines = run(&["audit", "list", "--jsonl"]);
    let acts: Vec<String> = lines
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(
                (&line["who"], &line["from"]),
                (&"ada".into(), &"command line".into())
            );
            line["act"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(acts, ["operator-invited", "token-made", "paused"]);
    let said = run(&["audit", "verify"]);
    let head_of = |said: &str| said.trim().split_once("ends with ").unwrap().1.to_owned();
    let before = head_of(&said);
    // Who is told what, and what is done to everything that was collected; a rehearsal is no change.
    run(&["subscriber", "add", "zoe@example.org"]);
    run(&["subscription", "feed", "--want", "jurisdiction:eu"]);
    run(&["retag", "--dry-run"]);
    run(&["retag"]);
    run(&["reindex"]);
    let lines = run(&["audit", "list", "--jsonl"]);
    let acts: Vec<serde_json::Value> = lines
        .lines()
        .skip(3)
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["act"].clone())
        .collect();
    assert_eq!(
        acts,
        [
            "subscription-begun",
            "subscription-begun",
            "retagged",
            "reindexed"
        ]
    );
    assert!(!lines.contains("zoe"), "{lines}");
    run(&["audit", "verify", "--expect", &before]);
    let other = before.replacen("3:", "2:", 1);
    regwire(
        folder.path(),
        "data",
        &["audit", "verify", "--expect", &other],
    )
    .failure();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_on_postgres() {
    let Some(server) = Postgres::start() else {
        crate::left_out!("the audit log on PostgreSQL (no server on this machine)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let house = the_log_grows_and_is_never_altered(server.url(), folder.path()).await;
    let mut database = sqlx::PgConnection::connect(server.url()).await.unwrap();
    for statement in TAMPERING.into_iter().chain(["TRUNCATE audit_log"]) {
        let error = sqlx::query(statement)
            .execute(&mut database)
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("append-only"),
            "{statement}: {error}"
        );
    }
    assert_eq!(house.store.verify_audit().await.unwrap().lines, 26);
}

/// Makes a token in a process that is killed: at a named point, or after a while.
fn killed(folder: &Path, at: Option<&str>, after: std::time::Duration) {
    use std::io::BufRead as _;
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_regwire"));
    command
        .arg("--data")
        .arg(folder.join("data"))
        .args(["token", "add", "x", "--scope", "audit"])
        .current_dir(folder)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped());
    if let Some(point) = at {
        command.env("REGWIRE_CRASH_AT", point);
    }
    let mut child = command.spawn().unwrap();
    match at {
        Some(point) => {
            let lines = std::io::BufReader::new(child.stderr.take().unwrap()).lines();
            let reached = lines
                .map_while(Result::ok)
                .any(|line| line.contains("crash point"));
            assert!(reached, "{point}");
        }
        None => std::thread::sleep(after),
    }
    // It may have ended by itself.
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn a_deed_and_its_line_are_there_together_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let list = |words: &[&str]| -> serde_json::Value {
        let told = regwire(folder.path(), "data", words).success();
        serde_json::from_slice(&told.get_output().stdout).unwrap()
    };
    killed(
        folder.path(),
        Some("deed-before-commit"),
        std::time::Duration::ZERO,
    );
    assert_eq!(
        list(&["token", "list", "--json"])["tokens"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    assert_eq!(list(&["audit", "verify", "--json"])["lines"], 0);
    // How long one takes here; kills fall into its last part.
    let began = std::time::Instant::now();
    regwire(
        folder.path(),
        "data",
        &["token", "add", "x", "--scope", "audit"],
    )
    .success();
    let takes = began.elapsed();
    let times = if std::env::var_os("REGWIRE_LONG").is_some() {
        200
    } else {
        6
    };
    for number in 0..times {
        killed(
            folder.path(),
            None,
            takes * (60 + number * 45 / times) / 100,
        );
    }
    let tokens = list(&["token", "list", "--json"])["tokens"]
        .as_array()
        .unwrap()
        .len();
    let check = list(&["audit", "verify", "--json"]);
    assert_eq!(check["faults"], serde_json::json!([]));
    assert_eq!(check["lines"].as_u64(), Some(tokens as u64));
    assert!(tokens >= 1);
}
