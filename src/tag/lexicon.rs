//! Names of the library: which of those that stand in a text are mentions. The longest match
//! consumes its words (rule F4).

use std::collections::{BTreeMap, HashMap};

use super::Speaker;
use super::cues::{Apart, Cues, Place, Witnesses};
use super::manner::{Manners, Marked};
use super::passage::{Gap, Passage};
use super::sequences::{ByNode, Node};
use super::text::{Drafting, Hit, Text};
use super::vocabulary::Written;
use crate::domain::id::JurisdictionId;
use crate::domain::library::{Body, Framework, FrameworkKind, Library};
use crate::domain::reference;

/// What a name names: a place in the library's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Target {
    Framework(usize),
    Body(usize),
    Jurisdiction(usize),
    Topic(usize),
    Cue(usize),
    /// A law that is not tracked.
    Act,
}

/// A name that means something in a text, by its words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mention {
    pub(super) target: Target,
    pub(super) rule: &'static str,
    pub(super) text: usize,
    pub(super) first: usize,
    pub(super) end: usize,
}

/// One spelling of a name.
struct Form {
    /// The words as the library writes them, where case counts.
    letters: Option<Box<[Box<str>]>>,
    /// The widest gap before each word but the first, where it is wider than a space.
    gaps: Option<Box<[Gap]>>,
    /// Whether some letter of it must be a capital: two words in lower case are common speech.
    capital: bool,
    /// Signs at its end without which it is another name: "CE+" is no CE mark.
    signs: &'static str,
    /// Whether it is what an instrument made under an act is called before its brackets: see
    /// [`enabling`].
    instrument: bool,
    targets: Vec<Target>,
}

/// All names, compiled.
pub(super) struct Lexicon {
    forms: Vec<Vec<Form>>,
    /// For each node one more than the place of its list in `forms`; 0 has none.
    forms_of: ByNode<u32>,
    cues: Cues,
    pub(super) manners: Manners,
    works: HashMap<String, usize>,
}

/// How sure a name is of itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Care {
    /// Any case.
    None,
    /// Some capital.
    Capital,
    /// These letters.
    Letters,
    /// With brackets behind it, and then what an instrument is.
    Instrument,
}

/// What ISO and IEC call deliverables that are no International Standards, within a reference
/// (ISO/IEC Directives, Part 1, clause 3).
const DELIVERABLES: &[&str] = &[" TS ", " TR ", " PAS "];

