//! Dates as people write them, in many languages; a day is kept apart from an instant.
//!
//! Nothing is filled in: a date without a year is none, and a day without a time stays a day.

use std::borrow::Cow;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use rustc_hash::FxHashMap;

use super::words::fold;

/// A moment as precisely as it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stamp {
    /// An instant.
    Instant(DateTime<Utc>),
    /// A day, wherever that day is.
    Day(NaiveDate),
}

impl Stamp {
    /// The instant; of a day its first, in UTC.
    pub fn instant(&self) -> DateTime<Utc> {
        match self {
            Self::Instant(moment) => *moment,
            Self::Day(day) => day.and_time(NaiveTime::MIN).and_utc(),
        }
    }

    /// The day; of an instant the one in UTC.
    pub fn day(&self) -> NaiveDate {
        match self {
            Self::Instant(moment) => moment.date_naive(),
            Self::Day(day) => *day,
        }
    }

    /// Whether only the day is known.
    pub fn is_day(&self) -> bool {
        matches!(self, Self::Day(_))
    }
}

impl PartialOrd for Stamp {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Stamp {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.instant(), !self.is_day()).cmp(&(other.instant(), !other.is_day()))
    }
}

/// RFC 3339 for an instant, `2026-03-02` for a day.
impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Instant(moment) => {
                f.write_str(&moment.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
            }
            Self::Day(day) => write!(f, "{day}"),
        }
    }
}

impl serde::Serialize for Stamp {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Stamp {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        if let Ok(day) = text.parse() {
            return Ok(Self::Day(day));
        }
        DateTime::parse_from_rfc3339(&text)
            .map(|moment| Self::Instant(moment.to_utc()))
            .map_err(serde::de::Error::custom)
    }
}

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

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Number { value: i64, digits: usize },
    Word(String),
    Sign(char),
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = |keep: fn(char) -> bool| rest.find(|c: char| !keep(c)).unwrap_or(rest.len());
        let length = if first.is_ascii_digit() {
            let length = run(|c| c.is_ascii_digit());
            let digits = rest.get(..length).unwrap_or("");
            out.push(Piece::Number {
                value: digits.parse().unwrap_or(i64::MAX),
                digits: length,
            });
            length
        } else if first.is_alphabetic() || is_mark(first) {
            let length = run(|c| c.is_alphabetic() || is_mark(c));
            out.push(Piece::Word(fold(rest.get(..length).unwrap_or(""))));
            length
        } else {
            out.push(Piece::Sign(first));
            first.len_utf8()
        };
        rest = rest.get(length..).unwrap_or("");
    }
    out
}

/// Vowels and tone marks that stand over letters and belong to the word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{64b}'..='\u{65f}')
}

struct Clock {
    clock: NaiveTime,
    next_day: bool,
    /// Minutes east of Greenwich.
    offset: Option<i64>,
}

