//! Phrases of the kinds: words with gaps, classes and things recognised, found among a text's words.

use std::collections::BTreeMap;

use super::entity::{Entity, Recognised};
use super::passage::Gap;
use super::sequences::{ByNode, Node};
use super::text::{Drafting, Text};

/// The gaps of a phrase, with what each may swallow: a word counts two, a sign of Chinese or
/// Korean one, a name or a citation two however long it is.
const GAPS: &[(&str, usize)] = &[("~", 4), ("_", 12), ("__", 24)];

/// Something that a phrase asks for: plain words, a class or an entity, each a number from 1 on.
type Thing = u32;

enum Element {
    Thing(Thing),
    Gap(usize),
    ClauseStart,
}

/// A phrase, and what it stands for.
struct Phrase<T> {
    elements: Vec<Element>,
    /// Everything that it asks for; where one is missing nobody need look further.
    things: Vec<Thing>,
    role: T,
}

/// A phrase among those with the same anchor, with all that is asked of most of them: they lie side
/// by side, and the phrases themselves are looked at for the few of which everything is there.
#[derive(Clone, Copy)]
struct Anchored {
    /// What it asks for besides the anchor, the rarest first, as far as there is room. No thing has
    /// the number 0, which stands for none.
    asks: [Thing; 3],
    /// How many from here on ask for the same first thing: where that is missing, none of them need
    /// be looked at.
    alike: u32,
    phrase: u32,
    /// Its first thing.
    first: Thing,
    /// It is one thing and nothing else.
    single: bool,
    /// It asks for more than there is room for here.
    more: bool,
}

/// Lists by number, side by side.
struct Lists<V> {
    /// Where each begins among the values, and the last one ends.
    starts: Vec<u32>,
    values: Vec<V>,
}

impl<V> Lists<V> {
    fn new(lists: impl IntoIterator<Item = Vec<V>>) -> Self {
        let mut out = Self {
            starts: vec![0],
            values: Vec::new(),
        };
        for list in lists {
            out.values.extend(list);
            out.starts.push(number(out.values.len()));
        }
        out
    }

    fn get(&self, at: usize) -> &[V] {
        let bounds = self.starts.get(at).zip(self.starts.get(at + 1));
        bounds
            .and_then(|(start, end)| self.values.get(*start as usize..*end as usize))
            .unwrap_or(&[])
    }
}

/// All phrases of one book, with what each stands for.
pub(super) struct Phrases<T> {
    phrases: Vec<Phrase<T>>,
    /// For each thing the phrases of which it is the anchor: the rarest of what they ask for. A text
    /// without it need not be asked for the phrase.
    anchored: Lists<Anchored>,
    /// What each sequence of words is, while phrases are taken in.
    by_node: ByNode<Vec<Thing>>,
    /// The same, by node, once they are.
    things: Lists<Thing>,
    /// The thing that a sequence of plain words is.
    words: BTreeMap<Node, Thing>,
    by_entity: BTreeMap<Entity, Vec<Thing>>,
    classes: BTreeMap<String, Thing>,
    /// For each thing how common it is.
    common: Vec<usize>,
}

/// A phrase found: what it stands for, its first word and one past its last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<T> {
    pub(super) role: T,
    pub(super) first: usize,
    pub(super) end: usize,
}

impl<T: Copy> Phrases<T> {
    /// No phrases yet; the classes may name entities and classes written before them.
    pub(super) fn new(draft: &mut Drafting, classes: &[(String, Vec<String>)]) -> Self {
        let mut out = Self {
            phrases: Vec::new(),
            anchored: Lists::new([]),
            by_node: ByNode::default(),
            things: Lists::new([]),
            words: BTreeMap::new(),
            by_entity: BTreeMap::new(),
            classes: BTreeMap::new(),
            // No thing has the number 0.
            common: vec![0],
        };
        for (_, entity) in Entity::NAMES {
            let thing = out.thing(ENTITY);
            out.by_entity.insert(*entity, vec![thing]);
        }
        // What a class holds, so that a class that names another holds the same.
        let mut held: BTreeMap<&str, (Vec<Node>, Vec<Entity>)> = BTreeMap::new();
        for (name, words) in classes {
            let thing = out.thing(CLASS);
            out.classes.insert(name.clone(), thing);
            let (mut nodes, mut entities) = (Vec::new(), Vec::new());
            for word in words {
                let Some(named) = bracketed(word) else {
                    nodes.extend(draft.sequence(word));
                    continue;
                };
                if let Some(entity) = Entity::named(named) {
                    entities.push(entity);
                } else if let Some((other, more)) = held.get(named) {
                    nodes.extend(other);
                    entities.extend(more);
                }
            }
            for node in &nodes {
                out.is(*node, thing);
            }
            for entity in &entities {
                out.by_entity.entry(*entity).or_default().push(thing);
            }
            if let Some(common) = out.common.get_mut(thing as usize) {
                *common += nodes.len() + entities.len() * ENTITY;
            }
            held.insert(name, (nodes, entities));
        }
        out
    }

