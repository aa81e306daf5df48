//! One visit: a question, its redirects, and the body within its bounds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use reqwest::{Response, StatusCode};

use super::room::{Room, Rooms};
use super::{Answer, Fetched, Fetcher, ROBOTS_HOLD, ROBOTS_RETRY, Robots, faults, headers, robots};
use crate::domain::address::{self, InvalidAddress, WebAddress};
use crate::domain::document::{Document, Fault, FaultCode, Memory, Sha256};
use crate::domain::source::{MAX_TIME, Source, SourceKind};

/// The most redirects that are followed (promises: F3).
const MOST_REDIRECTS: usize = 5;

/// The longest visit that a source may ask for (promises: F6).
const LONGEST_VISIT: Duration = Duration::from_secs(600);

/// The slowest body that a long visit is granted for, in bytes a second (promises: F6).
const SLOWEST: u64 = 64 << 10;

/// How a hop ended.
#[expect(
    clippy::large_enum_variant,
    reason = "it lives for one hop, and is an answer in most"
)]
enum Step {
    Answer(Answer),
    Redirect { to: WebAddress, permanent: bool },
}

/// A visit under way.
struct Visit<'v> {
    fetcher: &'v Fetcher,
    source: &'v Source,
    memory: Memory,
    now: DateTime<Utc>,
    /// The key that the interface wants.
    key: Option<(HeaderName, HeaderValue)>,
    /// The body of a question that is posted.
    post: Option<String>,
    /// Decoded bytes read so far.
    bytes: u64,
    /// The room that its body takes.
    room: Room,
    /// Time spent waiting for room, which is ours and not the publisher's.
    waited: Duration,
}

/// Visits `source`. The deadline counts the time spent on the network; waiting for the host's
/// turn is ours, not the publisher's.
pub(super) async fn visit(
    fetcher: &Fetcher,
    source: &Source,
    memory: &Memory,
    now: DateTime<Utc>,
) -> Fetched {
    let mut memory = memory.clone();
    let day = now.date_naive();
    let post = source.interface.post.as_ref();
    let question = source.address(day).and_then(|url| {
        let post = post.map(|body| address::filled(body, day)).transpose()?;
        Ok((url, post))
    });
    let (url, post) = match question {
        Ok(question) => question,
        Err(error) => return unasked(refused(error.to_string())),
    };
    let is_template = source.is_dated();
    if is_template {
        // Another day is another document: an entity tag cannot match it by accident, a date can.
        memory.last_modified = None;
    }
    let mut fetched = asked(fetcher, source, url, memory, post, now).await;
    // The new address of one day is no address for all days, and that of a question with its
    // parameters none to write down.
    if let Answer::Document { moved_to, .. } = &mut fetched.answer
        && (is_template || !source.interface.params.is_empty())
    {
        *moved_to = None;
    }
    fetched
}

/// Asks for another page, without condition.
pub(super) async fn page(
    fetcher: &Fetcher,
    source: &Source,
    url: &WebAddress,
    now: DateTime<Utc>,
) -> Fetched {
    let mut fetched = asked(fetcher, source, url.clone(), Memory::default(), None, now).await;
    if let Answer::Document { moved_to, .. } = &mut fetched.answer {
        *moved_to = None;
    }
    fetched
}

async fn asked(
    fetcher: &Fetcher,
    source: &Source,
    url: WebAddress,
    memory: Memory,
    post: Option<String>,
    now: DateTime<Utc>,
) -> Fetched {
    let key = match headers::key(source, fetcher.keys()) {
        Ok(key) => key,
        Err(name) => {
            let fault = Fault::new(
                FaultCode::NoKey,
                format!(
                    "The interface wants the key `{name}`: name the file that holds it under [fetch.keys] of regwire.toml, {name} = {{ file = \"…\" }}."
                ),
            );
            return unasked(failed(None, fault));
        }
    };
    let mut visit = Visit {
        fetcher,
        source,
        memory,
        now,
        key,
        post,
        bytes: 0,
        room: Room::default(),
        waited: Duration::ZERO,
    };
    let (answer, spent) = visit.follow(url).await;
    Fetched {
        answer,
        bytes: visit.bytes,
        milliseconds: u64::try_from(spent.as_millis()).unwrap_or(u64::MAX),
        room: visit.room,
    }
}

/// A visit that ended before anybody was asked.
fn unasked(answer: Answer) -> Fetched {
    Fetched {
        answer,
        bytes: 0,
        milliseconds: 0,
        room: Room::default(),
    }
}

