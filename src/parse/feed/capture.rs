//! One field's text out of the walk: plain, escaped HTML, or markup left standing in the open.

use std::borrow::Cow;

use super::names::{self, Lower, Space};
use super::scan::{self, Tag, Token};
use super::xml::{MAX_DEPTH, Reader};

/// What a field may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Text alone: a date, a link. Markup in it is dropped; another field ends it.
    Plain,
    /// Text or escaped HTML, as long as no tag stands in the open; then markup.
    Mixed,
    /// Markup (`type="xhtml"`).
    Markup,
}

/// A field's text.
#[derive(Debug, Default)]
pub(super) struct Captured<'a> {
    pub text: Cow<'a, str>,
    /// Tags stood in the open: the text is HTML as it is, escapes and all.
    pub marked: bool,
}

/// A markup capture in progress.
struct Capture<'a> {
    out: Cow<'a, str>,
    manner: Manner,
    marked: bool,
    /// Open elements within.
    open: Vec<&'a str>,
    /// The length of `out` when the first element, a `div`, closed.
    wrapped: Option<usize>,
    /// Whether the first thing was a `div`, the wrapper that Atom asks for.
    wrapper: bool,
    too_deep: bool,
}

impl<'a> Capture<'a> {
    fn push(&mut self, text: Cow<'a, str>) {
        match (self.too_deep, self.out.is_empty()) {
            (true, _) => {}
            (false, true) => self.out = text,
            (false, false) => self.out.to_mut().push_str(&text),
        }
    }
}

