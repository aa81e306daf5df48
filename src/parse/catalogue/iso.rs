//! ISO Open Data: one JSON object a line, one line a project (iso.org/open-data.html).

use serde::Deserialize;
use serde_json::Value;

use super::{LONGEST_REFERENCE, LONGEST_TITLE, MOST_RELATED, Record, bad, line, work};
use crate::domain::address::WebAddress;
use crate::domain::catalogue::{CatalogueRow, RowFacts};
use crate::domain::document::Fault;
use crate::domain::standard::{Form, ProjectId, Stage};

/// A line, as far as it is read. Numbers are read also where they are written as text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: Value,
    reference: String,
    current_stage: Value,
    #[serde(default)]
    title: Value,
    #[serde(default)]
    deliverable_type: Value,
    #[serde(default)]
    supplement_type: Value,
    #[serde(default)]
    publication_date: Value,
    #[serde(default)]
    edition: Value,
    #[serde(default)]
    owner_committee: Value,
    #[serde(default)]
    replaces: Value,
    #[serde(default)]
    replaced_by: Value,
}

pub(super) fn row(record: &Record<'_>) -> Result<Option<CatalogueRow>, Fault> {
    let read: Line = serde_json::from_slice(record.bytes)
        .map_err(|error| bad(record, format_args!("no line of the list: {error}")))?;
    let number = number(&read.id).ok_or_else(|| bad(record, "its id is no number"))?;
    let stage = match &read.current_stage {
        Value::String(text) if text.contains('.') => text.parse::<Stage>().ok(),
        value => self::number(value)
            .and_then(|number| u32::try_from(number).ok())
            .and_then(|number| Stage::from_number(number).ok()),
    };
    let stage = stage.ok_or_else(|| {
        let given = line(&read.current_stage.to_string(), 40);
        bad(record, format_args!("{given} is no stage code"))
    })?;
    let reference = line(&read.reference, LONGEST_REFERENCE);
    if reference.is_empty() {
        return Err(bad(record, "it has no reference"));
    }
    let form = Form::of(&reference);
    let text = |value: &Value, longest| match value {
        Value::String(text) => Some(line(text, longest)).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let title = [&read.title["en"], &read.title["fr"], &read.title]
        .into_iter()
        .find_map(|title| text(title, LONGEST_TITLE))
        .unwrap_or_default();
    let project = ProjectId::numbered(number);
    Ok(Some(CatalogueRow {
        key: number.to_string(),
        file: None,
        work: work(&reference),
        rank: form.order(),
        position: stage.into(),
        facts: RowFacts {
            title,
            committee: text(&read.owner_committee, 100),
            url: WebAddress::new(&format!("https://www.iso.org/standard/{number}.html")).ok(),
            deliverable: text(&read.deliverable_type, 60),
            edition: text(&read.edition, 20),
            supplement: form.is_supplement() || text(&read.supplement_type, 60).is_some(),
            published: text(&read.publication_date, 40).and_then(|date| date.parse().ok()),
            replaces: related(&read.replaces),
            replaced_by: related(&read.replaced_by),
            ..RowFacts::default()
        },
        reference,
        project,
    }))
}

fn number(value: &Value) -> Option<u64> {
    let number = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| *number < 1_000_000_000)
}

fn related(value: &Value) -> Vec<String> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    };
    let mut out: Vec<String> = items
        .iter()
        .filter_map(|item| match item {
            Value::Number(number) => Some(number.to_string()),
            Value::String(text) => Some(line(text, LONGEST_REFERENCE)),
            _ => None,
        })
        .filter(|text| !text.is_empty())
        .take(MOST_RELATED)
        .collect();
    out.sort();
    out.dedup();
    out
}
