//! The rehearsal: markup is walked once, and where there is enough of it, the tree builder runs
//! over it with nothing behind it, before anything builds a tree.
//!
//! The tree builders of HTML are quadratic in the depth of open elements and in the attributes of
//! one tag, and a few unclosed tags make them multiply every paragraph that follows. A walk of our
//! own over the tags cannot know what they will make of comments, raw text, foreign elements and
//! closing tags that do not fit; so they are asked themselves, piece by piece, and stopped as soon
//! as it becomes unreasonable.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use html5ever::interface::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::{Attribute, LocalName, Namespace, ParseOpts, Parser, QualName, local_name, ns};

/// The deepest nesting that is given to a tree builder: `<div>` 40,000 times in 200 KB keeps one
/// busy for seconds.
pub const MAX_NESTING: usize = 512;
/// The most attributes on one tag; looking for a twin of each is quadratic.
const MAX_ATTRIBUTES: u32 = 1_000;
/// The most nodes of one tree: a page of 16 MiB can ask for millions, at 200 bytes each.
const MAX_NODES: usize = 400_000;
/// Tags below which nothing can become unreasonable.
const FEW: usize = 128;
/// Elements that each tag may become: an unclosed `<b>` is opened again in every paragraph.
const MOST_PER_TAG: usize = 8;
/// Pieces of text or elements that stand in a table where none may: each is put before it, which
/// takes as long as there are children already.
const MOST_FOSTERED: usize = 5_000;
/// Elements taken out of their place because tags overlap.
const MOST_MOVED: usize = 20_000;
/// Bytes between two looks at the stack.
const PIECE: usize = 1_024;

/// Markup that no page has by accident.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Hostile {
    /// Nested too deep.
    #[error("its markup is nested more than {MAX_NESTING} deep")]
    TooDeep,
    /// Too many attributes on one tag.
    #[error("one of its tags has more than {MAX_ATTRIBUTES} attributes")]
    TooManyAttributes,
    /// Too many nodes.
    #[error("its markup has more than {MAX_NODES} elements and pieces of text")]
    TooMany,
    /// Few tags that would become many.
    #[error("its unclosed tags would multiply what follows them")]
    Multiplying,
    /// Misplaced or overlapping elements beyond what mistakes make.
    #[error("thousands of its elements stand where none may stand")]
    Misplaced,
}

/// What the markup will be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// A page.
    Document,
    /// A piece of one.
    Fragment,
}

/// Refuses what would keep a tree builder busy, or fill memory.
///
/// # Errors
/// With what is too much.
pub fn rehearse(markup: &str, whole: Whole) -> Result<(), Hostile> {
    let tags = tags(markup)?;
    if tags <= FEW {
        return Ok(());
    }
    let stage = Stage {
        tags,
        most_attribute_bytes: markup.len().saturating_mul(4).saturating_add(1 << 20),
        ..Stage::default()
    };
    let options = ParseOpts::default();
    let mut parser = match whole {
        Whole::Document => html5ever::parse_document(stage, options),
        Whole::Fragment => html5ever::parse_fragment(
            stage,
            options,
            QualName::new(None, ns!(html), local_name!("div")),
            Vec::new(),
            false,
        ),
    };
    let mut rest = markup;
    while !rest.is_empty() {
        let mut end = rest.len().min(PIECE);
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (piece, after) = rest.split_at(end);
        parser.process(StrTendril::from_slice(piece));
        look(&parser)?;
        rest = after;
    }
    Ok(())
}

/// Whether the performance is still a reasonable one.
fn look(parser: &Parser<Stage>) -> Result<(), Hostile> {
    let builder = &parser.tokenizer.sink;
    if let Some(hostile) = builder.sink.verdict() {
        return Err(hostile);
    }
    let open = Count(Cell::new(0));
    builder.trace_handles(&open);
    if open.0.get() > MAX_NESTING {
        return Err(Hostile::TooDeep);
    }
    Ok(())
}

/// Counts what the tree builder holds: open elements, and formatting that waits to be reopened.
struct Count(Cell<usize>);

impl html5ever::interface::tree_builder::Tracer for Count {
    type Handle = Rc<Actor>;

    fn trace_handle(&self, _: &Rc<Actor>) {
        self.0.set(self.0.get() + 1);
    }
}

/// A node, as much of it as the tree builder asks for again.
#[derive(Debug)]
struct Actor {
    name: QualName,
    integration_point: bool,
}

