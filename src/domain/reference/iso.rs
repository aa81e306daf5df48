//! ISO, IEC and their co-publishers; national and European adoptions; European standards.

use super::tokens::Tokens;
use super::{Reading, Reference};

/// Prefixes by which national and regional bodies publish the same text.
const ADOPTIONS: &[&str] = &[
    "BS", "DIN", "NF", "UNI", "CEI", "UNE", "NEN", "ÖNORM", "OENORM", "SN", "SS", "DS", "AS",
    "NZS", "KS", "ABNT", "NBR", "CAN", "ANSI", "INCITS", "ČSN", "CSN", "PN", "NBN", "SIST", "SRPS",
    "MSZ", "SFS", "NS", "STN", "EVS", "LVS", "LST", "PD", "TS", "SI", "IS",
];
const PUBLISHERS: &[&str] = &[
    "ISO", "IEC", "IEEE", "SAE", "ASTM", "CIE", "ITU", "OECD", "HL",
];
const TYPES: &[&str] = &["TS", "TR", "PAS", "ISP"];
const STAGES: &[&str] = &[
    "PWI", "NP", "NWIP", "AWI", "WD", "CD", "CDV", "DIS", "FDIS", "PRF", "DTS", "DTR", "DPAS",
    "DAM", "FDAM",
];
/// The film-speed series (ISO 5800): a bare one of these is more often a camera's.
const FILM_SPEEDS: &[u32] = &[
    25, 32, 40, 50, 64, 80, 100, 125, 160, 200, 250, 320, 400, 500, 640, 800, 1_000, 1_250, 1_600,
    2_000, 2_500, 3_200, 4_000, 5_000, 6_400, 8_000, 10_000, 12_800, 25_600,
];

pub(super) fn read(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    urn(tokens, at)
        .or_else(|| japanese_or_chinese(tokens, at))
        .or_else(|| cen_report(tokens, at))
        .or_else(|| etsi(tokens, at))
        .or_else(|| with_prefixes(tokens, at))
}

/// Adoption prefixes, then a European standard, an international one, or nothing we know.
fn with_prefixes(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    let mut adoption: Vec<String> = Vec::new();
    let mut next = at;
    loop {
        // I.S. EN ISO …
        if tokens.is_exactly(next, &["I"])
            && tokens.sign(next + 1, &["."])
            && tokens.is_exactly(next + 2, &["S"])
            && tokens.sign(next + 3, &["."])
        {
            adoption.push("I.S.".to_owned());
            next += 4;
        } else if let Some(word) = tokens.word(next)
            && ADOPTIONS.contains(&word)
            && adoption.len() < 4
        {
            adoption.push(word.to_owned());
            next += 1;
        } else {
            break;
        }
        if tokens.sign(next, &["-", "/"]) && tokens.word(next + 1).is_some() {
            next += 1;
        }
    }
    // AS/NZS, CAN/CSA and ANSI/INCITS are one prefix each.
    for (first, second) in [
        ("AS", "NZS"),
        ("CAN", "CSA"),
        ("ANSI", "INCITS"),
        ("ABNT", "NBR"),
    ] {
        let glue = if first == "ABNT" { ' ' } else { '/' };
        if let Some(place) = adoption
            .windows(2)
            .position(|pair| pair[0] == first && pair[1] == second)
        {
            adoption.splice(place..place + 2, [format!("{first}{glue}{second}")]);
        }
    }
    if adoption.last().is_some_and(|last| last == "CAN") && tokens.is_exactly(next, &["CSA"]) {
        adoption.pop();
        adoption.push("CAN/CSA".to_owned());
        next += 1;
        if tokens.sign(next, &["-", "/"]) {
            next += 1;
        }
    }
    let draft = match tokens.word(next) {
        Some("EN") => Some(None),
        Some(stage @ ("prEN" | "FprEN" | "prTS")) => Some(Some(stage)),
        _ => None,
    };
    if let Some(stage) = draft {
        let mut after = next + 1;
        if tokens.sign(after, &["-", "/"]) && tokens.word(after + 1).is_some() {
            after += 1;
        }
        if tokens.is_exactly(after, PUBLISHERS) {
            // EN ISO …: Europe's adoption of an international text.
            let mut outer = adoption;
            outer.push(stage.unwrap_or("EN").to_owned());
            return international(tokens, at, after, outer);
        }
        return european(tokens, at, after, stage, &adoption);
    }
    if tokens.is_exactly(next, PUBLISHERS)
        || tokens.is_word(next, &["ISO"])
        || tokens.is_exactly(next, &["ISA", "IWA"])
    {
        return international(tokens, at, next, adoption);
    }
    // A national standard of its own: BS 7799, DIN 66398.
    if let [only] = adoption.as_slice()
        && matches!(
            only.as_str(),
            "BS" | "DIN" | "UNE" | "NEN" | "ÖNORM" | "PN" | "AS" | "AS/NZS" | "NF"
        )
        && let Some(number) = tokens.number(next)
        && (3..=6).contains(&number.len())
        && !tokens.unit_follows(next + 1)
        && at + 1 == next
    {
        let (suffix, end, year) = part_and_year(tokens, next + 1);
        let work = format!("{only} {number}{suffix}");
        return Some(Reading::one(
            Reference::plain(format!("{work}{year}"), work),
            at,
            end,
        ));
    }
    None
}

