//! Views of the operators' area. Its pages are all of one kind: parts with facts, lines and forms.

use qrcode::{Color, QrCode};

use super::View;
use super::subscribe::Tick;
use super::views::{FacetLink, Named};

/// What every page of the area says.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AreaFrame {
    /// Who is logged in.
    pub who: Option<String>,
    /// What forms of this session carry.
    pub csrf: String,
    /// The pages that this role may see.
    pub tabs: Vec<FacetLink>,
}

/// A page of the area.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AreaPage {
    /// What is around it.
    pub frame: AreaFrame,
    /// Its title.
    pub title: String,
    /// A sentence on what it is for.
    pub lead: String,
    /// The page above it.
    pub above: Option<Named>,
    /// What was just done.
    pub done: Option<String>,
    /// What is wrong with what was sent.
    pub problem: Option<String>,
    /// Its parts.
    pub parts: Vec<AreaPart>,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

/// A part of a page.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AreaPart {
    /// Its heading; none for the first part of a page, which its title is enough for.
    pub heading: String,
    /// Sentences before everything else.
    pub text: Vec<String>,
    /// Something that is shown this once: a link or a token.
    pub once: Option<String>,
    /// A picture of ours, as inline SVG.
    pub picture: Option<String>,
    /// Codes that are shown this once.
    pub codes: Vec<String>,
    /// Facts at a glance.
    pub facts: Vec<AreaFact>,
    /// Ways to see some of the lines only.
    pub filters: Vec<FacetLink>,
    /// A form that looks something up.
    pub find: Option<AreaFind>,
    /// Lines.
    pub rows: Vec<AreaRow>,
    /// What is said where there are none.
    pub empty: Option<String>,
    /// Forms.
    pub forms: Vec<AreaForm>,
}

/// A fact.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AreaFact {
    /// Of what.
    pub name: String,
    /// What is so.
    pub value: String,
    /// Where more of it stands.
    pub href: Option<String>,
    /// Whether it wants somebody's attention.
    pub wanting: bool,
}

impl AreaFact {
    /// A fact that wants nothing.
    pub fn new(name: &str, value: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            value: value.into(),
            ..Self::default()
        }
    }

    /// The same, with where more of it stands.
    #[must_use]
    pub fn at(mut self, href: &str) -> Self {
        self.href = Some(href.to_owned());
        self
    }

    /// The same, wanting attention or not.
    #[must_use]
    pub fn wanting(mut self, wanting: bool) -> Self {
        self.wanting = wanting;
        self
    }
}

/// A form that looks something up.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AreaFind {
    /// Where it leads.
    pub action: String,
    /// What it is called.
    pub label: String,
    /// What was looked for.
    pub value: String,
}

/// A line of a list.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AreaRow {
    /// What it is.
    pub title: String,
    /// Where it leads.
    pub href: Option<String>,
    /// Its state, in a word.
    pub state: String,
    /// The state's colour: a name of the style sheet.
    pub tone: String,
    /// Lines beneath it.
    pub under: Vec<String>,
    /// Longer words, behind a heading that is opened.
    pub more: Option<AreaMore>,
    /// What can be done to it.
    pub forms: Vec<AreaForm>,
}

/// Longer words.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AreaMore {
    /// What they are.
    pub heading: String,
    /// The words.
    pub lines: Vec<String>,
}

/// A form.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AreaForm {
    /// Where it is sent.
    pub action: String,
    /// What it is for, said to those who do not see where it stands.
    pub label: String,
    /// Its fields.
    pub fields: Vec<AreaField>,
    /// Its button.
    pub button: String,
    /// Whether what it does cannot be taken back.
    pub grave: bool,
}

/// A field.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AreaField {
    /// Its identifier on the page.
    pub id: String,
    /// As sent.
    pub name: String,
    /// As shown; a hidden one has none.
    pub label: String,
    /// `text`, `password`, `long`, `choice`, `tick`, `day`, `code` or `hidden`.
    pub kind: String,
    /// What stands in it.
    pub value: String,
    /// What can be chosen.
    pub options: Vec<Tick>,
    /// What helps.
    pub hint: String,
    /// Whether it must be filled.
    pub required: bool,
    /// What a browser may fill it with.
    pub autocomplete: String,
}

