//! What of an update is kept to know it again: hashed words, and the marks that tell one event
//! from its twin (names, sums, codes, periods, parts, references, places).

use chrono::NaiveDate;

use super::Summary;
use super::headline::{
    READ, head_of, is_camel_case, is_correction, is_office, is_round_up, is_title_case,
    leading_name, token_begins_sentence,
};
use super::lexicon::{self, Tongue};
use super::numbers::{self, Currency, Number};
use super::vocabulary::{Named, Vocabulary};
use crate::domain::id::{BodyId, FrameworkId, SourceId};
use crate::domain::reference::{self, Found};
use crate::domain::standard::Stage;
use crate::domain::update::UpdateKind;
use crate::text::stem;
use crate::text::words::{self, Token};

/// As many words and marks of each sort are kept.
const WORDS: usize = 96;
const MARKS: usize = 12;

/// A word's hash in the upper 30 bits and its weight (1 to 3) in the lower two.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub(super) struct Word(u32);

impl Word {
    fn new(key: &str, weight: u32) -> Self {
        // FNV-1a: a stored fingerprint must mean the same for ever.
        let mut hash: u32 = 0x811c_9dc5;
        for byte in key.bytes() {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
        Self((hash & !3) | weight.clamp(1, 3))
    }

    /// The hash of any text.
    pub(super) fn plain_key(text: &str) -> u32 {
        Self::new(text, 1).key()
    }

    /// A word as it would stand in the list, whatever its weight.
    pub(super) fn plain(word: &str) -> Self {
        Self::new(key_of(word), 2)
    }

    pub(super) fn key(self) -> u32 {
        self.0 & !3
    }

    pub(super) fn weight(self) -> f64 {
        f64::from(self.0 & 3)
    }
}

/// A citation, taken apart as far as telling events apart needs it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub(super) struct Cited {
    pub(super) canonical: String,
    pub(super) work: String,
    /// The draft prefix, where there is one.
    pub(super) stage: Option<String>,
    pub(super) adopted: bool,
    /// Whether it stands in the headline.
    pub(super) head: bool,
}

/// A small, storable likeness of an update: two of them are enough for a verdict.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Fingerprint {
    pub(super) source: SourceId,
    pub(super) body: Option<BodyId>,
    /// Whether the source only reports what others do.
    pub(super) reports: bool,
    pub(super) published: Option<NaiveDate>,
    pub(super) kind: Option<UpdateKind>,
    pub(super) tongue: Tongue,
    /// Words of the headline, sorted.
    pub(super) head: Vec<Word>,
    /// Words of headline and summary, sorted.
    pub(super) all: Vec<Word>,
    /// Names that the library does not know, of headline and summary.
    pub(super) names: Vec<String>,
    /// Words that may be names: they have a capital where a sentence begins or where all words have.
    pub(super) openers: Vec<String>,
    /// Names that the headline is about.
    pub(super) subjects: Vec<String>,
    pub(super) sums: Vec<(u64, Currency)>,
    /// How many of the sums stand in the headline; they come first.
    pub(super) head_sums: usize,
    pub(super) counts: Vec<u64>,
    /// How many of the counts stand in the headline; they come first.
    pub(super) head_counts: usize,
    pub(super) years: Vec<u16>,
    pub(super) months: Vec<u8>,
    /// Days of a month in the headline (month × 32 + day).
    pub(super) days: Vec<u16>,
    pub(super) series: Vec<(String, u32)>,
    pub(super) versions: Vec<String>,
    pub(super) codes: Vec<String>,
    pub(super) references: Vec<Cited>,
    pub(super) frameworks: Vec<FrameworkId>,
    pub(super) places: Vec<String>,
    /// The place of its own body, where that speaks for itself.
    pub(super) home: Option<String>,
    pub(super) bodies: Vec<BodyId>,
    /// Those that the headline names.
    pub(super) head_bodies: Vec<BodyId>,
    /// Ideas of the headline (see `lexicon`), sorted.
    pub(super) ideas: Vec<u16>,
    /// Hashes of three words in a row of the headline.
    pub(super) phrases: Vec<u32>,
    pub(super) correction: bool,
    /// Whether it looks back on several events.
    #[serde(default)]
    pub(super) round_up: bool,
    /// The version of its source's page.
    #[serde(default)]
    pub(super) version: Option<u32>,
    /// A work and the stage that it has reached.
    #[serde(default)]
    pub(super) stage: Option<(String, Stage)>,
    /// Works and the stages that its words report.
    #[serde(default)]
    pub(super) reported: Vec<(String, Stage)>,
}

