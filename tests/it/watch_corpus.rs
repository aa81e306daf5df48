//! The watched pages of the corpus through the whole collector: 136 versions of 15 pages of iso.org,
//! given by a server of our own in the order of time, with the clock at the time of each.
//!
//! `corpus_pages` measures the rules; this is that nothing is lost between them and the archive.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::IntoResponse as _;
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::collect::{self, Choice};
use regwire::daemon::jobs::register;
use regwire::daemon::{House, Shift};
use regwire::domain::life_cycle::StagePassed;
use regwire::domain::update::{Reach, Update};
use regwire::library::{Files, load};

use crate::corpus_pages::{Version, expected, recorded, sorted};

type World = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

async fn serve(world: World) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = |State(world): State<World>, uri: Uri| async move {
        match world.lock().unwrap().get(uri.path()) {
            Some(body) => ([(header::CONTENT_TYPE, "text/html")], body.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    };
    let router = Router::new().fallback(answer).with_state(world);
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

fn path(version: &Version) -> String {
    url::Url::parse(&version.url).unwrap().path().to_owned()
}

/// A source for each page, all by the one definition for pages of iso.org.
fn sources(versions: &[&Version], port: u16) -> String {
    let definition = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/iso.toml");
    let definition = std::fs::read_to_string(definition).unwrap();
    let (_, select) = definition.split_once("select =").unwrap();
    let pages: BTreeMap<&str, String> = versions
        .iter()
        .map(|version| (version.page(), path(version)))
        .collect();
    pages
        .iter()
        .map(|(page, path)| {
            let language = if page.starts_with("fr-") { "fr" } else { "en" };
            format!(
                "[[source]]\nid = \"iso-{page}\"\nbody = \"iso\"\nname = \"Page {page}\"\nkind = \"page\"\nurl = \"http://site.localhost:{port}{path}\"\nlanguage = \"{language}\"\nterms = \"metadata\"\nselect ={select}\n"
            )
        })
        .collect()
}

/// What the collector tells of some of the recordings: the place of the recording and the Update.
async fn told(
    folder: &Path,
    versions: &[Version],
    wanted: impl Fn(&Version) -> bool,
) -> (House, Vec<(usize, Update)>, tempfile::TempDir) {
    let world = World::default();
    let port = serve(Arc::clone(&world)).await;
    let own = tempfile::tempdir().unwrap();
    let config = Config::read(
        "regwire.toml",
        "contact = \"a@example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n",
        own.path().to_owned(),
        own.path().join("data"),
        |_| None,
    )
    .unwrap();
    let chosen: Vec<(usize, &Version)> = versions
        .iter()
        .enumerate()
        .filter(|(_, version)| wanted(version))
        .collect();
    let all: Vec<&Version> = chosen.iter().map(|(_, version)| *version).collect();
    let loaded = load(&Files::built_in().with_sources("sources.toml", sources(&all, port)));
    assert_eq!(loaded.faults, []);
    let clock = Clock::held(all[0].recorded_at);
    let house = House::open_with(config, clock.clone(), loaded)
        .await
        .unwrap();
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    let fetcher = house.fetcher().unwrap();
    let mut out = Vec::new();
    let mut last = None;
    for (number, version) in chosen {
        clock.move_to(version.recorded_at.max(clock.now()));
        let body = version.document(folder).body;
        world.lock().unwrap().insert(path(version), body);
        let choice = Choice {
            only: vec![format!("iso-{}", version.page()).parse().unwrap()],
            force: true,
        };
        let reports = collect::collect(&house, shift.lease(), &fetcher, &choice, |_| {})
            .await
            .unwrap();
        let visit = &reports[0].visit;
        assert!(visit.outcome.is_success(), "{}: {visit:?}", version.file);
        assert!(visit.faults.is_empty(), "{}: {visit:?}", version.file);
        let new = house.store.export_updates(last, 10).await.unwrap();
        assert_eq!(new.len(), visit.new as usize, "{}", version.file);
        last = new.last().map(|(position, _)| *position).or(last);
        out.extend(new.into_iter().map(|(_, update)| (number, update)));
    }
    register::follow(&house, shift.lease()).await.unwrap();
    shift.end().await.unwrap();
    (house, out, own)
}

fn passed(told: &[(usize, Update)]) -> Vec<(usize, Vec<StagePassed>)> {
    told.iter()
        .map(|(number, update)| {
            let news = update.content.stage.as_ref().unwrap();
            let stages: Vec<StagePassed> = news
                .changes
                .iter()
                .map(|step| StagePassed {
                    date: Some(step.date.first()),
                    stage: step.to,
                })
                .collect();
            (*number, sorted(&stages))
        })
        .collect()
}

#[tokio::test]
async fn each_change_of_a_life_cycle_is_one_update_with_every_stage() {
    let Some((folder, versions)) = recorded() else {
        return;
    };
    let (house, told, _own) = told(&folder, &versions, |version| !version.is_french()).await;
    let expected = expected(&versions, false);
    assert_eq!(expected.len(), 27);
    assert_eq!(passed(&told), expected);
    let news = told
        .iter()
        .filter(|(_, update)| update.reach == Reach::News);
    let of_kind = told.iter().filter(|(_, update)| update.tags.kind.is_some());
    println!("27 updates, {} of them news", news.clone().count());
    // Told to all where the field's mapping has a kind for the stage, else to followers.
    assert_eq!(news.count(), of_kind.count());
    assert!(
        told.iter()
            .all(|(_, update)| update.reach != Reach::Archive)
    );
    // The register has each as a report of its work, and moved nothing.
    let mut reported = 0;
    let mut works: Vec<&str> = told
        .iter()
        .map(|(_, update)| update.content.stage.as_ref().unwrap().standard.as_str())
        .collect();
    works.sort_unstable();
    works.dedup();
    for work in works {
        reported += house.store.stage_reports(work).await.unwrap().len();
    }
    assert_eq!(reported, 27);
    assert!(house.store.works().await.unwrap().is_empty());
}

#[tokio::test]
async fn french_pages_alone_tell_their_own_and_beside_english_ones_nothing_twice() {
    let Some((folder, versions)) = recorded() else {
        return;
    };
    let (_house, french, _own) = told(&folder, &versions, Version::is_french).await;
    let of_french = expected(&versions, true);
    assert_eq!(of_french.len(), 10);
    assert_eq!(passed(&french), of_french);

    let (_house, both, _own) = told(&folder, &versions, |_| true).await;
    let of_both = passed(&both);
    assert_eq!(of_both.len(), 27);
    let noise = |number: &usize| versions[*number].changed != Some(true);
    assert!(!of_both.iter().any(|(number, _)| noise(number)));
    let mut stages: Vec<(&str, StagePassed)> = Vec::new();
    for ((number, passed), (_, update)) in of_both.iter().zip(&both) {
        let page = versions[*number].page().trim_start_matches("fr-");
        assert!(update.key.starts_with(page), "{}", update.key);
        stages.extend(passed.iter().map(|stage| (page, *stage)));
    }
    let all = stages.len();
    stages.sort();
    stages.dedup();
    assert_eq!(stages.len(), all, "a stage was told twice");
}
