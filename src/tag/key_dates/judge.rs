//! What a date is for: the nearest cue that its preposition allows, within its sentence.

use super::cues::{Cue, Sense, Topic};
use super::interval::Anchor;
use super::page::{Near, Page, VERB, WINDOW};
use super::role::Role;
use super::span::When;
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

/// The greatest cost from a noun to its date.
const NOUN: (u32, u32) = (55, 18);
/// The greatest cost for a date without a preposition.
const TOUCHING: u32 = 3;

impl Page<'_> {
    /// What a date is for, in the role it plays.
    ///
    /// `ahead`: how many days it lies ahead of the text, where that is known.
    pub(super) fn judge(
        &self,
        number: usize,
        role: Role,
        in_range: bool,
        ahead: Option<i64>,
    ) -> Option<Verdict> {
        let near = self.near(number);
        let interval = matches!(
            self.spans.get(number).map(|span| span.when),
            Some(When::After { .. })
        );
        let anchor = match self.spans.get(number).map(|span| span.when) {
            Some(When::After { anchor, .. }) => Some(anchor),
            _ => None,
        };
        let judge = Judge {
            page: self,
            near: &near,
            role,
            interval,
            anchor,
            today: matches!(
                self.spans.get(number).map(|span| span.when),
                Some(When::Now { days: 0 })
            ),
            lead: self.dresses.get(number).map_or(0, |dress| dress.lead),
            ahead,
            last: self.spans.get(number).map_or(0, |span| span.last),
            moved: near
                .iter()
                .any(|near| near.cue.sense == Sense::Move && near.cost <= VERB.0),
        };
        let (event, cue) = judge.event(role, in_range).or_else(|| {
            judge
                .likely(role, in_range)
                .filter(|_| ahead.is_some_and(|days| days > 0))
        })?;
        // "hopes to publish": the verb is hedge and event in one.
        let planned = cue.sense == Sense::Plan;
        let hedged = planned
            || !matches!(
                event,
                DateEvent::CommentsOpen | DateEvent::CommentsClose | DateEvent::BallotClose
            ) && near.iter().any(|hedge| {
                hedge.cue.sense == Sense::Hedge
                && !hedge.behind
                && hedge.cost <= if hedge.before { 13 } else { 9 }
                && !self.is_denied(hedge.cue)
                // "which was to end on 31 December, is extended to …": the move itself is settled.
                && !near.iter().any(|other| {
                    other.cue.sense == Sense::Move
                        && other.before
                        && hedge.before
                        && hedge.cue.last < other.cue.first
                        && self.commas_between(hedge.cue.last, other.cue.first) > 0
                })
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

/// A date and what stands about it.
pub(super) struct Judge<'a> {
    pub(super) page: &'a Page<'a>,
    pub(super) near: &'a [Near],
    /// The part it plays.
    pub(super) role: Role,
    pub(super) interval: bool,
    /// What it is counted from, where it is an interval.
    pub(super) anchor: Option<Anchor>,
    pub(super) moved: bool,
    /// Its first token, small words included.
    pub(super) lead: usize,
    /// Its last token.
    pub(super) last: usize,
    /// How many days it lies ahead.
    pub(super) ahead: Option<i64>,
    /// It is the day of the text: "today".
    pub(super) today: bool,
}

impl Judge<'_> {
    fn event(&self, role: Role, in_range: bool) -> Option<(DateEvent, Cue)> {
        let role = match role {
            Role::For if self.interval => Role::Until,
            Role::AsOf if self.interval && self.asks() => Role::Until,
            // "have 45 days from today to comment".
            Role::Bare | Role::On
                if self.anchor == Some(Anchor::Text)
                    && (self.asks()
                        || self.has_time()
                            && (self.hand_in().is_some() || self.topic().is_some())) =>
            {
                Role::Until
            }
            // "the ballot closes in eight weeks": of nothing else is it told what it is.
            _ if self.anchor == Some(Anchor::Left) => {
                return self.left();
            }
            // "has been rescheduled for 12 November".
            Role::For if !self.interval && self.is_moved_to() => Role::To,
            // "opened on 24 February and runs to 5 May".
            Role::To if !self.moved && self.runs() => Role::Until,
            Role::To if !self.moved => Role::On,
            Role::StartOrOf if self.attached() => Role::On,
            // "paru au Journal officiel du 14 mai", "nella Gazzetta Ufficiale n. 107 dell'11 maggio".
            Role::Of | Role::StartOrOf if self.is_an_issue() => return self.came_out(),
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
                .filter(|(near, _)| {
                    near.before && near.cost <= 4
                        || near.cost <= 6 && self.ahead.is_some_and(|days| days > 0)
                })
                .map(|(near, event)| (event, near.cue)),
            Role::Bare | Role::On if self.today => {
                self.on((TOUCHING, 0)).or_else(|| self.out_today())
            }
            Role::By | Role::Until => self.closing(role),
            Role::Start => self.opening(in_range),
            Role::To => self.aim(),
            Role::After => self.after(),
            Role::On | Role::For => self.on(VERB),
            Role::Bare if self.is_subject() => self.on(VERB),
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
            (10, 0),
        )?;
        match near.cue.sense {
            Sense::Topic(topic) => Some((topic.closing()?, near.cue)),
            _ => None,
        }
    }

    /// The nearest cue of a sense.
    pub(super) fn nearest(&self, fits: impl Fn(&Near) -> bool, limits: (u32, u32)) -> Option<Near> {
        self.near
            .iter()
            .filter(|near| near.cost <= if near.before { limits.0 } else { limits.1 })
            .filter(|near| fits(near))
            .min_by_key(|near| near.cost)
            .copied()
    }

    /// The nearest cue that alone says what happens, of the events allowed, unless denied.
    pub(super) fn decisive(
        &self,
        allowed: impl Fn(DateEvent) -> bool,
    ) -> Option<(Near, DateEvent)> {
        let near = self.nearest(
            |near| self.says(near).is_some_and(&allowed),
            (VERB.0, VERB.1),
        )?;
        Some((near, self.says(&near)?))
    }

    /// What a cue alone says.
    pub(super) fn says(&self, near: &Near) -> Option<DateEvent> {
        match near.cue.sense {
            // "Students must apply from 1 April": who applies for something begins no rule.
            Sense::Event(_) if self.page.is_word(near.cue, "apply") && self.must(near.cue) => None,
            Sense::Event(event) => Some(event),
            Sense::Plan | Sense::CameOut => Some(DateEvent::Publication),
            Sense::Issue => self
                .is_of_a_text(near.cue)
                .then_some(DateEvent::Publication),
            Sense::TakeBack => self
                .takes_back_a_text(near.cue)
                .then_some(DateEvent::Withdrawal),
            Sense::Published => self
                .is_key_publication(near)
                .then_some(DateEvent::Publication),
            _ => None,
        }
    }

    /// A noun that waits for its end: comments before all else that no other date parts from
    /// this one, then ballots, then the nearest.
    pub(super) fn topic(&self) -> Option<(Near, Topic)> {
        let of = |near: &Near| match near.cue.sense {
            Sense::Topic(topic) if topic.closing().is_some() => Some(topic),
            _ => None,
        };
        // "; the present contract expires on 31 August": another clause tells what ends.
        let has_its_own = self.role == Role::On
            && self.near.iter().any(|near| {
                near.before
                    && !near.behind
                    && matches!(near.cue.sense, Sense::Close | Sense::Expire | Sense::Open)
            });
        for first in [Topic::Comment, Topic::Ballot] {
            if let Some(near) = self.nearest(|near| of(near) == Some(first) && !near.behind, NOUN) {
                return Some((near, first));
            }
        }
        let near = self.nearest(
            |near| {
                of(near).is_some()
                    && (near.before || !near.behind)
                    && !(near.behind
                        && has_its_own
                        && self.page.is_parted(near.cue.last, self.lead))
            },
            NOUN,
        )?;
        // "The transition period for certificates ends": what ends is the head of the phrase.
        if of(&near) == Some(Topic::Certificate)
            && let Some(whole) = self.nearest(
                |other| {
                    of(other) == Some(Topic::Transition)
                        && other.cue.last < near.cue.first
                        && self.page.between(other.cue.last + 1, near.cue.first) <= 8
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
            .any(|near| matches!(near.cue.sense, Sense::Duty | Sense::Leave | Sense::Close))
            || self.interval
                && self.has_time()
                && !["apply", "return", "deliver", "upload", "file"]
                    .iter()
                    .any(|it| self.page.is_word(near.cue, it));
        // "are to submit their registers": the duty is in the words.
        let duty = duty
            || matches!(self.page.word(near.cue.first), Some("are" | "is"))
                && near.cue.last > near.cue.first;
        // "Die Daten sind bis zum 5. Juni einzureichen": the verb's form is a duty.
        let word = self.page.tokens.get(near.cue.first)?.word()?;
        let gerundive = matches!(
            word,
            "einzureichen" | "abzugeben" | "anzumelden" | "vorzulegen" | "einzusenden" | "hochzuladen"
                // As acts have it: what somebody does by a day is a duty.
                | "transmettent" | "remettent" | "communiquent" | "adressent" | "entregaran" | "enviaran"
                | "presentaran" | "remitiran" | "entregam" | "enviam" | "apresentam"
        );
        (begins || duty || gerundive).then_some(near)
    }

    /// What a bare "deadline" is for: the noun of the sentence before.
    fn carried(&self, near: &Near) -> Option<Topic> {
        let sentences = self.page.sentences;
        let here = sentences.get(near.cue.first)?;
        let before = here.saturating_sub(1);
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
        // "Closes: 26 June" and "It now closes on 26 June" speak of what the sentence before named; "her term
        // closes" does not.
        let begins = (0..near.cue.first)
            .rev()
            .take_while(|place| sentences.get(*place) == Some(here))
            .all(|place| {
                let word = self.page.word(place);
                word.is_some_and(|word| matches!(word, "it" | "this" | "now"))
            });
        let until = self
            .page
            .cues
            .partition_point(|cue| cue.first < near.cue.first);
        // What "it" is was opened or moved in the sentence before.
        let first = near.cue.first.checked_sub(1);
        let pronoun = begins && first.is_some_and(|first| sentences.get(first) == Some(here));
        let opened = || {
            let cues = self.page.cues.iter().take(until).rev();
            cues.take_while(|cue| sentences.get(cue.first).is_some_and(|it| *it >= before))
                .any(|cue| matches!(cue.sense, Sense::Open | Sense::Move))
        };
        let begins = begins && (!pronoun || opened());
        let noun = noun || begins && matches!(word, "closes" | "ends");
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
        // "Closing date: 29 June. Consultation on charges": a label tells of what the next sentence names.
        let label = begins
            && (self.last + 1..self.last + 3)
                .any(|place| self.page.sentences.get(place).is_some_and(|it| it > here));
        if found.is_none() && label {
            let from = until + 1;
            let cues = self.page.cues.iter().skip(from);
            found = cues
                .take_while(|cue| sentences.get(cue.first).is_some_and(|it| *it <= here + 1))
                .find_map(|cue| match cue.sense {
                    Sense::Topic(topic) if topic.closing().is_some() => Some(topic),
                    _ => None,
                });
            return found;
        }
        found.filter(|_| noun)
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
        // "enters into force on 12 July 2026; Member States must apply the provisions from …".
        let must_apply = self.nearest(
            |near| {
                near.cue.sense == Sense::HandIn
                    && near.before
                    && !near.behind
                    && self.page.is_word(near.cue, "apply")
                    && self.must(near.cue)
                    && self.has_an_object(near.cue.last)
            },
            (12, 0),
        );
        if let Some(verb) = must_apply
            && decisive.is_none_or(|(near, _)| near.behind || verb.cost < near.cost)
        {
            return Some((DateEvent::Application, verb.cue));
        }
        if let Some((near, event)) = decisive {
            return Some((event, near.cue));
        }
        if let Some(found) = self.starts() {
            return Some(found);
        }
        // "vervalt met ingang van 31 december".
        if let Some(near) = self.nearest(
            |near| near.cue.sense == Sense::Expire && near.before,
            (4, 0),
        ) {
            let event = match self.topic() {
                Some((_, topic)) => topic.closing()?,
                None => DateEvent::Withdrawal,
            };
            return Some((event, near.cue));
        }
        // "will be made available to download from 13 July".
        if let Some((near, event)) = self.decisive(|event| event == DateEvent::Publication)
            && matches!(near.cue.sense, Sense::Issue | Sense::Event(_))
            && !self.denied(&near)
        {
            return Some((event, near.cue));
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
                // "Students must apply from 1 April": who applies for something begins no rule.
                let verb = near.cue.last + 1;
                let applies = self.page.word(verb) == Some("apply") && !self.has_an_object(verb);
                near.cue.sense == Sense::Duty && !near.behind && !been && !applies
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
            |near| {
                near.cue.sense == Sense::Close && near.cue.last > near.cue.first
                    || near.cue.sense == Sense::NoLonger
            },
            (14, 16),
        )?;
        let (noun, topic) = self.topic()?;
        Some((topic.closing()?, noun.cue))
    }

    /// On a day.
    fn on(&self, limits: (u32, u32)) -> Option<(DateEvent, Cue)> {
        let names_its_day = self.is_predicate();
        let has_a_verb = self.near.iter().any(|near| {
            near.before
                && !near.behind
                && matches!(
                    near.cue.sense,
                    Sense::Open | Sense::Close | Sense::Expire | Sense::Hold | Sense::Published
                )
        });
        // What a verb at this cost would mean; the nearest verb that means anything decides.
        let mut found: Option<(Near, Option<DateEvent>, Cue)> = None;
        for near in self.near {
            if near.cost > if near.before { limits.0 } else { limits.1 } {
                continue;
            }
            // Only "applies from 2 August 2026 and from 2 August 2027" has one verb for two dates.
            // And no other verb stands between, nor does another clause begin.
            let is_shared = matches!(near.cue.sense, Sense::Event(event) if event != DateEvent::Event)
                && !has_a_verb
                && !self.page.is_parted(near.cue.last, self.lead);
            if near.behind && !is_shared {
                continue;
            }
            // "The last date on which an audit may be conducted is 31 January".
            if near.cue.sense == Sense::Other && names_its_day {
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
        // "will publish its findings on 12 February and discuss them at a webinar on 26 February".
        if near.behind
            && self.ahead.is_some_and(|days| days > 0)
            && let Some(found) = self.meets()
        {
            return Some(found);
        }
        (!self.denied(&near)).then_some((event, cue))
    }

    /// What a verb makes of "on a day": nothing it knows, something else, or an event.
    fn verb(&self, near: &Near) -> Option<(Option<DateEvent>, Cue)> {
        // What another clause names is nothing of this verb's.
        let noun = |wanted: Topic| {
            self.nearest(
                |near| {
                    near.cue.sense == Sense::Topic(wanted)
                        && !(near.before && self.page.is_parted(near.cue.last, self.lead))
                },
                NOUN,
            )
        };
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
            Sense::Plan => (Some(DateEvent::Publication), near.cue),
            Sense::Published | Sense::Issue | Sense::CameOut | Sense::TakeBack => {
                (self.says(near), near.cue)
            }
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
                    None if self.is_of_a_law(near.cue) => {
                        (Some(DateEvent::EntryIntoForce), near.cue)
                    }
                    None => return None,
                },
            },
            Sense::Hold => match noun(Topic::Meeting) {
                Some(noun) => (Some(DateEvent::Event), noun.cue),
                None => match noun(Topic::Publication) {
                    Some(noun) => (Some(DateEvent::Publication), noun.cue),
                    None if self.is_of_a_document(near) => (Some(DateEvent::Publication), near.cue),
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
            Sense::NoLonger if near.before => match self.topic() {
                Some((_, topic)) => (topic.closing(), near.cue),
                None => return None,
            },
            Sense::Other
                if ["issued", "released", "issues", "releases"]
                    .iter()
                    .any(|word| self.page.is_word(near.cue, word)) =>
            {
                let out = self
                    .is_key_publication(near)
                    .then_some(DateEvent::Publication);
                (out, near.cue)
            }
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
