use chrono::{DateTime, Days, NaiveDate, TimeDelta};
use proptest::prelude::*;

use super::*;
use crate::domain::address::WebAddress;
use crate::domain::document::Markup;
use crate::domain::id::{SourceId, UpdateId};
use crate::domain::key_date::DateEvent;
use crate::domain::stated::{ChangeNote, Stated, StatedDate};
use crate::domain::update::UpdateKind;
use crate::text::date::Stamp;

fn entry(guid: Option<&str>, url: Option<&str>, title: &str) -> Entry {
    Entry {
        guid: guid.map(str::to_owned),
        url: url.map(|url| WebAddress::new(url).unwrap()),
        title: title.to_owned(),
        ..Entry::default()
    }
}

/// What a store would know after these changes.
fn remember(known: &mut Vec<Known>, comparison: &Comparison) {
    let source = SourceId::new("s").unwrap();
    for change in &comparison.changes {
        match change {
            Change::New {
                key,
                fingerprint,
                entry,
                ..
            } => known.push(Known {
                id: UpdateId::of(&source, key),
                key: key.clone(),
                url: entry.url.clone(),
                title: html::line(&entry.title),
                revision: 1,
                fingerprint: *fingerprint,
            }),
            Change::Revised {
                known: before,
                fingerprint,
                entry,
                ..
            } => {
                let now = known.iter_mut().find(|k| k.id == before.id).unwrap();
                now.revision += 1;
                now.fingerprint = *fingerprint;
                now.title = html::line(&entry.title);
                now.url = entry.url.clone();
            }
        }
    }
}

fn round(known: &mut Vec<Known>, entries: Vec<Entry>) -> (usize, usize, usize) {
    let comparison = compare(keyed(entries), known);
    let new = comparison
        .changes
        .iter()
        .filter(|change| matches!(change, Change::New { .. }))
        .count();
    let counts = (new, comparison.changes.len() - new, comparison.unchanged);
    remember(known, &comparison);
    counts
}

#[test]
fn the_same_document_twice_changes_nothing() {
    let entries = || {
        vec![
            entry(Some("a"), Some("https://e.org/a"), "A"),
            entry(None, Some("https://e.org/b"), "B"),
            entry(None, None, "C"),
        ]
    };
    let mut known = Vec::new();
    assert_eq!(round(&mut known, entries()), (3, 0, 0));
    assert_eq!(round(&mut known, entries()), (0, 0, 3));
}

#[test]
fn a_guid_that_is_new_at_every_fetch_is_seen_through() {
    let mut known = Vec::new();
    for fetch in 0..100 {
        let guid = format!("guid-{fetch}");
        let counts = round(
            &mut known,
            vec![entry(Some(&guid), Some("https://e.org/a"), "The one item")],
        );
        assert_eq!(counts, if fetch == 0 { (1, 0, 0) } else { (0, 0, 1) });
    }
}

#[test]
fn two_items_under_one_guid_are_two() {
    let mut known = Vec::new();
    let entries = || {
        vec![
            entry(Some("dup"), Some("https://e.org/a"), "A"),
            entry(Some("dup"), Some("https://e.org/b"), "B"),
        ]
    };
    assert_eq!(round(&mut known, entries()), (2, 0, 0));
    assert_eq!(round(&mut known, entries()), (0, 0, 2));
    // One of them falls off the feed: the other is still the one it was.
    assert_eq!(
        round(
            &mut known,
            vec![entry(Some("dup"), Some("https://e.org/b"), "B")]
        ),
        (0, 0, 1)
    );
}

#[test]
fn one_item_listed_twice_is_one() {
    let mut known = Vec::new();
    let twice = || {
        vec![
            entry(Some("a"), Some("https://e.org/a"), "A"),
            entry(Some("a"), Some("https://e.org/a?utm_source=rss"), "A"),
        ]
    };
    assert_eq!(round(&mut known, twice()), (1, 0, 0));
}

#[test]
fn an_edit_is_a_revision_whatever_was_edited() {
    let mut known = Vec::new();
    round(
        &mut known,
        vec![
            entry(Some("a"), Some("https://e.org/a"), "A"),
            entry(None, Some("https://e.org/b"), "B"),
        ],
    );
    let mut edited = entry(Some("a"), Some("https://e.org/a"), "A");
    edited.summary = Some(Markup::Text("Now with a summary".to_owned()));
    assert_eq!(
        round(
            &mut known,
            vec![edited, entry(None, Some("https://e.org/b"), "B, corrected")]
        ),
        (0, 2, 0)
    );
    // The link of an item with an identity of its own may change, too.
    assert_eq!(
        round(
            &mut known,
            vec![entry(Some("a"), Some("https://e.org/a2"), "A")]
        )
        .1,
        1
    );
}

#[test]
fn several_items_on_one_page_stay_several() {
    let mut known = Vec::new();
    let entries = || {
        vec![
            entry(None, Some("https://e.org/changes"), "Version 2"),
            entry(None, Some("https://e.org/changes"), "Version 1"),
            entry(Some("g3"), Some("https://e.org/changes"), "Version 3"),
        ]
    };
    assert_eq!(round(&mut known, entries()), (3, 0, 0));
    assert_eq!(round(&mut known, entries()), (0, 0, 3));
}

