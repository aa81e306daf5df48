//! A backup's file: one packed archive with a table of what is in it.
//!
//! It knows how such a file is made, looked through and unpacked. It calls nothing but the ground
//! floor and its own drivers (tar, zstd). It deliberately knows nothing of stores and settings:
//! it is handed files with names, and trusts nothing of an archive that its table does not say.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read or written.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is no backup, or not all of one.
    #[error("{} is no whole backup: {why}. Take another one", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A newer version made it.
    #[error("{} was made by a newer version of regwire ({version}): install that version to restore it", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Which.
        version: String,
    },
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packed {
    /// Its name in the archive.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// What it is.
    pub sha256: String,
}

/// The table of what is in a backup; it comes first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// What this is: `backup`.
    pub regwire: String,
    /// In which form.
    pub format: u32,
    /// Made by which version.
    pub version: String,
    /// When.
    pub made_at: DateTime<Utc>,
    /// The file that holds the store.
    pub store: String,
    /// The newest step of the schema.
    pub schema: i64,
    /// The log's last position.
    pub position: i64,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// Every file.
    pub files: Vec<Packed>,
}

/// What a manifest says it is.
pub const KIND: &str = "backup";
/// The form that this version writes and reads.
pub const FORMAT: u32 = 1;
const TABLE: &str = "manifest.json";
/// A table is never longer than this.
const TABLE_BYTES: u64 = 16 << 20;

/// Size and sum of a file, for its line in the table.
///
/// # Errors
/// When it cannot be read.
pub fn measured(name: &str, path: &Path) -> Result<Packed, Error> {
    let at = at(path);
    let mut file = File::open(path).map_err(&at)?;
    let (bytes, sha256) = copy(&mut file, &mut std::io::sink()).map_err(&at)?;
    Ok(Packed {
        name: name.to_owned(),
        bytes,
        sha256,
    })
}

/// Packs the files of a manifest, each found at its path, as `half` in the same folder, and looks the
/// result through before it has its name. Nobody but the owner may read it.
///
/// # Errors
/// When a file cannot be read or written.
pub fn pack(half: &Path, out: &Path, manifest: &Manifest, paths: &[PathBuf]) -> Result<(), Error> {
    let result = packed(half, manifest, paths).and_then(|()| {
        check(half)?;
        std::fs::rename(half, out)
            .and_then(|()| {
                let folder = out.parent().filter(|path| !path.as_os_str().is_empty());
                File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
            })
            .map_err(at(out))
    });
    if result.is_err() {
        // Half an archive is none; the next try writes over it.
        let _ = std::fs::remove_file(half);
    }
    result
}

fn packed(half: &Path, manifest: &Manifest, paths: &[PathBuf]) -> Result<(), Error> {
    let at_half = at(half);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(half).map_err(&at_half)?;
    let packer = zstd::Encoder::new(BufWriter::new(file), 3).map_err(&at_half)?;
    let mut archive = tar::Builder::new(packer);
    let time = u64::try_from(manifest.made_at.timestamp()).unwrap_or(0);
    let head = |bytes: u64| {
        let mut head = tar::Header::new_gnu();
        head.set_size(bytes);
        head.set_mode(0o600);
        head.set_mtime(time);
        head
    };
    let table = serde_json::to_vec_pretty(manifest)
        .map_err(std::io::Error::from)
        .map_err(&at_half)?;
    archive
        .append_data(&mut head(table.len() as u64), TABLE, table.as_slice())
        .map_err(&at_half)?;
    for (entry, path) in manifest.files.iter().zip(paths) {
        let file = File::open(path).map_err(at(path))?;
        archive
            .append_data(&mut head(entry.bytes), &entry.name, file.take(entry.bytes))
            .map_err(&at_half)?;
    }
    archive
        .into_inner()
        .and_then(zstd::Encoder::finish)
        .and_then(|out| {
            out.into_inner()
                .map_err(std::io::IntoInnerError::into_error)
        })
        .and_then(|file| file.sync_all())
        .map_err(&at_half)
}

/// Reads an archive's table.
///
/// # Errors
/// When it is no backup, or one of a newer version.
pub fn manifest(archive: &Path) -> Result<Manifest, Error> {
    walk(archive, |_, _| Ok(()), true)
}

/// Reads an archive to its end and compares every file with the table.
///
/// # Errors
/// When it is not whole.
pub fn check(archive: &Path) -> Result<Manifest, Error> {
    let mut sink = |_: &Packed, entry: &mut dyn Read| copy(entry, &mut std::io::sink()).map(Some);
    whole(archive, &mut sink)
}

