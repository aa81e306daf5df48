//! One story, told to both databases: collect, revise, search, digest.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use chrono::TimeDelta;
use regwire::clock::Clock;
use regwire::daemon::jobs::collect::Choice;
use regwire::daemon::jobs::{collect, deliver, digest, index};
use regwire::daemon::{House, Shift};
use regwire::domain::criteria::Criteria;
use regwire::domain::id::DigestName;
use regwire::domain::query;
use regwire::domain::subscription::{EmailAddress, Origin};
use regwire::search::SortOrder;
use regwire::store::Error;

use crate::house::utc;
use crate::postgres::Postgres;

/// What the world's two sources say at the moment.
#[derive(Default)]
struct World {
    feed: String,
    listing: String,
}

type Shared = Arc<Mutex<World>>;

async fn serve(world: Shared) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .fallback(|State(world): State<Shared>, uri: Uri| async move {
            let world = world.lock().unwrap();
            if uri.path() == "/feed" {
                world.feed.clone()
            } else {
                world.listing.clone()
            }
        })
        .with_state(world);
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

fn feed(items: &[(&str, &str, &str)]) -> String {
    let items: String = items
        .iter()
        .map(|(key, title, summary)| format!("<item><guid isPermaLink=\"false\">{key}</guid><title>{title}</title><link>https://iso.example/{key}</link><description>{summary}</description></item>"))
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>T</title><link>https://iso.example/</link>{items}</channel></rss>"
    )
}

async fn house(store: &str, folder: &Path, port: u16, clock: Clock) -> House {
    let sources = format!(
        "[[source]]\nid = \"iso-news\"\nbody = \"iso\"\nname = \"ISO news\"\nkind = \"feed\"\nurl = \"http://iso.localhost:{port}/feed\"\nevery = \"2h\"\nlanguage = \"en\"\n[[source]]\nid = \"ukas-news\"\nbody = \"ukas\"\nname = \"UKAS news\"\nkind = \"listing\"\nurl = \"http://ukas.localhost:{port}/news\"\nevery = \"2h\"\nlanguage = \"en\"\nselect = {{ item = \"article\", title = \"h3 a\", link = \"h3 a@href\", date = \"time\" }}\n"
    );
    crate::house::open(store, folder, sources, clock).await
}

async fn collected(house: &House) -> Vec<(String, u32, u32)> {
    let shift = Shift::begin(house).await.unwrap().unwrap();
    let fetcher = house.fetcher().unwrap();
    let reports = collect::collect(house, shift.lease(), &fetcher, &Choice::due(), |_| {})
        .await
        .unwrap();
    index::follow(house).await.unwrap();
    shift.end().await.unwrap();
    reports
        .into_iter()
        .map(|report| {
            (
                report.visit.outcome.as_str().to_owned(),
                report.visit.new,
                report.visit.revised,
            )
        })
        .collect()
}

fn found(house: &House, text: &str) -> usize {
    let understood = query::read(text, &house.library.known_works);
    house
        .index
        .search(&understood.query, SortOrder::Best, 0, 10, false)
        .unwrap()
        .total
}

fn outcome(told: &str, new: u32, revised: u32) -> (String, u32, u32) {
    (told.to_owned(), new, revised)
}

