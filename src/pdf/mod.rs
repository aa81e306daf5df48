//! PDFs become text, in a child process and never in this one.
//!
//! It knows how the child is started, fed, bounded and read: `pdftotext` of poppler where it is
//! installed, else the crate `pdf-extract` in a copy of our own program. It calls nothing of ours
//! but the ground floor. It deliberately does not know what a page is watched for, makes no
//! blocks of the text, and believes nothing that the child says but its output: a PDF may make a
//! reader crash, loop or swell, and costs then that PDF.

mod child;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;

pub use child::child;

use crate::domain::document::{Fault, FaultCode};
use crate::domain::page::{PdfText, Reader};
use crate::text::html;

/// The hidden command by which our own program becomes the child.
pub const CHILD: &str = "pdf-text";

/// The most memory that the child may ask for, in bytes (promises: F16).
pub const MEMORY: u64 = 256 << 20;
/// The most time of the processor that it may use, in seconds (promises: F16).
pub const SECONDS: u64 = 20;
/// The longest that it may live, whatever it does: a processor shared by many is slower.
const LIFE: Duration = Duration::from_secs(90);
/// The most text taken of it, in bytes.
const MAX_TEXT: usize = 16 << 20;
/// How much is read of what it complains of, in bytes.
const MAX_COMPLAINT: usize = 4_096;
/// How many children live at once.
const AT_ONCE: usize = 2;

/// Why a PDF gave no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// The child could not be started.
    #[error("the reader of PDFs cannot be started ({0}): look whether the program can run itself")]
    Start(String),
    /// It cannot be read as a PDF.
    #[error("this PDF cannot be read ({0})")]
    Unreadable(String),
    /// It wants a password.
    #[error("this PDF is locked with a password")]
    Locked,
    /// Reading it took too long.
    #[error("reading this PDF takes more than {SECONDS} s of processor time")]
    TooSlow,
    /// Reading it ended the reader: out of memory, out of stack.
    #[error("reading this PDF ended its reader ({why}): it needs more than {limit} MiB or is made to do harm", limit = MEMORY >> 20)]
    Crashed {
        /// How it ended.
        why: String,
    },
    /// More text than is taken.
    #[error("this PDF holds more than {limit} MiB of text", limit = MAX_TEXT >> 20)]
    TooLong,
}

impl PdfError {
    /// As the health page tells it.
    pub fn fault(&self) -> Fault {
        let code = match self {
            Self::TooSlow => FaultCode::TimeOut,
            Self::TooLong => FaultCode::TooLarge,
            _ => FaultCode::ReaderFailed,
        };
        Fault::new(code, self.to_string())
    }
}

/// Takes text out of PDFs.
#[derive(Debug)]
pub struct Extractor {
    program: PathBuf,
    pdftotext: Option<PathBuf>,
    turns: Semaphore,
}

