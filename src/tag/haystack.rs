//! A text prepared for looking things up in it: lower case beside the original, with places.

/// A text, its lower-case twin and the way from one's places to the other's.
///
/// The twin has its dashes and odd spaces made plain, so that a name is found however the
/// publisher's editor spelled it. It has a byte for each byte of the original wherever both are
/// ASCII, which is the ordinary case and needs no table.
pub(super) struct Haystack<'a> {
    original: &'a str,
    lower: String,
    /// For each byte of the twin the byte of the original; empty when they are the same.
    back: Vec<u32>,
    /// Whether every sign of the original is one byte.
    ascii: bool,
    /// Whether some sign belongs to a script that writes without spaces.
    unspaced: bool,
}

impl<'a> Haystack<'a> {
    /// Prepares the first `longest` bytes of a text.
    pub(super) fn new(text: &'a str, longest: usize) -> Self {
        let mut end = text.len().min(longest);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let original = text.get(..end).unwrap_or("");
        if original.is_ascii() {
            return Self {
                original,
                lower: original.to_ascii_lowercase(),
                back: Vec::new(),
                ascii: true,
                unspaced: false,
            };
        }
        let unspaced = original.contains(unspaced);
        if let Some(lower) = same_places(original) {
            return Self {
                original,
                lower,
                back: Vec::new(),
                ascii: false,
                unspaced,
            };
        }
        let mut lower = String::with_capacity(original.len());
        let mut back = Vec::with_capacity(original.len());
        for (at, c) in original.char_indices() {
            // The text is at most LONGEST bytes, far below what 32 bits hold.
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            if c.is_ascii() {
                lower.push(c.to_ascii_lowercase());
                back.push(at);
                continue;
            }
            let before = lower.len();
            match c {
                '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => {
                    lower.push('-')
                }
                '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
                    lower.push(' ')
                }
                '\u{2018}' | '\u{2019}' | '\u{2bc}' => lower.push('\''),
                // Soft hyphens and joiners are no signs at all.
                '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {}
                c => lower.extend(c.to_lowercase()),
            }
            back.extend(std::iter::repeat_n(at, lower.len() - before));
        }
        Self {
            original,
            lower,
            back,
            ascii: false,
            unspaced,
        }
    }

    /// Whether words can be told apart by what stands between them.
    pub(super) fn parts_words(&self) -> bool {
        !self.unspaced
    }

    /// The text as given.
    pub(super) fn original(&self) -> &'a str {
        self.original
    }

    /// The lower-case twin.
    pub(super) fn lower(&self) -> &str {
        &self.lower
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.original.is_empty()
    }

    /// The original's bytes for a stretch of the twin.
    pub(super) fn back(&self, start: usize, end: usize) -> (usize, usize) {
        if self.back.is_empty() {
            return (start, end);
        }
        let from = |at: usize| {
            self.back
                .get(at)
                .map_or(self.original.len(), |byte| *byte as usize)
        };
        (from(start), from(end))
    }

    /// The original's words between two of its bytes.
    pub(super) fn words(&self, start: usize, end: usize) -> String {
        self.original
            .get(start..end)
            .unwrap_or("")
            .trim()
            .to_owned()
    }

    /// How many characters stand before a byte of the original.
    pub(super) fn characters_before(&self, byte: usize) -> usize {
        if self.ascii {
            return byte;
        }
        self.original.get(..byte).unwrap_or("").chars().count()
    }

    /// The byte of the original before which so many characters stand.
    pub(super) fn byte_of(&self, characters: usize) -> usize {
        if self.ascii {
            return characters.min(self.original.len());
        }
        self.original
            .char_indices()
            .nth(characters)
            .map_or(self.original.len(), |(byte, _)| byte)
    }

    /// Whether a stretch of the twin stands alone: no letter or digit touches it.
    ///
    /// Scripts that write without spaces have no such bounds, so between two of their signs any
    /// place will do.
    pub(super) fn stands_alone(&self, start: usize, end: usize) -> bool {
        let before = self
            .lower
            .get(..start)
            .and_then(|text| text.chars().next_back());
        let first = self.lower.get(start..).and_then(|text| text.chars().next());
        let last = self
            .lower
            .get(..end)
            .and_then(|text| text.chars().next_back());
        let after = self.lower.get(end..).and_then(|text| text.chars().next());
        let apart = |a: Option<char>, b: Option<char>| match (a, b) {
            (Some(a), Some(b)) => {
                !(a.is_alphanumeric() && b.is_alphanumeric()) || unspaced(a) || unspaced(b)
            }
            _ => true,
        };
        apart(before, first) && apart(last, after)
    }
}

/// The lower-case twin where each sign takes as many bytes as in the original, which is so for
/// most texts with an accent or a dash here and there; none where places would shift.
fn same_places(original: &str) -> Option<String> {
    let mut lower = String::with_capacity(original.len());
    let mut rest = original;
    while !rest.is_empty() {
        let run = rest
            .bytes()
            .position(|byte| !byte.is_ascii())
            .unwrap_or(rest.len());
        let (ascii, after) = rest.split_at(run);
        let from = lower.len();
        lower.push_str(ascii);
        if let Some(added) = lower.get_mut(from..) {
            added.make_ascii_lowercase();
        }
        let Some(c) = after.chars().next() else { break };
        match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => {
                return None;
            }
            '\u{a0}' | '\u{2000}'..='\u{200d}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
                return None;
            }
            '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{ad}' | '\u{2060}' | '\u{feff}' => {
                return None;
            }
            c => {
                let before = lower.len();
                lower.extend(c.to_lowercase());
                if lower.len() - before != c.len_utf8() {
                    return None;
                }
            }
        }
        rest = after.get(c.len_utf8()..).unwrap_or("");
    }
    Some(lower)
}

/// Whether the sign belongs to a script that writes without spaces.
fn unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back_to_the_original() {
        let text = "Ärger: the EU AI\u{a0}Act – “İstanbul” REPORT";
        let haystack = Haystack::new(text, 1_000);
        let at = haystack.lower().find("ai act").unwrap();
        let (start, end) = haystack.back(at, at + 6);
        assert_eq!(haystack.words(start, end), "AI\u{a0}Act");
        assert_eq!(haystack.characters_before(start), 14);
        let at = haystack.lower().find("report").unwrap();
        let (start, end) = haystack.back(at, at + 6);
        assert_eq!(haystack.words(start, end), "REPORT");
    }

    #[test]
    fn a_name_inside_a_word_does_not_stand_alone() {
        let haystack = Haystack::new("CSAM and CSA", 100);
        assert!(!haystack.stands_alone(0, 3));
        assert!(haystack.stands_alone(9, 12));
        let thai = Haystack::new("กฎหมายPDPAของ", 100);
        let at = thai.lower().find("pdpa").unwrap();
        assert!(thai.stands_alone(at, at + 4));
    }
}
