//! `/crosswalks`: how frameworks relate, as a matrix, as a graph and in words.

use std::collections::BTreeMap;

use axum::extract::{Query as Parameters, State};
use axum::response::Response;

use super::Site;
use super::editions::newer_editions;
use super::pages::told;
use crate::domain::id::FrameworkId;
use crate::domain::library::{Crosswalk, Library};
use crate::render::{
    Choice, CrosswalksPage, FacetLink, GraphNode, MatrixCell, MatrixRow, RelationLine,
    framework_link, graph, mapping_view, relation_sentence, relation_words,
};

/// Frameworks in the matrix and on the ring.
const MOST: usize = 12;
/// Frameworks around one.
const AROUND: usize = 20;

/// `/crosswalks`
pub(super) async fn crosswalks(
    State(site): State<Site>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let newer = match newer_editions(&site).await {
        Ok(newer) => newer,
        Err(trouble) => return site.tell(trouble),
    };
    let library = &site.library;
    let named = parameters
        .get("framework")
        .map(|text| text.trim())
        .filter(|text| !text.is_empty());
    let centre = named
        .and_then(|text| FrameworkId::new(text).ok())
        .filter(|id| library.framework(id).is_some());
    let problem = named.filter(|_| centre.is_none()).map(|text| {
        let text: String = text.chars().take(80).collect();
        format!("There is no framework “{text}”.")
    });
    let shown: Vec<&Crosswalk> = library
        .crosswalks
        .iter()
        .filter(|walk| {
            centre
                .as_ref()
                .is_none_or(|id| walk.a == *id || walk.b == *id)
        })
        .collect();
    let chosen = chosen(library, centre.as_ref());
    let base = site.renderer.base_path();
    let node = |id: &FrameworkId| GraphNode {
        name: framework_link(library, id).name,
        href: format!("{base}/crosswalks?framework={id}"),
    };
    let ring: Vec<GraphNode> = chosen
        .iter()
        .filter(|id| Some(**id) != centre.as_ref())
        .map(|id| node(id))
        .collect();
    let places: Vec<&FrameworkId> = chosen
        .iter()
        .copied()
        .filter(|id| Some(*id) != centre.as_ref())
        .collect();
    let lines: Vec<(usize, usize)> = library
        .crosswalks
        .iter()
        .filter_map(|walk| {
            let of = |wanted: &FrameworkId| places.iter().position(|id| *id == wanted);
            Some((of(&walk.a)?, of(&walk.b)?))
        })
        .collect();
    let middle = centre.as_ref().map(node);
    let title = match &middle {
        Some(node) => format!(
            "{} and the {} frameworks it relates to; the list says how",
            node.name,
            ring.len()
        ),
        None => format!(
            "The {} frameworks with the most relations, and the lines between them; the matrix says which",
            ring.len()
        ),
    };
    let relations: Vec<RelationLine> = shown
        .iter()
        .filter(|walk| centre.is_some() || (chosen.contains(&&walk.a) && chosen.contains(&&walk.b)))
        .map(|walk| RelationLine {
            id: place(walk),
            a: framework_link(library, &walk.a),
            words: relation_words(&walk.relation),
            b: framework_link(library, &walk.b),
            note: walk.note.clone(),
            mapping: mapping_view(library, &newer, walk),
        })
        .collect();
    let page = site.show(&CrosswalksPage {
        problem,
        choices: choices(library, centre.as_ref()),
        graph: graph(&title, middle.as_ref(), &ring, &lines),
        columns: if centre.is_some() {
            Vec::new()
        } else {
            chosen
                .iter()
                .map(|id| framework_link(library, id))
                .collect()
        },
        rows: if centre.is_some() {
            Vec::new()
        } else {
            chosen.iter().map(|id| row(library, id, &chosen)).collect()
        },
        relations,
        total: library.crosswalks.len(),
        groups: chosen
            .iter()
            .filter(|id| Some(**id) != centre.as_ref())
            .map(|id| FacetLink {
                name: framework_link(library, id).name,
                count: u64::try_from(degree(library, id)).unwrap_or(0),
                href: format!("/crosswalks?framework={id}"),
                chosen: false,
            })
            .collect(),
        centre: centre.as_ref().map(|id| framework_link(library, id)),
    });
    told(&site, page)
}

/// A relation's place on the page.
fn place(walk: &Crosswalk) -> String {
    format!("{}--{}", walk.a, walk.b)
}

fn degree(library: &Library, id: &FrameworkId) -> usize {
    library
        .crosswalks
        .iter()
        .filter(|walk| walk.a == *id || walk.b == *id)
        .count()
}

/// The frameworks that are shown: those with the most relations, or those around one.
fn chosen<'a>(library: &'a Library, centre: Option<&FrameworkId>) -> Vec<&'a FrameworkId> {
    let mut out: Vec<&FrameworkId> = library
        .frameworks
        .iter()
        .map(|framework| &framework.id)
        .filter(|id| {
            library.crosswalks.iter().any(|walk| match centre {
                None => walk.a == **id || walk.b == **id,
                Some(centre) => {
                    (walk.a == *centre && walk.b == **id) || (walk.b == *centre && walk.a == **id)
                }
            })
        })
        .collect();
    out.sort_by_key(|id| (std::cmp::Reverse(degree(library, id)), (*id).clone()));
    out.truncate(if centre.is_some() { AROUND } else { MOST });
    out
}

fn choices(library: &Library, centre: Option<&FrameworkId>) -> Vec<Choice> {
    library
        .frameworks
        .iter()
        .filter(|framework| degree(library, &framework.id) > 0)
        .map(|framework| Choice {
            value: framework.id.to_string(),
            name: framework.short.clone(),
            chosen: centre == Some(&framework.id),
        })
        .collect()
}

fn row(library: &Library, id: &FrameworkId, columns: &[&FrameworkId]) -> MatrixRow {
    MatrixRow {
        framework: framework_link(library, id),
        cells: columns
            .iter()
            .map(|other| {
                let walk = library.crosswalks.iter().find(|walk| {
                    (walk.a == *id && walk.b == **other) || (walk.b == *id && walk.a == **other)
                });
                MatrixCell {
                    same: id == *other,
                    word: walk.map_or_else(String::new, |walk| short(&walk.relation).to_owned()),
                    sentence: walk
                        .map_or_else(String::new, |walk| relation_sentence(library, walk)),
                    href: walk.map_or_else(String::new, |walk| format!("#{}", place(walk))),
                    mapped: walk.is_some_and(|walk| walk.mapping.is_some()),
                }
            })
            .collect(),
    }
}

/// A relation as a word for a narrow cell.
fn short(relation: &str) -> &str {
    match relation {
        "maps_to" => "maps",
        "same_structure" => "structure",
        "profile_of" => "profile",
        "derived_from" => "derived",
        "informative_reference" => "cites",
        "supports_conformity" => "supports",
        "harmonised_for" => "harmonised",
        "lex_specialis" => "special",
        "conflicts_with" => "conflicts",
        other => other,
    }
}
