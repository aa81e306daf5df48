//! F1 to F3: no private address is reached, by any spelling and through any door.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::get;
use regwire::clock::Clock;
use regwire::domain::document::Memory;
use regwire::fetch::{Answer, Fetcher, Settings};

use super::{begin, codes, defined, ordinary, place, rss, serve, serve_at, source};

/// Ways to write this machine, or what a cloud keeps at a private address, with a port.
fn targets(port: u16) -> Vec<String> {
    [
        "http://127.0.0.1:P/",
        "http://127.0.0.1.:P/",
        "http://127.1:P/",
        "http://127.0.1:P/",
        "http://127.255.255.254:P/",
        "http://2130706433:P/",
        "http://0x7f000001:P/",
        "http://0X7F.1:P/",
        "http://0x7f.0x0.0x0.0x1:P/",
        "http://017700000001:P/",
        "http://0177.0.0.1:P/",
        "http://0177.0.0.01:P/",
        "http://127.0.0.0x1:P/",
        "http://%31%32%37.0.0.1:P/",
        "http://127%2e0%2e0%2e1:P/",
        "http://１２７.０.０.１:P/",
        "http://127。0。0。1:P/",
        "http://①②⑦.⓪.⓪.①:P/",
        "http://localhost:P/",
        "http://LOCALHOST:P/",
        "http://localhost.:P/",
        "http://a.b.localhost:P/",
        "http://ｌｏｃａｌｈｏｓｔ:P/",
        "http://0:P/",
        "http://0.0.0.0:P/",
        "http://0x0:P/",
        "http://[::1]:P/",
        "http://[::]:P/",
        "http://[0:0:0:0:0:0:0:1]:P/",
        "http://[::127.0.0.1]:P/",
        "http://[::ffff:127.0.0.1]:P/",
        "http://[::ffff:7f00:1]:P/",
        "http://[::ffff:0:127.0.0.1]:P/",
        "http://[64:ff9b::127.0.0.1]:P/",
        "http://[64:ff9b::7f00:1]:P/",
        "http://[64:ff9b:1::7f00:1]:P/",
        "http://[2002:7f00:1::]:P/",
        "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:P/",
        "http://127.0.0.1:P\\@example.org/",
        "http://example.org@127.0.0.1:P/",
        "http://user:pass@127.0.0.1:P/",
        "http://127.0.0.1:P#@example.org/",
        "http://127.0.0.1:P?@example.org/",
        "http:\\\\127.0.0.1:P/",
        "http:/127.0.0.1:P/",
        "http:127.0.0.1:P/",
        "http:////127.0.0.1:P/",
        "http://\t127.0.0.1:P/",
        "http://127.0.\n0.1:P/",
        "//127.0.0.1:P/",
        "https://127.0.0.1:P/",
        "https://localhost:P/",
        "http://169.254.169.254/latest/meta-data/",
        "http://169.254.43518/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "http://100.100.100.200/",
        "http://168.63.129.16/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1%25eth0]:P/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.0.1/",
        "http://100.64.0.1/",
        "http://198.18.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:P/_",
        "ftp://127.0.0.1:P/",
        "dict://127.0.0.1:P/",
        "data:text/xml,<rss/>",
        "javascript:alert(1)",
    ]
    .iter()
    .map(|target| target.replace('P', &port.to_string()))
    .collect()
}

/// A server that counts whoever connects, on both of this machine's addresses.
async fn canary() -> (u16, Arc<AtomicUsize>) {
    let hits = Arc::new(AtomicUsize::new(0));
    let first = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = first.local_addr().unwrap().port();
    let mut listeners = vec![first];
    // A machine without IPv6 has nothing to reach there.
    listeners.extend(tokio::net::TcpListener::bind(("::1", port)).await.ok());
    for listener in listeners {
        let hits = Arc::clone(&hits);
        tokio::spawn(async move {
            while let Ok(accepted) = listener.accept().await {
                hits.fetch_add(1, Ordering::SeqCst);
                drop(accepted);
            }
        });
    }
    (port, hits)
}

