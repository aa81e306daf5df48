//! The register on the site, from outside: two snapshots of a catalogue are taken in by the
//! command, then the pages are asked.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::House;
use regwire::web::{Site, router};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::command_line::{regwire, run};

const SC42: &str = "ISO/IEC JTC 1/SC 42";

fn row(id: u32, reference: &str, stage: u32, committee: &str, title: &str) -> Value {
    json!({
        "id": id, "reference": reference, "currentStage": stage, "ownerCommittee": committee,
        "title": {"en": title}, "edition": 1, "replaces": [], "replacedBy": null,
        "publicationDate": if stage >= 6060 { json!("2020-11-02") } else { Value::Null },
    })
}

/// A list of our own writing: in the second one a draft has moved.
fn list(moved: bool) -> String {
    let mut rows = vec![
        row(
            91_001,
            "ISO/IEC DIS 99042",
            if moved { 4060 } else { 4020 },
            SC42,
            "<script>alert(1)</script> & more",
        ),
        row(91_002, "ISO/IEC 99042:2020", 9092, SC42, "=1+1"),
        row(91_003, "ISO/IEC 99042:2010", 9599, SC42, "Gone"),
        row(91_004, "ISO 99777:2020", 6060, "ISO/TC 999", "Nobody asks"),
    ];
    rows[0]["replaces"] = json!([91_002, 77_777]);
    rows[2]["replacedBy"] = json!([91_002]);
    // More than a page of what is in scope, so that one row is no shrinking.
    rows.extend((0..60).map(|number| {
        row(
            50_000 + number,
            &format!("ISO/IEC {}:2019", 98_000 + number),
            9093,
            "ISO/IEC JTC 1/SC 42/WG 1",
            "Ballast",
        )
    }));
    rows.iter().map(|row| format!("{row}\n")).collect()
}

