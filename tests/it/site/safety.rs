//! What must hold for every route, asked of every route that there is.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use proptest::prelude::*;
use regwire::web::{self, Guard, Peer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower::ServiceExt as _;

use super::{ask, filled, open, router, send};

/// Every path, its parameters filled with what is there, with what is not, and with rubbish.
fn addresses() -> Vec<String> {
    let mut out = Vec::new();
    for path in web::paths() {
        for part in ["gdpr", "nowhere", "%3Cscript%3E", "..%2f..%2fetc", "%ff"] {
            let mut filled = path.clone();
            while let Some((before, rest)) = filled.split_once('{') {
                let (_, after) = rest.split_once('}').unwrap();
                filled = format!("{before}{part}{after}");
            }
            out.push(filled);
            if !path.contains('{') {
                break;
            }
        }
    }
    out.push("/no/such/page".to_owned());
    out
}

fn is_guarded(answer: &super::Answer, path: &str) {
    let policy = answer.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{path}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{path}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    assert!(!answer.header("referrer-policy").is_empty(), "{path}");
    assert_eq!(
        answer.header("cross-origin-opener-policy"),
        "same-origin",
        "{path}"
    );
    assert!(!answer.header("permissions-policy").is_empty(), "{path}");
    assert!(
        answer
            .header("strict-transport-security")
            .contains("max-age"),
        "{path}"
    );
    // W12: nothing says what runs here.
    for name in ["server", "x-powered-by", "via"] {
        assert!(answer.headers.get(name).is_none(), "{path} {name}");
    }
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        !answer.body.contains(&format!("Regwire {version}"))
            && !answer.body.contains(&format!("regwire/{version}")),
        "{path}"
    );
    for trace in ["panicked", "src/", "RUST_BACKTRACE", "sqlx"] {
        assert!(!answer.body.contains(trace), "{path}: {trace}");
    }
    // W7: what may be kept has a tag, and nothing else may be kept.
    let kept = answer.header("cache-control");
    assert!(
        kept == "no-store" || kept.contains("immutable") || kept.contains("s-maxage=60"),
        "{path}: {kept}"
    );
    if answer.status == 200 && kept.contains("s-maxage") {
        assert!(!answer.header("etag").is_empty(), "{path}");
    }
    if answer.status >= 400 {
        assert_eq!(kept, "no-store", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_guarded_whatever_it_answers() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 12).await;
    let router = open(&house);
    let all = addresses();
    assert!(all.len() > 100, "{} addresses", all.len());
    let mut statuses = std::collections::BTreeSet::new();
    for path in &all {
        for (method, headers) in [
            (Method::GET, vec![]),
            (Method::HEAD, vec![]),
            (Method::POST, vec![]),
            (Method::GET, vec![("if-none-match", "*")]),
            (Method::GET, vec![("host", "evil.example")]),
            (Method::GET, vec![("authorization", "Bearer rgw_x")]),
            (Method::GET, vec![("cookie", "a=b")]),
        ] {
            let answer = send(&router, method.clone(), path, &headers).await;
            statuses.insert(answer.status);
            assert!(
                answer.status < 500 || path == "/readyz",
                "{method} {path}: {}",
                answer.status
            );
            is_guarded(&answer, &format!("{method} {path} {headers:?}"));
            let watched = matches!(path.as_str(), "/healthz" | "/readyz");
            if headers.first().is_some_and(|(name, _)| *name == "host") && !watched {
                assert_eq!(answer.status, 421, "{path}");
            }
            if headers
                .first()
                .is_some_and(|(name, _)| matches!(*name, "authorization" | "cookie"))
            {
                assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            }
            if answer.status >= 400 && path.starts_with("/api/") && method != Method::HEAD {
                assert_eq!(
                    answer.header("content-type"),
                    "application/problem+json",
                    "{path}"
                );
            }
        }
    }
    for status in [200, 304, 401, 404, 405, 421] {
        assert!(statuses.contains(&status), "{status}: {statuses:?}");
    }
    // Metrics and the like are no route at all.
    for path in ["/metrics", "/debug", "/.env", "/server-status"] {
        assert_eq!(ask(&router, path, &[]).await.status, 404, "{path}");
        assert!(!web::paths().iter().any(|route| route.starts_with(path)));
    }
    // Names of this host, however written.
    for (host, status) in [
        ("updates.example.org", 200),
        ("UPDATES.example.org:443", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("localhost", 200),
        ("updates.example.org.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
    ] {
        let answer = ask(&router, "/search", &[("host", host)]).await;
        assert_eq!(answer.status, status, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_greedy_visitor_waits_and_a_proxy_is_believed_only_where_it_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 2).await;
    let guard = || Guard::new("https://updates.example.org").with_rate(1);
    let asked = async |router: &axum::Router, peer: &str, forwarded: &str| {
        let peer: SocketAddr = peer.parse().unwrap();
        let mut request = Request::get("/api/v1/topics").header("x-forwarded-for", forwarded);
        request = request.header("host", "updates.example.org");
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(Peer(peer));
        let response = router.clone().oneshot(request).await.unwrap();
        (
            response.status().as_u16(),
            response.headers().contains_key("retry-after"),
        )
    };
    // Nobody is believed: whom they name does not matter.
    let plain = router(&house, guard());
    let mut refused = 0;
    for number in 0..12 {
        let (status, waits) =
            asked(&plain, "203.0.113.9:1000", &format!("198.51.100.{number}")).await;
        refused += usize::from(status == 429 && waits);
    }
    assert!((6..=7).contains(&refused), "{refused}");
    assert_eq!(
        asked(&plain, "203.0.113.10:1", "").await.0,
        200,
        "another one is served"
    );
    // A proxy that is listed is believed for the last step only.
    let trusted = guard().with_proxies(Arc::new(|ip| ip.to_string() == "203.0.113.9"));
    let behind = router(&house, trusted);
    for number in 0..12 {
        let (status, _) = asked(
            &behind,
            "203.0.113.9:1",
            &format!("1.1.1.1, 198.51.100.{number}"),
        )
        .await;
        assert_eq!(status, 200);
    }
    let mut refused = 0;
    for number in 0..12 {
        let (status, _) = asked(
            &behind,
            "203.0.113.9:1",
            &format!("192.0.2.{number}, 198.51.100.77"),
        )
        .await;
        refused += usize::from(status == 429);
    }
    assert!(refused >= 6, "{refused}: the first in the list is hearsay");
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_are_answered_and_limits_held() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 200).await;
    let router = open(&house);
    let words = "a1 OR b2 ".repeat(400);
    let stars = "ri* ga* ".repeat(100);
    for query in [
        "(".repeat(5_000),
        "\"".repeat(501),
        "-(".repeat(900),
        words,
        stars,
        "*".to_owned(),
        "*a".to_owned(),
        "a*".to_owned(),
        "NOT ".repeat(300),
        "\u{0}\u{202e}\u{feff}".to_owned(),
        "after:99999999-01-01 before:-1".to_owned(),
        format!("standard:\"{}\"", "ISO ".repeat(300)),
        "AND OR NOT AND".to_owned(),
        "\"risk registers\"* OR \"a b c d e f g\"".to_owned(),
    ] {
        let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        for path in [
            "/search",
            "/search.atom",
            "/search.json",
            "/search.ics",
            "/api/v1/updates",
            "/api/v1/facets",
        ] {
            let answer = ask(&router, &format!("{path}?q={encoded}"), &[]).await;
            assert!(
                answer.status == 200 || answer.status == 400,
                "{path} {query}: {}",
                answer.status
            );
        }
    }
    // A page holds a hundred at most, however many are asked for.
    for limit in ["101", "0", "-1", "1e9", "99999999999999999999"] {
        let answer = ask(&router, &format!("/api/v1/updates?limit={limit}"), &[]).await;
        assert_eq!(answer.status, 400, "{limit}");
        let answer = ask(&router, &format!("/updates.json?limit={limit}"), &[]).await;
        let feed: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert!(feed["items"].as_array().unwrap().len() <= 100, "{limit}");
    }
    let long = format!("/search?q={}", "x".repeat(60_000));
    assert!(ask(&router, &long, &[]).await.status < 500);
}

#[test]
fn no_query_fails() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let router = runtime.block_on(async { open(&filled(folder.path(), 30).await) });
    let piece = prop_oneof![
        Just("(".to_owned()),
        Just(")".to_owned()),
        Just("\"".to_owned()),
        Just(" AND ".to_owned()),
        Just(" OR ".to_owned()),
        Just("-".to_owned()),
        Just("*".to_owned()),
        Just("kind:".to_owned()),
        Just("ISO/IEC 42001:2023".to_owned()),
        Just(" risk ".to_owned()),
        Just("open:yes".to_owned()),
        Just("after:2026".to_owned()),
        Just("DPIA".to_owned()),
        "\\PC{0,6}",
    ];
    proptest!(ProptestConfig::with_cases(300), |(parts in proptest::collection::vec(piece, 0..20))| {
        let encoded: String = url::form_urlencoded::byte_serialize(parts.concat().as_bytes()).collect();
        let status = runtime.block_on(async { ask(&router, &format!("/search?q={encoded}"), &[]).await.status });
        prop_assert_eq!(status, 200);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_documents_are_plain_text_to_be_kept() {
    use regwire::domain::api_token::{ApiToken, Scope};
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 1).await;
    let token = format!("rgw_{}", "k".repeat(40));
    let known = ApiToken::new("a".to_owned(), &token, vec![Scope::Evidence], None).unwrap();
    let router = router(
        &house,
        Guard::new("https://updates.example.org").with_tokens(vec![known]),
    );
    let bearer = format!("Bearer {token}");
    let path = "/api/v1/sources/bench/documents";
    assert_eq!(ask(&router, path, &[]).await.status, 401);
    let listed = ask(&router, path, &[("authorization", &bearer)]).await;
    assert_eq!(
        (listed.status, listed.header("cache-control")),
        (200, "no-store")
    );
    let missing = ask(
        &router,
        &format!("{path}/1/raw"),
        &[("authorization", &bearer)],
    )
    .await;
    assert_eq!(missing.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_nothing_keeps_nobody_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 2).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let site = web::Site {
        store: house.store.clone(),
        index: house.index.clone(),
        renderer: Arc::clone(&house.renderer),
        library: Arc::clone(&house.library),
        sources: Arc::clone(&house.sources),
        digests: Vec::new(),
        clock: house.clock.clone(),
    };
    let serving = tokio::spawn(web::serve(
        listener,
        site,
        Guard::new("http://127.0.0.1"),
        async move {
            let _ = stopped.await;
        },
    ));
    let mut silent = Vec::new();
    for _ in 0..300 {
        let mut stream = tokio::net::TcpStream::connect(at).await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: 127")
            .await
            .unwrap();
        silent.push(stream);
    }
    let asked = |head: String| async move {
        let mut stream = tokio::net::TcpStream::connect(at).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        // A connection that is closed on a head too long may be closed roughly.
        while let Ok(read @ 1..) = stream.read(&mut piece).await {
            bytes.extend_from_slice(&piece[..read]);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let head = "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n";
    let answer = tokio::time::timeout(Duration::from_secs(20), asked(format!("{head}\r\n"))).await;
    assert!(answer.unwrap().starts_with("HTTP/1.1 200"));
    // A head that does not end is not read for ever.
    let long = format!("{head}x: {}\r\n\r\n", "y".repeat(10 << 10));
    assert!(asked(long).await.starts_with("HTTP/1.1 431"));
    drop(silent);
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}
