//! Key dates: the day something closes, applies or ends, and how sure it is.

use chrono::NaiveDate;

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
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
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
        let event = serde_json::to_string(&DateEvent::EntryIntoForce).unwrap();
        assert_eq!(event, "\"entry_into_force\"");
    }
}
