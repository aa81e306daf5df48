//! Why an update matters: one sentence of ours, by rule from what happened, to what sort of
//! framework, and who says so.

use super::library::FrameworkKind;
use super::update::{Authority, UpdateKind};
use crate::text::words::for_each_token;

/// One line of the table `library/significance.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignificanceRule {
    /// Its name, shown beside the sentence.
    pub id: String,
    /// What happened.
    pub kind: UpdateKind,
    /// The kinds of framework it holds for; empty for any, and for updates without one.
    pub of: Vec<FrameworkKind>,
    /// Who must speak; none for anybody.
    pub role: Option<Authority>,
    /// Words of which one must stand in the headline or in the summary; empty where none need.
    pub words: Vec<String>,
    /// The sentence, with [`PLACEHOLDERS`] in braces.
    pub sentence: String,
}

/// What may stand in braces in a sentence.
pub const PLACEHOLDERS: &[&str] = &["framework", "body", "reference", "date"];

/// The names that are put into a sentence, where the update has them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names<'a> {
    /// The primary framework's short name.
    pub framework: Option<&'a str>,
    /// The body that acts.
    pub body: Option<&'a str>,
    /// The citation that the event is about.
    pub reference: Option<&'a str>,
    /// The key date, as it is written for readers.
    pub date: Option<&'a str>,
}

impl<'a> Names<'a> {
    fn of(&self, placeholder: &str) -> Option<&'a str> {
        match placeholder {
            "framework" => self.framework,
            "body" => self.body,
            "reference" => self.reference,
            "date" => self.date,
            _ => None,
        }
        .filter(|name| !name.trim().is_empty())
    }
}

/// A sentence and the rule that gave it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Significance {
    /// The rule's name.
    pub rule: String,
    /// The sentence.
    pub sentence: String,
}

/// The sentence for an update: of the rules that fit and whose names are all known, the one
/// that says most (the update's own words before the kind of framework before the role before the
/// number of names); among equals the first of the table. None where the update has no kind, or the table no rule.
pub fn significance(
    rules: &[SignificanceRule],
    kind: Option<UpdateKind>,
    framework: Option<FrameworkKind>,
    role: Option<Authority>,
    names: &Names<'_>,
    said: &str,
) -> Option<Significance> {
    let kind = kind?;
    let said = spaced(said);
    let mut best: Option<((bool, bool, bool, usize), Significance)> = None;
    for rule in rules.iter().filter(|rule| rule.kind == kind) {
        let of_kind = rule.of.is_empty() || framework.is_some_and(|kind| rule.of.contains(&kind));
        let by_role = rule.role.is_none() || rule.role == role;
        let by_words =
            rule.words.is_empty() || rule.words.iter().any(|word| said.contains(&spaced(word)));
        if !of_kind || !by_role || !by_words {
            continue;
        }
        let Some((sentence, filled)) = fill(&rule.sentence, names) else {
            continue;
        };
        let says = (
            !rule.words.is_empty(),
            !rule.of.is_empty(),
            rule.role.is_some(),
            filled,
        );
        if best.as_ref().is_none_or(|(other, _)| says > *other) {
            best = Some((
                says,
                Significance {
                    rule: rule.id.clone(),
                    sentence,
                },
            ));
        }
    }
    best.map(|(_, significance)| significance)
}

/// The words of a text, folded, each between spaces.
fn spaced(text: &str) -> String {
    let mut out = " ".to_owned();
    for_each_token(text, &mut |word: &str, _, _, _| {
        out.push_str(word);
        out.push(' ');
    });
    out
}

/// The placeholders of a sentence in order; an error names what is wrong with its braces.
///
/// # Errors
/// When a brace has no partner.
pub fn placeholders(sentence: &str) -> Result<Vec<&str>, String> {
    let mut out = Vec::new();
    let mut rest = sentence;
    while let Some(at) = rest.find(['{', '}']) {
        if rest.get(at..).is_some_and(|rest| rest.starts_with('}')) {
            return Err("a closing brace without an opening one".to_owned());
        }
        let after = rest.get(at + 1..).unwrap_or("");
        let end = after
            .find(['{', '}'])
            .filter(|end| after.get(*end..).is_some_and(|rest| rest.starts_with('}')))
            .ok_or_else(|| "an opening brace without a closing one".to_owned())?;
        out.push(after.get(..end).unwrap_or(""));
        rest = after.get(end + 1..).unwrap_or("");
    }
    Ok(out)
}

