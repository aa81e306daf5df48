//! The works that the library names: what a bare number may be completed to.

use std::collections::{HashMap, HashSet};

/// Works known from the library. They decide under which publisher a bare `ISO n` stands (rule 2), whether a JIS or
/// GB number is that of an international standard, and whether `Regulation 2024/1689` is an act of the EU.
#[derive(Clone, Debug, Default)]
pub struct KnownWorks {
    works: HashSet<String>,
    /// `42001` or `TS 6254` to the publishers under which it is known.
    publishers: HashMap<String, Vec<String>>,
}

impl KnownWorks {
    /// Reads each form as [`super::read`] does and keeps the works; a form that is no reference is passed over.
    pub fn new<I: IntoIterator<Item = String>>(forms: I) -> Self {
        let nothing = Self::default();
        let mut known = Self::default();
        for form in forms {
            for reference in super::read(&form, &nothing) {
                known.insert(reference.work);
            }
        }
        known
    }

    /// Whether exactly this work is known, part included.
    pub fn contains(&self, work: &str) -> bool {
        self.works.contains(work)
    }

    fn insert(&mut self, work: String) {
        if let Some((publisher, key)) = split(&work) {
            let publishers = self.publishers.entry(key).or_default();
            if !publishers.contains(&publisher) {
                publishers.push(publisher);
            }
        }
        self.works.insert(work);
    }

    /// The publisher under which an ISO or IEC number is known: the cited one when it is among them.
    pub(super) fn publisher<'a>(
        &'a self,
        cited: &'a str,
        kind: Option<&str>,
        number: &str,
    ) -> Option<&'a str> {
        let publishers = match kind {
            Some(kind) => self.publishers.get(&format!("{kind} {number}")),
            None => self.publishers.get(number),
        }?;
        let joint = |publisher: &&String| publisher.split('/').any(|one| one == cited);
        publishers
            .iter()
            .find(|publisher| *publisher == cited)
            .or_else(|| publishers.iter().find(joint))
            .map(String::as_str)
    }

    /// The publisher of a bare number, as national bodies take it over.
    pub(super) fn publisher_of_number(&self, number: &str) -> Option<&str> {
        let publishers = self.publishers.get(number)?;
        publishers.first().map(String::as_str)
    }

    /// The one known work that begins so and goes on.
    pub(super) fn only_one_beginning(&self, beginning: &str) -> Option<&str> {
        let mut works = self.works.iter().filter(|work| work.starts_with(beginning));
        match (works.next(), works.next()) {
            (Some(work), None) => Some(work),
            _ => None,
        }
    }
}

/// `ISO/IEC TS 6254` is (`ISO/IEC`, `TS 6254`); parts are left out, so that `ISO 15408` finds `ISO/IEC 15408-1`.
fn split(work: &str) -> Option<(String, String)> {
    let (head, number) = work.rsplit_once(' ')?;
    let number = number.split('-').next()?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut publishers = Vec::new();
    let mut kind = None;
    for word in head.split(['/', ' ']) {
        match word {
            "ISO" | "IEC" | "IEEE" | "SAE" | "ASTM" | "ASME" | "CIE" | "HL7" | "IDF" | "OECD" => {
                publishers.push(word)
            }
            "TS" | "TR" | "PAS" | "Guide" => kind = Some(word),
            _ => return None,
        }
    }
    if !publishers.iter().any(|one| matches!(*one, "ISO" | "IEC")) {
        return None;
    }
    let key = match kind {
        Some(kind) => format!("{kind} {number}"),
        None => number.to_owned(),
    };
    Some((publishers.join("/"), key))
}
