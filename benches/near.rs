//! N1: whether a new update tells of an event that was told before: fingerprint, look up among many,
//! compare with the likeliest, insert. Microseconds an update, median of five rounds, with least and most;
//! at an index of 24,000 (what a worker remembers) and of a million.

use std::sync::Arc;
use std::time::Instant;

use regwire::domain::id::SourceId;
use regwire::library::{Files, load};
use regwire::story::{Candidates, Fingerprint, Summary, Vocabulary, compare};
use regwire::tag::{Subject, Tagger};

mod feeds;
use feeds::{FEEDS, feed};

const ROUNDS: usize = 5;
const EACH: usize = 2_000;

fn main() {
    let loaded = load(&Files::built_in());
    let vocabulary = Vocabulary::new(&loaded.library);
    let tagger = Tagger::new(Arc::new(loaded.library));
    let source = SourceId::new("s").expect("an id");
    let mut summaries = Vec::new();
    for number in 0..FEEDS {
        for entry in feed_rs::parser::parse(feed(number).as_bytes())
            .expect("a feed")
            .entries
        {
            let headline = entry.title.map(|title| title.content).unwrap_or_default();
            let summary = entry
                .summary
                .map(|summary| regwire::text::html::plain(&summary.content))
                .unwrap_or_default();
            let tags = tagger.tag(&Subject {
                headline: &headline,
                summary: &summary,
                language: Some("en"),
                ..Subject::default()
            });
            summaries.push(Summary {
                source: source.clone(),
                body: None,
                headline,
                summary,
                published: chrono::NaiveDate::from_ymd_opt(2026, 11, 1),
                references: tags
                    .references
                    .iter()
                    .map(|tag| tag.reference.canonical.clone())
                    .collect(),
                frameworks: tags.frameworks.iter().map(|tag| tag.id.clone()).collect(),
                kind: tags.kind,
                version: None,
                stage: None,
                reported: Vec::new(),
            });
        }
    }
    let prints: Vec<Fingerprint> = summaries
        .iter()
        .map(|summary| Fingerprint::of(summary, &vocabulary))
        .collect();
    let told = |name: &str, mut seconds: Vec<f64>| {
        seconds.sort_by(f64::total_cmp);
        let each = |at: usize| seconds[at] * 1e6 / EACH as f64;
        println!(
            "{name:<44} {:>8.1} µs  ({:.1} to {:.1})",
            each(ROUNDS / 2),
            each(0),
            each(ROUNDS - 1)
        );
    };
    let mut seconds = Vec::new();
    for round in 0..ROUNDS {
        let began = Instant::now();
        for summary in summaries.iter().skip(round * EACH).take(EACH) {
            std::hint::black_box(Fingerprint::of(summary, &vocabulary));
        }
        seconds.push(began.elapsed().as_secs_f64());
    }
    told("fingerprint", seconds);
    for size in [24_000, 1_000_000] {
        let mut index: Candidates<usize> = Candidates::new(size);
        for number in 0..size {
            index.insert(number, &prints[number % prints.len()]);
        }
        let mut seconds = Vec::new();
        for round in 0..ROUNDS {
            let began = Instant::now();
            for (at, print) in prints.iter().enumerate().skip(round * EACH).take(EACH) {
                for near in index.look_up(print, 12) {
                    std::hint::black_box(compare(print, &prints[near % prints.len()]).same);
                }
                index.insert(at, print);
            }
            seconds.push(began.elapsed().as_secs_f64());
        }
        told(&format!("look up among {size}, compare, insert"), seconds);
    }
}
