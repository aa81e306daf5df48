//! A Message: a mail as it will go out, word for word.

use chrono::{DateTime, Utc};

use super::subscription::EmailAddress;

/// A mail with a text and an HTML part.
///
/// Everything that could differ between two tries is given here, not made up while sending, so
/// that a repeated mail is the same mail, byte by byte.
#[derive(Clone, Debug, PartialEq)]
pub struct Mail {
    /// The sender as shown, `Name <address>`.
    pub from: String,
    /// The mailbox.
    pub to: EmailAddress,
    /// The subject, one line.
    pub subject: String,
    /// The part for reading as text.
    pub text: String,
    /// The part for mail programs that show HTML, with its styles inlined.
    pub html: String,
    /// `Message-ID`, with its angle brackets.
    pub message_id: String,
    /// The MIME boundary.
    pub boundary: String,
    /// The `Date`.
    pub date: DateTime<Utc>,
    /// Further headers, in order (`List-Id` …).
    pub headers: Vec<(String, String)>,
}

/// What became of a try to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// Taken; with the relay's answer or the spooled file's place.
    Sent(String),
    /// Not now: trying again can help.
    TryLater(String),
    /// Never: trying again cannot help.
    Never(String),
}
