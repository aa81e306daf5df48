//! A tree and a mapping become entries.

use std::cell::Cell;
use std::collections::HashMap;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

use super::tree::Id;
use super::value::Found;
use super::walk::Walker;
use crate::domain::address::WebAddress;
use crate::domain::document::{Enclosure, Entry, Fault, FaultCode, Markup};
use crate::domain::mapping::{Mapping, Notes, Part};
use crate::domain::source::DateStyle;
use crate::domain::stated::{ChangeNote, Stated, StatedDate};
use crate::parse::written_date::Orders;
use crate::parse::{Passed, Refusal, listing};
use crate::text::date::{self, DateFault, DateHints, Stamp};
use crate::text::html;

/// The most items read of one document.
pub(in crate::parse) const MOST_ITEMS: usize = 20_000;
/// The most items whose fault is told one by one.
const MOST_BAD_ITEMS: usize = 20;
/// How much of a refused item is shown, in characters.
const EXCERPT: usize = 120;
/// The most days, and the most notes, of one item.
const MOST_STATED: usize = 200;
/// The longest note, in characters.
const LONGEST_NOTE: usize = 2_000;
/// The longest text of an item that is told in several rows, in bytes.
const LONGEST_GROUP: usize = 100_000;

/// How items are read.
pub(in crate::parse) struct Reader<'t, 'm> {
    walker: &'t Walker<'t, 'm>,
    map: &'m Mapping,
    style: &'m DateStyle,
    language: Option<&'m str>,
    base: &'t WebAddress,
    /// Dates that could not be read.
    dates: Vec<(String, DateFault)>,
    orders: Cell<Orders>,
    /// Whether days come first, once the document has told it.
    day_first: Option<bool>,
}

/// What the items of a document came to.
#[derive(Debug, Default)]
pub(in crate::parse) struct Items {
    pub entries: Vec<Entry>,
    pub faults: Vec<Fault>,
    pub refused: Vec<Refusal>,
    pub passed: Passed,
}

/// What an item turned out to be.
enum Row {
    Entry(Box<Entry>),
    /// `skip` finds it.
    Skipped,
    /// `only` does not.
    Unwanted,
    Refused(String),
}

impl<'t, 'm> Reader<'t, 'm> {
    pub(super) fn new(
        walker: &'t Walker<'t, 'm>,
        map: &'m Mapping,
        style: &'m DateStyle,
        language: Option<&'m str>,
        base: &'t WebAddress,
    ) -> Self {
        Self {
            walker,
            map,
            style,
            language,
            base,
            dates: Vec::new(),
            orders: Cell::default(),
            day_first: None,
        }
    }

    /// Reads the items; one that cannot be read costs itself.
    pub(super) fn read(mut self, items: &[Id]) -> Items {
        let read = self.read_once(items);
        // Dates that could be read either way are read as the others of the document are written.
        self.day_first = self.orders.take().settled();
        if self.day_first.is_none() {
            return read;
        }
        self.dates.clear();
        self.read_once(items)
    }

    fn read_once(&mut self, items: &[Id]) -> Items {
        let mut out = Items::default();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (place, id) in items.iter().take(MOST_ITEMS).enumerate() {
            let why = match self.row(*id) {
                Row::Skipped => {
                    out.passed.skip += 1;
                    continue;
                }
                Row::Unwanted => {
                    out.passed.only += 1;
                    continue;
                }
                Row::Entry(entry) => {
                    let name = entry.guid.clone().unwrap_or_else(|| {
                        entry
                            .url
                            .as_ref()
                            .map_or_else(String::new, |url| url.as_str().to_owned())
                    });
                    let known = places.get(&name).copied();
                    match known.and_then(|at| out.entries.get_mut(at)) {
                        None => {
                            places.insert(name, out.entries.len());
                            out.entries.push(*entry);
                            continue;
                        }
                        Some(first) if self.map.group => {
                            join(first, *entry);
                            continue;
                        }
                        // Another address under the same key is another item, which must not go in silence.
                        Some(first)
                            if entry.guid.is_some()
                                && entry.url.is_some()
                                && first.url != entry.url =>
                        {
                            let why = format!(
                                "its key `{name}` stood in the list before, with another link: let map.key tell the two apart, or set map.group where they are one"
                            );
                            tell(&mut out.faults, place, &why);
                            why
                        }
                        Some(_) => "it stood in the list before".to_owned(),
                    }
                }
                Row::Refused(why) => {
                    tell(&mut out.faults, place, &why);
                    why
                }
            };
            out.refused.push(Refusal {
                row: place + 1,
                why,
                excerpt: html::excerpt(self.walker.tree.glimpse(*id), EXCERPT),
            });
        }
        if items.len() > MOST_ITEMS {
            out.faults.push(Fault::new(
                FaultCode::TooManyItems,
                format!("more than {MOST_ITEMS} items; the rest was left out"),
            ));
        }
        out.faults.extend(self.date_faults());
        out
    }

