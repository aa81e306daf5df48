//! Health of a source and coverage of the world: pure functions over visits.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::document::{Fault, FaultCode, Outcome, Visit};
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
    /// Read, and there has never been an item in it.
    Empty,
    /// Three visits in a row, or a day of them, brought nothing readable.
    Failing,
    /// Our own rules, or the site's robots.txt, forbid the visit.
    Refused,
    /// The publisher turns us away: 401, 403, 429, 451.
    Blocked,
    /// Something is read, or comes, that is not what it was: a page for a feed, a selector that
    /// matches nothing, a list that collapsed, dates that stand still.
    ChangedShape,
    /// Not read yet.
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
            Self::Empty => "empty",
            Self::Failing => "failing",
            Self::Refused => "refused",
            Self::Blocked => "blocked",
            Self::ChangedShape => "changed_shape",
            Self::Never => "never",
            Self::Off => "off",
        }
    }

    /// Why a source is so, for everybody: what a fault says in detail may be the operator's business,
    /// such as an address within, the name of a key, or where a redirect leads.
    pub fn in_public(self, because: &str) -> &str {
        match self {
            Self::Fresh => "read, and not silent for longer than usual",
            Self::Failing => "visits bring nothing that can be read",
            Self::Refused => "our own rules, or the site's robots.txt, forbid the visit",
            Self::Blocked => "the publisher turns us away",
            Self::ChangedShape => "what comes is not what it was",
            Self::Never => "not read yet",
            Self::Quiet | Self::Empty | Self::Off => because,
        }
    }

    /// Whether somebody should look at the source.
    pub fn is_trouble(self) -> bool {
        !matches!(self, Self::Fresh | Self::Never | Self::Off)
    }
}

/// What visits showed of a source beside success and failure; kept from visit to visit.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Signs {
    /// How the last visit ended.
    pub outcome: Option<Outcome>,
    /// Its HTTP status.
    pub status: Option<u16>,
    /// The first fault of the last visit that brought nothing readable.
    pub fault: Option<Fault>,
    /// Readings in a row in which something was odd.
    pub odd_readings: u32,
    /// When the first of them was.
    pub odd_since: Option<DateTime<Utc>>,
    /// What was odd in the last of them.
    pub odd: Option<Fault>,
    /// How many items the last readings held, oldest first.
    pub entries: Vec<u32>,
    /// The newest date of publication ever read that was no future.
    pub newest: Option<NaiveDate>,
    /// When that last advanced.
    pub newest_at: Option<DateTime<Utc>>,
    /// What was wrong with the last reading: it is wrong still while nothing has changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub standing: Vec<Fault>,
    /// Where the address leads for good, as the publisher says; told, never adopted.
    pub moved_to: Option<String>,
    /// Whether pages of the list were left unread by the last visit, so that the next one reads on
    /// even where it meets nothing new.
    pub unread: bool,
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
    /// What else visits showed.
    pub signs: Signs,
}

/// Gaps remembered of a source.
const MOST_GAPS: usize = 60;
/// Faults of a reading that are remembered.
const MOST_STANDING: usize = 5;
/// Readings whose number of items is remembered.
const MOST_READINGS: usize = 20;
/// Faults of a reading that was taken all the same, after which the source is not what it was.
const ODD: &[FaultCode] = &[
    FaultCode::Truncated,
    FaultCode::SharedIdentity,
    FaultCode::PageRepeated,
    FaultCode::OtherLanguage,
    FaultCode::RedirectedHome,
    FaultCode::Shrunken,
];
/// Faults of a reading that could not be taken because something else came.
const OTHER_SHAPE: &[FaultCode] = &[
    FaultCode::HtmlPage,
    FaultCode::NotAFeed,
    FaultCode::NotJson,
    FaultCode::NotASitemap,
    FaultCode::NoMatch,
    FaultCode::LoginWall,
    FaultCode::SoftNotFound,
    FaultCode::ErrorPage,
    FaultCode::RedirectedHome,
    FaultCode::OtherLanguage,
    FaultCode::NotAPage,
    FaultCode::NoTextLayer,
    FaultCode::Shrunken,
];

