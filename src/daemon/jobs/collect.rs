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
use crate::daemon::jobs::catalogue::{self, Lot};
use crate::daemon::jobs::index;
use crate::daemon::jobs::pages::{Page, Pages};
use crate::daemon::jobs::watch;
use crate::daemon::stories::StoryBook;
use crate::daemon::visits::{Brought, Visits};
use crate::domain::address::WebAddress;
use crate::domain::cadence;
use crate::domain::catalogue::RegisterChanges;
use crate::domain::change::{Change, PlainTexts};
use crate::domain::document::{
    Document, Entry, Fault, FaultCode, FeedDescription, Memory, Outcome, Visit,
};
use crate::domain::evidence::{self, Evidence, Record};
use crate::domain::id::{SourceId, UpdateId};
use crate::domain::source::{Keep, Source, SourceKind};
use crate::domain::update::{Authority, Because, Field, Reach, Update};
use crate::domain::watched::Watching;
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
/// The most pages with something to tell that wait for the end of their round.
const MOST_HELD: usize = 64;
/// The most bytes of their documents that wait with them.
const MOST_HELD_BYTES: usize = 32 << 20;
/// How long a round waits for what is under way before it looks around.
const LOOK: Duration = Duration::from_millis(500);
/// How many times as long as one page all pages of a visit may take.
const LONGEST_VISIT: u64 = 10;
/// Faults told of one visit, however many pages it had.
const MOST_FAULTS: usize = 100;

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
    let mut visits = house.visits.lock().await;
    // Read once nobody else can take in what a visit changes of them.
    let states = house.store.source_states().await?;
    let now = house.clock.now();
    let mut due = VecDeque::new();
    let mut awaited = HashSet::new();
    let mut reports: HashMap<SourceId, Report> = HashMap::new();
    let mut order = Vec::new();
    for source in house.sources.iter() {
        let named = choice.only.contains(&source.id);
        let wanted = named || (choice.only.is_empty() && source.on);
        if !wanted || !source.is_readable() {
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
    let mut held: Vec<Brought> = Vec::new();
    loop {
        while !due.is_empty()
            && let Some(place) = visits.place()
            && let Some((source, state)) = due.pop_front()
        {
            begin(&mut visits, house, fetcher, source, state, place);
        }
        let over = brisk && begun.elapsed() >= ROUND;
        let done = due.is_empty() && awaited.is_empty();
        let patience = if done || over { Duration::ZERO } else { LOOK };
        let brought = visits.take(patience).await;
        let ends = brought.is_empty() && (over || done || visits.are_over());
        for brought in &brought {
            awaited.remove(&brought.harvest.visit.source);
        }
        let (later, mut ready): (Vec<_>, Vec<_>) = brought
            .into_iter()
            .partition(|brought| watch::waits(&brought.harvest));
        for mut brought in later {
            // Who waits for the end of the round keeps no room that others wait for.
            pack(&mut brought.harvest).await;
            brought.room = Room::default();
            held.push(brought);
        }
        let held_bytes: usize = held
            .iter()
            .flat_map(|held| &held.harvest.documents)
            .map(|read| read.document.body.len())
            .sum();
        if ends || held.len() >= MOST_HELD || held_bytes >= MOST_HELD_BYTES {
            held.sort_by_key(|held| {
                let source = &held.harvest.visit.source;
                order.iter().position(|id| id == source)
            });
            ready.append(&mut held);
        }
        let told = store(house, lease, &mut visits, ready).await?;
        for report in told {
            if order.contains(&report.visit.source) {
                progress(&report);
                reports.insert(report.visit.source.clone(), report);
            }
        }
        if ends {
            break;
        }
    }
    Ok(order
        .into_iter()
        .filter_map(|id| reports.remove(&id))
        .collect())
}

/// Waits for the visit to a source that is under way, if one is, and stores what it brings, so
/// that the source's state may be changed otherwise.
///
/// # Errors
/// When the lease is lost or the store fails.
pub(super) async fn settle(house: &House, lease: &Lease, source: &SourceId) -> anyhow::Result<()> {
    let mut visits = house.visits.lock().await;
    while visits.is_under_way(source) {
        let brought = visits.take(LOOK).await;
        store(house, lease, &mut visits, brought).await?;
    }
    Ok(())
}

/// Waits for every visit that is under way, and stores what it brings, so that what is stored may
/// be changed otherwise.
///
/// # Errors
/// When the lease is lost or the store fails.
pub(super) async fn settle_all(house: &House, lease: &Lease) -> anyhow::Result<()> {
    let mut visits = house.visits.lock().await;
    while !visits.are_over() {
        let brought = visits.take(LOOK).await;
        store(house, lease, &mut visits, brought).await?;
    }
    Ok(())
}

/// Stores what visits brought; the room of each is held until it is. A report each.
async fn store(
    house: &House,
    lease: &Lease,
    visits: &mut Visits,
    brought: Vec<Brought>,
) -> anyhow::Result<Vec<Report>> {
    if brought.is_empty() {
        return Ok(Vec::new());
    }
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
    let reports = harvests
        .iter()
        .map(|harvest| Report {
            visit: harvest.visit.clone(),
        })
        .collect();
    if !committed.lines.is_empty() {
        index::stage(house, committed, harvests).await;
    }
    drop(rooms);
    Ok(reports)
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
        documents: Vec::new(),
        new: Vec::new(),
        revised: Vec::new(),
        register: None,
        watching: None,
    };
    harvest.visit.faults.push(Fault::new(
        FaultCode::ReaderFailed,
        "the visit broke off by a fault of ours; nothing was taken, and the next one tries again",
    ));
    remember(&mut harvest, source, &Looked::default(), None, now);
    Brought {
        harvest,
        room: Room::default(),
    }
}

