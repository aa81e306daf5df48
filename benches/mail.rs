//! M1: one issue of twenty items to 4,000 mailboxes, from the store to a relay on loopback, signed;
//! beside Python's smtplib, which sends one ready text to each, unsigned, on one connection.
//!
//! `cargo bench --bench mail`. The relay is a process of its own, so that its work is not counted as ours.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::{deliver, digest, index as following};
use regwire::daemon::{House, Shift};
use regwire::deliver::{DkimSigner, Post, Settings};
use regwire::domain::change::Fingerprint;
use regwire::domain::criteria::Criteria;
use regwire::domain::document::{Outcome, Sha256, Visit};
use regwire::domain::evidence::Evidence;
use regwire::domain::id::{DigestName, SourceId, UpdateId};
use regwire::domain::subscription::{EmailAddress, Origin};
use regwire::domain::update::{Authority, Content, Reach, Update};
use regwire::library::{Files, load};
use regwire::store::{Fresh, Harvest, SourceState};
use regwire::tag::Subject;
use regwire::text::html;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

const MAILBOXES: usize = 4_000;
const ITEMS: usize = 20;
/// The first argument of this program when it is the relay.
const RELAY: &str = "as-the-relay";

const SMTPLIB: &str = r#"
import smtplib, sys, time
port, count, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
text = open(path, "rb").read()
begun = time.perf_counter()
with smtplib.SMTP("127.0.0.1", port) as relay:
    for number in range(count):
        relay.sendmail("digest@example.org", ["r%d@example.org" % number], text)
print(time.perf_counter() - begun)
"#;

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

async fn talk(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::with_capacity(1 << 17, read);
    write.write_all(b"220 relay\r\n").await?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let answer: &[u8] = match line.get(..4).map(<[u8]>::to_ascii_uppercase).as_deref() {
            Some(b"EHLO") => b"250-relay\r\n250 8BITMIME\r\n",
            Some(b"DATA") => {
                write.write_all(b"354 go on\r\n").await?;
                loop {
                    line.clear();
                    if lines.read_until(b'\n', &mut line).await? == 0 {
                        return Ok(());
                    }
                    if line == b".\r\n" {
                        break;
                    }
                }
                b"250 taken\r\n"
            }
            Some(b"QUIT") => return write.write_all(b"221 bye\r\n").await,
            _ => b"250 ok\r\n",
        };
        write.write_all(answer).await?;
    }
}

async fn be_the_relay() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("an address").port());
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(talk(stream));
    }
}

struct Relay {
    process: Child,
    port: u16,
}

