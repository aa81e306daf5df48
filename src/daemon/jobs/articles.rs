//! The pages that the new items of a list link to, read for their text.
//!
//! A list that says `follow = true` gives titles and days; what happened stands on the pages that
//! it links to. They are read between comparing and making: what is made of an item is made once, of
//! all that is known. Each page is asked for by the bounds and manners of the list, and goes into
//! the source's chain behind it.
//!
//! Only pages of the list's own site are read: a text from elsewhere is somebody else's, under
//! other terms. A page that cannot be read costs its text, and the item stands as the list tells
//! it; where the trouble is a passing one, the item is marked as one to be read again.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::compare::Keyed;
use crate::daemon::House;
use crate::daemon::jobs::chain::Place;
use crate::daemon::jobs::visit::{leads_home, longest};
use crate::domain::address::WebAddress;
use crate::domain::change::Change;
use crate::domain::document::{Document, Entry, Fault, FaultCode, Markup};
use crate::domain::source::{Keep, Source};
use crate::domain::update::Reach;
use crate::fetch::{Answer, Fetched, Fetcher, Room};
use crate::normalize;
use crate::parse::{self, Article};
use crate::text::html;

/// Pages read in one visit. A list that is met for the first time may link to hundreds.
const MOST: usize = 40;
/// So many pages in a row that fail for the time being, and the others are left for another visit.
const FAILURES: usize = 3;

/// Faults that another visit may not meet.
const PASSING: &[FaultCode] = &[
    FaultCode::NoSuchHost,
    FaultCode::Unreachable,
    FaultCode::RobotsUnreachable,
    FaultCode::TimeOut,
    FaultCode::NoRoom,
    FaultCode::BrokenBody,
];

/// What the pages behind a list gave, beside the texts that stand in its changes now.
#[derive(Default)]
pub(super) struct Followed {
    /// The pages, in the order of the chain behind the list.
    pub(super) pages: Vec<Page>,
    pub(super) faults: Vec<Fault>,
    /// For how long the publisher asks us to wait.
    pub(super) wait: Option<TimeDelta>,
    /// Whether it asked us to.
    pub(super) limited: bool,
    /// Whether pages are still to be read: the list is then read again even if it is as it was.
    pub(super) pending: bool,
    pub(super) bytes: u64,
    pub(super) milliseconds: u64,
}

/// A page that was read.
pub(super) struct Page {
    pub(super) document: Document,
    /// The plain size of its body, which is packed.
    pub(super) packed: u64,
    pub(super) keep: Keep,
}

/// The visit that the pages are read in.
pub(super) struct Visiting<'v> {
    pub(super) house: &'v House,
    pub(super) fetcher: &'v Fetcher,
    pub(super) source: &'v Source,
    /// The list, and its place in the chain.
    pub(super) list: &'v Document,
    pub(super) place: &'v Place,
    pub(super) first_contact: bool,
    /// How many items of the list, new or not, link to each address.
    pub(super) links: &'v HashMap<String, usize>,
    /// Pages read before in the visit.
    pub(super) read: usize,
    /// Time spent before, in milliseconds.
    pub(super) spent: u64,
    /// Bytes that are kept of what was read before, the list among them.
    pub(super) kept: usize,
    pub(super) now: DateTime<Utc>,
}

/// Why an item stands without the text of its page.
enum Missing {
    /// It may be there at the next visit.
    Passing(String),
    /// It will not be.
    Lasting(String),
}

