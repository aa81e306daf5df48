//! When a source is asked again: one setting (`every`), and what visits have shown.
//!
//! `docs/decisions/0019-one-cadence.md` says why these rules and no others.

use chrono::{DateTime, TimeDelta, Utc};

use super::document::Outcome;
use super::health::Record;
use super::source::Source;

/// The slowest that a failing source is asked: asking never stops.
pub const SLOWEST: TimeDelta = TimeDelta::hours(48);

/// Visits in a row that must have brought something before a source is asked more often.
const LIVELY: usize = 3;

/// The shortest wait after "too many requests" that names none.
const SHORTEST_WAIT: TimeDelta = TimeDelta::minutes(1);

/// How long after a visit that ended as `outcome` at `now` the source is asked again. `record` is
/// what is known of it with that visit; `wait` is what the publisher asks for.
///
/// Always more than zero and never more than the longest of [`SLOWEST`], four times `every` and
/// what the publisher asks for.
pub fn next(
    source: &Source,
    record: &Record,
    outcome: Outcome,
    wait: Option<TimeDelta>,
    now: DateTime<Utc>,
) -> TimeDelta {
    let every = source.every;
    let span = match outcome {
        // To the second, and not a moment before it.
        Outcome::Limited => wait
            .unwrap_or_else(|| slowed(every, record.failures))
            .max(SHORTEST_WAIT),
        Outcome::Gone => jittered(source, SLOWEST.max(every)),
        outcome if outcome.is_success() => {
            let (least, most) = bounds(source);
            jittered(source, usual(source, record, now)).clamp(least, most)
        }
        _ => jittered(source, slowed(every, record.failures)),
    };
    // A publisher that asked us to wait in the middle of its list is left alone for so long too.
    span.max(wait.unwrap_or_default())
}

/// The longest time between two visits to a source that answers.
pub fn longest_wait(source: &Source) -> TimeDelta {
    bounds(source).1
}

/// The shortest and the longest time between two visits to a source that answers.
fn bounds(source: &Source) -> (TimeDelta, TimeDelta) {
    let every = source.every;
    let most = every
        .checked_mul(4)
        .unwrap_or(every)
        .min(source.expect_every / 2);
    (every / 2, most.max(every))
}

/// The time between two visits to a source that answers, before chance has its say.
fn usual(source: &Source, record: &Record, now: DateTime<Utc>) -> TimeDelta {
    let every = source.every;
    let Some(last) = record.last_new else {
        return every;
    };
    let silence = now - last;
    // A gap that is hardly longer than the pause between two visits is a visit that brought
    // something again.
    let soon = every + every / 4;
    let lively = record.gaps.len() >= LIVELY
        && record
            .gaps
            .iter()
            .rev()
            .take(LIVELY)
            .all(|gap| *gap <= soon)
        && silence <= soon;
    if lively {
        return every / 2;
    }
    // Silence within its rhythm changes nothing: what is rare is what we are here for.
    let ordinary = source.expect_every.max(TimeDelta::seconds(1));
    let times = silence.num_seconds() / ordinary.num_seconds().max(1);
    let factor = i32::try_from(times.clamp(0, 3)).unwrap_or(0) + 1;
    every.checked_mul(factor).unwrap_or(every)
}

/// Twice as long for every further failure, up to [`SLOWEST`].
fn slowed(every: TimeDelta, failures: u32) -> TimeDelta {
    let factor = 1_i32
        .checked_shl(failures.saturating_sub(1).min(10))
        .unwrap_or(1_024);
    let most = SLOWEST.max(every);
    every
        .checked_mul(factor)
        .map_or(most, |span| span.min(most))
}

