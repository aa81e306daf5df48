//! Reports about mails: delivery status (RFC 3464) and complaints (RFC 5965), read line by line, so
//! that a mangled one is still understood as far as it goes.

/// What a report says of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does not exist, or will never take a mail.
    Hard,
    /// It took this one not.
    Soft,
    /// Its owner reported the mail as unwanted.
    Complaint,
}

impl Verdict {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
            Self::Complaint => "complaint",
        }
    }
}

/// A report, with whatever in it may prove that it answers a mail of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What it says.
    pub verdict: Verdict,
    /// In its own words, cut.
    pub detail: String,
    /// Identifiers and marks of return paths (`bounces+ID-MARK@…`).
    pub marks: Vec<(String, String)>,
    /// Tokens of unsubscribe links.
    pub tokens: Vec<String>,
}

/// As much of a report is read.
const MOST: usize = 256 << 10;

/// Reads a report; none where it is an answer of another kind: out of office, "delayed", a mail.
pub fn read(bytes: &[u8]) -> Option<Report> {
    let text = String::from_utf8_lossy(bytes.get(..MOST).unwrap_or(bytes)).replace("\r\n", "\n");
    let unfolded = unfold(&text);
    let (head, _) = unfolded.split_once("\n\n").unwrap_or((&unfolded, ""));
    let top = |name: &str| field(head, name).map(str::to_ascii_lowercase);
    let kind = top("content-type").unwrap_or_default();
    let feedback = kind.contains("feedback-report")
        || field(&unfolded, "content-type").is_some() && unfolded.contains("\nFeedback-Type:");
    let status = field(&unfolded, "status").map(str::to_owned);
    let action = field(&unfolded, "action").map(str::to_ascii_lowercase);
    let (verdict, detail) = if feedback {
        let sort = field(&unfolded, "feedback-type")?.to_ascii_lowercase();
        // "not-spam" takes a complaint back; others are about something else.
        if !matches!(sort.as_str(), "abuse" | "fraud" | "virus" | "other") {
            return None;
        }
        (Verdict::Complaint, format!("complaint: {sort}"))
    } else if let (Some(action), Some(status)) = (action, status) {
        if action != "failed" {
            return None;
        }
        let words = field(&unfolded, "diagnostic-code").unwrap_or("");
        (of_status(&status, words)?, format!("{status} {words}"))
    } else {
        // No report by form: some servers write prose. An answer that a program wrote by itself
        // is no bounce.
        let auto = top("auto-submitted").unwrap_or_default();
        let from = top("from").unwrap_or_default();
        if auto.starts_with("auto-replied")
            || !(from.contains("mailer-daemon") || from.contains("postmaster"))
        {
            return None;
        }
        let line = unfolded
            .lines()
            .find(|line| of_answer(line.trim()).is_some())?;
        (of_answer(line.trim())?, line.trim().to_owned())
    };
    Some(Report {
        verdict,
        detail: detail.chars().take(300).collect(),
        marks: marks(&unfolded),
        tokens: tokens(&unfolded),
    })
}

/// Lines that go on are joined to the one before.
fn unfold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        if line.starts_with([' ', '\t']) && !out.is_empty() {
            out.push(' ');
            out.push_str(line.trim());
        } else {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(line);
        }
    }
    out
}

/// The first line that is a field of that name.
fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// What an enhanced status (RFC 3463) says of the mailbox.
fn of_status(status: &str, words: &str) -> Option<Verdict> {
    let status = status.split_whitespace().next()?;
    let mut parts = status.split('.');
    let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
    if class == "4" {
        return Some(Verdict::Soft);
    }
    if class != "5" {
        return None;
    }
    Some(match (subject, detail) {
        // The mailbox, its domain: bad destination, moved, not accepting, no such host.
        ("1", _) | ("2", "0" | "1") | ("4", "4") => Verdict::Hard,
        // Unspecified: its words decide.
        ("0" | "5", _) if says_unknown(words) => Verdict::Hard,
        // Full, too large, a system's or a policy's fault.
        _ => Verdict::Soft,
    })
}

fn says_unknown(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    [
        "user unknown",
        "unknown user",
        "no such user",
        "does not exist",
        "doesn't exist",
        "no mailbox",
        "mailbox unavailable",
        "mailbox not found",
        "unknown recipient",
        "recipient rejected",
        "address rejected",
        "invalid recipient",
        "unrouteable address",
        "account disabled",
        "account has been disabled",
    ]
    .iter()
    .any(|known| words.contains(known))
}

/// What a relay's answer to a recipient says of the mailbox; none where it says nothing of it.
pub fn of_answer(words: &str) -> Option<Verdict> {
    let code: u16 = words.get(..3)?.parse().ok()?;
    if !(500..=599).contains(&code) {
        return None;
    }
    let enhanced = words
        .split([' ', '-'])
        .find(|word| word.starts_with("5.") && word.split('.').count() == 3);
    if let Some(status) = enhanced {
        return of_status(status, words);
    }
    match code {
        550 | 551 | 553 if says_unknown(words) => Some(Verdict::Hard),
        550 | 551 | 553 => Some(Verdict::Soft),
        552 => Some(Verdict::Soft),
        _ => None,
    }
}

