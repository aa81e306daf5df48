//! Taking in a catalogue: rows -> what is known of them -> the register and its Updates.
//!
//! What a reading leaves behind (rows, projects, histories, Updates, the document that proves
//! it) is stored in one transaction or not at all, so a run that is killed and repeated ends as
//! one that was not. Rows whose bytes are known cost a hash and nothing else.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256 as Hasher};

use super::making::{fresh_of_ours, understood_of_ours};
use super::project_names::ProjectNames;
use crate::compare;
use crate::compare::catalogue::{
    Comparison, ReadRow, RowName, Setting, Sighting, half_read, shrunken,
};
use crate::daemon::House;
use crate::domain::address::WebAddress;
use crate::domain::catalogue::{
    CataloguePreset, KnownCatalogue, KnownProjects, RegisterChanges, Snapshot,
};
use crate::domain::change::Fingerprint;
use crate::domain::document::{Document, Fault, FaultCode};
use crate::domain::evidence::Evidence;
use crate::domain::id::{BodyId, JurisdictionId};
use crate::domain::monitored::Monitored;
use crate::domain::packed::{Packed, Shelf};
use crate::domain::source::Source;
use crate::domain::standard::{ProjectChange, ProjectId, RowMove};
use crate::domain::update::{Authority, Because, Field, Tag, Update};
use crate::normalize::{self, Circumstances, Normalized};
use crate::parse::catalogue::{READER, Record, records, row};
use crate::store::Fresh;

/// Where the list lies.
#[derive(Clone, Debug)]
pub enum Lot {
    /// In a document that was fetched, which holds it packed.
    Fetched(Arc<Document>),
    /// In a file.
    File(PathBuf),
    /// In a folder of files.
    Folder(PathBuf),
}

/// How a list is taken in.
#[derive(Clone, Debug)]
pub struct Terms {
    /// When the list was so.
    pub at: DateTime<Utc>,
    /// What time it is.
    pub now: DateTime<Utc>,
    /// Whether a list that has shrunk is taken all the same.
    pub shrunken: bool,
}

/// A list, read as far as its bytes were not known.
pub struct Gathered {
    known: KnownCatalogue,
    read: Shelf<ReadRow>,
    /// What the rows read are known by, project by project.
    names: Vec<RowName>,
    /// What their projects are called there.
    called: ProjectNames,
    missing: Vec<String>,
    back: Vec<String>,
    looked_at: Vec<String>,
    whole: bool,
    /// Whose list it is.
    pub preset: Option<CataloguePreset>,
    /// Rows in it.
    pub rows: usize,
    /// What was wrong.
    pub faults: Vec<Fault>,
    /// Whether it can be taken.
    pub readable: bool,
    /// A line for each record: its hash and its name.
    pub manifest: String,
}

/// What a list leaves behind.
pub struct Taken {
    /// In the register.
    pub register: RegisterChanges,
    /// As Updates.
    pub new: Vec<Fresh>,
    /// Rows that moved.
    pub moves: Vec<RowMove>,
    /// Rows that are new.
    pub new_rows: usize,
    /// Of them texts of projects that were known.
    pub successors: usize,
}

/// Faults of rows that are told one by one.
const TOLD_FAULTS: usize = 20;

/// Reads a list.
///
/// # Errors
/// When the store fails, or a file cannot be read.
pub async fn gather(
    house: &House,
    source: &Source,
    lot: Lot,
    terms: &Terms,
    with_manifest: bool,
) -> anyhow::Result<Gathered> {
    let known = house.store.catalogue(&source.id, terms.at).await?;
    let expected = source.catalogue.as_ref().map(|catalogue| catalogue.preset);
    let terms = terms.clone();
    let reading =
        tokio::task::spawn_blocking(move || gathered(known, &lot, expected, &terms, with_manifest));
    reading.await?
}

