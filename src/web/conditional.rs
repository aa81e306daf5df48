//! Asking again: every answer that may be kept has a tag of its bytes, and who has them already is
//! told so (contract: W7).

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::domain::document::Sha256;

/// The longest answer that is tagged by its bytes; longer ones flow, and have a tag of their own.
const LONGEST: u64 = 16 << 20;

/// Whether whoever asks has what a tag stands for; weak comparison (RFC 9110, 13.1.2).
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == "*" || one == tag.trim_start_matches("W/"))
}

/// A weak tag: the same answer is sent packed and unpacked.
pub(super) fn tag_of(bytes: &[u8]) -> String {
    let hash = Sha256::of(bytes);
    format!("W/\"{}\"", hash.as_str().get(..32).unwrap_or_default())
}

/// Whether an answer may be kept by whoever asks.
fn may_be_kept(headers: &HeaderMap) -> bool {
    headers
        .get(header::CACHE_CONTROL)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("public") && !value.contains("immutable"))
}

/// Tags what may be kept, and says "not modified" instead of saying it all again.
pub(super) async fn conditional(mut request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let head_only = *request.method() == Method::HEAD;
    if head_only {
        // The head is that of the whole answer.
        *request.method_mut() = Method::GET;
    }
    let asks = *request.method() == Method::GET;
    let response = next.run(request).await;
    if !asks {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let length = body.size_hint().exact().filter(|length| *length <= LONGEST);
    let tagged = head.headers.contains_key(header::ETAG);
    if head.status != StatusCode::OK || !may_be_kept(&head.headers) || tagged || length.is_none() {
        if !tagged && length.is_none() && may_be_kept(&head.headers) {
            // What flows by without a tag cannot be asked for again by one.
            let nothing = HeaderValue::from_static("no-store");
            head.headers.insert(header::CACHE_CONTROL, nothing);
        }
        let body = if head_only { Body::empty() } else { body };
        return Response::from_parts(head, body);
    }
    let longest = usize::try_from(LONGEST).unwrap_or(usize::MAX);
    let Ok(bytes) = to_bytes(body, longest).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag = tag_of(&bytes);
    if let Ok(value) = HeaderValue::from_str(&tag) {
        head.headers.insert(header::ETAG, value);
    }
    let since = headers.get(header::IF_MODIFIED_SINCE);
    let not_since = !headers.contains_key(header::IF_NONE_MATCH)
        && since.is_some()
        && since == head.headers.get(header::LAST_MODIFIED);
    if is_known(&headers, &tag) || not_since {
        head.status = StatusCode::NOT_MODIFIED;
        head.headers.remove(header::CONTENT_TYPE);
        head.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(head, Body::empty());
    }
    if head_only {
        head.headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        return Response::from_parts(head, Body::empty());
    }
    Response::from_parts(head, Body::from(bytes))
}
