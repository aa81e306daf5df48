//! Closing issues: when a digest's moment has come, its window is frozen by log position.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::daemon::House;
use crate::digest::{self as engine, Told};
use crate::domain::calendar::CalendarFilter;
use crate::domain::criteria::{Clause, Criteria};
use crate::domain::delivery::{Delivery, DeliveryState, Plan};
use crate::domain::digest::{
    DateLine, DateMeaning, DateTeller, Digest, Edition, Issue, IssueState, Window,
};
use crate::domain::document::Sha256;
use crate::domain::evidence::Evidence;
use crate::domain::health::{Coverage, survey};
use crate::domain::id::{DeliveryId, SourceId, UpdateId};
use crate::domain::key_date::Certainty;
use crate::domain::library::Framework;
use crate::domain::reference;
use crate::domain::subscription::{Subscriber, Subscription};
use crate::domain::update::{
    Authority, Content, Field, FrameworkTag, Reach, ReferenceTag, Tag, Tags, Update,
};
use crate::matching::{self, Matcher, Scratch};
use crate::store::{Lease, LogEvent, LogLine};
use crate::summary::tell;

/// Lines read at once.
const BATCH: u32 = 2_000;
/// How far back the first issue of a digest looks for its moment.
const FIRST_LOOK: TimeDelta = TimeDelta::days(8);

/// Closes what is due: for each digest the last moment of its schedule since its last issue;
/// ten missed weeks are one catch-up issue.
///
/// # Errors
/// When the lease is lost or the store fails.
pub async fn close_due(house: &House, lease: &Lease) -> anyhow::Result<Vec<Issue>> {
    let now = house.clock.now();
    let mut out = Vec::new();
    for digest in &house.config.digests {
        let last = house.store.last_issue(&digest.name).await?;
        let after = match &last {
            Some(issue) => issue.scheduled_for,
            None => began(house, now).await?,
        };
        if let Some(moment) = digest.schedule.last_between(after, now)
            && let Some(issue) = close(house, lease, digest, moment).await?
        {
            out.push(issue);
        }
    }
    Ok(out)
}

/// Since when a digest without any issue is owed one: since the store's first line.
async fn began(house: &House, now: DateTime<Utc>) -> anyhow::Result<DateTime<Utc>> {
    let first = house.store.log(0, 1).await?;
    Ok(first
        .first()
        .map_or(now, |line| line.at)
        .max(now - FIRST_LOOK))
}

/// Closes one issue for a moment; none when the moment has its issue, or nothing was told.
///
/// # Errors
/// As [`close_due`].
pub async fn close(
    house: &House,
    lease: &Lease,
    digest: &Digest,
    moment: DateTime<Utc>,
) -> anyhow::Result<Option<Issue>> {
    let now = house.clock.now();
    let draft = draft(house, digest).await?;
    let number = house
        .store
        .last_issue(&digest.name)
        .await?
        .map_or(1, |issue| issue.number.saturating_add(1));
    let mailboxes = house.store.active_subscriptions(&digest.name).await?;
    let wants = Wants::new(house, &mailboxes, &draft);
    let mut deliveries = Vec::new();
    for (subscriber, subscriptions) in mailboxes {
        let Some(plan) = wants.plan(house, &draft, &subscriptions, now) else {
            continue;
        };
        deliveries.push(Delivery {
            id: DeliveryId::of(&digest.name, number, &subscriber.id),
            digest: digest.name.clone(),
            number,
            subscriber: subscriber.id,
            address: subscriber.address,
            queued_at: now,
            plan,
            state: DeliveryState::Pending,
            attempts: 0,
            next_try_at: own_hour(&subscriptions, now),
            answer: None,
        });
    }
    let Draft {
        window, edition, ..
    } = draft;
    let issue = Issue {
        digest: digest.name.clone(),
        number,
        scheduled_for: moment,
        closed_at: now,
        window,
        // Later than a day it is the operator's to say whether it is still wanted (promises: M14).
        state: match (
            digest.approve || is_stale(moment, now, number),
            deliveries.is_empty(),
        ) {
            (true, _) => IssueState::Draft,
            (false, true) => IssueState::Finished,
            (false, false) => IssueState::Sending,
        },
        introduction: String::new(),
        edition,
    };
    let stored = house.store.close_issue(lease, &issue, &deliveries).await?;
    if stored && is_stale(moment, now, number) {
        let words = format!(
            "The {} digest, number {number}, was due {} and closed {}. It waits: `regwire digest approve {number} --digest {}` sends it.\n",
            digest.name,
            moment.format("%Y-%m-%d %H:%M UTC"),
            now.format("%Y-%m-%d %H:%M UTC"),
            digest.name
        );
        super::bounces::tell_operator(house, lease, "Regwire: a late issue waits", &words).await?;
    }
    Ok(stored.then_some(issue))
}

