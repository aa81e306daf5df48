//! What is recognised in a text, as the phrases of kinds ask for it.

/// What was recognised in a text. One thing may be several of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entity {
    Reference,
    /// A citation of a dated final text.
    Edition,
    /// A citation of a draft.
    Draft,
    /// A citation of a project without text.
    Project,
    /// A citation of an amendment or corrigendum.
    Supplement,
    /// A citation of a text that a national or regional body took over.
    Adopted,
    Framework,
    Law,
    /// A law that is not yet adopted.
    Bill,
    /// Guidance with a name.
    Code,
    Standard,
    Scheme,
    Body,
    /// A body that makes, watches or interprets rules.
    Authority,
    Court,
    Legislature,
    Certifier,
    Accreditor,
    StandardsBody,
    Place,
}

impl Entity {
    pub(super) const NAMES: &'static [(&'static str, Self)] = &[
        ("reference", Self::Reference),
        ("edition", Self::Edition),
        ("draftref", Self::Draft),
        ("projectref", Self::Project),
        ("supplement", Self::Supplement),
        ("adopted", Self::Adopted),
        ("framework", Self::Framework),
        ("law", Self::Law),
        ("billref", Self::Bill),
        ("code", Self::Code),
        ("standard", Self::Standard),
        ("scheme", Self::Scheme),
        ("body", Self::Body),
        ("authority", Self::Authority),
        ("court", Self::Court),
        ("legislature", Self::Legislature),
        ("certifier", Self::Certifier),
        ("accreditor", Self::Accreditor),
        ("sdo", Self::StandardsBody),
        ("place", Self::Place),
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, entity)| *entity)
    }
}

/// Where something was recognised, by its words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recognised {
    pub(super) entity: Entity,
    pub(super) first: usize,
    pub(super) end: usize,
}
