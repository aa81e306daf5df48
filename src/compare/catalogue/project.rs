//! Where a project stands, out of the rows that are its texts.
//!
//! A catalogue may keep the row of every draft for ever (Relaton does), so a project stands in
//! several rows at different stages. What is alive is what moves: the project stands where the
//! row stands that last appeared or moved. Of several that did so at one moment, the furthest
//! text counts; one that hands over to the next (x.92, x.93) comes before all others.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::sighting::ReadRow;
use crate::domain::catalogue::{CatalogueRow, KnownProjects, StoredRow};
use crate::domain::change::Fingerprint;
use crate::domain::id::SourceId;
use crate::domain::standard::{
    FactChange, Position, Project, ProjectChange, ProjectId, RowMove, StageEvent, Step, Weight,
};

/// What is true of every row of one reading.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// The catalogue.
    pub source: &'a SourceId,
    /// When it was so.
    pub at: DateTime<Utc>,
    /// The document that says so.
    pub document: i64,
    /// The number of the first whole snapshot that shows the rows where they stand now.
    pub snapshot: i64,
    /// Whether the reading is of the whole list.
    pub whole: bool,
    /// Whether nothing was ever read from this catalogue before this moment.
    pub baseline: bool,
    /// When the whole list was last read.
    pub last_whole: Option<DateTime<Utc>>,
}

impl Setting<'_> {
    /// Whether the catalogue is known as it was later than this.
    fn is_late(&self) -> bool {
        self.last_whole.is_some_and(|last| self.at < last)
    }
}

/// What comparing found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Rows to be written.
    pub rows: Vec<StoredRow>,
    /// Rows that say the same in other bytes.
    pub rewritten: Vec<(String, Fingerprint)>,
    /// Projects to be written.
    pub projects: Vec<Project>,
    /// Events to be added.
    pub events: Vec<StageEvent>,
    /// Rows that moved, in the order of their keys.
    pub moves: Vec<RowMove>,
    /// Projects of which there is something to tell.
    pub changes: Vec<ProjectChange>,
    /// Rows that are new.
    pub new_rows: usize,
    /// Of them texts of a project that was known.
    pub successors: usize,
}

/// A row that appeared, moved, or says something else, beside what it said.
struct Text<'a> {
    row: CatalogueRow,
    was: Option<&'a StoredRow>,
    /// Whether it appeared in its project or stands elsewhere.
    moved: bool,
    /// Whether the row is known as it was later than this reading.
    late: bool,
}

/// Compares the rows of a reading whose bytes were not known with what is known of them and of
/// their projects. `is_told` says of which rows somebody wants to hear.
pub fn compare(
    read: Vec<ReadRow>,
    known: &KnownProjects,
    setting: &Setting<'_>,
    is_told: &dyn Fn(&CatalogueRow) -> bool,
) -> Comparison {
    let mut out = Comparison::default();
    let mut texts: BTreeMap<ProjectId, Vec<Text<'_>>> = BTreeMap::new();
    for ReadRow { row, bytes } in read {
        let was = known.rows.get(&row.key);
        let late = was.is_some_and(|was| setting.at < last_seen(was, setting));
        let moved = was
            .is_none_or(|was| was.row.position != row.position || was.row.project != row.project);
        match was {
            None => {
                out.new_rows += 1;
                out.successors += usize::from(known.projects.contains_key(&row.project));
            }
            Some(was) if !late => {
                if was.row.position != row.position {
                    out.moves.push(RowMove {
                        standard: row.work.clone(),
                        project: row.project.clone(),
                        from: was.row.position.clone(),
                        to: row.position.clone(),
                        date: row.stated_day(),
                        observed_at: setting.at,
                        file: row.file.clone(),
                        reference: row.reference.clone(),
                    });
                }
            }
            Some(_) => {}
        }
        if !late {
            if let Some(was) = was
                && same(&was.row, &row)
            {
                out.rewritten.push((row.key, bytes));
                continue;
            }
            out.rows.push(stored(&row, bytes, was, moved, setting));
        }
        texts.entry(row.project.clone()).or_default().push(Text {
            row,
            was,
            moved,
            late,
        });
    }
    for (id, texts) in texts {
        judge(&id, texts, known, setting, is_told, &mut out);
    }
    out
}

