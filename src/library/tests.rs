use super::*;

#[test]
fn the_library_in_the_binary_has_no_fault() {
    let loaded = load(&Files::built_in());
    let told: Vec<String> = loaded.faults.iter().map(ToString::to_string).collect();
    assert_eq!(told, Vec::<String>::new());
    assert!(loaded.library.frameworks.len() >= 156);
    assert!(loaded.library.bodies.len() >= 257);
    assert!(loaded.library.jurisdictions.len() >= 85);
    assert!(loaded.library.topics.len() >= 63);
    assert!(loaded.sources.len() >= 150);
    let profiles = loaded
        .library
        .frameworks
        .iter()
        .filter(|f| f.profile.is_some())
        .count();
    assert!(profiles >= 13, "{profiles} profiles");
}

#[test]
fn every_body_of_the_seed_page_has_a_source() {
    let loaded = load(&Files::built_in());
    for body in [
        "iso",
        "iec",
        "bsi-uk",
        "ukas",
        "sgs",
        "tuv-sud",
        "nqa",
        "csa",
        "nist",
        "aicpa",
        "ai-office",
        "cen-cenelec",
        "imda",
        "pdpc-sg",
    ] {
        assert!(
            loaded
                .sources
                .iter()
                .any(|source| source.body.as_str() == body),
            "no source of {body}"
        );
    }
}

#[test]
fn a_wrong_sources_file_is_told_whole() {
    let text = r#"
[[source]]
id = "Bad Id"
body = "isso"
name = "A"
kind = "fede"
url = "ftp://e.org/feed"
evrey = "2h"

[[source]]
id = "b"
body = "iso"
name = "B"
kind = "listing"
url = "https://e.org/news"
every = "fortnightly"

[[source]]
id = "b"
body = "iso"
name = ""
kind = "json"
url = "https://e.org/api"
date = { format = "%d %Q" }
"#;
    let loaded = load(&Files::built_in().with_sources("my-sources.toml", text.to_owned()));
    let told: Vec<String> = loaded
        .faults
        .iter()
        .filter(|fault| fault.file == "my-sources.toml")
        .map(ToString::to_string)
        .collect();
    for (line, part) in [
        (3, "Bad Id"),
        (4, "did you mean `iso`?"),
        (6, "did you mean `feed`?"),
        (7, "only http and https"),
        (8, "did you mean `every`?"),
        (10, "a listing needs select"),
        (16, "span of time"),
        (19, "already defined"),
        (21, "must not be empty"),
        (18, "a json source needs preset"),
        (24, "no date pattern"),
    ] {
        assert!(
            told.iter().any(
                |fault| fault.starts_with(&format!("my-sources.toml:{line}: "))
                    && fault.contains(part)
            ),
            "line {line}, {part}: {told:#?}"
        );
    }
}

#[test]
fn a_faulty_source_is_left_out_whole() {
    let source = |id: &str, more: &str| {
        format!(
            "[[source]]\nid = \"{id}\"\nbody = \"iso\"\nname = \"A\"\nurl = \"https://e.org/{id}\"\n{more}\n"
        )
    };
    let map = "kind = \"json\"\nmap = { items = \"rows\", key = \"id\", title";
    let text = [
        source("sound", "kind = \"feed\""),
        source(
            "pattern",
            &format!("{map} = {{ path = \"AGENCY\", match = \"(?!x)\" }} }}"),
        ),
        source(
            "only",
            &format!("{map} = \"t\", only = {{ path = \"a\", match = \"(\" }} }}"),
        ),
        source("misspelt", "kind = \"feed\"\nevrey = \"2h\""),
        source("mapped", "kind = \"feed\"\nmap = { title = \"t\" }"),
        source("selected", "kind = \"feed\"\nselect = { item = \"li\" }"),
        source("unkind", "kind = \"lsiting\""),
        source("twice", "kind = \"feed\"\nevery = \"1h\"\nevery = \"2h\""),
        source(
            "asked",
            "kind = \"listing\"\nselect = { item = \"li\" }\nparams = { year = \"{today:%Y}\" }\npost = \"q=1\"",
        ),
    ]
    .join("\n");
    let loaded = load(&Files::built_in().with_sources("sources.toml", text));
    let on = loaded.sources.iter().filter(|source| source.on);
    let read: Vec<&str> = on.map(|source| source.id.as_str()).collect();
    assert_eq!(read, ["sound", "asked"]);
    // What was read of them stays theirs: they are known, and said to be off.
    assert!(
        loaded
            .sources
            .iter()
            .all(|source| source.on || source.off_because.is_some())
    );
    let left_out: Vec<&str> = loaded
        .left_out
        .iter()
        .map(|it| it.source.as_str())
        .collect();
    assert_eq!(
        left_out,
        [
            "pattern", "only", "misspelt", "mapped", "selected", "unkind", "twice"
        ]
    );
    assert!(loaded.left_out.iter().all(|it| !it.faults.is_empty()));
    let asked = loaded.sources.iter().find(|s| s.id.as_str() == "asked");
    let asked = &asked.unwrap().interface;
    assert_eq!(asked.post.as_deref(), Some("q=1"));
    assert_eq!(asked.params.len(), 1);
}
