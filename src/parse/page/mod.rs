//! Watched pages: HTML, plain text and PDFs read by their source's rules into blocks of text, a
//! life cycle, and what the publisher says of the change.

mod blocks;
mod build;
mod frame;
mod life_cycle;
mod paper;
#[cfg(test)]
mod tests;
mod wrong;

use regex::Regex;
use scraper::{ElementRef, Html};

use super::Parsed;
use super::flat::{Flat, one_line};
use super::reading::{Finder, Reading};
use super::select::PageRules;
use crate::domain::document::{Document, Fault, FaultCode};
use crate::domain::page::{Block, BlockKind, PageReading, PageText, PdfText, Reader};
use crate::domain::source::Source;
use crate::text::decode::{self, Form};
use crate::text::{html, language};

/// What reads watched pages: readings by another are not compared with these. To be changed with
/// whatever makes other blocks of the same page.
pub const READER: &str = "page-1";
/// The most tags that a tree is built of: each costs some hundred bytes of memory.
const MAX_TAGS: usize = 500_000;
/// The most blocks kept of a page.
const MAX_BLOCKS: usize = 50_000;
/// The most text kept of a page, in bytes.
const MAX_TEXT: usize = 8 << 20;
/// The longest note or reference, in characters.
const MAX_STATEMENT: usize = 1_000;

/// Whether a document is a PDF by its own first bytes (ISO 32000-2, 7.5.2); some begin with other
/// signs before them.
pub(super) fn is_pdf(document: &Document) -> bool {
    let head = document.body.get(..1_024).unwrap_or(&document.body);
    memchr::memmem::find(head, b"%PDF-").is_some()
        && !html::looks_like_html_document(&String::from_utf8_lossy(head))
}

/// Reads a watched page that is HTML or plain text.
pub(super) fn read(document: &Document, source: &Source) -> Parsed {
    if document.body.iter().all(u8::is_ascii_whitespace) {
        return Parsed::aside(FaultCode::EmptyBody, "the answer is empty");
    }
    let rules = match PageRules::new(&source.select) {
        Ok(rules) => rules,
        Err(reasons) => return Parsed::aside(FaultCode::BadSelector, reasons.join("; ")),
    };
    if is_pdf(document) {
        return Parsed::aside(
            FaultCode::ReaderFailed,
            "this is a PDF, whose text has to be taken out of it first",
        );
    }
    let decoded = decode::decode(&document.body, document.header("content-type"), Form::Html);
    let faults = super::charset_faults(&decoded);
    let text = decoded.text;
    if let Some(what) = no_text(document, &text) {
        return Parsed::aside(FaultCode::NotAPage, what).with(faults);
    }
    if !is_markup(document, &text) {
        let page = paper::plain(&text);
        return finished(page, &rules, source, faults);
    }
    let tags = memchr::memchr_iter(b'<', text.as_bytes()).count();
    if tags > MAX_TAGS {
        return Parsed::aside(
            FaultCode::Nesting,
            format!("it has {tags} tags, and {MAX_TAGS} is the most that is read"),
        )
        .with(faults);
    }
    // Before html5ever, whose time grows with the square of the depth.
    if let Err(hostile) = html::check_nesting(&text) {
        return Parsed::aside(FaultCode::Nesting, hostile.to_string()).with(faults);
    }
    let page = Html::parse_document(&text);
    Page::new(&page, document, source, &rules).read(faults)
}

/// Reads a watched page that is a PDF, from the text that was taken out of it.
pub(super) fn read_pdf(source: &Source, pdf: &PdfText) -> Parsed {
    let rules = match PageRules::new(&source.select) {
        Ok(rules) => rules,
        Err(reasons) => return Parsed::aside(FaultCode::BadSelector, reasons.join("; ")),
    };
    if pdf.pages.iter().all(|page| page.trim().is_empty()) {
        return Parsed::aside(
            FaultCode::NoTextLayer,
            "this PDF has no text layer: its pages are pictures, and what they say cannot be compared",
        );
    }
    finished(paper::pdf(pdf), &rules, source, Vec::new())
}

/// What is common to texts without markup: the rules that ask for none.
fn finished(
    mut text: PageText,
    rules: &PageRules,
    source: &Source,
    mut faults: Vec<Fault>,
) -> Parsed {
    let mut unusable = Vec::new();
    if !rules.keep.is_empty() {
        unusable.push("select.keep");
    }
    if rules.life_cycle.is_some() {
        unusable.push("life_cycle");
    }
    if !unusable.is_empty() {
        faults.push(Fault::new(
            FaultCode::NoMatch,
            format!(
                "{} cannot match: this document has no elements to select",
                unusable.join(" and ")
            ),
        ));
        return Parsed {
            faults,
            ..Parsed::default()
        };
    }
    bounded(&mut text, &mut faults);
    if let Some(watch) = &rules.watch
        && let Err(fault) = watched(&mut text, watch)
    {
        faults.push(fault);
        return Parsed {
            faults,
            ..Parsed::default()
        };
    }
    if let Some(fault) = other_language(&text, source) {
        faults.insert(0, fault);
        return Parsed {
            faults,
            ..Parsed::default()
        };
    }
    Parsed {
        page: Some(Box::new(PageReading {
            text: Some(text),
            ..PageReading::default()
        })),
        faults,
        readable: true,
        ..Parsed::default()
    }
}

