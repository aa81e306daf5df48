//! The page of one framework: what its file says, and what was collected.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::View;
use super::plots::{self, TimelinePoint};
use super::views::{Moment, Named, UpdateCard, certainty};
use crate::domain::calendar::Due;
use crate::domain::id::{BodyId, FrameworkId, JurisdictionId};
use crate::domain::key_date::Precision;
use crate::domain::library::{Crosswalk, Framework, FrameworkKind, Library, is_other_edition};
use crate::domain::profile::{Grounds, Profile, TimelineState};
use crate::domain::reference;

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

/// Bars of a plot.
const BARS: usize = 12;

impl FrameworkKind {
    /// As shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::Law => "Law",
            Self::Framework => "Framework",
            Self::Attestation => "Attestation",
            Self::Guidance => "Guidance",
        }
    }
}

/// The address of a framework's page.
pub(super) fn address(id: &FrameworkId) -> String {
    format!("/frameworks/{id}")
}

/// A framework by its short name, with its page.
pub fn framework_link(library: &Library, id: &FrameworkId) -> Named {
    Named {
        name: library
            .framework(id)
            .map_or_else(|| id.to_string(), |framework| framework.short.clone()),
        href: address(id),
    }
}

/// A body by its name, with its page.
pub fn body_link(library: &Library, id: &BodyId) -> Named {
    Named {
        name: library
            .body(id)
            .map_or_else(|| id.to_string(), |body| body.name.clone()),
        href: format!("/bodies/{id}"),
    }
}

/// A jurisdiction by its name, with its page.
pub fn place_link(library: &Library, id: &JurisdictionId) -> Named {
    Named {
        name: library
            .jurisdiction(id)
            .map_or_else(|| id.to_string(), |place| place.name.clone()),
        href: format!("/jurisdictions/{id}"),
    }
}

/// The relation of a crosswalk as a sentence.
pub fn relation_sentence(library: &Library, walk: &Crosswalk) -> String {
    let name = |id: &FrameworkId| {
        library
            .framework(id)
            .map_or_else(|| id.to_string(), |framework| framework.short.clone())
    };
    let (a, b) = (name(&walk.a), name(&walk.b));
    format!("{a} {} {b}", relation_words(&walk.relation))
}

/// A relation as the words between its two sides.
pub fn relation_words(relation: &str) -> String {
    match relation {
        "companion" => "is a companion of".to_owned(),
        "same_structure" => "has the same structure as".to_owned(),
        "profile_of" => "is a profile of".to_owned(),
        "derived_from" => "is derived from".to_owned(),
        "informative_reference" => "is an informative reference for".to_owned(),
        "supports_conformity" => "supports conformity with".to_owned(),
        "harmonised_for" => "is to be harmonised for".to_owned(),
        "lex_specialis" => "goes, as the more special law, before".to_owned(),
        other => other.replace('_', " "),
    }
}

/// An edition that the register has seen, later than the one that the library names.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct NewerEdition {
    /// Its year.
    pub edition: String,
    /// What it is cited as, and its page.
    pub document: Named,
    /// When it was first seen to be in force.
    pub seen: Moment,
}

/// Those of all frameworks.
pub type NewerEditions = BTreeMap<FrameworkId, NewerEdition>;

/// A public mapping, and whether it was written for an earlier edition of either side.
pub fn mapping_view(
    library: &Library,
    newer: &NewerEditions,
    walk: &Crosswalk,
) -> Option<MappingView> {
    let mapping = walk.mapping.as_ref()?;
    let earlier = [
        (&walk.a, &mapping.edition_a),
        (&walk.b, &mapping.edition_b),
    ]
    .into_iter()
    .filter_map(|(id, written_for)| {
        let framework = library.framework(id)?;
        let written_for = written_for.as_ref()?;
        let current = match newer.get(id) {
            Some(newer) => &newer.edition,
            None => framework.edition.as_ref()?,
        };
        is_other_edition(written_for, current).then(|| {
            format!(
                "written for the earlier edition of {} ({written_for}; the current one is {current})",
                framework.short
            )
        })
    })
    .collect();
    Some(MappingView {
        name: mapping.name.clone(),
        publisher: mapping.publisher.clone(),
        licence: mapping.licence.clone(),
        verified: mapping.verified,
        earlier,
    })
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

/// What a page is made from.
struct Making<'a> {
    framework: &'a Framework,
    library: &'a Library,
    newer: &'a NewerEditions,
    /// Sources by id, as numbered on the page.
    numbers: HashMap<&'a str, usize>,
    today: NaiveDate,
}

