//! F14: identities that lie, items listed twice, links that change, items that are edited.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use regwire::domain::update::Update;

use super::{Place, ordinary, rss, serve, source};

/// A feed that is made anew at each visit, by the visit's number.
async fn feed(make: fn(usize) -> String) -> Place {
    let visits = Arc::new(AtomicUsize::new(0));
    let router = Router::new()
        .route("/robots.txt", get(|| async { StatusCode::NOT_FOUND }))
        .fallback(move || {
            let number = visits.fetch_add(1, Ordering::SeqCst);
            async move { rss(&make(number)) }
        });
    let at = serve(router).await;
    ordinary(&source("s", "feed", &format!("http://{at}/"), "")).await
}

async fn updates(place: &Place) -> Vec<Update> {
    let page = place.house.store.export_updates(None, 1_000).await.unwrap();
    page.into_iter().map(|(_, update)| update).collect()
}

fn item(guid: &str, link: &str, title: &str, text: &str) -> String {
    format!(
        "<item><guid isPermaLink=\"false\">{guid}</guid><link>{link}</link><title>{title}</title><description>{text}</description><pubDate>Fri, 06 Nov 2026 10:00:00 GMT</pubDate></item>"
    )
}

#[tokio::test]
async fn an_identity_that_changes_each_time_makes_one_update() {
    let place = feed(|visit| {
        item(
            &format!("guid-{visit}"),
            "https://e.org/a",
            "One notice",
            "Its text.",
        )
    })
    .await;
    for _ in 0..100 {
        let visits = place.later(3).await;
        assert!(visits[0].outcome.is_success());
    }
    let updates = updates(&place).await;
    assert_eq!(updates.len(), 1);
    assert_eq!(updates[0].revision, 1);
}

#[tokio::test]
async fn two_items_of_one_identity_are_two() {
    let place = feed(|_| {
        item("same", "https://e.org/a", "One notice", "x")
            + &item("same", "https://e.org/b", "Another notice", "y")
    })
    .await;
    for _ in 0..5 {
        place.later(3).await;
    }
    assert_eq!(updates(&place).await.len(), 2);
}

#[tokio::test]
async fn a_link_that_changes_keeps_the_item_and_an_edit_is_a_revision() {
    let place = feed(|visit| {
        item(
            "steady",
            &format!("https://e.org/a?session={visit}x{visit}"),
            "One notice",
            if visit < 3 {
                "Its text."
            } else {
                "Its text, corrected in one place."
            },
        )
    })
    .await;
    for _ in 0..6 {
        place.later(3).await;
    }
    let updates = updates(&place).await;
    assert_eq!(updates.len(), 1);
    assert!(updates[0].revision >= 2, "{}", updates[0].revision);
    assert!(updates[0].content.summary.contains("corrected"));
}
