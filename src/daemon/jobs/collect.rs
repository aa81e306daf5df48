//! Collecting: source -> fetch -> parse -> compare -> normalize -> tag -> store.
//!
//! Many sources at once, one visit at a time to a host, and one writer that stores whatever is
//! ready in one transaction: group commit, so that a disk that syncs 400 times a second is not
//! the limit. What a visit leaves behind is stored whole or not at all, the next visit's
//! validators included, so that a crash costs a visit and never an item.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tokio::sync::OwnedSemaphorePermit;

use crate::compare::{self, Keyed};
use crate::daemon::House;
use crate::daemon::jobs::index;
use crate::daemon::stories::StoryBook;
use crate::daemon::visits::{Brought, Visits};
use crate::domain::cadence;
use crate::domain::change::Change;
use crate::domain::document::{
    Document, Fault, FaultCode, FeedDescription, Memory, Outcome, Visit,
};
use crate::domain::evidence::{self, Evidence, Record};
use crate::domain::id::{SourceId, UpdateId};
use crate::domain::source::Source;
use crate::domain::update::{Authority, Reach, Update};
use crate::fetch::{Answer, Fetched, Fetcher, Room};
use crate::normalize::{self, Circumstances, Normalized};
use crate::parse;
use crate::store::{Committed, Fresh, Harvest, Lease, NewDocument, SourceState, Store};
use crate::story;
use crate::tag::key_dates::{self, Sayings};
use crate::tag::{Subject, Tagger};
use crate::text::date::Stamp;

/// How long a brisk round lasts at most.
const ROUND: Duration = Duration::from_secs(3);
/// How long a round waits for what is under way before it looks around.
const LOOK: Duration = Duration::from_millis(500);

/// What is visited.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Choice {
    /// These; all that are switched on when empty.
    pub only: Vec<SourceId>,
    /// Also what is not due.
    pub force: bool,
}

impl Choice {
    /// Whatever is due.
    pub fn due() -> Self {
        Self::default()
    }
}

/// What became of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The visit; with outcome `not-due` there was none.
    pub visit: Visit,
}

impl Report {
    /// As a line of `collect --jsonl` (contract: section 5).
    pub fn line(&self) -> serde_json::Value {
        let visit = &self.visit;
        serde_json::json!({
            "source": visit.source,
            "outcome": visit.outcome,
            "entries": visit.entries,
            "new": visit.new,
            "revised": visit.revised,
            "faults": visit.faults,
            "ms": visit.milliseconds,
            "bytes": visit.bytes,
        })
    }
}

/// Visits what is chosen and due, to the end; a report each, in the order of the sources.
///
/// # Errors
/// When the lease is lost or the store fails. That sources fail is no error but their report.
pub async fn collect(
    house: &House,
    lease: &Lease,
    fetcher: &Fetcher,
    choice: &Choice,
    progress: impl Fn(&Report),
) -> anyhow::Result<Vec<Report>> {
    run(house, lease, fetcher, choice, false, progress).await
}

/// Visits what is due, and comes back after a moment without the slow ones: what they bring is
/// taken in by the next call.
///
/// # Errors
/// As [`collect`].
pub async fn round(house: &House, lease: &Lease, fetcher: &Fetcher) -> anyhow::Result<Vec<Report>> {
    run(house, lease, fetcher, &Choice::due(), true, |_| {}).await
}

