//! Publications of NIST: SP, IR, FIPS, AI, CSWP, TN, and the two frameworks that are better known by name.

use super::Hit;
use super::context::{Context, count_follows, eat_joint, hit, unit_follows};
use super::token::{Cursor, Kind};

/// Takes the joint between words of a NIST designation: the points and underscores of file names, hyphens.
fn joint(cursor: &mut Cursor<'_>) {
    let _ = cursor.eat_glued('.')
        || cursor.eat_glued('-')
        || cursor.eat_glued('_')
        || cursor.eat_glued('/');
}

/// A designation that begins with a word.
pub(super) fn read(cursor: &mut Cursor<'_>, context: &Context<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    if cursor.previous_word().eq_ignore_ascii_case("HITRUST") {
        return None;
    }
    if cursor.eat_word("NISTIR") {
        joint(cursor);
        return report(cursor, start);
    }
    let named = cursor.eat_word("NIST");
    if named {
        if cursor.eat_glued('\'') {
            cursor.eat_word("s").then_some(())?;
        }
        joint(cursor);
    }
    if named && cursor.peek(0).kind == Kind::Number {
        return series(cursor, context, start, true);
    }
    let word = cursor.word(0);
    if word == "SP" || (named && cursor.is_word(0, "SP")) {
        cursor.at += 1;
        joint(cursor);
        return series(cursor, context, start, named);
    }
    if cursor.eat_words(&["Special", "Publication"]) {
        let _ = cursor.attempt(|cursor| {
            (cursor.eat('(') && cursor.eat_word("SP") && cursor.eat(')')).then_some(())
        });
        return series(cursor, context, start, named);
    }
    if cursor.eat_word("FIPS") {
        joint(cursor);
        let _ = cursor.eat_word("PUB") && cursor.eat_glued('.');
        let _ = cursor.eat_word("Publication");
        joint(cursor);
        return processing_standard(cursor, start);
    }
    if word == "AI" && cursor.attempt(management).is_some() {
        return Some(risk_management(start, cursor.taken()));
    }
    if word == "AI" {
        cursor.at += 1;
        joint(cursor);
        return artificial_intelligence(cursor, context, start, named);
    }
    let cyber = cursor.eat_words(&["Cybersecurity", "Framework"]);
    let short = cursor
        .attempt(|cursor| {
            let bracket = cursor.eat('(');
            (cursor.word(0) == "CSF" || named && cursor.is_word(0, "CSF"))
                .then(|| cursor.at += 1)?;
            (!bracket || cursor.eat(')')).then_some(())
        })
        .is_some();
    if cyber || short {
        joint(cursor);
        return cybersecurity_framework(cursor, start);
    }
    if cursor.eat_words(&[
        "Artificial",
        "Intelligence",
        "Risk",
        "Management",
        "Framework",
    ]) {
        cursor.attempt(version_one)?;
        return Some(risk_management(start, cursor.taken()));
    }
    if word == "CSWP" || (named && cursor.eat_words(&["Cybersecurity", "White", "Paper"])) {
        let _ = cursor.eat_word("CSWP");
        joint(cursor);
        return white_paper(cursor, start);
    }
    let interagency = ["Interagency", "Internal"].into_iter().any(|word| {
        cursor.eat_words(&[word, "Report"])
            || cursor.eat_words(&[word, "or", "Internal", "Report"])
            || cursor.eat_words(&[word, "/", "Internal", "Report"])
    });
    if named && (interagency || cursor.eat_word("IR")) {
        joint(cursor);
        return report(cursor, start);
    }
    if word == "IR" && context.names_nist() {
        cursor.at += 1;
        return report(cursor, start);
    }
    if named && cursor.eat_word("TN") {
        joint(cursor);
        let digits = cursor.take_digits().filter(|digits| digits.len() == 4)?;
        let name = format!("NIST TN {digits}");
        return Some(vec![hit(name.clone(), name, start, cursor.taken())]);
    }
    None
}