/// Finds the time of day and takes it out of the pieces, with its half of the day and its zone.
fn take_time(pieces: &mut Vec<Piece>) -> Option<Clock> {
    let number = |pieces: &[Piece], at: usize| match pieces.get(at) {
        Some(Piece::Number { value, digits }) if *digits <= 2 => Some(*value),
        _ => None,
    };
    let colon = |pieces: &[Piece], at: usize| matches!(pieces.get(at), Some(Piece::Sign(':')));
    let start = (0..pieces.len()).find(|at| {
        number(pieces, *at).is_some() && colon(pieces, at + 1) && number(pieces, at + 2).is_some()
    })?;
    let mut hour = number(pieces, start)?;
    let minute = number(pieces, start + 2)?;
    let mut end = start + 3;
    let mut second = 0;
    if colon(pieces, end)
        && let Some(value) = number(pieces, end + 1)
    {
        second = value.min(59);
        end += 2;
        if matches!(pieces.get(end), Some(Piece::Sign('.' | ',')))
            && matches!(pieces.get(end + 1), Some(Piece::Number { .. }))
        {
            end += 2;
        }
    }
    let spaces = |pieces: &[Piece], mut at: usize| {
        while matches!(pieces.get(at), Some(Piece::Sign(' '))) {
            at += 1;
        }
        at
    };
    // Korean, Chinese and Japanese say first which half of the day it is.
    let before = start
        .checked_sub(1)
        .map(|at| match pieces.get(at) {
            Some(Piece::Sign(' ')) => at.saturating_sub(1),
            _ => at,
        })
        .and_then(|at| match pieces.get(at) {
            Some(Piece::Word(word)) => half_before(word),
            _ => None,
        });
    match before {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    let mut at = spaces(pieces, end);
    if let Some(Piece::Word(word)) = pieces.get(at) {
        let half = match word.as_str() {
            "am" | "a" => Some(false),
            "pm" | "p" => Some(true),
            _ => None,
        };
        if let Some(afternoon) = half {
            if afternoon && hour < 12 {
                hour += 12;
            } else if !afternoon && hour == 12 {
                hour = 0;
            }
            at += 1;
            // "a.m." is written with dots.
            while matches!(pieces.get(at), Some(Piece::Sign('.')))
                || matches!(pieces.get(at), Some(Piece::Word(m)) if m == "m")
            {
                at += 1;
            }
            end = at;
            at = spaces(pieces, at);
        }
    }
    let mut offset = None;
    match pieces.get(at) {
        Some(Piece::Word(word)) => {
            if let Some(minutes) = zone(word) {
                offset = Some(minutes);
                end = at + 1;
                // "GMT+0100"
                if let Some((minutes, length)) = numeric_zone(pieces, end) {
                    offset = Some(minutes);
                    end += length;
                }
            }
        }
        Some(Piece::Sign('+' | '-')) => {
            if let Some((minutes, length)) = numeric_zone(pieces, at) {
                offset = Some(minutes);
                end = at + length;
            }
        }
        _ => {}
    }
    let next_day = hour == 24 && minute == 0;
    let clock = NaiveTime::from_hms_opt(
        u32::try_from(if next_day { 0 } else { hour }).ok()?,
        u32::try_from(minute).ok()?,
        u32::try_from(second).ok()?,
    )?;
    pieces.splice(start..end, [Piece::Sign(' ')]);
    Some(Clock {
        clock,
        next_day,
        offset,
    })
}

/// Whether a word before a time of day means the afternoon.
fn half_before(word: &str) -> Option<bool> {
    if ["오후", "下午", "午後", "午后"]
        .iter()
        .any(|name| fold(name) == word)
    {
        Some(true)
    } else if ["오전", "上午", "午前"]
        .iter()
        .any(|name| fold(name) == word)
    {
        Some(false)
    } else {
        None
    }
}

/// `+0100`, `+01:00`, `+1`; one that no place on earth has is no offset.
fn numeric_zone(pieces: &[Piece], at: usize) -> Option<(i64, usize)> {
    let sign = match pieces.get(at) {
        Some(Piece::Sign('+')) => 1,
        Some(Piece::Sign('-')) => -1,
        _ => return None,
    };
    let Some(Piece::Number { value, digits }) = pieces.get(at + 1) else {
        return None;
    };
    let (minutes, length) = match digits {
        1 | 2 => match (pieces.get(at + 2), pieces.get(at + 3)) {
            (
                Some(Piece::Sign(':')),
                Some(Piece::Number {
                    value: minutes,
                    digits: 1..=2,
                }),
            ) => (value * 60 + minutes, 4),
            _ => (value * 60, 2),
        },
        3 | 4 => (value / 100 * 60 + value % 100, 2),
        _ => return None,
    };
    Some((
        if minutes <= 14 * 60 {
            sign * minutes
        } else {
            0
        },
        length,
    ))
}

/// Minutes east of Greenwich of the zones that people name.
fn zone(name: &str) -> Option<i64> {
    let hours = match name {
        "z" | "gmt" | "ut" | "utc" | "wet" | "h" => 0,
        "bst" | "cet" | "mez" | "west" => 60,
        "cest" | "mesz" | "eet" | "sast" => 120,
        "eest" | "msk" | "trt" => 180,
        "gst" => 240,
        "pkt" => 300,
        "ist" => 330,
        "wib" | "ict" => 420,
        "sgt" | "hkt" | "awst" | "myt" => 480,
        "jst" | "kst" => 540,
        "aest" => 600,
        "aedt" => 660,
        "nzst" => 720,
        "nzdt" => 780,
        "brt" | "art" => -180,
        "adt" => -180,
        "ast" | "edt" => -240,
        // Half the year "ET" is four hours behind; without a date's own zone nobody can tell.
        "est" | "et" | "cdt" => -300,
        "cst" | "ct" | "mdt" => -360,
        "mst" | "mt" | "pdt" => -420,
        "pst" | "pt" | "akdt" => -480,
        "akst" => -540,
        "hst" => -600,
        _ => return None,
    };
    Some(hours)
}

/// Year, month, day.
fn find_day(pieces: &[Piece], hints: &DateHints<'_>) -> Option<(i32, u32, u32)> {
    by_signs(pieces)
        .or_else(|| by_month_name(pieces))
        .or_else(|| by_numbers(pieces, hints))
        .and_then(|(year, month, day)| {
            Some((
                i32::try_from(year).ok()?,
                u32::try_from(month).ok()?,
                u32::try_from(day).ok()?,
            ))
        })
}

/// 2026年3月2日, 2026년 3월 2일.
fn by_signs(pieces: &[Piece]) -> Option<(i64, i64, i64)> {
    // A word at the very end has no third piece after it.
    let mut padded = pieces.to_vec();
    padded.push(Piece::Sign(' '));
    let pieces = padded;
    let find = |signs: &[&str]| {
        pieces.windows(3).find_map(|three| match three {
            [Piece::Number { value, .. }, Piece::Word(word), _]
            | [
                Piece::Number { value, .. },
                Piece::Sign(' '),
                Piece::Word(word),
            ] if signs.iter().any(|sign| word.starts_with(sign)) => Some(*value),
            _ => None,
        })
    };
    Some((
        find(&["年", "년"])?,
        find(&["月", "월"])?,
        find(&["日", "일", "号", "號"])?,
    ))
}

/// 2 March 2026, March 2nd, 2026, 2026 March 2, 2 de marzo de 2026.
fn by_month_name(pieces: &[Piece]) -> Option<(i64, i64, i64)> {
    // What counts: numbers and months; everything between them is dressing.
    #[derive(Clone, Copy)]
    enum Mark {
        Number(i64, usize),
        Month(i64),
    }
    let marks: Vec<Mark> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Number { value, digits } => Some(Mark::Number(*value, *digits)),
            Piece::Word(word) => month(word).map(Mark::Month),
            Piece::Sign(_) => None,
        })
        .collect();
    // Some weekdays are spelled like months ("mar."); the month is the one that makes a date.
    (0..marks.len()).rev().find_map(|at| {
        let Some(Mark::Month(month)) = marks.get(at).copied() else {
            return None;
        };
        let number = |at: Option<usize>| match at.and_then(|at| marks.get(at)) {
            Some(Mark::Number(value, digits)) => Some((*value, *digits)),
            _ => None,
        };
        let before = number(at.checked_sub(1));
        let after = number(Some(at + 1));
        let later = number(Some(at + 2));
        let is_day = |(value, digits): (i64, usize)| digits <= 2 && (1..=31).contains(&value);
        if let (Some(day), Some(year)) = (before.filter(|n| is_day(*n)), after.and_then(full_year))
        {
            return Some((year, month, day.0));
        }
        if let (Some(day), Some(year)) = (after.filter(|n| is_day(*n)), later.and_then(full_year)) {
            return Some((year, month, day.0));
        }
        if let (Some((year, 4)), Some(day)) = (before, after.filter(|n| is_day(*n))) {
            return Some((year, month, day.0));
        }
        None
    })
}

