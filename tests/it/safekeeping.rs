//! A store is kept while it is worked with, restored, and moved from one database to the other and
//! back: with every row, every identifier and every position (promises: S7).

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use regwire::clock::Clock;
use regwire::daemon::Shift;
use regwire::daemon::jobs::library;
use regwire::domain::criteria::Criteria;
use regwire::domain::id::DigestName;
use regwire::domain::subscription::{EmailAddress, Origin};
use regwire::store::Store;
use serde_json::Value;

use crate::command_line::{regwire, run};
use crate::house::utc;
use crate::postgres::Postgres;

/// A fortnight that was lived, as a plain data folder.
fn lived(data: &Path) {
    run(regwire(data).args(["demo", "--once"]));
    // Without its mark it is a store like any other, and asks no sample world.
    std::fs::remove_file(data.join("demo.json")).unwrap();
}

/// A command on a data folder, later than anything in it.
fn at(data: &Path, store: Option<&str>) -> Command {
    let mut command = regwire(data);
    command.env("REGWIRE_CLOCK", "2027-06-01T08:00:00Z");
    if let Some(url) = store {
        command.env("REGWIRE_STORE_URL", url);
    }
    command
}

/// Everything as lines.
pub fn everything(data: &Path, store: Option<&str>) -> String {
    String::from_utf8(run(at(data, store).args(["export", "everything"])).stdout).unwrap()
}

/// Rows by table; without those that a restore settles anew.
pub fn tables(everything: &str) -> BTreeMap<String, Vec<String>> {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut name = String::new();
    for line in everything.lines() {
        if line.starts_with('[') {
            tables.get_mut(&name).unwrap().push(line.to_owned());
        } else if line.starts_with("{\"table\"") {
            let head: Value = serde_json::from_str(line).unwrap();
            name = head["table"].as_str().unwrap().to_owned();
            tables.insert(name.clone(), vec![line.to_owned()]);
        }
    }
    tables.remove("sending_lock");
    tables.remove("leases");
    tables
}

/// What a reader and an operator get to see.
fn seen(data: &Path, store: Option<&str>) -> Vec<String> {
    let mut seen = Vec::new();
    for command in [
        &["search", "certif*", "--json", "--limit", "500"][..],
        &["export", "updates", "--jsonl"],
        &["digest", "list", "--json"],
        &["subscription", "list", "--json"],
    ] {
        let out = run(at(data, store).args(command));
        let text = String::from_utf8(out.stdout).unwrap();
        assert!(!text.is_empty(), "{command:?}");
        seen.push(text);
    }
    seen
}

fn only_file(folder: &Path, ending: &str) -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn only_owners(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let rights = std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(rights & 0o077, 0, "{}: {rights:o}", path.display());
}

