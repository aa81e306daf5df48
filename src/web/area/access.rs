//! Who and what may come in: operators with their links, and tokens of programs.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use rand::Rng as _;

use super::call::{Call, random};
use crate::domain::api_token::{Scope, StoredToken};
use crate::domain::id::OperatorId;
use crate::domain::operator::{LINK_LIVES, Operator, OperatorLink, Role};
use crate::domain::token::stored;
use crate::render::{AreaField, AreaForm, AreaPage, AreaPart, AreaRow, Moment, Named};
use crate::store::Deed;
use crate::web::Trouble;
use crate::web::private::own;

const OPERATORS: &str = "/operate/operators";
const TOKENS: &str = "/operate/tokens";

async fn tokens_view(call: &Call) -> Result<AreaPage, Trouble> {
    let tokens = call.site.store.api_tokens().await?;
    let mut page = call.page(
        "Tokens",
        "What programs show to read what is not public. Tokens of the configuration ([[web.token]]) are not listed.",
    );
    page.parts.push(AreaPart {
        rows: tokens
            .iter()
            .map(|one| {
                let (state, tone) = match (one.ended_at, one.is_good(call.now)) {
                    (Some(_), _) => ("ended", "off"),
                    (None, true) => ("good", "fresh"),
                    (None, false) => ("expired", "off"),
                };
                let scopes: Vec<&str> = one
                    .token
                    .scopes
                    .iter()
                    .map(|scope| scope.meaning())
                    .collect();
                AreaRow {
                    title: one.token.name.clone(),
                    state: state.to_owned(),
                    tone: tone.to_owned(),
                    under: vec![
                        format!("opens {}", scopes.join(", and ")),
                        format!(
                            "made {} by {}; {}; {}",
                            Moment::on_day(one.made_at).shown,
                            one.made_by,
                            one.token.expires.map_or_else(
                                || "does not expire".to_owned(),
                                |end| format!("expires {}", Moment::on_day(end).shown)
                            ),
                            one.last_used.map_or_else(
                                || "never used".to_owned(),
                                |used| format!("last used {}", Moment::at(used).shown)
                            ),
                        ),
                    ],
                    forms: if one.is_good(call.now) {
                        vec![AreaForm {
                            action: format!("{TOKENS}/{}/end", one.id),
                            label: format!("End the token of {}", one.token.name),
                            fields: vec![AreaField {
                                required: true,
                                ..AreaField::of("tick", "sure", "for good").with("yes")
                            }],
                            button: "End it".to_owned(),
                            grave: true,
                        }]
                    } else {
                        Vec::new()
                    },
                    ..AreaRow::default()
                }
            })
            .collect(),
        empty: Some("No token was made here yet.".to_owned()),
        ..AreaPart::default()
    });
    page.parts.push(AreaPart {
        heading: "A new token".to_owned(),
        forms: vec![AreaForm {
            action: TOKENS.to_owned(),
            label: "Make a token".to_owned(),
            fields: vec![
                AreaField::of("text", "name", "Who holds it")
                    .with(call.fields.one("name"))
                    .hint("A program, and whose."),
                AreaField::of("choice", "scope", "What it opens").choices(
                    Scope::ALL.map(|scope| (scope.as_str(), scope.meaning().to_owned())),
                    call.fields.one("scope"),
                ),
                AreaField::of("day", "expires", "Good until")
                    .optional()
                    .with(call.fields.one("expires")),
            ],
            button: "Make it".to_owned(),
            grave: false,
        }],
        ..AreaPart::default()
    });
    Ok(page)
}

/// `GET /operate/tokens`
pub(super) async fn tokens(call: Call) -> Result<Response, Trouble> {
    call.show(&tokens_view(&call).await?)
}

/// A page with something that is shown this once.
fn once(
    call: &Call,
    title: &str,
    text: &str,
    what: &str,
    above: (&str, &str),
) -> Result<Response, Trouble> {
    let mut page = call.page(title, "");
    let (name, href) = above;
    page.above = Some(Named {
        name: name.to_owned(),
        href: href.to_owned(),
    });
    page.parts.push(AreaPart {
        text: vec![text.to_owned()],
        once: Some(what.to_owned()),
        ..AreaPart::default()
    });
    own(&call.site, StatusCode::OK, &page)
}

