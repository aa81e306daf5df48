//! A digest to many mailboxes, over a relay that greylists, refuses, hangs, hangs up after the final
//! dot and takes few connections; and a daemon that is killed under way, again and again (promises:
//! M1, M9, M12, M15). Nobody is missing, nobody strange gets a mail, and what comes twice is the same
//! mail, byte by byte.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::digest;
use regwire::daemon::{House, Shift};
use regwire::domain::criteria::Criteria;
use regwire::domain::id::DigestName;
use regwire::domain::subscription::{EmailAddress, Origin};
use regwire::library::{Files, load};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::command_line::regwire;
use crate::house::utc;
use crate::telling::{says, serve, sources};

/// The relay: what it took, by mailbox.
#[derive(Clone, Default)]
struct Relay {
    taken: Arc<Mutex<BTreeMap<String, Vec<Vec<u8>>>>>,
    /// How often each mailbox was asked for.
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
    /// Mails that were taken without a word, and so must come again.
    dropped: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

fn number(mailbox: &str) -> usize {
    mailbox
        .trim_start_matches('r')
        .split('@')
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(usize::MAX)
}

fn is_refused(mailbox: &str) -> bool {
    number(mailbox) % 50 == 1
}

impl Relay {
    async fn start(&self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let relay = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let relay = relay.clone();
                tokio::spawn(async move {
                    let open = relay.open.fetch_add(1, Ordering::SeqCst) + 1;
                    relay.most.fetch_max(open, Ordering::SeqCst);
                    let _ = relay.clone().talk(stream, open > 4).await;
                    relay.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        port
    }

    async fn talk(self, stream: TcpStream, full: bool) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read);
        if full {
            return write.write_all(b"421 too many connections\r\n").await;
        }
        write.write_all(b"220 relay\r\n").await?;
        let mut to = String::new();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let upper = line.to_ascii_uppercase();
            let answer = if upper.starts_with("EHLO") {
                "250-relay\r\n250 8BITMIME\r\n".to_owned()
            } else if upper.starts_with("RCPT") {
                to = line.split(['<', '>']).nth(1).unwrap_or("").to_owned();
                let times = {
                    let mut asked = self.asked.lock().unwrap();
                    let times = asked.entry(to.clone()).or_default();
                    *times += 1;
                    *times
                };
                if is_refused(&to) {
                    "550 5.1.1 user unknown\r\n".to_owned()
                } else if number(&to).is_multiple_of(50) && times == 1 {
                    "451 4.7.1 greylisted, come again\r\n".to_owned()
                } else if number(&to) % 401 == 5 && times == 1 {
                    // Silence, then the line is dead.
                    tokio::time::sleep(Duration::from_millis(400)).await;
                    return Ok(());
                } else {
                    "250 ok\r\n".to_owned()
                }
            } else if upper.starts_with("DATA") {
                write.write_all(b"354 go on\r\n").await?;
                let mut mail = Vec::new();
                loop {
                    let before = mail.len();
                    if lines.read_until(b'\n', &mut mail).await? == 0 {
                        // Cut off before the dot: nothing was taken.
                        return Ok(());
                    }
                    if &mail[before..] == b".\r\n" {
                        mail.truncate(before);
                        break;
                    }
                }
                let first = {
                    let mut taken = self.taken.lock().unwrap();
                    let copies = taken.entry(to.clone()).or_default();
                    copies.push(mail);
                    copies.len() == 1
                };
                if number(&to) % 97 == 3 && first {
                    self.dropped.fetch_add(1, Ordering::SeqCst);
                    return Ok(());
                }
                "250 taken\r\n".to_owned()
            } else if upper.starts_with("QUIT") {
                return write.write_all(b"221 bye\r\n").await;
            } else {
                "250 ok\r\n".to_owned()
            };
            write.write_all(answer.as_bytes()).await?;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_missing_and_what_comes_twice_is_the_same() {
    let long = std::env::var_os("REGWIRE_LONG").is_some();
    let (mailboxes, kills) = if long { (2_000, 200) } else { (400, 10) };
    // An issue is out after some of them; the rest fall upon the next one, in a new place.
    let mut killed = 0;
    while killed < kills {
        killed += one_issue(mailboxes, kills - killed).await;
    }
    println!("{killed} kills in all");
}

/// Sends one issue, killing the daemon again and again; how often it was killed.
async fn one_issue(mailboxes: usize, kills: usize) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::default();
    let smtp = relay.start().await;
    let (port, world) = serve().await;
    let text = format!(
        "base_url = \"https://updates.example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n[mail]\nsmtp = \"smtp://127.0.0.1:{smtp}\"\nfrom = \"Regwire <digest@example.org>\"\n[[digest]]\nname = \"weekly\"\ncron = \"0 8 * * 1\"\n"
    );
    let settings = folder.path().join("regwire.toml");
    std::fs::write(&settings, &text).unwrap();
    std::fs::write(folder.path().join("sources.toml"), sources(port)).unwrap();
    let data = folder.path().join("data");
    let weekly = DigestName::new("weekly").unwrap();
    let expected: Vec<String> = (0..mailboxes)
        .map(|n| format!("r{n}@example.org"))
        .collect();
    {
        let config = Config::read(
            "regwire.toml",
            &text,
            folder.path().to_owned(),
            data.clone(),
            |_| None,
        )
        .unwrap();
        let loaded = load(&Files::built_in().with_sources("sources.toml", sources(port)));
        let clock = Clock::held(utc("2026-11-07T10:00:00Z"));
        let house = House::open_with(config, clock, loaded).await.unwrap();
        for address in &expected {
            house
                .store
                .subscribe(
                    &EmailAddress::new(address).unwrap(),
                    &weekly,
                    &Criteria::All,
                    Origin::Operator,
                    house.clock.now(),
                )
                .await
                .unwrap();
        }
        says(
            &house,
            &world,
            "a",
            "ISO/IEC 42001:2026 published",
            "The second edition.",
        )
        .await;
        house.clock.move_to(utc("2026-11-09T08:00:10Z"));
        let shift = Shift::begin(&house).await.unwrap().unwrap();
        assert_eq!(
            digest::close_due(&house, shift.lease())
                .await
                .unwrap()
                .len(),
            1
        );
        shift.end().await.unwrap();
    }

    let mut moment: DateTime<Utc> = utc("2026-11-09T08:01:00Z");
    let mut killed = 0;
    let began = Instant::now();
    loop {
        let mut child = regwire(&data);
        child
            .args(["--config", settings.to_str().unwrap()])
            .args(["serve", "--no-web"])
            .env("REGWIRE_CLOCK", format!("{},x300", moment.to_rfc3339()))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = child.spawn().unwrap();
        let started = Instant::now();
        // A fixed sequence of spans that lets some runs barely begin and others go far.
        let span = Duration::from_millis(if killed < kills {
            700 + (killed as u64 * 7_919) % 900
        } else {
            8_000
        });
        tokio::time::sleep(span).await;
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
        moment +=
            TimeDelta::milliseconds(i64::try_from(started.elapsed().as_millis()).unwrap() * 300)
                + TimeDelta::seconds(1);
        let store = regwire::store::Store::open("sqlite:regwire.db", &data)
            .await
            .unwrap();
        let summary = store.last_issue(&weekly).await.unwrap().unwrap();
        if summary.state.as_str() == "finished" && killed >= kills.min(10) {
            assert_eq!(
                usize::try_from(summary.sent + summary.failed + summary.skipped).unwrap(),
                mailboxes,
                "finished means that every recipient is accounted for"
            );
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(1_500), "{summary:?}");
    }

    let taken = relay.taken.lock().unwrap().clone();
    let mut copies = 0;
    for (mailbox, mails) in &taken {
        assert!(expected.contains(mailbox), "a stranger: {mailbox}");
        assert!(!is_refused(mailbox));
        copies += mails.len() - 1;
        for mail in mails {
            assert_eq!(
                mail, &mails[0],
                "{mailbox}: a repeat is the same mail, byte by byte"
            );
        }
    }
    for mailbox in &expected {
        assert!(
            is_refused(mailbox) || taken.contains_key(mailbox),
            "missing: {mailbox}"
        );
    }
    let dropped = relay.dropped.load(Ordering::SeqCst);
    println!(
        "{killed} kills, {} mailboxes, {copies} copies, {dropped} of them asked for by hanging up, at most {} connections",
        taken.len(),
        relay.most.load(Ordering::SeqCst)
    );
    assert!(
        copies <= dropped + killed * 4,
        "{copies} copies, {dropped} dropped, {killed} kills"
    );
    killed
}
