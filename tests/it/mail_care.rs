//! What is done about mails beside sending them: bounces and complaints, a late issue, the hour that
//! a mailbox asked for, a store that was restored (promises: M10, M11, M14).

use chrono::TimeDelta;
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::bounces::{Noted, return_path, take};
use regwire::daemon::jobs::{deliver, digest, lock};
use regwire::daemon::{House, Shift};
use regwire::deliver::bounce::Verdict;
use regwire::domain::criteria::Criteria;
use regwire::domain::id::{DigestName, SubscriberId};
use regwire::domain::subscription::{EmailAddress, Frequency, Origin, OwnHour, Recipient};
use regwire::domain::token::Purpose;
use regwire::library::{Files, load};
use regwire::store::begun;

use crate::house::utc;
use crate::telling::{World, says, serve, sources};

struct Place {
    house: House,
    world: World,
    folder: tempfile::TempDir,
}

async fn open(folder: &std::path::Path, port: u16, clock: Clock) -> House {
    let text = "base_url = \"https://updates.example.org\"\ncontact = \"ops@example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n[mail]\nfrom = \"Regwire <digest@example.org>\"\nreturn_path = \"bounces@example.org\"\n[[digest]]\nname = \"weekly\"\ncron = \"0 8 * * 1\"\n";
    let config = Config::read(
        "regwire.toml",
        text,
        folder.to_owned(),
        folder.join("data"),
        |_| None,
    )
    .unwrap();
    let loaded = load(&Files::built_in().with_sources("sources.toml", sources(port)));
    House::open_with(config, clock, loaded).await.unwrap()
}

async fn place(names: &[&str]) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let (port, world) = serve().await;
    let clock = Clock::held(utc("2026-11-07T06:00:00Z"));
    let house = open(folder.path(), port, clock).await;
    let weekly = DigestName::new("weekly").unwrap();
    for name in names {
        house
            .store
            .subscribe(
                &EmailAddress::new(&format!("{name}@example.net")).unwrap(),
                &weekly,
                &Criteria::All,
                Origin::Operator,
                house.clock.now(),
            )
            .await
            .unwrap();
    }
    Place {
        house,
        world,
        folder,
    }
}

async fn send(house: &House) -> deliver::Sent {
    let shift = Shift::begin(house).await.unwrap().unwrap();
    let post = house.post().unwrap();
    digest::close_due(house, shift.lease()).await.unwrap();
    let sent = deliver::deliver_due(house, shift.lease(), &post)
        .await
        .unwrap();
    shift.end().await.unwrap();
    sent
}

