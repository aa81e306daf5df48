//! The reader of RSS, RDF, Atom and CDF: one walk over the tags that any state of the text
//! survives, so that an item reads the same on the day its feed is broken.
//!
//! Elements are known by meaning (`names`), not by dialect: feeds mix them freely. What stands in
//! an element unknown to us is stepped over, except an item. A field ends at its own closing tag,
//! and at the latest where the next item begins or its own ends, so that a break costs a field.

use std::borrow::Cow;

use super::capture::{Captured, Manner};
use super::draft::{Attached, Base, Draft, Heading, Workshop, Written};
use super::names::{self, Field, Lower, Space, When};
use super::scan::{self, Scanner, Tag, Token};
use crate::domain::document::{Entry, Fault, FaultCode};

/// The deepest nesting of a feed's own elements; real ones have six levels.
pub(super) const MAX_DEPTH: usize = 512;
/// The most items read of one document (promises: caps).
pub(super) const MAX_ITEMS: usize = 10_000;
/// The most items whose fault is told one by one.
const MAX_BAD_ITEMS: usize = 20;

/// Where an open element stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Feed,
    Item,
    Group,
    Skip,
}

#[derive(Debug)]
struct Frame<'a> {
    name: &'a str,
    place: Place,
    base: Base,
    language: Option<Cow<'a, str>>,
    namespaces: usize,
}

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Harvest<'a> {
    pub entries: Vec<Entry>,
    pub faults: Vec<Fault>,
    pub heading: Heading<'a>,
    /// Whether there was anything of a feed in it.
    pub is_feed: bool,
}

/// The walk.
pub(super) struct Reader<'a, 'w, 's> {
    pub(super) scanner: Scanner<'a>,
    workshop: &'w mut Workshop<'s>,
    frames: Vec<Frame<'a>>,
    namespaces: Vec<(&'a str, Space)>,
    draft: Option<Draft<'a>>,
    harvest: Harvest<'a>,
    bad_items: usize,
    text: &'a str,
    is_rss: bool,
    full: bool,
}

/// Reads a feed in XML, or in what was meant to be XML.
pub(super) fn read<'a>(text: &'a str, workshop: &mut Workshop<'_>) -> Harvest<'a> {
    let mut reader = Reader {
        scanner: Scanner::new(text),
        workshop,
        frames: Vec::new(),
        namespaces: Vec::new(),
        draft: None,
        harvest: Harvest::default(),
        bad_items: 0,
        text,
        is_rss: false,
        full: false,
    };
    reader.walk();
    reader.finish()
}

impl<'a> Reader<'a, '_, '_> {
    fn walk(&mut self) {
        while let Some(token) = self.scanner.next() {
            match token {
                Token::Open(tag) => self.open(tag),
                Token::Close(name) => self.close(name),
                Token::Text(text) | Token::Cdata(text) => {
                    if self.frames.is_empty() && !text.trim().is_empty() {
                        self.scanner.flaw(|| "text outside the feed".into());
                    } else if text.contains('&') {
                        // Between elements nothing is read, but a broken text is told.
                        scan::unescape(
                            text,
                            self.scanner.at,
                            &mut self.scanner.flaws,
                            self.scanner.doctype,
                        );
                    }
                }
            }
            if self.full || self.scanner.flaws.nested.is_some() {
                return;
            }
        }
        if !self.frames.is_empty() {
            self.scanner.flaws.truncated.get_or_insert(self.text.len());
        }
        // The item that a cut went through is kept only when all is there that its identity is
        // made of; else the next visit would take the whole one for another.
        if self.scanner.flaws.truncated.is_some() && !self.draft.as_ref().is_some_and(is_known) {
            self.draft = None;
        }
    }

    // ---- the frame of things -------------------------------------------------------------

    fn declared_space(&self, prefix: &str) -> Option<Space> {
        let declared = self.namespaces.iter().rev().find(|(p, _)| *p == prefix);
        match declared {
            Some((_, space)) => Some(*space),
            None if prefix.is_empty() => Some(Space::Feed),
            None => None,
        }
    }

