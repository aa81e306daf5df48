//! Standards of ISO, IEC and their co-publishers, of CEN, CENELEC and ETSI: head, number, tail, and lists of them.

use super::adoption::is_glued_letter;
use super::context::{Context, count_follows, eat_joint, hit, unit_follows, year};
use super::edition::{self, Tail};
use super::token::{Cursor, Kind, value};
use super::{Hit, european};

/// What was read before the publisher.
#[derive(Clone)]
pub(super) struct Head {
    pub start: usize,
    pub adoption: Vec<String>,
    /// `BS EN `, with its last space.
    pub spelled: String,
    pub stage: Option<&'static str>,
}

/// What the numbers of a list share.
pub(super) struct Designation {
    pub head: Head,
    pub publisher: String,
    pub kind: Option<&'static str>,
    pub stage: Option<&'static str>,
}

/// A standard behind its adoption prefixes.
pub(super) fn document(
    cursor: &mut Cursor<'_>,
    context: &Context<'_>,
    head: Head,
) -> Option<Vec<Hit>> {
    let word = cursor.word(0);
    if publisher_word(word).is_some() {
        return international(cursor, context, head);
    }
    match word {
        "EN" => european::numbered(cursor, context, head),
        "IWA" => workshop(cursor, context, head),
        "CEN" | "CLC" | "CWA" | "prCEN" | "FprCEN" | "prTS" => {
            european::committee(cursor, context, head)
        }
        "ETSI" => {
            cursor.at += 1;
            european::etsi(cursor, head, false)
        }
        "TS" | "TR" if head.adoption.is_empty() => european::etsi(cursor, head, true),
        _ if word.eq_ignore_ascii_case("prEN") || word.eq_ignore_ascii_case("FprEN") => {
            european::numbered(cursor, context, head)
        }
        _ => None,
    }
}

fn publisher_word(word: &str) -> Option<&'static str> {
    ["ISO", "IEC", "ISA", "IEEE"]
        .into_iter()
        .find(|publisher| word.eq_ignore_ascii_case(publisher))
}

fn partner_word(word: &str) -> Option<&'static str> {
    [
        "ISO", "IEC", "IEEE", "SAE", "ASTM", "ASME", "CIE", "HL", "IDF", "OECD",
    ]
    .into_iter()
    .find(|publisher| word.eq_ignore_ascii_case(publisher))
}

fn stage_word(word: &str) -> Option<(&'static str, Option<&'static str>)> {
    let stages: [(&str, Option<&str>); 14] = [
        ("PWI", None),
        ("NP", None),
        ("NWIP", None),
        ("AWI", None),
        ("WD", None),
        ("CD", None),
        ("CDV", None),
        ("DIS", None),
        ("FDIS", None),
        ("PRF", None),
        ("DTS", Some("TS")),
        ("DTR", Some("TR")),
        ("DPAS", Some("PAS")),
        ("DGuide", Some("Guide")),
    ];
    stages
        .into_iter()
        .find(|(stage, _)| word.eq_ignore_ascii_case(stage))
}

fn kind_word(word: &str) -> Option<&'static str> {
    ["TS", "TR", "PAS", "IWA", "Guide", "ISP"]
        .into_iter()
        .find(|kind| word.eq_ignore_ascii_case(kind))
}

/// Takes what stands between two words of a designation.
pub(super) fn separator(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat_glued('/') || cursor.eat_glued('-')
}

