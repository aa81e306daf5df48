//! A framework's page as data: every section, each statement with what it rests on.

use chrono::NaiveDate;

use super::id::{BodyId, FrameworkId, JurisdictionId, TopicId};
use super::key_date::Precision;

/// What a statement rests on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grounds {
    /// Whether somebody matched it to a source; none where the file does not say.
    pub verified: Option<bool>,
    /// `source`, `recall` or `announced`.
    pub basis: Option<String>,
    /// Sources of the same file, by id.
    pub sources: Vec<String>,
}

impl Grounds {
    /// Whether it is shown as "reported, not confirmed": nobody matched it to a source, or it was
    /// written down from memory.
    pub fn is_unconfirmed(&self) -> bool {
        self.verified == Some(false) || self.basis.as_deref() == Some("recall")
    }
}

/// What kind of source stands behind a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProfileSourceKind {
    /// The publisher's own text.
    Primary,
    /// Somebody else's account.
    Secondary,
    /// A company on itself.
    Company,
}

impl ProfileSourceKind {
    /// As shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary source",
            Self::Secondary => "secondary source",
            Self::Company => "company's own word",
        }
    }
}

/// A source of a page's statements.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileSource {
    /// Its id within the file.
    pub id: String,
    /// Who publishes it, where that is a body of the library.
    pub publisher: Option<BodyId>,
    /// What it is.
    pub title: String,
    /// Where it stands.
    pub url: Option<String>,
    /// What kind it is.
    pub kind: Option<ProfileSourceKind>,
    /// What is to be known of it.
    pub note: Option<String>,
    /// Whether its address is shown; where the file does not say, [`ProfileSource::is_linked`]
    /// decides.
    pub linked: Option<bool>,
}

impl ProfileSource {
    /// Whether readers are led to its address. A primary source is linked; any other only where
    /// its publisher is a body of the library or its host is one that `trusted` lists; the rest
    /// stand by their title.
    pub fn is_linked(&self, trusted: &[String]) -> bool {
        let Some(url) = &self.url else {
            return false;
        };
        if let Some(linked) = self.linked {
            return linked;
        }
        match self.kind {
            Some(ProfileSourceKind::Primary) => true,
            _ if self.publisher.is_some() => true,
            _ => {
                let host = host(url);
                trusted.iter().any(|trusted| {
                    host.strip_suffix(trusted.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                })
            }
        }
    }
}

/// The host of a web address, without its port.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    rest.get(..end).unwrap_or(rest)
}

/// Who needs it, and what to do first.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// The role's id.
    pub role: String,
    /// The role, for people.
    pub label: String,
    /// Whether and why it concerns them.
    pub advice: String,
    /// What to do.
    pub actions: Vec<String>,
    /// What it rests on.
    pub grounds: Grounds,
}

/// A part of what it asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct ControlArea {
    /// Its number there.
    pub reference: Option<String>,
    /// `clause`, `annex`, `chapter` …
    pub kind: Option<String>,
    /// Its name.
    pub title: String,
    /// What it asks for, in our words.
    pub summary: Option<String>,
    /// What it is made of.
    pub groups: Vec<String>,
    /// What it rests on.
    pub grounds: Grounds,
}

/// Where a line of the timeline stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimelineState {
    /// It has happened.
    Past,
    /// It is under way.
    InProgress,
    /// It will happen.
    Upcoming,
}

/// A date of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineEntry {
    /// The day, as far as it is known.
    pub date: Option<NaiveDate>,
    /// How fine the day is.
    pub precision: Precision,
    /// What happened or happens.
    pub label: String,
    /// Where it stands.
    pub state: Option<TimelineState>,
    /// What is to be known of it.
    pub note: Option<String>,
    /// What it rests on.
    pub grounds: Grounds,
}

/// How it relates to another framework, on this page.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileCrosswalk {
    /// The other.
    pub framework: FrameworkId,
    /// In our words.
    pub note: Option<String>,
    /// What it rests on.
    pub grounds: Grounds,
}

/// An organisation that is said to be certified or to conform.
#[derive(Clone, Debug, PartialEq)]
pub struct Certified {
    /// Who.
    pub organisation: String,
    /// Who certified it.
    pub certification_body: Option<BodyId>,
    /// Whether under accreditation.
    pub accredited: Option<bool>,
    /// When.
    pub date: Option<NaiveDate>,
    /// How fine that day is.
    pub precision: Precision,
    /// The scope, and what is to be known of it.
    pub note: Option<String>,
    /// What it rests on.
    pub grounds: Grounds,
}

/// A body that audits or assesses.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessor {
    /// Who.
    pub body: BodyId,
    /// Who accredited it.
    pub accredited_by: Vec<BodyId>,
    /// What is to be known of it.
    pub note: Option<String>,
    /// What it rests on.
    pub grounds: Grounds,
}

/// A body that made it what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Contributor {
    /// Who.
    pub body: BodyId,
    /// As what.
    pub role: Option<String>,
    /// What is to be known of it.
    pub note: Option<String>,
    /// What it rests on.
    pub grounds: Grounds,
}

/// Who has taken it up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Adoption {
    /// What is to be known before reading the lists.
    pub note: Option<String>,
    /// Certified organisations.
    pub certified: Vec<Certified>,
    /// Auditors and assessors.
    pub assessors: Vec<Assessor>,
    /// Contributors.
    pub contributors: Vec<Contributor>,
    /// What the note rests on.
    pub grounds: Grounds,
}

