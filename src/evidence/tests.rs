use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::document::{Outcome, Sha256, Visit};
use crate::domain::evidence::{Record, link};
use crate::domain::id::SourceId;

fn packet() -> Packet {
    let source = SourceId::new("iso-news").unwrap();
    let mut records = Vec::new();
    let mut bodies = std::collections::BTreeMap::new();
    let mut previous: Option<Sha256> = None;
    for number in 1..=4_i64 {
        let body = format!("body {number}").into_bytes();
        let headers = vec![("etag".to_owned(), format!("\"{number}\""))];
        let fetched_at = DateTime::UNIX_EPOCH + TimeDelta::days(number);
        let sha256 = Sha256::of(&body);
        let head = link(
            previous.as_ref(),
            &Record {
                source: &source,
                number,
                url: "https://e.org/feed",
                fetched_at,
                status: 200,
                headers: &headers,
                sha256: &sha256,
                software: "regwire 0",
            },
        );
        records.push(ChainRecord {
            source: source.clone(),
            number,
            url: "https://e.org/feed".to_owned(),
            fetched_at,
            status: 200,
            headers,
            sha256,
            bytes: body.len() as u64,
            software: "regwire 0".to_owned(),
            previous: previous.replace(head.clone()),
            link: head,
        });
        if number != 2 {
            bodies.insert(number, body);
        }
    }
    let updates = vec![json!({
        "id": "u1", "source": "iso-news", "evidence": {"sha256": records[2].sha256},
    })];
    Packet {
        made_at: DateTime::UNIX_EPOCH + TimeDelta::days(9),
        software: "regwire 0".to_owned(),
        about: "Update u1.".to_owned(),
        chains: vec![Chain {
            source,
            name: "ISO news".to_owned(),
            records,
            bodies,
            asked: vec![Visit {
                source: SourceId::new("iso-news").unwrap(),
                at: DateTime::UNIX_EPOCH + TimeDelta::days(8),
                outcome: Outcome::Unchanged,
                status: Some(304),
                entries: 0,
                new: 0,
                revised: 0,
                faults: Vec::new(),
                milliseconds: 12,
                bytes: 0,
            }],
            visits: 11,
            last_visit: None,
        }],
        updates,
    }
}

#[test]
fn a_packet_as_it_was_made_holds() {
    let verdict = verify(&packet().files());
    assert_eq!(verdict.flaws, vec![]);
    assert_eq!(
        (
            verdict.files,
            verdict.records,
            verdict.bodies,
            verdict.updates
        ),
        (8, 4, 3, 1)
    );
}

#[test]
fn a_record_taken_out_is_noticed_even_when_everything_else_is_made_to_fit() {
    for gone in 0..4 {
        let mut packet = packet();
        packet.chains[0].records.remove(gone);
        let number = gone as i64 + 1;
        packet.chains[0].bodies.remove(&number);
        packet.updates.clear();
        let before = self::packet().chains[0].records[3].link.clone();
        // The list of hashes and the manifest are made anew, as a forger would.
        let verdict = verify(&packet.files());
        if gone == 3 {
            // The end of a chain can be cut off so that what is left holds; only a witness of
            // the head (a mailed issue) tells.
            assert!(verdict.holds());
            assert_ne!(packet.chains[0].records[2].link, before);
        } else {
            assert!(!verdict.holds(), "record {number}");
            assert!(verdict.flaws[0].file == names::RECORDS && verdict.flaws[0].line == gone + 1);
        }
    }
}

#[test]
fn a_file_too_many_or_too_few_is_noticed() {
    let mut files = packet().files();
    files.insert("documents/more.body".to_owned(), b"x".to_vec());
    assert!(verify(&files).flaws[0].what.contains("does not list"));
    for name in packet().files().keys() {
        let mut files = packet().files();
        files.remove(name);
        assert!(!verify(&files).holds(), "{name}");
    }
}

proptest! {
    #[test]
    fn one_altered_byte_is_noticed_and_its_file_named(at in any::<prop::sample::Index>(), file in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut files = packet().files();
        let name = files.keys().nth(file.index(files.len())).unwrap().clone();
        let bytes = files.get_mut(&name).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let verdict = verify(&files);
        prop_assert!(!verdict.holds());
        // A hash altered in the list is told at the file that it was written for.
        prop_assert!(
            name == names::SUMS || verdict.flaws.iter().any(|flaw| flaw.file == name),
            "{name} {at}: {:?}", verdict.flaws
        );
    }
}