/// `800-53r5` without a publisher: taken when something beside the number says what it is.
pub(super) fn by_number(cursor: &mut Cursor<'_>, context: &Context<'_>) -> Option<Vec<Hit>> {
    let start = cursor.here();
    if !matches!(cursor.digits(0), "800" | "1800") || !cursor.is_sign(1, '-') {
        return None;
    }
    let before = cursor.character_before();
    if before.is_some_and(|before| {
        before.is_alphanumeric() || matches!(before, '+' | '-' | '/' | '.' | ',' | '$' | '€' | '£')
    }) {
        return None;
    }
    // The first member decides, before a list is read: a list that fails would be read again from each member.
    let mark = cursor.at;
    let first = publication(cursor, start, false)?;
    // A telephone number begins like this too.
    let trusted = context.alone
        || first.reference.canonical.contains("Rev.")
        || context.known.contains(&first.reference.work)
        || context.names_nist();
    (trusted && !count_follows(cursor)).then_some(())?;
    cursor.at = mark;
    series(cursor, context, start, false)
}

/// `800-53 Rev. 5`, `800-63-4`, `800-218A`, `800-160v1r1`, `1270`, and further members of a list.
fn series(
    cursor: &mut Cursor<'_>,
    context: &Context<'_>,
    start: usize,
    named: bool,
) -> Option<Vec<Hit>> {
    let mut hits = vec![publication(cursor, start, named)?];
    loop {
        let mark = cursor.at;
        let next = eat_joint(cursor)
            .then(|| {
                let _ = cursor.eat_word("SP") || (cursor.eat_words(&["NIST", "SP"]));
                let start = cursor.here();
                let member = publication(cursor, start, false)?;
                let sure = matches!(series_of(&member), "800" | "1800")
                    || context.known.contains(&member.reference.work);
                (sure && !count_follows(cursor)).then_some(member)
            })
            .flatten();
        match next {
            Some(member) => hits.push(member),
            None => {
                cursor.at = mark;
                return Some(hits);
            }
        }
    }
}

/// The series of a publication: `800` of `NIST SP 800-53`.
fn series_of(hit: &Hit) -> &str {
    let number = hit.reference.work.strip_prefix("NIST SP ");
    number.and_then(|rest| rest.split('-').next()).unwrap_or("")
}

fn publication(cursor: &mut Cursor<'_>, start: usize, named: bool) -> Option<Hit> {
    let series = cursor.take_digits()?;
    let mut work = format!("NIST SP {series}");
    if cursor.is_glued_number('-') && cursor.digits(1).len() <= 3 {
        if !(3..=4).contains(&series.len()) {
            return None;
        }
        work.push('-');
        work.push_str(cursor.digits(1));
        cursor.at += 2;
    } else if !named || series.len() != 4 {
        // "SP 500" is a share index; only 1270 and its neighbours have no hyphen.
        return None;
    }
    let suffix = Suffix::read(cursor)?;
    if let Some(letter) = suffix.letter {
        work.push(letter);
    }
    if let Some(volume) = suffix.volume {
        work = format!("{work} Vol. {volume}");
    }
    let mut canonical = work.clone();
    if let Some(generation) = suffix.generation {
        canonical = format!("{canonical}-{generation}");
    }
    finish(cursor, canonical, work, suffix.revision, start)
}

/// Adds revision and draft; refuses an amount.
fn finish(
    cursor: &mut Cursor<'_>,
    mut canonical: String,
    work: String,
    revision: Option<String>,
    start: usize,
) -> Option<Hit> {
    if let Some(revision) = revision.or_else(|| revision_words(cursor)) {
        canonical = format!("{canonical} Rev. {revision}");
    }
    let stage = cursor.attempt(draft);
    if let Some(stage) = stage {
        canonical = format!("{canonical} {stage}");
    }
    if stage.is_none() && unit_follows(cursor) {
        return None;
    }
    let mut found = hit(canonical, work, start, cursor.taken());
    found.reference.stage = stage.map(str::to_owned);
    Some(found)
}

/// What is glued to a number: letter, volume, revision, the hyphen of the newer style.
#[derive(Default)]
struct Suffix {
    letter: Option<char>,
    volume: Option<u32>,
    revision: Option<String>,
    generation: Option<u32>,
}

