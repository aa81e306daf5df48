//! Visits to a server of our own on loopback: good, bad and hostile.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures_util::{StreamExt as _, stream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::domain::address::AddressTemplate;
use crate::domain::document::FaultCode;
use crate::domain::id::{BodyId, SourceId};
use crate::domain::source::SourceKind;

fn source(url: &str) -> Source {
    Source {
        robots_override: Some("a server of our own".to_owned()),
        max_bytes: 1 << 20,
        max_time: TimeDelta::seconds(20),
        ..Source::new(
            SourceId::new("sample").unwrap(),
            BodyId::new("sample").unwrap(),
            "Sample",
            SourceKind::Feed,
            AddressTemplate::new(url).unwrap(),
        )
    }
}

fn fetcher() -> Fetcher {
    Fetcher::new(Settings {
        contact: Some("ops@example.org".to_owned()),
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        gap: TimeDelta::zero(),
        ..Settings::default()
    })
    .unwrap()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_600_000, 0).unwrap()
}

async fn visit(url: &str) -> Fetched {
    fetcher()
        .visit(&source(url), &Memory::default(), now())
        .await
}

/// The fault of an answer that has one.
fn fault(answer: &Answer) -> &Fault {
    match answer {
        Answer::Limited { fault, .. }
        | Answer::Gone { fault }
        | Answer::Refused { fault }
        | Answer::Failed { fault, .. } => fault,
        Answer::Document { .. } | Answer::NotModified { .. } => panic!("no fault: {answer:?}"),
    }
}

fn document(answer: Answer) -> (Document, Memory, Option<String>) {
    match answer {
        Answer::Document {
            document,
            packed: _,
            memory,
            moved_to,
        } => (document, memory, moved_to),
        other => panic!("no document: {other:?}"),
    }
}

async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Answers every connection with the same bytes and hangs up.
async fn serve_raw(answer: &'static [u8]) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut question = [0; 4_096];
            let _ = stream.read(&mut question).await;
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

/// A feed with validators that greets with a cookie and notices one that comes back.
async fn feed(headers: HeaderMap) -> Response {
    if headers.contains_key(header::COOKIE) {
        return StatusCode::IM_A_TEAPOT.into_response();
    }
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|v| v == "\"1\"")
        && headers.contains_key(header::IF_MODIFIED_SINCE)
    {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, "\"1\"")]).into_response();
    }
    (
        [
            (header::ETAG, "\"1\""),
            (header::LAST_MODIFIED, "Mon, 05 Jan 2026 08:00:00 GMT"),
            (header::SET_COOKIE, "session=1"),
            (header::CONTENT_TYPE, "application/rss+xml"),
        ],
        "<rss/>",
    )
        .into_response()
}

/// What was asked, a header a line.
async fn echo(headers: HeaderMap) -> String {
    headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap_or("?")))
        .collect()
}

async fn hop(Path(left): Path<u32>) -> Response {
    match left {
        0 => "arrived".into_response(),
        _ => Redirect::permanent(&format!("/hop/{}", left - 1)).into_response(),
    }
}

fn endless() -> Body {
    Body::from_stream(stream::repeat_with(|| {
        Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 16_384]))
    }))
}

