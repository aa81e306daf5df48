//! Searching: the only tantivy. Updates in, hits with facets and snippets out.
//!
//! It knows how updates are indexed and how a query is compiled, over the same tokens as
//! everything else that reads words. It calls nothing but the ground floor and its own driver.
//! It deliberately does not read the store: whoever follows the change log hands it updates and
//! a position, which is committed together with them, so the index can be deleted at any time.

mod compile;
mod facets;
mod looking;
mod page;
mod schema;
mod snippet;
mod soundness;
mod spelling;

use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU8;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use tantivy::directory::MmapDirectory;
use tantivy::indexer::UserOperation;
use tantivy::{Index as Tantivy, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Term};

use crate::domain::id::UpdateId;
use crate::domain::query::Query;
use crate::domain::synonyms::Synonyms;
use crate::domain::update::Update;

pub use facets::Facets;
use schema::Fields;
pub use snippet::{Highlighter, snippet};

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder cannot be made or written.
    #[error("cannot use the search folder {}: {source}. Check that this user may write there and that the disk is not full", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Another process writes this index.
    #[error("another process is writing the search index in {}: stop it, or let it do the work", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// The index itself failed.
    #[error(
        "the search index failed: {0}. It can be deleted at any time; it is built again from the store"
    )]
    Index(#[from] tantivy::TantivyError),
    /// A search took longer than any may (contract: W5).
    #[error("this search takes too long: use fewer words, or narrow it with a filter")]
    TooLong,
    /// The index is damaged, or not as far as the store yet after it was.
    #[error("the search index is being built anew; try again in a minute")]
    Rebuilding,
}

/// How hits are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// The best match first.
    #[default]
    Best,
    /// The newest first.
    Newest,
}

/// A hit's place in an order: what the next page begins after. It is told in an address and read
/// back from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    key: u64,
    high: Reverse<u64>,
    low: Reverse<u64>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}.{:x}.{:x}", self.key, self.high.0, self.low.0)
    }
}

impl std::str::FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Option<Vec<u64>> = text
            .split('.')
            .map(|part| u64::from_str_radix(part, 16).ok())
            .collect();
        match parts.as_deref() {
            Some([key, high, low]) => Ok(Self {
                key: *key,
                high: Reverse(*high),
                low: Reverse(*low),
            }),
            _ => Err(format!(
                "`{text}` is no place in a list: take it from `next` as it is"
            )),
        }
    }
}

/// What is asked of the index.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What is searched for.
    pub query: &'a Query,
    /// In which order.
    pub order: SortOrder,
    /// The place that the page begins after.
    pub after: Option<Place>,
    /// Hits on the page; at most 1,000.
    pub limit: usize,
    /// Whether hits are counted by tag.
    pub facets: bool,
    /// What is open is open on this day.
    pub today: NaiveDate,
    /// Other words for the same.
    pub synonyms: Option<&'a Synonyms>,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// How many updates match.
    pub total: usize,
    /// The asked-for ones of them, in order.
    pub hits: Vec<UpdateId>,
    /// Counts by tag, when asked for.
    pub facets: Facets,
    /// Where the next page begins, when there is one.
    pub next: Option<Place>,
    /// Whether nothing has all the words, and these have some of them.
    pub relaxed: bool,
}

/// How long a search may take before it is refused (contract: W5).
const LONGEST: Duration = Duration::from_millis(500);

/// An index on disk.
#[derive(Clone)]
pub struct Index {
    shared: Arc<Shared>,
}

/// What all who use one index share: a damaged one is replaced under their hands.
struct Shared {
    folder: PathBuf,
    opened: RwLock<Arc<Opened>>,
    writing: Mutex<Writing>,
    /// One of the states of `soundness`.
    soundness: AtomicU8,
}

struct Opened {
    fields: Fields,
    index: Tantivy,
    /// Where it lies, as the index itself sees it.
    directory: MmapDirectory,
    reader: IndexReader,
    laid_out: facets::LaidOut,
}

