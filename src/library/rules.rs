//! `library/cues.toml` and `library/kinds.toml`: how ambiguous forms and kinds are recognised.

use super::{Links, Named};
use crate::domain::id::{BodyId, FrameworkId, JurisdictionId};
use crate::domain::library::{Cue, KindBook, KindRule, MannerBook, Meaning, Sense};
use crate::domain::update::UpdateKind;
use crate::text::table::Table;

/// `[[words]]`, and `[[cue]]` with its `[[cue.meaning]]`.
pub(super) fn cues(file: &mut Table<'_>, links: &mut Links) -> Vec<Cue> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for mut table in file.tables("words") {
        let name = table.required_text("name");
        let words = table.texts("words");
        table.allow(&["note"]);
        table.finish();
        groups.extend(name.map(|name| (name, words)));
    }
    let mut out = Vec::new();
    for mut table in file.tables("cue") {
        let form = table.required_text("form");
        let case_sensitive = table.flag("case_sensitive").unwrap_or(true);
        let alone = table.flag("alone").unwrap_or(false);
        let mut meanings = Vec::new();
        for mut meaning in table.tables("meaning") {
            let framework = meaning.read("framework", str::parse::<FrameworkId>);
            let body = meaning.read("body", str::parse::<BodyId>);
            let jurisdiction = meaning.read("jurisdiction", str::parse::<JurisdictionId>);
            let nothing = meaning.text("none");
            let act = meaning.text("act");
            if let Some(id) = &framework {
                links.mention(Named::Framework, id.as_str(), meaning.place("framework"));
            }
            if let Some(id) = &body {
                links.mention(Named::Body, id.as_str(), meaning.place("body"));
            }
            if let Some(id) = &jurisdiction {
                links.mention(
                    Named::Jurisdiction,
                    id.as_str(),
                    meaning.place("jurisdiction"),
                );
            }
            let senses: Vec<Sense> = framework
                .map(Sense::Framework)
                .into_iter()
                .chain(body.map(Sense::Body))
                .chain(jurisdiction.map(Sense::Jurisdiction))
                .chain(nothing.map(Sense::Nothing))
                .chain(act.map(Sense::Act))
                .collect();
            let [any, not] = ["any", "not"].map(|list| {
                let mut out = Vec::new();
                for word in meaning.texts(list) {
                    match class_name(&word) {
                        None => out.push(word),
                        Some(name) => match groups.iter().find(|(group, _)| group == name) {
                            Some((_, words)) => out.extend(words.iter().cloned()),
                            None => meaning.fault(list, format!("there are no words `{name}`")),
                        },
                    }
                }
                out
            });
            let default = meaning.flag("default").unwrap_or(false);
            meaning.allow(&["note"]);
            match <[Sense; 1]>::try_from(senses) {
                Ok([sense]) => meanings.push(Meaning {
                    sense,
                    any,
                    not,
                    default,
                }),
                Err(_) => meaning.fault(
                    "",
                    "a meaning names exactly one of framework, body, jurisdiction, act or none",
                ),
            }
            meaning.finish();
        }
        if meanings.iter().filter(|meaning| meaning.default).count() > 1 {
            table.fault("", "only one meaning can be the default");
        }
        table.allow(&["note"]);
        if let Some(form) = form {
            out.push(Cue {
                form,
                case_sensitive,
                alone,
                meanings,
            });
        }
        table.finish();
    }
    out
}

/// `[manners]`: words around a name by which it is no mention.
pub(super) fn manners(file: &mut Table<'_>, book: &mut MannerBook) {
    let Some(mut table) = file.table("manners") else {
        return;
    };
    for (name, list) in MannerBook::LISTS.iter().zip(&mut book.lists) {
        list.extend(table.texts(name));
    }
    table.allow(&["note"]);
    table.finish();
}

