use super::*;
use crate::domain::update::UpdateKind;
use crate::library::{Files, load};

fn tagger() -> Tagger {
    Tagger::new(Arc::new(load(&Files::built_in()).library))
}

fn ids<Id: std::fmt::Display>(tags: &[Tag<Id>]) -> Vec<String> {
    let mut out: Vec<String> = tags.iter().map(|tag| tag.id.to_string()).collect();
    out.sort();
    out
}

#[test]
fn the_seed_pages_updates_are_recognised() {
    let tagger = tagger();
    for (headline, framework, body, kind) in [
        (
            "UKAS grants first accreditation for ISO/IEC 42001 certification",
            "iso-iec-42001",
            "ukas",
            Some(UpdateKind::AccreditationGranted),
        ),
        (
            "ISO/IEC 42005:2025 published for AI system impact assessments",
            "iso-iec-42005",
            "",
            Some(UpdateKind::NewEdition),
        ),
        (
            "CSA maps AI Controls Matrix to ISO/IEC 42001 and ISO 27001/27002",
            "iso-iec-42001",
            "csa",
            Some(UpdateKind::MappingPublished),
        ),
        (
            "NQA reports accredited ISO/IEC 42001 certification availability",
            "iso-iec-42001",
            "nqa",
            Some(UpdateKind::AccreditationGranted),
        ),
    ] {
        let tags = tagger.tag(&Subject {
            headline,
            ..Subject::default()
        });
        assert!(
            tags.frameworks
                .iter()
                .any(|tag| tag.id.as_str() == framework && tag.primary),
            "{headline}: {:?}",
            tags.frameworks
        );
        if !body.is_empty() {
            assert!(
                ids(&tags.bodies).iter().any(|id| id == body),
                "{headline}: {:?}",
                tags.bodies
            );
        }
        assert_eq!(tags.kind, kind, "{headline}: {:?}", tags.kind_because);
    }
}

#[test]
fn every_reason_points_at_its_words() {
    let tagger = tagger();
    let headline = "Ärger – the ICO fines a firm under the UK GDPR; ISO/IEC 27001 cited";
    let summary =
        "The Information Commissioner's Office said that the Data Protection Act 2018 applied.";
    let tags = tagger.tag(&Subject {
        headline,
        summary,
        ..Subject::default()
    });
    let reasons = tags
        .frameworks
        .iter()
        .flat_map(|tag| &tag.because)
        .chain(tags.bodies.iter().flat_map(|tag| &tag.because))
        .chain(tags.topics.iter().flat_map(|tag| &tag.because))
        .chain(&tags.kind_because);
    let mut told = 0;
    for because in reasons {
        let text = match because.field {
            Field::Headline => headline,
            Field::Summary => summary,
            _ => continue,
        };
        let words: String = text
            .chars()
            .skip(because.start)
            .take(because.text.chars().count())
            .collect();
        assert_eq!(words, because.text, "{because:?}");
        told += 1;
    }
    assert!(told >= 3, "{tags:#?}");
    let frameworks: Vec<&str> = tags.frameworks.iter().map(|tag| tag.id.as_str()).collect();
    assert!(frameworks.contains(&"uk-gdpr"), "{frameworks:?}");
    assert!(
        !frameworks.contains(&"gdpr"),
        "the longest match consumes its text: {frameworks:?}"
    );
}

#[test]
fn what_is_outside_the_field_has_no_tags() {
    let tagger = tagger();
    for headline in [
        "our SOC works in three shifts",
        "the new SoC has an NPU",
        "mount the ISO image",
        "CSAM detection",
        "ICO raised 5m tokens",
        "four DORA metrics",
        "PCI Express",
        "CRA refund",
        "MDR provider",
        "AIDA model in marketing",
        "RAISE money",
        "SOC 3200",
        "Georgia Tech study",
    ] {
        let tags = tagger.tag(&Subject {
            headline,
            ..Subject::default()
        });
        assert!(
            tags.frameworks.is_empty(),
            "{headline}: {:?}",
            tags.frameworks
        );
        assert!(tags.bodies.is_empty(), "{headline}: {:?}", tags.bodies);
        assert!(
            tags.jurisdictions.is_empty(),
            "{headline}: {:?}",
            tags.jurisdictions
        );
    }
}

#[test]
fn no_text_is_too_strange() {
    let tagger = tagger();
    for headline in [
        "",
        "\u{0}",
        "İİİİ ﷺ 🏛️ ISO",
        &"ISO/IEC ".repeat(10_000),
        &"–".repeat(50_000),
    ] {
        tagger.tag(&Subject {
            headline,
            summary: headline,
            ..Subject::default()
        });
    }
}
