//! A moment as precisely as it was told.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

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