impl Relay {
    fn start() -> Self {
        use std::io::BufRead as _;
        let own = std::env::current_exe().expect("this program");
        let mut process = Command::new(own)
            .arg(RELAY)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the relay");
        let mut line = String::new();
        std::io::BufReader::new(process.stdout.take().expect("its words"))
            .read_line(&mut line)
            .expect("its port");
        let port = line.trim().parse().expect("a port");
        Self { process, port }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A key made for this run.
fn key(algorithm: &[&str]) -> Option<String> {
    let made = Command::new("openssl")
        .arg("genpkey")
        .args(algorithm)
        .output()
        .ok()?;
    made.status
        .success()
        .then(|| String::from_utf8(made.stdout).ok())?
}

fn fresh(house: &House, source: &SourceId, number: usize, now: DateTime<Utc>) -> Fresh {
    let title = format!("Notice {number}: guidance on artificial intelligence under ISO/IEC 42001");
    let text = format!(
        "The body has published guidance {number} for organisations that run a management system for artificial \
         intelligence. It says what auditors expect, names the records that are to be kept, and is open for comments \
         until {} May 2028.",
        1 + number % 28
    );
    let key = number.to_string();
    let update = Update {
        id: UpdateId::of(source, &key),
        source: source.clone(),
        key,
        revision: 1,
        first_seen: now,
        revised_at: now,
        tags: house.tagger.tag(&Subject {
            headline: &title,
            summary: &text,
            language: Some("en"),
            ..Subject::default()
        }),
        content: Content {
            title,
            body: html::safe_html(&format!("<p>{text}</p>"), None),
            ..Content::default()
        },
        authority: Authority::Official,
        reach: Reach::News,
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

/// One issue to all mailboxes: seconds, seconds of CPU, and the bytes of one mail.
async fn issue(relay: &Relay, signer: DkimSigner, data: &Path) -> (f64, f64, Vec<u8>) {
    let text = format!(
        "base_url = \"https://updates.example.org\"\n[mail]\nsmtp = \"smtp://127.0.0.1:{}\"\n\
         from = \"Regwire <digest@example.org>\"\n[[digest]]\nname = \"weekly\"\ncron = \"0 8 * * 1\"\n",
        relay.port
    );
    let config = Config::read("bench", &text, data.to_owned(), data.to_owned(), |_| None)
        .expect("a configuration");
    let begin: DateTime<Utc> = "2026-11-07T10:00:00Z".parse().expect("a moment");
    let house = House::open_with(config, Clock::held(begin), load(&Files::built_in()))
        .await
        .expect("a house");
    let weekly = DigestName::new("weekly").expect("a name");
    for number in 0..MAILBOXES {
        house
            .store
            .subscribe(
                &EmailAddress::new(&format!("r{number}@example.org")).expect("an address"),
                &weekly,
                &Criteria::All,
                Origin::Operator,
                begin,
            )
            .await
            .expect("a subscription");
    }
    house.clock.move_to(begin + TimeDelta::hours(1));
    let shift = Shift::begin(&house)
        .await
        .expect("a store")
        .expect("a lease");
    let source = SourceId::new("iso-news").expect("an id");
    let now = house.clock.now();
    let harvest = Harvest {
        visit: Visit {
            source: source.clone(),
            at: now,
            outcome: Outcome::New,
            status: Some(200),
            entries: 0,
            new: 0,
            revised: 0,
            faults: Vec::new(),
            milliseconds: 1,
            bytes: 1,
        },
        state: SourceState::unknown(source.clone(), now),
        documents: Vec::new(),
        new: (0..ITEMS)
            .map(|number| fresh(&house, &source, number, now))
            .collect(),
        revised: Vec::new(),
        register: None,
        watching: None,
    };
    let committed = house
        .store
        .commit_harvests(shift.lease(), std::slice::from_ref(&harvest))
        .await
        .expect("a commit");
    following::stage(&house, committed, vec![harvest]).await;
    following::follow(&house).await.expect("an index");
    house
        .clock
        .move_to("2026-11-09T08:00:10Z".parse().expect("a moment"));
    let closed = digest::close_due(&house, shift.lease())
        .await
        .expect("an issue");
    let [closed] = closed.as_slice() else {
        panic!("{} issues", closed.len());
    };
    let post = Post::new(Settings {
        smtp: house.config.mail.smtp.clone(),
        spool: data.join("spool"),
        loopback_only: true,
        hello: None,
        dkim: vec![signer],
        rate: None,
    })
    .expect("a post");
    let due = house
        .store
        .due_deliveries(house.clock.now(), 1)
        .await
        .expect("deliveries");
    let (cpu, begun) = (spent(), Instant::now());
    let sent = deliver::deliver_due(&house, shift.lease(), &post)
        .await
        .expect("a round");
    let (cpu, time) = (spent().saturating_sub(cpu), begun.elapsed());
    assert_eq!(sent.sent as usize, MAILBOXES, "{sent:?}");
    let links = house.signer().await.expect("a key");
    let mail = deliver::compose(
        &house,
        &links,
        closed,
        &due[0],
        &deliver::Rendered::default(),
    )
    .expect("a mail");
    let bytes = regwire::deliver::formatted(&mail).expect("a message");
    shift.end().await.expect("the end");
    (time.as_secs_f64(), cpu.as_secs_f64(), bytes)
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if std::env::args().any(|word| word == RELAY) {
        runtime.block_on(be_the_relay());
        return;
    }
    let relay = Relay::start();
    let folder = tempfile::tempdir().expect("a folder");
    let mut rates = Vec::new();
    for (name, algorithm) in [
        ("Ed25519", ["-algorithm", "ed25519"].as_slice()),
        (
            "RSA-2048",
            &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        ),
    ] {
        let Some(pem) = key(algorithm) else {
            println!("M1 with {name} left out: openssl is not at hand");
            continue;
        };
        let signer = DkimSigner::new("example.org", "bench", &pem).expect("a key");
        let data = folder.path().join(name);
        std::fs::create_dir(&data).expect("a folder");
        let (time, cpu, bytes) = runtime.block_on(issue(&relay, signer, &data));
        std::fs::write(folder.path().join("mail"), &bytes).expect("a file");
        let rate = MAILBOXES as f64 / time;
        println!(
            "M1 with {name}: {rate:.0} mails a second on four connections, {:.0} a second of our CPU; a mail has {} KiB",
            MAILBOXES as f64 / cpu,
            bytes.len() >> 10
        );
        rates.push((name, rate));
    }
    let path = folder.path().join("mail");
    if !path.is_file() {
        return;
    }
    let python = Command::new("python3")
        .args(["-c", SMTPLIB])
        .args([relay.port.to_string(), MAILBOXES.to_string()])
        .arg(&path)
        .output();
    let seconds: Option<f64> = python
        .ok()
        .and_then(|ran| String::from_utf8(ran.stdout).ok()?.trim().parse().ok());
    match seconds {
        None => println!("M1 beside smtplib left out: python3 is not at hand"),
        Some(seconds) => {
            let baseline = MAILBOXES as f64 / seconds;
            println!("M1 smtplib, unsigned, one connection: {baseline:.0} mails a second");
            for (name, rate) in rates {
                println!(
                    "M1 with {name}: {:.1} times smtplib (goal 6)",
                    rate / baseline
                );
            }
        }
    }
}
