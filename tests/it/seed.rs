//! Ten updates about ISO/IEC 42001 and its neighbours, published by the bodies they come from, read
//! by the program and told as the rules of the field have them.
//!
//! What is expected of each was settled from the rules alone, before any tagger read it. K1: the main
//! clause of the headline decides the kind. K2: the summary decides when the headline names no event.
//! K3: of two kinds that fit, the higher one. F1: primary is what the event makes, changes, applies,
//! explains or maps; what it only serves or rests on is tagged, not primary. B1: letters in a
//! reference or in a framework's name are no mention, and the source alone is no proof. J1: a law adds
//! its places. J2: a body adds its own, not so one that only certifies. J4: else the primary
//! frameworks' places.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use serde_json::Value;

use crate::command_line::{lines, regwire, run};

struct Told {
    /// The publisher, by its id in the library.
    by: &'static str,
    headline: &'static str,
    /// What the publisher says, a sentence each.
    says: &'static [&'static str],
    kind: &'static str,
    authority: &'static str,
    primary: &'static [&'static str],
    /// Tagged beside the primary ones.
    beside: &'static [&'static str],
    bodies: &'static [&'static str],
    jurisdictions: &'static [&'static str],
    /// The framework as the sentence on why it matters names it.
    named: &'static str,
}

