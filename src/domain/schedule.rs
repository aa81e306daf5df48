//! A Schedule: five fields as cron reads them, in a time zone, rightly through both nights on
//! which clocks are changed.

use std::str::FromStr;

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

/// Text that is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSchedule {
    /// Not five fields, or a field that cannot be read.
    #[error(
        "`{given}` is no schedule: {why}. Write minute, hour, day of month, month, day of week, for example \"0 8 * * 1\" for Mondays at eight"
    )]
    Expression {
        /// As given.
        given: String,
        /// What is wrong.
        why: String,
    },
    /// A zone that the tz database does not have.
    #[error(
        "`{given}` is no time zone: write one of the tz database, for example \"Europe/London\""
    )]
    Zone {
        /// As given.
        given: String,
    },
}

/// When something recurs, on the clocks of a zone.
#[derive(Clone, Debug)]
pub struct Schedule {
    written: String,
    cron: Box<cron::Schedule>,
    zone: Tz,
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written && self.zone == other.zone
    }
}

impl Schedule {
    /// Reads five fields (`0 8 * * 1`) and a zone (`Europe/London`).
    ///
    /// # Errors
    /// With the field that is wrong and an example of what is right.
    pub fn new(expression: &str, zone: &str) -> Result<Self, InvalidSchedule> {
        let zone: Tz = zone.trim().parse().map_err(|_| InvalidSchedule::Zone {
            given: zone.to_owned(),
        })?;
        let wrong = |why: String| InvalidSchedule::Expression {
            given: expression.to_owned(),
            why,
        };
        let fields: Vec<&str> = expression.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else {
            return Err(wrong(format!(
                "it has {} fields and not five",
                fields.len()
            )));
        };
        let weekday = weekdays(weekday).map_err(wrong)?;
        let cron = cron::Schedule::from_str(&format!("0 {minute} {hour} {day} {month} {weekday}"))
            .map_err(|error| wrong(error.to_string().replace('\n', " ")))?;
        let schedule = Self {
            written: fields.join(" "),
            cron: Box::new(cron),
            zone,
        };
        if schedule.next_after(DateTime::UNIX_EPOCH).is_none() {
            return Err(wrong("no day ever matches it".to_owned()));
        }
        Ok(schedule)
    }

    /// The expression as written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The first moment of the schedule after `after`.
    ///
    /// A wall-clock time that a spring night leaves out happens at the first minute after the
    /// gap; one that an autumn night has twice happens once, the first time.
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // One day back, because the moment may lie in the hour that comes twice.
        let from = after.with_timezone(&self.zone).naive_local() - TimeDelta::days(1);
        // cron runs on the wall clock as if it were UTC; it knows no zones of its own.
        self.cron
            .after(&Utc.from_utc_datetime(&from))
            .take(100_000)
            .map(|wall| self.instant(wall.naive_utc()))
            .find(|moment| *moment > after)
    }

    /// The last moment of the schedule that is after `after` and not after `until`.
    ///
    /// Ten missed weeks are one missed moment: the last.
    pub fn last_between(
        &self,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let mut last = None;
        let mut from = after;
        while let Some(next) = self.next_after(from)
            && next <= until
        {
            last = Some(next);
            from = next;
        }
        last
    }

    fn instant(&self, wall: NaiveDateTime) -> DateTime<Utc> {
        let mut wall = wall;
        // No zone has ever left out more than a day.
        for _ in 0..=24 * 60 {
            match self.zone.from_local_datetime(&wall) {
                LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => {
                    return moment.with_timezone(&Utc);
                }
                LocalResult::None => {
                    wall =
                        wall + TimeDelta::minutes(1) - TimeDelta::seconds(i64::from(wall.second()));
                }
            }
        }
        Utc.from_utc_datetime(&wall)
    }
}

