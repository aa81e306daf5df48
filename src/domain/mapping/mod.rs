//! How a structured interface says where its items and their parts stand.
//!
//! A mapping is data, written by operators in `sources.toml` or taken from `library/presets.toml`;
//! `docs/json.md` shows each word with an example. It is read once, with every path and pattern
//! checked; `parse` walks documents by it.

mod path;
mod pattern;

pub use path::{Condition, Path, Start, Step};
pub use pattern::Pattern;

use super::key_date::DateEvent;
use super::source::DateStyle;

/// Where in a document the items are, and where their parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    /// The list of items; the first that is there.
    pub items: Vec<Path>,
    /// When it is found in the document, a document without `items` is a list of none.
    pub none: Option<Part>,
    /// When it is found in the document, the document is no answer but an error, and this is what
    /// it says.
    pub error: Option<Part>,
    /// What the item is known by.
    pub key: Option<Part>,
    /// Its title.
    pub title: Option<Part>,
    /// Its page for people.
    pub url: Option<Part>,
    /// Its summary.
    pub summary: Option<Part>,
    /// Its full text.
    pub content: Option<Part>,
    /// When it was published.
    pub published: Option<Part>,
    /// When it was last modified.
    pub modified: Option<Part>,
    /// Its language.
    pub language: Option<Part>,
    /// What changes when the item does, though its text may not: another value is a revision.
    pub version: Option<Part>,
    /// The publisher's own labels, all that are found.
    pub categories: Option<Part>,
    /// Who wrote it, all that are found.
    pub authors: Option<Part>,
    /// Files that hang on it, all that are found.
    pub files: Option<Part>,
    /// The bodies whose record it is, all that are found.
    pub bodies: Option<Part>,
    /// Numbers of works and acts that it cites, all that are found.
    pub references: Option<Part>,
    /// What happened, as the name of a kind of update.
    pub kind: Option<Part>,
    /// Days with their meaning.
    pub dates: Vec<(DateEvent, Part)>,
    /// The publisher's own notes of what changed.
    pub notes: Vec<Notes>,
    /// Items in which it is found are none.
    pub skip: Option<Part>,
    /// Items in which it is not found are none.
    pub only: Option<Part>,
    /// Whether items of one key are one item, told in several rows.
    pub group: bool,
    /// Where the list goes on.
    pub next: Option<Next>,
}

/// Where one part of an item stands: one way to it, or several tried in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part(pub Vec<Route>);

/// One way to a part, and what is made of what is found there, in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    /// Where it stands; several are tried in order.
    pub paths: Vec<Path>,
    /// A fixed value.
    pub value: Option<String>,
    /// Values joined to one by `format`; each must be found.
    pub parts: Vec<Part>,
    /// What stands between several values in one text.
    pub split: Option<String>,
    /// The text of the HTML that is found, without its markup.
    pub plain: bool,
    /// The value must match.
    pub pattern: Option<Pattern>,
    /// What is taken of the match; see [`Pattern::take`].
    pub replace: Option<String>,
    /// Corrections of the value, one after the other.
    pub edit: Vec<(Pattern, String)>,
    /// Whether it is written in lower case.
    pub lower: bool,
    /// Whether it is the end of an address, of which the words are meant.
    pub slug: bool,
    /// What stands for what; a value that is not named is none.
    pub lookup: Vec<(String, String)>,
    /// Whether signs with a meaning in addresses are escaped, in values and in what `format` takes.
    pub encode: bool,
    /// A text with values in it.
    pub format: Option<Format>,
    /// Which of the values found is meant, from 1; negative counts from the last.
    pub nth: Option<i64>,
    /// All values found, with this between them.
    pub all: Option<String>,
    /// Whether it is HTML.
    pub html: bool,
    /// Whether of a moment only the day counts.
    pub day: bool,
    /// How a date is written here, when other than in the rest.
    pub date: Option<DateStyle>,
}

/// A text in which `{path}` stands for what is found there, and `{1}` for the first of the parts or,
/// without parts, for the value itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Format {
    /// Text and places in turn.
    pub pieces: Vec<Piece>,
}

/// A piece of a [`Format`].
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// As it is.
    Text(String),
    /// What is found there.
    Path(Vec<Path>),
    /// The part of that number, from 1.
    Part(usize),
}

/// Notes of what changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Notes {
    /// The list of notes; the item itself when empty. The other parts stand in each note.
    pub items: Vec<Path>,
    /// When it changed.
    pub at: Part,
    /// What changed.
    pub note: Part,
}

/// Where a list goes on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Next {
    /// The address of the next page, in the document.
    pub link: Option<Part>,
    /// The parameter that counts pages.
    pub page: Option<String>,
    /// What the first page is called, where it is not 1.
    pub first: Option<i64>,
    /// The parameter that counts the rows before the page, from 0.
    pub offset: Option<String>,
    /// The parameter that takes the mark of the next page, found by `mark`.
    pub cursor: Option<String>,
    /// The mark of the next page.
    pub mark: Option<Part>,
    /// The parameter that says how many rows a page has.
    pub size: Option<String>,
    /// There is a next page only when this is found in the document.
    pub more: Option<Part>,
    /// How many rows there are on all pages.
    pub total: Option<Part>,
    /// How many pages there are.
    pub pages: Option<Part>,
    /// How many rows the interface gives at most, however many there are.
    pub most_rows: Option<u64>,
    /// How many pages it gives at most.
    pub most_pages: Option<u64>,
    /// Whether every page is read, also when one brings nothing new: for lists that are not in the
    /// order of their changes.
    pub to_end: bool,
}

