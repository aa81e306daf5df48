//! Golden queries: what people ask of the sample world, and what they expect to find
//! (`index/golden.toml`).

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use regwire::domain::document::Sha256;
use regwire::domain::evidence::Evidence;
use regwire::domain::id::{BodyId, SourceId, UpdateId};
use regwire::domain::query;
use regwire::domain::synonyms::keys;
use regwire::domain::update::{Authority, Content, Reach, Tags, Update};
use regwire::library::{Files, load};
use regwire::search::{Asked, Index, SortOrder};
use regwire::tag::{Subject, Tagger};
use regwire::text::date::Stamp;
use regwire::text::html;
use serde::Deserialize;

use crate::house::utc;

#[derive(Deserialize)]
struct Golden {
    query: Vec<Question>,
}

#[derive(Deserialize)]
struct Question {
    ask: String,
    want: Vec<String>,
    #[serde(default)]
    also: Vec<String>,
}

#[derive(Deserialize)]
struct Outlet {
    id: String,
    body: String,
    language: String,
    item: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    key: String,
    title: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    body: String,
    published: Option<toml::value::Datetime>,
}

fn golden() -> Vec<Question> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("index/golden.toml");
    let golden: Golden = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    golden.query
}

/// The sample world as updates, tagged as everything is.
fn world(tagger: &Tagger) -> Vec<Update> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/sources");
    let seen = utc("2026-11-09T09:00:00Z");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut out = Vec::new();
    for path in paths {
        let outlet: Outlet = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let source = SourceId::new(outlet.id).unwrap();
        let publisher = BodyId::new(outlet.body).unwrap();
        for item in outlet.item {
            let content = Content {
                body: html::safe_html(&item.body, None),
                published: item
                    .published
                    .map(|day| Stamp::Day(day.to_string().parse().unwrap())),
                title: item.title,
                summary: item.summary,
                ..Content::default()
            };
            let said = content.said().into_owned();
            let tags: Tags = tagger.tag(&Subject {
                headline: &content.title,
                summary: &said,
                language: Some(&outlet.language),
                body: Some(&publisher),
                ..Subject::default()
            });
            out.push(Update {
                id: UpdateId::of(&source, &item.key),
                source: source.clone(),
                key: item.key,
                revision: 1,
                first_seen: seen,
                revised_at: seen,
                content,
                authority: Authority::Official,
                reach: Reach::News,
                tags,
                key_dates: Vec::new(),
                story: None,
                correction: false,
                cause: None,
                evidence: Evidence {
                    document: 1,
                    sha256: Sha256::of(b""),
                    fetched_at: seen,
                    status: 200,
                },
            });
        }
    }
    out
}

#[test]
fn a_third_of_the_questions_shares_no_word_with_what_it_wants() {
    let golden = golden();
    let apart = golden
        .iter()
        .filter(|question| {
            let asked: HashSet<String> = keys(&question.ask).into_iter().collect();
            question
                .want
                .iter()
                .all(|title| keys(title).iter().all(|word| !asked.contains(word)))
        })
        .count();
    assert!(golden.len() >= 60, "{} questions", golden.len());
    assert!(apart * 3 >= golden.len(), "{apart} of {}", golden.len());
}

/// Normalised discounted cumulative gain at ten: what is wanted counts 3, what is also good 1.
fn ndcg(question: &Question, found: &[&str]) -> f64 {
    let discount = |place: usize| 1.0 / (place as f64 + 2.0).log2();
    let gain = |title: &str| {
        if question.want.iter().any(|want| want == title) {
            3.0
        } else if question.also.iter().any(|also| also == title) {
            1.0
        } else {
            0.0
        }
    };
    let got: f64 = found
        .iter()
        .take(10)
        .enumerate()
        .map(|(place, title)| gain(title) * discount(place))
        .sum();
    let best: f64 = question
        .want
        .iter()
        .map(|_| 3.0)
        .chain(question.also.iter().map(|_| 1.0))
        .take(10)
        .enumerate()
        .map(|(place, gain)| gain * discount(place))
        .sum();
    got / best
}

#[test]
fn what_people_expect_comes_first() {
    let loaded = load(&Files::built_in());
    assert_eq!(loaded.faults, []);
    let library = Arc::new(loaded.library);
    let updates = world(&Tagger::new(Arc::clone(&library)));
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path()).unwrap();
    let batch: Vec<(bool, Update)> = updates.iter().map(|one| (true, one.clone())).collect();
    index.apply(&batch, 1).unwrap();

    let mut sum = 0.0;
    let mut told = String::new();
    let golden = golden();
    for question in &golden {
        for title in question.want.iter().chain(&question.also) {
            assert!(
                updates.iter().any(|update| &update.content.title == title),
                "`{title}` is in no source of the sample world"
            );
        }
        let understood = query::read_in(&question.ask, &library, &loaded.sources);
        assert_eq!(
            understood.problems,
            Vec::<String>::new(),
            "{}",
            question.ask
        );
        let found = index
            .find(&Asked {
                query: &understood.query,
                order: SortOrder::Best,
                after: None,
                limit: 10,
                facets: false,
                today: NaiveDate::from_ymd_opt(2026, 11, 9).unwrap(),
                synonyms: Some(&library.synonyms),
            })
            .unwrap();
        let titles: Vec<&str> = found
            .hits
            .iter()
            .filter_map(|id| updates.iter().find(|update| &update.id == id))
            .map(|update| update.content.title.as_str())
            .collect();
        let score = ndcg(question, &titles);
        sum += score;
        if score < 0.9 {
            let _ = writeln!(told, "{score:.2}  {}", question.ask);
            for title in titles.iter().take(5) {
                let _ = writeln!(told, "        {title}");
            }
        }
    }
    let mean = sum / golden.len() as f64;
    println!("nDCG@10 over {} questions: {mean:.3}\n{told}", golden.len());
    assert!(mean >= 0.90, "nDCG@10 is {mean:.3}:\n{told}");
}
