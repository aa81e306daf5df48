//! F12, F13: a polite guest, also on a clock that runs fast.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chrono::TimeDelta;
use regwire::clock::Clock;
use regwire::daemon::Shift;
use regwire::daemon::jobs::collect::Choice;
use regwire::daemon::jobs::health;
use regwire::domain::document::Memory;
use regwire::domain::health::Health;
use regwire::fetch::{Answer, Fetcher, Settings};

use super::{Place, begin, defined, item, ordinary, place, rss, serve, source};

type Log = Arc<Mutex<Vec<(String, Instant, Instant)>>>;

/// A host that notes when each request began and ended.
async fn host() -> (u16, Log) {
    let log = Log::default();
    let seen = Arc::clone(&log);
    let router = Router::new().fallback(move |request: Request| {
        let seen = Arc::clone(&seen);
        async move {
            let (path, began) = (request.uri().path().to_owned(), Instant::now());
            tokio::time::sleep(Duration::from_millis(30)).await;
            let answer = match path.as_str() {
                "/robots.txt" => StatusCode::NOT_FOUND.into_response(),
                _ => rss(&item(1)).into_response(),
            };
            seen.lock().unwrap().push((path, began, Instant::now()));
            answer
        }
    });
    (serve(router).await.port(), log)
}

fn four(port: u16) -> String {
    (0..4)
        .map(|n| {
            source(
                &format!("s{n}"),
                "feed",
                &format!("http://h.localhost:{port}/{n}"),
                "",
            )
        })
        .collect()
}

