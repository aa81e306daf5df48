//! `regwire calendar`: what is due, for people, programs and calendars.

use std::process::ExitCode;

use chrono::{Months, NaiveDate};
use serde_json::{Value, json};

use super::out::{say, say_part};
use super::table;
use crate::daemon::House;
use crate::domain::calendar::{CalendarFilter, Due, Milestone};
use crate::domain::id::{FrameworkId, JurisdictionId};
use crate::domain::key_date::DateEvent;
use crate::domain::reference;
use crate::render::{ics, milestone_line};
use crate::text::html;
use crate::text::table::nearest;

/// Options of `calendar`.
#[derive(clap::Args)]
pub(super) struct Options {
    /// Only what is about this framework.
    #[arg(long, value_name = "ID")]
    framework: Option<FrameworkId>,
    /// Only what counts there, the dates of the union or the country included that it belongs to.
    #[arg(long, value_name = "ID")]
    jurisdiction: Option<JurisdictionId>,
    /// Only what is about this standard, in any spelling.
    #[arg(long, value_name = "REF")]
    standard: Option<String>,
    /// Only what happens so: comments_close, ballot_close, application …
    #[arg(long)]
    event: Option<DateEvent>,
    /// Only what takes comments or votes now.
    #[arg(long)]
    open: bool,
    /// From this day on [default: today].
    #[arg(long, value_name = "DAY", value_parser = super::day)]
    from: Option<NaiveDate>,
    /// Up to this day, which is meant too [default: a year later; with --open or --ics: no end].
    #[arg(long, value_name = "DAY", value_parser = super::day)]
    until: Option<NaiveDate>,
    /// The most dates.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// One JSON object.
    #[arg(long)]
    json: bool,
    /// A line of JSON per date.
    #[arg(long, conflicts_with = "json")]
    jsonl: bool,
    /// A file for calendars (iCalendar).
    #[arg(long, conflicts_with_all = ["json", "jsonl"])]
    ics: bool,
}

/// The nearest identifier as a question, or what else helps.
fn meant<'i>(written: &str, known: impl Iterator<Item = &'i str>, otherwise: &str) -> String {
    nearest(written, known).map_or_else(
        || otherwise.to_owned(),
        |near| format!("did you mean `{near}`?"),
    )
}

