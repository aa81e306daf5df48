//! Which blocks of two versions are the same, which were rewritten, and what is new in them.
//!
//! Order says nothing: blocks are matched as a set, so that a list in another order and a block
//! that moved are no change. Nor does it matter where a text is broken into blocks: words count
//! as known where the other version has them next to the same words.

use std::collections::{HashMap, HashSet};

use super::tokens::Version;

/// A word is looked up with its neighbours, so many in a row.
const ROW: usize = 3;
/// A word that stands in more blocks does not lead from one block to another.
const COMMON: usize = 60;
/// How alike two blocks have to be, in hundredths, to be one that was rewritten.
const ALIKE: usize = 50;
/// The same for blocks of so few words that neighbours have to vouch for them.
const FEW: usize = 4;

/// Blocks of the two versions that are not the same, each by its number among those that mean
/// something.
#[derive(Debug, Default)]
pub(super) struct Differences {
    /// Rewritten: the block as it was and as it is.
    pub pairs: Vec<(usize, usize)>,
    /// Only in the earlier version.
    pub gone: Vec<usize>,
    /// Only in the later version.
    pub come: Vec<usize>,
    /// The blocks of the later version that are the same as one of the earlier, and which.
    pub partner: Vec<Option<usize>>,
}

impl Differences {
    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty() && self.gone.is_empty() && self.come.is_empty()
    }
}

/// Matches the blocks of two versions.
pub(super) fn differences(old: &Version<'_>, new: &Version<'_>) -> Differences {
    let (partner, mut old_left, mut new_left) = same(old, new);
    let mut pairs = Vec::new();
    pair_alike(old, new, &mut old_left, &mut new_left, &mut pairs);
    pair_in_place(old, new, &partner, &mut old_left, &mut new_left, &mut pairs);
    pairs.sort_unstable_by_key(|(_, new)| *new);
    Differences {
        pairs,
        gone: old_left,
        come: new_left,
        partner,
    }
}

/// Blocks with the same words, however they are ordered; the rest on both sides.
fn same(old: &Version<'_>, new: &Version<'_>) -> (Vec<Option<usize>>, Vec<usize>, Vec<usize>) {
    let mut known: HashMap<&[u32], Vec<usize>> = HashMap::new();
    for number in (0..old.blocks.len()).rev() {
        known.entry(old.words(number)).or_default().push(number);
    }
    let mut partner = vec![None; new.blocks.len()];
    let mut new_left = Vec::new();
    for (number, partner) in partner.iter_mut().enumerate() {
        match known.get_mut(new.words(number)).and_then(Vec::pop) {
            Some(other) => *partner = Some(other),
            None => new_left.push(number),
        }
    }
    let mut old_left: Vec<usize> = known.into_values().flatten().collect();
    old_left.sort_unstable();
    (partner, old_left, new_left)
}

/// Pairs blocks that share most of their words, the most alike first.
fn pair_alike(
    old: &Version<'_>,
    new: &Version<'_>,
    old_left: &mut Vec<usize>,
    new_left: &mut Vec<usize>,
    pairs: &mut Vec<(usize, usize)>,
) {
    let mut holders: HashMap<u32, Vec<(usize, usize)>> = HashMap::new();
    for number in old_left.iter() {
        for (word, times) in counted(old.words(*number)) {
            holders.entry(word).or_default().push((*number, times));
        }
    }
    let mut scored: Vec<(usize, usize, usize)> = Vec::new();
    for number in new_left.iter() {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for (word, times) in counted(new.words(*number)) {
            let holders = holders.get(&word).map_or(&[][..], Vec::as_slice);
            if holders.len() > COMMON {
                continue;
            }
            for (other, theirs) in holders {
                *shared.entry(*other).or_default() += times.min(*theirs);
            }
        }
        // Common words were passed over to find the few that may fit; now all are counted.
        let mut likely: Vec<(usize, usize)> = shared.into_iter().collect();
        likely.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        for (other, _) in likely.into_iter().take(5) {
            let alike = alike(old.words(other), new.words(*number));
            if alike >= ALIKE {
                scored.push((alike, other, *number));
            }
        }
    }
    // Of equals those that stand nearest to one another.
    scored.sort_unstable_by(|a, b| {
        let apart = |pair: &(usize, usize, usize)| pair.1.abs_diff(pair.2);
        b.0.cmp(&a.0)
            .then(apart(a).cmp(&apart(b)))
            .then(a.2.cmp(&b.2))
            .then(a.1.cmp(&b.1))
    });
    let (mut old_taken, mut new_taken) = (HashSet::new(), HashSet::new());
    for (_, other, number) in scored {
        if !old_taken.contains(&other) && !new_taken.contains(&number) {
            old_taken.insert(other);
            new_taken.insert(number);
            pairs.push((other, number));
        }
    }
    old_left.retain(|number| !old_taken.contains(number));
    new_left.retain(|number| !new_taken.contains(number));
}

