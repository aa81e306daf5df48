//! Jurisdictions: from laws, from bodies, from places named (rules J1 to J4).

use crate::domain::id::{BodyId, JurisdictionId};
use crate::domain::library::{FrameworkKind, Library};
use crate::domain::update::{Because, Field, FrameworkTag, Tag};

/// Bodies that speak for no place.
const PLACELESS: &[&str] = &["certification_body", "ngo", "publisher"];

/// Applies the rules in their order; each reason says which.
pub(super) fn places(
    library: &Library,
    frameworks: &[FrameworkTag],
    bodies: &[Tag<BodyId>],
    named: Vec<Tag<JurisdictionId>>,
) -> Vec<Tag<JurisdictionId>> {
    let mut out: Vec<Tag<JurisdictionId>> = Vec::new();
    let mut add =
        |id: &JurisdictionId, because: Because| match out.iter_mut().find(|tag| &tag.id == id) {
            Some(tag) if tag.because.len() < 3 => tag.because.push(because),
            Some(_) => {}
            None => out.push(Tag {
                id: id.clone(),
                because: vec![because],
            }),
        };
    let by = |rule: &'static str, text: &str| Because {
        rule: rule.into(),
        field: Field::Tag,
        text: text.to_owned(),
        start: 0,
    };
    for tag in frameworks {
        if let Some(framework) = library.framework(&tag.id)
            && framework.kind == FrameworkKind::Law
        {
            for id in &framework.jurisdictions {
                add(id, by("J1", &format!("law {}", framework.id)));
            }
        }
    }
    for tag in bodies {
        if let Some(body) = library.body(&tag.id)
            && !body
                .kinds
                .iter()
                .all(|kind| PLACELESS.contains(&kind.as_str()))
            && let Some(id) = &body.jurisdiction
        {
            add(id, by("J2", &format!("body {}", body.id)));
        }
    }
    for tag in named {
        for because in tag.because {
            add(&tag.id, because);
        }
    }
    if out.is_empty() {
        for tag in frameworks.iter().filter(|tag| tag.primary) {
            if let Some(framework) = library.framework(&tag.id) {
                for id in &framework.jurisdictions {
                    match out.iter_mut().find(|place| &place.id == id) {
                        Some(place) => place
                            .because
                            .push(by("J4", &format!("framework {}", framework.id))),
                        None => out.push(Tag {
                            id: id.clone(),
                            because: vec![by("J4", &format!("framework {}", framework.id))],
                        }),
                    }
                }
            }
        }
    }
    out
}
