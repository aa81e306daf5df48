//! The names of the feed dialects: namespaces, and what an element of each means to us.
//!
//! RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 and CDF name the same few things; an element is known
//! by its namespace and its name in lower case, in whichever dialect it stands.

/// The namespaces that we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    /// RSS and Atom themselves, and whatever stands without a prefix.
    Feed,
    /// Dublin Core elements and terms.
    Dublin,
    /// RSS 1.0 `content`.
    Content,
    /// Media RSS.
    Media,
    /// iTunes podcast.
    Itunes,
    /// XHTML.
    Xhtml,
    /// RDF syntax.
    Rdf,
    /// FeedBurner.
    Feedburner,
    /// Any other.
    Other,
}

/// The namespace that an address names. Compared without case and by its telling part, because
/// publishers misspell the addresses in a dozen ways.
pub(super) fn space_of_address(address: &str) -> Space {
    let address = address.trim().to_ascii_lowercase();
    let has = |part: &str| address.contains(part);
    if has("purl.org/dc/") || has("dublincore.org") {
        Space::Dublin
    } else if has("modules/content") {
        Space::Content
    } else if has("search.yahoo.com/mrss") || has("video.search.yahoo.com") {
        Space::Media
    } else if has("itunes.com/dtds") || has("podcast-1.0.dtd") {
        Space::Itunes
    } else if has("www.w3.org/1999/xhtml") {
        Space::Xhtml
    } else if has("22-rdf-syntax-ns") {
        Space::Rdf
    } else if has("feedburner.org") {
        Space::Feedburner
    } else if has("w3.org/2005/atom")
        || has("purl.org/atom/ns")
        || address.trim_end_matches('/').ends_with("purl.org/rss/1.0")
        || has("my.netscape.com/")
        || has("channel.netscape.com/")
        || has("backend.userland.com/rss")
        || has("blogs.law.harvard.edu/tech/rss")
        || has("cyber.law.harvard.edu/rss")
        || has("purl.org/net/rss1.1")
        || has("my.theinfo.org/changed/1.0/rss")
    {
        Space::Feed
    } else {
        Space::Other
    }
}

/// The namespace that a prefix stands for by custom, when the feed forgot to declare it.
pub(super) fn space_of_prefix(prefix: &str) -> Space {
    match prefix {
        "dc" | "dcterms" => Space::Dublin,
        "content" => Space::Content,
        "media" => Space::Media,
        "itunes" => Space::Itunes,
        "xhtml" | "html" => Space::Xhtml,
        "rdf" => Space::Rdf,
        "feedburner" => Space::Feedburner,
        "rss" | "rss10" | "atom" | "atom10" | "a10" => Space::Feed,
        _ => Space::Other,
    }
}

/// Which of two dates an element gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// First published.
    Published,
    /// Last modified.
    Modified,
}

/// What an element means to us. The number is its rank among those that mean the same, 0 first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// An item or entry.
    Item,
    /// `rss`, `RDF`, `channel`, `feed`.
    Container,
    /// A title.
    Title(u8),
    /// A link, as text or as `href`.
    Link,
    /// A link by rank, as text.
    OtherLink(u8),
    /// `guid` or `id`.
    Guid,
    /// A short text.
    Summary(u8),
    /// The long text.
    Content(u8),
    /// A person.
    Author,
    /// A label.
    Category,
    /// Labels, a comma between them.
    Keywords,
    /// A date.
    Date(When, u8),
    /// A file.
    Enclosure,
    /// A wrapper whose children count as the item's own; may be a file itself.
    Group,
    /// A language.
    Language,
    /// Rights.
    Rights,
    /// Nothing to us, with all that is in it.
    Skip,
}

/// The rank of `description`, as which RSS knows an item's text, long or short.
pub(super) const DESCRIPTION: u8 = 1;

