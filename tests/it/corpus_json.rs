//! Structured interfaces of the corpus, read by the presets of the library and by definitions in
//! the language of `sources.toml` (`tests/json`).
//!
//! Without the recordings (`REGWIRE_CORPUS`, or `corpus` in the shared folder beside the checkout)
//! these tests say so and leave themselves out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use regwire::compare::{compare, keyed};
use regwire::domain::address::WebAddress;
use regwire::domain::change::{Change, Known};
use regwire::domain::document::{Document, Entry, FaultCode, Sha256};
use regwire::domain::id::{SourceId, UpdateId};
use regwire::domain::key_date::DateEvent;
use regwire::domain::source::Source;
use regwire::domain::stated::Stated;
use regwire::library::{Files, load};
use regwire::parse::{Parsed, parse};
use regwire::text::html;
use serde_json::Value;

use crate::corpus_listings::{Item, check, definitions, folded, listings};

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("REGWIRE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    if folder.join("feeds/cisa-kev").is_dir() {
        return Some(folder);
    }
    crate::left_out!(
        "tests on recorded interfaces (no corpus at {})",
        folder.display()
    );
    None
}

/// Sources as a file of `sources.toml` has them.
fn sources(name: &str, text: String) -> Vec<Source> {
    let loaded = load(
        &Files::built_in()
            .with_library_file(
                "library/recorded.toml",
                "[[body]]\nid = \"recorded\"\nname = \"A publisher of the corpus\"\nkind = [\"court\"]\njurisdiction = \"us\"\n".into(),
            )
            .with_sources(name, text),
    );
    let told: Vec<_> = loaded.faults.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{told:#?}");
    loaded.sources
}

fn preset(name: &str, url: &str) -> Source {
    sources(
        "preset.toml",
        format!("[[source]]\nid = \"recorded\"\nbody = \"recorded\"\nname = \"x\"\nkind = \"json\"\nurl = \"{url}\"\npreset = \"{name}\"\n"),
    )
    .remove(0)
}

fn bytes(path: &Path) -> Vec<u8> {
    let packed = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut out = Vec::new();
        flate2::read::GzDecoder::new(packed.as_slice())
            .read_to_end(&mut out)
            .unwrap();
        return out;
    }
    packed
}

