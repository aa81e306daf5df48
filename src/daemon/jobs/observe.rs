//! A snapshot of a catalogue that is taken in by hand.
//!
//! What is stored is what a visit would leave, with a manifest in the place of the bytes: the
//! hash and the name of every record, chained like every document. The moves are told before the
//! commit, so a run that is killed in between tells them again and loses none.

use std::path::Path;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::catalogue::{Lot, Terms, gather, take_in};
use super::chain::Place;
use super::collect::{commit, settle};
use super::index;
use super::visit::empty_visit;
use crate::daemon::House;
use crate::domain::catalogue::CataloguePreset;
use crate::domain::document::{Document, Fault, Outcome, Sha256, Visit};
use crate::domain::evidence::Evidence;
use crate::domain::id::SourceId;
use crate::domain::source::Source;
use crate::domain::standard::RowMove;
use crate::library::{Files, load};
use crate::parse::catalogue::guess;
use crate::store::{Harvest, Lease, SourceState};

/// What is taken in, and how.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Wish {
    /// The file or folder.
    pub path: std::path::PathBuf,
    /// When the catalogue was so.
    pub at: DateTime<Utc>,
    /// The source that it belongs to; the first of its kind when none is named.
    pub source: Option<SourceId>,
    /// Whether a list that has shrunk is taken all the same.
    pub shrunken: bool,
}

/// What was seen.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The source that it was counted to.
    pub source: SourceId,
    /// Words that must be shown with it.
    pub attribution: Option<String>,
    /// Rows in it.
    pub rows: usize,
    /// Rows that moved.
    pub moves: Vec<RowMove>,
    /// Rows that are new.
    pub new_rows: usize,
    /// Of them texts of projects that were known.
    pub successors: usize,
    /// Updates that came of it.
    pub updates: usize,
    /// What was wrong.
    pub faults: Vec<Fault>,
    /// Whether it was taken.
    pub taken: bool,
}

impl Seen {
    /// As one object, without the moves.
    pub fn summary(&self) -> Value {
        json!({
            "source": self.source,
            "attribution": self.attribution,
            "taken": self.taken,
            "rows": self.rows,
            "moved": self.moves.len(),
            "new": self.new_rows,
            "successors": self.successors,
            "updates": self.updates,
            "faults": self.faults,
        })
    }
}

