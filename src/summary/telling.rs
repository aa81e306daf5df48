//! An update -> what readers are told of it.

use crate::domain::library::Library;
use crate::domain::significance::{Names, Significance, significance};
use crate::domain::source::{EXCERPT_CHARACTERS, Source, Terms};
use crate::domain::told::{Note, NotePart, Told};
use crate::domain::update::{Because, Field, Update};
use crate::text::html;

/// The longest summary under full terms, in characters: two sentences, not an article.
const FULL: usize = 500;

/// What is told of an update: an editor's notes first, else the source's own sentences within its
/// terms, and the sentence that the library's table has for it.
pub fn tell(update: &Update, source: Option<&Source>, library: &Library, notes: &[Note]) -> Told {
    let noted = |part| Note::latest(notes, part);
    let own = || {
        let limit = match source.map_or(Terms::Excerpt, |source| source.terms) {
            Terms::Metadata => return String::new(),
            Terms::Excerpt => EXCERPT_CHARACTERS,
            Terms::Full => FULL,
        };
        // What comparing a page found is in our own order already: how much, and what it said before.
        if update.content.page.is_some() {
            return html::excerpt(&update.content.said(), limit);
        }
        super::summary(
            &update.content.title,
            &update.content.said(),
            &reasons(update),
            limit,
        )
    };
    let summary_note = noted(NotePart::Summary);
    let why_note = noted(NotePart::Why);
    Told {
        summary: summary_note.map_or_else(own, |note| note.text.clone()),
        summary_noted: summary_note.is_some(),
        why: match why_note {
            Some(note) => Some(Significance {
                rule: "note".to_owned(),
                sentence: note.text.clone(),
            }),
            None => why(update, source, library),
        },
        why_noted: why_note.is_some(),
        tags_note: noted(NotePart::Tags).map(|note| note.text.clone()),
    }
}

/// The reasons of all tags, the kind's first.
fn reasons(update: &Update) -> Vec<Because> {
    let tags = &update.tags;
    tags.kind_because
        .iter()
        .chain(tags.frameworks.iter().flat_map(|tag| &tag.because))
        .chain(tags.bodies.iter().flat_map(|tag| &tag.because))
        .chain(tags.jurisdictions.iter().flat_map(|tag| &tag.because))
        .cloned()
        .collect()
}

fn why(update: &Update, source: Option<&Source>, library: &Library) -> Option<Significance> {
    // What the table says of a call is what to do while it is open.
    if update.is_closed_call() {
        return None;
    }
    let tags = &update.tags;
    let framework = tags
        .frameworks
        .iter()
        .find(|tag| tag.primary)
        .or(tags.frameworks.first())
        .and_then(|tag| library.framework(&tag.id));
    let body = tags
        .bodies
        .first()
        .map(|tag| &tag.id)
        .or(source.map(|source| &source.body))
        .and_then(|id| library.body(id));
    let date = update
        .key_dates
        .iter()
        // A day that was over when the update was found is no day to plan for.
        .filter(|date| date.date >= update.dated().max(update.first_seen).date_naive())
        .min_by_key(|date| date.date)
        .map(|date| date.precision.told(date.date));
    significance(
        &library.significance,
        tags.kind,
        framework.map(|framework| framework.kind),
        Some(update.authority),
        &Names {
            framework: framework.map(|framework| framework.short.as_str()),
            body: body.map(|body| body.name.as_str()),
            reference: tags
                .references
                .iter()
                .find(|tag| tag.field == Field::Headline)
                .or(tags.references.first())
                .map(|tag| tag.reference.canonical.as_str()),
            date: date.as_deref(),
        },
        &format!("{} {}", update.content.title, update.content.summary),
    )
}
