//! What each step of the pipeline costs an item, one thread, in microseconds: median of five
//! rounds over the feeds of C1, with least and most.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use regwire::compare;
use regwire::domain::address::WebAddress;
use regwire::domain::change::PlainTexts;
use regwire::domain::document::{Document, Sha256};
use regwire::domain::evidence::Evidence;
use regwire::domain::id::SourceId;
use regwire::domain::library::Library;
use regwire::domain::reference;
use regwire::domain::source::Source;
use regwire::domain::update::Authority;
use regwire::library::{Files, load};
use regwire::normalize::{self, Circumstances};
use regwire::parse;
use regwire::tag::{Subject, Tagger};
use regwire::text::{html, language};

mod feeds;
use feeds::{FEEDS, ITEMS, feed};

const ROUNDS: usize = 5;

fn told(name: &str, mut seconds: Vec<f64>) {
    seconds.sort_by(f64::total_cmp);
    let items = (FEEDS / 5 * ITEMS) as f64;
    let each = |at: usize| seconds[at] * 1e6 / items;
    println!(
        "{name:<34} {:>8.2} µs  ({:.2} to {:.2})",
        each(ROUNDS / 2),
        each(0),
        each(ROUNDS - 1)
    );
}

fn timed<T>(name: &str, work: impl Fn() -> T) -> T {
    let mut seconds = Vec::new();
    let mut out = work();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        out = work();
        seconds.push(began.elapsed().as_secs_f64());
    }
    told(name, seconds);
    out
}

/// Every name that the tagger looks for.
fn names(library: &Library) -> Vec<String> {
    let frameworks = library
        .frameworks
        .iter()
        .flat_map(|f| std::iter::once(&f.short).chain(&f.aliases));
    let bodies = library
        .bodies
        .iter()
        .flat_map(|b| std::iter::once(&b.name).chain(&b.aliases));
    let places = library
        .jurisdictions
        .iter()
        .flat_map(|j| std::iter::once(&j.name).chain(&j.names).chain(&j.demonyms));
    let topics = library.topics.iter().map(|t| &t.name);
    frameworks
        .chain(bodies)
        .chain(places)
        .chain(topics)
        .cloned()
        .collect()
}

/// Writes what is read here for the programs of `benches/against`.
fn dump(folder: &Path, documents: &[Document], source: &Source, names: &[String]) {
    std::fs::create_dir_all(folder).expect("a folder");
    let mut texts = String::new();
    for (number, document) in documents.iter().enumerate() {
        std::fs::write(folder.join(format!("feed-{number}.xml")), &document.body).expect("a file");
        for entry in parse::parse(document, source).entries {
            let plain = PlainTexts::of(&entry);
            let text = format!("{} {}", plain.title, plain.summary);
            texts.push_str(&serde_json::to_string(&text).expect("JSON"));
            texts.push('\n');
        }
    }
    std::fs::write(folder.join("texts.jsonl"), texts).expect("a file");
    std::fs::write(folder.join("names.txt"), names.join("\n")).expect("a file");
}

