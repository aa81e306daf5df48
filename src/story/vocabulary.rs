//! The names that the library knows, so that they are not taken for the parties of an event.

use std::collections::HashSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::id::BodyId;
use crate::domain::library::{KindRule, Library};
use crate::domain::reference::KnownWorks;
use crate::text::{stem, words};

/// Names of bodies, places and frameworks, compiled once for a library.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// By first word: the whole name's words, whether its capitals count, and what it names.
    names: FxHashMap<String, Vec<Name>>,
    /// Every word of every name.
    words: FxHashSet<String>,
    /// Words of the field, which begin sentences with a capital and name nobody; and what such words
    /// begin with.
    common: FxHashSet<String>,
    common_heads: FxHashSet<String>,
    bodies: FxHashMap<BodyId, Body>,
    pub(super) known_works: KnownWorks,
}

#[derive(Clone, Debug)]
struct Name {
    words: Vec<String>,
    /// As it is written, where only that writing counts (acronyms).
    written: Option<String>,
    named: Named,
}

/// What a name names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// A body.
    Body(BodyId),
    /// A place: the jurisdiction's identifier, which may be neutral (see [`Vocabulary::neutral`]).
    Place(String),
    /// A framework.
    Framework(String),
}

#[derive(Clone, Debug, Default)]
struct Body {
    place: Option<String>,
    /// Whether it only reports what others do.
    reports: bool,
}

/// Kinds of bodies that tell of what others do, as long as they own no framework: their seat is
/// no place of an event (rule J2), and they are not its author.
const REPORTERS: &[&str] = &[
    "publisher",
    "ngo",
    "professional_body",
    "certification_body",
];

/// The shortest beginning of a word that says what the word is, in letters.
const HEAD: usize = 4;

impl Vocabulary {
    /// Compiles a library.
    pub fn new(library: &Library) -> Self {
        let mut all = Self {
            known_works: library.known_works.clone(),
            ..Self::default()
        };
        let owners: HashSet<&BodyId> = library.frameworks.iter().flat_map(|f| &f.owners).collect();
        for body in &library.bodies {
            for name in std::iter::once(&body.name).chain(&body.aliases) {
                all.add(name, Named::Body(body.id.clone()));
            }
            all.bodies.insert(
                body.id.clone(),
                Body {
                    place: body.jurisdiction.as_ref().map(ToString::to_string),
                    reports: !owners.contains(&body.id)
                        && !body.kinds.is_empty()
                        && body
                            .kinds
                            .iter()
                            .all(|kind| REPORTERS.contains(&kind.as_str())),
                },
            );
        }
        for place in &library.jurisdictions {
            for name in std::iter::once(&place.name)
                .chain(&place.names)
                .chain(&place.demonyms)
            {
                all.add(name, Named::Place(place.id.to_string()));
            }
        }
        for framework in &library.frameworks {
            let forms = std::iter::once(&framework.short)
                .chain(&framework.aliases)
                .chain(framework.aliases_i18n.iter().flat_map(|(_, forms)| forms));
            for form in forms {
                all.add(form, Named::Framework(framework.id.to_string()));
            }
            for word in words::tokens(&framework.title) {
                all.words.insert(word.text);
            }
        }
        let book = &library.kinds;
        let phrases = book
            .rules
            .iter()
            .flat_map(KindRule::phrases)
            .chain(book.lists.iter().flatten())
            .chain(book.classes.iter().flat_map(|(_, words)| words));
        for phrase in phrases {
            for word in phrase.split([' ', '-', '\'', '’']) {
                let (bare, is_head) = match word.strip_suffix('*') {
                    Some(head) => (head, true),
                    None => (word, false),
                };
                // A class, a gap, or the end of a word.
                if !bare.chars().all(char::is_alphabetic) {
                    continue;
                }
                let folded = words::fold(bare);
                if is_head && folded.chars().count() >= HEAD {
                    all.common_heads.insert(folded);
                } else {
                    all.common.insert(folded);
                }
            }
        }
        for names in all.names.values_mut() {
            names.sort_by_key(|name| std::cmp::Reverse(name.words.len()));
        }
        all
    }

    fn add(&mut self, written: &str, named: Named) {
        let tokens: Vec<String> = words::tokens(written)
            .into_iter()
            .map(|token| token.text)
            .collect();
        let Some(first) = tokens.first().cloned() else {
            return;
        };
        for word in &tokens {
            self.words.insert(word.clone());
        }
        let short = tokens.len() == 1 && written.chars().count() <= 6 && written.is_ascii();
        self.names.entry(first).or_default().push(Name {
            words: tokens,
            written: (short && written.chars().skip(1).any(char::is_uppercase))
                .then(|| written.to_owned()),
            named,
        });
    }

    /// The longest name that begins at a token of the text: what it names, and how many tokens
    /// it takes.
    pub(super) fn name_at(
        &self,
        text: &str,
        tokens: &[words::Token],
        at: usize,
    ) -> Option<(&Named, usize)> {
        let first = tokens.get(at)?;
        self.names
            .get(&first.text)?
            .iter()
            .find(|name| {
                name.words.len() <= tokens.len() - at
                    && name
                        .words
                        .iter()
                        .zip(&tokens[at..])
                        .all(|(word, token)| *word == token.text)
                    && name
                        .written
                        .as_ref()
                        .is_none_or(|written| text.get(first.start..first.end) == Some(written))
            })
            .map(|name| (&name.named, name.words.len()))
    }

    /// Whether the folded word belongs to any name of the library.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// Whether the folded word is one of those that the field is told with.
    pub(super) fn is_common(&self, word: &str) -> bool {
        self.common.contains(word)
            || self.common.contains(stem::key(word))
            || word
                .char_indices()
                .skip(HEAD)
                .map(|(end, _)| end)
                .chain([word.len()])
                .any(|end| {
                    word.get(..end)
                        .is_some_and(|head| self.common_heads.contains(head))
                })
    }

    /// Where a body speaks for, and whether it only reports what others do.
    pub(super) fn place_of(&self, body: &BodyId) -> (Option<&str>, bool) {
        self.bodies
            .get(body)
            .map_or((None, true), |body| (body.place.as_deref(), body.reports))
    }

    /// Whether the place says nothing against another one: unions, and the world.
    pub(super) fn neutral(place: &str) -> bool {
        matches!(place, "eu" | "intl" | "coe")
    }
}
