//! Following the log: who wants what was told, and what each is told in one message.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::teams;
use crate::daemon::House;
use crate::domain::alert::{Alert, AlertContent, AlertItem, MOST_IN_A_MESSAGE, Sending};
use crate::domain::id::{AlertId, StoryId, UpdateId};
use crate::domain::key_date::Precision;
use crate::domain::subscription::{Frequency, OwnHour, Recipient, Subscription};
use crate::domain::update::Update;
use crate::matching::{Matcher, Scratch, clauses};
use crate::render::update_line;
use crate::store::{Lease, LogEvent, MatchState, NotedMatch};
use crate::summary::tell;

/// Lines read at once, and alerts grouped over.
const BATCH: u32 = 500;
/// The name of this follower.
const FOLLOWER: &str = "match";

/// Something that one recipient is told, whatever of its wishes it came by.
struct Hit {
    update: usize,
    correction: bool,
    because: Vec<String>,
    matches: Vec<NotedMatch>,
    instant: bool,
}

/// Takes in the log as far as it goes, and closes the bundles that are due; says how many messages
/// were queued.
///
/// # Errors
/// When the lease is lost or the store fails.
pub async fn follow(house: &House, lease: &Lease) -> anyhow::Result<usize> {
    let subscriptions: Vec<Subscription> = teams::sync(house)
        .await?
        .into_iter()
        .filter(|one| one.frequency.digest().is_none())
        .collect();
    let mut queued = canaries(house, lease).await?;
    queued += reminders(house, lease).await?;
    let head = house.store.log_head().await?;
    let mut position = house.store.follower(FOLLOWER).await?;
    if position < head {
        let matcher = Matcher::new(
            subscriptions.iter().map(|one| &one.criteria),
            &house.library.known_works,
        );
        let mut scratch = Scratch::default();
        while position < head {
            let lines = house.store.log_with_updates(position, BATCH).await?;
            let Some((last, _)) = lines.last() else { break };
            position = last.position;
            let mut told = Vec::new();
            for (line, update) in lines {
                if !line.event.is_told() {
                    continue;
                }
                let new = line.event == LogEvent::New;
                if new || says_otherwise(house, &update).await? {
                    let found = matcher.matches(&update, &mut scratch);
                    told.push((line.at, new, update, found));
                }
            }
            queued += tell_all(house, lease, &subscriptions, told, position).await?;
            house.vitals.step();
        }
    }
    queued += bundles(house, lease, &subscriptions).await?;
    Ok(queued)
}

/// Whether a revision changes what was told, and not only its wording further down.
async fn says_otherwise(house: &House, update: &Update) -> anyhow::Result<bool> {
    if update.correction {
        return Ok(true);
    }
    let revisions = house.store.revisions(&update.id).await?;
    let mut last = revisions.iter().rev();
    let (Some(now), Some(before)) = (last.next(), last.next()) else {
        return Ok(false);
    };
    if now.content.title != before.content.title || now.content.stage != before.content.stage {
        return Ok(true);
    }
    // A date that moved is told by an update of its own.
    let (_, notice) = update.notice_of_moved_dates();
    Ok(now.content.summary != before.content.summary
        && house.store.update(&notice).await?.is_none())
}

type Told = (DateTime<Utc>, bool, Update, Vec<crate::matching::Match>);

