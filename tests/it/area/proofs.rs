//! What is proved before somebody is let in, and by what it is not (promises: W3, W9, W10).

use axum::http::Method;
use chrono::TimeDelta;
use regwire::clock::Clock;
use regwire::daemon::House;
use regwire::domain::id::OperatorId;
use regwire::domain::one_time_code::CodeSecret;
use regwire::domain::operator::{Operator, OperatorLink, Role, Session};
use regwire::domain::token::stored;
use regwire::store::Deed;

use super::{Browser, PASSWORD, act, link, somebody};
use crate::house::utc;
use crate::site::filled;

const ACCOUNT: &str = "/operate/account";
const CODE: &str = "/operate/account/code";

fn later(house: &House, by: TimeDelta) {
    house.clock.move_to(house.clock.now() + by);
}

/// What a page offers to an authenticator.
async fn offered(browser: &mut Browser) -> String {
    let shown = browser.get(CODE).await.body;
    let (_, rest) = shown.split_once("name=\"secret\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// Sets up a second factor of whoever is logged in: its secret, and the recovery codes.
async fn second_factor(house: &House, browser: &mut Browser) -> (CodeSecret, Vec<String>) {
    let text = offered(browser).await;
    let secret = CodeSecret::read(&text).unwrap();
    let code = secret.shown(house.clock.now());
    let fields = [
        ("secret", text.as_str()),
        ("code", code.as_str()),
        ("password", PASSWORD),
    ];
    let done = browser.press(CODE, CODE, &fields).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let codes = done
        .body
        .split("<li><code>")
        .skip(1)
        .map(|rest| rest.split_once('<').unwrap().0.to_owned())
        .collect();
    (secret, codes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_stands_for_the_password_and_never_for_the_second_factor() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 1).await;
    let mut ada = somebody(&house, "Ada", Role::Operator, "192.0.2.1").await;
    let (secret, codes) = second_factor(&house, &mut ada).await;
    let path = link(&house, "Ada", Role::Operator).await;
    let mut finder = Browser::new(&house, "203.0.113.9");
    let new = "another horse battery";
    let fields = [("password", new), ("again", new)];
    let answer = finder.press(&path, &path, &fields).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "/operate/login?done=link")
    );
    assert!(!finder.is_in().await, "no session began");
    assert!(!ada.is_in().await, "and those before it ended");
    assert_eq!(finder.log_in("Ada", new, "").await.status, 422);
    later(&house, TimeDelta::seconds(90));
    let code = secret.shown(house.clock.now());
    assert_eq!(finder.log_in("Ada", new, &code).await.status, 303);
    // Nor does a session begin where the factor was set up after the form was looked at.
    let path = link(&house, "Ada", Role::Operator).await;
    let id = OperatorId::named("Ada").unwrap();
    let deed = Deed::UseLink {
        link: stored(path.rsplit('/').next().unwrap()),
        operator: house.store.operator(&id).await.unwrap().unwrap(),
        session: Some(Session {
            hash: "x".to_owned(),
            operator: id,
            began_at: house.clock.now(),
            seen_at: house.clock.now(),
            from: String::new(),
            browser: String::new(),
        }),
    };
    let done = house.store.perform(&act(&house, "x"), &deed).await.unwrap();
    assert_eq!(done, None);

    // Who has the password and a browser that was left open changes no second factor.
    later(&house, TimeDelta::minutes(2));
    let used = secret.shown(house.clock.now() - TimeDelta::minutes(2));
    for shown in ["", &used, "aaaa-aaaa-aaaa-aaaa"] {
        let fields = [("password", new), ("code", shown)];
        let answer = finder
            .press(ACCOUNT, "/operate/account/code/end", &fields)
            .await;
        assert_eq!(answer.status, 422, "{shown}");
    }
    // Nor by a link to oneself.
    let fields = [("without", "yes")];
    let answer = finder
        .press("/operate/operators", "/operate/operators/ada/link", &fields)
        .await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    later(&house, TimeDelta::minutes(2));
    let text = offered(&mut finder).await;
    let other = CodeSecret::read(&text).unwrap();
    let code = other.shown(house.clock.now());
    for (before, status) in [("", 422), ("000001", 422), (codes[0].as_str(), 200)] {
        let fields = [
            ("secret", text.as_str()),
            ("code", code.as_str()),
            ("before", before),
            ("password", new),
        ];
        let answer = finder.press(CODE, CODE, &fields).await;
        assert_eq!(answer.status, status, "{before}: {}", answer.body);
    }
    later(&house, TimeDelta::minutes(2));
    let code = other.shown(house.clock.now());
    let fields = [("password", new), ("code", code.as_str())];
    let answer = finder
        .press(ACCOUNT, "/operate/account/code/end", &fields)
        .await;
    assert_eq!(answer.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_link_is_over_when_somebody_can_log_in_and_takes_no_name() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 1).await;
    let token = "1".repeat(32);
    let first = Deed::FirstLink(OperatorLink {
        hash: stored(&token),
        operator: None,
        expires_at: house.clock.now() + TimeDelta::hours(24),
    });
    let act = act(&house, "first-link-made");
    house.store.perform(&act, &first).await.unwrap();
    let bobs = link(&house, "Bob", Role::Reader).await;
    let path = format!("/operate/link/{token}");
    let mut finder = Browser::new(&house, "203.0.113.9");
    let fields = [("name", "bob"), ("password", PASSWORD), ("again", PASSWORD)];
    let answer = finder.press(&path, &path, &fields).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("That name is taken"));
    let bob = OperatorId::named("Bob").unwrap();
    let kept = house.store.operator(&bob).await.unwrap().unwrap();
    assert_eq!((kept.password, kept.role), (None, Role::Reader));
    // Bob comes by his own link, while the form of the first one stands open elsewhere.
    let csrf = finder.csrf(&path).await;
    let mut browser = Browser::new(&house, "192.0.2.1");
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(browser.press(&bobs, &bobs, &fields).await.status, 303);
    let body =
        format!("csrf={csrf}&name=Eve&password=correct+horse+battery&again=correct+horse+battery");
    let answer = finder.send(Method::POST, &path, &[], &body).await;
    assert_eq!(answer.status, 404);
    assert_eq!(finder.get(&path).await.status, 404);
    // One that was left by a process that knew nothing of Bob is worth nothing either.
    house.store.perform(&act, &first).await.unwrap();
    assert_eq!(finder.get(&path).await.status, 404);
    let mut eve = Operator::invited("Eve", Role::Operator, house.clock.now()).unwrap();
    eve.password = Some("x".to_owned());
    let deed = Deed::UseLink {
        link: stored(&token),
        operator: eve,
        session: None,
    };
    assert_eq!(house.store.perform(&act, &deed).await.unwrap(), None);
    assert_eq!(house.store.operators().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_logs_in_where_others_can_read_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let house = crate::house::open_at(
        "http://updates.example.org",
        "sqlite:t.db",
        folder.path(),
        "[[source]]\nid = \"bench\"\nbody = \"iso\"\nname = \"Bench\"\nkind = \"feed\"\nurl = \"https://bench.example/feed\"\nlanguage = \"en\"\nterms = \"full\"\n".to_owned(),
        Clock::held(utc("2026-11-10T12:00:00Z")),
    )
    .await;
    let link = link(&house, "Ada", Role::Operator).await;
    let mut browser = Browser::new(&house, "192.0.2.1");
    for path in ["/operate/login", link.as_str()] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains("Nobody can log in here"), "{path}");
        assert!(!page.body.contains("type=\"password\""), "{path}");
        let answer = browser.send(Method::POST, path, &[], "").await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.body.contains("Nobody can log in here"), "{path}");
    }
    // A session that began while the address was another opens nothing, either.
    let token = "a".repeat(64);
    let id = OperatorId::named("Ada").unwrap();
    let mut ada = house.store.operator(&id).await.unwrap().unwrap();
    ada.password = Some("x".to_owned());
    let deed = Deed::UseLink {
        link: stored(link.rsplit('/').next().unwrap()),
        operator: ada,
        session: Some(Session {
            hash: stored(&token),
            operator: id,
            began_at: house.clock.now(),
            seen_at: house.clock.now(),
            from: String::new(),
            browser: String::new(),
        }),
    };
    let done = house.store.perform(&act(&house, "x"), &deed).await.unwrap();
    assert!(done.is_some());
    browser.cookie = Some(token);
    assert!(!browser.is_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn control_characters_of_a_form_reach_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 1).await;
    let mut ada = somebody(&house, "Ada", Role::Operator, "192.0.2.1").await;
    regwire::daemon::jobs::lock::check(&house).await.unwrap();
    let fields = [("why", "the re\0lay is \u{1b}[31mmoved")];
    let answer = ada.press("/operate", "/operate/pause", &fields).await;
    assert_eq!(answer.status, 303);
    let body = ada.get("/operate").await.body;
    assert!(body.contains("paused: the relay is [31mmoved"), "{body}");
    let lines = house.store.audit_lines(None, 50).await.unwrap();
    for line in &lines {
        for text in [
            &line.who,
            &line.from,
            &line.subject,
            &line.before,
            &line.after,
        ] {
            assert!(!text.contains(char::is_control), "{text:?}");
        }
    }
    for path in [
        "/operate/subscribers?q=%00ada%40example.org",
        "/operate/updates?q=%00",
    ] {
        assert_eq!(ada.get(path).await.status, 200, "{path}");
    }
}

#[test]
fn what_is_printed_of_a_deed_is_no_secret() {
    let secret = CodeSecret::new([7; 20]);
    let deed = Deed::SetSecondFactor {
        operator: OperatorId::named("Ada").unwrap(),
        secret: Some((secret.clone(), 1)),
        codes: vec!["hash-of-a-code".to_owned()],
        session: "hash-of-a-session".to_owned(),
        step: None,
        recovery: None,
    };
    let printed = format!("{deed:?}");
    assert_eq!(printed, "SetSecondFactor");
    assert!(!printed.contains(&secret.text()));
}
