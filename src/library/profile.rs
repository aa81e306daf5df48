//! The page of a framework, as its file has it: every section, and what its statements rest on.

use chrono::NaiveDate;

use super::{Links, Named, Passing};
use crate::domain::id::{BodyId, FrameworkId, JurisdictionId, TopicId};
use crate::domain::key_date::Precision;
use crate::domain::profile::{
    Adoption, Assessor, Certification, Certified, Contributor, ControlArea, DigestPlace, Faq,
    Grounds, Need, Profile, ProfileCoverage, ProfileCrosswalk, ProfileSource, RegulatoryReference,
    Step, TimelineEntry, TimelineState,
};
use crate::text::table::Table;

/// Sections that a page may have, in `sections`.
const SECTIONS: &[&str] = &[
    "need",
    "control_area",
    "timeline",
    "crosswalk",
    "adoption",
    "regulatory_reference",
    "certification",
    "update",
    "coverage",
    "related",
    "topics",
    "faq",
    "digest",
];

struct Head {
    title: String,
    summary: String,
    language: String,
    reviewed: NaiveDate,
    sections: Vec<String>,
}

/// What a page's rows are read with.
struct Reading<'l> {
    /// The sources of the file.
    known: Vec<String>,
    links: &'l mut Links,
    /// Whether the file has a page at all: only a page makes statements.
    has_page: bool,
}

/// Reads the sections of a page. A file without `[profile]` has none, but its sections are
/// checked all the same.
pub(super) fn profile(file: &mut Table<'_>, links: &mut Links) -> Option<Profile> {
    let head = head(file);
    let sources = sources(file, links);
    let mut reading = Reading {
        known: sources.iter().map(|source| source.id.clone()).collect(),
        links,
        has_page: head.is_some(),
    };
    let needs = needs(file, &mut reading);
    let control_areas = control_areas(file, &mut reading);
    let timeline = timeline(file, &mut reading);
    let crosswalks = crosswalks(file, &mut reading);
    let adoption = adoption(file, &mut reading);
    let regulatory_references = regulatory_references(file, &mut reading);
    let certification = certification(file, &mut reading);
    let coverage = coverage(file, &mut reading);
    let related = file
        .table("related")
        .map(|mut table| {
            let ids = table.list("frameworks", str::parse::<FrameworkId>);
            reading.mention(
                &table,
                "frameworks",
                Named::Framework,
                &ids,
                FrameworkId::as_str,
            );
            table.finish();
            ids
        })
        .unwrap_or_default();
    let topics = file
        .table("topics")
        .map(|mut table| {
            let ids = table.list("ids", str::parse::<TopicId>);
            reading.mention(&table, "ids", Named::Topic, &ids, TopicId::as_str);
            table.finish();
            ids
        })
        .unwrap_or_default();
    let faq = faq(file, &mut reading);
    let digest = digest(file);
    let head = head?;
    Some(Profile {
        title: head.title,
        summary: head.summary,
        language: head.language,
        reviewed: head.reviewed,
        sections: head.sections,
        sources,
        needs,
        control_areas,
        timeline,
        crosswalks,
        adoption,
        regulatory_references,
        certification,
        coverage,
        related,
        topics,
        faq,
        digest,
    })
}

fn head(file: &mut Table<'_>) -> Option<Head> {
    let mut head = file.table("profile")?;
    let title = head.required_text("title");
    let summary = head.required_text("summary");
    let language = head.text("language").unwrap_or_else(|| "en".to_owned());
    let reviewed = head.day("reviewed");
    if reviewed.is_none() && !head.has("reviewed") {
        head.fault(
            "",
            "`reviewed` is missing: the day on which somebody last read the page through",
        );
    }
    let sections = head.list("sections", |text| {
        if SECTIONS.contains(&text) {
            Ok(text.to_owned())
        } else {
            Err(format!("`{text}` is no section: {}", SECTIONS.join(", ")))
        }
    });
    head.allow(&["framework", "slug"]);
    head.finish();
    Some(Head {
        title: title?,
        summary: summary?,
        language,
        reviewed: reviewed?,
        sections,
    })
}