impl<'a> Reader<'a, '_, '_> {
    /// The text of an element up to its closing tag, which is taken too. A short field (a title)
    /// ends where any other begins.
    pub(super) fn capture(&mut self, tag: Tag<'a>, manner: Manner, short: bool) -> Captured<'a> {
        let mut capture = Capture {
            out: Cow::Borrowed(""),
            manner,
            marked: manner == Manner::Markup,
            open: Vec::new(),
            wrapped: None,
            wrapper: false,
            too_deep: false,
        };
        if tag.empty {
            return Captured::default();
        }
        loop {
            let before = self.scanner.at;
            let Some(token) = self.scanner.next() else {
                // A text cut in the middle is none: it would come again, whole, as a revision.
                self.scanner.flaws.truncated.get_or_insert(before);
                return Captured::default();
            };
            match token {
                Token::Text(text) => {
                    let text = if capture.marked {
                        scan::cleaned(text, before, &mut self.scanner.flaws)
                    } else {
                        let scanner = &mut self.scanner;
                        scan::unescape(text, before, &mut scanner.flaws, &scanner.declared)
                    };
                    capture.push(text);
                }
                Token::Cdata(text) => {
                    let text = scan::cleaned(text, before, &mut self.scanner.flaws);
                    // CDATA within XHTML is text; within anything else it is the HTML itself.
                    let text = if capture.manner == Manner::Markup {
                        scan::escaped(&text).into_owned().into()
                    } else {
                        text
                    };
                    capture.push(text);
                }
                Token::Close(name) => {
                    if name == tag.name && !capture.open.contains(&name) {
                        if let Some(open) = capture.open.last() {
                            self.scanner.flaw(|| {
                                format!("the element `{}` is not closed", scan::shown(open))
                            });
                        }
                        break;
                    }
                    if self.ends_field(tag, name, true, short, capture.open.is_empty()) {
                        self.scanner.at = before;
                        self.unclosed(tag);
                        break;
                    }
                    if !self.close_within(&mut capture, name, short) && short {
                        // `<link>…</lnik>`: what is no end of anything here is the end of this.
                        self.unclosed(tag);
                        break;
                    }
                }
                Token::Open(inner) => {
                    if self.ends_field(tag, inner.name, false, short, capture.open.is_empty()) {
                        self.scanner.at = before;
                        self.unclosed(tag);
                        break;
                    }
                    self.open_within(&mut capture, inner);
                }
            }
        }
        if capture.too_deep {
            self.scanner.flaw(|| {
                format!("markup nested more than {MAX_DEPTH} deep; the text was left out")
            });
            return Captured::default();
        }
        let text = match capture.wrapped {
            Some(_) if manner == Manner::Plain => capture.out,
            Some(end) if capture.out[end..].trim().is_empty() => unwrapped(&capture.out[..end]),
            _ => capture.out,
        };
        Captured {
            text,
            marked: capture.marked,
        }
    }

    fn unclosed(&mut self, tag: Tag<'a>) {
        self.scanner
            .flaw(|| format!("the element `{}` is not closed", scan::shown(tag.name)));
    }

    /// Whether a tag within a field can only mean that the field was never closed.
    fn ends_field(
        &self,
        field: Tag<'a>,
        name: &str,
        closing: bool,
        short: bool,
        outermost: bool,
    ) -> bool {
        let (prefix, local) = names::split(name);
        if prefix != names::split(field.name).0 && self.known_space(prefix) != Space::Feed {
            return closing && local.eq_ignore_ascii_case("rdf");
        }
        match Lower::of(local).as_str() {
            "item" | "entry" => true,
            "channel" | "rss" | "feed" | "rdf" => closing,
            // No HTML is called so.
            "guid" | "pubdate" | "enclosure" | "published" | "updated" => {
                !closing && (outermost || short)
            }
            "title" | "link" | "description" | "category" | "author" | "summary" | "content"
            | "id" => !closing && short,
            _ => false,
        }
    }

    fn open_within(&mut self, capture: &mut Capture<'a>, tag: Tag<'a>) {
        if capture.manner != Manner::Plain && !capture.marked {
            capture.marked = true;
            let text = &capture.out;
            // Escaped HTML before the first open tag stays HTML; plain text stays text.
            if !has_tags(text) {
                capture.out = scan::escaped(text).into_owned().into();
            }
        }
        let (_, local) = names::split(tag.name);
        let void = names::is_void(&local.to_ascii_lowercase());
        if capture.open.len() >= MAX_DEPTH {
            capture.too_deep = true;
            capture.out = Cow::Borrowed("");
        }
        if !tag.empty && !void && !capture.too_deep {
            if capture.open.is_empty() && capture.wrapped.is_none() {
                capture.wrapper =
                    capture.out.trim().is_empty() && local.eq_ignore_ascii_case("div");
            }
            capture.open.push(tag.name);
        }
        if capture.manner == Manner::Plain || capture.too_deep {
            return;
        }
        let out = capture.out.to_mut();
        out.push('<');
        out.push_str(local);
        if !tag.attributes.is_empty() {
            out.push(' ');
            out.push_str(tag.attributes);
        }
        out.push('>');
        if tag.empty && !void {
            // HTML knows no `<div/>`: it would stay open.
            out.push_str("</");
            out.push_str(local);
            out.push('>');
        }
    }

    /// Closes an element within a field; false when none of that name is open there.
    fn close_within(&mut self, capture: &mut Capture<'a>, name: &'a str, short: bool) -> bool {
        let Some(at) = capture
            .open
            .iter()
            .rposition(|open| open.eq_ignore_ascii_case(name))
        else {
            if names::is_void(name) {
                return true;
            }
            if !short {
                self.scanner.flaw(|| {
                    format!(
                        "the closing tag `{}`, which does not fit",
                        scan::shown(name)
                    )
                });
            }
            return false;
        };
        if at + 1 != capture.open.len() {
            self.scanner.flaw(|| {
                format!(
                    "the closing tag `{}`, which does not fit",
                    scan::shown(name)
                )
            });
        }
        capture.open.truncate(at);
        if capture.manner != Manner::Plain && !capture.too_deep {
            let (_, local) = names::split(name);
            let out = capture.out.to_mut();
            out.push_str("</");
            out.push_str(local);
            out.push('>');
            if capture.open.is_empty() && capture.wrapper && capture.wrapped.is_none() {
                capture.wrapped = Some(out.len());
            }
        }
        true
    }

    /// A person's name: the text of the element, or of the `name` in it, or at least its address.
    pub(super) fn capture_person(&mut self, tag: Tag<'a>) -> Cow<'a, str> {
        if tag.empty {
            return Cow::Borrowed("");
        }
        let mut name = Cow::Borrowed("");
        let mut email = Cow::Borrowed("");
        let mut text = String::new();
        loop {
            let before = self.scanner.at;
            let Some(token) = self.scanner.next() else {
                self.scanner.flaws.truncated.get_or_insert(before);
                return Cow::Borrowed("");
            };
            match token {
                Token::Text(piece) => {
                    let scanner = &mut self.scanner;
                    text.push_str(&scan::unescape(
                        piece,
                        before,
                        &mut scanner.flaws,
                        &scanner.declared,
                    ));
                }
                Token::Cdata(piece) => text.push_str(piece),
                Token::Close(closing) if closing == tag.name => break,
                Token::Close(closing) => {
                    if self.ends_field(tag, closing, true, true, true) {
                        self.scanner.at = before;
                        self.unclosed(tag);
                        break;
                    }
                }
                Token::Open(inner) => match Lower::of(names::split(inner.name).1).as_str() {
                    "name" => name = self.capture(inner, Manner::Plain, true).text,
                    "email" => email = self.capture(inner, Manner::Plain, true).text,
                    "uri" | "url" | "homepage" => {
                        self.capture(inner, Manner::Plain, true);
                    }
                    _ if self.ends_field(tag, inner.name, false, true, true) => {
                        self.scanner.at = before;
                        self.unclosed(tag);
                        break;
                    }
                    _ => {}
                },
            }
        }
        [name, text.into(), email]
            .into_iter()
            .find(|text| !text.trim().is_empty())
            .unwrap_or_default()
    }
}

/// Whether a text holds what looks like an HTML tag.
fn has_tags(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!')
    })
}

/// Markup without the `div` around it.
fn unwrapped(markup: &str) -> Cow<'static, str> {
    let inner = markup
        .find('>')
        .and_then(|begin| markup.get(begin + 1..markup.rfind("</")?))
        .unwrap_or("");
    inner.to_owned().into()
}