fn last_seen(was: &StoredRow, setting: &Setting<'_>) -> DateTime<Utc> {
    match setting.last_whole.filter(|_| was.absent_since.is_none()) {
        Some(last) => last.max(was.seen_at),
        None => was.seen_at,
    }
}

/// Whether two readings say the same; the name of the file is only where it lay.
fn same(a: &CatalogueRow, b: &CatalogueRow) -> bool {
    a.position == b.position
        && a.project == b.project
        && a.reference == b.reference
        && a.work == b.work
        && a.rank == b.rank
        && a.facts == b.facts
}

fn stored(
    row: &CatalogueRow,
    bytes: Fingerprint,
    was: Option<&StoredRow>,
    moved: bool,
    setting: &Setting<'_>,
) -> StoredRow {
    let kept = was.filter(|_| !moved);
    StoredRow {
        row: row.clone(),
        bytes,
        since: kept.map_or(setting.at, |was| was.since),
        seen_at: setting.at,
        since_snapshot: kept.map_or(setting.snapshot, |was| was.since_snapshot),
        missed: kept.map_or(0, |was| {
            let gap = was.absent_since.filter(|_| setting.whole);
            was.missed + gap.map_or(0, |absent| setting.snapshot - absent)
        }),
        looks: kept.map_or(0, |was| was.looks) + i64::from(!setting.whole),
        absent_since: kept
            .and_then(|was| was.absent_since)
            .filter(|_| !setting.whole),
    }
}

/// The order of texts of one project that moved at one moment; the last is where it stands.
fn order<'a>(rank: u32, position: &Position, key: &'a str) -> (bool, u32, u32, &'a str) {
    (!position.hands_over(), rank, position.order(), key)
}

/// Judges what the texts of one project mean for it.
fn judge(
    id: &ProjectId,
    mut texts: Vec<Text<'_>>,
    known: &KnownProjects,
    setting: &Setting<'_>,
    is_told: &dyn Fn(&CatalogueRow) -> bool,
    out: &mut Comparison,
) {
    texts.sort_by(|a, b| {
        let (a, b) = (&a.row, &b.row);
        order(a.rank, &a.position, &a.key).cmp(&order(b.rank, &b.position, &b.key))
    });
    let before = known.projects.get(id);
    let past = known.events.get(id).map_or(&[][..], Vec::as_slice);
    let mut history = History {
        id,
        past,
        number: before.map_or(0, |project| project.events),
        setting,
        events: Vec::new(),
    };
    let mut project = before.cloned();
    let mut steps = Vec::new();
    let mut first_event = 0;
    let last_moved = texts.iter().rposition(|text| text.moved);
    let moved = texts.iter().filter(|text| text.moved).count();
    let mut current: Option<CatalogueRow> = None;
    for (place, text) in texts.iter().enumerate() {
        let row = &text.row;
        match &mut project {
            None if !text.moved => {}
            // At first contact a project has one past: where it stands. Its other texts are old.
            None if setting.baseline && Some(place) != last_moved => {
                history.add(row, None, Weight::Aside);
            }
            None => {
                let number = history.add(row, None, Weight::Moved);
                first_event = number;
                steps.push(step(row, None));
                project = Some(Project {
                    id: id.clone(),
                    work: row.work.clone(),
                    reference: row.reference.clone(),
                    position: row.position.clone(),
                    since: setting.at,
                    source: setting.source.clone(),
                    row: row.key.clone(),
                    rank: row.rank,
                    first_seen: setting.at,
                    events: 0,
                    facts: 0,
                });
                current = Some(row.clone());
            }
            Some(project) => {
                let own = project.source == *setting.source && project.row == row.key;
                if text.moved {
                    let leads = !text.late && leads(project, text, moved, known, setting);
                    if row.position == project.position {
                        // One more proof; the text that carries the project on may be another.
                        if leads && project.source == *setting.source {
                            follow(project, row);
                            current = Some(row.clone());
                        } else if text.late || project.source != *setting.source {
                            history.add(row, text.was, Weight::Aside);
                        }
                    } else if leads {
                        let from = project.position.clone();
                        let number = history.step(row, from.clone());
                        if first_event == 0 {
                            first_event = number;
                        }
                        steps.push(step(row, Some(from)));
                        project.position = row.position.clone();
                        project.since = setting.at;
                        project.source = setting.source.clone();
                        follow(project, row);
                        current = Some(row.clone());
                    } else {
                        history.add(row, text.was, Weight::Aside);
                    }
                } else if own && !text.late {
                    follow(project, row);
                    current = Some(row.clone());
                }
            }
        }
    }
    let Some(mut project) = project else {
        out.events.extend(history.events);
        return;
    };
    project.events = history.number;
    let facts = match (&current, before) {
        (Some(row), Some(before)) if before.source == *setting.source => known
            .rows
            .get(&before.row)
            .map(|was| facts(&was.row, row, before, &steps))
            .unwrap_or_default(),
        _ => Vec::new(),
    };
    if !facts.is_empty() {
        project.facts = project.facts.saturating_add(1);
    }
    if let Some(row) = current
        && (!steps.is_empty() || !facts.is_empty())
        && is_told(&row)
        && !setting.is_late()
        && (before.is_none() || !setting.baseline)
    {
        out.changes.push(ProjectChange {
            project: project.clone(),
            row,
            steps,
            first_event,
            facts,
            is_new: before.is_none(),
            baseline: setting.baseline,
            at: setting.at,
        });
    }
    if before != Some(&project) {
        out.projects.push(project);
    }
    out.events.extend(history.events);
}

