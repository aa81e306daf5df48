//! Two fingerprints -> one event or two, with the reasons.
//!
//! Points for what two accounts of one event share, points against what sets two events apart,
//! and vetoes that no likeness outweighs: a repeated notice is worded alike on purpose.

use super::fingerprint::{Cited, Fingerprint, Word};
use super::lexicon::Tongue;
use super::numbers::Currency;
use crate::domain::update::UpdateKind;

/// From here on two updates tell of one event.
const SAME: f64 = 4.0;

/// The answer, symmetric in its two sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Whether both tell of one event.
    pub same: bool,
    /// How sure: 0 for a veto, 0.5 at the threshold, towards 1 above it.
    pub score: f64,
    /// What spoke for and against, strongest first.
    pub because: Vec<String>,
    /// Whether something forbids that the two stand in one story, however they are linked.
    pub veto: bool,
}

/// How the reason begins that two updates name somebody.
const BOTH_NAME: &str = "both name ";

/// Points with their reasons.
#[derive(Default)]
struct Scale {
    points: f64,
    reasons: Vec<(f64, String)>,
    veto: bool,
}

impl Scale {
    fn add(&mut self, points: f64, reason: impl Into<String>) {
        if points != 0.0 {
            self.points += points;
            self.reasons.push((points, reason.into()));
        }
    }

    /// Whether somebody is named by both whom the event is about.
    fn names_a_party(&self, a: &Fingerprint, b: &Fingerprint) -> bool {
        of_a_party(a.kind)
            && of_a_party(b.kind)
            && self
                .reasons
                .iter()
                .any(|(_, reason)| reason.starts_with(BOTH_NAME))
    }

    fn veto(&mut self, reason: impl Into<String>) {
        self.veto = true;
        self.reasons.push((-9.0, reason.into()));
    }

    fn verdict(mut self) -> Verdict {
        self.reasons
            .sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then_with(|| a.1.cmp(&b.1)));
        let score = if self.veto {
            0.0
        } else {
            // A logistic curve: half at the threshold.
            1.0 / (1.0 + (SAME - self.points).exp())
        };
        Verdict {
            same: !self.veto && self.points >= SAME,
            score,
            because: self
                .reasons
                .into_iter()
                .map(|(points, reason)| {
                    if points <= -9.0 {
                        format!("veto: {reason}")
                    } else {
                        format!("{points:+.1} {reason}")
                    }
                })
                .collect(),
            veto: self.veto,
        }
    }
}

/// Whether two updates tell of one event.
pub fn same_story(a: &Fingerprint, b: &Fingerprint) -> Verdict {
    // One order for both ways of asking, down to the last bit of the sums.
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    let mut scale = Scale::default();
    let likeness = likeness(a, b);
    let one_source = a.source == b.source;
    if a.correction != b.correction && a.body == b.body && likeness > 0.6 {
        scale.add(3.0, "one corrects the other");
    } else if one_source && (likeness < 0.97 || a.head != b.head) {
        scale.add(-2.5, "one source tells an event once");
    }
    scale.add(
        likeness * 4.6,
        format!("alike in words by {:.0} %", likeness * 100.0),
    );
    if !one_source {
        let phrases = a
            .phrases
            .iter()
            .filter(|phrase| b.phrases.contains(phrase))
            .count();
        scale.add((phrases as f64 * 0.6).min(1.2), "a phrase in common");
    }
    if a.tongue != b.tongue && a.tongue != Tongue::Other && b.tongue != Tongue::Other {
        scale.add(0.8, "two languages");
    }
    days(a, b, &mut scale);
    kinds(a, b, likeness, &mut scale);
    names(a, b, &mut scale);
    numbers(a, b, &mut scale);
    references(a, b, &mut scale);
    subjects(a, b, &mut scale);
    particulars(a, b, likeness, &mut scale);
    marks(a, b, &mut scale);
    steps(a, b, &mut scale);
    observed(a, b, &mut scale);
    // What names several events is the event of none of them.
    if a.round_up != b.round_up {
        scale.add(-4.0, "a round-up");
    }
    scale.verdict()
}

