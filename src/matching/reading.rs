//! What an update says, as the terms that criteria ask for: its words with their places, its tags.

use std::borrow::Cow;

use super::compile::Terms;
use crate::domain::update::{Update, UpdateKind};
use crate::text::{html, stem, words};

/// Where the words of the text begin; so far from the title's that no phrase reaches over.
const TEXT: u32 = 1 << 30;
/// Between two texts of one field, as the index has it.
const GAP: u32 = 1;
/// The end of a list of places.
const END: u32 = u32::MAX;

/// The terms of one update, and room for those of the next.
#[derive(Default)]
pub(super) struct Reading {
    /// For each term a bit, whether the update has it: so few bytes for so many terms that asking
    /// is no walk into far memory.
    has: Vec<u64>,
    /// For each term that it has, its last place in `places`.
    last: Vec<u32>,
    /// Where a term stands, and the place of its standing before that.
    places: Vec<(u32, u32)>,
    present: Vec<u32>,
    dated: i64,
    open: bool,
}

impl Reading {
    /// Reads an update; what no criterion asks for is passed over.
    pub(super) fn read(&mut self, update: &Update, terms: &Terms) {
        if self.last.len() == terms.len() {
            for term in &self.present {
                if let Some(bits) = self.has.get_mut(*term as usize / 64) {
                    *bits = 0;
                }
            }
        } else {
            self.last.clear();
            self.last.resize(terms.len(), END);
            self.has.clear();
            self.has.resize(terms.len().div_ceil(64), 0);
        }
        self.places.clear();
        self.present.clear();
        self.dated = update.dated().timestamp();
        self.open = update.is_open(update.revised_at.date_naive());
        self.text(&update.content.title, 0, terms);
        let mut base = TEXT;
        // As the index has it: the summary of a long text is usually its beginning.
        let summary = update.content.summary.as_str();
        let body = if update.content.body.is_empty() {
            Cow::Borrowed(summary)
        } else {
            let body = html::plain(update.content.body.as_str());
            let line = summary.lines().next().unwrap_or("");
            if !summary.is_empty() && !body.starts_with(line.trim_end_matches('…').trim_end()) {
                base = self.text(summary, base, terms);
            }
            Cow::Owned(body)
        };
        self.text(&body, base, terms);
        self.tags(update, terms);
    }

    fn text(&mut self, text: &str, base: u32, terms: &Terms) -> u32 {
        let mut end = base;
        words::for_each_token(text, &mut |word: &str, _, _, position: usize| {
            let key = stem::key(word);
            let position = base.saturating_add(u32::try_from(position).unwrap_or(END));
            end = end.max(position.saturating_add(1));
            terms.words(key, |term| self.see(term, position));
        });
        end.saturating_add(GAP)
    }

    fn tags(&mut self, update: &Update, terms: &Terms) {
        let mut tag = |field: &str, value: &str| {
            if let Some(term) = terms.tag(field, value) {
                self.see(term, 0);
            }
        };
        let tags = &update.tags;
        tag("source", update.source.as_str());
        tag("authority", update.authority.as_str());
        if let Some(kind) = tags.kind {
            tag("kind", kind.as_str());
        }
        if let Some(language) = &tags.language {
            tag("language", language);
        }
        for framework in &tags.frameworks {
            tag("framework", framework.id.as_str());
        }
        for jurisdiction in &tags.jurisdictions {
            tag("jurisdiction", jurisdiction.id.as_str());
        }
        for body in &tags.bodies {
            tag("body", body.id.as_str());
        }
        for topic in &tags.topics {
            tag("topic", topic.id.as_str());
        }
        for reference in &tags.references {
            tag("standard", &reference.reference.work);
        }
        if let Some(stage) = &update.content.stage {
            // A row of a catalogue is about its standard even where its title cites none.
            tag("followed", &stage.standard);
        }
        for reference in &tags.references {
            tag("followed", &reference.reference.work);
        }
        if !update.key_dates.is_empty() || tags.kind == Some(UpdateKind::Deadline) {
            tag("deadlines", "");
        }
    }

    fn see(&mut self, term: u32, position: u32) {
        let at = term as usize;
        let (Some(last), Some(bits)) = (self.last.get_mut(at), self.has.get_mut(at / 64)) else {
            return;
        };
        let bit = 1 << (at % 64);
        let before = if *bits & bit == 0 {
            *bits |= bit;
            self.present.push(term);
            END
        } else {
            *last
        };
        *last = u32::try_from(self.places.len()).unwrap_or(END);
        self.places.push((position, before));
    }

    /// The terms that it has.
    pub(super) fn present(&self) -> &[u32] {
        &self.present
    }

    /// The second by which it is ordered.
    pub(super) fn dated(&self) -> i64 {
        self.dated
    }

    /// Whether anybody can comment or vote on the day on which it is told.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Whether it has a term.
    #[inline]
    pub(super) fn has(&self, term: u32) -> bool {
        self.has
            .get(term as usize / 64)
            .is_some_and(|bits| bits >> (term % 64) & 1 == 1)
    }

    /// The last place of a term that it has; places lead to the one before.
    fn last(&self, term: u32) -> u32 {
        self.last.get(term as usize).copied().unwrap_or(END)
    }

    /// Whether terms stand at these distances from one another. Each term's places are walked once,
    /// from the last to the first, however often it stands there.
    pub(super) fn in_order(&self, phrase: &[[u32; 2]]) -> bool {
        if !phrase.iter().all(|[_, term]| self.has(*term)) {
            return false;
        }
        let Some(([first_offset, first], rest)) = phrase.split_first() else {
            return false;
        };
        let mut few = [END; 7];
        let mut many = Vec::new();
        let cursors: &mut [u32] = match few.get_mut(..rest.len()) {
            Some(few) => few,
            None => {
                many.resize(rest.len(), END);
                &mut many
            }
        };
        for ([_, term], cursor) in rest.iter().zip(cursors.iter_mut()) {
            *cursor = self.last(*term);
        }
        let mut at = self.last(*first);
        while let Some((start, before)) = self.places.get(at as usize) {
            at = *before;
            let mut all = true;
            for ([offset, _], cursor) in rest.iter().zip(cursors.iter_mut()) {
                let wanted = start + (offset - first_offset);
                while let Some((position, before)) = self.places.get(*cursor as usize)
                    && *position > wanted
                {
                    *cursor = *before;
                }
                match self.places.get(*cursor as usize) {
                    // Whatever begins further in front wants a place still further in front.
                    None => return false,
                    Some((position, _)) => all &= *position == wanted,
                }
            }
            if all {
                return true;
            }
        }
        false
    }
}