/// `POST /operate/tokens`
pub(super) async fn add_token(call: Call) -> Result<Response, Trouble> {
    let page = tokens_view(&call).await?;
    let expires = match call.fields.one("expires") {
        "" => None,
        day => match day.parse::<NaiveDate>() {
            Ok(day) => Some(day.and_time(chrono::NaiveTime::MIN).and_utc()),
            Err(_) => {
                return call.wrong(page, format!("`{day}` is no day: write it as 2027-03-01."));
            }
        },
    };
    let scope = match call.fields.one("scope").parse::<Scope>() {
        Ok(scope) => scope,
        Err(problem) => return call.wrong(page, problem),
    };
    let mut bytes = [0_u8; 24];
    rand::rng().fill_bytes(&mut bytes);
    let made = StoredToken::made(
        call.fields.one("name"),
        vec![scope],
        expires,
        &bytes,
        &call.operator()?.name,
        call.now,
    );
    let (token, shown) = match made {
        Ok(made) => made,
        Err(problem) => return call.wrong(page, problem),
    };
    let act = call
        .act("token-made")
        .on(format!("token {} of {}", token.id, token.token.name))
        .to_state(scope.as_str());
    call.does(act, Deed::AddToken(token)).await?;
    once(
        &call,
        "The token",
        "It is shown now and never again. A program sends it as: Authorization: Bearer …",
        &shown,
        ("Tokens", TOKENS),
    )
}

/// `POST /operate/tokens/{id}/end`
pub(super) async fn end_token(call: Call) -> Result<Response, Trouble> {
    if call.fields.one("sure") != "yes" {
        let page = tokens_view(&call).await?;
        return call.wrong(
            page,
            "Tick that it is for good: a token that ended opens nothing again.",
        );
    }
    let id = call.parameter("id").to_owned();
    let act = call
        .act("token-ended")
        .on(format!("token {id}"))
        .from_state("good")
        .to_state("ended");
    call.does_and_leads(act, Deed::EndToken(id), TOKENS, "ended")
        .await
}

/// A new link, and the address that it is.
fn made_link(call: &Call, operator: &Operator) -> (OperatorLink, String) {
    let token = random::<16>();
    let link = OperatorLink {
        hash: stored(&token),
        operator: Some(operator.id.clone()),
        expires_at: call.now + LINK_LIVES,
    };
    let address = format!("{}/operate/link/{token}", call.site.renderer.base_url());
    (link, address)
}

fn of_row(call: &Call, one: &Operator) -> Vec<AreaForm> {
    let form = |act: &str, word: &str, label: &str, grave: bool| AreaForm {
        action: format!("{OPERATORS}/{}/{act}", one.id),
        label: format!("{label} {}", one.name),
        button: word.to_owned(),
        grave,
        ..AreaForm::default()
    };
    let own = call.who.as_ref().is_some_and(|(_, me)| me.id == one.id);
    if one.disabled_at.is_some() {
        return vec![form("enable", "Enable", "Enable", false)];
    }
    let mut link = form("link", "Make a link", "Make a one-time link for", false);
    if one.secret.is_some() && !own {
        link.fields
            .push(AreaField::of("tick", "without", "and switch the second factor off").with("yes"));
    }
    let mut out = vec![link];
    if !own {
        let other = if one.role == Role::Operator {
            Role::Reader
        } else {
            Role::Operator
        };
        let mut role = form(
            "role",
            &format!(
                "Make a{} {}",
                if other == Role::Operator { "n" } else { "" },
                other.as_str()
            ),
            "Change the role of",
            false,
        );
        role.fields.push(AreaField::hidden("role", other.as_str()));
        out.push(role);
        out.push(form("disable", "Disable", "Disable", true));
    }
    out
}

async fn operators_view(call: &Call) -> Result<AreaPage, Trouble> {
    let all = call.site.store.operators().await?;
    let mut page = call.page(
        "Operators",
        "Who may log in. A one-time link lets somebody choose a password; it is good for a day.",
    );
    page.parts.push(AreaPart {
        rows: all
            .iter()
            .map(|one| {
                let (state, tone) = match (one.disabled_at, &one.password) {
                    (Some(_), _) => ("disabled", "off"),
                    (None, None) => ("invited", "quiet"),
                    (None, Some(_)) => (one.role.as_str(), "fresh"),
                };
                AreaRow {
                    title: one.name.clone(),
                    state: state.to_owned(),
                    tone: tone.to_owned(),
                    under: vec![format!(
                        "{}; {}; second factor {}",
                        one.role.as_str(),
                        one.last_login.map_or_else(
                            || "never logged in".to_owned(),
                            |at| format!("last logged in {}", Moment::at(at).shown)
                        ),
                        if one.secret.is_some() { "on" } else { "off" }
                    )],
                    forms: of_row(call, one),
                    ..AreaRow::default()
                }
            })
            .collect(),
        ..AreaPart::default()
    });
    page.parts.push(AreaPart {
        heading: "Invite somebody".to_owned(),
        forms: vec![AreaForm {
            action: OPERATORS.to_owned(),
            label: "Invite somebody".to_owned(),
            fields: vec![
                AreaField::of("text", "name", "Name").with(call.fields.one("name")),
                AreaField::of("choice", "role", "May").choices(
                    [
                        (Role::Operator.as_str(), "do everything".to_owned()),
                        (
                            Role::Reader.as_str(),
                            "read, but no mailbox and no key".to_owned(),
                        ),
                    ],
                    call.fields.one("role"),
                ),
            ],
            button: "Invite".to_owned(),
            grave: false,
        }],
        ..AreaPart::default()
    });
    Ok(page)
}

