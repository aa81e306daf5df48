//! Recorded documents to search and to match: abstracts and a catalogue of standards.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Title, text and day (empty where none is recorded).
pub struct Recorded {
    pub title: String,
    pub text: String,
    pub day: String,
}

/// The folder of recordings; none where they are not at hand.
pub fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("REGWIRE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let other = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    [folder, other]
        .into_iter()
        .map(|folder| folder.join("bench"))
        .find(|folder| folder.is_dir())
}

fn lines(path: &Path) -> impl Iterator<Item = Value> {
    let mut child = Command::new("xz")
        .arg("-dc")
        .arg(path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("xz");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    std::iter::from_fn(move || match lines.next() {
        Some(line) => Some(serde_json::from_str(&line.expect("a line")).expect("JSON")),
        None => {
            child.wait().expect("xz");
            None
        }
    })
}

/// All of them.
pub fn recorded(folder: &Path) -> Vec<Recorded> {
    let text = |value: &Value| value.as_str().unwrap_or("").trim().to_owned();
    let mut out = Vec::new();
    for line in lines(&folder.join("arxiv-abstracts-75k.jsonl.xz")) {
        out.push(Recorded {
            title: text(&line["title"]),
            text: text(&line["abstract"]),
            day: text(&line["published"]),
        });
    }
    for line in lines(&folder.join("iso-catalogue-69717.jsonl.xz")) {
        let title = match &line["title"] {
            Value::Object(titles) => text(titles.get("en").unwrap_or(&Value::Null)),
            other => text(other),
        };
        let title = if title.is_empty() {
            text(&line["title_en"])
        } else {
            title
        };
        let body = format!("{} {}", text(&line["abstract"]), text(&line["title_fr"]));
        out.push(Recorded {
            title: format!("{} {title}", text(&line["ref"])),
            text: body.trim().to_owned(),
            day: String::new(),
        });
    }
    out
}
