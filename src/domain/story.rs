//! A Story: updates of several sources that tell of one event, the official one first.

use std::collections::BTreeSet;

use super::id::{StoryId, UpdateId};
use super::update::{Authority, Update};

/// One event and who tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Its identifier, from the update of it that was seen first; it stays when others join.
    pub id: StoryId,
    /// Its updates: official sources first, then accredited, then others; among equals the
    /// earlier one. Never empty.
    pub updates: Vec<UpdateId>,
    /// Those of them that correct an earlier notice.
    pub corrections: Vec<UpdateId>,
}

impl Story {
    /// The update that is shown; the others are "also reported by".
    pub fn lead(&self) -> Option<&UpdateId> {
        self.updates.first()
    }
}

/// Updates of one story in the order in which they are told: official sources first, then
/// accredited, then others; of equals a correction before what it corrects, then the earlier one.
pub fn told_order(mut updates: Vec<Update>) -> Vec<Update> {
    let rank = |authority: Authority| match authority {
        Authority::Official => 0,
        Authority::Accredited => 1,
        Authority::Secondary => 2,
    };
    updates.sort_by_key(|update| {
        (
            rank(update.authority),
            !update.correction,
            update.dated(),
            update.first_seen,
            update.id.clone(),
        )
    });
    updates
}

/// Pairs of updates that somebody told apart: they never stand in one story again.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Apart(BTreeSet<(UpdateId, UpdateId)>);

impl Apart {
    /// Tells two updates apart; true when they were not before.
    pub fn tell_apart(&mut self, a: &UpdateId, b: &UpdateId) -> bool {
        a != b && self.0.insert(ordered(a, b))
    }

    /// Takes that back; true when they had been told apart.
    pub fn allow(&mut self, a: &UpdateId, b: &UpdateId) -> bool {
        self.0.remove(&ordered(a, b))
    }

    /// Whether they were told apart.
    pub fn contains(&self, a: &UpdateId, b: &UpdateId) -> bool {
        !self.0.is_empty() && self.0.contains(&ordered(a, b))
    }
}

fn ordered(a: &UpdateId, b: &UpdateId) -> (UpdateId, UpdateId) {
    if a <= b {
        (a.clone(), b.clone())
    } else {
        (b.clone(), a.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::SourceId;

    #[test]
    fn a_pair_told_apart_has_no_order_and_can_be_allowed_again() {
        let source = SourceId::new("s").unwrap();
        let (a, b) = (UpdateId::of(&source, "a"), UpdateId::of(&source, "b"));
        let mut apart = Apart::default();
        assert!(apart.tell_apart(&a, &b));
        assert!(!apart.tell_apart(&b, &a));
        assert!(!apart.tell_apart(&a, &a));
        assert!(apart.contains(&b, &a));
        assert!(apart.allow(&b, &a));
        assert!(!apart.contains(&a, &b));
        assert_eq!(StoryId::of(&a), StoryId::of(&a));
        assert_ne!(StoryId::of(&a).as_str(), a.as_str());
    }
}
