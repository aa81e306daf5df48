//! Key dates in Chinese, Japanese and Korean, which write no blanks between the words that tell them.
//!
//! A date stands with its signs (2026年4月1日, 令和8年4月1日, 2026년 4월 1일); what it is for is told by
//! what stands right before it or right after it, and by what its sentence is about. As elsewhere a
//! date that nothing tells is left out.

use std::sync::LazyLock;

use chrono::{Datelike as _, NaiveDate};
use regex::{Captures, Regex};

use super::DateMention;
use super::span::in_year;
use crate::domain::key_date::{Certainty, DateEvent, Precision};

/// As much of a sentence is looked at on either side of a date, in characters.
const REACH: usize = 48;
/// And so much of its sentence, in bytes.
const SENTENCE: usize = 600;

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
/// with both `before` and `after` one is enough; an empty one fits nothing. What stands right beside a
/// date and says all comes first, then what only closes.
const RULES: &[(DateEvent, &str, &str, &str)] = {
    use DateEvent::{
        Application, BallotClose, CommentsClose, CommentsOpen, EntryIntoForce, Event, Publication,
        Submission, TransitionEnd, Withdrawal,
    };
    &[
        (
            Withdrawal,
            "",
            r"(?:廃止|失効|废止|廢止|폐지)(?:日|日期|일)(?:は|为|是|은|：|:)?$",
            r"^(?:に|を?もって|付けで|付で|限りで|起|에|부로|자로|부터)?[^。．、，]{0,6}?(?:廃止|失効|廃版|废止|廢止|失效|停止执行|폐지|실효)",
        ),
        (
            EntryIntoForce,
            "",
            r"(?:施行|発効|生效|实施|實施|시행|발효)(?:日|日期|期日|일)(?:は|为|為|是|은|：|:|、)*$",
            r"^(?:に|から|より|を|付けで|付で|起|부터|에|자로|로)?[、, ]?(?:正式|全面|一部|本格|공식|전면|본격)?(?:에|으로)? ?(?:に)?(?:施行(?:[^令規规细細条條]|$)|発効|効力を生|生效|시행(?:[^령규세]|$)|발효)",
        ),
        (
            EntryIntoForce,
            "",
            "",
            r"^(?:起(?:正式|全面)?|(?:正式|全面))(?:实施|實施)|^(?:实施|實施)(?:[。，；）]|$)",
        ),
        (
            Application,
            "",
            r"(?:適用|适用|적용)(?:開始日|日|일)(?:は|为|是|은|：|:)?$",
            r"^(?:以後|以降|から|より|起|부터|이후|に)(?:に?開始する[^。．、，]{0,12}?から)?[^。．、，]{0,6}?(?:適用(?:さ|す|開始|となる)|适用(?:于|[。，]|$)|적용(?:된|되|됩|한다|할))",
        ),
        (
            TransitionEnd,
            "移行期間|経過措置|経過期間|猶予期間|过渡期|過渡期|宽限期|寬限期|전환 ?기간|경과 ?기간|유예 ?기간|계도 ?기간",
            r"(?:期限|截止|至|到)[^。．，]{0,4}$",
            r"^[^。．，]{0,6}?(?:終了|満了|まで|をもって|结束|結束|届满|屆滿|截止|止|종료|만료|끝|까지)",
        ),
        (
            CommentsOpen,
            ASKS,
            "",
            r"^(?:から|より|부터|～|〜|~)[^。．]{0,30}?(?:まで|까지)|^(?:起)?(?:至|到)",
        ),
        (
            CommentsClose,
            ASKS,
            r"(?:締切|締め切り|〆切|期限|期日|截止|截至|截止时间|截止日期|마감|기한)[^。．，]{0,10}$|(?:から|より|부터|～|〜|~|至|到)$",
            r"^[^。．，]{0,6}?(?:まで|締切|締め切|〆切|必着|之前|以前|前|止|截止|까지|마감)",
        ),
        (
            BallotClose,
            "投票|투표",
            r"(?:締切|截止|마감)[^。．，]{0,8}$",
            r"^[^。．，]{0,4}?(?:まで|締切|前|止|截止|까지)",
        ),
        (
            Event,
            "開催|開かれ|举行|舉行|召开|召開|举办|舉辦|개최|열린|열립|열릴",
            "",
            r"^(?:に|から|在|於|于|에|부터)?[^。．]{0,20}?(?:開催|開かれ|举行|舉行|召开|召開|举办|舉辦|개최|열린|열립|열릴)",
        ),
        (
            Submission,
            "提出|届出|届け出|報告|申請|登録|申込|提交|报送|報送|申报|申報|备案|備案|登记|报告|申请|제출|신고|등록|보고|신청",
            r"(?:最迟(?:于|在)?|最遲(?:於|在)?|不晚于|不迟于|締切[^。．]{0,4}|期限[^。．]{0,4}|마감[^。．]{0,4})$",
            r"^[^。．，]{0,3}?(?:まで(?:[^の]|$)|之前|以前|前|까지(?:[^의]|$))",
        ),
        (
            Publication,
            "",
            r"(?:発行|公表|发布|發布|출간|발간)予定日?(?:は|：|:)?$",
            r"^(?:に|에)?[^。．、，]{0,4}?(?:公表|公布|発行|发布|發布|공포|발간)(?:される|する|될|할)?(?:予定|예정)",
        ),
    ]
};