fn refused(detail: impl Into<String>) -> Answer {
    Answer::Refused {
        fault: Fault::new(FaultCode::AddressRefused, detail),
    }
}

fn failed(status: Option<StatusCode>, fault: Fault) -> Answer {
    if fault.code == FaultCode::AddressRefused {
        return Answer::Refused { fault };
    }
    Answer::Failed {
        status: status.map(|status| status.as_u16()),
        fault,
    }
}

/// The longest that a source may take.
fn limit(source: &Source) -> Duration {
    source
        .max_time
        .to_std()
        .unwrap_or_default()
        .min(LONGEST_VISIT)
}

/// How long a body may have taken once `bytes` of it have come. A visit of ordinary length has
/// its deadline alone; a longer one is granted for large bodies, not for slow ones.
fn body_allowance(limit: Duration, bytes: u64) -> Duration {
    let ordinary = MAX_TIME.to_std().unwrap_or_default();
    if limit <= ordinary {
        return limit;
    }
    limit.min(ordinary + Duration::from_secs(bytes / SLOWEST))
}

impl Visit<'_> {
    /// Follows the address to its end; with the time spent on the network.
    async fn follow(&mut self, start: WebAddress) -> (Answer, Duration) {
        let limit = limit(self.source);
        let mut spent = Duration::ZERO;
        let mut seen = vec![start.clone()];
        let mut url = start.clone();
        // A further page, or one that an item links to, may lie elsewhere than the source.
        let home = url::Url::parse(self.source.url.as_str()).map(|url| url.origin());
        let mut foreign = home.is_ok_and(|home| home != start.as_url().origin());
        let mut moved_to = None;
        let mut all_permanent = true;
        loop {
            if let Err(refusal) = self.fetcher.check(&url).await {
                return (refused(format!("{refusal}.")), spent);
            }
            if let Some(answer) = self.kept_out(&url).await {
                return (answer, spent);
            }
            let turn = self.fetcher.turn(&url).await;
            let began = Instant::now();
            let rest = limit.saturating_sub(spent);
            let step = self.hop(&url, foreign, rest).await;
            spent += began
                .elapsed()
                .saturating_sub(std::mem::take(&mut self.waited));
            drop(turn);
            let (to, permanent) = match step {
                Step::Redirect { to, permanent } => (to, permanent),
                Step::Answer(mut answer) => {
                    if let Answer::Document { moved_to: slot, .. } = &mut answer {
                        *slot = moved_to;
                    }
                    return (answer, spent);
                }
            };
            if seen.contains(&to) {
                let fault = Fault::new(
                    FaultCode::Redirects,
                    format!("The address redirects in a circle: {url} leads back to {to}."),
                );
                return (failed(None, fault), spent);
            }
            if seen.len() > MOST_REDIRECTS {
                let fault = Fault::new(
                    FaultCode::Redirects,
                    format!(
                        "The address redirects more than {MOST_REDIRECTS} times; use the one it \
                         ends at."
                    ),
                );
                return (failed(None, fault), spent);
            }
            // Only an unbroken run of permanent redirects from the start names a new address.
            all_permanent &= permanent;
            if all_permanent {
                moved_to = Some(to.as_str().to_owned());
            }
            foreign |= to.as_url().origin() != start.as_url().origin();
            seen.push(to.clone());
            url = to;
        }
    }

    /// Why the site's robots.txt keeps us away from an address, if it does.
    async fn kept_out(&self, url: &WebAddress) -> Option<Answer> {
        if let Some(why) = &self.source.robots_override {
            tracing::debug!(source = %self.source.id, why, "robots.txt is not asked");
            return None;
        }
        let remembered = self.fetcher.robots_of(url);
        let mut remembered = remembered.lock().await;
        let hold = |robots: &Robots| match robots {
            Robots::Rules(_) => ROBOTS_HOLD,
            Robots::Unreachable(_, wait) => *wait,
        };
        let robots = match &*remembered {
            Some((asked, robots)) if (self.now - *asked).abs() < hold(robots) => robots.clone(),
            _ => {
                let robots = self.ask_robots(url).await;
                *remembered = Some((self.now, robots.clone()));
                robots
            }
        };
        drop(remembered);
        match robots {
            Robots::Rules(rules) => {
                let target = url.as_url();
                let path = match target.query() {
                    Some(query) => format!("{}?{query}", target.path()),
                    None => target.path().to_owned(),
                };
                (!rules.allow(&path)).then(|| Answer::Refused {
                    fault: Fault::new(
                        FaultCode::RobotsForbid,
                        format!(
                            "The robots.txt of {} forbids {path} to programs. Ask the publisher; with leave, say so in `robots_override` of the source.",
                            url.host()
                        ),
                    ),
                })
            }
            Robots::Unreachable(why, _) => Some(Answer::Failed {
                status: None,
                fault: Fault::new(
                    FaultCode::RobotsUnreachable,
                    format!(
                        "The robots.txt of {} could not be read, which forbids everything until it can: {why}",
                        url.host()
                    ),
                ),
            }),
        }
    }

    /// Asks an origin for its robots.txt: what is not there (4xx) allows everything, a server
    /// that fails (5xx, too busy, no answer) forbids everything (RFC 9309, 2.3.1).
    async fn ask_robots(&self, url: &WebAddress) -> Robots {
        let nothing = || Robots::Rules(Arc::default());
        let Ok(mut at) = url.join("/robots.txt") else {
            return nothing();
        };
        let limit = MAX_TIME.to_std().unwrap_or_default();
        let began = Instant::now();
        for _ in 0..=MOST_REDIRECTS {
            if let Err(refusal) = self.fetcher.check(&at).await {
                return Robots::Unreachable(format!("{refusal}."), ROBOTS_RETRY);
            }
            let turn = self.fetcher.robots_turn(&at).await;
            let rest = limit.saturating_sub(began.elapsed());
            let asked = tokio::time::timeout(rest, self.robots_hop(&at)).await;
            drop(turn);
            match asked {
                Err(_) => {
                    let why = format!("{} did not answer in time.", at.host());
                    return Robots::Unreachable(why, ROBOTS_RETRY);
                }
                Ok(Ok(robots)) => return robots,
                Ok(Err(to)) => at = to,
            }
        }
        // More redirects than that are a file that is not there (RFC 9309, 2.3.1.2).
        nothing()
    }

    /// Asks one address for a robots.txt; another address where it redirects.
    async fn robots_hop(&self, url: &WebAddress) -> Result<Robots, WebAddress> {
        let unreachable = |fault: Fault| Robots::Unreachable(fault.detail, ROBOTS_RETRY);
        let question = headers::robots_question(self.source, self.fetcher.agents());
        let sent = self
            .fetcher
            .client()
            .get(url.as_url().clone())
            .headers(question)
            .send()
            .await;
        let mut response = match sent {
            Ok(response) => response,
            Err(error) => return Ok(unreachable(faults::of(&error, url.host()))),
        };
        let code = response.status().as_u16();
        match code {
            301 | 302 | 303 | 307 | 308 => match redirect(url, &response) {
                Step::Redirect { to, .. } => Err(to),
                Step::Answer(_) => Ok(Robots::Rules(Arc::default())),
            },
            200..=299 => {
                let mut body = Vec::new();
                while body.len() < robots::LONGEST {
                    match response.chunk().await {
                        Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                        Ok(None) => break,
                        // Half a file may forbid too little.
                        Err(error) => return Ok(unreachable(faults::of(&error, url.host()))),
                    }
                }
                Ok(Robots::Rules(Arc::new(robots::Rules::read(&body))))
            }
            429 | 500..=599 => {
                let wait = headers::retry_after(response.headers(), self.now);
                Ok(Robots::Unreachable(
                    faults::status(code, url.host()).detail,
                    wait.unwrap_or_default().max(ROBOTS_RETRY),
                ))
            }
            _ => Ok(Robots::Rules(Arc::default())),
        }
    }

    fn too_slow(&self, url: &WebAddress, limit: Duration) -> Fault {
        Fault::new(
            FaultCode::TimeOut,
            format!(
                "{} did not finish within {:.1} s ({} bytes came); if it is only slow, give the \
                 source a longer `max_time`.",
                url.host(),
                limit.as_secs_f64(),
                self.bytes
            ),
        )
    }

    /// Asks one address once.
    async fn hop(&mut self, url: &WebAddress, foreign: bool, rest: Duration) -> Step {
        let question = headers::question(
            self.source,
            &self.memory,
            self.fetcher.agents(),
            self.key.as_ref(),
            foreign,
        );
        let client = self.fetcher.client();
        let asked = match &self.post {
            None => client.get(url.as_url().clone()).headers(question),
            Some(body) => client
                .post(url.as_url().clone())
                .headers(question)
                .header(CONTENT_TYPE, form_of(body))
                .body(body.clone()),
        };
        let began = Instant::now();
        let response = match tokio::time::timeout(rest, asked.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Step::Answer(failed(None, faults::of(&error, url.host()))),
            Err(_) => {
                return Step::Answer(failed(None, self.too_slow(url, limit(self.source))));
            }
        };
        let rest = rest.saturating_sub(began.elapsed());
        let status = response.status();
        match status.as_u16() {
            301 | 302 | 303 | 307 | 308 => {
                let step = redirect(url, &response);
                // What was posted is posted again only where that is asked, and to nobody else
                // (RFC 9110, 15.4).
                let again = matches!(status.as_u16(), 307 | 308)
                    && matches!(&step, Step::Redirect { to, .. } if to.as_url().origin() == url.as_url().origin());
                if !again {
                    self.post = None;
                }
                step
            }
            304 if headers::is_conditional(&self.memory) => {
                let fresh = headers::memory(response.headers(), self.memory.sha256.clone());
                Step::Answer(Answer::NotModified {
                    memory: Memory {
                        etag: fresh.etag.or_else(|| self.memory.etag.clone()),
                        last_modified: fresh
                            .last_modified
                            .or_else(|| self.memory.last_modified.clone()),
                        sha256: fresh.sha256,
                    },
                    status: 304,
                })
            }
            200..=203 | 226 => Step::Answer(self.document(url, response, rest).await),
            410 => Step::Answer(Answer::Gone {
                fault: faults::status(410, url.host()),
            }),
            code => {
                let retry_after = headers::retry_after(response.headers(), self.now);
                let fault = faults::status(code, url.host());
                Step::Answer(if code == 429 || (code == 503 && retry_after.is_some()) {
                    Answer::Limited {
                        status: code,
                        retry_after,
                        fault,
                    }
                } else {
                    failed(Some(status), fault)
                })
            }
        }
    }

    /// Reads the body, chunk by chunk, and stops at the first one past the cap.
    async fn document(
        &mut self,
        url: &WebAddress,
        mut response: Response,
        rest: Duration,
    ) -> Answer {
        let status = response.status();
        let failed = |fault| failed(Some(status), fault);
        if let Some(coding) = headers::left_over_coding(response.headers()) {
            return failed(Fault::new(
                FaultCode::BrokenBody,
                format!(
                    "{} packs its answer as `{coding}`: one layer of gzip, br, zstd or deflate \
                     is read, nothing more.",
                    url.host()
                ),
            ));
        }
        let cap = self.source.max_bytes;
        let too_large = || {
            Fault::new(
                FaultCode::TooLarge,
                format!(
                    "The answer of {} is larger than {cap} bytes; if that is right, give the \
                     source a larger `max_bytes`.",
                    url.host()
                ),
            )
        };
        let stated: u64 = response
            .headers()
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.parse().ok())
            .unwrap_or(0);
        if stated > cap {
            return failed(too_large());
        }
        let began = Instant::now();
        let before = self.bytes;
        // What a server states is a hint, not a claim on memory.
        let hint = usize::try_from(stated.min(32 << 10)).unwrap_or(0);
        let mut body = match Body::begin(self.source.kind, hint) {
            Ok(body) => body,
            Err(error) => return failed(cannot_be_packed(&error)),
        };
        loop {
            let allowed = body_allowance(rest, self.bytes);
            let spent = began.elapsed().saturating_sub(self.waited);
            let next = tokio::time::timeout(allowed.saturating_sub(spent), response.chunk());
            match next.await {
                Err(_) => return failed(self.too_slow(url, limit(self.source).min(allowed))),
                Ok(Err(error)) => return failed(faults::of(&error, url.host())),
                Ok(Ok(None)) => break,
                Ok(Ok(Some(chunk))) => {
                    self.bytes += chunk.len() as u64;
                    if self.bytes > cap {
                        return failed(too_large());
                    }
                    let waiting = Instant::now();
                    body.make_room(&self.fetcher.0.rooms, &mut self.room, chunk.len(), cap)
                        .await;
                    self.waited += waiting.elapsed();
                    if let Err(error) = body.take(&chunk) {
                        return failed(cannot_be_packed(&error));
                    }
                }
            }
        }
        if self.bytes == before {
            return failed(Fault::new(
                FaultCode::EmptyBody,
                format!(
                    "{} answered {} with nothing in it.",
                    url.host(),
                    status.as_u16()
                ),
            ));
        }
        let (body, sha256, packed) = match body.end() {
            Ok(ended) => ended,
            Err(error) => return failed(cannot_be_packed(&error)),
        };
        Answer::Document {
            packed,
            memory: headers::memory(response.headers(), Some(sha256.clone())),
            document: Document {
                source: self.source.id.clone(),
                url: url.clone(),
                fetched_at: self.now,
                status: status.as_u16(),
                headers: headers::kept(response.headers()),
                body,
                sha256,
            },
            moved_to: None,
        }
    }
}

