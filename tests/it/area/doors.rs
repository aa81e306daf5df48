//! What must hold for every route of the area, asked of the table that the routes are made from.

use std::collections::BTreeSet;

use axum::http::Method;
use regwire::domain::operator::Role;
use regwire::web::{self, Access, Door};

use super::{Browser, HOST, PASSWORD, somebody};
use crate::site::filled;

/// A door's address, its parameters filled with something.
fn address(door: &Door) -> String {
    let mut path = door.path.to_owned();
    while let Some((before, rest)) = path.split_once('{') {
        let (name, after) = rest.split_once('}').unwrap();
        let part = match name {
            "number" => "1",
            "digest" => "weekly",
            _ => "0123456789abcdef",
        };
        path = format!("{before}{part}{after}");
    }
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_in_by_any_door_without_a_session_a_form_of_ours_and_the_right_role() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 6).await;
    let doors = web::doors();
    assert!(doors.len() > 40, "{}", doors.len());
    // There is no route of the area beside the table.
    let routes: BTreeSet<String> = web::paths()
        .into_iter()
        .filter(|path| path.starts_with("/operate"))
        .collect();
    let known: BTreeSet<String> = doors.iter().map(|door| door.path.to_owned()).collect();
    assert_eq!(routes, known);
    let open: Vec<&str> = doors
        .iter()
        .filter(|door| door.access == Access::Open)
        .map(|door| door.path)
        .collect();
    let published = [
        "/operate/login",
        "/operate/login",
        "/operate/link/{token}",
        "/operate/link/{token}",
    ];
    assert_eq!(open, published, "a new open door wants a second look");

    let mut stranger = Browser::new(&house, "192.0.2.9");
    let mut reader = somebody(&house, "Rea", Role::Reader, "192.0.2.1").await;
    let mut operator = somebody(&house, "Ada", Role::Operator, "192.0.2.2").await;
    let before = house.store.audit_head().await.unwrap();
    let csrf = operator.csrf("/operate").await;
    let of_reader = reader.csrf("/operate").await;
    for door in &doors {
        let path = address(door);
        // Without a session.
        stranger.cookie = None;
        let answer = stranger.send(door.method.clone(), &path, &[], "").await;
        match (door.access, door.method == Method::POST) {
            (Access::Open, false) => assert!(matches!(answer.status, 200 | 404), "{path}"),
            (Access::Open, true) => assert_eq!(answer.status, 403, "{path}"),
            (Access::Role(_), false) => {
                assert_eq!(answer.status, 303, "{path}");
                assert!(answer.header("location").starts_with("/operate/login"));
            }
            (Access::Role(_), true) => assert_eq!(answer.status, 401, "{path}"),
        }
        // Without the role.
        if door.access == Access::Role(Role::Operator) {
            let body = format!("csrf={of_reader}");
            let answer = reader.send(door.method.clone(), &path, &[], &body).await;
            assert_eq!(answer.status, 403, "{path}: a reader");
        }
        if door.method == Method::POST {
            let good = format!("csrf={csrf}&sure=yes&name=x&queue=mail");
            let forged: [(&[(&str, &str)], &str); 9] = [
                (&[], "sure=yes&name=x"),
                (&[], "csrf=&sure=yes"),
                (&[], "csrf=0.0"),
                (&[], &format!("csrf={of_reader}")),
                (&[("sec-fetch-site", "cross-site")], &good),
                (&[("sec-fetch-site", "same-site")], &good),
                (&[("origin", "https://evil.example")], &good),
                (&[("origin", "null")], &good),
                (
                    &[("origin", "https://updates.example.org.evil.example")],
                    &good,
                ),
            ];
            for (headers, body) in forged {
                let answer = operator.send(Method::POST, &path, headers, body).await;
                assert_eq!(answer.status, 403, "{path}: {headers:?} {body}");
            }
        } else {
            let answer = operator.get(&path).await;
            assert!(
                matches!(answer.status, 200 | 303 | 404),
                "{path}: {}",
                answer.status
            );
            assert_eq!(operator.send(Method::HEAD, &path, &[], "").await.body, "");
        }
    }
    assert!(operator.is_in().await && reader.is_in().await);
    assert_eq!(
        house.store.audit_head().await.unwrap(),
        before,
        "nothing was changed by any of it"
    );
    // A page of ours may say it either way.
    for headers in [
        vec![],
        vec![("sec-fetch-site", "same-origin")],
        vec![("origin", "https://updates.example.org")],
    ] {
        let body = format!("csrf={}", operator.csrf("/operate").await);
        let path = "/operate/teams/nobody/test";
        let answer = operator.send(Method::POST, path, &headers, &body).await;
        assert_eq!(answer.status, 303, "{headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_leads_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 1).await;
    somebody(&house, "Ada", Role::Operator, "192.0.2.2").await;
    let mut spellings: Vec<String> = Vec::new();
    for evil in ["evil.example", "evil.example/operate"] {
        for start in [
            "//",
            "///",
            "/\\",
            "\\\\",
            "\\/",
            "/\t/",
            "/\r\n/",
            "https:",
            "https://",
            "http:/",
            "https:\\\\",
            "HTTPS://",
            "//user@",
            "/%09/",
            "/%5c",
            "/%2f%2f",
            "%2f%2f",
            " //",
            "\u{a0}//",
            "javascript://",
            "data:text/html,",
            "/operate//",
            "/operate\\\\",
            "/operate@",
            "/operate.",
            "/operate/..//",
            "/operate/%2e%2e//",
            "/operate/\t//",
            "/operate/\r\nLocation: https://",
            "//operate/",
        ] {
            spellings.push(format!("{start}{evil}"));
        }
    }
    assert_eq!(spellings.len(), 60);
    let mut browser = Browser::new(&house, "192.0.2.2");
    let mut number = 0;
    for next in &spellings {
        // Twenty tries of a network in a minute are the most.
        number += 1;
        browser.cookie = None;
        browser.from = format!("198.51.{number}.7");
        let fields = [
            ("name", "Ada"),
            ("password", PASSWORD),
            ("next", next.as_str()),
        ];
        let answer = browser
            .press("/operate/login", "/operate/login", &fields)
            .await;
        assert_eq!(answer.status, 303, "{next}");
        assert_eq!(answer.header("location"), "/operate", "{next}");
        // Who is logged in is led on at once.
        let query: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let answer = browser.get(&format!("/operate/login?next={query}")).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, "/operate")
        );
        // And the form carries nothing of it.
        browser.cookie = None;
        let page = browser.get(&format!("/operate/login?next={query}")).await;
        assert!(
            page.body.contains("name=\"next\" value=\"/operate\""),
            "{next}"
        );
    }
    // What lies within is kept.
    browser.cookie = None;
    let asked = browser.get("/operate/sources?state=failing").await;
    let login = asked.header("location").to_owned();
    let page = browser.get(&login).await;
    assert!(
        page.body
            .contains("name=\"next\" value=\"/operate/sources?state=failing\""),
        "{login}"
    );
    assert!(page.body.contains(HOST) || !page.body.is_empty());
}