fn sources(file: &mut Table<'_>, links: &mut Links) -> Vec<ProfileSource> {
    let mut out: Vec<ProfileSource> = Vec::new();
    for mut row in file.tables("source") {
        let id = row.required_text("id");
        if let Some(id) = &id
            && out.iter().any(|known| known.id == *id)
        {
            row.fault(
                "id",
                format!("the source `{id}` is already defined in this file"),
            );
        }
        let publisher = row.read("publisher", str::parse::<BodyId>);
        if let Some(publisher) = &publisher {
            links.mention(Named::Body, publisher.as_str(), row.place("publisher"));
        }
        let title = row.required_text("title");
        let url = row.read("url", |text| {
            crate::domain::address::WebAddress::new(text).map(|_| text.to_owned())
        });
        let kind = row.word("kind", &["primary", "secondary", "company"]);
        let note = row.text("note");
        let linked = row.flag("linked");
        row.finish();
        if let (Some(id), Some(title)) = (id, title) {
            out.push(ProfileSource {
                id,
                publisher,
                title,
                url,
                kind,
                note,
                linked,
            });
        }
    }
    out
}

fn needs(file: &mut Table<'_>, reading: &mut Reading<'_>) -> Vec<Need> {
    let mut out = Vec::new();
    for mut row in file.tables("need") {
        let role = row.required_text("role");
        let label = row.required_text("label");
        let advice = row.required_text("advice");
        let actions = row.texts("actions");
        let grounds = reading.grounds(&mut row, label.as_deref());
        row.finish();
        if let (Some(role), Some(label), Some(advice)) = (role, label, advice) {
            out.push(Need {
                role,
                label,
                advice,
                actions,
                grounds,
            });
        }
    }
    out
}

fn control_areas(file: &mut Table<'_>, reading: &mut Reading<'_>) -> Vec<ControlArea> {
    let mut out = Vec::new();
    for mut row in file.tables("control_area") {
        let reference = row.text("ref");
        let kind = row.text("kind");
        let title = row.required_text("title");
        let summary = row.text("summary");
        let groups = row.texts("groups");
        let grounds = reading.grounds(&mut row, title.as_deref());
        row.finish();
        if let Some(title) = title {
            out.push(ControlArea {
                reference,
                kind,
                title,
                summary,
                groups,
                grounds,
            });
        }
    }
    out
}

fn timeline(file: &mut Table<'_>, reading: &mut Reading<'_>) -> Vec<TimelineEntry> {
    let mut out = Vec::new();
    for mut row in file.tables("timeline") {
        let date = row.day("date");
        let precision = precision(&mut row);
        let label = row.required_text("label");
        let state: Option<TimelineState> = row.word("state", &["past", "in_progress", "upcoming"]);
        let note = row.text("note");
        let grounds = reading.grounds(&mut row, label.as_deref());
        if let (Some(date), Some(label)) = (date, &label)
            && state != Some(TimelineState::Past)
            && reading.has_page
        {
            reading.links.passing.push(Passing {
                last_day: precision.span(date).1,
                what: format!("“{label}” is not said to be past"),
                place: row.place("date"),
            });
        }
        row.finish();
        if let Some(label) = label {
            out.push(TimelineEntry {
                date,
                precision,
                label,
                state,
                note,
                grounds,
            });
        }
    }
    out
}

fn crosswalks(file: &mut Table<'_>, reading: &mut Reading<'_>) -> Vec<ProfileCrosswalk> {
    let mut out = Vec::new();
    for mut row in file.tables("crosswalk") {
        let framework = reading.framework(&mut row);
        let note = row.text("note");
        let name = framework.as_ref().map(|id| format!("crosswalk to {id}"));
        let grounds = reading.grounds(&mut row, name.as_deref());
        row.finish();
        if let Some(framework) = framework {
            out.push(ProfileCrosswalk {
                framework,
                note,
                grounds,
            });
        }
    }
    out
}