async fn tell_all(
    house: &House,
    lease: &Lease,
    subscriptions: &[Subscription],
    told: Vec<Told>,
    position: i64,
) -> anyhow::Result<usize> {
    let now = house.clock.now();
    let ids: Vec<UpdateId> = told
        .iter()
        .filter(|(_, _, _, found)| !found.is_empty())
        .map(|(_, _, update, _)| update.id.clone())
        .collect();
    let mut stories: Vec<StoryId> = told
        .iter()
        .filter(|(_, _, _, found)| !found.is_empty())
        .filter_map(|(_, _, update, _)| update.story.clone())
        .collect();
    stories.sort();
    stories.dedup();
    let (mut had, mut had_story) = house.store.told_before(&ids, &stories).await?;
    let paused = house.store.paused(now).await?;
    // Found and changed within one stretch it is told once, as it is now.
    let mut fresh: HashSet<(String, String)> = HashSet::new();
    let mut quiet: Vec<NotedMatch> = Vec::new();
    let mut by_recipient: BTreeMap<String, Vec<Hit>> = BTreeMap::new();
    let mut also: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for (place, (at, new, update, found)) in told.iter().enumerate() {
        // One recipient's wishes together, so that it hears of it once.
        let mut mine: BTreeMap<String, Hit> = BTreeMap::new();
        for one in found {
            let Some(subscription) = subscriptions.get(one.criteria) else {
                continue;
            };
            if subscription.recipient == Recipient::Feed || *at < subscription.began_at {
                continue;
            }
            let who = subscription.recipient.key();
            let because: Vec<String> = clauses(&subscription.criteria, one)
                .into_iter()
                .map(ToString::to_string)
                .collect();
            let hit = mine.entry(who.clone()).or_insert_with(|| Hit {
                update: place,
                correction: !new,
                because: Vec::new(),
                matches: Vec::new(),
                instant: false,
            });
            hit.instant |= subscription.frequency == Frequency::Instant;
            hit.because.extend(because.iter().cloned());
            hit.matches.push(NotedMatch {
                subscription: subscription.id.clone(),
                update: update.id.clone(),
                revision: update.revision,
                recipient: who,
                story: update.story.clone(),
                at: *at,
                because,
                state: MatchState::Waiting,
                alert: None,
            });
        }
        for (who, mut hit) in mine {
            let key = (who.clone(), update.id.to_string());
            let story = update
                .story
                .as_ref()
                .map(|story| (who.clone(), story.to_string()));
            // A correction is for those who had the original; what is told already is not new.
            if *new == had.contains(&key) || (!*new && fresh.contains(&key)) {
                continue;
            }
            if *new {
                fresh.insert(key.clone());
            }
            let state = if paused.contains_key(&who) {
                Some(MatchState::Paused)
            } else if *new
                && story
                    .as_ref()
                    .is_some_and(|story| had_story.contains(story))
            {
                Some(MatchState::Story)
            } else {
                None
            };
            if let Some(state) = state {
                if state == MatchState::Story
                    && let Some(story) = story
                {
                    also.entry(story).or_default().push(place);
                }
                quiet.extend(
                    hit.matches
                        .into_iter()
                        .map(|one| NotedMatch { state, ..one }),
                );
                continue;
            }
            had.insert(key);
            had_story.extend(story);
            hit.because.sort();
            hit.because.dedup();
            by_recipient.entry(who).or_default().push(hit);
        }
    }

    let mut alerts: Vec<(Alert, Vec<Sending>)> = Vec::new();
    let mut matches = quiet;
    for (who, hits) in by_recipient {
        let Some(ways) = ways(house, &who).await? else {
            continue;
        };
        let mut groups: BTreeMap<String, Vec<Hit>> = BTreeMap::new();
        for hit in hits {
            if hit.instant {
                let group = told
                    .get(hit.update)
                    .map(|(_, _, update, _)| group(update))
                    .unwrap_or_default();
                groups.entry(group).or_default().push(hit);
            } else {
                matches.extend(hit.matches);
            }
        }
        for (group, hits) in groups {
            let mut items = Vec::new();
            for hit in &hits {
                let Some((_, _, update, _)) = told.get(hit.update) else {
                    continue;
                };
                let others: Vec<&Update> = update
                    .story
                    .as_ref()
                    .and_then(|story| also.get(&(who.clone(), story.to_string())))
                    .into_iter()
                    .flatten()
                    .filter_map(|place| told.get(*place))
                    .map(|(_, _, update, _)| update)
                    .collect();
                items.push(item(house, update, hit.correction, &hit.because, &others, &who).await?);
            }
            let alert = alert(house, &who, "instant", &group, items, None);
            for hit in hits {
                matches.extend(hit.matches.into_iter().map(|one| NotedMatch {
                    state: MatchState::Told,
                    alert: Some(alert.id.clone()),
                    ..one
                }));
            }
            let sendings = Sending::all(&alert, &ways);
            alerts.push((alert, sendings));
        }
    }
    house
        .store
        .commit_matches(lease, Some(position), &matches, &alerts)
        .await?;
    Ok(alerts.len())
}

