//! Dates within other words, in the ways of writing that are beyond doubt.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::date::{self, Order};

/// In which order the numbers of a list's dates stand: a list is written in one, and a date of it
/// that can be read in one way only tells which.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Orders {
    day_first: bool,
    month_first: bool,
    either: bool,
}

impl Orders {
    /// Notes the words of a date; whether they may be read either way.
    pub(super) fn note(&mut self, text: &str) -> bool {
        match date::order(text) {
            Some(Order::DayFirst) => self.day_first = true,
            Some(Order::MonthFirst) => self.month_first = true,
            Some(Order::Either) => {
                self.either = true;
                return true;
            }
            None => {}
        }
        false
    }

    /// Whether days come first, where dates may be read either way and others tell it.
    pub(super) fn settled(self) -> Option<bool> {
        (self.either && self.day_first != self.month_first).then_some(self.day_first)
    }

    /// Whether some dates are written the one way and some the other.
    pub(super) fn contradict(self) -> bool {
        self.day_first && self.month_first
    }
}

/// A day with its year: `2026-03-05`, `5.3.2026`, `5 March 2026`, `March 5th, 2026`, `5 de marzo de 2026`.
pub(super) const PATTERN: &str = r"\b(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})|[0-9]{1,2}(?:st|nd|rd|th|er|º)?\.?(?: de)? [A-Za-zÀ-ÿ]{3,}\.?,?(?: de)? [0-9]{4}|[A-Za-zÀ-ÿ]{3,}\.? [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4})\b";

static FINDER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PATTERN).ok());

/// [`PATTERN`], compiled.
pub(super) fn finder() -> Option<&'static Regex> {
    FINDER.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_with_their_years() {
        for (text, expected) in [
            ("Filed 2026-03-05 in court", Some("2026-03-05")),
            ("Posted on March 5th, 2026 by x", Some("March 5th, 2026")),
            ("am 5. März 2026", Some("5. März 2026")),
            ("el 5 de marzo de 2026", Some("5 de marzo de 2026")),
            ("05/03/26", Some("05/03/26")),
            ("Regulation 2024/1689 of 2024", None),
            ("ISO 42001:2023", None),
            ("March 2026", None),
        ] {
            let found = finder().unwrap().find(text).map(|found| found.as_str());
            assert_eq!(found, expected, "{text}");
        }
    }
}