impl Lexicon {
    pub(super) fn new(draft: &mut Drafting, library: &Library) -> Self {
        let mut spellings: HashMap<(String, Care), Vec<Target>> = HashMap::new();
        let mut add = |name: &str, target: Target, english: bool| {
            let name = plain(name);
            // A single letter names nothing.
            if name.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
                return;
            }
            let place = matches!(target, Target::Jurisdiction(_));
            let care = match care(&name, english) {
                // "polish" and "turkey" are no places.
                Care::None if place && name.starts_with(char::is_uppercase) => Care::Capital,
                care => care,
            };
            let targets = spellings.entry((name, care)).or_default();
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
        let mut instruments: BTreeMap<String, Target> = BTreeMap::new();
        for (place, framework) in library.frameworks.iter().enumerate() {
            let target = Target::Framework(place);
            for name in std::iter::once(&framework.title).chain(&framework.aliases) {
                if let Some(enabling) = enabling(name, framework) {
                    // What decides between acts of one name decides between what is made under them.
                    let act = format!("{enabling} Act");
                    let target = cues
                        .get(act.as_str())
                        .map_or(target, |cue| Target::Cue(*cue));
                    instruments.entry(plain(enabling)).or_insert(target);
                }
            }
            let mut names: Vec<&str> = vec![&framework.short];
            // A title of one or two words is common speech ("Risk management").
            let words = framework.title.split_whitespace();
            let words = words.filter(|word| word.chars().any(char::is_alphanumeric));
            if words.count() >= 4 {
                names.push(&framework.title);
            }
            names.extend(framework.aliases.iter().map(String::as_str));
            for name in names.into_iter().filter(|name| !cues.contains_key(name)) {
                add(name, target, true);
                if let Some(amending) = amending(name) {
                    add(&amending, target, true);
                }
            }
            let foreign = framework.aliases_i18n.iter().flat_map(|(_, names)| names);
            for name in foreign.filter(|name| !cues.contains_key(name.as_str())) {
                add(name, target, false);
            }
        }
        for (place, body) in library.bodies.iter().enumerate() {
            add(&body.name, Target::Body(place), true);
            for name in &body.aliases {
                if !cues.contains_key(name.as_str()) {
                    add(name, Target::Body(place), false);
                }
            }
            for name in std::iter::once(&body.name).chain(&body.aliases) {
                if let Some(genitive) = genitive(name, body) {
                    add(&genitive, Target::Body(place), false);
                }
            }
        }
        for (place, jurisdiction) in library.jurisdictions.iter().enumerate() {
            if jurisdiction.needs_context {
                continue;
            }
            for name in std::iter::once(&jurisdiction.name)
                .chain(&jurisdiction.names)
                .chain(&jurisdiction.demonyms)
            {
                if !cues.contains_key(name.as_str()) {
                    add(name, Target::Jurisdiction(place), false);
                }
            }
        }
        for (place, topic) in library.topics.iter().enumerate() {
            add(&topic.name, Target::Topic(place), false);
            for name in &topic.aliases {
                add(name, Target::Topic(place), false);
            }
        }
        for (place, cue) in library.cues.iter().enumerate() {
            let care = if cue.case_sensitive {
                Care::Letters
            } else {
                Care::None
            };
            spellings
                .entry((plain(&cue.form), care))
                .or_default()
                .push(Target::Cue(place));
        }
        let mut apart = Vec::new();
        for (rest, meanings) in names_apart(library) {
            // "The data protection authority" is anybody's.
            let of_a_body = meanings
                .iter()
                .any(|it| matches!(it.target, Target::Body(_)));
            let care = if of_a_body {
                Care::Letters
            } else {
                care(&rest, true)
            };
            let taken = [Care::None, Care::Capital, Care::Letters]
                .iter()
                .any(|care| spellings.contains_key(&(rest.clone(), *care)));
            if !taken {
                spellings.insert(
                    (rest, care),
                    vec![Target::Cue(library.cues.len() + apart.len())],
                );
                apart.push(meanings);
            }
        }
        for (name, target) in instruments {
            spellings.insert((name, Care::Instrument), vec![target]);
        }
        let mut forms: Vec<Vec<Form>> = Vec::new();
        let mut forms_of: ByNode<u32> = ByNode::default();
        for ((written, care), mut targets) in spellings {
            targets.sort_unstable();
            let Some((node, words)) = draft.named(&written) else {
                continue;
            };
            let place = forms_of.slot(node);
            if *place == 0 {
                forms.push(Vec::new());
                *place = u32::try_from(forms.len()).unwrap_or(0);
            }
            let Some(forms) = forms.get_mut(*place as usize - 1) else {
                continue;
            };
            forms.push(Form {
                letters: (care == Care::Letters)
                    .then(|| words.iter().map(|word| word.text.clone()).collect()),
                gaps: wide_gaps(&words),
                capital: matches!(care, Care::Capital | Care::Instrument),
                signs: signs(&written),
                instrument: care == Care::Instrument,
                targets,
            });
        }
        // The order of a hash map is no order: two runs must read alike.
        for forms in &mut forms {
            forms.sort_by(|a, b| (&a.targets, &a.letters).cmp(&(&b.targets, &b.letters)));
        }
        let mut works = HashMap::new();
        for (place, framework) in library.frameworks.iter().enumerate() {
            for written in &framework.references {
                for read in reference::read(written, &library.known_works) {
                    works.entry(read.work).or_insert(place);
                }
            }
        }
        Self {
            forms,
            forms_of,
            cues: Cues::new(draft, library, apart),
            manners: Manners::new(draft, library),
            works,
        }
    }

    /// The names that a sequence may be.
    fn forms_of(&self, node: Node) -> &[Form] {
        let place = self
            .forms_of
            .get(node)
            .and_then(|place| place.checked_sub(1));
        place
            .and_then(|place| self.forms.get(place as usize))
            .map_or(&[], Vec::as_slice)
    }

    /// The framework that a work is, by its place in the library; a part is the framework of the
    /// whole unless it is tracked on its own (F3). A number is given once, whatever a deliverable is
    /// called: IEC TS 62443-6-3 is a part of IEC 62443.
    pub(super) fn framework_of_work(&self, work: &str) -> Option<usize> {
        self.work_or_whole(work).or_else(|| {
            DELIVERABLES.iter().find_map(|deliverable| {
                let (publisher, number) = work.split_once(deliverable)?;
                number
                    .contains('-')
                    .then(|| self.work_or_whole(&format!("{publisher} {number}")))?
            })
        })
    }

