//! Feeds and files of every list and search: `.atom`, `.json`, `.csv`, `.ics`, and the list of all
//! feeds.

use std::collections::HashSet;
use std::fmt;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Days, Utc};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::asked::Parameters;
use super::conditional::{is_known, tag_of};
use super::pages::{encoded, name_of, source_of, told};
use super::search::{Wanted, find};
use super::{Site, Trouble};
use crate::domain::calendar::Due;
use crate::domain::id::{BodyId, FrameworkId, JurisdictionId, SourceId, TopicId, UpdateId};
use crate::domain::query::{Filter, Query};
use crate::domain::reference;
use crate::domain::source::Terms;
use crate::domain::update::Update;
use crate::render::{
    FeedEntry, FeedHead, ListedFeed, UPDATE_COLUMNS, atom, feeds_opml, ics, json_feed, last_change,
    opml, table_head, table_rows, update_line,
};
use crate::search::{Place, SortOrder};
use crate::summary::tell;

/// Entries of a feed, unless asked otherwise.
const ENTRIES: usize = 50;
/// The most that may be asked for (contract: W6).
const MOST: usize = 100;
/// Rows of a table that are read at once.
const PIECE: usize = 250;
/// Dates of a calendar.
const DATES: usize = 5_000;
/// Hits whose dates are told.
const DATED: usize = 1_000;
/// How far back a calendar goes, in days.
const BACK: u64 = 366;

/// Whole tables that are read at once; who comes later waits.
static TABLES: Semaphore = Semaphore::const_new(4);

/// In which form a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Atom,
    Json,
    Csv,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Atom => "atom",
            Self::Json => "json",
            Self::Csv => "csv",
        })
    }
}

/// Lists that have an address of their own: what they are called there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Frameworks,
    Jurisdictions,
    Topics,
    Bodies,
    Standards,
    Sources,
}

impl Family {
    pub(super) const ALL: [Self; 6] = [
        Self::Frameworks,
        Self::Jurisdictions,
        Self::Topics,
        Self::Bodies,
        Self::Standards,
        Self::Sources,
    ];

    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Frameworks => "frameworks",
            Self::Jurisdictions => "jurisdictions",
            Self::Topics => "topics",
            Self::Bodies => "bodies",
            Self::Standards => "standards",
            Self::Sources => "sources",
        }
    }

    /// The filter that one of the family stands for, and its name; none where there is no such.
    fn filter(self, site: &Site, id: &str) -> Option<(Filter, String)> {
        let library = &site.library;
        Some(match self {
            Self::Frameworks => {
                let one = library.framework(&FrameworkId::new(id).ok()?)?;
                (Filter::Framework(one.id.clone()), one.short.clone())
            }
            Self::Jurisdictions => {
                let one = library.jurisdiction(&JurisdictionId::new(id).ok()?)?;
                (Filter::Jurisdiction(one.id.clone()), one.name.clone())
            }
            Self::Topics => {
                let one = library.topic(&TopicId::new(id).ok()?)?;
                (Filter::Topic(one.id.clone()), one.name.clone())
            }
            Self::Bodies => {
                let one = library.body(&BodyId::new(id).ok()?)?;
                (Filter::Body(one.id.clone()), one.name.clone())
            }
            Self::Standards => {
                let spelled = id.replace('-', " ");
                let found = reference::read(id, &library.known_works).into_iter().next();
                let found = found.or_else(|| {
                    reference::read(&spelled, &library.known_works)
                        .into_iter()
                        .next()
                })?;
                (Filter::Standard(found.work.clone()), found.work)
            }
            Self::Sources => {
                let one = source_of(site, &SourceId::new(id).ok()?)?;
                (Filter::Source(one.id.clone()), one.name.clone())
            }
        })
    }
}

/// `/frameworks/gdpr.atom` is the list of that page: told to the router as
/// `/frameworks/gdpr/updates.atom`, as a part of an address cannot be cut by it.
pub(super) fn spelled_out(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let (stem, ending) = path.rsplit_once('.')?;
    let (family, id) = stem.strip_prefix('/')?.split_once('/')?;
    let known = Family::ALL.iter().any(|one| one.path() == family);
    if !known || id.is_empty() || id.contains('/') {
        return None;
    }
    let list = match ending {
        "atom" | "json" | "csv" => "updates",
        "ics" => "calendar",
        _ => return None,
    };
    let query = uri
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    format!("{stem}/{list}.{ending}{query}").parse().ok()
}

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