/// Gives what is new its stories and stores what visits left behind.
pub(super) async fn commit(
    house: &House,
    lease: &Lease,
    harvests: &mut [Harvest],
) -> Result<Committed, crate::store::Error> {
    watch::tell(house, harvests).await?;
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

/// Visits one source, page by page, and makes of it everything that is to be stored.
async fn visit(
    house: &House,
    fetcher: &Fetcher,
    source: Source,
    mut state: SourceState,
) -> Brought {
    let now = house.clock.now();
    if source.kind == SourceKind::Page {
        watch::prepare(house, &source, &mut state).await;
    }
    let fetched = fetcher.visit(&source, &state.memory, now).await;
    crate::crash::point("after-fetch");
    let now = house.clock.now().max(now);
    let Fetched {
        answer,
        bytes,
        milliseconds,
        mut room,
    } = fetched;
    let mut harvest = Harvest {
        visit: Visit {
            bytes,
            milliseconds,
            ..empty_visit(&source.id, now, Outcome::Failed)
        },
        state,
        documents: Vec::new(),
        new: Vec::new(),
        revised: Vec::new(),
        register: None,
        watching: None,
    };
    let mut wait = None;
    let mut looked = Looked::default();
    match answer {
        Answer::NotModified { memory, status } => {
            harvest.visit.status = Some(status);
            harvest.visit.outcome = Outcome::Unchanged;
            harvest.state.memory = memory;
            seen_again(house, &source, &mut harvest, now).await;
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
            packed,
            memory,
            moved_to,
        } => {
            harvest.visit.status = Some(document.status);
            harvest.state.record.signs.moved_to.clone_from(&moved_to);
            harvest.state.moved_to = moved_to;
            if harvest.state.memory.sha256.as_ref() == Some(&document.sha256) {
                harvest.visit.outcome = Outcome::Unchanged;
                harvest.state.memory = memory;
                seen_again(house, &source, &mut harvest, now).await;
            } else {
                let mut pages = Pages::new(&source, &harvest.state);
                let url = document.url.clone();
                if let Some(page) = take_in(
                    house,
                    &source,
                    &mut harvest,
                    &mut pages,
                    &mut looked,
                    (document, packed),
                )
                .await
                {
                    harvest.state.memory = memory;
                    harvest.visit.faults.extend(pages.turn(&url, &page));
                    wait = read_on(
                        house,
                        fetcher,
                        &source,
                        &mut harvest,
                        &mut pages,
                        &mut looked,
                        &mut room,
                    )
                    .await;
                    finish(&mut harvest, &pages, &looked);
                }
            }
        }
    }
    remember(&mut harvest, &source, &looked, wait, now);
    harvest.new.append(&mut looked.moved);
    Brought { harvest, room }
}

/// Reads the further pages of a list, or the parts of an index, as far as there is reason to; one
/// that cannot be read costs itself. For how long the publisher asks us to wait, if it does.
///
/// What was read is kept packed meanwhile, and its room given back for as much as that takes:
/// whoever held the room of a whole page while it waits for the next might wait for itself.
async fn read_on(
    house: &House,
    fetcher: &Fetcher,
    source: &Source,
    harvest: &mut Harvest,
    pages: &mut Pages,
    looked: &mut Looked,
    room: &mut Room,
) -> Option<TimeDelta> {
    let mut wait = None;
    let longest = u64::try_from(source.max_time.num_milliseconds())
        .unwrap_or(0)
        .saturating_mul(LONGEST_VISIT);
    while let Some(url) = pages.next() {
        let number = pages.read() + 1;
        if harvest.visit.milliseconds >= longest {
            harvest.visit.faults.push(Fault::new(
                FaultCode::TimeOut,
                format!(
                    "{} pages took {} s; the rest is left for the next visit.",
                    number - 1,
                    harvest.visit.milliseconds / 1_000
                ),
            ));
            pages.stop();
            break;
        }
        let of_page = |fault: Fault| {
            Fault::new(
                fault.code,
                format!("Page {number}, {url}: {}", fault.detail),
            )
        };
        pack(harvest).await;
        let kept = harvest
            .documents
            .iter()
            .map(|read| read.document.body.len())
            .sum();
        if !fetcher.keep(room, kept) {
            harvest.visit.faults.push(Fault::new(
                FaultCode::NoRoom,
                format!(
                    "Other visits fill the memory that there is for lists of several pages; after {} the rest is left for the next visit.",
                    number - 1
                ),
            ));
            pages.stop();
            break;
        }
        let Fetched {
            answer,
            bytes,
            milliseconds,
            room: taken,
        } = fetcher.page(source, &url, house.clock.now()).await;
        room.join(taken);
        harvest.visit.bytes += bytes;
        harvest.visit.milliseconds += milliseconds;
        match answer {
            Answer::Document {
                document, packed, ..
            } => {
                let before = harvest.visit.faults.len();
                let page = take_in(house, source, harvest, pages, looked, (document, packed)).await;
                let faults = harvest.visit.faults.split_off(before);
                // That a part of an index holds nothing of what is asked for is no fault of it.
                let nothing = pages.is_index
                    && page.is_none()
                    && faults.iter().any(|fault| fault.code == FaultCode::NoMatch);
                if !nothing {
                    harvest.visit.faults.extend(faults.into_iter().map(of_page));
                }
                match page {
                    Some(page) => harvest.visit.faults.extend(pages.turn(&url, &page)),
                    None if nothing => pages.pass(),
                    None => pages.fail(),
                }
            }
            Answer::Limited {
                fault, retry_after, ..
            } => {
                harvest.visit.faults.push(of_page(fault));
                pages.stop();
                wait = retry_after;
            }
            Answer::Gone { fault } | Answer::Refused { fault } | Answer::Failed { fault, .. } => {
                harvest.visit.faults.push(of_page(fault));
                pages.fail();
            }
            // Asked without condition, so that this is an answer to nothing.
            Answer::NotModified { .. } => pages.fail(),
        }
    }
    wait
}

/// Packs the body of the document that was read last.
async fn pack(harvest: &mut Harvest) {
    let Some(last) = harvest.documents.last_mut() else {
        return;
    };
    if last.packed.is_some() {
        return;
    }
    last.packed = Some(last.document.body.len() as u64);
    let body = std::mem::take(&mut last.document.body);
    if last.keep == Keep::Hash {
        return;
    }
    match tokio::task::spawn_blocking(move || crate::store::compressed(&body)).await {
        Ok(Some(packed)) => last.document.body = packed,
        // Its hash is proof enough.
        Ok(None) | Err(_) => last.keep = Keep::Hash,
    }
}

/// Counts what all pages brought, and decides what the next visit may take for granted.
fn finish(harvest: &mut Harvest, pages: &Pages, looked: &Looked) {
    let visit = &mut harvest.visit;
    let count = |fresh: &[Fresh]| u32::try_from(fresh.len()).unwrap_or(u32::MAX);
    visit.faults.truncate(MOST_FAULTS);
    visit.entries = looked.all;
    visit.new = count(&harvest.new);
    visit.revised = count(&harvest.revised);
    visit.outcome = if harvest.new.is_empty() && harvest.revised.is_empty() {
        Outcome::Unchanged
    } else {
        Outcome::New
    };
    if pages.is_index && looked.all == 0 {
        visit.faults.push(Fault::new(
            FaultCode::NoMatch,
            "No sitemap of the index holds an address that `include` and `under` ask for: the site has changed.",
        ));
        visit.outcome = Outcome::Quarantined;
    }
    harvest.state.record.signs.unread = pages.unread;
    if pages.is_more_than_its_first() {
        // A first page that is as it was would hide what stands on the others.
        harvest.state.memory = Memory::default();
    }
}

/// What was seen on the pages of a visit, beside what is stored.
#[derive(Debug, Default)]
struct Looked {
    /// Entries on the first page.
    first: u32,
    /// Entries on all pages.
    all: u32,
    /// Whether they are parts of one whole, so that all count and not the first page's.
    is_index: bool,
    /// The latest day of publication that is no future.
    newest: Option<NaiveDate>,
    /// What tells of dates that revisions moved: ours, and nothing that the source brought.
    moved: Vec<Fresh>,
}

/// Reads a document and compares it with what is known; none when it could not be read.
async fn take_in(
    house: &House,
    source: &Source,
    harvest: &mut Harvest,
    pages: &mut Pages,
    looked: &mut Looked,
    (document, packed): (Document, Option<u64>),
) -> Option<Page> {
    let now = document.fetched_at.max(harvest.visit.at);
    let mut page = None;
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
    let first = pages.read() == 0;
    let document = Arc::new(document);
    let read = match source.kind {
        SourceKind::Catalogue => {
            read_catalogue(house, source, Arc::clone(&document), proof, now).await
        }
        SourceKind::Page => watch::read(house, source, Arc::clone(&document), number, now).await,
        _ => read(house, source, Arc::clone(&document), proof, pages, now).await,
    };
    match read {
        Ok(read) => {
            harvest.visit.faults.extend(read.faults);
            looked.newest = looked.newest.max(read.newest);
            looked.is_index |= !read.parts.is_empty();
            looked.all = looked.all.saturating_add(read.entries);
            harvest.watching = read.watching;
            if first {
                looked.first = read.entries;
                harvest.visit.entries = read.entries;
            }
            if read.readable {
                page = Some(Page {
                    bytes: document.body.len() as u64,
                    brought: read.new.len() + read.revised.len(),
                    next: read.next,
                    parts: read.parts,
                });
                if !first || page.as_ref().is_some_and(Page::leads_on) {
                    pages.brought(&read.new, &read.revised);
                }
                looked.moved.extend(read.moved);
                harvest.new.extend(read.new);
                harvest.revised.extend(read.revised);
                harvest.register = read.register;
                if first {
                    harvest.state.description = read.description;
                    harvest.state.first_contact_at.get_or_insert(now);
                }
            } else if first {
                harvest.visit.outcome = Outcome::Quarantined;
            }
        }
        Err(fault) => {
            if first {
                harvest.visit.outcome = Outcome::Quarantined;
            }
            harvest.visit.faults.push(fault);
        }
    }
    harvest.state.documents = number;
    harvest.state.chain_head = Some(link.clone());
    // A further page that brought nothing proves that it was looked at: its hash does.
    let brought = page.as_ref().is_none_or(|page| page.brought > 0);
    harvest.documents.push(NewDocument {
        number,
        document: Arc::unwrap_or_clone(document),
        packed,
        keep: if first || brought {
            source.keep
        } else {
            Keep::Hash
        },
        previous,
        link,
        software: software.to_owned(),
    });
    page
}

/// What a document holds for the store.
#[derive(Default)]
pub(super) struct Read {
    pub(super) entries: u32,
    /// The latest day of publication that is no future.
    pub(super) newest: Option<NaiveDate>,
    pub(super) readable: bool,
    pub(super) faults: Vec<Fault>,
    pub(super) description: FeedDescription,
    pub(super) new: Vec<Fresh>,
    pub(super) revised: Vec<Fresh>,
    /// What tells of dates that revisions moved.
    pub(super) moved: Vec<Fresh>,
    pub(super) next: Option<String>,
    pub(super) parts: Vec<String>,
    pub(super) register: Option<Box<RegisterChanges>>,
    pub(super) watching: Option<Box<Watching>>,
}

/// A whole list that is as it was: one more proof that none of its rows moved.
async fn seen_again(house: &House, source: &Source, harvest: &mut Harvest, now: DateTime<Utc>) {
    if source.kind == SourceKind::Page {
        harvest.watching = watch::seen_again(house, source).await;
    }
    if source.kind != SourceKind::Catalogue {
        return;
    }
    match catalogue::unchanged(house, source, now).await {
        Ok(register) => harvest.register = register.map(Box::new),
        // The proof of one look is lost, and nothing else.
        Err(error) => {
            tracing::warn!(source.id = %source.id, %error, "a look at a catalogue could not be counted")
        }
    }
}

/// Reads a body's whole list and compares it with the register.
async fn read_catalogue(
    house: &House,
    source: &Source,
    document: Arc<Document>,
    proof: Evidence,
    now: DateTime<Utc>,
) -> Result<Read, Fault> {
    let failed = |error: anyhow::Error| {
        Fault::new(
            FaultCode::ReaderFailed,
            format!(
                "reading failed ({error:#}); nothing was taken, and the next visit tries again"
            ),
        )
    };
    let turn = house.turns.acquire().await;
    let terms = catalogue::Terms {
        at: document.fetched_at,
        now,
        shrunken: false,
    };
    let address = document.url.clone();
    let gathered = catalogue::gather(house, source, Lot::Fetched(document), &terms, false)
        .await
        .map_err(failed)?;
    let mut out = Read {
        entries: u32::try_from(gathered.rows).unwrap_or(u32::MAX),
        readable: gathered.readable,
        faults: gathered.faults.clone(),
        ..Read::default()
    };
    if gathered.readable {
        let taken = catalogue::take_in(house, source, gathered, &terms, proof, address)
            .await
            .map_err(failed)?;
        out.new = taken.new;
        out.register = Some(Box::new(taken.register));
    }
    drop(turn);
    Ok(out)
}

/// The steps between bytes and updates; the pure ones run where they do not hold up the network.
async fn read(
    house: &House,
    source: &Source,
    document: Arc<Document>,
    proof: Evidence,
    pages: &mut Pages,
    now: DateTime<Utc>,
) -> Result<Read, Fault> {
    let (first, first_contact) = (pages.read() == 0, pages.first_contact);
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
            if first && let Some(fault) = redirected_home(&source, &document) {
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
            let keyed = compare::keyed(std::mem::take(&mut parsed.entries));
            (entries, newest, keyed, parsed)
        })
    };
    let (entries, newest, keyed, parsed) = parsing.await.map_err(|error| failed(&error))?;
    let mut faults = parsed.faults;
    let mut out = Read {
        entries,
        newest,
        readable: parsed.readable,
        description: parsed.description,
        next: parsed.next,
        parts: parsed.parts,
        ..Read::default()
    };
    if !out.readable {
        out.faults = faults;
        return Ok(out);
    }
    if let Some(fault) = pages.repeated(&keyed) {
        faults.push(fault);
        out.next = None;
        out.entries = 0;
    }
    let keyed = pages.unmet(keyed);
    let mut known = if first_contact {
        Vec::new()
    } else {
        known(&house.store, source, &keyed)
            .await
            .map_err(|error| failed(&error))?
    };
    known.extend_from_slice(pages.known());
    let mut comparison = compare::compare(keyed, &known);
    comparison.changes.retain(|change| !pages.is_told(change));
    let about = About {
        source,
        document: document.url.clone(),
        proof,
        now,
        first_contact,
    };
    let made = made(house, about, comparison.changes)
        .await
        .map_err(|error| failed(&error))?;
    drop(turn);
    faults.extend(made.faults);
    out.new = made.new;
    out.revised = made.revised;
    out.moved = made.moved;
    out.faults = faults;
    Ok(out)
}

