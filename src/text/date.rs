//! placeholder until the text room lands
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    Instant(DateTime<Utc>),
    Day(NaiveDate),
}
impl Stamp {
    pub fn instant(&self) -> DateTime<Utc> {
        match self {
            Self::Instant(i) => *i,
            Self::Day(d) => d.and_time(NaiveTime::MIN).and_utc(),
        }
    }
    pub fn day(&self) -> NaiveDate {
        self.instant().date_naive()
    }
    pub fn is_day(&self) -> bool {
        matches!(self, Self::Day(_))
    }
}
impl serde::Serialize for Stamp {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Instant(i) => {
                s.collect_str(&i.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
            }
            Self::Day(d) => s.collect_str(d),
        }
    }
}
impl<'de> serde::Deserialize<'de> for Stamp {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let t = String::deserialize(d)?;
        if let Ok(d) = t.parse() {
            return Ok(Self::Day(d));
        }
        DateTime::parse_from_rfc3339(&t)
            .map(|x| Self::Instant(x.with_timezone(&Utc)))
            .map_err(serde::de::Error::custom)
    }
}
#[derive(Clone, Copy, Debug, Default)]
pub struct DateHints<'a> {
    pub format: Option<&'a str>,
    pub language: Option<&'a str>,
    pub day_first: Option<bool>,
    pub zone: Option<chrono_tz::Tz>,
}
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateFault {
    #[error("unreadable")]
    Unreadable,
    #[error("implausible year {year}")]
    Implausible { year: i32 },
}
pub fn read(text: &str, _hints: &DateHints<'_>) -> Result<Stamp, DateFault> {
    if let Ok(d) = text.trim().parse() {
        return Ok(Stamp::Day(d));
    }
    DateTime::parse_from_rfc3339(text.trim())
        .or_else(|_| DateTime::parse_from_rfc2822(text.trim()))
        .map(|x| Stamp::Instant(x.with_timezone(&Utc)))
        .map_err(|_| DateFault::Unreadable)
}
