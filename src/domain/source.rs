//! A Source: one address of a body, how it is read, how often, and under what terms.

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};

use super::address::{self, AddressTemplate, InvalidAddress, WebAddress};
use super::catalogue::Catalogue;
use super::id::{BodyId, FrameworkId, JurisdictionId, SourceId};
use super::mapping::{ApiKey, Mapping, Pattern};
pub use super::select::{Edit, LifeCycleRule, Pick, Select, Way};
use super::update::{Content, Shared};
use crate::text::html;

/// What a source is, and so which part of `parse` reads it (contract: section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// RSS, Atom, RDF or JSON Feed.
    Feed,
    /// An HTML page that lists news.
    Listing,
    /// One page or PDF watched for change.
    Page,
    /// New or changed addresses under a path.
    Sitemap,
    /// A JSON interface by field mapping or preset.
    Json,
    /// The current state of a body's whole list.
    Catalogue,
}

impl SourceKind {
    /// As written in `sources.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Listing => "listing",
            Self::Page => "page",
            Self::Sitemap => "sitemap",
            Self::Json => "json",
            Self::Catalogue => "catalogue",
        }
    }
}

/// How much of a source's text may be shown, mailed, fed or exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Terms {
    /// Title, link and date only.
    Metadata,
    /// And at most [`EXCERPT_CHARACTERS`] of text.
    #[default]
    Excerpt,
    /// Everything.
    Full,
}

/// The longest text that leaves the house under [`Terms::Excerpt`], in characters.
pub const EXCERPT_CHARACTERS: usize = 300;

impl Terms {
    /// What of `content` may leave the house.
    pub fn share(self, content: &Content) -> Shared {
        match self {
            Self::Metadata => Shared::default(),
            Self::Excerpt => {
                let text = if content.summary.is_empty() {
                    html::plain(content.body.as_str())
                } else {
                    content.summary.clone()
                };
                Shared {
                    summary: html::excerpt(&text.replace('\n', " "), EXCERPT_CHARACTERS),
                    body: None,
                }
            }
            Self::Full => Shared {
                summary: content.summary.clone(),
                body: Some(content.body.clone()),
            },
        }
    }

    /// As written in `sources.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Excerpt => "excerpt",
            Self::Full => "full",
        }
    }
}

/// What stays of a fetched document as private evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The bytes, for so long; then their hash.
    Bytes(TimeDelta),
    /// Their hash only.
    Hash,
}

impl Default for Keep {
    fn default() -> Self {
        Self::Bytes(TimeDelta::days(400))
    }
}

/// How a source writes its dates.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateStyle {
    /// A `strftime` pattern, tried first.
    #[serde(default)]
    pub format: Option<String>,
    /// Further patterns, tried in order after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<String>,
    /// The language of month names.
    #[serde(default)]
    pub language: Option<String>,
    /// Whether 02/03 is the second of March.
    #[serde(default)]
    pub day_first: Option<bool>,
    /// The zone of times that state none (`Europe/London`); UTC otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

impl DateStyle {
    /// Whether the day of 02/03/2026 stands first: as is said, or as all patterns that name a day and
    /// a month by their numbers have it.
    pub fn is_day_first(&self) -> Option<bool> {
        if self.day_first.is_some() {
            return self.day_first;
        }
        let place = |pattern: &str, signs: [&str; 2]| {
            let places = signs.into_iter().filter_map(|sign| pattern.find(sign));
            places.min()
        };
        let mut orders = self
            .format
            .iter()
            .chain(&self.formats)
            .filter_map(|pattern| {
                let day =
                    place(pattern, ["%d", "%e"]).or_else(|| place(pattern, ["%-d", "%_d"]))?;
                let month = place(pattern, ["%m", "%-m"])?;
                // A pattern that begins with the year says nothing of dates that end with it.
                let year = place(pattern, ["%Y", "%y"])?;
                (year > day.max(month)).then_some(day < month)
            });
        let first = orders.next()?;
        orders.all(|order| order == first).then_some(first)
    }
}

