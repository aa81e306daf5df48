//! Names of the library, found in one pass over a text; the longest match consumes its words.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use rustc_hash::FxHashMap;

use super::Subject;
use super::haystack::Haystack;
use crate::domain::id::BodyId;
use crate::domain::library::{Library, Sense};
use crate::domain::reference;
use crate::domain::update::{Because, Field};

/// What a name names: a place in the library's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Target {
    Framework(usize),
    Body(usize),
    Jurisdiction(usize),
    Topic(usize),
    Cue(usize),
}

/// One name found, with its reason.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mention {
    pub(super) target: Target,
    pub(super) because: Because,
}

/// One spelling of a name.
struct Form {
    /// As the library writes it: what must stand in the text when case counts.
    written: String,
    case_counts: bool,
    targets: Vec<Target>,
}

/// One meaning of an ambiguous form; words are known by their patterns.
struct Sensed {
    target: Option<Target>,
    /// The body that this meaning is, for which its own source is a prior.
    body: Option<BodyId>,
    any: Vec<usize>,
    not: Vec<usize>,
    default: bool,
}

/// All names, compiled.
pub(super) struct Lexicon {
    automaton: Option<AhoCorasick>,
    /// For scripts that part their words a quicker way to the same hits.
    starts: Option<Starts>,
    /// For each pattern of the automaton the spellings that are the same in lower case; none
    /// where the pattern is only a word that decides between meanings.
    forms: Vec<Vec<Form>>,
    cues: Vec<Vec<Sensed>>,
    works: HashMap<String, usize>,
}

/// Where a pattern stands alone in a field, in its lower-case twin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    start: usize,
    end: usize,
    pattern: usize,
}

/// Words after a name that make it a comparison or an adjective and no mention (rules F5, B1).
const ADJECTIVES: &[&str] = &[
    "-like",
    "-style",
    "-type",
    "-inspired",
    "-ish",
    "-esque",
    "-authorised",
    "-authorized",
    "-regulated",
    "-registered",
    "-licensed",
    "-approved",
    "-compliant",
    "-ready",
    "-supervised",
];

/// Patterns by their first word. A pattern counts only where it stands alone, and wherever
/// scripts part their words such a place is one where a word begins: looking up each word finds
/// them all.
struct Starts {
    /// The first run of letters and digits -> patterns, each with how many bytes stand before
    /// that run.
    by_word: FxHashMap<Box<str>, Vec<(usize, usize)>>,
    patterns: Vec<String>,
}

/// Where the word ends that begins at a byte.
fn word_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
        at += 1;
    }
    if bytes.get(at).is_none_or(u8::is_ascii) {
        return at;
    }
    text.get(at..)
        .and_then(|rest| rest.find(|c: char| !c.is_alphanumeric()))
        .map_or(text.len(), |length| at + length)
}

impl Starts {
    /// None when a pattern holds no letter or digit to look up.
    fn new(patterns: &[String]) -> Option<Self> {
        let mut by_word: FxHashMap<Box<str>, Vec<(usize, usize)>> = FxHashMap::default();
        for (place, pattern) in patterns.iter().enumerate() {
            let start = pattern.find(char::is_alphanumeric)?;
            by_word
                .entry(pattern.get(start..word_end(pattern, start))?.into())
                .or_default()
                .push((place, start));
        }
        Some(Self {
            by_word,
            patterns: patterns.to_vec(),
        })
    }

    fn scan(&self, text: &Haystack<'_>) -> Vec<Hit> {
        let lower = text.lower();
        let bytes = lower.as_bytes();
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            if byte.is_ascii() {
                if !byte.is_ascii_alphanumeric() {
                    at += 1;
                    continue;
                }
            } else {
                let c = lower.get(at..).and_then(|rest| rest.chars().next());
                if !c.is_some_and(char::is_alphanumeric) {
                    at += c.map_or(1, char::len_utf8);
                    continue;
                }
            }
            let start = at;
            at = word_end(lower, start);
            let candidates = lower
                .get(start..at)
                .and_then(|word| self.by_word.get(word))
                .map_or(&[][..], Vec::as_slice);
            for (pattern, before) in candidates {
                let Some(written) = self.patterns.get(*pattern) else {
                    continue;
                };
                let Some(from) = start.checked_sub(*before) else {
                    continue;
                };
                if bytes
                    .get(from..)
                    .is_some_and(|rest| rest.starts_with(written.as_bytes()))
                    && text.stands_alone(from, from + written.len())
                {
                    out.push(Hit {
                        start: from,
                        end: from + written.len(),
                        pattern: *pattern,
                    });
                }
            }
        }
        out
    }
}