/// What a preset says for every source that names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preset {
    /// Its name.
    pub id: String,
    /// Parameters that are sent unless the source says otherwise.
    pub params: Vec<(String, Vec<String>)>,
    /// Headers that are sent unless the source says otherwise.
    pub headers: Vec<(String, String)>,
    /// The key that the interface wants.
    pub key: Option<ApiKey>,
    /// How dates are written.
    pub date: DateStyle,
    /// The mapping.
    pub map: Mapping,
}

/// The key that an interface wants. Its secret stands in `regwire.toml`, never here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The name of the secret under `[fetch.keys]`.
    pub name: String,
    /// The header that carries it.
    pub header: String,
    /// What stands before it in the header (`Bearer `).
    pub prefix: String,
}

impl Mapping {
    /// This mapping, with what it leaves open as `base` has it.
    #[must_use]
    pub fn over(mut self, base: &Self) -> Self {
        if self.items.is_empty() {
            self.items.clone_from(&base.items);
        }
        for (own, inherited) in [
            (&mut self.none, &base.none),
            (&mut self.error, &base.error),
            (&mut self.key, &base.key),
            (&mut self.title, &base.title),
            (&mut self.url, &base.url),
            (&mut self.summary, &base.summary),
            (&mut self.content, &base.content),
            (&mut self.published, &base.published),
            (&mut self.modified, &base.modified),
            (&mut self.language, &base.language),
            (&mut self.version, &base.version),
            (&mut self.categories, &base.categories),
            (&mut self.authors, &base.authors),
            (&mut self.files, &base.files),
            (&mut self.bodies, &base.bodies),
            (&mut self.references, &base.references),
            (&mut self.kind, &base.kind),
            (&mut self.skip, &base.skip),
            (&mut self.only, &base.only),
        ] {
            if own.is_none() {
                own.clone_from(inherited);
            }
        }
        for (event, part) in &base.dates {
            if !self.dates.iter().any(|(own, _)| own == event) {
                self.dates.push((*event, part.clone()));
            }
        }
        if self.notes.is_empty() {
            self.notes.clone_from(&base.notes);
        }
        if self.next.is_none() {
            self.next.clone_from(&base.next);
        }
        self.group |= base.group;
        self
    }
}

impl Part {
    /// The values of one path.
    pub fn path(path: Path) -> Self {
        Self(vec![Route {
            paths: vec![path],
            ..Route::default()
        }])
    }

    /// Reads a text: paths with `||` between them or, when there is a brace in it, a format.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let route = if text.contains('{') {
            Route {
                format: Some(Format::read(text)?),
                ..Route::default()
            }
        } else {
            Route {
                paths: Path::alternatives(text)?,
                ..Route::default()
            }
        };
        Ok(Self(vec![route]))
    }
}

impl Format {
    /// Reads a format; `{{` and `}}` stand for single braces.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            plain.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                plain.push('{');
                rest = after;
            } else if let Some(after) = from.strip_prefix("}}") {
                plain.push('}');
                rest = after;
            } else {
                let (written, after) = from
                    .strip_prefix('{')
                    .and_then(|inside| inside.split_once('}'))
                    .ok_or_else(|| {
                        format!("`{text}` has a brace without its other half; a brace that is meant is written twice")
                    })?;
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(match written.trim().parse::<usize>() {
                    Ok(0) => return Err(format!("`{text}` counts its parts from 1")),
                    Ok(number) => Piece::Part(number),
                    Err(_) => Piece::Path(Path::alternatives(written)?),
                });
                rest = after;
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self { pieces })
    }

    /// The highest number of a part that it takes.
    pub fn parts(&self) -> usize {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Part(number) => *number,
                Piece::Text(_) | Piece::Path(_) => 0,
            })
            .max()
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_hold_paths_and_parts() {
        let path = |text: &str| Path::alternatives(text).unwrap();
        let format = Format::read("https://e.org/{{x}}/{a.b||c}/{2}").unwrap();
        assert_eq!(
            format.pieces,
            [
                Piece::Text("https://e.org/{x}/".to_owned()),
                Piece::Path(path("a.b||c")),
                Piece::Text("/".to_owned()),
                Piece::Part(2),
            ]
        );
        assert_eq!(format.parts(), 2);
        for text in ["{a", "a}", "{}", "{0}", "{a[}"] {
            assert!(Format::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_mapping_is_completed_by_its_preset() {
        let part = |text: &str| Some(Part::read(text).unwrap());
        let own = Mapping {
            title: part("name"),
            dates: vec![(DateEvent::CommentsClose, part("closes").unwrap())],
            ..Mapping::default()
        };
        let preset = Mapping {
            items: Path::alternatives("results").unwrap(),
            title: part("title"),
            url: part("https://e.org/{id}"),
            dates: vec![
                (DateEvent::CommentsClose, part("comments_close_on").unwrap()),
                (DateEvent::EntryIntoForce, part("effective_on").unwrap()),
            ],
            ..Mapping::default()
        };
        let merged = own.clone().over(&preset);
        assert_eq!((&merged.title, &merged.url), (&own.title, &preset.url));
        assert_eq!(merged.items, preset.items);
        assert_eq!(merged.dates.len(), 2);
        assert_eq!(merged.dates[0], own.dates[0]);
        assert_eq!(merged.clone().over(&preset), merged);
    }
}
