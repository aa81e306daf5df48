//! Key dates: the day something closes, applies or ends, and how sure it is.

use chrono::NaiveDate;

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
}

/// One date that matters, with the words it comes from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KeyDate {
    /// The day.
    pub date: NaiveDate,
    /// What happens then ("comments close").
    pub label: String,
    /// How sure it is.
    pub certainty: Certainty,
    /// The day it replaces, when it moved.
    pub was: Option<NaiveDate>,
}