/// The writer, while there is work, and how far in the log it is ahead of the last commit.
#[derive(Default)]
struct Writing {
    writer: Option<IndexWriter>,
    staged: Option<i64>,
}

/// How many operations the writer is handed at once, and about how many bytes of text: it looks at its
/// memory between two such lots.
const AT_ONCE: usize = 32;
/// See [`AT_ONCE`].
const MOST_AT_ONCE: usize = 256 << 10;

/// The writer's memory, in bytes: a segment's worth before it is written out.
const WRITER_MEMORY: usize = 48_000_000;

impl Opened {
    fn open_in(folder: &Path) -> Result<Self, Error> {
        let at = |source| Error::Folder {
            path: folder.to_owned(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(at)?;
        let (schema, fields) = schema::schema();
        let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        let index = Tantivy::builder()
            .schema(schema)
            .settings(IndexSettings::default())
            .open_or_create(directory.clone())?;
        index
            .tokenizers()
            .register(schema::TOKENIZER, schema::Words::default());
        // A damaged file shows when it is read, so every segment is opened now.
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            fields,
            index,
            directory,
            reader,
            laid_out: facets::LaidOut::default(),
        })
    }

    /// Sees what was committed last.
    ///
    /// The directory remembers every file that it ever mapped, by path, until somebody asks which
    /// of them are still mapped: each commit writes and deletes some, so it is asked each time.
    fn reload(&self) -> Result<(), Error> {
        self.reader.reload()?;
        self.directory.get_cache_info();
        Ok(())
    }

    /// Begins an empty index in the place of whatever is there.
    fn begin_in(folder: &Path) -> Result<Self, Error> {
        match std::fs::remove_dir_all(folder) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::Folder {
                    path: folder.to_owned(),
                    source,
                });
            }
            _ => {}
        }
        Self::open_in(folder)
    }
}

