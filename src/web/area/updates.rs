//! Updates, and an editor's words in the place of what is told of them.

use axum::response::Response;
use serde_json::json;

use super::call::Call;
use crate::domain::id::UpdateId;
use crate::domain::query;
use crate::domain::told::{Note, NotePart};
use crate::domain::update::Update;
use crate::render::{AreaFact, AreaField, AreaFind, AreaForm, AreaPart, AreaRow, Moment, Named};
use crate::search::SortOrder;
use crate::summary::tell;
use crate::web::pages::source_of;
use crate::web::{Trouble, by_hand};

/// Lines of the list.
const LINES: usize = 30;
/// The longest note, in characters: a sentence or two.
const LONGEST: usize = 600;

/// `GET /operate/updates`
pub(super) async fn list(call: Call) -> Result<Response, Trouble> {
    let site = &call.site;
    let look = call.query.one("q");
    let updates: Vec<Update> = if look.is_empty() {
        let latest = site.store.latest(false, None, 30).await?;
        latest.into_iter().map(|(_, update)| update).collect()
    } else {
        let short: String = look.chars().take(512).collect();
        let query = query::read(&short, &site.library.known_works).query;
        let (index, asked) = (site.index.clone(), query.clone());
        let found = tokio::task::spawn_blocking(move || {
            index.search(&asked, SortOrder::Newest, 0, LINES, false)
        })
        .await?;
        let found = match found {
            Err(crate::search::Error::Rebuilding) => by_hand::find(site, &query, LINES).await?,
            found => found?,
        };
        site.store.updates(&found.hits).await?
    };
    let ids: Vec<UpdateId> = updates.iter().map(|update| update.id.clone()).collect();
    let notes = site.store.notes(&ids).await?;
    let mut page = call.page(
        "Updates",
        "Find one to put your words in the place of its summary, or of why it matters.",
    );
    page.parts.push(AreaPart {
        find: Some(AreaFind {
            action: "/operate/updates".to_owned(),
            label: "Words, a standard, or an identifier".to_owned(),
            value: look.to_owned(),
        }),
        rows: updates
            .iter()
            .map(|update| AreaRow {
                title: update.content.title.clone(),
                href: Some(format!("/operate/updates/{}", update.id)),
                state: if notes.contains_key(&update.id) {
                    "noted".to_owned()
                } else {
                    String::new()
                },
                tone: "fresh".to_owned(),
                under: vec![format!(
                    "{}, first seen {}",
                    source_of(site, &update.source)
                        .map_or(update.source.as_str(), |source| source.name.as_str()),
                    Moment::at(update.first_seen).shown
                )],
                ..AreaRow::default()
            })
            .collect(),
        empty: Some(
            "Nothing was found. An update's identifier stands at the end of its address."
                .to_owned(),
        ),
        ..AreaPart::default()
    });
    call.show(&page)
}

async fn asked(call: &Call) -> Result<(Update, Vec<Note>), Trouble> {
    let id = UpdateId::new(call.parameter("id")).map_err(|_| Trouble::Missing)?;
    let update = call.site.store.update(&id).await?.ok_or(Trouble::Missing)?;
    let mut notes = call.site.store.notes(std::slice::from_ref(&id)).await?;
    Ok((update, notes.remove(&id).unwrap_or_default()))
}

fn view(call: &Call, update: &Update, notes: &[Note]) -> crate::render::AreaPage {
    let site = &call.site;
    let told = tell(
        update,
        source_of(site, &update.source),
        &site.library,
        notes,
    );
    let why = told.why.as_ref().map_or("", |why| why.sentence.as_str());
    let mut page = call.page(&update.content.title, "");
    page.above = Some(Named {
        name: "Updates".to_owned(),
        href: "/operate/updates".to_owned(),
    });
    page.parts.push(AreaPart {
        facts: vec![
            AreaFact::new("Page", format!("/updates/{}", update.id))
                .at(&format!("/updates/{}", update.id)),
            AreaFact::new("Reach", update.reach.as_str()),
            AreaFact::new("Revision", update.revision.to_string()),
        ],
        ..AreaPart::default()
    });
    for (part, heading, now, by_hand) in [
        (
            NotePart::Summary,
            "What happened",
            told.summary.as_str(),
            told.summary_noted,
        ),
        (NotePart::Why, "Why it matters", why, told.why_noted),
        (
            NotePart::Tags,
            "Beside the tags",
            told.tags_note.as_deref().unwrap_or_default(),
            true,
        ),
    ] {
        let said = match (now.is_empty(), by_hand) {
            (true, _) => "Nothing is said.".to_owned(),
            (false, true) => format!("In an editor's words: {now}"),
            (false, false) => format!("By rule: {now}"),
        };
        page.parts.push(AreaPart {
            heading: heading.to_owned(),
            text: vec![said],
            forms: if call.may_change() {
                vec![AreaForm {
                    action: format!("/operate/updates/{}/note", update.id),
                    label: heading.to_owned(),
                    fields: vec![
                        AreaField::hidden("part", part.as_str()),
                        AreaField::of("long", "text", "In your words")
                            .of_row(part.as_str())
                            .optional()
                            .with(now)
                            .hint(format!(
                                "At most {LONGEST} characters. Empty takes it back."
                            )),
                    ],
                    button: "Note it".to_owned(),
                    grave: false,
                }]
            } else {
                Vec::new()
            },
            ..AreaPart::default()
        });
    }
    page.parts.push(AreaPart {
        heading: "Notes so far".to_owned(),
        rows: notes
            .iter()
            .rev()
            .map(|note| AreaRow {
                title: if note.text.is_empty() {
                    "taken back".to_owned()
                } else {
                    note.text.clone()
                },
                under: vec![format!(
                    "{}, by {}, {}",
                    note.part.as_str(),
                    note.author,
                    Moment::at(note.at).shown
                )],
                ..AreaRow::default()
            })
            .collect(),
        empty: Some("Nobody noted anything.".to_owned()),
        ..AreaPart::default()
    });
    page
}

/// `GET /operate/updates/{id}`
pub(super) async fn page(call: Call) -> Result<Response, Trouble> {
    let (update, notes) = asked(&call).await?;
    call.show(&view(&call, &update, &notes))
}

/// `POST /operate/updates/{id}/note`
pub(super) async fn note(call: Call) -> Result<Response, Trouble> {
    let (update, notes) = asked(&call).await?;
    let text = call.fields.one("text");
    let length = text.chars().count();
    if length > LONGEST {
        return call.wrong(
            view(&call, &update, &notes),
            format!("The note has {length} characters; {LONGEST} is the most that fits beside a headline."),
        );
    }
    let Ok(part) = call.fields.one("part").parse::<NotePart>() else {
        return call.wrong(view(&call, &update, &notes), "That part cannot be noted.");
    };
    let before = Note::latest(&notes, part).map_or("", |note| note.text.as_str());
    let act = call
        .act("note-asked")
        .on(format!("update {}, {}", update.id, part.as_str()))
        .from_state(before)
        .to_state(text);
    let argument = json!({
        "update": update.id, "author": call.operator()?.name, "part": part, "text": text,
    });
    let back = format!("/operate/updates/{}", update.id);
    call.asks(act, "note", argument, &back).await
}
