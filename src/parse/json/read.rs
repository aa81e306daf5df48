//! JSON (RFC 8259) to a [`Tree`]: to the letter, without recursion, each byte looked at once.
//!
//! Numbers stay as they are written, so that no identity loses its last digits. An escape that is
//! half a surrogate pair becomes U+FFFD: it costs a sign and not the document.

use super::tree::{Builder, Kind, TooMany, Tree};

/// The deepest nesting that is read; real interfaces have a dozen levels.
const DEEPEST: usize = 128;

/// Why a text is no JSON that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::parse) enum Wrong {
    /// Against the grammar: at which byte, and what.
    Grammar(usize, &'static str),
    /// Nested too deep.
    Deep,
    /// Too many values.
    Many,
}

impl From<TooMany> for Wrong {
    fn from(_: TooMany) -> Self {
        Self::Many
    }
}

/// Reads one JSON text, of at most `most` values.
pub(in crate::parse) fn read(text: &str, most: usize) -> Result<Tree, Wrong> {
    let mut reader = Reader::new(text, Builder::new(most));
    reader.value()?;
    reader.blank();
    if reader.at < text.len() {
        return Err(reader.wrong("something stands after the end"));
    }
    Ok(reader.build.finish())
}

/// Reads JSON lines: a value on each line that is not empty, as one list. A broken line costs that
/// line; its number and the reason come with the others.
pub(in crate::parse) fn lines(
    text: &str,
    most: usize,
) -> Result<(Tree, Vec<(usize, Wrong)>), Wrong> {
    let mut build = Builder::new(most);
    build.open(Kind::List, (0, 0))?;
    let mut broken = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        // Read apart first, so that half a value is never in the list.
        match read(line, most) {
            Ok(_) => {
                let mut reader = Reader::new(line, build);
                let again = reader.value();
                build = reader.build;
                again?;
            }
            Err(Wrong::Many) => return Err(Wrong::Many),
            Err(wrong) => broken.push((number + 1, wrong)),
        }
    }
    Ok((build.finish(), broken))
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    build: Builder,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, build: Builder) -> Self {
        Self { text, at: 0, build }
    }

    fn wrong(&self, what: &'static str) -> Wrong {
        Wrong::Grammar(self.at, what)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Reads a value with all that it holds.
    fn value(&mut self) -> Result<(), Wrong> {
        let ground = self.build.depth();
        let mut name = (0, 0);
        loop {
            self.blank();
            match self.peek() {
                Some(b'{') => {
                    self.enter(Kind::Object, name, ground)?;
                    if self.peek() != Some(b'}') {
                        name = self.name()?;
                        continue;
                    }
                    self.at += 1;
                    self.build.close();
                }
                Some(b'[') => {
                    self.enter(Kind::List, name, ground)?;
                    if self.peek() != Some(b']') {
                        name = (0, 0);
                        continue;
                    }
                    self.at += 1;
                    self.build.close();
                }
                Some(b'"') => {
                    let span = self.string()?;
                    self.build.scalar(Kind::Text, name, span)?;
                }
                Some(b'-' | b'0'..=b'9') => {
                    let span = self.number()?;
                    self.build.scalar(Kind::Number, name, span)?;
                }
                Some(_) => self.word(name)?,
                None => return Err(self.wrong("it ends where a value should be")),
            }
            // A value has ended; and with it, perhaps, what it stands in.
            loop {
                if self.build.depth() == ground {
                    return Ok(());
                }
                self.blank();
                match (self.build.inside(), self.peek()) {
                    (Some(Kind::Object), Some(b',')) => {
                        self.at += 1;
                        self.blank();
                        name = self.name()?;
                        break;
                    }
                    (Some(Kind::List), Some(b',')) => {
                        self.at += 1;
                        name = (0, 0);
                        break;
                    }
                    (Some(Kind::Object), Some(b'}')) | (Some(Kind::List), Some(b']')) => {
                        self.at += 1;
                        self.build.close();
                    }
                    (_, None) => return Err(self.wrong("it ends in the middle")),
                    _ => return Err(self.wrong("a comma or the end of the list is missing")),
                }
            }
        }
    }

    fn enter(&mut self, kind: Kind, name: (u32, u32), ground: usize) -> Result<(), Wrong> {
        if self.build.depth() - ground >= DEEPEST {
            return Err(Wrong::Deep);
        }
        self.build.open(kind, name)?;
        self.at += 1;
        self.blank();
        Ok(())
    }

    /// A member's name and the colon after it.
    fn name(&mut self) -> Result<(u32, u32), Wrong> {
        if self.peek() != Some(b'"') {
            return Err(self.wrong("a name in quotes is missing"));
        }
        let name = self.string()?;
        self.blank();
        if self.peek() != Some(b':') {
            return Err(self.wrong("the colon after a name is missing"));
        }
        self.at += 1;
        Ok(name)
    }

    fn word(&mut self, name: (u32, u32)) -> Result<(), Wrong> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        for (word, kind) in [
            ("true", Kind::Bool),
            ("false", Kind::Bool),
            ("null", Kind::Null),
        ] {
            if rest.starts_with(word) {
                self.at += word.len();
                let span = self.build.keep(word);
                self.build.scalar(kind, name, span)?;
                return Ok(());
            }
        }
        Err(self.wrong("here is no value"))
    }

    fn digits(&mut self) -> Result<(), Wrong> {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == from {
            return Err(self.wrong("a digit is missing"));
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(u32, u32), Wrong> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self
            .build
            .keep(self.text.get(from..self.at).unwrap_or_default()))
    }

    fn string(&mut self) -> Result<(u32, u32), Wrong> {
        self.at += 1;
        let start = self.build.here();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let end = rest
                .bytes()
                .position(|byte| byte < 0x20 || matches!(byte, b'"' | b'\\'))
                .ok_or_else(|| self.wrong("a text in quotes does not end"))?;
            self.build.push_str(rest.get(..end).unwrap_or_default());
            self.at += end;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(self.build.since(start));
                }
                Some(b'\\') => self.escape()?,
                _ => return Err(self.wrong("a control character stands in a text")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Wrong> {
        self.at += 1;
        let c = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let first = self.hex()?;
                let c = self.surrogates(first)?;
                self.build.push(c);
                return Ok(());
            }
            _ => return Err(self.wrong("no such escape")),
        };
        self.at += 1;
        self.build.push(c);
        Ok(())
    }

    fn hex(&mut self) -> Result<u32, Wrong> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(self.wrong("four hexadecimal digits are missing"));
        }
        self.at += 4;
        Ok(u32::from_str_radix(digits, 16).unwrap_or(0xfffd))
    }

    fn surrogates(&mut self, first: u32) -> Result<char, Wrong> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if (0xd800..0xdc00).contains(&first) && rest.starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let both = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(both).unwrap_or('\u{fffd}'));
            }
            // The second escape stands for itself.
            self.at = before;
        }
        Ok(char::from_u32(first).unwrap_or('\u{fffd}'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::json::tree::Id;

    fn written(tree: &Tree, id: Id) -> String {
        match tree.kind(id) {
            Kind::Object => {
                let members: Vec<String> = tree
                    .children(id)
                    .map(|child| format!("{}:{}", tree.name(child), written(tree, child)))
                    .collect();
                format!("{{{}}}", members.join(","))
            }
            Kind::List => {
                let elements: Vec<String> = tree
                    .children(id)
                    .map(|child| written(tree, child))
                    .collect();
                format!("[{}]", elements.join(","))
            }
            Kind::Null => "null".to_owned(),
            Kind::Text => format!("\"{}\"", tree.text(id).unwrap()),
            Kind::Number | Kind::Bool => tree.text(id).unwrap().to_owned(),
        }
    }

    fn again(text: &str) -> Result<String, Wrong> {
        let tree = read(text, 1_000)?;
        Ok(written(&tree, tree.root().unwrap()))
    }

    #[test]
    fn what_is_json_is_read() {
        for (text, expected) in [
            ("[]", "[]"),
            (" {} ", "{}"),
            ("[[],{},[[1]]]", "[[],{},[[1]]]"),
            (
                "{\"a\":{\"b\":[true,false,null]},\"c\":\"\"}",
                "{a:{b:[true,false,null]},c:\"\"}",
            ),
            ("\"alone\"", "\"alone\""),
            ("-0", "-0"),
            ("[1E+2, 0.10, -12.5e-7]", "[1E+2,0.10,-12.5e-7]"),
            ("12345678901234567890123", "12345678901234567890123"),
            ("\"\\u00fc\\n\\/\\ud83d\\ude00\"", "\"ü\n/😀\""),
            ("\"\\ud83d\\u0041 \\ude00\"", "\"\u{fffd}A \u{fffd}\""),
            ("\"\u{7f}\u{2028}\u{ffff}\"", "\"\u{7f}\u{2028}\u{ffff}\""),
            ("{\"a\":1,\"a\":2}", "{a:1,a:2}"),
        ] {
            assert_eq!(again(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_not() {
        for text in [
            "",
            " ",
            "[",
            "]",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1]]",
            "[1],",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,",
            "{\"a\":1,}",
            "{a:1}",
            "{'a':1}",
            "{\"a\" 1}",
            "{1:1}",
            "{\"a\":1 \"b\":2}",
            "[}",
            "{]",
            "01",
            "+1",
            "1.",
            ".5",
            "1e",
            "1e+",
            "-",
            "--1",
            "0x1",
            "NaN",
            "Infinity",
            "nul",
            "True",
            "truex",
            "\"",
            "\"a",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12g4\"",
            "\"\\\"",
            "\"a\nb\"",
            "\"a\tb\"",
            "\"\u{0}\"",
            "[1]//",
            "/* */[1]",
            "\u{feff}[]",
            "\u{2060}[]",
            "[\u{c}]",
            "1\u{0}",
            "{}{}",
            "\"\\ud800\\u\"",
            "<html></html>",
        ] {
            assert!(again(text).is_err(), "{text:?}: {:?}", again(text));
        }
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(again(&deep(DEEPEST)).is_ok());
        assert_eq!(again(&deep(DEEPEST + 1)), Err(Wrong::Deep));
        assert_eq!(again(&"[".repeat(1_000_000)), Err(Wrong::Deep));
        assert_eq!(again(&"{\"a\":".repeat(1_000_000)), Err(Wrong::Deep));
        let many = format!("[{}0]", "0,".repeat(2_000));
        assert_eq!(again(&many), Err(Wrong::Many));
    }

    #[test]
    fn a_broken_line_costs_that_line() {
        let (tree, broken) = lines("{\"a\":1}\n\n{\"a\":[2}\r\n[3]\n", 100).unwrap();
        assert_eq!(written(&tree, 0), "[{a:1},[3]]");
        assert_eq!(broken.len(), 1);
        assert_eq!(broken[0].0, 3);
    }

    proptest::proptest! {
        #[test]
        fn as_another_reader_has_it(text in "[\\[\\]{},:\"\\\\ueE.+0-9a-f -]{0,24}") {
            let other = serde_json::from_str::<serde_json::Value>(&text);
            // The other one also refuses numbers and escapes that it cannot hold.
            if other.is_ok() {
                proptest::prop_assert!(again(&text).is_ok(), "{text}");
            } else if !text.contains("\\u") && !text.contains(['e', 'E']) {
                proptest::prop_assert!(again(&text).is_err(), "{text}");
            }
        }

        #[test]
        fn what_is_written_is_read(keys in proptest::collection::vec("\\PC{0,8}", 0..6), texts in proptest::collection::vec("\\PC{0,8}", 6)) {
            let value: serde_json::Map<String, serde_json::Value> =
                keys.into_iter().zip(texts.into_iter().map(serde_json::Value::from)).collect();
            let text = serde_json::to_string_pretty(&value).unwrap();
            let tree = read(&text, 100).unwrap();
            for (name, text) in &value {
                let found = tree.member(0, name).and_then(|id| tree.text(id));
                proptest::prop_assert_eq!(found, text.as_str());
            }
        }
    }
}
