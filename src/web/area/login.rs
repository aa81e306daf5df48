//! Logging in and out, and the one-time link that makes a password (promises: W9).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use rand::Rng as _;
use tokio::sync::Semaphore;

use super::call::{Call, IN_CLEAR, Line, hold, led, random, within};
use crate::domain::id::OperatorId;
use crate::domain::one_time_code::{CodeSecret, recovery_hash};
use crate::domain::operator::{
    Operator, OperatorLink, Role, Session, TRIES, TRIES_OF_A_NETWORK, TRIES_OF_CODES,
};
use crate::domain::password::{Password, SHORTEST, is_cheap, nobodys};
use crate::domain::token::stored;
use crate::render::{AreaField, AreaForm, AreaPage, AreaPart};
use crate::store::Deed;
use crate::web::Trouble;
use crate::web::private::own;

/// Passwords that are worked on at once: each takes 19 MiB and a processor.
static WORK: Semaphore = Semaphore::const_new(2);

/// Compares a password with what is kept, off the threads that answer.
pub(super) async fn fits(password: Password, kept: String) -> Result<bool, Trouble> {
    let _turn = WORK.acquire().await?;
    Ok(tokio::task::spawn_blocking(move || password.fits(&kept)).await?)
}

/// A password as it is kept.
pub(super) async fn hashed(password: Password) -> Result<String, Trouble> {
    let _turn = WORK.acquire().await?;
    let mut salt = [0_u8; 16];
    rand::rng().fill_bytes(&mut salt);
    tokio::task::spawn_blocking(move || password.hashed(&salt))
        .await?
        .map_err(|error| Trouble::Failed(anyhow::anyhow!(error)))
}

/// A session that begins now, and what the browser holds of it.
pub(super) fn session(call: &Call, operator: &OperatorId) -> (Session, String) {
    let token = random::<32>();
    let session = Session {
        hash: stored(&token),
        operator: operator.clone(),
        began_at: call.now,
        seen_at: call.now,
        from: call.from.clone(),
        browser: call.browser.clone(),
    };
    (session, token)
}

/// Counts a try of somebody to prove who they are; false where they must wait.
pub(super) async fn may_try(call: &Call, account: &str) -> Result<bool, Trouble> {
    // An account is counted whether there is one of that name or not.
    let pair = stored(&format!("{account} {}", call.net));
    Ok(call
        .site
        .store
        .count_try(
            &[
                (format!("account {pair}"), TRIES),
                (format!("net {}", call.net), TRIES_OF_A_NETWORK),
            ],
            call.now,
        )
        .await?)
}

pub(super) fn must_wait(call: &Call, page: AreaPage) -> Result<Response, Trouble> {
    let mut response = own(
        &call.site,
        StatusCode::TOO_MANY_REQUESTS,
        &AreaPage {
            problem: Some(
                "Too many tries. Wait a minute, and try again; nobody is locked out for good."
                    .to_owned(),
            ),
            ..page
        },
    )?;
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    Ok(response)
}

/// What stands in the place of a form with a password where others could read it.
fn in_clear() -> AreaPart {
    AreaPart {
        heading: "Nobody can log in here".to_owned(),
        text: vec![IN_CLEAR.to_owned()],
        ..AreaPart::default()
    }
}

fn form(call: &Call) -> AreaPage {
    let next = if call.fields.one("next").is_empty() {
        call.query.one("next")
    } else {
        call.fields.one("next")
    };
    let mut page = call.page("Log in", "For whoever looks after this site.");
    if call.line == Line::Open {
        page.parts.push(in_clear());
        return page;
    }
    page.parts.push(AreaPart {
        forms: vec![AreaForm {
            action: "/operate/login".to_owned(),
            label: "Log in".to_owned(),
            fields: vec![
                AreaField::hidden("next", within(next)),
                AreaField::of("text", "name", "Name")
                    .with(call.fields.one("name"))
                    .filled_by("username"),
                AreaField::of("password", "password", "Password").filled_by("current-password"),
                AreaField::of("code", "code", "Code")
                    .optional()
                    .filled_by("one-time-code")
                    .hint("Six digits of your authenticator, or a recovery code, where you set up a second factor."),
            ],
            button: "Log in".to_owned(),
            grave: false,
        }],
        ..AreaPart::default()
    });
    page.parts.push(AreaPart {
        heading: "No password yet, or forgotten?".to_owned(),
        text: vec!["Another operator can make you a one-time link under Operators, and so can whoever has the machine: regwire operator link NAME.".to_owned()],
        ..AreaPart::default()
    });
    page
}

