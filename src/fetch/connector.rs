//! The one HTTP client: every byte that `fetch` sends leaves through it, and no connection is
//! made to an address that the guard has not passed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::Error;
use super::certificates;
use super::guard::{Guard, Refusal, this_machine};
use crate::domain::address::WebAddress;

/// The longest wait for a connection (promises: F6).
const CONNECT: Duration = Duration::from_secs(10);

/// How long a connection is kept for the next request to the same host.
const IDLE: Duration = Duration::from_secs(30);

/// Resolves names and passes on only the addresses that may be visited. What it returns is what
/// is connected to: a second, different answer of the resolver has no chance to be used.
struct GuardedResolver {
    guard: Guard,
    /// The operator's own proxy, which is reached wherever it stands.
    proxy_host: Option<String>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let guard = self.guard.clone();
        let is_proxy = self.proxy_host.as_deref() == Some(name.as_str());
        Box::pin(async move {
            let found: Vec<SocketAddr> = match this_machine(&host) {
                Some(address) => vec![SocketAddr::new(address, 0)],
                None => tokio::net::lookup_host((host.as_str(), 0)).await?.collect(),
            };
            let mut passed = Vec::with_capacity(found.len());
            let mut refusal: Option<Refusal> = None;
            for address in found {
                match guard.check(&host, address.ip()) {
                    Ok(()) => passed.push(address),
                    Err(_) if is_proxy => passed.push(address),
                    Err(why) => refusal = refusal.or(Some(why)),
                }
            }
            match refusal {
                Some(why) if passed.is_empty() => Err(why.into()),
                _ => Ok(Box::new(passed.into_iter()) as Addrs),
            }
        })
    }
}

/// How long this machine's own resolver is asked about a name that the proxy will resolve.
const OWN_ANSWER: Duration = Duration::from_secs(2);

/// Refuses a name that this machine resolves to an address that may not be visited, although a
/// proxy will resolve it: whatever the proxy does, that host was named to reach a private one. A
/// name that nobody here can resolve passes; many a company has its names at the proxy alone.
pub(super) async fn check_name(guard: &Guard, url: &WebAddress) -> Result<(), Refusal> {
    let Some(url::Host::Domain(name)) = url.as_url().host() else {
        return Ok(());
    };
    let asked = tokio::time::timeout(OWN_ANSWER, tokio::net::lookup_host((name, 0)));
    let Ok(Ok(found)) = asked.await else {
        return Ok(());
    };
    for address in found {
        guard.check(name, address.ip())?;
    }
    Ok(())
}

/// Whether a text is the address of a proxy. What is wrong never repeats it: it may hold a password.
///
/// # Errors
/// With what is wrong.
pub fn is_proxy(text: &str) -> Result<(), &'static str> {
    match url::Url::parse(text.trim()) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => Err(
            "a proxy is named by http:// or https://, for example \"http://proxy.example.org:3128\"",
        ),
        Ok(url) if url.host().is_some() => Ok(()),
        _ => Err("this is no proxy's address: write for example \"http://proxy.example.org:3128\""),
    }
}

/// Builds the client. Redirects are not followed by it: `visit` follows them itself, so that
/// each hop is checked, waits its host's turn, and carries no header that was meant for another.
pub(super) fn client(guard: Guard, proxy: Option<&str>) -> Result<reqwest::Client, Error> {
    // Without a provider the client cannot be built; a second installation is refused and means
    // that somebody else was quicker with the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let proxy = proxy
        .map(|text| {
            let wrong = |why: String| Error::Proxy { why };
            let url = url::Url::parse(text).map_err(|error| wrong(error.to_string()))?;
            if !matches!(url.scheme(), "http" | "https") {
                return Err(wrong(format!("`{}:` is no http(s) proxy", url.scheme())));
            }
            let host = url.host_str().map(str::to_owned);
            let proxy = reqwest::Proxy::all(url).map_err(|error| wrong(error.to_string()))?;
            Ok((proxy, host))
        })
        .transpose()?;
    let resolver = Arc::new(GuardedResolver {
        guard,
        proxy_host: proxy.as_ref().and_then(|(_, host)| host.clone()),
    });
    let builder = reqwest::Client::builder()
        // Neither a proxy nor anything else is taken from the environment.
        .no_proxy()
        .tls_backend_preconfigured(certificates::settings()?)
        .dns_resolver(resolver)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        // What a look at one's own site tells of its certificate.
        .tls_info(true)
        .connect_timeout(CONNECT)
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(IDLE)
        .tcp_nodelay(true)
        .http1_ignore_invalid_headers_in_responses(true)
        .http2_max_header_list_size(64 << 10);
    match proxy {
        Some((proxy, _)) => builder.proxy(proxy),
        None => builder,
    }
    .build()
    .map_err(Error::Client)
}

#[cfg(test)]
mod tests {
    use super::super::faults;
    use super::*;
    use crate::domain::document::FaultCode;

    fn resolver(allow: &[&str], proxy_host: Option<&str>) -> GuardedResolver {
        GuardedResolver {
            guard: Guard::new(allow.iter().map(|r| r.parse().unwrap()).collect(), false),
            proxy_host: proxy_host.map(str::to_owned),
        }
    }

    async fn addresses(resolver: &GuardedResolver, name: &str) -> Result<Vec<String>, String> {
        match resolver.resolve(name.parse().unwrap()).await {
            Ok(found) => Ok(found.map(|address| address.ip().to_string()).collect()),
            Err(error) => {
                assert!(error.is::<Refusal>(), "{error}");
                Err(error.to_string())
            }
        }
    }

    #[tokio::test]
    async fn a_name_resolves_to_what_may_be_visited_only() {
        let own = resolver(&["127.0.0.0/8"], None);
        for name in ["localhost", "a.b.localhost", "LOCALHOST."] {
            assert_eq!(addresses(&own, name).await.unwrap(), ["127.0.0.1"]);
            assert!(addresses(&resolver(&[], None), name).await.is_err());
        }
        // Literals are resolved without asking anybody, should they ever come this way.
        let strict = resolver(&[], None);
        assert!(addresses(&strict, "10.0.0.1").await.is_err());
        assert!(addresses(&strict, "::1").await.is_err());
        assert_eq!(addresses(&strict, "8.8.8.8").await.unwrap(), ["8.8.8.8"]);
        let behind = resolver(&[], Some("10.0.0.1"));
        assert_eq!(addresses(&behind, "10.0.0.1").await.unwrap(), ["10.0.0.1"]);
        assert!(addresses(&behind, "10.0.0.2").await.is_err());
    }

    #[tokio::test]
    async fn a_refused_name_is_named_as_refused_by_the_client() {
        let client = client(Guard::new(Vec::new(), false), None).unwrap();
        let error = client
            .get("http://a.localhost:9/")
            .send()
            .await
            .unwrap_err();
        let fault = faults::of(&error, "a.localhost");
        assert_eq!(fault.code, FaultCode::AddressRefused, "{fault:?}");
        assert!(fault.detail.contains("`allow`"), "{fault:?}");
    }
}