/// `GET /operate/operators`
pub(super) async fn operators(call: Call) -> Result<Response, Trouble> {
    call.show(&operators_view(&call).await?)
}

fn link_page(call: &Call, operator: &Operator, address: &str) -> Result<Response, Trouble> {
    once(
        call,
        &format!("A link for {}", operator.name),
        "Give it to them by a way that only they read. It is shown now and never again, lets one person in once, and is good for a day.",
        address,
        ("Operators", OPERATORS),
    )
}

/// `POST /operate/operators`
pub(super) async fn invite(call: Call) -> Result<Response, Trouble> {
    let page = operators_view(&call).await?;
    let Ok(role) = call.fields.one("role").parse::<Role>() else {
        return call.wrong(page, "Choose what they may do.");
    };
    let Ok(operator) = Operator::invited(call.fields.one("name"), role, call.now) else {
        return call.wrong(
            page,
            "A name needs a letter from a to z or a digit, and at most 80 characters.",
        );
    };
    if call.site.store.operator(&operator.id).await?.is_some() {
        return call.wrong(
            page,
            "There is somebody of that name. Make a link for them instead, or add something to the name.",
        );
    }
    let (link, address) = made_link(&call, &operator);
    let act = call
        .act("operator-invited")
        .on(operator.id.as_str())
        .to_state(role.as_str());
    let deed = Deed::Invite {
        operator: operator.clone(),
        link,
        without_second_factor: false,
    };
    call.does(act, deed).await?;
    link_page(&call, &operator, &address)
}

async fn asked(call: &Call) -> Result<Operator, Trouble> {
    let id = OperatorId::new(call.parameter("id")).map_err(|_| Trouble::Missing)?;
    call.site.store.operator(&id).await?.ok_or(Trouble::Missing)
}

/// `POST /operate/operators/{id}/link`
pub(super) async fn link(call: Call) -> Result<Response, Trouble> {
    let operator = asked(&call).await?;
    if operator.disabled_at.is_some() {
        let page = operators_view(&call).await?;
        return call.wrong(page, "They are disabled: enable them first.");
    }
    let without = call.fields.one("without") == "yes";
    // One's own factor goes with a code, on the page of one's account.
    if without && is_own(&call, &operator) {
        return call.wrong(operators_view(&call).await?, OWN);
    }
    let (link, address) = made_link(&call, &operator);
    let act = call
        .act("operator-link-made")
        .on(operator.id.as_str())
        .to_state(if without { "second factor off" } else { "" });
    let deed = Deed::Invite {
        operator: operator.clone(),
        link,
        without_second_factor: without,
    };
    call.does(act, deed).await?;
    link_page(&call, &operator, &address)
}

/// Whether it is one's own account, which one neither lowers nor disables: somebody must be left.
fn is_own(call: &Call, operator: &Operator) -> bool {
    call.who
        .as_ref()
        .is_some_and(|(_, me)| me.id == operator.id)
}

const OWN: &str = "That is yourself. Another operator can do it, so that somebody is left.";

/// `POST /operate/operators/{id}/role`
pub(super) async fn role(call: Call) -> Result<Response, Trouble> {
    let operator = asked(&call).await?;
    let page = operators_view(&call).await?;
    if is_own(&call, &operator) {
        return call.wrong(page, OWN);
    }
    let Ok(role) = call.fields.one("role").parse::<Role>() else {
        return call.wrong(page, "Choose what they may do.");
    };
    let act = call
        .act("operator-role")
        .on(operator.id.as_str())
        .from_state(operator.role.as_str())
        .to_state(role.as_str());
    let deed = Deed::SetRole(operator.id, role);
    call.does_and_leads(act, deed, OPERATORS, "role").await
}

/// `POST /operate/operators/{id}/disable`
pub(super) async fn disable(call: Call) -> Result<Response, Trouble> {
    let operator = asked(&call).await?;
    if is_own(&call, &operator) {
        return call.wrong(operators_view(&call).await?, OWN);
    }
    let act = call
        .act("operator-disabled")
        .on(operator.id.as_str())
        .from_state("enabled")
        .to_state("disabled");
    let deed = Deed::Disable(operator.id, true);
    call.does_and_leads(act, deed, OPERATORS, "disabled").await
}

/// `POST /operate/operators/{id}/enable`
pub(super) async fn enable(call: Call) -> Result<Response, Trouble> {
    let operator = asked(&call).await?;
    let act = call
        .act("operator-enabled")
        .on(operator.id.as_str())
        .from_state("disabled")
        .to_state("enabled");
    let deed = Deed::Disable(operator.id, false);
    call.does_and_leads(act, deed, OPERATORS, "enabled").await
}
