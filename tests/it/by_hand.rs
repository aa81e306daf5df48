//! What people do by hand: sources tried, found, added, recorded and exchanged; updates noted, told
//! apart and tagged again.

use std::path::Path;
use std::process::Output;

use axum::Router;
use axum::extract::Path as Part;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use crate::command_line::{lines, regwire, run};

const PAGE: &str = r#"<!doctype html><html lang="en"><head><title>News of the ministry</title>
<link rel="alternate" type="application/rss+xml" title="Ministry news" href="/feed.xml"></head>
<body><main><ul class="news">
<li><a href="/one">Guidance on audits published</a> <time datetime="2026-11-09">9 November 2026</time></li>
<li><a href="/two">Consultation on controls opens</a> <time datetime="2026-11-08">8 November 2026</time></li>
<li><time datetime="2026-11-07">7 November 2026</time></li>
</ul></main></body></html>"#;
const FEED: &str = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>Ministry news</title><link>/</link>
<item><guid>1</guid><title>Guidance on audits published</title><link>/one</link><pubDate>Mon, 09 Nov 2026 10:00:00 GMT</pubDate></item>
</channel></rss>"#;

async fn answer(Part(path): Part<String>) -> Response {
    match path.as_str() {
        "news" => ([(CONTENT_TYPE, "text/html")], PAGE).into_response(),
        "feed.xml" => ([(CONTENT_TYPE, "application/rss+xml")], FEED).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A site on loopback and a folder whose configuration may reach it.
fn world(folder: &Path) -> u16 {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            send.send(listener.local_addr().unwrap().port()).unwrap();
            let router = Router::new().route("/{path}", axum::routing::get(answer));
            axum::serve(listener, router).await.unwrap();
        });
    });
    let port = receive.recv().unwrap();
    std::fs::write(
        folder.join("regwire.toml"),
        "contact = \"test@example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n",
    )
    .unwrap();
    std::fs::write(
        folder.join("sources.toml"),
        format!(
            "[[source]]\nid = \"ministry-list\"\nbody = \"iso\"\nname = \"Ministry list\"\nkind = \"listing\"\nurl = \"http://127.0.0.1:{port}/news\"\n[source.select]\nitem = \"ul.news li\"\ndate = \"time@datetime\"\n"
        ),
    )
    .unwrap();
    port
}

fn in_folder(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = regwire(&folder.join("data"));
    command
        .current_dir(folder)
        .args(["--config", "regwire.toml"])
        .args(arguments);
    command.output().unwrap()
}

fn said(out: &Output) -> String {
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8_lossy(&out.stdout).into_owned()
}

#[test]
fn a_definition_is_tried_row_by_row_and_kept_as_an_example() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    world(folder);
    let told = said(&in_folder(folder, &["source", "try", "ministry-list"]));
    assert!(told.contains("Guidance on audits published"), "{told}");
    assert!(told.contains("row 3 refused"), "{told}");
    assert!(told.contains("2 entries; nothing was stored"), "{told}");
    let json = said(&in_folder(
        folder,
        &["source", "try", "ministry-list", "--json"],
    ));
    let line: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(line["entries"].as_array().unwrap().len(), 2);
    assert_eq!(line["refused"][0]["row"], 3);

    let wrong = in_folder(folder, &["source", "try", "ministry-lst"]);
    assert!(!wrong.status.success());
    let why = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(why.contains("did you mean `ministry-list`"), "{why}");

    let kept = said(&in_folder(folder, &["source", "record", "ministry-list"]));
    let files: Vec<&str> = kept.lines().take(2).collect();
    let kept = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    assert_eq!(kept(files[0]), PAGE);
    let expected: Value = serde_json::from_str(&kept(files[1])).unwrap();
    assert_eq!(
        expected["entries"][1]["title"],
        "Consultation on controls opens"
    );
    let file = said(&in_folder(
        folder,
        &["source", "try", "ministry-list", "--file", files[0]],
    ));
    assert!(file.contains("2 entries"), "{file}");
}

