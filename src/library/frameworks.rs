//! `frameworks/<id>.toml`: a framework and, where somebody has written one, its page as data.

use super::{Links, Named, Passing};
use crate::domain::id::{BodyId, FrameworkId, JurisdictionId, TopicId};
use crate::domain::library::{Framework, FrameworkDate, FrameworkKind};
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
        if let (Some(day), Some(label)) = (day, &label)
            && !verified
        {
            links.passing.push(Passing {
                last_day: day,
                what: format!("“{label}” was never verified"),
                place: date.place("date"),
            });
        }
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
    let profile = super::profile::profile(&mut file, links);
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

pub(super) fn basis(text: &str) -> Result<String, &'static str> {
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
