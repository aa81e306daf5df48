//! What an Update says of a standard's stage in passing: evidence of lower weight than a
//! catalogue's row, which is shown beside it and never moves a project.

use super::form::Form;
use super::position::Position;
use super::project::{Project, StageEvent, StageNews};
use super::stage::Stage;
use crate::domain::update::{Field, Tags, UpdateKind};

/// A stage that an Update reports.
#[derive(Clone, Debug, PartialEq)]
pub struct StageReport {
    /// The work.
    pub work: String,
    /// As it was cited.
    pub reference: String,
    /// The stage that it must have reached, if the report is right.
    pub stage: Stage,
}

/// How a report stands to what the catalogues say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Agreement {
    /// The project stands there: one more proof.
    Agrees,
    /// The project was there and has gone on: late, and told to nobody.
    Late,
    /// The catalogues do not say so: both are shown.
    Differs,
}

impl Agreement {
    /// As stored and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Late => "late",
            Self::Differs => "differs",
        }
    }
}

/// The stages that an Update reports, by its kind and the references of its headline (of its
/// summary when the headline cites nothing), once a document.
pub fn reports(tags: &Tags) -> Vec<StageReport> {
    let Some(kind) = tags.kind else {
        return Vec::new();
    };
    let cited = |field: Field| tags.references.iter().filter(move |tag| tag.field == field);
    let field = if cited(Field::Headline).next().is_some() {
        Field::Headline
    } else {
        Field::Summary
    };
    let mut out: Vec<StageReport> = Vec::new();
    for tag in cited(field) {
        let reference = &tag.reference;
        // Stage codes are of ISO and IEC, and an adoption has stages of its own.
        let coded = reference.work.starts_with("ISO") || reference.work.starts_with("IEC");
        if !coded || !reference.adoption.is_empty() {
            continue;
        }
        let Some(stage) = stage_of(kind, reference.stage.as_deref(), &reference.canonical) else {
            continue;
        };
        if !out
            .iter()
            .any(|report| report.reference == reference.canonical)
        {
            out.push(StageReport {
                work: reference.work.clone(),
                reference: reference.canonical.clone(),
                stage,
            });
        }
    }
    out
}

/// The stage that an Update states outright, as a page does that shows a standard's life cycle: the
/// last of those passed, of the reference that the page is about.
pub fn stated_report(news: &StageNews, tags: &Tags) -> Option<StageReport> {
    let stage = news.changes.last()?.to;
    let mut tags = tags.references.iter();
    let reference = &tags
        .find(|tag| tag.reference.work == news.standard && tag.reference.adoption.is_empty())?
        .reference;
    Some(StageReport {
        work: reference.work.clone(),
        reference: reference.canonical.clone(),
        stage,
    })
}

/// The mapping of stages to kinds (domain brief, section 3), read the other way round.
fn stage_of(kind: UpdateKind, draft: Option<&str>, reference: &str) -> Option<Stage> {
    let (stage, substage) = match (kind, draft) {
        (UpdateKind::WorkItem, None | Some("AWI" | "AWI Amd" | "AWI Cor")) => (20, 0),
        (UpdateKind::WorkItem, Some("NP" | "NWIP")) => (10, 99),
        (UpdateKind::DraftForComment, Some("CD" | "CD Amd" | "CD Cor")) => (30, 20),
        (UpdateKind::DraftForComment, Some("DIS" | "DAM" | "CDV")) => (40, 20),
        (UpdateKind::DraftForComment, Some("FDIS" | "FDAM" | "DTS" | "DTR")) => (50, 20),
        (UpdateKind::NewEdition | UpdateKind::Amendment, None) => (60, 60),
        (UpdateKind::StatusConfirmed, None) => (90, 93),
        (UpdateKind::Withdrawal, None) => (95, 99),
        _ => return None,
    };
    // "ISO/IEC 42001 amended" says nothing of the standard's own stage.
    let supplement = Form::of(reference).is_supplement();
    if (kind == UpdateKind::Amendment) != supplement
        && matches!(kind, UpdateKind::Amendment | UpdateKind::NewEdition)
    {
        return None;
    }
    Stage::new(stage, substage).ok()
}

/// The project of a work that a report speaks of: the one that bears the reference, else the one
/// whose text is of the reported sort, the latest first. `projects` are those of the work.
pub fn concerned<'a>(report: &StageReport, projects: &'a [Project]) -> Option<&'a Project> {
    let form = Form::of(&report.reference);
    let same_sort = |project: &&Project| {
        let its = Form::of(&project.reference);
        its.is_supplement() == form.is_supplement()
            && project.position.is_published() == report.stage.is_published()
    };
    projects
        .iter()
        .find(|project| project.reference == report.reference)
        .or_else(|| {
            // A year names one edition; another edition is another document.
            (!form.is_published()).then(|| {
                projects
                    .iter()
                    .filter(same_sort)
                    .max_by_key(|project| project.since)
            })?
        })
}

