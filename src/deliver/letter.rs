//! A Mail as bytes: the same bytes whenever it is the same Mail (promises: M1, M7).

use std::time::SystemTime;

use chrono::{DateTime, Datelike as _};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};

use super::Error;
use crate::domain::message::Mail;

/// The longest line of a message, in bytes without its end (RFC 5322, section 2.1.1).
const LONGEST_LINE: usize = 998;

/// The longest subject, in characters; a longer one is cut.
const LONGEST_SUBJECT: usize = 300;

/// Headers that a Mail has by itself, or that would change who gets it or how it is read.
const RESERVED: &[&str] = &[
    "bcc",
    "cc",
    "date",
    "dkim-signature",
    "from",
    "message-id",
    "mime-version",
    "received",
    "return-path",
    "sender",
    "subject",
    "to",
];

/// The bytes of a mail, with CRLF line ends, every line within 998 bytes. Nothing in them is made
/// up here: an equal Mail gives equal bytes.
///
/// # Errors
/// When a field can be no part of a message; trying again cannot help.
pub fn formatted(mail: &Mail) -> Result<Vec<u8>, Error> {
    let wrong = |field: &'static str, why: &str| Error::Mail {
        field,
        why: why.to_owned(),
    };
    let from: Mailbox = one_line(&mail.from)
        .parse()
        .map_err(|_| wrong("from", "it is not written `Name <address>`"))?;
    let to = mail
        .to
        .as_str()
        .parse()
        .map_err(|_| wrong("to", "no relay accepts such an address"))?;
    if !is_message_id(&mail.message_id) {
        return Err(wrong("message_id", "it is not written `<local@domain>`"));
    }
    if !is_boundary(&mail.boundary) {
        return Err(wrong(
            "boundary",
            "it must be 1 to 70 letters, digits or signs of `-_.=+`",
        ));
    }
    if !(1970..=9999).contains(&mail.date.year()) {
        return Err(wrong("date", "it lies outside the years 1970 to 9999"));
    }
    // Mails count whole seconds; a fraction must not decide how the second is rounded.
    let seconds = DateTime::from_timestamp(mail.date.timestamp(), 0).unwrap_or(mail.date);
    let mut message = lettre::Message::builder()
        .message_id(Some(mail.message_id.clone()))
        .date(SystemTime::from(seconds))
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(subject(&mail.subject));
    for (name, value) in &mail.headers {
        message = message.raw_header(header(name, value)?);
    }
    let message = message
        .multipart(
            MultiPart::alternative()
                .boundary(mail.boundary.as_str())
                .singlepart(part(ContentType::TEXT_PLAIN, &mail.text, &mail.boundary))
                .singlepart(part(ContentType::TEXT_HTML, &mail.html, &mail.boundary)),
        )
        .map_err(|error| wrong("from", &error.to_string()))?;
    let bytes = message.formatted();
    if bytes
        .split(|byte| *byte == b'\n')
        .any(|line| line.len() > LONGEST_LINE + 1)
    {
        return Err(wrong(
            "headers",
            "a header has a word of more than 998 bytes, which no line may hold",
        ));
    }
    Ok(bytes)
}

/// A value without anything that could end its line: control signs become single spaces.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        // U+2028 and U+2029 end a line for some readers.
        let c = if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            ' '
        } else {
            c
        };
        if c != ' ' || !line.ends_with(' ') {
            line.push(c);
        }
    }
    line.trim().to_owned()
}

fn subject(text: &str) -> String {
    let mut line = one_line(text);
    if let Some((cut, _)) = line.char_indices().nth(LONGEST_SUBJECT) {
        line.truncate(cut);
        line.push('…');
    }
    line
}

/// A header of the caller's choice; lettre folds it and encodes what is not ASCII (RFC 2047).
fn header(name: &str, value: &str) -> Result<HeaderValue, Error> {
    let wrong = |why: &str| Error::Mail {
        field: "headers",
        why: format!("`{}` {why}", name.escape_default()),
    };
    let lower = name.to_ascii_lowercase();
    if RESERVED.contains(&lower.as_str())
        || lower.starts_with("content-")
        || lower.starts_with("resent-")
    {
        return Err(wrong("is not for the caller to set"));
    }
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(wrong("is no header's name"));
    }
    let name =
        HeaderName::new_from_ascii(name.to_owned()).map_err(|_| wrong("is no header's name"))?;
    Ok(HeaderValue::new(name, one_line(value)))
}

