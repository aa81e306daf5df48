//! `regwire restore` and `regwire import`: a store from a backup, or from the lines of another.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use super::alone::Alone;
use super::out::say;
use super::{backup, table};
use crate::archive::{self, Manifest};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::{Copied, Everything, Store};

/// Options of `restore`.
#[derive(clap::Args)]
pub(super) struct Options {
    /// The backup.
    file: PathBuf,
    /// Also where there is a store: it is kept, under another name.
    #[arg(long)]
    force: bool,
}

/// Options of `import`.
#[derive(clap::Args)]
pub(super) struct ImportOptions {
    /// The lines of `regwire export everything`, plain or packed by zstd; `-` is standard input.
    file: PathBuf,
}

/// The folder in the data folder that a backup is unpacked into.
const UNPACKED: &str = "restoring";
/// Where the settings of a restored backup lie.
const SETTINGS: &str = "restored-settings";

pub(super) async fn run(config: &Config, options: &Options) -> anyhow::Result<ExitCode> {
    let clock = Clock::from_environment()?;
    let now = clock.now();
    let told = archive::manifest(&options.file)?;
    anyhow::ensure!(
        told.schema <= Store::newest_schema(),
        "{} was made by a newer version of regwire ({}, schema {}; this one knows {}): install that version to restore it",
        options.file.display(),
        told.version,
        told.schema,
        Store::newest_schema()
    );
    let alone = Alone::on(config, &clock).await?;
    let standing = standing(config).await;
    if let (Standing::Filled(what), false) = (&standing, options.force) {
        if let Some(alone) = alone {
            alone.end().await;
        }
        anyhow::bail!(
            "the store {what}: name another data folder or an empty database, or say --force, which keeps what is there"
        );
    }
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("cannot make the data folder {}", config.data.display()))?;
    let folder = config.data.join(UNPACKED);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    // Whole and looked through before anything that is there is touched.
    let manifest = archive::unpack(&options.file, &folder)?;
    if manifest.store == backup::FILE {
        whole(&folder, &manifest).await?;
    }
    let why = format!("a backup of {} was restored", manifest.made_at);
    let stamp = now.format("%Y%m%dT%H%M%SZ").to_string();
    let kept = match Store::file(&config.store, &config.data) {
        Some(file) => {
            let made = make_file(&folder, &manifest, &why).await?;
            // Closing it later would take what lies beside the new one.
            if let Some(alone) = alone {
                alone.leave().await;
            }
            let kept = place(&folder, &file, &standing, &stamp)?;
            anyhow::ensure!(
                Store::look_through(&file).await? == made,
                "{} does not hold what was put there: restore again",
                file.display()
            );
            kept
        }
        None => {
            let filled = matches!(standing, Standing::Filled(_));
            let kept = config.data.join(format!("before-restore-{stamp}.tar.zst"));
            if filled {
                backup::make(config, None, &kept, now).await?;
            }
            let lines = lines_of(&folder, &manifest).await?;
            Store::take_in(&config.store, &config.data, lines, &why, filled).await?;
            if let Some(alone) = alone {
                alone.end().await;
            }
            filled.then_some(kept)
        }
    };
    forget_index(config)?;
    let settings = folder.join("settings");
    if settings.is_dir() {
        let to = config.data.join(SETTINGS);
        if to.exists() {
            std::fs::remove_dir_all(&to)?;
        }
        std::fs::rename(&settings, &to)?;
    }
    std::fs::remove_dir_all(&folder)?;
    // What it holds now must be what the backup says it held.
    let store = Store::open(&config.store, &config.data).await?;
    let position = store.log_head().await?;
    let lock = store.sending_lock().await?;
    store.close().await;
    anyhow::ensure!(
        position == manifest.position,
        "the restored store stands at log position {position}, the backup at {}",
        manifest.position
    );
    anyhow::ensure!(
        lock.is_some_and(|(_, because)| because.as_deref() == Some(why.as_str())),
        "the restored store is not locked: say `regwire pause` before anything else uses it"
    );
    if let Some(kept) = kept {
        say!("The store that was there is kept: {}", kept.display());
    }
    let rows: u64 = manifest.rows.values().sum();
    say!(
        "Restored: {} as of {}, log position {position}.",
        table::count(i64::try_from(rows)?, "row"),
        manifest.made_at.format("%Y-%m-%d %H:%M UTC")
    );
    say!(
        "Settings of that time lie in {}: compare them with yours.",
        config.data.join(SETTINGS).display()
    );
    say!("The search index is built again at the next start.");
    say!(
        "Sending is locked. When nothing else sends from this data, say `regwire resume`; what was sent after the backup may then be sent again, each with its old Message-ID."
    );
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn import(config: &Config, options: &ImportOptions) -> anyhow::Result<ExitCode> {
    let alone = Alone::on(config, &Clock::from_environment()?).await?;
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("cannot make the data folder {}", config.data.display()))?;
    let input: Box<dyn Read + Send> = if options.file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(
            File::open(&options.file)
                .with_context(|| format!("cannot read {}", options.file.display()))?,
        )
    };
    let why = "everything was taken in from another store";
    let lines = lines(input)?;
    let taken: Result<Everything, _> =
        Store::take_in(&config.store, &config.data, lines, why, false).await;
    if let Some(alone) = alone {
        alone.end().await;
    }
    let taken = taken?;
    forget_index(config)?;
    // Written by an older version, it is brought to this one's schema now.
    Store::open(&config.store, &config.data)
        .await?
        .close()
        .await;
    say!(
        "Taken in: {} in {}, log position {}; every table has the rows that were written.",
        table::count(i64::try_from(taken.rows())?, "row"),
        table::count(i64::try_from(taken.tables.len())?, "table"),
        taken.position
    );
    say!(
        "The search index is built at the next start. Sending is locked: stop the store that this came from, then say `regwire resume`."
    );
    Ok(ExitCode::SUCCESS)
}

