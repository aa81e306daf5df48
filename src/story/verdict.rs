//! Two fingerprints -> one event or two, with the reasons.
//!
//! Points for what two accounts of one event share, points against what sets two events apart,
//! and vetoes that no likeness outweighs: a repeated notice is worded alike on purpose.

use super::citations::{self, edition};
use super::fingerprint::{Cited, Fingerprint, Word};
use super::lexicon::Tongue;
use super::{figures, party};
use crate::domain::update::UpdateKind;

/// From here on two updates tell of one event.
const SAME: f64 = 4.0;

/// The weight from which on a word says more than what such notices always say.
const PARTICULAR: f64 = 1.5;

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
pub(super) const BOTH_NAME: &str = "both name ";

/// Points with their reasons.
#[derive(Default)]
pub(super) struct Scale {
    points: f64,
    reasons: Vec<(f64, String)>,
    veto: bool,
}

impl Scale {
    pub(super) fn add(&mut self, points: f64, reason: impl Into<String>) {
        if points != 0.0 {
            self.points += points;
            self.reasons.push((points, reason.into()));
        }
    }

    /// Whether somebody is named by both whom the event is about.
    pub(super) fn names_a_party(&self, a: &Fingerprint, b: &Fingerprint) -> bool {
        of_a_party(a.kind)
            && of_a_party(b.kind)
            && self
                .reasons
                .iter()
                .any(|(_, reason)| reason.starts_with(BOTH_NAME))
    }

    pub(super) fn veto(&mut self, reason: impl Into<String>) {
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
        // Unless it tells it in two languages.
        let points = if a.tongue == b.tongue { -2.5 } else { -1.0 };
        scale.add(points, "one source tells an event once");
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
    party::names(a, b, &mut scale);
    figures::numbers(a, b, &mut scale);
    citations::references(a, b, &mut scale);
    subjects(a, b, &mut scale);
    particulars(a, b, likeness, &mut scale);
    if one_source
        && a.tongue == b.tongue
        && a.correction == b.correction
        && !scale.names_a_party(a, b)
        && each_has_its_own(a, b)
    {
        scale.add(-2.0, "each tells of another thing");
    }
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
pub(super) fn shared(a: &[Word], b: &[Word]) -> f64 {
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

/// Whether each headline has a particular word that the other account has not: a source words its notices alike, and
/// what differs is what they are about.
fn each_has_its_own(a: &Fingerprint, b: &Fingerprint) -> bool {
    let own = |side: &Fingerprint, other: &Fingerprint| {
        side.head.iter().any(|word| {
            word.weight() > PARTICULAR && !other.all.iter().any(|it| it.key() == word.key())
        })
    };
    own(a, b) && own(b, a)
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
        let elsewhere = apart_in(&a.own_places(), &b.own_places());
        if once(x) && near && !elsewhere && a.frameworks.iter().any(|id| b.frameworks.contains(id))
        {
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

pub(super) fn apart(a: &Fingerprint, b: &Fingerprint) -> Option<i64> {
    Some((a.published? - b.published?).num_days().abs())
}

/// Whether somebody is pursued.
pub(super) fn pursued(side: &Fingerprint) -> bool {
    matches!(
        side.kind,
        Some(UpdateKind::Enforcement | UpdateKind::CourtRuling)
    )
}

pub(super) fn common<'a, T: PartialEq>(a: &'a [T], b: &[T]) -> Vec<&'a T> {
    a.iter().filter(|x| b.contains(x)).collect()
}

/// Kinds whose event is somebody's: another party is another event.
pub(super) fn of_a_party(kind: Option<UpdateKind>) -> bool {
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

/// Both say something, and nothing of it agrees.
pub(super) fn apart_in<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    !a.is_empty() && !b.is_empty() && common(a, b).is_empty()
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
            .filter(|word| word.weight() > PARTICULAR)
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
    let one_body = a.bodies.iter().any(|body| b.bodies.contains(body));
    let near = apart(a, b).is_some_and(|days| days <= 8);
    let of_all = !of_a_party(a.kind);
    if a.kind == b.kind
        && of_all
        && one_body
        && near
        && likeness > 0.2
        && shared(&heads, &others) > 0.0
    {
        scale.add(0.6, "something particular in both headlines");
    }
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
        ("send", "sign", -2.5),
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
        // "enacts amendments introducing fines" proposes nothing.
        let law_adopted = [a.kind, b.kind] == [Some(UpdateKind::LawAdopted); 2];
        if law_adopted && *x == "propose" {
            continue;
        }
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
        // Days later it is the next step of the case.
        let later = apart(a, b).is_some_and(|days| days > 4);
        scale.add(if later { -4.0 } else { -1.5 }, "an appeal and none");
    }
}