    /// The namespace of a prefix, declared or customary.
    pub(super) fn known_space(&self, prefix: &str) -> Space {
        self.declared_space(prefix)
            .unwrap_or_else(|| names::space_of_prefix(&prefix.to_ascii_lowercase()))
    }

    fn space(&mut self, prefix: &str) -> Space {
        if self.declared_space(prefix).is_none() {
            self.scanner.flaw(|| {
                format!(
                    "the prefix `{}`, which is not declared",
                    scan::shown(prefix)
                )
            });
        }
        self.known_space(prefix)
    }

    /// Takes in the namespaces that a tag declares.
    fn declare(&mut self, tag: Tag<'a>) {
        if !tag.attributes.contains("xmlns") {
            return;
        }
        for (name, value) in scan::attributes(tag.attributes) {
            if name == "xmlns" {
                // A feed in a namespace of its own making is a feed all the same.
                let space = match names::space_of_address(value) {
                    Space::Xhtml => Space::Xhtml,
                    _ => Space::Feed,
                };
                self.namespaces.push(("", space));
            } else if let Some(prefix) = name.strip_prefix("xmlns:") {
                self.namespaces
                    .push((prefix, names::space_of_address(value)));
            }
        }
    }

    fn open(&mut self, tag: Tag<'a>) {
        let declared = self.namespaces.len();
        self.declare(tag);
        let (prefix, local) = names::split(tag.name);
        let lower = Lower::of(local);
        let place = self.frames.last().map(|frame| frame.place);
        // An unknown element's inside is not ours, but a lost item is worse than a strange one.
        if place == Some(Place::Skip) && !matches!(lower.as_str(), "item" | "entry") {
            return self.push(tag, Place::Skip, declared);
        }
        let space = self.space(prefix);
        let field = names::field(space, lower.as_str());
        match field {
            Field::Container => {
                self.harvest.is_feed = true;
                self.is_rss |= lower.as_str() != "feed";
                self.container(tag);
                self.push(tag, Place::Feed, declared);
            }
            Field::Item => {
                if !self.harvest.is_feed && lower.as_str() == "entry" {
                    // RFC 4287, section 4.1.2: an entry may be a document of its own.
                    self.harvest.is_feed = true;
                }
                if !self.harvest.is_feed {
                    self.push(tag, Place::Skip, declared);
                } else {
                    self.begin_item(tag, declared);
                }
            }
            _ if !self.harvest.is_feed => self.push(tag, Place::Skip, declared),
            Field::Group if self.draft.is_some() => {
                self.file(tag, "url", "filesize");
                self.push(tag, Place::Group, declared);
            }
            Field::Skip | Field::Group => self.push(tag, Place::Skip, declared),
            _ => {
                self.field(tag, field);
                self.namespaces.truncate(declared);
            }
        }
    }

    /// What a container says in its own tag.
    fn container(&mut self, tag: Tag<'a>) {
        if let Some(date) = tag.value("lastmod") {
            self.harvest.heading.updated.offer(1, date);
        }
        if let Some(link) = tag.value("href") {
            let base = self.base_of(tag);
            self.harvest
                .heading
                .links
                .push((0, super::draft::Address { text: link, base }));
        }
    }

    fn begin_item(&mut self, tag: Tag<'a>, mut declared: usize) {
        if self.draft.is_some() {
            self.scanner
                .flaw(|| "an item begins before the last one has ended".into());
            let open = self.frames.iter().rposition(|f| f.place == Place::Item);
            self.pop_to(open.unwrap_or(0));
            declared = self.namespaces.len();
            self.declare(tag);
        }
        if self.harvest.entries.len() >= MAX_ITEMS {
            self.full = true;
            return;
        }
        let language = self.language_of(tag);
        let base = self.base_of(tag);
        let mut draft = Draft {
            at: self.scanner.at,
            language,
            guid: tag.value("rdf:about"),
            ..Draft::default()
        };
        // RSS 1.0 names an item by its address; CDF states address and date in the tag.
        if let Some(about) = draft.guid.clone() {
            draft.add_link(5, about, base);
        }
        if let Some(link) = tag.value("href") {
            draft.add_link(0, link, base);
        }
        if let Some(date) = tag.value("lastmod") {
            draft.add_date(When::Published, 4, date);
        }
        self.draft = Some(draft);
        self.push(tag, Place::Item, declared);
    }

