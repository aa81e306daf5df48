//! A Change: what comparing found between the past and what a parser just read.

use super::address::WebAddress;
use super::document::{Entry, Markup};
use super::id::UpdateId;
use crate::text::html;

/// What makes two readings of an item the same: 128 bits over title, link and text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// What is stored for an item whose page is still to be read: unlike that of anything that is
    /// read, so that the next reading of its list finds it changed.
    pub fn awaiting(self) -> Self {
        Self(!self.0)
    }

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

impl serde::Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.to_text())
    }
}

impl<'de> serde::Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::read(&text)
            .ok_or_else(|| serde::de::Error::custom("a fingerprint has 32 hexadecimal digits"))
    }
}

/// An entry's texts as people read them: markup taken off, white space folded. Made once, for
/// comparing and for showing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlainTexts {
    /// One line.
    pub title: String,
    /// Lines; empty when there is none.
    pub summary: String,
    /// Lines; empty when there is none.
    pub content: String,
}

impl PlainTexts {
    /// The texts of an entry.
    pub fn of(entry: &Entry) -> Self {
        let plain = |markup: &Option<Markup>| match markup {
            None => String::new(),
            Some(Markup::Text(text)) => html::folded_lines(text),
            Some(Markup::Html(text)) => html::plain(text),
        };
        Self {
            title: html::line(&entry.title),
            summary: plain(&entry.summary),
            content: plain(&entry.content),
        }
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
        /// Its texts.
        plain: PlainTexts,
        /// As read.
        entry: Entry,
    },
    /// Known, and different now.
    Revised {
        /// As it was known.
        known: Known,
        /// What it looks like now.
        fingerprint: Fingerprint,
        /// Its texts.
        plain: PlainTexts,
        /// As read.
        entry: Entry,
    },
}
