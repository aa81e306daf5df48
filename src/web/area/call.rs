//! What is asked before a route of the area is answered: who it is, whether the request comes from a
//! page of ours, and whether they may (promises: W2, W3, W10).

use std::net::{IpAddr, Ipv4Addr};

use axum::body::to_bytes;
use axum::extract::{RawPathParams, Request};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use rand::Rng as _;

use super::{Access, Doing, Door};
use crate::domain::audit::Act;
use crate::domain::operator::{LASTS, Operator, Role, Session};
use crate::domain::signup;
use crate::domain::token::{hex, stored};
use crate::render::{AreaFrame, AreaPage, FacetLink, Named};
use crate::store::Deed;
use crate::text::without_controls;
use crate::web::private::{Fields, own};
use crate::web::{Site, Trouble, Visitor};

/// The cookie's name where only https may carry it; a browser then takes it from this host alone.
const SECURE: &str = "__Host-regwire";
/// Its name on loopback without https, where browsers take no such cookie.
const PLAIN: &str = "regwire";
/// The longest request that changes something.
const MOST_BYTES: usize = 64 << 10;

/// The area's pages, what each is called, and who sees it in the list of pages.
const TABS: [(&str, &str, Role); 12] = [
    ("/operate", "Overview", Role::Reader),
    ("/operate/sources", "Sources", Role::Reader),
    ("/operate/updates", "Updates", Role::Reader),
    ("/operate/digests", "Digests", Role::Reader),
    ("/operate/outbox", "Outbox", Role::Operator),
    ("/operate/decisions", "Decisions", Role::Reader),
    ("/operate/subscribers", "Subscribers", Role::Operator),
    ("/operate/teams", "Teams", Role::Reader),
    ("/operate/tokens", "Tokens", Role::Operator),
    ("/operate/operators", "Operators", Role::Operator),
    ("/operate/audit", "Audit log", Role::Reader),
    ("/operate/account", "Your account", Role::Reader),
];

/// A request that may be answered.
pub(super) struct Call {
    pub site: Site,
    pub now: DateTime<Utc>,
    /// Over what it came.
    pub line: Line,
    /// Who is logged in, and by which session; somebody on every route that is not open.
    pub who: Option<(Session, Operator)>,
    /// What the browser holds.
    pub cookie: String,
    /// The path.
    pub path: String,
    parameters: Vec<(String, String)>,
    /// What stands behind the path.
    pub query: Fields,
    /// What a form sent.
    pub fields: Fields,
    /// From where, as the audit log tells it.
    pub from: String,
    /// From which network, as tries are counted.
    pub net: String,
    /// What the browser calls itself.
    pub browser: String,
}

/// Random bytes as text.
pub(super) fn random<const N: usize>() -> String {
    let mut bytes = [0_u8; N];
    rand::rng().fill_bytes(&mut bytes);
    hex(&bytes)
}

/// What forms of this browser carry: another each time it is asked for, so that no page's length
/// tells it.
fn csrf(cookie: &str) -> String {
    let nonce = random::<8>();
    format!("{nonce}.{}", csrf_hash(&nonce, cookie))
}

fn csrf_hash(nonce: &str, cookie: &str) -> String {
    stored(&format!("form {nonce} {cookie}"))
}

fn is_own_form(cookie: &str, shown: &str) -> bool {
    // Hashes are compared: how far one fits tells nothing of the next.
    shown.split_once('.').is_some_and(|(nonce, hash)| {
        !cookie.is_empty() && stored(hash) == stored(&csrf_hash(nonce, cookie))
    })
}

/// Why nobody logs in over a line that others can read.
pub(super) const IN_CLEAR: &str = "This came by http, over a network or by a name that may be one. Passwords are sent over https or on the machine itself only: put https in front of this site, and set base_url to that address.";

/// Over what a request came, so that a password may be sent or not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// https.
    Secure,
    /// http on this machine, by the site's own address and by the one that was asked.
    Loopback,
    /// http over a network: nobody can log in.
    Open,
}

fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// The line that a request came by. `asked` is the host that the request names.
fn line(base_url: &str, asked: Option<&str>) -> Line {
    let Ok(own) = url::Url::parse(base_url) else {
        return Line::Open;
    };
    let asked = asked.and_then(|host| url::Url::parse(&format!("http://{host}/")).ok());
    if own.scheme() == "https" {
        Line::Secure
    } else if is_loopback(&own) && asked.is_some_and(|asked| is_loopback(&asked)) {
        Line::Loopback
    } else {
        Line::Open
    }
}