impl Fingerprint {
    /// Its places, but those that all have in common.
    pub(super) fn own_places(&self) -> Vec<&String> {
        let all = self.places.iter();
        all.filter(|place| !Vocabulary::neutral(place)).collect()
    }

    /// Reads an update.
    pub fn of(summary: &Summary, vocabulary: &Vocabulary) -> Self {
        let text = head_of(&summary.summary, READ);
        let head_tokens = words::tokens(head_of(&summary.headline, READ));
        let text_tokens = words::tokens(text);
        let (place, reports) = summary
            .body
            .as_ref()
            .map_or((None, true), |body| vocabulary.place_of(body));
        let mut out = Self {
            source: summary.source.clone(),
            body: summary.body.clone(),
            reports,
            published: summary.published,
            kind: summary.kind,
            tongue: Tongue::Other,
            head: Vec::new(),
            all: Vec::new(),
            names: Vec::new(),
            openers: Vec::new(),
            subjects: Vec::new(),
            sums: Vec::new(),
            head_sums: 0,
            counts: Vec::new(),
            head_counts: 0,
            years: Vec::new(),
            months: Vec::new(),
            days: Vec::new(),
            series: Vec::new(),
            versions: Vec::new(),
            codes: Vec::new(),
            references: Vec::new(),
            frameworks: summary.frameworks.clone(),
            places: Vec::new(),
            home: None,
            bodies: Vec::new(),
            head_bodies: Vec::new(),
            ideas: Vec::new(),
            phrases: phrases(head_of(&summary.headline, READ), &head_tokens, vocabulary),
            correction: is_correction(&summary.headline),
            round_up: is_round_up(&summary.headline),
            version: summary.version,
            stage: summary.stage.clone(),
            reported: summary.reported.clone(),
        };
        out.tongue = tongue(head_tokens.iter().chain(&text_tokens));
        if let (Some(place), false) = (place, reports) {
            out.places.push(place.to_owned());
            out.home = Some(place.to_owned());
        }
        if let (Some(body), false) = (&summary.body, reports) {
            out.bodies.push(body.clone());
        }
        let headline = head_of(&summary.headline, READ);
        let in_head = reference::find(headline, &vocabulary.known_works);
        let in_text = reference::find(text, &vocabulary.known_works);
        out.read_references(&in_head, &in_text, &summary.references, vocabulary);
        out.read_field(headline, &head_tokens, &in_head, vocabulary, true);
        out.head = out.all.clone();
        out.head_counts = out.counts.len();
        out.head_sums = out.sums.len();
        out.read_field(text, &text_tokens, &in_text, vocabulary, false);
        for list in [&mut out.head, &mut out.all] {
            // Heavier first among equal keys, so that a name counts as a name.
            list.sort_by_key(|word| (word.key(), std::cmp::Reverse(word.0 & 3)));
            list.dedup_by_key(|word| word.key());
            list.truncate(WORDS);
        }
        // What is written without a capital elsewhere is a word and no name.
        let lower = |word: &String| {
            let plain = |(text, tokens): &(&str, &Vec<Token>)| {
                tokens.iter().any(|token| {
                    token.text == *word
                        && text
                            .get(token.start..)
                            .and_then(|rest| rest.chars().next())
                            .is_some_and(char::is_lowercase)
                })
            };
            [(headline, &head_tokens), (text, &text_tokens)]
                .iter()
                .any(plain)
        };
        out.openers.retain(|word| !lower(word));
        out.ideas.sort_unstable();
        out.ideas.dedup();
        out.places.sort();
        out.places.dedup();
        out.bodies.sort();
        out.bodies.dedup();
        out
    }

    /// The same in few bytes.
    pub fn packed(&self) -> Box<[u8]> {
        // Lists, numbers and texts can all be written to memory: the default is never taken.
        postcard::to_allocvec(self)
            .unwrap_or_default()
            .into_boxed_slice()
    }

