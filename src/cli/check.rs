//! `regwire check`: every fault of every file in one report.

use super::out::say;
use std::path::Path;
use std::process::ExitCode;

use crate::clock::Clock;
use crate::config::{self, Config};
use crate::daemon::jobs::teams;
use crate::library::{Files, load};
use crate::render::{Renderer, Site};
use crate::text::report::FileFault;
use crate::{domain::source::SourceKind, parse};

/// Options of `check`.
#[derive(clap::Args)]
pub(super) struct Options {
    /// One JSON object instead of lines.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(
    config: Option<&Path>,
    data: Option<&Path>,
    options: &Options,
) -> anyhow::Result<ExitCode> {
    let mut faults: Vec<FileFault> = Vec::new();
    let mut warnings = Vec::new();
    let mut read = None;
    let folder = match Config::load(config, data) {
        Ok(config) => {
            warnings.clone_from(&config.warnings);
            let folder = config.folder.clone();
            read = Some(config);
            folder
        }
        Err(config::Error::Faults { faults: found }) => {
            faults.extend(found);
            config
                .and_then(Path::parent)
                .filter(|parent| !parent.as_os_str().is_empty())
                .map_or_else(|| ".".into(), Path::to_owned)
        }
        Err(error) => return Err(error.into()),
    };
    let files = Files::beside(&folder)?;
    let loaded = load(&files);
    faults.extend(loaded.faults.iter().cloned());
    let today = Clock::from_environment()?.now().date_naive();
    warnings.extend(loaded.to_review(today));
    if let Some(config) = &read {
        faults.extend(teams::faults(
            config,
            &loaded.library,
            &loaded.sources,
            today,
        ));
    }
    for source in &loaded.sources {
        if matches!(source.kind, SourceKind::Listing | SourceKind::Page)
            && let Err(wrong) = parse::selectors_valid(&source.select)
        {
            let place = loaded.places.get(&source.id);
            for what in wrong {
                faults.push(FileFault {
                    file: place
                        .map_or_else(|| "sources.toml".to_owned(), |place| place.file.clone()),
                    line: place.map_or(0, |place| place.line),
                    key: format!("source `{}` select", source.id),
                    what,
                });
            }
        }
    }
    for source in loaded.sources.iter().filter(|source| source.on) {
        if let (Some(config), Some(key)) = (&read, &source.interface.key)
            && !config.fetch.keys.contains_key(&key.name)
        {
            warnings.push(FileFault {
                file: "regwire.toml".to_owned(),
                line: 0,
                key: format!("fetch.keys.{}", key.name),
                what: format!(
                    "the source `{}` is on and wants this key: name its file, {} = {{ file = \"…\" }}",
                    source.id, key.name
                ),
            });
        }
    }
    let templates = folder.join("templates");
    if let Err(error) = Renderer::new(templates.is_dir().then_some(templates), Site::default()) {
        faults.push(FileFault {
            file: "templates".to_owned(),
            line: 0,
            key: String::new(),
            what: error.to_string(),
        });
    }
    let on = loaded.sources.iter().filter(|source| source.on).count();
    if options.json {
        let lines = |faults: &[FileFault]| -> Vec<serde_json::Value> {
            faults
                .iter()
                .map(|fault| serde_json::json!({"file": fault.file, "line": fault.line, "key": fault.key, "what": fault.what}))
                .collect()
        };
        say!(
            "{}",
            serde_json::json!({
                "faults": lines(&faults), "warnings": lines(&warnings),
                "sources": loaded.sources.len(), "on": on, "frameworks": loaded.library.frameworks.len(),
            })
        );
    } else {
        for fault in &faults {
            say!("fault    {fault}");
        }
        // What the program itself brings along nobody here can mend: it is told in a line.
        let own = |warning: &&FileFault| {
            !warning.file.starts_with("frameworks/") || folder.join(&warning.file).is_file()
        };
        for warning in warnings.iter().filter(own) {
            say!("warning  {warning}");
        }
        let brought = warnings.len() - warnings.iter().filter(own).count();
        if brought > 0 {
            say!(
                "note     {brought} statements of the built-in pages were never verified, or their day has passed; the pages say so (`regwire check --json` lists them)"
            );
        }
        let verdict = if faults.is_empty() {
            "no fault".to_owned()
        } else {
            super::table::count(i64::try_from(faults.len())?, "fault")
        };
        say!(
            "{verdict}: {} sources ({on} on), {} frameworks, {} bodies, {} jurisdictions, {} topics",
            loaded.sources.len(),
            loaded.library.frameworks.len(),
            loaded.library.bodies.len(),
            loaded.library.jurisdictions.len(),
            loaded.library.topics.len()
        );
    }
    Ok(if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