fn gathered(
    known: KnownCatalogue,
    lot: &Lot,
    expected: Option<CataloguePreset>,
    terms: &Terms,
    with_manifest: bool,
) -> anyhow::Result<Gathered> {
    let mut sighting = Sighting::new(&known.rows);
    let reader_mark = Hasher::digest(READER.as_bytes());
    let mut read = Shelf::default();
    let mut names = Vec::new();
    let mut called = ProjectNames::default();
    let has_past = known.last.is_some();
    let mut unchanged = 0_usize;
    let mut bad = 0_usize;
    let mut faults: Vec<Fault> = Vec::new();
    let mut manifest = String::new();
    let mut other = None;
    let mut each = |preset: CataloguePreset, record: Record<'_>| {
        if expected.is_some_and(|expected| expected != preset) {
            other = Some(preset);
            return;
        }
        let digest = Hasher::digest(record.bytes);
        if with_manifest {
            use std::fmt::Write as _;
            for byte in digest {
                let _ = write!(manifest, "{byte:02x}");
            }
            let _ = match record.file {
                Some(file) => writeln!(manifest, "  {file}"),
                None => writeln!(manifest, "  {}", record.number),
            };
        }
        let bytes = fingerprint(&digest, &reader_mark);
        if sighting.is_unchanged(bytes) {
            unchanged += 1;
            return;
        }
        match row(preset, &record) {
            Ok(Some(row)) => {
                let row = ReadRow { row, bytes };
                // At first contact nothing is told.
                if has_past {
                    called.note(&row.row);
                }
                names.push(RowName::of(read.put(&row), &row));
            }
            Ok(None) => {}
            Err(fault) => {
                bad += 1;
                if bad <= TOLD_FAULTS {
                    faults.push(fault);
                }
            }
        }
    };
    let container = match lot {
        Lot::Fetched(document) => {
            let mut unpacked = zstd::stream::read::Decoder::new(document.body.as_slice())
                .context("a packed body cannot be opened")?;
            records(&mut unpacked, None, &mut each)
        }
        Lot::File(path) => {
            let mut file = std::fs::File::open(path)
                .with_context(|| format!("cannot open {}", path.display()))?;
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            records(&mut file, name.as_deref(), &mut each)
        }
        Lot::Folder(path) => folder(path, &mut each)?,
    };
    let _ = each;
    if bad > TOLD_FAULTS {
        faults.push(Fault::new(
            FaultCode::BadItem,
            format!("{} more rows could not be read", bad - TOLD_FAULTS),
        ));
    }
    let whole = !container.single;
    let names = sighting.keyed(names);
    let rows = unchanged + names.len();
    let mut readable = container.whole;
    faults.splice(0..0, container.faults);
    let late = known.last.as_ref().is_some_and(|last| terms.at < last.at);
    let refusal = if let Some(other) = other {
        Some(Fault::new(
            FaultCode::ReaderFailed,
            format!(
                "this is a list of the kind {}, and the source's is {}",
                other.as_str(),
                expected.map_or("none", CataloguePreset::as_str)
            ),
        ))
    } else if !readable {
        None
    } else if let Some(fault) = half_read(rows, bad) {
        Some(fault)
    } else if whole && !terms.shrunken && !late && known.same.is_none() {
        known
            .last
            .as_ref()
            .and_then(|last| shrunken(rows, last.rows))
    } else {
        None
    };
    if let Some(fault) = refusal {
        readable = false;
        faults.insert(0, fault);
    }
    let missing = sighting.missing().map(|row| row.key.clone()).collect();
    let changed: HashSet<&str> = names.iter().map(|name| name.key.as_str()).collect();
    let unchanged_rows = || {
        sighting
            .seen_rows()
            .filter(|row| !changed.contains(row.key.as_str()))
    };
    let back = unchanged_rows()
        .filter(|row| row.absent_since.is_some())
        .map(|row| row.key.clone())
        .collect();
    let looked_at = if whole {
        Vec::new()
    } else {
        unchanged_rows().map(|row| row.key.clone()).collect()
    };
    drop(changed);
    Ok(Gathered {
        read,
        names,
        called,
        missing,
        back,
        looked_at,
        whole,
        preset: container.preset,
        rows,
        faults,
        readable,
        manifest,
        known,
    })
}

/// The first half of the bytes' own hash, altered by the reader's name: another reader knows
/// none of them.
fn fingerprint(digest: &[u8], reader: &[u8]) -> Fingerprint {
    let mut bytes = [0_u8; 16];
    for (to, (a, b)) in bytes.iter_mut().zip(digest.iter().zip(reader)) {
        *to = a ^ b;
    }
    Fingerprint(u128::from_be_bytes(bytes))
}

