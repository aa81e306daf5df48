//! Views: what pages are filled with, made from the words of the ground floor.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::View;
use super::calendar::DueView;
use super::versions::weight;
use crate::domain::delivery::Plan;
use crate::domain::digest::{DateLine, Issue, Item};
use crate::domain::health::{Coverage, Verdict};
use crate::domain::id::FrameworkId;
use crate::domain::key_date::{Certainty, KeyDate};
use crate::domain::library::Library;
use crate::domain::reference;
use crate::domain::source::{Source, SourceKind, Terms};
use crate::domain::told::Told;
use crate::domain::update::{Because, Field, Revision, Update};
use crate::text::date::Stamp;
use crate::text::html;

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
    /// Frameworks, as links into the search.
    pub frameworks: Vec<Named>,
    /// Jurisdictions, by name.
    pub jurisdictions: Vec<String>,
    /// Whether it is from the archive.
    pub archived: bool,
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
            frameworks: vec![Named {
                name: "ISO/IEC 42005".to_owned(),
                href: "/search?q=framework:iso-iec-42005".to_owned(),
            }],
            jurisdictions: vec!["International".to_owned()],
            here: Some("“ISO/IEC 42005:2025” in the headline (rule: reference).".to_owned()),
            why: Some("The text that auditors and customers will ask about from now on.".to_owned()),
            why_rule: Some("new-edition-standard".to_owned()),
            weight: Some("0.42".to_owned()),
            revision: 1,
            ..Self::default()
        }
    }
}

/// `/`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Home {
    /// "38 of 41 sources fresh".
    pub coverage: String,
    /// The newest updates.
    pub updates: Vec<UpdateCard>,
    /// How many updates there are.
    pub total: i64,
    /// The frameworks that most of the news is about.
    pub frameworks: Vec<FacetLink>,
    /// What is due next.
    pub due: Vec<DueView>,
    /// Updates a week, as a plot.
    pub weeks: Option<String>,
    /// The same as a table: the week's first day and a number each.
    pub week_rows: Vec<(String, u64)>,
    /// The newest issue.
    pub issue: Option<Named>,
    /// When the next one closes.
    pub next_issue: Option<Moment>,
    /// The address of older updates.
    pub older: Option<String>,
}

impl View for Home {
    const TEMPLATE: &'static str = "web/home.html";
    fn sample() -> Self {
        Self {
            coverage: "38 of 41 sources fresh".to_owned(),
            updates: vec![UpdateCard::sample()],
            total: 1,
            frameworks: vec![FacetLink::sample_link()],
            due: vec![DueView::default()],
            weeks: super::plots::columns("Updates a week", &[1, 2], "1 May", "8 May"),
            week_rows: vec![("1 May".to_owned(), 1)],
            issue: Some(Named {
                name: "weekly 12".to_owned(),
                href: "/digests/12".to_owned(),
            }),
            next_issue: Some(Moment::at(DateTime::UNIX_EPOCH)),
            older: Some("/?before=7".to_owned()),
        }
    }
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

/// A tag with its reasons.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct TagView {
    /// What sort of tag.
    pub sort: String,
    /// Its name.
    pub name: String,
    /// The search for it.
    pub href: String,
    /// Whether the update is about it.
    pub primary: bool,
    /// Why it is there.
    pub because: Vec<String>,
}

/// One state of an update's past.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct RevisionView {
    /// Its number.
    pub number: u32,
    /// When it was first seen.
    pub at: Moment,
    /// Its title then.
    pub title: String,
    /// The document it was read from.
    pub document: i64,
}

/// A document that something was read from.
#[derive(Clone, Debug, serde::Serialize)]
pub struct DocumentView {
    /// Its number within its source.
    pub document: i64,
    /// Its hash.
    pub sha256: String,
    /// When it was fetched.
    pub fetched_at: Moment,
    /// With which status.
    pub status: u16,
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

/// A key date and why it is known.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DateView {
    /// The day.
    pub day: Moment,
    /// What happens then.
    pub label: String,
    /// How sure it is.
    pub certainty: String,
    /// The day that it replaces.
    pub was: Option<Moment>,
    /// The words or the field that tell it.
    pub because: String,
}

