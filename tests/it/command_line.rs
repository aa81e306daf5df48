//! The product from outside, as a newcomer and as a program use it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

pub fn regwire(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regwire"));
    command
        .arg("--data")
        .arg(data)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("REGWIRE_CLOCK");
    command
}

pub fn run(command: &mut Command) -> Output {
    let out = command.output().unwrap();
    assert!(
        out.status.success(),
        "{command:?}: {}\n{}\n{}",
        out.status,
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    out
}

pub fn lines(out: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&out.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

#[test]
fn a_fortnight_is_lived_once_and_every_command_answers_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    // It comes back to its port, which another test's demo may have taken by then.
    crate::crash::prepare(data, crate::crash::own_port());
    let first = run(regwire(data).args(["demo", "--once"]));
    let told = String::from_utf8_lossy(&first.stdout).into_owned();
    assert!(
        told.contains("digest     weekly 2") && told.contains("mails sent"),
        "{told}"
    );
    let export = lines(&run(regwire(data).args(["export", "updates", "--jsonl"])));
    assert!(export.len() >= 80, "{}", export.len());
    let mut line = vec![
        "id",
        "source",
        "url",
        "title",
        "summary",
        "content",
        "authors",
        "categories",
        "enclosures",
        "published",
        "modified",
        "first_seen",
        "kind",
        "reach",
        "authority",
        "frameworks",
        "primary",
        "jurisdictions",
        "bodies",
        "topics",
        "references",
        "story",
        "revision",
        "language",
        "cause",
        "stage",
        "key_dates",
        "evidence",
    ];
    line.sort_unstable();
    assert_eq!(keys(&export[0]), line);
    assert_eq!(
        keys(&export[0]["evidence"]),
        ["fetched_at", "sha256", "status"]
    );

    // Once more on the kept data adds nothing.
    let again = run(regwire(data).args(["demo", "--once"]));
    assert!(String::from_utf8_lossy(&again.stdout).contains("(0 added by this run)"));
    assert_eq!(
        lines(&run(regwire(data).args(["export", "updates", "--jsonl"]))),
        export
    );

    let search: Value = serde_json::from_slice(
        &run(regwire(data).args(["search", "ISO/IEC 42001", "--json"])).stdout,
    )
    .unwrap();
    assert!(search["total"].as_u64().unwrap() >= 10, "{search}");
    let hits = search["hits"].as_array().unwrap();
    assert!(hits.iter().any(|hit| {
        hit["title"]
            .as_str()
            .unwrap()
            .contains("UKAS grants first accreditation")
    }));
    let shown = run(regwire(data).args(["show", hits[0]["id"].as_str().unwrap()]));
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(
        shown.contains("Tags, and why") && shown.contains("sha256"),
        "{shown}"
    );
    let issues: Value =
        serde_json::from_slice(&run(regwire(data).args(["digest", "list", "--json"])).stdout)
            .unwrap();
    assert_eq!(issues["issues"].as_array().unwrap().len(), 2);
    for issue in issues["issues"].as_array().unwrap() {
        assert_eq!(issue["state"], "finished");
        assert_eq!(issue["sent"], issue["recipients"]);
    }
    // The index is never needed.
    std::fs::remove_dir_all(data.join("search")).unwrap();
    let again: Value = serde_json::from_slice(
        &run(regwire(data).args(["search", "ISO/IEC 42001", "--json"])).stdout,
    )
    .unwrap();
    assert_eq!(again["total"], search["total"]);

    let collect = lines(&run(regwire(data).args(["collect", "--jsonl"])));
    assert_eq!(collect.len(), 22);
    assert_eq!(
        keys(&collect[0]),
        [
            "bytes", "entries", "faults", "ms", "new", "outcome", "revised", "source"
        ]
    );
}

#[test]
fn a_world_without_one_file_has_other_figures() {
    let folder = tempfile::tempdir().unwrap();
    let world = folder.path().join("world");
    std::fs::create_dir_all(world.join("sources")).unwrap();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
    std::fs::copy(demo.join("world.toml"), world.join("world.toml")).unwrap();
    let mut items = 0;
    for entry in std::fs::read_dir(demo.join("sources")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap() != "nist-news.toml" {
            items += std::fs::read_to_string(&path)
                .unwrap()
                .matches("[[item]]")
                .count();
            std::fs::copy(&path, world.join("sources").join(path.file_name().unwrap())).unwrap();
        }
    }
    let data = folder.path().join("data");
    run(regwire(&data)
        .args(["demo", "--once", "--world"])
        .arg(&world));
    // Beside what was listed there is what was seen to change: a date and a stage.
    let export = lines(&run(regwire(&data).args(["export", "updates", "--jsonl"])));
    let listed = export
        .iter()
        .filter(|line| line["cause"].is_null() && line["stage"]["changes"][0]["from"].is_null());
    assert_eq!((listed.count(), export.len()), (items, items + 2));
}

#[test]
fn wrong_use_is_told_and_ends_with_its_code() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, code, part) in [
        (vec!["serch"], 2, "search"),
        (vec!["show", "nonsense"], 1, "not a valid update id"),
        (vec!["subscriber", "add", "nobody"], 2, "no @"),
        (vec!["collect", "iso-newz"], 1, "did you mean"),
        (vec!["digest", "approve", "7"], 1, "no issue"),
    ] {
        let out = regwire(folder.path()).args(&arguments).output().unwrap();
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(part), "{arguments:?}: {told}");
    }
}