/// One part, encoded so that it passes any relay: quoted-printable where most of it is ASCII,
/// base64 where it is not, or where its text holds the boundary.
fn part(kind: ContentType, text: &str, boundary: &str) -> SinglePart {
    let text: String = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    let foreign = text.bytes().filter(|byte| !byte.is_ascii()).count();
    let encoding = if foreign > text.len() / 6 || text.contains(boundary) {
        ContentTransferEncoding::Base64
    } else {
        ContentTransferEncoding::QuotedPrintable
    };
    let body = Body::new_with_encoding(text, encoding)
        // Only 7bit and 8bit can be refused; base64 holds anything.
        .unwrap_or_else(Body::new);
    SinglePart::builder().header(kind).body(body)
}

/// `<local@domain>`, printable ASCII (RFC 5322, section 3.6.4, without its comments).
fn is_message_id(text: &str) -> bool {
    text.len() <= 250
        && text
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'))
            .and_then(|inner| inner.split_once('@'))
            .is_some_and(|(local, domain)| {
                let plain = |part: &str| {
                    !part.is_empty()
                        && part
                            .bytes()
                            .all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'@'))
                };
                plain(local) && plain(domain)
            })
}

/// A boundary that needs no further thought (RFC 2046, section 5.1.1).
fn is_boundary(text: &str) -> bool {
    (1..=70).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.=+".contains(&b))
}

#[cfg(test)]
mod tests {
    use mail_parser::{MessageParser, MimeHeaders as _};

    use super::super::tests::mail;
    use super::*;