fn cookie_name(site: &Site) -> &'static str {
    // https, or http over a network, where browsers keep no such cookie and nobody logs in.
    let own = url::Url::parse(site.renderer.base_url());
    if own.is_ok_and(|own| own.scheme() != "https" && is_loopback(&own)) {
        PLAIN
    } else {
        SECURE
    }
}

fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.to_owned())
        .filter(|value| value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Gives the browser something to hold; for how long, where it is a log-in.
pub(super) fn hold(site: &Site, mut response: Response, value: &str, lasts: bool) -> Response {
    let name = cookie_name(site);
    let secure = if name == SECURE { "; Secure" } else { "" };
    let age = if lasts {
        format!("; Max-Age={}", LASTS.num_seconds())
    } else {
        String::new()
    };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Whether a browser says that a page of another site, or of another origin, sent this.
fn is_from_elsewhere(site: &Site, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return true;
    }
    let Some(origin) = text("origin") else {
        return false;
    };
    let authority = |text: &str| {
        url::Url::parse(text).ok().and_then(|url| {
            let host = url.host_str()?.to_lowercase();
            Some(match url.port() {
                Some(port) => format!("{host}:{port}"),
                None => host,
            })
        })
    };
    let Some(from) = authority(origin) else {
        return true;
    };
    let own = authority(site.renderer.base_url());
    let asked = text("host").map(str::to_lowercase);
    own.as_deref() != Some(from.as_str()) && asked.as_deref() != Some(from.as_str())
}

/// Where somebody may be led after logging in: within the area, and nowhere else (promises: W4).
pub(super) fn within(next: &str) -> &str {
    let plain = next.bytes().all(|b| {
        b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'?' | b'=' | b'&' | b'+')
    });
    let rest = next.strip_prefix("/operate");
    let inside =
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with('?'));
    if plain && inside && !next.contains("//") && !next.starts_with("/operate/log") {
        next
    } else {
        "/operate"
    }
}

/// Leads on; the method becomes `GET`.
pub(super) fn led(site: &Site, path: &str) -> Response {
    let address = format!("{}{path}", site.renderer.base_path());
    match HeaderValue::from_str(&address) {
        Ok(address) => (
            StatusCode::SEE_OTHER,
            [
                (header::LOCATION, address),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ],
        )
            .into_response(),
        // Our own paths are headers; one that is none leads to the beginning.
        Err(_) => axum::response::Redirect::to("/operate").into_response(),
    }
}

fn refusal(site: &Site, status: StatusCode, title: &str, text: &str) -> Result<Response, Trouble> {
    own(
        site,
        status,
        &AreaPage {
            title: title.to_owned(),
            problem: Some(text.to_owned()),
            above: Some(Named {
                name: "Overview".to_owned(),
                href: "/operate".to_owned(),
            }),
            ..AreaPage::default()
        },
    )
}

/// Answers a request to a route, or says why not.
pub(super) async fn answered(
    site: Site,
    door: &Door,
    parameters: &RawPathParams,
    request: Request,
    doing: &Doing,
) -> Response {
    let parameters = parameters
        .iter()
        .map(|(name, value)| (name.to_owned(), without_controls(value)))
        .collect();
    match admitted(&site, door, parameters, request, doing).await {
        Ok(response) => response,
        Err(trouble) => site.tell(trouble),
    }
}