/// What comparing a page or a catalogue with its past found is one event at each step, however
/// alike the steps are told.
fn observed(a: &Fingerprint, b: &Fingerprint, scale: &mut Scale) {
    if let (Some(x), Some(y)) = (a.version, b.version)
        && a.source == b.source
        && x != y
    {
        scale.veto("two versions of one page");
    }
    if let (Some((work, x)), Some((other, y))) = (&a.stage, &b.stage)
        && work == other
        && x != y
    {
        scale.veto("two stages of one work");
    }
    // A draft that is out for ballot is one event, and that the ballot has closed is another.
    for (observed, told) in [(a, b), (b, a)] {
        if let (Some((work, stage)), None) = (&observed.stage, &told.stage)
            && told
                .reported
                .iter()
                .any(|(other, reported)| other == work && reported != stage)
        {
            scale.veto("a report of another stage");
        }
    }
}

fn weight(words: &[Word]) -> f64 {
    words.iter().map(|word| word.weight()).sum()
}

/// The weight of what two sorted lists share.
fn shared(a: &[Word], b: &[Word]) -> f64 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.key().cmp(&y.key()) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                sum += x.weight().max(y.weight());
                i += 1;
                j += 1;
            }
        }
    }
    sum
}

/// How much two texts share, 0 to 1: their headlines, and each headline in the other's text.
fn likeness(a: &Fingerprint, b: &Fingerprint) -> f64 {
    let dice = |x: &[Word], y: &[Word]| {
        let all = weight(x) + weight(y);
        if all == 0.0 {
            0.0
        } else {
            (2.0 * shared(x, y) / all).min(1.0)
        }
    };
    let within = |x: &[Word], y: &[Word]| {
        let all = weight(x);
        if all == 0.0 {
            0.0
        } else {
            (shared(x, y) / all).min(1.0)
        }
    };
    let heads = dice(&a.head, &b.head);
    let crossed = f64::midpoint(within(&a.head, &b.all), within(&b.head, &a.all));
    let all = dice(&a.all, &b.all);
    // Few words say little: two headlines of two words are alike by chance.
    let few = (weight(&a.head).min(weight(&b.head)) / 6.0).min(1.0);
    (heads * 0.3 + crossed * 0.4 + all * 0.3)
        .max(heads * 0.9)
        .min(1.0)
        * few
}

fn days(a: &Fingerprint, b: &Fingerprint, scale: &mut Scale) {
    let (Some(x), Some(y)) = (a.published, b.published) else {
        return;
    };
    let apart = (x - y).num_days().abs();
    match apart {
        0..=1 => scale.add(1.0, "a day apart at most"),
        2..=4 => scale.add(0.7, "days apart"),
        5..=8 => scale.add(0.3, "a week apart"),
        9..=14 => {}
        15..=30 => scale.add(-1.0, format!("{apart} days apart")),
        31..=75 => scale.add(-2.5, format!("{apart} days apart")),
        _ => scale.veto(format!("{apart} days apart")),
    }
}

/// Kinds of one family are often taken for each other; kinds of opposed steps are two events.
fn family(kind: UpdateKind) -> u8 {
    use UpdateKind as K;
    match kind {
        K::NewEdition | K::Guidance | K::Report | K::MappingPublished | K::Amendment => 1,
        K::StatusConfirmed => 2,
        K::NationalAdoption => 3,
        K::WorkItem => 4,
        K::DraftForComment | K::Consultation => 5,
        K::Proposal => 6,
        K::LawAdopted | K::Withdrawal => 7,
        K::InForce | K::Deadline => 8,
        K::Enforcement | K::CourtRuling => 9,
        K::AccreditationGranted => 10,
        K::CertificationAnnounced => 11,
        K::CertificationOffer => 12,
        K::Institutional => 13,
        K::Event => 14,
    }
}

/// Steps of a procedure, of which there is one at a time.
fn is_step(kind: UpdateKind) -> bool {
    use UpdateKind as K;
    once(kind) || matches!(kind, K::DraftForComment | K::Proposal | K::NationalAdoption)
}

