//! Comparing: what was known of a source and what a parser just read -> Changes.
//!
//! It knows when two readings are the same item, and when they are the same text. It calls
//! nothing but the ground floor. It deliberately does not know where the past is kept: whoever
//! calls it brings what is [`Known`], found by [`keyed`] keys and addresses.

pub mod catalogue;
pub mod page;

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use crate::domain::change::{Change, Fingerprint, Known, PlainTexts};
use crate::domain::document::{Entry, Fault, FaultCode};
use crate::text::{html, words};

/// An entry with the names under which the past may know it.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyed {
    /// Its key, if it turns out to be new.
    pub key: String,
    /// Its canonical address.
    pub url: Option<String>,
    /// Whether the key is the publisher's own identity and not made from the address or title.
    pub own_identity: bool,
    /// As read, its address made canonical.
    pub entry: Entry,
}

/// What comparing found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// New and revised items, in the document's order.
    pub changes: Vec<Change>,
    /// Items that are as they were.
    pub unchanged: usize,
}

/// The longest key kept as it is; a longer one is replaced by its hash.
const LONGEST_KEY: usize = 500;

/// Whether a publisher gives one identity to many items, which is how feeds break when their
/// templates do. The items are told apart all the same; see [`keyed`].
pub fn shared_identity(entries: &[Entry]) -> Option<Fault> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for entry in entries {
        if let Some(guid) = identity(entry) {
            *times.entry(guid).or_default() += 1;
        }
    }
    let (guid, most) = times.into_iter().max_by_key(|(_, times)| *times)?;
    (most >= 3 && most * 2 >= entries.len()).then(|| {
        Fault::new(
            FaultCode::SharedIdentity,
            format!(
                "{most} of {} items share the identity “{}”; they are told apart by address and \
                 title.",
                entries.len(),
                html::excerpt(guid, 80)
            ),
        )
    })
}

/// Gives every entry its key.
///
/// The publisher's own identity (guid, id) is the key where it can be trusted. It cannot where
/// two different items of one document share it; such items, and those without any, are known
/// by their canonical address, then by address and title, then by title alone. An item listed
/// twice in one document is one item: the first reading counts.
pub fn keyed(entries: Vec<Entry>) -> Vec<Keyed> {
    let mut entries = entries;
    for entry in &mut entries {
        if let Some(url) = &entry.url {
            entry.url = Some(url.canonical());
        }
    }
    let mut by_guid: HashMap<&str, Vec<&Entry>> = HashMap::new();
    let mut by_url: HashMap<&str, usize> = HashMap::new();
    for entry in &entries {
        if let Some(guid) = identity(entry) {
            by_guid.entry(guid).or_default().push(entry);
        }
        if let Some(url) = &entry.url {
            *by_url.entry(url.as_str()).or_default() += 1;
        }
    }
    let lying: HashSet<String> = by_guid
        .iter()
        .filter(|(_, entries)| entries.windows(2).any(|pair| !same_item(pair[0], pair[1])))
        .map(|(guid, _)| (*guid).to_owned())
        .collect();
    let shared: HashSet<String> = by_url
        .iter()
        .filter(|(_, times)| **times > 1)
        .map(|(url, _)| (*url).to_owned())
        .collect();
    drop(by_guid);
    drop(by_url);

    let mut seen = HashSet::new();
    let mut out = Vec::with_capacity(entries.len());
    for entry in entries {
        let url = entry.url.as_ref().map(|url| url.as_str().to_owned());
        let trusted = identity(&entry).filter(|guid| !lying.contains(*guid));
        let own_identity = trusted.is_some();
        let key = match (trusted, &url) {
            (Some(guid), _) => shortened(guid),
            (None, Some(url)) if !shared.contains(url) => shortened(url),
            (None, Some(url)) => format!("{} {}", shortened(url), title_key(&entry)),
            (None, None) => title_key(&entry),
        };
        if seen.insert(key.clone()) {
            out.push(Keyed {
                key,
                url,
                own_identity,
                entry,
            });
        }
    }
    out
}

