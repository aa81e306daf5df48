//! A watched page and what it was: nothing, or a change with what went, what came and its weight.

mod grouping;
mod matching;
mod noise;
#[cfg(test)]
mod tests;
mod tokens;
mod weight;

use std::collections::HashSet;
use std::ops::Range;

use sha2::{Digest, Sha256};

pub use grouping::{Group, grouped};

use self::matching::{Rows, differences};
use self::tokens::{Version, Vocabulary};
use self::weight::Kinds;
use crate::domain::change::Fingerprint;
use crate::domain::document::{Fault, FaultCode};
use crate::domain::page::{Block, BlockKind, PageText};
use crate::domain::page_change::{BlockEdit, PageChange};
use crate::text::diff::{self, Part, Span};
use crate::text::words;

/// The least that one edit weighs to be told; a change of many slight ones is told from
/// [`MANY_WORDS`] on.
pub const TOLD: f64 = 0.15;
/// So many words changed in slight edits are told all the same.
const MANY_WORDS: usize = 25;
/// A redesign takes away and brings at least so much of how a page is built, in hundredths, …
const LEAST_REPLACED: usize = 3;
/// … and both together so much.
const REBUILT: usize = 8;
/// Of a page built anew, so many new or gone words in a row are a text and no part of its frame.
const TEXT_OF_REDESIGN: usize = 15;
/// A page of fewer words may well lose most of them.
const FEW_WORDS: usize = 60;
/// A page that has less than this share of its words left, in hundredths, is not believed at once.
const SHRUNKEN: usize = 20;
/// How many readings in a row have to show the same shrunken page before it is believed.
pub const READINGS_TO_BELIEVE: u32 = 3;
/// So many words in a row that stand elsewhere in the other version only moved.
const MOVED: usize = 8;
/// The most edits that a change lists.
const MAX_EDITS: usize = 500;

/// What is known of a page from earlier readings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Past<'p> {
    /// The last reading that was taken.
    pub last: Option<&'p PageText>,
    /// The fingerprints of edits told in the last versions, of any age that the caller holds to be
    /// recent: by them flapping is known.
    pub told: &'p [Fingerprint],
    /// A reading that was doubted at the last visit, and how often in a row it came.
    pub doubted: Option<(Fingerprint, u32)>,
}

/// What comparing found.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Nothing was known, or another reader read it: this reading is what the next is compared
    /// with.
    First,
    /// Nothing that means anything is different.
    Same,
    /// Too slight to be told; the reading is taken.
    Slight(PageChange),
    /// To be told; the reading is taken.
    Changed(PageChange),
    /// Every edit was told before, in this direction: the page goes to and fro. The reading is
    /// taken and nothing told.
    Flapping(PageChange),
    /// Not believed yet: the reading is not taken, and the next visit decides.
    Doubted {
        /// What this reading is, to be handed in as [`Past::doubted`].
        state: Fingerprint,
        /// How often in a row it came.
        times: u32,
        /// For whoever looks after the source.
        fault: Fault,
    },
}

/// Compares a reading with what is known of the page.
pub fn compare(past: &Past<'_>, now: &PageText) -> Verdict {
    let Some(last) = past.last else {
        return Verdict::First;
    };
    if last.reader != now.reader {
        return Verdict::First;
    }
    let mut vocabulary = Vocabulary::default();
    let old = Version::new(last, &mut vocabulary, false);
    let new = Version::new(now, &mut vocabulary, false);
    if old.stream.len() >= FEW_WORDS && new.stream.len() * 100 < old.stream.len() * SHRUNKEN {
        let state = state_of(&new, &vocabulary);
        let times = past
            .doubted
            .filter(|(doubted, _)| *doubted == state)
            .map_or(1, |(_, times)| times.saturating_add(1));
        if times < READINGS_TO_BELIEVE {
            return Verdict::Doubted {
                state,
                times,
                fault: Fault::new(
                    FaultCode::Shrunken,
                    format!(
                        "the page has {} words where it had {}; it is believed when it comes {READINGS_TO_BELIEVE} times in a row",
                        new.stream.len(),
                        old.stream.len()
                    ),
                ),
            };
        }
    }
    let redesigned = is_redesign(last, now);
    let mut found = edits(&old, &new, &vocabulary);
    if redesigned {
        found.retain(Found::survives_redesign);
    }
    if found.is_empty() {
        return Verdict::Same;
    }
    // An edit that was told before, in this direction, is one half of a to and fro.
    let again = |found: &Found| past.told.contains(&found.edit.fingerprint);
    if found.iter().all(again) {
        return Verdict::Flapping(change(found, redesigned, false));
    }
    found.retain(|found| !again(found));
    let returned = found.iter().any(|found| past.told.contains(&found.inverse));
    let words: usize = found.iter().map(|found| found.kinds.words).sum();
    let heavy = found.iter().any(|found| found.edit.weight >= TOLD);
    let change = change(found, redesigned, returned);
    if heavy || words >= MANY_WORDS {
        Verdict::Changed(change)
    } else {
        Verdict::Slight(change)
    }
}

