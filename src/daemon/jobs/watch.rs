//! Watching pages: a reading -> what is known of the page -> its change and its life cycle's, as
//! entries like all others.
//!
//! A visit compares ([`read`]); what is told of it is made when it is stored ([`tell`]), at the end
//! of its round and in the order of the sources, because two pages may show one event: the life cycle
//! of a project, or an edit made on a whole site. So no two visits overlap between knowing and
//! storing.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::making::{About, made};
use super::visit::{Read, redirected_home};
use crate::compare;
use crate::compare::page::{Group, Past, Verdict, grouped, noted};
use crate::daemon::House;
use crate::domain::change::{Change, Fingerprint};
use crate::domain::document::{Document, Entry, Fault, FaultCode, Markup, Memory, Outcome, Sha256};
use crate::domain::evidence::Evidence;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::page_change::PageChange;
use crate::domain::source::Source;
use crate::domain::watched::{CycleOwner, Doubt, PageVersion, WatchedPage, Watching};
use crate::parse::{self, PAGE_READER, Parsed};
use crate::store::{Fresh, Harvest, SourceState};

/// An edit made on so many pages of a site at once is the site's and told once.
const OF_A_SITE: usize = 3;

/// What of a source's definition says how its page is read.
fn definition(source: &Source) -> Fingerprint {
    let select = &source.select;
    let what = serde_json::json!([
        PAGE_READER,
        select.keep,
        select.drop,
        select.watch,
        select.life_cycle.is_some(),
    ]);
    let hash = Sha256::of(what.to_string().as_bytes());
    let half = hash.as_str().get(..32).and_then(Fingerprint::read);
    half.unwrap_or(Fingerprint(0))
}

/// Before a visit: a page that is read by another definition than the last time, or of which
/// nothing is known, is asked for without condition. What did not change since would else hide that
/// it has no baseline.
pub(super) async fn prepare(house: &House, source: &Source, state: &mut SourceState) {
    match house.store.watched_by(&source.id).await {
        Ok(Some((by, _))) if by == definition(source) => {}
        Ok(_) => state.memory = Memory::default(),
        // The reading after it will say so.
        Err(error) => {
            tracing::warn!(source.id = %source.id, %error, "what is known of a page could not be read");
        }
    }
}

/// A page that is as it was: what was doubted in between is forgotten.
pub(super) async fn seen_again(house: &House, source: &Source) -> Option<Box<Watching>> {
    let known = async {
        match house.store.watched_by(&source.id).await? {
            Some((_, true)) => house.store.watched_page(&source.id).await,
            _ => Ok(None),
        }
    };
    match known.await {
        Ok(page) => page.map(|page| {
            Box::new(unmoved(WatchedPage {
                doubted: None,
                ..page
            }))
        }),
        // A doubt that lives too long asks for one reading less, and the next visit ends it.
        Err(error) => {
            tracing::warn!(source.id = %source.id, %error, "a doubt about a page could not be ended");
            None
        }
    }
}

/// Takes the text out of a document and reads it.
pub(crate) async fn parsed(
    house: &House,
    source: &Source,
    document: Arc<Document>,
) -> anyhow::Result<Parsed> {
    let text = if parse::is_pdf(&document) {
        match house.pdf.text(&document.body).await {
            Ok(text) => Some(text),
            Err(error) => {
                return Ok(Parsed {
                    faults: vec![error.fault()],
                    ..Parsed::default()
                });
            }
        }
    } else {
        None
    };
    let turn = house.turns.acquire().await;
    let source = source.clone();
    let reading = tokio::task::spawn_blocking(move || {
        let mut parsed = match text {
            Some(text) => parse::parse_pdf(&text, &source),
            None => parse::parse(&document, &source),
        };
        if let Some(fault) = redirected_home(&source, &document) {
            parsed.readable = false;
            parsed.faults.insert(0, fault);
        }
        parsed
    });
    let parsed = reading.await?;
    drop(turn);
    Ok(parsed)
}

