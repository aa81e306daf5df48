//! NIST's series, and the schemes of industry: PCI DSS, SOC, CMMC, CIS, CSA, C5.

use super::tokens::Tokens;
use super::{Reading, Reference};

pub(super) fn read(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    nist(tokens, at)
        .or_else(|| pci(tokens, at))
        .or_else(|| soc(tokens, at))
        .or_else(|| cmmc(tokens, at))
        .or_else(|| controls(tokens, at))
}

fn nist(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    let named = tokens.is_exactly(at, &["NIST"]);
    let next = if named { tokens.past_dot(at + 1) } else { at };
    if let Some((reading, _)) = tokens
        .is_exactly(at, &["NISTIR"])
        .then(|| internal_report(tokens, at, at + 1))
        .flatten()
        .map(|reading| (reading, ()))
    {
        return Some(reading);
    }
    if tokens.is_exactly(next, &["SP"]) {
        return special_publication(tokens, at, tokens.past_dot(next + 1));
    }
    if tokens.is_word(next, &["Special"]) && tokens.is_word(next + 1, &["Publication"]) {
        return special_publication(tokens, at, next + 2);
    }
    if tokens.is_exactly(next, &["FIPS"]) {
        let mut number_at = next + 1;
        if tokens.is_exactly(number_at, &["PUB", "PUBS"]) {
            number_at += 1;
        }
        let number = tokens
            .number(number_at)
            .filter(|number| number.len() <= 3)?;
        let mut canonical = format!("FIPS {number}");
        let mut end = number_at + 1;
        if tokens.sign(end, &["-"])
            && !tokens.spaced(end)
            && let Some(revision) = tokens.number(end + 1)
        {
            canonical.push_str(&format!("-{revision}"));
            end += 2;
        }
        let (draft, end) = draft(tokens, end);
        let mut reference = Reference::plain(canonical, format!("FIPS {number}"));
        reference.stage = draft;
        return Some(Reading::one(reference, at, end));
    }
    if named && tokens.is_exactly(next, &["IR"]) {
        return internal_report(tokens, at, tokens.past_dot(next + 1));
    }
    if named && tokens.is_exactly(next, &["CSWP"]) {
        let number = tokens.number(next + 1)?;
        let reference = if number == "29" {
            Reference::plain("NIST CSF 2.0", "NIST CSF")
        } else {
            Reference::plain(format!("NIST CSWP {number}"), format!("NIST CSWP {number}"))
        };
        return Some(Reading::one(reference, at, next + 2));
    }
    if tokens.is_exactly(next, &["CSF"]) {
        let mut version_at = next + 1;
        if tokens.is_word(version_at, &["v", "version"]) {
            version_at += 1;
        }
        let (version, end) = tokens
            .version(version_at)
            .filter(|(version, _)| version.contains('.'))?;
        return Some(Reading::one(
            Reference::plain(format!("NIST CSF {version}"), "NIST CSF"),
            at,
            end,
        ));
    }
    if tokens.is_word(next, &["Cybersecurity"]) && tokens.is_word(next + 1, &["Framework"]) {
        let mut version_at = next + 2;
        if tokens.is_word(version_at, &["v", "version"]) {
            version_at += 1;
        }
        let (version, end) = tokens
            .version(version_at)
            .filter(|(version, _)| version.contains('.'))?;
        return Some(Reading::one(
            Reference::plain(format!("NIST CSF {version}"), "NIST CSF"),
            at,
            end,
        ));
    }
    if tokens.is_exactly(next, &["AI"]) && tokens.is_exactly(next + 1, &["RMF"]) {
        let (version, end) = tokens.version(next + 2)?;
        return (version == "1.0")
            .then(|| Reading::one(Reference::plain("NIST AI 100-1", "NIST AI 100-1"), at, end));
    }
    if named && tokens.is_exactly(next, &["AI"]) {
        let number = tokens.number(tokens.past_dot(next + 1))?;
        let mut end = tokens.past_dot(next + 1) + 1;
        if !tokens.sign(end, &["-"]) {
            return None;
        }
        let second = tokens.number(end + 1)?;
        end += 2;
        let work = format!("NIST AI {number}-{second}");
        let mut canonical = work.clone();
        if tokens.is_word(end, &["e", "ne"])
            && let Some(edition) = tokens.number(end + 1)
        {
            canonical.push_str(&format!(" E{edition}"));
            end += 2;
        }
        let (draft, end) = draft(tokens, end);
        let mut reference = Reference::plain(canonical, work);
        reference.stage = draft;
        return Some(Reading::one(reference, at, end));
    }
    // 800-53 alone is NIST's by its series.
    if !named && matches!(tokens.number(at), Some("800" | "1800")) {
        return special_publication(tokens, at, at);
    }
    None
}

