//! Watched pages, collected from a server of our own: first contact, noise, a change, an outage, a
//! selector that is gone, a page that shrinks, a PDF, a standard's life cycle in two languages, an
//! edit on a whole site, and a process that is killed.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use chrono::TimeDelta;
use regwire::clock::Clock;
use regwire::daemon::jobs::collect::{self, Choice};
use regwire::daemon::jobs::{index, register};
use regwire::daemon::{House, Shift};
use regwire::domain::document::{FaultCode, Outcome, Sha256, Visit};
use regwire::domain::health::{self, Health};
use regwire::domain::id::SourceId;
use regwire::domain::update::{Reach, Update, UpdateKind};
use regwire::pdf::Extractor;
use regwire::render::update_line;
use serde_json::{Value, json};

use crate::command_line::{lines, regwire, run};
use crate::house::utc;
use crate::postgres::Postgres;

/// What lies at each path: status and body.
type World = Arc<Mutex<BTreeMap<String, (u16, Vec<u8>)>>>;

async fn answer(State(world): State<World>, uri: Uri, headers: HeaderMap) -> Response {
    let found = world.lock().unwrap().get(uri.path()).cloned();
    let Some((status, body)) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", &Sha256::of(&body).as_str()[..16]);
    let known = headers.get(header::IF_NONE_MATCH);
    if status == 200 && known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let media = if body.starts_with(b"%PDF") {
        "application/pdf"
    } else {
        "text/html; charset=utf-8"
    };
    let status = StatusCode::from_u16(status).unwrap();
    (
        status,
        [(header::ETAG, tag), (header::CONTENT_TYPE, media.into())],
        body,
    )
        .into_response()
}

async fn serve(world: World) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new().fallback(answer).with_state(world);
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

/// Some sources, the server that they lie at, and what is needed to visit them.
struct Stage {
    world: World,
    house: House,
    clock: Clock,
    folder: Arc<tempfile::TempDir>,
    port: u16,
    store: String,
}

impl Stage {
    async fn new(store: &str, sources: &str) -> Self {
        let world = World::default();
        let port = serve(Arc::clone(&world)).await;
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let clock = Clock::held(utc("2026-03-02T06:00:00Z"));
        Self {
            house: house(store, folder.path(), port, sources, clock.clone()).await,
            world,
            clock,
            folder,
            port,
            store: store.to_owned(),
        }
    }

    /// The same data read by other definitions.
    async fn again(&self, sources: &str) -> Self {
        let clock = self.clock.clone();
        Self {
            house: house(
                &self.store,
                self.folder.path(),
                self.port,
                sources,
                clock.clone(),
            )
            .await,
            world: Arc::clone(&self.world),
            clock,
            folder: Arc::clone(&self.folder),
            port: self.port,
            store: self.store.clone(),
        }
    }

    fn put(&self, path: &str, status: u16, body: impl Into<Vec<u8>>) {
        let mut world = self.world.lock().unwrap();
        world.insert(path.to_owned(), (status, body.into()));
    }

    /// All visits of a round, a day after the last.
    async fn round(&self) -> Vec<Visit> {
        self.clock.move_to(self.clock.now() + TimeDelta::days(1));
        let shift = Shift::begin(&self.house).await.unwrap().unwrap();
        let fetcher = self.house.fetcher().unwrap();
        let choice = Choice {
            only: Vec::new(),
            force: true,
        };
        let reports = collect::collect(&self.house, shift.lease(), &fetcher, &choice, |_| {})
            .await
            .unwrap();
        index::follow(&self.house).await.unwrap();
        register::follow(&self.house, shift.lease()).await.unwrap();
        shift.end().await.unwrap();
        reports.into_iter().map(|report| report.visit).collect()
    }

    /// The visit of the one source: outcome, new updates and the first fault.
    async fn visit(&self) -> (Outcome, u32, Option<FaultCode>) {
        let visit = self.round().await.remove(0);
        (
            visit.outcome,
            visit.new,
            visit.faults.first().map(|fault| fault.code),
        )
    }

