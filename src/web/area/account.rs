//! One's own account: password, second factor, sessions.

use axum::response::Response;
use rand::Rng as _;

use super::call::{Call, hold, led};
use super::login::{Shown, fits, hashed, may_try, must_wait, session, shown};
use crate::domain::one_time_code::{CodeSecret, RECOVERY_CODES, recovery_codes, recovery_hash};
use crate::domain::operator::{Operator, Session};
use crate::domain::password::{Password, SHORTEST};
use crate::render::{
    AreaFact, AreaField, AreaForm, AreaPage, AreaPart, AreaRow, Moment, Named, qr_picture,
};
use crate::store::Deed;
use crate::web::Trouble;

const HERE: &str = "/operate/account";

fn own(call: &Call) -> Result<(&Session, &Operator), Trouble> {
    call.who
        .as_ref()
        .map(|(session, operator)| (session, operator))
        .ok_or(Trouble::Missing)
}

fn password_field(name: &str, label: &str) -> AreaField {
    AreaField::of("password", name, label)
}

async fn view(call: &Call) -> Result<AreaPage, Trouble> {
    let (here, operator) = own(call)?;
    let mut page = call.page("Your account", "");
    page.parts.push(AreaPart {
        facts: vec![
            AreaFact::new("Name", operator.name.as_str()),
            AreaFact::new("Role", operator.role.as_str()),
            AreaFact::new(
                "Second factor",
                if operator.secret.is_some() {
                    "on"
                } else {
                    "off"
                },
            )
            .wanting(operator.secret.is_none()),
        ],
        ..AreaPart::default()
    });
    page.parts.push(if operator.secret.is_some() {
        let left = call.site.store.recovery_codes_left(&operator.id).await?;
        AreaPart {
            heading: "Second factor".to_owned(),
            text: vec![format!(
                "Logging in asks for a code of your authenticator. {left} of {RECOVERY_CODES} recovery codes are left; setting it up anew gives new ones."
            )],
            forms: vec![
                AreaForm {
                    action: format!("{HERE}/code/end"),
                    label: "Switch the second factor off".to_owned(),
                    fields: vec![
                        password_field("password", "Your password")
                            .of_row("off")
                            .filled_by("current-password"),
                        AreaField::of("code", "code", "A code, or a recovery code")
                            .of_row("off")
                            .filled_by("one-time-code"),
                    ],
                    button: "Switch it off".to_owned(),
                    grave: true,
                },
            ],
            rows: vec![AreaRow {
                title: "Set it up anew".to_owned(),
                href: Some(format!("{HERE}/code")),
                ..AreaRow::default()
            }],
            ..AreaPart::default()
        }
    } else {
        AreaPart {
            heading: "Second factor".to_owned(),
            text: vec!["An authenticator on your telephone makes a code every half minute, and logging in asks for it: a password that is found out is then not enough.".to_owned()],
            rows: vec![AreaRow {
                title: "Set up a second factor".to_owned(),
                href: Some(format!("{HERE}/code")),
                ..AreaRow::default()
            }],
            ..AreaPart::default()
        }
    });
    page.parts.push(AreaPart {
        heading: "Password".to_owned(),
        forms: vec![AreaForm {
            action: format!("{HERE}/password"),
            label: "Change the password".to_owned(),
            fields: vec![
                password_field("password", "Your password now").filled_by("current-password"),
                password_field("new", "The new one")
                    .filled_by("new-password")
                    .hint(format!(
                        "At least {SHORTEST} characters. Every other session ends."
                    )),
                password_field("again", "The new one once more").filled_by("new-password"),
            ],
            button: "Change it".to_owned(),
            grave: false,
        }],
        ..AreaPart::default()
    });
    let sessions = call.site.store.sessions_of(&operator.id, call.now).await?;
    page.parts.push(AreaPart {
        heading: "Where you are logged in".to_owned(),
        rows: sessions
            .iter()
            .map(|session| AreaRow {
                title: if session.browser.is_empty() {
                    "A browser that does not say what it is".to_owned()
                } else {
                    session.browser.clone()
                },
                state: if session.hash == here.hash {
                    "this one".to_owned()
                } else {
                    String::new()
                },
                under: vec![format!(
                    "from {}, since {}, last used {}",
                    session.from,
                    Moment::at(session.began_at).shown,
                    Moment::at(session.seen_at).shown
                )],
                ..AreaRow::default()
            })
            .collect(),
        forms: vec![AreaForm {
            action: format!("{HERE}/everywhere"),
            label: "Log out everywhere".to_owned(),
            button: "Log out everywhere".to_owned(),
            ..AreaForm::default()
        }],
        ..AreaPart::default()
    });
    Ok(page)
}