/// A year of four digits, or of two.
fn full_year((value, digits): (i64, usize)) -> Option<i64> {
    match digits {
        4 => Some(value),
        2 if value < 70 => Some(2_000 + value),
        2 => Some(1_900 + value),
        _ => None,
    }
}

/// 2026-03-02, 02/03/2026, 2.3.2026, 2-3-26.
fn by_numbers(pieces: &[Piece], hints: &DateHints<'_>) -> Option<(i64, i64, i64)> {
    let compact: Vec<&Piece> = pieces
        .iter()
        .filter(|piece| !matches!(piece, Piece::Sign(' ')))
        .collect();
    compact
        .windows(5)
        .find_map(|five| {
            let [
                Piece::Number {
                    value: a,
                    digits: da,
                },
                Piece::Sign(first),
                Piece::Number {
                    value: b,
                    digits: db,
                },
                Piece::Sign(second),
                Piece::Number {
                    value: c,
                    digits: dc,
                },
            ] = five
            else {
                return None;
            };
            if first != second || !matches!(first, '-' | '/' | '.') {
                return None;
            }
            if *da == 4 && *db <= 2 && *dc <= 2 {
                return Some((*a, *b, *c));
            }
            if *da > 2 || *db > 2 {
                return None;
            }
            let year = full_year((*c, *dc))?;
            let day_first = if *a > 12 {
                true
            } else if *b > 12 {
                false
            } else if *first == '.' {
                true
            } else {
                hints.day_first.unwrap_or_else(|| {
                    !hints
                        .language
                        .is_some_and(|language| language.eq_ignore_ascii_case("en-us"))
                })
            };
            Some(if day_first {
                (year, *b, *a)
            } else {
                (year, *a, *b)
            })
        })
        .or_else(|| ordinal(&compact))
}

