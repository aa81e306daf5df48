//! Every preset and every definition has an example: an answer, recorded or imitated, and what is
//! read in it.
//!
//! `tests/examples/<preset or source>/<case>.toml` says where the answer lies (`answer` beside it,
//! with `imitation = true`, or `recording` in the corpus), under which address it was given (that
//! of the source when absent), and what is expected: the first `items`, how many there are in all
//! (`count`), the address of the `next` page, and the codes of `faults`. With
//! `REGWIRE_WRITE_EXAMPLES` set, what is read is written down to be looked through.
//! `tests/examples/watched-pages/` holds watched pages, one for each shape of page.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use regwire::domain::address::WebAddress;
use regwire::domain::source::Source;
use regwire::library::{Files, Loaded, load};
use regwire::parse::parse;

use crate::mapping::{document, line, source};

/// How many items of a recording are written out.
const WRITTEN: usize = 3;

/// The folder of watched pages: an example is of a shape of page, and names the `sources` that are
/// pages of that shape.
const WATCHED: &str = "watched-pages";

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples")
}

fn corpus() -> PathBuf {
    std::env::var_os("REGWIRE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    )
}

fn bytes(path: &Path) -> Option<Vec<u8>> {
    let bytes = std::fs::read(path).ok()?;
    if path.extension().is_none_or(|extension| extension != "gz") {
        return Some(bytes);
    }
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes.as_slice())
        .read_to_end(&mut out)
        .ok()?;
    Some(out)
}

/// The project's own files, as they lie here.
pub fn shipped() -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sources.toml");
    let text = std::fs::read_to_string(path).unwrap();
    load(&Files::built_in().with_sources("sources.toml", text))
}

/// An example as its file tells it.
pub struct Case {
    /// The file.
    pub path: PathBuf,
    /// The preset or source that it is of.
    pub of: String,
    /// What the file says.
    pub told: toml::Table,
}

impl Case {
    pub fn word(&self, name: &str) -> Option<&str> {
        self.told.get(name).and_then(|value| value.as_str())
    }

    /// A file beside it, or of the corpus; none, said aloud, when the corpus is not there.
    pub fn body(&self, answer: &str, recording: &str) -> Option<Vec<u8>> {
        let path = match (self.word(answer), self.word(recording)) {
            (Some(answer), None) => {
                let imitation = self.told.get("imitation").and_then(toml::Value::as_bool);
                assert_eq!(imitation, Some(true), "{}", self.path.display());
                self.path.with_file_name(answer)
            }
            (None, Some(recording)) => corpus().join(recording),
            _ => panic!("{}: {answer} or {recording}", self.path.display()),
        };
        let body = bytes(&path);
        if body.is_none() {
            assert!(self.word(recording).is_some(), "{}", path.display());
            crate::left_out!("the example of {} (no {})", self.of, path.display());
        }
        body
    }

    /// What differs between what was read and what the file expects; or, when asked for, the file
    /// written anew.
    pub fn differences(&self, read: &toml::Table) -> Vec<String> {
        if std::env::var_os("REGWIRE_WRITE_EXAMPLES").is_some() {
            let mut told = self.told.clone();
            told.extend(read.clone());
            std::fs::write(&self.path, toml::to_string_pretty(&told).unwrap()).unwrap();
            return Vec::new();
        }
        let differs = |(name, value): (&String, &toml::Value)| {
            let expected = self.told.get(name);
            let nothing = value.as_array().is_some_and(Vec::is_empty);
            let equal = expected == Some(value) || (expected.is_none() && nothing);
            (!equal).then(|| {
                let file = self.path.display();
                format!("{file}: {name}: {value:#?}, expected {expected:#?}")
            })
        };
        read.iter().filter_map(differs).collect()
    }
}