fn main() {
    let text = "[[source]]\nid = \"s\"\nbody = \"iso\"\nname = \"S\"\nkind = \"feed\"\nurl = \"https://e.org/\"\nlanguage = \"en\"\n";
    let loaded = load(&Files::built_in().with_sources("s", text.to_owned()));
    let source = loaded.sources[0].clone();
    let known = loaded.library.known_works.clone();
    let names = names(&loaded.library);
    let tagger = Tagger::new(Arc::new(loaded.library));
    let now = chrono::DateTime::UNIX_EPOCH;
    let documents: Vec<Document> = (0..FEEDS / 5)
        .map(|number| {
            let body = feed(number).into_bytes();
            Document {
                source: SourceId::new("s").expect("an id"),
                url: WebAddress::new("https://e.org/").expect("an address"),
                fetched_at: now,
                status: 200,
                headers: Vec::new(),
                sha256: Sha256::of(&body),
                body,
            }
        })
        .collect();
    if let Some(folder) = std::env::var_os("REGWIRE_BENCH_DUMP") {
        dump(Path::new(&folder), &documents, &source, &names);
    }
    timed("bare feed-rs", || {
        documents
            .iter()
            .map(|document| {
                feed_rs::parser::parse(&document.body[..])
                    .expect("a feed")
                    .entries
                    .len()
            })
            .sum::<usize>()
    });
    let entries = timed("parse", || {
        documents
            .iter()
            .map(|document| parse::parse(document, &source).entries)
            .collect::<Vec<_>>()
    });
    let keyed = timed("parse + compare::keyed", || {
        documents
            .iter()
            .map(|document| compare::keyed(parse::parse(document, &source).entries))
            .collect::<Vec<_>>()
    });
    timed("plain texts and fingerprint", || {
        entries
            .iter()
            .flatten()
            .map(|entry| compare::fingerprint(entry, &PlainTexts::of(entry)))
            .collect::<Vec<_>>()
    });
    let plain: Vec<PlainTexts> = keyed
        .iter()
        .flatten()
        .map(|keyed| PlainTexts::of(&keyed.entry))
        .collect();
    let evidence = Evidence {
        document: 1,
        sha256: Sha256::of(b""),
        fetched_at: now,
        status: 200,
    };
    let about = Circumstances {
        source: &source.id,
        authority: Authority::Official,
        document: &documents[0].url,
        now,
        first_contact: true,
        evidence: &evidence,
    };
    let updates = timed("clone + normalize", || {
        keyed
            .iter()
            .flatten()
            .zip(&plain)
            .map(|(keyed, plain)| {
                normalize::new_update(
                    keyed.key.clone(),
                    keyed.entry.clone(),
                    plain.clone(),
                    &about,
                )
                .expect("an update")
                .update
            })
            .collect::<Vec<_>>()
    });
    timed("P1: bytes to updates, sanitised", || {
        documents
            .iter()
            .flat_map(|document| compare::keyed(parse::parse(document, &source).entries))
            .filter_map(|keyed| {
                let plain = PlainTexts::of(&keyed.entry);
                normalize::new_update(keyed.key, keyed.entry, plain, &about).ok()
            })
            .count()
    });
    let subject = |update: &'static regwire::domain::update::Update| Subject {
        headline: &update.content.title,
        summary: &update.content.summary,
        language: Some("en"),
        body: Some(&Box::leak(Box::new(source.clone())).body),
        frameworks: &[],
        stated: None,
    };
    let updates: &'static Vec<_> = Box::leak(Box::new(updates));
    let subjects: Vec<Subject<'_>> = updates.iter().map(subject).collect();
    timed("tag", || {
        subjects
            .iter()
            .map(|subject| tagger.tag(subject))
            .collect::<Vec<_>>()
    });
    timed("  references", || {
        subjects
            .iter()
            .map(|s| {
                reference::find(s.headline, &known).len() + reference::find(s.summary, &known).len()
            })
            .sum::<usize>()
    });
    timed("  language", || {
        subjects
            .iter()
            .map(|s| language::detect(s.summary, Some("en")))
            .collect::<Vec<_>>()
    });
    timed("html::plain of the body", || {
        updates
            .iter()
            .map(|u| html::plain(u.content.body.as_str()))
            .collect::<Vec<_>>()
    });
    timed("JSON of content and tags", || {
        updates
            .iter()
            .map(|u| {
                serde_json::to_string(&u.content).expect("JSON").len()
                    + serde_json::to_string(&u.tags).expect("JSON").len()
            })
            .sum::<usize>()
    });
    hostile(&tagger, &known);
}

/// A megabyte of what costs most to look around in: by the tagger, which reads the head of it,
/// and by the grammar of references, which reads all.
fn hostile(tagger: &Tagger, known: &reference::KnownWorks) {
    for piece in [
        "ISO ",
        "ISO (",
        "Regulation (EU) ",
        "x",
        "27001/",
        "欧盟委员会",
        "AI Act, ",
        "BS EN ISO/IEC 27001-1:2022+A1:2024 and ",
    ] {
        let [half, whole] = [500_000, 1_000_000].map(|bytes| piece.repeat(bytes / piece.len()));
        let milliseconds = |work: &dyn Fn()| {
            let began = Instant::now();
            work();
            began.elapsed().as_secs_f64() * 1e3
        };
        let find = |text: &str| {
            milliseconds(&|| {
                std::hint::black_box(reference::find(text, known).len());
            })
        };
        let tag = milliseconds(&|| {
            std::hint::black_box(tagger.tag(&Subject {
                headline: &whole,
                summary: &whole,
                ..Subject::default()
            }));
        });
        println!(
            "hostile {piece:?}: tag {tag:.1} ms, references {:.1} ms for 0.5 MB, {:.1} ms for 1 MB",
            find(&half),
            find(&whole)
        );
    }
}
