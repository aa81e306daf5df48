//! The kind of an update: by the phrases of its headline, in the order of precedence.

use super::entity::Recognised;
use super::passage::Gap;
use super::phrase::{Found, Phrases};
use super::text::{Drafting, Text};
use crate::domain::library::KindBook;
use crate::domain::update::{Because, UpdateKind};

/// What is known of the update besides its words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circumstances {
    /// Whether a framework, a body, a topic or a reference was recognised, or the source is a
    /// body's own.
    pub(super) in_field: bool,
    /// Whether a framework, a body or a reference was recognised.
    pub(super) tracked: bool,
    /// Whether a body speaks or acts that has something to say in the matter.
    pub(super) authority: bool,
}

/// What was read.
pub(super) struct Outcome {
    pub(super) kind: Option<UpdateKind>,
    pub(super) because: Vec<Because>,
    /// Whether an authority is named that the library does not know.
    pub(super) office: bool,
}

/// The phrases, compiled.
pub(super) struct Kinds {
    rules: Vec<Rule>,
    phrases: Phrases<Role>,
}

struct Rule {
    kind: UpdateKind,
    rank: u32,
    summary: bool,
}

/// What a phrase is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    First(usize),
    Label(usize),
    Thing(usize),
    Verb(usize),
    Soft(usize),
    Last(usize),
    LastSoft(usize),
    Denies(usize),
    Background,
    Subject,
    Resume,
    Names,
    Field,
    Authority,
    Office,
    Talk,
    Mute,
    Asks,
    Outside,
}

/// The roles of [`KindBook::LISTS`], in their order.
const LISTS: &[Role] = &[
    Role::Background,
    Role::Subject,
    Role::Resume,
    Role::Names,
    Role::Field,
    Role::Authority,
    Role::Office,
    Role::Talk,
    Role::Mute,
    Role::Asks,
    Role::Outside,
];

/// Stands where no hint was found.
const NOTHING: Found<Role> = Found {
    role: Role::Field,
    first: 0,
    end: 0,
};

/// News names its event at once: so many words of a headline and of a summary are read for it.
pub(super) const HEADLINE: usize = 60;
pub(super) const SUMMARY: usize = 40;

/// From this rank on a kind is not read out of what a headline tells as background.
const WEAK_RANK: u32 = 12;

/// What stands where in a text.
struct Ground {
    /// Words of a clause that tells what went before.
    background: Vec<bool>,
    /// Words that say what a document is about.
    subject: Vec<bool>,
    /// The sentence of each word, counted.
    sentence: Vec<u16>,
}

/// The hits of a field, where they stand, and which of them count.
type Weighed<'h, 'c> = (
    &'h [Found<Role>],
    &'c Ground,
    &'c dyn Fn(&Found<Role>) -> bool,
);

impl Kinds {
    pub(super) fn new(draft: &mut Drafting, book: &KindBook) -> Self {
        let mut phrases = Phrases::new(draft, &book.classes);
        let mut rules = Vec::new();
        for (place, rule) in book.rules.iter().enumerate() {
            rules.push(Rule {
                kind: rule.kind,
                rank: rule.rank,
                summary: rule.summary,
            });
            for (list, role) in [
                (&rule.first, Role::First(place)),
                (&rule.labels, Role::Label(place)),
                (&rule.phrases, Role::Thing(place)),
                (&rule.verbs, Role::Verb(place)),
                (&rule.soft, Role::Soft(place)),
                (&rule.last, Role::Last(place)),
                (&rule.last_soft, Role::LastSoft(place)),
                (&rule.not, Role::Denies(place)),
            ] {
                for written in list {
                    phrases.add(draft, written, role);
                }
            }
        }
        for (list, role) in book.lists.iter().zip(LISTS) {
            for written in list {
                phrases.add(draft, written, *role);
            }
        }
        Self {
            rules,
            phrases: phrases.finish(),
        }
    }

