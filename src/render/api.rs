//! The page of the API.

use super::View;

/// A parameter of an operation.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ApiParameter {
    /// Its name.
    pub name: String,
    /// `path` or `query`.
    pub place: String,
    /// What it means.
    pub what: String,
}

/// An operation.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ApiOperation {
    /// Its name.
    pub id: String,
    /// `GET`.
    pub method: String,
    /// Its path.
    pub path: String,
    /// What it does.
    pub what: String,
    /// More of that.
    pub more: String,
    /// What sort of thing it is about.
    pub sort: String,
    /// Whether it needs a token.
    pub token: bool,
    /// Its parameters.
    pub parameters: Vec<ApiParameter>,
}

/// `/api`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ApiPage {
    /// What the API is.
    pub about: String,
    /// What it does.
    pub operations: Vec<ApiOperation>,
}

impl View for ApiPage {
    const TEMPLATE: &'static str = "web/api.html";
    fn sample() -> Self {
        Self {
            about: "Updates of standards, laws and guidance.".to_owned(),
            operations: vec![ApiOperation {
                id: "updates".to_owned(),
                method: "GET".to_owned(),
                path: "/api/v1/updates".to_owned(),
                what: "Updates that a query finds".to_owned(),
                more: "The newest first.".to_owned(),
                sort: "updates".to_owned(),
                token: true,
                parameters: vec![ApiParameter {
                    name: "q".to_owned(),
                    place: "query".to_owned(),
                    what: "The query".to_owned(),
                }],
            }],
        }
    }
}
