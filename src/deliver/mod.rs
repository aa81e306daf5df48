//! Delivering: a Message -> SMTP or a spool folder; it says sent, try later, or never.
//!
//! It knows how a mail is put on the wire, byte by byte the same on every try. It calls nothing
//! but the ground floor and its own driver. It deliberately does not know whom a mail is for,
//! what it says, or when to try again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use lettre::message::header::{
    ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue,
};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, address::Envelope};

use crate::domain::message::{Mail, Receipt};
use crate::domain::subscription::EmailAddress;

/// How mail goes out.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The relay (`smtp://`, `smtps://`, with `user:password@`; `?tls=required` for STARTTLS);
    /// none means the spool folder.
    pub smtp: Option<String>,
    /// Where `.eml` files go while there is no relay.
    pub spool: PathBuf,
    /// Whether nothing but loopback may be reached (a simulated clock).
    pub loopback_only: bool,
}

/// What can be wrong with the settings or with a mail.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The relay's address.
    #[error(
        "mail.smtp is no relay's address: {0}. Write for example smtp://user:password@mail.example.org:587?tls=required"
    )]
    Relay(String),
    /// A relay that is not on this machine, under a simulated clock.
    #[error("mail.smtp is {0}, and with a simulated clock mail goes to loopback only")]
    NotLoopback(String),
    /// A mail that cannot be written down.
    #[error("the mail to {to} cannot be written: {why}")]
    Mail {
        /// To whom.
        to: String,
        /// Why not.
        why: String,
    },
}

/// The way out for mail.
#[derive(Clone)]
pub struct Post(Arc<Way>);

enum Way {
    Relay(AsyncSmtpTransport<Tokio1Executor>),
    Spool(PathBuf),
}

impl Post {
    /// Opens the way that the settings name.
    ///
    /// # Errors
    /// When the relay's address is none, or may not be reached.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let Some(smtp) = settings.smtp.as_deref().filter(|smtp| !smtp.is_empty()) else {
            return Ok(Self(Arc::new(Way::Spool(settings.spool.clone()))));
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = url::Url::parse(smtp).map_err(|error| Error::Relay(error.to_string()))?;
        let host = url.host_str().unwrap_or_default();
        if settings.loopback_only {
            let bare = host.trim_start_matches('[').trim_end_matches(']');
            let loopback = bare == "localhost"
                || bare.ends_with(".localhost")
                || bare
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback());
            if !loopback {
                return Err(Error::NotLoopback(host.to_owned()));
            }
        }
        let relay = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp)
            .map_err(|error| Error::Relay(error.to_string()))?
            .timeout(Some(Duration::from_secs(60)))
            .pool_config(PoolConfig::new().max_size(4))
            .build();
        Ok(Self(Arc::new(Way::Relay(relay))))
    }

    /// Whether mail goes into the spool folder.
    pub fn is_spool(&self) -> bool {
        matches!(*self.0, Way::Spool(_))
    }

    /// Tries once.
    pub async fn send(&self, mail: &Mail, envelope_from: &EmailAddress) -> Receipt {
        let bytes = match formatted(mail) {
            Ok(bytes) => bytes,
            // The same mail will not be writable tomorrow either.
            Err(error) => return Receipt::Never(error.to_string()),
        };
        match &*self.0 {
            Way::Spool(folder) => {
                let (folder, name) = (folder.clone(), file_name(mail));
                let written =
                    tokio::task::spawn_blocking(move || spool(&folder, &name, &bytes)).await;
                match written {
                    Ok(Ok(path)) => Receipt::Sent(path.display().to_string()),
                    Ok(Err(error)) => Receipt::TryLater(format!("the spool folder: {error}")),
                    Err(error) => Receipt::TryLater(format!("the spool folder: {error}")),
                }
            }
            Way::Relay(relay) => {
                let address = |text: &EmailAddress| text.as_str().parse::<lettre::Address>();
                let envelope = match (address(envelope_from), address(&mail.to)) {
                    (Ok(from), Ok(to)) => Envelope::new(Some(from), vec![to]),
                    (Err(error), _) | (_, Err(error)) => {
                        return Receipt::Never(format!("{}: {error}", mail.to));
                    }
                };
                let envelope = match envelope {
                    Ok(envelope) => envelope,
                    Err(error) => return Receipt::Never(error.to_string()),
                };
                match relay.send_raw(&envelope, &bytes).await {
                    Ok(answer) => Receipt::Sent(format!(
                        "{} {}",
                        answer.code(),
                        answer.message().collect::<Vec<_>>().join(" ")
                    )),
                    Err(error) if error.is_permanent() => Receipt::Never(told(&error)),
                    Err(error) => Receipt::TryLater(told(&error)),
                }
            }
        }
    }
}

