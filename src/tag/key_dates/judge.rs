//! What a date is for: the nearest cue that its preposition allows, within its sentence.

use super::cues::{Cue, Sense, Topic};
use super::interval::Anchor;
use super::role::{Dress, Role};
use super::span::{Span, When};
use super::token::{Kind, Token};
use crate::domain::key_date::DateEvent;

/// A date's event and the cue that told it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verdict {
    pub(super) event: DateEvent,
    pub(super) cue: Cue,
    /// Something in the sentence says that it is not settled.
    pub(super) hedged: bool,
    /// Somebody else says so.
    pub(super) reported: bool,
}

/// A text taken apart.
pub(super) struct Page<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) spans: &'a [Span],
    pub(super) dresses: &'a [Dress],
    pub(super) sentences: &'a [u32],
    pub(super) cues: &'a [Cue],
    /// What it costs to pass the tokens before each place.
    costs: Vec<u32>,
    /// How many commas stand before each place.
    commas: Vec<u32>,
    /// Cues looked at, so that tests can tell how the work grows.
    #[cfg(test)]
    pub(super) work: std::cell::Cell<usize>,
}

/// The farthest a cue may stand from its date, in tokens.
const WINDOW: usize = 80;
/// The greatest cost from a verb to its date, before it and after it.
const VERB: (u32, u32) = (24, 16);
/// The greatest cost from a noun to its date.
const NOUN: (u32, u32) = (55, 18);
/// The greatest cost for a date without a preposition.
const TOUCHING: u32 = 3;

/// The cost of a word that belongs to another date: beyond all limits, yet in the sentence.
const FOREIGN: u32 = 10_000;

/// A cue beside a date.
#[derive(Clone, Copy)]
struct Near {
    cue: Cue,
    cost: u32,
    before: bool,
    /// Another date stands between.
    behind: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(
        tokens: &'a [Token],
        spans: &'a [Span],
        dresses: &'a [Dress],
        sentences: &'a [u32],
        cues: &'a [Cue],
    ) -> Self {
        let mut own: Vec<u32> = tokens.iter().map(cost).collect();
        for (span, dress) in spans.iter().zip(dresses) {
            for place in dress.lead..=span.last {
                if let Some(cost) = own.get_mut(place) {
                    *cost = if place == span.first { 6 } else { 0 };
                }
            }
        }
        let costs = sums(own);
        let commas = sums(tokens.iter().map(|token| u32::from(token.is_sign(','))));
        Self {
            tokens,
            spans,
            dresses,
            sentences,
            cues,
            costs,
            commas,
            #[cfg(test)]
            work: std::cell::Cell::new(0),
        }
    }

    /// The cost of the tokens from `start` up to `end`.
    pub(super) fn between(&self, start: usize, end: usize) -> u32 {
        let at = |place: usize| self.costs.get(place).copied().unwrap_or(0);
        at(end).saturating_sub(at(start))
    }

    fn commas_between(&self, start: usize, end: usize) -> u32 {
        let at = |place: usize| self.commas.get(place).copied().unwrap_or(0);
        at(end).saturating_sub(at(start))
    }

    pub(super) fn sentence(&self, span: usize) -> Option<u32> {
        let first = self.spans.get(span)?.first;
        self.sentences.get(first).copied()
    }

