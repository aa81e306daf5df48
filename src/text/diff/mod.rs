//! Word diff: what stayed, what went and what came between two texts.
//!
//! The result is a list of [`Span`]s that know no format; [`marked`] writes them for a page, a
//! mail or plain text, with every sign of the texts made harmless. Words are compared whole and
//! never by letters: of 63 and 66, no one wants to read `6[3→6]`.

mod steps;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use self::steps::{Numbered, steps};
use super::html::{self, SafeHtml};

/// What became of a stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// In both texts.
    Equal,
    /// Only in the earlier text.
    Removed,
    /// Only in the later text.
    Added,
}

/// A stretch of text and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// What became of it.
    pub part: Part,
    /// Its words, with the blanks after them.
    pub text: String,
}

/// The spans between two texts, in reading order; where words were replaced, what went stands
/// before what came. Blanks, kinds of quotation marks and kinds of dashes are no difference.
pub fn words(before: &str, after: &str) -> Vec<Span> {
    let mut numbers = Numbers::default();
    let (old, new) = (pieces(before), pieces(after));
    let numbered = (
        Numbered::new(&old, &mut numbers),
        Numbered::new(&new, &mut numbers),
    );
    let mut out = Spans::default();
    for step in steps(&numbered.0, &numbered.1) {
        out.take(Part::Removed, old.get(step.removed).unwrap_or(&[]));
        out.take(Part::Added, new.get(step.added).unwrap_or(&[]));
        out.take(Part::Equal, new.get(step.equal).unwrap_or(&[]));
    }
    out.0
}

/// The steps between two sequences of numbers (words, say): where they differ, the range that went
/// and the range that came.
pub fn runs(old: &[u32], new: &[u32]) -> Vec<(Range<usize>, Range<usize>)> {
    let numbered = |keys: &[u32]| Numbered {
        keys: keys.to_vec(),
        ends: vec![keys.len()],
    };
    steps(&numbered(old), &numbered(new))
        .into_iter()
        .filter(|step| !step.removed.is_empty() || !step.added.is_empty())
        .map(|step| (step.removed, step.added))
        .collect()
}

/// A text in which the pieces that are picked have one fate, and the rest stays.
pub fn picked(text: &str, part: Part, mut is_picked: impl FnMut(&str) -> bool) -> Vec<Span> {
    let mut out = Spans::default();
    for piece in pieces(text) {
        let part = if is_picked(piece) { part } else { Part::Equal };
        out.take(part, &[piece]);
    }
    out.0
}

/// A text in which everything has one fate.
pub fn whole(part: Part, text: &str) -> Vec<Span> {
    if text.is_empty() {
        return Vec::new();
    }
    vec![Span {
        part,
        text: text.to_owned(),
    }]
}

/// The earlier text of a diff.
pub fn before(spans: &[Span]) -> String {
    without(spans, Part::Added)
}

/// The later text of a diff.
pub fn after(spans: &[Span]) -> String {
    without(spans, Part::Removed)
}

fn without(spans: &[Span], part: Part) -> String {
    let kept = spans.iter().filter(|span| span.part != part);
    kept.map(|span| span.text.as_str()).collect()
}

/// The spans with their unchanged stretches cut to so many words beside a change.
pub fn shortened(spans: &[Span], around: usize) -> Vec<Span> {
    let last = spans.len().saturating_sub(1);
    let mut out = Vec::with_capacity(spans.len());
    for (place, span) in spans.iter().enumerate() {
        let (head, tail) = (place > 0, place < last);
        let text = match span.part {
            Part::Equal if spans.len() > 1 => elided(&span.text, around, head, tail),
            _ => Cow::Borrowed(span.text.as_str()),
        };
        out.push(Span {
            part: span.part,
            text: text.into_owned(),
        });
    }
    out
}

/// A text without its middle (or beginning, or end, where no change stands there).
fn elided(text: &str, around: usize, head: bool, tail: bool) -> Cow<'_, str> {
    let pieces = pieces(text);
    let keep = around * (usize::from(head) + usize::from(tail));
    if pieces.len() <= keep + 2 {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    if head {
        out.extend(pieces.iter().take(around).copied());
        out.truncate(out.trim_end().len());
        out.push(' ');
    }
    out.push('…');
    if tail {
        out.push(' ');
        out.extend(pieces.iter().skip(pieces.len() - around).copied());
    } else if text.ends_with(char::is_whitespace) {
        out.push(' ');
    }
    Cow::Owned(out)
}

/// How spans are marked in one format.
#[derive(Clone, Copy, Debug)]
pub struct Marks {
    /// How what was taken away begins and ends.
    pub removed: (&'static str, &'static str),
    /// How what was added begins and ends.
    pub added: (&'static str, &'static str),
    html: bool,
}

