use super::*;

fn renderer() -> Renderer {
    let site = Site {
        name: "Regwire".to_owned(),
        base_url: "https://updates.example.org".to_owned(),
        ..Site::default()
    };
    Renderer::new(None, site).unwrap()
}

fn fits<V: View>() {
    let page = renderer().page(&V::sample()).unwrap();
    assert!(page.starts_with("<!doctype html>"), "{}", V::TEMPLATE);
    assert!(page.contains("<main"), "{}", V::TEMPLATE);
    assert!(page.len() < 60_000, "{}", V::TEMPLATE);
    assert!(
        !page.contains("<script") && !page.contains("style="),
        "{}: the policy forbids it",
        V::TEMPLATE
    );
}

#[test]
fn every_page_is_filled_by_its_sample() {
    fits::<Home>();
    fits::<SearchPage>();
    fits::<SearchHelp>();
    fits::<ApiPage>();
    fits::<UpdatePage>();
    fits::<CalendarPage>();
    fits::<SourcesPage>();
    fits::<SourcePage>();
    fits::<VersionsPage>();
    fits::<DigestsPage>();
    fits::<IssuePage>();
    fits::<StandardsPage>();
    fits::<StandardPage>();
    fits::<ErrorPage>();
    fits::<FrameworkPage>();
    fits::<ChangesPage>();
    fits::<MissedPage>();
    fits::<CrosswalksPage>();
    fits::<SubjectsPage>();
    fits::<SubjectPage>();
    fits::<AboutPage>();
    fits::<PrivacyPage>();
    fits::<SubscribePage>();
    fits::<AskedPage>();
    fits::<ConfirmPage>();
    fits::<DonePage>();
    fits::<PreferencesPage>();
    fits::<UnsubscribePage>();
    fits::<DecidePage>();
    fits::<PausePage>();
    fits::<AreaPage>();
}

#[test]
fn an_empty_site_has_pages_too() {
    for page in [
        renderer().page(&Home::default()).unwrap(),
        renderer().page(&SearchPage::default()).unwrap(),
        renderer().page(&DigestsPage::default()).unwrap(),
        renderer().page(&SourcesPage::default()).unwrap(),
        renderer().page(&VersionsPage::default()).unwrap(),
        renderer().page(&StandardsPage::default()).unwrap(),
        renderer().page(&StandardPage::default()).unwrap(),
        renderer().page(&CalendarPage::default()).unwrap(),
        renderer().page(&FrameworkPage::default()).unwrap(),
        renderer().page(&ChangesPage::default()).unwrap(),
        renderer().page(&MissedPage::default()).unwrap(),
        renderer().page(&CrosswalksPage::default()).unwrap(),
        renderer().page(&SubjectsPage::default()).unwrap(),
        renderer().page(&SubjectPage::default()).unwrap(),
        renderer().page(&AboutPage::default()).unwrap(),
        renderer().page(&AreaPage::default()).unwrap(),
    ] {
        assert!(page.contains("<main"));
    }
}

#[test]
fn nothing_of_a_source_is_markup() {
    let evil = "<script>alert(\"x\")</script>'";
    let mut page = UpdatePage::sample();
    page.card.title = evil.to_owned();
    page.card.source = evil.to_owned();
    page.summary = evil.to_owned();
    page.body = String::new();
    page.url = Some(format!("https://e.org/{evil}"));
    page.tags[0].because = vec![evil.to_owned()];
    let html = renderer().page(&page).unwrap();
    assert!(!html.contains("<script>"), "{html}");
    assert!(html.contains("&lt;script&gt;"));
}

#[test]
fn the_mail_reads_well_as_text() {
    let issue = IssuePage::sample();
    let mut section = issue.sections[0].clone();
    section.items[0].summary = "word ".repeat(60);
    let mail = DigestMail {
        digest: "weekly".to_owned(),
        number: 12,
        closed_at: issue.closed_at.clone(),
        first: "ISO/IEC 42005:2025 published".to_owned(),
        items: 1,
        sections: vec![section],
        left_out: 2,
        coverage: "38 of 41 sources fresh; ".repeat(8),
        chain_heads: issue.chain_heads.clone(),
        base_url: "https://updates.example.org".to_owned(),
        introduction: "A quiet week. ".repeat(10),
        unsubscribe: Some("https://updates.example.org/unsubscribe/x".to_owned()),
        preferences: Some("https://updates.example.org/preferences/x".to_owned()),
        issue_url: "https://updates.example.org/digests/12".to_owned(),
        postal_address: Some("1 Street".to_owned()),
        contact: Some("ops@example.org".to_owned()),
    };
    let parts = renderer().mail(&mail).unwrap();
    assert!(!parts.subject.contains('\n'));
    for line in parts.text.lines() {
        assert!(
            line.chars().count() <= 78 || line.contains("http"),
            "{line}"
        );
    }
    assert!(parts.html.contains("style=") && parts.html.contains("@media"));
    assert!(!parts.html.contains("<script"));
}

#[test]
fn a_folder_beside_the_configuration_replaces_templates() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("web")).unwrap();
    std::fs::write(folder.path().join("web/error.html"), "ours: {{ what }}").unwrap();
    let renderer = Renderer::new(Some(folder.path().to_owned()), Site::default()).unwrap();
    assert_eq!(
        renderer.page(&ErrorPage::sample()).unwrap(),
        "ours: There is no such page."
    );
    std::fs::write(folder.path().join("web/error.html"), "line one\n{{ what").unwrap();
    let error = Renderer::new(Some(folder.path().to_owned()), Site::default())
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("web/error.html") && error.contains('2'),
        "{error}"
    );
}

#[test]
fn nothing_of_a_catalogue_is_markup() {
    let evil = "<script>alert(\"x\")</script>'";
    let mut page = StandardPage::sample();
    page.title = evil.to_owned();
    page.attributions = vec![evil.to_owned()];
    let project = &mut page.projects[0];
    project.reference = evil.to_owned();
    project.facts = vec![("Committee".to_owned(), evil.to_owned())];
    project.history[0].file = Some(evil.to_owned());
    project.relations[0].documents[0].name = evil.to_owned();
    project.reports[0].update.name = evil.to_owned();
    let mut list = StandardsPage::sample();
    list.query = evil.to_owned();
    list.committees = vec![evil.to_owned()];
    list.rows[0].title = evil.to_owned();
    for html in [
        renderer().page(&page).unwrap(),
        renderer().page(&list).unwrap(),
    ] {
        assert!(!html.contains("<script>"), "{html}");
        assert!(html.contains("&lt;script&gt;"));
    }
}

#[test]
fn what_changed_in_a_page_is_marked_in_a_mail_and_nothing_else_is() {
    for (text, shown) in [
        (
            "Report within [-30-] {+15+} days.",
            "Report within <del style=\"color:#9f1a1a;background-color:#fde8e8;text-decoration:line-through\">30</del> \
             <ins style=\"color:#0b5a2b;background-color:#dff5e6;text-decoration:underline\">15</ins> days.",
        ),
        (
            "An open [- end, and {+ one more",
            "An open [- end, and {+ one more",
        ),
        (
            "<b>bold</b> & \"x\"",
            "&lt;b&gt;bold&lt;&#x2f;b&gt; &amp; &quot;x&quot;",
        ),
    ] {
        assert_eq!(mail::compared(text).to_string(), shown, "{text}");
    }
    assert!(
        mail::compared("[-<img src=x>-]")
            .to_string()
            .contains("&lt;img src=x&gt;")
    );
}