fn router() -> Router {
    let to = |place: &'static str| get(move || async move { Redirect::temporary(place) });
    let zeros = zstd::bulk::compress(&vec![0; 64 << 20], 3).unwrap();
    let bomb = Router::new()
        .route("/gzip-bomb", get(|| async { vec![0; 8 << 20] }))
        .layer(tower_http::compression::CompressionLayer::new().no_br());
    Router::new()
        .route("/feed", get(feed))
        .route("/echo", get(echo))
        .route("/hop/{left}", get(hop))
        .route("/circle/a", to("/circle/b"))
        .route("/circle/b", to("/circle/a"))
        .route("/to-private", to("http://10.0.0.1/"))
        .route("/to-metadata", to("http://0xa9fea9fe/latest/"))
        .route("/to-file", to("file:///etc/passwd"))
        .route("/to-credentials", to("http://a:b@127.0.0.1/"))
        .route("/endless", get(|| async { endless() }))
        .route(
            "/zstd-bomb",
            get(move || async move { ([(header::CONTENT_ENCODING, "zstd")], zeros) }),
        )
        .merge(bomb)
        .route(
            "/twice-packed",
            get(|| async { ([(header::CONTENT_ENCODING, "gzip, gzip")], "x") }),
        )
        .route(
            "/not-packed",
            get(|| async { ([(header::CONTENT_ENCODING, "gzip")], "not gzip at all") }),
        )
        .route(
            "/drip",
            get(|| async {
                let first = stream::once(async { Ok::<_, std::io::Error>("x") });
                Body::from_stream(first.chain(stream::pending()))
            }),
        )
        .route("/hang", get(std::future::pending::<()>))
        .route("/empty", get(|| async { "" }))
        .route(
            "/busy",
            get(|| async { (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "90")]) }),
        )
        .route(
            "/closed",
            get(|| async {
                let until = [(header::RETRY_AFTER, "Mon, 05 Jan 2026 08:10:00 GMT")];
                (StatusCode::SERVICE_UNAVAILABLE, until)
            }),
        )
        .route("/ill", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
        .route("/gone", get(|| async { StatusCode::GONE }))
        .route("/bare-304", get(|| async { StatusCode::NOT_MODIFIED }))
}

#[tokio::test]
async fn a_feed_is_read_and_asked_for_again_by_its_validators_without_its_cookie() {
    let at = serve(router()).await;
    let fetcher = fetcher();
    let source = source(&format!("http://{at}/feed"));
    let first = fetcher.visit(&source, &Memory::default(), now()).await;
    assert_eq!(first.bytes, 6);
    let (document, memory, moved_to) = document(first.answer);
    assert_eq!(document.body, b"<rss/>");
    assert_eq!(document.fetched_at, now());
    assert_eq!(document.header("content-type"), Some("application/rss+xml"));
    assert_eq!(document.header("set-cookie"), None);
    assert_eq!(memory.etag.as_deref(), Some("\"1\""));
    assert_eq!(moved_to, None);
    let second = fetcher.visit(&source, &memory, now()).await;
    assert_eq!(
        second.answer,
        Answer::NotModified {
            memory,
            status: 304
        }
    );
}

#[tokio::test]
async fn the_question_says_who_asks_and_no_more() {
    let at = serve(router()).await;
    let mut source = source(&format!("http://{at}/echo"));
    source.headers = vec![("X-Key".to_owned(), "secret".to_owned())];
    let fetched = fetcher().visit(&source, &Memory::default(), now()).await;
    let asked = String::from_utf8(document(fetched.answer).0.body).unwrap();
    assert!(asked.contains("(+ops@example.org)"), "{asked}");
    assert!(asked.contains("application/rss+xml"), "{asked}");
    assert!(asked.contains("x-key: secret"), "{asked}");
    for absent in ["referer", "cookie", "if-none-match"] {
        assert!(!asked.contains(absent), "{asked}");
    }
}

#[tokio::test]
async fn a_key_does_not_follow_a_redirect_to_another_origin() {
    let at = serve(router()).await;
    let place = format!("http://b.localhost:{}/echo", at.port());
    let from =
        serve(Router::new().route("/", get(move || async move { Redirect::permanent(&place) })))
            .await;
    let mut source = source(&format!("http://a.localhost:{}/", from.port()));
    source.headers = vec![
        ("Authorization".to_owned(), "Bearer secret".to_owned()),
        ("X-Key".to_owned(), "secret".to_owned()),
        ("Accept-Language".to_owned(), "en".to_owned()),
    ];
    let fetched = fetcher().visit(&source, &Memory::default(), now()).await;
    let (document, _, moved_to) = document(fetched.answer);
    let asked = String::from_utf8(document.body).unwrap();
    assert!(!asked.contains("secret"), "{asked}");
    assert!(asked.contains("accept-language: en"), "{asked}");
    assert!(asked.contains("host: b.localhost"), "{asked}");
    assert_eq!(moved_to.as_deref(), Some(document.url.as_str()));
}

