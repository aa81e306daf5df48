//! The page of one source: how it is, how often it was asked in a period, and what it answered.

use chrono::{DateTime, TimeDelta, Utc};

use super::View;
use super::views::{Moment, Named};
use crate::domain::document::{Fault, Outcome, Visit};
use crate::domain::health::{Health, Record, Verdict, longest_silence};
use crate::domain::library::Library;
use crate::domain::period::Period;
use crate::domain::quantity::spell_span;
use crate::domain::silence::Silence;
use crate::domain::source::{Source, SourceKind};

/// Faults by name, each once: what their details say may be the operator's business, such as an
/// address within, or the name of a key.
pub(super) fn codes(faults: &[Fault]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for fault in faults {
        let code = fault.code.as_str().replace('-', " ");
        if !out.contains(&code) {
            out.push(code);
        }
    }
    out
}

/// Where a source is read by people, or else by us, where that is an address for everybody: what is
/// asked with parameters may hold a key, and what is filled in by the day leads nowhere.
fn address(source: &Source) -> Option<String> {
    source.home.clone().or_else(|| {
        let url = source.url.as_str();
        let plain = !url.contains(['?', '{', '@']);
        (plain
            && matches!(
                source.kind,
                SourceKind::Feed | SourceKind::Listing | SourceKind::Page
            ))
        .then(|| url.to_owned())
    })
}

/// One visit.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct VisitRow {
    /// When it ended.
    pub at: Moment,
    /// How it ended.
    pub outcome: String,
    /// Whether the answer was understood.
    pub understood: bool,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// Items read; none where the answer was the last one again, which nobody reads twice.
    pub entries: Option<u32>,
    /// Of them new.
    pub new: u32,
    /// Of them revised.
    pub revised: u32,
    /// What went wrong, by name: a detail may tell what is the operator's business.
    pub faults: Vec<String>,
}

impl VisitRow {
    /// A visit as a row.
    pub fn new(visit: &Visit) -> Self {
        Self {
            at: Moment::at(visit.at),
            outcome: visit.outcome.as_str().to_owned(),
            understood: visit.outcome.is_success(),
            status: visit.status,
            entries: (visit.entries > 0 || visit.outcome != Outcome::Unchanged)
                .then_some(visit.entries),
            new: visit.new,
            revised: visit.revised,
            faults: codes(&visit.faults),
        }
    }
}

/// One change of a source's health.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct HealthRow {
    /// When it was noticed.
    pub at: Moment,
    /// As it was.
    pub before: String,
    /// As it is from then on.
    pub after: String,
    /// Why.
    pub because: String,
}

impl HealthRow {
    /// A change as a row.
    pub fn new(at: DateTime<Utc>, before: Health, after: Health, because: &str) -> Self {
        Self {
            at: Moment::at(at),
            before: before.as_str().to_owned(),
            after: after.as_str().to_owned(),
            because: after.in_public(because).to_owned(),
        }
    }
}

/// How often a source was asked in a period, and what it answered, for readers.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SilenceView {
    /// The first day, for the form.
    pub from: String,
    /// The last day, for the form.
    pub to: String,
    /// The period in words.
    pub period: String,
    /// The answer in words.
    pub sentence: String,
    /// What is not known all the same.
    pub doubt: Option<String>,
    /// Whether nothing new came, so that it proves something.
    pub is_silent: bool,
    /// The last answer that was understood.
    pub last_understood: Option<Moment>,
    /// The longest time without one.
    pub longest_gap: Option<String>,
}

impl SilenceView {
    /// What is known of a period of days.
    pub fn new(source: &Source, silence: &Silence, period: Period, now: DateTime<Utc>) -> Self {
        let Period { from, to } = period;
        let until = if to < now.date_naive() {
            to.format("%-d %B %Y").to_string()
        } else {
            format!("now, {}", now.format("%-d %B %Y, %H:%M UTC"))
        };
        Self {
            from: from.to_string(),
            to: to.to_string(),
            period: format!("From {} to {until}", from.format("%-d %B %Y")),
            sentence: silence.sentence(),
            doubt: silence.doubt(source),
            is_silent: silence.new == 0 && silence.revised == 0,
            last_understood: silence.last_understood.map(Moment::at),
            longest_gap: (silence.visits > 0).then(|| spell_span(silence.longest_gap)),
        }
    }
}

