//! From what is new and revised to Updates with their tags, key dates and notices.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::compare;
use crate::daemon::House;
use crate::domain::address::WebAddress;
use crate::domain::change::{Change, PlainTexts};
use crate::domain::document::{Entry, Fault, FaultCode, Markup};
use crate::domain::evidence::Evidence;
use crate::domain::id::UpdateId;
use crate::domain::source::Source;
use crate::domain::update::{Authority, Because, Field, Update};
use crate::normalize::{self, Circumstances, Normalized};
use crate::store::Fresh;
use crate::story;
use crate::tag::key_dates::{self, Sayings};
use crate::tag::{Subject, Tagger};
use crate::text::date::Stamp;
use crate::text::html;

/// What is true of all changes of one visit.
pub(super) struct About<'v> {
    pub(super) source: &'v Source,
    /// Where the document lay.
    pub(super) document: WebAddress,
    pub(super) proof: Evidence,
    pub(super) now: DateTime<Utc>,
    pub(super) first_contact: bool,
}

/// What came of the changes of one visit.
pub(super) struct Made {
    pub(super) new: Vec<Fresh>,
    pub(super) revised: Vec<Fresh>,
    /// What tells of dates that revisions moved.
    pub(super) moved: Vec<Fresh>,
    pub(super) faults: Vec<Fault>,
}

/// Makes Updates of changes: those that are new, those that are revised, and what was wrong.
pub(super) async fn made(
    house: &House,
    about: About<'_>,
    changes: Vec<Change>,
) -> anyhow::Result<Made> {
    let revised: Vec<UpdateId> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Revised { known, .. } => Some(known.id.clone()),
            Change::New { .. } => None,
        })
        .collect();
    let previous: HashMap<UpdateId, Update> = if revised.is_empty() {
        HashMap::new()
    } else {
        house
            .store
            .updates(&revised)
            .await?
            .into_iter()
            .map(|update| (update.id.clone(), update))
            .collect()
    };
    let tagger = house.tagger.clone();
    let authority = house
        .library
        .body(&about.source.body)
        .map_or(Authority::Secondary, |body| body.authority());
    let source = about.source.clone();
    let About {
        document,
        proof,
        now,
        first_contact,
        ..
    } = about;
    let making = tokio::task::spawn_blocking(move || {
        let mut previous = previous;
        let about = Circumstances {
            source: &source.id,
            authority,
            document: &document,
            now,
            first_contact,
            evidence: &proof,
        };
        let mut new = Vec::new();
        let mut revised = Vec::new();
        let mut moved = Vec::new();
        let mut faults = Vec::new();
        for change in changes {
            let (normalized, fingerprint, before) = match change {
                Change::New {
                    key,
                    fingerprint,
                    plain,
                    entry,
                } => (
                    normalize::new_update(key, entry, plain, &about),
                    fingerprint,
                    None,
                ),
                Change::Revised {
                    known,
                    fingerprint,
                    mut plain,
                    mut entry,
                } => match previous.remove(&known.id) {
                    Some(mut update) => {
                        if source.follow {
                            keep_text(&update, &mut entry, &mut plain);
                        }
                        let before = std::mem::take(&mut update.key_dates);
                        (
                            normalize::revise(update, entry, plain, &about),
                            fingerprint,
                            Some(before),
                        )
                    }
                    None => continue,
                },
            };
            match normalized {
                Ok(Normalized {
                    update,
                    language,
                    text,
                }) => {
                    let mut update =
                        understood(&tagger, &source, update, language.as_deref(), &text);
                    let list = match &before {
                        None => &mut new,
                        Some(before) => {
                            key_dates::moved(before, &mut update.key_dates);
                            moved.extend(normalize::moved_dates(before, &update, now).map(
                                |notice| {
                                    fresh_of_ours(understood_of_ours(
                                        &tagger, &source, notice, None,
                                    ))
                                },
                            ));
                            &mut revised
                        }
                    };
                    list.push(Fresh {
                        update,
                        fingerprint,
                        text,
                    });
                }
                Err(fault) => faults.push(fault),
            }
        }
        faults.extend(other_language(&source, &new));
        Made {
            new,
            revised,
            moved,
            faults,
        }
    });
    Ok(making.await?)
}

