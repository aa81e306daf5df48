//! `regwire serve`: the daemon and the site.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;

use super::out::say;
use crate::config::Config;
use crate::daemon::{self, House, Shift, jobs, reload};
use crate::{metrics, web};

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
pub fn site(house: &House) -> web::Site {
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
        .with_vitals(house.vitals.clone())
        .with_tokens(settings.tokens.clone())
}

pub(super) async fn run(config: Config, options: Options) -> anyhow::Result<ExitCode> {
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    // A demo's world is its own, whatever lies beside it.
    let own_files = !crate::demo::is_demo(&config.data);
    // Before anything is read, so that no change falls between the reading and the first look.
    let watch = reload::Watch::begin(&config);
    let house = super::house(config).await?;
    let today = house.clock.now().date_naive();
    for fault in jobs::teams::faults(&house.config, &house.library, &house.sources, today) {
        tracing::warn!(%fault, "a team's wish cannot be understood; it keeps what it had");
    }
    let listen = options
        .listen
        .map_or_else(|| house.config.listen.clone(), |listen| listen.to_string());
    let mut first = None;
    if !options.no_work {
        match Shift::begin(&house).await {
            Ok(Ok(shift)) => first = Some(shift),
            Ok(Err(held)) if house.store.is_sqlite() => {
                anyhow::bail!(
                    "{held}: one SQLite store has one daemon. Stop the other, or use PostgreSQL for several nodes"
                );
            }
            Ok(Err(held)) => tracing::info!("{held}; this node stands by"),
            Err(error) if house.store.is_sqlite() => return Err(error),
            // Such as a clock that is a moment behind that of the node at work.
            Err(error) => tracing::warn!(
                error = format!("{error:#}"),
                "this node cannot work yet, and stands by"
            ),
        }
    }
    jobs::index::stand(&house).await?;
    tokio::spawn(jobs::index::keep_sound(house.clone()));
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let (houses, newest) = tokio::sync::watch::channel(house.clone());
    let (sites, site_shown) = tokio::sync::watch::channel(site(&house));
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
        Some(tokio::spawn(web::serve_changing(
            listener,
            site_shown,
            guard(&house, &listen),
            async move {
                // Either a stop or the end of whoever could say so.
                let _ = stopped.wait_for(|stop| *stop).await;
            },
        )))
    };
    let ended = |mut stopped: tokio::sync::watch::Receiver<bool>| async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    if let Some(listen) = house.config.metrics.listen {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .with_context(|| {
                format!("cannot listen on {listen}: choose another for [metrics] listen")
            })?;
        say!("Figures are at http://{}/metrics", listener.local_addr()?);
        let (watched, shown) = tokio::sync::watch::channel(watched(&house));
        let mut follows = newest.clone();
        tokio::spawn(async move {
            while follows.changed().await.is_ok() {
                let house = follows.borrow_and_update().clone();
                watched.send_replace(self::watched(&house));
            }
        });
        tokio::spawn(metrics::serve(listener, shown, ended(stopped.clone())));
    }
    if own_files {
        tokio::spawn(reloads(watch, houses, sites, stopped.clone()));
    }
    tokio::spawn(signs_of_life(house.clone(), stopped.clone()));
    let may_work = !options.no_work;
    let mut work = tokio::spawn(works(newest, first, may_work, stopped));
    // Whoever started this process waits for this word, and for the next ones.
    let _ = sd_notify::notify(false, &[sd_notify::NotifyState::Ready]);
    let result = tokio::select! {
        () = signal() => {
            tracing::info!("stopping: what is under way is finished first");
            let _ = sd_notify::notify(false, &[sd_notify::NotifyState::Stopping]);
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

/// How long a node that stands by lets its index follow at a stretch, and waits for the lease.
const FOLLOWING: Duration = Duration::from_secs(20);
const TAKING: Duration = Duration::from_secs(12);

/// Works as long as this process holds the lease; stands by, the index following, while not.
async fn works(
    houses: tokio::sync::watch::Receiver<House>,
    mut shift: Option<Shift>,
    may_work: bool,
    mut stopped: tokio::sync::watch::Receiver<bool>,
) -> anyhow::Result<()> {
    while !*stopped.borrow() {
        let house = houses.borrow().clone();
        house.vitals.step();
        if let Some(held) = shift.take() {
            tracing::info!(
                sources = house.sources.iter().filter(|source| source.on).count(),
                "at work"
            );
            // What another worker did meanwhile is not remembered here.
            *house.stories.lock().await = None;
            let result = tokio::select! {
                result = daemon::work(&houses, held.lease(), stopped.clone()) => result,
                () = held.lost() => Err(anyhow::anyhow!("the lease is another's now")),
            };
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
                    tokio::time::sleep(daemon::LOOK).await;
                }
            }
        }
        // A store that is cut off may never answer; what was taken in until then stays.
        match tokio::time::timeout(FOLLOWING, jobs::index::follow(&house)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(
                error = format!("{error:#}"),
                "the index could not follow the log; trying again"
            ),
            Err(_) => tracing::warn!("the index has not caught up with the log yet; going on"),
        }
        if may_work {
            match tokio::time::timeout(TAKING, Shift::begin(&house)).await {
                Ok(Ok(Ok(taken))) => {
                    shift = Some(taken);
                    continue;
                }
                Ok(Ok(Err(_))) => {}
                Ok(Err(error)) => tracing::warn!(
                    error = format!("{error:#}"),
                    "the store cannot be reached; trying again"
                ),
                Err(_) => tracing::warn!("the store does not answer; trying again"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(daemon::LOOK) => {}
            _ = stopped.changed() => {}
        }
    }
    Ok(())
}

/// What the figures are made of.
fn watched(house: &House) -> metrics::Watched {
    metrics::Watched {
        store: house.store.clone(),
        index: house.index.clone(),
        sources: std::sync::Arc::clone(&house.sources),
        vitals: house.vitals.clone(),
        clock: house.clock.clone(),
        data: house.config.data.clone(),
    }
}

/// Takes changed files up: when they have changed, and when it is asked to by SIGHUP.
async fn reloads(
    mut watch: reload::Watch,
    houses: tokio::sync::watch::Sender<House>,
    sites: tokio::sync::watch::Sender<web::Site>,
    mut stopped: tokio::sync::watch::Receiver<bool>,
) {
    #[cfg(unix)]
    let mut asked = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok();
    while !*stopped.borrow() {
        #[cfg(unix)]
        let asking = async {
            match &mut asked {
                Some(asked) => asked.recv().await,
                None => std::future::pending().await,
            }
        };
        #[cfg(not(unix))]
        let asking = std::future::pending::<Option<()>>();
        let now = tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(2)) => false,
            _ = asking => true,
            _ = stopped.changed() => return,
        };
        let changed = tokio::task::spawn_blocking(move || {
            let changed = watch.look();
            (watch, changed)
        });
        let Ok((back, changed)) = changed.await else {
            tracing::error!("files are not watched any more: restart to take changes up");
            return;
        };
        watch = back;
        if !changed && !now {
            continue;
        }
        let house = houses.borrow().clone();
        if let Some(house) = house.take_up_files().await {
            sites.send_replace(site(&house));
            houses.send_replace(house);
        }
    }
}

