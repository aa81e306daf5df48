//! A Document becomes Entries and faults.
//!
//! It knows formats (feeds of every dialect and in every state, pages that list news) and not the
//! field; it calls only `text` and the ground floor's words. It deliberately does not fetch, does
//! not make HTML safe, does not judge what is new, and never fails as a whole: what cannot be read
//! is told by name beside what could.

mod feed;
mod listing;
mod select;
#[cfg(test)]
mod tests;
mod wrong_page;

use crate::domain::document::{Document, Entry, Fault, FaultCode, FeedDescription};
use crate::domain::source::{Select, Source, SourceKind};
use crate::text::decode::Decoded;

/// What a document held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// The items, in the document's order.
    pub entries: Vec<Entry>,
    /// What was wrong, whether or not it could be read all the same.
    pub faults: Vec<Fault>,
    /// What a feed says of itself.
    pub description: FeedDescription,
    /// False when nothing could be read: the document goes aside, and is no baseline.
    pub readable: bool,
}

impl Parsed {
    fn aside(code: FaultCode, detail: impl Into<String>) -> Self {
        Self {
            faults: vec![Fault::new(code, detail)],
            ..Self::default()
        }
    }

    fn with(mut self, mut faults: Vec<Fault>) -> Self {
        self.faults.append(&mut faults);
        self
    }
}

/// Reads a document as its source says it should be.
///
/// Never panics: a library that does costs the item or, at worst, the document, as
/// [`FaultCode::ReaderFailed`]. Links are absolute, also those within HTML; the HTML itself is
/// as hostile as it came.
pub fn parse(document: &Document, source: &Source) -> Parsed {
    let read = std::panic::catch_unwind(|| match source.kind {
        SourceKind::Feed => feed::read(document, source),
        SourceKind::Listing => listing::read(document, source),
        SourceKind::Page | SourceKind::Sitemap | SourceKind::Json | SourceKind::Catalogue => {
            Parsed::aside(
                FaultCode::ReaderFailed,
                format!("this version cannot read a `{}`", source.kind.as_str()),
            )
        }
    });
    let mut parsed = read.unwrap_or_else(|_| {
        Parsed::aside(
            FaultCode::ReaderFailed,
            "the reader failed on this document; nothing was taken",
        )
    });
    if !parsed.readable
        && let Some(fault) = wrong_page::look(document)
    {
        parsed.faults.insert(0, fault);
    }
    parsed
}

/// Whether the selectors of a listing or page can be used (`regwire check`).
///
/// # Errors
/// A sentence for each that cannot.
pub fn selectors_valid(select: &Select) -> Result<(), Vec<String>> {
    let faults = select::faults(select);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

/// What decoding had to guess, so that doubtful text is never stored without a flag.
fn charset_faults(decoded: &Decoded) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(label) = &decoded.unknown_label {
        faults.push(Fault::new(
            FaultCode::UnknownCharset,
            format!(
                "nobody knows the charset `{label}`; read as {}",
                decoded.encoding
            ),
        ));
    }
    if decoded.replaced {
        faults.push(Fault::new(
            FaultCode::WrongCharset,
            format!(
                "some bytes are no {}; they show as U+FFFD",
                decoded.encoding
            ),
        ));
    }
    faults
}
