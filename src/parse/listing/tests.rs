//! The language of definitions, one shape of page after the other.

use super::super::tests::{codes, document, source};
use super::super::{Trial, trial};
use crate::domain::document::FaultCode;
use crate::domain::source::{DateStyle, Select, Source, SourceKind};

fn definition(text: &str) -> Source {
    let select: Select = toml::from_str(text).unwrap();
    assert_eq!(super::super::selectors_valid(&select), Ok(()), "{text}");
    Source {
        select,
        ..source(SourceKind::Listing)
    }
}

fn tried(page: &str, text: &str) -> Trial {
    trial(&document(page.as_bytes()), &definition(text))
}

/// Title, day and path of each entry.
fn items(page: &str, text: &str) -> Vec<String> {
    let tried = tried(page, text);
    tried
        .parsed
        .entries
        .iter()
        .map(|entry| {
            let day = entry.published.map(|stamp| stamp.day().to_string());
            let path = entry.url.as_ref().map(|url| {
                let url = url.as_url();
                let query = url.query().map(|query| format!("?{query}"));
                format!("{}{}", url.path(), query.unwrap_or_default())
            });
            format!(
                "{} | {} | {}",
                entry.title,
                day.unwrap_or_default(),
                path.unwrap_or_default()
            )
        })
        .collect()
}