async fn admitted(
    site: &Site,
    door: &Door,
    parameters: Vec<(String, String)>,
    request: Request,
    doing: &Doing,
) -> Result<Response, Trouble> {
    let now = site.clock.now();
    let changes = door.method == Method::POST;
    let (parts, body) = request.into_parts();
    if changes && is_from_elsewhere(site, &parts.headers) {
        return refusal(
            site,
            StatusCode::FORBIDDEN,
            "Sent from another site",
            "This was sent by a page of another site, and nothing was changed. Open the page here and press its button.",
        );
    }
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or(parts
            .uri
            .authority()
            .map(axum::http::uri::Authority::as_str));
    let line = line(site.renderer.base_url(), host);
    if changes && line == Line::Open {
        return refusal(
            site,
            StatusCode::FORBIDDEN,
            "Nobody can log in here",
            IN_CLEAR,
        );
    }
    let held = cookie_of(&parts.headers, cookie_name(site));
    let who = match &held {
        Some(_) if line == Line::Open => None,
        Some(cookie) => site.store.session(&stored(cookie), now).await?,
        None => None,
    };
    if let Access::Role(role) = door.access {
        let Some((_, operator)) = &who else {
            if changes {
                return refusal(
                    site,
                    StatusCode::UNAUTHORIZED,
                    "You are not logged in",
                    "Your session has ended, and nothing was changed. Log in, and do it again.",
                );
            }
            let here = parts.uri.path_and_query().map_or("", |path| path.as_str());
            return Ok(match within(here) {
                "/operate" => led(site, "/operate/login"),
                next => {
                    let next: String =
                        url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
                    led(site, &format!("/operate/login?next={next}"))
                }
            });
        };
        if operator.role < role {
            return refusal(
                site,
                StatusCode::FORBIDDEN,
                "This is for operators",
                "Your role lets you read. An operator can change that under Operators.",
            );
        }
    }
    let fields = if changes {
        let body = to_bytes(body, MOST_BYTES).await.unwrap_or_default();
        Fields::of(&body)
    } else {
        Fields::default()
    };
    if changes && !is_own_form(held.as_deref().unwrap_or_default(), fields.one("csrf")) {
        return refusal(
            site,
            StatusCode::FORBIDDEN,
            "This form is out of date",
            "It was made for another session, and nothing was changed. Open the page again and press its button.",
        );
    }
    let given = held.is_none();
    let cookie = held.unwrap_or_else(random::<32>);
    let visitor = parts
        .extensions
        .get::<Visitor>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |visitor| visitor.0);
    let browser = parts
        .headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let call = Call {
        site: site.clone(),
        now,
        line,
        who,
        cookie: cookie.clone(),
        path: parts.uri.path().to_owned(),
        parameters,
        query: Fields::of(parts.uri.query().unwrap_or("").as_bytes()),
        fields,
        from: visitor.to_string(),
        net: signup::net(visitor),
        browser: browser.chars().take(160).collect(),
    };
    let response = doing(call).await?;
    // Whoever comes to log in is given something that the form is bound to.
    let set = response.headers().contains_key(header::SET_COOKIE);
    Ok(if given && !set && door.access == Access::Open {
        hold(site, response, &cookie, false)
    } else {
        response
    })
}

impl Call {
    /// A part of the path.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// Who is logged in.
    pub fn operator(&self) -> Result<&Operator, Trouble> {
        // Routes that are not open have somebody; one that is open and asks has nobody to show.
        self.who
            .as_ref()
            .map(|(_, operator)| operator)
            .ok_or(Trouble::Missing)
    }

    /// Whether whoever is logged in may change things.
    pub fn may_change(&self) -> bool {
        self.who
            .as_ref()
            .is_some_and(|(_, operator)| operator.role == Role::Operator)
    }

    /// What is around a page.
    pub fn frame(&self) -> AreaFrame {
        let operator = self.who.as_ref().map(|(_, operator)| operator);
        let here = TABS
            .iter()
            .map(|(href, _, _)| *href)
            .filter(|href| self.path == *href || self.path.starts_with(&format!("{href}/")))
            .max_by_key(|href| href.len());
        AreaFrame {
            who: operator.map(|operator| operator.name.clone()),
            csrf: csrf(&self.cookie),
            tabs: operator.map_or_else(Vec::new, |operator| {
                TABS.iter()
                    .filter(|(_, _, role)| operator.role >= *role)
                    .map(|(href, name, _)| FacetLink {
                        name: (*name).to_owned(),
                        count: 0,
                        href: (*href).to_owned(),
                        chosen: here == Some(href),
                    })
                    .collect()
            }),
        }
    }

    /// A page of the area to be filled, with what was just done.
    pub fn page(&self, title: &str, lead: &str) -> AreaPage {
        AreaPage {
            frame: self.frame(),
            title: title.to_owned(),
            lead: lead.to_owned(),
            done: done(self.query.one("done")).map(str::to_owned),
            ..AreaPage::default()
        }
    }