/// Reads a watched page and compares it with what is known of it. A page that is not believed yet
/// goes aside like one that cannot be read, and is remembered as doubted.
pub(super) async fn read(
    house: &House,
    source: &Source,
    document: Arc<Document>,
    number: i64,
    now: DateTime<Utc>,
) -> Result<Read, Fault> {
    let failed = |error: &dyn std::fmt::Display| {
        Fault::new(
            FaultCode::ReaderFailed,
            format!("reading failed ({error}); nothing was taken, and the next visit tries again"),
        )
    };
    let parsed = parsed(house, source, document)
        .await
        .map_err(|error| failed(&error))?;
    let mut out = Read {
        faults: parsed.faults,
        ..Read::default()
    };
    let Some(reading) = parsed.page.filter(|_| parsed.readable) else {
        return Ok(out);
    };
    let known = house.store.watched_page(&source.id).await;
    let known = known.map_err(|error| failed(&error))?;
    let page = WatchedPage {
        source: source.id.clone(),
        definition: definition(source),
        version: 0,
        read_at: now,
        document: number,
        reading: *reading,
        told: Vec::new(),
        doubted: None,
    };
    let turn = house.turns.acquire().await;
    let judging = tokio::task::spawn_blocking(move || judged(page, known));
    let (watching, doubt) = judging.await.map_err(|error| failed(&error))?;
    drop(turn);
    out.watching = Some(Box::new(watching));
    match doubt {
        // Not believed: before whatever else is wrong with it.
        Some(fault) => out.faults.insert(0, fault),
        None => {
            out.readable = true;
            // What is read of a page is that page.
            out.entries = 1;
        }
    }
    Ok(out)
}

/// What a page is from now on, by what was known of it; with the reason where this look is not
/// believed. `page` is the page as it would be if nothing were known of it, without a version.
fn judged(mut page: WatchedPage, known: Option<WatchedPage>) -> (Watching, Option<Fault>) {
    let day = page.read_at.date_naive();
    let Some(known) = known else {
        return (taken(page, Step::Began), None);
    };
    page.version = known.version;
    if known.definition != page.definition {
        return (taken(page, Step::Began), None);
    }
    page.told.clone_from(&known.told);
    let (Some(last), Some(now)) = (&known.reading.text, &page.reading.text) else {
        // Its life cycle alone is watched.
        return (taken(page, Step::Stayed), None);
    };
    let told = known.told_before(day);
    let past = Past {
        last: Some(last),
        told: &told,
        doubted: known.doubted.map(|doubt| (doubt.state, doubt.times)),
    };
    let step = match compare::page::compare(&past, now) {
        Verdict::First => Step::Began,
        Verdict::Same | Verdict::Slight(_) => Step::Stayed,
        Verdict::Flapping(change) => {
            page.remember(&change, day);
            Step::Stayed
        }
        Verdict::Changed(change) => {
            page.remember(&change, day);
            let (before, now) = (&known.reading.note, &page.reading.note);
            Step::Changed(noted(change, before.as_deref(), now.as_deref()))
        }
        Verdict::Doubted {
            state,
            times,
            fault,
        } => {
            let doubted = Some(Doubt { state, times });
            return (unmoved(WatchedPage { doubted, ..known }), Some(fault));
        }
    };
    (taken(page, step), None)
}

/// How a page came to the reading that is taken.
enum Step {
    /// Watching begins, or begins anew: another reader or another definition made this text.
    Began,
    /// The version is as it was.
    Stayed,
    /// It is another version.
    Changed(PageChange),
}

/// What is stored of a reading that is taken; `page` has the number of the version before.
fn taken(mut page: WatchedPage, step: Step) -> Watching {
    let change = match step {
        Step::Stayed => None,
        Step::Began => Some(None),
        Step::Changed(change) => Some(Some(change)),
    };
    let version = change.map(|change| {
        page.version += 1;
        PageVersion {
            number: page.version,
            at: page.read_at,
            document: page.document,
            change,
            reading: page.reading.clone(),
        }
    });
    Watching {
        seen: page.reading.life_cycle.clone(),
        version,
        ..unmoved(page)
    }
}

/// A page of which nothing was taken.
fn unmoved(page: WatchedPage) -> Watching {
    Watching {
        page,
        version: None,
        seen: None,
        cycles: Vec::new(),
    }
}

/// Whether a harvest waits for the end of its round: pages that tell something are stored together
/// and in the order of their sources, so that it does not hang on which answer came first who of
/// them tells what they share.
pub(super) fn waits(harvest: &Harvest) -> bool {
    harvest.watching.as_ref().is_some_and(|watching| {
        let version = watching.version.as_ref();
        watching.seen.is_some() || version.is_some_and(|version| version.change.is_some())
    })
}

