//! Feeds and files of every list and search: `.atom`, `.json`, `.csv`, `.ics`, and the list of all
//! feeds.

mod dates;
mod directory;
mod family;
mod lists;

use std::fmt;

use axum::body::Body;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use chrono::DateTime;

use super::Site;
use crate::render::{FeedEntry, FeedHead, atom, json_feed, last_change};
use dates::{calendar, family_ics, search_ics};
pub(super) use dates::{due_line, page_line};
use directory::{digests, feeds, sources, sources_opml};
pub(super) use directory::{source_line, source_lines};
use family::Family;
pub(super) use lists::entries;
use lists::{family, search, updates};

/// Entries of a feed, unless asked otherwise.
const ENTRIES: usize = 50;

/// In which form a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Atom,
    Json,
    Csv,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Atom => "atom",
            Self::Json => "json",
            Self::Csv => "csv",
        })
    }
}

/// `/frameworks/gdpr.atom` is the list of that page: told to the router as
/// `/frameworks/gdpr/updates.atom`, as a part of an address cannot be cut by it.
pub(super) fn spelled_out(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let (stem, ending) = path.rsplit_once('.')?;
    let (family, id) = stem.strip_prefix('/')?.split_once('/')?;
    let known = Family::ALL.iter().any(|one| one.path() == family);
    if !known || id.is_empty() || id.contains('/') {
        return None;
    }
    let list = match ending {
        "atom" | "json" | "csv" => "updates",
        "ics" => "calendar",
        _ => return None,
    };
    let query = uri
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    format!("{stem}/{list}.{ending}{query}").parse().ok()
}

/// A feed as it is sent.
fn fed(form: Form, head: &FeedHead, entries: &[FeedEntry]) -> Response {
    let (kind, text) = match form {
        Form::Atom => ("application/atom+xml; charset=utf-8", atom(head, entries)),
        _ => (
            "application/feed+json; charset=utf-8",
            json_feed(head, entries),
        ),
    };
    let mut response = kept(kind, text);
    let changed = last_change(entries);
    if changed > DateTime::UNIX_EPOCH
        && let Ok(value) = HeaderValue::from_str(&httpdate::fmt_http_date(changed.into()))
    {
        response.headers_mut().insert(header::LAST_MODIFIED, value);
    }
    response
}

/// An answer that may be kept for a minute.
pub(super) fn kept(kind: &'static str, body: impl Into<Body>) -> Response {
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "public, max-age=0, s-maxage=60"),
        ],
        body.into(),
    )
        .into_response()
}

/// A file that is offered to be kept under a name of ours.
fn file(kind: &'static str, name: &str, body: impl Into<Body>) -> Response {
    let mut response = kept(kind, body);
    let name = format!("attachment; filename=\"{name}\"");
    if let Ok(value) = HeaderValue::from_str(&name) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn head(site: &Site, title: &str, path: &str, form: Form) -> FeedHead {
    let base = site.renderer.base_url();
    FeedHead {
        title: title.to_owned(),
        subtitle: None,
        address: format!("{base}{path}.{form}"),
        page: format!("{base}{path}"),
        next: None,
    }
}

/// The routes of feeds, by their addresses.
pub(super) fn routes(mut routes: super::Routes) -> super::Routes {
    use axum::routing::get;
    for form in [Form::Atom, Form::Json, Form::Csv] {
        routes = routes
            .route(
                &format!("/updates.{form}"),
                get(move |state, parameters, headers| updates(form, state, parameters, headers)),
            )
            .route(
                &format!("/search.{form}"),
                get(move |state, parameters, headers| search(form, state, parameters, headers)),
            )
            .route(
                &format!("/calendar.{form}"),
                get(move |state| calendar(form, state)),
            )
            .route(
                &format!("/digests.{form}"),
                get(move |state| digests(form, state)),
            );
        for one in Family::ALL {
            routes = routes.route(
                &format!("/{}/{{id}}/updates.{form}", one.path())
                    .replace("/standards/{id}", "/standards/{slug}"),
                get(move |state, path, parameters, headers| {
                    family(one, form, state, path, parameters, headers)
                }),
            );
        }
    }
    for form in [Form::Json, Form::Csv] {
        routes = routes.route(
            &format!("/sources.{form}"),
            get(move |state| sources(form, state)),
        );
    }
    for one in [Family::Topics, Family::Bodies, Family::Sources] {
        routes = routes.route(
            &format!("/{}/{{id}}/calendar.ics", one.path()),
            get(move |state, path| family_ics(one, state, path)),
        );
    }
    routes
        .route("/search.ics", get(search_ics))
        .route("/sources.opml", get(sources_opml))
        .route("/feeds.opml", get(feeds))
}
