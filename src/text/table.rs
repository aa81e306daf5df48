//! TOML files with places: every fault of a file in one report, with file, line, key and mend.
//!
//! serde stops at the first fault of a file and knows no lines once values are converted; here
//! a table is walked key by key, each fault is noted where it stands, and keys that nobody
//! asked for are reported with the nearest one that somebody did.

use std::fmt;
use std::rc::Rc;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::report::{FileFault, Report};

/// A file's text with the beginnings of its lines.
#[derive(Debug)]
struct Lines {
    file: String,
    starts: Vec<usize>,
}

impl Lines {
    fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).max(1)
    }
}

/// A value that may be written in short, as a text, or in full, as a table.
#[derive(Debug)]
pub enum Mixed<'i> {
    /// A text, or a whole number as it is written.
    Text(String),
    /// A table.
    Table(Table<'i>),
    /// A list within the list.
    List(Vec<Mixed<'i>>),
}

/// Gives something by a name.
type ByName<'i, T> = Rc<dyn Fn(&str) -> T + 'i>;

/// What stands beside a file of settings: the environment, files that it names, and credentials.
#[derive(Clone)]
pub struct Beside<'i> {
    /// A variable of the environment, by its name.
    pub variable: ByName<'i, Option<String>>,
    /// The text of a file, by its name in the settings; or why it cannot be read.
    pub file: ByName<'i, Result<String, String>>,
    /// A credential, by its name; none where nobody handed one over.
    pub credential: ByName<'i, Option<Result<String, String>>>,
}

impl fmt::Debug for Beside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Beside")
    }
}

/// The variable of the environment that stands for a key with its table: `web.listen` is
/// `REGWIRE_WEB_LISTEN`.
pub fn variable(key: &str) -> String {
    format!("REGWIRE_{}", key.replace('.', "_").to_uppercase())
}

/// A table's name without its place among others: `team[2].webhook` is `team.webhook`.
fn without_numbers(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

/// A table's name with its owner's in the place of its number: `team[2].webhook` is
/// `team.security.webhook`.
fn owned(path: &str, owner: &str) -> String {
    match (path.find('['), path.find(']')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}.{owner}{}", &path[..open], &path[close + 1..])
        }
        _ => format!("{path}.{owner}"),
    }
}

/// One table of a file, walked key by key.
#[derive(Debug)]
pub struct Table<'i> {
    lines: Rc<Lines>,
    report: Report,
    path: String,
    at: usize,
    table: DeTable<'i>,
    asked: Vec<&'static str>,
    beside: Option<Beside<'i>>,
}