/// Makes the Updates of watched pages that are about to be stored together.
///
/// # Errors
/// When the store fails. A page whose Updates cannot be made is not taken, and the next visit
/// tries again.
pub(super) async fn tell(
    house: &House,
    harvests: &mut [Harvest],
) -> Result<(), crate::store::Error> {
    if harvests.iter().all(|harvest| harvest.watching.is_none()) {
        return Ok(());
    }
    let mut entries = changed(house, harvests);
    let whose: Vec<Option<CycleOwner>> = harvests
        .iter()
        .map(|harvest| {
            let source = house.source(&harvest.visit.source)?;
            let seen = harvest.watching.as_ref()?.seen.as_ref()?;
            Some(CycleOwner::of(&source.body, &source.id, seen))
        })
        .collect();
    let wanted: Vec<CycleOwner> = whose.iter().flatten().cloned().collect();
    let mut cycles = house.store.life_cycles(&wanted).await?;
    for (place, harvest) in harvests.iter_mut().enumerate() {
        let mut entries = entries.remove(&place).unwrap_or_default();
        let learnt = whose.get(place).cloned().flatten().and_then(|whose| {
            let seen = harvest.watching.as_ref()?.seen.as_ref()?;
            let (cycle, entry) = learnt(cycles.get(&whose), seen, harvest);
            entries.extend(entry);
            Some((whose, cycle))
        });
        if !entries.is_empty()
            && let Err(error) = make(house, harvest, entries).await?
        {
            not_taken(harvest, &error);
            continue;
        }
        if let (Some((whose, cycle)), Some(watching)) = (learnt, &mut harvest.watching)
            && cycles.get(&whose) != Some(&cycle)
        {
            watching.cycles.push((whose.clone(), cycle.clone()));
            cycles.insert(whose, cycle);
        }
    }
    Ok(())
}

/// What is known of a life cycle after a reading, and what is told of it: nothing at the first.
fn learnt(
    known: Option<&LifeCycle>,
    seen: &LifeCycle,
    harvest: &Harvest,
) -> (LifeCycle, Option<Entry>) {
    let Some(known) = known else {
        return (seen.clone(), None);
    };
    let mut cycle = known.clone();
    let change = known.since(seen);
    if let Some(change) = &change {
        cycle.learn(change);
    }
    cycle.planned.clone_from(&seen.planned);
    let entry = change.and_then(|change| {
        let document = &harvest.documents.last()?.document;
        Some(change.entry(&document.url, harvest.visit.at))
    });
    (cycle, entry)
}

/// The changes of texts as entries, by the place of their harvest. What was edited alike on many
/// pages of a site is told once, with the first of them.
fn changed(house: &House, harvests: &[Harvest]) -> HashMap<usize, Vec<Entry>> {
    let mut sites: HashMap<&str, Vec<(usize, PageChange)>> = HashMap::new();
    for (place, harvest) in harvests.iter().enumerate() {
        let version = harvest
            .watching
            .as_ref()
            .and_then(|watching| watching.version.as_ref());
        let change = version.and_then(|version| version.change.as_ref());
        if let (Some(change), Some(document)) = (change, harvest.documents.last()) {
            let site = sites.entry(document.document.url.host()).or_default();
            site.push((place, change.clone()));
        }
    }
    let mut out: HashMap<usize, Vec<Entry>> = HashMap::new();
    for changes in sites.values_mut() {
        let before: Vec<usize> = changes
            .iter()
            .map(|(_, change)| change.edits.len())
            .collect();
        let groups = grouped(changes, OF_A_SITE);
        for ((place, change), before) in changes.iter().zip(before) {
            let heavy = |change: &PageChange| {
                let mut edits = change.edits.iter();
                edits.any(|edit| edit.weight >= compare::page::TOLD)
            };
            // What is left beside the site's edits may be too slight by itself.
            if (change.edits.len() == before || heavy(change))
                && let Some(entry) = entry(house, harvests, *place, change)
            {
                out.entry(*place).or_default().push(entry);
            }
        }
        for (pages, change) in together(groups) {
            let first = pages.first().copied().unwrap_or_default();
            if let Some(entry) = entry_of_site(house, harvests, &pages, &change) {
                out.entry(first).or_default().push(entry);
            }
        }
    }
    out
}

/// Edits that were made on the same pages are one change of theirs.
fn together(groups: Vec<Group<usize>>) -> Vec<(Vec<usize>, PageChange)> {
    let mut out: Vec<(Vec<usize>, PageChange)> = Vec::new();
    for Group { edit, pages } in groups {
        match out.iter_mut().find(|(of, _)| *of == pages) {
            Some((_, change)) => {
                change.weight = change.weight.max(edit.weight);
                change.edits.push(edit);
            }
            None => out.push((
                pages,
                PageChange {
                    weight: edit.weight,
                    fingerprint: edit.fingerprint,
                    note: None,
                    redesigned: false,
                    returned: false,
                    edits: vec![edit],
                },
            )),
        }
    }
    out
}

