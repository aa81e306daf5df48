//! A Change: what comparing found between the past and what a parser just read.

use super::address::WebAddress;
use super::document::Entry;
use super::id::UpdateId;

/// What makes two readings of an item the same: 128 bits over title, link and text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// As stored: 32 hexadecimal digits.
    pub fn to_text(self) -> String {
        format!("{:032x}", self.0)
    }

    /// Reads what [`Fingerprint::to_text`] wrote.
    pub fn read(text: &str) -> Option<Self> {
        (text.len() == 32)
            .then(|| u128::from_str_radix(text, 16).ok())
            .flatten()
            .map(Self)
    }
}

/// What the store knows of an item already.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The update.
    pub id: UpdateId,
    /// Its key within the source.
    pub key: String,
    /// Its link.
    pub url: Option<WebAddress>,
    /// Its title, as shown.
    pub title: String,
    /// Its current revision, from 1.
    pub revision: u32,
    /// What its current revision looked like.
    pub fingerprint: Fingerprint,
}

/// One difference that becomes an Update or a Revision of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Seen for the first time.
    New {
        /// Its key within the source, from now on.
        key: String,
        /// What it looks like.
        fingerprint: Fingerprint,
        /// As read.
        entry: Entry,
    },
    /// Known, and different now.
    Revised {
        /// As it was known.
        known: Known,
        /// What it looks like now.
        fingerprint: Fingerprint,
        /// As read.
        entry: Entry,
    },
}
