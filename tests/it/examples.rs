//! Every preset has an example: an answer, recorded or imitated, and what is read in it.
//!
//! `tests/examples/<preset>/<case>.toml` says where the answer lies (`answer` beside it, with
//! `imitation = true`, or `recording` in the corpus), under which address it was given, and what is
//! expected: the first `items`, how many there are in all (`count`), the address of the `next` page,
//! and the codes of `faults`. With `REGWIRE_WRITE_EXAMPLES` set, what is read is written down to be
//! looked through.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use regwire::domain::address::WebAddress;
use regwire::library::{Files, load};
use regwire::parse::parse;

use crate::mapping::{document, line, source};

/// How many items of a recording are written out.
const WRITTEN: usize = 3;

fn folder() -> PathBuf {
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

#[test]
fn every_preset_has_an_example_that_is_read_as_expected() {
    let presets: BTreeSet<String> = load(&Files::built_in())
        .presets
        .into_iter()
        .map(|preset| preset.id)
        .collect();
    let mut shown = BTreeSet::new();
    let mut wrong = Vec::new();
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .flat_map(|preset| std::fs::read_dir(preset.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    cases.sort();
    for case in cases {
        let preset = case
            .parent()
            .unwrap()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap();
        let text = std::fs::read_to_string(&case).unwrap();
        let mut example: toml::Table = text.parse().unwrap();
        let word = |name: &str| example.get(name).and_then(|value| value.as_str());
        let path = match (word("answer"), word("recording")) {
            (Some(answer), None) => {
                let imitation = example.get("imitation").and_then(toml::Value::as_bool);
                assert_eq!(imitation, Some(true), "{}", case.display());
                case.with_file_name(answer)
            }
            (None, Some(recording)) => corpus().join(recording),
            _ => panic!("{}: answer or recording", case.display()),
        };
        shown.insert(preset.to_owned());
        let Some(body) = bytes(&path) else {
            assert!(word("recording").is_some(), "{}", path.display());
            crate::left_out!("the example of {preset} (no {})", path.display());
            continue;
        };
        let kind = word("kind").unwrap_or("json");
        let more = word("more").unwrap_or_default();
        let source = source(kind, &format!("preset = \"{preset}\"\n{more}"));
        let mut document = document(&body);
        document.url = WebAddress::new(word("url").unwrap()).unwrap();
        let parsed = parse(&document, &source);
        let lines: Vec<String> = parsed.entries.iter().map(line).collect();
        let codes: Vec<&str> = parsed
            .faults
            .iter()
            .map(|fault| fault.code.as_str())
            .collect();
        let mut read = toml::Table::new();
        let texts = |texts: Vec<&str>| toml::Value::from(texts);
        read.insert("count".into(), i64::try_from(lines.len()).unwrap().into());
        read.insert("faults".into(), texts(codes));
        if let Some(next) = &parsed.next {
            read.insert("next".into(), next.as_str().into());
        }
        let first = lines.iter().take(if word("answer").is_some() {
            lines.len()
        } else {
            WRITTEN
        });
        read.insert("items".into(), texts(first.map(String::as_str).collect()));
        if std::env::var_os("REGWIRE_WRITE_EXAMPLES").is_some() {
            for (name, value) in &read {
                example.insert(name.clone(), value.clone());
            }
            std::fs::write(&case, toml::to_string_pretty(&example).unwrap()).unwrap();
            continue;
        }
        for (name, value) in &read {
            let expected = example.get(name);
            let nothing = value.as_array().is_some_and(Vec::is_empty);
            if expected != Some(value) && !(expected.is_none() && nothing) {
                wrong.push(format!(
                    "{}: {name}: {value:#?}, expected {expected:#?}",
                    case.display()
                ));
            }
        }
        if parsed.next.is_none() && example.contains_key("next") {
            wrong.push(format!("{}: there is no next page", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(shown, presets);
}
