//! The worker's memory of what was told lately: which new update tells of an event already told.
//!
//! Stories form among updates that are told (reach `news` and `followers`): they exist so that one
//! event is told once. An archive is found, and stands by itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use smallvec::SmallVec;

use super::House;
use super::arena::{Arena, Spot};
use crate::domain::id::{StoryId, UpdateId};
use crate::domain::source::Source;
use crate::domain::story::{Apart, Story};
use crate::domain::update::{Authority, Reach, Update};
use crate::store::{Harvest, Regrouped};
use crate::story::{Candidates, Fingerprint, Member, Summary, Vocabulary, compare, group};

/// Updates remembered: at three hundred a day more than a season.
const REMEMBERED: usize = 24_000;
/// Accounts further apart are never of one event.
const WINDOW: TimeDelta = TimeDelta::days(75);
/// So many of the likeliest earlier updates are compared.
const COMPARED: usize = 12;
/// A story that grows past this takes in no more: something is wrong with its words.
const LARGEST: usize = 48;
/// Updates read at a time when the memory is made.
const PAGE: u32 = 1_000;

/// One of them, packed: few are ever looked at again.
struct Remembered {
    id: UpdateId,
    seen: u64,
    authority: Authority,
    fingerprint: Spot,
}

/// What was told lately.
pub struct StoryBook {
    candidates: Candidates<usize>,
    /// A ring as long as the index's.
    members: Vec<Remembered>,
    next: usize,
    /// What the members look like.
    fingerprints: Arena,
    place: HashMap<UpdateId, usize>,
    /// Most stories have one member.
    stories: HashMap<StoryId, SmallVec<[UpdateId; 1]>>,
    story_of: HashMap<UpdateId, StoryId>,
    apart: Apart,
}

impl StoryBook {
    /// Remembers what the store has of the last weeks.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(house: &House, now: DateTime<Utc>) -> Result<Self, crate::store::Error> {
        let mut book = Self {
            candidates: Candidates::new(REMEMBERED),
            members: Vec::with_capacity(REMEMBERED),
            next: 0,
            fingerprints: Arena::default(),
            // Names come and go: a table half empty has room for that, and never grows.
            place: HashMap::with_capacity(2 * REMEMBERED),
            stories: HashMap::with_capacity(2 * REMEMBERED),
            story_of: HashMap::with_capacity(2 * REMEMBERED),
            apart: house.store.stories_apart().await?,
        };
        let mut position = house.store.told_since(now - WINDOW, REMEMBERED).await?;
        loop {
            let page = house.store.export_updates(position, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            position = Some(*last);
            for (seen, update) in page {
                if !is_told(&update) {
                    continue;
                }
                let source = house.source(&update.source);
                book.remember(&Member {
                    id: update.id.clone(),
                    seen: u64::try_from(seen).unwrap_or(0),
                    authority: update.authority,
                    fingerprint: fingerprint(&house.vocabulary, source, &update),
                });
                if let Some(story) = &update.story {
                    book.assign(&update.id, story);
                }
            }
        }
        Ok(book)
    }

