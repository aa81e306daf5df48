//! Checking a packet.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::names;
use super::packet::{ChainRecord, body_name, sums};
use crate::domain::document::Sha256;
use crate::domain::evidence::{self, Record};
use crate::domain::id::SourceId;

/// One thing that does not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The file within the packet.
    pub file: String,
    /// Its line, from 1; 0 for the whole file.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.file, self.what)
        } else {
            write!(f, "{}:{}: {}", self.file, self.line, self.what)
        }
    }
}

/// What checking a packet found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Files whose hash was checked.
    pub files: usize,
    /// Records whose link was made again.
    pub records: usize,
    /// Bodies whose hash is the one in the chain.
    pub bodies: usize,
    /// Updates whose document is in the chain.
    pub updates: usize,
    /// Everything that does not hold.
    pub flaws: Vec<Flaw>,
}

impl Verdict {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.flaws.is_empty()
    }

    fn flaw(&mut self, file: &str, line: usize, what: impl Into<String>) {
        self.flaws.push(Flaw {
            file: file.to_owned(),
            line,
            what: what.into(),
        });
    }
}

/// Checks a packet by its files alone.
pub fn verify(files: &BTreeMap<String, Vec<u8>>) -> Verdict {
    let mut verdict = Verdict::default();
    check_sums(files, &mut verdict);
    let records = check_chains(files, &mut verdict);
    check_updates(files, &records, &mut verdict);
    verdict
}

fn text<'a>(files: &'a BTreeMap<String, Vec<u8>>, name: &str, verdict: &mut Verdict) -> &'a str {
    match files.get(name).map(|bytes| std::str::from_utf8(bytes)) {
        None => {
            verdict.flaw(name, 0, "the file is missing");
            ""
        }
        Some(Err(error)) => {
            verdict.flaw(
                name,
                0,
                format!("it is no text from byte {} on", error.valid_up_to()),
            );
            ""
        }
        Some(Ok(text)) => text,
    }
}

fn check_sums(files: &BTreeMap<String, Vec<u8>>, verdict: &mut Verdict) {
    let listed = text(files, names::SUMS, verdict).to_owned();
    let mut seen = BTreeSet::new();
    for (place, line) in listed.lines().enumerate() {
        let number = place + 1;
        let Some((hash, name)) = line.split_once("  ") else {
            verdict.flaw(
                names::SUMS,
                number,
                "the line is not a hash, two spaces and a name",
            );
            continue;
        };
        let Some(hash) = Sha256::read(hash) else {
            verdict.flaw(names::SUMS, number, "the hash is not 64 hexadecimal digits");
            continue;
        };
        seen.insert(name.to_owned());
        match files.get(name) {
            None => verdict.flaw(
                name,
                0,
                format!(
                    "the file is missing; {} line {number} lists it",
                    names::SUMS
                ),
            ),
            Some(bytes) if Sha256::of(bytes) != hash => verdict.flaw(
                name,
                0,
                format!(
                    "its bytes are not those that {} line {number} was written for",
                    names::SUMS
                ),
            ),
            Some(_) => verdict.files += 1,
        }
    }
    for name in files.keys() {
        if name != names::SUMS && !seen.contains(name) {
            verdict.flaw(name, 0, format!("{} does not list the file", names::SUMS));
        }
    }
    // What reads the same and was written otherwise was touched all the same.
    if verdict.flaws.is_empty() && sums(files) != listed {
        verdict.flaw(names::SUMS, 0, "it is not written as it was made");
    }
}

type Records = BTreeMap<SourceId, Vec<(usize, ChainRecord)>>;

