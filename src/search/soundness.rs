//! Whether the index can be believed: what a disk, or somebody's hand, did to its files is noticed,
//! and the index is begun again while everything else goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use tantivy::index::SegmentComponent;

use super::{Error, Index, Opened, Writing};

/// Nothing is wrong that is known.
const SOUND: u8 = 0;
/// A search failed as one over sound files does not: it wants to be looked through.
const SUSPECT: u8 = 1;
/// It is being built anew, and does not answer.
const REBUILDING: u8 = 2;

/// Runs what reads files that may be damaged: a panic over them is a fault of theirs.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(Error::Index(tantivy::TantivyError::InternalError(
            "a file of it could not be read".to_owned(),
        )))
    })
}

impl Index {
    /// Reads, unless the index is being built anew; what fails over it is noted, and is answered as
    /// if it were: whoever follows the log looks it through.
    pub(super) fn trusted<T>(
        &self,
        read: impl FnOnce(&Opened) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.is_rebuilding() {
            return Err(Error::Rebuilding);
        }
        let opened = self.opened();
        match guarded(|| read(&opened)) {
            Err(Error::Index(error)) => {
                tracing::error!(%error, "a search failed; the index will be looked through");
                // Unless somebody begins to build it anew just now.
                let _ = self.shared.soundness.compare_exchange(
                    SOUND,
                    SUSPECT,
                    Ordering::SeqCst,
                    Ordering::SeqCst,
                );
                Err(Error::Rebuilding)
            }
            answer => answer,
        }
    }

    /// Whether it is being built anew, and does not answer.
    pub fn is_rebuilding(&self) -> bool {
        self.shared.soundness.load(Ordering::SeqCst) == REBUILDING
    }

    /// Whether a search failed over it since it was last looked through; asking forgets it.
    pub fn was_suspect(&self) -> bool {
        self.shared
            .soundness
            .compare_exchange(SUSPECT, SOUND, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok()
    }

    /// Says that it lacks most of what it should have, and does not answer before
    /// [`Index::end_rebuilding`].
    pub fn begin_rebuilding(&self) {
        self.shared.soundness.store(REBUILDING, Ordering::SeqCst);
    }

    /// Says that it is as far as the store.
    pub fn end_rebuilding(&self) {
        let _ = self.shared.soundness.compare_exchange(
            REBUILDING,
            SOUND,
            Ordering::SeqCst,
            Ordering::SeqCst,
        );
    }

    /// Reads every file that the index is made of; says what is damaged, if anything is.
    pub fn inspect(&self) -> Option<String> {
        let opened = self.opened();
        let files = match files(&opened) {
            Ok(files) => files,
            Err(error) => return Some(format!("its list of segments: {error}")),
        };
        for file in files {
            let Some(why) = fault(&opened, &file) else {
                continue;
            };
            // A merge may have taken it away meanwhile.
            match self::files(&opened) {
                Ok(now) if !now.contains(&file) => {}
                _ => return Some(format!("{}: {why}", file.display())),
            }
        }
        None
    }

    /// Forgets everything and begins anew, whatever state the files are in; it does not answer until
    /// it is whole again.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn renew(&self) -> Result<(), Error> {
        let mut writing = self.writing();
        self.begin_rebuilding();
        // Its writer works on the files that go now.
        *writing = Writing::default();
        let opened = Arc::new(Opened::begin_in(&self.shared.folder)?);
        let mut place = self
            .shared
            .opened
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *place = opened;
        Ok(())
    }
}

/// What every segment has.
const PARTS: [&str; 6] = ["idx", "pos", "term", "store", "fast", "fieldnorm"];

/// The files that the committed segments are made of.
fn files(opened: &Opened) -> tantivy::Result<Vec<PathBuf>> {
    let metas = opened.index.load_metas()?;
    let mut files: Vec<PathBuf> = metas
        .list_segment_files()
        .into_iter()
        .filter(|file| {
            file.extension()
                .is_some_and(|end| PARTS.iter().any(|part| end == *part))
        })
        .chain(
            metas
                .segments
                .iter()
                .filter(|segment| segment.has_deletes())
                .map(|segment| segment.relative_path(SegmentComponent::Delete)),
        )
        .collect();
    files.sort();
    Ok(files)
}

fn fault(opened: &Opened, file: &Path) -> Option<String> {
    let read = guarded(|| Ok(opened.index.directory().validate_checksum(file)));
    match read {
        Ok(Ok(true)) => None,
        Ok(Ok(false)) => Some("its sum is another".to_owned()),
        Ok(Err(error)) => Some(error.to_string()),
        Err(error) => Some(error.to_string()),
    }
}