/// `-1`, `:2015`, `(2015)`, `:2024-01`: the part, where it ends, and the year as written in a
/// canonical form.
fn part_and_year(tokens: &Tokens<'_>, at: usize) -> (String, usize, String) {
    let mut part = String::new();
    let mut next = at;
    while tokens.sign(next, &["-"])
        && !tokens.spaced(next)
        && !tokens.spaced(next + 1)
        && let Some(number) = tokens.number(next + 1)
        && number.len() <= 4
        && part.len() < 12
    {
        // "ISO 9001-2015" writes its year with a hyphen; no part is numbered so.
        if tokens.year(next + 1).is_some() && part.is_empty() {
            return (part, next + 2, format!(":{number}"));
        }
        part.push('-');
        part.push_str(number);
        next += 2;
    }
    let mut year = String::new();
    if tokens.sign(next, &[":"])
        && !tokens.spaced(next)
        && let Some(number) = tokens.year(next + 1)
    {
        year = format!(":{number}");
        next += 2;
        // A month is no part of an edition.
        if tokens.sign(next, &["-"])
            && !tokens.spaced(next)
            && !tokens.spaced(next + 1)
            && tokens
                .number(next + 1)
                .is_some_and(|month| month.len() == 2)
        {
            next += 2;
        }
    } else if tokens.sign(next, &["("])
        && tokens.sign(next + 2, &[")"])
        && let Some(number) = tokens.year(next + 1)
    {
        year = format!(":{number}");
        next += 3;
    }
    (part, next, year)
}

