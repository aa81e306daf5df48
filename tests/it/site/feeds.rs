//! Feeds and files are read back as others read them.

use icalendar::{Calendar, CalendarComponent, Component as _};
use serde_json::Value;

use super::{HOSTILE, ask, filled, open};

#[tokio::test(flavor = "multi_thread")]
async fn every_feed_is_read_by_a_feed_reader() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 60).await;
    let router = open(&house);
    let opml = ask(&router, "/feeds.opml", &[]).await;
    assert_eq!(opml.status, 200);
    let listed: Vec<&str> = opml
        .body
        .split("xmlUrl=\"")
        .skip(1)
        .filter_map(|part| part.split('"').next())
        .collect();
    assert!(listed.len() > 300, "{} feeds", listed.len());
    let mut filled_feeds = 0;
    for address in &listed {
        let path = address.strip_prefix("https://updates.example.org").unwrap();
        let atom = ask(&router, path, &[]).await;
        assert_eq!(atom.status, 200, "{path}");
        let feed = feed_rs::parser::parse(atom.body.as_bytes())
            .unwrap_or_else(|error| panic!("{path}: {error}\n{}", atom.body));
        assert_eq!(feed.id, *address, "{path}");
        filled_feeds += usize::from(!feed.entries.is_empty());
    }
    assert!(filled_feeds >= 5, "{filled_feeds} feeds hold something");

    for path in [
        "/updates",
        "/search",
        "/frameworks/gdpr",
        "/sources/bench",
        "/jurisdictions/eu",
    ] {
        let atom = ask(&router, &format!("{path}.atom?limit=100"), &[]).await;
        let json = ask(&router, &format!("{path}.json?limit=100"), &[]).await;
        let from_atom = feed_rs::parser::parse(atom.body.as_bytes()).unwrap();
        let from_json = feed_rs::parser::parse(json.body.as_bytes()).unwrap();
        let ids = |feed: &feed_rs::model::Feed| {
            feed.entries
                .iter()
                .map(|entry| entry.id.clone())
                .collect::<Vec<_>>()
        };
        assert!(!from_atom.entries.is_empty(), "{path}");
        assert_eq!(ids(&from_atom), ids(&from_json), "{path}");
        // The newest first, nothing of a source is markup of ours, and nothing else is lost.
        let days: Vec<_> = from_atom
            .entries
            .iter()
            .map(|entry| entry.published)
            .collect();
        assert!(days.is_sorted_by(|a, b| a >= b), "{path}");
        assert!(!atom.body.contains("<script"), "{path}");
        assert!(!json.body.contains("<script>x"), "{path}");
        let value: Value = serde_json::from_str(&json.body).unwrap();
        assert_eq!(value["version"], "https://jsonfeed.org/version/1.1");

        // Who has it is told so; by its tag and by its moment.
        for (name, value) in [
            ("if-none-match", atom.header("etag")),
            ("if-modified-since", atom.header("last-modified")),
        ] {
            assert!(!value.is_empty(), "{path} {name}");
            let again = ask(&router, &format!("{path}.atom?limit=100"), &[(name, value)]).await;
            assert_eq!(
                (again.status, again.body.as_str()),
                (304, ""),
                "{path} {name}"
            );
        }
        assert!(atom.header("cache-control").contains("s-maxage=60"));
    }

    // Page after page by `next`, every update once.
    let mut path = "/updates.json?limit=25".to_owned();
    let mut ids = std::collections::BTreeSet::new();
    loop {
        let value: Value = serde_json::from_str(&ask(&router, &path, &[]).await.body).unwrap();
        for item in value["items"].as_array().unwrap() {
            assert!(ids.insert(item["id"].as_str().unwrap().to_owned()));
        }
        match value["next_url"].as_str() {
            Some(next) => {
                path = next
                    .strip_prefix("https://updates.example.org")
                    .unwrap()
                    .to_owned()
            }
            None => break,
        }
    }
    assert_eq!(ids.len(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_hold_everything_and_no_formula() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 600).await;
    let router = open(&house);
    let table = ask(&router, "/search.csv?q=source:bench", &[]).await;
    assert_eq!(table.status, 200);
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        table
            .header("content-disposition")
            .starts_with("attachment; filename=\"search.csv\"")
    );
    let mut rows = csv::Reader::from_reader(table.body.as_bytes());
    let title = rows
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "title")
        .unwrap();
    let records: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 600);
    for record in &records {
        for cell in record {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{cell}"
            );
        }
    }
    assert!(
        records
            .iter()
            .any(|record| record[title] == format!("'{}", HOSTILE[0]))
    );
    // The same again is told to be so, though its bytes flow by.
    let tag = table.header("etag").to_owned();
    let again = ask(
        &router,
        "/search.csv?q=source:bench",
        &[("if-none-match", &tag)],
    )
    .await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    let narrowed = ask(&router, "/frameworks/gdpr.csv?q=kind:guidance", &[]).await;
    assert_eq!(
        csv::Reader::from_reader(narrowed.body.as_bytes())
            .records()
            .count(),
        100
    );
    for (path, least) in [
        ("/calendar.csv", 100),
        ("/sources.csv", 1),
        ("/digests.csv", 0),
    ] {
        let table = ask(&router, path, &[]).await;
        assert_eq!(table.status, 200, "{path}");
        let mut rows = csv::Reader::from_reader(table.body.as_bytes());
        assert!(
            rows.records().map(Result::unwrap).count() >= least,
            "{path}"
        );
    }
}

/// Every event of a calendar: its identifier and its day.
fn events(text: &str) -> Vec<(String, String)> {
    let calendar: Calendar = text
        .parse()
        .unwrap_or_else(|error| panic!("{error}\n{text}"));
    calendar
        .components
        .iter()
        .map(|component| match component {
            CalendarComponent::Event(event) => (
                event.get_uid().unwrap().to_owned(),
                event.property_value("DTSTART").unwrap().to_owned(),
            ),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_calendar_is_read_by_a_calendar_program() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 60).await;
    let router = open(&house);
    for (path, count) in [
        ("/calendar.ics", 15),
        ("/search.ics?q=kind:guidance", 15),
        ("/search.ics?q=kind:consultation", 0),
        ("/frameworks/gdpr.ics", 5),
        ("/jurisdictions/eu.ics", 15),
        ("/sources/bench.ics", 15),
        ("/bodies/nist.ics", 0),
        ("/topics/privacy.ics", 0),
    ] {
        let calendar = ask(&router, path, &[]).await;
        assert_eq!(calendar.status, 200, "{path}");
        let events = events(&calendar.body);
        let told = events
            .iter()
            .filter(|(uid, _)| uid.contains("-comments_close-"));
        assert_eq!(told.count(), count, "{path}\n{}", calendar.body);
        let known: std::collections::BTreeSet<&String> =
            events.iter().map(|(uid, _)| uid).collect();
        assert_eq!(
            known.len(),
            events.len(),
            "{path}: an identifier stands twice"
        );
        // Beside them stand the dates of frameworks' own pages; a search tells of updates alone.
        let with_pages = [
            "/calendar.ics",
            "/frameworks/gdpr.ics",
            "/jurisdictions/eu.ics",
        ];
        assert_eq!(
            events.len() > count,
            with_pages.contains(&path),
            "{path}\n{}",
            calendar.body
        );
        let again = ask(&router, path, &[("if-none-match", calendar.header("etag"))]).await;
        assert_eq!(again.status, 304, "{path}");
    }
}
