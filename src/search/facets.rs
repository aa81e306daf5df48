//! Counting hits by tag.
//!
//! Most updates share all of their counted tags with many others. Each such set of tags has a number,
//! and each document of a segment the number of its set; counting is one look into memory for each
//! hit, and the sets are taken apart once, at the end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::index::SegmentId;
use tantivy::{DocId, SegmentReader};

use super::schema::TAG;

/// The fields that hits are counted by.
const COUNTED: &[&str] = &[
    "framework",
    "jurisdiction",
    "kind",
    "topic",
    "body",
    "source",
    "authority",
    "language",
];

/// How many hits have a tag: `framework` -> (`iso-iec-42001`, 12) …, the most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets(HashMap<String, Vec<(String, u64)>>);

impl Facets {
    /// The counts of one field, the most frequent first, then by name.
    pub fn of(&self, field: &str) -> &[(String, u64)] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// Puts the counts of segments together.
    pub(super) fn sum(segments: &[Counted]) -> Self {
        let mut sums: FxHashMap<&str, u64> = FxHashMap::default();
        for (tag, count) in segments.iter().flat_map(Counted::named) {
            *sums.entry(tag).or_default() += count;
        }
        let mut out: HashMap<String, Vec<(String, u64)>> = HashMap::new();
        for (tag, count) in sums {
            if let Some((field, value)) = tag.split_once(':') {
                out.entry(field.to_owned())
                    .or_default()
                    .push((value.to_owned(), count));
            }
        }
        for counts in out.values_mut() {
            counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        }
        Self(out)
    }
}

/// The counted tags of one segment.
pub(super) struct Laid {
    /// The tags, by their number.
    names: Vec<String>,
    /// Sets of tags, by their number: where each ends in `tags`.
    ends: Vec<u32>,
    /// The tags of all sets, by number.
    tags: Vec<u16>,
    /// For each document its set.
    sets: Vec<u32>,
}

/// A place as a number; a segment has no more documents, and so no more sets, than 32 bits count.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

impl Laid {
    fn of(reader: &SegmentReader) -> tantivy::Result<Self> {
        let mut out = Self {
            names: Vec::new(),
            ends: Vec::new(),
            tags: Vec::new(),
            sets: Vec::with_capacity(reader.max_doc() as usize),
        };
        let column = reader.fast_fields().str(TAG)?;
        let mut numbers: Vec<Option<u16>> = Vec::new();
        if let Some(column) = &column {
            for ord in 0..column.num_terms() {
                let mut tag = String::new();
                let known = column.ord_to_str(ord as u64, &mut tag)?;
                let counted = known
                    && tag
                        .split_once(':')
                        .is_some_and(|(field, _)| COUNTED.contains(&field));
                numbers.push(u16::try_from(out.names.len()).ok().filter(|_| counted));
                if numbers.last().is_some_and(Option::is_some) {
                    out.names.push(tag);
                }
            }
        }
        let mut known: FxHashMap<Box<[u16]>, u32> = FxHashMap::default();
        let mut set: Vec<u16> = Vec::new();
        for document in 0..reader.max_doc() {
            set.clear();
            if let Some(column) = &column {
                set.extend(column.term_ords(document).filter_map(|ord| {
                    usize::try_from(ord)
                        .ok()
                        .and_then(|ord| numbers.get(ord).copied().flatten())
                }));
            }
            let place = match known.get(set.as_slice()) {
                Some(place) => *place,
                None => {
                    let place = number(out.ends.len());
                    out.tags.extend_from_slice(&set);
                    out.ends.push(number(out.tags.len()));
                    known.insert(set.as_slice().into(), place);
                    place
                }
            };
            out.sets.push(place);
        }
        out.ends.shrink_to_fit();
        out.tags.shrink_to_fit();
        Ok(out)
    }

    /// The tags of a set, by number.
    fn tags_of(&self, set: usize) -> &[u16] {
        let end = |set: usize| self.ends.get(set).map_or(0, |end| *end as usize);
        let start = set.checked_sub(1).map_or(0, end);
        self.tags.get(start..end(set)).unwrap_or(&[])
    }
}

/// How many hits of one segment have each of its counted tags.
pub(super) struct Counted {
    laid: Arc<Laid>,
    /// For each set of tags, by its number.
    counts: Vec<u32>,
}

impl Counted {
    /// No hit yet.
    pub(super) fn none(laid: Arc<Laid>) -> Self {
        Self {
            counts: vec![0; laid.ends.len()],
            laid,
        }
    }

    /// Counts one hit.
    #[inline]
    pub(super) fn count(&mut self, document: DocId) {
        if let Some(set) = self.laid.sets.get(document as usize)
            && let Some(count) = self.counts.get_mut(*set as usize)
        {
            *count += 1;
        }
    }

    /// The tags that were counted, with their counts.
    fn named(&self) -> impl Iterator<Item = (&str, u64)> {
        let mut counts = vec![0_u64; self.laid.names.len()];
        for (set, hits) in self
            .counts
            .iter()
            .enumerate()
            .filter(|(_, hits)| **hits > 0)
        {
            for tag in self.laid.tags_of(set) {
                if let Some(count) = counts.get_mut(usize::from(*tag)) {
                    *count += u64::from(*hits);
                }
            }
        }
        let names = self.laid.names.iter().map(String::as_str);
        names.zip(counts).filter(|(_, count)| *count > 0)
    }
}

/// The tags of the segments that were searched, laid out.
#[derive(Default)]
pub(super) struct LaidOut(Mutex<HashMap<SegmentId, Arc<Laid>>>);

impl LaidOut {
    /// Those of one segment.
    pub(super) fn of(&self, reader: &SegmentReader) -> tantivy::Result<Arc<Laid>> {
        let id = reader.segment_id();
        if let Some(laid) = self.kept().get(&id) {
            return Ok(Arc::clone(laid));
        }
        let laid = Arc::new(Laid::of(reader)?);
        self.kept().insert(id, Arc::clone(&laid));
        Ok(laid)
    }

    /// Forgets segments that are no more.
    pub(super) fn keep(&self, segments: &[SegmentReader]) {
        self.kept()
            .retain(|id, _| segments.iter().any(|one| one.segment_id() == *id));
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<SegmentId, Arc<Laid>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
