//! The feeds of the corpus: nothing lost, nothing invented, no panic.
//!
//! The recordings are not part of the sources; without them (`REGWIRE_CORPUS`, or `corpus` in the
//! shared folder beside the checkout) these tests say so and leave themselves out.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use regwire::domain::address::{AddressTemplate, WebAddress};
use regwire::domain::document::{Document, Entry, FaultCode, Sha256};
use regwire::domain::source::{Source, SourceKind, Terms};
use regwire::parse::{Parsed, parse};
use regwire::text::html;
use serde_json::Value;

fn feeds() -> Option<PathBuf> {
    let folder = std::env::var_os("REGWIRE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let feeds = folder.join("feeds");
    if feeds.is_dir() {
        return Some(feeds);
    }
    crate::left_out!(
        "tests on recorded feeds (no corpus at {})",
        folder.display()
    );
    None
}

fn source() -> Source {
    Source {
        terms: Terms::Full,
        ..Source::new(
            "corpus-feed".parse().unwrap(),
            "corpus".parse().unwrap(),
            "A feed of the corpus",
            SourceKind::Feed,
            AddressTemplate::new("https://feed.example/feed").unwrap(),
        )
    }
}

fn read(file: &Path) -> Parsed {
    let body = std::fs::read(file).unwrap();
    let document = Document {
        source: "corpus-feed".parse().unwrap(),
        url: WebAddress::new("https://feed.example/feed").unwrap(),
        fetched_at: DateTime::<Utc>::default(),
        status: 200,
        headers: Vec::new(),
        sha256: Sha256::of(&body),
        body,
    };
    let parsed = parse(&document, &source());
    assert!(
        !parsed
            .faults
            .iter()
            .any(|f| f.code == FaultCode::ReaderFailed),
        "{}: {:?}",
        file.display(),
        parsed.faults
    );
    parsed
}

fn files(folder: &Path, suffix: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, suffix));
        } else if path.to_string_lossy().ends_with(suffix) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn no_feed_yields_fewer_entries_than_counted() {
    let Some(feeds) = feeds() else { return };
    let counts = std::fs::read_to_string(feeds.join("counts.tsv")).unwrap();
    let (mut files, mut entries, mut ill_formed, mut read_all_the_same) = (0, 0, 0, 0);
    let mut misses = Vec::new();
    for row in counts.lines().skip(1) {
        let columns: Vec<_> = row.split('\t').collect();
        let [name, count, broken] = columns[..] else {
            panic!("{row}")
        };
        let parsed = read(&feeds.join(name));
        files += 1;
        entries += parsed.entries.len();
        if parsed.entries.len() < count.parse().unwrap() {
            misses.push(format!(
                "{name}: {} of {count}, {:?}",
                parsed.entries.len(),
                parsed.faults
            ));
        }
        if broken == "1" {
            ill_formed += 1;
            read_all_the_same += usize::from(!parsed.entries.is_empty());
            println!(
                "{name}: {} entries, {:?}",
                parsed.entries.len(),
                parsed.faults
            );
            assert!(
                !parsed.entries.is_empty() || !parsed.faults.is_empty(),
                "{name}"
            );
        } else if !parsed.faults.is_empty() {
            println!("well-formed, yet {name}: {:?}", parsed.faults);
        }
    }
    println!(
        "{files} feeds, {entries} entries; {read_all_the_same} of {ill_formed} ill-formed ones read"
    );
    assert!(misses.is_empty(), "{misses:#?}");
    assert!(
        read_all_the_same >= 6,
        "{read_all_the_same} of {ill_formed}"
    );
}

/// What an answer key says of one entry; none where it says nothing.
#[derive(Debug, Default)]
struct Expected {
    title: Option<String>,
    links: Vec<String>,
    dates: Vec<DateTime<Utc>>,
    /// Whether the key knows that there is no date.
    undated: bool,
}

#[derive(Default)]
struct Score {
    right: usize,
    misses: Vec<String>,
}

impl Score {
    fn compare(&mut self, name: &str, expected: &[Expected], parsed: &Parsed) {
        if expected.len() != parsed.entries.len() {
            self.misses.push(format!(
                "{name}: {} entries, expected {}",
                parsed.entries.len(),
                expected.len()
            ));
        }
        for (place, (expected, entry)) in expected.iter().zip(&parsed.entries).enumerate() {
            let found = problems(expected, entry);
            self.right += 3 - found.len();
            self.misses
                .extend(found.into_iter().map(|p| format!("{name}[{place}]: {p}")));
        }
    }

    /// At least this share right, in thousandths.
    fn settle(&self, what: &str, least: usize) {
        let all = self.right + self.misses.len();
        for miss in self.misses.iter().take(60) {
            println!("{miss}");
        }
        println!("{what}: {} of {all} titles, links and dates", self.right);
        assert!(
            self.right * 1_000 >= all * least,
            "{what}: {} of {all}",
            self.right
        );
    }
}

