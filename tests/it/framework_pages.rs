//! The page of a framework, from outside: what its file says and what was collected stand on it, and
//! what changed on it is told.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use chrono::{DateTime, Utc};
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::library;
use regwire::daemon::{House, Shift};
use regwire::domain::id::FrameworkId;
use regwire::library::{Files, Loaded, load};
use regwire::web::{Site, router};
use tower::ServiceExt as _;

use crate::command_line::{regwire, run};

fn config(data: &Path) -> Config {
    let text = "base_url = \"https://updates.example.org\"\ncontact = \"a@example.org\"\n";
    Config::read(
        "regwire.toml",
        text,
        data.to_owned(),
        data.to_owned(),
        |_| None,
    )
    .unwrap()
}

async fn house(data: &Path, at: &str, loaded: Loaded) -> House {
    let at: DateTime<Utc> = at.parse().unwrap();
    House::open_with(config(data), Clock::held(at), loaded)
        .await
        .unwrap()
}

fn site(house: &House) -> Router {
    router(Site {
        store: house.store.clone(),
        index: house.index.clone(),
        renderer: Arc::clone(&house.renderer),
        library: Arc::clone(&house.library),
        sources: Arc::clone(&house.sources),
        digests: house.config.digests.clone(),
        clock: house.clock.clone(),
    })
}

async fn ask(router: &Router, path: &str) -> (StatusCode, Option<String>, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let tag = response
        .headers()
        .get(header::ETAG)
        .map(|tag| tag.to_str().unwrap().to_owned());
    let body = to_bytes(response.into_body(), 1 << 22).await.unwrap();
    (status, tag, String::from_utf8(body.to_vec()).unwrap())
}

/// What stands under a heading, to the next one.
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let from = page
        .find(&format!("<h2 id=\"{id}\">"))
        .unwrap_or_else(|| panic!("no section {id}"));
    let rest = &page[from + 1..];
    let to = rest.find("<h2 ").unwrap_or(rest.len());
    &rest[..to]
}

#[tokio::test]
async fn the_page_has_every_section_filled_and_its_updates_were_collected() {
    let folder = tempfile::tempdir().unwrap();
    run(regwire(folder.path()).args(["demo", "--once"]));
    let house = house(
        folder.path(),
        "2026-11-25T09:00:00Z",
        load(&Files::built_in()),
    )
    .await;
    let (status, _, page) = ask(&site(&house), "/frameworks/iso-iec-42001").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.len() < 60_000, "{} bytes", page.len());
    for (id, holds) in [
        ("need", "Compliance teams"),
        ("control_area", "Reference controls"),
        ("timeline", "<svg class=\"plot timeline\""),
        (
            "crosswalk",
            "written for the earlier edition of ISO/IEC 42001",
        ),
        ("adoption", "Certified organisations"),
        ("adoption", "Auditors and assessors"),
        ("adoption", "Key contributors"),
        ("adoption", "reported, not confirmed"),
        ("regulatory_reference", "Official Journal"),
        ("certification", "Stage 2 audit"),
        ("coverage", "<svg class=\"plot bars\""),
        ("coverage", "<table class=\"places\">"),
        ("related", "/frameworks/iso-iec-42005"),
        ("topics", "/topics/ai-governance"),
        ("faq", "What is ISO/IEC 42001?"),
        ("digest", "The address is used for the digest only"),
        ("digest", "/subscribe?want=framework:iso-iec-42001"),
        ("sources", "https://www.iso.org/standard/81230.html"),
    ] {
        assert!(section(&page, id).contains(holds), "{id}: {holds}");
    }
    let updates = section(&page, "update");
    assert_eq!(updates.matches("<article").count(), 10);
    assert_eq!(updates.matches("Why it is here").count(), 10);
    assert!(updates.matches("Why it matters").count() >= 8);
    assert!(page.contains("Reviewed on <time datetime=\"2026-11-23\">"));
    // A secondary source that no compliance reader would trust stands by its title.
    assert!(page.contains("<li id=\"s14\">A public tracker page on ISO/IEC 42001"));
    // What nobody has confirmed is not shown as sure.
    let timeline = section(&page, "timeline");
    let moved = timeline.find("Annex III high-risk").unwrap();
    assert!(timeline[moved..].contains("reported, not confirmed"));
}