const TEN: &[Told] = &[
    // K1, an accreditation body recognises a certifier: accreditation_granted. B1: UKAS acts, BSI is
    // acted on. J2: both are of the United Kingdom; J4 has nothing to add.
    Told {
        by: "ukas",
        headline: "UKAS grants first accreditation for ISO/IEC 42001 certification",
        says: &[
            "UKAS has accredited BSI for the certification of AI management systems to ISO/IEC 42001.",
            "Organizations that want independent assurance of how they manage AI can now turn to an accredited certifier.",
        ],
        kind: "accreditation_granted",
        authority: "accredited",
        primary: &["iso-iec-42001"],
        beside: &[],
        bodies: &["ukas", "bsi-uk"],
        jurisdictions: &["gb"],
        named: "ISO/IEC 42001",
    },
    // K1, the final text is published: new_edition. F1: the standard beside which it is used is
    // background. B1: ISO publishes. J2: ISO is international.
    Told {
        by: "iso",
        headline: "ISO/IEC 42005:2025 published for AI system impact assessments",
        says: &[
            "ISO published ISO/IEC 42005:2025 in May 2025.",
            "The standard tells organizations how to assess what an AI system does to people and society, and how to keep a record of it.",
            "It can be used beside an AI management system to ISO/IEC 42001.",
        ],
        kind: "new_edition",
        authority: "official",
        primary: &["iso-iec-42005"],
        beside: &["iso-iec-42001"],
        bodies: &["iso"],
        jurisdictions: &["intl"],
        named: "ISO/IEC 42005",
    },
    // K1 and K3, "BS" before the reference is the same text published in the United Kingdom:
    // national_adoption, which stands above new_edition. F1: the standard that a certification rule
    // serves is not primary. J2: BSI is a standards body too, so its country counts; a standard's
    // home does not (J4).
    Told {
        by: "bsi-uk",
        headline: "BS ISO/IEC 42006:2025 requirements for AI management system certification bodies",
        says: &[
            "BSI says that BS ISO/IEC 42006:2025 now sets out what bodies must meet that audit and certify AI management systems.",
            "Those who hold or seek a certificate to ISO/IEC 42001 can expect audits of a more even quality.",
        ],
        kind: "national_adoption",
        authority: "official",
        primary: &["iso-iec-42006"],
        beside: &["iso-iec-42001"],
        bodies: &["bsi-uk"],
        jurisdictions: &["gb"],
        named: "ISO/IEC 42006",
    },
    // K1, AWI is an approved project without text: work_item, though the document will be guidance.
    // F1: the standard that a guide serves is not primary.
    Told {
        by: "iso",
        headline: "ISO/IEC AWI 42003 guidance on implementing ISO/IEC 42001",
        says: &[
            "ISO has approved ISO/IEC AWI 42003 as a new work item.",
            "The document will give guidance on putting ISO/IEC 42001 into practice, and its text is still to be written.",
        ],
        kind: "work_item",
        authority: "official",
        primary: &["iso-iec-42003"],
        beside: &["iso-iec-42001"],
        bodies: &["iso"],
        jurisdictions: &["intl"],
        named: "ISO/IEC 42003",
    },
    // K2, a bare title names no event; the summary lists an edition of 2023 as the published one and
    // tells of no publication: status_confirmed. B1: nobody is named. J4: the standard's own places.
    Told {
        by: "iso",
        headline: "ISO/IEC 42001:2023 AI management systems",
        says: &[
            "ISO/IEC 42001:2023 is the published standard for AI management systems.",
            "Organizations can use it now to put their AI governance and controls in order and to prepare their documents for certification.",
        ],
        kind: "status_confirmed",
        authority: "official",
        primary: &["iso-iec-42001"],
        beside: &[],
        bodies: &[],
        jurisdictions: &["intl"],
        named: "ISO/IEC 42001",
    },
    // K1, "publishes guidance": guidance; that it is a technical specification is said in the summary
    // only. F1: the guidance itself is what the event brings. J2: BSI's country.
    Told {
        by: "bsi-uk",
        headline: "BSI publishes global guidance on transparent AI decision-making",
        says: &[
            "BSI has announced ISO/IEC TS 6254, which gives guidance on making the decisions of AI systems transparent and explainable.",
            "It helps organizations that set up AI governance to choose such measures and to describe them.",
        ],
        kind: "guidance",
        authority: "official",
        primary: &["iso-iec-ts-6254"],
        beside: &[],
        bodies: &["bsi-uk"],
        jurisdictions: &["gb"],
        named: "ISO/IEC TS 6254",
    },
    // K2, again a bare title; "confirms that … remains": status_confirmed. B1: ISO confirms.
    Told {
        by: "iso",
        headline: "ISO/IEC 42001:2023 AI management systems standard",
        says: &[
            "ISO confirms that ISO/IEC 42001:2023 remains the AI management system standard to which organizations can be certified.",
            "Programmes that need formal assurance of their AI governance can rest on a stable international standard.",
        ],
        kind: "status_confirmed",
        authority: "official",
        primary: &["iso-iec-42001"],
        beside: &[],
        bodies: &["iso"],
        jurisdictions: &["intl"],
        named: "ISO/IEC 42001",
    },
    // K1, "maps … to": mapping_published. F1: every side of a mapping is primary. CSA with controls
    // and cloud is the Cloud Security Alliance, which is international (J2).
    Told {
        by: "csa",
        headline: "CSA maps AI Controls Matrix to ISO/IEC 42001 and ISO 27001/27002",
        says: &[
            "The Cloud Security Alliance has published a mapping between its AI Controls Matrix and ISO/IEC 42001.",
            "References to ISO/IEC 27001 and 27002 are included, so that teams can tie AI governance to the security controls they already run.",
        ],
        kind: "mapping_published",
        authority: "official",
        primary: &[
            "csa-aicm",
            "iso-iec-42001",
            "iso-iec-27001",
            "iso-iec-27002",
        ],
        beside: &[],
        bodies: &["csa"],
        jurisdictions: &["intl"],
        named: "AICM",
    },
    // K1, a certifier advertises certification: certification_offer. F1: it applies ISO/IEC 42001; the
    // two it is aligned with are background. B1: "NIST" belongs to the framework's name. J1: the law
    // adds the EU; J2: SGS only certifies and adds nothing; J4 does not come into play.
    Told {
        by: "sgs",
        headline: "SGS product sheet highlights ISO/IEC 42001 certification services and cross-framework alignment",
        says: &[
            "The SGS product sheet describes certification services for ISO/IEC 42001.",
            "It shows where the evidence for an audit also speaks to the EU AI Act and the NIST AI RMF.",
        ],
        kind: "certification_offer",
        authority: "accredited",
        primary: &["iso-iec-42001"],
        beside: &["eu-ai-act", "nist-ai-rmf"],
        bodies: &["sgs"],
        jurisdictions: &["eu"],
        named: "ISO/IEC 42001",
    },
    // K1 and K3, a certifier reports that it is accredited: accreditation_granted, which stands above
    // certification_offer. J2: NQA only certifies and adds nothing, so J4: the standard's own places.
    Told {
        by: "nqa",
        headline: "NQA reports accredited ISO/IEC 42001 certification availability",
        says: &[
            "Accredited certification to ISO/IEC 42001 is available from NQA.",
            "Organizations that prepare for it should check early which scope an auditor covers and when one is free.",
        ],
        kind: "accreditation_granted",
        authority: "accredited",
        primary: &["iso-iec-42001"],
        beside: &[],
        bodies: &["nqa"],
        jurisdictions: &["intl"],
        named: "ISO/IEC 42001",
    },
];

/// A body's feed: what it published, newest first, without days.
fn feed(by: &str) -> String {
    let mut feed = format!(
        r#"<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{by}</title><link>/{by}</link><description>News</description>"#
    );
    for (number, told) in TEN.iter().enumerate().filter(|(_, told)| told.by == by) {
        let (headline, says) = (told.headline, told.says.join(" "));
        write!(
            feed,
            "<item><guid isPermaLink=\"false\">{by}-{number}</guid><title>{headline}</title><link>/{by}/{number}</link><description>{says}</description></item>"
        )
        .unwrap();
    }
    feed + "</channel></rss>"
}