#[test]
fn what_a_page_offers_is_found_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let port = world(folder);
    let url = format!("http://127.0.0.1:{port}/news");
    let tried = said(&in_folder(folder, &["source", "try", &url]));
    assert!(tried.contains("announced by the page"), "{tried}");
    assert!(tried.contains("1 entry"), "{tried}");

    let nobody = in_folder(folder, &["source", "add", &url]);
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("--body"));
    let before = std::fs::read_to_string(folder.join("sources.toml")).unwrap();
    said(&in_folder(
        folder,
        &["source", "add", &url, "--body", "iso", "--dry-run"],
    ));
    assert_eq!(
        std::fs::read_to_string(folder.join("sources.toml")).unwrap(),
        before
    );
    said(&in_folder(
        folder,
        &["source", "add", &url, "--body", "iso"],
    ));
    let after = std::fs::read_to_string(folder.join("sources.toml")).unwrap();
    assert!(after.starts_with(before.trim_end()), "what was there stays");
    assert!(after.contains("id = \"iso-feed\""), "{after}");
    let twice = in_folder(folder, &["source", "add", &url, "--body", "iso"]);
    assert!(String::from_utf8_lossy(&twice.stderr).contains("is read already, as `iso-feed`"));
    let read = said(&in_folder(folder, &["collect", "iso-feed"]));
    assert!(
        read.contains("1 source visited, 0 not due; 1 new"),
        "{read}"
    );

    // Out as a list for other readers, and in again beside what is known.
    let list = said(&in_folder(folder, &["source", "export"]));
    std::fs::write(
        folder.join("feeds.opml"),
        list.replace(
            "</body>",
            "<outline text=\"More\" xmlUrl=\"https://www.iso.org/more.rss\"/></body>",
        ),
    )
    .unwrap();
    let taken = said(&in_folder(folder, &["source", "import", "feeds.opml"]));
    assert!(
        taken.contains("1 source added, 1 known already, 0 passed over"),
        "{taken}"
    );
}

#[test]
fn an_editor_notes_tells_apart_and_tags_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    run(regwire(data).args(["demo", "--once"]));
    let export = || lines(&run(regwire(data).args(["export", "updates", "--jsonl"])));
    let before = export();

    // One event told by two bodies is one story; the official one leads.
    let mut stories = std::collections::BTreeMap::<String, Vec<&Value>>::new();
    for line in &before {
        if let Some(story) = line["story"].as_str() {
            stories.entry(story.to_owned()).or_default().push(line);
        }
    }
    let pair = stories
        .values()
        .find(|story| story.iter().any(|line| line["source"] == "ukas-news") && story.len() == 2)
        .expect("the accreditation is told by UKAS and by NQA");
    let ids: Vec<&str> = pair
        .iter()
        .map(|line| line["id"].as_str().unwrap())
        .collect();
    let show = |id: &str| -> Value {
        serde_json::from_slice(&run(regwire(data).args(["story", "show", id, "--json"])).stdout)
            .unwrap()
    };
    assert_eq!(show(ids[1])["updates"].as_array().unwrap().len(), 2);
    run(regwire(data).args(["story", "split", ids[0], ids[1]]));
    assert_eq!(show(ids[0])["updates"].as_array().unwrap().len(), 1);
    run(regwire(data).args(["story", "split", ids[0], ids[1], "--undo"]));
    assert_eq!(show(ids[0])["updates"].as_array().unwrap().len(), 2);

    // A note takes the place of our sentence and can be taken back.
    let told = |id: &str| -> Value {
        let shown: Value =
            serde_json::from_slice(&run(regwire(data).args(["show", id, "--json"])).stdout)
                .unwrap();
        shown["told"].clone()
    };
    let own = told(ids[0]);
    assert!(own["why"]["sentence"].is_string(), "{own}");
    run(regwire(data).args(["note", ids[0], "Ask your certifier for its number."]));
    assert_eq!(
        told(ids[0])["why"]["sentence"],
        "Ask your certifier for its number."
    );
    assert_eq!(told(ids[0])["why_by"], "editor");
    run(regwire(data).args(["note", ids[0], ""]));
    assert_eq!(told(ids[0]), own);

    // The same library tags the same; nothing of all this was news.
    let again = run(regwire(data).args(["retag", "--dry-run", "--jsonl"]));
    assert_eq!(lines(&again), Vec::<Value>::new());
    let after = export();
    let plain = |lines: &[Value]| -> Vec<Value> {
        lines
            .iter()
            .map(|line| {
                let mut line = line.clone();
                line["story"] = Value::Null;
                line
            })
            .collect()
    };
    assert_eq!(plain(&after), plain(&before));
    let missing = regwire(data)
        .args(["note", "0000000000000000", "x"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&missing.stderr).contains("there is no update"));
}
