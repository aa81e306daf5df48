//! `library/*.toml`: bodies, jurisdictions, topics, crosswalks.

use super::{Links, Named};
use crate::domain::id::{BodyId, FrameworkId, JurisdictionId, TopicId};
use crate::domain::library::{Body, Crosswalk, Jurisdiction, Mapping, Topic};
use crate::text::table::Table;

/// The kinds a body may have.
const BODY_KINDS: &[&str] = &[
    "sdo",
    "consortium",
    "professional_body",
    "igo",
    "eu_institution",
    "legislature",
    "government",
    "regulator",
    "dpa",
    "agency",
    "court",
    "accreditation_body",
    "accreditation_forum",
    "certification_body",
    "ngo",
    "publisher",
];

/// The relations a crosswalk may state, read "a `relation` b".
const RELATIONS: &[&str] = &[
    "maps_to",
    "overlaps",
    "complements",
    "companion",
    "same_structure",
    "extends",
    "profile_of",
    "derived_from",
    "references",
    "informative_reference",
    "informs",
    "supports_conformity",
    "harmonised_for",
    "certifies",
    "assesses",
    "implements",
    "transposes",
    "amends",
    "supersedes",
    "lex_specialis",
    "conflicts_with",
];

fn one_of(words: &'static [&'static str]) -> impl Fn(&str) -> Result<String, String> {
    move |text| {
        if words.contains(&text) {
            return Ok(text.to_owned());
        }
        Err(
            match crate::text::table::nearest(text, words.iter().copied()) {
                Some(near) => format!("`{text}` is not known: did you mean `{near}`?"),
                None => format!("`{text}` is not one of {}", words.join(", ")),
            },
        )
    }
}

/// `[[body]]`.
pub(super) fn bodies(file: &mut Table<'_>, links: &mut Links) -> Vec<Body> {
    let mut out = Vec::new();
    for mut table in file.tables("body") {
        let id = table.require("id", str::parse::<BodyId>);
        let name = table.required_text("name");
        let aliases = table.texts("aliases");
        let kinds = table.list("kind", one_of(BODY_KINDS));
        if kinds.is_empty() {
            table.fault("kind", "a body needs at least one kind");
        }
        let jurisdiction = table.read("jurisdiction", str::parse::<JurisdictionId>);
        if let Some(jurisdiction) = &jurisdiction {
            links.mention(
                Named::Jurisdiction,
                jurisdiction.as_str(),
                table.place("jurisdiction"),
            );
        }
        let homepage = table.read("homepage", |text| {
            crate::domain::address::WebAddress::new(text).map(|_| text.to_owned())
        });
        let ambiguous = table.flag("ambiguous").unwrap_or(false);
        table.allow(&["note"]);
        if let (Some(id), Some(name)) = (id, name)
            && links.define(Named::Body, id.as_str(), table.place("id"))
        {
            out.push(Body {
                id,
                name,
                aliases,
                kinds,
                jurisdiction,
                homepage,
                ambiguous,
            });
        }
        table.finish();
    }
    out
}

/// `[[jurisdiction]]`.
pub(super) fn jurisdictions(file: &mut Table<'_>, links: &mut Links) -> Vec<Jurisdiction> {
    let mut out = Vec::new();
    for mut table in file.tables("jurisdiction") {
        let id = table.require("id", str::parse::<JurisdictionId>);
        let name = table.required_text("name");
        let kind = table.required_text("type");
        let names = table.texts("names");
        let demonyms = table.texts("demonyms");
        // A state is written with its country, a country with the unions that it is a member of.
        let mut member_of = table.list("member_of", str::parse::<JurisdictionId>);
        for above in &member_of {
            links.mention(
                Named::Jurisdiction,
                above.as_str(),
                table.place("member_of"),
            );
        }
        if let Some(country) = table.read("parent", str::parse::<JurisdictionId>) {
            links.mention(Named::Jurisdiction, country.as_str(), table.place("parent"));
            member_of.push(country);
        }
        let needs_context = table.flag("needs_context").unwrap_or(false);
        let bodies = table.list("bodies", str::parse::<BodyId>);
        for body in &bodies {
            links.mention(Named::Body, body.as_str(), table.place("bodies"));
        }
        table.allow(&["note"]);
        if let (Some(id), Some(name), Some(kind)) = (id, name, kind)
            && links.define(Named::Jurisdiction, id.as_str(), table.place("id"))
        {
            out.push(Jurisdiction {
                id,
                name,
                kind,
                names,
                demonyms,
                member_of,
                needs_context,
                bodies,
            });
        }
        table.finish();
    }
    out
}

/// `[[topic]]`.
pub(super) fn topics(file: &mut Table<'_>, links: &mut Links) -> Vec<Topic> {
    let mut out = Vec::new();
    for mut table in file.tables("topic") {
        let id = table.require("id", str::parse::<TopicId>);
        let name = table.required_text("name");
        let aliases = table.texts("aliases");
        table.allow(&["note"]);
        if let (Some(id), Some(name)) = (id, name)
            && links.define(Named::Topic, id.as_str(), table.place("id"))
        {
            out.push(Topic { id, name, aliases });
        }
        table.finish();
    }
    out
}

/// `[[crosswalk]]`.
pub(super) fn crosswalks(file: &mut Table<'_>, links: &mut Links) -> Vec<Crosswalk> {
    let mut out = Vec::new();
    for mut table in file.tables("crosswalk") {
        let mut end = |table: &mut Table<'_>, key: &'static str| {
            let id = table.require(key, str::parse::<FrameworkId>)?;
            links.mention(Named::Framework, id.as_str(), table.place(key));
            Some(id)
        };
        let a = end(&mut table, "a");
        let b = end(&mut table, "b");
        let relation = table.require("relation", one_of(RELATIONS));
        let note = table.text("note").unwrap_or_default();
        let mapping = table.table("mapping").and_then(|mut mapping| {
            let name = mapping.required_text("name");
            let publisher = mapping.required_text("publisher");
            let licence = mapping.text("licence");
            let verified = mapping.flag("verified").unwrap_or(false);
            let edition_a = mapping.text("edition_a");
            let edition_b = mapping.text("edition_b");
            mapping.allow(&["url", "note"]);
            mapping.finish();
            Some(Mapping {
                name: name?,
                publisher: publisher?,
                licence,
                verified,
                edition_a,
                edition_b,
            })
        });
        if let (Some(a), Some(b), Some(relation)) = (a, b, relation) {
            if a == b {
                table.fault("b", "a framework has no crosswalk to itself");
            }
            out.push(Crosswalk {
                a,
                b,
                relation,
                note,
                mapping,
            });
        }
        table.finish();
    }
    out
}
