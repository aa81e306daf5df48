//! The proof of silence: how often a source was asked in a period, and what it answered.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::cadence;
use super::document::Outcome;
use super::quantity::spell_span;
use super::source::Source;

/// How often a source was asked in a period, and what it answered: that nothing was told there is
/// proven by visits that were understood, close enough together.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Silence {
    /// Where the period begins.
    pub since: DateTime<Utc>,
    /// Where it ends.
    pub until: DateTime<Utc>,
    /// When the source was asked for the first time of all, where that lies within the period: of
    /// the time before nothing is known.
    pub begun: Option<DateTime<Utc>>,
    /// Visits.
    pub visits: u64,
    /// Visits by how they ended (`new`, `unchanged` …).
    pub outcomes: BTreeMap<&'static str, u64>,
    /// The first visit of the period.
    pub first: Option<DateTime<Utc>>,
    /// The last.
    pub last: Option<DateTime<Utc>>,
    /// The last that was understood.
    pub last_understood: Option<DateTime<Utc>>,
    /// The longest time in which no answer was understood, in seconds, also where it began before
    /// the period or went on after it; what came and went within it is not known.
    #[serde(rename = "longest_gap_seconds", serialize_with = "in_seconds")]
    pub longest_gap: TimeDelta,
    /// Up to when answers were understood so far.
    #[serde(skip)]
    known: Option<DateTime<Utc>>,
    /// Items first seen in the period.
    pub new: u64,
    /// Items that were revised in the period.
    pub revised: u64,
}

fn in_seconds<S: serde::Serializer>(span: &TimeDelta, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(span.num_seconds())
}

impl Silence {
    /// A period that begins; `first_of_all` is when the source was asked for the first time, and
    /// `before` the last answer before the period that was understood.
    pub fn begin(
        since: DateTime<Utc>,
        first_of_all: Option<DateTime<Utc>>,
        before: Option<DateTime<Utc>>,
    ) -> Self {
        Self {
            since,
            until: since,
            begun: first_of_all.filter(|first| *first >= since),
            known: before,
            visits: 0,
            outcomes: BTreeMap::new(),
            first: None,
            last: None,
            last_understood: None,
            longest_gap: TimeDelta::zero(),
            new: 0,
            revised: 0,
        }
    }

    /// Takes in the next visit.
    pub fn take(&mut self, at: DateTime<Utc>, outcome: Outcome, new: u64, revised: u64) {
        self.visits += 1;
        *self.outcomes.entry(outcome.as_str()).or_default() += 1;
        self.first.get_or_insert(at);
        self.last = Some(at);
        if outcome.is_success() {
            self.longest_gap = self.longest_gap.max(at - self.known_until());
            self.last_understood = Some(at);
            self.known = Some(at);
        }
        self.new += new;
        self.revised += revised;
    }

    /// The period is over; `after` is the first answer after it that was understood, or now.
    pub fn end(mut self, until: DateTime<Utc>, after: DateTime<Utc>) -> Self {
        self.until = until;
        // What began later began after the period.
        if self.begun.is_some_and(|begun| begun >= until) {
            self.longest_gap = until - self.since;
        } else {
            self.longest_gap = self.longest_gap.max(after.max(until) - self.known_until());
        }
        self
    }

    /// Up to when answers were understood so far; before the first question none was missing.
    fn known_until(&self) -> DateTime<Utc> {
        self.known.or(self.begun).unwrap_or(self.since)
    }

    /// As people read it: "Asked 336 times, the last time on 14 November 2026, 06:00 UTC: 336 times
    /// nothing was new. Nothing new came, and nothing was revised."
    pub fn sentence(&self) -> String {
        let begun = self.begun.map_or_else(String::new, |begun| {
            // What is found at the first look is news to us and may be old.
            let found = if self.new > 0 {
                "what stood there then is counted as new, and "
            } else {
                ""
            };
            format!(
                " It was asked for the first time on {}; {found}of the time before nothing is known.",
                begun.format("%-d %B %Y")
            )
        });
        let Some(last) = self.last else {
            return format!("Not asked in this time.{begun}");
        };
        let times = |count: u64| match count {
            1 => "once".to_owned(),
            2 => "twice".to_owned(),
            count => format!("{count} times"),
        };
        let count = |outcome: Outcome| self.outcomes.get(outcome.as_str()).copied().unwrap_or(0);
        let ends: Vec<String> = [
            (Outcome::Unchanged, "nothing was new"),
            (Outcome::New, "something was new"),
            (Outcome::Failed, "nothing could be read"),
            (
                Outcome::Quarantined,
                "something came that is not what the source was",
            ),
            (Outcome::Limited, "the publisher asked us to wait"),
            (Outcome::Refused, "rules forbade the visit"),
            (Outcome::Gone, "the publisher said that it is gone"),
        ]
        .into_iter()
        .filter(|(outcome, _)| count(*outcome) > 0)
        .map(|(outcome, what)| format!("{} {what}", times(count(outcome))))
        .collect();
        let items = |count: u64| match count {
            1 => "One item was".to_owned(),
            count => format!("{count} items were"),
        };
        let brought = match (self.new, self.revised) {
            _ if self.last_understood.is_none() => {
                "What was published meanwhile is not known.".to_owned()
            }
            (0, 0) if self.missed() > 0 => {
                "In what was read nothing was new, and nothing was revised.".to_owned()
            }
            (0, 0) => "Nothing new came, and nothing was revised.".to_owned(),
            (0, revised) => format!(
                "Nothing new came; {} revised.",
                items(revised).to_lowercase()
            ),
            (new, 0) => format!("{} new, and nothing was revised.", items(new)),
            (new, revised) => format!("{} new and {revised} revised.", items(new)),
        };
        format!(
            "Asked {}, the last time on {}: {}. {brought}{begun}",
            times(self.visits),
            last.format("%-d %B %Y, %H:%M UTC"),
            ends.join(", ")
        )
    }