/// What a posted body is called.
fn form_of(body: &str) -> &'static str {
    if body.trim_start().starts_with(['{', '[']) {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    }
}

/// A body as it comes: as it is, or packed where whole lists are read, so that memory holds a
/// tenth of them.
enum Body {
    Plain(Vec<u8>),
    Packed {
        packer: zstd::stream::write::Encoder<'static, Vec<u8>>,
        hasher: sha2::Sha256,
        size: u64,
    },
}

impl Body {
    fn begin(kind: SourceKind, hint: usize) -> std::io::Result<Self> {
        Ok(match kind {
            SourceKind::Catalogue => Self::Packed {
                packer: zstd::stream::write::Encoder::new(Vec::new(), 1)?,
                hasher: sha2::Sha256::default(),
                size: 0,
            },
            _ => Self::Plain(Vec::with_capacity(hint)),
        })
    }

    /// Waits for the room that so many more bytes take.
    async fn make_room(&mut self, rooms: &Rooms, room: &mut Room, more: usize, cap: u64) {
        match self {
            Self::Plain(body) => {
                let needed = body.len() + more;
                if needed > body.capacity() {
                    let wanted = rooms.grow(room, body.capacity(), needed, cap).await;
                    body.reserve_exact(wanted - body.len());
                }
            }
            Self::Packed { packer, .. } => {
                rooms.pack(room, packer.get_ref().capacity(), cap).await;
            }
        }
    }

