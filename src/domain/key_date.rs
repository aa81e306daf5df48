//! Key dates: the day something closes, applies or ends, and how sure it is.

use chrono::{Datelike as _, Months, NaiveDate};

use super::update::Because;

/// How sure a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// From a structured field of the publisher.
    Stated,
    /// Read out of its prose.
    Read,
    /// Reported by somebody else.
    Reported,
    /// Not settled to the day: planned or proposed, told only as a month, a quarter or the end of
    /// a year, or reckoned from an interval ("24 months after entry into force").
    Expected,
}

/// How finely a date is told.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// To the day.
    Day,
    /// To the month.
    Month,
    /// To the quarter.
    Quarter,
    /// To the year.
    Year,
}

/// What happens on a key date.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum DateEvent {
    /// Comments are taken from this day.
    CommentsOpen,
    /// The last day for comments.
    CommentsClose,
    /// The last day for votes on a draft standard.
    BallotClose,
    /// A standard, or an act in its official journal, is published.
    Publication,
    /// An act takes effect.
    EntryIntoForce,
    /// Duties begin to apply, or have to be met.
    Application,
    /// The last day of a transition or a period of grace.
    TransitionEnd,
    /// A standard is withdrawn, an act repealed or expired.
    Withdrawal,
    /// The last day to be certified, or to hold an old certificate.
    CertificationDeadline,
    /// The last day to register, report, file or apply.
    Submission,
    /// A hearing, meeting, webinar or conference.
    Event,
}

impl DateEvent {
    /// Those until which somebody can speak: to comment, or to vote.
    pub const CLOSES: &'static [Self] = &[Self::CommentsClose, Self::BallotClose];

    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::CommentsOpen,
        Self::CommentsClose,
        Self::BallotClose,
        Self::Publication,
        Self::EntryIntoForce,
        Self::Application,
        Self::TransitionEnd,
        Self::Withdrawal,
        Self::CertificationDeadline,
        Self::Submission,
        Self::Event,
    ];

    /// As printed in JSON lines and asked for in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CommentsOpen => "comments_open",
            Self::CommentsClose => "comments_close",
            Self::BallotClose => "ballot_close",
            Self::Publication => "publication",
            Self::EntryIntoForce => "entry_into_force",
            Self::Application => "application",
            Self::TransitionEnd => "transition_end",
            Self::Withdrawal => "withdrawal",
            Self::CertificationDeadline => "certification_deadline",
            Self::Submission => "submission",
            Self::Event => "event",
        }
    }

    /// What happens, for people ("comments close").
    pub fn label(self) -> &'static str {
        match self {
            Self::CommentsOpen => "comments open",
            Self::CommentsClose => "comments close",
            Self::BallotClose => "ballot closes",
            Self::Publication => "publication",
            Self::EntryIntoForce => "takes effect",
            Self::Application => "applies",
            Self::TransitionEnd => "transition ends",
            Self::Withdrawal => "withdrawn",
            Self::CertificationDeadline => "certification deadline",
            Self::Submission => "submission due",
            Self::Event => "hearing or meeting",
        }
    }

    /// Whether the day is the end of a time to act, so that of a month its last day counts.
    pub fn is_closing(self) -> bool {
        matches!(
            self,
            Self::CommentsClose
                | Self::BallotClose
                | Self::TransitionEnd
                | Self::CertificationDeadline
                | Self::Submission
        )
    }
}

impl std::str::FromStr for DateEvent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|event| event.as_str() == text)
            .ok_or_else(|| {
                let known: Vec<&str> = Self::ALL.iter().map(|event| event.as_str()).collect();
                format!(
                    "`{text}` is no event of a key date: use {}",
                    known.join(", ")
                )
            })
    }
}

impl Precision {
    /// A day as finely as it is told: "15 May 2026", "May 2026", "Q2 2026", "2026".
    pub fn told(self, day: NaiveDate) -> String {
        match self {
            Self::Day => day.format("%-d %B %Y").to_string(),
            Self::Month => day.format("%B %Y").to_string(),
            Self::Quarter => format!("Q{} {}", day.month0() / 3 + 1, day.year()),
            Self::Year => day.year().to_string(),
        }
    }

    /// The first and the last day of the time that a day told so stands for.
    pub fn span(self, day: NaiveDate) -> (NaiveDate, NaiveDate) {
        let (month, months) = match self {
            Self::Day => return (day, day),
            Self::Month => (day.month(), 1),
            Self::Quarter => (day.month0() / 3 * 3 + 1, 3),
            Self::Year => (1, 12),
        };
        let first = day.with_day(1).and_then(|day| day.with_month(month));
        let last = first
            .and_then(|first| first.checked_add_months(Months::new(months)))
            .and_then(|next| next.pred_opt());
        (first.unwrap_or(day), last.unwrap_or(day))
    }
}

/// One date that matters, with the words it comes from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KeyDate {
    /// The day. Of a month, a quarter or a year its last for what closes and its first otherwise.
    pub date: NaiveDate,
    /// How finely it is told.
    pub precision: Precision,
    /// What happens then.
    pub event: DateEvent,
    /// How sure it is.
    pub certainty: Certainty,
    /// The day it replaces, when it moved.
    pub was: Option<NaiveDate>,
    /// The words or the field that tell it.
    pub because: Because,
}

impl KeyDate {
    /// What happens, for people ("comments close"); a date told more roughly than a day says so.
    pub fn label(&self) -> String {
        let label = self.event.label();
        match self.precision {
            Precision::Day => label.to_owned(),
            Precision::Month => format!("{label} (month only)"),
            Precision::Quarter => format!("{label} (quarter only)"),
            Precision::Year => format!("{label} (year only)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_the_wire_are_those_of_the_export() {
        for (certainty, name) in [
            (Certainty::Stated, "\"stated\""),
            (Certainty::Read, "\"read\""),
            (Certainty::Reported, "\"reported\""),
            (Certainty::Expected, "\"expected\""),
        ] {
            assert_eq!(serde_json::to_string(&certainty).unwrap(), name);
        }
        for event in DateEvent::ALL {
            assert_eq!(serde_json::to_value(event).unwrap(), event.as_str());
            assert_eq!(event.as_str().parse::<DateEvent>(), Ok(*event));
        }
        assert!("easter".parse::<DateEvent>().is_err());
    }

    #[test]
    fn a_day_stands_for_as_much_as_is_told() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (precision, told, first, last) in [
            (
                Precision::Day,
                "29 February 2028",
                "2028-02-29",
                "2028-02-29",
            ),
            (
                Precision::Month,
                "February 2028",
                "2028-02-01",
                "2028-02-29",
            ),
            (Precision::Quarter, "Q1 2028", "2028-01-01", "2028-03-31"),
            (Precision::Year, "2028", "2028-01-01", "2028-12-31"),
        ] {
            assert_eq!(precision.told(day("2028-02-29")), told);
            assert_eq!(precision.span(day("2028-02-29")), (day(first), day(last)));
        }
        // The last day that there is has no next month.
        assert_eq!(Precision::Month.span(NaiveDate::MAX).1, NaiveDate::MAX);
    }
}
