use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::id::{StoryId, UpdateId};
use crate::domain::story::{Apart, Story};
use crate::domain::update::Authority;
use crate::library::{Files, load};

#[derive(serde::Deserialize)]
struct Pair {
    id: String,
    a: Summary,
    b: Summary,
    same: bool,
    #[expect(dead_code, reason = "for people")]
    why: String,
}

fn vocabulary() -> Vocabulary {
    Vocabulary::new(&load(&Files::built_in()).library)
}

fn pairs(name: &str) -> Vec<Pair> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/labelled")
        .join(name);
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Precision and recall, with the errors.
fn measured(name: &str, vocabulary: &Vocabulary) -> (f64, f64, Vec<String>) {
    let (mut hit, mut false_alarm, mut missed) = (0, 0, 0);
    let mut errors = Vec::new();
    for pair in pairs(name) {
        let verdict = same_story(&pair.a, &pair.b, vocabulary);
        match (pair.same, verdict.same) {
            (true, true) => hit += 1,
            (false, true) => false_alarm += 1,
            (true, false) => missed += 1,
            (false, false) => {}
        }
        if std::env::var("MARGIN").is_ok() && !pair.same && !verdict.veto && verdict.score > 0.1 {
            println!(
                "near {:.2} {}: {} | {} {:?}",
                verdict.score, pair.id, pair.a.headline, pair.b.headline, verdict.because
            );
        }
        if pair.same != verdict.same {
            errors.push(format!(
                "{} {}: {} | {} => {:.2} {:?}",
                if pair.same { "MISSED" } else { "FALSE " },
                pair.id,
                pair.a.headline,
                pair.b.headline,
                verdict.score,
                verdict.because
            ));
        }
    }
    let precision = f64::from(hit) / f64::from(hit + false_alarm);
    let recall = f64::from(hit) / f64::from(hit + missed);
    (precision, recall, errors)
}

/// Every set of labelled pairs, with the precision and the recall that it is held to. The first three reach the goals (0.97
/// and 0.90); what the others reached when they were first scored, by whoever had seen neither the rules nor the other
/// pairs, is told in `stories.md`, and what they reach since is kept.
#[test]
fn labelled_pairs_are_told_as_well_as_recorded() {
    let vocabulary = vocabulary();
    for (name, least_precision, least_recall) in [
        ("stories.jsonl", 0.97, 0.90),
        ("stories-held-out.jsonl", 0.97, 0.90),
        ("stories-held-out-2.jsonl", 0.97, 0.90),
        ("stories-held-out-3.jsonl", 0.93, 0.87),
        // Headlines that say as little as they can of what the other one says, half of them in two languages.
        ("stories-held-out-4.jsonl", 0.93, 0.64),
        ("stories-held-out-5.jsonl", 0.95, 0.88),
        ("stories-held-out-6.jsonl", 0.93, 0.74),
        ("stories-held-out-7.jsonl", 0.96, 0.79),
        // The press plays on words and tells other details than the notice does.
        ("stories-held-out-8.jsonl", 0.93, 0.41),
        ("stories-held-out-9.jsonl", 0.97, 0.93),
    ] {
        let (precision, recall, errors) = measured(name, &vocabulary);
        println!("{name}: precision {precision:.3}, recall {recall:.3}");
        for error in &errors {
            println!("{error}");
        }
        assert!(
            precision >= least_precision,
            "{name}: precision {precision:.3}"
        );
        assert!(recall >= least_recall, "{name}: recall {recall:.3}");
    }
}

/// The accounts of one labelled subject, each once, as members of a neighbourhood.
fn neighbourhoods(vocabulary: &Vocabulary) -> BTreeMap<String, Vec<Member>> {
    let mut out: BTreeMap<String, Vec<Member>> = BTreeMap::new();
    for pair in pairs("stories.jsonl") {
        let (subject, _) = pair.id.rsplit_once('-').unwrap();
        let members = out.entry(subject.to_owned()).or_default();
        for side in [pair.a, pair.b] {
            let id = UpdateId::of(
                &side.source,
                &format!("{} {:?}", side.headline, side.published),
            );
            if members.iter().all(|member| member.id != id) {
                let fingerprint = Fingerprint::of(&side, vocabulary);
                members.push(Member {
                    id,
                    seen: members.len() as u64,
                    authority: if fingerprint.reports {
                        Authority::Secondary
                    } else {
                        Authority::Official
                    },
                    fingerprint,
                });
            }
        }
    }
    out
}

