//! Signs of life of this process: when it last got on with its work, and how requests went. Only
//! atomics, so that nobody who works ever waits for whoever looks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long a step of the work may take before it counts as stuck.
pub const PATIENCE: Duration = Duration::from_secs(45);
/// How long an errand that somebody asked for may take.
pub const ERRAND: Duration = Duration::from_secs(30 * 60);
/// Bounds of the durations of requests, in milliseconds.
pub const BOUNDS: [u64; 12] = [1, 2, 5, 10, 25, 50, 100, 200, 500, 1_000, 2_500, 10_000];

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A page.
    Page,
    /// A feed, a table or a calendar.
    Feed,
    /// The API.
    Api,
    /// Style and the like.
    Asset,
    /// `/healthz`, `/readyz`.
    Watch,
}

impl Asked {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Page, Self::Feed, Self::Api, Self::Asset, Self::Watch];

    /// As the figures name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Feed => "feed",
            Self::Api => "api",
            Self::Asset => "asset",
            Self::Watch => "watch",
        }
    }

    /// By the path that was asked for.
    pub fn of(path: &str) -> Self {
        if path.starts_with("/api/") {
            Self::Api
        } else if path.starts_with("/assets/") {
            Self::Asset
        } else if matches!(path, "/healthz" | "/readyz") {
            Self::Watch
        } else if [".atom", ".json", ".csv", ".ics", ".opml"]
            .iter()
            .any(|end| path.ends_with(end))
        {
            Self::Feed
        } else {
            Self::Page
        }
    }
}

/// Requests of one sort.
#[derive(Debug, Default)]
struct Requests {
    /// By the first digit of their status, from 1.
    statuses: [AtomicU64; 5],
    /// By how long they took: up to each bound, and beyond the last.
    taken: [AtomicU64; BOUNDS.len() + 1],
    /// Altogether, in microseconds.
    micros: AtomicU64,
}

/// What is known of requests of one sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestFigures {
    /// What for.
    pub asked: Asked,
    /// By the first digit of their status, from 1.
    pub statuses: [u64; 5],
    /// Up to each of [`BOUNDS`] and beyond.
    pub taken: [u64; BOUNDS.len() + 1],
    /// Altogether.
    pub total: Duration,
}

#[derive(Debug)]
struct Inner {
    began: Instant,
    /// Milliseconds since the beginning by which the next step must be done.
    due: AtomicU64,
    /// When the last step was done.
    stepped: AtomicU64,
    /// When the store last took a write.
    wrote: AtomicU64,
    at_work: AtomicBool,
    requests: [Requests; Asked::ALL.len()],
    pings: AtomicU64,
    pings_failed: AtomicU64,
    reload_failed: AtomicBool,
}

/// Signs of life; a clone shows the same.
#[derive(Clone, Debug)]
pub struct Vitals(Arc<Inner>);

