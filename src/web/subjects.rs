//! Lists of frameworks, jurisdictions, topics and bodies, and a page for each of the last three.

use std::collections::BTreeMap;

use axum::extract::{Path, Query as Parameters, State};
use axum::response::Response;

use super::calendar::views;
use super::found::{counts, newest};
use super::pages::{cards, encoded, name_of, told};
use super::{Site, Trouble};
use crate::domain::calendar::CalendarFilter;
use crate::domain::id::{BodyId, JurisdictionId, TopicId};
use crate::domain::library::{Framework, FrameworkKind};
use crate::domain::query::Filter;
use crate::domain::update::{Because, Update};
use crate::render::{
    DueView, FacetGroup, FacetLink, LinkGroup, Named, SubjectGroup, SubjectPage, SubjectRow,
    SubjectsPage, body_link, framework_link, place_link,
};
use crate::search::Facets;

/// Updates on a page.
const UPDATES: usize = 10;
/// Dates on a page.
const DATES: usize = 8;
/// Values of a facet.
const VALUES: usize = 8;
/// Signs of a text to narrow by that are read.
const LONGEST: usize = 80;

const KINDS: [(FrameworkKind, &str, &str); 5] = [
    (FrameworkKind::Standard, "standards", "Standards"),
    (FrameworkKind::Law, "laws", "Laws"),
    (FrameworkKind::Framework, "frameworks", "Frameworks"),
    (
        FrameworkKind::Attestation,
        "attestations",
        "Attestations and schemes",
    ),
    (FrameworkKind::Guidance, "guidance", "Guidance"),
];

/// What a list is narrowed by.
struct Narrowing {
    query: String,
    words: Vec<String>,
    part: Option<String>,
}

impl Narrowing {
    fn read(parameters: &BTreeMap<String, String>) -> Self {
        let of = |name: &str| -> String {
            parameters
                .get(name)
                .map_or("", |text| text.trim())
                .chars()
                .take(LONGEST)
                .collect()
        };
        let query = of("q");
        Self {
            words: query
                .to_lowercase()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            query,
            part: Some(of("part")).filter(|part| !part.is_empty()),
        }
    }

    /// Whether a line with these words is wanted.
    fn takes(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }

    /// The page of a list whose lines stand in groups; where a part is chosen, that one only.
    fn page(
        &self,
        title: &str,
        lead: &str,
        path: &str,
        mut groups: Vec<SubjectGroup>,
    ) -> SubjectsPage {
        groups.retain(|group| !group.rows.is_empty());
        let suffix = if self.query.is_empty() {
            String::new()
        } else {
            format!("&q={}", encoded(&self.query))
        };
        let parts: Vec<FacetLink> = groups
            .iter()
            .map(|group| {
                let chosen = self.part.as_ref() == Some(&group.id);
                FacetLink {
                    name: group.heading.clone(),
                    count: u64::try_from(group.rows.len()).unwrap_or(0),
                    href: if chosen {
                        format!("{path}?{}", suffix.trim_start_matches('&'))
                    } else {
                        format!("{path}?part={}{suffix}", group.id)
                    },
                    chosen,
                }
            })
            .collect();
        if let Some(part) = &self.part {
            groups.retain(|group| group.id == *part);
        }
        SubjectsPage {
            title: title.to_owned(),
            lead: lead.to_owned(),
            path: path.to_owned(),
            query: self.query.clone(),
            total: groups.iter().map(|group| group.rows.len()).sum(),
            parts: if parts.len() > 1 { parts } else { Vec::new() },
            groups,
            others: [
                ("Frameworks", "/frameworks"),
                ("Jurisdictions", "/jurisdictions"),
                ("Topics", "/topics"),
                ("Bodies", "/bodies"),
                ("Crosswalks", "/crosswalks"),
            ]
            .into_iter()
            .filter(|(_, href)| *href != path)
            .map(|(name, href)| Named {
                name: name.to_owned(),
                href: href.to_owned(),
            })
            .collect(),
        }
    }
}

