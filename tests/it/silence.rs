//! The proof of silence: a source that is asked every day for a fortnight, says something twice, and is
//! away for three days; by site, API and command line, on both databases.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use chrono::TimeDelta;
use regwire::clock::Clock;
use regwire::daemon::jobs::collect::{self, Choice};
use regwire::daemon::jobs::health;
use regwire::daemon::{House, Shift};
use serde_json::Value;

use crate::house::{open, page, utc};
use crate::postgres::Postgres;

/// How many items the feed has; none while the publisher is away.
type World = Arc<Mutex<Option<usize>>>;

async fn answer(State(world): State<World>, uri: Uri) -> Response {
    if uri.path() == "/robots.txt" {
        return StatusCode::NOT_FOUND.into_response();
    }
    let Some(items) = *world.lock().unwrap() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let items: String = (0..items)
        .map(|item| {
            format!("<item><title>Notice {item}</title><guid>g{item}</guid><link>https://n.example/{item}</link></item>")
        })
        .collect();
    format!("<rss version=\"2.0\"><channel><title>N</title><link>https://n.example/</link><description>d</description>{items}</channel></rss>")
        .into_response()
}

async fn fortnight(store: &str, folder: &Path) -> (House, Clock) {
    let world = World::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .fallback(answer)
        .with_state(Arc::clone(&world));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let sources = format!(
        "[[source]]\nid = \"n\"\nbody = \"nist\"\nname = \"Notices\"\nkind = \"feed\"\nurl = \"http://n.localhost:{port}/feed\"\nevery = \"1d\"\nlanguage = \"en\"\n"
    );
    let clock = Clock::held(utc("2026-03-01T06:00:00Z"));
    let house = open(store, folder, sources, clock.clone()).await;
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    let fetcher = house.fetcher().unwrap();
    // From the 2nd to the 15th: two items at first, a third on the 5th, away from the 8th to the 10th.
    for day in 1..=14 {
        *world.lock().unwrap() = match day {
            7..=9 => None,
            1..4 => Some(2),
            _ => Some(3),
        };
        clock.move_to(utc("2026-03-01T06:00:00Z") + TimeDelta::days(day));
        let choice = Choice {
            only: Vec::new(),
            force: true,
        };
        collect::collect(&house, shift.lease(), &fetcher, &choice, |_| {})
            .await
            .unwrap();
        health::follow(&house, shift.lease()).await.unwrap();
    }
    shift.end().await.unwrap();
    (house, clock)
}

async fn proof(store: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (house, clock) = fortnight(store, folder.path()).await;

    let (status, text) = page(&house, &clock, "/sources/n").await;
    assert_eq!(status, 200);
    for told in [
        "Asked 14 times, the last time on 15 March 2026, 06:00 UTC: 9 times nothing was new, twice something was new, 3 times nothing could be read.",
        "3 items were new, and nothing was revised. It was asked for the first time on 2 March 2026; what stood there then is counted as new, and of the time before nothing is known.",
        // From the 7th to the 11th.
        "<td>4 d</td>",
        // What each visit met, those of the past too.
        "http status",
        "<td class=\"number\" data-label=\"Status\">500</td>",
        "from fresh to <span class=\"health health-failing\">failing</span>",
        "from failing to <span class=\"health health-fresh\">fresh</span>",
    ] {
        assert!(text.contains(told), "{told}\n{text}");
    }
    // What exactly went wrong is for who operates the site.
    let (_, list) = page(&house, &clock, "/sources.json").await;
    for public in [&text, &list] {
        assert!(!public.contains("answered 500"), "{public}");
    }

    // A period in which nothing was said, and all was well.
    let quiet = "/sources/n?from=2026-03-11&to=2026-03-14";
    let (_, text) = page(&house, &clock, quiet).await;
    assert!(
        text.contains("From 11 March 2026 to 14 March 2026. Asked 4 times, the last time on 14 March 2026, 06:00 UTC: 4 times nothing was new. Nothing new came, and nothing was revised."),
        "{text}"
    );
    assert!(!text.contains("is not known here"), "{text}");
    // One in which nobody can know.
    let away = "/sources/n?from=2026-03-08&to=2026-03-10";
    let (_, text) = page(&house, &clock, away).await;
    assert!(
        text.contains("3 times nothing could be read. What was published meanwhile is not known."),
        "{text}"
    );
    // One before all began, and what is no period.
    let (_, text) = page(&house, &clock, "/sources/n?from=2025-03-08&to=2025-03-10").await;
    assert!(text.contains("Not asked in this time."), "{text}");
    for (asked, told) in [
        (
            "from=2026-03-10&to=2026-03-08",
            "That cannot be shown: the period ends before it begins.",
        ),
        ("from=2020-03-10&to=2026-03-08", "at most 400 days"),
        ("from=2026-04-01", "that time has not come yet"),
        ("from=%3Cb%3E", "“&lt;b&gt;” is no day"),
    ] {
        let (status, text) = page(&house, &clock, &format!("/sources/n?{asked}")).await;
        assert_eq!(status, 200);
        assert!(text.contains(told), "{told}\n{text}");
        assert!(text.contains("Asked 14 times"), "{text}");
    }
    assert_eq!(page(&house, &clock, "/sources/m").await.0, 404);

    let (status, text) = page(
        &house,
        &clock,
        "/api/v1/sources/n?from=2026-03-01&until=2026-03-15",
    )
    .await;
    assert_eq!(status, 200, "{text}");
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["id"], "n");
    let silence = &told["silence"];
    assert_eq!(silence["visits"], 14);
    let outcomes: BTreeMap<String, u64> =
        serde_json::from_value(silence["outcomes"].clone()).unwrap();
    let expected = [("failed", 3), ("new", 2), ("unchanged", 9)];
    assert_eq!(
        outcomes,
        expected
            .map(|(name, count)| (name.to_owned(), count))
            .into()
    );
    assert_eq!(silence["longest_gap_seconds"], 4 * 86_400);
    assert_eq!(silence["last_understood"], "2026-03-15T06:00:00Z");
    // Not even the moment that has not come yet.
    assert_eq!(silence["until"], "2026-03-15T06:00:01Z");
    for (asked, status) in [
        ("n?from=x", 400),
        // The last day is one of them.
        ("n?from=2026-03-10&until=2026-03-10", 200),
        ("n?from=2026-03-11&until=2026-03-10", 400),
        ("n?since=2026-03-10", 400),
        ("m", 404),
    ] {
        let (got, text) = page(&house, &clock, &format!("/api/v1/sources/{asked}")).await;
        assert_eq!(got, status, "{asked}: {text}");
    }
}

#[tokio::test]
async fn what_was_not_said_is_proven_on_sqlite() {
    proof("sqlite:regwire.db").await;
}

#[tokio::test]
async fn what_was_not_said_is_proven_on_postgres() {
    match Postgres::start() {
        Some(server) => proof(server.url()).await,
        None => crate::left_out!("the proof of silence on PostgreSQL (no server on this machine)"),
    }
}