fn check_chains(files: &BTreeMap<String, Vec<u8>>, verdict: &mut Verdict) -> Records {
    let mut chains: Records = BTreeMap::new();
    for (place, line) in text(files, names::RECORDS, verdict).lines().enumerate() {
        match serde_json::from_str::<ChainRecord>(line) {
            Ok(record) => chains
                .entry(record.source.clone())
                .or_default()
                .push((place + 1, record)),
            Err(error) => verdict.flaw(
                names::RECORDS,
                place + 1,
                format!("the line is no record: {error}"),
            ),
        }
    }
    for (source, records) in &chains {
        let mut head: Option<&Sha256> = None;
        for (expected, (line, record)) in (1_i64..).zip(records) {
            if record.number != expected {
                verdict.flaw(
                    names::RECORDS,
                    *line,
                    format!(
                        "document {expected} of {source} should stand here, and it is document {}: a record was taken away or moved",
                        record.number
                    ),
                );
                break;
            }
            if record.previous.as_ref() != head {
                verdict.flaw(
                    names::RECORDS,
                    *line,
                    format!("document {expected} of {source} does not follow the record before it"),
                );
            }
            let link = evidence::link(
                record.previous.as_ref(),
                &Record {
                    source,
                    number: record.number,
                    url: &record.url,
                    fetched_at: record.fetched_at,
                    status: record.status,
                    headers: &record.headers,
                    sha256: &record.sha256,
                    software: &record.software,
                },
            );
            if link == record.link {
                verdict.records += 1;
            } else {
                verdict.flaw(
                    names::RECORDS,
                    *line,
                    format!("something in the record of document {expected} of {source} was altered: its link is another"),
                );
            }
            head = Some(&record.link);
            let name = body_name(source, record.number);
            if let Some(bytes) = files.get(&name) {
                if Sha256::of(bytes) != record.sha256 {
                    verdict.flaw(
                        &name,
                        0,
                        format!("its bytes are not those that the record on line {line} of {} was made of", names::RECORDS),
                    );
                } else if bytes.len() as u64 != record.bytes {
                    verdict.flaw(
                        names::RECORDS,
                        *line,
                        "the number of bytes is not that of the document",
                    );
                } else {
                    verdict.bodies += 1;
                }
            }
        }
    }
    check_heads(files, &chains, verdict);
    chains
}

/// The heads in the manifest are those of the chains, and every chain has its head there.
fn check_heads(files: &BTreeMap<String, Vec<u8>>, chains: &Records, verdict: &mut Verdict) {
    let manifest: Value = match serde_json::from_str(text(files, names::MANIFEST, verdict)) {
        Ok(manifest) => manifest,
        Err(error) => {
            verdict.flaw(
                names::MANIFEST,
                error.line(),
                format!("it is no JSON: {error}"),
            );
            return;
        }
    };
    let sources = manifest["sources"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    for source in sources {
        let name = source["id"].as_str().unwrap_or("");
        let last = chains
            .iter()
            .find(|(id, _)| id.as_str() == name)
            .and_then(|(_, records)| records.last())
            .map(|(_, record)| record.link.as_str());
        if source["head"].as_str() != last {
            verdict.flaw(
                names::MANIFEST,
                0,
                format!("the head of {name} is not that of its chain"),
            );
        }
    }
    for id in chains.keys() {
        if !sources
            .iter()
            .any(|source| source["id"].as_str() == Some(id.as_str()))
        {
            verdict.flaw(
                names::MANIFEST,
                0,
                format!("it does not name {id}, whose records are here"),
            );
        }
    }
}

fn check_updates(files: &BTreeMap<String, Vec<u8>>, records: &Records, verdict: &mut Verdict) {
    for (place, line) in text(files, names::UPDATES, verdict).lines().enumerate() {
        let Ok(update) = serde_json::from_str::<Value>(line) else {
            verdict.flaw(names::UPDATES, place + 1, "the line is no JSON");
            continue;
        };
        let source = update["source"].as_str().unwrap_or("");
        let recorded = |hash: &str| {
            records
                .iter()
                .filter(|(id, _)| id.as_str() == source)
                .flat_map(|(_, records)| records)
                .any(|(_, record)| record.sha256.as_str() == hash)
        };
        // Its text may be of another document than itself.
        let evidence = &update["evidence"];
        let text = &evidence["text"];
        let proven = recorded(evidence["sha256"].as_str().unwrap_or(""))
            && (text.is_null() || recorded(text["sha256"].as_str().unwrap_or("")));
        if proven {
            verdict.updates += 1;
        } else {
            verdict.flaw(
                names::UPDATES,
                place + 1,
                format!("no record of {source} has the document that this update names"),
            );
        }
    }
}