/// `/frameworks`
pub(super) async fn frameworks(
    State(site): State<Site>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let narrowing = Narrowing::read(&parameters);
        let counts = counts(&site, "framework").await?;
        let groups = KINDS
            .iter()
            .map(|(kind, id, heading)| SubjectGroup {
                id: (*id).to_owned(),
                heading: (*heading).to_owned(),
                rows: site
                    .library
                    .frameworks_by_name()
                    .into_iter()
                    .filter(|framework| framework.kind == *kind)
                    .filter(|framework| narrowing.takes(&words_of(&site, framework)))
                    .map(|framework| SubjectRow {
                        subject: framework_link(&site.library, &framework.id),
                        under: title_beside(framework),
                        count: counts.get(framework.id.as_str()).copied().unwrap_or(0),
                    })
                    .collect(),
            })
            .collect();
        site.show(&narrowing.page(
            "Frameworks",
            "Standards, laws, frameworks, schemes and guidance: each with a page that says whether it concerns you, what is due, and what changed.",
            "/frameworks",
            groups,
        ))
    }
    .await;
    told(&site, page)
}

fn words_of(site: &Site, framework: &Framework) -> String {
    let places: Vec<String> = framework
        .jurisdictions
        .iter()
        .map(|id| place_link(&site.library, id).name)
        .collect();
    format!(
        "{} {} {} {} {}",
        framework.short,
        framework.title,
        framework.aliases.join(" "),
        places.join(" "),
        framework.references.join(" ")
    )
}

/// What a framework is called in full, where its short name does not say it.
fn title_beside(framework: &Framework) -> String {
    if framework.title == framework.short {
        String::new()
    } else {
        framework.title.clone()
    }
}

/// `/jurisdictions`
pub(super) async fn jurisdictions(
    State(site): State<Site>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let narrowing = Narrowing::read(&parameters);
        let counts = counts(&site, "jurisdiction").await?;
        let mut groups: Vec<SubjectGroup> = Vec::new();
        for place in site.library.jurisdictions_by_name() {
            if !narrowing.takes(&format!("{} {}", place.name, place.names.join(" "))) {
                continue;
            }
            let of = site
                .library
                .frameworks
                .iter()
                .filter(|framework| framework.jurisdictions.contains(&place.id))
                .count();
            let row = SubjectRow {
                subject: place_link(&site.library, &place.id),
                under: match of {
                    0 => String::new(),
                    1 => "1 framework".to_owned(),
                    many => format!("{many} frameworks"),
                },
                count: counts.get(place.id.as_str()).copied().unwrap_or(0),
            };
            grouped(&mut groups, &place.kind, row);
        }
        site.show(&narrowing.page(
            "Jurisdictions",
            "Where rules hold and where they come from.",
            "/jurisdictions",
            groups,
        ))
    }
    .await;
    told(&site, page)
}

/// `/topics`
pub(super) async fn topics(
    State(site): State<Site>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let narrowing = Narrowing::read(&parameters);
        let counts = counts(&site, "topic").await?;
        let rows = site
            .library
            .topics
            .iter()
            .filter(|topic| narrowing.takes(&format!("{} {}", topic.name, topic.aliases.join(" "))))
            .map(|topic| SubjectRow {
                subject: Named {
                    name: topic.name.clone(),
                    href: format!("/topics/{}", topic.id),
                },
                under: String::new(),
                count: counts.get(topic.id.as_str()).copied().unwrap_or(0),
            })
            .collect();
        site.show(&narrowing.page(
            "Topics",
            "What rules and standards are about, across frameworks and jurisdictions.",
            "/topics",
            vec![SubjectGroup {
                id: "topics".to_owned(),
                heading: "All topics".to_owned(),
                rows,
            }],
        ))
    }
    .await;
    told(&site, page)
}

