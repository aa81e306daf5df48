//! A folder of `.eml` files instead of a relay: what would have been sent, to look at.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::domain::document::Sha256;
use crate::domain::message::Mail;

/// The file's name: the day it was queued and the local part of its Message-ID, so that the same
/// mail is the same file however often it is sent.
fn name(mail: &Mail) -> String {
    let id = mail.message_id.trim_matches(['<', '>']);
    let local = id.split('@').next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut stem: String = local.chars().filter(|c| is_plain(*c)).take(100).collect();
    if stem != local {
        // What was left out must still tell two mails apart.
        let hash = Sha256::of(mail.message_id.as_bytes());
        stem.push('-');
        stem.extend(hash.as_str().chars().take(16));
    }
    format!("{}-{stem}.eml", mail.date.format("%Y-%m-%d"))
}

/// Writes the mail so that after a power cut it is either whole or absent; with its place.
pub(super) fn write(folder: &Path, mail: &Mail, bytes: &[u8]) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let name = name(mail);
    let place = folder.join(&name);
    // The same temporary name for the same mail: what a crash leaves is taken up again.
    let unfinished = folder.join(format!(".{name}.part"));
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, &place)?;
    // The new name is on the disk only once the folder is.
    File::open(folder)?.sync_all()?;
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::super::tests::mail;
    use super::*;

    #[test]
    fn a_name_is_plain_and_tells_mails_apart() {
        assert_eq!(name(&mail()), "2026-01-05-delivery-1.eml");
        let mut names = Vec::new();
        let long = "x".repeat(200);
        for local in ["../../etc/passwd", "a/b", "a\\b", "ab", &long] {
            let mut mail = mail();
            mail.message_id = format!("<{local}@example.org>");
            let name = name(&mail);
            assert!(!name.contains(['/', '\\']), "{name}");
            assert!(name.len() < 140, "{name}");
            names.push(name);
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 5);
    }
}
