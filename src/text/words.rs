//! Folding and tokens: the one reading of words, for search, matching and comparing.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::bytes;
use super::runs::Runs;

/// The longest word kept, in bytes; a longer run is no word.
const LONGEST: usize = 80;

/// The text in lower case without marks and width: `Règlement ＡＩ` -> `reglement ai`.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Appends the folded text; `out` is best empty, for Hangul is put together over all of it.
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        fold_ascii(text, out);
        return;
    }
    for c in text.nfkd() {
        if is_combining_mark(c) || c == '\u{640}' {
            continue;
        }
        match c {
            'ß' | 'ẞ' => out.push_str("ss"),
            'ø' | 'Ø' => out.push('o'),
            'ł' | 'Ł' => out.push('l'),
            'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
            'æ' | 'Æ' => out.push_str("ae"),
            'œ' | 'Œ' => out.push_str("oe"),
            'þ' | 'Þ' => out.push_str("th"),
            'ı' => out.push('i'),
            c => out.extend(c.to_lowercase()),
        }
    }
    // Hangul was taken apart into its letters; words are compared whole.
    if out.contains(|c: char| ('\u{1100}'..='\u{11ff}').contains(&c)) {
        *out = out.nfc().collect();
    }
}

/// The same for a text of plain letters, as a whole.
fn fold_ascii(text: &str, out: &mut String) {
    let from = out.len();
    out.push_str(text);
    if let Some(added) = out.get_mut(from..) {
        added.make_ascii_lowercase();
    }
}

/// One word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The word, folded.
    pub text: String,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Its place among the words, from 0.
    pub position: usize,
}

/// The words of a text.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    for_each_token(text, &mut |word: &str, start, end, position| {
        out.push(Token::new(word, start, end, position));
    });
    out
}

impl Token {
    fn new(word: &str, start: usize, end: usize, position: usize) -> Self {
        Self {
            text: word.to_owned(),
            start,
            end,
            position,
        }
    }
}

/// Calls `f(folded word, start, end, position)` for each word, without making a string for each.
///
/// Letters and digits make words; scripts without spaces (Chinese, Japanese, Korean, Thai …)
/// give overlapping pairs of signs, so that any part of a phrase is found.
pub fn for_each_token(text: &str, f: &mut impl FnMut(&str, usize, usize, usize)) {
    // Plain letters fold all at once, each at its place.
    let lower = text.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    let runs = Runs::of(bytes);
    let mut buffer = String::new();
    let mut position = 0;
    let mut at = 0;
    // Characters of other scripts are read one by one, where they come before the next plain run or
    // hang on it.
    let mut other = first_other(bytes, 0);
    let mut run = runs.next_word(0);
    loop {
        if run.is_some_and(|(start, _)| start < at) {
            run = runs.next_word(at);
        }
        let (start, end) = run.unwrap_or((bytes.len(), bytes.len()));
        if other <= end && other < bytes.len() {
            let from = if other == end && start < end {
                start
            } else {
                other.min(start)
            };
            at = self::run(text, from, &mut buffer, &mut position, f);
            if other < at {
                other = first_other(bytes, at);
            }
            continue;
        }
        if run.is_none() {
            return;
        }
        if end - start <= LONGEST {
            f(lower.get(start..end).unwrap_or(""), start, end, position);
        }
        position += 1;
        at = end;
    }
}

/// Where the first character stands from a place on that is not ASCII; the end, where there is none.
fn first_other(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or(&[]);
    bytes::first(rest, |byte| !byte.is_ascii()).map_or(bytes.len(), |at| from + at)
}