/// The pauses between one request's end and the next one's beginning, robots.txt left out, and
/// whether any two overlapped.
fn pauses(log: &Log) -> (Vec<Duration>, bool) {
    let mut log = log.lock().unwrap().clone();
    log.sort_by_key(|(_, began, _)| *began);
    let overlap = log.windows(2).any(|pair| pair[1].1 < pair[0].2);
    let pages: Vec<_> = log
        .iter()
        .filter(|(path, ..)| path != "/robots.txt")
        .collect();
    let pauses = pages
        .windows(2)
        .map(|pair| pair[1].1.saturating_duration_since(pair[0].2))
        .collect();
    (pauses, overlap)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_request_at_a_time_and_a_pause_between() {
    let (port, log) = host().await;
    let place = place(&four(port), "allow = [\"127.0.0.0/8\"]", Clock::real()).await;
    let visits = place.collect().await;
    assert!(
        visits.iter().all(|visit| visit.outcome.is_success()),
        "{visits:?}"
    );
    let (pauses, overlap) = pauses(&log);
    assert!(!overlap, "two requests at once");
    assert_eq!(
        log.lock().unwrap()[0].0,
        "/robots.txt",
        "robots.txt comes first"
    );
    assert_eq!(pauses.len(), 3);
    assert!(
        pauses
            .iter()
            .all(|pause| *pause >= Duration::from_millis(1_990)),
        "{pauses:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fast_clock_shortens_the_pauses() {
    let (port, log) = host().await;
    let clock = Clock::fast(begin(), 10);
    let place = place(&four(port), "allow = [\"127.0.0.0/8\"]", clock).await;
    let began = Instant::now();
    place.collect().await;
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );
    let (pauses, overlap) = pauses(&log);
    assert!(!overlap);
    assert!(
        pauses
            .iter()
            .all(|pause| *pause >= Duration::from_millis(195)),
        "{pauses:?}"
    );
}

/// A source whose answers are made by the visit's number and headers.
async fn answering(
    answer: fn(usize, &HeaderMap) -> Response,
) -> (Place, Arc<Mutex<Vec<HeaderMap>>>) {
    let asked: Arc<Mutex<Vec<HeaderMap>>> = Arc::default();
    let seen = Arc::clone(&asked);
    let router = Router::new()
        .route("/robots.txt", get(|| async { StatusCode::NOT_FOUND }))
        .fallback(move |headers: HeaderMap| {
            let seen = Arc::clone(&seen);
            async move {
                let mut seen = seen.lock().unwrap();
                let response = answer(seen.len(), &headers);
                seen.push(headers);
                response
            }
        });
    let at = serve(router).await;
    (
        ordinary(&source("s", "feed", &format!("http://{at}/"), "")).await,
        asked,
    )
}

#[tokio::test]
async fn only_whether_something_changed_is_asked() {
    let (place, asked) = answering(|_, headers| {
        let same = headers
            .get(header::IF_NONE_MATCH)
            .is_some_and(|tag| tag == "\"v1\"");
        if same {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        (
            [
                (header::ETAG, "\"v1\""),
                (header::SET_COOKIE, "id=1; Path=/"),
            ],
            rss(&item(1)),
        )
            .into_response()
    })
    .await;
    for _ in 0..101 {
        place.later(3).await;
    }
    let asked = asked.lock().unwrap();
    let conditional = asked
        .iter()
        .filter(|h| h.contains_key(header::IF_NONE_MATCH))
        .count();
    assert_eq!((asked.len(), conditional), (101, 100));
    for headers in asked.iter() {
        let agent = headers[header::USER_AGENT].to_str().unwrap();
        assert!(
            agent.starts_with("Regwire/") && agent.contains("ops@example.org"),
            "{agent}"
        );
        assert!(!headers.contains_key(header::COOKIE), "a cookie came back");
    }
}

#[tokio::test]
async fn who_asks_for_time_gets_it_and_a_person_who_asks_now_gets_an_answer() {
    let (place, asked) = answering(|number, _| match number {
        0 => (
            StatusCode::TOO_MANY_REQUESTS,
            [(header::RETRY_AFTER, "7200")],
        )
            .into_response(),
        1 => (
            StatusCode::SERVICE_UNAVAILABLE,
            // A day and more is a day.
            [(header::RETRY_AFTER, "999999")],
        )
            .into_response(),
        _ => rss(&item(1)).into_response(),
    })
    .await;
    let count = || asked.lock().unwrap().len();
    let due = |place: &Place, after: TimeDelta| {
        place.house.clock.move_to(place.house.clock.now() + after);
    };
    let visits = place.collect_as(&Choice::due()).await;
    assert_eq!(visits[0].outcome.as_str(), "limited");
    due(&place, TimeDelta::seconds(7_199));
    assert_eq!(
        place.collect_as(&Choice::due()).await[0].outcome.as_str(),
        "not-due"
    );
    assert_eq!(count(), 1);
    due(&place, TimeDelta::seconds(1));
    assert_eq!(
        place.collect_as(&Choice::due()).await[0].outcome.as_str(),
        "limited"
    );
    due(&place, TimeDelta::hours(24) - TimeDelta::seconds(1));
    assert_eq!(
        place.collect_as(&Choice::due()).await[0].outcome.as_str(),
        "not-due"
    );
    // A person who asks now is not told to wait.
    let named = Choice {
        only: vec!["s".parse().unwrap()],
        ..Choice::default()
    };
    assert_eq!(place.collect_as(&named).await[0].outcome.as_str(), "new");
    assert_eq!(count(), 3);
}

#[tokio::test]
async fn what_is_gone_is_told_and_asked_at_the_slowest_pace_and_never_forgotten() {
    let (place, asked) = answering(|number, _| match number {
        0 => rss(&item(1)).into_response(),
        6 => rss(&item(2)).into_response(),
        _ => StatusCode::GONE.into_response(),
    })
    .await;
    place.collect_as(&Choice::due()).await;
    let shift = Shift::begin(&place.house).await.unwrap().unwrap();
    let mut told = Vec::new();
    let mut hours = 0;
    let mut visits = Vec::new();
    while asked.lock().unwrap().len() < 7 {
        hours += 1;
        let clock = &place.house.clock;
        clock.move_to(clock.now() + TimeDelta::hours(1));
        let before = asked.lock().unwrap().len();
        let fetcher = place.house.fetcher().unwrap();
        regwire::daemon::jobs::collect::collect(
            &place.house,
            shift.lease(),
            &fetcher,
            &Choice::due(),
            |_| {},
        )
        .await
        .unwrap();
        if asked.lock().unwrap().len() > before {
            visits.push(hours);
        }
        told.extend(health::follow(&place.house, shift.lease()).await.unwrap());
        assert!(hours < 24 * 30, "asking has stopped");
    }
    shift.end().await.unwrap();
    assert_eq!(told[0].after, Health::Failing);
    assert!(told[0].because.contains("gone for good"), "{:?}", told[0]);
    let gaps: Vec<i64> = visits.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| (43..=48).contains(gap)), "{gaps:?}");
    assert_eq!(told.last().unwrap().after, Health::Fresh, "it came back");
}