/// Runs until a point is reached, and kills it there.
pub fn killed_at(command: &mut Command, point: &str) -> bool {
    let mut child = command
        .env("REGWIRE_CRASH_AT", point)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    for line in lines {
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
fn a_backup_is_whole_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    lived(&data);
    let kept = folder.path().join("kept");
    std::fs::create_dir(&kept).unwrap();
    let before = everything(&data, None);
    assert!(killed_at(
        at(&data, None).arg("backup").arg(&kept),
        "copy-before-rename"
    ));
    // What is half made is nobody else's to read, either.
    only_owners(&data.join("regwire.db"));
    for entry in std::fs::read_dir(&kept).unwrap() {
        only_owners(&entry.unwrap().path());
    }
    let out = run(at(&data, None).arg("backup").arg(&kept));
    assert!(String::from_utf8_lossy(&out.stdout).contains("found whole"));
    let backup = only_file(&kept, ".tar.zst");
    only_owners(&backup);
    assert_eq!(
        std::fs::read_dir(&kept).unwrap().count(),
        1,
        "nothing is left beside it, not even by the one that was killed"
    );

    // Into an empty folder, once killed under way.
    let other = folder.path().join("other");
    assert!(killed_at(
        at(&other, None).arg("restore").arg(&backup),
        "restore-before-rename"
    ));
    let out = run(at(&other, None).arg("restore").arg(&backup));
    let told = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(told.contains("regwire resume"), "{told}");
    let after = everything(&other, None);
    assert_eq!(tables(&after), tables(&before), "every table is the same");
    assert!(after.contains("was restored"), "sending is locked");
    assert_eq!(seen(&other, None), seen(&data, None));
    assert!(other.join("restored-settings/sources.toml").is_file());
    run(at(&other, None).arg("resume"));
    let after = everything(&other, None);
    let of = |table: &str| {
        let head = format!("{{\"table\":\"{table}\"");
        let lines = after
            .lines()
            .skip_while(move |line| !line.starts_with(&head));
        let rows = lines.skip(1).take_while(|line| line.starts_with('['));
        rows.collect::<Vec<_>>()
    };
    let lock = of("sending_lock");
    assert!(
        lock.len() == 1 && !lock[0].contains("was restored"),
        "{lock:?}"
    );
    let last = of("audit_log").pop().unwrap();
    assert!(
        last.contains("resumed") && last.contains("was restored"),
        "the log tells that a backup was restored before: {last}"
    );

    // Not over a store that holds something, unless it is kept.
    let refused = at(&other, None)
        .arg("restore")
        .arg(&backup)
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("--force"), "{told}");
    run(at(&other, None).args(["restore", "--force"]).arg(&backup));
    assert_eq!(tables(&everything(&other, None)), tables(&before));
    let aside = only_file(&other, "before-restore-20270601T080000Z");
    assert!(std::fs::metadata(aside).unwrap().len() > 100_000);

    // A damaged one is refused, and nothing was touched.
    let mut bytes = std::fs::read(&backup).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    let bad = kept.join("bad.tar.zst");
    std::fs::write(&bad, bytes).unwrap();
    let third = folder.path().join("third");
    let refused = at(&third, None).arg("restore").arg(&bad).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(!third.join("regwire.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lost_store_left_beside_it_is_not_played_into_the_restored_one() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::held(utc("2026-11-07T10:00:00Z"));
    let house = crate::house::open("sqlite:regwire.db", folder.path(), String::new(), clock).await;
    let data = folder.path().join("data");
    let backup = folder.path().join("b.tar.zst");
    let held = house.lease().await.unwrap().unwrap();
    run(at(&data, None).arg("backup").arg(&backup));
    let weekly = DigestName::new("weekly").unwrap();
    let (all, moment) = (Criteria::All, utc("2026-11-07T10:00:00Z"));
    let before = tables(&everything(&data, None));
    for number in 0..20 {
        let address = EmailAddress::new(&format!("r{number}@example.org")).unwrap();
        let wished = house
            .store
            .subscribe(&address, &weekly, &all, Origin::Operator, moment);
        wished.await.unwrap();
    }
    // As a machine's death leaves them; the store itself is lost.
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    for name in ["regwire.db-wal", "regwire.db-shm"] {
        std::fs::copy(data.join(name), other.join(name)).unwrap();
    }
    run(at(&other, None).arg("restore").arg(&backup));
    let after = everything(&other, None);
    assert_eq!(tables(&after), before);
    assert!(after.contains("was restored"), "sending is locked");
    // A node that hung since before the loss meets no epoch of its own.
    let store = Store::open("sqlite:regwire.db", &other).await.unwrap();
    let epoch = store.lease_epoch("worker").await.unwrap().unwrap();
    assert!(epoch > held.epoch + 1_000_000, "{epoch}");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_of_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let clock = Clock::held(utc("2026-11-07T10:00:00Z"));
    let house = crate::house::open(
        "sqlite:regwire.db",
        folder.path(),
        String::new(),
        clock.clone(),
    )
    .await;
    let stop = Arc::new(AtomicBool::new(false));
    let writer = {
        let (house, stop) = (house.clone(), Arc::clone(&stop));
        tokio::spawn(async move {
            let weekly = DigestName::new("weekly").unwrap();
            let mut written = 0;
            while !stop.load(Ordering::SeqCst) {
                let address = EmailAddress::new(&format!("r{written:06}@example.org")).unwrap();
                house
                    .store
                    .subscribe(
                        &address,
                        &weekly,
                        &Criteria::All,
                        Origin::Operator,
                        utc("2026-11-07T10:00:00Z"),
                    )
                    .await
                    .unwrap();
                written += 1;
            }
            written
        })
    };
    let backup = folder.path().join("b.tar.zst");
    let made = {
        let (data, backup) = (data.clone(), backup.clone());
        tokio::task::spawn_blocking(move || {
            for round in 0..3 {
                let _ = std::fs::remove_file(&backup);
                run(at(&data, None).arg("backup").arg(&backup));
                let other = data.with_file_name(format!("other{round}"));
                run(at(&other, None).arg("restore").arg(&backup));
                let tables = tables(&everything(&other, None));
                let (people, wishes) = (&tables["subscribers"], &tables["subscriptions"]);
                // Each was written with its subscription, so one moment has both of all.
                assert_eq!(people.len(), wishes.len());
                println!("a backup under load holds {} people", people.len() - 1);
            }
        })
        .await
    };
    stop.store(true, Ordering::SeqCst);
    assert!(writer.await.unwrap() > 0);
    made.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_only_started_takes_another_one_in() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("from");
    lived(&from);
    let lines = everything(&from, None);
    let file = folder.path().join("store.jsonl");
    std::fs::write(&file, &lines).unwrap();
    let data = folder.path().join("data");
    let clock = Clock::held(utc("2026-11-07T10:00:00Z"));
    let house = crate::house::open("sqlite:regwire.db", folder.path(), String::new(), clock).await;
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    library::follow(&house, shift.lease()).await.unwrap();
    shift.end().await.unwrap();
    house.store.clone().close().await;
    drop(house);
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}/regwire.db", data.display()))
        .await
        .unwrap();
    let audited = "INSERT INTO audit_log (position, at, who, came_from, act, subject, state_before, state_after, previous, link) VALUES (1, '2026-11-07T10:00:00+00:00', 'a', 'b', 'c', 'd', '', '', '', 'x')";
    sqlx::query(audited).execute(&pool).await.unwrap();
    run(at(&data, None).arg("import").arg(&file));
    assert_eq!(tables(&everything(&data, None)), tables(&lines));
    // The audit log is append-only as before.
    let (guards,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_log'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(guards, 2);
    pool.close().await;
}

/// Statements of another program; each must succeed.
fn sql(url: &str, statements: &'static str) {
    use sqlx::Connection as _;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(statements)
            .execute(&mut connection)
            .await
            .unwrap();
    });
}