    /// What was packed by this very program; none from other bytes.
    pub fn unpacked(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }

    /// When it was published, as days from the common era; 0 when nobody says.
    pub fn day(&self) -> i32 {
        use chrono::Datelike;
        self.published.map_or(0, |day| day.num_days_from_ce())
    }

    /// Whether it says of itself that it corrects an earlier notice.
    pub fn is_correction(&self) -> bool {
        self.correction
    }

    pub(super) fn has_idea(&self, name: &str) -> bool {
        self.ideas.binary_search(&lexicon::number_of(name)).is_ok()
    }

    /// Takes in what is cited: in the headline, then in the text, then by the tags alone.
    fn read_references(
        &mut self,
        in_head: &[Found],
        in_text: &[Found],
        tagged: &[String],
        vocabulary: &Vocabulary,
    ) {
        let list = &mut self.references;
        let mut add = |reference: &reference::Reference, head: bool| {
            let known = list
                .iter_mut()
                .find(|cited| cited.canonical == reference.canonical);
            if let Some(cited) = known {
                cited.head |= head;
            } else if list.len() < MARKS {
                list.push(Cited {
                    adopted: !reference.adoption.is_empty(),
                    canonical: reference.canonical.clone(),
                    work: reference.work.clone(),
                    stage: reference.stage.clone(),
                    head,
                });
            }
        };
        for found in in_head {
            add(&found.reference, true);
        }
        for form in tagged {
            let read_already = in_head
                .iter()
                .chain(in_text)
                .find(|found| found.reference.canonical == *form);
            match read_already {
                Some(found) => add(&found.reference, false),
                None => {
                    for reference in reference::read(form, &vocabulary.known_works) {
                        add(&reference, false);
                    }
                }
            }
        }
    }

    fn read_field(
        &mut self,
        text: &str,
        tokens: &[Token],
        cited: &[Found],
        vocabulary: &Vocabulary,
        head: bool,
    ) {
        let in_reference = |at: usize| {
            cited
                .iter()
                .any(|found| found.byte_start <= at && at < found.byte_end)
        };
        self.read_numbers(text, tokens, head, &in_reference);
        self.read_codes(text, &in_reference);
        let title_case = head && is_title_case(text, tokens);
        let capitals_tell = !title_case && self.tongue != Tongue::De;
        let lead = if head {
            leading_name(text, tokens, vocabulary, title_case)
        } else {
            0
        };
        let mut skip = 0;
        for (at, token) in tokens.iter().enumerate() {
            let written = text.get(token.start..token.end).unwrap_or("");
            let word = token.text.as_str();
            let capital = written.chars().next().is_some_and(char::is_uppercase);
            if skip == 0
                && let Some((named, length)) = vocabulary.name_at(text, tokens, at)
            {
                skip = length;
                self.note(named, head);
            }
            let known = skip > 0 || vocabulary.knows(word);
            skip = skip.saturating_sub(1);
            if word.bytes().all(|b| b.is_ascii_digit()) {
                continue;
            }
            if head {
                self.read_series(tokens, at, capital);
            }
            let idea = lexicon::idea(word);
            if let Some(idea) = idea
                && head
            {
                self.ideas.push(idea);
            }
            if in_reference(token.start) {
                continue;
            }
            if let Some(idea) = idea {
                self.push(&format!("idea {idea}"), lexicon::weight(idea));
                continue;
            }
            if lexicon::small(word).is_some()
                || word.len() < 2
                || lexicon::month(word, capital).is_some()
            {
                continue;
            }
            if known {
                self.push(key_of(word), 1);
                continue;
            }
            let acronym = written.chars().count() <= 5 && !written.chars().any(char::is_lowercase);
            let leads = head && at < lead;
            let may_name = capital && !is_office(word) && word.chars().count() > 2;
            let begins = token_begins_sentence(text, token.start);
            let common = || vocabulary.is_common(word);
            // `Pixrate Media did not answer`: who begins a sentence is a name where a capital follows.
            let begins_name = || {
                begins
                    && capitals_tell
                    && tokens.get(at + 1).is_some_and(|next| {
                        let gap = text.get(token.end..next.start);
                        let capital = text
                            .get(next.start..)
                            .and_then(|rest| rest.chars().next())
                            .is_some_and(char::is_uppercase);
                        capital && gap == Some(" ")
                    })
                    && !common()
            };
            let name = may_name
                && (is_camel_case(written)
                    || (leads && !title_case)
                    || (capitals_tell && !begins)
                    || begins_name());
            let opener = may_name
                && !name
                && (leads || ((title_case || begins) && self.tongue != Tongue::De && !common()));
            if name && self.names.len() < MARKS * 2 && !self.names.iter().any(|n| n == word) {
                self.names.push(word.to_owned());
            }
            if opener && self.openers.len() < MARKS * 2 && !self.openers.iter().any(|n| n == word) {
                self.openers.push(word.to_owned());
            }
            if (name || (opener && leads)) && head && !acronym && self.subjects.len() < MARKS {
                self.subjects.push(word.to_owned());
            }
            let name = name || (opener && leads);
            self.push(key_of(word), if name { 3 } else { 2 });
        }
    }