/// What happens once to a framework, or once in years.
fn once(kind: UpdateKind) -> bool {
    use UpdateKind as K;
    matches!(
        kind,
        K::LawAdopted | K::InForce | K::NewEdition | K::Withdrawal | K::WorkItem | K::Amendment
    )
}

fn kinds(a: &Fingerprint, b: &Fingerprint, likeness: f64, scale: &mut Scale) {
    let (Some(x), Some(y)) = (a.kind, b.kind) else {
        let near = apart(a, b).is_none_or(|days| days <= 14);
        scale.add(if near { 0.3 } else { -0.7 }, "a kind unknown");
        return;
    };
    if x == y {
        scale.add(0.8, format!("both {}", x.as_str()));
        let near = apart(a, b).is_some_and(|days| days <= 15);
        // It is told by many on the same days.
        if once(x) && near && a.frameworks.iter().any(|id| b.frameworks.contains(id)) {
            scale.add(1.2, format!("{} happens once to a framework", x.as_str()));
        }
        return;
    }
    let pair = (family(x).min(family(y)), family(x).max(family(y)));
    let points = match pair {
        (9, 9) => -0.3,
        (m, n) if m == n => 0.2,
        // Steps of one procedure.
        (1, 4 | 5) | (4, 5) | (6, 7) | (7, 8) | (6, 8) | (1, 3) | (3, 5) | (5, 6) => -2.0,
        (_, 14) => -2.5,
        (10 | 11, 12) => -1.5,
        // A body, a report or guidance may be how somebody else reads the same thing.
        (1, _) | (_, 13) => -0.8,
        _ => -1.5,
    };
    let points = if likeness > 0.85 {
        points / 2.0
    } else {
        points
    };
    scale.add(points, format!("{} and {}", x.as_str(), y.as_str()));
}

fn apart(a: &Fingerprint, b: &Fingerprint) -> Option<i64> {
    Some((a.published? - b.published?).num_days().abs())
}

/// Whether somebody is pursued.
fn pursued(side: &Fingerprint) -> bool {
    matches!(
        side.kind,
        Some(UpdateKind::Enforcement | UpdateKind::CourtRuling)
    )
}

fn common<'a, T: PartialEq>(a: &'a [T], b: &[T]) -> Vec<&'a T> {
    a.iter().filter(|x| b.contains(x)).collect()
}

/// Kinds whose event is somebody's: another party is another event.
fn of_a_party(kind: Option<UpdateKind>) -> bool {
    matches!(
        kind,
        None | Some(
            UpdateKind::Enforcement
                | UpdateKind::CourtRuling
                | UpdateKind::CertificationAnnounced
                | UpdateKind::AccreditationGranted
        )
    )
}

