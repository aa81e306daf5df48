//! Two hundred sources, eight weeks, sixteen ways for a source to die: each is noticed, and the
//! others are left in peace.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, TimeDelta, Utc};
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::jobs::collect::Choice;
use regwire::daemon::jobs::{collect, health};
use regwire::daemon::{House, Shift};
use regwire::library::{Files, load};
use regwire::store::HealthChange;

const SOURCES: usize = 200;
const WEEKS: i64 = 8;
/// The day on which the sick ones fall ill.
const ILL: i64 = 20;

/// How a source dies; the others are well.
const DEATHS: [&str; 16] = [
    "empty feed",
    "log-in page with 200",
    "soft 404",
    "frozen copy",
    "selector gone",
    "one guid for all",
    "304 for ever",
    "redirect to the home page",
    "403 wall",
    "expired certificate",
    "no such host",
    "time-out",
    "truncated",
    "dates stuck",
    "volume to zero",
    "moved to another address",
];

fn begin() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-01-05T06:00:00Z")
        .unwrap()
        .to_utc()
}

/// Which sources are lists in HTML; the others are feeds.
fn is_listing(number: usize) -> bool {
    matches!(
        DEATHS.get(number),
        Some(&("soft 404" | "selector gone" | "volume to zero"))
    ) || (number >= DEATHS.len() && number.is_multiple_of(4))
}

/// A number between 0 and 999 that is always the same for the same place.
fn dice(a: usize, b: usize) -> i64 {
    let mut x = (a as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (b as u64 + 7);
    for _ in 0..3 {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    i64::try_from(x % 1_000).unwrap()
}

/// When a source published: every few days in its own rhythm, more or less, with a pause of two
/// weeks now and then, as publishers have over holidays.
fn published(number: usize, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let rhythm = [6, 12, 24, 48, 72, 120, 168][number % 7];
    let mut at = begin() - TimeDelta::days(60);
    let mut out = Vec::new();
    for item in 0.. {
        let mut hours = rhythm * (500 + dice(number, item)) / 1_000;
        if dice(item, number) < 10 {
            hours += 24 * 10;
        }
        at += TimeDelta::hours(hours.max(3));
        if at > now {
            return out;
        }
        out.push(at);
    }
    out
}

#[derive(Clone)]
struct World {
    now: Arc<Mutex<DateTime<Utc>>>,
    tls: u16,
}

fn feed(number: usize, items: &[DateTime<Utc>], guid: Option<&str>, date: Option<&str>) -> String {
    let items: String = items
        .iter()
        .rev()
        .take(12)
        .map(|at| {
            let key = at.timestamp();
            let guid = guid.map_or_else(|| format!("g{key}"), str::to_owned);
            let date = date.map_or_else(|| at.to_rfc2822(), str::to_owned);
            format!("<item><title>Notice {key} of body {number} about the management of risk</title><link>https://s{number}.example/{key}</link><guid isPermaLink=\"false\">{guid}</guid><pubDate>{date}</pubDate><description>The authority has published a further notice.</description></item>")
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>S{number}</title><link>https://s{number}.example/</link><description>News</description>{items}</channel></rss>"
    )
}

fn listing(number: usize, items: &[DateTime<Utc>], class: &str, most: usize) -> String {
    let rows: String = items
        .iter()
        .rev()
        .take(most)
        .map(|at| {
            format!(
                "<li class=\"{class}\"><a href=\"/n/{0}\">Notice {0} of body {number}</a> <time datetime=\"{1}\">{1}</time></li>",
                at.timestamp(),
                at.format("%Y-%m-%d")
            )
        })
        .collect();
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>News of body {number}</title></head><body><ul>{rows}</ul></body></html>"
    )
}

fn page(title: &str, body: &str) -> Response {
    (
        [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
        format!(
            "<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"
        ),
    )
        .into_response()
}

async fn answer(State(world): State<World>, uri: Uri, headers: HeaderMap) -> Response {
    let now = *world.now.lock().unwrap();
    let Some(number) = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .and_then(|host| {
            host.strip_prefix('s')?
                .split('.')
                .next()?
                .parse::<usize>()
                .ok()
        })
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if uri.path() == "/robots.txt" {
        return StatusCode::NOT_FOUND.into_response();
    }
    if uri.path() == "/" {
        return page("Welcome", "<p>Welcome to our house.</p>");
    }
    let ill = now >= begin() + TimeDelta::days(ILL);
    let fell_ill = begin() + TimeDelta::days(ILL);
    let items = published(number, now);
    let well = || {
        if is_listing(number) {
            listing(number, &items, "news", 12).into_response()
        } else {
            feed(number, &items, None, None).into_response()
        }
    };
    let Some(death) = DEATHS.get(number).filter(|_| ill) else {
        let mut response = well();
        if DEATHS.get(number) == Some(&"304 for ever") {
            response
                .headers_mut()
                .insert(header::ETAG, "\"v1\"".parse().unwrap());
        }
        return response;
    };
    match *death {
        "empty feed" => feed(number, &[], None, None).into_response(),
        "log-in page with 200" => page("Sign in", "<form><input type=\"password\"></form>"),
        "soft 404" => page("Page not found", "<h1>We could not find that page</h1>"),
        "frozen copy" => feed(number, &published(number, fell_ill), None, None).into_response(),
        "selector gone" => listing(number, &items, "card", 12).into_response(),
        "one guid for all" => feed(number, &items, Some("item"), None).into_response(),
        "304 for ever" if headers.contains_key(header::IF_NONE_MATCH) => {
            StatusCode::NOT_MODIFIED.into_response()
        }
        "redirect to the home page" => {
            (StatusCode::FOUND, [(header::LOCATION, "/")]).into_response()
        }
        "403 wall" => StatusCode::FORBIDDEN.into_response(),
        "expired certificate" => {
            let to = format!("https://old.localhost:{}/feed", world.tls);
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
        "time-out" => Response::new(Body::from_stream(futures_util::stream::pending::<
            Result<axum::body::Bytes, std::io::Error>,
        >())),
        "truncated" => {
            let whole = feed(number, &items, None, None);
            whole[..whole.len() * 2 / 3].to_owned().into_response()
        }
        "dates stuck" => {
            let date = fell_ill.to_rfc2822();
            feed(number, &items, None, Some(&date)).into_response()
        }
        "volume to zero" => listing(number, &items, "news", 1).into_response(),
        "moved to another address" if uri.path() == "/feed" => (
            StatusCode::MOVED_PERMANENTLY,
            [(header::LOCATION, "/new-feed")],
        )
            .into_response(),
        _ => well(),
    }
}

/// A server whose certificate nobody would trust, and which has expired.
async fn expired() -> u16 {
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let certificate =
        CertificateDer::from_pem_slice(include_bytes!("../fixtures/expired/cert.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../fixtures/expired/key.pem")).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let _ = acceptor.accept(stream).await;
            });
        }
    });
    port
}

