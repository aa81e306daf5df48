//! The site: pages out of store and index, shown through render.
//!
//! It knows addresses, headers and what a reader asks for. It calls the store, the index and the
//! renderer. It deliberately never fetches or sends, and writes nothing but what readers ask for
//! themselves (sign-ups, preferences, leaving, decisions) and what operators do in their area.

mod about;
mod api;
mod area;
mod asked;
mod by_hand;
mod calendar;
mod changes;
mod conditional;
mod crosswalks;
mod decide;
mod editions;
mod feeds;
mod found;
mod framework;
mod guard;
mod own_feeds;
mod pages;
mod preferences;
mod private;
mod search;
mod serving;
mod source;
mod standard;
mod standards;
mod subjects;
mod subscribe;
mod versions;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Extension, Router};
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::clock::Clock;
use crate::domain::digest::Digest;
use crate::domain::library::Library;
use crate::domain::source::Source;
use crate::render::{ErrorPage, Named, Renderer, View};
use crate::search::Index;
use crate::store::Store;

pub use area::{Access, Door, doors};
pub use guard::{Guard, Peer, Trusted};
pub use serving::{serve, serve_changing};

/// What the site shows from.
#[derive(Clone)]
pub struct Site {
    /// The store.
    pub store: Store,
    /// The index.
    pub index: Index,
    /// Templates.
    pub renderer: Arc<Renderer>,
    /// The library.
    pub library: Arc<Library>,
    /// The sources.
    pub sources: Arc<Vec<Source>>,
    /// The periodicals.
    pub digests: Vec<Digest>,
    /// The clock.
    pub clock: Clock,
}

/// Who asks, where a layer before the site knows it better than the connection does.
#[derive(Clone, Copy, Debug)]
pub struct Visitor(pub std::net::IpAddr);

