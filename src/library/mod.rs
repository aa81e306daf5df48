//! The library's files and `sources.toml` -> Library and Sources, with every fault of every
//! file in one report.
//!
//! It knows how the files are written and what in them must agree. It calls nothing but the
//! ground floor. It deliberately does not know what the data is used for.

mod bodies;
mod frameworks;
mod mappings;
mod profile;
mod rules;
mod significance;
mod sources;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::domain::id::SourceId;
use crate::domain::library::{KindBook, Library, MannerBook};
use crate::domain::mapping::Preset;
use crate::domain::source::Source;
use crate::domain::synonyms::Synonyms;
use crate::text::report::{FileFault, Report};
use crate::text::table;

#[derive(rust_embed::Embed)]
#[folder = "frameworks/"]
struct BuiltInFrameworks;

#[derive(rust_embed::Embed)]
#[folder = "library/"]
struct BuiltInLibrary;

const BUILT_IN_SYNONYMS: &str = include_str!("../../index/synonyms.toml");
const BUILT_IN_SOURCES: &str = include_str!("../../sources.toml");

/// A folder or file of the library that is there and cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {source}. Check that the file is there and that this user may read it", path.display())]
pub struct Error {
    path: PathBuf,
    source: std::io::Error,
}

/// The files as text, by name.
#[derive(Clone, Debug, Default)]
pub struct Files {
    frameworks: BTreeMap<String, String>,
    library: BTreeMap<String, String>,
    synonyms: (String, String),
    sources: (String, String),
}

impl Files {
    /// The files in the binary.
    pub fn built_in() -> Self {
        Self {
            frameworks: embedded::<BuiltInFrameworks>("frameworks"),
            library: embedded::<BuiltInLibrary>("library"),
            synonyms: (
                "index/synonyms.toml".to_owned(),
                BUILT_IN_SYNONYMS.to_owned(),
            ),
            sources: ("sources.toml".to_owned(), BUILT_IN_SOURCES.to_owned()),
        }
    }

    /// The files in the binary, each kind replaced as a whole by what lies under the same name
    /// beside the configuration: `frameworks/`, `library/`, `index/synonyms.toml`, `sources.toml`.
    ///
    /// # Errors
    /// When something is there and cannot be read.
    pub fn beside(folder: &Path) -> Result<Self, Error> {
        let mut files = Self::built_in();
        for (name, kind) in [
            ("frameworks", &mut files.frameworks),
            ("library", &mut files.library),
        ] {
            let path = folder.join(name);
            if path.is_dir() {
                *kind = folder_of_toml(&path)?;
            }
        }
        for (name, file) in [
            ("sources.toml", &mut files.sources),
            ("index/synonyms.toml", &mut files.synonyms),
        ] {
            let path = folder.join(name);
            if path.is_file() {
                *file = (path.display().to_string(), read(&path)?);
            }
        }
        Ok(files)
    }

    /// The same, with other sources.
    #[must_use]
    pub fn with_sources(mut self, name: &str, text: String) -> Self {
        self.sources = (name.to_owned(), text);
        self
    }

    /// The file of sources: its name and its text.
    pub fn sources(&self) -> (&str, &str) {
        (&self.sources.0, &self.sources.1)
    }

    /// The same, with other files of one kind, by name.
    #[must_use]
    pub fn with_library_file(mut self, name: &str, text: String) -> Self {
        self.library.insert(name.to_owned(), text);
        self
    }
}

fn embedded<E: rust_embed::Embed>(folder: &str) -> BTreeMap<String, String> {
    E::iter()
        .filter(|name| name.ends_with(".toml"))
        .filter_map(|name| {
            let file = E::get(&name)?;
            let text = String::from_utf8_lossy(&file.data).into_owned();
            Some((format!("{folder}/{name}"), text))
        })
        .collect()
}