fn document(url: &str, body: Vec<u8>) -> Document {
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

fn read(source: &Source, path: &Path) -> Parsed {
    parse(&document(source.url.as_str(), bytes(path)), source)
}

/// What the answer key beside a recording says; of an item with several documents the first.
fn answer_key(listings: &Path, source: &Source) -> Vec<Item> {
    let recording = source.note.as_deref().unwrap();
    let (stem, _) = recording.rsplit_once('.').unwrap();
    let key = bytes(&listings.join(format!("{stem}.compare.json")));
    let key: Vec<Value> = serde_json::from_slice(&key).unwrap();
    let base = WebAddress::new(source.url.as_str()).unwrap();
    key.iter()
        .map(|item| {
            let address = item["download_urls"]
                .as_str()
                .or_else(|| item["sub_opinions"][0]["download_urls"].as_str())
                .unwrap();
            Item {
                name: folded(item["case_names"].as_str().unwrap()),
                date: item["case_dates"].as_str().map(str::to_owned),
                address: base.join(address).unwrap().as_str().to_owned(),
            }
        })
        .collect()
}

#[test]
fn answers_of_courts_and_agencies_yield_what_their_keys_say() {
    let Some(listings) = listings() else { return };
    let short = check(&listings, "courts-json.toml", &|source| {
        answer_key(&listings, source)
    });
    assert!(short.is_empty(), "{}", short.join("\n"));
}

/// Recorded answers without an answer key: how many items they hold, and what one of them is.
#[test]
fn other_recorded_answers_yield_what_stands_in_them() {
    let Some(listings) = listings() else { return };
    let definitions = definitions("interfaces.toml");
    for (id, file, count, title, date, address) in [
        (
            "chi-parks",
            "chicago-public-bodies/chi_parks.json",
            19,
            "Board of Commissioners",
            "2017-12-13",
            "https://chicagoparkdistrict.legistar.com/View.ashx?M=IC&ID=521452&GUID=624DE546-4140-4CBA-AED5-3B1FE400F66F",
        ),
        (
            "chi-ssa-32",
            "chicago-public-bodies/chi_ssa_32.json",
            3,
            "SSA #69 Commissioners Meeting",
            "2019-11-12",
            "https://www.google.com/calendar/event?eid=MWQxMDU2cDhmZmVjZjBmN2JqZHRuMmtncDEgZ2FnZGNjaGljYWdvQG0&ctz=GMT-05:00",
        ),
        (
            "cook-water",
            "chicago-public-bodies/cook_water.json",
            23,
            "Board of Commissioners",
            "2026-12-17",
            "https://mwrd.legistar.com/View.ashx?M=IC&ID=1345735&GUID=1C69C722-92F3-4518-9C23-6CD490AE23E0",
        ),
        (
            "il-adcrc",
            "chicago-public-bodies/il_adcrc.json",
            10,
            "Research Subcommission Meeting - February 15, 2024",
            "2024-02-15",
            "https://adcrc.illinois.gov/meetings/2024/research-subcommittee-meetings/20240215.html",
        ),
        (
            "il-pollution-control",
            "chicago-public-bodies/il_pollution_control.json",
            98,
            "Independence Day - Board Closed",
            "2023-07-04",
            "",
        ),
        (
            "w3c-versions",
            "w3c-api/008_webrtc.json",
            38,
            "WebRTC: Real-Time Communication in Browsers",
            "2025-03-13",
            "https://api.w3.org/specifications/webrtc/versions/20250313",
        ),
        (
            "w3c-version",
            "w3c-api/011_webrtc.json",
            1,
            "WebRTC 1.0: Real-Time Communication Between Browsers",
            "2020-12-15",
            "https://www.w3.org/TR/2020/PR-webrtc-20201215/",
        ),
        (
            "itu-editions",
            "itu/001_itu_g_imp_712.json",
            1,
            "G.Imp712 (04/2000): Implementers' Guide for Recommendation ITU-T G.712",
            "",
            "https://www.itu.int/ITU-T/recommendations/rec.aspx?rec=15261&lang=en",
        ),
        (
            "itu-header",
            "itu/002_itu_g_imp_712.json",
            1,
            "ITU-T G.Imp712 (04/2000): Implementers' Guide for Recommendation ITU-T G.712",
            "2000-04-14",
            "https://www.itu.int/ITU-T/recommendations/rec.aspx?rec=15261&lang=en",
        ),
    ] {
        let source = definitions
            .iter()
            .find(|source| source.id.as_str() == id)
            .unwrap();
        let parsed = read(source, &listings.join(file));
        assert_eq!(parsed.faults, [], "{file}");
        assert_eq!(parsed.entries.len(), count, "{file}");
        let first = Item::of(&parsed.entries[0]);
        let expected = Item {
            name: folded(title),
            date: (!date.is_empty()).then(|| date.to_owned()),
            address: address.to_owned(),
        };
        // The day of a meeting is stated, and is no day of publication.
        let stated = &parsed.entries[0].stated.dates;
        let meeting = stated.iter().find(|date| date.event == DateEvent::Event);
        let found = Item {
            date: meeting.map(|date| date.date.to_string()).or(first.date),
            ..first
        };
        assert_eq!(found, expected, "{file}");
        println!("{file}: {count} items");
    }
    // Reviews of a proposed recommendation end on a day.
    let version = definitions
        .iter()
        .find(|source| source.id.as_str() == "w3c-version")
        .unwrap();
    let parsed = read(version, &listings.join("w3c-api/011_webrtc.json"));
    assert_eq!(
        parsed.entries[0].stated.dates[0].date.to_string(),
        "2021-01-15"
    );
}

/// A status that changes between two recordings of one search is a revision.
#[test]
fn iso_searches_of_two_days_tell_what_changed_between_them() {
    let Some(listings) = listings() else { return };
    let definitions = definitions("interfaces.toml");
    let source = definitions
        .iter()
        .find(|source| source.id.as_str() == "iso-search")
        .unwrap();
    let folder = listings.join("iso-search-json");
    let mut memory: BTreeMap<String, Memory> = BTreeMap::new();
    let mut before: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    let (mut items, mut new, mut revised) = (0, 0, 0);
    let mut index: Vec<Value> = std::fs::read_to_string(folder.join("index.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    index.sort_by_key(|index| {
        DateTime::parse_from_rfc2822(
            &index["recorded_at"]
                .as_str()
                .unwrap()
                .replace("GMT", "+0000"),
        )
        .unwrap()
    });
    for index in index {
        let question = index["request"].to_string();
        let path = folder.join(index["file"].as_str().unwrap());
        let body: Value = serde_json::from_slice(&bytes(&path)).unwrap();
        let parsed = read(source, &path);
        assert_eq!(parsed.faults, [], "{}", path.display());
        let hits: BTreeMap<String, Value> = body["hits"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hit| (hit["uuid"].as_str().unwrap().to_owned(), hit.clone()))
            .collect();
        assert_eq!(parsed.entries.len(), hits.len());
        items += hits.len();
        let pages = body["nbPages"].as_u64().unwrap();
        assert_eq!(parsed.next.is_some(), pages > 1, "{}", path.display());
        let known = before.entry(question.clone()).or_default();
        let read = ["title", "text", "status", "path"];
        let changed = hits.iter().filter(|(key, hit)| {
            known.get(*key).is_some_and(|old| {
                read.iter()
                    .any(|name| squeezed(&old[*name]) != squeezed(&hit[*name]))
            })
        });
        let expected = (
            hits.keys().filter(|key| !known.contains_key(*key)).count(),
            changed.count(),
        );
        known.extend(hits);
        let round = memory.entry(question).or_default().round(parsed.entries);
        assert_eq!((round.new, round.revised), expected, "{}", path.display());
        new += round.new;
        revised += round.revised;
    }
    println!("ISO search: {items} hits, {new} new, {revised} revised");
    assert!(revised > 0);
}

/// What a store would know, round after round.
#[derive(Default)]
struct Memory {
    known: Vec<Known>,
    stated: HashMap<UpdateId, Stated>,
}

/// What a round brought.
#[derive(Debug, Default, PartialEq)]
struct Round {
    new: usize,
    revised: usize,
    unchanged: usize,
    lost: usize,
    /// Notes that a revision has and the one before had not.
    notes: Vec<String>,
}

impl Memory {
    fn round(&mut self, entries: Vec<Entry>) -> Round {
        let source = SourceId::new("recorded").unwrap();
        let keyed = keyed(entries);
        let keys: BTreeSet<String> = keyed.iter().map(|keyed| keyed.key.clone()).collect();
        let mut round = Round {
            lost: self
                .known
                .iter()
                .filter(|known| !keys.contains(&known.key))
                .count(),
            ..Round::default()
        };
        let found = compare(keyed, &self.known);
        round.unchanged = found.unchanged;
        for change in found.changes {
            match change {
                Change::New {
                    key,
                    fingerprint,
                    plain,
                    entry,
                } => {
                    round.new += 1;
                    let id = UpdateId::of(&source, &key);
                    self.stated.insert(id.clone(), entry.stated);
                    self.known.push(Known {
                        id,
                        key,
                        url: entry.url,
                        title: plain.title,
                        revision: 1,
                        fingerprint,
                    });
                }
                Change::Revised {
                    known,
                    fingerprint,
                    plain,
                    entry,
                } => {
                    round.revised += 1;
                    let before = self.stated.insert(known.id.clone(), entry.stated.clone());
                    let before = before.unwrap_or_default();
                    round.notes.extend(
                        entry
                            .stated
                            .notes_since(&before)
                            .map(|note| note.note.clone()),
                    );
                    let now = self.known.iter_mut().find(|k| k.id == known.id).unwrap();
                    now.fingerprint = fingerprint;
                    now.title = plain.title;
                    now.url = entry.url;
                    now.revision += 1;
                }
            }
        }
        round
    }
}

#[test]
fn the_csaf_feed_of_six_weeks_later_has_56_new_and_14_revised_advisories() {
    let Some(corpus) = corpus() else { return };
    let source = preset(
        "csaf-rolie",
        "https://raw.githubusercontent.com/cisagov/CSAF/develop/csaf_files/OT/white/cisa-csaf-ot-feed-tlp-white.json",
    );
    let folder = corpus.join("feeds/cisa-csaf");
    let mut memory = Memory::default();
    for (file, expected) in [
        ("earlier", (2_323, 0, 0, 0)),
        ("earlier", (0, 0, 2_323, 0)),
        ("OT/white", (56, 14, 2_309, 0)),
        ("OT/white", (0, 0, 2_379, 0)),
    ] {
        let path = folder
            .join(file)
            .join("cisa-csaf-ot-feed-tlp-white.json.gz");
        let parsed = read(&source, &path);
        assert_eq!(parsed.faults, [], "{file}");
        let round = memory.round(parsed.entries);
        let counts = (round.new, round.revised, round.unchanged, round.lost);
        println!("CSAF {file}: {counts:?} (new, revised, unchanged, lost)");
        assert_eq!(counts, expected, "{file}");
    }
}

#[test]
fn csaf_advisories_give_their_history() {
    let Some(corpus) = corpus() else { return };
    let source = preset("csaf-advisory", "https://www.cisa.gov/advisory.json");
    let mut seen = 0;
    for file in std::fs::read_dir(corpus.join("feeds/cisa-csaf/advisories")).unwrap() {
        let path = file.unwrap().path();
        let body: Value = serde_json::from_slice(&bytes(&path)).unwrap();
        let parsed = read(&source, &path);
        assert_eq!(parsed.faults, [], "{}", path.display());
        let [entry] = parsed.entries.as_slice() else {
            panic!("{}: {} entries", path.display(), parsed.entries.len());
        };
        let tracking = &body["document"]["tracking"];
        assert_eq!(entry.guid.as_deref(), tracking["id"].as_str());
        assert_eq!(
            html::line(&entry.title),
            html::line(body["document"]["title"].as_str().unwrap())
        );
        let notes: BTreeSet<_> = tracking["revision_history"]
            .as_array()
            .unwrap()
            .iter()
            .map(|note| (note["date"].to_string(), note["summary"].to_string()))
            .collect();
        assert_eq!(entry.stated.notes.len(), notes.len(), "{}", path.display());
        seen += 1;
    }
    println!("{seen} CSAF advisories");
    assert_eq!(seen, 40);
}

#[test]
fn seven_versions_of_kev_give_exactly_the_additions_between_them() {
    let Some(corpus) = corpus() else { return };
    let source = preset(
        "kev",
        "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
    );
    let folder = corpus.join("feeds/cisa-kev");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "gz"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 7);
    let mut memory = Memory::default();
    let mut before: BTreeMap<String, Value> = BTreeMap::new();
    for path in files {
        let body: Value = serde_json::from_slice(&bytes(&path)).unwrap();
        let rows: BTreeMap<String, Value> = body["vulnerabilities"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (row["cveID"].as_str().unwrap().to_owned(), row.clone()))
            .collect();
        let parsed = read(&source, &path);
        assert_eq!(parsed.faults, []);
        for entry in &parsed.entries {
            let row = &rows[entry.guid.as_deref().unwrap()];
            let due: Vec<String> = entry
                .stated
                .dates
                .iter()
                .filter(|date| date.event == DateEvent::Application)
                .map(|date| date.date.to_string())
                .collect();
            assert_eq!(due, [row["dueDate"].as_str().unwrap()]);
        }
        let added = rows.keys().filter(|key| !before.contains_key(*key)).count();
        // What of a row is text or day: addresses in its notes and labels are not.
        let read = [
            "vulnerabilityName",
            "shortDescription",
            "requiredAction",
            "dueDate",
            "knownRansomwareCampaignUse",
        ];
        let changed = rows
            .iter()
            .filter(|(key, row)| {
                before.get(*key).is_some_and(|old| {
                    read.iter()
                        .any(|name| squeezed(&old[*name]) != squeezed(&row[*name]))
                })
            })
            .count();
        let round = memory.round(parsed.entries);
        println!(
            "KEV {}: {} new, {} revised, {} lost",
            body["catalogVersion"], round.new, round.revised, round.lost
        );
        assert_eq!((round.new, round.revised, round.lost), (added, changed, 0));
        before = rows;
    }
    assert_eq!(memory.known.len(), 1_364);
}

