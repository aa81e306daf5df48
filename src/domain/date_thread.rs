//! One date through its history: which date of an update is the one that was told before, though
//! it stands on another day or in another update.
//!
//! A date gets a name of its own when it is first told, and keeps it wherever it moves: by that
//! name it moves in people's calendars too. Two dates are one where an update's next revision
//! tells the same event, where two updates of a story tell the same event on the same day, and
//! where an update names the day that its date replaces.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::key_date::{DateEvent, KeyDate};

/// A date of an update, with its place in its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its name.
    pub uid: String,
    /// Whose.
    pub update: String,
    /// Its place among the update's dates, from 0.
    pub place: u32,
    /// What happens.
    pub event: DateEvent,
    /// When.
    pub day: NaiveDate,
    /// How often it had moved when it stood there.
    pub sequence: u32,
    /// When it was first told so.
    pub changed_at: DateTime<Utc>,
    /// The story of the update.
    pub story: Option<String>,
    /// The address that the update's source gives it.
    pub link: Option<String>,
}

/// An update whose dates look for their history.
#[derive(Clone, Debug)]
pub struct Dated<'a> {
    /// Which.
    pub update: &'a str,
    /// Its story.
    pub story: Option<&'a str>,
    /// Its address within its source.
    pub link: Option<String>,
    /// The update that brought it about.
    pub cause: Option<&'a str>,
    /// Its dates.
    pub dates: &'a [KeyDate],
    /// When it came to say so.
    pub at: DateTime<Utc>,
}

/// The dates that are known, by all that ties them together; the work grows with what is placed
/// and no faster.
#[derive(Debug, Default)]
pub struct Threads {
    rows: Vec<Placed>,
    /// Rows of updates that have been placed anew count no more.
    gone: HashSet<usize>,
    by_update: HashMap<String, Vec<usize>>,
    by_tie: HashMap<(Tie, DateEvent, NaiveDate), Vec<usize>>,
    by_uid: HashMap<String, Vec<usize>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Tie {
    Update(String),
    Story(String),
    Link(String),
}

impl Threads {
    /// Those that the store knows.
    pub fn new(known: Vec<Placed>) -> Self {
        let mut out = Self::default();
        for row in known {
            out.keep(row);
        }
        out
    }

    fn keep(&mut self, row: Placed) {
        let at = self.rows.len();
        let ties = [
            Some(Tie::Update(row.update.clone())),
            row.story.clone().map(Tie::Story),
            row.link.clone().map(Tie::Link),
        ];
        for tie in ties.into_iter().flatten() {
            let key = (tie, row.event, row.day);
            self.by_tie.entry(key).or_default().push(at);
        }
        self.by_update
            .entry(row.update.clone())
            .or_default()
            .push(at);
        self.by_uid.entry(row.uid.clone()).or_default().push(at);
        self.rows.push(row);
    }

    /// The row that stands highest among those at these places.
    fn highest<'s>(&'s self, places: Option<&'s Vec<usize>>) -> Option<&'s Placed> {
        places
            .into_iter()
            .flatten()
            .filter(|at| !self.gone.contains(at))
            .filter_map(|at| self.rows.get(*at))
            .max_by_key(|row| row.sequence)
    }

    fn tied(&self, tie: Tie, event: DateEvent, day: NaiveDate) -> Option<&Placed> {
        self.highest(self.by_tie.get(&(tie, event, day)))
    }

    /// Places the dates of an update; what it said before is forgotten.
    pub fn place(&mut self, dated: &Dated<'_>) -> Vec<Placed> {
        let before: Vec<usize> = self.by_update.remove(dated.update).unwrap_or_default();
        let own: Vec<Placed> = before
            .iter()
            .filter_map(|at| self.rows.get(*at).cloned())
            .collect();
        let mut own_by_day: HashMap<(DateEvent, NaiveDate), usize> = HashMap::new();
        let mut own_by_event: HashMap<DateEvent, Vec<usize>> = HashMap::new();
        for (at, row) in own.iter().enumerate() {
            own_by_day.insert((row.event, row.day), at);
        }
        let stays = |date: &KeyDate| own_by_day.contains_key(&(date.event, date.date));
        let still: HashSet<usize> = dated
            .dates
            .iter()
            .filter_map(|date| own_by_day.get(&(date.event, date.date)).copied())
            .collect();
        for (at, row) in own.iter().enumerate() {
            if !still.contains(&at) {
                own_by_event.entry(row.event).or_default().push(at);
            }
        }
        let mut others: HashMap<DateEvent, u32> = HashMap::new();
        for date in dated.dates.iter().filter(|date| !stays(date)) {
            *others.entry(date.event).or_default() += 1;
        }
        let mut out: Vec<Placed> = Vec::with_capacity(dated.dates.len());
        let mut taken: HashSet<String> = HashSet::new();
        for (place, date) in (0..).zip(dated.dates) {
            let same = own_by_day.get(&(date.event, date.date));
            // The day that it replaces, or the one date of its kind that has gone.
            let replaced = || {
                if let Some(was) = date.was
                    && let Some(row) = own_by_day
                        .get(&(date.event, was))
                        .and_then(|at| own.get(*at))
                        .or_else(|| self.elsewhere(dated, date.event, was, true))
                {
                    return Some(row);
                }
                let gone = own_by_event.get(&date.event)?;
                match gone.as_slice() {
                    [one] if others.get(&date.event) == Some(&1) => own.get(*one),
                    _ => None,
                }
            };
            let (uid, sequence, changed_at) = if let Some(row) = same.and_then(|at| own.get(*at)) {
                (row.uid.clone(), row.sequence, row.changed_at)
            } else if let Some(row) = replaced().filter(|row| !taken.contains(&row.uid)) {
                self.moved(row, date, dated.at)
            } else if let Some(row) = self
                .elsewhere(dated, date.event, date.date, false)
                .filter(|row| !taken.contains(&row.uid))
            {
                (row.uid.clone(), row.sequence, row.changed_at)
            } else {
                (self.name(dated.update, date.event, &taken), 0, dated.at)
            };
            taken.insert(uid.clone());
            out.push(Placed {
                uid,
                update: dated.update.to_owned(),
                place,
                event: date.event,
                day: date.date,
                sequence,
                changed_at,
                story: dated.story.map(str::to_owned),
                link: dated.link.clone(),
            });
        }
        self.gone.extend(before);
        for row in &out {
            self.keep(row.clone());
        }
        out
    }