/// 2026-061: the sixty-first day of the year.
fn ordinal(pieces: &[&Piece]) -> Option<(i64, i64, i64)> {
    pieces.windows(3).find_map(|three| match three {
        [
            Piece::Number {
                value: year,
                digits: 4,
            },
            Piece::Sign('-'),
            Piece::Number {
                value: day,
                digits: 3,
            },
        ] => {
            let date =
                NaiveDate::from_yo_opt(i32::try_from(*year).ok()?, u32::try_from(*day).ok()?)?;
            Some((*year, i64::from(date.month()), i64::from(date.day())))
        }
        _ => None,
    })
}

/// Names of months, folded: full, in the case that dates use, and the abbreviations that are not
/// simply their beginning.
const MONTHS: [&[&str]; 12] = [
    &[
        "january",
        "januar",
        "jaenner",
        "janner",
        "janvier",
        "enero",
        "gennaio",
        "janeiro",
        "januari",
        "styczen",
        "stycznia",
        "leden",
        "ledna",
        "tammikuu",
        "tammikuuta",
        "ianuarie",
        "ocak",
        "ιανουαριος",
        "ιανουαριου",
        "январь",
        "января",
        "січень",
        "січня",
        "يناير",
        "ژانویه",
        "มกราคม",
        "มค",
        "januar",
        "sausis",
        "sausio",
        "janvaris",
        "jaanuar",
        "kanun",
    ],
    &[
        "february",
        "februar",
        "feber",
        "fevrier",
        "febrero",
        "febbraio",
        "fevereiro",
        "februari",
        "luty",
        "lutego",
        "unor",
        "unora",
        "helmikuu",
        "helmikuuta",
        "februarie",
        "subat",
        "φεβρουαριος",
        "φεβρουαριου",
        "февраль",
        "февраля",
        "лютий",
        "лютого",
        "فبراير",
        "กุมภาพันธ",
        "กพ",
        "februar",
        "vasaris",
        "vasario",
        "fev",
        "veebruar",
    ],
    &[
        "march",
        "marz",
        "maerz",
        "mars",
        "marzo",
        "marco",
        "maart",
        "marzec",
        "marca",
        "brezen",
        "brezna",
        "maaliskuu",
        "maaliskuuta",
        "marcius",
        "martie",
        "mart",
        "μαρτιος",
        "μαρτιου",
        "март",
        "марта",
        "березень",
        "березня",
        "مارس",
        "มนาคม",
        "มค",
        "kovas",
        "kovo",
        "mrt",
    ],
    &[
        "april",
        "avril",
        "abril",
        "aprile",
        "kwiecien",
        "kwietnia",
        "duben",
        "dubna",
        "huhtikuu",
        "huhtikuuta",
        "aprilis",
        "aprilie",
        "nisan",
        "απριλιος",
        "απριλιου",
        "апрель",
        "апреля",
        "квітень",
        "квітня",
        "ابريل",
        "أبريل",
        "เมษายน",
        "balandis",
        "balandzio",
    ],
    &[
        "may",
        "mai",
        "mayo",
        "maggio",
        "maio",
        "mei",
        "maj",
        "maja",
        "kveten",
        "kvetna",
        "toukokuu",
        "toukokuuta",
        "majus",
        "mayis",
        "μαιος",
        "μαιου",
        "май",
        "мая",
        "травень",
        "травня",
        "مايو",
        "พฤษภาคม",
        "geguze",
        "geguzes",
    ],
    &[
        "june",
        "juni",
        "juin",
        "junio",
        "giugno",
        "junho",
        "czerwiec",
        "czerwca",
        "cerven",
        "cervna",
        "kesakuu",
        "kesakuuta",
        "junius",
        "iunie",
        "haziran",
        "ιουνιος",
        "ιουνιου",
        "июнь",
        "июня",
        "червень",
        "червня",
        "يونيو",
        "มถุนายน",
        "birzelis",
        "birzelio",
    ],
    &[
        "july",
        "juli",
        "juillet",
        "julio",
        "luglio",
        "julho",
        "lipiec",
        "lipca",
        "cervenec",
        "cervence",
        "heinakuu",
        "heinakuuta",
        "julius",
        "iulie",
        "temmuz",
        "ιουλιος",
        "ιουλιου",
        "июль",
        "июля",
        "липень",
        "липня",
        "يوليو",
        "กรกฎาคม",
        "liepa",
        "liepos",
    ],
    &[
        "august",
        "aout",
        "agosto",
        "augustus",
        "augusti",
        "sierpien",
        "sierpnia",
        "srpen",
        "srpna",
        "elokuu",
        "elokuuta",
        "augusztus",
        "agustos",
        "αυγουστος",
        "αυγουστου",
        "август",
        "августа",
        "серпень",
        "серпня",
        "اغسطس",
        "أغسطس",
        "สงหาคม",
        "rugpjutis",
        "rugpjucio",
    ],
    &[
        "september",
        "septembre",
        "septiembre",
        "setiembre",
        "settembre",
        "setembro",
        "wrzesien",
        "wrzesnia",
        "zari",
        "syyskuu",
        "syyskuuta",
        "szeptember",
        "septembrie",
        "eylul",
        "σεπτεμβριος",
        "σεπτεμβριου",
        "сентябрь",
        "сентября",
        "вересень",
        "вересня",
        "سبتمبر",
        "กนยายน",
        "rugsejis",
        "rugsejo",
    ],
    &[
        "october",
        "oktober",
        "octobre",
        "octubre",
        "ottobre",
        "outubro",
        "pazdziernik",
        "pazdziernika",
        "rijen",
        "rijna",
        "lokakuu",
        "lokakuuta",
        "octombrie",
        "ekim",
        "οκτωβριος",
        "οκτωβριου",
        "октябрь",
        "октября",
        "жовтень",
        "жовтня",
        "اكتوبر",
        "أكتوبر",
        "ตลาคม",
        "spalis",
        "spalio",
    ],
    &[
        "november",
        "novembre",
        "noviembre",
        "novembro",
        "listopad",
        "listopada",
        "listopadu",
        "marraskuu",
        "marraskuuta",
        "noiembrie",
        "kasim",
        "νοεμβριος",
        "νοεμβριου",
        "ноябрь",
        "ноября",
        "листопад",
        "листопада",
        "نوفمبر",
        "พฤศจกายน",
        "lapkritis",
        "lapkricio",
    ],
    &[
        "december",
        "dezember",
        "decembre",
        "diciembre",
        "dicembre",
        "dezembro",
        "grudzien",
        "grudnia",
        "prosinec",
        "prosince",
        "joulukuu",
        "joulukuuta",
        "decembrie",
        "aralik",
        "δεκεμβριος",
        "δεκεμβριου",
        "декабрь",
        "декабря",
        "грудень",
        "грудня",
        "ديسمبر",
        "ธนวาคม",
        "gruodis",
        "gruodzio",
    ],
];

