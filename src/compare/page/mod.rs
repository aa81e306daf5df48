//! A watched page and what it was: nothing, or a change with what went, what came and its weight.

mod edits;
mod grouping;
mod matching;
mod noise;
#[cfg(test)]
mod tests;
mod tokens;
mod weight;

use std::collections::HashSet;

use sha2::{Digest, Sha256};

pub use grouping::{Group, grouped};

use self::edits::{Edits, Found};
use self::tokens::{Version, Vocabulary};
use crate::domain::change::Fingerprint;
use crate::domain::document::{Fault, FaultCode};
use crate::domain::page::{PageText, Reader};
use crate::domain::page_change::PageChange;

/// The least that one edit weighs to be told; slight ones are told together when they change 25
/// words or more.
pub const TOLD: f64 = 0.15;
/// So many words changed in slight edits are told all the same.
const MANY_WORDS: usize = 25;
/// A redesign takes away and brings at least so much of how a page is built, in hundredths, …
const LEAST_REPLACED: usize = 3;
/// … and both together so much.
const REBUILT: usize = 8;
/// A page of fewer words may well lose most of them.
const FEW_WORDS: usize = 60;
/// A page that has less than this share of its words left, in hundredths, is not believed at once.
const SHRUNKEN: usize = 20;
/// How many readings in a row have to show the same shrunken page before it is believed.
pub const READINGS_TO_BELIEVE: u32 = 3;

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

impl Past<'_> {
    /// The verdict on a reading that is not believed yet; none when it came often enough.
    fn doubt(&self, state: Fingerprint, fault: Fault) -> Option<Verdict> {
        let times = self
            .doubted
            .filter(|(doubted, _)| *doubted == state)
            .map_or(1, |(_, times)| times.saturating_add(1));
        (times < READINGS_TO_BELIEVE).then_some(Verdict::Doubted {
            state,
            times,
            fault,
        })
    }

    /// The verdict where another reader read the page. One reader of PDFs instead of the other is
    /// our own doing. A page where a PDF was, or the other way, may be what a site shows in its
    /// place, and taken at once it would hide what changes behind it.
    fn another_reader(&self, last: &PageText, now: &PageText) -> Verdict {
        let is_pdf = |reader| matches!(reader, Reader::Pdftotext | Reader::PdfExtract);
        if is_pdf(last.reader) == is_pdf(now.reader) {
            return Verdict::First;
        }
        let (code, what) = if is_pdf(last.reader) {
            (FaultCode::HtmlPage, "a page came where a PDF was")
        } else {
            (FaultCode::NotAPage, "a PDF came where a page was")
        };
        let detail =
            format!("{what}; it is believed when it comes {READINGS_TO_BELIEVE} times in a row");
        self.doubt(state(now), Fault::new(code, detail))
            .unwrap_or(Verdict::First)
    }
}

/// What comparing found.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Nothing was known, or another reader read it: this reading is what the next is compared
    /// with. Nothing is told.
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
        return past.another_reader(last, now);
    }
    let mut vocabulary = Vocabulary::default();
    let old = Version::new(last, &mut vocabulary, false);
    let new = Version::new(now, &mut vocabulary, false);
    if let Some(fault) = doubtful(&old, &new)
        && let Some(doubted) = past.doubt(state_of(&new, &vocabulary), fault)
    {
        return doubted;
    }
    let redesigned = is_redesign(last, now);
    let edits = Edits::new(&old, &new, &vocabulary);
    let mut found = edits.find();
    if redesigned {
        found.retain(Found::survives_redesign);
    }
    if found.is_empty() {
        return Verdict::Same;
    }
    // An edit that was told before, in this direction, is one half of a to and fro.
    let told: HashSet<Fingerprint> = past.told.iter().copied().collect();
    let again = |found: &Found| told.contains(&found.fingerprint);
    if found.iter().all(again) {
        return Verdict::Flapping(PageChange {
            redesigned,
            ..edits.change(found)
        });
    }
    found.retain(|found| !again(found));
    let returned = found.iter().any(|found| told.contains(&found.inverse));
    let words: usize = found.iter().map(|found| found.kinds.words).sum();
    let heavy = found.iter().any(|found| found.weight >= TOLD);
    let change = PageChange {
        redesigned,
        returned,
        ..edits.change(found)
    };
    if heavy || words >= MANY_WORDS {
        Verdict::Changed(change)
    } else {
        Verdict::Slight(change)
    }
}

/// A change with the publisher's own word of it, where the page says another than at the last look.
#[must_use]
pub fn noted(change: PageChange, before: Option<&str>, now: Option<&str>) -> PageChange {
    PageChange {
        note: now.filter(|now| before != Some(*now)).map(str::to_owned),
        ..change
    }
}

/// Why a reading is not believed at once: too little is left of the page, or it speaks another
/// language with other words.
fn doubtful(old: &Version<'_>, new: &Version<'_>) -> Option<Fault> {
    let (before, now) = (old.stream.len(), new.stream.len());
    let believed = format!("it is believed when it comes {READINGS_TO_BELIEVE} times in a row");
    if before < FEW_WORDS {
        return None;
    }
    if now * 100 < before * SHRUNKEN {
        return Some(Fault::new(
            FaultCode::Shrunken,
            format!("the page has {now} words where it had {before}; {believed}"),
        ));
    }
    let language = |page: &PageText| {
        let stated = page.language.as_deref()?.get(..2)?;
        Some(stated.to_ascii_lowercase())
    };
    let (spoke, speaks) = (language(old.page)?, language(new.page)?);
    (spoke != speaks && new.common(old) * 2 < before).then(|| {
        Fault::new(
            FaultCode::OtherLanguage,
            format!("the page is in `{speaks}` where it was in `{spoke}`; {believed}"),
        )
    })
}

/// Everything that differs between any two versions of a page, however slight, noise included.
pub fn between(before: &PageText, after: &PageText) -> PageChange {
    let mut vocabulary = Vocabulary::default();
    let old = Version::new(before, &mut vocabulary, true);
    let new = Version::new(after, &mut vocabulary, true);
    let edits = Edits::new(&old, &new, &vocabulary);
    PageChange {
        redesigned: is_redesign(before, after),
        ..edits.change(edits.find())
    }
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
