//! What the index finds under one filter, as pages about one thing want it.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::{Site, Trouble};
use crate::domain::document::Sha256;
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
    let found = tokio::task::spawn_blocking(move || {
        index.search(&query, SortOrder::Newest, 0, limit, true)
    })
    .await??;
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
            .await??;
    Ok(found.facets.of(field).iter().cloned().collect())
}

/// An answer with a tag by which the asker is told that nothing changed.
pub(super) fn tagged(headers: &HeaderMap, kind: &'static str, text: String) -> Response {
    let hash = Sha256::of(text.as_bytes());
    // Weak: the same text is sent packed and unpacked.
    let tag = format!("W/\"{}\"", hash.as_str().get(..32).unwrap_or_default());
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == "*" || one == tag.trim_start_matches("W/"));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, kind)], text).into_response()
    };
    let answer = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(header::ETAG, tag);
    }
    answer.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=0, s-maxage=60"),
    );
    response
}