impl Suffix {
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut suffix = Self::default();
        for _ in 0..3 {
            if !cursor.glued(0) || cursor.peek(0).kind != Kind::Word {
                break;
            }
            let word = cursor.word(0).to_ascii_lowercase();
            let numbered = cursor.peek(1).kind == Kind::Number && cursor.glued(1);
            let mut letters = word.as_str();
            if suffix.letter.is_none()
                && !(numbered && matches!(letters, "r" | "v" | "rev" | "vol"))
                && let Some(letter) = letters.chars().next().filter(char::is_ascii_lowercase)
            {
                suffix.letter = Some(letter.to_ascii_uppercase());
                letters = &letters[1..];
            }
            cursor.at += 1;
            match letters {
                "" => {}
                "r" | "rev" if numbered => suffix.revision = cursor.take_dotted(),
                "v" | "vol" if numbered => suffix.volume = cursor.take_number(),
                _ => return None,
            }
        }
        if cursor.is_glued_number('-') {
            // A telephone number or a range goes on with several digits.
            let digits = cursor.digits(1);
            (digits.len() == 1).then_some(())?;
            suffix.generation = cursor.number(1);
            cursor.at += 2;
        }
        let _ = cursor.attempt(|cursor| {
            let _ = cursor.eat(',');
            (cursor.eat_any(&["Vol", "Volume"])).then_some(())?;
            let _ = cursor.eat_glued('.');
            suffix.volume = Some(cursor.take_number()?);
            Some(())
        });
        Some(suffix)
    }
}

/// `Rev. 5`, `, Revision 5`, `(Rev. 5)`, `-rev5`, ` r5`.
fn revision_words(cursor: &mut Cursor<'_>) -> Option<String> {
    cursor.attempt(|cursor| {
        let bracket = cursor.eat('(');
        let _ = cursor.eat(',') || cursor.eat_glued('-') || cursor.eat_glued('.');
        cursor.eat_any(&["Rev", "Revision", "r"]).then_some(())?;
        let _ = cursor.eat_glued('.');
        let number = cursor.take_dotted()?;
        if bracket {
            cursor.eat(')').then_some(())?;
        }
        (number.len() <= 6).then_some(number)
    })
}

/// `ipd`, `.2pd`, `(Final Public Draft)`.
fn draft(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let bracket = cursor.eat('(');
    if !bracket {
        let _ = cursor.eat(',') || cursor.eat_glued('.') || cursor.eat_glued('-');
    }
    let stage = match cursor.word(0).to_ascii_lowercase().as_str() {
        "ipd" => Some("ipd"),
        "fpd" => Some("fpd"),
        "iprd" => Some("iprd"),
        _ => None,
    };
    let stage = match stage {
        Some(stage) => {
            cursor.at += 1;
            stage
        }
        None if matches!(cursor.digits(0), "2" | "3")
            && cursor.is_word(1, "pd")
            && cursor.glued(1) =>
        {
            let second = cursor.digits(0) == "2";
            cursor.at += 2;
            if second { "2pd" } else { "3pd" }
        }
        None if cursor.eat_words(&["initial", "public", "draft"]) => "ipd",
        None if cursor.eat_words(&["initial", "preliminary", "draft"]) => "iprd",
        None if cursor.eat_words(&["second", "public", "draft"]) => "2pd",
        None if cursor.eat_words(&["final", "public", "draft"]) => "fpd",
        None => return None,
    };
    (!bracket || cursor.eat(')')).then_some(stage)
}

/// `8286A`, `8596 iprd`.
fn report(cursor: &mut Cursor<'_>, start: usize) -> Option<Vec<Hit>> {
    let digits = cursor.take_digits().filter(|digits| digits.len() == 4)?;
    let suffix = Suffix::read(cursor)?;
    let mut work = format!("NIST IR {digits}");
    work.extend(suffix.letter);
    if let Some(volume) = suffix.volume {
        work = format!("{work} Vol. {volume}");
    }
    let canonical = work.clone();
    finish(cursor, canonical, work, suffix.revision, start).map(|found| vec![found])
}

