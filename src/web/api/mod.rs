//! `/api/v1`: the same answers for programs, described as they are made.

mod admitted;
mod audit;
mod dates;
mod evidence;
mod library;
mod records;
mod updates;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::asked::Parameters;
use super::feeds::kept;
use super::{Site, Trouble};
use crate::render::{ApiOperation, ApiPage, ApiParameter};
use records::Problem;

/// What an error of the API is sent as (RFC 9457).
pub(super) const PROBLEM: &str = "application/problem+json";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Regwire API",
        version = "1",
        description = "Updates of standards, laws and guidance, with what they are about and where they were read. Filters are those of the search page. Lists are paged by `next`: hand it back as `after`. Answers have an ETag; ask again with If-None-Match. What is shown of a publisher's text is what its terms allow."
    ),
    tags(
        (name = "updates", description = "What was published, and the log of all that happened to it"),
        (name = "library", description = "What is known of the field"),
        (name = "dates", description = "Key dates and digests"),
        (name = "evidence", description = "What sources answered, and what operators changed; needs a token"),
    ),
    components(schemas(Problem))
)]
struct Description;

/// What every answer of an operation may be beside its own.
#[derive(utoipa::IntoResponses)]
#[allow(dead_code, reason = "read by the description, never made")]
pub(super) enum Refusals {
    /// Nothing changed since.
    #[response(status = 304)]
    NotModified,
    /// A parameter cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Unreadable(#[to_schema] Problem),
    /// This host does not go by that name.
    #[response(status = 421, content_type = "application/problem+json")]
    Misdirected(#[to_schema] Problem),
    /// Too many requests; Retry-After says how long to wait.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(#[to_schema] Problem),
}

fn described() -> OpenApiRouter<Site> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(updates::updates))
        .routes(routes!(updates::update))
        .routes(routes!(updates::revisions))
        .routes(routes!(updates::facets))
        .routes(routes!(updates::changes))
        .routes(routes!(library::frameworks))
        .routes(routes!(library::framework))
        .routes(routes!(library::jurisdictions))
        .routes(routes!(library::topics))
        .routes(routes!(library::bodies))
        .routes(routes!(library::standards))
        .routes(routes!(library::standard))
        .routes(routes!(library::sources))
        .routes(routes!(library::source))
        .routes(routes!(dates::key_dates))
        .routes(routes!(dates::digests))
        .routes(routes!(evidence::documents))
        .routes(routes!(evidence::raw))
        .routes(routes!(audit::lines))
}

/// The description, as made from the code.
pub(super) fn description() -> utoipa::openapi::OpenApi {
    let (_, api) = described().split_for_parts();
    api
}

/// The operations' routes, and their paths.
pub(super) fn routes() -> (Router<Site>, Vec<String>) {
    let (router, api) = described().split_for_parts();
    let paths = api.paths.paths.keys().cloned().collect();
    (router, paths)
}

/// `/api/v1/openapi.json`
pub(super) async fn openapi(State(site): State<Site>) -> Response {
    let mut api = description();
    api.servers = Some(vec![utoipa::openapi::Server::new(site.renderer.base_url())]);
    match api.to_json() {
        Ok(text) => kept("application/json", text),
        Err(error) => site.tell(Trouble::Failed(error.into())),
    }
}

/// `/api`: the description as a page.
pub(super) async fn page(State(site): State<Site>) -> Response {
    let value = serde_json::to_value(description()).unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("").to_owned();
    let mut operations = Vec::new();
    for (path, item) in value["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            operations.push(ApiOperation {
                id: text(&operation["operationId"]),
                method: method.to_uppercase(),
                path: path.clone(),
                what: text(&operation["summary"]),
                more: text(&operation["description"]),
                sort: text(&operation["tags"][0]),
                token: operation["security"]
                    .as_array()
                    .is_some_and(|one| !one.is_empty()),
                parameters: operation["parameters"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|one| ApiParameter {
                        name: text(&one["name"]),
                        place: text(&one["in"]),
                        what: text(&one["description"]),
                    })
                    .collect(),
            });
        }
    }
    site.show(&ApiPage {
        about: text(&value["info"]["description"]),
        operations,
    })
    .unwrap_or_else(|trouble| site.tell(trouble))
}

