//! `regwire bounce`: reports of mail servers and mailbox providers, taken in.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use super::out::say;
use crate::daemon::House;
use crate::daemon::jobs::bounces::{Noted, take};

/// Options of `bounce`.
#[derive(clap::Args)]
pub(super) struct Options {
    /// Files; standard input when none is named.
    files: Vec<PathBuf>,
    /// A maildir: what lies in its `new` is taken in and moved to `cur`, so that nothing is lost.
    #[arg(long, conflicts_with = "files")]
    maildir: Option<PathBuf>,
}

/// The largest report read, in bytes.
const MOST: u64 = 4 << 20;

pub(super) async fn run(house: House, options: Options) -> anyhow::Result<ExitCode> {
    if let Some(folder) = options.maildir {
        let new = folder.join("new");
        let mut paths: Vec<PathBuf> = std::fs::read_dir(&new)
            .with_context(|| format!("cannot read the maildir {}", folder.display()))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.is_file())
            .collect();
        paths.sort();
        std::fs::create_dir_all(folder.join("cur"))?;
        for path in paths {
            one(&house, &path).await?;
            // Only what was taken in leaves `new`.
            let name = path.file_name().unwrap_or_default();
            let mut seen = name.to_os_string();
            seen.push(":2,S");
            std::fs::rename(&path, folder.join("cur").join(seen))?;
        }
    } else if options.files.is_empty() {
        let mut bytes = Vec::new();
        std::io::stdin().take(MOST).read_to_end(&mut bytes)?;
        tell("standard input", &take(&house, &bytes).await?);
    } else {
        for path in &options.files {
            one(&house, path).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn one(house: &House, path: &Path) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .with_context(|| format!("cannot read {}", path.display()))?
        .take(MOST)
        .read_to_end(&mut bytes)?;
    tell(&path.display().to_string(), &take(house, &bytes).await?);
    Ok(())
}

fn tell(name: &str, noted: &Noted) {
    match noted {
        Noted::Nothing(why) => say!("{name}: nothing is done, because {why}"),
        Noted::Counted(address, verdict) => {
            say!("{name}: {address}, {}, counted", verdict.as_str());
        }
        Noted::TakenOff(address, verdict) => {
            say!(
                "{name}: {address}, {}, written to no more",
                verdict.as_str()
            );
        }
    }
}
