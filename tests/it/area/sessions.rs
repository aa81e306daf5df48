//! Log-ins: how they begin, how they end, and how they cannot be guessed (promises: W3, W9).

use std::time::Instant;

use chrono::TimeDelta;
use regwire::daemon::House;
use regwire::domain::id::OperatorId;
use regwire::domain::one_time_code::CodeSecret;
use regwire::domain::operator::{Operator, OperatorLink, Role, Session};
use regwire::domain::token::stored;
use regwire::store::Deed;

use super::{Browser, PASSWORD, act, link, somebody};
use crate::site::filled;

fn later(house: &House, by: TimeDelta) {
    house.clock.move_to(house.clock.now() + by);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_link_makes_the_first_operator_once() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 1).await;
    let first = |token: &str| {
        Deed::FirstLink(OperatorLink {
            hash: stored(token),
            operator: None,
            expires_at: house.clock.now() + TimeDelta::hours(24),
        })
    };
    let (old, token) = ("0".repeat(32), "1".repeat(32));
    let act = act(&house, "first-link-made");
    house.store.perform(&act, &first(&old)).await.unwrap();
    house.store.perform(&act, &first(&token)).await.unwrap();
    let mut browser = Browser::new(&house, "192.0.2.1");
    assert_eq!(
        browser.get(&format!("/operate/link/{old}")).await.status,
        404
    );
    let path = format!("/operate/link/{token}");
    // Opened by a preview, a scanner, twice: nothing is used up.
    for _ in 0..3 {
        assert_eq!(browser.get(&path).await.status, 200);
    }
    for (fields, why) in [
        (
            vec![("name", "Ada"), ("password", "short"), ("again", "short")],
            "at least 12",
        ),
        (
            vec![("name", "Ada"), ("password", PASSWORD), ("again", "other")],
            "not the same",
        ),
        (
            vec![("name", " "), ("password", PASSWORD), ("again", PASSWORD)],
            "letter",
        ),
    ] {
        let answer = browser.press(&path, &path, &fields).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains(why), "{why}");
    }
    let fields = [("name", "Ada"), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(browser.press(&path, &path, &fields).await.status, 303);
    assert!(browser.is_in().await);
    assert_eq!(browser.get(&path).await.status, 404, "it is used up");
    let all = house.store.operators().await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].name.as_str(), all[0].role), ("Ada", Role::Operator));
    // A link is good for a day.
    let bob = link(&house, "Bob", Role::Reader).await;
    later(&house, TimeDelta::hours(24));
    assert_eq!(browser.get(&bob).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_session_dies_at_once_and_all_of_them_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 1).await;
    let mut here = somebody(&house, "Ada", Role::Operator, "192.0.2.1").await;
    let mut there = Browser::new(&house, "192.0.2.2");
    // What the browser held before is worth nothing after: nobody can plant a session.
    there.get("/operate/login").await;
    let planted = there.cookie.clone().unwrap();
    assert_eq!(there.log_in("ada", PASSWORD, "").await.status, 303);
    assert_ne!(there.cookie.clone().unwrap(), planted);
    let mut thief = Browser::new(&house, "192.0.2.3");
    thief.cookie = Some(planted);
    assert!(!thief.is_in().await);
    // The store knows hashes only.
    let held = there.cookie.clone().unwrap();
    let data = folder.path().join("data");
    for entry in std::fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes
                .windows(held.len())
                .any(|part| part == held.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
    // A changed password.
    let new = "another horse battery";
    let page = "/operate/account";
    for (now, again) in [("wrong password!", new), (PASSWORD, "not the same one")] {
        let fields = [("password", now), ("new", new), ("again", again)];
        let answer = here.press(page, "/operate/account/password", &fields).await;
        assert_eq!(answer.status, 422);
    }
    assert!(there.is_in().await, "nothing was changed yet");
    let old = here.cookie.clone();
    let fields = [("password", PASSWORD), ("new", new), ("again", new)];
    let answer = here.press(page, "/operate/account/password", &fields).await;
    assert_eq!(answer.status, 303);
    assert!(here.is_in().await && !there.is_in().await);
    assert_ne!(here.cookie, old);
    thief.cookie = old;
    assert!(!thief.is_in().await, "its old name is dead, too");
    later(&house, TimeDelta::minutes(2));
    assert_eq!(there.log_in("Ada", PASSWORD, "").await.status, 422);
    assert_eq!(there.log_in("Ada", new, "").await.status, 303);
    // Everywhere.
    let answer = here.press(page, "/operate/account/everywhere", &[]).await;
    assert_eq!(answer.status, 303);
    assert!(!here.is_in().await && !there.is_in().await);
    assert_eq!(here.log_in("Ada", new, "").await.status, 303);
    // Another role, and disabled.
    let mut bob = somebody(&house, "Bob", Role::Operator, "192.0.2.4").await;
    let act = "/operate/operators/bob/role";
    let operators = "/operate/operators";
    assert_eq!(
        here.press(operators, act, &[("role", "reader")])
            .await
            .status,
        303
    );
    assert!(!bob.is_in().await);
    assert_eq!(bob.log_in("Bob", PASSWORD, "").await.status, 303);
    assert_eq!(bob.get(operators).await.status, 403);
    let act = "/operate/operators/bob/disable";
    assert_eq!(here.press(operators, act, &[]).await.status, 303);
    assert!(!bob.is_in().await);
    assert_eq!(bob.log_in("Bob", PASSWORD, "").await.status, 422);
    // Not oneself: somebody is left.
    for own in ["disable", "role"] {
        let act = format!("/operate/operators/ada/{own}");
        let answer = here.press(operators, &act, &[("role", "reader")]).await;
        assert_eq!(answer.status, 422, "{own}");
    }
    // Idle for twelve hours; used all the time, thirty days.
    later(&house, TimeDelta::hours(11));
    assert!(here.is_in().await);
    later(&house, TimeDelta::hours(11));
    assert!(here.is_in().await);
    later(&house, TimeDelta::hours(12));
    assert!(!here.is_in().await);
    assert_eq!(here.log_in("Ada", new, "").await.status, 303);
    let began = house.clock.now();
    while house.clock.now() - began < TimeDelta::hours(719) {
        later(&house, TimeDelta::hours(8));
        let lasts = house.clock.now() - began < TimeDelta::days(30);
        assert_eq!(here.is_in().await, lasts, "{}", house.clock.now() - began);
    }
    assert!(!here.is_in().await);
    // Out by the button: what the browser holds then is nobody's.
    assert_eq!(here.log_in("Ada", new, "").await.status, 303);
    let held = here.cookie.clone();
    assert_eq!(
        here.press("/operate", "/operate/logout", &[]).await.status,
        303
    );
    thief.cookie = held;
    assert!(!here.is_in().await && !thief.is_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slow_and_locks_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 1).await;
    somebody(&house, "Ada", Role::Operator, "192.0.2.1").await;
    let mut guesser = Browser::new(&house, "203.0.113.1");
    let told = async |browser: &mut Browser, name: &str| {
        let answer = browser.log_in(name, "a wrong password", "").await;
        let body = answer.body.replace(name, "NAME");
        let at = body.find("name=\"csrf\"").unwrap();
        (answer.status, body.replace(&body[at..at + 110], ""))
    };
    // Five tries a minute of one network on one account, whether there is one or not.
    for name in ["Ada", "Zoe"] {
        for _ in 0..5 {
            assert_eq!(told(&mut guesser, name).await.0, 422);
        }
        let answer = guesser.log_in(name, PASSWORD, "").await;
        assert_eq!(answer.status, 429, "the right one, too");
        assert_eq!(answer.header("retry-after"), "60");
    }
    // Unknown and wrong read alike, and take as long.
    let mut honest = Browser::new(&house, "198.51.100.1");
    assert_eq!(
        told(&mut honest, "Ada").await,
        told(&mut honest, "Zoe").await
    );
    let time = async |browser: &mut Browser, name: &str| {
        let began = Instant::now();
        browser.log_in(name, "a wrong password", "").await;
        began.elapsed()
    };
    let (known, unknown) = (
        time(&mut honest, "Ada").await,
        time(&mut honest, "Zoe").await,
    );
    // One that is not hashed takes a hundredth.
    assert!(
        unknown * 8 > known && known * 8 > unknown,
        "{known:?} {unknown:?}"
    );
    // Who comes from elsewhere is not kept out, and after a minute nobody is.
    assert_eq!(honest.log_in("Ada", PASSWORD, "").await.status, 303);
    later(&house, TimeDelta::seconds(61));
    assert_eq!(guesser.log_in("Ada", PASSWORD, "").await.status, 303);
    // Many names from one network.
    later(&house, TimeDelta::minutes(2));
    let mut sprayer = Browser::new(&house, "203.0.113.77");
    let mut tried = 0;
    for number in 0..40 {
        let answer = sprayer
            .log_in(&format!("name{number}"), "password1234", "")
            .await;
        tried += usize::from(answer.status == 422);
    }
    assert_eq!(tried, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_kept_cheaply_is_kept_well_after_a_log_in() {
    use argon2::password_hash::PasswordHasher as _;
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 1).await;
    link(&house, "Ada", Role::Operator).await;
    let cheap = argon2::Argon2::from(argon2::Params::new(8_192, 1, 1, None).unwrap())
        .hash_password_with_salt(PASSWORD.as_bytes(), b"sixteen bytes...")
        .unwrap()
        .to_string();
    let mut operator = Operator::invited("Ada", Role::Operator, house.clock.now()).unwrap();
    operator.password = Some(cheap.clone());
    let token = format!("{:0<32}", "ada");
    let session = Session {
        hash: "x".to_owned(),
        operator: operator.id.clone(),
        began_at: house.clock.now(),
        seen_at: house.clock.now(),
        from: String::new(),
        browser: String::new(),
    };
    let deed = Deed::UseLink {
        link: stored(&token),
        operator,
        session: Some(session),
    };
    house
        .store
        .perform(&act(&house, "x"), &deed)
        .await
        .unwrap()
        .unwrap();
    let kept = async || {
        let id = OperatorId::named("Ada").unwrap();
        house
            .store
            .operator(&id)
            .await
            .unwrap()
            .unwrap()
            .password
            .unwrap()
    };
    assert_eq!(kept().await, cheap);
    let mut browser = Browser::new(&house, "192.0.2.1");
    assert_eq!(browser.log_in("Ada", PASSWORD, "").await.status, 303);
    let now = kept().await;
    assert!(now.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{now}");
    browser.cookie = None;
    assert_eq!(browser.log_in("Ada", PASSWORD, "").await.status, 303);
    assert_eq!(kept().await, now, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_opens_once_and_recovery_codes_are_for_when_it_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 1).await;
    let mut here = somebody(&house, "Ada", Role::Operator, "192.0.2.1").await;
    let mut other = Browser::new(&house, "198.51.100.2");
    assert_eq!(other.log_in("Ada", PASSWORD, "").await.status, 303);
    let page = "/operate/account/code";
    let shown = here.get(page).await.body;
    assert!(shown.contains("<svg class=\"qr\"") && !shown.contains("style="));
    let (_, rest) = shown.split_once("name=\"secret\" value=\"").unwrap();
    let text = rest.split_once('"').unwrap().0.to_owned();
    let secret = CodeSecret::read(&text).unwrap();
    let code = secret.shown(house.clock.now());
    // A wrong code, and a wrong password, set nothing up.
    for (code, password) in [("000000", PASSWORD), (code.as_str(), "a wrong password")] {
        let fields = [
            ("secret", text.as_str()),
            ("code", code),
            ("password", password),
        ];
        assert_eq!(here.press(page, page, &fields).await.status, 422);
    }
    assert!(other.is_in().await);
    let fields = [
        ("secret", text.as_str()),
        ("code", code.as_str()),
        ("password", PASSWORD),
    ];
    let done = here.press(page, page, &fields).await;
    assert_eq!(done.status, 200);
    assert!(here.is_in().await && !other.is_in().await);
    let codes: Vec<String> = done
        .body
        .split("<li><code>")
        .skip(1)
        .map(|rest| rest.split_once('<').unwrap().0.to_owned())
        .collect();
    assert_eq!(codes.len(), 8);
    // The password alone is not enough, nor is the code that was used already.
    assert_eq!(other.log_in("Ada", PASSWORD, "").await.status, 422);
    assert_eq!(other.log_in("Ada", PASSWORD, &code).await.status, 422);
    later(&house, TimeDelta::seconds(90));
    let code = secret.shown(house.clock.now());
    assert_eq!(
        other.log_in("Ada", "a wrong password", &code).await.status,
        422
    );
    assert_eq!(other.log_in("Ada", PASSWORD, &code).await.status, 303);
    other.cookie = None;
    assert_eq!(
        other.log_in("Ada", PASSWORD, &code).await.status,
        422,
        "used"
    );
    // Codes are tried five times a minute, from wherever, by who knows the password; no answer says
    // that it was right.
    later(&house, TimeDelta::minutes(2));
    for number in 0..8 {
        let mut guesser = Browser::new(&house, &format!("203.0.{number}.1"));
        for password in ["a wrong password", PASSWORD] {
            let answer = guesser.log_in("Ada", password, "000001").await;
            assert_eq!(answer.status, 422, "{number} {password}");
            assert_eq!(answer.headers.get("retry-after"), None);
        }
    }
    let fresh = secret.shown(house.clock.now());
    let mut guesser = Browser::new(&house, "203.0.113.1");
    let answer = guesser.log_in("Ada", PASSWORD, &fresh).await;
    assert_eq!(answer.status, 422, "the right one, too");
    later(&house, TimeDelta::minutes(2));
    // A recovery code, once, however it is typed.
    let typed = codes[2].to_uppercase().replace('-', " ");
    assert_eq!(other.log_in("Ada", PASSWORD, &typed).await.status, 303);
    other.cookie = None;
    assert_eq!(other.log_in("Ada", PASSWORD, &codes[2]).await.status, 422);
    assert_eq!(
        other
            .log_in("Ada", PASSWORD, "aaaa-aaaa-aaaa-aaaa")
            .await
            .status,
        422
    );
    let account = here.get("/operate/account").await.body;
    assert!(account.contains("7 of 8 recovery codes are left"));
    // Off again, with the password and a code.
    later(&house, TimeDelta::minutes(2));
    let off = "/operate/account/code/end";
    let answer = here
        .press("/operate/account", off, &[("password", "a wrong password")])
        .await;
    assert_eq!(answer.status, 422);
    let answer = here
        .press("/operate/account", off, &[("password", PASSWORD)])
        .await;
    assert_eq!(answer.status, 422);
    let code = secret.shown(house.clock.now());
    let fields = [("password", PASSWORD), ("code", code.as_str())];
    let answer = here.press("/operate/account", off, &fields).await;
    assert_eq!(answer.status, 303);
    assert_eq!(other.log_in("Ada", PASSWORD, "").await.status, 303);
}