/// A feed as it is sent.
fn fed(form: Form, head: &FeedHead, entries: &[FeedEntry]) -> Response {
    let (kind, text) = match form {
        Form::Atom => ("application/atom+xml; charset=utf-8", atom(head, entries)),
        _ => (
            "application/feed+json; charset=utf-8",
            json_feed(head, entries),
        ),
    };
    let mut response = kept(kind, text);
    let changed = last_change(entries);
    if changed > DateTime::UNIX_EPOCH
        && let Ok(value) = HeaderValue::from_str(&httpdate::fmt_http_date(changed.into()))
    {
        response.headers_mut().insert(header::LAST_MODIFIED, value);
    }
    response
}

/// An answer that may be kept for a minute.
pub(super) fn kept(kind: &'static str, body: impl Into<Body>) -> Response {
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "public, max-age=0, s-maxage=60"),
        ],
        body.into(),
    )
        .into_response()
}

/// A file that is offered to be kept under a name of ours.
fn file(kind: &'static str, name: &str, body: impl Into<Body>) -> Response {
    let mut response = kept(kind, body);
    let name = format!("attachment; filename=\"{name}\"");
    if let Ok(value) = HeaderValue::from_str(&name) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// Updates as entries of a feed.
pub(super) async fn entries(site: &Site, updates: &[Update]) -> Result<Vec<FeedEntry>, Trouble> {
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

/// `/search.ics`: the key dates that the hits tell.
pub(super) async fn search_ics(State(site): State<Site>, parameters: Parameters) -> Response {
    let wanted = Wanted::read(&site, &parameters.0);
    let name = match wanted.text.as_str() {
        "" => "Key dates".to_owned(),
        text => format!("Key dates: {text}"),
    };
    told(
        &site,
        dates_of(&site, &name, &wanted.understood.query).await,
    )
}

/// `/topics/{id}/calendar.ics` and `/bodies/{id}/calendar.ics`.
pub(super) async fn family_ics(
    family: Family,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> Response {
    let Some((filter, name)) = family.filter(&site, &id) else {
        return site.tell(Trouble::Missing);
    };
    let query = Query::All.with(filter);
    told(
        &site,
        dates_of(&site, &format!("Key dates: {name}"), &query).await,
    )
}

async fn dates_of(site: &Site, name: &str, query: &Query) -> Result<Response, Trouble> {
    let due = if *query == Query::All {
        due(site, |_| true).await?
    } else {
        let found = find(site, query, SortOrder::Newest, None, DATED, false).await?;
        let told: HashSet<UpdateId> = found.hits.into_iter().collect();
        due(site, |due| told.contains(&due.update)).await?
    };
    let text = ics(name, &due, site.renderer.base_url());
    Ok(kept("text/calendar; charset=utf-8", text))
}

async fn due(site: &Site, wanted: impl Fn(&Due) -> bool) -> Result<Vec<Due>, Trouble> {
    let today = site.clock.now().date_naive();
    let from = today.checked_sub_days(Days::new(BACK)).unwrap_or(today);
    Ok(site
        .store
        .due(from, None, &[], DATES, wanted)
        .await?
        .entries)
}

/// A date of the calendar as a line for programs.
pub(super) fn due_line(site: &Site, due: &Due) -> Value {
    let today = site.clock.now().date_naive();
    json!({
        "uid": due.uid,
        "date": due.date.date,
        "precision": due.date.precision,
        "event": due.date.event.as_str(),
        "label": due.date.label(),
        "status": due.status(today).as_str(),
        "certainty": due.date.certainty,
        "was": due.date.was,
        "open": due.is_open(today),
        "title": due.title,
        "url": due.url,
        "update": due.update,
        "source": due.source,
        "kind": due.kind,
        "authority": due.authority,
        "frameworks": due.frameworks,
        "jurisdictions": due.jurisdictions,
        "standards": due.works,
        "reports": due.reports,
    })
}

const DUE_COLUMNS: &[&str] = &[
    "date",
    "precision",
    "event",
    "status",
    "certainty",
    "was",
    "open",
    "title",
    "url",
    "update",
    "source",
    "frameworks",
    "jurisdictions",
    "standards",
    "uid",
];

/// `/calendar.atom`, `.json` and `.csv`: key dates, the latest change first.
pub(super) async fn calendar(form: Form, State(site): State<Site>) -> Response {
    let page = async {
        let mut due = due(&site, |_| true).await?;
        if form == Form::Csv {
            let lines: Vec<Value> = due.iter().map(|one| due_line(&site, one)).collect();
            let text = table_head(DUE_COLUMNS) + &table_rows(DUE_COLUMNS, &lines);
            return Ok(file("text/csv; charset=utf-8", "calendar.csv", text));
        }
        due.sort_by(|a, b| {
            b.changed_at
                .cmp(&a.changed_at)
                .then_with(|| a.uid.cmp(&b.uid))
        });
        due.truncate(ENTRIES);
        let base = site.renderer.base_url();
        let entries: Vec<FeedEntry> = due
            .iter()
            .map(|one| FeedEntry {
                // A date that moved is told again.
                address: format!("{base}/updates/{}#{}-{}", one.update, one.uid, one.sequence),
                original: one.url.as_ref().map(|url| url.as_str().to_owned()),
                title: format!(
                    "{}: {} {}",
                    one.title,
                    one.date.label(),
                    one.date.precision.told(one.date.date)
                ),
                published: one.changed_at,
                updated: one.changed_at,
                author: one.source.to_string(),
                language: one.language.clone(),
                line: Some(due_line(&site, one)),
                ..FeedEntry::default()
            })
            .collect();
        Ok(fed(
            form,
            &head(&site, "Key dates", "/calendar", form),
            &entries,
        ))
    };
    told(&site, page.await)
}

fn head(site: &Site, title: &str, path: &str, form: Form) -> FeedHead {
    let base = site.renderer.base_url();
    FeedHead {
        title: title.to_owned(),
        subtitle: None,
        address: format!("{base}{path}.{form}"),
        page: format!("{base}{path}"),
        next: None,
    }
}

/// `/digests.atom`, `.json` and `.csv`: the issues.
pub(super) async fn digests(form: Form, State(site): State<Site>) -> Response {
    let page = async {
        let issues = site.store.issues(None).await?;
        let base = site.renderer.base_url();
        let address = |digest: &str, number: u32| match site.digests.first() {
            Some(first) if first.name.as_str() != digest => {
                format!("{base}/digests/{number}?of={digest}")
            }
            _ => format!("{base}/digests/{number}"),
        };
        let line = |digest: &str, number: u32, closed_at: DateTime<Utc>, items: u32| {
            json!({
                "digest": digest, "number": number, "closed_at": closed_at, "items": items,
                "url": address(digest, number),
            })
        };
        let lines = issues.iter().map(|issue| {
            line(
                issue.digest.as_str(),
                issue.number,
                issue.closed_at,
                issue.items,
            )
        });
        if form == Form::Csv {
            let columns = &["digest", "number", "closed_at", "items", "url"];
            let text = table_head(columns) + &table_rows(columns, &lines.collect::<Vec<_>>());
            return Ok(file("text/csv; charset=utf-8", "digests.csv", text));
        }
        let entries: Vec<FeedEntry> = issues
            .iter()
            .zip(lines)
            .take(ENTRIES)
            .map(|(issue, line)| FeedEntry {
                address: address(issue.digest.as_str(), issue.number),
                title: format!("{} {}", issue.digest, issue.number),
                summary: format!("{} updates", issue.items),
                published: issue.closed_at,
                updated: issue.closed_at,
                author: "Regwire".to_owned(),
                line: Some(line),
                ..FeedEntry::default()
            })
            .collect();
        Ok(fed(
            form,
            &head(&site, "Digests", "/digests", form),
            &entries,
        ))
    };
    told(&site, page.await)
}

/// The sources as lines for programs: what is read, how often, and how it is.
pub(super) async fn source_lines(site: &Site) -> Result<Vec<Value>, Trouble> {
    let (survey, states) = super::pages::surveyed(site).await?;
    let last = site.store.last_visits().await?;
    Ok(survey
        .iter()
        .map(|(source, verdict)| {
            let record = states.get(&source.id).map(|state| &state.record);
            json!({
                "id": source.id,
                "body": source.body,
                "name": source.name,
                "kind": source.kind.as_str(),
                "home": source.home,
                "on": source.on,
                "health": verdict.health.as_str(),
                "reason": verdict.because,
                "last_visit": last.get(&source.id).map(|visit| visit.at),
                "last_success": record.and_then(|record| record.last_success),
                "updates": format!("{}/sources/{}/updates.json", site.renderer.base_url(), source.id),
            })
        })
        .collect())
}

/// `/sources.csv` and `.json`.
pub(super) async fn sources(form: Form, State(site): State<Site>) -> Response {
    let page = async {
        let lines = source_lines(&site).await?;
        if form == Form::Csv {
            let columns = &[
                "id",
                "body",
                "name",
                "kind",
                "home",
                "on",
                "health",
                "reason",
                "last_visit",
                "last_success",
                "updates",
            ];
            let text = table_head(columns) + &table_rows(columns, &lines);
            return Ok(file("text/csv; charset=utf-8", "sources.csv", text));
        }
        Ok(kept(
            "application/json",
            json!({ "items": lines }).to_string(),
        ))
    };
    told(&site, page.await)
}

/// `/sources.opml`: the feeds that are read, for other readers.
pub(super) async fn sources_opml(State(site): State<Site>) -> Response {
    file(
        "text/x-opml; charset=utf-8",
        "sources.opml",
        opml(&site.sources),
    )
}

/// `/feeds.opml`: every feed that is published here.
pub(super) async fn feeds(State(site): State<Site>) -> Response {
    let base = site.renderer.base_url();
    let listed = |name: &str, path: String| ListedFeed {
        name: name.to_owned(),
        address: format!("{base}{path}.atom"),
        page: format!("{base}{path}"),
    };
    let of = |family: Family, names: Vec<(String, String)>| {
        names
            .into_iter()
            .map(|(id, name)| listed(&name, format!("/{}/{id}", family.path())))
            .collect::<Vec<_>>()
    };
    let library = &site.library;
    let frameworks = library
        .frameworks
        .iter()
        .map(|one| (one.id.to_string(), one.short.clone()));
    let places = library
        .jurisdictions
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()));
    let topics = library
        .topics
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()));
    let bodies = library
        .bodies
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()));
    let sources = site.sources.iter().filter(|one| one.on);
    let sources = sources.map(|one| (one.id.to_string(), one.name.clone()));
    let all = ListedFeed {
        page: format!("{base}/"),
        ..listed("All updates", "/updates".to_owned())
    };
    let groups = [
        (
            "Everything",
            vec![
                all,
                listed("Key dates", "/calendar".to_owned()),
                listed("Digests", "/digests".to_owned()),
            ],
        ),
        ("Frameworks", of(Family::Frameworks, frameworks.collect())),
        ("Jurisdictions", of(Family::Jurisdictions, places.collect())),
        ("Topics", of(Family::Topics, topics.collect())),
        ("Bodies", of(Family::Bodies, bodies.collect())),
        ("Sources", of(Family::Sources, sources.collect())),
    ];
    let text = feeds_opml("Feeds of this site", &groups);
    file("text/x-opml; charset=utf-8", "feeds.opml", text)
}

