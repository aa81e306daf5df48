//! Connections: many at once, none for long without saying what it wants (contract: W14).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt as _;

use super::guard::{Guard, Peer};
use super::{Site, guarded_router};

/// Connections at once.
const CONNECTIONS: usize = 4_096;
/// How long a request's head may take.
const HEAD: Duration = Duration::from_secs(10);
/// How long it may be, in bytes.
const HEAD_BYTES: usize = 8 << 10;
/// How long open connections are waited for in the end.
const PARTING: Duration = Duration::from_secs(10);

/// Serves until it is told to stop.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    site: Site,
    guard: Guard,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (sender, sites) = watch::channel(site);
    let served = serve_changing(listener, sites, guard, stop).await;
    drop(sender);
    served
}

/// As [`serve`]; each request is answered from the newest site there is.
///
/// # Errors
/// As [`serve`].
pub async fn serve_changing(
    listener: TcpListener,
    mut sites: watch::Receiver<Site>,
    guard: Guard,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let guard = Arc::new(guard);
    let first = guarded_router(sites.borrow_and_update().clone(), Arc::clone(&guard));
    let (routers, router) = watch::channel(first);
    let mut changes = true;
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let parting = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        // Closed never; were it, one would be served without a place.
        let place = Arc::clone(&places).acquire_owned().await.ok();
        let (stream, peer) = tokio::select! {
            () = &mut stop => break,
            changed = sites.changed(), if changes => {
                // Whoever could change it may be gone; then it stays as it is.
                changes = changed.is_ok();
                if changes {
                    let site = sites.borrow_and_update().clone();
                    let _ = routers.send_replace(guarded_router(site, Arc::clone(&guard)));
                }
                continue;
            }
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of files, or a visitor that was gone at once: the next one may do.
                    tracing::debug!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
            },
        };
        // Small answers go at once; where that cannot be set they go a little later.
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = tower::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let mut request: Request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(Peer(peer));
            let newest = router.borrow().clone();
            newest.oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = parting.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
    let _ = tokio::time::timeout(PARTING, parting.shutdown()).await;
    Ok(())
}