/// What is true of all changes of one visit.
pub(super) struct About<'v> {
    pub(super) source: &'v Source,
    /// Where the document lay.
    pub(super) document: WebAddress,
    pub(super) proof: Evidence,
    pub(super) now: DateTime<Utc>,
    pub(super) first_contact: bool,
}

/// What came of the changes of one visit.
pub(super) struct Made {
    pub(super) new: Vec<Fresh>,
    pub(super) revised: Vec<Fresh>,
    /// What tells of dates that revisions moved.
    pub(super) moved: Vec<Fresh>,
    pub(super) faults: Vec<Fault>,
}

/// Makes Updates of changes: those that are new, those that are revised, and what was wrong.
pub(super) async fn made(
    house: &House,
    about: About<'_>,
    changes: Vec<Change>,
) -> anyhow::Result<Made> {
    let revised: Vec<UpdateId> = changes
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
            .await?
            .into_iter()
            .map(|update| (update.id.clone(), update))
            .collect()
    };
    let tagger = house.tagger.clone();
    let authority = house
        .library
        .body(&about.source.body)
        .map_or(Authority::Secondary, |body| body.authority());
    let source = about.source.clone();
    let About {
        document,
        proof,
        now,
        first_contact,
        ..
    } = about;
    let making = tokio::task::spawn_blocking(move || {
        let mut previous = previous;
        let about = Circumstances {
            source: &source.id,
            authority,
            document: &document,
            now,
            first_contact,
            evidence: &proof,
        };
        let mut new = Vec::new();
        let mut revised = Vec::new();
        let mut moved = Vec::new();
        let mut faults = Vec::new();
        for change in changes {
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
                            moved.extend(
                                normalize::moved_dates(before, &update, now)
                                    .map(|notice| notice_of(&tagger, &source, notice)),
                            );
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
        Made {
            new,
            revised,
            moved,
            faults,
        }
    });
    Ok(making.await?)
}

