//! Listings: pages that list news, read by the selectors of their source.

use std::collections::HashSet;

use scraper::{ElementRef, Html};

use super::Parsed;
use super::select::{Reading, css_selector, text_of};
use crate::domain::address::WebAddress;
use crate::domain::document::{Document, Entry, Fault, FaultCode, FeedDescription, Markup};
use crate::domain::source::{Select, Source};
use crate::text::date::{self, DateFault, DateHints, Stamp};
use crate::text::decode::{self, Form};
use crate::text::html;

/// The most rows read of one page.
const MAX_ROWS: usize = 10_000;
/// The most rows whose fault is told one by one.
const MAX_BAD_ROWS: usize = 20;

/// The selectors of a listing, read.
struct Selectors {
    item: scraper::Selector,
    link: Option<Reading>,
    title: Option<Reading>,
    date: Option<Reading>,
    summary: Option<Reading>,
}

impl Selectors {
    fn new(select: &Select) -> Result<Self, String> {
        let Some(item) = &select.item else {
            return Err("a listing needs select.item".into());
        };
        let reading = |name: &str, text: &Option<String>| {
            text.as_ref()
                .map(|text| Reading::new(name, text))
                .transpose()
        };
        Ok(Self {
            item: css_selector("item", item)?,
            link: reading("link", &select.link)?,
            title: reading("title", &select.title)?,
            date: reading("date", &select.date)?,
            summary: reading("summary", &select.summary)?,
        })
    }
}

/// Reads a listing.
pub(super) fn read(document: &Document, source: &Source) -> Parsed {
    if document.body.iter().all(u8::is_ascii_whitespace) {
        return Parsed::aside(FaultCode::EmptyBody, "the answer is empty");
    }
    let selectors = match Selectors::new(&source.select) {
        Ok(selectors) => selectors,
        Err(reason) => return Parsed::aside(FaultCode::BadSelector, reason),
    };
    let decoded = decode::decode(&document.body, document.header("content-type"), Form::Html);
    let faults = super::charset_faults(&decoded);
    // Before html5ever, whose time grows with the square of the depth.
    if let Err(hostile) = html::check_nesting(&decoded.text) {
        return Parsed::aside(FaultCode::Nesting, hostile.to_string()).with(faults);
    }
    rows(
        &Html::parse_document(&decoded.text),
        &selectors,
        document,
        source,
        faults,
    )
}

fn rows(
    page: &Html,
    selectors: &Selectors,
    document: &Document,
    source: &Source,
    mut faults: Vec<Fault>,
) -> Parsed {
    let base = base_of(page, &document.url);
    let language = page
        .root_element()
        .attr("lang")
        .map(str::trim)
        .filter(|lang| !lang.is_empty())
        .map(str::to_owned);
    let mut reader = Rows {
        source,
        selectors,
        base,
        language,
        seen: HashSet::new(),
        dates: Vec::new(),
    };
    let mut entries = Vec::new();
    let (mut matched, mut bad) = (0_usize, 0_usize);
    for (place, item) in page.select(&selectors.item).enumerate() {
        if place >= MAX_ROWS {
            faults.push(Fault::new(
                FaultCode::TooManyItems,
                format!("more than {MAX_ROWS} rows; the rest was left out"),
            ));
            break;
        }
        matched += 1;
        match reader.entry(item) {
            Ok(Some(entry)) => entries.push(entry),
            Ok(None) => {}
            Err(reason) => {
                bad += 1;
                if bad <= MAX_BAD_ROWS {
                    faults.push(Fault::new(
                        FaultCode::BadItem,
                        format!("row {} was left out: {reason}", place + 1),
                    ));
                }
            }
        }
    }
    faults.append(&mut reader.date_faults());
    if entries.is_empty() {
        let item = source.select.item.as_deref().unwrap_or_default();
        faults.push(Fault::new(
            FaultCode::NoMatch,
            if matched == 0 {
                format!("select.item = `{item}` matches nothing on the page: it has changed, or is not the page")
            } else {
                format!("select.item = `{item}` matches {matched} rows, and none has a link and a title")
            },
        ));
    }
    Parsed {
        readable: !entries.is_empty(),
        entries,
        faults,
        description: description(page),
    }
}