/// Pairs short blocks that stand in the same place: after the same block, before the same block.
/// A value in a cell of its own shares no word with the one that it replaces.
fn pair_in_place(
    old: &Version<'_>,
    new: &Version<'_>,
    partner: &[Option<usize>],
    old_left: &mut Vec<usize>,
    new_left: &mut Vec<usize>,
    pairs: &mut Vec<(usize, usize)>,
) {
    let free: HashSet<usize> = old_left.iter().copied().collect();
    let mut found = Vec::new();
    for number in new_left.iter().copied() {
        let before = match number.checked_sub(1) {
            Some(before) => partner
                .get(before)
                .copied()
                .flatten()
                .map(|other| other + 1),
            None => Some(0),
        };
        let Some(other) = before.filter(|other| free.contains(other)) else {
            continue;
        };
        let kinds = |version: &Version<'_>, number: usize| {
            let words = version.blocks.get(number)?;
            version.page.blocks.get(words.place).map(|block| block.kind)
        };
        let after = match partner.get(number + 1) {
            Some(after) => *after == Some(other + 1),
            None => other + 1 == old.blocks.len(),
        };
        let short = old.words(other).len() <= FEW && new.words(number).len() <= FEW;
        if short && after && kinds(old, other) == kinds(new, number) {
            found.push((other, number));
        }
    }
    let olds: HashSet<usize> = found.iter().map(|(other, _)| *other).collect();
    let news: HashSet<usize> = found.iter().map(|(_, number)| *number).collect();
    old_left.retain(|number| !olds.contains(number));
    new_left.retain(|number| !news.contains(number));
    pairs.extend(found);
}

fn counted(words: &[u32]) -> HashMap<u32, usize> {
    let mut counted = HashMap::new();
    for word in words {
        *counted.entry(*word).or_default() += 1;
    }
    counted
}

/// How much of two blocks is the same words, in hundredths.
fn alike(old: &[u32], new: &[u32]) -> usize {
    let theirs = counted(old);
    let common: usize = counted(new)
        .into_iter()
        .map(|(word, times)| times.min(theirs.get(&word).copied().unwrap_or(0)))
        .sum();
    common * 200 / (old.len() + new.len()).max(1)
}

/// The words of one version next to one another: what the other version is measured by.
pub(super) struct Rows<'v>(HashSet<[u32; ROW]>, &'v Version<'v>);

impl<'v> Rows<'v> {
    pub(super) fn new(version: &'v Version<'v>) -> Self {
        let rows = version
            .stream
            .windows(ROW)
            .filter_map(|row| row.try_into().ok())
            .collect();
        Self(rows, version)
    }

    /// Which words of a block are not in the version that these rows are of, next to the same
    /// words: one flag for each.
    pub(super) fn unknown(&self, version: &Version<'_>, number: usize) -> Vec<bool> {
        let Some(words) = version.blocks.get(number) else {
            return Vec::new();
        };
        let mut unknown = vec![true; words.end - words.start];
        let from = words.start.saturating_sub(ROW - 1);
        let upto = (words.end + ROW - 1).min(version.stream.len());
        let around = version.stream.get(from..upto).unwrap_or(&[]);
        for (at, row) in around.windows(ROW).enumerate() {
            let known = <[u32; ROW]>::try_from(row).is_ok_and(|row| self.0.contains(&row));
            if !known {
                continue;
            }
            for place in from + at..from + at + ROW {
                if let Some(flag) = place
                    .checked_sub(words.start)
                    .and_then(|at| unknown.get_mut(at))
                {
                    *flag = false;
                }
            }
        }
        // A version of fewer words than a row has none.
        if version.stream.len() < ROW || self.0.is_empty() {
            let own = version.stream.get(words.start..words.end).unwrap_or(&[]);
            return own.iter().map(|word| !self.1.has(*word)).collect();
        }
        unknown
    }
}
