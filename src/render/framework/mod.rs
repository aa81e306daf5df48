//! The page of one framework: what its file says, and what was collected.

mod editions;
mod links;
mod making;
mod parts;

use std::collections::HashMap;

use chrono::NaiveDate;

use super::View;
use super::card::UpdateCard;
use super::plots;
use super::views::{Moment, Named};
use crate::domain::calendar::Due;
use crate::domain::id::JurisdictionId;
use crate::domain::library::{Framework, Library};
use crate::domain::profile::Profile;
pub use editions::{NewerEdition, NewerEditions, mapping_view};
pub use links::{body_link, framework_link, place_link, relation_sentence, relation_words};
use making::Making;
pub(super) use parts::MappingView;
pub use parts::StandingView;
use parts::{
    AdoptionView, AreaView, CrosswalkLine, DateLine, GroundsView, NeedView, PageSource, PlaceLine,
    ReferenceLine, SignUpView, SignalView, TitledText, WayView,
};

/// Bars of a plot.
const BARS: usize = 12;

/// What was collected of a framework.
#[derive(Clone, Debug, Default)]
pub struct FrameworkLive {
    /// The newest updates.
    pub updates: Vec<UpdateCard>,
    /// How many there are.
    pub total: usize,
    /// How many of them are tagged with each jurisdiction.
    pub places: Vec<(JurisdictionId, u64)>,
    /// Dates of the calendar.
    pub due: Vec<Due>,
    /// Documents of the register.
    pub standings: Vec<StandingView>,
    /// Editions of any framework that the library does not know yet.
    pub newer: NewerEditions,
    /// When its page last said something else, and how often it did.
    pub changed: Option<Moment>,
}

/// `/frameworks/{id}`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct FrameworkPage {
    /// Its identifier.
    pub id: String,
    /// Its short name.
    pub short: String,
    /// The page's heading.
    pub title: String,
    /// Its full title, where the heading is another.
    pub full_title: Option<String>,
    /// What it is.
    pub summary: String,
    /// Its language, where it is not the site's.
    pub language: Option<String>,
    /// What sort of thing it is.
    pub kind: String,
    /// Where it stands.
    pub status: String,
    /// The current edition.
    pub edition: Option<String>,
    /// Who owns it.
    pub owners: Vec<Named>,
    /// Where it holds.
    pub places: Vec<Named>,
    /// How it is cited.
    pub references: Vec<Named>,
    /// Names it goes by.
    pub aliases: Vec<String>,
    /// Documents of the register.
    pub standings: Vec<StandingView>,
    /// The edition that came after this page was written.
    pub newer: Option<NewerEdition>,
    /// When somebody last read the page through.
    pub reviewed: Option<Moment>,
    /// When it last said something else.
    pub changed: Option<Moment>,
    /// The sections that have something to show: id and heading.
    pub sections: Vec<(String, String)>,
    /// Who needs it.
    pub needs: Vec<NeedView>,
    /// What it asks for.
    pub areas: Vec<AreaView>,
    /// The timeline.
    pub timeline_plot: Option<String>,
    /// The same as a table.
    pub dates: Vec<DateLine>,
    /// How it relates to others.
    pub crosswalks: Vec<CrosswalkLine>,
    /// Who has taken it up.
    pub adoption: AdoptionView,
    /// Where rules refer to it.
    pub regulatory: Vec<ReferenceLine>,
    /// The way to a certificate.
    pub way: WayView,
    /// The newest updates.
    pub updates: Vec<UpdateCard>,
    /// How many there are.
    pub total: usize,
    /// The search for all of them.
    pub search: String,
    /// Where it counts, as a plot.
    pub coverage_plot: Option<String>,
    /// The same as a table.
    pub coverage: Vec<PlaceLine>,
    /// Related frameworks.
    pub related: Vec<Named>,
    /// Topics.
    pub topics: Vec<Named>,
    /// Questions.
    pub faq: Vec<TitledText>,
    /// The sign-up place.
    pub sign_up: SignUpView,
    /// What the statements rest on.
    pub sources: Vec<PageSource>,
    /// Whether somebody has written the page.
    pub written: bool,
}

