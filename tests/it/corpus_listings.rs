//! Listings of the corpus, read by definitions in the language of `sources.toml`.
//!
//! `tests/listings/*.toml` are files of sources like any operator's; the `note` of each names
//! the recording that it reads. What a page holds is told by the recording's own answer key, or
//! by `*.expected.toml` beside the definitions. Without the recordings (`REGWIRE_CORPUS`, or
//! `corpus` in the shared folder beside the checkout) these tests say so and leave themselves
//! out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use regwire::domain::address::WebAddress;
use regwire::domain::document::{Document, Entry, Sha256};
use regwire::domain::source::Source;
use regwire::library::{Files, load};
use regwire::parse::{Trial, trial};
use regwire::text::html;

pub fn listings() -> Option<PathBuf> {
    let folder = std::env::var_os("REGWIRE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let listings = folder.join("listings");
    if listings.is_dir() {
        return Some(listings);
    }
    crate::left_out!(
        "tests on recorded listings (no corpus at {})",
        folder.display()
    );
    None
}

/// The definitions of a file, read as the product reads them.
pub fn definitions(name: &str) -> Vec<Source> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/listings")
        .join(name);
    let files = Files::built_in()
        .with_library_file(
            "library/recorded.toml",
            "[[body]]\nid = \"recorded\"\nname = \"A publisher of the corpus\"\nkind = [\"court\"]\njurisdiction = \"us\"\n".into(),
        )
        .with_sources(name, std::fs::read_to_string(path).unwrap());
    let loaded = load(&files);
    let ours: Vec<_> = loaded.faults.iter().map(ToString::to_string).collect();
    assert!(ours.is_empty(), "{ours:#?}");
    for source in &loaded.sources {
        let usable = regwire::parse::selectors_valid(&source.select);
        assert_eq!(usable, Ok(()), "{}", source.id);
    }
    loaded.sources
}

fn document(listings: &Path, source: &Source) -> Document {
    let file = listings.join(source.note.as_deref().unwrap());
    document_of(source.url.as_str(), &file)
}

fn document_of(url: &str, file: &Path) -> Document {
    let body = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Document {
        source: "recorded".parse().unwrap(),
        url: WebAddress::new(url).unwrap(),
        fetched_at: DateTime::<Utc>::default(),
        status: 200,
        headers: Vec::new(),
        sha256: Sha256::of(&body),
        body,
    }
}

fn read(listings: &Path, source: &Source) -> Trial {
    trial(&document(listings, source), source)
}

/// Name, date and address of an item, as far as they are compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    pub name: String,
    pub date: Option<String>,
    pub address: String,
}

impl Item {
    pub fn of(entry: &Entry) -> Self {
        Self {
            name: folded(&html::line(&entry.title)),
            date: entry.published.map(|stamp| stamp.day().to_string()),
            address: entry
                .url
                .as_ref()
                .map_or_else(String::new, |url| url.as_str().to_owned()),
        }
    }
}

/// A name without case and punctuation. The answer keys write one word for each of the ways in
/// which courts write the same (`USA`, `U.S.`, `United States of America`; `vs.` and `v.`), and
/// leave out what parties are called (`Appellant`, `et al.`): so do both sides here.
pub fn folded(name: &str) -> String {
    const ROLES: &[&str] = &[
        "appellant",
        "appellee",
        "defendant",
        "executor",
        "petitioner",
        "plaintiff",
        "respondent",
    ];
    let words: Vec<String> = name
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !ROLES.contains(&word.trim_end_matches('s')))
        .map(|word| match word {
            "vs" => "v".to_owned(),
            "usa" | "us" => "united states".to_owned(),
            word => word.to_owned(),
        })
        .collect();
    let text = format!(" {} ", words.join(" "))
        .replace(" et al ", " ")
        .replace(" u s ", " united states ")
        .replace(" united states of america ", " united states ");
    text.trim().to_owned()
}

/// How many of the expected items were found, and what differs.
fn compared(expected: &[Item], found: &[Item]) -> (usize, Vec<String>) {
    let mut left: BTreeMap<&Item, usize> = BTreeMap::new();
    for item in found {
        *left.entry(item).or_default() += 1;
    }
    let (mut right, mut differ) = (0, Vec::new());
    for item in expected {
        match left.get_mut(item) {
            Some(count) if *count > 0 => {
                *count -= 1;
                right += 1;
            }
            _ => differ.push(format!("missing {item:?}")),
        }
    }
    for (item, count) in left {
        if count > 0 {
            differ.push(format!("beside  {item:?} × {count}"));
        }
    }
    (right, differ)
}

/// What the answer key beside a recording says.
fn answer_key(listings: &Path, source: &Source) -> Vec<Item> {
    let recording = source.note.as_deref().unwrap();
    let (stem, _) = recording.rsplit_once('.').unwrap();
    let key = std::fs::read_to_string(listings.join(format!("{stem}.compare.json"))).unwrap();
    let key: Vec<serde_json::Value> = serde_json::from_str(&key).unwrap();
    let base = WebAddress::new(source.url.as_str()).unwrap();
    key.iter()
        .map(|item| {
            let text = |name: &str| item[name].as_str().unwrap_or_default();
            Item {
                name: folded(text("case_names")),
                date: Some(text("case_dates").to_owned()),
                address: base
                    .join(text("download_urls"))
                    .map_or_else(|_| String::new(), |url| url.as_str().to_owned()),
            }
        })
        .collect()
}

