use proptest::prelude::*;

use super::*;

fn because(rule: &str, field: Field, text: &str, start: usize) -> Because {
    Because {
        rule: rule.to_owned().into(),
        field,
        text: text.to_owned(),
        start,
    }
}

/// A reason at the place where its words stand in the text.
fn at(rule: &str, text: &str, words: &str) -> Because {
    let byte = text.find(words).unwrap();
    because(rule, Field::Summary, words, text[..byte].chars().count())
}

#[test]
fn the_sentence_that_earned_the_tags_is_taken() {
    let text = "Privacy has been in the news a lot. Summer was long. The regulator fined Acme Ltd. under the GDPR \
                on Monday. Shares fell. Read more on our site.";
    let reasons = [at("alias", text, "GDPR"), at("kind-phrase", text, "fined")];
    assert_eq!(
        summary("A hard week for Acme", text, &reasons, 90),
        "The regulator fined Acme Ltd. under the GDPR on Monday."
    );
}

#[test]
fn two_sentences_where_both_say_something() {
    let text = "ISO/IEC 42005:2025 was published in May 2025. It gives guidance for AI system impact assessments. \
                The committee met in Seoul.";
    let reasons = [
        at("reference", text, "ISO/IEC 42005:2025"),
        at("kind-phrase", text, "published"),
        at("topic", text, "impact assessments"),
    ];
    assert_eq!(
        summary("New standard", text, &reasons, 300),
        "ISO/IEC 42005:2025 was published in May 2025. It gives guidance for AI system impact assessments."
    );
}

#[test]
fn a_sentence_that_points_back_brings_the_one_before() {
    let text = "The board met on Tuesday to talk about its plan. It adopted final guidelines under the GDPR and \
                published them with an annex of examples for controllers.";
    let reasons = [
        at("kind-phrase", text, "adopted final guidelines"),
        at("alias", text, "GDPR"),
        at("kind-phrase", text, "published"),
    ];
    assert_eq!(summary("Board news", text, &reasons, 400), text);
}

#[test]
fn the_headline_is_not_said_again_and_furniture_is_left() {
    assert_eq!(
        summary("CNIL fines Norvalis", "CNIL fines Norvalis.", &[], 300),
        ""
    );
    assert_eq!(summary("A", "", &[], 300), "");
    assert_eq!(
        summary(
            "CNIL fines Norvalis",
            "CNIL fines Norvalis. Subscribe to our letter. The penalty is 3.5 million euros. The post X appeared first on Y.",
            &[],
            300
        ),
        "The penalty is 3.5 million euros."
    );
}

#[test]
fn the_limit_holds_and_no_word_is_cut() {
    let text = "The Commission adopted the implementing regulation on important products on Friday";
    assert_eq!(
        summary("x", text, &[], 40),
        "The Commission adopted the implementing…"
    );
    assert_eq!(summary("x", text, &[], 5), "The…");
    assert_eq!(summary("x", text, &[], 3), "");
    assert_eq!(summary("x", text, &[], 0), "");
    let text = "该办法自2025年9月1日起施行。平台应当添加标识。";
    assert_eq!(
        summary("x", text, &[], 300),
        text.replace('。', "。 ").trim_end()
    );
}

#[test]
fn sentences_apart_are_shown_apart() {
    let text = "The FTC finalised its order against Acme. Weather in the city was fine that day. Nobody came to \
                look. Acme must delete location data under the COPPA Rule by 1 May.";
    let reasons = [
        at("body", text, "FTC"),
        at("kind-phrase", text, "finalised its order"),
        at("alias", text, "COPPA Rule"),
        at("kind-phrase", text, "must delete"),
    ];
    assert_eq!(
        summary("Order", text, &reasons, 300),
        "The FTC finalised its order against Acme. […] Acme must delete location data under the COPPA Rule by 1 May."
    );
}

proptest! {
    #[test]
    fn only_the_sources_own_words_within_the_limit(
        headline in "\\PC{0,40}",
        text in "([A-Z][a-z]{1,8}( [a-z0-9]{1,9}){0,9}[.!?]? ){0,8}|\\PC{0,200}",
        start in 0_usize..100,
        limit in 0_usize..200,
    ) {
        let reasons = [because("kind-phrase", Field::Summary, "x", start), because("alias", Field::Headline, "abc", 0)];
        let told = summary(&headline, &text, &reasons, limit);
        prop_assert!(told.chars().count() <= limit);
        let own: Vec<&str> = text.split_whitespace().collect();
        for word in told.split_whitespace().filter(|word| *word != "[…]") {
            let bare = word.strip_suffix('…').unwrap_or(word);
            prop_assert!(own.iter().any(|w| *w == word || w.contains(bare)), "{word:?} of {told:?}");
        }
    }

    #[test]
    fn no_word_of_ascii_text_is_cut(
        text in "[A-Z][a-z]{1,8}( [a-z]{1,9}){0,30}\\.",
        limit in 0_usize..120,
    ) {
        let told = summary("", &text, &[], limit);
        for word in told.split_whitespace() {
            let bare = word.trim_end_matches(['…', '.']);
            prop_assert!(text.split([' ', '.']).any(|own| own == bare), "{word} of {text}");
        }
    }
}