/// From the series on: `800-53 Rev. 5`, `800-63-4`, `800-218A`, `800-53r5`.
fn special_publication(tokens: &Tokens<'_>, from: usize, at: usize) -> Option<Reading> {
    let series = tokens
        .number(at)
        .filter(|series| matches!(*series, "500" | "800" | "1800" | "1200" | "1300" | "1500"))?;
    if !tokens.sign(at + 1, &["-"]) || tokens.spaced(at + 1) || tokens.spaced(at + 2) {
        return None;
    }
    let number = tokens.number(at + 2).filter(|number| number.len() <= 3)?;
    let mut work = format!("NIST SP {series}-{number}");
    let mut next = at + 3;
    let mut revision = String::new();
    if let Some(letter) = tokens.word(next).filter(|_| !tokens.spaced(next)) {
        if letter.len() == 1 && letter.chars().all(|c| c.is_ascii_uppercase()) {
            work.push_str(letter);
            next += 1;
        } else if letter == "r"
            && let Some(number) = tokens.number(next + 1)
        {
            revision = format!(" Rev. {number}");
            next += 2;
        }
    }
    if revision.is_empty()
        && tokens.sign(next, &["-"])
        && !tokens.spaced(next)
        && !tokens.spaced(next + 1)
        && let Some(number) = tokens.number(next + 1).filter(|number| number.len() == 1)
    {
        // The newer style keeps its revision as a suffix.
        revision = format!("-{number}");
        next += 2;
    } else if revision.is_empty() && tokens.is_word(next, &["Rev", "Revision", "r"]) {
        let number_at = tokens.past_dot(next + 1);
        if let Some(number) = tokens.number(number_at).filter(|number| number.len() <= 2) {
            revision = format!(" Rev. {number}");
            next = number_at + 1;
        }
    }
    // 800-555-0199 is a telephone's number.
    if tokens.unit_follows(next)
        || (tokens.sign(next, &["-"])
            && tokens.number(next + 1).is_some()
            && !tokens.spaced(next + 1))
    {
        return None;
    }
    let (draft, next) = draft(tokens, next);
    let mut reference = Reference::plain(format!("{work}{revision}"), work);
    reference.stage = draft;
    Some(Reading::one(reference, from, next))
}

fn internal_report(tokens: &Tokens<'_>, from: usize, at: usize) -> Option<Reading> {
    let number = tokens.number(at).filter(|number| number.len() == 4)?;
    let mut work = format!("NIST IR {number}");
    let mut next = at + 1;
    if let Some(letter) = tokens
        .word(next)
        .filter(|letter| !tokens.spaced(next) && letter.len() == 1)
    {
        work.push_str(letter);
        next += 1;
    }
    let mut canonical = work.clone();
    if tokens.is_word(next, &["Rev", "Revision", "r"])
        && let Some(number) = tokens.number(tokens.past_dot(next + 1))
    {
        canonical.push_str(&format!(" Rev. {number}"));
        next = tokens.past_dot(next + 1) + 1;
    }
    let (draft, next) = draft(tokens, next);
    let mut reference = Reference::plain(canonical, work);
    reference.stage = draft;
    Some(Reading::one(reference, from, next))
}

/// `ipd`, `2pd`, `fpd`, `iprd`
fn draft(tokens: &Tokens<'_>, at: usize) -> (Option<String>, usize) {
    if tokens.is_word(at, &["ipd", "fpd", "iprd"]) {
        return (tokens.word(at).map(str::to_ascii_lowercase), at + 1);
    }
    if tokens.number(at).is_some_and(|number| number.len() == 1)
        && tokens.is_exactly(at + 1, &["pd"])
        && !tokens.spaced(at + 1)
    {
        return (
            tokens.number(at).map(|number| format!("{number}pd")),
            at + 2,
        );
    }
    (None, at)
}

