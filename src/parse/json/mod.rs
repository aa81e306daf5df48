//! Structured interfaces: JSON, JSON lines and XML, read by the mapping of their source.

mod items;
mod next;
mod read;
mod tree;
mod value;
mod walk;
mod xml;

use super::{Parsed, Refusal, packed};
use crate::domain::address::WebAddress;
use crate::domain::document::{Document, Fault, FaultCode};
use crate::domain::mapping::Path;
use crate::domain::source::Source;
use crate::text::decode::{self, Form};
use crate::text::html;
use items::{Items, Reader};
use read::Wrong;
pub(super) use tree::{Builder, Id, Kind, TooMany, Tree};
use walk::Walker;
pub(super) use xml::Read as Xml;

/// The most values of a document: memory of about four times its allowed size.
pub(super) fn most_values(source: &Source) -> usize {
    usize::try_from(source.max_bytes / 6).map_or(usize::MAX, |most| most.max(100_000))
}

/// Reads a structured document; beside what it held, every item that was refused.
pub(super) fn read(document: &Document, source: &Source) -> (Parsed, Vec<Refusal>) {
    let aside = |fault: Fault, faults: Vec<Fault>| {
        (
            Parsed {
                faults: vec![fault],
                ..Parsed::default()
            }
            .with(faults),
            Vec::new(),
        )
    };
    let body = match packed::unpacked(&document.body, source.max_bytes) {
        Ok(body) => body,
        Err(fault) => return aside(fault, Vec::new()),
    };
    if body.iter().all(u8::is_ascii_whitespace) {
        let fault = Fault::new(FaultCode::EmptyBody, "the answer is empty");
        return aside(fault, Vec::new());
    }
    let is_xml = body.trim_ascii_start().starts_with(b"<")
        || body.starts_with(b"\xef\xbb\xbf<")
        || body.starts_with(b"\xff\xfe<")
        || body.starts_with(b"\xfe\xff\0<");
    let form = if is_xml { Form::Xml } else { Form::Json };
    let decoded = decode::decode(&body, document.header("content-type"), form);
    let mut faults = super::charset_faults(&decoded);
    let text = decoded.text.trim_start_matches('\u{feff}');
    let tree = if is_xml {
        if is_page(text) {
            return aside(page_instead(text), faults);
        }
        xml_tree(text, source, &mut faults)
    } else {
        json_tree(text, document, source, &mut faults)
    };
    match tree {
        Ok(tree) => entries(&tree, document, source, faults),
        Err(fault) => aside(fault, faults),
    }
}

/// Elements that a page, or a piece of one, begins with.
const PAGE: &[&str] = &[
    "html", "head", "body", "title", "div", "span", "p", "h1", "h2", "center", "table", "script",
];

/// Whether a text is HTML, be it only a piece of a page.
fn is_page(text: &str) -> bool {
    let start = text.trim_start().strip_prefix('<').unwrap_or_default();
    let name = start
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    html::looks_like_html_document(text) || PAGE.iter().any(|page| name.eq_ignore_ascii_case(page))
}

/// An HTML page came in its place; what it calls itself says why.
fn page_instead(text: &str) -> Fault {
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|start| {
        let rest = text.get(start..)?;
        let (_, rest) = rest.split_once('>')?;
        let end = rest.to_ascii_lowercase().find("</title")?;
        Some(html::line(rest.get(..end)?))
    });
    Fault::new(
        FaultCode::HtmlPage,
        format!(
            "an HTML page{} came where data should be: the interface has moved, is busy, or turns programs away",
            title
                .filter(|title| !title.is_empty())
                .map_or_else(String::new, |title| format!(
                    " “{}”",
                    html::excerpt(&title, 80)
                ))
        ),
    )
}

fn xml_tree(text: &str, source: &Source, faults: &mut Vec<Fault>) -> Result<Tree, Fault> {
    let read = xml::read(text, most_values(source)).map_err(|wrong| unreadable(&wrong, text))?;
    if read.truncated {
        faults.push(Fault::new(
            FaultCode::Truncated,
            "the document ends in the middle; what was complete was read",
        ));
    } else if let Some((what, count)) = read.flaws {
        faults.push(Fault::new(
            FaultCode::IllFormed,
            format!("the document is ill-formed in {count} places, first by {what}"),
        ));
    }
    Ok(read.tree)
}

