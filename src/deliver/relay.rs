//! The relay: a few connections, each used for one mail after another (RFC 5321).

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailCommand, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::smtp_url::{Encryption, SmtpUrl};
use crate::domain::message::Receipt;

/// The most connections at one time (promises: M12).
const MOST_CONNECTIONS: usize = 4;
/// The longest wait for a connection with its greetings and login.
const CONNECT: Duration = Duration::from_secs(30);
/// The longest wait for one mail to be taken; relays that scan a mail first are slow to say yes.
const TALK: Duration = Duration::from_secs(300);
/// A connection that has rested so long is asked whether it still stands.
const RESTED: Duration = Duration::from_secs(5);
/// A connection that has rested so long is given up; relays hang up after one to five minutes.
const STALE: Duration = Duration::from_secs(45);
/// Mails over one connection; some relays refuse to take more.
const MAILS_PER_CONNECTION: u32 = 100;

/// One connection at rest or at work.
struct Line {
    connection: AsyncSmtpConnection,
    mails: u32,
    since: Instant,
}

/// The relay and its connections.
pub(super) struct Relay {
    url: SmtpUrl,
    hello: ClientId,
    tls: Option<TlsParameters>,
    loopback_only: bool,
    permits: Semaphore,
    resting: Mutex<Vec<Line>>,
}

/// What stopped a mail, and whether the connection can go on.
struct Trouble {
    receipt: Receipt,
    goes_on: bool,
}

impl Trouble {
    fn later(words: String) -> Self {
        Self {
            receipt: Receipt::TryLater(words),
            goes_on: false,
        }
    }
}

/// The server's words where it said any, else what went wrong.
pub(super) fn words(error: &SmtpError) -> String {
    match (error.status(), std::error::Error::source(error)) {
        (Some(code), Some(text)) => format!("{code} {text}"),
        _ => error.to_string(),
    }
}

/// An answer about this mail or mailbox: 5xx is for good, anything else is for now.
fn about_the_mail(error: &SmtpError) -> Trouble {
    let words = words(error);
    Trouble {
        // 421 announces that the server hangs up.
        goes_on: error.status().is_some_and(|code| u16::from(code) != 421),
        receipt: if error.is_permanent() {
            Receipt::Never(words)
        } else {
            Receipt::TryLater(words)
        },
    }
}

/// An answer about us (our sender's address, our login): nobody on the list is given up because
/// of a fault in our settings, so even 5xx is for now.
fn about_us(error: &SmtpError) -> Trouble {
    Trouble {
        receipt: Receipt::TryLater(words(error)),
        goes_on: false,
    }
}

impl Relay {
    pub(super) fn new(
        url: SmtpUrl,
        hello: ClientId,
        loopback_only: bool,
    ) -> Result<Self, SmtpError> {
        let tls = match url.encryption {
            Encryption::None => None,
            Encryption::StartTls | Encryption::Implicit => {
                Some(TlsParameters::new(url.host.clone())?)
            }
        };
        Ok(Self {
            url,
            hello,
            tls,
            loopback_only,
            permits: Semaphore::new(MOST_CONNECTIONS),
            resting: Mutex::default(),
        })
    }

    /// Sends one message. A failed message is never sent again here: between the server's "taken"
    /// and our reading of it lies the one place where a repeat would be a second copy, and only
    /// the caller's books can tell.
    pub(super) async fn send(&self, from: &Address, to: &Address, bytes: &[u8]) -> Receipt {
        let Ok(_permit) = self.permits.acquire().await else {
            return Receipt::TryLater("the post is being closed".to_owned());
        };
        let mut line = match self.line().await {
            Ok(line) => line,
            Err(words) => return Receipt::TryLater(format!("{}: {words}", self.url)),
        };
        // Dropped while talking, the line is dropped with it and never used half-way.
        match tokio::time::timeout(TALK, talk(&mut line.connection, from, to, bytes)).await {
            Err(_) => Receipt::TryLater(format!("{} did not answer in time", self.url)),
            Ok(Ok(words)) => {
                self.rest(line);
                Receipt::Sent(words)
            }
            Ok(Err(trouble)) => {
                if trouble.goes_on && reset(&mut line.connection).await {
                    self.rest(line);
                }
                trouble.receipt
            }
        }
    }