/// Compares keyed entries with what is known of them.
pub fn compare(entries: Vec<Keyed>, known: &[Known]) -> Comparison {
    let by_key: HashMap<&str, usize> = known
        .iter()
        .enumerate()
        .map(|(place, known)| (known.key.as_str(), place))
        .collect();
    let mut by_url: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, known) in known.iter().enumerate() {
        if let Some(url) = &known.url {
            by_url.entry(url.as_str()).or_default().push(place);
        }
    }
    // Who is known by key is spoken for before anybody is recognised by address.
    let mut claimed: HashSet<usize> = entries
        .iter()
        .filter_map(|keyed| by_key.get(keyed.key.as_str()).copied())
        .collect();
    let mut out = Comparison::default();
    for Keyed {
        key,
        url,
        own_identity,
        entry,
    } in entries
    {
        let plain = PlainTexts::of(&entry);
        let fingerprint = fingerprint(&entry, &plain);
        let place = by_key.get(key.as_str()).copied().or_else(|| {
            // The identity is unknown. A publisher that makes a new one at every fetch, or
            // that lists an item under two, still gives it the same address and title.
            let title = words::fold(&plain.title);
            let place = by_url.get(url.as_deref()?)?.iter().copied().find(|place| {
                !claimed.contains(place)
                    && known.get(*place).is_some_and(|known| {
                        words::fold(&known.title) == title
                            || (!own_identity
                                && known.url.as_ref().is_some_and(|u| u.as_str() == known.key))
                    })
            })?;
            claimed.insert(place);
            Some(place)
        });
        match place.and_then(|place| known.get(place)) {
            None => out.changes.push(Change::New {
                key,
                fingerprint,
                plain,
                entry,
            }),
            Some(known) if known.fingerprint == fingerprint => out.unchanged += 1,
            Some(known) => out.changes.push(Change::Revised {
                known: known.clone(),
                fingerprint,
                plain,
                entry,
            }),
        }
    }
    out
}

/// What makes two readings the same text: title, address, summary and content as people read
/// them, and what structured fields state: days with their meaning, the kind, the publisher's own
/// notes of what changed, and the version where the definition names one. The dates of publication
/// and modification are left out, because many publishers set them anew at every fetch, and so is
/// how the text is broken into lines.
pub fn fingerprint(entry: &Entry, plain: &PlainTexts) -> Fingerprint {
    let mut digest = Sha256::new();
    for part in [
        plain.title.as_str(),
        entry.url.as_ref().map_or("", |url| url.as_str()),
        plain.summary.as_str(),
        plain.content.as_str(),
    ] {
        let mut rest = part;
        while let Some(end) = memchr::memchr(b'\n', rest.as_bytes()) {
            let (line, after) = rest.split_at(end);
            digest.update(line);
            digest.update(b" ");
            rest = after.get(1..).unwrap_or("");
        }
        digest.update(rest);
        digest.update([0]);
    }
    stated(entry, &mut digest);
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest.finalize()) {
        *to = from;
    }
    Fingerprint(u128::from_be_bytes(bytes))
}

/// What is stated, in an order of its own; nothing at all where nothing is.
fn stated(entry: &Entry, digest: &mut Sha256) {
    let mut lines: Vec<String> = entry
        .stated
        .dates
        .iter()
        .map(|stated| format!("date {:?} {}", stated.event, stated.date))
        .chain(
            entry
                .stated
                .notes
                .iter()
                .map(|note| format!("note {} {}", note.at.timestamp(), note.note)),
        )
        .chain(
            entry
                .stated
                .kind
                .map(|kind| format!("kind {}", kind.as_str())),
        )
        .chain(
            entry
                .version
                .iter()
                .map(|version| format!("version {version}")),
        )
        .collect();
    lines.sort_unstable();
    lines.dedup();
    for line in lines {
        digest.update(line);
        digest.update([0]);
    }
}

fn identity(entry: &Entry) -> Option<&str> {
    entry
        .guid
        .as_deref()
        .map(str::trim)
        .filter(|guid| !guid.is_empty())
}

fn same_item(a: &Entry, b: &Entry) -> bool {
    match (&a.url, &b.url) {
        (Some(a), Some(b)) if a != b => false,
        _ => words::fold(&html::line(&a.title)) == words::fold(&html::line(&b.title)),
    }
}

fn title_key(entry: &Entry) -> String {
    let title = words::fold(&html::line(&entry.title));
    if title.is_empty() {
        format!(
            "text:{}",
            fingerprint(entry, &PlainTexts::of(entry)).to_text()
        )
    } else {
        format!("title:{}", shortened(&title))
    }
}

fn shortened(key: &str) -> String {
    if key.len() <= LONGEST_KEY && !key.contains('\0') {
        key.to_owned()
    } else {
        format!(
            "sha256:{}",
            crate::domain::document::Sha256::of(key.as_bytes()).as_str()
        )
    }
}

#[cfg(test)]
mod tests;
