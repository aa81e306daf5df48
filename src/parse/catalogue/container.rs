//! What a list comes in: lines, an array, a file, an archive, any of them packed.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::archive;
use crate::domain::catalogue::CataloguePreset;
use crate::domain::document::{Fault, FaultCode};

/// One record of a list, as it lies there.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The name of its file, where it is one.
    pub file: Option<&'a str>,
    /// Its number in the list, from 1.
    pub number: usize,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl Record<'_> {
    /// Where it stands, for people.
    pub(super) fn place(&self) -> String {
        match self.file {
            Some(file) => file.chars().take(120).collect(),
            None => format!("record {}", self.number),
        }
    }
}

/// What was opened, and how it ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Container {
    /// Whose list it seems to be; none when nothing of it was understood.
    pub preset: Option<CataloguePreset>,
    /// Whether it is one document of a list and not a list.
    pub single: bool,
    /// Records handed out.
    pub records: usize,
    /// What was wrong with the list itself.
    pub faults: Vec<Fault>,
    /// Whether it was read to its proper end.
    pub whole: bool,
}

/// The largest record, in bytes; ISO's longest line has some ten kilobytes.
pub const LARGEST_RECORD: usize = 1 << 20;
/// The most that an archive may unpack to, in bytes: ten times what the largest known does.
const LARGEST_LIST: u64 = 4 << 30;
/// The most records of a list: ten times the largest known.
const MOST_RECORDS: usize = 1_000_000;
/// The largest array that is read as one, in bytes; NIST's has 1.5 MB.
const LARGEST_ARRAY: u64 = 64 << 20;

/// Opens a list and hands each record of it to `each`, with whose list it is.
///
/// `file` is the name that the list itself has, for a list of one document. What cannot be read
/// is told; nothing panics, and memory holds one record (an array: the array).
pub fn records(
    reader: &mut dyn Read,
    file: Option<&str>,
    each: &mut dyn FnMut(CataloguePreset, Record<'_>),
) -> Container {
    let mut out = Container::default();
    let capped = Capped {
        inner: reader,
        left: LARGEST_LIST,
    };
    let mut reader = BufReader::with_capacity(1 << 16, capped);
    match open(&mut reader, file, each, &mut out, 0) {
        Ok(whole) => out.whole = whole,
        Err(error) => out.faults.push(broken(&error)),
    }
    out
}

/// Whose list a reader seems to hold, by how it begins; none when it cannot be read at all.
pub fn guess(reader: &mut dyn Read) -> Option<CataloguePreset> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let head = reader.fill_buf().ok()?;
    if head.starts_with(&[0x1f, 0x8b]) {
        let mut inner = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(reader));
        return guess_plain(inner.fill_buf().ok()?);
    }
    guess_plain(head)
}

fn guess_plain(head: &[u8]) -> Option<CataloguePreset> {
    if head.starts_with(b"PK\x03\x04") {
        return Some(CataloguePreset::NistCsrc);
    }
    let text = head.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(head);
    Some(match text.trim_ascii_start().first()? {
        b'{' => CataloguePreset::IsoOpenData,
        b'[' => CataloguePreset::NistCsrc,
        _ => CataloguePreset::Relaton,
    })
}

fn broken(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Fault::new(
            FaultCode::Truncated,
            "the list ends in the middle; it is not taken, and the next one will be",
        ),
        io::ErrorKind::FileTooLarge => Fault::new(
            FaultCode::TooLarge,
            format!("the list unpacks to more than {LARGEST_LIST} bytes; nothing real does"),
        ),
        _ => Fault::new(
            FaultCode::BrokenBody,
            format!("the list cannot be unpacked: {error}"),
        ),
    }
}

