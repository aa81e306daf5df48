//! The sample world: sources with items, as they would look at any moment of the fortnight.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::{Plan, Shared, Stage, drawn};
use crate::clock::Clock;
use crate::domain::address::AddressTemplate;
use crate::domain::catalogue::{Catalogue, CataloguePreset};
use crate::domain::id::{BodyId, SourceId, is_slug};
use crate::domain::library::Library;
use crate::domain::quantity;
use crate::domain::source::{DateStyle, Select, Source, SourceKind, Terms};
use crate::text::date::{DateHints, Stamp, read};
use crate::text::report::Report;
use crate::text::table::Table;

#[derive(rust_embed::Embed)]
#[folder = "demo/"]
struct BuiltIn;

/// In which form a source of the world is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    Rss,
    Atom,
    Rdf,
    Json,
    Listing,
    /// One page, watched: its one item is what it says.
    Page,
    /// A body's whole list of standards, an item each, as ISO Open Data has it.
    Catalogue,
}

/// How a listing is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shape {
    #[default]
    Cards,
    Table,
    List,
}

/// One source of the world.
#[derive(Clone, Debug)]
pub(super) struct Outlet {
    pub(super) id: SourceId,
    pub(super) body: BodyId,
    pub(super) name: String,
    pub(super) host: String,
    pub(super) path: String,
    pub(super) format: Format,
    pub(super) shape: Shape,
    pub(super) date_format: String,
    pub(super) language: String,
    every: TimeDelta,
    expect_every: TimeDelta,
    terms: Terms,
    items: Vec<Item>,
}

#[derive(Clone, Debug)]
struct Item {
    appears: f64,
    face: Face,
    revisions: Vec<(f64, Face)>,
}

/// What an item says at a moment.
#[derive(Clone, Debug)]
pub(super) struct Face {
    pub(super) key: String,
    pub(super) published: Option<Stamp>,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) body: String,
    pub(super) categories: Vec<String>,
    /// Of a standard in a catalogue, where it stands.
    pub(super) row: Option<Row>,
}

/// What a catalogue says of a standard beside its title.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) reference: String,
    /// As ISO Open Data writes it: 4020 is 40.20.
    pub(super) stage: u32,
    pub(super) committee: String,
}

impl Outlet {
    /// The items that are listed so many days into the fortnight, the newest appearance first.
    pub(super) fn at(&self, day: f64) -> Vec<Face> {
        let mut listed: Vec<(&Item, Face)> = self
            .items
            .iter()
            .filter(|item| item.appears <= day)
            .map(|item| {
                let face = item
                    .revisions
                    .iter()
                    .rev()
                    .find(|(appears, _)| *appears <= day)
                    .map_or(&item.face, |(_, face)| face);
                (item, face.clone())
            })
            .collect();
        listed.sort_by(|(a, x), (b, y)| {
            b.appears
                .total_cmp(&a.appears)
                .then_with(|| y.published.cmp(&x.published))
        });
        listed.into_iter().map(|(_, face)| face).collect()
    }

    fn source(&self, port: u16) -> anyhow::Result<Source> {
        let (kind, select) = match self.format {
            Format::Rss | Format::Atom | Format::Rdf | Format::Json => {
                (SourceKind::Feed, Select::default())
            }
            Format::Listing => (SourceKind::Listing, drawn::selectors(self.shape)),
            Format::Page => (
                SourceKind::Page,
                Select {
                    keep: vec!["main".to_owned()],
                    ..Select::default()
                },
            ),
            Format::Catalogue => (SourceKind::Catalogue, Select::default()),
        };
        let url = AddressTemplate::new(&format!(
            "http://{}.localhost:{port}{}",
            self.host, self.path
        ))?;
        Ok(Source {
            every: self.every,
            expect_every: self.expect_every,
            terms: self.terms,
            language: Some(self.language.clone()),
            select,
            date: DateStyle {
                format: (kind == SourceKind::Listing).then(|| self.date_format.clone()),
                language: Some(self.language.clone()),
                ..DateStyle::default()
            },
            catalogue: (kind == SourceKind::Catalogue).then(|| Catalogue {
                preset: CataloguePreset::IsoOpenData,
                committees: Vec::new(),
            }),
            ..Source::new(
                self.id.clone(),
                self.body.clone(),
                self.name.clone(),
                kind,
                url,
            )
        })
    }
}