    fn push(&mut self, tag: Tag<'a>, place: Place, declared: usize) {
        let is_item = place == Place::Item;
        // HTML that strayed between the elements opens nothing.
        let stray = place == Place::Skip && matches!(tag.name, "br" | "hr" | "img");
        if tag.empty || stray {
            self.namespaces.truncate(declared);
            if is_item {
                self.end_item();
            }
            return;
        }
        if self.frames.len() >= MAX_DEPTH {
            self.scanner.flaws.nested = Some(self.scanner.at);
            return;
        }
        let (base, language) = (self.base_of(tag), self.language_of(tag));
        if self.frames.is_empty() && self.workshop.language.is_none() {
            self.workshop.language = language.as_deref().map(str::to_owned);
        }
        self.frames.push(Frame {
            name: tag.name,
            place,
            base,
            language,
            namespaces: declared,
        });
    }

    fn close(&mut self, name: &'a str) {
        let at = match self.frames.last() {
            Some(frame) if frame.name == name => self.frames.len() - 1,
            _ => {
                let found = self
                    .frames
                    .iter()
                    .rposition(|frame| frame.name.eq_ignore_ascii_case(name));
                self.scanner.flaw(|| {
                    format!(
                        "the closing tag `{}`, which does not fit",
                        scan::shown(name)
                    )
                });
                match found {
                    Some(at) => at,
                    None => return,
                }
            }
        };
        self.pop_to(at);
    }

    fn pop_to(&mut self, depth: usize) {
        while self.frames.len() > depth {
            let Some(frame) = self.frames.pop() else {
                return;
            };
            self.namespaces.truncate(frame.namespaces);
            if frame.place == Place::Item {
                self.end_item();
            }
        }
    }

