//! The audit log: who changed what, when, from where; each line bound to the one before it
//! (promises: W11).

use chrono::{DateTime, SecondsFormat, Utc};

use super::document::Sha256;
use crate::text::without_controls;

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub who: String,
    /// From where: an address, or "command line".
    pub from: String,
    /// What, in a word or two of ours (`digest-approved`).
    pub act: &'static str,
    /// To what.
    pub subject: String,
    /// How it was.
    pub before: String,
    /// How it is.
    pub after: String,
}

impl Act {
    /// The act with what it was done to.
    #[must_use]
    pub fn on(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// The act with how it was before.
    #[must_use]
    pub fn from_state(mut self, before: impl Into<String>) -> Self {
        self.before = before.into();
        self
    }

    /// The act with how it is after.
    #[must_use]
    pub fn to_state(mut self, after: impl Into<String>) -> Self {
        self.after = after.into();
        self
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AuditLine {
    /// Its place, from 1, without gaps.
    pub position: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub who: String,
    /// From where.
    pub from: String,
    /// What.
    pub act: String,
    /// To what.
    pub subject: String,
    /// How it was.
    pub before: String,
    /// How it is.
    pub after: String,
    /// The hash of the line before; empty for the first.
    pub previous: String,
    /// The hash of this line and, by `previous`, of all before it.
    pub link: String,
}

impl AuditLine {
    /// The line of an act behind another. It stays for ever, so it holds nothing that a database
    /// could not keep or a terminal would obey.
    pub fn new(position: i64, previous: &str, act: &Act) -> Self {
        let mut line = Self {
            position,
            at: act.at,
            who: without_controls(&act.who),
            from: without_controls(&act.from),
            act: act.act.to_owned(),
            subject: without_controls(&act.subject),
            before: without_controls(&act.before),
            after: without_controls(&act.after),
            previous: previous.to_owned(),
            link: String::new(),
        };
        line.link = line.reckoned();
        line
    }

    /// The hash that its words have. Every field goes in with its length before it.
    fn reckoned(&self) -> String {
        let mut input = Vec::with_capacity(512);
        for part in [
            "regwire audit 1",
            &self.previous,
            &self.position.to_string(),
            &self.at.to_rfc3339_opts(SecondsFormat::Micros, true),
            &self.who,
            &self.from,
            &self.act,
            &self.subject,
            &self.before,
            &self.after,
        ] {
            input.extend_from_slice(&(part.len() as u64).to_be_bytes());
            input.extend_from_slice(part.as_bytes());
        }
        Sha256::of(&input).as_str().to_owned()
    }
}

/// Walks the log and says where it was tampered with.
#[derive(Clone, Debug, Default)]
pub struct AuditCheck {
    /// Lines so far.
    pub lines: i64,
    /// The last line's hash.
    pub head: String,
    /// What is wrong, in the order of the lines.
    pub faults: Vec<String>,
}

impl AuditCheck {
    /// Takes the next line.
    pub fn take(&mut self, line: &AuditLine) {
        let expected = self.lines + 1;
        if line.position != expected {
            self.faults.push(format!(
                "line {expected} is missing: line {} comes after line {}",
                line.position, self.lines
            ));
        }
        if line.previous != self.head {
            self.faults.push(format!(
                "line {} does not follow from the line before it",
                line.position
            ));
        }
        if line.link != line.reckoned() {
            self.faults.push(format!(
                "line {} was altered after it was written",
                line.position
            ));
        }
        self.lines = line.position;
        self.head.clone_from(&line.link);
    }

    /// Compares the end with where the store says it is.
    pub fn end(&mut self, position: i64, head: &str) {
        if (self.lines, self.head.as_str()) != (position, head) {
            self.faults.push(format!(
                "the log ends at line {}, and the store remembers line {position}: lines were taken off its end",
                self.lines
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> Vec<AuditLine> {
        let mut head = String::new();
        (1..=5)
            .map(|position| {
                let act = Act {
                    at: DateTime::UNIX_EPOCH,
                    who: "Ada".to_owned(),
                    from: "192.0.2.1".to_owned(),
                    act: "noted",
                    subject: format!("update {position}"),
                    before: String::new(),
                    after: "text".to_owned(),
                };
                let line = AuditLine::new(position, &head, &act);
                head.clone_from(&line.link);
                line
            })
            .collect()
    }

    fn faults(lines: &[AuditLine]) -> usize {
        let all = log();
        let mut check = AuditCheck::default();
        lines.iter().for_each(|line| check.take(line));
        check.end(5, &all[4].link);
        check.faults.len()
    }

    #[test]
    fn a_line_holds_no_control_characters_but_ends_of_lines() {
        let act = Act {
            at: DateTime::UNIX_EPOCH,
            who: "Ada\0".to_owned(),
            from: "\u{1b}[2J192.0.2.1".to_owned(),
            act: "paused",
            subject: "sen\0ding".to_owned(),
            before: "\u{7f}on".to_owned(),
            after: "one\ntwo\0".to_owned(),
        };
        let line = AuditLine::new(1, "", &act);
        assert_eq!(
            (line.who.as_str(), line.from.as_str(), line.subject.as_str()),
            ("Ada", "[2J192.0.2.1", "sending")
        );
        assert_eq!(
            (line.before.as_str(), line.after.as_str()),
            ("on", "one\ntwo")
        );
        let mut check = AuditCheck::default();
        check.take(&line);
        assert_eq!(check.faults, [""; 0]);
    }

    #[test]
    fn whatever_is_done_to_a_line_shows() {
        assert_eq!(faults(&log()), 0);
        type Tampering = fn(&mut Vec<AuditLine>);
        let ways: [(&str, Tampering); 9] = [
            ("who", |log| log[2].who = "Bob".to_owned()),
            ("what", |log| log[2].subject.push('x')),
            ("when", |log| {
                log[2].at += chrono::TimeDelta::microseconds(1)
            }),
            ("before and after", |log| {
                log[2].before = "tex".to_owned();
                log[2].after = "t".to_owned();
            }),
            ("a line out", |log| drop(log.remove(2))),
            ("the end off", |log| log.truncate(4)),
            ("everything out", |log| log.clear()),
            ("two changed about", |log| log.swap(1, 2)),
            ("reckoned anew", |log| {
                log[2].who = "Bob".to_owned();
                log[2].link = log[2].reckoned();
            }),
        ];
        for (name, way) in ways {
            let mut lines = log();
            way(&mut lines);
            assert!(faults(&lines) > 0, "{name}");
        }
    }
}
