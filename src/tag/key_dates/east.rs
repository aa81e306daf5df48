//! Key dates in Chinese, Japanese and Korean, which write no blanks between the words that tell them.
//!
//! A date stands with its signs (2026年4月1日, 令和8年4月1日, 2026년 4월 1일); what it is for is told by
//! what stands right before it or right after it, and by what its sentence is about. As elsewhere a
//! date that nothing tells is left out.

use std::sync::LazyLock;

use chrono::{Datelike as _, NaiveDate};
use regex::Regex;

use super::DateMention;
use super::span::in_year;
use crate::domain::key_date::{Certainty, DateEvent, Precision};

/// As much of a sentence is looked at on either side of a date, in characters.
const REACH: usize = 48;
/// The year before the first of Reiwa.
const BEFORE_REIWA: i32 = 2018;

/// Whether a text writes dates so.
pub(super) fn is_written_in(text: &str) -> bool {
    text.chars().any(|sign| {
        matches!(sign, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
    })
}

struct Signs {
    date: Regex,
    brackets: Regex,
    hedge: Regex,
    not: Regex,
    rules: Vec<Rule>,
}

/// What a date is for, where its sentence names the subject and what stands beside the date fits.
struct Rule {
    event: DateEvent,
    subject: Option<Regex>,
    before: Option<Regex>,
    after: Option<Regex>,
}

/// Subjects, and what stands before and after a date: the first rule that fits decides. Of a rule
/// with both `before` and `after` one is enough; an empty one fits nothing.
const RULES: &[(DateEvent, &str, &str, &str)] = {
    use DateEvent::{
        Application, BallotClose, CommentsClose, CommentsOpen, EntryIntoForce, Event, Publication,
        Submission, TransitionEnd, Withdrawal,
    };
    &[
        // Comments before all else: the sentence is about what people may say.
        (
            CommentsOpen,
            "意見|意见|コメント|의견",
            "",
            r"^(?:から|より|起至|起|至|부터|～|〜|~)[^。．]{0,40}?(?:募集|征求|まで|까지|止|日|일)",
        ),
        (
            CommentsClose,
            "意見|意见|反馈|コメント|パブコメ|의견|입법예고|행정예고",
            r"(?:締切|締め切り|〆切|期限|期日|截止|截至|截止时间|截止日期|마감|기한)[^。．，]{0,10}$|(?:から|より|부터|～|〜|~|至|-)$",
            r"^[^。．]{0,6}?(?:まで|締切|締め切|〆切|必着|之前|以前|前|止|截止|까지|마감)",
        ),
        (
            BallotClose,
            "投票|투표",
            r"(?:締切|截止|마감)[^。．，]{0,8}$",
            r"^[^。．]{0,4}?(?:まで|締切|前|止|截止|까지)",
        ),
        (
            TransitionEnd,
            "移行期間|経過措置|経過期間|猶予期間|过渡期|過渡期|宽限期|寬限期|전환 ?기간|경과 ?기간|유예 ?기간",
            r"(?:期限|截止|至|到)[^。．，]{0,4}$",
            r"^[^。．]{0,6}?(?:終了|満了|まで|をもって|结束|結束|届满|屆滿|截止|止|종료|만료|끝|까지)",
        ),
        (
            Withdrawal,
            "",
            r"(?:廃止|失効|废止|廢止|폐지)日?(?:は|为|是|은|：|:)?$",
            r"^(?:に|を?もって|付けで|付で|限りで|起|에|부로|자로|부터)?[^。．、，]{0,6}?(?:廃止|失効|廃版|废止|廢止|失效|停止执行|폐지|실효)",
        ),
        (
            EntryIntoForce,
            "",
            r"(?:施行|発効|生效|实施|實施|시행|발효)(?:期)?日(?:期)?(?:は|为|為|是|은|：|:|、)*$",
            r"^(?:に|から|より|を|付けで|付で|起|부터|에|자로|로)?[、, ]?(?:正式|全面|一部|本格|공식|전면|본격)?(?:에|으로)? ?(?:に)?(?:施行(?:[^令規规细細条條]|$)|発効|効力を生|实施|實施|生效|시행(?:[^령규세]|$)|발효)",
        ),
        (
            Application,
            "",
            r"(?:適用|适用|적용)(?:開始)?日(?:は|为|是|은|：|:)?$",
            r"^(?:以後|以降|から|より|に|起|부터|이후)?[^。．]{0,20}?(?:適用|适用|적용)",
        ),
        (
            Event,
            "開催|開かれ|举行|舉行|召开|召開|举办|舉辦|개최|열린|열립|열릴",
            "",
            r"^(?:（[^）]*）|\([^)]*\))?(?:に|から|在|於|于|에|부터)?[^。．]{0,20}?(?:開催|開かれ|举行|舉行|召开|召開|举办|舉辦|개최|열린|열립|열릴)",
        ),
        (
            Submission,
            "提出|届出|届け出|報告|申請|登録|申込|提交|报送|報送|申报|申報|备案|備案|登记|报告|申请|제출|신고|등록|보고|신청",
            r"(?:最迟(?:于|在)?|最遲(?:於|在)?|不晚于|不迟于|截止[^。．，]{0,6}|締切[^。．]{0,4}|期限[^。．]{0,4}|마감[^。．]{0,4})$",
            r"^[^。．]{0,3}?(?:まで|之前|以前|前|까지)",
        ),
        (
            Publication,
            "",
            r"(?:発行|公表|发布|發布|출간|발간)予定日?(?:は|：|:)?$",
            r"^(?:に|에)?[^。．、，]{0,4}?(?:公表|公布|発行|发布|發布|공포|발간)(?:される|する|될|할)?(?:予定|예정)",
        ),
    ]
};

static SIGNS: LazyLock<Option<Signs>> = LazyLock::new(|| {
    let optional = |pattern: &str| match pattern {
        "" => Some(None),
        pattern => Regex::new(pattern).ok().map(Some),
    };
    Some(Signs {
        date: Regex::new(
            r"(?x)
            (?:(?:令和\s*(?P<reiwa>元|\d{1,2})|(?P<year>\d{4}))\s*[年년]\s*)?
                (?P<month>\d{1,2})\s*[月월](?:\s*(?P<day>\d{1,2})\s*[日號号일])?
            | \b(?P<dotted_year>\d{4})(?:\.\ ?|/|-)(?P<dotted_month>\d{1,2})(?:\.\ ?|/|-)(?P<dotted_day>\d{1,2})\b\.?",
        )
        .ok()?,
        brackets: Regex::new(r"^\s*(?:（[^）]{0,6}）|\([^)]{0,6}\))").ok()?,
        hedge: Regex::new("予定|見込み|見通し|预计|預計|拟于|擬於|예정|전망").ok()?,
        not: Regex::new("ない|不再|未|않").ok()?,
        rules: RULES
            .iter()
            .map(|(event, subject, before, after)| {
                Some(Rule {
                    event: *event,
                    subject: optional(subject)?,
                    before: optional(before)?,
                    after: optional(after)?,
                })
            })
            .collect::<Option<_>>()?,
    })
});

/// The key dates of a text, in order; `published` gives a day without a year its year.
pub(super) fn read(text: &str, published: Option<NaiveDate>) -> Vec<DateMention> {
    let Some(signs) = SIGNS.as_ref() else {
        return Vec::new();
    };
    let mut out: Vec<DateMention> = Vec::new();
    // Where the last date ended, and its year.
    let (mut ended, mut year) = (0, None);
    for found in signs.date.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        let (first, end) = sentence(text, whole.start(), whole.end());
        if ended < first {
            year = None;
        }
        let number = |name: &str| found.name(name).and_then(|digits| value(digits.as_str()));
        let own_year = number("year")
            .or_else(|| number("dotted_year"))
            .or_else(|| {
                let reiwa = found.name("reiwa")?.as_str();
                let count = if reiwa == "元" { 1 } else { value(reiwa)? };
                Some(BEFORE_REIWA + count)
            });
        let month = number("month").or_else(|| number("dotted_month"));
        let Some(month) = month.and_then(|month| u32::try_from(month).ok()) else {
            continue;
        };
        let day = number("day").or_else(|| number("dotted_day"));
        let date = match (
            own_year.or(year),
            day.and_then(|day| u32::try_from(day).ok()),
        ) {
            (Some(year), Some(day)) => NaiveDate::from_ymd_opt(year, month, day),
            (None, Some(day)) => in_year(month, day, published, false),
            // A month alone is told with its year.
            (_, None) => own_year.and_then(|year| NaiveDate::from_ymd_opt(year, month, 1)),
        };
        let precision = match day {
            Some(_) => Precision::Day,
            None => Precision::Month,
        };
        let before = text.get(first.max(ended)..whole.start()).unwrap_or("");
        ended = whole.end();
        let Some(date) = date.filter(|date| (1990..2100).contains(&date.year())) else {
            continue;
        };
        year = Some(date.year());
        let after = text.get(whole.end()..end).unwrap_or("");
        let (before, after) = (last_of(before), first_of(after));
        let weekday = signs.brackets.find(after).map_or(0, |day| day.end());
        let behind = after.get(weekday..).unwrap_or("").trim_start();
        let about = text.get(first..end).unwrap_or("");
        let fits = |rule: &&Rule| {
            let beside = |pattern: &Option<Regex>, words: &str| {
                pattern.as_ref().is_some_and(|it| it.is_match(words))
            };
            rule.subject.as_ref().is_none_or(|it| it.is_match(about))
                && (beside(&rule.after, behind) || beside(&rule.before, before.trim_end()))
        };
        let Some(rule) = signs.rules.iter().find(fits) else {
            continue;
        };
        let told = rule.after.as_ref().and_then(|it| it.find(behind));
        if told.is_some_and(|told| {
            let rest = behind.get(told.end()..).unwrap_or("");
            signs.not.is_match(first_few(rest))
        }) {
            continue;
        }
        // A meeting that is over is history, and so is a plan to publish.
        let plan = matches!(rule.event, DateEvent::Event | DateEvent::Publication);
        if plan && published.is_some_and(|published| date < published) {
            continue;
        }
        let date = match rule.event.is_closing() {
            true => precision.span(date).1,
            false => date,
        };
        if out
            .iter()
            .any(|known| known.event == rule.event && known.date == date)
        {
            continue;
        }
        let comments = matches!(
            rule.event,
            DateEvent::CommentsOpen | DateEvent::CommentsClose | DateEvent::BallotClose
        );
        let last = whole.end()
            + told.map_or(0, |told| {
                after.len() - after.get(weekday..).unwrap_or("").trim_start().len() + told.end()
            });
        out.push(DateMention {
            date,
            precision,
            event: rule.event,
            certainty: if precision != Precision::Day || !comments && signs.hedge.is_match(after) {
                Certainty::Expected
            } else {
                Certainty::Read
            },
            was: None,
            start: text
                .get(..whole.start())
                .map_or(0, |text| text.chars().count()),
            text: text
                .get(whole.start()..last)
                .unwrap_or(whole.as_str())
                .to_owned(),
        });
    }
    out
}

