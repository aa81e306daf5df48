//! References in the fields of an update, and what each is to the reader of kinds.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use smallvec::{SmallVec, smallvec};

use super::entity::{Entity, Recognised};
use super::lexicon::{Lexicon, Mention, Target};
use super::passage::Passage;
use super::text::Text;
use crate::domain::library::Library;
use crate::domain::reference::{self, Reference};
use crate::domain::update::ReferenceTag;

/// What was cited.
pub(super) struct Cited {
    /// Each canonical form once a field.
    pub(super) references: Vec<ReferenceTag>,
    /// Those that are frameworks of the library.
    pub(super) mentions: Vec<Mention>,
    /// The words of each, by field.
    pub(super) spans: Vec<Vec<(usize, usize)>>,
    pub(super) recognised: [Vec<Recognised>; 2],
}

/// Reads the references of all fields.
pub(super) fn read(texts: &[Text<'_>; 2], library: &Library, lexicon: &Lexicon) -> Cited {
    let mut out = Cited {
        references: Vec::new(),
        mentions: Vec::new(),
        spans: Vec::new(),
        recognised: Default::default(),
    };
    for (number, (text, recognised)) in texts.iter().zip(&mut out.recognised).enumerate() {
        let mut spans = Vec::new();
        let beside = texts
            .get(1 - number)
            .map_or("", |text| text.passage.original());
        let found = reference::find_beside(text.passage.original(), beside, &library.known_works);
        for found in found {
            let (first, end) = text.passage.words_in(found.byte_start, found.byte_end);
            let whole = if is_law(&found.reference) {
                end + makers(&text.passage, end)
            } else {
                end
            };
            spans.push((first, whole));
            for entity in entities(&found.reference) {
                recognised.push(Recognised {
                    entity,
                    first,
                    end: whole,
                });
            }
            if let Some(framework) = lexicon.framework_of_work(&found.reference.work) {
                out.mentions.push(Mention {
                    target: Target::Framework(framework),
                    rule: "reference",
                    text: number,
                    first,
                    end,
                });
            }
            let known = out.references.iter().any(|tag| {
                tag.field == text.field && tag.reference.canonical == found.reference.canonical
            });
            if !known {
                out.references.push(ReferenceTag {
                    reference: found.reference,
                    field: text.field,
                    start: found.start,
                });
            }
        }
        out.spans.push(spans);
    }
    out
}

/// Who made an act of the Union, as its full title says it behind the number. They are part of the name
/// of the act: nobody of them acts.
const MAKERS: &[&[&str]] = &[
    &[
        "of",
        "the",
        "european",
        "parliament",
        "and",
        "of",
        "the",
        "council",
    ],
    &["des", "europaischen", "parlaments", "und", "des", "rates"],
    &["du", "parlement", "europeen", "et", "du", "conseil"],
    &["del", "parlamento", "europeo", "y", "del", "consejo"],
    &["del", "parlamento", "europeo", "e", "del", "consiglio"],
    &["van", "het", "europees", "parlement", "en", "de", "raad"],
    &["do", "parlamento", "europeu", "e", "do", "conselho"],
    &["parlamentu", "europejskiego", "i", "rady"],
];

/// How many words from one on say who made the act before them.
fn makers(passage: &Passage<'_>, at: usize) -> usize {
    let stands = |words: &&&[&str]| {
        let mut words = words.iter().enumerate();
        words.all(|(offset, word)| passage.word(at + offset) == *word)
    };
    MAKERS.iter().find(stands).map_or(0, |words| words.len())
}

/// Stages of a project that has no text yet.
const PROJECTS: &[&str] = &["PWI", "NP", "NWIP", "AWI", "WD"];

/// What a citation is.
fn entities(reference: &Reference) -> SmallVec<[Entity; 4]> {
    let mut out = smallvec![Entity::Reference];
    let canonical = reference.canonical.as_str();
    if is_law(reference) {
        out.push(Entity::Law);
        return out;
    }
    out.push(Entity::Standard);
    if let Some(stage) = &reference.stage {
        out.push(if PROJECTS.contains(&stage.as_str()) {
            Entity::Project
        } else {
            Entity::Draft
        });
    } else if ["/Amd", "/Cor", "/A", "+A"].iter().any(|sign| {
        canonical
            .split(sign)
            .nth(1)
            .is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
    }) {
        out.push(Entity::Supplement);
    } else if !reference.adoption.is_empty() {
        out.push(Entity::Adopted);
    } else if canonical != reference.work {
        out.push(Entity::Edition);
    }
    out
}

/// Whether a citation is one of a law, a bill or a gazette.
fn is_law(reference: &Reference) -> bool {
    let work = reference.work.as_bytes();
    let celex = work.len() == 10
        && work.first() == Some(&b'3')
        && work.get(5).is_some_and(u8::is_ascii_uppercase);
    celex
        || SIGNS
            .as_ref()
            .is_some_and(|signs| signs.is_match(&reference.canonical))
}

/// What stands in the citation of a law, a bill or a gazette and in none of a standard. The list
/// is short and fixed, so it always compiles.
static SIGNS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::new([
        "EO ",
        "Pub. L.",
        " CFR ",
        " USC ",
        " FR ",
        " ILCS ",
        " NYCRR ",
        "SI ",
        " c. ",
        " SB ",
        " HB ",
        " AB ",
        "Law",
        "Act",
        "COM(",
        "PL ",
        "Legge",
        "Lei ",
        "Real Decreto",
        "CETS",
    ])
    .ok()
});
