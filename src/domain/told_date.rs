//! A date as finely as it is told: a day, a month or a year.

use chrono::NaiveDate;

use super::key_date::Precision;

/// A date of which the month or the year alone may be known, as catalogues give them
/// (`2024-05`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ToldDate {
    /// The first day that it may be.
    first: NaiveDate,
    /// How finely it is told: to the day, the month or the year.
    precision: Precision,
}

/// Text that is no such date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no date: write 2024, 2024-05 or 2024-05-13")]
pub struct InvalidDate {
    /// As given.
    pub given: String,
}

impl ToldDate {
    /// A day.
    pub fn day(day: NaiveDate) -> Self {
        Self {
            first: day,
            precision: Precision::Day,
        }
    }

    /// The first day that it may be.
    pub fn first(self) -> NaiveDate {
        self.first
    }

    /// The last day that it may be.
    pub fn last(self) -> NaiveDate {
        use chrono::{Datelike as _, Months};
        let months = match self.precision {
            Precision::Day => return self.first,
            Precision::Month => 1,
            Precision::Quarter => 3,
            Precision::Year => 12,
        };
        self.first
            .checked_add_months(Months::new(months))
            .and_then(|next| next.pred_opt())
            .unwrap_or_else(|| self.first.with_day(28).unwrap_or(self.first))
    }

    /// How finely it is told.
    pub fn precision(self) -> Precision {
        self.precision
    }
}

impl std::fmt::Display for ToldDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pattern = match self.precision {
            Precision::Day => "%Y-%m-%d",
            Precision::Month | Precision::Quarter => "%Y-%m",
            Precision::Year => "%Y",
        };
        write!(f, "{}", self.first.format(pattern))
    }
}

impl std::str::FromStr for ToldDate {
    type Err = InvalidDate;

    /// Reads `2024`, `2024-05`, `2024-05-13`, and a day with a time after it (`2024-05-13T…`),
    /// in the years 1800 to 2199.
    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let wrong = || InvalidDate {
            given: text.chars().take(40).collect(),
        };
        let text = text.trim();
        let day = text.split(['T', ' ']).next().unwrap_or(text);
        let mut parts = day.split('-');
        let mut number = |digits: usize| -> Result<Option<u32>, InvalidDate> {
            match parts.next() {
                None => Ok(None),
                Some(part) if part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()) => {
                    part.parse().map(Some).map_err(|_| wrong())
                }
                Some(_) => Err(wrong()),
            }
        };
        let year = number(4)?
            .filter(|year| (1800..2200).contains(year))
            .ok_or_else(wrong)?;
        let (month, day) = (number(2)?, number(2)?);
        if parts.next().is_some() {
            return Err(wrong());
        }
        let precision = match (month, day) {
            (None, _) => Precision::Year,
            (Some(_), None) => Precision::Month,
            (Some(_), Some(_)) => Precision::Day,
        };
        let first = i32::try_from(year)
            .ok()
            .and_then(|year| NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1)))
            .ok_or_else(wrong)?;
        Ok(Self { first, precision })
    }
}

impl serde::Serialize for ToldDate {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for ToldDate {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_finely_as_told() {
        for (text, first, last) in [
            ("2024", "2024-01-01", "2024-12-31"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2024-05-13", "2024-05-13", "2024-05-13"),
        ] {
            let date: ToldDate = text.parse().unwrap();
            assert_eq!(date.to_string(), text);
            assert_eq!(date.first().to_string(), first);
            assert_eq!(date.last().to_string(), last);
        }
        let timed: ToldDate = "2022-04-14T00:00:00Z".parse().unwrap();
        assert_eq!(timed.to_string(), "2022-04-14");
        for bad in [
            "",
            "24",
            "2024-13",
            "2024-1",
            "2024-02-30",
            "0001",
            "9999",
            "2024-05-13-1",
        ] {
            assert!(bad.parse::<ToldDate>().is_err(), "{bad}");
        }
    }
}
