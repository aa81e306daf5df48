//! `regwire backup`: the store and the settings in one file, while a daemon works on.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use super::out::say;
use super::table;
use crate::archive::{self, Manifest, Packed};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::Store;

/// Options of `backup`.
#[derive(clap::Args)]
pub(super) struct Options {
    /// The file to write (`.tar.zst`), or a folder, in which its name tells the time.
    #[arg(value_name = "DIR|FILE")]
    to: PathBuf,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// The store's name in a backup: an embedded one as its file, a shared one as lines.
pub(super) const FILE: &str = "store.db";
pub(super) const LINES: &str = "store.jsonl.zst";
/// What is kept of the settings' folder, where it is there.
const SETTINGS: [&str; 5] = [
    "sources.toml",
    "frameworks",
    "library",
    "templates",
    "index",
];

pub(super) async fn run(
    config: &Config,
    file: Option<&Path>,
    options: &Options,
) -> anyhow::Result<ExitCode> {
    let now = Clock::from_environment()?.now();
    let to = if options.to.is_dir() {
        free_name(&options.to, now)
    } else {
        options.to.clone()
    };
    anyhow::ensure!(
        !to.exists(),
        "{} is there already: name another file",
        to.display()
    );
    let manifest = make(config, file, &to, now).await?;
    if options.json {
        say!(
            "{}",
            serde_json::json!({ "file": to, "manifest": manifest })
        );
    } else {
        let rows: u64 = manifest.rows.values().sum();
        say!(
            "{}: {} in {} at log position {}, schema {}, and {} of settings; read again and found whole",
            to.display(),
            table::count(i64::try_from(rows)?, "row"),
            table::count(i64::try_from(manifest.rows.len())?, "table"),
            manifest.position,
            manifest.schema,
            table::count(i64::try_from(manifest.files.len() - 1)?, "file"),
        );
        say!(
            "It holds addresses and the keys that links are signed with: keep it where only you can read it."
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// A name in a folder that tells the time, and that nothing has yet.
fn free_name(folder: &Path, now: chrono::DateTime<chrono::Utc>) -> PathBuf {
    let stamp = now.format("%Y%m%dT%H%M%SZ");
    let mut path = folder.join(format!("regwire-{stamp}.tar.zst"));
    let mut number = 1;
    while path.exists() {
        number += 1;
        path = folder.join(format!("regwire-{stamp}-{number}.tar.zst"));
    }
    path
}

/// Makes a backup of the store and of the settings beside it.
pub(super) async fn make(
    config: &Config,
    file: Option<&Path>,
    to: &Path,
    now: chrono::DateTime<chrono::Utc>,
) -> anyhow::Result<Manifest> {
    // Under names that the next backup uses, too: what a killed one left does not gather.
    let half = to.with_file_name(".regwire-backup.part");
    let lock = own_file(&half).with_context(|| format!("cannot write beside {}", to.display()))?;
    anyhow::ensure!(
        lock.try_lock().is_ok(),
        "another backup is being made in the folder of {}: wait for it",
        to.display()
    );
    let half = Beside(half);
    let beside = Beside(to.with_file_name(".regwire-backup.store"));
    match std::fs::remove_file(&beside.0) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).context("what an earlier backup left cannot be removed");
        }
        _ => {}
    }
    let store = Store::open_as_it_is(&config.store, &config.data).await?;
    let (name, steps, position, rows) =
        match Store::copy(&config.store, &config.data, &beside.0).await? {
            Some(copied) => (FILE, copied.steps, copied.position, copied.rows),
            None => {
                let out = own_file(&beside.0)
                    .with_context(|| format!("cannot write {}", beside.0.display()))?;
                let mut out = zstd::Encoder::new(BufWriter::new(out), 3)?;
                let everything = store.write_everything(&mut out).await?;
                out.finish()?
                    .into_inner()
                    .map_err(std::io::IntoInnerError::into_error)?
                    .sync_all()?;
                let rows = everything
                    .tables
                    .into_iter()
                    .map(|table| (table.table, table.rows))
                    .collect();
                (LINES, everything.steps, everything.position, rows)
            }
        };
    store.close().await;
    let mut paths = vec![beside.0.clone()];
    let mut files = vec![archive::measured(name, &beside.0)?];
    let settings = file.map_or_else(|| config.folder.join("regwire.toml"), Path::to_owned);
    if settings.is_file() {
        add("regwire.toml", &settings, &mut files, &mut paths)?;
    }
    for name in SETTINGS {
        add(name, &config.folder.join(name), &mut files, &mut paths)?;
    }
    let manifest = Manifest {
        regwire: archive::KIND.to_owned(),
        format: archive::FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now,
        store: name.to_owned(),
        schema: steps.last().copied().unwrap_or(0),
        position,
        rows,
        files,
    };
    archive::pack(&half.0, to, &manifest, &paths)?;
    Ok(manifest)
}

/// A file that only its owner may read, even while it is written.
fn own_file(path: &Path) -> std::io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// What lies beside the backup while it is made, and goes when it is made or has failed.
struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        // Where it cannot be removed, the next backup of that name does it.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn add(
    name: &str,
    path: &Path,
    files: &mut Vec<Packed>,
    paths: &mut Vec<PathBuf>,
) -> anyhow::Result<()> {
    if path.is_dir() {
        let mut entries: Vec<_> = std::fs::read_dir(path)
            .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
            .with_context(|| format!("cannot read {}", path.display()))?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let name = format!("{name}/{}", entry.file_name().to_string_lossy());
            add(&name, &entry.path(), files, paths)?;
        }
    } else if path.is_file() {
        files.push(archive::measured(&format!("settings/{name}"), path)?);
        paths.push(path.to_owned());
    }
    Ok(())
}