/// A text without the white space that makes no difference.
fn squeezed(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn federal_register_answers_are_read_to_the_end() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("federal-register/api-responses");
    let (mut answers, mut items) = (0, 0);
    for line in std::fs::read_to_string(folder.join("index.jsonl"))
        .unwrap()
        .lines()
    {
        let index: Value = serde_json::from_str(line).unwrap();
        let file = index["file"].as_str().unwrap();
        let source = preset(
            "federal-register",
            "https://www.federalregister.gov/api/v1/documents.json",
        );
        let url = index["url"]
            .as_str()
            .unwrap()
            .replace("http://", "https://");
        let parsed = parse(&document(&url, bytes(&folder.join(file))), &source);
        let body: Option<Value> = serde_json::from_slice(&bytes(&folder.join(file))).ok();
        let results = body.as_ref().and_then(|body| body["results"].as_array());
        match results {
            None if body.is_none() => {
                let codes: Vec<_> = parsed.faults.iter().map(|fault| fault.code).collect();
                assert!(codes.contains(&FaultCode::HtmlPage), "{file}: {codes:?}");
                assert!(!parsed.readable);
            }
            // "Record Not Found", search details, tables of contents: no lists of documents.
            None => assert!(!parsed.readable && !parsed.faults.is_empty(), "{file}"),
            Some(results) => {
                answers += 1;
                // Some questions asked for numbers and agencies only, which is no item.
                let complete = results
                    .iter()
                    .filter(|row| row["title"].is_string())
                    .count();
                assert_eq!(parsed.entries.len(), complete, "{file}");
                assert_eq!(parsed.next, None, "{file}");
                items += complete;
                for (entry, row) in parsed.entries.iter().zip(results) {
                    let number = row["document_number"].as_str().unwrap();
                    assert!(entry.guid.as_deref().unwrap().starts_with(number));
                    assert_eq!(
                        entry.published.map(|stamp| stamp.to_string()).as_deref(),
                        row["publication_date"].as_str()
                    );
                    let agencies = row["agencies"].as_array().map_or(0, Vec::len);
                    assert_eq!(entry.stated.bodies.len(), agencies, "{file} {number}");
                    for (name, event) in [
                        ("comments_close_on", DateEvent::CommentsClose),
                        ("effective_on", DateEvent::EntryIntoForce),
                    ] {
                        let stated = entry.stated.dates.iter().find(|date| date.event == event);
                        assert_eq!(
                            stated.map(|date| date.date.to_string()).as_deref(),
                            row[name].as_str(),
                            "{file} {number} {name}"
                        );
                    }
                }
            }
        }
    }
    println!("Federal Register: {items} documents in {answers} answers");
    assert!(answers >= 20 && items >= 260, "{answers} {items}");
}