#[test]
fn shapes_of_pages() {
    let shapes = [
        (
            "a date in a heading above a group",
            "<h3>5 March 2026</h3><ul><li><a href=a>A</a><li><a href=b>B</a></ul>\
             <h3>3 March 2026</h3><p>x</p><ul><li><a href=c>C</a></ul>",
            "item = 'li'\ndate = { before = 'h3' }",
            &[
                "A | 2026-03-05 | /feeds/a",
                "B | 2026-03-05 | /feeds/b",
                "C | 2026-03-03 | /feeds/c",
            ][..],
        ),
        (
            "a heading without a date stands between",
            "<h3>5 March 2026</h3><h3>Rules</h3><p class=i><a href=a>A</a>",
            "item = '.i'\ndate = { before = 'h3', match = '\\d+ \\w+ \\d{4}' }",
            &["A | 2026-03-05 | /feeds/a"],
        ),
        (
            "headings followed by what belongs to them",
            "<div><h3>A</h3><p>Filed 2026-03-05</p><p><a href=/a.html>View</a> <a href=/a.pdf>PDF</a></p>\
             <h3>B</h3><p>No date</p><p><a href=/b.pdf>PDF</a></p></div><p><a href=/z.pdf>Other</a></p>",
            "item = 'h3'\ntitle = '::text'\nlink = { after = 'a', match = '.*\\.pdf$' }\n\
             date = { after = 'p', match = '^Filed (.*)' }",
            &["A | 2026-03-05 | /a.pdf", "B |  | /b.pdf"],
        ),
        (
            "a list of definitions",
            "<dl><dt>5 March 2026<dd><a href=a>A</a><dt>3 March 2026<dd><a href=c>C</a><dd>Note</dl>",
            "item = 'dt'\nlink = { after = 'dd a' }\ntitle = { after = 'dd a' }\ndate = '::text'\nsummary = { after = 'dd', nth = 2 }",
            &["A | 2026-03-05 | /feeds/a", "C | 2026-03-03 | /feeds/c"],
        ),
        (
            "text between tags, before and after the link",
            "<body>Filed 2026-03-05, No. 1<br><a href=a>A</a><br>Court<br><br>Filed 2026-03-03, No. 2<br><a href=b>B</a><br>End",
            "item = 'a'\ndate = { css = '::preceding', match = 'Filed ([-\\d]+)' }\nsummary = '::following'",
            &["A | 2026-03-05 | /feeds/a", "B | 2026-03-03 | /feeds/b"],
        ),
        (
            "cells that span rows, columns by their headings",
            "<table><tr><th>Date<th>No.<th>Name<tr><td rowspan=2>5 Mar 2026<td>1<td><a href=a>A</a>\
             <tr><td>2<td><a href=b>B</a><tr><td>3 Mar 2026<td colspan=2><a href=c>C</a></table>",
            "item = 'tr'\nskip = 'th'\ntitle = { column = 'Name' }\ndate = { column = 'date' }",
            &[
                "A | 2026-03-05 | /feeds/a",
                "B | 2026-03-05 | /feeds/b",
                "C | 2026-03-03 | /feeds/c",
            ],
        ),
        (
            "rows of dates among rows of items",
            "<table><tr><td colspan=2>5 March 2026<tr><td>1<td><a href=a>A</a><tr><td>2<td><a href=b>B</a>\
             <tr><td colspan=2>3 March 2026<tr><td>3<td><a href=c>C</a></table>",
            "item = 'tr'\nskip = 'td[colspan]'\ndate = { css = 'td[colspan]', inherit = true }",
            &[
                "A | 2026-03-05 | /feeds/a",
                "B | 2026-03-05 | /feeds/b",
                "C | 2026-03-03 | /feeds/c",
            ],
        ),
        (
            "several links in one cell, each an item",
            "<table><tr><td>5 Mar 2026<td>Case 1<br>A v. B<td><a href=1>1</a> (order) <a href=2>2</a></table>",
            "item = 'td a'\ntitle = [{ parts = [{ closest = 'tr', css = 'td', line = 2, nth = 1 }, '::text'], format = '{1} ({2})' }]\n\
             date = { closest = 'tr', css = 'td:first-child' }",
            &[
                "A v. B (1) | 2026-03-05 | /feeds/1",
                "A v. B (2) | 2026-03-05 | /feeds/2",
            ],
        ),
        (
            "an address in a script, a date in an address",
            "<p onclick=\"go('/n/2026/03/05/a.html')\">A</p><p onclick='go(1)'>B</p>",
            "item = 'p'\nlink = { css = '@onclick', match = \"go\\\\('([^']+)\" }\ntitle = '::text'\n\
             date = { css = '@onclick', match = '(\\d{4})/(\\d\\d)/(\\d\\d)', replace = '$1-$2-$3' }",
            &["A | 2026-03-05 | /n/2026/03/05/a.html"],
        ),
        (
            "a year that stands once on the page",
            "<h1>News of 2026</h1><ul><li><b>5 March</b> <a href=a>A</a></ul>",
            "item = 'li'\ndate = { parts = ['b', { page = true, css = 'h1', match = '\\d{4}' }] }",
            &["A | 2026-03-05 | /feeds/a"],
        ),
        (
            "alternatives in order, of selectors and of ways",
            "<ul><li><time datetime=2026-03-05></time><a href=a>A</a><li><i>3 March 2026</i><a href=b>B</a>\
             <li><i>soon</i><em>4 March 2026</em><a href=c>C</a></ul>",
            "item = 'li'\ndate = ['time@datetime || i', 'em']",
            &[
                "A | 2026-03-05 | /feeds/a",
                "B | 2026-03-03 | /feeds/b",
                "C | 2026-03-04 | /feeds/c",
            ],
        ),
        (
            "links that lead nowhere are passed over",
            "<ul><li><a href=#top>Up</a> <a href='javascript:void(0)'>Open</a> <a href=a>A</a></ul>",
            "item = 'li'",
            &["A |  | /feeds/a"],
        ),
        (
            "own text, values put together, corrected",
            "<ul><li><p>A <b>v.</b> B <span>Court</span></p><a href=1>x</a><li><p>P. v. C</p><a href=2>x</a></ul>",
            "item = 'li'\ntitle = { css = 'p::own', edit = [{ match = '^P\\.', replace = 'People' }], format = 'Case {1}' }",
            &["Case A B |  | /feeds/1", "Case People v. C |  | /feeds/2"],
        ),
        (
            "a key makes items of rows that share a link or have none",
            "<ul><li><a href=a>A</a> <i>1</i><li><a href=a>A</a> <i>2</i><li><b>C</b> <i>3</i><li><b>C</b> <i>3</i></ul>",
            "item = 'li'\nkey = 'i'\ntitle = 'a || b'",
            &["A |  | /feeds/a", "A |  | /feeds/a", "C |  | "],
        ),
        (
            "lines that only br ends",
            "<p>2026<br>5 March 2026 <a href=a>Agenda</a> <a href=b>Minutes</a><br>6 March 2026 Agenda</p>",
            "lines = 'p'\nitem = 'line'\nonly = { css = '::text', match = '^\\d+ \\w+ \\d{4}' }\n\
             key = '::text'\ntitle = { value = 'Meeting' }\ndate = '::own'",
            &["Meeting | 2026-03-05 | /feeds/a", "Meeting | 2026-03-06 | "],
        ),
        (
            "tables within tables, and tags that are never closed",
            "<table><tr><td><table><tr><th>x<tr><td>A<td>5 March 2026<td><a href=a>pdf<tr><td>B<td>3 March 2026<td><a href=b>pdf</table></table>",
            "item = 'tr:not(:has(tr)):has(a)'\ntitle = 'td:nth-child(1)'\ndate = 'td:nth-child(2)'",
            &["A | 2026-03-05 | /feeds/a", "B | 2026-03-03 | /feeds/b"],
        ),
        (
            "all of a part",
            "<ul><li><a href=a>A</a> <i>x</i> <i>y</i></ul>",
            "item = 'li'\ntitle = { css = 'a, i', all = ' / ' }",
            &["A / x / y |  | /feeds/a"],
        ),
    ];
    for (shape, page, text, expected) in shapes {
        assert_eq!(items(page, text), expected, "{shape}");
    }
}