#[tokio::test]
async fn five_redirects_are_followed_and_a_sixth_is_not() {
    let at = serve(router()).await;
    let (document, _, moved_to) = document(visit(&format!("http://{at}/hop/5")).await.answer);
    assert_eq!(document.body, b"arrived");
    assert_eq!(moved_to, Some(format!("http://{at}/hop/0")));
    for place in ["hop/6", "circle/a"] {
        let fetched = visit(&format!("http://{at}/{place}")).await;
        assert_eq!(fault(&fetched.answer).code, FaultCode::Redirects, "{place}");
    }
}

#[tokio::test]
async fn forbidden_addresses_are_refused_at_first_and_after_a_redirect() {
    let at = serve(router()).await;
    for place in ["to-private", "to-metadata", "to-file", "to-credentials"] {
        let fetched = visit(&format!("http://{at}/{place}")).await;
        assert!(
            matches!(&fetched.answer, Answer::Refused { fault } if fault.code == FaultCode::AddressRefused),
            "{place}: {fetched:?}"
        );
    }
    // Without the allow-list the same server is out of reach, by every name it has.
    let strict = Fetcher::new(Settings::default()).unwrap();
    let port = at.port();
    for host in ["127.0.0.1", "localhost", "a.localhost", "0x7f.1"] {
        let source = source(&format!("http://{host}:{port}/feed"));
        let fetched = strict.visit(&source, &Memory::default(), now()).await;
        assert!(
            matches!(fetched.answer, Answer::Refused { .. }),
            "{host}: {fetched:?}"
        );
    }
}

#[tokio::test]
async fn names_under_localhost_reach_this_machine() {
    let port = serve(router()).await.port();
    for host in ["a.localhost", "localhost", "b.c.localhost."] {
        let fetched = visit(&format!("http://{host}:{port}/feed")).await;
        assert_eq!(document(fetched.answer).0.status, 200, "{host}");
    }
}

#[tokio::test]
async fn a_body_without_end_is_left_at_the_cap() {
    let at = serve(router()).await;
    for place in ["endless", "zstd-bomb", "gzip-bomb"] {
        let fetched = visit(&format!("http://{at}/{place}")).await;
        assert_eq!(fault(&fetched.answer).code, FaultCode::TooLarge, "{place}");
        // At most one chunk past the cap.
        assert!(fetched.bytes <= (1 << 20) + (64 << 10), "{fetched:?}");
    }
}

#[tokio::test]
async fn a_stated_length_over_the_cap_is_not_read_at_all() {
    let at = serve_raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\nx").await;
    let fetched = visit(&format!("http://{at}/")).await;
    assert_eq!(fault(&fetched.answer).code, FaultCode::TooLarge);
    assert_eq!(fetched.bytes, 0);
}

#[tokio::test]
async fn slow_servers_are_left_at_the_deadline() {
    let at = serve(router()).await;
    for place in ["drip", "hang"] {
        let mut source = source(&format!("http://{at}/{place}"));
        source.max_time = TimeDelta::milliseconds(300);
        let began = Instant::now();
        let fetched = fetcher().visit(&source, &Memory::default(), now()).await;
        assert_eq!(fault(&fetched.answer).code, FaultCode::TimeOut, "{place}");
        assert!(fetched.milliseconds >= 295, "{fetched:?}");
        assert!(began.elapsed().as_secs() < 10);
    }
}