/// Everything that differs between any two versions of a page, however slight, noise included.
pub fn between(before: &PageText, after: &PageText) -> PageChange {
    let mut vocabulary = Vocabulary::default();
    let old = Version::new(before, &mut vocabulary, true);
    let new = Version::new(after, &mut vocabulary, true);
    let found = edits(&old, &new, &vocabulary);
    change(found, is_redesign(before, after), false)
}

/// What a page says, whatever the order and the noise: equal for two readings between which
/// [`compare`] finds nothing because their blocks are the same.
pub fn state(page: &PageText) -> Fingerprint {
    let mut vocabulary = Vocabulary::default();
    let version = Version::new(page, &mut vocabulary, false);
    state_of(&version, &vocabulary)
}

/// Each distinct block counts once: a sum knows no order.
fn state_of(version: &Version<'_>, vocabulary: &Vocabulary) -> Fingerprint {
    let distinct: HashSet<&[u32]> = (0..version.blocks.len())
        .map(|number| version.words(number))
        .collect();
    Fingerprint(distinct.into_iter().fold(0, |sum: u128, words| {
        let words = words.iter().map(|word| vocabulary.word(*word));
        sum.wrapping_add(fingerprint(words).0)
    }))
}

fn fingerprint<'w>(words: impl Iterator<Item = &'w str>) -> Fingerprint {
    let mut digest = Sha256::new();
    for word in words {
        digest.update(word);
        digest.update([0]);
    }
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest.finalize()) {
        *to = from;
    }
    Fingerprint(u128::from_be_bytes(bytes))
}

/// Whether the page was built anew: a redesign takes some of how a page was built away and brings
/// other in its place, where a text that is new or gone does only one of the two.
fn is_redesign(before: &PageText, after: &PageText) -> bool {
    let size = before.build.len().max(after.build.len());
    let mut both: Vec<u32> = before.build.iter().chain(&after.build).copied().collect();
    both.sort_unstable();
    both.dedup();
    // The smallest numbers of both together are a sample of all their features.
    both.truncate(size);
    let only = |one: &PageText, other: &PageText| {
        let there = |number: &&u32| one.build.contains(number) && !other.build.contains(number);
        both.iter().filter(there).count()
    };
    let (gone, come) = (only(before, after), only(after, before));
    let share = |count: usize| count * 100 / both.len().max(1);
    share(gone) >= LEAST_REPLACED && share(come) >= LEAST_REPLACED && share(gone + come) >= REBUILT
}

/// An edit with what it was judged by.
struct Found {
    edit: BlockEdit,
    kinds: Kinds,
    /// What the fingerprint of the opposite edit would be.
    inverse: Fingerprint,
    /// Whether the block stood on the page before, and stands there still.
    rewritten: bool,
    /// Whether a word of a kind that matters came that the page had nowhere, or went that it has
    /// nowhere now.
    strongly_new: bool,
    /// Where it stands among the edits.
    place: (usize, usize),
}

impl Found {
    /// Of a page built anew, only what changed within a text counts, and texts that are new or
    /// gone; labels and buttons come and go with the design.
    fn survives_redesign(&self) -> bool {
        if self.rewritten {
            self.strongly_new || self.kinds.words >= TEXT_OF_REDESIGN
        } else {
            self.kinds.words >= TEXT_OF_REDESIGN && self.edit.weight >= TOLD
        }
    }
}