    /// The cues of a date's sentence, with their costs.
    fn near(&self, number: usize) -> Vec<Near> {
        let (Some(span), Some(dress)) = (self.spans.get(number), self.dresses.get(number)) else {
            return Vec::new();
        };
        let sentence = self.sentences.get(span.first);
        let middle = self.cues.partition_point(|cue| cue.first < span.first);
        let previous = number
            .checked_sub(1)
            .and_then(|before| self.spans.get(before))
            .map(|span| span.first);
        let next = self.spans.get(number + 1).map(|span| span.first);
        let here = |cue: &&Cue| {
            self.sentences.get(cue.first) == sentence && span.first.abs_diff(cue.first) <= WINDOW
        };
        let (left, right) = self.cues.split_at(middle);
        let mut out: Vec<Near> = Vec::new();
        for cue in left.iter().rev().take_while(here) {
            // A word that is the preposition itself is no cue of its own; "apply from" is.
            if cue.first < dress.lead {
                out.push(Near {
                    cue: *cue,
                    cost: self.between(cue.last + 1, dress.lead),
                    before: true,
                    behind: previous.is_some_and(|previous| cue.first < previous),
                });
            }
        }
        let begins = dress.lead.checked_sub(1).is_none_or(|before| {
            self.sentences.get(before) != sentence
                || self
                    .tokens
                    .get(before)
                    .is_some_and(|token| token.is_sign(',') || token.is_sign(':'))
        });
        let next_lead = self.dresses.get(number + 1).map(|dress| dress.lead);
        for cue in right.iter().take_while(here) {
            // A word before the next date belongs to that one when it stands nearer to it.
            let nearer_to_next = next_lead.is_some_and(|lead| {
                cue.first < lead
                    && self.sentences.get(lead) == sentence
                    && self.between(cue.last + 1, lead) < self.between(span.last + 1, cue.first)
            });
            // "On 2 August, the rules apply"; but "resigned on 2 May, a day after the act took
            // effect" is two clauses.
            let apart = !begins && self.commas_between(span.last + 1, cue.first) > 0;
            let own = !(is_verb(cue.sense) && (nearer_to_next || apart));
            out.push(Near {
                cue: *cue,
                cost: if own {
                    self.between(span.last + 1, cue.first).saturating_add(2)
                } else {
                    FOREIGN
                },
                before: false,
                behind: next.is_some_and(|next| cue.first > next),
            });
        }
        #[cfg(test)]
        self.work.set(self.work.get() + out.len() + 1);
        out
    }

    /// Whether the sentence of a date speaks of a move near it.
    pub(super) fn moves(&self, number: usize) -> bool {
        self.near(number)
            .iter()
            .any(|near| near.cue.sense == Sense::Move && near.cost <= VERB.0)
    }

    /// Whether a word right before the date says that it no longer holds.
    pub(super) fn is_old(&self, number: usize) -> bool {
        self.near(number).iter().any(|near| {
            near.before
                && !near.behind
                && match near.cue.sense {
                    Sense::Old => near.cost <= 7,
                    // "findet statt" and "statt am 30. Juni" share a word.
                    Sense::Hold => {
                        near.cost == 0
                            && self.is_word(near.cue, "statt")
                            && !self.is_behind(near.cue, &["findet", "finden", "fand", "fanden"])
                    }
                    // "on 12 June, not 22 May".
                    Sense::Not => near.cost == 0 && number > 0,
                    _ => false,
                }
        })
    }

    /// Whether one of some words stands before a cue in its sentence.
    fn is_behind(&self, cue: Cue, words: &[&str]) -> bool {
        let sentence = self.sentences.get(cue.first);
        (cue.first.saturating_sub(WINDOW)..cue.first).any(|place| {
            self.sentences.get(place) == sentence
                && self
                    .tokens
                    .get(place)
                    .and_then(Token::word)
                    .is_some_and(|word| words.contains(&word))
        })
    }

    /// "No extension is planned": whether "not" stands right before a cue.
    fn is_denied(&self, cue: Cue) -> bool {
        let until = self.cues.partition_point(|other| other.first < cue.first);
        let last = self.cues.get(..until).and_then(<[Cue]>::last);
        last.is_some_and(|last| {
            last.sense == Sense::Not && self.between(last.last + 1, cue.first) <= 2
        })
    }

    fn is_word(&self, cue: Cue, word: &str) -> bool {
        self.tokens.get(cue.first).and_then(Token::word) == Some(word)
    }

    /// What a date is for, in the role it plays.
    pub(super) fn judge(&self, number: usize, role: Role, in_range: bool) -> Option<Verdict> {
        let near = self.near(number);
        let interval = matches!(
            self.spans.get(number).map(|span| span.when),
            Some(When::After { .. })
        );
        let anchor = match self.spans.get(number).map(|span| span.when) {
            Some(When::After { anchor, .. }) => Some(anchor),
            _ => None,
        };
        let (event, cue) = Judge {
            page: self,
            near: &near,
            interval,
            anchor,
            moved: near
                .iter()
                .any(|near| near.cue.sense == Sense::Move && near.cost <= VERB.0),
        }
        .event(role, in_range)?;
        let hedged = !matches!(
            event,
            DateEvent::CommentsOpen | DateEvent::CommentsClose | DateEvent::BallotClose
        ) && near.iter().any(|near| {
            near.cue.sense == Sense::Hedge
                && !near.behind
                && near.cost <= if near.before { 13 } else { 9 }
                && !self.is_denied(near.cue)
        });
        let reported = near.iter().any(|near| near.cue.sense == Sense::Reported);
        Some(Verdict {
            event,
            cue,
            hedged,
            reported,
        })
    }
}

