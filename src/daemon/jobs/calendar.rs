//! What time gives rise to: dates that come near, and consultations that have closed, as Updates
//! for those who follow (contract: law 2).

use std::collections::{BTreeMap, HashSet};

use chrono::{Datelike as _, Days, NaiveDate};

use super::making::{fresh_of_ours, understood_of_ours};
use crate::daemon::House;
use crate::domain::calendar::{Due, Reminder};
use crate::domain::id::UpdateId;
use crate::domain::monitored::Followed;
use crate::domain::reference;
use crate::domain::update::Update;
use crate::normalize;
use crate::store::{Fresh, Lease};

/// The follower's name: it follows the days, and notes the last that it has seen.
const FOLLOWER: &str = "calendar";
/// A pause longer than this is not made good day by day: what has closed meanwhile is old.
const LONGEST_PAUSE: Days = Days::new(31);

/// Recalls what has come near since the last day that was seen; how many Updates came of it.
///
/// # Errors
/// When the lease is lost or the store fails.
pub async fn follow(house: &House, lease: &Lease) -> anyhow::Result<usize> {
    let now = house.clock.now();
    let today = now.date_naive();
    let number = i64::from(today.num_days_from_ce());
    let seen = house.store.follower(FOLLOWER).await?;
    if seen == number {
        return Ok(0);
    }
    // A day to come was noted under a clock that was wrong: it is forgotten.
    let seen = if seen > number { 0 } else { seen };
    let earliest = today - LONGEST_PAUSE;
    let after = i32::try_from(seen)
        .ok()
        .filter(|seen| *seen > 0)
        .and_then(NaiveDate::from_num_days_from_ce_opt)
        // On its first day it has missed nothing.
        .unwrap_or(today - Days::new(1))
        .max(earliest);
    let followed = house.store.followed().await?;
    let works: HashSet<String> = followed
        .works
        .iter()
        .map(|work| reference::slug(work))
        .collect();
    let mut recalled: Vec<(Due, Reminder)> = Vec::new();
    for which in Reminder::ALL {
        let (from, until) = which.dates(after, today);
        let stretch = house
            .store
            .due(from, Some(until), Reminder::EVENTS, usize::MAX, |due| {
                due.reminder(after, today) == Some(which) && is_wanted(due, &followed, &works)
            })
            .await?;
        if stretch.cut {
            tracing::warn!(%from, %until, "too many dates to look at; some of them are not recalled");
        }
        recalled.extend(stretch.entries.into_iter().map(|due| (due, which)));
    }
    let told = told(house, &recalled).await?;
    let mut born: Vec<Fresh> = Vec::new();
    for (due, which) in &recalled {
        let Some(update) = told.get(&due.update) else {
            continue;
        };
        let Some(source) = house.source(&update.source) else {
            tracing::warn!(source.id = %update.source, update.id = %update.id, "a date of a source that is not in sources.toml any more is not recalled");
            continue;
        };
        let reminder = normalize::reminder(due, *which, update, now);
        born.push(fresh_of_ours(understood_of_ours(
            &house.tagger,
            source,
            reminder,
            None,
        )));
    }
    let count = if born.is_empty() {
        0
    } else {
        house.store.commit_born(lease, &born, now).await?
    };
    // A run that ends before this begins anew, and finds what it has stored.
    house.store.set_follower(lease, FOLLOWER, number).await?;
    Ok(count)
}

/// The updates that tell the dates, by the one that the calendar shows: of our own word that a date
/// moved the update that moved it.
async fn told(
    house: &House,
    recalled: &[(Due, Reminder)],
) -> anyhow::Result<BTreeMap<UpdateId, Update>> {
    let shown: Vec<UpdateId> = recalled.iter().map(|(due, _)| due.update.clone()).collect();
    let mut out = BTreeMap::new();
    for update in house.store.updates(&shown).await? {
        let cause = match &update.cause {
            Some(cause) => house.store.update(cause).await?,
            None => None,
        };
        out.insert(update.id.clone(), cause.unwrap_or(update));
    }
    Ok(out)
}

/// Whether a date is worth an Update: it is tied to a framework, or somebody follows it (`works` by
/// their slugs).
fn is_wanted(due: &Due, followed: &Followed, works: &HashSet<String>) -> bool {
    followed.days
        || !due.frameworks.is_empty()
        || followed.sources.contains(&due.source)
        || due.works.iter().any(|work| works.contains(work))
}