fn names(a: &Fingerprint, b: &Fingerprint, scale: &mut Scale) {
    // A name is known by its capital on one side; on the other the word is enough, since not
    // every language and style of headline lets capitals tell.
    let has = |side: &Fingerprint, name: &String| {
        side.names.contains(name) || shared(&[Word::plain(name)], &side.all) > 0.0
    };
    let mut told: Vec<&str> = a
        .names
        .iter()
        .filter(|name| has(b, name))
        .chain(b.names.iter().filter(|name| has(a, name)))
        .map(String::as_str)
        .collect();
    told.sort_unstable();
    told.dedup();
    // Where capitals tell nothing on either side, both must have one.
    let perhaps: Vec<&str> = a
        .openers
        .iter()
        .filter(|word| b.openers.contains(word) && !told.contains(&word.as_str()))
        .map(String::as_str)
        .collect();
    let sure = told.len() as f64;
    told.extend(&perhaps);
    if !told.is_empty() {
        let of_party = of_a_party(a.kind) && of_a_party(b.kind);
        let each = if of_party { 1.8 } else { 0.9 };
        let count = sure + if perhaps.is_empty() { 0.0 } else { 0.7 };
        // Whose event it is says more by the first name than by the second.
        let first = if of_party { count.min(1.0) * 0.5 } else { 0.0 };
        scale.add(
            (each * count + first).min(2.0 * each),
            format!("{BOTH_NAME}{}", told.join(", ")),
        );
    }
    let one_party = !told.is_empty() && of_a_party(a.kind) && of_a_party(b.kind);
    // Who is accredited is told by its name, and the accreditor is the same for all.
    let other = |one: &Fingerprint, other: &Fingerprint| {
        one.bodies.iter().any(|body| !other.bodies.contains(body))
    };
    if a.kind == Some(UpdateKind::AccreditationGranted) && a.kind == b.kind && !one_party {
        if apart_in(&a.head_bodies, &b.head_bodies) {
            scale.add(-4.0, "two bodies are accredited");
        } else if other(a, b) && other(b, a) {
            scale.add(-2.0, "two bodies are accredited");
        }
    }
    // Whose event it is: whom the headline is about, else who is named below it.
    let party = |side: &'_ Fingerprint| -> Vec<String> {
        let list = if side.subjects.is_empty() {
            &side.names
        } else {
            &side.subjects
        };
        list.clone()
    };
    let missing = |list: &[String], in_text: &Fingerprint| {
        !list.is_empty() && !list.iter().any(|name| has(in_text, name))
    };
    let sides = [party(a), party(b)];
    if missing(&sides[0], b) && missing(&sides[1], a) {
        let headed = !a.subjects.is_empty() && !b.subjects.is_empty();
        let known =
            of_a_party(a.kind) && of_a_party(b.kind) && a.kind.is_some() && b.kind.is_some();
        let mut told = sides.map(|side| side.join(" "));
        told.sort();
        let reason = format!("{} is not {}", told[0], told[1]);
        if headed && known {
            scale.veto(reason);
        } else if headed {
            scale.add(-1.5, reason);
        } else if known {
            scale.add(-3.5, reason);
        }
    }
    let one_body = a.bodies.iter().any(|body| b.bodies.contains(body));
    let places: Vec<&String> = a
        .places
        .iter()
        .filter(|place| !super::vocabulary::Vocabulary::neutral(place))
        .collect();
    let others: Vec<&String> = b
        .places
        .iter()
        .filter(|place| !super::vocabulary::Vocabulary::neutral(place))
        .collect();
    if !places.is_empty() && !others.is_empty() {
        if places.iter().any(|place| others.contains(place)) {
            scale.add(0.4, "one place");
        } else {
            let points = [a.kind, b.kind].map(local).into_iter().fold(0.0, f64::min);
            // Two authorities, each at home, pursue the same firm for two things.
            let two_cases = pursued(a) && pursued(b) && a.home.is_some() && b.home.is_some();
            let points = if two_cases { 2.0 * points } else { points };
            // Bodies of several places tell of what they do together.
            let points = if points > -2.0 && one_body {
                0.0
            } else {
                points
            };
            scale.add(points, "two places");
        }
    }
    // What two countries agree on each tells with the other's name.
    let names_home = |side: &Fingerprint, of: &Fingerprint| {
        of.home
            .as_ref()
            .is_some_and(|home| side.home.as_ref() != Some(home) && side.places.contains(home))
    };
    if one_body {
        scale.add(0.4, "one body acts");
    } else if names_home(a, b) && names_home(b, a) {
        scale.add(0.8, "each names the other's country");
    } else if !one_party && a.body != b.body && !a.reports && !b.reports {
        // Each speaks of itself: annual reports, appointments, consultations of two bodies are
        // worded alike. What others bring about is told by many bodies.
        let points = [a.kind, b.kind]
            .map(of_itself)
            .into_iter()
            .fold(0.0, f64::min);
        // What is done under one law is told by all who apply it.
        let applied = a.kind == Some(UpdateKind::Institutional)
            && a.kind == b.kind
            && a.frameworks.iter().any(|id| b.frameworks.contains(id));
        let points = if applied { points.max(-1.0) } else { points };
        scale.add(points, "two bodies, neither names the other");
    }
}

