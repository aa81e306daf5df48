//! What changes on a page, as an Atom feed (RFC 4287).

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};

/// An entry of a page's feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageEntry {
    /// What it is known by for ever: a path of the site.
    pub id: String,
    /// Its title.
    pub title: String,
    /// When it was last changed.
    pub updated: DateTime<Utc>,
    /// Where it stands on the site.
    pub path: String,
    /// What it says, plain.
    pub summary: String,
}

/// The feed of a page that lies at `path`, itself at `own`; `base_url` has no slash at its end.
/// The feed is as old as its newest entry, or as `began` where it has none: the same for the same
/// entries, so that who asks again is told that nothing changed.
pub fn page_feed(
    title: &str,
    base_url: &str,
    path: &str,
    own: &str,
    began: DateTime<Utc>,
    entries: &[PageEntry],
) -> String {
    let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let updated = entries
        .iter()
        .map(|entry| entry.updated)
        .max()
        .unwrap_or(began);
    let mut out = String::with_capacity(1_024 + entries.len() * 512);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n<id>{0}{1}</id>\n<title>{2}</title>\n<updated>{3}</updated>\n<author><name>Regwire</name></author>\n<link rel=\"self\" type=\"application/atom+xml\" href=\"{0}{1}\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"{0}{4}\"/>\n",
        text(base_url),
        text(own),
        text(title),
        moment(updated),
        text(path)
    );
    for entry in entries {
        let _ = write!(
            out,
            "<entry>\n<id>{0}{1}</id>\n<title>{2}</title>\n<updated>{3}</updated>\n<link rel=\"alternate\" type=\"text/html\" href=\"{0}{4}\"/>\n<summary>{5}</summary>\n</entry>\n",
            text(base_url),
            text(&entry.id),
            text(&entry.title),
            moment(entry.updated),
            text(&entry.path),
            text(&entry.summary)
        );
    }
    out.push_str("</feed>\n");
    out
}

/// Text as XML may hold it: without the control characters that no document may have.
fn text(value: &str) -> String {
    let clean: String = value
        .chars()
        .filter(|sign| matches!(sign, '\t' | '\n') || !sign.is_control())
        .filter(|sign| !matches!(sign, '\u{fffe}' | '\u{ffff}'))
        .collect();
    quick_xml::escape::escape(clean).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_read_by_a_reader_of_feeds() {
        let at = DateTime::UNIX_EPOCH;
        let entry = PageEntry {
            id: "/updates/1".to_owned(),
            title: "A <b>\u{1}title".to_owned(),
            updated: at + chrono::TimeDelta::days(1),
            path: "/updates/1".to_owned(),
            summary: "One & two".to_owned(),
        };
        let text = page_feed("X", "https://a.example", "/x", "/x.atom", at, &[entry]);
        let feed = feed_rs::parser::parse(text.as_bytes()).unwrap();
        assert_eq!(feed.entries.len(), 1);
        assert_eq!(
            feed.entries[0].title.as_ref().unwrap().content,
            "A <b>title"
        );
        assert_eq!(feed.updated, Some(at + chrono::TimeDelta::days(1)));
        assert_eq!(feed.entries[0].links[0].href, "https://a.example/updates/1");
        let empty = page_feed("X", "https://a.example", "/x", "/x.atom", at, &[]);
        assert!(feed_rs::parser::parse(empty.as_bytes()).is_ok());
    }
}