    /// The kind that the headline names; the summary's first sentences decide only when the
    /// headline names no event.
    pub(super) fn read(
        &self,
        headline: (&Text<'_>, &[Recognised]),
        summary: (&Text<'_>, &[Recognised]),
        circumstances: Circumstances,
    ) -> Outcome {
        let head = without_names(self.phrases.find(headline.0, headline.1, HEADLINE));
        let body = without_names(self.phrases.find(summary.0, summary.1, SUMMARY));
        let (kind, because) = self.decide((headline.0, &head), (summary.0, &body), circumstances);
        Outcome {
            kind,
            because,
            office: head.iter().chain(&body).any(|hit| hit.role == Role::Office),
        }
    }

    fn decide(
        &self,
        (headline, head): (&Text<'_>, &[Found<Role>]),
        (summary, body): (&Text<'_>, &[Found<Role>]),
        circumstances: Circumstances,
    ) -> (Option<UpdateKind>, Vec<Because>) {
        let has = |role: Role| head.iter().chain(body).any(|hit| hit.role == role);
        let none = (None, Vec::new());
        if !circumstances.in_field && !has(Role::Field) {
            return none;
        }
        let ground = Ground::new(headline, head);
        let opens =
            |hit: &Found<Role>| hit.first == 0 && headline.passage.gap(hit.end) == Gap::Clause;
        if head.iter().any(|hit| hit.role == Role::Mute && opens(hit)) {
            return none;
        }
        if let Some((rule, hit)) = self.label(head, opens) {
            return self.told(rule, headline, hit);
        }
        let clear = |hit: &Found<Role>| !ground.is_background(hit) && !ground.is_subject(hit);
        // What an explanation is about may have happened: "New standard out – what changes".
        let told_before = |at: usize| {
            head.iter().any(|hit| match hit.role {
                Role::Verb(_) => hit.end <= at,
                Role::Thing(place) => {
                    let event = |rule: &Rule| rule.kind == UpdateKind::Event;
                    hit.end <= at && self.rules.get(place).is_some_and(event)
                }
                _ => false,
            })
        };
        let asks = headline
            .passage
            .original()
            .trim_end()
            .ends_with(['?', '？'])
            || head
                .iter()
                .any(|hit| hit.role == Role::Asks && !told_before(hit.first));
        let talks = head.iter().any(|hit| hit.role == Role::Talk && clear(hit));
        if talks || asks && !circumstances.authority {
            return none;
        }
        if has(Role::Outside) && !circumstances.tracked {
            return none;
        }
        let first = head.iter().find_map(|hit| match hit.role {
            Role::First(place) if clear(hit) && !ground.denies(head, place, hit) => {
                Some((self.rules.get(place)?, hit))
            }
            _ => None,
        });
        if let Some((rule, hit)) = first {
            return self.told(rule, headline, hit);
        }
        let speaks = circumstances.authority || has(Role::Authority);
        let soft = speaks && !has(Role::Talk);
        let in_headline = self.best((head, &ground), |hit, _| match hit.role {
            Role::Thing(_) | Role::First(_) => clear(hit),
            Role::Verb(_) => !ground.is_background(hit),
            Role::Soft(_) => soft && clear(hit),
            _ => false,
        });
        if let Some((rule, hit)) = in_headline {
            return self.told(rule, headline, hit);
        }
        // A body of the field that speaks of something else says nothing to the field.
        if has(Role::Outside) {
            return none;
        }
        let below = Ground::new(summary, body);
        let clear_below = |hit: &Found<Role>| !below.is_background(hit) && !below.is_subject(hit);
        let talks = body.iter().any(|hit| hit.role == Role::Talk);
        let in_summary = self.best((body, &below), |hit, rule| {
            let counts = match hit.role {
                Role::Thing(_) | Role::Verb(_) => true,
                Role::Soft(_) => soft,
                _ => false,
            };
            counts && rule.summary && !talks && clear_below(hit)
        });
        if let Some((rule, hit)) = in_summary {
            return self.told(rule, summary, hit);
        }
        let behind = self.best((head, &ground), |hit, rule| {
            let counts = match hit.role {
                Role::Thing(_) | Role::Verb(_) => true,
                Role::Soft(_) => soft,
                _ => false,
            };
            counts && ground.is_background(hit) && rule.rank < WEAK_RANK
        });
        if let Some((rule, hit)) = behind {
            return self.told(rule, headline, hit);
        }
        // A question names its subject by the same words; what only hints proves nothing in it.
        if asks {
            return none;
        }
        let body_counts = |hit: &Found<Role>| !talks && clear_below(hit);
        match self.hinted((head, &ground, &clear), (body, &below, &body_counts), soft) {
            Some((rule, hit, true)) => self.told(rule, headline, hit),
            Some((rule, hit, false)) => self.told(rule, summary, hit),
            None => none,
        }
    }

    /// The kind that most hints speak for, those of the headline twice, when nothing else
    /// decides; of equals the lower rank. Tells whether the reason stands in the headline.
    fn hinted<'h>(
        &self,
        head: Weighed<'h, '_>,
        body: Weighed<'h, '_>,
        soft: bool,
    ) -> Option<(&Rule, &'h Found<Role>, bool)> {
        let mut votes: Vec<(u32, &'h Found<Role>, bool)> =
            self.rules.iter().map(|_| (0, &NOTHING, false)).collect();
        for ((hits, ground, counts), in_headline) in [(head, true), (body, false)] {
            for hit in hits {
                let place = match hit.role {
                    Role::Last(place) => place,
                    Role::LastSoft(place) if soft => place,
                    _ => continue,
                };
                let summary = self.rules.get(place).is_some_and(|rule| rule.summary);
                if !counts(hit) || ground.denies(hits, place, hit) || !(in_headline || summary) {
                    continue;
                }
                if let Some(vote) = votes.get_mut(place) {
                    if vote.0 == 0 {
                        (vote.1, vote.2) = (hit, in_headline);
                    }
                    vote.0 += if in_headline { 2 } else { 1 };
                }
            }
        }
        self.rules
            .iter()
            .zip(votes)
            .filter(|(_, (votes, _, _))| *votes > 0)
            .min_by_key(|(rule, (votes, _, _))| (std::cmp::Reverse(*votes), rule.rank))
            .map(|(rule, (_, hit, in_headline))| (rule, hit, in_headline))
    }

    fn told(
        &self,
        rule: &Rule,
        text: &Text<'_>,
        hit: &Found<Role>,
    ) -> (Option<UpdateKind>, Vec<Because>) {
        (
            Some(rule.kind),
            vec![text.because("kind-phrase", hit.first, hit.end)],
        )
    }

    /// A word that stands alone before a colon says what follows; some say that nothing does.
    fn label<'h>(
        &self,
        hits: &'h [Found<Role>],
        opens: impl Fn(&Found<Role>) -> bool,
    ) -> Option<(&Rule, &'h Found<Role>)> {
        hits.iter().find_map(|hit| match hit.role {
            Role::Label(place) if opens(hit) => Some((self.rules.get(place)?, hit)),
            _ => None,
        })
    }

    /// The hit that decides of those that count: the kind of the lowest rank, for which the
    /// longer phrase is the surer reason.
    fn best<'h>(
        &self,
        (hits, ground): (&'h [Found<Role>], &Ground),
        counts: impl Fn(&Found<Role>, &Rule) -> bool,
    ) -> Option<(&Rule, &'h Found<Role>)> {
        hits.iter()
            .filter_map(|hit| {
                let place = hit.role.names()?;
                let rule = self.rules.get(place)?;
                (counts(hit, rule) && !ground.denies(hits, place, hit)).then_some((rule, hit))
            })
            .min_by_key(|(rule, hit)| {
                (
                    matches!(hit.role, Role::Soft(_) | Role::LastSoft(_)),
                    rule.rank,
                    std::cmp::Reverse(hit.end.saturating_sub(hit.first)),
                    hit.first,
                )
            })
    }
}

impl Role {
    /// The rule whose kind a phrase names.
    fn names(self) -> Option<usize> {
        match self {
            Self::First(place)
            | Self::Thing(place)
            | Self::Verb(place)
            | Self::Soft(place)
            | Self::Last(place)
            | Self::LastSoft(place) => Some(place),
            _ => None,
        }
    }
}

/// The hits without those that take words out of the name of someone who acts: a certification
/// body is neither a certificate nor a reason against one. A phrase of several words that holds the
/// whole name stays.
fn without_names(mut hits: Vec<Found<Role>>) -> Vec<Found<Role>> {
    let names: Vec<(usize, usize)> = hits
        .iter()
        .filter(|hit| hit.role == Role::Names)
        .map(|hit| (hit.first, hit.end))
        .collect();
    if names.is_empty() {
        return hits;
    }
    hits.retain(|hit| {
        let speaks_of_kinds = hit.role.names().is_some() || matches!(hit.role, Role::Denies(_));
        let torn = |&(first, end): &(usize, usize)| {
            let overlaps = hit.first < end && first < hit.end;
            let holds = hit.first <= first && end <= hit.end && hit.end - hit.first > 1;
            overlaps && !holds
        };
        !(speaks_of_kinds && names.iter().any(torn))
    });
    hits
}

impl Ground {
    fn new(text: &Text<'_>, hits: &[Found<Role>]) -> Self {
        let mut out = Self {
            background: vec![false; text.passage.len()],
            subject: vec![false; text.passage.len()],
            sentence: Vec::with_capacity(text.passage.len()),
        };
        let mut sentence = 0_u16;
        for at in 0..text.passage.len() {
            if at > 0 && text.passage.gap(at) == Gap::Sentence {
                sentence = sentence.saturating_add(1);
            }
            out.sentence.push(sentence);
        }
        let resumes: Vec<usize> = hits
            .iter()
            .filter(|hit| hit.role == Role::Resume)
            .map(|hit| hit.first)
            .collect();
        for hit in hits {
            match hit.role {
                Role::Background => {
                    let opening = hit.first == 0 || text.passage.gap(hit.first) >= Gap::Clause;
                    let least = if opening { Gap::Comma } else { Gap::Clause };
                    mark(&mut out.background, hit.first, |at| {
                        text.passage.gap(at) >= least
                    });
                }
                Role::Subject => mark(&mut out.subject, hit.end, |at| {
                    text.passage.gap(at) >= Gap::Clause || resumes.contains(&at)
                }),
                _ => {}
            }
        }
        out
    }

    /// Whether what rules a kind out stands where it speaks of the event that a phrase names: in the same
    /// sentence, and not in what went before.
    fn denies(&self, hits: &[Found<Role>], rule: usize, event: &Found<Role>) -> bool {
        let sentence = |at: usize| self.sentence.get(at).copied();
        hits.iter().any(|hit| {
            hit.role == Role::Denies(rule)
                && sentence(hit.first) == sentence(event.first)
                && (!self.is_background(hit) || self.is_background(event))
        })
    }

    /// Whether a phrase begins or ends in a clause that tells what went before.
    fn is_background(&self, hit: &Found<Role>) -> bool {
        let told = |at: usize| self.background.get(at).copied().unwrap_or(false);
        told(hit.first) || told(hit.end.saturating_sub(1))
    }

    /// Whether a phrase ends in what a document is about.
    fn is_subject(&self, hit: &Found<Role>) -> bool {
        self.subject
            .get(hit.end.saturating_sub(1))
            .copied()
            .unwrap_or(false)
    }
}

/// Marks the words from one on to where its stretch ends.
fn mark(flags: &mut [bool], first: usize, ends: impl Fn(usize) -> bool) {
    for (at, flag) in flags.iter_mut().enumerate().skip(first) {
        if at > first && ends(at) {
            break;
        }
        *flag = true;
    }
}
