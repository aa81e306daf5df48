//! How full the disk is.

use std::path::Path;

/// What a folder takes, and what is free around it, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// What the folder takes.
    pub used: u64,
    /// What is free for this user.
    pub free: u64,
    /// The whole disk.
    pub total: u64,
}

/// Measures it.
///
/// # Errors
/// When the folder is not there, or the system does not say.
pub fn measure(folder: &Path) -> std::io::Result<Room> {
    let about = rustix::fs::statvfs(folder)?;
    let block = if about.f_frsize == 0 {
        about.f_bsize
    } else {
        about.f_frsize
    };
    Ok(Room {
        used: size(folder, 0),
        free: about.f_bavail.saturating_mul(block),
        total: about.f_blocks.saturating_mul(block),
    })
}

/// The files under a folder; what vanishes meanwhile counts nothing.
fn size(path: &Path, depth: u32) -> u64 {
    let Ok(about) = std::fs::symlink_metadata(path) else {
        return 0;
    };
    if !about.is_dir() {
        return about.len();
    }
    if depth > 8 {
        return 0;
    }
    std::fs::read_dir(path)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| size(&entry.path(), depth + 1))
        .sum()
}