    fn work_or_whole(&self, work: &str) -> Option<usize> {
        let mut whole = work;
        loop {
            if let Some(place) = self.works.get(whole) {
                return Some(*place);
            }
            let (before, part) = whole.rsplit_once('-')?;
            if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            whole = before;
        }
    }

    /// The mentions in all fields, in order of place. `taken` are for each field the stretches of
    /// words that references have consumed already.
    pub(super) fn read(
        &self,
        texts: &[Text<'_>],
        marked: &[Marked<'_>],
        taken: &[Vec<(usize, usize)>],
        speaker: Speaker<'_>,
    ) -> Vec<Mention> {
        let witnesses = Witnesses::new(texts);
        let mut out = Vec::new();
        for (number, (text, marked)) in texts.iter().zip(marked).enumerate() {
            let spans = taken.get(number).map_or(&[][..], Vec::as_slice);
            let mut found = self.read_one(text, marked, number, spans, &witnesses, speaker);
            found.sort_by_key(|mention| mention.first);
            out.append(&mut found);
        }
        out
    }

    fn read_one(
        &self,
        text: &Text<'_>,
        marked: &Marked<'_>,
        number: usize,
        taken: &[(usize, usize)],
        witnesses: &Witnesses<'_, '_>,
        speaker: Speaker<'_>,
    ) -> Vec<Mention> {
        let mut out = Vec::new();
        let passage = &text.passage;
        let length = |first: usize, end: usize| {
            let (start, stop) = passage.bytes(first, end);
            stop - start
        };
        let mut hits: Vec<(usize, Hit)> = text
            .hits
            .iter()
            .filter(|hit| !self.forms_of(hit.node).is_empty())
            .map(|hit| (length(hit.first, hit.end), *hit))
            .collect();
        if hits.is_empty() {
            return out;
        }
        // Longest first, then leftmost: what a longer name covers is not another mention.
        hits.sort_by_key(|(length, hit)| (std::cmp::Reverse(*length), hit.first));
        // For each word how long the reference is that it lies in.
        let mut in_reference = vec![0; passage.len()];
        for (first, end) in taken {
            let span = length(*first, *end);
            for slot in in_reference.iter_mut().take(*end).skip(*first) {
                *slot = span;
            }
        }
        let mut consumed = vec![false; passage.len()];
        for (size, Hit { node, first, end }) in hits {
            if consumed.iter().take(end).skip(first).any(|taken| *taken) {
                continue;
            }
            // A reference consumes what lies in it; a name that is longer consumes the reference.
            let cited = in_reference
                .iter()
                .take(end)
                .skip(first)
                .any(|span| *span >= size);
            let mut names = false;
            for form in self.forms_of(node) {
                if !form.fits(passage, first, end) {
                    continue;
                }
                for target in &form.targets {
                    let topic = matches!(target, Target::Topic(_));
                    let apart = matches!(target, Target::Cue(cue) if self.cues.is_apart(*cue));
                    names |= !topic && !apart;
                    if cited && !topic {
                        continue;
                    }
                    let place = Place {
                        text: number,
                        first,
                        end,
                    };
                    let meant = match target {
                        Target::Cue(cue)
                            if self.cues.is_alone(*cue) && ends_a_name(passage, first) =>
                        {
                            None
                        }
                        Target::Cue(cue) => self
                            .cues
                            .decide(*cue, place, witnesses, speaker)
                            .map(|target| (target, "cue")),
                        target => Some((*target, rule(*target, form))),
                    };
                    names |= apart && meant.is_some();
                    let Some((mut target, rule)) = meant else {
                        continue;
                    };
                    if !marked.allow(target, node, first, end) {
                        if !(matches!(target, Target::Framework(_)) && marked.compared_law(end)) {
                            continue;
                        }
                        target = Target::Act;
                    }
                    let rule = match target {
                        Target::Jurisdiction(_) => "J3",
                        _ => rule,
                    };
                    out.push(Mention {
                        target,
                        rule,
                        text: number,
                        first,
                        end,
                    });
                }
            }
            if names {
                for slot in consumed.iter_mut().take(end).skip(first) {
                    *slot = true;
                }
            }
        }
        out
    }
}

fn care(name: &str, english: bool) -> Care {
    let titled = || {
        name.split(' ')
            .all(|word| word.starts_with(char::is_uppercase))
    };
    if is_acronym(name) {
        Care::Letters
    } else if english && name.split(' ').count() == 2 && titled() {
        Care::Capital
    } else {
        Care::None
    }
}

/// Names of frameworks without the owner or the place that they begin with ("NIST Privacy
/// Framework", "Virginia Consumer Data Protection Act"), and names of bodies without the country that is
/// put behind them: they mean the framework or the body where owner or place stands apart (rule F1).
fn names_apart(library: &Library) -> BTreeMap<String, Vec<Apart>> {
    let mut out: BTreeMap<String, Vec<Apart>> = BTreeMap::new();
    for (place, framework) in library.frameworks.iter().enumerate() {
        let owners = framework
            .owners
            .iter()
            .filter_map(|id| library.body(id))
            .map(|body| {
                let mut names = vec![body.name.clone()];
                names.extend(body.aliases.iter().cloned());
                names
            });
        let places = framework
            .jurisdictions
            .iter()
            .filter_map(|id| library.jurisdiction(id))
            .map(|place| {
                let mut names = vec![place.name.clone()];
                names.extend(place.names.iter().chain(&place.demonyms).cloned());
                names
            });
        for names in owners.chain(places) {
            for written in [&framework.short, &framework.title]
                .into_iter()
                .chain(&framework.aliases)
            {
                let rest = names.iter().filter_map(|name| {
                    let rest = written.strip_prefix(name.as_str())?;
                    let rest = rest.strip_prefix("'s").unwrap_or(rest);
                    rest.strip_prefix(' ')
                });
                // The longest prefix leaves the name.
                let Some(rest) = rest.min_by_key(|rest| rest.len()).map(plain) else {
                    continue;
                };
                let letters = rest.chars().filter(|c| c.is_alphanumeric()).count();
                if letters < 3 || !(rest.contains([' ', '-']) || is_acronym(&rest)) {
                    continue;
                }
                let meanings = out.entry(rest).or_default();
                let target = Target::Framework(place);
                if !meanings.iter().any(|apart| apart.target == target) {
                    meanings.push(Apart {
                        target,
                        names: names.clone(),
                    });
                }
            }
        }
    }
    for (place, body) in library.bodies.iter().enumerate() {
        let Some((rest, names)) = without_place(body, library) else {
            continue;
        };
        out.entry(plain(rest)).or_default().push(Apart {
            target: Target::Body(place),
            names,
        });
    }
    out
}

/// The name of a body without the country that tells it from its namesakes, and the names of that
/// country: `National Cyber Security Centre (Ireland)`.
fn without_place<'n>(body: &'n Body, library: &Library) -> Option<(&'n str, Vec<String>)> {
    let (rest, behind) = body.name.split_once(" (")?;
    let place = library.jurisdiction(body.jurisdiction.as_ref()?)?;
    let names = std::iter::once(&place.name).chain(&place.names);
    let mut names: Vec<String> = names.cloned().collect();
    let country = behind.strip_suffix(')')?;
    if !rest.contains(' ') || !names.iter().any(|name| name == country) {
        return None;
    }
    names.extend(place.demonyms.iter().cloned());
    Some((rest, names))
}

impl Form {
    fn fits(&self, passage: &Passage<'_>, first: usize, end: usize) -> bool {
        let letters = self.letters.as_ref().is_none_or(|letters| {
            letters
                .iter()
                .enumerate()
                .all(|(offset, word)| passage.written(first + offset) == &**word)
        });
        let near = (first + 1..end).enumerate().all(|(offset, at)| {
            let widest = self
                .gaps
                .as_ref()
                .and_then(|gaps| gaps.get(offset))
                .copied()
                .unwrap_or(Gap::Space);
            passage.gap(at) <= widest.max(Gap::Space)
        });
        let capital = !self.capital
            || (first..end).any(|at| passage.written(at).contains(char::is_uppercase));
        let (_, stop) = passage.bytes(first, end);
        let behind = passage.original().get(stop..).unwrap_or("");
        letters
            && near
            && capital
            && behind.starts_with(self.signs)
            && !is_amount(passage, end)
            && (!self.instrument || is_instrument(behind))
    }
}

/// What has a capital and is no part of the name behind it.
const TIMES: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Whether a word is the last one of a longer name: a word with a capital stands right before it, in a
/// text in which not all words have one. That word opens no text, for there it has a capital anyway.
fn ends_a_name(passage: &Passage<'_>, at: usize) -> bool {
    let capital = |at: usize| passage.written(at).starts_with(char::is_uppercase);
    let long = |at: &usize| passage.word(*at).chars().count() >= 4;
    // "The Polish Council presidency" is one of the Council.
    if TIMES.contains(&passage.word(at.saturating_sub(1))) || passage.word(at + 1) == "presidency" {
        return false;
    }
    at >= 2
        && passage.gap(at) == Gap::Space
        && passage.gap(at - 1) < Gap::Sentence
        && capital(at - 1)
        && long(&(at - 1))
        && !passage.is_title_case()
}

/// A number with a unit behind it is an amount and no name ("ISO 9001 MB": rule 10 of references).
fn is_amount(passage: &Passage<'_>, end: usize) -> bool {
    let number = || {
        let last = passage.written(end - 1);
        last.bytes().all(|byte| byte.is_ascii_digit())
    };
    end < passage.len()
        && passage.gap(end) == Gap::Space
        && reference::is_unit(passage.written(end))
        && number()
}

/// A name of one word with the ending of its genitive, in the countries whose languages join it to the word:
/// `Integritetsskyddsmyndighetens`.
fn genitive(name: &str, body: &Body) -> Option<String> {
    const COUNTRIES: &[&str] = &["de", "at", "ch", "se", "dk", "no"];
    let country = body.jurisdiction.as_ref()?;
    let word = name.chars().all(char::is_alphabetic) && name.chars().count() >= 8;
    let written_out = name.chars().skip(1).all(char::is_lowercase);
    (COUNTRIES.contains(&country.as_str())
        && word
        && written_out
        && !name.ends_with(['s', 'x', 'z']))
    .then(|| format!("{name}s"))
}

/// The name that instruments bear which are made under an act, in the English of the countries whose
/// acts give them theirs: `The Online Safety (List of Overseas Regulators) Regulations 2024`. A single
/// word is too little to go by.
fn enabling<'n>(name: &'n str, framework: &Framework) -> Option<&'n str> {
    const COUNTRIES: &[&str] = &[
        "gb", "ie", "au", "nz", "sg", "in", "hk", "my", "za", "ke", "ng",
    ];
    let of_country = |id: &JurisdictionId| COUNTRIES.contains(&id.as_str());
    if framework.kind != FrameworkKind::Law || !framework.jurisdictions.iter().any(of_country) {
        return None;
    }
    let undated = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ' || c == ',');
    let enabling = undated.strip_suffix(" Act")?;
    let enabling = enabling.strip_prefix("The ").unwrap_or(enabling);
    enabling.contains(' ').then_some(enabling)
}

