//! XML to a [`Tree`]: an element is an object, its attributes are members named `@name`, its own
//! text is `#text`, its elements are members under their names as written; an element of text
//! alone is that text. Elements of one name are several members.
//!
//! It reads leniently, by the scanner that feeds are read by: no entity is expanded but the named
//! characters and the short texts that the document itself declares, nothing is loaded.

use super::read::Wrong;
use super::tree::{Builder, Kind, Tree};
use crate::parse::feed::scan::{self, Scanner, Token};

/// The deepest nesting that is read.
const DEEPEST: usize = 128;

/// What was read, and how well.
#[derive(Debug)]
pub(in crate::parse) struct Read {
    pub tree: Tree,
    /// Where the text broke off, if it did.
    pub truncated: bool,
    /// The first of the flaws that did not hinder, and how many there were.
    pub flaws: Option<(String, usize)>,
}

/// Reads an XML text, of at most `most` values.
pub(in crate::parse) fn read(text: &str, most: usize) -> Result<Read, Wrong> {
    let mut scanner = Scanner::new(text);
    let mut build = Builder::new(most);
    build.open(Kind::Object, (0, 0))?;
    // Names and own texts of what is open.
    let mut open: Vec<(&str, String)> = Vec::new();
    while let Some(token) = scanner.next() {
        let at = scanner.at;
        match token {
            Token::Open(tag) => {
                if open.len() >= DEEPEST {
                    return Err(Wrong::Deep);
                }
                let name = build.keep(tag.name);
                build.open(Kind::Object, name)?;
                for (name, raw) in scan::attributes(tag.attributes) {
                    let name = build.keep(&format!("@{name}"));
                    let value = scan::unescape(raw, at, &mut scanner.flaws, &scanner.declared);
                    let value = build.keep(&value);
                    build.scalar(Kind::Text, name, value)?;
                }
                if tag.empty {
                    build.close_as_text("")?;
                } else {
                    open.push((tag.name, String::new()));
                }
            }
            Token::Close(name) => {
                // A closing tag without its opening one closes nothing.
                if let Some(place) = open.iter().rposition(|(open, _)| *open == name) {
                    while open.len() > place {
                        if let Some((_, text)) = open.pop() {
                            build.close_as_text(text.trim())?;
                        }
                    }
                }
            }
            Token::Text(raw) => {
                if let Some((_, own)) = open.last_mut() {
                    let declared = &scanner.declared;
                    own.push_str(&scan::unescape(raw, at, &mut scanner.flaws, declared));
                }
            }
            Token::Cdata(raw) => {
                if let Some((_, own)) = open.last_mut() {
                    own.push_str(&scan::cleaned(raw, at, &mut scanner.flaws));
                }
            }
        }
    }
    let truncated = scanner.flaws.truncated.is_some() || !open.is_empty();
    while let Some((_, text)) = open.pop() {
        build.close_as_text(text.trim())?;
    }
    let flaws = scanner.flaws;
    let mut tree = build.finish();
    tree.several = true;
    Ok(Read {
        tree,
        truncated,
        flaws: flaws.first.map(|(_, what)| (what, flaws.count)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_and_texts_are_members() {
        let text = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY bomb \"b\">]>\n<u:set xmlns:u=\"urn:u\"><u:url a='1' b=\"x &amp; y\">one<loc>https://e.org/?a=1&b=2</loc></u:url><u:url/><n><![CDATA[<b>]]>&lt;</n></u:set>";
        let read = read(text, 100).unwrap();
        let tree = &read.tree;
        let set = tree.member(0, "u:set").unwrap();
        let urls = tree.members(set, "u:url");
        assert_eq!(urls.len(), 2);
        let of = |id, name: &str| tree.member(id, name).and_then(|id| tree.text(id));
        assert_eq!(of(urls[0], "@b"), Some("x & y"));
        assert_eq!(of(urls[0], "#text"), Some("one"));
        assert_eq!(of(urls[0], "loc"), Some("https://e.org/?a=1&b=2"));
        assert_eq!(tree.text(urls[1]), Some(""));
        assert_eq!(of(set, "n"), Some("<b><"));
        assert!(!read.truncated);
    }

    #[test]
    fn what_breaks_off_is_read_so_far() {
        let read = read("<a><b>1</b><b>2</b></c><b>3", 100).unwrap();
        let a = read.tree.member(0, "a").unwrap();
        assert_eq!(read.tree.members(a, "b").len(), 3);
        assert!(read.truncated);
        assert!(matches!(
            super::read(&"<a>".repeat(1_000_000), 1_000),
            Err(Wrong::Deep)
        ));
    }
}
