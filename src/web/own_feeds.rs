//! A subscription as a feed, behind a secret address.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chrono::TimeDelta;

use super::pages::told;
use super::private::signer;
use super::{Site, Trouble};
use crate::domain::id::SubscriptionId;
use crate::domain::token::Purpose;
use crate::domain::update::Update;
use crate::matching::Preview;
use crate::render::{FeedHead, atom};
use crate::store::LogEvent;

/// How many days a subscription's feed looks back.
const DAYS: i64 = 30;
/// Lines of the log that it reads at most.
const MOST_LINES: i64 = 6_000;
/// Entries of a subscription's feed.
const ENTRIES: usize = 100;

pub(super) fn routes(routes: super::Routes) -> super::Routes {
    routes.route("/feeds/{token}", get(subscription))
}

fn answer(text: String, cache: &'static str) -> Response {
    (
        [
            (header::CONTENT_TYPE, "application/atom+xml; charset=utf-8"),
            (header::CACHE_CONTROL, cache),
        ],
        text,
    )
        .into_response()
}

/// `/feeds/{token}`: what a subscription is told, as an address that only its owner knows.
async fn subscription(State(site): State<Site>, Path(token): Path<String>) -> Response {
    let result = async {
        let signer = signer(&site).await?;
        let (id, _) = signer.read(Purpose::Feed, &token).ok_or(Trouble::Missing)?;
        let id = SubscriptionId::new(id).map_err(|_| Trouble::Missing)?;
        let subscription = site
            .store
            .subscriptions(true)
            .await?
            .into_iter()
            .find(|one| one.id == id)
            .ok_or(Trouble::Missing)?;
        let base = site.renderer.base_url();
        let since = (site.clock.now() - TimeDelta::days(DAYS)).max(subscription.began_at);
        let mut preview = Preview::new(&subscription.criteria, &site.library.known_works);
        let mut position = site
            .store
            .log_position_at(since)
            .await?
            .max(site.store.log_head().await? - MOST_LINES);
        loop {
            let lines = site.store.log_with_updates(position, 1_000).await?;
            let Some((last, _)) = lines.last() else { break };
            position = last.position;
            for (line, update) in lines {
                if line.event.is_told() {
                    preview.take(line.at, line.event == LogEvent::New, update);
                }
            }
        }
        let items: Vec<_> = preview.items.iter().rev().take(ENTRIES).collect();
        let updates: Vec<Update> = items.iter().map(|item| item.update.clone()).collect();
        let mut entries = super::feeds::entries(&site, &updates).await?;
        for (entry, item) in entries.iter_mut().zip(&items) {
            let because: Vec<String> = item.because.iter().map(ToString::to_string).collect();
            entry.summary = format!("Because of {}. {}", because.join(", "), entry.summary);
        }
        let head = FeedHead {
            title: format!("Regwire: {}", subscription.criteria),
            address: format!("{base}/feeds/{token}"),
            page: format!("{base}/"),
            ..FeedHead::default()
        };
        let text = atom(&head, &entries);
        Ok(answer(text, "no-store"))
    }
    .await;
    told(&site, result)
}
