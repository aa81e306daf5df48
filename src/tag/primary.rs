//! Which of the frameworks tagged an event is about (rule F1): by place, by the words before the
//! name, and by what rests on what.

use smallvec::{SmallVec, smallvec};

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
    if tags.is_empty() {
        return;
    }
    let mapping = kind == Some(UpdateKind::MappingPublished);
    let place_of =
        |tags: &[FrameworkTag], id: &FrameworkId| tags.iter().position(|tag| &tag.id == id);
    // For each field and tag whether it is named there, and whether as the event itself.
    let mut here: [SmallVec<[(bool, bool); 8]>; 2] = [
        smallvec![(false, false); tags.len()],
        smallvec![(false, false); tags.len()],
    ];
    for mention in mentions {
        let Target::Framework(place) = mention.target else {
            continue;
        };
        let tag = library
            .frameworks
            .get(place)
            .and_then(|framework| place_of(tags, &framework.id));
        let slot = tag.and_then(|tag| here.get_mut(mention.text)?.get_mut(tag));
        if let Some((named, event)) = slot {
            *named = true;
            *event = *event || !aside(mention);
        }
    }
    let stated = |tag: &FrameworkTag| {
        tag.because
            .iter()
            .any(|because| because.field == Field::Stated)
    };
    // The headline tells the event; where it names none, the summary does.
    let mut primary: SmallVec<[bool; 8]> = smallvec![false; tags.len()];
    let mut named: SmallVec<[bool; 8]> = primary.clone();
    for (field, here) in here.iter().enumerate() {
        for (((tag, here), primary), named) in
            tags.iter().zip(here).zip(&mut primary).zip(&mut named)
        {
            let (is_named, is_event) = *here;
            if is_named || field == 0 && stated(tag) {
                *named = true;
                *primary |= !is_named || is_event;
            }
        }
        let enough = if mapping { 2 } else { 1 };
        if named.iter().filter(|named| **named).count() >= enough {
            break;
        }
    }
    let set = |primary: &mut [bool], id: &FrameworkId, value: bool| {
        let slot = place_of(tags, id).and_then(|place| primary.get_mut(place));
        if let Some(slot) = slot {
            *slot = value;
        }
    };
    // What only carries another primary one is its base; every side of a mapping counts.
    if !mapping {
        let before = primary.clone();
        let resting = tags
            .iter()
            .zip(&before)
            .filter(|(_, primary)| **primary)
            .filter_map(|(tag, _)| library.framework(&tag.id))
            .flat_map(|framework| &framework.bases);
        for base in resting {
            set(&mut primary, base, false);
        }
    }
    // An act that amends or replaces another is news of both, and of what that one amends, though it be
    // named itself only there.
    if kind.is_some() && primary.contains(&true) {
        let mut unnamed: SmallVec<[&FrameworkId; 4]> = SmallVec::new();
        for walk in &library.crosswalks {
            let acts = matches!(walk.relation.as_str(), "amends" | "supersedes");
            let is_primary = || {
                let place = place_of(tags, &walk.a).and_then(|place| primary.get(place));
                place.copied().unwrap_or_else(|| unnamed.contains(&&walk.a))
            };
            if acts && is_primary() {
                match place_of(tags, &walk.b) {
                    Some(_) => set(&mut primary, &walk.b, true),
                    None => unnamed.push(&walk.b),
                }
            }
        }
    }
    let any = primary.contains(&true);
    for (tag, primary) in tags.iter_mut().zip(primary) {
        tag.primary = !any || primary;
    }
}