/// `140-3`, `199`, `203, 204 and 205`.
fn processing_standard(cursor: &mut Cursor<'_>, start: usize) -> Option<Vec<Hit>> {
    let mut hits: Vec<Hit> = Vec::new();
    loop {
        let mark = cursor.at;
        if !hits.is_empty() && !eat_joint(cursor) {
            return Some(hits);
        }
        let _ = !hits.is_empty() && cursor.eat_word("FIPS");
        let start = if hits.is_empty() {
            start
        } else {
            cursor.here()
        };
        let member = cursor
            .take_digits()
            .filter(|digits| (2..=3).contains(&digits.len()))
            .and_then(|digits| {
                let suffix = Suffix::read(cursor)?;
                let mut work = format!("FIPS {digits}");
                work.extend(suffix.letter);
                let canonical = match suffix.generation {
                    Some(generation) => format!("{work}-{generation}"),
                    None => work.clone(),
                };
                finish(cursor, canonical, work, suffix.revision, start)
            });
        match member {
            Some(_) if !hits.is_empty() && count_follows(cursor) => {
                cursor.at = mark;
                return Some(hits);
            }
            Some(member) => hits.push(member),
            None if hits.is_empty() => return None,
            None => {
                cursor.at = mark;
                return Some(hits);
            }
        }
    }
}

/// `100-1`, `100-2e2023`, `800-1 2pd`.
fn artificial_intelligence(
    cursor: &mut Cursor<'_>,
    context: &Context<'_>,
    start: usize,
    named: bool,
) -> Option<Vec<Hit>> {
    let series = cursor.take_digits().filter(|digits| digits.len() == 3)?;
    if !cursor.is_glued_number('-') || cursor.digits(1).len() > 2 {
        return None;
    }
    let work = format!("NIST AI {series}-{}", cursor.digits(1));
    cursor.at += 2;
    if !named && !context.alone && !context.known.contains(&work) && !context.names_nist() {
        return None;
    }
    let mut canonical = work.clone();
    if cursor.is_word(0, "e") && cursor.digits(1).len() == 4 && cursor.glued(1) {
        canonical = format!("{work} E{}", cursor.digits(1));
        cursor.at += 2;
    }
    finish(cursor, canonical, work, None, start).map(|found| vec![found])
}

/// `AI RMF 1.0`, `AI Risk Management Framework (AI RMF 1.0)`: the name of NIST AI 100-1.
fn management(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.at += 1;
    joint(cursor);
    if !cursor.eat_word("RMF") && !cursor.eat_words(&["Risk", "Management", "Framework"]) {
        return None;
    }
    version_one(cursor)
}

/// `1.0`, `v1.0`, `(AI RMF) 1.0`.
fn version_one(cursor: &mut Cursor<'_>) -> Option<()> {
    let bracket = cursor.eat('(');
    if bracket {
        let _ = cursor.eat_word("AI");
        cursor.eat_word("RMF").then_some(())?;
        let _ = cursor.eat(')');
    }
    let _ = cursor.eat_any(&["v", "version"]);
    (cursor.take_dotted()? == "1.0").then_some(())?;
    let _ = bracket && cursor.eat(')');
    Some(())
}

fn risk_management(start: usize, end: usize) -> Vec<Hit> {
    let name = "NIST AI 100-1".to_owned();
    vec![hit(name.clone(), name, start, end)]
}

fn cybersecurity_framework(cursor: &mut Cursor<'_>, start: usize) -> Option<Vec<Hit>> {
    let _ = cursor.eat_any(&["v", "version"]) && cursor.eat_glued('.');
    let version = cursor.take_dotted()?;
    let plausible = version.len() == 3 && version.starts_with(['1', '2', '3']);
    (plausible && !unit_follows(cursor)).then(|| {
        vec![hit(
            format!("NIST CSF {version}"),
            "NIST CSF".to_owned(),
            start,
            cursor.taken(),
        )]
    })
}

/// CSWP 29 is the CSF 2.0; CSWP 6, earlier cited by its date, the CSF 1.1.
fn white_paper(cursor: &mut Cursor<'_>, start: usize) -> Option<Vec<Hit>> {
    let digits = cursor.take_digits()?;
    let version = match digits {
        "29" => Some("2.0"),
        "6" | "04162018" => Some("1.1"),
        _ => None,
    };
    if let Some(version) = version {
        let end = cursor.taken();
        return Some(vec![hit(
            format!("NIST CSF {version}"),
            "NIST CSF".to_owned(),
            start,
            end,
        )]);
    }
    let suffix = Suffix::read(cursor)?;
    let mut work = format!("NIST CSWP {digits}");
    work.extend(suffix.letter);
    let canonical = work.clone();
    finish(cursor, canonical, work, suffix.revision, start).map(|found| vec![found])
}
