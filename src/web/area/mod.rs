//! The operators' area, under `/operate`.
//!
//! It knows who may see and change what, and shows what the store holds. Every change goes through
//! [`Call::does`], which writes the audit log's line with it. It deliberately fetches nothing, sends
//! nothing and waits for nobody: what the worker must do is left as a request in the store.
//!
//! All its routes stand in one table with what each asks for; there is no other way to add one, and
//! tests walk the same table.

mod access;
mod account;
mod audit;
mod call;
mod digests;
mod login;
mod outbox;
mod overview;
mod people;
mod sources;
mod updates;

use std::sync::Arc;

use axum::extract::{RawPathParams, Request, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use self::call::{Call, answered};
use super::{Site, Trouble};
use crate::domain::operator::Role;

/// What a route asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing: logging in.
    Open,
    /// Somebody who is logged in and has this role, or one that may do more.
    Role(Role),
}

/// A route of the area.
#[derive(Clone, Debug)]
pub struct Door {
    /// Its path.
    pub path: &'static str,
    /// `GET` shows, `POST` changes.
    pub method: Method,
    /// What it asks for.
    pub access: Access,
}

type Doing = Arc<dyn Fn(Call) -> BoxFuture<'static, Result<Response, Trouble>> + Send + Sync>;

struct Entry {
    door: Door,
    methods: MethodRouter<Site>,
}

/// A route with everything that is asked before it is answered.
fn entry<F, Fut>(method: Method, path: &'static str, access: Access, doing: F) -> Entry
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response, Trouble>> + Send + 'static,
{
    let door = Door {
        path,
        method,
        access,
    };
    let filter = if door.method == Method::POST {
        MethodFilter::POST
    } else {
        MethodFilter::GET
    };
    let doing: Doing = Arc::new(move |call| doing(call).boxed());
    let asked = door.clone();
    let methods = MethodRouter::new().on(
        filter,
        move |State(site): State<Site>, parameters: RawPathParams, request: Request| {
            let (door, doing) = (asked.clone(), Arc::clone(&doing));
            async move { answered(site, &door, &parameters, request, &doing).await }
        },
    );
    Entry { door, methods }
}

/// The table.
fn table() -> Vec<Entry> {
    const OPEN: Access = Access::Open;
    const READER: Access = Access::Role(Role::Reader);
    const OPERATOR: Access = Access::Role(Role::Operator);
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    vec![
        entry(GET, "/operate/login", OPEN, login::page),
        entry(POST, "/operate/login", OPEN, login::log_in),
        entry(GET, "/operate/link/{token}", OPEN, login::link_page),
        entry(POST, "/operate/link/{token}", OPEN, login::use_link),
        entry(POST, "/operate/logout", READER, login::log_out),
        entry(GET, "/operate", READER, overview::page),
        entry(POST, "/operate/pause", OPERATOR, overview::pause),
        entry(POST, "/operate/resume", OPERATOR, overview::resume),
        entry(GET, "/operate/account", READER, account::page),
        entry(POST, "/operate/account/password", READER, account::password),
        entry(GET, "/operate/account/code", READER, account::code_page),
        entry(POST, "/operate/account/code", READER, account::set_code),
        entry(POST, "/operate/account/code/end", READER, account::end_code),
        entry(
            POST,
            "/operate/account/everywhere",
            READER,
            account::everywhere,
        ),
        entry(GET, "/operate/sources", READER, sources::page),
        entry(
            POST,
            "/operate/sources/{id}/fetch",
            OPERATOR,
            sources::fetch,
        ),
        entry(GET, "/operate/updates", READER, updates::list),
        entry(GET, "/operate/updates/{id}", READER, updates::page),
        entry(POST, "/operate/updates/{id}/note", OPERATOR, updates::note),
        entry(GET, "/operate/digests", READER, digests::list),
        entry(
            GET,
            "/operate/digests/{digest}/{number}",
            READER,
            digests::page,
        ),
        entry(
            POST,
            "/operate/digests/{digest}/{number}/introduce",
            OPERATOR,
            digests::introduce,
        ),
        entry(
            POST,
            "/operate/digests/{digest}/{number}/approve",
            OPERATOR,
            digests::approve,
        ),
        entry(
            POST,
            "/operate/digests/{digest}/{number}/hold",
            OPERATOR,
            digests::hold,
        ),
        entry(GET, "/operate/outbox", OPERATOR, outbox::page),
        entry(POST, "/operate/outbox/replay", OPERATOR, outbox::replay),
        entry(GET, "/operate/decisions", READER, people::decisions),
        entry(GET, "/operate/teams", READER, people::teams),
        entry(
            POST,
            "/operate/teams/{id}/test",
            OPERATOR,
            people::test_team,
        ),
        entry(GET, "/operate/subscribers", OPERATOR, people::subscribers),
        entry(
            GET,
            "/operate/subscribers/{id}",
            OPERATOR,
            people::subscriber,
        ),
        entry(
            POST,
            "/operate/subscribers/{id}/erase",
            OPERATOR,
            people::erase,
        ),
        entry(GET, "/operate/tokens", OPERATOR, access::tokens),
        entry(POST, "/operate/tokens", OPERATOR, access::add_token),
        entry(
            POST,
            "/operate/tokens/{id}/end",
            OPERATOR,
            access::end_token,
        ),
        entry(GET, "/operate/operators", OPERATOR, access::operators),
        entry(POST, "/operate/operators", OPERATOR, access::invite),
        entry(POST, "/operate/operators/{id}/link", OPERATOR, access::link),
        entry(POST, "/operate/operators/{id}/role", OPERATOR, access::role),
        entry(
            POST,
            "/operate/operators/{id}/disable",
            OPERATOR,
            access::disable,
        ),
        entry(
            POST,
            "/operate/operators/{id}/enable",
            OPERATOR,
            access::enable,
        ),
        entry(GET, "/operate/audit", READER, audit::page),
    ]
}

/// Every route of the area with what it asks for.
pub fn doors() -> Vec<Door> {
    table().into_iter().map(|entry| entry.door).collect()
}

pub(super) fn routes(routes: super::Routes) -> super::Routes {
    table().into_iter().fold(routes, |routes, entry| {
        routes.route(entry.door.path, entry.methods)
    })
}
