//! An item as its feed words it, and the Entry made of it: links made absolute, dates read,
//! the best of several titles taken.

use std::borrow::Cow;

use url::Url;

use super::names::When;
use super::relative;
use crate::domain::address::WebAddress;
use crate::domain::document::{Enclosure, Entry, Fault, FaultCode, FeedDescription, Markup};
use crate::domain::source::Source;
use crate::text::date::{self, DateFault, DateHints, Stamp};
use crate::text::html;

/// The value of the lowest rank offered; of equals the first.
#[derive(Debug)]
pub(super) struct Best<T> {
    rank: u8,
    value: Option<T>,
}

impl<T> Default for Best<T> {
    fn default() -> Self {
        Self {
            rank: u8::MAX,
            value: None,
        }
    }
}

impl<T> Best<T> {
    pub(super) fn offer(&mut self, rank: u8, value: T) {
        if self.value.is_none() || rank < self.rank {
            *self = Self {
                rank,
                value: Some(value),
            };
        }
    }
}

impl<T> Best<T> {
    pub(super) fn is_none(&self) -> bool {
        self.value.is_none()
    }

    /// The rank of what was taken.
    pub(super) fn rank(&self) -> Option<u8> {
        self.value.is_some().then_some(self.rank)
    }

    /// Takes the value whatever its rank, and gives back what it stands for.
    pub(super) fn replace(&mut self, rank: u8, value: T) -> Option<T> {
        self.rank = rank;
        self.value.replace(value)
    }
}

/// The base of relative addresses, where `xml:base` states one: a place in [`Workshop::bases`].
pub(super) type Base = Option<usize>;

/// An address as written, and what it is relative to.
#[derive(Debug)]
pub(super) struct Address<'a> {
    pub text: Cow<'a, str>,
    pub base: Base,
}

/// Text as written.
#[derive(Debug)]
pub(super) struct Written<'a> {
    pub text: Cow<'a, str>,
    pub html: bool,
    /// Tags stood in the open.
    pub marked: bool,
    pub base: Base,
}

/// A file as written.
#[derive(Debug)]
pub(super) struct Attached<'a> {
    pub address: Address<'a>,
    pub media_type: Option<Cow<'a, str>>,
    pub length: Option<u64>,
}

/// The rank of a link to the feed or item itself.
pub(super) const SELF: u8 = 8;

/// The longest address that is read, in bytes.
const LONGEST_ADDRESS: usize = 4_096;

/// The most labels, people or files of one item.
const MAX_OF_A_KIND: usize = 100;

/// One item while it is read.
#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    /// Where it begins: a byte offset in XML, the place in the list in JSON.
    pub at: usize,
    pub language: Option<Cow<'a, str>>,
    pub guid: Option<Cow<'a, str>>,
    /// Plain titles are marked, so that a `<` in them stays one.
    pub title: Best<Written<'a>>,
    /// Addresses by rank; the first that can be read is the link.
    pub links: Vec<(u8, Address<'a>)>,
    pub summary: Best<Written<'a>>,
    pub content: Best<Written<'a>>,
    pub authors: Vec<String>,
    pub categories: Vec<String>,
    pub enclosures: Vec<Attached<'a>>,
    pub dates: Vec<(When, u8, Cow<'a, str>)>,
}

impl<'a> Draft<'a> {
    pub(super) fn add_author(&mut self, name: &str) {
        add(&mut self.authors, person(name));
    }

    pub(super) fn add_category(&mut self, label: &str) {
        add(&mut self.categories, label.trim());
    }

    pub(super) fn attach(&mut self, file: Attached<'a>) {
        if self.enclosures.len() < MAX_OF_A_KIND {
            self.enclosures.push(file);
        }
    }

    pub(super) fn add_link(&mut self, rank: u8, text: Cow<'a, str>, base: Base) {
        if !text.is_empty() && self.links.len() < MAX_OF_A_KIND {
            self.links.push((rank, Address { text, base }));
        }
    }

    pub(super) fn add_date(&mut self, when: When, rank: u8, text: Cow<'a, str>) {
        if !text.is_empty() && self.dates.len() < MAX_OF_A_KIND {
            self.dates.push((when, rank, text));
        }
    }
}

/// A media type that could be one (RFC 6838, section 4.2); a publisher's other words are dropped.
fn media_type(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+/; =\"".contains(c);
    (!text.is_empty() && text.len() <= 127 && text.chars().all(fits)).then(|| text.to_owned())
}

fn add(list: &mut Vec<String>, value: &str) {
    if !value.is_empty() && list.len() < MAX_OF_A_KIND && !list.iter().any(|old| old == value) {
        list.push(value.to_owned());
    }
}

/// The name in `office@example.org (Jane Doe)`, `Jane Doe (office@…)` or `Jane Doe <office@…>`:
/// RSS wants an address where readers want a name, and addresses are not ours to republish.
fn person(text: &str) -> &str {
    let text = text.trim();
    if !text.contains('@') {
        return text;
    }
    let Some((front, back)) = text.split_once(['(', '<']) else {
        return text;
    };
    let back = back.trim_end_matches([')', '>']).trim();
    let front = front.trim();
    match (front.contains('@'), back.contains('@')) {
        (true, false) if !back.is_empty() => back,
        (false, true) if !front.is_empty() => front,
        _ => text,
    }
}

/// What is counted and told once a document.
#[derive(Debug, Default)]
struct Tally {
    count: usize,
    example: Option<String>,
}

impl Tally {
    fn add(&mut self, example: impl FnOnce() -> String) {
        self.count += 1;
        self.example.get_or_insert_with(example);
    }
}

/// Makes entries of drafts.
pub(super) struct Workshop<'s> {
    source: &'s Source,
    document: &'s WebAddress,
    /// The page that the feed belongs to: what RSS links are relative to.
    pub home: Option<WebAddress>,
    /// The feed's own language.
    pub language: Option<String>,
    /// The bases that `xml:base` stated, absolute.
    pub bases: Vec<Url>,
    unreadable: Tally,
    implausible: Tally,
}

