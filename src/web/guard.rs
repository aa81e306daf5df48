//! Who may ask, and how often: names of this host, proxies that are believed, limits, tokens.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::domain::api_token::ApiToken;
use crate::vitals::{Asked, Vitals};

/// Visitors whose pace is remembered before those that paused are forgotten.
const VISITORS: usize = 20_000;

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Whether an address is a proxy that is believed.
pub type Trusted = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// What guards a site.
pub struct Guard {
    /// Names of the host beside its own address's and loopback.
    hosts: Vec<String>,
    trusted: Trusted,
    limit: Option<DefaultKeyedRateLimiter<IpAddr>>,
    /// Tokens that open what is not public.
    pub(super) tokens: Vec<ApiToken>,
    /// Whether the site's own address is of https.
    secure: bool,
    /// Signs of life of the process.
    pub(super) vitals: Vitals,
}

impl Guard {
    /// A guard of a site under an address; no proxy is believed, nothing limited.
    pub fn new(base_url: &str) -> Self {
        let url = url::Url::parse(base_url).ok();
        let host = url
            .as_ref()
            .and_then(|url| url.host_str())
            .map(str::to_lowercase);
        Self {
            secure: url.is_some_and(|url| url.scheme() == "https"),
            hosts: host.into_iter().collect(),
            trusted: Arc::new(|_| false),
            limit: None,
            tokens: Vec::new(),
            vitals: Vitals::of_nobody(),
        }
    }

    /// The signs of life that requests are noted in, and that `/healthz` is answered from.
    #[must_use]
    pub fn with_vitals(mut self, vitals: Vitals) -> Self {
        self.vitals = vitals;
        self
    }

    /// More names under which it is asked.
    #[must_use]
    pub fn with_hosts(mut self, hosts: impl IntoIterator<Item = String>) -> Self {
        self.hosts
            .extend(hosts.into_iter().map(|host| host.to_lowercase()));
        self
    }

    /// Proxies whose word on who asks is believed.
    #[must_use]
    pub fn with_proxies(mut self, trusted: Trusted) -> Self {
        self.trusted = trusted;
        self
    }

    /// Requests a second of one visitor, five seconds' worth of them at once; 0 is no limit.
    #[must_use]
    pub fn with_rate(mut self, a_second: u32) -> Self {
        self.limit = NonZeroU32::new(a_second).map(|rate| {
            let burst = rate.saturating_mul(NonZeroU32::MIN.saturating_add(4));
            governor::RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst))
        });
        self
    }

    /// Tokens that open what is not public.
    #[must_use]
    pub fn with_tokens(mut self, tokens: Vec<ApiToken>) -> Self {
        self.tokens = tokens;
        self
    }

    /// Whether this host goes by the name in a request (contract: W7). One without a name cannot
    /// be confused for another.
    fn answers_to(&self, headers: &HeaderMap, authority: Option<&str>) -> bool {
        let Some(named) = headers
            .get(header::HOST)
            .map(|host| host.to_str().unwrap_or("?"))
            .or(authority)
        else {
            return true;
        };
        let host = match named.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => {
                host
            }
            _ => named,
        };
        let host = host.trim_end_matches('.').to_lowercase();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
            || host == "localhost"
            || host.ends_with(".localhost")
            || self.hosts.contains(&host)
    }

    /// Who asks: the other end, or whom a believed proxy names.
    fn visitor(&self, peer: Option<Peer>, headers: &HeaderMap) -> Option<IpAddr> {
        let mut visitor = peer?.0.ip().to_canonical();
        let forwarded = headers
            .get_all("x-forwarded-for")
            .iter()
            .rev()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.rsplit(','));
        for named in forwarded {
            // Each proxy writes whom it heard from; beyond one that is not believed all is hearsay.
            if !(self.trusted)(visitor) {
                break;
            }
            match named.trim().parse::<IpAddr>() {
                Ok(ip) => visitor = ip.to_canonical(),
                Err(_) => break,
            }
        }
        Some(match visitor {
            // A line of IPv6 is a whole net.
            IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() & !(u128::MAX >> 64)).into(),
            ip => ip,
        })
    }

    /// The seconds that a visitor must wait, where it must.
    fn wait(&self, visitor: Option<IpAddr>) -> Option<u64> {
        let limit = self.limit.as_ref()?;
        if limit.len() > VISITORS {
            limit.retain_recent();
        }
        let refused = limit.check_key(&visitor?).err()?;
        let wait = refused.wait_time_from(DefaultClock::default().now());
        Some(wait.as_secs().saturating_add(1))
    }
}

/// Headers on every answer, errors included (contract: W1), and who is not answered.
pub(super) async fn guarded(
    State(guard): State<Arc<Guard>>,
    mut request: Request,
    next: Next,
) -> Response {
    let begun = std::time::Instant::now();
    let asked = Asked::of(request.uri().path());
    let peer = request.extensions().get::<Peer>().copied();
    let visitor = guard.visitor(peer, request.headers());
    let authority = request.uri().authority().map(ToString::to_string);
    let for_programs = request.uri().path().starts_with("/api/");
    let with_token = request.headers().contains_key(header::AUTHORIZATION)
        || request.headers().contains_key(header::COOKIE);
    // Whoever watches over this process asks by whatever name; the answer names nothing.
    let watched = matches!(request.uri().path(), "/healthz" | "/readyz");
    let mut response = if !watched && !guard.answers_to(request.headers(), authority.as_deref()) {
        refused(
            StatusCode::MISDIRECTED_REQUEST,
            "This host does not go by that name. Its operator may add it to `hosts` under [web].",
        )
    } else if let Some(wait) = guard.wait(visitor).filter(|_| !watched) {
        let mut response = refused(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many requests. Wait as long as Retry-After says.",
        );
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(wait));
        response
    } else {
        request.extensions_mut().insert(Arc::clone(&guard));
        if let Some(visitor) = visitor {
            request.extensions_mut().insert(super::Visitor(visitor));
        }
        next.run(request).await
    };
    let status = response.status();
    let told = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == super::api::PROBLEM);
    if for_programs && !told && (status.is_client_error() || status.is_server_error()) {
        let kept = response.headers().get(header::RETRY_AFTER).cloned();
        response = super::api::problem(status, status.canonical_reason().unwrap_or("error"));
        if let Some(wait) = kept {
            response.headers_mut().insert(header::RETRY_AFTER, wait);
        }
    }
    let headers = response.headers_mut();
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=()",
        ),
    ] {
        if !headers.contains_key(name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if guard.secure {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    // What was told to one is for nobody else, and an error for nobody later.
    if with_token || !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    guard
        .vitals
        .answered(asked, status.as_u16(), begun.elapsed());
    response
}

fn refused(status: StatusCode, what: &'static str) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        what,
    )
        .into_response()
}
