//! Visits under way: which sources are being visited, by how many at once, and what they bring.
//!
//! Visits outlive the call that began them: a source that drips its answer for half a minute must
//! not hold up those that are due meanwhile, nor the index, the digest and the mail. So there are
//! two lanes. A visit begins in the brisk one and leaves it after a moment, whether or not it has
//! ended; what it brings is taken in by whoever collects next.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;

use super::in_order::InOrder;
use crate::domain::id::SourceId;
use crate::fetch::Room;
use crate::store::Harvest;

/// Visits in the brisk lane at once: what they read waits in memory to be understood and stored.
const BRISK: usize = 16;
/// How long a visit stays in the brisk lane. So 320 sources that are slow begin in a second.
const BRISK_FOR: Duration = Duration::from_millis(50);
/// Visits at once, brisk and slow: each is an open connection, and a process may have 1,024 files.
const AT_ONCE: usize = 512;
/// Results that wait for those begun before them.
const MOST_WAITING: usize = 64;

/// A visit's place in the brisk lane and among all.
pub(super) struct Place {
    brisk: OwnedSemaphorePermit,
    all: OwnedSemaphorePermit,
}

/// What a visit leaves, with the room that its body takes in memory until it is stored.
pub(super) struct Brought {
    pub(super) harvest: Harvest,
    pub(super) room: Room,
}

/// The visits of this process.
pub struct Visits {
    send: mpsc::Sender<(usize, SourceId, Brought)>,
    receive: mpsc::Receiver<(usize, SourceId, Brought)>,
    tasks: JoinSet<()>,
    /// Whatever has begun and was not taken yet: what waits for its turn is not stored, and a visit
    /// begun meanwhile would start from what was known before.
    under_way: HashSet<SourceId>,
    begun: usize,
    waiting: InOrder<(SourceId, Brought)>,
    brisk: Arc<Semaphore>,
    all: Arc<Semaphore>,
}

