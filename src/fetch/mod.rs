//! Fetching: the network in. A Source and what the last visit left -> a Document, or a reason.
//!
//! It knows which addresses may be reached, how much may be read, and the manners of a guest.
//! It calls nothing but the ground floor and its own driver. It deliberately does not know what
//! a body means, when a source is due, or what becomes of the answer.

mod guard;
mod manners;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Response, StatusCode, redirect};

use crate::domain::address::WebAddress;
use crate::domain::document::{Document, Fault, FaultCode, Memory, Sha256};
use crate::domain::source::{Agent, Source, SourceKind};

pub use guard::{Cidr, Guard, InvalidCidr};
use manners::Manners;

/// The most redirects followed (contract: F3).
const MOST_REDIRECTS: usize = 5;
/// The longest wait that a publisher can ask for (contract: F13).
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(24);

/// How the network is used.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Who runs this, for publishers that look into their logs.
    pub contact: Option<String>,
    /// This site's own address, named when there is no contact.
    pub base_url: Option<String>,
    /// Private ranges that may be reached; none by default.
    pub allow: Vec<Cidr>,
    /// The time between two visits to one host; less than two seconds holds only for allowed
    /// private addresses.
    pub gap: TimeDelta,
    /// The one way out, where there is one; never taken from the environment.
    pub proxy: Option<String>,
    /// Whether nothing but loopback may be reached (a simulated clock).
    pub loopback_only: bool,
}

/// What can be wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The proxy's address.
    #[error("fetch.proxy cannot be used: {0}")]
    Proxy(String),
    /// Anything else that keeps the client from being built.
    #[error("the HTTP client cannot be built: {0}")]
    Client(String),
}

/// What a visit brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched {
    /// The answer.
    pub answer: Answer,
    /// Decoded bytes read.
    pub bytes: u64,
    /// How long it took on the machine's clock, waiting for the host's turn left out.
    pub milliseconds: u64,
}

/// How a visit ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A body.
    Document {
        /// The body with its circumstances.
        document: Box<Document>,
        /// What the next visit sends back, once every item of this one is taken in.
        memory: Memory,
        /// Where the answer came from, when the address redirects: told to the operator, never
        /// adopted.
        moved_to: Option<String>,
    },
    /// Nothing changed (304).
    NotModified {
        /// What the next visit sends back.
        memory: Memory,
    },
    /// The publisher asks us to wait.
    Limited {
        /// 429 or 503.
        status: u16,
        /// For how long, where it says.
        retry_after: Option<TimeDelta>,
        /// In words.
        fault: Fault,
    },
    /// The publisher says that it is gone for good (410).
    Gone {
        /// In words.
        fault: Fault,
    },
    /// Our own rules forbid the address.
    Refused {
        /// In words.
        fault: Fault,
    },
    /// Nothing could be read.
    Failed {
        /// The status, when there was an answer.
        status: Option<u16>,
        /// In words.
        fault: Fault,
    },
}

/// The guarded way out.
#[derive(Clone)]
pub struct Fetcher {
    settings: Arc<Settings>,
    guard: Guard,
    client: reqwest::Client,
    manners: Manners,
}

