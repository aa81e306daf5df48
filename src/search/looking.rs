//! Looking at an index from outside, as the doctor does: nothing is made, and nothing mended.

use std::collections::HashSet;
use std::path::Path;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet as _, TERMINATED};

use super::{Error, Index, Opened, schema, soundness};

impl Index {
    /// Opens the index to look at it: nothing is made, and nothing mended. None where there is none.
    ///
    /// # Errors
    /// When it is there and damaged.
    pub fn look(data: &Path) -> Result<Option<Self>, Error> {
        let folder = data
            .join("search")
            .join(format!("v{}", schema::fingerprint()));
        if !folder.join("meta.json").exists() {
            return Ok(None);
        }
        let opened = soundness::guarded(|| Opened::open_in(&folder))?;
        Ok(Some(Self::of(folder, opened)))
    }

    /// The identifiers of all updates in the index.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn ids(&self) -> Result<HashSet<String>, Error> {
        let opened = self.opened();
        let searcher = opened.reader.searcher();
        let mut out = HashSet::new();
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(opened.fields.id)?;
            let mut terms = inverted
                .terms()
                .stream()
                .map_err(tantivy::TantivyError::from)?;
            while terms.advance() {
                let mut postings = inverted
                    .read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)
                    .map_err(tantivy::TantivyError::from)?;
                // What was replaced stands there until segments are merged.
                while postings.doc() != TERMINATED {
                    let live = segment
                        .alive_bitset()
                        .is_none_or(|alive| alive.is_alive(postings.doc()));
                    if live {
                        out.insert(String::from_utf8_lossy(terms.key()).into_owned());
                        break;
                    }
                    postings.advance();
                }
            }
        }
        Ok(out)
    }
}
