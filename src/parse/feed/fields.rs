//! The fields of items and of feeds: what each element's text and attributes say.

use std::borrow::Cow;

use super::capture::{Captured, Manner};
use super::draft::{Address, Attached, Base, SELF, Written};
use super::names::{self, DESCRIPTION, Field, When};
use super::scan::Tag;
use super::xml::Reader;
use crate::text::html;

impl<'a> Reader<'a, '_, '_> {
    /// Reads one field with all that is in it.
    pub(super) fn field(&mut self, tag: Tag<'a>, field: Field) {
        match field {
            Field::Title(rank) => self.title(tag, rank),
            Field::Link => self.link(tag),
            Field::OtherLink(rank) => {
                let base = self.base_of(tag);
                let text = self.plain(tag);
                if let Some(draft) = &mut self.draft {
                    draft.add_link(rank, text, base);
                }
            }
            Field::Guid => self.guid(tag),
            Field::Summary(rank) => self.summary(tag, rank),
            Field::Content(rank) => self.content(tag, rank),
            Field::Author => {
                let name = self.capture_person(tag);
                if let Some(draft) = &mut self.draft {
                    draft.add_author(&name);
                }
            }
            Field::Category => self.category(tag),
            Field::Keywords => {
                let text = self.plain(tag);
                if let Some(draft) = &mut self.draft {
                    text.split(',').for_each(|label| draft.add_category(label));
                }
            }
            Field::Date(when, rank) => self.date(tag, when, rank),
            Field::Enclosure => {
                self.file(tag, "url", "length");
                self.plain(tag);
            }
            Field::Language => self.language(tag),
            Field::Rights => {
                let written = self.written(tag, self.is_rss, true);
                if let (None, Some(written)) = (&self.draft, written)
                    && !written.text.trim().is_empty()
                {
                    self.harvest.heading.rights.offer(0, written);
                }
            }
            // Handled where frames are opened.
            Field::Item | Field::Container | Field::Group | Field::Skip => {}
        }
    }

