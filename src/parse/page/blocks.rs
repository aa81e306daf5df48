//! Elements of a page as blocks of text, in reading order.

use std::collections::HashSet;

use ego_tree::iter::Edge;
use scraper::{ElementRef, Node};

use super::super::NodeId;
use crate::domain::page::{Block, BlockKind};

/// The longest block, in bytes; longer ones are cut where a sentence ends.
const LONGEST: usize = 4_000;
/// The longest text that a label and its value make together, in bytes.
const LABELLED: usize = 90;
/// How far a label and its value are looked for, in steps from element to element.
const MAX_LABELLED_STEPS: usize = 200;
/// The longest `id` kept.
const LONGEST_ANCHOR: usize = 100;

/// The blocks of some elements, without what is dropped.
pub(super) fn blocks(roots: &[ElementRef<'_>], dropped: &HashSet<NodeId>) -> Vec<Block> {
    let mut writer = Writer::default();
    for root in roots {
        writer.walk(*root, dropped);
        writer.flush();
    }
    writer.out
}

/// A block, cut into several where it is longer than is compared in one piece.
pub(super) fn long(block: Block) -> Vec<Block> {
    if block.text.len() <= LONGEST {
        return vec![block];
    }
    let Block {
        kind,
        level,
        text,
        mut anchor,
        linked,
    } = block;
    let mut out = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (head, tail) = rest.split_at(cut(rest));
        let text = head.trim();
        if !text.is_empty() {
            out.push(Block {
                kind,
                level,
                text: text.to_owned(),
                anchor: anchor.take(),
                linked,
            });
        }
        rest = tail;
    }
    out
}

/// Where a long text is cut: after its first sentence that ends beyond half of the longest block.
fn cut(text: &str) -> usize {
    if text.len() <= LONGEST {
        return text.len();
    }
    let mut end = LONGEST;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let window = text
        .get(LONGEST / 2..end)
        .or_else(|| text.get(..end))
        .unwrap_or("");
    let offset = end - window.len();
    window
        .find(". ")
        .or_else(|| window.find("。"))
        .or_else(|| window.find(' '))
        .map_or(end, |at| {
            let at = offset + at;
            at + text
                .get(at..)
                .and_then(|rest| rest.chars().next())
                .map_or(1, char::len_utf8)
        })
}

/// What a walk through the elements has open.
#[derive(Default)]
struct Writer {
    out: Vec<Block>,
    text: String,
    /// Bytes of `text` that stand in links.
    linked: usize,
    /// A blank is due before the next word.
    blank: bool,
    /// Elements around that make the block what it is, the innermost last.
    kinds: Vec<(BlockKind, u8)>,
    lists: u8,
    links: usize,
    verbatim: usize,
    anchor: Option<String>,
    /// The element around whose blocks are run together into one.
    joined: Option<NodeId>,
    /// A `dt` stands in `text`: what follows belongs to it.
    term: bool,
}

impl Writer {
    fn walk(&mut self, root: ElementRef<'_>, dropped: &HashSet<NodeId>) {
        let mut skipping = None;
        for edge in root.traverse() {
            match edge {
                Edge::Open(node) if skipping.is_none() => match node.value() {
                    Node::Text(words) => self.words(words),
                    Node::Element(_) if dropped.contains(&node.id()) => {
                        skipping = Some(node.id());
                    }
                    Node::Element(_) => {
                        if let Some(element) = ElementRef::wrap(node) {
                            self.open(element, dropped);
                        }
                    }
                    _ => {}
                },
                Edge::Close(node) => {
                    if skipping == Some(node.id()) {
                        skipping = None;
                        self.blank = true;
                    } else if skipping.is_none()
                        && let Some(element) = ElementRef::wrap(node)
                    {
                        self.close(element);
                    }
                }
                Edge::Open(_) => {}
            }
        }
    }

    fn open(&mut self, element: ElementRef<'_>, dropped: &HashSet<NodeId>) {
        let name = element.value().name();
        if let Some(id) = element.attr("id").map(str::trim)
            && !id.is_empty()
            && id.len() <= LONGEST_ANCHOR
            && !id.contains(char::is_whitespace)
            && self.text.is_empty()
        {
            self.anchor = Some(id.to_owned());
        }
        match name {
            "a" if element.attr("href").is_some() => self.links += 1,
            "br" => {
                if self.verbatim > 0 {
                    self.text.push('\n');
                }
                self.blank = true;
            }
            "td" | "th" if self.joined.is_some() => self.cell(),
            _ => {}
        }
        if !is_block(name) || self.joined.is_some() {
            self.blank |= is_block(name);
            return;
        }
        // What a term says is told with the term.
        if name == "dd" && self.term {
            self.term = false;
            if !self.text.ends_with([':', '?', '：']) {
                self.text.push(':');
            }
            self.blank = true;
        } else {
            self.flush();
        }
        match kind(element) {
            Some((BlockKind::ListItem, _)) => {
                self.kinds.push((BlockKind::ListItem, self.lists.max(1)));
            }
            Some(kind) => self.kinds.push(kind),
            None => {}
        }
        match name {
            "ul" | "ol" | "menu" => self.lists = self.lists.saturating_add(1),
            "pre" => self.verbatim += 1,
            _ => {}
        }
        let together = match name {
            "tr" => is_plain_row(element),
            "div" | "section" | "li" | "p" | "dd" | "article" => is_labelled(element, dropped),
            _ => false,
        };
        if together {
            self.joined = Some(element.id());
        }
    }

