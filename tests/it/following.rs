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
            // Of a redirect the text is where it leads.
            let to = if status == 302 {
                body.clone()
            } else {
                String::new()
            };
            (
                StatusCode::from_u16(status).unwrap(),
                [
                    ("content-type", "text/html; charset=utf-8".to_owned()),
                    ("location", to),
                ],
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
    let put = |path: &str, status: u16, body: String| put(&site, path, status, body);
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
            &[
                "The register of accredited bodies is moved to another address, and the old one leads there until the summer of next year.",
            ],
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
        assert!(
            faults.iter().any(|fault| fault.contains(path)),
            "{faults:?}"
        );
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

    // The pages lie in the source's chain behind the list, the one that held nothing by its hash,
    // and an item names the one that its text is of.
    let notices: SourceId = "notices".parse().unwrap();
    let documents = house.store.documents(&notices).await.unwrap();
    let kept: Vec<&str> = documents
        .iter()
        .map(|document| document.url.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(kept, ["news", "a", "wall", "undated"]);
    for (number, bytes_are_kept) in [(1, true), (2, true), (3, false), (4, true)] {
        let whole = house.store.document(&notices, number).await.unwrap();
        assert_eq!(whole.unwrap().body.is_some(), bytes_are_kept, "{number}");
    }
    let text_from = scheme.content.text_from.as_ref().unwrap();
    assert_eq!((text_from.document, scheme.evidence.document), (2, 1));
    assert_eq!(text_from.sha256, documents[1].sha256);
    assert!(
        update(&house, "A notice behind a wall")
            .await
            .content
            .text_from
            .is_none()
    );
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
            &[
                "The hemlock scheme is opened to bodies of all countries that have signed the arrangement.",
            ],
        ),
    );
    clock.move_to(clock.now() + TimeDelta::hours(3));
    let visit = visited(&house).await;
    assert_eq!((visit.new, visit.revised), (1, 0), "{visit:?}");
    assert_eq!(found(&house, "hemlock"), 1);
    for (path, asked) in [("/a", 1), ("/gone", 1), ("/undated", 1), ("/late", 1)] {
        assert_eq!(times(&site, path), asked, "{path}");
    }

    // A row that changes keeps its text while its page is gone.
    put("/a", 410, String::new());
    put(
        "/news",
        200,
        list(&[("/a", "Changes to one scheme", "6 November 2026")]),
    );
    clock.move_to(clock.now() + TimeDelta::hours(3));
    let visit = visited(&house).await;
    assert_eq!((visit.new, visit.revised), (0, 1), "{visit:?}");
    let kept = update(&house, "Changes to one scheme").await;
    assert_eq!(kept.content.body, scheme.content.body);
    assert_eq!(kept.content.text_from, scheme.content.text_from);
    assert_eq!(kept.key_dates.len(), 1);

    // A row that changes is read anew, and a day that moved on its page is told.
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
            &[
                "Accredited certification bodies have until 15 February 2027 to comment on the draft of ISO/IEC 42006.",
                "The nightshade scheme, and not the other one, stays as it is; bodies that hold it need do nothing at all for now.",
            ],
        ),
    );
    clock.move_to(clock.now() + TimeDelta::hours(3));
    let visit = visited(&house).await;
    assert_eq!((visit.new, visit.revised), (0, 1), "{visit:?}");
    assert_eq!(times(&site, "/a"), 3);
    let moved = update(&house, "Changes to a scheme, corrected").await;
    let was = moved.key_dates[0].was.map(|was| was.to_string());
    assert_eq!(was.as_deref(), Some("2027-01-12"));
    let told = house.store.latest(false, None, 100).await.unwrap();
    let notices = told
        .iter()
        .filter(|(_, other)| other.cause.as_ref() == Some(&moved.id));
    assert_eq!(notices.count(), 1, "one notice of the day that moved");
    // The item and its notice.
    assert_eq!(
        (found(&house, "nightshade"), found(&house, "foxglove")),
        (2, 0)
    );
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

/// A site with nothing on it but a list.
async fn house_of(list: String) -> (tempfile::TempDir, Shared, u16, Clock, House) {
    let site = Shared::default();
    let port = serve(Arc::clone(&site)).await;
    put(&site, "/robots.txt", 404, String::new());
    put(&site, "/news", 200, list.replace("PORT", &port.to_string()));
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::held(utc("2026-11-07T10:00:00Z"));
    let house = crate::house::open(
        "sqlite:regwire.db",
        folder.path(),
        sources(port),
        clock.clone(),
    )
    .await;
    (folder, site, port, clock, house)
}

fn put(site: &Shared, path: &str, status: u16, body: String) {
    let mut site = site.lock().unwrap();
    site.pages.insert(path.to_owned(), (status, body));
}

const SENTENCE: &str = "What happened is told here at some length, in a sentence or two that nobody would take for a menu";