impl Adoption {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.note.is_none()
            && self.certified.is_empty()
            && self.assessors.is_empty()
            && self.contributors.is_empty()
    }
}

/// Where a rule or an authority refers to it.
#[derive(Clone, Debug, PartialEq)]
pub struct RegulatoryReference {
    /// Where.
    pub jurisdiction: Option<JurisdictionId>,
    /// By whom.
    pub body: Option<BodyId>,
    /// In which framework.
    pub framework: Option<FrameworkId>,
    /// How.
    pub note: Option<String>,
    /// What it rests on.
    pub grounds: Grounds,
}

/// A step on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its name.
    pub title: String,
    /// What is done.
    pub text: Option<String>,
    /// What it rests on.
    pub grounds: Grounds,
}

/// The way to a certificate, report or state of conformity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Certification {
    /// What kind of way it is.
    pub intro: Option<String>,
    /// For how many years its result holds.
    pub validity_years: Option<i64>,
    /// How often it is looked at meanwhile.
    pub surveillance: Option<String>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// What the intro rests on.
    pub grounds: Grounds,
}

/// Where it counts, and as what.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileCoverage {
    /// Where.
    pub jurisdiction: JurisdictionId,
    /// As what.
    pub basis: Option<String>,
    /// What it rests on.
    pub grounds: Grounds,
}

/// A question and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Faq {
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// What it rests on.
    pub grounds: Grounds,
}

/// The place where readers leave an address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DigestPlace {
    /// Whether there is one.
    pub enabled: bool,
    /// `weekly` …
    pub cadence: Option<String>,
    /// Its heading.
    pub heading: Option<String>,
    /// What is sent.
    pub text: Option<String>,
    /// What the address is used for.
    pub privacy_note: Option<String>,
    /// Whether the address must confirm.
    pub double_opt_in: bool,
}

/// A framework's page as data.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The page's title.
    pub title: String,
    /// What it is, in a few sentences.
    pub summary: String,
    /// The language of the page.
    pub language: String,
    /// When somebody last read it through.
    pub reviewed: NaiveDate,
    /// The order of its sections.
    pub sections: Vec<String>,
    /// What the statements rest on.
    pub sources: Vec<ProfileSource>,
    /// By role.
    pub needs: Vec<Need>,
    /// What it asks for.
    pub control_areas: Vec<ControlArea>,
    /// Its dates.
    pub timeline: Vec<TimelineEntry>,
    /// How it relates to others.
    pub crosswalks: Vec<ProfileCrosswalk>,
    /// Who has taken it up.
    pub adoption: Adoption,
    /// Where rules refer to it.
    pub regulatory_references: Vec<RegulatoryReference>,
    /// The way to a certificate.
    pub certification: Option<Certification>,
    /// Where it counts.
    pub coverage: Vec<ProfileCoverage>,
    /// Related frameworks.
    pub related: Vec<FrameworkId>,
    /// What it is about.
    pub topics: Vec<TopicId>,
    /// Questions.
    pub faq: Vec<Faq>,
    /// The sign-up place.
    pub digest: DigestPlace,
}

impl Profile {
    /// The source of that id.
    pub fn source(&self, id: &str) -> Option<&ProfileSource> {
        self.sources.iter().find(|source| source.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(kind: ProfileSourceKind, url: &str) -> ProfileSource {
        ProfileSource {
            id: "one".to_owned(),
            publisher: None,
            title: "One".to_owned(),
            url: Some(url.to_owned()),
            kind: Some(kind),
            note: None,
            linked: None,
        }
    }

    #[test]
    fn readers_are_led_to_publishers_that_they_would_trust() {
        let trusted = ["law.example".to_owned()];
        for (kind, url, linked) in [
            (ProfileSourceKind::Primary, "https://any.example/a", true),
            (ProfileSourceKind::Secondary, "https://any.example/a", false),
            (ProfileSourceKind::Secondary, "https://law.example", true),
            (
                ProfileSourceKind::Secondary,
                "https://www.law.example:443/a?b",
                true,
            ),
            (
                ProfileSourceKind::Secondary,
                "https://outlaw.example/a",
                false,
            ),
            (
                ProfileSourceKind::Secondary,
                "https://law.example.evil.test/",
                false,
            ),
            (ProfileSourceKind::Company, "https://any.example/a", false),
        ] {
            assert_eq!(source(kind, url).is_linked(&trusted), linked, "{url}");
        }
        let mut copy = source(ProfileSourceKind::Primary, "https://copies.example/a");
        copy.linked = Some(false);
        assert!(!copy.is_linked(&trusted));
        let mut known = source(ProfileSourceKind::Secondary, "https://any.example/a");
        known.publisher = Some(BodyId::new("csa").unwrap());
        assert!(known.is_linked(&trusted));
        known.url = None;
        assert!(!known.is_linked(&trusted));
    }

    #[test]
    fn what_was_written_from_memory_is_not_confirmed() {
        let grounds = |verified, basis: Option<&str>| Grounds {
            verified,
            basis: basis.map(str::to_owned),
            sources: Vec::new(),
        };
        assert!(grounds(Some(false), None).is_unconfirmed());
        assert!(grounds(None, Some("recall")).is_unconfirmed());
        assert!(!grounds(Some(true), Some("source")).is_unconfirmed());
        assert!(!grounds(None, None).is_unconfirmed());
    }
}