#[tokio::test]
async fn the_dates_of_pages_stand_in_the_calendars_though_no_update_tells_them() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(
        folder.path(),
        "2026-11-25T09:00:00Z",
        load(&Files::built_in()),
    )
    .await;
    let router = site(&house);
    let (_, _, home) = ask(&router, "/").await;
    assert!(home.contains("/frameworks/eu-ai-act#timeline"), "{home}");
    let (_, _, page) = ask(&router, "/calendar?framework=eu-ai-act").await;
    for holds in [
        "2 December 2026",
        "Marking under Article 50(2)",
        "status-reported",
        "reported, not confirmed",
        "/frameworks/eu-ai-act#timeline",
        // The next stretch with a date is a step away, and so is the last one.
        "from=2027-08",
        "Earlier",
    ] {
        assert!(page.contains(holds), "{holds}\n{page}");
    }
    let (_, _, page) = ask(&router, "/calendar?framework=eu-ai-act&event=application").await;
    assert!(!page.contains("Marking under Article 50(2)"));
    let (_, _, page) = ask(&router, "/jurisdictions/eu").await;
    assert!(page.contains("Marking under Article 50(2)"));
    let (_, tag, file) = ask(&router, "/frameworks/eu-ai-act/calendar.ics").await;
    for holds in [
        "DTSTART;VALUE=DATE:20261202",
        "STATUS:TENTATIVE",
        "STATUS:CONFIRMED",
        "CATEGORIES:eu-ai-act",
    ] {
        assert!(file.contains(holds), "{holds}\n{file}");
    }
    assert!(tag.is_some());
    // Where the page names no source, nothing is called confirmed.
    let (_, _, listed) = ask(&router, "/frameworks/us-co-admt/calendar.ics").await;
    assert!(listed.contains("STATUS:TENTATIVE") && !listed.contains("STATUS:CONFIRMED"));
    let (_, _, other) = ask(&router, "/frameworks/iso-iec-42001/calendar.ics").await;
    assert!(!other.contains("CATEGORIES:eu-ai-act"));
    let (_, _, by_standard) = ask(&router, "/standards/iso-iec-42001/calendar.ics").await;
    assert!(by_standard.contains("CATEGORIES:iso-iec-42001"));
}

#[tokio::test]
async fn a_framework_without_a_written_page_has_one_from_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(
        folder.path(),
        "2026-11-25T09:00:00Z",
        load(&Files::built_in()),
    )
    .await;
    let router = site(&house);
    let (_, _, page) = ask(&router, "/frameworks/cra").await;
    for holds in [
        "Nobody has written this page yet",
        "Reporting obligations apply",
        "reported, not confirmed",
        "European Commission",
        "Nothing about CRA has been collected yet",
    ] {
        assert!(page.contains(holds), "{holds}");
    }
    let (status, _, _) = ask(&router, "/frameworks/Cyber%20Resilience%20Act").await;
    assert_eq!(status, StatusCode::TEMPORARY_REDIRECT);
}

