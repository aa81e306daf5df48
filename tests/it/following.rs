//! A list whose items are links and days alone: what happened stands on the pages it links to.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use chrono::TimeDelta;
use regwire::clock::Clock;
use regwire::daemon::jobs::collect::{self, Choice};
use regwire::daemon::jobs::index;
use regwire::daemon::{House, Shift};
use regwire::domain::document::{FaultCode, Visit};
use regwire::domain::id::SourceId;
use regwire::domain::query;
use regwire::domain::update::Update;
use regwire::search::SortOrder;
use regwire::text::date::Stamp;

use crate::house::utc;
use crate::postgres::Postgres;

/// What the site answers to each path, and what it was asked for.
#[derive(Default)]
struct Site {
    pages: HashMap<String, (u16, String)>,
    asked: Vec<String>,
}

type Shared = Arc<Mutex<Site>>;

async fn serve(site: Shared) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .fallback(|State(site): State<Shared>, uri: Uri| async move {
            let mut site = site.lock().unwrap();
            site.asked.push(uri.path().to_owned());
            let (status, body) = site
                .pages
                .get(uri.path())
                .cloned()
                .unwrap_or((404, String::new()));
            (
                StatusCode::from_u16(status).unwrap(),
                [("content-type", "text/html; charset=utf-8")],
                body,
            )
        })
        .with_state(site);
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

fn list(items: &[(&str, &str, &str)]) -> String {
    let items: String = items
        .iter()
        .map(|(path, title, day)| {
            format!("<article><h3><a href=\"{path}\">{title}</a></h3><time>{day}</time></article>")
        })
        .collect();
    format!("<html><body><nav><a href=\"/\">Home</a></nav>{items}</body></html>")
}

fn page(title: &str, head: &str, paragraphs: &[&str]) -> String {
    let text: String = paragraphs
        .iter()
        .map(|paragraph| format!("<p>{paragraph}</p>"))
        .collect();
    format!(
        "<html lang=\"en\"><head><title>{title}</title>{head}</head><body>\
         <nav><a href=\"/\">Home</a> <a href=\"/news\">News</a> <a href=\"/contact\">Contact</a></nav>\
         <main><h1>{title}</h1>{text}</main>\
         <footer><a href=\"/legal\">Legal</a> <a href=\"/cookies\">Cookies and what we do with them</a></footer></body></html>"
    )
}

fn sources(port: u16) -> String {
    format!(
        "[[source]]\nid = \"notices\"\nbody = \"ukas\"\nname = \"Notices\"\nkind = \"listing\"\n\
         url = \"http://ukas.localhost:{port}/news\"\nevery = \"2h\"\nlanguage = \"en\"\nterms = \"full\"\nfollow = true\n\
         select = {{ item = \"article\", title = \"h3 a\", link = \"h3 a@href\", date = \"time\" }}\n"
    )
}

async fn visited(house: &House) -> Visit {
    let shift = Shift::begin(house).await.unwrap().unwrap();
    let fetcher = house.fetcher().unwrap();
    let mut reports = collect::collect(house, shift.lease(), &fetcher, &Choice::due(), |_| {})
        .await
        .unwrap();
    index::follow(house).await.unwrap();
    shift.end().await.unwrap();
    reports.pop().unwrap().visit
}

async fn update(house: &House, title: &str) -> Update {
    let latest = house.store.latest(false, None, 100).await.unwrap();
    let found = latest
        .into_iter()
        .find(|(_, update)| update.content.title == title);
    found.unwrap_or_else(|| panic!("no update {title}")).1
}

fn found(house: &House, text: &str) -> usize {
    let understood = query::read(text, &house.library.known_works);
    house
        .index
        .search(&understood.query, SortOrder::Best, 0, 10, false)
        .unwrap()
        .total
}

fn times(site: &Shared, path: &str) -> usize {
    let site = site.lock().unwrap();
    site.asked.iter().filter(|asked| *asked == path).count()
}

