//! Health of a source and coverage of the world: pure functions over visits.

use chrono::{DateTime, TimeDelta, Utc};

use super::id::SourceId;
use super::source::Source;

/// How a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Read, and not silent for longer than it may be.
    Fresh,
    /// Read, but nothing new for longer than its rhythm allows.
    Quiet,
    /// Three visits in a row, or a day of them, brought nothing readable.
    Failing,
    /// Not visited yet.
    Never,
    /// Switched off.
    Off,
}

impl Health {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Quiet => "quiet",
            Self::Failing => "failing",
            Self::Never => "never",
            Self::Off => "off",
        }
    }
}

/// What health is judged by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Visits so far.
    pub visits: u32,
    /// The last visit.
    pub last_visit: Option<DateTime<Utc>>,
    /// The last visit that reached the publisher and was understood.
    pub last_success: Option<DateTime<Utc>>,
    /// Visits without success since then.
    pub failures: u32,
    /// When the first of those was.
    pub failing_since: Option<DateTime<Utc>>,
    /// When the source last brought something new.
    pub last_new: Option<DateTime<Utc>>,
    /// Gaps between the days on which it brought something new, oldest first.
    pub gaps: Vec<TimeDelta>,
}

/// A verdict with its reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The verdict.
    pub health: Health,
    /// Since when it has been so, where that is known.
    pub since: Option<DateTime<Utc>>,
    /// Why, in a sentence.
    pub because: String,
}

/// The longest silence that is ordinary (contract: law 5): the longest of `expect_every`, three
/// times the 95th percentile of the source's own gaps once 8 are known, and 7 days.
pub fn longest_silence(expect_every: TimeDelta, gaps: &[TimeDelta]) -> TimeDelta {
    let mut longest = expect_every.max(TimeDelta::days(7));
    if gaps.len() >= 8 {
        let mut sorted = gaps.to_vec();
        sorted.sort_unstable();
        // Nearest rank: the smallest gap that at least 95 % of the gaps do not exceed.
        let rank = (sorted.len() * 95).div_ceil(100).saturating_sub(1);
        if let Some(gap) = sorted.get(rank) {
            longest = longest.max(*gap * 3);
        }
    }
    longest
}

/// Judges a source at a moment.
pub fn judge(on: bool, expect_every: TimeDelta, record: &Record, now: DateTime<Utc>) -> Verdict {
    if !on {
        return Verdict {
            health: Health::Off,
            since: None,
            because: "switched off".to_owned(),
        };
    }
    if record.visits == 0 {
        return Verdict {
            health: Health::Never,
            since: None,
            because: "not visited yet".to_owned(),
        };
    }
    if let Some(since) = record.failing_since
        && (record.failures >= 3 || now - since >= TimeDelta::days(1))
    {
        return Verdict {
            health: Health::Failing,
            since: Some(since),
            because: format!("{} visits in a row could not be read", record.failures),
        };
    }
    let limit = longest_silence(expect_every, &record.gaps);
    if let Some(last) = record.last_new
        && now - last > limit
    {
        return Verdict {
            health: Health::Quiet,
            since: Some(last),
            because: format!(
                "nothing new since {}; more than {} is not its rhythm",
                last.format("%-d %B %Y"),
                super::quantity::spell_span(limit)
            ),
        };
    }
    Verdict {
        health: Health::Fresh,
        since: record.last_success,
        because: "read, and not silent for longer than usual".to_owned(),
    }
}

/// How every source is at a moment, in the order given.
pub fn survey<'a, 'r>(
    sources: &'a [Source],
    record: impl Fn(&SourceId) -> Option<&'r Record>,
    now: DateTime<Utc>,
) -> Vec<(&'a Source, Verdict)> {
    let unknown = Record::default();
    sources
        .iter()
        .map(|source| {
            let record = record(&source.id).unwrap_or(&unknown);
            (source, judge(source.on, source.expect_every, record, now))
        })
        .collect()
}

/// How much of the world was read.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Coverage {
    /// Sources that are switched on.
    pub sources: u32,
    /// Of them fresh.
    pub fresh: u32,
    /// The others, with their health.
    pub others: Vec<Uncovered>,
}

/// A source that is not fresh.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Uncovered {
    /// The source.
    pub source: SourceId,
    /// Its name.
    pub name: String,
    /// How it is.
    pub health: Health,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
}

impl Coverage {
    /// The coverage that a survey amounts to; what is switched off does not count.
    pub fn of(survey: &[(&Source, Verdict)]) -> Self {
        let mut out = Self::default();
        for (source, verdict) in survey {
            match verdict.health {
                Health::Off => continue,
                Health::Fresh => out.fresh += 1,
                health => out.others.push(Uncovered {
                    source: source.id.clone(),
                    name: source.name.clone(),
                    health,
                    since: verdict.since,
                }),
            }
            out.sources += 1;
        }
        out
    }

    /// "38 of 41 sources fresh".
    pub fn sentence(&self) -> String {
        match (self.fresh, self.sources) {
            (_, 0) => "no source is switched on".to_owned(),
            (1, 1) => "the one source is fresh".to_owned(),
            (fresh, all) => format!("{fresh} of {all} sources fresh"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    #[test]
    fn silence_is_a_fault_by_the_sources_own_rhythm() {
        assert_eq!(longest_silence(TimeDelta::days(2), &[]), TimeDelta::days(7));
        assert_eq!(
            longest_silence(TimeDelta::days(14), &[]),
            TimeDelta::days(14)
        );
        let slow = vec![TimeDelta::days(30); 8];
        assert_eq!(
            longest_silence(TimeDelta::days(14), &slow),
            TimeDelta::days(90)
        );
        assert_eq!(
            longest_silence(TimeDelta::days(14), &slow[..7]),
            TimeDelta::days(14)
        );
    }

    #[test]
    fn verdicts() {
        let well = Record {
            visits: 10,
            last_visit: Some(at(10)),
            last_success: Some(at(10)),
            last_new: Some(at(9)),
            ..Record::default()
        };
        let days = TimeDelta::days;
        assert_eq!(judge(true, days(7), &well, at(10)).health, Health::Fresh);
        assert_eq!(judge(true, days(7), &well, at(17)).health, Health::Quiet);
        assert_eq!(judge(false, days(7), &well, at(10)).health, Health::Off);
        assert_eq!(
            judge(true, days(7), &Record::default(), at(10)).health,
            Health::Never
        );
        let twice = Record {
            failures: 2,
            failing_since: Some(at(10)),
            ..well.clone()
        };
        assert_eq!(judge(true, days(7), &twice, at(10)).health, Health::Fresh);
        assert_eq!(judge(true, days(7), &twice, at(11)).health, Health::Failing);
        let thrice = Record {
            failures: 3,
            failing_since: Some(at(10)),
            ..well
        };
        assert_eq!(
            judge(true, days(7), &thrice, at(10)).health,
            Health::Failing
        );
    }
}
