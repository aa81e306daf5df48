//! Printing for people and programs, to a standard output that may close at any time.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write as _};

/// Prints to standard output. `regwire … | head` closes it early, which ends the work and is no
/// fault; a disk that is full is one.
pub(crate) fn write(text: Arguments<'_>) {
    match std::io::stdout().lock().write_fmt(text) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            eprintln!("regwire: standard output cannot be written: {error}");
            std::process::exit(1);
        }
    }
}

/// A line to standard output.
macro_rules! say {
    () => {
        $crate::cli::out::write(format_args!("\n"))
    };
    ($($text:tt)*) => {
        $crate::cli::out::write(format_args!("{}\n", format_args!($($text)*)))
    };
}

/// A piece of a line, or lines that end already.
macro_rules! say_part {
    ($($text:tt)*) => {
        $crate::cli::out::write(format_args!($($text)*))
    };
}

pub(crate) use {say, say_part};