/// An international standard from its first publisher on.
fn international(
    tokens: &Tokens<'_>,
    from: usize,
    at: usize,
    adoption: Vec<String>,
) -> Option<Reading> {
    let mut publishers: Vec<&str> = Vec::new();
    let mut next = at;
    if tokens.is_exactly(next, &["IWA"]) {
        let number = tokens.number(next + 1)?;
        let (part, end, year) = part_and_year(tokens, next + 2);
        let work = format!("IWA {number}{part}");
        return Some(Reading::one(
            Reference::plain(format!("{work}{year}"), work),
            from,
            end,
        ));
    }
    if tokens.is_exactly(next, &["ISA"]) {
        // ISA/IEC 62443 is IEC's by number.
        next += 1;
        if !tokens.sign(next, &["/", "-"]) {
            return None;
        }
        next += 1;
        if !tokens.is_exactly(next, &["IEC"]) {
            return None;
        }
    }
    while let Some(word) = tokens.word(next) {
        let upper = PUBLISHERS
            .iter()
            .copied()
            .find(|publisher| word.eq_ignore_ascii_case(publisher));
        let Some(publisher) =
            upper.filter(|_| publishers.is_empty() || word.chars().all(char::is_uppercase))
        else {
            break;
        };
        if publishers.contains(&publisher) {
            break;
        }
        publishers.push(publisher);
        next += 1;
        if tokens.sign(next, &["/", "-"]) {
            let joined = tokens.word(next + 1).is_some() || tokens.number(next + 1).is_some();
            if !joined {
                break;
            }
            next += 1;
        }
    }
    // "iso 27001" in small letters is how people type; "ieee" or "sae" so is not a citation.
    if publishers.is_empty()
        || (tokens
            .word(at)
            .is_some_and(|word| word.chars().any(char::is_lowercase))
            && publishers != ["ISO"])
    {
        return None;
    }
    let mut stage: Option<&str> = None;
    let mut kind: Option<&str> = None;
    for _ in 0..3 {
        let Some(word) = tokens.word(next) else { break };
        if STAGES.contains(&word) && stage.is_none() {
            stage = Some(word);
        } else if TYPES.contains(&word) && kind.is_none() {
            kind = Some(word);
        } else if matches!(word, "Guide" | "GUIDE") && kind.is_none() {
            kind = Some("Guide");
        } else {
            break;
        }
        next += 1;
        if tokens.sign(next, &["/", "-"]) && !tokens.spaced(next) {
            next += 1;
        }
    }
    // A draft of a specification or report carries its type in its stage.
    let typed = match stage {
        Some("DTS") => Some("TS"),
        Some("DTR") => Some("TR"),
        Some("DPAS") => Some("PAS"),
        _ => kind,
    };
    let mut references = Vec::new();
    let mut first = from;
    loop {
        let number = tokens.number(next)?;
        let value: u32 = number.parse().ok()?;
        let least = if typed == Some("Guide") || publishers.len() > 1 {
            1
        } else {
            2
        };
        if number.len() < least || number.len() > 6 {
            return finished(references, first);
        }
        let (part, mut end, mut year) = part_and_year(tokens, next + 1);
        // The second committee draft is ".2".
        let mut iteration = String::new();
        if stage.is_some()
            && year.is_empty()
            && tokens.sign(end, &["."])
            && !tokens.spaced(end)
            && !tokens.spaced(end + 1)
            && let Some(again) = tokens.number(end + 1).filter(|again| again.len() == 1)
        {
            iteration = format!(".{again}");
            end += 2;
            if tokens.sign(end, &[":"])
                && let Some(number) = tokens.year(end + 1)
            {
                year = format!(":{number}");
                end += 2;
            }
        }
        let bare = publishers == ["ISO"]
            && adoption.is_empty()
            && typed.is_none()
            && stage.is_none()
            && part.is_empty()
            && year.is_empty();
        if bare
            && references.is_empty()
            && FILM_SPEEDS.contains(&value)
            && !tokens.near(
                next,
                8,
                &[
                    "standard",
                    "certif",
                    "conform",
                    "edition",
                    "publish",
                    "requirement",
                    "clause",
                    "management",
                ],
            )
        {
            return None;
        }
        if bare && tokens.unit_follows(end) {
            return finished(references, first);
        }
        let mut all_parts = "";
        if tokens.sign(end, &["("])
            && tokens.is_word(end + 1, &["all"])
            && tokens.is_word(end + 2, &["parts"])
            && tokens.sign(end + 3, &[")"])
        {
            all_parts = " (all parts)";
            end += 4;
        }
        // "(E)", "(en)", ":ed-1:v1" say a language or a printing.
        if tokens.sign(end, &["("])
            && tokens.is_word(end + 1, &["E", "F", "R", "en", "fr"])
            && tokens.sign(end + 2, &[")"])
        {
            end += 3;
        }
        end = past_printing(tokens, end);
        let (supplements, end) = supplements(tokens, end);
        let owner = owner(tokens, &publishers, typed, number, &part);
        let name = |with_stage: bool| {
            let mut name = owner.join("/");
            let shown_stage = stage.filter(|_| with_stage);
            let mut glue = '/';
            // Joint documents have a space, ISO alone a slash; IEC a slash before the stage only.
            if owner.len() > 1
                || !adoption.is_empty() && with_stage && shown_stage.is_none() && owner.len() > 1
            {
                glue = ' ';
            }
            if let Some(stage) = shown_stage {
                name.push(glue);
                name.push_str(stage);
            }
            let own_type =
                typed.filter(|_| !with_stage || !matches!(stage, Some("DTS" | "DTR" | "DPAS")));
            if let Some(kind) = own_type {
                let glue = if kind == "Guide"
                    || owner == ["IEC"]
                    || owner.len() > 1
                    || shown_stage.is_some()
                {
                    ' '
                } else {
                    '/'
                };
                name.push(glue);
                name.push_str(kind);
            }
            name
        };
        let prefix = if adoption.is_empty() {
            String::new()
        } else {
            format!("{} ", adoption.join(" "))
        };
        references.push((
            Reference {
                canonical: format!(
                    "{prefix}{} {number}{part}{iteration}{year}{all_parts}{supplements}",
                    name(true)
                ),
                work: format!("{} {number}{part}", name(false)),
                stage: stage.map(str::to_owned),
                adoption: adoption.clone(),
            },
            first,
            end,
        ));
        // Lists share their publisher: "27001/27002", "42001, 42005 and 42006".
        let mut more = end;
        if tokens.sign(more, &["/"]) && !tokens.spaced(more) && !tokens.spaced(more + 1) {
            more += 1;
        } else {
            if tokens.sign(more, &[","]) {
                more += 1;
            }
            if tokens.is_word(more, &["and", "or", "und", "et", "y", "e", "en", "i"])
                || tokens.sign(more, &["&"])
            {
                more += 1;
            }
            if more == end || !tokens.spaced(more) {
                return finished(references, end);
            }
        }
        let another = tokens
            .number(more)
            .is_some_and(|number| (4..=5).contains(&number.len()) && tokens.year(more).is_none());
        if !another || references.len() >= 20 || tokens.unit_follows(more + 1) {
            return finished(references, end);
        }
        first = more;
        next = more;
    }
}

