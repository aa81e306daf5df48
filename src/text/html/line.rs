//! Titles and excerpts: one line of plain text.

use std::borrow::Cow;

use super::likely::is_likely;
use super::plain::plain;

/// The longest line kept, in characters.
const LONGEST_LINE: usize = 500;

/// A title: one line of plain text, however often it was escaped on its way here.
pub fn line(text: &str) -> String {
    let mut current: Cow<'_, str> = Cow::Borrowed(text);
    // Titles are often escaped twice; more than three times is nobody's title.
    for time in 0..3 {
        if !current.contains(['<', '&']) || (time > 0 && !is_likely(&current)) {
            break;
        }
        let next = plain(&current);
        if next == *current {
            break;
        }
        current = Cow::Owned(next);
    }
    let mut out = String::with_capacity(current.len().min(600));
    for word in current.split_whitespace() {
        let mut clean = word
            .chars()
            .filter(|c| !c.is_control() && !is_bidi(*c))
            .peekable();
        if clean.peek().is_none() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(clean);
    }
    if out.len() > LONGEST_LINE {
        excerpt(&out, LONGEST_LINE)
    } else {
        out
    }
}

/// Marks that turn the order of what follows (Unicode TR 9), with which a title could disguise
/// itself.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{200b}')
}

/// At most so many characters, cut at a word, with a sign that something was left out.
pub fn excerpt(text: &str, characters: usize) -> String {
    let text = text.trim();
    if text.len() <= characters {
        return text.to_owned();
    }
    let Some(end) = byte_of(text, characters) else {
        return text.to_owned();
    };
    let room = byte_of(text, characters.saturating_sub(1)).unwrap_or(end);
    let head = text.get(..room).unwrap_or("");
    let cut = head
        .rfind(char::is_whitespace)
        .filter(|at| *at >= room / 2)
        .unwrap_or(room);
    let mut out = head
        .get(..cut)
        .unwrap_or("")
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–'))
        .to_owned();
    out.push('…');
    out
}

/// Where a character begins, counted from 0; none where there are not so many.
fn byte_of(text: &str, character: usize) -> Option<usize> {
    if text.as_bytes().get(..=character)?.is_ascii() {
        return Some(character);
    }
    text.char_indices().nth(character).map(|(at, _)| at)
}
