//! Fingerprints of a neighbourhood -> its stories, whatever order they came in.

use super::Fingerprint;
use super::verdict::same_story;
use crate::domain::id::{StoryId, UpdateId};
use crate::domain::story::{Apart, Story};
use crate::domain::update::Authority;

/// Two groups are joined only when their members are alike by so much on average: a chain of
/// neighbours is not yet one event.
const KINSHIP: f64 = 0.3;

/// One update to be grouped.
#[derive(Clone, Debug)]
pub struct Member {
    /// Which it is.
    pub id: UpdateId,
    /// When it was first seen, as its position in the change log.
    pub seen: u64,
    /// Who speaks.
    pub authority: Authority,
    /// What it tells.
    pub fingerprint: Fingerprint,
}

/// The stories of these updates, each update in exactly one. The surest pairs are joined first,
/// and nothing is joined over a veto or a pair told apart, so that the order of the members does
/// not matter.
///
/// Give it a new update together with the whole stories of its [`super::Candidates`]: the rest of
/// the archive cannot change by it. Work grows with the square of the members.
pub fn group(members: &[Member], apart: &Apart) -> Vec<Story> {
    let count = members.len();
    let mut scores = vec![0.0; count * count];
    let mut barred = vec![false; count * count];
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (i, a) in members.iter().enumerate() {
        for (j, b) in members.iter().enumerate().skip(i + 1) {
            let verdict = same_story(&a.fingerprint, &b.fingerprint);
            let bar = verdict.veto || apart.contains(&a.id, &b.id);
            for at in [i * count + j, j * count + i] {
                scores[at] = verdict.score;
                barred[at] = bar;
            }
            if verdict.same && !bar {
                pairs.push((verdict.score, i, j));
            }
        }
    }
    pairs.sort_by(|a, b| {
        let named = |i: usize, j: usize| {
            let (x, y) = (&members[i].id, &members[j].id);
            if x <= y { (x, y) } else { (y, x) }
        };
        b.0.total_cmp(&a.0)
            .then_with(|| named(a.1, a.2).cmp(&named(b.1, b.2)))
    });
    let mut group_of: Vec<usize> = (0..count).collect();
    let mut groups: Vec<Vec<usize>> = (0..count).map(|i| vec![i]).collect();
    for (_, i, j) in pairs {
        let (left, right) = (group_of[i], group_of[j]);
        if left == right {
            continue;
        }
        let mut sum = 0.0;
        let mut allowed = true;
        for x in &groups[left] {
            for y in &groups[right] {
                sum += scores[x * count + y];
                allowed &= !barred[x * count + y];
            }
        }
        let mean = sum / (groups[left].len() * groups[right].len()) as f64;
        if !allowed || mean < KINSHIP {
            continue;
        }
        let moved = std::mem::take(&mut groups[right]);
        for member in &moved {
            group_of[*member] = left;
        }
        groups[left].extend(moved);
    }
    let mut stories: Vec<Story> = groups
        .into_iter()
        .filter_map(|group| story(members, group))
        .collect();
    stories.sort_by(|a, b| a.id.cmp(&b.id));
    stories
}

fn story(members: &[Member], mut group: Vec<usize>) -> Option<Story> {
    let first = group
        .iter()
        .filter_map(|at| members.get(*at))
        .min_by_key(|member| (member.seen, &member.id))?;
    let id = StoryId::of(&first.id);
    let rank = |authority: Authority| match authority {
        Authority::Official => 0,
        Authority::Accredited => 1,
        Authority::Secondary => 2,
    };
    group.sort_by_key(|at| {
        let member = &members[*at];
        (
            rank(member.authority),
            // The latest word of an official source stands first when it corrects itself.
            !member.fingerprint.is_correction(),
            member.fingerprint.day(),
            member.seen,
            member.id.clone(),
        )
    });
    let of = |at: &usize| members[*at].id.clone();
    Some(Story {
        id,
        corrections: group
            .iter()
            .filter(|at| members[**at].fingerprint.is_correction())
            .map(of)
            .collect(),
        updates: group.iter().map(of).collect(),
    })
}