/// The bodies' feeds on loopback, and a folder whose configuration reads them.
fn world(folder: &Path) {
    let bodies: BTreeSet<&str> = TEN.iter().map(|told| told.by).collect();
    let mut router = Router::new();
    for body in bodies.iter().copied() {
        let feed = feed(body);
        router = router.route(
            &format!("/{body}.xml"),
            get(move || async move { ([(CONTENT_TYPE, "application/rss+xml")], feed) }),
        );
    }
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            send.send(listener.local_addr().unwrap().port()).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
    });
    let port = receive.recv().unwrap();
    let mut sources = String::new();
    for body in bodies {
        // No frameworks: what an entry is about has to be read from the entry.
        write!(
            sources,
            "[[source]]\nid = \"{body}-feed\"\nbody = \"{body}\"\nname = \"{body}\"\nkind = \"feed\"\nurl = \"http://127.0.0.1:{port}/{body}.xml\"\nlanguage = \"en\"\nterms = \"excerpt\"\n\n"
        )
        .unwrap();
    }
    std::fs::write(folder.join("sources.toml"), sources).unwrap();
    std::fs::write(
        folder.join("regwire.toml"),
        "contact = \"test@example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n",
    )
    .unwrap();
}

fn in_folder(folder: &Path, arguments: &[&str]) -> std::process::Output {
    run(regwire(&folder.join("data"))
        .current_dir(folder)
        .args(["--config", "regwire.toml"])
        .args(arguments))
}

fn set(value: &Value) -> BTreeSet<&str> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one.as_str().expect("a word"))
        .collect()
}

/// Whether a text is whole ones of the sentences, in their order.
fn of_whole_sentences(text: &str, sentences: &[&str]) -> bool {
    let rest = sentences.iter().fold(text, |rest, sentence| {
        rest.strip_prefix(sentence).map_or(rest, str::trim_start)
    });
    !text.is_empty() && rest.is_empty()
}

/// The kind that each rule of significance is for.
fn rules() -> BTreeMap<String, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("library/significance.toml");
    let table: toml::Table = toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    table["significance"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| {
            let text = |key: &str| rule[key].as_str().unwrap().to_owned();
            (text("id"), text("kind"))
        })
        .collect()
}

#[test]
fn ten_updates_of_the_bodies_are_told_as_the_rules_of_the_field_have_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    world(folder);
    in_folder(folder, &["collect"]);
    let export = lines(&in_folder(folder, &["export", "updates", "--jsonl"]));
    assert_eq!(export.len(), TEN.len());
    let rules = rules();
    let mut wrong = Vec::new();
    for told in TEN {
        let line = export
            .iter()
            .find(|line| line["title"] == told.headline)
            .unwrap_or_else(|| panic!("{} is missing", told.headline));
        let mut same = |what: &str, is: &dyn std::fmt::Debug, right: bool| {
            if !right {
                wrong.push(format!("{}: {what} {is:?}", told.headline));
            }
        };
        let sets = [
            ("primary", told.primary.iter().copied().collect()),
            (
                "frameworks",
                told.primary.iter().chain(told.beside).copied().collect(),
            ),
            ("bodies", told.bodies.iter().copied().collect()),
            (
                "jurisdictions",
                told.jurisdictions.iter().copied().collect(),
            ),
        ];
        for (field, expected) in &sets {
            let is: BTreeSet<&str> = set(&line[*field]);
            same(field, &is, is == *expected);
        }
        for (field, expected) in [
            ("kind", told.kind),
            ("authority", told.authority),
            ("source", &format!("{}-feed", told.by)),
        ] {
            same(field, &line[field], line[field] == expected);
        }

        let id = line["id"].as_str().expect("an id");
        let shown: Value =
            serde_json::from_slice(&in_folder(folder, &["show", id, "--json"]).stdout).unwrap();
        let words = &shown["told"];
        let summary = words["summary"].as_str().unwrap_or_default();
        same(
            "what happened",
            &summary,
            of_whole_sentences(summary, told.says) && words["summary_by"] == "source",
        );
        let why = &words["why"];
        let sentence = why["sentence"].as_str().unwrap_or_default();
        let rule = why["rule"].as_str().unwrap_or_default();
        same(
            "why it matters",
            why,
            sentence.contains(told.named)
                && words["why_by"] == "rule"
                && rules.get(rule).is_some_and(|kind| kind == told.kind),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
