//! Lists that have an address of their own, and what they are of.

use crate::domain::id::{BodyId, FrameworkId, JurisdictionId, SourceId, TopicId};
use crate::domain::query::Filter;
use crate::domain::reference;
use crate::web::Site;
use crate::web::pages::source_of;

/// Lists that have an address of their own: what they are called there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Frameworks,
    Jurisdictions,
    Topics,
    Bodies,
    Standards,
    Sources,
}

impl Family {
    pub(super) const ALL: [Self; 6] = [
        Self::Frameworks,
        Self::Jurisdictions,
        Self::Topics,
        Self::Bodies,
        Self::Standards,
        Self::Sources,
    ];

    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Frameworks => "frameworks",
            Self::Jurisdictions => "jurisdictions",
            Self::Topics => "topics",
            Self::Bodies => "bodies",
            Self::Standards => "standards",
            Self::Sources => "sources",
        }
    }

    /// The filter that one of the family stands for, and its name; none where there is no such.
    pub(super) fn filter(self, site: &Site, id: &str) -> Option<(Filter, String)> {
        let library = &site.library;
        Some(match self {
            Self::Frameworks => {
                let one = library.framework(&FrameworkId::new(id).ok()?)?;
                (Filter::Framework(one.id.clone()), one.short.clone())
            }
            Self::Jurisdictions => {
                let one = library.jurisdiction(&JurisdictionId::new(id).ok()?)?;
                (Filter::Jurisdiction(one.id.clone()), one.name.clone())
            }
            Self::Topics => {
                let one = library.topic(&TopicId::new(id).ok()?)?;
                (Filter::Topic(one.id.clone()), one.name.clone())
            }
            Self::Bodies => {
                let one = library.body(&BodyId::new(id).ok()?)?;
                (Filter::Body(one.id.clone()), one.name.clone())
            }
            Self::Standards => {
                let spelled = id.replace('-', " ");
                let found = reference::read(id, &library.known_works).into_iter().next();
                let found = found.or_else(|| {
                    reference::read(&spelled, &library.known_works)
                        .into_iter()
                        .next()
                })?;
                (Filter::Standard(found.work.clone()), found.work)
            }
            Self::Sources => {
                let one = source_of(site, &SourceId::new(id).ok()?)?;
                (Filter::Source(one.id.clone()), one.name.clone())
            }
        })
    }
}
