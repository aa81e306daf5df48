//! A period of whole days: what a question about the past is asked of.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

/// Days of a period when none is named.
const USUAL: u64 = 30;
/// Days of a period at most: what is counted visit by visit stays quickly counted.
pub const MOST_DAYS: u64 = 400;

/// Whole days in UTC, from the first to the last, which is one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// Why two days make no period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPeriod {
    /// The last day is before the first.
    #[error("the period ends before it begins")]
    TurnedRound,
    /// It is longer than what is looked through at once.
    #[error("at most {MOST_DAYS} days are looked through at once")]
    TooLong,
    /// All of it is still to come.
    #[error("that time has not come yet")]
    NotYet,
}

impl Period {
    /// The period that is meant by the days that are named: the thirty days up to today where none
    /// is, thirty up to the last one where the first is not named, and from the first one to today where
    /// the last is not. What is still to come is cut off.
    ///
    /// # Errors
    /// When they make no period.
    pub fn meant(
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Result<Self, InvalidPeriod> {
        let back = |day: NaiveDate, days| day.checked_sub_days(Days::new(days));
        let to = to.unwrap_or(today);
        let from = from.unwrap_or_else(|| back(to, USUAL - 1).unwrap_or(NaiveDate::MIN));
        if from > today {
            return Err(InvalidPeriod::NotYet);
        }
        if to < from {
            return Err(InvalidPeriod::TurnedRound);
        }
        // What is still to come is no part of it.
        let to = to.min(today);
        if back(to, MOST_DAYS).is_some_and(|early| from <= early) {
            return Err(InvalidPeriod::TooLong);
        }
        Ok(Self { from, to })
    }

    /// Its first moment, and the first one after it; what is still to come is no part of it.
    pub fn moments(self, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        // Nobody was asked before, and not every database has such days.
        let begins = |day: NaiveDate| {
            day.and_time(NaiveTime::MIN)
                .and_utc()
                .max(DateTime::UNIX_EPOCH)
        };
        let since = begins(self.from);
        let until = self.to.succ_opt().map_or(DateTime::<Utc>::MAX_UTC, begins);
        // What happens at this very moment is part of it.
        let come = now.checked_add_signed(TimeDelta::seconds(1)).unwrap_or(now);
        (since, until.min(come).max(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-14");
        for (from, to, expected) in [
            (None, None, Ok(("2026-10-16", "2026-11-14"))),
            (Some("2026-11-01"), None, Ok(("2026-11-01", "2026-11-14"))),
            (None, Some("2026-03-31"), Ok(("2026-03-02", "2026-03-31"))),
            (
                Some("2026-01-01"),
                Some("2026-01-01"),
                Ok(("2026-01-01", "2026-01-01")),
            ),
            (Some("2027-01-01"), None, Err(InvalidPeriod::NotYet)),
            (
                Some("2026-11-01"),
                Some("2026-12-31"),
                Ok(("2026-11-01", "2026-11-14")),
            ),
            (
                Some("2026-02-01"),
                Some("2026-01-01"),
                Err(InvalidPeriod::TurnedRound),
            ),
            (
                Some("2020-01-01"),
                Some("2026-01-01"),
                Err(InvalidPeriod::TooLong),
            ),
            (
                Some("2025-01-01"),
                Some("2026-02-04"),
                Ok(("2025-01-01", "2026-02-04")),
            ),
            (
                Some("2025-01-01"),
                Some("2026-02-05"),
                Err(InvalidPeriod::TooLong),
            ),
            // Thirty days up to a day that has not come.
            (None, Some("2026-11-20"), Ok(("2026-10-22", "2026-11-14"))),
            (None, Some("2027-11-20"), Err(InvalidPeriod::NotYet)),
        ] {
            let expected = expected.map(|(from, to)| Period {
                from: day(from),
                to: day(to),
            });
            assert_eq!(
                Period::meant(from.map(day), to.map(day), today),
                expected,
                "{from:?} to {to:?}"
            );
        }
        assert!(Period::meant(None, Some(NaiveDate::MIN), today).is_ok());
        assert!(Period::meant(Some(NaiveDate::MIN), Some(NaiveDate::MAX), today).is_err());
        assert!(Period::meant(None, Some(NaiveDate::MAX), today).is_err());
    }

    #[test]
    fn moments_of_a_period() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let period = Period {
            from: "2026-11-13".parse().unwrap(),
            to: "2026-11-14".parse().unwrap(),
        };
        assert_eq!(
            period.moments(at("2027-01-01T00:00:00Z")),
            (at("2026-11-13T00:00:00Z"), at("2026-11-15T00:00:00Z"))
        );
        assert_eq!(
            period.moments(at("2026-11-14T10:00:00Z")),
            (at("2026-11-13T00:00:00Z"), at("2026-11-14T10:00:01Z"))
        );
        // Nothing of it has come yet.
        assert_eq!(
            period.moments(at("2026-11-01T00:00:00Z")),
            (at("2026-11-13T00:00:00Z"), at("2026-11-13T00:00:00Z"))
        );
        let last = Period {
            from: NaiveDate::MAX,
            to: NaiveDate::MAX,
        };
        let (since, until) = last.moments(DateTime::<Utc>::MAX_UTC);
        assert!(since < until);
        let first = Period {
            from: NaiveDate::MIN,
            to: NaiveDate::MIN,
        };
        let beginning = DateTime::UNIX_EPOCH;
        assert_eq!(
            first.moments(at("2026-11-14T10:00:00Z")),
            (beginning, beginning)
        );
    }
}