/// `GET /operate/login`
pub(super) async fn page(call: Call) -> Result<Response, Trouble> {
    if call.who.is_some() {
        return Ok(led(&call.site, within(call.query.one("next"))));
    }
    call.show(&form(&call))
}

/// Why a log-in is refused. The reader learns nothing but that it is.
enum Refused {
    Wrong,
    Wait,
}

/// What was shown of a second factor.
#[derive(Default)]
pub(super) struct Shown {
    pub step: Option<i64>,
    pub recovery: Option<String>,
}

/// What a field of a form shows of somebody's second factor; none where it does not fit, or where
/// too many were tried: whoever asks learns no more than that it is none. Whether a recovery code is
/// one, and is unused, is found where it is used up.
pub(super) async fn shown(
    call: &Call,
    operator: &Operator,
    secret: &CodeSecret,
    field: &str,
) -> Result<Option<Shown>, Trouble> {
    let code = call.fields.one(field);
    let subject = (format!("code {}", operator.id), TRIES_OF_CODES);
    if code.is_empty() || !call.site.store.count_try(&[subject], call.now).await? {
        return Ok(None);
    }
    let step = secret.accepts(code, call.now, operator.last_step);
    let recovery = match step {
        Some(_) => None,
        None => recovery_hash(code),
    };
    Ok((step.is_some() || recovery.is_some()).then_some(Shown { step, recovery }))
}

/// What proved who it is, beside the password.
#[derive(Default)]
struct Proof {
    shown: Shown,
    password: Option<String>,
}

async fn proved(call: &Call) -> Result<Result<(Operator, Proof), Refused>, Trouble> {
    let name = call.fields.one("name");
    let id = OperatorId::named(name).ok();
    if !may_try(call, id.as_ref().map_or("", OperatorId::as_str)).await? {
        return Ok(Err(Refused::Wait));
    }
    let operator = match &id {
        Some(id) => call.site.store.operator(id).await?,
        None => None,
    };
    let password = Password::tried(call.fields.one("password"));
    let kept = operator
        .as_ref()
        .and_then(|operator| operator.password.clone());
    let known = kept.is_some();
    // Somebody whom there is not is compared with, too: the answer takes as long.
    let kept = kept.unwrap_or_else(|| nobodys().to_owned());
    let right = fits(password.clone(), kept.clone()).await?;
    let Some(operator) = operator.filter(|one| known && right && one.disabled_at.is_none()) else {
        return Ok(Err(Refused::Wrong));
    };
    let mut proof = Proof::default();
    if let Some(secret) = &operator.secret {
        match shown(call, &operator, secret, "code").await? {
            Some(shown) => proof.shown = shown,
            // Only the right password leads here: an answer of its own would say that it was.
            None => return Ok(Err(Refused::Wrong)),
        }
    }
    if is_cheap(&kept) {
        proof.password = Some(hashed(password).await?);
    }
    Ok(Ok((operator, proof)))
}

/// `POST /operate/login`
pub(super) async fn log_in(call: Call) -> Result<Response, Trouble> {
    let (operator, proof) = match proved(&call).await? {
        Ok(proved) => proved,
        Err(Refused::Wait) => return must_wait(&call, form(&call)),
        Err(Refused::Wrong) => return wrong(&call),
    };
    let (session, token) = session(&call, &operator.id);
    let mut act = call.act("logged-in").on(operator.id.as_str());
    act.who.clone_from(&operator.name);
    if proof.shown.recovery.is_some() {
        act.after = "with a recovery code".to_owned();
    }
    let deed = Deed::LogIn {
        session,
        instead_of: stored(&call.cookie),
        step: proof.shown.step,
        recovery: proof.shown.recovery,
        password: proof.password,
    };
    // A code that was used meanwhile, or a recovery code that is none, begins nothing.
    if call.does(act, deed).await?.is_none() {
        return wrong(&call);
    }
    let next = led(&call.site, within(call.fields.one("next")));
    Ok(hold(&call.site, next, &token, true))
}

fn wrong(call: &Call) -> Result<Response, Trouble> {
    tracing::warn!(from = call.from, "a log-in was refused");
    call.wrong(
        form(call),
        "Name, password and code do not fit together. The code must be a fresh one; after several wrong ones wait a minute.",
    )
}

/// `POST /operate/logout`
pub(super) async fn log_out(call: Call) -> Result<Response, Trouble> {
    let Some((session, operator)) = &call.who else {
        return Err(Trouble::Missing);
    };
    let act = call.act("logged-out").on(operator.id.as_str());
    let deed = Deed::EndSession {
        hash: session.hash.clone(),
        operator: operator.id.clone(),
    };
    call.does(act, deed).await?;
    let next = led(&call.site, "/operate/login");
    // What the browser holds belongs to nobody now.
    Ok(hold(&call.site, next, &random::<32>(), false))
}

