//! Texts as they stand on paper (PDFs, plain text): lines made paragraphs again, without what is
//! printed at the head and foot of every page.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::blocks::{is_unseen, long};
use crate::domain::page::{Block, BlockKind, PageText, PdfText, Reader};
use crate::text::words;

/// How many lines at the head and foot of a page may be printed on every page.
const RUNNING_LINES: usize = 3;
/// The fewest pages on which running lines can be told from text.
const FEWEST_PAGES: usize = 3;
/// The longest heading, in characters.
const LONGEST_HEADING: usize = 120;

/// The blocks of a plain text.
pub(super) fn plain(text: &str) -> PageText {
    PageText {
        blocks: paragraphs(text.lines().map(clean)),
        reader: Reader::Text,
        ..PageText::default()
    }
}

/// The blocks of a PDF.
pub(super) fn pdf(pdf: &PdfText) -> PageText {
    let pages: Vec<Vec<String>> = pdf
        .pages
        .iter()
        .map(|page| page.lines().map(clean).collect())
        .collect();
    let running = running(&pages);
    let lines = pages.iter().flat_map(|page| {
        let body = body(page, &running);
        // A page's end is a paragraph's end only where the text says so; `paragraphs` sees that.
        body.iter().cloned().chain([PAGE_END.to_owned()])
    });
    PageText {
        blocks: paragraphs(lines),
        reader: pdf.reader,
        ..PageText::default()
    }
}

/// Stands for the end of a page among lines; no text has it.
const PAGE_END: &str = "\u{c}";

fn clean(line: &str) -> String {
    let kept: String = line
        .chars()
        .filter(|c| *c == '\t' || !is_unseen(*c))
        .collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    words.join(" ")
}

/// A line without its numbers: "Page 3 of 12" is the same on every page.
fn numberless(line: &str) -> String {
    let mut out = String::new();
    for c in words::fold(line).chars() {
        match c {
            c if c.is_numeric() => {
                if !out.ends_with('#') {
                    out.push('#');
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// The lines at the head and foot of pages that stand on more than half of them.
fn running(pages: &[Vec<String>]) -> HashMap<String, usize> {
    let mut times: HashMap<String, usize> = HashMap::new();
    if pages.len() < FEWEST_PAGES {
        return times;
    }
    for page in pages {
        let mut own: Vec<String> = edges(page).map(|line| numberless(line)).collect();
        own.sort();
        own.dedup();
        for line in own {
            *times.entry(line).or_default() += 1;
        }
    }
    times.retain(|_, times| *times * 2 > pages.len());
    times
}

/// The first and last lines of a page.
fn edges(page: &[String]) -> impl Iterator<Item = &String> {
    let said = || page.iter().filter(|line| !line.is_empty());
    let many = said().count();
    let head = said().take(RUNNING_LINES);
    head.chain(said().skip(RUNNING_LINES.max(many.saturating_sub(RUNNING_LINES))))
}

/// A page without its running lines.
fn body<'p>(page: &'p [String], running: &HashMap<String, usize>) -> &'p [String] {
    let goes = |line: &String| line.is_empty() || running.contains_key(&numberless(line));
    let (mut start, mut end) = (0, page.len());
    let mut taken = 0;
    while start < end && taken <= RUNNING_LINES && page.get(start).is_some_and(goes) {
        taken += usize::from(page.get(start).is_some_and(|line| !line.is_empty()));
        start += 1;
    }
    taken = 0;
    while end > start && taken <= RUNNING_LINES && page.get(end - 1).is_some_and(goes) {
        taken += usize::from(page.get(end - 1).is_some_and(|line| !line.is_empty()));
        end -= 1;
    }
    page.get(start..end).unwrap_or(&[])
}

/// Lines made paragraphs: an empty line ends one, so does what begins a list item or a heading.
fn paragraphs(lines: impl Iterator<Item = String>) -> Vec<Block> {
    let mut out = Vec::new();
    let mut text = String::new();
    let mut flush = |text: &mut String| {
        let whole = std::mem::take(text);
        let whole = whole.trim();
        if whole.chars().any(char::is_alphanumeric) {
            out.extend(long(block(whole)));
        }
    };
    let mut page_ended = false;
    let mut ended = false;
    for line in lines {
        if line == PAGE_END {
            page_ended = true;
            continue;
        }
        if line.is_empty() {
            // Blank lines about a page's end say nothing.
            ended |= !page_ended;
            continue;
        }
        let goes_on = text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | '-' | ';'))
            && line.starts_with(char::is_lowercase);
        let over = ended || (page_ended && !goes_on) || begins(&line) || is_heading(&text);
        if over && !(page_ended && goes_on) {
            flush(&mut text);
        }
        (page_ended, ended) = (false, false);
        join(&mut text, &line);
    }
    flush(&mut text);
    out
}

/// Puts a line after another; a word parted at the line's end is put together.
fn join(text: &mut String, line: &str) {
    let parted = text.ends_with('-')
        && line.starts_with(char::is_lowercase)
        && text.chars().rev().nth(1).is_some_and(char::is_lowercase);
    if parted {
        text.pop();
    } else if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(line);
}

static ITEM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:[•‣◦▪–—*·]|\(?[a-z0-9]{1,3}\)|\([ivxlc]{1,6}\)|[a-z]\.) ?\S").ok()
});
static NUMBERED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:(?i:article|artikel|artículo|section|annex|annexe|appendix|chapter|chapitre|part|titre|title|clause|schedule) [A-Z0-9]+\b|[0-9]{1,2}(?:\.[0-9]{1,2}){0,4}\.? [A-ZÀ-Þ])").ok()
});