fn folder_of_toml(folder: &Path) -> Result<BTreeMap<String, String>, Error> {
    let error = |source| Error {
        path: folder.to_owned(),
        source,
    };
    let mut out = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(error)? {
        let path = entry.map_err(error)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            out.insert(path.display().to_string(), read(&path)?);
        }
    }
    Ok(out)
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read(path)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .map_err(|source| Error {
            path: path.to_owned(),
            source,
        })
}

/// What the files say, and every fault in them. A faulty entry is left out, and a
/// faulty source is off, as far as it can be read; the others stand.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The library.
    pub library: Library,
    /// The sources, in the file's order.
    pub sources: Vec<Source>,
    /// Where each source's entry begins, for whoever finds fault with it later.
    pub places: BTreeMap<SourceId, FileFault>,
    /// Sources whose entries are faulty: those of which enough can be read stand among the others, and
    /// are off.
    pub left_out: Vec<LeftOut>,
    /// What sources may be completed from.
    pub presets: Vec<Preset>,
    /// All faults, by file and line.
    pub faults: Vec<FileFault>,
    /// Statements of pages that name no source.
    pub unsourced: Vec<FileFault>,
    /// Dates that an editor must look at when their day is over.
    pub passing: Vec<Passing>,
}

/// A source that is not read, with what is wrong about its entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The source.
    pub source: SourceId,
    /// Where its entry is faulty, and how.
    pub faults: Vec<FileFault>,
}

/// A date that nobody has verified, or that is not said to be past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passing {
    /// The last day on which it may be.
    pub last_day: NaiveDate,
    /// What it is.
    pub what: String,
    /// Where it stands.
    pub place: FileFault,
}

impl Loaded {
    /// What an editor must mend on a day although it is no fault: statements of pages without a
    /// source, and dates that have passed meanwhile.
    pub fn to_review(&self, today: NaiveDate) -> Vec<FileFault> {
        let passed = self
            .passing
            .iter()
            .filter(|passing| passing.last_day < today)
            .map(|passing| FileFault {
                what: format!(
                    "{} and its day, {}, has passed: say what happened, with the source",
                    passing.what, passing.last_day
                ),
                ..passing.place.clone()
            });
        let mut out: Vec<FileFault> = self.unsourced.iter().cloned().chain(passed).collect();
        out.sort_by(|a, b| (&a.file, a.line, &a.key).cmp(&(&b.file, b.line, &b.key)));
        out
    }
}

/// Reads all files.
pub fn load(files: &Files) -> Loaded {
    let report = Report::default();
    let mut links = Links::default();
    let mut bodies = Vec::new();
    let mut jurisdictions = Vec::new();
    let mut topics = Vec::new();
    let mut crosswalks = Vec::new();
    let mut cues = Vec::new();
    let mut kinds = KindBook::default();
    let mut manners = MannerBook::default();
    let mut significance = Vec::new();
    let mut trusted = Vec::new();
    let mut presets = Vec::new();
    for (name, text) in &files.library {
        let mut file = table::Table::parse(name, text, &report);
        file.allow(&["schema"]);
        // A file may hold any of the parts, so that an operator can split or join them.
        bodies.extend(bodies::bodies(&mut file, &mut links));
        jurisdictions.extend(bodies::jurisdictions(&mut file, &mut links));
        topics.extend(bodies::topics(&mut file, &mut links));
        crosswalks.extend(bodies::crosswalks(&mut file, &mut links));
        cues.extend(rules::cues(&mut file, &mut links));
        rules::kinds(&mut file, &mut kinds);
        rules::manners(&mut file, &mut manners);
        significance.extend(significance::rules(&mut file));
        trusted.extend(rules::trusted(&mut file));
        presets.extend(mappings::presets(&mut file));
        file.finish();
    }
    let mut frameworks = Vec::new();
    for (name, text) in &files.frameworks {
        let file = table::Table::parse(name, text, &report);
        frameworks.extend(frameworks::framework(file, &mut links));
    }
    frameworks.sort_by(|a, b| a.id.cmp(&b.id));
    let sources = sources::sources(
        &files.sources.0,
        &files.sources.1,
        &presets,
        &report,
        &mut links,
    );
    let unsourced = std::mem::take(&mut links.unsourced);
    let passing = std::mem::take(&mut links.passing);
    let left_out = std::mem::take(&mut links.left_out);
    let places = links.places_of_sources();
    links.resolve(&report);
    let mut library = Library::new(
        frameworks,
        bodies,
        jurisdictions,
        topics,
        crosswalks,
        cues,
        kinds,
    );
    let mut synonyms: Vec<Vec<String>> = Vec::new();
    let mut file = table::Table::parse(&files.synonyms.0, &files.synonyms.1, &report);
    for mut table in file.tables("synonym") {
        let words = table.texts("words");
        if words.len() < 2 {
            table.fault("words", "one word has no synonym: write at least two");
        }
        table.allow(&["note"]);
        table.finish();
        synonyms.push(words);
    }
    file.finish();
    library.synonyms = Synonyms::new(&synonyms, &library);
    library.manners = manners;
    library.significance = significance;
    library.trusted_hosts = trusted;
    Loaded {
        library,
        sources,
        places,
        left_out,
        presets,
        faults: report.faults(),
        unsourced,
        passing,
    }
}