/// The Update that tells of dates that moved, with its tags. Its dates are those that moved, with
/// the words that tell them, and not what is read in our own sentence.
fn notice_of(tagger: &Tagger, source: &Source, mut notice: Update) -> Fresh {
    let dates = std::mem::take(&mut notice.key_dates);
    let mut update = understood(tagger, source, notice, None, "");
    update.key_dates = dates;
    let entry = Entry {
        title: update.content.title.clone(),
        url: update.content.url.clone(),
        ..Entry::default()
    };
    let plain = PlainTexts {
        title: update.content.title.clone(),
        summary: update.content.summary.clone(),
        content: String::new(),
    };
    Fresh {
        fingerprint: compare::fingerprint(&entry, &plain),
        update,
        text: String::new(),
    }
}

/// Whether an address that led to a page of a site leads to its front door now.
pub(super) fn redirected_home(source: &Source, document: &Document) -> Option<Fault> {
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
        stated: Some(&content.stated),
    });
    if let Some(stage) = &content.stage {
        // What kind of event a stage is, the field's mapping says, and not the words around it.
        update.tags.kind = content.stated.kind;
        update.tags.kind_because = match (content.stated.kind, stage.changes.last()) {
            (Some(_), Some(step)) => vec![Because {
                rule: "stage".to_owned(),
                field: Field::Source,
                text: step.to.to_string(),
                start: 0,
            }],
            _ => Vec::new(),
        };
    }
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

pub(in crate::daemon) fn empty_visit(
    source: &SourceId,
    at: DateTime<Utc>,
    outcome: Outcome,
) -> Visit {
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
    looked: &Looked,
    wait: Option<TimeDelta>,
    now: DateTime<Utc>,
) {
    let visit = &harvest.visit;
    let record = &mut harvest.state.record;
    // How many pages were read hangs on what was new; how long a page is does not.
    let usual = Visit {
        entries: if looked.is_index {
            looked.all
        } else {
            looked.first
        },
        ..visit.clone()
    };
    record.note(&usual, !harvest.documents.is_empty(), looked.newest, now);
    harvest.state.next_visit_at = now + cadence::next(source, record, visit.outcome, wait, now);
}
