//! Editions that came after the library was written, and mappings that were written before.

use std::collections::BTreeMap;

use super::parts::MappingView;
use crate::domain::id::FrameworkId;
use crate::domain::library::{Crosswalk, Library, is_other_edition};
use crate::render::views::{Moment, Named};

/// An edition that the register has seen, later than the one that the library names.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct NewerEdition {
    /// Its year.
    pub edition: String,
    /// What it is cited as, and its page.
    pub document: Named,
    /// When it was first seen to be in force.
    pub seen: Moment,
}

/// Those of all frameworks.
pub type NewerEditions = BTreeMap<FrameworkId, NewerEdition>;

/// A public mapping, and whether it was written for an earlier edition of either side.
pub fn mapping_view(
    library: &Library,
    newer: &NewerEditions,
    walk: &Crosswalk,
) -> Option<MappingView> {
    let mapping = walk.mapping.as_ref()?;
    let earlier = [
        (&walk.a, &mapping.edition_a),
        (&walk.b, &mapping.edition_b),
    ]
    .into_iter()
    .filter_map(|(id, written_for)| {
        let framework = library.framework(id)?;
        let written_for = written_for.as_ref()?;
        let current = match newer.get(id) {
            Some(newer) => &newer.edition,
            None => framework.edition.as_ref()?,
        };
        is_other_edition(written_for, current).then(|| {
            format!(
                "written for the earlier edition of {} ({written_for}; the current one is {current})",
                framework.short
            )
        })
    })
    .collect();
    Some(MappingView {
        name: mapping.name.clone(),
        publisher: mapping.publisher.clone(),
        licence: mapping.licence.clone(),
        verified: mapping.verified,
        earlier,
    })
}
