use chrono::{DateTime, Utc};

use super::*;
use crate::domain::catalogue::{CatalogueRow, RowFacts};
use crate::domain::document::Sha256;
use crate::domain::evidence::Evidence;
use crate::domain::id::SourceId;
use crate::domain::standard::{Project, ProjectId};
use crate::domain::update::Authority;

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// A change of our own: `from` and `to` are the ends of its steps.
fn change(reference: &str, steps: &[&str], facts: RowFacts) -> ProjectChange {
    let to: Position = steps.last().unwrap_or(&"60.60").parse().unwrap();
    let row = CatalogueRow {
        key: "91234".to_owned(),
        file: None,
        project: ProjectId::numbered(91_234),
        reference: reference.to_owned(),
        work: "ISO/IEC 99042".to_owned(),
        position: to.clone(),
        rank: 0,
        facts,
    };
    ProjectChange {
        project: Project {
            id: row.project.clone(),
            work: row.work.clone(),
            reference: row.reference.clone(),
            position: to,
            since: at("2026-11-01T06:00:00Z"),
            source: SourceId::new("iso").unwrap(),
            row: row.key.clone(),
            rank: 0,
            first_seen: at("2026-01-01T06:00:00Z"),
            events: 4,
            facts: 2,
        },
        steps: steps
            .windows(2)
            .map(|pair| Step {
                from: Some(pair[0].parse().unwrap()),
                to: pair[1].parse().unwrap(),
                date: row.stated_day().filter(|_| pair[1] == "60.60"),
            })
            .collect(),
        row,
        first_event: 4,
        facts: Vec::new(),
        is_new: false,
        baseline: false,
        at: at("2026-11-01T06:00:00Z"),
    }
}

fn made(change: &ProjectChange) -> Update {
    let source = SourceId::new("iso").unwrap();
    let evidence = Evidence {
        document: 1,
        sha256: Sha256::of(b""),
        fetched_at: change.at,
        status: 200,
    };
    let document = crate::domain::address::WebAddress::new("https://iso.example/list").unwrap();
    let about = Circumstances {
        source: &source,
        authority: Authority::Official,
        document: &document,
        now: change.at,
        first_contact: false,
        evidence: &evidence,
    };
    let names = HashMap::from([("777".to_owned(), "ISO/IEC 99042:2027".to_owned())]);
    catalogue_update(change, &about, &names).update
}

#[test]
fn stages_of_the_brief_are_news_and_others_for_followers() {
    for (steps, reference, title, kind, reach) in [
        (
            &["10.60", "10.99"][..],
            "ISO/IEC AWI 99042",
            "new project approved (10.99)",
            Some("work_item"),
            Reach::News,
        ),
        (
            &["30.00", "30.20"],
            "ISO/IEC CD 99042",
            "committee draft out for study or ballot (30.20)",
            Some("draft_for_comment"),
            Reach::News,
        ),
        (
            &["40.00", "40.20"],
            "ISO/IEC DIS 99042",
            "enquiry ballot open (40.20)",
            Some("draft_for_comment"),
            Reach::News,
        ),
        (
            &["40.20", "40.60"],
            "ISO/IEC DIS 99042",
            "enquiry ballot closed (40.60)",
            None,
            Reach::Followers,
        ),
        (
            &["60.00", "60.60"],
            "ISO/IEC 99042:2026",
            "published (60.60)",
            Some("new_edition"),
            Reach::News,
        ),
        (
            &["90.60", "90.93"],
            "ISO/IEC 99042:2020",
            "confirmed (90.93)",
            Some("status_confirmed"),
            Reach::News,
        ),
        (
            &["90.92", "95.99"],
            "ISO/IEC 99042:2020",
            "withdrawn (95.99)",
            Some("withdrawal"),
            Reach::News,
        ),
        (
            &["40.20", "40.98"],
            "ISO/IEC DIS 99042",
            "project deleted (40.98)",
            None,
            Reach::Followers,
        ),
        // What lasts counts though the list went on; a ballot that closed meanwhile does not.
        (
            &["60.00", "60.60", "90.92"],
            "ISO/IEC 99042:2026",
            "to be revised (90.92)",
            Some("new_edition"),
            Reach::News,
        ),
        (
            &["40.00", "40.20", "40.60"],
            "ISO/IEC DIS 99042",
            "enquiry ballot closed (40.60)",
            None,
            Reach::Followers,
        ),
    ] {
        let update = made(&change(reference, steps, RowFacts::default()));
        assert_eq!(update.content.title, format!("{reference}: {title}"));
        assert_eq!(
            update.content.stated.kind.map(UpdateKind::as_str),
            kind,
            "{title}"
        );
        assert_eq!(update.reach, reach, "{title}");
        assert_eq!(update.key, "91234/stage/4");
        let news = update.content.stage.unwrap();
        assert_eq!(news.standard, "ISO/IEC 99042");
        assert_eq!(news.changes.len(), steps.len() - 1);
        assert_eq!(news.changes[0].date.to_string(), "2026-11-01");
    }
}