/// Resolves names and keeps only addresses that may be reached. What is checked here is what is
/// dialled: there is no second look-up that could say something else.
#[derive(Clone)]
struct GuardedResolver(Guard);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().trim_end_matches('.').to_ascii_lowercase();
            // RFC 6761: names under localhost are the loopback address, and no server is asked.
            let found: Vec<SocketAddr> = if host == "localhost" || host.ends_with(".localhost") {
                vec![SocketAddr::from(([127, 0, 0, 1], 0))]
            } else {
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect()
            };
            let allowed: Vec<SocketAddr> = found
                .iter()
                .copied()
                .filter(|at| guard.allows(at.ip()))
                .collect();
            if allowed.is_empty() {
                return Err(
                    Box::new(guard::Forbidden { host }) as Box<dyn std::error::Error + Send + Sync>
                );
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

impl Fetcher {
    /// Builds the one client that every outgoing byte goes through.
    ///
    /// # Errors
    /// When the proxy's address is none, or the system's certificates cannot be read.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        // Installed once a process; a second time is no error of anybody's.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Guard::new(settings.allow.clone(), settings.loopback_only);
        let hops = guard.clone();
        let mut builder = reqwest::Client::builder()
            .dns_resolver(Arc::new(GuardedResolver(guard.clone())))
            .no_proxy()
            .connect_timeout(Duration::from_secs(10))
            .pool_max_idle_per_host(2)
            .pool_idle_timeout(Duration::from_secs(20))
            .referer(false)
            .tcp_nodelay(true)
            .redirect(redirect::Policy::custom(move |attempt| {
                if attempt.previous().len() > MOST_REDIRECTS {
                    return attempt.error(Hop::TooMany);
                }
                if attempt.previous().contains(attempt.url()) {
                    return attempt.error(Hop::Loop);
                }
                match WebAddress::from_url(attempt.url().clone()) {
                    Err(error) => attempt.error(Hop::Address(error.to_string())),
                    Ok(address) if !hops.allows_literal(&address) => {
                        attempt.error(guard::Forbidden {
                            host: address.host().to_owned(),
                        })
                    }
                    Ok(_) => attempt.follow(),
                }
            }));
        if let Some(proxy) = settings.proxy.as_deref().filter(|proxy| !proxy.is_empty()) {
            builder = builder.proxy(
                reqwest::Proxy::all(proxy).map_err(|error| Error::Proxy(error.to_string()))?,
            );
        }
        Ok(Self {
            guard,
            client: builder
                .build()
                .map_err(|error| Error::Client(error.to_string()))?,
            manners: Manners::new(settings.gap),
            settings: Arc::new(settings),
        })
    }

    /// Visits a source once, when its host is free.
    pub async fn visit(&self, source: &Source, memory: &Memory, now: DateTime<Utc>) -> Fetched {
        let address = match source.url.on(now.date_naive()) {
            Ok(address) => address,
            Err(error) => return refused(format!("{error}: correct `url` in sources.toml")),
        };
        if !self.guard.allows_literal(&address) {
            return refused(
                guard::Forbidden {
                    host: address.host().to_owned(),
                }
                .to_string(),
            );
        }
        let near = self.guard.is_allowed_private(&address);
        let turn = self.manners.turn(&address.authority(), near).await;
        let began = Instant::now();
        let deadline = source.max_time.to_std().unwrap_or(Duration::from_secs(30));
        let mut read = 0;
        let visit = self.ask(source, memory, &address, now, &mut read);
        let answer = match tokio::time::timeout(deadline, visit).await {
            Ok(answer) => answer,
            Err(_) => Answer::Failed {
                status: None,
                fault: Fault::new(
                    FaultCode::TimeOut,
                    format!(
                        "{address} took longer than {} s: the publisher is slow, or raise max_time",
                        deadline.as_secs_f32()
                    ),
                ),
            },
        };
        drop(turn);
        Fetched {
            answer,
            bytes: read,
            milliseconds: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }

    async fn ask(
        &self,
        source: &Source,
        memory: &Memory,
        address: &WebAddress,
        now: DateTime<Utc>,
        read: &mut u64,
    ) -> Answer {
        let request = self
            .client
            .get(address.as_url().clone())
            .headers(self.headers(source, memory));
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) => return failed(None, &error, address),
        };
        let status = response.status();
        if let Some(answer) = unwelcome(&response, status, memory, now, address) {
            return answer;
        }
        let headers = kept(response.headers());
        let url = match WebAddress::from_url(response.url().clone()) {
            Ok(url) => url,
            Err(error) => {
                return Answer::Refused {
                    fault: Fault::new(FaultCode::AddressRefused, error.to_string()),
                };
            }
        };
        let mut body: Vec<u8> = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    *read = read.saturating_add(chunk.len() as u64);
                    if *read > source.max_bytes {
                        return Answer::Failed {
                            status: Some(status.as_u16()),
                            fault: Fault::new(
                                FaultCode::TooLarge,
                                format!(
                                    "{address} sends more than {} bytes, decoded: raise max_bytes if that is right",
                                    source.max_bytes
                                ),
                            ),
                        };
                    }
                    body.extend_from_slice(&chunk);
                }
                Ok(None) => break,
                Err(error) => return failed(Some(status.as_u16()), &error, address),
            }
        }
        let sha256 = Sha256::of(&body);
        let header = |name: &str| {
            headers
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, value)| value.clone())
        };
        let memory = Memory {
            etag: header("etag"),
            last_modified: header("last-modified"),
            sha256: Some(sha256.clone()),
        };
        let moved_to = (url != *address).then(|| url.as_str().to_owned());
        Answer::Document {
            document: Box::new(Document {
                source: source.id.clone(),
                url,
                fetched_at: now,
                status: status.as_u16(),
                headers,
                body,
                sha256,
            }),
            memory,
            moved_to,
        }
    }

    fn headers(&self, source: &Source, memory: &Memory) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut put = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        let who = match source.agent {
            Agent::Contact => self
                .settings
                .contact
                .as_ref()
                .or(self.settings.base_url.as_ref()),
            Agent::NoContact => self.settings.base_url.as_ref(),
        };
        let name = concat!("Regwire/", env!("CARGO_PKG_VERSION"));
        match who {
            Some(who) => put(header::USER_AGENT, &format!("{name} (+{who})")),
            None => put(header::USER_AGENT, name),
        }
        put(
            header::ACCEPT,
            match source.kind {
                SourceKind::Feed => {
                    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
                }
                SourceKind::Json | SourceKind::Catalogue => "application/json, */*;q=0.5",
                _ => "text/html, application/xhtml+xml, */*;q=0.5",
            },
        );
        if let Some(language) = &source.language {
            put(header::ACCEPT_LANGUAGE, &format!("{language}, *;q=0.5"));
        }
        if let Some(etag) = &memory.etag {
            put(header::IF_NONE_MATCH, etag);
        }
        if let Some(moment) = &memory.last_modified {
            put(header::IF_MODIFIED_SINCE, moment);
        }
        for (name, value) in &source.headers {
            if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                put(name, value);
            }
        }
        headers
    }
}