    fn row(&mut self, item: Id) -> Row {
        let (map, walker) = (self.map, self.walker);
        let holds = |part: &'m Part| walker.holds(part, item);
        if map.skip.as_ref().is_some_and(holds) {
            return Row::Skipped;
        }
        if !map.only.as_ref().is_none_or(holds) {
            return Row::Unwanted;
        }
        let value = |part: &'m Option<Part>| walker.value(part.as_ref()?, item);
        let every = |part: &'m Option<Part>| -> Vec<String> {
            part.as_ref()
                .map(|part| walker.every(part, item))
                .unwrap_or_default()
        };
        let key = value(&map.key);
        let url = match self.link(item) {
            Ok(url) => url,
            Err(why) if key.is_none() => return Row::Refused(why),
            Err(_) => None,
        };
        if key.is_none() && url.is_none() {
            return Row::Refused(self.lacks("neither key nor link", item));
        }
        let title = self.first(&map.title, item).map(|found| {
            if found.route.html {
                found.text
            } else {
                // A title is read as HTML by whoever takes it; this one is text.
                found.text.replace('&', "&amp;").replace('<', "&lt;")
            }
        });
        let summary = self.markup(&map.summary, item);
        let content = self.markup(&map.content, item);
        if title.is_none() && summary.is_none() && content.is_none() {
            return Row::Refused(self.lacks("neither title nor text", item));
        }
        let published = self.stamp(&map.published, item);
        let modified = self.stamp(&map.modified, item);
        let files = every(&map.files);
        let stated = Stated {
            dates: self.days(item),
            bodies: every(&map.bodies),
            references: every(&map.references),
            kind: value(&map.kind).and_then(|kind| kind.parse().ok()),
            notes: self.notes(item, modified.or(published)),
        };
        Row::Entry(Box::new(Entry {
            guid: key,
            url,
            title: title.unwrap_or_default(),
            summary,
            content,
            authors: every(&map.authors),
            categories: every(&map.categories),
            enclosures: files
                .iter()
                .filter_map(|file| self.base.join(file).ok())
                .map(|url| Enclosure {
                    url,
                    media_type: None,
                    length: None,
                })
                .collect(),
            published,
            modified,
            language: value(&map.language),
            stated,
            version: value(&map.version),
            ..Entry::default()
        }))
    }

    /// What an item lacks, and what it holds in its place.
    fn lacks(&self, what: &str, item: Id) -> String {
        match self.walker.tree.names(item) {
            names if names.is_empty() => format!("it has {what}"),
            names => format!("it has {what}; it holds {names}"),
        }
    }

    fn first(&self, part: &'m Option<Part>, item: Id) -> Option<Found<'m>> {
        self.walker
            .first(part.as_ref()?, item, |found| Some(found.clone()))
    }

    fn markup(&self, part: &'m Option<Part>, item: Id) -> Option<Markup> {
        let found = self.first(part, item)?;
        Some(if found.route.html {
            Markup::Html(found.text)
        } else {
            Markup::Text(found.text)
        })
    }

    /// The link: the first value that is an address. None where nothing is found.
    fn link(&self, item: Id) -> Result<Option<WebAddress>, String> {
        let Some(part) = &self.map.url else {
            return Ok(None);
        };
        let mut fault = None;
        let found = self.walker.first(part, item, |found| {
            self.base
                .join(&found.text)
                .map_err(|error| fault.get_or_insert(error))
                .ok()
        });
        match (found, fault) {
            (None, Some(error)) => Err(format!("its link cannot be used: {error}")),
            (found, _) => Ok(found),
        }
    }

    /// The first value that is a date; what is wrong with the first value when none is.
    fn stamp(&mut self, part: &'m Option<Part>, item: Id) -> Option<Stamp> {
        let part = part.as_ref()?;
        let mut fault = None;
        let found = self.walker.first(part, item, |found| {
            self.dated(found)
                .map_err(|wrong| fault.get_or_insert((found.text.clone(), wrong)))
                .ok()
        });
        if found.is_none() {
            self.dates.extend(fault);
        }
        found
    }

    fn dated(&self, found: &Found<'m>) -> Result<Stamp, DateFault> {
        let own = found.route.date.as_ref();
        let style = own.unwrap_or(self.style);
        let zone = self.zone(own);
        let hints = DateHints {
            format: listing::fitting(style, &found.text),
            language: style
                .language
                .as_deref()
                .or(self.style.language.as_deref())
                .or(self.language),
            day_first: style
                .is_day_first()
                .or_else(|| self.style.is_day_first())
                .or(self.day_first),
            zone,
        };
        if hints.day_first.is_none() && hints.format.is_none() {
            let mut orders = self.orders.get();
            orders.note(&found.text);
            self.orders.set(orders);
        }
        let stamp = date::read(&found.text, &hints)?;
        Ok(if found.route.day {
            Stamp::Day(day_in(stamp, zone))
        } else {
            stamp
        })
    }

    fn zone(&self, own: Option<&DateStyle>) -> Option<Tz> {
        own.and_then(|style| style.zone.as_ref())
            .or(self.style.zone.as_ref())
            .and_then(|zone| zone.parse().ok())
    }

    /// The days that the item states. Of a moment the day counts that it is where the publisher is.
    fn days(&mut self, item: Id) -> Vec<StatedDate> {
        let mut out: Vec<StatedDate> = Vec::new();
        for (event, part) in &self.map.dates {
            for route in &part.0 {
                let mut any = false;
                for found in self.walker.values(route, item) {
                    let stamp = match self.dated(&found).or_else(|wrong| far(&found.text, wrong)) {
                        Ok(stamp) => stamp,
                        Err(wrong) => {
                            self.dates.push((found.text, wrong));
                            continue;
                        }
                    };
                    any = true;
                    let stated = StatedDate {
                        event: *event,
                        date: day_in(stamp, self.zone(found.route.date.as_ref())),
                        field: found
                            .path
                            .map_or_else(String::new, |path| path.as_str().to_owned()),
                    };
                    let known = |other: &StatedDate| {
                        (other.event, other.date) == (stated.event, stated.date)
                    };
                    if out.len() < MOST_STATED && !out.iter().any(known) {
                        out.push(stated);
                    }
                }
                if any {
                    break;
                }
            }
        }
        out
    }

    /// The publisher's notes, the latest last. `otherwise` is when a note without a time was made.
    fn notes(&mut self, item: Id, otherwise: Option<Stamp>) -> Vec<ChangeNote> {
        let mut out = Vec::new();
        for notes in &self.map.notes {
            let each = match notes.items.as_slice() {
                [] => vec![item],
                paths => paths
                    .iter()
                    .map(|path| self.walker.find(path, item).to_vec())
                    .find(|found| !found.is_empty())
                    .unwrap_or_default(),
            };
            for id in each {
                let note = self.note(notes, id, otherwise);
                if let Some(note) = note
                    && !out.contains(&note)
                {
                    out.push(note);
                }
            }
        }
        out.sort_by_key(|note| note.at);
        let surplus = out.len().saturating_sub(MOST_STATED);
        out.drain(..surplus);
        out
    }

    fn note(&self, notes: &'m Notes, id: Id, otherwise: Option<Stamp>) -> Option<ChangeNote> {
        let note = self.walker.first(&notes.note, id, |found| {
            let plain = if found.route.html {
                html::plain(&found.text)
            } else {
                html::folded_lines(&found.text)
            };
            (!plain.is_empty()).then(|| html::excerpt(&plain, LONGEST_NOTE))
        })?;
        let at = self
            .walker
            .first(&notes.at, id, |found| self.dated(found).ok())
            .or(otherwise)?;
        Some(ChangeNote {
            at: at.instant(),
            note,
        })
    }

    fn date_faults(&self) -> Vec<Fault> {
        [(false, FaultCode::BadDate), (true, FaultCode::ImplausibleDate)]
            .into_iter()
            .filter_map(|(implausible, code)| {
                let mut dates = self.dates.iter().filter(|(_, fault)| {
                    matches!(fault, DateFault::Implausible { .. }) == implausible
                });
                let (text, _) = dates.next()?;
                let example: String = text.chars().take(60).collect();
                let more = dates.count();
                Some(Fault::new(
                    code,
                    format!("{} dates could not be read, the first of them `{example}`; set date.format or date.language", more + 1),
                ))
            })
            .collect()
    }
}

