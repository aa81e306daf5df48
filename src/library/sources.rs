//! `sources.toml`: one entry per source.

use chrono::TimeDelta;

use super::{LeftOut, Links, Named, mappings};
use crate::domain::address::{AddressTemplate, WebAddress};
use crate::domain::catalogue::Catalogue;
use crate::domain::id::{BodyId, FrameworkId, JurisdictionId, SourceId};
use crate::domain::mapping::Preset;
use crate::domain::quantity;
use crate::domain::source::{
    Agent, DateStyle, Edit, Interface, Keep, LifeCycleRule, MAX_BYTES, MAX_TIME, Pick, Proof,
    Select, Source, SourceKind, Terms, Way,
};
use crate::text::report::{FileFault, Report};
use crate::text::table::{Mixed, Table};

/// Keys that only some kinds are read by; an entry that is switched off may keep them.
const OF_SOME_KINDS: &[&str] = &["preset", "map", "scope"];

pub(super) fn sources(
    name: &str,
    text: &str,
    presets: &[Preset],
    report: &Report,
    links: &mut Links,
) -> Vec<Source> {
    let before = report.faults().len();
    let mut file = Table::parse(name, text, report);
    // What is no TOML belongs to the entry in which it stands.
    let not_toml: Vec<FileFault> = match report.faults() {
        faults if faults.len() > before => faults,
        _ => Vec::new(),
    };
    file.allow(&["schema"]);
    let tables = file.tables("source");
    let starts: Vec<usize> = tables.iter().map(Table::line).collect();
    let out = tables
        .into_iter()
        .enumerate()
        .filter_map(|(place, table)| {
            let lines = table.line()..starts.get(place + 1).copied().unwrap_or(usize::MAX);
            let torn = not_toml.iter();
            let torn = torn.filter(|fault| fault.file == name && lines.contains(&fault.line));
            let before = report.faults();
            let (id, read) = source(table, presets, links);
            let mut faults = report.faults();
            faults.retain(|fault| !before.contains(fault));
            faults.extend(torn.cloned());
            if faults.is_empty() {
                return read;
            }
            // Read by half of its definition it would bring what it should not: whoever wrote `only`
            // wants nothing else. It stays known by what can be read of it, as one that is off.
            let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
            links
                .left_out
                .extend(id.map(|source| LeftOut { source, faults }));
            let why = format!("its entry is faulty: {}", told.join("; "));
            read.map(|source| Source {
                on: false,
                off_because: source.off_because.filter(|_| !source.on).or(Some(why)),
                ..source
            })
        })
        .collect();
    file.finish();
    out
}

