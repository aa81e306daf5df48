//! The digest engine: updates of a window -> an issue; a mailbox's subscriptions -> what its
//! mail says, in which order, under which heading.
//!
//! It knows what belongs into an issue and where. It calls nothing but the ground floor. It
//! deliberately does not know when an issue closes, how it looks, or how it is sent.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::domain::calendar::{Due, Milestone};
use crate::domain::criteria::Clause;
use crate::domain::delivery::{Plan, PlannedItem, PlannedSection};
use crate::domain::digest::{DateLine, DateMeaning, DateTeller, Edition, Item};
use crate::domain::document::Sha256;
use crate::domain::health::Coverage;
use crate::domain::id::{SourceId, UpdateId};
use crate::domain::key_date::{Certainty, DateEvent};
use crate::domain::library::Library;
use crate::domain::source::Source;
use crate::domain::update::{Reach, Update, UpdateKind};

/// The most items that an issue holds; the rest is told by a link.
pub const MOST_ITEMS: usize = 200;
/// The most items that one mail shows in full.
pub const MOST_IN_A_MAIL: usize = 60;
/// How many days ahead an issue tells of dates.
pub const DAYS_AHEAD: i64 = 30;
/// The most dates that an issue holds.
const MOST_DATES: usize = 60;

/// What the log says of an update within the window.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Whether it was first seen within the window; otherwise it was revised in it.
    pub new: bool,
    /// The update as it is now.
    pub update: Update,
    /// What is told of it.
    pub words: crate::domain::told::Told,
}

/// Puts an issue together from what the window's log tells, oldest line first.
///
/// News is told to all, what is for followers to them; an update stands once, in its newest
/// revision; one that an earlier issue told is marked as corrected. What may be shown of it is
/// decided by its source's terms now, and frozen.
pub fn edition(
    told: Vec<Told>,
    sources: &[Source],
    coverage: Coverage,
    chain_heads: Vec<(SourceId, Sha256)>,
) -> Edition {
    let by_id: HashMap<&SourceId, &Source> =
        sources.iter().map(|source| (&source.id, source)).collect();
    let mut place: HashMap<UpdateId, usize> = HashMap::new();
    let mut items: Vec<Item> = Vec::new();
    for Told { new, update, words } in told {
        if update.reach == Reach::Archive {
            continue;
        }
        let source = by_id.get(&update.source).copied();
        match place.get(&update.id) {
            Some(at) => {
                if let Some(item) = items.get_mut(*at) {
                    let correction = item.correction && !new;
                    *item = item_of(&update, source, &words, correction);
                }
            }
            None => {
                place.insert(update.id.clone(), items.len());
                items.push(item_of(&update, source, &words, !new));
            }
        }
    }
    // The best heading first, what names a framework before what does not, the newest first.
    items.sort_by(|a, b| {
        (
            Heading::of(a),
            a.primary.is_empty(),
            std::cmp::Reverse(a.first_seen),
            &a.update,
        )
            .cmp(&(
                Heading::of(b),
                b.primary.is_empty(),
                std::cmp::Reverse(b.first_seen),
                &b.update,
            ))
    });
    let left_out = items.len().saturating_sub(MOST_ITEMS);
    items.truncate(MOST_ITEMS);
    Edition {
        items,
        dates: Vec::new(),
        coverage,
        chain_heads,
        left_out: u32::try_from(left_out).unwrap_or(u32::MAX),
    }
}