/// `/bodies`
pub(super) async fn bodies(
    State(site): State<Site>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Response {
    let page = async {
        let narrowing = Narrowing::read(&parameters);
        let counts = counts(&site, "body").await?;
        let mut groups: Vec<SubjectGroup> = Vec::new();
        for body in &site.library.bodies {
            if !narrowing.takes(&format!("{} {}", body.name, body.aliases.join(" "))) {
                continue;
            }
            let row = SubjectRow {
                subject: body_link(&site.library, &body.id),
                under: body
                    .jurisdiction
                    .as_ref()
                    .map_or_else(String::new, |id| place_link(&site.library, id).name),
                count: counts.get(body.id.as_str()).copied().unwrap_or(0),
            };
            grouped(
                &mut groups,
                body.kinds.first().map_or("other", String::as_str),
                row,
            );
        }
        site.show(&narrowing.page(
            "Bodies",
            "Who makes, watches, interprets, accredits and certifies.",
            "/bodies",
            groups,
        ))
    }
    .await;
    told(&site, page)
}

/// Puts a line under the heading of its kind; kinds keep the order in which they are first met.
fn grouped(groups: &mut Vec<SubjectGroup>, kind: &str, row: SubjectRow) {
    match groups.iter_mut().find(|group| group.id == kind) {
        Some(group) => group.rows.push(row),
        None => groups.push(SubjectGroup {
            id: kind.to_owned(),
            heading: kind_name(kind),
            rows: vec![row],
        }),
    }
}

/// A kind of the library's files, for people.
fn kind_name(kind: &str) -> String {
    match kind {
        "sdo" => "Standards bodies".to_owned(),
        "consortium" => "Consortia".to_owned(),
        "professional_body" => "Professional bodies".to_owned(),
        "igo" => "International organisations".to_owned(),
        "eu_institution" => "Institutions of the European Union".to_owned(),
        "legislature" => "Legislatures".to_owned(),
        "government" => "Governments".to_owned(),
        "regulator" => "Regulators".to_owned(),
        "dpa" => "Data protection authorities".to_owned(),
        "agency" => "Agencies".to_owned(),
        "court" => "Courts".to_owned(),
        "accreditation_body" => "Accreditation bodies".to_owned(),
        "accreditation_forum" => "Forums of accreditation".to_owned(),
        "certification_body" => "Certification bodies".to_owned(),
        "ngo" => "Civil society and research".to_owned(),
        "publisher" => "Publishers".to_owned(),
        "country" => "Countries".to_owned(),
        "state" => "States and provinces".to_owned(),
        other => {
            let words = other.replace('_', " ");
            let mut letters = words.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect()
            })
        }
    }
}

/// What pages about one thing have in common.
struct Subject {
    list: (&'static str, &'static str),
    field: &'static str,
    id: String,
    title: String,
}

async fn shown(
    site: &Site,
    subject: Subject,
    filter: Filter,
    reasons: impl Fn(&Update) -> Option<&[Because]>,
    page: SubjectPage,
) -> Result<Response, Trouble> {
    let found = newest(site, vec![filter], UPDATES).await?;
    let updates = cards(site, &found.updates)
        .await?
        .into_iter()
        .zip(&found.updates)
        .map(|(card, update)| match reasons(update) {
            Some(because) => card.because(because),
            None => card,
        })
        .collect();
    let clause = format!("{}:{}", subject.field, subject.id);
    site.show(&SubjectPage {
        list: Named {
            name: subject.list.0.to_owned(),
            href: subject.list.1.to_owned(),
        },
        title: subject.title,
        updates,
        total: found.total,
        search: format!("/search?q={clause}&order=newest"),
        facets: facets(site, &found.facets, subject.field, &subject.id),
        ..page
    })
}

/// What the updates of something are about besides.
fn facets(site: &Site, facets: &Facets, field: &str, id: &str) -> Vec<FacetGroup> {
    [
        ("framework", "Frameworks"),
        ("kind", "What happened"),
        ("jurisdiction", "Jurisdictions"),
        ("body", "Bodies"),
        ("topic", "Topics"),
    ]
    .into_iter()
    .map(|(other, name)| FacetGroup {
        name: name.to_owned(),
        links: facets
            .of(other)
            .iter()
            .filter(|(value, _)| other != field || value != id)
            .take(VALUES)
            .map(|(value, count)| FacetLink {
                name: name_of(site, other, value),
                count: *count,
                href: format!("/search?q={field}:{id}+{other}:{value}&order=newest"),
                chosen: false,
            })
            .collect(),
    })
    .filter(|group| !group.links.is_empty())
    .collect()
}