/// `GET /operate/account`
pub(super) async fn page(call: Call) -> Result<Response, Trouble> {
    call.show(&view(&call).await?)
}

/// What proving one's password came to.
enum Proved {
    Right,
    Wrong,
    Wait,
}

/// Whether the password of a form is the one of whoever is logged in: a browser that was left open is
/// not enough to change how one logs in.
async fn proved(call: &Call) -> Result<Proved, Trouble> {
    let (_, operator) = own(call)?;
    if !may_try(call, operator.id.as_str()).await? {
        return Ok(Proved::Wait);
    }
    let password = Password::tried(call.fields.one("password"));
    let kept = operator.password.clone().unwrap_or_default();
    Ok(if fits(password, kept).await? {
        Proved::Right
    } else {
        Proved::Wrong
    })
}

const WRONG: &str = "That is not your password; nothing was changed.";
const NO_CODE: &str = "That is no fresh code of the authenticator that you have, and no recovery code; nothing was changed. After several wrong ones wait a minute.";

/// What a form shows of the second factor that whoever is logged in has; none where it does not fit.
/// A password that was found out changes no second factor.
async fn shown_before(call: &Call, field: &str) -> Result<Option<Shown>, Trouble> {
    let (_, operator) = own(call)?;
    match &operator.secret {
        Some(secret) => shown(call, operator, secret, field).await,
        None => Ok(Some(Shown::default())),
    }
}

/// `POST /operate/account/password`
pub(super) async fn password(call: Call) -> Result<Response, Trouble> {
    let page = view(&call).await?;
    let new = match Password::new(call.fields.one("new")) {
        Ok(new) => new,
        Err(problem) => return call.wrong(page, problem),
    };
    if call.fields.one("new") != call.fields.one("again") {
        return call.wrong(page, "The two new passwords are not the same.");
    }
    match proved(&call).await? {
        Proved::Right => {}
        Proved::Wrong => return call.wrong(page, WRONG),
        Proved::Wait => return must_wait(&call, page),
    }
    let (_, operator) = own(&call)?;
    let (session, token) = session(&call, &operator.id);
    let deed = Deed::SetPassword {
        password: hashed(new).await?,
        session,
    };
    let act = call.act("password-changed").on(operator.id.as_str());
    let next = call.does_and_leads(act, deed, HERE, "password").await?;
    Ok(hold(&call.site, next, &token, true))
}

fn code_form(call: &Call, secret: &CodeSecret) -> Result<AreaPage, Trouble> {
    let (_, operator) = own(call)?;
    let site = url::Url::parse(call.site.renderer.base_url())
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default();
    let text = secret.text();
    let grouped: Vec<&str> = (0..text.len())
        .step_by(4)
        .filter_map(|at| text.get(at..(at + 4).min(text.len())))
        .collect();
    let mut page = call.page("A second factor", "");
    page.above = Some(Named {
        name: "Your account".to_owned(),
        href: HERE.to_owned(),
    });
    page.parts.push(AreaPart {
        heading: "1. Tell your authenticator".to_owned(),
        text: vec![
            "Let it read the picture, or type the secret above it (time-based, six digits, 30 seconds)."
                .to_owned(),
        ],
        picture: qr_picture(&secret.address(&format!("Regwire {site}"), &operator.name)),
        once: Some(grouped.join(" ")),
        ..AreaPart::default()
    });
    let mut fields = vec![
        AreaField::hidden("secret", text),
        AreaField::of("code", "code", "The code that it shows now").filled_by("one-time-code"),
    ];
    if operator.secret.is_some() {
        fields.push(
            AreaField::of("code", "before", "A code of the one before")
                .hint("Six digits that it shows now, or a recovery code."),
        );
    }
    fields.push(password_field("password", "Your password").filled_by("current-password"));
    page.parts.push(AreaPart {
        heading: "2. Show that it works".to_owned(),
        forms: vec![AreaForm {
            action: format!("{HERE}/code"),
            label: "Set up the second factor".to_owned(),
            fields,
            button: "Set it up".to_owned(),
            grave: false,
        }],
        ..AreaPart::default()
    });
    Ok(page)
}

