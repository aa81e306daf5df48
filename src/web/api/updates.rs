//! Updates, their past, their facets, and the log.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;

use super::records::{
    ChangeList, ChangeRecord, EvidenceRecord, FacetCount, FacetList, Problem, RevisionList,
    RevisionRecord, UpdateList, UpdateRecord,
};
use super::{Fault, Refusals, limit, only, read, said, trouble};
use crate::domain::id::UpdateId;
use crate::domain::update::Update;
use crate::render::update_line;
use crate::search::{Place, SortOrder};
use crate::web::Site;
use crate::web::asked::Parameters;
use crate::web::pages::{name_of, source_of};
use crate::web::search::{Wanted, find};

/// An update as a record.
fn record(site: &Site, update: &Update) -> Result<UpdateRecord, Fault> {
    let line = update_line(update, source_of(site, &update.source));
    Ok(serde_json::from_value(line)?)
}

/// What is asked for, strictly: a program wants to know that it erred.
fn wanted(site: &Site, parameters: &Parameters) -> Result<Wanted, Fault> {
    match parameters.get("order") {
        None | Some("best" | "newest") => {}
        Some(_) => {
            return Err(Fault::Unreadable(
                "`order` is not best or newest".to_owned(),
            ));
        }
    }
    read::<Place>(parameters, "after", "taken from `next`")?;
    Ok(Wanted::read(site, &parameters.0))
}

/// Updates that a query finds
///
/// Without a query all of them, the newest first. The grammar is that of the search page.
#[utoipa::path(get, path = "/api/v1/updates", tag = "updates",
    params(
        ("q" = Option<String>, Query, description = "The query, as on the search page"),
        ("order" = Option<String>, Query, description = "best or newest"),
        ("limit" = Option<u32>, Query, description = "Items on the page, at most 100"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "A page of updates.", body = UpdateList), Refusals))]
pub(super) async fn updates(
    State(site): State<Site>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    only(&parameters, &["q", "order", "limit", "after"])?;
    let limit = limit(&parameters)?;
    let wanted = wanted(&site, &parameters)?;
    let query = &wanted.understood.query;
    let found = find(&site, query, wanted.order, wanted.after, limit, false)
        .await
        .map_err(trouble)?;
    let updates = site.store.updates(&found.hits).await?;
    let suggestion = site
        .index
        .suggestion(query, Some(&site.library.synonyms))
        .unwrap_or_default();
    said(&UpdateList {
        items: updates
            .iter()
            .map(|update| record(&site, update))
            .collect::<Result<_, _>>()?,
        total: found.total,
        next: found.next.map(|next| next.to_string()),
        understood: query.to_string(),
        problems: wanted.understood.problems,
        relaxed: found.relaxed,
        suggestion: suggestion.map(|query| query.to_string()),
    })
}

fn identifier(id: &str) -> Result<UpdateId, Fault> {
    UpdateId::new(id)
        .map_err(|_| Fault::Missing("There is no update of that identifier.".to_owned()))
}

/// One update
#[utoipa::path(get, path = "/api/v1/updates/{id}", tag = "updates",
    params(("id" = String, Path, description = "Its identifier")),
    responses((status = 200, description = "The update.", body = UpdateRecord),
        (status = 404, description = "There is none of that name.", body = Problem, content_type = "application/problem+json"), Refusals))]
pub(super) async fn update(
    State(site): State<Site>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    only(&parameters, &[])?;
    let id = identifier(&id)?;
    let update = site.store.update(&id).await?;
    let update = update
        .ok_or_else(|| Fault::Missing("There is no update of that identifier.".to_owned()))?;
    said(&record(&site, &update)?)
}

/// An update's past
#[utoipa::path(get, path = "/api/v1/updates/{id}/revisions", tag = "updates",
    params(("id" = String, Path, description = "Its identifier")),
    responses((status = 200, description = "Its revisions.", body = RevisionList),
        (status = 404, description = "There is none of that name.", body = Problem, content_type = "application/problem+json"), Refusals))]
pub(super) async fn revisions(
    State(site): State<Site>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    only(&parameters, &[])?;
    let id = identifier(&id)?;
    let revisions = site.store.revisions(&id).await?;
    if revisions.is_empty() {
        return Err(Fault::Missing(
            "There is no update of that identifier.".to_owned(),
        ));
    }
    said(&RevisionList {
        items: revisions
            .iter()
            .map(|one| RevisionRecord {
                revision: one.number,
                at: one.at,
                title: one.content.title.clone(),
                evidence: EvidenceRecord::of(&one.evidence),
            })
            .collect(),
    })
}

/// Updates that a query finds, counted by what they are tagged with
#[utoipa::path(get, path = "/api/v1/facets", tag = "updates",
    params(("q" = Option<String>, Query, description = "The query, as on the search page")),
    responses((status = 200, description = "The counts.", body = FacetList), Refusals))]
pub(super) async fn facets(
    State(site): State<Site>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    only(&parameters, &["q"])?;
    let wanted = wanted(&site, &parameters)?;
    let query = &wanted.understood.query;
    let found = find(&site, query, SortOrder::Newest, None, 1, true)
        .await
        .map_err(trouble)?;
    let fields = [
        "framework",
        "jurisdiction",
        "kind",
        "topic",
        "body",
        "source",
        "authority",
        "language",
    ];
    let facets: BTreeMap<String, Vec<FacetCount>> = fields
        .into_iter()
        .map(|field| {
            let counts = found.facets.of(field).iter().take(200);
            let counts = counts.map(|(value, count)| FacetCount {
                value: value.clone(),
                name: name_of(&site, field, value),
                count: *count,
            });
            (field.to_owned(), counts.collect())
        })
        .collect();
    said(&FacetList {
        total: found.total,
        facets,
        understood: query.to_string(),
        problems: wanted.understood.problems,
    })
}

/// The log of all that happened, line by line
///
/// Lines have no gaps and follow each other in the order in which they were written: keep `next`
/// and ask for what is after it, now or next week.
#[utoipa::path(get, path = "/api/v1/changes", tag = "updates",
    params(
        ("after" = Option<i64>, Query, description = "The last line that is known; 0 at first"),
        ("limit" = Option<u32>, Query, description = "Lines on the page, at most 100"),
    ),
    responses((status = 200, description = "A page of the change log.", body = ChangeList), Refusals))]
pub(super) async fn changes(
    State(site): State<Site>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    only(&parameters, &["after", "limit"])?;
    let limit = limit(&parameters)?;
    let after: i64 = read(&parameters, "after", "a line's number, 0 or more")?.unwrap_or(0);
    if after < 0 {
        return Err(Fault::Unreadable(
            "`after` is not a line's number, 0 or more".to_owned(),
        ));
    }
    let head = site.store.log_head().await?;
    let lines = site
        .store
        .log_with_updates(after, u32::try_from(limit).unwrap_or(1))
        .await?;
    let next = lines.last().map_or(after, |(line, _)| line.position);
    said(&ChangeList {
        items: lines
            .iter()
            .map(|(line, update)| {
                Ok(ChangeRecord {
                    position: line.position,
                    at: line.at,
                    event: line.event.as_str().to_owned(),
                    revision: line.revision,
                    update: record(&site, update)?,
                })
            })
            .collect::<Result<_, Fault>>()?,
        next,
        head,
    })
}