    /// Files a thing under a sequence of words.
    fn is(&mut self, node: Node, thing: Thing) {
        let list = self.by_node.slot(node);
        if !list.contains(&thing) {
            list.push(thing);
        }
    }

    /// A thing that is new.
    fn thing(&mut self, common: usize) -> Thing {
        let thing = number(self.common.len());
        self.common.push(common);
        thing
    }

    /// A sequence of plain words, the same for all phrases that ask for it.
    fn words(&mut self, node: Node) -> Thing {
        let thing = match self.words.get(&node) {
            Some(thing) => *thing,
            None => {
                let thing = self.thing(0);
                self.words.insert(node, thing);
                self.is(node, thing);
                thing
            }
        };
        if let Some(common) = self.common.get_mut(thing as usize) {
            *common += 1;
        }
        thing
    }

    /// Takes in a phrase as the library writes it; a phrase without words is left out.
    pub(super) fn add(&mut self, draft: &mut Drafting, written: &str, role: T) {
        let mut elements = Vec::new();
        let mut plain = String::new();
        for part in written.split_whitespace().map(Some).chain([None]) {
            let special = part
                .is_none_or(|part| part == "^" || gap(part).is_some() || bracketed(part).is_some());
            if !special {
                if !plain.is_empty() {
                    plain.push(' ');
                }
                plain.push_str(part.unwrap_or(""));
                continue;
            }
            if let Some(node) = draft.sequence(&std::mem::take(&mut plain)) {
                elements.push(Element::Thing(self.words(node)));
            }
            match part {
                Some(part) if gap(part).is_some() => {
                    elements.extend(gap(part).map(Element::Gap));
                }
                Some("^") => elements.push(Element::ClauseStart),
                Some(part) => {
                    let name = bracketed(part).unwrap_or("");
                    let thing = Entity::named(name)
                        .and_then(|entity| self.by_entity.get(&entity)?.first())
                        .or_else(|| self.classes.get(name));
                    let Some(thing) = thing else { return };
                    elements.push(Element::Thing(*thing));
                }
                None => {}
            }
        }
        let things: Vec<Thing> = elements
            .iter()
            .filter_map(|element| match element {
                Element::Thing(thing) => Some(*thing),
                Element::Gap(_) | Element::ClauseStart => None,
            })
            .collect();
        if !things.is_empty() {
            self.phrases.push(Phrase {
                elements,
                things,
                role,
            });
        }
    }

    /// Files every phrase under its anchor, once all are taken in and it is known how common what
    /// they ask for is.
    pub(super) fn finish(mut self) -> Self {
        let common = |thing: &Thing| self.common.get(*thing as usize).copied().unwrap_or(0);
        let mut anchored = Vec::new();
        anchored.resize_with(self.common.len(), Vec::new);
        for (place, phrase) in self.phrases.iter().enumerate() {
            let mut things = phrase.things.clone();
            // What is rare is missing in most texts, and then nobody looks for the rest.
            things.sort_by_key(common);
            let (Some(first), Some((rarest, others))) =
                (phrase.things.first(), things.split_first())
            else {
                continue;
            };
            let mut asks = [0; 3];
            let others = others.iter().filter(|thing| *thing != rarest);
            for (slot, thing) in asks.iter_mut().zip(others) {
                *slot = *thing;
            }
            if let Some(list) = anchored.get_mut(*rarest as usize) {
                list.push(Anchored {
                    asks,
                    alike: 1,
                    phrase: number(place),
                    first: *first,
                    single: phrase.elements.len() == 1,
                    more: things.len() > asks.len() + 1,
                });
            }
        }
        for list in &mut anchored {
            list.sort_by_key(|phrase| phrase.asks);
            let mut behind = (0, 0);
            for phrase in list.iter_mut().rev() {
                let [first, ..] = phrase.asks;
                let alike = if behind.0 == first { behind.1 } else { 0 };
                phrase.alike = alike + 1;
                behind = (first, phrase.alike);
            }
        }
        self.anchored = Lists::new(anchored);
        self.things = Lists::new(std::mem::take(&mut self.by_node).into_values());
        self
    }