/// What an update is told together with: its first primary framework, else any, else its source.
fn group(update: &Update) -> String {
    let tags = &update.tags.frameworks;
    tags.iter()
        .find(|tag| tag.primary)
        .or(tags.first())
        .map_or_else(
            || format!("source:{}", update.source),
            |tag| format!("framework:{}", tag.id),
        )
}

/// The words for a group.
fn heading(house: &House, group: &str) -> String {
    match group.split_once(':') {
        Some(("framework", id)) => house
            .library
            .frameworks
            .iter()
            .find(|framework| framework.id.as_str() == id)
            .map_or_else(|| id.to_owned(), |framework| framework.short.clone()),
        Some(("source", id)) => house
            .sources
            .iter()
            .find(|source| source.id.as_str() == id)
            .map_or_else(|| id.to_owned(), |source| source.name.clone()),
        _ => group.to_owned(),
    }
}

fn alert(
    house: &House,
    who: &str,
    frequency: &str,
    group: &str,
    mut items: Vec<AlertItem>,
    moment: Option<DateTime<Utc>>,
) -> Alert {
    // The least and not the first: items of one moment may be found in another order after a crash.
    let first = match moment {
        Some(moment) => moment.to_rfc3339(),
        None => items
            .iter()
            .map(|item| format!("{}/{}", item.update, item.revision))
            .min()
            .unwrap_or_default(),
    };
    let all = items.len();
    // A webhook gets every line; only what is shown to people is cut, where it is shown.
    items.truncate(MOST_IN_A_MESSAGE * 20);
    Alert {
        id: AlertId::of(who, &format!("{frequency} {group}"), &first),
        recipient: who.to_owned(),
        frequency: frequency.to_owned(),
        queued_at: house.clock.now(),
        moment,
        content: AlertContent {
            heading: heading(house, group),
            left_out: u32::try_from(all - items.len()).unwrap_or(u32::MAX),
            items,
            note: None,
        },
    }
}

/// The ways out to a recipient; none when there is no such recipient any more.
async fn ways(
    house: &House,
    who: &str,
) -> anyhow::Result<Option<Vec<(crate::domain::alert::Channel, String)>>> {
    Ok(match who.split_once(':') {
        Some(("team", id)) => teams::all(house)
            .await?
            .into_iter()
            .find(|team| team.id.as_str() == id)
            .map(|team| team.ways()),
        Some(("mailbox", id)) => {
            let id = crate::domain::id::SubscriberId::new(id)?;
            house.store.subscriber(&id).await?.map(|(subscriber, _)| {
                vec![(
                    crate::domain::alert::Channel::Email,
                    subscriber.address.to_string(),
                )]
            })
        }
        _ => None,
    })
}