impl Default for Vitals {
    fn default() -> Self {
        Self::since(Instant::now())
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl Vitals {
    /// Of a process that began then, and has done nothing since.
    pub fn since(began: Instant) -> Self {
        Self(Arc::new(Inner {
            began,
            due: AtomicU64::new(millis(PATIENCE)),
            stepped: AtomicU64::new(0),
            wrote: AtomicU64::new(0),
            at_work: AtomicBool::new(false),
            requests: std::array::from_fn(|_| Requests::default()),
            pings: AtomicU64::new(0),
            pings_failed: AtomicU64::new(0),
            reload_failed: AtomicBool::new(false),
        }))
    }

    /// Of a process in which nobody works, so that nothing can stick.
    pub fn of_nobody() -> Self {
        let vitals = Self::default();
        vitals.0.due.store(u64::MAX, Ordering::Relaxed);
        vitals
    }

    fn now(&self) -> u64 {
        millis(self.0.began.elapsed())
    }

    /// The work got on by a step.
    pub fn step(&self) {
        self.step_for(PATIENCE);
    }

    /// The work got on, and the next step may take so long.
    pub fn step_for(&self, patience: Duration) {
        let now = self.now();
        self.0.stepped.store(now, Ordering::Relaxed);
        self.0
            .due
            .store(now.saturating_add(millis(patience)), Ordering::Relaxed);
    }

    /// The store took a write.
    pub fn wrote(&self) {
        self.0.wrote.store(self.now(), Ordering::Relaxed);
    }

    /// Whether this process is the worker; who is must write.
    pub fn at_work(&self, at_work: bool) {
        if at_work {
            self.wrote();
        }
        self.0.at_work.store(at_work, Ordering::Relaxed);
    }

    /// Whether this process is the worker.
    pub fn is_at_work(&self) -> bool {
        self.0.at_work.load(Ordering::Relaxed)
    }

    /// Whether the work gets on at a moment, be the store well or not: a process that is only refused
    /// (a full disk, a database that is away) is helped by no restart.
    ///
    /// # Errors
    /// With for how long it does not.
    pub fn gets_on(&self, now: Instant) -> Result<(), String> {
        let now = millis(now.saturating_duration_since(self.0.began));
        let stepped = self.0.stepped.load(Ordering::Relaxed);
        if now > self.0.due.load(Ordering::Relaxed) {
            return Err(format!(
                "the work has not got on for {} seconds",
                now.saturating_sub(stepped) / 1_000
            ));
        }
        Ok(())
    }

    /// Whether all is well at a moment.
    ///
    /// # Errors
    /// With what is stuck, and for how long.
    pub fn judge(&self, now: Instant) -> Result<(), String> {
        self.gets_on(now)?;
        let now = millis(now.saturating_duration_since(self.0.began));
        let wrote = self.0.wrote.load(Ordering::Relaxed);
        if self.is_at_work() && now > wrote.saturating_add(millis(PATIENCE)) {
            return Err(format!(
                "the store has not taken a write for {} seconds",
                now.saturating_sub(wrote) / 1_000
            ));
        }
        Ok(())
    }

    /// Since when this process has been there.
    pub fn age(&self) -> Duration {
        self.0.began.elapsed()
    }

    /// Since the last step.
    pub fn since_step(&self) -> Duration {
        Duration::from_millis(
            self.now()
                .saturating_sub(self.0.stepped.load(Ordering::Relaxed)),
        )
    }

    /// A request was answered.
    pub fn answered(&self, asked: Asked, status: u16, taken: Duration) {
        let place = Asked::ALL.iter().position(|&one| one == asked);
        let Some(requests) = place.and_then(|place| self.0.requests.get(place)) else {
            return;
        };
        let class = usize::from(status / 100).saturating_sub(1);
        if let Some(count) = requests.statuses.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let took = millis(taken);
        let bucket = BOUNDS.partition_point(|bound| *bound < took);
        if let Some(count) = requests.taken.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let micros = u64::try_from(taken.as_micros()).unwrap_or(u64::MAX);
        requests.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// How requests went, by what they were for.
    pub fn requests(&self) -> Vec<RequestFigures> {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Asked::ALL
            .iter()
            .zip(&self.0.requests)
            .map(|(&asked, requests)| RequestFigures {
                asked,
                statuses: requests.statuses.each_ref().map(read),
                taken: requests.taken.each_ref().map(read),
                total: Duration::from_micros(read(&requests.micros)),
            })
            .collect()
    }

    /// A sign of life was sent out, or could not be.
    pub fn pinged(&self, well: bool) {
        let count = if well {
            &self.0.pings
        } else {
            &self.0.pings_failed
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// Signs of life sent out, and those that could not be.
    pub fn pings(&self) -> (u64, u64) {
        (
            self.0.pings.load(Ordering::Relaxed),
            self.0.pings_failed.load(Ordering::Relaxed),
        )
    }

    /// Whether the newest files were refused.
    pub fn reload_failed(&self, failed: bool) {
        self.0.reload_failed.store(failed, Ordering::Relaxed);
    }

    /// Whether the newest files were refused.
    pub fn has_refused_files(&self) -> bool {
        self.0.reload_failed.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sticks_is_told_within_a_minute() {
        let vitals = Vitals::default();
        let after = |seconds| Instant::now() + Duration::from_secs(seconds);
        vitals.step();
        assert_eq!(vitals.judge(after(30)), Ok(()));
        assert_eq!(Vitals::of_nobody().judge(after(9_000)), Ok(()));
        assert!(vitals.judge(after(60)).unwrap_err().contains("not got on"));
        // An errand may take its time.
        vitals.step_for(ERRAND);
        assert_eq!(vitals.judge(after(60)), Ok(()));
        // Who works must write, too; but what is only refused needs no restart.
        vitals.at_work(true);
        assert_eq!(vitals.gets_on(after(60)), Ok(()));
        assert!(vitals.judge(after(60)).unwrap_err().contains("a write"));
        vitals.at_work(false);
        assert_eq!(vitals.judge(after(60)), Ok(()));
    }

    #[test]
    fn requests_are_counted_by_what_they_were_for() {
        let vitals = Vitals::default();
        vitals.answered(Asked::of("/search"), 200, Duration::from_millis(3));
        vitals.answered(Asked::of("/search.atom"), 404, Duration::from_millis(300));
        vitals.answered(Asked::of("/api/v1/changes"), 200, Duration::from_secs(60));
        let figures = vitals.requests();
        assert_eq!(figures[0].statuses, [0, 1, 0, 0, 0]);
        assert_eq!(figures[0].taken[2], 1);
        assert_eq!(figures[1].statuses, [0, 0, 0, 1, 0]);
        assert_eq!(figures[2].taken[BOUNDS.len()], 1);
    }
}
