//! What changed on a watched page: block by block, word by word, with a weight.

use chrono::{DateTime, Utc};

use super::address::WebAddress;
use super::change::Fingerprint;
use super::document::{Entry, Markup};
use super::page::BlockKind;
use super::stated::{ChangeNote, Stated};
use crate::text::diff::{self, Marks, Part, Span};
use crate::text::html::{self, SafeHtml};

/// One difference between two versions of a page.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BlockEdit {
    /// What kind of block changed.
    pub block: BlockKind,
    /// The headings it stands under, the outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub under: Vec<String>,
    /// The `id` by which an address can point to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    /// Its words: what stayed, went and came.
    pub spans: Vec<Span>,
    /// What it weighs by itself, 0 to 1.
    pub weight: f64,
    /// The same for the same edit on another page.
    pub fingerprint: Fingerprint,
}

/// What happened to a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Some of its words are others.
    Rewritten,
}

impl BlockEdit {
    /// What happened to the block.
    pub fn edited(&self) -> Edited {
        let is = |part: Part| self.spans.iter().all(|span| span.part == part);
        if is(Part::Added) {
            Edited::Added
        } else if is(Part::Removed) {
            Edited::Removed
        } else {
            Edited::Rewritten
        }
    }

    /// The block's text before; empty for one that is new.
    pub fn before(&self) -> String {
        match self.edited() {
            Edited::Added => String::new(),
            _ => diff::before(&self.spans).trim_end().to_owned(),
        }
    }

    /// The block's text now; empty for one that is gone.
    pub fn after(&self) -> String {
        match self.edited() {
            Edited::Removed => String::new(),
            _ => diff::after(&self.spans).trim_end().to_owned(),
        }
    }
}

/// What changed between two versions of a page.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PageChange {
    /// The differences, in the page's order.
    pub edits: Vec<BlockEdit>,
    /// How much it matters, 0 to 1: by how many words are others, and of what kind.
    pub weight: f64,
    /// The publisher's own word of what changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The same for the same edits on another page.
    pub fingerprint: Fingerprint,
    /// Whether the page was built anew at the same time.
    #[serde(default, skip_serializing_if = "is_false")]
    pub redesigned: bool,
    /// Whether the page is again what it was at an earlier look.
    #[serde(default, skip_serializing_if = "is_false")]
    pub returned: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// The step between two versions of a watched page that an Update tells of.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct VersionStep {
    /// The version before.
    pub from: u32,
    /// The version that the change led to.
    pub to: u32,
    /// How much it matters, 0 to 1.
    pub weight: f64,
}

/// Words kept around a change where a text is shown in short.
const AROUND: usize = 12;
/// The longest note or heading in a headline, in characters.
const HEADLINE: usize = 140;
/// The longest summary, in characters.
const SUMMARY: usize = 400;

impl PageChange {
    /// The difference that weighs most; the first of equals.
    pub fn heaviest(&self) -> Option<&BlockEdit> {
        self.edits.iter().reduce(|best, edit| {
            if edit.weight > best.weight {
                edit
            } else {
                best
            }
        })
    }

    /// How many passages were rewritten, added and removed: "2 passages changed, 1 added".
    pub fn counts(&self) -> String {
        let count = |edited| {
            let edits = self.edits.iter().filter(|edit| edit.edited() == edited);
            edits.count()
        };
        let mut out = String::new();
        for (number, done) in [
            (count(Edited::Rewritten), "changed"),
            (count(Edited::Added), "added"),
            (count(Edited::Removed), "removed"),
        ] {
            let noun = match (number, out.is_empty()) {
                (0, _) => continue,
                (1, true) => " passage",
                (_, true) => " passages",
                (_, false) => "",
            };
            if !out.is_empty() {
                out.push_str(", ");
            }
            out.push_str(&format!("{number}{noun} {done}"));
        }
        if out.is_empty() {
            out.push_str("nothing changed");
        }
        out
    }