impl DateView {
    fn new(date: &KeyDate) -> Self {
        Self {
            day: Moment::day(Stamp::Day(date.date)),
            label: date.label(),
            certainty: certainty(date.certainty).to_owned(),
            was: date.was.map(|day| Moment::day(Stamp::Day(day))),
            because: because_of(&date.because),
        }
    }
}

/// `/updates/{id}`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct UpdatePage {
    /// The update as in a list.
    pub card: UpdateCard,
    /// Its text as safe HTML, as far as the terms allow.
    pub body: String,
    /// Its summary as far as the terms allow, where there is no text.
    pub summary: String,
    /// The original.
    pub url: Option<String>,
    /// Who speaks.
    pub authority: String,
    /// What may be shown.
    pub terms: String,
    /// Words that must be shown with it.
    pub attribution: Option<String>,
    /// When it was published.
    pub published: Option<Moment>,
    /// When it was first seen.
    pub first_seen: Moment,
    /// Tags with their reasons.
    pub tags: Vec<TagView>,
    /// What an editor says of them.
    pub tags_note: Option<String>,
    /// Citations: canonical form and work.
    pub references: Vec<Named>,
    /// Other reports of the same event.
    pub also: Vec<Named>,
    /// Dates that matter.
    pub dates: Vec<DateView>,
    /// Its history, the newest first.
    pub revisions: Vec<RevisionView>,
    /// The document's number.
    pub document: i64,
    /// Its hash.
    pub sha256: String,
    /// When it was fetched.
    pub fetched_at: Moment,
    /// With which status.
    pub status: u16,
    /// The page that its text was read from, where that is another document.
    pub text_from: Option<DocumentView>,
    /// The two versions of a watched page that it lies between, compared.
    pub versions: Option<Named>,
}