    /// All updates, the latest first.
    async fn told(&self) -> Vec<Update> {
        let latest = self.house.store.latest(false, None, 100).await.unwrap();
        latest.into_iter().map(|(_, update)| update).collect()
    }

    async fn health(&self) -> Health {
        let source = &self.house.sources[0];
        let state = self.house.store.source_state(&source.id).await.unwrap();
        let record = state.unwrap().record;
        health::judge(true, source.expect_every, &record, self.clock.now()).health
    }

    /// A page of the site.
    async fn page(&self, path: &str) -> (u16, String) {
        crate::house::page(&self.house, &self.clock, path).await
    }
}

async fn house(store: &str, folder: &Path, port: u16, sources: &str, clock: Clock) -> House {
    let sources = sources.replace("SERVER", &format!("http://site.localhost:{port}"));
    let mut house = crate::house::open(store, folder, sources, clock).await;
    // This program is a test, and cannot be the reader's child.
    house.pdf = Arc::new(Extractor::new(env!("CARGO_BIN_EXE_regwire").into()).without_pdftotext());
    house
}

/// An entry of sources.toml; `more` is its end.
fn source(id: &str, path: &str, more: &str) -> String {
    format!(
        "[[source]]\nid = \"{id}\"\nbody = \"nist\"\nname = \"Guidance {id}\"\nkind = \"page\"\nurl = \"SERVER{path}\"\nevery = \"1d\"\nexpect_every = \"180d\"\nlanguage = \"en\"\nterms = \"full\"\n{more}\n"
    )
}

/// A page with its frame; `noise` is what is another at each look.
fn framed(noise: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><title>Guidance</title></head><body><nav><a href=\"/\">Home {noise}</a></nav><main><h1>Reporting</h1>{main}</main><footer>© 2026 The institute, page made in {noise} ms</footer></body></html>"
    )
}

const LONG: &str = "<h2>Scope</h2><p>This guidance is for providers of systems that are used in the management of risk. It explains what a provider records, for how long the records are kept, who may ask to see them, and what happens where they are not complete. It does not replace the law, and the authority may depart from it where there is good reason to do so in the single case.</p>";

fn guidance(noise: &str, days: u32) -> String {
    framed(
        noise,
        &format!(
            "{LONG}<h2>Time limits</h2><p>Providers shall report serious incidents within {days} days of becoming aware of them.</p>"
        ),
    )
}

const NOTHING: (Outcome, u32, Option<FaultCode>) = (Outcome::Unchanged, 0, None);

