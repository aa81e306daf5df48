use chrono::DateTime;
use mail_parser::MessageParser;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::*;

fn mail() -> Mail {
    Mail {
        from: "Regwire Ämter <digest@example.org>".to_owned(),
        to: EmailAddress::new("ada@example.net").unwrap(),
        subject:
            "Wöchentlich — 規制: ISO/IEC 42005:2025 und vieles mehr, damit die Zeile gefaltet wird"
                .to_owned(),
        text: "Grüße\n.\nzweite Zeile ohne Ende\n".to_owned(),
        html: "<p>Grüße</p>".to_owned(),
        message_id: "<0123456789abcdef@example.org>".to_owned(),
        boundary: "rw-0123456789abcdef".to_owned(),
        date: DateTime::parse_from_rfc3339("2026-03-02T08:00:00Z")
            .unwrap()
            .to_utc(),
        headers: vec![(
            "List-Id".to_owned(),
            "Weekly <weekly.example.org>".to_owned(),
        )],
    }
}

#[test]
fn equal_mails_are_equal_bytes_and_read_back() {
    let bytes = formatted(&mail()).unwrap();
    assert_eq!(bytes, formatted(&mail()).unwrap());
    let read = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(read.subject(), Some(mail().subject.as_str()));
    assert_eq!(read.message_id(), Some("0123456789abcdef@example.org"));
    assert_eq!(
        read.body_text(0).unwrap().replace("\r\n", "\n"),
        mail().text
    );
    assert_eq!(read.body_html(0).unwrap().trim(), "<p>Grüße</p>");
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("List-Id: Weekly <weekly.example.org>\r\n"));
    assert!(text.split("\r\n").all(|line| line.len() <= 998));
}

#[test]
fn no_value_begins_another_header() {
    for evil in [
        "x\r\nBcc: evil@example.com",
        "x\nBcc: evil@example.com",
        "x\rBcc: e@e.com",
        "x\0Bcc: e@e.com",
        "\r\n\r\n<p>body",
    ] {
        let mut mail = mail();
        mail.subject = evil.to_owned();
        mail.headers = vec![("List-Id".to_owned(), evil.to_owned())];
        let bytes = formatted(&mail).unwrap();
        let read = MessageParser::default().parse(&bytes).unwrap();
        assert!(read.bcc().is_none(), "{evil:?}");
        assert_eq!(
            read.to()
                .and_then(|to| to.first())
                .and_then(|to| to.address()),
            Some("ada@example.net")
        );
        assert_eq!(
            read.body_html(0).unwrap().trim(),
            "<p>Grüße</p>",
            "{evil:?}"
        );
    }
}

#[tokio::test]
async fn the_same_mail_twice_is_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let post = Post::new(&Settings {
        spool: folder.path().join("mail"),
        ..Settings::default()
    })
    .unwrap();
    assert!(post.is_spool());
    let from = EmailAddress::new("digest@example.org").unwrap();
    let first = post.send(&mail(), &from).await;
    assert_eq!(first, post.send(&mail(), &from).await);
    let files: Vec<_> = std::fs::read_dir(folder.path().join("mail"))
        .unwrap()
        .collect();
    assert_eq!(files.len(), 1);
    let Receipt::Sent(path) = first else {
        panic!("{first:?}")
    };
    assert_eq!(std::fs::read(path).unwrap(), formatted(&mail()).unwrap());
}

/// A relay that answers one conversation by a script; returns what was sent as data.
async fn relay(
    rcpt: &'static str,
    data: &'static str,
    hang_up: bool,
) -> (String, tokio::task::JoinHandle<String>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 sink\r\n").await.unwrap();
        let mut taken = String::new();
        let mut in_data = false;
        while let Ok(Some(line)) = lines.next_line().await {
            if in_data {
                if line == "." {
                    in_data = false;
                    if hang_up {
                        return taken;
                    }
                    write.write_all(data.as_bytes()).await.unwrap();
                } else {
                    taken.push_str(&line);
                    taken.push('\n');
                }
                continue;
            }
            let answer = match line
                .split_whitespace()
                .next()
                .unwrap_or("")
                .to_ascii_uppercase()
                .as_str()
            {
                "EHLO" => "250-sink\r\n250 8BITMIME\r\n",
                "RCPT" => rcpt,
                "DATA" => {
                    in_data = true;
                    "354 go on\r\n"
                }
                "QUIT" => {
                    write.write_all(b"221 bye\r\n").await.unwrap();
                    return taken;
                }
                _ => "250 ok\r\n",
            };
            write.write_all(answer.as_bytes()).await.unwrap();
        }
        taken
    });
    (url, task)
}

#[tokio::test]
async fn a_relays_answers_are_understood() {
    let from = EmailAddress::new("digest@example.org").unwrap();
    for (rcpt, data, hang_up, expected) in [
        ("250 ok\r\n", "250 queued as 7\r\n", false, "sent"),
        ("450 4.2.0 greylisted\r\n", "", false, "later"),
        ("550 5.1.1 no such user\r\n", "", false, "never"),
        ("250 ok\r\n", "", true, "later"),
    ] {
        let (url, task) = relay(rcpt, data, hang_up).await;
        let post = Post::new(&Settings {
            smtp: Some(url),
            loopback_only: true,
            ..Settings::default()
        })
        .unwrap();
        let receipt = post.send(&mail(), &from).await;
        let got = match &receipt {
            Receipt::Sent(_) => "sent",
            Receipt::TryLater(_) => "later",
            Receipt::Never(_) => "never",
        };
        assert_eq!(got, expected, "{rcpt} {data}: {receipt:?}");
        drop(post);
        task.abort();
    }
}

#[tokio::test]
async fn a_simulated_clock_sends_nothing_out() {
    for (smtp, allowed) in [
        ("smtp://127.0.0.1:25", true),
        ("smtp://localhost:25", true),
        ("smtp://[::1]:25", true),
        ("smtp://mail.example.org:25", false),
        ("smtp://10.0.0.1:25", false),
    ] {
        let post = Post::new(&Settings {
            smtp: Some(smtp.to_owned()),
            loopback_only: true,
            ..Settings::default()
        });
        assert_eq!(post.is_ok(), allowed, "{smtp}");
    }
}
