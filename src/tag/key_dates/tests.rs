use proptest::prelude::*;

use super::*;
use crate::domain::stated::StatedDate;

#[derive(serde::Deserialize)]
struct Line {
    id: String,
    text: String,
    published: Option<NaiveDate>,
    language: Option<String>,
    expect: Vec<Expected>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
struct Expected {
    date: NaiveDate,
    event: DateEvent,
    was: Option<NaiveDate>,
    certainty: String,
    #[serde(default = "to_the_day")]
    precision: Precision,
}

fn to_the_day() -> Precision {
    Precision::Day
}

fn found(line: &Line) -> Vec<Expected> {
    let mut out: Vec<Expected> = read(&line.text, line.published, line.language.as_deref())
        .into_iter()
        .map(|mention| Expected {
            date: mention.date,
            event: mention.event,
            was: mention.was,
            certainty: serde_json::to_value(mention.certainty)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned(),
            precision: mention.precision,
        })
        .collect();
    out.sort();
    out
}

/// Lines right, lines, dates invented on lines that have none, and what went wrong.
fn measure(lines: &str) -> (usize, usize, usize, Vec<String>) {
    let (mut right, mut all, mut invented) = (0, 0, 0);
    let mut errors = Vec::new();
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let mut line: Line = serde_json::from_str(line).unwrap();
        line.expect.sort();
        let found = found(&line);
        all += 1;
        if found == line.expect {
            right += 1;
            continue;
        }
        if line.expect.is_empty() {
            invented += found.len();
        }
        errors.push(format!(
            "{}: {}\n   expected {:?}\n   found    {found:?}",
            line.id, line.text, line.expect
        ));
    }
    (right, all, invented, errors)
}

/// Every set of labelled sentences, with the lines that it has at least and how many of a hundred are read right; no line
/// without a date gets one. The last has a line for each turn of phrase that three hands could think of, and was read while the
/// rules were mended.
#[test]
fn labelled_sentences_are_read_as_well_as_recorded() {
    for (name, lines, least, share) in [
        (
            "dates",
            include_str!("../../../tests/labelled/dates.jsonl"),
            170,
            95,
        ),
        (
            "held out",
            include_str!("../../../tests/labelled/dates_held_out.jsonl"),
            1,
            90,
        ),
        (
            "wide",
            include_str!("../../../tests/labelled/dates_wide.jsonl"),
            1,
            95,
        ),
        (
            "phrases",
            include_str!("../../../tests/labelled/dates_phrases.jsonl"),
            1,
            87,
        ),
    ] {
        let (right, all, invented, errors) = measure(lines);
        for error in &errors {
            println!("{error}");
        }
        println!("{name}: {right} of {all} lines right, {invented} dates invented");
        assert!(all >= least, "{name}: {all} lines");
        assert_eq!(
            invented, 0,
            "{name}: dates invented on lines that have none"
        );
        assert!(right * 100 >= all * share, "{name}: {right} of {all} right");
    }
}