    fn push(&mut self, key: &str, weight: u32) {
        self.all.push(Word::new(key, weight));
    }

    fn note(&mut self, named: &Named, head: bool) {
        match named {
            Named::Body(body) => {
                if self.bodies.len() < MARKS {
                    self.bodies.push(body.clone());
                }
                if head && self.head_bodies.len() < MARKS {
                    self.head_bodies.push(body.clone());
                }
            }
            Named::Place(place) => {
                if head && self.places.len() < MARKS {
                    self.places.push(place.clone());
                }
            }
            Named::Framework(_) => {}
        }
    }

    fn read_numbers(
        &mut self,
        text: &str,
        tokens: &[Token],
        head: bool,
        in_reference: &impl Fn(usize) -> bool,
    ) {
        let (found, versions) = numbers::read(text);
        for placed in found {
            if in_reference(placed.start) {
                continue;
            }
            match placed.number {
                Number::Sum(sum, currency) => {
                    if self.sums.len() < MARKS && !self.sums.contains(&(sum, currency)) {
                        self.sums.push((sum, currency));
                        self.push(&format!("sum {sum}"), 3);
                    }
                }
                Number::Count(count) => {
                    // "18 September" counts nothing.
                    let at = tokens.partition_point(|token| token.start < placed.start);
                    let beside = [at.checked_sub(1), Some(at + 1)];
                    let is_day = (1..=31).contains(&count)
                        && beside.into_iter().flatten().any(|place| {
                            tokens.get(place).is_some_and(|token| {
                                let capital = text
                                    .get(token.start..)
                                    .and_then(|rest| rest.chars().next())
                                    .is_some_and(char::is_uppercase);
                                lexicon::month(&token.text, capital).is_some()
                            })
                        });
                    if !is_day
                        && (count >= 10 || (head && count > 1))
                        && self.counts.len() < MARKS
                        && !self.counts.contains(&count)
                    {
                        self.counts.push(count);
                        self.push(&format!("count {count}"), 2);
                    }
                }
                Number::Year(year) => {
                    if head && !self.years.contains(&year) {
                        self.years.push(year);
                    }
                }
            }
        }
        for token in tokens {
            if let Some(count) = lexicon::cardinal(&token.text)
                && (count > 10 || head)
                && self.counts.len() < MARKS
                && !self.counts.contains(&count)
            {
                self.counts.push(count);
                self.push(&format!("count {count}"), 2);
            }
        }
        if head {
            self.versions = versions.into_iter().map(|version| version.text).collect();
        }
    }