/// `[trusted]`: hosts that secondary sources are linked at.
pub(super) fn trusted(file: &mut Table<'_>) -> Vec<String> {
    let Some(mut table) = file.table("trusted") else {
        return Vec::new();
    };
    let hosts = table.list("hosts", |host| {
        let is_host = host.contains('.')
            && host
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'));
        if is_host {
            Ok(host.to_owned())
        } else {
            Err(format!(
                "`{host}` is no host: write it as law.example, in lower case"
            ))
        }
    });
    table.finish();
    hosts
}

/// `[[kind]]`, `[[class]]` and `[reading]`.
pub(super) fn kinds(file: &mut Table<'_>, book: &mut KindBook) {
    for mut table in file.tables("class") {
        let name = table.required_text("name");
        let words = table.texts("words");
        lower_case(&table, "words", &words);
        known_classes(&table, "words", &words, book);
        if words.is_empty() {
            table.fault("words", "a class without words matches nothing");
        }
        table.allow(&["note"]);
        table.finish();
        book.classes.extend(name.map(|name| (name, words)));
    }
    if let Some(mut table) = file.table("reading") {
        for (name, list) in KindBook::LISTS.iter().enumerate() {
            let words = table.texts(list);
            lower_case(&table, list, &words);
            known_classes(&table, list, &words, book);
            if let Some(into) = book.lists.get_mut(name) {
                into.extend(words);
            }
        }
        table.allow(&["note"]);
        table.finish();
    }
    for mut table in file.tables("kind") {
        let kind = table.require("id", str::parse::<UpdateKind>);
        let rank = table.number("rank");
        let [first, labels, phrases, verbs, soft, last, last_soft, not] = [
            "first",
            "labels",
            "phrases",
            "verbs",
            "soft",
            "last",
            "last_soft",
            "not",
        ]
        .map(|key| {
            let list = table.texts(key);
            lower_case(&table, key, &list);
            known_classes(&table, key, &list, book);
            list
        });
        let summary = table.flag("summary").unwrap_or(true);
        table.allow(&["name", "meaning", "note"]);
        let rank = rank.and_then(|rank| u32::try_from(rank).ok());
        if rank.is_none() {
            table.fault("rank", "a kind needs a rank from 1 (wins first)");
        }
        if let (Some(kind), Some(rank)) = (kind, rank) {
            book.rules.push(KindRule {
                kind,
                rank,
                first,
                labels,
                phrases,
                verbs,
                soft,
                last,
                last_soft,
                not,
                summary,
            });
        }
        table.finish();
    }
}

/// What a phrase may name besides the classes of the file.
const RECOGNISED: &[&str] = &[
    "reference",
    "edition",
    "draftref",
    "projectref",
    "supplement",
    "adopted",
    "framework",
    "law",
    "billref",
    "code",
    "standard",
    "scheme",
    "body",
    "authority",
    "court",
    "legislature",
    "certifier",
    "accreditor",
    "sdo",
    "place",
];

fn known_classes(table: &Table<'_>, key: &'static str, phrases: &[String], book: &KindBook) {
    for phrase in phrases {
        for name in phrase.split_whitespace().filter_map(class_name) {
            if !RECOGNISED.contains(&name) && !book.classes.iter().any(|(class, _)| class == name) {
                table.fault(
                    key,
                    format!("`{phrase}`: no class `{name}` is written before it"),
                );
            }
        }
        if phrase.starts_with(['_', '~']) || phrase.ends_with(['_', '~']) {
            table.fault(key, format!("`{phrase}`: a gap stands between words"));
        }
    }
}

fn class_name(word: &str) -> Option<&str> {
    word.strip_prefix('<')?.strip_suffix('>')
}

fn lower_case(table: &Table<'_>, key: &'static str, phrases: &[String]) {
    for phrase in phrases {
        if phrase.trim().is_empty() || phrase.chars().any(char::is_uppercase) {
            table.fault(
                key,
                format!("`{phrase}`: phrases are written in lower case"),
            );
        }
    }
}
