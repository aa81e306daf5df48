//! Updates as lines for programs (contract: section 5); the names are kept stable.

use serde_json::{Value, json};

use crate::domain::evidence::Evidence;
use crate::domain::source::{Source, Terms};
use crate::domain::update::{ReferenceTag, Tag, Tags, Update};

/// An update as `export updates --jsonl` prints it, within its source's terms.
pub fn update_line(update: &Update, source: Option<&Source>) -> Value {
    let shared = source
        .map_or(Terms::Excerpt, |source| source.terms)
        .share(&update.content);
    let content = &update.content;
    let tags = &update.tags;
    let mut references: Vec<&str> = Vec::new();
    for tag in &tags.references {
        if !references.contains(&tag.reference.canonical.as_str()) {
            references.push(&tag.reference.canonical);
        }
    }
    json!({
        "id": update.id,
        "source": update.source,
        "url": content.url,
        "title": content.title,
        "summary": shared.summary,
        "content": shared.body.map(|body| body.into_string()).unwrap_or_default(),
        "authors": content.authors,
        "categories": content.categories,
        "enclosures": content.enclosures,
        "published": content.published,
        "modified": content.modified,
        "first_seen": update.first_seen,
        "kind": tags.kind,
        "reach": update.reach,
        "authority": update.authority,
        "frameworks": tags.frameworks.iter().map(|tag| &tag.id).collect::<Vec<_>>(),
        "primary": tags.frameworks.iter().filter(|tag| tag.primary).map(|tag| &tag.id).collect::<Vec<_>>(),
        "jurisdictions": tags.jurisdictions.iter().map(|tag| &tag.id).collect::<Vec<_>>(),
        "bodies": tags.bodies.iter().map(|tag| &tag.id).collect::<Vec<_>>(),
        "topics": tags.topics.iter().map(|tag| &tag.id).collect::<Vec<_>>(),
        "references": references,
        "story": update.story,
        "revision": update.revision,
        "language": tags.language,
        "cause": update.cause,
        "stage": content.stage,
        "key_dates": update.key_dates.iter().map(|date| json!({
            "date": date.date,
            "label": date.label(),
            "certainty": date.certainty,
            "was": date.was,
        })).collect::<Vec<_>>(),
        "evidence": evidence(update),
    })
}

/// What an update was read from, and what its text was where that is another document.
fn evidence(update: &Update) -> Value {
    let told = |evidence: &Evidence| {
        json!({
            "sha256": evidence.sha256,
            "fetched_at": evidence.fetched_at,
            "status": evidence.status,
        })
    };
    let mut out = told(&update.evidence);
    if let (Some(text), Some(fields)) = (&update.content.text_from, out.as_object_mut()) {
        fields.insert("text".to_owned(), told(text));
    }
    out
}

/// Tags as `tag --jsonl` prints them.
pub fn tag_line(id: &Value, tags: &Tags) -> Value {
    fn plain<Id: serde::Serialize>(tags: &[Tag<Id>]) -> Vec<Value> {
        tags.iter()
            .map(|tag| json!({ "id": tag.id, "because": tag.because }))
            .collect()
    }
    let reference = |tag: &ReferenceTag| {
        json!({
            "canonical": tag.reference.canonical,
            "work": tag.reference.work,
            "stage": tag.reference.stage,
            "adoption": tag.reference.adoption,
            "field": tag.field,
            "start": tag.start,
        })
    };
    json!({
        "id": id,
        "kind": tags.kind,
        "language": tags.language,
        "frameworks": tags.frameworks.iter().map(|tag| json!({ "id": tag.id, "primary": tag.primary, "because": tag.because })).collect::<Vec<_>>(),
        "jurisdictions": plain(&tags.jurisdictions),
        "bodies": plain(&tags.bodies),
        "topics": plain(&tags.topics),
        "references": tags.references.iter().map(reference).collect::<Vec<_>>(),
    })
}
