//! Finding the rows of a snapshot again: by their bytes, then by their keys.

use std::collections::HashMap;

use crate::domain::catalogue::{CatalogueRow, KnownRow};
use crate::domain::change::Fingerprint;
use crate::domain::reference;
use crate::domain::standard::ProjectId;

/// A row that was read because its bytes were not known.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ReadRow {
    /// The row.
    pub row: CatalogueRow,
    /// What its bytes look like.
    pub bytes: Fingerprint,
}

/// What of a row that was read decides what it is known by: the row itself may be packed away.
#[derive(Clone, Debug, PartialEq)]
pub struct RowName {
    /// Its place among the rows read.
    pub place: usize,
    /// What it is known by.
    pub key: String,
    /// Its project.
    pub project: ProjectId,
    file: Option<String>,
    order: (u32, u32),
    bytes: Fingerprint,
}

impl RowName {
    /// The name of a row at its place.
    pub fn of(place: usize, read: &ReadRow) -> Self {
        let row = &read.row;
        Self {
            place,
            key: row.key.clone(),
            project: row.project.clone(),
            file: row.file.clone(),
            order: (row.rank, row.position.order()),
            bytes: read.bytes,
        }
    }
}

/// Which rows of a catalogue a snapshot has shown so far.
pub struct Sighting<'k> {
    known: &'k [KnownRow],
    /// Fingerprints in order, with the places of their rows: eighty thousand rows, two megabytes.
    by_bytes: Vec<(u128, u32)>,
    seen: Vec<bool>,
}

impl<'k> Sighting<'k> {
    /// Begins a snapshot.
    pub fn new(known: &'k [KnownRow]) -> Self {
        let mut by_bytes: Vec<(u128, u32)> = (0_u32..)
            .zip(known)
            .map(|(place, row)| (row.bytes.0, place))
            .collect();
        by_bytes.sort_unstable();
        Self {
            known,
            by_bytes,
            seen: vec![false; known.len()],
        }
    }

    /// Whether these bytes are those of a known row, which is thereby seen, unchanged.
    pub fn is_unchanged(&mut self, bytes: Fingerprint) -> bool {
        let from = self.by_bytes.partition_point(|(known, _)| *known < bytes.0);
        let mut found = false;
        // Two files may hold the same bytes; either sees the other.
        for (_, place) in self
            .by_bytes
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(|(known, _)| *known == bytes.0)
        {
            found = true;
            if let Some(seen) = self.seen.get_mut(*place as usize) {
                *seen = true;
            }
        }
        found
    }

    /// Gives every row that was read its key for good, and marks it as seen; one row a key.
    ///
    /// A list of files may hold one reference in two of them. The file that bears the
    /// reference's own name is the row; another is known by the reference and its own name, but
    /// a file that alone bears the reference is the row whatever it is called, so that a copy
    /// given by hand is found again. The order of the files does not count.
    pub fn keyed(&mut self, mut names: Vec<RowName>) -> Vec<RowName> {
        let places: HashMap<&str, usize> = self
            .known
            .iter()
            .enumerate()
            .map(|(place, row)| (row.key.as_str(), place))
            .collect();
        let mut owners: HashMap<String, String> = HashMap::new();
        for name in &names {
            if let Some(file) = &name.file {
                let owner = owners
                    .entry(name.key.clone())
                    .or_insert_with(|| file.clone());
                if rank(file, &name.key) < rank(owner, &name.key) {
                    owner.clone_from(file);
                }
            }
        }
        for name in &mut names {
            let Some(file) = &name.file else { continue };
            if is_named_after(file, &name.key) {
                continue;
            }
            let apart = format!("{} in {}", name.key, stem(file));
            let taken = places.get(name.key.as_str()).is_some_and(|place| {
                let known = self.known.get(*place).and_then(|row| row.file.as_deref());
                self.seen.get(*place) == Some(&true) && known.map(stem) != Some(stem(file))
            });
            let is_owner = owners.get(&name.key).is_some_and(|owner| owner == file);
            if places.contains_key(apart.as_str()) || taken || !is_owner {
                name.key = apart;
            }
        }
        // A list that names one row twice says the later thing of it.
        names.sort_by(|a, b| (&b.key, b.order, b.bytes.0).cmp(&(&a.key, a.order, a.bytes.0)));
        names.dedup_by(|one, kept| one.key == kept.key);
        for name in &names {
            if let Some(seen) = places
                .get(name.key.as_str())
                .and_then(|at| self.seen.get_mut(*at))
            {
                *seen = true;
            }
        }
        // Projects are compared whole.
        names.sort_by(|a, b| (&a.project, &a.key).cmp(&(&b.project, &b.key)));
        names
    }

    /// Known rows that were seen.
    pub fn seen_rows(&self) -> impl Iterator<Item = &'k KnownRow> {
        self.rows(true)
    }

    /// Known rows that were not seen.
    pub fn missing(&self) -> impl Iterator<Item = &'k KnownRow> {
        self.rows(false)
    }

    fn rows(&self, wanted: bool) -> impl Iterator<Item = &'k KnownRow> {
        self.known
            .iter()
            .zip(&self.seen)
            .filter(move |(_, seen)| **seen == wanted)
            .map(|(row, _)| row)
    }
}

/// Which of several files with one reference is the row: the one named after it, then by name.
fn rank<'a>(file: &'a str, reference: &str) -> (bool, &'a str) {
    (!is_named_after(file, reference), stem(file))
}

/// The name of a file without folders and ending.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Whether a file bears the name of its reference: `iso-iec-dts-12791.2.yaml`.
fn is_named_after(file: &str, reference: &str) -> bool {
    // Dots count in the names of files, and nowhere else in an address.
    stem(file) == reference::slug(reference)
        || stem(file)
            == reference
                .split('.')
                .map(reference::slug)
                .collect::<Vec<_>>()
                .join(".")
}
