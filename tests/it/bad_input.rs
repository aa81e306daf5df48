//! Whatever a publisher sends: a named fault, and nothing that is stored changes.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use chrono::TimeDelta;
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::collect::{Choice, Report, collect};
use regwire::daemon::{House, Shift};
use regwire::library::{Files, load};

type Body = Arc<Mutex<(&'static str, Vec<u8>)>>;

const GOOD: &str = "<rss version=\"2.0\"><channel><title>T</title><item><guid>a</guid><title>Kept</title><link>https://e.org/a</link><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>";

async fn house(folder: &Path, port: u16, clock: Clock) -> House {
    let text = "contact = \"a@example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n";
    let config = Config::read(
        "regwire.toml",
        text,
        folder.to_owned(),
        folder.join("data"),
        |_| None,
    )
    .unwrap();
    let sources = format!(
        "[[source]]\nid = \"s\"\nbody = \"iso\"\nname = \"S\"\nkind = \"feed\"\nurl = \"http://s.localhost:{port}/\"\nmax_bytes = \"1MB\"\n"
    );
    let loaded = load(&Files::built_in().with_sources("sources.toml", sources));
    House::open_with(config, clock, loaded).await.unwrap()
}

async fn visit(house: &House) -> Report {
    house.clock.move_to(house.clock.now() + TimeDelta::days(1));
    let shift = Shift::begin(house).await.unwrap().unwrap();
    let fetcher = house.fetcher().unwrap();
    let choice = Choice {
        only: Vec::new(),
        force: true,
    };
    let report = collect(house, shift.lease(), &fetcher, &choice, |_| {})
        .await
        .unwrap()
        .remove(0);
    shift.end().await.unwrap();
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_answer_has_its_name_and_costs_nothing_that_was_stored() {
    let folder = tempfile::tempdir().unwrap();
    let body: Body = Arc::new(Mutex::new((
        "application/rss+xml",
        GOOD.as_bytes().to_vec(),
    )));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .fallback(|State(body): State<Body>| async move {
            let (kind, bytes) = body.lock().unwrap().clone();
            ([(CONTENT_TYPE, kind)], bytes)
        })
        .with_state(Arc::clone(&body));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let clock = Clock::held("2026-11-10T10:00:00Z".parse().unwrap());
    let house = house(folder.path(), port, clock).await;
    assert_eq!(visit(&house).await.visit.new, 1);
    let before = house.store.export_updates(None, 10).await.unwrap();

    let deep = format!("<rss><channel><item><title>{}x", "<a>".repeat(300_000));
    let item = |extra: &str| {
        GOOD.replace(
            "</item>",
            &format!("</item><item><guid>b</guid><title>New</title>{extra}</item>"),
        )
    };
    for (what, kind, bytes, code, outcome) in [
        (
            "nothing",
            "application/rss+xml",
            Vec::new(),
            "empty-body",
            "failed",
        ),
        (
            "noise",
            "application/rss+xml",
            vec![0x9b_u8; 5_000],
            "not-a-feed",
            "quarantined",
        ),
        (
            "a login page",
            "text/html",
            b"<!doctype html><html><head><title>Log in</title></head><body>Log in</body></html>"
                .to_vec(),
            "html-page",
            "quarantined",
        ),
        (
            "too much",
            "application/rss+xml",
            vec![b' '; 2 << 20],
            "too-large",
            "failed",
        ),
        (
            "depth",
            "application/rss+xml",
            deep.into_bytes(),
            "",
            "quarantined",
        ),
    ] {
        *body.lock().unwrap() = (kind, bytes);
        let report = visit(&house).await;
        assert_eq!(report.visit.outcome.as_str(), outcome, "{what}: {report:?}");
        assert!(!report.visit.faults.is_empty(), "{what} has no fault");
        if !code.is_empty() {
            assert!(
                report
                    .visit
                    .faults
                    .iter()
                    .any(|fault| fault.code.as_str() == code),
                "{what}: {report:?}"
            );
        }
        assert_eq!(
            house.store.export_updates(None, 10).await.unwrap(),
            before,
            "{what} changed what was stored"
        );
    }

    // An unknown charset, a charset that lies, and a date of another age are named, and the items
    // are read all the same.
    for (what, kind, bytes, code) in [
        (
            "an unknown charset",
            "application/rss+xml; charset=klingon",
            item("").into_bytes(),
            "unknown-charset",
        ),
        (
            "the year 9999",
            "application/rss+xml",
            item("<pubDate>Fri, 31 Dec 9999 23:59:59 GMT</pubDate><link>https://e.org/b</link>")
                .into_bytes(),
            "implausible-date",
        ),
        (
            "no date at all",
            "application/rss+xml",
            item("<pubDate>soon</pubDate><link>https://e.org/c</link>").into_bytes(),
            "bad-date",
        ),
    ] {
        *body.lock().unwrap() = (kind, bytes);
        let report = visit(&house).await;
        assert!(report.visit.outcome.is_success(), "{what}: {report:?}");
        assert!(
            report
                .visit
                .faults
                .iter()
                .any(|fault| fault.code.as_str() == code),
            "{what}: {report:?}"
        );
    }
    let after = house.store.export_updates(None, 10).await.unwrap();
    assert_eq!(after.len(), 2);
    assert_eq!(after[0], before[0], "the first item is as it was");
    assert!(
        after
            .iter()
            .all(|(_, update)| update.dated() <= house.clock.now())
    );
}
