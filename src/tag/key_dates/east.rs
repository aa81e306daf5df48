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
    moved: Regex,
    from: Regex,
    past: Regex,
    counted: Regex,
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
        Application, BallotClose, CertificationDeadline, CommentsClose, CommentsOpen,
        EntryIntoForce, Event, Publication, Submission, TransitionEnd, Withdrawal,
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
            r"^(?:起(?:正式|全面)?|(?:正式|全面))(?:实施|實施)|^(?:正式)?(?:实施|實施)(?:[。，,；）]|$)",
        ),
        // "내년 1월 1일부터 … 개정법이 시행된다".
        (
            EntryIntoForce,
            "",
            "",
            r"^(?:부터|에) [^.]{1,40}(?:법|령|규칙|고시|조례|제도|개정안)[이가] (?:시행된|시행됩|시행될|발효된)",
        ),
        // "自2026年10月1日起，… 应当", "以後に製造される製品から適用する", "부터 … 의무적으로".
        (
            Application,
            "",
            "",
            r"^(?:起，?[^。]{0,40}(?:应当|應當|必须|必須|不得)|以後[^。、]{0,24}から(?:に)?適用する|から(?:は)?[^。、]{0,10}義務(?:化|付け|づけ)|이후 [^.]{0,24}부터 적용|부터 [^.]{0,40}(?:의무적으로|의무화|하여야 한다|해야 한다))",
        ),
        // "最迟须在…达到…要求", "までに…適合させなければならない".
        (
            Application,
            "",
            r"最迟(?:须|应)?(?:在|于)$",
            r"^(?:达到|前[^。，]{0,12}(?:达到|符合)|まで(?:に)?[^。]{0,30}適合さ?せ|까지 [^.]{0,24}(?:갖추|충족))",
        ),
        (
            CertificationDeadline,
            "认证|認證|证书|證書|認証|登録証|審査の実施|인증",
            r"(?:移行期限|最后日期|最後日期|最終日)(?:为|為|は|是)?$",
            r"^(?:前|之前|まで(?:に)?|까지|をもって)[^。，]{0,16}(?:完成|转换|轉換|移行|終了|전환)",
        ),
        (
            Application,
            "",
            r"(?:適用|适用|적용)(?:開始日|日|일)(?:は|为|是|은|：|:)?$",
            r"^(?:以後|以降|から|より|起|부터|이후|に)(?:に?開始する[^。．、，]{0,12}?から)?[^。．、，]{0,6}?(?:適用(?:さ|す|開始|となる)|适用(?:于|[。，]|$)|적용(?:된|되|됩|한다|할))",
        ),
        (
            TransitionEnd,
            "",
            "",
            r"^まで(?:の間)?は?、?(?:なお)?従前の例",
        ),
        (
            TransitionEnd,
            "緩衝期|缓冲期|移行期間|経過措置|経過期間|猶予期間|过渡期|過渡期|宽限期|寬限期|전환 ?기간|경과 ?기간|유예 ?기간|계도 ?기간",
            r"(?:期限|截止|至|到)[^。．，]{0,4}$",
            r"^[^。．，]{0,6}?(?:終了|満了|まで|をもって|结束|結束|届满|屆滿|截止|止|종료|만료|끝|까지)",
        ),
        (
            CommentsOpen,
            ASKS,
            "",
            r"^(?:から|より|부터|～|〜|~)[^。．]{0,30}?(?:まで|까지)|^(?:起)?(?:至|到)|^(?:～|〜|~|–|-) ?\d",
        ),
        (
            CommentsOpen,
            ASKS,
            "",
            r"^(?:に|から|부터)?[^。．]{0,4}?(?:始ま|開始|시작|启动|啟動|受付開始)|^起[^。]{0,40}(?:意见|意見)",
        ),
        (
            CommentsClose,
            ASKS,
            r"(?:締切|締め切り|〆切|期限|期日|截止|截至|截止时间|截止日期|마감|기한)[^。．，]{0,10}$|(?:から|より|부터|～|〜|~|至|到)$",
            r"^[^。．，]{0,6}?(?:まで|締切|締め切|〆切|必着|之前|以前|前|止|截止|結束|结束|終了|까지|마감|종료)",
        ),
        (
            BallotClose,
            "投票|투표",
            r"(?:締切|截止|마감|期限は|期限为)[^。．，]{0,8}$",
            r"^[^。．，]{0,4}?(?:まで|締切|締め切|前|止|截止|結束|结束|까지|마감)",
        ),
        (
            Event,
            "開催|開かれ|举行|舉行|召开|召開|举办|舉辦|개최|열린|열립|열릴",
            "",
            r"^(?:に|から|在|於|于|에|부터)?[^。．]{0,40}?(?:開催|開かれ|举行|舉行|召开|召開|举办|舉辦|개최|열린|열립|열릴)",
        ),
        (
            Submission,
            "提出|届出|届け出|報告|申請|登録|申込|応募|公募|入札|提交|报送|報送|申报|申報|备案|備案|登记|报告|申请|报名|報名|投标|招标|招標|截標|제출|신고|등록|보고|신청|응모|공모|입찰",
            r"(?:截止时间：?|截止日期：?|截標日期及時間为?為?|最迟(?:于|在)?|最遲(?:於|在)?|不晚于|不迟于|締切[^。．]{0,4}|期限[^。．]{0,4}|마감[^。．]{0,4})$",
            r"^[^。．，]{0,3}?(?:まで(?:[^の]|$)|之前|以前|前|까지(?:[^의]|$))",
        ),
        (
            Publication,
            "",
            r"(?:発行|公表|发布|發布|출간|발간)予定日?(?:は|：|:)?$",
            r"^(?:に|에)?[^。．、，]{0,4}?(?:公表|公布|発行|发布|發布|공포|발간)(?:される|する|될|할)?(?:予定|예정)|^(?:正式|全文)?(?:发布|發布|出版|刊行)|^付けの官報|^중 관보",
        ),
        // An act that came out.
        (
            Publication,
            "法|令|规|規|办法|标准|標準|条例|法律|고시|규칙|법률",
            "",
            r"^(?:に|付けで|에)?(?:公布され|批准发布|在憲報刊登|刊登|공포됐|공포되|공포했|관보에)",
        ),
    ]
};

