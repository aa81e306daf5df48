//! Relaton: one YAML file a reference, written by a crawl and kept for ever.
//!
//! The model of the data has changed names several times (`docid` and `docidentifier`, `link`
//! and `source`, groups at the root and under `ext`); all of them are read. Source: the data
//! model of relaton, as recorded from 2024-01 to 2025-06.

use super::{LONGEST_REFERENCE, LONGEST_TITLE, MOST_RELATED, Record, bad, line, work, yaml};
use crate::domain::address::WebAddress;
use crate::domain::catalogue::{CatalogueRow, RowFacts};
use crate::domain::document::Fault;
use crate::domain::standard::{Form, Position, ProjectId, Stage};
use crate::domain::told_date::ToldDate;

use yaml::Node;

/// Parts of a document that are long and say nothing that the register keeps.
const SKIPPED: &[&str] = &["abstract", "contributor", "copyright", "keyword", "place"];

pub(super) fn row(record: &Record<'_>) -> Result<Option<CatalogueRow>, Fault> {
    let text = std::str::from_utf8(record.bytes).map_err(|_| bad(record, "no UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(root) = yaml::read(text, SKIPPED).map_err(|error| bad(record, error))? else {
        return Ok(None);
    };
    let Some(identifiers) = root.any(&["docid", "docidentifier"]) else {
        // An index of the documents, a file of settings.
        return Ok(None);
    };
    let reference = reference(identifiers).ok_or_else(|| bad(record, "it has no reference"))?;
    let status = root
        .any(&["docstatus", "status"])
        .ok_or_else(|| bad(record, "it has no stage"))?;
    let position =
        position(status).ok_or_else(|| bad(record, "its stage is no code of the list"))?;
    let links = root.any(&["link", "source"]).map_or(&[][..], Node::items);
    let form = Form::of(&reference);
    let project = match number(links) {
        Some(number) => ProjectId::numbered(number),
        None => ProjectId::named(&reference).map_err(|error| bad(record, error))?,
    };
    let facts = facts(&root, links, &reference, form);
    Ok(Some(CatalogueRow {
        key: reference.clone(),
        file: record.file.map(str::to_owned),
        project,
        work: work(&reference),
        rank: form.order(),
        position,
        facts,
        reference,
    }))
}

fn reference(identifiers: &Node) -> Option<String> {
    let identifiers = identifiers.items();
    let is_primary = |node: &&Node| node.get("primary").and_then(Node::text) == Some("true");
    let text = identifiers
        .iter()
        .find(is_primary)
        .or_else(|| identifiers.first())
        .and_then(|node| match node.any(&["id", "content"]) {
            Some(id) => id.text(),
            None => node.text(),
        })?;
    let text = line(text, LONGEST_REFERENCE);
    (!text.is_empty()).then_some(text)
}

fn position(status: &Node) -> Option<Position> {
    let part = |key| status.get(key).and_then(Node::text).map(str::trim);
    let stage: Stage = match (part("stage"), part("substage")) {
        (Some(stage), Some(substage)) => format!("{stage:0>2}.{substage:0>2}").parse().ok()?,
        (Some(both), None) => both.parse().ok()?,
        _ => return None,
    };
    Some(stage.into())
}

/// The number of ISO's catalogue. The address of a page may hold a name instead of it
/// (`/standard/27001`), so the addresses that always hold the number are asked first.
fn number(links: &[Node]) -> Option<u64> {
    let addresses = || links.iter().filter_map(Node::text);
    addresses()
        .find_map(filed_number)
        .or_else(|| addresses().find_map(|address| digits_between(address, "/standard/", ".html")))
        .or_else(|| addresses().find_map(|address| digits_between(address, "iso:std:", ":")))
}

/// `…/contents/data/standard/08/28/82875.detail.rss` is filed under the first four of the
/// number's six digits.
fn filed_number(address: &str) -> Option<u64> {
    let (_, rest) = address.split_once("/standard/")?;
    let mut parts = rest.split('/');
    let (one, two, last) = (parts.next()?, parts.next()?, parts.next()?);
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !two_digits(one) || !two_digits(two) {
        return None;
    }
    number_of(last.split('.').next()?)
}

fn digits_between(address: &str, before: &str, after: &str) -> Option<u64> {
    let (_, rest) = address.split_once(before)?;
    let (digits, _) = rest.split_once(after)?;
    number_of(digits)
}

fn number_of(digits: &str) -> Option<u64> {
    let plain = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn facts(root: &Node, links: &[Node], reference: &str, form: Form) -> RowFacts {
    let extension = root.get("ext");
    let part = |keys: &[&str]| {
        root.any(keys)
            .or_else(|| extension.and_then(|extension| extension.any(keys)))
    };
    let mut facts = RowFacts {
        title: title(root),
        committee: part(&["editorialgroup", "editorial_group"]).and_then(committee),
        url: page(links),
        deliverable: part(&["doctype"])
            .and_then(|kind| kind.get("type").unwrap_or(kind).text())
            .map(|text| line(text, 60)),
        edition: root
            .get("edition")
            .and_then(Node::text)
            .map(|text| line(text, 20)),
        supplement: form.is_supplement(),
        published: published(root, form),
        ..RowFacts::default()
    };
    relations(root, reference, &mut facts);
    facts
}

fn title(root: &Node) -> String {
    let titles = root.any(&["title", "titles"]).map_or(&[][..], Node::items);
    let is =
        |node: &Node, key: &str, wanted: &str| node.get(key).and_then(Node::text) == Some(wanted);
    let english = |node: &&Node| is(node, "language", "en");
    let whole = |node: &&Node| is(node, "type", "main");
    titles
        .iter()
        .find(|node| english(node) && whole(node))
        .or_else(|| titles.iter().find(|node| whole(node)))
        .or_else(|| titles.iter().find(english))
        .or_else(|| titles.first())
        .and_then(Node::text)
        .map(|text| line(text, LONGEST_TITLE))
        .unwrap_or_default()
}

fn committee(groups: &Node) -> Option<String> {
    let group = groups.items().first()?;
    let committees = group
        .any(&["technical_committee", "committee"])
        .unwrap_or(group);
    let first = committees.items().first()?;
    let name = first.any(&["identifier", "content"]).unwrap_or(first);
    let name = line(name.text()?, 100);
    (!name.is_empty()).then_some(name)
}

fn page(links: &[Node]) -> Option<WebAddress> {
    let address = |node: &Node| WebAddress::new(node.text()?.trim()).ok();
    links
        .iter()
        .find(|node| node.get("type").and_then(Node::text) == Some("src"))
        .and_then(address)
        .or_else(|| links.iter().find_map(address))
}

/// When the document was published. Of a supplement the data calls that day `updated`, and the
/// day of what it supplements `published`.
fn published(root: &Node, form: Form) -> Option<ToldDate> {
    let dates = root.any(&["date", "dates"]).map_or(&[][..], Node::items);
    let of = |sort: &str| {
        dates
            .iter()
            .find(|date| date.get("type").and_then(Node::text) == Some(sort))
            .and_then(|date| date.any(&["value", "at", "on", "content"]))
            .and_then(Node::text)
            .and_then(|text| text.parse::<ToldDate>().ok())
    };
    if form.is_supplement() {
        of("updated")
    } else {
        of("published")
    }
}

/// Sorts relations by what they point at: the data says `obsoletes` both of what a document
/// replaces and of the draft that will replace it, and `updates` of what replaces it and of its
/// amendments.
fn relations(root: &Node, reference: &str, facts: &mut RowFacts) {
    let relations = root
        .any(&["relation", "relations"])
        .map_or(&[][..], Node::items);
    for relation in relations {
        let sort = relation.get("type").and_then(Node::text).unwrap_or("");
        let Some(other) = relation.get("bibitem").and_then(|item| {
            item.any(&["docid", "docidentifier"])
                .and_then(self::reference)
                .or_else(|| {
                    item.get("formattedref")
                        .and_then(Node::text)
                        .map(|text| line(text, LONGEST_REFERENCE))
                })
        }) else {
            continue;
        };
        let form = Form::of(&other);
        let supplements_this = form.is_supplement() && other.starts_with(&format!("{reference}/"));
        let list = match sort {
            _ if supplements_this => &mut facts.amended_by,
            "updates" | "obsoletedBy" | "updatedBy" | "replacedBy" | "hasSuccessor" => {
                if form.is_published() {
                    &mut facts.replaced_by
                } else {
                    &mut facts.revised_by
                }
            }
            "obsoletes" | "replaces" | "hasPredecessor" => {
                if form.is_published() {
                    &mut facts.replaces
                } else {
                    &mut facts.revised_by
                }
            }
            _ => continue,
        };
        if !other.is_empty() && !list.contains(&other) && list.len() < MOST_RELATED {
            list.push(other);
        }
    }
    for list in [
        &mut facts.replaces,
        &mut facts.replaced_by,
        &mut facts.revised_by,
        &mut facts.amended_by,
    ] {
        // The data lists them in no order that lasts.
        list.sort();
    }
}