impl Record {
    /// Takes in what a visit at `now` showed. `read` says whether a document was read to its
    /// items (not a 304, not the same bytes again); `newest` is the latest date in it that is no
    /// future.
    pub fn note(
        &mut self,
        visit: &Visit,
        read: bool,
        newest: Option<NaiveDate>,
        now: DateTime<Utc>,
    ) {
        self.visits = self.visits.saturating_add(1);
        self.last_visit = Some(now);
        self.signs.outcome = Some(visit.outcome);
        self.signs.status = visit.status;
        if visit.outcome.is_success() {
            self.last_success = Some(now);
            self.failures = 0;
            self.failing_since = None;
            self.signs.fault = None;
        } else {
            self.failures = self.failures.saturating_add(1);
            self.failing_since.get_or_insert(now);
            self.signs.fault = visit.faults.first().cloned();
        }
        if visit.new > 0 {
            self.brought_news(now);
        } else if self.last_new.is_none() && visit.outcome.is_success() {
            // Silence is counted from the first look on.
            self.last_new = Some(now);
        }
        if read && visit.outcome.is_success() {
            self.look(visit, newest, now);
        }
    }

    /// What is wrong with a source as of its last visit: with that itself, or where it brought nothing
    /// else, with what was read last.
    pub fn faults<'f>(&'f self, last: Option<&'f Visit>) -> &'f [Fault] {
        match last {
            Some(visit) if !visit.faults.is_empty() || visit.outcome != Outcome::Unchanged => {
                &visit.faults
            }
            _ => &self.signs.standing,
        }
    }

    /// Takes in that a visit at `now` brought something new.
    pub fn brought_news(&mut self, now: DateTime<Utc>) {
        if let Some(last) = self.last_new {
            self.gaps.push(now - last);
            let surplus = self.gaps.len().saturating_sub(MOST_GAPS);
            self.gaps.drain(..surplus);
        }
        self.last_new = Some(now);
    }

    fn look(&mut self, visit: &Visit, newest: Option<NaiveDate>, now: DateTime<Utc>) {
        let signs = &mut self.signs;
        signs.standing = visit.faults.iter().take(MOST_STANDING).cloned().collect();
        let usual = median(&signs.entries);
        let odd = visit
            .faults
            .iter()
            .find(|fault| ODD.contains(&fault.code))
            .cloned()
            .or_else(|| {
                let few = visit.entries == 0 && usual > 0;
                let collapsed = usual >= 5 && visit.entries.saturating_mul(5) < usual;
                (few || collapsed).then(|| {
                    Fault::new(
                        FaultCode::NoMatch,
                        format!(
                            "{} where there usually are {usual}",
                            match visit.entries {
                                0 => "no item".to_owned(),
                                1 => "one item".to_owned(),
                                more => format!("{more} items"),
                            }
                        ),
                    )
                })
            });
        match odd {
            Some(odd) => {
                signs.odd_readings = signs.odd_readings.saturating_add(1);
                signs.odd_since.get_or_insert(now);
                signs.odd = Some(odd);
            }
            None => {
                signs.odd_readings = 0;
                signs.odd_since = None;
                signs.odd = None;
                // What is odd says nothing about what is usual.
                signs.entries.push(visit.entries);
                let surplus = signs.entries.len().saturating_sub(MOST_READINGS);
                signs.entries.drain(..surplus);
            }
        }
        if let Some(newest) = newest
            && signs.newest.is_none_or(|known| newest > known)
        {
            signs.newest = Some(newest);
            signs.newest_at = Some(now);
        }
    }
}

fn median(counts: &[u32]) -> u32 {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or(0)
}