/// That a sentence asks people for what they think, and does not tell of it.
const ASKS: &str = "意見の受付|意見提出|의견 ?접수|의견제출|公眾諮詢|公众咨询|諮詢將|陳述意見|意见或|意見或|修改意见|コメントの(?:受付|募集)|公示时间|公示期|意見募集|意見の募集|意見公募|パブリック・?コメント|パブコメ|意見.{0,30}(?:提出|受け付け|受付|募集|寄せ)|公开征求|征求意见[的，。、]?(?:截止|期限|时间|期间|稿|$)|徵求意見|意见反馈|反馈意见|提出意见|意见征集|公开征求意见|의견.{0,30}(?:제출|수렴|접수|청취|제시|보내)|의견서|의견은|입법예고|행정예고";

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
            (?:(?:(?P<era>令和|平成|昭和|民國|民国)\s*(?P<count>元|\d{1,3})|(?P<year>\d{4}|[〇零一二三四五六七八九]{4})|(?P<republic>1[0-3]\d))\s*[年년]\s*
                |(?P<near>昨年|去年|前年|本年|同年|今年|来年|來年|明年|작년|지난해|올해|같은 ?해|내년)の?\s*)?
                (?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})\s*[月월](?:\s*(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日號号일])?
            | (?-u:\b)(?P<dotted_year>\d{4})(?:\.\ ?|/|-)(?P<dotted_month>\d{1,2})(?:\.\ ?|/|-)(?P<dotted_day>\d{1,2})(?-u:\b)\.?",
        )
        .ok()?,
        moved: Regex::new("延长|延長|延期|推迟|推遲|变更|變更|変更|调整|調整|延后|延後|前倒し|提前|연장|연기|늦추|늦춰|미루|변경|앞당").ok()?,
        from: Regex::new(r"(?:由|从|從|原定|当初|當初|당초)(?:の|于|於)?$").ok()?,
        past: Regex::new("^(?:まで|까지|前|从)?[^。，、]{0,24}(?:した|された|접수된|받은|발생한|했던)").ok()?,
        counted: Regex::new(
            r"(?x)(?:
                (?:本|此|이|该)?(?:通知|通告|公告|公示|办法|規定|规定|告示|意见稿|草案)?(?:自)?(?:发布|發布|公布|刊登|公告)(?:之)?(?P<next>次)?日(?:起|翌日起)
                | (?:本日|公示の日の翌日|公表の日の翌日|公告の日の翌日)から(?:起算して)?
                | (?:이\s)?(?:공고|예고|고시|공포)일(?:로)?부터
            )\s*(?P<count>\d{1,3}|[一二三四五六七八九十]{1,3})\s*(?P<unit>日|天|个月|個月|か月|ヶ月|箇月|일|개월)",
        )
        .ok()?,
        brackets: Regex::new(r"^\s*(?:（[^）]{0,6}）|\([^)]{0,6}\))").ok()?,
        hedge: Regex::new("予定|見込み|見通し|预计|預計|拟于|擬於|예정|전망").ok()?,
        not: Regex::new("ない|不再|未(?:[^成来]|$)|않").ok()?,
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
    // The day that something is moved from, and where its sentence begins.
    let mut old: Option<(usize, NaiveDate)> = None;
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
        // "由5月15日延长至5月31日", "2026年10月1日から2027年4月1日に延期".
        let whole_sentence = text.get(first..end).unwrap_or("");
        let behind_it = text.get(whole.end()..end).unwrap_or("");
        if signs.moved.is_match(behind_it) && !behind.starts_with('起') {
            let from = signs.from.is_match(before.trim_end())
                || behind.starts_with("から") && !behind.contains("まで")
                || behind.starts_with("에서");
            let goes_on = signs
                .date
                .is_match(text.get(whole.end()..end).unwrap_or(""));
            if from && goes_on && old.is_none_or(|(place, _)| place != first) {
                old = Some((first, date));
                continue;
            }
        }
        let was = old.filter(|(place, _)| *place == first).map(|(_, day)| day);
        let was = was.filter(|was| *was != date);
        if let Some(event) = was.and_then(|_| aim(whole_sentence, whole.start() - first)) {
            old = None;
            let start = text
                .get(..whole.start())
                .map_or(0, |text| text.chars().count());
            out.push(DateMention {
                date,
                precision,
                event,
                certainty: Certainty::Read,
                was,
                start,
                text: whole.as_str().to_owned(),
            });
            continue;
        }
        let fits = |rule: &&Rule| {
            let beside = |pattern: &Option<Regex>, words: &str| {
                pattern.as_ref().is_some_and(|it| it.is_match(words))
            };
            (beside(&rule.after, behind) || beside(&rule.before, before.trim_end()))
                && rule.subject.as_ref().is_none_or(|it| {
                    it.is_match(about)
                        || matches!(
                            rule.event,
                            DateEvent::CommentsOpen | DateEvent::CommentsClose
                        ) && it.is_match(whole_sentence)
                })
        };
        let Some(rule) = signs.rules.iter().find(fits) else {
            continue;
        };
        let told = rule.after.as_ref().and_then(|it| it.find(behind));
        if told.is_some_and(|told| {
            let rest = behind.get(told.end()..).unwrap_or("");
            let clause = rest.split(['，', '、']).next().unwrap_or("");
            signs.not.is_match(first_few(clause))
        }) {
            continue;
        }
        // What was counted or received until a day is history.
        if rule.event.is_closing()
            && published.is_some_and(|published| date <= published)
            && signs.past.is_match(behind)
        {
            continue;
        }
        // A meeting that is over is history, and so is a plan to publish; an act that came out is none.
        let came_out = rule.subject.is_some();
        let plan =
            rule.event == DateEvent::Event || rule.event == DateEvent::Publication && !came_out;
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
    for mention in counted_from_today(text, signs, published) {
        let same = |known: &DateMention| known.event == mention.event && known.date == mention.date;
        if !out.iter().any(same) {
            out.push(mention);
        }
    }
    out
}

