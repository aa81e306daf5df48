//! Closing issues: when a digest's moment has come, its window is frozen by log position.

use chrono::{DateTime, TimeDelta, Utc};

use crate::daemon::House;
use crate::digest::{self as engine, Told};
use crate::domain::delivery::{Delivery, DeliveryState};
use crate::domain::digest::{Digest, Edition, Issue, IssueState, Window};
use crate::domain::document::Sha256;
use crate::domain::health::{Coverage, survey};
use crate::domain::id::{DeliveryId, SourceId, UpdateId};
use crate::domain::update::Update;
use crate::store::{Lease, LogEvent, LogLine};
use crate::summary::tell;

/// Lines read at once.
const BATCH: u32 = 2_000;
/// How far back the first issue of a digest looks for its moment.
const FIRST_LOOK: TimeDelta = TimeDelta::days(8);

/// Closes what is due: for each digest the last moment of its schedule since its last issue;
/// ten missed weeks are one catch-up issue.
///
/// # Errors
/// When the lease is lost or the store fails.
pub async fn close_due(house: &House, lease: &Lease) -> anyhow::Result<Vec<Issue>> {
    let now = house.clock.now();
    let mut out = Vec::new();
    for digest in &house.config.digests {
        let last = house.store.last_issue(&digest.name).await?;
        let after = match &last {
            Some(issue) => issue.scheduled_for,
            None => began(house, now).await?,
        };
        if let Some(moment) = digest.schedule.last_between(after, now)
            && let Some(issue) = close(house, lease, digest, moment).await?
        {
            out.push(issue);
        }
    }
    Ok(out)
}

/// Since when a digest without any issue is owed one: since the store's first line.
async fn began(house: &House, now: DateTime<Utc>) -> anyhow::Result<DateTime<Utc>> {
    let first = house.store.log(0, 1).await?;
    Ok(first
        .first()
        .map_or(now, |line| line.at)
        .max(now - FIRST_LOOK))
}

/// Closes one issue for a moment; none when the moment has its issue, or nothing was told.
///
/// # Errors
/// As [`close_due`].
pub async fn close(
    house: &House,
    lease: &Lease,
    digest: &Digest,
    moment: DateTime<Utc>,
) -> anyhow::Result<Option<Issue>> {
    let now = house.clock.now();
    let (window, edition, updates) = draft(house, digest).await?;
    let number = house
        .store
        .last_issue(&digest.name)
        .await?
        .map_or(1, |issue| issue.number.saturating_add(1));
    let mut deliveries = Vec::new();
    for (subscriber, subscriptions) in house.store.active_subscriptions(&digest.name).await? {
        let Some(plan) = engine::plan(&edition, &subscriptions, &house.library, &updates) else {
            continue;
        };
        deliveries.push(Delivery {
            id: DeliveryId::of(&digest.name, number, &subscriber.id),
            digest: digest.name.clone(),
            number,
            subscriber: subscriber.id,
            address: subscriber.address,
            queued_at: now,
            plan,
            state: DeliveryState::Pending,
            attempts: 0,
            next_try_at: now,
            answer: None,
        });
    }
    let issue = Issue {
        digest: digest.name.clone(),
        number,
        scheduled_for: moment,
        closed_at: now,
        window,
        state: match (digest.approve, deliveries.is_empty()) {
            (true, _) => IssueState::Draft,
            (false, true) => IssueState::Finished,
            (false, false) => IssueState::Sending,
        },
        edition,
    };
    let stored = house.store.close_issue(lease, &issue, &deliveries).await?;
    Ok(stored.then_some(issue))
}

/// What the next issue would say now: its window, its edition, and the updates it tells of.
///
/// # Errors
/// When the store fails.
pub async fn draft(
    house: &House,
    digest: &Digest,
) -> anyhow::Result<(Window, Edition, Vec<Update>)> {
    let after = house
        .store
        .last_issue(&digest.name)
        .await?
        .map_or(0, |issue| issue.window.until);
    let until = house.store.log_head().await?;
    let mut told = Vec::new();
    let mut position = after;
    while position < until {
        let lines = house.store.log_with_updates(position, BATCH).await?;
        let Some((last, _)) = lines.last() else { break };
        position = last.position;
        let lines: Vec<(LogLine, Update)> = lines
            .into_iter()
            .filter(|(line, _)| line.position <= until && line.event.is_told())
            .collect();
        let ids: Vec<UpdateId> = lines.iter().map(|(line, _)| line.update.clone()).collect();
        let notes = house.store.notes(&ids).await?;
        told.extend(lines.into_iter().map(|(line, update)| {
            let notes = notes.get(&update.id).map_or(&[][..], Vec::as_slice);
            Told {
                new: line.event == LogEvent::New,
                words: tell(&update, house.source(&update.source), &house.library, notes),
                update,
            }
        }));
    }
    let states = house.store.source_states().await?;
    let record = |id: &SourceId| states.get(id).map(|state| &state.record);
    let coverage = Coverage::of(&survey(&house.sources, record, house.clock.now()));
    let mut heads: Vec<(SourceId, Sha256)> = states
        .into_values()
        .filter_map(|state| Some((state.source, state.chain_head?)))
        .collect();
    heads.sort_by(|a, b| a.0.cmp(&b.0));
    let updates = told.iter().map(|told| told.update.clone()).collect();
    let edition = engine::edition(told, &house.sources, coverage, heads);
    Ok((Window { after, until }, edition, updates))
}
