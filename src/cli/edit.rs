//! `regwire note`, `retag` and `story`: what an editor does to what was collected.

use std::process::ExitCode;

use serde_json::json;

use super::out::say;
use super::table;
use crate::daemon::{House, Shift, jobs, stories};
use crate::domain::id::UpdateId;
use crate::domain::told::NotePart;
use crate::render::Progress;

/// Options of `note`.
#[derive(clap::Args)]
pub(super) struct NoteOptions {
    /// The update.
    id: String,
    /// The words; an empty text takes the last note of that part back.
    text: String,
    /// What they replace: `summary` (what happened) or `why` (why it matters).
    #[arg(long, default_value = "why", value_parser = str::parse::<NotePart>)]
    part: NotePart,
    /// Who says so.
    #[arg(long, default_value = "editor")]
    author: String,
}