impl Default for Visits {
    fn default() -> Self {
        let (send, receive) = mpsc::channel(MOST_WAITING * 2);
        Self {
            send,
            receive,
            tasks: JoinSet::new(),
            under_way: HashSet::new(),
            begun: 0,
            waiting: InOrder::new(MOST_WAITING),
            brisk: Arc::new(Semaphore::new(BRISK)),
            all: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Visits {
    /// Whether a source is being visited, or what its visit brought was not taken yet.
    pub(super) fn is_under_way(&self, source: &SourceId) -> bool {
        self.under_way.contains(source)
    }

    /// A place for one more visit, if there is one in the brisk lane and among all: what has not begun
    /// takes no memory.
    pub(super) fn place(&self) -> Option<Place> {
        Some(Place {
            brisk: Arc::clone(&self.brisk).try_acquire_owned().ok()?,
            all: Arc::clone(&self.all).try_acquire_owned().ok()?,
        })
    }

    /// Begins a visit. `failed` is what it leaves when it breaks off, which is a fault of ours.
    pub(super) fn begin(
        &mut self,
        source: SourceId,
        place: Place,
        visit: impl Future<Output = Brought> + Send + 'static,
        failed: impl FnOnce() -> Brought + Send + 'static,
    ) {
        self.under_way.insert(source.clone());
        let number = self.begun;
        self.begun += 1;
        let send = self.send.clone();
        // A visit is large, and would be copied into each of those that wait for it.
        let visit = Box::pin(visit);
        self.tasks.spawn(async move {
            let visit = AssertUnwindSafe(in_lane(place.brisk, visit)).catch_unwind();
            let brought = visit.await.unwrap_or_else(|_| failed());
            drop(place.all);
            // The receiver is gone only when storing has failed; then all ends.
            let _ = send.send((number, source, brought)).await;
        });
    }

    /// What was brought, in the order in which it was begun unless that takes too long; nothing
    /// when `patience` is over, nor when there is a place for one more visit that `wanted` one.
    pub(super) async fn take(&mut self, patience: Duration, wanted: bool) -> Vec<Brought> {
        let until = self
            .waiting
            .patience(Instant::now())
            .map_or(patience, |left| left.min(patience));
        let mut batch = Vec::new();
        if self.under_way.len() > self.waiting.len() {
            let (brisk, all) = (Arc::clone(&self.brisk), Arc::clone(&self.all));
            let place = async {
                if !wanted {
                    return std::future::pending().await;
                }
                // Closed never, and taken by nobody else.
                let _all = all.acquire().await;
                let _brisk = brisk.acquire().await;
            };
            // Nothing came in time: what waits may be ripe all the same.
            tokio::select! {
                biased;
                _ = self.receive.recv_many(&mut batch, MOST_WAITING) => {}
                () = place => {}
                () = tokio::time::sleep(until) => {}
            }
        }
        let now = Instant::now();
        for (number, source, brought) in batch {
            self.waiting.put(number, (source, brought), now);
        }
        while self.tasks.try_join_next().is_some() {}
        let nothing_more = self.under_way.len() == self.waiting.len();
        let taken = self.waiting.take(nothing_more, now);
        taken
            .into_iter()
            .map(|(source, brought)| {
                self.under_way.remove(&source);
                brought
            })
            .collect()
    }

    /// Whether nothing is under way and nothing waits.
    pub(super) fn are_over(&self) -> bool {
        self.under_way.is_empty()
    }
}

/// Runs a visit in its place in the brisk lane, and after a moment outside it.
async fn in_lane(brisk: OwnedSemaphorePermit, visit: impl Future<Output = Brought>) -> Brought {
    let mut visit = std::pin::pin!(visit);
    if let Ok(brought) = tokio::time::timeout(BRISK_FOR, &mut visit).await {
        return brought;
    }
    drop(brisk);
    visit.await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::jobs::visit::empty_visit;
    use crate::domain::document::Outcome;
    use crate::store::SourceState;

    /// What a visit to a source leaves that brought nothing.
    fn nothing(source: &SourceId) -> Brought {
        let now = chrono::DateTime::UNIX_EPOCH;
        Brought {
            harvest: Harvest {
                visit: empty_visit(source, now, Outcome::Unchanged),
                state: SourceState::unknown(source.clone(), now),
                documents: Vec::new(),
                new: Vec::new(),
                revised: Vec::new(),
                register: None,
                watching: None,
            },
            room: Room::default(),
        }
    }

    fn begin(
        visits: &mut Visits,
        name: &str,
        visit: impl Future<Output = ()> + Send + 'static,
    ) -> SourceId {
        let source = SourceId::new(name).unwrap();
        let (brought, broken) = (nothing(&source), nothing(&source));
        let place = visits.place().unwrap();
        let visit = async move {
            visit.await;
            brought
        };
        visits.begin(source.clone(), place, visit, move || {
            let mut broken = broken;
            broken.harvest.visit.outcome = Outcome::Failed;
            broken
        });
        source
    }

    fn names(brought: &[Brought]) -> Vec<&str> {
        let visits = brought.iter().map(|brought| &brought.harvest.visit);
        visits.map(|visit| visit.source.as_str()).collect()
    }

    #[tokio::test]
    async fn what_answers_in_time_is_taken_in_the_order_in_which_it_was_begun() {
        let mut visits = Visits::default();
        let mut ends = Vec::new();
        for name in ["a", "b", "c"] {
            let (end, answer) = tokio::sync::oneshot::channel::<()>();
            ends.push(end);
            begin(&mut visits, name, async move {
                let _ = answer.await;
            });
        }
        let mut taken = Vec::new();
        for end in ends.into_iter().rev() {
            taken.extend(visits.take(Duration::ZERO, false).await);
            end.send(()).unwrap();
            tokio::task::yield_now().await;
        }
        while !visits.are_over() {
            taken.extend(visits.take(Duration::from_secs(1), false).await);
        }
        assert_eq!(names(&taken), ["a", "b", "c"]);
    }

    #[tokio::test]
    async fn a_slow_visit_outlives_who_began_it_and_is_under_way_until_it_is_taken() {
        let mut visits = Visits::default();
        let (end, slow) = tokio::sync::oneshot::channel::<()>();
        let slow = begin(&mut visits, "slow", async move {
            let _ = slow.await;
        });
        let quick = begin(&mut visits, "quick", async {});
        // What has come and waits for its turn is not stored: nobody may begin it again.
        assert!(visits.take(Duration::ZERO, false).await.is_empty());
        assert!(visits.is_under_way(&quick));
        let taken = loop {
            let taken = visits.take(Duration::from_secs(1), false).await;
            if !taken.is_empty() {
                break taken;
            }
        };
        assert_eq!(names(&taken), ["quick"]);
        assert!(!visits.is_under_way(&quick) && visits.is_under_way(&slow));
        end.send(()).unwrap();
        let mut taken = Vec::new();
        while !visits.are_over() {
            taken.extend(visits.take(Duration::from_secs(1), false).await);
        }
        assert_eq!(names(&taken), ["slow"]);
    }

    #[tokio::test]
    async fn as_many_begin_as_the_brisk_lane_holds() {
        let mut visits = Visits::default();
        let mut ends = Vec::new();
        for number in 0..BRISK {
            let (end, answer) = tokio::sync::oneshot::channel::<()>();
            ends.push(end);
            begin(&mut visits, &format!("s{number}"), async move {
                let _ = answer.await;
            });
        }
        assert!(visits.place().is_none());
        // Those that are slow leave it to others, and whoever waits for a place learns of it.
        assert!(visits.take(Duration::from_secs(60), true).await.is_empty());
        assert!(visits.place().is_some());
        ends.remove(0).send(()).unwrap();
        let taken = visits.take(Duration::from_secs(5), false).await;
        assert_eq!(names(&taken), ["s0"]);
    }

    #[tokio::test]
    async fn a_visit_that_panics_is_told_as_a_failure() {
        let mut visits = Visits::default();
        begin(&mut visits, "odd", async { panic!("on purpose") });
        let taken = visits.take(Duration::from_secs(5), false).await;
        assert_eq!(taken[0].harvest.visit.outcome, Outcome::Failed);
        assert!(visits.are_over());
    }
}