fn international(cursor: &mut Cursor<'_>, context: &Context<'_>, head: Head) -> Option<Vec<Hit>> {
    let mut publishers = vec![publisher_word(cursor.word(0))?];
    cursor.at += 1;
    while publishers.len() < 4 {
        let mark = cursor.at;
        let joined = separator(cursor) || cursor.eat('/');
        match partner_word(cursor.word(0)) {
            // Between publishers only IEC may follow without a sign: "ISO IEC 27001".
            Some(partner) if joined || partner == "IEC" => {
                cursor.at += 1;
                if partner == "HL" {
                    (cursor.take_digits()? == "7").then_some(())?;
                    publishers.push("HL7");
                } else {
                    publishers.push(partner);
                }
            }
            _ => {
                cursor.at = mark;
                break;
            }
        }
    }
    let mut stage = None;
    let mut kind = None;
    for _ in 0..2 {
        let mark = cursor.at;
        let slash = cursor.is_sign(0, '/');
        separator(cursor);
        let word = cursor.word(0);
        if slash && word == "R" && kind.is_none() {
            // Recommendations, as standards were called until 1972.
            kind = Some("R");
        } else if let Some((found, implied)) = stage_word(word).filter(|_| stage.is_none()) {
            stage = Some(found);
            kind = kind.or(implied);
        } else if let Some(found) = kind_word(word).filter(|_| kind.is_none()) {
            kind = Some(found);
        } else {
            cursor.at = mark;
            break;
        }
        cursor.at += 1;
    }
    let _ = cursor.eat_glued('-')
        || cursor.eat_glued('/')
        || (cursor.is_glued_number(':') && cursor.eat(':'));
    let named = cursor.peek(0).kind == Kind::Word
        && cursor.eat_any(&["standard", "standards", "norm", "norma", "norme", "normen"]);
    let digits = cursor.digits(0);
    let publisher = match publishers.as_slice() {
        ["ISA"] | ["ISA", "IEC"] if digits == "62443" || digits == "61511" => "IEC".to_owned(),
        ["ISA", ..] => return None,
        ["IEEE"] if digits.len() < 4 => return None,
        ["IEC", "ISO"] => "ISO/IEC".to_owned(),
        _ => publishers.join("/"),
    };
    if kind == Some("IWA") {
        return numbered(cursor, context, head, "IWA".to_owned(), None, stage, false);
    }
    if named
        && context
            .known
            .publisher(publishers[0], kind, digits)
            .is_none()
    {
        return None;
    }
    numbered(cursor, context, head, publisher, kind, stage, true)
}

fn workshop(cursor: &mut Cursor<'_>, context: &Context<'_>, head: Head) -> Option<Vec<Hit>> {
    cursor.at += 1;
    let _ = cursor.eat_glued('-');
    numbered(cursor, context, head, "IWA".to_owned(), None, None, false)
}

/// The first number, its checks, and the list behind it.
pub(super) fn numbered(
    cursor: &mut Cursor<'_>,
    context: &Context<'_>,
    head: Head,
    publisher: String,
    kind: Option<&'static str>,
    stage: Option<&'static str>,
    list: bool,
) -> Option<Vec<Hit>> {
    let start = head.start;
    let digits = cursor.take_digits()?;
    let shortest = if publisher == "IWA" || kind == Some("Guide") {
        1
    } else if kind.is_some() || stage.is_some() {
        2
    } else {
        3
    };
    if digits.len() > 5 || !is_plain(cursor, digits) {
        return None;
    }
    let mut stage = stage;
    let tail = edition::tail(cursor, digits, stage.is_some());
    // ISO 1 and ISO 31-0 exist, but without a year "ISO 9" is too little.
    if digits.len() < shortest && tail.edition.is_empty() {
        return None;
    }
    if stage.is_none() && matches!(cursor.word(0), "DIS" | "FDIS") {
        // "ISO 9001 DIS" is how newsletters write ISO/DIS 9001.
        stage = stage_word(cursor.word(0)).map(|(stage, _)| stage);
        cursor.at += 1;
    }
    let end = cursor.taken();
    let bare = head.adoption.is_empty() && publisher == "ISO" && stage.is_none() && kind.is_none();
    if unit_follows(cursor)
        || bare && is_film_speed(cursor, context, digits, &tail, start, end)
        || bare && digits.len() == 3 && !tail.is_written() && count_follows(cursor)
    {
        return None;
    }
    let designation = Designation {
        head,
        publisher,
        kind,
        stage,
    };
    let mut hits = vec![designation.hit(context, digits, &tail, start, end)];
    if list {
        designation.list(cursor, context, digits, tail, &mut hits);
    }
    Some(hits)
}