/// What the user agent says beside the product's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agent {
    /// The contact, when one is configured.
    #[default]
    Contact,
    /// No contact: the publisher drops agents that carry an e-mail address.
    NoContact,
}

/// What is known of an address: who saw it answer, and when.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// `tested`, `in-use`, `derived` or `unverified`.
    pub level: ProofLevel,
    /// When it was seen, as precisely as known.
    #[serde(default)]
    pub seen: Option<String>,
    /// Where that is recorded.
    #[serde(default, rename = "where")]
    pub place: Option<String>,
}

/// How sure an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofLevel {
    /// A live success is recorded.
    Tested,
    /// In public use or in the owner's documentation, without a recorded result.
    InUse,
    /// Derived from addresses seen beside it.
    Derived,
    /// Believed.
    Unverified,
}

/// One entry of `sources.toml`.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its identifier, for ever.
    pub id: SourceId,
    /// The body that publishes it.
    pub body: BodyId,
    /// Its name, for people.
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
    /// Where it lies.
    pub url: AddressTemplate,
    /// The page for people.
    pub home: Option<String>,
    /// How often it is visited.
    pub every: TimeDelta,
    /// The longest silence that is ordinary.
    pub expect_every: TimeDelta,
    /// What may leave the house.
    pub terms: Terms,
    /// The ground of the terms, where known.
    pub licence: Option<String>,
    /// Words that must be shown with it.
    pub attribution: Option<String>,
    /// What stays as evidence.
    pub keep: Keep,
    /// Its language (ISO 639-1), when an item does not say.
    pub language: Option<String>,
    /// Where it speaks for, as a prior.
    pub jurisdiction: Option<JurisdictionId>,
    /// The frameworks it feeds: a prior, never proof.
    pub frameworks: Vec<FrameworkId>,
    /// Whether it is visited.
    pub on: bool,
    /// Why not.
    pub off_because: Option<String>,
    /// Selectors of a listing or page.
    pub select: Select,
    /// How dates are written.
    pub date: DateStyle,
    /// Whether the pages that new items link to are read for their text.
    pub follow: bool,
    /// How a catalogue is read; none when this version cannot read it.
    pub catalogue: Option<Catalogue>,
    /// What the user agent says.
    pub agent: Agent,
    /// Why the site's robots.txt is not asked; it is asked when there is no reason.
    pub robots_override: Option<String>,
    /// Headers sent as written.
    pub headers: Vec<(String, String)>,
    /// The largest decoded body, in bytes.
    pub max_bytes: u64,
    /// The longest visit.
    pub max_time: TimeDelta,
    /// The most pages of a list that one visit reads; by kind when absent.
    pub pages: Option<u32>,
    /// How a structured interface is asked and read.
    pub interface: Interface,
    /// Quirks.
    pub note: Option<String>,
    /// What is known of the address.
    pub proof: Option<Proof>,
}

/// How a structured interface (kinds json and sitemap) is asked and read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interface {
    /// The preset that the rest was completed from.
    pub preset: Option<String>,
    /// Parameters added to the address, with days as in [`AddressTemplate`]; one that the address
    /// has itself is not added.
    pub params: Vec<(String, Vec<String>)>,
    /// The body of a question that is posted.
    pub post: Option<String>,
    /// The key that is sent along.
    pub key: Option<ApiKey>,
    /// Where the items are, and where their parts.
    pub map: Arc<Mapping>,
    /// Of a sitemap: what the addresses of items match.
    pub include: Option<Pattern>,
    /// Of a sitemap: what the addresses of items begin with, as a path or in full.
    pub under: Option<String>,
    /// Of an index of sitemaps: what the addresses of those that are read match.
    pub sitemaps: Option<Pattern>,
}

impl Source {
    /// Whether this version can read it.
    pub fn is_readable(&self) -> bool {
        self.kind != SourceKind::Catalogue || self.catalogue.is_some()
    }