fn edits(old: &Version<'_>, new: &Version<'_>, vocabulary: &Vocabulary) -> Vec<Found> {
    let differences = differences(old, new);
    let mut found = Vec::new();
    if differences.gone.is_empty() && differences.come.is_empty() && differences.pairs.is_empty() {
        return found;
    }
    let (old_rows, new_rows) = (Rows::new(old), Rows::new(new));
    for (before, after) in &differences.pairs {
        let before = Side {
            version: old,
            number: *before,
            unknown: new_rows.unknown(old, *before),
        };
        let after = Side {
            version: new,
            number: *after,
            unknown: old_rows.unknown(new, *after),
        };
        found.extend(rewritten(&before, &after, vocabulary));
    }
    for number in &differences.come {
        let side = Side {
            version: new,
            number: *number,
            unknown: old_rows.unknown(new, *number),
        };
        found.extend(alone(&side, Part::Added, *number, vocabulary));
    }
    // What is gone is told where it stood: after what stood before it and is there still.
    let mut stood: Vec<Option<usize>> = vec![None; old.blocks.len()];
    for (number, other) in differences.partner.iter().enumerate() {
        if let Some(place) = other.and_then(|other| stood.get_mut(other)) {
            *place = Some(number + 1);
        }
    }
    let mut last = 0;
    for place in &mut stood {
        last = place.unwrap_or(last);
        *place = Some(last);
    }
    for number in &differences.gone {
        let side = Side {
            version: old,
            number: *number,
            unknown: new_rows.unknown(old, *number),
        };
        let place = stood.get(*number).copied().flatten().unwrap_or(0);
        found.extend(alone(&side, Part::Removed, place, vocabulary));
    }
    found.sort_by_key(|found| found.place);
    found
}

/// A block of one version, with which of its words the other version does not have.
struct Side<'a> {
    version: &'a Version<'a>,
    number: usize,
    unknown: Vec<bool>,
}

impl Side<'_> {
    fn words(&self) -> &[u32] {
        self.version.words(self.number)
    }

    fn place(&self) -> usize {
        let words = self.version.blocks.get(self.number);
        words.map_or(0, |words| words.place)
    }

    fn block(&self) -> Option<&Block> {
        self.version.page.blocks.get(self.place())
    }

    /// Whether the words of a run all stand elsewhere in the other version.
    fn stands_elsewhere(&self, run: &Range<usize>) -> bool {
        let unknown = self.unknown.get(run.clone()).unwrap_or(&[]);
        run.len() >= MOVED && !unknown.contains(&true)
    }

    /// What stands in the stream right before and right after the block.
    fn around(&self) -> (&[u32], &[u32]) {
        let Some(words) = self.version.blocks.get(self.number) else {
            return (&[], &[]);
        };
        let stream = &self.version.stream;
        (
            stream.get(..words.start).unwrap_or(&[]),
            stream.get(words.end..).unwrap_or(&[]),
        )
    }

    fn edit(&self, spans: Vec<Span>, weight: f64, fingerprint: Fingerprint) -> BlockEdit {
        let page = self.version.page;
        let place = self.place();
        let path = page.path(place);
        BlockEdit {
            block: self
                .block()
                .map_or(BlockKind::Paragraph, |block| block.kind),
            under: path.into_iter().map(str::to_owned).collect(),
            anchor: page.anchor(place).map(str::to_owned),
            spans,
            weight,
            fingerprint,
        }
    }
}

/// An edit within a block that is there in both versions.
fn rewritten(before: &Side<'_>, after: &Side<'_>, vocabulary: &Vocabulary) -> Option<Found> {
    let (old, new) = (before.words(), after.words());
    let runs: Vec<_> = diff::runs(old, new)
        .into_iter()
        .map(|(gone, come)| {
            (
                without_moved(gone, old, before, after),
                without_moved(come, new, after, before),
            )
        })
        .filter(|(gone, come)| !gone.is_empty() || !come.is_empty())
        .collect();
    if runs.is_empty() {
        return None;
    }
    let word = |number: &u32| vocabulary.word(*number);
    let gone: Vec<&str> = runs
        .iter()
        .flat_map(|(gone, _)| old.get(gone.clone()).unwrap_or(&[]))
        .map(word)
        .collect();
    let come: Vec<&str> = runs
        .iter()
        .flat_map(|(_, come)| new.get(come.clone()).unwrap_or(&[]))
        .map(word)
        .collect();
    // The words before an edit belong to it: "2025" is replaced by "2026" on any page.
    let context: Vec<&str> = runs
        .iter()
        .flat_map(|(_, come)| {
            new.get(come.start.saturating_sub(2)..come.start)
                .unwrap_or(&[])
        })
        .map(word)
        .collect();
    let kinds = Kinds::of(gone.iter().chain(&come).copied());
    let strongly_new = {
        let runs = |number: usize| {
            runs.iter().flat_map(move |(gone, come)| {
                let (words, run) = if number == 0 {
                    (old, gone)
                } else {
                    (new, come)
                };
                words.get(run.clone()).unwrap_or(&[])
            })
        };
        // A value alone has nothing around it that says what it is the value of.
        let alone = !old.iter().any(|word| new.contains(word));
        let went = runs(0).filter(|word| !after.version.has(**word));
        let came = runs(1).filter(|word| !before.version.has(**word));
        !alone && Kinds::of(went.chain(came).map(word)).is_strong()
    };
    let weight = weight::of_edit(kinds, after.block()?);
    let spans = diff::words(&before.block()?.text, &after.block()?.text);
    Some(Found {
        edit: after.edit(spans, weight, edit_fingerprint(&context, &gone, &come)),
        inverse: edit_fingerprint(&context, &come, &gone),
        kinds,
        strongly_new,
        rewritten: true,
        place: (after.number, 1),
    })
}