#[tokio::test]
async fn what_changed_on_a_page_is_told_with_its_feed() {
    let folder = tempfile::tempdir().unwrap();
    let id = FrameworkId::new("iso-iec-42001").unwrap();
    let note = async |house: &House| {
        let shift = Shift::begin(house).await.unwrap().unwrap();
        let changed = library::follow(house, shift.lease()).await.unwrap();
        shift.end().await.unwrap();
        changed
    };
    let loaded = load(&Files::built_in());
    let first = house(folder.path(), "2026-11-01T09:00:00Z", loaded.clone()).await;
    assert_eq!(note(&first).await.len(), loaded.library.frameworks.len());
    let (_, _, page) = ask(&site(&first), "/frameworks/iso-iec-42001/changes").await;
    assert!(page.contains("No statement of the page was added, reworded or taken away"));
    drop(first);

    // The same library a second time is no news.
    let second = house(folder.path(), "2026-11-02T09:00:00Z", loaded.clone()).await;
    assert!(note(&second).await.is_empty());
    drop(second);

    let mut other = loaded;
    let place = other
        .library
        .frameworks
        .iter()
        .position(|framework| framework.id == id)
        .unwrap();
    let profile = other.library.frameworks[place].profile.as_mut().unwrap();
    let before = profile.faq[0].answer.clone();
    profile.faq[0].answer = "A standard <b>for</b> AI.".to_owned();
    profile.coverage.pop();
    let third = house(folder.path(), "2026-11-20T09:00:00Z", other.clone()).await;
    assert_eq!(note(&third).await, [id]);
    let router = site(&third);
    let (_, _, page) = ask(
        &router,
        "/frameworks/iso-iec-42001/changes?since=2026-11-10",
    )
    .await;
    for holds in [
        "reworded",
        "removed",
        before.as_str(),
        "A standard &lt;b&gt;for&lt;/b&gt; AI.",
    ] {
        assert!(page.contains(holds), "{holds}");
    }
    let (_, _, page) = ask(
        &router,
        "/missed?since=2026-11-10&framework=iso-iec-42001&framework=gdpr",
    )
    .await;
    assert!(page.contains("reworded") && page.contains("Nothing happened in"));

    let (status, tag, feed) = ask(&router, "/frameworks/iso-iec-42001/changes.atom").await;
    assert_eq!(status, StatusCode::OK);
    let read = feed_rs::parser::parse(feed.as_bytes()).unwrap();
    assert_eq!(read.entries.len(), 1);
    assert!(
        read.entries[0]
            .title
            .as_ref()
            .unwrap()
            .content
            .contains("2 statements")
    );
    let again = Request::get("/frameworks/iso-iec-42001/changes.atom")
        .header(header::IF_NONE_MATCH, tag.unwrap())
        .body(Body::empty())
        .unwrap();
    let answer = router.oneshot(again).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
    drop(third);

    // Days later it is no news any more.
    let fourth = house(folder.path(), "2026-11-25T09:00:00Z", other).await;
    assert!(note(&fourth).await.is_empty());
    let router = site(&fourth);
    let (_, _, page) = ask(
        &router,
        "/frameworks/iso-iec-42001/changes?since=2026-11-21",
    )
    .await;
    assert!(page.contains("No statement of the page was added") && !page.contains(&before));
}

#[test]
fn the_check_names_what_lacks_a_source_and_what_has_passed() {
    let folder = tempfile::tempdir().unwrap();
    let frameworks = folder.path().join("frameworks");
    std::fs::create_dir(&frameworks).unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("frameworks");
    for entry in std::fs::read_dir(shipped).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), frameworks.join(entry.file_name())).unwrap();
    }
    let path = frameworks.join("iso-iec-42001.toml");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str(
        "\n[[faq]]\nq = \"Is it so?\"\na = \"It is.\"\n[[timeline]]\ndate = 2026-02-01\nlabel = \"A draft is expected\"\nstate = \"upcoming\"\nsources = [\"iso-42001\"]\n",
    );
    std::fs::write(&path, text).unwrap();
    let files = Files::beside(folder.path()).unwrap();
    let loaded = load(&files);
    let of_page = |loaded: &Loaded, day: &str| -> Vec<String> {
        loaded
            .to_review(day.parse().unwrap())
            .iter()
            .filter(|gap| gap.file.ends_with("iso-iec-42001.toml"))
            .map(ToString::to_string)
            .collect()
    };
    let before = of_page(&loaded, "2026-01-31");
    assert!(
        before
            .iter()
            .any(|gap| gap.contains("“Is it so?” rests on no source"))
    );
    assert!(!before.iter().any(|gap| gap.contains("A draft is expected")));
    let after = of_page(&loaded, "2026-02-02");
    assert!(after.iter().any(|gap| {
        gap.contains(
            "“A draft is expected” is not said to be past and its day, 2026-02-01, has passed",
        )
    }));
    assert_eq!(after.len(), before.len() + 1);
}
