//! F4 to F6: endless, packed and dripping answers, and what they cost the others.

use std::io::Write as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use regwire::clock::Clock;
use regwire::daemon::Shift;
use regwire::daemon::jobs::collect::{self, Choice};
use regwire::domain::document::Memory;
use regwire::fetch::{Answer, Fetcher, Settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{OPEN, begin, codes, defined, is_long, item, ordinary, place, rss, serve, source};

const CAP: u64 = 16 << 20;

fn fetcher() -> Fetcher {
    Fetcher::new(Settings {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        gap: chrono::TimeDelta::zero(),
        ..Settings::default()
    })
    .unwrap()
}

/// Far more zeros than anybody wants, packed.
pub fn packed(coding: &str) -> Vec<u8> {
    const SIZE: usize = 256 << 20;
    let piece = vec![b' '; 1 << 20];
    match coding {
        "gzip" => {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            for _ in 0..SIZE >> 20 {
                out.write_all(&piece).unwrap();
            }
            out.finish().unwrap()
        }
        "zstd" => {
            let mut out = zstd::Encoder::new(Vec::new(), 3).unwrap();
            // The largest window that a reader takes by default.
            out.window_log(27).unwrap();
            for _ in 0..SIZE >> 20 {
                out.write_all(&piece).unwrap();
            }
            out.finish().unwrap()
        }
        "br" => {
            let mut packed = Vec::new();
            let mut out = brotli::CompressorWriter::new(&mut packed, 1 << 16, 5, 24);
            for _ in 0..SIZE >> 20 {
                out.write_all(&piece).unwrap();
            }
            drop(out);
            packed
        }
        other => panic!("{other}"),
    }
}

fn endless(piece: &'static [u8]) -> Body {
    Body::from_stream(stream::repeat_with(move || {
        Ok::<_, std::io::Error>(Bytes::from_static(piece))
    }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_the_cap_is_refused_at_the_cap_however_it_is_packed() {
    let bombs: Vec<(&str, Vec<u8>)> = ["gzip", "br", "zstd"]
        .map(|coding| (coding, packed(coding)))
        .into();
    for (coding, bomb) in &bombs {
        println!("{coding}: {} bytes for 256 MiB", bomb.len());
    }
    let at = serve(Router::new().fallback(move |request: Request| {
        let bombs = bombs.clone();
        async move {
            match request.uri().path().trim_start_matches('/') {
                "robots.txt" => StatusCode::NOT_FOUND.into_response(),
                "endless" => endless(&[b' '; 16_384]).into_response(),
                "twice" => {
                    let inner = bombs[0].1.clone();
                    let mut out =
                        flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                    out.write_all(&inner).unwrap();
                    let body = out.finish().unwrap();
                    ([(header::CONTENT_ENCODING, "gzip, gzip")], body).into_response()
                }
                name => {
                    let bomb = bombs.iter().find(|(coding, _)| *coding == name).unwrap();
                    ([(header::CONTENT_ENCODING, bomb.0)], bomb.1.clone()).into_response()
                }
            }
        }
    }))
    .await;
    let fetcher = fetcher();
    for (path, code) in [
        ("endless", "too-large"),
        ("gzip", "too-large"),
        ("br", "too-large"),
        ("zstd", "too-large"),
        ("twice", "broken-body"),
    ] {
        let source = defined(&source("s", "feed", &format!("http://{at}/{path}"), "")).unwrap();
        let began = Instant::now();
        let fetched = fetcher.visit(&source, &Memory::default(), begin()).await;
        let Answer::Failed { fault, .. } = &fetched.answer else {
            panic!("{path}: {:?}", fetched.answer);
        };
        assert_eq!(fault.code.as_str(), code, "{path}");
        // One chunk past the cap and no more.
        assert!(
            fetched.bytes <= CAP + (64 << 10),
            "{path}: {}",
            fetched.bytes
        );
        println!("{path}: {} bytes in {:?}", fetched.bytes, began.elapsed());
        assert!(began.elapsed() < Duration::from_secs(10), "{path}");
    }
}

/// Sends its answer's head, or its body, a byte at a time and never ends.
async fn dripping(head: bool) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut question = [0; 4_096];
                let _ = stream.read(&mut question).await;
                let start: &[u8] = if head {
                    b"HTTP/1.1 200 OK\r\nx-"
                } else {
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\n\r\n<rss>"
                };
                if stream.write_all(start).await.is_err() {
                    return;
                }
                while stream.write_all(b"a").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_drips_is_left_at_the_deadline() {
    // The default of 30 s in the long form, 2 s in the short one.
    let (limit, more) = if is_long() {
        (30.0, "robots_override = \"a server of our own\"")
    } else {
        (
            2.0,
            "robots_override = \"a server of our own\"\nmax_time = \"2s\"",
        )
    };
    let fetcher = fetcher();
    for head in [true, false] {
        let port = dripping(head).await;
        let source = defined(&source(
            "s",
            "feed",
            &format!("http://127.0.0.1:{port}/"),
            more,
        ))
        .unwrap();
        let began = Instant::now();
        let fetched = fetcher.visit(&source, &Memory::default(), begin()).await;
        let spent = began.elapsed().as_secs_f64();
        let Answer::Failed { fault, .. } = &fetched.answer else {
            panic!("{:?}", fetched.answer);
        };
        assert_eq!(fault.code.as_str(), "time-out");
        assert!((spent - limit).abs() <= 1.0, "{spent} s");
        println!(
            "drip of the {}: {spent:.2} s",
            if head { "head" } else { "body" }
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dripping_sources_do_not_delay_the_healthy_ones() {
    let (healthy, dripping, limit) = if is_long() {
        (800, 200, "30s")
    } else {
        (48, 12, "3s")
    };
    let at = serve(Router::new().fallback(|request: Request| async move {
        match request.uri().path() {
            "/robots.txt" => StatusCode::NOT_FOUND.into_response(),
            "/drip" => {
                let first = stream::once(async { Ok::<_, std::io::Error>("<rss>") });
                Response::new(Body::from_stream(first.chain(stream::pending())))
            }
            _ => rss(&(0..10).map(item).collect::<String>()).into_response(),
        }
    }))
    .await;
    let port = at.port();
    let sources = |drip: bool| -> String {
        let every = (healthy + dripping) / dripping;
        (0..healthy + dripping)
            .filter_map(|n| {
                let drips = n % every == 0;
                let path = match (drips, drip) {
                    (true, true) => "drip",
                    (true, false) => return None,
                    (false, _) => "feed",
                };
                let url = format!("http://s{n}.localhost:{port}/{path}");
                Some(source(
                    &format!("s{n}"),
                    "feed",
                    &url,
                    &format!("max_time = \"{limit}\""),
                ))
            })
            .collect()
    };
    let run = async |drip: bool| -> Vec<f64> {
        let place = place(&sources(drip), OPEN, Clock::held(begin())).await;
        let shift = Shift::begin(&place.house).await.unwrap().unwrap();
        let fetcher = place.house.fetcher().unwrap();
        let began = Instant::now();
        let times = Mutex::new(Vec::new());
        collect::collect(
            &place.house,
            shift.lease(),
            &fetcher,
            &Choice::due(),
            |report| {
                if report.visit.outcome.is_success() {
                    times.lock().unwrap().push(began.elapsed().as_secs_f64());
                } else {
                    assert_eq!(codes(&report.visit), ["time-out"], "{report:?}");
                }
            },
        )
        .await
        .unwrap();
        shift.end().await.unwrap();
        let mut times = times.into_inner().unwrap();
        times.sort_by(f64::total_cmp);
        assert_eq!(times.len(), healthy);
        times
    };
    let clean = run(false).await;
    let beside = run(true).await;
    let p95 = |times: &[f64]| times[times.len() * 95 / 100];
    println!(
        "{healthy} healthy sources: 95 % read within {:.2} s alone, {:.2} s beside {dripping} dripping ones",
        p95(&clean),
        p95(&beside)
    );
    assert!(p95(&beside) <= 2.0 * p95(&clean).max(0.5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_of_the_daemon_does_not_wait_for_the_slow() {
    let drip = dripping(false).await;
    let well = serve(Router::new().fallback(|request: Request| async move {
        match request.uri().path() {
            "/robots.txt" => StatusCode::NOT_FOUND.into_response(),
            _ => rss(&item(1)).into_response(),
        }
    }))
    .await;
    let sources = source(
        "slow",
        "feed",
        &format!("http://127.0.0.1:{drip}/"),
        "robots_override = \"a server of our own\"\nmax_time = \"6s\"",
    ) + &source("well", "feed", &format!("http://{well}/"), "");
    let place = ordinary(&sources).await;
    let house = &place.house;
    let shift = Shift::begin(house).await.unwrap().unwrap();
    let fetcher = house.fetcher().unwrap();
    let began = Instant::now();
    let first = collect::round(house, shift.lease(), &fetcher)
        .await
        .unwrap();
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!(first[0].visit.source.as_str(), "well");
    // Whoever collects next takes in what the slow one brings, and does not visit it twice.
    let choice = Choice {
        only: vec!["slow".parse().unwrap()],
        ..Choice::default()
    };
    let second = collect::collect(house, shift.lease(), &fetcher, &choice, |_| {})
        .await
        .unwrap();
    assert_eq!(codes(&second[0].visit), ["time-out"]);
    assert!(
        began.elapsed() < Duration::from_secs(9),
        "{:?}",
        began.elapsed()
    );
    let visits = house
        .store
        .visits(
            &"slow".parse().unwrap(),
            chrono::DateTime::UNIX_EPOCH,
            chrono::Utc::now() + chrono::TimeDelta::days(1),
            10,
        )
        .await
        .unwrap();
    assert_eq!(visits.len(), 1);
    shift.end().await.unwrap();
}
