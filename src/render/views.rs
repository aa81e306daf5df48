//! What most pages are filled with, made from the words of the ground floor: moments, links, facets, words for
//! what is known, and the page of whatever went wrong.

use chrono::{DateTime, Utc};

use super::View;
use crate::domain::key_date::Certainty;
use crate::domain::update::{Because, Field};
use crate::text::date::Stamp;

/// A day or a moment, for people and for programs.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Moment {
    /// For programs.
    pub exact: String,
    /// For people.
    pub shown: String,
}

impl Moment {
    /// A moment to the minute, in UTC.
    pub fn at(moment: DateTime<Utc>) -> Self {
        Self {
            exact: moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            shown: moment.format("%-d %B %Y, %H:%M UTC").to_string(),
        }
    }

    /// A moment of which people are shown the day, in UTC.
    pub fn on_day(moment: DateTime<Utc>) -> Self {
        Self {
            shown: moment.format("%-d %B %Y").to_string(),
            ..Self::at(moment)
        }
    }

    /// The day only.
    pub fn day(stamp: Stamp) -> Self {
        Self {
            exact: stamp.to_string(),
            shown: stamp.day().format("%-d %B %Y").to_string(),
        }
    }
}

/// A link with its words.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Named {
    /// The words.
    pub name: String,
    /// Where it leads.
    pub href: String,
}

/// One value of a facet.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct FacetLink {
    /// Its name.
    pub name: String,
    /// How many hits have it.
    pub count: u64,
    /// The search with it, or without it where it is chosen.
    pub href: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl FacetLink {
    pub(super) fn sample_link() -> Self {
        Self {
            name: "ISO/IEC 42001".to_owned(),
            count: 12,
            href: "/search?q=framework:iso-iec-42001".to_owned(),
            chosen: false,
        }
    }
}

/// One facet.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct FacetGroup {
    /// Its heading.
    pub name: String,
    /// Its values.
    pub links: Vec<FacetLink>,
}

/// How sure a date is, for people.
pub(super) fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Stated => "stated by the publisher",
        Certainty::Read => "read in the text",
        Certainty::Reported => "reported",
        Certainty::Expected => "expected",
    }
}

/// The words or the field that tell a date.
pub(super) fn because_of(because: &Because) -> String {
    match because.field {
        Field::Stated => format!("the publisher's field {}", because.text),
        field => format!("“{}” in the {}", because.text, field.as_str()),
    }
}

/// With a capital and a full stop.
pub(super) fn sentence(text: String) -> String {
    format!("{}.", super::ics::capital(&text))
}

/// A reason as a sentence.
pub(super) fn reason(because: &Because) -> String {
    let meaning = because.meaning().unwrap_or("found");
    match because.field {
        Field::Tag => format!("{meaning} ({}; rule {})", because.text, because.rule),
        Field::Stated => format!("“{}” in {meaning} (rule {})", because.text, because.rule),
        field => format!(
            "“{}” in the {}: {meaning} (rule {})",
            because.text,
            field.as_str(),
            because.rule
        ),
    }
}

/// Anything that went wrong, for readers.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ErrorPage {
    /// The status.
    pub status: u16,
    /// What happened, in a sentence.
    pub what: String,
    /// What to do.
    pub mend: String,
    /// Where that is done, when not anywhere.
    pub ways: Vec<Named>,
}

impl View for ErrorPage {
    const TEMPLATE: &'static str = "web/error.html";
    fn sample() -> Self {
        Self {
            status: 404,
            what: "There is no such page.".to_owned(),
            mend: "Search for what you were looking for.".to_owned(),
            ways: vec![Named {
                name: "The register of standards".to_owned(),
                href: "/standards".to_owned(),
            }],
        }
    }
}
