//! `regwire doctor`: what is wrong or will be, and how it is mended.

use std::path::Path;
use std::process::ExitCode;

use super::out::say;
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::disk;
use crate::doctor::{Bag, Names, Report, Severity, examine, examine_with};

/// Options of `doctor`.
#[derive(clap::Args)]
pub(super) struct Options {
    /// Only this.
    #[arg(value_enum)]
    only: Option<Only>,
    /// Ask nobody: neither the DNS nor the relay nor one's own site.
    #[arg(long)]
    offline: bool,
    /// One JSON object instead of lines.
    #[arg(long)]
    json: bool,
}

/// What alone is looked at.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Only {
    /// SPF, DKIM, DMARC, the way back, and the relay.
    Mail,
}

pub(super) async fn run(
    file: Option<&Path>,
    data: Option<&Path>,
    options: Options,
) -> anyhow::Result<ExitCode> {
    let names = Names::of_this_machine();
    let bag = Bag {
        resolver: &names,
        measure: &disk::measure,
        clock: Clock::from_environment()?,
        online: !options.offline,
        only_mail: options.only.is_some(),
    };
    let report = match Config::load(file, data) {
        // A demo's world is its own.
        Ok(config) if crate::demo::is_demo(&config.data) => {
            match crate::demo::remembered(&config).await? {
                Some((config, loaded, clock)) => {
                    let online = bag.online && options.only.is_some();
                    let bag = Bag {
                        clock,
                        online,
                        ..bag
                    };
                    examine_with(&config, Some(loaded), &bag).await
                }
                None => examine_with(&config, None, &bag).await,
            }
        }
        _ => examine(file, data, &bag).await,
    };
    tell(&report, options.json)?;
    Ok(if report.has_faults() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn tell(report: &Report, json: bool) -> anyhow::Result<()> {
    if json {
        say!("{}", serde_json::to_string(report)?);
        return Ok(());
    }
    for finding in &report.findings {
        let severity = finding.severity.as_str();
        say!("{severity:<8} {}: {}", finding.place, finding.what);
        say!("         {}: {}\n", finding.code, finding.mend);
    }
    let count = |severity| {
        report
            .findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    say!(
        "{}, {}, {} could not be asked. Looked at: {}.",
        super::table::count(i64::try_from(count(Severity::Fault))?, "fault"),
        super::table::count(i64::try_from(count(Severity::Warning))?, "warning"),
        count(Severity::Unasked),
        report.looked.join(", ")
    );
    Ok(())
}
