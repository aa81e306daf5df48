//! NIST CSRC's export of its publications: drafts with their comment periods, final texts, and
//! what supersedes what. Fields as recorded on 2026-08-22.

use chrono::NaiveDate;
use serde_json::Value;

use super::{LONGEST_REFERENCE, LONGEST_TITLE, MOST_RELATED, Record, bad, line, work};
use crate::domain::address::WebAddress;
use crate::domain::catalogue::{CatalogueRow, RowFacts};
use crate::domain::document::Fault;
use crate::domain::reference::{self, KnownWorks};
use crate::domain::standard::{Position, ProjectId};

pub(super) fn row(record: &Record<'_>) -> Result<Option<CatalogueRow>, Fault> {
    let read: Value = serde_json::from_slice(record.bytes)
        .map_err(|error| bad(record, format_args!("no entry of the list: {error}")))?;
    let text = |key: &str| {
        read[key]
            .as_str()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let identifier = text("docidentifier").ok_or_else(|| bad(record, "it has no docidentifier"))?;
    let reference = full_reference(identifier);
    let round = round(
        &text("iteration").unwrap_or_default().to_ascii_lowercase(),
        text("status").unwrap_or_default(),
    );
    let round = round.ok_or_else(|| bad(record, "neither a draft nor final"))?;
    let position = match text("substage")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "withdrawn" | "retired" => Position::Withdrawn,
        _ => round.clone(),
    };
    let final_reference = without_round(&reference);
    let project = ProjectId::named(&final_reference).map_err(|error| bad(record, error))?;
    let shown = match &round {
        Position::Draft(round) => format!("{final_reference} {round}"),
        _ => final_reference.clone(),
    };
    let day = |key: &str| text(key).and_then(|text| text.get(..10)?.parse::<NaiveDate>().ok());
    let title = [text("title-main"), text("title-sub")]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(": ");
    Ok(Some(CatalogueRow {
        // One document has a row for each round of its drafts and one for its final text.
        key: format!("{final_reference} {round}"),
        file: None,
        project,
        work: work(&final_reference),
        rank: round.order(),
        position,
        facts: RowFacts {
            title: line(&title, LONGEST_TITLE),
            committee: None,
            url: text("uri").and_then(|uri| WebAddress::new(uri).ok()),
            deliverable: text("series").map(|series| line(series, 60)),
            edition: ["edition", "revision"]
                .iter()
                .find_map(|key| text(key))
                .map(|text| line(text, 20)),
            published: ["issued-date", "published-date"]
                .iter()
                .find_map(|key| text(key))
                .and_then(|date| date.parse().ok()),
            replaces: related(&read["supersedes"]),
            replaced_by: related(&read["superseded-by"]),
            comments_open: day("comment-from"),
            comments_close: day("comment-to"),
            ..RowFacts::default()
        },
        reference: line(&shown, LONGEST_REFERENCE),
    }))
}

/// Which round of drafts it is, or the final text.
fn round(iteration: &str, status: &str) -> Option<Position> {
    match (iteration, status.to_ascii_lowercase().as_str()) {
        ("final", _) | ("", "final") => Some(Position::Final),
        ("", status) if status.starts_with("draft") => Position::draft("ipd"),
        ("", _) => None,
        (iteration, _) => Position::draft(iteration),
    }
}

/// The reference with its publisher, spelled uniformly where it can be.
fn full_reference(identifier: &str) -> String {
    let named = if identifier.to_ascii_uppercase().starts_with("NIST") {
        identifier.to_owned()
    } else {
        format!("NIST {identifier}")
    };
    let named = line(&named, LONGEST_REFERENCE);
    let mut read = reference::read(&named, &KnownWorks::default());
    match (read.pop(), read.is_empty()) {
        // A word that the grammar does not know (an addendum, a volume) must not be lost.
        (Some(reference), true) if reference.canonical.len() + 4 >= named.len() => {
            reference.canonical
        }
        _ => named,
    }
}

/// The reference of the final text: `NIST SP 800-53 Rev. 5 ipd` without its last word.
fn without_round(reference: &str) -> String {
    match reference.rsplit_once(' ') {
        Some((head, last)) if is_round(last) => head.to_owned(),
        _ => reference.trim_end_matches(" (Draft)").to_owned(),
    }
}

fn is_round(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    matches!(word.as_str(), "ipd" | "fpd" | "iprd" | "prd" | "iwd")
        || matches!(word.as_bytes(), [b'2'..=b'9', b'p', b'd'])
}

fn related(value: &Value) -> Vec<String> {
    let mut out: Vec<String> = value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item["docidentifier"].as_str().or_else(|| item.as_str()))
        .map(full_reference)
        .take(MOST_RELATED)
        .collect();
    out.sort();
    out.dedup();
    out
}