/// The month (1 to 12) that a folded word names, or that it is the beginning of.
pub fn month(word: &str) -> Option<i64> {
    // Nothing shorter is a beginning, nothing longer a name.
    if !(2..=LONGEST_MONTH).contains(&word.len()) {
        return None;
    }
    NAMED.get(word).copied()
}

/// All that names a month, whole or by its beginning.
pub fn month_words() -> impl Iterator<Item = &'static str> {
    NAMED.keys().copied()
}

/// The longest name of a month, in bytes.
const LONGEST_MONTH: usize = 48;

/// Every name of a month, and every beginning of three to six letters that means one month only.
static NAMED: LazyLock<FxHashMap<&'static str, i64>> = LazyLock::new(|| {
    let names = || {
        (1_i64..)
            .zip(MONTHS)
            .flat_map(|(month, names)| names.iter().map(move |name| (*name, month)))
    };
    let mut beginnings: FxHashMap<&'static str, Option<i64>> = FxHashMap::default();
    for (name, month) in names() {
        for (letters, (at, c)) in name.char_indices().enumerate().take(6) {
            let Some(beginning) = name.get(..at + c.len_utf8()).filter(|_| letters >= 2) else {
                continue;
            };
            // A beginning that fits two months ("jui") names neither.
            beginnings
                .entry(beginning)
                .and_modify(|known| *known = known.filter(|known| *known == month))
                .or_insert(Some(month));
        }
    }
    let mut out: FxHashMap<&'static str, i64> = beginnings
        .into_iter()
        .filter_map(|(beginning, month)| Some((beginning, month?)))
        .collect();
    // Abbreviations that fit more than one month by their letters and mean one.
    for (short, month) in [
        ("mar", 3),
        ("jun", 6),
        ("jul", 7),
        ("may", 5),
        ("mai", 5),
        ("sept", 9),
    ] {
        out.entry(short).or_insert(month);
    }
    let mut whole: FxHashMap<&'static str, Option<i64>> = FxHashMap::default();
    for (name, month) in names() {
        whole
            .entry(name)
            .and_modify(|known| *known = known.filter(|known| *known == month))
            .or_insert(Some(month));
    }
    // A whole name counts before a beginning.
    for (name, month) in whole {
        if let Some(month) = month {
            out.insert(name, month);
        }
    }
    out
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(text: &str) -> String {
        match read(text, &DateHints::default()) {
            Ok(stamp) => stamp.to_string(),
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn months_are_known_by_name_and_by_beginning() {
        // The rule as it reads, without the table.
        let plainly = |word: &str| {
            let one = |fits: &dyn Fn(&str) -> bool| {
                let mut months = (1_i64..)
                    .zip(MONTHS)
                    .filter(|(_, names)| names.iter().any(|name| fits(name)));
                match (months.next(), months.next()) {
                    (Some((month, _)), None) => Some(month),
                    _ => None,
                }
            };
            one(&|name| name == word).or_else(|| {
                if !(3..=6).contains(&word.chars().count()) {
                    return None;
                }
                one(&|name| name.starts_with(word)).or(match word {
                    "mar" => Some(3),
                    "jun" => Some(6),
                    "jul" => Some(7),
                    "may" | "mai" => Some(5),
                    "sept" => Some(9),
                    _ => None,
                })
            })
        };
        let mut looked = 0;
        for name in MONTHS.iter().flat_map(|names| names.iter()) {
            assert!(name.len() <= LONGEST_MONTH, "{name}");
            for (at, c) in name.char_indices() {
                let word = &name[..at + c.len_utf8()];
                assert_eq!(month(word), plainly(word), "{word}");
                looked += 1;
            }
        }
        assert!(looked > 1_000);
        assert_eq!(month("x"), None);
    }

    #[test]
    fn as_people_write_them() {
        for (text, expected) in [
            ("Mon, 02 Mar 2026 10:00:00 +0100", "2026-03-02T09:00:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("2026-03-02T10:00:00.750Z", "2026-03-02T10:00:00Z"),
            ("Mon, 02 Mar 26 10:00:00 EST", "2026-03-02T15:00:00Z"),
            ("Wed, 19 jan 2026 10:00 GMT", "2026-01-19T10:00:00Z"),
            ("2 March 2026 10:00 CET", "2026-03-02T09:00:00Z"),
            ("Lun, 02 Mar 2026 10:00:00 +0100", "2026-03-02T09:00:00Z"),
            ("mer, 16 nov 2022", "2022-11-16"),
            ("mar. 3 mars 2026", "2026-03-03"),
            ("Mon 02 Mar 2026", "2026-03-02"),
            ("March 2, 2026", "2026-03-02"),
            ("Mar 2nd, 2026", "2026-03-02"),
            (
                "Published: Monday, 2 March 2026 at 10:00",
                "2026-03-02T10:00:00Z",
            ),
            ("Sat, Dec 16 2023 02:02:33 PM", "2023-12-16T14:02:33Z"),
            ("2026-03-02", "2026-03-02"),
            ("2026-03-02T10:00", "2026-03-02T10:00:00Z"),
            ("2026-03-02 10:00:00", "2026-03-02T10:00:00Z"),
            ("2026-03-02T10:00:00.123+01:00", "2026-03-02T09:00:00Z"),
            ("2000-01-01T12:00+00:00", "2000-01-01T12:00:00Z"),
            ("2017-06-13T03:18:00+00:0", "2017-06-13T03:18:00Z"),
            ("2026-03-02T24:00:00Z", "2026-03-03T00:00:00Z"),
            ("20260302", "2026-03-02"),
            ("2026-061", "2026-03-02"),
            ("1772445600", "2026-03-02T10:00:00Z"),
            ("1772445600000", "2026-03-02T10:00:00Z"),
            ("02/03/2026", "2026-03-02"),
            ("25/12/2025", "2025-12-25"),
            ("12/25/2025", "2025-12-25"),
            ("2.3.2026", "2026-03-02"),
            ("17-Dec-2025", "2025-12-17"),
            ("2 mars 2026", "2026-03-02"),
            ("2. März 2026", "2026-03-02"),
            ("2 de marzo de 2026", "2026-03-02"),
            ("2 marzo 2026", "2026-03-02"),
            ("2 de março de 2026", "2026-03-02"),
            ("2 maart 2026", "2026-03-02"),
            ("2 marca 2026", "2026-03-02"),
            ("2. března 2026", "2026-03-02"),
            ("5 juillet 2026", "2026-07-05"),
            ("1er août 2026", "2026-08-01"),
            ("15 сентября 2025 г.", "2025-09-15"),
            ("2 Μαρτίου 2026", "2026-03-02"),
            ("2 Mart 2026", "2026-03-02"),
            ("2026年3月2日", "2026-03-02"),
            ("2026년 3월 2일", "2026-03-02"),
            ("٢ مارس ٢٠٢٦", "2026-03-02"),
            ("2 มีนาคม 2569", "2026-03-02"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn a_leap_second_is_the_last_of_its_minute_however_it_is_written() {
        let last = Stamp::Instant(DateTime::from_timestamp(1_483_228_799, 0).unwrap());
        for text in ["20161231T235960", "20161231T235960Z"] {
            assert_eq!(abbreviated(text), Some(last), "{text}");
        }
        let format = DateHints {
            format: Some("%d.%m.%Y %H:%M:%S%.f"),
            ..DateHints::default()
        };
        for text in ["31.12.2016 23:59:60", "31.12.2016 23:59:59.250"] {
            assert_eq!(read(text, &format), Ok(last), "{text}");
        }
        assert_eq!(read("20161231235960", &DateHints::default()), Ok(last));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "soon",
            "30 February 2026",
            "2026-02-30",
            "March 2026",
            "10:00",
            "99/99/2026",
            "2026",
            "version 1.2.3",
            "123456",
        ] {
            assert_eq!(
                read(text, &DateHints::default()),
                Err(DateFault::Unreadable),
                "{text}"
            );
        }
        for (text, year) in [
            ("1 Jan 9999", 9999),
            ("9999-12-31T00:00:00Z", 9999),
            ("0001-01-01T00:00:00Z", 1),
        ] {
            assert_eq!(
                read(text, &DateHints::default()),
                Err(DateFault::Implausible { year }),
                "{text}"
            );
        }
    }

    #[test]
    fn hints_decide_what_is_ambiguous() {
        let american = DateHints {
            language: Some("en-US"),
            ..DateHints::default()
        };
        assert_eq!(
            read("02/03/2026", &american).unwrap().to_string(),
            "2026-02-03"
        );
        let stated = DateHints {
            day_first: Some(false),
            ..DateHints::default()
        };
        assert_eq!(
            read("02/03/2026", &stated).unwrap().to_string(),
            "2026-02-03"
        );
        let format = DateHints {
            format: Some("%m/%d/%Y"),
            ..DateHints::default()
        };
        assert_eq!(
            read("02/03/2026", &format).unwrap().to_string(),
            "2026-02-03"
        );
        let zone = DateHints {
            zone: Some(chrono_tz::Europe::Berlin),
            ..DateHints::default()
        };
        assert_eq!(
            read("2026-07-01 10:00", &zone).unwrap().to_string(),
            "2026-07-01T08:00:00Z"
        );
    }

    proptest! {
        #[test]
        fn dates_of_mails_are_what_a_careful_reading_finds(
            (weekday, day, month, year) in (0_usize..7, 1_u32..=31, 0_usize..12, 1895_i32..2205),
            (hour, minute, second) in (0_u32..25, 0_u32..61, 0_u32..61),
            zone in "GMT|EST|[+-][01][0-9][0-6][0-9]",
            short in proptest::bool::ANY,
        ) {
            let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][weekday];
            let month = [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ][month];
            let day = if short { day.to_string() } else { format!("{day:02}") };
            let text = format!("{weekday}, {day} {month} {year} {hour:02}:{minute:02}:{second:02} {zone}");
            if let Some(stamp) = by_mail(&text).and_then(|stamp| plausible(stamp).ok()) {
                prop_assert_eq!(Ok(stamp), with_care(&text, &DateHints::default()), "{}", text);
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
            let _ = read(&text, &DateHints::default());
        }

        #[test]
        fn what_was_written_is_read_back(days in 0_i64..80_000, seconds in 0_i64..86_400) {
            let moment = DateTime::from_timestamp(days * 86_400 + seconds, 0).unwrap();
            for text in [moment.to_rfc2822(), moment.to_rfc3339(), moment.format("%A, %-d %B %Y %H:%M:%S UTC").to_string()] {
                prop_assert_eq!(read(&text, &DateHints::default()), Ok(Stamp::Instant(moment)), "{}", text);
            }
            let day = moment.date_naive();
            for text in [day.to_string(), day.format("%d %b %Y").to_string(), day.format("%B %-d, %Y").to_string()] {
                prop_assert_eq!(read(&text, &DateHints::default()), Ok(Stamp::Day(day)), "{}", text);
            }
        }
    }
}
