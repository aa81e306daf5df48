//! The reader of RSS, RDF, Atom and CDF: one walk over the tags that any state of the text
//! survives, so that an item reads the same on the day its feed is broken.
//!
//! Elements are known by meaning (`names`), not by dialect: feeds mix them freely. What stands in
//! an element unknown to us is stepped over, except an item. A field ends at its own closing tag,
//! and at the latest where the next item begins or its own ends, so that a break costs a field.

use std::borrow::Cow;

use super::draft::{Base, Draft, Heading, Workshop};
use super::names::{self, Field, Lower, Space, When};
use super::scan::{self, Scanner, Tag, Token};
use crate::domain::document::{Entry, Fault, FaultCode};

/// The deepest nesting of a feed's own elements; real ones have six levels.
pub(super) const MAX_DEPTH: usize = 256;
/// The most items read of one document (contract: caps).
pub(super) const MAX_ITEMS: usize = 10_000;
/// The most namespaces declared at one place; real feeds have a dozen. Every name with a prefix is
/// looked up among them.
const MAX_NAMESPACES: usize = 128;
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
    pub(super) workshop: &'w mut Workshop<'s>,
    frames: Vec<Frame<'a>>,
    namespaces: Vec<(&'a str, Space)>,
    pub(super) draft: Option<Draft<'a>>,
    pub(super) harvest: Harvest<'a>,
    bad_items: usize,
    text: &'a str,
    pub(super) is_rss: bool,
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
                            &self.scanner.declared,
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
        if let Some(space) = self.declared_space(prefix) {
            return space;
        }
        self.scanner.flaw(|| {
            format!(
                "the prefix `{}`, which is not declared",
                scan::shown(prefix)
            )
        });
        self.known_space(prefix)
    }

    /// Takes in the namespaces that a tag declares.
    fn declare(&mut self, tag: Tag<'a>) {
        if !tag.attributes.contains("xmlns") {
            return;
        }
        for (name, value) in scan::attributes(tag.attributes) {
            if self.namespaces.len() >= MAX_NAMESPACES {
                break;
            }
            if name == "xmlns" {
                // A feed in a namespace of its own making is a feed all the same.
                let space = match names::space_of_address(value) {
                    Space::Xhtml => Space::Xhtml,
                    _ => Space::Feed,
                };
                self.namespaces.push(("", space));
            } else if let Some(prefix) = name.strip_prefix("xmlns:") {
                // Addresses are misspelt more often than prefixes are used for something else.
                let space = match names::space_of_address(value) {
                    Space::Other => names::space_of_prefix(&prefix.to_ascii_lowercase()),
                    known => known,
                };
                self.namespaces.push((prefix, space));
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
        // So is a channel in a root that nobody knows, which may be `rss` with a letter wrong.
        let is_ours = match lower.as_str() {
            "item" | "entry" => true,
            "channel" => !self.harvest.is_feed,
            _ => false,
        };
        if place == Some(Place::Skip) && !is_ours {
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
            // CDF knows no other date: it orders the items as well.
            draft.add_date(When::Published, 5, date.clone());
            draft.add_date(When::Modified, 4, date);
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
        if self.frames.is_empty() && language.is_some() {
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
            && let Some(language) = tag.raw("xml:lang")
        {
            // An empty one takes back what was stated around it (XML 1.0, section 2.12).
            return names::language(language).map(Cow::Owned);
        }
        self.frames.last().and_then(|frame| frame.language.clone())
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

/// The line, from 1, of a byte offset.
fn line_of(text: &str, at: usize) -> usize {
    let end = at.min(text.len());
    text.as_bytes()[..end]
        .iter()
        .filter(|b| **b == b'\n')
        .count()
        + 1
}