impl<'s> Workshop<'s> {
    pub(super) fn new(source: &'s Source, document: &'s WebAddress) -> Self {
        Self {
            source,
            document,
            home: None,
            language: None,
            bases: Vec::new(),
            unreadable: Tally::default(),
            implausible: Tally::default(),
        }
    }

    /// Takes note of an `xml:base` within another; one that cannot be read changes nothing.
    pub(super) fn rebase(&mut self, base: Base, text: &str) -> Base {
        // Many bases mean many different ones only in an attack, and so do long ones: each within
        // another is as long as both.
        if self.bases.len() >= 20_000 || text.len() > LONGEST_ADDRESS {
            return base;
        }
        let Ok(url) = self.base(base).join(text.trim()) else {
            return base;
        };
        if url.as_str().len() > LONGEST_ADDRESS || url.cannot_be_a_base() {
            return base;
        }
        if self.bases.last() != Some(&url) {
            self.bases.push(url);
        }
        Some(self.bases.len() - 1)
    }

    fn base(&self, base: Base) -> &Url {
        base.and_then(|place| self.bases.get(place))
            .unwrap_or_else(|| self.home.as_ref().unwrap_or(self.document).as_url())
    }

    fn address(&self, address: &Address<'_>) -> Option<WebAddress> {
        let text = address.text.trim();
        if text.is_empty() || text.len() > LONGEST_ADDRESS {
            return None;
        }
        WebAddress::from_url(self.base(address.base).join(text).ok()?).ok()
    }

    /// The page that a feed says it belongs to.
    pub(super) fn home_of(&self, address: &Address<'_>) -> Option<WebAddress> {
        self.address(address)
    }

    /// Reads a date as this source writes them; what cannot be read is counted.
    pub(super) fn stamp(&mut self, text: &str, language: Option<&str>) -> Option<Stamp> {
        self.read_date(text, language)
            .map_err(|fault| self.blame(text, &fault))
            .ok()
    }

    fn read_date(&self, text: &str, language: Option<&str>) -> Result<Stamp, DateFault> {
        let style = &self.source.date;
        date::read(
            text,
            &DateHints {
                format: style.format.as_deref(),
                language: style
                    .language
                    .as_deref()
                    .or(language)
                    .or(self.language.as_deref())
                    .or(self.source.language.as_deref()),
                day_first: style.is_day_first(),
                zone: None,
            },
        )
        .or_else(|fault| date::abbreviated(text).ok_or(fault))
    }

    fn blame(&mut self, text: &str, fault: &DateFault) {
        let tally = match fault {
            DateFault::Unreadable => &mut self.unreadable,
            DateFault::Implausible { .. } => &mut self.implausible,
        };
        tally.add(|| super::scan::shown(text));
    }

    /// The date of the best rank that can be read.
    fn date_of(&mut self, draft: &Draft<'_>, when: When) -> Option<Stamp> {
        let mut dates: Vec<_> = draft.dates.iter().filter(|date| date.0 == when).collect();
        dates.sort_by_key(|date| date.1);
        let mut first = None;
        for (_, _, text) in dates {
            match self.read_date(text, draft.language.as_deref()) {
                Ok(stamp) => return Some(stamp),
                Err(fault) => {
                    first.get_or_insert((text, fault));
                }
            }
        }
        if let Some((text, fault)) = first {
            self.blame(text, &fault);
        }
        None
    }