async fn a_page(store: &str) {
    let sources = source("g", "/guidance", "select = { keep = [\"main\"] }");
    let stage = Stage::new(store, &sources).await;
    let id = SourceId::new("g").unwrap();
    let versions = async || stage.house.store.page_versions(&id).await.unwrap().len();
    // First contact, the same again, and nothing but noise: a baseline, and silence.
    stage.put("/guidance", 200, guidance("17", 30));
    assert_eq!(stage.visit().await, NOTHING);
    assert_eq!(stage.visit().await, NOTHING);
    stage.put("/guidance", 200, guidance("23", 30));
    assert_eq!(stage.visit().await, NOTHING);
    assert_eq!(versions().await, 1);
    let page = stage.house.store.watched_page(&id).await.unwrap().unwrap();
    assert_eq!((page.version, page.document), (1, 2));

    // A number in a duty.
    stage.put("/guidance", 200, guidance("31", 15));
    assert_eq!(stage.visit().await, (Outcome::New, 1, None));
    let told = stage.told().await;
    let [update] = told.as_slice() else { panic!() };
    assert_eq!(update.key, "version 2");
    assert_eq!(update.content.title, "Guidance g: “Time limits” changed");
    assert_eq!(update.reach, Reach::News);
    assert!(update.content.summary.contains("[-30-] {+15+}"));
    assert!(
        update
            .content
            .body
            .as_str()
            .contains("<del>30</del> <ins>15</ins>")
    );
    let step = update.content.page.unwrap();
    assert_eq!((step.from, step.to), (1, 2));
    assert!(step.weight >= 0.15 && step.weight <= 1.0);
    assert_eq!(update.evidence.document, 3);

    // An outage, an error page with a good face, and the page again: nothing.
    stage.put("/guidance", 503, "down");
    let (outcome, new, _) = stage.visit().await;
    assert!(!outcome.is_success() && new == 0);
    stage.put(
        "/guidance",
        200,
        "<title>Page not found</title><main><h1>Page not found</h1></main>",
    );
    assert_eq!(
        stage.visit().await,
        (Outcome::Quarantined, 0, Some(FaultCode::SoftNotFound))
    );
    stage.put("/guidance", 200, guidance("41", 15));
    assert_eq!(stage.visit().await, NOTHING);

    // What is watched is gone; what changed meanwhile is told when it is back.
    stage.put(
        "/guidance",
        200,
        guidance("1", 10).replace("main>", "section>"),
    );
    for _ in 0..3 {
        assert_eq!(
            stage.visit().await,
            (Outcome::Quarantined, 0, Some(FaultCode::NoMatch))
        );
    }
    assert_eq!(stage.health().await, Health::ChangedShape);
    stage.put("/guidance", 200, guidance("2", 10));
    assert_eq!(stage.visit().await, (Outcome::New, 1, None));
    assert_eq!(stage.health().await, Health::Fresh);
    let told = stage.told().await;
    assert!(told[0].content.summary.contains("[-15-] {+10+}"));

    // A page that shrinks is believed when it comes three times in a row, also byte for byte.
    let short = framed("2", "<p>The guidance is under review.</p>");
    stage.put("/guidance", 200, short.clone());
    let doubted = (Outcome::Quarantined, 0, Some(FaultCode::Shrunken));
    assert_eq!(stage.visit().await, doubted);
    assert_eq!(stage.visit().await, doubted);
    assert_eq!(stage.health().await, Health::ChangedShape);
    stage.put("/guidance", 200, guidance("2", 10));
    assert_eq!(stage.visit().await, NOTHING);
    stage.put("/guidance", 200, short.clone());
    assert_eq!(stage.visit().await, doubted);
    assert_eq!(stage.visit().await, doubted);
    assert_eq!(stage.visit().await, (Outcome::New, 1, None));
    assert_eq!(stage.visit().await, NOTHING);
    assert_eq!(versions().await, 4);

    // Any two versions can be compared, and only those that are there.
    let (status, page) = stage.page("/sources/g/versions?from=1&to=3").await;
    assert_eq!(status, 200);
    assert!(page.contains("<del>30</del> <ins>10</ins>"), "{page}");
    let (_, page) = stage.page("/sources/g/versions").await;
    assert!(page.contains("From version 3 to version 4"), "{page}");
    let (_, page) = stage.page("/sources/g/versions?from=1&to=9").await;
    assert!(page.contains("There is no version 9"), "{page}");
    let (_, page) = stage.page(&format!("/updates/{}", told[0].id)).await;
    assert!(page.contains("versions?from=2&amp;to=3"), "{page}");
    assert!(page.contains(&format!(
        "weight {:.2}",
        told[0].content.page.unwrap().weight
    )));
    let (_, home) = stage.page("/").await;
    assert!(
        home.contains("weight 0.") && home.contains("<del>15</del> <ins>10</ins>"),
        "{home}"
    );
    // Each change is a story of its own, however alike they are told.
    assert!(!page.contains("Also reported by"), "{page}");
    let chain = stage.house.store.verify_chain(&id).await.unwrap();
    assert_eq!(chain.fault, None);
}

#[tokio::test]
async fn a_page_is_watched_on_sqlite() {
    a_page("sqlite:regwire.db").await;
}

