//! A list of news, recognised by what repeats: rows that hold a link and a date.

use std::collections::HashMap;

use scraper::{ElementRef, Html};

use super::super::flat::{Flat, one_line};
use super::super::listing::{self, Definition};
use super::super::select::Selectors;
use super::super::written_date;
use super::{Clue, Discovered};
use crate::domain::address::WebAddress;
use crate::domain::source::{DateStyle, Pick, Select, SourceKind, Way};
use crate::text::date::{self, DateHints};

/// How few rows with a link and a date are no list.
const MIN_ROWS: usize = 3;
/// How far above its date a row is looked for.
const MAX_CLIMB: usize = 8;
/// The longest text of a row, in bytes.
const MAX_ROW: usize = 4_000;
/// The most places with dates that are looked at.
const MAX_DATES: usize = 2_000;
/// The most kinds of rows that are tried.
const MAX_TRIED: usize = 12;

/// The listing that a page seems to be.
pub(super) fn listing(page: &Html, url: &WebAddress) -> Option<Discovered> {
    let flat = Flat::new(page);
    let language = page.root_element().attr("lang").map(str::to_owned);
    let dated = dated_elements(page, &flat, language.as_deref());
    let date = style(&dated);
    let mut kinds: HashMap<String, usize> = HashMap::new();
    for (element, _) in &dated {
        if let Some(row) = row_of(*element, &flat) {
            for css in names(row) {
                *kinds.entry(css).or_default() += 1;
            }
        }
    }
    let mut kinds: Vec<(String, usize)> = kinds
        .into_iter()
        .filter(|(_, count)| *count >= MIN_ROWS)
        .collect();
    // The most rows first, then the plainest name.
    kinds.sort_by(|a, b| {
        b.1.cmp(&a.1)
            .then(a.0.len().cmp(&b.0.len()))
            .then(a.0.cmp(&b.0))
    });
    kinds.truncate(MAX_TRIED);
    let (_, select) = kinds
        .iter()
        .filter_map(|(item, _)| best_of(page, url, &flat, item, &date))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let title = page
        .root_element()
        .descendent_elements()
        .find(|element| element.value().name() == "title")
        .map(|title| one_line(flat.within(title)));
    Some(Discovered {
        url: url.clone(),
        title: title.filter(|title| !title.is_empty()),
        kind: SourceKind::Listing,
        clue: Clue::Guessed,
        select: Some(select),
        date,
    })
}

/// The innermost elements that say a date and little else, outside of what frames the page.
fn dated_elements<'a>(
    page: &'a Html,
    flat: &Flat<'a>,
    language: Option<&str>,
) -> Vec<(ElementRef<'a>, String)> {
    let Some(pattern) = written_date::finder() else {
        return Vec::new();
    };
    let readable = |text: &str| {
        let hints = DateHints {
            language,
            ..DateHints::default()
        };
        date::read(text, &hints).is_ok()
    };
    page.root_element()
        .descendent_elements()
        .filter(|element| !is_frame(element.value().name()))
        .filter_map(|element| {
            if element.value().name() == "time"
                && let Some(stamp) = element.attr("datetime")
            {
                return readable(stamp).then(|| (element, stamp.to_owned()));
            }
            let own: String = element
                .children()
                .filter_map(|child| child.value().as_text().map(|text| text.to_string() + " "))
                .collect();
            let own = one_line(own.get(..MAX_ROW).unwrap_or(&own));
            let found = pattern.find(&own)?.as_str();
            // Not in running text.
            (readable(found) && own.len() < 300 && flat.within(element).len() < MAX_ROW)
                .then(|| (element, found.to_owned()))
        })
        .filter(|(element, _)| {
            !element
                .ancestors()
                .filter_map(ElementRef::wrap)
                .any(|ancestor| is_frame(ancestor.value().name()))
        })
        .take(MAX_DATES)
        .collect()
}

fn is_frame(name: &str) -> bool {
    matches!(
        name,
        "nav" | "footer" | "script" | "style" | "head" | "noscript" | "option"
    )
}

