//! What was fetched and what a parser found in it: Document, Visit, Entry, Fault.

use chrono::{DateTime, Utc};

use super::address::WebAddress;
use super::evidence::Evidence;
use super::id::SourceId;
use super::page_change::VersionStep;
use super::standard::StageNews;
use super::stated::Stated;
use crate::text::date::Stamp;

/// The SHA-256 of some bytes, as 64 hexadecimal digits in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Sha256(String);

impl Sha256 {
    /// The hash of `bytes` (FIPS 180-4).
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self::after(sha2::Sha256::new_with_prefix(bytes))
    }

    /// The hash of everything that was given to `hasher`.
    pub fn after(hasher: sha2::Sha256) -> Self {
        use sha2::Digest as _;
        let digest = hasher.finalize();
        let mut text = String::with_capacity(64);
        for byte in digest {
            use std::fmt::Write as _;
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// Reads a hash that was printed before; anything but 64 hexadecimal digits is none.
    pub fn read(text: &str) -> Option<Self> {
        (text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
            .then(|| Self(text.to_owned()))
    }

    /// The hash as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The bytes that one visit brought, with what proves where they come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The source that was visited.
    pub source: SourceId,
    /// The address that answered, after redirects.
    pub url: WebAddress,
    /// When the answer was complete.
    pub fetched_at: DateTime<Utc>,
    /// The HTTP status.
    pub status: u16,
    /// Headers of the answer, names in lower case, in order; cookies never.
    pub headers: Vec<(String, String)>,
    /// The decoded body.
    pub body: Vec<u8>,
    /// The hash of the decoded body.
    pub sha256: Sha256,
}

impl Document {
    /// The first header of that name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

/// What the last visit left for the next one: validators and manners.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Memory {
    /// The `ETag`, sent back as `If-None-Match`.
    pub etag: Option<String>,
    /// The `Last-Modified`, sent back as `If-Modified-Since`.
    pub last_modified: Option<String>,
    /// The hash of the last body that was read to the end.
    pub sha256: Option<Sha256>,
}

/// How a visit ended, in the words of `collect --jsonl` (contract: section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Something was read that was not the last answer again.
    New,
    /// The same answer as last time (304, or the same bytes), or nothing new in it.
    Unchanged,
    /// Not visited: its time has not come.
    NotDue,
    /// Not visited: our own rules forbid the address.
    Refused,
    /// The publisher asked us to wait (429, or 503 with Retry-After).
    Limited,
    /// The publisher says that it is gone for good (410).
    Gone,
    /// Nothing could be read.
    Failed,
    /// Something came that could not be read as what it should be; kept aside.
    Quarantined,
}

impl Outcome {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Unchanged => "unchanged",
            Self::NotDue => "not-due",
            Self::Refused => "refused",
            Self::Limited => "limited",
            Self::Gone => "gone",
            Self::Failed => "failed",
            Self::Quarantined => "quarantined",
        }
    }

    /// The one that is printed so.
    pub fn read(text: &str) -> Option<Self> {
        const ALL: [Outcome; 8] = [
            Outcome::New,
            Outcome::Unchanged,
            Outcome::NotDue,
            Outcome::Refused,
            Outcome::Limited,
            Outcome::Gone,
            Outcome::Failed,
            Outcome::Quarantined,
        ];
        ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }

    /// Whether the publisher was reached and its answer understood.
    pub fn is_success(self) -> bool {
        matches!(self, Self::New | Self::Unchanged)
    }
}

