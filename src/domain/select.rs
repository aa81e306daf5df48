//! How a listing says where its items and their parts stand.
//!
//! A definition is data, written by operators in `sources.toml`; `docs/listings.md` shows each
//! word with an example. What is here knows no HTML: `parse` reads the selectors.

use serde::{Deserialize, Serialize};

/// Selectors of a listing or of a watched page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Select {
    /// Elements in which `<br>` alone stands between items: each of their lines becomes an
    /// element `line` that the other selectors can name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<String>,
    /// Each news item (CSS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The item's link; the item's own `href` or its first link when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Pick>,
    /// The item's title; the link's text when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Pick>,
    /// The item's date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Pick>,
    /// The item's summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Pick>,
    /// What makes the item itself (a docket, a document number), when its link does not; an item
    /// with a key needs no link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Pick>,
    /// The publisher's own labels of the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub categories: Option<Pick>,
    /// Rows in which this is found are no items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<Pick>,
    /// Rows in which this is not found are no items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Pick>,
    /// The address of the list's next page, looked for on the whole page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Pick>,
    /// Of a watched page: what is compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
    /// Of a watched page: what is left out of the comparison.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
    /// Of a watched page: a regular expression; only what it finds in the text is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch: Option<String>,
    /// Of a watched page: the publisher's own word of what changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Pick>,
    /// Of a watched page: the standard or act that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Pick>,
    /// Of a watched page: how it shows the life cycle of a standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub life_cycle: Option<LifeCycleRule>,
}

/// How a page shows the stages that a standard's project has passed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifeCycleRule {
    /// Each stage passed (CSS).
    pub item: String,
    /// The stage of an item: a code such as `60.60`, which `edit` can make of the publisher's
    /// words; found anywhere in the item's text when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Pick>,
    /// The day on which it was passed. Where this is written, an item without a date is a stage
    /// still to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Pick>,
    /// The publisher's own identity of the project, looked for on the whole page: the same in
    /// every language and through all stages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Pick>,
    /// A regular expression that finds that identity in the page's address; its first group
    /// counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_in_address: Option<String>,
}

impl Select {
    /// Whether anything says how a watched page is read.
    pub fn is_of_page(&self) -> bool {
        !self.keep.is_empty()
            || !self.drop.is_empty()
            || self.watch.is_some()
            || self.note.is_some()
            || self.reference.is_some()
            || self.life_cycle.is_some()
    }
}

/// Where one part of an item stands: one way to it, or several tried in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Pick(pub Vec<Way>);

/// One way to a part. With no field set it means the item's own text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Way {
    /// CSS, with at its end `@attribute` for an attribute's value, or `::own` (text that stands
    /// in the element itself), `::lines` (its text with line ends), `::following` (text after it
    /// up to the next item), `::preceding` (text before it back to the item before).
    /// `||` stands between several, tried in order. The first element with a value counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub css: Option<String>,
    /// The attribute whose value is meant, as `@attribute`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// Look on the whole page and not within the item.
    #[serde(skip_serializing_if = "is_false")]
    pub page: bool,
    /// Look within the nearest element around the item (or the item itself) that matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closest: Option<String>,
    /// Look within the nearest element that matches and ends before the item begins: a heading
    /// over a group of items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Look within the nearest element that matches and stands between this item and the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Look within the cell of the item's table row that stands in this column, as counted with
    /// merged cells: a number from 1, or the text of the column's heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Which of the values found is meant, from 1; negative counts from the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nth: Option<i64>,
    /// All values found, with this between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<String>,
    /// Which line of the text is meant, from 1; negative counts from the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
    /// Values joined to one by `format`; each must be found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Pick>,
    /// `{1}` stands for the first of the parts, and so on; blanks stand between them without it.
    /// Without parts `{1}` is the value itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// A regular expression that the value must match.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// What is taken of the match: `$1` is its first group. The first group, or the whole match
    /// where there is none, when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace: Option<String>,
    /// Corrections of the value, one after the other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub edit: Vec<Edit>,
    /// A fixed value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// When nothing is found, what the row before had.
    #[serde(skip_serializing_if = "is_false")]
    pub inherit: bool,
}

/// A correction: every match of a regular expression is replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The regular expression.
    #[serde(rename = "match")]
    pub pattern: String,
    /// What takes its place; nothing when absent.
    #[serde(default)]
    pub replace: String,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Way {
    /// The way that a text alone means.
    pub fn css(text: &str) -> Self {
        Self {
            css: Some(text.to_owned()),
            ..Self::default()
        }
    }

    fn is_css_alone(&self) -> bool {
        let bare = Self {
            css: self.css.clone(),
            ..Self::default()
        };
        self.css.is_some() && *self == bare
    }
}

impl From<&str> for Pick {
    fn from(text: &str) -> Self {
        Self(vec![Way::css(text)])
    }
}

impl From<String> for Pick {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Way> for Pick {
    fn from(way: Way) -> Self {
        Self(vec![way])
    }
}

/// As files hold it: a text, a table, or a list of both.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    // First: serde reads a list as the fields of a table in order, too.
    Several(Vec<WrittenWay>),
    One(WrittenWay),
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum WrittenWay {
    Text(String),
    Table(Box<Way>),
}

impl From<WrittenWay> for Way {
    fn from(written: WrittenWay) -> Self {
        match written {
            WrittenWay::Text(text) => Self::css(&text),
            WrittenWay::Table(way) => *way,
        }
    }
}

impl From<Way> for WrittenWay {
    fn from(way: Way) -> Self {
        if way.is_css_alone() {
            Self::Text(way.css.unwrap_or_default())
        } else {
            Self::Table(Box::new(way))
        }
    }
}

impl From<Written> for Pick {
    fn from(written: Written) -> Self {
        Self(match written {
            Written::One(way) => vec![way.into()],
            Written::Several(ways) => ways.into_iter().map(Into::into).collect(),
        })
    }
}

impl From<Pick> for Written {
    fn from(pick: Pick) -> Self {
        let mut ways: Vec<WrittenWay> = pick.0.into_iter().map(Into::into).collect();
        match ways.len() {
            1 => Self::One(ways.swap_remove(0)),
            _ => Self::Several(ways),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let text = r#"item = "li"
link = "a@href"
summary = ["p", "div"]
title = ["h3", { css = "a", match = "(.*) \\|" }]
date = { before = "h2", inherit = true, edit = [{ match = "Posted" , replace = "" }] }
"#;
        let select: Select = toml::from_str(text).unwrap();
        assert_eq!(select.link, Some("a@href".into()));
        assert_eq!(select.title.as_ref().unwrap().0.len(), 2);
        assert_eq!(select.summary.as_ref().unwrap().0.len(), 2);
        assert!(select.date.as_ref().unwrap().0[0].inherit);
        let again = toml::to_string(&select).unwrap();
        assert!(again.contains("link = \"a@href\""), "{again}");
        assert_eq!(toml::from_str::<Select>(&again).unwrap(), select);
        let json = serde_json::to_string(&select).unwrap();
        assert_eq!(serde_json::from_str::<Select>(&json).unwrap(), select);
    }
}
