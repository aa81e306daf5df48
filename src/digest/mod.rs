//! The digest engine: updates of a window -> an issue; a mailbox's subscriptions -> what its
//! mail says, in which order, under which heading.
//!
//! It knows what belongs into an issue and where. It calls nothing but the ground floor. It
//! deliberately does not know when an issue closes, how it looks, or how it is sent.

use std::collections::HashMap;

use crate::domain::delivery::{Plan, PlannedItem, PlannedSection};
use crate::domain::digest::{Edition, Item};
use crate::domain::document::Sha256;
use crate::domain::health::Coverage;
use crate::domain::id::{SourceId, UpdateId};
use crate::domain::library::Library;
use crate::domain::source::Source;
use crate::domain::subscription::Subscription;
use crate::domain::update::{Reach, Update, UpdateKind};

/// The most items that an issue holds; the rest is told by a link.
pub const MOST_ITEMS: usize = 200;
/// The most items that one mail shows in full.
pub const MOST_IN_A_MAIL: usize = 60;

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
/// Only news is told; an update stands once, in its newest revision; one that an earlier issue
/// told is marked as corrected. What may be shown of it is decided by its source's terms now,
/// and frozen.
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
        if update.reach != Reach::News {
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
        coverage,
        chain_heads,
        left_out: u32::try_from(left_out).unwrap_or(u32::MAX),
    }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Heading {
    Followed,
    Standards,
    Law,
    Consultations,
    Enforcement,
    Certification,
    Around,
    Rest,
}

impl Heading {
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
            Some(K::Consultation | K::DraftForComment | K::Deadline) => Self::Consultations,
            Some(K::Enforcement | K::CourtRuling) => Self::Enforcement,
            Some(K::AccreditationGranted | K::CertificationAnnounced | K::CertificationOffer) => {
                Self::Certification
            }
            Some(K::Institutional | K::Report | K::Event) => Self::Around,
            // Without a kind but about a framework: worth more than neither.
            None if !item.frameworks.is_empty() => Self::Around,
            None => Self::Rest,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Followed => "What you follow",
            Self::Standards => "Standards and frameworks",
            Self::Law => "Law and guidance",
            Self::Consultations => "Consultations and deadlines",
            Self::Enforcement => "Enforcement and courts",
            Self::Certification => "Accreditation and certification",
            Self::Around => "Reports, events, institutions",
            Self::Rest => "Everything else",
        }
    }
}

/// The public issue: every item under its heading.
pub fn public_plan(edition: &Edition, library: &Library) -> Plan {
    assemble(
        edition,
        library,
        edition
            .items
            .iter()
            .enumerate()
            .map(|(place, item)| (place, Heading::of(item), Vec::new())),
        usize::MAX,
    )
}

/// What one mailbox's mail says: the union of its subscriptions, each item once, with the
/// reason for which it is there. Items that a mailbox follows by name come first; it gets
/// nothing when nothing is for it.
pub fn plan(
    edition: &Edition,
    subscriptions: &[Subscription],
    library: &Library,
    known: &[Update],
) -> Option<Plan> {
    let by_id: HashMap<&UpdateId, &Update> =
        known.iter().map(|update| (&update.id, update)).collect();
    let mut chosen = Vec::new();
    for (place, item) in edition.items.iter().enumerate() {
        let Some(update) = by_id.get(&item.update) else {
            continue;
        };
        let reasons: Vec<Vec<String>> = subscriptions
            .iter()
            .filter_map(|subscription| subscription.criteria.why(update))
            .map(|clauses| clauses.iter().map(ToString::to_string).collect())
            .collect();
        if reasons.is_empty() {
            continue;
        }
        let mut because: Vec<String> = reasons.into_iter().flatten().collect();
        because.sort_unstable();
        because.dedup();
        let heading = if because.is_empty() {
            Heading::of(item)
        } else {
            Heading::Followed
        };
        chosen.push((place, heading, because));
    }
    if chosen.is_empty() {
        return None;
    }
    Some(assemble(
        edition,
        library,
        chosen.into_iter(),
        MOST_IN_A_MAIL,
    ))
}

fn assemble(
    edition: &Edition,
    library: &Library,
    chosen: impl Iterator<Item = (usize, Heading, Vec<String>)>,
    most: usize,
) -> Plan {
    let mut chosen: Vec<(usize, Heading, Vec<String>)> = chosen.collect();
    chosen.sort_by_key(|(place, heading, _)| (*heading, *place));
    let left_out = chosen.len().saturating_sub(most);
    chosen.truncate(most);
    let mut plan = Plan {
        sections: Vec::new(),
        left_out: u32::try_from(left_out)
            .unwrap_or(u32::MAX)
            .saturating_add(edition.left_out),
    };
    for (place, heading, because) in chosen {
        let also = edition
            .items
            .get(place)
            .map(|item| also(item, library))
            .unwrap_or_default();
        let planned = PlannedItem {
            item: place,
            also,
            because,
        };
        match plan.sections.last_mut() {
            Some(section) if section.heading == heading.text() => section.items.push(planned),
            _ => plan.sections.push(PlannedSection {
                heading: heading.text().to_owned(),
                items: vec![planned],
            }),
        }
    }
    plan
}

/// Where else an item belongs: its frameworks, then its places, by name.
fn also(item: &Item, library: &Library) -> Vec<String> {
    let frameworks = item
        .frameworks
        .iter()
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