/// A row that changed still links to the page that its text was read from: where that was not read
/// anew, what was read of it stays.
fn keep_text(update: &Update, entry: &mut Entry, plain: &mut PlainTexts) {
    let content = &update.content;
    if content.text_from.is_some() && entry.content.is_none() && content.url == entry.url {
        plain.content = html::plain(content.body.as_str());
        entry.content = Some(Markup::Html(content.body.as_str().to_owned()));
        entry.text_from.clone_from(&content.text_from);
        // The page's own day, and its language.
        entry.published = entry.published.or(content.published);
        if entry.language.is_none() {
            entry.language.clone_from(&update.tags.language);
        }
    }
}

/// As [`understood`], for an update whose sentences are ours: its dates are those that it was made
/// with, and not what is read in what we wrote ourselves.
pub(super) fn understood_of_ours(
    tagger: &Tagger,
    source: &Source,
    mut update: Update,
    language: Option<&str>,
) -> Update {
    let dates = std::mem::take(&mut update.key_dates);
    Update {
        key_dates: dates,
        ..understood(tagger, source, update, language, "")
    }
}

/// For the store, an update whose sentences are ours.
pub(super) fn fresh_of_ours(update: Update) -> Fresh {
    let entry = Entry {
        title: update.content.title.clone(),
        url: update.content.url.clone(),
        ..Entry::default()
    };
    let plain = PlainTexts {
        title: update.content.title.clone(),
        summary: update.content.summary.clone(),
        content: String::new(),
    };
    Fresh {
        fingerprint: compare::fingerprint(&entry, &plain),
        update,
        text: String::new(),
    }
}

/// Whether everything new is in another language than the source's.
fn other_language(source: &Source, new: &[Fresh]) -> Option<Fault> {
    let stated = source.language.as_deref()?;
    let found = new.first()?.update.tags.language.clone()?;
    let all = |language: &str| {
        new.iter()
            .all(|fresh| fresh.update.tags.language.as_deref() == Some(language))
    };
    (new.len() >= 5 && found != stated && all(&found)).then(|| {
        Fault::new(
            FaultCode::OtherLanguage,
            format!(
                "All {} new items are in `{found}`, and the source is in `{stated}`: another page \
                 may be answering.",
                new.len()
            ),
        )
    })
}

/// Says what an update is about: tags by its title and what its publisher says of it first, key
/// dates by all of its text. `text` is its body's plain text, `language` the one its publisher
/// states.
pub fn understood(
    tagger: &Tagger,
    source: &Source,
    mut update: Update,
    language: Option<&str>,
    text: &str,
) -> Update {
    let content = &update.content;
    let said = content.said_of(text);
    update.tags = tagger.tag(&Subject {
        headline: &content.title,
        summary: &said,
        language: language.or(source.language.as_deref()),
        body: Some(&source.body),
        frameworks: &source.frameworks,
        stated: Some(&content.stated),
    });
    if let Some(stage) = &content.stage {
        // What kind of event a stage is, the field's mapping says, and not the words around it.
        update.tags.kind = content.stated.kind;
        update.tags.kind_because = match (content.stated.kind, stage.changes.last()) {
            (Some(_), Some(step)) => vec![Because {
                rule: "stage".into(),
                field: Field::Source,
                text: step.to.to_string(),
                start: 0,
            }],
            _ => Vec::new(),
        };
    }
    if let (Some(cause), Some(kind)) = (&update.cause, content.stated.kind) {
        // It is we who say so, of a day that another update tells.
        update.tags.kind = Some(kind);
        update.tags.kind_because = vec![Because {
            rule: "notice".into(),
            field: Field::Tag,
            text: format!("update {cause}"),
            start: 0,
        }];
    }
    update.correction = story::is_correction(&content.title);
    update.key_dates = key_dates::of(&Sayings {
        headline: &content.title,
        text: if text.is_empty() { &said } else { text },
        text_is_summary: text.is_empty(),
        stated: Some(&content.stated),
        published: content.published.as_ref().map(Stamp::day),
        language: update.tags.language.as_deref().or(language),
    });
    update
}
