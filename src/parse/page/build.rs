//! A sketch of how a page is built: by it, a page that was built anew is known from one whose
//! words changed.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html};

/// How many of the smallest numbers are kept: two sketches estimate what share of their features
/// two pages have in common to within some hundredths.
const KEPT: usize = 128;

/// The smallest numbers of the page's features (tag with one class, or tag under tag), each once
/// however often it occurs. Classes with numbers in them are made anew at every fetch.
pub(super) fn sketch(page: &Html) -> Vec<u32> {
    let mut kept = BTreeSet::new();
    let mut note = |number: u32| {
        if kept.len() < KEPT || kept.last().is_some_and(|last| number < *last) {
            kept.insert(number);
            if kept.len() > KEPT {
                kept.pop_last();
            }
        }
    };
    for element in page.root_element().descendent_elements() {
        let name = element.value().name();
        if matches!(name, "script" | "style" | "meta" | "link" | "noscript") {
            continue;
        }
        let around = element.parent().and_then(ElementRef::wrap);
        let around = around.map_or("", |around| around.value().name());
        note(number(&[around, ">", name]));
        let steady = |class: &&str| !class.contains(|c: char| c.is_ascii_digit());
        for class in element.value().classes().filter(steady).take(20) {
            note(number(&[name, ".", class]));
        }
    }
    kept.into_iter().collect()
}

/// FNV-1a: stored numbers have to be the same in every version of this program.
fn number(parts: &[&str]) -> u32 {
    let bytes = parts.iter().flat_map(|part| part.bytes());
    bytes.fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_no_part_of_how_a_page_is_built() {
        let sketch = |text: &str| sketch(&Html::parse_document(text));
        let old = "<div class='box main'><p>One</p><p>Two</p></div>";
        assert_eq!(
            sketch(old),
            sketch("<div class='main box x1a9'><p>Other words</p></div>")
        );
        assert_ne!(
            sketch(old),
            sketch("<section class='card'><p>One</p></section>")
        );
        assert!(sketch(&"<i><b>".repeat(50)).len() <= KEPT);
        assert_eq!(number(&["a"]), 0xe40c_292c);
    }
}