impl UpdatePage {
    /// The page of an update. `registered` are those of its works that the register knows.
    pub fn new(
        update: &Update,
        source: Option<&Source>,
        library: &Library,
        revisions: &[Revision],
        told: &Told,
        also: &[Named],
        registered: &HashSet<String>,
    ) -> Self {
        let terms = source.map_or(Terms::Excerpt, |source| source.terms);
        let shared = terms.share(&update.content);
        let reasons = |because: &[Because]| -> Vec<String> { because.iter().map(reason).collect() };
        let mut tags = Vec::new();
        if let Some(kind) = update.tags.kind {
            tags.push(TagView {
                sort: "Kind".to_owned(),
                name: kind.name().to_owned(),
                href: format!("/search?q=kind:{}", kind.as_str()),
                primary: true,
                because: reasons(&update.tags.kind_because),
            });
        }
        for tag in &update.tags.frameworks {
            tags.push(TagView {
                sort: "Framework".to_owned(),
                name: library
                    .framework(&tag.id)
                    .map_or_else(|| tag.id.to_string(), |f| f.short.clone()),
                href: format!("/search?q=framework:{}", tag.id),
                primary: tag.primary,
                because: reasons(&tag.because),
            });
        }
        for tag in &update.tags.jurisdictions {
            tags.push(TagView {
                sort: "Jurisdiction".to_owned(),
                name: library
                    .jurisdiction(&tag.id)
                    .map_or_else(|| tag.id.to_string(), |j| j.name.clone()),
                href: format!("/search?q=jurisdiction:{}", tag.id),
                primary: false,
                because: reasons(&tag.because),
            });
        }
        for tag in &update.tags.bodies {
            tags.push(TagView {
                sort: "Body".to_owned(),
                name: library
                    .body(&tag.id)
                    .map_or_else(|| tag.id.to_string(), |b| b.name.clone()),
                href: format!("/search?q=body:{}", tag.id),
                primary: false,
                because: reasons(&tag.because),
            });
        }
        for tag in &update.tags.topics {
            tags.push(TagView {
                sort: "Topic".to_owned(),
                name: library
                    .topic(&tag.id)
                    .map_or_else(|| tag.id.to_string(), |t| t.name.clone()),
                href: format!("/search?q=topic:{}", tag.id),
                primary: false,
                because: reasons(&tag.because),
            });
        }
        let mut references: Vec<Named> = Vec::new();
        for tag in &update.tags.references {
            if !references
                .iter()
                .any(|named| named.name == tag.reference.canonical)
            {
                references.push(Named {
                    name: tag.reference.canonical.clone(),
                    href: if registered.contains(&tag.reference.work) {
                        format!("/standards/{}", reference::slug(&tag.reference.work))
                    } else {
                        format!(
                            "/search?q=standard:%22{}%22",
                            tag.reference.work.replace(' ', "+")
                        )
                    },
                });
            }
        }
        let mut past: Vec<RevisionView> = revisions
            .iter()
            .map(|revision| RevisionView {
                number: revision.number,
                at: Moment::at(revision.at),
                title: revision.content.title.clone(),
                document: revision.evidence.document,
            })
            .collect();
        past.reverse();
        Self {
            card: UpdateCard::new(update, source, library, told),
            also: also.to_vec(),
            tags_note: told.tags_note.clone(),
            dates: update.key_dates.iter().map(DateView::new).collect(),
            body: shared
                .body
                .map(html::SafeHtml::into_string)
                .unwrap_or_default(),
            summary: shared.summary,
            url: update
                .content
                .url
                .as_ref()
                .map(|url| url.as_str().to_owned()),
            authority: update.authority.as_str().to_owned(),
            terms: terms.as_str().to_owned(),
            attribution: source.and_then(|source| source.attribution.clone()),
            published: update.content.published.map(Moment::day),
            first_seen: Moment::at(update.first_seen),
            tags,
            references,
            revisions: past,
            document: update.evidence.document,
            sha256: update.evidence.sha256.as_str().to_owned(),
            fetched_at: Moment::at(update.evidence.fetched_at),
            status: update.evidence.status,
            text_from: update.content.text_from.as_ref().map(|text| DocumentView {
                document: text.document,
                sha256: text.sha256.as_str().to_owned(),
                fetched_at: Moment::at(text.fetched_at),
                status: text.status,
            }),
            versions: update.content.page.map(|step| Named {
                name: format!("versions {} and {}", step.from, step.to),
                href: format!(
                    "/sources/{}/versions?from={}&to={}",
                    update.source, step.from, step.to
                ),
            }),
        }
    }
}

/// With a capital and a full stop.
fn sentence(text: String) -> String {
    format!("{}.", super::ics::capital(&text))
}

/// A reason as a sentence.
fn reason(because: &Because) -> String {
    match &*because.rule {
        "J1" => format!(
            "follows from a law that is tagged ({}; rule J1)",
            because.text
        ),
        "J2" => format!(
            "follows from a body that is tagged ({}; rule J2)",
            because.text
        ),
        "J4" => format!("follows from what it is about ({}; rule J4)", because.text),
        rule => format!(
            "“{}” in the {} (rule: {rule})",
            because.text,
            because.field.as_str()
        ),
    }
}

