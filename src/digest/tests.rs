use super::*;
use crate::domain::calendar::CalendarFilter;
use crate::domain::calendar::tests::due;
use crate::domain::evidence::Evidence;
use crate::domain::id::{FrameworkId, JurisdictionId};
use crate::domain::key_date::{Certainty, DateEvent, KeyDate, Precision};
use crate::domain::update::{Authority, Because, Content, Field, FrameworkTag, Tags};

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

/// A mailbox that wants what these clauses name, by framework only; everything without any.
fn mail(edition: &Edition, wants: &[&[&str]]) -> Option<Plan> {
    plan(
        edition,
        &Library::default(),
        at(24 * 365),
        |place| {
            let item = &edition.items[place];
            let mut held: Option<Vec<Clause>> = None;
            for want in wants {
                let found: Vec<Clause> = want
                    .iter()
                    .map(|id| FrameworkId::new(*id).unwrap())
                    .filter(|id| item.frameworks.contains(id))
                    .map(Clause::Framework)
                    .collect();
                if want.is_empty() || !found.is_empty() {
                    held.get_or_insert_default().extend(found);
                }
            }
            held
        },
        |_| true,
    )
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
    let all = [
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
    let both = mail(&edition, &[&[], &["gdpr"]]).unwrap();
    assert_eq!(
        titles(&edition, &both),
        [
            (
                "What changed in the standards you follow".to_owned(),
                vec!["fine".to_owned()]
            ),
            (
                "What changed in standards and frameworks".to_owned(),
                vec!["edition".to_owned()]
            ),
            ("Everything else".to_owned(), vec!["other".to_owned()]),
        ]
    );
    assert_eq!(both.sections[0].items[0].because, ["framework:gdpr"]);
    assert_eq!(mail(&edition, &[&["nis2"]]), None);
    let one = mail(&edition, &[&["gdpr"], &["nis2"]]).unwrap();
    assert_eq!(titles(&edition, &one).len(), 1);
    let library = Library::default();
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
    let edition = edition(many, &[], Coverage::default(), Vec::new());
    assert_eq!((edition.items.len(), edition.left_out), (MOST_ITEMS, 7));
    let mail = mail(&edition, &[&[]]).unwrap();
    assert_eq!(mail.sections[0].items.len(), MOST_IN_A_MAIL);
    assert_eq!(mail.left_out as usize, MOST_ITEMS - MOST_IN_A_MAIL + 7);
}

#[test]
fn dates_stand_where_they_belong_and_bring_a_mail_only_when_they_are_near() {
    let line = |key: &str, event, day: &str| DateLine {
        teller: DateTeller::Update(update(key, None, None).id),
        title: key.to_owned(),
        meaning: DateMeaning::Event(event),
        day: day.parse().unwrap(),
        shown: day.to_owned(),
        certainty: Certainty::Stated,
        was: None,
        frameworks: Vec::new(),
        jurisdictions: vec![JurisdictionId::new("eu").unwrap()],
    };
    let mut edition = edition(Vec::new(), &[], Coverage::default(), Vec::new());
    edition.dates = vec![
        line("draft", DateEvent::CommentsClose, "1971-01-20"),
        line("act", DateEvent::Application, "1971-01-25"),
    ];
    assert_eq!(mail(&edition, &[]), None, "in three weeks");
    edition.dates[0].day = "1971-01-05".parse().unwrap();
    let mail = mail(&edition, &[]).unwrap();
    let told: Vec<(&str, &[usize])> = mail
        .sections
        .iter()
        .map(|section| (section.heading.as_str(), section.dates.as_slice()))
        .collect();
    assert_eq!(
        told,
        [
            ("Consultations closing", &[0][..]),
            ("Deadlines, and what is due in the next 30 days", &[1][..])
        ]
    );
}

#[test]
fn a_call_that_was_over_when_it_was_seen_is_not_told_as_open() {
    let call = |key: &str, closes: &str| {
        let mut update = update(key, Some(UpdateKind::Consultation), None);
        update.key_dates = vec![KeyDate {
            date: closes.parse().unwrap(),
            precision: Precision::Day,
            event: DateEvent::CommentsClose,
            certainty: Certainty::Stated,
            was: None,
            because: Because {
                rule: "stated".into(),
                field: Field::Stated,
                text: String::new(),
                start: 0,
            },
        }];
        update
    };
    let (open, over) = (call("open", "1970-01-01"), call("over", "1969-12-31"));
    assert!(!open.is_closed_call() && over.is_closed_call());
    let told = [open, over].map(|update| {
        let words = crate::summary::tell(&update, None, &Library::default(), &[]);
        Told {
            new: true,
            update,
            words,
        }
    });
    let edition = edition(told.into(), &[], Coverage::default(), Vec::new());
    let plan = public_plan(&edition, &Library::default());
    let headings: Vec<&str> = plan.sections.iter().map(|s| s.heading.as_str()).collect();
    assert_eq!(headings, ["Consultations closing", "Everything else"]);
}

#[test]
fn what_only_the_page_of_a_framework_has_is_told_too() {
    let library = crate::library::load(&crate::library::Files::built_in()).library;
    let pages = CalendarFilter::default().milestones(&library, "2026-11-20".parse().unwrap());
    let is_of_a_day = |page: &&Milestone<'_>| page.precision == Precision::Day;
    let page = pages.iter().find(is_of_a_day).unwrap();
    let (of, day) = (&page.framework.id, page.date);
    let told = |due: Vec<Due>| -> Vec<DateLine> {
        let mut lines = dates(due, &pages, day);
        lines.retain(|line| line.day == day && line.frameworks.contains(of));
        lines
    };
    let lines = told(Vec::new());
    let line = lines
        .iter()
        .find(|line| line.meaning == DateMeaning::Words(page.label.to_owned()))
        .unwrap();
    assert_eq!(line.teller, DateTeller::Page(of.clone()));
    assert_eq!(Heading::of_date(line), Heading::Deadlines);
    assert_eq!(line.certainty == Certainty::Read, page.is_confirmed);

    // An update that tells of the day takes its place.
    let mut update = due(DateEvent::Application, &day.to_string());
    update.frameworks.insert(of.clone());
    let lines = told(vec![update]);
    let tellers: Vec<bool> = lines
        .iter()
        .map(|line| matches!(line.teller, DateTeller::Update(_)))
        .collect();
    assert_eq!(tellers, [true]);
}

#[test]
fn a_date_that_was_frozen_before_pages_had_theirs_is_read() {
    let line: DateLine = serde_json::from_str(
        r#"{"update":"0123456789abcdef","title":"Draft","event":"comments_close","day":"2026-12-01",
            "shown":"1 December 2026","certainty":"stated","was":null,"frameworks":[],"jurisdictions":[]}"#,
    )
    .unwrap();
    assert!(matches!(line.teller, DateTeller::Update(_)));
    assert_eq!(line.meaning, DateMeaning::Event(DateEvent::CommentsClose));
    let again: DateLine = serde_json::from_str(&serde_json::to_string(&line).unwrap()).unwrap();
    assert_eq!(again, line);
}