/// The files of a world by name: the folder's, or the binary's.
fn files(folder: Option<&Path>) -> anyhow::Result<BTreeMap<String, String>> {
    let mut out = BTreeMap::new();
    match folder {
        Some(folder) => {
            out.insert(
                "world.toml".to_owned(),
                std::fs::read_to_string(folder.join("world.toml"))?,
            );
            for entry in std::fs::read_dir(folder.join("sources"))? {
                let path = entry?.path();
                if path
                    .extension()
                    .is_some_and(|extension| extension == "toml")
                {
                    let name = path
                        .file_name()
                        .unwrap_or_default()
                        .to_string_lossy()
                        .into_owned();
                    out.insert(format!("sources/{name}"), std::fs::read_to_string(&path)?);
                }
            }
        }
        None => {
            for name in BuiltIn::iter().filter(|name| name.ends_with(".toml")) {
                if let Some(file) = BuiltIn::get(&name) {
                    out.insert(
                        name.into_owned(),
                        String::from_utf8_lossy(&file.data).into_owned(),
                    );
                }
            }
        }
    }
    Ok(out)
}

pub(super) fn stage(
    folder: Option<&Path>,
    port: u16,
    clock: &Clock,
    library: &Library,
) -> anyhow::Result<Stage> {
    let files = files(folder)?;
    let report = Report::default();
    let mut plan = None;
    let mut outlets = Vec::new();
    for (name, text) in &files {
        let file = Table::parse(&format!("demo/{name}"), text, &report);
        if name == "world.toml" {
            plan = read_plan(file);
        } else {
            outlets.extend(read_outlet(file, library));
        }
    }
    let told: Vec<String> = report
        .faults()
        .iter()
        .map(|fault| format!("  {fault}"))
        .collect();
    anyhow::ensure!(
        told.is_empty(),
        "the sample world has faults:\n{}",
        told.join("\n")
    );
    let plan = plan.ok_or_else(|| anyhow::anyhow!("demo/world.toml is missing or incomplete"))?;
    let sources = outlets
        .iter()
        .map(|outlet| outlet.source(port))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let world = World {
        port,
        start: plan.start,
        clock: clock.clone(),
        outlets,
    };
    Ok(Stage {
        sources,
        plan,
        router: axum::Router::new()
            .fallback(serve)
            .with_state(Arc::new(world)),
    })
}

fn read_plan(mut file: Table<'_>) -> Option<Plan> {
    let start = file
        .moment("start")
        .and_then(|text| match read(&text, &DateHints::default()) {
            Ok(Stamp::Instant(moment)) => Some(moment),
            _ => {
                file.fault("start", "a moment such as 2026-11-09T06:00:00Z is wanted");
                None
            }
        });
    let days = file.number("days").unwrap_or(14).clamp(1, 366);
    let mut digest = ("0 8 * * 1".to_owned(), "UTC".to_owned());
    if let Some(mut table) = file.table("digest") {
        digest = (
            table.text("cron").unwrap_or(digest.0),
            table.text("zone").unwrap_or(digest.1),
        );
        table.finish();
    }
    let subscribers = file.texts("subscribers");
    let team = file.texts("team");
    let searches = file.texts("searches");
    file.finish();
    let start = start?;
    Some(Plan {
        start,
        end: start + TimeDelta::days(days),
        digest,
        subscribers,
        team,
        searches,
    })
}