/// How much it speaks against one event that two places are named: an authority acts at home.
fn local(kind: Option<UpdateKind>) -> f64 {
    use UpdateKind as K;
    match kind {
        Some(K::AccreditationGranted) => -2.5,
        Some(
            K::Enforcement
            | K::CourtRuling
            | K::LawAdopted
            | K::InForce
            | K::Proposal
            | K::Consultation
            | K::Deadline,
        ) => -1.5,
        _ => -0.7,
    }
}

/// How much it speaks against one event that two bodies tell of it without naming each other.
fn of_itself(kind: Option<UpdateKind>) -> f64 {
    use UpdateKind as K;
    match kind {
        Some(
            K::Report | K::Institutional | K::Event | K::CertificationOffer | K::StatusConfirmed,
        ) => -2.5,
        Some(
            K::NewEdition | K::LawAdopted | K::InForce | K::Amendment | K::Withdrawal | K::Proposal,
        ) => -0.3,
        _ => -0.6,
    }
}

/// Whether a sum has one digit and noughts.
fn is_round(mut sum: u64) -> bool {
    while sum >= 10 && sum.is_multiple_of(10) {
        sum /= 10;
    }
    sum < 10
}

/// Sums that are the same up to rounding.
fn near((a, x): (u64, Currency), (b, y): (u64, Currency), of_one: bool) -> bool {
    if !x.fits(y) {
        return false;
    }
    let (low, high) = (a.min(b) as f64, a.max(b) as f64);
    // "A million" may be 1.05 million of the same party, told in short.
    let in_short = of_one && [a, b].iter().any(|sum| is_round(*sum));
    high - low <= high * if in_short { 0.06 } else { 0.025 }
}

fn numbers(a: &Fingerprint, b: &Fingerprint, scale: &mut Scale) {
    if !a.sums.is_empty() && !b.sums.is_empty() {
        let of_one = scale.names_a_party(a, b);
        type Sums = [(u64, Currency)];
        let total = |sums: &Sums| {
            let (_, currency) = sums.first().copied().unwrap_or_default();
            let alike = sums.len() > 1 && sums.iter().all(|(_, other)| *other == currency);
            alike.then(|| (sums.iter().map(|(sum, _)| sum).sum(), currency))
        };
        let met = |x: &Sums, y: &Sums| {
            x.iter()
                .copied()
                .chain(total(x))
                .any(|sum| y.iter().any(|other| near(sum, *other, of_one)))
        };
        // A fine in zloty is told abroad in euro: by far the same is not told apart.
        let abroad = |x: &Sums, y: &Sums| {
            x.iter().any(|(sum, own)| {
                y.iter().any(|(other, currency)| {
                    let (Some(rate), Some(another)) = (own.rough_rate(), currency.rough_rate())
                    else {
                        return own != currency
                            && *own != Currency::Unknown
                            && *currency != Currency::Unknown;
                    };
                    let ratio = (*sum as f64 * rate) / (*other as f64 * another).max(1.0);
                    own != currency && (0.5..=2.0).contains(&ratio)
                })
            })
        };
        if met(&a.sums, &b.sums) || met(&b.sums, &a.sums) {
            scale.add(2.0, "the same sum");
        } else if abroad(&a.sums, &b.sums) {
            scale.add(0.3, "about the same sum abroad");
        } else if of_one
            && (a.head_sums == 0 || b.head_sums == 0)
            && apart(a, b).is_some_and(|days| days <= 8)
        {
            // The fine beside another that comes with it.
            scale.add(-2.5, "two sums of money");
        } else if of_a_party(a.kind) && of_a_party(b.kind) {
            scale.veto("two sums of money");
        } else {
            scale.add(-1.5, "two sums of money");
        }
    }
    let counted = common(&a.counts, &b.counts);
    if let Some(most) = counted.iter().max() {
        // Twos and threes are counted everywhere.
        scale.add(if **most < 10 { 0.4 } else { 1.0 }, "the same count");
    } else if a.head_counts > 0 && b.head_counts > 0 {
        scale.add(-1.5, "two counts");
    }
    if !a.codes.is_empty() && !b.codes.is_empty() {
        if common(&a.codes, &b.codes).is_empty() {
            let class = |code: &str| {
                code.split(|c: char| c.is_ascii_digit())
                    .next()
                    .map(str::to_owned)
            };
            if a.codes
                .iter()
                .any(|x| b.codes.iter().any(|y| class(x) == class(y)))
            {
                scale.veto(format!(
                    "{} and {}",
                    a.codes.join(" ").min(b.codes.join(" ")),
                    a.codes.join(" ").max(b.codes.join(" "))
                ));
            }
        } else {
            scale.add(3.0, "the same code");
        }
    }
    if apart_in(&a.years, &b.years) {
        scale.veto("two years");
    }
    if apart_in(&a.months, &b.months) {
        scale.veto("two months");
    } else if apart_in(&a.days, &b.days) {
        scale.add(-2.5, "two days");
    }
    for (series, n) in &a.series {
        let others: Vec<u32> = b
            .series
            .iter()
            .filter(|(other, _)| other == series)
            .map(|(_, n)| *n)
            .collect();
        if !others.is_empty() && !others.contains(n) {
            scale.veto(format!("two numbers of one {series}"));
            break;
        }
    }
    if apart_in(&a.versions, &b.versions) {
        scale.veto("two versions");
    }
}

