//! A list that goes on over several pages, or an index with its parts: what is read next, what of
//! it was met already, and when enough is read.
//!
//! A page that brings nothing new ends the reading, unless the list is in no order of its changes
//! (`to_end`) or pages were left unread the last time. A page that was given before ends it too,
//! with a fault: interfaces go back to their first page in silence when they are asked too far.

use std::collections::{HashSet, VecDeque};

use crate::compare::Keyed;
use crate::domain::address::WebAddress;
use crate::domain::change::{Change, Known};
use crate::domain::document::{Fault, FaultCode};
use crate::domain::id::UpdateId;
use crate::domain::source::Source;
use crate::store::{Fresh, SourceState};

/// The pages of one visit.
#[derive(Debug)]
pub(super) struct Pages {
    most: u32,
    most_bytes: u64,
    to_end: bool,
    /// Whether nothing was ever read from the source before this visit.
    pub first_contact: bool,
    read: u32,
    bytes: u64,
    /// What is read next; parts wait in line, of pages there is one.
    waiting: VecDeque<WebAddress>,
    asked: HashSet<String>,
    /// Whether what is read is an index with its parts.
    pub is_index: bool,
    /// The names of all items met.
    keys: HashSet<String>,
    /// What this visit has brought, as the store will know it.
    known: Vec<Known>,
    ids: HashSet<UpdateId>,
    /// Whether something was left unread that the next visit should read.
    pub unread: bool,
}

/// What one page came to, as far as the reading of further ones hangs on it.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    /// How many bytes it had.
    pub bytes: u64,
    /// How many items it had that were new or revised.
    pub brought: usize,
    /// Where the list goes on.
    pub next: Option<String>,
    /// What it is the index of.
    pub parts: Vec<String>,
}

impl Page {
    /// Whether further pages may follow.
    pub(super) fn leads_on(&self) -> bool {
        self.next.is_some() || !self.parts.is_empty()
    }
}

impl Pages {
    pub(super) fn new(source: &Source, state: &SourceState) -> Self {
        let next = source.interface.map.next.as_ref();
        Self {
            most: source.most_pages(),
            most_bytes: source.max_bytes.saturating_mul(2),
            to_end: next.is_some_and(|next| next.to_end) || state.record.signs.unread,
            first_contact: state.first_contact_at.is_none(),
            read: 0,
            bytes: 0,
            waiting: VecDeque::new(),
            asked: HashSet::new(),
            is_index: false,
            keys: HashSet::new(),
            known: Vec::new(),
            ids: HashSet::new(),
            unread: false,
        }
    }

    /// How many pages were read.
    pub(super) fn read(&self) -> u32 {
        self.read
    }

    /// Whether the first document alone cannot tell that nothing has changed.
    pub(super) fn is_more_than_its_first(&self) -> bool {
        self.is_index || self.unread || (self.to_end && self.read > 1)
    }

    /// Takes in what a page that lay at `url` came to; a fault where more is left than is read.
    pub(super) fn turn(&mut self, url: &WebAddress, page: &Page) -> Option<Fault> {
        self.read += 1;
        self.bytes += page.bytes;
        self.asked.insert(url.as_str().to_owned());
        let mut further: Vec<&String> = page.parts.iter().collect();
        if !further.is_empty() {
            self.is_index = true;
        } else if page.brought > 0 || self.to_end {
            further.extend(&page.next);
        }
        for address in further {
            let Ok(address) = WebAddress::new(address) else {
                continue;
            };
            if self.asked.insert(address.as_str().to_owned()) {
                self.waiting.push_back(address);
            }
        }
        if self.waiting.is_empty() {
            return None;
        }
        if self.bytes >= self.most_bytes {
            self.waiting.clear();
            self.unread = true;
            return Some(Fault::new(
                FaultCode::TooLarge,
                format!(
                    "The first {} pages together hold {} bytes; the rest was left out. Give the source a larger `max_bytes` if that is right.",
                    self.read, self.bytes
                ),
            ));
        }
        if self.read < self.most {
            return None;
        }
        let left = self.waiting.len();
        self.waiting.clear();
        // An archive that is deeper than one visit is no fault at first contact.
        let missed = self.is_index || !self.first_contact;
        missed.then(|| {
            Fault::new(
                FaultCode::TooManyItems,
                if self.is_index {
                    format!(
                        "The index names {left} more than the {} documents that were read: say by `sitemaps` which are meant, or raise `pages`.",
                        self.read
                    )
                } else {
                    format!(
                        "{} pages were read and the list still goes on: raise `pages`, or visit it more often.",
                        self.read
                    )
                },
            )
        })
    }

    /// The address that is read next.
    pub(super) fn next(&mut self) -> Option<WebAddress> {
        self.waiting.pop_front()
    }

    /// Notes that a page could not be read: what follows it cannot be found any more. Of an index
    /// the other parts are still read.
    pub(super) fn fail(&mut self) {
        self.unread = true;
        self.read += 1;
        if !self.is_index {
            self.waiting.clear();
        }
    }

    /// Notes that a part of an index held nothing of what is asked for.
    pub(super) fn pass(&mut self) {
        self.read += 1;
    }

    /// Notes that nothing more may be read now.
    pub(super) fn stop(&mut self) {
        self.unread = true;
        self.waiting.clear();
    }

    /// Whether a page holds nothing but what earlier pages of this visit held.
    pub(super) fn repeated(&self, page: &[Keyed]) -> Option<Fault> {
        let same = !page.is_empty()
            && self.read > 0
            && !self.is_index
            && page.iter().all(|keyed| self.keys.contains(&keyed.key));
        same.then(|| {
            Fault::new(
                FaultCode::PageRepeated,
                format!(
                    "Page {} held the {} items of an earlier page again: the list does not go on as its definition says, or not so far.",
                    self.read + 1,
                    page.len()
                ),
            )
        })
    }

    /// The items of a page that were not on an earlier one.
    pub(super) fn unmet(&mut self, page: Vec<Keyed>) -> Vec<Keyed> {
        page.into_iter()
            .filter(|keyed| self.keys.insert(keyed.key.clone()))
            .collect()
    }

    /// What the visit has brought so far, for the next comparison.
    pub(super) fn known(&self) -> &[Known] {
        &self.known
    }

    /// Whether a change is one of an item that this visit has told already, under another name.
    pub(super) fn is_told(&self, change: &Change) -> bool {
        match change {
            Change::New { .. } => false,
            Change::Revised { known, .. } => self.ids.contains(&known.id),
        }
    }

    /// Remembers what a page brought.
    pub(super) fn brought(&mut self, new: &[Fresh], revised: &[Fresh]) {
        for fresh in revised {
            self.ids.insert(fresh.update.id.clone());
        }
        for fresh in new {
            let update = &fresh.update;
            self.ids.insert(update.id.clone());
            self.known.push(Known {
                id: update.id.clone(),
                key: update.key.clone(),
                url: update.content.url.clone(),
                title: update.content.title.clone(),
                revision: update.revision,
                fingerprint: fresh.fingerprint,
            });
        }
    }
}
