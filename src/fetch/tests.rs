use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use futures_util::{StreamExt, stream};

use super::*;
use crate::domain::address::AddressTemplate;
use crate::domain::id::{BodyId, SourceId};
use crate::domain::source::{DateStyle, Keep, MAX_BYTES, Select, Terms};

fn source(url: &str) -> Source {
    Source {
        id: SourceId::new("s").unwrap(),
        body: BodyId::new("b").unwrap(),
        name: "S".to_owned(),
        kind: SourceKind::Feed,
        url: AddressTemplate::new(url).unwrap(),
        home: None,
        every: TimeDelta::hours(1),
        expect_every: TimeDelta::days(14),
        terms: Terms::Excerpt,
        licence: None,
        attribution: None,
        keep: Keep::default(),
        language: Some("en".to_owned()),
        jurisdiction: None,
        frameworks: Vec::new(),
        on: true,
        off_because: None,
        select: Select::default(),
        date: DateStyle::default(),
        follow: false,
        agent: Agent::Contact,
        headers: vec![("x-asked".to_owned(), "yes".to_owned())],
        max_bytes: MAX_BYTES,
        max_time: TimeDelta::seconds(20),
        note: None,
        proof: None,
    }
}

fn fetcher(allow: &[&str]) -> Fetcher {
    Fetcher::new(Settings {
        contact: Some("ops@example.org".to_owned()),
        allow: allow.iter().map(|range| range.parse().unwrap()).collect(),
        ..Settings::default()
    })
    .unwrap()
}

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-03-02T10:00:00Z")
        .unwrap()
        .to_utc()
}

async fn serve(router: Router) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

fn endless(pause: Duration) -> Body {
    Body::from_stream(stream::iter(0..).then(move |_: i32| async move {
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 4_096]))
    }))
}

async fn visit(fetcher: &Fetcher, url: &str) -> Fetched {
    fetcher.visit(&source(url), &Memory::default(), now()).await
}

fn code(answer: &Answer) -> Option<FaultCode> {
    match answer {
        Answer::Document { .. } | Answer::NotModified { .. } => None,
        Answer::Limited { fault, .. }
        | Answer::Gone { fault }
        | Answer::Refused { fault }
        | Answer::Failed { fault, .. } => Some(fault.code),
    }
}

#[tokio::test]
async fn a_body_comes_with_its_circumstances_and_without_cookies() {
    let router = Router::new().route(
        "/feed",
        get(|headers: HeaderMap| async move {
            let header = |name: &str| {
                headers
                    .get(name)
                    .map_or("-", |value| value.to_str().unwrap())
                    .to_owned()
            };
            let told = format!(
                "{} | {} | {} | {}",
                header("user-agent"),
                header("x-asked"),
                header("cookie"),
                header("if-none-match")
            );
            ([("etag", "\"1\""), ("set-cookie", "a=b")], told)
        }),
    );
    let port = serve(router).await;
    let fetcher = fetcher(&["127.0.0.0/8"]);
    let url = format!("http://feeds.localhost:{port}/feed");
    for _ in 0..2 {
        let Answer::Document {
            document, memory, ..
        } = visit(&fetcher, &url).await.answer
        else {
            panic!("a document is fetched")
        };
        let body = String::from_utf8(document.body.clone()).unwrap();
        assert_eq!(
            body,
            format!(
                "Regwire/{} (+ops@example.org) | yes | - | -",
                env!("CARGO_PKG_VERSION")
            )
        );
        assert_eq!(document.sha256, Sha256::of(&document.body));
        assert_eq!(document.header("etag"), Some("\"1\""));
        assert_eq!(document.header("set-cookie"), None);
        assert_eq!(memory.etag.as_deref(), Some("\"1\""));
    }
}

#[tokio::test]
async fn nothing_changed_wait_and_gone_are_understood() {
    let router = Router::new()
        .route(
            "/same",
            get(|headers: HeaderMap| async move {
                if headers
                    .get("if-none-match")
                    .is_some_and(|tag| tag == "\"1\"")
                {
                    StatusCode::NOT_MODIFIED.into_response()
                } else {
                    ([("etag", "\"1\"")], "body").into_response()
                }
            }),
        )
        .route(
            "/wait",
            get(|| async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "90")]) }),
        )
        .route(
            "/wait-until",
            get(|| async {
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    [("retry-after", "Mon, 02 Mar 2026 11:00:00 GMT")],
                )
            }),
        )
        .route(
            "/for-ever",
            get(|| async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "99999999")]) }),
        )
        .route("/gone", get(|| async { StatusCode::GONE }))
        .route("/wall", get(|| async { StatusCode::FORBIDDEN }));
    let port = serve(router).await;
    let fetcher = fetcher(&["127.0.0.0/8"]);
    let at = |path: &str| source(&format!("http://127.0.0.1:{port}{path}"));
    let memory = Memory {
        etag: Some("\"1\"".to_owned()),
        ..Memory::default()
    };
    let same = fetcher.visit(&at("/same"), &memory, now()).await;
    assert!(matches!(same.answer, Answer::NotModified { memory: ref m } if m.etag == memory.etag));
    for (path, seconds) in [("/wait", 90), ("/wait-until", 3_600), ("/for-ever", 86_400)] {
        let fetched = fetcher.visit(&at(path), &Memory::default(), now()).await;
        match fetched.answer {
            Answer::Limited { retry_after, .. } => {
                assert_eq!(retry_after, Some(TimeDelta::seconds(seconds)), "{path}");
            }
            other => panic!("{path}: {other:?}"),
        }
    }
    let gone = fetcher.visit(&at("/gone"), &Memory::default(), now()).await;
    assert!(matches!(gone.answer, Answer::Gone { .. }));
    let wall = fetcher.visit(&at("/wall"), &Memory::default(), now()).await;
    assert!(matches!(
        wall.answer,
        Answer::Failed {
            status: Some(403),
            ..
        }
    ));
}

