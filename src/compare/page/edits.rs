//! The edits between two versions, each judged by the words that came and went.

use std::collections::HashSet;
use std::ops::Range;

use super::matching::{Differences, Rows, differences};
use super::tokens::{self, Version, Vocabulary};
use super::weight::{self, Kinds};
use super::{TOLD, fingerprint};
use crate::domain::change::Fingerprint;
use crate::domain::page::Block;
use crate::domain::page_change::{BlockEdit, PageChange};
use crate::text::diff::{self, Part, Span};
use crate::text::words;

/// Of a page built anew, so many new or gone words in a row are a text and no part of its frame.
const TEXT_OF_REDESIGN: usize = 15;
/// So many words in a row that stand elsewhere in the other version only moved.
const MOVED: usize = 8;
/// The most edits that a change lists.
const MAX_EDITS: usize = 500;

/// Two versions of a page on their way to what changed between them.
pub(super) struct Edits<'a> {
    old: &'a Version<'a>,
    new: &'a Version<'a>,
    vocabulary: &'a Vocabulary,
}

/// An edit by what it is judged by; how it is shown is made of those alone that are told.
pub(super) struct Found {
    /// The block as it was and as it is, by their numbers among those that mean something.
    before: Option<usize>,
    after: Option<usize>,
    /// Of a block that one version alone has: its words that the other does not have.
    unknown: Vec<u32>,
    pub kinds: Kinds,
    pub weight: f64,
    /// The same for the same edit on another page.
    pub fingerprint: Fingerprint,
    /// What the fingerprint of the opposite edit is.
    pub inverse: Fingerprint,
    /// Whether a word of a kind that matters came that the page had nowhere, or went that it has
    /// nowhere now.
    strongly_new: bool,
    /// Where it stands among the edits.
    place: (usize, usize),
}

impl Found {
    /// Of a page built anew, only what changed within a text counts, and texts that are new or
    /// gone; labels and buttons come and go with the design.
    pub(super) fn survives_redesign(&self) -> bool {
        if self.before.is_some() && self.after.is_some() {
            self.strongly_new || self.kinds.words >= TEXT_OF_REDESIGN
        } else {
            self.kinds.words >= TEXT_OF_REDESIGN && self.weight >= TOLD
        }
    }
}

impl<'a> Edits<'a> {
    pub(super) fn new(
        old: &'a Version<'a>,
        new: &'a Version<'a>,
        vocabulary: &'a Vocabulary,
    ) -> Self {
        Self {
            old,
            new,
            vocabulary,
        }
    }

    /// Every edit, in the later version's order.
    pub(super) fn find(&self) -> Vec<Found> {
        let differences = differences(self.old, self.new);
        if differences.is_empty() {
            return Vec::new();
        }
        let (old_rows, new_rows) = (Rows::new(self.old), Rows::new(self.new));
        let was = |number: usize| Side::new(self.old, number, &new_rows);
        let is = |number: usize| Side::new(self.new, number, &old_rows);
        let mut found = Vec::new();
        for (before, after) in &differences.pairs {
            found.extend(self.rewritten(&was(*before), &is(*after)));
        }
        for number in &differences.come {
            found.extend(self.alone(&is(*number), Part::Added, *number));
        }
        let stood = stood(&differences, self.old.blocks.len());
        for number in &differences.gone {
            let place = stood.get(*number).copied().unwrap_or(0);
            found.extend(self.alone(&was(*number), Part::Removed, place));
        }
        found.sort_by_key(|found| found.place);
        found
    }

    /// An edit within a block that is there in both versions.
    fn rewritten(&self, before: &Side<'_>, after: &Side<'_>) -> Option<Found> {
        let (old, new) = (before.words(), after.words());
        let runs: Vec<(Range<usize>, Range<usize>)> = diff::runs(old, new)
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
        let within =
            |words: &[u32], run: &Range<usize>| words.get(run.clone()).unwrap_or(&[]).to_vec();
        let gone: Vec<u32> = runs
            .iter()
            .flat_map(|(gone, _)| within(old, gone))
            .collect();
        let come: Vec<u32> = runs
            .iter()
            .flat_map(|(_, come)| within(new, come))
            .collect();
        // The words before an edit belong to it: "2025" is replaced by "2026" on any page.
        let context: Vec<u32> = runs
            .iter()
            .flat_map(|(_, come)| within(new, &(come.start.saturating_sub(2)..come.start)))
            .collect();
        let kinds = self.kinds(gone.iter().chain(&come));
        let went = gone.iter().filter(|word| !self.new.has(**word));
        let came = come.iter().filter(|word| !self.old.has(**word));
        let strong = self.kinds(went.chain(came)).is_strong();
        // A value alone has nothing around it that says what it is the value of.
        let strongly_new = strong && old.iter().any(|word| new.contains(word));
        Some(Found {
            before: Some(before.number),
            after: Some(after.number),
            unknown: Vec::new(),
            weight: weight::of_edit(kinds, after.block()?),
            fingerprint: self.fingerprint(&context, &gone, &come),
            inverse: self.fingerprint(&context, &come, &gone),
            kinds,
            strongly_new,
            place: (after.number, 1),
        })
    }

