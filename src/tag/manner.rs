//! The words around a name by which it is no mention: a comparison, a rule of the body, the seat
//! of a firm, the destination of data (rules F5, B1, J3).

use rustc_hash::FxHashSet;

use super::lexicon::Target;
use super::passage::{Gap, Passage};
use super::sequences::{ByNode, Node};
use super::text::{Drafting, Text};
use crate::domain::library::{Library, MannerBook};

/// A set of word lists, by their place in [`MannerBook::lists`].
type Marks = u32;

macro_rules! marks {
    ($($name:ident = $list:literal;)*) => {
        $(const $name: Marks = 1 << list($list);)*
    };
}

/// The place of a list among those of the book, known when the program is compiled.
const fn list(name: &str) -> usize {
    let mut at = 0;
    while at < MannerBook::LISTS.len() {
        let (one, other) = (MannerBook::LISTS[at].as_bytes(), name.as_bytes());
        let mut same = one.len() == other.len();
        let mut byte = 0;
        while same && byte < one.len() {
            same = one[byte] == other[byte];
            byte += 1;
        }
        if same {
            return at;
        }
        at += 1;
    }
    panic!("there is no such list")
}

marks! {
    ARTICLE = "articles";
    OF = "of";
    COMPARISON = "comparisons";
    COMPARISON_BEFORE = "comparisons_before";
    QUALITY = "qualities";
    FORMER = "former";
    UNDER = "under";
    RULE = "rules";
    FIRM = "firms";
    BRANCH = "branches";
    SEAT_BEFORE = "seats_before";
    SEAT_AFTER = "seats_after";
    HOUSE_BEFORE = "houses_before";
    HOUSE_AFTER = "houses_after";
    SPOKEN_BEFORE = "spoken_before";
    SPOKEN_AFTER = "spoken_after";
    INTO = "into";
    INSIDE = "in";
    TRANSFER = "transfers";
    MEETING = "meetings";
    ASIDE = "asides";
    LAW = "laws";
    METAPHOR = "metaphors";
}

/// Names of places of any sort; the lists leave the last bit free.
const PLACE: Marks = 1 << 31;
const _: () = assert!(MannerBook::LISTS.len() < 31);

/// How far before a name a word is still about it.
const NEAR: usize = 8;

/// The lists, compiled.
pub(super) struct Manners {
    marks: ByNode<Marks>,
    /// Names of places used as adjectives, which tell where a firm or a person comes from.
    adjectives: FxHashSet<Node>,
}

impl Manners {
    pub(super) fn new(draft: &mut Drafting, library: &Library) -> Self {
        let mut marks: ByNode<Marks> = ByNode::default();
        for (place, words) in library.manners.lists.iter().enumerate() {
            for node in words.iter().filter_map(|word| draft.sequence(word)) {
                *marks.slot(node) |= 1 << place;
            }
        }
        let mut adjectives = FxHashSet::default();
        for place in &library.jurisdictions {
            let short =
                |name: &&String| name.is_ascii() && name.len() <= 4 && name.as_str() != "EU";
            let names = place.names.iter();
            adjectives.extend(
                place
                    .demonyms
                    .iter()
                    .chain(names.clone().filter(short))
                    .filter_map(|name| draft.sequence(name)),
            );
            let all = place.demonyms.iter().chain(names).chain([&place.name]);
            for node in all.filter_map(|name| draft.sequence(name)) {
                *marks.slot(node) |= PLACE;
            }
        }
        Self { marks, adjectives }
    }

    /// Reads the marks of a text.
    pub(super) fn read<'t>(&'t self, text: &'t Text<'_>) -> Marked<'t> {
        let mut out = Marked {
            manners: self,
            passage: &text.passage,
            begins: vec![0; text.passage.len()],
            ends: vec![0; text.passage.len()],
        };
        for hit in &text.hits {
            let Some(marks) = self.marks.get(hit.node).filter(|marks| **marks != 0) else {
                continue;
            };
            if let Some(slot) = out.begins.get_mut(hit.first) {
                *slot |= marks;
            }
            let last = hit.end.checked_sub(1);
            if let Some(slot) = last.and_then(|last| out.ends.get_mut(last)) {
                *slot |= marks;
            }
        }
        out
    }
}

/// The marks of one text.
pub(super) struct Marked<'t> {
    manners: &'t Manners,
    passage: &'t Passage<'t>,
    /// For each word the lists of which a word or phrase begins there.
    begins: Vec<Marks>,
    /// The same for those that end there.
    ends: Vec<Marks>,
}

