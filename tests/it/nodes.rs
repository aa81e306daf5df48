//! Several nodes on one PostgreSQL: the worker dies, is stopped, is cut off, in mid collect and in
//! mid digest. Another takes over within fifteen seconds, searching never stops, and in the end
//! everything is there once.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};
use regwire::clock::Clock;
use regwire::daemon::{LEASE, Shift};
use regwire::domain::criteria::Criteria;
use regwire::domain::id::DigestName;
use regwire::domain::subscription::{EmailAddress, Origin};
use regwire::store::Store;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream, UnixStream};

use crate::command_line::regwire;
use crate::house::utc;
use crate::postgres::Postgres;

/// How long a takeover may take (contract: section 7).
const TAKEOVER: Duration = Duration::from_secs(15);
pub const SOURCES: usize = 6;
const MAILBOXES: usize = 60;

/// What each source lists: keys of items.
pub type World = Arc<Mutex<Vec<String>>>;

pub async fn world() -> (u16, World) {
    let world = World::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .fallback(|State(world): State<World>, headers: HeaderMap| async move {
            let host = headers["host"].to_str().unwrap_or("").to_owned();
            let source = host.split('.').next().unwrap_or("").to_owned();
            let items: String = world.lock().unwrap().iter().map(|key| format!(
                "<item><guid isPermaLink=\"false\">{key}</guid><title>Notice {key} of {source} about artificial intelligence</title><link>https://{source}.example/{key}</link><description>A notice.</description></item>"
            )).collect();
            format!("<rss version=\"2.0\"><channel><title>T</title><link>https://{source}.example/</link>{items}</channel></rss>")
        })
        .with_state(Arc::clone(&world));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (port, world)
}

pub fn says(world: &World, word: &str) {
    let mut items = world.lock().unwrap();
    for number in 0..5 {
        items.insert(0, format!("{word}{number}"));
    }
}

/// Mails by mailbox.
pub type Taken = Arc<Mutex<BTreeMap<String, Vec<Vec<u8>>>>>;

/// A relay that takes everything.
pub async fn relay() -> (u16, Taken) {
    let taken = Taken::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let all = Arc::clone(&taken);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let taken = Arc::clone(&all);
            tokio::spawn(async move {
                let _ = talk(stream, taken).await;
            });
        }
    });
    (port, taken)
}

async fn talk(stream: TcpStream, taken: Taken) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    write.write_all(b"220 relay\r\n").await?;
    let mut to = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let upper = line.to_ascii_uppercase();
        if upper.starts_with("EHLO") {
            write.write_all(b"250-relay\r\n250 8BITMIME\r\n").await?;
            continue;
        }
        if upper.starts_with("RCPT") {
            to = line.split(['<', '>']).nth(1).unwrap_or("").to_owned();
        }
        if upper.starts_with("DATA") {
            write.write_all(b"354 go on\r\n").await?;
            let mut mail = Vec::new();
            loop {
                let before = mail.len();
                if lines.read_until(b'\n', &mut mail).await? == 0 {
                    return Ok(());
                }
                if &mail[before..] == b".\r\n" {
                    mail.truncate(before);
                    break;
                }
            }
            taken
                .lock()
                .unwrap()
                .entry(to.clone())
                .or_default()
                .push(mail);
        }
        write.write_all(b"250 ok\r\n").await?;
        if upper.starts_with("QUIT") {
            return Ok(());
        }
    }
}

/// The way to PostgreSQL for one node; shut, it swallows what comes, as a cut line does.
struct Way {
    port: u16,
    shut: Arc<AtomicBool>,
}

impl Way {
    async fn to(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shut = Arc::new(AtomicBool::new(false));
        let gate = Arc::clone(&shut);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = UnixStream::connect(&socket).await else {
                    continue;
                };
                let (near_read, near_write) = near.into_split();
                let (far_read, far_write) = far.into_split();
                tokio::spawn(flow(near_read, far_write, Arc::clone(&gate)));
                tokio::spawn(flow(far_read, near_write, Arc::clone(&gate)));
            }
        });
        Self { port, shut }
    }
}

async fn flow(
    mut from: impl tokio::io::AsyncRead + Unpin,
    mut to: impl tokio::io::AsyncWrite + Unpin,
    shut: Arc<AtomicBool>,
) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(read) = from.read(&mut buffer).await {
        // Neither data nor the end of it comes through a line that is cut.
        while shut.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        if read == 0 || to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

/// Where everything is.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub settings: PathBuf,
    began: Instant,
    first: DateTime<Utc>,
    /// How many times as fast as the machine's its clock runs.
    pace: i32,
}