#[tokio::test]
async fn no_redirect_leads_to_a_private_address() {
    // The canary lies on an address that is not allowed; the redirecting server on one that is.
    let hits = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&hits);
    let canary = Router::new().fallback(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        async { "reached" }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
    let target = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, canary).await });
    let to = move |to: &'static str| {
        let to = to.replace("PORT", &target.to_string());
        get(move || async move { Redirect::temporary(&to) })
    };
    let port = serve(
        Router::new()
            .route("/literal", to("http://127.0.0.2:PORT/"))
            .route("/decimal", to("http://2130706434:PORT/"))
            .route("/mapped", to("http://[::ffff:127.0.0.2]:PORT/"))
            .route("/metadata", to("http://169.254.169.254/latest/"))
            .route("/file", to("file:///etc/passwd"))
            .route("/credentials", to("http://a:b@127.0.0.1/"))
            .route("/loop", to("/loop"))
            .route(
                "/next/{n}",
                get(
                    |axum::extract::Path(n): axum::extract::Path<u32>| async move {
                        Redirect::permanent(&format!("/next/{}", n + 1))
                    },
                ),
            ),
    )
    .await;
    let fetcher = fetcher(&["127.0.0.1/32"]);
    for (path, expected) in [
        ("/literal", FaultCode::AddressRefused),
        ("/decimal", FaultCode::AddressRefused),
        ("/mapped", FaultCode::AddressRefused),
        ("/metadata", FaultCode::AddressRefused),
        ("/file", FaultCode::AddressRefused),
        ("/credentials", FaultCode::AddressRefused),
        ("/loop", FaultCode::Redirects),
        ("/next/1", FaultCode::Redirects),
    ] {
        let fetched = visit(&fetcher, &format!("http://127.0.0.1:{port}{path}")).await;
        assert_eq!(
            code(&fetched.answer),
            Some(expected),
            "{path}: {:?}",
            fetched.answer
        );
    }
    let direct = visit(&fetcher, &format!("http://127.0.0.2:{target}/")).await;
    assert!(matches!(direct.answer, Answer::Refused { .. }));
    assert_eq!(hits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_has_no_end_is_ended() {
    let bomb = zstd_bomb();
    let router = Router::new()
        .route("/endless", get(|| async { endless(Duration::ZERO) }))
        .route(
            "/drip",
            get(|| async { endless(Duration::from_millis(20)) }),
        )
        .route(
            "/bomb",
            get(move || async move { ([("content-encoding", "zstd")], bomb) }),
        )
        .route(
            "/twice",
            get(|| async { ([("content-encoding", "gzip, gzip")], "x") }),
        );
    let port = serve(router).await;
    let fetcher = fetcher(&["127.0.0.0/8"]);
    let at = |path: &str| {
        let mut source = source(&format!("http://127.0.0.1:{port}{path}"));
        source.max_bytes = 1 << 20;
        source.max_time = TimeDelta::milliseconds(400);
        source
    };
    let mut endless = at("/endless");
    endless.max_time = TimeDelta::seconds(20);
    let fetched = fetcher.visit(&endless, &Memory::default(), now()).await;
    assert_eq!(code(&fetched.answer), Some(FaultCode::TooLarge));
    assert!(fetched.bytes < 3 << 20, "{} bytes were read", fetched.bytes);
    let fetched = fetcher.visit(&at("/drip"), &Memory::default(), now()).await;
    assert_eq!(code(&fetched.answer), Some(FaultCode::TimeOut));
    let mut bomb = at("/bomb");
    bomb.max_time = TimeDelta::seconds(20);
    let fetched = fetcher.visit(&bomb, &Memory::default(), now()).await;
    assert_eq!(
        code(&fetched.answer),
        Some(FaultCode::TooLarge),
        "{:?}",
        fetched.answer
    );
    let fetched = fetcher
        .visit(&at("/twice"), &Memory::default(), now())
        .await;
    assert_eq!(
        code(&fetched.answer),
        Some(FaultCode::BrokenBody),
        "{:?}",
        fetched.answer
    );
}

/// A zstd frame of 64 MiB of zeroes.
fn zstd_bomb() -> Vec<u8> {
    zstd::bulk::compress(&vec![0_u8; 64 << 20], 19).unwrap()
}

#[tokio::test]
async fn one_visit_at_a_time_to_a_host() {
    let at_once = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (now_in, peak) = (Arc::clone(&at_once), Arc::clone(&most));
    let router = Router::new().fallback(move || {
        let (now_in, peak) = (Arc::clone(&now_in), Arc::clone(&peak));
        async move {
            let inside = now_in.fetch_add(1, Ordering::SeqCst) + 1;
            peak.fetch_max(inside, Ordering::SeqCst);
            tokio::task::yield_now().await;
            now_in.fetch_sub(1, Ordering::SeqCst);
            "x"
        }
    });
    let port = serve(router).await;
    let fetcher = fetcher(&["127.0.0.0/8"]);
    let url = format!("http://127.0.0.1:{port}/");
    let visits = (0..20).map(|_| visit(&fetcher, &url));
    let answers = futures_util::future::join_all(visits).await;
    assert!(
        answers
            .iter()
            .all(|fetched| code(&fetched.answer).is_none())
    );
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_host_that_is_not_there_is_told() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let fetched = visit(
        &fetcher(&["127.0.0.0/8"]),
        &format!("http://127.0.0.1:{port}/"),
    )
    .await;
    assert_eq!(
        code(&fetched.answer),
        Some(FaultCode::Unreachable),
        "{:?}",
        fetched.answer
    );
}
