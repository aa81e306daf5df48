//! An update as it stands in a list.

use super::versions::weight;
use super::views::{Moment, Named, reason, sentence};
use crate::domain::id::FrameworkId;
use crate::domain::library::Library;
use crate::domain::source::Source;
use crate::domain::told::Told;
use crate::domain::update::{Because, Update};
use crate::text::date::Stamp;

/// So many days after its own date an update is found late.
const LATE: i64 = 14;

/// An update as it stands in a list.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct UpdateCard {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What happened, plain; may be empty.
    pub summary: String,
    /// Whether an editor says so.
    pub summary_noted: bool,
    /// Why it matters, in a sentence of ours.
    pub why: Option<String>,
    /// The rule of that sentence; none when an editor wrote it.
    pub why_rule: Option<String>,
    /// Why it stands in a list about something: the words that earned the tag.
    pub here: Option<String>,
    /// The stretch that shows why it was found: HTML of ours.
    pub snippet: Option<String>,
    /// Its language, where it is not the page's.
    pub language: Option<String>,
    /// The source's name.
    pub source: String,
    /// The kind's name.
    pub kind: Option<String>,
    /// The kind's id, for its colour.
    pub kind_id: Option<String>,
    /// When it was published, else when it was first seen.
    pub dated: Moment,
    /// Whether its publisher gives no date.
    pub undated: bool,
    /// Frameworks, as links into the search.
    pub frameworks: Vec<Named>,
    /// Jurisdictions, by name.
    pub jurisdictions: Vec<String>,
    /// Whether it is from the archive.
    pub archived: bool,
    /// When it was found, where that was long after its own date: lists are in the order of finding.
    pub found: Option<Moment>,
    /// Its revision.
    pub revision: u32,
    /// Its story, where others tell of the same event.
    pub story: Option<String>,
    /// Whether it corrects an earlier notice.
    pub correction: bool,
    /// How many other reports of the same event stand behind it in a list.
    pub others: usize,
    /// How much the change of a watched page weighs, 0.00 to 1.00.
    pub weight: Option<String>,
}

impl UpdateCard {
    /// A card.
    pub fn new(update: &Update, source: Option<&Source>, library: &Library, told: &Told) -> Self {
        Self {
            id: update.id.to_string(),
            title: update.content.title.clone(),
            summary: told.summary.clone(),
            summary_noted: told.summary_noted,
            why: told.why.as_ref().map(|why| why.sentence.clone()),
            why_rule: told
                .why
                .as_ref()
                .filter(|_| !told.why_noted)
                .map(|why| why.rule.clone()),
            story: update.story.as_ref().map(ToString::to_string),
            correction: update.correction,
            weight: update.content.page.map(|step| weight(step.weight)),
            snippet: None,
            here: None,
            others: 0,
            language: update
                .tags
                .language
                .clone()
                .filter(|language| language != "en"),
            source: source.map_or_else(|| update.source.to_string(), |source| source.name.clone()),
            kind: update.tags.kind.map(|kind| kind.name().to_owned()),
            kind_id: update.tags.kind.map(|kind| kind.as_str().to_owned()),
            dated: match update.content.published {
                Some(stamp) => Moment::day(stamp),
                None => Moment::day(Stamp::Instant(update.first_seen)),
            },
            undated: update.content.published.is_none(),
            frameworks: update
                .tags
                .frameworks
                .iter()
                .take(5)
                .map(|tag| Named {
                    name: library
                        .framework(&tag.id)
                        .map_or_else(|| tag.id.to_string(), |framework| framework.short.clone()),
                    href: format!("/frameworks/{}", tag.id),
                })
                .collect(),
            jurisdictions: update
                .tags
                .jurisdictions
                .iter()
                .take(4)
                .map(|tag| {
                    library
                        .jurisdiction(&tag.id)
                        .map_or_else(|| tag.id.to_string(), |place| place.name.clone())
                })
                .collect(),
            archived: update.reach == crate::domain::update::Reach::Archive,
            found: update
                .content
                .published
                .filter(|stamp| (update.first_seen.date_naive() - stamp.day()).num_days() > LATE)
                .map(|_| Moment::day(Stamp::Day(update.first_seen.date_naive()))),
            revision: update.revision,
        }
    }

    /// The card in a list about a framework, with why it stands there.
    #[must_use]
    pub fn because_of_framework(mut self, update: &Update, id: &FrameworkId) -> Self {
        let tag = update.tags.frameworks.iter().find(|tag| tag.id == *id);
        self.here = tag
            .and_then(|tag| tag.because.first())
            .map(|because| sentence(reason(because)));
        self
    }

    /// The card in a list about something that is tagged for these reasons.
    #[must_use]
    pub fn because(mut self, because: &[Because]) -> Self {
        self.here = because.first().map(|because| sentence(reason(because)));
        self
    }

    pub(super) fn sample() -> Self {
        Self {
            id: "0123456789abcdef".to_owned(),
            title: "ISO/IEC 42005:2025 published for AI system impact assessments (sample)".to_owned(),
            summary: "Organisations get a common method for the impact assessments that ISO/IEC 42001 expects.".to_owned(),
            source: "ISO news".to_owned(),
            kind: Some("New edition".to_owned()),
            kind_id: Some("new_edition".to_owned()),
            dated: Moment {
                exact: "2025-05-28".to_owned(),
                shown: "28 May 2025".to_owned(),
            },
            undated: false,
            frameworks: vec![Named {
                name: "ISO/IEC 42005".to_owned(),
                href: "/search?q=framework:iso-iec-42005".to_owned(),
            }],
            jurisdictions: vec!["International".to_owned()],
            here: Some("“ISO/IEC 42005:2025” in the headline (rule reference).".to_owned()),
            why: Some("The text that auditors and customers will ask about from now on.".to_owned()),
            why_rule: Some("new-edition-standard".to_owned()),
            weight: Some("0.42".to_owned()),
            found: Some(Moment::day(Stamp::Day(chrono::NaiveDate::default()))),
            revision: 1,
            ..Self::default()
        }
    }
}