async fn story(store: &str) {
    let folder = tempfile::tempdir().unwrap();
    let world = Shared::default();
    *world.lock().unwrap() = World {
        feed: feed(&[("old", "ISO/IEC 42001:2023 published", "The first edition.")]),
        listing: "<article><h3><a href=\"/a\">UKAS news in brief</a></h3><time>6 November 2026</time></article>".to_owned(),
    };
    let port = serve(Arc::clone(&world)).await;
    // A Saturday.
    let clock = Clock::held(utc("2026-11-07T10:00:00Z"));
    let house = house(store, folder.path(), port, clock.clone()).await;
    let subscriber = EmailAddress::new("ada@example.org").unwrap();
    let weekly = DigestName::new("weekly").unwrap();
    house
        .store
        .subscribe(
            &subscriber,
            &weekly,
            &Criteria::All,
            Origin::Operator,
            clock.now(),
        )
        .await
        .unwrap();

    // First contact: what was there is archived, unless it is of this week.
    assert_eq!(
        collected(&house).await,
        [outcome("new", 1, 0), outcome("new", 1, 0)]
    );
    let latest = house.store.latest(false, None, 10).await.unwrap();
    let reaches: Vec<&str> = latest
        .iter()
        .map(|(_, update)| update.reach.as_str())
        .collect();
    assert_eq!(reaches.len(), 2);
    assert_eq!(reaches.iter().filter(|reach| **reach == "news").count(), 1);

    // Nothing is due, nothing is visited.
    assert_eq!(
        collected(&house).await,
        [outcome("not-due", 0, 0), outcome("not-due", 0, 0)]
    );

    // A new item, and an edit of the old one.
    clock.move_to(utc("2026-11-07T13:00:00Z"));
    world.lock().unwrap().feed = feed(&[
        (
            "new",
            "ISO/IEC 42005:2025 published for AI system impact assessments",
            "A common method.",
        ),
        (
            "old",
            "ISO/IEC 42001:2023 published",
            "The first edition, corrected.",
        ),
    ]);
    assert_eq!(
        collected(&house).await,
        [outcome("new", 1, 1), outcome("unchanged", 0, 0)]
    );
    let log = house.store.log(0, 100).await.unwrap();
    let positions: Vec<i64> = log.iter().map(|line| line.position).collect();
    assert_eq!(positions, [1, 2, 3, 4]);
    let old = latest
        .iter()
        .map(|(_, update)| update)
        .find(|update| update.key == "old")
        .unwrap();
    let revisions = house.store.revisions(&old.id).await.unwrap();
    let told: Vec<(u32, &str)> = revisions
        .iter()
        .map(|r| (r.number, r.content.summary.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (1, "The first edition."),
            (2, "The first edition, corrected.")
        ]
    );

    // Search, in the words of today and not of yesterday.
    assert_eq!(found(&house, "ISO 42001"), 1);
    assert_eq!(found(&house, "corrected"), 1);
    assert_eq!(found(&house, "framework:iso-iec-42005 kind:new_edition"), 1);
    assert_eq!(found(&house, "body:ukas"), 1);

    // A page that answers with an error takes nothing away, and a broken feed is put aside.
    clock.move_to(utc("2026-11-07T16:00:00Z"));
    world.lock().unwrap().feed =
        "<!doctype html><html><head></head><body>Please log in</body></html>".to_owned();
    world.lock().unwrap().listing = "<p>Nothing here</p>".to_owned();
    assert_eq!(
        collected(&house).await,
        [outcome("quarantined", 0, 0), outcome("quarantined", 0, 0)]
    );
    assert_eq!(house.store.counts().await.unwrap().updates, 3);

    // Monday: the issue closes once, by log position, and its mail is sent once.
    clock.move_to(utc("2026-11-09T08:00:30Z"));
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    let post = house.post().unwrap();
    let issues = digest::close_due(&house, shift.lease()).await.unwrap();
    assert_eq!(issues.len(), 1);
    assert_eq!(
        (
            issues[0].number,
            issues[0].window.after,
            issues[0].window.until
        ),
        (1, 0, 4)
    );
    let titles: Vec<&str> = issues[0]
        .edition
        .items
        .iter()
        .map(|item| item.title.as_str())
        .collect();
    assert_eq!(titles.len(), 2, "{titles:?}");
    assert_eq!(
        deliver::deliver_due(&house, shift.lease(), &post)
            .await
            .unwrap()
            .sent,
        1
    );
    assert_eq!(
        digest::close_due(&house, shift.lease())
            .await
            .unwrap()
            .len(),
        0
    );
    assert_eq!(
        deliver::deliver_due(&house, shift.lease(), &post)
            .await
            .unwrap()
            .sent,
        0
    );
    let summary = house.store.last_issue(&weekly).await.unwrap().unwrap();
    assert_eq!(
        (summary.state.as_str(), summary.sent, summary.recipients),
        ("finished", 1, 1)
    );
    let mails: Vec<_> = std::fs::read_dir(house.spool()).unwrap().collect();
    assert_eq!(mails.len(), 1);

    // The lease is fenced: whoever held it before writes nothing any more.
    let old_lease = shift.lease().clone();
    shift.end().await.unwrap();
    let again = house.lease().await.unwrap().unwrap();
    assert!(matches!(
        house.store.set_follower(&old_lease, "x", 1).await,
        Err(Error::LeaseLost)
    ));
    house.store.set_follower(&again, "x", 1).await.unwrap();
    assert_eq!(house.store.follower("x").await.unwrap(), 1);

    // The evidence holds, document by document, and the clock does not go back.
    for source in house.sources.iter() {
        let report = house.store.verify_chain(&source.id).await.unwrap();
        assert_eq!(report.fault, None);
        assert!(report.records >= 2);
    }
    assert!(matches!(
        house.store.check_clock(utc("2026-11-01T00:00:00Z")).await,
        Err(Error::ClockBehind { .. })
    ));

    // The index can be thrown away.
    house.index.clear().unwrap();
    assert_eq!(found(&house, "ISO 42001"), 0);
    assert_eq!(index::follow(&house).await.unwrap(), 4);
    assert_eq!(found(&house, "ISO 42001"), 1);
    assert!(clock.now() - utc("2026-11-07T10:00:00Z") > TimeDelta::days(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_on_sqlite() {
    story("sqlite:regwire.db").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_on_postgresql() {
    match Postgres::start() {
        Some(server) => story(server.url()).await,
        None => crate::left_out!(
            "the story on PostgreSQL (no server was found; tests/run installs one)"
        ),
    }
}

#[tokio::test]
async fn updates_read_together_are_as_each_read_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (port, world) = crate::telling::serve().await;
    let house = crate::house::open(
        "sqlite:regwire.db",
        folder.path(),
        crate::telling::sources(port),
        Clock::held(utc("2026-11-07T10:00:00Z")),
    )
    .await;
    for (key, title) in [
        (
            "it&apos;s &quot;so&quot; \\ {&#9;} é 人",
            "Corrigendum: ISO/IEC 42001:2023/Cor 1",
        ),
        ("b", "Comments on ISO/IEC 42006 until 3 May 2027"),
    ] {
        let text = "One \\\"said\\\" &lt;b&gt;two&lt;/b&gt; \u{1d11e} and three.";
        crate::telling::says(&house, &world, key, title, text).await;
    }
    let all: Vec<_> = house
        .store
        .export_updates(None, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|(_, update)| update)
        .collect();
    assert_eq!(all.len(), 3);
    let ids: Vec<_> = all.iter().map(|update| update.id.clone()).collect();
    assert_eq!(house.store.updates(&ids).await.unwrap(), all);
    for update in &all {
        let alone = house.store.update(&update.id).await.unwrap();
        assert_eq!(alone.as_ref(), Some(update));
    }
    // One row that cannot be read is named, as when it is read alone.
    let url = format!("sqlite:{}", folder.path().join("data/regwire.db").display());
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url)
        .await
        .unwrap();
    sqlx::query("UPDATE updates SET tags = 'gone' WHERE id = $1")
        .bind(ids[1].as_str())
        .execute(&mut connection)
        .await
        .unwrap();
    let error = house.store.updates(&ids).await.unwrap_err().to_string();
    assert!(error.contains(ids[1].as_str()), "{error}");
}
