//! The site: pages out of store and index, shown through render.
//!
//! It knows addresses, headers and what a reader asks for. It calls the store, the index and the
//! renderer. It deliberately never fetches or sends, and writes nothing but what readers ask for
//! themselves: sign-ups, preferences, leaving, decisions.

mod calendar;
mod decide;
mod feeds;
mod pages;
mod standard;
mod standards;
mod subscribe;
mod versions;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
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
                Vec::new(),
            ),
            Trouble::Unknown { what, mend, ways } => (StatusCode::NOT_FOUND, what, mend, ways),
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

/// The site's routes.
pub fn router(site: Site) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/search", get(pages::search))
        .route("/updates/{id}", get(pages::update))
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
        .route("/sources/{id}/versions", get(versions::versions))
        .route("/standards", get(standards::standards))
        .route("/standards.csv", get(standards::standards_csv))
        .route("/standards/{slug}", get(standard::standard))
        .route("/standards/{slug}/{*rest}", get(standard::spelled))
        .route("/digests", get(pages::digests))
        .route("/digests/{number}", get(pages::issue))
        .merge(subscribe::routes())
        .merge(decide::routes())
        .merge(feeds::routes())
        .route("/assets/style.css", get(style))
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .fallback(async |State(site): State<Site>| site.tell(Trouble::Missing))
        .with_state(site)
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            Duration::from_secs(20),
        ))
        .layer(RequestBodyLimitLayer::new(64 << 10))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(guarded))
}

/// Headers on every answer, errors included (contract: W1).
async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=()",
        ),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    response
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

/// Ready as soon as the index is as far as the store.
async fn ready(State(site): State<Site>) -> Response {
    let behind = async {
        let head = site.store.log_head().await?;
        anyhow::Ok(head - site.index.cursor()?)
    }
    .await;
    match behind {
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

/// Notes who asks: the other end of the connection, or whom trusted proxies name.
async fn visitor(State(proxies): State<Proxies>, mut request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<axum::extract::ConnectInfo<std::net::SocketAddr>>()
        .map(|info| info.0.ip().to_canonical());
    if let Some(peer) = peer {
        let mut who = peer;
        if proxies(peer) {
            // From the right: each proxy adds whom it heard from, and only ours are believed.
            let named: Vec<std::net::IpAddr> = request
                .headers()
                .get_all("x-forwarded-for")
                .iter()
                .filter_map(|value| value.to_str().ok())
                .flat_map(|value| value.split(','))
                .filter_map(|word| word.trim().parse().ok())
                .collect();
            who = named
                .iter()
                .rev()
                .find(|address| !proxies(**address))
                .or(named.first())
                .copied()
                .unwrap_or(peer);
        }
        request.extensions_mut().insert(Visitor(who));
    }
    next.run(request).await
}

/// Serves until it is told to stop.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: tokio::net::TcpListener,
    site: Site,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    serve_behind(listener, site, Arc::new(|_| false), stop).await
}

/// Whether an address is that of a proxy in front of the site.
pub type Proxies = Arc<dyn Fn(std::net::IpAddr) -> bool + Send + Sync>;

/// Serves behind proxies: what they say of who asks is taken (`X-Forwarded-For`), and of nobody
/// else.
///
/// # Errors
/// When the listener fails.
pub async fn serve_behind(
    listener: tokio::net::TcpListener,
    site: Site,
    proxies: Proxies,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = router(site).layer(middleware::from_fn_with_state(proxies, visitor));
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(stop)
        .await
}

#[cfg(test)]
mod tests;