/// What went wrong, by name; the names are kept stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultCode {
    /// The address, or one it redirects to, is not one we visit.
    AddressRefused,
    /// The site's robots.txt forbids the address.
    RobotsForbid,
    /// The site's robots.txt could not be read, which forbids everything for now (RFC 9309).
    RobotsUnreachable,
    /// The host's name could not be resolved.
    NoSuchHost,
    /// No connection.
    Unreachable,
    /// The certificate has expired.
    CertificateExpired,
    /// The certificate is not valid yet.
    CertificateNotYetValid,
    /// The certificate is made out to another host.
    CertificateWrongHost,
    /// The certificate signs itself.
    CertificateSelfSigned,
    /// The certificate's authority is not trusted.
    CertificateUntrusted,
    /// The server leaves out the certificate of its certificate's issuer.
    CertificateIncomplete,
    /// The certificate has been revoked.
    CertificateRevoked,
    /// The certificate does not bear its issuer's signature.
    CertificateBadSignature,
    /// The certificate is signed by a method that is not trusted any more.
    CertificateWeak,
    /// The certificate cannot be read.
    CertificateUnreadable,
    /// The certificate was not issued for servers.
    CertificateWrongPurpose,
    /// The certificate is not acceptable for another reason, which the detail names.
    Certificate,
    /// The visit took longer than allowed.
    TimeOut,
    /// The decoded body is over the source's cap.
    TooLarge,
    /// Pages left for the next visit, because other visits fill the memory that there is for them.
    NoRoom,
    /// More redirects than allowed, or a loop.
    Redirects,
    /// An HTTP status that is no success.
    HttpStatus,
    /// The answer ended in mid body, or could not be decoded.
    BrokenBody,
    /// An empty body.
    EmptyBody,
    /// A charset label that nobody knows; the text was guessed.
    UnknownCharset,
    /// Bytes that are no text in the charset stated; marked with U+FFFD or read otherwise.
    WrongCharset,
    /// An HTML page where a feed should be.
    HtmlPage,
    /// A page that asks for a password where the content should be.
    LoginWall,
    /// A page that says "not found" with a status that says "found".
    SoftNotFound,
    /// A page by which a server or its guard says that something is wrong, with a status that
    /// says "found".
    ErrorPage,
    /// The address leads to the site's home page now.
    RedirectedHome,
    /// Several items under one identity.
    SharedIdentity,
    /// Items in another language than the source's.
    OtherLanguage,
    /// Not a feed of any known kind.
    NotAFeed,
    /// The document is no JSON.
    NotJson,
    /// The document is no sitemap.
    NotASitemap,
    /// The interface answered with an error in place of a list.
    ErrorAnswer,
    /// A page of a list that had been given before, in the place of the next.
    PageRepeated,
    /// The interface wants a key, and there is none.
    NoKey,
    /// The feed is ill-formed; what could be read was read.
    IllFormed,
    /// The feed ends in the middle; what was complete was read.
    Truncated,
    /// Nested deeper, or with more attributes, than anything real.
    Nesting,
    /// A selector that matches nothing.
    NoMatch,
    /// A document that is neither HTML nor text nor PDF.
    NotAPage,
    /// A PDF that holds pictures of its pages and no text.
    NoTextLayer,
    /// So much less than the last time (the text of a page, the rows of a catalogue) that it is not
    /// believed at once.
    Shrunken,
    /// A selector that is not valid.
    BadSelector,
    /// One item that could not be read; the others were.
    BadItem,
    /// A date that could not be read; the time of first sight stands in.
    BadDate,
    /// A date outside all reason (year 9999); the time of first sight stands in.
    ImplausibleDate,
    /// More items than the cap; the rest was left out.
    TooManyItems,
    /// The reader itself failed on this input; nothing was taken.
    ReaderFailed,
}

impl FaultCode {
    /// As printed and stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AddressRefused => "address-refused",
            Self::RobotsForbid => "robots-forbid",
            Self::RobotsUnreachable => "robots-unreachable",
            Self::NoSuchHost => "no-such-host",
            Self::Unreachable => "unreachable",
            Self::CertificateExpired => "certificate-expired",
            Self::CertificateNotYetValid => "certificate-not-yet-valid",
            Self::CertificateWrongHost => "certificate-wrong-host",
            Self::CertificateSelfSigned => "certificate-self-signed",
            Self::CertificateUntrusted => "certificate-untrusted",
            Self::CertificateIncomplete => "certificate-incomplete",
            Self::CertificateRevoked => "certificate-revoked",
            Self::CertificateBadSignature => "certificate-bad-signature",
            Self::CertificateWeak => "certificate-weak",
            Self::CertificateUnreadable => "certificate-unreadable",
            Self::CertificateWrongPurpose => "certificate-wrong-purpose",
            Self::Certificate => "certificate",
            Self::TimeOut => "time-out",
            Self::TooLarge => "too-large",
            Self::NoRoom => "no-room",
            Self::Redirects => "redirects",
            Self::HttpStatus => "http-status",
            Self::BrokenBody => "broken-body",
            Self::EmptyBody => "empty-body",
            Self::UnknownCharset => "unknown-charset",
            Self::WrongCharset => "wrong-charset",
            Self::HtmlPage => "html-page",
            Self::LoginWall => "login-wall",
            Self::SoftNotFound => "soft-not-found",
            Self::ErrorPage => "error-page",
            Self::RedirectedHome => "redirected-home",
            Self::SharedIdentity => "shared-identity",
            Self::OtherLanguage => "other-language",
            Self::NotAFeed => "not-a-feed",
            Self::NotJson => "not-json",
            Self::NotASitemap => "not-a-sitemap",
            Self::ErrorAnswer => "error-answer",
            Self::PageRepeated => "page-repeated",
            Self::NoKey => "no-key",
            Self::IllFormed => "ill-formed",
            Self::Truncated => "truncated",
            Self::Nesting => "nesting",
            Self::NoMatch => "no-match",
            Self::NotAPage => "not-a-page",
            Self::NoTextLayer => "no-text-layer",
            Self::Shrunken => "shrunken",
            Self::BadSelector => "bad-selector",
            Self::BadItem => "bad-item",
            Self::BadDate => "bad-date",
            Self::ImplausibleDate => "implausible-date",
            Self::TooManyItems => "too-many-items",
            Self::ReaderFailed => "reader-failed",
        }
    }
}