async fn site(data: &Path) -> Router {
    let text =
        "base_url = \"https://updates.example.org\"\ncontact = \"a@example.org\"\n".to_owned();
    let config = Config::read(
        "regwire.toml",
        &text,
        data.to_owned(),
        data.to_owned(),
        |_| None,
    )
    .unwrap();
    let house = House::open(config, Clock::real()).await.unwrap();
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

/// Status, where it leads, and what it says.
async fn ask(router: &Router, path: &str) -> (StatusCode, String, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let to = response
        .headers()
        .get(header::LOCATION)
        .map(|to| to.to_str().unwrap().to_owned())
        .unwrap_or_default();
    let body = to_bytes(response.into_body(), 1 << 22).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    (status, to, text)
}

async fn page(router: &Router, path: &str) -> String {
    let (status, _, text) = ask(router, path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    // A table for programs holds what a catalogue wrote; it is no page.
    assert!(path.contains(".csv") || !text.contains("<script"), "{path}");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_gets_the_table_and_a_team_the_history() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for (name, at, moved) in [
        ("a.jsonl", "2026-01-01", false),
        ("b.jsonl", "2026-02-01", true),
        ("c.jsonl", "2026-03-01", true),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, list(moved)).unwrap();
        run(regwire(&data)
            .args(["standards", "observe", "--at", at])
            .arg(&path));
    }
    let router = site(&data).await;

    // The table: what is in scope and stands, a page of it, and how it is narrowed.
    let table = page(&router, "/standards").await;
    assert!(
        table.contains("62 documents of 64") && table.contains("Page 1 of 2"),
        "{table}"
    );
    assert!(!table.contains("99777") && !table.contains("ISO/IEC 99042:2010"));
    let drafts = page(&router, "/standards?q=ISO/IEC+99042&stage=40").await;
    assert!(drafts.contains("1 document of 64"), "{drafts}");
    assert!(drafts.contains("&lt;script&gt;alert(1)"));
    assert!(drafts.contains("/standards/iso-iec-99042#p-91001"));
    assert!(
        drafts.contains("datetime=\"2026-02-01T00:00:00Z\">1 February 2026<")
            && drafts.contains("1 March 2026, 00:00 UTC")
            && drafts.contains("data-label=\"Observed\">2</td>"),
        "{drafts}"
    );
    let all = page(&router, "/standards?all=1&page=99").await;
    assert!(
        all.contains("64 documents of 64") && all.contains("Page 2 of 2"),
        "{all}"
    );
    let asked = page(&router, "/standards?all=1&q=99777").await;
    assert!(asked.contains("ISO 99777:2020") && asked.contains("Nobody asks"));
    let part = page(&router, "/standards?committee=ISO/IEC+JTC+1/SC+42/WG+1").await;
    assert!(part.contains("60 documents of 64"), "{part}");
    let none = page(&router, "/standards?q=nothing+like+it").await;
    assert!(none.contains("Nothing in the register fits"));

    // The same table for programs, whole, and no cell of it a formula.
    let csv = page(&router, "/standards.csv").await;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(
        reader.headers().unwrap().iter().take(4).collect::<Vec<_>>(),
        ["reference", "title", "edition", "stage"]
    );
    let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(lines.len(), 62);
    let line = |reference: &str| {
        let line = lines.iter().find(|line| &line[0] == reference).unwrap();
        line.iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        line("ISO/IEC DIS 99042")[3..11],
        [
            "40.60",
            "enquiry ballot closed",
            SC42,
            "2026-01-01T00:00:00Z",
            "2026-02-01T00:00:00Z",
            "2026-03-01T00:00:00Z",
            "2",
            ""
        ]
    );
    // What never moved since it is watched has no last change.
    assert_eq!(line("ISO/IEC 99042:2020")[1], "'=1+1");
    assert_eq!(line("ISO/IEC 99042:2020")[7], "");

    // The page of a standard.
    let standard = page(&router, "/standards/iso-iec-99042").await;
    for told in [
        "observed 2 times since 2026-02-01 00:00, last 2026-03-01 00:00, unchanged at 40.60",
        "observed 3 times since 2026-01-01 00:00, last 2026-03-01 00:00, unchanged at 90.92",
        "<svg class=\"stage-line\"",
        "2026-01-01 40.20 enquiry ballot open; 2026-02-01 40.60 enquiry ballot closed",
        "href=\"/standards/iso-iec-99042#p-91002\">ISO/IEC 99042:2020</a>",
        "project 77777 of the catalogue",
        "<td>40.20</td>",
        "number 1 of",
    ] {
        assert!(standard.contains(told), "{told}: {standard}");
    }
    // What is in force stands first, what is withdrawn last.
    let place = |id: &str| standard.find(&format!("id=\"p-{id}\"")).unwrap();
    assert!(place("91002") < place("91001") && place("91001") < place("91003"));
    // The move was an Update: it is told here, and leads back.
    let card = standard.split("id=\"updates\"").nth(1).unwrap();
    let href = card.split("href=\"/updates/").nth(1).unwrap();
    let id = href.split('"').next().unwrap();
    let update = page(&router, &format!("/updates/{id}")).await;
    assert!(
        update.contains("href=\"/standards/iso-iec-99042\""),
        "{update}"
    );

    // Any spelling leads to it, and to the document that was named.
    for (name, to) in [
        ("ISO%2FIEC%2099042", "/standards/iso-iec-99042"),
        ("ISO/IEC%2099042", "/standards/iso-iec-99042"),
        ("ISO/IEC%2099042:2020", "/standards/iso-iec-99042#p-91002"),
        ("91001", "/standards/iso-iec-99042#p-91001"),
    ] {
        let (status, led, _) = ask(&router, &format!("/standards/{name}")).await;
        assert_eq!(
            (status, led.as_str()),
            (StatusCode::TEMPORARY_REDIRECT, to),
            "{name}"
        );
    }
    let (status, _, text) = ask(&router, "/standards/iso-iec-11111").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(
        text.contains("does not know “iso-iec-11111”")
            && text.contains("href=\"/search?q=iso+iec+11111\""),
        "{text}"
    );
}

/// A catalogue that moves on to an edition which the library does not know yet.
fn editions(later: bool) -> String {
    let committee = "ISO/IEC JTC 1/SC 27";
    let now = if later { 9599 } else { 6060 };
    let mut rows = vec![row(
        82_875,
        "ISO/IEC 27001:2022",
        now,
        committee,
        "Information security management systems",
    )];
    let mut next = row(
        93_100,
        if later {
            "ISO/IEC 27001:2031"
        } else {
            "ISO/IEC FDIS 27001"
        },
        if later { 6060 } else { 5020 },
        committee,
        "Information security management systems",
    );
    if later {
        rows[0]["replacedBy"] = json!([93_100]);
        next["publicationDate"] = json!("2031-02-01");
    }
    rows.push(next);
    rows.extend((0..60).map(|number| {
        row(
            50_000 + number,
            &format!("ISO/IEC {}:2019", 98_000 + number),
            9093,
            committee,
            "Ballast",
        )
    }));
    rows.iter().map(|row| format!("{row}\n")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rests_on_an_edition_is_told_when_the_next_one_comes() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let observe = |name: &str, at: &str, later: bool| {
        let path = folder.path().join(name);
        std::fs::write(&path, editions(later)).unwrap();
        run(regwire(&data)
            .args(["standards", "observe", "--at", at])
            .arg(&path));
    };
    let earlier =
        "written for the earlier edition of ISO/IEC 27001 (2022; the current one is 2031)";

    observe("a.jsonl", "2026-01-01", false);
    let router = site(&data).await;
    let before = page(&router, "/frameworks/iso-iec-27001").await;
    assert!(!before.contains("A later edition is in force"));
    assert!(
        !page(&router, "/crosswalks?framework=iso-iec-27001")
            .await
            .contains(earlier)
    );
    drop(router);

    observe("b.jsonl", "2026-02-01", true);
    let router = site(&data).await;
    let after = page(&router, "/frameworks/iso-iec-27001").await;
    assert!(
        after.contains("A later edition is in force") && after.contains(">ISO/IEC 27001:2031</a>"),
        "{after}"
    );
    assert!(after.contains(earlier), "{after}");
    for other in [
        "/crosswalks?framework=iso-iec-27001",
        "/frameworks/nist-csf",
    ] {
        let text = page(&router, other).await;
        assert!(text.contains(earlier), "{other}: {text}");
    }

    // One way for all news: whoever looks, follows or searches is told of the same updates.
    let told = "ISO/IEC 27001:2022";
    for path in [
        "/frameworks/iso-iec-27001",
        "/standards/iso-iec-27001",
        "/search?q=ISO%2FIEC+27001+withdrawn",
        "/search?q=standard:%22ISO/IEC+27001%22&order=newest",
        "/frameworks/iso-iec-27001.atom",
        "/frameworks/iso-iec-27001.json",
        "/standards/iso-iec-27001.atom",
        "/updates.atom",
        "/search.atom?q=kind:withdrawal",
    ] {
        let (status, _, text) = ask(&router, path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        let replaced = text.contains("replaced by ISO/IEC 27001:2031");
        assert!(text.contains(told) && replaced, "{path}: {text}");
    }
}