    /// Puts a connection aside for the next mail.
    fn rest(&self, mut line: Line) {
        line.mails += 1;
        line.since = Instant::now();
        if line.mails < MAILS_PER_CONNECTION && !line.connection.has_broken() {
            // Every statement leaves the list whole, so a panic elsewhere cannot have torn it.
            self.resting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line);
        }
    }

    /// A connection that stands: one at rest, or a new one.
    async fn line(&self) -> Result<Line, String> {
        loop {
            let rested = self
                .resting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop();
            let Some(mut line) = rested else { break };
            let idle = line.since.elapsed();
            if idle < RESTED {
                return Ok(line);
            }
            let asked = tokio::time::timeout(RESTED, line.connection.test_connected());
            if idle < STALE && asked.await.unwrap_or(false) {
                return Ok(line);
            }
        }
        match tokio::time::timeout(CONNECT, self.connect()).await {
            Ok(connected) => connected.map(|connection| Line {
                connection,
                mails: 0,
                since: Instant::now(),
            }),
            Err(_) => Err("no connection in time".to_owned()),
        }
    }

    async fn addresses(&self) -> Result<Vec<SocketAddr>, String> {
        let host = (self.url.host.as_str(), self.url.port);
        let mut found: Vec<SocketAddr> = tokio::net::lookup_host(host)
            .await
            .map_err(|error| format!("its name cannot be resolved: {error}"))?
            .collect();
        if self.loopback_only {
            found.retain(|address| address.ip().to_canonical().is_loopback());
            if found.is_empty() {
                return Err(
                    "it is not this machine: with a simulated clock only loopback is reached"
                        .to_owned(),
                );
            }
        }
        Ok(found)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let mut connection = self.open().await?;
        self.log_in(&mut connection).await?;
        Ok(connection)
    }

    /// A connection, encrypted where it shall be, before anybody has logged in.
    pub(super) async fn open(&self) -> Result<AsyncSmtpConnection, String> {
        let addresses = self.addresses().await?;
        let said = |error: SmtpError| words(&error);
        let mut connection = match (self.url.encryption, &self.tls) {
            (Encryption::Implicit, Some(tls)) => AsyncSmtpConnection::connect_tokio1(
                addresses.as_slice(),
                Some(CONNECT),
                &self.hello,
                Some(tls.clone()),
                None,
            )
            .await
            .map_err(said)?,
            _ => {
                let stream = TcpStream::connect(addresses.as_slice())
                    .await
                    .map_err(|error| error.to_string())?;
                // Without it, each mail waits 40 ms for the other side's delayed acknowledgement:
                // the end of the data is written apart from the data.
                stream
                    .set_nodelay(true)
                    .map_err(|error| error.to_string())?;
                AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello)
                    .await
                    .map_err(said)?
            }
        };
        if let (Encryption::StartTls, Some(tls)) = (self.url.encryption, &self.tls) {
            connection
                .starttls(tls.clone(), &self.hello)
                .await
                .map_err(said)?;
        }
        Ok(connection)
    }

    /// Logs in, where the settings have a login.
    pub(super) async fn log_in(&self, connection: &mut AsyncSmtpConnection) -> Result<(), String> {
        if let Some((user, password)) = &self.url.login {
            let credentials = Credentials::new(user.clone(), password.clone());
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .await
                .map_err(|error| format!("the login is refused: {}", words(&error)))?;
        }
        Ok(())
    }
}

/// Makes a connection ready for the next mail after a refusal.
pub(super) async fn reset(connection: &mut AsyncSmtpConnection) -> bool {
    let asked = tokio::time::timeout(RESTED, connection.command(Rset));
    matches!(asked.await, Ok(Ok(_)))
}

/// One mail transaction (RFC 5321, section 3.3), step by step, so that a refusal is held against
/// whom it is about.
async fn talk(
    connection: &mut AsyncSmtpConnection,
    from: &Address,
    to: &Address,
    bytes: &[u8],
) -> Result<String, Trouble> {
    let mut parameters = Vec::new();
    if !from.to_string().is_ascii() || !to.to_string().is_ascii() || !bytes.is_ascii() {
        if !connection
            .server_info()
            .supports_feature(Extension::SmtpUtfEight)
        {
            return Err(Trouble {
                receipt: Receipt::Never(format!(
                    "the relay does not take addresses such as {to} (it does not offer SMTPUTF8)"
                )),
                goes_on: true,
            });
        }
        parameters.push(MailParameter::SmtpUtfEight);
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    connection
        .command(MailCommand::new(Some(from.clone()), parameters))
        .await
        .map_err(|error| about_us(&error))?;
    connection
        .command(Rcpt::new(to.clone(), Vec::new()))
        .await
        .map_err(|error| about_the_mail(&error))?;
    connection
        .command(Data)
        .await
        .map_err(|error| about_the_mail(&error))?;
    let taken = connection
        .message(bytes)
        .await
        .map_err(|error| about_the_mail(&error))?;
    if !taken.has_code(250) {
        return Err(Trouble::later(format!(
            "an unexpected answer to the mail: {}",
            taken.code()
        )));
    }
    let text: Vec<&str> = taken.message().collect();
    Ok(format!("{} {}", taken.code(), text.join(" ")))
}
