use std::io::Write as _;

use super::*;
use crate::domain::standard::ProjectId;

/// A record of our own writing, in the form of the data as it was in 2024.
fn yaml(reference: &str, number: &str, stage: &str, substage: &str) -> String {
    format!(
        "---\nschema-version: v1.2.8\nid: X\ntitle:\n- content: Widgets\n  language:\n  - en\n  type: title-main\n\
         - content: Widgets - Part 1\n  language:\n  - en\n  type: main\nlink:\n- content: https://www.iso.org/standard/{number}.html\n  type: src\n\
         docid:\n- id: {reference}\n  type: ISO\n  primary: true\n- id: urn:iso:std:x\n  type: URN\n\
         date:\n- type: published\n  value: 2021-05\n- type: updated\n  value: '2024-02'\n\
         abstract:\n- content: |-\n    Long: text\n    - with dashes\ndocstatus:\n  stage:\n    value: '{stage}'\n  substage:\n    value: '{substage}'\n\
         editorialgroup:\n  technical_committee:\n  - name: Widgets\n    identifier: ISO/IEC JTC 1/SC 42\n"
    )
}

fn read(bytes: &[u8], file: Option<&str>) -> (Vec<Result<CatalogueRow, Fault>>, Container) {
    let mut rows = Vec::new();
    let mut reader = bytes;
    let container = records(&mut reader, file, &mut |preset, record| {
        rows.extend(row(preset, &record).transpose());
    });
    (rows, container)
}

fn one(bytes: &[u8]) -> CatalogueRow {
    let (mut rows, container) = read(bytes, Some("x.yaml"));
    assert_eq!((rows.len(), container.whole), (1, true), "{container:?}");
    rows.remove(0).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        out.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    out.into_inner().unwrap()
}

#[test]
fn a_yaml_file_is_a_row() {
    let row = one(yaml("ISO/IEC DIS 99042", "91234", "40", "20").as_bytes());
    assert_eq!(row.project, ProjectId::numbered(91_234));
    assert_eq!(row.position.to_string(), "40.20");
    assert_eq!(row.work, "ISO/IEC 99042");
    assert_eq!(row.facts.title, "Widgets - Part 1");
    assert_eq!(row.facts.committee.as_deref(), Some("ISO/IEC JTC 1/SC 42"));
    assert_eq!(row.facts.published.unwrap().to_string(), "2021-05");
    let amendment = one(yaml("ISO/IEC 99042:2021/Amd 1:2024", "91235", "60", "60").as_bytes());
    assert_eq!(amendment.facts.published.unwrap().to_string(), "2024-02");
    assert!(amendment.facts.supplement);
    assert_eq!(amendment.work, "ISO/IEC 99042");
}

#[test]
fn the_number_is_found_where_the_page_has_a_name() {
    let plain = yaml("ISO/IEC 27001:2022", "0", "60", "60");
    let named = plain.replace(
        "- content: https://www.iso.org/standard/0.html\n  type: src\n",
        "- content: https://www.iso.org/standard/27001\n  type: src\n\
         - content: https://www.iso.org/obp/ui/en/#!iso:std:82875:en\n  type: obp\n\
         - content: https://www.iso.org/contents/data/standard/08/28/82875.detail.rss\n  type: rss\n",
    );
    assert_ne!(plain, named);
    let row = one(named.as_bytes());
    assert_eq!(row.project, ProjectId::numbered(82_875));
    assert_eq!(
        row.facts.url.unwrap().as_str(),
        "https://www.iso.org/standard/27001"
    );
    let obp = plain.replace(
        "https://www.iso.org/standard/0.html",
        "https://x.org/#!iso:std:77:en",
    );
    assert_eq!(one(obp.as_bytes()).project, ProjectId::numbered(77));
}

#[test]
fn the_later_model_of_the_data_is_read_as_well() {
    let text = "---\nid: X\nschema_version: v1.4.1\ntitle:\n- language: en\n  script: Latn\n  content: Widgets\n  type: main\n\
        source:\n- type: src\n  content: https://www.iso.org/standard/71578.html\n\
        docidentifier:\n- content: ISO 99001:2018\n  type: ISO\n  primary: true\n\
        date:\n- type: published\n  at: 2018-07\nstatus:\n  stage:\n    content: '90'\n  substage:\n    content: '93'\n\
        ext:\n  doctype:\n    content: international-standard\n  editorialgroup:\n    technical_committee:\n    - identifier: ISO/TC 176/SC 3\n";
    let row = one(text.as_bytes());
    assert_eq!(row.reference, "ISO 99001:2018");
    assert_eq!(row.position.to_string(), "90.93");
    assert_eq!(row.facts.committee.as_deref(), Some("ISO/TC 176/SC 3"));
    assert_eq!(
        row.facts.deliverable.as_deref(),
        Some("international-standard")
    );
    assert_eq!(row.facts.published.unwrap().to_string(), "2018-07");
}

