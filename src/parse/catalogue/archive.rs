//! The one file within a ZIP archive, as NIST packs its export: stored or deflated, neither
//! encrypted nor larger than its place in the format of 1989 allows.

use std::io::{self, Read};

use flate2::bufread::DeflateDecoder;

/// The end record's fixed part, and the longest comment behind it (APPNOTE 4.3.16).
const END: usize = 22;
const LONGEST_COMMENT: usize = 0xffff;

/// The bytes of the first JSON file of the archive, else of its first file.
///
/// # Errors
/// When it is no such archive, ends in the middle, fails its checksum, or holds more than
/// `largest` bytes.
pub(super) fn zipped(reader: &mut dyn Read, largest: u64) -> io::Result<Vec<u8>> {
    let mut archive = Vec::new();
    reader.take(largest + 1).read_to_end(&mut archive)?;
    if archive.len() as u64 > largest {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let member = members(&archive)?
        .into_iter()
        .min_by_key(|member| !member.is_json)
        .ok_or_else(|| wrong("the archive is empty"))?;
    // Sizes of the local header may be zero; those of the directory are right (4.4.4, bit 3).
    let local = part(&archive, member.at, 30)?;
    if !local.starts_with(b"PK\x03\x04") {
        return Err(wrong("its directory leads nowhere"));
    }
    let begin = member.at + 30 + short(local, 26)? + short(local, 28)?;
    let packed = part(&archive, begin, member.packed)?;
    let mut out = Vec::new();
    match member.method {
        0 => out.extend_from_slice(packed),
        8 => {
            DeflateDecoder::new(packed)
                .take(largest + 1)
                .read_to_end(&mut out)?;
        }
        _ => return Err(wrong("it is packed in a way that is not read")),
    }
    if out.len() as u64 > largest {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut sum = flate2::Crc::new();
    sum.update(&out);
    if sum.sum() != member.checksum {
        return Err(wrong("its checksum is wrong"));
    }
    Ok(out)
}

struct Member {
    is_json: bool,
    method: usize,
    checksum: u32,
    packed: usize,
    at: usize,
}

/// What the directory at the archive's end lists.
fn members(archive: &[u8]) -> io::Result<Vec<Member>> {
    let from = archive.len().saturating_sub(END + LONGEST_COMMENT);
    let tail = archive.get(from..).unwrap_or_default();
    let end = memchr::memmem::rfind(tail, b"PK\x05\x06")
        .ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
    let end = part(archive, from + end, END)?;
    let count = short(end, 10)?;
    let mut at = long(end, 16)?;
    let mut out = Vec::new();
    for _ in 0..count.min(1_000) {
        let entry = part(archive, at, 46)?;
        if !entry.starts_with(b"PK\x01\x02") {
            return Err(wrong("its directory is broken"));
        }
        let name = part(archive, at + 46, short(entry, 28)?)?;
        if short(entry, 8)? & 1 == 1 {
            return Err(wrong("it is encrypted"));
        }
        if !name.ends_with(b"/") {
            out.push(Member {
                is_json: name.to_ascii_lowercase().ends_with(b".json"),
                method: short(entry, 10)?,
                checksum: u32::try_from(long(entry, 16)?).unwrap_or(0),
                packed: long(entry, 20)?,
                at: long(entry, 42)?,
            });
        }
        at += 46 + name.len() + short(entry, 30)? + short(entry, 32)?;
    }
    Ok(out)
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

fn part(bytes: &[u8], at: usize, length: usize) -> io::Result<&[u8]> {
    at.checked_add(length)
        .and_then(|end| bytes.get(at..end))
        .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

fn short(bytes: &[u8], at: usize) -> io::Result<usize> {
    match part(bytes, at, 2)? {
        [low, high] => Ok(usize::from(u16::from_le_bytes([*low, *high]))),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn long(bytes: &[u8], at: usize) -> io::Result<usize> {
    match part(bytes, at, 4)? {
        [a, b, c, d] => {
            Ok(usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX))
        }
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
