//! What editors noted on updates; nothing is ever taken out of it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::database::{fenced, log, reading, writing};
use super::{Error, Lease, Store, small, unreadable};
use crate::domain::id::UpdateId;
use crate::domain::told::{Note, NotePart};

type Row = (String, i64, DateTime<Utc>, String, String, String);

fn note(row: Row) -> Result<(UpdateId, Note), Error> {
    let (update, number, at, author, part, text) = row;
    let table = "notes";
    Ok((
        UpdateId::new(update.clone()).map_err(|error| unreadable(table, &update, error))?,
        Note {
            number: small(table, &update, number)?,
            at,
            author,
            part: part
                .parse()
                .map_err(|error| unreadable(table, &update, error))?,
            text,
        },
    ))
}

impl Store {
    /// The notes on these updates, the earliest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn notes(&self, ids: &[UpdateId]) -> Result<HashMap<UpdateId, Vec<Note>>, Error> {
        let mut out: HashMap<UpdateId, Vec<Note>> = HashMap::new();
        for chunk in ids.chunks(2_000) {
            let rows: Vec<Row> = reading!(self.database, |pool| {
                let mut query = QueryBuilder::new(
                    "SELECT update_id, number, at, author, part, text FROM notes WHERE update_id IN (",
                );
                let mut list = query.separated(",");
                for id in super::padded(chunk) {
                    list.push_bind(id.as_str());
                }
                query.push(") ORDER BY update_id, number");
                query
                    .build_query_as()
                    .persistent(super::few(chunk.len()))
                    .fetch_all(pool)
                    .await?
            });
            for row in rows {
                let (id, note) = note(row)?;
                out.entry(id).or_default().push(note);
            }
        }
        Ok(out)
    }

    /// Adds a note, with its line in the log; false when there is no such update.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn add_note(
        &self,
        lease: &Lease,
        id: &UpdateId,
        author: &str,
        part: NotePart,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            let update: Option<(i64,)> =
                sqlx::query_as("SELECT revision FROM updates WHERE id = $1")
                    .bind(id.as_str())
                    .fetch_optional(&mut *transaction)
                    .await?;
            let Some((revision,)) = update else {
                return Ok(false);
            };
            sqlx::query(
                "INSERT INTO notes (update_id, number, at, author, part, text)
                 SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5 FROM notes WHERE update_id = $1",
            )
            .bind(id.as_str())
            .bind(now)
            .bind(author)
            .bind(part.as_str())
            .bind(text)
            .execute(&mut *transaction)
            .await?;
            log!(transaction, "noted", id, revision, now);
            transaction.commit().await?;
            Ok(true)
        })
    }
}
