//! The demo's fortnight as its team hears of it: a stage, a deadline and a page that change, once each, by
//! every way; and what the team decides, in the export.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::command_line::{lines, regwire, run};

/// What lies in a folder and begins so, as text without the line ends of mails.
fn texts(folder: &Path, beginning: &str) -> Vec<String> {
    let mut out: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(beginning))
        .map(|entry| std::fs::read(entry.path()).unwrap())
        .map(|bytes| String::from_utf8(bytes).unwrap())
        .collect();
    out.sort();
    out
}

/// The plain text of a mail, in one line, and to whom it goes.
fn mail(bytes: &str) -> (String, String) {
    let mail = mail_parser::MessageParser::default().parse(bytes).unwrap();
    let to = mail
        .to()
        .unwrap()
        .first()
        .unwrap()
        .address()
        .unwrap()
        .to_owned();
    let text = mail.body_text(0).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    (to, words.join(" "))
}

#[test]
fn a_stage_a_deadline_and_a_page_are_told_once_by_every_way() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    run(regwire(data).args(["demo", "--once"]));
    let export = lines(&run(regwire(data).args(["export", "updates", "--jsonl"])));
    let of = |source: &str, is_it: &dyn Fn(&Value) -> bool| -> Value {
        let found: Vec<&Value> = export
            .iter()
            .filter(|line| line["source"] == source && line["reach"] != "archive" && is_it(line))
            .collect();
        assert_eq!(found.len(), 1, "{source}: {found:?}");
        found[0].clone()
    };
    let stage = of("iso-catalogue", &|_| true);
    assert_eq!(
        (
            &stage["stage"]["changes"][0]["from"],
            &stage["stage"]["changes"][0]["to"]
        ),
        (&Value::from("40.20"), &Value::from("40.60"))
    );
    let deadline = of("eu-digital-strategy", &|line| {
        !line["cause"].is_null() && !line["key_dates"][0]["was"].is_null()
    });
    let page = of("ukas-ai-page", &|_| true);
    let issues: Vec<String> = texts(&data.join("mail"), "")
        .iter()
        .map(|bytes| mail(bytes))
        .filter(|(to, _)| to == "compliance@example.org")
        .map(|(_, text)| text)
        .collect();
    assert_eq!(issues.len(), 2, "the digest of each week");
    for (update, in_digest) in [(&stage, false), (&deadline, true), (&page, true)] {
        let title = update["title"].as_str().unwrap();
        let holds = |text: &String| text.contains(title);
        let of_team: Vec<String> = texts(&data.join("mail"), "")
            .iter()
            .map(|bytes| mail(bytes))
            .filter(|(to, _)| to == "ai-governance@example.org")
            .map(|(_, text)| text)
            .collect();
        assert_eq!(
            of_team.iter().filter(|text| holds(text)).count(),
            1,
            "mail: {title}"
        );
        for way in ["slack", "teams", "webhook"] {
            let told: Vec<Value> = texts(&data.join("receivers"), way)
                .iter()
                .map(|text| serde_json::from_str(text).unwrap())
                .collect();
            let count = told.iter().filter(|value| says(value, title)).count();
            assert_eq!(count, 1, "{way}: {title}");
        }
        assert_eq!(issues.iter().any(holds), in_digest, "digest: {title}");
    }

    // The team decides about the stage; the record is there for whoever asks.
    let id = stage["id"].as_str().unwrap();
    run(regwire(data).args([
        "decision",
        "add",
        "AI governance",
        id,
        "watch",
        "--reason",
        "We certify by this scheme once it is published",
        "--who",
        "ada",
    ]));
    let listed = run(regwire(data).args(["decision", "list", "--all", "--csv"]));
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert_eq!(
        listed.lines().filter(|line| line.contains(id)).count(),
        1,
        "{listed}"
    );
    assert!(
        listed.contains("We certify by this scheme once it is published"),
        "{listed}"
    );
}

/// Whether a title stands anywhere in a message, whatever its shape.
fn says(value: &Value, title: &str) -> bool {
    match value {
        Value::String(text) => {
            let words: Vec<&str> = text.split_whitespace().collect();
            words.join(" ").contains(title)
        }
        Value::Array(list) => list.iter().any(|one| says(one, title)),
        Value::Object(map) => map.values().any(|one| says(one, title)),
        _ => false,
    }
}

/// A demo with its site open; ended when it goes.
struct Open {
    child: std::process::Child,
    /// Held open: who writes into a pipe that nobody reads is ended.
    _told: BufReader<std::process::ChildStdout>,
    address: String,
}

impl Open {
    fn on(data: &Path) -> Self {
        let mut child = regwire(data)
            .args(["demo", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap());
        let address = told
            .by_ref()
            .lines()
            .map(Result::unwrap)
            .find_map(|line| {
                let rest = line.strip_prefix("The site is open at http://")?;
                Some(rest.split('/').next()?.to_owned())
            })
            .expect("the demo says where its site is");
        Self {
            child,
            _told: told,
            address,
        }
    }

    /// What the site answers.
    fn asked(&self, request: &str, body: &str) -> String {
        let mut stream = std::net::TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {1}\r\n\r\n{body}",
            self.address,
            body.len(),
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_open_demo_does_what_it_is_asked_for_and_leads_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    crate::crash::prepare(data, crate::crash::own_port());
    let open = Open::on(data);
    let calendar = open.asked("GET /calendar.ics", "");
    assert!(calendar.contains(&format!("http://{}/", open.address)));
    for mail in texts(&data.join("mail"), "2026-11-23-") {
        let unfolded = mail.replace("=\r\n", "");
        assert!(
            unfolded.contains(&format!("http://{}/", open.address)),
            "{unfolded}"
        );
    }
    let answer = open.asked(
        "POST /subscribe",
        "address=reader%40example.com&frequency=instant",
    );
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // The worker looks for what is asked of it every two seconds at the latest.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while texts(&data.join("mail"), "2026-11-23-confirm").is_empty() {
        assert!(
            std::time::Instant::now() < until,
            "no mail asks for the confirmation"
        );
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
    let mails = texts(&data.join("mail"), "2026-11-23-confirm");
    assert_eq!(mail(&mails[0]).0, "reader@example.com");
}