/// Both say something, and nothing of it agrees.
fn apart_in<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    !a.is_empty() && !b.is_empty() && common(a, b).is_empty()
}

/// What sort of citation it is: an act or case that happens once, or a text that lives on.
fn class(work: &str) -> Option<&'static str> {
    for (head, class) in [
        ("Case ", "case"),
        ("COM(", "proposal"),
        ("EO ", "order"),
        ("SI ", "instrument"),
        ("Pub. L.", "public law"),
    ] {
        if work.starts_with(head) {
            return Some(class);
        }
    }
    let mut words = work.split(' ');
    if words.any(|word| matches!(word, "SB" | "HB" | "AB" | "HF" | "SF" | "LD")) {
        return Some("bill");
    }
    None
}

fn is_standard(cited: &Cited) -> bool {
    let head = cited.work.split(' ').next().unwrap_or("");
    matches!(
        head,
        "ISO"
            | "ISO/IEC"
            | "IEC"
            | "ISO/SAE"
            | "ISO/IEC/IEEE"
            | "EN"
            | "ETSI"
            | "NIST"
            | "FIPS"
            | "CEN/CLC/TR"
            | "IWA"
            | "IEEE"
    )
}

fn edition(canonical: &str) -> Option<&str> {
    canonical
        .rsplit_once(':')
        .map(|(_, year)| year.get(..4).unwrap_or(year))
        .filter(|year| year.bytes().all(|b| b.is_ascii_digit()))
}