fn json_tree(
    text: &str,
    document: &Document,
    source: &Source,
    faults: &mut Vec<Fault>,
) -> Result<Tree, Fault> {
    let most = most_values(source);
    let declared = document.header("content-type").is_some_and(|label| {
        let label = label.to_ascii_lowercase();
        label.contains("ndjson") || label.contains("jsonl") || label.contains("json-lines")
    });
    let path = document.url.as_url().path().to_ascii_lowercase();
    let path = path.strip_suffix(".gz").unwrap_or(&path);
    if declared || path.ends_with(".jsonl") || path.ends_with(".ndjson") {
        let (tree, broken) = read::lines(text, most).map_err(|wrong| unreadable(&wrong, text))?;
        let any = tree
            .root()
            .is_some_and(|root| tree.children(root).next().is_some());
        for (line, wrong) in broken.iter().take(20) {
            faults.push(Fault::new(
                FaultCode::BadItem,
                format!("line {line} was left out: {}", reason(wrong)),
            ));
        }
        return match broken.into_iter().next() {
            Some((_, wrong)) if !any => Err(unreadable(&wrong, text)),
            _ => Ok(tree),
        };
    }
    match read::read(text, most) {
        Ok(tree) => Ok(tree),
        Err(wrong @ Wrong::Grammar(..)) => {
            // Lines of objects that nobody called so; a broken one among them would be a guess.
            let mut lines = text.lines().filter(|line| !line.trim().is_empty());
            let objects = lines
                .by_ref()
                .take(2)
                .all(|line| line.trim().starts_with('{'));
            match read::lines(text, most) {
                Ok((tree, broken))
                    if objects
                        && broken.is_empty()
                        && tree
                            .root()
                            .is_some_and(|root| tree.children(root).nth(1).is_some()) =>
                {
                    Ok(tree)
                }
                _ => Err(unreadable(&wrong, text)),
            }
        }
        Err(wrong) => Err(unreadable(&wrong, text)),
    }
}

fn reason(wrong: &Wrong) -> String {
    match wrong {
        Wrong::Grammar(_, what) => (*what).to_owned(),
        Wrong::Deep => "it is nested deeper than anything real".to_owned(),
        Wrong::Many => "it holds more values than its size allows for".to_owned(),
    }
}

fn unreadable(wrong: &Wrong, text: &str) -> Fault {
    match wrong {
        Wrong::Grammar(at, what) => {
            let before = text.get(..*at).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            Fault::new(
                FaultCode::NotJson,
                format!("the answer is no JSON: {what} (line {line}, column {column})"),
            )
        }
        Wrong::Deep => Fault::new(
            FaultCode::Nesting,
            "the answer is nested deeper than anything real",
        ),
        Wrong::Many => Fault::new(
            FaultCode::TooManyItems,
            "the answer holds more values than its size allows for; give the source a larger `max_bytes`",
        ),
    }
}

/// Where interfaces say that they could not answer.
const COMPLAINTS: &[&str] = &[
    "error.message",
    "error_description",
    "error",
    "errors[0].detail",
    "errors[0].title",
    "errors[0].message",
    "errors",
    "message",
    "detail",
];

/// What a document without items complains of, and whether it is an error for certain.
fn complaint(tree: &Tree) -> Option<(String, bool)> {
    let root = tree.root()?;
    COMPLAINTS.iter().find_map(|path| {
        let path: Path = path.parse().ok()?;
        let walker = Walker::new(tree);
        let text = walker
            .find(&path, root)
            .iter()
            .find_map(|id| walker.text(*id).map(str::to_owned))?;
        let certain = path.as_str().starts_with("error");
        Some((html::excerpt(&text, 200), certain))
    })
}

