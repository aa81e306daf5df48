use super::{ask, filled, open};

/// A page's text as people see it: templates write a slash as its number.
fn plain(body: &str) -> String {
    body.replace("&#x2f;", "/")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_narrowed_widened_and_paged_through() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 120).await;
    let router = open(&house);

    let all = plain(&ask(&router, "/search", &[]).await.body);
    assert!(all.contains("All 120 updates"), "{all}");
    // A facet is put on, shown as on, and taken away.
    let on = "/search?q=kind:consultation";
    let narrowed = plain(&ask(&router, on, &[]).await.body);
    assert!(narrowed.contains("60 updates for “kind:consultation”"));
    assert!(narrowed.contains("aria-current=\"true\""));
    assert!(narrowed.contains("q=kind%3Aconsultation+framework%3Agdpr"));
    let both = plain(
        &ask(
            &router,
            "/search?q=kind%3Aconsultation+framework%3Agdpr",
            &[],
        )
        .await
        .body,
    );
    assert!(both.contains("20 updates for"), "{both}");
    assert!(
        both.contains("href=\"/search?q=framework%3Agdpr\""),
        "the kind can be taken away"
    );

    // What is open today: comments close on 9 November or later.
    let open_now = plain(&ask(&router, "/search?q=open:yes", &[]).await.body);
    assert!(open_now.contains("28 updates for “open:yes”"), "{open_now}");

    // Page after page, each hit once.
    let mut at = "/search?q=guidance".to_owned();
    let mut seen = std::collections::BTreeSet::new();
    let mut pages = 0;
    loop {
        let page = plain(&ask(&router, &at, &[]).await.body);
        for part in page.split("href=\"/updates/").skip(1) {
            assert!(seen.insert(part[..16].to_owned()), "{} twice", &part[..16]);
        }
        pages += 1;
        match page.split_once("rel=\"next\"") {
            Some((before, _)) => {
                let (_, to) = before.rsplit_once("href=\"").unwrap();
                at = to.trim_end_matches("\" ").replace("&amp;", "&");
            }
            None => break,
        }
    }
    assert!(
        pages >= 6 && seen.len() >= 116,
        "{pages} pages, {} hits",
        seen.len()
    );

    // Never silently nothing.
    for (path, said) in [
        ("/search?q=framework:gdpt", "did you mean `framework:gdpr`"),
        ("/search?q=framework:gdpt", "Searched for: <code>"),
        (
            "/search?q=guidence+assessment",
            "Did you mean <a href=\"/search?q=guidance+assessment\">",
        ),
        ("/search?q=guidance+nowherefound", "has some of them"),
        ("/search?q=guidance&order=up", "is no order"),
        ("/search/help", "after:2026-01-01"),
    ] {
        let page = plain(&ask(&router, path, &[]).await.body).replace("&#x60;", "`");
        assert!(page.contains(said), "{path}: {page}");
    }
    let found = ask(&router, "/search?q=controllers", &[]).await;
    assert!(found.body.contains("<mark>controllers</mark>"));
    assert!(found.header("link").contains("/search.atom?q=controllers"));
    assert!(!found.body.contains("<script"));
}
