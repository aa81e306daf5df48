//! Message to the world: a Mail goes to the relay, or into a folder where none is configured.
//!
//! It knows how a mail is written down byte by byte, how a relay is spoken to, and what its
//! answers mean: sent, try later, or never. It calls nothing of ours but the ground floor. It
//! deliberately does not know who gets a mail, what it says, when a failed one is tried again, or
//! how fast mails may follow each other.

pub mod bounce;
mod dkim;
mod letter;
mod probe;
mod relay;
mod smtp_url;
mod spool;
pub mod webhook;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use lettre::Address;
use lettre::transport::smtp::extension::ClientId;

pub use dkim::{DkimSigner, InvalidKey};
pub use letter::formatted;
pub use probe::{Probe, probe};
pub use smtp_url::{InvalidSmtpUrl, SmtpUrl};

use crate::domain::message::{Mail, Receipt};
use crate::domain::subscription::EmailAddress;
use relay::Relay;

/// What the operator decides (`[mail]`).
#[derive(Clone, Debug)]
pub struct Settings {
    /// The relay; none means the spool folder.
    pub smtp: Option<SmtpUrl>,
    /// The folder for `.eml` files, made when first needed.
    pub spool: PathBuf,
    /// Whether only this machine may be reached: set with a simulated clock.
    pub loopback_only: bool,
    /// The name given in EHLO; the machine's own when absent.
    pub hello: Option<String>,
    /// What mails are signed with.
    pub dkim: Vec<DkimSigner>,
    /// Mails a second that the relay is given; as many as it takes when none.
    pub rate: Option<std::num::NonZeroU32>,
}

/// Why a mail cannot be written down, or the post not be set up. Trying again cannot help.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field of a mail can be no part of a message.
    #[error("a mail's `{field}` cannot be used: {why}")]
    Mail {
        /// The field of [`Mail`].
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The name for EHLO is no host's name.
    #[error("`hello` of [mail] must be a host name such as mail.example.org")]
    Hello,
    /// Encryption with the relay cannot be set up.
    #[error("encryption with the relay {relay} cannot be set up")]
    Encryption {
        /// The relay, without its password.
        relay: String,
        /// Why not.
        #[source]
        source: lettre::transport::smtp::Error,
    },
}

/// The post office. A clone is the same one, with the same connections.
#[derive(Clone)]
pub struct Post {
    way: Way,
    dkim: Arc<Vec<DkimSigner>>,
    pace: Option<Arc<governor::DefaultDirectRateLimiter>>,
}

#[derive(Clone)]
enum Way {
    Relay(Arc<Relay>),
    Spool(Arc<PathBuf>),
}

impl Post {
    /// Sets up the way out; nothing is connected yet.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let dkim = Arc::new(settings.dkim);
        let Some(url) = settings.smtp else {
            return Ok(Self {
                way: Way::Spool(Arc::new(settings.spool)),
                dkim,
                pace: None,
            });
        };
        let hello = match settings.hello {
            None => ClientId::default(),
            Some(name) if is_host_name(&name) => ClientId::Domain(name),
            Some(_) => return Err(Error::Hello),
        };
        if url.sends_password_openly() {
            tracing::warn!(
                relay = %url,
                "the relay's password is sent unencrypted: prefer smtps:// or smtp+starttls://"
            );
        }
        // One at a time, so that a burst is never more than the rate says.
        let pace = settings.rate.map(|rate| {
            let quota = governor::Quota::per_second(rate).allow_burst(std::num::NonZeroU32::MIN);
            Arc::new(governor::RateLimiter::direct(quota))
        });
        let shown = url.to_string();
        Relay::new(url, hello, settings.loopback_only)
            .map(|relay| Self {
                way: Way::Relay(Arc::new(relay)),
                dkim,
                pace,
            })
            .map_err(|source| Error::Encryption {
                relay: shown,
                source,
            })
    }

    /// Delivers one mail, bounces going to `envelope_from`. Says what became of it; it is tried
    /// once, and the caller decides about another try.
    pub async fn send(&self, mail: &Mail, envelope_from: &EmailAddress) -> Receipt {
        let message = match formatted(mail) {
            Ok(message) => message,
            Err(error) => return Receipt::Never(error.to_string()),
        };
        let bytes = self.signed(mail, message);
        match &self.way {
            Way::Relay(relay) => {
                if let Some(pace) = &self.pace {
                    pace.until_ready().await;
                }
                let read = |address: &EmailAddress| {
                    address.as_str().parse::<Address>().map_err(|error| {
                        Receipt::Never(format!("{address} is no address for a relay: {error}"))
                    })
                };
                match (read(envelope_from), read(&mail.to)) {
                    (Ok(from), Ok(to)) => relay.send(&from, &to, &bytes).await,
                    (Err(refused), _) | (_, Err(refused)) => refused,
                }
            }
            Way::Spool(folder) => {
                let (folder, mail) = (Arc::clone(folder), mail.clone());
                let written =
                    tokio::task::spawn_blocking(move || spool::write(&folder, &mail, &bytes)).await;
                match written {
                    Ok(Ok(place)) => Receipt::Sent(place.display().to_string()),
                    Ok(Err(error)) => {
                        Receipt::TryLater(format!("the spool folder cannot be written: {error}"))
                    }
                    Err(error) => Receipt::TryLater(format!("writing was broken off: {error}")),
                }
            }
        }
    }

    /// The message behind its signatures, one for each key.
    fn signed(&self, mail: &Mail, message: Vec<u8>) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(message.len() + 1_200);
        for signer in self.dkim.iter() {
            match signer.signature(&message, mail.date) {
                Some(header) => bytes.extend(header.as_bytes()),
                None => tracing::error!(?signer, "a mail could not be signed"),
            }
        }
        bytes.extend(message);
        bytes
    }

    /// Whether mails go into a folder and nowhere else.
    pub fn is_spool(&self) -> bool {
        matches!(self.way, Way::Spool(_))
    }
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.way {
            Way::Relay(_) => f.write_str("Post(relay)"),
            Way::Spool(folder) => write!(f, "Post({})", folder.display()),
        }
    }
}

/// Letters, digits, hyphens and dots: what may stand in an EHLO without quoting.
fn is_host_name(name: &str) -> bool {
    (1..=253).contains(&name.len())
        && name.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}