/// At first contact a list may link to hundreds of pages: some are read, what is told first, and the
/// rest is an archive.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_not_followed_without_end() {
    let rows: Vec<(String, String)> = (0..100)
        .map(|number| (format!("/{number}"), format!("Notice {number}")))
        .collect();
    let items: Vec<(&str, &str, &str)> = rows
        .iter()
        .enumerate()
        .map(|(place, (path, title))| {
            let day = if place < 90 {
                "6 June 2026"
            } else {
                "6 November 2026"
            };
            (path.as_str(), title.as_str(), day)
        })
        .collect();
    let (_folder, site, _, _, house) = house_of(list(&items)).await;
    for (path, title) in &rows {
        let text = page(title, "", &[&format!("{SENTENCE}, number {title}.")]);
        put(&site, path, 200, text);
    }
    let visit = visited(&house).await;
    assert_eq!((visit.new, visit.faults.len()), (100, 0), "{visit:?}");
    let asked = site.lock().unwrap().asked.clone();
    assert_eq!(asked.len(), 2 + 40, "robots.txt, the list, and forty pages");
    for told in 90..100 {
        assert!(asked.contains(&format!("/{told}")), "{told}");
    }
}

/// Trouble that passes costs time and no text: the item is told as the list has it, and its page is
/// read when it is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_fails_for_a_while_is_read_later() {
    let (_folder, site, _, clock, house) = house_of(list(&[
        ("/a", "The first", "6 November 2026"),
        ("/b", "The second", "5 November 2026"),
        ("/c", "The third", "4 November 2026"),
    ]))
    .await;
    put(&site, "/a", 503, String::new());
    put(&site, "/b", 429, String::new());
    put(
        &site,
        "/c",
        200,
        page("The third", "", &[&format!("{SENTENCE}, about hemlock.")]),
    );
    let visit = visited(&house).await;
    assert_eq!(visit.new, 3, "{visit:?}");
    // Whoever is told to wait asks for nothing more; every item that waits is named.
    assert_eq!(times(&site, "/c"), 0);
    assert_eq!(visit.faults.len(), 3, "{:?}", visit.faults);
    assert!(
        visit
            .faults
            .iter()
            .all(|fault| fault.detail.contains("until the next visit"))
    );
    assert_eq!(found(&house, "hemlock"), 0);

    // Still in trouble: nothing is new, nothing is revised, nothing is lost.
    put(&site, "/b", 503, String::new());
    clock.move_to(clock.now() + TimeDelta::days(2));
    let visit = visited(&house).await;
    assert_eq!((visit.new, visit.revised), (0, 1), "{visit:?}");
    assert_eq!(found(&house, "hemlock"), 1);
    assert_eq!(update(&house, "The first").await.revision, 1);

    // All is well: the list is as it was, and the texts come.
    for (path, title, word) in [
        ("/a", "The first", "foxglove"),
        ("/b", "The second", "nightshade"),
    ] {
        put(
            &site,
            path,
            200,
            page(title, "", &[&format!("{SENTENCE}, about {word}.")]),
        );
    }
    clock.move_to(clock.now() + TimeDelta::days(2));
    let visit = visited(&house).await;
    assert_eq!(
        (visit.new, visit.revised, visit.faults.len()),
        (0, 2, 0),
        "{visit:?}"
    );
    assert_eq!(
        (found(&house, "foxglove"), found(&house, "nightshade")),
        (1, 1)
    );

    // And that was all.
    let before = site.lock().unwrap().asked.len();
    clock.move_to(clock.now() + TimeDelta::days(2));
    let visit = visited(&house).await;
    assert_eq!((visit.new, visit.revised), (0, 0), "{visit:?}");
    let asked = site.lock().unwrap().asked.clone();
    assert!(
        asked[before..]
            .iter()
            .all(|path| !["/a", "/b", "/c"].contains(&path.as_str()))
    );
}

/// A site that is down is not asked for page after page; what it was not asked for waits as well.
#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_is_down_is_left_alone() {
    let rows: Vec<(String, String)> = (0..8)
        .map(|number| (format!("/{number}"), format!("Notice {number}")))
        .collect();
    let items: Vec<(&str, &str, &str)> = rows
        .iter()
        .map(|(path, title)| (path.as_str(), title.as_str(), "6 November 2026"))
        .collect();
    let (_folder, site, _, clock, house) = house_of(list(&items)).await;
    for (path, _) in &rows {
        put(&site, path, 503, String::new());
    }
    let visit = visited(&house).await;
    assert_eq!((visit.new, visit.faults.len()), (8, 8), "{visit:?}");
    assert_eq!(site.lock().unwrap().asked.len(), 2 + 3);
    for (path, title) in &rows {
        let text = page(title, "", &[&format!("{SENTENCE}, number {title}.")]);
        put(&site, path, 200, text);
    }
    clock.move_to(clock.now() + TimeDelta::days(2));
    let visit = visited(&house).await;
    assert_eq!(
        (visit.new, visit.revised, visit.faults.len()),
        (0, 8, 0),
        "{visit:?}"
    );
}