async fn run(
    house: &House,
    lease: &Lease,
    fetcher: &Fetcher,
    choice: &Choice,
    brisk: bool,
    progress: impl Fn(&Report),
) -> anyhow::Result<Vec<Report>> {
    let states = house.store.source_states().await?;
    let now = house.clock.now();
    let mut visits = house.visits.lock().await;
    let mut due = VecDeque::new();
    let mut awaited = HashSet::new();
    let mut reports: HashMap<SourceId, Report> = HashMap::new();
    let mut order = Vec::new();
    for source in house.sources.iter() {
        let named = choice.only.contains(&source.id);
        let wanted = named || (choice.only.is_empty() && source.on);
        if !wanted || !source.kind.is_built() {
            continue;
        }
        order.push(source.id.clone());
        if visits.is_under_way(&source.id) {
            awaited.insert(source.id.clone());
            continue;
        }
        let state = states
            .get(&source.id)
            .cloned()
            .unwrap_or_else(|| SourceState::unknown(source.id.clone(), now));
        if state.next_visit_at > now && !choice.force && !named {
            let report = Report {
                visit: empty_visit(&source.id, now, Outcome::NotDue),
            };
            progress(&report);
            reports.insert(source.id.clone(), report);
        } else {
            awaited.insert(source.id.clone());
            due.push_back((source.clone(), state));
        }
    }
    let begun = Instant::now();
    loop {
        while !due.is_empty()
            && let Some(place) = visits.place()
            && let Some((source, state)) = due.pop_front()
        {
            begin(&mut visits, house, fetcher, source, state, place);
        }
        let all = due.is_empty() && !visits.is_any_under_way(&awaited);
        let over = brisk && begun.elapsed() >= ROUND;
        let done = all && awaited.is_empty();
        let patience = if done || over { Duration::ZERO } else { LOOK };
        let brought = visits.take(patience).await;
        if !brought.is_empty() {
            // The room of each is held until it is stored.
            let (mut harvests, rooms): (Vec<Harvest>, Vec<Room>) = brought
                .into_iter()
                .map(|brought| (brought.harvest, brought.room))
                .unzip();
            let committed = match commit(house, lease, &mut harvests).await {
                Ok(committed) => committed,
                Err(error) => {
                    // What is under way would be stored by nobody.
                    *visits = Visits::default();
                    return Err(error.into());
                }
            };
            for harvest in &harvests {
                let report = Report {
                    visit: harvest.visit.clone(),
                };
                awaited.remove(&report.visit.source);
                if order.contains(&report.visit.source) {
                    progress(&report);
                    reports.insert(report.visit.source.clone(), report);
                }
            }
            if !committed.lines.is_empty() {
                index::stage(house, committed, harvests).await;
            }
            drop(rooms);
        } else if over || done || visits.are_over() {
            break;
        }
    }
    Ok(order
        .into_iter()
        .filter_map(|id| reports.remove(&id))
        .collect())
}

/// Begins a visit.
fn begin(
    visits: &mut Visits,
    house: &House,
    fetcher: &Fetcher,
    source: Source,
    state: SourceState,
    place: OwnedSemaphorePermit,
) {
    let id = source.id.clone();
    let broken = (source.clone(), state.clone(), house.clock.clone());
    let (house, fetcher) = (house.clone(), fetcher.clone());
    visits.begin(
        id,
        place,
        async move { visit(&house, &fetcher, source, state).await },
        move || {
            let (source, state, clock) = broken;
            broken_off(&source, state, clock.now())
        },
    );
}

/// What a visit leaves that broke off by a fault of ours: told, and tried again as any failure is.
fn broken_off(source: &Source, state: SourceState, now: DateTime<Utc>) -> Brought {
    let mut harvest = Harvest {
        visit: empty_visit(&source.id, now, Outcome::Failed),
        state,
        document: None,
        new: Vec::new(),
        revised: Vec::new(),
    };
    harvest.visit.faults.push(Fault::new(
        FaultCode::ReaderFailed,
        "the visit broke off by a fault of ours; nothing was taken, and the next one tries again",
    ));
    remember(&mut harvest, source, None, None, now);
    Brought {
        harvest,
        room: Room::default(),
    }
}

/// Gives what is new its stories and stores what visits left behind.
async fn commit(
    house: &House,
    lease: &Lease,
    harvests: &mut [Harvest],
) -> Result<Committed, crate::store::Error> {
    let told = harvests
        .iter()
        .flat_map(|harvest| &harvest.new)
        .any(|fresh| fresh.update.reach != Reach::Archive);
    let mut stories = house.stories.lock().await;
    if told {
        let mut book = match stories.take() {
            Some(book) => book,
            None => StoryBook::open(house, house.clock.now()).await?,
        };
        let head = house.store.log_head().await?;
        book.place(
            &house.vocabulary,
            |update| house.source(&update.source),
            harvests,
            head,
        );
        *stories = Some(book);
    }
    let committed = house.store.commit_harvests(lease, harvests).await;
    if committed.is_err() {
        // What was not stored was not told; the memory is made anew.
        *stories = None;
    }
    committed
}

