//! The child: limits itself, then reads one PDF from its input and writes the text to its output.

use std::io::{Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, ExitCode};

use pdf_extract::{Document, PlainTextOutput, output_doc_page};
use rustix::process::{Resource, Rlimit, setrlimit};

/// How the child ends when it could not even begin.
pub(super) const CANNOT_START: i32 = 70;
/// How it ends when the PDF gives no text.
const UNREADABLE: u8 = 1;
/// The most that one content of a page may unpack to, in bytes.
const CONTENT: u64 = 64 << 20;
/// The most files it may have open.
const FILES: u64 = 64;

/// Becomes the child: sets its own limits before a byte is read, leaves the network where the
/// system lets it, and then reads standard input, by `pdftotext` when it is given.
///
/// To be called before anything else in the process: before threads, before a runtime.
pub fn child(pdftotext: Option<&Path>) -> ExitCode {
    if let Err(error) = limit() {
        eprintln!("the limits cannot be set: {error}");
        return ExitCode::from(u8::try_from(CANNOT_START).unwrap_or(1));
    }
    leave_the_network();
    match pdftotext {
        Some(program) => {
            // Limits and namespaces outlive this.
            let error = Command::new(program)
                .args(["-enc", "UTF-8", "-", "-"])
                .exec();
            eprintln!("{}: {error}", program.display());
            ExitCode::from(u8::try_from(CANNOT_START).unwrap_or(1))
        }
        None => match own() {
            Ok(()) => ExitCode::SUCCESS,
            Err(reason) => {
                eprintln!("{reason}");
                ExitCode::from(UNREADABLE)
            }
        },
    }
}

fn limit() -> std::io::Result<()> {
    for (resource, most) in [
        (Resource::As, super::MEMORY),
        (Resource::Cpu, super::SECONDS),
        (Resource::Core, 0),
        // No file may grow by it; pipes are none.
        (Resource::Fsize, 0),
        (Resource::Nofile, FILES),
    ] {
        setrlimit(
            resource,
            Rlimit {
                current: Some(most),
                maximum: Some(most),
            },
        )?;
    }
    Ok(())
}

/// A network of its own, with nothing in it. Where the system forbids it, the child reads all the
/// same: neither reader opens a connection.
fn leave_the_network() {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{UnshareFlags, unshare_unsafe};
        let _ = rustix::thread::set_no_new_privs(true);
        #[expect(unsafe_code, reason = "the one way into a namespace of one's own")]
        // SAFETY: no flag unshares file descriptors. The process has this one thread only: whoever
        // started it told the allocator to have none.
        let _ = unsafe { unshare_unsafe(UnshareFlags::NEWUSER | UnshareFlags::NEWNET) };
    }
}

/// Reads with the crate. What it panics on is a PDF that cannot be read; what overflows the stack
/// or the memory ends the process, which is what it is for.
fn own() -> Result<(), String> {
    let mut pdf = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut pdf)
        .map_err(|error| format!("the input ends early: {error}"))?;
    std::panic::set_hook(Box::new(|_| {}));
    let text = catch_unwind(AssertUnwindSafe(|| pages(&pdf)))
        .unwrap_or_else(|_| Err("its reader gives up on it".into()))?;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| format!("the text cannot be handed on: {error}"))
}

/// Whether a page's content, packed as nearly all are (RFC 1950), unpacks to more than [`CONTENT`].
/// What is packed otherwise, or damaged, is left to the reader.
fn is_bomb(packed: &[u8]) -> bool {
    let mut unpacked = flate2::read::ZlibDecoder::new(packed).take(CONTENT + 1);
    std::io::copy(&mut unpacked, &mut std::io::sink()).is_ok_and(|bytes| bytes > CONTENT)
}

/// The text of all pages, each ended by a form feed as `pdftotext` ends it.
fn pages(pdf: &[u8]) -> Result<String, String> {
    let reason = |error: &dyn std::fmt::Display| error.to_string();
    let mut document = Document::load_mem(pdf).map_err(|error| reason(&error))?;
    if document.is_encrypted() {
        document
            .decrypt("")
            .map_err(|_| "it wants a password".to_owned())?;
    }
    let mut text = String::new();
    for (number, page) in document.get_pages() {
        // Its reader takes what fits into memory for all there is, and says nothing of the rest.
        for content in document.get_page_contents(page) {
            let Ok(stream) = document
                .get_object(content)
                .and_then(|found| found.as_stream())
            else {
                continue;
            };
            let filters = stream.filters().unwrap_or_default();
            let packed = filters.iter().filter(|filter| **filter == b"FlateDecode");
            if packed.count() > 1 || is_bomb(&stream.content) {
                return Err(format!(
                    "page {number} is packed more than once, or unpacks to more than {} MiB",
                    CONTENT >> 20
                ));
            }
        }
        // A page that cannot be read fails the whole: left out, it would be told as gone.
        output_doc_page(&document, &mut PlainTextOutput::new(&mut text), number)
            .map_err(|error| format!("page {number}: {error}"))?;
        text.push('\u{c}');
    }
    Ok(text)
}