    /// The order in which phrases are told, as a number: by their first words; of those that begin
    /// at one word those first that begin with a name or a class, each by its number and the longer
    /// span first; then as they were taken in.
    fn order(&self, span: Span, phrase: u32) -> u128 {
        let plain = |common: &usize| *common < CLASS;
        let class = !self.common.get(span.thing() as usize).is_some_and(plain);
        let among = if class {
            u128::from(span.0 & ((1 << 48) - 1))
        } else {
            (1 << 48) - 1
        };
        (span.first() as u128) << 80 | among << 32 | u128::from(phrase)
    }

    /// Every phrase in the first `words` of a text, by the order of their first words.
    pub(super) fn find(
        &self,
        text: &Text<'_>,
        recognised: &[Recognised],
        words: usize,
    ) -> Vec<Found<T>> {
        let words = words.min(text.passage.len());
        let mut spans: Vec<Span> = Vec::with_capacity(text.hits.len().min(2 * words) + words);
        // Words inside a name are the name's, unless they are all of it.
        let mut inside = vec![(0, 0); words];
        for found in recognised
            .iter()
            .filter(|found| found.entity != Entity::Place)
        {
            for slot in inside.iter_mut().take(found.end).skip(found.first) {
                *slot = (found.first, found.end);
            }
        }
        for hit in text.hits.iter().take_while(|hit| hit.first < words) {
            let name = inside.get(hit.first).copied().unwrap_or((0, 0));
            if name.0 <= hit.first && hit.end <= name.1 && name != (hit.first, hit.end) {
                continue;
            }
            for thing in self.things.get(hit.node as usize) {
                spans.push(Span::new(*thing, hit.first, hit.end, false));
            }
        }
        for found in recognised.iter().filter(|found| found.first < words) {
            for thing in self.by_entity.get(&found.entity).into_iter().flatten() {
                spans.push(Span::new(*thing, found.first, found.end, true));
            }
        }
        spans.sort_unstable();
        spans.dedup();
        // What is there at all: a phrase that asks for anything else is not.
        let mut there = Presence::of(self.common.len());
        let mut starts = vec![spans.len(); words + 1];
        // The phrases of which everything is there, under their first things.
        let mut whole: Vec<&Anchored> = Vec::with_capacity(32);
        let mut anchors: Vec<Thing> = Vec::with_capacity(spans.len());
        for (place, span) in spans.iter().enumerate().rev() {
            if let Some(start) = starts.get_mut(span.first()) {
                *start = place;
            }
            if there.put(span.thing()) {
                anchors.push(span.thing());
            }
        }
        for anchor in anchors {
            let all = |things: &[Thing]| things.iter().all(|thing| there.has(*thing));
            let mut list = self.anchored.get(anchor as usize);
            while let Some((phrase, others)) = list.split_first() {
                let [first, rest @ ..] = &phrase.asks;
                if !there.has(*first) {
                    list = list.get(phrase.alike as usize..).unwrap_or(&[]);
                    continue;
                }
                let whole_phrase = || self.phrases.get(phrase.phrase as usize);
                if all(rest)
                    && (!phrase.more || whole_phrase().is_some_and(|phrase| all(&phrase.things)))
                {
                    whole.push(phrase);
                }
                list = others;
            }
        }
        if whole.is_empty() {
            return Vec::new();
        }
        whole.sort_unstable_by_key(|phrase| phrase.first);
        let mut opens = Presence::of(self.common.len());
        for phrase in &whole {
            opens.put(phrase.first);
        }
        let reader = Reader {
            text,
            spans: &spans,
            starts: &starts,
            words,
        };
        let mut found: Vec<(u128, Found<T>)> = Vec::with_capacity(whole.len());
        for span in spans.iter().filter(|span| opens.has(span.thing())) {
            let from = whole.partition_point(|phrase| phrase.first < span.thing());
            let opened = whole.get(from..).unwrap_or(&[]).iter();
            for phrase in opened.take_while(|phrase| phrase.first == span.thing()) {
                let Some(Phrase { elements, role, .. }) = self.phrases.get(phrase.phrase as usize)
                else {
                    continue;
                };
                let end = if phrase.single {
                    reader.end_of(span.thing(), span.first())
                } else {
                    reader.follow(elements, span.first(), true)
                };
                if let Some(end) = end {
                    let hit = Found {
                        role: *role,
                        first: span.first(),
                        end,
                    };
                    found.push((self.order(*span, phrase.phrase), hit));
                }
            }
        }
        // No two are alike: a phrase is found once in a span.
        found.sort_unstable_by_key(|(order, _)| *order);
        found.into_iter().map(|(_, hit)| hit).collect()
    }
}