/// Tells the service manager and the watching service that all is well, as long as it is.
async fn signs_of_life(house: House, mut stopped: tokio::sync::watch::Receiver<bool>) {
    let mut micros = 0;
    let watched = sd_notify::watchdog_enabled(false, &mut micros);
    let beat = match watched {
        true => Duration::from_micros(micros / 3)
            .clamp(Duration::from_millis(100), Duration::from_secs(30)),
        false => Duration::from_secs(5),
    };
    let settings = house.config.operator.clone();
    let every = settings
        .ping_every
        .to_std()
        .unwrap_or(Duration::from_secs(300));
    let mut pinged: Option<std::time::Instant> = None;
    let mut was_well = true;
    while !*stopped.borrow() {
        let judged = house.vitals.judge(std::time::Instant::now());
        if watched && house.vitals.gets_on(std::time::Instant::now()).is_ok() {
            let _ = sd_notify::notify(false, &[sd_notify::NotifyState::Watchdog]);
        }
        if let Err(stuck) = &judged
            && was_well
        {
            tracing::error!(stuck, "the work does not get on");
        }
        was_well = judged.is_ok();
        if let Some(address) = settings.ping.as_ref().filter(|_| was_well)
            && pinged.is_none_or(|at| at.elapsed() >= every)
        {
            pinged = Some(std::time::Instant::now());
            let told = match house.fetcher() {
                Ok(fetcher) => fetcher.ping(address).await,
                Err(error) => Err(error.to_string()),
            };
            house.vitals.pinged(told.is_ok());
            if let Err(why) = told {
                tracing::warn!(
                    why,
                    "the sign of life did not arrive; the next one is due as ever"
                );
            }
        }
        tokio::select! {
            () = tokio::time::sleep(beat) => {}
            _ = stopped.changed() => return,
        }
    }
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
