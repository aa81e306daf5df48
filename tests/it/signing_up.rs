//! Signing up without an account, from outside: the form, the mail, the button, leaving, erasing
//! (promises: M2, M3, M5, M6, M13, M16).

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use chrono::TimeDelta;
use mail_parser::MessageParser;
use regwire::clock::Clock;
use regwire::daemon::jobs::{deliver, digest, health, signups};
use regwire::daemon::{House, Shift};
use regwire::domain::criteria::Criteria;
use regwire::domain::id::{DigestName, SubscriberId};
use regwire::domain::subscription::{EmailAddress, Frequency, Origin};
use regwire::web::{self, Visitor};
use tower::ServiceExt as _;

use crate::house::utc;

struct Place {
    house: House,
    router: Router,
    clock: Clock,
    world: crate::telling::World,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    text: String,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::held(utc("2026-11-07T10:00:00Z"));
        let (port, world) = crate::telling::serve().await;
        let sources = crate::telling::sources(port);
        let house =
            crate::house::open("sqlite:regwire.db", folder.path(), sources, clock.clone()).await;
        let router = web::router(web::Site {
            store: house.store.clone(),
            index: house.index.clone(),
            renderer: Arc::clone(&house.renderer),
            library: Arc::clone(&house.library),
            sources: Arc::clone(&house.sources),
            digests: house.config.digests.clone(),
            clock: house.clock.clone(),
        });
        Self {
            house,
            router,
            clock,
            world,
            _folder: folder,
        }
    }

    async fn ask(&self, method: Method, path: &str, from: &str, body: &str) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap();
        request
            .extensions_mut()
            .insert(Visitor(from.parse().unwrap()));
        let (head, body) = self
            .router
            .clone()
            .oneshot(request)
            .await
            .unwrap()
            .into_parts();
        let bytes = to_bytes(body, 4 << 20).await.unwrap();
        Answer {
            status: head.status.as_u16(),
            headers: head
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect(),
            text: String::from_utf8(bytes.to_vec())
                .unwrap()
                .replace("&#x2f;", "/"),
        }
    }

    async fn sign_up(&self, address: &str, from: &str, more: &str) -> Answer {
        let body = format!("address={}{more}", address.replace('+', "%2B"));
        self.ask(Method::POST, "/subscribe", from, &body).await
    }

    /// What the worker does about sign-ups and mails by themselves.
    async fn work(&self) -> u32 {
        let shift = Shift::begin(&self.house).await.unwrap().unwrap();
        let post = self.house.post().unwrap();
        let queued = signups::follow(&self.house, shift.lease()).await.unwrap();
        while health::send_notices(&self.house, shift.lease(), &post)
            .await
            .unwrap()
            > 0
        {}
        shift.end().await.unwrap();
        queued
    }

    async fn running(&self) -> usize {
        self.house.store.subscriptions(true).await.unwrap().len()
    }
}

/// Mails of the spool folder: recipient and text.
fn mails(spool: &Path) -> Vec<(String, String, Vec<u8>)> {
    let Ok(folder) = std::fs::read_dir(spool) else {
        return Vec::new();
    };
    let mut out: Vec<(String, String, Vec<u8>)> = folder
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .map(|bytes| {
            let read = MessageParser::default().parse(&bytes).unwrap();
            (
                read.to()
                    .unwrap()
                    .first()
                    .unwrap()
                    .address()
                    .unwrap()
                    .to_owned(),
                read.body_text(0).unwrap().into_owned(),
                bytes.clone(),
            )
        })
        .collect();
    out.sort();
    out
}

/// The path of the first link under `start` in a text.
fn link(text: &str, start: &str) -> String {
    let rest = &text[text
        .find(start)
        .unwrap_or_else(|| panic!("no {start} in {text}"))..];
    rest.split_whitespace().next().unwrap().to_owned()
}

