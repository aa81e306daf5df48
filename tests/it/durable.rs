//! What a store goes through: its daemon killed under full load, a second one beside it, its
//! database restarted, its disk full. What was acknowledged is there, and nothing is there twice
//! (promises: S1, S3, S8, S12).

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use regwire::clock::Clock;
use regwire::daemon::{LEASE, Shift, WORKER};
use regwire::domain::criteria::Criteria;
use regwire::domain::id::DigestName;
use regwire::domain::subscription::{EmailAddress, Origin};
use regwire::store::Store;
use sqlx::Connection as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::command_line::regwire;
use crate::house::utc;
use crate::nodes::{Place, SOURCES, found, get, relay, says, settings, stored, world};
use crate::postgres::Postgres;

fn is_long() -> bool {
    std::env::var_os("REGWIRE_LONG").is_some()
}

/// Posts a form; the status.
async fn post(site: SocketAddr, path: &str, body: &str) -> std::io::Result<u16> {
    let mut stream = TcpStream::connect(site).await?;
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {site}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    Ok(answer
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0))
}

/// Bodies by the identifier of the message that brought them.
type Heard = Arc<Mutex<BTreeMap<String, String>>>;

/// A team's own receiver of webhooks.
async fn receiver() -> (u16, Heard) {
    let heard = Heard::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .fallback(
            |State(heard): State<Heard>, headers: HeaderMap, body: String| async move {
                let id = headers["webhook-id"].to_str().unwrap_or("").to_owned();
                let mut heard = heard.lock().unwrap();
                if let Some(before) = heard.insert(id, body.clone()) {
                    assert_eq!(before, body, "what comes again is the same");
                }
            },
        )
        .with_state(Arc::clone(&heard));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (port, heard)
}

async fn is_sound(file: &Path) -> bool {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(Duration::from_secs(10));
    let mut connection = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    let (word,): (String,) = sqlx::query_as("PRAGMA integrity_check")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    word == "ok"
}

