//! The site from outside, over updates of our own writing: search, feeds, the API, and what must
//! hold for every route.

mod api;
mod feeds;
mod safety;
mod searching;

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request};
use chrono::NaiveDate;
use regwire::clock::Clock;
use regwire::daemon::jobs::index as following;
use regwire::daemon::{House, Shift};
use regwire::domain::change::Fingerprint;
use regwire::domain::document::{Outcome, Sha256, Visit};
use regwire::domain::evidence::Evidence;
use regwire::domain::id::{FrameworkId, JurisdictionId, SourceId, UpdateId};
use regwire::domain::key_date::{Certainty, DateEvent, KeyDate, Precision};
use regwire::domain::update::{
    Authority, Because, Content, Field, FrameworkTag, Reach, Tag, Tags, Update, UpdateKind,
};
use regwire::store::{Fresh, Harvest, SourceState};
use regwire::text::date::Stamp;
use regwire::text::html;
use regwire::web::{self, Guard};
use tower::ServiceExt as _;

use crate::house::utc;

/// Titles that nobody should take for anything but titles.
pub const HOSTILE: &[&str] = &[
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "<script>alert(1)</script> & \u{1}control\u{fffe}",
    "]]> <!-- \"quoted\" 'single'",
    "+1 @sum -2\r\nBEGIN:VEVENT",
];

const NOW: &str = "2026-11-09T12:00:00Z";

fn update(source: &SourceId, number: usize) -> Update {
    let key = format!("item-{number}");
    let title = HOSTILE.get(number).map_or_else(
        || format!("Guidance {number} on impact assessment and risk registers"),
        |title| (*title).to_owned(),
    );
    let seen = utc("2026-11-01T00:00:00Z");
    let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(number as u64);
    let closes = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap() + chrono::Days::new(number as u64);
    let key_dates = if number.is_multiple_of(4) {
        vec![KeyDate {
            date: closes,
            precision: Precision::Day,
            event: DateEvent::CommentsClose,
            certainty: Certainty::Stated,
            was: None,
            because: Because {
                rule: "stated".into(),
                field: Field::Stated,
                text: String::new(),
                start: 0,
            },
        }]
    } else {
        Vec::new()
    };
    Update {
        id: UpdateId::of(source, &key),
        source: source.clone(),
        key,
        revision: 1,
        first_seen: seen,
        revised_at: seen,
        content: Content {
            title,
            summary: format!("Summary {number} with <b>no</b> markup"),
            body: html::safe_html(
                &format!("<p>Body {number} about controllers.</p><script>x()</script>"),
                None,
            ),
            published: Some(Stamp::Day(day)),
            ..Content::default()
        },
        authority: Authority::Official,
        reach: Reach::News,
        tags: Tags {
            kind: Some(if number.is_multiple_of(2) {
                UpdateKind::Guidance
            } else {
                UpdateKind::Consultation
            }),
            language: Some("en".to_owned()),
            frameworks: vec![FrameworkTag {
                id: FrameworkId::new(if number.is_multiple_of(3) {
                    "gdpr"
                } else {
                    "eu-ai-act"
                })
                .unwrap(),
                primary: true,
                because: Vec::new(),
            }],
            jurisdictions: vec![Tag {
                id: JurisdictionId::new("eu").unwrap(),
                because: Vec::new(),
            }],
            ..Tags::default()
        },
        key_dates,
        story: None,
        correction: false,
        cause: None,
        evidence: Evidence {
            document: 1,
            sha256: Sha256::of(b""),
            fetched_at: seen,
            status: 200,
        },
    }
}

/// A house with so many updates, stored and indexed as collected ones are.
pub async fn filled(folder: &Path, count: usize) -> House {
    let sources = "[[source]]\nid = \"bench\"\nbody = \"iso\"\nname = \"Bench & sons\"\nkind = \"feed\"\nurl = \"https://bench.example/feed\"\nlanguage = \"en\"\nterms = \"full\"\n";
    let clock = Clock::held(utc(NOW));
    let house = crate::house::open("sqlite:t.db", folder, sources.to_owned(), clock).await;
    let source = SourceId::new("bench").unwrap();
    let shift = Shift::begin(&house).await.unwrap().unwrap();
    let new: Vec<Fresh> = (0..count)
        .map(|number| Fresh {
            update: update(&source, number),
            fingerprint: Fingerprint::read(&format!("{number:032x}")).unwrap(),
            text: format!("Body {number} about controllers."),
        })
        .collect();
    let harvests = vec![Harvest {
        visit: Visit {
            source: source.clone(),
            at: utc(NOW),
            outcome: Outcome::New,
            status: Some(200),
            entries: 0,
            new: 0,
            revised: 0,
            faults: Vec::new(),
            milliseconds: 1,
            bytes: 1,
        },
        state: SourceState::unknown(source, utc(NOW)),
        documents: Vec::new(),
        new,
        revised: Vec::new(),
        register: None,
        watching: None,
    }];
    house
        .store
        .commit_harvests(shift.lease(), &harvests)
        .await
        .unwrap();
    following::follow(&house).await.unwrap();
    shift.end().await.unwrap();
    house
}

pub fn router(house: &House, guard: Guard) -> Router {
    web::router_with(
        web::Site {
            store: house.store.clone(),
            index: house.index.clone(),
            renderer: Arc::clone(&house.renderer),
            library: Arc::clone(&house.library),
            sources: Arc::clone(&house.sources),
            digests: house.config.digests.clone(),
            clock: house.clock.clone(),
        },
        guard,
    )
}

pub fn open(house: &House) -> Router {
    router(house, Guard::new("https://updates.example.org"))
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

pub async fn ask(router: &Router, path: &str, headers: &[(&str, &str)]) -> Answer {
    send(router, Method::GET, path, headers).await
}

pub async fn send(router: &Router, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body, 64 << 20).await.unwrap();
    Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}
