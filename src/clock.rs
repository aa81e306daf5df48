//! The clock: the one place that asks what time it is; only upstairs holds one.
//!
//! `REGWIRE_CLOCK` replaces it by a simulated one (contract: section 5): `2026-01-05T08:00:00Z`
//! stands still, `2026-01-05T08:00:00Z,x3600` runs from there 3,600 times as fast.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// Where the time comes from.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Real,
    /// Microseconds since 1970, moved by hand.
    Held(Arc<AtomicI64>),
    Fast {
        from: DateTime<Utc>,
        began: Instant,
        factor: i32,
    },
}

/// What `REGWIRE_CLOCK` may not be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "REGWIRE_CLOCK is `{given}`: write a moment such as 2026-01-05T08:00:00Z, and after a comma x and a whole number to let it run that many times as fast"
)]
pub struct InvalidClock {
    given: String,
}

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        Self(Kind::Real)
    }

    /// A clock that stands at `moment` until it is moved.
    pub fn held(moment: DateTime<Utc>) -> Self {
        Self(Kind::Held(Arc::new(AtomicI64::new(
            moment.timestamp_micros(),
        ))))
    }

    /// A clock that runs from `moment`, so many times as fast as the machine's.
    pub fn fast(moment: DateTime<Utc>, factor: i32) -> Self {
        Self(Kind::Fast {
            from: moment,
            began: Instant::now(),
            factor: factor.max(1),
        })
    }

    /// The clock that the environment asks for, else the machine's.
    ///
    /// # Errors
    /// When `REGWIRE_CLOCK` cannot be read.
    pub fn from_environment() -> Result<Self, InvalidClock> {
        match std::env::var("REGWIRE_CLOCK") {
            Ok(text) if !text.trim().is_empty() => Self::parse(text.trim()),
            _ => Ok(Self::real()),
        }
    }

    fn parse(text: &str) -> Result<Self, InvalidClock> {
        let wrong = || InvalidClock {
            given: text.to_owned(),
        };
        let (moment, factor) = match text.split_once(',') {
            None => (text, None),
            Some((moment, factor)) => {
                let factor = factor
                    .trim()
                    .strip_prefix('x')
                    .and_then(|digits| digits.parse::<i32>().ok())
                    .filter(|factor| *factor > 0)
                    .ok_or_else(wrong)?;
                (moment, Some(factor))
            }
        };
        let moment = DateTime::parse_from_rfc3339(moment.trim())
            .map_err(|_| wrong())?
            .with_timezone(&Utc);
        Ok(match factor {
            None => Self::held(moment),
            Some(factor) => Self::fast(moment, factor),
        })
    }

    /// Now, in whole microseconds: what both stores can keep.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Kind::Real => Utc::now().trunc_subsecs(6),
            Kind::Held(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
            Kind::Fast {
                from,
                began,
                factor,
            } => {
                let passed = TimeDelta::from_std(began.elapsed()).unwrap_or_default();
                passed
                    .checked_mul(*factor)
                    .and_then(|passed| from.checked_add_signed(passed))
                    .unwrap_or(*from)
                    .trunc_subsecs(6)
            }
        }
    }

    /// Whether this is not the machine's clock; then mail, webhooks and fetches go to loopback
    /// only.
    pub fn is_simulated(&self) -> bool {
        !matches!(self.0, Kind::Real)
    }

    /// How many times as fast as the machine's this clock runs; one that stands is asked again in
    /// real time.
    pub fn pace(&self) -> u32 {
        match &self.0 {
            Kind::Real | Kind::Held(_) => 1,
            Kind::Fast { factor, .. } => factor.unsigned_abs().max(1),
        }
    }

    /// Moves a clock that stands; any other goes on by itself.
    pub fn move_to(&self, moment: DateTime<Utc>) {
        if let Kind::Held(micros) = &self.0 {
            micros.store(moment.timestamp_micros(), Ordering::SeqCst);
        }
    }

    /// How long the machine must wait until this clock has gone on by `span`; a clock that
    /// stands still never gets there, and is asked again in real time.
    pub fn wait_for(&self, span: TimeDelta) -> Duration {
        span.to_std().unwrap_or_default() / self.pace()
    }
}

/// How much processor time this thread has had: on a busy machine work waits for longer than it
/// takes. Real time since the first call where the system does not tell (proc(5), `schedstat`).
pub fn worked() -> Duration {
    static BEGAN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let began = *BEGAN;
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    // Nothing at all is what some systems say that do not count.
    told.and_then(|told| told.split_whitespace().next()?.parse().ok())
        .filter(|worked| *worked > 0)
        .map_or_else(|| began.elapsed(), Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulated_clocks() {
        let held = Clock::parse("2026-01-05T08:00:00Z").unwrap();
        assert_eq!(held.now().to_rfc3339(), "2026-01-05T08:00:00+00:00");
        assert!(held.is_simulated());
        held.move_to(held.now() + TimeDelta::hours(1));
        assert_eq!(held.now().to_rfc3339(), "2026-01-05T09:00:00+00:00");
        let fast = Clock::parse("2026-01-05T08:00:00Z, x3600").unwrap();
        assert!(fast.now() >= held.now() - TimeDelta::hours(1));
        assert_eq!(fast.wait_for(TimeDelta::hours(1)), Duration::from_secs(1));
        for bad in [
            "",
            "tomorrow",
            "2026-01-05",
            "2026-01-05T08:00:00Z,3600",
            "2026-01-05T08:00:00Z,x0",
        ] {
            assert!(Clock::parse(bad).is_err(), "{bad}");
        }
    }
}