/// Why a redirect is not followed.
#[derive(Debug, thiserror::Error)]
enum Hop {
    #[error("more than {MOST_REDIRECTS} redirects")]
    TooMany,
    #[error("the redirects go round in a circle")]
    Loop,
    #[error("it redirects to an address that is not visited: {0}")]
    Address(String),
}

fn refused(why: String) -> Fetched {
    Fetched {
        answer: Answer::Refused {
            fault: Fault::new(FaultCode::AddressRefused, why),
        },
        bytes: 0,
        milliseconds: 0,
    }
}

/// The answer to every status that is no body to read.
fn unwelcome(
    response: &Response,
    status: StatusCode,
    memory: &Memory,
    now: DateTime<Utc>,
    address: &WebAddress,
) -> Option<Answer> {
    let header = |name: HeaderName| {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    if status == StatusCode::NOT_MODIFIED {
        // RFC 9111, section 4.3.4: validators that come with a 304 replace the stored ones.
        return Some(Answer::NotModified {
            memory: Memory {
                etag: header(header::ETAG).or_else(|| memory.etag.clone()),
                last_modified: header(header::LAST_MODIFIED)
                    .or_else(|| memory.last_modified.clone()),
                sha256: memory.sha256.clone(),
            },
        });
    }
    let retry_after = header(header::RETRY_AFTER).and_then(|text| wait(&text, now));
    if status == StatusCode::TOO_MANY_REQUESTS
        || (status == StatusCode::SERVICE_UNAVAILABLE && retry_after.is_some())
    {
        return Some(Answer::Limited {
            status: status.as_u16(),
            retry_after,
            fault: Fault::new(
                FaultCode::HttpStatus,
                format!("{address} answers {status} and asks us to wait; we do"),
            ),
        });
    }
    if status == StatusCode::GONE {
        return Some(Answer::Gone {
            fault: Fault::new(
                FaultCode::HttpStatus,
                format!(
                    "{address} answers 410: it is gone for good. Look for its successor, or switch the source off"
                ),
            ),
        });
    }
    if status.is_redirection() {
        // The client follows what it can; what is left leads to another scheme, or nowhere.
        let to = header(header::LOCATION).unwrap_or_default();
        return Some(Answer::Refused {
            fault: Fault::new(
                FaultCode::AddressRefused,
                format!(
                    "{address} redirects to `{}`, which is not visited: only http and https are",
                    to.chars().take(200).collect::<String>()
                ),
            ),
        });
    }
    if !status.is_success() {
        return Some(Answer::Failed {
            status: Some(status.as_u16()),
            fault: Fault::new(
                FaultCode::HttpStatus,
                format!("{address} answers {status}; what is stored stays as it is"),
            ),
        });
    }
    // reqwest undoes one coding; a second one is a bomb or a mistake (contract: F5).
    if header(header::CONTENT_ENCODING)
        .is_some_and(|coding| !matches!(coding.trim(), "" | "identity"))
    {
        return Some(Answer::Failed {
            status: Some(status.as_u16()),
            fault: Fault::new(
                FaultCode::BrokenBody,
                format!("{address} sends a body in a coding, or in several, that is not read"),
            ),
        });
    }
    None
}

/// How long a `Retry-After` asks to wait (RFC 9110, section 10.2.3).
fn wait(text: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    let text = text.trim();
    let span = match text.parse::<i64>() {
        Ok(seconds) => TimeDelta::try_seconds(seconds.max(0))?,
        Err(_) => DateTime::<Utc>::from(httpdate::parse_http_date(text).ok()?) - now,
    };
    Some(span.clamp(TimeDelta::zero(), LONGEST_WAIT))
}

/// Headers that are evidence; never a cookie.
const KEPT: &[&str] = &[
    "age",
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "date",
    "etag",
    "expires",
    "last-modified",
    "link",
    "location",
    "retry-after",
    "server",
];

fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (name, value) in headers {
        if KEPT.contains(&name.as_str()) {
            let mut value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            if let Some((cut, _)) = value.char_indices().nth(1_000) {
                value.truncate(cut);
            }
            out.push((name.as_str().to_owned(), value));
        }
    }
    out
}

