//! Deadlines from outside, on both databases: one opens, moves, is told once, and closes.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, header};
use chrono::NaiveDate;
use regwire::clock::Clock;
use regwire::daemon::jobs::collect::Choice;
use regwire::daemon::jobs::retag;
use regwire::daemon::jobs::{calendar, collect, index};
use regwire::daemon::{House, Shift};
use regwire::domain::calendar::{CalendarFilter, Due};
use regwire::domain::criteria::Criteria;
use regwire::domain::id::FrameworkId;
use regwire::domain::key_date::Precision;
use regwire::domain::query;
use regwire::domain::update::{Reach, UpdateKind};
use regwire::matching::{Matcher, Scratch};
use regwire::search::SortOrder;
use regwire::web;
use tower::ServiceExt as _;

use crate::house::utc;
use crate::postgres::Postgres;

type Shared = Arc<Mutex<String>>;

async fn serve(world: Shared) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .fallback(|State(world): State<Shared>| async move { world.lock().unwrap().clone() })
        .with_state(world);
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

fn feed(items: &[(&str, &str, &str)]) -> String {
    let items: String = items
        .iter()
        .map(|(key, title, summary)| format!("<item><guid isPermaLink=\"false\">{key}</guid><title>{title}</title><link>https://nist.example/{key}</link><description>{summary}</description></item>"))
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>T</title><link>https://nist.example/</link>{items}</channel></rss>"
    )
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn house(store: &str, folder: &Path, port: u16, clock: Clock) -> House {
    let sources = format!(
        "[[source]]\nid = \"nist-news\"\nbody = \"nist\"\nname = \"NIST news\"\nkind = \"feed\"\nurl = \"http://nist.localhost:{port}/feed\"\nevery = \"2h\"\nlanguage = \"en\"\n"
    );
    crate::house::open(store, folder, sources, clock).await
}

async fn collected(house: &House) -> (u32, u32) {
    let shift = Shift::begin(house).await.unwrap().unwrap();
    let fetcher = house.fetcher().unwrap();
    let reports = collect::collect(house, shift.lease(), &fetcher, &Choice::due(), |_| {})
        .await
        .unwrap();
    index::follow(house).await.unwrap();
    shift.end().await.unwrap();
    (reports[0].visit.new, reports[0].visit.revised)
}

async fn due(house: &House, from: &str, until: &str) -> Vec<Due> {
    house
        .store
        .due(day(from), Some(day(until)), &[], 100, |_| true)
        .await
        .unwrap()
        .entries
}

