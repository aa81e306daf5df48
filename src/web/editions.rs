//! Editions that the register has seen since the library was written: what rests on the one before
//! is told to do so.

use super::standards::address;
use super::{Site, Trouble};
use crate::domain::library::Framework;
use crate::domain::reference;
use crate::render::{Moment, Named, NewerEdition, NewerEditions};
use crate::store::RegisterFilter;

/// For each framework whose work the register knows in a later edition than the library names, the
/// latest one in force.
pub(super) async fn newer_editions(site: &Site) -> Result<NewerEditions, Trouble> {
    let named: Vec<(&Framework, String, u32)> = site
        .library
        .frameworks
        .iter()
        .filter_map(|framework| {
            let own = framework.references.first()?;
            let own = reference::read(own, &site.library.known_works);
            let year = year_in(framework.edition.as_deref()?)?;
            Some((framework, own.into_iter().next()?.work, year))
        })
        .collect();
    let mut works: Vec<String> = named.iter().map(|(_, work, _)| work.clone()).collect();
    works.sort();
    works.dedup();
    let standings = site
        .store
        .standings(&RegisterFilter {
            works: Some(works),
            ..RegisterFilter::default()
        })
        .await?;
    let mut out = NewerEditions::new();
    for (framework, work, known) in named {
        let latest = standings
            .iter()
            .map(|standing| &standing.project)
            .filter(|project| {
                project.work == work
                    && project.position.is_published()
                    && !project.position.is_withdrawn()
            })
            .filter_map(|project| Some((edition_of(&project.reference)?, project)))
            .filter(|(year, _)| *year > known)
            .max_by_key(|(year, _)| *year);
        if let Some((year, project)) = latest {
            out.insert(
                framework.id.clone(),
                NewerEdition {
                    edition: year.to_string(),
                    document: Named {
                        name: project.reference.clone(),
                        href: address(&project.work, &project.id),
                    },
                    seen: Moment::on_day(project.since),
                },
            );
        }
    }
    Ok(out)
}

/// The first year in an edition's name ("2022 + Amd 1:2024").
fn year_in(edition: &str) -> Option<u32> {
    edition
        .split(|sign: char| !sign.is_ascii_digit())
        .filter(|digits| digits.len() == 4)
        .filter_map(|digits| digits.parse().ok())
        .find(|year| (1947..2100).contains(year))
}

/// The year of a whole text, not of an amendment of one (`ISO/IEC 27001:2022`).
fn edition_of(reference: &str) -> Option<u32> {
    let (_, year) = reference.split_once(':')?;
    (year.len() == 4).then(|| year_in(year)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_of_a_text_is_none_of_its_amendments() {
        for (reference, year) in [
            ("ISO/IEC 27001:2022", Some(2022)),
            ("ISO/IEC 27001:2022/Amd 1:2024", None),
            ("ISO/IEC DIS 27001", None),
            ("ISO/IEC 27001", None),
            ("ISO/IEC 27001:20222", None),
        ] {
            assert_eq!(edition_of(reference), year, "{reference}");
        }
        for (edition, year) in [
            ("2022 + Amd 1:2024", Some(2022)),
            ("V3.1.3 (2024-09)", Some(2024)),
            ("v4", None),
            ("32022L2557", None),
        ] {
            assert_eq!(year_in(edition), year, "{edition}");
        }
    }
}