/// Unpacks an archive into a folder; nothing that its table does not name is written, and nothing
/// outside the folder.
///
/// # Errors
/// When it is not whole, or the folder cannot be written.
pub fn unpack(archive: &Path, folder: &Path) -> Result<Manifest, Error> {
    std::fs::create_dir_all(folder).map_err(at(folder))?;
    let mut write = |packed: &Packed, entry: &mut dyn Read| {
        let path = folder.join(&packed.name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let copied = copy(entry, &mut file)?;
        file.sync_all()?;
        Ok(Some(copied))
    };
    whole(archive, &mut write)
}

type Take<'t> = &'t mut dyn FnMut(&Packed, &mut dyn Read) -> std::io::Result<Option<(u64, String)>>;

fn whole(archive: &Path, take: Take<'_>) -> Result<Manifest, Error> {
    let mut seen = 0;
    let manifest = walk(
        archive,
        |packed, entry| {
            seen += 1;
            match take(packed, entry)? {
                Some((bytes, sha256)) if bytes != packed.bytes || sha256 != packed.sha256 => Err(
                    std::io::Error::other(format!("{} is not what was packed", packed.name)),
                ),
                _ => Ok(()),
            }
        },
        false,
    )?;
    if seen == manifest.files.len() {
        Ok(manifest)
    } else {
        Err(Error::Damaged {
            path: archive.to_owned(),
            why: format!("{seen} of its {} files are there", manifest.files.len()),
        })
    }
}

fn walk(
    archive: &Path,
    mut each: impl FnMut(&Packed, &mut dyn Read) -> std::io::Result<()>,
    only_table: bool,
) -> Result<Manifest, Error> {
    let damaged = |why: String| Error::Damaged {
        path: archive.to_owned(),
        why,
    };
    let told = |error: std::io::Error| damaged(error.to_string());
    let file = File::open(archive).map_err(at(archive))?;
    let mut archive_file =
        tar::Archive::new(zstd::Decoder::new(BufReader::new(file)).map_err(told)?);
    let mut entries = archive_file.entries().map_err(told)?;
    let mut first = entries
        .next()
        .ok_or_else(|| damaged("it is empty".to_owned()))?
        .map_err(told)?;
    if first.path().map_err(told)?.as_os_str() != TABLE {
        return Err(damaged(format!("it does not begin with a {TABLE}")));
    }
    let mut table = Vec::new();
    (&mut first)
        .take(TABLE_BYTES)
        .read_to_end(&mut table)
        .map_err(told)?;
    let told_version: serde_json::Value =
        serde_json::from_slice(&table).map_err(|error| damaged(error.to_string()))?;
    if told_version["regwire"] == KIND && told_version["format"] != FORMAT {
        return Err(Error::Newer {
            path: archive.to_owned(),
            version: told_version["version"].as_str().unwrap_or("?").to_owned(),
        });
    }
    let manifest: Manifest =
        serde_json::from_slice(&table).map_err(|error| damaged(error.to_string()))?;
    if manifest.regwire != KIND {
        return Err(damaged(format!("its {TABLE} is another's")));
    }
    if only_table {
        return Ok(manifest);
    }
    let mut expected = manifest.files.iter();
    for entry in entries {
        let mut entry = entry.map_err(told)?;
        let name = entry.path().map_err(told)?.to_string_lossy().into_owned();
        let packed = expected
            .next()
            .filter(|packed| packed.name == name && is_plain(&name))
            .ok_or_else(|| damaged(format!("{name} is not in its table")))?;
        each(packed, &mut entry).map_err(told)?;
    }
    Ok(manifest)
}

/// Whether a name stays within the folder that it is unpacked into.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && Path::new(name)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> Error {
    move |source| Error::File {
        path: path.to_owned(),
        source,
    }
}

/// Copies, and says how much and what it was.
fn copy(from: &mut dyn Read, to: &mut dyn Write) -> std::io::Result<(u64, String)> {
    use std::fmt::Write as _;
    let mut sum = Sha256::new();
    let mut bytes = 0;
    let mut buffer = vec![0_u8; 256 << 10];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        // A reader never says that it read more than it was given room for.
        let part = &buffer[..read];
        sum.update(part);
        to.write_all(part)?;
        bytes += read as u64;
    }
    let hex = sum.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a String never fails.
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok((bytes, hex))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(folder: &Path) -> (PathBuf, Manifest) {
        let one = folder.join("one");
        std::fs::write(&one, "a store's bytes".repeat(1_000)).unwrap();
        let manifest = Manifest {
            regwire: KIND.to_owned(),
            format: FORMAT,
            version: "0.1.0".to_owned(),
            made_at: DateTime::UNIX_EPOCH,
            store: "store.db".to_owned(),
            schema: 61,
            position: 7,
            rows: BTreeMap::new(),
            files: vec![measured("store.db", &one).unwrap()],
        };
        let out = folder.join("b.tar.zst");
        pack(&folder.join("half"), &out, &manifest, &[one]).unwrap();
        (out, manifest)
    }

    #[test]
    fn what_was_packed_comes_out() {
        let folder = tempfile::tempdir().unwrap();
        let (out, manifest) = example(folder.path());
        assert_eq!(check(&out).unwrap(), manifest);
        let into = folder.path().join("into");
        assert_eq!(unpack(&out, &into).unwrap(), manifest);
        assert_eq!(
            std::fs::read(into.join("store.db")).unwrap(),
            std::fs::read(folder.path().join("one")).unwrap()
        );
    }

    #[test]
    fn a_damaged_archive_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let (out, _) = example(folder.path());
        let good = std::fs::read(&out).unwrap();
        for place in (0..good.len()).step_by(7) {
            let mut bad = good.clone();
            bad[place] ^= 0x41;
            std::fs::write(&out, &bad).unwrap();
            // A byte of the archive's own padding or times may be another: what is packed is not.
            if let Ok(manifest) = check(&out) {
                let into = folder.path().join("into");
                unpack(&out, &into).unwrap();
                assert_eq!(manifest.files.len(), 1);
                assert_eq!(
                    std::fs::read(into.join("store.db")).unwrap(),
                    std::fs::read(folder.path().join("one")).unwrap()
                );
            }
            std::fs::write(&out, &good[..place]).unwrap();
            assert!(check(&out).is_err(), "cut off after {place}");
        }
    }

    #[test]
    fn nothing_is_written_outside_the_folder() {
        for bad in ["../x", "/etc/x", "", "a/../../b", "./a/./../b"] {
            assert!(!is_plain(bad), "{bad}");
        }
        assert!(is_plain("settings/library/bodies.toml"));
    }
}