fn references(a: &Fingerprint, b: &Fingerprint, scale: &mut Scale) {
    let mut points: f64 = 0.0;
    let mut told = "";
    for x in &a.references {
        for y in &b.references {
            if x.work != y.work {
                continue;
            }
            let once = class(&x.work).is_some() || x.work.contains(" FR ");
            let each = if once {
                2.0
            } else if is_standard(x) {
                1.0
            } else {
                0.4
            };
            let each = if x.head && y.head { each * 1.3 } else { each };
            let dated =
                is_standard(x) && x.canonical == y.canonical && edition(&x.canonical).is_some();
            let each = if dated && a.kind == b.kind {
                each + 0.5
            } else {
                each
            };
            if each > points {
                points = each;
                told = &x.work;
            }
            if x.head && y.head || (a.references.len() == 1 && b.references.len() == 1) {
                if x.stage != y.stage && is_standard(x) {
                    if x.stage.is_some() && y.stage.is_some() {
                        scale.veto(format!("two stages of {}", x.work));
                    } else if a.kind != b.kind {
                        scale.add(-1.0, format!("two stages of {}", x.work));
                    }
                } else if x.adopted != y.adopted {
                    scale.add(-0.8, format!("{} and its adoption", x.work));
                } else if let (Some(m), Some(n)) = (edition(&x.canonical), edition(&y.canonical))
                    && m != n
                    && !x.adopted
                {
                    scale.veto(format!("two editions of {}", x.work));
                }
            }
        }
    }
    if points > 0.0 {
        scale.add(points, format!("both cite {told}"));
    }
    for name in ["case", "order", "bill", "instrument", "public law"] {
        let of = |side: &Fingerprint| -> Vec<String> {
            side.references
                .iter()
                .filter(|cited| class(&cited.work) == Some(name))
                .map(|cited| cited.work.clone())
                .collect()
        };
        if apart_in(&of(a), &of(b)) {
            let headed = |side: &Fingerprint| {
                side.references
                    .iter()
                    .any(|cited| cited.head && class(&cited.work) == Some(name))
            };
            // The bill that replaces a law is told with either's number.
            let both = a.kind == b.kind && a.frameworks.iter().any(|id| b.frameworks.contains(id));
            if name == "bill" && both && !(headed(a) && headed(b)) {
                scale.add(-1.5, format!("two of the class {name}"));
            } else {
                scale.veto(format!("two of the class {name}"));
            }
        }
    }
    let heads = |side: &Fingerprint| -> Vec<String> {
        side.references
            .iter()
            .filter(|cited| is_standard(cited) && cited.head)
            .map(|cited| cited.work.clone())
            .collect()
    };
    let all = |side: &Fingerprint| -> Vec<String> {
        side.references
            .iter()
            .filter(|cited| is_standard(cited))
            .map(|cited| cited.work.clone())
            .collect()
    };
    if apart_in(&heads(a), &heads(b)) {
        scale.veto("two standards");
    } else if apart_in(&all(a), &all(b)) {
        let series = |side: &Fingerprint| -> Vec<String> {
            all(side)
                .iter()
                .filter_map(|work| Some(work.split_once('-')?.0.to_owned()))
                .collect()
        };
        let parts = !common(&series(a), &series(b)).is_empty();
        scale.add(
            if parts { -3.0 } else { -1.5 },
            if parts {
                "two parts of one standard"
            } else {
                "two standards"
            },
        );
    }
}

fn subjects(a: &Fingerprint, b: &Fingerprint, scale: &mut Scale) {
    if a.frameworks.is_empty() && b.frameworks.is_empty() {
        let cited = a
            .references
            .iter()
            .any(|x| b.references.iter().any(|y| x.work == y.work));
        if cited {
            scale.add(0.8, "one act or standard");
        } else if a.kind == b.kind {
            scale.add(0.4, "no framework");
        }
    }
    if a.frameworks.is_empty() || b.frameworks.is_empty() {
        return;
    }
    let both = common(&a.frameworks, &b.frameworks).len();
    if both == 0 && pursued(a) && pursued(b) && scale.names_a_party(a, b) {
        // Two authorities may apply two laws to one firm at once.
        scale.add(-0.5, "two frameworks");
    } else if both == 0 {
        scale.add(-1.5, "two frameworks");
    } else if both < a.frameworks.len() && both < b.frameworks.len() {
        scale.add(-1.5, "other frameworks beside");
    } else {
        scale.add(0.8, "one framework");
    }
}

/// What is somebody's is told by who it was, how much, or which case.
fn marks(a: &Fingerprint, b: &Fingerprint, scale: &mut Scale) {
    if !(of_a_party(a.kind) && of_a_party(b.kind)) || a.kind.is_none() || b.kind.is_none() {
        return;
    }
    let told = [
        "both name",
        "the same",
        "a phrase",
        "both cite Case",
        "one corrects",
    ];
    let marked = scale
        .reasons
        .iter()
        .any(|(points, reason)| *points > 0.0 && told.iter().any(|head| reason.starts_with(head)));
    if !marked {
        // Certificates are told alike, by one certifier, of whoever holds them.
        let certified = [a.kind, b.kind] == [Some(UpdateKind::CertificationAnnounced); 2];
        scale.add(
            if certified { -2.0 } else { -1.0 },
            "no party, sum or case in common",
        );
    }
}

