//! The faults of files, gathered into one report.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

/// One fault of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault {
    /// The file, as it was named to the reader.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The key with its table, such as `source[3].every`; empty when the file as a whole is meant.
    pub key: String,
    /// What is wrong, and how to mend it.
    pub what: String,
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: ", self.file)?,
            line => write!(f, "{}:{line}: ", self.file)?,
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.what)
    }
}

/// The faults found so far, and the keys that were asked for; shared by all tables of a reading.
#[derive(Clone, Debug, Default)]
pub struct Report {
    faults: Rc<RefCell<Vec<FileFault>>>,
    /// Below each table's name.
    known: Rc<RefCell<BTreeMap<String, BTreeSet<&'static str>>>>,
}

impl Report {
    /// Notes a fault.
    pub fn add(&self, fault: FileFault) {
        self.faults.borrow_mut().push(fault);
    }

    /// Every key that somebody asked for, with its table (`web.listen`, `team.track`).
    pub fn known(&self) -> BTreeSet<String> {
        let known = self.known.borrow();
        let keys = known.iter().flat_map(|(path, keys)| {
            keys.iter().map(move |key| match path.as_str() {
                "" => (*key).to_owned(),
                path => format!("{path}.{key}"),
            })
        });
        keys.collect()
    }

    /// Notes the keys that were asked for below a table's name.
    pub(super) fn asked(&self, table: String, keys: &[&'static str]) {
        let mut known = self.known.borrow_mut();
        known.entry(table).or_default().extend(keys);
    }

    /// How many faults there are so far.
    pub(super) fn count(&self) -> usize {
        self.faults.borrow().len()
    }

    /// All faults, by file and line.
    pub fn faults(&self) -> Vec<FileFault> {
        let mut faults = self.faults.borrow().clone();
        faults.sort_by(|a, b| (&a.file, a.line, &a.key).cmp(&(&b.file, b.line, &b.key)));
        faults.dedup();
        faults
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.faults.borrow().is_empty()
    }
}