/// Only 127.0.0.2, where the first answers come from.
fn fetcher() -> Fetcher {
    Fetcher::new(Settings {
        allow: vec!["127.0.0.2".parse().unwrap()],
        gap: chrono::TimeDelta::zero(),
        ..Settings::default()
    })
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_door_leads_to_a_private_address() {
    let (port, hits) = canary().await;
    let targets = Arc::new(targets(port));
    assert!(targets.len() >= 48);
    // A host that redirects to every target, by every status, at once or at the second step, and
    // from its robots.txt.
    let places = Arc::clone(&targets);
    let place = move |number: usize| places[number].clone();
    let door = {
        let place = place.clone();
        move |Path((status, number)): Path<(u16, usize)>| async move {
            (
                StatusCode::from_u16(status).unwrap(),
                [(
                    header::LOCATION,
                    header::HeaderValue::from_bytes(
                        place(number).replace(['\t', '\n'], "").as_bytes(),
                    )
                    .unwrap(),
                )],
            )
                .into_response()
        }
    };
    let second = |Path((status, number)): Path<(u16, usize)>| async move {
        (
            StatusCode::from_u16(status).unwrap(),
            [(header::LOCATION, format!("/door/{status}/{number}"))],
        )
    };
    let entry = serve_at(
        "127.0.0.2:0",
        Router::new()
            .route("/door/{status}/{number}", get(door))
            .route("/second/{status}/{number}", get(second)),
    )
    .await;
    let fetcher = fetcher();
    let (mut tries, mut reached) = (0, Vec::new());
    for (number, target) in targets.iter().enumerate() {
        let mut doors = vec![target.clone()];
        for status in [301, 302, 303, 307, 308] {
            doors.push(format!("http://{entry}/door/{status}/{number}"));
        }
        doors.push(format!("http://{entry}/second/302/{number}"));
        for door in doors {
            tries += 1;
            // What the library refuses to read never becomes a source.
            let more = "robots_override = \"a server of our own\"\nmax_time = \"2s\"";
            let Some(source) = defined(&source("s", "feed", &door, more)) else {
                continue;
            };
            let fetched = fetcher.visit(&source, &Memory::default(), begin()).await;
            match fetched.answer {
                Answer::Refused { .. } => {}
                // An address that is none.
                Answer::Failed {
                    status: Some(_), ..
                } => {}
                other => reached.push(format!("{door} -> {target:?}: {other:?}")),
            }
        }
        // The robots.txt of an allowed host leads astray: everything there is then forbidden.
        tries += 1;
        let place = place.clone();
        let strayed = serve_at(
            "127.0.0.2:0",
            Router::new()
                .route(
                    "/robots.txt",
                    get(move || async move {
                        let to = place(number).replace(['\t', '\n'], "");
                        let to = header::HeaderValue::from_bytes(to.as_bytes()).unwrap();
                        (StatusCode::FOUND, [(header::LOCATION, to)])
                    }),
                )
                .fallback(|| async { rss("") }),
        )
        .await;
        let url = format!("http://{strayed}/feed");
        let source = defined(&source("s", "feed", &url, "max_time = \"2s\"")).unwrap();
        fetcher.visit(&source, &Memory::default(), begin()).await;
    }
    assert_eq!(reached, [""; 0]);
    assert_eq!(
        hits.load(Ordering::SeqCst),
        0,
        "{tries} tries, {} targets",
        targets.len()
    );
    println!("{tries} tries over {} targets: 0 reached", targets.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_a_document_names_is_fetched() {
    let (port, hits) = canary().await;
    let there = format!("http://127.0.0.1:{port}/x");
    let body = format!(
        "<?xml version=\"1.0\"?><?xml-stylesheet href=\"{there}\"?><!DOCTYPE rss SYSTEM \"{there}\" [<!ENTITY e SYSTEM \"{there}\"><!ENTITY % p SYSTEM \"{there}\">%p;]>\
        <rss version=\"2.0\" xmlns:xi=\"http://www.w3.org/2001/XInclude\" xmlns:atom=\"http://www.w3.org/2005/Atom\" xmlns:media=\"http://search.yahoo.com/mrss/\" xml:base=\"{there}\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"x {there}\">\
        <channel><title>&e;</title><link>{there}</link><image><url>{there}</url></image><atom:link rel=\"hub\" href=\"{there}\"/><atom:link rel=\"next\" href=\"{there}\"/><cloud domain=\"127.0.0.1\" port=\"{port}\" path=\"/\"/>\
        <item><title>Kept &e;</title><link>{there}</link><guid>{there}</guid><comments>{there}</comments><enclosure url=\"{there}\" type=\"audio/mpeg\"/><media:thumbnail url=\"{there}\"/><source url=\"{there}\">x</source><xi:include href=\"{there}\"/>\
        <description>&lt;img src=\"{there}\"&gt;&lt;link rel=stylesheet href=\"{there}\"&gt;&lt;meta http-equiv=refresh content=\"0;url={there}\"&gt;&lt;iframe src=\"{there}\"&gt;&lt;/iframe&gt;</description></item></channel></rss>"
    );
    let entry = serve_at(
        "127.0.0.2:0",
        Router::new()
            .route("/robots.txt", get(|| async { StatusCode::NOT_FOUND }))
            .fallback(move || async move { body }),
    )
    .await;
    let place = place(
        &source("s", "feed", &format!("http://{entry}/feed"), ""),
        "allow = [\"127.0.0.2\"]\ngap = \"0\"",
        Clock::held(begin()),
    )
    .await;
    let visits = place.collect().await;
    assert_eq!(visits[0].entries, 1, "{visits:?}");
    assert_eq!(hits.load(Ordering::SeqCst), 0);
    let (_, update) = &place.house.store.export_updates(None, 10).await.unwrap()[0];
    assert_eq!(update.content.title, "Kept &e;");
}

#[tokio::test]
async fn a_permanent_redirect_is_told_and_never_adopted() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let new = serve(Router::new().fallback(|| async { rss(&super::item(1)) })).await;
    let to = format!("http://new.localhost:{}/feed", new.port());
    let location = to.clone();
    let old = serve(
        Router::new()
            .route("/robots.txt", get(|| async { StatusCode::NOT_FOUND }))
            .fallback(move || {
                counter.fetch_add(1, Ordering::SeqCst);
                let location = location.clone();
                async move {
                    (
                        StatusCode::MOVED_PERMANENTLY,
                        [(header::LOCATION, location)],
                    )
                }
            }),
    )
    .await;
    let url = format!("http://old.localhost:{}/feed", old.port());
    let place = ordinary(&source("s", "feed", &url, "")).await;
    for visit in 1..=3 {
        let visits = place.later(3).await;
        assert!(visits[0].outcome.is_success(), "{visits:?}");
        assert_eq!(
            asked.load(Ordering::SeqCst),
            visit,
            "the old address is asked first"
        );
    }
    let state = place
        .house
        .store
        .source_state(&"s".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(state.moved_to, Some(to));
}

#[tokio::test]
async fn a_redirect_out_of_the_allowed_range_is_a_fault_that_says_what_to_do() {
    let at = serve_at(
        "127.0.0.2:0",
        Router::new()
            .route("/robots.txt", get(|| async { StatusCode::NOT_FOUND }))
            .fallback(|| async { (StatusCode::FOUND, [(header::LOCATION, "http://0x7f.1/")]) }),
    )
    .await;
    let place = place(
        &source("s", "feed", &format!("http://{at}/"), ""),
        "allow = [\"127.0.0.2\"]\ngap = \"0\"",
        Clock::held(begin()),
    )
    .await;
    let visits = place.collect().await;
    assert_eq!(visits[0].outcome.as_str(), "refused");
    assert_eq!(codes(&visits[0]), ["address-refused"]);
    assert!(visits[0].faults[0].detail.contains("`allow`"), "{visits:?}");
}
