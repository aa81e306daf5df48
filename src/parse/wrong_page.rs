//! Pages that answer in the place of another: log-in forms, and "not found" with status 200.

use crate::domain::document::{Document, Fault, FaultCode};
use crate::text::{decode, html};

/// The most of a page that is looked at, in bytes.
const LONGEST: usize = 300_000;

/// What a page says in its title when it is not there, in lower case.
const NOT_FOUND: &[&str] = &[
    "404",
    "not found",
    "page cannot be found",
    "page can't be found",
    "page does not exist",
    "page unavailable",
    "no longer available",
    "nicht gefunden",
    "introuvable",
    "non trouvée",
    "no encontrada",
    "no existe",
    "non trovata",
    "niet gevonden",
    "nie znaleziono",
    "não encontrada",
    "hittades inte",
    "見つかりません",
    "找不到",
];

/// What the page is, where it is one of those; `document` could not be read as what it should be.
pub(super) fn look(document: &Document) -> Option<Fault> {
    let head = document
        .body
        .get(..LONGEST.min(document.body.len()))
        .unwrap_or(&document.body);
    let text = decode::decode(head, document.header("content-type"), decode::Form::Html).text;
    if !html::looks_like_html_document(&text) {
        return None;
    }
    let lower = text.to_lowercase();
    let title = between(&lower, "<title", "</title>")
        .and_then(|title| title.split_once('>'))
        .map_or("", |(_, title)| title.trim());
    let heading = between(&lower, "<h1", "</h1>")
        .and_then(|heading| heading.split_once('>'))
        .map(|(_, heading)| html::plain(heading))
        .unwrap_or_default();
    if NOT_FOUND
        .iter()
        .any(|words| title.contains(words) || heading.contains(words))
    {
        return Some(Fault::new(
            FaultCode::SoftNotFound,
            format!(
                "The page says “{}” with status {}: look for the source's new address.",
                html::excerpt(if title.is_empty() { &heading } else { title }, 80),
                document.status
            ),
        ));
    }
    let password = ["type=\"password\"", "type='password'", "type=password"]
        .iter()
        .any(|field| lower.contains(field));
    password.then(|| {
        Fault::new(
            FaultCode::LoginWall,
            "A page that asks for a password came in its place: the publisher wants a log-in now.",
        )
    })
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(inner, _)| inner)
}
