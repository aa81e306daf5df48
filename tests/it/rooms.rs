//! The house's one rule: a room sees the ground floor and nothing beside it.

use std::path::{Path, PathBuf};

/// What each room may see, beside itself.
fn allowed(room: &str) -> Option<&'static [&'static str]> {
    Some(match room {
        "crash" => &[],
        "text" => &[],
        "domain" => &["text"],
        "parse" | "compare" | "normalize" | "tag" | "story" | "summary" | "matching" | "digest"
        | "evidence" => &["domain", "text", "crash"],
        "archive" | "library" | "fetch" | "pdf" | "store" | "search" | "render" | "deliver" => {
            &["domain", "text", "crash"]
        }
        "clock" | "vitals" => &[],
        // Figures for a machine, on a listener of their own.
        "metrics" => &["domain", "store", "search", "clock", "vitals"],
        // Gathers settings; no room imports it.
        "config" => &["domain", "text", "fetch", "deliver"],
        "web" => &[
            "domain", "text", "crash", "compare", "store", "search", "render", "digest",
            "matching", "summary", "clock", "vitals",
        ],
        // Upstairs.
        "daemon" => &[
            "domain",
            "text",
            "crash",
            "parse",
            "compare",
            "normalize",
            "tag",
            "story",
            "summary",
            "matching",
            "digest",
            "library",
            "fetch",
            "pdf",
            "store",
            "search",
            "render",
            "deliver",
            "clock",
            "config",
            "vitals",
        ],
        // Looks at everything from outside, and mends nothing.
        "doctor" | "demo" | "cli" | "main" | "lib" => return None,
        _ => return Some(&["<a room that this test does not know>"]),
    })
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// The lines of a file without comments; the tests at its foot left out.
fn code(text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim() == "mod tests {" {
            break;
        }
        let line = line.split("//").next().unwrap_or("");
        out.push((number + 1, line.to_owned()));
    }
    out
}

/// The rooms that a line names by `crate::<room>` or `use crate::{<room>…}`.
fn named(line: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => out.push(std::mem::take(&mut word)),
                    c if depth == 0 => word.push(c),
                    _ => {}
                }
            }
            out.push(word);
        } else {
            out.push(rest.to_owned());
        }
    }
    out.into_iter()
        .map(|path| {
            path.trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        })
        .filter(|room| !room.is_empty() && room.chars().next().is_some_and(char::is_lowercase))
        .collect()
}

#[test]
fn no_room_glances_sideways() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&source, &mut all);
    assert!(all.len() > 50);
    let mut glances = Vec::new();
    for path in all {
        let relative = path.strip_prefix(&source).unwrap();
        let room = relative
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .trim_end_matches(".rs")
            .to_owned();
        if relative.ends_with("tests.rs") {
            // A test may bring two rooms together to see that they fit.
            continue;
        }
        let Some(allowed) = allowed(&room) else {
            continue;
        };
        for (line, text) in code(&std::fs::read_to_string(&path).unwrap()) {
            for other in named(&text) {
                if other != room && !allowed.contains(&other.as_str()) {
                    glances.push(format!(
                        "src/{}:{line}: `{room}` sees `{other}`",
                        relative.display()
                    ));
                }
            }
            if text.contains("super::super::super") {
                glances.push(format!(
                    "src/{}:{line}: reaches up through the roof",
                    relative.display()
                ));
            }
            if text.contains("pub use crate::") {
                glances.push(format!(
                    "src/{}:{line}: shows another room as its own",
                    relative.display()
                ));
            }
        }
    }
    assert!(glances.is_empty(), "{}", glances.join("\n"));
}

#[test]
fn every_room_has_a_door() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in std::fs::read_dir(&source).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let door = std::fs::read_to_string(path.join("mod.rs")).unwrap();
            assert!(door.starts_with("//! "), "{} says nothing", path.display());
            assert!(
                door.contains("deliberately") || path.ends_with("domain") || path.ends_with("text"),
                "{} does not say what it deliberately does not do",
                path.display()
            );
        }
    }
}

#[test]
fn the_scanner_reads_paths() {
    assert_eq!(named("use crate::store::Store;"), ["store"]);
    assert_eq!(
        named("use crate::{deliver, fetch::{A, B}, web};"),
        ["deliver", "fetch", "web"]
    );
    assert_eq!(
        named("    let x = crate::text::html::line(crate::domain::X);"),
        ["text", "domain"]
    );
    assert_eq!(code("a // crate::store\nmod tests {\ncrate::web").len(), 1);
}