/// How common a name of a sort and a class are at the least: more than any sequence of words.
const CLASS: usize = 1 << 20;
const ENTITY: usize = 1 << 30;

/// A place as a number: a book has far fewer phrases than 32 bits count.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// A set of things; what stands for none is in every one.
struct Presence(Vec<u64>);

impl Presence {
    fn of(things: usize) -> Self {
        let mut out = Self(vec![0; things / 64 + 1]);
        out.put(0);
        out
    }

    /// Puts one in, and tells whether it was not there.
    fn put(&mut self, thing: Thing) -> bool {
        let Some(slot) = self.0.get_mut(thing as usize / 64) else {
            return false;
        };
        let bit = 1 << (thing % 64);
        let new = *slot & bit == 0;
        *slot |= bit;
        new
    }

    fn has(&self, thing: Thing) -> bool {
        self.0
            .get(thing as usize / 64)
            .is_some_and(|slot| slot & 1 << (thing % 64) != 0)
    }
}

fn gap(part: &str) -> Option<usize> {
    GAPS.iter()
        .find(|(sign, _)| *sign == part)
        .map(|(_, most)| *most)
}

/// `<name>` -> `name`.
pub(super) fn bracketed(word: &str) -> Option<&str> {
    word.strip_prefix('<')?.strip_suffix('>')
}

/// A thing in a text: its first word, what it is, and one past its last word, in the order in which
/// spans are looked through, the longer of two first. As one number, so that sorting them costs
/// little: a text is read up to some words only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span(u64);

impl Span {
    const END: u64 = 0xffff;

    fn new(thing: Thing, first: usize, end: usize, name: bool) -> Self {
        let end = Self::END - (end as u64).min(Self::END);
        Self((first as u64) << 48 | u64::from(thing) << 17 | end << 1 | u64::from(!name))
    }

    fn first(self) -> usize {
        (self.0 >> 48) as usize
    }

    fn thing(self) -> Thing {
        (self.0 >> 17) as Thing & ((1 << 31) - 1)
    }

    fn end(self) -> usize {
        (Self::END - (self.0 >> 1 & Self::END)) as usize
    }

    /// A name or a citation, which a gap steps over as a whole.
    fn name(self) -> bool {
        self.0 & 1 == 0
    }
}

struct Reader<'t, 'a> {
    text: &'t Text<'a>,
    spans: &'t [Span],
    /// For each word where its spans begin.
    starts: &'t [usize],
    words: usize,
}

impl Reader<'_, '_> {
    fn at(&self, word: usize) -> impl Iterator<Item = &Span> {
        let from = self.starts.get(word).copied().unwrap_or(self.spans.len());
        self.spans
            .get(from..)
            .unwrap_or(&[])
            .iter()
            .take_while(move |span| span.first() == word)
    }

    /// Where a thing ends that begins at this word, the longer one of two.
    fn end_of(&self, thing: Thing, at: usize) -> Option<usize> {
        self.at(at)
            .find(|span| span.thing() == thing)
            .map(|span| span.end())
    }

    /// Where the rest of a phrase ends when it goes on at this word.
    fn follow(&self, elements: &[Element], at: usize, opening: bool) -> Option<usize> {
        let Some((first, rest)) = elements.split_first() else {
            return Some(at);
        };
        match first {
            Element::Thing(thing) => {
                if !opening && self.text.passage.gap(at) > Gap::Comma {
                    return None;
                }
                self.at(at)
                    .filter(|span| span.thing() == *thing)
                    .find_map(|span| self.follow(rest, span.end(), false))
            }
            Element::Gap(most) => self.leap(rest, at, *most),
            Element::ClauseStart => {
                let begins = at == 0 || self.text.passage.gap(at) >= Gap::Clause;
                begins.then(|| self.follow(rest, at, true)).flatten()
            }
        }
    }

    fn leap(&self, rest: &[Element], from: usize, most: usize) -> Option<usize> {
        let mut at = from;
        let mut swallowed = 0;
        while at < self.words && swallowed <= most {
            if self.text.passage.gap(at) >= Gap::Clause {
                return None;
            }
            if let Some(end) = self.follow(rest, at, false) {
                return Some(end);
            }
            let name = self
                .at(at)
                .filter(|span| span.name())
                .map(|span| span.end())
                .max();
            swallowed += if name.is_none() && self.text.passage.solid(at) {
                1
            } else {
                2
            };
            at = name.unwrap_or(at + 1);
        }
        None
    }
}
