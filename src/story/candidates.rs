//! Which earlier updates are worth comparing: an index in memory of fixed size.
//!
//! Each update stands under a few keys (codes, sums, names, citations, the rarest words, the
//! framework with the kind and the fortnight). Under a key the newest come first, and the oldest
//! fall out by themselves when the index is full: postings lie in a ring, and a link that points
//! behind the ring's end is no link (as in the window of LZ77). So a look-up and an insertion
//! cost the same at ten and at a million.

use std::collections::HashMap;

use super::fingerprint::{Fingerprint, Word};

/// Keys an update stands under at most.
const KEYS: usize = 16;
/// So many of the newest updates under one key are looked at.
const DEPTH: usize = 48;
/// Updates further apart in days are never one story.
const WINDOW: i32 = 75;
/// Days of one bucket of (framework, kind).
const BUCKET: i32 = 16;

/// The index. `Id` is whatever the caller knows an update by (its position in the log, say).
#[derive(Clone, Debug)]
pub struct Candidates<Id> {
    /// How many updates are kept.
    capacity: usize,
    /// For each bucket the last posting under it, counted from 1 over all time; 0 for none.
    heads: Vec<u64>,
    /// Per posting of the ring: its key, and how many postings back the one before it lies.
    keys: Vec<u32>,
    back: Vec<u32>,
    entries: Vec<(Id, i32)>,
    /// Updates ever inserted.
    inserted: u64,
}

impl<Id: Copy + Eq> Candidates<Id> {
    /// An index of the last `capacity` updates (at least one): about 200 bytes each, taken as
    /// they come.
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.clamp(1, 16_000_000);
        let buckets = (capacity * KEYS / 4).next_power_of_two().max(64);
        Self {
            capacity,
            heads: vec![0; buckets],
            keys: Vec::new(),
            back: Vec::new(),
            entries: Vec::new(),
            inserted: 0,
        }
    }

    /// How many updates are in it.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Inserts an update, in place of the oldest when the index is full.
    pub fn insert(&mut self, id: Id, fingerprint: &Fingerprint) {
        let slot = usize::try_from(self.inserted % self.capacity as u64).unwrap_or(0);
        let entry = (id, fingerprint.day());
        if slot < self.entries.len() {
            self.entries[slot] = entry;
        } else {
            self.entries.push(entry);
            self.keys.resize(self.entries.len() * KEYS, 0);
            self.back.resize(self.entries.len() * KEYS, 0);
        }
        let keys = keys(fingerprint, false);
        for (at, (key, _)) in keys.iter().enumerate().take(KEYS) {
            let posting = self.inserted * KEYS as u64 + at as u64 + 1;
            let bucket = self.bucket(*key);
            let before = self.heads[bucket];
            let distance = if before == 0 { 0 } else { posting - before };
            self.keys[slot * KEYS + at] = *key;
            self.back[slot * KEYS + at] = u32::try_from(distance).unwrap_or(0);
            self.heads[bucket] = posting;
        }
        // Places without a key belong to no chain.
        for at in keys.len().min(KEYS)..KEYS {
            self.keys[slot * KEYS + at] = 0;
            self.back[slot * KEYS + at] = 0;
        }
        self.inserted += 1;
    }

    /// The updates most worth comparing with this one, best first, at most `limit`.
    pub fn look_up(&self, fingerprint: &Fingerprint, limit: usize) -> Vec<Id> {
        let day = fingerprint.day();
        let mut found: HashMap<usize, (u32, u64)> = HashMap::new();
        let ring = (self.capacity * KEYS) as u64;
        let newest = self.inserted * KEYS as u64;
        for (key, weight) in keys(fingerprint, true) {
            let mut posting = self.heads[self.bucket(key)];
            let mut looked = 0;
            while posting > 0 && newest - (posting - 1) <= ring && looked < DEPTH {
                let place = usize::try_from((posting - 1) % ring).unwrap_or(0);
                if self.keys.get(place) == Some(&key) {
                    looked += 1;
                    let slot = place / KEYS;
                    let other = self.entries.get(slot).map_or(0, |(_, day)| *day);
                    if day == 0 || other == 0 || (day - other).abs() <= WINDOW {
                        let entry = found.entry(slot).or_insert((0, posting));
                        entry.0 += weight;
                    }
                }
                let back = self.back.get(place).copied().unwrap_or(0);
                if back == 0 || u64::from(back) >= posting {
                    break;
                }
                posting -= u64::from(back);
            }
        }
        let mut ranked: Vec<(usize, (u32, u64))> = found.into_iter().collect();
        // More keys in common first, then the newer one.
        ranked.sort_unstable_by_key(|(_, rank)| std::cmp::Reverse(*rank));
        ranked
            .into_iter()
            .take(limit)
            .filter_map(|(slot, _)| self.entries.get(slot).map(|(id, _)| *id))
            .collect()
    }

    fn bucket(&self, key: u32) -> usize {
        // The number of buckets is a power of two.
        (key.wrapping_mul(0x9e37_79b1) >> 4) as usize & (self.heads.len() - 1)
    }
}

