//! The pages that the new items of a list link to, read for their text.
//!
//! A list that says `follow = true` gives titles and days; what happened stands on the pages that
//! it links to. Each is asked for by the same bounds and manners as the list, kept as evidence in
//! the source's chain, and read for its main text. One that cannot be read costs its text: the
//! item stands as the list told it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::daemon::House;
use crate::daemon::jobs::chain::Place;
use crate::daemon::jobs::making::understood;
use crate::daemon::jobs::visit::{longest, pack};
use crate::domain::address::WebAddress;
use crate::domain::document::{Document, Fault, FaultCode};
use crate::domain::source::{Keep, Source};
use crate::domain::update::Reach;
use crate::fetch::{Answer, Fetched, Fetcher, Room};
use crate::normalize;
use crate::parse;
use crate::store::Harvest;

/// Pages read in one visit. A list that is met for the first time may link to hundreds.
const MOST: usize = 40;

/// Reads them, those of items that are told first. For how long the publisher asks us to wait, if
/// it does.
pub(super) async fn read(
    house: &House,
    fetcher: &Fetcher,
    source: &Source,
    harvest: &mut Harvest,
    room: &mut Room,
    first_contact: bool,
) -> Option<TimeDelta> {
    let mut waiting: Vec<(bool, usize)> = (0..harvest.new.len())
        .map(|place| (true, place))
        .chain((0..harvest.revised.len()).map(|place| (false, place)))
        .collect();
    waiting.sort_by_key(|(new, place)| {
        let list = if *new { &harvest.new } else { &harvest.revised };
        list.get(*place)
            .is_none_or(|fresh| fresh.update.reach == Reach::Archive)
    });
    let linked = |harvest: &Harvest, new: bool, place: usize| -> Option<WebAddress> {
        let list = if new { &harvest.new } else { &harvest.revised };
        let url = list.get(place)?.update.content.url.clone()?;
        (url.as_str() != source.url.as_str()).then_some(url)
    };
    let all = waiting.len();
    for (done, (new, place)) in waiting.into_iter().enumerate() {
        let Some(url) = linked(harvest, new, place) else {
            continue;
        };
        if done >= MOST || harvest.visit.milliseconds >= longest(source) {
            // Of an archive that is met for the first time, the titles will do.
            if !first_contact {
                harvest.visit.faults.push(Fault::new(
                    FaultCode::TooManyItems,
                    format!(
                        "{} of {all} items stand as the list tells them: their pages were not read in the time and number that a visit has.",
                        all - done
                    ),
                ));
            }
            break;
        }
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
                    "Other visits fill the memory that there is: {} of {all} items stand as the list tells them.",
                    all - done
                ),
            ));
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
        let fault = match answer {
            Answer::Document {
                document,
                packed: None,
                ..
            } => {
                let now = house.clock.now();
                take_in(house, source, harvest, (new, place), document, first_contact, now)
                    .await
                    .err()
            }
            Answer::Limited {
                fault, retry_after, ..
            } => {
                harvest.visit.faults.push(of_item(&url, &fault.detail));
                return retry_after;
            }
            Answer::Gone { fault } | Answer::Refused { fault } | Answer::Failed { fault, .. } => {
                Some(fault.detail)
            }
            Answer::Document { .. } | Answer::NotModified { .. } => {
                Some("the answer was not one to the question".to_owned())
            }
        };
        if let Some(detail) = fault {
            harvest.visit.faults.push(of_item(&url, &detail));
        }
    }
    None
}

/// What is wrong with one page is no fault of the list.
fn of_item(url: &WebAddress, detail: &str) -> Fault {
    Fault::new(
        FaultCode::BadItem,
        format!("The item stands without the text of its page, {url}: {detail}"),
    )
}

/// Puts the page's text into its item and says anew what it is about; the page goes into the
/// source's chain.
///
/// # Errors
/// With what was wrong with the page.
async fn take_in(
    house: &House,
    source: &Source,
    harvest: &mut Harvest,
    (new, place): (bool, usize),
    document: Document,
    first_contact: bool,
    now: DateTime<Utc>,
) -> Result<(), String> {
    let chained = Place::after(&harvest.state, &document);
    let document = Arc::new(document);
    let list = if new {
        &mut harvest.new
    } else {
        &mut harvest.revised
    };
    let Some(fresh) = list.get_mut(place) else {
        return Ok(());
    };
    let turn = house.turns.acquire().await;
    let reading = {
        let (document, source, tagger) =
            (Arc::clone(&document), source.clone(), house.tagger.clone());
        let mut update = fresh.update.clone();
        tokio::task::spawn_blocking(move || {
            let article = parse::article(&document)?;
            let text = normalize::with_text(
                &mut update,
                &article.body_html,
                document.url.as_url(),
                article.published,
                first_contact,
                now,
            );
            let language = article.language.as_deref();
            Some((understood(&tagger, &source, update, language, &text), text))
        })
    };
    let read = reading.await;
    drop(turn);
    let (keep, outcome) = match read {
        Ok(Some((update, text))) => {
            fresh.update = update;
            fresh.text = text;
            (source.keep, Ok(()))
        }
        Ok(None) => (
            Keep::Hash,
            Err("no main text was found on it".to_owned()),
        ),
        Err(error) => (Keep::Hash, Err(format!("reading failed ({error})"))),
    };
    // Nobody else holds it now: the reading is over.
    chained.take(harvest, Arc::unwrap_or_clone(document), None, keep);
    outcome
}