impl Place {
    pub fn new(folder: tempfile::TempDir, settings: PathBuf, first: &str, pace: i32) -> Self {
        Self {
            folder,
            settings,
            began: Instant::now(),
            first: utc(first),
            pace,
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.first + TimeDelta::from_std(self.began.elapsed()).unwrap() * self.pace
    }

    /// Starts a node; its clock is the others'.
    pub fn node(&self, name: &str, store: &str, crash: Option<&str>, arguments: &[&str]) -> Node {
        let data = self.folder.path().join(name);
        std::fs::create_dir_all(&data).unwrap();
        let log = self.folder.path().join(format!("{name}.log"));
        let mut command = regwire(&data);
        command
            .arg("--config")
            .arg(&self.settings)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env(
                "REGWIRE_CLOCK",
                format!("{},x{}", self.now().to_rfc3339(), self.pace),
            )
            .env("REGWIRE_STORE_URL", store)
            // As if each had a machine of its own: nobody sees whether the other's process lives.
            .env("REGWIRE_NODE", name)
            .stdout(std::fs::File::create(log.with_extension("out")).unwrap())
            .stderr(std::fs::File::create(&log).unwrap())
            .stdin(Stdio::null());
        if let Some(point) = crash {
            command.env("REGWIRE_CRASH_AT", point);
        }
        Node {
            name: name.to_owned(),
            child: command.spawn().unwrap(),
            log,
        }
    }
}

pub struct Node {
    name: String,
    pub child: Child,
    log: PathBuf,
}

impl Node {
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub async fn says(&self, words: &str, within: Duration) {
        let until = Instant::now() + within;
        while !self.said().contains(words) {
            assert!(
                Instant::now() < until,
                "{} never said {words:?}:\n{}",
                self.name,
                self.said()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Where its site is.
    pub async fn site(&self) -> SocketAddr {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let out = std::fs::read_to_string(self.log.with_extension("out")).unwrap_or_default();
            let address = out
                .split("http://")
                .nth(1)
                .and_then(|rest| rest.split('/').next()?.parse().ok());
            if let Some(address) = address {
                return address;
            }
            assert!(Instant::now() < until, "{}: {}", self.name, self.said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn signal(&self, signal: &str) {
        let done = std::process::Command::new("kill")
            .args([&format!("-{signal}"), &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(done.success());
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks a site; the status and the body.
pub async fn get(site: SocketAddr, path: &str) -> std::io::Result<(u16, String)> {
    let asked = async {
        let mut stream = TcpStream::connect(site).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {site}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok());
        Ok((status.unwrap_or(0), answer))
    };
    tokio::time::timeout(Duration::from_secs(10), asked)
        .await
        .unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
}

/// Waits until another node than these is at work; which one, and how long it took.
async fn taken_over(store: &Store, place: &Place, not: &[&str], since: Instant) -> String {
    loop {
        if let Some(held) = store.at_work("worker", place.now()).await.unwrap()
            && !not
                .iter()
                .any(|name| held.holder.starts_with(&format!("{name}/")))
        {
            println!(
                "{} took over from {} after {:.1} s",
                held.holder,
                not.last().unwrap_or(&"nobody"),
                since.elapsed().as_secs_f64()
            );
            assert!(since.elapsed() <= TAKEOVER || not.is_empty());
            return held.holder;
        }
        assert!(
            since.elapsed() <= TAKEOVER,
            "nobody took over from {not:?} within {TAKEOVER:?}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until the store has so many updates.
pub async fn stored(store: &Store, updates: u64) {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let has = u64::try_from(store.counts().await.unwrap().updates).unwrap();
        if has >= updates {
            assert_eq!(has, updates);
            return;
        }
        assert!(Instant::now() < until, "{has} of {updates} updates");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub fn settings(folder: &Path, world: u16, smtp: u16, more: &str) -> PathBuf {
    let sources: String = (0..SOURCES)
        .map(|n| format!("[[source]]\nid = \"s{n}\"\nbody = \"iso\"\nname = \"S{n}\"\nkind = \"feed\"\nurl = \"http://s{n}.localhost:{world}/feed\"\nevery = \"2s\"\nexpect_every = \"30d\"\nlanguage = \"en\"\n"))
        .collect();
    std::fs::write(folder.join("sources.toml"), sources).unwrap();
    let file = folder.join("regwire.toml");
    std::fs::write(
        &file,
        format!("base_url = \"https://updates.example.org\"\n[web]\nrate = 0\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n[mail]\nsmtp = \"smtp://127.0.0.1:{smtp}\"\nfrom = \"Regwire <digest@example.org>\"\n[[digest]]\nname = \"weekly\"\ncron = \"0 8 * * 1\"\n{more}"),
    )
    .unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_dies_is_stopped_and_is_cut_off_and_nothing_is_lost_or_doubled() {
    let Some(server) = Postgres::start() else {
        crate::left_out!("several nodes (no PostgreSQL was found; tests/run installs one)");
        return;
    };
    let url = server.url();
    let folder = tempfile::tempdir().unwrap();
    let (port, world) = world().await;
    let (smtp, taken) = relay().await;
    says(&world, "old");
    let file = settings(folder.path(), port, smtp, "");
    // The digest closes half a minute later: when the second node is at work.
    let place = Place::new(folder, file, "2026-11-09T07:59:30Z", 1);
    let store = Store::open(url, place.folder.path()).await.unwrap();
    let weekly = DigestName::new("weekly").unwrap();
    for number in 0..MAILBOXES {
        let address = EmailAddress::new(&format!("r{number}@example.org")).unwrap();
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
    let mut expected = SOURCES as u64 * 5;

    // In mid collect: between the writing of a batch and its commit.
    let mut a = place.node("a", url, Some("before-commit:2"), &[]);
    a.says("at work", Duration::from_secs(30)).await;
    let mut reader = place.node("reader", url, None, &["--no-work"]);
    let mut b = place.node("b", url, Some("after-send:12"), &[]);
    let site = reader.site().await;
    b.site().await;
    says(&world, "one");
    expected += SOURCES as u64 * 5;
    a.says("crash point", Duration::from_secs(30)).await;
    a.kill();
    let died = Instant::now();
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::new(AtomicU32::new(0));
    // From here on somebody searches, five times a second, and is always answered.
    let searching = {
        let (stop, asked) = (Arc::clone(&stop), Arc::clone(&asked));
        tokio::spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                let answer = get(site, "/search?q=artificial+intelligence")
                    .await
                    .unwrap();
                assert_eq!(answer.0, 200, "{}", answer.1);
                asked.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        })
    };
    taken_over(&store, &place, &["a"], died).await;
    stored(&store, expected).await;

    // In mid digest: mails are with the relay, and the store does not know it yet.
    let mut d = place.node("d", url, None, &[]);
    d.site().await;
    b.says("crash point", Duration::from_secs(60)).await;
    b.kill();
    let died = Instant::now();
    taken_over(&store, &place, &["a", "b"], died).await;
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let issue = store.last_issue(&weekly).await.unwrap().unwrap();
        if issue.state.as_str() == "finished" {
            assert_eq!(
                (issue.sent, issue.recipients),
                (MAILBOXES as u32, MAILBOXES as u32)
            );
            break;
        }
        assert!(Instant::now() < until, "{issue:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    {
        let taken = taken.lock().unwrap();
        assert_eq!(taken.len(), MAILBOXES, "no mail is lost");
        let copies: usize = taken.values().map(|mails| mails.len() - 1).sum();
        println!("{copies} mails came twice");
        assert!(copies <= 4, "no more than were on their way");
        for mails in taken.values() {
            assert!(
                mails.iter().all(|mail| *mail == mails[0]),
                "the same mail, byte by byte"
            );
        }
    }

    // Stopped, and woken when another works: it writes nothing with its old lease.
    let socket = url
        .split('@')
        .nth(1)
        .and_then(|rest| rest.split('/').next())
        .map(|host| PathBuf::from(host.replace("%2F", "/")).join(".s.PGSQL.5432"));
    let way = match socket.filter(|socket| socket.exists()) {
        Some(socket) => Some(Way::to(socket).await),
        None => {
            crate::left_out!("a node that is cut off (PostgreSQL is not reached by a socket)");
            None
        }
    };
    let e_url = way.as_ref().map_or_else(
        || url.to_owned(),
        |way| format!("postgres://regwire@127.0.0.1:{}/postgres", way.port),
    );
    let mut e = place.node("e", &e_url, None, &[]);
    let e_site = e.site().await;
    d.signal("STOP");
    let stopped = Instant::now();
    taken_over(&store, &place, &["a", "b", "d"], stopped).await;
    says(&world, "two");
    expected += SOURCES as u64 * 5;
    stored(&store, expected).await;
    let log = store.log_head().await.unwrap();
    d.signal("CONT");
    d.says("lease was lost", Duration::from_secs(10)).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(store.log_head().await.unwrap(), log);
    let held = store.at_work("worker", place.now()).await.unwrap().unwrap();
    assert!(held.holder.starts_with("e/"), "{held:?}");
    let d_site = d.site().await;
    found(d_site, "two3", Duration::from_secs(10)).await;

    // Cut off: its connections are open and nothing comes through.
    if let Some(way) = &way {
        way.shut.store(true, Ordering::SeqCst);
        let cut = Instant::now();
        taken_over(&store, &place, &["a", "b", "e"], cut).await;
        says(&world, "three");
        expected += SOURCES as u64 * 5;
        stored(&store, expected).await;
        // It says itself that it is not ready, and does not hang over it.
        let (status, _) = get(e_site, "/readyz").await.unwrap();
        assert_eq!(status, 503);
        way.shut.store(false, Ordering::SeqCst);
        found(e_site, "three3", Duration::from_secs(25)).await;
        let held = store.at_work("worker", place.now()).await.unwrap().unwrap();
        assert!(held.holder.starts_with("d/"), "{held:?}");
    }

    // Stopped for good in mid transaction, with the lease's row in its hands.
    e.kill();
    let f = place.node("f", url, Some("before-commit:1"), &[]);
    f.site().await;
    d.signal("TERM");
    f.says("crash point", Duration::from_secs(20)).await;
    f.signal("STOP");
    let stopped = Instant::now();
    let g = place.node("g", url, None, &[]);
    taken_over(&store, &place, &["a", "b", "d", "e", "f"], stopped).await;
    says(&world, "four");
    expected += SOURCES as u64 * 5;
    stored(&store, expected).await;
    f.signal("CONT");
    drop(g);

    stop.store(true, Ordering::SeqCst);
    searching.await.unwrap();
    println!("{} searches, each answered", asked.load(Ordering::SeqCst));
    found(site, "four3", Duration::from_secs(10)).await;
    reader.kill();
    d.child.wait().unwrap();

    // Everything once, and the log without a gap.
    let all = store.export_updates(None, 10_000).await.unwrap();
    let keys: BTreeSet<(String, String)> = all
        .iter()
        .map(|(_, update)| (update.source.to_string(), update.key.clone()))
        .collect();
    assert_eq!((keys.len(), all.len() as u64), (all.len(), expected));
    let log = store.log(0, 100_000).await.unwrap();
    let positions: Vec<i64> = log.iter().map(|line| line.position).collect();
    assert_eq!(
        positions,
        (1..=i64::try_from(log.len()).unwrap()).collect::<Vec<_>>()
    );
    let changes: BTreeSet<(String, u32)> = log
        .iter()
        .filter(|line| line.event.is_told())
        .map(|line| (line.update.to_string(), line.revision))
        .collect();
    assert_eq!(changes.len() as u64, expected, "each is told once");
}

pub async fn found(site: SocketAddr, words: &str, within: Duration) {
    let until = Instant::now() + within;
    loop {
        if let Ok((200, body)) = get(site, &format!("/search?q={words}")).await
            && body.contains(&format!("Notice {words}"))
        {
            return;
        }
        assert!(Instant::now() < until, "{words} is not found");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A batch may take longer to write than the lease lasts; who writes it keeps the lease.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_transaction_does_not_lose_the_lease() {
    let Some(server) = Postgres::start() else {
        crate::left_out!("a long transaction (no PostgreSQL was found; tests/run installs one)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    // A lease of ten seconds lasts one.
    let clock = Clock::fast(utc("2026-11-10T09:00:00Z"), 10);
    let house = crate::house::open(server.url(), folder.path(), String::new(), clock.clone()).await;
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    let url = server.url().to_owned();
    let writing = tokio::spawn(async move {
        use sqlx::Connection as _;
        let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
        let mut transaction = connection.begin().await.unwrap();
        for question in ["UPDATE leases SET epoch = epoch", "SELECT pg_sleep(7)"] {
            sqlx::query(question)
                .execute(&mut *transaction)
                .await
                .unwrap();
        }
        transaction.commit().await.unwrap();
    });
    let other = async {
        // Another node looks once a second, which are ten of this clock's.
        loop {
            let taken = house
                .store
                .take_lease("worker", "other/1", clock.now(), LEASE)
                .await;
            assert!(taken.unwrap().is_err(), "the lease was taken");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    };
    tokio::select! {
        done = writing => done.unwrap(),
        () = other => {}
        () = shift.lost() => panic!("the lease was given up"),
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let held = house.store.lease_epoch("worker").await.unwrap();
    assert_eq!(held, Some(shift.lease().epoch));
    shift.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_index_is_behind_is_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let (port, world) = world().await;
    says(&world, "old");
    let file = settings(folder.path(), port, 9, "");
    let place = Place::new(folder, file, "2026-11-10T09:00:00Z", 1);
    let node = place.node("a", "sqlite:regwire.db", Some("index-before-commit:1"), &[]);
    let site = node.site().await;
    node.says("crash point", Duration::from_secs(30)).await;
    let (status, body) = get(site, "/readyz").await.unwrap();
    assert_eq!(status, 503, "{body}");
    let (status, _) = get(site, "/").await.unwrap();
    assert_eq!(status, 200);
    drop(node);
    let node = place.node("a", "sqlite:regwire.db", None, &[]);
    let site = node.site().await;
    let until = Instant::now() + Duration::from_secs(20);
    while get(site, "/readyz").await.unwrap().0 != 200 {
        assert!(Instant::now() < until, "{}", node.said());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
