//! Recorded feeds, each as its own host on loopback.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, TimeDelta, Utc};

use super::{Plan, Shared, Stage};
use crate::domain::address::AddressTemplate;
use crate::domain::id::{BodyId, SourceId};
use crate::domain::source::{MAX_BYTES, Source, SourceKind};
use crate::text::decode::{Form, decode};

/// The day on which the recordings are looked at: after the newest of them.
const LOOKED_AT: &str = "2026-11-30T08:00:00Z";

/// Finds every feed under a folder: what a list of counts names, and what looks like one.
fn feeds(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut named: HashSet<PathBuf> = HashSet::new();
    let mut found: Vec<PathBuf> = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let entries =
            std::fs::read_dir(&next).with_context(|| format!("cannot read {}", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().is_some_and(|name| name == "counts.tsv") {
                let text = std::fs::read_to_string(&path)?;
                let base = path.parent().unwrap_or(folder);
                named.extend(
                    text.lines()
                        .skip(1)
                        .filter_map(|line| line.split('\t').next())
                        .map(|file| base.join(file)),
                );
            } else {
                found.push(path);
            }
        }
    }
    let mut out: Vec<PathBuf> = found
        .into_iter()
        .filter(|path| named.contains(path) || looks_like_feed(path))
        .collect();
    out.sort();
    Ok(out)
}

fn looks_like_feed(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let large = std::fs::metadata(path).is_ok_and(|data| data.len() > MAX_BYTES);
    if large
        || name.ends_with(".gz")
        || name.ends_with(".xz")
        || name.contains(".expected.")
        || name.contains(".serde.")
    {
        return false;
    }
    let Ok(bytes) = std::fs::read(path) else {
        return false;
    };
    let head = bytes.get(..bytes.len().min(4_096)).unwrap_or(&[]);
    let text = decode(head, None, Form::Plain).text;
    let start = text.trim_start();
    let xml = start.starts_with("<?xml")
        || start.starts_with("<rss")
        || start.starts_with("<feed")
        || start.starts_with("<rdf");
    (xml && (text.contains("<rss") || text.contains("<feed") || text.contains("<rdf:RDF")))
        || (start.starts_with('{') && text.contains("jsonfeed.org/version"))
}

/// A name that a host can have, from a path.
fn host_of(folder: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(folder).unwrap_or(path);
    let mut out = String::new();
    for c in relative.to_string_lossy().to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    // A label of a name has at most 63 signs; its end tells more than its beginning.
    let start = out.len().saturating_sub(60);
    out.get(start..).unwrap_or("").trim_matches('-').to_owned()
}

pub(super) fn stage(folder: &Path, port: u16) -> anyhow::Result<Stage> {
    let files = feeds(folder)?;
    anyhow::ensure!(
        !files.is_empty(),
        "no recorded feed lies under {}",
        folder.display()
    );
    let mut by_host: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in files {
        let host = host_of(folder, &path);
        anyhow::ensure!(
            by_host.insert(host.clone(), path).is_none(),
            "two recordings would be called {host}"
        );
    }
    let sources = by_host
        .keys()
        .map(|host| source(host, port))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let start: DateTime<Utc> = LOOKED_AT.parse()?;
    Ok(Stage {
        sources,
        plan: Plan {
            start,
            end: start,
            digest: ("0 8 * * 1".to_owned(), "UTC".to_owned()),
            subscribers: Vec::new(),
            team: Vec::new(),
            searches: vec!["security".to_owned(), "standard OR policy".to_owned()],
        },
        router: axum::Router::new()
            .fallback(serve)
            .with_state(Arc::new(by_host)),
    })
}

fn source(host: &str, port: u16) -> anyhow::Result<Source> {
    Ok(Source {
        expect_every: TimeDelta::days(3_650),
        ..Source::new(
            SourceId::new(host)?,
            // Nobody of the library: a recording speaks for no body.
            BodyId::new("recording")?,
            host,
            SourceKind::Feed,
            AddressTemplate::new(&format!("http://{host}.localhost:{port}/"))?,
        )
    })
}

async fn serve(
    State(files): State<Shared<BTreeMap<String, PathBuf>>>,
    headers: HeaderMap,
) -> Response {
    let Some(path) = files.get(&super::asked_host(&headers)).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let json = path
        .extension()
        .is_some_and(|extension| extension == "json");
    // No charset in the header: the recordings' own declarations are what is to be read.
    let kind = if json {
        "application/feed+json"
    } else {
        "application/xml"
    };
    match tokio::fs::read(&path).await {
        Ok(body) => super::answer(&headers, kind, body),
        Err(error) => {
            tracing::error!(path = %path.display(), %error, "a recording cannot be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