impl<'i> Table<'i> {
    /// Reads a file's text. What cannot be read as TOML at all is noted; what can be read is
    /// returned.
    pub fn parse(file: &str, text: &'i str, report: &Report) -> Self {
        let starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let lines = Rc::new(Lines {
            file: file.to_owned(),
            starts,
        });
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            report.add(FileFault {
                file: file.to_owned(),
                line: lines.line(at),
                key: String::new(),
                what: format!("not TOML: {}", error.message().replace('\n', " ")),
            });
        }
        Self {
            lines,
            report: report.clone(),
            path: String::new(),
            at: table.span().start,
            table: table.into_inner(),
            asked: Vec::new(),
            beside: None,
        }
    }

    /// Notes a fault at a key of this table (or at the table itself for an empty key).
    pub fn fault(&self, key: &str, what: impl Into<String>) {
        self.report.add(FileFault {
            what: what.into(),
            ..self.place(key)
        });
    }

    fn fault_at(&self, at: usize, key: &str, what: impl Into<String>) {
        self.report.add(FileFault {
            file: self.lines.file.clone(),
            line: self.lines.line(at),
            key: self.named(key),
            what: what.into(),
        });
    }

    fn named(&self, key: &str) -> String {
        match (self.path.as_str(), key) {
            ("", key) => key.to_owned(),
            (path, "") => path.to_owned(),
            (path, key) => format!("{path}.{key}"),
        }
    }

    /// Where a key of this table stands, for a fault that only shows when all files are read;
    /// `what` is still empty.
    pub fn place(&self, key: &str) -> FileFault {
        if let Some((variable, _)) = self.variable(key) {
            return FileFault {
                file: "the environment".to_owned(),
                line: 0,
                key: variable,
                what: String::new(),
            };
        }
        let at = self
            .table
            .iter()
            .find(|(k, _)| k.get_ref().as_ref() == key)
            .map_or(self.at, |(_, value)| value.span().start);
        FileFault {
            file: self.lines.file.clone(),
            line: self.lines.line(at),
            key: self.named(key),
            what: String::new(),
        }
    }

    /// Whether the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.variable(key).is_some() || self.stands(key)
    }

    /// Whether the key is in the file.
    fn stands(&self, key: &str) -> bool {
        self.table.iter().any(|(k, _)| k.get_ref().as_ref() == key)
    }

    /// What the environment says of a key: the variable's name and its text.
    fn variable(&self, key: &str) -> Option<(String, String)> {
        let beside = self.beside.as_ref()?;
        // Tables that there are several of have no name for one of them.
        if key.is_empty() || self.path.contains('[') {
            return None;
        }
        let name = variable(&self.named(key));
        let text = (beside.variable)(&name)?;
        Some((name, text))
    }

    /// A single value: the environment's, else the file's.
    fn take(&mut self, key: &'static str) -> Option<Spanned<DeValue<'i>>> {
        if let Some((_, text)) = self.variable(key) {
            self.asked.push(key);
            return Some(Spanned::new(0..0, DeValue::String(text.into())));
        }
        self.take_written(key)
    }

    /// What stands in the file.
    fn take_written(&mut self, key: &'static str) -> Option<Spanned<DeValue<'i>>> {
        self.asked.push(key);
        self.table
            .iter()
            .find(|(k, _)| k.get_ref().as_ref() == key)
            .map(|(_, value)| value.clone())
    }

    /// What stands in the file, moved out where it is a list or a table: that is read once. An empty
    /// list stays in its place, for faults that show later.
    fn take_whole(&mut self, key: &'static str) -> Option<Spanned<DeValue<'i>>> {
        self.asked.push(key);
        let (_, value) = self
            .table
            .iter_mut()
            .find(|(k, _)| k.get_ref().as_ref() == key)?;
        match value.get_ref() {
            DeValue::Array(_) | DeValue::Table(_) => {
                let left = Spanned::new(value.span(), DeValue::Array(toml::de::DeArray::new()));
                Some(std::mem::replace(value, left))
            }
            _ => Some(value.clone()),
        }
    }

    /// A text, read further by `read`; its error is noted as the fault.
    pub fn read<T, E: fmt::Display>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let value = self.take(key)?;
        match value.get_ref() {
            DeValue::String(text) => match read(text) {
                Ok(value) => Some(value),
                Err(error) => {
                    self.fault(key, error.to_string());
                    None
                }
            },
            other => {
                self.fault(
                    key,
                    format!("{} where a text in quotes should be", named_kind(other)),
                );
                None
            }
        }
    }

    /// As [`Table::read`], and a fault when the key is missing.
    pub fn require<T, E: fmt::Display>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if !self.has(key) {
            self.asked.push(key);
            self.fault("", format!("`{key}` is missing: add {key} = \"…\""));
            return None;
        }
        self.read(key, read)
    }

    /// A text.
    pub fn text(&mut self, key: &'static str) -> Option<String> {
        self.read(key, |text| {
            Ok::<_, std::convert::Infallible>(text.to_owned())
        })
    }

    /// A text that must be there and not empty.
    pub fn required_text(&mut self, key: &'static str) -> Option<String> {
        self.require(key, |text| {
            if text.trim().is_empty() {
                Err("must not be empty")
            } else {
                Ok(text.to_owned())
            }
        })
    }

    /// One of the words that a type has, as serde spells them.
    pub fn word<T: serde::de::DeserializeOwned>(
        &mut self,
        key: &'static str,
        words: &[&str],
    ) -> Option<T> {
        self.read(key, |text| {
            serde_json::from_value(serde_json::Value::from(text)).map_err(|_| {
                match nearest(text, words.iter().copied()) {
                    Some(near) => format!(
                        "`{text}` is not one of {}: did you mean `{near}`?",
                        words.join(", ")
                    ),
                    None => format!("`{text}` is not one of {}", words.join(", ")),
                }
            })
        })
    }

    /// true or false.
    pub fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.take(key)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            DeValue::String(text) if self.variable(key).is_some() => {
                let read = text.trim().parse().ok();
                if read.is_none() {
                    self.fault(key, "write true or false");
                }
                read
            }
            other => {
                self.fault(
                    key,
                    format!("{} where true or false should be", named_kind(other)),
                );
                None
            }
        }
    }

    /// A whole number.
    pub fn number(&mut self, key: &'static str) -> Option<i64> {
        let value = self.take(key)?;
        if let DeValue::Integer(number) = value.get_ref()
            && let Ok(number) = i64::from_str_radix(number.as_str(), number.radix())
        {
            return Some(number);
        }
        if let Some((_, text)) = self.variable(key)
            && let Ok(number) = text.trim().parse()
        {
            return Some(number);
        }
        self.fault(
            key,
            format!(
                "{} where a whole number should be",
                named_kind(value.get_ref())
            ),
        );
        None
    }

    /// A number with or without a fraction.
    pub fn decimal(&mut self, key: &'static str) -> Option<f64> {
        let value = self.take(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.fault(
                key,
                format!("{} where a number should be", named_kind(value.get_ref())),
            );
        }
        number
    }

    /// A day, written as a TOML date without quotes.
    pub fn day(&mut self, key: &'static str) -> Option<NaiveDate> {
        let value = self.take(key)?;
        let day = match value.get_ref() {
            DeValue::Datetime(moment) => moment.date.and_then(|date| {
                NaiveDate::from_ymd_opt(
                    i32::from(date.year),
                    u32::from(date.month),
                    u32::from(date.day),
                )
            }),
            _ => None,
        };
        if day.is_none() {
            self.fault(
                key,
                format!(
                    "{} where a date such as 2026-03-02 (without quotes) should be",
                    named_kind(value.get_ref())
                ),
            );
        }
        day
    }

    /// A date or moment of TOML, or a text, as text.
    pub fn moment(&mut self, key: &'static str) -> Option<String> {
        let value = self.take(key)?;
        match value.get_ref() {
            DeValue::Datetime(moment) => Some(moment.to_string()),
            DeValue::String(text) => Some(text.to_string()),
            other => {
                self.fault(key, format!("{} where a date should be", named_kind(other)));
                None
            }
        }
    }

    /// A list of texts, each read further; a faulty one is noted and left out.
    pub fn list<T, E: fmt::Display>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        if let Some((_, text)) = self.variable(key) {
            self.asked.push(key);
            let mut out = Vec::new();
            for item in text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
            {
                match read(item) {
                    Ok(value) => out.push(value),
                    Err(error) => self.fault(key, error.to_string()),
                }
            }
            return out;
        }
        let Some(value) = self.take_whole(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.fault(
                key,
                format!(
                    "{} where a list [\"…\"] should be",
                    named_kind(value.get_ref())
                ),
            );
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::String(text) => match read(text) {
                    Ok(value) => out.push(value),
                    Err(error) => self.fault_at(item.span().start, key, error.to_string()),
                },
                other => self.fault_at(
                    item.span().start,
                    key,
                    format!("{} in a list of texts", named_kind(other)),
                ),
            }
        }
        out
    }

    /// A list of texts.
    pub fn texts(&mut self, key: &'static str) -> Vec<String> {
        self.list(key, |text| {
            Ok::<_, std::convert::Infallible>(text.to_owned())
        })
    }

    /// A table under this one.
    pub fn table(&mut self, key: &'static str) -> Option<Table<'i>> {
        let value = self.take_whole(key)?;
        let at = value.span().start;
        match value.into_inner() {
            DeValue::Table(table) => Some(self.below(self.named(key), at, table)),
            other => {
                self.fault(
                    key,
                    format!("{} where a table should be", named_kind(&other)),
                );
                None
            }
        }
    }

    /// As [`Table::table`]; an empty one where there is none, so that the environment can fill it.
    pub fn section(&mut self, key: &'static str) -> Table<'i> {
        self.table(key)
            .unwrap_or_else(|| self.below(self.named(key), self.at, DeTable::new()))
    }

    /// A secret: from the environment, from this key, from the file that the key with `_file` names,
    /// or from a credential that is named as the key with its table is; `owner` stands in the place of
    /// a number where there are several such tables. Nothing of it is ever part of a fault.
    pub fn secret(
        &mut self,
        key: &'static str,
        key_file: &'static str,
        owner: Option<&str>,
    ) -> Option<String> {
        let full = |text: &String| !text.trim().is_empty();
        let from_file = match (self.has(key), self.has(key_file)) {
            // The environment says where, and the file's own word does not count any more.
            (true, true) if self.variable(key).is_some() => {
                self.allow(&[key_file]);
                None
            }
            (true, true) if self.variable(key_file).is_none() => {
                // An empty one is what an example shows, and as good as none.
                if self.text(key).is_none_or(|own| own.trim().is_empty()) {
                    self.text(key_file).filter(full)
                } else {
                    self.fault(
                        key,
                        format!("`{key}` and `{key_file}` are both there: keep one"),
                    );
                    self.allow(&[key_file]);
                    None
                }
            }
            _ => self.text(key_file).filter(full),
        };
        if let Some(name) = from_file {
            self.allow(&[key]);
            let read = self.beside.as_ref().map(|beside| (beside.file)(&name));
            return match read {
                Some(Ok(text)) => Some(text.trim().to_owned()),
                Some(Err(why)) => {
                    self.fault(key_file, why);
                    None
                }
                None => None,
            };
        }
        if let Some(text) = self.text(key).filter(full) {
            return Some(text);
        }
        let name = match owner {
            Some(owner) => format!("{}.{key}", owned(&self.path, owner)),
            None => self.named(key),
        };
        let credential = self
            .beside
            .as_ref()
            .and_then(|beside| (beside.credential)(&name));
        match credential? {
            Ok(text) => Some(text.trim().to_owned()),
            Err(why) => {
                self.fault(key, why);
                None
            }
        }
    }

    /// Reads settings also from what stands beside the file: this table, and those below it.
    #[must_use]
    pub fn beside(mut self, beside: Beside<'i>) -> Self {
        self.beside = Some(beside);
        self
    }

    /// The tables of an array of tables (`[[key]]`), or of a list of inline tables.
    pub fn tables(&mut self, key: &'static str) -> Vec<Table<'i>> {
        let Some(value) = self.take_whole(key) else {
            return Vec::new();
        };
        let items = match value.into_inner() {
            DeValue::Array(items) => items,
            other => {
                self.fault(
                    key,
                    format!("{} where [[{key}]] tables should be", named_kind(&other)),
                );
                return Vec::new();
            }
        };
        let named = self.named(key);
        let mut out = Vec::with_capacity(items.len());
        for (place, item) in items.into_iter().enumerate() {
            let at = item.span().start;
            match item.into_inner() {
                DeValue::Table(table) => {
                    out.push(self.below(format!("{named}[{}]", place + 1), at, table));
                }
                other => self.fault_at(
                    at,
                    key,
                    format!("{} where a table should be", named_kind(&other)),
                ),
            }
        }
        out
    }

    /// A text, a whole number or a table, or a list of such.
    pub fn mixed(&mut self, key: &'static str) -> Vec<Mixed<'i>> {
        let Some(value) = self.take_whole(key) else {
            return Vec::new();
        };
        match self.one_mixed(key, self.named(key), value) {
            Some(Mixed::List(items)) => items,
            one => one.into_iter().collect(),
        }
    }

    fn one_mixed(&self, key: &str, path: String, value: Spanned<DeValue<'i>>) -> Option<Mixed<'i>> {
        let at = value.span().start;
        match value.into_inner() {
            DeValue::String(text) => Some(Mixed::Text(text.into_owned())),
            DeValue::Integer(number) => Some(Mixed::Text(number.as_str().to_owned())),
            DeValue::Table(table) => Some(Mixed::Table(self.below(path, at, table))),
            DeValue::Array(items) => Some(Mixed::List(
                items
                    .into_iter()
                    .enumerate()
                    .filter_map(|(place, item)| {
                        self.one_mixed(key, format!("{path}[{}]", place + 1), item)
                    })
                    .collect(),
            )),
            other => {
                self.fault_at(
                    at,
                    key,
                    format!("{} where a text or a table should be", named_kind(&other)),
                );
                None
            }
        }
    }

    /// All keys of a table whose keys are free, with their texts (headers, languages).
    pub fn pairs(&mut self) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for (key, value) in &self.table {
            match value.get_ref() {
                DeValue::String(text) => out.push((key.get_ref().to_string(), text.to_string())),
                other => self.fault_at(
                    value.span().start,
                    key.get_ref(),
                    format!("{} where a text should be", named_kind(other)),
                ),
            }
        }
        out
    }

    /// All keys of a table whose keys are free, each with what stands there.
    pub fn pairs_of_mixed(&self) -> Vec<(String, Mixed<'i>)> {
        let each = self.table.iter().filter_map(|(key, value)| {
            let key = key.get_ref().to_string();
            let mixed = self.one_mixed(&key, self.named(&key), value.clone())?;
            Some((key, mixed))
        });
        each.collect()
    }

    /// All keys of a table whose keys are free, with a text, a number, or several in a list.
    pub fn pairs_of_values(&mut self) -> Vec<(String, Vec<String>)> {
        let mut out = Vec::new();
        for (key, mixed) in self.pairs_of_mixed() {
            let mut texts = Vec::new();
            let items = match mixed {
                Mixed::List(items) => items,
                one => vec![one],
            };
            for item in items {
                match item {
                    Mixed::Text(text) => texts.push(text),
                    Mixed::Table(_) | Mixed::List(_) => {
                        self.fault(&key, "a text, a number, or a list of such should be here");
                    }
                }
            }
            out.push((key, texts));
        }
        out
    }

    /// All keys of a table whose keys are free, with their lists of texts.
    pub fn pairs_of_lists(&mut self) -> Vec<(String, Vec<String>)> {
        let mut out = Vec::new();
        for (key, value) in &self.table {
            match value.get_ref() {
                DeValue::Array(items) => {
                    let texts = items
                        .iter()
                        .filter_map(|item| match item.get_ref() {
                            DeValue::String(text) => Some(text.to_string()),
                            _ => None,
                        })
                        .collect();
                    out.push((key.get_ref().to_string(), texts));
                }
                other => self.fault_at(
                    value.span().start,
                    key.get_ref(),
                    format!("{} where a list should be", named_kind(other)),
                ),
            }
        }
        out
    }

    /// Says that a key may be there though nobody reads its value here.
    pub fn allow(&mut self, keys: &[&'static str]) {
        self.asked.extend_from_slice(keys);
    }

    /// How many faults the whole reading has so far.
    pub fn faults(&self) -> usize {
        self.report.count()
    }

    /// The line on which it begins, from 1.
    pub fn line(&self) -> usize {
        self.lines.line(self.at)
    }

    /// Ends the walk: keys that nobody asked for are faults, with the nearest known one.
    pub fn finish(self) {
        let path = without_numbers(&self.path);
        self.report.asked(path, &self.asked);
        for (key, value) in &self.table {
            let key = key.get_ref().as_ref();
            if self.asked.contains(&key) {
                continue;
            }
            let what = match nearest(key, self.asked.iter().copied()) {
                Some(near) => format!("unknown key: did you mean `{near}`?"),
                None => {
                    let mut known = self.asked.clone();
                    known.sort_unstable();
                    known.dedup();
                    format!("unknown key: remove it (known here: {})", known.join(", "))
                }
            };
            self.fault_at(value.span().start, key, what);
        }
    }

    fn below(&self, path: String, at: usize, table: DeTable<'i>) -> Table<'i> {
        Table {
            lines: Rc::clone(&self.lines),
            report: self.report.clone(),
            path,
            at,
            table,
            asked: Vec::new(),
            beside: self.beside.clone(),
        }
    }
}

/// The candidate nearest to what was written, when it is near enough to be meant.
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(written, candidate), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().min(written.len()) / 4)
        .map(|(_, candidate)| candidate)
}

fn named_kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_file_is_told_with_its_line() {
        let report = Report::default();
        let text = "a = 1\nb = \"x\"\nevrey = \"2h\"\n\n[[item]]\nname = 3\n\n[[item]]\nname = \"ok\"\nwhen = \"soon\"\nlist = [\"a\", 7]\n";
        let mut table = Table::parse("f.toml", text, &report);
        assert_eq!(table.text("a"), None);
        assert_eq!(table.number("b"), None);
        assert_eq!(table.text("every"), None);
        for mut item in table.tables("item") {
            item.required_text("name");
            item.day("when");
            item.texts("list");
            item.finish();
        }
        table.finish();
        let told: Vec<String> = report.faults().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "f.toml:1: a: a whole number where a text in quotes should be",
                "f.toml:2: b: a text where a whole number should be",
                "f.toml:3: evrey: unknown key: did you mean `every`?",
                "f.toml:6: item[1].name: a whole number where a text in quotes should be",
                "f.toml:10: item[2].when: a text where a date such as 2026-03-02 (without quotes) should be",
                "f.toml:11: item[2].list: a whole number in a list of texts",
            ]
        );
    }

    #[test]
    fn a_missing_key_is_told_at_its_table() {
        let report = Report::default();
        let mut table = Table::parse("f.toml", "\n[a]\nx = 1\n", &report);
        let mut below = table.table("a").unwrap();
        below.required_text("id");
        let told = report.faults();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].line, told[0].key.as_str()), (2, "a"));
    }

    #[test]
    fn what_is_no_toml_is_told_and_the_rest_is_read() {
        let report = Report::default();
        let mut table = Table::parse("f.toml", "a = \nb = \"x\"\n", &report);
        assert_eq!(table.text("b").as_deref(), Some("x"));
        let told = report.faults();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].line, 1);
    }
}
