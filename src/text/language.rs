//! The language of a text, only where it is sure.

use whatlang::Lang;

/// The language (ISO 639-1), by the text where it is long enough to tell, else as the publisher
/// or the source says.
pub fn detect(text: &str, fallback: Option<&str>) -> Option<String> {
    let stated = fallback.and_then(code);
    // 40 characters are what the detector needs at the least; below, it is often sure and wrong.
    if text.chars().filter(|c| c.is_alphabetic()).take(40).count() < 40 {
        return stated.or_else(|| by_script(text));
    }
    let head: String = text.chars().take(300).collect();
    // Where the text has the little words of the language that is stated, it is that language;
    // the detector costs more than all other tagging together.
    if let Some(stated) = &stated
        && speaks(&head, stated)
    {
        return Some(stated.clone());
    }
    match whatlang::detect(&head) {
        Some(found) if found.is_reliable() => short(found.lang()).map(str::to_owned).or(stated),
        _ => stated.or_else(|| by_script(text)),
    }
}

/// The commonest little words of a language that its neighbours do not share.
const LITTLE: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "the", "and", "of", "to", "for", "with", "is", "by", "that", "from",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "und", "das", "zur", "für", "von", "mit", "den", "ist",
        ],
    ),
    (
        "fr",
        &[
            "les", "des", "et", "du", "aux", "pour", "dans", "est", "une", "sur",
        ],
    ),
    (
        "es",
        &[
            "los", "las", "el", "para", "por", "del", "una", "sobre", "con", "y",
        ],
    ),
    (
        "it",
        &[
            "il", "gli", "della", "delle", "per", "di", "che", "nel", "con", "sono",
        ],
    ),
    (
        "nl",
        &[
            "het", "een", "van", "voor", "met", "zijn", "aan", "niet", "ook", "bij",
        ],
    ),
    (
        "pt",
        &[
            "os", "das", "dos", "para", "uma", "não", "pela", "pelo", "com", "às",
        ],
    ),
    (
        "pl",
        &[
            "oraz", "dla", "przez", "jest", "się", "nie", "na", "od", "do", "po",
        ],
    ),
];

/// Whether three different little words of the language stand in the text.
fn speaks(text: &str, language: &str) -> bool {
    let Some((_, little)) = LITTLE.iter().find(|(code, _)| *code == language) else {
        return false;
    };
    let mut seen = 0_u16;
    for word in text.split(|c: char| !c.is_alphabetic()) {
        if let Some(place) = little
            .iter()
            .position(|other| word.eq_ignore_ascii_case(other))
        {
            seen |= 1 << place;
            if seen.count_ones() >= 3 {
                return true;
            }
        }
    }
    false
}

/// Where the script alone decides.
fn by_script(text: &str) -> Option<String> {
    text.chars().find_map(|c| match c {
        '\u{e00}'..='\u{e7f}' => Some("th".to_owned()),
        '\u{ac00}'..='\u{d7af}' => Some("ko".to_owned()),
        '\u{3040}'..='\u{30ff}' => Some("ja".to_owned()),
        '\u{370}'..='\u{3ff}' => Some("el".to_owned()),
        _ => None,
    })
}

/// `en-GB` -> `en`; anything that is no language code is none.
fn code(text: &str) -> Option<String> {
    let first = text.split(['-', '_']).next()?.trim().to_ascii_lowercase();
    (matches!(first.len(), 2 | 3) && first.bytes().all(|b| b.is_ascii_lowercase())).then_some(first)
}

fn short(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Ita => "it",
        Lang::Por => "pt",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "no",
        Lang::Fin => "fi",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Bul => "bg",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Ell => "el",
        Lang::Est => "et",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Tur => "tr",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Ara => "ar",
        Lang::Heb => "he",
        Lang::Pes => "fa",
        Lang::Hin => "hi",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Tha => "th",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        Lang::Cat => "ca",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_sure() {
        for (text, fallback, expected) in [
            ("FCA fine", Some("en-GB"), Some("en")),
            ("FCA fine", None, None),
            (
                "Die Aufsicht hat heute neue Leitlinien zur Meldung schwerwiegender Vorfälle veröffentlicht.",
                Some("en"),
                Some("de"),
            ),
            (
                "The authority published new guidance on the reporting of serious incidents today.",
                None,
                Some("en"),
            ),
            ("金融庁は新しい規制を発表しました", None, Some("ja")),
            ("x", Some("nonsense"), None),
        ] {
            assert_eq!(detect(text, fallback).as_deref(), expected, "{text}");
        }
    }
}
