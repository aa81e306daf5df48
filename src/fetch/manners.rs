//! One request at a time per host, and a pause between two (promises: F13).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex as Turnstile, OwnedMutexGuard};

/// Hosts remembered before those that owe nobody a pause are forgotten: redirects are written by
/// strangers and could name any number.
const REMEMBERED: usize = 4_096;

/// When the last request to each host ended.
#[derive(Default)]
pub(super) struct Manners {
    hosts: Mutex<HashMap<String, Arc<Turnstile<Option<Instant>>>>>,
}

/// The right to send one request to one host; dropping it notes the end, from which the next one
/// counts its pause.
pub(super) struct Turn {
    end: OwnedMutexGuard<Option<Instant>>,
    counts: bool,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.counts {
            *self.end = Some(Instant::now());
        }
    }
}

impl Manners {
    /// Waits, in order of asking, until the host is free and `gap` has passed since its last
    /// request ended.
    pub(super) async fn turn(&self, host: &str, gap: Duration) -> Turn {
        let free = self.turnstile(host, gap).lock_owned().await;
        if let Some(rest) = free.and_then(|end| gap.checked_sub(end.elapsed())) {
            tokio::time::sleep(rest).await;
        }
        Turn {
            end: free,
            counts: true,
        }
    }

    /// Waits until the host is free, for a request that owes no pause and leaves none behind: its
    /// robots.txt.
    pub(super) async fn robots_turn(&self, host: &str, gap: Duration) -> Turn {
        Turn {
            end: self.turnstile(host, gap).lock_owned().await,
            counts: false,
        }
    }

    fn turnstile(&self, host: &str, gap: Duration) -> Arc<Turnstile<Option<Instant>>> {
        // The map is whole after every statement, so a panic elsewhere cannot have torn it.
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = hosts.get(host) {
            return Arc::clone(known);
        }
        if hosts.len() >= REMEMBERED {
            hosts.retain(|_, turnstile| {
                Arc::strong_count(turnstile) > 1
                    || turnstile
                        .try_lock()
                        .is_ok_and(|end| end.is_some_and(|end| end.elapsed() < gap))
            });
        }
        let new = Arc::default();
        hosts.insert(host.to_owned(), Arc::clone(&new));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_pause_lies_between_two_turns_of_a_host_and_not_of_two_hosts() {
        let manners = Manners::default();
        let gap = Duration::from_millis(60);
        drop(manners.turn("a", gap).await);
        let end = Instant::now();
        drop(manners.turn("b", Duration::from_secs(3_600)).await);
        drop(manners.turn("a", gap).await);
        // The first turn ended a moment before `end` was read.
        assert!(end.elapsed() >= gap - Duration::from_millis(5));
    }

    #[tokio::test]
    async fn a_turn_is_held_until_it_is_dropped() {
        let manners = Manners::default();
        let first = manners.turn("a", Duration::ZERO).await;
        let second =
            tokio::time::timeout(Duration::from_millis(20), manners.turn("a", Duration::ZERO));
        assert!(second.await.is_err());
        drop(first);
        drop(manners.turn("a", Duration::ZERO).await);
    }

    #[tokio::test]
    async fn hosts_are_not_remembered_for_ever() {
        let manners = Manners::default();
        for number in 0..REMEMBERED + 10 {
            drop(manners.turn(&number.to_string(), Duration::ZERO).await);
        }
        assert!(manners.hosts.lock().unwrap().len() <= REMEMBERED);
    }
}
