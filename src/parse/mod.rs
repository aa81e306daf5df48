//! A Document becomes Entries and faults.
//!
//! It knows formats (feeds of every dialect and in every state, pages that list news, structured
//! interfaces, sitemaps, pages that are watched) and not the field; it calls only `text` and the
//! ground floor's words. It deliberately does not fetch, does not make HTML safe, does not judge
//! what is new, and never fails as a whole: what cannot be read is told by name beside what could.

mod article;
pub mod catalogue;
mod columns;
mod discover;
mod effort;
mod feed;
mod flat;
mod json;
mod lines;
mod listing;
pub mod opml;
mod packed;
mod page;
mod reading;
mod select;
mod sitemap;
#[cfg(test)]
mod tests;
mod written_date;
mod wrong_page;

pub use article::Article;
pub use discover::{Clue, Discovered};
pub use page::READER as PAGE_READER;

use crate::domain::document::{Document, Entry, Fault, FaultCode, FeedDescription};
use crate::domain::page::{PageReading, PdfText};
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
    /// The address of the list's next page, absolute, where its definition finds one.
    pub next: Option<String>,
    /// The addresses of further documents that this one is only the index of, the latest first.
    pub parts: Vec<String>,
    /// What a watched page holds; there whenever it was readable.
    pub page: Option<Box<PageReading>>,
    /// How many rows or items the definition itself passed over.
    pub passed: Passed,
}

/// How many rows or items a definition passes over, by which of its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Those that `skip` finds.
    pub skip: usize,
    /// Those in which `only` does not find what it wants.
    pub only: usize,
}

/// What an element of a parsed page is known by.
type NodeId = <scraper::HtmlTreeSink as markup5ever::interface::tree_builder::TreeSink>::Handle;

/// A row of a listing that gave no entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which of the rows that `select.item` matches, from 1.
    pub row: usize,
    /// What it lacks.
    pub why: String,
    /// How it begins.
    pub excerpt: String,
}

/// What a definition yields on one document (`regwire source try`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trial {
    /// What [`parse`] gives.
    pub parsed: Parsed,
    /// Every row that gave no entry, with the reason; rows that the definition itself passes
    /// over (`skip`, `only`) are none of them. Feeds have no rows.
    pub refused: Vec<Refusal>,
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
    trial(document, source).parsed
}

/// Reads a document as [`parse`] does, and tells of every row that was refused.
pub fn trial(document: &Document, source: &Source) -> Trial {
    let mut refused = Vec::new();
    let mut parsed = guarded(|| match source.kind {
        SourceKind::Feed => feed::read(document, source),
        SourceKind::Listing => {
            let (parsed, rows) = listing::read(document, source);
            refused = rows;
            parsed
        }
        SourceKind::Json => {
            let (parsed, items) = json::read(document, source);
            refused = items;
            parsed
        }
        SourceKind::Sitemap => {
            let (parsed, addresses) = sitemap::read(document, source);
            refused = addresses;
            parsed
        }
        SourceKind::Page => page::read(document, source),
        SourceKind::Catalogue => Parsed::aside(
            FaultCode::ReaderFailed,
            format!("this version cannot read a `{}`", source.kind.as_str()),
        ),
    });
    // A watched page has looked for itself: its text may be about what "not found" means.
    if !parsed.readable
        && source.kind != SourceKind::Page
        && let Some(fault) = wrong_page::look(document)
    {
        parsed.faults.insert(0, fault);
    }
    Trial { parsed, refused }
}

/// Whether the text of a document has to be taken out of a PDF before [`parse_pdf`] can read it.
pub fn is_pdf(document: &Document) -> bool {
    page::is_pdf(document)
}

/// Reads a watched page that is a PDF, from the text that was taken out of it, as [`parse`] reads
/// one in HTML.
pub fn parse_pdf(text: &PdfText, source: &Source) -> Parsed {
    guarded(|| page::read_pdf(source, text))
}

/// What a reader gives; the document set aside when the reader fails.
fn guarded(read: impl FnOnce() -> Parsed) -> Parsed {
    // What a reader leaves half done is thrown away with it.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Parsed::aside(
            FaultCode::ReaderFailed,
            "the reader failed on this document; nothing was taken",
        )
    })
}

/// What of an address could be followed: the feeds that its page announces or links to, in the
/// order of their likelihood, and where there is none, the listing that it seems to be.
pub fn discover(document: &Document) -> Vec<Discovered> {
    std::panic::catch_unwind(|| discover::discover(document)).unwrap_or_default()
}

/// What a page is instead of what it should be: a log-in, a wall, one that says that nothing is
/// there.
pub fn wrong_page(document: &Document) -> Option<Fault> {
    std::panic::catch_unwind(|| wrong_page::look(document)).ok()?
}

/// The main text of a page that a listing led to, without what frames it; none when the page
/// has no text of its own to speak of. Links in it are absolute; it is as hostile as it came.
pub fn article(document: &Document) -> Option<Article> {
    std::panic::catch_unwind(|| article::read(document)).ok()?
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