    /// What another update tells of an event on a day. An address that many share ties only what
    /// says itself that it replaces that very day.
    fn elsewhere(
        &self,
        dated: &Dated<'_>,
        event: DateEvent,
        day: NaiveDate,
        replaced: bool,
    ) -> Option<&Placed> {
        let by_cause = || {
            let cause = dated.cause?;
            self.tied(Tie::Update(cause.to_owned()), event, day)
        };
        let by_story = || {
            let story = dated.story?;
            self.tied(Tie::Story(story.to_owned()), event, day)
        };
        let by_link = || {
            let link = dated.link.clone().filter(|_| replaced)?;
            self.tied(Tie::Link(link), event, day)
        };
        by_cause().or_else(by_story).or_else(by_link)
    }

    /// A date on another day than before: where somebody told that already, it is no second move.
    fn moved(
        &self,
        from: &Placed,
        date: &KeyDate,
        at: DateTime<Utc>,
    ) -> (String, u32, DateTime<Utc>) {
        let rows = || {
            self.by_uid
                .get(&from.uid)
                .into_iter()
                .flatten()
                .filter_map(|at| self.rows.get(*at))
        };
        let told = rows()
            .filter(|row| row.day == date.date && row.sequence > from.sequence)
            .max_by_key(|row| row.sequence);
        match told {
            Some(row) => (row.uid.clone(), row.sequence, row.changed_at),
            None => {
                let highest = rows()
                    .map(|row| row.sequence)
                    .max()
                    .unwrap_or(from.sequence);
                (from.uid.clone(), highest.saturating_add(1), at)
            }
        }
    }

