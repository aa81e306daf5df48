use proptest::prelude::*;

use super::*;

/// Works as a library would know them.
fn known() -> KnownWorks {
    KnownWorks::new(
        [
            "ISO/IEC 42001:2023",
            "ISO/IEC 42005:2025",
            "ISO/IEC 42006:2025",
            "ISO/IEC AWI 42003",
            "ISO/IEC DIS 42007",
            "ISO/IEC 27001:2022",
            "ISO/IEC 27002:2022",
            "ISO 9001:2015",
            "ISO 14001:2015",
            "ISO 13485:2016",
            "ISO/IEC 22989:2022",
            "ISO/IEC 17021-1:2015",
            "Regulation (EU) 2024/1689",
            "Regulation (EU) 2016/679",
            "Directive (EU) 2022/2555",
        ]
        .map(str::to_owned),
    )
}

#[test]
fn surface_forms_are_normalised() {
    let known = known();
    let mut wrong = Vec::new();
    for (form, canonical, work) in [
        ("ISO/IEC 42001:2023", "ISO/IEC 42001:2023", "ISO/IEC 42001"),
        ("ISO 42001", "ISO/IEC 42001", "ISO/IEC 42001"),
        ("ISO42001", "ISO/IEC 42001", "ISO/IEC 42001"),
        (
            "ISO/IEC 42001:2023(E)",
            "ISO/IEC 42001:2023",
            "ISO/IEC 42001",
        ),
        (
            "BS ISO/IEC 42006:2025",
            "BS ISO/IEC 42006:2025",
            "ISO/IEC 42006",
        ),
        ("ISO/IEC AWI 42003", "ISO/IEC AWI 42003", "ISO/IEC 42003"),
        ("ISO/IEC DIS 42007", "ISO/IEC DIS 42007", "ISO/IEC 42007"),
        ("ISO/IEC TS 6254", "ISO/IEC TS 6254", "ISO/IEC TS 6254"),
        (
            "BS ISO/IEC TS 6254:2025",
            "BS ISO/IEC TS 6254:2025",
            "ISO/IEC TS 6254",
        ),
        (
            "ISO 27001:2022/Amd 1:2024",
            "ISO/IEC 27001:2022/Amd 1:2024",
            "ISO/IEC 27001",
        ),
        (
            "ISO/IEC 27001:2013/Cor 1:2014",
            "ISO/IEC 27001:2013/Cor 1:2014",
            "ISO/IEC 27001",
        ),
        (
            "ISO 27001/27002",
            "ISO/IEC 27001; ISO/IEC 27002",
            "ISO/IEC 27001; ISO/IEC 27002",
        ),
        (
            "ISO/IEC 42001, 42005 and 42006",
            "ISO/IEC 42001; ISO/IEC 42005; ISO/IEC 42006",
            "ISO/IEC 42001; ISO/IEC 42005; ISO/IEC 42006",
        ),
        (
            "DIN EN ISO/IEC 27001:2024-01",
            "DIN EN ISO/IEC 27001:2024",
            "ISO/IEC 27001",
        ),
        (
            "NF EN ISO/IEC 27001",
            "NF EN ISO/IEC 27001",
            "ISO/IEC 27001",
        ),
        (
            "BS EN ISO 9001:2015+A1:2024",
            "BS EN ISO 9001:2015+A1:2024",
            "ISO 9001",
        ),
        ("EN ISO 13485:2016", "EN ISO 13485:2016", "ISO 13485"),
        (
            "UNI CEI ISO/IEC 42006:2025",
            "UNI CEI ISO/IEC 42006:2025",
            "ISO/IEC 42006",
        ),
        (
            "SS ISO/IEC 42001:2024",
            "SS ISO/IEC 42001:2024",
            "ISO/IEC 42001",
        ),
        ("ISO/DIS 9001", "ISO/DIS 9001", "ISO 9001"),
        ("ISO/FDIS 14001", "ISO/FDIS 14001", "ISO 14001"),
        ("ISO 9001:2026", "ISO 9001:2026", "ISO 9001"),
        ("ISO/IEC CD 27090.2", "ISO/IEC CD 27090.2", "ISO/IEC 27090"),
        (
            "ISO/IEC 22989:2022/FDAmd 1",
            "ISO/IEC 22989:2022/FDAM 1",
            "ISO/IEC 22989",
        ),
        (
            "ISO/IEC 27006-1:2024",
            "ISO/IEC 27006-1:2024",
            "ISO/IEC 27006-1",
        ),
        ("ISO/SAE 21434:2021", "ISO/SAE 21434:2021", "ISO/SAE 21434"),
        (
            "ISO/IEC/IEEE 12207:2017",
            "ISO/IEC/IEEE 12207:2017",
            "ISO/IEC/IEEE 12207",
        ),
        ("IEC 62443-4-2", "IEC 62443-4-2", "IEC 62443-4-2"),
        ("ISA/IEC 62443", "IEC 62443", "IEC 62443"),
        ("IWA 42:2022", "IWA 42:2022", "IWA 42"),
        ("ISO Guide 73:2009", "ISO Guide 73:2009", "ISO Guide 73"),
        (
            "urn:iso:std:iso-iec:42005",
            "ISO/IEC 42005",
            "ISO/IEC 42005",
        ),
        ("EN 18286", "EN 18286", "EN 18286"),
        ("prEN 18286:2025", "prEN 18286:2025", "EN 18286"),
        ("FprEN 18286", "FprEN 18286", "EN 18286"),
        ("CEN/CLC/TR 17894", "CEN/CLC/TR 17894", "CEN/CLC/TR 17894"),
        (
            "ETSI EN 304 223 V2.1.1 (2025-12)",
            "ETSI EN 304 223 V2.1.1",
            "ETSI EN 304 223",
        ),
        ("EN 303 645", "ETSI EN 303 645", "ETSI EN 303 645"),
        ("ETSI TS 104 223", "ETSI TS 104 223", "ETSI TS 104 223"),
        (
            "NIST SP 800-53 Rev. 5",
            "NIST SP 800-53 Rev. 5",
            "NIST SP 800-53",
        ),
        ("800-53r5", "NIST SP 800-53 Rev. 5", "NIST SP 800-53"),
        (
            "NIST SP 800-171 Revision 3",
            "NIST SP 800-171 Rev. 3",
            "NIST SP 800-171",
        ),
        ("SP 800-63-4", "NIST SP 800-63-4", "NIST SP 800-63"),
        ("NIST SP 800-218A", "NIST SP 800-218A", "NIST SP 800-218A"),
        ("NIST AI 100-1", "NIST AI 100-1", "NIST AI 100-1"),
        ("AI RMF 1.0", "NIST AI 100-1", "NIST AI 100-1"),
        ("NIST AI 600-1", "NIST AI 600-1", "NIST AI 600-1"),
        ("NISTIR 8596", "NIST IR 8596", "NIST IR 8596"),
        ("NIST CSF 2.0", "NIST CSF 2.0", "NIST CSF"),
        ("NIST CSWP 29", "NIST CSF 2.0", "NIST CSF"),
        ("FIPS 140-3", "FIPS 140-3", "FIPS 140"),
        (
            "Regulation (EU) 2024/1689",
            "Regulation (EU) 2024/1689",
            "32024R1689",
        ),
        (
            "CELEX 32024R1689",
            "Regulation (EU) 2024/1689",
            "32024R1689",
        ),
        (
            "Verordnung (EU) 2024/1689",
            "Regulation (EU) 2024/1689",
            "32024R1689",
        ),
        (
            "règlement (UE) 2016/679",
            "Regulation (EU) 2016/679",
            "32016R0679",
        ),
        (
            "Directive (EU) 2022/2555",
            "Directive (EU) 2022/2555",
            "32022L2555",
        ),
        ("Directive 2002/58/EC", "Directive 2002/58/EC", "32002L0058"),
        (
            "Regulation (EU) No 910/2014",
            "Regulation (EU) No 910/2014",
            "32014R0910",
        ),
        (
            "Implementing Regulation (EU) 2024/2690",
            "Implementing Regulation (EU) 2024/2690",
            "32024R2690",
        ),
        ("COM(2025) 836 final", "COM(2025) 836", "COM(2025) 836"),
        ("Case C-311/18", "Case C-311/18", "Case C-311/18"),
        (
            "OJ L, 2024/1689, 12.7.2024",
            "Regulation (EU) 2024/1689",
            "32024R1689",
        ),
        ("SOC 2", "SOC 2", "SOC 2"),
        ("SOC 2 Type II", "SOC 2 Type 2", "SOC 2"),
        ("PCI DSS v4.0.1", "PCI DSS v4.0.1", "PCI DSS"),
        ("PCI-DSS 4.0", "PCI DSS v4.0", "PCI DSS"),
        ("CMMC 2.0", "CMMC 2.0", "CMMC"),
        ("CMMC Level 2", "CMMC Level 2", "CMMC"),
        ("CIS Controls v8.1", "CIS Controls v8.1", "CIS Controls"),
        ("CSA CCM v4.0", "CSA CCM v4.0", "CSA CCM"),
        ("BSI C5:2020", "BSI C5:2020", "BSI C5"),
        ("89 FR 12345", "89 FR 12345", "89 FR 12345"),
        ("90 Fed. Reg. 43,560", "90 FR 43560", "90 FR 43560"),
        ("45 CFR 164.312", "45 CFR 164.312", "45 CFR Part 164"),
        ("32 C.F.R. Part 170", "32 CFR Part 170", "32 CFR Part 170"),
        ("15 U.S.C. § 6501", "15 USC 6501", "15 USC 6501"),
        ("Pub. L. 104-191", "Pub. L. 104-191", "Pub. L. 104-191"),
        ("Executive Order 14365", "EO 14365", "EO 14365"),
        ("23 NYCRR 500", "23 NYCRR Part 500", "23 NYCRR Part 500"),
        ("Colorado SB 24-205", "Colo. SB 24-205", "Colo. SB 24-205"),
        (
            "Local Law 144 of 2021",
            "NYC Local Law 144 of 2021",
            "NYC Local Law 144 of 2021",
        ),
        ("SI 2018/506", "SI 2018/506", "SI 2018/506"),
        (
            "The Network and Information Systems Regulations 2018 (S.I. 2018 No. 506)",
            "SI 2018/506",
            "SI 2018/506",
        ),
        ("2018 c. 12", "2018 c. 12", "2018 c. 12"),
        ("ukpga/2025/18", "2025 c. 18", "2025 c. 18"),
        (
            "Law No. 134/2025/QH15",
            "Law No. 134/2025/QH15",
            "Law No. 134/2025/QH15",
        ),
        ("PL 2338/2023", "PL 2338/2023", "PL 2338/2023"),
        ("CETS No. 225", "CETS No. 225", "CETS No. 225"),
    ] {
        let read = read(form, &known);
        let got = (
            read.iter()
                .map(|r| r.canonical.as_str())
                .collect::<Vec<_>>()
                .join("; "),
            read.iter()
                .map(|r| r.work.as_str())
                .collect::<Vec<_>>()
                .join("; "),
        );
        if got != (canonical.to_owned(), work.to_owned()) {
            wrong.push(format!(
                "{form}: {got:?}, and not ({canonical:?}, {work:?})"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_citation_is_none() {
    let known = known();
    for text in [
        "our SOC works in three shifts",
        "shot at ISO 6400",
        "mount the ISO image",
        "ISO New England capacity auction",
        "ISO/IEC JTC 1/SC 42 met in Seoul",
        "CSAM detection",
        "four DORA metrics",
        "the Act shall apply",
        "Article 5",
        "2016/679 patients enrolled",
        "SP 500 index",
        "IS 27001 safe?",
        "C5 corvette",
        "PCI Express",
        "RAISE money",
        "SOC 3200",
        "call 800-555-0199",
        "on 12/05/2024",
        "CEN/CLC/JTC 21 met",
        "version 2.0 of the tool",
        "CSA C22.2 No. 0",
    ] {
        assert_eq!(read(text, &known), Vec::new(), "{text}");
    }
    for (text, canonical) in [
        ("SOC 2 report requested from the SOC vendor", "SOC 2"),
        ("EN 590 diesel", "EN 590"),
        ("Regulation 2024/1689", "Regulation (EU) 2024/1689"),
        ("SS-EN ISO 9001", "SS EN ISO 9001"),
        ("ISO 6400 is no standard for certification", "ISO 6400"),
    ] {
        let read = read(text, &known);
        assert_eq!(
            read.first().map(|r| r.canonical.as_str()),
            Some(canonical),
            "{text}"
        );
    }
}

#[test]
fn stages_and_adoptions_are_kept_apart() {
    let known = known();
    for (form, stage, adoption) in [
        ("ISO/IEC DIS 42007", Some("DIS"), vec![]),
        ("prEN 18286:2025", Some("prEN"), vec![]),
        ("NIST SP 800-63-4 2pd", Some("2pd"), vec![]),
        ("BS EN ISO/IEC 27017:2021", None, vec!["BS", "EN"]),
        ("DIN EN ISO/IEC 27001:2024-01", None, vec!["DIN", "EN"]),
        ("AS/NZS ISO 9001:2016", None, vec!["AS/NZS"]),
    ] {
        let read = read(form, &known);
        assert_eq!(read.len(), 1, "{form}: {read:?}");
        assert_eq!(read[0].stage.as_deref(), stage, "{form}");
        assert_eq!(read[0].adoption, adoption, "{form}");
    }
}

#[test]
fn places_are_counted_in_characters() {
    let text = "Ärger über ISO/IEC 42001:2023 und NIS2";
    let found = find(text, &known());
    assert_eq!(found.len(), 1);
    let words: String = text
        .chars()
        .skip(found[0].start)
        .take(found[0].end - found[0].start)
        .collect();
    assert_eq!(words, "ISO/IEC 42001:2023");
    assert_eq!(
        &text[found[0].byte_start..found[0].byte_end],
        "ISO/IEC 42001:2023"
    );
}

#[test]
fn slugs_are_addresses() {
    assert_eq!(slug("ISO/IEC 42001"), "iso-iec-42001");
    assert_eq!(slug("ISO/IEC TS 6254"), "iso-iec-ts-6254");
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,80}") {
        for found in find(&text, &known()) {
            prop_assert!(text.get(found.byte_start..found.byte_end).is_some());
            prop_assert!(found.start < found.end);
        }
    }

    #[test]
    fn any_mess_of_pieces_is_read(parts in proptest::collection::vec(prop_oneof![
        Just("ISO"), Just("IEC"), Just("/"), Just("-"), Just(":"), Just("42001"), Just("2023"), Just("BS"), Just("EN"), Just("NIST"),
        Just("SP"), Just("800"), Just("53"), Just("Rev."), Just("("), Just(")"), Just("EU"), Just("Regulation"), Just("Amd"), Just("1"),
        Just("CFR"), Just("."), Just(","), Just(" "), Just("and"), Just("C"), Just("PCI"), Just("DSS"), Just("v"), Just("SI"), Just("No")
    ], 0..30)) {
        find(&parts.concat(), &known());
        find(&parts.join(" "), &known());
    }

    #[test]
    fn canonical_forms_read_back_to_themselves(number in 1_001_u32..99_999, part in proptest::option::of(1_u8..20), year in proptest::option::of(1990_u16..2030), joint in any::<bool>()) {
        let publisher = if joint { "ISO/IEC" } else { "IEC" };
        let part = part.map_or_else(String::new, |part| format!("-{part}"));
        let year = year.map_or_else(String::new, |year| format!(":{year}"));
        let form = format!("{publisher} {number}{part}{year}");
        let read = read(&form, &KnownWorks::default());
        prop_assert_eq!(read.len(), 1);
        prop_assert_eq!(&read[0].canonical, &form);
        prop_assert_eq!(&read[0].work, &format!("{publisher} {number}{part}"));
    }
}