/// The dates that an issue tells of, by day: what closes, applies or ends soon, as updates tell it, and
/// what only the pages of frameworks have. Events and days on which something merely appears are left
/// to the calendar.
pub fn dates(due: Vec<Due>, pages: &[Milestone<'_>], today: NaiveDate) -> Vec<DateLine> {
    let until = today + TimeDelta::days(DAYS_AHEAD);
    let is_near = |first: NaiveDate, last: NaiveDate| last >= today && first <= until;
    let untold = pages.iter().filter(|milestone| {
        is_near(milestone.date, milestone.last_day())
            && !due
                .iter()
                .any(|due| is_told(due.date.event) && due.tells_of(milestone))
    });
    let mut lines: Vec<DateLine> = untold.map(of_page).collect();
    lines.extend(of_updates(due, is_near));
    lines.sort_by_key(|line| line.day);
    lines.truncate(MOST_DATES);
    lines
}

/// Whether an issue tells of such a day; the others are left to the calendar.
fn is_told(event: DateEvent) -> bool {
    !matches!(
        event,
        DateEvent::Event | DateEvent::Publication | DateEvent::CommentsOpen
    )
}

fn of_page(milestone: &Milestone<'_>) -> DateLine {
    DateLine {
        teller: DateTeller::Page(milestone.framework.id.clone()),
        title: milestone.framework.short.clone(),
        meaning: DateMeaning::Words(milestone.label.to_owned()),
        day: milestone.date,
        shown: milestone.precision.told(milestone.date),
        certainty: if milestone.is_confirmed {
            Certainty::Read
        } else {
            Certainty::Reported
        },
        was: None,
        frameworks: vec![milestone.framework.id.clone()],
        jurisdictions: milestone.framework.jurisdictions.clone(),
    }
}

fn of_updates(
    due: Vec<Due>,
    is_near: impl Fn(NaiveDate, NaiveDate) -> bool,
) -> impl Iterator<Item = DateLine> {
    due.into_iter()
        .filter(move |due| is_near(due.date.date, due.last_day()) && is_told(due.date.event))
        .map(|due| DateLine {
            teller: DateTeller::Update(due.update),
            title: due.title,
            meaning: DateMeaning::Event(due.date.event),
            day: due.date.date,
            shown: due.date.precision.told(due.date.date),
            certainty: due.date.certainty,
            was: due.date.was,
            frameworks: due.frameworks.into_iter().collect(),
            jurisdictions: due.jurisdictions.into_iter().collect(),
        })
}

fn item_of(
    update: &Update,
    source: Option<&Source>,
    words: &crate::domain::told::Told,
    correction: bool,
) -> Item {
    Item {
        update: update.id.clone(),
        revision: update.revision,
        correction,
        title: update.content.title.clone(),
        summary: words.summary.clone(),
        why: words.why.as_ref().map(|why| why.sentence.clone()),
        url: update
            .content
            .url
            .as_ref()
            .map(|url| url.as_str().to_owned()),
        source: update.source.clone(),
        source_name: source.map_or_else(|| update.source.to_string(), |source| source.name.clone()),
        body: source.map(|source| source.body.clone()),
        published: update.content.published,
        first_seen: update.first_seen,
        kind: update.tags.kind,
        closed: update.is_closed_call(),
        page: update.content.page.is_some(),
        authority: update.authority,
        reach: update.reach,
        frameworks: update
            .tags
            .frameworks
            .iter()
            .map(|tag| tag.id.clone())
            .collect(),
        primary: update
            .tags
            .frameworks
            .iter()
            .filter(|tag| tag.primary)
            .map(|tag| tag.id.clone())
            .collect(),
        jurisdictions: update
            .tags
            .jurisdictions
            .iter()
            .map(|tag| tag.id.clone())
            .collect(),
        bodies: update
            .tags
            .bodies
            .iter()
            .map(|tag| tag.id.clone())
            .collect(),
        topics: update
            .tags
            .topics
            .iter()
            .map(|tag| tag.id.clone())
            .collect(),
        works: {
            let mut works: Vec<String> = update
                .tags
                .references
                .iter()
                .map(|tag| tag.reference.work.clone())
                .collect();
            works.sort_unstable();
            works.dedup();
            works
        },
    }
}

/// The headings of an issue, in their order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Heading {
    Followed,
    Standards,
    Law,
    Consultations,
    Deadlines,
    Enforcement,
    /// Everything else about one framework.
    About(String),
    Rest,
}

impl Heading {
    /// Where an item stands for somebody who follows nothing by name.
    fn of(item: &Item) -> Self {
        use UpdateKind as K;
        match item.kind {
            Some(
                K::NewEdition
                | K::Amendment
                | K::NationalAdoption
                | K::WorkItem
                | K::StatusConfirmed
                | K::Withdrawal
                | K::MappingPublished,
            ) => Self::Standards,
            Some(K::LawAdopted | K::InForce | K::Proposal | K::Guidance) => Self::Law,
            Some(K::Consultation | K::DraftForComment) if !item.closed => Self::Consultations,
            Some(K::Deadline) => Self::Deadlines,
            Some(K::Enforcement | K::CourtRuling) => Self::Enforcement,
            // Without a kind but about a framework: worth more than neither.
            _ => match item.primary.first().or(item.frameworks.first()) {
                Some(framework) => Self::About(framework.to_string()),
                None => Self::Rest,
            },
        }
    }

    fn text(&self, library: &Library) -> String {
        match self {
            Self::Followed => "What changed in the standards you follow".to_owned(),
            Self::Standards => "What changed in standards and frameworks".to_owned(),
            Self::Law => "New law and guidance".to_owned(),
            Self::Consultations => "Consultations closing".to_owned(),
            Self::Deadlines => format!("Deadlines, and what is due in the next {DAYS_AHEAD} days"),
            Self::Enforcement => "Enforcement".to_owned(),
            Self::About(id) => library
                .frameworks
                .iter()
                .find(|framework| framework.id.as_str() == id)
                .map_or_else(|| id.clone(), |framework| framework.short.clone()),
            Self::Rest => "Everything else".to_owned(),
        }
    }

