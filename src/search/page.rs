//! One page of hits, their number and their facets, in one pass over what matches.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Instant;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, ColumnValues};
use tantivy::query::Weight;
use tantivy::{DateTime, DocId, Score, SegmentOrdinal, SegmentReader};

use super::facets::{Counted, Facets, LaidOut};
use super::schema::{DATED, HIGH, LOW};
use super::{Place, SortOrder};

/// Documents looked at between two looks at the watch.
const BREATH: usize = 1 << 12;

/// What a page of hits is made from.
pub(super) struct Page<'a> {
    pub(super) order: SortOrder,
    pub(super) after: Option<Place>,
    /// Hits wanted.
    pub(super) most: usize,
    pub(super) laid_out: Option<&'a LaidOut>,
    /// Whether the best may be picked without looking at all, and all counted apart.
    pub(super) apart: bool,
    pub(super) until: Instant,
}

/// What a page holds.
#[derive(Default)]
pub(super) struct Held {
    pub(super) total: usize,
    pub(super) places: Vec<Place>,
    pub(super) facets: Facets,
    /// Whether time ran out.
    pub(super) late: bool,
}

/// The same of one segment.
#[derive(Default)]
pub(super) struct Part {
    total: usize,
    best: BinaryHeap<Reverse<Place>>,
    counted: Option<Counted>,
    late: bool,
}

pub(super) struct Segment {
    order: SortOrder,
    after: Option<Place>,
    most: usize,
    dated: Column<DateTime>,
    high: Arc<dyn ColumnValues<u64>>,
    low: Arc<dyn ColumnValues<u64>>,
    part: Part,
    until: Instant,
}

/// A number that is ordered as a score is.
fn of_score(score: Score) -> u64 {
    let bits = score.to_bits();
    u64::from(if bits >> 31 == 0 {
        bits | 1 << 31
    } else {
        !bits
    })
}

fn of_seconds(seconds: i64) -> u64 {
    (seconds as u64) ^ 1 << 63
}

impl Segment {
    fn place(&mut self, document: DocId, key: u64) {
        let full = self.part.best.len() >= self.most;
        let worst = self.part.best.peek().map(|Reverse(place)| place.key);
        if full && worst.is_some_and(|worst| key < worst) {
            return;
        }
        if self.after.is_some_and(|after| key > after.key) {
            return;
        }
        let place = Place {
            key,
            high: Reverse(self.high.get_val(document)),
            low: Reverse(self.low.get_val(document)),
        };
        if self.after.is_some_and(|after| place >= after) {
            return;
        }
        self.part.best.push(Reverse(place));
        if full {
            self.part.best.pop();
        }
    }

    fn count(&mut self, document: DocId) {
        self.part.total += 1;
        if let Some(counted) = &mut self.part.counted {
            counted.count(document);
        }
    }

    /// Whether there is time; asked for each document, it looks at the watch seldom.
    fn in_time(&mut self) -> bool {
        if self.part.total.is_multiple_of(BREATH) && Instant::now() > self.until {
            self.part.late = true;
        }
        !self.part.late
    }
}

impl SegmentCollector for Segment {
    type Fruit = Part;

    fn collect(&mut self, document: DocId, score: Score) {
        if !self.in_time() {
            return;
        }
        self.count(document);
        let key = match self.order {
            SortOrder::Best => of_score(score),
            SortOrder::Newest => of_seconds(
                self.dated
                    .first(document)
                    .map_or(i64::MIN, DateTime::into_timestamp_secs),
            ),
        };
        self.place(document, key);
    }

    fn harvest(self) -> Part {
        self.part
    }
}

impl Collector for Page<'_> {
    type Fruit = Held;
    type Child = Segment;

    fn for_segment(&self, _: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<Segment> {
        let columns = reader.fast_fields();
        let laid = self.laid_out.map(|laid| laid.of(reader)).transpose()?;
        let part = Part {
            counted: laid.map(Counted::none),
            ..Part::default()
        };
        Ok(Segment {
            order: self.order,
            after: self.after,
            most: self.most.max(1),
            dated: columns.date(DATED)?,
            high: columns.u64(HIGH)?.first_or_default_col(0),
            low: columns.u64(LOW)?.first_or_default_col(0),
            part,
            until: self.until,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.order == SortOrder::Best
    }

    fn collect_segment(
        &self,
        weight: &dyn Weight,
        ordinal: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<Part> {
        let mut segment = self.for_segment(ordinal, reader)?;
        let alive = reader.alive_bitset();
        let is_alive = |document: DocId| alive.is_none_or(|alive| alive.is_alive(document));
        if self.requires_scoring() && self.apart {
            // The best: lists say for whole blocks how good they can be at most.
            let mut threshold = Score::MIN;
            weight.for_each_pruning(threshold, reader, &mut |document, score| {
                if is_alive(document) {
                    segment.place(document, of_score(score));
                    if segment.part.best.len() >= segment.most
                        && let Some(Reverse(worst)) = segment.part.best.peek()
                    {
                        // Equals of the worst still count: identifiers decide between them.
                        threshold = score_of(worst.key).next_down();
                    }
                }
                threshold
            })?;
            if segment.part.counted.is_some() {
                weight.for_each_no_score(reader, &mut |documents| {
                    for document in documents {
                        if is_alive(*document) && segment.in_time() {
                            segment.count(*document);
                        }
                    }
                })?;
            } else {
                segment.part.total = weight.count(reader)? as usize;
            }
        } else if self.requires_scoring() {
            weight.for_each(reader, &mut |document, score| {
                if is_alive(document) {
                    segment.collect(document, score);
                }
            })?;
        } else {
            weight.for_each_no_score(reader, &mut |documents| {
                for document in documents {
                    if is_alive(*document) {
                        segment.collect(*document, 0.0);
                    }
                }
            })?;
        }
        Ok(segment.harvest())
    }

    fn merge_fruits(&self, parts: Vec<Part>) -> tantivy::Result<Held> {
        let mut out = Held::default();
        let mut counted = Vec::with_capacity(parts.len());
        for part in parts {
            out.total += part.total;
            out.late |= part.late;
            out.places
                .extend(part.best.into_iter().map(|Reverse(place)| place));
            counted.extend(part.counted);
        }
        out.places.sort_unstable_by(|a, b| b.cmp(a));
        out.places.truncate(self.most);
        out.facets = Facets::sum(&counted);
        Ok(out)
    }
}

/// The score that a number stands for.
fn score_of(key: u64) -> Score {
    let bits = key as u32;
    Score::from_bits(if bits >> 31 == 1 {
        bits & !(1 << 31)
    } else {
        !bits
    })
}