/// `+ID-MARK@` anywhere: the return path of ours that the report came to.
fn marks(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (at, _) in text.match_indices('+') {
        let Some(rest) = text.get(at + 1..) else {
            continue;
        };
        let word: String = rest
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
            .take(80)
            .collect();
        if let Some((id, mark)) = word.split_once('-')
            && id.len() == 16
            && mark.len() == 16
            && rest
                .get(word.len()..)
                .is_some_and(|rest| rest.starts_with('@'))
            && !out.iter().any(|(known, _)| known == id)
        {
            out.push((id.to_owned(), mark.to_owned()));
        }
    }
    out
}

/// Tokens of unsubscribe links in the copy of the mail.
fn tokens(text: &str) -> Vec<String> {
    const PATH: &str = "/unsubscribe/";
    let mut out: Vec<String> = Vec::new();
    for (at, _) in text.match_indices(PATH) {
        let token: String = text
            .get(at + PATH.len()..)
            .unwrap_or("")
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
            .take(200)
            .collect();
        if !token.is_empty() && !out.contains(&token) {
            out.push(token);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dsn(action: &str, status: &str, words: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example.net\r\nTo: bounces+0123456789abcdef-0011223344556677@example.org\r\nSubject: Undelivered\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; ada@example.net\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {words}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <x@example.org>\r\nList-Unsubscribe: <https://u.example.org/unsubscribe/k.s.weekly.00>\r\n--b--\r\n"
        )
    }

    #[test]
    fn hard_soft_and_no_bounce_are_told_apart() {
        for (action, status, words, verdict) in [
            (
                "failed",
                "5.1.1",
                "550 5.1.1 User unknown",
                Some(Verdict::Hard),
            ),
            ("failed", "5.1.10", "no", Some(Verdict::Hard)),
            ("failed", "5.2.1", "550 disabled", Some(Verdict::Hard)),
            ("failed", "5.4.4", "host not found", Some(Verdict::Hard)),
            (
                "failed",
                "5.0.0",
                "550 no such user here",
                Some(Verdict::Hard),
            ),
            (
                "failed",
                "5.0.0",
                "554 try a nicer mail",
                Some(Verdict::Soft),
            ),
            ("failed", "5.2.2", "552 mailbox full", Some(Verdict::Soft)),
            ("failed", "5.3.4", "too big", Some(Verdict::Soft)),
            ("failed", "5.7.1", "550 policy", Some(Verdict::Soft)),
            ("failed", "4.4.7", "expired", Some(Verdict::Soft)),
            ("delayed", "4.4.1", "no answer yet", None),
            ("delivered", "2.0.0", "ok", None),
            ("relayed", "2.0.0", "ok", None),
        ] {
            let report = read(dsn(action, status, words).as_bytes());
            assert_eq!(
                report.as_ref().map(|r| r.verdict),
                verdict,
                "{action} {status} {words}"
            );
            if let Some(report) = report {
                assert_eq!(
                    report.marks,
                    [("0123456789abcdef".to_owned(), "0011223344556677".to_owned())]
                );
                assert_eq!(report.tokens, ["k.s.weekly.00"]);
            }
        }
    }

    #[test]
    fn answers_of_programs_are_no_bounces_and_prose_of_servers_is() {
        let mail = |from: &str, more: &str, text: &str| {
            format!("From: {from}\nSubject: x\n{more}\n{text}\n")
        };
        for (mail, verdict) in [
            (
                mail(
                    "ada@example.net",
                    "Auto-Submitted: auto-replied\n",
                    "I am away. 550",
                ),
                None,
            ),
            (mail("ada@example.net", "", "550 5.1.1 user unknown"), None),
            (
                mail(
                    "MAILER-DAEMON@example.net",
                    "",
                    "The server said:\n550 5.1.1 <ada@example.net>: user unknown",
                ),
                Some(Verdict::Hard),
            ),
            (
                mail("postmaster@example.net", "", "Hello, all is well."),
                None,
            ),
        ] {
            assert_eq!(read(mail.as_bytes()).map(|r| r.verdict), verdict, "{mail}");
        }
        for junk in [
            &b""[..],
            b"\n\n\n",
            b"\xff\xfe\x00",
            b"Content-Type: multipart/report",
        ] {
            assert_eq!(read(junk), None);
        }
    }

    #[test]
    fn complaints() {
        let arf = |sort: &str| {
            format!(
                "From: fbl@example.net\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: {sort}\nVersion: 1\n\n--b\nContent-Type: message/rfc822\n\nList-Unsubscribe:\n <https://u.example.org/unsubscribe/k.s.weekly.00>\n--b--\n"
            )
        };
        let report = read(arf("abuse").as_bytes()).unwrap();
        assert_eq!(
            (report.verdict, report.tokens.len()),
            (Verdict::Complaint, 1)
        );
        assert_eq!(read(arf("not-spam").as_bytes()), None);
    }
}