impl Lexicon {
    pub(super) fn new(library: &Library) -> Self {
        let mut spellings: HashMap<(String, bool), Vec<Target>> = HashMap::new();
        let mut add = |name: &str, target: Target| {
            let name = plain(name);
            // A single letter names nothing.
            if name.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
                return;
            }
            let case_counts = is_acronym(&name);
            let targets = spellings.entry((name, case_counts)).or_default();
            if !targets.contains(&target) {
                targets.push(target);
            }
        };
        let cues: HashMap<&str, usize> = library
            .cues
            .iter()
            .enumerate()
            .map(|(place, cue)| (cue.form.as_str(), place))
            .collect();
        for (place, framework) in library.frameworks.iter().enumerate() {
            let target = Target::Framework(place);
            let mut names: Vec<&str> = vec![&framework.short];
            // A title of one or two words is common speech ("Risk management").
            if framework.title.split_whitespace().count() >= 4 {
                names.push(&framework.title);
            }
            names.extend(framework.aliases.iter().map(String::as_str));
            names.extend(
                framework
                    .aliases_i18n
                    .iter()
                    .flat_map(|(_, names)| names)
                    .map(String::as_str),
            );
            for name in names {
                if !cues.contains_key(name) {
                    add(name, target);
                }
            }
        }
        for (place, body) in library.bodies.iter().enumerate() {
            add(&body.name, Target::Body(place));
            for name in &body.aliases {
                if !cues.contains_key(name.as_str()) {
                    add(name, Target::Body(place));
                }
            }
        }
        for (place, jurisdiction) in library.jurisdictions.iter().enumerate() {
            if jurisdiction.needs_context {
                continue;
            }
            add(&jurisdiction.name, Target::Jurisdiction(place));
            for name in jurisdiction.names.iter().chain(&jurisdiction.demonyms) {
                if !cues.contains_key(name.as_str()) {
                    add(name, Target::Jurisdiction(place));
                }
            }
        }
        for (place, topic) in library.topics.iter().enumerate() {
            add(&topic.name, Target::Topic(place));
            for name in &topic.aliases {
                add(name, Target::Topic(place));
            }
        }
        let mut by_lower: HashMap<String, Vec<Form>> = HashMap::new();
        for ((written, case_counts), mut targets) in spellings {
            targets.sort_unstable();
            by_lower
                .entry(written.to_lowercase())
                .or_default()
                .push(Form {
                    written,
                    case_counts,
                    targets,
                });
        }
        for (place, cue) in library.cues.iter().enumerate() {
            let written = plain(&cue.form);
            by_lower
                .entry(written.to_lowercase())
                .or_default()
                .push(Form {
                    written,
                    case_counts: cue.case_sensitive,
                    targets: vec![Target::Cue(place)],
                });
        }
        let witness = |word: &String| plain(word).to_lowercase();
        for meaning in library.cues.iter().flat_map(|cue| &cue.meanings) {
            for word in meaning.any.iter().chain(&meaning.not) {
                if !word.trim().is_empty() {
                    by_lower.entry(witness(word)).or_default();
                }
            }
        }
        let mut patterns: Vec<(String, Vec<Form>)> = by_lower.into_iter().collect();
        // A fixed order, so that two runs compile the same automaton.
        patterns.sort_by(|a, b| a.0.cmp(&b.0));
        let place_of: HashMap<&str, usize> = patterns
            .iter()
            .enumerate()
            .map(|(place, (lower, _))| (lower.as_str(), place))
            .collect();
        let ids = |words: &[String]| -> Vec<usize> {
            words
                .iter()
                .filter_map(|word| place_of.get(witness(word).as_str()).copied())
                .collect()
        };
        let sensed = library
            .cues
            .iter()
            .map(|cue| {
                cue.meanings
                    .iter()
                    .map(|meaning| Sensed {
                        target: target(&meaning.sense, library),
                        body: match &meaning.sense {
                            Sense::Body(id) => Some(id.clone()),
                            _ => None,
                        },
                        any: ids(&meaning.any),
                        not: ids(&meaning.not),
                        default: meaning.default,
                    })
                    .collect()
            })
            .collect();
        let (lower, forms): (Vec<String>, Vec<Vec<Form>>) = patterns.into_iter().unzip();
        let starts = Starts::new(&lower);
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::Standard)
            .build(&lower)
            // Only a library of billions of names could be too large to compile.
            .ok();
        let mut works = HashMap::new();
        for (place, framework) in library.frameworks.iter().enumerate() {
            for written in &framework.references {
                for read in reference::read(written, &library.known_works) {
                    works.entry(read.work).or_insert(place);
                }
            }
        }
        Self {
            automaton,
            starts,
            forms,
            cues: sensed,
            works,
        }
    }

    /// Every pattern that stands alone in a text.
    pub(super) fn scan(&self, text: &Haystack<'_>) -> Vec<Hit> {
        if let Some(starts) = &self.starts
            && text.parts_words()
        {
            return starts.scan(text);
        }
        self.scan_any(text)
    }

    fn scan_any(&self, text: &Haystack<'_>) -> Vec<Hit> {
        let Some(automaton) = &self.automaton else {
            return Vec::new();
        };
        automaton
            .find_overlapping_iter(text.lower())
            .map(|hit| Hit {
                start: hit.start(),
                end: hit.end(),
                pattern: hit.pattern().as_usize(),
            })
            .filter(|hit| text.stands_alone(hit.start, hit.end))
            .collect()
    }

    /// The framework that a work is, by its place in the library.
    pub(super) fn framework_of_work(&self, work: &str) -> Option<usize> {
        self.works.get(work).copied()
    }

    /// The names in one field, out of the hits of all. `taken` are stretches of the original
    /// that references have consumed already.
    pub(super) fn read(
        &self,
        field: Field,
        text: &Haystack<'_>,
        taken: &[(usize, usize)],
        all: &[(Field, Vec<Hit>)],
        subject: &Subject<'_>,
    ) -> Vec<Mention> {
        let mut hits: Vec<(usize, usize, usize)> = all
            .iter()
            .filter(|(other, _)| *other == field)
            .flat_map(|(_, hits)| hits)
            .filter(|hit| {
                self.forms
                    .get(hit.pattern)
                    .is_some_and(|forms| !forms.is_empty())
            })
            .map(|hit| (hit.start, hit.end, hit.pattern))
            .collect();
        // Longest first, then leftmost: what a longer name covers is not another mention.
        hits.sort_by_key(|(start, end, _)| (std::cmp::Reverse(end - start), *start));
        let mut consumed: Vec<(usize, usize)> = Vec::new();
        let mut mentions: Vec<(usize, Mention)> = Vec::new();
        for (start, end, pattern) in hits {
            let (from, to) = text.back(start, end);
            let within = |spans: &[(usize, usize)], from: usize, to: usize| {
                spans.iter().any(|(a, b)| from < *b && to > *a)
            };
            // A reference consumes what lies in it; a name that is longer consumes the reference.
            let in_reference = taken
                .iter()
                .any(|(a, b)| from < *b && to > *a && to - from <= b - a);
            if within(&consumed, start, end) {
                continue;
            }
            let words = text.words(from, to);
            let written = plain(&words);
            let follows = text.lower().get(end..).unwrap_or("");
            let adjective = ADJECTIVES.iter().any(|word| follows.starts_with(word));
            let mut matched = false;
            for form in self.forms.get(pattern).map_or(&[][..], Vec::as_slice) {
                if form.case_counts && form.written != written {
                    continue;
                }
                for target in &form.targets {
                    let topic = matches!(target, Target::Topic(_));
                    matched |= !topic;
                    if adjective && !topic && !matches!(target, Target::Jurisdiction(_)) {
                        continue;
                    }
                    if in_reference && !topic {
                        continue;
                    }
                    let resolved = match target {
                        Target::Cue(place) => self
                            .cues
                            .get(*place)
                            .and_then(|meanings| {
                                decide(meanings, field, all, subject, (start, end))
                            })
                            .map(|target| (target, "cue")),
                        target => Some((*target, rule(*target, &words))),
                    };
                    if let Some((target, rule)) = resolved {
                        mentions.push((
                            start,
                            Mention {
                                target,
                                because: Because {
                                    rule: rule.to_owned(),
                                    field,
                                    text: words.clone(),
                                    start: text.characters_before(from),
                                },
                            },
                        ));
                    }
                }
            }
            if matched {
                consumed.push((start, end));
            }
        }
        mentions.sort_by_key(|(start, _)| *start);
        mentions.into_iter().map(|(_, mention)| mention).collect()
    }
}