#[test]
fn regulations_gov_is_read_page_by_page_with_its_deadlines() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("federal-register/regulations-gov-v4");
    let index: Vec<Value> = std::fs::read_to_string(folder.join("index.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let source = preset(
        "regulations-gov",
        "https://api.regulations.gov/v4/documents",
    );
    let answer = |index: &Value| {
        let url = index["url"].as_str().unwrap();
        let body = bytes(&folder.join(index["file"].as_str().unwrap()));
        parse(&document(url, body), &source)
    };
    // Two pages of one question: the first leads to the second, and the second is the last.
    let page = |number: &str| {
        let index = index.iter().find(|index| {
            let url = index["url"].as_str().unwrap();
            url.contains("2023-01-11") && url.contains(&format!("page%5Bnumber%5D={number}"))
                || url.contains("2023-01-11") && url.contains(&format!("page[number]={number}"))
        });
        index.unwrap_or_else(|| panic!("page {number}"))
    };
    let (first, second) = (answer(page("1")), answer(page("2")));
    let decoded = |url: &str| -> Vec<(String, String)> {
        let mut pairs: Vec<_> = url::Url::parse(url)
            .unwrap()
            .query_pairs()
            .into_owned()
            .collect();
        pairs.sort();
        pairs
    };
    assert_eq!(
        decoded(first.next.as_deref().unwrap()),
        decoded(page("2")["url"].as_str().unwrap())
    );
    assert_eq!(second.next, None);
    let keys: BTreeSet<_> = first
        .entries
        .iter()
        .chain(&second.entries)
        .map(|entry| entry.guid.clone().unwrap())
        .collect();
    println!("Regulations.gov: {} documents on two pages", keys.len());
    assert_eq!(keys.len(), 405);

    let (mut documents, mut deadlines, mut errors) = (BTreeSet::new(), 0, 0);
    for index in &index {
        let body: Value =
            serde_json::from_slice(&bytes(&folder.join(index["file"].as_str().unwrap()))).unwrap();
        let parsed = answer(index);
        if body.get("data").is_none() {
            errors += 1;
            assert!(!parsed.readable, "{index}");
            assert_eq!(parsed.faults[0].code, FaultCode::ErrorAnswer, "{index}");
            continue;
        }
        let rows: Vec<&Value> = match &body["data"] {
            Value::Array(rows) => rows.iter().collect(),
            row => vec![row],
        };
        for row in rows.iter().filter(|row| row["type"] == "documents") {
            let attributes = &row["attributes"];
            let Some(entry) = parsed
                .entries
                .iter()
                .find(|entry| entry.guid.as_deref() == row["id"].as_str())
            else {
                panic!("{}: {row}", index["file"]);
            };
            documents.insert(row["id"].to_string());
            for (name, event) in [
                ("commentEndDate", DateEvent::CommentsClose),
                ("commentStartDate", DateEvent::CommentsOpen),
            ] {
                // An instant in UTC means the day that it is in Washington.
                let expected = attributes[name].as_str().map(|text| {
                    DateTime::parse_from_rfc3339(text)
                        .unwrap()
                        .with_timezone(&chrono_tz::America::New_York)
                        .date_naive()
                });
                let stated = entry.stated.dates.iter().find(|date| date.event == event);
                assert_eq!(stated.map(|date| date.date), expected, "{}", row["id"]);
                deadlines += usize::from(expected.is_some() && name == "commentEndDate");
            }
        }
    }
    println!(
        "Regulations.gov: {} documents, {deadlines} comment ends, {errors} error answers",
        documents.len()
    );
    assert_eq!((documents.len(), errors), (420, 7));
    assert!(deadlines >= 500, "{deadlines}");
}