    /// Gives the new updates of these harvests their stories: the one of an event that was told
    /// before, or a story of their own. Nobody else's story changes by it, so that an update
    /// enters the log once.
    pub fn place<'s>(
        &mut self,
        vocabulary: &Vocabulary,
        source: impl Fn(&Update) -> Option<&'s Source>,
        harvests: &mut [Harvest],
        head: i64,
    ) {
        let first = u64::try_from(head).unwrap_or(0) + 1;
        let new = harvests.iter_mut().flat_map(|harvest| &mut harvest.new);
        for (seen, fresh) in (first..).zip(new) {
            let update = &mut fresh.update;
            if !is_told(update) {
                continue;
            }
            if !self.place.contains_key(&update.id) {
                let member = Member {
                    id: update.id.clone(),
                    seen,
                    authority: update.authority,
                    fingerprint: fingerprint(vocabulary, source(update), update),
                };
                self.take_in(member);
            }
            update.story = self.story_of.get(&update.id).cloned();
        }
    }

    /// Compares one update with the likeliest earlier ones and gives it its story.
    fn take_in(&mut self, member: Member) {
        let mut around: BTreeSet<UpdateId> = BTreeSet::new();
        for place in self.candidates.look_up(&member.fingerprint, COMPARED) {
            let Some(other) = self.members.get(place) else {
                continue;
            };
            if around.contains(&other.id) {
                continue;
            }
            let alike = self
                .fingerprint(other)
                .is_some_and(|print| compare(&member.fingerprint, &print).same);
            if !alike {
                continue;
            }
            match self.whole(&other.id) {
                Some(whole) => around.extend(whole.iter().cloned()),
                None => {
                    around.insert(other.id.clone());
                }
            }
        }
        let id = member.id.clone();
        self.remember(&member);
        let story = if around.is_empty() || around.len() >= LARGEST {
            None
        } else {
            around.insert(id.clone());
            self.joined(&id, &around)
        };
        self.assign(&id, &story.unwrap_or_else(|| StoryId::of(&id)));
    }

    /// The story that an update belongs to among these, grouped by what they tell: the one of its
    /// group with the most members in it.
    fn joined(&self, id: &UpdateId, around: &BTreeSet<UpdateId>) -> Option<StoryId> {
        let own = self
            .grouped(around)
            .into_iter()
            .find(|story| story.updates.contains(id))?;
        let mut members: BTreeMap<&StoryId, usize> = BTreeMap::new();
        for other in own.updates.iter().filter(|other| *other != id) {
            if let Some(story) = self.story_of.get(other) {
                *members.entry(story).or_default() += 1;
            }
        }
        members
            .into_iter()
            .max_by_key(|(_, members)| *members)
            .map(|(story, _)| story.clone())
    }

    fn grouped(&self, ids: &BTreeSet<UpdateId>) -> Vec<Story> {
        let members: Vec<Member> = ids
            .iter()
            .filter_map(|id| self.member(self.members.get(*self.place.get(id)?)?))
            .collect();
        group(&members, &self.apart)
    }

    fn fingerprint(&self, remembered: &Remembered) -> Option<Fingerprint> {
        Fingerprint::unpacked(self.fingerprints.get(remembered.fingerprint)?)
    }

    fn member(&self, remembered: &Remembered) -> Option<Member> {
        Some(Member {
            id: remembered.id.clone(),
            seen: remembered.seen,
            authority: remembered.authority,
            fingerprint: self.fingerprint(remembered)?,
        })
    }

    fn whole(&self, id: &UpdateId) -> Option<&[UpdateId]> {
        let whole = self.stories.get(self.story_of.get(id)?)?;
        Some(whole)
    }

    fn assign(&mut self, update: &UpdateId, story: &StoryId) {
        self.leave(update);
        self.story_of.insert(update.clone(), story.clone());
        self.stories
            .entry(story.clone())
            .or_default()
            .push(update.clone());
    }

    /// Takes an update out of its story.
    fn leave(&mut self, id: &UpdateId) {
        let Some(story) = self.story_of.remove(id) else {
            return;
        };
        if let Some(whole) = self.stories.get_mut(&story) {
            whole.retain(|other| other != id);
            if whole.is_empty() {
                self.stories.remove(&story);
            }
        }
    }

    fn remember(&mut self, member: &Member) {
        let place = self.next % REMEMBERED;
        self.next += 1;
        self.candidates.insert(place, &member.fingerprint);
        self.place.insert(member.id.clone(), place);
        let member = Remembered {
            id: member.id.clone(),
            seen: member.seen,
            authority: member.authority,
            fingerprint: self.fingerprints.put(&member.fingerprint.packed()),
        };
        match self.members.get_mut(place) {
            Some(slot) => {
                let old = std::mem::replace(slot, member);
                self.place.remove(&old.id);
                self.leave(&old.id);
                if let Some(oldest) = self.members.get(self.next % REMEMBERED) {
                    self.fingerprints.forget_before(oldest.fingerprint);
                }
            }
            None => self.members.push(member),
        }
    }
}

/// Tells two updates apart, or takes that back, and groups their stories anew: the editor's word
/// is the one thing that moves an update into another story.
///
/// # Errors
/// When the store fails.
pub async fn tell_apart(
    house: &House,
    lease: &crate::store::Lease,
    one: &UpdateId,
    other: &UpdateId,
    apart: bool,
) -> anyhow::Result<Vec<Regrouped>> {
    let now = house.clock.now();
    house
        .store
        .tell_stories_apart(lease, one, other, apart, now)
        .await?;
    let book = StoryBook::open(house, now).await?;
    let mut around: BTreeSet<UpdateId> = BTreeSet::new();
    for id in [one, other] {
        around.insert(id.clone());
        around.extend(book.whole(id).into_iter().flatten().cloned());
    }
    let mut regrouped = Vec::new();
    for story in book.grouped(&around) {
        for update in story.updates {
            if book.story_of.get(&update) != Some(&story.id) {
                regrouped.push(Regrouped {
                    update,
                    story: Some(story.id.clone()),
                });
            }
        }
    }
    house.store.regroup(lease, &regrouped, now).await?;
    // The worker's memory is made anew with the editor's word in it.
    *house.stories.lock().await = None;
    Ok(regrouped)
}

fn is_told(update: &Update) -> bool {
    update.reach != Reach::Archive
}

fn fingerprint(vocabulary: &Vocabulary, source: Option<&Source>, update: &Update) -> Fingerprint {
    Fingerprint::of(
        &Summary::of(update, source.map(|source| source.body.clone())),
        vocabulary,
    )
}