/// A run of words that differ, empty where they only stand in another block now: right before or
/// after this one, where the text is broken elsewhere, or, as a longer passage, anywhere.
fn without_moved(
    run: Range<usize>,
    words: &[u32],
    own: &Side<'_>,
    other: &Side<'_>,
) -> Range<usize> {
    let said = words.get(run.clone()).unwrap_or(&[]);
    let (before, after) = other.around();
    let moved = (run.start == 0 && before.ends_with(said))
        || (run.end == words.len() && after.starts_with(said))
        || own.stands_elsewhere(&run);
    if moved { run.end..run.end } else { run }
}

/// A block that only one version has, if it has words that the other does not have.
fn alone(side: &Side<'_>, part: Part, place: usize, vocabulary: &Vocabulary) -> Option<Found> {
    let unknown: Vec<&str> = side
        .words()
        .iter()
        .zip(&side.unknown)
        .filter(|(_, unknown)| **unknown)
        .map(|(word, _)| vocabulary.word(*word))
        .collect();
    if unknown.is_empty() {
        return None;
    }
    let kinds = Kinds::of(unknown.iter().copied());
    let block = side.block()?;
    let weight = weight::of_edit(kinds, block);
    // Of a block that is known for the most part, put together of others, only the rest is marked.
    let spans = if unknown.len() * 2 < side.words().len() {
        let marked: HashSet<&str> = unknown.iter().copied().collect();
        diff::picked(&block.text, part, |piece| {
            let mut is = false;
            tokens::words(&words::fold(piece), |word| is |= marked.contains(word));
            is
        })
    } else {
        diff::whole(part, &block.text)
    };
    let (gone, come) = match part {
        Part::Removed => (&unknown[..], &[][..]),
        _ => (&[][..], &unknown[..]),
    };
    Some(Found {
        edit: side.edit(spans, weight, edit_fingerprint(&[], gone, come)),
        inverse: edit_fingerprint(&[], come, gone),
        kinds,
        strongly_new: false,
        rewritten: false,
        place: (place, usize::from(part == Part::Added)),
    })
}

fn edit_fingerprint(context: &[&str], gone: &[&str], come: &[&str]) -> Fingerprint {
    let parts = context
        .iter()
        .chain(&["-"])
        .chain(gone)
        .chain(&["+"])
        .chain(come);
    fingerprint(parts.copied())
}

fn change(found: Vec<Found>, redesigned: bool, returned: bool) -> PageChange {
    let weight = weight::together(found.iter().map(|found| found.edit.weight));
    let mut prints: Vec<String> = found
        .iter()
        .map(|found| found.edit.fingerprint.to_text())
        .collect();
    prints.sort_unstable();
    prints.dedup();
    let mut edits: Vec<BlockEdit> = found.into_iter().map(|found| found.edit).collect();
    if edits.len() > MAX_EDITS {
        // The heaviest are kept, in the page's order.
        let mut weights: Vec<f64> = edits.iter().map(|edit| edit.weight).collect();
        weights.sort_unstable_by(|a, b| b.total_cmp(a));
        let least = weights.get(MAX_EDITS - 1).copied().unwrap_or(0.0);
        edits.retain(|edit| edit.weight >= least);
        edits.truncate(MAX_EDITS);
    }
    PageChange {
        edits,
        weight,
        note: None,
        fingerprint: fingerprint(prints.iter().map(String::as_str)),
        redesigned,
        returned,
    }
}
