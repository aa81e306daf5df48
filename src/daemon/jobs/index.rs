//! Following the change log into this node's search index.

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

/// Brings the index up to the log's head; returns how many lines were taken in.
///
/// The position is committed with the updates, so a crash between two commits repeats nothing
/// and loses nothing. An index that is ahead of the store was made from another store, and is
/// begun again.
///
/// # Errors
/// When the store or the index fails.
pub async fn follow(house: &House) -> anyhow::Result<u64> {
    let before = house.index.cursor()?;
    let mut position = {
        let index = house.index.clone();
        tokio::task::spawn_blocking(move || index.settle()).await??
    };
    let head = house.store.log_head().await?;
    if position > head {
        tracing::warn!(
            position,
            head,
            "the search index is ahead of the store; it is built anew"
        );
        let index = house.index.clone();
        tokio::task::spawn_blocking(move || index.clear()).await??;
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
    Ok(taken)
}