/// All examples in the folders that are meant.
pub fn cases(meant: impl Fn(&str) -> bool) -> Vec<Case> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .flat_map(|of| std::fs::read_dir(of.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    paths.sort();
    let case = |path: PathBuf| {
        let of = path.parent().unwrap().file_name().unwrap();
        let of = of.to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        meant(&of).then(|| Case {
            told: text.parse().unwrap(),
            path,
            of,
        })
    };
    paths.into_iter().filter_map(case).collect()
}

/// What is read in an example, as its file tells it.
fn read(case: &Case, source: &Source, body: &[u8]) -> toml::Table {
    let mut document = document(body);
    document.url = match case.word("url") {
        Some(url) => WebAddress::new(url).unwrap(),
        None => source.url.on(NaiveDate::default()).unwrap(),
    };
    let parsed = parse(&document, source);
    let lines: Vec<String> = parsed.entries.iter().map(line).collect();
    let codes = parsed.faults.iter().map(|fault| fault.code.as_str());
    let texts = |texts: Vec<&str>| toml::Value::from(texts);
    let mut out = toml::Table::new();
    out.insert("count".into(), i64::try_from(lines.len()).unwrap().into());
    out.insert("faults".into(), texts(codes.collect()));
    if let Some(next) = &parsed.next {
        out.insert("next".into(), next.as_str().into());
    }
    let written = if case.word("answer").is_some() {
        lines.len()
    } else {
        WRITTEN
    };
    let first = lines.iter().take(written).map(String::as_str);
    out.insert("items".into(), texts(first.collect()));
    out
}

#[test]
fn every_preset_has_an_example_that_is_read_as_expected() {
    let presets: BTreeSet<String> = shipped()
        .presets
        .into_iter()
        .map(|preset| preset.id)
        .collect();
    let mut shown = BTreeSet::new();
    let mut wrong = Vec::new();
    for case in cases(|of| presets.contains(of)) {
        shown.insert(case.of.clone());
        let Some(body) = case.body("answer", "recording") else {
            continue;
        };
        let kind = case.word("kind").unwrap_or("json");
        let more = case.word("more").unwrap_or_default();
        let source = source(kind, &format!("preset = \"{}\"\n{more}", case.of));
        let found = read(&case, &source, &body);
        wrong.extend(case.differences(&found));
        if case.told.contains_key("next") && !found.contains_key("next") {
            wrong.push(format!("{}: there is no next page", case.path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(shown, presets);
}

/// The entries of `sources.toml` as they are written, before they are completed.
fn written() -> Vec<toml::Table> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sources.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let file: toml::Table = text.parse().unwrap();
    let sources = file["source"].as_array().unwrap().iter();
    sources
        .map(|source| source.as_table().unwrap().clone())
        .collect()
}

/// Whether what a source reads is described by itself alone: every listing, whether on or off, and
/// of what is on the sitemaps and the interfaces without a preset.
fn describes_itself(source: &toml::Table) -> bool {
    let on = source.get("on").and_then(toml::Value::as_bool) != Some(false);
    match source["kind"].as_str() {
        Some("listing") => true,
        Some("sitemap") => on,
        Some("json") => on && !source.contains_key("preset"),
        _ => false,
    }
}

#[test]
fn every_source_that_describes_itself_has_an_example_that_is_read_as_expected() {
    let described: BTreeSet<String> = written()
        .iter()
        .filter(|source| describes_itself(source))
        .map(|source| source["id"].as_str().unwrap().to_owned())
        .collect();
    let sources = shipped().sources;
    let mut shown = BTreeSet::new();
    let mut wrong = Vec::new();
    for case in cases(|of| described.contains(of)) {
        shown.insert(case.of.clone());
        let Some(body) = case.body("answer", "recording") else {
            continue;
        };
        let mut sources = sources.iter();
        let source = sources.find(|source| source.id.as_str() == case.of);
        wrong.extend(case.differences(&read(&case, source.unwrap(), &body)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(shown, described);
}

#[test]
fn every_watched_page_is_of_a_shape_that_has_an_example() {
    let shapes = cases(|of| of == WATCHED);
    let mut shown = BTreeSet::new();
    for shape in &shapes {
        let file = shape.path.display();
        assert!(shape.body("answer", "recording").is_some(), "{file}");
        let sources = shape.told["sources"].as_array().unwrap();
        shown.extend(sources.iter().map(|id| id.as_str().unwrap().to_owned()));
    }
    let is_watched = |source: &toml::Table| {
        let on = source.get("on").and_then(toml::Value::as_bool) != Some(false);
        source["kind"].as_str() == Some("page") && on
    };
    let pages: BTreeSet<String> = written()
        .iter()
        .filter(|source| is_watched(source))
        .map(|source| source["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(shown, pages);
}

#[test]
fn the_readme_counts_the_sources_as_they_are() {
    let sources = written();
    let on = sources
        .iter()
        .filter(|source| source.get("on").and_then(toml::Value::as_bool) != Some(false))
        .count();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let told = format!("{on} of the {} sources in `sources.toml`", sources.len());
    assert!(readme.contains(&told), "README.md does not say: {told}");
}
