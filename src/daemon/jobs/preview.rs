//! What criteria would have told, before they are saved.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::daemon::House;
use crate::domain::criteria::{Clause, Criteria};
use crate::domain::update::Update;
use crate::matching::{self, Matcher, Scratch};
use crate::store::LogEvent;

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

/// What criteria would have told.
#[derive(Clone, Debug, Default)]
pub struct Previewed {
    /// Each update and each story once, oldest first.
    pub items: Vec<Item>,
    /// Corrections of them.
    pub corrections: u32,
}

/// What criteria would have told in the time before now, by the log and the tags of today.
///
/// # Errors
/// When the store fails.
pub async fn preview(
    house: &House,
    criteria: &Criteria,
    span: TimeDelta,
) -> anyhow::Result<Previewed> {
    let matcher = Matcher::new([criteria], &house.library.known_works);
    let mut scratch = Scratch::default();
    let since = house.clock.now() - span;
    let mut out = Previewed::default();
    let mut stories = HashSet::new();
    let mut seen = HashSet::new();
    let mut position = house.store.log_position_at(since).await?;
    loop {
        let lines = house.store.log_with_updates(position, 2_000).await?;
        let Some((last, _)) = lines.last() else {
            return Ok(out);
        };
        position = last.position;
        for (line, update) in lines {
            if !line.event.is_told() || line.at < since {
                continue;
            }
            let matches = matcher.matches(&update, &mut scratch);
            let Some(found) = matches.first() else {
                continue;
            };
            if line.event == LogEvent::Revised {
                out.corrections += u32::from(seen.contains(&update.id));
                continue;
            }
            seen.insert(update.id.clone());
            if update
                .story
                .as_ref()
                .is_some_and(|story| !stories.insert(story.clone()))
            {
                continue;
            }
            out.items.push(Item {
                at: line.at,
                because: matching::clauses(criteria, found)
                    .into_iter()
                    .cloned()
                    .collect(),
                update,
            });
        }
    }
}
