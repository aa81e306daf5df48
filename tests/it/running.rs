//! The running process as an operator meets it: files that change, health, figures, the week's word,
//! and secrets that stay where they are.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::collect::Choice;
use regwire::daemon::jobs::operator;
use regwire::daemon::reload::Watch;
use regwire::daemon::{House, Shift, jobs};
use regwire::domain::id::SourceId;
use regwire::metrics;
use regwire::vitals::Vitals;
use regwire::web;

use crate::house::utc;
use crate::postgres::Postgres;

fn source(id: &str, name: &str) -> String {
    format!(
        "[[source]]\nid = \"{id}\"\nbody = \"nist\"\nname = \"{name}\"\nkind = \"feed\"\nurl = \"http://127.0.0.1:9/{id}\"\nevery = \"1h\"\nexpect_every = \"30d\"\nterms = \"excerpt\"\nlanguage = \"en\"\non = true\n"
    )
}

/// A folder as an operator keeps it.
struct Kept(tempfile::TempDir);

impl Kept {
    fn new(store: &str) -> Self {
        let kept = Self(tempfile::tempdir().unwrap());
        kept.configure(store, "");
        kept.write("sources.toml", &source("a", "Source A"));
        kept
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn configure(&self, store: &str, more: &str) {
        self.write(
            "regwire.toml",
            &format!("contact = \"ops@example.org\"\n[store]\nurl = \"{store}\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n[mail]\nfrom = \"Regwire <digest@example.org>\"\n{more}"),
        );
    }

    async fn house(&self, clock: Clock) -> House {
        let config =
            Config::load(Some(&self.path("regwire.toml")), Some(&self.path("data"))).unwrap();
        House::open(config, clock).await.unwrap()
    }
}

/// A page, by as plain a request as there is.
fn get(at: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(at).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let status = text.split_whitespace().nth(1).unwrap().parse().unwrap();
    (status, text)
}

async fn asked(at: SocketAddr, path: &'static str) -> (u16, String) {
    tokio::task::spawn_blocking(move || get(at, path))
        .await
        .unwrap()
}

/// What the site needs of a house.
fn site(house: &House) -> web::Site {
    regwire::cli::site_of(house)
}

async fn files_change_under_a_running_site(store: &str) {
    let kept = Kept::new(store);
    let mut house = kept.house(Clock::held(utc("2026-03-02T08:00:00Z"))).await;
    let mut watch = Watch::begin(&house.config);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (sites, shown) = tokio::sync::watch::channel(site(&house));
    let guard = web::Guard::new("http://127.0.0.1").with_vitals(house.vitals.clone());
    tokio::spawn(web::serve_changing(
        listener,
        shown,
        guard,
        std::future::pending(),
    ));
    assert!(asked(at, "/sources").await.1.contains("Source A"));
    assert!(!watch.look());

    // A source more, and a team: taken up at the second look, when nothing moves any more.
    kept.write(
        "sources.toml",
        &format!("{}{}", source("a", "Source A"), source("b", "Source B")),
    );
    let team = |track: &str| {
        format!(
            "[[team]]\nname = \"Legal\"\ntrack = [\"{track}\"]\nemail = [\"legal@example.org\"]\n"
        )
    };
    kept.configure(store, &team("source:b"));
    assert!(!watch.look());
    assert!(watch.look());
    assert!(!watch.look());
    house = house.take_up_files().await.unwrap();
    sites.send_replace(site(&house));
    let page = asked(at, "/sources").await.1;
    assert!(
        page.contains("Source A") && page.contains("Source B"),
        "{page}"
    );
    let running = jobs::teams::sync(&house).await.unwrap();
    assert_eq!(running.len(), 1);

    // Bad files: what runs goes on, is well, and says so.
    for (name, text, says) in [
        (
            "sources.toml",
            "[[source]]\nid = \"a\"\nnmae = \"x\"\n".to_owned(),
            "did you mean `name`",
        ),
        (
            "templates/mail/digest/body.txt",
            "{% if %}".to_owned(),
            "templates",
        ),
        (
            "library/topics.toml",
            "[[topic]]\nid = 7\n".to_owned(),
            "topics.toml",
        ),
    ] {
        let before = std::fs::read(kept.path(name)).ok();
        kept.write(name, &text);
        assert!(!watch.look() && watch.look(), "{name}");
        assert!(house.take_up_files().await.is_none(), "{name}");
        let lines = house.store.lines().await.unwrap();
        assert_eq!(lines.len(), 1);
        assert!(lines[0].what.contains(says), "{}", lines[0].what);
        assert!(house.vitals.has_refused_files());
        assert_eq!(asked(at, "/healthz").await.0, 200);
        assert!(asked(at, "/sources").await.1.contains("Source B"));
        match before {
            Some(before) => std::fs::write(kept.path(name), before).unwrap(),
            None => std::fs::remove_dir_all(kept.path(name.split('/').next().unwrap())).unwrap(),
        }
        assert!(!watch.look() && watch.look(), "{name}");
        house = house.take_up_files().await.unwrap();
        assert_eq!(house.store.lines().await.unwrap(), []);
        assert!(!house.vitals.has_refused_files());
    }

    // A team that could never be told is a fault, too.
    kept.configure(store, &team("framework:nothing"));
    let refused = house.with_new_files().err().unwrap().to_string();
    assert!(
        refused.contains("regwire.toml") && refused.contains("names nothing"),
        "{refused}"
    );
    kept.configure(store, "");
    house = house.take_up_files().await.unwrap();
    assert_eq!(jobs::teams::sync(&house).await.unwrap().len(), 0);
    assert!(house.config.needs_a_start(&Config {
        listen: "127.0.0.1:1".to_owned(),
        ..(*house.config).clone()
    }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_change_under_a_running_site_on_sqlite() {
    files_change_under_a_running_site("sqlite:regwire.db").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_change_under_a_running_site_on_postgres() {
    let Some(postgres) = Postgres::start() else {
        crate::left_out!("changed files on PostgreSQL (no server here)");
        return;
    };
    files_change_under_a_running_site(postgres.url()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_sticks_is_unwell_and_what_works_is_well() {
    let kept = Kept::new("sqlite:regwire.db");
    let house = kept.house(Clock::held(utc("2026-03-02T08:00:00Z"))).await;
    let serve = async |vitals: Vitals| {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let guard = web::Guard::new("http://127.0.0.1").with_vitals(vitals);
        tokio::spawn(web::serve(
            listener,
            site(&house),
            guard,
            std::future::pending(),
        ));
        at
    };
    let Some(minute_ago) = Instant::now().checked_sub(Duration::from_secs(60)) else {
        crate::left_out!("a work that sticks (this machine has been up for less than a minute)");
        return;
    };
    let stuck = Vitals::since(minute_ago);
    let at = serve(stuck.clone()).await;
    let (status, said) = asked(at, "/healthz").await;
    assert_eq!(status, 503);
    assert!(said.contains("has not got on"), "{said}");
    stuck.step();
    assert_eq!(asked(at, "/healthz").await.0, 200);
    assert!(
        stuck
            .requests()
            .iter()
            .map(|of| of.statuses[4])
            .sum::<u64>()
            >= 1
    );
}

async fn a_week_is_told(store: &str) {
    let kept = Kept::new(store);
    let feed = "<rss version=\"2.0\"><channel><title>N</title><item><guid>1</guid><title>A notice</title><link>https://e.example.org/1</link><pubDate>Mon, 02 Mar 2026 07:00:00 GMT</pubDate></item></channel></rss>";
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let router = axum::Router::new()
        .fallback(async move || ([("content-type", "application/rss+xml")], feed));
    tokio::spawn(async move { axum::serve(listener, router).await });
    kept.write(
        "sources.toml",
        &source("a", "Source A").replace("127.0.0.1:9", &at.to_string()),
    );
    let clock = Clock::held(utc("2026-03-02T08:00:00Z"));
    let house = kept.house(clock.clone()).await;
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    // Nothing was lived through yet.
    assert!(!operator::follow(&house, shift.lease()).await.unwrap());
    let moment = utc("2026-03-09T07:00:00Z");
    let word = operator::word(&house, moment, moment).await.unwrap();
    let text = house.renderer.mail(&word).unwrap();
    for part in [
        "SOURCES THAT ARE ILL",
        "NOISY SOURCES",
        "UNUSED SOURCES",
        "SUBSCRIPTIONS THAT CAN NEVER FIRE",
        "THE DISK",
    ] {
        assert!(text.text.contains(part), "{part}: {}", text.text);
    }
    assert!(text.html.contains("Sources that are ill") && !text.subject.is_empty());
    // Every day the disk is looked at, once.
    for _ in 0..5 {
        clock.move_to(clock.now() + TimeDelta::days(1));
        operator::follow(&house, shift.lease()).await.unwrap();
        operator::follow(&house, shift.lease()).await.unwrap();
    }
    assert_eq!(house.store.disk_days(30).await.unwrap().len(), 6);
    assert!(operator::disk_words(&house).await.unwrap().contains("free"));
    // After a week with something in the log the word goes out, once.
    let fetcher = house.fetcher().unwrap();
    jobs::collect::collect(&house, shift.lease(), &fetcher, &Choice::due(), |_| {})
        .await
        .unwrap();
    assert!(house.store.log_head().await.unwrap() > 0);
    let week = TimeDelta::days(7);
    let brought = house.store.brought_since(clock.now() - week).await;
    let source = SourceId::new("a").unwrap();
    assert_eq!(brought.unwrap(), [(source, 1)]);
    clock.move_to(utc("2026-03-16T07:30:00Z"));
    let brought = house.store.brought_since(clock.now() - week).await;
    assert_eq!(brought.unwrap(), []);
    assert!(operator::follow(&house, shift.lease()).await.unwrap());
    assert!(!operator::follow(&house, shift.lease()).await.unwrap());
    let post = house.post().unwrap();
    let sent = jobs::health::send_notices(&house, shift.lease(), &post)
        .await
        .unwrap();
    assert!(sent >= 1);
    let mails: String = std::fs::read_dir(house.spool())
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert!(mails.contains("Message-ID: <operator-"), "{mails}");
    // A line stands until it is mended, and is part of the word.
    house
        .store
        .note_line("files here", Some("sources.toml:3: wrong"), clock.now())
        .await
        .unwrap();
    let word = operator::word(&house, moment, clock.now()).await.unwrap();
    assert!(
        house
            .renderer
            .mail(&word)
            .unwrap()
            .text
            .contains("sources.toml:3")
    );
    shift.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_is_told_on_sqlite() {
    a_week_is_told("sqlite:regwire.db").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_is_told_on_postgres() {
    let Some(postgres) = Postgres::start() else {
        crate::left_out!("the week's word on PostgreSQL (no server here)");
        return;
    };
    a_week_is_told(postgres.url()).await;
}

/// Names of figures in an expression of Prometheus.
fn named(expression: &str, out: &mut BTreeSet<String>) {
    for word in expression.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
        if word.starts_with("regwire_") {
            out.insert(word.to_owned());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_figure_that_dashboard_and_alerts_name_is_told() {
    let kept = Kept::new("sqlite:regwire.db");
    let clock = Clock::held(utc("2026-03-02T08:00:00Z"));
    let house = kept.house(clock.clone()).await;
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    operator::follow(&house, shift.lease()).await.unwrap();
    clock.move_to(clock.now() + TimeDelta::days(10));
    std::fs::write(kept.path("data/more"), vec![0; 100_000]).unwrap();
    operator::follow(&house, shift.lease()).await.unwrap();
    let watched = metrics::Watched {
        store: house.store.clone(),
        index: house.index.clone(),
        sources: std::sync::Arc::clone(&house.sources),
        vitals: house.vitals.clone(),
        clock: house.clock.clone(),
        data: house.config.data.clone(),
    };
    let text = metrics::text(&watched).await.unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    let mut told = metrics::names(&text);
    // A figure without a value yet is told by its description.
    told.extend(
        text.lines()
            .filter_map(|line| line.strip_prefix("# TYPE "))
            .filter_map(|line| line.split(' ').next().map(str::to_owned)),
    );
    assert!(told.len() >= 30, "{told:?}");
    for line in text.lines().filter(|line| line.starts_with("# HELP ")) {
        assert!(line.split(' ').count() > 4, "{line}");
    }
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    let mut wanted = BTreeSet::new();
    let alerts = std::fs::read_to_string(deploy.join("alerts.yml")).unwrap();
    alerts
        .lines()
        .filter(|line| line.trim_start().starts_with("expr:"))
        .for_each(|line| named(line, &mut wanted));
    let board: serde_json::Value = serde_json::from_str(
        &std::fs::read_to_string(deploy.join("grafana-dashboard.json")).unwrap(),
    )
    .unwrap();
    for panel in board["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            named(target["expr"].as_str().unwrap(), &mut wanted);
        }
    }
    assert!(wanted.len() >= 20, "{wanted:?}");
    let strange: Vec<_> = wanted.difference(&told).collect();
    assert!(strange.is_empty(), "nobody tells {strange:?}\n{text}");
    // The listener gives the same, and nothing else.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (_keep, shown) = tokio::sync::watch::channel(watched);
    tokio::spawn(metrics::serve(listener, shown, std::future::pending()));
    let (status, answer) = asked(at, "/metrics").await;
    assert!(
        status == 200 && answer.contains("regwire_healthy 1"),
        "{answer}"
    );
    assert_eq!(asked(at, "/sources").await.0, 404);
    shift.end().await.unwrap();
}

/// A child that is ended with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_stay_where_they_are() {
    let kept = Kept::new("sqlite:regwire.db");
    let secret = |n: u32| format!("planted{n:02}qzx");
    let rgw = |n: u32| format!("rgw_{}{}", secret(n), "0123456789abcdef".repeat(2));
    kept.write(
        "slack.url",
        &format!("https://hooks.example.org/{}", secret(1)),
    );
    kept.write("hook.secret", &format!("whsec_{}", secret(2)));
    kept.write("token", &rgw(3));
    kept.write("ping.url", &format!("http://127.0.0.1:9/{}", secret(4)));
    kept.write("interface.key", &secret(5));
    kept.write(
        "credentials/team.legal.teams",
        &format!("https://flows.example.org/{}", secret(6)),
    );
    kept.write(
        "dkim.pem",
        &format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            secret(7)
        ),
    );
    let good = format!(
        "contact = \"ops@example.org\"\n[fetch]\nproxy = \"http://u:{}@127.0.0.1:9\"\n[fetch.keys]\na = \"{}\"\nb = {{ file = \"interface.key\" }}\nc = {{ env = \"C_KEY\" }}\n[mail]\nsmtp = \"smtp://u:{}@127.0.0.1:9\"\nfrom = \"a@example.org\"\n[metrics]\nlisten = \"127.0.0.1:0\"\n[operator]\nping_file = \"ping.url\"\n[[web.token]]\nname = \"a\"\ntoken_file = \"token\"\nscopes = [\"evidence\"]\n[[web.token]]\nname = \"b\"\ntoken = \"{}\"\nscopes = [\"evidence\"]\n[[team]]\nname = \"Legal\"\ntrack = [\"deadlines\"]\nslack_file = \"slack.url\"\nwebhook = {{ url = \"https://e.example.org/{}\", secret_file = \"hook.secret\" }}\n[[team]]\nname = \"Security\"\ntrack = [\"deadlines\"]\nslack = \"https://hooks.example.org/{}\"\nteams = \"https://flows.example.org/{}\"\nwebhook = {{ url = \"https://e.example.org/x\", secret = \"whsec_{}\" }}\n",
        secret(8),
        secret(9),
        secret(10),
        rgw(11),
        secret(12),
        secret(13),
        secret(14),
        secret(15),
    );
    // The same secrets where each is also a fault.
    let bad = format!(
        "[store]\nurl = \"mysql://u:{}@h/d\"\n[fetch]\nproxy = \"socks5://u:{}@h\"\n[fetch.keys]\na = \"{}\\n\"\nb = \"{}\\u0007\"\n[mail]\nsmtp = \"smtp://u:{}@h:port\"\ndkim = [{{ domain = \"e.org\", selector = \"a\", key_file = \"dkim.pem\" }}]\n[operator]\nping = \"ftp://h/{}\"\n[[web.token]]\nname = \"a\"\ntoken = \"{}\"\n[[team]]\nname = \"Legal\"\ntrack = [\"deadlines\"]\nslack = \"hooks/{}\"\nteams = \"flows:{}\"\nwebhook = {{ url = \"nowhere/{}\" }}\n",
        secret(16),
        secret(8),
        secret(9),
        secret(17),
        secret(10),
        secret(18),
        secret(19),
        secret(13),
        secret(14),
        secret(12),
    );
    let database = format!(
        "[store]\nurl = \"postgres://u:{}@127.0.0.1:1/d\"\n",
        secret(20)
    );
    let command = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regwire"));
        command
            .arg("--config")
            .arg(kept.path(name))
            .arg("--data")
            .arg(kept.path("data"))
            .current_dir(kept.0.path())
            .env("CREDENTIALS_DIRECTORY", kept.path("credentials"))
            .env("C_KEY", secret(15))
            .env("REGWIRE_LOG", "trace")
            .env("REGWIRE_LOG_FORMAT", "json")
            .env_remove("REGWIRE_CLOCK");
        command
    };
    let mut said = String::new();
    let mut hear = |out: std::process::Output| {
        said.push_str(&String::from_utf8_lossy(&out.stdout));
        said.push_str(&String::from_utf8_lossy(&out.stderr));
    };
    for (name, text) in [
        ("good.toml", &good),
        ("bad.toml", &bad),
        ("database.toml", &database),
    ] {
        kept.write(name, text);
        for arguments in [
            &["check"][..],
            &["check", "--json"],
            &["doctor", "--offline"],
            &["sources"],
        ] {
            hear(command(name).args(arguments).output().unwrap());
        }
    }
    hear(
        command("good.toml")
            .args(["doctor", "mail"])
            .output()
            .unwrap(),
    );
    // The daemon, until it has said where its figures are and pinged once.
    let mut child = Ended(
        command("good.toml")
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(child.0.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let address = |line: &str| {
        line.split("http://")
            .nth(1)
            .unwrap()
            .split('/')
            .next()
            .unwrap()
            .parse::<SocketAddr>()
            .unwrap()
    };
    let site_at = address(
        &lines
            .by_ref()
            .find(|line| line.contains("The site is open"))
            .unwrap(),
    );
    let figures_at = address(
        &lines
            .by_ref()
            .find(|line| line.contains("Figures are at"))
            .unwrap(),
    );
    let mut log = BufReader::new(child.0.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let mut heard = String::new();
    for line in log.by_ref() {
        heard.push_str(&line);
        heard.push('\n');
        if line.contains("the sign of life did not arrive") {
            break;
        }
    }
    let (_, figures) = asked(figures_at, "/metrics").await;
    let (_, page) = asked(site_at, "/sources").await;
    assert!(
        figures.contains("regwire_pings_total{outcome=\"failed\"}"),
        "{figures}"
    );
    assert!(page.contains("200 OK"));
    // Lines for machines are each one object.
    let json = heard.lines().filter(|line| line.starts_with('{'));
    assert!(json.clone().count() > 3);
    for line in json {
        let _: serde_json::Value = serde_json::from_str(line).unwrap();
    }
    drop(child);
    said.push_str(&heard);
    said.push_str(&figures);
    said.push_str(&page);
    let leaks: Vec<String> = (1..=20)
        .map(secret)
        .filter(|secret| said.contains(secret))
        .map(|secret| {
            let at = said.find(&secret).unwrap();
            let from = said[..at].rfind('\n').map_or(0, |from| from + 1);
            said[from..].lines().next().unwrap_or_default().to_owned()
        })
        .collect();
    assert!(
        said.contains("faults") && said.contains("cannot open the store"),
        "{said}"
    );
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

/// What a service manager hears, in order.
#[test]
fn the_service_manager_hears_when_it_is_ready_and_that_it_lives() {
    let kept = Kept::new("sqlite:regwire.db");
    let socket = kept.path("notify");
    let heard = std::os::unix::net::UnixDatagram::bind(&socket).unwrap();
    heard
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let _child = Ended(
        // The manager names the process that it means, which a shell knows of itself.
        Command::new("sh")
            .args(["-c", "WATCHDOG_PID=$$ exec \"$@\"", "sh"])
            .arg(env!("CARGO_BIN_EXE_regwire"))
            .arg("--config")
            .arg(kept.path("regwire.toml"))
            .arg("--data")
            .arg(kept.path("data"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("NOTIFY_SOCKET", &socket)
            .env("WATCHDOG_USEC", "600000")
            .env_remove("REGWIRE_CLOCK")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let mut words = BTreeSet::new();
    let mut buffer = [0_u8; 256];
    while words.len() < 2 {
        let length = heard.recv(&mut buffer).unwrap();
        let said = String::from_utf8_lossy(&buffer[..length]).into_owned();
        words.extend(said.lines().map(str::to_owned));
    }
    assert!(
        words.contains("READY=1") && words.contains("WATCHDOG=1"),
        "{words:?}"
    );
}

#[test]
fn a_running_process_takes_files_up_by_itself_and_when_it_is_told_to() {
    let kept = Kept::new("sqlite:regwire.db");
    let mut child = Ended(
        Command::new(env!("CARGO_BIN_EXE_regwire"))
            .arg("--config")
            .arg(kept.path("regwire.toml"))
            .arg("--data")
            .arg(kept.path("data"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env_remove("REGWIRE_CLOCK")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(child.0.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    assert!(lines.any(|line| line.contains("The site is open")));
    let mut log = BufReader::new(child.0.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok);
    assert!(log.by_ref().any(|line| line.contains("at work")));
    // By itself, when files have come to rest.
    kept.write(
        "sources.toml",
        &format!("{}{}", source("a", "Source A"), source("b", "Source B")),
    );
    let taken = log.by_ref().find(|line| line.contains("files"));
    assert!(taken.unwrap().contains("were taken up"));
    // When it is told to, also where nothing has changed.
    let told = Command::new("kill")
        .args(["-HUP", &child.0.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    let taken = log.by_ref().find(|line| line.contains("files"));
    assert!(taken.unwrap().contains("were taken up"));
    // With a fault, nothing.
    kept.write("sources.toml", "[[source]]\nid = 7\n");
    let refused = log.by_ref().find(|line| line.contains("files"));
    assert!(refused.unwrap().contains("were not taken up"));
}

#[test]
fn check_and_doctor_name_a_team_that_could_never_be_told() {
    let kept = Kept::new("sqlite:regwire.db");
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_regwire"))
            .arg("--config")
            .arg(kept.path("regwire.toml"))
            .arg("--data")
            .arg(kept.path("data"))
            .args(arguments)
            .env_remove("REGWIRE_CLOCK")
            .output()
            .unwrap()
    };
    let text = |out: &std::process::Output| String::from_utf8_lossy(&out.stdout).into_owned();
    let well = run(&["doctor", "--offline", "--json"]);
    assert!(well.status.success(), "{}", text(&well));
    let report: serde_json::Value = serde_json::from_slice(&well.stdout).unwrap();
    assert!(report["looked"].as_array().unwrap().len() >= 5, "{report}");
    kept.configure(
        "sqlite:regwire.db",
        "[[team]]\nname = \"Legal\"\nemail = [\"a@example.org\"]\ntrack = [\"framework:eu-ai-akt\"]\n",
    );
    for arguments in [&["check"][..], &["doctor", "--offline"]] {
        let out = run(arguments);
        assert_eq!(out.status.code(), Some(1));
        let said = text(&out);
        assert!(
            said.contains("regwire.toml:12") && said.contains("eu-ai-akt"),
            "{said}"
        );
    }
}
