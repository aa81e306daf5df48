//! Mails.

use minijinja::Value;

use super::issue::{SectionView, coverage_line, sections};
use super::views::Moment;
use crate::domain::delivery::Plan;
use crate::domain::digest::Issue;
use crate::text::diff::Marks;

/// A mail's parts, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailParts {
    /// One line.
    pub subject: String,
    /// For reading as text.
    pub text: String,
    /// For mail programs that show HTML.
    pub html: String,
}

/// What a mail's templates are filled with: a folder of subject, text and HTML.
pub trait MailView: serde::Serialize {
    /// The folder's name.
    const KIND: &'static str;
}

impl MailView for DigestMail {
    const KIND: &'static str = "digest";
}

/// "Press the button, and it begins."
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ConfirmMail {
    /// What is asked for.
    pub wants: String,
    /// How often.
    pub told: String,
    /// The page with the button.
    pub link: String,
    /// How many days the link is good.
    pub days: i64,
    /// The site's own address.
    pub base_url: String,
    /// The postal address.
    pub postal_address: Option<String>,
    /// Who to write to.
    pub contact: Option<String>,
}

impl MailView for ConfirmMail {
    const KIND: &'static str = "confirm";
}

/// "You have this already."
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct KnownMail {
    /// What is asked for.
    pub wants: String,
    /// How often.
    pub told: String,
    /// The page of preferences.
    pub preferences: String,
    /// The site's own address.
    pub base_url: String,
    /// The postal address.
    pub postal_address: Option<String>,
    /// Who to write to.
    pub contact: Option<String>,
}

impl MailView for KnownMail {
    const KIND: &'static str = "known";
}

/// What the digest's templates are filled with.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DigestMail {
    /// The periodical.
    pub digest: String,
    /// Its number.
    pub number: u32,
    /// When it closed.
    pub closed_at: Moment,
    /// The first item's title.
    pub first: String,
    /// How many items this mail has.
    pub items: usize,
    /// Items under their headings.
    pub sections: Vec<SectionView>,
    /// Items that are only counted.
    pub left_out: u32,
    /// How much of the world was read.
    pub coverage: String,
    /// Evidence chain heads: source and the hash's beginning.
    pub chain_heads: Vec<(String, String)>,
    /// The site's own address.
    pub base_url: String,
    /// An editor's words.
    pub introduction: String,
    /// The public issue.
    pub issue_url: String,
    /// Where this mailbox leaves the digest.
    pub unsubscribe: Option<String>,
    /// Where this mailbox changes what it is told.
    pub preferences: Option<String>,
    /// The postal address.
    pub postal_address: Option<String>,
    /// Who to write to.
    pub contact: Option<String>,
}

impl DigestMail {
    /// The mail of one mailbox.
    pub fn new(
        issue: &Issue,
        plan: &Plan,
        base_url: &str,
        postal_address: Option<&str>,
        contact: Option<&str>,
    ) -> Self {
        let sections = sections(issue, plan);
        let first = sections
            .first()
            .and_then(|section| section.items.first())
            .map_or_else(String::new, |item| {
                crate::text::html::excerpt(&item.title, 80)
            });
        Self {
            digest: issue.digest.to_string(),
            number: issue.number,
            closed_at: Moment::at(issue.closed_at),
            first,
            items: sections.iter().map(|section| section.items.len()).sum(),
            sections,
            left_out: plan.left_out,
            coverage: coverage_line(&issue.edition.coverage),
            chain_heads: issue
                .edition
                .chain_heads
                .iter()
                .map(|(source, head)| {
                    (source.to_string(), head.as_str().chars().take(16).collect())
                })
                .collect(),
            base_url: base_url.to_owned(),
            introduction: issue.introduction.clone(),
            unsubscribe: None,
            preferences: None,
            issue_url: format!("{base_url}/digests/{}", issue.number),
            postal_address: postal_address.map(str::to_owned),
            contact: contact.map(str::to_owned),
        }
    }
}

/// A template filter: text at 72 columns, every line after the first indented by so many spaces.
pub(super) fn wrapped(text: &str, indent: usize) -> String {
    let mut out = String::new();
    let mut column = indent;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column > indent && column + 1 + width > 72 {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if column > indent {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out
}

/// A template filter: what changed in a page, as [`Marks::TEXT`] has it, with the look of a mail.
/// Everything is escaped but the marks, so that nothing of the page is ever markup.
pub(super) fn compared(text: &str) -> Value {
    with_marks(text, Marks::MAIL.removed, Marks::MAIL.added)
}

/// The same for a page of the site, whose style says how it looks.
pub(super) fn changed(text: &str) -> Value {
    with_marks(text, ("<del>", "</del>"), ("<ins>", "</ins>"))
}

fn with_marks(text: &str, removed: (&str, &str), added: (&str, &str)) -> Value {
    let mut out = minijinja::HtmlEscape(text).to_string();
    for ((open, close), (shown, ended)) in
        [(Marks::TEXT.removed, removed), (Marks::TEXT.added, added)]
    {
        let mut rest = std::mem::take(&mut out);
        // Only pairs: a page may hold such signs itself, and an excerpt may end within one.
        while let Some((before, within, after)) =
            rest.split_once(open).and_then(|(before, after)| {
                let (within, after) = after.split_once(close)?;
                Some((before.to_owned(), within.to_owned(), after.to_owned()))
            })
        {
            out.extend([before.as_str(), shown, within.as_str(), ended]);
            rest = after;
        }
        out.push_str(&rest);
    }
    Value::from_safe_string(out)
}