impl View for UpdatePage {
    const TEMPLATE: &'static str = "web/update.html";
    fn sample() -> Self {
        Self {
            card: UpdateCard::sample(),
            body: "<p>A text.</p>".to_owned(),
            summary: "A summary.".to_owned(),
            url: Some("https://www.iso.org/standard/44545.html".to_owned()),
            authority: "official".to_owned(),
            terms: "excerpt".to_owned(),
            attribution: Some("Made from open data".to_owned()),
            published: Some(Moment::at(DateTime::UNIX_EPOCH)),
            first_seen: Moment::at(DateTime::UNIX_EPOCH),
            tags_note: Some("It concerns the draft only.".to_owned()),
            tags: vec![TagView {
                sort: "Framework".to_owned(),
                name: "ISO/IEC 42005".to_owned(),
                href: "/search?q=framework:iso-iec-42005".to_owned(),
                primary: true,
                because: vec!["“ISO/IEC 42005:2025” in the headline (rule: reference)".to_owned()],
            }],
            references: vec![Named {
                name: "ISO/IEC 42005:2025".to_owned(),
                href: "/search?q=standard".to_owned(),
            }],
            also: vec![Named {
                name: "NQA: ISO/IEC 42005 is out".to_owned(),
                href: "/updates/0123456789abcdee".to_owned(),
            }],
            dates: vec![DateView {
                day: Moment::at(DateTime::UNIX_EPOCH),
                label: "comments close".to_owned(),
                certainty: "read in the text".to_owned(),
                was: Some(Moment::at(DateTime::UNIX_EPOCH)),
                because: "“comments close on 1 January” in the summary".to_owned(),
            }],
            revisions: vec![RevisionView {
                number: 1,
                at: Moment::at(DateTime::UNIX_EPOCH),
                title: "A title".to_owned(),
                document: 1,
            }],
            text_from: Some(DocumentView {
                document: 2,
                sha256: "8a5edab2".to_owned(),
                fetched_at: Moment::at(DateTime::UNIX_EPOCH),
                status: 200,
            }),
            document: 1,
            sha256: "e3b0c442".to_owned(),
            fetched_at: Moment::at(DateTime::UNIX_EPOCH),
            status: 200,
            versions: Some(Named {
                name: "versions 1 and 2".to_owned(),
                href: "/sources/a-page/versions?from=1&to=2".to_owned(),
            }),
        }
    }
}

/// One row of `/sources`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SourceRow {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The body, by name.
    pub body: String,
    /// What it is.
    pub kind: String,
    /// How it is.
    pub health: String,
    /// Why.
    pub because: String,
    /// The last visit.
    pub last_visit: Option<Moment>,
    /// When it last brought something new.
    pub last_new: Option<Moment>,
    /// Visits so far.
    pub visits: u32,
    /// Faults of the last visit.
    pub faults: Vec<String>,
    /// Why it is off.
    pub off_because: Option<String>,
    /// The page for people.
    pub home: String,
    /// The versions of a watched page.
    pub versions: Option<String>,
}

impl SourceRow {
    /// A row.
    pub fn new(
        source: &Source,
        verdict: &Verdict,
        record: Option<&crate::domain::health::Record>,
        last: Option<&crate::domain::document::Visit>,
        library: &Library,
    ) -> Self {
        Self {
            id: source.id.to_string(),
            name: source.name.clone(),
            body: library
                .body(&source.body)
                .map_or_else(|| source.body.to_string(), |body| body.name.clone()),
            kind: source.kind.as_str().to_owned(),
            health: verdict.health.as_str().to_owned(),
            because: verdict.because.clone(),
            last_visit: record.and_then(|record| record.last_visit).map(Moment::at),
            last_new: record
                .filter(|record| {
                    !record.gaps.is_empty() || last.is_some_and(|visit| visit.entries > 0)
                })
                .and_then(|record| record.last_new)
                .map(Moment::at),
            visits: record.map_or(0, |record| record.visits),
            faults: last
                .map(|visit| {
                    visit
                        .faults
                        .iter()
                        .map(|fault| format!("{}: {}", fault.code.as_str(), fault.detail))
                        .collect()
                })
                .unwrap_or_default(),
            off_because: source.off_because.clone(),
            home: source
                .home
                .clone()
                .unwrap_or_else(|| source.url.as_str().to_owned()),
            versions: (source.kind == SourceKind::Page)
                .then(|| format!("/sources/{}/versions", source.id)),
        }
    }
}

/// `/sources`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SourcesPage {
    /// "38 of 41 sources fresh".
    pub coverage: String,
    /// How many there are in each state; each leads to those.
    pub states: Vec<FacetLink>,
    /// The lines of this page: those that somebody should look at first.
    pub rows: Vec<SourceRow>,
    /// How many lines there are.
    pub total: usize,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// Whether these are the sources that are not read.
    pub off: bool,
}