/// Whether brackets follow and then what an instrument is, with its year.
fn is_instrument(behind: &str) -> bool {
    const INSTRUMENTS: &[&str] = &[
        "Regulations",
        "Order",
        "Rules",
        "Scheme",
        "Determination",
        "Direction",
    ];
    let mut rest = behind;
    let mut brackets = 0;
    while let Some(inside) = rest.strip_prefix(" (") {
        let Some((_, after)) = inside.split_once(')') else {
            return false;
        };
        rest = after;
        brackets += 1;
    }
    let instrument = INSTRUMENTS
        .iter()
        .find_map(|word| rest.trim_start().strip_prefix(word));
    let year = |rest: &str| {
        let rest = rest.trim_start_matches([' ', ',']);
        rest.bytes().take_while(u8::is_ascii_digit).count() == 4
    };
    brackets > 0 && instrument.is_some_and(year)
}

/// How an act is called that amends this one, in the English of parliaments: `Digital Personal Data
/// Protection (Amendment) Rules`. A short name with such a word in it may be the act of another country.
fn amending(name: &str) -> Option<String> {
    const ENDS: &[&str] = &["Act", "Rules", "Regulations", "Bill", "Order", "Law"];
    let (rest, end) = name.rsplit_once(' ')?;
    let long = rest.split(' ').count() >= 3;
    (long && ENDS.contains(&end)).then(|| format!("{rest} (Amendment) {end}"))
}

/// The signs at the end of a name that belong to it.
fn signs(name: &str) -> &'static str {
    ["++", "+"]
        .into_iter()
        .find(|signs| name.ends_with(signs))
        .unwrap_or("")
}

fn wide_gaps(words: &[Written]) -> Option<Box<[Gap]>> {
    let gaps: Box<[Gap]> = words.iter().skip(1).map(|word| word.gap).collect();
    gaps.iter().any(|gap| *gap > Gap::Space).then_some(gaps)
}

fn rule(target: Target, form: &Form) -> &'static str {
    match target {
        Target::Jurisdiction(_) => "J3",
        _ if form.letters.is_some() => "acronym",
        _ => "name",
    }
}

/// Plain dashes, apostrophes and spaces.
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