#[tokio::test]
async fn broken_answers_are_named() {
    let at = serve(router()).await;
    for (place, code) in [
        ("twice-packed", FaultCode::BrokenBody),
        ("not-packed", FaultCode::BrokenBody),
        ("empty", FaultCode::EmptyBody),
        ("missing", FaultCode::HttpStatus),
        ("ill", FaultCode::HttpStatus),
        ("bare-304", FaultCode::HttpStatus),
    ] {
        let fetched = visit(&format!("http://{at}/{place}")).await;
        assert!(
            matches!(&fetched.answer, Answer::Failed { status: Some(_), fault } if fault.code == code),
            "{place}: {fetched:?}"
        );
    }
    for (answer, code) in [
        (
            &b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"[..],
            FaultCode::BrokenBody,
        ),
        (
            &b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n"[..],
            FaultCode::BrokenBody,
        ),
        (&b"SSH-2.0-OpenSSH_9.2\r\n"[..], FaultCode::Unreachable),
        (&b""[..], FaultCode::Unreachable),
        (
            &b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n"[..],
            FaultCode::Redirects,
        ),
    ] {
        let at = serve_raw(answer).await;
        let fetched = visit(&format!("http://{at}/")).await;
        assert_eq!(fault(&fetched.answer).code, code, "{fetched:?}");
    }
}

#[tokio::test]
async fn no_connection_and_no_encryption_are_named() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let fetched = visit(&format!("http://{closed}/")).await;
    assert_eq!(fault(&fetched.answer).code, FaultCode::Unreachable);
    // A server that speaks plain http on an https address is not asked in plain instead.
    let at = serve(router()).await;
    let fetched = visit(&format!("https://{at}/feed")).await;
    assert_eq!(fault(&fetched.answer).code, FaultCode::Unreachable);
}

#[tokio::test]
async fn a_publisher_who_asks_us_to_wait_or_to_go_is_heard() {
    let at = serve(router()).await;
    for (place, status, seconds) in [("busy", 429, 90), ("closed", 503, 600)] {
        match visit(&format!("http://{at}/{place}")).await.answer {
            Answer::Limited {
                status: found,
                retry_after,
                ..
            } => {
                assert_eq!(found, status);
                assert_eq!(retry_after, Some(TimeDelta::seconds(seconds)), "{place}");
            }
            other => panic!("{place}: {other:?}"),
        }
    }
    let gone = visit(&format!("http://{at}/gone")).await;
    assert!(matches!(gone.answer, Answer::Gone { .. }), "{gone:?}");
}

#[tokio::test]
async fn one_request_at_a_time_per_host() {
    let inside = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (counted, seen) = (Arc::clone(&inside), Arc::clone(&most));
    let at = serve(Router::new().route(
        "/",
        get(move || {
            let (inside, most) = (Arc::clone(&counted), Arc::clone(&seen));
            async move {
                most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                inside.fetch_sub(1, Ordering::SeqCst);
                "x"
            }
        }),
    ))
    .await;
    let fetcher = fetcher();
    let source = source(&format!("http://{at}/"));
    let memory = Memory::default();
    let visits = (0..8).map(|_| fetcher.visit(&source, &memory, now()));
    for fetched in futures_util::future::join_all(visits).await {
        assert_eq!(document(fetched.answer).0.body, b"x");
    }
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[test]
fn strangers_are_owed_two_seconds_whatever_the_settings_say() {
    let fetcher = fetcher();
    let gap = |text: &str| fetcher.gap(&WebAddress::new(text).unwrap());
    assert_eq!(gap("https://example.org/"), Duration::from_secs(2));
    assert_eq!(gap("https://8.8.8.8/"), Duration::from_secs(2));
    assert_eq!(gap("http://127.0.0.1:81/"), Duration::ZERO);
    assert_eq!(gap("http://a.localhost/"), Duration::ZERO);
}

#[tokio::test]
async fn a_proxy_is_asked_for_names_and_never_for_private_literals() {
    let at = serve(router()).await;
    let settings = Settings {
        proxy: Some(format!("http://localhost:{}", at.port())),
        ..Settings::default()
    };
    let proxied = Fetcher::new(settings.clone()).unwrap();
    let visit = |fetcher: Fetcher, url: &'static str| async move {
        fetcher
            .visit(&source(url), &Memory::default(), now())
            .await
            .answer
    };
    let (document, _, _) = document(visit(proxied.clone(), "http://news.invalid/feed").await);
    assert_eq!(document.body, b"<rss/>");
    for url in ["http://10.0.0.1/feed", "http://localhost/feed"] {
        let answer = visit(proxied.clone(), url).await;
        assert!(
            matches!(answer, Answer::Refused { .. }),
            "{url}: {answer:?}"
        );
    }
    // With a simulated clock the proxy would be a way out, so there is none.
    let simulated = Fetcher::new(Settings {
        loopback_only: true,
        ..settings
    })
    .unwrap();
    let answer = visit(simulated, "http://8.8.8.8/feed").await;
    assert!(matches!(answer, Answer::Refused { .. }), "{answer:?}");
}