/// Takes a snapshot in. `tell` is called with what was seen before anything is stored.
///
/// # Errors
/// When it cannot be read at all, when telling or storing fails, or the lease is lost.
pub async fn observe(
    house: &House,
    lease: &Lease,
    wish: &Wish,
    tell: impl FnOnce(&Seen) -> anyhow::Result<()>,
) -> anyhow::Result<Seen> {
    let began = std::time::Instant::now();
    let now = house.clock.now();
    let is_folder = std::fs::metadata(&wish.path)
        .with_context(|| format!("cannot read {}", wish.path.display()))?
        .is_dir();
    let preset = if is_folder {
        CataloguePreset::Relaton
    } else {
        let mut file = std::fs::File::open(&wish.path)
            .with_context(|| format!("cannot open {}", wish.path.display()))?;
        guess(&mut file).with_context(|| format!("{} is empty or no list", wish.path.display()))?
    };
    let source = source(house, preset, wish.source.as_ref())?;
    // Catalogues share projects: what another brings meanwhile would be numbered as this one's.
    for other in house.sources.iter().filter(|one| one.catalogue.is_some()) {
        settle(house, lease, &other.id).await?;
    }
    let lot = if is_folder {
        Lot::Folder(wish.path.clone())
    } else {
        Lot::File(wish.path.clone())
    };
    let terms = Terms {
        at: wish.at,
        now,
        shrunken: wish.shrunken,
    };
    let mut gathered = gather(house, &source, lot, &terms, true).await?;
    let mut seen = Seen {
        source: source.id.clone(),
        attribution: source.attribution.clone(),
        rows: gathered.rows,
        moves: Vec::new(),
        new_rows: 0,
        successors: 0,
        updates: 0,
        faults: std::mem::take(&mut gathered.faults),
        taken: gathered.readable,
    };
    if !gathered.readable {
        tell(&seen)?;
        return Ok(seen);
    }
    let state = house
        .store
        .source_state(&source.id)
        .await?
        .unwrap_or_else(|| SourceState::unknown(source.id.clone(), now));
    let address = source.url.on(wish.at.date_naive())?;
    let mut harvest = Harvest {
        visit: Visit {
            entries: u32::try_from(gathered.rows).unwrap_or(u32::MAX),
            faults: seen.faults.clone(),
            ..empty_visit(&source.id, now, Outcome::Unchanged)
        },
        documents: Vec::new(),
        new: Vec::new(),
        revised: Vec::new(),
        register: None,
        watching: None,
        state,
    };
    let manifest = format!(
        "What was taken in by hand: SHA-256 and name of every record of {}\n{}",
        wish.path
            .file_name()
            .map(|name| name.to_string_lossy())
            .unwrap_or_default(),
        gathered.manifest
    );
    gathered.manifest = String::new();
    harvest.visit.bytes = manifest.len() as u64;
    let proof = prove(&mut harvest, &source, manifest, address.clone(), wish.at);
    let taken = take_in(house, &source, gathered, &terms, proof, address).await?;
    seen.moves = taken.moves;
    seen.new_rows = taken.new_rows;
    seen.successors = taken.successors;
    seen.updates = taken.new.len();
    let register = taken.register;
    let nothing = register.rows.is_empty()
        && register.snapshot.is_none()
        && register.rewritten.is_empty()
        && register.events.is_empty()
        && register
            .looked_at
            .as_ref()
            .is_none_or(|(keys, _)| keys.is_empty());
    tell(&seen)?;
    if nothing {
        // The same again: there is nothing to store, not even that it was looked at.
        return Ok(seen);
    }
    crate::crash::point("observed");
    harvest.visit.milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    harvest.visit.new = u32::try_from(taken.new.len()).unwrap_or(u32::MAX);
    if !taken.new.is_empty() {
        harvest.visit.outcome = Outcome::New;
    }
    harvest.new = taken.new;
    harvest.register = Some(Box::new(register));
    commit(house, lease, std::slice::from_mut(&mut harvest)).await?;
    index::follow(house).await?;
    Ok(seen)
}

/// The catalogue that a snapshot belongs to: the one named, else the first of its kind, else the
/// one that the program brings along.
fn source(
    house: &House,
    preset: CataloguePreset,
    named: Option<&SourceId>,
) -> anyhow::Result<Source> {
    let is_it = |source: &&Source| {
        source
            .catalogue
            .as_ref()
            .is_some_and(|catalogue| catalogue.preset == preset)
    };
    if let Some(id) = named {
        let source = house.named_source(id.as_str())?;
        anyhow::ensure!(
            is_it(&source),
            "the source `{id}` is no catalogue of the kind {}, which this is",
            preset.as_str()
        );
        return Ok(source.clone());
    }
    if let Some(source) = house.sources.iter().find(is_it) {
        return Ok(source.clone());
    }
    load(&Files::built_in())
        .sources
        .iter()
        .find(is_it)
        .cloned()
        .with_context(|| {
            format!(
                "no source of sources.toml has preset = \"{}\"",
                preset.as_str()
            )
        })
}

/// Chains the manifest to the source's documents. A status of 0 says that no server answered.
fn prove(
    harvest: &mut Harvest,
    source: &Source,
    manifest: String,
    address: crate::domain::address::WebAddress,
    at: DateTime<Utc>,
) -> Evidence {
    let body = manifest.into_bytes();
    let document = Document {
        source: source.id.clone(),
        url: address,
        fetched_at: at,
        status: 0,
        headers: vec![(
            "content-type".to_owned(),
            "text/plain; charset=utf-8".to_owned(),
        )],
        sha256: Sha256::of(&body),
        body,
    };
    let place = Place::after(&harvest.state, &document);
    let proof = place.proof(&document);
    place.take(harvest, document, None, source.keep);
    proof
}

/// Whether a path is there, as the one who asks sees it; a daemon may see another world.
pub fn whole_path(path: &Path) -> anyhow::Result<std::path::PathBuf> {
    std::fs::canonicalize(path).with_context(|| format!("cannot read {}", path.display()))
}