pub(super) async fn run(house: House, options: Options) -> anyhow::Result<ExitCode> {
    let today = house.clock.now().date_naive();
    if let Some(id) = &options.framework {
        anyhow::ensure!(
            house.library.framework(id).is_some(),
            "there is no framework `{id}`: {}",
            meant(
                id.as_str(),
                house.library.frameworks.iter().map(|it| it.id.as_str()),
                "/frameworks of the site leads to all of them, by their ids"
            )
        );
    }
    if let Some(id) = &options.jurisdiction {
        anyhow::ensure!(
            house.library.jurisdiction(id).is_some(),
            "there is no jurisdiction `{id}`: {}",
            meant(
                id.as_str(),
                house.library.jurisdictions.iter().map(|it| it.id.as_str()),
                "use an ISO 3166 code in lower case, or eu, coe, intl"
            )
        );
    }
    let filter = CalendarFilter {
        framework: options.framework,
        jurisdiction: options.jurisdiction,
        standard: options.standard.as_deref().map(|text| {
            reference::read(text, &house.library.known_works)
                .first()
                .map_or_else(
                    || reference::slug(text),
                    |found| reference::slug(&found.work),
                )
        }),
        event: options.event,
        above: Vec::new(),
    }
    .with_above(&house.library);
    let from = options.from.unwrap_or(today);
    let until = options.until.or_else(|| {
        let endless = options.open || options.ics;
        from.checked_add_months(Months::new(12))
            .and_then(|day| day.pred_opt())
            .filter(|_| !endless)
    });
    let open = options.open;
    let events = if open {
        DateEvent::CLOSES
    } else {
        filter.event.as_slice()
    };
    let stretch = house
        .store
        .due(
            from,
            until.and_then(|day| day.succ_opt()),
            events,
            options.limit as usize,
            |due| filter.takes(due) && (!open || due.is_open(today)),
        )
        .await?;
    // Nobody comments on a page's dates.
    let mut pages = filter.milestones(&house.library, from);
    pages.retain(|milestone| !open && until.is_none_or(|until| milestone.date <= until));
    let limit = options.limit as usize;
    if stretch.cut || stretch.entries.len() + pages.len() > limit {
        eprintln!("regwire: there are more than {limit} dates; ask with --limit, or narrow it");
    }
    if options.ics {
        say_part!(
            "{}",
            ics(
                "Key dates",
                &stretch.entries,
                &pages,
                &house.config.base_url
            )
        );
    } else if options.json || options.jsonl {
        let told = stretch
            .entries
            .iter()
            .map(|due| (due.date.date, line(due, today)));
        let written = pages
            .iter()
            .map(|milestone| (milestone.date, page_line(milestone, today)));
        let mut lines: Vec<(NaiveDate, Value)> = told.chain(written).collect();
        lines.sort_by_key(|(day, _)| *day);
        let lines: Vec<Value> = lines
            .into_iter()
            .take(limit)
            .map(|(_, line)| line)
            .collect();
        if options.jsonl {
            super::export::jsonl(&lines)?;
        } else {
            say!(
                "{}",
                json!({ "from": from, "until": until, "dates": lines })
            );
        }
    } else {
        let told = stretch.entries.iter().map(|due| {
            let row = vec![
                due.date.precision.told(due.date.date),
                due.date.event.label().to_owned(),
                due.status(today).as_str().to_owned(),
                due.date
                    .was
                    .map_or_else(String::new, |was| was.format("%Y-%m-%d").to_string()),
                due.update.to_string(),
                html::excerpt(&due.title, 80),
            ];
            (due.date.date, row)
        });
        let written = pages.iter().map(|milestone| {
            let row = vec![
                milestone.precision.told(milestone.date),
                "on the framework's page".to_owned(),
                milestone.status(today).to_owned(),
                String::new(),
                milestone.framework.id.to_string(),
                html::excerpt(milestone.label, 80),
            ];
            (milestone.date, row)
        });
        let mut rows: Vec<(NaiveDate, Vec<String>)> = told.chain(written).collect();
        rows.sort_by_key(|(day, _)| *day);
        let rows: Vec<Vec<String>> = rows.into_iter().take(limit).map(|(_, row)| row).collect();
        table::print(
            &[
                "date",
                "what",
                "status",
                "was",
                "update or framework",
                "title",
            ],
            &rows,
        );
        say!("{}", table::count(i64::try_from(rows.len())?, "date"));
    }
    Ok(ExitCode::SUCCESS)
}

/// A date of a framework's page, with the members of the others.
fn page_line(milestone: &Milestone<'_>, today: NaiveDate) -> Value {
    let mut line = milestone_line(milestone, today);
    line["sequence"] = json!(0);
    for absent in ["changed_at", "because"] {
        line[absent] = Value::Null;
    }
    line
}

fn line(due: &Due, today: NaiveDate) -> Value {
    json!({
        "uid": due.uid,
        "date": due.date.date,
        "precision": due.date.precision,
        "event": due.date.event,
        "label": due.date.label(),
        "status": due.status(today),
        "certainty": due.date.certainty,
        "was": due.date.was,
        "sequence": due.sequence,
        "changed_at": due.changed_at,
        "open": due.is_open(today),
        "update": due.update,
        "page": null,
        "source": due.source,
        "title": due.title,
        "url": due.url.as_ref().map(|url| url.as_str()),
        "frameworks": due.frameworks,
        "jurisdictions": due.jurisdictions,
        "standards": due.works,
        "because": due.date.because,
        "reports": due.reports,
    })
}
