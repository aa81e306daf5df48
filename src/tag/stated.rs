//! What a structured record of the publisher states, as tags with a reason of their own (rule B1).

use std::collections::HashMap;

use crate::domain::library::Library;
use crate::domain::stated::Stated;
use crate::domain::update::{Because, Field};

/// Names of bodies, by which an interface may call them.
pub(super) struct Names {
    by_name: HashMap<String, Vec<usize>>,
}

impl Names {
    pub(super) fn new(library: &Library) -> Self {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, body) in library.bodies.iter().enumerate() {
            for name in [body.name.as_str(), body.id.as_str()]
                .into_iter()
                .chain(body.aliases.iter().map(String::as_str))
            {
                let places = by_name.entry(key(name)).or_default();
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        Self { by_name }
    }

    /// The body of that name; where several share it the speaker itself, else none.
    pub(super) fn body(&self, name: &str, speaker: Option<usize>) -> Option<usize> {
        match self.by_name.get(&key(name)).map(Vec::as_slice) {
            Some([place]) => Some(*place),
            Some(places) => speaker.filter(|speaker| places.contains(speaker)),
            None => None,
        }
    }
}

/// `securities-and-exchange-commission`, `Securities and Exchange Commission` and
/// `SECURITIES AND EXCHANGE COMMISSION` are one name.
fn key(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    let article = out.strip_prefix("the ").map(str::to_owned);
    article.unwrap_or(out)
}

/// The reason for something that is stated.
pub(super) fn because(text: &str) -> Because {
    Because {
        rule: "stated".into(),
        field: Field::Stated,
        text: text.to_owned(),
        start: 0,
    }
}

/// Whether anything is stated that tagging takes as proof.
pub(super) fn speaks(stated: Option<&Stated>) -> Option<&Stated> {
    stated.filter(|stated| {
        !stated.bodies.is_empty() || !stated.references.is_empty() || stated.kind.is_some()
    })
}
