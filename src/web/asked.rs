//! What stands in an address, read in a way that cannot fail.

use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// The parameters of an address. What is no UTF-8 is read as well as it can be; of a name that
/// stands twice the first counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters(pub(super) BTreeMap<String, String>);

impl Parameters {
    /// A value, where it is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }
}

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or("");
        let mut out = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()).take(64) {
            out.entry(name.into_owned()).or_insert(value.into_owned());
        }
        Ok(Self(out))
    }
}