/// Reads one run of characters that are not all ASCII; returns where it ends.
fn run(
    text: &str,
    start: usize,
    buffer: &mut String,
    position: &mut usize,
    f: &mut impl FnMut(&str, usize, usize, usize),
) -> usize {
    let rest = text.get(start..).unwrap_or("");
    let mut end = start;
    let mut pairs: Option<bool> = None;
    for (offset, c) in rest.char_indices() {
        let word = c.is_alphanumeric() || is_combining_mark(c) || c == '\u{640}';
        if !word || (pairs.is_some_and(|pairs| pairs != unspaced(c)) && !is_combining_mark(c)) {
            break;
        }
        pairs.get_or_insert(unspaced(c));
        end = start + offset + c.len_utf8();
    }
    if end == start {
        // No letter: step over it.
        return start + rest.chars().next().map_or(1, char::len_utf8);
    }
    let run = text.get(start..end).unwrap_or("");
    if pairs == Some(true) {
        let signs: Vec<(usize, char)> = run.char_indices().collect();
        let last = signs.len().saturating_sub(1);
        for (place, (offset, _)) in signs.iter().enumerate() {
            if place == last && last > 0 {
                break;
            }
            let until = signs
                .get(place + 2)
                .map_or(run.len(), |(offset, _)| *offset);
            buffer.clear();
            fold_into(run.get(*offset..until).unwrap_or(""), buffer);
            // Two marks side by side fold to nothing.
            if !buffer.is_empty() {
                f(buffer, start + offset, start + until, *position);
            }
            *position += 1;
        }
    } else {
        buffer.clear();
        fold_into(run, buffer);
        if !buffer.is_empty() && buffer.len() <= LONGEST {
            f(buffer, start, end, *position);
        }
        *position += 1;
    }
    end
}

/// Whether the sign belongs to a script that writes without spaces.
fn unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_are_what_people_search_for() {
        for (text, expected) in [
            ("ISO/IEC 42001:2023", vec!["iso", "iec", "42001", "2023"]),
            ("ISO's e-mail", vec!["iso", "s", "e", "mail"]),
            ("Règlement (UE) l'IA", vec!["reglement", "ue", "l", "ia"]),
            ("Straße Øresund Łódź", vec!["strasse", "oresund", "lodz"]),
            ("人工知能", vec!["人工", "工知", "知能"]),
            ("法", vec!["法"]),
            ("AI规定2026", vec!["ai", "规定", "2026"]),
            ("인공지능", vec!["인공", "공지", "지능"]),
            ("ＦＵＬＬ width", vec!["full", "width"]),
            ("مُحَمَّد", vec!["محمد"]),
            ("", vec![]),
            ("— – …", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    /// The same words, byte by byte.
    fn slowly(text: &str) -> Vec<Token> {
        let bytes = text.as_bytes();
        let mut out = Vec::new();
        let mut buffer = String::new();
        let (mut at, mut position) = (0, 0);
        while let Some(byte) = bytes.get(at) {
            if byte.is_ascii() && !byte.is_ascii_alphanumeric() {
                at += 1;
                continue;
            }
            let start = at;
            while bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
                at += 1;
            }
            if at > start && bytes.get(at).is_none_or(u8::is_ascii) {
                if at - start <= LONGEST {
                    let word = text[start..at].to_ascii_lowercase();
                    out.push(Token::new(&word, start, at, position));
                }
                position += 1;
                continue;
            }
            at = run(
                text,
                start,
                &mut buffer,
                &mut position,
                &mut |word: &str, start, end, position| {
                    out.push(Token::new(word, start, end, position));
                },
            );
        }
        out
    }

    proptest! {
        #[test]
        fn many_at_a_time_are_the_same_words(
            text in "[a-zA-Z0-9 .,\\-éßŁ\u{301}\u{ad}’“—法規ไทย한ｱＡ]{0,160}",
        ) {
            prop_assert_eq!(tokens(&text), slowly(&text), "{}", text);
        }
    }

    proptest! {
        #[test]
        fn tokens_lie_in_the_text_in_order(text in "\\PC{0,60}") {
            let mut last = None;
            for token in tokens(&text) {
                prop_assert!(text.get(token.start..token.end).is_some());
                prop_assert!(token.start < token.end);
                if let Some(position) = last {
                    prop_assert!(token.position > position);
                }
                last = Some(token.position);
            }
        }

        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(words(&once), words(&fold(&once)));
        }
    }
}
