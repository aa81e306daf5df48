//! Dates told and read.

use proptest::prelude::*;

use super::*;

fn told(text: &str) -> String {
    match read(text, &DateHints::default()) {
        Ok(stamp) => stamp.to_string(),
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn as_people_write_them() {
    for (text, expected) in [
        ("Mon, 02 Mar 2026 10:00:00 +0100", "2026-03-02T09:00:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("2026-03-02T10:00:00.750Z", "2026-03-02T10:00:00Z"),
        ("Mon, 02 Mar 26 10:00:00 EST", "2026-03-02T15:00:00Z"),
        ("Wed, 19 jan 2026 10:00 GMT", "2026-01-19T10:00:00Z"),
        ("2 March 2026 10:00 CET", "2026-03-02T09:00:00Z"),
        ("Lun, 02 Mar 2026 10:00:00 +0100", "2026-03-02T09:00:00Z"),
        ("mer, 16 nov 2022", "2022-11-16"),
        ("mar. 3 mars 2026", "2026-03-03"),
        ("Mon 02 Mar 2026", "2026-03-02"),
        ("March 2, 2026", "2026-03-02"),
        ("Mar 2nd, 2026", "2026-03-02"),
        (
            "Published: Monday, 2 March 2026 at 10:00",
            "2026-03-02T10:00:00Z",
        ),
        ("Sat, Dec 16 2023 02:02:33 PM", "2023-12-16T14:02:33Z"),
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02T10:00", "2026-03-02T10:00:00Z"),
        ("2026-03-02 10:00:00", "2026-03-02T10:00:00Z"),
        ("2026-03-02T10:00:00.123+01:00", "2026-03-02T09:00:00Z"),
        ("2000-01-01T12:00+00:00", "2000-01-01T12:00:00Z"),
        ("2017-06-13T03:18:00+00:0", "2017-06-13T03:18:00Z"),
        ("2026-03-02T24:00:00Z", "2026-03-03T00:00:00Z"),
        ("20260302", "2026-03-02"),
        ("2026-061", "2026-03-02"),
        ("1772445600", "2026-03-02T10:00:00Z"),
        ("1772445600000", "2026-03-02T10:00:00Z"),
        ("02/03/2026", "2026-03-02"),
        ("25/12/2025", "2025-12-25"),
        ("12/25/2025", "2025-12-25"),
        ("2.3.2026", "2026-03-02"),
        ("17-Dec-2025", "2025-12-17"),
        ("2 mars 2026", "2026-03-02"),
        ("2. März 2026", "2026-03-02"),
        ("2 de marzo de 2026", "2026-03-02"),
        ("2 marzo 2026", "2026-03-02"),
        ("2 de março de 2026", "2026-03-02"),
        ("2 maart 2026", "2026-03-02"),
        ("2 marca 2026", "2026-03-02"),
        ("2. března 2026", "2026-03-02"),
        ("5 juillet 2026", "2026-07-05"),
        ("1er août 2026", "2026-08-01"),
        ("15 сентября 2025 г.", "2025-09-15"),
        ("2 Μαρτίου 2026", "2026-03-02"),
        ("2 Mart 2026", "2026-03-02"),
        ("2026年3月2日", "2026-03-02"),
        ("2026년 3월 2일", "2026-03-02"),
        ("٢ مارس ٢٠٢٦", "2026-03-02"),
        ("2 มีนาคม 2569", "2026-03-02"),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn a_leap_second_is_the_last_of_its_minute_however_it_is_written() {
    let last = Stamp::Instant(DateTime::from_timestamp(1_483_228_799, 0).unwrap());
    for text in ["20161231T235960", "20161231T235960Z"] {
        assert_eq!(abbreviated(text), Some(last), "{text}");
    }
    let format = DateHints {
        format: Some("%d.%m.%Y %H:%M:%S%.f"),
        ..DateHints::default()
    };
    for text in ["31.12.2016 23:59:60", "31.12.2016 23:59:59.250"] {
        assert_eq!(read(text, &format), Ok(last), "{text}");
    }
    assert_eq!(read("20161231235960", &DateHints::default()), Ok(last));
}

#[test]
fn what_is_no_date_is_none() {
    for text in [
        "",
        "soon",
        "30 February 2026",
        "2026-02-30",
        "March 2026",
        "10:00",
        "99/99/2026",
        "2026",
        "version 1.2.3",
        "123456",
    ] {
        assert_eq!(
            read(text, &DateHints::default()),
            Err(DateFault::Unreadable),
            "{text}"
        );
    }
    for (text, year) in [
        ("1 Jan 9999", 9999),
        ("9999-12-31T00:00:00Z", 9999),
        ("0001-01-01T00:00:00Z", 1),
    ] {
        assert_eq!(
            read(text, &DateHints::default()),
            Err(DateFault::Implausible { year }),
            "{text}"
        );
    }
}

#[test]
fn hints_decide_what_is_ambiguous() {
    let american = DateHints {
        language: Some("en-US"),
        ..DateHints::default()
    };
    assert_eq!(
        read("02/03/2026", &american).unwrap().to_string(),
        "2026-02-03"
    );
    let stated = DateHints {
        day_first: Some(false),
        ..DateHints::default()
    };
    assert_eq!(
        read("02/03/2026", &stated).unwrap().to_string(),
        "2026-02-03"
    );
    let format = DateHints {
        format: Some("%m/%d/%Y"),
        ..DateHints::default()
    };
    assert_eq!(
        read("02/03/2026", &format).unwrap().to_string(),
        "2026-02-03"
    );
    let zone = DateHints {
        zone: Some(chrono_tz::Europe::Berlin),
        ..DateHints::default()
    };
    assert_eq!(
        read("2026-07-01 10:00", &zone).unwrap().to_string(),
        "2026-07-01T08:00:00Z"
    );
}

proptest! {
    #[test]
    fn dates_of_mails_are_what_a_careful_reading_finds(
        (weekday, day, month, year) in (0_usize..7, 1_u32..=31, 0_usize..12, 1895_i32..2205),
        (hour, minute, second) in (0_u32..25, 0_u32..61, 0_u32..61),
        zone in "GMT|EST|[+-][01][0-9][0-6][0-9]",
        short in proptest::bool::ANY,
    ) {
        let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][weekday];
        let month = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ][month];
        let day = if short { day.to_string() } else { format!("{day:02}") };
        let text = format!("{weekday}, {day} {month} {year} {hour:02}:{minute:02}:{second:02} {zone}");
        if let Some(stamp) = by_mail(&text).and_then(|stamp| plausible(stamp).ok()) {
            prop_assert_eq!(Ok(stamp), with_care(&text, &DateHints::default()), "{}", text);
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        let _ = read(&text, &DateHints::default());
    }

    #[test]
    fn what_was_written_is_read_back(days in 0_i64..80_000, seconds in 0_i64..86_400) {
        let moment = DateTime::from_timestamp(days * 86_400 + seconds, 0).unwrap();
        for text in [moment.to_rfc2822(), moment.to_rfc3339(), moment.format("%A, %-d %B %Y %H:%M:%S UTC").to_string()] {
            prop_assert_eq!(read(&text, &DateHints::default()), Ok(Stamp::Instant(moment)), "{}", text);
        }
        let day = moment.date_naive();
        for text in [day.to_string(), day.format("%d %b %Y").to_string(), day.format("%B %-d, %Y").to_string()] {
            prop_assert_eq!(read(&text, &DateHints::default()), Ok(Stamp::Day(day)), "{}", text);
        }
    }
}
