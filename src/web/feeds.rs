//! Feeds of telling: the archive of issues, and a subscription behind a secret address.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::pages::told;
use super::subscribe::signer;
use super::{Site, Trouble};
use crate::domain::id::SubscriptionId;
use crate::domain::token::Purpose;
use crate::matching::Preview;
use crate::store::LogEvent;

/// Issues in the feed.
const ISSUES: usize = 30;
/// How many days a subscription's feed looks back.
const DAYS: i64 = 30;
/// Lines of the log that it reads at most.
const MOST_LINES: i64 = 6_000;
/// Entries of a subscription's feed.
const ENTRIES: usize = 100;

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/digests.atom", get(issues))
        .route("/feeds/{token}", get(subscription))
}

struct Entry {
    id: String,
    title: String,
    link: String,
    at: DateTime<Utc>,
    summary: String,
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// RFC 4287.
fn atom(id: &str, title: &str, own: &str, at: DateTime<Utc>, entries: &[Entry]) -> String {
    let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n<link rel=\"self\" href=\"{}\"/>\n<author><name>Regwire</name></author>\n",
        escaped(id),
        escaped(title),
        moment(entries.iter().map(|entry| entry.at).max().unwrap_or(at)),
        escaped(own)
    );
    for entry in entries {
        out.push_str(&format!(
            "<entry><id>{}</id><title>{}</title><updated>{}</updated><link href=\"{}\"/><summary>{}</summary></entry>\n",
            escaped(&entry.id),
            escaped(&entry.title),
            moment(entry.at),
            escaped(&entry.link),
            escaped(&entry.summary)
        ));
    }
    out.push_str("</feed>\n");
    out
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

/// `/digests.atom`
async fn issues(State(site): State<Site>) -> Response {
    let result = async {
        let base = site.renderer.base_url();
        let first = site.digests.first().map(|digest| digest.name.clone());
        let entries: Vec<Entry> = site
            .store
            .issues(None)
            .await?
            .iter()
            .take(ISSUES)
            .map(|issue| Entry {
                id: format!("{base}/digests/{}#{}", issue.number, issue.digest),
                title: format!("The {} digest, number {}", issue.digest, issue.number),
                link: if first.as_ref() == Some(&issue.digest) {
                    format!("{base}/digests/{}", issue.number)
                } else {
                    format!("{base}/digests/{}?of={}", issue.number, issue.digest)
                },
                at: issue.closed_at,
                summary: format!("{} items", issue.items),
            })
            .collect();
        let own = format!("{base}/digests.atom");
        let text = atom(&own, "Regwire: digests", &own, site.clock.now(), &entries);
        Ok(answer(text, "public, max-age=0, s-maxage=60"))
    }
    .await;
    told(&site, result)
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
        let entries: Vec<Entry> = preview
            .items
            .iter()
            .rev()
            .take(ENTRIES)
            .map(|item| Entry {
                id: format!("{base}/updates/{}", item.update.id),
                title: item.update.content.title.clone(),
                link: format!("{base}/updates/{}", item.update.id),
                at: item.at,
                summary: item
                    .because
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", "),
            })
            .collect();
        let text = atom(
            &format!("{base}/feeds/{id}"),
            &format!("Regwire: {}", subscription.criteria),
            &format!("{base}/feeds/{token}"),
            site.clock.now(),
            &entries,
        );
        Ok(answer(text, "no-store"))
    }
    .await;
    told(&site, result)
}