/// A tree that is not kept.
#[derive(Default)]
struct Stage {
    tags: usize,
    most_attribute_bytes: usize,
    nodes: Cell<usize>,
    elements: Cell<usize>,
    attribute_bytes: Cell<usize>,
    too_many_attributes: Cell<bool>,
    fostered: Cell<usize>,
    moved: Cell<usize>,
    added: Cell<usize>,
}

impl Stage {
    fn verdict(&self) -> Option<Hostile> {
        if self.too_many_attributes.get() || self.added.get() > MAX_ATTRIBUTES as usize {
            Some(Hostile::TooManyAttributes)
        } else if self.elements.get() > self.tags.saturating_mul(MOST_PER_TAG)
            || self.attribute_bytes.get() > self.most_attribute_bytes
        {
            Some(Hostile::Multiplying)
        } else if self.nodes.get() > MAX_NODES {
            Some(Hostile::TooMany)
        } else if self.fostered.get() > MOST_FOSTERED || self.moved.get() > MOST_MOVED {
            Some(Hostile::Misplaced)
        } else {
            None
        }
    }

    fn node(&self, name: QualName) -> Rc<Actor> {
        Rc::new(Actor {
            name,
            integration_point: false,
        })
    }

    fn nothing(&self) -> Rc<Actor> {
        self.node(QualName::new(None, ns!(), local_name!("")))
    }
}

fn add(to: &Cell<usize>, count: usize) {
    to.set(to.get().saturating_add(count));
}

/// A name as the tree builder wants it.
#[derive(Debug)]
struct Named<'a>(&'a QualName);

impl html5ever::interface::ElemName for Named<'_> {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

impl TreeSink for Stage {
    type Handle = Rc<Actor>;
    type Output = ();
    type ElemName<'a> = Named<'a>;

    fn finish(self) {}

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Rc<Actor> {
        self.nothing()
    }

    fn elem_name<'a>(&'a self, target: &'a Rc<Actor>) -> Named<'a> {
        Named(&target.name)
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> Rc<Actor> {
        add(&self.nodes, 1);
        add(&self.elements, 1);
        if attributes.len() > MAX_ATTRIBUTES as usize {
            self.too_many_attributes.set(true);
        }
        let bytes = attributes.iter().map(|attribute| attribute.value.len());
        add(&self.attribute_bytes, bytes.sum());
        Rc::new(Actor {
            name,
            integration_point: flags.mathml_annotation_xml_integration_point,
        })
    }

    fn create_comment(&self, _: StrTendril) -> Rc<Actor> {
        add(&self.nodes, 1);
        self.nothing()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Actor> {
        add(&self.nodes, 1);
        self.nothing()
    }

    fn append(&self, _: &Rc<Actor>, child: NodeOrText<Rc<Actor>>) {
        if matches!(child, NodeOrText::AppendText(_)) {
            add(&self.nodes, 1);
        }
    }

    fn append_based_on_parent_node(&self, _: &Rc<Actor>, _: &Rc<Actor>, _: NodeOrText<Rc<Actor>>) {
        add(&self.nodes, 1);
        add(&self.fostered, 1);
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, _: &Rc<Actor>) -> Rc<Actor> {
        self.nothing()
    }

    fn same_node(&self, x: &Rc<Actor>, y: &Rc<Actor>) -> bool {
        Rc::ptr_eq(x, y)
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, _: &Rc<Actor>, _: NodeOrText<Rc<Actor>>) {
        add(&self.nodes, 1);
        add(&self.fostered, 1);
    }

    fn add_attrs_if_missing(&self, _: &Rc<Actor>, attributes: Vec<Attribute>) {
        add(&self.added, attributes.len());
    }

    fn remove_from_parent(&self, _: &Rc<Actor>) {
        add(&self.moved, 1);
    }

    fn reparent_children(&self, _: &Rc<Actor>, _: &Rc<Actor>) {
        add(&self.moved, 1);
    }

    fn is_mathml_annotation_xml_integration_point(&self, target: &Rc<Actor>) -> bool {
        target.integration_point
    }
}

/// Where a reader of one tag may stand: the states of HTML's tokenizer ("Tokenization",
/// html.spec.whatwg.org) from a tag's name to its end.
#[derive(Clone, Copy)]
enum At {
    Name,
    BeforeAttribute,
    Attribute,
    AfterAttribute,
    BeforeValue,
    Double,
    Single,
    Unquoted,
}

const STATES: [At; 8] = [
    At::Name,
    At::BeforeAttribute,
    At::Attribute,
    At::AfterAttribute,
    At::BeforeValue,
    At::Double,
    At::Single,
    At::Unquoted,
];

/// How many tags there may be at most.
///
/// Which `<` begins a tag hangs on comments, raw text and more; so every one of them is taken for
/// a tag at once, and the attributes of all are counted side by side: a state is kept once, with
/// the most attributes that any tag standing in it has. Linear, and never too low.
fn tags(markup: &str) -> Result<usize, Hostile> {
    let bytes = markup.as_bytes();
    let mut tags = 0;
    // For each state, one more than the attributes so far; 0 when nobody stands there.
    let mut standing = [0_u32; STATES.len()];
    let mut somebody = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if !somebody {
            match memchr::memchr(b'<', bytes.get(at..).unwrap_or(&[])) {
                Some(next) => at += next,
                None => break,
            }
        }
        let byte = if somebody { byte } else { b'<' };
        if somebody {
            let mut next = [0_u32; STATES.len()];
            somebody = false;
            for (state, count) in STATES.iter().zip(standing) {
                if count == 0 {
                    continue;
                }
                if let Some((to, new)) = step(*state, byte) {
                    let count = count + u32::from(new);
                    if count > MAX_ATTRIBUTES + 1 {
                        return Err(Hostile::TooManyAttributes);
                    }
                    if let Some(place) = next.get_mut(to as usize) {
                        *place = count.max(*place);
                    }
                    somebody = true;
                }
            }
            standing = next;
        }
        if byte == b'<' && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) {
            tags += 1;
            let name = &mut standing[At::Name as usize];
            *name = (*name).max(1);
            somebody = true;
        }
        at += 1;
    }
    Ok(tags)
}