/// Tells of an item that was left out, among the first of them.
fn tell(faults: &mut Vec<Fault>, place: usize, why: &str) {
    if faults.len() < MOST_BAD_ITEMS {
        faults.push(Fault::new(
            FaultCode::BadItem,
            format!("item {} was left out: {why}", place + 1),
        ));
    }
}

/// The day of a moment in a zone, in UTC where none is known.
fn day_in(stamp: Stamp, zone: Option<Tz>) -> NaiveDate {
    match (stamp, zone) {
        (Stamp::Instant(moment), Some(zone)) => moment.with_timezone(&zone).date_naive(),
        (stamp, _) => stamp.day(),
    }
}

/// A day so far ahead that nothing is published then, which a structured field may state all the
/// same, where it is written beyond doubt (RFC 3339).
fn far(text: &str, wrong: DateFault) -> Result<Stamp, DateFault> {
    if !matches!(
        wrong,
        DateFault::Implausible {
            year: 1_800..=2_999
        }
    ) {
        return Err(wrong);
    }
    DateTime::parse_from_rfc3339(text)
        .map(|moment| Stamp::Instant(moment.to_utc()))
        .or_else(|_| text.parse().map(Stamp::Day))
        .map_err(|_| wrong)
}

/// Takes another row of the same item into its entry.
fn join(entry: &mut Entry, row: Entry) {
    fn lists(into: &mut Vec<String>, from: Vec<String>) {
        for text in from {
            if into.len() < MOST_STATED && !into.contains(&text) {
                into.push(text);
            }
        }
    }
    fn texts(into: &mut Option<Markup>, from: Option<Markup>) {
        match (into.as_mut(), from) {
            (None, from) => *into = from,
            (Some(Markup::Text(text)), Some(Markup::Text(more))) => {
                let known = text.lines().any(|line| line == more);
                if !known && text.len() + more.len() < LONGEST_GROUP {
                    text.push('\n');
                    text.push_str(&more);
                }
            }
            (Some(Markup::Html(text)), Some(Markup::Html(more)))
                if !text.contains(&more) && text.len() + more.len() < LONGEST_GROUP =>
            {
                text.push_str(&more);
            }
            _ => {}
        }
    }
    texts(&mut entry.summary, row.summary);
    texts(&mut entry.content, row.content);
    lists(&mut entry.authors, row.authors);
    lists(&mut entry.categories, row.categories);
    lists(&mut entry.stated.bodies, row.stated.bodies);
    lists(&mut entry.stated.references, row.stated.references);
    for date in row.stated.dates {
        let known = |other: &StatedDate| (other.event, other.date) == (date.event, date.date);
        if entry.stated.dates.len() < MOST_STATED && !entry.stated.dates.iter().any(known) {
            entry.stated.dates.push(date);
        }
    }
    for note in row.stated.notes {
        if entry.stated.notes.len() < MOST_STATED && !entry.stated.notes.contains(&note) {
            entry.stated.notes.push(note);
        }
    }
    entry.stated.notes.sort_by_key(|note| note.at);
    entry.stated.kind = entry.stated.kind.or(row.stated.kind);
    entry.published = match (entry.published, row.published) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    entry.modified = entry.modified.max(row.modified);
    entry.version = match (entry.version.take(), row.version) {
        (Some(one), Some(other)) if one < other => Some(other),
        (one, other) => one.or(other),
    };
    for file in row.enclosures {
        if entry.enclosures.len() < MOST_STATED && !entry.enclosures.contains(&file) {
            entry.enclosures.push(file);
        }
    }
}
