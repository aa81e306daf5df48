//! Dates as people write them, in many languages; a day is kept apart from an instant.
//!
//! Nothing is filled in: a date without a year is none, and a day without a time stays a day.

mod clock;
mod days;
mod months;
mod pieces;
mod stamp;

use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use clock::{numeric_zone, take_time};
use days::{find_day, full_year};
pub use months::{month, month_words};
use pieces::pieces;
pub use stamp::Stamp;

/// What is known of how a source writes its dates.
#[derive(Clone, Copy, Debug, Default)]
pub struct DateHints<'a> {
    /// A `strftime` pattern, tried first.
    pub format: Option<&'a str>,
    /// The language (`en-US` reads 02/03 as the third of February).
    pub language: Option<&'a str>,
    /// Whether 02/03 is the second of March.
    pub day_first: Option<bool>,
    /// The zone of times that state none; UTC otherwise.
    pub zone: Option<Tz>,
}

/// In which order the numbers of a date stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// 13/07/2025.
    DayFirst,
    /// 07/13/2025.
    MonthFirst,
    /// 07/10/2025 may be either.
    Either,
}

/// The order of a date such as 07/13/2025, as far as its numbers tell it; nothing of dates that are
/// written otherwise.
pub fn order(text: &str) -> Option<Order> {
    let head: String = text.trim().chars().take(LONGEST).map(plain_digit).collect();
    days::order(&pieces(&head))
}

/// Why a text is no date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateFault {
    /// It cannot be read.
    #[error("is no date that can be read")]
    Unreadable,
    /// It can, and is outside all reason.
    #[error("is in the year {year}")]
    Implausible {
        /// The year.
        year: i32,
    },
}

/// As much of a text as is read for its date, in characters.
const LONGEST: usize = 200;

/// Years that something can be published in.
const PLAUSIBLE: std::ops::RangeInclusive<i32> = 1900..=2199;

/// Reads a date.
///
/// # Errors
/// When there is none, or it is of another age.
pub fn read(text: &str, hints: &DateHints<'_>) -> Result<Stamp, DateFault> {
    let text = text.trim();
    let text: Cow<'_, str> = if text.is_ascii() && text.len() <= LONGEST {
        Cow::Borrowed(text)
    } else {
        let head = text.chars().take(LONGEST);
        Cow::Owned(head.map(plain_digit).collect())
    };
    if let Some(stamp) = hints
        .format
        .and_then(|format| by_format(&text, format, hints))
    {
        return plausible(stamp);
    }
    if let Some(result) = by_digits(&text) {
        return result.and_then(plausible);
    }
    if let Some(stamp) = by_mail(&text).filter(|stamp| plausible(*stamp).is_ok()) {
        return Ok(stamp);
    }
    with_care(&text, hints)
}

/// Reads a date out of its pieces, whatever order they have.
fn with_care(text: &str, hints: &DateHints<'_>) -> Result<Stamp, DateFault> {
    let mut pieces = pieces(text);
    let thai = text.contains(|c: char| ('\u{e00}'..='\u{e7f}').contains(&c))
        || hints.language == Some("th");
    let time = take_time(&mut pieces);
    let (year, month, day) = find_day(&pieces, hints).ok_or(DateFault::Unreadable)?;
    // Thailand counts from the Buddha's death, 543 years earlier.
    let year = if thai && (2_400..2_750).contains(&year) {
        year - 543
    } else {
        year
    };
    if !PLAUSIBLE.contains(&year) {
        return Err(DateFault::Implausible { year });
    }
    let date = NaiveDate::from_ymd_opt(year, month, day).ok_or(DateFault::Unreadable)?;
    let Some(time) = time else {
        return Ok(Stamp::Day(date));
    };
    let local = date.and_time(time.clock) + TimeDelta::days(i64::from(time.next_day));
    let instant = match time.offset {
        Some(minutes) => local.and_utc() - TimeDelta::minutes(minutes),
        None => in_zone(local, hints.zone),
    };
    plausible(Stamp::Instant(instant))
}

