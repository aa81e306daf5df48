//! Which of the frameworks tagged an event is about (rule F1): by place, by the words before the
//! name, and by what rests on what.

use std::collections::BTreeSet;

use super::lexicon::{Mention, Target};
use crate::domain::id::FrameworkId;
use crate::domain::library::Library;
use crate::domain::update::{Field, FrameworkTag, UpdateKind};

/// Marks the primary ones. `aside` says of a mention whether it stands beside the event
/// (`based on`, `ahead of`).
pub(super) fn mark(
    tags: &mut [FrameworkTag],
    library: &Library,
    kind: Option<UpdateKind>,
    mentions: &[Mention],
    aside: impl Fn(&Mention) -> bool,
) {
    let mapping = kind == Some(UpdateKind::MappingPublished);
    let stated = |tag: &FrameworkTag| {
        tag.because
            .iter()
            .any(|because| because.field == Field::Stated)
    };
    // The headline tells the event; where it names none, the summary does.
    let mut primary: BTreeSet<FrameworkId> = BTreeSet::new();
    let mut named: BTreeSet<FrameworkId> = BTreeSet::new();
    for field in 0..2 {
        for tag in tags.iter() {
            let mut here = mentions
                .iter()
                .filter(|mention| mention.text == field && names(mention, library, &tag.id))
                .peekable();
            let absent = here.peek().is_none();
            if absent && !(field == 0 && stated(tag)) {
                continue;
            }
            named.insert(tag.id.clone());
            if absent || here.any(|mention| !aside(mention)) {
                primary.insert(tag.id.clone());
            }
        }
        let enough = if mapping { 2 } else { 1 };
        if named.len() >= enough {
            break;
        }
    }
    // What only carries another primary one is its base; every side of a mapping counts.
    if !mapping {
        let resting: Vec<FrameworkId> = tags
            .iter()
            .filter(|tag| primary.contains(&tag.id))
            .filter_map(|tag| library.framework(&tag.id))
            .flat_map(|framework| framework.bases.iter().cloned())
            .collect();
        for base in resting {
            primary.remove(&base);
        }
    }
    // An act that amends or replaces another is news of both.
    let event = kind.is_some() && !primary.is_empty();
    for walk in library.crosswalks.iter().filter(|_| event) {
        if matches!(walk.relation.as_str(), "amends" | "supersedes") && primary.contains(&walk.a) {
            primary.insert(walk.b.clone());
        }
    }
    let any = tags.iter().any(|tag| primary.contains(&tag.id));
    for tag in tags {
        tag.primary = !any || primary.contains(&tag.id);
    }
}

/// Whether a mention is one of this framework.
fn names(mention: &Mention, library: &Library, id: &FrameworkId) -> bool {
    matches!(mention.target, Target::Framework(place)
        if library.frameworks.get(place).is_some_and(|known| &known.id == id))
}
