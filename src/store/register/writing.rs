//! How the register is written, within the transaction of a reading.

/// Rows of one statement.
pub(in crate::store) const CHUNK: usize = 500;

/// What one statement takes, out of what is unpacked at once.
pub(in crate::store) fn pieces<T>(items: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rest = items.into_iter();
    std::iter::from_fn(move || {
        let piece: Vec<T> = rest.by_ref().take(CHUNK).collect();
        (!piece.is_empty()).then_some(piece)
    })
}

/// Ends a statement with the keys of the rows that it is about.
macro_rules! among {
    ($query:expr, $keys:expr) => {{
        $query.push(" AND row_key IN (");
        let mut list = $query.separated(",");
        for key in $crate::store::padded($keys) {
            list.push_bind(key.as_str());
        }
        $query.push(")");
    }};
}

/// Writes down what a reading of a catalogue leaves behind, within the transaction of its
/// Updates.
macro_rules! write_register {
    ($transaction:expr, $changes:expr) => {{
        use $crate::store::register::CHUNK;
        let changes: &$crate::domain::catalogue::RegisterChanges = $changes;
        let source = changes.source.as_str();
        if let Some(snapshot) = &changes.snapshot {
            sqlx::query(
                "INSERT INTO catalogue_snapshots (source_id, number, at, row_count) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (source_id, number) DO NOTHING",
            )
            .bind(source)
            .bind(snapshot.number)
            .bind(snapshot.at)
            .bind(i64::from(snapshot.rows))
            .execute(&mut *$transaction)
            .await?;
        }
        for chunk in changes.rows.blocks().flat_map($crate::store::register::pieces) {
            let mut query = QueryBuilder::new(
                "INSERT INTO catalogue_rows (source_id, row_key, file, project, reference, work, stands_at, rank,
                   facts, fingerprint, since_at, seen_at, since_snapshot, missed, looks, absent_since) ",
            );
            query.push_values(&chunk, |mut row, stored| {
                row.push_bind(source)
                    .push_bind(stored.row.key.as_str())
                    .push_bind(stored.row.file.as_deref())
                    .push_bind(stored.row.project.as_str())
                    .push_bind(stored.row.reference.as_str())
                    .push_bind(stored.row.work.as_str())
                    .push_bind(stored.row.position.to_string())
                    .push_bind(i64::from(stored.row.rank))
                    .push_bind(to_json(&stored.row.facts))
                    .push_bind(stored.bytes.to_text())
                    .push_bind(stored.since)
                    .push_bind(stored.seen_at)
                    .push_bind(stored.since_snapshot)
                    .push_bind(stored.missed)
                    .push_bind(stored.looks)
                    .push_bind(stored.absent_since);
            });
            query.push(
                " ON CONFLICT (source_id, row_key) DO UPDATE SET file = excluded.file, project = excluded.project,
                   reference = excluded.reference, work = excluded.work, stands_at = excluded.stands_at,
                   rank = excluded.rank, facts = excluded.facts, fingerprint = excluded.fingerprint,
                   since_at = excluded.since_at, seen_at = excluded.seen_at,
                   since_snapshot = excluded.since_snapshot, missed = excluded.missed, looks = excluded.looks,
                   absent_since = excluded.absent_since",
            );
            query
                .build()
                .persistent($crate::store::comes_again(chunk.len()))
                .execute(&mut *$transaction)
                .await?;
        }
        for chunk in changes.rewritten.chunks(CHUNK) {
            let mut query = QueryBuilder::new("WITH said (said_key, said_bytes) AS (");
            query.push_values(chunk, |mut row, (key, bytes)| {
                row.push_bind(key.as_str()).push_bind(bytes.to_text());
            });
            query
                .push(
                    ") UPDATE catalogue_rows SET fingerprint = said.said_bytes FROM said
                     WHERE row_key = said.said_key AND source_id = ",
                )
                .push_bind(source);
            query
                .build()
                .persistent($crate::store::comes_again(chunk.len()))
                .execute(&mut *$transaction)
                .await?;
        }
        if let Some((keys, at)) = &changes.looked_at {
            for chunk in keys.chunks(CHUNK) {
                let mut query =
                    QueryBuilder::new("UPDATE catalogue_rows SET looks = looks + 1, seen_at = ");
                query
                    .push_bind(*at)
                    .push(" WHERE seen_at < ")
                    .push_bind(*at)
                    .push(" AND source_id = ")
                    .push_bind(source);
                $crate::store::register::among!(query, chunk);
                query
                    .build()
                    .persistent($crate::store::few(chunk.len()))
                    .execute(&mut *$transaction)
                    .await?;
            }
        }
        if let Some(snapshot) = &changes.snapshot {
            for chunk in changes.absent.chunks(CHUNK) {
                let mut query = QueryBuilder::new("UPDATE catalogue_rows SET absent_since = ");
                query
                    .push_bind(snapshot.number)
                    .push(" WHERE absent_since IS NULL AND source_id = ")
                    .push_bind(source);
                $crate::store::register::among!(query, chunk);
                query
                    .build()
                    .persistent($crate::store::few(chunk.len()))
                    .execute(&mut *$transaction)
                    .await?;
            }
            for chunk in changes.back.chunks(CHUNK) {
                let mut query = QueryBuilder::new("UPDATE catalogue_rows SET missed = missed + ");
                query
                    .push_bind(snapshot.number)
                    .push(
                        " - absent_since, absent_since = NULL
                         WHERE absent_since IS NOT NULL AND source_id = ",
                    )
                    .push_bind(source);
                $crate::store::register::among!(query, chunk);
                query
                    .build()
                    .persistent($crate::store::few(chunk.len()))
                    .execute(&mut *$transaction)
                    .await?;
            }
        }
        for chunk in changes.projects.blocks().flat_map($crate::store::register::pieces) {
            let mut query = QueryBuilder::new(
                "INSERT INTO projects (id, work, reference, stands_at, since_at, source_id, row_key, rank, first_seen,
                   events, facts) ",
            );
            query.push_values(&chunk, |mut row, project| {
                row.push_bind(project.id.as_str())
                    .push_bind(project.work.as_str())
                    .push_bind(project.reference.as_str())
                    .push_bind(project.position.to_string())
                    .push_bind(project.since)
                    .push_bind(project.source.as_str())
                    .push_bind(project.row.as_str())
                    .push_bind(i64::from(project.rank))
                    .push_bind(project.first_seen)
                    .push_bind(i64::from(project.events))
                    .push_bind(i64::from(project.facts));
            });
            query.push(
                " ON CONFLICT (id) DO UPDATE SET work = excluded.work, reference = excluded.reference,
                   stands_at = excluded.stands_at, since_at = excluded.since_at, source_id = excluded.source_id,
                   row_key = excluded.row_key, rank = excluded.rank, events = excluded.events,
                   facts = excluded.facts",
            );
            query
                .build()
                .persistent($crate::store::comes_again(chunk.len()))
                .execute(&mut *$transaction)
                .await?;
        }
        for chunk in changes.events.blocks().flat_map($crate::store::register::pieces) {
            let mut query = QueryBuilder::new(
                "INSERT INTO stage_events (project, number, weight, from_position, to_position, stated_date,
                   observed_at, source_id, row_key, reference, file, document) ",
            );
            query.push_values(&chunk, |mut row, event| {
                row.push_bind(event.project.as_str())
                    .push_bind(i64::from(event.number))
                    .push_bind(event.weight.as_str())
                    .push_bind(event.from.as_ref().map(ToString::to_string))
                    .push_bind(event.to.to_string())
                    .push_bind(event.date.map(|date| date.to_string()))
                    .push_bind(event.observed_at)
                    .push_bind(event.source.as_str())
                    .push_bind(event.row.as_str())
                    .push_bind(event.reference.as_str())
                    .push_bind(event.file.as_deref())
                    .push_bind(event.document);
            });
            query.push(" ON CONFLICT (project, number) DO NOTHING");
            query
                .build()
                .persistent($crate::store::comes_again(chunk.len()))
                .execute(&mut *$transaction)
                .await?;
        }
    }};
}

pub(in crate::store) use {among, write_register};
