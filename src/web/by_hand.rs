//! Searching without the index, while it is being built anew: the newest updates out of the store,
//! read one by one. It finds what the index would find among them.

use super::{Site, Trouble};
use crate::domain::query::Query;
use crate::domain::update::Update;
use crate::matching::{Matcher, Scratch};
use crate::search::{Facets, Found};

/// Updates that are read.
pub(super) const NEWEST: u32 = 1_000;

/// What a reader is told of it.
pub(super) fn note() -> String {
    format!(
        "The search index is being built anew: for the moment the newest {NEWEST} updates are searched, and nothing is counted."
    )
}

/// The newest updates, the newest first.
async fn read(site: &Site) -> Result<Vec<Update>, Trouble> {
    let newest = site.store.latest(false, None, NEWEST).await?;
    Ok(newest.into_iter().map(|(_, update)| update).collect())
}

/// What a query finds among the newest updates.
pub(super) async fn find(site: &Site, query: &Query, limit: usize) -> Result<Found, Trouble> {
    let updates = read(site).await?;
    let matcher = Matcher::of_searches([query]);
    let mut scratch = Scratch::default();
    let all: Vec<_> = updates
        .iter()
        .filter(|update| !matcher.finds(update, &mut scratch).is_empty())
        .map(|update| update.id.clone())
        .collect();
    Ok(Found {
        total: all.len(),
        hits: all.into_iter().take(limit).collect(),
        facets: Facets::default(),
        next: None,
        relaxed: false,
    })
}

/// How many of the newest updates each query finds.
pub(super) async fn counts(site: &Site, queries: &[Query]) -> Result<Vec<u64>, Trouble> {
    let updates = read(site).await?;
    let matcher = Matcher::of_searches(queries);
    let mut scratch = Scratch::default();
    let mut counts = vec![0; queries.len()];
    for update in &updates {
        for found in matcher.finds(update, &mut scratch) {
            if let Some(count) = counts.get_mut(found.criteria) {
                *count += 1;
            }
        }
    }
    Ok(counts)
}