    /// The address asked on a day, parameters included.
    ///
    /// # Errors
    /// When the filled address is longer than allowed.
    pub fn address(&self, day: NaiveDate) -> Result<WebAddress, InvalidAddress> {
        let address = self.url.on(day)?;
        if self.interface.params.is_empty() {
            return Ok(address);
        }
        let mut url = address.as_url().clone();
        let own: Vec<String> = url
            .query_pairs()
            .map(|(name, _)| name.into_owned())
            .collect();
        for (name, values) in &self.interface.params {
            if own.contains(name) {
                continue;
            }
            for value in values {
                let value = address::filled(value, day)?;
                url.query_pairs_mut().append_pair(name, &value);
            }
        }
        WebAddress::from_url(url)
    }

    /// Whether the address is another one on another day.
    pub fn is_dated(&self) -> bool {
        let one = NaiveDate::default();
        // Another day, month and year.
        self.address(one).ok() != self.address(one + TimeDelta::days(400)).ok()
    }

    /// The most pages that one visit reads.
    pub fn most_pages(&self) -> u32 {
        let usual = match self.kind {
            SourceKind::Listing => 5,
            SourceKind::Json => 20,
            SourceKind::Sitemap => 50,
            SourceKind::Feed | SourceKind::Page | SourceKind::Catalogue => 1,
        };
        self.pages.unwrap_or(usual).max(1)
    }

    /// A source with everything as it is when nothing is said: asked every twelve hours, shown as
    /// an excerpt.
    pub fn new(
        id: SourceId,
        body: BodyId,
        name: impl Into<String>,
        kind: SourceKind,
        url: AddressTemplate,
    ) -> Self {
        Self {
            id,
            body,
            name: name.into(),
            kind,
            url,
            home: None,
            every: TimeDelta::hours(12),
            expect_every: TimeDelta::days(14),
            terms: Terms::default(),
            licence: None,
            attribution: None,
            keep: Keep::default(),
            language: None,
            jurisdiction: None,
            frameworks: Vec::new(),
            on: true,
            off_because: None,
            select: Select::default(),
            date: DateStyle::default(),
            follow: false,
            agent: Agent::default(),
            robots_override: None,
            headers: Vec::new(),
            max_bytes: MAX_BYTES,
            max_time: MAX_TIME,
            pages: None,
            interface: Interface::default(),
            catalogue: None,
            note: None,
            proof: None,
        }
    }
}

/// The words that must be shown with what some sources say, each once.
pub fn attributions<'a>(
    sources: &[Source],
    shown: impl IntoIterator<Item = &'a SourceId>,
) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut out: Vec<String> = Vec::new();
    for id in shown {
        if !seen.insert(id) {
            continue;
        }
        let source = sources.iter().find(|source| &source.id == id);
        if let Some(words) = source.and_then(|source| source.attribution.as_ref())
            && !out.contains(words)
        {
            out.push(words.clone());
        }
    }
    out
}

/// The largest decoded body unless the source states more (contract: F4).
pub const MAX_BYTES: u64 = 16 << 20;
/// The longest visit unless the source states more (contract: F6).
pub const MAX_TIME: TimeDelta = TimeDelta::seconds(30);

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A feed of a body that does not exist.
    pub(in crate::domain) fn sample() -> Source {
        Source::new(
            SourceId::new("sample").unwrap(),
            BodyId::new("sample").unwrap(),
            "Sample",
            SourceKind::Feed,
            AddressTemplate::new("https://example.org/feed").unwrap(),
        )
    }

    #[test]
    fn terms_decide_what_leaves_the_house() {
        let content = Content {
            summary: "word ".repeat(200),
            body: html::safe_html("<p>All of it</p>", None),
            ..Content::default()
        };
        assert_eq!(Terms::Metadata.share(&content), Shared::default());
        let excerpt = Terms::Excerpt.share(&content);
        assert!(excerpt.summary.chars().count() <= EXCERPT_CHARACTERS);
        assert!(excerpt.body.is_none());
        assert!(Terms::Full.share(&content).body.is_some());
    }
}