#[test]
fn groups_do_not_depend_on_the_order_of_members() {
    for (subject, members) in neighbourhoods(&vocabulary()) {
        let expected = group(&members, &Apart::default());
        for turn in 1..members.len() {
            let mut turned = members.clone();
            turned.rotate_left(turn);
            turned.reverse();
            assert_eq!(group(&turned, &Apart::default()), expected, "{subject}");
        }
        let together: usize = expected.iter().map(|story| story.updates.len()).sum();
        assert_eq!(together, members.len(), "{subject}");
    }
}

#[test]
fn members_added_one_by_one_end_in_the_same_groups() {
    // As the pipeline does it: a new update is grouped with the whole stories it is near to.
    for (subject, members) in neighbourhoods(&vocabulary()) {
        let expected = group(&members, &Apart::default());
        let mut stories: Vec<Story> = Vec::new();
        for at in 0..members.len() {
            stories = group(&members[..=at], &Apart::default());
        }
        assert_eq!(stories, expected, "{subject}");
        assert_eq!(
            stories[0].id,
            StoryId::of(
                &stories[0]
                    .updates
                    .iter()
                    .min_by_key(|id| {
                        members
                            .iter()
                            .find(|member| member.id == **id)
                            .unwrap()
                            .seen
                    })
                    .unwrap()
                    .clone()
            ),
            "{subject}"
        );
    }
}

#[test]
fn a_pair_told_apart_stays_apart_and_the_official_source_leads() {
    let vocabulary = vocabulary();
    let members = neighbourhoods(&vocabulary)
        .remove("dpa-fine-retailer")
        .unwrap();
    let stories = group(&members, &Apart::default());
    let story = stories
        .iter()
        .find(|story| story.updates.len() == 3)
        .unwrap();
    let lead = story.lead().unwrap();
    assert_eq!(
        members
            .iter()
            .find(|member| member.id == *lead)
            .unwrap()
            .authority,
        Authority::Official
    );
    let mut apart = Apart::default();
    apart.tell_apart(lead, &story.updates[1]);
    let after = group(&members, &apart);
    assert!(
        after
            .iter()
            .all(|other| !(other.updates.contains(lead)
                && other.updates.contains(&story.updates[1])))
    );
    apart.allow(&story.updates[1], lead);
    assert_eq!(group(&members, &apart), stories);
}

#[test]
fn a_correction_joins_its_notice_and_is_marked() {
    let members = neighbourhoods(&vocabulary()).remove("corrections").unwrap();
    let stories = group(&members, &Apart::default());
    let corrected: Vec<&Story> = stories
        .iter()
        .filter(|story| !story.corrections.is_empty())
        .collect();
    assert_eq!(corrected.len(), 1);
    assert_eq!(corrected[0].updates.len(), 2);
    for (headline, correction) in [
        ("Correction: new guidelines", true),
        ("Corrigendum to our notice of 3 May", true),
        ("Berichtigung: Bußgeld gegen X", true),
        ("Rectificatif – amende contre X", true),
        ("New guidelines (corrected)", true),
        ("Corrigendum to Regulation (EU) 2024/2847", false),
        ("ISO/IEC 27001:2013/Cor 1:2014 published", false),
        ("Right to correction: new guidelines", false),
    ] {
        let mut summary = pairs("stories.jsonl").remove(0).a;
        summary.headline = headline.to_owned();
        assert_eq!(
            Fingerprint::of(&summary, &Vocabulary::default()).is_correction(),
            correction,
            "{headline}"
        );
    }
}