/// Whether a note is the one written, be it cut at its end.
fn same(written: &str, note: &str) -> bool {
    let note = squeezed(&note.into());
    written.starts_with(note.trim_end_matches('…').trim())
}

/// Every recorded page of GOV.UK, by its path under the folder.
fn govuk(corpus: &Path) -> Vec<(String, PathBuf)> {
    let folder = corpus.join("articles/govuk-content-items");
    let mut open = vec![folder.clone()];
    let mut out = Vec::new();
    while let Some(next) = open.pop() {
        for file in std::fs::read_dir(next).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&folder).unwrap().display().to_string();
                out.push((name, path));
            }
        }
    }
    out.sort();
    out
}

#[test]
fn every_page_of_gov_uk_gives_title_dates_window_and_notes() {
    let Some(corpus) = corpus() else { return };
    let source = preset("govuk-content", "https://www.gov.uk/api/content/recorded");
    let (mut windows, mut notes, mut items) = (0, 0, 0);
    for (name, path) in govuk(&corpus) {
        let body: Value = serde_json::from_slice(&bytes(&path)).unwrap();
        let parsed = read(&source, &path);
        assert_eq!(parsed.faults, [], "{name}");
        let [entry] = parsed.entries.as_slice() else {
            panic!("{name}: {} entries", parsed.entries.len());
        };
        items += 1;
        assert!(!html::line(&entry.title).is_empty(), "{name}");
        if let Some(title) = body["title"].as_str() {
            assert_eq!(html::line(&entry.title), squeezed(&title.into()), "{name}");
        }
        assert!(
            entry.published.is_some() && entry.modified.is_some(),
            "{name}"
        );
        let details = &body["details"];
        for (field, event) in [
            ("opening_date", DateEvent::CommentsOpen),
            ("closing_date", DateEvent::CommentsClose),
        ] {
            let expected = details[field].as_str().map(|text| {
                DateTime::parse_from_rfc3339(text)
                    .unwrap()
                    .with_timezone(&chrono_tz::Europe::London)
                    .date_naive()
            });
            let stated = entry.stated.dates.iter().find(|date| date.event == event);
            assert_eq!(stated.map(|date| date.date), expected, "{name} {field}");
            windows += usize::from(stated.is_some());
        }
        let history = details["change_history"].as_array();
        for note in history.into_iter().flatten() {
            let text = squeezed(&note["note"]);
            let found = entry
                .stated
                .notes
                .iter()
                .any(|stated| same(&text, &stated.note));
            assert!(found || text.is_empty(), "{name}: {text}");
            notes += 1;
        }
        assert!(
            entry
                .stated
                .notes
                .windows(2)
                .all(|pair| pair[0].at <= pair[1].at),
            "{name}"
        );
    }
    println!("GOV.UK: {items} items, {windows} ends of windows, {notes} notes");
    assert_eq!(items, 147);
    assert!(windows >= 20 && notes >= 190, "{windows} {notes}");
}

