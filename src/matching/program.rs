//! Compiled criteria, one behind the other in one stretch of memory: of a hundred thousand only a
//! few are asked of an update, and what costs is fetching them.

use smallvec::SmallVec;

use super::compile::Node;
use super::reading::Reading;
use crate::domain::update::Reach;

/// How the parts of criteria are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    All,
    Any,
    Every,
}

/// One clause, compiled.
pub(super) struct Part {
    pub(super) node: Node,
    pub(super) by_name: bool,
}

/// One set of criteria, compiled.
pub(super) struct Rule {
    pub(super) join: Join,
    pub(super) parts: Box<[Part]>,
}

/// The places of clauses that hold.
pub(super) type Held = SmallVec<[u32; 4]>;

/// Bits of a word that say what it is; the rest is a number.
const SORT: u32 = 3;
const ALWAYS: u32 = 0;
const TERM: u32 = 1;
const PHRASE: u32 = 2;
const MOMENT: u32 = 3;
const OPEN: u32 = 4;
const AND: u32 = 5;
const OR: u32 = 6;
const NOT: u32 = 7;

/// All criteria.
///
/// A rule is a word of its join and the number of its parts; a part is a word of its length and
/// whether it names something, and its node; a node is a word of its sort and a number (a term, a
/// length, which moment), with what belongs to it behind it.
#[derive(Default)]
pub(super) struct Program {
    starts: Vec<u32>,
    words: Vec<u32>,
    /// Seconds, and whether what is dated from them on is meant, or what is dated before.
    moments: Vec<(i64, bool)>,
}

fn small(number: usize) -> u32 {
    // What does not fit asks for memory that no machine has.
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Program {
    pub(super) fn of(rules: Vec<Rule>) -> Self {
        let mut out = Self::default();
        for rule in rules {
            out.starts.push(small(out.words.len()));
            let join = match rule.join {
                Join::All => 0,
                Join::Any => 1,
                Join::Every => 2,
            };
            out.words.push(small(rule.parts.len()) << 2 | join);
            for part in rule.parts {
                let head = out.words.len();
                out.words.push(0);
                out.write(&part.node);
                let length = small(out.words.len() - head - 1);
                if let Some(word) = out.words.get_mut(head) {
                    *word = length << 1 | u32::from(part.by_name);
                }
            }
        }
        out.words.shrink_to_fit();
        out
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    fn write(&mut self, node: &Node) {
        let mut word = |sort: u32, number: u32| self.words.push(number << SORT | sort);
        match node {
            Node::Always => word(ALWAYS, 1),
            Node::Never => word(ALWAYS, 0),
            Node::Term(term) => word(TERM, *term),
            Node::Phrase(phrase) => {
                word(PHRASE, small(phrase.len()));
                for (offset, term) in phrase {
                    self.words.extend([*offset, *term]);
                }
            }
            Node::From(second) | Node::Until(second) => {
                word(MOMENT, small(self.moments.len()));
                self.moments.push((*second, matches!(node, Node::From(_))));
            }
            Node::Open(open) => word(OPEN, u32::from(*open)),
            Node::Not(inner) => {
                word(NOT, 0);
                self.write(inner);
            }
            Node::And(nodes) | Node::Or(nodes) => {
                let head = self.words.len();
                self.words.push(0);
                for node in nodes {
                    self.write(node);
                }
                let length = small(self.words.len() - head - 1);
                let sort = if matches!(node, Node::And(_)) {
                    AND
                } else {
                    OR
                };
                if let Some(word) = self.words.get_mut(head) {
                    *word = length << SORT | sort;
                }
            }
        }
    }

    /// Whether the node that these words begin with holds, and what stands behind it.
    fn holds<'w>(&self, words: &'w [u32], reading: &Reading) -> (bool, &'w [u32]) {
        let Some((word, rest)) = words.split_first() else {
            return (false, &[]);
        };
        let number = word >> SORT;
        match word & ((1 << SORT) - 1) {
            ALWAYS => (number == 1, rest),
            TERM => (reading.has(number), rest),
            PHRASE => {
                let (phrase, rest) = rest
                    .split_at_checked(number as usize * 2)
                    .unwrap_or_default();
                (reading.in_order(phrase.as_chunks().0), rest)
            }
            MOMENT => {
                let moment = self.moments.get(number as usize);
                let holds =
                    moment.is_some_and(|(second, from)| (reading.dated() >= *second) == *from);
                (holds, rest)
            }
            OPEN => (reading.is_open() == (number == 1), rest),
            NOT => {
                let (holds, rest) = self.holds(rest, reading);
                (!holds, rest)
            }
            sort => {
                let (mut inner, rest) = rest.split_at_checked(number as usize).unwrap_or_default();
                let every = sort == AND;
                while !inner.is_empty() {
                    let (holds, behind) = self.holds(inner, reading);
                    if holds != every {
                        return (!every, rest);
                    }
                    inner = behind;
                }
                (every, rest)
            }
        }
    }

    /// The clauses of criteria by which somebody is told of an update of this reach; none when they
    /// are not.
    pub(super) fn because(&self, place: u32, reach: Reach, reading: &Reading) -> Option<Held> {
        let start = *self.starts.get(place as usize)?;
        let (head, mut words) = self.words.get(start as usize..)?.split_first()?;
        let parts = head >> 2;
        let every = match head & 3 {
            0 => return (reach == Reach::News).then(Held::new),
            1 => false,
            _ => true,
        };
        let news = reach == Reach::News;
        let (mut held, mut any_named) = (Held::new(), false);
        for part in 0..parts {
            let (about, rest) = words.split_first()?;
            let (code, rest) = rest.split_at_checked((about >> 1) as usize)?;
            words = rest;
            let named = about & 1 == 1;
            // What is for followers is told for what they named: all else need not hold, unless all must.
            if !every && !news && !named {
                continue;
            }
            if self.holds(code, reading).0 {
                any_named |= named;
                held.push(part);
            } else if every {
                return None;
            }
        }
        if every && !news && !any_named {
            return None;
        }
        (!held.is_empty()).then_some(held)
    }
}