/// What the element `local` (lower case) of a namespace means.
pub(super) fn field(space: Space, local: &str) -> Field {
    use When::{Modified, Published};
    match (space, local) {
        (Space::Feed | Space::Rdf, "rdf") => Field::Container,
        (Space::Feed, _) => match local {
            "item" | "entry" => Field::Item,
            "rss" | "channel" | "feed" => Field::Container,
            "title" => Field::Title(0),
            "link" => Field::Link,
            "url" | "uri" => Field::OtherLink(7),
            "guid" | "id" => Field::Guid,
            "summary" => Field::Summary(0),
            "description" | "abstract" | "subtitle" | "tagline" => Field::Summary(DESCRIPTION),
            "content" => Field::Content(1),
            "body" | "fullitem" => Field::Content(2),
            "author" => Field::Author,
            "category" => Field::Category,
            "pubdate" | "published" | "issued" => Field::Date(Published, 0),
            "created" => Field::Date(Published, 3),
            "updated" | "modified" | "lastbuilddate" => Field::Date(Modified, 0),
            "enclosure" => Field::Enclosure,
            "language" => Field::Language,
            "copyright" | "rights" => Field::Rights,
            _ => Field::Skip,
        },
        (Space::Dublin, _) => match local {
            "title" => Field::Title(1),
            "description" | "abstract" => Field::Summary(2),
            "creator" | "author" => Field::Author,
            "subject" => Field::Category,
            "issued" | "available" => Field::Date(Published, 1),
            "date" => Field::Date(Published, 2),
            "created" => Field::Date(Published, 4),
            "modified" => Field::Date(Modified, 1),
            "language" => Field::Language,
            "rights" => Field::Rights,
            _ => Field::Skip,
        },
        (Space::Content, "encoded") => Field::Content(0),
        (Space::Xhtml, "body" | "div") => Field::Content(2),
        (Space::Media, _) => match local {
            "group" | "content" => Field::Group,
            "title" => Field::Title(2),
            "description" => Field::Summary(4),
            "category" => Field::Category,
            "keywords" => Field::Keywords,
            _ => Field::Skip,
        },
        (Space::Itunes, _) => match local {
            "title" => Field::Title(3),
            "summary" => Field::Summary(3),
            "subtitle" => Field::Summary(5),
            "author" => Field::Author,
            "keywords" => Field::Keywords,
            "category" => Field::Category,
            _ => Field::Skip,
        },
        (Space::Feedburner, "origlink") => Field::OtherLink(3),
        _ => Field::Skip,
    }
}

/// A language as BCP 47 writes it; `en_US` is a habit of programs. None where there is nothing.
pub(super) fn language(text: &str) -> Option<String> {
    let text = text.trim().replace('_', "-");
    (!text.is_empty() && text.len() <= 35).then_some(text)
}

/// The longest name that means anything to us.
pub(super) const LONGEST: usize = 24;

/// A name in lower case, on the stack; names longer than any we know are cut, and so unknown.
pub(super) struct Lower {
    bytes: [u8; LONGEST + 1],
    length: usize,
}

impl Lower {
    pub(super) fn of(name: &str) -> Self {
        let mut bytes = [0; LONGEST + 1];
        let length = name.len().min(LONGEST + 1);
        for (to, from) in bytes.iter_mut().zip(name.bytes()) {
            *to = from.to_ascii_lowercase();
        }
        Self { bytes, length }
    }

    pub(super) fn as_str(&self) -> &str {
        // A cut within a character leaves no text, and no name of ours.
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or("")
    }
}

/// Prefix and local name.
pub(super) fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

/// Whether HTML closes the element by itself.
pub(super) fn is_void(local: &str) -> bool {
    matches!(
        local,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_any_case() {
        assert_eq!(
            field(Space::Feed, Lower::of("pubDate").as_str()),
            Field::Date(When::Published, 0)
        );
        assert_eq!(
            field(Space::Rdf, Lower::of("RDF").as_str()),
            Field::Container
        );
        assert_eq!(field(Space::Other, "title"), Field::Skip);
        assert_eq!(Lower::of(&"é".repeat(40)).as_str(), "");
    }

    #[test]
    fn misspelt_addresses_are_known() {
        for (address, space) in [
            ("HTTP://PURL.ORG/DC/ELEMENTS/1.1", Space::Dublin),
            ("http://search.yahoo.com/mrss", Space::Media),
            ("http://purl.org/rss/1.0/modules/content", Space::Content),
            ("http://purl.org/rss/1.0/modules/syndication/", Space::Other),
            ("http://purl.org/rss/1.0/", Space::Feed),
            ("http://purl.org/atom/ns#", Space::Feed),
        ] {
            assert_eq!(space_of_address(address), space, "{address}");
        }
    }
}