/// Lets the text be the one under which the project is known.
fn follow(project: &mut Project, row: &CatalogueRow) {
    project.row.clone_from(&row.key);
    project.reference.clone_from(&row.reference);
    project.work.clone_from(&row.work);
    project.rank = row.rank;
}

fn step(row: &CatalogueRow, from: Option<Position>) -> Step {
    Step {
        from,
        to: row.position.clone(),
        date: row.stated_day(),
    }
}

/// Whether a text that moved carries its project along.
fn leads(
    project: &Project,
    text: &Text<'_>,
    moved: usize,
    known: &KnownProjects,
    setting: &Setting<'_>,
) -> bool {
    let row = &text.row;
    let own_source = project.source == *setting.source;
    let own = own_source && project.row == row.key;
    if setting.is_late() || setting.at < project.since || (setting.baseline && !own_source) {
        return false;
    }
    if setting.at == project.since
        && !own
        && order(row.rank, &row.position, &row.key)
            <= order(project.rank, &project.position, &project.row)
    {
        return false;
    }
    // A draft is retired when the next text is out, and an old text with its successor: neither
    // withdraws the project.
    if row.position == Position::Withdrawn && (!own || moved > 1 && is_draft_round(row)) {
        return false;
    }
    if own_source {
        return true;
    }
    // Another catalogue spoke last. This one carries the project on when it agreed until now, or
    // is ahead; it lags when it comes to where the other has been.
    let view = known
        .rows
        .values()
        .filter(|stored| stored.row.project == row.project)
        .max_by(|a, b| {
            let key = |s: &StoredRow| (s.since, s.row.rank, s.row.position.order());
            key(a).cmp(&key(b))
        });
    if view.is_some_and(|view| view.row.position == project.position) {
        return true;
    }
    let since = view.map(|view| view.since);
    let been_there = known.events.get(&project.id).is_some_and(|events| {
        events.iter().any(|event| {
            event.weight == Weight::Moved
                && event.source != *setting.source
                && event.to == row.position
                && since.is_none_or(|since| event.observed_at >= since)
        })
    });
    !been_there && (row.rank, row.position.order()) > (project.rank, project.position.order())
}

/// Whether a row without stage codes is that of a draft, whatever became of it.
fn is_draft_round(row: &CatalogueRow) -> bool {
    row.rank < Position::Final.order()
}

