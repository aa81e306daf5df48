//! Being alone with a store while it is replaced.

use std::time::Duration;

use crate::clock::Clock;
use crate::config::Config;
use crate::daemon;
use crate::store::{Lease, Store};

/// The worker's lease on the store that is there, held while it is replaced: no daemon begins
/// meanwhile.
pub(super) struct Alone {
    store: Store,
    lease: Lease,
    renewal: tokio::task::JoinHandle<()>,
}

impl Alone {
    /// Takes the lease; refuses where somebody works on the store. None where there is no store, or
    /// one that no lease can be written to: it has no worker either.
    pub(super) async fn on(config: &Config, clock: &Clock) -> anyhow::Result<Option<Self>> {
        if Store::file(&config.store, &config.data).is_some_and(|file| !file.exists()) {
            return Ok(None);
        }
        let Ok(store) = Store::open_as_it_is(&config.store, &config.data).await else {
            return Ok(None);
        };
        let now = clock.now();
        // Asked first: whoever writes for long keeps others from writing, not from reading.
        let mut held = store.at_work(daemon::WORKER, now).await.unwrap_or(None);
        held = held.filter(|held| daemon::is_alive(&held.holder));
        let lease = match held {
            Some(held) => Ok(Err(held)),
            None => daemon::take_the_work(&store, now).await,
        };
        match lease {
            Ok(Ok(lease)) => Ok(Some(Self {
                renewal: tokio::spawn(renew(store.clone(), lease.clone(), clock.clone())),
                store,
                lease,
            })),
            Ok(Err(held)) => {
                store.close().await;
                anyhow::bail!("{held}: stop every regwire that uses this store first")
            }
            Err(error) => {
                tracing::debug!(%error, "the store has no lease to take");
                store.close().await;
                Ok(None)
            }
        }
    }

    /// Gives the lease back.
    pub(super) async fn end(self) {
        self.renewal.abort();
        // A store that was replaced has no such lease any more.
        if let Err(error) = self.store.release_lease(&self.lease).await {
            tracing::debug!(%error, "the lease could not be given back; it runs out by itself");
        }
        self.store.close().await;
    }

    /// Closes the store and leaves the lease in it until it runs out: whoever opens the file
    /// before it is replaced finds somebody at work.
    pub(super) async fn leave(self) {
        self.renewal.abort();
        let _ = self.renewal.await;
        self.store.close().await;
    }
}

async fn renew(store: Store, lease: Lease, clock: Clock) {
    loop {
        let pause = clock
            .wait_for(daemon::LEASE / 3)
            .clamp(Duration::from_millis(100), Duration::from_secs(3));
        tokio::time::sleep(pause).await;
        if let Err(error) = store.renew_lease(&lease, clock.now(), daemon::LEASE).await {
            tracing::debug!(%error, "the lease was not renewed");
        }
    }
}
