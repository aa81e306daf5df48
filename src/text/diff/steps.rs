//! The way from one sequence of words to another: the shortest where it can be sought, sentence by
//! sentence where the texts are long.

use std::collections::HashMap;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::Numbers;

/// The most words (of both texts together) among which the shortest way is sought, at a cost that
/// grows with their square; what is longer is first cut into sentences. A bound by size and not
/// by the clock: the same texts have the same diff on every machine.
const MAX_SEARCHED: usize = 4_000;
/// The longest sentence, in words, where no sign ends one.
const MAX_SENTENCE: usize = 60;

/// One step through both texts: something went, something came, then both go on alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub removed: Range<usize>,
    pub added: Range<usize>,
    /// In the later text.
    pub equal: Range<usize>,
}

/// A text as numbers of its pieces, and where its sentences end.
pub(super) struct Numbered {
    pub keys: Vec<u32>,
    /// The places after which a sentence ends, in order; the end of the text is the last.
    pub ends: Vec<usize>,
}

impl Numbered {
    pub(super) fn new<'a>(pieces: &[&'a str], numbers: &mut Numbers<'a>) -> Self {
        let mut ends = Vec::new();
        let mut since = 0;
        for (place, piece) in pieces.iter().enumerate() {
            since += 1;
            let word = piece.trim_end();
            let over = matches!(
                word,
                "." | ";" | ":" | "!" | "?" | "。" | "；" | "！" | "？"
            ) || piece.get(word.len()..).is_some_and(|b| b.contains('\n'))
                || since >= MAX_SENTENCE;
            if over || place + 1 == pieces.len() {
                ends.push(place + 1);
                since = 0;
            }
        }
        Self {
            keys: pieces.iter().map(|piece| numbers.of(piece)).collect(),
            ends,
        }
    }

    /// The sentences that lie within a range, with where each begins.
    fn sentences(&self, range: &Range<usize>) -> Vec<Range<usize>> {
        let mut start = range.start;
        let first = self.ends.partition_point(|end| *end <= range.start);
        let mut out = Vec::new();
        for end in self.ends.get(first..).unwrap_or(&[]) {
            let end = (*end).min(range.end);
            if end > start {
                out.push(start..end);
            }
            start = end;
            if end == range.end {
                break;
            }
        }
        out
    }

    fn slice(&self, range: &Range<usize>) -> &[u32] {
        self.keys.get(range.clone()).unwrap_or(&[])
    }
}

/// The steps that lead from one text to the other.
pub(super) fn steps(old: &Numbered, new: &Numbered) -> Vec<Step> {
    let head = alike(old.keys.iter(), new.keys.iter());
    let (old_rest, new_rest) = (head..old.keys.len(), head..new.keys.len());
    let tail = alike(
        old.slice(&old_rest).iter().rev(),
        new.slice(&new_rest).iter().rev(),
    );
    let (old_middle, new_middle) = (
        head..old_rest.end.saturating_sub(tail),
        head..new_rest.end.saturating_sub(tail),
    );
    let mut out = vec![Step {
        removed: 0..0,
        added: 0..0,
        equal: 0..head,
    }];
    if old_middle.len() + new_middle.len() <= MAX_SEARCHED {
        let ops = shortest(old.slice(&old_middle), new.slice(&new_middle));
        out.extend(shifted(ops, old_middle.start, new_middle.start));
    } else {
        by_sentences(old, new, &old_middle, &new_middle, &mut out);
    }
    out.push(Step {
        removed: 0..0,
        added: 0..0,
        equal: new_middle.end..new.keys.len(),
    });
    out
}

/// Whole sentences first, then the words of those that differ.
fn by_sentences(
    old: &Numbered,
    new: &Numbered,
    old_range: &Range<usize>,
    new_range: &Range<usize>,
    out: &mut Vec<Step>,
) {
    let (old_cuts, new_cuts) = (old.sentences(old_range), new.sentences(new_range));
    let replaced = |removed: Range<usize>, added: Range<usize>| Step {
        equal: added.end..added.end,
        removed,
        added,
    };
    let mut numbers: HashMap<&[u32], u32> = HashMap::new();
    let mut number = |sentence| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(sentence).or_insert(next)
    };
    let old_keys: Vec<u32> = old_cuts.iter().map(|cut| number(old.slice(cut))).collect();
    let new_keys: Vec<u32> = new_cuts.iter().map(|cut| number(new.slice(cut))).collect();
    let span = |cuts: &[Range<usize>], of: &Range<usize>, begin: usize| {
        let cuts = cuts.get(of.clone()).unwrap_or(&[]);
        let start = cuts.first().map_or(begin, |cut| cut.start);
        start..cuts.last().map_or(start, |cut| cut.end)
    };
    for step in anchored(&old_keys, &new_keys) {
        let removed = span(&old_cuts, &step.removed, old_range.start);
        let added = span(&new_cuts, &step.added, new_range.start);
        if removed.len() + added.len() <= MAX_SEARCHED {
            let ops = shortest(old.slice(&removed), new.slice(&added));
            out.extend(shifted(ops, removed.start, added.start));
        } else {
            out.push(replaced(removed, added));
        }
        out.push(Step {
            removed: 0..0,
            added: 0..0,
            equal: span(&new_cuts, &step.equal, new_range.start),
        });
    }
}