/// An update as it is told to one recipient now.
async fn item(
    house: &House,
    update: &Update,
    correction: bool,
    because: &[String],
    others: &[&Update],
    who: &str,
) -> anyhow::Result<AlertItem> {
    let source = house.source(&update.source);
    let notes = house.store.notes(std::slice::from_ref(&update.id)).await?;
    let words = tell(
        update,
        source,
        &house.library,
        notes.get(&update.id).map_or(&[][..], Vec::as_slice),
    );
    let name = |update: &Update| {
        house
            .source(&update.source)
            .map_or_else(|| update.source.to_string(), |source| source.name.clone())
    };
    let stages = update.content.stage.as_ref().map_or(Vec::new(), |news| {
        news.changes
            .iter()
            .map(|step| match step.from {
                Some(from) => format!("{}: {from} → {}", news.standard, step.to),
                None => format!("{}: now {}", news.standard, step.to),
            })
            .collect()
    });
    let dates = update
        .key_dates
        .iter()
        .map(|date| {
            let day = date.precision.told(date.date);
            match date.was {
                Some(was) => format!("{}: {} → {day}", date.label(), Precision::Day.told(was)),
                None => format!("{}: {day}", date.label()),
            }
        })
        .collect();
    let mut line = update_line(update, source);
    if let Some(map) = line.as_object_mut() {
        map.insert(
            "type".to_owned(),
            if correction {
                "update.corrected"
            } else {
                "update"
            }
            .into(),
        );
        map.insert("version".to_owned(), 1.into());
        map.insert("because".to_owned(), serde_json::json!(because));
    }
    let proposal = match (who.strip_prefix("team:"), &update.story) {
        (Some(team), Some(story)) => house
            .store
            .decision_on_story(team, story)
            .await?
            .map(|decision| format!("{}, {}", decision.verdict.as_str(), decision.reason)),
        _ => None,
    };
    Ok(AlertItem {
        update: update.id.clone(),
        revision: update.revision,
        correction,
        title: update.content.title.clone(),
        summary: words.summary,
        why: words.why.map(|why| why.sentence),
        source: name(update),
        kind: update.tags.kind.map(|kind| kind.name().to_owned()),
        url: update
            .content
            .url
            .as_ref()
            .map(|url| url.as_str().to_owned()),
        stages,
        dates,
        versions: update.content.page.map(|step| {
            format!(
                "/sources/{}/versions?from={}&to={}",
                update.source, step.from, step.to
            )
        }),
        also: others
            .iter()
            .map(|other| format!("{}: {}", name(other), other.content.title))
            .collect(),
        because: because.to_vec(),
        proposal,
        line,
    })
}

