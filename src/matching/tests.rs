use chrono::{DateTime, TimeDelta};

use super::*;
use crate::domain::document::Sha256;
use crate::domain::evidence::Evidence;
use crate::domain::id::{FrameworkId, SourceId, UpdateId};
use crate::domain::update::{Authority, Content, FrameworkTag, Tags, UpdateKind};

fn update(title: &str) -> Update {
    let source = SourceId::new("iso-news").unwrap();
    Update {
        id: UpdateId::of(&source, title),
        source,
        key: title.to_owned(),
        revision: 1,
        first_seen: DateTime::UNIX_EPOCH + TimeDelta::days(20_000),
        revised_at: DateTime::UNIX_EPOCH + TimeDelta::days(20_000),
        content: Content {
            title: title.to_owned(),
            ..Content::default()
        },
        authority: Authority::Official,
        reach: Reach::News,
        tags: Tags {
            kind: Some(UpdateKind::Guidance),
            frameworks: vec![FrameworkTag {
                id: FrameworkId::new("eu-ai-act").unwrap(),
                primary: true,
                because: Vec::new(),
            }],
            ..Tags::default()
        },
        key_dates: Vec::new(),
        story: None,
        correction: false,
        cause: None,
        evidence: Evidence {
            document: 1,
            sha256: Sha256::of(b""),
            fetched_at: DateTime::UNIX_EPOCH,
            status: 200,
        },
    }
}

fn any(clauses: &[&str]) -> Criteria {
    Criteria::Any(
        clauses
            .iter()
            .map(|clause| clause.parse().unwrap())
            .collect(),
    )
}

fn every(clauses: &[&str]) -> Criteria {
    Criteria::Every(
        clauses
            .iter()
            .map(|clause| clause.parse().unwrap())
            .collect(),
    )
}

fn why(criteria: &Criteria, update: &Update) -> Option<Vec<String>> {
    let matcher = Matcher::new([criteria], &KnownWorks::default());
    matcher
        .matches(update, &mut Scratch::default())
        .first()
        .map(|found| {
            clauses(criteria, found)
                .into_iter()
                .map(ToString::to_string)
                .collect()
        })
}

#[test]
fn a_match_says_which_clauses_hold() {
    let update = update("The AI Office publishes guidelines on model risk");
    assert_eq!(why(&Criteria::All, &update), Some(Vec::new()));
    assert_eq!(
        why(
            &any(&[
                "framework:eu-ai-act",
                "kind:enforcement",
                "query:\"model risk\" guideline"
            ]),
            &update
        ),
        Some(vec![
            "framework:eu-ai-act".to_owned(),
            "query:\"model risk\" guideline".to_owned()
        ])
    );
    assert_eq!(why(&any(&["kind:enforcement"]), &update), None);
    assert!(why(&every(&["kind:guidance", "query:offi*"]), &update).is_some());
    assert_eq!(why(&every(&["kind:guidance", "query:fine"]), &update), None);
    assert_eq!(why(&any(&["query:\"risk model\""]), &update), None);
}

#[test]
fn what_is_for_followers_is_told_to_those_who_named_it() {
    let mut update = update("A stage without a kind");
    update.reach = Reach::Followers;
    assert_eq!(why(&Criteria::All, &update), None);
    assert_eq!(why(&any(&["framework:eu-ai-act"]), &update), None);
    assert_eq!(
        why(&any(&["framework:eu-ai-act", "source:iso-news"]), &update),
        Some(vec!["source:iso-news".to_owned()])
    );
    assert_eq!(
        why(&every(&["framework:eu-ai-act", "page:iso-news"]), &update),
        Some(vec![
            "framework:eu-ai-act".to_owned(),
            "page:iso-news".to_owned()
        ])
    );
    update.reach = Reach::Archive;
    assert_eq!(why(&any(&["source:iso-news"]), &update), None);
    // Who searches by hand finds what nobody is told of.
    let query = crate::domain::query::read("stage -fine", &KnownWorks::default()).query;
    let matcher = Matcher::of_searches([&query]);
    for reach in [Reach::News, Reach::Followers, Reach::Archive] {
        update.reach = reach;
        let found = matcher.finds(&update, &mut Scratch::default());
        assert_eq!(found.len(), 1, "{reach:?}");
    }
}

#[test]
fn one_scratch_serves_many_matchers_and_updates() {
    let one = any(&["query:model"]);
    let other = any(&["query:risk", "query:model"]);
    let mut scratch = Scratch::default();
    for _ in 0..3 {
        for criteria in [&one, &other] {
            let matcher = Matcher::new([criteria, &Criteria::All], &KnownWorks::default());
            let found = matcher.matches(&update("A model"), &mut scratch);
            assert_eq!(found.len(), 2);
            assert_eq!(matcher.matches(&update("None"), &mut scratch).len(), 1);
        }
    }
}

#[test]
fn what_can_tell_nothing_or_everything_is_refused_with_the_reason() {
    let today = "2026-11-29".parse().unwrap();
    let judged = |criteria: &Criteria| {
        judge(criteria, &KnownWorks::default(), today).map_err(|refusal| refusal.to_string())
    };
    for good in [
        Criteria::All,
        any(&["framework:eu-ai-act", "deadlines"]),
        every(&["kind:guidance", "query:fine -bank"]),
        any(&["query:fine OR -bank", "query:after:2026-12-01"]),
        every(&["jurisdiction:eu", "jurisdiction:us"]),
    ] {
        assert_eq!(judged(&good), Ok(()), "{good}");
    }
    for (bad, part) in [
        (Criteria::Any(Vec::new()), "no criterion"),
        (every(&["kind:guidance", "kind:enforcement"]), "one kind"),
        (every(&["source:a", "query:source:b fine"]), "one source"),
        (any(&["query:fine -fine"]), "excludes the same"),
        (any(&["query:before:2020"]), "is past"),
        (any(&["query:after:2028 before:2027"]), "no day"),
        (any(&["query:kind:news"]), "not understood"),
        (any(&["query:fine OR -fine"]), "everything"),
        (any(&["query:after:2020"]), "everything"),
        (any(&["query:*"]), "everything"),
    ] {
        let error = judged(&bad).unwrap_err();
        assert!(error.contains(part), "{bad}: {error}");
    }
}

proptest::proptest! {
    #[test]
    fn a_phrase_is_found_where_its_words_stand_side_by_side(
        text in proptest::collection::vec(0..3_usize, 0..40),
        phrase in proptest::collection::vec(0..3_usize, 1..10),
    ) {
        let word = |at: &usize| ["a1", "b1", "c1"][*at];
        let said: Vec<&str> = text.iter().map(word).collect();
        let asked: Vec<&str> = phrase.iter().map(word).collect();
        let expected = said.windows(asked.len()).any(|window| window == asked.as_slice());
        let criteria = any(&[&format!("query:\"{}\"", asked.join(" "))]);
        proptest::prop_assert_eq!(why(&criteria, &update(&said.join(" "))).is_some(), expected);
    }
}

#[test]
fn a_long_text_that_never_says_the_phrase_is_read_once() {
    let mut text = "alpha x ".repeat(60_000);
    text.push_str(&"beta x ".repeat(60_000));
    let began = crate::clock::worked();
    assert_eq!(why(&any(&["query:\"alpha beta\""]), &update(&text)), None);
    // Two lists of 60,000 places against each other would take minutes in a debug build.
    assert!(crate::clock::worked().saturating_sub(began).as_secs() < 20);
}
