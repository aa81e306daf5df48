//! Regular expressions as operators write them: bounded when they are read, linear when they run.

use regex::{Regex, RegexBuilder};

/// The largest pattern, compiled, in bytes (promises: F17).
const MAX_PATTERN: usize = 1 << 20;

/// A regular expression that can be used.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Reads a pattern in the language of the crate `regex`.
    ///
    /// # Errors
    /// A sentence that says why it is none.
    pub fn new(pattern: &str) -> Result<Self, String> {
        RegexBuilder::new(pattern)
            .size_limit(MAX_PATTERN)
            .build()
            .map(Self)
            .map_err(|error| {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or_default().trim().to_owned();
                format!(
                    "`{pattern}` is no regular expression ({reason}); in TOML write it between single quotes"
                )
            })
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether it is found in a text.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// What is taken of a text in which it is found: `replace` with `$1` for the first group; without
    /// it the first group that took part, or all that was found where there is none.
    pub fn take(&self, text: &str, replace: Option<&str>) -> Option<String> {
        let captures = self.0.captures(text)?;
        match replace {
            Some(replace) => {
                let mut out = String::new();
                captures.expand(replace, &mut out);
                Some(out)
            }
            None => captures
                .iter()
                .skip(1)
                .flatten()
                .next()
                .or_else(|| captures.get(0))
                .map(|found| found.as_str().to_owned()),
        }
    }

    /// The text with `replace` wherever the pattern is found.
    pub fn replaced(&self, text: &str, replace: &str) -> String {
        self.0.replace_all(text, replace).into_owned()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken() {
        let pattern = Pattern::new(r"(\d{4})-(\d\d)|none").unwrap();
        assert_eq!(pattern.take("on 2026-03", None).as_deref(), Some("2026"));
        assert_eq!(
            pattern.take("on 2026-03", Some("$2/$1")).as_deref(),
            Some("03/2026")
        );
        assert_eq!(pattern.take("none", None).as_deref(), Some("none"));
        assert_eq!(pattern.take("never", None), None);
        assert_eq!(pattern.replaced("none or 2026-03", ""), " or ");
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        assert!(Pattern::new("(").unwrap_err().contains("single quotes"));
        assert!(Pattern::new(r"(\w{1000}){1000}").is_err());
    }
}