fn adoption(file: &mut Table<'_>, reading: &mut Reading<'_>) -> Adoption {
    let mut out = Adoption::default();
    let Some(mut adoption) = file.table("adoption") else {
        return out;
    };
    out.note = adoption.text("note");
    for mut row in adoption.tables("certified") {
        let organisation = row.required_text("organisation");
        let certification_body = reading.body(&mut row, "certification_body");
        let accredited = row.flag("accredited");
        let date = row.day("date");
        let precision = precision(&mut row);
        let note = row.text("note");
        let grounds = reading.grounds(&mut row, organisation.as_deref());
        row.finish();
        if let Some(organisation) = organisation {
            out.certified.push(Certified {
                organisation,
                certification_body,
                accredited,
                date,
                precision,
                note,
                grounds,
            });
        }
    }
    for mut row in adoption.tables("assessor") {
        let body = reading.body(&mut row, "body");
        let accredited_by = row.list("accredited_by", str::parse::<BodyId>);
        reading.mention(
            &row,
            "accredited_by",
            Named::Body,
            &accredited_by,
            BodyId::as_str,
        );
        let note = row.text("note");
        let grounds = reading.grounds(&mut row, body.as_ref().map(BodyId::as_str));
        row.finish();
        if let Some(body) = body {
            out.assessors.push(Assessor {
                body,
                accredited_by,
                note,
                grounds,
            });
        }
    }
    for mut row in adoption.tables("contributor") {
        let body = reading.body(&mut row, "body");
        let role = row.text("role");
        let note = row.text("note");
        let grounds = reading.grounds(&mut row, body.as_ref().map(BodyId::as_str));
        row.finish();
        if let Some(body) = body {
            out.contributors.push(Contributor {
                body,
                role,
                note,
                grounds,
            });
        }
    }
    let name = out.note.as_ref().map(|_| "the note on adoption");
    out.grounds = reading.grounds(&mut adoption, name);
    adoption.finish();
    out
}

fn regulatory_references(
    file: &mut Table<'_>,
    reading: &mut Reading<'_>,
) -> Vec<RegulatoryReference> {
    let mut out = Vec::new();
    for mut row in file.tables("regulatory_reference") {
        let jurisdiction = reading.jurisdiction(&mut row);
        let body = reading.body(&mut row, "body");
        let framework = reading.framework(&mut row);
        let note = row.text("note");
        let name = note.as_deref().map(short);
        let grounds = reading.grounds(&mut row, name.as_deref());
        row.finish();
        out.push(RegulatoryReference {
            jurisdiction,
            body,
            framework,
            note,
            grounds,
        });
    }
    out
}

fn certification(file: &mut Table<'_>, reading: &mut Reading<'_>) -> Option<Certification> {
    let mut table = file.table("certification")?;
    let intro = table.text("intro");
    let validity_years = table.number("validity_years");
    let surveillance = table.text("surveillance");
    let mut steps: Vec<(i64, Step)> = Vec::new();
    for mut row in table.tables("step") {
        let number = row.number("n");
        let title = row.required_text("title");
        let text = row.text("text");
        let grounds = reading.grounds(&mut row, title.as_deref());
        row.finish();
        if let Some(title) = title {
            let last = steps.last().map_or(0, |(number, _)| *number);
            steps.push((
                number.unwrap_or(last),
                Step {
                    title,
                    text,
                    grounds,
                },
            ));
        }
    }
    steps.sort_by_key(|(number, _)| *number);
    let name = intro.as_ref().map(|_| "the introduction to certification");
    let grounds = reading.grounds(&mut table, name);
    table.finish();
    Some(Certification {
        intro,
        validity_years,
        surveillance,
        steps: steps.into_iter().map(|(_, step)| step).collect(),
        grounds,
    })
}