/// An error as it is sent.
pub(super) fn problem(status: StatusCode, detail: &str) -> Response {
    let body = serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "detail": detail,
    });
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What an operation tells instead of its answer.
#[derive(Debug)]
pub(super) enum Fault {
    /// What was asked for cannot be read.
    Unreadable(String),
    /// There is no such thing.
    Missing(String),
    /// It needs a token.
    NoToken,
    /// The token opens other things.
    OtherToken,
    /// We failed.
    Failed(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::Unreadable(what) => problem(StatusCode::BAD_REQUEST, &what),
            Self::Missing(what) => problem(StatusCode::NOT_FOUND, &what),
            Self::NoToken => {
                let mut response = problem(
                    StatusCode::UNAUTHORIZED,
                    "This needs a token: Authorization: Bearer rgw_…",
                );
                response
                    .headers_mut()
                    .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
                response
            }
            Self::OtherToken => problem(StatusCode::FORBIDDEN, "This token opens other things."),
            Self::Failed(error) => {
                tracing::error!(error = format!("{error:#}"), "the API could not answer");
                problem(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "It is our fault and has been noted. Try again in a minute.",
                )
            }
        }
    }
}

/// The trouble of the site's other answers, told to a program.
fn trouble(trouble: Trouble) -> Fault {
    match trouble {
        Trouble::Missing => Fault::Missing("There is no such thing.".to_owned()),
        Trouble::Unknown { what, .. } => Fault::Missing(what),
        Trouble::TooMuch(what, mend) => Fault::Unreadable(format!("{what} {mend}")),
        Trouble::Failed(error) => Fault::Failed(error),
    }
}

/// An answer.
fn said(value: &impl serde::Serialize) -> Result<Response, Fault> {
    Ok(kept("application/json", serde_json::to_string(value)?))
}

/// Items of a page, unless asked otherwise, and the most.
const ITEMS: usize = 50;
/// See [`ITEMS`] (contract: W6).
const MOST: usize = 100;

/// Refuses a parameter that is not known: one that is misspelt must not be passed over.
fn only(parameters: &Parameters, known: &[&str]) -> Result<(), Fault> {
    match parameters
        .0
        .keys()
        .find(|name| !known.contains(&name.as_str()))
    {
        None => Ok(()),
        Some(name) => {
            let name: String = name.chars().take(40).collect();
            Err(Fault::Unreadable(format!(
                "`{name}` is no parameter here: {}",
                if known.is_empty() {
                    "there are none".to_owned()
                } else {
                    format!("{} are", known.join(", "))
                }
            )))
        }
    }
}

/// A parameter, read.
fn read<T: std::str::FromStr>(
    parameters: &Parameters,
    name: &str,
    wanted: &str,
) -> Result<Option<T>, Fault> {
    parameters
        .get(name)
        .map(|text| {
            text.parse()
                .map_err(|_| Fault::Unreadable(format!("`{name}` is not {wanted}")))
        })
        .transpose()
}

/// How many items are asked for.
fn limit(parameters: &Parameters) -> Result<usize, Fault> {
    let wanted = "a number from 1 to 100";
    match read(parameters, "limit", wanted)? {
        None => Ok(ITEMS),
        Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
        Some(_) => Err(Fault::Unreadable(format!("`limit` is not {wanted}"))),
    }
}

/// A page of a list that is at hand, after an item by its key.
fn page_of<T>(
    items: impl Iterator<Item = (String, T)>,
    after: Option<&str>,
    limit: usize,
) -> (Vec<T>, Option<String>) {
    let sorted: BTreeMap<String, T> = items.collect();
    let mut rest = sorted
        .into_iter()
        .filter(|(key, _)| after.is_none_or(|after| key.as_str() > after));
    let mut last = None;
    let mut out = Vec::new();
    for (key, item) in rest.by_ref().take(limit) {
        last = Some(key);
        out.push(item);
    }
    let more = rest.next().is_some();
    (out, last.filter(|_| more))
}