/// Reads the pages of new and changed items that the list itself gives no text of.
pub(super) async fn follow(
    visiting: &Visiting<'_>,
    room: &mut Room,
    changes: &mut Vec<Change>,
) -> Followed {
    let mut out = Followed::default();
    let mut texts: HashMap<usize, (Article, usize)> = HashMap::new();
    let mut missing: Vec<(usize, Missing)> = Vec::new();
    let mut closed: Option<String> = None;
    let mut failures = 0;
    let wanted = wanted(visiting, changes);
    for (done, (place, url, told)) in wanted.iter().enumerate() {
        let spent = visiting.spent + out.milliseconds;
        if closed.is_none() && (visiting.read + done >= MOST || spent >= longest(visiting.source)) {
            closed = Some("a visit has no room for more pages".to_owned());
        }
        if closed.is_none() && failures >= FAILURES {
            closed = Some(format!("the {FAILURES} pages before it failed"));
        }
        if closed.is_none() {
            let kept: usize = out.pages.iter().map(|page| page.document.body.len()).sum();
            if !visiting.fetcher.keep(room, visiting.kept + kept) {
                closed = Some("other visits fill the memory that there is".to_owned());
            }
        }
        if let Some(why) = &closed {
            // Of an archive that is met for the first time, the titles will do.
            if *told {
                missing.push((*place, Missing::Passing(why.clone())));
            }
            continue;
        }
        let Fetched {
            answer,
            bytes,
            milliseconds,
            room: taken,
        } = visiting
            .fetcher
            .page(visiting.source, url, visiting.house.clock.now())
            .await;
        room.join(taken);
        out.bytes += bytes;
        out.milliseconds += milliseconds;
        let lacking = match answer {
            Answer::Document {
                document,
                packed: None,
                ..
            } => {
                let (page, article) = read(visiting, url, document).await;
                out.pages.extend(page);
                failures = 0;
                match article {
                    Ok(article) => {
                        texts.insert(*place, (article, out.pages.len()));
                        continue;
                    }
                    Err(why) => Missing::Lasting(why),
                }
            }
            Answer::Limited {
                fault, retry_after, ..
            } => {
                out.wait = retry_after;
                out.limited = true;
                closed = Some(fault.detail.clone());
                Missing::Passing(fault.detail)
            }
            Answer::Failed { status, fault }
                if PASSING.contains(&fault.code)
                    || fault.code == FaultCode::HttpStatus
                        && status.is_some_and(|status| status >= 500 || status == 408) =>
            {
                failures += 1;
                Missing::Passing(fault.detail)
            }
            Answer::Gone { fault } | Answer::Refused { fault } | Answer::Failed { fault, .. } => {
                failures = 0;
                Missing::Lasting(fault.detail)
            }
            Answer::Document { .. } | Answer::NotModified { .. } => {
                Missing::Lasting("the answer was not one to the question".to_owned())
            }
        };
        missing.push((*place, lacking));
    }
    for place in alike(&texts) {
        if let Some((_, page)) = texts.remove(&place) {
            if let Some(page) = out.pages.get_mut(page - 1) {
                page.keep = Keep::Hash;
            }
            let why = "it says the same as the page of another item: a wall, it seems";
            missing.push((place, Missing::Lasting(why.to_owned())));
        }
    }
    for (place, (article, page)) in texts {
        let read = out.pages.get(page - 1);
        let proof = read.map(|read| visiting.place.behind(page, &read.document));
        let Some(change) = changes.get_mut(place) else {
            continue;
        };
        let (Change::New { entry, plain, .. } | Change::Revised { entry, plain, .. }) = change;
        plain.content = html::plain(&article.body_html);
        entry.content = Some(Markup::Html(article.body_html));
        entry.text_from = proof;
        if entry.published.is_none() {
            entry.published = article.published;
        }
        if entry.language.is_none() {
            entry.language = article.language;
        }
    }
    out.lack(missing, changes);
    out
}

