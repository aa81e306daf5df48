//! Making a packet.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::names;
use crate::domain::document::{Sha256, Visit};
use crate::domain::id::SourceId;

/// One record of a source's chain, with its bytes where they may go along.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainRecord {
    /// The source.
    pub source: SourceId,
    /// The document's number within the source, from 1.
    pub number: i64,
    /// The address that answered.
    pub url: String,
    /// When.
    pub fetched_at: DateTime<Utc>,
    /// With which HTTP status.
    pub status: u16,
    /// With which headers.
    pub headers: Vec<(String, String)>,
    /// The hash of its bytes.
    pub sha256: Sha256,
    /// How many bytes there were.
    pub bytes: u64,
    /// Read by which version of this software.
    pub software: String,
    /// The chain's head before it.
    pub previous: Option<Sha256>,
    /// The chain's head with it.
    pub link: Sha256,
}

/// A source's chain from its first record.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The source.
    pub source: SourceId,
    /// Its name, for people.
    pub name: String,
    /// Every record, in order.
    pub records: Vec<ChainRecord>,
    /// Bytes by document number, of those that the packet is about and that may go along.
    pub bodies: BTreeMap<i64, Vec<u8>>,
    /// Each time that the source was asked in the period that the packet is of, also when nothing
    /// had changed; the oldest first.
    pub asked: Vec<Visit>,
    /// How often the source was asked in all.
    pub visits: u64,
    /// When it was asked last.
    pub last_visit: Option<DateTime<Utc>>,
}

/// What a packet is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Packet {
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// By which version of this software.
    pub software: String,
    /// What it is of, in a sentence.
    pub about: String,
    /// The chains.
    pub chains: Vec<Chain>,
    /// The updates, each as its line.
    pub updates: Vec<Value>,
}

impl Packet {
    /// The files of the packet by their names within it.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut records = String::new();
        let mut asked = String::new();
        let mut sources = Vec::new();
        for chain in &self.chains {
            for record in &chain.records {
                records.push_str(&json!(record).to_string());
                records.push('\n');
            }
            for visit in &chain.asked {
                asked.push_str(&visit_line(visit).to_string());
                asked.push('\n');
            }
            for (number, body) in &chain.bodies {
                files.insert(body_name(&chain.source, *number), body.clone());
            }
            sources.push(json!({
                "id": chain.source,
                "name": chain.name,
                "records": chain.records.len(),
                "head": chain.records.last().map(|record| &record.link),
                "visits": chain.visits,
                "last_visit": chain.last_visit,
            }));
        }
        let updates: String = self
            .updates
            .iter()
            .map(|update| format!("{update}\n"))
            .collect();
        let manifest = json!({
            "format": "regwire evidence packet 1",
            "about": self.about,
            "made_at": self.made_at,
            "software": self.software,
            "sources": sources,
        });
        files.insert(
            names::MANIFEST.to_owned(),
            format!("{manifest:#}\n").into_bytes(),
        );
        files.insert(names::RECORDS.to_owned(), records.into_bytes());
        files.insert(names::VISITS.to_owned(), asked.into_bytes());
        files.insert(names::UPDATES.to_owned(), updates.into_bytes());
        files.insert(
            names::INSTRUCTIONS.to_owned(),
            instructions(&self.about).into_bytes(),
        );
        let sums = sums(&files);
        files.insert(names::SUMS.to_owned(), sums.into_bytes());
        files
    }
}

/// A visit as programs read it.
pub fn visit_line(visit: &Visit) -> Value {
    json!({
        "source": visit.source,
        "at": visit.at,
        "outcome": visit.outcome,
        "status": visit.status,
        "entries": visit.entries,
        "new": visit.new,
        "revised": visit.revised,
        "faults": visit.faults,
        "ms": visit.milliseconds,
        "bytes": visit.bytes,
    })
}

/// The name of a body within the packet.
pub(super) fn body_name(source: &SourceId, number: i64) -> String {
    format!("{}/{source}-{number}.body", names::DOCUMENTS)
}

/// The hash of every file but the list itself, as `sha256sum` writes it.
pub(super) fn sums(files: &BTreeMap<String, Vec<u8>>) -> String {
    files
        .iter()
        .filter(|(name, _)| name.as_str() != names::SUMS)
        .map(|(name, bytes)| format!("{}  {name}\n", Sha256::of(bytes).as_str()))
        .collect()
}

fn instructions(about: &str) -> String {
    format!(
        "EVIDENCE PACKET\n\
\n\
{about}\n\
\n\
What lies here\n\
  packet.json      what the packet is of, and the head of each source's chain\n\
  records.jsonl    every answer that each source ever gave and that was read, one a line, from the first\n\
  visits.jsonl     each time that a source was asked in the period, also when nothing had changed: the\n\
                   proof of silence; it is an account of ours and no part of the chain\n\
  updates.jsonl    what was made of them\n\
  documents/       the bytes as they were received (decoded from the transfer), where the source's\n\
                   terms let them go along; of all others the hash alone\n\
  SHA256SUMS       the SHA-256 of every file above\n\
\n\
How to check it with Regwire, offline\n\
  regwire evidence verify FOLDER\n\
\n\
How to check it without Regwire\n\
  1. In this folder: sha256sum -c SHA256SUMS\n\
     Every line must say OK: no file was altered since the packet was made.\n\
  2. For each line of records.jsonl with a file documents/SOURCE-NUMBER.body:\n\
     sha256sum of that file is the line's \"sha256\".\n\
  3. The chain. For each source its records are numbered from 1 without a gap, and each \"previous\"\n\
     is the \"link\" of the record before (null for the first). A record's \"link\" is the SHA-256 of these\n\
     texts in UTF-8, one after the other, each preceded by its length in bytes as eight bytes, the\n\
     most significant first:\n\
       regwire evidence 1\n\
       previous (empty for the first)\n\
       source\n\
       number\n\
       url\n\
       fetched_at, in UTC with six decimals and Z, such as 2026-03-10T12:00:00.000000Z\n\
       status\n\
       how many headers there are\n\
       of each header its name, then its value\n\
       sha256\n\
       software\n\
     So a record that was altered, added or taken away changes every link after it.\n\
  4. The witness. The head of each chain stands in packet.json. Every issue of the digest prints the\n\
     heads of its day and was mailed to its subscribers: a head in a mail that you received is a\n\
     \"link\" in records.jsonl. Whoever rewrites the chain cannot rewrite those mails.\n\
  5. Each line of updates.jsonl names under \"evidence\" the sha256 of the document that it was read\n\
     from, and under \"text\" in it, where there is one, of the document that its text is of; they are\n\
     among the records.\n\
\n\
What this proves: that these bytes were stored under these facts before the digest was mailed, and\n\
that nothing of the chain was changed since. It does not prove by itself what the publisher sent:\n\
for that compare with another witness, such as a web archive.\n"
    )
}