/// A verdict with its reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The verdict.
    pub health: Health,
    /// Since when it has been so, where that is known: of silence, when something last was new. None of a source that
    /// is well.
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
    let verdict = |health: Health, since: Option<DateTime<Utc>>, because: String| Verdict {
        health,
        since,
        because,
    };
    if !on {
        return verdict(Health::Off, None, "switched off".to_owned());
    }
    if record.visits == 0 {
        return verdict(Health::Never, None, "not visited yet".to_owned());
    }
    if let Some((health, because)) = unread(record, now) {
        return verdict(health, record.failing_since, because);
    }
    let signs = &record.signs;
    if let (Some(since), Some(odd)) = (signs.odd_since, &signs.odd)
        && (signs.odd_readings >= 3 || now - since >= TimeDelta::days(1))
    {
        return verdict(Health::ChangedShape, Some(since), odd.detail.clone());
    }
    if !signs.entries.is_empty() && signs.entries.iter().all(|entries| *entries == 0) {
        return verdict(
            Health::Empty,
            record.last_new,
            "read, and there has never been an item in it".to_owned(),
        );
    }
    let limit = longest_silence(expect_every, &record.gaps);
    if let (Some(newest), Some(since), Some(last)) =
        (signs.newest, signs.newest_at, record.last_new)
        && last - since > limit
    {
        return verdict(
            Health::ChangedShape,
            Some(since),
            format!(
                "new items keep coming, and none is dated later than {}",
                newest.format("%-d %B %Y")
            ),
        );
    }
    if let Some(last) = record.last_new
        && now - last > limit
    {
        return verdict(
            Health::Quiet,
            Some(last),
            format!(
                "nothing new since {}; more than {} is not its rhythm",
                last.format("%-d %B %Y"),
                super::quantity::spell_span(limit)
            ),
        );
    }
    if let Some(to) = &signs.moved_to {
        return verdict(
            Health::Fresh,
            None,
            format!(
                "read; its address leads for good to {to}: put that into sources.toml if it is the publisher's"
            ),
        );
    }
    verdict(
        Health::Fresh,
        None,
        "read, and not silent for longer than usual".to_owned(),
    )
}

/// Why a source brings nothing, when it does not; one failed visit is no trouble yet.
fn unread(record: &Record, now: DateTime<Utc>) -> Option<(Health, String)> {
    let since = record.failing_since?;
    let signs = &record.signs;
    let detail = || {
        signs
            .fault
            .as_ref()
            .map_or_else(String::new, |fault| format!(": {}", fault.detail))
    };
    // What was decided, by us or by the publisher, will not be better at the third try.
    match signs.outcome {
        Some(Outcome::Refused) => {
            return Some((Health::Refused, format!("not visited{}", detail())));
        }
        Some(Outcome::Gone) => {
            return Some((
                Health::Failing,
                format!("the publisher says that it is gone for good{}", detail()),
            ));
        }
        _ => {}
    }
    if record.failures < 3 && now - since < TimeDelta::days(1) {
        // What was never read is not fresh, however few the tries.
        return record.last_success.is_none().then(|| {
            let because = format!("not read yet; the last visit brought nothing{}", detail());
            (Health::Never, because)
        });
    }
    let health = match (&signs.fault, signs.status) {
        (_, Some(401 | 403 | 407 | 429 | 451)) => Health::Blocked,
        (Some(fault), _) if OTHER_SHAPE.contains(&fault.code) => Health::ChangedShape,
        _ => Health::Failing,
    };
    let visits = match record.failures {
        1 => "the last visit".to_owned(),
        more => format!("the last {more} visits"),
    };
    Some((
        health,
        format!("{visits} brought nothing that could be read{}", detail()),
    ))
}

/// How a source is at a moment by what is known of it, if anything is.
pub fn verdict(source: &Source, record: Option<&Record>, now: DateTime<Utc>) -> Verdict {
    let unknown = Record::default();
    let record = record.unwrap_or(&unknown);
    judge(source.on, source.expect_every, record, now)
}

/// How every source is at a moment, in the order given.
pub fn survey<'a, 'r>(
    sources: &'a [Source],
    record: impl Fn(&SourceId) -> Option<&'r Record>,
    now: DateTime<Utc>,
) -> Vec<(&'a Source, Verdict)> {
    sources
        .iter()
        .map(|source| (source, verdict(source, record(&source.id), now)))
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
        let unread = Record {
            visits: 1,
            last_success: None,
            ..twice.clone()
        };
        assert_eq!(judge(true, days(7), &unread, at(10)).health, Health::Never);
        assert_eq!(
            judge(true, days(7), &unread, at(11)).health,
            Health::Failing
        );
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
