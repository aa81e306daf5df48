//! Names of ISO standards as addresses (RFC 5141): `urn:iso:std:iso-iec:42005:ed-1:v1:en`.

use super::Hit;
use super::context::{Context, hit, year};
use super::token::{Cursor, Kind};

/// Reads the name with `urn:` or, as in addresses of the Online Browsing Platform, without.
pub(super) fn read(cursor: &mut Cursor<'_>, _context: &Context<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    if cursor.eat_word("urn") {
        cursor.eat_glued(':').then_some(())?;
    }
    for word in ["iso", "std"] {
        cursor.eat_word(word).then_some(())?;
        cursor.eat_glued(':').then_some(())?;
    }
    let mut publishers = Vec::new();
    loop {
        let word = cursor.word(0).to_ascii_uppercase();
        let known = matches!(
            word.as_str(),
            "ISO" | "IEC" | "IEEE" | "SAE" | "ASTM" | "IWA" | "CIE"
        );
        if !known || publishers.len() == 3 {
            return None;
        }
        cursor.at += 1;
        publishers.push(word);
        if !cursor.eat_glued('-') {
            break;
        }
    }
    cursor.eat_glued(':').then_some(())?;
    let publisher = publishers.join("/");
    let kind = match cursor.word(0).to_ascii_lowercase().as_str() {
        "ts" => Some("TS"),
        "tr" => Some("TR"),
        "pas" => Some("PAS"),
        "guide" => Some("Guide"),
        _ => None,
    };
    let head = match kind {
        Some(kind) => {
            cursor.at += 1;
            cursor.eat_glued(':').then_some(())?;
            let slash = publisher == "ISO" && kind != "Guide";
            format!("{publisher}{}{kind}", if slash { '/' } else { ' ' })
        }
        None => publisher,
    };
    let digits = cursor.take_digits().filter(|digits| digits.len() <= 5)?;
    let mut work = format!("{head} {digits}");
    let mut supplements = String::new();
    while cursor.is_sign(0, ':') && cursor.glued(0) {
        let mark = cursor.at;
        cursor.at += 1;
        if cursor.eat_glued('-') {
            let Some(part) = cursor.take_digits() else {
                continue;
            };
            work.push('-');
            work.push_str(part);
            while cursor.is_glued_number('-') && work.len() < 40 {
                work.push('-');
                work.push_str(cursor.digits(1));
                cursor.at += 2;
            }
            continue;
        }
        match cursor.word(0).to_ascii_lowercase().as_str() {
            name @ ("amd" | "cor" | "add") => {
                cursor.at += 1;
                supplements.push_str(&supplement(cursor, name)?);
            }
            "ed" | "stage" => {
                cursor.at += 1;
                let _ = cursor.eat_glued('-');
                cursor.take_dotted()?;
            }
            "v" => {
                cursor.at += 1;
                cursor.take_number()?;
            }
            // The language, or something of the page behind it.
            language if language.len() == 2 && cursor.peek(0).kind == Kind::Word => {
                cursor.at += 1;
            }
            _ => {
                cursor.at = mark;
                break;
            }
        }
    }
    Some(vec![hit(
        format!("{work}{supplements}"),
        work,
        start,
        cursor.taken(),
    )])
}

/// `:2021:v2` is the second supplement, of 2021 (rule 3); `:1` is the first, undated.
fn supplement(cursor: &mut Cursor<'_>, name: &str) -> Option<String> {
    let name = match name {
        "amd" => "Amd",
        "cor" => "Cor",
        _ => "Add",
    };
    cursor.eat_glued(':').then_some(())?;
    let digits = cursor.take_digits()?;
    let Some(year) = year(digits) else {
        return Some(format!("/{name} {digits}"));
    };
    if cursor.is_sign(0, ':') && cursor.is_word(1, "v") && !cursor.digits(2).is_empty() {
        let number = cursor.digits(2);
        cursor.at += 3;
        return Some(format!("/{name} {number}:{year}"));
    }
    Some(format!("/{name} 1:{year}"))
}