    fn end_item(&mut self) {
        let Some(draft) = self.draft.take() else {
            return;
        };
        let at = draft.at;
        let workshop = &mut *self.workshop;
        // The draft is gone either way, and the workshop holds only counts that stay true.
        let made =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| workshop.finish(draft)));
        let reason = match made {
            Ok(Ok(entry)) => {
                self.harvest.entries.push(entry);
                return;
            }
            Ok(Err(reason)) => reason,
            Err(_) => "reading it failed",
        };
        self.bad_items += 1;
        if self.bad_items <= MAX_BAD_ITEMS {
            let line = line_of(self.text, at);
            self.harvest.faults.push(Fault::new(
                FaultCode::BadItem,
                format!("the item at line {line} was left out: {reason}"),
            ));
        }
    }

    pub(super) fn base_of(&mut self, tag: Tag<'a>) -> Base {
        let outer = self.frames.last().and_then(|frame| frame.base);
        // CDF states its base without a prefix.
        match tag
            .attributes
            .contains(['b', 'B'])
            .then(|| tag.value("xml:base").or_else(|| tag.value("base")))
            .flatten()
        {
            Some(text) => self.workshop.rebase(outer, &text),
            None => outer,
        }
    }

    fn language_of(&self, tag: Tag<'a>) -> Option<Cow<'a, str>> {
        if tag.attributes.contains("lang")
            && let Some(language) = tag.value("xml:lang")
        {
            return Some(language);
        }
        self.frames.last().and_then(|frame| frame.language.clone())
    }

    // ---- fields --------------------------------------------------------------------------

    fn field(&mut self, tag: Tag<'a>, field: Field) {
        match field {
            Field::Title(rank) => self.title(tag, rank),
            Field::Link => self.link(tag),
            Field::OriginalLink => {
                let text = self.plain(tag);
                if let Some(draft) = &mut self.draft {
                    draft.add_link(3, text, None);
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
            Field::Date(when, rank) => self.date(tag, when, rank),
            Field::Enclosure => {
                self.file(tag, "url", "length");
                self.plain(tag);
            }
            Field::Language => self.language(tag),
            Field::Rights => {
                let text = self.plain(tag);
                if self.draft.is_none() && !text.is_empty() {
                    self.harvest.heading.rights.get_or_insert(text);
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
            base,
        })
    }

    fn title(&mut self, tag: Tag<'a>, rank: u8) {
        // RSS does not say whether its titles are HTML; Atom does.
        let rss = self.is_rss && tag.raw("type").is_none();
        let Some(written) = self.written(tag, rss, true) else {
            return;
        };
        if written.text.trim().is_empty() {
            return;
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
        match &mut self.draft {
            Some(draft) => draft.summary.offer(rank, written),
            None => self.harvest.heading.subtitle.offer(rank, written),
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
            "self" => 8,
            "enclosure" => {
                let length = tag.value("length").and_then(|length| length.parse().ok());
                if let Some(draft) = &mut self.draft {
                    draft.attach(Attached {
                        address: super::draft::Address { text: href, base },
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
                let address = super::draft::Address { text, base };
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
        match tag
            .value("label")
            .or_else(|| tag.value("term"))
            .filter(|_| text.is_empty())
        {
            Some(label) => draft.add_category(&label),
            None => draft.add_category(&text),
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
        let text = self.plain(tag);
        if text.is_empty() {
            return;
        }
        match &mut self.draft {
            Some(draft) => draft.language = Some(text),
            None => self.workshop.language = Some(text.into_owned()),
        }
    }

    fn file(&mut self, tag: Tag<'a>, url: &str, length: &str) {
        let base = self.base_of(tag);
        let Some(draft) = &mut self.draft else {
            return;
        };
        if let Some(text) = tag.value(url) {
            draft.attach(Attached {
                address: super::draft::Address { text, base },
                media_type: tag.value("type"),
                length: tag.value(length).and_then(|length| length.parse().ok()),
            });
        }
    }

    // ---- the end -------------------------------------------------------------------------

    fn finish(mut self) -> Harvest<'a> {
        self.pop_to(0);
        let mut faults = std::mem::take(&mut self.harvest.faults);
        if self.bad_items > MAX_BAD_ITEMS {
            let more = self.bad_items - MAX_BAD_ITEMS;
            faults.push(Fault::new(
                FaultCode::BadItem,
                format!("{more} more items were left out"),
            ));
        }
        if self.full {
            faults.push(Fault::new(
                FaultCode::TooManyItems,
                format!("more than {MAX_ITEMS} items; the rest was left out"),
            ));
        }
        let flaws = &self.scanner.flaws;
        if let Some(at) = flaws.nested {
            let line = line_of(self.text, at);
            faults.push(Fault::new(
                FaultCode::Nesting,
                format!("line {line}: elements nested more than {MAX_DEPTH} deep; nothing was read beyond"),
            ));
        } else if let (Some(at), false) = (flaws.truncated, self.full) {
            let line = line_of(self.text, at);
            faults.push(Fault::new(
                FaultCode::Truncated,
                format!("the feed ends in the middle, at line {line}; what was complete was read"),
            ));
        }
        if let Some((at, what)) = &flaws.first {
            let line = line_of(self.text, *at);
            faults.push(Fault::new(
                FaultCode::IllFormed,
                match flaws.count {
                    1 => format!("line {line}: {what}; read all the same"),
                    count => format!(
                        "line {line}: {what}, and {} more flaws; read all the same",
                        count - 1
                    ),
                },
            ));
        }
        self.harvest.faults = faults;
        self.harvest
    }
}

fn is_known(draft: &Draft<'_>) -> bool {
    draft.guid.is_some() && !draft.links.is_empty() && !draft.title.is_none()
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

/// The line, from 1, of a byte offset.
fn line_of(text: &str, at: usize) -> usize {
    let end = at.min(text.len());
    text.as_bytes()[..end]
        .iter()
        .filter(|b| **b == b'\n')
        .count()
        + 1
}
