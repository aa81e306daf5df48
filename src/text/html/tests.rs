//! What becomes of markup.

use proptest::prelude::*;
use url::Url;

use super::safe::{SANITIZER, is_already_safe};
use super::*;

#[test]
fn titles_are_one_plain_line() {
    for (given, line_of_it) in [
        ("AT&T rules", "AT&T rules"),
        ("a < b and b > a", "a < b and b > a"),
        ("<b>Bold</b> move", "Bold move"),
        ("Q&amp;A", "Q&A"),
        ("&lt;b&gt;Twice&lt;/b&gt; &amp;amp; more", "Twice & more"),
        ("  two\n lines\t", "two lines"),
        ("&eacute;&#233;&#xE9;&#146;", "ééé’"),
        ("x&nosuch;y &copy 2026", "x&nosuch;y © 2026"),
        ("safe\u{202e}evil\u{0}", "safeevil"),
        ("<script>alert(1)</script>Title", "Title"),
        ("The &lt;blink&gt; tag", "The <blink> tag"),
        (
            "&amp;lt;b&amp;gt; in a List&lt;int&gt;",
            "&lt;b&gt; in a List<int>",
        ),
        ("\u{5d0}\u{200f} (1)", "\u{5d0}\u{200f} (1)"),
    ] {
        assert_eq!(line(given), line_of_it, "{given}");
    }
    assert!(line(&"word ".repeat(1_000)).chars().count() <= 500);
}

#[test]
fn plain_text_keeps_its_lines() {
    assert_eq!(
        plain(
            "<p>One <b>two</b></p><ul><li>a<li>b</ul><script>x</script>c<!-- d -->&nbsp;e<table><tr><td>f</td><td>g</td></tr></table>"
        ),
        "One two\na\nb\nc e\nf g"
    );
    assert_eq!(
        plain("<svg><title>icon</title></svg>a <svg>b <math>c"),
        "a b c"
    );
    assert_eq!(plain("a<script>b"), "a");
    assert_eq!(plain("no end <a href=\"x>y"), "no end y");
    assert_eq!(plain("1 <2 and <3"), "1 <2 and <3");
}