/// Digits just taken are a whole number without leading zero, decimals, thousands or letters.
pub(super) fn is_plain(cursor: &mut Cursor<'_>, digits: &str) -> bool {
    if digits.starts_with('0') || is_glued_letter(cursor) {
        return false;
    }
    if cursor.is_glued_number(',') && cursor.digits(1).len() == 3 {
        return false;
    }
    digits.len() > 3 || !cursor.is_glued_number('.') || year(cursor.digits(1)).is_some()
}

/// The third-stop series of sensor sensitivities (ISO 12232), which cameras print as "ISO 6400".
const FILM_SPEEDS: &[u32] = &[
    100, 125, 160, 200, 250, 320, 400, 500, 640, 800, 1000, 1250, 1600, 2000, 2500, 3200, 4000,
    5000, 6400, 8000, 10000, 12500, 12800, 16000, 20000, 25600, 51200,
];

fn is_film_speed(
    cursor: &mut Cursor<'_>,
    context: &Context<'_>,
    digits: &str,
    tail: &Tail,
    start: usize,
    end: usize,
) -> bool {
    let speed = |digits: &str| value(digits).is_some_and(|number| FILM_SPEEDS.contains(&number));
    if !speed(digits) {
        return false;
    }
    // "ISO 100-6400", "ISO 100–25600", "ISO 100/200": a range of a camera.
    if speed(tail.parts.trim_start_matches('-')) {
        return true;
    }
    if (cursor.is_sign(0, '-') || cursor.is_sign(0, '/')) && speed(cursor.digits(1)) {
        return true;
    }
    if tail.is_written() || !tail.supplements.is_empty() {
        return false;
    }
    context.known.publisher("ISO", None, digits).is_none()
        && !context.standards_words_near(start, end)
}

impl Designation {
    pub fn hit(
        &self,
        context: &Context<'_>,
        digits: &str,
        tail: &Tail,
        start: usize,
        end: usize,
    ) -> Hit {
        let completed = match self.publisher.as_str() {
            cited @ ("ISO" | "IEC") => context.known.publisher(cited, self.kind, digits),
            _ => None,
        };
        let publisher = completed.unwrap_or(&self.publisher);
        let single = matches!(publisher, "ISO" | "IEC");
        let mut canonical = format!("{}{publisher}", self.head.spelled);
        let mut work = publisher.to_owned();
        if let Some(stage) = self.stage {
            canonical.push(if single { '/' } else { ' ' });
            canonical.push_str(stage);
        }
        if let Some(kind) = self.kind {
            let slash = publisher == "ISO" && kind != "Guide";
            work.push(if slash { '/' } else { ' ' });
            work.push_str(kind);
            // DTS and DTR already say the kind.
            if !matches!(self.stage, Some("DTS" | "DTR" | "DPAS" | "DGuide")) {
                canonical.push(if slash && self.stage.is_none() {
                    '/'
                } else {
                    ' '
                });
                canonical.push_str(kind);
            }
        }
        canonical = format!("{canonical} {digits}{}", tail.text());
        work = format!("{work} {digits}{}", tail.parts);
        let mut found = hit(canonical, work, start, end);
        found.reference.stage = self
            .stage
            .or(tail.stage)
            .or(self.head.stage)
            .map(str::to_owned);
        found.reference.adoption = self.head.adoption.clone();
        found
    }