/// Visits one source and makes of it everything that is to be stored.
async fn visit(house: &House, fetcher: &Fetcher, source: Source, state: SourceState) -> Brought {
    let now = house.clock.now();
    let fetched = fetcher.visit(&source, &state.memory, now).await;
    crate::crash::point("after-fetch");
    let now = house.clock.now().max(now);
    let Fetched {
        answer,
        bytes,
        milliseconds,
        room,
    } = fetched;
    let mut harvest = Harvest {
        visit: Visit {
            bytes,
            milliseconds,
            ..empty_visit(&source.id, now, Outcome::Failed)
        },
        state,
        document: None,
        new: Vec::new(),
        revised: Vec::new(),
    };
    let mut wait = None;
    let mut newest = None;
    match answer {
        Answer::NotModified { memory, status } => {
            harvest.visit.status = Some(status);
            harvest.visit.outcome = Outcome::Unchanged;
            harvest.state.memory = memory;
        }
        Answer::Limited {
            status,
            retry_after,
            fault,
        } => {
            harvest.visit.status = Some(status);
            harvest.visit.outcome = Outcome::Limited;
            harvest.visit.faults.push(fault);
            wait = retry_after;
        }
        Answer::Gone { fault } => {
            harvest.visit.status = Some(410);
            harvest.visit.outcome = Outcome::Gone;
            harvest.visit.faults.push(fault);
        }
        Answer::Refused { fault } => {
            harvest.visit.outcome = Outcome::Refused;
            harvest.visit.faults.push(fault);
        }
        Answer::Failed { status, fault } => {
            harvest.visit.status = status;
            harvest.visit.faults.push(fault);
        }
        Answer::Document {
            document,
            memory,
            moved_to,
        } => {
            harvest.visit.status = Some(document.status);
            harvest.state.record.signs.moved_to.clone_from(&moved_to);
            harvest.state.moved_to = moved_to;
            if harvest.state.memory.sha256.as_ref() == Some(&document.sha256) {
                harvest.visit.outcome = Outcome::Unchanged;
                harvest.state.memory = memory;
            } else {
                newest = take_in(house, &source, &mut harvest, document, memory, now).await;
            }
        }
    }
    remember(&mut harvest, &source, newest, wait, now);
    Brought { harvest, room }
}

/// Reads a document and compares it with what is known.
async fn take_in(
    house: &House,
    source: &Source,
    harvest: &mut Harvest,
    document: Document,
    memory: Memory,
    now: DateTime<Utc>,
) -> Option<NaiveDate> {
    let mut newest = None;
    let number = harvest.state.documents + 1;
    let software = concat!("regwire ", env!("CARGO_PKG_VERSION"));
    let previous = harvest.state.chain_head.clone();
    let link = evidence::link(
        previous.as_ref(),
        &Record {
            source: &source.id,
            number,
            url: document.url.as_str(),
            fetched_at: document.fetched_at,
            status: document.status,
            headers: &document.headers,
            sha256: &document.sha256,
            software,
        },
    );
    let proof = Evidence {
        document: number,
        sha256: document.sha256.clone(),
        fetched_at: document.fetched_at,
        status: document.status,
    };
    let document = Arc::new(document);
    let read = read(
        house,
        source,
        Arc::clone(&document),
        proof,
        harvest.state.first_contact_at.is_none(),
        now,
    )
    .await;
    match read {
        Ok(read) => {
            harvest.visit.entries = read.entries;
            newest = read.newest;
            harvest.visit.faults.extend(read.faults);
            if read.readable {
                harvest.visit.new = u32::try_from(read.new.len()).unwrap_or(u32::MAX);
                harvest.visit.revised = u32::try_from(read.revised.len()).unwrap_or(u32::MAX);
                harvest.visit.outcome = if read.new.is_empty() && read.revised.is_empty() {
                    Outcome::Unchanged
                } else {
                    Outcome::New
                };
                harvest.new = read.new;
                harvest.revised = read.revised;
                harvest.state.memory = memory;
                harvest.state.description = read.description;
                harvest.state.first_contact_at.get_or_insert(now);
            } else {
                harvest.visit.outcome = Outcome::Quarantined;
            }
        }
        Err(fault) => {
            harvest.visit.outcome = Outcome::Quarantined;
            harvest.visit.faults.push(fault);
        }
    }
    harvest.state.documents = number;
    harvest.state.chain_head = Some(link.clone());
    harvest.document = Some(NewDocument {
        number,
        document: Arc::unwrap_or_clone(document),
        keep: source.keep,
        previous,
        link,
        software: software.to_owned(),
    });
    newest
}

