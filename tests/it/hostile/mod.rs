//! Hostile input and manners, a file for each group of threats (docs/contract.md, figures F1 to
//! F18). Everything happens on loopback.

mod addresses;
mod bodies;
mod certificates;
mod fuzz;
mod manners;
mod markup;
mod process;
mod repeats;
mod script;

use std::net::SocketAddr;

use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::collect::{self, Choice};
use regwire::daemon::{House, Shift};
use regwire::domain::document::Visit;
use regwire::domain::source::Source;
use regwire::library::{Files, load};

pub fn begin() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-07T10:00:00Z")
        .unwrap()
        .to_utc()
}

/// A server on loopback.
pub async fn serve(router: Router) -> SocketAddr {
    serve_at("127.0.0.1:0", router).await
}

pub async fn serve_at(at: &str, router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind(at).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// An entry of `sources.toml`; `more` are further lines.
pub fn source(id: &str, kind: &str, url: &str, more: &str) -> String {
    // A TOML string holds any address once it is written as JSON writes one.
    let url = serde_json::Value::from(url);
    format!(
        "[[source]]\nid = \"{id}\"\nbody = \"iso\"\nname = \"{id}\"\nkind = \"{kind}\"\nurl = {url}\nevery = \"2h\"\nterms = \"full\"\nlanguage = \"en\"\n{more}\n"
    )
}

/// A definition as the library reads it; none where it refuses it. Of the library only the body is there
/// that [`source`] names: hundreds of definitions are tried, and the whole library is long.
pub fn defined(text: &str) -> Option<Source> {
    let body = "schema = 1\n[[body]]\nid = \"iso\"\nname = \"International Organization for Standardization\"\nkind = [\"sdo\"]\n";
    let files = Files::default().with_library_file("library/bodies.toml", body.to_owned());
    load(&files.with_sources("sources.toml", text.to_owned()))
        .sources
        .pop()
}

/// An installation in a folder of its own.
pub struct Place {
    pub house: House,
    _folder: tempfile::TempDir,
}

/// Loopback is allowed, and pauses are none, unless `fetch` says otherwise.
pub async fn place(sources: &str, fetch: &str, clock: Clock) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "base_url = \"https://updates.example.org\"\ncontact = \"ops@example.org\"\n[fetch]\n{fetch}\n[mail]\nfrom = \"Regwire <digest@example.org>\"\n"
    );
    let config = Config::read(
        "regwire.toml",
        &text,
        folder.path().to_owned(),
        folder.path().join("data"),
        |_| None,
    )
    .unwrap();
    let loaded = load(&Files::built_in().with_sources("sources.toml", sources.to_owned()));
    assert_eq!(loaded.faults, []);
    Place {
        house: House::open_with(config, clock, loaded).await.unwrap(),
        _folder: folder,
    }
}

pub const OPEN: &str = "allow = [\"127.0.0.0/8\"]\ngap = \"0\"";

pub async fn ordinary(sources: &str) -> Place {
    place(sources, OPEN, Clock::held(begin())).await
}

impl Place {
    /// Visits everything, due or not.
    pub async fn collect(&self) -> Vec<Visit> {
        let choice = Choice {
            force: true,
            ..Choice::default()
        };
        self.collect_as(&choice).await
    }

    pub async fn collect_as(&self, choice: &Choice) -> Vec<Visit> {
        let shift = Shift::begin(&self.house).await.unwrap().unwrap();
        let fetcher = self.house.fetcher().unwrap();
        let reports = collect::collect(&self.house, shift.lease(), &fetcher, choice, |_| {})
            .await
            .unwrap();
        shift.end().await.unwrap();
        reports.into_iter().map(|report| report.visit).collect()
    }

    /// Visits everything once more after some time.
    pub async fn later(&self, hours: i64) -> Vec<Visit> {
        let clock = &self.house.clock;
        clock.move_to(clock.now() + TimeDelta::hours(hours));
        self.collect().await
    }
}

/// The codes of a visit's faults.
pub fn codes(visit: &Visit) -> Vec<&'static str> {
    visit
        .faults
        .iter()
        .map(|fault| fault.code.as_str())
        .collect()
}

/// Whether the long form of a test was asked for.
pub fn is_long() -> bool {
    std::env::var_os("REGWIRE_LONG").is_some()
}

pub fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>News</title><link>https://news.example/</link><description>News</description>{items}</channel></rss>"
    )
}

pub fn item(number: usize) -> String {
    format!(
        "<item><title>Notice {number} on the management of risk</title><link>https://news.example/{number}</link><guid>g{number}</guid><pubDate>Fri, 06 Nov 2026 10:00:00 GMT</pubDate><description>The authority has published notice {number}.</description></item>"
    )
}