    fn markup(&self, written: Written<'_>) -> Option<Markup> {
        if written.text.trim().is_empty() {
            return None;
        }
        Some(if written.html {
            Markup::Html(relative::absolute(written.text, self.base(written.base)))
        } else {
            Markup::Text(written.text.into_owned())
        })
    }

    /// The entry, or why there is none.
    pub(super) fn finish(&mut self, mut draft: Draft<'_>) -> Result<Entry, &'static str> {
        draft.links.sort_by_key(|link| link.0);
        let url = draft
            .links
            .iter()
            .find_map(|(_, address)| self.address(address));
        let published = self.date_of(&draft, When::Published);
        let modified = self.date_of(&draft, When::Modified);
        let title = draft.title.value.map(title).unwrap_or_default();
        let summary = draft.summary.value.and_then(|text| self.markup(text));
        let content = draft.content.value.and_then(|text| self.markup(text));
        if url.is_none()
            && draft.guid.is_none()
            && title.is_empty()
            && summary.is_none()
            && content.is_none()
        {
            return Err("it has neither link, identity, title nor text");
        }
        let enclosures = draft
            .enclosures
            .iter()
            .filter_map(|file| {
                Some(Enclosure {
                    url: self.address(&file.address)?,
                    media_type: file.media_type.as_deref().and_then(media_type),
                    length: file.length,
                })
            })
            .fold(Vec::new(), |mut list: Vec<Enclosure>, file| {
                if !list.iter().any(|old| old.url == file.url) {
                    list.push(file);
                }
                list
            });
        Ok(Entry {
            guid: draft.guid.map(Cow::into_owned),
            url,
            title,
            summary,
            content,
            authors: draft.authors,
            categories: draft.categories,
            enclosures,
            published,
            modified,
            language: draft
                .language
                .map(Cow::into_owned)
                .or_else(|| self.language.clone()),
            ..Entry::default()
        })
    }

    /// What was wrong with the dates, one fault a kind.
    pub(super) fn date_faults(&self) -> impl Iterator<Item = Fault> {
        [
            (&self.unreadable, FaultCode::BadDate, "cannot be read"),
            (&self.implausible, FaultCode::ImplausibleDate, "is outside all reason"),
        ]
        .into_iter()
        .filter_map(|(tally, code, what)| {
            let example = tally.example.as_ref()?;
            let count = tally.count;
            Some(Fault::new(
                code,
                match count {
                    1 => format!("the date `{example}` {what}; the entry stays without"),
                    _ => format!("{count} dates, the first of them `{example}`: each {what}; their entries stay without"),
                },
            ))
        })
    }
}

fn title(written: Written<'_>) -> String {
    let text = written.text.trim();
    if written.html {
        text.to_owned()
    } else {
        super::scan::escaped(text).into_owned()
    }
}

/// What a feed says of itself, while it is read.
#[derive(Debug, Default)]
pub(super) struct Heading<'a> {
    pub title: Best<Written<'a>>,
    pub links: Vec<(u8, Address<'a>)>,
    pub subtitle: Best<Written<'a>>,
    pub rights: Best<Written<'a>>,
    pub updated: Best<Cow<'a, str>>,
}

impl Heading<'_> {
    pub(super) fn finish(self, workshop: &mut Workshop<'_>) -> FeedDescription {
        let line = |text: &str| {
            let line = html::line(text);
            (!line.is_empty()).then_some(line)
        };
        let mut links = self.links;
        links.sort_by_key(|link| link.0);
        let language = workshop.language.clone();
        FeedDescription {
            title: self.title.value.map(title).as_deref().and_then(line),
            link: workshop.home.as_ref().map(ToString::to_string).or_else(|| {
                links
                    .iter()
                    // Where the feed itself lies is no page to read.
                    .filter(|(rank, _)| *rank < SELF)
                    .find_map(|(_, address)| workshop.address(address))
                    .map(|address| address.to_string())
            }),
            subtitle: self.subtitle.value.map(title).as_deref().and_then(line),
            rights: self.rights.value.map(title).as_deref().and_then(line),
            updated: self
                .updated
                .value
                .and_then(|text| workshop.stamp(&text, language.as_deref())),
            language,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_have_names_rather_than_addresses() {
        for (text, name) in [
            ("Jane Doe", "Jane Doe"),
            ("office@example.org (Jane Doe)", "Jane Doe"),
            ("Jane Doe (office@example.org)", "Jane Doe"),
            ("Jane Doe <office@example.org>", "Jane Doe"),
            ("office@example.org", "office@example.org"),
            ("Office (of Jane)", "Office (of Jane)"),
        ] {
            assert_eq!(person(text), name);
        }
    }
}
