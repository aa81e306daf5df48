//! One visit at a time to a host, and a pause between two.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use tokio::sync::OwnedMutexGuard;

/// The shortest pause towards the public internet (contract: F13).
const SHORTEST: Duration = Duration::from_secs(2);

type Turns = HashMap<String, Arc<tokio::sync::Mutex<Option<Instant>>>>;

/// Who was visited when.
#[derive(Clone)]
pub(super) struct Manners {
    gap: Duration,
    hosts: Arc<Mutex<Turns>>,
}

/// A host's turn: while it is held, nobody else visits the host.
pub(super) struct Turn(OwnedMutexGuard<Option<Instant>>);

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0 = Some(Instant::now());
    }
}

impl Manners {
    pub(super) fn new(gap: TimeDelta) -> Self {
        Self {
            gap: gap.to_std().unwrap_or(SHORTEST),
            hosts: Arc::default(),
        }
    }

    /// Waits until the host is free and its pause is over; `near` hosts are the operator's own.
    pub(super) async fn turn(&self, host: &str, near: bool) -> Turn {
        let lock = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            if hosts.len() > 20_000 {
                // Whoever waits holds a second handle; the others have nothing to remember
                // that a pause of two seconds would miss.
                hosts.retain(|_, lock| Arc::strong_count(lock) > 1);
            }
            Arc::clone(hosts.entry(host.to_owned()).or_default())
        };
        let turn = Turn(lock.lock_owned().await);
        let pause = if near {
            self.gap
        } else {
            self.gap.max(SHORTEST)
        };
        if let Some(last) = *turn.0
            && let Some(rest) = pause.checked_sub(last.elapsed())
            && !rest.is_zero()
        {
            tokio::time::sleep(rest).await;
        }
        turn
    }
}
