//! The same edit on many pages: told once, with the pages it was made on.

use std::collections::HashMap;

use crate::domain::change::Fingerprint;
use crate::domain::page_change::{BlockEdit, PageChange};

/// An edit that was made on several pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<Page> {
    /// The edit, as the first of the pages shows it.
    pub edit: BlockEdit,
    /// The pages, in the order in which they were given.
    pub pages: Vec<Page>,
}

/// Takes out of some changes of one site what was edited alike on at least `least` of its pages (a
/// banner, a footer, a sentence in every template), and gives it back once, with its pages. What
/// is left in the changes is each page's own; a change may be left with no edit at all.
pub fn grouped<Page: Clone + PartialEq>(
    changes: &mut [(Page, PageChange)],
    least: usize,
) -> Vec<Group<Page>> {
    let mut order: Vec<Fingerprint> = Vec::new();
    let mut groups: HashMap<Fingerprint, Group<Page>> = HashMap::new();
    for (page, change) in changes.iter() {
        for edit in &change.edits {
            let group = groups.entry(edit.fingerprint).or_insert_with(|| {
                order.push(edit.fingerprint);
                Group {
                    edit: edit.clone(),
                    pages: Vec::new(),
                }
            });
            if !group.pages.contains(page) {
                group.pages.push(page.clone());
            }
        }
    }
    groups.retain(|_, group| group.pages.len() >= least.max(2));
    for (_, change) in changes.iter_mut() {
        let before = change.edits.len();
        change
            .edits
            .retain(|edit| !groups.contains_key(&edit.fingerprint));
        if change.edits.len() < before {
            change.weight = super::weight::together(change.edits.iter().map(|edit| edit.weight));
        }
    }
    order
        .iter()
        .filter_map(|fingerprint| groups.remove(fingerprint))
        .collect()
}
