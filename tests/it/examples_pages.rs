//! Shapes of watched pages: what is read of each by the definitions of all sources of its shape,
//! and what is told of a change.
//!
//! `tests/examples/watched-pages/<shape>.toml` names the page (`answer` beside it), the `sources`
//! that are of its shape, the `text` that is read, and changes: what stood (`from`), what stands
//! then (`to`) and what is `told` of it, nothing when absent. With `REGWIRE_WRITE_EXAMPLES` set,
//! what is read is written down to be looked through.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use regwire::compare::page::{Past, Verdict, compare};
use regwire::domain::document::{Document, Sha256};
use regwire::domain::page::{BlockKind, PageText};
use regwire::domain::source::Source;
use regwire::library::{Files, load};
use regwire::parse::parse;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(page: &str, source: &Source) -> PageText {
    let document = Document {
        source: source.id.clone(),
        url: source.url.on(NaiveDate::default()).unwrap(),
        fetched_at: DateTime::<Utc>::default(),
        status: 200,
        headers: Vec::new(),
        sha256: Sha256::of(page.as_bytes()),
        body: page.as_bytes().to_vec(),
    };
    let parsed = parse(&document, source);
    let id = &source.id;
    assert!(parsed.faults.is_empty(), "{id}: {:?}", parsed.faults);
    let text = parsed.page.and_then(|page| page.text);
    text.unwrap_or_else(|| panic!("{id}: no text"))
}

fn lines(text: &PageText) -> Vec<String> {
    let line = |block: &regwire::domain::page::Block| match block.kind {
        BlockKind::Heading => format!("heading {}: {}", block.level, block.text),
        kind => format!("{}: {}", kind.name(), block.text),
    };
    text.blocks.iter().map(line).collect()
}

fn told(before: &PageText, after: &PageText) -> Option<String> {
    let past = Past {
        last: Some(before),
        ..Past::default()
    };
    match compare(&past, after) {
        Verdict::Changed(change) => Some(change.summary()),
        _ => None,
    }
}

/// What is read of a shape by one source, as its file tells it.
fn found(shape: &toml::Table, page: &str, source: &Source) -> toml::Table {
    let mut out = shape.clone();
    let before = read(page, source);
    out.insert("text".into(), lines(&before).into());
    for change in out["change"].as_array_mut().unwrap() {
        let change = change.as_table_mut().unwrap();
        let (from, to) = (change["from"].as_str(), change["to"].as_str());
        let (from, to) = (from.unwrap(), to.unwrap());
        assert!(page.contains(from), "{from}");
        let after = read(&page.replace(from, to), source);
        change.remove("told");
        if let Some(summary) = told(&before, &after) {
            change.insert("told".into(), summary.into());
        }
    }
    out
}

#[test]
fn every_shape_of_page_is_read_as_expected() {
    let text = std::fs::read_to_string(here("sources.toml")).unwrap();
    let sources = load(&Files::built_in().with_sources("sources.toml", text)).sources;
    let mut paths: Vec<PathBuf> = std::fs::read_dir(here("tests/examples/watched-pages"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|is| is == "toml"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let file = std::fs::read_to_string(&path).unwrap();
        let shape: toml::Table = file.parse().unwrap();
        assert_eq!(shape["imitation"].as_bool(), Some(true));
        let answer = path.with_file_name(shape["answer"].as_str().unwrap());
        let page = std::fs::read_to_string(answer).unwrap();
        let ids = shape["sources"].as_array().unwrap();
        assert!(!ids.is_empty(), "{}", path.display());
        for id in ids {
            let id = id.as_str().unwrap();
            let source = sources.iter().find(|source| source.id.as_str() == id);
            let source = source.unwrap_or_else(|| panic!("{id}: no such source"));
            let found = found(&shape, &page, source);
            if std::env::var_os("REGWIRE_WRITE_EXAMPLES").is_some() {
                std::fs::write(&path, toml::to_string_pretty(&found).unwrap()).unwrap();
                continue;
            }
            assert_eq!(found, shape, "{} by {id}", path.display());
        }
    }
}
