//! A text -> its sentences, as places in it.
//!
//! A full stop ends a sentence less often than one thinks in this field: `No. 910/2014`,
//! `Art. 5`, `U.S. Department`, `am 4. Dezember`, `z. B.`. Chinese and Japanese have a sign of
//! their own and no space after it.

use std::ops::Range;

use crate::text::words;

/// The sentences of a text in order, without white space and list signs at their ends. Nothing
/// but white space and list signs lies between them.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for block in blocks(text) {
        split(text, block, &mut out);
    }
    out
}

/// Lines; a line that goes on in lower case belongs to the one before.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for line in text.split('\n') {
        let range = at..at + line.len();
        at += line.len() + 1;
        let goes_on = line
            .trim_start()
            .chars()
            .next()
            .is_some_and(|c| c.is_lowercase());
        match out.last_mut() {
            Some(last) if goes_on && last.end + 1 == range.start && last.start < last.end => {
                last.end = range.end;
            }
            _ => out.push(range),
        }
    }
    out
}

fn split(text: &str, block: Range<usize>, out: &mut Vec<Range<usize>>) {
    let Some(words) = text.get(block.clone()) else {
        return;
    };
    let mut start = 0;
    let mut signs = words.char_indices().peekable();
    while let Some((at, c)) = signs.next() {
        if !matches!(
            c,
            '.' | '!' | '?' | '…' | '。' | '！' | '？' | '｡' | '।' | '؟' | '۔'
        ) {
            continue;
        }
        // Signs that close what the sentence opened belong to it.
        let mut end = at + c.len_utf8();
        while let Some((next, sign)) = signs.peek().copied() {
            if !matches!(
                sign,
                '.' | '!'
                    | '?'
                    | '…'
                    | '。'
                    | '！'
                    | '？'
                    | '"'
                    | '”'
                    | '’'
                    | '\''
                    | '»'
                    | ')'
                    | ']'
                    | '」'
                    | '』'
                    | '）'
                    | '》'
            ) {
                break;
            }
            end = next + sign.len_utf8();
            signs.next();
        }
        let before = words.get(start..at).unwrap_or("");
        let after = words.get(end..).unwrap_or("");
        let wide = matches!(c, '。' | '！' | '？' | '｡');
        let ends = wide
            || (after.is_empty() || after.starts_with(char::is_whitespace))
                && (c != '.' || full_stop_ends(before, after));
        if ends {
            push(text, block.start + start..block.start + end, out);
            start = end;
        }
    }
    push(text, block.start + start..block.end, out);
}

/// Adds a range without the white space and list signs at its ends.
fn push(text: &str, range: Range<usize>, out: &mut Vec<Range<usize>>) {
    let Some(words) = text.get(range.clone()) else {
        return;
    };
    let trimmed = words.trim_start();
    let listed = trimmed.trim_start_matches(['•', '‣', '▪', '·', '*', '◦', '■', '●']);
    let listed = listed.strip_prefix("- ").unwrap_or(listed);
    let listed = listed.strip_prefix("– ").unwrap_or(listed).trim_start();
    let start = range.start + (words.len() - listed.len());
    let end = range.start + words.trim_end().len();
    if start < end {
        out.push(start..end);
    }
}

/// Short forms that a sentence goes on after, folded, without their full stop.
const SHORT: &[&str] = &[
    "no", "nos", "nr", "art", "arts", "sec", "secs", "reg", "regs", "para", "paras", "par", "pt",
    "ch", "cl", "subs", "dr", "mr", "mrs", "ms", "prof", "st", "ste", "hon", "sen", "rep", "gov",
    "gen", "lt", "col", "jr", "sr", "vs", "v", "cf", "eg", "ie", "approx", "fig", "figs", "vol",
    "ed", "eds", "rev", "amd", "cor", "pub", "stat", "fed", "cir", "dept", "ref", "refs", "abs",
    "ziff", "rn", "bzw", "ca", "mio", "mrd", "bd", "bsp", "vgl", "inkl", "zzgl", "sog", "evtl",
    "ggf", "usw", "lit", "buchst", "kap", "anm", "hrsg", "az", "num", "pag", "pags", "apdo", "av",
    "tel", "str", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "okt",
    "nov", "dec", "dez", "ust", "poz", "dz", "tys", "proc", "nv", "bv", "sig", "dott", "avv",
    "ing", "ecc", "al", "p", "pp", "n", "s", "l",
];

/// Short forms that may end a sentence; what follows decides.
const EITHER: &[&str] = &[
    "inc", "ltd", "co", "corp", "llc", "plc", "us", "uk", "eu", "dc", "etc", "am", "pm", "sa",
    "ag", "kr", "bn", "m",
];

/// Words that begin sentences and seldom follow a name.
const BEGINS: &[&str] = &[
    "the",
    "a",
    "an",
    "this",
    "that",
    "these",
    "those",
    "it",
    "its",
    "in",
    "on",
    "at",
    "as",
    "for",
    "from",
    "if",
    "to",
    "we",
    "he",
    "she",
    "they",
    "his",
    "her",
    "their",
    "our",
    "but",
    "and",
    "however",
    "when",
    "while",
    "under",
    "after",
    "before",
    "since",
    "with",
    "there",
    "according",
    "both",
    "all",
    "some",
    "companies",
    "organisations",
    "organizations",
    "der",
    "die",
    "das",
    "ein",
    "eine",
    "es",
    "er",
    "sie",
    "im",
    "am",
    "mit",
    "nach",
    "bei",
    "le",
    "la",
    "les",
    "un",
    "une",
    "il",
    "elle",
    "el",
    "los",
    "las",
    "en",
    "cette",
    "ce",
];