#[test]
fn what_is_one_story_is_found_among_many() {
    let vocabulary = vocabulary();
    let all = pairs("stories.jsonl");
    let mut index = Candidates::new(4096);
    for (at, pair) in all.iter().enumerate() {
        index.insert(at * 2, &Fingerprint::of(&pair.a, &vocabulary));
        index.insert(at * 2 + 1, &Fingerprint::of(&pair.b, &vocabulary));
    }
    let (mut found, mut wanted) = (0, 0);
    for (at, pair) in all.iter().enumerate() {
        let (a, b) = (
            Fingerprint::of(&pair.a, &vocabulary),
            Fingerprint::of(&pair.b, &vocabulary),
        );
        if !compare(&a, &b).same {
            continue;
        }
        wanted += 1;
        let ids = index.look_up(&a, 48);
        let texts = |id: usize| {
            let pair = &all[id / 2];
            if id.is_multiple_of(2) {
                &pair.a
            } else {
                &pair.b
            }
        };
        if ids.iter().any(|id| texts(*id) == &pair.b) {
            found += 1;
        } else {
            println!(
                "not proposed: {} {} | {}",
                pair.id, pair.a.headline, all[at].b.headline
            );
        }
    }
    println!("proposed: {found} of {wanted}");
    assert!(found * 100 >= wanted * 97, "{found} of {wanted}");
}

#[test]
fn an_index_forgets_the_oldest_and_finds_nobody_else() {
    let vocabulary = Vocabulary::default();
    let mut summary = pairs("stories.jsonl").remove(0).a;
    let mut index = Candidates::new(100);
    for number in 0..1000_u32 {
        summary.headline = format!("CVE-2026-{} in product Zq{number}x", 10_000 + number);
        summary.summary = String::new();
        summary.frameworks = Vec::new();
        index.insert(number, &Fingerprint::of(&summary, &vocabulary));
    }
    assert_eq!(index.len(), 100);
    for number in [0, 500, 899, 900, 950, 999] {
        summary.headline = format!("Flaw CVE-2026-{}", 10_000 + number);
        let ids = index.look_up(&Fingerprint::of(&summary, &vocabulary), 3);
        assert_eq!(
            ids.first() == Some(&number),
            number >= 900,
            "{number}: {ids:?}"
        );
    }
}

/// Updates of one page are worded alike, and those of one project, too.
#[test]
fn versions_of_a_page_and_stages_of_a_project_are_events_of_their_own() {
    let update = |source: &str, version, stage: Option<&str>| Summary {
        source: SourceId::new(source).unwrap(),
        body: None,
        headline: "Guidance on reporting: “Time limits” changed".to_owned(),
        summary: "1 passage changed.".to_owned(),
        published: NaiveDate::from_ymd_opt(2026, 3, 2),
        references: Vec::new(),
        frameworks: Vec::new(),
        kind: None,
        version,
        stage: stage.map(|stage| ("ISO 1".to_owned(), stage.parse().unwrap())),
        reported: Vec::new(),
    };
    let same = |a: &Summary, b: &Summary| same_story(a, b, &Vocabulary::default()).same;
    assert!(same(&update("s", None, None), &update("s", None, None)));
    assert!(!same(
        &update("s", Some(2), None),
        &update("s", Some(3), None)
    ));
    // One edit on many pages: each page came to a version of its own.
    assert!(same(
        &update("s", Some(2), None),
        &update("s", Some(2), None)
    ));
    let (a, b) = (Some("90.20"), Some("90.60"));
    assert!(!same(&update("s", None, a), &update("s", None, b)));
    assert!(same(&update("s", None, a), &update("s", None, a)));
    // Words that report the same stage tell of the same event; of another stage, of another.
    for (stage, one) in [("90.20", true), ("90.60", false)] {
        let report = Summary {
            reported: vec![("ISO 1".to_owned(), stage.parse().unwrap())],
            ..update("s", None, None)
        };
        assert_eq!(same(&update("s", None, a), &report), one, "{stage}");
        assert_eq!(same(&report, &update("s", None, a)), one, "{stage}");
    }
}