/// Whether a line begins something of its own.
fn begins(line: &str) -> bool {
    ITEM.as_ref().is_some_and(|item| item.is_match(line)) || is_heading(line)
}

/// Whether a line by itself is a heading: numbered or in capitals, short, and no sentence.
fn is_heading(line: &str) -> bool {
    if line.is_empty()
        || line.chars().count() > LONGEST_HEADING
        || line.ends_with(['.', ',', ';', ':'])
    {
        return false;
    }
    let letters = line.chars().filter(|c| c.is_alphabetic());
    let (mut all, mut large) = (0, 0);
    for c in letters {
        all += 1;
        large += usize::from(c.is_uppercase());
    }
    let capitals = all >= 4 && large == all;
    capitals
        || NUMBERED
            .as_ref()
            .is_some_and(|numbered| numbered.is_match(line))
            && all * 2 > line.len() / 2
}

fn block(text: &str) -> Block {
    if is_heading(text) {
        let dots = text
            .split(' ')
            .next()
            .map_or(0, |number| number.matches('.').count());
        return Block {
            level: u8::try_from(dots + 1).unwrap_or(6).min(6),
            ..Block::new(BlockKind::Heading, text)
        };
    }
    let is_item = ITEM.as_ref().is_some_and(|item| item.is_match(text));
    let kind = if is_item {
        BlockKind::ListItem
    } else {
        BlockKind::Paragraph
    };
    Block {
        level: u8::from(is_item),
        ..Block::new(kind, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(page: &PageText) -> Vec<(BlockKind, &str)> {
        page.blocks
            .iter()
            .map(|block| (block.kind, block.text.as_str()))
            .collect()
    }

    #[test]
    fn pages_are_put_together_again() {
        let page = |number: usize, text: &str| {
            format!("The Agency\nGuidance 7\n\n{text}\n\nPage {number} of 3\n")
        };
        let pdf = PdfText {
            reader: Reader::Pdftotext,
            pages: vec![
                page(
                    1,
                    "1. Scope\nThis guidance applies to providers of systems that are made avail-\nable on the market, and to\n",
                ),
                page(
                    2,
                    "their importers.\n\n• first item\n• second item that\ngoes on\n\n2.1 Duties of importers\nImporters shall check.",
                ),
                page(3, "A new page begins a paragraph.\n"),
            ],
        };
        use BlockKind::{Heading, ListItem, Paragraph};
        assert_eq!(
            texts(&super::pdf(&pdf)),
            [
                (Heading, "1. Scope"),
                (
                    Paragraph,
                    "This guidance applies to providers of systems that are made available on the market, and to their importers."
                ),
                (ListItem, "• first item"),
                (ListItem, "• second item that goes on"),
                (Heading, "2.1 Duties of importers"),
                (Paragraph, "Importers shall check."),
                (Paragraph, "A new page begins a paragraph."),
            ]
        );
    }

    #[test]
    fn plain_text_has_paragraphs() {
        let page = plain("NOTICE\n\nFirst line\nsecond line.\n\n\nAnother paragraph.\n---\n");
        assert_eq!(page.reader, Reader::Text);
        assert_eq!(
            texts(&page),
            [
                (BlockKind::Heading, "NOTICE"),
                (BlockKind::Paragraph, "First line second line."),
                (BlockKind::Paragraph, "Another paragraph. ---"),
            ]
        );
    }

    #[test]
    fn few_pages_keep_all_their_lines() {
        let pdf = PdfText {
            reader: Reader::PdfExtract,
            pages: vec!["Same line\n\none".into(), "Same line\n\ntwo".into()],
        };
        assert_eq!(super::pdf(&pdf).blocks.len(), 4);
        let empty = PdfText {
            reader: Reader::PdfExtract,
            pages: vec![String::new(); 5],
        };
        assert!(super::pdf(&empty).blocks.is_empty());
    }
}