impl Marked<'_> {
    /// Whether the name at these words is a mention.
    pub(super) fn allow(&self, target: Target, node: Node, first: usize, end: usize) -> bool {
        match target {
            Target::Framework(_) => {
                !self.compared(end) && !self.likened(first) && !self.metaphor(first, end)
            }
            Target::Body(_) => {
                !self.compared(end)
                    && !self.after(end, QUALITY, Gap::Hyphen, Gap::Hyphen)
                    && !self.before(first, FORMER)
                    && !self.of_a_rule(first, end)
                    && !self.of_an_act(end)
            }
            Target::Jurisdiction(_) => {
                let adjective = self.manners.adjectives.contains(&node);
                !(adjective && (self.of_a_firm(end) || self.spoken(first, end)))
                    && !self.seat(first, end)
                    && !self.destination(first, end)
                    && !self.meeting(first, end)
            }
            Target::Topic(_) | Target::Cue(_) | Target::Act => true,
        }
    }

    /// Whether the citation of a standard at these words is a mention. A number is seldom used as a
    /// picture: only "the ISO 9001 of baking" counts as one.
    pub(super) fn allow_cited(&self, first: usize, end: usize) -> bool {
        let picture = first > 0
            && self.passage.word(first - 1) == "the"
            && self.passage.word(end) == "of"
            && !self.begins(end + 1, ARTICLE)
            && self.metaphor(first, end);
        !self.compared(end) && !picture
    }

    /// Whether the name stands beside the event: "based on", "ahead of", "alongside".
    pub(super) fn aside(&self, first: usize) -> bool {
        self.before(first, ASIDE)
            || self.before(first, ARTICLE) && first > 1 && self.ends(first - 2, ASIDE)
    }

    fn begins(&self, at: usize, marks: Marks) -> bool {
        self.begins.get(at).is_some_and(|found| found & marks != 0)
    }

    fn ends(&self, at: usize, marks: Marks) -> bool {
        self.ends.get(at).is_some_and(|found| found & marks != 0)
    }

    /// Whether such a word follows, as near as that.
    fn after(&self, end: usize, marks: Marks, least: Gap, most: Gap) -> bool {
        let gap = self.passage.gap(end);
        gap >= least && gap <= most && self.begins(end, marks)
    }

    /// Whether such a word stands right before.
    fn before(&self, first: usize, marks: Marks) -> bool {
        self.passage.gap(first) <= Gap::Space && first > 0 && self.ends(first - 1, marks)
    }

    /// "GDPR-like".
    fn compared(&self, end: usize) -> bool {
        self.after(end, COMPARISON, Gap::Hyphen, Gap::Hyphen)
    }

    /// "Une loi type RGPD", "ley tipo RGPD".
    fn likened(&self, first: usize) -> bool {
        self.before(first, COMPARISON_BEFORE)
    }

    /// "The GDPR of gardening": of neither a year nor a place nor something with a name.
    fn metaphor(&self, first: usize, end: usize) -> bool {
        // "A GDPR moment for brain implants".
        if self.after(end, METAPHOR, Gap::Hyphen, Gap::Space) {
            return true;
        }
        if !self.before(first, ARTICLE) || !self.after(end, OF, Gap::Space, Gap::Space) {
            return false;
        }
        // "A GDPR for robots" is none, "the Privacy Framework for small firms" is the one.
        if self.passage.word(end) == "for" && !matches!(self.passage.word(first - 1), "a" | "an") {
            return false;
        }
        let mut of = end + 1;
        if self.begins(of, ARTICLE) {
            of += 1;
        }
        !self.begins(of, PLACE)
            && self
                .passage
                .written(of)
                .starts_with(|c: char| c.is_lowercase())
    }

    /// "After a FINMA circular", "under FCA rules": the body's letters name an existing rule.
    fn of_a_rule(&self, first: usize, end: usize) -> bool {
        self.after(end, RULE, Gap::Hyphen, Gap::Space)
            && (self.before(first, UNDER)
                || self.before(first, ARTICLE) && self.ends(first.wrapping_sub(2), UNDER))
    }

    /// "The FTC Act": the body's letters name a law.
    fn of_an_act(&self, end: usize) -> bool {
        self.after(end, LAW, Gap::Space, Gap::Space)
            && self.passage.written(end).starts_with(char::is_uppercase)
    }

    /// "GDPR-like law": no mention of the one, but one of a law.
    pub(super) fn compared_law(&self, end: usize) -> bool {
        self.compared(end) && self.begins(end + 1, LAW)
    }

    /// "French engineer", "UK start-up", "German car maker".
    fn of_a_firm(&self, end: usize) -> bool {
        for at in end..end.saturating_add(3) {
            if self.passage.gap(at) > Gap::Space {
                return false;
            }
            if self.begins(at, FIRM) {
                return true;
            }
            if !self.begins(at, BRANCH) {
                return false;
            }
        }
        false
    }

    /// "Berlin-based", "headquartered in Delaware", "Georgia Tech", "University of Texas".
    fn seat(&self, first: usize, end: usize) -> bool {
        self.after(end, SEAT_AFTER, Gap::Hyphen, Gap::Space)
            || self.before(first, SEAT_BEFORE)
            || self.before(first, HOUSE_BEFORE)
            || self.after(end, HOUSE_AFTER, Gap::Hyphen, Gap::Space)
                && self.passage.written(end).starts_with(char::is_uppercase)
    }

    /// "In French", "German version", "parlent français".
    fn spoken(&self, first: usize, end: usize) -> bool {
        self.after(end, SPOKEN_AFTER, Gap::Hyphen, Gap::Space)
            || self.before(first, SPOKEN_BEFORE)
            || self.before(first, INSIDE) && self.passage.gap(end) >= Gap::Comma
    }

    /// "Transfers to China", "adequacy decision for Brazil", "UK adequacy".
    fn destination(&self, first: usize, end: usize) -> bool {
        if self.after(end, TRANSFER, Gap::Hyphen, Gap::Space) {
            return true;
        }
        let mut at = first;
        if self.before(at, ARTICLE) {
            at -= 1;
        }
        self.before(at, INTO) && self.earlier(at, TRANSFER)
    }

    /// "Met in Seoul", "workshop in Brussels", "Seoul Summit".
    fn meeting(&self, first: usize, end: usize) -> bool {
        self.before(first, INSIDE) && self.earlier(first, MEETING)
            || self.after(end, MEETING, Gap::Space, Gap::Space)
                && self.passage.written(end).starts_with(char::is_uppercase)
    }

    /// Whether such a word stands before in the same sentence, and near.
    fn earlier(&self, first: usize, marks: Marks) -> bool {
        let mut at = first;
        for _ in 0..NEAR {
            if at == 0 || self.passage.gap(at) == Gap::Sentence {
                return false;
            }
            at -= 1;
            if self.begins(at, marks) {
                return true;
            }
        }
        false
    }
}