#[test]
fn a_store_moves_to_postgresql_and_back_with_every_row() {
    let Some(server) = Postgres::start() else {
        crate::left_out!(
            "moving house to PostgreSQL (no server was found; tests/run installs one)"
        );
        return;
    };
    let url = server.url();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    lived(&data);
    let lines = everything(&data, None);
    let before = seen(&data, None);
    let file = folder.path().join("store.jsonl");
    std::fs::write(&file, &lines).unwrap();

    // Cut off, it is not taken in; killed under way, it is taken in by the next run.
    let moved = folder.path().join("moved");
    let half = folder.path().join("half.jsonl");
    std::fs::write(&half, &lines[..lines.len() / 2]).unwrap();
    let refused = at(&moved, Some(url))
        .arg("import")
        .arg(&half)
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("Nothing was stored"), "{told}");
    for point in ["import-table:3", "import-table:20", "import-before-commit"] {
        assert!(
            killed_at(at(&moved, Some(url)).arg("import").arg(&file), point),
            "{point}"
        );
    }
    run(at(&moved, Some(url)).arg("import").arg(&file));
    let there = everything(&moved, Some(url));
    assert_eq!(tables(&there), tables(&lines), "every table is the same");
    assert_eq!(seen(&moved, Some(url)), before);
    let again = at(&moved, Some(url))
        .arg("import")
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(1));
    let told = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(told.contains("not empty"), "{told}");

    // And back, by a pipe's worth of packed lines: to the letter what it was.
    let back = folder.path().join("back");
    let packed = folder.path().join("store.jsonl.zst");
    std::fs::write(&packed, zstd::encode_all(there.as_bytes(), 1).unwrap()).unwrap();
    assert!(killed_at(
        at(&back, None).arg("import").arg(&packed),
        "import-table:20"
    ));
    run(at(&back, None).arg("import").arg(&packed));
    let home = everything(&back, None);
    assert_eq!(tables(&home), tables(&lines));
    assert_eq!(seen(&back, None), before);

    // A backup of PostgreSQL comes back in either.
    let backup = folder.path().join("pg.tar.zst");
    run(at(&moved, Some(url)).arg("backup").arg(&backup));
    let third = folder.path().join("third");
    run(at(&third, None).arg("restore").arg(&backup));
    assert_eq!(tables(&everything(&third, None)), tables(&lines));
    let refused = at(&moved, Some(url))
        .arg("restore")
        .arg(&backup)
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    // What another program keeps in the same database is none of ours.
    sql(
        url,
        "CREATE TABLE wiki (at INTERVAL, page TEXT); INSERT INTO wiki (page) VALUES ('home');
         CREATE FUNCTION wiki_looks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;",
    );
    run(at(&moved, Some(url))
        .args(["restore", "--force"])
        .arg(&backup));
    assert_eq!(tables(&everything(&moved, Some(url))), tables(&lines));
    sql(
        url,
        "DELETE FROM wiki; DROP TABLE wiki; DROP FUNCTION wiki_looks",
    );

    // What the database itself counts goes on where it was.
    let counters = |lines: &str| -> Vec<Value> {
        lines
            .lines()
            .filter(|line| line.starts_with("{\"table\""))
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["counter"].clone())
            .filter(|counter| !counter.is_null())
            .collect()
    };
    assert!(
        counters(&lines)
            .iter()
            .any(|counter| counter.as_i64() > Some(10))
    );
    assert_eq!(counters(&everything(&moved, Some(url))), counters(&lines));
}