#[test]
fn what_was_there_is_archived_and_withdraws_nothing() {
    let mut first = change(
        "ISO/IEC 99042:2013",
        &["95.99", "95.99"],
        RowFacts::default(),
    );
    first.steps[0].from = None;
    first.is_new = true;
    for baseline in [true, false] {
        // Not at first contact either: a list may take in what is decades old.
        first.baseline = baseline;
        first.row.facts.published = Some("2013-10".parse().unwrap());
        let update = made(&first);
        assert_eq!(
            update.content.title,
            "ISO/IEC 99042:2013: listed as withdrawn (95.99)"
        );
        assert_eq!(
            (update.reach, update.content.stated.kind),
            (Reach::Archive, None)
        );
    }
    // What is new and of these days is news.
    let mut new = change(
        "ISO/IEC 99043:2026",
        &["60.60", "60.60"],
        RowFacts::default(),
    );
    new.steps[0].from = None;
    new.is_new = true;
    new.row.facts.published = Some("2026-10".parse().unwrap());
    assert_eq!(made(&new).reach, Reach::News);
    let mut project = change(
        "ISO/IEC AWI 99044",
        &["20.00", "20.00"],
        RowFacts::default(),
    );
    project.steps[0].from = None;
    project.is_new = true;
    assert_eq!(
        made(&project).content.stated.kind,
        Some(UpdateKind::WorkItem)
    );
}

#[test]
fn an_amendment_amends_and_a_successor_is_named() {
    let amendment = RowFacts {
        supplement: true,
        published: Some("2026-10-28".parse().unwrap()),
        ..RowFacts::default()
    };
    let update = made(&change(
        "ISO/IEC 99042:2021/Amd 1:2026",
        &["60.00", "60.60"],
        amendment,
    ));
    assert_eq!(update.content.stated.kind, Some(UpdateKind::Amendment));
    assert_eq!(update.content.published.unwrap().to_string(), "2026-10-28");
    assert_eq!(update.key_dates[0].label(), "publication");
    assert_eq!(
        update.content.stage.unwrap().changes[0].date.to_string(),
        "2026-10-28"
    );

    let replaced = RowFacts {
        replaced_by: vec!["777".to_owned(), "888".to_owned()],
        title: "Widgets".to_owned(),
        committee: Some("ISO/IEC JTC 1/SC 42".to_owned()),
        ..RowFacts::default()
    };
    let update = made(&change("ISO/IEC 99042:2020", &["90.92", "95.99"], replaced));
    assert_eq!(
        update.content.title,
        "ISO/IEC 99042:2020: withdrawn (95.99), replaced by ISO/IEC 99042:2027"
    );
    assert_eq!(
        update.content.summary,
        "Widgets. From 90.92 (to be revised) to 95.99 (withdrawn), first seen on 2026-11-01. Committee: ISO/IEC JTC 1/SC 42."
    );
    assert_eq!(update.content.stated.bodies, ["ISO", "IEC"]);
    assert_eq!(update.content.stated.references, ["ISO/IEC 99042:2020"]);
}

#[test]
fn a_period_of_comments_that_moves_is_a_deadline() {
    let draft = |close: &str| RowFacts {
        comments_open: Some("2026-08-03".parse().unwrap()),
        comments_close: Some(close.parse().unwrap()),
        ..RowFacts::default()
    };
    let opened = made(&change(
        "NIST SP 800-999 Rev. 2 ipd",
        &["ipd", "2pd"],
        draft("2026-10-02"),
    ));
    assert_eq!(
        opened.content.title,
        "NIST SP 800-999 Rev. 2 ipd: second public draft, comments until 2026-10-02"
    );
    assert_eq!(opened.content.stage, None);
    let dates: Vec<String> = opened
        .key_dates
        .iter()
        .map(|date| format!("{} {}", date.label(), date.date))
        .collect();
    assert_eq!(
        dates,
        ["comments open 2026-08-03", "comments close 2026-10-02"]
    );

    let mut moved = change("NIST SP 800-999 Rev. 2 ipd", &["ipd"], draft("2026-11-30"));
    moved.facts = vec![FactChange::Comments {
        from: Some("2026-10-02".parse().unwrap()),
        to: Some("2026-11-30".parse().unwrap()),
    }];
    let update = made(&moved);
    assert_eq!(
        update.content.title,
        "NIST SP 800-999 Rev. 2 ipd: comments until 2026-11-30, before until 2026-10-02"
    );
    assert_eq!(
        (update.content.stated.kind, update.reach),
        (Some(UpdateKind::Deadline), Reach::News)
    );
    // The day on which comments opened was said before and has not moved.
    let [close] = update.key_dates.as_slice() else {
        panic!("one day moved: {:?}", update.key_dates)
    };
    assert_eq!(
        (close.event, close.was.unwrap().to_string().as_str()),
        (DateEvent::CommentsClose, "2026-10-02")
    );
    assert_eq!(update.key, "91234/facts/2");
}

#[test]
fn other_facts_are_for_followers() {
    let mut renamed = change(
        "ISO/IEC DIS 99042",
        &["40.20"],
        RowFacts {
            title: "Gadgets".to_owned(),
            ..RowFacts::default()
        },
    );
    renamed.facts = vec![
        FactChange::Handed { from: None },
        FactChange::Renamed {
            from: "Widgets".to_owned(),
        },
        FactChange::Dated {
            from: Some("2026-05".parse().unwrap()),
            to: None,
        },
        FactChange::Replaces {
            what: vec!["999".to_owned()],
        },
    ];
    let update = made(&renamed);
    assert_eq!(
        update.content.title,
        "ISO/IEC DIS 99042: renamed “Gadgets”, before “Widgets”"
    );
    assert_eq!(
        (update.reach, update.content.stage),
        (Reach::Followers, None)
    );
    assert!(
        update
            .content
            .summary
            .contains("Date of publication no date, before 2026-05.")
    );
    // A number that nobody can name is left out.
    assert!(
        !update.content.summary.contains("999"),
        "{}",
        update.content.summary
    );
}
