//! The audit log, for a place that keeps it beyond this machine's reach.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::admitted::admitted;
use super::records::{AuditList, AuditRecord, Problem};
use super::{Fault, Refusals, limit, only, read};
use crate::domain::api_token::Scope;
use crate::web::Site;
use crate::web::asked::Parameters;
use crate::web::guard::Guard;

/// What operators changed, in order
///
/// Each line is bound to the one before it by `link`: whoever keeps them can prove that none was
/// altered or taken out since.
#[utoipa::path(get, path = "/api/v1/audit", tag = "evidence",
    params(
        ("limit" = Option<u32>, Query, description = "Items on the page, at most 100"),
        ("after" = Option<i64>, Query, description = "`next` of the page before"),
    ),
    security(("token" = ["audit"])),
    responses((status = 200, description = "A page of the audit log.", body = AuditList),
        (status = 401, description = "No token, or none that is known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token does not reach so far.", body = Problem, content_type = "application/problem+json"), Refusals))]
pub(super) async fn lines(
    State(site): State<Site>,
    Extension(guard): Extension<Arc<Guard>>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    admitted(&site, &guard, &headers, Scope::Audit).await?;
    only(&parameters, &["limit", "after"])?;
    let limit = limit(&parameters)?;
    let after: i64 = read(&parameters, "after", "a line's position")?.unwrap_or(0);
    // One more than is shown tells whether there is a next page.
    let most = u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1);
    let mut lines = site.store.audit_lines_after(after, most).await?;
    let more = lines.len() > limit;
    lines.truncate(limit);
    let next = lines
        .last()
        .filter(|_| more)
        .map(|line| line.position.to_string());
    let items = lines
        .into_iter()
        .map(|line| AuditRecord {
            position: line.position,
            at: line.at,
            who: line.who,
            from: line.from,
            act: line.act,
            subject: line.subject,
            before: line.before,
            after: line.after,
            previous: line.previous,
            link: line.link,
        })
        .collect();
    let text = serde_json::to_string(&AuditList { items, next })?;
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
