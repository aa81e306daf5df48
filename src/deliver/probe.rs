//! Asking a relay what it would do, without sending anything.

use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension};

use super::relay::{Relay, reset, words};
use super::smtp_url::Encryption;
use super::{Error, Settings};
use crate::domain::subscription::EmailAddress;

/// The longest talk.
const TALK: Duration = Duration::from_secs(20);
/// A mailbox that belongs to nobody here: a relay that takes mail for it passes on for anybody.
const STRANGER: &str = "nobody@example.net";

/// What a relay would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Whether the connection is encrypted.
    pub encrypted: bool,
    /// Whether it offers to be (STARTTLS).
    pub offers_starttls: bool,
    /// Whether it offers a way to log in that we know.
    pub offers_login: bool,
    /// Whether we have a login at all.
    pub has_login: bool,
    /// Why it refused our login, where it did.
    pub login_refused: Option<String>,
    /// Until when its certificate holds, where the connection is encrypted.
    pub certificate_until: Option<DateTime<Utc>>,
    /// Whether it would take mail for strangers from one who has not logged in.
    pub open: bool,
    /// Why it would not take mail from our sender, where it would not.
    pub refuses: Option<String>,
}

/// Asks the relay; none where mails go into a folder. `from` is our envelope's sender, `to` somebody
/// whom mails go to.
///
/// # Errors
/// In words, when it cannot be reached.
pub async fn probe(
    settings: &Settings,
    from: &EmailAddress,
    to: &EmailAddress,
) -> Result<Option<Probe>, String> {
    let Some(url) = settings.smtp.clone() else {
        return Ok(None);
    };
    let has_login = url.login.is_some();
    let encrypted = url.encryption != Encryption::None;
    let hello = match settings.hello.clone() {
        Some(name) => ClientId::Domain(name),
        None => ClientId::default(),
    };
    let relay = Relay::new(url, hello, settings.loopback_only).map_err(|error| {
        Error::Encryption {
            relay: "…".to_owned(),
            source: error,
        }
        .to_string()
    })?;
    let talk = async {
        let mut connection = relay.open().await?;
        let certificate_until = connection
            .peer_certificate()
            .ok()
            .and_then(|der| until(&der));
        let info = connection.server_info();
        let offers_starttls = info.supports_feature(Extension::StartTls);
        let offers_login = info.supports_auth_mechanism(Mechanism::Plain)
            || info.supports_auth_mechanism(Mechanism::Login);
        let open = has_login && would_take(&mut connection, from, STRANGER).await.is_ok();
        let login_refused = relay.log_in(&mut connection).await.err();
        let refuses = match &login_refused {
            Some(_) => None,
            None => would_take(&mut connection, from, to.as_str()).await.err(),
        };
        let _ = connection.quit().await;
        Ok(Probe {
            encrypted,
            offers_starttls,
            offers_login,
            has_login,
            certificate_until,
            login_refused,
            open,
            refuses,
        })
    };
    match tokio::time::timeout(TALK, talk).await {
        Ok(said) => said.map(Some),
        Err(_) => Err("it did not answer in time".to_owned()),
    }
}

/// Until when a certificate holds, as it says itself.
fn until(der: &[u8]) -> Option<DateTime<Utc>> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0)
}

/// Whether a mail would be taken; none is sent.
async fn would_take(
    connection: &mut AsyncSmtpConnection,
    from: &EmailAddress,
    to: &str,
) -> Result<(), String> {
    let read = |text: &str| {
        text.parse::<Address>()
            .map_err(|error| format!("{text} is no address for a relay: {error}"))
    };
    let (from, to) = (read(from.as_str())?, read(to)?);
    let asked = async {
        connection
            .command(Mail::new(Some(from), Vec::new()))
            .await?;
        connection.command(Rcpt::new(to, Vec::new())).await
    };
    let answer = asked.await.map(|_| ()).map_err(|error| words(&error));
    reset(connection).await;
    answer
}
