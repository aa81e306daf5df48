//! Mappings of structured interfaces, in `sources.toml` and, as presets, in
//! `library/presets.toml`.

use std::sync::Arc;

use super::sources::date_style;
use crate::domain::key_date::DateEvent;
use crate::domain::mapping::{
    ApiKey, Format, Mapping, Next, Notes, Part, Path, Pattern, Piece, Preset, Route,
};
use crate::domain::source::{DateStyle, Interface, SourceKind};
use crate::domain::update::UpdateKind;
use crate::text::table::{Mixed, Table, nearest};

/// How deep parts may hold parts.
const MOST_DEPTH: usize = 4;
/// The preset that every sitemap is completed from.
const SITEMAP: &str = "sitemap";

/// The days that a mapping can name, as they are written.
const DAYS: &[(&str, DateEvent)] = &[
    ("comments_open", DateEvent::CommentsOpen),
    ("comments_close", DateEvent::CommentsClose),
    ("ballot_close", DateEvent::BallotClose),
    ("publication", DateEvent::Publication),
    ("entry_into_force", DateEvent::EntryIntoForce),
    ("application", DateEvent::Application),
    ("transition_end", DateEvent::TransitionEnd),
    ("withdrawal", DateEvent::Withdrawal),
    ("certification_deadline", DateEvent::CertificationDeadline),
    ("submission", DateEvent::Submission),
    ("event", DateEvent::Event),
];

/// `[[preset]]`.
pub(super) fn presets(file: &mut Table<'_>) -> Vec<Preset> {
    let mut out: Vec<Preset> = Vec::new();
    for mut table in file.tables("preset") {
        let faults = file.faults();
        let id = table.require("id", |text| {
            crate::domain::id::is_slug(text)
                .then(|| text.to_owned())
                .ok_or("use lower-case letters, digits and single hyphens")
        });
        let preset = Preset {
            id: id.clone().unwrap_or_default(),
            params: params(&mut table),
            headers: headers(&mut table),
            key: api_key(&mut table),
            date: table.table("date").map(date_style).unwrap_or_default(),
            map: table.table("map").map(mapping).unwrap_or_default(),
        };
        table.allow(&["note"]);
        if let Some(id) = &id
            && out.iter().any(|known| known.id == *id)
        {
            table.fault("id", format!("there are two presets `{id}`: rename one"));
        }
        table.finish();
        // Who names a preset of which only a half can be read is told that there is none.
        if file.faults() == faults {
            out.push(preset);
        }
    }
    out
}

/// What a source of kind json or sitemap says of its interface, completed from its preset; the
/// preset's headers and date style come beside.
pub(super) fn interface(
    table: &mut Table<'_>,
    kind: SourceKind,
    presets: &[Preset],
) -> (Interface, Vec<(String, String)>, DateStyle) {
    let named = table.text("preset");
    let own = table.table("map").map(mapping).unwrap_or_default();
    let mut params = params(table);
    let mut key = api_key(table);
    let post = table.text("post");
    let (mut include, mut under, mut sitemaps) = (None, None, None);
    if kind == SourceKind::Sitemap {
        include = table.read("include", Pattern::new);
        sitemaps = table.read("sitemaps", Pattern::new);
        under = table.read("under", |text| {
            if text.starts_with('/') || text.starts_with("http") {
                Ok(text.to_owned())
            } else {
                Err(format!("`{text}` is no path: write for example \"/news/\""))
            }
        });
    }
    let preset = match &named {
        Some(name) => {
            let preset = presets.iter().find(|preset| preset.id == *name);
            if preset.is_none() {
                let near = nearest(name, presets.iter().map(|preset| preset.id.as_str()));
                table.fault(
                    "preset",
                    match near {
                        Some(near) => {
                            format!("there is no preset `{name}`: did you mean `{near}`?")
                        }
                        None => format!(
                            "there is no preset `{name}`: write the map here, or the preset into library/presets.toml"
                        ),
                    },
                );
            }
            preset
        }
        None if kind == SourceKind::Sitemap => presets.iter().find(|preset| preset.id == SITEMAP),
        None => None,
    };
    let mut map = own;
    let (mut headers, mut date) = (Vec::new(), DateStyle::default());
    if let Some(preset) = preset {
        map = map.over(&preset.map);
        for (name, values) in &preset.params {
            if !params.iter().any(|(own, _)| own == name) {
                params.push((name.clone(), values.clone()));
            }
        }
        key = key.or_else(|| preset.key.clone());
        headers.clone_from(&preset.headers);
        date = preset.date.clone();
    }
    let interface = Interface {
        preset: named,
        params,
        post,
        key,
        map: Arc::new(map),
        include,
        under,
        sitemaps,
    };
    (interface, headers, date)
}

