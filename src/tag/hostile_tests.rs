//! Texts that nobody writes: whatever stands there is tagged, in the same way each time, with
//! reasons that lie where they say.

use proptest::prelude::*;

use super::tests::TAGGER;
use super::*;
use crate::domain::reference;

const MEGABYTE: usize = 1_000_000;

fn tagged(headline: &str, summary: &str) -> Tags {
    TAGGER.tag(&Subject {
        headline,
        summary,
        ..Subject::default()
    })
}

/// A million bytes of one thing each.
fn hostile() -> Vec<String> {
    [
        "ISO ",
        "ISO/IEC ",
        "(",
        "ISO (",
        "Regulation (EU) ",
        "x",
        "1",
        "27001/",
        "2024/",
        "–",
        "欧盟委员会",
        "规则",
        "AI Act, ",
        "the law of the state of the ",
        "\u{301}",
        "\u{200d}",
        "İ",
        "BS EN ISO/IEC 27001-1:2022+A1:2024 and ",
        "(GDPR ",
        "of the of the (GDPR) GDPR ",
        "Great Dogs Play Rough (GDPR) GDPR ",
    ]
    .iter()
    .map(|piece| piece.repeat(MEGABYTE / piece.len()))
    .collect()
}

#[test]
fn a_megabyte_of_one_thing_is_tagged() {
    for text in hostile() {
        let tags = tagged(&text, &text);
        let head: String = text.chars().take(30).collect();
        assert!(tags.frameworks.len() <= TAGGER.rules.library.frameworks.len());
        for tag in &tags.frameworks {
            assert!(tag.because.len() <= REASONS, "{head}: {tag:?}");
        }
    }
}

#[test]
fn a_megabyte_of_one_thing_is_searched_for_references() {
    for text in hostile() {
        for found in reference::find(&text, &TAGGER.rules.library.known_works) {
            assert!(found.byte_start < found.byte_end && found.byte_end <= text.len());
        }
    }
}

/// Every reason of a field lies in it where it says.
fn within(tags: &Tags, headline: &str, summary: &str) -> Result<(), TestCaseError> {
    let reasons = tags
        .frameworks
        .iter()
        .flat_map(|tag| &tag.because)
        .chain(tags.bodies.iter().flat_map(|tag| &tag.because))
        .chain(tags.topics.iter().flat_map(|tag| &tag.because))
        .chain(tags.jurisdictions.iter().flat_map(|tag| &tag.because))
        .chain(&tags.kind_because);
    for because in reasons {
        let text = match because.field {
            Field::Headline => headline,
            Field::Summary => summary,
            _ => continue,
        };
        let words: String = text
            .chars()
            .skip(because.start)
            .take(because.text.chars().count())
            .collect();
        prop_assert_eq!(&words, &because.text);
    }
    Ok(())
}

/// Our own words in any order, between signs that sway what they mean.
fn heap() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "ISO",
        "/IEC",
        "27001",
        "42001:2023",
        "GDPR",
        "UK",
        "the",
        "AI Act",
        "Act",
        "EU",
        "AI",
        "Korean",
        "ICO",
        "BSI",
        "CNIL",
        "fines",
        "fined",
        "publishes",
        "guidance",
        "draft of",
        "under",
        "-like",
        "-based",
        "Georgia",
        "Tech",
        "Washington",
        "state",
        "NIST",
        "CSF",
        "2.0",
        "(",
        ")",
        ":",
        ",",
        ".",
        "?",
        "–",
        "\"",
        "’s",
        "/",
        "-",
        "DSGVO",
        "Bußgeld",
        "RGPD",
        "règlement",
        "个人信息保护法",
        "罚款",
        "欧盟",
        "が",
        "개인정보",
        "in Kraft",
        "SOC",
        "2",
        "DORA",
        "Regulation (EU) 2024/1689",
        "webinar",
        "court",
        "annuls",
        "\u{0}",
        "\u{301}",
        "İ",
        "ß",
        "ｆ",
        "🏛️",
        "\n",
    ]);
    let joint = prop::sample::select(vec![" ", " ", " ", "", "\u{a0}", "\u{200b}"]);
    prop::collection::vec((piece, joint), 0..40).prop_map(|pieces| {
        pieces
            .into_iter()
            .flat_map(|(piece, joint)| [piece, joint])
            .collect()
    })
}

proptest! {
    #[test]
    fn any_heap_of_our_own_words_is_tagged(headline in heap(), summary in heap()) {
        let tags = tagged(&headline, &summary);
        within(&tags, &headline, &summary)?;
        prop_assert_eq!(&tags, &tagged(&headline, &summary));
        prop_assert_eq!(tags.kind.is_some(), !tags.kind_because.is_empty());
    }

    #[test]
    fn any_text_is_tagged(headline in "\\PC{0,120}", summary in any::<String>()) {
        within(&tagged(&headline, &summary), &headline, &summary)?;
    }
}

#[test]
fn a_citation_within_a_word_takes_no_words() {
    // Signs without width part nothing, so that the publisher's letters are the end of a longer word.
    let headline = "GDPR\u{200b}ISO 27001\u{200b}( \u{6b27}\u{76df} ";
    let tags = tagged(headline, "");
    within(&tags, headline, "").unwrap();
    assert_eq!(tags, tagged(headline, ""));
}

#[test]
fn two_taggers_of_a_library_agree() {
    let other = Tagger::new(Arc::clone(&TAGGER.rules.library));
    for headline in [
        "Irish DPC fines app under the GDPR, the UK GDPR and the Swiss FADP",
        "NIST, ENISA and BSI map CSF 2.0 to ISO/IEC 27001 and SOC 2 in Georgia",
    ] {
        let subject = Subject {
            headline,
            ..Subject::default()
        };
        assert_eq!(TAGGER.tag(&subject), other.tag(&subject));
    }
}