/// What the relay said, with what is at the bottom of it.
fn told(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text.chars().take(500).collect()
}

/// A header whose name is only known at run time.
#[derive(Clone)]
struct Plain(String);

macro_rules! plain_headers {
    ($($name:literal => $type:ident),*) => {
        $(
            #[derive(Clone)]
            struct $type(Plain);
            impl Header for $type {
                fn name() -> HeaderName {
                    HeaderName::new_from_ascii_str($name)
                }
                fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                    Ok(Self(Plain(text.to_owned())))
                }
                fn display(&self) -> HeaderValue {
                    HeaderValue::new(Self::name(), self.0.0.clone())
                }
            }
        )*
        /// Puts a header that we send into a message; others are left out.
        fn with_header(builder: lettre::message::MessageBuilder, name: &str, value: &str) -> lettre::message::MessageBuilder {
            let value = Plain(one_line(value));
            $(if name.eq_ignore_ascii_case($name) { return builder.header($type(value)); })*
            tracing::warn!(header = name, "a mail header that is not known here was left out");
            builder
        }
    };
}

plain_headers!(
    "List-Id" => ListId,
    "List-Unsubscribe" => ListUnsubscribe,
    "List-Unsubscribe-Post" => ListUnsubscribePost,
    "List-Archive" => ListArchive,
    "Auto-Submitted" => AutoSubmitted,
    "Precedence" => Precedence,
    "Feedback-ID" => FeedbackId
);

/// No value of ours can begin another header.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

/// A mail as it goes over the wire: equal mails give equal bytes.
///
/// # Errors
/// When the sender's address is none.
pub fn formatted(mail: &Mail) -> Result<Vec<u8>, Error> {
    let wrong = |why: String| Error::Mail {
        to: mail.to.to_string(),
        why,
    };
    let from: Mailbox = one_line(&mail.from)
        .parse()
        .map_err(|error| wrong(format!("the sender `{}`: {error}", mail.from)))?;
    let to: lettre::Address = mail
        .to
        .as_str()
        .parse()
        .map_err(|error| wrong(format!("{error}")))?;
    let mut builder = Message::builder()
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(one_line(&mail.subject))
        .date(std::time::SystemTime::from(mail.date))
        .message_id(Some(one_line(&mail.message_id)));
    for (name, value) in &mail.headers {
        builder = with_header(builder, name, value);
    }
    let part = |kind: ContentType, text: &str| {
        SinglePart::builder()
            .header(kind)
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(text.replace('\0', ""))
    };
    let body = MultiPart::alternative()
        .boundary(one_line(&mail.boundary))
        .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
        .singlepart(part(ContentType::TEXT_HTML, &mail.html));
    let message = builder
        .multipart(body)
        .map_err(|error| wrong(error.to_string()))?;
    Ok(message.formatted())
}

/// The spooled file's name: the same mail has the same one, so a repeated try leaves one file.
fn file_name(mail: &Mail) -> String {
    let local: String = mail
        .message_id
        .trim_start_matches('<')
        .split('@')
        .next()
        .unwrap_or("mail")
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '_'
            }
        })
        .take(80)
        .collect();
    format!("{}-{local}.eml", mail.date.format("%Y%m%dT%H%M%SZ"))
}

/// Writes a file that is either there whole, or not there.
fn spool(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<PathBuf> {
    use std::io::Write as _;
    std::fs::create_dir_all(folder)?;
    let path = folder.join(name);
    let half = folder.join(format!(".{name}.part"));
    let mut file = std::fs::File::create(&half)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&half, &path)?;
    Ok(path)
}

#[cfg(test)]
mod tests;