/// Whether an issue comes so late that it is held; the first one cannot.
fn is_stale(moment: DateTime<Utc>, now: DateTime<Utc>, number: u32) -> bool {
    number > 1 && now - moment > TimeDelta::hours(24)
}

/// When a mailbox gets its mail: at the hour that it asked for, within a day of the close.
fn own_hour(subscriptions: &[Subscription], now: DateTime<Utc>) -> DateTime<Utc> {
    subscriptions
        .iter()
        .filter_map(|subscription| subscription.frequency.hour())
        .filter_map(|hour| hour.daily()?.next_after(now - TimeDelta::minutes(1)))
        .filter(|moment| *moment <= now + TimeDelta::hours(24))
        .min()
        .unwrap_or(now)
}

/// What an issue would say, and what it says it of.
pub struct Draft {
    /// Its part of the log.
    pub window: Window,
    /// What it says.
    pub edition: Edition,
    /// The update of each item.
    items: Vec<Update>,
    /// The update of each date.
    dates: Vec<Option<Update>>,
}

/// Who wants which items, for all mailboxes at once.
pub struct Wants {
    places: HashMap<Criteria, usize>,
    items: Vec<HashMap<usize, Vec<Clause>>>,
    dates: Vec<HashSet<usize>>,
}

impl Wants {
    /// Matches a draft against everything that mailboxes want.
    pub fn new(
        house: &House,
        mailboxes: &[(Subscriber, Vec<Subscription>)],
        draft: &Draft,
    ) -> Self {
        let mut places: HashMap<Criteria, usize> = HashMap::new();
        let mut criteria: Vec<&Criteria> = Vec::new();
        for subscription in mailboxes.iter().flat_map(|(_, all)| all) {
            if !places.contains_key(&subscription.criteria) {
                places.insert(subscription.criteria.clone(), criteria.len());
                criteria.push(&subscription.criteria);
            }
        }
        let matcher = Matcher::new(criteria.iter().copied(), &house.library.known_works);
        let mut scratch = Scratch::default();
        let mut items = vec![HashMap::new(); criteria.len()];
        let mut dates = vec![HashSet::new(); criteria.len()];
        for (place, update) in draft.items.iter().enumerate() {
            for found in matcher.matches(update, &mut scratch) {
                if let (Some(wanted), Some(criteria)) =
                    (items.get_mut(found.criteria), criteria.get(found.criteria))
                {
                    let held = matching::clauses(criteria, &found).into_iter().cloned();
                    wanted.insert(place, held.collect());
                }
            }
        }
        for (place, update) in draft.dates.iter().enumerate() {
            // A date counts whenever its update was found, and is nobody's news.
            let Some(update) = update else { continue };
            for found in matcher.finds(update, &mut scratch) {
                if let Some(wanted) = dates.get_mut(found.criteria) {
                    wanted.insert(place);
                }
            }
        }
        Self {
            places,
            items,
            dates,
        }
    }

    /// What one mailbox's mail says; nothing where nothing is for it.
    pub fn plan(
        &self,
        house: &House,
        draft: &Draft,
        subscriptions: &[Subscription],
        now: DateTime<Utc>,
    ) -> Option<Plan> {
        let mine: Vec<(usize, DateTime<Utc>)> = subscriptions
            .iter()
            .filter_map(|one| Some((*self.places.get(&one.criteria)?, one.began_at)))
            .collect();
        engine::plan(
            &draft.edition,
            &house.library,
            now,
            |place| {
                let item = draft.edition.items.get(place)?;
                let mut held: Option<Vec<Clause>> = None;
                for (criteria, began) in &mine {
                    // A correction is told to those who may have had the original.
                    if item.correction && *began > item.first_seen {
                        continue;
                    }
                    if let Some(clauses) = self.items.get(*criteria).and_then(|all| all.get(&place))
                    {
                        held.get_or_insert_default().extend(clauses.iter().cloned());
                    }
                }
                held
            },
            |place| {
                mine.iter().any(|(criteria, _)| {
                    self.dates
                        .get(*criteria)
                        .is_some_and(|all| all.contains(&place))
                })
            },
        )
    }
}