/// The link of the path, and whom it lets in.
async fn link(call: &Call) -> Result<Option<(OperatorLink, Option<Operator>)>, Trouble> {
    let hash = stored(call.parameter("token"));
    let Some(link) = call.site.store.operator_link(&hash, call.now).await? else {
        return Ok(None);
    };
    let operator = match &link.operator {
        Some(id) => match call.site.store.operator(id).await? {
            Some(operator) if operator.disabled_at.is_none() => Some(operator),
            _ => return Ok(None),
        },
        None => None,
    };
    Ok(Some((link, operator)))
}

fn link_form(call: &Call, operator: Option<&Operator>) -> AreaPage {
    let mut page = call.page(
        &operator.map_or_else(
            || "Welcome".to_owned(),
            |operator| format!("Welcome, {}", operator.name),
        ),
        if operator.is_some_and(|operator| operator.secret.is_some()) {
            "Choose a password; the link is used up with it. Then log in with it and a code of your authenticator."
        } else {
            "Choose a password; the link is used up with it."
        },
    );
    if call.line == Line::Open {
        page.parts.push(in_clear());
        return page;
    }
    let mut fields = Vec::new();
    if operator.is_none() {
        fields.push(
            AreaField::of("text", "name", "Your name")
                .with(call.fields.one("name"))
                .filled_by("username")
                .hint("As you log in, and as the audit log calls you."),
        );
    }
    fields.extend([
        AreaField::of("password", "password", "Password")
            .filled_by("new-password")
            .hint(format!(
                "At least {SHORTEST} characters; nothing else is asked of it."
            )),
        AreaField::of("password", "again", "The same once more").filled_by("new-password"),
    ]);
    page.parts.push(AreaPart {
        forms: vec![AreaForm {
            action: format!("/operate/link/{}", call.parameter("token")),
            label: "Choose a password".to_owned(),
            fields,
            button: "Set the password".to_owned(),
            grave: false,
        }],
        ..AreaPart::default()
    });
    page
}

const TAKEN: &str = "That name is taken by somebody who was invited. They have a link of their own; choose another name.";

fn no_link(call: &Call) -> Result<Response, Trouble> {
    own(
        &call.site,
        StatusCode::NOT_FOUND,
        &call.page(
            "This link leads nowhere",
            "It was used, or is older than a day. Another operator can make a new one, and so can: regwire operator link NAME.",
        ),
    )
}

/// `GET /operate/link/{token}`: opening it changes nothing.
pub(super) async fn link_page(call: Call) -> Result<Response, Trouble> {
    match link(&call).await? {
        Some((_, operator)) => call.show(&link_form(&call, operator.as_ref())),
        None => no_link(&call),
    }
}

/// `POST /operate/link/{token}`
pub(super) async fn use_link(call: Call) -> Result<Response, Trouble> {
    let Some((link, operator)) = link(&call).await? else {
        return no_link(&call);
    };
    let page = link_form(&call, operator.as_ref());
    let password = match Password::new(call.fields.one("password")) {
        Ok(password) => password,
        Err(problem) => return call.wrong(page, problem),
    };
    if call.fields.one("again") != call.fields.one("password") {
        return call.wrong(page, "The two passwords are not the same.");
    }
    let first = operator.is_none();
    let mut operator = match operator {
        Some(operator) => operator,
        None => {
            let named = Operator::invited(call.fields.one("name"), Role::Operator, call.now);
            match named {
                Ok(operator) => operator,
                Err(_) => {
                    return call.wrong(page, "A name needs a letter from a to z or a digit.");
                }
            }
        }
    };
    let id = operator.id.clone();
    operator.password = Some(hashed(password).await?);
    // A link stands for the password, never for the second factor.
    let begun = operator
        .secret
        .is_none()
        .then(|| session(&call, &operator.id));
    let (session, token) = begun.unzip();
    let mut act = call.act("password-set-by-link").on(operator.id.as_str());
    act.who.clone_from(&operator.name);
    let deed = Deed::UseLink {
        link: link.hash,
        operator,
        session,
    };
    if call.does(act, deed).await?.is_none() {
        if first && call.site.store.operator(&id).await?.is_some() {
            return call.wrong(page, TAKEN);
        }
        return no_link(&call);
    }
    Ok(match token {
        Some(token) => hold(&call.site, led(&call.site, "/operate"), &token, true),
        None => led(&call.site, "/operate/login?done=link"),
    })
}
