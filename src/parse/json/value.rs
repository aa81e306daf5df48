//! Routes, taken: what is made of the values that paths lead to.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::tree::Id;
use super::walk::Walker;
use crate::domain::mapping::{Format, Part, Path, Piece, Route};
use crate::text::html;

/// Signs that may stand in any part of an address as they are (RFC 3986, 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A value, and by which route and from where it was taken.
#[derive(Clone, Debug)]
pub(super) struct Found<'m> {
    pub text: String,
    pub route: &'m Route,
    /// The path that led to it; none for a fixed or composed value.
    pub path: Option<&'m Path>,
}

impl<'m> Walker<'_, 'm> {
    /// The first value that will do.
    pub(super) fn first<T>(
        &self,
        part: &'m Part,
        item: Id,
        mut accept: impl FnMut(&Found<'m>) -> Option<T>,
    ) -> Option<T> {
        part.0
            .iter()
            .find_map(|route| self.each(route, item, |found| accept(&found)))
    }

    /// The first value.
    pub(super) fn value(&self, part: &'m Part, item: Id) -> Option<String> {
        self.first(part, item, |found| Some(found.text.clone()))
    }

    /// All values of all routes, each once.
    pub(super) fn every(&self, part: &'m Part, item: Id) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for route in &part.0 {
            for found in self.values(route, item) {
                if !out.contains(&found.text) && out.len() < 200 {
                    out.push(found.text);
                }
            }
        }
        out
    }

    /// Whether anything is found.
    pub(super) fn holds(&self, part: &'m Part, item: Id) -> bool {
        self.first(part, item, |_| Some(())).is_some()
    }

    /// The values of a route, in order.
    pub(super) fn values(&self, route: &'m Route, item: Id) -> Vec<Found<'m>> {
        let mut out = Vec::new();
        self.each(route, item, |found| {
            out.push(found);
            None::<()>
        });
        out
    }

    /// Hands on the values of a route, one by one, until one is answered.
    fn each<T>(
        &self,
        route: &'m Route,
        item: Id,
        mut answer: impl FnMut(Found<'m>) -> Option<T>,
    ) -> Option<T> {
        if route.nth.is_none() && route.all.is_none() {
            return self.made(route, item, |text, path| {
                answer(Found { text, route, path })
            });
        }
        let mut texts = Vec::new();
        let mut from = None;
        self.made(route, item, |text, path| {
            texts.push(text);
            from = path;
            None::<()>
        });
        if let Some(nth) = route.nth {
            texts = nth_of(texts, nth).into_iter().collect();
        }
        if let Some(between) = &route.all
            && !texts.is_empty()
        {
            texts = vec![texts.join(between)];
        }
        texts.into_iter().find_map(|text| {
            answer(Found {
                text,
                route,
                path: from,
            })
        })
    }

    /// What a route makes of each value that it finds.
    fn made<T>(
        &self,
        route: &'m Route,
        item: Id,
        mut answer: impl FnMut(String, Option<&'m Path>) -> Option<T>,
    ) -> Option<T> {
        let mut each = |raw: &str, path: Option<&'m Path>| {
            let text = made(route, raw.to_owned(), path.is_some())?;
            let text = match &route.format {
                // The format has been filled when the value was composed.
                Some(format) if path.is_some() => {
                    self.filled(format, route, std::slice::from_ref(&text), item)?
                }
                _ => text,
            };
            if text.is_empty() {
                return None;
            }
            answer(text, path)
        };
        let mut split = |raw: &str, path: Option<&'m Path>| match &route.split {
            Some(between) => raw
                .split(between.as_str())
                .find_map(|piece| each(piece, path)),
            None => each(raw, path),
        };
        if let Some(value) = &route.value {
            return split(value, None);
        }
        if !route.parts.is_empty() || route.paths.is_empty() {
            return split(&self.composed(route, item)?, None);
        }
        // The first path that leads to any text counts, whatever is made of it.
        let (path, found) = route.paths.iter().find_map(|path| {
            let found = self.find(path, item);
            let any = found.iter().any(|id| self.text(*id).is_some());
            any.then_some((path, found))
        })?;
        found
            .iter()
            .filter_map(|id| self.text(*id))
            .find_map(|text| split(text, Some(path)))
    }

    /// A value made of parts, or of what a format takes.
    fn composed(&self, route: &'m Route, item: Id) -> Option<String> {
        let parts: Vec<String> = route
            .parts
            .iter()
            .map(|part| self.value(part, item))
            .collect::<Option<_>>()?;
        match &route.format {
            Some(format) => self.filled(format, route, &parts, item),
            None => (!parts.is_empty()).then(|| parts.join(" ")),
        }
    }

    /// The format with everything in it; none where something is missing.
    fn filled(
        &self,
        format: &'m Format,
        route: &Route,
        parts: &[String],
        item: Id,
    ) -> Option<String> {
        let mut out = String::new();
        for piece in &format.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                // Encoded when it was made, if it was to be.
                Piece::Part(number) => out.push_str(parts.get(number.checked_sub(1)?)?),
                Piece::Path(paths) => {
                    let text = paths.iter().find_map(|path| {
                        let found = self.find(path, item);
                        found.iter().find_map(|id| self.text(*id))
                    })?;
                    if route.encode {
                        out.push_str(&encoded(text));
                    } else {
                        out.push_str(text);
                    }
                }
            }
        }
        Some(out)
    }
}

/// What a route makes of one value; none when it does not match. Of a composed value, what is in
/// it was encoded before.
fn made(route: &Route, text: String, found: bool) -> Option<String> {
    let mut text = if route.plain {
        html::plain(&text)
    } else {
        text
    };
    if let Some(pattern) = &route.pattern {
        text = pattern.take(&text, route.replace.as_deref())?;
    }
    for (pattern, replace) in &route.edit {
        text = pattern.replaced(&text, replace);
    }
    if route.lower {
        text = text.to_lowercase();
    }
    if route.slug {
        text = words_of(&text);
    }
    let trimmed = text.trim();
    if trimmed.len() != text.len() {
        text = trimmed.to_owned();
    }
    if !route.lookup.is_empty() {
        text = route
            .lookup
            .iter()
            .find(|(given, _)| *given == text)
            .map(|(_, meant)| meant.clone())?;
    }
    Some(if route.encode && found {
        encoded(&text)
    } else {
        text
    })
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// Counted from 1, or with a minus from the end.
fn nth_of(texts: Vec<String>, wanted: i64) -> Option<String> {
    let place = usize::try_from(wanted.unsigned_abs()).ok()?;
    let at = if wanted > 0 {
        place - 1
    } else {
        texts.len().checked_sub(place)?
    };
    texts.into_iter().nth(at)
}

/// The words in the last part of an address: `/news/2026-critical-update_b.html` says "2026
/// critical update b".
fn words_of(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let last = path
        .split('/')
        .rfind(|segment| !segment.is_empty())
        .unwrap_or_default();
    let decoded = percent_encoding::percent_decode_str(last).decode_utf8_lossy();
    let stem = match decoded.rsplit_once('.') {
        Some((stem, extension))
            if (2..=5).contains(&extension.len())
                && extension.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            stem
        }
        _ => &decoded,
    };
    let words: Vec<&str> = stem
        .split(|c: char| matches!(c, '-' | '_' | '+') || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    let text = words.join(" ");
    let mut signs = text.chars();
    match signs.next() {
        Some(first) => first.to_uppercase().chain(signs).collect(),
        None => text,
    }
}