    /// Codes: `CVE-2026-20131`, `AA26-071A`: letters and at least three digits with a hyphen.
    fn read_codes(&mut self, text: &str, in_reference: &impl Fn(usize) -> bool) {
        let base = text.as_ptr() as usize;
        for chunk in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
            let chunk = chunk.trim_matches('-');
            if chunk.len() < 6
                || chunk.len() > 40
                || !chunk.contains('-')
                || chunk.bytes().filter(u8::is_ascii_digit).count() < 3
                || !chunk.bytes().any(|b| b.is_ascii_uppercase())
                || in_reference(chunk.as_ptr() as usize - base)
            {
                continue;
            }
            let code = chunk.to_ascii_uppercase();
            if self.codes.len() < MARKS && !self.codes.contains(&code) {
                self.push(&code, 3);
                self.codes.push(code);
            }
        }
    }

    /// Parts, phases and ordinals of a headline, months and days.
    fn read_series(&mut self, tokens: &[Token], at: usize, capital: bool) {
        let word = |at: usize| tokens.get(at).map(|token| token.text.as_str());
        let Some(this) = word(at) else { return };
        let number = |word: &str| {
            word.parse::<u32>()
                .ok()
                .filter(|n| *n < 1000)
                .or_else(|| lexicon::counted(word))
        };
        if let Some(series) = lexicon::series(this)
            && let Some(n) = word(at + 1).and_then(number)
        {
            self.series.push((series.to_owned(), n));
        }
        if let Some(n) = lexicon::counted(this)
            && let Some(series) = word(at + 1).and_then(lexicon::series)
        {
            self.series.push((series.to_owned(), n));
        }
        if let Some(month) = lexicon::month(this, capital) {
            self.months.push(month);
            let day = [at.checked_sub(1), Some(at + 1)]
                .into_iter()
                .flatten()
                .filter_map(word)
                .find_map(|word| {
                    word.parse::<u16>()
                        .ok()
                        .filter(|day| (1..=31).contains(day))
                });
            if let Some(day) = day {
                self.days.push(u16::from(month) * 32 + day);
            }
        }
    }
}

/// Three words in a row, small ones left out, that are no name of the library and more than
/// common ideas.
fn phrases(text: &str, tokens: &[Token], vocabulary: &Vocabulary) -> Vec<u32> {
    let mut said: Vec<(&str, bool)> = Vec::new();
    let mut named_until = 0;
    for (at, token) in tokens.iter().enumerate() {
        if at >= named_until
            && let Some((_, length)) = vocabulary.name_at(text, tokens, at)
        {
            named_until = at + length;
        }
        if lexicon::small(&token.text).is_none() {
            said.push((token.text.as_str(), at < named_until));
        }
    }
    said.windows(3)
        .filter(|window| {
            window.iter().any(|(_, named)| !named)
                && window.iter().any(|(word, _)| {
                    lexicon::idea(word).is_none() && word.bytes().any(|b| !b.is_ascii_digit())
                })
        })
        .map(|window| {
            let keys: Vec<&str> = window.iter().map(|(word, _)| key_of(word)).collect();
            Word::new(&keys.join(" "), 1).key()
        })
        .take(WORDS / 2)
        .collect()
}

/// The form of a word that is compared: singular, and of long words the stem-like beginning.
fn key_of(word: &str) -> &str {
    let key = stem::key(word);
    match key.char_indices().nth(7) {
        Some((end, _)) => key.get(..end).unwrap_or(key),
        None => key,
    }
}

fn tongue<'a>(tokens: impl Iterator<Item = &'a Token>) -> Tongue {
    let mut counts: [(Tongue, usize); 9] = [
        (Tongue::En, 0),
        (Tongue::De, 0),
        (Tongue::Fr, 0),
        (Tongue::Es, 0),
        (Tongue::It, 0),
        (Tongue::Pt, 0),
        (Tongue::Nl, 0),
        (Tongue::Pl, 0),
        (Tongue::Da, 0),
    ];
    let mut unspaced = 0;
    let mut all = 0;
    for token in tokens {
        all += 1;
        if token.text.chars().any(|c| {
            ('\u{3040}'..='\u{9fff}').contains(&c) || ('\u{ac00}'..='\u{d7af}').contains(&c)
        }) {
            unspaced += 1;
        }
        for tongue in lexicon::small(&token.text).unwrap_or(&[]) {
            if let Some((_, count)) = counts.iter_mut().find(|(other, _)| other == tongue) {
                *count += 1;
            }
        }
    }
    if unspaced * 2 > all {
        return Tongue::Cjk;
    }
    let mut best = (Tongue::Other, 0);
    for (tongue, count) in counts {
        if count > best.1 {
            best = (tongue, count);
        }
    }
    best.0
}