#[test]
fn labels_and_the_next_page() {
    let page = "<base href=/list/><ul><li><a href=a>A</a><i>x</i><i>y</i></ul><nav><a rel=next href='?page=2'>Next</a></nav>";
    let found = tried(
        page,
        "item = 'li'\ncategories = 'i'\nkey = { css = 'a', format = 'no-{1}' }\nnext = 'a[rel=next]@href'",
    );
    assert_eq!(
        found.parsed.next.as_deref(),
        Some("https://example.org/list/?page=2")
    );
    let [entry] = &found.parsed.entries[..] else {
        panic!("{found:?}")
    };
    assert_eq!(entry.categories, ["x", "y"]);
    assert_eq!(entry.guid.as_deref(), Some("no-A"));
    let last = tried(
        "<ul><li><a href=a>A</a></ul><a rel=next href=#>",
        "item = 'li'\nnext = 'a[rel=next]'",
    );
    assert_eq!(last.parsed.next, None);
}

#[test]
fn every_refused_row_says_why() {
    let page = "<ul><li class=head>Date<li><a href=a>A</a><li>Only words<li><a href=a>A again</a><li><a href=b><img></a></ul>";
    let found = tried(page, "item = 'li'\nskip = '.head'");
    let told: Vec<_> = found
        .refused
        .iter()
        .map(|refusal| (refusal.row, refusal.why.as_str(), refusal.excerpt.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (3, "it has no link", "Only words"),
            (4, "its link stood on the page before", "A again"),
            (5, "it has no title", ""),
        ]
    );
    assert_eq!(found.parsed.entries.len(), 1);
}

#[test]
fn only_the_nearest_heading_above_a_row_speaks_for_it() {
    let page = "<h3>Alpha <a href=/x>more</a></h3><ul><li><a href=a>A</a></ul>\
                <h3>5 March 2026</h3><p>Case one</p><ul><li><a href=b>B</a></ul>\
                <h3>No date yet</h3><ul><li><a href=c>C</a></ul>";
    assert_eq!(
        items(page, "item = 'li'\ndate = { before = 'h3' }"),
        [
            "A |  | /feeds/a",
            "B | 2026-03-05 | /feeds/b",
            "C |  | /feeds/c"
        ]
    );
    let found = tried(
        page,
        "item = 'li'\ncategories = { before = 'h3' }\ntitle = 'a'\nkey = 'a'\nlink = { before = 'h3', css = 'a@href' }",
    );
    let told: Vec<_> = found
        .parsed
        .entries
        .iter()
        .map(|entry| (entry.url.is_some(), entry.categories.join("+")))
        .collect();
    assert_eq!(
        told,
        [
            (true, "Alpha more".to_owned()),
            (false, "5 March 2026".to_owned()),
            (false, "No date yet".to_owned()),
        ]
    );
    // A pattern says which headings are meant.
    assert_eq!(
        items(
            page,
            "item = 'li'\ndate = { before = 'h3', match = '\\d+ \\w+ \\d{4}' }"
        )[2],
        "C | 2026-03-05 | /feeds/c"
    );
}