#[test]
fn relations_are_sorted_by_what_they_point_at() {
    let relation = |sort: &str, other: &str| {
        format!("- type: {sort}\n  bibitem:\n    docid:\n    - id: {other}\n      primary: true\n")
    };
    let text = format!(
        "{}relation:\n{}{}{}{}",
        yaml("ISO 99001:2015", "9", "90", "92"),
        relation("obsoletes", "ISO 99001:2008"),
        relation("obsoletes", "ISO/CD 99001"),
        relation("updates", "ISO 99001:2015/Amd 1:2024"),
        relation("updates", "ISO 99001:2026"),
    );
    let facts = one(text.as_bytes()).facts;
    assert_eq!(facts.replaces, ["ISO 99001:2008"]);
    assert_eq!(facts.revised_by, ["ISO/CD 99001"]);
    assert_eq!(facts.amended_by, ["ISO 99001:2015/Amd 1:2024"]);
    assert_eq!(facts.replaced_by, ["ISO 99001:2026"]);
}

#[test]
fn what_is_no_document_costs_nothing_and_what_is_broken_costs_itself() {
    for (text, wanted) in [
        ("- a\n- b\n", None),
        ("name: crawl\non: push\n", None),
        ("docid:\n- id: ISO 1\n", Some("stage")),
        (
            "docid:\n- id: ISO 1\ndocstatus:\n  stage: 41\n  substage: 7\n",
            Some("code of the list"),
        ),
        (
            "docid:\n- id: ''\ndocstatus:\n  stage: 40\n  substage: 20\n",
            Some("reference"),
        ),
        ("a: [b\n", Some("YAML")),
        ("a: &x [*x, *x]\n", None),
    ] {
        let (rows, container) = read(text.as_bytes(), Some("x.yaml"));
        assert!(container.whole);
        match wanted {
            None => assert_eq!(rows, [], "{text}"),
            Some(word) => {
                let fault = rows[0].as_ref().unwrap_err();
                assert!(fault.detail.contains(word), "{text}: {fault:?}");
                assert!(fault.detail.starts_with("x.yaml"));
            }
        }
    }
    let deep = format!("docid: {}", "[".repeat(100_000));
    let (rows, _) = read(deep.as_bytes(), None);
    assert!(rows[0].is_err());
}

#[test]
fn an_archive_is_read_file_by_file() {
    let a = yaml("ISO/DIS 99001", "1", "40", "20");
    let b = yaml("ISO 99002:2020", "2", "60", "60");
    let files = [
        ("top/data/iso-dis-99001.yaml", a.as_str()),
        ("top/.github/workflow.yml", "on: push"),
        ("top/README.md", "x"),
        ("./data/iso-99002-2020.yaml", b.as_str()),
    ];
    for bytes in [tar(&files), gzip(&tar(&files))] {
        let (rows, container) = read(&bytes, None);
        let names: Vec<String> = rows
            .into_iter()
            .map(|row| row.unwrap().file.unwrap())
            .collect();
        assert_eq!(
            names,
            ["top/data/iso-dis-99001.yaml", "data/iso-99002-2020.yaml"]
        );
        assert_eq!(
            (container.records, container.whole, container.single),
            (2, true, false)
        );
    }
    // A list that ends in the middle is noticed, wherever it is cut.
    let packed = gzip(&tar(&files));
    for cut in 20..packed.len() {
        let (_, container) = read(&packed[..cut], None);
        assert!(!container.whole, "cut at {cut}");
    }
}

