//! Rendering: views and templates -> a page or a mail.
//!
//! It knows how things look and that nothing from a source is ever markup of ours. It calls
//! nothing but the ground floor and the template engine. It deliberately asks nobody for data:
//! a view is made by whoever has it.

mod about;
mod alert;
mod api;
mod area;
mod calendar;
mod card;
mod changes;
mod crosswalks;
mod decide;
mod feeds;
mod framework;
mod home;
mod ics;
mod issue;
mod lines;
mod mail;
mod operator;
mod opml;
mod page_feed;
mod plots;
mod search;
mod source;
mod sources;
mod stage_line;
mod standards;
mod subjects;
mod subscribe;
mod update;
mod versions;
mod views;

use std::path::PathBuf;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior};

pub use about::AboutPage;
pub use alert::{AlertItemView, AlertLinks, AlertMail, slack_message, teams_message};
pub use api::{ApiOperation, ApiPage, ApiParameter};
pub use area::{
    AreaFact, AreaField, AreaFind, AreaForm, AreaFrame, AreaMore, AreaPage, AreaPart, AreaRow,
    qr_picture,
};
pub use calendar::{CalendarPage, Choice, DueView, MonthView, PageDate, milestone_line};
pub use card::UpdateCard;
pub use changes::{ChangesPage, MissedPage, MissedPart, StatementView};
pub use crosswalks::{CrosswalksPage, MatrixCell, MatrixRow, RelationLine};
pub use decide::{DecidePage, DecisionView, PausePage};
pub use feeds::{
    FeedEntry, FeedHead, ListedFeed, UPDATE_COLUMNS, atom, feeds_opml, json_feed, last_change,
    table_head, table_rows,
};
pub use framework::{
    FrameworkLive, FrameworkPage, NewerEdition, NewerEditions, StandingView, body_link,
    framework_link, mapping_view, place_link, relation_sentence, relation_words,
};
pub use home::Home;
pub use ics::ics;
pub use issue::{DateLineView, DigestsPage, IssuePage, IssueRow, ItemView, SectionView};
pub use lines::{tag_line, update_line};
pub use mail::{ConfirmMail, DigestMail, KnownMail, MailParts, MailView};
pub use operator::{OperatorMail, OperatorSection};
pub use opml::opml;
pub use page_feed::{PageEntry, page_feed};
pub use plots::{GraphNode, bars, columns, graph};
pub use search::{ChosenFilter, SearchForm, SearchForms, SearchHelp, SearchPage};
pub use source::{HealthRow, SilenceView, SourcePage, VisitRow};
pub use sources::{SourceRow, SourcesPage};
pub use stage_line::{StageLine, stage_line};
pub use standards::{
    LineView, ListedView, ProjectView, RelationView, ReportView, StageEventView, StandardPage,
    StandardRow, StandardsPage, stage_groups,
};
pub use subjects::{LinkGroup, SubjectGroup, SubjectPage, SubjectRow, SubjectsPage};
pub use subscribe::{
    AskedPage, ConfirmPage, DonePage, PreferenceRow, PreferencesPage, PrivacyPage, SubscribePage,
    Tick, UnsubscribePage,
};
pub use update::{RevisionView, TagView, UpdatePage};
pub use versions::{DiffView, VersionRow, VersionsPage};
pub use views::{ErrorPage, FacetGroup, FacetLink, Moment, Named};

#[derive(rust_embed::Embed)]
#[folder = "templates/"]
struct BuiltIn;

/// What every page says of the site.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// The path that it lies under, without a slash at the end; empty at the root.
    pub base_path: String,
    /// Its own address.
    pub base_url: String,
    /// Who runs it.
    pub contact: Option<String>,
    /// What every page, digest and alert says at its head.
    pub notice: Option<String>,
    /// The postal address in mails.
    pub postal_address: Option<String>,
}

/// A template that cannot be read or filled.
#[derive(Debug, thiserror::Error)]
#[error("the template {name} cannot be used: {why}")]
pub struct Error {
    name: String,
    why: String,
}

/// A view: what a template is filled with.
pub trait View: serde::Serialize {
    /// The template's name.
    const TEMPLATE: &'static str;

    /// One to look at and to test the template with.
    fn sample() -> Self
    where
        Self: Sized;
}