impl Extractor {
    /// With `program` (our own, which knows the command [`CHILD`]) as the child, and `pdftotext`
    /// where it is found on the path.
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            pdftotext: on_path("pdftotext"),
            turns: Semaphore::new(AT_ONCE),
        }
    }

    /// With this program as the child.
    ///
    /// # Errors
    /// When the system does not say where this program lies.
    pub fn of_this_program() -> std::io::Result<Self> {
        std::env::current_exe().map(Self::new)
    }

    /// The same without `pdftotext`, wherever it may be.
    #[must_use]
    pub fn without_pdftotext(mut self) -> Self {
        self.pdftotext = None;
        self
    }

    /// What reads: `pdftotext` or our own child.
    pub fn reader(&self) -> Reader {
        match self.pdftotext {
            Some(_) => Reader::Pdftotext,
            None => Reader::PdfExtract,
        }
    }

    /// The text of a PDF, page by page. Bytes over the source's cap never come so far: `fetch`
    /// refuses them.
    ///
    /// # Errors
    /// When it gives none, with the reason. Trying again helps with [`PdfError::Start`] alone.
    pub async fn text(&self, pdf: &[u8]) -> Result<PdfText, PdfError> {
        let _turn = self.turns.acquire().await;
        let mut command = Command::new(&self.program);
        command.arg(CHILD);
        if let Some(pdftotext) = &self.pdftotext {
            command.arg("--pdftotext").arg(pdftotext);
        }
        // Nothing of our own surroundings: no secret, no setting.
        command
            .env_clear()
            .envs(kept_environment())
            // Only a process of one thread may leave the network, and addresses are limited.
            .env("MALLOC_CONF", "background_thread:false,retain:false")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command
            .spawn()
            .map_err(|error| PdfError::Start(error.to_string()))?;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let feed = async move {
            if let Some(mut stdin) = stdin {
                // A reader that has seen enough closes its end.
                let _ = stdin.write_all(pdf).await;
            }
        };
        let work = async {
            let text = async {
                let text = taken(stdout, MAX_TEXT).await;
                if text.len() > MAX_TEXT {
                    return Err(PdfError::TooLong);
                }
                Ok(text)
            };
            let complaint = async { Ok(taken(stderr, MAX_COMPLAINT).await) };
            let feed = async {
                feed.await;
                Ok(())
            };
            let (text, complaint, ()) = tokio::try_join!(text, complaint, feed)?;
            let status = child
                .wait()
                .await
                .map_err(|error| PdfError::Start(error.to_string()))?;
            Ok((text, complaint, status))
        };
        // Whoever is over time or text is ended when `child` is dropped.
        let (text, complaint, status) = tokio::time::timeout(LIFE, work)
            .await
            .map_err(|_| PdfError::TooSlow)??;
        if !status.success() {
            return Err(reason(status, &complaint));
        }
        let text = String::from_utf8_lossy(&text);
        let mut pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
        if pages.last().is_some_and(|last| last.trim().is_empty()) {
            pages.pop();
        }
        Ok(PdfText {
            reader: self.reader(),
            pages,
        })
    }
}

/// What the child says, up to one byte beyond what is taken; the rest is read away, so that it can
/// end.
async fn taken(from: Option<impl AsyncRead + Unpin>, most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let Some(from) = from else { return out };
    let mut limited = from.take(most as u64 + 1);
    let _ = limited.read_to_end(&mut out).await;
    if most == MAX_COMPLAINT {
        let mut rest = limited.into_inner();
        let _ = tokio::io::copy(&mut rest, &mut tokio::io::sink()).await;
    }
    out
}

/// What the dynamic linker needs to start the child at all.
fn kept_environment() -> impl Iterator<Item = (&'static str, OsString)> {
    ["PATH", "LD_LIBRARY_PATH"]
        .into_iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)))
}

fn reason(status: ExitStatus, complaint: &[u8]) -> PdfError {
    use std::os::unix::process::ExitStatusExt as _;
    let complaint = String::from_utf8_lossy(complaint);
    let said = complaint.lines().find(|line| !line.trim().is_empty());
    let said = html::excerpt(&html::line(said.unwrap_or("no reason given")), 200);
    match (status.code(), status.signal()) {
        (_, Some(signal)) => match rustix::process::Signal::from_named_raw(signal) {
            Some(rustix::process::Signal::XCPU | rustix::process::Signal::KILL) => {
                PdfError::TooSlow
            }
            _ => PdfError::Crashed {
                why: format!("signal {signal}"),
            },
        },
        (Some(child::CANNOT_START), None) => PdfError::Start(said),
        _ if complaint.contains("assword") => PdfError::Locked,
        _ if complaint.contains("emory") => PdfError::Crashed { why: said },
        _ => PdfError::Unreadable(said),
    }
}

/// Where a program lies that is started by its name.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file)
        .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_has_its_reason() {
        use std::os::unix::process::ExitStatusExt as _;
        let code = |code: i32| ExitStatus::from_raw(code << 8);
        let signal = ExitStatus::from_raw;
        assert_eq!(reason(signal(24), b""), PdfError::TooSlow);
        assert_eq!(
            reason(signal(11), b""),
            PdfError::Crashed {
                why: "signal 11".into()
            }
        );
        assert_eq!(
            reason(code(1), b"Command Line Error: Incorrect password\n"),
            PdfError::Locked
        );
        assert_eq!(
            reason(code(1), b"\nSyntax Error: Couldn't read xref table\nmore"),
            PdfError::Unreadable("Syntax Error: Couldn't read xref table".into())
        );
        assert!(matches!(
            reason(code(child::CANNOT_START), b"x"),
            PdfError::Start(_)
        ));
        assert_eq!(PdfError::TooSlow.fault().code, FaultCode::TimeOut);
    }
}
