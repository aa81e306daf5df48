//! Mails to a relay of our own on loopback, willing and unwilling, and into a folder.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use chrono::DateTime;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;

pub(super) fn mail() -> Mail {
    Mail {
        from: "Regwire Übersicht <digest@example.org>".to_owned(),
        to: EmailAddress::new("reader@example.com").unwrap(),
        subject: "Regwire weekly, no. 7".to_owned(),
        text: "Hello\n.\nthere\n".to_owned(),
        html: "<p>Hello</p>\n".to_owned(),
        message_id: "<delivery-1@updates.example.org>".to_owned(),
        boundary: "boundary-1".to_owned(),
        date: DateTime::from_timestamp(1_767_600_000, 0).unwrap(),
        headers: [
            ("List-Id", "weekly <weekly.updates.example.org>"),
            ("List-Unsubscribe", "<https://updates.example.org/u/1>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
    }
}

fn sender() -> EmailAddress {
    EmailAddress::new("bounces@example.org").unwrap()
}

/// The MAIL line, the RCPT line and the message as received, dots unstuffed.
type Taken = (String, String, Vec<u8>);

/// A relay that knows its unwilling recipients by their local part.
#[derive(Clone, Default)]
struct Sink {
    taken: Arc<Mutex<Vec<Taken>>>,
    connections: Arc<Mutex<u32>>,
}

impl Sink {
    async fn start(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sink = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *sink.connections.lock().unwrap() += 1;
                tokio::spawn(sink.clone().talk(stream));
            }
        });
        address
    }

    async fn talk(self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 sink\r\n").await?;
        let (mut from, mut to) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => "250-sink\r\n250 8BITMIME",
                "MAIL" if line.contains("<stranger@") => "550 5.7.1 who are you",
                "MAIL" => {
                    from = line.to_owned();
                    "250 ok"
                }
                "RCPT" if line.contains("<full@") => "450 4.2.2 mailbox full",
                "RCPT" if line.contains("<unknown@") => "550 5.1.1 no such mailbox",
                "RCPT" => {
                    to = line.to_owned();
                    "250 ok"
                }
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    let message = read_data(&mut stream).await?;
                    if to.contains("<hangup@") {
                        return Ok(());
                    }
                    if to.contains("<spam@") {
                        "554 5.6.0 content refused"
                    } else {
                        let mut taken = self.taken.lock().unwrap();
                        taken.push((from.clone(), to.clone(), message));
                        "250 2.0.0 taken as 42"
                    }
                }
                "RSET" | "NOOP" => "250 ok",
                "QUIT" => {
                    stream.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => "502 what?",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
    }

    fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

