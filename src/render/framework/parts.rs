//! The parts of a framework's page.

use crate::render::views::{Moment, Named};

/// What a statement rests on, for readers.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct GroundsView {
    /// Numbers of sources in the page's list.
    pub marks: Vec<usize>,
    /// Whether it is reported and not confirmed.
    pub unconfirmed: bool,
    /// Whether nothing is named that it rests on.
    pub bare: bool,
}

/// A source in the page's list.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct PageSource {
    /// What it is.
    pub title: String,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Its address, where readers are led there.
    pub url: Option<String>,
    /// What kind it is.
    pub kind: Option<String>,
    /// What is to be known of it.
    pub note: Option<String>,
}

/// Who needs it.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct NeedView {
    /// The role.
    pub label: String,
    /// Whether and why.
    pub advice: String,
    /// What to do.
    pub actions: Vec<String>,
    /// What it rests on.
    pub grounds: GroundsView,
}

/// A part of what it asks for.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AreaView {
    /// Its number there.
    pub reference: Option<String>,
    /// Its name.
    pub title: String,
    /// What it asks for.
    pub summary: Option<String>,
    /// What it is made of.
    pub groups: Vec<String>,
    /// What it rests on.
    pub grounds: GroundsView,
}

/// A line of the table beside the timeline.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DateLine {
    /// Its number in the plot, where it has a day.
    pub number: Option<usize>,
    /// The day.
    pub day: Option<Moment>,
    /// What happens.
    pub label: String,
    /// Where it stands.
    pub state: String,
    /// What is to be known of it.
    pub note: Option<String>,
    /// The day that it replaces.
    pub was: Option<String>,
    /// The update that tells it, where it was collected.
    pub update: Option<Named>,
    /// How sure a collected date is.
    pub certainty: Option<String>,
    /// What it rests on.
    pub grounds: GroundsView,
}

/// How it relates to another framework.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct CrosswalkLine {
    /// The other.
    pub other: Named,
    /// The relation as a sentence: "NIST AI RMF maps to ISO/IEC 42001".
    pub relations: Vec<String>,
    /// In our words.
    pub notes: Vec<String>,
    /// A public mapping: its name, publisher and licence.
    pub mappings: Vec<MappingView>,
    /// What the page's own note rests on.
    pub grounds: GroundsView,
}

/// A public mapping.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct MappingView {
    /// Its name.
    pub name: String,
    /// Who publishes it.
    pub publisher: String,
    /// Under what terms.
    pub licence: Option<String>,
    /// Whether its existence was seen.
    pub verified: bool,
    /// "written for the earlier edition of …", where it was.
    pub earlier: Vec<String>,
}

/// A signal of adoption.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SignalView {
    /// Who.
    pub who: String,
    /// Its page with us, where it is a body of the library.
    pub href: Option<String>,
    /// What is claimed.
    pub claim: String,
    /// What kind of evidence stands behind it.
    pub kind: String,
    /// The scope, as far as it is known.
    pub scope: Option<String>,
    /// When.
    pub date: Option<Moment>,
    /// What it rests on.
    pub grounds: GroundsView,
}

/// Signals of adoption under their three headings.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AdoptionView {
    /// What is to be known before.
    pub note: Option<String>,
    /// What the note rests on.
    pub grounds: GroundsView,
    /// Certified organisations.
    pub certified: Vec<SignalView>,
    /// Auditors and assessors.
    pub assessors: Vec<SignalView>,
    /// Contributors.
    pub contributors: Vec<SignalView>,
}

/// Where a rule or an authority refers to it.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ReferenceLine {
    /// Where.
    pub place: Option<Named>,
    /// By whom.
    pub body: Option<Named>,
    /// In which framework.
    pub framework: Option<Named>,
    /// How.
    pub note: Option<String>,
    /// What it rests on.
    pub grounds: GroundsView,
}

/// A step, a question: a title with its text.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct TitledText {
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// What it rests on.
    pub grounds: GroundsView,
}

/// The way to a certificate.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct WayView {
    /// What kind of way it is.
    pub intro: Option<String>,
    /// "A result holds for three years."
    pub holds: Option<String>,
    /// The steps.
    pub steps: Vec<TitledText>,
    /// What the intro rests on.
    pub grounds: GroundsView,
}

/// Where it counts.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct PlaceLine {
    /// Where.
    pub place: Named,
    /// As what.
    pub basis: Option<String>,
    /// How many updates of it were tagged with the place.
    pub updates: u64,
    /// The search for those.
    pub search: String,
    /// What it rests on.
    pub grounds: GroundsView,
}

/// The sign-up place.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SignUpView {
    /// Its heading.
    pub heading: String,
    /// What is sent.
    pub text: String,
    /// What the address is used for.
    pub privacy: String,
}

/// A document of the register.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct StandingView {
    /// What it is cited as, and its page.
    pub document: Named,
    /// Its stage.
    pub stage: String,
    /// What the stage means.
    pub meaning: String,
}
