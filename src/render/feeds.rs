//! Our own feeds: Atom (RFC 4287), JSON Feed 1.1, tables, and the list of all feeds (OPML 2.0).
//!
//! Written by hand and without a moment of asking in them: the same updates are the same bytes.

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::text::cell::guarded;

/// What a feed says of itself.
#[derive(Clone, Debug, Default)]
pub struct FeedHead {
    /// Its title.
    pub title: String,
    /// What is said beside it.
    pub subtitle: Option<String>,
    /// Its own address.
    pub address: String,
    /// The page that shows the same.
    pub page: String,
    /// The address of what comes after it.
    pub next: Option<String>,
}

/// An entry of a feed.
#[derive(Clone, Debug, Default)]
pub struct FeedEntry {
    /// Its address on the site, which is its identifier, too.
    pub address: String,
    /// The original.
    pub original: Option<String>,
    /// Its title.
    pub title: String,
    /// What is said of it, plain.
    pub summary: String,
    /// Its text as safe HTML, where its source's terms share it.
    pub content: Option<String>,
    /// When it was published.
    pub published: DateTime<Utc>,
    /// When it last changed.
    pub updated: DateTime<Utc>,
    /// Who says it.
    pub author: String,
    /// In which language.
    pub language: Option<String>,
    /// Terms and their names: `framework:gdpr`, "GDPR".
    pub categories: Vec<(String, String)>,
    /// The same as a line for programs, where there is one.
    pub line: Option<Value>,
}

/// Text that XML may hold, escaped.
fn xml(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' => c,
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => ' ',
            c => c,
        })
        .collect();
    quick_xml::escape::escape(clean).into_owned()
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The moment of the newest change in a feed; the epoch of an empty one, which has none.
pub fn last_change(entries: &[FeedEntry]) -> DateTime<Utc> {
    entries
        .iter()
        .map(|entry| entry.updated)
        .max()
        .unwrap_or(DateTime::UNIX_EPOCH)
}

/// A feed as Atom.
pub fn atom(head: &FeedHead, entries: &[FeedEntry]) -> String {
    let mut out = String::with_capacity(1024 + entries.len() * 1024);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n<id>{address}</id>\n<title>{title}</title>\n<updated>{updated}</updated>\n<link rel=\"self\" type=\"application/atom+xml\" href=\"{address}\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"{page}\"/>\n<generator>Regwire</generator>\n",
        address = xml(&head.address),
        title = xml(&head.title),
        updated = moment(last_change(entries)),
        page = xml(&head.page),
    );
    if let Some(subtitle) = &head.subtitle {
        let _ = writeln!(out, "<subtitle>{}</subtitle>", xml(subtitle));
    }
    if let Some(next) = &head.next {
        let _ = writeln!(out, "<link rel=\"next\" href=\"{}\"/>", xml(next));
    }
    for entry in entries {
        let language = entry
            .language
            .as_ref()
            .map_or_else(String::new, |language| {
                format!(" xml:lang=\"{}\"", xml(language))
            });
        let _ = write!(
            out,
            "<entry{language}>\n<id>{address}</id>\n<title>{title}</title>\n<link rel=\"alternate\" type=\"text/html\" href=\"{address}\"/>\n",
            address = xml(&entry.address),
            title = xml(&entry.title),
        );
        if let Some(original) = &entry.original {
            let _ = writeln!(out, "<link rel=\"via\" href=\"{}\"/>", xml(original));
        }
        let _ = write!(
            out,
            "<published>{}</published>\n<updated>{}</updated>\n<author><name>{}</name></author>\n",
            moment(entry.published),
            moment(entry.updated),
            xml(&entry.author),
        );
        for (term, name) in &entry.categories {
            let _ = writeln!(
                out,
                "<category term=\"{}\" label=\"{}\"/>",
                xml(term),
                xml(name)
            );
        }
        if !entry.summary.is_empty() {
            let _ = writeln!(out, "<summary>{}</summary>", xml(&entry.summary));
        }
        if let Some(content) = &entry.content {
            let _ = writeln!(out, "<content type=\"html\">{}</content>", xml(content));
        }
        out.push_str("</entry>\n");
    }
    out.push_str("</feed>\n");
    out
}