/// Asks the site: status, headers and text.
async fn asked(house: &House, path: &str, tag: Option<&str>) -> (u16, HeaderMap, String) {
    let router = web::router(web::Site {
        store: house.store.clone(),
        index: house.index.clone(),
        renderer: Arc::clone(&house.renderer),
        library: Arc::clone(&house.library),
        sources: Arc::clone(&house.sources),
        digests: Vec::new(),
        clock: house.clock.clone(),
    });
    let mut request = Request::get(path);
    if let Some(tag) = tag {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    let response = router
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (head, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    (
        head.status.as_u16(),
        head.headers,
        String::from_utf8(bytes.to_vec()).unwrap(),
    )
}

/// The value of a property of a calendar's event on a day.
fn property(ics: &str, start: &str, name: &str) -> Option<String> {
    let text = ics.replace("\r\n ", "");
    let event = text
        .split("BEGIN:VEVENT")
        .find(|event| event.contains(&format!("DTSTART;VALUE=DATE:{start}\r\n")))?;
    event
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name}:")).map(str::to_owned))
}

const TITLE: &str = "NIST seeks comments on draft SP 800-53";
const FIRST: &str = "Comments on the draft close on 15 December 2026.";
const LATER: &str = "Comments on the draft close on 15 January 2027.";
const AGAIN: &str = "Comments on the draft close on 15 January 2027. Write to us.";

async fn story(store: &str) -> House {
    let folder = tempfile::tempdir().unwrap();
    let world = Shared::default();
    let said = |text: &str| {
        let other = "The rules apply from 1 March 2027.";
        *world.lock().unwrap() = feed(&[
            ("draft", TITLE, text),
            ("rules", "Final rule on incident reports", other),
        ]);
    };
    said(FIRST);
    let port = serve(Arc::clone(&world)).await;
    let clock = Clock::held(utc("2026-11-07T10:00:00Z"));
    let house = house(store, folder.path(), port, clock.clone()).await;
    assert_eq!(collected(&house).await, (2, 0));

    let first = due(&house, "2026-11-07", "2028-01-01").await;
    let told: Vec<(String, &str)> = first
        .iter()
        .map(|due| (due.date.date.to_string(), due.title.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("2026-12-15".to_owned(), TITLE),
            ("2027-03-01".to_owned(), "Final rule on incident reports"),
        ]
    );
    // The last day that is asked for is one of those that are meant.
    for (until, meant) in [("2026-12-14", false), ("2026-12-15", true)] {
        let path =
            format!("/api/v1/key-dates?from=2026-11-07&until={until}&framework=nist-sp-800-53");
        let (status, _, text) = asked(&house, &path, None).await;
        assert_eq!(
            (status, text.contains("2026-12-15")),
            (200, meant),
            "{text}"
        );
    }
    let (_, headers, calendar) = asked(&house, "/calendar.ics", None).await;
    assert_eq!(headers["content-type"], "text/calendar; charset=utf-8");
    let uid = property(&calendar, "20261215", "UID").unwrap();
    assert_eq!(
        property(&calendar, "20261215", "SEQUENCE").as_deref(),
        Some("0")
    );
    let tag = headers["etag"].to_str().unwrap().to_owned();
    let (status, _, nothing) = asked(&house, "/calendar.ics", Some(&tag)).await;
    assert_eq!((status, nothing.as_str()), (304, ""));
    let (_, _, page) = asked(&house, "/calendar", None).await;
    assert!(page.contains("Where to comment") && page.contains("https://nist.example/draft"));

    // The publisher moves it: the item's next revision names another day.
    clock.move_to(utc("2026-11-08T10:00:00Z"));
    said(LATER);
    assert_eq!(collected(&house).await, (0, 1));
    let moved = due(&house, "2026-11-07", "2028-01-01").await;
    assert_eq!(moved.len(), 2, "{moved:?}");
    let moved = &moved[0];
    assert_eq!(moved.date.date, day("2027-01-15"));
    assert_eq!(moved.date.was, Some(day("2026-12-15")));
    assert_eq!((&moved.uid, moved.sequence), (&first[0].uid, 1));
    assert_eq!(
        (&moved.update, moved.reports),
        (&first[0].update, 2),
        "the item, and our word that it moved"
    );
    let (status, headers, calendar) = asked(&house, "/calendar.ics", Some(&tag)).await;
    assert_eq!(status, 200);
    assert_ne!(headers["etag"].to_str().unwrap(), tag);
    assert_eq!(property(&calendar, "20261215", "UID"), None);
    assert_eq!(property(&calendar, "20270115", "UID"), Some(uid));
    for (name, value) in [
        ("SEQUENCE", "1"),
        ("LAST-MODIFIED", "20261108T100000Z"),
        ("STATUS", "CONFIRMED"),
    ] {
        assert_eq!(
            property(&calendar, "20270115", name).as_deref(),
            Some(value),
            "{name}"
        );
    }
    let (_, _, page) = asked(&house, "/calendar?event=comments_close", None).await;
    assert!(page.contains("15 January 2027") && page.contains(">15 December 2026</time>"));
    assert!(!page.contains("Final rule on incident reports"));

    // That it moved is an Update: told once, found by search, of the same date.
    let news = house.store.latest(true, None, 10).await.unwrap();
    assert_eq!(news.len(), 1);
    let notice = &news[0].1;
    assert_eq!(
        notice.content.title,
        format!("Comments close 15 January 2027 (was 15 December 2026): {TITLE}")
    );
    assert_eq!(notice.cause.as_ref(), Some(&first[0].update));
    assert_eq!(notice.tags.kind, Some(UpdateKind::Deadline));
    assert_eq!(notice.reach, Reach::News);
    let wanted = query::read("kind:deadline", &house.library.known_works).query;
    let found = house
        .index
        .search(&wanted, SortOrder::Best, 0, 10, false)
        .unwrap();
    assert_eq!(found.hits, std::slice::from_ref(&notice.id));

    // An edit that leaves the day alone tells nothing, and forgets nothing; nor does tagging.
    clock.move_to(utc("2026-11-09T10:00:00Z"));
    said(AGAIN);
    assert_eq!(collected(&house).await, (0, 1));
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    retag::retag(&house, Some(shift.lease()), |_| {}, |_| {})
        .await
        .unwrap();
    shift.end().await.unwrap();
    assert_eq!(house.store.latest(true, None, 10).await.unwrap().len(), 1);
    let again = due(&house, "2026-11-07", "2028-01-01").await;
    assert_eq!(
        (again[0].date.date, again[0].date.was, again[0].sequence),
        (moved.date.date, moved.date.was, 1)
    );
    assert_eq!(again[0].changed_at, utc("2026-11-08T10:00:00Z"));

    // Its last day counts, and then it is over and stays to be found.
    clock.move_to(utc("2027-01-15T22:00:00Z"));
    let (_, _, page) = asked(&house, "/calendar", None).await;
    assert!(page.contains("Where to comment"));
    clock.move_to(utc("2027-01-16T01:00:00Z"));
    let (_, _, page) = asked(&house, "/calendar", None).await;
    assert!(!page.contains("Where to comment"));
    assert!(page.contains("status-passed") && page.contains(TITLE));
    clock.move_to(utc("2027-02-16T01:00:00Z"));
    let (_, _, page) = asked(&house, "/calendar", None).await;
    assert!(!page.contains(TITLE) && page.contains("Earlier"));
    let (_, _, page) = asked(&house, "/calendar?from=2027-01", None).await;
    assert!(page.contains(TITLE));

    // By framework, jurisdiction and standard; what nobody knows is no calendar of everything.
    for (path, status, has) in [
        ("/standards/nist-sp-800-53/calendar.ics", 200, true),
        ("/standards/iso-iec-42001/calendar.ics", 200, false),
        ("/calendar.ics?standard=NIST%20SP%20800-53", 200, true),
        ("/jurisdictions/us/calendar.ics", 200, true),
        ("/jurisdictions/kr/calendar.ics", 200, false),
        ("/frameworks/nowhere/calendar.ics", 404, false),
        ("/calendar.ics?event=easter", 404, false),
    ] {
        let (got, _, text) = asked(&house, path, None).await;
        assert_eq!(got, status, "{path}");
        assert_eq!(property(&text, "20270115", "UID").is_some(), has, "{path}");
    }

    // The consultation gets its outcome, and an act's duties are put off: each is told once.
    clock.move_to(utc("2027-02-17T10:00:00Z"));
    let outcome = "Outcome of the consultation on draft SP 800-53";
    *world.lock().unwrap() = feed(&[
        ("outcome", outcome, "NIST has published what it was told."),
        ("draft", TITLE, AGAIN),
        (
            "rules",
            "Final rule on incident reports",
            "The rules apply from 1 September 2027.",
        ),
    ]);
    assert_eq!(collected(&house).await, (1, 1));
    clock.move_to(utc("2027-02-18T10:00:00Z"));
    assert_eq!(collected(&house).await, (0, 0));
    let news = house.store.latest(true, None, 10).await.unwrap();
    assert_eq!(news.len(), 3, "with what was told of the deadline");
    let told = |ending: &str| {
        let titles = news.iter().map(|(_, update)| &update.content.title);
        titles.filter(|title| title.ends_with(ending)).count()
    };
    assert_eq!(told(outcome), 1);
    assert_eq!(
        told("1 September 2027 (was 1 March 2027): Final rule on incident reports"),
        1
    );
    house
}

/// Days that come near are recalled to those who follow, once each, also where days were missed and
/// where the run that recalls is repeated.
async fn recalled(store: &str) {
    let folder = tempfile::tempdir().unwrap();
    let world = Shared::default();
    let said = |text: &str| *world.lock().unwrap() = feed(&[("draft", TITLE, text)]);
    said(FIRST);
    let port = serve(Arc::clone(&world)).await;
    let clock = Clock::held(utc("2026-11-07T10:00:00Z"));
    let house = house(store, folder.path(), port, clock.clone()).await;
    assert_eq!(collected(&house).await, (1, 0));
    let follow = async |moment: &str| {
        clock.move_to(utc(moment));
        let shift = Shift::begin(&house).await.unwrap().unwrap();
        let born = calendar::follow(&house, shift.lease()).await.unwrap();
        index::follow(&house).await.unwrap();
        shift.end().await.unwrap();
        born
    };
    let reminders = async || {
        let wanted = query::read("kind:deadline", &house.library.known_works).query;
        let found = house
            .index
            .search(&wanted, SortOrder::Newest, 0, 20, false)
            .unwrap();
        let mut out = house.store.updates(&found.hits).await.unwrap();
        out.retain(|update| update.reach == Reach::Followers);
        out.reverse();
        out
    };
    // The closing day is 38 days off; at 30 it is recalled, a whole day long only once.
    assert_eq!(follow("2026-11-07T10:00:00Z").await, 0);
    assert_eq!(follow("2026-11-14T10:00:00Z").await, 0);
    assert_eq!(follow("2026-11-15T00:00:10Z").await, 1);
    assert_eq!(follow("2026-11-15T18:00:00Z").await, 0);
    // A week of standing still: the nearest is told, and a repeated run finds what it told.
    assert_eq!(follow("2026-12-09T10:00:00Z").await, 1);
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    house
        .store
        .set_follower(shift.lease(), "calendar", 739_952)
        .await
        .unwrap();
    shift.end().await.unwrap();
    assert_eq!(follow("2026-12-09T10:00:00Z").await, 0);
    // Nor does a day that a wrong clock noted silence what comes.
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    house
        .store
        .set_follower(shift.lease(), "calendar", 743_269)
        .await
        .unwrap();
    shift.end().await.unwrap();
    assert_eq!(follow("2026-12-09T10:00:00Z").await, 0);
    let told = reminders().await;
    let titles: Vec<&str> = told.iter().map(|one| one.content.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            format!("In 30 days: comments close 15 December 2026: {TITLE}"),
            format!("In 6 days: comments close 15 December 2026: {TITLE}"),
        ]
    );
    let draft = due(&house, "2026-11-07", "2028-01-01").await[0]
        .update
        .clone();
    for one in &told {
        assert_eq!(one.cause.as_ref(), Some(&draft));
        assert_eq!(one.tags.kind, Some(UpdateKind::Deadline));
        assert_eq!(one.key_dates, []);
        let asks = |clause: &str| Criteria::Any(vec![clause.parse().unwrap()]);
        for (clause, wanted) in [
            ("standard:NIST SP 800-53", true),
            ("source:nist-news", true),
            ("deadlines", true),
            ("standard:ISO/IEC 42001", false),
            ("jurisdiction:us", false),
        ] {
            let matcher = Matcher::new([&asks(clause)], &house.library.known_works);
            let found = matcher.matches(one, &mut Scratch::default());
            assert_eq!(!found.is_empty(), wanted, "{clause}");
        }
    }
    assert_eq!(due(&house, "2026-11-07", "2028-01-01").await[0].reports, 1);

    // It moves: the other day is recalled anew, the first is not said to be over.
    said(LATER);
    clock.move_to(utc("2026-12-13T10:00:00Z"));
    assert_eq!(collected(&house).await, (0, 1));
    assert_eq!(follow("2026-12-14T10:00:00Z").await, 0);
    assert_eq!(follow("2026-12-17T10:00:00Z").await, 1);
    assert_eq!(follow("2027-01-08T10:00:00Z").await, 1);
    assert_eq!(follow("2027-01-14T10:00:00Z").await, 1);
    assert_eq!(follow("2027-01-15T10:00:00Z").await, 0);
    assert_eq!(follow("2027-01-16T10:00:00Z").await, 1);
    assert_eq!(follow("2027-01-17T10:00:00Z").await, 0);
    let told = reminders().await;
    let titles: Vec<&str> = told
        .iter()
        .skip(2)
        .map(|one| one.content.title.as_str())
        .collect();
    let moved = "comments close 15 January 2027 (was 15 December 2026)";
    assert_eq!(
        titles,
        [
            format!("In 29 days: {moved}: {TITLE}"),
            format!("In 7 days: {moved}: {TITLE}"),
            format!("Tomorrow: {moved}: {TITLE}"),
            format!("Comments closed 15 January 2027: {TITLE}"),
        ]
    );
    let summary = told[2].content.summary.as_str();
    assert!(
        summary.starts_with("Comments close 15 January 2027 (was 15 December 2026), in 29 days. "),
        "{summary}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_come_near_are_recalled_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    recalled(&format!(
        "sqlite:{}",
        folder.path().join("regwire.db").display()
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_come_near_are_recalled_on_postgresql() {
    match Postgres::start() {
        Some(server) => recalled(server.url()).await,
        None => crate::left_out!(
            "days that come near, on PostgreSQL (no server was found; tests/run installs one)"
        ),
    }
}

/// What was stored before there was a calendar stands in it too.
macro_rules! made_anew {
    ($pool:expr, $migration:literal, $house:expr) => {{
        let before = due(&$house, "2026-11-07", "2028-01-01").await;
        let text = include_str!($migration);
        let fill = &text[text.find("INSERT INTO").unwrap()..];
        sqlx::raw_sql("DELETE FROM key_dates")
            .execute(&$pool)
            .await
            .unwrap();
        assert_eq!(due(&$house, "2026-11-07", "2028-01-01").await, []);
        sqlx::raw_sql(fill).execute(&$pool).await.unwrap();
        let after = due(&$house, "2026-11-07", "2028-01-01").await;
        for old in before {
            assert!(
                after
                    .iter()
                    .any(|new| new.uid == old.uid && new.date.date == old.date.date),
                "{old:?}"
            );
        }
    }};
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_moves_and_closes_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("regwire.db");
    let url = format!("sqlite:{}", path.display());
    let house = story(&url).await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    made_anew!(
        pool,
        "../../src/store/migrations/sqlite/0030_key_dates.sql",
        house
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_moves_and_closes_on_postgresql() {
    match Postgres::start() {
        Some(server) => {
            let house = story(server.url()).await;
            let pool = sqlx::PgPool::connect(server.url()).await.unwrap();
            made_anew!(
                pool,
                "../../src/store/migrations/postgres/0030_key_dates.sql",
                house
            );
        }
        None => crate::left_out!(
            "a deadline that moves, on PostgreSQL (no server was found; tests/run installs one)"
        ),
    }
}

/// A day that the page of a framework has and an update tells of is one event of the framework's calendar, and says
/// what the page has.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_and_an_update_have_in_common_is_one_event() {
    let folder = tempfile::tempdir().unwrap();
    let world = Shared::default();
    let port = serve(Arc::clone(&world)).await;
    let clock = Clock::held(utc("2026-11-07T10:00:00Z"));
    let house = house("sqlite:regwire.db", folder.path(), port, clock).await;
    let framework = FrameworkId::new("eu-ai-act").unwrap();
    let of_framework = CalendarFilter {
        framework: Some(framework),
        ..CalendarFilter::default()
    };
    let pages = of_framework.milestones(&house.library, day("2026-11-08"));
    let page = pages
        .iter()
        .find(|it| it.precision == Precision::Day)
        .expect("the page has a day to come");
    let said = page.date.format("%-d %B %Y");
    *world.lock().unwrap() = feed(&[(
        "duties",
        "NIST note on the EU AI Act",
        &format!("More duties of the EU AI Act apply from {said}."),
    )]);
    collected(&house).await;

    let (status, _, calendar) = asked(&house, "/frameworks/eu-ai-act/calendar.ics", None).await;
    assert_eq!(status, 200);
    let start = page.date.format("%Y%m%d").to_string();
    let same_day = pages.iter().filter(|it| it.date == page.date).count();
    let events = calendar
        .lines()
        .filter(|line| line.trim_end() == format!("DTSTART;VALUE=DATE:{start}"))
        .count();
    assert_eq!(events, 1, "{same_day} of the page\n{calendar}");
    let told = property(&calendar, &start, "DESCRIPTION").unwrap();
    assert!(told.contains("/updates/"), "{told}");
    assert!(told.contains("has of this day: "), "{told}");
}