fn rule(target: Target, words: &str) -> &'static str {
    match target {
        Target::Jurisdiction(_) => "J3",
        _ if is_acronym(words) => "acronym",
        _ => "name",
    }
}

/// What a sense tags, by its place in the library.
fn target(sense: &Sense, library: &Library) -> Option<Target> {
    match sense {
        Sense::Framework(id) => library
            .frameworks
            .iter()
            .position(|f| &f.id == id)
            .map(Target::Framework),
        Sense::Body(id) => library
            .bodies
            .iter()
            .position(|b| &b.id == id)
            .map(Target::Body),
        Sense::Jurisdiction(id) => library
            .jurisdictions
            .iter()
            .position(|j| &j.id == id)
            .map(Target::Jurisdiction),
        Sense::Nothing(_) => None,
    }
}

/// The meaning of an ambiguous form by the words around it; none when no word decides.
fn decide(
    meanings: &[Sensed],
    field: Field,
    all: &[(Field, Vec<Hit>)],
    subject: &Subject<'_>,
    own: (usize, usize),
) -> Option<Target> {
    let near = |word: &usize| {
        all.iter().any(|(other, hits)| {
            hits.iter().any(|hit| {
                // The form itself is no witness for what it means.
                hit.pattern == *word && !(*other == field && hit.start >= own.0 && hit.end <= own.1)
            })
        })
    };
    let mut best: Option<(usize, &Sensed)> = None;
    for meaning in meanings {
        if meaning.not.iter().any(near) {
            continue;
        }
        let mut votes = meaning.any.iter().filter(|word| near(word)).count();
        // The publisher itself, named in its own news, is the likelier meaning of its letters.
        if meaning.body.is_some() && meaning.body.as_ref() == subject.body {
            votes += 1;
        }
        if votes > 0 && best.is_none_or(|(most, _)| votes > most) {
            best = Some((votes, meaning));
        }
    }
    best.map(|(_, meaning)| meaning)
        .or_else(|| {
            meanings
                .iter()
                .find(|meaning| meaning.default && !meaning.not.iter().any(near))
        })
        .and_then(|meaning| meaning.target)
}

