//! robots.txt, read as search engines read it (RFC 9309).
//!
//! A file that is not there allows everything; one that a server fails to give forbids
//! everything until it can be asked again.

/// The name by which a robots.txt may speak to us alone.
pub(super) const PRODUCT_TOKEN: &str = "regwire";

/// The most of a robots.txt that is read, in bytes (RFC 9309, 2.5).
pub(super) const LONGEST: usize = 500 << 10;

/// The longest line that is read, in bytes: eight times the longest address that browsers knew, as
/// search engines have it. The rest of a longer one is not read.
const LONGEST_LINE: usize = 2_083 * 8;

/// The rules that hold for us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rules(Vec<Rule>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    allow: bool,
    pattern: String,
}

enum Line<'a> {
    Agent(&'a str),
    Rule { allow: bool, value: &'a str },
}

impl Rules {
    /// Reads a file: the groups that name us, or those for everybody when none does. Bytes that
    /// are no text, HTML and anything else hold no rules.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let bytes = bytes.get(..LONGEST.min(bytes.len())).unwrap_or(bytes);
        // A byte order mark, also one that editors have bitten off.
        let mark = b"\xef\xbb\xbf";
        let length = bytes.iter().zip(mark).take_while(|(a, b)| a == b).count();
        let text = String::from_utf8_lossy(bytes.get(length..).unwrap_or(bytes));
        let (mut ours, mut everybodys) = (Vec::new(), Vec::new());
        let mut named = false;
        // Which lists the lines belong to, and whether the group's rules have begun.
        let (mut for_us, mut for_all, mut in_rules) = (false, false, false);
        for line in text.split(['\n', '\r']) {
            match parse(cut(line)) {
                Some(Line::Agent(value)) => {
                    if std::mem::take(&mut in_rules) {
                        (for_us, for_all) = (false, false);
                    }
                    if value == "*" || value.starts_with("* ") || value.starts_with("*\t") {
                        for_all = true;
                    } else if product(value).eq_ignore_ascii_case(PRODUCT_TOKEN) {
                        for_us = true;
                        named = true;
                    }
                }
                Some(Line::Rule { allow, value }) => {
                    in_rules = true;
                    if value.is_empty() {
                        continue;
                    }
                    let pattern = escaped(value);
                    for (list, wanted) in [(&mut ours, for_us), (&mut everybodys, for_all)] {
                        if wanted {
                            list.push(Rule {
                                allow,
                                pattern: pattern.clone(),
                            });
                        }
                    }
                }
                None => {}
            }
        }
        Self(if named { ours } else { everybodys })
    }

    /// Whether a path with its query may be fetched: by the longest pattern that matches, and by
    /// the permission where two are as long.
    pub(super) fn allow(&self, path: &str) -> bool {
        let path = if path.is_empty() { "/" } else { path };
        // The file itself can always be asked for.
        if path == "/robots.txt" {
            return true;
        }
        let longest = |allow: bool| {
            self.0
                .iter()
                .filter(|rule| rule.allow == allow)
                .filter_map(|rule| rule.matches(path))
                .max()
        };
        match (longest(true), longest(false)) {
            (allowed, Some(forbidden)) => allowed.is_some_and(|allowed| allowed >= forbidden),
            (_, None) => true,
        }
    }
}

impl Rule {
    /// How long the pattern is, when it matches.
    fn matches(&self, path: &str) -> Option<usize> {
        if matches(&self.pattern, path) {
            return Some(self.pattern.len());
        }
        // A folder's index is the folder: allowing the one allows the other.
        if self.allow
            && let Some(slash) = self.pattern.rfind('/')
            && self
                .pattern
                .get(slash + 1..)
                .is_some_and(|name| name.starts_with("index.htm"))
        {
            let folder = format!("{}$", self.pattern.get(..=slash)?);
            return matches(&folder, path).then_some(folder.len());
        }
        None
    }
}

/// Whether a pattern fits the beginning of a path: `*` stands for any signs, `$` at its end for
/// the end. Linear in the path times the number of stars.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, to_end) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = path.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(before) = last.replace(part) {
            match rest.find(before) {
                Some(at) => rest = rest.get(at + before.len()..).unwrap_or(""),
                None => return false,
            }
        }
    }
    match (last, to_end) {
        (None, true) => rest.is_empty(),
        (None, false) => true,
        (Some(last), true) => rest.ends_with(last),
        (Some(last), false) => rest.contains(last),
    }
}

/// One line as a directive; anything else is none. People forget the colon and mistype the key.
fn parse(line: &str) -> Option<Line<'_>> {
    let line = line.split('#').next().unwrap_or("").trim();
    let (key, value) = match line.split_once(':') {
        Some((key, value)) => (key.trim(), value.trim()),
        None => {
            let mut words = line.split_whitespace();
            let (key, value) = (words.next()?, words.next()?);
            if words.next().is_some() {
                return None;
            }
            (key, value)
        }
    };
    const AGENT: &[&str] = &["user-agent", "useragent", "user agent"];
    const DISALLOW: &[&str] = &[
        "disallow",
        "dissallow",
        "dissalow",
        "disalow",
        "diasllow",
        "disallaw",
    ];
    let is = |names: &[&str]| {
        names.iter().any(|name| {
            key.get(..name.len())
                .is_some_and(|key| key.eq_ignore_ascii_case(name))
        })
    };
    if is(AGENT) {
        Some(Line::Agent(value))
    } else if is(&["allow"]) {
        Some(Line::Rule { allow: true, value })
    } else if is(DISALLOW) {
        Some(Line::Rule {
            allow: false,
            value,
        })
    } else {
        None
    }
}