/// One HTML page on its way to a reading.
struct Page<'a> {
    html: &'a Html,
    document: &'a Document,
    source: &'a Source,
    rules: &'a PageRules,
}

impl<'a> Page<'a> {
    fn new(
        html: &'a Html,
        document: &'a Document,
        source: &'a Source,
        rules: &'a PageRules,
    ) -> Self {
        Self {
            html,
            document,
            source,
            rules,
        }
    }

    fn read(&self, mut faults: Vec<Fault>) -> Parsed {
        let flat = Flat::new(self.html);
        let language = self.language();
        let mut reading = PageReading {
            note: self.stated(&flat, &self.rules.note),
            reference: self.stated(&flat, &self.rules.reference),
            ..PageReading::default()
        };
        let text = self.text(&flat, language.clone(), &mut faults);
        // What stands in the place of the page is looked for in all the text it shows.
        if let Some(fault) = wrong::look(self.html, &flat, self.document, self.source) {
            faults.insert(0, fault);
            return Parsed {
                faults,
                ..Parsed::default()
            };
        }
        let mut missing = false;
        if self.wants_text() {
            missing |= text.is_none();
            reading.text = text;
        }
        if let Some(rules) = &self.rules.life_cycle {
            let found = life_cycle::read(rules, self, &flat, language.as_deref(), &mut faults);
            missing |= found.is_none();
            reading.life_cycle = found.map(|mut cycle| {
                cycle.reference.clone_from(&reading.reference);
                cycle
            });
        }
        if let Some(text) = &reading.text
            && let Some(fault) = other_language(text, self.source)
        {
            faults.insert(0, fault);
            missing = true;
        }
        if missing {
            // A page of which a part is missing is no baseline: the part would come back as news.
            return Parsed {
                faults,
                ..Parsed::default()
            };
        }
        Parsed {
            page: Some(Box::new(reading)),
            faults,
            readable: true,
            ..Parsed::default()
        }
    }

    /// Whether the page's text is compared: always, but where a life cycle alone is described.
    fn wants_text(&self) -> bool {
        self.rules.life_cycle.is_none() || !self.rules.keep.is_empty() || self.rules.watch.is_some()
    }

    fn text(
        &self,
        flat: &Flat<'a>,
        language: Option<String>,
        faults: &mut Vec<Fault>,
    ) -> Option<PageText> {
        if !self.wants_text() {
            return None;
        }
        let roots: Vec<ElementRef<'a>> = if self.rules.keep.is_empty() {
            frame::main(self.html)
        } else {
            let kept = self.rules.keep.iter().flat_map(|css| self.html.select(css));
            in_order(kept.collect(), flat)
        };
        if roots.is_empty() {
            let what = self.source.select.keep.join(", ");
            faults.push(Fault::new(
                FaultCode::NoMatch,
                format!("select.keep `{what}` matches nothing on the page: look whether it was built anew"),
            ));
            return None;
        }
        let mut dropped = frame::hidden(self.html);
        if self.rules.keep.is_empty() {
            dropped.extend(frame::frames(&roots, flat));
        }
        dropped.extend(
            self.rules
                .drop
                .iter()
                .flat_map(|css| self.html.select(css))
                .map(|element| element.id()),
        );
        let mut text = PageText {
            title: self.title(flat),
            language,
            blocks: blocks::blocks(&roots, &dropped),
            reader: Reader::Html,
            build: build::sketch(self.html),
        };
        bounded(&mut text, faults);
        if text.blocks.is_empty() {
            let what = if self.rules.keep.is_empty() {
                "the page shows no text of its own: it may be made by scripts"
            } else {
                "what select.keep matches holds no text"
            };
            faults.push(Fault::new(FaultCode::NoMatch, what));
            return None;
        }
        if let Some(watch) = &self.rules.watch
            && let Err(fault) = watched(&mut text, watch)
        {
            faults.push(fault);
            return None;
        }
        Some(text)
    }

    /// What one of the page's statements says.
    fn stated(&self, flat: &Flat<'a>, reading: &Option<Reading>) -> Option<String> {
        let reading = reading.as_ref()?;
        let root = self.html.root_element();
        let found = Finder::new(flat, &[]).first(reading, root)?;
        let text: String = found.chars().filter(|c| !blocks::is_unseen(*c)).collect();
        Some(html::excerpt(&one_line(&text), MAX_STATEMENT)).filter(|text| !text.is_empty())
    }

    fn language(&self) -> Option<String> {
        let stated = self.html.root_element().attr("lang")?.trim();
        (!stated.is_empty()).then(|| stated.chars().take(20).collect())
    }

    fn title(&self, flat: &Flat<'a>) -> Option<String> {
        let title = self
            .html
            .root_element()
            .descendent_elements()
            .find(|element| element.value().name() == "title")?;
        let text = flat.within(title).chars();
        let text: String = text
            .filter(|c| !blocks::is_unseen(*c) || *c == '\n')
            .collect();
        let text = html::excerpt(&one_line(&text), MAX_STATEMENT);
        (!text.is_empty()).then_some(text)
    }
}