/// Every page of a file of definitions, compared; the shares of items that are right.
pub fn check(listings: &Path, name: &str, expected: &dyn Fn(&Source) -> Vec<Item>) -> Vec<String> {
    let only = std::env::var("REGWIRE_LISTING").ok();
    let mut short = Vec::new();
    for source in definitions(name) {
        if only
            .as_deref()
            .is_some_and(|only| only != source.id.as_str())
        {
            continue;
        }
        let tried = read(listings, &source);
        let found: Vec<Item> = tried.parsed.entries.iter().map(Item::of).collect();
        let expected = expected(&source);
        let (right, differ) = compared(&expected, &found);
        println!(
            "{}: {right} of {} items, {} found, {} rows refused",
            source.id,
            expected.len(),
            found.len(),
            tried.refused.len()
        );
        // Nothing invented either: what is beside the expected would be news that is none.
        let beside = found.len() - right;
        if right * 100 < expected.len() * 97 || beside * 100 > found.len() * 3 {
            let faults: Vec<_> = tried.parsed.faults.iter().take(5).collect();
            let refused: Vec<_> = tried.refused.iter().take(3).collect();
            let missing = differ.iter().filter(|text| text.starts_with("missing"));
            let beside_them = differ.iter().filter(|text| text.starts_with("beside"));
            let differ: Vec<_> = missing.take(6).chain(beside_them.take(6)).collect();
            short.push(format!(
                "{}: {right} of {}, {beside} beside: {differ:#?}\n{faults:#?}\n{refused:#?}",
                source.id,
                expected.len()
            ));
        }
    }
    short
}

#[test]
fn court_and_agency_pages_yield_what_their_keys_say() {
    let Some(listings) = listings() else { return };
    let short = check(&listings, "courts.toml", &|source| {
        answer_key(&listings, source)
    });
    assert!(short.is_empty(), "{}", short.join("\n"));
}

#[test]
fn pages_of_public_bodies_yield_what_was_read_off_them() {
    let Some(listings) = listings() else { return };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/listings/chicago.expected.toml");
    let expected: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let short = check(&listings, "chicago.toml", &|source| {
        let base = WebAddress::new(source.url.as_str()).unwrap();
        let items = expected[source.id.as_str()]["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| {
                let text = |at: usize| item[at].as_str().unwrap();
                let address = base.join(text(2)).unwrap();
                Item {
                    name: folded(text(0)),
                    date: (!text(1).is_empty()).then(|| text(1).to_owned()),
                    address: match text(2) {
                        "" => String::new(),
                        _ => address.as_str().to_owned(),
                    },
                }
            })
            .collect()
    });
    assert!(short.is_empty(), "{}", short.join("\n"));
}

/// What a guessed definition is worth on pages that nobody wrote it for: the share of the key's
/// addresses that it finds.
#[test]
fn guessed_definitions_find_most_of_many_pages() {
    let Some(listings) = listings() else { return };
    let (mut good, mut all) = (0, 0);
    for mut source in definitions("courts.toml") {
        let document = document(&listings, &source);
        let expected = answer_key(&listings, &source);
        let found = regwire::parse::discover(&document);
        let guess = found.iter().find(|found| found.select.is_some());
        let share = guess.map_or(0, |guess| {
            source.select = guess.select.clone().unwrap();
            source.date = guess.date.clone();
            let tried = trial(&document, &source).parsed;
            let right = expected.iter().filter(|item| {
                let same = |found: &Item| found.address == item.address && found.date == item.date;
                tried.entries.iter().map(Item::of).any(|found| same(&found))
            });
            right.count() * 100 / expected.len().max(1)
        });
        all += 1;
        good += usize::from(share >= 80);
        println!(
            "{}: {share} % {:?}",
            source.id,
            guess.map_or_else(
                || format!("{:?}", found.first().map(|feed| feed.url.as_str())),
                |guess| format!("{:?}", guess.select.as_ref().unwrap().item)
            )
        );
    }
    println!("{good} of {all} pages");
    assert!(good * 2 >= all, "{good} of {all} pages");
}

/// Feeds that recorded pages announce.
#[test]
fn feeds_are_discovered_on_recorded_pages() {
    let Some(listings) = listings() else { return };
    let pages = listings.join("../articles/us-gov-pages");
    for (file, expected) in [
        (
            "autodiscovered_page.html",
            &[
                "https://www.usa.gov/rss/updates.xml",
                "https://www.usa.gov/rss/FAQs.xml",
            ][..],
        ),
        (
            "usa_gov/site_index_es.html",
            &["https://www.usa.gov/gobiernousa/rss/actualizaciones.xml"],
        ),
        (
            "home_page_with_social_media_urls.html",
            &[
                "https://www.usa.gov/feed/press",
                "https://www.usa.gov/feed/blog",
            ],
        ),
    ] {
        let found =
            regwire::parse::discover(&document_of("https://www.usa.gov/", &pages.join(file)));
        let announced: Vec<_> = found
            .iter()
            .filter(|found| found.clue == regwire::parse::Clue::Announced)
            .map(|found| found.url.as_str())
            .collect();
        assert!(announced.starts_with(expected), "{file}: {announced:?}");
    }
}