impl Followed {
    /// Says which items stand without their text, and marks those that are to be read again.
    fn lack(&mut self, missing: Vec<(usize, Missing)>, changes: &mut Vec<Change>) {
        let mut as_they_were: Vec<usize> = Vec::new();
        for (place, missing) in missing {
            let Some(change) = changes.get_mut(place) else {
                continue;
            };
            let (entry, passing, detail) = match (&*change, &missing) {
                (
                    Change::New { entry, .. } | Change::Revised { entry, .. },
                    Missing::Passing(why),
                ) => (entry, true, why),
                (
                    Change::New { entry, .. } | Change::Revised { entry, .. },
                    Missing::Lasting(why),
                ) => (entry, false, why),
            };
            let url = entry.url.as_ref().map_or("", WebAddress::as_str);
            self.faults.push(Fault::new(
                FaultCode::BadItem,
                format!(
                    "The item stands without the text of its page, {url}{}: {detail}",
                    if passing {
                        ", until the next visit"
                    } else {
                        ""
                    }
                ),
            ));
            if !passing {
                continue;
            }
            self.pending = true;
            match change {
                Change::New { fingerprint, .. } => *fingerprint = fingerprint.awaiting(),
                // Nothing but the text is awaited: it is as it was.
                Change::Revised {
                    known, fingerprint, ..
                } if known.fingerprint == fingerprint.awaiting() => {
                    as_they_were.push(place);
                }
                Change::Revised { fingerprint, .. } => *fingerprint = fingerprint.awaiting(),
            }
        }
        as_they_were.sort_unstable();
        for place in as_they_were.into_iter().rev() {
            changes.remove(place);
        }
    }
}

/// The first item of a list whose page a visit would read: its address, and the page's main text or
/// why there is none. Nothing when no item links to such a page.
pub async fn first(
    house: &House,
    source: &Source,
    list: &Document,
    entries: &[Entry],
) -> anyhow::Result<Option<(WebAddress, Result<Article, String>)>> {
    let links = counted(entries.iter().filter_map(|entry| entry.url.as_ref()));
    let mut urls = entries
        .iter()
        .filter(|entry| entry.content.is_none())
        .filter_map(|entry| entry.url.as_ref());
    let Some(url) = urls.find(|url| is_wanted(source, &list.url, &links, url)) else {
        return Ok(None);
    };
    let fetched = house.fetcher()?.page(source, url, house.clock.now()).await;
    let article = match fetched.answer {
        Answer::Document {
            document,
            packed: None,
            ..
        } => match astray(source, &list.url, url, &document) {
            Some(why) => Err(why.to_owned()),
            None => tokio::task::spawn_blocking(move || main_text(&document)).await?,
        },
        Answer::Document { .. } | Answer::NotModified { .. } => {
            Err("the answer was not one to the question".to_owned())
        }
        Answer::Limited { fault, .. }
        | Answer::Gone { fault }
        | Answer::Refused { fault }
        | Answer::Failed { fault, .. } => Err(fault.detail),
    };
    Ok(Some((url.clone(), article)))
}

/// How many entries of a list link to each address, apart from the place within it.
pub(super) fn links(keyed: &[Keyed]) -> HashMap<String, usize> {
    counted(keyed.iter().filter_map(|keyed| keyed.entry.url.as_ref()))
}

fn counted<'u>(urls: impl Iterator<Item = &'u WebAddress>) -> HashMap<String, usize> {
    let mut out: HashMap<String, usize> = HashMap::new();
    for url in urls {
        *out.entry(without_fragment(url.as_url())).or_default() += 1;
    }
    out
}

/// Whether an address is one of a page that is read: of the list's own site, and of one item alone.
fn is_wanted(
    source: &Source,
    list: &WebAddress,
    links: &HashMap<String, usize>,
    url: &WebAddress,
) -> bool {
    // What several items link to is no page of any one of them; neither is the list.
    let own = links.get(&without_fragment(url.as_url())) == Some(&1)
        && !is_list(source, list, url.as_url());
    let is_pdf = url.as_url().path().to_ascii_lowercase().ends_with(".pdf");
    own && !is_pdf && same_site(url.as_url(), list.as_url())
}

/// Why an answer is not the page that was asked for.
fn astray(
    source: &Source,
    list: &WebAddress,
    asked: &WebAddress,
    document: &Document,
) -> Option<&'static str> {
    let got = document.url.as_url();
    if !same_site(got, list.as_url()) {
        Some("it leads to another site")
    } else if is_list(source, list, got) {
        Some("it leads back to the list")
    } else if leads_home(asked.as_url(), got) {
        Some("it leads to the site's front page")
    } else {
        None
    }
}

