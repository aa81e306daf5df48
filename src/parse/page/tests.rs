//! Blocks out of pages as publishers write them.

use super::super::tests::document;
use super::blocks::blocks;
use super::*;
use crate::domain::page::BlockKind::{Heading, ListItem, Paragraph, Quote, TableRow, Verbatim};

fn texts(page: &str) -> Vec<(BlockKind, u8, String)> {
    let html = Html::parse_document(page);
    let roots = frame::main(&html);
    let flat = Flat::new(&html);
    let mut dropped = frame::hidden(&html);
    dropped.extend(frame::frames(&roots, &flat));
    blocks(&roots, &dropped)
        .into_iter()
        .map(|block| (block.kind, block.level, block.text))
        .collect()
}

#[test]
fn blocks_stand_in_reading_order() {
    let expected: Vec<(BlockKind, u8, String)> = [
        (Heading, 1, "Title & more"),
        (Paragraph, 0, "Text in the body itself"),
        (Paragraph, 0, "One two. Next line"),
        (ListItem, 1, "first"),
        (ListItem, 2, "inner"),
        (ListItem, 1, "second paragraph"),
        (ListItem, 1, "of it"),
        (TableRow, 0, "Name | Date"),
        (TableRow, 0, "A, with a list | 1 May"),
        (Quote, 0, "Said by somebody"),
        (Verbatim, 0, "line 1\nline 2"),
        (Paragraph, 0, "Term: what it means"),
        (Paragraph, 0, "Is it so? Yes."),
        (Heading, 2, "A heading by its role"),
        (Paragraph, 0, "end"),
    ]
    .map(|(kind, level, text)| (kind, level, text.to_owned()))
    .to_vec();
    assert_eq!(
        texts(
            "<body><h1>Title &amp; more</h1>Text in the body <b>it</b>self<p>One\n  <i>two</i>.<br>Next line<p><ul><li>first\
             <ul><li>inner</ul><li><p>second paragraph<p hidden>no</p> of it</ul><table><tr><th>Name<th>Date<tr><td>A, with <ul><li>a list</ul><td>1 May</table>\
             <blockquote>Said by somebody</blockquote><pre>line 1\n  line 2</pre><dl><dt>Term<dd>what it means<dt>Is it so?<dd>Yes.</dl>\
             <div role=heading>A heading by its role</div><script>no</script><p>—</p>end"
        ),
        expected
    );
}

#[test]
fn labels_and_values_are_one_block() {
    let one = |page: &str| {
        let found = texts(page);
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().map(|(_, _, text)| text)
    };
    for page in [
        "<div><div class=label>Status</div><span>Published</span></div>",
        "<div><span>Status</span> <strong>Published</strong></div>",
        "<li><div>Status</div><div>Published</div></li>",
    ] {
        assert_eq!(one(page).as_deref(), Some("Status Published"), "{page}");
    }
    assert_eq!(
        texts(&format!(
            "<div><div>{0}</div><div>{0}</div></div>",
            "many words of a text ".repeat(5)
        ))
        .len(),
        2
    );
}

#[test]
fn what_frames_a_page_is_left_out_and_what_may_be_text_is_not() {
    let text: String = (0..20)
        .map(|n| format!("<p>Paragraph {n} of the text of the page.</p>"))
        .collect();
    let left = |page: &str| {
        let mut texts = texts(&format!("<body>{text}{page}</body>"));
        texts.drain(..20);
        texts
            .into_iter()
            .map(|(_, _, text)| text)
            .collect::<Vec<_>>()
            .join(" / ")
    };
    for (page, rest) in [
        ("<nav><a href=x>Menu</a></nav>", ""),
        ("<div class='c-cookie-banner'>We use cookies</div>", ""),
        ("<div role=contentinfo>Address</div>", ""),
        ("<div class='sidebar widget'>Other pages</div>", ""),
        (
            "<div style='display: none'>hidden</div><span class=sr-only>for readers</span>",
            "",
        ),
        ("<div class=footer>small print</div>", ""),
        ("<select><option>A</select><button>Go</button>", ""),
        (
            "<div class='alert-banner'>Withdrawn on 1 May</div>",
            "Withdrawn on 1 May",
        ),
        ("<div class=notice>Superseded</div>", "Superseded"),
        (
            "<ul class=dropdown-menu><li>Stage 60.60</ul>",
            "Stage 60.60",
        ),
        (
            "<div class=comments-close>Comments close on 5 May</div>",
            "Comments close on 5 May",
        ),
        ("<div class=section-header><h2>Scope</h2></div>", "Scope"),
        ("<section><header>Part one</header></section>", "Part one"),
    ] {
        assert_eq!(left(page), rest, "{page}");
    }
    // What holds most of the page is the page, whatever it is called.
    assert_eq!(
        texts(&format!("<div class='has-sidebar'>{text}</div>")).len(),
        20
    );
    assert_eq!(texts(&format!("<form>{text}</form>")).len(), 20);
    // The page's own name for its text.
    assert_eq!(
        texts(&format!("<p>Frame</p><main>{text}</main><p>Frame</p>")).len(),
        20
    );
}

#[test]
fn a_long_paragraph_is_cut_at_sentences() {
    let sentence = "This sentence says what the operator has to do, and when. ";
    let found = texts(&format!("<p id=long>{}</p>", sentence.repeat(400)));
    assert!(found.len() > 4);
    assert!(
        found
            .iter()
            .all(|(_, _, text)| text.len() <= 4_000 && text.ends_with('.'))
    );
    let unbroken = texts(&format!("<p>{}</p>", "é".repeat(50_000)));
    assert_eq!(
        unbroken
            .iter()
            .map(|(_, _, text)| text.chars().count())
            .sum::<usize>(),
        50_000
    );
}

#[test]
fn a_pdf_is_known_by_its_bytes() {
    assert!(is_pdf(&document(b"%PDF-1.7\n...")));
    assert!(is_pdf(&document(b"\n\xef\xbb\xbf%PDF-1.4")));
    assert!(!is_pdf(&document(
        b"<!doctype html><p>how to read %PDF-1.4</p>"
    )));
    assert!(!is_pdf(&document(b"text")));
}