/// What is due, from today on.
async fn due(site: &Site, filter: &CalendarFilter) -> Result<Vec<DueView>, Trouble> {
    let today = site.clock.now().date_naive();
    let stretch = site
        .store
        .due(today, None, &[], DATES, |due| filter.takes(due))
        .await?;
    let pages = filter.milestones(&site.library, today);
    Ok(views(site, &stretch.entries, &pages, today)
        .into_iter()
        .take(DATES)
        .map(|(_, view)| view)
        .collect())
}

fn group(heading: &str, links: Vec<Named>) -> LinkGroup {
    LinkGroup {
        heading: heading.to_owned(),
        links,
    }
}

/// `/jurisdictions/{id}`
pub(super) async fn jurisdiction(State(site): State<Site>, Path(id): Path<String>) -> Response {
    let page = async {
        let id = JurisdictionId::new(id).map_err(|_| Trouble::Missing)?;
        let library = &site.library;
        let place = library.jurisdiction(&id).ok_or(Trouble::Missing)?;
        let links = |ids: &[JurisdictionId]| -> Vec<Named> {
            ids.iter().map(|id| place_link(library, id)).collect()
        };
        let members: Vec<Named> = library
            .jurisdictions_by_name()
            .into_iter()
            .filter(|other| other.member_of.contains(&id))
            .map(|other| place_link(library, &other.id))
            .collect();
        let frameworks = library
            .frameworks
            .iter()
            .filter(|framework| framework.jurisdictions.contains(&id))
            .map(|framework| framework_link(library, &framework.id))
            .collect();
        let bodies = library
            .bodies
            .iter()
            .filter(|body| body.jurisdiction.as_ref() == Some(&id))
            .map(|body| body_link(library, &body.id))
            .collect();
        let filter = CalendarFilter {
            jurisdiction: Some(id.clone()),
            ..CalendarFilter::default()
        }
        .with_above(library);
        let above: Vec<String> = links(&place.member_of)
            .into_iter()
            .map(|link| link.name)
            .collect();
        let lead = if above.is_empty() {
            "Which rules hold here, what is due, and what changed.".to_owned()
        } else {
            format!(
                "Which rules of its own hold here, what is due, and what changed. The rules of {} hold here as well: their days stand among those that are due, all else on a page of their own.",
                above.join(" and ")
            )
        };
        let mut groups = vec![
            group("Frameworks that hold here", frameworks),
            group("Belongs to", links(&place.member_of)),
            group("Members", members),
            group("Bodies", bodies),
        ];
        groups.retain(|group| !group.links.is_empty());
        let parts = SubjectPage {
            lead,
            groups,
            dates: due(&site, &filter).await?,
            calendar: Some(format!("/calendar?jurisdiction={id}")),
            ics: Some(format!("/jurisdictions/{id}/calendar.ics")),
            ..SubjectPage::default()
        };
        let subject = Subject {
            list: ("Jurisdictions", "/jurisdictions"),
            field: "jurisdiction",
            id: id.to_string(),
            title: place.name.clone(),
        };
        let wanted = id.clone();
        shown(
            &site,
            subject,
            Filter::Jurisdiction(id),
            move |update| {
                let tags = &update.tags.jurisdictions;
                let tag = tags.iter().find(|tag| tag.id == wanted)?;
                Some(&tag.because)
            },
            parts,
        )
        .await
    }
    .await;
    told(&site, page)
}

