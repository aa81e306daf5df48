//! Issues, sources, and the list of all feeds.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::family::Family;
use super::{ENTRIES, Form, fed, file, head, kept};
use crate::domain::health::{Record, Verdict};
use crate::domain::source::Source;
use crate::render::{FeedEntry, ListedFeed, feeds_opml, opml, table_head, table_rows};
use crate::web::pages::{surveyed, told};
use crate::web::{Site, Trouble};

/// `/digests.atom`, `.json` and `.csv`: the issues.
pub(super) async fn digests(form: Form, State(site): State<Site>) -> Response {
    let page = async {
        let issues = site.store.issues(None).await?;
        let base = site.renderer.base_url();
        let address = |digest: &str, number: u32| match site.digests.first() {
            Some(first) if first.name.as_str() != digest => {
                format!("{base}/digests/{number}?of={digest}")
            }
            _ => format!("{base}/digests/{number}"),
        };
        let line = |digest: &str, number: u32, closed_at: DateTime<Utc>, items: u32| {
            json!({
                "digest": digest, "number": number, "closed_at": closed_at, "items": items,
                "url": address(digest, number),
            })
        };
        let lines = issues.iter().map(|issue| {
            line(
                issue.digest.as_str(),
                issue.number,
                issue.closed_at,
                issue.items,
            )
        });
        if form == Form::Csv {
            let columns = &["digest", "number", "closed_at", "items", "url"];
            let text = table_head(columns) + &table_rows(columns, &lines.collect::<Vec<_>>());
            return Ok(file("text/csv; charset=utf-8", "digests.csv", text));
        }
        let entries: Vec<FeedEntry> = issues
            .iter()
            .zip(lines)
            .take(ENTRIES)
            .map(|(issue, line)| FeedEntry {
                address: address(issue.digest.as_str(), issue.number),
                title: format!("{} {}", issue.digest, issue.number),
                summary: format!("{} updates", issue.items),
                published: issue.closed_at,
                updated: issue.closed_at,
                author: "Regwire".to_owned(),
                line: Some(line),
                ..FeedEntry::default()
            })
            .collect();
        Ok(fed(
            form,
            &head(&site, "Digests", "/digests", form),
            &entries,
        ))
    };
    told(&site, page.await)
}

/// The sources as lines for programs: what is read, how often, and how it is.
pub(in crate::web) async fn source_lines(site: &Site) -> Result<Vec<Value>, Trouble> {
    let (survey, states) = surveyed(site).await?;
    Ok(survey
        .iter()
        .map(|(source, verdict)| {
            let record = states.get(&source.id).map(|state| &state.record);
            source_line(site, source, verdict, record)
        })
        .collect())
}

/// One of them.
pub(in crate::web) fn source_line(
    site: &Site,
    source: &Source,
    verdict: &Verdict,
    record: Option<&Record>,
) -> Value {
    json!({
        "id": source.id,
        "body": source.body,
        "name": source.name,
        "kind": source.kind.as_str(),
        "home": source.home,
        "on": source.on,
        "health": verdict.health.as_str(),
        "reason": verdict.health.in_public(&verdict.because),
        "last_visit": record.and_then(|record| record.last_visit),
        "last_success": record.and_then(|record| record.last_success),
        "updates": format!("{}/sources/{}/updates.json", site.renderer.base_url(), source.id),
    })
}

/// `/sources.csv` and `.json`.
pub(super) async fn sources(form: Form, State(site): State<Site>) -> Response {
    let page = async {
        let lines = source_lines(&site).await?;
        if form == Form::Csv {
            let columns = &[
                "id",
                "body",
                "name",
                "kind",
                "home",
                "on",
                "health",
                "reason",
                "last_visit",
                "last_success",
                "updates",
            ];
            let text = table_head(columns) + &table_rows(columns, &lines);
            return Ok(file("text/csv; charset=utf-8", "sources.csv", text));
        }
        Ok(kept(
            "application/json",
            json!({ "items": lines }).to_string(),
        ))
    };
    told(&site, page.await)
}

/// `/sources.opml`: the feeds that are read, for other readers.
pub(super) async fn sources_opml(State(site): State<Site>) -> Response {
    file(
        "text/x-opml; charset=utf-8",
        "sources.opml",
        opml(&site.sources),
    )
}

/// `/feeds.opml`: every feed that is published here.
pub(super) async fn feeds(State(site): State<Site>) -> Response {
    let base = site.renderer.base_url();
    let listed = |name: &str, path: String| ListedFeed {
        name: name.to_owned(),
        address: format!("{base}{path}.atom"),
        page: format!("{base}{path}"),
    };
    let of = |family: Family, names: Vec<(String, String)>| {
        names
            .into_iter()
            .map(|(id, name)| listed(&name, format!("/{}/{id}", family.path())))
            .collect::<Vec<_>>()
    };
    let library = &site.library;
    let frameworks = library
        .frameworks
        .iter()
        .map(|one| (one.id.to_string(), one.short.clone()));
    let places = library
        .jurisdictions
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()));
    let topics = library
        .topics
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()));
    let bodies = library
        .bodies
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()));
    let sources = site.sources.iter().filter(|one| one.on);
    let sources = sources.map(|one| (one.id.to_string(), one.name.clone()));
    let all = ListedFeed {
        page: format!("{base}/"),
        ..listed("All updates", "/updates".to_owned())
    };
    let groups = [
        (
            "Everything",
            vec![
                all,
                listed("Key dates", "/calendar".to_owned()),
                listed("Digests", "/digests".to_owned()),
            ],
        ),
        ("Frameworks", of(Family::Frameworks, frameworks.collect())),
        ("Jurisdictions", of(Family::Jurisdictions, places.collect())),
        ("Topics", of(Family::Topics, topics.collect())),
        ("Bodies", of(Family::Bodies, bodies.collect())),
        ("Sources", of(Family::Sources, sources.collect())),
    ];
    let text = feeds_opml("Feeds of this site", &groups);
    file("text/x-opml; charset=utf-8", "feeds.opml", text)
}
