//! The operators' area from outside, as browsers meet it.

mod access;
mod doors;
mod proofs;
mod sessions;
mod work;

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use chrono::TimeDelta;
use regwire::daemon::House;
use regwire::domain::audit::Act;
use regwire::domain::operator::{Operator, OperatorLink, Role};
use regwire::domain::token::stored;
use regwire::store::Deed;
use regwire::web::{Guard, Peer};
use tower::ServiceExt as _;

use crate::site::Answer;

pub const HOST: &str = "updates.example.org";
pub const PASSWORD: &str = "correct horse battery";

/// A browser of somebody: it holds a cookie, and comes from somewhere.
pub struct Browser {
    pub router: Router,
    pub cookie: Option<String>,
    pub from: String,
}

impl Browser {
    pub fn new(house: &House, from: &str) -> Self {
        Self {
            router: crate::site::router(house, Guard::new(&format!("https://{HOST}"))),
            cookie: None,
            from: from.to_owned(),
        }
    }

    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", HOST)
            .header("user-agent", "A test's browser");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", format!("a=b; __Host-regwire={cookie}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        let peer: SocketAddr = format!("{}:1000", self.from).parse().unwrap();
        request.extensions_mut().insert(Peer(peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 22).await.unwrap();
        let answer = Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: String::from_utf8(bytes.to_vec()).unwrap(),
        };
        if let Some(set) = answer.headers.get("set-cookie") {
            let set = set.to_str().unwrap();
            let (value, kind) = set
                .strip_prefix("__Host-regwire=")
                .unwrap()
                .split_once(';')
                .unwrap();
            for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
                assert!(kind.contains(part), "{set}");
            }
            assert!(!kind.contains("Domain"), "{set}");
            self.cookie = Some(value.to_owned());
        }
        if path.starts_with("/operate") {
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
        answer
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], "").await
    }

    /// What a form of a page carries.
    pub async fn csrf(&mut self, path: &str) -> String {
        let page = self.get(path).await;
        csrf_of(&page.body).unwrap_or_else(|| panic!("no form on {path}: {}", page.body))
    }

    /// Presses a button of a page.
    pub async fn press(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf(page).await;
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", &csrf);
        form.extend_pairs(fields);
        let own = [
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://updates.example.org"),
        ];
        self.send(Method::POST, action, &own, &form.finish()).await
    }

    pub async fn log_in(&mut self, name: &str, password: &str, code: &str) -> Answer {
        self.press(
            "/operate/login",
            "/operate/login",
            &[("name", name), ("password", password), ("code", code)],
        )
        .await
    }

    /// Whether this browser is logged in.
    pub async fn is_in(&mut self) -> bool {
        self.get("/operate/account").await.status == 200
    }
}

pub fn csrf_of(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"")?;
    Some(rest.split_once('"')?.0.to_owned())
}

pub fn act(house: &House, word: &'static str) -> Act {
    Act {
        at: house.clock.now(),
        who: "the test".to_owned(),
        from: "nowhere".to_owned(),
        act: word,
        subject: String::new(),
        before: String::new(),
        after: String::new(),
    }
}

/// A one-time link for somebody: its path.
pub async fn link(house: &House, name: &str, role: Role) -> String {
    let operator = Operator::invited(name, role, house.clock.now()).unwrap();
    let token = format!("{:0<32}", operator.id.as_str().replace('-', ""));
    let link = OperatorLink {
        hash: stored(&token),
        operator: Some(operator.id.clone()),
        expires_at: house.clock.now() + TimeDelta::hours(24),
    };
    let deed = Deed::Invite {
        operator,
        link,
        without_second_factor: false,
    };
    let act = act(house, "operator-invited");
    house.store.perform(&act, &deed).await.unwrap().unwrap();
    format!("/operate/link/{token}")
}

/// Somebody who has used their link, in a browser that is logged in.
pub async fn somebody(house: &House, name: &str, role: Role, from: &str) -> Browser {
    let link = link(house, name, role).await;
    let mut browser = Browser::new(house, from);
    let answer = browser
        .press(&link, &link, &[("password", PASSWORD), ("again", PASSWORD)])
        .await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(browser.is_in().await);
    browser
}
