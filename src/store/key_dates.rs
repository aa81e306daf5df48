//! Key dates: where each stands in its history, and what is due when.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};

use super::database::reading;
use super::{Error, Store, json, small, unreadable};
use crate::domain::address::WebAddress;
use crate::domain::calendar::Due;
use crate::domain::date_thread::{Dated, Placed};
use crate::domain::id::{SourceId, UpdateId};
use crate::domain::key_date::{DateEvent, KeyDate};
use crate::domain::update::{Tags, Update};

/// Rows read at a time.
const PAGE: i64 = 1_000;
/// Rows looked at for one question: who wants few of many must narrow the stretch.
const LOOKED_AT: usize = 40_000;

/// The entries of a stretch of the calendar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stretch {
    /// By day.
    pub entries: Vec<Due>,
    /// Whether there are more than were asked for, or may be.
    pub cut: bool,
}

#[derive(sqlx::FromRow)]
pub(super) struct PlacedRow {
    uid: String,
    update_id: String,
    place: i64,
    event: String,
    day: NaiveDate,
    sequence: i64,
    changed_at: DateTime<Utc>,
    story: Option<String>,
    link: Option<String>,
}

impl PlacedRow {
    pub(super) fn placed(self) -> Result<Placed, Error> {
        let table = "key_dates";
        Ok(Placed {
            place: small(table, &self.uid, self.place)?,
            event: self
                .event
                .parse()
                .map_err(|error: String| unreadable(table, &self.uid, error))?,
            sequence: small(table, &self.uid, self.sequence)?,
            uid: self.uid,
            update: self.update_id,
            day: self.day,
            changed_at: self.changed_at,
            story: self.story,
            link: self.link,
        })
    }
}

#[derive(sqlx::FromRow)]
struct DueRow {
    uid: String,
    update_id: String,
    place: i64,
    day: NaiveDate,
    sequence: i64,
    changed_at: DateTime<Utc>,
    source_id: String,
    title: String,
    url: Option<String>,
    authority: String,
    tags: String,
    key_dates: String,
    cause: Option<String>,
}

impl DueRow {
    fn due(self) -> Result<Option<Due>, Error> {
        let table = "updates";
        let key = self.update_id.as_str();
        let dates: Vec<KeyDate> = json(table, key, &self.key_dates)?;
        let Some(date) = usize::try_from(self.place)
            .ok()
            .and_then(|place| dates.get(place))
        else {
            return Ok(None);
        };
        let tags: Tags = json(table, key, &self.tags)?;
        let mut due = Due {
            sequence: small("key_dates", &self.uid, self.sequence)?,
            uid: self.uid,
            changed_at: self.changed_at,
            date: date.clone(),
            opens: dates
                .iter()
                .filter(|date| date.event == DateEvent::CommentsOpen)
                .map(|date| date.date)
                .max()
                // What opens after it closes is another time to comment.
                .filter(|opens| *opens <= date.date),
            source: SourceId::new(self.source_id).map_err(|error| unreadable(table, key, error))?,
            title: self.title,
            url: self.url.and_then(|url| WebAddress::new(&url).ok()),
            language: None,
            kind: None,
            authority: json(table, key, &format!("\"{}\"", self.authority))?,
            frameworks: BTreeSet::new(),
            jurisdictions: BTreeSet::new(),
            works: BTreeSet::new(),
            reports: 1,
            is_notice: self.cause.is_some(),
            update: UpdateId::new(key).map_err(|error| unreadable(table, key, error))?,
        };
        due.about(&tags);
        Ok(Some(due))
    }
}

/// An update as its dates are placed.
pub(super) fn dated(update: &Update) -> Dated<'_> {
    Dated {
        update: update.id.as_str(),
        story: update.story.as_ref().map(|story| story.as_str()),
        link: update
            .content
            .url
            .as_ref()
            .map(|url| link(update.source.as_str(), url.as_str())),
        cause: update.cause.as_ref().map(|cause| cause.as_str()),
        dates: &update.key_dates,
        at: update.revised_at,
    }
}

/// An address within a source.
pub(super) fn link(source: &str, url: &str) -> String {
    format!("{source} {url}")
}