/// What is moved, by what its sentence names.
fn aim(sentence: &str, at: usize) -> Option<DateEvent> {
    const AIMS: &[(&str, DateEvent)] = &[
        ("意见", DateEvent::CommentsClose),
        ("意見", DateEvent::CommentsClose),
        ("コメント", DateEvent::CommentsClose),
        ("의견", DateEvent::CommentsClose),
        ("投票", DateEvent::BallotClose),
        ("투표", DateEvent::BallotClose),
        ("过渡期", DateEvent::TransitionEnd),
        ("過渡期", DateEvent::TransitionEnd),
        ("移行期間", DateEvent::TransitionEnd),
        ("유예기간", DateEvent::TransitionEnd),
        ("施行", DateEvent::EntryIntoForce),
        ("生效", DateEvent::EntryIntoForce),
        ("实施", DateEvent::EntryIntoForce),
        ("實施", DateEvent::EntryIntoForce),
        ("시행", DateEvent::EntryIntoForce),
        ("適用", DateEvent::Application),
        ("适用", DateEvent::Application),
        ("적용", DateEvent::Application),
        ("报送", DateEvent::Submission),
        ("提交", DateEvent::Submission),
        ("提出", DateEvent::Submission),
        ("申请", DateEvent::Submission),
        ("申請", DateEvent::Submission),
        ("제출", DateEvent::Submission),
        ("신청", DateEvent::Submission),
        ("会议", DateEvent::Event),
        ("會議", DateEvent::Event),
        ("説明会", DateEvent::Event),
        ("セミナー", DateEvent::Event),
        ("공청회", DateEvent::Event),
        ("설명회", DateEvent::Event),
    ];
    // The one that stands nearest before the dates; else whichever the sentence has.
    let before = sentence.get(..at).unwrap_or("");
    let nearest = AIMS
        .iter()
        .filter_map(|(word, event)| Some((before.rfind(word)?, *event)))
        .max_by_key(|(place, _)| *place);
    let any = || AIMS.iter().find(|(word, _)| sentence.contains(word));
    nearest
        .map(|(_, event)| event)
        .or_else(|| any().map(|(_, event)| *event))
}