/// Elements as they stand on the page, without those that lie within another of them.
fn in_order<'a>(mut elements: Vec<ElementRef<'a>>, flat: &Flat<'a>) -> Vec<ElementRef<'a>> {
    elements.sort_by_key(|element| flat.place(*element).open);
    let mut out: Vec<ElementRef<'a>> = Vec::new();
    for element in elements {
        let inside = out
            .last()
            .is_some_and(|last| flat.place(*last).close >= flat.place(element).open);
        if !inside {
            out.push(element);
        }
    }
    out
}

/// Leaves of a page what its definition watches.
fn watched(text: &mut PageText, watch: &Regex) -> Result<(), Fault> {
    let plain = one_line_of(text);
    let mut found: Vec<Block> = Vec::new();
    for hit in watch.find_iter(&plain).filter(|hit| !hit.is_empty()) {
        let hit = hit.as_str().trim();
        if found.iter().all(|block| block.text != hit) {
            found.push(Block::new(BlockKind::Found, hit));
        }
        if found.len() == 100 {
            break;
        }
    }
    if found.is_empty() {
        return Err(Fault::new(
            FaultCode::NoMatch,
            format!("watch `{watch}` finds nothing in the page's text"),
        ));
    }
    text.blocks = found;
    text.build.clear();
    Ok(())
}

/// A page's text in one line, which is what `watch` reads: how it is broken into blocks changes
/// with every redesign.
fn one_line_of(text: &PageText) -> String {
    let texts = text.blocks.iter().map(|block| block.text.as_str());
    let words = texts.flat_map(str::split_whitespace).collect::<Vec<_>>();
    words.join(" ")
}

/// Cuts what is beyond all reason, and says so.
fn bounded(text: &mut PageText, faults: &mut Vec<Fault>) {
    let mut bytes = 0;
    let fits = |block: &Block| {
        bytes += block.text.len();
        bytes <= MAX_TEXT
    };
    let fitting = text.blocks.iter().take(MAX_BLOCKS).take_while({
        let mut fits = fits;
        move |block| fits(block)
    });
    let fitting = fitting.count();
    if fitting < text.blocks.len() {
        text.blocks.truncate(fitting);
        faults.push(Fault::new(
            FaultCode::TooManyItems,
            format!("the page is longer than is compared: {fitting} blocks were read, the rest was left out"),
        ));
    }
}

/// Whether the page is in another language than its source: what a site shows to visitors of
/// another country, or in the place of a page that it has lost.
fn other_language(text: &PageText, source: &Source) -> Option<Fault> {
    let wanted = source.language.as_deref()?;
    let stated = text.language.as_deref()?;
    let short = |code: &str| code.get(..2).map(str::to_ascii_lowercase);
    if short(stated) == short(wanted) {
        return None;
    }
    // Templates lie about their language; the words have to say so, too.
    let head: String = text.plain().chars().take(2_000).collect();
    let spoken = language::detect(&head, None)?;
    (short(&spoken) == short(stated)).then(|| {
        Fault::new(
            FaultCode::OtherLanguage,
            format!("the page is in `{stated}` and its source in `{wanted}`: if that is right, set `language` to it"),
        )
    })
}

/// What a document is that has no text to compare.
fn no_text(document: &Document, text: &str) -> Option<String> {
    let media = document.header("content-type").unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    let head: String = text.chars().take(4_096).collect();
    let odd = head
        .chars()
        .filter(|c| *c == '\u{fffd}' || (c.is_control() && !c.is_whitespace()))
        .count();
    let binary = document.body.starts_with(b"PK\x03\x04")
        || document.body.starts_with(b"\xd0\xcf\x11\xe0")
        || odd * 10 > head.chars().count();
    binary.then(|| {
        let what = if media.is_empty() {
            "no media type"
        } else {
            media
        };
        format!(
            "this is neither HTML nor text nor PDF ({what}): it cannot be compared by its words"
        )
    })
}

fn is_markup(document: &Document, text: &str) -> bool {
    let media = document
        .header("content-type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if media.contains("html") || html::looks_like_html_document(text) {
        return true;
    }
    // Servers send pages as text/plain, and texts as nothing at all.
    let head: String = text.chars().take(2_000).collect();
    let head = head.to_ascii_lowercase();
    !media.contains("text/plain")
        && ["<p", "<div", "<body", "<table", "<h1", "<ul"]
            .iter()
            .any(|tag| head.contains(tag))
}