#[test]
fn check_tells_every_fault_of_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("regwire.toml"), "base_urll = \"https://e.org\"\n").unwrap();
    std::fs::write(at("sources.toml"), "[[source]]\nid = \"a\"\nbody = \"isso\"\nname = \"A\"\nkind = \"feed\"\nurl = \"https://e.org/\"\nevery = \"often\"\n").unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_regwire"))
        .arg("--config")
        .arg(at("regwire.toml"))
        .arg("check")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&out.stdout).into_owned();
    assert_eq!(out.status.code(), Some(1), "{told}");
    for part in [
        "regwire.toml:1",
        "did you mean `base_url`",
        "sources.toml:3",
        "did you mean `iso`",
        "sources.toml:7",
        "3 faults",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn tags_and_references_speak_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let piped = |arguments: &[&str], input: &str| {
        use std::io::Write as _;
        let mut child = regwire(folder.path())
            .args(arguments)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success());
        lines(&out)
    };
    let tagged = piped(
        &["tag", "--jsonl"],
        "{\"id\":\"x\",\"headline\":\"UKAS grants first accreditation for ISO/IEC 42001 certification\",\"summary\":\"\"}\n",
    );
    assert_eq!(
        keys(&tagged[0]),
        [
            "bodies",
            "frameworks",
            "id",
            "jurisdictions",
            "kind",
            "language",
            "references",
            "topics"
        ]
    );
    assert_eq!(tagged[0]["id"], "x");
    assert_eq!(tagged[0]["kind"], "accreditation_granted");
    assert_eq!(
        keys(&tagged[0]["frameworks"][0]),
        ["because", "id", "primary"]
    );
    assert_eq!(
        keys(&tagged[0]["frameworks"][0]["because"][0]),
        ["field", "rule", "start", "text"]
    );
    assert_eq!(
        keys(&tagged[0]["references"][0]),
        ["adoption", "canonical", "field", "stage", "start", "work"]
    );
    let read = piped(
        &["ref", "--jsonl"],
        "{\"id\":1,\"form\":\"BS ISO/IEC 42006:2025\"}\n",
    );
    assert_eq!(
        read[0],
        serde_json::json!({"id": 1, "references": [{"canonical": "BS ISO/IEC 42006:2025", "work": "ISO/IEC 42006", "stage": null, "adoption": ["BS"]}]})
    );
}

#[test]
fn the_recordings_end_as_updates_or_as_named_faults() {
    let corpus = std::env::var("REGWIRE_CORPUS").map_or_else(
        |_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        Into::into,
    );
    let Ok(counts) = std::fs::read_to_string(corpus.join("feeds/counts.tsv")) else {
        crate::left_out!("the demo on recordings (no corpus at {})", corpus.display());
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    run(regwire(folder.path())
        .args(["demo", "--once", "--corpus"])
        .arg(&corpus));
    let collect = lines(&run(
        regwire(folder.path()).args(["collect", "--jsonl", "--force"])
    ));
    assert!(
        collect.len() >= counts.lines().count() - 1,
        "{} sources",
        collect.len()
    );
    let sources: Value =
        serde_json::from_slice(&run(regwire(folder.path()).args(["sources", "--json"])).stdout)
            .unwrap();
    let mut unread = 0;
    for source in sources["sources"].as_array().unwrap() {
        let read = !source["last_success"].is_null();
        let named = !source["faults"].as_array().unwrap().is_empty();
        assert!(read || named, "{source}");
        for fault in source["faults"].as_array().unwrap() {
            assert_ne!(fault["code"], "reader-failed", "{source}");
        }
        unread += usize::from(!read);
    }
    assert!(unread <= 9, "{unread} recordings were not read");
}
