use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::domain::catalogue::{CatalogueRow, KnownProjects, KnownRow, RowFacts, StoredRow};
use crate::domain::change::Fingerprint;
use crate::domain::id::SourceId;
use crate::domain::standard::{
    FactChange, Form, Position, Project, ProjectChange, ProjectId, StageEvent, Weight,
};

/// A register in memory: what the store would know.
#[derive(Clone, Debug, Default, PartialEq)]
struct Register {
    rows: HashMap<(SourceId, String), StoredRow>,
    projects: HashMap<ProjectId, Project>,
    events: HashMap<ProjectId, Vec<StageEvent>>,
    wholes: HashMap<SourceId, Vec<DateTime<Utc>>>,
}

/// A text as a test writes it: the file (or none), the project, the reference, where it stands.
type Line<'a> = (&'a str, u64, &'a str, &'a str);

fn row(line: &Line<'_>) -> ReadRow {
    let (file, project, reference, position) = *line;
    let form = Form::of(reference);
    ReadRow {
        row: CatalogueRow {
            key: reference.to_owned(),
            file: (!file.is_empty()).then(|| file.to_owned()),
            project: ProjectId::numbered(project),
            reference: reference.to_owned(),
            work: "ISO 99001".to_owned(),
            position: position.parse().unwrap(),
            rank: form.order(),
            facts: RowFacts::default(),
        },
        bytes: Fingerprint(0),
    }
}

fn at(day: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(19_000 + day)
}

impl Register {
    fn known_rows(&self, source: &SourceId) -> Vec<KnownRow> {
        let mut out: Vec<KnownRow> = self
            .rows
            .iter()
            .filter(|((of, _), _)| of == source)
            .map(|((_, key), stored)| KnownRow {
                key: key.clone(),
                file: stored.row.file.clone(),
                bytes: Fingerprint(1),
                absent_since: stored.absent_since,
            })
            .collect();
        out.sort_by(|a, b| a.key.cmp(&b.key));
        out
    }

    /// Takes in a whole snapshot; what came of it.
    fn take(&mut self, source: &str, day: i64, read: Vec<ReadRow>) -> Comparison {
        let source: SourceId = source.parse().unwrap();
        let known = self.known_rows(&source);
        let names = (0..)
            .zip(&read)
            .map(|(place, read)| RowName::of(place, read));
        let read = Sighting::new(&known)
            .keyed(names.collect())
            .into_iter()
            .map(|name| {
                let mut read = read[name.place].clone();
                read.row.key = name.key;
                read
            })
            .collect();
        let past = KnownProjects {
            rows: self
                .rows
                .iter()
                .filter(|((of, _), _)| *of == source)
                .map(|((_, key), stored)| (key.clone(), stored.clone()))
                .collect(),
            projects: self.projects.clone(),
            events: self.events.clone(),
        };
        let wholes = self.wholes.entry(source.clone()).or_default();
        let setting = Setting {
            source: &source,
            at: at(day),
            document: 1,
            snapshot: wholes.len() as i64 + 1,
            whole: true,
            baseline: wholes.first().is_none_or(|first| *first == at(day)),
            last_whole: wholes.last().copied(),
        };
        let out = compare(read, &past, &setting, &|_| true);
        if wholes.last().is_none_or(|last| *last < at(day)) {
            wholes.push(at(day));
        }
        for stored in &out.rows {
            self.rows
                .insert((source.clone(), stored.row.key.clone()), stored.clone());
        }
        for project in &out.projects {
            self.projects.insert(project.id.clone(), project.clone());
        }
        for event in &out.events {
            let events = self.events.entry(event.project.clone()).or_default();
            assert!(events.iter().all(|one| one.number != event.number));
            events.push(event.clone());
        }
        out
    }