/// Plain dashes, apostrophes and spaces, as the haystack has them.
fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut space = false;
    for c in name.chars() {
        let c = match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            '\u{2018}' | '\u{2019}' | '\u{2bc}' => '\'',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if c == ' ' {
            space = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut space) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// Whether a name is written in capitals as an acronym is, so that its case counts.
fn is_acronym(name: &str) -> bool {
    let letters = || name.chars().filter(|c| c.is_alphabetic());
    let upper = letters().filter(|c| c.is_uppercase()).count();
    let all = letters().count();
    // "NIS2", "E.U." and "TÜV"; also "CoE" and "SoA", whose one small letter is part of them.
    all > 0 && name.chars().count() <= 10 && !name.contains(' ') && upper >= 2 && all - upper <= 1
        || (all > 0 && upper == all && name.chars().count() <= 16)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lexicon() -> &'static Lexicon {
        static LEXICON: std::sync::LazyLock<Lexicon> = std::sync::LazyLock::new(|| {
            Lexicon::new(&crate::library::load(&crate::library::Files::built_in()).library)
        });
        &LEXICON
    }

    proptest! {
        #[test]
        fn looking_up_words_finds_what_one_scan_finds(
            text in r#"((the |ISO|/IEC|-| |\(|\.|SOC|2|, |EU|AI Act|of|NIST|CSF|New|Zealand|georgia|A&B|bsi's |42001|é|Règlement|sur l’IA|…|DSGVO|Ä|ß|İ|н|Закон|́){0,30})"#
        ) {
            let lexicon = lexicon();
            prop_assert!(lexicon.starts.is_some());
            let text = Haystack::new(&text, 10_000);
            let (mut quick, mut plain) = (lexicon.scan(&text), lexicon.scan_any(&text));
            quick.sort_unstable();
            plain.sort_unstable();
            prop_assert_eq!(quick, plain);
        }
    }
}
