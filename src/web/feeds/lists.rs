//! Updates of a list or a search, as a feed or a table.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::stream;
use serde_json::Value;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::family::Family;
use super::{ENTRIES, Form, fed, file, kept};
use crate::domain::id::UpdateId;
use crate::domain::query::Query;
use crate::domain::source::Terms;
use crate::domain::update::Update;
use crate::render::{FeedEntry, FeedHead, UPDATE_COLUMNS, table_head, table_rows, update_line};
use crate::search::{Place, SortOrder};
use crate::summary::tell;
use crate::web::asked::Parameters;
use crate::web::conditional::{is_known, tag_of};
use crate::web::pages::{encoded, name_of, source_of, told};
use crate::web::search::{Wanted, find};
use crate::web::{Site, Trouble};

/// The most that may be asked for (contract: W6).
const MOST: usize = 100;

/// Rows of a table that are read at once.
const PIECE: usize = 250;

/// Whole tables that are read at once; who comes later waits.
static TABLES: Semaphore = Semaphore::const_new(4);

/// A list of updates: what it is called, where it is shown, and what is in it.
struct List {
    title: String,
    page: String,
    /// Its path without an ending.
    path: String,
    query: Query,
    wanted: Wanted,
}

/// `/updates.atom` …: all that is news or followed.
pub(super) async fn updates(
    form: Form,
    State(site): State<Site>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Response {
    let wanted = Wanted::read(&site, &parameters.0);
    let list = List {
        title: "All updates".to_owned(),
        page: "/".to_owned(),
        path: "/updates".to_owned(),
        query: wanted.understood.query.clone(),
        wanted,
    };
    told(
        &site,
        answer(&site, form, list, &parameters, &headers).await,
    )
}

/// `/search.atom` …
pub(super) async fn search(
    form: Form,
    State(site): State<Site>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Response {
    let mut wanted = Wanted::read(&site, &parameters.0);
    // Who follows a search waits for what is new in it.
    if parameters.get("order").is_none() {
        wanted.order = SortOrder::Newest;
    }
    let list = List {
        title: match wanted.text.as_str() {
            "" => "All updates".to_owned(),
            text => format!("Search: {text}"),
        },
        page: format!("/search?q={}", encoded(&wanted.text)),
        path: "/search".to_owned(),
        query: wanted.understood.query.clone(),
        wanted,
    };
    told(
        &site,
        answer(&site, form, list, &parameters, &headers).await,
    )
}

/// `/frameworks/{id}/updates.atom` and its like.
pub(super) async fn family(
    family: Family,
    form: Form,
    State(site): State<Site>,
    Path(id): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Response {
    let Some((filter, name)) = family.filter(&site, &id) else {
        return site.tell(Trouble::Missing);
    };
    let mut wanted = Wanted::read(&site, &parameters.0);
    wanted.order = SortOrder::Newest;
    let page = format!("/{}/{id}", family.path());
    let list = List {
        title: name,
        path: page.clone(),
        page,
        query: wanted.understood.query.with(filter),
        wanted,
    };
    told(
        &site,
        answer(&site, form, list, &parameters, &headers).await,
    )
}

async fn answer(
    site: &Site,
    form: Form,
    list: List,
    parameters: &Parameters,
    headers: &HeaderMap,
) -> Result<Response, Trouble> {
    let mut query: Vec<(&str, String)> = Vec::new();
    for name in ["q", "order", "limit"] {
        query.extend(parameters.get(name).map(|value| (name, value.to_owned())));
    }
    if form == Form::Csv {
        return table(site, list, headers).await;
    }
    let limit = parameters
        .get("limit")
        .and_then(|text| text.parse().ok())
        .unwrap_or(ENTRIES)
        .clamp(1, MOST);
    let found = find(
        site,
        &list.query,
        list.wanted.order,
        list.wanted.after,
        limit,
        false,
    )
    .await?;
    let entries = entries(site, &site.store.updates(&found.hits).await?).await?;
    let base = site.renderer.base_url();
    let address = |after: Option<Place>| {
        let mut query = query.clone();
        query.extend(after.map(|after| ("after", after.to_string())));
        let mut out = format!("{base}{}.{form}", list.path);
        if !query.is_empty() {
            let mut pairs = url::form_urlencoded::Serializer::new(String::new());
            out = format!("{out}?{}", pairs.extend_pairs(&query).finish());
        }
        out
    };
    let head = FeedHead {
        title: list.title,
        subtitle: Some(list.wanted.understood.problems.join(" ")).filter(|text| !text.is_empty()),
        address: address(list.wanted.after),
        page: format!("{base}{}", list.page),
        next: found.next.map(|next| address(Some(next))),
    };
    Ok(fed(form, &head, &entries))
}

/// Updates as entries of a feed.
pub(in crate::web) async fn entries(
    site: &Site,
    updates: &[Update],
) -> Result<Vec<FeedEntry>, Trouble> {
    let ids: Vec<UpdateId> = updates.iter().map(|update| update.id.clone()).collect();
    let notes = site.store.notes(&ids).await?;
    Ok(updates
        .iter()
        .map(|update| {
            let source = source_of(site, &update.source);
            let notes = notes.get(&update.id).map_or(&[][..], Vec::as_slice);
            let words = tell(update, source, &site.library, notes);
            let shared = source
                .map_or(Terms::Excerpt, |source| source.terms)
                .share(&update.content);
            let tags = &update.tags;
            let mut categories: Vec<(String, String)> = Vec::new();
            let mut tag = |field: &str, value: &str| {
                categories.push((format!("{field}:{value}"), name_of(site, field, value)));
            };
            if let Some(kind) = tags.kind {
                tag("kind", kind.as_str());
            }
            tags.frameworks
                .iter()
                .for_each(|one| tag("framework", one.id.as_str()));
            tags.jurisdictions
                .iter()
                .for_each(|one| tag("jurisdiction", one.id.as_str()));
            tags.topics
                .iter()
                .for_each(|one| tag("topic", one.id.as_str()));
            let mut summary = words.summary.to_string();
            if let Some(why) = &words.why {
                if !summary.is_empty() {
                    summary.push_str("\n\n");
                }
                summary.push_str("Why it matters: ");
                summary.push_str(&why.sentence);
            }
            FeedEntry {
                address: format!("{}/updates/{}", site.renderer.base_url(), update.id),
                original: update
                    .content
                    .url
                    .as_ref()
                    .map(|url| url.as_str().to_owned()),
                title: update.content.title.clone(),
                summary,
                content: shared
                    .body
                    .filter(|body| !body.is_empty())
                    .map(|body| body.into_string()),
                published: update.dated(),
                updated: update.revised_at,
                author: source.map_or_else(|| update.source.to_string(), |one| one.name.clone()),
                language: tags.language.clone(),
                categories,
                line: Some(update_line(update, source)),
            }
        })
        .collect())
}

/// The whole list as a table, page after page, however long it is (contract: W6).
async fn table(site: &Site, list: List, headers: &HeaderMap) -> Result<Response, Trouble> {
    // The index's place in the log and the day say what the table holds; its bytes flow by.
    let seen = format!(
        "{}\n{}\n{:?}\n{}\n{}",
        site.index.cursor().unwrap_or_default(),
        list.query,
        list.wanted.order,
        site.clock.now().date_naive(),
        env!("CARGO_PKG_VERSION"),
    );
    let tag = tag_of(seen.as_bytes());
    let name = format!("{}.csv", file_name(&list.path));
    let mut response = if is_known(headers, &tag) {
        let mut response = kept("text/csv; charset=utf-8", Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        let flow = Flow {
            site: site.clone(),
            query: list.query,
            order: list.wanted.order,
            at: At::Head,
            _turn: TABLES.acquire().await?,
        };
        let body = stream::unfold(flow, |mut flow| async move {
            let piece = flow.piece().await.transpose()?;
            // A table that breaks off must not look like one that ends.
            let piece = piece.map_err(|trouble| {
                tracing::error!(?trouble, "a table could not be made to its end");
                std::io::Error::other("the table could not be made to its end")
            });
            Some((piece, flow))
        });
        file("text/csv; charset=utf-8", &name, Body::from_stream(body))
    };
    if let Ok(value) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    Ok(response)
}

/// A path as the name of a file: letters, digits and hyphens.
fn file_name(path: &str) -> String {
    let name: String = path
        .trim_matches('/')
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(80)
        .collect();
    if name.is_empty() {
        "updates".to_owned()
    } else {
        name
    }
}

/// Where a table that is being sent stands.
enum At {
    Head,
    Rows(Option<Place>),
    End,
}

struct Flow {
    site: Site,
    query: Query,
    order: SortOrder,
    at: At,
    _turn: SemaphorePermit<'static>,
}

impl Flow {
    async fn piece(&mut self) -> Result<Option<String>, Trouble> {
        let after = match self.at {
            At::Head => {
                self.at = At::Rows(None);
                return Ok(Some(table_head(UPDATE_COLUMNS)));
            }
            At::End => return Ok(None),
            At::Rows(after) => after,
        };
        let found = find(&self.site, &self.query, self.order, after, PIECE, false).await?;
        let updates = self.site.store.updates(&found.hits).await?;
        self.at = found.next.map_or(At::End, |next| At::Rows(Some(next)));
        let lines: Vec<Value> = updates
            .iter()
            .map(|update| update_line(update, source_of(&self.site, &update.source)))
            .collect();
        Ok(Some(table_rows(UPDATE_COLUMNS, &lines)))
    }
}
