//! What sources answered, byte for byte: for who holds a token (contract: W13).

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::admitted::admitted;
use super::records::{DocumentList, DocumentRecord, Problem};
use super::{Fault, Refusals, limit, only, read, said};
use crate::domain::api_token::Scope;
use crate::domain::id::SourceId;
use crate::web::Site;
use crate::web::asked::Parameters;
use crate::web::guard::Guard;

fn source(site: &Site, id: String) -> Result<SourceId, Fault> {
    let missing = || Fault::Missing("There is no source of that identifier.".to_owned());
    let id = SourceId::new(id).map_err(|_| missing())?;
    if site.sources.iter().any(|one| one.id == id) {
        Ok(id)
    } else {
        Err(missing())
    }
}

/// The documents that a source answered with, in order
#[utoipa::path(get, path = "/api/v1/sources/{id}/documents", tag = "evidence",
    params(
        ("id" = String, Path, description = "The source's identifier"),
        ("limit" = Option<u32>, Query, description = "Items on the page, at most 100"),
        ("after" = Option<i64>, Query, description = "`next` of the page before"),
    ),
    security(("token" = ["evidence"])),
    responses((status = 200, description = "A page of the source's documents.", body = DocumentList),
        (status = 401, description = "No token, or none that is known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token does not reach so far.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none of that name.", body = Problem, content_type = "application/problem+json"), Refusals))]
pub(super) async fn documents(
    State(site): State<Site>,
    Extension(guard): Extension<Arc<Guard>>,
    Path(id): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    admitted(&site, &guard, &headers, Scope::Evidence).await?;
    only(&parameters, &["limit", "after"])?;
    let limit = limit(&parameters)?;
    let after: i64 = read(&parameters, "after", "a document's number")?.unwrap_or(0);
    let id = source(&site, id)?;
    let mut rest = site
        .store
        .documents(&id)
        .await?
        .into_iter()
        .filter(|one| one.number > after);
    let items: Vec<DocumentRecord> = rest
        .by_ref()
        .take(limit)
        .map(|one| DocumentRecord {
            number: one.number,
            url: one.url,
            fetched_at: one.fetched_at,
            status: one.status,
            sha256: one.sha256.as_str().to_owned(),
            bytes: one.bytes,
            previous: one.previous.map(|hash| hash.as_str().to_owned()),
            link: one.link.as_str().to_owned(),
            software: one.software,
        })
        .collect();
    let last = items.last().map(|one| one.number.to_string());
    let next = last.filter(|_| rest.next().is_some());
    said(&DocumentList { items, next })
}

/// A document's bytes, as they were answered with
///
/// As plain text to be kept, whatever the publisher called them: nothing of it runs here.
#[utoipa::path(get, path = "/api/v1/sources/{id}/documents/{number}/raw", tag = "evidence",
    params(
        ("id" = String, Path, description = "The source's identifier"),
        ("number" = i64, Path, description = "The document's number"),
    ),
    security(("token" = ["evidence"])),
    responses((status = 200, description = "The bytes.", body = String, content_type = "text/plain"),
        (status = 401, description = "No token, or none that is known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token does not reach so far.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none of that name.", body = Problem, content_type = "application/problem+json"), Refusals))]
pub(super) async fn raw(
    State(site): State<Site>,
    Extension(guard): Extension<Arc<Guard>>,
    Path((id, number)): Path<(String, String)>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    admitted(&site, &guard, &headers, Scope::Evidence).await?;
    only(&parameters, &[])?;
    let id = source(&site, id)?;
    let missing = || Fault::Missing("There is no document of that number that is kept.".to_owned());
    let number: i64 = number.parse().map_err(|_| missing())?;
    let document = site
        .store
        .document(&id, number)
        .await?
        .ok_or_else(missing)?;
    let body = document.body.ok_or_else(missing)?;
    let mut response = Body::from(body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
        ),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A source's name is a slug: nothing in it ends a header.
    let name = format!("attachment; filename=\"{id}-{number}.txt\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
