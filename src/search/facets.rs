//! Counting hits by tag.
//!
//! The tags of a segment that are counted are laid out once, document after document, as small
//! numbers; counting is then one walk over memory, and not a look into compressed columns for
//! each hit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

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
    pub(super) fn sum(segments: Vec<Vec<(String, u64)>>) -> Self {
        let mut sums: HashMap<String, u64> = HashMap::new();
        for (tag, count) in segments.into_iter().flatten() {
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
    /// Where the tags of each document begin; one more than there are documents.
    starts: Vec<u32>,
    /// Tags, by number.
    tags: Vec<u16>,
}

impl Laid {
    fn of(reader: &SegmentReader) -> tantivy::Result<Self> {
        let mut out = Self {
            names: Vec::new(),
            starts: Vec::with_capacity(reader.max_doc() as usize + 1),
            tags: Vec::new(),
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
        for document in 0..reader.max_doc() {
            out.starts
                .push(u32::try_from(out.tags.len()).unwrap_or(u32::MAX));
            if let Some(column) = &column {
                let tags = column.term_ords(document).filter_map(|ord| {
                    usize::try_from(ord)
                        .ok()
                        .and_then(|ord| numbers.get(ord).copied().flatten())
                });
                out.tags.extend(tags);
            }
        }
        out.starts
            .push(u32::try_from(out.tags.len()).unwrap_or(u32::MAX));
        out.tags.shrink_to_fit();
        Ok(out)
    }

    /// Counts for each tag.
    pub(super) fn counts(&self) -> Vec<u64> {
        vec![0; self.names.len()]
    }

    /// Counts one hit.
    #[inline]
    pub(super) fn count(&self, document: DocId, counts: &mut [u64]) {
        let place = document as usize;
        if let (Some(start), Some(end)) = (self.starts.get(place), self.starts.get(place + 1))
            && let Some(tags) = self.tags.get(*start as usize..*end as usize)
        {
            for tag in tags {
                if let Some(count) = counts.get_mut(usize::from(*tag)) {
                    *count += 1;
                }
            }
        }
    }

    /// The tags that were counted, with their counts.
    pub(super) fn named(&self, counts: &[u64]) -> Vec<(String, u64)> {
        self.names
            .iter()
            .zip(counts)
            .filter(|(_, count)| **count > 0)
            .map(|(name, count)| (name.clone(), *count))
            .collect()
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
