//! `frameworks/<id>.toml`: a framework and, where somebody has written one, its page as data.

use super::{Links, Named};
use crate::domain::id::{BodyId, FrameworkId, JurisdictionId, TopicId};
use crate::domain::library::{Framework, FrameworkDate, FrameworkKind, Profile};
use crate::text::table::Table;

const STATUSES: &[&str] = &[
    "in_development",
    "current",
    "superseded",
    "withdrawn",
    "proposed",
    "adopted",
    "in_force",
    "partly_applicable",
    "repealed",
    "lapsed",
];

/// Sections that a page may have, in `sections`.
const SECTIONS: &[&str] = &[
    "need",
    "control_area",
    "timeline",
    "crosswalk",
    "adoption",
    "regulatory_reference",
    "certification",
    "update",
    "coverage",
    "related",
    "topics",
    "faq",
    "digest",
];

pub(super) fn framework(mut file: Table<'_>, links: &mut Links) -> Option<Framework> {
    file.allow(&["schema"]);
    let Some(mut table) = file.table("framework") else {
        file.fault(
            "",
            "`[framework]` is missing: the file must say which framework it is",
        );
        return None;
    };
    let id = table.require("id", str::parse::<FrameworkId>);
    let short = table.required_text("short");
    let title = table.required_text("title");
    let aliases = table.texts("aliases");
    let aliases_i18n = table
        .table("aliases_i18n")
        .map(|mut table| table.pairs_of_lists())
        .unwrap_or_default();
    let kind: Option<FrameworkKind> = table.word(
        "kind",
        &["standard", "law", "framework", "attestation", "guidance"],
    );
    if !table.has("kind") {
        table.fault(
            "",
            "`kind` is missing: standard, law, framework, attestation or guidance",
        );
    }
    let owners = table.list("owners", str::parse::<BodyId>);
    mention(
        links,
        &table,
        "owners",
        Named::Body,
        &owners,
        BodyId::as_str,
    );
    let jurisdictions = table.list("jurisdictions", str::parse::<JurisdictionId>);
    mention(
        links,
        &table,
        "jurisdictions",
        Named::Jurisdiction,
        &jurisdictions,
        JurisdictionId::as_str,
    );
    let references = table.texts("references");
    let related = table.list("related", str::parse::<FrameworkId>);
    mention(
        links,
        &table,
        "related",
        Named::Framework,
        &related,
        FrameworkId::as_str,
    );
    let bases = table.list("bases", str::parse::<FrameworkId>);
    mention(
        links,
        &table,
        "bases",
        Named::Framework,
        &bases,
        FrameworkId::as_str,
    );
    let topics = table.list("topics", str::parse::<TopicId>);
    mention(
        links,
        &table,
        "topics",
        Named::Topic,
        &topics,
        TopicId::as_str,
    );
    let status = table.require("status", |text| {
        if STATUSES.contains(&text) {
            Ok(text.to_owned())
        } else {
            Err(format!("`{text}` is not one of {}", STATUSES.join(", ")))
        }
    });
    let edition = table.text("edition");
    let mut dates = Vec::new();
    for mut date in table.tables("dates") {
        let day = date.day("date");
        let label = date.required_text("label");
        let verified = date.flag("verified").unwrap_or(false);
        let basis = date.read("basis", basis);
        date.allow(&["note", "precision"]);
        if let (Some(date), Some(label)) = (day, label) {
            dates.push(FrameworkDate {
                date,
                label,
                verified,
                basis,
            });
        }
        date.finish();
    }
    table.allow(&["note", "url", "supersedes", "superseded_by", "parent"]);
    let place = table.place("id");
    table.finish();
    let profile = profile(&mut file, links);
    file.finish();
    let id = id?;
    if !links.define(Named::Framework, id.as_str(), place) {
        return None;
    }
    Some(Framework {
        id,
        short: short?,
        title: title?,
        aliases,
        aliases_i18n,
        kind: kind?,
        owners,
        jurisdictions,
        references,
        related,
        bases,
        topics,
        status: status?,
        edition,
        dates,
        profile,
    })
}

fn basis(text: &str) -> Result<String, &'static str> {
    if ["source", "recall", "announced"].contains(&text) {
        Ok(text.to_owned())
    } else {
        Err("must be source, recall or announced")
    }
}

fn mention<T>(
    links: &mut Links,
    table: &Table<'_>,
    key: &str,
    named: Named,
    ids: &[T],
    text: impl Fn(&T) -> &str,
) {
    for id in ids {
        links.mention(named, text(id), table.place(key));
    }
}