impl Index {
    /// Opens the index under `data/search/v<fingerprint>/`, or makes an empty one there.
    ///
    /// The fingerprint covers fields, tokens and the libraries that make them: what another
    /// version wrote is not read wrongly but left aside, and built anew.
    ///
    /// # Errors
    /// When the folder cannot be used. A damaged index is deleted and begun again.
    pub fn open(data: &Path) -> Result<Self, Error> {
        let parent = data.join("search");
        let folder = parent.join(format!("v{}", schema::fingerprint()));
        let opened = match soundness::guarded(|| Opened::open_in(&folder)) {
            Ok(opened) => opened,
            Err(error @ Error::Folder { .. }) => return Err(error),
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "the search index is damaged and is built anew");
                Opened::begin_in(&folder)?
            }
        };
        Ok(Self::of(folder, opened))
    }

    fn of(folder: PathBuf, opened: Opened) -> Self {
        Self {
            shared: Arc::new(Shared {
                folder,
                opened: RwLock::new(Arc::new(opened)),
                writing: Mutex::default(),
                soundness: AtomicU8::default(),
            }),
        }
    }

    fn opened(&self) -> Arc<Opened> {
        // Whoever panicked with it left the one or the other in it, both whole.
        let opened = self.shared.opened.read();
        Arc::clone(&opened.unwrap_or_else(PoisonError::into_inner))
    }

    /// How far in the change log this index is: the position committed with its last update.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn cursor(&self) -> Result<i64, Error> {
        let metas = self.opened().index.load_metas()?;
        Ok(metas
            .payload
            .and_then(|payload| payload.strip_prefix("position=")?.parse().ok())
            .unwrap_or(0))
    }

    /// Takes updates in and commits them together with the position they reach to.
    ///
    /// `(true, update)` is new to this index; `(false, update)` replaces what stands under its
    /// identifier.
    ///
    /// # Errors
    /// When another process writes, or the disk does not take it; nothing of the batch counts.
    pub fn apply(&self, updates: &[(bool, Update)], position: i64) -> Result<(), Error> {
        let mut writing = self.writing();
        self.add(
            &mut writing,
            updates.iter().map(|(new, update)| (*new, update, None)),
        )?;
        writing.staged = Some(position);
        self.commit(&mut writing)
    }

    /// Takes in what the store has just committed, while it is still at hand with its body's plain
    /// text: the lines of the log after `from` up to `to`. They count from the next
    /// [`Index::settle`] on.
    ///
    /// False when this index does not stand at `from`; then nothing was taken in, and following
    /// the log will bring it.
    ///
    /// # Errors
    /// As [`Index::apply`]; what was staged before is given up with it, and read again.
    pub fn stage<'a>(
        &self,
        updates: impl Iterator<Item = (bool, &'a Update, &'a str)>,
        from: i64,
        to: i64,
    ) -> Result<bool, Error> {
        let mut writing = self.writing();
        let stands = match writing.staged {
            Some(staged) => staged,
            None => self.cursor()?,
        };
        if stands != from {
            return Ok(false);
        }
        self.add(
            &mut writing,
            updates.map(|(new, update, text)| (new, update, Some(text))),
        )?;
        writing.staged = Some(to);
        Ok(true)
    }

    /// Commits what was staged; returns how far the index is in the log.
    ///
    /// # Errors
    /// As [`Index::apply`].
    pub fn settle(&self) -> Result<i64, Error> {
        let mut writing = self.writing();
        self.commit(&mut writing)?;
        self.cursor()
    }

    fn writing(&self) -> std::sync::MutexGuard<'_, Writing> {
        // Whoever panicked with it left at worst a batch half added, which is dropped below.
        self.shared.writing.lock().unwrap_or_else(|poisoned| {
            let mut writing = PoisonError::into_inner(poisoned);
            *writing = Writing::default();
            self.shared.writing.clear_poison();
            writing
        })
    }

    fn add<'a>(
        &self,
        writing: &mut Writing,
        updates: impl Iterator<Item = (bool, &'a Update, Option<&'a str>)>,
    ) -> Result<(), Error> {
        let opened = self.opened();
        let fields = &opened.fields;
        let writer = match &mut writing.writer {
            Some(writer) => writer,
            empty => empty.insert(self.make_writer()?),
        };
        let mut updates = updates.peekable();
        while updates.peek().is_some() {
            // The writer's thread is woken for many at a time.
            let mut some = Vec::with_capacity(AT_ONCE);
            let mut bytes = 0;
            while some.len() < AT_ONCE
                && bytes < MOST_AT_ONCE
                && let Some((new, update, text)) = updates.next()
            {
                if !new {
                    let id = Term::from_field_text(fields.id, update.id.as_str());
                    some.push(UserOperation::Delete(id));
                }
                bytes += text.map_or(update.content.body.as_str().len(), str::len);
                some.push(UserOperation::Add(schema::document(fields, update, text)));
            }
            if let Err(error) = writer.run(some) {
                // A half-written batch goes with its writer; the next try begins clean.
                *writing = Writing::default();
                return Err(error.into());
            }
        }
        Ok(())
    }

    fn commit(&self, writing: &mut Writing) -> Result<(), Error> {
        let (Some(position), Some(writer)) = (writing.staged, &mut writing.writer) else {
            return Ok(());
        };
        let committed: Result<(), Error> = (|| {
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&format!("position={position}"));
            crate::crash::point("index-before-commit");
            commit.commit()?;
            crate::crash::point("index-after-commit");
            Ok(())
        })();
        writing.staged = None;
        if committed.is_err() {
            *writing = Writing::default();
        }
        committed?;
        self.opened().reload()
    }

    fn make_writer(&self) -> Result<IndexWriter, Error> {
        self.opened()
            .index
            .writer_with_num_threads(1, WRITER_MEMORY)
            .map_err(|error| match error {
                tantivy::TantivyError::LockFailure(..) => Error::Busy {
                    path: self.shared.folder.clone(),
                },
                error => error.into(),
            })
    }

    /// Forgets everything; the next [`Index::apply`] begins at the log's beginning.
    ///
    /// # Errors
    /// As [`Index::apply`].
    pub fn clear(&self) -> Result<(), Error> {
        let mut writing = self.writing();
        writing.staged = None;
        let writer = match &mut writing.writer {
            Some(writer) => writer,
            empty => empty.insert(self.make_writer()?),
        };
        writer.delete_all_documents()?;
        let mut commit = writer.prepare_commit()?;
        commit.set_payload("position=0");
        commit.commit()?;
        drop(writing);
        self.opened().reload()
    }

    /// Lets go of the writer's lock and memory; what was staged and not settled is given up, and
    /// will be read from the log again.
    pub fn rest(&self) {
        let writing = std::mem::take(&mut *self.writing());
        if let Some(writer) = writing.writer
            && let Err(error) = writer.wait_merging_threads()
        {
            tracing::warn!(%error, "segments could not be merged; they will be at the next commit");
        }
    }

    /// Sees what other processes have committed since.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn refresh(&self) -> Result<(), Error> {
        self.opened().reload()
    }

    /// How many updates it holds.
    pub fn len(&self) -> u64 {
        self.opened().reader.searcher().num_docs()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Searches, in the plain way: for exactly these words.
    ///
    /// # Errors
    /// When the index cannot be read, or a search takes too long.
    pub fn search(
        &self,
        query: &Query,
        order: SortOrder,
        offset: usize,
        limit: usize,
        with_facets: bool,
    ) -> Result<Found, Error> {
        let limit = limit.clamp(1, MOST);
        let mut found = self.find(&Asked {
            query,
            order,
            after: None,
            limit: limit.saturating_add(offset),
            facets: with_facets,
            today: NaiveDate::default(),
            synonyms: None,
        })?;
        found.hits.drain(..offset.min(found.hits.len()));
        Ok(found)
    }

    /// Searches. Where nothing has all the words that stand beside each other, what has some of
    /// them is found instead, and said to be so.
    ///
    /// # Errors
    /// When the index is being built anew, or the search takes too long.
    pub fn find(&self, asked: &Asked<'_>) -> Result<Found, Error> {
        self.trusted(|opened| Self::found(opened, asked))
    }

    fn found(opened: &Opened, asked: &Asked<'_>) -> Result<Found, Error> {
        let searcher = opened.reader.searcher();
        opened.laid_out.keep(searcher.segment_readers());
        let mut compiler = compile::Compiler {
            fields: &opened.fields,
            today: asked.today,
            synonyms: asked.synonyms,
            relaxed: false,
        };
        let limit = asked.limit.clamp(1, MOST);
        let page = page::Page {
            order: asked.order,
            after: asked.after,
            most: limit + 1,
            laid_out: asked.facets.then_some(&opened.laid_out),
            apart: compiler.is_one_word(asked.query),
            until: Instant::now() + LONGEST,
        };
        let mut held = searcher.search(&compiler.compile(asked.query), &page)?;
        let several = matches!(asked.query, Query::And(_)) && asked.query.words().len() > 1;
        let relaxed = held.total == 0 && !held.late && several && asked.synonyms.is_some();
        if relaxed {
            compiler.relaxed = true;
            held = searcher.search(&compiler.compile(asked.query), &page)?;
        }
        if held.late {
            return Err(Error::TooLong);
        }
        let more = held.places.len() > limit;
        held.places.truncate(limit);
        Ok(Found {
            total: held.total,
            hits: held
                .places
                .iter()
                .filter_map(|place| schema::whole(place.high.0, place.low.0))
                .collect(),
            facets: held.facets,
            next: held.places.last().filter(|_| more).copied(),
            relaxed: relaxed && held.total > 0,
        })
    }

    /// The query with words that the index has, in the place of words that it has not.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn suggestion(
        &self,
        query: &Query,
        synonyms: Option<&Synonyms>,
    ) -> Result<Option<Query>, Error> {
        self.trusted(|opened| {
            let searcher = opened.reader.searcher();
            Ok(spelling::suggestion(
                &searcher,
                opened.fields.text,
                query,
                synonyms,
            )?)
        })
    }
}

/// The most hits of one search.
const MOST: usize = 1_000;

#[cfg(test)]
mod tests;