/// How a source of any other kind is asked.
pub(super) fn asking(table: &mut Table<'_>) -> Interface {
    Interface {
        params: params(table),
        key: api_key(table),
        post: table.text("post"),
        ..Interface::default()
    }
}

fn params(table: &mut Table<'_>) -> Vec<(String, Vec<String>)> {
    let Some(mut params) = table.table("params") else {
        return Vec::new();
    };
    let pairs = params.pairs_of_values();
    for (name, values) in &pairs {
        for value in values {
            if let Err(error) = crate::domain::address::filled(value, chrono::NaiveDate::default())
            {
                params.fault(name, error.to_string());
            }
        }
    }
    pairs
}

/// Headers that are sent as written.
pub(super) fn headers(table: &mut Table<'_>) -> Vec<(String, String)> {
    let headers = table
        .table("headers")
        .map(|mut headers| headers.pairs())
        .unwrap_or_default();
    for (name, value) in &headers {
        if !is_header(name, value) {
            table.fault(
                "headers",
                format!("`{name}` is no HTTP header as it can be sent"),
            );
        }
    }
    headers
}

fn is_header(name: &str, value: &str) -> bool {
    let plain = |text: &str| text.bytes().all(|b| (0x20..0x7f).contains(&b));
    !name.is_empty() && plain(name) && !name.contains([' ', ':']) && plain(value)
}

fn api_key(table: &mut Table<'_>) -> Option<ApiKey> {
    let mut key = table.table("key")?;
    let name = key.required_text("name");
    let header = key.required_text("header");
    let prefix = key.text("prefix").unwrap_or_default();
    if let Some(header) = &header
        && !is_header(header, &prefix)
    {
        key.fault("header", "this is no HTTP header as it can be sent");
    }
    key.finish();
    Some(ApiKey {
        name: name?,
        header: header?,
        prefix,
    })
}

fn mapping(mut table: Table<'_>) -> Mapping {
    let mut dates = Vec::new();
    for (name, event) in DAYS {
        dates.extend(part(&mut table, name).map(|part| (*event, part)));
    }
    let map = Mapping {
        items: paths(&mut table, "items"),
        none: part(&mut table, "none"),
        error: part(&mut table, "error"),
        key: part(&mut table, "key"),
        title: part(&mut table, "title"),
        url: part(&mut table, "url"),
        summary: part(&mut table, "summary"),
        content: part(&mut table, "content"),
        published: part(&mut table, "published"),
        modified: part(&mut table, "modified"),
        language: part(&mut table, "language"),
        version: part(&mut table, "version"),
        categories: part(&mut table, "categories"),
        authors: part(&mut table, "authors"),
        files: part(&mut table, "files"),
        bodies: part(&mut table, "bodies"),
        references: part(&mut table, "references"),
        kind: part(&mut table, "kind"),
        dates,
        notes: notes(&mut table),
        skip: part(&mut table, "skip"),
        only: part(&mut table, "only"),
        group: table.flag("group").unwrap_or(false),
        next: next(&mut table),
    };
    if let Some(kind) = &map.kind {
        for wrong in wrong_kinds(kind) {
            let near = nearest(&wrong, UpdateKind::ALL.iter().map(|kind| kind.as_str()));
            table.fault(
                "kind",
                match near {
                    Some(near) => {
                        format!("`{wrong}` is no kind of update: did you mean `{near}`?")
                    }
                    None => {
                        format!("`{wrong}` is no kind of update: write for example law_adopted")
                    }
                },
            );
        }
    }
    table.finish();
    map
}

