//! The network in: a Source and what its last visit left become a Document, or a reason why not.
//!
//! It knows HTTP, its bounds and its manners: which addresses may be visited, how long and how
//! much, one request at a time per host with a pause between. It calls nothing of ours but the
//! ground floor. It deliberately does not know when a source is due, what its bytes mean or where
//! they are stored, and keeps no cookie and no clock: `now` only stamps what was fetched.

mod certificates;
mod connector;
mod faults;
mod glance;
mod guard;
mod headers;
mod manners;
mod post;
mod robots;
mod room;
mod visit;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

pub use connector::is_proxy;
pub use glance::{Certificate, Glance};
pub use guard::{Cidr, InvalidCidr};
pub use post::Posted;
pub use room::Room;

use crate::domain::address::WebAddress;
use crate::domain::document::{Document, Fault, Memory};
use crate::domain::source::Source;
use guard::{Guard, Refusal};
use headers::Agents;
use manners::{Manners, Turn};
use room::Rooms;

/// The shortest pause between two requests to a host that is not the operator's own (promises:
/// F13).
pub const SHORTEST_GAP: TimeDelta = TimeDelta::seconds(2);

/// What the operator decides (`[fetch]`).
#[derive(Clone)]
pub struct Settings {
    /// Who answers for this installation: an e-mail address, in the user agent.
    pub contact: Option<String>,
    /// The site's address, in the user agent where there is no contact.
    pub base_url: Option<String>,
    /// Ranges outside the public Internet that may be visited; none by default.
    pub allow: Vec<Cidr>,
    /// The pause between two requests to one host. Under [`SHORTEST_GAP`] it holds only for
    /// private addresses in `allow`, written as a literal or as a name under `localhost`.
    pub gap: TimeDelta,
    /// An http(s) proxy for everything. It resolves the names, so the address that is connected to
    /// is its choice: literals are checked here as ever, and a name wherever this machine can
    /// resolve it too, but a name that only the proxy knows, or that it resolves differently, is
    /// the proxy's to refuse. Not used with `loopback_only`.
    pub proxy: Option<String>,
    /// Whether only this machine may be reached: set with a simulated clock. It opens nothing:
    /// loopback must be in `allow` too.
    pub loopback_only: bool,
    /// The keys that interfaces want, by the name under which sources ask for them.
    pub keys: BTreeMap<String, Secret>,
    /// How many times as fast as the machine's the clock runs: pauses are owed by the clock. Time
    /// limits are not: those are the network's. Only with `loopback_only` more than 1.
    pub pace: u32,
}

/// A proxy's address may hold a password, and is never shown.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("contact", &self.contact)
            .field("base_url", &self.base_url)
            .field("allow", &self.allow)
            .field("gap", &self.gap)
            .field("proxy", &self.proxy.as_ref().map(|_| "…"))
            .field("loopback_only", &self.loopback_only)
            .field("keys", &self.keys)
            .field("pace", &self.pace)
            .finish()
    }
}

/// A secret: it is sent, and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret as a header can carry it, white space at its ends left out.
    ///
    /// # Errors
    /// When it is empty, or holds signs that no header may hold. The error does not show it.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.is_empty() {
            return Err("the key is empty");
        }
        if !text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Err("the key holds signs that no header may hold");
        }
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            contact: None,
            base_url: None,
            allow: Vec::new(),
            gap: SHORTEST_GAP,
            proxy: None,
            loopback_only: false,
            keys: BTreeMap::new(),
            pace: 1,
        }
    }
}

/// Why the fetcher could not be built. Trying again cannot help; another setting can.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The proxy's address is none.
    #[error("`proxy` of [fetch] is no address of an http or https proxy: {why}")]
    Proxy {
        /// What is wrong with it.
        why: String,
    },
    /// Encrypted connections could not be set up.
    #[error("encrypted connections cannot be set up")]
    Encryption(#[source] rustls::Error),
    /// The HTTP client could not be built.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] reqwest::Error),
}

/// How a visit ended.
#[expect(
    clippy::large_enum_variant,
    reason = "one a visit, moved a few times and then taken apart; the large variant is the usual one"
)]
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The whole body, within its bounds.
    Document {
        /// What came.
        document: Document,
        /// Of a catalogue the plain size in bytes: a whole list has hundreds of megabytes, so
        /// its document holds the body packed (zstd) as it came; its hash is that of the plain
        /// body.
        packed: Option<u64>,
        /// What the next visit should know; to be stored only once every item was taken in, or a
        /// crash between would hide the items behind a 304.
        memory: Memory,
        /// Where the publisher has moved to for good, to be proposed to the operator, never
        /// adopted unseen.
        moved_to: Option<String>,
    },
    /// Not modified since the last visit.
    NotModified {
        /// What the next visit should know.
        memory: Memory,
        /// The HTTP status, 304.
        status: u16,
    },
    /// The publisher asks us to wait: 429, or 503 with Retry-After.
    Limited {
        /// The HTTP status.
        status: u16,
        /// For how long, where it says so; at most 24 hours.
        retry_after: Option<TimeDelta>,
        /// For the health page.
        fault: Fault,
    },
    /// The publisher says that it is gone for good: 410.
    Gone {
        /// For the health page.
        fault: Fault,
    },
    /// Our own rules forbid the address, or one it redirects to.
    Refused {
        /// For the health page.
        fault: Fault,
    },
    /// Nothing could be read; trying again can help.
    Failed {
        /// The HTTP status, when there was an answer.
        status: Option<u16>,
        /// For the health page.
        fault: Fault,
    },
}