fn read_outlet(mut file: Table<'_>, library: &Library) -> Option<Outlet> {
    let id = file.require("id", str::parse::<SourceId>);
    let body = file.require("body", str::parse::<BodyId>);
    if let Some(body) = &body
        && library.body(body).is_none()
    {
        file.fault("body", format!("the library has no body `{body}`"));
    }
    let name = file.required_text("name");
    let slug = |text: &str| {
        if is_slug(text) {
            Ok(text.to_owned())
        } else {
            Err(format!("`{text}` is no slug"))
        }
    };
    let host = file.require("host", slug);
    let path = file.require("path", |text| {
        if text.starts_with('/') {
            Ok(text.to_owned())
        } else {
            Err("a path begins with /")
        }
    });
    let format = file.word(
        "format",
        &["rss", "atom", "rdf", "json", "listing", "page", "catalogue"],
    );
    let language = file.text("language").unwrap_or_else(|| "en".to_owned());
    let span =
        |file: &mut Table<'_>, key, default| file.read(key, quantity::span).unwrap_or(default);
    let every = span(&mut file, "every", TimeDelta::hours(6));
    let expect_every = span(&mut file, "expect_every", TimeDelta::days(14));
    let terms = file
        .word("terms", &["metadata", "excerpt", "full"])
        .unwrap_or_default();
    let mut shape = Shape::default();
    let mut date_format = "%d %B %Y".to_owned();
    if let Some(mut listing) = file.table("listing") {
        shape = listing
            .word("html", &["cards", "table", "list"])
            .unwrap_or_default();
        date_format = listing.text("date_format").unwrap_or(date_format);
        listing.finish();
    }
    let mut items = Vec::new();
    for mut row in file.tables("item") {
        let key = row.require("key", slug);
        let appears = row.decimal("appears").unwrap_or(0.0);
        let published =
            row.moment("published")
                .and_then(|text| match read(&text, &DateHints::default()) {
                    Ok(stamp) => Some(stamp),
                    Err(error) => {
                        row.fault("published", format!("`{text}` {error}"));
                        None
                    }
                });
        let title = row.required_text("title");
        let summary = row.text("summary").unwrap_or_default();
        let text = row.text("body").unwrap_or_default();
        let categories = row.texts("categories");
        let standard = match format {
            Some(Format::Catalogue) => row
                .required_text("reference")
                .zip(row.number("stage"))
                .zip(row.required_text("committee"))
                .map(|((reference, stage), committee)| Row {
                    reference,
                    stage: u32::try_from(stage).unwrap_or(0),
                    committee,
                }),
            _ => None,
        };
        let mut revisions = Vec::new();
        let face = key.zip(title).map(|(key, title)| Face {
            key,
            published,
            title,
            summary,
            body: text.trim().to_owned(),
            categories,
            row: standard,
        });
        for mut revision in row.tables("revision") {
            let appears = revision.decimal("appears").unwrap_or(0.0);
            let title = revision.text("title");
            let summary = revision.text("summary");
            let body = revision.text("body");
            let stage = revision.number("stage");
            revision.finish();
            if let Some(face) = &face {
                let before = revisions
                    .last()
                    .map_or(face, |(_, face): &(f64, Face)| face);
                revisions.push((
                    appears,
                    Face {
                        title: title.unwrap_or_else(|| before.title.clone()),
                        summary: summary.unwrap_or_else(|| before.summary.clone()),
                        body: body
                            .map_or_else(|| before.body.clone(), |body| body.trim().to_owned()),
                        row: before.row.clone().map(|row| Row {
                            stage: stage
                                .and_then(|stage| u32::try_from(stage).ok())
                                .unwrap_or(row.stage),
                            ..row
                        }),
                        ..before.clone()
                    },
                ));
            }
        }
        row.finish();
        items.extend(face.map(|face| Item {
            appears,
            face,
            revisions,
        }));
    }
    file.finish();
    Some(Outlet {
        id: id?,
        body: body?,
        name: name?,
        host: host?,
        path: path?,
        format: format?,
        shape,
        date_format,
        language,
        every,
        expect_every,
        terms,
        items,
    })
}

struct World {
    port: u16,
    start: DateTime<Utc>,
    clock: Clock,
    outlets: Vec<Outlet>,
}

async fn serve(State(world): State<Shared<World>>, uri: Uri, headers: HeaderMap) -> Response {
    let host = super::asked_host(&headers);
    let hours = (world.clock.now() - world.start).num_minutes();
    // Minutes of a fortnight are far below what a float holds exactly.
    #[allow(clippy::cast_precision_loss, reason = "a fortnight has 20,160 minutes")]
    let day = hours as f64 / (24.0 * 60.0);
    let mut of_host = world
        .outlets
        .iter()
        .filter(|outlet| outlet.host == host)
        .peekable();
    if of_host.peek().is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    for outlet in of_host {
        let base = format!("http://{}.localhost:{}", outlet.host, world.port);
        let faces = outlet.at(day);
        if uri.path() == outlet.path {
            let (kind, body) = drawn::front(outlet, &base, &faces);
            return super::answer(&headers, kind, body.into_bytes());
        }
        if let Some(key) = uri.path().strip_prefix("/updates/")
            && let Some(face) = faces.iter().find(|face| face.key == key)
        {
            return super::answer(
                &headers,
                "text/html; charset=utf-8",
                drawn::page(outlet, face).into_bytes(),
            );
        }
    }
    StatusCode::NOT_FOUND.into_response()
}

/// The stamp as RFC 822 has it, for RSS.
pub(super) fn rfc_822(stamp: Stamp) -> String {
    match stamp {
        Stamp::Instant(moment) => moment.to_rfc2822(),
        Stamp::Day(day) => day
            .and_time(NaiveTime::MIN)
            .format("%a, %d %b %Y")
            .to_string(),
    }
}