/// The shortest way where it can be sought, else one that goes through everything that each
/// sequence has just once (patience diff), and between those the shortest way again.
fn anchored(old: &[u32], new: &[u32]) -> Vec<Step> {
    if old.len() + new.len() <= MAX_SEARCHED {
        return shortest(old, new);
    }
    let once = |keys: &[u32]| {
        let mut places: HashMap<u32, Option<usize>> = HashMap::new();
        for (place, key) in keys.iter().enumerate() {
            places
                .entry(*key)
                .and_modify(|known| *known = None)
                .or_insert(Some(place));
        }
        places
    };
    let old_once = once(old);
    let mut pairs: Vec<(usize, usize)> = once(new)
        .into_iter()
        .filter_map(|(key, place)| Some((old_once.get(&key).copied().flatten()?, place?)))
        .collect();
    pairs.sort_unstable();
    let mut out = Vec::new();
    let (mut old_at, mut new_at) = (0, 0);
    let end = (old.len(), new.len());
    for (old_next, new_next) in rising(&pairs).into_iter().chain([end]) {
        let (gone, come) = (old_at..old_next, new_at..new_next);
        if gone.len() + come.len() <= MAX_SEARCHED {
            let between = |keys: &'_ [u32], range: &Range<usize>| -> Vec<u32> {
                keys.get(range.clone()).unwrap_or(&[]).to_vec()
            };
            let steps = shortest(&between(old, &gone), &between(new, &come));
            out.extend(shifted(steps, gone.start, come.start));
        } else {
            out.push(Step {
                equal: come.end..come.end,
                removed: gone,
                added: come,
            });
        }
        if new_next < new.len() {
            out.push(Step {
                removed: old_next..old_next,
                added: new_next..new_next,
                equal: new_next..new_next + 1,
            });
        }
        (old_at, new_at) = (old_next + 1, new_next + 1);
    }
    out
}

/// The most pairs, in order of their first place, whose second places rise too.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length, which pair ends the chain of that length that ends lowest.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; pairs.len()];
    let second = |place: usize| pairs.get(place).map_or(0, |pair| pair.1);
    for place in 0..pairs.len() {
        let length = ends.partition_point(|end| second(*end) < second(place));
        if let Some(link) = before.get_mut(place) {
            *link = length
                .checked_sub(1)
                .and_then(|shorter| ends.get(shorter).copied());
        }
        match ends.get_mut(length) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    let mut out = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(place) = at {
        out.extend(pairs.get(place).copied());
        at = before.get(place).copied().flatten();
    }
    out.reverse();
    out
}

/// How many of two sequences are the same from the start.
fn alike<'a>(a: impl Iterator<Item = &'a u32>, b: impl Iterator<Item = &'a u32>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

fn shifted(steps: Vec<Step>, old: usize, new: usize) -> impl Iterator<Item = Step> {
    let by = |range: Range<usize>, by: usize| range.start + by..range.end + by;
    steps.into_iter().map(move |step| Step {
        removed: by(step.removed, old),
        added: by(step.added, new),
        equal: by(step.equal, new),
    })
}

/// The shortest way (Myers) from one sequence to the other.
fn shortest(old: &[u32], new: &[u32]) -> Vec<Step> {
    let mut out: Vec<Step> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, old, new) {
        let (_, old, new) = op.as_tag_tuple();
        let stays = matches!(op, DiffOp::Equal { .. });
        match out.last_mut() {
            // What follows a change at once belongs to the same step.
            Some(step) if step.equal.is_empty() && stays => step.equal = new,
            Some(step) if step.equal.is_empty() => {
                step.removed.end = old.end;
                step.added.end = new.end;
                step.equal = new.end..new.end;
            }
            _ if stays => out.push(Step {
                removed: old.start..old.start,
                added: new.start..new.start,
                equal: new,
            }),
            _ => out.push(Step {
                equal: new.end..new.end,
                removed: old,
                added: new,
            }),
        }
    }
    out
}