fn finished(references: Vec<(Reference, usize, usize)>, _: usize) -> Option<Reading> {
    let next = references.last().map(|(_, _, end)| *end)?;
    Some(Reading { references, next })
}

/// The publishers of a work: ISO alone becomes ISO/IEC where the library knows the work only so.
fn owner<'p>(
    tokens: &Tokens<'_>,
    publishers: &[&'p str],
    typed: Option<&str>,
    number: &str,
    part: &str,
) -> Vec<&'p str> {
    if publishers == ["ISO"] {
        let joint = match typed {
            Some(kind) => format!("ISO/IEC {kind} {number}{part}"),
            None => format!("ISO/IEC {number}{part}"),
        };
        let alone = match typed {
            Some(kind) => format!("ISO/{kind} {number}{part}"),
            None => format!("ISO {number}{part}"),
        };
        if tokens.known.contains(&joint) && !tokens.known.contains(&alone) {
            return vec!["ISO", "IEC"];
        }
    }
    publishers.to_vec()
}

/// `:ed-1:v1:en`
fn past_printing(tokens: &Tokens<'_>, at: usize) -> usize {
    let mut next = at;
    while tokens.sign(next, &[":"]) && !tokens.spaced(next + 1) {
        if tokens.is_word(next + 1, &["ed"])
            && tokens.sign(next + 2, &["-"])
            && tokens.number(next + 3).is_some()
        {
            next += 4;
        } else if tokens.is_word(next + 1, &["v"]) && tokens.number(next + 2).is_some() {
            next += 3;
        } else if tokens.is_word(next + 1, &["en", "fr"]) {
            next += 2;
        } else {
            break;
        }
    }
    next
}

/// `/Amd 1:2024`, `/FDAmd 1`, `+A1:2024`, `:amd:2021:v2`: as they stand in a canonical form.
fn supplements(tokens: &Tokens<'_>, at: usize) -> (String, usize) {
    let mut out = String::new();
    let mut next = at;
    for _ in 0..4 {
        if tokens.sign(next, &[":"])
            && tokens.is_word(next + 1, &["amd", "cor"])
            && tokens.sign(next + 2, &[":"])
            && let Some(year) = tokens.year(next + 3)
            && tokens.sign(next + 4, &[":"])
            && tokens.is_word(next + 5, &["v"])
            && let Some(number) = tokens.number(next + 6)
        {
            let name = if tokens.is_word(next + 1, &["amd"]) {
                "Amd"
            } else {
                "Cor"
            };
            out.push_str(&format!("/{name} {number}:{year}"));
            next += 7;
            continue;
        }
        // +A1:2024 is a consolidated text, /A1:2024 a separate amendment.
        if tokens.sign(next, &["+", "/"])
            && tokens.is_exactly(next + 1, &["A", "AC"])
            && !tokens.spaced(next + 1)
        {
            let sign = if tokens.sign(next, &["+"]) { '+' } else { '/' };
            let word = tokens.word(next + 1).unwrap_or("A");
            let mut end = next + 2;
            let mut text = format!("{sign}{word}");
            if let Some(number) = tokens.number(end).filter(|_| !tokens.spaced(end)) {
                text.push_str(number);
                end += 1;
            }
            if tokens.sign(end, &[":"])
                && let Some(year) = tokens.year(end + 1)
            {
                text.push_str(&format!(":{year}"));
                end += 2;
            }
            if text.len() > 2 || word == "AC" {
                out.push_str(&text);
                next = end;
                continue;
            }
            break;
        }
        let mut word_at = next;
        if tokens.sign(word_at, &["/", "+"]) {
            word_at += 1;
        } else if !tokens.spaced(word_at) {
            break;
        }
        let committee =
            tokens.is_exactly(word_at, &["CD"]) && tokens.is_word(word_at + 1, &["Amd"]);
        if committee {
            word_at += 1;
        }
        let name = match tokens.word(word_at).map(str::to_ascii_lowercase).as_deref() {
            Some("amd" | "amendment") if committee => "CD Amd",
            Some("amd" | "amendment") => "Amd",
            Some("cor" | "corrigendum") => "Cor",
            Some("dam" | "damd") => "DAM",
            Some("fdam" | "fdamd") => "FDAM",
            _ => break,
        };
        let number_at = tokens.past_dot(word_at + 1);
        let Some(number) = tokens.number(number_at).filter(|number| number.len() <= 2) else {
            break;
        };
        out.push_str(&format!("/{name} {number}"));
        next = number_at + 1;
        if tokens.sign(next, &[":"])
            && let Some(year) = tokens.year(next + 1)
        {
            out.push_str(&format!(":{year}"));
            next += 2;
        }
    }
    (out, next)
}

