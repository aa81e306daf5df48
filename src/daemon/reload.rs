//! Taking changed files up while at work: sources, library, templates and teams. Files with a fault
//! change nothing; what runs goes on, and it is said.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::{House, machine};
use crate::config::{self, Config};
use crate::library::{Files, load};
use crate::render::Renderer;
use crate::story::Vocabulary;
use crate::tag::Tagger;
use crate::text::report::FileFault;

/// When a file was last written, and how long it is.
type Stamps = BTreeMap<PathBuf, (SystemTime, u64)>;

/// Watches the files that may change.
#[derive(Debug)]
pub struct Watch {
    roots: Vec<PathBuf>,
    taken: Stamps,
    last: Stamps,
}

impl Watch {
    /// From now on; what is there now is what runs.
    pub fn begin(config: &Config) -> Self {
        let names = [
            "sources.toml",
            "library",
            "frameworks",
            "index",
            "templates",
        ];
        let mut roots: Vec<PathBuf> = names.map(|name| config.folder.join(name)).to_vec();
        roots.extend(config.file.clone());
        let taken = stamps(&roots);
        Self {
            roots,
            last: taken.clone(),
            taken,
        }
    }

    /// Whether files changed since they were last taken up. Files that still change are left until
    /// two looks in a row see the same.
    pub fn look(&mut self) -> bool {
        let now = stamps(&self.roots);
        let settled = now == self.last;
        self.last = now;
        if settled && self.last != self.taken {
            self.taken.clone_from(&self.last);
            return true;
        }
        false
    }
}

fn stamps(roots: &[PathBuf]) -> Stamps {
    let mut out = Stamps::new();
    for root in roots {
        note(root, 0, &mut out);
    }
    out
}

fn note(path: &Path, depth: u32, out: &mut Stamps) {
    let Ok(about) = std::fs::metadata(path) else {
        return;
    };
    if about.is_dir() {
        // Templates lie two folders deep; what is deeper is nobody's.
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            if depth < 4 {
                note(&entry.path(), depth + 1, out);
            }
        }
    } else {
        let written = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        out.insert(path.to_owned(), (written, about.len()));
    }
}

/// Why files were not taken up.
#[derive(Debug)]
pub struct Refused(pub Vec<FileFault>);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, fault) in self.0.iter().take(5).enumerate() {
            let between = if place == 0 { "" } else { "; " };
            write!(f, "{between}{fault}")?;
        }
        match self.0.len().saturating_sub(5) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

fn whole(file: &str, what: String) -> Refused {
    Refused(vec![FileFault {
        file: file.to_owned(),
        line: 0,
        key: String::new(),
        what,
    }])
}

impl House {
    /// The same house with the files as they are now; store, index and visits are shared.
    ///
    /// # Errors
    /// With every fault; then nothing has changed.
    pub fn with_new_files(&self) -> Result<Self, Refused> {
        let new = Config::load(self.config.file.as_deref(), Some(&self.config.data)).map_err(
            |error| match error {
                config::Error::Faults { faults } => Refused(faults),
                error => whole("regwire.toml", error.to_string()),
            },
        )?;
        let files = Files::beside(&self.config.folder)
            .map_err(|error| whole("files", error.to_string()))?;
        let loaded = load(&files);
        if !loaded.faults.is_empty() {
            return Err(Refused(loaded.faults));
        }
        let library = Arc::new(loaded.library);
        let sources = Arc::new(loaded.sources);
        let today = self.clock.now().date_naive();
        let faults = super::jobs::teams::faults(&new, &library, &sources, today);
        if !faults.is_empty() {
            return Err(Refused(faults));
        }
        let renderer = Renderer::new(
            super::templates(&self.config.folder),
            super::shown_as(&self.config),
        )
        .map_err(|error| whole("templates", error.to_string()))?;
        if self.config.needs_a_start(&new) {
            tracing::warn!(
                "regwire.toml has changed beyond its teams: the rest takes effect at the next start"
            );
        }
        let config = Config {
            teams: new.teams,
            team_places: new.team_places,
            ..(*self.config).clone()
        };
        Ok(Self {
            config: Arc::new(config),
            tagger: Tagger::new(Arc::clone(&library)),
            vocabulary: Arc::new(Vocabulary::new(&library)),
            // What was told is looked at with the new names.
            stories: Arc::default(),
            library,
            sources,
            // Files with a fault are not taken.
            left_out: Arc::default(),
            renderer: Arc::new(renderer),
            ..self.clone()
        })
    }

    /// Takes the files up, or says why not: in the log, and as a line for operators that stands until
    /// they are mended.
    pub async fn take_up_files(&self) -> Option<Self> {
        let house = self.clone();
        let read = tokio::task::spawn_blocking(move || house.with_new_files()).await;
        let line = format!("files {}", machine());
        let (taken, said) = match read {
            Ok(Ok(house)) => {
                tracing::info!(
                    sources = house.sources.len(),
                    teams = house.config.teams.len(),
                    "changed files were taken up"
                );
                (Some(house), None)
            }
            Ok(Err(refused)) => {
                tracing::error!(
                    faults = refused.0.len(),
                    "changed files have faults and were not taken up; what ran before runs on: {refused}"
                );
                (
                    None,
                    Some(format!(
                        "changed files on {} were not taken up, and what ran before runs on: {refused}",
                        machine()
                    )),
                )
            }
            Err(error) => (
                None,
                Some(format!("changed files could not be read: {error}")),
            ),
        };
        self.vitals.reload_failed(said.is_some());
        let now = self.clock.now();
        if let Err(error) = self.store.note_line(&line, said.as_deref(), now).await {
            tracing::warn!(%error, "that could not be noted in the store");
        }
        taken
    }
}