/// Closes the bundles whose moment has come: ten missed days are one bundle.
async fn bundles(
    house: &House,
    lease: &Lease,
    subscriptions: &[Subscription],
) -> anyhow::Result<usize> {
    let now = house.clock.now();
    let mut done: HashSet<(String, &'static str)> = HashSet::new();
    let mut queued = 0;
    for subscription in subscriptions {
        let Some(schedule) = subscription.frequency.schedule() else {
            continue;
        };
        let who = subscription.recipient.key();
        let word = subscription.frequency.as_str();
        if done.contains(&(who.clone(), word)) {
            continue;
        }
        let last = house
            .store
            .last_bundle(&who, word)
            .await?
            .unwrap_or(subscription.began_at)
            .max(now - TimeDelta::days(400));
        let Some(moment) = schedule.last_between(last, now) else {
            continue;
        };
        done.insert((who.clone(), word));
        let waiting = house.store.waiting_matches(&who, moment).await?;
        let Some(ways) = ways(house, &who).await? else {
            continue;
        };
        if waiting.is_empty() {
            continue;
        }
        let mut by_update: Vec<(UpdateId, Vec<NotedMatch>)> = Vec::new();
        for one in waiting {
            match by_update.iter_mut().find(|(id, _)| *id == one.update) {
                Some((_, all)) => all.push(one),
                None => by_update.push((one.update.clone(), vec![one])),
            }
        }
        let ids: Vec<UpdateId> = by_update.iter().map(|(id, _)| id.clone()).collect();
        let updates: HashMap<UpdateId, Update> = house
            .store
            .updates(&ids)
            .await?
            .into_iter()
            .map(|update| (update.id.clone(), update))
            .collect();
        let mut items = Vec::new();
        for (id, all) in &by_update {
            let Some(update) = updates.get(id) else {
                continue;
            };
            let mut because: Vec<String> = all.iter().flat_map(|one| one.because.clone()).collect();
            because.sort();
            because.dedup();
            let correction = all.iter().all(|one| one.revision > 1);
            items.push(item(house, update, correction, &because, &[], &who).await?);
        }
        // One message: what belongs together stands together in it.
        items.sort_by_cached_key(|item| updates.get(&item.update).map(group));
        let group = format!("bundle:{}", subscription.frequency);
        let mut alert = alert(house, &who, word, &group, items, Some(moment));
        alert.content.heading = match word {
            "daily" => format!("The day to {}", moment.format("%-d %B %Y")),
            _ => format!("The week to {}", moment.format("%-d %B %Y")),
        };
        let matches: Vec<NotedMatch> = by_update
            .into_iter()
            .flat_map(|(_, all)| all)
            .map(|one| NotedMatch {
                state: MatchState::Told,
                alert: Some(alert.id.clone()),
                ..one
            })
            .collect();
        let sendings = Sending::all(&alert, &ways);
        house
            .store
            .commit_matches(lease, None, &matches, &[(alert, sendings)])
            .await?;
        queued += 1;
    }
    Ok(queued)
}

/// Once a day, to teams that want it: that alerts arrive.
async fn canaries(house: &House, lease: &Lease) -> anyhow::Result<usize> {
    let now = house.clock.now();
    let mut queued = 0;
    for team in teams::all(house).await? {
        if !team.canary {
            continue;
        }
        let who = Recipient::Team(team.id.clone()).key();
        let day = now.date_naive();
        let last = house.store.last_bundle(&who, "canary").await?;
        if last.is_some_and(|last| last.date_naive() >= day) {
            continue;
        }
        let alert = noted(
            house,
            &who,
            "canary",
            &day.to_string(),
            "Alerts arrive: this is the daily word that says so.",
        );
        let sendings = Sending::all(&alert, &team.ways());
        house
            .store
            .commit_matches(lease, None, &[], &[(alert, sendings)])
            .await?;
        queued += 1;
    }
    Ok(queued)
}

/// Once a day, to teams that decide: what has been undecided for seven days.
async fn reminders(house: &House, lease: &Lease) -> anyhow::Result<usize> {
    let now = house.clock.now();
    let mut queued = 0;
    for team in teams::all(house).await? {
        let who = Recipient::Team(team.id.clone()).key();
        let last = house.store.last_bundle(&who, "undecided").await?;
        let Some(morning) = OwnHour::new(8, "UTC").ok().and_then(OwnHour::daily) else {
            continue;
        };
        let since = last.unwrap_or(now - TimeDelta::days(1));
        let Some(moment) = morning.last_between(since, now) else {
            continue;
        };
        if house
            .store
            .decisions(Some(&team.id), None, true)
            .await?
            .is_empty()
        {
            continue;
        }
        let open: Vec<String> = house
            .store
            .undecided(now - TimeDelta::days(7))
            .await?
            .into_iter()
            .filter(|one| one.recipient == who)
            .map(|one| one.title)
            .collect();
        if open.is_empty() {
            continue;
        }
        let mut note = format!("Undecided for seven days: {}", open.len());
        for title in open.iter().take(MOST_IN_A_MESSAGE) {
            note.push_str(&format!("; {title}"));
        }
        let alert = noted(house, &who, "undecided", &moment.to_rfc3339(), &note);
        let sendings = Sending::all(&alert, &team.ways());
        house
            .store
            .commit_matches(lease, None, &[], &[(alert, sendings)])
            .await?;
        queued += 1;
    }
    Ok(queued)
}

/// A message without items.
pub fn noted(house: &House, who: &str, frequency: &str, key: &str, note: &str) -> Alert {
    Alert {
        id: AlertId::of(who, frequency, key),
        recipient: who.to_owned(),
        frequency: frequency.to_owned(),
        queued_at: house.clock.now(),
        moment: Some(house.clock.now()),
        content: AlertContent {
            heading: "Regwire".to_owned(),
            items: Vec::new(),
            left_out: 0,
            note: Some(note.to_owned()),
        },
    }
}
