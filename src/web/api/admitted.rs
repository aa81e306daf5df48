//! Who may read what is not public: whoever shows a token, of the configuration or of the store, that
//! opens it (promises: W10).

use axum::http::{HeaderMap, header};

use super::Fault;
use crate::domain::api_token::{Refusal, Scope, hash_of, opens};
use crate::web::Site;
use crate::web::guard::Guard;

/// Refuses who shows no token that opens this.
pub(super) async fn admitted(
    site: &Site,
    guard: &Guard,
    headers: &HeaderMap,
    scope: Scope,
) -> Result<(), Fault> {
    let shown = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::trim);
    let now = site.clock.now();
    let name = match opens(&guard.tokens, shown, scope, now) {
        Ok(token) => token.name.clone(),
        Err(Refusal::OutOfScope) => return Err(Fault::OtherToken),
        Err(Refusal::Unknown) => {
            let hash = shown.and_then(hash_of).ok_or(Fault::NoToken)?;
            let token = site
                .store
                .shown_token(&hash, now)
                .await?
                .ok_or(Fault::NoToken)?;
            if !token.token.scopes.contains(&scope) {
                return Err(Fault::OtherToken);
            }
            token.token.name
        }
    };
    tracing::info!(token = name, scope = scope.as_str(), "a token was shown");
    Ok(())
}
