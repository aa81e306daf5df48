//! A1: one update against 100,000 saved searches (two to four clauses, phrases, NOT, filters), beside
//! tokenising the same text. Microseconds an update, median of nine rounds, and their ratio. The
//! outcome is checked against asking each search by itself.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use regwire::domain::criteria::{Clause, Criteria};
use regwire::domain::document::Sha256;
use regwire::domain::evidence::Evidence;
use regwire::domain::id::{SourceId, UpdateId};
use regwire::domain::reference::KnownWorks;
use regwire::domain::update::{Authority, Content, Reach, Update};
use regwire::library::{Files, load};
use regwire::matching::{Matcher, Scratch};
use regwire::tag::{Subject, Tagger};
use regwire::text::{stem, words};

#[expect(dead_code, reason = "the day of a document is of no account here")]
mod recorded;
use recorded::{Recorded, corpus, recorded};

const SEARCHES: usize = 100_000;
const UPDATES: usize = 1_000;
const ROUNDS: usize = 9;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides.max(1)
    }
}

fn updates(tagger: &Tagger, recorded: &[Recorded]) -> Vec<Update> {
    let mut out = Vec::new();
    for (number, one) in recorded
        .iter()
        .step_by(recorded.len() / UPDATES)
        .take(UPDATES)
        .enumerate()
    {
        let source = SourceId::new(format!("s{}", number % 50)).expect("an id");
        let tags = tagger.tag(&Subject {
            headline: &one.title,
            summary: &one.text,
            language: Some("en"),
            ..Subject::default()
        });
        out.push(Update {
            id: UpdateId::of(&source, &number.to_string()),
            source,
            key: String::new(),
            revision: 1,
            first_seen: chrono::DateTime::UNIX_EPOCH,
            revised_at: chrono::DateTime::UNIX_EPOCH,
            content: Content {
                title: one.title.clone(),
                summary: one.text.clone(),
                ..Content::default()
            },
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
                fetched_at: chrono::DateTime::UNIX_EPOCH,
                status: 200,
            },
        });
    }
    out
}

/// Searches as people save them: about one recorded document each, by the words of its title, one of
/// which says something (it stands in at most one document of a hundred), by two words of its text in a
/// row, by what must not be there, and by a filter.
fn searches(recorded: &[Recorded], tags: &[String]) -> Vec<Criteria> {
    let mut dice = Dice(42);
    let read = |text: &str| -> Vec<String> {
        words::tokens(text)
            .into_iter()
            .map(|token| token.text)
            .collect()
    };
    let sample: Vec<&Recorded> = recorded.iter().step_by(7).collect();
    let mut documents: HashMap<String, usize> = HashMap::new();
    for one in &sample {
        let distinct: HashSet<String> = read(&one.title)
            .into_iter()
            .chain(read(&one.text))
            .collect();
        for word in distinct {
            *documents.entry(word).or_default() += 1;
        }
    }
    let says = |word: &String| {
        word.len() > 2
            && documents
                .get(word)
                .is_none_or(|count| *count <= sample.len() / 100)
    };
    let mut out = Vec::new();
    while out.len() < SEARCHES {
        let one = &recorded[dice.roll(recorded.len())];
        let (title, text) = (read(&one.title), read(&one.text));
        let telling: Vec<&String> = title.iter().filter(|word| says(word)).collect();
        if telling.is_empty() || text.len() < 3 {
            continue;
        }
        let mut parts = vec![telling[dice.roll(telling.len())].clone()];
        for _ in 0..1 + dice.roll(3) {
            parts.push(match dice.roll(10) {
                0..=3 => title[dice.roll(title.len())].clone(),
                4 | 5 => {
                    let at = dice.roll(text.len() - 1);
                    format!("\"{} {}\"", text[at], text[at + 1])
                }
                6 | 7 => format!("-{}", text[dice.roll(text.len())]),
                _ => tags[dice.roll(tags.len())].clone(),
            });
        }
        out.push(Criteria::Any(vec![Clause::Search(parts.join(" "))]));
    }
    out
}

fn median(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

fn main() {
    let Some(folder) = corpus() else {
        println!("A1 left out: the recordings are not at hand (REGWIRE_CORPUS)");
        return;
    };
    let recorded = recorded(&folder);
    let loaded = load(&Files::built_in());
    let mut tags: Vec<String> = loaded
        .library
        .frameworks
        .iter()
        .map(|f| format!("framework:{}", f.id))
        .collect();
    tags.extend(
        loaded
            .library
            .jurisdictions
            .iter()
            .map(|j| format!("jurisdiction:{}", j.id)),
    );
    tags.extend(
        loaded
            .library
            .bodies
            .iter()
            .map(|b| format!("body:{}", b.id)),
    );
    tags.extend(
        [
            "kind:guidance",
            "kind:enforcement",
            "kind:consultation",
            "kind:new_edition",
        ]
        .map(str::to_owned),
    );
    let tagger = Tagger::new(std::sync::Arc::new(loaded.library));
    let updates = updates(&tagger, &recorded);
    let searches = searches(&recorded, &tags);
    let known = KnownWorks::default();
    let began = Instant::now();
    let matcher = Matcher::new(&searches, &known);
    println!(
        "A1 compile {SEARCHES} searches: {:.0} ms",
        began.elapsed().as_secs_f64() * 1e3
    );

    // Correct first: the same as each search by itself, on some of the updates.
    let mut scratch = Scratch::default();
    let singles: Vec<Matcher> = searches
        .iter()
        .step_by(100)
        .map(|one| Matcher::new([one], &known))
        .collect();
    let mut alone = Scratch::default();
    for update in updates.iter().step_by(97) {
        let together: HashSet<usize> = matcher
            .matches(update, &mut scratch)
            .into_iter()
            .map(|found| found.criteria)
            .collect();
        for (place, single) in singles.iter().enumerate() {
            let held = !single.matches(update, &mut alone).is_empty();
            assert_eq!(
                held,
                together.contains(&(place * 100)),
                "search {}",
                place * 100
            );
        }
    }

    let (mut tokenising, mut matching, mut hits, mut tokens) = (Vec::new(), Vec::new(), 0, 0);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        tokens = 0;
        for update in &updates {
            for text in [&update.content.title, &update.content.summary] {
                words::for_each_token(text, &mut |word: &str, _, _, _| {
                    tokens += usize::from(!std::hint::black_box(stem::key(word)).is_empty());
                });
            }
        }
        tokenising.push(began.elapsed().as_secs_f64() * 1e6 / UPDATES as f64);
        let began = Instant::now();
        hits = 0;
        for update in &updates {
            hits += std::hint::black_box(matcher.matches(update, &mut scratch)).len();
        }
        matching.push(began.elapsed().as_secs_f64() * 1e6 / UPDATES as f64);
    }
    let (tokenising, matching) = (median(tokenising), median(matching));
    println!(
        "A1 {:.0} words and {:.1} matches an update: tokenising {tokenising:.1} us, matching {matching:.1} us, ratio {:.2} (at most 6, goal 4)",
        tokens as f64 / UPDATES as f64,
        hits as f64 / UPDATES as f64,
        matching / tokenising
    );
}