async fn told(store: &str, folder: &Path) {
    let site = Shared::default();
    let port = serve(Arc::clone(&site)).await;
    let put = |path: &str, status: u16, body: String| {
        site.lock()
            .unwrap()
            .pages
            .insert(path.to_owned(), (status, body));
    };
    put("/robots.txt", 404, String::new());
    put(
        "/news",
        200,
        list(&[
            ("/a", "Changes to a scheme", "6 November 2026"),
            ("/gone", "A notice whose page is gone", "5 November 2026"),
            ("/wall", "A notice behind a wall", "4 November 2026"),
            ("/undated", "A notice without a day", ""),
        ]),
    );
    put(
        "/a",
        200,
        page(
            "Changes to a scheme",
            "",
            &[
                "Accredited certification bodies have until 12 January 2027 to comment on the draft of ISO/IEC 42006, \
                 which sets out what is asked of those who audit management systems for artificial intelligence.",
                "The foxglove scheme stays as it is, and bodies that hold it need do nothing for the time being.<script>steal()</script>",
            ],
        ),
    );
    put("/wall", 200, "<html><body></body></html>".to_owned());
    put(
        "/undated",
        200,
        page(
            "A notice without a day",
            "<meta property=\"article:published_time\" content=\"2026-11-03T09:00:00Z\">",
            &["The register of accredited bodies is moved to another address, and the old one leads there until the summer of next year."],
        ),
    );
    let clock = Clock::held(utc("2026-11-07T10:00:00Z"));
    let house = crate::house::open(store, folder, sources(port), clock.clone()).await;

    let visit = visited(&house).await;
    assert_eq!((visit.outcome.as_str(), visit.new), ("new", 4), "{visit:?}");
    // A page that cannot be read costs its text, and says so.
    let faults: Vec<&str> = visit
        .faults
        .iter()
        .filter(|fault| fault.code == FaultCode::BadItem)
        .map(|fault| fault.detail.as_str())
        .collect();
    assert_eq!(faults.len(), 2, "{:?}", visit.faults);
    for path in ["/gone", "/wall"] {
        assert!(faults.iter().any(|fault| fault.contains(path)), "{faults:?}");
    }
    update(&house, "A notice whose page is gone").await;
    update(&house, "A notice behind a wall").await;

    // What stands on the page is the item's text: found, tagged, and its day read.
    let scheme = update(&house, "Changes to a scheme").await;
    let body = scheme.content.body.as_str();
    assert!(body.contains("foxglove") && !body.contains("steal") && !body.contains("Cookies"));
    assert_eq!(found(&house, "foxglove"), 1);
    let cited: Vec<&str> = scheme
        .tags
        .references
        .iter()
        .map(|tag| tag.reference.work.as_str())
        .collect();
    assert_eq!(cited, ["ISO/IEC 42006"]);
    let days: Vec<String> = scheme
        .key_dates
        .iter()
        .map(|date| date.date.to_string())
        .collect();
    assert_eq!(days, ["2027-01-12"]);
    // A day that the list does not tell is the page's own, and makes it news.
    let undated = update(&house, "A notice without a day").await;
    assert_eq!(
        undated.content.published.as_ref().map(Stamp::day),
        Some("2026-11-03".parse().unwrap())
    );
    assert_eq!(undated.reach.as_str(), "news");

    // The pages lie in the source's chain, the one that held nothing by its hash.
    let notices: SourceId = "notices".parse().unwrap();
    let documents = house.store.documents(&notices).await.unwrap();
    let kept: Vec<&str> = documents
        .iter()
        .map(|document| document.url.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(kept, ["news", "a", "wall", "undated"]);
    let chain = house.store.verify_chain(&notices).await.unwrap();
    assert_eq!((chain.records, chain.fault), (4, None));

    // The list grows by one: that one is asked for, and nothing that is known.
    put(
        "/news",
        200,
        list(&[
            ("/late", "One more notice", "7 November 2026"),
            ("/a", "Changes to a scheme", "6 November 2026"),
            ("/gone", "A notice whose page is gone", "5 November 2026"),
            ("/wall", "A notice behind a wall", "4 November 2026"),
            ("/undated", "A notice without a day", ""),
        ]),
    );
    put(
        "/late",
        200,
        page(
            "One more notice",
            "",
            &["The hemlock scheme is opened to bodies of all countries that have signed the arrangement."],
        ),
    );
    clock.move_to(clock.now() + TimeDelta::hours(3));
    let visit = visited(&house).await;
    assert_eq!((visit.new, visit.revised), (1, 0), "{visit:?}");
    assert_eq!(found(&house, "hemlock"), 1);
    for (path, asked) in [("/a", 1), ("/gone", 1), ("/undated", 1), ("/late", 1)] {
        assert_eq!(times(&site, path), asked, "{path}");
    }

    // A row that changes is read anew.
    put(
        "/news",
        200,
        list(&[("/a", "Changes to a scheme, corrected", "6 November 2026")]),
    );
    put(
        "/a",
        200,
        page(
            "Changes to a scheme",
            "",
            &["The nightshade scheme, and not the other one, stays as it is; bodies that hold it need do nothing at all for now."],
        ),
    );
    clock.move_to(clock.now() + TimeDelta::hours(3));
    let visit = visited(&house).await;
    assert_eq!((visit.new, visit.revised), (0, 1), "{visit:?}");
    assert_eq!(times(&site, "/a"), 2);
    assert_eq!((found(&house, "nightshade"), found(&house, "foxglove")), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_behind_a_list_are_read_once_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    told("sqlite:regwire.db", folder.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_behind_a_list_are_read_once_on_postgres() {
    let Some(server) = Postgres::start() else {
        crate::left_out!(
            "the pages behind a list on PostgreSQL (no server was found; tests/run installs one)"
        );
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    told(server.url(), folder.path()).await;
}

/// At first contact a list may link to hundreds of pages: some are read, and the rest is an archive.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_not_followed_without_end() {
    let site = Shared::default();
    let port = serve(Arc::clone(&site)).await;
    let rows: Vec<(String, String)> = (0..100)
        .map(|number| (format!("/{number}"), format!("Notice {number}")))
        .collect();
    let items: Vec<(&str, &str, &str)> = rows
        .iter()
        .map(|(path, title)| (path.as_str(), title.as_str(), "6 November 2026"))
        .collect();
    {
        let mut site = site.lock().unwrap();
        site.pages.insert("/robots.txt".to_owned(), (404, String::new()));
        site.pages.insert("/news".to_owned(), (200, list(&items)));
        for (path, title) in &rows {
            let text = page(title, "", &["What happened is told here at some length, in a sentence or two that nobody would take for a menu."]);
            site.pages.insert(path.clone(), (200, text));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::held(utc("2026-11-07T10:00:00Z"));
    let house = crate::house::open("sqlite:regwire.db", folder.path(), sources(port), clock).await;
    let visit = visited(&house).await;
    assert_eq!((visit.new, visit.faults.len()), (100, 0), "{visit:?}");
    let asked = site.lock().unwrap().asked.len();
    assert_eq!(asked, 2 + 40, "robots.txt, the list, and forty pages");
}
