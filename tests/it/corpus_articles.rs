//! Main texts: GOV.UK's own bodies, put into pages as such sites frame them, and recorded pages.
//!
//! The recordings are not part of the sources; without them these tests leave themselves out.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use regwire::domain::address::WebAddress;
use regwire::domain::document::{Document, Sha256};
use regwire::parse::article;
use regwire::text::html;
use serde_json::Value;

fn articles() -> Option<PathBuf> {
    let folder = std::env::var_os("REGWIRE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let articles = folder.join("articles");
    if articles.is_dir() {
        return Some(articles);
    }
    crate::left_out!(
        "tests on recorded articles (no corpus at {})",
        folder.display()
    );
    None
}

fn document(body: Vec<u8>) -> Document {
    Document {
        source: "recorded".parse().unwrap(),
        url: WebAddress::new("https://www.example.gov/news/1").unwrap(),
        fetched_at: DateTime::<Utc>::default(),
        status: 200,
        headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
        sha256: Sha256::of(&body),
        body,
    }
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else {
            out.push(path);
        }
    }
    out.sort();
}

/// Harmonic mean of precision and recall over the words of two texts.
fn f1(found: &str, expected: &str) -> f64 {
    let words = |text: &str| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for word in text.split_whitespace() {
            *counts.entry(word.to_lowercase()).or_default() += 1;
        }
        counts
    };
    let (found, expected) = (words(found), words(expected));
    let total = |counts: &HashMap<String, usize>| counts.values().sum::<usize>() as f64;
    let both: usize = found
        .iter()
        .map(|(word, count)| (*count).min(expected.get(word).copied().unwrap_or(0)))
        .sum();
    2.0 * both as f64 / (total(&found) + total(&expected)).max(1.0)
}

/// A page of the kind that GOV.UK and its like serve.
fn framed(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\" class=\"govuk-template\"><head><title>{title} - GOV.EXAMPLE</title></head>
<body class=\"govuk-template__body\"><div id=\"global-cookie-message\" class=\"gem-c-cookie-banner\" role=\"region\"><h2>Cookies on this site</h2>
<p>We use some essential cookies to make this website work. We’d like to set additional cookies to understand how you use it, remember your settings and improve government services.</p></div>
<a href=\"#content\" class=\"govuk-skip-link\">Skip to main content</a>
<header role=\"banner\" class=\"gem-c-layout-super-navigation-header\"><nav><ul><li><a href=\"/browse/benefits\">Benefits</a></li><li><a href=\"/browse/births\">Births, death, marriages and care</a></li></ul></nav></header>
<div class=\"govuk-width-container\"><div class=\"gem-c-breadcrumbs\"><ol><li><a href=\"/\">Home</a></li><li><a href=\"/x\">Environment</a></li></ol></div>
<main role=\"main\" id=\"content\" class=\"detailed-guide\"><div class=\"govuk-grid-row\"><div class=\"govuk-grid-column-two-thirds\"><span>Guidance</span><h1>{title}</h1></div></div>
<div class=\"gem-c-metadata\"><dl><dt>From:</dt><dd><a href=\"/org\">The Department for Examples</a></dd><dt>Published</dt><dd>5 March 2026</dd></dl></div>
<div class=\"govuk-grid-row\"><div class=\"govuk-grid-column-two-thirds\"><div class=\"gem-c-govspeak govuk-govspeak\">{body}</div>
<div class=\"gem-c-share-links\"><h2>Share this page</h2><ul><li><a href=\"https://f.example\">Share on one network</a></li><li><a href=\"https://t.example\">Share on another</a></li></ul></div></div>
<div class=\"govuk-grid-column-one-third\"><div class=\"gem-c-contextual-sidebar\"><h2>Related content</h2><nav><ul><li><a href=\"/a\">Keeping records for a longer time</a></li><li><a href=\"/b\">Reporting to the department</a></li></ul></nav></div></div></div></main></div>
<footer role=\"contentinfo\"><div class=\"govuk-footer__meta\"><h2>Support links</h2><ul><li><a href=\"/help\">Help</a></li></ul><p>All content is available under the Open Government Licence v3.0, except where otherwise stated.</p></div></footer></body></html>"
    )
}

#[test]
fn bodies_of_news_and_guidance_come_back_out_of_their_pages() {
    let Some(articles) = articles() else { return };
    let mut paths = Vec::new();
    files(&articles.join("govuk-content-items"), &mut paths);
    let (mut sum, mut count, mut low) = (0.0, 0, Vec::new());
    for path in paths {
        let Ok(item) = serde_json::from_slice::<Value>(&std::fs::read(&path).unwrap()) else {
            continue;
        };
        let (Some(title), Some(body)) = (item["title"].as_str(), item["details"]["body"].as_str())
        else {
            continue;
        };
        let expected = html::plain(body);
        if expected.len() < 200 {
            continue;
        }
        let found = article(&document(framed(title, body).into_bytes()));
        let text = found.as_ref().map(|found| html::plain(&found.body_html));
        let score = f1(text.as_deref().unwrap_or_default(), &expected);
        sum += score;
        count += 1;
        if score < 0.9 {
            low.push(format!("{}: {score:.3}", path.display()));
        }
        if let Some(found) = found {
            assert_eq!(found.title, Some(html::line(title)));
        }
    }
    let mean = sum / f64::from(count);
    println!("{count} bodies, mean F1 {mean:.3}; below 0.9: {low:#?}");
    assert!(count > 20 && mean >= 0.95, "{mean:.3} of {count}");
}

#[test]
fn recorded_pages_give_their_text() {
    let Some(articles) = articles() else { return };
    let read = |file: &str| {
        let body = std::fs::read(articles.join("us-gov-pages").join(file)).unwrap();
        article(&document(body))
    };
    let release = read("fresnel-lens-building-opens-july-23.htm").unwrap();
    let text = html::plain(&release.body_html);
    assert!(text.contains("The original Fresnel lens of the Fire Island Light Station"));
    assert!(
        !text.contains("printer friendly") && !text.contains("Site Index"),
        "{text}"
    );
    assert_eq!(release.published.unwrap().day().to_string(), "2011-07-15");
    assert!(release.title.as_deref().unwrap().contains("Fresnel Lens"));
    let layers = read("data-layers.html").unwrap();
    let text = html::plain(&layers.body_html);
    assert!(
        text.contains("Buoys from National Data Buoy Center"),
        "{text}"
    );
    // Whatever else they are, pages cost no panic.
    let mut paths = Vec::new();
    files(&articles.join("us-gov-pages"), &mut paths);
    files(&articles.join("us-gov-http"), &mut paths);
    for path in paths {
        let body = std::fs::read(&path).unwrap();
        let found = article(&document(body));
        let text = found.map(|found| html::plain(&found.body_html).len());
        println!("{}: {text:?}", path.display());
    }
}
