//! Rules one by one, and laws for any page.

use proptest::prelude::*;

use super::*;
use crate::domain::page::{Block, BlockKind, Reader};
use crate::text::diff::Part;

fn page(blocks: &[&str]) -> PageText {
    PageText {
        blocks: blocks
            .iter()
            .map(|text| Block::new(BlockKind::Paragraph, *text))
            .collect(),
        ..PageText::default()
    }
}

fn compared(before: &[&str], after: &[&str]) -> Verdict {
    let (before, after) = (page(before), page(after));
    let past = Past {
        last: Some(&before),
        ..Past::default()
    };
    compare(&past, &after)
}

fn told(before: &[&str], after: &[&str]) -> Option<PageChange> {
    match compared(before, after) {
        Verdict::Changed(change) => Some(change),
        _ => None,
    }
}

#[test]
fn the_first_look_tells_nothing() {
    let now = page(&["Anything"]);
    assert_eq!(compare(&Past::default(), &now), Verdict::First);
    // Another reader breaks its lines elsewhere: its text is a new beginning.
    let read_by = |reader, text| PageText {
        reader,
        ..page(&[text])
    };
    let before = read_by(Reader::Pdftotext, "Something else, read by another");
    let past = Past {
        last: Some(&before),
        ..Past::default()
    };
    let now = read_by(Reader::PdfExtract, "Anything");
    assert_eq!(compare(&past, &now), Verdict::First);
}

#[test]
fn a_page_in_the_place_of_a_pdf_is_doubted_first() {
    let mut pdf = page(&["Guidance on incidents"]);
    pdf.reader = Reader::PdfExtract;
    let html = page(&["All our documents"]);
    for (before, now, code) in [
        (&pdf, &html, FaultCode::HtmlPage),
        (&html, &pdf, FaultCode::NotAPage),
    ] {
        let mut past = Past {
            last: Some(before),
            ..Past::default()
        };
        for expected in 1..READINGS_TO_BELIEVE {
            let Verdict::Doubted {
                state,
                times,
                fault,
            } = compare(&past, now)
            else {
                panic!("{code:?}")
            };
            assert_eq!((times, fault.code), (expected, code));
            past.doubted = Some((state, times));
        }
        assert_eq!(compare(&past, now), Verdict::First);
    }
}

#[test]
fn another_language_is_doubted_first() {
    let speaking = |language: &str, text: &str| {
        let mut page = page(&[text; 10]);
        for (number, block) in page.blocks.iter_mut().enumerate() {
            block.text.push_str(&format!(" {number}"));
        }
        page.language = Some(language.to_owned());
        page
    };
    let english = speaking(
        "en-GB",
        "Providers shall report each serious incident without delay",
    );
    let past = Past {
        last: Some(&english),
        ..Past::default()
    };
    let german = speaking(
        "de",
        "Anbieter melden jeden schweren Vorfall ohne schuldhaftes Zögern",
    );
    let verdict = compare(&past, &german);
    assert!(
        matches!(&verdict, Verdict::Doubted { fault, .. } if fault.code == FaultCode::OtherLanguage),
        "{verdict:?}"
    );
    // A template that states another language says nothing about the words.
    let same = speaking(
        "de",
        "Providers shall report each serious incident without delay",
    );
    assert_eq!(compare(&past, &same), Verdict::Same);
}

#[test]
fn where_a_text_is_broken_does_not_matter() {
    let whole = [
        "Status",
        "Published",
        "A standard is reviewed every five years by its committee.",
    ];
    for other in [
        &[
            "Status: Published",
            "A standard is reviewed every five years by its committee.",
        ][..],
        &["Status: Published. A standard is reviewed every five years by its committee."],
        &[
            "Status",
            "Published",
            "A standard is reviewed",
            "every five years by its committee.",
        ],
    ] {
        assert_eq!(compared(&whole, other), Verdict::Same, "{other:?}");
        assert_eq!(compared(other, &whole), Verdict::Same, "{other:?}");
    }
}

#[test]
fn a_word_that_matters_is_seen_though_the_page_repeats_itself() {
    // Each row of words of the changed clause stands elsewhere, too.
    let clause = |n: usize, shall: &str| {
        format!("Clause {n}: this article {shall} apply to providers of services.")
    };
    let text = |third: &str| -> Vec<String> {
        (1..9)
            .map(|n| {
                clause(
                    n,
                    if n == 3 {
                        third
                    } else if n % 2 == 0 {
                        "shall not"
                    } else {
                        "shall"
                    },
                )
            })
            .collect()
    };
    let (before, after) = (text("shall not"), text("shall"));
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let after: Vec<&str> = after.iter().map(String::as_str).collect();
    let change = told(&before, &after).expect("told");
    assert_eq!(change.edits.len(), 1);
    assert!(change.text().contains("[-not-]"), "{}", change.text());
}

#[test]
fn a_value_in_a_cell_of_its_own_is_rewritten_in_its_place() {
    let change = told(
        &[
            "Title of the document",
            "Stage",
            "Enquiry",
            "Owner",
            "Committee nine",
        ],
        &[
            "Title of the document",
            "Stage",
            "Withdrawn",
            "Owner",
            "Committee nine",
        ],
    )
    .expect("told");
    assert_eq!(change.text(), "[-Enquiry-]{+Withdrawn+}");
    assert_eq!(change.counts(), "1 passage changed");
}