    /// A block that only one version has, if it has words that the other does not have.
    fn alone(&self, side: &Side<'_>, part: Part, place: usize) -> Option<Found> {
        let unknown: Vec<u32> = side
            .words()
            .iter()
            .zip(&side.unknown)
            .filter(|(_, unknown)| **unknown)
            .map(|(word, _)| *word)
            .collect();
        if unknown.is_empty() {
            return None;
        }
        let kinds = self.kinds(unknown.iter());
        let removed = part == Part::Removed;
        let (gone, come) = if removed {
            (&unknown[..], &[][..])
        } else {
            (&[][..], &unknown[..])
        };
        Some(Found {
            before: removed.then_some(side.number),
            after: (!removed).then_some(side.number),
            weight: weight::of_edit(kinds, side.block()?),
            fingerprint: self.fingerprint(&[], gone, come),
            inverse: self.fingerprint(&[], come, gone),
            kinds,
            strongly_new: false,
            place: (place, usize::from(!removed)),
            unknown,
        })
    }

    fn kinds<'w>(&self, words: impl Iterator<Item = &'w u32>) -> Kinds {
        Kinds::of(words.map(|word| self.vocabulary.word(*word)))
    }

    fn fingerprint(&self, context: &[u32], gone: &[u32], come: &[u32]) -> Fingerprint {
        let words = |words: &'_ [u32]| -> Vec<&str> {
            words
                .iter()
                .map(|word| self.vocabulary.word(*word))
                .collect()
        };
        let (context, gone, come) = (words(context), words(gone), words(come));
        let parts = context.iter().chain(&["-"]).chain(&gone).chain(&["+"]);
        fingerprint(parts.chain(&come).copied())
    }

    /// The change that some edits make; of more than anybody reads the heaviest are shown.
    pub(super) fn change(&self, mut found: Vec<Found>) -> PageChange {
        let weight = weight::together(found.iter().map(|found| found.weight));
        let mut prints: Vec<String> = found
            .iter()
            .map(|found| found.fingerprint.to_text())
            .collect();
        prints.sort_unstable();
        prints.dedup();
        if found.len() > MAX_EDITS {
            // The heaviest, and of equals the first, in the page's order.
            found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
            found.truncate(MAX_EDITS);
            found.sort_by_key(|found| found.place);
        }
        PageChange {
            edits: found.iter().filter_map(|found| self.shown(found)).collect(),
            weight,
            note: None,
            fingerprint: fingerprint(prints.iter().map(String::as_str)),
            redesigned: false,
            returned: false,
        }
    }

    /// An edit as it is shown: with its words, and where it stands.
    fn shown(&self, found: &Found) -> Option<BlockEdit> {
        let block = |version: &'a Version<'a>, number: usize| -> Option<(usize, &'a Block)> {
            let place = version.blocks.get(number)?.place;
            Some((place, version.page.blocks.get(place)?))
        };
        let before = found.before.and_then(|number| block(self.old, number));
        let after = found.after.and_then(|number| block(self.new, number));
        let (page, place, block, spans) = match (before, after) {
            (Some((_, old)), Some((place, new))) => {
                (self.new.page, place, new, diff::words(&old.text, &new.text))
            }
            (None, Some((place, new))) => {
                let spans = self.marked(found, self.new, new, Part::Added);
                (self.new.page, place, new, spans)
            }
            (Some((place, old)), None) => {
                let spans = self.marked(found, self.old, old, Part::Removed);
                (self.old.page, place, old, spans)
            }
            (None, None) => return None,
        };
        Some(BlockEdit {
            block: block.kind,
            under: page.path(place).into_iter().map(str::to_owned).collect(),
            anchor: page.anchor(place).map(str::to_owned),
            spans,
            weight: found.weight,
            fingerprint: found.fingerprint,
        })
    }

    /// The words of a block that one version alone has: all of it marked, but of one that is known
    /// for the most part, put together of others, only the rest.
    fn marked(&self, found: &Found, version: &Version<'_>, block: &Block, part: Part) -> Vec<Span> {
        let all = found
            .before
            .or(found.after)
            .map_or(0, |number| version.words(number).len());
        if found.unknown.len() * 2 >= all {
            return diff::whole(part, &block.text);
        }
        let unknown: HashSet<&str> = found
            .unknown
            .iter()
            .map(|word| self.vocabulary.word(*word))
            .collect();
        diff::picked(&block.text, part, |piece| {
            let mut is = false;
            tokens::words(&words::fold(piece), |word| is |= unknown.contains(word));
            is
        })
    }
}

/// Where each block of the earlier version stood, as a place in the later one: what is gone is
/// told after what stood before it and is there still.
fn stood(differences: &Differences, blocks: usize) -> Vec<usize> {
    let mut stood: Vec<Option<usize>> = vec![None; blocks];
    for (number, other) in differences.partner.iter().enumerate() {
        if let Some(place) = other.and_then(|other| stood.get_mut(other)) {
            *place = Some(number + 1);
        }
    }
    let mut last = 0;
    let places = stood.into_iter().map(|place| {
        last = place.unwrap_or(last);
        last
    });
    places.collect()
}

/// A block of one version, with which of its words the other version does not have.
struct Side<'a> {
    version: &'a Version<'a>,
    number: usize,
    unknown: Vec<bool>,
}

impl<'a> Side<'a> {
    fn new(version: &'a Version<'a>, number: usize, others: &Rows<'_>) -> Self {
        Self {
            version,
            number,
            unknown: others.unknown(version, number),
        }
    }

    fn words(&self) -> &[u32] {
        self.version.words(self.number)
    }

    fn block(&self) -> Option<&Block> {
        let words = self.version.blocks.get(self.number)?;
        self.version.page.blocks.get(words.place)
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