/// That a sentence asks people for what they think, and does not tell of it.
const ASKS: &str = "意見募集|意見の募集|意見公募|パブリック・?コメント|パブコメ|意見.{0,30}(?:提出|受け付け|受付|募集|寄せ)|公开征求|征求意见[的，。、]?(?:截止|期限|时间|期间|稿|$)|徵求意見|意见反馈|反馈意见|提出意见|意见征集|公开征求意见|의견.{0,30}(?:제출|수렴|접수|청취|제시|보내)|의견서|의견은|입법예고|행정예고";

/// So many dates of a text are read: what matters is said at its head.
const MOST: usize = 200;

static SIGNS: LazyLock<Option<Signs>> = LazyLock::new(|| {
    let optional = |pattern: &str| match pattern {
        "" => Some(None),
        pattern => Regex::new(pattern).ok().map(Some),
    };
    Some(Signs {
        date: Regex::new(
            r"(?x)
            (?:(?:(?P<era>令和|平成|昭和|民國|民国)\s*(?P<count>元|\d{1,3})|(?P<year>\d{4}))\s*[年년]\s*
                |(?P<near>昨年|去年|前年|本年|今年|来年|來年|明年|작년|지난해|올해|내년)の?\s*)?
                (?P<month>\d{1,2})\s*[月월](?:\s*(?P<day>\d{1,2})\s*[日號号일])?
            | (?-u:\b)(?P<dotted_year>\d{4})(?:\.\ ?|/|-)(?P<dotted_month>\d{1,2})(?:\.\ ?|/|-)(?P<dotted_day>\d{1,2})(?-u:\b)\.?",
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
    // Where the last date ended, and which it was.
    let (mut ended, mut last_date): (usize, Option<NaiveDate>) = (0, None);
    // Characters before a place, counted on from the last one.
    let (mut counted, mut characters) = (0, 0);
    for found in signs.date.captures_iter(text).take(MOST) {
        let Some(whole) = found.get(0) else { continue };
        let (first, end) = sentence(text, whole.start(), whole.end());
        if ended < first {
            last_date = None;
        }
        let before = text.get(first.max(ended)..whole.start()).unwrap_or("");
        let after = text.get(whole.end()..end).unwrap_or("");
        ended = whole.end();
        let Some((date, precision)) = dated(&found, before, after, last_date, published) else {
            continue;
        };
        last_date = Some(date);
        let (before, after) = (last_of(before), first_of(after));
        let weekday = signs.brackets.find(after).map_or(0, |day| day.end());
        let behind = after.get(weekday..).unwrap_or("").trim_start();
        // Chinese parts its clauses by this comma; what one is about the next need not be.
        let about = text.get(first..end).unwrap_or("");
        let at = whole.start() - first;
        let from = about.get(..at).and_then(|it| it.rfind('，')).unwrap_or(0);
        let rest = about.get(at..).unwrap_or("");
        let about = about
            .get(from..at + rest.find('，').unwrap_or(rest.len()))
            .unwrap_or("");
        let fits = |rule: &&Rule| {
            let beside = |pattern: &Option<Regex>, words: &str| {
                pattern.as_ref().is_some_and(|it| it.is_match(words))
            };
            (beside(&rule.after, behind) || beside(&rule.before, before.trim_end()))
                && rule.subject.as_ref().is_none_or(|it| it.is_match(about))
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
        let date = if rule.event.is_closing() {
            precision.span(date).1
        } else {
            date
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
        characters += text
            .get(counted..whole.start())
            .map_or(0, |text| text.chars().count());
        counted = whole.start();
        let blanks = after.len() - weekday - behind.len();
        let last = whole.end() + told.map_or(0, |told| weekday + blanks + told.end());
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
            start: characters,
            text: text
                .get(whole.start()..last)
                .unwrap_or(whole.as_str())
                .to_owned(),
        });
    }
    out
}

/// Which day the words of a date mean, and how finely.
fn dated(
    found: &Captures<'_>,
    before: &str,
    after: &str,
    last: Option<NaiveDate>,
    published: Option<NaiveDate>,
) -> Option<(NaiveDate, Precision)> {
    let number = |name: &str| found.name(name).and_then(|digits| value(digits.as_str()));
    let of_era = || {
        let count = found.name("count")?.as_str();
        let count = if count == "元" { 1 } else { value(count)? };
        let before_the_first = match found.name("era")?.as_str() {
            "令和" => 2018,
            "平成" => 1988,
            "昭和" => 1925,
            // Of the Republic of China.
            _ => 1911,
        };
        Some(before_the_first + count)
    };
    let of_now = || {
        let now = published?.year();
        Some(match found.name("near")?.as_str() {
            "前年" => now - 2,
            "昨年" | "去年" | "작년" | "지난해" => now - 1,
            "来年" | "來年" | "明年" | "내년" => now + 1,
            _ => now,
        })
    };
    let own = number("year")
        .or_else(|| number("dotted_year"))
        .or_else(of_era)
        .or_else(of_now);
    // A year that nobody understands is not replaced by another one.
    if own.is_none() && before.trim_end().ends_with(['年', '년', '度']) {
        return None;
    }
    let month = u32::try_from(number("month").or_else(|| number("dotted_month"))?).ok()?;
    let day = number("day").or_else(|| number("dotted_day"));
    let Some(day) = day else {
        // A month alone is told with its year; "3月期" is a year of business.
        let date = NaiveDate::from_ymd_opt(own?, month, 1)?;
        return (!after.starts_with(['期', '기'])).then_some((date, Precision::Month));
    };
    let day = u32::try_from(day).ok()?;
    let date = match (own, last) {
        (Some(year), _) => NaiveDate::from_ymd_opt(year, month, day)?,
        // The other end of a stretch lies behind its beginning.
        (None, Some(last)) => NaiveDate::from_ymd_opt(last.year(), month, day)
            .filter(|date| *date >= last)
            .or_else(|| NaiveDate::from_ymd_opt(last.year() + 1, month, day))?,
        (None, None) => in_year(month, day, published, false)?,
    };
    (1990..2100)
        .contains(&date.year())
        .then_some((date, Precision::Day))
}

/// The sentence around a place, as far as it is looked at.
fn sentence(text: &str, from: usize, until: usize) -> (usize, usize) {
    let ends = |sign: char| matches!(sign, '。' | '！' | '？' | '；' | '\n');
    let mut start = from.saturating_sub(SENTENCE);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut stop = (until + SENTENCE).min(text.len());
    while !text.is_char_boundary(stop) {
        stop += 1;
    }
    let before = text.get(start..from).unwrap_or("");
    let sign = before.char_indices().rev().find(|(_, sign)| ends(*sign));
    let mut first = sign.map_or(0, |(at, sign)| at + sign.len_utf8());
    // Korean ends its sentences with a point and a blank.
    if let Some(at) = before.rfind("다. ") {
        first = first.max(at + "다. ".len());
    }
    let rest = text.get(until..stop).unwrap_or("");
    let point = rest.find("다. ").unwrap_or(rest.len());
    let end = rest.find(ends).unwrap_or(rest.len()).min(point);
    (start + first, until + end)
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
    fn the_work_grows_with_the_text() {
        for sign in ["1月1日", "2026年3月1日から", "字"] {
            let text = sign.repeat(20_000 / sign.len());
            let began = crate::clock::worked();
            read(&text, "2026-03-10".parse().ok());
            let worked = crate::clock::worked().saturating_sub(began);
            assert!(
                worked < std::time::Duration::from_secs(2),
                "{sign}: {worked:?}"
            );
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
            "2026年4月1日から顔認証の利用を禁止する方針に意見が相次いだ。",
            "委員会は2026年2月2日に適用指針を公表した。",
            "CNILは2026年2月2日、GDPRを適用し制裁金を科した。",
            "위원회는 2026년 2월 5일 적용 사례집을 발간했다.",
            "報告書は2026年3月31日までの1年間の事故をまとめた。",
            "监管机构于2026年3月1日实施处罚。",
            "新基準は2026年3月期から適用される。",
            "《办法》将于近期公布，同时废止2019年5月1日公布的旧办法。",
            "2026年3月1日に施行令の改正案を公表した。",
        ] {
            assert_eq!(told(text), [], "{text}");
        }
    }
}