/// A European standard from its number on: `EN 18286`, `EN 303 645`.
fn european(
    tokens: &Tokens<'_>,
    from: usize,
    at: usize,
    stage: Option<&str>,
    adoption: &[String],
) -> Option<Reading> {
    let number = tokens.number(at)?;
    // Six-digit numbers from 300 000 on are ETSI's.
    if number.len() == 3
        && number.starts_with('3')
        && let Some(second) = tokens.number(at + 1).filter(|second| second.len() == 3)
    {
        return etsi_number(tokens, from, at, "EN", number, second);
    }
    if !(2..=6).contains(&number.len()) || tokens.unit_follows(at + 1) {
        return None;
    }
    let (part, end, year) = part_and_year(tokens, at + 1);
    let (supplements, end) = supplements(tokens, end);
    let prefix = if adoption.is_empty() {
        String::new()
    } else {
        format!("{} ", adoption.join(" "))
    };
    let name = match stage {
        Some("prTS") => "prTS",
        Some(stage) => stage,
        None => "EN",
    };
    Some(Reading::one(
        Reference {
            canonical: format!("{prefix}{name} {number}{part}{year}{supplements}"),
            work: format!(
                "{} {number}{part}",
                if stage == Some("prTS") { "TS" } else { "EN" }
            ),
            stage: stage.map(str::to_owned),
            adoption: adoption.to_vec(),
        },
        from,
        end,
    ))
}

/// `ETSI EN 304 223 V2.1.1 (2025-12)`
fn etsi(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    if !tokens.is_exactly(at, &["ETSI"]) {
        return None;
    }
    let kind = tokens
        .word(at + 1)
        .filter(|kind| matches!(*kind, "EN" | "TS" | "TR" | "ES" | "EG" | "GS" | "GR" | "SR"))?;
    let first = tokens.number(at + 2).filter(|first| first.len() == 3)?;
    let second = tokens.number(at + 3).filter(|second| second.len() == 3)?;
    etsi_number(tokens, at, at + 2, kind, first, second)
}

fn etsi_number(
    tokens: &Tokens<'_>,
    from: usize,
    at: usize,
    kind: &str,
    first: &str,
    second: &str,
) -> Option<Reading> {
    let (part, mut end, _) = part_and_year(tokens, at + 2);
    let mut version = String::new();
    if tokens.is_word(end, &["V"])
        && !tokens.spaced(end + 1)
        && let Some((text, next)) = tokens.version(end + 1)
    {
        version = format!(" V{text}");
        end = next;
    }
    if tokens.sign(end, &["("])
        && tokens.year(end + 1).is_some()
        && tokens.sign(end + 2, &["-"])
        && tokens.sign(end + 4, &[")"])
    {
        end += 5;
    }
    let work = format!("ETSI {kind} {first} {second}{part}");
    Some(Reading::one(
        Reference::plain(format!("{work}{version}"), work),
        from,
        end,
    ))
}

