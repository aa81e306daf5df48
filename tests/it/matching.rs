//! A law: what a saved search is told is what searching by hand would find, update by update.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use regwire::domain::criteria::{Clause, Criteria};
use regwire::domain::document::Sha256;
use regwire::domain::evidence::Evidence;
use regwire::domain::id::{FrameworkId, JurisdictionId, SourceId, UpdateId};
use regwire::domain::query;
use regwire::domain::reference::{self, KnownWorks};
use regwire::domain::update::{
    Authority, Content, Field, FrameworkTag, Reach, ReferenceTag, Tag, Tags, Update, UpdateKind,
};
use regwire::matching::{Matcher, Scratch};
use regwire::search::{Index, SortOrder};
use regwire::text::html;

const WORDS: &[&str] = &[
    "risk",
    "risks",
    "model",
    "policy",
    "policies",
    "fine",
    "bank",
    "AI",
    "règlement",
    "e-mail",
    "guideline",
    "guidelines",
    "ISO/IEC",
    "42001",
    "42001:2023",
    "人工智能管理体系",
    "Straße",
    "x",
    "the",
    "of",
    "certification",
    "certified",
    "—",
    "2026-11-01",
    "MODEL",
];

fn update(number: usize, words: &[usize], cuts: (usize, usize), seed: usize, long: bool) -> Update {
    let source = SourceId::new(["iso-news", "nist-news"][seed % 2]).unwrap();
    let text = |from: usize, to: usize| -> String {
        words
            .get(from.min(words.len())..to.min(words.len()))
            .unwrap_or(&[])
            .iter()
            .map(|word| WORDS[*word])
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (a, b) = (cuts.0.min(cuts.1), cuts.0.max(cuts.1));
    let moment: DateTime<Utc> =
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000 + i64::try_from(seed % 40).unwrap());
    let mut title = text(0, a);
    if long {
        // A run that is no word, but has a place among the words.
        title.push_str(&format!(" {} risk", "y".repeat(90)));
    }
    Update {
        id: UpdateId::of(&source, &number.to_string()),
        source,
        key: number.to_string(),
        revision: 1,
        first_seen: moment,
        revised_at: moment,
        content: Content {
            title,
            summary: text(a, b),
            body: html::safe_html(
                &if seed.is_multiple_of(3) {
                    String::new()
                } else {
                    format!(
                        "<p>{}</p><p>{}</p>",
                        text(b, b + 3),
                        text(b + 3, words.len())
                    )
                },
                None,
            ),
            ..Content::default()
        },
        authority: Authority::Official,
        reach: Reach::News,
        tags: Tags {
            kind: UpdateKind::ALL.get(seed % 30).copied(),
            language: (!seed.is_multiple_of(4)).then(|| "en".to_owned()),
            frameworks: (seed % 5 < 2)
                .then(|| FrameworkTag {
                    id: FrameworkId::new("iso-iec-42001").unwrap(),
                    primary: true,
                    because: Vec::new(),
                })
                .into_iter()
                .collect(),
            jurisdictions: (seed % 7 < 3)
                .then(|| Tag {
                    id: JurisdictionId::new("eu").unwrap(),
                    because: Vec::new(),
                })
                .into_iter()
                .collect(),
            references: reference::read("ISO/IEC 42001:2023", &KnownWorks::default())
                .into_iter()
                .filter(|_| seed % 11 < 4)
                .map(|reference| ReferenceTag {
                    reference,
                    field: Field::Headline,
                    start: 0,
                })
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
            fetched_at: moment,
            status: 200,
        },
    }
}

fn updates() -> impl Strategy<Value = Vec<Update>> {
    proptest::collection::vec(
        (
            proptest::collection::vec(0..WORDS.len(), 0..14),
            (0..14_usize, 0..14_usize),
            0..1_000_usize,
            proptest::bool::weighted(0.2),
        ),
        1..12,
    )
    .prop_map(|all| {
        all.iter()
            .enumerate()
            .map(|(number, (words, cuts, seed, long))| update(number, words, *cuts, *seed, *long))
            .collect()
    })
}

fn queries() -> impl Strategy<Value = Vec<String>> {
    let word = || (0..WORDS.len()).prop_map(|at| WORDS[at].to_owned());
    let piece = prop_oneof![
        6 => word(),
        2 => proptest::collection::vec(word(), 1..4).prop_map(|words| format!("\"{}\"", words.join(" "))),
        2 => word().prop_map(|word| format!("{}*", word.chars().take(3).collect::<String>())),
        1 => word().prop_map(|word| format!("-{word}")),
        2 => proptest::sample::select(vec![
            "AND", "OR", "NOT", "(", ")", "-(", "framework:iso-iec-42001", "jurisdiction:eu", "kind:guidance",
            "-kind:new_edition", "source:iso-news", "language:en", "authority:official", "standard:ISO/IEC 42001",
            "ISO/IEC 42001", "ISO 42001", "after:2024-10-20", "before:2024-10-25", "\"risk model", "*",
        ]).prop_map(str::to_owned),
    ];
    proptest::collection::vec(
        proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.join(" ")),
        1..40,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        if std::env::var_os("REGWIRE_LONG").is_some() { 2_000 } else { 48 }
    ))]

    #[test]
    fn a_saved_search_is_told_what_searching_finds(updates in updates(), queries in queries()) {
        let known = KnownWorks::new(["ISO/IEC 42001".to_owned()]);
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(folder.path()).unwrap();
        let batch: Vec<(bool, Update)> = updates.iter().map(|update| (true, update.clone())).collect();
        index.apply(&batch, 1).unwrap();
        let criteria: Vec<Criteria> = queries
            .iter()
            .map(|text| Criteria::Any(vec![Clause::Search(text.clone())]))
            .collect();
        let matcher = Matcher::new(&criteria, &known);
        let mut scratch = Scratch::default();
        let mut told: Vec<BTreeSet<UpdateId>> = vec![BTreeSet::new(); queries.len()];
        for update in &updates {
            for found in matcher.matches(update, &mut scratch) {
                told[found.criteria].insert(update.id.clone());
            }
        }
        for (text, told) in queries.iter().zip(told) {
            let understood = query::read(text, &known);
            let found = index.search(&understood.query, SortOrder::Best, 0, 1_000, false).unwrap();
            let found: BTreeSet<UpdateId> = found.hits.into_iter().collect();
            prop_assert_eq!(told, found, "{}", text);
        }
    }
}