    /// What changed, in a few lines of plain text: the publisher's note where there is one, how
    /// many passages, and the heaviest of them.
    pub fn summary(&self) -> String {
        let mut out = String::new();
        if let Some(note) = &self.note {
            out.push_str(note.trim());
            out.push('\n');
        }
        let mut counts = self.counts();
        if self.returned {
            counts.push_str("; the page is again what it was at an earlier look");
        }
        if let Some(first) = counts.get(..1) {
            out.push_str(&first.to_uppercase());
            out.push_str(counts.get(1..).unwrap_or(""));
            out.push('.');
        }
        if let Some(edit) = self.heaviest() {
            out.push('\n');
            let shown = diff::shortened(&edit.spans, AROUND);
            let text = diff::marked(&shown, &Marks::TEXT).replace('\n', " ");
            out.push_str(&html::excerpt(&text, SUMMARY));
        }
        out
    }

    /// Everything that changed as safe HTML: each passage under its heading, with `del` and `ins`.
    pub fn html(&self) -> SafeHtml {
        html::safe_html(&self.marked_up(), None)
    }

    fn marked_up(&self) -> String {
        let marks = &Marks::HTML;
        let mut out = String::new();
        let mut heading = "";
        if let Some(note) = &self.note {
            let note = diff::marked(&diff::whole(Part::Equal, note), marks);
            out.push_str(&format!("<p><strong>{note}</strong></p>"));
        }
        for edit in &self.edits {
            let under = edit.under.last().map_or("", String::as_str);
            if under != heading {
                heading = under;
                let escaped = diff::marked(&diff::whole(Part::Equal, under), marks);
                if !escaped.is_empty() {
                    out.push_str(&format!("<h3>{escaped}</h3>"));
                }
            }
            let shown = diff::shortened(&edit.spans, AROUND * 2);
            out.push_str(&format!("<p>{}</p>", diff::marked(&shown, marks)));
        }
        out
    }

    /// The change as an item of its source: what `compare` and `normalize` make an Update of.
    ///
    /// `name` is what the page is called, `version` the number of the version that this change led
    /// to, counted from 1 for the page's first reading: with it the item keeps its identity when
    /// the work is done again, and a page that goes to and fro has an item each time.
    pub fn entry(&self, name: &str, url: &WebAddress, version: u32, at: DateTime<Utc>) -> Entry {
        let notes = self.note.iter().map(|note| ChangeNote {
            at,
            note: note.clone(),
        });
        Entry {
            guid: Some(format!("version {version}")),
            url: Some(url.clone()),
            title: escaped(&self.headline(name)),
            summary: Some(Markup::Text(self.summary())),
            content: Some(Markup::Html(self.html().into_string())),
            stated: Stated {
                notes: notes.collect(),
                ..Stated::default()
            },
            page: Some(VersionStep {
                from: version.saturating_sub(1),
                to: version,
                weight: self.weight,
            }),
            ..Entry::default()
        }
    }

    /// What changed, in a line: the publisher's note, else the heading that the heaviest edit
    /// stands under.
    pub fn headline(&self, name: &str) -> String {
        if let Some(note) = &self.note {
            let words: Vec<&str> = note.split_whitespace().collect();
            return format!("{name}: {}", html::excerpt(&words.join(" "), HEADLINE));
        }
        let heading = self.heaviest().and_then(|edit| edit.under.last());
        match heading {
            Some(heading) if heading != name => {
                format!("{name}: “{}” changed", html::excerpt(heading, HEADLINE))
            }
            _ => format!("{name}: {}", self.counts()),
        }
    }

    /// Everything that changed as plain text, `[-so-] {+so+}`.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut heading = "";
        if let Some(note) = &self.note {
            out.push_str(note.trim());
            out.push_str("\n\n");
        }
        for edit in &self.edits {
            let under = edit.under.last().map_or("", String::as_str);
            if under != heading {
                heading = under;
                out.push_str(&format!("{under}\n\n"));
            }
            let shown = diff::shortened(&edit.spans, AROUND * 2);
            out.push_str(&diff::marked(&shown, &Marks::TEXT));
            out.push_str("\n\n");
        }
        out.truncate(out.trim_end().len());
        out
    }
}