fn sources(port: u16) -> String {
    (0..SOURCES)
        .map(|number| {
            let (kind, path, select) = if is_listing(number) {
                ("listing", "news/list", "select = { item = \"li.news\", title = \"a\", link = \"a@href\", date = \"time@datetime\" }\n")
            } else {
                ("feed", "feed", "")
            };
            let host = if DEATHS.get(number) == Some(&"no such host") {
                "gone.invalid".to_owned()
            } else {
                format!("s{number}.localhost:{port}")
            };
            format!("[[source]]\nid = \"s{number}\"\nbody = \"iso\"\nname = \"Source {number}\"\nkind = \"{kind}\"\nurl = \"http://{host}/{path}\"\nevery = \"12h\"\nexpect_every = \"14d\"\nlanguage = \"en\"\nmax_time = \"1s\"\n{select}")
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_to_die_is_noticed_and_nobody_else_is_alarmed() {
    let now = Arc::new(Mutex::new(begin()));
    let world = World {
        now: Arc::clone(&now),
        tls: expired().await,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        axum::serve(listener, Router::new().fallback(answer).with_state(world)).await
    });
    let folder = tempfile::tempdir().unwrap();
    let config = Config::read(
        "regwire.toml",
        "base_url = \"https://updates.example.org\"\ncontact = \"ops@example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n[mail]\nfrom = \"Regwire <digest@example.org>\"\n",
        folder.path().to_owned(),
        folder.path().join("data"),
        |_| None,
    )
    .unwrap();
    let loaded = load(&Files::built_in().with_sources("sources.toml", sources(port)));
    assert_eq!(loaded.faults, []);
    let clock = Clock::held(begin());
    let house = House::open_with(config, clock.clone(), loaded)
        .await
        .unwrap();
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    let fetcher = house.fetcher().unwrap();
    let post = house.post().unwrap();
    let mut mails = 0;
    let mut changes: Vec<HealthChange> = Vec::new();
    for half_day in 0..WEEKS * 14 {
        let moment = begin() + TimeDelta::hours(12 * half_day);
        *now.lock().unwrap() = moment;
        clock.move_to(moment);
        collect::collect(&house, shift.lease(), &fetcher, &Choice::due(), |_| {})
            .await
            .unwrap();
        changes.extend(health::follow(&house, shift.lease()).await.unwrap());
        mails += health::send_notices(&house, shift.lease(), &post)
            .await
            .unwrap();
    }
    let number = |change: &HealthChange| -> usize { change.source.as_str()[1..].parse().unwrap() };
    let mut noticed: BTreeMap<usize, &HealthChange> = BTreeMap::new();
    let mut false_alarms = Vec::new();
    for change in &changes {
        let number = number(change);
        let moved = change.before == change.after;
        if number >= DEATHS.len() {
            if change.after.is_trouble() {
                false_alarms.push(change);
            }
        } else if change.after.is_trouble() || moved {
            noticed.entry(number).or_insert(change);
        }
    }
    for (number, death) in DEATHS.iter().enumerate() {
        match noticed.get(&number) {
            Some(change) => println!(
                "{death:<26} {:<14} after {:>4.1} days: {}",
                change.after.as_str(),
                (change.at - begin() - TimeDelta::days(ILL)).num_hours() as f64 / 24.0,
                change.because
            ),
            None => println!("{death:<26} NOT noticed"),
        }
    }
    println!(
        "{} false alarms in {} sources and {WEEKS} weeks; {mails} mails to the operator",
        false_alarms.len(),
        SOURCES - DEATHS.len()
    );
    for alarm in &false_alarms {
        println!(
            "  {} {} {}",
            alarm.source,
            alarm.after.as_str(),
            alarm.because
        );
    }
    let missed: Vec<&str> = DEATHS
        .iter()
        .enumerate()
        .filter(|(number, _)| !noticed.contains_key(number))
        .map(|(_, death)| *death)
        .collect();
    assert_eq!(missed, Vec::<&str>::new());
    // One a month for a hundred sources.
    let allowed = (SOURCES - DEATHS.len()) as f64 / 100.0 * WEEKS as f64 * 7.0 / 30.4;
    assert!((false_alarms.len() as f64) <= allowed);
    assert!(mails > 0);
    shift.end().await.unwrap();
}