#[test]
fn a_line_of_open_data_is_a_row() {
    let line = r#"{"id":62085,"reference":"ISO/IEC DIS 99001","deliverableType":"IS","supplementType":null,"title":{"en":"Widgets — Part 1","fr":"Machins"},"scope":{"en":"<p>x</p>"},"publicationDate":null,"edition":2,"icsCode":["03.100.70"],"ownerCommittee":"ISO/TC 176/SC 2","currentStage":4020,"replaces":[1234,"ISO 99001:2015"],"replacedBy":null,"languages":["en"],"pages":{"en":29}}"#;
    let other = r#"{"id":"7","reference":"ISO 99002:2020","currentStage":"6060","publicationDate":"2020-04-14","title":{"en":""}}"#;
    let text = format!("\u{feff}{line}\r\n\n{other}");
    let (rows, container) = read(text.as_bytes(), None);
    assert_eq!((container.records, container.whole), (2, true));
    let first = rows[0].clone().unwrap();
    assert_eq!(
        (first.key.as_str(), first.project.as_str()),
        ("62085", "62085")
    );
    assert_eq!(first.position.to_string(), "40.20");
    assert_eq!(first.facts.title, "Widgets — Part 1");
    assert_eq!(first.facts.replaces, ["1234", "ISO 99001:2015"]);
    assert_eq!(first.facts.edition.as_deref(), Some("2"));
    assert_eq!(
        first.facts.url.unwrap().as_str(),
        "https://www.iso.org/standard/62085.html"
    );
    let second = rows[1].clone().unwrap();
    assert_eq!(second.position.to_string(), "60.60");
    assert_eq!(second.stated_day().unwrap().to_string(), "2020-04-14");

    // A bad line costs itself; a cut one says that the list is cut.
    let bad = format!(
        "{line}\n{{\"id\":1}}\n{{\"id\":2,\"reference\":\"ISO 1\",\"currentStage\":4141}}\nnonsense\n{line}\n"
    );
    let (rows, container) = read(bad.as_bytes(), None);
    assert_eq!(rows.iter().filter(|row| row.is_err()).count(), 3);
    assert_eq!((rows.len(), container.whole), (5, true));
    let (rows, container) = read(format!("{line}\n{}", &line[..200]).as_bytes(), None);
    assert_eq!((rows.len(), container.whole), (1, false));
    assert_eq!(container.faults[0].code, FaultCode::Truncated);
    let endless = format!("{line}\n{{\"id\":\"{}\n{line}\n", "9".repeat(3 << 20));
    let (rows, container) = read(endless.as_bytes(), None);
    assert_eq!(
        (rows.len(), container.faults.len(), container.whole),
        (2, 1, true)
    );
}

/// The export of NIST, in its form of 2026; the entries are of our own writing.
fn export() -> String {
    serde_json::json!([
        {
            "series": "nist-sp", "docnumber": "800-999", "docidentifier": "SP 800-999 Rev. 2", "revision": "2",
            "uri": "https://csrc.nist.gov/pubs/sp/800/999/r2/ipd", "title-main": "Widget Security", "title-sub": "A Guide",
            "iteration": "ipd", "status": "draft-public", "substage": "active", "published-date": "2026-08-03",
            "comment-from": "2026-08-03", "comment-to": "2026-10-02",
            "supersedes": [{"uri": "x", "docidentifier": "SP 800-999 Rev. 1"}], "superseded-by": []
        },
        {
            "series": "nist-sp", "docidentifier": "SP 800-999 Rev. 1", "iteration": "final", "status": "final", "substage": "active",
            "issued-date": "2019-02-04", "title-main": "Widget Security"
        },
        {"docidentifier": "FIPS 998", "iteration": "final", "status": "final", "substage": "withdrawn", "title-main": "Old"},
        {"docidentifier": "SP 800-997"}
    ])
    .to_string()
}

#[test]
fn an_entry_of_nist_is_a_row() {
    let (rows, container) = read(export().as_bytes(), None);
    assert_eq!((rows.len(), container.whole), (4, true));
    let draft = rows[0].clone().unwrap();
    assert_eq!(draft.reference, "NIST SP 800-999 Rev. 2 ipd");
    assert_eq!(
        (draft.work.as_str(), draft.project.as_str()),
        ("NIST SP 800-999", "nist-sp-800-999-rev-2")
    );
    assert_eq!(draft.position.to_string(), "ipd");
    assert_eq!(draft.facts.title, "Widget Security: A Guide");
    assert_eq!(
        draft.facts.comments_close.unwrap().to_string(),
        "2026-10-02"
    );
    assert_eq!(draft.facts.replaces, ["NIST SP 800-999 Rev. 1"]);
    let last = rows[1].clone().unwrap();
    assert_eq!(last.position.to_string(), "final");
    assert_eq!(last.stated_day().unwrap().to_string(), "2019-02-04");
    assert_eq!(rows[2].clone().unwrap().position.to_string(), "withdrawn");
    assert!(rows[3].is_err());
}