/// Reads the items of a document by its source's mapping.
fn entries(
    tree: &Tree,
    document: &Document,
    source: &Source,
    mut faults: Vec<Fault>,
) -> (Parsed, Vec<Refusal>) {
    let map = source.interface.map.as_ref();
    let walker = Walker::new(tree);
    let aside = |code, detail: String, faults: Vec<Fault>| {
        (Parsed::aside(code, detail).with(faults), Vec::new())
    };
    let Some(root) = tree.root() else {
        return aside(
            FaultCode::EmptyBody,
            "the answer is empty".to_owned(),
            faults,
        );
    };
    if let Some(error) = &map.error
        && let Some(says) = walker.value(error, root)
    {
        let says = html::excerpt(&html::line(&says), 200);
        return aside(
            FaultCode::ErrorAnswer,
            format!("the interface answers with an error: {says}"),
            faults,
        );
    }
    let items = map
        .items
        .iter()
        .find_map(|path| walker.items(path, root, items::MOST_ITEMS + 1));
    let items = match items {
        Some(items) => items,
        None if map
            .none
            .as_ref()
            .is_some_and(|none| walker.holds(none, root)) =>
        {
            Vec::new()
        }
        None => {
            let wanted: Vec<&str> = map.items.iter().map(Path::as_str).collect();
            let wanted = wanted.join(" || ");
            return match complaint(tree) {
                Some((says, true)) => aside(
                    FaultCode::ErrorAnswer,
                    format!("the interface answers with an error: {says}"),
                    faults,
                ),
                other => aside(
                    FaultCode::NoMatch,
                    format!(
                        "map.items = `{wanted}` leads to nothing: the interface has changed, or this is not its answer{}{}",
                        match tree.names(root) {
                            names if names.is_empty() => String::new(),
                            names => format!("; it holds {names}"),
                        },
                        other.map_or_else(String::new, |(says, _)| format!(" (it says: {says})"))
                    ),
                    faults,
                ),
            };
        }
    };
    let next = map
        .next
        .as_ref()
        .filter(|_| source.interface.post.is_none());
    let (next, out_of_reach) = next.map_or((None, None), |next| {
        next::next(&walker, next, root, &document.url, items.len())
    });
    let (mut parsed, refused) = from_items(&walker, &items, &document.url, source);
    parsed.faults.splice(0..0, faults.drain(..));
    parsed.faults.extend(out_of_reach);
    parsed.next = next.map(|next| next.as_str().to_owned());
    (parsed, refused)
}

/// Reads items that were found.
fn from_items<'m>(
    walker: &Walker<'_, 'm>,
    items: &[Id],
    base: &WebAddress,
    source: &'m Source,
) -> (Parsed, Vec<Refusal>) {
    let reader = Reader::new(
        walker,
        &source.interface.map,
        &source.date,
        source.language.as_deref(),
        base,
    );
    let Items {
        entries,
        mut faults,
        refused,
        passed,
    } = reader.read(items);
    let all_bad = entries.is_empty() && !refused.is_empty();
    if all_bad {
        faults.push(Fault::new(
            FaultCode::NoMatch,
            format!(
                "map.items leads to {} items, and none can be read: {}",
                items.len(),
                refused.first().map_or("", |first| first.why.as_str())
            ),
        ));
    }
    let parsed = Parsed {
        readable: !all_bad,
        entries,
        faults,
        passed,
        ..Parsed::default()
    };
    (parsed, refused)
}

/// Reads records that another reader has found: the elements of the tree's list.
pub(super) fn records(tree: &Tree, base: &WebAddress, source: &Source) -> (Parsed, Vec<Refusal>) {
    let walker = Walker::new(tree);
    let items: Vec<Id> = tree
        .root()
        .into_iter()
        .flat_map(|root| tree.children(root).take(items::MOST_ITEMS + 1))
        .collect();
    from_items(&walker, &items, base, source)
}

/// XML to a tree, for other readers.
pub(super) fn xml(text: &str, most: usize) -> Result<Xml, Fault> {
    xml::read(text, most).map_err(|wrong| unreadable(&wrong, text))
}
