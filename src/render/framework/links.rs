//! Links to frameworks, bodies and places, and the words of their relations.

use crate::domain::id::{BodyId, FrameworkId, JurisdictionId};
use crate::domain::library::{Crosswalk, FrameworkKind, Library};
use crate::render::views::Named;

impl FrameworkKind {
    /// As shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::Law => "Law",
            Self::Framework => "Framework",
            Self::Attestation => "Attestation",
            Self::Guidance => "Guidance",
        }
    }
}

/// The address of a framework's page.
fn address(id: &FrameworkId) -> String {
    format!("/frameworks/{id}")
}

/// A framework by its short name, with its page.
pub fn framework_link(library: &Library, id: &FrameworkId) -> Named {
    Named {
        name: library
            .framework(id)
            .map_or_else(|| id.to_string(), |framework| framework.short.clone()),
        href: address(id),
    }
}

/// A body by its name, with its page.
pub fn body_link(library: &Library, id: &BodyId) -> Named {
    Named {
        name: library
            .body(id)
            .map_or_else(|| id.to_string(), |body| body.name.clone()),
        href: format!("/bodies/{id}"),
    }
}

/// A jurisdiction by its name, with its page.
pub fn place_link(library: &Library, id: &JurisdictionId) -> Named {
    Named {
        name: library
            .jurisdiction(id)
            .map_or_else(|| id.to_string(), |place| place.name.clone()),
        href: format!("/jurisdictions/{id}"),
    }
}

/// The relation of a crosswalk as a sentence.
pub fn relation_sentence(library: &Library, walk: &Crosswalk) -> String {
    let name = |id: &FrameworkId| {
        library
            .framework(id)
            .map_or_else(|| id.to_string(), |framework| framework.short.clone())
    };
    let (a, b) = (name(&walk.a), name(&walk.b));
    format!("{a} {} {b}", relation_words(&walk.relation))
}

/// A relation as the words between its two sides.
pub fn relation_words(relation: &str) -> String {
    match relation {
        "companion" => "is a companion of".to_owned(),
        "same_structure" => "has the same structure as".to_owned(),
        "profile_of" => "is a profile of".to_owned(),
        "derived_from" => "is derived from".to_owned(),
        "informative_reference" => "is an informative reference for".to_owned(),
        "supports_conformity" => "supports conformity with".to_owned(),
        "harmonised_for" => "is to be harmonised for".to_owned(),
        "lex_specialis" => "goes, as the more special law, before".to_owned(),
        other => other.replace('_', " "),
    }
}