/// `/topics/{id}`
pub(super) async fn topic(State(site): State<Site>, Path(id): Path<String>) -> Response {
    let page = async {
        let id = TopicId::new(id).map_err(|_| Trouble::Missing)?;
        let library = &site.library;
        let topic = library.topic(&id).ok_or(Trouble::Missing)?;
        let frameworks: Vec<Named> = library
            .frameworks
            .iter()
            .filter(|framework| {
                let of_page = framework
                    .profile
                    .as_ref()
                    .is_some_and(|profile| profile.topics.contains(&id));
                framework.topics.contains(&id) || of_page
            })
            .map(|framework| framework_link(library, &framework.id))
            .collect();
        let mut groups = vec![group("Frameworks about it", frameworks)];
        groups.retain(|group| !group.links.is_empty());
        let parts = SubjectPage {
            lead: format!(
                "What changed about {}, in any framework and jurisdiction.",
                topic.name
            ),
            facts: if topic.aliases.is_empty() {
                Vec::new()
            } else {
                let words: Vec<&str> = topic.aliases.iter().take(8).map(String::as_str).collect();
                vec![("Words that hint at it".to_owned(), words.join(", "))]
            },
            groups,
            ..SubjectPage::default()
        };
        let subject = Subject {
            list: ("Topics", "/topics"),
            field: "topic",
            id: id.to_string(),
            title: topic.name.clone(),
        };
        let wanted = id.clone();
        shown(
            &site,
            subject,
            Filter::Topic(id),
            move |update| {
                let tag = update.tags.topics.iter().find(|tag| tag.id == wanted)?;
                Some(&tag.because)
            },
            parts,
        )
        .await
    }
    .await;
    told(&site, page)
}

/// `/bodies/{id}`
pub(super) async fn body(State(site): State<Site>, Path(id): Path<String>) -> Response {
    let page = async {
        let id = BodyId::new(id).map_err(|_| Trouble::Missing)?;
        let library = &site.library;
        let body = library.body(&id).ok_or(Trouble::Missing)?;
        let owned = library
            .frameworks
            .iter()
            .filter(|framework| framework.owners.contains(&id))
            .map(|framework| framework_link(library, &framework.id))
            .collect();
        let named = library
            .frameworks
            .iter()
            .filter(|framework| {
                framework.profile.as_ref().is_some_and(|profile| {
                    profile
                        .adoption
                        .assessors
                        .iter()
                        .any(|assessor| assessor.body == id)
                })
            })
            .map(|framework| framework_link(library, &framework.id))
            .collect();
        let sources: Vec<Named> = site
            .sources
            .iter()
            .filter(|source| source.body == id && source.on)
            .map(|source| Named {
                name: source.name.clone(),
                href: format!("/search?q=source:{}&order=newest", source.id),
            })
            .collect();
        let mut groups = vec![
            group("Its frameworks", owned),
            group("Audits or assesses", named),
            group("Its sources that we read", sources),
        ];
        groups.retain(|group| !group.links.is_empty());
        let kinds: Vec<String> = body
            .kinds
            .iter()
            .map(|kind| kind.replace('_', " "))
            .collect();
        let mut facts = vec![
            ("Kind".to_owned(), kinds.join(", ")),
            ("Speaks as".to_owned(), body.authority().as_str().to_owned()),
        ];
        if let Some(place) = &body.jurisdiction {
            facts.push(("Speaks for".to_owned(), place_link(library, place).name));
        }
        if !body.aliases.is_empty() {
            let names: Vec<&str> = body.aliases.iter().take(6).map(String::as_str).collect();
            facts.push(("Also called".to_owned(), names.join(", ")));
        }
        let parts = SubjectPage {
            lead: format!("What {} says, and what is said of it.", body.name),
            facts,
            homepage: body.homepage.clone(),
            groups,
            ..SubjectPage::default()
        };
        let subject = Subject {
            list: ("Bodies", "/bodies"),
            field: "body",
            id: id.to_string(),
            title: body.name.clone(),
        };
        let wanted = id.clone();
        shown(
            &site,
            subject,
            Filter::Body(id),
            move |update| {
                let tag = update.tags.bodies.iter().find(|tag| tag.id == wanted)?;
                Some(&tag.because)
            },
            parts,
        )
        .await
    }
    .await;
    told(&site, page)
}
