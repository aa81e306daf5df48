//! Listings: pages that list news, read by the selectors of their source.

use std::collections::{HashMap, hash_map};

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use scraper::{ElementRef, Html};

use super::flat::{Flat, one_line};
use super::reading::{Finder, Reading};
use super::select::Selectors;
use super::written_date::Orders;
use super::{Parsed, Passed, Refusal, effort, lines};
use crate::domain::address::WebAddress;
use crate::domain::document::{Document, Entry, Fault, FaultCode, FeedDescription, Markup};
use crate::domain::source::{DateStyle, Select, Source};
use crate::text::date::{self, DateFault, DateHints, Stamp};
use crate::text::decode::{self, Form};
use crate::text::html;

/// The most rows read of one page.
const MAX_ROWS: usize = 10_000;
/// The most rows whose fault is told one by one.
const MAX_BAD_ROWS: usize = 20;
/// How much of a refused row is shown, in characters.
const EXCERPT: usize = 120;

/// What a source says of how its listing is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Definition<'s> {
    pub select: &'s Select,
    pub date: &'s DateStyle,
    /// The language of dates, where the page does not say.
    pub language: Option<&'s str>,
}

/// Reads a listing; beside what it held, every row that was refused.
pub(super) fn read(document: &Document, source: &Source) -> (Parsed, Vec<Refusal>) {
    let aside = |code, reason: String| (Parsed::aside(code, reason), Vec::new());
    if document.body.iter().all(u8::is_ascii_whitespace) {
        return aside(FaultCode::EmptyBody, "the answer is empty".into());
    }
    let selectors = match Selectors::new(&source.select) {
        Ok(selectors) => selectors,
        Err(reasons) => return aside(FaultCode::BadSelector, reasons.join("; ")),
    };
    let decoded = decode::decode(&document.body, document.header("content-type"), Form::Html);
    let faults = super::charset_faults(&decoded);
    // Before html5ever, whose time grows with the square of the depth.
    if let Err(hostile) = html::check_nesting(&decoded.text) {
        let (parsed, none) = aside(FaultCode::Nesting, hostile.to_string());
        return (parsed.with(faults), none);
    }
    let mut page = Html::parse_document(&decoded.text);
    if let Err(reason) = effort::check(&page, selectors.with_siblings) {
        let (parsed, none) = aside(FaultCode::BadSelector, reason);
        return (parsed.with(faults), none);
    }
    if let Some(css) = &selectors.lines {
        lines::wrap(&mut page, css);
    }
    let definition = Definition {
        select: &source.select,
        date: &source.date,
        language: source.language.as_deref(),
    };
    rows(&page, &selectors, definition, &document.url, faults)
}

/// Reads the rows of a page that lies at `url`.
pub(super) fn rows(
    page: &Html,
    selectors: &Selectors,
    definition: Definition<'_>,
    url: &WebAddress,
    mut faults: Vec<Fault>,
) -> (Parsed, Vec<Refusal>) {
    let items: Vec<ElementRef<'_>> = page.select(&selectors.item).take(MAX_ROWS + 1).collect();
    let flat = Flat::new(page);
    let mut reader = Rows {
        definition,
        selectors,
        base: base_of(page, url),
        language: page
            .root_element()
            .attr("lang")
            .map(str::trim)
            .filter(|lang| !lang.is_empty())
            .map(str::to_owned),
        finder: Finder::new(&flat, &items),
        seen: HashMap::new(),
        inherited: HashMap::new(),
        dates: Vec::new(),
        order: Orders::default(),
        either: Vec::new(),
    };
    let (mut entries, mut refused) = (Vec::new(), Vec::new());
    let mut none_expected = true;
    let mut passed = Passed::default();
    for (place, item) in items.iter().take(MAX_ROWS).enumerate() {
        let why = match reader.row(*item, entries.len()) {
            Row::Entry(entry) => {
                entries.push(*entry);
                continue;
            }
            Row::Skipped => {
                passed.skip += 1;
                continue;
            }
            Row::Unwanted => {
                passed.only += 1;
                continue;
            }
            Row::Repeated(what) => format!("{what} stood on the page before"),
            Row::Refused(why) => {
                none_expected = false;
                if faults
                    .iter()
                    .filter(|f| f.code == FaultCode::BadItem)
                    .count()
                    < MAX_BAD_ROWS
                {
                    faults.push(Fault::new(
                        FaultCode::BadItem,
                        format!("row {} was left out: {why}", place + 1),
                    ));
                }
                why
            }
        };
        let text = one_line(flat.within(*item));
        refused.push(Refusal {
            row: place + 1,
            why,
            excerpt: html::excerpt(&text, EXCERPT),
        });
    }
    if items.len() > MAX_ROWS {
        faults.push(Fault::new(
            FaultCode::TooManyItems,
            format!("more than {MAX_ROWS} rows; the rest was left out"),
        ));
    }
    reader.settle_order(&mut entries);
    faults.append(&mut reader.date_faults(&entries));
    // A list whose rows all say that there is nothing is a list all the same.
    let readable = !entries.is_empty() || (none_expected && !items.is_empty());
    if !readable {
        let item = definition.select.item.as_deref().unwrap_or_default();
        faults.push(Fault::new(
            FaultCode::NoMatch,
            if items.is_empty() {
                format!("select.item = `{item}` matches nothing on the page: it has changed, or is not the page")
            } else {
                format!("select.item = `{item}` matches {} rows, and none has a link and a title", items.len().min(MAX_ROWS))
            },
        ));
    }
    let parsed = Parsed {
        readable,
        entries,
        faults,
        description: description(page, &flat),
        next: reader.next(page),
        passed,
        ..Parsed::default()
    };
    (parsed, refused)
}