    /// A name that nothing has yet: of the update, the event and a number, never of the day.
    fn name(&self, update: &str, event: DateEvent, taken: &HashSet<String>) -> String {
        let mut number = 1_u32;
        loop {
            let name = format!("{update}-{}-{number}", event.as_str());
            if !self.by_uid.contains_key(&name) && !taken.contains(&name) {
                return name;
            }
            number = number.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::key_date::{Certainty, Precision};
    use crate::domain::update::{Because, Field};

    fn date(event: DateEvent, day: &str, was: Option<&str>) -> KeyDate {
        KeyDate {
            date: day.parse().unwrap(),
            precision: Precision::Day,
            event,
            certainty: Certainty::Read,
            was: was.map(|was| was.parse().unwrap()),
            because: Because {
                rule: "key-date".into(),
                field: Field::Text,
                text: String::new(),
                start: 0,
            },
        }
    }

    fn place(
        threads: &mut Threads,
        update: &str,
        tie: (Option<&str>, Option<&str>),
        hour: u32,
        dates: &[KeyDate],
    ) -> Vec<(String, u32, u32)> {
        let at = chrono::NaiveDate::from_ymd_opt(2026, 3, 1)
            .unwrap()
            .and_hms_opt(hour, 0, 0)
            .unwrap()
            .and_utc();
        threads
            .place(&Dated {
                update,
                story: tie.0,
                link: tie.1.map(str::to_owned),
                cause: None,
                dates,
                at,
            })
            .into_iter()
            .map(|row| {
                let hour = chrono::Timelike::hour(&row.changed_at);
                (row.uid, row.sequence, hour)
            })
            .collect()
    }

    fn told(uid: &str, sequence: u32, hour: u32) -> (String, u32, u32) {
        (uid.to_owned(), sequence, hour)
    }

    const CLOSE: DateEvent = DateEvent::CommentsClose;
    const APPLY: DateEvent = DateEvent::Application;

    #[test]
    fn a_revision_moves_a_date_and_another_leaves_it_alone() {
        let mut threads = Threads::default();
        let none = (None, None);
        let first = [date(CLOSE, "2026-05-01", None)];
        let later = [date(CLOSE, "2026-05-15", Some("2026-05-01"))];
        let name = "a-comments_close-1";
        assert_eq!(
            place(&mut threads, "a", none, 1, &first),
            [told(name, 0, 1)]
        );
        assert_eq!(
            place(&mut threads, "a", none, 2, &later),
            [told(name, 1, 2)]
        );
        assert_eq!(
            place(&mut threads, "a", none, 3, &later),
            [told(name, 1, 2)]
        );
        // Back to where it was is a move too.
        assert_eq!(
            place(&mut threads, "a", none, 4, &first),
            [told(name, 2, 4)]
        );
        // And what is told no more is forgotten.
        assert_eq!(place(&mut threads, "a", none, 5, &[]), []);
    }

    #[test]
    fn of_several_dates_of_an_event_the_one_that_moved_is_known_by_the_day_it_replaces() {
        let mut threads = Threads::default();
        let none = (None, None);
        let first = [
            date(APPLY, "2026-08-02", None),
            date(APPLY, "2027-08-02", None),
        ];
        let later = [
            date(APPLY, "2027-12-02", Some("2026-08-02")),
            date(APPLY, "2027-08-02", None),
        ];
        let (one, two) = ("a-application-1", "a-application-2");
        assert_eq!(
            place(&mut threads, "a", none, 1, &first),
            [told(one, 0, 1), told(two, 0, 1)]
        );
        assert_eq!(
            place(&mut threads, "a", none, 2, &later),
            [told(one, 1, 2), told(two, 0, 1)]
        );
    }

    #[test]
    fn a_story_tells_one_date_and_a_late_report_does_not_pull_it_back() {
        let mut threads = Threads::default();
        let story = (Some("s"), None);
        let first = [date(CLOSE, "2026-05-01", None)];
        let later = [date(CLOSE, "2026-05-15", Some("2026-05-01"))];
        let name = "a-comments_close-1";
        assert_eq!(
            place(&mut threads, "a", story, 1, &first),
            [told(name, 0, 1)]
        );
        assert_eq!(
            place(&mut threads, "b", story, 2, &later),
            [told(name, 1, 2)]
        );
        assert_eq!(
            place(&mut threads, "c", story, 3, &first),
            [told(name, 0, 1)]
        );
        assert_eq!(
            place(&mut threads, "d", story, 4, &later),
            [told(name, 1, 2)]
        );
        // The first one's own revision catches up.
        assert_eq!(
            place(&mut threads, "a", story, 5, &later),
            [told(name, 1, 2)]
        );
        // Another story is another matter.
        assert_eq!(
            place(&mut threads, "e", (Some("t"), None), 6, &first),
            [told("e-comments_close-1", 0, 6)]
        );
    }

    #[test]
    fn an_address_ties_only_what_says_which_day_it_replaces() {
        let mut threads = Threads::default();
        let page = (None, Some("page"));
        let first = [date(CLOSE, "2026-05-01", None)];
        place(&mut threads, "a", page, 1, &first);
        assert_eq!(
            place(&mut threads, "b", page, 2, &first),
            [told("b-comments_close-1", 0, 2)]
        );
        let moved = [date(APPLY, "2027-01-15", Some("2026-10-02"))];
        place(
            &mut threads,
            "c",
            page,
            3,
            &[date(APPLY, "2026-10-02", None)],
        );
        assert_eq!(
            place(&mut threads, "d", page, 4, &moved),
            [told("c-application-1", 1, 4)]
        );
    }

    #[test]
    fn what_an_update_brought_about_speaks_of_its_dates() {
        let first = [date(CLOSE, "2026-05-01", None)];
        let later = [date(CLOSE, "2026-05-15", Some("2026-05-01"))];
        let name = "a-comments_close-1";
        // Whichever of the two is placed first.
        for notice_first in [true, false] {
            let mut threads = Threads::default();
            place(&mut threads, "a", (None, None), 1, &first);
            let at = DateTime::UNIX_EPOCH;
            let notice = |threads: &mut Threads| {
                let placed = threads.place(&Dated {
                    update: "n",
                    story: Some("other"),
                    link: None,
                    cause: Some("a"),
                    dates: &later,
                    at,
                });
                (placed[0].uid.clone(), placed[0].sequence)
            };
            if notice_first {
                assert_eq!(notice(&mut threads), (name.to_owned(), 1));
            }
            let revised = place(&mut threads, "a", (None, None), 2, &later);
            assert_eq!((revised[0].0.as_str(), revised[0].1), (name, 1));
            if !notice_first {
                assert_eq!(notice(&mut threads), (name.to_owned(), 1));
            }
        }
    }

    #[test]
    fn what_the_store_knows_goes_on() {
        let mut threads = Threads::default();
        let at = DateTime::UNIX_EPOCH;
        let first = [date(CLOSE, "2026-05-01", None)];
        let dated = |dates| Dated {
            update: "a",
            story: None,
            link: None,
            cause: None,
            dates,
            at,
        };
        let stored = threads.place(&dated(&first));
        let mut again = Threads::new(stored.clone());
        assert_eq!(again.place(&dated(&first)), stored);
    }
}