/// What an identifier names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Named {
    Framework,
    Body,
    Jurisdiction,
    Topic,
    Source,
}

impl Named {
    fn word(self) -> &'static str {
        match self {
            Self::Framework => "framework",
            Self::Body => "body",
            Self::Jurisdiction => "jurisdiction",
            Self::Topic => "topic",
            Self::Source => "source",
        }
    }
}

/// Identifiers that are defined and identifiers that are used, until all files are read.
#[derive(Debug, Default)]
struct Links {
    defined: BTreeMap<(Named, String), FileFault>,
    twice: Vec<FileFault>,
    used: Vec<(Named, String, FileFault)>,
    unsourced: Vec<FileFault>,
    passing: Vec<Passing>,
    left_out: Vec<LeftOut>,
}

impl Links {
    /// Notes that an identifier is defined here; false when it was before.
    fn define(&mut self, named: Named, id: &str, place: FileFault) -> bool {
        if let Some(first) = self.defined.get(&(named, id.to_owned())) {
            self.twice.push(FileFault {
                what: format!(
                    "the {} `{id}` is already defined at {}:{}: give this one another id or remove it",
                    named.word(),
                    first.file,
                    first.line
                ),
                ..place
            });
            return false;
        }
        self.defined.insert((named, id.to_owned()), place);
        true
    }

    fn places_of_sources(&self) -> BTreeMap<SourceId, FileFault> {
        self.defined
            .iter()
            .filter(|((named, _), _)| *named == Named::Source)
            .filter_map(|((_, id), place)| Some((SourceId::new(id.as_str()).ok()?, place.clone())))
            .collect()
    }

    /// Notes that an identifier is used here.
    fn mention(&mut self, named: Named, id: &str, place: FileFault) {
        self.used.push((named, id.to_owned(), place));
    }

    fn resolve(self, report: &Report) {
        for fault in self.twice {
            report.add(fault);
        }
        for (named, id, place) in self.used {
            if self.defined.contains_key(&(named, id.clone())) {
                continue;
            }
            let candidates = self
                .defined
                .keys()
                .filter(|(kind, _)| *kind == named)
                .map(|(_, id)| id.as_str());
            let what = match table::nearest(&id, candidates) {
                Some(near) => format!(
                    "there is no {} `{id}`: did you mean `{near}`?",
                    named.word()
                ),
                None => format!(
                    "there is no {} `{id}`: define it, or remove it here",
                    named.word()
                ),
            };
            report.add(FileFault { what, ..place });
        }
    }
}

#[cfg(test)]
mod tests;