/// The documents of a folder and of what lies below it, by name.
fn folder(
    root: &Path,
    each: &mut dyn FnMut(CataloguePreset, Record<'_>),
) -> anyhow::Result<crate::parse::catalogue::Container> {
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    let mut folders = vec![(String::new(), root.to_owned(), 0_u8)];
    while let Some((prefix, path, depth)) = folders.pop() {
        let entries = std::fs::read_dir(&path)
            .with_context(|| format!("cannot read the folder {}", path.display()))?;
        for entry in entries {
            let entry =
                entry.with_context(|| format!("cannot read the folder {}", path.display()))?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                // Links are not followed, so a folder cannot hold itself.
                if depth < 16 {
                    folders.push((format!("{name}/"), entry.path(), depth + 1));
                }
            } else if crate::parse::catalogue::is_document(&name) {
                files.push((name, entry.path()));
            }
        }
    }
    files.sort();
    let mut out = crate::parse::catalogue::Container {
        preset: Some(CataloguePreset::Relaton),
        whole: true,
        ..Default::default()
    };
    let mut bytes = Vec::new();
    for (name, path) in files {
        bytes.clear();
        let file = std::fs::File::open(&path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        file.take(crate::parse::catalogue::LARGEST_RECORD as u64 + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("cannot read {}", path.display()))?;
        if bytes.len() > crate::parse::catalogue::LARGEST_RECORD {
            out.faults.push(crate::parse::catalogue::too_large(&name));
            continue;
        }
        out.records += 1;
        each(
            CataloguePreset::Relaton,
            Record {
                file: Some(&name),
                number: out.records,
                bytes: &bytes,
            },
        );
    }
    Ok(out)
}

/// Rows that are compared at once: a batch holds whole projects and little memory.
const BATCH: usize = 2_000;

/// Makes of a list that was read everything that is to be stored.
///
/// # Errors
/// When the store fails.
pub async fn take_in(
    house: &House,
    source: &Source,
    gathered: Gathered,
    terms: &Terms,
    evidence: Evidence,
    address: WebAddress,
) -> anyhow::Result<Taken> {
    let Gathered {
        known,
        mut read,
        names,
        called,
        missing,
        back,
        looked_at,
        whole,
        rows,
        ..
    } = gathered;
    let at = terms.at;
    let last = known.last.as_ref();
    let late = last.is_some_and(|last| at < last.at);
    let counts = whole && !late && known.same.is_none();
    let number = match (&known.same, last) {
        (Some(same), _) => same.number,
        (None, Some(last)) if late => last.number,
        (None, last) => last.map_or(1, |last| last.number + 1),
    };
    let baseline = match &known.first {
        Some(first) => first.at == at,
        None if whole => true,
        None => house
            .store
            .first_look(&source.id)
            .await?
            .is_none_or(|first| at <= first),
    };
    let round = Arc::new(Round {
        source: source.clone(),
        monitored: Monitored::new(
            Arc::clone(&house.library),
            house.store.followed().await?.works,
        ),
        at,
        now: terms.now,
        snapshot: number,
        whole,
        baseline,
        last_whole: last.map(|last| last.at),
        evidence,
        address,
    });
    drop(known);
    let mut taken = Taken {
        register: RegisterChanges {
            source: source.id.clone(),
            snapshot: counts.then(|| Snapshot {
                source: source.id.clone(),
                number,
                at,
                rows: u32::try_from(rows).unwrap_or(u32::MAX),
            }),
            rows: Packed::default(),
            rewritten: Vec::new(),
            looked_at: (!whole).then_some((looked_at, at)),
            absent: if counts { missing } else { Vec::new() },
            back: if counts { back } else { Vec::new() },
            projects: Packed::default(),
            events: Packed::default(),
        },
        new: Vec::new(),
        moves: Vec::new(),
        new_rows: 0,
        successors: 0,
    };
    let mut names = names.into_iter().peekable();
    while names.peek().is_some() {
        let mut batch: Vec<ReadRow> = Vec::new();
        let mut projects: Vec<ProjectId> = Vec::new();
        while let Some(name) =
            names.next_if(|name| batch.len() < BATCH || projects.last() == Some(&name.project))
        {
            let Some(mut one) = read.take(name.place) else {
                continue;
            };
            one.row.key = name.key;
            if projects.last() != Some(&name.project) {
                projects.push(name.project);
            }
            batch.push(one);
        }
        let keys: Vec<String> = batch.iter().map(|read| read.row.key.clone()).collect();
        let past = house
            .store
            .known_projects(&source.id, &keys, &projects)
            .await?;
        drop((keys, projects));
        let comparing = {
            let round = Arc::clone(&round);
            tokio::task::spawn_blocking(move || round.compare(batch, &past))
        };
        let found = comparing.await?;
        let changes = found.changes;
        let names_of = called.of(house, &changes, late).await?;
        let making = {
            let (round, house) = (Arc::clone(&round), house.clone());
            tokio::task::spawn_blocking(move || round.updates(&house, &changes, &names_of))
        };
        taken.register.rows.extend(found.rows);
        taken.register.rewritten.extend(found.rewritten);
        taken.register.projects.extend(found.projects);
        taken.register.events.extend(found.events);
        taken.moves.extend(found.moves);
        taken.new_rows += found.new_rows;
        taken.successors += found.successors;
        taken.new.extend(making.await?);
    }
    let order = |one: &RowMove| (one.file.clone(), one.reference.clone());
    taken.moves.sort_by_cached_key(order);
    Ok(taken)
}

/// What is true of every batch of a reading.
struct Round {
    source: Source,
    monitored: Monitored,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
    snapshot: i64,
    whole: bool,
    baseline: bool,
    last_whole: Option<DateTime<Utc>>,
    evidence: Evidence,
    address: WebAddress,
}

impl Round {
    fn compare(&self, batch: Vec<ReadRow>, past: &KnownProjects) -> Comparison {
        let setting = Setting {
            source: &self.source.id,
            at: self.at,
            document: self.evidence.document,
            snapshot: self.snapshot,
            whole: self.whole,
            baseline: self.baseline,
            last_whole: self.last_whole,
        };
        let catalogue = self.source.catalogue.as_ref();
        compare::catalogue::compare(batch, past, &setting, &|row| {
            self.monitored.wants(catalogue, row)
        })
    }

    fn updates(
        &self,
        house: &House,
        changes: &[ProjectChange],
        names: &HashMap<String, String>,
    ) -> Vec<Fresh> {
        let authority = house
            .library
            .body(&self.source.body)
            .map_or(Authority::Secondary, |body| body.authority());
        let about = Circumstances {
            source: &self.source.id,
            authority,
            document: &self.address,
            now: self.now,
            first_contact: false,
            evidence: &self.evidence,
        };
        changes
            .iter()
            .map(|change| update(house, &self.source, change, &about, names))
            .collect()
    }
}

/// What a look leaves behind that found the very list of the last time: one more proof of the
/// silence of all its rows.
///
/// # Errors
/// When the store fails.
pub async fn unchanged(
    house: &House,
    source: &Source,
    at: DateTime<Utc>,
) -> anyhow::Result<Option<RegisterChanges>> {
    let last = house.store.last_snapshot(&source.id).await?;
    Ok(last
        .filter(|last| last.at < at)
        .map(|last| RegisterChanges {
            source: source.id.clone(),
            snapshot: Some(Snapshot {
                number: last.number + 1,
                at,
                ..last
            }),
            rows: Packed::default(),
            rewritten: Vec::new(),
            looked_at: None,
            absent: Vec::new(),
            back: Vec::new(),
            projects: Packed::default(),
            events: Packed::default(),
        }))
}

fn update(
    house: &House,
    source: &Source,
    change: &ProjectChange,
    about: &Circumstances<'_>,
    names: &HashMap<String, String>,
) -> Fresh {
    let Normalized {
        update, language, ..
    } = normalize::catalogue_update(change, about, names);
    // The row states its days, and which of them it replaces.
    let mut update = understood_of_ours(&house.tagger, source, update, language.as_deref());
    proven(house, source, &mut update);
    fresh_of_ours(update)
}

/// What the row itself proves, over what its words suggest: its kind is that of its stage or
/// none, and the bodies whose row it is act (rule B1), each with its jurisdiction (rule J2).
pub(super) fn proven(house: &House, source: &Source, update: &mut Update) {
    let stated = &update.content.stated;
    let because = |rule: &'static str, text: String| Because {
        rule: rule.into(),
        field: Field::Source,
        text,
        start: 0,
    };
    update.tags.kind = stated.kind;
    update.tags.kind_because = match (&stated.kind, &update.content.stage) {
        (None, _) => Vec::new(),
        (Some(_), Some(stage)) => stage
            .changes
            .last()
            .map(|step| because("stage", step.to.to_string()))
            .into_iter()
            .collect(),
        (Some(_), None) => vec![because("stated", source.name.clone())],
    };
    let names = stated
        .bodies
        .iter()
        .filter_map(|name| BodyId::new(name.to_lowercase()).ok());
    let bodies: Vec<BodyId> = names.chain([source.body.clone()]).collect();
    for id in bodies {
        let Some(body) = house.library.body(&id) else {
            continue;
        };
        if !update.tags.bodies.iter().any(|tag| tag.id == id) {
            update.tags.bodies.push(Tag {
                id: id.clone(),
                because: vec![because("B1", source.name.clone())],
            });
        }
        let place: Option<&JurisdictionId> = body.jurisdiction.as_ref();
        if let Some(place) = place
            && !update.tags.jurisdictions.iter().any(|tag| tag.id == *place)
        {
            update.tags.jurisdictions.push(Tag {
                id: place.clone(),
                because: vec![because("J2", body.name.clone())],
            });
        }
    }
}
