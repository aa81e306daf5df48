//! One visit to a source, page by page, and everything of it that is to be stored.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::compare::{self, Keyed};
use crate::daemon::House;
use crate::daemon::jobs::articles::{self, Followed, Visiting};
use crate::daemon::jobs::catalogue::{self, Lot};
use crate::daemon::jobs::chain::Place;
use crate::daemon::jobs::making::{About, made};
use crate::daemon::jobs::pages::{Page, Pages};
use crate::daemon::jobs::watch;
use crate::daemon::visits::Brought;
use crate::domain::cadence;
use crate::domain::catalogue::RegisterChanges;
use crate::domain::document::{
    Document, Fault, FaultCode, FeedDescription, Memory, Outcome, Visit,
};
use crate::domain::evidence::Evidence;
use crate::domain::id::SourceId;
use crate::domain::source::{Keep, Source, SourceKind};
use crate::domain::watched::Watching;
use crate::fetch::{Answer, Fetched, Fetcher, Room};
use crate::parse;
use crate::store::{Fresh, Harvest, SourceState, Store};

/// How many times as long as one page all pages of a visit may take.
const LONGEST_VISIT: u64 = 10;
/// Faults told of one visit, however many pages it had.
const MOST_FAULTS: usize = 100;

/// Visits one source, page by page, and makes of it everything that is to be stored.
pub(super) async fn visit(
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
                let asking = Asking {
                    house,
                    fetcher,
                    source: &source,
                };
                if let Some(page) = take_in(
                    &asking,
                    &mut harvest,
                    &mut pages,
                    &mut looked,
                    (document, packed),
                    &mut room,
                )
                .await
                {
                    harvest.state.memory = memory;
                    harvest.visit.faults.extend(pages.turn(&url, &page));
                    if looked.limited {
                        pages.stop();
                    }
                    wait = read_on(&asking, &mut harvest, &mut pages, &mut looked, &mut room)
                        .await
                        .max(looked.wait);
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
    asking: &Asking<'_>,
    harvest: &mut Harvest,
    pages: &mut Pages,
    looked: &mut Looked,
    room: &mut Room,
) -> Option<TimeDelta> {
    let Asking {
        house,
        fetcher,
        source,
    } = *asking;
    let mut wait = None;
    while let Some(url) = pages.next() {
        let number = pages.read() + 1;
        if harvest.visit.milliseconds >= longest(source) {
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
                let page = take_in(asking, harvest, pages, looked, (document, packed), room).await;
                let faults = harvest.visit.faults.split_off(before);
                // That a part of an index holds nothing of what is asked for is no fault of it.
                let nothing = pages.is_index
                    && page.is_none()
                    && faults.iter().any(|fault| fault.code == FaultCode::NoMatch);
                if !nothing {
                    harvest.visit.faults.extend(faults.into_iter().map(of_page));
                }
                match page {
                    Some(page) => {
                        harvest.visit.faults.extend(pages.turn(&url, &page));
                        if looked.limited {
                            pages.stop();
                        }
                    }
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

/// Who asks whom.
struct Asking<'v> {
    house: &'v House,
    fetcher: &'v Fetcher,
    source: &'v Source,
}

/// How long all pages of a visit may take, in milliseconds.
pub(super) fn longest(source: &Source) -> u64 {
    u64::try_from(source.max_time.num_milliseconds())
        .unwrap_or(0)
        .saturating_mul(LONGEST_VISIT)
}

/// Packs the bodies of the documents that were read.
pub(super) async fn pack(harvest: &mut Harvest) {
    for read in harvest
        .documents
        .iter_mut()
        .filter(|read| read.packed.is_none())
    {
        read.packed = Some(read.document.body.len() as u64);
        let body = std::mem::take(&mut read.document.body);
        if read.keep == Keep::Hash {
            continue;
        }
        match tokio::task::spawn_blocking(move || crate::store::compressed(&body)).await {
            Ok(Some(packed)) => read.document.body = packed,
            // Its hash is proof enough.
            Ok(None) | Err(_) => read.keep = Keep::Hash,
        }
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
    // What waits behind a further page is found only where that one is read.
    harvest.state.record.signs.unread = pages.unread || (looked.pending && pages.read() > 1);
    if pages.is_more_than_its_first() || looked.pending {
        // A first page that is as it was would hide what stands on the others, and on those that
        // its items link to.
        harvest.state.memory = Memory::default();
    }
}

/// What was seen on the pages of a visit, beside what is stored.
#[derive(Debug, Default)]
pub(super) struct Looked {
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
    /// Pages read that items link to, and whether more are still to be read.
    followed: usize,
    pending: bool,
    /// Whether the publisher asked us to wait when it was asked for such a page.
    limited: bool,
    /// For how long the publisher asks us to wait, when it was asked for such a page.
    wait: Option<TimeDelta>,
}

/// Reads a document and compares it with what is known; none when it could not be read.
async fn take_in(
    asking: &Asking<'_>,
    harvest: &mut Harvest,
    pages: &mut Pages,
    looked: &mut Looked,
    (document, packed): (Document, Option<u64>),
    room: &mut Room,
) -> Option<Page> {
    let Asking { house, source, .. } = *asking;
    let now = document.fetched_at.max(harvest.visit.at);
    let mut page = None;
    let place = Place::after(&harvest.state, &document);
    let proof = place.proof(&document);
    let first = pages.read() == 0;
    let document = Arc::new(document);
    let read = match source.kind {
        SourceKind::Catalogue => {
            read_catalogue(house, source, Arc::clone(&document), proof, now).await
        }
        SourceKind::Page => {
            watch::read(house, source, Arc::clone(&document), place.number, now).await
        }
        _ => {
            let kept = harvest.documents.iter();
            let reading = Reading {
                place: &place,
                followed: looked.followed,
                spent: harvest.visit.milliseconds,
                kept: kept.map(|read| read.document.body.len()).sum(),
                now,
            };
            read(asking, Arc::clone(&document), &reading, pages, room).await
        }
    };
    let mut followed = Vec::new();
    match read {
        Ok(read) => {
            harvest.visit.faults.extend(read.faults);
            harvest.visit.bytes += read.followed.bytes;
            harvest.visit.milliseconds += read.followed.milliseconds;
            looked.pending |= read.followed.pending;
            looked.limited |= read.followed.limited;
            looked.followed += read.followed.pages.len();
            looked.wait = looked.wait.max(read.followed.wait);
            followed = read.followed.pages;
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
    // A further page that brought nothing proves that it was looked at: its hash does.
    let brought = page.as_ref().is_none_or(|page| page.brought > 0);
    let keep = if first || brought {
        source.keep
    } else {
        Keep::Hash
    };
    place.take(harvest, Arc::unwrap_or_clone(document), packed, keep);
    for page in followed {
        Place::after(&harvest.state, &page.document).take(
            harvest,
            page.document,
            Some(page.packed),
            page.keep,
        );
    }
    page
}

/// What is known of a visit when a document of it is read.
struct Reading<'v> {
    /// The document's place in the chain.
    place: &'v Place,
    /// Pages read in the visit that items link to.
    followed: usize,
    /// Time spent on the visit, in milliseconds.
    spent: u64,
    /// Bytes that are kept of its documents before.
    kept: usize,
    now: DateTime<Utc>,
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
    /// What the pages gave that its items link to; their faults stand among the others.
    pub(super) followed: Followed,
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
    asking: &Asking<'_>,
    document: Arc<Document>,
    reading: &Reading<'_>,
    pages: &mut Pages,
    room: &mut Room,
) -> Result<Read, Fault> {
    let Asking {
        house,
        fetcher,
        source,
    } = *asking;
    let now = reading.now;
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
    let links = if source.follow {
        articles::links(&keyed)
    } else {
        HashMap::new()
    };
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
    let mut turn = Some(turn);
    if source.follow && !comparison.changes.is_empty() {
        // Others may read meanwhile: the pages are a matter of minutes.
        turn = None;
        let visiting = Visiting {
            house,
            fetcher,
            source,
            list: &document,
            place: reading.place,
            links: &links,
            read: reading.followed,
            first_contact,
            spent: reading.spent,
            kept: reading.kept + document.body.len(),
            now,
        };
        out.followed = articles::follow(&visiting, room, &mut comparison.changes).await;
        faults.append(&mut out.followed.faults);
    }
    if turn.is_none() {
        turn = Some(house.turns.acquire().await);
    }
    let about = About {
        source,
        document: document.url.clone(),
        proof: reading.place.proof(&document),
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

/// Whether an address that led to a page of a site leads to its front door now.
pub(super) fn redirected_home(source: &Source, document: &Document) -> Option<Fault> {
    let asked = url::Url::parse(source.url.as_str()).ok()?;
    let got = document.url.as_url();
    leads_home(&asked, got).then(|| {
        Fault::new(
            FaultCode::RedirectedHome,
            format!(
                "The address leads to the site's front page, {got}, now: the page has moved or \
                 is gone. Look for its new address."
            ),
        )
    })
}

/// Whether whoever asked for a page got the front door of a site.
pub(super) fn leads_home(asked: &url::Url, got: &url::Url) -> bool {
    let segments = |url: &url::Url| -> Vec<String> {
        url.path_segments()
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (wanted, found) = (segments(asked), segments(got));
    // "/", "/en", "/index.html": a front door. Where one was asked for, none is noticed.
    let door = |parts: &[String]| match parts {
        [] => true,
        [one] => one.len() <= 2 || one.starts_with("index."),
        _ => false,
    };
    got != asked && door(&found) && !door(&wanted) && got.query().is_none()
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

/// Writes down what the visit means for the next one and for the source's health.
pub(super) fn remember(
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
