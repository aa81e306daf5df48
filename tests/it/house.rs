//! A house for story tests: its store and sources are the test's, everything else is alike.

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use chrono::{DateTime, Utc};
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::House;
use regwire::library::{Files, load};
use regwire::web;
use tower::ServiceExt as _;

/// A moment by RFC 3339.
pub fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// Opens a house over a folder: loopback may be asked without a pause, and a weekly digest lies as
/// mails in the folder. `sources` is a `sources.toml` without fault.
pub async fn open(store: &str, folder: &Path, sources: String, clock: Clock) -> House {
    open_at("https://updates.example.org", store, folder, sources, clock).await
}

/// The same under another address.
pub async fn open_at(
    base_url: &str,
    store: &str,
    folder: &Path,
    sources: String,
    clock: Clock,
) -> House {
    let text = format!(
        "base_url = \"{base_url}\"\ncontact = \"a@example.org\"\n[store]\nurl = \"{store}\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n[mail]\nfrom = \"Regwire <digest@example.org>\"\n[[digest]]\nname = \"weekly\"\ncron = \"0 8 * * 1\"\nzone = \"Europe/London\"\n"
    );
    let config = Config::read(
        "regwire.toml",
        &text,
        folder.to_owned(),
        folder.join("data"),
        |_| None,
    )
    .unwrap();
    let loaded = load(&Files::built_in().with_sources("sources.toml", sources));
    assert_eq!(loaded.faults, []);
    House::open_with(config, clock, loaded).await.unwrap()
}

/// A page of the site of a house: its status and its text.
pub async fn page(house: &House, clock: &Clock, path: &str) -> (u16, String) {
    let site = web::Site {
        store: house.store.clone(),
        index: house.index.clone(),
        renderer: Arc::clone(&house.renderer),
        library: Arc::clone(&house.library),
        sources: Arc::clone(&house.sources),
        digests: Vec::new(),
        clock: clock.clone(),
    };
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = web::router(site).oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20)
        .await
        .unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}
