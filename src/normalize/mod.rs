//! Normalising: Change -> Update: plain title, safe text, canonical address, dates, revision,
//! reach.
//!
//! It knows what an update must look like, and the rule of first contact. It calls nothing but
//! the ground floor. It deliberately does not know what an update is about: that is `tag`'s.

mod catalogue;
mod moved;
mod reminder;

pub use catalogue::catalogue_update;
pub use moved::moved_dates;
pub use reminder::reminder;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::address::WebAddress;
use crate::domain::change::PlainTexts;
use crate::domain::document::{Entry, Fault, FaultCode, Markup};
use crate::domain::evidence::Evidence;
use crate::domain::id::{SourceId, UpdateId};
use crate::domain::update::{Authority, Content, Reach, Tags, Update};
use crate::text::date::Stamp;
use crate::text::html::{self, SafeHtml};

/// The longest summary kept, in characters.
const SUMMARY: usize = 1_000;
/// The longest text kept, in bytes of the publisher's markup; a longer one is cut at a tag.
const BODY: usize = 400_000;
/// How recent an item must be to be news at first contact with its source (contract: law 1).
const FIRST_CONTACT_NEWS: TimeDelta = TimeDelta::days(7);

/// What is true of every item of one visit.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    /// The source.
    pub source: &'a SourceId,
    /// Who speaks through it.
    pub authority: Authority,
    /// Where the document lay: what relative links in texts start from.
    pub document: &'a WebAddress,
    /// When it was read.
    pub now: DateTime<Utc>,
    /// Whether nothing was ever read from this source before.
    pub first_contact: bool,
    /// What the items were read from.
    pub evidence: &'a Evidence,
}

/// An update without its tags, and what they are read from beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalized {
    /// The update; `tags` and `key_dates` are still empty.
    pub update: Update,
    /// The language stated for the item.
    pub language: Option<String>,
    /// Its body, plain; empty where its summary says all.
    pub text: String,
}

/// Makes a new entry an update.
///
/// # Errors
/// With the fault that costs the item: it holds nothing that could be shown.
pub fn new_update(
    key: String,
    entry: Entry,
    plain: PlainTexts,
    about: &Circumstances<'_>,
) -> Result<Normalized, Fault> {
    let language = entry.language.clone();
    let for_followers = entry.for_followers;
    let (content, text) = content(entry, plain, about)?;
    let reach = match reach_of(content.published, about.first_contact, about.now) {
        Reach::News if for_followers => Reach::Followers,
        reach => reach,
    };
    Ok(Normalized {
        text,
        update: Update {
            id: UpdateId::of(about.source, &key),
            source: about.source.clone(),
            key,
            revision: 1,
            first_seen: about.now,
            revised_at: about.now,
            content,
            authority: about.authority,
            reach,
            tags: Tags::default(),
            key_dates: Vec::new(),
            story: None,
            correction: false,
            cause: None,
            evidence: about.evidence.clone(),
        },
        language,
    })
}

/// Makes a changed entry the next revision of an update; what it is keeps its identifier, its
/// first sight and its reach.
///
/// # Errors
/// As [`new_update`].
pub fn revise(
    previous: Update,
    entry: Entry,
    plain: PlainTexts,
    about: &Circumstances<'_>,
) -> Result<Normalized, Fault> {
    let language = entry.language.clone();
    let (content, text) = content(entry, plain, about)?;
    Ok(Normalized {
        text,
        update: Update {
            revision: previous.revision.saturating_add(1),
            revised_at: about.now,
            content,
            authority: about.authority,
            tags: Tags::default(),
            key_dates: Vec::new(),
            evidence: about.evidence.clone(),
            ..previous
        },
        language,
    })
}

/// How far an item travels that says it was published then: at first contact with its source what
/// is older than a week is an archive (contract: law 1).
pub fn reach_of(published: Option<Stamp>, first_contact: bool, now: DateTime<Utc>) -> Reach {
    if !first_contact {
        return Reach::News;
    }
    // A day counts to its end: what was published "on the 2nd" is a week old on the 9th.
    let recent = published.is_some_and(|stamp| {
        let end = if stamp.is_day() {
            stamp.instant() + TimeDelta::days(1)
        } else {
            stamp.instant()
        };
        now - end <= FIRST_CONTACT_NEWS
    });
    if recent { Reach::News } else { Reach::Archive }
}