#[tokio::test]
async fn a_page_is_watched_on_postgresql() {
    match Postgres::start() {
        Some(server) => a_page(server.url()).await,
        None => crate::left_out!("watched pages on PostgreSQL (no server on this machine)"),
    }
}

#[tokio::test]
async fn another_definition_is_a_new_beginning() {
    let stage = Stage::new("sqlite:regwire.db", &source("g", "/guidance", "")).await;
    stage.put("/guidance", 200, guidance("1", 30));
    assert_eq!(stage.visit().await, NOTHING);
    let select = "select = { keep = [\"main h2, main h2 + p\"] }";
    let stage = stage.again(&source("g", "/guidance", select)).await;
    // The page is as it was, and read all the same: by the new definition it has no baseline.
    assert_eq!(stage.visit().await, NOTHING);
    let id = SourceId::new("g").unwrap();
    let lines = stage.house.store.page_versions(&id).await.unwrap();
    let weights: Vec<_> = lines.iter().map(|line| line.weight).collect();
    assert_eq!(weights, [None, None]);
    stage.put("/guidance", 200, guidance("1", 15));
    assert_eq!(stage.visit().await, (Outcome::New, 1, None));
    assert_eq!(stage.told().await[0].key, "version 3");
}

#[tokio::test]
async fn a_page_that_goes_to_and_fro_is_told_once_each_way() {
    let stage = Stage::new("sqlite:regwire.db", &source("g", "/guidance", "")).await;
    let mut told = Vec::new();
    for look in 0..8 {
        stage.put(
            "/guidance",
            200,
            guidance("1", if look % 2 == 0 { 30 } else { 15 }),
        );
        told.push(stage.visit().await.1);
    }
    assert_eq!(told, [0, 1, 1, 0, 0, 0, 0, 0]);
    assert!(
        stage.told().await[0]
            .content
            .summary
            .contains("again what it was")
    );
}

#[tokio::test]
async fn a_pdf_is_watched_by_its_text() {
    let stage = Stage::new("sqlite:regwire.db", &source("p", "/guidance.pdf", "")).await;
    let paper = |days: &str, made: &str| {
        let lines = [
            "1. Time limits",
            "",
            "Providers shall report serious incidents within",
            days,
        ];
        let mut pdf = crate::pdf::written(&[&lines]);
        pdf.extend_from_slice(format!("% made in {made}\n").as_bytes());
        pdf
    };
    stage.put(
        "/guidance.pdf",
        200,
        paper("30 days of becoming aware.", "Paris"),
    );
    assert_eq!(stage.visit().await, NOTHING);
    stage.put(
        "/guidance.pdf",
        200,
        paper("30 days of becoming aware.", "Rome"),
    );
    assert_eq!(stage.visit().await, NOTHING);
    stage.put(
        "/guidance.pdf",
        200,
        paper("15 days of becoming aware.", "Rome"),
    );
    assert_eq!(stage.visit().await, (Outcome::New, 1, None));
    assert!(
        stage.told().await[0]
            .content
            .summary
            .contains("[-30-] {+15+}")
    );
    // A damaged one, and one of pictures, are no baseline.
    stage.put("/guidance.pdf", 200, &b"%PDF-1.7\n%%EOF"[..]);
    assert_eq!(
        stage.visit().await,
        (Outcome::Quarantined, 0, Some(FaultCode::ReaderFailed))
    );
    stage.put("/guidance.pdf", 200, crate::pdf::written(&[&[]]));
    assert_eq!(
        stage.visit().await,
        (Outcome::Quarantined, 0, Some(FaultCode::NoTextLayer))
    );
    stage.put(
        "/guidance.pdf",
        200,
        paper("15 days of becoming aware.", "Oslo"),
    );
    assert_eq!(stage.visit().await, NOTHING);
}

const CYCLE: &str = "select = { reference = \"h1\" }\n[source.life_cycle]\nitem = \"li\"\nstage = \"b\"\ndate = \"i\"\nproject_in_address = '/standard/(\\d+)\\.html'";