#[tokio::test]
async fn robots_txt_in_trouble_keeps_us_away_and_is_asked_again() {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&asked);
    let at = serve(Router::new().fallback(move |request: Request| {
        let seen = Arc::clone(&seen);
        async move {
            let path = request.uri().path().to_owned();
            let mut seen = seen.lock().unwrap();
            let before = seen.iter().filter(|p| **p == path).count();
            seen.push(path.clone());
            match (path.as_str(), before) {
                ("/robots.txt", 0) => StatusCode::BAD_GATEWAY.into_response(),
                ("/robots.txt", 1) => (
                    StatusCode::SERVICE_UNAVAILABLE,
                    [(header::RETRY_AFTER, "3600")],
                )
                    .into_response(),
                ("/robots.txt", _) => "User-agent: regwire\nDisallow: /private/\n".into_response(),
                _ => rss(&item(1)).into_response(),
            }
        }
    }))
    .await;
    let fetcher = Fetcher::new(Settings {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        gap: TimeDelta::zero(),
        ..Settings::default()
    })
    .unwrap();
    let visit = async |url: &str, more: &str, minutes: i64| {
        let source = defined(&source("s", "feed", &format!("http://{at}{url}"), more)).unwrap();
        let now = begin() + TimeDelta::minutes(minutes);
        match fetcher.visit(&source, &Memory::default(), now).await.answer {
            Answer::Document { .. } => "read",
            Answer::Failed { fault, .. } | Answer::Refused { fault } => fault.code.as_str(),
            other => panic!("{other:?}"),
        }
    };
    let robots = || {
        asked
            .lock()
            .unwrap()
            .iter()
            .filter(|path| *path == "/robots.txt")
            .count()
    };
    // One trouble is one question, for both addresses; with leave it is none.
    assert_eq!(visit("/feed", "", 0).await, "robots-unreachable");
    assert_eq!(visit("/other", "", 1).await, "robots-unreachable");
    let leave = "robots_override = \"the publisher has given leave\"";
    assert_eq!(visit("/private/mine", leave, 1).await, "read");
    assert_eq!(robots(), 1);
    assert_eq!(visit("/feed", "", 11).await, "robots-unreachable");
    // It asked for an hour.
    assert_eq!(visit("/feed", "", 70).await, "robots-unreachable");
    assert_eq!(robots(), 2);
    assert_eq!(visit("/feed", "", 72).await, "read");
    assert_eq!(visit("/private/feed", "", 73).await, "robots-forbid");
    assert_eq!(visit("/feed", "", 72 + 24 * 60 - 1).await, "read");
    assert_eq!(robots(), 3);
    assert_eq!(visit("/feed", "", 72 + 24 * 60 + 1).await, "read");
    assert_eq!(robots(), 4);
    assert!(
        !asked
            .lock()
            .unwrap()
            .iter()
            .any(|path| path == "/private/feed")
    );
}