async fn read_data(stream: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let mut line = Vec::new();
        stream.read_until(b'\n', &mut line).await?;
        if line == b".\r\n" || line.is_empty() {
            return Ok(message);
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

fn post(to: &str, loopback_only: bool) -> Post {
    Post::new(Settings {
        smtp: Some(to.parse().unwrap()),
        spool: PathBuf::new(),
        loopback_only,
        hello: Some("updates.example.org".to_owned()),
        dkim: Vec::new(),
        rate: None,
    })
    .unwrap()
}

fn to(local: &str) -> Mail {
    Mail {
        to: EmailAddress::new(&format!("{local}@example.com")).unwrap(),
        ..mail()
    }
}

#[tokio::test]
async fn a_mail_is_taken_word_for_word() {
    let sink = Sink::default();
    let post = post(&format!("smtp://{}", sink.start().await), true);
    assert!(!post.is_spool());
    let receipt = post.send(&mail(), &sender()).await;
    assert_eq!(receipt, Receipt::Sent("250 2.0.0 taken as 42".to_owned()));
    let taken = sink.taken();
    let (from, to, message) = taken.first().unwrap();
    assert!(from.contains("<bounces@example.org>"), "{from}");
    assert!(to.contains("<reader@example.com>"), "{to}");
    let mut expected = formatted(&mail()).unwrap();
    // The end of the data brings its own line end.
    expected.extend_from_slice(b"\r\n");
    assert_eq!(message, &expected);
    assert_eq!(taken.len(), 1);
}

#[tokio::test]
async fn what_the_relay_says_decides_whether_to_try_again() {
    let sink = Sink::default();
    let post = post(&format!("smtp://{}", sink.start().await), true);
    for (local, expected) in [
        (
            "full",
            Receipt::TryLater("450 4.2.2 mailbox full".to_owned()),
        ),
        (
            "unknown",
            Receipt::Never("550 5.1.1 no such mailbox".to_owned()),
        ),
        (
            "spam",
            Receipt::Never("554 5.6.0 content refused".to_owned()),
        ),
        ("reader", Receipt::Sent("250 2.0.0 taken as 42".to_owned())),
    ] {
        assert_eq!(post.send(&to(local), &sender()).await, expected);
    }
    // A refused recipient costs no connection.
    assert_eq!(*sink.connections.lock().unwrap(), 1);
    // Hung up after the data: perhaps taken, perhaps not; never "sent" and never "never".
    let lost = post.send(&to("hangup"), &sender()).await;
    assert!(matches!(lost, Receipt::TryLater(_)), "{lost:?}");
    // The next mail has a fresh connection.
    let next = post.send(&to("reader"), &sender()).await;
    assert!(matches!(next, Receipt::Sent(_)), "{next:?}");
    assert_eq!(*sink.connections.lock().unwrap(), 2);
}

#[tokio::test]
async fn nobody_is_given_up_for_a_fault_of_our_own() {
    let sink = Sink::default();
    let address = sink.start().await;
    let stranger = EmailAddress::new("stranger@example.org").unwrap();
    let receipt = post(&format!("smtp://{address}"), true)
        .send(&mail(), &stranger)
        .await;
    assert!(
        matches!(&receipt, Receipt::TryLater(words) if words.contains("who are you")),
        "{receipt:?}"
    );
    // The sink offers neither a login nor STARTTLS.
    for url in [
        format!("smtp://u:hunter2@{address}"),
        format!("smtp+starttls://{address}"),
    ] {
        let receipt = post(&url, true).send(&mail(), &sender()).await;
        assert!(
            matches!(&receipt, Receipt::TryLater(words) if !words.contains("hunter2")),
            "{receipt:?}"
        );
    }
    assert!(sink.taken().is_empty());
}

#[tokio::test]
async fn an_address_that_the_relay_cannot_carry_is_said_so() {
    let sink = Sink::default();
    let post = post(&format!("smtp://{}", sink.start().await), true);
    let receipt = post.send(&to("jörg"), &sender()).await;
    assert!(
        matches!(&receipt, Receipt::Never(words) if words.contains("SMTPUTF8")),
        "{receipt:?}"
    );
}

#[tokio::test]
async fn no_relay_is_a_reason_to_try_later() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let receipt = post(&format!("smtp://{closed}"), false)
        .send(&mail(), &sender())
        .await;
    assert!(matches!(receipt, Receipt::TryLater(_)), "{receipt:?}");
    // With a simulated clock nothing but this machine is reached, whatever the settings say.
    let receipt = post("smtp://192.0.2.1", true)
        .send(&mail(), &sender())
        .await;
    assert!(
        matches!(&receipt, Receipt::TryLater(words) if words.contains("simulated clock")),
        "{receipt:?}"
    );
}

#[tokio::test]
async fn many_mails_share_four_connections() {
    let sink = Sink::default();
    let post = post(&format!("smtp://{}", sink.start().await), true);
    let mail = mail();
    let sender = sender();
    let sent = (0..40).map(|_| post.send(&mail, &sender));
    for receipt in futures_util::future::join_all(sent).await {
        assert!(matches!(receipt, Receipt::Sent(_)), "{receipt:?}");
    }
    assert!(*sink.connections.lock().unwrap() <= 4);
    assert_eq!(sink.taken().len(), 40);
}

#[tokio::test]
async fn the_same_mail_is_one_file_in_the_spool() {
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("spool");
    let post = Post::new(Settings {
        smtp: None,
        spool: spool.clone(),
        loopback_only: true,
        hello: None,
        dkim: Vec::new(),
        rate: None,
    })
    .unwrap();
    assert!(post.is_spool());
    let first = post.send(&mail(), &sender()).await;
    assert_eq!(post.send(&mail(), &sender()).await, first);
    let other = Mail {
        message_id: "<delivery-2@updates.example.org>".to_owned(),
        ..mail()
    };
    post.send(&other, &sender()).await;
    let mut names: Vec<String> = std::fs::read_dir(&spool)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["2026-01-05-delivery-1.eml", "2026-01-05-delivery-2.eml"]
    );
    let Receipt::Sent(place) = first else {
        panic!("{first:?}")
    };
    assert_eq!(std::fs::read(place).unwrap(), formatted(&mail()).unwrap());
}

#[tokio::test]
async fn a_spool_that_cannot_be_written_is_tried_later() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let post = Post::new(Settings {
        smtp: None,
        spool: file.path().join("below"),
        loopback_only: false,
        hello: None,
        dkim: Vec::new(),
        rate: None,
    })
    .unwrap();
    let receipt = post.send(&mail(), &sender()).await;
    assert!(matches!(receipt, Receipt::TryLater(_)), "{receipt:?}");
}

#[test]
fn a_greeting_cannot_carry_a_command() {
    for hello in ["a\r\nMAIL FROM:<x@y>", "", "a b", "ü.example"] {
        let settings = Settings {
            smtp: Some("smtp://127.0.0.1".parse().unwrap()),
            spool: PathBuf::new(),
            loopback_only: false,
            hello: Some(hello.to_owned()),
            dkim: Vec::new(),
            rate: None,
        };
        assert!(
            matches!(Post::new(settings), Err(Error::Hello)),
            "{hello:?}"
        );
    }
}