    /// The text of an element that holds nothing but text, without blanks at the ends.
    fn plain(&mut self, tag: Tag<'a>) -> Cow<'a, str> {
        trimmed(self.capture(tag, Manner::Plain, true).text)
    }

    fn written(&mut self, tag: Tag<'a>, rss: bool, short: bool) -> Option<Written<'a>> {
        let base = self.base_of(tag);
        let kind = tag
            .value("type")
            .map(|kind| kind.trim().to_ascii_lowercase());
        let mode = tag.raw("mode").unwrap_or("").to_ascii_lowercase();
        let kind = kind.as_deref();
        let is_markup = kind.is_some_and(|kind| {
            kind == "xhtml" || kind.ends_with("+xml") || kind.ends_with("/xml")
        }) && mode != "escaped"
            && mode != "base64";
        let Captured { mut text, marked } = self.capture(
            tag,
            if is_markup {
                Manner::Markup
            } else {
                Manner::Mixed
            },
            short,
        );
        let is_text = match kind {
            Some(kind) => {
                kind == "text"
                    || (kind.starts_with("text/") && kind != "text/html" && kind != "text/xhtml")
            }
            None => !rss,
        };
        let is_data = mode == "base64"
            || kind.is_some_and(|kind| {
                kind.contains('/')
                    && !kind.starts_with("text/")
                    && !kind.ends_with("+xml")
                    && !kind.ends_with("/xml")
            }) && mode.is_empty();
        if is_data && !marked {
            text = from_base64(&text)?.into();
        }
        Some(Written {
            text,
            html: marked || is_markup || !is_text,
            marked,
            base,
        })
    }

    fn title(&mut self, tag: Tag<'a>, rank: u8) {
        // RSS does not say whether its titles are HTML; Atom does.
        let rss = self.is_rss && tag.raw("type").is_none();
        let Some(mut written) = self.written(tag, rss, true) else {
            return;
        };
        if written.text.trim().is_empty() {
            return;
        }
        if rss && written.html && !written.marked {
            written.html = html::is_likely(&written.text);
        }
        match &mut self.draft {
            Some(draft) => draft.title.offer(rank, written),
            None => self.harvest.heading.title.offer(rank, written),
        }
    }

    fn summary(&mut self, tag: Tag<'a>, rank: u8) {
        let Some(written) = self.written(tag, self.is_rss, false) else {
            return;
        };
        if written.text.trim().is_empty() {
            return;
        }
        let Some(draft) = &mut self.draft else {
            return self.harvest.heading.subtitle.offer(rank, written);
        };
        // An item with a summary and a description has its text in the description.
        if rank == 0 && draft.summary.rank() == Some(DESCRIPTION) {
            if let Some(description) = draft.summary.replace(rank, written) {
                draft.content.offer(3, description);
            }
        } else if rank == DESCRIPTION && draft.summary.rank() == Some(0) {
            draft.content.offer(3, written);
        } else {
            draft.summary.offer(rank, written);
        }
    }

    fn content(&mut self, tag: Tag<'a>, rank: u8) {
        let base = self.base_of(tag);
        let source = tag.value("src");
        let written = self.written(tag, self.is_rss, false);
        let Some(draft) = &mut self.draft else {
            return;
        };
        if let Some(source) = source {
            // RFC 4287, section 4.1.3.2: the content lies elsewhere.
            draft.add_link(6, source, base);
        }
        if let Some(written) = written
            && !written.text.trim().is_empty()
        {
            draft.content.offer(rank, written);
        }
    }

    fn link(&mut self, tag: Tag<'a>) {
        let base = self.base_of(tag);
        let text = self.plain(tag);
        let Some(href) = tag.value("href") else {
            return self.take_link(0, text, base);
        };
        let relation = tag.value("rel").unwrap_or("alternate".into());
        let relation = relation
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let kind = tag.value("type");
        let rank = match relation.as_str() {
            "alternate" if kind.as_deref().is_none_or(|kind| kind.contains("html")) => 0,
            "alternate" => 1,
            "via" | "related" => 7,
            "self" => SELF,
            "enclosure" => {
                let length = tag.value("length").and_then(|length| length.parse().ok());
                if let Some(draft) = &mut self.draft {
                    draft.attach(Attached {
                        address: Address { text: href, base },
                        media_type: kind,
                        length,
                    });
                }
                return;
            }
            _ => return,
        };
        self.take_link(rank, href, base);
    }

    fn take_link(&mut self, rank: u8, text: Cow<'a, str>, base: Base) {
        match &mut self.draft {
            Some(draft) => draft.add_link(rank, text, base),
            None if text.is_empty() => {}
            None => {
                let address = Address { text, base };
                // RSS items are relative to the channel's page; Atom has xml:base for that.
                if self.is_rss && rank == 0 && self.workshop.home.is_none() {
                    self.workshop.home = self.workshop.home_of(&address);
                }
                if self.harvest.heading.links.len() < 100 {
                    self.harvest.heading.links.push((rank, address));
                }
            }
        }
    }

    fn guid(&mut self, tag: Tag<'a>) {
        let base = self.base_of(tag);
        let text = self.plain(tag);
        let is_link = !tag
            .raw("ispermalink")
            .is_some_and(|value| value.trim().eq_ignore_ascii_case("false"));
        let Some(draft) = &mut self.draft else {
            return;
        };
        if text.is_empty() {
            return;
        }
        if is_link && (text.starts_with("http://") || text.starts_with("https://")) {
            draft.add_link(4, text.clone(), base);
        }
        // The guid of RSS comes before the rdf:about that stood in the tag, and is the better.
        draft.guid = Some(text);
    }

    fn category(&mut self, tag: Tag<'a>) {
        let text = self.plain(tag);
        let Some(draft) = &mut self.draft else {
            return;
        };
        // Atom has a label for people and a term for programs, iTunes a text; RSS has content.
        if text.is_empty() {
            let term = tag.value("term").filter(|term| !term.contains("://"));
            for label in [tag.value("label"), term, tag.value("text")] {
                draft.add_category(&label.unwrap_or_default());
            }
        } else {
            draft.add_category(&text);
        }
    }

    fn date(&mut self, tag: Tag<'a>, when: When, rank: u8) {
        let text = self.plain(tag);
        match &mut self.draft {
            Some(draft) => draft.add_date(when, rank, text),
            None if text.is_empty() => {}
            None => {
                let later = if when == When::Modified { 0 } else { 4 };
                self.harvest.heading.updated.offer(later + rank, text);
            }
        }
    }

    fn language(&mut self, tag: Tag<'a>) {
        let Some(language) = names::language(&self.plain(tag)) else {
            return;
        };
        match &mut self.draft {
            Some(draft) => draft.language = Some(language.into()),
            None => self.workshop.language = Some(language),
        }
    }

    /// Takes note of a file that a tag names.
    pub(super) fn file(&mut self, tag: Tag<'a>, url: &str, length: &str) {
        let base = self.base_of(tag);
        let Some(draft) = &mut self.draft else {
            return;
        };
        if let Some(text) = tag.value(url) {
            draft.attach(Attached {
                address: Address { text, base },
                media_type: tag.value("type"),
                length: tag.value(length).and_then(|length| length.parse().ok()),
            });
        }
    }
}

/// Without blanks at the ends, and without a copy where none is needed.
fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => text.trim().into(),
        Cow::Owned(text) if text.trim().len() == text.len() => text.into(),
        Cow::Owned(text) => text.trim().to_owned().into(),
    }
}

/// Text from base64; what is no text is no content for us (Atom, RFC 4287, section 4.1.3.3).
fn from_base64(text: &str) -> Option<String> {
    use base64::Engine as _;
    let packed: String = text.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(packed)
        .ok()?;
    String::from_utf8(bytes).ok()
}