fn standard(id: &str, path: &str) -> String {
    source(id, path, CYCLE).replace("\"nist\"", "\"iso\"")
}

fn stages(reference: &str, passed: &[(&str, &str)]) -> String {
    let rows: String = passed
        .iter()
        .map(|(stage, day)| format!("<li><b>{stage}</b> <i>{day}</i></li>"))
        .collect();
    format!("<html><body><h1>{reference}</h1><ul>{rows}</ul></body></html>")
}

#[tokio::test]
async fn a_life_cycle_in_two_languages_is_one_event() {
    let sources = standard("en", "/standard/99042.html")
        + &standard("fr", "/fr/standard/99042.html").replace("\"en\"\nterms", "\"fr\"\nterms");
    let stage = Stage::new("sqlite:regwire.db", &sources).await;
    let (en, fr) = ("/standard/99042.html", "/fr/standard/99042.html");
    let known = [("60.00", "2025-04-01"), ("60.60", "2025-05-01")];
    let show = |path: &str, reference: &str, more: &[(&str, &str)]| {
        let all: Vec<_> = known.iter().chain(more).copied().collect();
        stage.put(path, 200, stages(reference, &all));
    };
    let new = |visits: Vec<Visit>| visits.iter().map(|visit| visit.new).collect::<Vec<_>>();
    show(en, "ISO/IEC 99042:2025", &[]);
    show(fr, "ISO/IEC 99042:2025(F)", &[]);
    assert_eq!(new(stage.round().await), [0, 0]);

    // Both in one round: told once, with every stage.
    let review = [("90.20", "2026-01-15"), ("90.60", "2026-03-02")];
    show(en, "ISO/IEC 99042:2025", &review);
    show(fr, "ISO/IEC 99042:2025(F)", &review);
    assert_eq!(new(stage.round().await), [1, 0]);
    let told = stage.told().await;
    let [update] = told.as_slice() else { panic!() };
    assert_eq!(update.key, "99042 90.20 (2026-01-15) 90.60 (2026-03-02)");
    assert_eq!(update.source.as_str(), "en");
    // A stage that is no news by the mapping is told to followers.
    assert_eq!((update.tags.kind, update.reach), (None, Reach::Followers));
    let line = update_line(update, stage.house.source(&update.source));
    assert_eq!(
        line["stage"],
        json!({ "standard": "ISO/IEC 99042", "changes": [
            { "from": "60.60", "to": "90.20", "date": "2026-01-15" },
            { "from": "90.20", "to": "90.60", "date": "2026-03-02" },
        ]})
    );

    // Apart: the French page first, then the English one; then a page that shows less.
    let confirmed = [review[0], review[1], ("90.93", "2026-03-04")];
    show(fr, "ISO/IEC 99042:2025(F)", &confirmed);
    assert_eq!(new(stage.round().await), [0, 1]);
    show(en, "ISO/IEC 99042:2025", &confirmed);
    assert_eq!(new(stage.round().await), [0, 0]);
    show(en, "ISO/IEC 99042:2025", &[]);
    assert_eq!(new(stage.round().await), [0, 0]);
    let told = stage.told().await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].tags.kind, Some(UpdateKind::StatusConfirmed));
    assert_eq!(told[0].reach, Reach::News);

    // The register has both as reports, and no project came of them.
    let reports = stage
        .house
        .store
        .stage_reports("ISO/IEC 99042")
        .await
        .unwrap();
    let reported: Vec<String> = reports
        .iter()
        .map(|reported| format!("{} {}", reported.report.reference, reported.report.stage))
        .collect();
    assert_eq!(reported.len(), 2, "{reported:?}");
    assert!(reported.iter().any(|report| report.ends_with("90.93")));
    assert!(stage.house.store.works().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_page_that_comes_later_knows_what_its_sister_told() {
    let both = standard("en", "/standard/99042.html") + &standard("fr", "/fr/standard/99042.html");
    let stage = Stage::new("sqlite:regwire.db", &standard("en", "/standard/99042.html")).await;
    stage.put(
        "/standard/99042.html",
        200,
        stages("ISO 99042", &[("20.00", "2025-01-01")]),
    );
    stage.put(
        "/fr/standard/99042.html",
        200,
        stages(
            "ISO 99042",
            &[("20.00", "2025-01-01"), ("40.20", "2026-02-01")],
        ),
    );
    stage.round().await;
    let stage = stage.again(&both).await;
    let new: Vec<u32> = stage.round().await.iter().map(|visit| visit.new).collect();
    // First contact with the page, and not with the project.
    assert_eq!(new, [0, 1]);
    let told = stage.told().await;
    assert_eq!(told[0].tags.kind, Some(UpdateKind::DraftForComment));
    assert_eq!(told[0].reach, Reach::News);
}

#[tokio::test]
async fn an_edit_on_a_whole_site_is_told_once() {
    let names = ["a", "b", "c", "d"];
    let sources: String = names
        .iter()
        .map(|id| source(id, &format!("/{id}"), ""))
        .collect();
    let stage = Stage::new("sqlite:regwire.db", &sources).await;
    let show = |banner: &str, d: &str| {
        for id in names {
            let own = if id == "d" { d } else { "Nothing of its own." };
            let text = format!("<p>{banner}</p>{LONG}<p>Part {id}. {own}</p>");
            stage.put(&format!("/{id}"), 200, framed("1", &text));
        }
    };
    show("This service is open.", "Reports are due within 30 days.");
    let new = |visits: Vec<Visit>| visits.iter().map(|visit| visit.new).collect::<Vec<_>>();
    assert_eq!(new(stage.round().await), [0; 4]);
    show(
        "This service shall be withdrawn on 1 July 2026 and must not be used after that day.",
        "Reports are due within 15 days.",
    );
    assert_eq!(new(stage.round().await), [1, 0, 0, 1]);
    let told = stage.told().await;
    let titles: Vec<&str> = told
        .iter()
        .map(|update| update.content.title.as_str())
        .collect();
    assert!(
        titles
            .iter()
            .any(|title| title.starts_with("Guidance a and 3 more pages")),
        "{titles:?}"
    );
    let own = told
        .iter()
        .find(|update| update.source.as_str() == "d")
        .unwrap();
    assert!(own.content.summary.contains("[-30-] {+15+}"));
    assert!(!own.content.body.as_str().contains("withdrawn"));
    // Every page has come to its next version all the same.
    for id in names {
        let id = SourceId::new(id).unwrap();
        assert_eq!(stage.house.store.page_versions(&id).await.unwrap().len(), 2);
    }
}

/// A world of its own, in a thread of its own, for processes that are killed.
fn world_apart() -> (World, u16) {
    let world = World::default();
    let (send, receive) = std::sync::mpsc::channel();
    let inside = Arc::clone(&world);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            send.send(serve(inside).await).unwrap();
            std::future::pending::<()>().await;
        });
    });
    (world, receive.recv().unwrap())
}