/// Two accounts in one language that share no particular word, sum, code or citation in their
/// headlines are about two things of one sort.
fn particulars(a: &Fingerprint, b: &Fingerprint, likeness: f64, scale: &mut Scale) {
    if a.tongue != b.tongue || likeness > 0.4 || (a.kind == b.kind && a.kind.is_some_and(once)) {
        return;
    }
    // Much is written about one framework on one day; what it says must be alike.
    if likeness < 0.15
        && ![a.kind, b.kind].into_iter().flatten().any(is_step)
        && !scale.names_a_party(a, b)
        && !is_one_step(a, b)
    {
        scale.add(-1.0, "hardly a word in common");
    }
    let particular = |side: &[Word]| -> Vec<Word> {
        side.iter()
            .copied()
            .filter(|word| word.weight() > 1.5)
            .collect()
    };
    let (heads, others) = (particular(&a.head), particular(&b.head));
    let met = shared(&heads, &b.all) > 0.0
        || shared(&others, &a.all) > 0.0
        || a.references.iter().any(|x| {
            b.references
                .iter()
                .any(|y| (x.head || y.head) && x.work == y.work)
        });
    if !met && !heads.is_empty() && !others.is_empty() {
        scale.add(-1.0, "nothing particular in common");
    }
}

/// Whether both tell on the same days of a step of one dated text, of which there is one at a time.
fn is_one_step(a: &Fingerprint, b: &Fingerprint) -> bool {
    use UpdateKind as K;
    let step = matches!(
        a.kind,
        Some(K::Deadline | K::Consultation | K::DraftForComment | K::StatusConfirmed)
    );
    let dated = |cited: &Cited| {
        edition(&cited.canonical).is_some() || cited.canonical.split(' ').any(is_version)
    };
    step && a.kind == b.kind
        && apart(a, b).is_some_and(|days| days <= 4)
        && a.references
            .iter()
            .any(|x| dated(x) && b.references.iter().any(|y| x.canonical == y.canonical))
}

/// `v4.0.1`.
fn is_version(word: &str) -> bool {
    word.strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Steps of one procedure by the words of the headline, where one headline says one and the
/// other the other.
fn steps(a: &Fingerprint, b: &Fingerprint, scale: &mut Scale) {
    const OPPOSED: &[(&str, &str, f64)] = &[
        ("draft", "final", -2.0),
        ("draft", "force", -2.0),
        ("draft", "sign", -2.0),
        ("close", "consult", -1.5),
        ("response", "consult", -1.0),
        ("response", "close", -2.0),
        ("propose", "adopt", -1.5),
        ("propose", "force", -1.5),
        ("deal", "adopt", -1.5),
        ("adopt", "sign", -0.5),
        ("sign", "force", -2.0),
        ("adopt", "force", -1.5),
        ("publish", "force", -1.0),
        ("publish", "delay", -1.5),
        ("investigate", "fine", -3.0),
        ("investigate", "settle", -2.0),
        ("appeal", "fine", -2.0),
        ("webinar", "publish", -1.5),
        ("webinar", "final", -1.5),
    ];
    let mut worst = 0.0;
    let mut told = String::new();
    for (x, y, points) in OPPOSED {
        let only = |one: &Fingerprint, other: &Fingerprint| {
            one.has_idea(x) && !one.has_idea(y) && other.has_idea(y) && !other.has_idea(x)
        };
        if (only(a, b) || only(b, a)) && *points < worst {
            worst = *points;
            told = format!("{x} and {y}");
        }
    }
    // A case that is opened is not yet the decision, which names the inquiry that it ends.
    let opens = |side: &Fingerprint| {
        side.has_idea("investigate")
            && (side.has_idea("begin") || side.has_idea("force"))
            && !side.has_idea("fine")
    };
    let ends = |side: &Fingerprint| side.has_idea("fine") && !side.has_idea("begin");
    if worst > -3.0 && (opens(a) && ends(b) || opens(b) && ends(a)) {
        worst = -3.0;
        told = "a case opened and decided".to_owned();
    }
    scale.add(worst, told);
    // An appeal names the fine that it is against.
    if worst == 0.0 && a.has_idea("appeal") != b.has_idea("appeal") {
        scale.add(-1.5, "an appeal and none");
    }
}
