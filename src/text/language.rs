//! The language of a text, only where it is sure.
//!
//! Short texts are known by their little words and by letters that only some languages write;
//! long ones without them by whatlang. Where neither is sure, nothing is said.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use whatlang::Lang;

/// How much of a text is looked at, in bytes.
pub const HEAD: usize = 400;

/// The language (ISO 639-1): as the text shows where it is sure, else as the publisher or the
/// source says.
pub fn detect(text: &str, fallback: Option<&str>) -> Option<String> {
    let stated = fallback.and_then(code);
    let head = head(text);
    let script = by_script(head);
    if let Script::Decides(language) = script {
        return Some(language.to_owned());
    }
    if let Some(stated) = &stated
        && speaks(head, stated)
    {
        return Some(stated.clone());
    }
    let scores = Scores::of(head);
    if let Some(stated) = &stated {
        // Somebody who knows has said it: only a clear other language overrules that.
        return match scores.winner(3, 3) {
            Some(found) if found != stated && scores.hits(stated) == 0 => Some(found.to_owned()),
            _ if matches!(script, Script::Denies) && latin(stated) => by_detector(head, &scores),
            _ => Some(stated.clone()),
        };
    }
    if let Some(found) = scores.winner(2, 2) {
        return Some(found.to_owned());
    }
    by_detector(head, &scores)
}

/// Whether three different little words of the language stand in the text: then it is that one,
/// and nobody need count the others.
fn speaks(text: &str, language: &str) -> bool {
    let Some(place) = LITTLE.iter().position(|(known, _)| *known == language) else {
        return false;
    };
    let mut seen: [&str; 3] = [""; 3];
    let mut count = 0;
    let words = text.split(|c: char| !c.is_alphabetic());
    for word in words.filter(|word| (2..=8).contains(&word.len())) {
        let mut lower = [0_u8; 8];
        let Some(lower) = lower.get_mut(..word.len()) else {
            continue;
        };
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        let found = std::str::from_utf8(lower)
            .ok()
            .and_then(|word| WORDS.get_key_value(word))
            .filter(|(_, languages)| *languages >> place & 1 == 1);
        let Some((known, _)) = found else { continue };
        if seen.contains(known) {
            continue;
        }
        if let Some(slot) = seen.get_mut(count) {
            *slot = known;
        }
        count += 1;
        if count == seen.len() {
            return true;
        }
    }
    false
}

fn by_detector(head: &str, scores: &Scores) -> Option<String> {
    // 60 letters are what the detector needs at the least; below, it is often sure and wrong.
    if head.chars().filter(|c| c.is_alphabetic()).take(60).count() < 60 {
        return None;
    }
    let found = whatlang::detect(head).filter(whatlang::Info::is_reliable)?;
    // A language with little words of its own shows some of them in so long a text.
    short(found.lang())
        .filter(|language| !latin(language) || scores.hits(language) > 0)
        .map(str::to_owned)
}

/// Whether the language is one of those known by their little words.
fn latin(language: &str) -> bool {
    LITTLE.iter().any(|(known, _)| *known == language)
}