impl View for SourcesPage {
    const TEMPLATE: &'static str = "web/sources.html";
    fn sample() -> Self {
        let row = SourceRow {
            id: "iso-news".to_owned(),
            name: "ISO news".to_owned(),
            body: "ISO".to_owned(),
            kind: "feed".to_owned(),
            health: "fresh".to_owned(),
            because: "read".to_owned(),
            last_visit: Some(Moment::at(DateTime::UNIX_EPOCH)),
            last_new: None,
            visits: 3,
            faults: vec!["bad-date: one".to_owned()],
            off_because: None,
            home: "https://www.iso.org".to_owned(),
            versions: Some("/sources/iso-news/versions".to_owned()),
        };
        Self {
            coverage: "38 of 41 sources fresh".to_owned(),
            states: vec![FacetLink::sample_link()],
            rows: vec![
                SourceRow {
                    off_because: Some("no recorded success".to_owned()),
                    ..row.clone()
                },
                row,
            ],
            total: 2,
            previous: Some("/sources?page=1".to_owned()),
            next: Some("/sources?page=3".to_owned()),
            off: false,
        }
    }
}

/// One issue in the archive.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct IssueRow {
    /// The periodical.
    pub digest: String,
    /// Its number.
    pub number: u32,
    /// When it closed.
    pub closed_at: Moment,
    /// How many items.
    pub items: u32,
    /// Its page.
    pub href: String,
}

/// `/digests`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DigestsPage {
    /// Issues, the newest first.
    pub issues: Vec<IssueRow>,
    /// When the next one closes.
    pub next_issue: Option<Moment>,
}

impl View for DigestsPage {
    const TEMPLATE: &'static str = "web/digests.html";
    fn sample() -> Self {
        Self {
            issues: vec![IssueRow {
                digest: "weekly".to_owned(),
                number: 12,
                closed_at: Moment::at(DateTime::UNIX_EPOCH),
                items: 15,
                href: "/digests/12".to_owned(),
            }],
            next_issue: Some(Moment::at(DateTime::UNIX_EPOCH)),
        }
    }
}

/// An item of an issue.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ItemView {
    /// Its page.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What may be shown of it.
    pub summary: String,
    /// Why it matters.
    pub why: Option<String>,
    /// The original.
    pub url: Option<String>,
    /// The source's name.
    pub source: String,
    /// When it was published, else first seen.
    pub dated: Moment,
    /// The kind's name.
    pub kind: Option<String>,
    /// Whether an earlier issue told it otherwise.
    pub correction: bool,
    /// Where else it belongs.
    pub also: Vec<String>,
    /// Why this mailbox gets it.
    pub because: Vec<String>,
}

impl ItemView {
    pub(super) fn new(item: &Item, also: &[String], because: &[String]) -> Self {
        Self {
            id: item.update.to_string(),
            title: item.title.clone(),
            summary: item.summary.clone(),
            why: item.why.clone(),
            url: item.url.clone(),
            source: item.source_name.clone(),
            dated: match item.published {
                Some(stamp) => Moment::day(stamp),
                None => Moment::day(Stamp::Instant(item.first_seen)),
            },
            kind: item.kind.map(|kind| kind.name().to_owned()),
            correction: item.correction,
            also: also.to_vec(),
            because: because.to_vec(),
        }
    }
}

/// A heading with its items.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SectionView {
    /// The heading.
    pub heading: String,
    /// The items.
    pub items: Vec<ItemView>,
    /// The dates.
    pub dates: Vec<DateLineView>,
}

/// A date of an issue.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DateLineView {
    /// The update that tells it.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What happens.
    pub label: String,
    /// When, for programs.
    pub exact: String,
    /// When, as finely as it is told.
    pub shown: String,
    /// Where it stood before.
    pub was: Option<String>,
    /// Whether it is settled by whoever sets it.
    pub settled: bool,
}

impl DateLineView {
    fn new(line: &DateLine) -> Self {
        Self {
            id: line.update.to_string(),
            title: line.title.clone(),
            label: line.event.label().to_owned(),
            exact: line.day.to_string(),
            shown: line.shown.clone(),
            was: line.was.map(|day| day.format("%-d %B %Y").to_string()),
            settled: matches!(line.certainty, Certainty::Stated | Certainty::Read),
        }
    }
}

