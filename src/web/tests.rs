use axum::body::Body;
use axum::http::Request;
use tower::ServiceExt as _;

use super::*;
use crate::render;

async fn site(folder: &std::path::Path) -> Router {
    let loaded = crate::library::load(&crate::library::Files::built_in());
    router(Site {
        store: Store::open("sqlite:t.db", folder).await.unwrap(),
        index: Index::open(folder).unwrap(),
        renderer: Arc::new(Renderer::new(None, render::Site::default()).unwrap()),
        library: Arc::new(loaded.library),
        sources: Arc::new(loaded.sources),
        digests: Vec::new(),
        clock: Clock::real(),
    })
}

#[tokio::test]
async fn every_answer_is_guarded_and_an_empty_site_has_all_its_pages() {
    let folder = tempfile::tempdir().unwrap();
    let router = site(folder.path()).await;
    for (path, status) in [
        ("/", 200),
        ("/search", 200),
        ("/search?q=%28%28%22", 200),
        ("/search?q=iso&page=99999&order=newest", 200),
        ("/frameworks", 200),
        ("/frameworks?q=ai+act&part=laws", 200),
        ("/frameworks?q=%3Cb%3E&part=nowhere", 200),
        ("/frameworks/iso-iec-42001", 200),
        ("/frameworks/ISO%2FIEC%2042001", 307),
        ("/frameworks/ai-act", 307),
        ("/frameworks/nowhere", 404),
        ("/frameworks/%3Cscript%3E", 404),
        ("/frameworks/..%2f", 404),
        ("/frameworks/iso-iec-42001/changes", 200),
        ("/frameworks/iso-iec-42001/changes?since=2026-01-01", 200),
        ("/frameworks/iso-iec-42001/changes?since=%3Cb%3E", 200),
        ("/frameworks/iso-iec-42001/changes?since=9999-12-31", 200),
        ("/frameworks/iso-iec-42001/changes.atom", 200),
        ("/frameworks/nowhere/changes", 404),
        ("/frameworks/nowhere/changes.atom", 404),
        ("/missed", 200),
        (
            "/missed?framework=gdpr&framework=nis2&framework=x%22y&since=2026-01-01",
            200,
        ),
        ("/missed?framework=&since=%00", 200),
        ("/crosswalks", 200),
        ("/crosswalks?framework=gdpr", 200),
        ("/crosswalks?framework=%3Cb%3E", 200),
        ("/jurisdictions", 200),
        ("/jurisdictions/eu", 200),
        ("/jurisdictions/nowhere", 404),
        ("/topics", 200),
        ("/topics/ai-governance", 200),
        ("/topics/nothing", 404),
        ("/bodies", 200),
        ("/bodies/nist", 200),
        ("/bodies/nobody", 404),
        ("/about", 200),
        ("/privacy", 200),
        ("/subscribe?want=framework:gdpr", 200),
        ("/subscribe?want=%3Cb%3E", 200),
        ("/calendar", 200),
        (
            "/calendar?framework=eu-ai-act&jurisdiction=eu&event=application&from=2026-05",
            200,
        ),
        (
            "/calendar?framework=x%22y&event=easter&from=99999-99&standard=%3Cb%3E",
            200,
        ),
        ("/calendar?from=2200-12", 200),
        ("/calendar.ics", 200),
        ("/calendar.ics?framework=nowhere", 404),
        ("/frameworks/eu-ai-act/calendar.ics", 200),
        ("/frameworks/nowhere/calendar.ics", 404),
        ("/jurisdictions/eu/calendar.ics", 200),
        ("/standards/iso-iec-42001/calendar.ics", 200),
        ("/sources", 200),
        ("/sources/nist-news", 200),
        (
            "/sources/nist-news?from=2026-01-01&to=x&before=%3Cb%3E",
            200,
        ),
        ("/sources/nobody", 404),
        ("/sources/nist-ai-rmf-page/versions", 200),
        ("/sources/nist-ai-rmf-page/versions?from=1&to=2", 200),
        ("/sources/nist-news/versions", 404),
        ("/sources/..%2f/versions", 404),
        ("/digests", 200),
        ("/digests/1", 404),
        ("/updates/0123456789abcdef", 404),
        ("/updates/..%2f..%2fetc", 404),
        ("/standards", 200),
        (
            "/standards?q=%28%22&committee=x&stage=40&all=1&page=99",
            200,
        ),
        ("/standards.csv", 200),
        ("/standards/iso-iec-42001", 404),
        ("/standards/ISO/IEC%2042001", 404),
        ("/standards/%3Cscript%3E", 404),
        ("/subscribe", 200),
        (
            "/subscribe?want=standard:ISO%2FIEC%2042001&frequency=instant",
            200,
        ),
        ("/subscribe?want=%3Cscript%3E&search=%28%28&zone=%22", 200),
        ("/subscribe/confirm/x", 404),
        ("/preferences/x", 404),
        ("/preferences/x/export", 404),
        ("/unsubscribe/x", 200),
        ("/decide/x", 404),
        ("/alerts/pause/x", 404),
        ("/privacy", 200),
        ("/operate", 303),
        ("/operate/login", 200),
        ("/operate/link/x", 404),
        ("/digests.atom", 200),
        ("/feeds/x", 404),
        ("/nowhere", 404),
        ("/assets/style.css", 200),
        ("/healthz", 200),
        ("/readyz", 200),
    ] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}");
        let policy = response
            .headers()
            .get("content-security-policy")
            .unwrap()
            .to_str()
            .unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(
            response.headers().get("x-content-type-options").unwrap(),
            "nosniff",
            "{path}"
        );
        assert!(response.headers().get("server").is_none(), "{path}");
    }
}

/// No page is heavier than a slow line carries in a moment (contract: 60 kB), whatever the library
/// says of a framework.
#[tokio::test]
async fn every_page_of_the_library_is_light_and_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let router = site(folder.path()).await;
    let library = crate::library::load(&crate::library::Files::built_in()).library;
    let mut paths: Vec<String> = [
        "/",
        "/frameworks",
        "/jurisdictions",
        "/topics",
        "/bodies",
        "/crosswalks",
        "/missed",
        "/sources",
        "/calendar",
        "/standards",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.extend(
        library
            .frameworks
            .iter()
            .map(|one| format!("/frameworks/{}", one.id)),
    );
    paths.extend(
        library
            .frameworks
            .iter()
            .map(|one| format!("/crosswalks?framework={}", one.id)),
    );
    paths.extend(
        library
            .jurisdictions
            .iter()
            .map(|one| format!("/jurisdictions/{}", one.id)),
    );
    paths.extend(
        library
            .topics
            .iter()
            .map(|one| format!("/topics/{}", one.id)),
    );
    paths.extend(
        library
            .bodies
            .iter()
            .map(|one| format!("/bodies/{}", one.id)),
    );
    let mut heavy = Vec::new();
    for path in paths {
        let request = Request::get(&path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{path}");
        let body = axum::body::to_bytes(response.into_body(), 1 << 22)
            .await
            .unwrap();
        if body.len() > 60_000 {
            heavy.push((path, body.len()));
        }
    }
    assert!(heavy.is_empty(), "{heavy:?}");
}