/// The sentence around a place.
fn sentence(text: &str, from: usize, until: usize) -> (usize, usize) {
    let ends = |sign: char| matches!(sign, '。' | '！' | '？' | '；' | '\n');
    let first = text.get(..from).unwrap_or("").rfind(ends).map_or(0, |at| {
        at + text
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .map_or(1, char::len_utf8)
    });
    let rest = text.get(until..).unwrap_or("");
    // Korean ends its sentences with a point and a blank.
    let point = rest.find("다. ").unwrap_or(rest.len());
    let end = rest.find(ends).unwrap_or(rest.len()).min(point);
    let korean = text.get(first..from).unwrap_or("").rfind("다. ");
    (
        korean.map_or(first, |at| first + at + "다. ".len()),
        until + end,
    )
}

fn value(digits: &str) -> Option<i32> {
    digits.chars().try_fold(0_i32, |sum, digit| {
        // Digits of full width as well.
        let plain = match digit {
            '０'..='９' => u32::from(digit) - u32::from('０'),
            digit => digit.to_digit(10)?,
        };
        sum.checked_mul(10)?.checked_add(i32::try_from(plain).ok()?)
    })
}

fn last_of(text: &str) -> &str {
    let start = text
        .char_indices()
        .rev()
        .nth(REACH - 1)
        .map_or(0, |(at, _)| at);
    text.get(start..).unwrap_or("")
}