/// What the update says, and its whole text beside the summary, plain.
fn content(
    entry: Entry,
    plain: PlainTexts,
    about: &Circumstances<'_>,
) -> Result<(Content, String), Fault> {
    let base = entry.url.as_ref().unwrap_or(about.document).as_url();
    let (summary, body) = texts(&entry, &plain.summary, base);
    let given = entry.content.as_ref().or(entry.summary.as_ref());
    let text = if body.is_empty() {
        String::new()
    } else if given.is_some_and(|markup| markup.raw() == body.as_str()) {
        // Nothing had to be made safe, so its plain text is the one made for comparing.
        if entry.content.is_some() {
            plain.content
        } else {
            plain.summary
        }
    } else {
        html::plain(body.as_str())
    };
    let mut title = plain.title;
    if title.is_empty() {
        title = html::excerpt(&summary.replace('\n', " "), 120);
    }
    if title.is_empty() {
        title = html::excerpt(&html::line(body.as_str()), 120);
    }
    if title.is_empty()
        && let Some(url) = &entry.url
    {
        title = url.as_str().to_owned();
    }
    if title.is_empty() {
        return Err(Fault::new(
            FaultCode::BadItem,
            "an item without title, text and link was left out",
        ));
    }
    let lines = |texts: Vec<String>| -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for text in texts {
            let text = html::excerpt(&html::line(&text), 200);
            if !text.is_empty() && !out.contains(&text) && out.len() < 50 {
                out.push(text);
            }
        }
        out
    };
    let mut enclosures = entry.enclosures;
    enclosures.truncate(50);
    let content = Content {
        url: entry.url,
        title,
        summary,
        body,
        authors: lines(entry.authors),
        categories: lines(entry.categories),
        enclosures,
        published: entry.published,
        modified: entry.modified,
        stated: entry.stated,
        stage: entry.stage,
        page: entry.page,
        text_from: entry.text_from,
    };
    Ok((content, text))
}

/// The summary as plain text and the text as safe HTML.
///
/// A publisher that gives one text only gives a summary; where that text has structure or
/// length, it is the text as well.
fn texts(entry: &Entry, text: &str, base: &url::Url) -> (String, SafeHtml) {
    let safe = |markup: &Markup| match markup {
        Markup::Text(text) => html::safe_html(&escape(cut(text)), Some(base)),
        Markup::Html(text) => html::safe_html(cut(text), Some(base)),
    };
    match (&entry.summary, &entry.content) {
        (_, Some(content)) => (html::excerpt(text, SUMMARY), safe(content)),
        (Some(markup), None) => {
            let structured = matches!(markup, Markup::Html(raw) if raw.contains('<'));
            let long = text.len() > SUMMARY && text.chars().nth(SUMMARY).is_some();
            let body = if structured || long {
                safe(markup)
            } else {
                SafeHtml::default()
            };
            (html::excerpt(text, SUMMARY), body)
        }
        (None, None) => (String::new(), SafeHtml::default()),
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' => out.push_str("<br>\n"),
            c => out.push(c),
        }
    }
    out
}