/// Places the dates of updates, within the transaction that stores them. Updates that tell no
/// date and told none before cost nothing.
macro_rules! write_key_dates {
    ($transaction:expr, $dated:expr, $revised:expr) => {{
        use $crate::domain::date_thread::{Placed, Threads};
        use $crate::store::key_dates::PlacedRow;
        /// Values of one statement, and rows of nine values.
        const VALUES: usize = 2_000;
        const ROWS: usize = 500;
        let dated: &[$crate::domain::date_thread::Dated<'_>] = $dated;
        let revised: &[&str] = $revised;
        let of_interest = || dated.iter().filter(|one| !one.dates.is_empty());
        // An address ties only what names the day that it replaces.
        let names_a_day = |one: &&$crate::domain::date_thread::Dated<'_>| one.dates.iter().any(|date| date.was.is_some());
        let columns: [(&str, Vec<String>); 3] = [
            (
                "update_id",
                revised
                    .iter()
                    .copied()
                    .chain(of_interest().filter_map(|one| one.cause))
                    .map(str::to_owned)
                    .collect(),
            ),
            (
                "story",
                of_interest()
                    .filter_map(|one| one.story.map(str::to_owned))
                    .collect(),
            ),
            (
                "link",
                of_interest()
                    .filter(names_a_day)
                    .filter_map(|one| one.link.clone())
                    .collect(),
            ),
        ];
        let mut uids: Vec<String> = Vec::new();
        let mut found: Vec<Placed> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        let mut round = 0;
        // First what ties them together, then the whole history of what was found.
        while round < 4 {
            let (column, mut values) = match columns.get(round) {
                Some((column, values)) => (*column, values.clone()),
                None => ("uid", std::mem::take(&mut uids)),
            };
            round += 1;
            values.sort_unstable();
            values.dedup();
            for chunk in values.chunks(VALUES) {
                let mut query = QueryBuilder::new(
                    "SELECT uid, update_id, place, event, day, sequence, changed_at, story, link
                       FROM key_dates WHERE ",
                );
                query.push(column).push(" IN (");
                let mut list = query.separated(",");
                for value in $crate::store::padded(chunk) {
                    list.push_bind(value.as_str());
                }
                query.push(")");
                let rows: Vec<PlacedRow> =
                    query
                        .build_query_as()
                        .persistent($crate::store::few(chunk.len()))
                        .fetch_all(&mut *$transaction)
                        .await?;
                for row in rows {
                    let row = row.placed()?;
                    if seen.insert((row.update.clone(), row.place)) {
                        uids.push(row.uid.clone());
                        found.push(row);
                    }
                }
            }
        }
        let mut threads = Threads::new(found);
        let again: std::collections::HashSet<&str> = revised.iter().copied().collect();
        let placed: Vec<Placed> = dated
            .iter()
            .filter(|one| !one.dates.is_empty() || again.contains(one.update))
            .flat_map(|one| threads.place(one))
            .collect();
        for chunk in revised.chunks(VALUES) {
            let mut query = QueryBuilder::new("DELETE FROM key_dates WHERE update_id IN (");
            let mut list = query.separated(",");
            for update in $crate::store::padded(chunk) {
                list.push_bind(*update);
            }
            query.push(")");
            query
                .build()
                .persistent($crate::store::few(chunk.len()))
                .execute(&mut *$transaction)
                .await?;
        }
        for chunk in placed.chunks(ROWS) {
            let mut query = QueryBuilder::new(
                "INSERT INTO key_dates (uid, update_id, place, event, day, sequence, changed_at, story, link) ",
            );
            query.push_values(chunk, |mut row, date| {
                row.push_bind(date.uid.as_str())
                    .push_bind(date.update.as_str())
                    .push_bind(i64::from(date.place))
                    .push_bind(date.event.as_str())
                    .push_bind(date.day)
                    .push_bind(i64::from(date.sequence))
                    .push_bind(date.changed_at)
                    .push_bind(date.story.as_deref())
                    .push_bind(date.link.as_deref());
            });
            query
                .build()
                .persistent($crate::store::comes_again(chunk.len()))
                .execute(&mut *$transaction)
                .await?;
        }
    }};
}

pub(super) use write_key_dates;

impl Store {
    /// What stands in the calendar from a day on and before another, by day, each date once and
    /// as it stands now; as many as asked of those that are wanted. Only of some events, when any
    /// are named.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn due(
        &self,
        from: NaiveDate,
        until: Option<NaiveDate>,
        events: &[DateEvent],
        most: usize,
        wanted: impl Fn(&Due) -> bool,
    ) -> Result<Stretch, Error> {
        let until = until.unwrap_or_else(far_future);
        let mut out = Stretch::default();
        // Reports of one date stand on one day, and wait until the day is over.
        let mut day: Vec<Due> = Vec::new();
        let mut after: Option<(NaiveDate, String, i64)> = None;
        let mut looked_at = 0;
        // As a list within a list, so that the statement is one: `,publication,application,`.
        let named: String = events
            .iter()
            .map(|event| format!("{},", event.as_str()))
            .collect();
        let named = format!(",{named}");
        loop {
            let (from_day, update, place) = after.clone().unwrap_or((from, String::new(), -1));
            let rows: Vec<DueRow> = reading!(self.database, |pool| {
                sqlx::query_as(
                    "SELECT k.uid, k.update_id, k.place, k.day, k.sequence, k.changed_at, u.source_id,
                       u.title, u.url, u.authority, u.tags, u.key_dates, u.cause
                     FROM key_dates k JOIN updates u ON u.id = k.update_id
                     WHERE k.day < $1 AND (k.day, k.update_id, k.place) > ($2, $3, $4)
                       AND ($6 = ',' OR $6 LIKE '%,' || k.event || ',%')
                       AND NOT EXISTS (SELECT 1 FROM key_dates o WHERE o.uid = k.uid AND o.sequence > k.sequence)
                     ORDER BY k.day, k.update_id, k.place LIMIT $5",
                )
                .bind(until)
                .bind(from_day)
                .bind(update)
                .bind(place)
                .bind(PAGE)
                .bind(named.as_str())
                .fetch_all(pool)
                .await?
            });
            looked_at += rows.len();
            let ended = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
            for row in rows {
                let key = (row.day, row.update_id.clone(), row.place);
                if after.as_ref().is_some_and(|(day, _, _)| *day != key.0) {
                    out.take(std::mem::take(&mut day), most, &wanted);
                }
                after = Some(key);
                day.extend(row.due()?);
            }
            let enough = looked_at >= LOOKED_AT;
            if ended || enough || out.cut {
                out.take(day, most, &wanted);
                out.cut |= enough && !ended;
                return Ok(out);
            }
        }
    }

    /// The last day before one on which something stands in the calendar, and the first from
    /// another on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_around(
        &self,
        before: NaiveDate,
        from: NaiveDate,
    ) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Error> {
        Ok(reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT
                   (SELECT k.day FROM key_dates k WHERE k.day < $1
                      AND NOT EXISTS (SELECT 1 FROM key_dates o WHERE o.uid = k.uid AND o.sequence > k.sequence)
                      ORDER BY k.day DESC LIMIT 1),
                   (SELECT k.day FROM key_dates k WHERE k.day >= $2
                      AND NOT EXISTS (SELECT 1 FROM key_dates o WHERE o.uid = k.uid AND o.sequence > k.sequence)
                      ORDER BY k.day LIMIT 1)",
            )
            .bind(before)
            .bind(from)
            .fetch_one(pool)
            .await?
        }))
    }
}

impl Stretch {
    /// Takes in a day's reports, each date once.
    fn take(&mut self, day: Vec<Due>, most: usize, wanted: &impl Fn(&Due) -> bool) {
        let first = self.entries.len();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut dates: Vec<Due> = Vec::new();
        for due in day {
            match places.get(&due.uid).and_then(|place| dates.get_mut(*place)) {
                Some(known) => known.join(due),
                None => {
                    places.insert(due.uid.clone(), dates.len());
                    dates.push(due);
                }
            }
        }
        self.entries
            .extend(dates.into_iter().filter(|due| wanted(due)));
        if let Some(new) = self.entries.get_mut(first..) {
            new.sort_by(|a, b| (&a.title, &a.uid).cmp(&(&b.title, &b.uid)));
        }
        self.cut |= self.entries.len() > most;
        self.entries.truncate(most);
    }
}

/// Later than anything that is told.
fn far_future() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}
