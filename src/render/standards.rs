//! Views of the register: the table of standards, and the page of one.

use chrono::DateTime;

use super::card::UpdateCard;
use super::stage_line::{STATIONS, StageLine};
use super::views::{FacetLink, Moment, Named};
use super::{View, stage_line};

/// A project as a line of the register.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct StandardRow {
    /// What it is called now, with the address of its place on its standard's page.
    pub reference: Named,
    /// Its title.
    pub title: String,
    /// Its edition.
    pub edition: Option<String>,
    /// Where it stands (`40.20`).
    pub stage: String,
    /// What that means.
    pub meaning: String,
    /// The committee that owns it.
    pub committee: Option<String>,
    /// When it was first seen.
    pub first_seen: Moment,
    /// When its stage was last seen to change; none when it has not changed since it is watched.
    pub last_change: Option<Moment>,
    /// When it was last observed where it stands.
    pub last_observed: Moment,
    /// How often it was observed there.
    pub times: u32,
    /// Since when it is missing from its catalogue, where it is.
    pub missing_since: Option<Moment>,
    /// The sources that list it, by name.
    pub sources: Vec<String>,
}

impl StandardRow {
    /// The columns of the table for programs.
    pub const COLUMNS: [&'static str; 12] = [
        "reference",
        "title",
        "edition",
        "stage",
        "meaning",
        "committee",
        "first_seen",
        "last_change",
        "last_observed",
        "times_observed",
        "missing_since",
        "sources",
    ];

    /// What stands in them.
    pub fn cells(&self) -> [String; 12] {
        let exact = |moment: &Option<Moment>| {
            moment
                .as_ref()
                .map(|moment| moment.exact.clone())
                .unwrap_or_default()
        };
        [
            self.reference.name.clone(),
            self.title.clone(),
            self.edition.clone().unwrap_or_default(),
            self.stage.clone(),
            self.meaning.clone(),
            self.committee.clone().unwrap_or_default(),
            self.first_seen.exact.clone(),
            exact(&self.last_change),
            self.last_observed.exact.clone(),
            self.times.to_string(),
            exact(&self.missing_since),
            self.sources.join("; "),
        ]
    }
}

/// The groups that positions are listed in (`domain::standard::Position::group`), by name, with
/// nothing counted and nothing chosen.
pub fn stage_groups() -> impl Iterator<Item = (String, String)> {
    STATIONS
        .iter()
        .map(|(code, name)| (format!("{code:02}"), format!("{code:02} {name}")))
        .chain(
            [
                ("draft", "Public draft"),
                ("final", "Final"),
                ("withdrawn", "Withdrawn"),
            ]
            .map(|(id, name)| (id.to_owned(), name.to_owned())),
        )
}

/// `/standards`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct StandardsPage {
    /// The text that the table is narrowed by.
    pub query: String,
    /// The committee that it is narrowed by.
    pub committee: String,
    /// Committees to choose from.
    pub committees: Vec<String>,
    /// Groups of stages to choose from: the name, and the id in the place of an address.
    pub stages: Vec<FacetLink>,
    /// Whether what is withdrawn or not monitored is listed too.
    pub all: bool,
    /// Whether anything narrows the table.
    pub narrowed: bool,
    /// Lines of this page.
    pub rows: Vec<StandardRow>,
    /// Lines in all.
    pub total: usize,
    /// Projects that the register knows.
    pub known: usize,
    /// When the table was drawn up.
    pub as_of: Moment,
    /// The number of this page, and how many there are.
    pub page: usize,
    /// How many pages there are.
    pub pages: usize,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// The same table for programs.
    pub csv: String,
    /// Words that must be shown with it.
    pub attributions: Vec<String>,
}