/// `Mon, 02 Nov 2026 10:00:00 GMT`, exactly as RFC 5322 and feeds have it: most of all dates. Any
/// other writing is for those who read with care.
fn by_mail(text: &str) -> Option<Stamp> {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let number = |text: &str, digits: usize| {
        let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<u32>().ok()).flatten()
    };
    let (weekday, rest) = text.split_once(", ")?;
    let mut parts = rest.split(' ');
    let mut part = || parts.next();
    let (day, month, year, clock, zone) = (part()?, part()?, part()?, part()?, part()?);
    if part().is_some() || !DAYS.contains(&weekday) {
        return None;
    }
    let month = (1..).zip(MONTHS).find(|(_, name)| *name == month)?.0;
    let day = number(day, day.len().clamp(1, 2))?;
    let year = i32::try_from(number(year, 4)?).ok()?;
    if !PLAUSIBLE.contains(&year) {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    let mut parts = clock.split(':').map(|part| number(part, 2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let time = NaiveTime::from_hms_opt(hour, minute, second)?;
    let offset = match zone {
        "GMT" | "+0000" => 0,
        zone => {
            let minutes = number(zone.get(1..)?, 4)?;
            let minutes = i64::from(minutes / 100 * 60 + minutes % 100);
            match zone.as_bytes().first()? {
                b'+' => minutes,
                b'-' => -minutes,
                _ => return None,
            }
        }
    };
    // No place on earth is further away; what is written so is read with care.
    let near = parts.next().is_none() && offset.abs() <= 14 * 60;
    near.then(|| Stamp::Instant(date.and_time(time).and_utc() - TimeDelta::minutes(offset)))
}

/// Reads what ISO 8601 and the W3C's profile of it allow beside whole dates: a year or a month
/// alone, which stand for their first day, two digits for a year, and everything run together.
///
/// For fields that hold nothing but a date; within other text these would be numbers.
pub fn abbreviated(text: &str) -> Option<Stamp> {
    let text = text.trim();
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let day = abbreviated_day(date)?;
    let Some(time) = time else {
        return Some(Stamp::Day(day));
    };
    let (clock, offset) = match time.find(['Z', 'z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, "Z"),
    };
    let clock = NaiveTime::parse_from_str(clock, "%H%M%S")
        .or_else(|_| NaiveTime::parse_from_str(clock, "%H%M"))
        .ok()?;
    let minutes = match numeric_zone(&pieces(offset), 0) {
        Some((minutes, _)) => minutes,
        None if offset.eq_ignore_ascii_case("z") => 0,
        None => return None,
    };
    plausible(Stamp::Instant(
        day.and_time(clock).and_utc() - TimeDelta::minutes(minutes),
    ))
    .ok()
}

fn abbreviated_day(text: &str) -> Option<NaiveDate> {
    let (text, century_left_out) = match text.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let shape: String = text
        .chars()
        .map(|c| if c == '-' { '-' } else { '0' })
        .collect();
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<u32>().ok();
    let long = part(0, 4).and_then(|year| i32::try_from(year).ok());
    let short = part(0, 2).and_then(|year| i32::try_from(full_year((year.into(), 2))?).ok());
    let day = match (shape.as_str(), century_left_out) {
        ("0000", false) => NaiveDate::from_yo_opt(long?, 1),
        ("0000-00", false) => NaiveDate::from_ymd_opt(long?, part(4, 6)?, 1),
        ("0000-000" | "0000000", false) => NaiveDate::from_yo_opt(long?, part(4, 7)?),
        ("00000000", false) => NaiveDate::from_ymd_opt(long?, part(4, 6)?, part(6, 8)?),
        ("000000" | "00-00-00", _) => NaiveDate::from_ymd_opt(short?, part(2, 4)?, part(4, 6)?),
        ("00-00" | "0000", true) => NaiveDate::from_ymd_opt(short?, part(2, 4)?, 1),
        ("00000" | "00-000", _) => NaiveDate::from_yo_opt(short?, part(2, 5)?),
        _ => None,
    }?;
    PLAUSIBLE.contains(&day.year()).then_some(day)
}

/// A stamp of our age, to the second: fractions say nothing here, and a leap second is the last one
/// of its minute, as it is wherever seconds are counted.
fn plausible(stamp: Stamp) -> Result<Stamp, DateFault> {
    let year = stamp.instant().year();
    if !PLAUSIBLE.contains(&year) {
        return Err(DateFault::Implausible { year });
    }
    Ok(match stamp {
        Stamp::Instant(moment) => {
            Stamp::Instant(DateTime::from_timestamp(moment.timestamp(), 0).unwrap_or(moment))
        }
        day => day,
    })
}

fn in_zone(local: NaiveDateTime, zone: Option<Tz>) -> DateTime<Utc> {
    zone.and_then(|zone| zone.from_local_datetime(&local).earliest())
        .map_or_else(|| local.and_utc(), |moment| moment.to_utc())
}

/// Arabic, Persian, Devanagari, Thai and full-width digits as ASCII.
fn plain_digit(c: char) -> char {
    let base = match c {
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{966}'..='\u{96f}' => 0x966,
        '\u{e50}'..='\u{e59}' => 0xe50,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        '\u{2010}'..='\u{2015}' => return '-',
        '\u{a0}' | '\u{202f}' | '\u{3000}' => return ' ',
        c => return c,
    };
    char::from_digit(u32::from(c) - base, 10).unwrap_or(c)
}

fn by_format(text: &str, format: &str, hints: &DateHints<'_>) -> Option<Stamp> {
    if let Ok(moment) = DateTime::parse_from_str(text, format) {
        return Some(Stamp::Instant(moment.to_utc()));
    }
    if let Ok(local) = NaiveDateTime::parse_from_str(text, format) {
        return Some(Stamp::Instant(in_zone(local, hints.zone)));
    }
    NaiveDate::parse_from_str(text, format).ok().map(Stamp::Day)
}

/// Texts of digits only: seconds or milliseconds since 1970, or a day run together.
fn by_digits(text: &str) -> Option<Result<Stamp, DateFault>> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    let stamp = match text.len() {
        8 => NaiveDate::parse_from_str(text, "%Y%m%d")
            .ok()
            .map(Stamp::Day),
        9 | 10 => DateTime::from_timestamp(number, 0).map(Stamp::Instant),
        // Milliseconds; to the second, as every other form is read.
        12 | 13 => DateTime::from_timestamp(number / 1_000, 0).map(Stamp::Instant),
        14 => NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S")
            .ok()
            .map(|local| Stamp::Instant(local.and_utc())),
        _ => None,
    };
    Some(stamp.ok_or(DateFault::Unreadable))
}

#[cfg(test)]
mod tests;