    fn take(&mut self, chunk: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Plain(body) => body.extend_from_slice(chunk),
            Self::Packed {
                packer,
                hasher,
                size,
            } => {
                use sha2::Digest as _;
                use std::io::Write as _;
                packer.write_all(chunk)?;
                hasher.update(chunk);
                *size += chunk.len() as u64;
            }
        }
        Ok(())
    }

    /// The body, the hash of its plain bytes, and their number where it is packed.
    fn end(self) -> std::io::Result<(Vec<u8>, Sha256, Option<u64>)> {
        match self {
            Self::Plain(body) => {
                let sha256 = Sha256::of(&body);
                Ok((body, sha256, None))
            }
            Self::Packed {
                packer,
                hasher,
                size,
            } => Ok((packer.finish()?, Sha256::after(hasher), Some(size))),
        }
    }
}

fn cannot_be_packed(error: &std::io::Error) -> Fault {
    Fault::new(
        FaultCode::BrokenBody,
        format!("The answer could not be held: {error}. The next visit tries again."),
    )
}

/// Reads where a redirect leads; its host is checked when its turn comes.
fn redirect(url: &WebAddress, response: &Response) -> Step {
    let status = response.status();
    let Some(location) = response.headers().get(LOCATION) else {
        return Step::Answer(failed(
            Some(status),
            Fault::new(
                FaultCode::Redirects,
                format!("{} redirects without saying where to.", url.host()),
            ),
        ));
    };
    match url.join(&String::from_utf8_lossy(location.as_bytes())) {
        Ok(to) => Step::Redirect {
            to,
            permanent: matches!(status.as_u16(), 301 | 308),
        },
        Err(error @ (InvalidAddress::Scheme { .. } | InvalidAddress::Credentials)) => {
            Step::Answer(refused(format!(
                "{} redirects to an address that is not visited: {error}.",
                url.host()
            )))
        }
        Err(error) => Step::Answer(failed(
            Some(status),
            Fault::new(
                FaultCode::Redirects,
                format!("{} redirects to nowhere: {error}.", url.host()),
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_visit_is_granted_for_large_bodies_not_for_slow_ones() {
        let seconds = Duration::from_secs;
        // An ordinary visit: its deadline, whatever comes.
        assert_eq!(body_allowance(seconds(30), 0), seconds(30));
        assert_eq!(body_allowance(seconds(30), 1 << 30), seconds(30));
        // A catalogue with ten minutes: half a minute, and more as bytes come.
        assert_eq!(body_allowance(seconds(600), 0), seconds(30));
        assert_eq!(body_allowance(seconds(600), SLOWEST * 100), seconds(130));
        assert_eq!(body_allowance(seconds(600), 1 << 40), seconds(600));
    }
}