impl Marks {
    /// A page: `del` and `ins`.
    pub const HTML: Self = Self {
        removed: ("<del>", "</del>"),
        added: ("<ins>", "</ins>"),
        html: true,
    };
    /// A mail: some mail readers take `del` and `ins` away, so the look is in the element itself.
    pub const MAIL: Self = Self {
        removed: (
            "<del style=\"color:#9f1a1a;background-color:#fde8e8;text-decoration:line-through\">",
            "</del>",
        ),
        added: (
            "<ins style=\"color:#0b5a2b;background-color:#dff5e6;text-decoration:underline\">",
            "</ins>",
        ),
        html: true,
    };
    /// Plain text, as `wdiff` writes it.
    pub const TEXT: Self = Self {
        removed: ("[-", "-]"),
        added: ("{+", "+}"),
        html: false,
    };
}

/// The spans as text of a format; nothing in them can be markup of that format.
pub fn marked(spans: &[Span], marks: &Marks) -> String {
    let mut out = String::new();
    for span in spans {
        let body = span.text.trim_end();
        let blanks = span.text.get(body.len()..).unwrap_or("");
        let (open, close) = match span.part {
            Part::Equal => ("", ""),
            _ if body.is_empty() => ("", ""),
            Part::Removed => marks.removed,
            Part::Added => marks.added,
        };
        out.push_str(open);
        if marks.html {
            escape(body, &mut out);
        } else {
            out.extend(body.chars().filter(|c| !c.is_control() || *c == '\n'));
        }
        out.push_str(close);
        // A line end between two blocks counts, and a blank at the end of a span.
        out.push_str(match blanks {
            "" => "",
            blanks if blanks.contains('\n') && marks.html => "<br>",
            blanks if blanks.contains('\n') => "\n",
            _ => " ",
        });
    }
    out.truncate(out.trim_end().len());
    out
}

/// The spans as safe HTML, with `del` and `ins`.
pub fn safe_html(spans: &[Span]) -> SafeHtml {
    html::safe_html(&marked(spans, &Marks::HTML), None)
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("<br>"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
}

/// The pieces that are compared: words with the signs that belong to them (`12.5`, `don't`,
/// `2024/1689`), single signs of scripts without spaces, and each other sign; blanks stay with
/// what stands before them.
fn pieces(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = if is_word(first) && !alone(first) {
            word_length(rest)
        } else {
            first.len_utf8()
        };
        let after = rest.get(word..).unwrap_or("");
        let blanks = after.len() - after.trim_start().len();
        let (piece, left) = rest.split_at(word + blanks);
        out.push(piece);
        rest = left;
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

/// Signs that are words by themselves: Chinese and Japanese, Thai, Lao, Khmer, Burmese.
fn alone(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// The length of the word that a text begins with; signs between its letters and digits are its.
fn word_length(text: &str) -> usize {
    let mut end = 0;
    let mut signs = text.char_indices().peekable();
    while let Some((at, c)) = signs.next() {
        if is_word(c) && !alone(c) {
            end = at + c.len_utf8();
            continue;
        }
        let joins = matches!(c, '.' | ',' | '/' | ':' | '-' | '\'' | '’' | '‑' | '_')
            && signs
                .peek()
                .is_some_and(|(_, next)| is_word(*next) && !alone(*next));
        if !joins {
            break;
        }
    }
    end.max(text.chars().next().map_or(0, char::len_utf8))
}

/// Numbers for pieces, equal for pieces that are the same word.
#[derive(Default)]
struct Numbers<'a>(HashMap<Cow<'a, str>, u32>);

impl<'a> Numbers<'a> {
    fn of(&mut self, piece: &'a str) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(typed(piece.trim_end())).or_insert(next)
    }
}

/// A piece without its manner of typing.
fn typed(piece: &str) -> Cow<'_, str> {
    let same = |c: char| !matches!(c, '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201f}' | '\u{ad}' | '\u{2212}' | '«' | '»' | '‹' | '›' | '′' | '″');
    if piece.chars().all(same) {
        return Cow::Borrowed(piece);
    }
    let signs = piece.chars().filter_map(|c| match c {
        '\u{ad}' => None,
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{2018}'..='\u{201b}' | '‹' | '›' | '′' => Some('\''),
        '\u{201c}'..='\u{201f}' | '«' | '»' | '″' => Some('"'),
        c => Some(c),
    });
    Cow::Owned(signs.collect())
}

/// Spans as they grow.
#[derive(Default)]
struct Spans(Vec<Span>);