/// Writes numbers of weekdays (0 and 7 are Sunday) as names, because the `cron` crate counts
/// from 1 = Sunday; a range over Sunday becomes a list.
fn weekdays(field: &str) -> Result<String, String> {
    const NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    if matches!(field, "*" | "?") {
        return Ok(field.to_owned());
    }
    let number = |text: &str| -> Result<usize, String> {
        if let Ok(number) = text.parse::<usize>() {
            return if number <= 7 {
                Ok(number % 7)
            } else {
                Err(format!("{number} is no day of the week (0 to 7)"))
            };
        }
        let upper = text.to_ascii_uppercase();
        NAMES
            .iter()
            .position(|name| upper.starts_with(name))
            .ok_or_else(|| format!("`{text}` is no day of the week"))
    };
    let mut days = [false; 7];
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (
                range,
                step.parse::<usize>()
                    .ok()
                    .filter(|step| *step > 0)
                    .ok_or_else(|| format!("`{step}` is no step"))?,
            ),
            None => (part, 1),
        };
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None if range == "*" => (0, 6),
            None if part.contains('/') => (number(range)?, 6),
            None => (number(range)?, number(range)?),
        };
        let length = (last + 7 - first) % 7;
        for offset in (0..=length).step_by(step) {
            days[(first + offset) % 7] = true;
        }
    }
    let named: Vec<&str> = NAMES
        .iter()
        .zip(days)
        .filter_map(|(name, on)| on.then_some(*name))
        .collect();
    if named.is_empty() {
        return Err("no day of the week is left".to_owned());
    }
    Ok(named.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text)
            .unwrap()
            .with_timezone(&Utc)
    }

    #[test]
    fn mondays_are_mondays() {
        for monday in ["0 8 * * 1", "0 8 * * MON", "0 8 * * mon"] {
            let schedule = Schedule::new(monday, "Europe/London").unwrap();
            // 3 July 2026 is a Friday; British summer time is an hour ahead of UTC.
            assert_eq!(
                schedule.next_after(utc("2026-07-03T12:00:00Z")),
                Some(utc("2026-07-06T07:00:00Z")),
                "{monday}"
            );
        }
        for sunday in ["0 8 * * 0", "0 8 * * 7"] {
            let schedule = Schedule::new(sunday, "UTC").unwrap();
            assert_eq!(
                schedule.next_after(utc("2026-07-03T12:00:00Z")),
                Some(utc("2026-07-05T08:00:00Z"))
            );
        }
        let weekend = Schedule::new("0 8 * * 5-7", "UTC").unwrap();
        assert_eq!(
            weekend.next_after(utc("2026-07-02T12:00:00Z")),
            Some(utc("2026-07-03T08:00:00Z"))
        );
        assert_eq!(
            weekend.next_after(utc("2026-07-05T12:00:00Z")),
            Some(utc("2026-07-10T08:00:00Z"))
        );
    }

    #[test]
    fn a_time_that_a_spring_night_leaves_out_happens_once_after_the_gap() {
        let schedule = Schedule::new("30 2 * * 0", "Europe/Berlin").unwrap();
        let moment = schedule.next_after(utc("2027-03-27T12:00:00Z")).unwrap();
        assert_eq!(moment, utc("2027-03-28T01:00:00Z"));
        assert_eq!(
            schedule.next_after(moment),
            Some(utc("2027-04-04T00:30:00Z"))
        );
    }

    #[test]
    fn a_time_that_an_autumn_night_has_twice_happens_once() {
        let schedule = Schedule::new("30 2 * * 0", "Europe/Berlin").unwrap();
        let moment = schedule.next_after(utc("2027-10-30T12:00:00Z")).unwrap();
        assert_eq!(moment, utc("2027-10-31T00:30:00Z"));
        assert_eq!(
            schedule.next_after(moment),
            Some(utc("2027-11-07T01:30:00Z"))
        );
    }

    #[test]
    fn both_nights_of_twenty_zones_happen_once_each() {
        use chrono::Offset as _;
        let zones = [
            "Europe/London",
            "Europe/Berlin",
            "Europe/Paris",
            "Europe/Madrid",
            "Europe/Rome",
            "Europe/Warsaw",
            "Europe/Athens",
            "Europe/Helsinki",
            "Europe/Lisbon",
            "Europe/Dublin",
            "America/New_York",
            "America/Chicago",
            "America/Denver",
            "America/Los_Angeles",
            "America/Toronto",
            "America/Santiago",
            "Australia/Sydney",
            "Australia/Lord_Howe",
            "Pacific/Auckland",
            "Africa/Cairo",
        ];
        let mut nights = 0;
        for name in zones {
            let zone: Tz = name.parse().unwrap();
            let offset = |at: DateTime<Utc>| {
                i64::from(
                    zone.offset_from_utc_datetime(&at.naive_utc())
                        .fix()
                        .local_minus_utc(),
                )
            };
            let mut at = utc("2027-01-01T00:00:00Z");
            while at < utc("2028-01-01T00:00:00Z") {
                let next = at + TimeDelta::minutes(15);
                let (before, after) = (offset(at), offset(next));
                at = next;
                if before == after {
                    continue;
                }
                nights += 1;
                // A wall-clock time in the middle of what is left out, or of what comes twice.
                let middle = (after - before).abs() / 2;
                let wall = at.naive_utc() + TimeDelta::seconds(before.min(after) + middle);
                let schedule = Schedule::new(
                    &format!("{} {} * * *", wall.format("%M"), wall.format("%H")),
                    name,
                )
                .unwrap();
                let mut moments = Vec::new();
                let mut from = at - TimeDelta::days(3);
                while let Some(moment) = schedule.next_after(from)
                    && moment < at + TimeDelta::days(3)
                {
                    moments.push(moment);
                    from = moment;
                }
                let mut days: Vec<_> = moments
                    .iter()
                    .map(|moment| moment.with_timezone(&zone).date_naive())
                    .collect();
                let all = days.len();
                days.dedup();
                assert_eq!(days.len(), all, "{name} {at}: no day twice");
                assert!(
                    (5..=7).contains(&all),
                    "{name} {at}: no day left out ({all})"
                );
                assert!(days.contains(&wall.date()), "{name} {at}: also that night");
                // The catch-up says the same, however late it is asked.
                assert_eq!(
                    schedule.last_between(at - TimeDelta::days(3), at + TimeDelta::days(3)),
                    moments.last().copied()
                );
            }
        }
        assert!(nights >= 38, "{nights} nights");
    }

    #[test]
    fn ten_missed_weeks_are_one() {
        let schedule = Schedule::new("0 8 * * 1", "UTC").unwrap();
        assert_eq!(
            schedule.last_between(utc("2026-01-05T08:00:00Z"), utc("2026-03-17T00:00:00Z")),
            Some(utc("2026-03-16T08:00:00Z"))
        );
        assert_eq!(
            schedule.last_between(utc("2026-03-16T08:00:00Z"), utc("2026-03-17T00:00:00Z")),
            None
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (expression, zone, part) in [
            ("8 * * 1", "UTC", "4 fields"),
            ("0 8 * * 8", "UTC", "day of the week"),
            ("0 25 * * 1", "UTC", "no schedule"),
            ("0 8 31 2 *", "UTC", "no day ever"),
            ("0 8 * * 1", "London", "time zone"),
            ("0 8 * * 1/0", "UTC", "step"),
        ] {
            let error = Schedule::new(expression, zone).unwrap_err().to_string();
            assert!(error.contains(part), "{expression}: {error}");
        }
    }
}