/// A feed as JSON Feed.
pub fn json_feed(head: &FeedHead, entries: &[FeedEntry]) -> String {
    let items: Vec<Value> = entries
        .iter()
        .map(|entry| {
            let mut item = json!({
                "id": entry.address,
                "url": entry.address,
                "title": entry.title,
                "summary": entry.summary,
                "date_published": moment(entry.published),
                "date_modified": moment(entry.updated),
                "authors": [{ "name": entry.author }],
                "tags": entry.categories.iter().map(|(_, name)| name).collect::<Vec<_>>(),
            });
            if let Some(item) = item.as_object_mut() {
                let (form, text) = match &entry.content {
                    Some(content) => ("content_html", content),
                    None => ("content_text", &entry.summary),
                };
                item.insert(form.to_owned(), json!(text));
                for (name, value) in [
                    (
                        "external_url",
                        entry.original.as_ref().map(|url| json!(url)),
                    ),
                    (
                        "language",
                        entry.language.as_ref().map(|language| json!(language)),
                    ),
                    ("_regwire", entry.line.clone()),
                ] {
                    item.extend(value.map(|value| (name.to_owned(), value)));
                }
            }
            item
        })
        .collect();
    let mut feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "home_page_url": head.page,
        "feed_url": head.address,
        "language": "en",
        "items": items,
    });
    if let Some(feed) = feed.as_object_mut() {
        feed.extend(
            head.subtitle
                .as_ref()
                .map(|text| ("description".to_owned(), json!(text))),
        );
        feed.extend(
            head.next
                .as_ref()
                .map(|next| ("next_url".to_owned(), json!(next))),
        );
    }
    feed.to_string()
}

/// The columns of updates as a table.
pub const UPDATE_COLUMNS: &[&str] = &[
    "id",
    "source",
    "published",
    "first_seen",
    "title",
    "url",
    "summary",
    "kind",
    "reach",
    "authority",
    "frameworks",
    "jurisdictions",
    "bodies",
    "topics",
    "references",
    "language",
    "revision",
];

/// The heading of a table.
pub fn table_head(columns: &[&str]) -> String {
    columns.join(",") + "\r\n"
}

/// Lines for programs as rows of a table; no cell is a formula (contract: W13).
pub fn table_rows(columns: &[&str], lines: &[Value]) -> String {
    let mut out = String::new();
    for line in lines {
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                out.push(',');
            }
            let cell = guarded(cell(line.get(*column).unwrap_or(&Value::Null)));
            if cell.contains([',', '"', '\n', '\r', '\'']) {
                out.push('"');
                out.push_str(&cell.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(&cell);
            }
        }
        out.push_str("\r\n");
    }
    out
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.replace('\0', " "),
        Value::Array(items) => items
            .iter()
            .map(|item| {
                item.as_str()
                    .map_or_else(|| item.to_string(), str::to_owned)
            })
            .collect::<Vec<_>>()
            .join(" "),
        other => other.to_string(),
    }
}

/// A feed in a list of feeds.
#[derive(Clone, Debug, Default)]
pub struct ListedFeed {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// The page that shows the same.
    pub page: String,
}

/// Lists of feeds under their headings, as OPML.
pub fn feeds_opml(title: &str, groups: &[(&str, Vec<ListedFeed>)]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head><title>{}</title></head>\n<body>\n",
        xml(title)
    );
    for (name, feeds) in groups {
        let _ = writeln!(out, "<outline text=\"{0}\" title=\"{0}\">", xml(name));
        for feed in feeds {
            let _ = writeln!(
                out,
                "<outline type=\"atom\" text=\"{0}\" title=\"{0}\" xmlUrl=\"{1}\" htmlUrl=\"{2}\"/>",
                xml(&feed.name),
                xml(&feed.address),
                xml(&feed.page),
            );
        }
        out.push_str("</outline>\n");
    }
    out.push_str("</body>\n</opml>\n");
    out
}