/// How a report stands to a project and its history.
pub fn agreement(report: &StageReport, project: &Project, history: &[StageEvent]) -> Agreement {
    let reported = Position::Stage(report.stage);
    // A project approved is one in the work programme: the two codes are one event.
    let same = |position: &Position| {
        let entry = |position: &Position| {
            matches!(
                position.stage().map(|s| (s.stage(), s.substage())),
                Some((10, 99) | (20, 0))
            )
        };
        *position == reported || (entry(position) && entry(&reported))
    };
    if same(&project.position) {
        Agreement::Agrees
    } else if history.iter().any(|event| same(&event.to)) {
        Agreement::Late
    } else {
        Agreement::Differs
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::id::SourceId;
    use crate::domain::reference::{KnownWorks, read};
    use crate::domain::standard::{ProjectId, Weight};
    use crate::domain::update::ReferenceTag;

    fn tags(kind: UpdateKind, references: &[&str]) -> Tags {
        Tags {
            kind: Some(kind),
            references: references
                .iter()
                .flat_map(|form| read(form, &KnownWorks::default()))
                .map(|reference| ReferenceTag {
                    reference,
                    field: Field::Headline,
                    start: 0,
                })
                .collect(),
            ..Tags::default()
        }
    }

    fn project(number: u64, reference: &str, position: &str) -> Project {
        Project {
            id: ProjectId::numbered(number),
            work: "ISO/IEC 99042".to_owned(),
            reference: reference.to_owned(),
            position: position.parse().unwrap(),
            since: DateTime::UNIX_EPOCH,
            source: SourceId::new("iso").unwrap(),
            row: String::new(),
            rank: 0,
            first_seen: DateTime::UNIX_EPOCH,
            events: 1,
            facts: 0,
        }
    }

    #[test]
    fn kinds_and_drafts_report_stages() {
        for (kind, reference, stage) in [
            (
                UpdateKind::DraftForComment,
                "ISO/IEC DIS 99042",
                Some("40.20"),
            ),
            (
                UpdateKind::DraftForComment,
                "ISO/IEC CD 99042.2",
                Some("30.20"),
            ),
            (UpdateKind::WorkItem, "ISO/IEC AWI 99042", Some("20.00")),
            (UpdateKind::NewEdition, "ISO/IEC 99042:2026", Some("60.60")),
            (
                UpdateKind::Amendment,
                "ISO/IEC 99042:2026/Amd 1:2027",
                Some("60.60"),
            ),
            (UpdateKind::Withdrawal, "ISO 99042:2010", Some("95.99")),
            (UpdateKind::Amendment, "ISO/IEC 99042:2026", None),
            (UpdateKind::NewEdition, "ISO/IEC DIS 99042", None),
            (UpdateKind::NewEdition, "BS ISO/IEC 99042:2026", None),
            (UpdateKind::NewEdition, "NIST SP 800-53 Rev. 5", None),
            (UpdateKind::Guidance, "ISO/IEC 99042:2026", None),
        ] {
            let found = reports(&tags(kind, &[reference]));
            let found = found.first().map(|report| report.stage.to_string());
            assert_eq!(found.as_deref(), stage, "{kind:?} {reference}");
        }
    }

    #[test]
    fn a_report_is_proof_or_late_or_another_view() {
        let report = |kind, reference: &str| reports(&tags(kind, &[reference])).remove(0);
        let edition = project(1, "ISO/IEC 99042:2020", "90.92");
        let draft = project(2, "ISO/IEC DIS 99042", "40.60");
        let projects = [edition, draft];
        let opens = report(UpdateKind::DraftForComment, "ISO/IEC DIS 99042");
        let of = concerned(&opens, &projects).unwrap();
        assert_eq!(of.id, ProjectId::numbered(2));
        let event = StageEvent {
            project: of.id.clone(),
            number: 1,
            weight: Weight::Moved,
            from: None,
            to: "40.20".parse().unwrap(),
            date: None,
            observed_at: DateTime::UNIX_EPOCH,
            source: of.source.clone(),
            row: String::new(),
            reference: of.reference.clone(),
            file: None,
            document: 1,
        };
        assert_eq!(agreement(&opens, of, &[event]), Agreement::Late);
        assert_eq!(agreement(&opens, of, &[]), Agreement::Differs);
        let stands = project(2, "ISO/IEC DIS 99042", "40.20");
        assert_eq!(agreement(&opens, &stands, &[]), Agreement::Agrees);
        let approved = project(3, "ISO/IEC AWI 99042", "10.99");
        let item = report(UpdateKind::WorkItem, "ISO/IEC AWI 99042");
        assert_eq!(agreement(&item, &approved, &[]), Agreement::Agrees);
        // A year names its own edition, and nothing stands in for it.
        let other = report(UpdateKind::NewEdition, "ISO/IEC 99042:2026");
        assert_eq!(concerned(&other, &projects), None);
        let bare = report(UpdateKind::StatusConfirmed, "ISO/IEC 99042");
        assert_eq!(
            concerned(&bare, &projects).unwrap().id,
            ProjectId::numbered(1)
        );
    }
}