/// A visit that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched {
    /// How it ended.
    pub answer: Answer,
    /// Decoded bytes read.
    pub bytes: u64,
    /// Time spent on the network, without the wait for the host's turn or for room.
    pub milliseconds: u64,
    /// The room that a large body takes; to be kept as long as the body is.
    pub room: Room,
}

/// The network in. Built once; a clone is the same fetcher.
#[derive(Clone)]
pub struct Fetcher(Arc<Shared>);

struct Shared {
    client: reqwest::Client,
    guard: Guard,
    manners: Manners,
    agents: Agents,
    keys: BTreeMap<String, Secret>,
    gap: Duration,
    pace: u32,
    proxied: bool,
    rooms: Rooms,
    robots: Mutex<HashMap<String, Remembered>>,
}

/// What a host's robots.txt said, and when it was asked; whoever asks first holds it until there
/// is an answer.
type Remembered = Arc<tokio::sync::Mutex<Option<(DateTime<Utc>, Robots)>>>;

/// What is known of a host's robots.txt.
#[derive(Clone, Debug)]
enum Robots {
    /// It was read, or there is none.
    Rules(Arc<robots::Rules>),
    /// It could not be read: why, and for how long that keeps us away before it is asked again.
    Unreachable(String, TimeDelta),
}

/// For how long a robots.txt holds (RFC 9309, 2.4).
const ROBOTS_HOLD: TimeDelta = TimeDelta::hours(24);
/// For how long a robots.txt that could not be read keeps us away before it is asked again.
const ROBOTS_RETRY: TimeDelta = TimeDelta::minutes(10);
/// Hosts whose robots.txt is remembered at once.
const ROBOTS_REMEMBERED: usize = 20_000;

impl Fetcher {
    /// Builds the one client with its rules.
    ///
    /// # Errors
    /// When the proxy is none, or the client cannot be set up.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let proxy = settings
            .proxy
            .as_deref()
            .map(str::trim)
            .filter(|proxy| !proxy.is_empty() && !settings.loopback_only);
        let guard = Guard::new(settings.allow, settings.loopback_only);
        Ok(Self(Arc::new(Shared {
            client: connector::client(guard.clone(), proxy)?,
            guard,
            manners: Manners::default(),
            agents: Agents::new(settings.contact.as_deref(), settings.base_url.as_deref()),
            keys: settings.keys,
            gap: settings.gap.to_std().unwrap_or_default(),
            pace: if settings.loopback_only {
                settings.pace.max(1)
            } else {
                1
            },
            proxied: proxy.is_some(),
            rooms: Rooms::default(),
            robots: Mutex::default(),
        })))
    }

    /// One visit to a source: at most five redirects, within its time and size. `memory` is what
    /// the last visit left; `now` stamps the Document and is what a Retry-After date is held
    /// against. Dropping the future ends the visit.
    pub async fn visit(&self, source: &Source, memory: &Memory, now: DateTime<Utc>) -> Fetched {
        visit::visit(self, source, memory, now).await
    }

    /// Another page of what [`Fetcher::visit`] began: asked for without condition, by the same
    /// bounds and manners.
    pub async fn page(&self, source: &Source, url: &WebAddress, now: DateTime<Utc>) -> Fetched {
        visit::page(self, source, url, now).await
    }

    /// Gives back the room of what was read and takes some for the `bytes` that are kept of it, at
    /// once or not at all: whether there was any. For whoever asks for another page.
    pub fn keep(&self, room: &mut Room, bytes: usize) -> bool {
        self.0.rooms.keep(room, bytes)
    }

    fn keys(&self) -> &BTreeMap<String, Secret> {
        &self.0.keys
    }

    fn client(&self) -> &reqwest::Client {
        &self.0.client
    }

    fn agents(&self) -> &Agents {
        &self.0.agents
    }

    /// The pause owed to a host, in the machine's time.
    fn gap(&self, url: &WebAddress) -> Duration {
        let gap = if self.0.guard.is_own(url) {
            self.0.gap
        } else {
            self.0.gap.max(SHORTEST_GAP.to_std().unwrap_or_default())
        };
        gap / self.0.pace
    }

    /// Refuses what can be known to lie outside the public Internet: a literal, a name of this
    /// machine, and, where a proxy will resolve the name, whatever this machine makes of it.
    async fn check(&self, url: &WebAddress) -> Result<(), Refusal> {
        self.0.guard.check_host(url)?;
        if self.0.proxied {
            connector::check_name(&self.0.guard, url).await?;
        }
        Ok(())
    }

    /// What is remembered of the robots.txt of an address's origin.
    fn robots_of(&self, url: &WebAddress) -> Remembered {
        // The map is whole after every statement, so a panic elsewhere cannot have torn it.
        let mut hosts = self.0.robots.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= ROBOTS_REMEMBERED {
            hosts.retain(|_, remembered| Arc::strong_count(remembered) > 1);
        }
        Arc::clone(
            hosts
                .entry(url.as_url().origin().ascii_serialization())
                .or_default(),
        )
    }

    async fn turn(&self, url: &WebAddress) -> Turn {
        self.0.manners.turn(&url.authority(), self.gap(url)).await
    }

    async fn robots_turn(&self, url: &WebAddress) -> Turn {
        let gap = self.gap(url);
        self.0.manners.robots_turn(&url.authority(), gap).await
    }
}

/// Whether a robots.txt lets us ask for a path with its query, as written in addresses (RFC 9309).
/// Reads any bytes.
pub fn robots_allow(file: &[u8], path: &str) -> bool {
    robots::Rules::read(file).allow(path)
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher")
            .field("guard", &self.0.guard)
            .field("gap", &self.0.gap)
            .finish_non_exhaustive()
    }
}