async fn is_complete(store: &Store, expected: u64) {
    let all = store.export_updates(None, 1_000_000).await.unwrap();
    let keys: BTreeSet<(String, String)> = all
        .iter()
        .map(|(_, update)| (update.source.to_string(), update.key.clone()))
        .collect();
    assert_eq!((keys.len() as u64, all.len() as u64), (expected, expected));
    let log = store.log(0, 1_000_000).await.unwrap();
    for (place, line) in log.iter().enumerate() {
        assert_eq!(line.position, i64::try_from(place).unwrap() + 1);
    }
    let told: BTreeSet<(String, u32)> = log
        .iter()
        .filter(|line| line.event.is_told())
        .map(|line| (line.update.to_string(), line.revision))
        .collect();
    assert_eq!(told.len() as u64, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_under_full_load_it_keeps_what_it_acknowledged() {
    let kills: u32 = if is_long() { 500 } else { 12 };
    if !is_long() {
        crate::left_out!("488 of 500 kills under full load (REGWIRE_LONG=1)");
    }
    let folder = tempfile::tempdir().unwrap();
    let (port, world) = world().await;
    let (smtp, mails) = relay().await;
    let (hook, heard) = receiver().await;
    std::fs::write(
        folder.path().join("secret"),
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    .unwrap();
    let more = format!(
        "[[digest]]\nname = \"often\"\ncron = \"*/5 * * * *\"\n[[team]]\nname = \"Governance\"\nwhen = \"instant\"\ntrack = [{}]\nwebhook = {{ url = \"http://127.0.0.1:{hook}/\", secret_file = \"secret\" }}\n",
        (0..SOURCES)
            .map(|n| format!("\"source:s{n}\""))
            .collect::<Vec<_>>()
            .join(", ")
    );
    let file = settings(folder.path(), port, smtp, &more);
    // A minute is a second: a digest closes every five seconds.
    let place = Place::new(folder, file, "2026-11-10T09:00:00Z", 60);
    let data = place.folder.path().join("a");
    std::fs::create_dir_all(&data).unwrap();
    let database = data.join("regwire.db");
    {
        let store = Store::open("sqlite:regwire.db", &data).await.unwrap();
        for number in 0..10 {
            let address = EmailAddress::new(&format!("r{number}@example.org")).unwrap();
            let often = DigestName::new("often").unwrap();
            store
                .subscribe(
                    &address,
                    &often,
                    &Criteria::All,
                    Origin::Operator,
                    utc("2026-11-01T00:00:00Z"),
                )
                .await
                .unwrap();
        }
        store.close().await;
    }
    says(&world, "old");
    let mut expected = SOURCES as u64 * 5;
    let acknowledged: Arc<Mutex<Vec<String>>> = Arc::default();
    let asked = Arc::new(AtomicU32::new(0));
    let mut slowest = Duration::ZERO;
    for round in 0..kills {
        let began = Instant::now();
        let mut node = place.node("a", "sqlite:regwire.db", None, &[]);
        let site = node.site().await;
        slowest = slowest.max(began.elapsed());
        // What is listed at first contact is no news; from the second round on each item is told.
        if round > 1 {
            says(&world, &format!("k{round}-"));
            expected += SOURCES as u64 * 5;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let writing = {
            let (stop, acknowledged, asked) = (
                Arc::clone(&stop),
                Arc::clone(&acknowledged),
                Arc::clone(&asked),
            );
            tokio::spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    let number = asked.fetch_add(1, Ordering::SeqCst);
                    let address = format!("w{number}@example.net");
                    let form = format!("address={address}");
                    if let Ok(200) = post(site, "/subscribe", &form).await {
                        acknowledged.lock().unwrap().push(address);
                    }
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            })
        };
        // A fixed sequence of spans; where in its work each one lands is chance.
        let span = if round < 2 {
            2_500
        } else {
            60 + u64::from(round) * 7_919 % 3_400
        };
        tokio::time::sleep(Duration::from_millis(span)).await;
        node.kill();
        stop.store(true, Ordering::SeqCst);
        writing.await.unwrap();
        assert!(is_sound(&database).await, "after kill {round}");
    }
    let mut node = place.node("a", "sqlite:regwire.db", None, &[]);
    let site = node.site().await;
    let store = Store::open("sqlite:regwire.db", &data).await.unwrap();
    stored(&store, expected).await;
    found(site, &format!("k{}-3", kills - 1), Duration::from_secs(20)).await;
    // Every issue and every alert: each update has its match, and what was to be told was heard.
    let until = Instant::now() + Duration::from_secs(60);
    let news = expected - SOURCES as u64 * 5;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&database);
    let mut connection = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    loop {
        let (matched, waiting): (i64, i64) =
            sqlx::query_as("SELECT COUNT(DISTINCT update_id), SUM(alert_id IS NULL) FROM matches")
                .fetch_one(&mut connection)
                .await
                .unwrap();
        let sendings: Vec<(String, String)> = sqlx::query_as("SELECT id, state FROM sendings")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let unheard = {
            let heard = heard.lock().unwrap();
            sendings
                .iter()
                .filter(|(id, state)| state != "sent" || !heard.contains_key(id))
                .count()
        };
        let issues = store.issues(None).await.unwrap();
        let open = issues
            .iter()
            .filter(|issue| issue.state.as_str() != "finished")
            .count();
        if matched >= i64::try_from(news).unwrap()
            && unheard == 0
            && open == 0
            && !sendings.is_empty()
        {
            assert_eq!(
                heard.lock().unwrap().len(),
                sendings.len(),
                "nothing else was heard"
            );
            break;
        }
        assert!(
            Instant::now() < until,
            "{matched} of {news} matched, {waiting} wait, {unheard} of {} unheard, {open} of {} issues open",
            sendings.len(),
            issues.len(),
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    node.kill();
    assert!(is_sound(&database).await);
    is_complete(&store, expected).await;
    let acknowledged = acknowledged.lock().unwrap().clone();
    let rows: Vec<(String,)> = sqlx::query_as("SELECT address FROM signups")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let rows: BTreeSet<String> = rows.into_iter().map(|(address,)| address).collect();
    for address in &acknowledged {
        assert!(
            rows.contains(address),
            "{address} was acknowledged, and is lost"
        );
    }
    let issues = store.issues(None).await.unwrap();
    for issue in &issues {
        assert_eq!(
            issue.sent + issue.failed + issue.skipped,
            issue.recipients,
            "{issue:?}"
        );
    }
    let mut messages: BTreeMap<String, &[u8]> = BTreeMap::new();
    let mails = mails.lock().unwrap();
    let mut repeats = 0;
    for mail in mails.values().flatten() {
        let text = String::from_utf8_lossy(mail);
        let id = text
            .lines()
            .find(|line| line.starts_with("Message-ID"))
            .unwrap()
            .to_owned();
        if let Some(before) = messages.insert(id, mail) {
            repeats += 1;
            assert_eq!(before, mail.as_slice(), "a repeat is the same mail");
        }
    }
    println!(
        "{kills} kills: {expected} updates, {} acknowledged sign-ups, {} issues, {} mails of which {repeats} came again, {} webhooks; slowest start {:.1} s",
        acknowledged.len(),
        issues.len(),
        mails.values().flatten().count(),
        heard.lock().unwrap().len(),
        slowest.as_secs_f64()
    );
    assert!(!acknowledged.is_empty());
    assert!(repeats <= kills as usize * 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_on_one_sqlite_store_refuses() {
    let starts = if is_long() { 50 } else { 6 };
    let folder = tempfile::tempdir().unwrap();
    let (port, _world) = world().await;
    let file = settings(folder.path(), port, 9, "");
    let place = Place::new(folder, file, "2026-11-10T09:00:00Z", 1);
    let first = place.node("a", "sqlite:regwire.db", None, &[]);
    first.site().await;
    let (mut fastest, mut slowest) = (Duration::MAX, Duration::ZERO);
    for _ in 0..starts {
        let began = Instant::now();
        let data = place.folder.path().join("a");
        let out = crate::command_line::regwire(&data)
            .arg("--config")
            .arg(&place.settings)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("REGWIRE_CLOCK", format!("{},x1", place.now().to_rfc3339()))
            .output()
            .unwrap();
        let took = began.elapsed();
        fastest = fastest.min(took);
        slowest = slowest.max(took);
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(1), "{told}");
        assert!(told.contains("one SQLite store has one daemon"), "{told}");
    }
    println!(
        "{starts} second daemons refused, the slowest after {:.1} s",
        slowest.as_secs_f64()
    );
    // Beside other tests a start waits for its turn at the processor; the quickest did not.
    assert!(fastest < Duration::from_secs(5) && slowest < Duration::from_secs(30));
    // Two at the same moment: one works.
    drop(first);
    let (one, other) = (
        place.node("b", "sqlite:regwire.db", None, &[]),
        place.node("b", "sqlite:regwire.db", None, &[]),
    );
    let mut pair = [one, other];
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let ended = pair
            .iter_mut()
            .filter_map(|node| node.child.try_wait().unwrap())
            .count();
        if ended == 1 {
            break;
        }
        assert!(ended < 1 && Instant::now() < until, "{ended} of two ended");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_over_from_the_dead_is_seen_alive() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let moment = "2026-11-07T10:00:00Z";
    let clock = Clock::held(utc(moment));
    let house = crate::house::open("sqlite:regwire.db", folder.path(), String::new(), clock).await;
    let first = house.lease().await.unwrap().unwrap();
    house.store.release_lease(&first).await.unwrap();
    let machine = first.holder.rsplit_once('/').unwrap().0;
    // No process has a number like this.
    let dead = format!("{machine}/999999999");
    let left = house.store.take_lease(WORKER, &dead, utc(moment), LEASE);
    left.await.unwrap().unwrap();

    let shift = Shift::begin(&house).await.unwrap().unwrap();
    let seen = house.store.at_work(WORKER, utc(moment)).await.unwrap();
    assert_eq!(seen.unwrap().holder, first.holder);
    // A second one that also saw the dead comes too late.
    let late = house
        .store
        .take_lease_from(WORKER, &dead, "other/1", utc(moment), LEASE)
        .await
        .unwrap();
    assert_eq!(late.unwrap_err().holder, first.holder);

    let backup = folder.path().join("b.tar.zst");
    let command = |args: &[&str]| {
        regwire(&data)
            .env("REGWIRE_CLOCK", moment)
            .args(args)
            .arg(&backup)
            .output()
            .unwrap()
    };
    assert!(command(&["backup"]).status.success());
    let refused = command(&["restore", "--force"]);
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("stop every regwire"), "{told}");
    assert_eq!(
        house.store.lease_epoch(WORKER).await.unwrap(),
        Some(shift.lease().epoch)
    );
    shift.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_is_restarted_and_its_sessions_are_ended_under_way() {
    let Some(server) = Postgres::start() else {
        crate::left_out!("PostgreSQL restarted (no server was found; tests/run installs one)");
        return;
    };
    let times = if is_long() { 30 } else { 4 };
    let folder = tempfile::tempdir().unwrap();
    let (port, world) = world().await;
    let (smtp, mails) = relay().await;
    says(&world, "old");
    let file = settings(folder.path(), port, smtp, "");
    let place = Place::new(folder, file, "2026-11-09T07:59:50Z", 1);
    let store = Store::open(server.url(), place.folder.path())
        .await
        .unwrap();
    for number in 0..20 {
        let address = EmailAddress::new(&format!("r{number}@example.org")).unwrap();
        let weekly = DigestName::new("weekly").unwrap();
        store
            .subscribe(
                &address,
                &weekly,
                &Criteria::All,
                Origin::Operator,
                utc("2026-11-01T00:00:00Z"),
            )
            .await
            .unwrap();
    }
    let node = place.node("a", server.url(), None, &[]);
    let site = node.site().await;
    let mut expected = SOURCES as u64 * 5;
    stored(&store, expected).await;
    let mut slowest = Duration::ZERO;
    for round in 0..times {
        says(&world, &format!("p{round}-"));
        expected += SOURCES as u64 * 5;
        // Now and then while it is at it, now and then after.
        tokio::time::sleep(Duration::from_millis(round * 577 % 1_900)).await;
        if round % 2 == 0 {
            let done = sqlx::PgConnection::connect(server.url()).await;
            let mut connection = done.unwrap();
            sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL")
                .execute(&mut connection)
                .await
                .unwrap();
        } else if !server.restart() {
            crate::left_out!("a restart of a PostgreSQL that is not the test's own");
        }
        let back = Instant::now();
        let store = loop {
            if let Ok(store) = Store::open(server.url(), place.folder.path()).await {
                break store;
            }
            assert!(back.elapsed() < Duration::from_secs(10));
        };
        stored(&store, expected).await;
        slowest = slowest.max(back.elapsed());
        store.close().await;
        found(site, &format!("p{round}-3"), Duration::from_secs(10)).await;
    }
    let store = Store::open(server.url(), place.folder.path())
        .await
        .unwrap();
    is_complete(&store, expected).await;
    let weekly = DigestName::new("weekly").unwrap();
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let issue = store.last_issue(&weekly).await.unwrap();
        if issue.is_some_and(|issue| issue.state.as_str() == "finished" && issue.sent == 20) {
            break;
        }
        assert!(Instant::now() < until, "{}", node.said());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(
        store.issues(None).await.unwrap().len(),
        1,
        "no digest came twice"
    );
    assert_eq!(mails.lock().unwrap().len(), 20);
    println!(
        "{times} restarts and terminations, the slowest recovery {:.1} s",
        slowest.as_secs_f64()
    );
    assert!(slowest < Duration::from_secs(10));
}

/// A small disk of its own; gone when this is dropped.
struct Disk(std::path::PathBuf);

impl Disk {
    fn of(place: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(place).ok()?;
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(place)
            .stderr(std::process::Stdio::null())
            .status()
            .ok()?;
        done.success().then(|| Self(place.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_the_work_and_not_the_site_and_heals() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("a");
    let Some(_disk) = Disk::of(&data, "24m") else {
        crate::left_out!("a full disk (this user may not mount a tmpfs)");
        return;
    };
    let rounds = if is_long() { 20 } else { 3 };
    let (port, world) = world().await;
    says(&world, "old");
    let file = settings(folder.path(), port, 9, "");
    let place = Place::new(folder, file, "2026-11-10T09:00:00Z", 1);
    let node = place.node("a", "sqlite:regwire.db", None, &[]);
    let site = node.site().await;
    found(site, "old3", Duration::from_secs(20)).await;
    let mut expected = SOURCES as u64 * 5;
    let mut slowest = Duration::ZERO;
    for round in 0..rounds {
        let ballast = data.join("ballast");
        {
            use std::io::Write as _;
            let mut file = std::fs::File::create(&ballast).unwrap();
            while file.write_all(&[7; 4_096]).is_ok() {}
        }
        let word = format!("f{round}-");
        says(&world, &word);
        expected += SOURCES as u64 * 5;
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until {
            for path in ["/", "/search?q=artificial", "/sources", "/frameworks"] {
                let (status, body) = get(site, path).await.unwrap();
                assert_eq!(status, 200, "{path}: {body}");
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        std::fs::remove_file(&ballast).unwrap();
        let free = Instant::now();
        let until = Instant::now() + Duration::from_secs(60);
        while !matches!(get(site, &format!("/search?q={word}3")).await, Ok((200, body)) if body.contains(&format!("Notice {word}3")))
        {
            assert!(Instant::now() < until, "round {round}: {}", node.said());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        slowest = slowest.max(free.elapsed());
        assert!(is_sound(&data.join("regwire.db")).await);
    }
    let store = Store::open("sqlite:regwire.db", &data).await.unwrap();
    stored(&store, expected).await;
    is_complete(&store, expected).await;
    store.close().await;
    println!(
        "{rounds} times full; healed after {:.1} s at most",
        slowest.as_secs_f64()
    );
    drop(node);
}