/// One thing that went wrong, for the health page and for whoever mends it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fault {
    /// Its name.
    pub code: FaultCode,
    /// What happened, where, and what to do, in a sentence.
    pub detail: String,
}

impl Fault {
    /// A fault with its sentence; overlong details are cut at 500 characters, and signs that would
    /// command a terminal or turn the order of what follows are left out: publishers' words are
    /// quoted in it.
    pub fn new(code: FaultCode, detail: impl Into<String>) -> Self {
        let mut detail: String = detail.into();
        detail.retain(|c| {
            !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        if let Some((cut, _)) = detail.char_indices().nth(500) {
            detail.truncate(cut);
        }
        Self { code, detail }
    }
}

/// Text as a publisher gave it: plain, or HTML that nobody has made safe yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Markup {
    /// Plain text.
    Text(String),
    /// HTML, hostile until proven otherwise.
    Html(String),
}

impl Markup {
    /// The text as given.
    pub fn raw(&self) -> &str {
        match self {
            Self::Text(text) | Self::Html(text) => text,
        }
    }
}

/// A file that hangs on an entry.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Enclosure {
    /// Where it lies.
    pub url: WebAddress,
    /// Its media type, as stated.
    #[serde(default)]
    pub media_type: Option<String>,
    /// Its size in bytes, as stated.
    #[serde(default)]
    pub length: Option<u64>,
}

/// One item that a parser found in a Document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// The publisher's own identity of the item (guid, id), where there is one.
    pub guid: Option<String>,
    /// Its link, absolute.
    pub url: Option<WebAddress>,
    /// Its title; may hold HTML and entities still.
    pub title: String,
    /// Its summary.
    pub summary: Option<Markup>,
    /// Its full text.
    pub content: Option<Markup>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The publisher's own labels.
    pub categories: Vec<String>,
    /// Files.
    pub enclosures: Vec<Enclosure>,
    /// When it was published.
    pub published: Option<Stamp>,
    /// When it was last modified.
    pub modified: Option<Stamp>,
    /// Its language, where stated.
    pub language: Option<String>,
    /// What structured fields state beside the words.
    pub stated: Stated,
    /// What the publisher changes when it changes the item, where the source's definition says that
    /// another one is a revision (a number, a time).
    pub version: Option<String>,
    /// The stage changes of a standard that it tells.
    pub stage: Option<StageNews>,
    /// Between which versions of a watched page it lies.
    pub page: Option<VersionStep>,
    /// The page that its full text was read from, where that is another document than its list.
    pub text_from: Option<Evidence>,
    /// Whether it is told to its followers only: a stage that is no news by the field's mapping, a
    /// date corrected.
    pub for_followers: bool,
}

/// What a feed says of itself (`sources --json`).
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FeedDescription {
    /// Its title, in one line of plain text.
    #[serde(default)]
    pub title: Option<String>,
    /// The page it belongs to.
    #[serde(default)]
    pub link: Option<String>,
    /// Its subtitle or description.
    #[serde(default)]
    pub subtitle: Option<String>,
    /// Its language.
    #[serde(default)]
    pub language: Option<String>,
    /// Its rights.
    #[serde(default)]
    pub rights: Option<String>,
    /// When it was last updated.
    #[serde(default)]
    pub updated: Option<Stamp>,
}

/// One visit to a source: what was asked, what came, what was made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// The source.
    pub source: SourceId,
    /// When the visit ended.
    pub at: DateTime<Utc>,
    /// How it ended.
    pub outcome: Outcome,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// Entries read.
    pub entries: u32,
    /// Of them new.
    pub new: u32,
    /// Of them revised.
    pub revised: u32,
    /// What went wrong.
    pub faults: Vec<Fault>,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// Decoded bytes read.
    pub bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_the_published_ones() {
        // FIPS 180-4, the empty message.
        assert_eq!(
            Sha256::of(b"").as_str(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert!(Sha256::read("E3").is_none());
    }

    #[test]
    fn a_detail_is_never_endless() {
        let fault = Fault::new(FaultCode::BadItem, "ü".repeat(10_000));
        assert_eq!(fault.detail.chars().count(), 500);
        let hostile = Fault::new(FaultCode::BadItem, "a\u{1b}[31mb\u{9b}c\u{202e}d\n");
        assert_eq!(hostile.detail, "a[31mbcd");
    }

    #[test]
    fn printed_names_are_the_serialised_ones() {
        for code in [
            FaultCode::HtmlPage,
            FaultCode::NoSuchHost,
            FaultCode::ImplausibleDate,
            FaultCode::CertificateNotYetValid,
        ] {
            assert_eq!(
                serde_json::to_value(code).unwrap(),
                serde_json::Value::from(code.as_str())
            );
        }
        assert_eq!(serde_json::to_value(Outcome::NotDue).unwrap(), "not-due");
    }
}