impl Making<'_> {
    fn grounds(&self, grounds: &Grounds) -> GroundsView {
        let marks: Vec<usize> = grounds
            .sources
            .iter()
            .filter_map(|id| self.numbers.get(id.as_str()).copied())
            .collect();
        GroundsView {
            unconfirmed: grounds.is_unconfirmed(),
            bare: marks.is_empty(),
            marks,
        }
    }

    /// A sentence for a framework that nobody has written a page for.
    fn summary(&self) -> String {
        let framework = self.framework;
        let what = match framework.kind {
            FrameworkKind::Standard => "a standard",
            FrameworkKind::Law => "a binding act, bill or regulation",
            FrameworkKind::Framework => "a voluntary framework",
            FrameworkKind::Attestation => "a scheme that ends in a report, label or authorisation",
            FrameworkKind::Guidance => "guidance without binding force",
        };
        let by = match framework.owners.as_slice() {
            [] => String::new(),
            owners => format!(
                " of {}",
                owners
                    .iter()
                    .map(|id| body_link(self.library, id).name)
                    .collect::<Vec<String>>()
                    .join(", ")
            ),
        };
        format!("{} is {what}{by}.", framework.short)
    }

    fn references(&self, standings: &[StandingView]) -> Vec<Named> {
        let known = &self.library.known_works;
        self.framework
            .references
            .iter()
            .map(|form| {
                let work = reference::read(form, known)
                    .into_iter()
                    .next()
                    .map_or_else(|| form.clone(), |reference| reference.work);
                let page = format!("/standards/{}", reference::slug(&work));
                let registered = standings
                    .iter()
                    .any(|standing| standing.document.href.starts_with(&page));
                Named {
                    name: form.clone(),
                    href: if registered {
                        page
                    } else {
                        format!("/search?q=standard:%22{}%22", work.replace(' ', "+"))
                    },
                }
            })
            .collect()
    }

    /// Dates of the file and of the calendar, in their order, and the points of the plot.
    fn dates(&self, due: &[Due]) -> (Vec<DateLine>, Vec<TimelinePoint>) {
        let mut lines: Vec<(Option<NaiveDate>, bool, DateLine)> = Vec::new();
        let entries = self
            .framework
            .profile
            .as_ref()
            .map_or(&[][..], |profile| &profile.timeline);
        for entry in entries {
            let grounds = self.grounds(&entry.grounds);
            let sure = !grounds.unconfirmed;
            let state = match (entry.state, entry.date) {
                (Some(TimelineState::InProgress), _) => "under way",
                (Some(TimelineState::Upcoming), Some(day))
                    if entry.precision.span(day).1 < self.today =>
                {
                    "day has passed; what happened is not recorded yet"
                }
                (Some(TimelineState::Upcoming), _) => "ahead",
                (Some(TimelineState::Past), _) => "past",
                (None, Some(day)) if day < self.today => "past",
                (None, _) => "ahead",
            };
            lines.push((
                entry.date,
                sure,
                DateLine {
                    day: entry.date.map(|day| told(day, entry.precision)),
                    label: entry.label.clone(),
                    state: state.to_owned(),
                    note: entry.note.clone(),
                    grounds,
                    ..DateLine::default()
                },
            ));
        }
        for date in &self.framework.dates {
            if entries.iter().any(|entry| entry.date == Some(date.date)) {
                continue;
            }
            lines.push((
                Some(date.date),
                date.verified,
                DateLine {
                    day: Some(told(date.date, Precision::Day)),
                    label: date.label.clone(),
                    state: if date.date < self.today {
                        "past"
                    } else {
                        "ahead"
                    }
                    .to_owned(),
                    grounds: GroundsView {
                        unconfirmed: !date.verified,
                        ..GroundsView::default()
                    },
                    ..DateLine::default()
                },
            ));
        }
        for one in due {
            // What the file says already, with its sources, need not be said twice.
            let known = lines.iter().any(|(day, sure, line)| {
                *day == Some(one.date.date) && *sure && line.update.is_none()
            });
            if known && one.date.was.is_none() {
                continue;
            }
            lines.push((
                Some(one.date.date),
                one.is_settled(),
                DateLine {
                    day: Some(told(one.date.date, one.date.precision)),
                    label: super::ics::capital(one.date.event.label()),
                    state: one.status(self.today).as_str().to_owned(),
                    was: one.date.was.map(|day| one.date.precision.told(day)),
                    update: Some(Named {
                        name: one.title.clone(),
                        href: format!("/updates/{}", one.update),
                    }),
                    certainty: Some(certainty(one.date.certainty).to_owned()),
                    ..DateLine::default()
                },
            ));
        }
        // What has no day is under way, and stands where the present stands.
        lines.sort_by_key(|(day, _, _)| day.unwrap_or(self.today));
        let mut points = Vec::new();
        let lines = lines
            .into_iter()
            .map(|(day, sure, mut line)| {
                if let Some(day) = day {
                    points.push(TimelinePoint {
                        number: points.len() + 1,
                        day,
                        sure,
                    });
                    line.number = Some(points.len());
                }
                line
            })
            .collect();
        (lines, points)
    }

    fn crosswalks(&self) -> Vec<CrosswalkLine> {
        let id = &self.framework.id;
        let mut out: Vec<(FrameworkId, CrosswalkLine)> = Vec::new();
        let own = self
            .framework
            .profile
            .as_ref()
            .map_or(&[][..], |profile| &profile.crosswalks);
        for walk in own {
            out.push((
                walk.framework.clone(),
                CrosswalkLine {
                    other: framework_link(self.library, &walk.framework),
                    notes: walk.note.iter().cloned().collect(),
                    grounds: self.grounds(&walk.grounds),
                    ..CrosswalkLine::default()
                },
            ));
        }
        for walk in &self.library.crosswalks {
            let other = if walk.a == *id {
                &walk.b
            } else if walk.b == *id {
                &walk.a
            } else {
                continue;
            };
            let place = match out.iter().position(|(known, _)| known == other) {
                Some(place) => place,
                None => {
                    out.push((
                        other.clone(),
                        CrosswalkLine {
                            other: framework_link(self.library, other),
                            ..CrosswalkLine::default()
                        },
                    ));
                    out.len() - 1
                }
            };
            let Some((_, line)) = out.get_mut(place) else {
                continue;
            };
            line.relations.push(relation_sentence(self.library, walk));
            if line.notes.is_empty() {
                line.notes.push(walk.note.clone());
            }
            line.mappings
                .extend(mapping_view(self.library, self.newer, walk));
        }
        out.into_iter().map(|(_, line)| line).collect()
    }

    fn coverage(&self, places: &[(JurisdictionId, u64)]) -> Vec<PlaceLine> {
        let own = self
            .framework
            .profile
            .as_ref()
            .map_or(&[][..], |profile| &profile.coverage);
        let line = |id: &JurisdictionId, updates: u64| PlaceLine {
            place: place_link(self.library, id),
            updates,
            search: format!(
                "/search?q=framework:{}+jurisdiction:{id}&order=newest",
                self.framework.id
            ),
            ..PlaceLine::default()
        };
        let mut out: Vec<PlaceLine> = Vec::new();
        for one in own {
            let count = places
                .iter()
                .find(|(id, _)| *id == one.jurisdiction)
                .map_or(0, |(_, count)| *count);
            out.push(PlaceLine {
                basis: one.basis.clone(),
                grounds: self.grounds(&one.grounds),
                ..line(&one.jurisdiction, count)
            });
        }
        for id in &self.framework.jurisdictions {
            if own.is_empty() {
                let count = places
                    .iter()
                    .find(|(place, _)| place == id)
                    .map_or(0, |(_, count)| *count);
                out.push(PlaceLine {
                    basis: Some("where it holds".to_owned()),
                    ..line(id, count)
                });
            }
        }
        for (id, count) in places.iter().take(BARS) {
            let link = place_link(self.library, id);
            if !out.iter().any(|known| known.place.href == link.href) {
                out.push(line(id, *count));
            }
        }
        out.sort_by_key(|line| std::cmp::Reverse(line.updates));
        out
    }

    fn related(&self) -> Vec<Named> {
        let of_page = self
            .framework
            .profile
            .as_ref()
            .map_or(&[][..], |profile| &profile.related);
        let backwards = self
            .library
            .frameworks
            .iter()
            .filter(|other| {
                other.bases.contains(&self.framework.id)
                    || (of_page.is_empty() && other.related.contains(&self.framework.id))
            })
            .map(|other| &other.id);
        let mut seen: Vec<&FrameworkId> = Vec::new();
        for id in of_page
            .iter()
            .chain(&self.framework.related)
            .chain(&self.framework.bases)
            .chain(backwards)
        {
            if *id != self.framework.id && !seen.contains(&id) {
                seen.push(id);
            }
        }
        seen.into_iter()
            .map(|id| framework_link(self.library, id))
            .collect()
    }

    fn topics(&self) -> Vec<Named> {
        let of_page = self
            .framework
            .profile
            .as_ref()
            .map_or(&[][..], |profile| &profile.topics);
        let mut seen = Vec::new();
        for id in of_page.iter().chain(&self.framework.topics) {
            if !seen.contains(&id) {
                seen.push(id);
            }
        }
        seen.into_iter()
            .map(|id| Named {
                name: self
                    .library
                    .topic(id)
                    .map_or_else(|| id.to_string(), |topic| topic.name.clone()),
                href: format!("/topics/{id}"),
            })
            .collect()
    }

    /// What kind of evidence stands behind a signal.
    fn evidence(&self, profile: &Profile, grounds: &Grounds) -> String {
        let mut kinds: Vec<&str> = Vec::new();
        for source in grounds.sources.iter().filter_map(|id| profile.source(id)) {
            if let Some(kind) = source.kind
                && !kinds.contains(&kind.name())
            {
                kinds.push(kind.name());
            }
        }
        if kinds.is_empty() {
            "no source named".to_owned()
        } else {
            kinds.join(", ")
        }
    }

    fn of_profile(&self, profile: &Profile, page: &mut FrameworkPage) {
        page.needs = profile
            .needs
            .iter()
            .map(|need| NeedView {
                label: need.label.clone(),
                advice: need.advice.clone(),
                actions: need.actions.clone(),
                grounds: self.grounds(&need.grounds),
            })
            .collect();
        page.areas = profile
            .control_areas
            .iter()
            .map(|area| AreaView {
                reference: area.reference.clone(),
                title: area.title.clone(),
                summary: area.summary.clone(),
                groups: area.groups.clone(),
                grounds: self.grounds(&area.grounds),
            })
            .collect();
        page.adoption = self.adoption(profile);
        page.regulatory = profile
            .regulatory_references
            .iter()
            .map(|one| ReferenceLine {
                place: one
                    .jurisdiction
                    .as_ref()
                    .map(|id| place_link(self.library, id)),
                body: one.body.as_ref().map(|id| body_link(self.library, id)),
                framework: one
                    .framework
                    .as_ref()
                    .filter(|id| **id != self.framework.id)
                    .map(|id| framework_link(self.library, id)),
                note: one.note.clone(),
                grounds: self.grounds(&one.grounds),
            })
            .collect();
        if let Some(way) = &profile.certification {
            page.way = WayView {
                intro: way.intro.clone(),
                holds: holds(way.validity_years, way.surveillance.as_deref()),
                steps: way
                    .steps
                    .iter()
                    .map(|step| TitledText {
                        title: step.title.clone(),
                        text: step.text.clone().unwrap_or_default(),
                        grounds: self.grounds(&step.grounds),
                    })
                    .collect(),
                grounds: self.grounds(&way.grounds),
            };
        }
        page.faq = profile
            .faq
            .iter()
            .map(|one| TitledText {
                title: one.question.clone(),
                text: one.answer.clone(),
                grounds: self.grounds(&one.grounds),
            })
            .collect();
        let place = &profile.digest;
        let or = |text: &Option<String>, other: &mut String| {
            if let Some(text) = text {
                other.clone_from(text);
            }
        };
        or(&place.heading, &mut page.sign_up.heading);
        or(&place.text, &mut page.sign_up.text);
        or(&place.privacy_note, &mut page.sign_up.privacy);
        page.sources = profile
            .sources
            .iter()
            .map(|source| PageSource {
                title: source.title.clone(),
                publisher: source
                    .publisher
                    .as_ref()
                    .map(|id| body_link(self.library, id).name),
                url: source
                    .url
                    .clone()
                    .filter(|_| source.is_linked(&self.library.trusted_hosts)),
                kind: source.kind.map(|kind| kind.name().to_owned()),
                note: source.note.clone(),
            })
            .collect();
    }

    fn adoption(&self, profile: &Profile) -> AdoptionView {
        let adoption = &profile.adoption;
        AdoptionView {
            note: adoption.note.clone(),
            grounds: self.grounds(&adoption.grounds),
            certified: adoption
                .certified
                .iter()
                .map(|one| {
                    let by = one
                        .certification_body
                        .as_ref()
                        .map(|id| format!(" by {}", body_link(self.library, id).name))
                        .unwrap_or_default();
                    let how = match one.accredited {
                        Some(true) => ", accredited",
                        Some(false) => ", not accredited",
                        None => "",
                    };
                    SignalView {
                        who: one.organisation.clone(),
                        claim: if by.is_empty() && how.is_empty() {
                            "said to be certified or to conform".to_owned()
                        } else {
                            format!("certified{by}{how}")
                        },
                        kind: self.evidence(profile, &one.grounds),
                        scope: one.note.clone(),
                        date: one.date.map(|day| told(day, one.precision)),
                        grounds: self.grounds(&one.grounds),
                        href: None,
                    }
                })
                .collect(),
            assessors: adoption
                .assessors
                .iter()
                .map(|one| {
                    let body = body_link(self.library, &one.body);
                    let by: Vec<String> = one
                        .accredited_by
                        .iter()
                        .map(|id| body_link(self.library, id).name)
                        .collect();
                    SignalView {
                        who: body.name,
                        href: Some(body.href),
                        claim: if by.is_empty() {
                            "audits or assesses".to_owned()
                        } else {
                            format!("audits, accredited by {}", by.join(", "))
                        },
                        kind: self.evidence(profile, &one.grounds),
                        scope: one.note.clone(),
                        date: None,
                        grounds: self.grounds(&one.grounds),
                    }
                })
                .collect(),
            contributors: adoption
                .contributors
                .iter()
                .map(|one| {
                    let body = body_link(self.library, &one.body);
                    SignalView {
                        who: body.name,
                        href: Some(body.href),
                        claim: one.role.clone().unwrap_or_else(|| "contributes".to_owned()),
                        kind: self.evidence(profile, &one.grounds),
                        scope: one.note.clone(),
                        date: None,
                        grounds: self.grounds(&one.grounds),
                    }
                })
                .collect(),
        }
    }
}

fn told(day: NaiveDate, precision: Precision) -> Moment {
    Moment {
        exact: day.to_string(),
        shown: precision.told(day),
    }
}

/// "A result holds for three years and is looked at yearly."
fn holds(years: Option<i64>, surveillance: Option<&str>) -> Option<String> {
    let years = years.map(|years| {
        if years == 1 {
            "The result holds for one year".to_owned()
        } else {
            format!("The result holds for {years} years")
        }
    });
    match (years, surveillance) {
        (Some(years), Some(how)) => Some(format!("{years}. Surveillance: {how}.")),
        (Some(years), None) => Some(format!("{years}.")),
        (None, Some(how)) => Some(format!("Surveillance: {how}.")),
        (None, None) => None,
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