struct History<'a> {
    id: &'a ProjectId,
    past: &'a [StageEvent],
    number: u32,
    setting: &'a Setting<'a>,
    events: Vec<StageEvent>,
}

impl History<'_> {
    /// Adds an event of the row itself, unless it is there already.
    fn add(&mut self, row: &CatalogueRow, was: Option<&StoredRow>, weight: Weight) -> u32 {
        let there = |event: &StageEvent| {
            event.row == row.key
                && event.to == row.position
                && event.observed_at == self.setting.at
                && event.source == *self.setting.source
        };
        if self.past.iter().chain(&self.events).any(there) {
            return self.number;
        }
        let from = was
            .filter(|was| was.row.project == row.project && was.since <= self.setting.at)
            .map(|was| was.row.position.clone());
        self.push(row, from, weight)
    }

    /// Adds a step of the project.
    fn step(&mut self, row: &CatalogueRow, from: Position) -> u32 {
        self.push(row, Some(from), Weight::Moved)
    }

    fn push(&mut self, row: &CatalogueRow, from: Option<Position>, weight: Weight) -> u32 {
        self.number = self.number.saturating_add(1);
        self.events.push(StageEvent {
            project: self.id.clone(),
            number: self.number,
            weight,
            from,
            to: row.position.clone(),
            date: row.stated_day(),
            observed_at: self.setting.at,
            source: self.setting.source.clone(),
            row: row.key.clone(),
            reference: row.reference.clone(),
            file: row.file.clone(),
            document: self.setting.document,
        });
        self.number
    }
}

/// What else changed between the text that a project was known under and the one it is known
/// under now. What a step itself means (a draft's other prefix, the day of publication) is none.
fn facts(
    was: &CatalogueRow,
    now: &CatalogueRow,
    before: &Project,
    steps: &[Step],
) -> Vec<FactChange> {
    let mut out = Vec::new();
    let (a, b) = (&was.facts, &now.facts);
    if steps.is_empty() && was.reference != now.reference {
        out.push(FactChange::Referenced {
            from: before.reference.clone(),
        });
    }
    if is_renamed(&a.title, &b.title) {
        out.push(FactChange::Renamed {
            from: a.title.clone(),
        });
    }
    if a.committee != b.committee && b.committee.is_some() {
        out.push(FactChange::Handed {
            from: a.committee.clone(),
        });
    }
    let published = steps.iter().any(|step| {
        step.to.is_published() && step.from.as_ref().is_none_or(|from| !from.is_published())
    });
    if a.published != b.published && !(published && b.published.is_some()) {
        out.push(FactChange::Dated {
            from: a.published,
            to: b.published,
        });
    }
    let added = |old: &[String], new: &[String]| -> Vec<String> {
        new.iter()
            .filter(|one| !old.contains(one))
            .cloned()
            .collect()
    };
    for (old, new, change) in [
        (
            &a.replaced_by,
            &b.replaced_by,
            (|by| FactChange::ReplacedBy { by }) as fn(Vec<String>) -> FactChange,
        ),
        (&a.replaces, &b.replaces, |what| FactChange::Replaces {
            what,
        }),
        (&a.amended_by, &b.amended_by, |by| FactChange::Amended {
            by,
        }),
    ] {
        let added = added(old, new);
        if !added.is_empty() {
            out.push(change(added));
        }
    }
    // The draft of a revision is called otherwise at every stage; that it began is a fact.
    if a.revised_by.is_empty() && !b.revised_by.is_empty() {
        out.push(FactChange::UnderRevision {
            by: b.revised_by.clone(),
        });
    }
    let same_text = was.key == now.key;
    if same_text && a.comments_close != b.comments_close {
        out.push(FactChange::Comments {
            from: a.comments_close,
            to: b.comments_close,
        });
    }
    out
}

/// Whether a title is another one, and not the same with more or less of it: catalogues add the
/// name of the part one day, and spell dashes and capitals as they like.
fn is_renamed(before: &str, now: &str) -> bool {
    let plain = |title: &str| -> String {
        title
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let (before, now) = (plain(before), plain(now));
    !before.starts_with(&now) && !now.starts_with(&before)
}
