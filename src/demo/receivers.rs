//! Where the demo's team is told: a Slack-shaped, a Teams-shaped and a webhook's receiver on loopback
//! that keep what they get as files, to look at.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use chrono::DateTime;

use crate::config::tracked;
use crate::deliver::webhook::signed;
use crate::domain::address::WebAddress;
use crate::domain::alert::{Team, Webhook};
use crate::domain::id::TeamId;
use crate::domain::subscription::{EmailAddress, Frequency};

/// The folder of the data folder that they keep files in.
pub(super) const FOLDER: &str = "receivers";
/// The team's name.
const NAME: &str = "AI governance";
/// What its webhook is signed with; the demo's, and nobody else's.
const SECRET: &str = "whsec_ZGVtbyBvZiByZWd3aXJlIGRlbW8gb2YgcmVnd2lyZQ==";

/// The team of the demo.
pub(super) fn team(track: &[String], port: u16) -> anyhow::Result<Team> {
    let address = |way: &str| WebAddress::new(&format!("http://127.0.0.1:{port}/receivers/{way}"));
    Ok(Team {
        id: TeamId::named(NAME)?,
        name: NAME.to_owned(),
        frequency: Frequency::Instant,
        track: track
            .iter()
            .map(|text| tracked(text).map_err(anyhow::Error::msg))
            .collect::<anyhow::Result<_>>()?,
        canary: false,
        email: vec![EmailAddress::new("ai-governance@example.org")?],
        slack: Some(address("slack")?),
        teams: Some(address("teams")?),
        webhook: Some(Webhook {
            url: address("webhook")?,
            secrets: vec![SECRET.to_owned()],
        }),
    })
}

/// A router with the receivers beside it.
pub(super) fn beside(world: Router, data: &Path) -> Router {
    let folder = Arc::new(data.join(FOLDER));
    let mut router = Router::new();
    for way in ["slack", "teams", "webhook"] {
        router = router.route(
            &format!("/receivers/{way}"),
            post(
                move |State(folder): State<Arc<PathBuf>>, headers: HeaderMap, body: Bytes| async move {
                    if way == "webhook" && !is_signed(&headers, &body) {
                        return StatusCode::UNAUTHORIZED;
                    }
                    match keep(&folder, way, &headers, &body) {
                        Ok(()) => StatusCode::NO_CONTENT,
                        Err(error) => {
                            tracing::warn!(%error, "a receiver of the demo cannot keep what it got");
                            StatusCode::INTERNAL_SERVER_ERROR
                        }
                    }
                },
            ),
        );
    }
    router.with_state(folder).fallback_service(world)
}

/// Whether a payload bears the signature that its secret gives it, as a receiver of anybody's checks.
fn is_signed(headers: &HeaderMap, body: &[u8]) -> bool {
    let told = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(id), Some(time), Some(signature), Ok(body)) = (
        told("webhook-id"),
        told("webhook-timestamp").and_then(|time| time.parse().ok()),
        told("webhook-signature"),
        std::str::from_utf8(body),
    ) else {
        return false;
    };
    DateTime::from_timestamp(time, 0).is_some_and(|at| {
        let [_, _, (_, right)] = signed(&[SECRET.to_owned()], id, at, body);
        signature.split(' ').any(|one| one == right)
    })
}

fn keep(folder: &Path, way: &str, headers: &HeaderMap, body: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let hash = crate::domain::document::Sha256::of(body);
    let id = headers
        .get("webhook-id")
        .and_then(|id| id.to_str().ok())
        .filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .map_or_else(|| hash.as_str().chars().take(16).collect(), str::to_owned);
    std::fs::write(folder.join(format!("{way}-{id}.json")), body)
}