type Each<'a> = &'a mut dyn FnMut(CataloguePreset, Record<'_>);

/// Whether the list was read to its proper end.
fn open(
    mut reader: &mut dyn BufRead,
    file: Option<&str>,
    each: Each<'_>,
    out: &mut Container,
    depth: u8,
) -> io::Result<bool> {
    let head = reader.fill_buf()?;
    if head.starts_with(&[0x1f, 0x8b]) && depth == 0 {
        let mut inner = BufReader::with_capacity(
            1 << 16,
            Capped {
                inner: MultiGzDecoder::new(reader),
                left: LARGEST_LIST,
            },
        );
        let name = file.map(|name| name.trim_end_matches(".gz"));
        return open(&mut inner, name, each, out, 1);
    }
    if head.starts_with(b"PK\x03\x04") && depth < 2 {
        let bytes = archive::zipped(&mut reader, LARGEST_ARRAY)?;
        return open(&mut bytes.as_slice(), None, each, out, 2);
    }
    if head.get(257..262) == Some(b"ustar") {
        return archived(reader, each, out);
    }
    if head.starts_with(&[0xef, 0xbb, 0xbf]) {
        reader.consume(3);
    }
    let first = loop {
        let head = reader.fill_buf()?;
        let Some(byte) = head.first().copied() else {
            out.faults
                .push(Fault::new(FaultCode::EmptyBody, "the list is empty"));
            return Ok(false);
        };
        if !byte.is_ascii_whitespace() {
            break byte;
        }
        reader.consume(1);
    };
    match first {
        b'{' => lines(reader, each, out),
        b'[' => array(reader, each, out),
        b'<' => {
            out.faults.push(Fault::new(
                FaultCode::HtmlPage,
                "a page of markup where a list should be",
            ));
            Ok(false)
        }
        _ => document(reader, file, each, out),
    }
}

/// JSON lines.
fn lines(reader: &mut dyn BufRead, each: Each<'_>, out: &mut Container) -> io::Result<bool> {
    let preset = CataloguePreset::IsoOpenData;
    out.preset = Some(preset);
    let mut line = Vec::with_capacity(1 << 14);
    loop {
        line.clear();
        let mut limited = Read::take(&mut *reader, LARGEST_RECORD as u64 + 1);
        if limited.read_until(b'\n', &mut line)? == 0 {
            return Ok(true);
        }
        let ended = line.last() == Some(&b'\n');
        if !ended && line.len() > LARGEST_RECORD {
            out.records += 1;
            out.faults.push(Fault::new(
                FaultCode::BadItem,
                format!(
                    "line {}: longer than {LARGEST_RECORD} bytes; this row was left out",
                    out.records
                ),
            ));
            skip_line(reader)?;
            continue;
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            continue;
        }
        if !ended && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_err() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        out.records += 1;
        if out.records > MOST_RECORDS {
            out.faults.push(too_many());
            return Ok(false);
        }
        each(
            preset,
            Record {
                file: None,
                number: out.records,
                bytes: text,
            },
        );
    }
}

fn too_many() -> Fault {
    Fault::new(
        FaultCode::TooManyItems,
        format!("more than {MOST_RECORDS} records; the list is not taken"),
    )
}

fn skip_line(reader: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let head = reader.fill_buf()?;
        if head.is_empty() {
            return Ok(());
        }
        match memchr::memchr(b'\n', head) {
            Some(at) => {
                reader.consume(at + 1);
                return Ok(());
            }
            None => {
                let all = head.len();
                reader.consume(all);
            }
        }
    }
}

/// An array of JSON objects.
fn array(reader: &mut dyn BufRead, each: Each<'_>, out: &mut Container) -> io::Result<bool> {
    let preset = CataloguePreset::NistCsrc;
    out.preset = Some(preset);
    let mut text = Vec::new();
    reader.take(LARGEST_ARRAY + 1).read_to_end(&mut text)?;
    if text.len() as u64 > LARGEST_ARRAY {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let values: Vec<serde_json::Value> = match serde_json::from_slice(&text) {
        Ok(values) => values,
        Err(error) if error.is_eof() => return Err(io::ErrorKind::UnexpectedEof.into()),
        Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
    };
    drop(text);
    for value in values {
        out.records += 1;
        if out.records > MOST_RECORDS {
            out.faults.push(too_many());
            return Ok(false);
        }
        // Written down again: keys in order, so that another order is no change.
        let bytes = value.to_string();
        each(
            preset,
            Record {
                file: None,
                number: out.records,
                bytes: bytes.as_bytes(),
            },
        );
    }
    Ok(true)
}

/// One YAML file.
fn document(
    reader: &mut dyn BufRead,
    file: Option<&str>,
    each: Each<'_>,
    out: &mut Container,
) -> io::Result<bool> {
    let preset = CataloguePreset::Relaton;
    out.preset = Some(preset);
    out.single = true;
    let mut bytes = Vec::new();
    reader
        .take(LARGEST_RECORD as u64 + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() > LARGEST_RECORD {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    out.records = 1;
    each(
        preset,
        Record {
            file,
            number: 1,
            bytes: &bytes,
        },
    );
    Ok(true)
}

/// A tar archive of YAML files; whatever else lies in it is passed over.
fn archived(reader: &mut dyn BufRead, each: Each<'_>, out: &mut Container) -> io::Result<bool> {
    let preset = CataloguePreset::Relaton;
    out.preset = Some(preset);
    let mut archive = tar::Archive::new(reader);
    let mut bytes = Vec::with_capacity(1 << 14);
    let mut files = 0_usize;
    for entry in archive.entries()? {
        let mut entry = entry?;
        files += 1;
        if files > 2 * MOST_RECORDS {
            out.faults.push(too_many());
            return Ok(false);
        }
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let name = name.trim_start_matches("./");
        if !is_document(name) {
            continue;
        }
        if entry.size() > LARGEST_RECORD as u64 {
            out.faults.push(too_large(name));
            continue;
        }
        bytes.clear();
        entry.read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < entry.size() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        out.records += 1;
        if out.records > MOST_RECORDS {
            out.faults.push(too_many());
            return Ok(false);
        }
        each(
            preset,
            Record {
                file: Some(name),
                number: out.records,
                bytes: &bytes,
            },
        );
    }
    // What packs the archive has a checksum at its end.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok(true)
}

/// A file that is too large for a document of a list; an index of all documents is.
pub fn too_large(name: &str) -> Fault {
    Fault::new(
        FaultCode::TooLarge,
        format!("{name}: larger than {LARGEST_RECORD} bytes; no document of a list is"),
    )
}

/// Whether a name of a file is that of a document: YAML, and not hidden.
pub fn is_document(name: &str) -> bool {
    let yaml = name.rsplit_once('.').is_some_and(|(_, ending)| {
        ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml")
    });
    yaml && !name.split('/').any(|part| part.starts_with('.'))
}

/// A reader that fails when more comes than is believed.
struct Capped<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
        Ok(read)
    }
}