#[test]
fn slight_edits_are_taken_and_not_told() {
    let verdict = compared(
        &["Overview of our work for the public", "More about us"],
        &["Overview of our work for everybody", "More about us"],
    );
    assert!(
        matches!(verdict, Verdict::Slight(ref change) if change.weight < TOLD),
        "{verdict:?}"
    );
    // Any two versions are compared in full, noise and all.
    let change = between(
        &page(&["Last updated: 5 March 2026"]),
        &page(&["Last updated: 6 March 2026"]),
    );
    assert_eq!(change.text(), "Last updated: [-5-] {+6+} March 2026");
}

#[test]
fn the_publishers_word_is_told_when_it_is_new() {
    let change = || told(&["Reports within 30 days."], &["Reports within 15 days."]).unwrap();
    assert_eq!(
        noted(change(), None, Some("Shorter limits"))
            .note
            .as_deref(),
        Some("Shorter limits")
    );
    assert_eq!(
        noted(change(), Some("Shorter limits"), Some("Shorter limits")).note,
        None
    );
    assert_eq!(noted(change(), Some("Shorter limits"), None).note, None);
}

#[test]
fn the_same_edit_on_many_pages_is_told_once() {
    let banner = "From 1 July 2026 all applications are made through the new portal of the agency.";
    let mut changes: Vec<(&str, PageChange)> = ["a", "b", "c", "d"]
        .iter()
        .map(|name| {
            let own =
                format!("Guidance {name} says what providers of {name} have to do within 30 days.");
            let mut after = [banner.to_owned(), own.clone()];
            if *name == "c" {
                after[1] = own.replace("30 days", "10 days");
            }
            let after: Vec<&str> = after.iter().map(String::as_str).collect();
            (*name, told(&[own.as_str()], &after).expect("told"))
        })
        .collect();
    let groups = grouped(&mut changes, 3);
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].pages, ["a", "b", "c", "d"]);
    assert_eq!(groups[0].edit.after(), banner);
    let left: Vec<usize> = changes
        .iter()
        .map(|(_, change)| change.edits.len())
        .collect();
    assert_eq!(left, [0, 0, 1, 0]);
    assert!(changes[0].1.weight < TOLD && changes[2].1.weight > TOLD);
}

#[test]
fn two_pages_with_the_same_numbers_have_not_the_same_edit() {
    let one = told(&["Fees rise by 15 euro."], &["Fees rise by 20 euro."]).unwrap();
    let same = told(
        &["Other text.", "Fees rise by 15 euro."],
        &["Other text.", "Fees rise by 20 euro."],
    )
    .unwrap();
    let other = told(&["Answer within 15 days."], &["Answer within 20 days."]).unwrap();
    assert_eq!(one.fingerprint, same.fingerprint);
    assert_ne!(one.fingerprint, other.fingerprint);
}

#[test]
fn more_edits_than_anybody_reads_are_cut() {
    let text = |year: usize| -> Vec<String> {
        (0..1_000)
            .map(|n| format!("Entry {n} of the register is valid until {}.", year + n))
            .collect()
    };
    let (before, after) = (text(20_000), text(40_000));
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let after: Vec<&str> = after.iter().map(String::as_str).collect();
    let change = told(&before, &after).expect("told");
    assert_eq!(change.edits.len(), 500);
}

fn blocks() -> impl Strategy<Value = Vec<String>> {
    let word = prop_oneof![
        Just("shall"),
        Just("not"),
        Just("apply"),
        Just("30"),
        Just("days"),
        Just("the"),
        Just("report"),
        Just("2026-01-02"),
        Just("§"),
        Just("第三条"),
        Just("Last updated: 5 March 2026"),
        Just("é—"),
        Just("CHF 3"),
    ];
    let block = proptest::collection::vec(word, 0..9).prop_map(|words| words.join(" "));
    proptest::collection::vec(block, 0..12)
}

proptest! {
    #[test]
    fn a_page_is_the_same_as_itself_in_any_order(blocks in blocks(), by in 0_usize..12) {
        let texts: Vec<&str> = blocks.iter().map(String::as_str).collect();
        let mut turned = texts.clone();
        turned.rotate_left(by.min(texts.len()));
        prop_assert_eq!(compared(&texts, &turned), Verdict::Same);
        prop_assert_eq!(state(&page(&texts)), state(&page(&turned)));
    }

    #[test]
    fn any_two_pages_are_compared(before in blocks(), after in blocks()) {
        let (before, after) = (
            before.iter().map(String::as_str).collect::<Vec<_>>(),
            after.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        let change = between(&page(&before), &page(&after));
        prop_assert!((0.0..=1.0).contains(&change.weight));
        // What is told, is told with words that came or went.
        if let Verdict::Changed(change) | Verdict::Slight(change) = compared(&before, &after) {
            prop_assert!(!change.edits.is_empty());
            for edit in &change.edits {
                prop_assert!(edit.spans.iter().any(|span| span.part != Part::Equal), "{:?}", edit);
            }
        }
    }

    #[test]
    fn there_and_back_are_the_same_edits(before in blocks(), after in blocks()) {
        let (before, after) = (
            before.iter().map(String::as_str).collect::<Vec<_>>(),
            after.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        let differ = |verdict: &Verdict| !matches!(verdict, Verdict::Same);
        prop_assert_eq!(differ(&compared(&before, &after)), differ(&compared(&after, &before)));
    }
}