fn head(text: &str) -> &str {
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

/// The commonest little words of each language.
const LITTLE: &[(&str, &str)] = &[
    (
        "en",
        "the and of to for with is by that from on at as are its after over under will be was has have not this which \
         who their new says into must before more about what how an or it out may can when how against between \
         publishes fines guidance rules law draft data security takes effect gets gives says new first",
    ),
    (
        "de",
        "der die das und den dem des ein eine einen einer eines zur zum für von mit auf ist im bei nach über wird \
         werden sich nicht auch aus als durch gegen wegen ab beim vom hat sind muss wie vor unter zwischen neue neuer \
         leitlinien bericht gesetz behörde datenschutz unternehmen verordnung veröffentlicht bußgeld neuen erste jetzt zum ab \
         am bis läuft liegt noch seit jetzt neuen zu",
    ),
    (
        "fr",
        "le la les des du de et un une pour dans sur par avec au aux est en qui que son ses sont plus ce cette leur \
         après contre entre sous pas nouvelle nouveau publie d l \
         règlement loi données sécurité autorité entreprises amende publie projet première premier désormais",
    ),
    (
        "es",
        "el la los las de del y en un una para por con que se su sus es al sobre más como entre contra tras ya lo no \
         son ha nueva nuevo publica \
         ley datos guía seguridad empresas reglamento multa primera primer sanción protección",
    ),
    (
        "it",
        "il lo la i gli le di del della dei delle e in un una per con che su sul sulla al alla da dal dalla è sono non \
         si dopo contro tra nel nella ha nuovo nuova \
         legge dati linee guida sicurezza imprese regolamento pubblica pubblicate pubblicata sanzione obblighi prima primo nuove nuovi",
    ),
    (
        "nl",
        "de het een en van voor met op in te is zijn aan dat die niet ook bij om door naar over uit tegen tot wordt \
         worden moet heeft na geen als nieuwe \
         wet gegevens boete toezichthouder organisaties adviseert waarschuwt eerste nieuwe krijgt legt",
    ),
    (
        "pt",
        "o a os as de do da dos das e em um uma para por com que no na nos nas ao à se sobre não mais pela pelo são \
         foi como após contra nova novo \
         lei dados segurança empresas sanções proteção primeira primeiro passam valer",
    ),
    (
        "pl",
        "i w z na do o od się nie że jest dla po przez za oraz ze to przy pod być są jak ma nad ich już który która \
         nowa nowe będzie \
         ustawa danych kara wytyczne zgłaszać naruszenia prezes nowych pierwszy pierwsza \
         dzień roku wydała którzy nowym",
    ),
    (
        "sv",
        "och att det en ett är för på av med till som den om har inte från kan vid ska mot efter under över nya ny \
         enligt ut \
         lag uppgifter myndigheten får böter råd ger första öppna",
    ),
    (
        "da",
        "og at det en et er for på af med til som den om har ikke fra kan ved skal mod efter under over nye ny i \
         efter ud",
    ),
    (
        "no",
        "og at det en et er for på av med til som den om har ikke fra kan ved skal mot etter under over nye ny i ut",
    ),
    (
        "fi",
        "ja on ei että se oli ovat myös kun tai sekä joka uusi mukaan ovat voi",
    ),
    (
        "cs",
        "a v na se z do že je pro s o k za po od jako podle při bude byl které nový nová",
    ),
    (
        "ro",
        "și în la de pe cu din pentru este care nu o un prin după sau sunt fi",
    ),
    (
        "hu",
        "a az és hogy egy nem is meg van új szerint után ki mint",
    ),
];

/// Letters that only these languages write.
const LETTERS: &[(&str, &str)] = &[
    ("de", "ßẞ"),
    ("pl", "łŁążęśćńźĄŻĘŚĆŃŹ"),
    ("es", "ñÑ¿¡"),
    ("pt", "ãõÃÕ"),
    ("cs", "řŘůŮěĚ"),
    ("ro", "șțȘȚ"),
    ("hu", "őűŐŰ"),
];

/// For each word the languages that have it, a bit each in the order of [`LITTLE`].
static WORDS: LazyLock<FxHashMap<&'static str, u32>> = LazyLock::new(|| {
    let mut out = FxHashMap::default();
    for (place, (_, words)) in LITTLE.iter().enumerate() {
        for word in words.split_whitespace() {
            *out.entry(word).or_insert(0) |= 1 << place;
        }
    }
    out
});

/// How much of each language stands in a text. A word counts once; one that several languages
/// share counts for each.
struct Scores {
    hits: [u32; LITTLE.len()],
    words: u32,
}