#[test]
fn white_space_and_markup_are_no_text() {
    let with = |summary: &str| Entry {
        summary: Some(Markup::Html(summary.to_owned())),
        ..entry(Some("a"), None, "A")
    };
    assert_eq!(
        looks(&with("<p>One  two</p>")),
        looks(&with("<p class=\"x\">One\n two</p>"))
    );
    assert_ne!(looks(&with("<p>63</p>")), looks(&with("<p>66</p>")));
}

#[test]
fn endless_keys_are_cut_without_meeting() {
    let long = |end: &str| format!("{}{end}", "k".repeat(5_000));
    let keys: Vec<String> = keyed(vec![
        entry(Some(&long("1")), None, "A"),
        entry(Some(&long("2")), None, "B"),
    ])
    .into_iter()
    .map(|keyed| keyed.key)
    .collect();
    assert!(keys.iter().all(|key| key.len() < 100));
    assert_ne!(keys.first(), keys.last());
}

fn looks(entry: &Entry) -> Fingerprint {
    fingerprint(entry, &PlainTexts::of(entry))
}

fn stating(dates: &[(DateEvent, u64)], notes: &[(i64, &str)]) -> Entry {
    let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
    Entry {
        stated: Stated {
            dates: dates
                .iter()
                .map(|(event, days)| StatedDate {
                    event: *event,
                    date: day + Days::new(*days),
                    field: "closes".to_owned(),
                })
                .collect(),
            notes: notes
                .iter()
                .map(|(at, note)| ChangeNote {
                    at: DateTime::from_timestamp(*at, 0).unwrap(),
                    note: (*note).to_owned(),
                })
                .collect(),
            ..Stated::default()
        },
        ..entry(Some("a"), Some("https://e.org/a"), "A")
    }
}

#[test]
fn a_moved_deadline_and_a_new_note_are_revisions() {
    use DateEvent::{CommentsClose, EntryIntoForce};
    let mut known = Vec::new();
    let rounds = [
        (stating(&[(CommentsClose, 9)], &[]), (1, 0, 0)),
        (stating(&[(CommentsClose, 9)], &[]), (0, 0, 1)),
        // Moved; meant otherwise; gone.
        (stating(&[(CommentsClose, 30)], &[]), (0, 1, 0)),
        (stating(&[(EntryIntoForce, 30)], &[]), (0, 1, 0)),
        (stating(&[], &[]), (0, 1, 0)),
        // One note after the other, and the same ones in another order.
        (stating(&[], &[(1, "Published")]), (0, 1, 0)),
        (
            stating(&[], &[(1, "Published"), (2, "Extended")]),
            (0, 1, 0),
        ),
        (
            stating(&[], &[(2, "Extended"), (1, "Published")]),
            (0, 0, 1),
        ),
    ];
    for (number, (entry, counts)) in rounds.into_iter().enumerate() {
        assert_eq!(round(&mut known, vec![entry]), counts, "round {number}");
    }
    let mut named = stating(&[], &[]);
    named.stated.dates = stating(&[(CommentsClose, 9)], &[]).stated.dates;
    let before = looks(&named);
    // Under which name the interface states it does not matter.
    named.stated.dates[0].field = "closing_date".to_owned();
    assert_eq!(looks(&named), before);
}

#[test]
fn a_kind_and_a_version_that_change_are_revisions() {
    let mut known = Vec::new();
    let with = |kind, version: Option<&str>| Entry {
        version: version.map(str::to_owned),
        stated: Stated {
            kind,
            ..Stated::default()
        },
        ..entry(Some("a"), None, "A")
    };
    let consultation = Some(UpdateKind::Consultation);
    assert_eq!(round(&mut known, vec![with(consultation, None)]), (1, 0, 0));
    assert_eq!(
        round(&mut known, vec![with(Some(UpdateKind::Guidance), None)]),
        (0, 1, 0)
    );
    let one = || vec![with(Some(UpdateKind::Guidance), Some("1"))];
    assert_eq!(round(&mut known, one()), (0, 1, 0));
    assert_eq!(round(&mut known, one()), (0, 0, 1));
}

proptest! {
    /// Many publishers set their dates anew at every fetch: only what is stated as a day with a
    /// meaning revises.
    #[test]
    fn dates_set_anew_do_not_revise(seconds in proptest::collection::vec(0_i64..4_000_000_000, 1..20), closes in 0_u64..400) {
        let mut known = Vec::new();
        for (fetch, second) in seconds.into_iter().enumerate() {
            let moment = DateTime::from_timestamp(second, 0).unwrap();
            let entry = Entry {
                published: Some(Stamp::Instant(moment)),
                modified: Some(Stamp::Day((moment + TimeDelta::days(3)).date_naive())),
                ..stating(&[(DateEvent::CommentsClose, closes)], &[])
            };
            let expected = if fetch == 0 { (1, 0, 0) } else { (0, 0, 1) };
            prop_assert_eq!(round(&mut known, vec![entry]), expected);
        }
    }
}