/// What everybody may read, by the first part of its path. A route that is not here is refused by
/// the test below until somebody has thought about it.
const PUBLISHED: [&str; 25] = [
    "",
    "about",
    "alerts",
    "api",
    "assets",
    "bodies",
    "calendar",
    "crosswalks",
    "decide",
    "digests",
    "feeds",
    "frameworks",
    "healthz",
    "jurisdictions",
    "missed",
    "preferences",
    "privacy",
    "readyz",
    "search",
    "sources",
    "standards",
    "subscribe",
    "topics",
    "unsubscribe",
    "updates",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_published_wants_a_session_or_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 1).await;
    let mut stranger = Browser::new(&house, "192.0.2.9");
    let api = serde_json::to_value(web::description()).unwrap();
    let mut closed = 0;
    for (path, item) in api["paths"].as_object().unwrap() {
        let wants_token = item["get"]["security"]
            .as_array()
            .is_some_and(|one| !one.is_empty());
        let sort = item["get"]["tags"][0].as_str().unwrap_or("");
        assert_eq!(wants_token, sort == "evidence", "{path}");
        if wants_token {
            closed += 1;
            let address = path.replace("{id}", "bench").replace("{number}", "1");
            for header in [
                vec![],
                vec![(
                    "authorization",
                    "Bearer rgw_00000000000000000000000000000000",
                )],
            ] {
                let answer = stranger.send(Method::GET, &address, &header, "").await;
                assert_eq!(answer.status, 401, "{path}");
            }
        }
    }
    assert_eq!(closed, 3);
    for path in web::paths() {
        let first = path.split(['/', '.']).nth(1).unwrap();
        assert!(
            first == "operate" || PUBLISHED.contains(&first),
            "{path}: is it for everybody? Then say so here."
        );
    }
}