/// A page as it was after each of its changes tells that change and no other.
#[test]
fn gov_uk_pages_replayed_note_by_note_tell_each_note_once() {
    let Some(corpus) = corpus() else { return };
    let source = preset("govuk-content", "https://www.gov.uk/api/content/recorded");
    let (mut pages, mut told) = (0, 0);
    for (name, path) in govuk(&corpus) {
        let mut body: Value = serde_json::from_slice(&bytes(&path)).unwrap();
        let Some(mut history) = body["details"]["change_history"].as_array().cloned() else {
            continue;
        };
        if history.len() < 2 {
            continue;
        }
        pages += 1;
        let at = |note: &Value| {
            DateTime::parse_from_rfc3339(note["public_timestamp"].as_str().unwrap()).unwrap()
        };
        history.sort_by_key(at);
        let mut memory = Memory::default();
        for upto in 1..=history.len() {
            body["details"]["change_history"] = history[..upto].into();
            let raw = serde_json::to_vec(&body).unwrap();
            let parsed = parse(&document(source.url.as_str(), raw.clone()), &source);
            let round = memory.round(parsed.entries);
            if upto == 1 {
                assert_eq!(round.new, 1, "{name}");
                continue;
            }
            assert_eq!((round.new, round.revised), (0, 1), "{name} {upto}");
            let [note] = round.notes.as_slice() else {
                panic!("{name} {upto}: {:?}", round.notes);
            };
            let expected = squeezed(&history[upto - 1]["note"]);
            assert!(same(&expected, note), "{name}: {note}");
            told += 1;
            // The same page again tells nothing.
            let again = parse(&document(source.url.as_str(), raw), &source);
            assert_eq!(memory.round(again.entries).unchanged, 1, "{name}");
        }
    }
    println!("GOV.UK: {told} notes of {pages} pages, each once");
    assert!(pages >= 30 && told >= 120, "{pages} {told}");
}