/// What a document holds for the store.
struct Read {
    entries: u32,
    /// The latest day of publication that is no future.
    newest: Option<NaiveDate>,
    readable: bool,
    faults: Vec<Fault>,
    description: FeedDescription,
    new: Vec<Fresh>,
    revised: Vec<Fresh>,
}

/// The steps between bytes and updates; the pure ones run where they do not hold up the network.
async fn read(
    house: &House,
    source: &Source,
    document: Arc<Document>,
    proof: Evidence,
    first_contact: bool,
    now: DateTime<Utc>,
) -> Result<Read, Fault> {
    let failed = |error: &dyn std::fmt::Display| {
        Fault::new(
            FaultCode::ReaderFailed,
            format!("reading failed ({error}); nothing was taken, and the next visit tries again"),
        )
    };
    // Closed never; were it, reading without a turn would still be right.
    let turn = house.turns.acquire().await;
    let parsing = {
        let (document, source) = (Arc::clone(&document), source.clone());
        tokio::task::spawn_blocking(move || {
            let mut parsed = parse::parse(&document, &source);
            if let Some(fault) = redirected_home(&source, &document) {
                // What is read on a home page is another list than the one that was asked for.
                parsed.readable = false;
                parsed.faults.insert(0, fault);
            }
            let entries = u32::try_from(parsed.entries.len()).unwrap_or(u32::MAX);
            // A day ahead is a publisher's time zone; further ahead is no publication.
            let last = (now + TimeDelta::days(1)).date_naive();
            let newest = parsed
                .entries
                .iter()
                .filter_map(|entry| entry.published.as_ref())
                .map(|stamp| stamp.instant().date_naive())
                .filter(|day| *day <= last)
                .max();
            parsed
                .faults
                .extend(compare::shared_identity(&parsed.entries));
            let keyed = compare::keyed(parsed.entries);
            (
                entries,
                newest,
                keyed,
                parsed.faults,
                parsed.description,
                parsed.readable,
            )
        })
    };
    let (entries, newest, keyed, mut faults, description, readable) =
        parsing.await.map_err(|error| failed(&error))?;
    let mut out = Read {
        entries,
        newest,
        readable,
        faults: Vec::new(),
        description,
        new: Vec::new(),
        revised: Vec::new(),
    };
    if !readable {
        out.faults = faults;
        return Ok(out);
    }
    let known = if first_contact {
        Vec::new()
    } else {
        known(&house.store, source, &keyed)
            .await
            .map_err(|error| failed(&error))?
    };
    let comparison = compare::compare(keyed, &known);
    let revised: Vec<UpdateId> = comparison
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Revised { known, .. } => Some(known.id.clone()),
            Change::New { .. } => None,
        })
        .collect();
    let previous: HashMap<UpdateId, Update> = if revised.is_empty() {
        HashMap::new()
    } else {
        house
            .store
            .updates(&revised)
            .await
            .map_err(|error| failed(&error))?
            .into_iter()
            .map(|update| (update.id.clone(), update))
            .collect()
    };
    let tagger = house.tagger.clone();
    let authority = house
        .library
        .body(&source.body)
        .map_or(Authority::Secondary, |body| body.authority());
    let source = source.clone();
    let making = tokio::task::spawn_blocking(move || {
        let mut previous = previous;
        let about = Circumstances {
            source: &source.id,
            authority,
            document: &document.url,
            now,
            first_contact,
            evidence: &proof,
        };
        let mut new = Vec::new();
        let mut revised = Vec::new();
        for change in comparison.changes {
            let (normalized, fingerprint, before) = match change {
                Change::New {
                    key,
                    fingerprint,
                    plain,
                    entry,
                } => (
                    normalize::new_update(key, entry, plain, &about),
                    fingerprint,
                    None,
                ),
                Change::Revised {
                    known,
                    fingerprint,
                    plain,
                    entry,
                } => match previous.remove(&known.id) {
                    Some(mut update) => {
                        let before = std::mem::take(&mut update.key_dates);
                        (
                            normalize::revise(update, entry, plain, &about),
                            fingerprint,
                            Some(before),
                        )
                    }
                    None => continue,
                },
            };
            match normalized {
                Ok(Normalized {
                    update,
                    language,
                    text,
                }) => {
                    let mut update =
                        understood(&tagger, &source, update, language.as_deref(), &text);
                    let list = match &before {
                        None => &mut new,
                        Some(before) => {
                            key_dates::moved(before, &mut update.key_dates);
                            &mut revised
                        }
                    };
                    list.push(Fresh {
                        update,
                        fingerprint,
                        text,
                    });
                }
                Err(fault) => faults.push(fault),
            }
        }
        faults.extend(other_language(&source, &new));
        (new, revised, faults)
    });
    let (new, revised, faults) = making.await.map_err(|error| failed(&error))?;
    drop(turn);
    out.new = new;
    out.revised = revised;
    out.faults = faults;
    Ok(out)
}