/// The sections of a page. Today's pages show its head; the sections are checked in full, so
/// that a fault in one is told now and not on the day it is first shown.
fn profile(file: &mut Table<'_>, links: &mut Links) -> Option<Profile> {
    let head = file.table("profile").map(|mut head| {
        let title = head.required_text("title");
        let summary = head.required_text("summary");
        let language = head.text("language").unwrap_or_else(|| "en".to_owned());
        let reviewed = head.day("reviewed");
        if reviewed.is_none() && !head.has("reviewed") {
            head.fault(
                "",
                "`reviewed` is missing: the day on which somebody last read the page through",
            );
        }
        let sections = head.list("sections", |text| {
            if SECTIONS.contains(&text) {
                Ok(text.to_owned())
            } else {
                Err(format!("`{text}` is no section: {}", SECTIONS.join(", ")))
            }
        });
        head.allow(&["framework", "slug"]);
        head.finish();
        Some(Profile {
            title: title?,
            summary: summary?,
            language,
            reviewed: reviewed?,
            sections,
        })
    });
    let mut known_sources = Vec::new();
    for mut source in file.tables("source") {
        if let Some(id) = source.required_text("id") {
            if known_sources.contains(&id) {
                source.fault(
                    "id",
                    format!("the source `{id}` is already defined in this file"),
                );
            }
            known_sources.push(id);
        }
        source.allow(&["publisher"]);
        source.required_text("title");
        source.read("url", |text| {
            crate::domain::address::WebAddress::new(text).map(|_| ())
        });
        source.word::<serde_json::Value>("kind", &["primary", "secondary", "company"]);
        source.allow(&["note"]);
        source.finish();
    }
    let known = known_sources.as_slice();
    for mut row in file.tables("need") {
        row.required_text("role");
        row.required_text("label");
        row.required_text("advice");
        row.texts("actions");
        sources(&mut row, known);
        row.finish();
    }
    for mut row in file.tables("control_area") {
        row.allow(&["ref", "kind"]);
        row.required_text("title");
        row.allow(&["summary"]);
        row.texts("groups");
        sources(&mut row, known);
        row.finish();
    }
    for mut row in file.tables("timeline") {
        row.day("date");
        row.required_text("label");
        row.allow(&["precision", "state", "verified", "note"]);
        row.read("basis", basis);
        sources(&mut row, known);
        row.finish();
    }
    for mut row in file.tables("crosswalk") {
        framework_id(&mut row, links);
        row.allow(&["note", "verified", "basis"]);
        sources(&mut row, known);
        row.finish();
    }
    if let Some(mut adoption) = file.table("adoption") {
        adoption.allow(&["note"]);
        for mut row in adoption.tables("certified") {
            row.required_text("organisation");
            body_id(&mut row, "certification_body", links);
            row.day("date");
            row.allow(&["accredited", "precision", "verified", "basis", "note"]);
            sources(&mut row, known);
            row.finish();
        }
        for mut row in adoption.tables("assessor") {
            body_id(&mut row, "body", links);
            let by = row.list("accredited_by", str::parse::<BodyId>);
            mention(
                links,
                &row,
                "accredited_by",
                Named::Body,
                &by,
                BodyId::as_str,
            );
            row.allow(&["verified", "basis", "note"]);
            sources(&mut row, known);
            row.finish();
        }
        for mut row in adoption.tables("contributor") {
            body_id(&mut row, "body", links);
            row.allow(&["role", "verified", "basis", "note"]);
            sources(&mut row, known);
            row.finish();
        }
        sources(&mut adoption, known);
        adoption.finish();
    }
    for mut row in file.tables("regulatory_reference") {
        jurisdiction_id(&mut row, links);
        body_id(&mut row, "body", links);
        framework_id(&mut row, links);
        row.allow(&["note", "verified", "basis"]);
        sources(&mut row, known);
        row.finish();
    }
    if let Some(mut certification) = file.table("certification") {
        certification.allow(&["intro", "validity_years", "surveillance"]);
        for mut step in certification.tables("step") {
            step.number("n");
            step.required_text("title");
            step.allow(&["text"]);
            sources(&mut step, known);
            step.finish();
        }
        sources(&mut certification, known);
        certification.finish();
    }
    for mut row in file.tables("coverage") {
        jurisdiction_id(&mut row, links);
        row.allow(&["basis"]);
        sources(&mut row, known);
        row.finish();
    }
    if let Some(mut related) = file.table("related") {
        let frameworks = related.list("frameworks", str::parse::<FrameworkId>);
        mention(
            links,
            &related,
            "frameworks",
            Named::Framework,
            &frameworks,
            FrameworkId::as_str,
        );
        related.finish();
    }
    if let Some(mut topics) = file.table("topics") {
        let ids = topics.list("ids", str::parse::<TopicId>);
        mention(links, &topics, "ids", Named::Topic, &ids, TopicId::as_str);
        topics.finish();
    }
    for mut row in file.tables("faq") {
        row.required_text("q");
        row.required_text("a");
        sources(&mut row, known);
        row.finish();
    }
    if let Some(mut digest) = file.table("digest") {
        digest.allow(&[
            "enabled",
            "cadence",
            "heading",
            "text",
            "privacy_note",
            "double_opt_in",
        ]);
        digest.finish();
    }
    head.flatten()
}

fn sources(row: &mut Table<'_>, known: &[String]) {
    row.list("sources", |id| {
        if known.iter().any(|known| known == id) {
            Ok(())
        } else {
            Err(format!("this file has no [[source]] `{id}`"))
        }
    });
}

fn framework_id(row: &mut Table<'_>, links: &mut Links) {
    if let Some(id) = row.read("framework", str::parse::<FrameworkId>) {
        links.mention(Named::Framework, id.as_str(), row.place("framework"));
    }
}

fn body_id(row: &mut Table<'_>, key: &'static str, links: &mut Links) {
    if let Some(id) = row.read(key, str::parse::<BodyId>) {
        links.mention(Named::Body, id.as_str(), row.place(key));
    }
}

fn jurisdiction_id(row: &mut Table<'_>, links: &mut Links) {
    if let Some(id) = row.read("jurisdiction", str::parse::<JurisdictionId>) {
        links.mention(Named::Jurisdiction, id.as_str(), row.place("jurisdiction"));
    }
}