/// Reads an entry: which source it is, and the source, each as far as it can be read.
fn source(
    mut table: Table<'_>,
    presets: &[Preset],
    links: &mut Links,
) -> (Option<SourceId>, Option<Source>) {
    let id = table.require("id", str::parse::<SourceId>);
    let body = table.require("body", str::parse::<BodyId>);
    if let Some(body) = &body {
        links.mention(Named::Body, body.as_str(), table.place("body"));
    }
    let source_name = table.required_text("name");
    let kind: Option<SourceKind> = table.word(
        "kind",
        &["feed", "listing", "page", "sitemap", "json", "catalogue"],
    );
    if !table.has("kind") {
        table.fault(
            "",
            "`kind` is missing: feed, listing, page, sitemap, json or catalogue",
        );
    }
    let url = table.require("url", AddressTemplate::new);
    let home = table.read("home", |text| {
        WebAddress::new(text).map(|_| text.to_owned())
    });
    let every = table
        .read("every", positive_span)
        .unwrap_or(TimeDelta::hours(12));
    let expect_every = table
        .read("expect_every", positive_span)
        .unwrap_or((every * 8).max(TimeDelta::days(14)));
    let terms = table
        .word("terms", &["metadata", "excerpt", "full"])
        .unwrap_or(Terms::Excerpt);
    let licence = table.text("licence");
    let attribution = table.text("attribution");
    let keep_for = table.read("keep_for", positive_span);
    let keep = match table.text("keep").as_deref() {
        Some("hash") => Keep::Hash,
        None | Some("bytes") => keep_for.map_or_else(Keep::default, Keep::Bytes),
        Some(other) => {
            table.fault("keep", format!("`{other}` is not bytes or hash"));
            Keep::default()
        }
    };
    let language = table.read("language", |text| {
        if (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase()) {
            Ok(text.to_owned())
        } else {
            Err(format!(
                "`{text}` is no language code: write two letters (ISO 639-1) such as en"
            ))
        }
    });
    let jurisdiction = table.read("jurisdiction", str::parse::<JurisdictionId>);
    if let Some(jurisdiction) = &jurisdiction {
        links.mention(
            Named::Jurisdiction,
            jurisdiction.as_str(),
            table.place("jurisdiction"),
        );
    }
    let frameworks = table.list("frameworks", str::parse::<FrameworkId>);
    for framework in &frameworks {
        links.mention(
            Named::Framework,
            framework.as_str(),
            table.place("frameworks"),
        );
    }
    let on = table.flag("on").unwrap_or(true);
    let off_because = table.text("off_because");
    let mut select = table.table("select").map(select).unwrap_or_default();
    select.watch = table.text("watch");
    if let Some(rule) = table.table("life_cycle") {
        select.life_cycle = life_cycle(rule);
    }
    let mut date = table.table("date").map(date_style).unwrap_or_default();
    let follow = table.flag("follow").unwrap_or(false);
    let agent = table
        .word("agent", &["contact", "no-contact"])
        .unwrap_or(Agent::Contact);
    let robots_override = table.text("robots_override");
    if robots_override
        .as_ref()
        .is_some_and(|why| why.trim().chars().count() < 10)
    {
        table.fault(
            "robots_override",
            "give the reason, such as who allowed it and when: it is shown on the health page",
        );
    }
    let mut headers = mappings::headers(&mut table);
    let max_bytes = table
        .read("max_bytes", quantity::bytes)
        .unwrap_or(MAX_BYTES);
    let max_time = table.read("max_time", positive_span).unwrap_or(MAX_TIME);
    if max_time > TimeDelta::minutes(10) {
        table.fault("max_time", "a visit may take at most 10m");
    }
    let pages = table.number("pages").and_then(|pages| {
        let count = u32::try_from(pages)
            .ok()
            .filter(|count| (1..=500).contains(count));
        if count.is_none() {
            table.fault("pages", "a visit reads 1 to 500 pages");
        }
        count
    });
    let catalogue = match kind {
        Some(SourceKind::Catalogue) => catalogue(&mut table, on),
        _ => None,
    };
    let note = table.text("note");
    let proof = table.table("proof").and_then(proof);
    let mut interface = Interface::default();
    if let Some(kind @ (SourceKind::Json | SourceKind::Sitemap)) = kind {
        let (own, usual_headers, usual_date) = mappings::interface(&mut table, kind, presets);
        interface = own;
        for (name, value) in usual_headers {
            if !headers
                .iter()
                .any(|(own, _)| own.eq_ignore_ascii_case(&name))
            {
                headers.push((name, value));
            }
        }
        date = over(date, usual_date);
    } else if kind.is_some_and(|kind| kind != SourceKind::Catalogue) {
        interface = mappings::asking(&mut table);
        if on {
            for key in OF_SOME_KINDS.iter().filter(|key| table.has(key)) {
                table.fault(
                    key,
                    "only json and sitemap sources are read by it (and a catalogue by preset and scope): set kind = \"json\", which reads XML too, or leave it out",
                );
            }
        }
        table.allow(OF_SOME_KINDS);
    } else {
        table.allow(&["params", "post", "map", "preset", "scope"]);
    }
    if let Some(kind) = kind {
        let selected = Select {
            watch: None,
            life_cycle: None,
            ..select.clone()
        };
        if on
            && !matches!(kind, SourceKind::Listing | SourceKind::Page)
            && selected != Select::default()
        {
            table.fault(
                "select",
                "only a listing or a page is read by select: a feed needs none, and json is read by map",
            );
        }
        if kind != SourceKind::Page && select.life_cycle.is_some() {
            table.fault(
                "life_cycle",
                "only a page shows a life cycle: set kind = \"page\"",
            );
        }
        if follow && kind != SourceKind::Listing {
            table.fault(
                "follow",
                "only the items of a listing are followed to their pages: leave it out here",
            );
        }
        let map = &interface.map;
        if on
            && kind == SourceKind::Json
            && (map.items.is_empty() || (map.key.is_none() && map.url.is_none()))
        {
            table.fault(
                "map",
                "a json source needs preset = \"…\", or map = { items = \"…\", key = \"…\", title = \"…\" }",
            );
        }
        if on && kind == SourceKind::Listing && select.item.is_none() {
            table.fault(
                "select",
                "a listing needs select = { item = \"…\" }: the CSS of one news item",
            );
        }
    }
    if !on && off_because.is_none() {
        table.fault(
            "on",
            "a source that is off says why: add off_because = \"…\"",
        );
    }
    let place = table.place("id");
    table.finish();
    let Some(id) = id else {
        return (None, None);
    };
    if !links.define(Named::Source, id.as_str(), place) {
        return (Some(id), None);
    }
    let known = id.clone();
    let read = || {
        Some(Source {
            id,
            body: body?,
            name: source_name?,
            kind: kind?,
            url: url?,
            home,
            every,
            expect_every,
            terms,
            licence,
            attribution,
            keep,
            language,
            jurisdiction,
            frameworks,
            on,
            off_because,
            select,
            date,
            follow,
            catalogue,
            agent,
            robots_override,
            headers,
            max_bytes,
            max_time,
            pages,
            interface,
            note,
            proof,
        })
    };
    (Some(known), read())
}

