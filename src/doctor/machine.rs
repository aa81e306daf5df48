//! The machine: its disk, and what this user may do there.

use std::path::Path;

use super::{Bag, Report, Severity};
use crate::config::Config;
use crate::domain::disk::spoken;
use crate::store::embedded;

/// Less than this is a fault.
const LEAST: u64 = 256 << 20;
/// Less than this is a warning.
const LITTLE: u64 = 2 << 30;

pub(super) fn examine(report: &mut Report, config: &Config, bag: &Bag<'_>) {
    let data = config.data.as_path();
    report.looked.push("rights of the data folder");
    if let Err((what, mend)) = may_write(data) {
        report.add(
            Severity::Fault,
            "data-not-writable",
            data.display().to_string(),
            what,
            mend,
        );
        return;
    }
    report.looked.push("who may read the store");
    if let Some(file) = embedded(&config.store, data).filter(|file| open_to_all(file)) {
        report.add(
            Severity::Warning,
            "store-readable",
            file.display().to_string(),
            "everybody on this machine may read the store, with its addresses and keys",
            format!("chmod 600 {0} {0}-wal {0}-shm", file.display()),
        );
    }
    report.looked.push("disk");
    // A folder that is not there yet lies on its parent's disk.
    let there = data.ancestors().find(|path| path.is_dir());
    match (bag.measure)(there.unwrap_or(Path::new("."))) {
        Err(error) => report.add(
            Severity::Unasked,
            "disk",
            data.display().to_string(),
            format!("the disk could not be measured: {error}"),
            "look with `df`",
        ),
        Ok(room) if room.free < LEAST => report.add(
            Severity::Fault,
            "disk-full",
            data.display().to_string(),
            format!("{} of {} are free", spoken(room.free), spoken(room.total)),
            "make room, or move the data to a larger disk: the store stops writing when it is full",
        ),
        Ok(room) if room.free < LITTLE => report.add(
            Severity::Warning,
            "disk-low",
            data.display().to_string(),
            format!("{} of {} are free", spoken(room.free), spoken(room.total)),
            "make room before it is full",
        ),
        Ok(_) => {}
    }
}

/// Whether everybody may read a file, and go into its folder.
#[cfg(unix)]
fn open_to_all(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let may = |path: &Path, right: u32| {
        std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & right != 0)
    };
    may(file, 0o004) && file.parent().is_some_and(|folder| may(folder, 0o001))
}

#[cfg(not(unix))]
fn open_to_all(_: &Path) -> bool {
    false
}

/// Whether files can be made there; a folder that is not there yet can be made by its parent's rights.
fn may_write(data: &Path) -> Result<(), (String, String)> {
    let own = format!(
        "let the user that runs regwire own it: chown -R regwire {0} && chmod 700 {0}",
        data.display()
    );
    if data.exists() && !data.is_dir() {
        return Err((
            "it is no folder".to_owned(),
            "name another with --data, or move that file away".to_owned(),
        ));
    }
    let Some(folder) = data.ancestors().find(|path| path.is_dir()) else {
        return Ok(());
    };
    let probe = folder.join(format!(".regwire-doctor-{}", std::process::id()));
    match std::fs::write(&probe, b"") {
        Ok(()) => {
            let _ = std::fs::remove_file(&probe);
            Ok(())
        }
        Err(error) => Err((format!("this user may not write there: {error}"), own)),
    }
}