/// The keys of an update with how much each says; of (framework, kind) the neighbouring
/// fortnights too when looking up.
fn keys(fingerprint: &Fingerprint, looking: bool) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = Vec::with_capacity(KEYS + 4);
    let mut add = |text: &str, weight: u32| {
        let key = Word::plain_key(text);
        if !out.iter().any(|(other, _)| *other == key) {
            out.push((key, weight));
        }
    };
    for code in fingerprint.codes.iter().take(3) {
        add(code, 4);
    }
    for sum in fingerprint.sums.iter().take(2) {
        // Rounded, so that "nearly 1.4 bn" meets 1.375 bn.
        add(&format!("sum {}", rounded(sum.0)), 3);
    }
    let mut cited: Vec<&str> = fingerprint
        .references
        .iter()
        .filter(|cited| cited.head || fingerprint.references.len() <= 2)
        .map(|cited| cited.work.as_str())
        .collect();
    cited.sort_unstable();
    for work in cited.into_iter().take(2) {
        add(&format!("cited {work}"), 2);
    }
    let bucket = fingerprint.day().div_euclid(BUCKET);
    let buckets = if looking {
        bucket - 1..=bucket + 1
    } else {
        bucket..=bucket
    };
    let kind = fingerprint.kind.map_or("", |kind| kind.as_str());
    for framework in fingerprint.frameworks.iter().take(2) {
        for bucket in buckets.clone() {
            add(&format!("{} {kind} {bucket}", framework.as_str()), 1);
        }
    }
    for body in fingerprint.bodies.iter().take(2) {
        for bucket in buckets.clone() {
            add(&format!("by {} {bucket}", body.as_str()), 1);
        }
    }
    // The particular words whose hashes are least: two texts that share most of their words
    // share most of these (min-wise hashing), whatever their order.
    let mut words: Vec<(bool, u32)> = fingerprint
        .head
        .iter()
        .filter(|word| word.weight() > 1.5)
        .map(|word| (word.weight() < 2.5, word.key().wrapping_mul(0x85eb_ca6b)))
        .collect();
    words.sort_unstable();
    for (_, hash) in words.into_iter().take(4) {
        add(&format!("word {hash}"), 2);
    }
    let mut others: Vec<(bool, u32)> = fingerprint
        .all
        .iter()
        .filter(|word| word.weight() > 1.5)
        .map(|word| (word.weight() < 2.5, word.key().wrapping_mul(0x85eb_ca6b)))
        .collect();
    others.sort_unstable();
    let limit = if looking { KEYS + 8 } else { KEYS };
    for (_, hash) in others {
        if out.len() >= limit {
            break;
        }
        let key = Word::plain_key(&format!("word {hash}"));
        if !out.iter().any(|(other, _)| *other == key) {
            out.push((key, 2));
        }
    }
    out
}

/// A sum to two figures.
fn rounded(sum: u64) -> u64 {
    let mut unit = 1;
    while sum / unit >= 100 {
        unit *= 10;
    }
    (sum + unit / 2) / unit * unit
}