fn pci(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    if !tokens.is_exactly(at, &["PCI"]) {
        return None;
    }
    let mut next = at + 1;
    if tokens.sign(next, &["-"]) {
        next += 1;
    }
    let name = tokens
        .word(next)
        .filter(|name| matches!(*name, "DSS" | "PIN" | "SSF" | "P2PE"))?;
    next += 1;
    if tokens.is_word(next, &["v", "version"]) {
        next += 1;
    }
    let (version, end) = tokens.version(next)?;
    if tokens.unit_follows(end) {
        return None;
    }
    Some(Reading::one(
        Reference::plain(format!("PCI {name} v{version}"), format!("PCI {name}")),
        at,
        end,
    ))
}

fn soc(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    if !tokens.is_exactly(at, &["SOC"]) {
        return None;
    }
    let mut next = at + 1;
    if tokens.sign(next, &["-"]) {
        next += 1;
    }
    let number = tokens
        .number(next)
        .filter(|number| matches!(*number, "1" | "2" | "3"))?;
    // "SOC 2.5" and "SOC 2%" are something else.
    if (tokens.sign(next + 1, &["."])
        && !tokens.spaced(next + 2)
        && tokens.number(next + 2).is_some())
        || tokens.unit_follows(next + 1)
    {
        return None;
    }
    let work = format!("SOC {number}");
    let mut canonical = work.clone();
    let mut end = next + 1;
    if tokens.sign(end, &["+"]) {
        end += 1;
    }
    if tokens.is_word(end, &["Type"]) {
        let kind = match (tokens.word(end + 1), tokens.number(end + 1)) {
            (Some("I"), _) | (_, Some("1")) => Some("1"),
            (Some("II"), _) | (_, Some("2")) => Some("2"),
            _ => None,
        };
        if let Some(kind) = kind {
            canonical.push_str(&format!(" Type {kind}"));
            end += 2;
        }
    }
    Some(Reading::one(Reference::plain(canonical, work), at, end))
}

fn cmmc(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    if !tokens.is_exactly(at, &["CMMC"]) {
        return None;
    }
    if tokens.is_word(at + 1, &["Level", "L"])
        && let Some(level) = tokens
            .number(at + 2)
            .filter(|level| matches!(*level, "1" | "2" | "3"))
    {
        return Some(Reading::one(
            Reference::plain(format!("CMMC Level {level}"), "CMMC"),
            at,
            at + 3,
        ));
    }
    let version_at = if tokens.is_word(at + 1, &["v", "version"]) {
        at + 2
    } else {
        at + 1
    };
    let (version, end) = tokens
        .version(version_at)
        .filter(|(version, _)| version.contains('.'))?;
    Some(Reading::one(
        Reference::plain(format!("CMMC {version}"), "CMMC"),
        at,
        end,
    ))
}

/// CIS Controls, CSA CCM and AICM, BSI C5.
fn controls(tokens: &Tokens<'_>, at: usize) -> Option<Reading> {
    let versioned = |next: usize| {
        let next = if tokens.is_word(next, &["v", "version"]) {
            next + 1
        } else {
            next
        };
        tokens.version(next)
    };
    if tokens.is_exactly(at, &["CIS"]) {
        let mut next = at + 1;
        if tokens.is_word(next, &["Critical"]) {
            next += 1;
        }
        if tokens.is_word(next, &["Security"]) {
            next += 1;
        }
        if !tokens.is_word(next, &["Controls"]) {
            return None;
        }
        let (version, end) = versioned(next + 1)?;
        return Some(Reading::one(
            Reference::plain(format!("CIS Controls v{version}"), "CIS Controls"),
            at,
            end,
        ));
    }
    if tokens.is_exactly(at, &["CSA"])
        && let Some(name) = tokens
            .word(at + 1)
            .filter(|name| matches!(*name, "CCM" | "AICM" | "CAIQ"))
    {
        let (version, end) = versioned(at + 2)?;
        return Some(Reading::one(
            Reference::plain(format!("CSA {name} v{version}"), format!("CSA {name}")),
            at,
            end,
        ));
    }
    if tokens.is_exactly(at, &["BSI"])
        && tokens.is_exactly(at + 1, &["C"])
        && tokens.number(at + 2) == Some("5")
        && !tokens.spaced(at + 2)
    {
        if tokens.sign(at + 3, &[":"])
            && let Some(year) = tokens.year(at + 4)
        {
            return Some(Reading::one(
                Reference::plain(format!("BSI C5:{year}"), "BSI C5"),
                at,
                at + 5,
            ));
        }
        return Some(Reading::one(
            Reference::plain("BSI C5", "BSI C5"),
            at,
            at + 3,
        ));
    }
    None
}
