//! Lists of feeds for other readers (OPML 2.0).

use std::fmt::Write as _;

use crate::domain::source::{Source, SourceKind};

/// The sources that other readers can follow too: the feeds, each once.
pub fn opml(sources: &[Source]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head><title>Regwire sources</title></head>\n<body>\n",
    );
    for source in sources
        .iter()
        .filter(|source| source.kind == SourceKind::Feed && source.on)
    {
        let home = source.home.as_deref().map_or_else(String::new, |home| {
            format!(" htmlUrl=\"{}\"", escaped(home))
        });
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "<outline type=\"rss\" text=\"{name}\" title=\"{name}\" xmlUrl=\"{url}\"{home}/>",
            name = escaped(&source.name),
            url = escaped(source.url.as_str()),
        );
    }
    out.push_str("</body>\n</opml>\n");
    out
}

fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
