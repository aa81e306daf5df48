//! `regwire serve`: the daemon and the site.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;

use super::out::say;
use crate::config::Config;
use crate::daemon::{self, House, Shift, jobs};
use crate::web;

/// Options of `serve`.
#[derive(clap::Args, Default)]
pub(super) struct Options {
    /// Address and port of the site, instead of the configured ones.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<std::net::SocketAddr>,
    /// No site.
    #[arg(long)]
    no_web: bool,
    /// No work: only the site, from what is stored.
    #[arg(long, conflicts_with = "no_web")]
    no_work: bool,
}

/// What the site needs of the house.
pub(crate) fn site(house: &House) -> web::Site {
    web::Site {
        store: house.store.clone(),
        index: house.index.clone(),
        renderer: std::sync::Arc::clone(&house.renderer),
        library: std::sync::Arc::clone(&house.library),
        sources: std::sync::Arc::clone(&house.sources),
        digests: house.config.digests.clone(),
        clock: house.clock.clone(),
    }
}

/// Who may ask the site, and how often.
fn guard(house: &House, listen: &str) -> web::Guard {
    let settings = &house.config.web;
    let proxies = settings.trusted_proxies.clone();
    // Who listens on one address may be asked by it.
    let own = listen
        .parse::<std::net::SocketAddr>()
        .ok()
        .filter(|address| !address.ip().is_unspecified())
        .map(|address| match address.ip() {
            std::net::IpAddr::V6(ip) => format!("[{ip}]"),
            ip => ip.to_string(),
        });
    web::Guard::new(&house.config.base_url)
        .with_hosts(settings.hosts.iter().cloned().chain(own))
        .with_proxies(std::sync::Arc::new(move |ip| {
            proxies.iter().any(|range| range.contains(ip))
        }))
        .with_rate(settings.rate)
        .with_tokens(settings.tokens.clone())
}

pub(super) async fn run(config: Config, options: Options) -> anyhow::Result<ExitCode> {
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let house = super::house(config).await?;
    let listen = options
        .listen
        .map_or_else(|| house.config.listen.clone(), |listen| listen.to_string());
    let mut first = None;
    if !options.no_work {
        match Shift::begin(&house).await? {
            Ok(shift) => first = Some(shift),
            Err(held) if house.store.is_sqlite() => {
                anyhow::bail!(
                    "{held}: one SQLite store has one daemon. Stop the other, or use PostgreSQL for several nodes"
                );
            }
            Err(held) => tracing::info!("{held}; this node stands by"),
        }
    }
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let site = if options.no_web {
        None
    } else {
        let listener = tokio::net::TcpListener::bind(&listen)
            .await
            .with_context(|| {
                format!("cannot listen on {listen}: choose another with --listen or [web] listen")
            })?;
        say!("The site is open at http://{}/", listener.local_addr()?);
        if let Some(address) = super::operator::first_link(&house).await? {
            say!(
                "Nobody can log in to the operators' area yet. This link lets the first one in, once and for a day:\n{address}"
            );
        }
        let mut stopped = stopped.clone();
        Some(tokio::spawn(web::serve(
            listener,
            site(&house),
            guard(&house, &listen),
            async move {
                // Either a stop or the end of whoever could say so.
                let _ = stopped.wait_for(|stop| *stop).await;
            },
        )))
    };
    let mut work = tokio::spawn(works(house.clone(), first, !options.no_work, stopped));
    let result = tokio::select! {
        () = signal() => {
            tracing::info!("stopping: what is under way is finished first");
            stop.send_replace(true);
            tokio::time::timeout(Duration::from_secs(60), &mut work).await.map_or(Ok(()), |done| done.unwrap_or(Ok(())))
        }
        done = &mut work => {
            stop.send_replace(true);
            done?
        }
    };
    if let Some(site) = site {
        // Readers with an open connection are not waited for longer than this.
        let _ = tokio::time::timeout(Duration::from_secs(3), site).await;
    }
    result?;
    Ok(ExitCode::SUCCESS)
}

/// Works as long as this process holds the lease; stands by, the index following, while not.
async fn works(
    house: House,
    mut shift: Option<Shift>,
    may_work: bool,
    mut stopped: tokio::sync::watch::Receiver<bool>,
) -> anyhow::Result<()> {
    while !*stopped.borrow() {
        if let Some(held) = shift.take() {
            tracing::info!(
                sources = house.sources.iter().filter(|source| source.on).count(),
                "at work"
            );
            let result = daemon::work(&house, held.lease(), stopped.clone()).await;
            match result {
                Ok(()) => {
                    held.end().await?;
                    return Ok(());
                }
                Err(error) => {
                    // A store that is away comes back; whoever took the lease meanwhile works.
                    tracing::error!(
                        error = format!("{error:#}"),
                        "the work was interrupted; trying again"
                    );
                    drop(held);
                    // What is under way read the store under the lease that is gone.
                    *house.visits.lock().await = daemon::visits::Visits::default();
                    tokio::time::sleep(Duration::from_secs(2)).await;
                }
            }
        }
        if let Err(error) = jobs::index::follow(&house).await {
            tracing::warn!(
                error = format!("{error:#}"),
                "the index could not follow the log; trying again"
            );
        }
        if may_work {
            match Shift::begin(&house).await {
                Ok(Ok(taken)) => {
                    shift = Some(taken);
                    continue;
                }
                Ok(Err(_)) => {}
                Err(error) => tracing::warn!(
                    error = format!("{error:#}"),
                    "the store cannot be reached; trying again"
                ),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(3)) => {}
            _ = stopped.changed() => {}
        }
    }
    Ok(())
}

/// Waits for Ctrl-C or a polite request to end.
pub(crate) async fn signal() {
    let ctrl_c = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        else {
            let _ = ctrl_c.await;
            return;
        };
        tokio::select! {
            _ = ctrl_c => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = ctrl_c.await;
    }
}
