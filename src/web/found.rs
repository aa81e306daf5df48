//! What the index finds under one filter, as pages about one thing want it.

use std::collections::BTreeMap;

use super::{Site, Trouble, by_hand};
use crate::domain::query::{self, Filter, Query};
use crate::domain::update::Update;
use crate::search::{Facets, SortOrder};

/// What was found.
pub(super) struct Newest {
    /// The newest updates.
    pub updates: Vec<Update>,
    /// How many there are.
    pub total: usize,
    /// What they are about.
    pub facets: Facets,
}

/// The newest updates that all filters take, with counts of what they are about.
pub(super) async fn newest(
    site: &Site,
    filters: Vec<Filter>,
    limit: usize,
) -> Result<Newest, Trouble> {
    let query = Query::And(filters.into_iter().map(Query::Filter).collect());
    let index = site.index.clone();
    let asked = query.clone();
    let found = tokio::task::spawn_blocking(move || {
        index.search(&asked, SortOrder::Newest, 0, limit, true)
    })
    .await?;
    let found = match found {
        Err(crate::search::Error::Rebuilding) => by_hand::find(site, &query, limit).await?,
        found => found?,
    };
    Ok(Newest {
        updates: site.store.updates(&found.hits).await?,
        total: found.total,
        facets: found.facets,
    })
}

/// How many updates have each value of a tag, over the whole archive.
pub(super) async fn counts(site: &Site, field: &str) -> Result<BTreeMap<String, u64>, Trouble> {
    let index = site.index.clone();
    let all = query::read("", &site.library.known_works).query;
    let found =
        tokio::task::spawn_blocking(move || index.search(&all, SortOrder::Newest, 0, 1, true))
            .await?;
    let found = match found {
        // Names without counts are better than no page.
        Err(crate::search::Error::Rebuilding) => return Ok(BTreeMap::new()),
        found => found?,
    };
    Ok(found.facets.of(field).iter().cloned().collect())
}