fn positive_span(text: &str) -> Result<TimeDelta, quantity::InvalidQuantity> {
    let span = quantity::span(text)?;
    if span > TimeDelta::zero() {
        Ok(span)
    } else {
        Err(quantity::InvalidQuantity {
            given: text.to_owned(),
            wanted: "a span of time longer than nothing",
        })
    }
}

/// How a catalogue is read. One that is switched off may be of a kind that nobody can read yet.
fn catalogue(table: &mut Table<'_>, on: bool) -> Option<Catalogue> {
    let preset = match table.text("preset").map(|text| text.parse()) {
        Some(Ok(preset)) => Some(preset),
        Some(Err(wrong)) if on => {
            table.fault("preset", wrong);
            None
        }
        None if on => {
            table.fault(
                "preset",
                "a catalogue needs a preset: iso-open-data, relaton or nist-csrc",
            );
            None
        }
        _ => None,
    };
    let committees = table.table("scope").map(|mut scope| {
        let committees = scope.texts("committees");
        scope.finish();
        committees
    });
    Some(Catalogue {
        preset: preset?,
        committees: committees.unwrap_or_default(),
    })
}

fn select(mut table: Table<'_>) -> Select {
    let select = Select {
        lines: table.text("lines"),
        item: table.text("item"),
        link: pick(&mut table, "link"),
        title: pick(&mut table, "title"),
        date: pick(&mut table, "date"),
        summary: pick(&mut table, "summary"),
        key: pick(&mut table, "key"),
        categories: pick(&mut table, "categories"),
        skip: pick(&mut table, "skip"),
        only: pick(&mut table, "only"),
        next: pick(&mut table, "next"),
        keep: table.texts("keep"),
        drop: table.texts("drop"),
        note: pick(&mut table, "note"),
        reference: pick(&mut table, "reference"),
        // They stand beside `select`.
        watch: None,
        life_cycle: None,
    };
    table.finish();
    select
}