    /// `27001/27002`, `42001, 42005 and 42006`, `27017/18`, `15408-1/2`, `62443-4-1 and -4-2`, `27001–27005`.
    pub fn list(
        &self,
        cursor: &mut Cursor<'_>,
        context: &Context<'_>,
        first: &str,
        first_tail: Tail,
        hits: &mut Vec<Hit>,
    ) {
        let mut number = first.to_owned();
        let mut tail = first_tail;
        loop {
            let mark = cursor.at;
            let slash = cursor.is_sign(0, '/') && cursor.glued(0);
            let range = cursor.is_glued_number('-') && cursor.digits(1).len() == number.len();
            if range {
                cursor.at += 1;
            } else if !eat_joint(cursor) {
                break;
            }
            let start = cursor.here();
            let Some((next, next_tail)) = self.member(cursor, context, &number, &tail, slash)
            else {
                cursor.at = mark;
                break;
            };
            let end = cursor.taken();
            // "ISO 9001/2015" is a year behind the wrong sign, not a second standard.
            if next == number && next_tail.parts == tail.parts && !next_tail.edition.is_empty() {
                let last = hits.len() - 1;
                let begun = hits[last].start;
                hits[last] = self.hit(context, &next, &next_tail, begun, end);
            } else {
                hits.push(self.hit(context, &next, &next_tail, start, end));
            }
            (number, tail) = (next, next_tail);
        }
    }

    fn member(
        &self,
        cursor: &mut Cursor<'_>,
        context: &Context<'_>,
        number: &str,
        tail: &Tail,
        slash: bool,
    ) -> Option<(String, Tail)> {
        if cursor.is_sign(0, '-') && !tail.parts.is_empty() {
            // "-4-2" behind "62443-4-1"; the hyphen stands apart from the number it belongs to.
            cursor.at += 1;
            let digits = cursor.take_digits().filter(|digits| digits.len() <= 3)?;
            let mut next = edition::tail(cursor, digits, false);
            next.parts = format!("-{digits}{}", next.parts);
            return (!unit_follows(cursor)).then(|| (number.to_owned(), next));
        }
        let digits = cursor.take_digits()?;
        if !is_plain(cursor, digits) {
            return None;
        }
        let known = context.known.publisher_of_number(digits).is_some();
        if digits.len() <= 2 && !tail.parts.is_empty() {
            return part(cursor, number, tail, digits, slash);
        }
        if slash && digits.len() <= 2 && number.len() >= 4 && tail.edition.is_empty() {
            // "27017/18"
            let joined = format!("{}{digits}", &number[..number.len() - digits.len()]);
            let later = value(&joined)? > value(number)?;
            let next = edition::tail(cursor, digits, self.stage.is_some());
            return (later && !unit_follows(cursor)).then_some((joined, next));
        }
        if let Some(year) = year(digits).filter(|_| !known) {
            let edition = format!(":{year}");
            let plain = slash && tail.edition.is_empty() && tail.supplements.is_empty();
            return plain.then(|| {
                let mut dated = tail.clone();
                dated.edition = edition;
                (number.to_owned(), dated)
            });
        }
        let next = edition::tail(cursor, digits, self.stage.is_some());
        let likely =
            known || next.is_written() || (!digits.ends_with("000") && !count_follows(cursor));
        let length = (4..=5).contains(&digits.len());
        (length && likely && !unit_follows(cursor)).then(|| (digits.to_owned(), next))
    }
}

/// `15408-1/2` and `62443-4-1 and 4-2`: new parts under the same number.
fn part(
    cursor: &mut Cursor<'_>,
    number: &str,
    tail: &Tail,
    digits: &str,
    slash: bool,
) -> Option<(String, Tail)> {
    let depth = tail.parts.matches('-').count();
    let mut next = edition::tail(cursor, digits, false);
    let written = 1 + next.parts.matches('-').count();
    if written == depth && (depth > 1 || slash) {
        next.parts = format!("-{digits}{}", next.parts);
    } else if slash && next.parts.is_empty() {
        let (front, _) = tail.parts.rsplit_once('-')?;
        next.parts = format!("{front}-{digits}");
    } else {
        return None;
    }
    Some((number.to_owned(), next))
}