fn entry(house: &House, harvests: &[Harvest], place: usize, change: &PageChange) -> Option<Entry> {
    let harvest = harvests.get(place)?;
    let source = house.source(&harvest.visit.source)?;
    let page = &harvest.watching.as_ref()?.page;
    let url = &harvest.documents.last()?.document.url;
    let mut entry = change.entry(&source.name, url, page.version, harvest.visit.at);
    entry
        .stated
        .references
        .extend(page.reading.reference.clone());
    Some(entry)
}

fn entry_of_site(
    house: &House,
    harvests: &[Harvest],
    pages: &[usize],
    change: &PageChange,
) -> Option<Entry> {
    let names: Vec<&str> = pages
        .iter()
        .filter_map(|place| {
            let source = &harvests.get(*place)?.visit.source;
            house.source(source).map(|source| source.name.as_str())
        })
        .collect();
    let (first, others) = names.split_first()?;
    let harvest = harvests.get(*pages.first()?)?;
    let version = harvest.watching.as_ref()?.page.version;
    let url = &harvest.documents.last()?.document.url;
    let name = match others.len() {
        1 => format!("{first} and 1 more page"),
        more => format!("{first} and {more} more pages"),
    };
    let mut entry = change.entry(&name, url, version, harvest.visit.at);
    // Which page tells it, and with which edits, tells it from what else happened to that page.
    entry.guid = Some(format!(
        "version {version}, {} pages, {}",
        pages.len(),
        change.fingerprint.to_text()
    ));
    if let Some(Markup::Text(summary)) = &mut entry.summary {
        summary.push_str("\nThe same on: ");
        summary.push_str(&others.join(", "));
    }
    Some(entry)
}

/// Makes the Updates of a page's entries, as those of any other source are made.
async fn make(
    house: &House,
    harvest: &mut Harvest,
    entries: Vec<Entry>,
) -> Result<Result<(), anyhow::Error>, crate::store::Error> {
    let (Some(source), Some(item)) = (
        house.source(&harvest.visit.source),
        harvest.documents.last(),
    ) else {
        return Ok(Ok(()));
    };
    let now = harvest.visit.at;
    let keyed = compare::keyed(entries);
    // By key alone: all versions of a page share an address, and many of them a title.
    let keys: Vec<String> = keyed.iter().map(|keyed| keyed.key.clone()).collect();
    let known = house.store.known(&source.id, &keys, &[]).await?;
    let changes: Vec<Change> = compare::compare(keyed, &known).changes;
    let about = About {
        source,
        document: item.document.url.clone(),
        proof: Evidence {
            document: item.number,
            sha256: item.document.sha256.clone(),
            fetched_at: item.document.fetched_at,
            status: item.document.status,
        },
        now,
        // What differs from what was known is news however long its source has been read.
        first_contact: false,
    };
    let made = match made(house, about, changes).await {
        Ok(made) => made,
        Err(error) => return Ok(Err(error)),
    };
    harvest.visit.faults.extend(made.faults);
    harvest.new.extend(made.new);
    harvest.revised.extend(made.revised);
    let count = |fresh: &[Fresh]| u32::try_from(fresh.len()).unwrap_or(u32::MAX);
    harvest.visit.new = count(&harvest.new);
    harvest.visit.revised = count(&harvest.revised);
    if harvest.visit.new + harvest.visit.revised > 0 {
        harvest.visit.outcome = Outcome::New;
        let record = &mut harvest.state.record;
        record.signs.outcome = Some(Outcome::New);
        if harvest.visit.new > 0 && record.last_new != Some(now) {
            record.brought_news(now);
        }
    }
    // Ours, and nothing that the page brought.
    harvest.new.extend(made.moved);
    Ok(Ok(()))
}

/// A page whose Updates could not be made: as if it had not been read, and read again next time.
fn not_taken(harvest: &mut Harvest, error: &anyhow::Error) {
    harvest.watching = None;
    harvest.state.memory = Memory::default();
    harvest.visit.outcome = Outcome::Quarantined;
    let fault = Fault::new(
        FaultCode::ReaderFailed,
        format!(
            "the change could not be told ({error:#}); nothing was taken, and the next visit tries again"
        ),
    );
    harvest.visit.faults.insert(0, fault);
}
