use chrono::{DateTime, Utc};

use super::*;
use crate::domain::document::Sha256;
use crate::domain::evidence::Evidence;
use crate::domain::id::SourceId;
use crate::domain::query;
use crate::domain::reference::KnownWorks;
use crate::domain::update::{Authority, Content, Reach, Tags, UpdateKind};
use crate::text::date::Stamp;
use crate::text::html;

fn update(key: &str, title: &str, body: &str, day: &str) -> Update {
    let source = SourceId::new("s").unwrap();
    let seen: DateTime<Utc> = DateTime::parse_from_rfc3339("2026-11-01T00:00:00Z")
        .unwrap()
        .to_utc();
    Update {
        id: UpdateId::of(&source, key),
        source,
        key: key.to_owned(),
        revision: 1,
        first_seen: seen,
        revised_at: seen,
        content: Content {
            title: title.to_owned(),
            body: html::safe_html(body, None),
            published: Some(Stamp::Day(day.parse().unwrap())),
            ..Content::default()
        },
        authority: Authority::Official,
        reach: Reach::News,
        tags: Tags {
            kind: Some(UpdateKind::Guidance),
            ..Tags::default()
        },
        key_dates: Vec::new(),
        story: None,
        correction: false,
        cause: None,
        evidence: Evidence {
            document: 1,
            sha256: Sha256::of(b""),
            fetched_at: seen,
            status: 200,
        },
    }
}

fn titles(index: &Index, all: &[Update], text: &str, order: SortOrder) -> Vec<String> {
    let understood = query::read(text, &KnownWorks::default());
    index
        .search(&understood.query, order, 0, 10, false)
        .unwrap()
        .hits
        .iter()
        .filter_map(|id| all.iter().find(|update| &update.id == id))
        .map(|update| update.content.title.clone())
        .collect()
}

#[test]
fn what_is_indexed_is_found_and_the_position_is_kept_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let all = vec![
        update(
            "a",
            "Guidance on risk registers",
            "<p>Every controller keeps one.</p>",
            "2026-01-01",
        ),
        update(
            "b",
            "Model policies",
            "<p>Risk is managed by policy.</p>",
            "2026-02-01",
        ),
        update(
            "c",
            "AI 规定 published",
            "<p>新规定 applies &amp; binds</p>",
            "2026-03-01",
        ),
    ];
    let index = Index::open(folder.path()).unwrap();
    assert_eq!(index.cursor().unwrap(), 0);
    let batch: Vec<(bool, Update)> = all.iter().cloned().map(|update| (true, update)).collect();
    index.apply(&batch, 3).unwrap();
    assert_eq!(index.cursor().unwrap(), 3);
    for (query, found) in [
        ("risk", vec!["Guidance on risk registers", "Model policies"]),
        ("register", vec!["Guidance on risk registers"]),
        ("\"risk register\"", vec!["Guidance on risk registers"]),
        ("policy", vec!["Model policies"]),
        ("control*", vec!["Guidance on risk registers"]),
        ("risk -policy", vec!["Guidance on risk registers"]),
        ("before:2026-02-01", vec!["Guidance on risk registers"]),
        ("after:2026-03-01", vec!["AI 规定 published"]),
        ("source:s kind:guidance 规定", vec!["AI 规定 published"]),
        ("kind:enforcement", vec![]),
        ("nothing", vec![]),
    ] {
        assert_eq!(
            titles(&index, &all, query, SortOrder::Best),
            found,
            "{query}"
        );
    }
    assert_eq!(
        titles(&index, &all, "", SortOrder::Newest),
        [
            "AI 规定 published",
            "Model policies",
            "Guidance on risk registers"
        ]
    );
    let found = index
        .search(&Query::All, SortOrder::Best, 0, 2, true)
        .unwrap();
    assert_eq!((found.total, found.hits.len()), (3, 2));
    assert_eq!(found.facets.of("kind"), [("guidance".to_owned(), 3)]);

    // A revision replaces, another process sees it, and a fresh look at the folder too.
    let mut revised = all.clone();
    revised[0].content.title = "Guidance on risk logs".to_owned();
    index.apply(&[(false, revised[0].clone())], 4).unwrap();
    index.rest();
    let again = Index::open(folder.path()).unwrap();
    assert_eq!((again.cursor().unwrap(), again.len()), (4, 3));
    assert_eq!(
        titles(&again, &revised, "logs", SortOrder::Best),
        ["Guidance on risk logs"]
    );
    assert!(titles(&again, &revised, "registers", SortOrder::Best).is_empty());
}

#[test]
fn a_damaged_index_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path()).unwrap();
    index
        .apply(&[(true, update("a", "A title", "", "2026-01-01"))], 1)
        .unwrap();
    index.rest();
    drop(index);
    for entry in std::fs::read_dir(folder.path().join("search")).unwrap() {
        for file in std::fs::read_dir(entry.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if !path.ends_with("meta.json") && !path.to_string_lossy().contains("lock") {
                std::fs::write(&path, b"rubbish").unwrap();
            }
        }
    }
    let index = Index::open(folder.path()).unwrap();
    assert_eq!((index.cursor().unwrap(), index.len()), (0, 0));
}

#[test]
fn a_snippet_shows_the_words_and_nothing_else_is_markup() {
    let understood = query::read("risk register*", &KnownWorks::default());
    let text = format!(
        "{} <script>the risks & registers</script> {}",
        "word ".repeat(200),
        "end ".repeat(200)
    );
    let shown = snippet(&text, &understood.query, 120);
    assert!(shown.contains("<mark>risks</mark>"), "{shown}");
    assert!(shown.contains("&lt;script&gt;"), "{shown}");
    assert!(shown.starts_with('…'), "{shown}");
    assert!(
        !shown
            .replace("<mark>", "")
            .replace("</mark>", "")
            .contains('<'),
        "{shown}"
    );
    assert_eq!(snippet("", &understood.query, 100), "");
}