impl FrameworkPage {
    /// The page of a framework as it stands on a day.
    pub fn new(
        framework: &Framework,
        library: &Library,
        live: FrameworkLive,
        today: NaiveDate,
    ) -> Self {
        let profile = framework.profile.as_ref();
        let numbers: HashMap<&str, usize> = profile
            .map(|profile| {
                profile
                    .sources
                    .iter()
                    .enumerate()
                    .map(|(place, source)| (source.id.as_str(), place + 1))
                    .collect()
            })
            .unwrap_or_default();
        let making = Making {
            framework,
            library,
            newer: &live.newer,
            numbers,
            today,
        };
        let (dates, points) = making.dates(&live.due);
        let coverage = making.coverage(&live.places);
        let bars: Vec<(String, u64)> = coverage
            .iter()
            .filter(|line| line.updates > 0)
            .take(BARS)
            .map(|line| (line.place.name.clone(), line.updates))
            .collect();
        let related = making.related();
        let mut page = Self {
            id: framework.id.to_string(),
            short: framework.short.clone(),
            title: profile.map_or_else(
                || {
                    if framework.title.contains(&framework.short) {
                        framework.title.clone()
                    } else {
                        format!("{} — {}", framework.short, framework.title)
                    }
                },
                |profile| profile.title.clone(),
            ),
            full_title: profile.map(|_| framework.title.clone()),
            summary: profile.map_or_else(|| making.summary(), |profile| profile.summary.clone()),
            language: profile
                .map(|profile| profile.language.clone())
                .filter(|language| language != "en"),
            kind: framework.kind.name().to_owned(),
            status: framework.status.replace('_', " "),
            edition: framework.edition.clone(),
            owners: framework
                .owners
                .iter()
                .map(|id| body_link(library, id))
                .collect(),
            places: framework
                .jurisdictions
                .iter()
                .map(|id| place_link(library, id))
                .collect(),
            references: making.references(&live.standings),
            aliases: framework.aliases.iter().take(8).cloned().collect(),
            reviewed: profile
                .map(|profile| Moment::day(crate::text::date::Stamp::Day(profile.reviewed))),
            changed: live.changed,
            timeline_plot: plots::timeline(&framework.short, &points, today),
            dates,
            crosswalks: making.crosswalks(),
            coverage_plot: (bars.len() > 1)
                .then(|| {
                    plots::bars(
                        &format!(
                            "Updates about {} by jurisdiction; the table says each",
                            framework.short
                        ),
                        &bars,
                    )
                })
                .flatten(),
            coverage,
            related,
            topics: making.topics(),
            search: format!("/search?q=framework:{}&order=newest", framework.id),
            updates: live.updates,
            total: live.total,
            newer: live.newer.get(&framework.id).cloned(),
            standings: live.standings,
            written: profile.is_some(),
            sign_up: SignUpView {
                heading: "Weekly digest".to_owned(),
                text: format!(
                    "One message a week with what changed in {}.",
                    framework.short
                ),
                privacy:
                    "The address is used for the digest only. You leave by one click, and can have it erased."
                        .to_owned(),
            },
            ..Self::default()
        };
        if let Some(profile) = profile {
            making.of_profile(profile, &mut page);
        }
        page.sections = page.filled(profile);
        page
    }

    /// The sections that have something to show, in the order of the file.
    fn filled(&self, profile: Option<&Profile>) -> Vec<(String, String)> {
        const ALL: [(&str, &str); 13] = [
            ("need", "Do I need this?"),
            ("control_area", "Key control areas"),
            ("timeline", "Key dates and timeline"),
            ("crosswalk", "Framework crosswalks"),
            ("adoption", "Adoption signals"),
            ("regulatory_reference", "Regulatory references"),
            ("certification", "Certification process"),
            ("update", "Latest updates"),
            ("coverage", "Jurisdiction coverage"),
            ("related", "Related frameworks"),
            ("topics", "Key topics"),
            ("faq", "Frequently asked questions"),
            ("digest", "Weekly digest"),
        ];
        let is_filled = |section: &str| match section {
            "need" => !self.needs.is_empty(),
            "control_area" => !self.areas.is_empty(),
            "timeline" => !self.dates.is_empty(),
            "crosswalk" => !self.crosswalks.is_empty(),
            "adoption" => {
                self.adoption.note.is_some()
                    || !self.adoption.certified.is_empty()
                    || !self.adoption.assessors.is_empty()
                    || !self.adoption.contributors.is_empty()
            }
            "regulatory_reference" => !self.regulatory.is_empty(),
            "certification" => self.way.intro.is_some() || !self.way.steps.is_empty(),
            "coverage" => !self.coverage.is_empty(),
            "related" => !self.related.is_empty(),
            "topics" => !self.topics.is_empty(),
            "faq" => !self.faq.is_empty(),
            _ => true,
        };
        let order: Vec<&str> = match profile.filter(|profile| !profile.sections.is_empty()) {
            Some(profile) => profile.sections.iter().map(String::as_str).collect(),
            None => ALL.iter().map(|(id, _)| *id).collect(),
        };
        order
            .into_iter()
            .filter(|section| is_filled(section))
            .filter_map(|section| {
                let (id, heading) = ALL.iter().find(|(id, _)| *id == section)?;
                let heading = match *id {
                    "update" => format!("Latest {} updates", self.short),
                    "digest" => self.sign_up.heading.clone(),
                    _ => (*heading).to_owned(),
                };
                Some(((*id).to_owned(), heading))
            })
            .collect()
    }
}

