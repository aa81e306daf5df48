//! The store: the only SQL in the house, in the words of the ground floor.
//!
//! It knows how what happened is kept so that nothing is lost and nothing is there twice, on
//! SQLite and on PostgreSQL by one text. It calls nothing but the ground floor and its own
//! driver. It deliberately decides nothing: what is due, what is told and to whom, and what a
//! change means are other rooms' business.

mod alerts;
mod api_tokens;
mod audit;
mod bounces;
mod changes;
mod collecting;
mod copying;
mod database;
mod decisions;
mod deeds;
mod documents;
mod dossiers;
mod entering;
mod everything;
mod framework_pages;
mod health;
mod inspect;
mod key_dates;
mod leases;
mod migrating;
mod notes;
mod operating;
mod operators;
mod outbox;
mod pages;
mod register;
mod reports;
mod requests;
mod retagging;
mod schema;
mod signups;
mod sources;
mod stories;
mod subscriptions;
mod taking_in;
mod target;
mod telling;
mod updates;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

pub use alerts::{MatchState, NotedMatch, SendingStatus};
pub use changes::{LogEvent, LogLine};
pub use collecting::{Committed, Fresh, Harvest, NewDocument, compressed};
pub use copying::Copied;
use database::Database;
pub use decisions::Undecided;
pub use deeds::Deed;
pub use documents::{ChainFault, ChainReport, StoredDocument};
pub use dossiers::{Dossier, RegisterLine, Report};
pub use everything::{Everything, TableSum};
pub use framework_pages::PageState;
pub use health::{HealthChange, Notice};
pub use inspect::embedded;
pub use key_dates::Stretch;
pub use leases::{Lease, LeaseHeld};
pub use migrating::{SchemaPlan, Step};
pub use operating::{Backlog, Figures, OperatorLine};
pub use outbox::{OutboxLine, Queue};
pub use register::{RegisterFilter, Standing};
pub use reports::Reported;
pub use requests::Request;
pub use retagging::Retagged;
pub use signups::{Asked, UNANSWERED};
pub use sources::SourceState;
pub use stories::Regrouped;
pub use subscriptions::begun;
pub use telling::{DeliveryResult, IssueSummary};
pub use updates::Counts;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store cannot be opened.
    #[error("cannot open the store {url}: {why}")]
    Open {
        /// As configured, without any password.
        url: String,
        /// Why, and what to do.
        why: String,
    },
    /// A newer version has written it.
    #[error(
        "the store {url} was written by a newer version of regwire (schema {schema}): install that version again, or restore the copy that was made before the upgrade"
    )]
    NewerSchema {
        /// As configured, without any password.
        url: String,
        /// The schema it has.
        schema: i64,
    },
    /// Somebody else has become the worker.
    #[error("the worker's lease was lost to another process: this one has stopped writing")]
    LeaseLost,
    /// The clock says an earlier time than what is stored.
    #[error(
        "the clock says {now}, and the store's last line is of {last}: set the clock right before writing"
    )]
    ClockBehind {
        /// What the clock says.
        now: DateTime<Utc>,
        /// The last line.
        last: DateTime<Utc>,
    },
    /// A row that cannot be understood.
    #[error("the row {key} of table {table} cannot be read: {why}. Restore a backup, or report it")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The row.
        key: String,
        /// Why.
        why: String,
    },
    /// A copy of the store could not be made, or is not one.
    #[error("{} is no good copy of the store: {why}. The store itself is unharmed; look whether the disk is full, and try again", path.display())]
    Copy {
        /// The copy.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// There is something in it already.
    #[error(
        "the store {url} is not empty ({tables}): name an empty one. Nothing of it was changed"
    )]
    NotEmpty {
        /// As configured, without any password.
        url: String,
        /// Rows by table.
        tables: String,
    },
    /// A line that cannot be taken in.
    #[error("line {line} cannot be taken in: {why}. Nothing was stored")]
    Line {
        /// Its number, from 1.
        line: u64,
        /// Why.
        why: String,
    },
    /// A table that cannot be moved.
    #[error("the table {table} cannot be moved: {why}. Report it; nothing was changed")]
    Shape {
        /// The table.
        table: String,
        /// Why.
        why: String,
    },
    /// What is written to, or read from, failed.
    #[error("cannot read or write it: {0}")]
    Stream(#[from] std::io::Error),
    /// The database failed.
    #[error("the database failed: {0}. What was stored before is unharmed; try again")]
    Database(#[from] sqlx::Error),
}

/// The store.
#[derive(Clone)]
pub struct Store {
    database: Database,
}

/// A list of values for one statement, the last of them again and again until there is a power of
/// two: statements are kept prepared by their text, and a hundred lengths of one list would each be
/// kept.
pub(crate) fn padded<T>(values: &[T]) -> impl Iterator<Item = &T> {
    let most = match values.len() {
        few @ 0..=8 => few,
        many => many.next_power_of_two(),
    };
    let last = values.last();
    values.iter().chain(last.into_iter().cycle()).take(most)
}

/// Whether a statement that names so many values is worth keeping prepared. It is kept with some 130 bytes
/// for each of them, on every connection that it ran on; many are made ready anew in a tenth of
/// the time that they are looked up in.
pub(crate) fn few(values: usize) -> bool {
    values <= 64
}

/// Whether a statement that writes so many rows is worth keeping prepared: those of a few and of
/// whole chunks come again and again. The others would each be kept, with room for all of their
/// values, until a hundred others have come.
pub(crate) fn comes_again(rows: usize) -> bool {
    rows <= 8 || rows.is_multiple_of(250)
}

impl Store {
    /// Opens the store at `sqlite:PATH` (from the data folder) or `postgres://…`, makes it when
    /// it is not there, and brings it to this version's schema.
    ///
    /// # Errors
    /// When it cannot be opened, or was written by a newer version.
    pub async fn open(url: &str, data: &Path) -> Result<Self, Error> {
        let database = Database::open(url, data).await?;
        let store = Self { database };
        store.found().await?;
        Ok(store)
    }

    /// Opens a store that is there, whatever its schema: for what reads it table by table.
    ///
    /// # Errors
    /// When there is none, or it cannot be opened.
    pub async fn open_as_it_is(url: &str, data: &Path) -> Result<Self, Error> {
        if let Some(path) = database::sqlite_file(url, data).filter(|path| !path.exists()) {
            return Err(Error::Open {
                url: url.to_owned(),
                why: format!(
                    "there is no {}: name the data folder with --data",
                    path.display()
                ),
            });
        }
        let database = Database::connect(url, data).await?;
        Ok(Self { database })
    }

    /// Copies an embedded store to a file, as of one moment, while others work on; looked through
    /// before it has its name. None where the store is not embedded.
    ///
    /// # Errors
    /// When the copy cannot be made, or is not sound.
    pub async fn copy(url: &str, data: &Path, to: &Path) -> Result<Option<Copied>, Error> {
        match database::sqlite_file(url, data) {
            Some(file) => Ok(Some(copying::copy(&file, to, false).await?)),
            None => Ok(None),
        }
    }

    /// Looks through a copy: whether it is sound, and what it holds.
    ///
    /// # Errors
    /// When it is damaged.
    pub async fn look_through(copy: &Path) -> Result<Copied, Error> {
        copying::look_through(copy).await
    }

    /// The file of an embedded store.
    pub fn file(url: &str, data: &Path) -> Option<PathBuf> {
        database::sqlite_file(url, data)
    }

    /// Lets go of every connection; an embedded store is one file then.
    pub async fn close(self) {
        self.database.close().await;
    }

    /// Whether it is the embedded kind, which one process works with at a time.
    pub fn is_sqlite(&self) -> bool {
        self.database.is_sqlite()
    }
}

/// Reads a JSON column.
fn json<T: serde::de::DeserializeOwned>(
    table: &'static str,
    key: &str,
    text: &str,
) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| unreadable(table, key, error))
}