impl View for StandardsPage {
    const TEMPLATE: &'static str = "web/standards.html";
    fn sample() -> Self {
        let moment = Moment::at(DateTime::UNIX_EPOCH);
        Self {
            query: "impact".to_owned(),
            committee: "ISO/IEC JTC 1/SC 42".to_owned(),
            committees: vec!["ISO/IEC JTC 1/SC 42".to_owned()],
            stages: stage_groups()
                .map(|(href, name)| FacetLink {
                    chosen: href == "60",
                    name,
                    href,
                    count: 1,
                })
                .collect(),
            all: true,
            narrowed: true,
            rows: vec![StandardRow {
                reference: Named {
                    name: "ISO/IEC 42005:2025".to_owned(),
                    href: "/standards/iso-iec-42005#p-44545".to_owned(),
                },
                title: "AI system impact assessment".to_owned(),
                edition: Some("1".to_owned()),
                stage: "60.60".to_owned(),
                meaning: "published".to_owned(),
                committee: Some("ISO/IEC JTC 1/SC 42".to_owned()),
                first_seen: moment.clone(),
                last_change: Some(moment.clone()),
                last_observed: moment.clone(),
                times: 336,
                missing_since: Some(moment.clone()),
                sources: vec!["ISO Open Data".to_owned()],
            }],
            total: 1,
            known: 7,
            as_of: moment,
            page: 2,
            pages: 3,
            previous: Some("/standards?page=1".to_owned()),
            next: Some("/standards?page=3".to_owned()),
            csv: "/standards.csv?q=impact".to_owned(),
            attributions: vec!["Made from open data".to_owned()],
        }
    }
}

/// A line of a project's history.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct StageEventView {
    /// When it was seen.
    pub seen: Moment,
    /// Where the project stood; none when it was new.
    pub from: Option<String>,
    /// Where it stood then.
    pub to: String,
    /// What that means.
    pub meaning: String,
    /// The day that the catalogue states for it.
    pub stated: Option<String>,
    /// What it was called.
    pub reference: String,
    /// The source, by name.
    pub source: String,
    /// The document of that source.
    pub document: i64,
    /// The file in that document.
    pub file: Option<String>,
    /// Whether it moved the project; else it was noted beside its history.
    pub moved: bool,
}

/// Another row of a catalogue for the same project.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ListedView {
    /// What it is called there.
    pub reference: String,
    /// Where it stands there.
    pub stage: String,
    /// What that means.
    pub meaning: String,
    /// Since when.
    pub since: Moment,
    /// The source, by name.
    pub source: String,
    /// Whether it stands elsewhere than the project does.
    pub differs: bool,
}

/// What an Update reports of a project.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ReportView {
    /// The Update.
    pub update: Named,
    /// When it is dated.
    pub at: Moment,
    /// The stage that it reports.
    pub stage: String,
    /// What that means.
    pub meaning: String,
    /// How it stands to the catalogues, in words.
    pub agreement: String,
    /// Whether it says otherwise than the catalogues.
    pub differs: bool,
}

/// Documents that stand in a relation to a project.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct RelationView {
    /// The relation ("Replaces").
    pub name: String,
    /// The documents; those that the register knows have an address.
    pub documents: Vec<Named>,
    /// How many more there are.
    pub more: usize,
}

/// One document of a standard: an edition, a draft, an amendment.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ProjectView {
    /// Its name in the register.
    pub id: String,
    /// What it is called now.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub stage: String,
    /// What that means.
    pub meaning: String,
    /// Whether it is withdrawn.
    pub withdrawn: bool,
    /// The proof of silence.
    pub observed: String,
    /// The line of its stages as SVG of ours, and its twin in words.
    pub line: Option<LineView>,
    /// Label and value of what else is known of it.
    pub facts: Vec<(String, String)>,
    /// What it replaces, what replaces it, its amendments.
    pub relations: Vec<RelationView>,
    /// Its page at the publisher.
    pub url: Option<String>,
    /// Its history.
    pub history: Vec<StageEventView>,
    /// Earlier lines of it that are not shown.
    pub earlier: usize,
    /// What else is listed of it.
    pub listed: Vec<ListedView>,
    /// What Updates report of it.
    pub reports: Vec<ReportView>,
}

/// A stage line for a template.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct LineView {
    /// SVG of ours.
    pub svg: String,
    /// The same in words.
    pub text: String,
}

