//! Counting hits by tag in one pass over a column.

use std::collections::HashMap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::schema::TAG;

/// How many hits have a tag: `framework` -> (`iso-iec-42001`, 12) …, the most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets(HashMap<String, Vec<(String, u64)>>);

impl Facets {
    /// The counts of one field, the most frequent first, then by name.
    pub fn of(&self, field: &str) -> &[(String, u64)] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }
}

pub(super) struct ByTag;

pub(super) struct SegmentByTag {
    column: Option<StrColumn>,
    counts: Vec<u64>,
}

impl Collector for ByTag {
    type Fruit = Facets;
    type Child = SegmentByTag;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentByTag> {
        let column = reader.fast_fields().str(TAG)?;
        let terms = column.as_ref().map_or(0, |column| column.num_terms());
        Ok(SegmentByTag {
            column,
            counts: vec![0; terms],
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<(String, u64)>>) -> tantivy::Result<Facets> {
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
        Ok(Facets(out))
    }
}

impl SegmentCollector for SegmentByTag {
    type Fruit = Vec<(String, u64)>;

    fn collect(&mut self, document: DocId, _: Score) {
        if let Some(column) = &self.column {
            for ord in column.term_ords(document) {
                if let Some(count) = usize::try_from(ord)
                    .ok()
                    .and_then(|ord| self.counts.get_mut(ord))
                {
                    *count += 1;
                }
            }
        }
    }

    fn harvest(self) -> Vec<(String, u64)> {
        let Some(column) = self.column else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (ord, count) in self
            .counts
            .into_iter()
            .enumerate()
            .filter(|(_, count)| *count > 0)
        {
            let mut tag = String::new();
            // A term that its own dictionary does not give back is counted nowhere.
            if column.ord_to_str(ord as u64, &mut tag).unwrap_or(false) {
                out.push((tag, count));
            }
        }
        out
    }
}
