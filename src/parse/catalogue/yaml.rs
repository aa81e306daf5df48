//! A YAML document as a small tree: what a catalogue's record needs of it, and no more.

use saphyr_parser::{Event, Parser};

/// A part of a document. Tags and types do not count: `40` is the text "40".
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// The deepest nesting that is followed; documents of the known lists have eight levels.
const DEEPEST: usize = 32;
/// The most parts of one document; documents of the known lists have some thousand.
const MOST: usize = 100_000;

impl Node {
    /// What stands under a key; the first where a key is there twice.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(pairs) => pairs
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, node)| node),
            _ => None,
        }
    }

    /// What stands under the first of several keys that is there.
    pub(super) fn any(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// The text, or that of its `content`, `value` or `id`, or of the first of a list:
    /// the model of the data has called it each of these.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::List(items) => items.first()?.text(),
            Self::Map(_) => self
                .any(&["content", "value", "id", "abbreviation"])?
                .text(),
        }
    }

    /// The parts of a list; anything else is a list of one.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Text(text) if text.is_empty() => &[],
            one => std::slice::from_ref(one),
        }
    }
}

/// Reads the first document of a text. Anchors are not followed, so that nothing grows by them.
///
/// # Errors
/// What is wrong, and in which line.
pub(super) fn read(text: &str, skip: &[&str]) -> Result<Option<Node>, String> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        parts: 0,
        skip,
    };
    loop {
        match reader.next()? {
            Event::DocumentStart(_) => break,
            Event::StreamEnd => return Ok(None),
            _ => {}
        }
    }
    let event = reader.next()?;
    reader.node(event, 0).map(Some)
}

struct Reader<'a, 'k> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    parts: usize,
    skip: &'k [&'k str],
}

impl<'a> Reader<'a, '_> {
    fn next(&mut self) -> Result<Event<'a>, String> {
        self.parts += 1;
        if self.parts > MOST {
            return Err(format!("more than {MOST} parts"));
        }
        match self.parser.next_event() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(error)) => Err(format!("no YAML: {error}")),
            None => Ok(Event::StreamEnd),
        }
    }

    fn node(&mut self, event: Event<'a>, depth: usize) -> Result<Node, String> {
        if depth > DEEPEST {
            return Err(format!("nested more than {DEEPEST} deep"));
        }
        match event {
            Event::Scalar(text, ..) => Ok(Node::Text(text.into_owned())),
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => return Ok(Node::List(items)),
                        event => items.push(self.node(event, depth + 1)?),
                    }
                }
            }
            Event::MappingStart(..) => {
                let mut pairs = Vec::new();
                loop {
                    let key = match self.next()? {
                        Event::MappingEnd => return Ok(Node::Map(pairs)),
                        event => self.node(event, depth + 1)?,
                    };
                    let event = self.next()?;
                    let value = self.node(event, depth + 1)?;
                    if let Node::Text(key) = key
                        && !(depth == 0 && self.skip.contains(&key.as_str()))
                    {
                        pairs.push((key, value));
                    }
                }
            }
            Event::Alias(_) => Ok(Node::Text(String::new())),
            _ => Err("it ends in the middle".to_owned()),
        }
    }
}