/// Writes a value into a template. In HTML the five signs that mean something there are escaped, and
/// no others: an address with every stroke escaped would make a page of links a third heavier.
fn written(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    match value.as_str() {
        Some(text) if *state.auto_escape() == AutoEscape::Html && !value.is_safe() => out
            .write_str(&plots::escaped(text))
            .map_err(minijinja::Error::from),
        _ => minijinja::escape_formatter(out, state, value),
    }
}

/// Templates, ready to be filled.
pub struct Renderer {
    environment: Environment<'static>,
    style: String,
    style_version: String,
    base_path: String,
    base_url: String,
}

impl Renderer {
    /// Reads the templates: those in the folder first, else those in the binary.
    ///
    /// # Errors
    /// When one of the folder's templates cannot be read as one.
    pub fn new(folder: Option<PathBuf>, site: Site) -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| {
            if name.ends_with(".html") {
                AutoEscape::Html
            } else {
                AutoEscape::None
            }
        });
        // A block on a line of its own leaves no line; these two cannot contradict each other.
        if let Ok(syntax) = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
        {
            environment.set_syntax(syntax);
        }
        let read = move |name: &str| -> Option<String> {
            if name.contains("..") || name.starts_with('/') {
                return None;
            }
            folder
                .as_ref()
                .and_then(|folder| std::fs::read_to_string(folder.join(name)).ok())
                .or_else(|| {
                    BuiltIn::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned())
                })
        };
        let style = read("web/style.css").unwrap_or_default();
        let style_version = crate::domain::document::Sha256::of(style.as_bytes())
            .as_str()
            .chars()
            .take(10)
            .collect::<String>();
        environment.set_formatter(written);
        environment.set_loader(move |name| Ok(read(name)));
        environment.add_global("site", Value::from(Serde(&site)));
        environment.add_global("style_version", style_version.clone());
        environment.add_filter("wrapped", mail::wrapped);
        environment.add_filter("compared", mail::compared);
        environment.add_filter("changed", mail::changed);
        let renderer = Self {
            base_path: site.base_path,
            environment,
            style,
            style_version,
            base_url: site.base_url,
        };
        // A template that is broken is told when the program starts and not when it is shown.
        for name in BuiltIn::iter().filter(|name| name.ends_with(".html") || name.ends_with(".txt"))
        {
            renderer.template(&name)?;
        }
        Ok(renderer)
    }

    fn template(&self, name: &str) -> Result<minijinja::Template<'_, '_>, Error> {
        self.environment.get_template(name).map_err(|error| Error {
            name: name.to_owned(),
            why: format!("{error:#}"),
        })
    }

    fn fill(&self, name: &str, view: &impl serde::Serialize) -> Result<String, Error> {
        self.template(name)?
            .render(Value::from(Serde(view)))
            .map_err(|error| Error {
                name: name.to_owned(),
                why: format!("{error:#}"),
            })
    }

    /// A page.
    ///
    /// # Errors
    /// When its template cannot be filled.
    pub fn page<V: View>(&self, view: &V) -> Result<String, Error> {
        self.fill(V::TEMPLATE, view)
    }

    /// A mail, its styles written into its elements as mail programs want them.
    ///
    /// # Errors
    /// When one of its templates cannot be filled.
    pub fn mail<M: MailView>(&self, view: &M) -> Result<MailParts, Error> {
        let name = |part: &str| format!("mail/{}/{part}", M::KIND);
        let html = self.fill(&name("body.html"), view)?;
        let inlined = css_inline::CSSInliner::options()
            .keep_style_tags(false)
            .keep_at_rules(true)
            .build()
            .inline(&html)
            .map_err(|error| Error {
                name: name("body.html"),
                why: error.to_string(),
            })?;
        Ok(MailParts {
            subject: self.fill(&name("subject.txt"), view)?.trim().to_owned(),
            text: self.fill(&name("body.txt"), view)?,
            html: inlined,
        })
    }

    /// The path that the site lies under, without a slash at the end; empty at the root.
    pub fn base_path(&self) -> &str {
        &self.base_path
    }

    /// The site's own address.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The style sheet and the version in its address.
    pub fn style(&self) -> (&str, &str) {
        (&self.style, &self.style_version)
    }
}

#[cfg(test)]
mod tests;
