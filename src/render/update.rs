//! The page of an update: its text, every tag with its reasons, its dates, revisions and documents.

use std::collections::HashSet;

use chrono::DateTime;

use super::View;
use super::card::UpdateCard;
use super::views::{Moment, Named, because_of, certainty, reason};
use crate::domain::key_date::KeyDate;
use crate::domain::library::Library;
use crate::domain::reference;
use crate::domain::source::{Source, Terms};
use crate::domain::told::Told;
use crate::domain::update::{Because, Revision, Update};
use crate::text::date::Stamp;
use crate::text::html;

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
    /// The page of its source; none of a source that is no longer listed.
    pub source_page: Option<String>,
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
            source_page: source.map(|source| format!("/sources/{}", source.id)),
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

impl View for UpdatePage {
    const TEMPLATE: &'static str = "web/update.html";
    fn sample() -> Self {
        Self {
            card: UpdateCard::sample(),
            body: "<p>A text.</p>".to_owned(),
            summary: "A summary.".to_owned(),
            url: Some("https://www.iso.org/standard/44545.html".to_owned()),
            authority: "official".to_owned(),
            source_page: Some("/sources/iso-news".to_owned()),
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
                because: vec!["“ISO/IEC 42005:2025” in the headline (rule reference)".to_owned()],
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
