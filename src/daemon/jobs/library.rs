//! Noticing that frameworks' pages say something else than before.

use crate::daemon::House;
use crate::domain::id::FrameworkId;
use crate::domain::statement::{Statement, statements};
use crate::store::Lease;

/// Compares what the library says of every framework with what its page last said, and notes the
/// new state where it differs. A library is read once when a process starts, so once is enough.
///
/// # Errors
/// When the lease is lost or the store fails.
pub async fn follow(house: &House, lease: &Lease) -> anyhow::Result<Vec<FrameworkId>> {
    let library = &house.library;
    let pages: Vec<(FrameworkId, Vec<Statement>)> = library
        .frameworks
        .iter()
        .map(|framework| {
            (
                framework.id.clone(),
                statements(framework, &library.crosswalks),
            )
        })
        .collect();
    Ok(house
        .store
        .note_framework_pages(lease, &pages, house.clock.now())
        .await?)
}