impl Scores {
    fn of(text: &str) -> Self {
        let mut out = Self {
            hits: [0; LITTLE.len()],
            words: 0,
        };
        let mut seen: Vec<&str> = Vec::new();
        let mut lower = String::new();
        for word in text
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty())
        {
            out.words += 1;
            // Capitals in the middle are names and acronyms ("IS", "DE").
            if word.chars().skip(1).any(char::is_uppercase) || word.len() > 12 {
                continue;
            }
            lower.clear();
            lower.extend(word.chars().flat_map(char::to_lowercase));
            let Some((known, languages)) = WORDS.get_key_value(lower.as_str()) else {
                continue;
            };
            if seen.contains(known) {
                continue;
            }
            seen.push(known);
            for (place, hits) in out.hits.iter_mut().enumerate() {
                *hits += languages >> place & 1;
            }
        }
        for (language, letters) in LETTERS {
            let found = text
                .chars()
                .filter(|c| !c.is_ascii() && letters.contains(*c))
                .count();
            if found > 0
                && let Some(place) = LITTLE.iter().position(|(known, _)| known == language)
                && let Some(hits) = out.hits.get_mut(place)
            {
                *hits += u32::try_from(found.min(2)).unwrap_or(0);
            }
        }
        out
    }

    /// The language with so many words at the least, and so many more than any other has; a
    /// language of which a text is full needs less of a lead.
    fn winner(&self, least: u32, lead: u32) -> Option<&'static str> {
        let (place, most) = self
            .hits
            .iter()
            .enumerate()
            .max_by_key(|(_, hits)| **hits)?;
        let second = self
            .hits
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != place)
            .map(|(_, hits)| *hits)
            .max()
            .unwrap_or(0);
        let clear = *most >= second + lead || *most >= 4 && *most >= second * 2 && *most > second;
        // Of ten words of running text two are little ones.
        (*most >= least && clear && *most * 8 >= self.words)
            .then(|| LITTLE.get(place).map(|(language, _)| *language))
            .flatten()
    }

    fn hits(&self, language: &str) -> u32 {
        LITTLE
            .iter()
            .position(|(known, _)| *known == language)
            .and_then(|place| self.hits.get(place))
            .copied()
            .unwrap_or(0)
    }
}

/// What the letters of a text say of its language.
enum Script {
    Decides(&'static str),
    /// A script that several languages write, none of them with Latin letters.
    Denies,
    Open,
}

/// Where the script alone decides: the one that most letters belong to.
fn by_script(text: &str) -> Script {
    if text.is_ascii() {
        return Script::Open;
    }
    let (mut kana, mut han, mut hangul, mut thai, mut greek, mut hebrew, mut other, mut latin) =
        (0, 0, 0, 0, 0, 0, 0, 0);
    for c in text.chars() {
        match c {
            '\u{3041}'..='\u{30ff}' => kana += 1,
            '\u{3400}'..='\u{9fff}' => han += 1,
            '\u{ac00}'..='\u{d7af}' => hangul += 1,
            '\u{e00}'..='\u{e7f}' => thai += 1,
            '\u{370}'..='\u{3ff}' => greek += 1,
            '\u{590}'..='\u{5ff}' => hebrew += 1,
            '\u{400}'..='\u{52f}' | '\u{600}'..='\u{6ff}' | '\u{900}'..='\u{d7f}' => other += 1,
            c if c.is_alphabetic() => latin += 1,
            _ => {}
        }
    }
    // A sign of Chinese says about as much as a word of Latin letters.
    let weight = latin / 4;
    if hangul > weight && hangul >= kana + han {
        Script::Decides("ko")
    } else if kana + han > weight && kana > 0 && kana * 8 >= han {
        Script::Decides("ja")
    } else if han > weight {
        Script::Decides("zh")
    } else if thai > latin {
        Script::Decides("th")
    } else if greek > latin {
        Script::Decides("el")
    } else if hebrew > latin {
        Script::Decides("he")
    } else if other > latin {
        Script::Denies
    } else {
        Script::Open
    }
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