/// Something that a reader is told.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// There is no such thing.
    Missing,
    /// A thing of that name is not known, and this is what to do.
    Unknown {
        /// What is not known, in a sentence.
        what: String,
        /// What to do.
        mend: String,
        /// Where that is done.
        ways: Vec<Named>,
    },
    /// It costs more than anybody may ask for: what is refused, and what to do.
    TooMuch(String, String),
    /// We failed; the reader learns that, the log learns why.
    Failed(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Site {
    fn show<V: View>(&self, view: &V) -> Result<Response, Trouble> {
        let page = self.renderer.page(view)?;
        Ok((
            [(header::CACHE_CONTROL, "public, max-age=0, s-maxage=60")],
            Html(page),
        )
            .into_response())
    }

    fn tell(&self, trouble: Trouble) -> Response {
        let (status, what, mend, ways) = match trouble {
            Trouble::Missing => (
                StatusCode::NOT_FOUND,
                "There is no such page.".to_owned(),
                "Search for what you were looking for; addresses of updates never change."
                    .to_owned(),
                [
                    ("Search the updates", "/search"),
                    ("All frameworks", "/frameworks"),
                    ("Standards", "/standards"),
                    ("The newest updates", "/"),
                ]
                .into_iter()
                .map(|(name, href)| Named {
                    name: name.to_owned(),
                    href: href.to_owned(),
                })
                .collect(),
            ),
            Trouble::Unknown { what, mend, ways } => (StatusCode::NOT_FOUND, what, mend, ways),
            Trouble::TooMuch(what, mend) => (StatusCode::BAD_REQUEST, what, mend, Vec::new()),
            Trouble::Failed(error) => {
                tracing::error!(error = format!("{error:#}"), "a page could not be made");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "This page could not be made.".to_owned(),
                    "It is our fault and has been noted. Try again in a minute.".to_owned(),
                    Vec::new(),
                )
            }
        };
        let page = self
            .renderer
            .page(&ErrorPage {
                status: status.as_u16(),
                what: what.clone(),
                mend,
                ways,
            })
            .unwrap_or(what);
        (status, [(header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
    }
}

/// Routes, and a list of them: what must hold for every route is tested from the list.
pub(crate) struct Routes {
    router: Router<Site>,
    paths: Vec<String>,
}

impl Routes {
    fn new() -> Self {
        Self {
            router: Router::new(),
            paths: Vec::new(),
        }
    }

    /// One more route.
    fn route(mut self, path: &str, methods: MethodRouter<Site>) -> Self {
        // A path with several methods may be given in several parts.
        if !self.paths.iter().any(|known| known == path) {
            self.paths.push(path.to_owned());
        }
        self.router = self.router.route(path, methods);
        self
    }
}

/// Every path that the site answers, with its parameters in braces.
pub fn paths() -> Vec<String> {
    routes().paths
}

fn routes() -> Routes {
    let routes = Routes::new()
        .route("/", get(pages::home))
        .route("/search", get(search::search))
        .route("/search/help", get(search::help))
        .route("/updates/{id}", get(pages::update))
        .route("/frameworks", get(subjects::frameworks))
        .route("/frameworks/{id}", get(framework::framework))
        .route("/frameworks/{id}/changes", get(changes::changes))
        .route("/frameworks/{id}/changes.atom", get(changes::changes_atom))
        .route("/missed", get(changes::missed))
        .route("/crosswalks", get(crosswalks::crosswalks))
        .route("/jurisdictions", get(subjects::jurisdictions))
        .route("/jurisdictions/{id}", get(subjects::jurisdiction))
        .route("/topics", get(subjects::topics))
        .route("/topics/{id}", get(subjects::topic))
        .route("/bodies", get(subjects::bodies))
        .route("/bodies/{id}", get(subjects::body))
        .route("/about", get(about::about))
        .route("/calendar", get(calendar::calendar))
        .route("/calendar.ics", get(calendar::all_ics))
        .route(
            "/frameworks/{id}/calendar.ics",
            get(calendar::framework_ics),
        )
        .route(
            "/jurisdictions/{id}/calendar.ics",
            get(calendar::jurisdiction_ics),
        )
        .route(
            "/standards/{slug}/calendar.ics",
            get(calendar::standard_ics),
        )
        .route("/sources", get(pages::sources))
        .route("/sources/{id}", get(source::source))
        .route("/sources/{id}/versions", get(versions::versions))
        .route("/standards", get(standards::standards))
        .route("/standards.csv", get(standards::standards_csv))
        .route("/standards/{slug}", get(standard::standard))
        .route("/standards/{slug}/{*rest}", get(standard::spelled))
        .route("/digests", get(pages::digests))
        .route("/digests/{number}", get(pages::issue))
        .route("/assets/style.css", get(style))
        .route("/healthz", get(health))
        .route("/readyz", get(ready));
    let routes = own_feeds::routes(decide::routes(preferences::routes(subscribe::routes(
        routes,
    ))));
    let routes = area::routes(routes);
    let mut routes = feeds::routes(routes)
        .route("/api", get(api::page))
        .route("/api/v1/openapi.json", get(api::openapi));
    let (operations, paths) = api::routes();
    routes.router = routes.router.merge(operations);
    routes.paths.extend(paths);
    routes
}

/// The API's description (OpenAPI), as made from the code.
pub fn description() -> utoipa::openapi::OpenApi {
    api::description()
}

/// What is looked for beside its place leads there; else there is no such page.
fn elsewhere(site: &Site, uri: &axum::http::Uri) -> Response {
    let path = uri.path().trim_end_matches('/');
    let to = match path {
        "/updates" => "/search".to_owned(),
        // Two slashes at the beginning would lead to another host.
        _ if path.len() < uri.path().len()
            && !path.is_empty()
            && !path.starts_with("//")
            && !path.contains('\\') =>
        {
            let query = uri
                .query()
                .map_or_else(String::new, |query| format!("?{query}"));
            format!("{path}{query}")
        }
        _ => return site.tell(Trouble::Missing),
    };
    let to = format!("{}{to}", site.renderer.base_path());
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
}

/// The site, guarded by its own address alone.
pub fn router(site: Site) -> Router {
    let guard = Guard::new(site.renderer.base_url());
    router_with(site, guard)
}

/// The site.
pub fn router_with(site: Site, guard: Guard) -> Router {
    guarded_router(site, Arc::new(guard))
}

/// The site behind a guard that outlives it.
fn guarded_router(site: Site, guard: Arc<Guard>) -> Router {
    let router = routes()
        .router
        .fallback(async |State(site): State<Site>, uri: axum::http::Uri| elsewhere(&site, &uri))
        .with_state(site)
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            Duration::from_secs(20),
        ))
        .layer(RequestBodyLimitLayer::new(64 << 10))
        .layer(middleware::from_fn(conditional::conditional))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(guard, guard::guarded));
    let spelled: fn(Request) -> Request = |mut request| {
        if let Some(uri) = feeds::spelled_out(request.uri()) {
            *request.uri_mut() = uri;
        }
        request
    };
    Router::new().fallback_service(router.map_request(spelled))
}

async fn style(State(site): State<Site>) -> Response {
    let (style, _) = site.renderer.style();
    (
        [
            (header::CONTENT_TYPE, "text/css; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ],
        style.to_owned(),
    )
        .into_response()
}

/// Well as long as the work gets on; what sticks is said (promises: O2).
async fn health(Extension(guard): Extension<Arc<Guard>>) -> Response {
    match guard.vitals.judge(std::time::Instant::now()) {
        Ok(()) => "ok".into_response(),
        Err(stuck) => (StatusCode::SERVICE_UNAVAILABLE, stuck).into_response(),
    }
}

/// How long the store may take before this node is not ready.
const PATIENCE: Duration = Duration::from_secs(4);

/// Ready as soon as the index is as far as the store.
async fn ready(State(site): State<Site>) -> Response {
    let behind = async {
        let head = tokio::time::timeout(PATIENCE, site.store.log_head()).await??;
        anyhow::Ok(head - site.index.cursor()?)
    }
    .await;
    match behind {
        Ok(_) if site.index.is_rebuilding() => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the index is being built anew",
        )
            .into_response(),
        Ok(behind) if behind <= 0 => "ready".into_response(),
        Ok(behind) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("the index is {behind} lines behind"),
        )
            .into_response(),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read").into_response()
        }
    }
}

#[cfg(test)]
mod tests;
