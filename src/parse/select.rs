//! Selectors as `sources.toml` writes them: CSS, with `@attribute` at the end for a value.

use scraper::{ElementRef, Selector};

use crate::domain::source::Select;

/// A selector that has been read.
#[derive(Debug)]
pub(super) struct Reading {
    /// What it matches; none means the item itself.
    css: Option<Selector>,
    /// The attribute whose value is wanted; none means the text.
    pub attribute: Option<String>,
}

impl Reading {
    /// Reads `css`, `css@attribute` or `@attribute`.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to write.
    pub(super) fn new(name: &str, text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (css, attribute) = split(text);
        let css = match css.trim() {
            "" if attribute.is_some() => None,
            "" => return Err(format!("select.{name} is empty")),
            css => Some(css_selector(name, css)?),
        };
        Ok(Self {
            css,
            attribute: attribute.map(str::to_ascii_lowercase),
        })
    }

    /// The first element meant within an item.
    pub(super) fn element<'a>(&self, item: ElementRef<'a>) -> Option<ElementRef<'a>> {
        match &self.css {
            Some(css) => item.select(css).next(),
            None => Some(item),
        }
    }

    /// The value meant within an item, blanks at the ends dropped; an empty one is none.
    pub(super) fn value(&self, item: ElementRef<'_>) -> Option<String> {
        let element = self.element(item)?;
        let value = match &self.attribute {
            Some(attribute) => element.attr(attribute)?.trim().to_owned(),
            None => text_of(element),
        };
        (!value.is_empty()).then_some(value)
    }
}

/// The selector without `@attribute`, and the attribute. An `@` inside brackets or quotes, as in
/// `a[href*="@"]`, belongs to the CSS.
fn split(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once('@') {
        Some((css, attribute))
            if !attribute.is_empty()
                && attribute
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ':')) =>
        {
            (css, Some(attribute))
        }
        _ => (text, None),
    }
}

/// A CSS selector.
///
/// # Errors
/// As [`Reading::new`].
pub(super) fn css_selector(name: &str, css: &str) -> Result<Selector, String> {
    Selector::parse(css).map_err(|error| {
        let hint = if css.contains(":contains") || css.contains("::") {
            "; `:contains()` and `::attr()` are not CSS: write `selector@attribute` for a value"
        } else if css.contains('@') {
            "; after `@` stands one attribute's name and nothing else"
        } else {
            ""
        };
        format!("select.{name} = `{css}` is no CSS selector ({error}){hint}")
    })
}

/// What is wrong with the selectors of a source.
pub(super) fn faults(select: &Select) -> Vec<String> {
    let values = [
        ("link", &select.link),
        ("title", &select.title),
        ("date", &select.date),
        ("summary", &select.summary),
    ]
    .into_iter()
    .filter_map(|(name, text)| Reading::new(name, text.as_ref()?).err());
    let elements = select
        .item
        .iter()
        .map(|css| ("item", css))
        .chain(select.keep.iter().map(|css| ("keep", css)))
        .chain(select.drop.iter().map(|css| ("drop", css)))
        .filter_map(|(name, css)| css_selector(name, css).err());
    elements.chain(values).collect()
}

/// The text of an element in one line, with a blank where one block ends and the next begins.
pub(super) fn text_of(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    for node in element.descendants() {
        match node.value() {
            scraper::Node::Text(text) => {
                let hidden = node
                    .parent()
                    .and_then(ElementRef::wrap)
                    .is_some_and(|parent| matches!(parent.value().name(), "script" | "style"));
                if !hidden {
                    out.push_str(text);
                }
            }
            scraper::Node::Element(inner) if !is_inline(inner.name()) => out.push(' '),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "b"
            | "bdi"
            | "bdo"
            | "cite"
            | "code"
            | "em"
            | "font"
            | "i"
            | "mark"
            | "q"
            | "s"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "u"
            | "wbr"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_after_the_sign() {
        for (text, css, attribute) in [
            ("a@href", "a", Some("href")),
            ("@data-url", "", Some("data-url")),
            ("a[href*=\"@\"]", "a[href*=\"@\"]", None),
            ("a[href*=\"@\"]@href", "a[href*=\"@\"]", Some("href")),
            ("h3 > a", "h3 > a", None),
        ] {
            assert_eq!(split(text), (css, attribute), "{text}");
        }
    }

    #[test]
    fn every_fault_is_named() {
        let select = Select {
            item: Some("li:contains(x)".into()),
            link: Some("a::attr(href)".into()),
            title: Some("".into()),
            date: Some("time@datetime".into()),
            keep: vec!["main".into(), ">".into()],
            ..Select::default()
        };
        let found = faults(&select);
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found[0].contains("select.item") && found[0].contains("not CSS"));
        assert!(found[1].contains("select.keep"));
        assert!(found[2].contains("selector@attribute"));
        assert!(found[3].contains("empty"));
    }
}
