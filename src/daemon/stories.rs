//! The worker's memory of what was told lately: which new update tells of an event already told.
//!
//! Stories form among updates that are told (reach `news` and `followers`): they exist so that one
//! event is told once. An archive is found, and stands by itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use super::House;
use crate::domain::id::{StoryId, UpdateId};
use crate::domain::source::Source;
use crate::domain::story::{Apart, Story};
use crate::domain::update::{Reach, Update};
use crate::store::{Harvest, Regrouped};
use crate::story::{Candidates, Fingerprint, Member, Summary, Vocabulary, compare, group};
use crate::text::html;

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

/// The stories of updates before they were grouped anew.
type Was = BTreeMap<UpdateId, Option<StoryId>>;

/// What was told lately.
pub struct StoryBook {
    candidates: Candidates<usize>,
    /// A ring as long as the index's.
    members: Vec<Member>,
    next: usize,
    place: HashMap<UpdateId, usize>,
    stories: HashMap<StoryId, BTreeSet<UpdateId>>,
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
            members: Vec::new(),
            next: 0,
            place: HashMap::new(),
            stories: HashMap::new(),
            story_of: HashMap::new(),
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
                let fingerprint = fingerprint(&house.vocabulary, source, &update);
                book.remember(Member {
                    id: update.id.clone(),
                    seen: u64::try_from(seen).unwrap_or(0),
                    authority: update.authority,
                    fingerprint,
                });
                if let Some(story) = &update.story {
                    book.assign(&update.id, story);
                }
            }
        }
        Ok(book)
    }

    /// Gives the new updates of these harvests their stories; what that changes for earlier ones
    /// is returned, to be stored with them.
    pub fn place<'s>(
        &mut self,
        vocabulary: &Vocabulary,
        source: impl Fn(&Update) -> Option<&'s Source>,
        harvests: &mut [Harvest],
        head: i64,
    ) -> Vec<Regrouped> {
        let mut was = Was::new();
        let mut seen = u64::try_from(head).unwrap_or(0);
        for harvest in harvests.iter() {
            for fresh in &harvest.new {
                seen += 1;
                let update = &fresh.update;
                if !is_told(update) || self.place.contains_key(&update.id) {
                    continue;
                }
                let fingerprint = fingerprint(vocabulary, source(update), update);
                let member = Member {
                    id: update.id.clone(),
                    seen,
                    authority: update.authority,
                    fingerprint,
                };
                self.take_in(member, &mut was);
            }
        }
        // What is new is stored with its story; what was there before is told to have another.
        for harvest in harvests.iter_mut() {
            for fresh in &mut harvest.new {
                if was.remove(&fresh.update.id).is_some() {
                    fresh.update.story = self.story_of.get(&fresh.update.id).cloned();
                }
            }
        }
        self.changes(was)
    }

    /// Whose story is another now.
    fn changes(&self, was: Was) -> Vec<Regrouped> {
        was.into_iter()
            .filter(|(id, was)| was.as_ref() != self.story_of.get(id))
            .map(|(id, _)| Regrouped {
                story: self.story_of.get(&id).cloned(),
                update: id,
            })
            .collect()
    }

    /// Compares one update with the likeliest earlier ones, and groups it with those that tell of
    /// the same event.
    fn take_in(&mut self, member: Member, was: &mut Was) {
        let mut likely = self.candidates.look_up(&member.fingerprint, COMPARED);
        likely.retain(|place| {
            self.members
                .get(*place)
                .is_some_and(|other| compare(&member.fingerprint, &other.fingerprint).same)
        });
        let id = member.id.clone();
        let mut around: BTreeSet<UpdateId> = BTreeSet::new();
        for place in likely {
            let Some(other) = self.members.get(place) else {
                continue;
            };
            match self
                .story_of
                .get(&other.id)
                .and_then(|story| self.stories.get(story))
            {
                Some(whole) => around.extend(whole.iter().cloned()),
                None => {
                    around.insert(other.id.clone());
                }
            }
        }
        self.remember(member);
        if !around.is_empty() && around.len() < LARGEST {
            around.insert(id);
            self.regroup(&around, was);
        }
    }

    /// Groups these updates anew; notes what their stories were when it is the first to ask.
    fn regroup(&mut self, ids: &BTreeSet<UpdateId>, was: &mut Was) {
        let members: Vec<Member> = ids
            .iter()
            .filter_map(|id| self.members.get(*self.place.get(id)?).cloned())
            .collect();
        for id in ids {
            let story = self.leave(id);
            was.entry(id.clone()).or_insert(story);
        }
        for Story { id, updates, .. } in group(&members, &self.apart) {
            if updates.len() > 1 {
                for update in &updates {
                    self.assign(update, &id);
                }
            }
        }
    }

    /// Takes an update out of its story.
    fn leave(&mut self, id: &UpdateId) -> Option<StoryId> {
        let story = self.story_of.remove(id)?;
        if let Some(whole) = self.stories.get_mut(&story) {
            whole.remove(id);
            if whole.is_empty() {
                self.stories.remove(&story);
            }
        }
        Some(story)
    }

    fn assign(&mut self, update: &UpdateId, story: &StoryId) {
        self.story_of.insert(update.clone(), story.clone());
        self.stories
            .entry(story.clone())
            .or_default()
            .insert(update.clone());
    }

    fn remember(&mut self, member: Member) {
        let place = self.next % REMEMBERED;
        self.next += 1;
        self.candidates.insert(place, &member.fingerprint);
        self.place.insert(member.id.clone(), place);
        if place < self.members.len() {
            let old = std::mem::replace(&mut self.members[place], member);
            self.place.remove(&old.id);
            self.leave(&old.id);
        } else {
            self.members.push(member);
        }
    }
}

/// Tells two updates apart, or takes that back, and groups their stories anew.
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
    let mut book = StoryBook::open(house, now).await?;
    let mut around: BTreeSet<UpdateId> = BTreeSet::new();
    for id in [one, other] {
        around.insert(id.clone());
        if let Some(whole) = book
            .story_of
            .get(id)
            .and_then(|story| book.stories.get(story))
        {
            around.extend(whole.iter().cloned());
        }
    }
    let mut was = Was::new();
    book.regroup(&around, &mut was);
    let regrouped = book.changes(was);
    house.store.regroup(lease, &regrouped, now).await?;
    Ok(regrouped)
}

fn is_told(update: &Update) -> bool {
    update.reach != Reach::Archive
}

fn fingerprint(vocabulary: &Vocabulary, source: Option<&Source>, update: &Update) -> Fingerprint {
    let text = if update.content.summary.is_empty() {
        html::excerpt(&html::plain(update.content.body.as_str()), 1_000)
    } else {
        String::new()
    };
    Fingerprint::of(
        &Summary::of(update, source.map(|source| source.body.clone()), &text),
        vocabulary,
    )
}