/// `CEN/CLC/TR 17894`, `CEN/TS 16931-2`
fn cen_report(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    if !tokens.is_exactly(at, &["CEN", "CLC", "CENELEC"]) {
        return None;
    }
    let mut name = tokens.word(at)?.to_owned();
    let mut next = at + 1;
    let mut typed = false;
    while tokens.sign(next, &["/"])
        && let Some(word) = tokens.word(next + 1)
    {
        if !matches!(word, "CLC" | "CENELEC" | "TR" | "TS" | "Guide" | "CWA") {
            return None;
        }
        typed = matches!(word, "TR" | "TS" | "Guide" | "CWA");
        name.push('/');
        name.push_str(word);
        next += 2;
    }
    let number = tokens.number(next).filter(|_| typed)?;
    let (part, end, year) = part_and_year(tokens, next + 1);
    let work = format!("{name} {number}{part}");
    Some(Reading::one(
        Reference::plain(format!("{work}{year}"), work),
        at,
        end,
    ))
}

/// `JIS Q 27002`, `GB/T 22080-2016`
fn japanese_or_chinese(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    if tokens.is_exactly(at, &["JIS"])
        && let Some(letter) = tokens.word(at + 1).filter(|letter| letter.len() == 1)
        && let Some(number) = tokens.number(at + 2)
    {
        let (part, end, year) = part_and_year(tokens, at + 3);
        let own = format!("JIS {letter} {number}{part}");
        let work = ["ISO/IEC", "ISO"]
            .iter()
            .map(|publisher| format!("{publisher} {number}{part}"))
            .find(|work| tokens.known.contains(work))
            .unwrap_or_else(|| own.clone());
        let adoption = if work == own {
            Vec::new()
        } else {
            vec!["JIS".to_owned()]
        };
        return Some(Reading::one(
            Reference {
                canonical: format!("{own}{year}"),
                work,
                stage: None,
                adoption,
            },
            at,
            end,
        ));
    }
    if tokens.is_exactly(at, &["GB"]) {
        let (name, next) = if tokens.sign(at + 1, &["/"]) && tokens.is_exactly(at + 2, &["T", "Z"])
        {
            (format!("GB/{}", tokens.word(at + 2)?), at + 3)
        } else {
            ("GB".to_owned(), at + 1)
        };
        let number = tokens.number(next).filter(|number| number.len() >= 4)?;
        let (part, end, year) = part_and_year(tokens, next + 1);
        let work = format!("{name} {number}{part}");
        return Some(Reading::one(
            Reference::plain(format!("{work}{year}"), work),
            at,
            end,
        ));
    }
    None
}

/// `urn:iso:std:iso-iec:42005:ed-1:v1`
fn urn(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    if !(tokens.is_word(at, &["urn"])
        && tokens.is_word(at + 2, &["iso", "iec"])
        && tokens.is_word(at + 4, &["std"]))
    {
        return None;
    }
    let mut next = at + 6;
    let mut publishers = Vec::new();
    while let Some(word) = tokens.word(next) {
        let upper = word.to_ascii_uppercase();
        let Some(publisher) = PUBLISHERS
            .iter()
            .copied()
            .find(|publisher| *publisher == upper)
        else {
            break;
        };
        publishers.push(publisher);
        next += 1;
        if tokens.sign(next, &["-"]) {
            next += 1;
        }
    }
    let mut kind = String::new();
    while tokens.sign(next, &[":"]) {
        next += 1;
        match tokens.word(next).map(str::to_ascii_uppercase) {
            Some(word) if matches!(word.as_str(), "TS" | "TR" | "PAS") => {
                kind = word;
                next += 1;
            }
            _ => break,
        }
    }
    let number = tokens.number(next)?;
    let mut part = String::new();
    let mut end = next + 1;
    if tokens.sign(end, &[":"])
        && tokens.sign(end + 1, &["-"])
        && let Some(number) = tokens.number(end + 2)
    {
        part = format!("-{number}");
        end += 3;
    }
    let mut year = String::new();
    if tokens.sign(end, &[":"])
        && let Some(number) = tokens.year(end + 1)
    {
        year = format!(":{number}");
        end += 2;
    }
    let end = past_printing(tokens, end);
    let (supplements, end) = supplements(tokens, end);
    let owner = publishers.join("/");
    let glue = if kind.is_empty() {
        ""
    } else if publishers.len() > 1 {
        " "
    } else {
        "/"
    };
    if owner.is_empty() {
        return None;
    }
    let work = format!("{owner}{glue}{kind} {number}{part}");
    Some(Reading::one(
        Reference::plain(format!("{work}{year}{supplements}"), work),
        at,
        end,
    ))
}