fn dsn(to: &str, status: &str) -> Vec<u8> {
    format!("From: MAILER-DAEMON@mx.example.net\r\nTo: {to}\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; x@example.net\r\nAction: failed\r\nStatus: {status}\r\n--b--\r\n").into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_bounce_that_proves_itself_takes_a_mailbox_off() {
    let Place {
        house,
        world,
        folder: _folder,
    } = &place(&["ada", "bob", "cyd"]).await;
    says(
        house,
        world,
        "a",
        "ISO/IEC 42001:2026 published",
        "The second edition.",
    )
    .await;
    house.clock.move_to(utc("2026-11-09T08:00:01Z"));
    let shift = Shift::begin(house).await.unwrap().unwrap();
    digest::close_due(house, shift.lease()).await.unwrap();
    let due = house
        .store
        .due_deliveries(house.clock.now(), 10)
        .await
        .unwrap();
    let delivery = |name: &str| {
        due.iter()
            .find(|one| one.address.as_str().starts_with(name))
            .unwrap()
            .clone()
    };
    let signer = house.signer().await.unwrap();
    let path = |name: &str| return_path(house, &signer, delivery(name).id.as_str()).unwrap();
    let post = house.post().unwrap();
    deliver::deliver_due(house, shift.lease(), &post)
        .await
        .unwrap();
    shift.end().await.unwrap();

    // Forged: a right address and a wrong mark, another's mark, none.
    let ada = path("ada").to_string();
    let (start, _) = ada.rsplit_once('-').unwrap();
    let bob = path("bob").to_string();
    let mark = bob.split(['-', '@']).nth(1).unwrap();
    for to in [
        format!("{start}-0000000000000000@example.org"),
        format!("{start}-{mark}@example.org"),
        "ada@example.net".to_owned(),
    ] {
        assert!(
            matches!(
                take(house, &dsn(&to, "5.1.1")).await.unwrap(),
                Noted::Nothing(_)
            ),
            "{to}"
        );
    }
    assert_eq!(house.store.subscriptions(true).await.unwrap().len(), 3);

    let off = take(house, &dsn(&ada, "5.1.1")).await.unwrap();
    assert!(
        matches!(off, Noted::TakenOff(address, Verdict::Hard) if address.as_str() == "ada@example.net")
    );
    // Soft ones are counted, and only five over a fortnight take a mailbox off.
    for day in 0..6 {
        let mut report = dsn(&bob, "5.2.2");
        report.extend(format!("day {day}\r\n").into_bytes());
        let noted = take(house, &report).await.unwrap();
        assert!(
            matches!(noted, Noted::Counted(_, Verdict::Soft)),
            "{day} {noted:?}"
        );
        assert_eq!(
            noted,
            take(house, &report).await.unwrap(),
            "the same report again"
        );
        house.clock.move_to(house.clock.now() + TimeDelta::days(2));
    }
    house.clock.move_to(house.clock.now() + TimeDelta::days(3));
    let mut report = dsn(&bob, "5.2.2");
    report.extend(b"later\r\n");
    assert!(matches!(
        take(house, &report).await.unwrap(),
        Noted::TakenOff(_, Verdict::Soft)
    ));
    // A complaint names the mailbox by the link in the copy of the mail.
    let cyd = SubscriberId::of(&EmailAddress::new("cyd@example.net").unwrap());
    let token = signer.sign(Purpose::Unsubscribe, cyd.as_str(), "weekly");
    let arf = format!(
        "From: fbl@example.net\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nList-Unsubscribe: <https://updates.example.org/unsubscribe/{token}>\r\n--b--\r\n"
    );
    let off = take(house, arf.as_bytes()).await.unwrap();
    assert!(matches!(off, Noted::TakenOff(_, Verdict::Complaint)));
    assert_eq!(house.store.subscriptions(true).await.unwrap(), []);
    let reasons: Vec<&str> = house
        .store
        .subscriptions(false)
        .await
        .unwrap()
        .iter()
        .map(|one| one.ended.unwrap().1.as_str())
        .collect();
    assert_eq!(
        reasons
            .iter()
            .filter(|reason| **reason == "bounced")
            .count(),
        2
    );
    assert_eq!(
        reasons
            .iter()
            .filter(|reason| **reason == "complained")
            .count(),
        1
    );
    // Put on the list by the operator again, it is still not written to.
    let weekly = DigestName::new("weekly").unwrap();
    let address = EmailAddress::new("cyd@example.net").unwrap();
    house
        .store
        .subscribe(
            &address,
            &weekly,
            &Criteria::All,
            Origin::Import,
            house.clock.now(),
        )
        .await
        .unwrap();
    says(
        house,
        world,
        "b",
        "ISO/IEC 42006 published for certifiers",
        "Rules.",
    )
    .await;
    let monday = utc("2026-11-30T08:00:01Z");
    house.clock.move_to(monday.max(house.clock.now()));
    let sent = send(house).await;
    assert_eq!((sent.sent, sent.skipped), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_issue_waits_and_ten_missed_weeks_are_one() {
    let Place {
        house,
        world,
        folder: _folder,
    } = &place(&["ada"]).await;
    says(
        house,
        world,
        "a",
        "ISO/IEC 42001:2026 published",
        "The second edition.",
    )
    .await;
    house.clock.move_to(utc("2026-11-09T08:00:01Z"));
    assert_eq!(send(house).await.sent, 1);
    says(
        house,
        world,
        "b",
        "ISO/IEC 42006 published for certifiers",
        "Rules.",
    )
    .await;
    house.clock.move_to(utc("2027-01-20T12:00:00Z"));
    assert_eq!(send(house).await.sent, 0);
    let issues = house.store.issues(None).await.unwrap();
    assert_eq!(issues.len(), 2, "one for ten weeks");
    assert_eq!(
        (
            issues[0].number,
            issues[0].state.as_str(),
            issues[0].pending
        ),
        (2, "draft", 1)
    );
    let told = house.store.due_notices(house.clock.now()).await.unwrap();
    assert!(
        told.iter()
            .any(|notice| notice.subject.contains("late issue")
                && notice.address.as_str() == "ops@example.org")
    );
    let weekly = DigestName::new("weekly").unwrap();
    let shift = Shift::begin(house).await.unwrap().unwrap();
    assert!(
        house
            .store
            .set_introduction(shift.lease(), &weekly, 2, "After a pause.")
            .await
            .unwrap()
    );
    house
        .store
        .set_issue_state(
            shift.lease(),
            &weekly,
            2,
            regwire::domain::digest::IssueState::Sending,
        )
        .await
        .unwrap();
    let post = house.post().unwrap();
    assert_eq!(
        deliver::deliver_due(house, shift.lease(), &post)
            .await
            .unwrap()
            .sent,
        1
    );
    assert!(
        !house
            .store
            .set_introduction(shift.lease(), &weekly, 2, "Too late.")
            .await
            .unwrap()
    );
    shift.end().await.unwrap();
    let with_words = std::fs::read_dir(house.spool()).unwrap().filter(|entry| {
        std::fs::read_to_string(entry.as_ref().unwrap().path())
            .unwrap()
            .contains("After a pause.")
    });
    assert_eq!(with_words.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_gets_its_issue_at_its_own_hour() {
    let Place {
        house,
        world,
        folder: _folder,
    } = &place(&["ada"]).await;
    let address = EmailAddress::new("bob@example.net").unwrap();
    let hour = OwnHour::new(7, "America/New_York").unwrap();
    let frequency = Frequency::Digest(DigestName::new("weekly").unwrap(), Some(hour));
    let recipient = Recipient::Mailbox(SubscriberId::of(&address));
    house
        .store
        .begin_subscription(
            Some(&address),
            begun(
                recipient,
                frequency,
                Criteria::All,
                Origin::Operator,
                house.clock.now(),
            ),
        )
        .await
        .unwrap();
    says(
        house,
        world,
        "a",
        "ISO/IEC 42001:2026 published",
        "The second edition.",
    )
    .await;
    house.clock.move_to(utc("2026-11-09T08:00:01Z"));
    assert_eq!(send(house).await.sent, 1);
    house.clock.move_to(utc("2026-11-09T11:59:00Z"));
    assert_eq!(send(house).await.sent, 0);
    house.clock.move_to(utc("2026-11-09T12:00:00Z"));
    assert_eq!(send(house).await.sent, 1, "seven o'clock in New York");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_or_copied_store_sends_nothing_before_it_is_released() {
    let Place {
        house,
        world,
        folder,
    } = &place(&["ada"]).await;
    assert_eq!(lock::check(house).await.unwrap(), None);
    says(
        house,
        world,
        "a",
        "ISO/IEC 42001:2026 published",
        "The second edition.",
    )
    .await;
    assert_eq!(lock::check(house).await.unwrap(), None);
    // Copied elsewhere, without what lies beside it.
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(elsewhere.path().join("data")).unwrap();
    for name in ["regwire.db", "regwire.db-wal"] {
        let from = folder.path().join("data").join(name);
        if from.exists() {
            std::fs::copy(from, elsewhere.path().join("data").join(name)).unwrap();
        }
    }
    let copy = open(elsewhere.path(), 9, Clock::held(house.clock.now())).await;
    let why = lock::check(&copy).await.unwrap().unwrap();
    assert!(why.contains("restored"), "{why}");
    assert!(lock::check(&copy).await.unwrap().is_some(), "and stays so");
    lock::release(&copy).await.unwrap();
    assert_eq!(lock::check(&copy).await.unwrap(), None);
    // An older state of itself: what lies beside it has seen more.
    let beside = folder.path().join("data/instance");
    let text = std::fs::read_to_string(&beside).unwrap();
    let (instance, _) = text.split_once(' ').unwrap();
    std::fs::write(&beside, format!("{instance} 999\n")).unwrap();
    assert!(
        lock::check(house)
            .await
            .unwrap()
            .unwrap()
            .contains("older state")
    );
}