/// A ZIP archive of one file, as programs write it: sizes behind the data, known to the
/// directory only.
fn zip(name: &str, text: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text).unwrap();
    let packed = packer.finish().unwrap();
    let mut sum = flate2::Crc::new();
    sum.update(text);
    let sizes = |out: &mut Vec<u8>, sum: u32, packed: usize, size: usize| {
        for number in [sum, packed as u32, size as u32] {
            out.extend_from_slice(&number.to_le_bytes());
        }
    };
    let mut out = b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0".to_vec();
    sizes(&mut out, 0, 0, 0);
    out.extend_from_slice(&(name.len() as u16).to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(&packed);
    out.extend_from_slice(b"PK\x07\x08");
    sizes(&mut out, sum.sum(), packed.len(), text.len());
    let directory = out.len();
    out.extend_from_slice(b"PK\x01\x02\x14\0\x14\0\x08\0\x08\0\0\0\0\0");
    sizes(&mut out, sum.sum(), packed.len(), text.len());
    out.extend_from_slice(&(name.len() as u16).to_le_bytes());
    out.extend_from_slice(&[0; 12]);
    out.extend_from_slice(&0_u32.to_le_bytes());
    out.extend_from_slice(name.as_bytes());
    let size = out.len() - directory;
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    out.extend_from_slice(&(size as u32).to_le_bytes());
    out.extend_from_slice(&(directory as u32).to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

#[test]
fn a_zipped_export_is_opened_and_a_damaged_one_is_not() {
    let packed = zip("pubs-export.json", export().as_bytes());
    let (rows, container) = read(&packed, None);
    assert_eq!((rows.len(), container.whole), (4, true), "{container:?}");
    for cut in 4..packed.len() {
        let (rows, container) = read(&packed[..cut], None);
        assert!(!container.whole && rows.is_empty(), "cut at {cut}");
    }
    for place in 60..packed.len() - 120 {
        let mut damaged = packed.clone();
        damaged[place] ^= 0x55;
        let (_, container) = read(&damaged, None);
        assert!(!container.whole, "damaged at {place}");
    }
    // An archive that holds itself ends.
    let (_, container) = read(&zip("a.zip", &zip("b.zip", &zip("c", b"x"))), None);
    assert!(!container.whole || container.single);
}

#[test]
fn pages_and_emptiness_are_no_lists() {
    for (text, code) in [
        ("", FaultCode::EmptyBody),
        (" \n ", FaultCode::EmptyBody),
        (
            "<!doctype html><title>Maintenance</title>",
            FaultCode::HtmlPage,
        ),
        ("[{\"docidentifier\"", FaultCode::Truncated),
    ] {
        let (rows, container) = read(text.as_bytes(), None);
        assert_eq!(rows, []);
        assert!(!container.whole);
        assert_eq!(container.faults[0].code, code, "{text}");
    }
    assert_eq!(
        guess(&mut &b"{\"id\":1}"[..]),
        Some(CataloguePreset::IsoOpenData)
    );
    assert_eq!(
        guess(&mut gzip(b"{}").as_slice()),
        Some(CataloguePreset::IsoOpenData)
    );
    assert_eq!(
        guess(&mut export().as_bytes()),
        Some(CataloguePreset::NistCsrc)
    );
    assert_eq!(
        guess(&mut &b"---\nid: x"[..]),
        Some(CataloguePreset::Relaton)
    );
    assert_eq!(guess(&mut &b""[..]), None);
}

proptest::proptest! {
    /// Whatever comes, reading ends and nothing panics.
    #[test]
    fn anything_may_come(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600), head in 0..6_usize) {
        let heads: [&[u8]; 6] = [b"", b"{", b"[", b"---\ndocid:\n", b"PK\x03\x04", &[0x1f, 0x8b, 8, 0]];
        let mut text = heads[head].to_vec();
        text.extend_from_slice(&bytes);
        let _ = read(&text, Some("x.yaml"));
    }

    /// A record of YAML that somebody has bent is one row at most. A bracket at its beginning makes
    /// of it another kind of list, of which every line is a fault.
    #[test]
    fn bent_records_cost_themselves(at in 0..900_usize, sign in proptest::char::any()) {
        let mut text = yaml("ISO/IEC DIS 99042", "91234", "40", "20");
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.insert(at, sign);
        let (rows, _) = read(text.as_bytes(), Some("x.yaml"));
        proptest::prop_assert!(rows.iter().flatten().count() <= 1);
    }
}
