//! The listener.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use super::figures::{Watched, text};

/// For how long an answer is given again: whoever asks often costs the store nothing.
const HOLDS: Duration = Duration::from_secs(5);

struct Shared {
    watched: watch::Receiver<Watched>,
    last: Mutex<Option<(Instant, String)>>,
}

/// Serves the figures until it is told to stop.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    watched: watch::Receiver<Watched>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let shared = Arc::new(Shared {
        watched,
        last: Mutex::default(),
    });
    let router = Router::new()
        .route("/metrics", get(figures))
        .with_state(shared);
    axum::serve(listener, router)
        .with_graceful_shutdown(stop)
        .await
}

async fn figures(State(shared): State<Arc<Shared>>) -> Response {
    let mut last = shared.last.lock().await;
    if let Some((at, text)) = last.as_ref()
        && at.elapsed() < HOLDS
    {
        return told(text.clone());
    }
    let watched = shared.watched.borrow().clone();
    match text(&watched).await {
        Ok(text) => {
            *last = Some((Instant::now(), text.clone()));
            told(text)
        }
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "figures could not be made");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the figures could not be made: see the log",
            )
                .into_response()
        }
    }
}

fn told(text: String) -> Response {
    (
        [(
            header::CONTENT_TYPE,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        )],
        text,
    )
        .into_response()
}