impl From<StageLine> for LineView {
    fn from(line: StageLine) -> Self {
        Self {
            svg: line.svg,
            text: line.text,
        }
    }
}

/// `/standards/{slug}`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct StandardPage {
    /// The work.
    pub work: String,
    /// Its title.
    pub title: String,
    /// Its documents, what is in force first.
    pub projects: Vec<ProjectView>,
    /// All of them, as places on its pages.
    pub contents: Vec<Named>,
    /// Its frameworks, as links.
    pub frameworks: Vec<Named>,
    /// The newest Updates that cite it.
    pub updates: Vec<UpdateCard>,
    /// How many Updates cite it.
    pub cited: usize,
    /// The search for all of them.
    pub search: String,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// Words that must be shown with it.
    pub attributions: Vec<String>,
}

impl View for StandardPage {
    const TEMPLATE: &'static str = "web/standard.html";
    fn sample() -> Self {
        let moment = Moment::at(DateTime::UNIX_EPOCH);
        let named = |name: &str, href: &str| Named {
            name: name.to_owned(),
            href: href.to_owned(),
        };
        let stages: Vec<_> = "60.60".parse().ok().into_iter().collect();
        let history: Vec<_> = stages
            .into_iter()
            .map(|stage| (stage, DateTime::UNIX_EPOCH.date_naive()))
            .collect();
        Self {
            work: "ISO/IEC 42005".to_owned(),
            title: "AI system impact assessment".to_owned(),
            projects: vec![ProjectView {
                id: "44545".to_owned(),
                reference: "ISO/IEC 42005:2025".to_owned(),
                title: "AI system impact assessment".to_owned(),
                stage: "60.60".to_owned(),
                meaning: "published".to_owned(),
                withdrawn: true,
                observed: "observed 336 times, unchanged at 60.60".to_owned(),
                line: stage_line("ISO/IEC 42005:2025", &history).map(LineView::from),
                facts: vec![("Edition".to_owned(), "1".to_owned())],
                relations: vec![RelationView {
                    name: "Amended by".to_owned(),
                    documents: vec![
                        named(
                            "ISO/IEC 42005:2025/Amd 1",
                            "/standards/iso-iec-42005#p-44546",
                        ),
                        named("ISO/IEC 42005:2025/Amd 2", ""),
                    ],
                    more: 1,
                }],
                url: Some("https://www.iso.org/standard/44545.html".to_owned()),
                history: vec![StageEventView {
                    seen: moment.clone(),
                    from: Some("60.00".to_owned()),
                    to: "60.60".to_owned(),
                    meaning: "published".to_owned(),
                    stated: Some("2025-05".to_owned()),
                    reference: "ISO/IEC 42005:2025".to_owned(),
                    source: "ISO Open Data".to_owned(),
                    document: 7,
                    file: Some("data/iso-iec-42005.yaml".to_owned()),
                    moved: false,
                }],
                earlier: 1,
                listed: vec![ListedView {
                    reference: "ISO/IEC FDIS 42005".to_owned(),
                    stage: "50.99".to_owned(),
                    meaning: "approved for publication".to_owned(),
                    since: moment.clone(),
                    source: "Relaton".to_owned(),
                    differs: true,
                }],
                reports: vec![ReportView {
                    update: named("A headline", "/updates/0123456789abcdef"),
                    at: moment,
                    stage: "95.99".to_owned(),
                    meaning: "withdrawn".to_owned(),
                    agreement: "says otherwise than the catalogues".to_owned(),
                    differs: true,
                }],
            }],
            contents: vec![
                named("ISO/IEC 42005:2025", "#p-44545"),
                named("ISO/IEC DIS 42005", "#p-44546"),
            ],
            frameworks: vec![named("ISO/IEC 42005", "/search?q=framework:iso-iec-42005")],
            updates: vec![UpdateCard::sample()],
            cited: 12,
            search: "/search?q=standard".to_owned(),
            previous: Some("/standards/iso-iec-42005?page=1".to_owned()),
            next: Some("/standards/iso-iec-42005?page=3".to_owned()),
            attributions: vec!["Made from open data".to_owned()],
        }
    }
}