impl Spans {
    fn take(&mut self, part: Part, pieces: &[&str]) {
        if pieces.is_empty() {
            return;
        }
        let text = match self.0.last_mut() {
            Some(span) if span.part == part => &mut span.text,
            _ => {
                self.0.push(Span {
                    part,
                    text: String::new(),
                });
                match self.0.last_mut() {
                    Some(span) => &mut span.text,
                    None => return,
                }
            }
        };
        text.extend(pieces.iter().copied());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(before: &str, after: &str) -> String {
        marked(&words(before, after), &Marks::TEXT)
    }

    #[test]
    fn words_are_replaced_whole() {
        for (old, new, expected) in [
            (
                "within 63 days",
                "within 66 days",
                "within [-63-] {+66+} days",
            ),
            ("Rate 12.5 %", "Rate 12.75 %", "Rate [-12.5-] {+12.75+} %"),
            ("a b c", "a b c", "a b c"),
            ("", "new words", "{+new words+}"),
            ("old words", "", "[-old words-]"),
            (
                "It shall apply.",
                "It shall not apply.",
                "It shall {+not+} apply.",
            ),
            (
                "by 2 May 2026; then",
                "by 9 June 2026; then",
                "by [-2 May-] {+9 June+} 2026; then",
            ),
            // The manner of typing is no difference.
            ("“x” – y", "\"x\" - y", "\"x\" - y"),
            ("第三条规定", "第四条规定", "第[-三-]{+四+}条规定"),
            (
                "Directive 2019/1 applies",
                "Directive 2019/2 applies",
                "Directive [-2019/1-] {+2019/2+} applies",
            ),
        ] {
            assert_eq!(text(old, new), expected, "{old} | {new}");
        }
    }

    #[test]
    fn no_text_becomes_markup() {
        let spans = words("a <b>x</b>", "a <script>alert('1')</script> & \"q\"");
        let html = marked(&spans, &Marks::HTML);
        assert!(!html.contains("<b>") && !html.contains("<script"), "{html}");
        assert!(html.contains("<ins>") && html.contains("<del>") && html.contains("&amp;"));
        assert_eq!(
            safe_html(&spans).as_str().matches("<ins>").count(),
            html.matches("<ins>").count()
        );
        assert!(marked(&spans, &Marks::MAIL).contains("style="));
        assert!(!marked(&words("a", "b\u{1b}[31m\u{7}"), &Marks::TEXT).contains('\u{1b}'));
    }

    #[test]
    fn long_unchanged_stretches_are_cut() {
        let many: String = (0..100).map(|n| format!("w{n} ")).collect();
        let spans = words(&format!("{many}old {many}"), &format!("{many}new {many}"));
        let shown = marked(&shortened(&spans, 3), &Marks::TEXT);
        assert_eq!(shown, "… w97 w98 w99 [-old-] {+new+} w0 w1 w2 …");
        // A text without any change is shown as it is.
        assert_eq!(shortened(&words("a b", "a b"), 0).len(), 1);
    }

    /// A bound by size: texts without a word in common, of a size that the shortest way would be
    /// sought in for minutes.
    #[test]
    fn texts_of_any_size_are_compared() {
        let one: String = (0..200_000).map(|n| format!("a{n} ")).collect();
        let other: String = (0..200_000).map(|n| format!("b{n} ")).collect();
        let spans = words(&one, &other);
        assert_eq!((before(&spans), after(&spans)), (one.clone(), other));
        // One word among many is found all the same.
        let sentences: String = (0..20_000)
            .map(|n| format!("Clause {n} applies. "))
            .collect();
        let changed = sentences.replace("Clause 77 applies", "Clause 77 shall apply");
        let changed = changed.replace("Clause 19000 applies", "Clause 19000 ends");
        let spans = words(&sentences, &changed);
        let differ: Vec<_> = spans
            .iter()
            .filter(|span| span.part != Part::Equal)
            .collect();
        assert_eq!(differ.len(), 4);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_out_of_their_diff(old in "[a-c .,\n]{0,60}", new in "[a-c .,\n]{0,60}") {
            let spans = words(&old, &new);
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(squeezed(&before(&spans)), squeezed(&old));
            let later = after(&spans);
            prop_assert_eq!(later.trim(), new.trim());
        }

        #[test]
        fn any_text_is_compared(old in "\\PC{0,40}", new in "\\PC{0,40}") {
            let spans = words(&old, &new);
            let html = marked(&spans, &Marks::HTML);
            prop_assert!(!html.replace("<del>", "").replace("</del>", "").replace("<ins>", "")
                .replace("</ins>", "").replace("<br>", "").contains('<'));
            marked(&shortened(&spans, 2), &Marks::TEXT);
        }
    }
}
