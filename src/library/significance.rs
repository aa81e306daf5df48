//! `library/significance.toml`: why updates matter, a sentence a rule.

use std::collections::BTreeSet;

use crate::domain::id::is_slug;
use crate::domain::library::FrameworkKind;
use crate::domain::significance::{PLACEHOLDERS, SignificanceRule, placeholders};
use crate::domain::update::{Authority, UpdateKind};
use crate::text::table::{self, Table};

/// The longest sentence, in characters: it stands under a headline.
const LONGEST: usize = 260;

/// `[[significance]]`.
pub(super) fn rules(file: &mut Table<'_>) -> Vec<SignificanceRule> {
    let mut out: Vec<SignificanceRule> = Vec::new();
    let any = file.has("significance");
    for mut table in file.tables("significance") {
        let id = table.require("id", |text| {
            if is_slug(text) {
                Ok(text.to_owned())
            } else {
                Err("a rule's id is of lower-case letters, digits and single hyphens".to_owned())
            }
        });
        let kind = table.require("kind", str::parse::<UpdateKind>);
        let of = table.list("of", framework_kind);
        let role = table.word::<Authority>("role", &["official", "accredited", "secondary"]);
        let words = table.texts("words");
        let sentence = table.required_text("sentence");
        if let Some(sentence) = &sentence {
            for fault in faults(sentence) {
                table.fault("sentence", fault);
            }
        }
        if let Some(id) = &id
            && out.iter().any(|rule| rule.id == *id)
        {
            table.fault(
                "id",
                format!("there is another rule `{id}`: give this one another id"),
            );
        }
        if let (Some(id), Some(kind), Some(sentence)) = (id, kind, sentence) {
            out.push(SignificanceRule {
                id,
                kind,
                of,
                role,
                words,
                sentence,
            });
        }
        table.finish();
    }
    if any {
        let covered: BTreeSet<UpdateKind> = out
            .iter()
            .filter(|rule| {
                rule.of.is_empty()
                    && rule.role.is_none()
                    && rule.words.is_empty()
                    && placeholders(&rule.sentence).is_ok_and(|names| names.is_empty())
            })
            .map(|rule| rule.kind)
            .collect();
        for kind in UpdateKind::ALL {
            if !covered.contains(kind) {
                file.fault(
                    "significance",
                    format!(
                        "no rule for every update of kind `{}`: add one without `of`, `role`, `words` and names in braces",
                        kind.as_str()
                    ),
                );
            }
        }
    }
    out
}

fn framework_kind(text: &str) -> Result<FrameworkKind, String> {
    Ok(match text {
        "standard" => FrameworkKind::Standard,
        "law" => FrameworkKind::Law,
        "framework" => FrameworkKind::Framework,
        "attestation" => FrameworkKind::Attestation,
        "guidance" => FrameworkKind::Guidance,
        _ => {
            return Err(format!(
                "`{text}` is no kind of framework: standard, law, framework, attestation or guidance"
            ));
        }
    })
}

fn faults(sentence: &str) -> Vec<String> {
    let mut out = Vec::new();
    match placeholders(sentence) {
        Ok(names) => {
            for name in names {
                if !PLACEHOLDERS.contains(&name) {
                    out.push(match table::nearest(name, PLACEHOLDERS.iter().copied()) {
                        Some(near) => {
                            format!("nothing is put in for {{{name}}}: did you mean {{{near}}}?")
                        }
                        None => format!("nothing is put in for {{{name}}}"),
                    });
                }
            }
        }
        Err(fault) => out.push(fault),
    }
    if !sentence.ends_with('.') || sentence.trim() != sentence {
        out.push("a sentence ends with a full stop and has no space around it".to_owned());
    }
    if !sentence.starts_with(|c: char| c.is_uppercase() || c == '{') {
        out.push("a sentence begins with a capital or a name in braces".to_owned());
    }
    if sentence.chars().count() > LONGEST {
        out.push(format!("at most {LONGEST} characters"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::significance::{Names, significance};
    use crate::library::{Files, load};

    #[test]
    fn the_table_in_the_binary_answers_for_every_kind_and_sort_of_framework() {
        let loaded = load(&Files::built_in());
        let rules = &loaded.library.significance;
        assert!(rules.len() >= 60, "{} rules", rules.len());
        let names = Names {
            framework: Some("ISO/IEC 42001"),
            body: Some("ISO"),
            reference: Some("ISO/IEC 42001:2023"),
            date: Some("2 August 2026"),
        };
        for kind in UpdateKind::ALL {
            for framework in [
                None,
                Some(FrameworkKind::Standard),
                Some(FrameworkKind::Law),
                Some(FrameworkKind::Framework),
                Some(FrameworkKind::Attestation),
                Some(FrameworkKind::Guidance),
            ] {
                for names in [&names, &Names::default()] {
                    let told =
                        significance(rules, Some(*kind), framework, None, names, "").unwrap();
                    assert!(!told.sentence.contains(['{', '}']), "{told:?}");
                    assert!(told.sentence.ends_with('.'), "{told:?}");
                }
            }
        }
    }

    #[test]
    fn the_updates_of_a_standard_get_the_sentences_that_suit_them() {
        let loaded = load(&Files::built_in());
        let names = Names {
            framework: Some("ISO/IEC 42001"),
            body: Some("UKAS"),
            reference: Some("ISO/IEC 42001"),
            date: None,
        };
        for (kind, framework, rule) in [
            (
                UpdateKind::AccreditationGranted,
                FrameworkKind::Standard,
                "accreditation-standard",
            ),
            (
                UpdateKind::NewEdition,
                FrameworkKind::Standard,
                "new-edition-standard",
            ),
            (
                UpdateKind::NationalAdoption,
                FrameworkKind::Standard,
                "national-adoption-standard",
            ),
            (
                UpdateKind::WorkItem,
                FrameworkKind::Standard,
                "work-item-standard",
            ),
            (
                UpdateKind::StatusConfirmed,
                FrameworkKind::Standard,
                "confirmed-standard",
            ),
            (
                UpdateKind::MappingPublished,
                FrameworkKind::Framework,
                "mapping-framework",
            ),
            (
                UpdateKind::CertificationOffer,
                FrameworkKind::Standard,
                "offer-standard",
            ),
            (
                UpdateKind::Enforcement,
                FrameworkKind::Law,
                "enforcement-law",
            ),
        ] {
            let told = significance(
                &loaded.library.significance,
                Some(kind),
                Some(framework),
                None,
                &names,
                "",
            )
            .unwrap();
            assert_eq!(told.rule, rule, "{}", told.sentence);
        }
    }

    #[test]
    fn a_wrong_table_is_told_whole() {
        let text = r#"
[[significance]]
id = "A"
kind = "news"
sentence = "x"

[[significance]]
id = "a"
kind = "event"
of = ["statute"]
sentence = "{framwork} does it"

[[significance]]
id = "a"
kind = "event"
role = "officer"
sentence = "A sentence."
"#;
        let loaded = load(
            &Files::built_in().with_library_file("library/significance.toml", text.to_owned()),
        );
        let told: Vec<String> = loaded
            .faults
            .iter()
            .filter(|fault| fault.file == "library/significance.toml")
            .map(ToString::to_string)
            .collect();
        for part in [
            "lower-case letters",
            "`news` is no kind",
            "`statute` is no kind of framework",
            "did you mean {framework}?",
            "full stop",
            "another rule `a`",
            "officer",
            "no rule for every update of kind `guidance`",
        ] {
            assert!(
                told.iter().any(|fault| fault.contains(part)),
                "{part}: {told:#?}"
            );
        }
    }
}