/// Whether a sense belongs to one date only.
fn is_verb(sense: Sense) -> bool {
    matches!(
        sense,
        Sense::Event(_)
            | Sense::Effective
            | Sense::Open
            | Sense::Close
            | Sense::Expire
            | Sense::Hold
            | Sense::Published
            | Sense::NotApply
            | Sense::Duty
            | Sense::HandIn
    )
}

struct Judge<'a> {
    page: &'a Page<'a>,
    near: &'a [Near],
    interval: bool,
    /// What it is counted from, where it is an interval.
    anchor: Option<Anchor>,
    moved: bool,
}

impl Judge<'_> {
    fn event(&self, role: Role, in_range: bool) -> Option<(DateEvent, Cue)> {
        let role = match role {
            Role::For if self.interval => Role::Until,
            // "have 45 days from today to comment".
            Role::Bare | Role::On if self.anchor == Some(Anchor::Text) && self.asks() => {
                Role::Until
            }
            // "the ballot closes in eight weeks": of nothing else is it told what it is.
            _ if self.anchor == Some(Anchor::Left) => {
                return self.left();
            }
            // "opened on 24 February and runs to 5 May".
            Role::To if !self.moved && self.runs() => Role::Until,
            Role::To if !self.moved => Role::On,
            Role::StartOrOf if self.attached() => Role::On,
            // "a deadline of 5 May", "un plazo de 30 días".
            Role::Of if self.attached() => Role::On,
            role => role,
        };
        match role {
            Role::AsOf => self
                .decisive(|event| {
                    matches!(
                        event,
                        DateEvent::EntryIntoForce | DateEvent::Application | DateEvent::Withdrawal
                    )
                })
                .filter(|(near, _)| near.before && near.cost <= 4)
                .map(|(near, event)| (event, near.cue)),
            Role::By | Role::Until => self.closing(role),
            Role::Start => self.opening(in_range),
            Role::To => self.aim(),
            Role::After => self.after(),
            Role::On | Role::For => self.on(VERB),
            Role::Bare => self.on((TOUCHING, 0)),
            Role::Never | Role::Of | Role::StartOrOf | Role::Between => None,
        }
    }

    /// Whether comments or votes are spoken of beside it.
    fn asks(&self) -> bool {
        self.topic().is_some_and(|(near, topic)| {
            matches!(topic, Topic::Comment | Topic::Ballot) && (near.before || near.cost <= 10)
        })
    }

    /// What ends, where its name stands right before the word that says so.
    fn left(&self) -> Option<(DateEvent, Cue)> {
        let near = self.nearest(
            |near| {
                near.before
                    && matches!(
                        near.cue.sense,
                        Sense::Topic(Topic::Comment | Topic::Ballot | Topic::Transition)
                    )
            },
            (4, 0),
        )?;
        match near.cue.sense {
            Sense::Topic(topic) => Some((topic.closing()?, near.cue)),
            _ => None,
        }
    }

    /// Whether a verb of being open stands right before the small words.
    fn runs(&self) -> bool {
        self.near
            .iter()
            .any(|near| near.before && near.cost == 0 && near.cue.sense == Sense::Open)
    }

    /// Whether a noun of an end or a beginning stands right before the small words.
    fn attached(&self) -> bool {
        self.near.iter().any(|near| {
            near.before
                && near.cost == 0
                && (matches!(
                    near.cue.sense,
                    Sense::Close | Sense::Event(_) | Sense::Expire
                ) || self.names_a_deadline(near.cue))
        })
    }

    /// "registration deadline" is a noun and its end in one.
    fn names_a_deadline(&self, cue: Cue) -> bool {
        matches!(cue.sense, Sense::Topic(_))
            && (cue.first..=cue.last).any(|place| {
                self.page
                    .tokens
                    .get(place)
                    .and_then(Token::word)
                    .is_some_and(|word| {
                        matches!(word, "deadline" | "date" | "dates" | "termijn" | "ends")
                            || word.ends_with("frist")
                    })
            })
    }

    /// The nearest cue of a sense.
    fn nearest(&self, fits: impl Fn(&Near) -> bool, limits: (u32, u32)) -> Option<Near> {
        self.near
            .iter()
            .filter(|near| near.cost <= if near.before { limits.0 } else { limits.1 })
            .filter(|near| fits(near))
            .min_by_key(|near| near.cost)
            .copied()
    }

    /// The nearest cue that alone says what happens, of the events allowed, unless denied.
    fn decisive(&self, allowed: impl Fn(DateEvent) -> bool) -> Option<(Near, DateEvent)> {
        let near = self.nearest(
            |near| self.says(near).is_some_and(&allowed),
            (VERB.0, VERB.1),
        )?;
        Some((near, self.says(&near)?))
    }

    /// What a cue alone says.
    fn says(&self, near: &Near) -> Option<DateEvent> {
        match near.cue.sense {
            Sense::Event(event) => Some(event),
            Sense::Published => self
                .is_key_publication(near)
                .then_some(DateEvent::Publication),
            _ => None,
        }
    }

    /// A text that came out is a key date when it is an act in its journal, or a standard.
    fn is_key_publication(&self, near: &Near) -> bool {
        let any = |sense: Sense| self.near.iter().any(|near| near.cue.sense == sense);
        let comments = self
            .near
            .iter()
            .any(|near| near.cue.sense == Sense::Topic(Topic::Comment));
        let told = near.cue.last > near.cue.first;
        near.cost <= 10
            && !comments
            && (any(Sense::Gazette)
                || any(Sense::Register)
                    && (any(Sense::Event(DateEvent::EntryIntoForce)) || any(Sense::Effective))
                || told && near.before && self.names_a_standard(near.cue))
    }

    /// Whether a standard is named before a verb.
    fn names_a_standard(&self, verb: Cue) -> bool {
        self.near
            .iter()
            .any(|other| other.cue.sense == Sense::Standard && other.cue.first < verb.first)
    }

    /// Whether "not" stands before a verb, or between it and its date.
    fn denied(&self, near: &Near) -> bool {
        self.near.iter().any(|other| {
            if other.cue.sense != Sense::Not {
                return false;
            }
            let to_verb = other.cue.last < near.cue.first
                && self.page.between(other.cue.last + 1, near.cue.first) <= 4;
            let to_date = near.before && other.before && other.cue.first > near.cue.last;
            to_verb || to_date
        })
    }

    /// A noun that waits for its end: comments before all else that no other date parts from
    /// this one, then ballots, then the nearest.
    fn topic(&self) -> Option<(Near, Topic)> {
        let of = |near: &Near| match near.cue.sense {
            Sense::Topic(topic) if topic.closing().is_some() => Some(topic),
            _ => None,
        };
        for first in [Topic::Comment, Topic::Ballot] {
            if let Some(near) = self.nearest(|near| of(near) == Some(first) && !near.behind, NOUN) {
                return Some((near, first));
            }
        }
        let near = self.nearest(
            |near| of(near).is_some() && (near.before || !near.behind),
            NOUN,
        )?;
        // "The transition period for certificates ends": what ends is the head of the phrase.
        if of(&near) == Some(Topic::Certificate)
            && let Some(whole) = self.nearest(
                |other| {
                    of(other) == Some(Topic::Transition)
                        && other.cue.last < near.cue.first
                        && self.page.between(other.cue.last + 1, near.cue.first) <= 4
                },
                NOUN,
            )
        {
            return Some((whole, Topic::Transition));
        }
        Some((near, of(&near)?))
    }

    /// A verb of handing in, with a duty.
    fn hand_in(&self) -> Option<Near> {
        let near = self.nearest(|near| near.cue.sense == Sense::HandIn, VERB)?;
        let begins = near.cue.first.checked_sub(1).is_none_or(|before| {
            self.page.sentences.get(before) != self.page.sentences.get(near.cue.first)
        });
        let duty = self
            .near
            .iter()
            .any(|near| matches!(near.cue.sense, Sense::Duty | Sense::Leave | Sense::Close));
        // "Die Daten sind bis zum 5. Juni einzureichen": the verb's form is a duty.
        let word = self.page.tokens.get(near.cue.first)?.word()?;
        let gerundive = matches!(
            word,
            "einzureichen" | "abzugeben" | "anzumelden" | "vorzulegen" | "einzusenden"
        );
        (begins || duty || gerundive).then_some(near)
    }

    /// What a bare "deadline" is for: the noun of the sentence before.
    fn carried(&self, near: &Near) -> Option<Topic> {
        let sentences = self.page.sentences;
        let here = sentences.get(near.cue.first)?;
        let before = here.checked_sub(1)?;
        let word = self.page.tokens.get(near.cue.first)?.word()?;
        let noun = matches!(
            word,
            "deadline"
                | "closing"
                | "fristen"
                | "prazo"
                | "lhuta"
                | "due"
                | "frist"
                | "einsendeschluss"
                | "date"
                | "plazo"
                | "fecha"
                | "termine"
                | "scadenza"
                | "termijn"
                | "termin"
        );
        // "Closes: 26 June" speaks of what the sentence before named; "her term closes" does not.
        let begins = near
            .cue
            .first
            .checked_sub(1)
            .is_none_or(|before| sentences.get(before) != sentences.get(near.cue.first));
        let noun = noun || begins && matches!(word, "closes" | "ends");
        let until = self
            .page
            .cues
            .partition_point(|cue| cue.first < near.cue.first);
        let mut found = None;
        for cue in self.page.cues.iter().take(until).rev().take_while(|cue| {
            sentences
                .get(cue.first)
                .is_some_and(|sentence| *sentence >= before)
                && near.cue.first - cue.first <= WINDOW
        }) {
            if let Sense::Topic(topic) = cue.sense
                && topic.closing().is_some()
            {
                found = Some(topic);
                if topic == Topic::Comment {
                    break;
                }
            }
        }
        found.filter(|_| noun)
    }

    fn is_close(&self, near: &Near) -> bool {
        near.cue.sense == Sense::Close || self.names_a_deadline(near.cue)
    }

    /// By or until a day.
    fn closing(&self, role: Role) -> Option<(DateEvent, Cue)> {
        if self
            .nearest(|near| near.cue.sense == Sense::Past, VERB)
            .is_some()
        {
            return None;
        }
        // "not apply until" begins then.
        if let Some(near) = self.nearest(
            |near| near.cue.sense == Sense::NotApply && near.before,
            (if role == Role::Until { 12 } else { 3 }, 0),
        ) {
            return Some((DateEvent::Application, near.cue));
        }
        // "postponed until": an aim, whatever else the sentence names.
        if role == Role::Until
            && self
                .nearest(|near| near.cue.sense == Sense::Move, (12, 0))
                .is_some()
            && let Some(found) = self.aim()
        {
            return Some(found);
        }
        let begins = |event| matches!(event, DateEvent::EntryIntoForce | DateEvent::Application);
        let decisive = self
            .decisive(|event| {
                begins(event) || event == DateEvent::Withdrawal || event == DateEvent::Publication
            })
            .filter(|(near, event)| {
                let denied = self.denied(near);
                match role {
                    Role::Until => denied && begins(*event),
                    _ if begins(*event) => denied || *event == DateEvent::EntryIntoForce,
                    _ => !denied,
                }
            });
        let noun = self.topic();
        let hand_in = self.hand_in();
        let helper = self.nearest(
            |near| {
                self.is_close(near)
                    || near.cue.sense == Sense::HandIn
                    || matches!(near.cue.sense, Sense::Duty | Sense::Leave)
            },
            VERB,
        );
        let noun_cost = noun
            .map(|(near, _)| near.cost.min(helper.map_or(u32::MAX, |helper| helper.cost)))
            .or(hand_in.map(|near| near.cost));
        if let (Some((near, event)), cost) = (decisive, noun_cost)
            && cost.is_none_or(|cost| near.cost <= cost)
        {
            return Some((event, near.cue));
        }
        if let Some((near, topic)) = noun {
            // "Firms under transition rules must register by": the nearer verb wins over nouns
            // that are not about answers.
            if !matches!(topic, Topic::Comment | Topic::Ballot)
                && let Some(verb) = hand_in
                && verb.cost < near.cost
            {
                return Some((DateEvent::Submission, verb.cue));
            }
            return Some((topic.closing()?, near.cue));
        }
        hand_in.map(|near| (DateEvent::Submission, near.cue))
    }

    /// From a day on.
    fn opening(&self, in_range: bool) -> Option<(DateEvent, Cue)> {
        let decisive = self
            .decisive(|event| {
                matches!(
                    event,
                    DateEvent::EntryIntoForce | DateEvent::Application | DateEvent::Withdrawal
                )
            })
            .or_else(|| {
                self.nearest(
                    |near| near.cue.sense == Sense::Effective && near.before,
                    (12, 0),
                )
                .map(|near| (near, DateEvent::EntryIntoForce))
            })
            .filter(|(near, _)| !self.denied(near));
        let open = self.nearest(|near| near.cue.sense == Sense::Open, VERB);
        let comments = self.nearest(|near| near.cue.sense == Sense::Topic(Topic::Comment), NOUN);
        if let Some(noun) = comments.filter(|_| open.is_some() || in_range) {
            let cost = open.map_or(noun.cost, |open| open.cost.min(noun.cost));
            let counted = self.near.iter().any(|near| near.cue.sense == Sense::Past);
            if !counted && decisive.is_none_or(|(near, _)| cost < near.cost) {
                return Some((DateEvent::CommentsOpen, noun.cue));
            }
        }
        if let Some((near, event)) = decisive {
            return Some((event, near.cue));
        }
        if let Some(found) = self.starts() {
            return Some(found);
        }
        if let Some(found) = self.meeting() {
            return Some(found);
        }
        // "From 1 January 2027 operators must …".
        let duty = self.nearest(
            |near| {
                // "have been required to" tells of the past.
                let been = near
                    .cue
                    .first
                    .checked_sub(1)
                    .and_then(|before| self.page.tokens.get(before)?.word())
                    == Some("been");
                near.cue.sense == Sense::Duty && !near.behind && !been
            },
            (12, 12),
        )?;
        let apart = in_range || comments.is_some() || self.denied(&duty);
        (!apart).then_some((DateEvent::Application, duty.cue))
    }

    /// "Application starts", "duties begin".
    fn starts(&self) -> Option<(DateEvent, Cue)> {
        let open = self.nearest(|near| near.cue.sense == Sense::Open, VERB)?;
        let noun = self.nearest(
            |near| near.cue.sense == Sense::Topic(Topic::Application),
            NOUN,
        )?;
        let not_comments = self
            .nearest(|near| near.cue.sense == Sense::Topic(Topic::Comment), NOUN)
            .is_none();
        (not_comments && !self.denied(&open)).then_some((DateEvent::Application, noun.cue))
    }

    fn meeting(&self) -> Option<(DateEvent, Cue)> {
        let noun = self.nearest(
            |near| near.cue.sense == Sense::Topic(Topic::Meeting),
            (30, VERB.1),
        )?;
        let hold = self.nearest(|near| near.cue.sense == Sense::Hold, VERB)?;
        (!self.denied(&hold)).then_some((DateEvent::Event, noun.cue))
    }

    /// To a day that something was moved to.
    fn aim(&self) -> Option<(DateEvent, Cue)> {
        let near = self.nearest(
            |near| {
                matches!(near.cue.sense, Sense::Topic(_) | Sense::Event(_))
                    || near.cue.sense == Sense::Effective
            },
            NOUN,
        );
        if let Some((near, topic)) = self.topic()
            && matches!(topic, Topic::Comment | Topic::Ballot)
        {
            return Some((topic.moved(), near.cue));
        }
        let near = near.or_else(|| {
            self.nearest(|near| near.cue.sense == Sense::HandIn, VERB)
                .filter(|_| self.near.iter().any(|near| self.is_close(near)))
        })?;
        let event = match near.cue.sense {
            Sense::Topic(topic) => topic.moved(),
            Sense::Event(event) => event,
            Sense::Effective => DateEvent::EntryIntoForce,
            _ => DateEvent::Submission,
        };
        Some((event, near.cue))
    }

    /// After a day nothing is accepted or valid any more.
    fn after(&self) -> Option<(DateEvent, Cue)> {
        self.nearest(
            |near| near.cue.sense == Sense::Close && near.cue.last > near.cue.first,
            (4, 6),
        )?;
        let (noun, topic) = self.topic()?;
        Some((topic.closing()?, noun.cue))
    }

    /// On a day.
    fn on(&self, limits: (u32, u32)) -> Option<(DateEvent, Cue)> {
        // What a verb at this cost would mean; the nearest verb that means anything decides.
        let mut found: Option<(Near, Option<DateEvent>, Cue)> = None;
        for near in self.near {
            if near.cost > if near.before { limits.0 } else { limits.1 } {
                continue;
            }
            // Only "applies from 2 August 2026 and from 2 August 2027" has one verb for two dates.
            if near.behind && !matches!(near.cue.sense, Sense::Event(_)) {
                continue;
            }
            let Some((event, cue)) = self.verb(near) else {
                continue;
            };
            if found.is_none_or(|(best, ..)| near.cost < best.cost) {
                found = Some((*near, event, cue));
            }
        }
        let (near, event, cue) = found?;
        let event = event?;
        (!self.denied(&near)).then_some((event, cue))
    }

    /// What a verb makes of "on a day": nothing it knows, something else, or an event.
    fn verb(&self, near: &Near) -> Option<(Option<DateEvent>, Cue)> {
        let noun =
            |wanted: Topic| self.nearest(|near| near.cue.sense == Sense::Topic(wanted), NOUN);
        if self.names_a_deadline(near.cue)
            && let Sense::Topic(topic) = near.cue.sense
        {
            let (event, cue) = match self.topic() {
                Some((noun, Topic::Comment)) => (Some(DateEvent::CommentsClose), noun.cue),
                _ => (topic.closing(), near.cue),
            };
            return Some((event, cue));
        }
        Some(match near.cue.sense {
            Sense::Event(event) => (Some(event), near.cue),
            Sense::Published => (self.says(near), near.cue),
            Sense::Effective => {
                let touches = near.before && near.cost == 0;
                if !touches {
                    return None;
                }
                (Some(DateEvent::EntryIntoForce), near.cue)
            }
            Sense::Close => match self.topic() {
                Some((noun, topic)) => (topic.closing(), noun.cue),
                None => match self.hand_in().filter(|_| near.before) {
                    Some(verb) => (Some(DateEvent::Submission), verb.cue),
                    None => {
                        let topic = self.carried(near)?;
                        (topic.closing(), near.cue)
                    }
                },
            },
            Sense::Expire => match self.topic() {
                Some((noun, topic)) => (topic.closing(), noun.cue),
                None => (Some(DateEvent::Withdrawal), near.cue),
            },
            Sense::Open => match noun(Topic::Comment) {
                Some(noun) => (Some(DateEvent::CommentsOpen), noun.cue),
                None => match self.starts().or_else(|| self.meeting()) {
                    Some((event, cue)) => (Some(event), cue),
                    None => return None,
                },
            },
            Sense::Hold => match noun(Topic::Meeting) {
                Some(noun) => (Some(DateEvent::Event), noun.cue),
                None => match noun(Topic::Publication) {
                    Some(noun) => (Some(DateEvent::Publication), noun.cue),
                    None => return None,
                },
            },
            Sense::Hedge => match noun(Topic::Publication).filter(|_| near.before) {
                Some(noun) => (Some(DateEvent::Publication), noun.cue),
                // "ISO 9001:2026 expected in September".
                None if near.before && near.cost == 0 && self.names_a_standard(near.cue) => {
                    (Some(DateEvent::Publication), near.cue)
                }
                None => return None,
            },
            Sense::Move | Sense::Other | Sense::NotApply => (None, near.cue),
            // "the rules apply twelve months after that date".
            Sense::HandIn
                if self.anchor == Some(Anchor::Before)
                    && near.before
                    && near.cost == 0
                    && self.page.is_word(near.cue, "apply") =>
            {
                (Some(DateEvent::Application), near.cue)
            }
            _ => return None,
        })
    }
}

/// The sum of all numbers before each place.
fn sums(numbers: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let mut sum = 0_u32;
    let mut out = vec![sum];
    for number in numbers {
        sum = sum.saturating_add(number);
        out.push(sum);
    }
    out
}

/// What it costs to pass a token on the way from a cue to its date.
fn cost(token: &Token) -> u32 {
    match &token.kind {
        Kind::Number { .. } => 1,
        Kind::Word(word) => match word.as_str() {
            "and" | "or" | "und" | "oder" | "et" | "ou" | "y" => 4,
            "which" | "that" | "while" | "whereas" | "but" | "dass" | "wahrend" | "aber"
            | "que" | "qui" | "che" | "dat" | "ale" | "ze" | "because" => 4,
            _ => 1,
        },
        Kind::Sign(sign) => match sign {
            ',' => 3,
            ';' => 9,
            '(' | ')' => 4,
            '-' if token.spaced => 4,
            '"' | '.' | '-' | '\u{201c}' | '\u{201d}' | '\u{ab}' | '\u{bb}' => 0,
            _ => 1,
        },
    }
}