/// The routes of feeds, by their addresses.
pub(super) fn routes(mut routes: super::Routes) -> super::Routes {
    use axum::routing::get;
    for form in [Form::Atom, Form::Json, Form::Csv] {
        routes = routes
            .route(
                &format!("/updates.{form}"),
                get(move |state, parameters, headers| updates(form, state, parameters, headers)),
            )
            .route(
                &format!("/search.{form}"),
                get(move |state, parameters, headers| search(form, state, parameters, headers)),
            )
            .route(
                &format!("/calendar.{form}"),
                get(move |state| calendar(form, state)),
            )
            .route(
                &format!("/digests.{form}"),
                get(move |state| digests(form, state)),
            );
        for one in Family::ALL {
            routes = routes.route(
                &format!("/{}/{{id}}/updates.{form}", one.path())
                    .replace("/standards/{id}", "/standards/{slug}"),
                get(move |state, path, parameters, headers| {
                    family(one, form, state, path, parameters, headers)
                }),
            );
        }
    }
    for form in [Form::Json, Form::Csv] {
        routes = routes.route(
            &format!("/sources.{form}"),
            get(move |state| sources(form, state)),
        );
    }
    for one in [Family::Topics, Family::Bodies, Family::Sources] {
        routes = routes.route(
            &format!("/{}/{{id}}/calendar.ics", one.path()),
            get(move |state, path| family_ics(one, state, path)),
        );
    }
    routes
        .route("/search.ics", get(search_ics))
        .route("/sources.opml", get(sources_opml))
        .route("/feeds.opml", get(feeds))
}
