//! What is between the site and one reader: pages that nobody keeps, the fields of their forms, the tokens
//! in their links, and whether a form was sent from here.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::{Site, Trouble};
use crate::domain::token::Signer;
use crate::render::{DonePage, Named, View};
use crate::text::without_controls;

/// A page of somebody's own: kept by nobody.
pub(super) fn own<V: View>(site: &Site, status: StatusCode, view: &V) -> Result<Response, Trouble> {
    let page = site.renderer.page(view)?;
    Ok((
        status,
        [
            (header::CACHE_CONTROL, "no-store"),
            (header::HeaderName::from_static("x-robots-tag"), "noindex"),
        ],
        Html(page),
    )
        .into_response())
}

/// Whether a browser says that another site's page sent this.
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site")
}

pub(super) fn refused(site: &Site) -> Result<Response, Trouble> {
    own(
        site,
        StatusCode::FORBIDDEN,
        &DonePage {
            title: "Sent from another site".to_owned(),
            text: "This was sent by a page of another site, and nothing was changed. Open the page here and press its button.".to_owned(),
            ways: Vec::new(),
        },
    )
}

/// What a form sent, in order.
#[derive(Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn of(text: &[u8]) -> Self {
        Self(
            url::form_urlencoded::parse(text)
                .take(200)
                .map(|(name, value)| {
                    (
                        name.into_owned(),
                        without_controls(&value).trim().to_owned(),
                    )
                })
                .collect(),
        )
    }

    pub(super) fn one(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(field, value)| field == name && !value.is_empty())
            .map_or("", |(_, value)| value.as_str())
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(field, value)| field == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }
}

pub(super) async fn signer(site: &Site) -> Result<Signer, Trouble> {
    Ok(Signer::new(
        site.store.signing_keys().await?,
        site.clock.now(),
    ))
}

/// The same for whatever is wrong with a link.
pub(super) fn no_such_link(site: &Site) -> Result<Response, Trouble> {
    own(
        site,
        StatusCode::NOT_FOUND,
        &DonePage {
            title: "This link leads nowhere".to_owned(),
            text:
                "It is not whole, or what it belonged to was erased. Take the link of a newer mail."
                    .to_owned(),
            ways: vec![Named {
                name: "Be told of changes".to_owned(),
                href: "/subscribe".to_owned(),
            }],
        },
    )
}
