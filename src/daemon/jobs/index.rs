//! Following the change log into this node's search index, and looking whether it can be believed.

use std::time::{Duration, Instant};

use chrono::TimeDelta;

use crate::daemon::House;
use crate::store::{Committed, Harvest, LogEvent};

/// Lines taken in between two commits: a commit makes a segment, and segments want merging.
const BATCH: u32 = 5_000;

/// Hands the index what the store has just committed, which saves reading it back; it counts
/// when [`follow`] has come by. Where that fails, following the log brings it all the same.
pub async fn stage(house: &House, committed: Committed, harvests: Vec<Harvest>) {
    let index = house.index.clone();
    let staged = tokio::task::spawn_blocking(move || {
        index.stage(
            committed
                .updates(&harvests)
                .map(|(new, fresh)| (new, &fresh.update, fresh.text.as_str())),
            committed.before,
            committed.head,
        )
    })
    .await;
    match staged {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::debug!(%error, "the index will be brought up to date later"),
        Err(error) => tracing::debug!(%error, "the index will be brought up to date later"),
    }
}

/// Before anybody is answered: an index that is of another store, or that has nothing of a store
/// that has much, says so instead of answering from what it has not.
///
/// # Errors
/// When the store or the index fails.
pub async fn stand(house: &House) -> anyhow::Result<()> {
    let head = house.store.log_head().await?;
    let cursor = house.index.cursor().unwrap_or(0);
    agree(house, cursor, head).await?;
    Ok(())
}

/// Begins an index again that is of another store or has lost its place, and says of one that has
/// nothing that it lacks everything; whether it was begun again.
async fn agree(house: &House, cursor: i64, head: i64) -> anyhow::Result<bool> {
    let why = if cursor > head {
        "it is ahead of the store"
    } else if cursor == 0 && !house.index.is_empty() {
        "it does not say how far it is"
    } else {
        if cursor == 0 && head > 0 {
            house.index.begin_rebuilding();
        }
        return Ok(false);
    };
    renew(house, why).await?;
    Ok(true)
}

/// Looks the index through: every file against its sum, and its updates against the log's. What is
/// damaged is begun again; returns what was wrong.
///
/// # Errors
/// When the store fails, or the folder cannot be used.
pub async fn inspect(house: &House) -> anyhow::Result<Option<String>> {
    if house.index.is_rebuilding() {
        return Ok(None);
    }
    let index = house.index.clone();
    let mut fault = tokio::task::spawn_blocking(move || index.inspect()).await?;
    if fault.is_none() {
        let cursor = house.index.cursor()?;
        let index = house.index.clone();
        // Only while nothing is committed in between can the two be compared.
        let held = tokio::task::spawn_blocking(move || {
            index.refresh()?;
            Ok::<_, crate::search::Error>(index.len())
        })
        .await?;
        let expected = house.store.updates_until(cursor).await?;
        match held {
            Err(error) => fault = Some(error.to_string()),
            Ok(held) if held != expected && house.index.cursor().ok() == Some(cursor) => {
                fault = Some(format!(
                    "it holds {held} updates where the log has {expected}"
                ));
            }
            Ok(_) => {}
        }
    }
    if let Some(fault) = &fault {
        renew(house, fault).await?;
    }
    Ok(fault)
}

async fn renew(house: &House, why: &str) -> anyhow::Result<()> {
    tracing::error!(why, "the search index is built anew from the store");
    let index = house.index.clone();
    Ok(tokio::task::spawn_blocking(move || index.renew()).await??)
}

/// Between two times that an index is looked through without a cause.
const LOOK: TimeDelta = TimeDelta::hours(1);
/// Between two times that it is looked through because a search failed.
const SUSPICION: Duration = Duration::from_secs(20);

/// Looks the index through at the start, every hour, and when a search failed over it.
pub async fn keep_sound(house: House) {
    let mut next = house.clock.now();
    let mut last: Option<Instant> = None;
    loop {
        let suspect =
            last.is_none_or(|last| last.elapsed() > SUSPICION) && house.index.was_suspect();
        if suspect || house.clock.now() >= next {
            next = house.clock.now() + LOOK;
            last = Some(Instant::now());
            if let Err(error) = inspect(&house).await {
                tracing::warn!(
                    error = format!("{error:#}"),
                    "the search index could not be looked through; trying again in an hour"
                );
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Brings the index up to the log's head; returns how many lines were taken in.
///
/// The position is committed with the updates, so a crash between two commits repeats nothing
/// and loses nothing. An index that is ahead of the store was made from another store, and is
/// begun again.
///
/// # Errors
/// When the store or the index fails.
pub async fn follow(house: &House) -> anyhow::Result<u64> {
    match followed(house).await {
        // What cannot be written to is looked through at once; where it is sound, the fault is
        // another one, such as a full disk.
        Err(error) if error.is::<crate::search::Error>() => match inspect(house).await? {
            Some(_) => followed(house).await,
            None => Err(error),
        },
        done => done,
    }
}

async fn followed(house: &House) -> anyhow::Result<u64> {
    let before = house.index.cursor()?;
    let mut position = {
        let index = house.index.clone();
        tokio::task::spawn_blocking(move || index.settle()).await??
    };
    let head = house.store.log_head().await?;
    if agree(house, position, head).await? {
        position = 0;
    }
    let mut taken = u64::try_from(position - before).unwrap_or(0);
    while position < head {
        let lines = house.store.log_with_updates(position, BATCH).await?;
        let Some((last, _)) = lines.last() else { break };
        position = last.position;
        taken += lines.len() as u64;
        let batch = lines
            .into_iter()
            .map(|(line, update)| (line.event == LogEvent::New, line, update))
            .collect::<Vec<_>>();
        // An update that is new and revised within one batch is added once, as it is now.
        let mut seen = std::collections::HashMap::new();
        let mut updates = Vec::with_capacity(batch.len());
        for (new, line, update) in batch {
            match seen.get(&line.update) {
                Some(place) => {
                    if let Some(entry) = updates.get_mut(*place) {
                        let (was_new, _): &(bool, _) = entry;
                        *entry = (*was_new, update);
                    }
                }
                None => {
                    seen.insert(line.update, updates.len());
                    updates.push((new, update));
                }
            }
        }
        let index = house.index.clone();
        tokio::task::spawn_blocking(move || index.apply(&updates, position)).await??;
        house.vitals.step();
    }
    house.index.end_rebuilding();
    Ok(taken)
}
