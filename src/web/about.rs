//! Pages about the site itself.

use axum::extract::State;
use axum::response::Response;

use super::Site;
use super::pages::{coverage, told};
use crate::domain::update::TAG_RULES;
use crate::render::{AboutPage, Named};

/// `/about`
pub(super) async fn about(State(site): State<Site>) -> Response {
    let page = async {
        let counts = site.store.counts().await?;
        let library = &site.library;
        let written = library
            .frameworks
            .iter()
            .filter(|framework| framework.profile.is_some())
            .count();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let on = site.sources.iter().filter(|source| source.on).count();
        site.show(&AboutPage {
            coverage: coverage(&site).await?,
            counts: [
                (number(on), "sources that are read"),
                (counts.updates, "updates in the archive"),
                (counts.documents, "documents kept as evidence"),
                (
                    number(library.frameworks.len()),
                    "frameworks that are told apart",
                ),
                (
                    number(written),
                    "frameworks with a page that somebody has written",
                ),
                (number(library.bodies.len()), "bodies"),
                (number(library.jurisdictions.len()), "jurisdictions"),
            ]
            .into_iter()
            .map(|(count, what)| (count, what.to_owned()))
            .collect(),
            rules: TAG_RULES.to_vec(),
            ways: [
                ("Sources, and when each was read", "/sources"),
                ("Frameworks", "/frameworks"),
                ("Crosswalks", "/crosswalks"),
                ("Jurisdictions", "/jurisdictions"),
                ("Topics", "/topics"),
                ("Bodies", "/bodies"),
                ("What did I miss?", "/missed"),
                ("Privacy", "/privacy"),
            ]
            .into_iter()
            .map(|(name, href)| Named {
                name: name.to_owned(),
                href: href.to_owned(),
            })
            .collect(),
        })
    }
    .await;
    told(&site, page)
}