#[test]
fn a_proxy_that_is_none_is_said_so() {
    for proxy in ["socks5://127.0.0.1:1080", "proxy", "ftp://p/"] {
        let settings = Settings {
            proxy: Some(proxy.to_owned()),
            ..Settings::default()
        };
        assert!(
            matches!(Fetcher::new(settings), Err(Error::Proxy { .. })),
            "{proxy}"
        );
    }
    assert!(
        Fetcher::new(Settings {
            proxy: Some("  ".to_owned()),
            ..Settings::default()
        })
        .is_ok()
    );
}

/// Serves a robots.txt, counts who asked for it, and pages.
async fn site(status: StatusCode, robots: &'static str) -> (SocketAddr, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let router = Router::new()
        .route(
            "/robots.txt",
            get(move || async move {
                counter.fetch_add(1, Ordering::SeqCst);
                (status, robots)
            }),
        )
        .route("/away", get(|| async { Redirect::temporary("/private/a") }))
        .fallback(|| async { "<rss/>" });
    (serve(router).await, asked)
}

async fn visit_by_robots(fetcher: &Fetcher, url: &str, now: DateTime<Utc>) -> Answer {
    let source = Source {
        robots_override: None,
        ..source(url)
    };
    fetcher.visit(&source, &Memory::default(), now).await.answer
}