    fn lines(&mut self, day: i64, lines: &[Line<'_>]) -> Comparison {
        self.take("relaton", day, lines.iter().map(row).collect())
    }

    fn stands(&self, project: u64) -> (&str, String) {
        let project = &self.projects[&ProjectId::numbered(project)];
        (&project.reference, project.position.to_string())
    }

    /// The moves of a project: from and to.
    fn moves(&self, project: u64) -> Vec<(String, String)> {
        self.events[&ProjectId::numbered(project)]
            .iter()
            .filter(|event| event.weight == Weight::Moved)
            .map(|event| {
                let from = event
                    .from
                    .as_ref()
                    .map_or_else(String::new, Position::to_string);
                (from, event.to.to_string())
            })
            .collect()
    }
}

fn pairs(moves: &[(&str, &str)]) -> Vec<(String, String)> {
    moves
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

fn steps(change: &ProjectChange) -> Vec<(String, String)> {
    change
        .steps
        .iter()
        .map(|step| {
            let from = step
                .from
                .as_ref()
                .map_or_else(String::new, Position::to_string);
            (from, step.to.to_string())
        })
        .collect()
}

#[test]
fn a_draft_that_becomes_the_standard_is_one_project() {
    let mut register = Register::default();
    let dis = ("iso-dis-99001.yaml", 7, "ISO/DIS 99001", "40.60");
    assert!(register.lines(0, &[dis]).changes[0].baseline);

    // The old file stays for ever, where its last crawl left it.
    let gone_on = ("iso-dis-99001.yaml", 7, "ISO/DIS 99001", "40.99");
    let fdis = ("iso-fdis-99001.yaml", 7, "ISO/FDIS 99001", "50.20");
    let seen = register.lines(30, &[gone_on, fdis]);
    assert_eq!(
        (seen.moves.len(), seen.new_rows, seen.successors),
        (1, 1, 1)
    );
    assert_eq!(
        steps(&seen.changes[0]),
        pairs(&[("40.60", "40.99"), ("40.99", "50.20")])
    );
    assert_eq!(register.stands(7), ("ISO/FDIS 99001", "50.20".to_owned()));

    let published = ("iso-99001-2024.yaml", 7, "ISO 99001:2024", "60.60");
    let seen = register.lines(60, &[gone_on, fdis, published]);
    assert_eq!(seen.moves, []);
    assert_eq!(register.stands(7), ("ISO 99001:2024", "60.60".to_owned()));
    assert_eq!(
        register.moves(7),
        pairs(&[
            ("", "40.60"),
            ("40.60", "40.99"),
            ("40.99", "50.20"),
            ("50.20", "60.60")
        ])
    );
    // The same again is nothing.
    let again = register.lines(90, &[gone_on, fdis, published]);
    assert_eq!(
        (again.moves.len(), again.changes.len(), again.events.len()),
        (0, 0, 0)
    );
    assert_eq!(again.rewritten.len(), 3);
}

#[test]
fn stages_go_backwards_and_rounds_follow_one_another() {
    let mut register = Register::default();
    register.lines(
        0,
        &[
            ("", 1, "ISO/DIS 99001", "40.99"),
            ("", 2, "ISO 99002:2015", "90.92"),
            ("", 3, "ISO/CD 99003", "30.60"),
        ],
    );
    let seen = register.lines(
        10,
        &[
            ("", 1, "ISO/DIS 99001", "40.93"),
            ("", 1, "ISO/DIS 99001.2", "40.20"),
            ("", 2, "ISO 99002:2015", "60.60"),
            ("", 3, "ISO/CD 99003", "30.92"),
            ("", 3, "ISO/CD 99003.2", "30.60"),
        ],
    );
    assert_eq!(seen.moves.len(), 3);
    assert_eq!(register.stands(1), ("ISO/DIS 99001.2", "40.20".to_owned()));
    assert_eq!(register.stands(2), ("ISO 99002:2015", "60.60".to_owned()));
    assert_eq!(register.stands(3), ("ISO/CD 99003.2", "30.60".to_owned()));
    // Back from the final ballot to a new enquiry: the text that hands over comes first.
    register.lines(20, &[("", 1, "ISO/FDIS 99001", "50.20")]);
    register.lines(
        30,
        &[
            ("", 1, "ISO/FDIS 99001", "50.92"),
            ("", 1, "ISO/DIS 99001.3", "40.20"),
        ],
    );
    assert_eq!(register.stands(1), ("ISO/DIS 99001.3", "40.20".to_owned()));
}

#[test]
fn what_is_alive_is_what_moves() {
    // A number used before: a text under publication lies there while its draft is still voted.
    let mut register = Register::default();
    register.lines(
        0,
        &[
            ("", 5, "ISO/DTR 99005", "50.20"),
            ("", 5, "ISO/TR 99005", "60.00"),
        ],
    );
    assert_eq!(register.stands(5), ("ISO/TR 99005", "60.00".to_owned()));
    register.lines(
        9,
        &[
            ("", 5, "ISO/DTR 99005", "50.92"),
            ("", 5, "ISO/DTR 99005.2", "50.20"),
            ("", 5, "ISO/TR 99005", "60.00"),
        ],
    );
    assert_eq!(register.stands(5), ("ISO/DTR 99005.2", "50.20".to_owned()));
    // An unchanged file that lies beside it never pulls it anywhere.
    register.lines(
        19,
        &[
            ("", 5, "ISO/DTR 99005", "50.92"),
            ("", 5, "ISO/DTR 99005.2", "50.60"),
            ("", 5, "ISO/TR 99005", "60.00"),
        ],
    );
    assert_eq!(register.stands(5), ("ISO/DTR 99005.2", "50.60".to_owned()));
    assert_eq!(register.moves(5).len(), 4);
}

#[test]
fn the_first_snapshot_has_one_past_for_a_project() {
    let mut register = Register::default();
    let seen = register.lines(
        0,
        &[
            ("", 5, "ISO/CD 99005", "30.99"),
            ("", 5, "ISO/DIS 99005", "40.00"),
        ],
    );
    assert_eq!(register.moves(5), pairs(&[("", "40.00")]));
    assert_eq!(seen.changes.len(), 1);
    assert!(seen.changes[0].baseline && seen.changes[0].is_new);
    assert_eq!(
        seen.events
            .iter()
            .filter(|event| event.weight == Weight::Aside)
            .count(),
        1
    );
}

#[test]
fn a_missing_row_is_no_withdrawal_and_a_shrunken_list_a_fault() {
    let mut register = Register::default();
    register.lines(
        0,
        &[
            ("", 1, "ISO 1:2020", "60.60"),
            ("", 2, "ISO 2:2020", "60.60"),
        ],
    );
    let seen = register.lines(1, &[("", 1, "ISO 1:2020", "60.60")]);
    assert_eq!((seen.changes.len(), seen.events.len()), (0, 0));
    assert_eq!(register.stands(2).1, "60.60");

    assert_eq!(shrunken(2_400, 2_517), None);
    assert_eq!(shrunken(80_000, 2_517), None);
    assert_eq!(shrunken(2_000, 2_517).unwrap().code, FaultCode::Shrunken);
    assert_eq!(shrunken(0, 1).unwrap().code, FaultCode::Shrunken);
    assert_eq!(half_read(1, 10), None);
    assert_eq!(half_read(1_000, 100), None);
    assert!(half_read(1_000, 200).is_some());
    assert!(half_read(0, 0).is_some());
}

use crate::domain::document::FaultCode;

#[test]
fn an_earlier_time_learnt_late_is_told_to_nobody() {
    let mut register = Register::default();
    register.lines(0, &[("", 1, "ISO/DIS 99001", "40.00")]);
    register.lines(
        20,
        &[
            ("", 1, "ISO/DIS 99001", "40.60"),
            ("", 2, "ISO/NP 99002", "10.00"),
        ],
    );
    let before = register.projects.clone();
    let late = register.lines(
        10,
        &[
            ("", 1, "ISO/DIS 99001", "40.20"),
            ("", 3, "ISO/NP 99003", "10.00"),
        ],
    );
    assert_eq!(
        (late.moves.len(), late.changes.len(), late.rows.len()),
        (0, 0, 1)
    );
    assert_eq!(
        register.stands(1).1,
        before[&ProjectId::numbered(1)].position.to_string()
    );
    let aside: Vec<(String, DateTime<Utc>)> = late
        .events
        .iter()
        .filter(|event| event.weight == Weight::Aside)
        .map(|event| (event.to.to_string(), event.observed_at))
        .collect();
    assert_eq!(aside, [("40.20".to_owned(), at(10))]);
    // Learnt once more, it is there already.
    let again = register.lines(
        10,
        &[
            ("", 1, "ISO/DIS 99001", "40.20"),
            ("", 3, "ISO/NP 99003", "10.00"),
        ],
    );
    assert_eq!(again.events, []);
}

#[test]
fn two_catalogues_that_see_one_event_see_one() {
    let open = |line: &[Line<'_>]| -> Vec<ReadRow> {
        line.iter()
            .map(|line| {
                let mut read = row(line);
                read.row.key = line.1.to_string();
                read
            })
            .collect()
    };
    let mut register = Register::default();
    register.take("open-data", 0, open(&[("", 1, "ISO/DIS 99001", "40.00")]));
    // A second catalogue's first snapshot tells nothing, whatever it says.
    let second = register.lines(
        1,
        &[
            ("", 1, "ISO/DIS 99001", "40.00"),
            ("", 1, "ISO/CD 99001", "30.99"),
        ],
    );
    assert_eq!(second.changes, []);
    assert_eq!(register.stands(1).1, "40.00");

    let first = register.take("open-data", 10, open(&[("", 1, "ISO/DIS 99001", "40.20")]));
    assert_eq!(first.changes.len(), 1);
    // The other sees it three days later: one more proof.
    let proof = register.lines(13, &[("", 1, "ISO/DIS 99001", "40.20")]);
    assert_eq!((proof.moves.len(), proof.changes.len()), (1, 0));
    // It lags behind: what was left already is told to nobody, and pulls nothing back.
    register.take("open-data", 20, open(&[("", 1, "ISO/DIS 99001", "40.60")]));
    register.take("open-data", 30, open(&[("", 1, "ISO/DIS 99001", "40.99")]));
    let late = register.lines(33, &[("", 1, "ISO/DIS 99001", "40.60")]);
    assert_eq!(late.changes, []);
    assert_eq!(register.stands(1).1, "40.99");
    // It catches up, and from then on may lead.
    register.lines(36, &[("", 1, "ISO/DIS 99001", "40.99")]);
    let leads = register.lines(
        40,
        &[
            ("", 1, "ISO/DIS 99001", "40.99"),
            ("", 1, "ISO/FDIS 99001", "50.00"),
        ],
    );
    assert_eq!(leads.changes.len(), 1);
    assert_eq!(register.stands(1), ("ISO/FDIS 99001", "50.00".to_owned()));
    assert_eq!(
        register.moves(1),
        pairs(&[
            ("", "40.00"),
            ("40.00", "40.20"),
            ("40.20", "40.60"),
            ("40.60", "40.99"),
            ("40.99", "50.00")
        ])
    );
}

#[test]
fn a_file_may_take_up_another_project() {
    let mut register = Register::default();
    register.lines(
        0,
        &[
            ("", 1, "ISO/DTS 99001", "50.20"),
            ("", 1, "ISO/TS 99001:2024", "60.60"),
            ("", 2, "ISO/CD TS 99001", "30.00"),
        ],
    );
    let seen = register.lines(
        5,
        &[
            ("", 2, "ISO/DTS 99001", "50.00"),
            ("", 1, "ISO/TS 99001:2024", "90.92"),
            ("", 2, "ISO/CD TS 99001", "30.00"),
        ],
    );
    // The row moved, as a row; its old project is not touched by it.
    assert_eq!(seen.moves.len(), 2);
    assert_eq!(
        register.stands(1),
        ("ISO/TS 99001:2024", "90.92".to_owned())
    );
    assert_eq!(
        register.moves(1),
        pairs(&[("", "60.60"), ("60.60", "90.92")])
    );
    assert_eq!(
        register.moves(2),
        pairs(&[("", "30.00"), ("30.00", "50.00")])
    );
}

#[test]
fn two_files_with_one_reference_are_two_rows() {
    let mut register = Register::default();
    let own = "data/iso-22343-1-2023.yaml";
    let other = "data/iso-22343-1:2023.yaml";
    let reference = "ISO 22343-1:2023";
    register.lines(
        0,
        &[(other, 1, reference, "60.60"), (own, 1, reference, "60.60")],
    );
    assert_eq!(register.rows.len(), 2);
    let seen = register.lines(
        1,
        &[(own, 1, reference, "90.20"), (other, 1, reference, "60.60")],
    );
    assert_eq!(seen.moves.len(), 1);
    assert_eq!(seen.moves[0].file.as_deref(), Some(own));
    assert_eq!(register.stands(1).1, "90.20");
    // A copy under any name that alone bears the reference is that row.
    let mut register = Register::default();
    register.lines(0, &[("before.yaml", 1, reference, "60.60")]);
    let seen = register.lines(1, &[("after.yaml", 1, reference, "90.20")]);
    assert_eq!((seen.moves.len(), seen.new_rows), (1, 0));
}

#[test]
fn other_facts_are_told_and_noise_is_not() {
    let with = |reference: &str, position: &str, change: &dyn Fn(&mut RowFacts)| {
        let mut read = row(&("", 1, reference, position));
        read.row.facts.title = "Widgets - Guidelines".to_owned();
        change(&mut read.row.facts);
        read
    };
    let mut register = Register::default();
    let mut day = 0;
    let mut told = |read: ReadRow| {
        day += 1;
        let seen = register.take("relaton", day, vec![read]);
        seen.changes
            .into_iter()
            .flat_map(|change| change.facts)
            .collect::<Vec<_>>()
    };
    told(with("ISO 99001:2020", "60.60", &|_| {}));
    let longer =
        |facts: &mut RowFacts| facts.title = "Widgets — guidelines -- Part 1: Bolts".to_owned();
    assert_eq!(told(with("ISO 99001:2020", "60.60", &longer)), []);
    let other = |facts: &mut RowFacts| facts.title = "Gadgets - Guidelines".to_owned();
    assert!(matches!(
        told(with("ISO 99001:2020", "60.60", &other))[..],
        [FactChange::Renamed { .. }]
    ));
    let replaced = |facts: &mut RowFacts| {
        other(facts);
        facts.replaced_by = vec!["ISO 99001:2027".to_owned()];
        facts.revised_by = vec!["ISO/FDIS 99001".to_owned()];
    };
    let found = told(with("ISO 99001:2020", "60.60", &replaced));
    assert!(
        matches!(&found[..], [FactChange::ReplacedBy { by }, FactChange::UnderRevision { .. }] if by == &["ISO 99001:2027"])
    );
    // The revision's draft is called otherwise at every stage, and relations may go.
    let later = |facts: &mut RowFacts| {
        other(facts);
        facts.revised_by = vec!["ISO 99001".to_owned()];
    };
    assert_eq!(told(with("ISO 99001:2020", "60.60", &later)), []);
}

#[test]
fn a_retired_draft_withdraws_nothing() {
    let nist = |rank: u32, key: &str, position: &str| {
        let mut read = row(&("", 1, key, "60.60"));
        read.row.position = position.parse().unwrap();
        read.row.rank = rank;
        read
    };
    let (ipd, two, last) = (3_001, 3_002, Position::Final.order());
    let mut register = Register::default();
    register.take("nist", 0, vec![nist(ipd, "X ipd", "ipd")]);
    register.take(
        "nist",
        1,
        vec![nist(ipd, "X ipd", "withdrawn"), nist(two, "X 2pd", "2pd")],
    );
    register.take(
        "nist",
        2,
        vec![
            nist(ipd, "X ipd", "withdrawn"),
            nist(two, "X 2pd", "2pd"),
            nist(last, "X final", "final"),
        ],
    );
    register.take(
        "nist",
        3,
        vec![
            nist(ipd, "X ipd", "withdrawn"),
            nist(two, "X 2pd", "withdrawn"),
            nist(last, "X final", "final"),
        ],
    );
    assert_eq!(
        register.moves(1),
        pairs(&[("", "ipd"), ("ipd", "2pd"), ("2pd", "final")])
    );
    register.take("nist", 4, vec![nist(last, "X final", "withdrawn")]);
    assert_eq!(register.stands(1).1, "withdrawn");
}

/// Four snapshots of three projects: what each text of each project may say.
fn snapshots() -> impl proptest::strategy::Strategy<Value = Vec<Vec<Line<'static>>>> {
    use proptest::prelude::*;
    const NAMES: [&str; 6] = [
        "ISO/CD 1",
        "ISO/CD 1.2",
        "ISO/DIS 1",
        "ISO/FDIS 1",
        "ISO 1",
        "ISO 1:2024",
    ];
    const STAGES: [&str; 8] = [
        "30.20", "30.92", "40.20", "40.99", "50.20", "60.00", "60.60", "90.93",
    ];
    let line = (0..NAMES.len(), 0..STAGES.len())
        .prop_map(|(name, stage)| ("", name as u64 % 3, NAMES[name], STAGES[stage]));
    proptest::collection::vec(proptest::collection::vec(line, 0..8), 1..5)
}

proptest::proptest! {
    /// The order of the rows changes nothing, and a snapshot that is fed again is nothing new.
    #[test]
    fn order_and_repetition_change_nothing(snapshots in snapshots()) {
        let (mut straight, mut reversed) = (Register::default(), Register::default());
        for (day, lines) in (0_i64..).zip(&snapshots) {
            let a = straight.lines(day, lines);
            let mut lines = lines.clone();
            lines.reverse();
            let b = reversed.lines(day, &lines);
            proptest::prop_assert_eq!(&a, &b);
            let before = straight.clone();
            let again = straight.lines(day, &lines);
            proptest::prop_assert_eq!((again.moves.len(), again.changes.len(), again.events.len(), again.rows.len()), (0, 0, 0, 0));
            proptest::prop_assert_eq!(&straight, &before);
        }
        // One history, which leads without a gap to where the project stands.
        for (id, project) in &straight.projects {
            let mut at: Option<Position> = None;
            for event in straight.events[id].iter().filter(|event| event.weight == Weight::Moved) {
                proptest::prop_assert_eq!(&event.from, &at);
                at = Some(event.to.clone());
            }
            proptest::prop_assert_eq!(at.as_ref(), Some(&project.position));
        }
    }
}