/// Fixed values of a part that should name a kind and do not.
fn wrong_kinds(part: &Part) -> Vec<String> {
    let fixed = part.0.iter().flat_map(|route| {
        let looked_up = route.lookup.iter().map(|(_, meant)| meant.clone());
        let alone = route.lookup.is_empty() && route.format.is_none();
        let value = route.value.clone().filter(|_| alone);
        let replace = route
            .replace
            .clone()
            .filter(|replace| alone && !replace.contains('$'));
        looked_up.chain(value).chain(replace)
    });
    fixed
        .filter(|name| name.parse::<UpdateKind>().is_err())
        .collect()
}

/// One path or several, tried in order.
fn paths(table: &mut Table<'_>, key: &'static str) -> Vec<Path> {
    let mut out = Vec::new();
    for mixed in table.mixed(key) {
        match mixed {
            Mixed::Text(text) => match Path::alternatives(&text) {
                Ok(paths) => out.extend(paths),
                Err(why) => table.fault(key, why),
            },
            Mixed::Table(_) | Mixed::List(_) => {
                table.fault(key, "a path, or a list of paths, should be here");
            }
        }
    }
    out
}

/// A part, as a text, a table, or a list of such.
fn part(table: &mut Table<'_>, key: &'static str) -> Option<Part> {
    let mut routes = Vec::new();
    for mixed in table.mixed(key) {
        routes.extend(written(table, key, mixed, 0));
    }
    (!routes.is_empty()).then_some(Part(routes))
}

fn written(above: &Table<'_>, key: &str, mixed: Mixed<'_>, depth: usize) -> Vec<Route> {
    match mixed {
        Mixed::Text(text) => match Part::read(&text) {
            Ok(part) => part.0,
            Err(why) => {
                above.fault(key, why);
                Vec::new()
            }
        },
        Mixed::Table(table) => route(table, depth).into_iter().collect(),
        Mixed::List(items) => items
            .into_iter()
            .flat_map(|item| written(above, key, item, depth))
            .collect(),
    }
}

