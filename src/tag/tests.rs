use std::sync::LazyLock;

use super::*;
use crate::domain::stated::Stated;
use crate::domain::update::UpdateKind;
use crate::library::{Files, load};

pub(super) static TAGGER: LazyLock<Tagger> =
    LazyLock::new(|| Tagger::new(Arc::new(load(&Files::built_in()).library)));

fn tagger() -> Tagger {
    TAGGER.clone()
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
fn the_name_of_a_certifier_is_no_certificate_and_a_state_is_no_publication() {
    let tagger = tagger();
    for (headline, summary, kind) in [
        (
            "DIN EN ISO/IEC 27006-1:2024 Anforderungen an Zertifizierungsstellen",
            "",
            Some(UpdateKind::NationalAdoption),
        ),
        (
            "New edition of ISO/IEC 27006-1 for certification bodies",
            "",
            Some(UpdateKind::NewEdition),
        ),
        (
            "Harbour Pilots certified to ISO/IEC 27001 by a certification body in Oslo",
            "",
            Some(UpdateKind::CertificationAnnounced),
        ),
        (
            "PCI DSS v4.0.1",
            "PCI DSS v4.0.1 is the current version.",
            Some(UpdateKind::StatusConfirmed),
        ),
        (
            "ISO/IEC 42005:2025",
            "ISO published ISO/IEC 42005:2025 this morning.",
            Some(UpdateKind::NewEdition),
        ),
    ] {
        let tags = tagger.tag(&Subject {
            headline,
            summary,
            ..Subject::default()
        });
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

/// A text, and its frameworks, bodies, jurisdictions and references.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

/// Annex B of the domain brief.
const ANNEX_B: &[Row] = &[
    ("our SOC works in three shifts", &[], &[], &[], &[]),
    (
        "SOC 2 report requested from the SOC vendor",
        &["soc-2"],
        &[],
        &["us"],
        &["SOC 2"],
    ),
    ("the new SoC has an NPU", &[], &[], &[], &[]),
    ("shot at ISO 6400", &[], &[], &[], &[]),
    ("mount the ISO image", &[], &[], &[], &[]),
    ("ISO New England capacity auction", &[], &[], &[], &[]),
    (
        "ISO/IEC JTC 1/SC 42 met in Seoul",
        &[],
        &["jtc1-sc42"],
        &["intl"],
        &[],
    ),
    ("CSA C22.2 No. 0", &[], &["csa-group"], &["ca"], &[]),
    ("CSA STAR Level 2", &["csa-star"], &[], &["intl"], &[]),
    ("CSA Singapore advisory", &[], &["csa-sg"], &["sg"], &[]),
    ("CSAM detection", &[], &[], &[], &[]),
    ("BSI-Gesetz", &[], &["bsi-de"], &["de"], &[]),
    ("Präsidentin des BSI", &[], &["bsi-de"], &["de"], &[]),
    ("BSI Kitemark", &[], &["bsi-uk"], &["gb"], &[]),
    ("ICO raised 5m tokens", &[], &[], &[], &[]),
    ("four DORA metrics", &[], &[], &[], &[]),
    ("DORA register of information", &["dora"], &[], &["eu"], &[]),
    ("Korean AI Act", &["kr-ai-basic-act"], &[], &["kr"], &[]),
    ("Utah's AI act", &["us-ut-aipa"], &[], &["us-ut"], &[]),
    ("the Act shall apply", &[], &[], &[], &[]),
    ("Georgia Tech study", &[], &[], &[], &[]),
    (
        "Georgia's Personal Data Protection Service (Tbilisi)",
        &[],
        &[],
        &["ge"],
        &[],
    ),
    ("Washington state AG", &[], &[], &["us-wa"], &[]),
    ("Delaware corporation", &[], &[], &[], &[]),
    ("Article 5", &[], &[], &[], &[]),
    (
        "Regulation 2024/1689",
        &["eu-ai-act"],
        &[],
        &["eu"],
        &["Regulation (EU) 2024/1689"],
    ),
    ("2016/679 patients enrolled", &[], &[], &[], &[]),
    ("SP 500 index", &[], &[], &[], &[]),
    ("EN 590 diesel", &[], &[], &[], &["EN 590"]),
    ("IS 27001 safe?", &[], &[], &[], &[]),
    ("AS 9100", &[], &[], &[], &["AS 9100"]),
    (
        "SS-EN ISO 9001",
        &["iso-9001"],
        &[],
        &["intl"],
        &["SS EN ISO 9001"],
    ),
    ("C5 corvette", &[], &[], &[], &[]),
    ("C5-Testat", &["bsi-c5"], &[], &["de"], &[]),
    ("PCI Express", &[], &[], &[], &[]),
    ("PCI stent", &[], &[], &[], &[]),
    ("CRA refund", &[], &[], &[], &[]),
    ("DPA with our processor", &[], &[], &[], &[]),
    ("MDR provider", &[], &[], &[], &[]),
    ("RAISE money", &[], &[], &[], &[]),
    ("AIDA model in marketing", &[], &[], &[], &[]),
    ("NIS director in Seoul", &[], &[], &[], &[]),
    ("Section 5 of the FTC Act", &[], &[], &[], &[]),
    ("GDPR-like law in Texas", &[], &[], &["us-tx"], &[]),
    ("SOC 3200", &[], &[], &[], &[]),
];

#[test]
fn annex_b_is_tagged_whole() {
    let tagger = tagger();
    let mut faults = Vec::new();
    for (text, frameworks, bodies, places, references) in ANNEX_B {
        let tags = tagger.tag(&Subject {
            headline: text,
            ..Subject::default()
        });
        let given = [
            tags.frameworks
                .iter()
                .map(|tag| tag.id.to_string())
                .collect(),
            ids(&tags.bodies),
            ids(&tags.jurisdictions),
            tags.references
                .iter()
                .map(|tag| tag.reference.canonical.clone())
                .collect::<Vec<String>>(),
        ];
        for (given, wanted) in given.iter().zip([frameworks, bodies, places, references]) {
            if given != wanted {
                faults.push(format!("{text}: {given:?} instead of {wanted:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A headline and what it must tag.
fn tagged(headline: &str) -> Tags {
    tagger().tag(&Subject {
        headline,
        ..Subject::default()
    })
}

#[test]
fn the_words_around_a_name_say_whether_it_is_a_mention() {
    for (headline, bodies) in [
        ("FCA fines bank over controls", vec!["fca"]),
        ("Lender changes rules after a FINMA circular", vec![]),
        ("FCA-authorised firms must report", vec![]),
        ("UK start-up hires former NIST scientist", vec![]),
        ("The measures of the FCA take effect", vec!["fca"]),
        ("OWASP ASVS 5.0 released", vec![]),
    ] {
        assert_eq!(ids(&tagged(headline).bodies), bodies, "{headline}");
    }
    for (headline, frameworks) in [
        ("GDPR-style rules for toys", vec![]),
        ("The GDPR of gardening: club bans leaf blowers", vec![]),
        ("The GDPR of 2016 still holds", vec!["gdpr"]),
        ("UK GDPR fine for clinic", vec!["uk-gdpr"]),
        (
            "NIST puts out its Privacy Framework",
            vec!["nist-privacy-framework"],
        ),
        ("Our privacy framework at work", vec![]),
        (
            "Indiana: Consumer Data Protection Act in force",
            vec!["us-in-icdpa"],
        ),
        (
            "European Common Criteria scheme gets a document",
            vec!["eucc"],
        ),
    ] {
        let found: Vec<String> = tagged(headline)
            .frameworks
            .iter()
            .map(|tag| tag.id.to_string())
            .collect();
        assert_eq!(found, frameworks, "{headline}");
    }
}

#[test]
fn places_are_where_something_happens() {
    for (headline, places) in [
        (
            "Regulator in Norway fines a shop under the GDPR",
            vec!["eu", "no"],
        ),
        ("German car maker certified to ISO/IEC 27001", vec!["intl"]),
        (
            "Berlin-based firm gets ISO/IEC 27001 certificate",
            vec!["intl"],
        ),
        ("Conference on the AI Act in Vienna", vec!["eu"]),
        (
            "Commission adopts adequacy decision for Brazil under the GDPR",
            vec!["eu"],
        ),
        (
            "ISO/IEC 27001 certificate: our auditors speak French",
            vec!["intl"],
        ),
        (
            "Bavaria's regulator warns of GDPR breaches",
            vec!["de", "eu"],
        ),
        (
            "Datenschutz: Frankreich verhängt Bußgeld nach DSGVO",
            vec!["eu", "fr"],
        ),
        ("日本の個人情報保護委員会が勧告", vec!["jp"]),
        ("韩国个人信息保护委员会处以罚款", vec!["kr"]),
    ] {
        assert_eq!(ids(&tagged(headline).jurisdictions), places, "{headline}");
    }
}

#[test]
fn what_rests_on_another_is_the_news() {
    for (headline, primary) in [
        (
            "ISO/IEC 27706:2025 published, serves ISO/IEC 27701",
            vec!["iso-iec-27706"],
        ),
        (
            "Crosswalk of NIST CSF 2.0 and ISO/IEC 27001",
            vec!["iso-iec-27001", "nist-csf"],
        ),
        ("Firm fined under GDPR", vec!["gdpr"]),
        (
            "Code of practice for GPAI under the AI Act signed",
            vec!["eu-gpai-code"],
        ),
        (
            "Guide based on NIST CSF helps with ISO/IEC 27001",
            vec!["iso-iec-27001"],
        ),
    ] {
        let mut found: Vec<String> = tagged(headline)
            .frameworks
            .iter()
            .filter(|tag| tag.primary)
            .map(|tag| tag.id.to_string())
            .collect();
        found.sort();
        assert_eq!(found, primary, "{headline}");
    }
}

#[test]
fn kinds_follow_the_main_clause_and_the_precedence() {
    use UpdateKind::{
        CourtRuling, Deadline, DraftForComment, Enforcement, Event, Guidance, InForce, LawAdopted,
        MappingPublished, NewEdition, Proposal, Report, StatusConfirmed, WorkItem,
    };
    for (headline, kind) in [
        (
            "ICO publishes guidance on fines under the UK GDPR",
            Some(Guidance),
        ),
        (
            "ICO fines hotel under the UK GDPR after guidance was ignored",
            Some(Enforcement),
        ),
        (
            "Commission postpones entry into force of AI Act duties",
            Some(Deadline),
        ),
        (
            "Court annuls fine of the Garante under the GDPR",
            Some(CourtRuling),
        ),
        ("Webinar: new edition of ISO/IEC 27001", Some(Event)),
        ("Opinion: GDPR fines are too low", None),
        ("Is your firm ready for NIS2?", None),
        ("MEPs adopt position on the Data Act", Some(Proposal)),
        ("Governor signs California SB 53", Some(LawAdopted)),
        ("Council adopts NIS2 act in final vote", Some(LawAdopted)),
        ("NIS-2-Umsetzungsgesetz tritt in Kraft", Some(InForce)),
        (
            "JTC 21: only citation in the Official Journal gives presumption of conformity with the AI Act",
            None,
        ),
        (
            "Cyber Resilience Act published in the Official Journal",
            Some(LawAdopted),
        ),
        (
            "AI Act: EDPB guidelines open for comment",
            Some(DraftForComment),
        ),
        (
            "ISO/IEC 27001 confirmed after review",
            Some(StatusConfirmed),
        ),
        ("ISO/IEC AWI 42003 registered", Some(WorkItem)),
        (
            "NIST CSF 2.0 mapped to ISO/IEC 27001",
            Some(MappingPublished),
        ),
        ("ISO 37001:2025 published", Some(NewEdition)),
        ("ENISA survey finds gaps in NIS2 work", Some(Report)),
        ("个人信息保护委员会处以罚款", Some(Enforcement)),
    ] {
        let tags = tagged(headline);
        assert_eq!(tags.kind, kind, "{headline}: {:?}", tags.kind_because);
        assert_eq!(tags.kind.is_some(), !tags.kind_because.is_empty());
    }
}

#[test]
fn drafts_parts_and_adoptions_are_the_framework() {
    for (headline, frameworks) in [
        ("IEC 62443-3-3 published", vec!["iec-62443"]),
        ("DIN EN IEC 62443-4-1 published", vec!["iec-62443"]),
        ("IEC/FDIS 62443-1-5 registered", vec!["iec-62443"]),
        // A number is given once, whatever a part of it is called.
        ("IEC TS 62443-6-3 issued", vec!["iec-62443"]),
        ("ISO/IEC TS 6254 issued", vec!["iso-iec-ts-6254"]),
        // A title of three words is common speech.
        ("MAS publishes risk management guidelines", vec![]),
        ("BS EN ISO/IEC 42001 published", vec!["iso-iec-42001"]),
        // A part that is tracked stands for itself alone.
        ("ISO/IEC 17021-3 published", vec![]),
        ("Colo. SB 24-206 signed", vec![]),
    ] {
        let tags = tagged(headline);
        let found: Vec<&str> = tags.frameworks.iter().map(|tag| tag.id.as_str()).collect();
        assert_eq!(found, frameworks, "{headline}");
    }
}

#[test]
fn what_rules_a_kind_out_speaks_of_its_own_sentence() {
    let kind = |headline: &str, summary: &str| {
        TAGGER
            .tag(&Subject {
                headline,
                summary,
                ..Subject::default()
            })
            .kind
    };
    for (headline, summary, expected) in [
        (
            "The quality crowd and ISO 9001",
            "ISO 9001:2026 was published on Tuesday after a two-year delay.",
            Some(UpdateKind::NewEdition),
        ),
        (
            "The quality crowd and ISO 9001",
            "ISO 9001:2026 was published on Tuesday. A webinar on the deadline follows.",
            Some(UpdateKind::NewEdition),
        ),
        (
            "EDPB seeks feedback on draft guidelines on the GDPR",
            "",
            Some(UpdateKind::DraftForComment),
        ),
        (
            "Now available: ISO/IEC 27018:2026",
            "",
            Some(UpdateKind::NewEdition),
        ),
    ] {
        assert_eq!(kind(headline, summary), expected, "{headline} {summary}");
    }
}

#[test]
fn what_a_record_states_is_proof() {
    let stated = Stated {
        bodies: vec!["Federal Trade Commission".to_owned(), "nobody".to_owned()],
        references: vec!["16 CFR Part 312".to_owned()],
        kind: Some(UpdateKind::LawAdopted),
        ..Stated::default()
    };
    let tags = tagger().tag(&Subject {
        headline: "Amendments of a rule",
        stated: Some(&stated),
        ..Subject::default()
    });
    assert_eq!(ids(&tags.bodies), ["ftc"]);
    assert_eq!(ids(&tags.jurisdictions), ["us"]);
    assert_eq!(tags.kind, Some(UpdateKind::LawAdopted));
    let framework = tags.frameworks.first().unwrap();
    assert_eq!((framework.id.as_str(), framework.primary), ("coppa", true));
    let reference = tags.references.first().unwrap();
    assert_eq!(
        (reference.reference.canonical.as_str(), reference.field),
        ("16 CFR Part 312", Field::Stated)
    );
    for because in tags
        .kind_because
        .iter()
        .chain(&framework.because)
        .chain(tags.bodies.iter().flat_map(|tag| &tag.because))
    {
        assert_eq!((&*because.rule, because.field), ("stated", Field::Stated));
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

/// (rules F1, F4, F5)
#[test]
fn a_text_may_say_itself_what_its_letters_and_names_mean() {
    let tagger = tagger();
    for (headline, summary, frameworks, bodies) in [
        (
            "Coaching firm fined over its claims",
            "India's Central Consumer Protection Authority (CCPA) acted on complaints.",
            &[][..],
            &[][..],
        ),
        (
            "California Consumer Privacy Act (CCPA): first penalty",
            "",
            &["us-ca-ccpa"],
            &[],
        ),
        (
            "CCPA fines coaching firm",
            "The Central Consumer Protection Authority (CCPA) of India acted on complaints.",
            &[],
            &[],
        ),
        (
            "Card issuer told to pay",
            "In Korea, the Personal Information Protection Act forbids it.",
            &["kr-pipa"],
            &[],
        ),
        (
            "Japan's lawmakers let regulator fine",
            "The Personal Information Protection Commission may set surcharges.",
            &[],
            &["ppc-jp"],
        ),
        ("Chile ya tiene una ley tipo RGPD", "", &[], &[]),
        (
            "Chile aprueba su ley de datos",
            "Crea la Agencia de Protección de Datos Personales.",
            &[],
            &[],
        ),
        (
            "La Ley de Datos se aplica a los productos conectados",
            "Lo explica la Agencia de Protección de Datos.",
            &["eu-data-act"],
            &["aepd"],
        ),
        (
            "Entra en vigor la ley de datos de la UE para fabricantes de México",
            "",
            &["eu-data-act"],
            &[],
        ),
        ("El Congreso peruano aprueba la Ley de Datos", "", &[], &[]),
        ("Perú reglamenta su Ley de Datos personales", "", &[], &[]),
        (
            "La agencia de proteccion de datos multa a una empresa",
            "Su centro de llamadas estaba en Colombia.",
            &[],
            &["aepd"],
        ),
        (
            "La nueva Agencia de Protección de Datos de Chile tiene sede",
            "",
            &[],
            &[],
        ),
        ("Rebates for ENERGY STAR Level 2 chargers", "", &[], &[]),
        ("Cloud host reaches STAR Level 2", "", &["csa-star"], &[]),
        (
            "Cloud for chargers with an ENERGY STAR label reaches CSA STAR Level 2",
            "",
            &["csa-star"],
            &[],
        ),
        (
            "The ISO 9001 of baking: a club and its laminated card",
            "",
            &[],
            &[],
        ),
        (
            "Payments firm keeps its SOC 2 Type II for a third year",
            "",
            &["soc-2"],
            &[],
        ),
        (
            "La ISO 27001 de seguridad llega al ayuntamiento",
            "",
            &["iso-iec-27001"],
            &[],
        ),
        (
            "La empresa se adapta a la ISO 27001",
            "",
            &["iso-iec-27001"],
            &[],
        ),
        ("Mise en conformité à la NIS2", "", &["nis2"], &[]),
        (
            "Cloud firm gets System and Organization Controls (SOC) report on Trust Services Criteria",
            "",
            &["soc-2"],
            &[],
        ),
        (
            "GDPR fines: what you need to know",
            "Great Dogs Play Rough (GDPR) is a club.",
            &[],
            &[],
        ),
    ] {
        let tags = tagger.tag(&Subject {
            headline,
            summary,
            ..Subject::default()
        });
        let found: Vec<&str> = tags.frameworks.iter().map(|tag| tag.id.as_str()).collect();
        assert_eq!(found, frameworks, "{headline}");
        assert_eq!(ids(&tags.bodies), bodies, "{headline}");
    }
}

#[test]
fn a_question_behind_another_clause_does_not_take_the_event_away() {
    let tags = tagger().tag(&Subject {
        headline: "Neue ISO 9001:2026 veröffentlicht – was Qualitätsmanager wissen müssen",
        ..Subject::default()
    });
    assert_eq!(tags.kind, Some(UpdateKind::NewEdition));
}

#[test]
fn signs_that_belong_to_a_name_and_makers_of_an_act_are_read_as_such() {
    let frameworks = |headline: &str| -> Vec<String> {
        let tags = tagged(headline);
        let ids = tags.frameworks.iter().map(|tag| tag.id.to_string());
        ids.collect()
    };
    for (headline, expected) in [
        ("CE marking rules for toys change", vec![]),
        ("CE-marked devices accepted until 2030", vec![]),
        ("Notified body issues CE certificate for device", vec![]),
        ("Firm achieves CE+ certification", vec!["cyber-essentials"]),
        (
            "Digital Personal Data Protection (Amendment) Rules notified",
            vec!["in-dpdp"],
        ),
    ] {
        assert_eq!(frameworks(headline), expected, "{headline}");
    }
    for headline in [
        "Corrigendum to Regulation (EU) 2024/2847 of the European Parliament and of the Council",
        "Berichtigung der Verordnung (EU) 2024/2847 des Europäischen Parlaments und des Rates",
        "Rectificatif au règlement (UE) 2024/2847 du Parlement européen et du Conseil",
    ] {
        let tags = tagged(headline);
        assert!(tags.bodies.is_empty(), "{headline}: {:?}", tags.bodies);
        assert_eq!(tags.kind, Some(UpdateKind::Amendment), "{headline}");
    }
    let tags = tagged("European Parliament adopts its position on Regulation (EU) 2024/2847");
    assert_eq!(tags.bodies.len(), 1, "{:?}", tags.bodies);
}

/// A name that several countries' bodies share is told by the country that stands by, and is not the one of a country
/// that stands there for something else.
#[test]
fn a_body_without_its_country_is_told_by_the_country_that_stands_by() {
    for (headline, bodies) in [
        (
            "The UK National Cyber Security Centre's framework covers AI",
            &["ncsc-uk"][..],
        ),
        (
            "Lithuania's National Cyber Security Centre warns customers of a UK bank",
            &[],
        ),
        (
            "Bahrain's National Cyber Security Centre warns of flaw in Dutch routers",
            &[],
        ),
        (
            "The data protection authority in Luxembourg fined a Belgian firm",
            &[],
        ),
        (
            "Hellenic Data Protection Authority fines Belgian bus operator",
            &[],
        ),
        (
            "The Financial Services Commission of Bulgaria met a Korean delegation",
            &[],
        ),
        (
            "Slovakia's Office for Personal Data Protection fines Czech online shop",
            &[],
        ),
        (
            "The council must answer for Halden Valley Council under the GDPR",
            &[],
        ),
        (
            "In Brussels the Council adopted its mandate on the AI Act",
            &["eu-council"],
        ),
        (
            "On Tuesday Council adopted its mandate on the AI Act",
            &["eu-council"],
        ),
        (
            "Under the Polish Council presidency member states agreed on the AI Act",
            &["eu-council"],
        ),
        ("The Council of State upholds the fine under the GDPR", &[]),
        ("Integritetsskyddsmyndighetens beslut om kameror", &["imy"]),
    ] {
        assert_eq!(ids(&tagged(headline).bodies), bodies, "{headline}");
    }
}

#[test]
fn dora_is_the_act_and_neither_a_department_nor_a_measure() {
    for (headline, is_the_act) in [
        (
            "ESAs name Amazon Web Services (Delaware) a critical ICT provider under DORA",
            true,
        ),
        (
            "DORA: technical standard on threat-led penetration testing published",
            true,
        ),
        ("Colorado's DORA warns of insurer", false),
        ("DORA metrics: deployment frequency doubled", false),
        (
            "University signs DORA, the declaration on research assessment",
            false,
        ),
    ] {
        let tags = tagged(headline);
        let tagged = tags.frameworks.iter().any(|tag| tag.id.as_str() == "dora");
        assert_eq!(tagged, is_the_act, "{headline}");
    }
}