#[tokio::test]
async fn robots_txt_is_asked_first_once_a_day_and_obeyed() {
    let (address, asked) = site(StatusCode::OK, "User-agent: *\nDisallow: /private\n").await;
    let fetcher = fetcher();
    let at = |path: &str| format!("http://{address}{path}");
    for path in ["/feed", "/feed?x=1"] {
        document(visit_by_robots(&fetcher, &at(path), now()).await);
    }
    // Also where a redirect leads to.
    for path in ["/private/feed", "/away"] {
        let answer = visit_by_robots(&fetcher, &at(path), now()).await;
        assert!(matches!(answer, Answer::Refused { .. }), "{answer:?}");
        assert_eq!(fault(&answer).code, FaultCode::RobotsForbid);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    visit_by_robots(&fetcher, &at("/feed"), now() + TimeDelta::hours(25)).await;
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    // With leave, said in the configuration, it is not asked at all.
    let fetched = fetcher
        .visit(&source(&at("/private/feed")), &Memory::default(), now())
        .await;
    document(fetched.answer);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_robots_txt_that_is_not_there_allows_and_one_that_fails_forbids() {
    for (status, allowed) in [
        (StatusCode::NOT_FOUND, true),
        (StatusCode::FORBIDDEN, true),
        (StatusCode::GONE, true),
        (StatusCode::SERVICE_UNAVAILABLE, false),
        (StatusCode::INTERNAL_SERVER_ERROR, false),
        (StatusCode::TOO_MANY_REQUESTS, false),
    ] {
        let (address, asked) = site(status, "").await;
        let fetcher = fetcher();
        let url = format!("http://{address}/feed");
        let answer = visit_by_robots(&fetcher, &url, now()).await;
        if allowed {
            document(answer);
        } else {
            assert_eq!(
                fault(&answer).code,
                FaultCode::RobotsUnreachable,
                "{status}"
            );
            visit_by_robots(&fetcher, &url, now() + TimeDelta::minutes(1)).await;
            assert_eq!(asked.load(Ordering::SeqCst), 1);
            visit_by_robots(&fetcher, &url, now() + TimeDelta::minutes(11)).await;
            assert_eq!(asked.load(Ordering::SeqCst), 2);
        }
    }
    // A robots.txt of a private address is no way to it.
    let answer = Fetcher::new(Settings::default())
        .unwrap()
        .visit(
            &Source {
                robots_override: None,
                ..source("http://127.0.0.1:9/feed")
            },
            &Memory::default(),
            now(),
        )
        .await
        .answer;
    assert_eq!(fault(&answer).code, FaultCode::AddressRefused);
}

/// Says what a question carried: its method, its key, its body.
async fn told(
    method: axum::http::Method,
    headers: HeaderMap,
    uri: axum::http::Uri,
    body: Bytes,
) -> String {
    let key = headers
        .get("x-api-key")
        .map_or("no key", |key| key.to_str().unwrap());
    let body = String::from_utf8_lossy(&body);
    format!("{method} {uri} {key} {body}")
}

#[tokio::test]
async fn keys_and_posted_questions_go_to_the_source_s_own_host_only() {
    let other = serve(Router::new().fallback(told)).await;
    let away = move |status: StatusCode, to: &'static str| {
        axum::routing::any(move || async move {
            let to = to.replace("OTHER", &format!("http://{other}"));
            (status, [(header::LOCATION, to)])
        })
    };
    let router = Router::new()
        .route("/moved", away(StatusCode::TEMPORARY_REDIRECT, "/here"))
        .route("/seen", away(StatusCode::SEE_OTHER, "/here"))
        .route("/away", away(StatusCode::TEMPORARY_REDIRECT, "OTHER/there"))
        .fallback(told);
    let own = serve(router).await;
    let fetcher = Fetcher::new(Settings {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        gap: TimeDelta::zero(),
        keys: BTreeMap::from([("k".to_owned(), Secret::new(" secret ").unwrap())]),
        ..Settings::default()
    })
    .unwrap();
    assert!(!format!("{fetcher:?} {:?}", Secret::new("secret")).contains("secret"));
    let asked = |path: &str, post: Option<&str>| {
        let mut source = source(&format!("http://{own}{path}"));
        source.interface.key = Some(crate::domain::mapping::ApiKey {
            name: "k".to_owned(),
            header: "X-Api-Key".to_owned(),
            prefix: String::new(),
        });
        source.interface.params = vec![("day".to_owned(), vec!["{today-1d}".to_owned()])];
        source.interface.post = post.map(str::to_owned);
        let fetcher = fetcher.clone();
        async move {
            let fetched = fetcher.visit(&source, &Memory::default(), now()).await;
            String::from_utf8(document(fetched.answer).0.body).unwrap()
        }
    };
    let yesterday = (now() - TimeDelta::days(1)).date_naive();
    for (path, post, expected) in [
        (
            "/a?b=c",
            None,
            format!("GET /a?b=c&day={yesterday} secret "),
        ),
        (
            "/a",
            Some("{}"),
            format!("POST /a?day={yesterday} secret {{}}"),
        ),
        ("/moved", Some("{}"), "POST /here secret {}".to_owned()),
        ("/seen", Some("{}"), "GET /here secret ".to_owned()),
        ("/away", Some("{}"), "GET /there no key ".to_owned()),
        ("/away", None, "GET /there no key ".to_owned()),
    ] {
        assert_eq!(asked(path, post).await, expected, "{path} {post:?}");
    }
}