    fn close(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        if name == "a" && element.attr("href").is_some() {
            self.links = self.links.saturating_sub(1);
        }
        if !is_block(name) {
            return;
        }
        if let Some(joined) = self.joined {
            self.blank = true;
            if joined != element.id() {
                return;
            }
            self.joined = None;
        }
        if name == "dt" && !self.text.is_empty() && self.text.len() <= LABELLED {
            self.term = true;
        } else {
            self.flush();
        }
        if kind(element).is_some() {
            self.kinds.pop();
        }
        match name {
            "ul" | "ol" | "menu" => self.lists = self.lists.saturating_sub(1),
            "pre" => self.verbatim = self.verbatim.saturating_sub(1),
            _ => {}
        }
    }

    /// The next cell of a row begins.
    fn cell(&mut self) {
        if !self.text.is_empty() {
            self.text.push_str(" |");
            self.blank = true;
        }
    }

    fn words(&mut self, words: &str) {
        let before = self.text.len();
        for c in words.chars() {
            if c == '\n' && self.verbatim > 0 {
                self.text.push('\n');
                self.blank = false;
                continue;
            }
            if c.is_whitespace() {
                self.blank = true;
                continue;
            }
            if is_unseen(c) {
                continue;
            }
            if std::mem::take(&mut self.blank)
                && !self.text.is_empty()
                && !self.text.ends_with('\n')
            {
                self.text.push(' ');
            }
            self.text.push(c);
        }
        if self.links > 0 {
            self.linked += self.text.len() - before;
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let linked = std::mem::take(&mut self.linked);
        self.blank = false;
        self.term = false;
        let text = text
            .trim()
            .trim_end_matches([' ', '|'])
            .trim_start_matches([' ', '|']);
        if !text.chars().any(char::is_alphanumeric) {
            return;
        }
        let (kind, level) = self
            .kinds
            .last()
            .copied()
            .unwrap_or((BlockKind::Paragraph, 0));
        let share = linked * 100 / text.len().max(1);
        let block = Block {
            kind,
            level,
            text: text.to_owned(),
            anchor: self.anchor.take(),
            linked: u8::try_from(share.min(100)).unwrap_or(100),
        };
        self.out.extend(long(block));
    }
}

/// Signs that show nothing: put in for breaking lines or turning their order, or no signs at all.
pub(super) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// What an element makes of the blocks in it; none where it leaves that to those around it.
fn kind(element: ElementRef<'_>) -> Option<(BlockKind, u8)> {
    let heading = |level: u8| Some((BlockKind::Heading, level));
    match element.value().name() {
        "h1" => heading(1),
        "h2" => heading(2),
        "h3" => heading(3),
        "h4" => heading(4),
        "h5" => heading(5),
        "h6" => heading(6),
        "li" => Some((BlockKind::ListItem, 0)),
        "tr" => Some((BlockKind::TableRow, 0)),
        "blockquote" => Some((BlockKind::Quote, 0)),
        "pre" => Some((BlockKind::Verbatim, 0)),
        _ if element.attr("role") == Some("heading") => {
            let level = element
                .attr("aria-level")
                .and_then(|level| level.parse().ok());
            heading(level.unwrap_or(2).clamp(1, 6))
        }
        _ => None,
    }
}

/// Whether a table's row is one of data: its cells hold words, and not a part of the page.
fn is_plain_row(row: ElementRef<'_>) -> bool {
    let mut length = 0;
    for edge in row.traverse() {
        let Edge::Open(node) = edge else { continue };
        match node.value() {
            Node::Text(words) => length += words.trim().len(),
            Node::Element(element) => {
                if matches!(
                    element.name(),
                    "table"
                        | "h1"
                        | "h2"
                        | "h3"
                        | "h4"
                        | "h5"
                        | "h6"
                        | "form"
                        | "nav"
                        | "main"
                        | "article"
                ) {
                    return false;
                }
            }
            _ => {}
        }
        if length > LONGEST {
            return false;
        }
    }
    true
}

/// Whether a small element holds a label and its value, or a line of such, and nothing that stands
/// by itself: its blocks are one. Pages change how they lay these out more often than what they
/// say.
fn is_labelled(element: ElementRef<'_>, dropped: &HashSet<NodeId>) -> bool {
    let (mut length, mut elements) = (0, 0);
    let mut skipping = None;
    for (steps, edge) in element.traverse().enumerate() {
        if steps > MAX_LABELLED_STEPS {
            return false;
        }
        match edge {
            Edge::Open(node) if skipping.is_none() => match node.value() {
                Node::Text(words) => length += words.trim().len(),
                Node::Element(_) if dropped.contains(&node.id()) => skipping = Some(node.id()),
                Node::Element(inner) if node.id() != element.id() => {
                    elements += 1;
                    if is_block(inner.name()) && !matches!(inner.name(), "div" | "dt" | "dd") {
                        return false;
                    }
                }
                _ => {}
            },
            Edge::Close(node) if skipping == Some(node.id()) => skipping = None,
            _ => {}
        }
        if length > LABELLED || elements > 20 {
            return false;
        }
    }
    true
}
