//! A way into a structured document: small, total, without recursion.
//!
//! `docs/json.md` shows each form. There is no "anywhere below" (`..`), so that what a path costs
//! is bounded by what it walks over once.

use std::fmt;
use std::str::FromStr;

/// The most steps of one path.
const MOST_STEPS: usize = 32;

/// A way from an item, or from the document, to values in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Path {
    text: String,
    start: Start,
    steps: Vec<Step>,
}

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the item.
    Item,
    /// At the document (`$`).
    Document,
    /// At the object around the item (`^`), or around that one (`^^`) …
    Above(usize),
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The member of that name.
    Member(String),
    /// All members of an object (`*`).
    Members,
    /// Every element of a list (`[*]`); what is no list is taken as it is.
    Each,
    /// One element of a list, from 0; negative counts from the last (`[-1]`).
    Nth(i64),
    /// The elements of a list (or the object itself) for which the condition holds.
    Only(Condition),
}

/// `[name=value]`: whether a value of an object is, as text, the one given; `[name]`: whether
/// there is one at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The members that lead to the value.
    pub names: Vec<String>,
    /// As text; any when absent.
    pub value: Option<String>,
    /// False for `[name!=value]`, which also holds where there is no value, and for `[!name]`.
    pub is: bool,
}

impl Path {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where it begins.
    pub fn start(&self) -> Start {
        self.start
    }

    /// Its steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Reads the paths between `||`, to be tried in order.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the first that is none.
    pub fn alternatives(text: &str) -> Result<Vec<Self>, String> {
        let mut out = Vec::new();
        let (mut from, mut quoted, mut before) = (0, false, ' ');
        for (at, c) in text.char_indices() {
            match c {
                '"' => quoted = !quoted,
                '|' if before == '|' && !quoted => {
                    out.push(text.get(from..at - 1).unwrap_or_default().parse()?);
                    from = at + 1;
                    before = ' ';
                    continue;
                }
                _ => {}
            }
            before = c;
        }
        out.push(text.get(from..).unwrap_or_default().parse()?);
        Ok(out)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

impl FromStr for Path {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let wrong = |why: &str| format!("`{text}` is no path: {why}");
        if text.is_empty() {
            return Err(wrong("it is empty; a single dot means the item itself"));
        }
        let (start, mut rest) = match text.strip_prefix('$') {
            Some(rest) => (Start::Document, rest),
            None => {
                let rest = text.trim_start_matches('^');
                match text.len() - rest.len() {
                    0 => (Start::Item, rest),
                    up => (Start::Above(up), rest),
                }
            }
        };
        let mut steps = Vec::new();
        if text == "." {
            rest = "";
        }
        // A name may stand first without a dot.
        let mut expected = start == Start::Item && !rest.is_empty() && !rest.starts_with('[');
        if expected && rest.starts_with('.') {
            rest = rest.get(1..).unwrap_or_default();
        }
        while expected || !rest.is_empty() {
            if steps.len() >= MOST_STEPS {
                return Err(wrong("it has more than 32 steps"));
            }
            if expected {
                expected = false;
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                rest = after;
                let name = name.trim();
                match name {
                    "" if rest.starts_with('.') => {
                        return Err(wrong(
                            "`..` (anywhere below) is not understood; name each level",
                        ));
                    }
                    "" => return Err(wrong("a name is missing after the dot")),
                    "*" => steps.push(Step::Members),
                    name if name.contains([']', '{', '}', '|', '"', '*', '$', '^', '=']) => {
                        return Err(wrong(
                            "a name with such a sign stands in brackets and quotes: [\"a=b\"]",
                        ));
                    }
                    name => steps.push(Step::Member(name.to_owned())),
                }
                continue;
            }
            if let Some(after) = rest.strip_prefix('.') {
                rest = after;
                expected = true;
                continue;
            }
            let Some(inside) = rest.strip_prefix('[') else {
                return Err(wrong("after a bracket comes a dot, a bracket or the end"));
            };
            let end = closing(inside).ok_or_else(|| wrong("a bracket is not closed"))?;
            let (written, after) = inside.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            steps.push(bracket(written.trim()).map_err(|why| wrong(&why))?);
        }
        Ok(Self {
            text: text.to_owned(),
            start,
            steps,
        })
    }
}

/// Where the bracket ends that `text` is the inside of.
fn closing(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, c)| {
        if c == '"' {
            quoted = !quoted;
        }
        (c == ']' && !quoted).then_some(at)
    })
}