/// Up to a tenth earlier, by the source's name: sources of one cadence spread out, and each keeps
/// its own place.
fn jittered(source: &Source, span: TimeDelta) -> TimeDelta {
    let hash = source
        .id
        .as_str()
        .bytes()
        .fold(0_i32, |sum, byte| (sum * 31 + i32::from(byte)) % 1_000);
    span - (span / 10_000) * hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::source::tests::sample;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn hours(count: i64) -> TimeDelta {
        TimeDelta::hours(count)
    }

    /// A source asked every two hours that publishes within two weeks.
    fn source() -> Source {
        Source {
            every: hours(2),
            expect_every: TimeDelta::days(14),
            ..sample()
        }
    }

    #[test]
    fn asking_slows_down_and_never_stops() {
        let source = source();
        let mut last = TimeDelta::zero();
        for failures in 1..200 {
            let record = Record {
                failures,
                ..Record::default()
            };
            let span = next(&source, &record, Outcome::Failed, None, at(0));
            assert!(span >= last && span <= SLOWEST && span > TimeDelta::zero());
            last = span;
        }
        // Gone is told, and asked again at the slowest pace.
        let gone = next(&source, &Record::default(), Outcome::Gone, None, at(0));
        assert!(gone <= SLOWEST && gone >= SLOWEST * 9 / 10);
    }

    #[test]
    fn a_publisher_who_asks_for_time_gets_it_to_the_second() {
        let source = source();
        let record = Record {
            failures: 1,
            ..Record::default()
        };
        let span = |wait| next(&source, &record, Outcome::Limited, wait, at(0));
        assert_eq!(span(Some(TimeDelta::seconds(90))), TimeDelta::seconds(90));
        assert_eq!(span(Some(hours(24))), hours(24));
        assert_eq!(span(Some(TimeDelta::zero())), TimeDelta::minutes(1));
        assert_eq!(span(None), hours(2));
    }

    #[test]
    fn so_does_one_who_asks_for_it_in_the_middle_of_a_list() {
        let source = source();
        for outcome in [Outcome::New, Outcome::Unchanged, Outcome::Quarantined] {
            let span = |wait| next(&source, &Record::default(), outcome, wait, at(0));
            assert_eq!(span(Some(hours(5))), hours(5));
            assert_eq!(span(Some(TimeDelta::minutes(1))), span(None));
            assert!(span(None) <= hours(2) && span(None) >= hours(2) * 9 / 10);
        }
    }

    #[test]
    fn a_source_that_brings_something_each_time_is_asked_more_often() {
        let source = source();
        let lively = Record {
            last_new: Some(at(100)),
            gaps: vec![hours(2); 3],
            ..Record::default()
        };
        let span = |record: &Record, now| next(&source, record, Outcome::New, None, now);
        assert_eq!(span(&lively, at(100)), hours(1));
        // Faster visits have shorter gaps, and it stays so.
        let livelier = Record {
            gaps: vec![hours(1); 5],
            ..lively.clone()
        };
        assert_eq!(span(&livelier, at(100)), hours(1));
        // A pause ends it at once.
        assert!(span(&lively, at(103)) > hours(1));
        let slower = Record {
            gaps: vec![hours(2), hours(2), hours(9), hours(2)],
            ..lively
        };
        assert!(span(&slower, at(100)) > hours(1));
    }

    #[test]
    fn a_source_that_is_quiet_beyond_its_rhythm_is_asked_less_often() {
        let source = source();
        let span = |days: i64| {
            let record = Record {
                last_new: Some(at(0)),
                ..Record::default()
            };
            next(&source, &record, Outcome::Unchanged, None, at(days * 24))
        };
        let tenth = |span: TimeDelta| span * 9 / 10;
        for (days, usual) in [(1, 2), (13, 2), (15, 4), (29, 6), (43, 8), (400, 8)] {
            let usual = hours(usual);
            assert!(span(days) <= usual && span(days) >= tenth(usual), "{days}");
        }
        // One that should publish daily is never asked more rarely than twice in that time.
        let daily = Source {
            every: hours(6),
            expect_every: hours(24),
            ..source
        };
        let record = Record {
            last_new: Some(at(0)),
            ..Record::default()
        };
        let quiet = next(&daily, &record, Outcome::Unchanged, None, at(2_400));
        assert!(quiet <= hours(12) && quiet >= hours(10), "{quiet}");
        // Nor does a rhythm shorter than the cadence make it slower than the cadence.
        let odd = Source {
            every: hours(24),
            expect_every: hours(24),
            ..daily
        };
        assert!(next(&odd, &record, Outcome::Unchanged, None, at(2_400)) <= hours(24));
    }

    #[test]
    fn nothing_is_too_long_to_reckon_with() {
        let source = Source {
            every: TimeDelta::days(100_000_000),
            expect_every: TimeDelta::seconds(1),
            ..sample()
        };
        let record = Record {
            failures: u32::MAX,
            last_new: Some(DateTime::<Utc>::MIN_UTC),
            ..Record::default()
        };
        for outcome in [
            Outcome::New,
            Outcome::Failed,
            Outcome::Gone,
            Outcome::Limited,
        ] {
            assert!(next(&source, &record, outcome, None, at(0)) > TimeDelta::zero());
        }
    }
}