#[test]
fn two_documents_under_one_key_are_not_lost_in_silence() {
    let page = "<ul><li><a href=1>Order one</a> 24-1<li><a href=2>Order two</a> 24-1<li><a href=2>Order two</a> 24-1</ul>";
    let found = tried(page, "item = 'li'\nkey = '::own'");
    let whys: Vec<&str> = found.refused.iter().map(|row| row.why.as_str()).collect();
    let why = "its key `24-1` stood on the page before, with another link: let select.key tell the two apart";
    assert_eq!(whys, [why, why]);
    assert!(codes(&found.parsed).contains(&FaultCode::BadItem));
}

#[test]
fn the_reason_is_told_wherever_a_value_is_looked_for() {
    let page = "<h3>Head</h3><table><tr><td>x<td><p><a href=a>ID 5</a></p></table>";
    for (title, why) in [
        ("{ before = 'h4' }", "no such element ends before it"),
        (
            "{ before = 'h3', match = '^T' }",
            "`^T` matches nothing before it, such as `Head`",
        ),
        (
            "{ closest = 'ul', css = 'b' }",
            "no such element is around it",
        ),
        (
            "{ closest = 'tr', css = 'b' }",
            "what is selected is not in it, or is empty",
        ),
        (
            "{ parts = ['a', { css = 'a', match = 'No (.)' }] }",
            "part 2: `No (.)` does not match `ID 5`",
        ),
        (
            "['b', { css = 'a', match = '^T' }]",
            "what is selected is not in it, or is empty, and `^T` does not match `ID 5`",
        ),
    ] {
        let found = tried(page, &format!("item = 'p'\ntitle = {title}"));
        assert_eq!(
            found.refused[0].why,
            format!("it has no title: {why}"),
            "{title}"
        );
    }
}

#[test]
fn what_a_replacement_or_a_format_names_must_be_there() {
    for (title, part) in [
        ("{ css = 'a', format = '{2}' }", "has the place `{2}`"),
        ("{ css = 'a', format = '{0}' }", "has the place `{0}`"),
        ("{ css = 'a', format = '%d' }", "stands beside select"),
        (
            "{ parts = ['a', 'b'], format = '{1} {3}' }",
            "there are 2 parts",
        ),
        (
            "{ css = 'a', match = '^.', replace = 'x$2' }",
            "names the group `2`",
        ),
        (
            "{ css = 'a', match = '(a)', replace = '$1st' }",
            "names the group `1st`",
        ),
        (
            "{ css = 'a', edit = [{ match = 'a', replace = '${n}' }] }",
            "names the group `n`",
        ),
    ] {
        let select: Select = toml::from_str(&format!("item = 'li'\ntitle = {title}")).unwrap();
        let told = super::super::selectors_valid(&select).unwrap_err();
        assert!(
            told.iter().any(|fault| fault.contains(part)),
            "{title}: {told:?}"
        );
    }
    for title in [
        "{ css = 'a', match = '(?<n>.)(.)', replace = '$n-${2} $$5' }",
        "{ parts = ['a', 'b'], format = '{2} of {1}' }",
        "{ css = 'a', format = 'No. {1}' }",
    ] {
        definition(&format!("item = 'li'\ntitle = {title}"));
    }
}

#[test]
fn a_list_that_says_it_is_empty_can_be_read() {
    let empty = tried(
        "<ul><li class=none>No results</ul>",
        "item = 'li'\nskip = '.none'",
    );
    assert!(empty.parsed.readable && empty.parsed.faults.is_empty());
    let changed = tried("<ul><li>Something else</ul>", "item = 'li'\nskip = '.none'");
    assert!(!changed.parsed.readable);
    assert!(codes(&changed.parsed).contains(&FaultCode::NoMatch));
}