/// The most bytes of written JSON whose room is kept for the next.
const MOST_ROOM: usize = 1 << 20;

thread_local! {
    /// The writer takes several times the room of each text before it writes it; what it wrote is
    /// copied out, so that no column keeps that room.
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes a JSON column; our own types always have a JSON form.
fn to_json<T: serde::Serialize>(value: &T) -> String {
    ROOM.with_borrow_mut(|room| {
        room.clear();
        let written = sonic_rs::to_writer(&mut *room, value).is_ok();
        let text = written.then(|| std::str::from_utf8(room).ok()).flatten();
        let text = text.unwrap_or("null").to_owned();
        if room.capacity() > MOST_ROOM {
            *room = Vec::new();
        }
        text
    })
}

fn unreadable(table: &'static str, key: &str, why: impl std::fmt::Display) -> Error {
    Error::Unreadable {
        table,
        key: key.to_owned(),
        why: why.to_string(),
    }
}

/// A number as the database has it.
fn whole(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// A number of ours from the database's.
fn small(table: &'static str, key: &str, number: i64) -> Result<u32, Error> {
    u32::try_from(number).map_err(|error| unreadable(table, key, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_for_a_statement_has_few_lengths_and_nothing_else_in_it() {
        for (given, length) in [(0, 0), (1, 1), (8, 8), (9, 16), (20, 32), (2_000, 2_048)] {
            let values: Vec<usize> = (0..given).collect();
            let padded: Vec<usize> = padded(&values).copied().collect();
            assert_eq!(padded.len(), length);
            assert_eq!(padded[..given], values);
            assert!(padded[given..].iter().all(|value| *value == given - 1));
        }
    }
}