/// Not every link leads to a page of an item: other sites, the list itself, files, what several
/// items share; and not every page is the one that was asked for.
#[tokio::test(flavor = "multi_thread")]
async fn only_pages_of_the_items_own_are_read() {
    let (_folder, site, port, _, house) = house_of(list(&[
        (
            "http://other.localhost:PORT/elsewhere",
            "On another site",
            "6 November 2026",
        ),
        ("/news#n1", "Further down the list", "6 November 2026"),
        ("/file.PDF", "A file", "6 November 2026"),
        ("/shared#one", "Half a page", "6 November 2026"),
        ("/shared#two", "The other half", "6 November 2026"),
        ("/consent-1", "Behind a banner", "6 November 2026"),
        ("/consent-2", "Behind the same banner", "6 November 2026"),
        ("/login", "For members", "6 November 2026"),
        ("/away", "Sent to another site", "6 November 2026"),
        ("/back", "Sent back to the list", "6 November 2026"),
    ]))
    .await;
    for path in ["/elsewhere", "/shared", "/file.PDF"] {
        put(&site, path, 200, page("A page", "", &[SENTENCE]));
    }
    for path in ["/consent-1", "/consent-2"] {
        put(&site, path, 200, page("Before you go on", "", &[SENTENCE]));
    }
    put(
        &site,
        "/login",
        200,
        "<!doctype html><html><head><title>Sign in</title></head><body><form action=\"/login\" method=\"post\">\
         <input name=\"user\"><input type=\"password\" name=\"password\"></form><p>Please sign in to read this notice of ours.</p></body></html>"
            .to_owned(),
    );
    put(
        &site,
        "/away",
        302,
        format!("http://other.localhost:{port}/elsewhere"),
    );
    put(&site, "/back", 302, "/news".to_owned());
    let visit = visited(&house).await;
    assert_eq!(visit.new, 10, "{visit:?}");
    for path in ["/file.PDF", "/shared"] {
        assert_eq!(times(&site, path), 0, "{path}");
    }
    // Each as often as a redirect led there.
    assert_eq!((times(&site, "/elsewhere"), times(&site, "/news")), (1, 2));
    for (_, update) in house.store.latest(false, None, 100).await.unwrap() {
        assert!(update.content.body.is_empty(), "{}", update.content.title);
        assert!(update.content.text_from.is_none());
    }
    let told: Vec<&str> = visit
        .faults
        .iter()
        .map(|fault| fault.detail.as_str())
        .collect();
    assert_eq!(told.len(), 5, "{told:?}");
    assert!(
        told.iter()
            .any(|told| told.contains("/away") && told.contains("another site"))
    );
    assert!(
        told.iter()
            .any(|told| told.contains("/back") && told.contains("the list"))
    );
    assert_eq!(
        told.iter()
            .filter(|told| told.contains("consent") && told.contains("wall"))
            .count(),
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_shows_the_page_behind_the_first_item() {
    let site = Shared::default();
    let port = serve(Arc::clone(&site)).await;
    put(&site, "/robots.txt", 404, String::new());
    put(
        &site,
        "/news",
        200,
        list(&[
            ("/standard.pdf", "A document", "7 November 2026"),
            ("/a", "Changes to a scheme", "6 November 2026"),
        ]),
    );
    put(
        &site,
        "/a",
        200,
        page(
            "Changes to a scheme",
            "",
            &[
                "The scheme for management systems of artificial intelligence takes in new applicants from the first of March.",
                "Those who are accredited already have until the end of the year to show how they meet the new requirements.",
            ],
        ),
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sources.toml"), sources(port)).unwrap();
    std::fs::write(
        folder.path().join("regwire.toml"),
        "contact = \"a@example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n",
    )
    .unwrap();
    let tried = |json: bool| {
        let mut command = crate::command_line::regwire(&folder.path().join("data"));
        command.current_dir(folder.path()).args([
            "--config",
            "regwire.toml",
            "source",
            "try",
            "notices",
        ]);
        if json {
            command.arg("--json");
        }
        let told = command.output().unwrap();
        assert!(told.status.success(), "{told:?}");
        String::from_utf8(told.stdout).unwrap()
    };
    let told = tokio::task::block_in_place(|| tried(false));
    assert!(
        told.contains(&format!("followed http://ukas.localhost:{port}/a: "))
            && told.contains("takes in new applicants"),
        "{told}"
    );
    let line: serde_json::Value =
        serde_json::from_str(&tokio::task::block_in_place(|| tried(true))).unwrap();
    assert!(line["followed"]["words"].as_u64().unwrap() > 30, "{line}");
    assert_eq!(line["followed"]["why_not"], serde_json::Value::Null);
    assert_eq!(
        times(&site, "/standard.pdf"),
        0,
        "a visit would not read it"
    );

    put(&site, "/a", 404, String::new());
    let told = tokio::task::block_in_place(|| tried(false));
    assert!(told.contains("without a text: "), "{told}");
}