impl AreaField {
    /// A field that is not shown.
    pub fn hidden(name: &str, value: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            kind: "hidden".to_owned(),
            value: value.into(),
            ..Self::default()
        }
    }

    /// A field of some kind, which must be filled.
    pub fn of(kind: &str, name: &str, label: &str) -> Self {
        Self {
            id: format!("f-{name}"),
            name: name.to_owned(),
            label: label.to_owned(),
            kind: kind.to_owned(),
            required: kind != "tick",
            ..Self::default()
        }
    }

    /// The same, which may be left empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// The same on a page that has several of that name.
    #[must_use]
    pub fn of_row(mut self, row: &str) -> Self {
        self.id = format!("f-{}-{row}", self.name);
        self
    }

    /// The same, filled.
    #[must_use]
    pub fn with(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// The same, with what helps.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same, with what a browser may fill it with.
    #[must_use]
    pub fn filled_by(mut self, autocomplete: &str) -> Self {
        self.autocomplete = autocomplete.to_owned();
        self
    }

    /// The same, with what can be chosen.
    #[must_use]
    pub fn choices<'a>(
        mut self,
        choices: impl IntoIterator<Item = (&'a str, String)>,
        chosen: &str,
    ) -> Self {
        self.options = choices
            .into_iter()
            .map(|(value, name)| Tick {
                value: value.to_owned(),
                name,
                chosen: value == chosen,
            })
            .collect();
        self
    }
}

impl View for AreaPage {
    const TEMPLATE: &'static str = "web/area.html";

    fn sample() -> Self {
        let form = AreaForm {
            action: "/operate/sample".to_owned(),
            label: "Sample".to_owned(),
            fields: vec![
                AreaField::hidden("id", "1"),
                AreaField::of("text", "name", "Name")
                    .with("Ada")
                    .hint("As you are called."),
                AreaField::of("password", "password", "Password").filled_by("current-password"),
                AreaField::of("code", "code", "Code").optional(),
                AreaField::of("long", "text", "Words"),
                AreaField::of("day", "until", "Until").optional(),
                AreaField::of("choice", "role", "Role")
                    .choices([("reader", "reader".to_owned())], "reader"),
                AreaField::of("tick", "sure", "I am sure").with("yes"),
            ],
            button: "Do it".to_owned(),
            grave: true,
        };
        Self {
            frame: AreaFrame {
                who: Some("Ada".to_owned()),
                csrf: "0".to_owned(),
                tabs: vec![FacetLink::sample_link()],
            },
            title: "Sample".to_owned(),
            lead: "A page with everything.".to_owned(),
            above: Some(Named {
                name: "Overview".to_owned(),
                href: "/operate".to_owned(),
            }),
            done: Some("Done.".to_owned()),
            problem: Some("Not done.".to_owned()),
            parts: vec![AreaPart {
                heading: "Part".to_owned(),
                text: vec!["A sentence.".to_owned()],
                once: Some("rgw_0".to_owned()),
                picture: qr_picture("otpauth://totp/x"),
                codes: vec!["aaaa-bbbb".to_owned()],
                facts: vec![
                    AreaFact::new("Sources", "38 of 41 fresh")
                        .at("/operate/sources")
                        .wanting(true),
                ],
                filters: vec![FacetLink::sample_link()],
                find: Some(AreaFind {
                    action: "/operate/sample".to_owned(),
                    label: "Find".to_owned(),
                    value: "ada".to_owned(),
                }),
                rows: vec![AreaRow {
                    title: "A line".to_owned(),
                    href: Some("/operate".to_owned()),
                    state: "failing".to_owned(),
                    tone: "failing".to_owned(),
                    under: vec!["since Monday".to_owned()],
                    more: Some(AreaMore {
                        heading: "what was answered".to_owned(),
                        lines: vec!["550".to_owned()],
                    }),
                    forms: vec![form.clone()],
                }],
                empty: Some("Nothing.".to_owned()),
                forms: vec![form],
            }],
            previous: Some("/operate?page=1".to_owned()),
            next: Some("/operate?page=3".to_owned()),
        }
    }
}

/// A text as a picture that a telephone reads: inline SVG, dark on light whatever the page's colours
/// are. None where the text is too long for one.
pub fn qr_picture(text: &str) -> Option<String> {
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            // Four modules of margin, as the standard asks.
            let (x, y) = (at % width + 4, at / width + 4);
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    let side = width + 8;
    Some(format!(
        "<svg class=\"qr\" role=\"img\" aria-label=\"QR code of the secret above it\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}