struct Rows<'s> {
    source: &'s Source,
    selectors: &'s Selectors,
    base: WebAddress,
    language: Option<String>,
    seen: HashSet<WebAddress>,
    /// Dates that could not be read.
    dates: Vec<(String, DateFault)>,
}

impl Rows<'_> {
    /// The entry of a row; none when its link stood on the page before.
    fn entry(&mut self, item: ElementRef<'_>) -> Result<Option<Entry>, String> {
        let (anchor, link) = self.link(item)?;
        let title = match &self.selectors.title {
            Some(reading) => reading.value(item),
            None => anchor.map(text_of).filter(|text| !text.is_empty()),
        };
        let title = title.ok_or("it has no title")?;
        if !self.seen.insert(link.clone()) {
            return Ok(None);
        }
        let published = self
            .selectors
            .date
            .as_ref()
            .and_then(|reading| reading.value(item))
            .and_then(|text| self.date(text));
        let summary = self
            .selectors
            .summary
            .as_ref()
            .and_then(|reading| reading.value(item));
        Ok(Some(Entry {
            url: Some(link),
            // A title is read as HTML by whoever takes it; this one is text.
            title: title.replace('&', "&amp;").replace('<', "&lt;"),
            summary: summary.map(Markup::Text),
            published,
            language: self.language.clone(),
            ..Entry::default()
        }))
    }

    /// The element of the link, and the link.
    fn link<'a>(
        &self,
        item: ElementRef<'a>,
    ) -> Result<(Option<ElementRef<'a>>, WebAddress), String> {
        let (anchor, text) = match &self.selectors.link {
            Some(reading) => {
                let element = reading.element(item);
                let text = match &reading.attribute {
                    Some(_) => reading.value(item),
                    // `link = "a"` means the link's address, not its words.
                    None => element
                        .and_then(|element| element.attr("href").map(|href| href.trim().to_owned()))
                        .or_else(|| reading.value(item)),
                };
                (element, text)
            }
            None => {
                let own = item.attr("href").map(|_| item);
                let anchor = own.or_else(|| {
                    item.descendent_elements().find(|element| {
                        element.value().name() == "a" && element.attr("href").is_some()
                    })
                });
                (
                    anchor,
                    anchor
                        .and_then(|a| a.attr("href"))
                        .map(|href| href.trim().to_owned()),
                )
            }
        };
        let text = text
            .filter(|text| !text.is_empty())
            .ok_or("it has no link")?;
        let link = self
            .base
            .join(&text)
            .map_err(|error| format!("its link cannot be used: {error}"))?;
        Ok((anchor, link))
    }

    fn date(&mut self, text: String) -> Option<Stamp> {
        let style = &self.source.date;
        let hints = DateHints {
            format: style.format.as_deref(),
            language: style
                .language
                .as_deref()
                .or(self.language.as_deref())
                .or(self.source.language.as_deref()),
            day_first: style.day_first,
            zone: None,
        };
        match date::read(&text, &hints) {
            Ok(stamp) => Some(stamp),
            Err(fault) => {
                self.dates.push((text, fault));
                None
            }
        }
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

/// What links on the page are relative to: the first `<base href>`, else the page's address.
fn base_of(page: &Html, url: &WebAddress) -> WebAddress {
    page.root_element()
        .descendent_elements()
        .find(|element| element.value().name() == "base" && element.attr("href").is_some())
        .and_then(|element| url.join(element.attr("href")?).ok())
        .unwrap_or_else(|| url.clone())
}

fn description(page: &Html) -> FeedDescription {
    let root = page.root_element();
    FeedDescription {
        title: root
            .descendent_elements()
            .find(|element| element.value().name() == "title")
            .map(text_of)
            .filter(|title| !title.is_empty()),
        language: root.attr("lang").map(str::to_owned),
        ..FeedDescription::default()
    }
}