/// At most [`BODY`] bytes, cut before the last tag that begins in them, so that no half tag
/// swallows the rest.
fn cut(text: &str) -> &str {
    if text.len() <= BODY {
        return text;
    }
    let mut end = BODY;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let kept = text.get(..end).unwrap_or(text);
    match kept.rfind('<') {
        Some(at) if at > end / 2 => kept.get(..at).unwrap_or(kept),
        _ => kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::Sha256;

    fn evidence() -> Evidence {
        Evidence {
            document: 1,
            sha256: Sha256::of(b""),
            fetched_at: DateTime::UNIX_EPOCH,
            status: 200,
        }
    }

    fn normalized(entry: Entry, first_contact: bool) -> Result<Update, Fault> {
        let source = SourceId::new("s").unwrap();
        let document = WebAddress::new("https://e.org/news/feed.xml").unwrap();
        let evidence = evidence();
        let about = Circumstances {
            source: &source,
            authority: Authority::Official,
            document: &document,
            now: DateTime::parse_from_rfc3339("2026-03-10T12:00:00Z")
                .unwrap()
                .to_utc(),
            first_contact,
            evidence: &evidence,
        };
        let plain = PlainTexts::of(&entry);
        new_update("k".to_owned(), entry, plain, &about).map(|normalized| normalized.update)
    }

    fn titled(title: &str) -> Entry {
        Entry {
            title: title.to_owned(),
            ..Entry::default()
        }
    }

    #[test]
    fn at_first_contact_only_the_last_week_is_news() {
        let day = |text: &str| Stamp::Day(text.parse().unwrap());
        for (published, first_contact, reach) in [
            (None, false, Reach::News),
            (Some(day("2019-01-01")), false, Reach::News),
            (None, true, Reach::Archive),
            (Some(day("2026-03-10")), true, Reach::News),
            (Some(day("2026-03-03")), true, Reach::News),
            (Some(day("2026-03-01")), true, Reach::Archive),
            (Some(day("2026-04-01")), true, Reach::News),
        ] {
            let entry = Entry {
                published,
                ..titled("T")
            };
            assert_eq!(
                normalized(entry, first_contact).unwrap().reach,
                reach,
                "{published:?} {first_contact}"
            );
        }
    }

    #[test]
    fn a_date_in_the_future_never_sorts_above_now() {
        let entry = Entry {
            published: Some(Stamp::Day("2030-01-01".parse().unwrap())),
            ..titled("T")
        };
        let update = normalized(entry, false).unwrap();
        assert_eq!(update.dated(), update.first_seen);
    }

    #[test]
    fn an_item_without_title_takes_what_it_has() {
        let summary = Entry {
            summary: Some(Markup::Html("<p>First words of it</p>".to_owned())),
            ..Entry::default()
        };
        assert_eq!(
            normalized(summary, false).unwrap().content.title,
            "First words of it"
        );
        let link = Entry {
            url: Some(WebAddress::new("https://e.org/a").unwrap()),
            ..Entry::default()
        };
        assert_eq!(
            normalized(link, false).unwrap().content.title,
            "https://e.org/a"
        );
        assert_eq!(
            normalized(Entry::default(), false).unwrap_err().code,
            FaultCode::BadItem
        );
    }

    #[test]
    fn one_text_is_the_summary_and_with_structure_the_body_too() {
        let with = |markup| {
            normalized(
                Entry {
                    summary: Some(markup),
                    ..titled("T")
                },
                false,
            )
            .unwrap()
            .content
        };
        let plain = with(Markup::Text("Just a sentence.".to_owned()));
        assert_eq!(
            (plain.summary.as_str(), plain.body.is_empty()),
            ("Just a sentence.", true)
        );
        let marked = with(Markup::Html(
            "<p>One</p><script>alert(1)</script>".to_owned(),
        ));
        assert_eq!(marked.summary.trim(), "One");
        assert!(marked.body.as_str().contains("<p>One</p>"));
        assert!(!marked.body.as_str().contains("script"));
        let long = with(Markup::Text("word < word\n".repeat(500)));
        assert!(long.summary.chars().count() <= SUMMARY);
        assert!(long.body.as_str().contains("&lt;"));
    }

    #[test]
    fn an_endless_text_is_cut_and_kept() {
        let huge = "<p>x</p>".repeat(200_000);
        assert!(cut(&huge).len() <= BODY);
        assert!(cut(&huge).ends_with("</p>") || cut(&huge).ends_with('x'));
    }

    #[test]
    fn a_revision_keeps_what_it_is() {
        let first = normalized(titled("Before"), true).unwrap();
        let source = SourceId::new("s").unwrap();
        let document = WebAddress::new("https://e.org/").unwrap();
        let evidence = evidence();
        let about = Circumstances {
            source: &source,
            authority: Authority::Official,
            document: &document,
            now: first.first_seen + TimeDelta::days(3),
            first_contact: false,
            evidence: &evidence,
        };
        let second = revise(
            first.clone(),
            titled("After"),
            PlainTexts::of(&titled("After")),
            &about,
        )
        .unwrap()
        .update;
        assert_eq!(second.id, first.id);
        assert_eq!(second.first_seen, first.first_seen);
        assert_eq!(second.reach, Reach::Archive);
        assert_eq!(
            (second.revision, second.content.title.as_str()),
            (2, "After")
        );
    }
}