/// Lines of a reader, unpacked where they are packed.
fn lines(
    input: Box<dyn Read + Send>,
) -> anyhow::Result<Box<dyn Iterator<Item = std::io::Result<String>> + Send>> {
    let mut input = BufReader::with_capacity(256 << 10, input);
    let packed = input.fill_buf()?.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    Ok(if packed {
        Box::new(BufReader::with_capacity(256 << 10, zstd::Decoder::with_buffer(input)?).lines())
    } else {
        Box::new(input.lines())
    })
}

/// What stands where a store is to be.
enum Standing {
    Nothing,
    /// A store that holds nothing but what every start writes.
    Empty,
    /// Something, in words.
    Filled(String),
}

async fn standing(config: &Config) -> Standing {
    let embedded = Store::file(&config.store, &config.data);
    if embedded.as_ref().is_some_and(|file| !file.exists()) {
        return Standing::Nothing;
    }
    let held = match Store::open_as_it_is(&config.store, &config.data).await {
        Ok(store) => {
            let held = store.holds().await;
            store.close().await;
            held
        }
        Err(error) => Err(error),
    };
    match held {
        Ok(held) if held.is_empty() => Standing::Empty,
        Ok(held) => Standing::Filled(format!("is not empty ({})", told(&held))),
        Err(error) => Standing::Filled(format!("cannot be read ({error})")),
    }
}

fn told(held: &std::collections::BTreeMap<String, u64>) -> String {
    let mut most: Vec<_> = held.iter().collect();
    most.sort_by_key(|(_, rows)| std::cmp::Reverse(**rows));
    let parts: Vec<String> = most
        .iter()
        .take(3)
        .map(|(table, rows)| format!("{table}: {rows}"))
        .collect();
    parts.join(", ")
}

/// Moves a store's file, with what SQLite keeps beside it.
fn set_aside(file: &Path, to: &Path) -> anyhow::Result<()> {
    // What lies beside it belongs to it, and goes first: alone it would be another's.
    for end in ["-wal", "-shm", ""] {
        let with = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        };
        let from = with(file);
        if from.exists() {
            std::fs::rename(&from, with(to))?;
        }
    }
    Ok(())
}

/// Makes an embedded store of what was unpacked, beside it: at this version's schema, and locked.
/// What it holds then is told.
async fn make_file(folder: &Path, manifest: &Manifest, why: &str) -> anyhow::Result<Copied> {
    let url = format!("sqlite:{}", backup::FILE);
    if manifest.store == backup::LINES {
        let lines = lines_of(folder, manifest).await?;
        Store::take_in(&url, folder, lines, why, false).await?;
    }
    let store = Store::open(&url, folder).await?;
    store.lock_as_restored(why).await?;
    store.close().await;
    Ok(Store::look_through(&folder.join(backup::FILE)).await?)
}

/// Puts the store that was made into its place; what is there is kept under another name.
fn place(
    folder: &Path,
    file: &Path,
    standing: &Standing,
    stamp: &str,
) -> anyhow::Result<Option<PathBuf>> {
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let aside = file.with_file_name(format!("{name}.before-restore-{stamp}"));
    // Without its store, what SQLite kept beside it would be played into the new one.
    set_aside(file, &aside)?;
    let kept = (!matches!(standing, Standing::Nothing)).then_some(aside);
    crate::crash::point("restore-before-rename");
    let made = folder.join(backup::FILE);
    File::open(&made)?.sync_all()?;
    std::fs::rename(made, file)?;
    // The names must outlast a power cut, too.
    if let Some(parent) = file.parent().filter(|path| path.is_dir()) {
        File::open(parent)?.sync_all()?;
    }
    Ok(kept)
}

/// Whether the unpacked file is sound, and holds what the backup says.
async fn whole(folder: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let found = Store::look_through(&folder.join(backup::FILE)).await?;
    anyhow::ensure!(
        found.rows == manifest.rows && found.position == manifest.position,
        "the store in the backup does not hold what the backup says: take another one"
    );
    Ok(())
}

/// The lines of an unpacked backup, whichever form it has.
async fn lines_of(
    folder: &Path,
    manifest: &Manifest,
) -> anyhow::Result<Box<dyn Iterator<Item = std::io::Result<String>> + Send>> {
    let path = folder.join(backup::LINES);
    if manifest.store == backup::FILE {
        let url = format!("sqlite:{}", backup::FILE);
        let store = Store::open_as_it_is(&url, folder).await?;
        let mut out = zstd::Encoder::new(File::create(&path)?, 1)?;
        store.write_everything(&mut out).await?;
        out.finish()?;
        store.close().await;
    }
    lines(Box::new(File::open(&path)?))
}

/// The index of another store is of no use; it is built again.
fn forget_index(config: &Config) -> anyhow::Result<()> {
    let folder = config.data.join("search");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}: delete it by hand", folder.display()))?;
    }
    Ok(())
}
