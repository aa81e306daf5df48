//! Sitemaps (sitemaps.org, 0.9) with their news extension, as XML or as a plain list of
//! addresses, packed or not; and indexes of sitemaps.
//!
//! Each address becomes a record with the members `loc`, `lastmod`, `changefreq`, `priority` and
//! `news` (`title`, `publication_date`, `language`, `name`, `keywords`), read by the same mapping
//! language as any other structured document.

use super::json::{self, Builder, Id, Kind, TooMany, Tree};
use super::{Parsed, Refusal, packed};
use crate::domain::document::{Document, Fault, FaultCode};
use crate::domain::source::Source;
use crate::text::date::{self, DateHints, Stamp};
use crate::text::decode::{self, Form};
use crate::text::html;

/// Members of an address that are kept, beside its news.
const OWN: &[&str] = &["loc", "lastmod", "changefreq", "priority"];
/// Members of its news that are kept.
const NEWS: &[&str] = &["title", "publication_date", "keywords"];
/// Members of the publication that the news names.
const PUBLICATION: &[&str] = &["name", "language"];
/// The most sitemaps that an index is believed to have.
const MOST_PARTS: usize = 10_000;

/// Reads a sitemap; beside what it held, every address that was refused.
pub(super) fn read(document: &Document, source: &Source) -> (Parsed, Vec<Refusal>) {
    match read_or_fault(document, source) {
        Ok(read) => read,
        Err(fault) => (
            Parsed {
                faults: vec![fault],
                ..Parsed::default()
            },
            Vec::new(),
        ),
    }
}

fn read_or_fault(document: &Document, source: &Source) -> Result<(Parsed, Vec<Refusal>), Fault> {
    let body = packed::unpacked(&document.body, source.max_bytes)?;
    let decoded = decode::decode(&body, document.header("content-type"), Form::Xml);
    let text = decoded.text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(Fault::new(FaultCode::EmptyBody, "the answer is empty"));
    }
    let mut faults = super::charset_faults(&decoded);
    if !text.trim_start().starts_with('<') {
        return plain_list(text, document, source, faults);
    }
    if html::looks_like_html_document(text) {
        return Err(Fault::new(
            FaultCode::HtmlPage,
            "an HTML page came where a sitemap should be; robots.txt of the site may name its address",
        ));
    }
    let xml = json::xml(text, json::most_values(source))?;
    let tree = &xml.tree;
    let found = tree.root().and_then(|root| {
        tree.children(root)
            .map(|id| (id, local(tree.name(id))))
            .find(|(_, name)| matches!(*name, "urlset" | "sitemapindex"))
    });
    let Some((set, name)) = found else {
        let root = tree.root().and_then(|root| tree.children(root).next());
        let root = root.map_or("", |id| tree.name(id));
        return Err(Fault::new(
            FaultCode::NotASitemap,
            match local(root) {
                "rss" | "feed" | "RDF" => {
                    format!("this is a feed (`{root}`): read it with kind = \"feed\"")
                }
                _ => format!(
                    "the document is no sitemap: its root is `{}`",
                    html::excerpt(root, 40)
                ),
            },
        ));
    };
    if xml.truncated {
        faults.push(Fault::new(
            FaultCode::Truncated,
            "the sitemap ends in the middle; what was complete was read",
        ));
    } else if let Some((what, count)) = &xml.flaws {
        faults.push(Fault::new(
            FaultCode::IllFormed,
            format!("the sitemap is ill-formed in {count} places, first by {what}"),
        ));
    }
    if name == "sitemapindex" {
        return Ok((index(tree, set, document, source, faults), Vec::new()));
    }
    let urls = tree
        .children(set)
        .filter(|id| local(tree.name(*id)) == "url");
    let mut all = 0;
    let mut records = Records::new(source)?;
    for url in urls {
        all += 1;
        let loc = named(tree, url, "loc");
        if loc.is_some_and(|loc| wanted(loc, document, source)) {
            records.add(|build| record(tree, url, build))?;
        }
    }
    Ok(finish(records, all, document, source, faults))
}

/// A list of addresses, one a line.
fn plain_list(
    text: &str,
    document: &Document,
    source: &Source,
    faults: Vec<Fault>,
) -> Result<(Parsed, Vec<Refusal>), Fault> {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_address = |line: &str| line.starts_with("https://") || line.starts_with("http://");
    if !lines().all(is_address) {
        return Err(Fault::new(
            FaultCode::NotASitemap,
            "the document is no sitemap: neither XML nor a list of addresses",
        ));
    }
    let mut records = Records::new(source)?;
    for line in lines().filter(|line| wanted(line, document, source)) {
        records.add(|build| {
            build.open(Kind::Object, (0, 0))?;
            member(build, "loc", line)?;
            build.close();
            Ok(())
        })?;
    }
    Ok(finish(records, lines().count(), document, source, faults))
}

/// The records of a sitemap that are wanted.
struct Records {
    build: Builder,
    count: usize,
}

impl Records {
    fn new(source: &Source) -> Result<Self, Fault> {
        let mut build = Builder::new(json::most_values(source));
        build.open(Kind::List, (0, 0)).map_err(|_| too_many())?;
        Ok(Self { build, count: 0 })
    }