/// `GET /operate/account/code`
pub(super) async fn code_page(call: Call) -> Result<Response, Trouble> {
    let mut bytes = [0_u8; 20];
    rand::rng().fill_bytes(&mut bytes);
    call.show(&code_form(&call, &CodeSecret::new(bytes))?)
}

/// `POST /operate/account/code`
pub(super) async fn set_code(call: Call) -> Result<Response, Trouble> {
    let Some(secret) = CodeSecret::read(call.fields.one("secret")) else {
        return Ok(led(&call.site, "/operate/account/code"));
    };
    let page = code_form(&call, &secret)?;
    match proved(&call).await? {
        Proved::Right => {}
        Proved::Wrong => return call.wrong(page, WRONG),
        Proved::Wait => return must_wait(&call, page),
    }
    let Some(step) = secret.accepts(call.fields.one("code"), call.now, None) else {
        return call.wrong(
            page,
            "That is not the code of this moment. Take the next one; the clocks of both must be right.",
        );
    };
    let Some(before) = shown_before(&call, "before").await? else {
        return call.wrong(page, NO_CODE);
    };
    let (session, operator) = own(&call)?;
    let mut bytes = [0_u8; RECOVERY_CODES * 10];
    rand::rng().fill_bytes(&mut bytes);
    let codes = recovery_codes(&bytes);
    let deed = Deed::SetSecondFactor {
        operator: operator.id.clone(),
        secret: Some((secret, step)),
        codes: codes
            .iter()
            .filter_map(|code| recovery_hash(code))
            .collect(),
        session: session.hash.clone(),
        step: before.step,
        recovery: before.recovery,
    };
    let act = call
        .act("second-factor-set")
        .on(operator.id.as_str())
        .from_state(if operator.secret.is_some() {
            "on"
        } else {
            "off"
        })
        .to_state("on");
    if call.does(act, deed).await?.is_none() {
        return call.wrong(page, NO_CODE);
    }
    let mut page = call.page(
        "The second factor is on",
        "Every other session of yours ended.",
    );
    page.above = Some(Named {
        name: "Your account".to_owned(),
        href: HERE.to_owned(),
    });
    page.parts.push(AreaPart {
        heading: "Your recovery codes".to_owned(),
        text: vec![
            "Each lets you in once in the place of a code, when the authenticator is lost. They are shown now and never again: print them, or put them into your password manager."
                .to_owned(),
        ],
        codes,
        ..AreaPart::default()
    });
    call.show(&page)
}

/// `POST /operate/account/code/end`
pub(super) async fn end_code(call: Call) -> Result<Response, Trouble> {
    match proved(&call).await? {
        Proved::Right => {}
        Proved::Wrong => return call.wrong(view(&call).await?, WRONG),
        Proved::Wait => return must_wait(&call, view(&call).await?),
    }
    let Some(before) = shown_before(&call, "code").await? else {
        return call.wrong(view(&call).await?, NO_CODE);
    };
    let (session, operator) = own(&call)?;
    let deed = Deed::SetSecondFactor {
        operator: operator.id.clone(),
        secret: None,
        codes: Vec::new(),
        session: session.hash.clone(),
        step: before.step,
        recovery: before.recovery,
    };
    let act = call
        .act("second-factor-off")
        .on(operator.id.as_str())
        .from_state("on")
        .to_state("off");
    if call.does(act, deed).await?.is_none() {
        return call.wrong(view(&call).await?, NO_CODE);
    }
    Ok(led(&call.site, &format!("{HERE}?done=code-off")))
}

/// `POST /operate/account/everywhere`
pub(super) async fn everywhere(call: Call) -> Result<Response, Trouble> {
    let (_, operator) = own(&call)?;
    let act = call.act("logged-out-everywhere").on(operator.id.as_str());
    call.does(act, Deed::EndSessions(operator.id.clone()))
        .await?;
    Ok(led(&call.site, "/operate/login"))
}
