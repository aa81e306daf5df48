//! What criteria would have told, before they are saved.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::{Matcher, Scratch, clauses};
use crate::domain::criteria::{Clause, Criteria};
use crate::domain::id::{StoryId, UpdateId};
use crate::domain::reference::KnownWorks;
use crate::domain::update::Update;

/// One thing that would have been told.
#[derive(Clone, Debug)]
pub struct Item {
    /// When.
    pub at: DateTime<Utc>,
    /// The update as it is now.
    pub update: Update,
    /// Why.
    pub because: Vec<Clause>,
}

/// Takes in lines of the log, oldest first, and keeps what criteria would have told.
pub struct Preview<'c> {
    criteria: &'c Criteria,
    matcher: Matcher,
    scratch: Scratch,
    seen: HashSet<UpdateId>,
    stories: HashSet<StoryId>,
    /// Each update and each story once, oldest first.
    pub items: Vec<Item>,
    /// Corrections of them.
    pub corrections: u32,
}

impl<'c> Preview<'c> {
    /// Begins with nothing.
    pub fn new(criteria: &'c Criteria, known: &KnownWorks) -> Self {
        Self {
            matcher: Matcher::new([criteria], known),
            criteria,
            scratch: Scratch::default(),
            seen: HashSet::new(),
            stories: HashSet::new(),
            items: Vec::new(),
            corrections: 0,
        }
    }

    /// Takes in a line that was told: an update that was new, or one that was revised.
    pub fn take(&mut self, at: DateTime<Utc>, new: bool, update: Update) {
        let matches = self.matcher.matches(&update, &mut self.scratch);
        let Some(found) = matches.first() else {
            return;
        };
        if !new {
            self.corrections += u32::from(self.seen.contains(&update.id));
            return;
        }
        self.seen.insert(update.id.clone());
        let told = update
            .story
            .as_ref()
            .is_some_and(|story| !self.stories.insert(story.clone()));
        if !told {
            self.items.push(Item {
                at,
                because: clauses(self.criteria, found).into_iter().cloned().collect(),
                update,
            });
        }
    }
}