/// Names what went wrong, by what is at the bottom of it.
fn failed(status: Option<u16>, error: &reqwest::Error, address: &WebAddress) -> Answer {
    let mut causes: Vec<String> = Vec::new();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<guard::Forbidden>().is_some() {
            return Answer::Refused {
                fault: Fault::new(FaultCode::AddressRefused, error.to_string()),
            };
        }
        if let Some(hop) = error.downcast_ref::<Hop>() {
            let code = match hop {
                Hop::Address(_) => FaultCode::AddressRefused,
                _ => FaultCode::Redirects,
            };
            let fault = Fault::new(code, format!("{address}: {hop}"));
            return match hop {
                Hop::Address(_) => Answer::Refused { fault },
                _ => Answer::Failed { status, fault },
            };
        }
        causes.push(error.to_string());
        cause = error.source();
    }
    let all = causes.join(": ");
    let lower = all.to_ascii_lowercase();
    let (code, mend) =
        if lower.contains("certificate") || lower.contains("tls") || lower.contains("handshake") {
            (
                FaultCode::Certificate,
                "its certificate is not accepted, and http is no way round",
            )
        } else if error.is_timeout() {
            (FaultCode::TimeOut, "the host does not answer in time")
        } else if lower.contains("dns") || lower.contains("resolve") || lower.contains("lookup") {
            (
                FaultCode::NoSuchHost,
                "the host's name is not known; check `url`, or the machine's DNS",
            )
        } else if error.is_connect() {
            (
                FaultCode::Unreachable,
                "no connection; the host is down or refuses us",
            )
        } else if error.is_body() || error.is_decode() {
            (
                FaultCode::BrokenBody,
                "the answer broke off, or could not be decoded",
            )
        } else {
            (FaultCode::Unreachable, "the answer could not be read")
        };
    let last = causes.last().cloned().unwrap_or_default();
    Answer::Failed {
        status,
        fault: Fault::new(code, format!("{address}: {mend} ({last})")),
    }
}

#[cfg(test)]
mod tests;