/// `/sources/{id}`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SourcePage {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The body.
    pub body: Named,
    /// What it is.
    pub kind: String,
    /// How it is.
    pub health: String,
    /// Why.
    pub because: String,
    /// Since when.
    pub since: Option<Moment>,
    /// Why it is off.
    pub off_because: Option<String>,
    /// The page for people, or what is read where none is known and it may be told.
    pub home: Option<String>,
    /// Whether it is a page for people.
    pub home_is_page: bool,
    /// What is known of it: names and values.
    pub facts: Vec<(String, String)>,
    /// The period that was asked for.
    pub silence: SilenceView,
    /// What of the question was not understood.
    pub problems: Vec<String>,
    /// How its health went, the newest first.
    pub changes: Vec<HealthRow>,
    /// The newest visits of the period.
    pub visits: Vec<VisitRow>,
    /// Where the visits before those are.
    pub earlier: Option<String>,
    /// The versions of a watched page.
    pub versions: Option<String>,
    /// Its updates.
    pub updates: String,
    /// The ground on which it is shown.
    pub attribution: Option<String>,
}

impl SourcePage {
    /// The page of a source, before its visits are looked up.
    pub fn new(
        source: &Source,
        verdict: &Verdict,
        record: Option<&Record>,
        next_visit: Option<DateTime<Utc>>,
        documents: i64,
        library: &Library,
    ) -> Self {
        let gaps: &[TimeDelta] = record.map_or(&[], |record| &record.gaps);
        let mut facts = vec![
            ("Asked every".to_owned(), spell_span(source.every)),
            (
                "Ordinary silence".to_owned(),
                format!(
                    "up to {}",
                    spell_span(longest_silence(source.expect_every, gaps))
                ),
            ),
        ];
        let mut fact = |name: &str, value: Option<String>| {
            facts.extend(value.map(|value| (name.to_owned(), value)));
        };
        let moment = |at: DateTime<Utc>| Moment::at(at).shown;
        fact("Visits so far", record.map(|one| one.visits.to_string()));
        fact(
            "Last understood",
            record.and_then(|one| one.last_success).map(moment),
        );
        fact("Next visit", next_visit.filter(|_| source.on).map(moment));
        fact(
            "Documents kept or hashed",
            (documents > 0).then(|| documents.to_string()),
        );
        fact(
            "Shown by its terms as",
            Some(source.terms.as_str().to_owned()),
        );
        fact("Licence", source.licence.clone());
        Self {
            id: source.id.to_string(),
            name: source.name.clone(),
            body: Named {
                name: library
                    .body(&source.body)
                    .map_or_else(|| source.body.to_string(), |body| body.name.clone()),
                href: format!("/bodies/{}", source.body),
            },
            kind: source.kind.as_str().to_owned(),
            health: verdict.health.as_str().to_owned(),
            because: verdict.health.in_public(&verdict.because).to_owned(),
            since: verdict.since.map(Moment::at),
            off_because: source.off_because.clone(),
            home: address(source),
            home_is_page: source.home.is_some(),
            facts,
            versions: (source.kind == SourceKind::Page)
                .then(|| format!("/sources/{}/versions", source.id)),
            updates: format!("/search?q=source:{}", source.id),
            attribution: source.attribution.clone(),
            ..Self::default()
        }
    }
}

impl View for SourcePage {
    const TEMPLATE: &'static str = "web/source.html";
    fn sample() -> Self {
        Self {
            id: "iso-news".to_owned(),
            name: "ISO news".to_owned(),
            body: Named {
                name: "ISO".to_owned(),
                href: "/bodies/iso".to_owned(),
            },
            kind: "feed".to_owned(),
            health: "fresh".to_owned(),
            because: "read".to_owned(),
            since: Some(Moment::at(DateTime::UNIX_EPOCH)),
            off_because: Some("no recorded success".to_owned()),
            home: Some("https://www.iso.org".to_owned()),
            home_is_page: true,
            facts: vec![("Asked every".to_owned(), "12 h".to_owned())],
            silence: SilenceView {
                from: "1970-01-01".to_owned(),
                to: "1970-01-31".to_owned(),
                period: "From 1 January 1970 to 31 January 1970".to_owned(),
                sentence: "Asked once.".to_owned(),
                doubt: Some("For 3 d nothing was understood.".to_owned()),
                is_silent: true,
                last_understood: Some(Moment::at(DateTime::UNIX_EPOCH)),
                longest_gap: Some("3 d".to_owned()),
            },
            problems: vec!["“x” is no day.".to_owned()],
            changes: vec![HealthRow::new(
                DateTime::UNIX_EPOCH,
                Health::Fresh,
                Health::Failing,
                "no answer",
            )],
            visits: vec![VisitRow {
                at: Moment::at(DateTime::UNIX_EPOCH),
                outcome: "failed".to_owned(),
                understood: false,
                status: Some(500),
                entries: None,
                new: 0,
                revised: 0,
                faults: vec!["server-error: 500".to_owned()],
            }],
            earlier: Some("/sources/iso-news?before=1970-01-01T00:00:00Z".to_owned()),
            versions: Some("/sources/iso-news/versions".to_owned()),
            updates: "/search?q=source:iso-news".to_owned(),
            attribution: Some("© ISO".to_owned()),
        }
    }
}