/// The main text of a page, or what stands there instead.
fn main_text(document: &Document) -> Result<Article, String> {
    if let Some(wrong) = parse::wrong_page(document) {
        return Err(wrong.detail);
    }
    parse::article(document).ok_or_else(|| "no main text was found on it".to_owned())
}

fn without_fragment(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    url.to_string()
}

/// Whether an address is the list's own.
fn is_list(source: &Source, list: &WebAddress, url: &Url) -> bool {
    let plain = without_fragment(url);
    let asked = WebAddress::new(source.url.as_str()).ok();
    asked
        .iter()
        .chain([list])
        .any(|list| without_fragment(list.canonical().as_url()) == plain)
}

/// The places of changes whose pages are to be read, with their addresses and whether they are told,
/// which come first; those that were awaited in vain before come after the others.
fn wanted(visiting: &Visiting<'_>, changes: &[Change]) -> Vec<(usize, WebAddress, bool)> {
    let mut out: Vec<(bool, usize, WebAddress, bool)> = changes
        .iter()
        .enumerate()
        .filter_map(|(place, change)| {
            let (entry, awaited) = match change {
                Change::New { entry, .. } => (entry, false),
                Change::Revised {
                    entry,
                    known,
                    fingerprint,
                    ..
                } => (entry, known.fingerprint == fingerprint.awaiting()),
            };
            let url = entry.url.as_ref().filter(|_| entry.content.is_none())?;
            if !is_wanted(visiting.source, &visiting.list.url, visiting.links, url) {
                return None;
            }
            let reach = normalize::reach_of(entry.published, visiting.first_contact, visiting.now);
            Some((awaited, place, url.clone(), reach != Reach::Archive))
        })
        .collect();
    out.sort_by_key(|(awaited, _, _, told)| (!told, *awaited));
    out.into_iter()
        .map(|(_, place, url, told)| (place, url, told))
        .collect()
}

/// Whether two addresses lie in one registered domain, or on one host where there is none.
fn same_site(one: &Url, other: &Url) -> bool {
    let (Some(one), Some(other)) = (one.host_str(), other.host_str()) else {
        return false;
    };
    one == other
        || psl::domain_str(one)
            .zip(psl::domain_str(other))
            .is_some_and(|(one, other)| one == other)
}

/// Items whose pages say the same, letter by letter.
fn alike(texts: &HashMap<usize, (Article, usize)>) -> Vec<usize> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, (article, _)) in texts {
        places.entry(&article.body_html).or_default().push(*place);
    }
    let mut out: Vec<usize> = places
        .into_values()
        .filter(|places| places.len() > 1)
        .flatten()
        .collect();
    out.sort_unstable();
    out
}

/// Finds the main text of the page that was asked for, or what stands there instead, and packs its
/// body. No page where reading itself failed.
async fn read(
    visiting: &Visiting<'_>,
    asked: &WebAddress,
    mut document: Document,
) -> (Option<Page>, Result<Article, String>) {
    let turn = visiting.house.turns.acquire().await;
    let keep = visiting.source.keep;
    let astray = astray(visiting.source, &visiting.list.url, asked, &document);
    let reading = tokio::task::spawn_blocking(move || {
        let article = match astray {
            Some(why) => Err(why.to_owned()),
            None => main_text(&document),
        };
        let body = std::mem::take(&mut document.body);
        let packed = body.len() as u64;
        // Where nothing was read, and where it cannot be packed, its hash is proof enough.
        let keep = match (
            keep,
            article
                .is_ok()
                .then(|| crate::store::compressed(&body))
                .flatten(),
        ) {
            (Keep::Bytes(span), Some(body)) => {
                document.body = body;
                Keep::Bytes(span)
            }
            _ => Keep::Hash,
        };
        let page = Page {
            document,
            packed,
            keep,
        };
        (Some(page), article)
    });
    let read = reading.await;
    drop(turn);
    read.unwrap_or_else(|error| (None, Err(format!("reading failed ({error})"))))
}
