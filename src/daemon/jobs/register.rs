//! The register's second door: stages that Updates report in passing, read off the change log.
//!
//! Such a report is evidence of lower weight than a catalogue's row. It is kept and shown beside
//! what the catalogues say, and moves nothing.

use crate::daemon::House;
use crate::domain::id::UpdateId;
use crate::domain::source::SourceKind;
use crate::domain::standard::{reports, stated_report};
use crate::store::{Lease, Reported};

/// The follower's name.
const FOLLOWER: &str = "register";
/// Lines read at once.
const BATCH: u32 = 500;

/// Reads the log on from where it was left; returns how many reports were found.
///
/// # Errors
/// When the lease is lost or the store fails.
pub async fn follow(house: &House, lease: &Lease) -> anyhow::Result<usize> {
    let mut found = 0;
    loop {
        let position = house.store.follower(FOLLOWER).await?;
        let lines = house.store.log_with_updates(position, BATCH).await?;
        let Some((last, _)) = lines.last() else {
            return Ok(found);
        };
        let position = last.position;
        let mut read: Vec<UpdateId> = Vec::new();
        let mut reported: Vec<Reported> = Vec::new();
        for (_, update) in &lines {
            if read.contains(&update.id) {
                continue;
            }
            let kind = house.source(&update.source).map(|source| source.kind);
            // A catalogue's own Update is no second witness of what its row says; a page is.
            let found = match &update.content.stage {
                _ if kind == Some(SourceKind::Catalogue) => continue,
                None => reports(&update.tags),
                Some(_) if kind != Some(SourceKind::Page) => continue,
                Some(news) => stated_report(news, &update.tags).into_iter().collect(),
            };
            reported.extend(found.into_iter().map(|report| Reported {
                update: update.id.clone(),
                at: update.dated(),
                report,
            }));
            read.push(update.id.clone());
        }
        found += reported.len();
        house
            .store
            .note_reports(lease, FOLLOWER, position, &read, &reported)
            .await?;
    }
}