/// What the next issue would say now: its window, its edition, and the updates it tells of.
///
/// # Errors
/// When the store fails.
pub async fn draft(house: &House, digest: &Digest) -> anyhow::Result<Draft> {
    let after = house
        .store
        .last_issue(&digest.name)
        .await?
        .map_or(0, |issue| issue.window.until);
    let until = house.store.log_head().await?;
    let mut told = Vec::new();
    let mut position = after;
    while position < until {
        let lines = house.store.log_with_updates(position, BATCH).await?;
        let Some((last, _)) = lines.last() else { break };
        position = last.position;
        let lines: Vec<(LogLine, Update)> = lines
            .into_iter()
            .filter(|(line, _)| line.position <= until && line.event.is_told())
            .collect();
        let ids: Vec<UpdateId> = lines.iter().map(|(line, _)| line.update.clone()).collect();
        let notes = house.store.notes(&ids).await?;
        told.extend(lines.into_iter().map(|(line, update)| {
            let notes = notes.get(&update.id).map_or(&[][..], Vec::as_slice);
            Told {
                new: line.event == LogEvent::New,
                words: tell(&update, house.source(&update.source), &house.library, notes),
                update,
            }
        }));
    }
    let states = house.store.source_states().await?;
    let record = |id: &SourceId| states.get(id).map(|state| &state.record);
    let coverage = Coverage::of(&survey(&house.sources, record, house.clock.now()));
    let mut heads: Vec<(SourceId, Sha256)> = states
        .into_values()
        .filter_map(|state| Some((state.source, state.chain_head?)))
        .collect();
    heads.sort_by(|a, b| a.0.cmp(&b.0));
    let mut by_id: HashMap<UpdateId, Update> = told
        .iter()
        .map(|told| (told.update.id.clone(), told.update.clone()))
        .collect();
    let mut edition = engine::edition(told, &house.sources, coverage, heads);
    let today = house.clock.now().date_naive();
    let ahead = today + TimeDelta::days(engine::DAYS_AHEAD + 1);
    // From the month's beginning: what is told as a month stands at its first day.
    let from = today - TimeDelta::days(31);
    let stretch = house
        .store
        .due(from, Some(ahead), &[], 500, |_| true)
        .await?;
    let pages = CalendarFilter::default().milestones(&house.library, today);
    edition.dates = engine::dates(stretch.entries, &pages, today);
    let told: Vec<UpdateId> = edition.dates.iter().filter_map(teller).cloned().collect();
    let dated: HashMap<UpdateId, Update> = house
        .store
        .updates(&told)
        .await?
        .into_iter()
        .map(|update| (update.id.clone(), update))
        .collect();
    let dates = edition
        .dates
        .iter()
        .map(|line| match &line.teller {
            DateTeller::Update(id) => dated.get(id).cloned(),
            DateTeller::Page(id) => {
                let framework = house.library.framework(id)?;
                of_page(line, framework, house)
            }
        })
        .collect();
    Ok(Draft {
        window: Window { after, until },
        items: edition
            .items
            .iter()
            .filter_map(|item| by_id.remove(&item.update))
            .collect(),
        dates,
        edition,
    })
}

/// The update that tells a date, where one does.
fn teller(line: &DateLine) -> Option<&UpdateId> {
    match &line.teller {
        DateTeller::Update(id) => Some(id),
        DateTeller::Page(_) => None,
    }
}

/// A date of a framework's page as an update of that framework would tell it: so it is matched against
/// what mailboxes want like all else. It is stored nowhere.
fn of_page(line: &DateLine, framework: &Framework, house: &House) -> Option<Update> {
    let now = house.clock.now();
    // No source has this name, so whoever follows one source is not told.
    let source = SourceId::new("library").ok()?;
    let because = Vec::new;
    let key = format!("{} {}", framework.id, line.day);
    let jurisdictions = framework.jurisdictions.iter().cloned().map(|id| Tag {
        id,
        because: because(),
    });
    let bodies = framework.owners.iter().cloned().map(|id| Tag {
        id,
        because: because(),
    });
    let topics = framework.topics.iter().cloned().map(|id| Tag {
        id,
        because: because(),
    });
    let references = framework.references.iter().flat_map(|form| {
        let found = reference::read(form, &house.library.known_works);
        found.into_iter().map(|reference| ReferenceTag {
            reference,
            field: Field::Stated,
            start: 0,
        })
    });
    let happens = match &line.meaning {
        DateMeaning::Event(event) => event.label(),
        DateMeaning::Words(words) => words,
    };
    Some(Update {
        id: UpdateId::of(&source, &key),
        source,
        key,
        revision: 1,
        first_seen: now,
        revised_at: now,
        content: Content {
            title: format!("{}: {happens}", framework.short),
            summary: framework.title.clone(),
            ..Content::default()
        },
        // What the page has not from a source that it names is nobody's official word.
        authority: match line.certainty {
            Certainty::Stated | Certainty::Read => Authority::Official,
            Certainty::Reported | Certainty::Expected => Authority::Secondary,
        },
        reach: Reach::News,
        tags: Tags {
            frameworks: vec![FrameworkTag {
                id: framework.id.clone(),
                primary: true,
                because: because(),
            }],
            jurisdictions: jurisdictions.collect(),
            bodies: bodies.collect(),
            topics: topics.collect(),
            references: references.collect(),
            ..Tags::default()
        },
        key_dates: Vec::new(),
        story: None,
        correction: false,
        cause: None,
        evidence: Evidence {
            document: 0,
            sha256: Sha256::of(b""),
            fetched_at: now,
            status: 0,
        },
    })
}
