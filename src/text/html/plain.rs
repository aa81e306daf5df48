//! Plain text out of markup.

use super::entities::decode_entities;
use super::safe::forbidden;
use super::walk::{Piece, listed, walk};

/// Elements that begin and end a line.
const BLOCK: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];

/// The plain text of markup that nobody has made safe: entities decoded, a line for each block,
/// white space folded.
pub fn plain(fragment: &str) -> String {
    let mut out = String::with_capacity(fragment.len());
    let mut line = false;
    let mut space = false;
    for piece in walk(fragment) {
        match piece {
            Piece::Text(text) => {
                let text = decode_entities(text);
                let mut rest = text.as_ref();
                while let Some(c) = rest.chars().next() {
                    if c.is_whitespace() {
                        space = true;
                        rest = rest.get(c.len_utf8()..).unwrap_or("");
                        continue;
                    }
                    if forbidden(c) {
                        rest = rest.get(c.len_utf8()..).unwrap_or("");
                        continue;
                    }
                    if line {
                        if !out.is_empty() {
                            out.push('\n');
                        }
                    } else if space && !out.is_empty() {
                        out.push(' ');
                    }
                    line = false;
                    space = false;
                    let run = words_one_space_apart(rest.as_bytes()).max(c.len_utf8());
                    let (word, after) = rest.split_at(run);
                    out.push_str(word);
                    rest = after;
                }
            }
            Piece::Open { name, .. } | Piece::Close { name } => {
                if listed(BLOCK, name) {
                    line = true;
                } else if listed(&["td", "th"], name) {
                    space = true;
                }
            }
            Piece::Other => {}
        }
    }
    out
}

/// How many bytes from here on are words of plain ASCII with one space between them: most of any
/// text, copied as it stands.
fn words_one_space_apart(bytes: &[u8]) -> usize {
    const MANY: usize = 32;
    let sign = |byte: &u8| (0x21..0x7f).contains(byte);
    let mut at = 0;
    // Many at a time, while all of them are such and no two spaces meet: no branch within.
    while let Some((some, next)) = bytes.get(at..at + MANY).zip(bytes.get(at + 1..=at + MANY)) {
        let pairs = some.iter().zip(next);
        let plain = pairs.fold(true, |plain, (one, other)| {
            plain & (0x20..0x7f).contains(one) & ((*one != b' ') | (*other != b' '))
        });
        if !plain {
            break;
        }
        at += MANY;
    }
    // What follows a space at the end was not looked at.
    if at > 0 && bytes.get(at - 1) == Some(&b' ') {
        at -= 1;
    }
    loop {
        let rest = bytes.get(at..).unwrap_or(&[]);
        at += rest.iter().take_while(|byte| sign(byte)).count();
        let space = bytes.get(at) == Some(&b' ') && bytes.get(at + 1).is_some_and(sign);
        if !space {
            return at;
        }
        at += 1;
    }
}

/// Trims lines and drops empty ones; control characters go.
pub fn folded_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let Some(first) = words.next() else { continue };
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(first);
        for word in words {
            out.push(' ');
            out.push_str(word);
        }
    }
    if out.contains(|c: char| c.is_control() && c != '\n') {
        out.retain(|c| !c.is_control() || c == '\n');
    }
    out
}