    /// How many visits brought no answer that was understood.
    fn missed(&self) -> u64 {
        let understood = [Outcome::New, Outcome::Unchanged];
        let understood = understood
            .iter()
            .filter_map(|outcome| self.outcomes.get(outcome.as_str()));
        self.visits.saturating_sub(understood.sum())
    }

    /// What the longest time without an answer says; none where it is not longer than two visits to
    /// the source may be apart.
    pub fn doubt(&self, source: &Source) -> Option<String> {
        // A visit may come late by some of its time.
        (self.visits > 0 && self.longest_gap > cadence::longest_wait(source) * 5 / 4).then(|| {
            format!(
                "For {} in a row no answer was understood: what came and went again meanwhile is not known here.",
                spell_span(self.longest_gap)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address::AddressTemplate;
    use crate::domain::source::SourceKind;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    type Seen = (i64, Outcome, u64, u64);

    fn of(begun: i64, before: Option<i64>, visits: &[Seen], until: i64, after: i64) -> Silence {
        let mut out = Silence::begin(at(0), Some(at(begun)), before.map(at));
        for (hour, outcome, new, revised) in visits {
            out.take(at(*hour), *outcome, *new, *revised);
        }
        out.end(at(until), at(after))
    }

    #[test]
    fn what_a_period_says() {
        let none = of(-5, None, &[], 24, 24);
        assert_eq!(none.sentence(), "Not asked in this time.");
        assert_eq!(none.longest_gap, TimeDelta::hours(24));

        let quiet = [2, 8, 14, 20].map(|hour| (hour, Outcome::Unchanged, 0, 0));
        let quiet = of(-5, Some(-1), &quiet, 24, 26);
        assert_eq!(
            quiet.sentence(),
            "Asked 4 times, the last time on 1 January 1970, 20:00 UTC: 4 times nothing was new. Nothing new came, and nothing was revised."
        );
        assert_eq!(quiet.longest_gap, TimeDelta::hours(6));

        let failing = [(3, Outcome::Failed, 0, 0), (9, Outcome::Limited, 0, 0)];
        let failing = of(-5, Some(-4), &failing, 12, 30);
        assert_eq!(
            failing.sentence(),
            "Asked twice, the last time on 1 January 1970, 09:00 UTC: once nothing could be read, once the publisher asked us to wait. What was published meanwhile is not known."
        );
        // An outage is as long as it was, wherever the period cuts it.
        assert_eq!(failing.longest_gap, TimeDelta::hours(34));
        assert_eq!(failing.last_understood, None);

        let once = [(3, Outcome::Failed, 0, 0), (9, Outcome::Unchanged, 0, 0)];
        let once = of(-5, Some(-1), &once, 12, 12).sentence();
        assert!(
            once.ends_with("In what was read nothing was new, and nothing was revised."),
            "{once}"
        );

        let begun = [(10, Outcome::New, 1, 0), (16, Outcome::New, 2, 1)];
        let begun = of(10, None, &begun, 24, 24);
        assert_eq!(
            begun.sentence(),
            "Asked twice, the last time on 1 January 1970, 16:00 UTC: twice something was new. 3 items were new and 1 revised. It was asked for the first time on 1 January 1970; what stood there then is counted as new, and of the time before nothing is known."
        );
        // Before the first question no answer was missing.
        assert_eq!(begun.longest_gap, TimeDelta::hours(8));
        assert_eq!(begun.outcomes, [("new", 2)].into());
        assert_eq!(
            of(30, None, &[], 24, 32).sentence(),
            "Not asked in this time. It was asked for the first time on 2 January 1970; of the time before nothing is known."
        );
    }

    #[test]
    fn what_takes_longer_than_two_visits_may_be_apart_is_doubted() {
        let mut source = Source::new(
            "n".parse().unwrap(),
            "nist".parse().unwrap(),
            "N",
            SourceKind::Feed,
            AddressTemplate::new("https://n.example/").unwrap(),
        );
        source.every = TimeDelta::hours(6);
        // Four times as long at most, and a quarter late.
        let seen = |hour| of(-5, Some(0), &[(hour, Outcome::Unchanged, 0, 0)], hour, hour);
        assert_eq!(seen(30).doubt(&source), None);
        assert_eq!(
            seen(31).doubt(&source).as_deref(),
            Some(
                "For 1 d 7 h in a row no answer was understood: what came and went again meanwhile is not known here."
            )
        );
        // Who was not asked did not fail to answer.
        assert_eq!(of(-5, None, &[], 900, 900).doubt(&source), None);
    }
}