/// The next state, and whether an attribute began; none where the tag ended.
fn step(at: At, byte: u8) -> Option<(At, bool)> {
    let blank = matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c');
    Some(match (at, byte) {
        (At::Double, b'"') | (At::Single, b'\'') => (At::BeforeAttribute, false),
        (At::Double | At::Single, _) => (at, false),
        (_, b'>') => return None,
        (At::Name | At::Attribute, b'/') => (At::BeforeAttribute, false),
        (At::Name | At::Unquoted, _) if blank => (At::BeforeAttribute, false),
        (At::Name | At::Unquoted, _) => (at, false),
        (At::BeforeAttribute, b'/') => (at, false),
        (At::BeforeAttribute | At::BeforeValue, _) if blank => (at, false),
        (At::BeforeAttribute, _) => (At::Attribute, true),
        (At::Attribute, b'=') | (At::AfterAttribute, b'=') => (At::BeforeValue, false),
        (At::Attribute | At::AfterAttribute, _) if blank => (At::AfterAttribute, false),
        (At::Attribute, _) => (at, false),
        (At::AfterAttribute, b'/') => (At::BeforeAttribute, false),
        (At::AfterAttribute, _) => (At::Attribute, true),
        (At::BeforeValue, b'"') => (At::Double, false),
        (At::BeforeValue, b'\'') => (At::Single, false),
        (At::BeforeValue, _) => (At::Unquoted, false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(markup: &str) -> (Result<(), Hostile>, Result<(), Hostile>) {
        (
            rehearse(markup, Whole::Document),
            rehearse(markup, Whole::Fragment),
        )
    }

    #[test]
    fn ordinary_pages_pass() {
        let list = format!(
            "<!DOCTYPE html><html><body class=a>{}</body></html>",
            "<div class=\"row\"><p>One <b>two</b> <a href='/x?a=1&amp;b=2'>three</a></div>"
                .repeat(20_000)
        );
        let table = format!(
            "<table>{}</table>",
            "<tr><td>a<td>b<table><tr><td>c</table>".repeat(5_000)
        );
        let drawing = format!(
            "<svg>{}</svg>",
            "<g><path d=\"M0 0 L1 1\"/><style><![CDATA[a>b{}]]></style></g>".repeat(2_000)
        );
        let script = format!("<script>{}</script>", "if (a<b) x('<div>');".repeat(5_000));
        let picture = format!(
            "<img src=\"data:image/png;base64,{}\">",
            "A/ ".repeat(200_000)
        );
        let bold = format!("<p><b>{}", "</p><p>x".repeat(2_000));
        for page in [list, table, drawing, script, picture, bold] {
            assert_eq!(both(&page), (Ok(()), Ok(())), "{:.60}", page);
        }
    }

    #[test]
    fn depth_is_noticed_however_it_hides() {
        let many = 5_000;
        let mut missed = Vec::new();
        for (before, piece) in [
            ("", "<div>"),
            // Closing tags that close nothing.
            ("", "<div></b>"),
            ("", "<div></x></p></br>"),
            // What is raw text in HTML is none in a drawing.
            ("<svg>", "<g>"),
            ("<svg><title>", "<div>"),
            ("<svg><style>", "<g>"),
            ("<svg><script>", "<g>"),
            ("<math><mtext>", "<div>"),
            ("<template>", "<div>"),
            // Comments and sections that end sooner than they look.
            ("<!-->", "<div>"),
            ("<!--->", "<div>"),
            ("<!-- --!>", "<div>"),
            ("<![CDATA[>", "<div>"),
            ("<?>", "<div>"),
            // Quotes where none count.
            ("<x '>", "<div>"),
            ("<x y=z'>", "<div>"),
            ("<style.x>", "<div>"),
            ("<table>", "<tr><td><table>"),
        ] {
            let markup = format!("{before}{}", piece.repeat(many));
            let (document, fragment) = both(&markup);
            if document.is_ok() || fragment.is_ok() {
                missed.push(format!("{before}{piece}: {document:?} {fragment:?}"));
            }
        }
        assert_eq!(missed, [""; 0]);
    }

    #[test]
    fn attributes_are_counted_wherever_a_tag_may_begin() {
        let flood = "a='>' ".repeat(5_000);
        for markup in [
            format!("<p {flood}>"),
            format!("<!--><p {flood}>"),
            format!("<style.x><p {flood}>"),
            format!("<x '><p {flood}>"),
            format!("<p {}>", "a ".repeat(5_000)),
            format!("<p {}>", "a/".repeat(5_000)),
            format!("<p {}>", "a=\"\"b=''".repeat(5_000)),
            format!("<p =\"{}>", "a ".repeat(5_000)),
        ] {
            let hostile = rehearse(&markup, Whole::Fragment);
            assert_eq!(hostile, Err(Hostile::TooManyAttributes), "{:.40}", markup);
        }
        // A long value is one attribute.
        let value = format!("<p style='{}'>", "a b/c=d ".repeat(50_000));
        assert_eq!(rehearse(&value, Whole::Fragment), Ok(()));
        // `<body>` again and again would add its attributes to the first.
        let again: String = (0..3_000).map(|n| format!("<body a{n}>")).collect();
        assert_eq!(
            rehearse(&again, Whole::Document),
            Err(Hostile::TooManyAttributes)
        );
    }

    #[test]
    fn a_few_tags_do_not_become_many() {
        let open: String = (0..200).map(|n| format!("<font color={n}>")).collect();
        let markup = format!("<p>{open}</p>{}", "<p>x</p>".repeat(50_000));
        assert_eq!(
            both(&markup),
            (Err(Hostile::Multiplying), Err(Hostile::Multiplying))
        );
        let long = format!(
            "<p><a href=\"https://e.org/{}\">{}",
            "x".repeat(100_000),
            "</p><p>x".repeat(20_000)
        );
        assert_eq!(
            both(&long),
            (Err(Hostile::Multiplying), Err(Hostile::Multiplying))
        );
        let fostered = format!("<table>{}", "<i>x</i>".repeat(20_000));
        assert_eq!(
            rehearse(&fostered, Whole::Fragment),
            Err(Hostile::Misplaced)
        );
        let many = "<br>".repeat(MAX_NODES + 1_000);
        assert_eq!(rehearse(&many, Whole::Fragment), Err(Hostile::TooMany));
    }

    #[test]
    fn sixteen_mebibytes_are_judged_quickly() {
        for piece in [
            "<p>",
            "<",
            "<a ",
            "<a b=\"",
            "<a b='",
            "<!--",
            "&",
            "x",
            "</p>",
            "<a b=\"c\" ",
        ] {
            let markup = piece.repeat((4 << 20) / piece.len());
            let begun = crate::clock::worked();
            let _ = both(&markup);
            let spent = crate::clock::worked().saturating_sub(begun);
            println!("{piece:?}: {spent:?}");
            assert!(spent.as_secs() < 20, "{piece:?}: {spent:?}");
        }
    }
}