fn problems(expected: &Expected, entry: &Entry) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(title) = &expected.title {
        let (title, own) = (squeezed(title), squeezed(&entry.title));
        if title != own {
            found.push(format!("title {own:?}, expected {title:?}"));
        }
    }
    let own = entry.url.as_ref().map(|url| url.as_str().to_owned());
    let links: Vec<_> = expected
        .links
        .iter()
        // feed-rs leaves a link relative when it knows no base.
        .map(|link| {
            let absolute = WebAddress::new(link).or_else(|error| match &entry.url {
                Some(url) => url.join(link),
                None => Err(error),
            });
            absolute.map_or_else(|_| link.clone(), |url| url.to_string())
        })
        .collect();
    if !links.is_empty() && !own.as_ref().is_some_and(|own| links.contains(own)) {
        found.push(format!("link {own:?}, expected one of {links:?}"));
    }
    let own: Vec<_> = [entry.published, entry.modified]
        .into_iter()
        .flatten()
        .map(|stamp| stamp.instant().timestamp())
        .collect();
    let dated = expected
        .dates
        .iter()
        .all(|date| own.contains(&date.timestamp()));
    if !dated || (expected.undated && !own.is_empty()) {
        found.push(format!(
            "dates {:?} {:?}, expected {:?}",
            entry.published, entry.modified, expected.dates
        ));
    }
    found
}

fn squeezed(text: &str) -> String {
    html::line(text)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn instant(value: Option<&Value>) -> Option<DateTime<Utc>> {
    let text = value?.as_str()?;
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|date| date.with_timezone(&Utc))
}

fn json(file: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

#[test]
fn the_models_of_feed_rs() {
    let Some(feeds) = feeds() else { return };
    let mut score = Score::default();
    for model in files(&feeds.join("feed-rs-fixtures"), ".serde.json") {
        let stem = model.to_string_lossy().replace(".serde.json", "");
        let Some(feed) = [".xml", ".json"]
            .iter()
            .map(|suffix| PathBuf::from(format!("{stem}{suffix}")))
            .find(|file| file.is_file())
        else {
            panic!("{stem} has no feed")
        };
        let model = json(&model);
        let expected: Vec<_> = model["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| Expected {
                title: Some(entry["title"]["content"].as_str().unwrap_or("").to_owned()),
                links: entry["links"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter_map(|link| Some(link["href"].as_str()?.to_owned()))
                    .collect(),
                // Of RSS, feed-rs says "updated" where it means "published".
                dates: instant(entry.get("published")).into_iter().collect(),
                undated: entry["published"].is_null() && entry["updated"].is_null(),
            })
            .collect();
        score.compare(&stem, &expected, &read(&feed));
    }
    score.settle("feed-rs models", 985);
}

#[test]
fn the_pairs_of_fastfeedparser() {
    let Some(feeds) = feeds() else { return };
    let folder = feeds.join("fastfeedparser-pairs");
    let mut score = Score::default();
    let mut pairs: Vec<_> = files(&folder, ".xml")
        .into_iter()
        .map(|feed| (feed.with_extension("json"), feed))
        .collect();
    pairs.push((
        folder.join("json_feed_sample.expected.json"),
        folder.join("json_feed_sample.json"),
    ));
    for (key, feed) in pairs {
        let expected: Vec<_> = json(&key)["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| Expected {
                title: entry["title"].as_str().map(str::to_owned),
                links: entry["link"]
                    .as_str()
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
                dates: instant(entry.get("published")).into_iter().collect(),
                undated: false,
            })
            .collect();
        score.compare(&feed.display().to_string(), &expected, &read(&feed));
    }
    score.settle("fastfeedparser pairs", 985);
}

#[test]
fn the_dockets_of_the_courts() {
    let Some(feeds) = feeds() else { return };
    let mut score = Score::default();
    for feed in files(&feeds.join("us-courts-rss"), ".xml") {
        let key = json(&feed.with_extension("json"));
        let parsed = read(&feed);
        for docket in key.as_array().unwrap() {
            let number = docket["docket_number"].as_str().unwrap_or("");
            let Some(filed) = instant(docket["docket_entries"][0].get("date_filed")) else {
                continue;
            };
            let case = squeezed(docket["case_name"].as_str().unwrap_or("").trim());
            let known = parsed.entries.iter().any(|entry| {
                let title = squeezed(&entry.title);
                (title.contains(number) || title.contains(case.as_str()))
                    && entry.url.is_some()
                    && entry
                        .published
                        .is_some_and(|stamp| stamp.instant() == filed)
            });
            if known {
                score.right += 1;
            } else {
                score
                    .misses
                    .push(format!("{}: {number} {case} {filed}", feed.display()));
            }
        }
    }
    score.settle("court dockets", 985);
}

#[test]
fn rolie_feeds_are_read_whole() {
    let Some(feeds) = feeds() else { return };
    for file in files(&feeds.join("cisa-csaf"), ".json") {
        let name = file.to_string_lossy().into_owned();
        if !name.contains("feed") || name.contains("advisories") {
            continue;
        }
        let count = json(&file)["feed"]["entry"].as_array().map_or(0, Vec::len);
        let parsed = read(&file);
        println!("{name}: {count}");
        assert!(count > 0, "{name}");
        assert_eq!(parsed.entries.len(), count, "{name}: {:?}", parsed.faults);
        assert!(
            parsed.entries.iter().all(|entry| {
                entry.guid.is_some() && entry.url.is_some() && entry.published.is_some()
            }),
            "{name}"
        );
    }
}