pub(super) fn sections(issue: &Issue, plan: &Plan) -> Vec<SectionView> {
    plan.sections
        .iter()
        .map(|section| SectionView {
            heading: section.heading.clone(),
            items: section
                .items
                .iter()
                .filter_map(|planned| {
                    let item = issue.edition.items.get(planned.item)?;
                    Some(ItemView::new(item, &planned.also, &planned.because))
                })
                .collect(),
            dates: section
                .dates
                .iter()
                .filter_map(|place| issue.edition.dates.get(*place))
                .map(DateLineView::new)
                .collect(),
        })
        .collect()
}

/// "38 of 41 sources fresh; not read since …".
pub(super) fn coverage_line(coverage: &Coverage) -> String {
    let mut line = coverage.sentence();
    let named: Vec<String> = coverage
        .others
        .iter()
        .take(5)
        .map(|other| match other.since {
            Some(since) => format!(
                "{} ({} since {})",
                other.name,
                other.health.as_str(),
                since.format("%-d %B")
            ),
            None => format!("{} ({})", other.name, other.health.as_str()),
        })
        .collect();
    if !named.is_empty() {
        line.push_str("; ");
        line.push_str(&named.join(", "));
        if coverage.others.len() > named.len() {
            line.push_str(&format!(
                " and {} more",
                coverage.others.len() - named.len()
            ));
        }
    }
    line
}

/// `/digests/{n}`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct IssuePage {
    /// The periodical.
    pub digest: String,
    /// Its number.
    pub number: u32,
    /// When it closed.
    pub closed_at: Moment,
    /// An editor's words.
    pub introduction: String,
    /// Its items under their headings.
    pub sections: Vec<SectionView>,
    /// How much of the world was read.
    pub coverage: String,
    /// Evidence chain heads: source and hash.
    pub chain_heads: Vec<(String, String)>,
    /// Items left out.
    pub left_out: u32,
    /// Log positions.
    pub window: (i64, i64),
}

impl IssuePage {
    /// The page of an issue.
    pub fn new(issue: &Issue, plan: &Plan) -> Self {
        Self {
            digest: issue.digest.to_string(),
            number: issue.number,
            closed_at: Moment::at(issue.closed_at),
            introduction: issue.introduction.clone(),
            sections: sections(issue, plan),
            coverage: coverage_line(&issue.edition.coverage),
            chain_heads: issue
                .edition
                .chain_heads
                .iter()
                .map(|(source, head)| (source.to_string(), head.as_str().to_owned()))
                .collect(),
            left_out: plan.left_out,
            window: (issue.window.after, issue.window.until),
        }
    }
}

impl View for IssuePage {
    const TEMPLATE: &'static str = "web/issue.html";
    fn sample() -> Self {
        Self {
            digest: "weekly".to_owned(),
            number: 12,
            closed_at: Moment::at(DateTime::UNIX_EPOCH),
            sections: vec![SectionView {
                heading: "Standards and frameworks".to_owned(),
                items: vec![ItemView {
                    id: "0123456789abcdef".to_owned(),
                    title: "ISO/IEC 42005:2025 published (sample)".to_owned(),
                    summary: "A common method.".to_owned(),
                    why: Some("It is the text that auditors will ask about.".to_owned()),
                    url: Some("https://www.iso.org/standard/44545.html".to_owned()),
                    source: "ISO news".to_owned(),
                    dated: Moment::at(DateTime::UNIX_EPOCH),
                    kind: Some("New edition".to_owned()),
                    correction: true,
                    also: vec!["International".to_owned()],
                    because: vec!["framework:iso-iec-42005".to_owned()],
                }],
                dates: vec![DateLineView {
                    id: "0123456789abcdef".to_owned(),
                    title: "A draft for comment (sample)".to_owned(),
                    label: "comments close".to_owned(),
                    exact: "2026-12-20".to_owned(),
                    shown: "20 December 2026".to_owned(),
                    was: Some("6 December 2026".to_owned()),
                    settled: true,
                }],
            }],
            introduction: "A quiet week (sample).".to_owned(),
            coverage: "38 of 41 sources fresh".to_owned(),
            chain_heads: vec![("iso-news".to_owned(), "e3b0c442".to_owned())],
            left_out: 3,
            window: (1, 20),
        }
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