/// The sentence with its names put in, and how many different ones; none when one is missing.
fn fill(sentence: &str, names: &Names<'_>) -> Option<(String, usize)> {
    let mut wanted = placeholders(sentence).ok()?;
    let mut out = String::with_capacity(sentence.len() + 40);
    let mut rest = sentence;
    for placeholder in &wanted {
        let at = rest.find('{')?;
        out.push_str(rest.get(..at)?);
        out.push_str(names.of(placeholder)?.trim());
        rest = rest.get(at + placeholder.len() + 2..)?;
    }
    out.push_str(rest);
    wanted.sort_unstable();
    wanted.dedup();
    // A sentence begins with a capital, also where a name in lower case begins it.
    let mut letters = out.chars();
    let first = letters.next()?;
    let out = if first.is_lowercase() && sentence.starts_with('{') {
        first.to_uppercase().chain(letters).collect()
    } else {
        out
    };
    Some((out, wanted.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(
        id: &str,
        of: &[FrameworkKind],
        role: Option<Authority>,
        sentence: &str,
    ) -> SignificanceRule {
        SignificanceRule {
            id: id.to_owned(),
            kind: UpdateKind::NewEdition,
            of: of.to_vec(),
            role,
            words: Vec::new(),
            sentence: sentence.to_owned(),
        }
    }

    #[test]
    fn the_rule_that_says_most_wins_and_a_missing_name_passes_it_over() {
        let rules = [
            rule("any", &[], None, "A new text is out."),
            rule("named", &[], None, "A new text of {framework} is out."),
            rule(
                "standard",
                &[FrameworkKind::Standard],
                None,
                "{framework} is now {reference}.",
            ),
            rule(
                "secondary",
                &[],
                Some(Authority::Secondary),
                "Somebody says so.",
            ),
        ];
        let names = Names {
            framework: Some("ISO 9001"),
            ..Names::default()
        };
        let told = |framework, role, names: &Names<'_>| {
            significance(
                &rules,
                Some(UpdateKind::NewEdition),
                framework,
                role,
                names,
                "",
            )
            .map(|s| (s.rule, s.sentence))
        };
        let said = |rule: &str, sentence: &str| Some((rule.to_owned(), sentence.to_owned()));
        let standard = Some(FrameworkKind::Standard);
        assert_eq!(
            told(None, None, &Names::default()),
            said("any", "A new text is out.")
        );
        assert_eq!(
            told(standard, None, &names),
            said("named", "A new text of ISO 9001 is out.")
        );
        let cited = Names {
            reference: Some("ISO 9001:2026"),
            ..names
        };
        assert_eq!(
            told(standard, None, &cited),
            said("standard", "ISO 9001 is now ISO 9001:2026.")
        );
        assert_eq!(
            told(None, Some(Authority::Secondary), &names),
            said("secondary", "Somebody says so.")
        );
        assert_eq!(significance(&rules, None, standard, None, &names, ""), None);
        assert_eq!(
            significance(&rules, Some(UpdateKind::Event), standard, None, &names, ""),
            None
        );
    }

    #[test]
    fn braces_are_read() {
        assert_eq!(placeholders("a {x} b {y}."), Ok(vec!["x", "y"]));
        assert_eq!(placeholders("none."), Ok(vec![]));
        for wrong in ["a {x", "a } b", "{a{b}}"] {
            assert!(placeholders(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_rule_for_words_counts_where_one_stands() {
        let rules = [
            rule(
                "named",
                &[FrameworkKind::Standard],
                None,
                "{framework} is out.",
            ),
            SignificanceRule {
                words: vec!["alleged".to_owned(), "not proven".to_owned()],
                ..rule("alleged", &[], None, "Wait for what is confirmed.")
            },
        ];
        let names = Names {
            framework: Some("ISO 9001"),
            ..Names::default()
        };
        let told = |said: &str| {
            let kind = Some(UpdateKind::NewEdition);
            significance(
                &rules,
                kind,
                Some(FrameworkKind::Standard),
                None,
                &names,
                said,
            )
            .map(|told| told.rule)
        };
        assert_eq!(told("An edition is out").as_deref(), Some("named"));
        assert_eq!(told("Copies ALLEGED: a report").as_deref(), Some("alleged"));
        assert_eq!(
            told("It is reported and not  proven.").as_deref(),
            Some("alleged")
        );
        assert_eq!(told("Unalleged").as_deref(), Some("named"));
    }
}