    fn add(&mut self, make: impl FnOnce(&mut Builder) -> Result<(), TooMany>) -> Result<(), Fault> {
        self.count += 1;
        make(&mut self.build).map_err(|_| too_many())
    }
}

fn too_many() -> Fault {
    Fault::new(
        FaultCode::TooManyItems,
        "the sitemap holds more than its size allows for; give the source a larger `max_bytes`",
    )
}

fn finish(
    records: Records,
    all: usize,
    document: &Document,
    source: &Source,
    faults: Vec<Fault>,
) -> (Parsed, Vec<Refusal>) {
    let count = records.count;
    let tree = records.build.finish();
    let (mut parsed, refused) = json::records(&tree, &document.url, source);
    parsed.faults.splice(0..0, faults);
    if all > 0 && count == 0 {
        parsed.readable = false;
        parsed.faults.push(Fault::new(
            FaultCode::NoMatch,
            format!("none of {all} addresses is one that `include` and `under` ask for: the site has changed"),
        ));
    }
    (parsed, refused)
}

/// Whether an address is one that the source asks for.
fn wanted(address: &str, document: &Document, source: &Source) -> bool {
    let interface = &source.interface;
    if interface
        .include
        .as_ref()
        .is_some_and(|include| !include.is_match(address))
    {
        return false;
    }
    let Some(under) = &interface.under else {
        return true;
    };
    if under.starts_with("http") {
        return address.starts_with(under.as_str());
    }
    document
        .url
        .join(address)
        .is_ok_and(|url| url.as_url().path().starts_with(under.as_str()))
}

/// The sitemaps of an index that are wanted, the latest first.
fn index(
    tree: &Tree,
    set: Id,
    document: &Document,
    source: &Source,
    mut faults: Vec<Fault>,
) -> Parsed {
    let mut all = 0;
    let mut parts: Vec<(Option<Stamp>, String)> = Vec::new();
    for id in tree.children(set).take(MOST_PARTS) {
        if local(tree.name(id)) != "sitemap" {
            continue;
        }
        all += 1;
        let Some(loc) = named(tree, id, "loc") else {
            continue;
        };
        // A site speaks for itself: a sitemap of another host is none of this source.
        let Ok(url) = document.url.join(loc) else {
            continue;
        };
        let own = url.host().trim_start_matches("www.")
            == document.url.host().trim_start_matches("www.")
            && url != document.url;
        let asked = source
            .interface
            .sitemaps
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(url.as_str()));
        if !own || !asked {
            continue;
        }
        let lastmod = named(tree, id, "lastmod")
            .and_then(|lastmod| date::read(lastmod, &DateHints::default()).ok());
        parts.push((lastmod, url.as_str().to_owned()));
    }
    // Those without a date could be the latest.
    parts.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) => b.cmp(a),
        (a, b) => a.is_some().cmp(&b.is_some()),
    });
    let readable = all == 0 || !parts.is_empty();
    if !readable {
        faults.push(Fault::new(
            FaultCode::NoMatch,
            format!("none of the {all} sitemaps of the index is one that `sitemaps` asks for"),
        ));
    }
    Parsed {
        readable,
        faults,
        parts: parts.into_iter().map(|(_, url)| url).collect(),
        ..Parsed::default()
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The text of an element's first element of that name, whatever its prefix.
fn named<'t>(tree: &'t Tree, id: Id, name: &str) -> Option<&'t str> {
    let own = tree
        .children(id)
        .filter(|child| local(tree.name(*child)) == name)
        // `image:loc` and the like stand deeper; of two, the one without a prefix is meant.
        .min_by_key(|child| tree.name(*child).contains(':'))?;
    let text = match tree.kind(own) {
        Kind::Object => tree.text(tree.member(own, "#text")?),
        _ => tree.text(own),
    }?
    .trim();
    (!text.is_empty()).then_some(text)
}

fn member(build: &mut Builder, name: &str, text: &str) -> Result<(), TooMany> {
    let name = build.keep(name);
    let text = build.keep(text);
    build.scalar(Kind::Text, name, text)
}

fn record(tree: &Tree, url: Id, build: &mut Builder) -> Result<(), TooMany> {
    build.open(Kind::Object, (0, 0))?;
    for name in OWN {
        if let Some(text) = named(tree, url, name) {
            member(build, name, text)?;
        }
    }
    let news = tree
        .children(url)
        .find(|child| local(tree.name(*child)) == "news");
    if let Some(news) = news {
        let name = build.keep("news");
        build.open(Kind::Object, name)?;
        for name in NEWS {
            if let Some(text) = named(tree, news, name) {
                member(build, name, text)?;
            }
        }
        let publication = tree
            .children(news)
            .find(|child| local(tree.name(*child)) == "publication");
        if let Some(publication) = publication {
            for name in PUBLICATION {
                if let Some(text) = named(tree, publication, name) {
                    member(build, name, text)?;
                }
            }
        }
        build.close();
    }
    build.close();
    Ok(())
}
