//! What operators do all day: their requests reach the worker, and every change leaves its line.

use chrono::TimeDelta;
use regwire::daemon::jobs::errand::{self, Errand};
use regwire::daemon::jobs::{deliver, digest, lock};
use regwire::daemon::{House, Shift};
use regwire::domain::criteria::Criteria;
use regwire::domain::delivery::DeliveryState;
use regwire::domain::digest::IssueState;
use regwire::domain::id::DigestName;
use regwire::domain::operator::Role;
use regwire::domain::subscription::{EmailAddress, Origin};

use super::{Browser, somebody};
use crate::house::utc;
use crate::site::filled;

/// Does what was asked, as the worker's next round does.
async fn round(house: &House) -> Vec<serde_json::Value> {
    let shift = Shift::begin(house).await.unwrap().unwrap();
    let fetcher = house.fetcher().unwrap();
    let mut answers = Vec::new();
    for request in house.store.open_requests().await.unwrap() {
        let errand = Errand::of(&request).unwrap();
        let answer = errand::run(house, shift.lease(), &fetcher, &errand, |_, _| {})
            .await
            .unwrap_or_else(|error| serde_json::json!({ "error": error.to_string() }));
        let now = house.clock.now();
        house
            .store
            .answer_request(shift.lease(), request.id, &answer, now)
            .await
            .unwrap();
        answers.push(answer);
    }
    shift.end().await.unwrap();
    answers
}