fn bracket(text: &str) -> Result<Step, String> {
    if text == "*" {
        return Ok(Step::Each);
    }
    if let Ok(place) = text.parse() {
        return Ok(Step::Nth(place));
    }
    if let Some(name) = unquoted(text) {
        return Ok(Step::Member(name.to_owned()));
    }
    let (names, value) = match text.split_once('=') {
        Some((names, value)) => (names, Some(value.trim())),
        None => (text, None),
    };
    let other = match value {
        Some(_) => names.strip_suffix('!'),
        None => names.strip_prefix('!'),
    };
    let (names, is) = (other.unwrap_or(names), other.is_none());
    let names: Vec<String> = names
        .split('.')
        .map(|name| name.trim().to_owned())
        .collect();
    let odd = |name: &String| name.is_empty() || name.contains(['!', '"', '[', '$', '^', '*']);
    if names.iter().any(odd) {
        return Err(
            "in brackets stands *, a number from 0, a name in quotes, name=value, name!=value, name or !name"
                .to_owned(),
        );
    }
    Ok(Step::Only(Condition {
        names,
        value: value.map(|value| unquoted(value).unwrap_or(value).to_owned()),
        is,
    }))
}

fn unquoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str) -> Step {
        Step::Member(name.to_owned())
    }

    #[test]
    fn what_paths_mean() {
        let only = |names: &[&str], value: &str, is| {
            Step::Only(Condition {
                names: names.iter().map(|name| (*name).to_owned()).collect(),
                value: (!value.is_empty()).then(|| value.to_owned()),
                is,
            })
        };
        for (text, start, steps) in [
            (".", Start::Item, vec![]),
            ("$", Start::Document, vec![]),
            ("^", Start::Above(1), vec![]),
            ("title", Start::Item, vec![member("title")]),
            ("Meeting Date", Start::Item, vec![member("Meeting Date")]),
            (
                "meta.hasNextPage",
                Start::Item,
                vec![member("meta"), member("hasNextPage")],
            ),
            (
                "agencies[*].name",
                Start::Item,
                vec![member("agencies"), Step::Each, member("name")],
            ),
            ("[0]", Start::Item, vec![Step::Nth(0)]),
            (
                "$[0].a[-1]",
                Start::Document,
                vec![Step::Nth(0), member("a"), Step::Nth(-1)],
            ),
            ("^^.id", Start::Above(2), vec![member("id")]),
            (
                "link[rel=self].href",
                Start::Item,
                vec![member("link"), only(&["rel"], "self", true), member("href")],
            ),
            (
                "p[property.label=\"Court, of [all]\"].values",
                Start::Item,
                vec![
                    member("p"),
                    only(&["property", "label"], "Court, of [all]", true),
                    member("values"),
                ],
            ),
            (
                "x[a!=1]",
                Start::Item,
                vec![member("x"), only(&["a"], "1", false)],
            ),
            (
                "x[a][!b.c]",
                Start::Item,
                vec![
                    member("x"),
                    only(&["a"], "", true),
                    only(&["b", "c"], "", false),
                ],
            ),
            (
                "x[a=\"b!=c\"]",
                Start::Item,
                vec![member("x"), only(&["a"], "b!=c", true)],
            ),
            (
                "[\"a.b\"].*.@href",
                Start::Item,
                vec![member("a.b"), Step::Members, member("@href")],
            ),
        ] {
            let path: Path = text.parse().unwrap();
            assert_eq!(
                (path.start(), path.steps()),
                (start, steps.as_slice()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_path_says_why() {
        for (text, part) in [
            ("", "empty"),
            ("a..b", "each level"),
            ("$..b", "each level"),
            ("a.", "missing after the dot"),
            ("a[", "not closed"),
            ("a[]", "name=value"),
            ("a[=x]", "name=value"),
            ("a[a!]", "name=value"),
            ("a[0]b", "the end"),
            ("a=b", "brackets and quotes"),
            ("$a", "the end"),
            (&"a.".repeat(40), "32 steps"),
        ] {
            let fault = text.parse::<Path>().unwrap_err();
            assert!(fault.contains(part), "{text}: {fault}");
        }
    }

    #[test]
    fn alternatives_stand_between_bars() {
        let paths = Path::alternatives("a.b || [\"x||y\"]||c").unwrap();
        let texts: Vec<_> = paths.iter().map(Path::as_str).collect();
        assert_eq!(texts, ["a.b", "[\"x||y\"]", "c"]);
        assert!(Path::alternatives("a ||").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_path_or_none(text in "\\PC{0,40}") {
            let _ = Path::alternatives(&text);
        }

        #[test]
        fn any_few_signs_are_a_path_or_none(text in "[a$^.\\[\\]*\"=!0-9|-]{0,12}") {
            let _ = Path::alternatives(&text);
        }
    }
}