#[test]
fn what_is_unsafe_is_gone() {
    let base = Url::parse("https://e.org/news/1").unwrap();
    for (given, kept) in [
        ("<p>ok</p>", "<p>ok</p>"),
        ("plain", "plain"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<svg><style><img src=x onerror=1></style></svg>x", "x"),
        (
            "<p style='position:fixed' onclick=x class=y id=z>a</p>",
            "<p>a</p>",
        ),
        ("<iframe src=x></iframe>b", "b"),
        ("<svg onload=x>b", "b"),
        // Elements of a formula fit nowhere outside it, and go with what they hold.
        ("<math><mi>x</mi></math>b", "b"),
        ("<p title=\"--><script>\">a</p>", "<p>a</p>"),
        (
            "<a href='https://e.org@evil.org/'>c</a>",
            "<a rel=\"noopener noreferrer nofollow\">c</a>",
        ),
        (
            "<a href='javascript:alert(1)'>c</a>",
            "<a rel=\"noopener noreferrer nofollow\">c</a>",
        ),
        (
            "<a href='/rel'>d</a>",
            "<a href=\"https://e.org/rel\" rel=\"noopener noreferrer nofollow\">d</a>",
        ),
        ("a & b", "a &amp; b"),
        // Read again, this is the same.
        ("<h2><em><h2></em>", "<h2><em></em></h2><h2><em></em></h2>"),
    ] {
        assert_eq!(safe_html(given, Some(&base)).as_str(), kept, "{given}");
    }
}

#[test]
fn depth_is_noticed_before_a_tree_is_built() {
    assert!(check_nesting(&"<div>".repeat(100_000)).is_err());
    assert!(check_nesting(&"<p>x".repeat(100_000)).is_ok());
    assert!(check_nesting(&format!("<a {}>", "x=1 ".repeat(2_000))).is_err());
    let safe = safe_html(&format!("{}text", "<b>".repeat(10_000)), None);
    assert_eq!(safe.as_str(), "text");
}

#[test]
fn long_texts_full_of_signs_are_kept_and_written_quickly() {
    let begun = crate::clock::worked();
    for (written, safe) in [
        ("&", "&amp;"),
        ("a&amp;b ", "a&amp;b "),
        ("\u{b0}", "\u{b0}"),
        ("&nbsp;", "&nbsp;"),
        ("x &lt; y&#38;z ", "x &lt; y&amp;z "),
    ] {
        let count = 400_000 / written.len();
        let fragment = format!("<p><b>Kept</b> {}.</p>", written.repeat(count));
        let expected = format!("<p><b>Kept</b> {}.</p>", safe.repeat(count));
        assert!(
            safe_html(&fragment, None).as_str() == expected,
            "{written:?}: {:.120}",
            safe_html(&fragment, None).as_str()
        );
    }
    let title = format!(
        "<a href=\"https://e.org/?{}\">Kept</a>",
        "a&amp;".repeat(80_000)
    );
    assert!(safe_html(&title, None).as_str().contains("Kept"));
    let spent = crate::clock::worked().saturating_sub(begun);
    assert!(spent.as_secs() < 30, "{spent:?}");
}

#[test]
fn excerpts_end_at_a_word() {
    assert_eq!(excerpt("one two three", 100), "one two three");
    assert_eq!(excerpt("one two three", 9), "one two…");
    assert_eq!(excerpt("äöüäöüäöü", 4), "äöü…");
}

fn messy() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            Just("<p>"),
            Just("</p>"),
            Just("<b>"),
            Just("</b>"),
            Just("<a href=\"javascript:x\">"),
            Just("<ul>"),
            Just("<li>"),
            Just("</li>"),
            Just("</ul>"),
            Just("<script>"),
            Just("</script>"),
            Just("<!--"),
            Just("-->"),
            Just("&lt;"),
            Just("&amp;"),
            Just("&"),
            Just("<"),
            Just(">"),
            Just("text "),
            Just("\""),
            Just("<em>"),
            Just("</em>"),
            Just("<br>"),
            Just("<svg>"),
            Just("<img src=x onerror=y>"),
            Just("<blockquote>"),
            Just("</blockquote>"),
            Just("<h2>"),
            Just("</h2>"),
            Just("é"),
            Just("<![CDATA["),
            Just("]]>"),
            Just("&nbsp;")
        ],
        0..25,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn the_short_way_gives_what_the_long_way_gives(fragment in messy()) {
        if is_already_safe(&fragment) {
            prop_assert_eq!(SANITIZER.clean(&fragment).to_string(), fragment.clone());
        }
    }

    #[test]
    fn nothing_unsafe_comes_out(fragment in messy()) {
        let safe = safe_html(&fragment, None);
        let lower = safe.as_str().to_ascii_lowercase();
        // No `<` and no `>` stands outside tags, so this is every tag. What is text may say
        // anything.
        for tag in lower.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or(tag);
            for bad in ["script", "svg", "img", "math", "style"] {
                prop_assert!(!tag.starts_with(bad), "{}", safe.as_str());
            }
            for bad in ["javascript:", "onerror="] {
                prop_assert!(!tag.contains(bad), "{}", safe.as_str());
            }
        }
        let again = safe_html(safe.as_str(), None);
        prop_assert_eq!(again.as_str(), safe.as_str());
    }

    #[test]
    fn any_text_is_walked(text in "\\PC{0,60}") {
        plain(&text);
        line(&text);
        safe_html(&text, None);
        excerpt(&text, 10);
    }
}

#[test]
fn a_mark_of_byte_order_behind_blank_lines_is_no_text() {
    let many = format!("<table><tr>{}$ <b>x", "\u{feff}".repeat(20));
    for markup in ["\n\n\u{feff}>x</script><table><tr><td>a", &many] {
        let once = safe_html(markup, None);
        assert_eq!(safe_html(once.as_str(), None).as_str(), once.as_str());
        assert!(!once.as_str().starts_with('\u{feff}'), "{markup:?}");
    }
}