async fn pressed(browser: &mut Browser, action: &str, fields: &[(&str, &str)]) -> String {
    let answer = browser.press("/operate", action, fields).await;
    assert_eq!(answer.status, 303, "{action}: {}", answer.body);
    answer.header("location").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_is_introduced_approved_and_held_back() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 3).await;
    let mut ada = somebody(&house, "Ada", Role::Operator, "192.0.2.1").await;
    let weekly = DigestName::new("weekly").unwrap();
    for name in ["one", "two"] {
        let address = EmailAddress::new(&format!("{name}@example.org")).unwrap();
        let now = house.clock.now();
        house
            .store
            .subscribe(&address, &weekly, &Criteria::All, Origin::Operator, now)
            .await
            .unwrap();
    }
    house.clock.move_to(utc("2026-11-16T08:00:30Z"));
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    let issues = digest::close_due(&house, shift.lease()).await.unwrap();
    let number = issues.last().unwrap().number;
    house
        .store
        .set_issue_state(shift.lease(), &weekly, number, IssueState::Draft)
        .await
        .unwrap();
    shift.end().await.unwrap();
    ada.log_in("Ada", super::PASSWORD, "").await;
    let state = async || {
        let issue = house.store.issue(&weekly, number).await.unwrap().unwrap();
        (issue.state, issue.introduction)
    };
    let page = format!("/operate/digests/weekly/{number}");
    assert!(
        ada.get("/operate")
            .await
            .body
            .contains("waits for approval")
    );
    let words = "A quiet week.\r\nBut for <this>.";
    pressed(&mut ada, &format!("{page}/introduce"), &[("text", words)]).await;
    // Without the tick nothing is sent.
    let answer = ada.press(&page, &format!("{page}/approve"), &[]).await;
    assert_eq!(answer.status, 422);
    round(&house).await;
    assert_eq!(
        state().await,
        (
            IssueState::Draft,
            "A quiet week.\nBut for <this>.".to_owned()
        )
    );
    let shown = ada.get(&page).await.body;
    assert!(shown.contains("But for &lt;this&gt;."));
    pressed(&mut ada, &format!("{page}/approve"), &[("sure", "yes")]).await;
    assert_eq!(state().await.0, IssueState::Draft, "the worker does it");
    round(&house).await;
    assert_eq!(state().await.0, IssueState::Sending);
    pressed(&mut ada, &format!("{page}/hold"), &[]).await;
    round(&house).await;
    assert_eq!(state().await.0, IssueState::Draft);
    assert!(
        house
            .store
            .due_deliveries(house.clock.now(), 10)
            .await
            .unwrap()
            .is_empty()
    );
    pressed(&mut ada, &format!("{page}/approve"), &[("sure", "yes")]).await;
    round(&house).await;
    // Paused: the issue stays where it is, at once and to its middle.
    lock::check(&house).await.unwrap();
    pressed(&mut ada, "/operate/pause", &[("why", "the relay is moved")]).await;
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    let post = house.post().unwrap();
    let sent = deliver::deliver_due(&house, shift.lease(), &post)
        .await
        .unwrap();
    assert_eq!(sent.sent, 0);
    shift.end().await.unwrap();
    assert!(
        ada.get("/operate")
            .await
            .body
            .contains("paused: the relay is moved")
    );
    pressed(&mut ada, "/operate/resume", &[]).await;
    round(&house).await;
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    let sent = deliver::deliver_due(&house, shift.lease(), &post)
        .await
        .unwrap();
    shift.end().await.unwrap();
    assert_eq!(sent.sent, 2);
    let acts: Vec<String> = house
        .store
        .audit_lines_after(0, 100)
        .await
        .unwrap()
        .into_iter()
        .filter(|line| line.who == "Ada" && line.from == "192.0.2.1")
        .map(|line| line.act)
        .collect();
    for act in [
        "introduction-asked",
        "approval-asked",
        "hold-asked",
        "paused",
        "resumed",
    ] {
        assert!(acts.iter().any(|known| known == act), "{act}: {acts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_notes_teams_and_mailboxes() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 3).await;
    let mut ada = somebody(&house, "Ada", Role::Operator, "192.0.2.1").await;
    // A source is fetched now, by the worker; nobody asks for one that there is not.
    pressed(&mut ada, "/operate/sources/bench/fetch", &[]).await;
    let none = ada
        .press("/operate", "/operate/sources/nowhere/fetch", &[])
        .await;
    assert_eq!(none.status, 404);
    // An editor's words.
    let (_, update) = house.store.latest(false, None, 1).await.unwrap().remove(0);
    let page = format!("/operate/updates/{}", update.id);
    let note = format!("{page}/note");
    pressed(
        &mut ada,
        &note,
        &[("part", "why"), ("text", "It <matters>.")],
    )
    .await;
    let long = "x".repeat(601);
    let answer = ada
        .press(&page, &note, &[("part", "why"), ("text", &long)])
        .await;
    assert_eq!(answer.status, 422);
    // A team's test, and one that is not there.
    pressed(&mut ada, "/operate/teams/nobody/test", &[]).await;
    let answers = round(&house).await;
    assert_eq!(answers.len(), 3);
    assert!(answers[0]["lines"][0]["source"] == "bench", "{answers:?}");
    assert_eq!(answers[1]["text"], "It <matters>.");
    assert!(
        answers[2]["error"]
            .as_str()
            .unwrap()
            .contains("no team nobody")
    );
    let shown = ada.get(&page).await.body;
    assert!(
        shown.contains("In an editor&#39;s words: It &lt;matters&gt;."),
        "{shown}"
    );
    assert!(ada.get("/operate").await.body.contains("no team nobody"));
    let found = ada.get("/operate/updates?q=%28%28%22").await;
    assert_eq!(found.status, 200);
    // A mailbox is found by a part of its address, and erased with the tick only.
    let weekly = DigestName::new("weekly").unwrap();
    for name in ["ada_1", "adam", "x%y"] {
        let address = EmailAddress::new(&format!("{name}@example.org")).unwrap();
        let now = house.clock.now();
        house
            .store
            .subscribe(&address, &weekly, &Criteria::All, Origin::Operator, now)
            .await
            .unwrap();
    }
    for (look, total) in [("", 3), ("ada", 2), ("ADA_", 1), ("%25", 1), ("nobody", 0)] {
        let page = ada
            .get(&format!("/operate/subscribers?q={look}"))
            .await
            .body;
        assert_eq!(page.matches("@example.org</a>").count(), total, "{look}");
    }
    let (adam, _) = house
        .store
        .subscribers()
        .await
        .unwrap()
        .into_iter()
        .find(|(one, _)| one.address.as_str() == "adam@example.org")
        .unwrap();
    let page = format!("/operate/subscribers/{}", adam.id);
    let erase = format!("{page}/erase");
    assert_eq!(ada.press(&page, &erase, &[]).await.status, 422);
    assert_eq!(
        ada.press(&page, &erase, &[("sure", "yes")]).await.status,
        303
    );
    assert_eq!(ada.get(&page).await.status, 404);
    assert_eq!(house.store.subscribers().await.unwrap().len(), 2);
    let lines = house.store.audit_lines(None, 10).await.unwrap();
    assert_eq!(lines[0].act, "erased");
    assert!(
        !format!("{lines:?}").contains("adam"),
        "the log keeps no address"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_is_sent_again_under_its_old_name() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 3).await;
    let weekly = DigestName::new("weekly").unwrap();
    let address = EmailAddress::new("ada@example.org").unwrap();
    let now = house.clock.now();
    house
        .store
        .subscribe(&address, &weekly, &Criteria::All, Origin::Operator, now)
        .await
        .unwrap();
    house.clock.move_to(utc("2026-11-16T08:00:30Z"));
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    digest::close_due(&house, shift.lease()).await.unwrap();
    let due = house
        .store
        .due_deliveries(house.clock.now(), 10)
        .await
        .unwrap();
    let at = house.clock.now();
    let results: Vec<_> = due
        .iter()
        .map(|one| regwire::store::DeliveryResult {
            id: one.id.clone(),
            state: DeliveryState::Failed,
            attempts: 1,
            next_try_at: at,
            answer: Some("550 <no> such mailbox".to_owned()),
            at,
        })
        .collect();
    house
        .store
        .record_deliveries(shift.lease(), &results)
        .await
        .unwrap();
    let number = due[0].number;
    let state = async || {
        house
            .store
            .issue(&weekly, number)
            .await
            .unwrap()
            .unwrap()
            .state
    };
    assert_eq!(state().await, IssueState::Finished);
    let mut ada = somebody(&house, "Ada", Role::Operator, "192.0.2.1").await;
    let page = ada.get("/operate/outbox").await.body;
    assert!(page.contains("550 &lt;no&gt; such mailbox"), "{page}");
    let id = due[0].id.to_string();
    let fields = [("queue", "mail"), ("id", id.as_str())];
    let to = pressed(&mut ada, "/operate/outbox/replay", &fields).await;
    assert_eq!(to, "/operate/outbox?done=replayed");
    let to = pressed(&mut ada, "/operate/outbox/replay", &fields).await;
    assert_eq!(
        to, "/operate/outbox?done=nothing",
        "it is not given up any more"
    );
    assert_eq!(state().await, IssueState::Sending);
    let again = house
        .store
        .due_deliveries(house.clock.now(), 10)
        .await
        .unwrap();
    assert_eq!((again.len(), again[0].id.clone()), (1, due[0].id.clone()));
    shift.end().await.unwrap();
    house
        .clock
        .move_to(house.clock.now() + TimeDelta::minutes(1));
    let lines = house.store.audit_lines(None, 10).await.unwrap();
    assert_eq!(
        (lines[0].before.as_str(), lines[0].after.as_str()),
        ("failed", "pending")
    );
}
