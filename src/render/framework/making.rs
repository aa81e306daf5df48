//! A framework's page made from the library, its profile and what was collected.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::editions::{NewerEditions, mapping_view};
use super::links::{body_link, framework_link, place_link, relation_sentence};
use super::parts::{
    AdoptionView, AreaView, CrosswalkLine, DateLine, GroundsView, NeedView, PageSource, PlaceLine,
    ReferenceLine, SignalView, StandingView, TitledText, WayView,
};
use super::{BARS, FrameworkPage};
use crate::domain::calendar::Due;
use crate::domain::id::{FrameworkId, JurisdictionId};
use crate::domain::key_date::Precision;
use crate::domain::library::{Framework, FrameworkKind, Library};
use crate::domain::profile::{Grounds, Profile, TimelineState};
use crate::domain::reference;
use crate::render::ics::capital;
use crate::render::plots::TimelinePoint;
use crate::render::views::{Moment, Named, certainty};

/// What a page is made from.
pub(super) struct Making<'a> {
    pub(super) framework: &'a Framework,
    pub(super) library: &'a Library,
    pub(super) newer: &'a NewerEditions,
    /// Sources by id, as numbered on the page.
    pub(super) numbers: HashMap<&'a str, usize>,
    pub(super) today: NaiveDate,
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
    pub(super) fn summary(&self) -> String {
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

    pub(super) fn references(&self, standings: &[StandingView]) -> Vec<Named> {
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
    pub(super) fn dates(&self, due: &[Due]) -> (Vec<DateLine>, Vec<TimelinePoint>) {
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
                    label: capital(one.date.event.label()),
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

    pub(super) fn crosswalks(&self) -> Vec<CrosswalkLine> {
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

    pub(super) fn coverage(&self, places: &[(JurisdictionId, u64)]) -> Vec<PlaceLine> {
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

    pub(super) fn related(&self) -> Vec<Named> {
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

    pub(super) fn topics(&self) -> Vec<Named> {
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

    pub(super) fn of_profile(&self, profile: &Profile, page: &mut FrameworkPage) {
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