/// What a row turned out to be.
enum Row {
    Entry(Box<Entry>),
    /// A heading, a note, "no results": what `skip` says to pass over.
    Skipped,
    /// What lacks what `only` says that an item has.
    Unwanted,
    /// An item that the page has told already, and by what it is known.
    Repeated(&'static str),
    Refused(String),
}

struct Rows<'a, 's> {
    definition: Definition<'s>,
    selectors: &'s Selectors,
    base: WebAddress,
    language: Option<String>,
    finder: Finder<'a>,
    /// Keys of items, else their links, with the links.
    seen: HashMap<String, Option<WebAddress>>,
    /// What the rows before had, for parts that are inherited.
    inherited: HashMap<&'static str, String>,
    /// Dates that could not be read.
    dates: Vec<(String, DateFault)>,
    order: Orders,
    /// Dates that may be read either way, with the entries that have them.
    either: Vec<(usize, String)>,
}

impl<'a> Rows<'a, '_> {
    /// Reads a row, which comes after so many entries.
    fn row(&mut self, item: ElementRef<'a>, entries: usize) -> Row {
        let selectors = self.selectors;
        // Before any row is passed over: a row that is no item may be the heading that says the
        // date of those after it.
        let published = self.date(item);
        let title = self.text("title", &selectors.title, item);
        let summary = self.text("summary", &selectors.summary, item);
        let holds = |reading: &Reading| self.finder.holds(reading, item);
        if selectors.skip.as_ref().is_some_and(holds) {
            return Row::Skipped;
        }
        if !selectors.only.as_ref().is_none_or(holds) {
            return Row::Unwanted;
        }
        let key = self.text("key", &selectors.key, item);
        let (anchor, link) = match self.link(item) {
            Ok((anchor, link)) => (anchor, Some(link)),
            Err(_) if key.is_some() => (None, None),
            Err(why) => return Row::Refused(why),
        };
        let title = match &selectors.title {
            Some(_) => title,
            None => anchor.and_then(|anchor| self.words_of(anchor)),
        };
        let Some(title) = title else {
            let why = selectors.title.as_ref();
            let why = why.and_then(|reading| self.finder.why_nothing(reading, item));
            return Row::Refused(match why {
                Some(why) => format!("it has no title: {why}"),
                None => "it has no title".into(),
            });
        };
        let identity = key.as_deref().or(link.as_ref().map(WebAddress::as_str));
        match self.seen.entry(identity.unwrap_or_default().to_owned()) {
            hash_map::Entry::Vacant(first) => {
                first.insert(link.clone());
            }
            hash_map::Entry::Occupied(first) => {
                // Another address under the same key is another document, which must not go in silence.
                return match (&key, &link) {
                    (Some(key), Some(other)) if first.get().as_ref() != Some(other) => {
                        Row::Refused(format!(
                            "its key `{key}` stood on the page before, with another link: let select.key tell the two apart"
                        ))
                    }
                    (Some(_), None) => Row::Repeated("its key"),
                    _ => Row::Repeated("its link"),
                };
            }
        }
        let published = published.and_then(|read| match read {
            Ok((stamp, text)) => {
                // What the definition says of the order, or of this date, need not be learned.
                let style = self.definition.date;
                let mut patterns = style.format.iter().chain(&style.formats);
                if style.is_day_first().is_none()
                    && !patterns.any(|one| fits(one, text.trim()))
                    && self.order.note(&text)
                {
                    self.either.push((entries, text));
                }
                Some(stamp)
            }
            Err(fault) => {
                self.dates.push(fault);
                None
            }
        });
        let categories = selectors.categories.as_ref();
        Row::Entry(Box::new(Entry {
            guid: key,
            url: link,
            // A title is read as HTML by whoever takes it; this one is text.
            title: title.replace('&', "&amp;").replace('<', "&lt;"),
            summary: summary.map(Markup::Text),
            categories: categories
                .map(|reading| self.finder.every(reading, item))
                .unwrap_or_default(),
            published,
            language: self.language.clone(),
            ..Entry::default()
        }))
    }