fn life_cycle(mut table: Table<'_>) -> Option<LifeCycleRule> {
    let rule = table.required_text("item").map(|item| LifeCycleRule {
        item,
        stage: pick(&mut table, "stage"),
        date: pick(&mut table, "date"),
        project: pick(&mut table, "project"),
        project_in_address: table.text("project_in_address"),
    });
    table.finish();
    rule
}

/// A part of an item, as a text, a table, or a list of such.
fn pick(table: &mut Table<'_>, key: &'static str) -> Option<Pick> {
    let pick = Pick(table.mixed(key).into_iter().flat_map(ways).collect());
    (!pick.0.is_empty()).then_some(pick)
}

fn ways(written: Mixed<'_>) -> Vec<Way> {
    match written {
        Mixed::Text(text) => vec![Way::css(&text)],
        Mixed::Table(table) => vec![way(table)],
        Mixed::List(items) => items.into_iter().flat_map(ways).collect(),
    }
}

fn way(mut table: Table<'_>) -> Way {
    let parts = table
        .mixed("parts")
        .into_iter()
        .map(|part| Pick(ways(part)));
    let parts = parts.collect();
    let way = Way {
        css: table.text("css"),
        attribute: table.text("attribute"),
        page: table.flag("page").unwrap_or(false),
        closest: table.text("closest"),
        before: table.text("before"),
        after: table.text("after"),
        column: short(&mut table, "column"),
        nth: table.number("nth"),
        all: table.text("all"),
        line: table.number("line"),
        parts,
        format: table.text("format"),
        pattern: table.text("match"),
        replace: table.text("replace"),
        edit: table.tables("edit").into_iter().map(edit).collect(),
        value: table.text("value"),
        inherit: table.flag("inherit").unwrap_or(false),
    };
    table.finish();
    way
}

/// A text or a whole number.
fn short(table: &mut Table<'_>, key: &'static str) -> Option<String> {
    match table.mixed(key).into_iter().next()? {
        Mixed::Text(text) => Some(text),
        Mixed::Table(_) | Mixed::List(_) => {
            table.fault(key, "a table where a text or a number should be");
            None
        }
    }
}

fn edit(mut table: Table<'_>) -> Edit {
    let edit = Edit {
        pattern: table.required_text("match").unwrap_or_default(),
        replace: table.text("replace").unwrap_or_default(),
    };
    table.finish();
    edit
}

/// A style, with what it leaves open as another has it.
fn over(own: DateStyle, usual: DateStyle) -> DateStyle {
    let patterns = own.format.is_some() || !own.formats.is_empty();
    DateStyle {
        format: if patterns { own.format } else { usual.format },
        formats: if patterns { own.formats } else { usual.formats },
        language: own.language.or(usual.language),
        day_first: own.day_first.or(usual.day_first.filter(|_| !patterns)),
        zone: own.zone.or(usual.zone),
    }
}

pub(super) fn date_style(mut table: Table<'_>) -> DateStyle {
    let style = DateStyle {
        format: table.text("format"),
        formats: table.texts("formats"),
        language: table.text("language"),
        day_first: table.flag("day_first"),
        zone: table.read("zone", |text| {
            text.parse::<chrono_tz::Tz>()
                .map(|_| text.to_owned())
                .map_err(|_| {
                    format!("`{text}` is no time zone: write for example \"Europe/London\"")
                })
        }),
    };
    for (key, format) in style
        .format
        .iter()
        .map(|format| ("format", format))
        .chain(style.formats.iter().map(|format| ("formats", format)))
    {
        if chrono::format::StrftimeItems::new(format)
            .any(|item| matches!(item, chrono::format::Item::Error))
        {
            table.fault(
                key,
                format!("`{format}` is no date pattern: write for example \"%d %B %Y\""),
            );
        }
    }
    table.finish();
    style
}

fn proof(mut table: Table<'_>) -> Option<Proof> {
    let level = table.word("level", &["tested", "in-use", "derived", "unverified"]);
    let seen = table.text("seen");
    let place = table.text("where");
    table.finish();
    Some(Proof {
        level: level?,
        seen,
        place,
    })
}