impl View for FrameworkPage {
    const TEMPLATE: &'static str = "web/framework.html";
    fn sample() -> Self {
        let grounds = GroundsView {
            marks: vec![1],
            unconfirmed: true,
            bare: false,
        };
        let named = Named {
            name: "ISO/IEC 27001".to_owned(),
            href: "/frameworks/iso-iec-27001".to_owned(),
        };
        let signal = SignalView {
            who: "An organisation".to_owned(),
            href: Some("/bodies/dnv".to_owned()),
            claim: "certified by DNV, accredited".to_owned(),
            kind: "primary source".to_owned(),
            scope: Some("One site.".to_owned()),
            date: Some(Moment {
                exact: "2025-01-01".to_owned(),
                shown: "January 2025".to_owned(),
            }),
            grounds: grounds.clone(),
        };
        let titled = TitledText {
            title: "Define the scope".to_owned(),
            text: "Say what is inside.".to_owned(),
            grounds: grounds.clone(),
        };
        let mut page = Self {
            id: "iso-iec-42001".to_owned(),
            short: "ISO/IEC 42001".to_owned(),
            title: "ISO/IEC 42001 (sample)".to_owned(),
            full_title: Some("Management system".to_owned()),
            summary: "A standard.".to_owned(),
            language: Some("de".to_owned()),
            kind: "Standard".to_owned(),
            status: "current".to_owned(),
            edition: Some("2023".to_owned()),
            owners: vec![named.clone()],
            places: vec![named.clone()],
            references: vec![named.clone()],
            aliases: vec!["AIMS".to_owned()],
            newer: Some(NewerEdition {
                edition: "2027".to_owned(),
                document: Named {
                    name: "ISO/IEC 42001:2027".to_owned(),
                    href: "/standards/iso-iec-42001".to_owned(),
                },
                seen: Moment::default(),
            }),
            standings: vec![StandingView {
                document: named.clone(),
                stage: "60.60".to_owned(),
                meaning: "published".to_owned(),
            }],
            reviewed: Some(Moment::default()),
            changed: Some(Moment::default()),
            needs: vec![NeedView {
                label: "Legal teams".to_owned(),
                advice: "Useful.".to_owned(),
                actions: vec!["Read it".to_owned()],
                grounds: grounds.clone(),
            }],
            areas: vec![AreaView {
                reference: Some("4".to_owned()),
                title: "Context".to_owned(),
                summary: Some("Know it.".to_owned()),
                groups: vec!["4.1 One".to_owned()],
                grounds: grounds.clone(),
            }],
            dates: vec![DateLine {
                number: Some(1),
                day: Some(Moment::default()),
                label: "Published".to_owned(),
                state: "past".to_owned(),
                note: Some("A note.".to_owned()),
                was: Some("1 May 2026".to_owned()),
                update: Some(named.clone()),
                certainty: Some("read in the text".to_owned()),
                grounds: grounds.clone(),
            }],
            crosswalks: vec![CrosswalkLine {
                other: named.clone(),
                relations: vec!["A maps to B".to_owned()],
                notes: vec!["A note.".to_owned()],
                mappings: vec![MappingView {
                    name: "A mapping".to_owned(),
                    publisher: "NIST".to_owned(),
                    licence: Some("free".to_owned()),
                    verified: false,
                    earlier: vec!["written for the earlier edition".to_owned()],
                }],
                grounds: grounds.clone(),
            }],
            adoption: AdoptionView {
                note: Some("A note.".to_owned()),
                grounds: grounds.clone(),
                certified: vec![signal.clone()],
                assessors: vec![signal.clone()],
                contributors: vec![signal],
            },
            regulatory: vec![ReferenceLine {
                place: Some(named.clone()),
                body: Some(named.clone()),
                framework: Some(named.clone()),
                note: Some("How.".to_owned()),
                grounds: grounds.clone(),
            }],
            way: WayView {
                intro: Some("Two stages.".to_owned()),
                holds: Some("The result holds for 3 years.".to_owned()),
                steps: vec![titled.clone()],
                grounds: grounds.clone(),
            },
            updates: vec![UpdateCard::sample()],
            total: 12,
            search: "/search?q=framework:iso-iec-42001".to_owned(),
            coverage: vec![PlaceLine {
                place: named.clone(),
                basis: Some("adoption".to_owned()),
                updates: 3,
                search: "/search?q=x".to_owned(),
                grounds,
            }],
            related: vec![named.clone()],
            topics: vec![named],
            faq: vec![titled],
            sign_up: SignUpView {
                heading: "Weekly digest".to_owned(),
                text: "One message a week.".to_owned(),
                privacy: "For the digest only.".to_owned(),
            },
            sources: vec![PageSource {
                title: "The catalogue".to_owned(),
                publisher: Some("ISO".to_owned()),
                url: Some("https://www.iso.org/".to_owned()),
                kind: Some("primary source".to_owned()),
                note: Some("address not opened".to_owned()),
            }],
            written: true,
            timeline_plot: None,
            coverage_plot: None,
            sections: Vec::new(),
        };
        page.sections = page.filled(None);
        page
    }
}