    fn of_date(line: &DateLine) -> Self {
        match line.meaning {
            DateMeaning::Event(DateEvent::CommentsClose | DateEvent::BallotClose) => {
                Self::Consultations
            }
            _ => Self::Deadlines,
        }
    }
}

/// The public issue: every item that is news under its heading, and every date.
pub fn public_plan(edition: &Edition, library: &Library) -> Plan {
    assemble(
        edition,
        library,
        edition
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| item.reach == Reach::News)
            .map(|(place, item)| (place, Heading::of(item), Vec::new()))
            .collect(),
        (0..edition.dates.len()).collect(),
        usize::MAX,
    )
}

/// What one mailbox's mail says: the union of what its subscriptions want, each item once, with
/// the reason for which it is there. What it follows by name comes first. It gets nothing when no
/// item is for it and no date of its own that an update tells falls within the week after `now`.
pub fn plan(
    edition: &Edition,
    library: &Library,
    now: DateTime<Utc>,
    wanted: impl Fn(usize) -> Option<Vec<Clause>>,
    wanted_date: impl Fn(usize) -> bool,
) -> Option<Plan> {
    let mut chosen = Vec::new();
    for (place, item) in edition.items.iter().enumerate() {
        let Some(clauses) = wanted(place) else {
            continue;
        };
        let followed = clauses.iter().any(|clause| {
            matches!(
                clause,
                Clause::Standard(_) | Clause::Framework(_) | Clause::Page(_)
            )
        });
        let mut because: Vec<String> = clauses
            .iter()
            .map(|clause| clause.spoken(library))
            .collect();
        because.sort_unstable();
        because.dedup();
        let heading = if followed {
            Heading::Followed
        } else {
            Heading::of(item)
        };
        chosen.push((place, heading, because));
    }
    let dates: Vec<usize> = (0..edition.dates.len())
        .filter(|place| wanted_date(*place))
        .collect();
    let week = now.date_naive() + TimeDelta::days(7);
    let soon = dates
        .iter()
        .filter_map(|place| edition.dates.get(*place))
        // What only a page has stood there all along, and is no reason for a mail.
        .any(|line| matches!(line.teller, DateTeller::Update(_)) && line.day <= week);
    if chosen.is_empty() && !soon {
        return None;
    }
    Some(assemble(edition, library, chosen, dates, MOST_IN_A_MAIL))
}

fn assemble(
    edition: &Edition,
    library: &Library,
    mut chosen: Vec<(usize, Heading, Vec<String>)>,
    dates: Vec<usize>,
    most: usize,
) -> Plan {
    chosen.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    let left_out = chosen.len().saturating_sub(most);
    chosen.truncate(most);
    let mut sections: std::collections::BTreeMap<Heading, PlannedSection> =
        std::collections::BTreeMap::new();
    let empty = |heading: &Heading| PlannedSection {
        heading: heading.text(library),
        items: Vec::new(),
        dates: Vec::new(),
    };
    for (place, heading, because) in chosen {
        let also = edition
            .items
            .get(place)
            .map(|item| also(item, library, &heading))
            .unwrap_or_default();
        sections
            .entry(heading.clone())
            .or_insert_with(|| empty(&heading))
            .items
            .push(PlannedItem {
                item: place,
                also,
                because,
            });
    }
    for place in dates {
        if let Some(line) = edition.dates.get(place) {
            let heading = Heading::of_date(line);
            sections
                .entry(heading.clone())
                .or_insert_with(|| empty(&heading))
                .dates
                .push(place);
        }
    }
    Plan {
        sections: sections.into_values().collect(),
        left_out: u32::try_from(left_out)
            .unwrap_or(u32::MAX)
            .saturating_add(edition.left_out),
    }
}

/// Where else an item belongs: its frameworks, then its places, by name.
fn also(item: &Item, library: &Library, heading: &Heading) -> Vec<String> {
    let frameworks = item
        .frameworks
        .iter()
        .filter(|id| !matches!(heading, Heading::About(of) if of == id.as_str()))
        .filter_map(|id| library.framework(id))
        .map(|framework| framework.short.clone());
    let places = item
        .jurisdictions
        .iter()
        .filter_map(|id| library.jurisdiction(id))
        .map(|place| place.name.clone());
    frameworks.chain(places).take(6).collect()
}

#[cfg(test)]
mod tests;