const HOME: &str = "https://updates.example.org";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_begins_before_the_button_and_everything_ends_with_one() {
    let place = Place::new().await;
    let answer = place
        .sign_up(
            "ada@example.org",
            "192.0.2.1",
            "&want=standard:ISO%2FIEC+42001&want=framework:eu-ai-act&frequency=instant",
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(place.running().await, 0);
    assert_eq!(place.work().await, 1);
    let sent = mails(&place.house.spool());
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].0, "ada@example.org");
    let confirm = link(&sent[0].1, &format!("{HOME}/subscribe/confirm/"));
    let path = confirm.strip_prefix(HOME).unwrap().to_owned();

    // Whoever opens the link, and however often: nothing.
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::GET] {
        place.ask(method, &path, "198.51.100.9", "").await;
    }
    assert_eq!(place.running().await, 0);
    let page = place.ask(Method::GET, &path, "192.0.2.1", "").await;
    assert!(page.text.contains("method=\"post\"") && page.text.contains("ISO/IEC 42001"));
    // The button; pressed twice it says the same.
    let first = place.ask(Method::POST, &path, "192.0.2.1", "").await;
    let again = place.ask(Method::POST, &path, "192.0.2.1", "").await;
    assert_eq!((first.status, &first.text), (200, &again.text));
    assert_eq!(place.running().await, 1);
    let wrong = place
        .ask(Method::POST, "/subscribe/confirm/0123", "192.0.2.1", "")
        .await;
    assert_eq!(wrong.status, 404);

    // The page of preferences: how often, then everything that is kept.
    let preferences = link(&first.text.replace('"', " "), "/preferences/");
    let one = place.house.store.subscriptions(true).await.unwrap()[0].clone();
    assert_eq!(
        (one.origin, &one.frequency),
        (Origin::Form, &Frequency::Instant)
    );
    let shown = place.ask(Method::GET, &preferences, "192.0.2.1", "").await;
    assert!(shown.text.contains("a…@example.org") && !shown.text.contains("ada@example.org"));
    let changed = place
        .ask(
            Method::POST,
            &preferences,
            "192.0.2.1",
            &format!(
                "act=change&subscription={}&frequency=daily&hour=7&zone=Asia%2FTokyo",
                one.id
            ),
        )
        .await;
    assert!(changed.text.contains("Changed."), "{}", changed.text);
    let after = place.house.store.subscriptions(false).await.unwrap();
    assert_eq!(after.len(), 2, "the old row is kept, with its end");
    let now_so = place.house.store.subscriptions(true).await.unwrap();
    assert_eq!(now_so[0].frequency.to_string(), "daily at 7:00 Asia/Tokyo");
    assert_eq!(now_so[0].criteria, one.criteria);
    let kept = place
        .ask(
            Method::GET,
            &format!("{preferences}/export"),
            "192.0.2.1",
            "",
        )
        .await;
    let kept: serde_json::Value = serde_json::from_str(&kept.text).unwrap();
    assert_eq!(kept["consent"][0]["ip"], "192.0.2.1");
    assert_eq!(kept["consent"][0]["form"], "/subscribe");
    assert!(kept["consent"][0]["confirmed_at"].is_string());
    assert_eq!(kept["subscriptions"].as_array().unwrap().len(), 2);

    // Erased: nothing is found any more, and mail is kept from it.
    let erased = place
        .ask(
            Method::POST,
            &preferences,
            "192.0.2.1",
            "act=erase&sure=yes",
        )
        .await;
    assert!(erased.text.contains("Erased"));
    let ada = EmailAddress::new("ada@example.org").unwrap();
    let kept = place.house.store.kept_of(&ada).await.unwrap();
    assert_eq!(kept["consent"].as_array().unwrap().len(), 0);
    assert_eq!(kept["entered_at"], serde_json::Value::Null);
    let hash = place
        .house
        .signer()
        .await
        .unwrap()
        .hashed("ada@example.org");
    assert_eq!(
        place
            .house
            .store
            .suppression(&hash)
            .await
            .unwrap()
            .unwrap()
            .0,
        "erased"
    );
    assert_eq!(
        place
            .ask(Method::GET, &preferences, "192.0.2.1", "")
            .await
            .status,
        404
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_answers_alike_whoever_is_known() {
    let place = Place::new().await;
    let weekly = DigestName::new("weekly").unwrap();
    let known = EmailAddress::new("known@example.org").unwrap();
    place
        .house
        .store
        .subscribe(
            &known,
            &weekly,
            &Criteria::All,
            Origin::Operator,
            place.clock.now(),
        )
        .await
        .unwrap();
    let signer = place.house.signer().await.unwrap();
    place
        .house
        .store
        .suppress(
            &signer.hashed("gone@example.org"),
            "bounced",
            "550",
            place.clock.now(),
        )
        .await
        .unwrap();
    let mut answers = BTreeSet::new();
    for (number, address) in [
        "new@example.org",
        "known@example.org",
        "gone@example.org",
        "known@example.org",
    ]
    .into_iter()
    .enumerate()
    {
        let answer = place
            .sign_up(address, &format!("192.0.{number}.1"), "")
            .await;
        answers.insert(format!(
            "{} {:?} {}",
            answer.status, answer.headers, answer.text
        ));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    place.work().await;
    let sent = mails(&place.house.spool());
    let to: Vec<&str> = sent.iter().map(|(to, _, _)| to.as_str()).collect();
    assert_eq!(to, ["known@example.org", "new@example.org"]);
    assert!(sent[0].1.contains("told of them already"), "{}", sent[0].1);
    assert_eq!(place.running().await, 1, "asking again takes nothing away");
    // What is no address is told so, to everybody alike.
    for bad in ["ada", "a@b", "a@[127.0.0.1]", "a@c.org%0d%0aBcc:x@y.org"] {
        assert_eq!(
            place.sign_up(bad, "192.0.2.1", "").await.status,
            422,
            "{bad}"
        );
    }
    for bad in [
        "&search=fine+-fine",
        "&want=framework:nowhere",
        "&frequency=instant&hour=9&zone=Mars",
    ] {
        let answer = place.sign_up("new@example.org", "192.0.2.1", bad).await;
        assert!(
            answer.status == 422 || bad.contains("Mars"),
            "{bad}: {}",
            answer.status
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_sends_few_mails_and_keeps_nobody_out() {
    let place = Place::new().await;
    let posts = if std::env::var_os("REGWIRE_LONG").is_some() {
        10_000
    } else {
        1_500
    };
    // Forty nets flood; one address is asked for again and again.
    for number in 0..posts {
        let address = if number % 3 == 0 {
            "victim@example.org".to_owned()
        } else {
            format!("bot{number}@example.org")
        };
        place
            .sign_up(
                &address,
                &format!("203.0.{}.{}", number % 40, number % 250),
                "",
            )
            .await;
    }
    for number in 0..20 {
        place
            .sign_up(
                &format!("honest{number}@example.org"),
                &format!("198.{number}.100.7"),
                "",
            )
            .await;
    }
    for _ in 0..12 {
        place.work().await;
        place
            .clock
            .move_to(place.clock.now() + TimeDelta::minutes(5));
    }
    let sent = mails(&place.house.spool());
    let to = |start: &str| {
        sent.iter()
            .filter(|(to, _, _)| to.starts_with(start))
            .count()
    };
    assert_eq!(to("honest"), 20, "within the hour");
    assert!(to("victim") <= 1);
    assert!(sent.len() <= 300, "{}", sent.len());
    // A week later what nobody confirmed is gone, and the victim is asked three times for ever.
    for week in 1..=5 {
        place
            .clock
            .move_to(utc("2026-11-07T12:00:00Z") + TimeDelta::days(8 * week));
        for _ in 0..20 {
            place.work().await;
        }
        place.sign_up("victim@example.org", "192.0.2.200", "").await;
        place.work().await;
    }
    let sent = mails(&place.house.spool());
    let victim = sent
        .iter()
        .filter(|(to, _, _)| to.starts_with("victim"))
        .count();
    assert!(victim <= 3, "{victim}");
    place.clock.move_to(place.clock.now() + TimeDelta::days(9));
    for _ in 0..20 {
        place.work().await;
    }
    let bot = EmailAddress::new("bot1@example.org").unwrap();
    assert_eq!(place.house.store.signups_of(&bot).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_leaves_a_digest_that_is_going_out() {
    let place = Place::new().await;
    let weekly = DigestName::new("weekly").unwrap();
    let mut ids = Vec::new();
    for name in ["ada", "bob", "cyd"] {
        let address = EmailAddress::new(&format!("{name}@example.org")).unwrap();
        ids.push(SubscriberId::of(&address));
        place
            .house
            .store
            .subscribe(
                &address,
                &weekly,
                &Criteria::All,
                Origin::Operator,
                place.clock.now(),
            )
            .await
            .unwrap();
    }
    let title = "ISO/IEC 42005:2025 published";
    crate::telling::says(&place.house, &place.world, "new", title, "A method.").await;
    place.clock.move_to(utc("2026-11-09T08:00:30Z"));
    let shift = Shift::begin(&place.house).await.unwrap().unwrap();
    let issues = digest::close_due(&place.house, shift.lease())
        .await
        .unwrap();
    assert_eq!(issues.len(), 1);
    let due = place
        .house
        .store
        .due_deliveries(place.clock.now(), 10)
        .await
        .unwrap();
    assert_eq!(due.len(), 3);
    let signer = place.house.signer().await.unwrap();
    // Rendered for one and written for all: each mail is as if it had been made for its reader alone.
    let shared = deliver::Rendered::default();
    for delivery in &due {
        let together =
            deliver::compose(&place.house, &signer, &issues[0], delivery, &shared).unwrap();
        let alone = deliver::compose(
            &place.house,
            &signer,
            &issues[0],
            delivery,
            &deliver::Rendered::default(),
        )
        .unwrap();
        assert_eq!(together, alone);
    }
    let mail = deliver::compose(
        &place.house,
        &signer,
        &issues[0],
        due.iter()
            .find(|delivery| delivery.subscriber == ids[1])
            .unwrap(),
        &deliver::Rendered::default(),
    )
    .unwrap();
    let header = |name: &str| {
        mail.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.trim_matches(['<', '>']).to_owned())
            .unwrap()
    };
    assert_eq!(
        header("List-Unsubscribe-Post"),
        "List-Unsubscribe=One-Click"
    );
    let path = header("List-Unsubscribe")
        .strip_prefix(HOME)
        .unwrap()
        .to_owned();

    // Every link of the mail, opened in every way, changes nothing.
    let links: BTreeSet<String> = mail
        .html
        .split('"')
        .chain(mail.text.split_whitespace())
        .filter_map(|word| word.strip_prefix(HOME))
        .filter(|path| path.starts_with('/'))
        .map(str::to_owned)
        .collect();
    assert!(links.len() >= 4, "{links:?}");
    for link in links.iter().chain([&path]) {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            let answer = place.ask(method, link, "192.0.2.1", "").await;
            assert!(answer.status < 500, "{link}");
        }
    }
    assert_eq!(place.running().await, 3);

    for _ in 0..3 {
        let answer = place
            .ask(
                Method::POST,
                &path,
                "192.0.2.1",
                "List-Unsubscribe=One-Click",
            )
            .await;
        assert_eq!(answer.status, 200);
        assert!(
            !answer
                .headers
                .iter()
                .any(|(name, _)| name == "set-cookie" || name == "location")
        );
    }
    let forged = path.replace(ids[1].as_str(), ids[0].as_str());
    let same = place
        .ask(
            Method::POST,
            &forged,
            "192.0.2.1",
            "List-Unsubscribe=One-Click",
        )
        .await;
    assert_eq!(same.status, 200, "a bad link looks like a good one");
    assert_eq!(place.running().await, 2);
    let post = place.house.post().unwrap();
    let sent = deliver::deliver_due(&place.house, shift.lease(), &post)
        .await
        .unwrap();
    assert_eq!((sent.sent, sent.skipped), (2, 1));
    let to: Vec<String> = mails(&place.house.spool())
        .into_iter()
        .map(|(to, _, _)| to)
        .collect();
    assert_eq!(to, ["ada@example.org", "cyd@example.org"]);
    shift.end().await.unwrap();
}
