//! Collecting: source -> fetch -> parse -> compare -> normalize -> tag -> store.
//!
//! Many sources at once, one visit at a time to a host, and one writer that stores what is
//! ready together in one transaction, up to some updates: group commit, so that a disk that syncs
//! 400 times a second is not the limit. What a visit leaves behind is stored whole or not at all,
//! the next visit's validators included, so that a crash costs a visit and never an item.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::daemon::House;
use crate::daemon::jobs::visit::{Looked, empty_visit, pack, remember, visit};
use crate::daemon::jobs::{index, watch};
use crate::daemon::stories::StoryBook;
use crate::daemon::visits::{Brought, Place, Visits};
use crate::domain::document::{Fault, FaultCode, Outcome, Visit};
use crate::domain::id::SourceId;
use crate::domain::source::Source;
use crate::domain::update::Reach;
use crate::fetch::{Fetcher, Room};
use crate::store::{Committed, Harvest, Lease, SourceState};

/// How long a brisk round lasts at most.
const ROUND: Duration = Duration::from_secs(3);
/// The most pages with something to tell that wait for the end of their round.
const MOST_HELD: usize = 64;
/// The most bytes of their documents that wait with them.
const MOST_HELD_BYTES: usize = 32 << 20;
/// The most updates that are stored together, of more than one visit: as many as the writer's pages hold
/// with the ends of the indexes that they touch. What is more goes to the disk before its time, and back.
const BATCH: usize = 500;
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
    let mut ready: Vec<Brought> = Vec::new();
    loop {
        let over = brisk && begun.elapsed() >= ROUND;
        let mut wanted = false;
        while !over
            && let Some(next) = due
                .iter()
                .position(|(source, _)| may_begin(house, &visits, source))
        {
            let Some(place) = visits.place() else {
                wanted = true;
                break;
            };
            if let Some((source, state)) = due.remove(next) {
                begin(&mut visits, house, fetcher, source, state, place);
            }
        }
        let done = due.is_empty() && awaited.is_empty();
        let patience = if done || over || !ready.is_empty() {
            Duration::ZERO
        } else {
            LOOK
        };
        let brought = visits.take(patience, wanted).await;
        house.vitals.step();
        let ends = brought.is_empty() && (over || done || visits.are_over());
        for brought in &brought {
            awaited.remove(&brought.harvest.visit.source);
        }
        let (later, now): (Vec<_>, Vec<_>) = brought
            .into_iter()
            .partition(|brought| watch::waits(&brought.harvest));
        ready.extend(now);
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
        let batch = ready.drain(..batch(&ready)).collect();
        for report in store_together(house, lease, &mut visits, batch).await? {
            if order.contains(&report.visit.source) {
                progress(&report);
                reports.insert(report.visit.source.clone(), report);
            }
        }
        if ends && ready.is_empty() {
            break;
        }
    }
    Ok(order
        .into_iter()
        .filter_map(|id| reports.remove(&id))
        .collect())
}

/// How many of what visits brought are stored together: at least one, and then as many as have few
/// enough updates. Pages that are watched bring none of their own: what a change of theirs means is told
/// when it is stored, of all pages together that waited for the end of the round.
fn batch(brought: &[Brought]) -> usize {
    let updates = brought
        .iter()
        .map(|brought| brought.harvest.new.len() + brought.harvest.revised.len());
    together(updates)
}

fn together(updates: impl Iterator<Item = usize>) -> usize {
    let mut sum = 0;
    let mut count = 0;
    for updates in updates {
        sum += updates;
        if count > 0 && sum > BATCH {
            break;
        }
        count += 1;
    }
    count
}

/// Catalogues share projects, and what one brings is compared with what the others brought: one is
/// read after the other.
fn may_begin(house: &House, visits: &Visits, source: &Source) -> bool {
    source.catalogue.is_none()
        || !house
            .sources
            .iter()
            .any(|other| other.catalogue.is_some() && visits.is_under_way(&other.id))
}

/// Waits for the visit to a source that is under way, if one is, and stores what it brings, so
/// that the source's state may be changed otherwise.
///
/// # Errors
/// When the lease is lost or the store fails.
pub(super) async fn settle(house: &House, lease: &Lease, source: &SourceId) -> anyhow::Result<()> {
    let mut visits = house.visits.lock().await;
    while visits.is_under_way(source) {
        let brought = visits.take(LOOK, false).await;
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
        let brought = visits.take(LOOK, false).await;
        store(house, lease, &mut visits, brought).await?;
    }
    Ok(())
}

/// Stores what visits brought, as many together as may be.
async fn store(
    house: &House,
    lease: &Lease,
    visits: &mut Visits,
    mut brought: Vec<Brought>,
) -> anyhow::Result<()> {
    while !brought.is_empty() {
        let batch = brought.drain(..batch(&brought)).collect();
        store_together(house, lease, visits, batch).await?;
    }
    Ok(())
}

/// Stores what visits brought, all of it or nothing; the room of each is held until it is. A report each.
async fn store_together(
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
    place: Place,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_one_visit_or_few_enough_updates() {
        for (updates, expected) in [
            (&[][..], 0),
            (&[BATCH + 100], 1),
            (&[BATCH - 100, 200], 1),
            (&[BATCH / 2, BATCH / 2, 1], 2),
            (&[BATCH, 0, 0, 1], 3),
            (&[0, 0, BATCH + 1], 2),
        ] {
            assert_eq!(together(updates.iter().copied()), expected, "{updates:?}");
        }
    }
}