    /// Shows a page.
    pub fn show(&self, page: &AreaPage) -> Result<Response, Trouble> {
        own(&self.site, StatusCode::OK, page)
    }

    /// Shows a page that says what is wrong with what was sent.
    pub fn wrong(
        &self,
        mut page: AreaPage,
        problem: impl Into<String>,
    ) -> Result<Response, Trouble> {
        page.problem = Some(problem.into());
        page.done = None;
        own(&self.site, StatusCode::UNPROCESSABLE_ENTITY, &page)
    }

    /// An act of whoever is logged in.
    pub fn act(&self, act: &'static str) -> Act {
        Act {
            at: self.now,
            who: self
                .who
                .as_ref()
                .map_or_else(String::new, |(_, operator)| operator.name.clone()),
            from: self.from.clone(),
            act,
            subject: String::new(),
            before: String::new(),
            after: String::new(),
        }
    }

    /// Does something and writes its line of the audit log: the one way to change anything from here.
    /// None when there was nothing to do it to.
    pub async fn does(&self, act: Act, deed: Deed) -> Result<Option<i64>, Trouble> {
        Ok(self.site.store.perform(&act, &deed).await?)
    }

    /// Does something and leads to a page that says so by its word in [`done`].
    pub async fn does_and_leads(
        &self,
        act: Act,
        deed: Deed,
        path: &str,
        word: &str,
    ) -> Result<Response, Trouble> {
        let word = match self.does(act, deed).await? {
            Some(_) => word,
            None => "nothing",
        };
        let sign = if path.contains('?') { '&' } else { '?' };
        Ok(led(&self.site, &format!("{path}{sign}done={word}")))
    }

    /// Asks the worker for something.
    pub async fn asks(
        &self,
        act: Act,
        kind: &str,
        argument: serde_json::Value,
        path: &str,
    ) -> Result<Response, Trouble> {
        let deed = Deed::Ask {
            kind: kind.to_owned(),
            argument,
        };
        self.does_and_leads(act, deed, path, "asked").await
    }
}

/// What is said of what was just done. Only words of this list are shown, whatever an address says.
fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "asked" => {
            "Asked. The worker does it in its next round, within seconds; the overview tells how it went."
        }
        "paused" => "Paused: no mail and no alert goes out.",
        "replayed" => "It is in the queue again, under the same identifier.",
        "erased" => "Erased. A keyed hash is left, so that no mail comes by mistake.",
        "ended" => "Ended: the token opens nothing any more.",
        "disabled" => "Disabled. Their sessions and links ended at once.",
        "enabled" => "Enabled. They can log in again.",
        "role" => "The role was changed, and their sessions ended.",
        "link" => {
            "Your password is set. Log in with it, and with a code of your authenticator or a recovery code."
        }
        "password" => "Your password was changed, and every other session ended.",
        "code-off" => "The second factor is off, and every other session ended.",
        "nothing" => "Nothing was changed: it was done already, or is not there any more.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_sent_over_https_and_on_the_machine_itself() {
        for (base_url, asked, expected) in [
            (
                "https://news.example.org",
                Some("news.example.org"),
                Line::Secure,
            ),
            ("https://news.example.org", None, Line::Secure),
            (
                "http://127.0.0.1:8080",
                Some("127.0.0.1:8080"),
                Line::Loopback,
            ),
            (
                "http://127.0.0.1:8080",
                Some("localhost:8080"),
                Line::Loopback,
            ),
            ("http://localhost", Some("127.9.9.9"), Line::Loopback),
            ("http://[::1]:8080", Some("[::1]:8080"), Line::Loopback),
            ("http://127.0.0.1:8080", Some("192.0.2.1:8080"), Line::Open),
            (
                "http://127.0.0.1:8080",
                Some("news.example.org"),
                Line::Open,
            ),
            (
                "http://localhost",
                Some("localhost.example.org"),
                Line::Open,
            ),
            ("http://localhost", Some("a@192.0.2.1"), Line::Open),
            ("http://localhost", None, Line::Open),
            ("http://news.example.org", Some("127.0.0.1"), Line::Open),
            (
                "http://news.example.org",
                Some("news.example.org"),
                Line::Open,
            ),
        ] {
            assert!(line(base_url, asked) == expected, "{base_url} {asked:?}");
        }
    }
}