/// Whether a full stop between `before` (the sentence so far) and `after` ends the sentence.
fn full_stop_ends(before: &str, after: &str) -> bool {
    let next = after.trim_start();
    let Some(first) = next.chars().next() else {
        return true;
    };
    if first.is_lowercase() {
        return false;
    }
    let last = before
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '/' | '"' | '“' | '«' | '„'))
        .next()
        .unwrap_or("");
    let next_word = words::fold(
        next.split(|c: char| !c.is_alphanumeric())
            .find(|word| !word.is_empty())
            .unwrap_or(""),
    );
    let begins = BEGINS.contains(&next_word.as_str());
    if before.trim().len() == last.len() && last.len() <= 3 && !last.is_empty() {
        // `1. First item`, `a. First item`, `IV. …`: the number of a list.
        let number = last.chars().all(|c| c.is_ascii_digit());
        let roman = last.chars().all(|c| matches!(c, 'I' | 'V' | 'X'));
        if number || roman || last.chars().count() == 1 {
            return false;
        }
    }
    if !last.is_empty() && last.len() <= 2 && last.chars().all(|c| c.is_ascii_digit()) {
        // `am 4. Dezember`, `die 3. Ausgabe`: an ordinal in German, Danish, Polish …
        let earlier = words::fold(
            before
                .trim_end_matches(last)
                .split_whitespace()
                .next_back()
                .unwrap_or(""),
        );
        let ordinal = matches!(
            earlier.as_str(),
            "am" | "vom"
                | "zum"
                | "den"
                | "der"
                | "die"
                | "das"
                | "dem"
                | "des"
                | "ab"
                | "bis"
                | "seit"
                | "im"
                | "und"
                | "d"
                | "dnia"
                | "og"
        );
        return !ordinal;
    }
    let bare: String = words::fold(last)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    if last.contains('.') || last.chars().count() == 1 && last.chars().all(char::is_alphabetic) {
        // `U.S.`, `z.B.`, `e.g.`, `J.`: goes on unless what follows begins sentences.
        let dotted = last.split('.').all(|part| part.chars().count() <= 2);
        if dotted && !last.chars().any(|c| c.is_ascii_digit()) {
            return begins
                && first.is_uppercase()
                && !matches!(bare.as_str(), "eg" | "ie" | "zb" | "dh" | "ua");
        }
    }
    if EITHER.contains(&bare.as_str()) {
        return begins;
    }
    // `Art.` and `art.` alike; but `no.` in lower case after a comma is a word: "We said no."
    if SHORT.contains(&bare.as_str()) {
        let whole = before.trim() == last;
        return bare == "no" && (last == "no" || whole) && begins;
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(text: &str) -> Vec<&str> {
        sentences(text)
            .into_iter()
            .map(|range| &text[range])
            .collect()
    }

    #[test]
    fn a_full_stop_ends_a_sentence_only_where_it_does() {
        for (text, count) in [
            ("One. Two.", 2),
            (
                "Regulation (EU) No. 910/2014 applies. Member States act.",
                2,
            ),
            ("Under Art. 5 and Sec. 12 it is banned.", 1),
            ("The U.S. Department of Justice sued. It won.", 2),
            ("It was sold in the U.S. The firm paid.", 2),
            ("ISO/IEC 42001:2023 is out. ISO/IEC 42006:2025 follows.", 2),
            ("Version 4.0.1 of PCI DSS v4.0 is current.", 1),
            ("Brackley Systems Ltd. was fined. Acme Inc. The end.", 3),
            (
                "Das Gesetz tritt am 6. Dezember in Kraft. Es gilt sofort.",
                2,
            ),
            ("Es betrifft z. B. Banken, d. h. alle. Und Versicherer.", 2),
            ("The cost is $2.5 million. That is much.", 2),
            ("Was it lawful? No. It was not!", 3),
            ("He said: “It is over.” Then he left.", 2),
            ("See pp. 3 et seq. and Dr. J. Smith v. Jones.", 1),
            ("In 2025. Then 2026.", 2),
            ("该办法自2025年9月1日起施行。平台应当添加标识。", 2),
            ("法案が成立した！施行は来年。", 2),
            ("인공지능 기본법이 시행되었다. 과태료는 유예된다.", 2),
            ("• First point\n• Second point\n1. Third. It goes on.", 4),
            ("A line that was\nbroken in the middle. Next.", 2),
            ("The e.g. case. e.g. not.", 1),
            ("", 0),
            (" \n \n", 0),
            ("No full stop", 1),
        ] {
            assert_eq!(told(text).len(), count, "{text}: {:?}", told(text));
        }
        assert_eq!(told("• First point\n- Second"), ["First point", "Second"]);
    }

    proptest! {
        #[test]
        fn every_word_stands_in_one_sentence(text in "(\\PC|[.!?。\n •-]){0,120}") {
            let ranges = sentences(&text);
            let mut last = 0;
            let mut covered = String::new();
            for range in &ranges {
                prop_assert!(range.start >= last && range.start < range.end);
                last = range.end;
                covered.push_str(text.get(range.clone()).unwrap());
            }
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            prop_assert_eq!(letters(&covered), letters(&text));
        }
    }
}