    fn text(
        &mut self,
        name: &'static str,
        reading: &Option<Reading>,
        item: ElementRef<'a>,
    ) -> Option<String> {
        let reading = reading.as_ref()?;
        let found = self.finder.first(reading, item);
        if !reading.inherit {
            return found;
        }
        match found {
            Some(text) => {
                self.inherited.insert(name, text.clone());
                Some(text)
            }
            None => self.inherited.get(name).cloned(),
        }
    }

    /// What a link says, or says of itself where it shows only a picture.
    fn words_of(&self, anchor: ElementRef<'_>) -> Option<String> {
        let says = |name: &str| anchor.attr(name).map(one_line);
        [
            Some(one_line(self.finder.flat.within(anchor))),
            says("title"),
            says("aria-label"),
        ]
        .into_iter()
        .flatten()
        .find(|text| !text.is_empty())
    }

    /// The element of the link, and the link.
    fn link(&self, item: ElementRef<'a>) -> Result<(Option<ElementRef<'a>>, WebAddress), String> {
        let mut fault = None;
        let mut usable = |address: &str| match self.base.join(address) {
            Ok(link) => Some(link),
            Err(error) => {
                fault.get_or_insert(format!("its link cannot be used: {error}"));
                None
            }
        };
        let found = match &self.selectors.link {
            Some(reading) => self.finder.find(reading, item, |found| {
                Some((found.element, usable(&found.text)?))
            }),
            None => std::iter::once(item)
                .chain(
                    item.descendent_elements()
                        .filter(|element| element.value().name() == "a"),
                )
                .find_map(|anchor| {
                    let address = anchor.attr("href")?.trim();
                    // A place on this page is no item of its own.
                    if address.is_empty() || address.starts_with('#') {
                        return None;
                    }
                    Some((Some(anchor), usable(address)?))
                }),
        };
        found.ok_or_else(|| fault.unwrap_or_else(|| "it has no link".into()))
    }