/// Whether 02/03 is the second of March: told by dates that can be read in one way only.
fn style(dated: &[(ElementRef<'_>, String)]) -> DateStyle {
    let mut day_first = None;
    for (_, text) in dated {
        let numbers: Vec<u32> = text
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|number| number.parse().ok())
            .collect();
        if let [first @ 1..=31, second @ 1..=31, _] = numbers[..] {
            if first > 12 {
                day_first = Some(true);
            } else if second > 12 {
                day_first = Some(false);
            }
        }
    }
    DateStyle {
        day_first,
        ..DateStyle::default()
    }
}

/// The nearest element around a date that also holds a link with words.
fn row_of<'a>(dated: ElementRef<'a>, flat: &Flat<'a>) -> Option<ElementRef<'a>> {
    std::iter::once(dated)
        .chain(dated.ancestors().filter_map(ElementRef::wrap))
        .take(MAX_CLIMB)
        .take_while(|element| !matches!(element.value().name(), "body" | "html" | "main"))
        .take_while(|element| flat.within(*element).len() < MAX_ROW)
        .find(|element| {
            is_link(*element, flat)
                || element
                    .descendent_elements()
                    .any(|inner| is_link(inner, flat))
        })
}

fn is_link(element: ElementRef<'_>, flat: &Flat<'_>) -> bool {
    element.value().name() == "a"
        && element.attr("href").is_some_and(|address| {
            !address.is_empty() && !address.trim_start().starts_with(['#', 'j'])
        })
        && (!flat.within(element).trim().is_empty() || element.has_children())
}

/// CSS that could name a row and its like: by its classes, by where it stands.
fn names(row: ElementRef<'_>) -> Vec<String> {
    let own = row.value().name();
    let classes: Vec<String> = row.value().classes().filter_map(class).collect();
    let mut out: Vec<String> = classes
        .iter()
        .map(|class| format!("{own}.{class}"))
        .collect();
    let mut above = row.ancestors().filter_map(ElementRef::wrap);
    // Beneath the nearest element that has a name of its own.
    let holder = above.by_ref().take(4).find_map(|element| {
        let name = element.value().name();
        let id = element.value().id().and_then(class);
        // An id with a number is the number of one of many.
        if let Some(id) = id.filter(|id| !id.contains(|c: char| c.is_ascii_digit())) {
            return Some(format!("#{id}"));
        }
        let class = element.value().classes().find_map(class);
        class.map(|class| format!("{name}.{class}"))
    });
    out.push(match holder {
        Some(holder) => format!("{holder} {own}"),
        None => own.to_owned(),
    });
    out
}

/// A class or id that will stand tomorrow: no number of the item, no stripe.
fn class(name: &str) -> Option<String> {
    let plain = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let passing = name.chars().filter(char::is_ascii_digit).count() > 2
        || ["odd", "even", "first", "last", "active", "current"]
            .iter()
            .any(|word| name.split(['-', '_']).any(|part| part == *word));
    (plain && starts && !passing).then(|| name.to_owned())
}

/// The best definition with these rows, and how good it is.
fn best_of(
    page: &Html,
    url: &WebAddress,
    flat: &Flat<'_>,
    item: &str,
    date: &DateStyle,
) -> Option<(f64, Select)> {
    let items = super::super::select::css_selector("item", item).ok()?;
    let rows: Vec<ElementRef<'_>> = page.select(&items).take(500).collect();
    if rows.len() < MIN_ROWS {
        return None;
    }
    let mut inner = rows
        .iter()
        .flat_map(|row| row.descendent_elements().filter(move |inner| inner != row));
    if inner.any(|inner| items.matches(&inner)) {
        // A row that holds rows is the whole list: a table within a table.
        let tag = rows.first()?.value().name();
        let innermost = format!("{item}:not(:has({tag}))");
        if item.contains(":not(") {
            return None;
        }
        return best_of(page, url, flat, &innermost, date);
    }
    let has = |css: &str| {
        let css = super::super::select::css_selector("part", css).ok();
        let count = css.map_or(0, |css| {
            rows.iter()
                .filter(|row| row.select(&css).next().is_some())
                .count()
        });
        count * 10 >= rows.len() * 7
    };
    let link = ["h1 a", "h2 a", "h3 a", "h4 a", "h5 a", ".title a", "a"]
        .into_iter()
        .find(|css| has(css));
    let heading = ["h2", "h3", "h4", "h5"]
        .into_iter()
        .find(|css| has(css))
        .filter(|_| !link.is_some_and(|link| link.starts_with('h') || link.starts_with('.')));
    let cell = wordiest_cell(&rows, flat);
    let dates = date_ways(&rows, &has);
    let summary = ["p", ".summary", ".description", ".teaser", ".body"]
        .into_iter()
        .find(|css| has(css));
    let select = Select {
        item: Some(item.to_owned()),
        link: match (link, &cell) {
            (Some("a"), Some(cell)) => Some(format!("{cell} a@href || a@href").into()),
            (Some(link), _) => Some(format!("{link}@href").into()),
            (None, _) => None,
        },
        title: match (heading, link, &cell) {
            (Some(heading), _, _) => Some(heading.into()),
            (None, Some("a"), Some(cell)) => Some(format!("{cell} a || {cell}").into()),
            (None, Some(link), _) => Some(link.into()),
            (None, None, _) => None,
        },
        date: Some(dates),
        summary: summary.map(Into::into),
        next: has_next(page).map(Into::into),
        ..Select::default()
    };
    let selectors = Selectors::new(&select).ok()?;
    let definition = Definition {
        select: &select,
        date,
        language: None,
    };
    let (parsed, refused) = listing::rows(page, &selectors, definition, url, Vec::new());
    let dated = parsed
        .entries
        .iter()
        .filter(|entry| entry.published.is_some());
    let dated = dated.count();
    if dated < MIN_ROWS {
        return None;
    }
    let words: usize = parsed
        .entries
        .iter()
        .map(|entry| entry.title.split(' ').count().min(8))
        .sum();
    // Dated rows count, titles that say something too; rows that are none count against.
    let score = {
        let all = (parsed.entries.len() + refused.len()).max(1) as f64;
        dated as f64 * (dated as f64 / all) * (1.0 + words as f64 / all / 8.0)
    };
    Some((score, select))
}

/// In rows of a table, the cell with the most words that are no date: the title's.
fn wordiest_cell(rows: &[ElementRef<'_>], flat: &Flat<'_>) -> Option<String> {
    const MAX_CELLS: usize = 10;
    /// What a cell counts for at most, in bytes, so that no summary is taken for a title.
    const ENOUGH: usize = 60;
    let mut lengths = [0_usize; MAX_CELLS];
    for row in rows {
        let cells = row
            .child_elements()
            .filter(|cell| cell.value().name() == "td");
        for (length, cell) in lengths.iter_mut().zip(cells) {
            let words = one_line(flat.within(cell));
            let linked = cell
                .descendent_elements()
                .any(|inner| is_link(inner, flat) && flat.within(inner).trim().len() > 10);
            *length += words.len().min(ENOUGH) + if linked { ENOUGH } else { 0 };
        }
    }
    let longest = lengths.iter().max().filter(|length| **length > 0)?;
    let place = lengths.iter().position(|length| length == longest)?;
    Some(format!("td:nth-child({})", place + 1))
}

/// Where the dates of these rows stand: a `time`, an element called so, or anywhere in the words.
fn date_ways(rows: &[ElementRef<'_>], has: &dyn Fn(&str) -> bool) -> Pick {
    let mut ways = Vec::new();
    for css in ["time@datetime", "time"] {
        let element = css.split('@').next().unwrap_or(css);
        let stamped = css == element || has("time[datetime]");
        if has(element) && stamped {
            ways.push(Way::css(css));
            break;
        }
    }
    let named = ways.is_empty().then(|| {
        rows.iter()
            .flat_map(|row| row.descendent_elements())
            .flat_map(|element| element.value().classes())
            .filter(|name| name.to_ascii_lowercase().contains("date"))
            .filter_map(class)
            .map(|name| format!(".{name}"))
            .find(|css| has(css))
    });
    if let Some(css) = named.flatten() {
        ways.push(Way::css(&css));
    }
    ways.push(Way {
        css: Some("::text".to_owned()),
        pattern: Some(written_date::PATTERN.to_owned()),
        ..Way::default()
    });
    Pick(ways)
}

fn has_next(page: &Html) -> Option<&'static str> {
    const NEXT: [&str; 4] = ["a[rel=next]", "link[rel=next]", "li.next a", "a.next"];
    NEXT.into_iter().find(|css| {
        super::super::select::css_selector("next", css)
            .is_ok_and(|css| page.select(&css).next().is_some())
    })
}