/// A title is read as HTML by whoever takes it; this one is text.
pub(super) fn escaped(title: &str) -> String {
    title.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_an_item_of_its_source() {
        let url = WebAddress::new("https://www.example.org/guidance").unwrap();
        let mut change = change();
        let at = DateTime::<Utc>::UNIX_EPOCH;
        let entry = change.entry("Guidance & forms", &url, 7, at);
        assert_eq!(entry.guid.as_deref(), Some("version 7"));
        assert_eq!(
            entry.title,
            "Guidance &amp; forms: Time limit &lt;shortened>"
        );
        assert_eq!(entry.stated.notes[0].note, "Time limit <shortened>");
        let step = entry.page.unwrap();
        assert_eq!((step.from, step.to, step.weight), (6, 7, 0.8));
        change.note = None;
        assert_eq!(change.headline("Guidance"), "Guidance: “Duties” changed");
        assert_eq!(
            change.headline("Duties"),
            "Duties: 1 passage changed, 1 added, 1 removed"
        );
    }

    fn edit(before: &str, after: &str, under: &[&str], weight: f64) -> BlockEdit {
        BlockEdit {
            block: BlockKind::Paragraph,
            under: under.iter().map(|text| (*text).to_owned()).collect(),
            anchor: None,
            spans: diff::words(before, after),
            weight,
            fingerprint: Fingerprint(1),
        }
    }

    fn change() -> PageChange {
        PageChange {
            edits: vec![
                edit("", "A new <b>sentence</b>.", &["Scope"], 0.2),
                edit(
                    "Report within 30 days.",
                    "Report within 15 days.",
                    &["Scope", "Duties"],
                    0.7,
                ),
                edit("Gone.", "", &["Scope", "Duties"], 0.1),
            ],
            weight: 0.8,
            note: Some("Time limit <shortened>".into()),
            fingerprint: Fingerprint(2),
            redesigned: false,
            returned: false,
        }
    }

    #[test]
    fn a_change_is_told_in_every_format() {
        let change = change();
        assert_eq!(change.counts(), "1 passage changed, 1 added, 1 removed");
        assert_eq!(
            change.summary(),
            "Time limit <shortened>\n1 passage changed, 1 added, 1 removed.\nReport within [-30-] {+15+} days."
        );
        assert_eq!(
            change.text(),
            "Time limit <shortened>\n\nScope\n\n{+A new <b>sentence</b>.+}\n\nDuties\n\nReport within [-30-] {+15+} days.\n\n[-Gone.-]"
        );
        let html = change.html();
        assert_eq!(
            html.as_str(),
            "<p><strong>Time limit &lt;shortened&gt;</strong></p><h3>Scope</h3><p><ins>A new &lt;b&gt;sentence&lt;/b&gt;.</ins></p>\
             <h3>Duties</h3><p>Report within <del>30</del> <ins>15</ins> days.</p><p><del>Gone.</del></p>"
        );
    }

    #[test]
    fn before_and_after_can_be_read() {
        let change = change();
        let texts: Vec<_> = change
            .edits
            .iter()
            .map(|e| (e.before(), e.after()))
            .collect();
        assert_eq!(
            texts[0],
            (String::new(), "A new <b>sentence</b>.".to_owned())
        );
        assert_eq!(texts[1].0, "Report within 30 days.");
        assert_eq!(texts[1].1, "Report within 15 days.");
        assert_eq!(texts[2], ("Gone.".to_owned(), String::new()));
    }

    #[test]
    fn what_is_stored_is_read_back() {
        let change = change();
        let json = serde_json::to_string(&change).unwrap();
        assert_eq!(serde_json::from_str::<PageChange>(&json).unwrap(), change);
    }
}