/// Days that are counted from the text's own: "自本通告发布之日起30日内", "공고일로부터 20일 이내".
fn counted_from_today(text: &str, signs: &Signs, published: Option<NaiveDate>) -> Vec<DateMention> {
    let Some(published) = published else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for found in signs.counted.captures_iter(text).take(MOST) {
        let (Some(whole), Some(count)) = (
            found.get(0),
            found.name("count").and_then(|count| value(count.as_str())),
        ) else {
            continue;
        };
        let months = matches!(found.name("unit").map(|unit| unit.as_str()), Some(unit) if unit != "日" && unit != "天" && unit != "일");
        let Ok(count) = u32::try_from(count) else {
            continue;
        };
        let date = if months {
            published.checked_add_months(chrono::Months::new(count))
        } else {
            published.checked_add_days(chrono::Days::new(u64::from(count)))
        };
        let (first, end) = sentence(text, whole.start(), whole.end());
        let about = text.get(first..end).unwrap_or("");
        let behind = first_of(text.get(whole.end()..end).unwrap_or(""));
        let event = if [
            "后施行",
            "後施行",
            "后实施",
            "後實施",
            "を経過した日から施行",
            "후 시행",
        ]
        .iter()
        .any(|words| behind.starts_with(words))
        {
            Some(DateEvent::EntryIntoForce)
        } else if !["内", "內", "以内", "以內", " 이내", "이내", "とする"]
            .iter()
            .any(|words| behind.starts_with(words))
        {
            None
        } else if ["意见", "意見", "의견"]
            .iter()
            .any(|word| about.contains(word))
        {
            Some(DateEvent::CommentsClose)
        } else if [
            "提出",
            "提交",
            "报送",
            "申报",
            "报名",
            "제출",
            "신청",
            "届出",
            "届け出",
        ]
        .iter()
        .any(|word| about.contains(word))
        {
            Some(DateEvent::Submission)
        } else {
            None
        };
        if let (Some(date), Some(event)) = (date, event) {
            out.push(DateMention {
                date,
                precision: Precision::Day,
                event,
                certainty: Certainty::Expected,
                was: None,
                start: text
                    .get(..whole.start())
                    .map_or(0, |text| text.chars().count()),
                text: whole.as_str().to_owned(),
            });
        }
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
        let near = found.name("near")?.as_str();
        if matches!(near, "同年" | "같은 해" | "같은해") {
            return last.map(|last| last.year());
        }
        let now = published?.year();
        Some(match near {
            "前年" => now - 2,
            "昨年" | "去年" | "작년" | "지난해" => now - 1,
            "来年" | "來年" | "明年" | "내년" => now + 1,
            _ => now,
        })
    };
    let own = number("year")
        .or_else(|| number("dotted_year"))
        .or_else(of_era)
        // Of the Republic of China, as its authorities write it.
        .or_else(|| Some(1911 + number("republic")?))
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
        (None, Some(last)) if before.chars().count() < 8 => {
            NaiveDate::from_ymd_opt(last.year(), month, day)
                .filter(|date| *date >= last)
                .or_else(|| NaiveDate::from_ymd_opt(last.year() + 1, month, day))?
        }
        (None, _) => in_year(month, day, published, false)?,
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

/// The value of digits, or of a number as China writes it ("二十一", "二〇二六").
fn value(digits: &str) -> Option<i32> {
    const SIGNS: &str = "〇一二三四五六七八九";
    let sign = |c: char| match c {
        '零' => Some(0),
        c => SIGNS
            .chars()
            .position(|sign| sign == c)
            .and_then(|at| i32::try_from(at).ok()),
    };
    if digits.chars().all(|c| c == '十' || sign(c).is_some()) {
        if !digits.contains('十') {
            return digits
                .chars()
                .try_fold(0_i32, |sum, c| Some(sum.checked_mul(10)? + sign(c)?));
        }
        let (tens, ones) = digits.split_once('十')?;
        let tens = if tens.is_empty() { 1 } else { value(tens)? };
        let ones = if ones.is_empty() { 0 } else { value(ones)? };
        return tens.checked_mul(10)?.checked_add(ones);
    }
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