/// What sets one reading apart from another, and not only by chance.
#[test]
fn days_that_lie_ahead_are_read_by_weaker_words() {
    for (text, expected) in [
        (
            "From 6 April 2027 onwards, landlords will have to keep digital records.",
            vec![(DateEvent::Application, "2027-04-06")],
        ),
        // The same of the past is history.
        (
            "From 6 April 2024 onwards, landlords had to keep digital records.",
            vec![],
        ),
        (
            "Until 30 June 2027, manufacturers may go on using the old test method.",
            vec![(DateEvent::TransitionEnd, "2027-06-30")],
        ),
        ("Her passport remains valid until 14 March 2031.", vec![]),
        (
            "Comments on the significance of properties nominated before 5 March 2026 are welcome.",
            vec![],
        ),
        (
            "27 November 2026 is the last day for feedback on the draft.",
            vec![(DateEvent::CommentsClose, "2026-11-27")],
        ),
        (
            "Sections 1 to 9 commence on 1 January 2027 and the remainder on 1 July 2027.",
            vec![
                (DateEvent::EntryIntoForce, "2027-01-01"),
                (DateEvent::EntryIntoForce, "2027-07-01"),
            ],
        ),
        (
            "Comments are open on the draft standard; the hunting season opens on 16 October 2026.",
            vec![],
        ),
        (
            "A six-week consultation opens on 4 May 2026.",
            vec![
                (DateEvent::CommentsClose, "2026-06-15"),
                (DateEvent::CommentsOpen, "2026-05-04"),
            ],
        ),
        (
            "The consultation runs for 8 weeks from 18 May 2026.",
            vec![
                (DateEvent::CommentsClose, "2026-07-13"),
                (DateEvent::CommentsOpen, "2026-05-18"),
            ],
        ),
        (
            "Closing date: 29 June 2026. Consultation on charges for port inspections.",
            vec![(DateEvent::CommentsClose, "2026-06-29")],
        ),
    ] {
        let found: Vec<(DateEvent, String)> = read(text, "2026-03-10".parse().ok(), Some("en"))
            .into_iter()
            .map(|mention| (mention.event, mention.date.to_string()))
            .collect();
        let expected: Vec<(DateEvent, String)> = expected
            .into_iter()
            .map(|(event, day)| (event, day.to_owned()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

/// The day that no longer holds may stand behind the one that does.
#[test]
fn a_day_is_replaced_by_the_one_before_it() {
    for (text, language) in [
        (
            "The compliance date is delayed until November 15, 2026, from August 17, 2026.",
            "en",
        ),
        (
            "New date for the rules: 15 November 2026 replaces 17 August 2026 as the day they enter into force.",
            "en",
        ),
        (
            "The deadline for comments is extended to 15 November 2026 from 17 August 2026.",
            "en",
        ),
        (
            "Høringsfristen er utsatt til 15. november 2026. Opprinnelig frist var 17. august 2026.",
            "nb",
        ),
        (
            "应多家企业要求，征求意见的截止日期由8月17日延长至11月15日。",
            "zh",
        ),
    ] {
        let found: Vec<(String, Option<String>)> =
            read(text, "2026-07-10".parse().ok(), Some(language))
                .into_iter()
                .map(|mention| {
                    (
                        mention.date.to_string(),
                        mention.was.map(|day| day.to_string()),
                    )
                })
                .collect();
        assert_eq!(
            found,
            [("2026-11-15".to_owned(), Some("2026-08-17".to_owned()))],
            "{text}"
        );
    }
}

#[test]
fn the_words_of_a_date_stand_where_it_says() {
    let text = "Änderung: “Übergang”. The comment period ends on 24 April 2026.";
    let mentions = read(text, None, Some("en"));
    assert_eq!(mentions.len(), 1);
    let mention = &mentions[0];
    let there: String = text
        .chars()
        .skip(mention.start)
        .take(mention.text.chars().count())
        .collect();
    assert_eq!(there, mention.text);
    assert_eq!(mention.text, "comment period ends on 24 April 2026");
    let date = mention.clone().key_date(Field::Headline);
    assert_eq!(date.label(), "comments close");
}

fn stated(event: DateEvent, day: &str) -> Stated {
    Stated {
        dates: vec![StatedDate {
            event,
            date: day.parse().unwrap(),
            field: "comments_close_on".to_owned(),
        }],
        ..Stated::default()
    }
}

#[test]
fn a_structured_field_is_surer_than_prose_and_prose_tells_what_it_replaced() {
    let stated = stated(DateEvent::CommentsClose, "2026-05-15");
    let dates = of(&Sayings {
        headline: "Agency extends comment period from 1 May 2026 to 15 May 2026",
        text: "The rule takes effect on 1 January 2027. Comments close on 15 May 2026.",
        text_is_summary: true,
        stated: Some(&stated),
        ..Sayings::default()
    });
    let told: Vec<_> = dates
        .iter()
        .map(|date| (date.event, date.date.to_string(), date.certainty))
        .collect();
    assert_eq!(
        told,
        [
            (
                DateEvent::CommentsClose,
                "2026-05-15".to_owned(),
                Certainty::Stated
            ),
            (
                DateEvent::EntryIntoForce,
                "2027-01-01".to_owned(),
                Certainty::Read
            ),
        ]
    );
    assert_eq!(dates[0].was.unwrap().to_string(), "2026-05-01");
    assert_eq!(dates[0].because.text, "comments_close_on");
    assert_eq!(dates[1].because.field, Field::Summary);
}

#[test]
fn a_field_that_says_another_day_has_moved() {
    let dates = |day| {
        of(&Sayings {
            stated: Some(&stated(DateEvent::CommentsClose, day)),
            ..Sayings::default()
        })
    };
    let before = dates("2026-05-01");
    let mut now = dates("2026-05-15");
    moved(&before, &mut now);
    assert_eq!(now[0].was.unwrap().to_string(), "2026-05-01");
    let mut same = dates("2026-05-01");
    moved(&before, &mut same);
    assert_eq!(same[0].was, None);
}

#[test]
fn prose_that_says_another_day_has_moved_it() {
    let said = |text: &str| {
        of(&Sayings {
            text,
            ..Sayings::default()
        })
    };
    for (before, now, was) in [
        (
            "Comments close on 1 May 2026.",
            "Comments close on 15 May 2026.",
            Some("2026-05-01"),
        ),
        (
            "Comments close on 1 May 2026.",
            "Comments close on 1 May 2026. Thank you.",
            None,
        ),
        // Told more finely.
        (
            "The rules apply from May 2026.",
            "The rules apply from 15 May 2026.",
            None,
        ),
        // Of two nobody can say which one moved.
        (
            "Comments close on 1 May 2026. Comments close on 3 June 2026 for schools.",
            "Comments close on 9 May 2026. Comments close on 3 July 2026 for schools.",
            None,
        ),
    ] {
        let before = said(before);
        let mut dates = said(now);
        assert!(!before.is_empty() && !dates.is_empty(), "{now}");
        moved(&before, &mut dates);
        let told = dates[0].was.map(|day| day.to_string());
        assert_eq!(told.as_deref(), was, "{now}");
        // A revision that changes nothing about it does not forget it.
        let mut again = said(now);
        moved(&dates, &mut again);
        assert_eq!(again, dates);
    }
}

#[test]
fn an_event_on_a_day_is_told_once() {
    let text = "Comments close on 5 May 2026. Again: comments are due by 5 May 2026.";
    assert_eq!(read(text, None, None).len(), 1);
}

#[test]
fn the_work_grows_with_the_text_and_no_faster() {
    let work = |times: usize| {
        // One sentence without an end: the worst case for looking around.
        let text =
            "comments and views due by 5 May 2026 or from 6 May 2026 to 7 May 2026, ".repeat(times);
        let tokens = token::tokens(&text);
        let spans = span::spans(&tokens, None);
        let inside = vec![false; tokens.len()];
        let dresses: Vec<Dress> = spans
            .iter()
            .map(|span| role::dress(&tokens, span.first))
            .collect();
        let sentences = token::sentences(&tokens, &inside);
        let cues = cues::cues(&tokens, &inside, true);
        let page = Page::new(&tokens, &spans, &dresses, &sentences, &cues);
        let reading = Reading {
            text: &text,
            published: None,
            page: &page,
            out_today: Reading::out_today(&page),
            of_other_fields: Reading::of_other_fields(&page),
        };
        reading.mentions();
        page.work.get()
    };
    let (small, large) = (work(100), work(1_000));
    assert!(small > 0);
    assert!(large <= small * 11, "{small} cues looked at, then {large}");
}

/// What the careful reading finds, the gate lets through.
fn is_let_through(text: &str) -> bool {
    gate::plausible(text) || span::spans(&token::tokens(text), Some("en-GB")).is_empty()
}

#[test]
fn the_gate_keeps_nothing_out() {
    let labelled = [
        include_str!("../../../tests/labelled/dates.jsonl"),
        include_str!("../../../tests/labelled/dates_held_out.jsonl"),
        include_str!("../../../tests/labelled/dates_wide.jsonl"),
    ];
    for line in labelled.into_iter().flat_map(str::lines) {
        let line: Line = serde_json::from_str(line).unwrap();
        assert!(is_let_through(&line.text), "{}", line.text);
    }
    for text in [
        "TRITT 30 TAGE NACH DER VERÖFFENTLICHUNG IN KRAFT",
        "20 días desde su publicacio\u{301}n",
        "60 days from\nnow",
        "180 days after entry into\u{a0}force",
        "90 days after the effective\ndate",
        "30 days from this\n announcement",
        "Comments close on 15 января 2026.",
        "Comments are due by 5 Ιανουαρίου 2026.",
        "Comments are due by 5 มกราคม 2026.",
        "Comments close on Ｍａｙ 5, 2026.",
        "يناير 5, 2026 comments due",
        "The bank’s second quarter – 2026",
    ] {
        assert!(gate::plausible(text), "{text}");
    }
    for text in [
        "Regulation (EU) 2024/1689 and ISO/IEC 42001:2023 are applied in 27 countries",
        "The committee met and adopted Rev. 5 of the guidance",
    ] {
        assert!(!gate::plausible(text), "{text}");
    }
}

proptest! {
    #[test]
    fn the_gate_keeps_no_heap_of_words_out(words in proptest::collection::vec(
        proptest::sample::select(vec![
            "closes", "from", "to", "5", "31", "2nd", "may", "März", "2026", ".", ",", "(", ")",
            "-", "within", "30", "thirty", "day", "days", "after", "following", "the", "its",
            "publication", "veröffentlichung", "of", "entry into force", "end", "Q2", "second",
            "quarter", "today", "later", "02/03/2026", "2026‑03‑02", "year-end", "août", "de",
            "décembre", "I", "II", "zweites", "quartal", "ii", "première", "mensual", "from",
            "now", "this", "notice", "announcement", "effective", "date", "entry", "into", "force",
            "VERÖFFENTLICHUNG", "Vero\u{308}ffentlichung", "nach", "der", "TAGE", "désde", "desde",
            "publicacio\u{301}n", "PUBLICACIÓN", "ŻYCIE", "wejścia", "w", "z\u{307}ycie", "od", "dni",
            "thereafter", "SPÄTER", "tard", "plus", "jours", "après", "vigueur", "en", "entrée",
            "января", "Ιανουαρίου", "มกราคม", "يناير", "Ｍａｙ", "Ｅｎｄ", "𝐌𝐚𝐲", "до", "года", "’", "–",
        ]), 0..24), gap in proptest::sample::select(vec![" ", "\n", "\u{a0}", " \n ", "\t"])) {
        prop_assert!(is_let_through(&words.join(gap)));
    }

    #[test]
    fn the_gate_keeps_no_heap_of_plain_words_out(words in proptest::collection::vec(
        proptest::sample::select(vec![
            "closes", "from", "to", "5", "may", "2026", ".", ",", "(", ")", "-", "within", "30", "thirty",
            "day", "days", "after", "following", "the", "its", "publication", "of", "entry into force",
            "end", "Q2", "second", "quarter", "today", "later", "02/03/2026", "year-end", "de", "now",
            "this", "notice", "announcement", "effective", "date", "into", "force", "nach", "tage", "od",
            "dni", "thereafter", "plus", "tard", "jours", "vigueur", "entree", "en", "entrata", "in",
            "vigore", "opublikowania", "inwerkingtreding", "na", "INKRAFTTRETEN", "tomorrow", "dopo", "giorni",
            "vigor", "entrada", "dias", "desde", "publicatie", "van", "dagen", "zycie", "w", "wejscia",
        ]), 0..24), gap in proptest::sample::select(vec![" ", "\n", " \n ", "\t"])) {
        prop_assert!(is_let_through(&words.join(gap)));
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}", language in proptest::option::of("[a-z]{2}")) {
        for mention in read(&text, NaiveDate::from_ymd_opt(2026, 3, 10), language.as_deref()) {
            prop_assert!(text.contains(&mention.text));
        }
    }

    #[test]
    fn any_heap_of_our_own_words_is_read(words in proptest::collection::vec(
        proptest::sample::select(vec![
            "comments", "close", "from", "to", "until", "5", "31", "May", "2026", ".", ",", "(", ")",
            "-", "within", "30", "days", "after", "publication", "entry into force", "end of", "Q2",
            "originally", "extended", "not", "apply", "1.", "Mai", "bis", "zum", "between", "and",
            "on", "5pm", "ET", "02/03/2026", "2026-03-02", "of", "\u{0}", "'", "year-end",
        ]), 0..40)) {
        let text = words.join(" ");
        let first = read(&text, NaiveDate::from_ymd_opt(2026, 3, 10), Some("en-GB"));
        let again = read(&text, NaiveDate::from_ymd_opt(2026, 3, 10), Some("en-GB"));
        prop_assert_eq!(first, again);
    }
}

/// Event, day and the day replaced of each date read.
fn told(text: &str, language: &str) -> Vec<String> {
    read(text, NaiveDate::from_ymd_opt(2026, 3, 10), Some(language))
        .into_iter()
        .map(|mention| {
            let was = mention
                .was
                .map_or_else(String::new, |was| format!(" was {was}"));
            format!("{} {}{was}", mention.event.as_str(), mention.date)
        })
        .collect()
}

#[test]
fn words_that_tell_of_something_else_make_no_date() {
    for (language, text) in [
        (
            "en",
            "The agency invited comments on the draft. The chair's term ends on 30 June 2026.",
        ),
        (
            "en",
            "Comments on the draft were mixed. The exhibition closes on 30 June 2026.",
        ),
        (
            "sv",
            "Beslutet gäller en personuppgiftsincident den 5 februari 2026.",
        ),
        (
            "da",
            "Sagen gælder et brud på persondatasikkerheden den 5. februar 2026.",
        ),
        ("cs", "Počet incidentů k 31. 12. 2026 platí od začátku."),
        (
            "en",
            "Parents can withdraw the consent of their children from 30 June 2026.",
        ),
        (
            "es",
            "La multa fue anulada el 5 de marzo de 2026 por la Audiencia Nacional.",
        ),
        (
            "it",
            "Il prodotto è stato ritirato dal mercato il 5 marzo 2026.",
        ),
        (
            "cs",
            "Rozhodnutí úřadu bylo zrušeno soudem dne 5. února 2026.",
        ),
        (
            "en",
            "Lawmakers will cast their votes on the budget by 12 May 2026.",
        ),
        (
            "en",
            "The price slips to 5 May 2026 lows; comments on the draft are welcome.",
        ),
    ] {
        assert_eq!(told(text, language), [""; 0], "{text}");
    }
}

#[test]
fn a_day_replaces_only_one_of_its_own_event() {
    for (language, text, expected) in [
        (
            "de",
            "Die Übergangsfrist endet nun am 31. Dezember 2027 statt am 30. Juni 2027.",
            &["transition_end 2027-12-31 was 2027-06-30"][..],
        ),
        (
            "de",
            "Der Workshop findet statt am 12. Mai 2026, Anmeldung bis zum 5. Mai 2026.",
            &["event 2026-05-12", "submission 2026-05-05"],
        ),
        (
            "en",
            "A decision is scheduled for 5 May 2026 and the comment period has been extended to 30 June 2026.",
            &["comments_close 2026-06-30"],
        ),
        (
            "en",
            "Withdrawal of the old version of the standard, set for 31 December 2026, has been postponed to 31 March 2027.",
            &["withdrawal 2027-03-31 was 2026-12-31"],
        ),
        (
            "en",
            "The duties for Annex III systems move from 2 August 2026 to 2 December 2027, and for Annex I products to 2 August 2028.",
            &[
                "application 2027-12-02 was 2026-08-02",
                "application 2028-08-02",
            ],
        ),
        (
            "en",
            "Consultation status: open. Closes: 26 June 2026.",
            &["comments_close 2026-06-26"],
        ),
    ] {
        assert_eq!(told(text, language), expected, "{text}");
    }
}

/// What is counted from the day of the text, and what is not: every line was published on 10 March
/// 2026.
#[test]
fn intervals_are_counted_where_something_says_what_ends() {
    let published = "2026-03-10".parse().ok();
    let found = |text: &str, language: &str| -> Vec<(DateEvent, String)> {
        read(text, published, Some(language))
            .into_iter()
            .map(|mention| (mention.event, mention.date.to_string()))
            .collect()
    };
    for (text, language, event, day) in [
        (
            "The ballot closes in eight weeks.",
            "en",
            DateEvent::BallotClose,
            "2026-05-05",
        ),
        (
            "Firms have 45 days from today to comment on the draft code.",
            "en",
            DateEvent::CommentsClose,
            "2026-04-24",
        ),
        (
            "The public has 60 days, counted from today, to comment on the rule.",
            "en",
            DateEvent::CommentsClose,
            "2026-05-09",
        ),
        (
            "Les observations sont attendues: la consultation se termine dans deux mois.",
            "fr",
            DateEvent::CommentsClose,
            "2026-05-10",
        ),
        (
            "The governor signed the bill on 12 March 2026; it takes effect 90 days after signature.",
            "en",
            DateEvent::EntryIntoForce,
            "2026-06-10",
        ),
        (
            "It takes effect 90 days after its signature on 12 March 2026.",
            "en",
            DateEvent::EntryIntoForce,
            "2026-06-10",
        ),
    ] {
        assert!(
            found(text, language).contains(&(event, day.to_owned())),
            "{text}: {:?}",
            found(text, language)
        );
    }
    for (text, language) in [
        ("Password reset links expire in 30 days.", "en"),
        ("The commissioner's term expires in two years.", "en"),
        (
            "The commissioner's term ends in two years; comments are welcome.",
            "en",
        ),
        ("ISO 42001 certificates expire in three years.", "en"),
        ("Das Zertifikat endet in drei Jahren.", "de"),
        ("La password scade tra 90 giorni.", "it"),
        ("Son mandat expire dans deux ans.", "fr"),
        (
            "Het mandaat van de voorzitter eindigt over twee jaar; reacties welkom.",
            "nl",
        ),
        (
            "Significant incidents were reported on 31 January 2026. The law takes effect 90 days after signature.",
            "en",
        ),
        (
            "The firms reported losses on 31 January 2026. The act takes effect 90 days after signature.",
            "en",
        ),
        (
            "From today, customers keep records for five years to comply with the rules.",
            "en",
        ),
        (
            "Operators must apply 60 days after publication of this notice for a licence.",
            "en",
        ),
        ("The ministry will release funds on 1 July 2026.", "en"),
        (
            "Mme Martin remplacera à compter du 1er juin 2026 M. Dupont à la présidence de la CNIL.",
            "fr",
        ),
        ("L'appareil sera retiré du marché le 1er juin 2026.", "fr"),
        ("TikTok retirará su recurso el 1 de junio de 2026.", "es"),
        (
            "Datatilsynet slutter sig til EDPB's høringssvar den 5. maj 2026.",
            "da",
        ),
        (
            "Le Sénat doit achever le vote sur le projet de loi avant le 12 mai 2026.",
            "fr",
        ),
        ("Le scrutin municipal se termine le 12 mai 2026.", "fr"),
        (
            "Meta muss bis zum 12. Mai 2026 zu den Vorwürfen Stellung nehmen.",
            "de",
        ),
        ("The GDPR entered into force on 24 May 2016.", "en"),
        ("《个人信息保护法》自2021年11月1日起施行。", "zh"),
        (
            "Comments on the earlier draft closed on 9 January 2026.",
            "en",
        ),
    ] {
        assert_eq!(found(text, language), [], "{text}");
    }
    assert_eq!(
        found(
            "The consultation closed earlier this week, on 6 March 2026.",
            "en"
        ),
        [(DateEvent::CommentsClose, "2026-03-06".to_owned())]
    );
}