fn coverage(file: &mut Table<'_>, reading: &mut Reading<'_>) -> Vec<ProfileCoverage> {
    let mut out = Vec::new();
    for mut row in file.tables("coverage") {
        let jurisdiction = reading.jurisdiction(&mut row);
        let basis = row.text("basis");
        let grounds = reading.sources(&mut row, basis.as_deref());
        row.finish();
        if let Some(jurisdiction) = jurisdiction {
            out.push(ProfileCoverage {
                jurisdiction,
                basis,
                grounds,
            });
        }
    }
    out
}

fn faq(file: &mut Table<'_>, reading: &mut Reading<'_>) -> Vec<Faq> {
    let mut out = Vec::new();
    for mut row in file.tables("faq") {
        let question = row.required_text("q");
        let answer = row.required_text("a");
        let grounds = reading.grounds(&mut row, question.as_deref());
        row.finish();
        if let (Some(question), Some(answer)) = (question, answer) {
            out.push(Faq {
                question,
                answer,
                grounds,
            });
        }
    }
    out
}

fn digest(file: &mut Table<'_>) -> DigestPlace {
    let Some(mut table) = file.table("digest") else {
        return DigestPlace::default();
    };
    let out = DigestPlace {
        enabled: table.flag("enabled").unwrap_or(true),
        cadence: table.text("cadence"),
        heading: table.text("heading"),
        text: table.text("text"),
        privacy_note: table.text("privacy_note"),
        double_opt_in: table.flag("double_opt_in").unwrap_or(true),
    };
    table.finish();
    out
}

fn precision(row: &mut Table<'_>) -> Precision {
    row.word("precision", &["day", "month", "quarter", "year"])
        .unwrap_or(Precision::Day)
}

/// The beginning of a text, to name it by.
fn short(text: &str) -> String {
    let mut words = String::new();
    for word in text.split_whitespace() {
        if words.len() + word.len() > 48 {
            words.push('…');
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    words
}

impl Reading<'_> {
    /// What a row rests on; a row that says something (`what`) and names no source is noted.
    fn grounds(&mut self, row: &mut Table<'_>, what: Option<&str>) -> Grounds {
        let verified = row.flag("verified");
        let basis = row.read("basis", super::frameworks::basis);
        Grounds {
            verified,
            basis,
            ..self.sources(row, what)
        }
    }

    /// As [`Reading::grounds`], of a row that has another use for `basis`.
    fn sources(&mut self, row: &mut Table<'_>, what: Option<&str>) -> Grounds {
        let place = row.place("sources");
        let sources = row.list("sources", |id| {
            if self.known.iter().any(|known| known == id) {
                Ok(id.to_owned())
            } else {
                Err(format!("this file has no [[source]] `{id}`"))
            }
        });
        if sources.is_empty()
            && self.has_page
            && let Some(what) = what
        {
            self.links.unsourced.push(crate::text::report::FileFault {
                what: format!(
                    "“{what}” rests on no source: name one of this file's [[source]] in `sources`"
                ),
                ..place
            });
        }
        Grounds {
            sources,
            ..Grounds::default()
        }
    }

    fn framework(&mut self, row: &mut Table<'_>) -> Option<FrameworkId> {
        let id = row.read("framework", str::parse::<FrameworkId>)?;
        self.links
            .mention(Named::Framework, id.as_str(), row.place("framework"));
        Some(id)
    }

    fn body(&mut self, row: &mut Table<'_>, key: &'static str) -> Option<BodyId> {
        let id = row.read(key, str::parse::<BodyId>)?;
        self.links.mention(Named::Body, id.as_str(), row.place(key));
        Some(id)
    }

    fn jurisdiction(&mut self, row: &mut Table<'_>) -> Option<JurisdictionId> {
        let id = row.read("jurisdiction", str::parse::<JurisdictionId>)?;
        self.links
            .mention(Named::Jurisdiction, id.as_str(), row.place("jurisdiction"));
        Some(id)
    }

    fn mention<T>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        named: Named,
        ids: &[T],
        text: impl Fn(&T) -> &str,
    ) {
        for id in ids {
            self.links.mention(named, text(id), table.place(key));
        }
    }
}
