use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::domain::criteria::{Clause, Criteria};
use crate::domain::evidence::Evidence;
use crate::domain::id::{DigestName, FrameworkId, SubscriberId, SubscriptionId};
use crate::domain::subscription::{EmailAddress, Origin};
use crate::domain::update::{Authority, Content, FrameworkTag, Tags};

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
}

fn update(key: &str, kind: Option<UpdateKind>, framework: Option<&str>) -> Update {
    let source = SourceId::new("s").unwrap();
    Update {
        id: UpdateId::of(&source, key),
        source,
        key: key.to_owned(),
        revision: 1,
        first_seen: at(key.len() as i64),
        revised_at: at(1),
        content: Content {
            title: key.to_owned(),
            summary: "text ".repeat(300),
            ..Content::default()
        },
        authority: Authority::Official,
        reach: Reach::News,
        tags: Tags {
            kind,
            frameworks: framework
                .map(|id| FrameworkTag {
                    id: FrameworkId::new(id).unwrap(),
                    primary: true,
                    because: Vec::new(),
                })
                .into_iter()
                .collect(),
            ..Tags::default()
        },
        key_dates: Vec::new(),
        story: None,
        correction: false,
        cause: None,
        evidence: Evidence {
            document: 1,
            sha256: Sha256::of(b""),
            fetched_at: at(0),
            status: 200,
        },
    }
}

fn subscription(criteria: Criteria) -> Subscription {
    let subscriber = SubscriberId::of(&EmailAddress::new("a@example.org").unwrap());
    let digest = DigestName::new("weekly").unwrap();
    Subscription {
        id: SubscriptionId::of(&subscriber, &digest, &criteria.to_string(), "x"),
        subscriber,
        digest,
        criteria,
        origin: Origin::Operator,
        began_at: at(0),
        ended: None,
    }
}

fn new(update: Update) -> Told {
    Told {
        new: true,
        words: crate::domain::told::Told::default(),
        update,
    }
}

fn titles(edition: &Edition, plan: &Plan) -> Vec<(String, Vec<String>)> {
    plan.sections
        .iter()
        .map(|section| {
            (
                section.heading.clone(),
                section
                    .items
                    .iter()
                    .map(|item| edition.items[item.item].title.clone())
                    .collect(),
            )
        })
        .collect()
}

#[test]
fn only_news_is_told_once_and_in_its_newest_revision() {
    let mut archived = update("old", None, None);
    archived.reach = Reach::Archive;
    let mut second = update("a", Some(UpdateKind::Guidance), None);
    second.revision = 2;
    second.content.title = "a, corrected".to_owned();
    let mut earlier = update("earlier", None, None);
    earlier.revision = 3;
    let edition = edition(
        vec![
            new(archived),
            new(update("a", Some(UpdateKind::Guidance), None)),
            Told {
                new: false,
                words: crate::domain::told::Told::default(),
                update: second,
            },
            Told {
                new: false,
                words: crate::domain::told::Told::default(),
                update: earlier,
            },
        ],
        &[],
        Coverage::default(),
        Vec::new(),
    );
    let told: Vec<(&str, bool)> = edition
        .items
        .iter()
        .map(|i| (i.title.as_str(), i.correction))
        .collect();
    assert_eq!(told, [("a, corrected", false), ("earlier", true)]);
    assert!(
        edition.items[0].summary.chars().count() <= 300,
        "the default terms hold"
    );
}

#[test]
fn a_mailbox_gets_the_union_of_what_it_wants_each_item_once() {
    let all = vec![
        update("fine", Some(UpdateKind::Enforcement), Some("gdpr")),
        update(
            "edition",
            Some(UpdateKind::NewEdition),
            Some("iso-iec-42001"),
        ),
        update("other", None, None),
    ];
    let edition = edition(
        all.iter().cloned().map(new).collect(),
        &[],
        Coverage::default(),
        Vec::new(),
    );
    let library = Library::default();
    let follow = |id: &str| Clause::Framework(FrameworkId::new(id).unwrap());
    let everything = subscription(Criteria::All);
    let gdpr = subscription(Criteria::Any(vec![follow("gdpr")]));
    let none = subscription(Criteria::Any(vec![follow("nis2")]));
    let mail = plan(
        &edition,
        &[everything.clone(), gdpr.clone()],
        &library,
        &all,
    )
    .unwrap();
    assert_eq!(
        titles(&edition, &mail),
        [
            ("What you follow".to_owned(), vec!["fine".to_owned()]),
            (
                "Standards and frameworks".to_owned(),
                vec!["edition".to_owned()]
            ),
            ("Everything else".to_owned(), vec!["other".to_owned()]),
        ]
    );
    assert_eq!(mail.sections[0].items[0].because, ["framework:gdpr"]);
    assert_eq!(
        plan(&edition, std::slice::from_ref(&none), &library, &all),
        None
    );
    assert_eq!(
        titles(
            &edition,
            &plan(&edition, &[gdpr, none], &library, &all).unwrap()
        )
        .len(),
        1
    );
    let public = public_plan(&edition, &library);
    assert_eq!(
        public.sections.iter().map(|s| s.items.len()).sum::<usize>(),
        3
    );
}

#[test]
fn a_full_issue_says_what_it_leaves_out() {
    let many: Vec<Told> = (0..MOST_ITEMS + 7)
        .map(|n| new(update(&format!("k{n}"), None, None)))
        .collect();
    let updates: Vec<Update> = many.iter().map(|told| told.update.clone()).collect();
    let edition = edition(many, &[], Coverage::default(), Vec::new());
    assert_eq!((edition.items.len(), edition.left_out), (MOST_ITEMS, 7));
    let mail = plan(
        &edition,
        &[subscription(Criteria::All)],
        &Library::default(),
        &updates,
    )
    .unwrap();
    assert_eq!(mail.sections[0].items.len(), MOST_IN_A_MAIL);
    assert_eq!(mail.left_out as usize, MOST_ITEMS - MOST_IN_A_MAIL + 7);
}
