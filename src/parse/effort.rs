//! What it may cost to match an operator's selectors on a page.
//!
//! A selector is matched by walking from an element to its ancestors and siblings. With a page of
//! a hundred thousand siblings, `:nth-last-child()` looks at all of them a hundred thousand times;
//! so what a page could cost is reckoned before anything is matched on it.

use scraper::Html;

/// The most steps that one selector may need on a page: some tenths of a second. A list of ten
/// thousand rows, the longest that is read, needs no more.
const MOST_STEPS: usize = 100_000_000;

/// Words of selectors that look at every sibling again for each element. The other ones that count
/// remember what they counted.
const SIBLING_WORDS: [&str; 5] = ["~", "nth-last-", ":last-of-type", ":only-of-type", ":has("];

/// Whether a selector looks at the siblings of each element. The `~=` of an attribute is none such,
/// and to take it for one costs nothing on a page that anybody made by hand.
pub(super) fn looks_at_siblings(css: &str) -> bool {
    let css = css.to_ascii_lowercase();
    SIBLING_WORDS.iter().any(|word| css.contains(word))
}

/// Refuses a page on which matching could take seconds.
///
/// # Errors
/// With what is wrong with the page, and what to write instead.
pub(super) fn check(page: &Html, with_siblings: bool) -> Result<(), String> {
    let (mut up, mut across) = (0_usize, 0_usize);
    for node in page.tree.nodes() {
        if !node.value().is_element() {
            continue;
        }
        up = up.saturating_add(node.ancestors().count());
        if up > MOST_STEPS {
            return Err("too many elements are nested too deep to match selectors on".to_owned());
        }
        if with_siblings {
            let children = node.children().filter(|child| child.value().is_element());
            let children = children.count();
            across = across.saturating_add(children.saturating_mul(children));
        }
    }
    if across > MOST_STEPS {
        return Err(
            "the page has so many elements side by side that a selector with `~`, `:has()`, `:nth-last-…`, `:last-of-type` or `:only-of-type` would take too long on it: write one without"
                .to_owned(),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_page_needs_is_refused() {
        let rows = |count: usize| Html::parse_document(&"<p>x".repeat(count));
        assert_eq!(check(&rows(9_900), true), Ok(()));
        assert_eq!(check(&rows(20_000), false), Ok(()));
        assert!(check(&rows(20_000), true).is_err());
        let deep = format!("{}{}", "<div>".repeat(500), "<i></i>".repeat(220_000));
        assert!(check(&Html::parse_document(&deep), false).is_err());
    }

    #[test]
    fn selectors_that_look_around() {
        for css in [
            "h2 ~ p",
            "li:NTH-LAST-child(2)",
            "p:last-of-type",
            "a:has(b)",
        ] {
            assert!(looks_at_siblings(css), "{css}");
        }
        for css in [
            "tr:nth-child(2n) > td + td",
            "p:first-of-type, li:last-child",
        ] {
            assert!(!looks_at_siblings(css), "{css}");
        }
    }
}
