//! The main text of a page, found by where its words stand and how few of them are links.

mod about;
mod body;
mod prune;
#[cfg(test)]
mod tests;
mod write;

use scraper::Html;

use super::flat::Flat;
use super::listing::base_of;
use crate::domain::document::Document;
use crate::text::date::Stamp;
use crate::text::decode::{self, Form};
use crate::text::html;

/// A page's own text.
#[derive(Clone, Debug, PartialEq)]
pub struct Article {
    /// What it is called.
    pub title: Option<String>,
    /// Its text: paragraphs, headings, lists, tables and links, nothing else.
    pub body_html: String,
    /// When it says it was published.
    pub published: Option<Stamp>,
    /// The language it says it is in.
    pub language: Option<String>,
}

pub(super) fn read(document: &Document) -> Option<Article> {
    let media = document.header("content-type").unwrap_or("text/html");
    if !media.to_ascii_lowercase().contains("html") || document.body.starts_with(b"%PDF") {
        return None;
    }
    let decoded = decode::decode(&document.body, document.header("content-type"), Form::Html);
    // Before html5ever, whose time grows with the square of the depth.
    html::check_nesting(&decoded.text).ok()?;
    let mut page = Html::parse_document(&decoded.text);
    let base = base_of(&page, &document.url);
    // Asked before anything is taken away: heads and scripts hold what a page says of itself.
    let about = about::read(&page);
    prune::prune(&mut page);
    let flat = Flat::new(&page);
    let main = body::main(&flat)?;
    let body_html = write::html(&main, &base);
    if html::plain(&body_html).trim().is_empty() {
        return None;
    }
    let published = about
        .published
        .or_else(|| about::shown(&flat, &main, about.language.as_deref()));
    Some(Article {
        title: about.title,
        body_html,
        published,
        language: about.language,
    })
}