#[test]
fn dates_of_several_patterns() {
    let mut source = definition("item = 'li'\ndate = 'i'");
    source.date = DateStyle {
        format: Some("%d.%m.%y".into()),
        formats: vec!["%y%m%d".into()],
        ..DateStyle::default()
    };
    let page = "<ul><li><a href=a>A</a><i>05.03.26</i><li><a href=b>B</a><i>260303</i></ul>";
    let found = trial(&document(page.as_bytes()), &source);
    let days: Vec<_> = found
        .parsed
        .entries
        .iter()
        .filter_map(|entry| Some(entry.published?.day().to_string()))
        .collect();
    assert_eq!(days, ["2026-03-05", "2026-03-03"]);
}

#[test]
fn ten_thousand_rows_are_read_once_each() {
    let rows: String = (0..10_010)
        .map(|n| format!("<p>x</p><h4>no date</h4><div class=i><a href={n}>A{n}</a></div>"))
        .collect();
    let page = format!("<h4>5 March 2026</h4>{rows}<b>z</b>");
    let found = tried(
        &page,
        "item = '.i'\ndate = [{ before = 'h4', match = '\\d+ \\w+ \\d{4}' }, { closest = 'body', css = 'b' }]\n\
         summary = { after = 'p' }\ncategories = { page = true, css = 'h4', nth = -1 }",
    );
    assert_eq!(found.parsed.entries.len(), 10_000);
    assert!(
        found
            .parsed
            .entries
            .iter()
            .all(|entry| entry.published.is_some())
    );
    assert!(codes(&found.parsed).contains(&FaultCode::TooManyItems));
}

fn days_of(page: &str, select: &str, date: DateStyle) -> (Vec<String>, Vec<FaultCode>) {
    let mut source = definition(select);
    source.date = date;
    let found = trial(&document(page.as_bytes()), &source);
    let days = found.parsed.entries.iter().map(|entry| {
        entry
            .published
            .map_or_else(|| "none".to_owned(), |stamp| stamp.day().to_string())
    });
    (days.collect(), codes(&found.parsed))
}

#[test]
fn one_list_is_written_in_one_order_of_day_and_month() {
    let list = |dates: &[&str]| -> String {
        let rows = dates.iter().enumerate();
        rows.map(|(n, date)| format!("<li><a href=a{n}>A{n}</a><i>{date}</i>"))
            .collect()
    };
    let select = "item = 'li'\ndate = 'i'";
    let said = |day_first: Option<bool>, format: Option<&str>| DateStyle {
        day_first,
        format: format.map(str::to_owned),
        ..DateStyle::default()
    };
    let american = list(&["07/10/2025", "07/13/2025"]);
    for (page, style, expected, faults) in [
        // What one date tells, the others are read by, before it and after it.
        (
            american.clone(),
            said(None, None),
            ["2025-07-10", "2025-07-13"],
            vec![],
        ),
        (
            list(&["13/07/2025", "10/07/2025"]),
            said(None, None),
            ["2025-07-13", "2025-07-10"],
            vec![],
        ),
        // Who says the order is believed, and what contradicts it is no date.
        (
            american.clone(),
            said(Some(true), None),
            ["2025-10-07", "none"],
            vec![FaultCode::BadDate],
        ),
        (
            american.clone(),
            said(None, Some("%d/%m/%Y")),
            ["2025-10-07", "none"],
            vec![FaultCode::BadDate],
        ),
        // The order of the pattern also counts where something stands behind the date.
        (
            list(&["07/10/2025 at noon", "07/11/2025 at noon"]),
            said(None, Some("%m/%d/%Y")),
            ["2025-07-10", "2025-07-11"],
            vec![],
        ),
        (
            list(&["13/07/2025", "07/13/2025"]),
            said(None, None),
            ["2025-07-13", "2025-07-13"],
            vec![FaultCode::BadDate],
        ),
        // A pattern of other dates says nothing of these.
        (
            american.clone(),
            said(None, Some("%B %d, %Y")),
            ["2025-07-10", "2025-07-13"],
            vec![],
        ),
        // A pattern with the year first says nothing of dates that end with it.
        (
            list(&["02/03/2026", "13/03/2026"]),
            said(None, Some("%Y-%m-%d")),
            ["2026-03-02", "2026-03-13"],
            vec![],
        ),
        // Nor does what is said of slashes hold for points, with which the day stands first.
        (
            list(&["12.07.2025", "13.07.2025"]),
            said(Some(false), None),
            ["2025-07-12", "2025-07-13"],
            vec![],
        ),
        // Of several dates the first one counts; another number is no date of the list.
        (
            list(&["07/13/2025 to 08/01/2025", "2025-07-10 (No. 13/07/25)"]),
            said(Some(true), None),
            ["none", "2025-07-10"],
            vec![FaultCode::BadDate],
        ),
        (
            list(&["2025-07-10 (No. 07/13/25)", "05/06/2025"]),
            said(None, None),
            ["2025-07-10", "2025-06-05"],
            vec![],
        ),
    ] {
        let (days, codes) = days_of(&page, select, style.clone());
        assert_eq!(days, expected, "{page} {style:?}");
        assert_eq!(codes, faults, "{page} {style:?}");
    }
}