fn first_of(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(REACH)
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or("")
}

fn first_few(text: &str) -> &str {
    let end = text.char_indices().nth(5).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(String, &'static str)> {
        let published = "2026-03-10".parse().ok();
        read(text, published)
            .into_iter()
            .map(|mention| (mention.date.to_string(), mention.event.as_str()))
            .collect()
    }

    #[test]
    fn what_a_date_is_for_stands_beside_it() {
        for (text, expected) in [
            (
                "本办法自2026年9月1日起施行。",
                vec![("2026-09-01", "entry_into_force")],
            ),
            (
                "改正法は２０２６年１０月１日に施行される。",
                vec![("2026-10-01", "entry_into_force")],
            ),
            (
                "개정법은 2026년 7월 1일부터 시행된다.",
                vec![("2026-07-01", "entry_into_force")],
            ),
            (
                "意見は令和8年5月15日（金）まで受け付ける。",
                vec![("2026-05-15", "comments_close")],
            ),
            (
                "意見募集は2026年4月1日から5月7日まで行う。",
                vec![
                    ("2026-04-01", "comments_open"),
                    ("2026-05-07", "comments_close"),
                ],
            ),
            (
                "意见反馈截止时间为2026年4月18日。",
                vec![("2026-04-18", "comments_close")],
            ),
            (
                "过渡期将于2027年12月31日结束。",
                vec![("2027-12-31", "transition_end")],
            ),
            (
                "旧標準は2026年12月31日に廃止する。",
                vec![("2026-12-31", "withdrawal")],
            ),
            (
                "보고서는 6월 30일까지 제출해야 한다.",
                vec![("2026-06-30", "submission")],
            ),
            (
                "세미나는 2026년 4월 9일에 열린다.",
                vec![("2026-04-09", "event")],
            ),
        ] {
            let expected: Vec<(String, &str)> = expected
                .into_iter()
                .map(|(day, event)| (day.to_owned(), event))
                .collect();
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn a_date_that_nothing_tells_is_left_out() {
        for text in [
            "委員会は2026年3月2日に会議の資料を公開した。",
            "该机构成立于2016年5月20日。",
            "위원회는 2026년 3월 5일 과징금을 부과했다.",
            "2026年13月40日に施行",
            "2026年3月に会議があった。",
            "2026年3月1日に施行令の改正案を公表した。",
        ] {
            assert_eq!(told(text), [], "{text}");
        }
    }
}