    /// Names of the headers before the first empty line, unfolded.
    fn header_names(bytes: &[u8]) -> Vec<String> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        head.split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap().to_ascii_lowercase())
            .collect()
    }

    const EXPECTED: &[&str] = &[
        "message-id",
        "date",
        "from",
        "to",
        "subject",
        "list-id",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "mime-version",
        "content-type",
    ];

    fn check_shape(bytes: &[u8]) {
        assert_eq!(header_names(bytes), EXPECTED);
        let mut before = 0;
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'\n' => assert_eq!(before, b'\r', "a bare LF at {at}"),
                b'\0' => panic!("a NUL at {at}"),
                _ => assert_ne!(before, b'\r', "a bare CR before {at}"),
            }
            before = *byte;
        }
        assert!(bytes.is_ascii());
        assert!(
            bytes
                .split(|b| *b == b'\n')
                .all(|line| line.len() <= LONGEST_LINE + 1)
        );
    }

    #[test]
    fn an_equal_mail_gives_equal_bytes() {
        let bytes = formatted(&mail()).unwrap();
        assert_eq!(bytes, formatted(&mail()).unwrap());
        check_shape(&bytes);
        // A fraction of a second is no difference a mail could show.
        let mut later = mail();
        later.date += chrono::TimeDelta::milliseconds(999);
        assert_eq!(bytes, formatted(&later).unwrap());
    }

    #[test]
    fn a_mail_is_read_back_as_it_was_written() {
        let mut mail = mail();
        mail.subject = "Wöchentliche Übersicht — 規制アップデート, und noch viel mehr Text, \
                        der gefaltet wird"
            .to_owned();
        mail.text = "Zeile 1\r\n.\n..\n規制の更新 und ein Wort = zwei  \n".to_owned();
        mail.html = format!("<p>{}</p>\n<p>Ä</p>\n", "long ".repeat(400));
        let bytes = formatted(&mail).unwrap();
        check_shape(&bytes);
        let read = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(read.subject(), Some(mail.subject.as_str()));
        assert_eq!(read.message_id(), Some("delivery-1@updates.example.org"));
        assert_eq!(read.date().unwrap().to_timestamp(), mail.date.timestamp());
        let from = read.from().unwrap().first().unwrap();
        assert_eq!(from.name(), Some("Regwire Übersicht"));
        assert_eq!(from.address(), Some("digest@example.org"));
        assert_eq!(read.parts.len(), 3);
        for part in read.parts.iter().skip(1) {
            assert_eq!(
                part.content_type().unwrap().attribute("charset"),
                Some("utf-8")
            );
        }
        let lines = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
        assert_eq!(lines(&read.body_text(0).unwrap()), lines(&mail.text));
        assert_eq!(lines(&read.body_html(0).unwrap()), lines(&mail.html));
        assert_eq!(
            read.header_raw("List-Unsubscribe").map(str::trim),
            Some("<https://updates.example.org/u/1>")
        );
    }

    #[test]
    fn nothing_written_into_a_mail_adds_a_header() {
        let long = "x".repeat(10_240);
        let poisons = [
            "\r\nBcc: evil@example.net",
            "\nBcc: evil@example.net",
            "\rBcc: evil@example.net",
            "\r\n\r\nBody",
            "\r\n.\r\nMAIL FROM:<evil@example.net>",
            "\0Bcc: evil@example.net",
            "\u{85}Bcc: evil@example.net",
            "\u{2028}Bcc: evil@example.net",
            "\u{202e}gro.elpmaxe@live",
            "=?utf-8?q?=0D=0ABcc:_evil@example.net?=",
            "\r\n\tBcc: evil@example.net",
            "\u{b}\u{c}Bcc: evil@example.net",
            "--boundary-1\r\nContent-Type: text/html\r\n\r\n<script>",
            "--boundary-1--",
            &long,
        ];
        type Spoil = fn(&mut Mail, &str);
        let places: [(&str, Spoil); 7] = [
            ("subject", |mail, poison| mail.subject.push_str(poison)),
            ("text", |mail, poison| mail.text.push_str(poison)),
            ("html", |mail, poison| mail.html.push_str(poison)),
            ("from", |mail, poison| mail.from.insert_str(0, poison)),
            ("from end", |mail, poison| mail.from.push_str(poison)),
            ("list-id", |mail, poison| mail.headers[0].1.push_str(poison)),
            ("message-id", |mail, poison| {
                mail.message_id.push_str(poison)
            }),
        ];
        for (place, spoil) in places {
            for poison in poisons {
                let mut mail = mail();
                spoil(&mut mail, poison);
                let Ok(bytes) = formatted(&mail) else {
                    assert!(
                        !matches!(place, "subject" | "text" | "html"),
                        "{place}: what a publisher writes must not keep a mail back: {poison:.40?}"
                    );
                    continue;
                };
                check_shape(&bytes);
                let read = MessageParser::default().parse(&bytes).unwrap();
                assert!(read.bcc().is_none(), "{place}: {poison:.40?}");
                assert_eq!(read.parts.len(), 3, "{place}: {poison:.40?}");
                assert_eq!(read.from().unwrap().iter().count(), 1);
                assert_eq!(
                    read.from().unwrap().first().unwrap().address(),
                    Some("digest@example.org"),
                );
            }
        }
    }

    #[test]
    fn what_can_be_no_mail_is_refused() {
        type Spoil = fn(&mut Mail);
        let spoils: [(&str, Spoil); 11] = [
            ("from", |mail| mail.from = "nobody".to_owned()),
            ("message_id", |mail| mail.message_id = "<a b@c>".to_owned()),
            ("message_id", |mail| mail.message_id = "a@b".to_owned()),
            ("boundary", |mail| mail.boundary.clear()),
            ("boundary", |mail| mail.boundary = "a\"; x=\"".to_owned()),
            ("boundary", |mail| mail.boundary = "b".repeat(71)),
            ("headers", |mail| {
                mail.headers
                    .push(("Bcc".to_owned(), "evil@example.net".to_owned()));
            }),
            ("headers", |mail| {
                mail.headers
                    .push(("content-type".to_owned(), "text/html".to_owned()));
            }),
            ("headers", |mail| {
                mail.headers.push(("X\r\nBcc".to_owned(), "a".to_owned()));
            }),
            ("headers", |mail| {
                mail.headers.push((String::new(), "a".to_owned()))
            }),
            ("date", |mail| {
                mail.date = chrono::DateTime::<chrono::Utc>::MIN_UTC
            }),
        ];
        for (field, spoil) in spoils {
            let mut mail = mail();
            spoil(&mut mail);
            match formatted(&mail) {
                Err(Error::Mail { field: found, .. }) => assert_eq!(found, field),
                other => panic!("{field}: {other:?}"),
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_at_all_keeps_the_shape(
            subject in "\\PC*|[\\x00-\\x7f]*",
            text in "(?s).{0,200}",
            html in "(?s).{0,200}",
        ) {
            let mut mail = mail();
            mail.subject = subject;
            mail.text = text;
            mail.html = html;
            check_shape(&formatted(&mail).unwrap());
        }
    }
}