fn any_summary() -> impl Strategy<Value = Summary> {
    (
        "\\PC{0,60}|([A-Z][a-z]{2,8} ){1,8}|(CVE-2026-[0-9]{4} |€[0-9]{1,9} (million|Mio\\.)? ?|Part [0-9] ){1,4}",
        "\\PC{0,120}",
        proptest::option::of(0_i32..4000),
        proptest::option::of(0..UpdateKind::ALL.len()),
        proptest::collection::vec("\\PC{0,20}|ISO/IEC [0-9]{5}:20[0-9]{2}", 0..3),
    )
        .prop_map(|(headline, summary, day, kind, references)| Summary {
            source: SourceId::new("s").unwrap(),
            body: None,
            headline,
            summary,
            published: day.and_then(|day| NaiveDate::from_num_days_from_ce_opt(739_000 + day)),
            references,
            frameworks: Vec::new(),
            kind: kind.map(|at| UpdateKind::ALL[at]),
            version: None,
            stage: None,
            reported: Vec::new(),
        })
}

proptest! {
    #[test]
    fn a_verdict_has_no_order(a in any_summary(), b in any_summary()) {
        let vocabulary = Vocabulary::default();
        let (x, y) = (Fingerprint::of(&a, &vocabulary), Fingerprint::of(&b, &vocabulary));
        prop_assert_eq!(compare(&x, &y), compare(&y, &x));
        prop_assert!((0.0..=1.0).contains(&compare(&x, &y).score));
    }

    #[test]
    fn a_fingerprint_is_packed_and_read_again(a in any_summary()) {
        let fingerprint = Fingerprint::of(&a, &Vocabulary::default());
        prop_assert_eq!(Fingerprint::unpacked(&fingerprint.packed()), Some(fingerprint));
    }
}

#[test]
fn a_packed_fingerprint_is_small_and_whole() {
    let vocabulary = vocabulary();
    let mut sizes: Vec<usize> = pairs("stories.jsonl")
        .iter()
        .map(|pair| {
            let fingerprint = Fingerprint::of(&pair.a, &vocabulary);
            let packed = fingerprint.packed();
            assert_eq!(Fingerprint::unpacked(&packed), Some(fingerprint));
            packed.len()
        })
        .collect();
    sizes.sort_unstable();
    assert!(
        sizes[sizes.len() / 2] < 700,
        "{} bytes",
        sizes[sizes.len() / 2]
    );
}

/// Sums in two currencies are told apart where they differ by far, and joined where they do not.
#[test]
fn a_fine_in_another_currency_is_another_fine_where_it_is_another_sum() {
    let vocabulary = vocabulary();
    let told = |body: &str, headline: &str, summary: &str| -> Summary {
        serde_json::from_value(serde_json::json!({
            "source": format!("{body}-news"), "body": body, "headline": headline, "summary": summary,
            "published": "2026-03-10", "references": [], "frameworks": [], "kind": "enforcement",
        }))
        .unwrap()
    };
    for (same, a, b) in [
        (
            false,
            (
                "dpc-ie",
                "DPC fines Clipstream €345 million over children's accounts",
                "The decision closes the inquiry into Clipstream.",
            ),
            (
                "ico",
                "Clipstream fined £12.7 million by UK regulator over children's accounts",
                "Clipstream had let in children under 13.",
            ),
        ),
        (
            true,
            (
                "uodo",
                "Kara 27 mln zł dla firmy Clipstream za naruszenie ochrony danych",
                "Prezes UODO nałożył karę na Clipstream.",
            ),
            (
                "iapp",
                "Poland: Clipstream fined 6.3 million euros over a breach of data protection",
                "The UODO imposed the fine on Clipstream.",
            ),
        ),
        (
            true,
            (
                "datatilsynet-no",
                "Clipstream får 65 millioner kroner i gebyr",
                "Datatilsynet fant at Clipstream delte data om 1,2 millioner brukere.",
            ),
            (
                "iapp",
                "Norway: Clipstream fined 6.3 million euros for sharing data",
                "Clipstream shared data of users, Datatilsynet found.",
            ),
        ),
    ] {
        let [x, y] = [a, b].map(|(body, headline, summary)| told(body, headline, summary));
        let verdict = same_story(&x, &y, &vocabulary);
        assert_eq!(
            verdict.same, same,
            "{} | {}: {:?}",
            a.1, b.1, verdict.because
        );
    }
}
