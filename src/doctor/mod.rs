//! The doctor: looks at everything from outside, names what is wrong or will be, and how it is mended.
//!
//! It knows what a well-run installation looks like. It calls every room, and asks the names of the
//! Internet and the relay where it may. It deliberately mends nothing, and what it could not ask is
//! told as such and never as a fault.

mod machine;
mod mail;
mod reach;
mod resolver;
mod settings;
mod stored;

use std::path::{Path, PathBuf};

use crate::clock::Clock;
use crate::config::{self, Config};
use crate::daemon::disk::Room;
use crate::daemon::jobs::teams;
use crate::library::{Files, Loaded, load};
use crate::render::{Renderer, Site};
use crate::text::report::FileFault;

pub use resolver::{Answer, Kind, Names, Resolver};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something does not work, or will not.
    Fault,
    /// It works, and not as it should.
    Warning,
    /// It could not be asked.
    Unasked,
}

impl Severity {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Warning => "warning",
            Self::Unasked => "unasked",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Its name, for programs: `disk-full`, `spf-missing` …
    pub code: &'static str,
    /// Where: a file with its line, a setting, a name of the DNS.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub mend: String,
}

/// What was looked at, and what was found.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Report {
    /// What was found, what matters most first.
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub looked: Vec<&'static str>,
}

impl Report {
    fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: impl Into<String>,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.findings.push(Finding {
            severity,
            code,
            place: place.into(),
            what: what.into(),
            mend: mend.into(),
        });
    }

    fn file_fault(&mut self, severity: Severity, code: &'static str, fault: FileFault) {
        let mut place = fault.file;
        if fault.line > 0 {
            place.push_str(&format!(":{}", fault.line));
        }
        if !fault.key.is_empty() {
            place.push_str(&format!(" {}", fault.key));
        }
        // What is wrong and what to do stand in one sentence there, as `check` prints it.
        let (what, mend) = match fault.what.split_once(": ") {
            Some((what, mend)) => (what.to_owned(), mend.to_owned()),
            None => (
                fault.what,
                "mend this line; `regwire config --example` shows every setting".to_owned(),
            ),
        };
        self.add(severity, code, place, what, mend);
    }

    /// Whether something is a fault.
    pub fn has_faults(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity == Severity::Fault)
    }
}

/// What the doctor looks with.
pub struct Bag<'a> {
    /// Asks the names of the Internet.
    pub resolver: &'a dyn Resolver,
    /// How full a folder's disk is.
    pub measure: &'a (dyn Fn(&Path) -> std::io::Result<Room> + Sync),
    /// What time it is.
    pub clock: Clock,
    /// Whether addresses are asked, too: one's own site, the relay, the DNS.
    pub online: bool,
    /// Only mail.
    pub only_mail: bool,
}

/// Looks at everything that a configuration names.
pub async fn examine(file: Option<&Path>, data: Option<&Path>, bag: &Bag<'_>) -> Report {
    let mut report = Report::default();
    report.looked.push("configuration");
    let config = match Config::load(file, data) {
        Ok(config) => config,
        Err(config::Error::Faults { faults }) => {
            for fault in faults {
                report.file_fault(Severity::Fault, "configuration", fault);
            }
            return report;
        }
        Err(error) => {
            report.add(
                Severity::Fault,
                "configuration",
                "regwire.toml",
                error.to_string(),
                "name a file that is there with --config, and that this user may read",
            );
            return report;
        }
    };
    examine_with(&config, None, bag).await
}

/// As [`examine`], of a configuration that was read; `loaded` are its files where they are known.
pub async fn examine_with(config: &Config, loaded: Option<Loaded>, bag: &Bag<'_>) -> Report {
    let mut report = Report::default();
    report.looked.push("settings");
    let now = bag.clock.now();
    if bag.only_mail {
        settings::mail(&mut report, config);
        mail::examine(&mut report, config, bag).await;
        return sorted(report);
    }
    for warning in &config.warnings {
        report.file_fault(Severity::Warning, "setting", warning.clone());
    }
    settings::examine(&mut report, config, now);
    settings::mail(&mut report, config);
    settings::secrets(&mut report, config);
    let loaded = files(&mut report, config, loaded, now.date_naive());
    machine::examine(&mut report, config, bag);
    stored::examine(&mut report, config, &loaded.sources, bag).await;
    reach::examine(&mut report, config, bag).await;
    mail::examine(&mut report, config, bag).await;
    sorted(report)
}

fn sorted(mut report: Report) -> Report {
    report
        .findings
        .sort_by(|a, b| (a.severity, a.code, &a.place).cmp(&(b.severity, b.code, &b.place)));
    report.findings.dedup();
    report
}

/// Sources, library, templates and teams.
fn files(
    report: &mut Report,
    config: &Config,
    loaded: Option<Loaded>,
    today: chrono::NaiveDate,
) -> Loaded {
    report.looked.push("sources, library, templates, teams");
    let loaded = match loaded {
        Some(loaded) => loaded,
        None => match Files::beside(&config.folder) {
            Ok(files) => load(&files),
            Err(error) => {
                report.add(
                    Severity::Fault,
                    "files",
                    config.folder.display().to_string(),
                    error.to_string(),
                    "check that it is there and that this user may read it",
                );
                load(&Files::built_in())
            }
        },
    };
    for fault in &loaded.faults {
        report.file_fault(Severity::Fault, "files", fault.clone());
    }
    for fault in teams::faults(config, &loaded.library, &loaded.sources, today) {
        report.file_fault(Severity::Fault, "team", fault);
    }
    for source in loaded.sources.iter().filter(|source| source.on) {
        if let Some(key) = &source.interface.key
            && !config.fetch.keys.contains_key(&key.name)
        {
            report.add(
                Severity::Warning,
                "key-missing",
                format!("fetch.keys.{}", key.name),
                format!("the source `{}` is on and wants this key", source.id),
                format!("{} = {{ file = \"…\" }} under [fetch.keys]", key.name),
            );
        }
    }
    let templates: Option<PathBuf> =
        Some(config.folder.join("templates")).filter(|path| path.is_dir());
    if let Err(error) = Renderer::new(templates, Site::default()) {
        report.add(
            Severity::Fault,
            "templates",
            config.folder.join("templates").display().to_string(),
            error.to_string(),
            "mend the template, or move it away: the one in the program is used then",
        );
    }
    loaded
}

/// A name that everybody on the Internet can resolve (RFC 2606): who cannot sees none of it.
const EVERYWHERE: &str = "example.com";

/// Whether names of the Internet can be resolved from here; why not, where they cannot. Without, a name
/// that is not found says nothing.
async fn has_network(resolver: &dyn Resolver) -> Result<(), String> {
    match resolver.ask(EVERYWHERE, Kind::Address).await {
        Ok(found) if !found.is_empty() => Ok(()),
        Ok(_) => Err(format!(
            "names of the Internet cannot be resolved from here ({EVERYWHERE} is not found)"
        )),
        Err(why) => Err(why),
    }
}

/// A sender's mailbox, from `Name <address>`.
fn mailbox(text: &str) -> &str {
    text.rsplit_once('<')
        .and_then(|(_, rest)| rest.split('>').next())
        .unwrap_or(text)
        .trim()
}