/// Whether an address that led to a page of a site leads to its front door now.
fn redirected_home(source: &Source, document: &Document) -> Option<Fault> {
    let asked = url::Url::parse(source.url.as_str()).ok()?;
    let got = document.url.as_url();
    let segments = |url: &url::Url| -> Vec<String> {
        url.path_segments()
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (wanted, found) = (segments(&asked), segments(got));
    // "/", "/en", "/index.html": a front door. Where one was asked for, none is noticed.
    let door = |parts: &[String]| match parts {
        [] => true,
        [one] => one.len() <= 2 || one.starts_with("index."),
        _ => false,
    };
    (got.as_str() != source.url.as_str() && door(&found) && !door(&wanted) && got.query().is_none())
        .then(|| {
            Fault::new(
                FaultCode::RedirectedHome,
                format!(
                    "The address leads to the site's front page, {got}, now: the page has moved or \
                     is gone. Look for its new address."
                ),
            )
        })
}

/// Whether everything new is in another language than the source's.
fn other_language(source: &Source, new: &[Fresh]) -> Option<Fault> {
    let stated = source.language.as_deref()?;
    let found = new.first()?.update.tags.language.clone()?;
    let all = |language: &str| {
        new.iter()
            .all(|fresh| fresh.update.tags.language.as_deref() == Some(language))
    };
    (new.len() >= 5 && found != stated && all(&found)).then(|| {
        Fault::new(
            FaultCode::OtherLanguage,
            format!(
                "All {} new items are in `{found}`, and the source is in `{stated}`: another page \
                 may be answering.",
                new.len()
            ),
        )
    })
}

async fn known(
    store: &Store,
    source: &Source,
    keyed: &[Keyed],
) -> Result<Vec<crate::domain::change::Known>, crate::store::Error> {
    let keys: Vec<String> = keyed.iter().map(|keyed| keyed.key.clone()).collect();
    let urls: Vec<String> = keyed.iter().filter_map(|keyed| keyed.url.clone()).collect();
    store.known(&source.id, &keys, &urls).await
}

/// Says what an update is about: tags by its title and what its publisher says of it first, key
/// dates by all of its text. `text` is its body's plain text, `language` the one its publisher
/// states.
pub fn understood(
    tagger: &Tagger,
    source: &Source,
    mut update: Update,
    language: Option<&str>,
    text: &str,
) -> Update {
    let content = &update.content;
    let said = content.said_of(text);
    update.tags = tagger.tag(&Subject {
        headline: &content.title,
        summary: &said,
        language: language.or(source.language.as_deref()),
        body: Some(&source.body),
        frameworks: &source.frameworks,
    });
    update.correction = story::is_correction(&content.title);
    update.key_dates = key_dates::of(&Sayings {
        headline: &content.title,
        text: if text.is_empty() { &said } else { text },
        text_is_summary: text.is_empty(),
        stated: Some(&content.stated),
        published: content.published.as_ref().map(Stamp::day),
        language: update.tags.language.as_deref().or(language),
    });
    update
}

fn empty_visit(source: &SourceId, at: DateTime<Utc>, outcome: Outcome) -> Visit {
    Visit {
        source: source.clone(),
        at,
        outcome,
        status: None,
        entries: 0,
        new: 0,
        revised: 0,
        faults: Vec::new(),
        milliseconds: 0,
        bytes: 0,
    }
}

/// Writes down what the visit means for the next one and for the source's health.
fn remember(
    harvest: &mut Harvest,
    source: &Source,
    newest: Option<NaiveDate>,
    wait: Option<TimeDelta>,
    now: DateTime<Utc>,
) {
    let visit = &harvest.visit;
    let record = &mut harvest.state.record;
    record.note(visit, harvest.document.is_some(), newest, now);
    harvest.state.next_visit_at = now + cadence::next(source, record, visit.outcome, wait, now);
}