    /// The date of a row: the first value that is one, else what is wrong with the first value.
    #[allow(
        clippy::type_complexity,
        reason = "a date with its words, or words with what is wrong about them"
    )]
    fn date(
        &mut self,
        item: ElementRef<'a>,
    ) -> Option<Result<(Stamp, String), (String, DateFault)>> {
        let reading = self.selectors.date.as_ref()?;
        let mut fault = None;
        let found = self
            .finder
            .find(reading, item, |found| match self.stamp(&found.text, None) {
                Ok(stamp) => Some((stamp, found.text.clone())),
                Err(wrong) => {
                    fault.get_or_insert((found.text.clone(), wrong));
                    None
                }
            });
        if let Some((stamp, text)) = found {
            if reading.inherit {
                self.inherited.insert("date", text.clone());
            }
            return Some(Ok((stamp, text)));
        }
        // A date of its own that contradicts what was said is not the one of the row before.
        let said = self.definition.date.is_day_first();
        let contradicts = fault.as_ref().is_some_and(|(text, _)| {
            matches!(
                (date::order(text), said),
                (Some(date::Order::DayFirst), Some(false))
                    | (Some(date::Order::MonthFirst), Some(true))
            )
        });
        let before = self.inherited.get("date");
        let before = before.filter(|_| reading.inherit && !contradicts);
        match before.and_then(|text| Some((self.stamp(text, None).ok()?, text.clone()))) {
            Some(found) => Some(Ok(found)),
            None => fault.map(Err),
        }
    }

    /// Reads a date; `order` is what the list shows of the order of its numbers.
    fn stamp(&self, text: &str, order: Option<bool>) -> Result<Stamp, DateFault> {
        let style = self.definition.date;
        let hints = DateHints {
            format: fitting(style, text),
            language: style
                .language
                .as_deref()
                .or(self.language.as_deref())
                .or(self.definition.language),
            day_first: style.is_day_first().or(order),
            zone: style.zone.as_deref().and_then(|zone| zone.parse().ok()),
        };
        date::read(text, &hints)
    }

    /// The address of the next page of the list, when it is another.
    fn next(&self, page: &'a Html) -> Option<String> {
        let reading = self.selectors.next.as_ref()?;
        self.finder.find(reading, page.root_element(), |found| {
            let address = found.text.trim();
            let other = !address.is_empty() && !address.starts_with('#');
            let next = other.then(|| self.base.join(address).ok()).flatten()?;
            Some(next.as_str().to_owned())
        })
    }

    /// A page of a list is written in one order: where a date of it tells which, those that may be either
    /// are read in that one, unless the definition says how dates are written.
    fn settle_order(&mut self, entries: &mut [Entry]) {
        let order = self.order.settled();
        if order.is_none() {
            return;
        }
        for (place, text) in std::mem::take(&mut self.either) {
            if let (Some(entry), Ok(stamp)) = (entries.get_mut(place), self.stamp(&text, order)) {
                entry.published = Some(stamp);
            }
        }
    }

    fn date_faults(&self, entries: &[Entry]) -> Vec<Fault> {
        let told = self.dates.len();
        let dated = entries.iter().any(|entry| entry.published.is_some());
        let nowhere = self.selectors.date.is_some() && told == 0 && !dated && !entries.is_empty();
        let both = self.order.contradict();
        let more = [
            (
                nowhere,
                format!("select.date finds nothing in any of {} rows", entries.len()),
            ),
            (
                both,
                "some dates are written day first and others month first: what may be either was read by the page's language; set date.format or date.day_first"
                    .to_owned(),
            ),
        ];
        let more = more.into_iter().filter(|(is_so, _)| *is_so);
        let more = more.map(|(_, detail)| Fault::new(FaultCode::BadDate, detail));
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
                    format!("{} dates could not be read, the first of them `{example}`; set date.format, date.day_first or date.language", more + 1),
                ))
            })
            .chain(more)
            .collect()
    }
}

/// The first of a source's patterns that a text is written in; the first of all where none is.
pub(super) fn fitting<'s>(style: &'s DateStyle, text: &str) -> Option<&'s str> {
    let mut formats = style
        .format
        .iter()
        .chain(&style.formats)
        .map(String::as_str);
    let text = text.trim();
    formats
        .clone()
        .find(|format| fits(format, text))
        .or_else(|| formats.next())
}

/// Whether all of a text is written in a pattern.
fn fits(format: &str, text: &str) -> bool {
    NaiveDate::parse_from_str(text, format).is_ok()
        || NaiveDateTime::parse_from_str(text, format).is_ok()
        || DateTime::parse_from_str(text, format).is_ok()
}

/// What links on the page are relative to: the first `<base href>`, else the page's address.
pub(super) fn base_of(page: &Html, url: &WebAddress) -> WebAddress {
    page.root_element()
        .descendent_elements()
        .find(|element| element.value().name() == "base" && element.attr("href").is_some())
        .and_then(|element| url.join(element.attr("href")?).ok())
        .unwrap_or_else(|| url.clone())
}

fn description(page: &Html, flat: &Flat<'_>) -> FeedDescription {
    let root = page.root_element();
    FeedDescription {
        title: root
            .descendent_elements()
            .find(|element| element.value().name() == "title")
            .map(|title| one_line(flat.within(title)))
            .filter(|title| !title.is_empty()),
        language: root.attr("lang").map(str::to_owned),
        ..FeedDescription::default()
    }
}

#[cfg(test)]
mod tests;