fn in_folder(folder: &Path, data: &str, at: &str, arguments: &[&str]) -> Command {
    let mut command = regwire(&folder.join(data));
    command
        .current_dir(folder)
        .env("REGWIRE_CLOCK", at)
        .args(["--config", "regwire.toml"])
        .args(arguments);
    command
}

#[test]
fn killed_at_any_point_a_change_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (world, port) = world_apart();
    let put = |path: &str, body: String| {
        let mut world = world.lock().unwrap();
        world.insert(path.to_owned(), (200, body.into_bytes()));
    };
    std::fs::write(
        folder.join("regwire.toml"),
        "contact = \"test@example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n",
    )
    .unwrap();
    let sources = source("g", "/guidance", "")
        + &standard("en", "/standard/99042.html")
        + &standard("fr", "/fr/standard/99042.html");
    let sources = sources.replace("SERVER", &format!("http://127.0.0.1:{port}"));
    std::fs::write(folder.join("sources.toml"), sources).unwrap();
    let (first, second) = ("2026-03-02T06:00:00Z", "2026-03-05T06:00:00Z");
    let before = || {
        put("/guidance", guidance("1", 30));
        for path in ["/standard/99042.html", "/fr/standard/99042.html"] {
            put(path, stages("ISO 99042", &[("30.60", "2025-01-01")]));
        }
    };
    let after = || {
        put("/guidance", guidance("2", 15));
        for path in ["/standard/99042.html", "/fr/standard/99042.html"] {
            let passed = [("30.60", "2025-01-01"), ("40.20", "2026-03-01")];
            put(path, stages("ISO 99042", &passed));
        }
    };
    let collect = |data: &str, at: &str| in_folder(folder, data, at, &["collect", "--jsonl"]);
    let end = |data: &str| {
        let export = run(&mut in_folder(
            folder,
            data,
            second,
            &["export", "updates", "--jsonl"],
        ));
        let mut updates = lines(&export);
        updates.sort_by_key(|update| update["id"].to_string());
        let diff = run(&mut in_folder(
            folder,
            data,
            second,
            &["page", "diff", "g", "1", "2", "--json"],
        ));
        let mut diff: Value = serde_json::from_slice(&diff.stdout).unwrap();
        // A visit that is repeated has the same document under the same number.
        for side in ["from", "to"] {
            assert!(diff[side]["document"].is_number());
            diff[side]["at"] = Value::Null;
        }
        (updates, diff)
    };
    before();
    run(&mut collect("calm", first));
    after();
    run(&mut collect("calm", second));
    let expected = end("calm");
    assert_eq!(expected.0.len(), 2);
    for point in [
        "after-fetch",
        "after-fetch:2",
        "before-commit",
        "after-commit",
    ] {
        before();
        run(&mut collect(point, first));
        after();
        let mut child = collect(point, second)
            .env("REGWIRE_CRASH_AT", point)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let reached = BufReader::new(child.stderr.take().unwrap())
            .lines()
            .any(|line| line.unwrap().contains("crash point"));
        assert!(reached, "{point} was never reached");
        child.kill().unwrap();
        child.wait().unwrap();
        run(&mut collect(point, second));
        let got = end(point);
        assert_eq!(got, expected, "{point}");
        // And once more is nothing.
        run(&mut in_folder(
            folder,
            point,
            second,
            &["collect", "--force"],
        ));
        assert_eq!(end(point), expected, "{point}");
    }

    // What a definition would compare, and what the versions are, told to people.
    let said = |arguments: &[&str]| {
        let out = run(&mut in_folder(folder, "calm", second, arguments));
        String::from_utf8(out.stdout).unwrap()
    };
    let tried = said(&["source", "try", "g"]);
    assert!(tried.contains("heading 2: Time limits"), "{tried}");
    assert!(
        tried.contains("would be compared; nothing was stored"),
        "{tried}"
    );
    let tried = said(&["source", "try", "en"]);
    assert!(tried.contains("passed 40.20 (2026-03-01)"), "{tried}");
    let listed = said(&["page", "versions", "g"]);
    assert!(
        listed.contains("watching began") && listed.contains("2 versions"),
        "{listed}"
    );
    let diff = said(&["page", "diff", "g"]);
    assert!(diff.contains("[-30-] {+15+} days"), "{diff}");
    let text = said(&["page", "text", "g", "1"]);
    assert!(text.contains("within 30 days"), "{text}");
    for (arguments, word) in [
        (["page", "diff", "g", "7"], "has no version 7"),
        (["page", "diff", "en", "1"], "life cycle alone"),
        (["page", "text", "nobody", "1"], "there is no source"),
    ] {
        let out = in_folder(folder, "calm", second, &arguments)
            .output()
            .unwrap();
        assert_eq!(out.status.code(), Some(1));
        let why = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(why.contains(word), "{why}");
    }
}