#[test]
fn a_date_that_stands_nowhere_is_told() {
    let page = "<li><a href=a>A</a><li><a href=b>B</a>";
    let (days, codes) = days_of(page, "item = 'li'\ndate = 'time'", DateStyle::default());
    assert_eq!(days, ["none", "none"]);
    assert_eq!(codes, [FaultCode::BadDate]);
}

#[test]
fn what_a_definition_passes_over_is_counted() {
    let page = "<li>Note<li><a href=a>A</a> (final)<li><a href=b>B</a> (draft)";
    let found = tried(
        page,
        "item = 'li'\nskip = { match = 'Note' }\nonly = { match = 'final' }",
    );
    assert_eq!(found.parsed.entries.len(), 1);
    assert_eq!((found.parsed.passed.skip, found.parsed.passed.only), (1, 1));
    assert!(found.refused.is_empty());
}

#[test]
fn a_row_without_title_says_what_its_way_met() {
    let page = "<table><tr><td colspan=2>January 2026</tr><tr><td>Filed<td>Case</tr><tr><td><a href=a>x</a><td>A v. B</tr></table>";
    let why = |title: &str| {
        let found = tried(page, &format!("item = 'tr:has(a)'\ntitle = {title}"));
        found.refused.first().map(|refusal| refusal.why.clone())
    };
    // A title above the table is no row of headings.
    assert_eq!(why("{ column = 'Case' }"), None);
    let unknown = why("{ column = 'Name' }").unwrap();
    assert!(unknown.contains("`case`"), "{unknown}");
    let pattern = why("{ column = 'Case', match = '^(C)' }").unwrap();
    assert!(
        pattern.contains("`^(C)` does not match `A v. B`"),
        "{pattern}"
    );
    let nothing = why("'h3'").unwrap();
    assert!(nothing.contains("is not in it"), "{nothing}");
}

#[test]
fn a_text_is_no_address() {
    let page = "<li><b>A title of words</b><i>Mariano Romulo, Appellant</i>";
    let found = tried(page, "item = 'li'\nlink = 'i'\ntitle = 'b'");
    assert!(found.parsed.entries.is_empty());
    assert_eq!(found.refused[0].why, "it has no link");
    let page = "<li><b>A title of words</b><i>https://e.org/a</i>";
    let found = tried(page, "item = 'li'\nlink = 'i'\ntitle = 'b'");
    assert_eq!(found.parsed.entries.len(), 1);
}

#[test]
fn a_date_that_contradicts_is_not_the_one_of_the_row_before() {
    let page = "<li><a href=a>A</a><i>10/07/2025</i><li><a href=b>B</a><i>07/13/2025</i><li><a href=c>C</a>";
    let (days, codes) = days_of(
        page,
        "item = 'li'\ndate = { css = 'i', inherit = true }",
        DateStyle {
            day_first: Some(true),
            ..DateStyle::default()
        },
    );
    assert_eq!(days, ["2025-07-10", "none", "2025-07-10"]);
    assert_eq!(codes, [FaultCode::BadDate]);
}
