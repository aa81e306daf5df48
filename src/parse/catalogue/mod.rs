//! Catalogues: a body's whole list, record by record, without ever holding more than one.
//!
//! [`records`] opens whatever the list comes in (JSON lines, an array, one YAML file, an archive
//! of them) and hands out each record's bytes; [`row`] reads one. The two are apart so that a
//! record whose bytes are known already costs no reading: of 80,000 rows a day brings a few
//! dozen.

mod archive;
mod container;
mod iso;
mod nist;
mod relaton;
mod yaml;

pub use container::{Container, LARGEST_RECORD, Record, guess, is_document, records, too_large};

use crate::domain::catalogue::{CataloguePreset, CatalogueRow};
use crate::domain::document::{Fault, FaultCode};
use crate::domain::reference::{self, KnownWorks};
use crate::domain::standard::Form;
use crate::text::html;

/// What goes into the fingerprint of a record's bytes beside them: a better reader reads the
/// same bytes again.
pub const READER: &str = "catalogue reader 1";

/// Reads one record. None when it is no entry of the list (an index beside the documents, a
/// blank line).
///
/// # Errors
/// With the fault that costs this record and no other.
pub fn row(preset: CataloguePreset, record: &Record<'_>) -> Result<Option<CatalogueRow>, Fault> {
    let read = || match preset {
        CataloguePreset::IsoOpenData => iso::row(record),
        CataloguePreset::Relaton => relaton::row(record),
        CataloguePreset::NistCsrc => nist::row(record),
    };
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(Fault::new(
            FaultCode::ReaderFailed,
            format!("the reader failed on {}; it was left out", record.place()),
        ))
    })
}

/// A fault of one record, with where it stands.
fn bad(record: &Record<'_>, what: impl std::fmt::Display) -> Fault {
    Fault::new(
        FaultCode::BadItem,
        format!("{}: {what}; this row was left out", record.place()),
    )
}

/// Text on one line, without what a terminal or a page would obey, and of bounded length.
fn line(text: &str, longest: usize) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    html::excerpt(
        &text.split_whitespace().collect::<Vec<_>>().join(" "),
        longest,
    )
}

/// The longest reference that is believed, in characters.
const LONGEST_REFERENCE: usize = 120;
/// The longest title kept, in characters.
const LONGEST_TITLE: usize = 500;
/// The most relations of one sort that are kept.
const MOST_RELATED: usize = 50;

/// The undated work of a reference as a catalogue writes it: what the grammar of references
/// reads, and for the few forms it does not know what stands before the year.
fn work(text: &str) -> String {
    // A catalogue writes the publishers in full, so nothing is completed from the library.
    let mut read = reference::read(text, &KnownWorks::default());
    if read.len() == 1
        && let Some(reference) = read.pop()
    {
        return reference.work;
    }
    let undated = text.split(':').next().unwrap_or(text);
    undated
        .split(' ')
        .filter(|word| {
            let (head, _) = word.split_once('.').unwrap_or((word, ""));
            !Form::of(&format!("x {head}")).is_draft()
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests;