/// The product token that a user-agent line begins with.
fn product(value: &str) -> &str {
    let end = value
        .find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '-' | '_')))
        .unwrap_or(value.len());
    value.get(..end).unwrap_or("")
}

fn cut(line: &str) -> &str {
    let mut end = line.len().min(LONGEST_LINE);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.get(..end).unwrap_or("")
}

/// The pattern as addresses are written: signs beyond ASCII as their bytes, escapes in capitals.
fn escaped(value: &str) -> String {
    let bytes = value.as_bytes();
    let mut out = String::with_capacity(value.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if *byte == b'%'
            && let (Some(a), Some(b)) = (bytes.get(at + 1), bytes.get(at + 2))
            && a.is_ascii_hexdigit()
            && b.is_ascii_hexdigit()
        {
            out.push('%');
            out.push(char::from(a.to_ascii_uppercase()));
            out.push(char::from(b.to_ascii_uppercase()));
            at += 3;
            continue;
        }
        if byte.is_ascii() {
            out.push(char::from(*byte));
        } else {
            use std::fmt::Write as _;
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allowed(file: &str, path: &str) -> bool {
        Rules::read(file.as_bytes()).allow(path)
    }

    #[test]
    fn groups_are_told_apart() {
        for (file, path, expected) in [
            ("", "/x", true),
            ("<html><body>Not found</body></html>", "/x", true),
            ("User-agent: *\nDisallow: /", "/x", false),
            ("User-agent: *\nDisallow:", "/x", true),
            ("user-agent: regwire\ndisallow: /", "/x", false),
            ("user-agent: REGWIRE/2.0\rdisallow: /\r", "/x", false),
            ("user-agent: regwire-news\ndisallow: /", "/x", true),
            // Who is named is not everybody.
            (
                "user-agent: *\ndisallow: /\nuser-agent: regwire\nallow: /",
                "/x",
                true,
            ),
            (
                "user-agent: regwire\nuser-agent: other\ndisallow: /a",
                "/a",
                false,
            ),
            // Two groups for the same name are one.
            (
                "user-agent: regwire\ndisallow: /a\nuser-agent: b\ndisallow: /\nuser-agent: regwire\ndisallow: /b",
                "/b",
                false,
            ),
            // Other lines do not end the list of names.
            (
                "user-agent: x\nsitemap: https://e.org/s.xml\nuser-agent: *\ndisallow: /",
                "/x",
                false,
            ),
            // A rule before any name belongs to nobody.
            ("disallow: /\nuser-agent: *\nallow: /b", "/x", true),
            ("\u{feff}User-agent: *\nDisallow: /", "/x", false),
            ("user-agent *\ndisallow /a", "/a", false),
            ("user-agent : *\n dissallow\t: /a # why", "/a", false),
            ("user-agent: * everyone\ndisallow: /", "/x", false),
            ("user-agent: *\ndisallow: /", "/robots.txt", true),
        ] {
            assert_eq!(allowed(file, path), expected, "{file:?} {path}");
        }
    }

    #[test]
    fn the_longest_pattern_decides() {
        for (rules, path, expected) in [
            ("disallow: /x/page.html\nallow: /x/", "/x/page.html", false),
            ("allow: /x/page.html\ndisallow: /x/", "/x/page.html", true),
            ("allow: /x/page.html\ndisallow: /x/", "/x/", false),
            ("disallow: /x\nallow: /x", "/x", true),
            ("disallow: /*/b", "/a/b/c", false),
            ("disallow: /fish*.php", "/fish/salmon.php?x=1", false),
            ("disallow: /*.php$", "/a.php", false),
            ("disallow: /*.php$", "/a.php?x", true),
            ("disallow: /fish", "/Fish.asp", true),
            ("disallow: /a%3cd.html", "/a%3Cd.html", false),
            ("disallow: /ツ", "/%E3%83%84", false),
            ("allow: /p/index.html\ndisallow: /p/", "/p/", true),
            ("allow: /p/index.html\ndisallow: /p/", "/p/q", false),
            ("disallow: /$", "/", false),
            ("disallow: /$", "/a", true),
            ("disallow: /a*b*c*d", "/abbccc", true),
            ("disallow: /?q=", "/?q=1", false),
        ] {
            assert_eq!(
                allowed(&format!("user-agent: *\n{rules}"), path),
                expected,
                "{rules:?} {path}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400), path in "/\\PC{0,40}") {
            let _ = Rules::read(&bytes).allow(&path);
        }
    }
}