fn route(mut table: Table<'_>, depth: usize) -> Option<Route> {
    if depth >= MOST_DEPTH {
        table.fault("", "parts within parts, too deep");
        return None;
    }
    let parts = table
        .mixed("parts")
        .into_iter()
        .map(|part| Part(written(&table, "parts", part, depth + 1)))
        .collect();
    let edit = table
        .tables("edit")
        .into_iter()
        .filter_map(|mut edit| {
            let pattern = edit.require("match", Pattern::new);
            let replace = edit.text("replace").unwrap_or_default();
            edit.finish();
            Some((pattern?, replace))
        })
        .collect();
    let lookup = table
        .table("lookup")
        .map(|mut lookup| lookup.pairs())
        .unwrap_or_default();
    let route = Route {
        paths: paths(&mut table, "path"),
        value: table.text("value"),
        parts,
        split: table.text("split").filter(|split| !split.is_empty()),
        plain: table.flag("plain").unwrap_or(false),
        pattern: table.read("match", Pattern::new),
        replace: table.text("replace"),
        edit,
        lower: table.flag("lower").unwrap_or(false),
        slug: table.flag("slug").unwrap_or(false),
        lookup,
        encode: table.flag("encode").unwrap_or(false),
        format: table.read("format", Format::read),
        nth: table.number("nth"),
        all: table.text("all"),
        html: table.flag("html").unwrap_or(false),
        day: table.flag("day").unwrap_or(false),
        date: table.table("date").map(date_style),
    };
    let begins = [
        !route.paths.is_empty(),
        route.value.is_some(),
        !route.parts.is_empty(),
    ];
    match begins.into_iter().filter(|begins| *begins).count() {
        0 if route.format.is_none() => {
            table.fault("", "say where it stands: path, parts, format or value");
        }
        0 | 1 => {}
        _ => table.fault("", "keep one of path, parts and value"),
    }
    if route.replace.is_some() && route.pattern.is_none() {
        table.fault(
            "replace",
            "replace needs match beside it; corrections stand under edit",
        );
    }
    if route.nth == Some(0) {
        table.fault("nth", "nth counts from 1, or from the end with -1");
    }
    if let Some(format) = &route.format {
        let most = match (route.parts.len(), route.paths.is_empty()) {
            (0, true) => 0,
            (0, false) => 1,
            (parts, _) => parts,
        };
        if format.parts() > most {
            table.fault(
                "format",
                format!(
                    "there is no {{{}}}: it takes {most} {}",
                    format.parts(),
                    if most == 1 { "value" } else { "values" }
                ),
            );
        }
        if !route.paths.is_empty()
            && !format
                .pieces
                .iter()
                .any(|piece| matches!(piece, Piece::Part(1)))
        {
            table.fault("format", "{1}, the value of path, is missing in it");
        }
    }
    table.finish();
    Some(route)
}

fn notes(table: &mut Table<'_>) -> Vec<Notes> {
    let mut out = Vec::new();
    for mixed in table.mixed("notes") {
        let Mixed::Table(mut notes) = mixed else {
            table.fault("notes", "a table { items, at, note } should be here");
            continue;
        };
        let items = paths(&mut notes, "items");
        let at = part(&mut notes, "at");
        let note = part(&mut notes, "note");
        if note.is_none() {
            notes.fault("", "`note` is missing: where the text of a note stands");
        }
        notes.finish();
        if let Some(note) = note {
            out.push(Notes {
                items,
                at: at.unwrap_or_default(),
                note,
            });
        }
    }
    out
}

/// Where the list goes on: a path to the link, or a table.
fn next(table: &mut Table<'_>) -> Option<Next> {
    let mixed = table.mixed("next").into_iter().next()?;
    let mut next = match mixed {
        Mixed::Text(text) => {
            return match Part::read(&text) {
                Ok(link) => Some(Next {
                    link: Some(link),
                    ..Next::default()
                }),
                Err(why) => {
                    table.fault("next", why);
                    None
                }
            };
        }
        Mixed::Table(next) => next,
        Mixed::List(_) => {
            table.fault("next", "a path or a table should be here");
            return None;
        }
    };
    let count = |table: &mut Table<'_>, key| {
        let number = table.number(key)?;
        let count = u64::try_from(number).ok().filter(|count| *count > 0);
        if count.is_none() {
            table.fault(key, "a number from 1 should be here");
        }
        count
    };
    let out = Next {
        link: part(&mut next, "link"),
        page: next.text("page"),
        first: next.number("first"),
        offset: next.text("offset"),
        cursor: next.text("cursor"),
        mark: part(&mut next, "mark"),
        size: next.text("size"),
        more: part(&mut next, "more"),
        total: part(&mut next, "total"),
        pages: part(&mut next, "pages"),
        most_rows: count(&mut next, "most_rows"),
        most_pages: count(&mut next, "most_pages"),
        to_end: next.flag("to_end").unwrap_or(false),
    };
    if out.cursor.is_some() != out.mark.is_some() {
        next.fault(
            "",
            "cursor and mark stand together: which parameter takes it, and where it is",
        );
    }
    if out.link.is_none() && out.page.is_none() && out.offset.is_none() && out.cursor.is_none() {
        next.fault("", "say how it goes on: link, page, offset or cursor");
    }
    next.finish();
    Some(out)
}
