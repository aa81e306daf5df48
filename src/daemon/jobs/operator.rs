//! The operator's week: how full the disk is, once a day; and once a week which sources are ill, noisy
//! or unused, which subscriptions can never fire, and for how long the disk will do.

use chrono::{DateTime, TimeDelta, Utc};

use super::teams;
use crate::daemon::{House, disk};
use crate::domain::disk::{DiskDay, days_left, spoken};
use crate::domain::health::{Coverage, Health, survey};
use crate::domain::subscription::{EmailAddress, Recipient};
use crate::render::{OperatorMail, OperatorSection};
use crate::store::{Lease, Notice};

/// Updates a day beyond which nobody reads a source any more.
const NOISY: i64 = 30;
/// How long a source may bring nothing before it is asked what it is for.
const UNUSED: TimeDelta = TimeDelta::days(180);
/// Lines of a section.
const MOST: usize = 25;

/// Notes the disk when the day is new, and writes the week's word when its moment has come.
///
/// # Errors
/// When the lease is lost or the store fails.
pub async fn follow(house: &House, lease: &Lease) -> anyhow::Result<bool> {
    let now = house.clock.now();
    let day = now.date_naive();
    let known = house.store.disk_days(1).await?;
    if known.last().is_none_or(|last| last.day < day) {
        let folder = house.config.data.clone();
        let room = tokio::task::spawn_blocking(move || disk::measure(&folder)).await?;
        match room {
            Ok(room) => {
                let day = DiskDay {
                    day,
                    used: room.used,
                    free: room.free,
                };
                house.store.note_disk(lease, &day).await?;
            }
            Err(error) => tracing::debug!(%error, "the disk could not be measured"),
        }
    }
    let (Some(schedule), Some(Ok(address))) = (
        &house.config.operator.weekly,
        house.config.contact.as_deref().map(EmailAddress::new),
    ) else {
        return Ok(false);
    };
    let Some(moment) = schedule.last_between(now - TimeDelta::days(7), now) else {
        return Ok(false);
    };
    let id = format!("operator-{}", moment.timestamp());
    if house.store.has_notice(&id).await? {
        return Ok(false);
    }
    // A week that nobody has lived through has no word.
    let first = house.store.log(0, 1).await?;
    if first.first().is_none_or(|line| line.at >= moment) {
        return Ok(false);
    }
    let mail = word(house, moment, now).await?;
    let parts = house.renderer.mail(&mail)?;
    let notice = Notice {
        id,
        address,
        subject: parts.subject,
        text: parts.text,
        html: Some(parts.html),
        headers: Vec::new(),
        queued_at: now,
        attempts: 0,
    };
    house.store.queue_notice(lease, &notice).await?;
    Ok(true)
}

/// What the week has shown.
///
/// # Errors
/// When the store fails.
pub async fn word(
    house: &House,
    moment: DateTime<Utc>,
    now: DateTime<Utc>,
) -> anyhow::Result<OperatorMail> {
    let states = house.store.source_states().await?;
    let survey = survey(
        &house.sources,
        |id| states.get(id).map(|state| &state.record),
        now,
    );
    let ill: Vec<String> = survey
        .iter()
        .filter(|(_, verdict)| verdict.health.is_trouble())
        .map(|(source, verdict)| {
            let health = verdict.health.as_str().replace('_', " ");
            format!(
                "{} ({}): {health}. {}",
                source.name, source.id, verdict.because
            )
        })
        .collect();
    let week = TimeDelta::days(7);
    let noisy: Vec<String> = house
        .store
        .brought_since(now - week)
        .await?
        .into_iter()
        .filter(|(_, count)| *count > NOISY * 7)
        .map(|(source, count)| {
            format!("{source}: {count} updates in a week. Narrow its definition, or switch it off")
        })
        .collect();
    let unused: Vec<String> = survey
        .iter()
        .filter(|(source, verdict)| source.on && verdict.health != Health::Never)
        .filter_map(|(source, _)| {
            let record = &states.get(&source.id)?.record;
            let first = states.get(&source.id)?.first_contact_at?;
            let last = record.last_new.unwrap_or(first);
            (now - last > UNUSED).then(|| {
                format!(
                    "{} ({}): nothing new since {}. Look whether it still publishes, or switch it off",
                    source.name,
                    source.id,
                    last.format("%-d %B %Y")
                )
            })
        })
        .collect();
    let never = never_fire(house, now).await?;
    let subject = match (ill.len(), never.len()) {
        (0, 0) => "Regwire: the week was well".to_owned(),
        (ill, 0) => format!("Regwire: {ill} sources need a look"),
        (0, never) => format!("Regwire: {never} subscriptions can never fire"),
        (ill, never) => {
            format!("Regwire: {ill} sources need a look, {never} subscriptions can never fire")
        }
    };
    let section = |heading: &str, mut lines: Vec<String>, nothing: &str| {
        let more = lines.len().saturating_sub(MOST);
        lines.truncate(MOST);
        if more > 0 {
            lines.push(format!("{more} more"));
        }
        OperatorSection {
            heading: heading.to_owned(),
            lines,
            nothing: nothing.to_owned(),
        }
    };
    let mut standing: Vec<String> = house
        .store
        .lines()
        .await?
        .into_iter()
        .map(|line| format!("{}, since {}", line.what, line.at.format("%-d %B %Y")))
        .collect();
    let figures = house.store.figures().await?;
    for queue in &figures.queues {
        let failed: i64 = queue
            .states
            .iter()
            .filter(|(state, _)| state == "failed")
            .map(|(_, count)| count)
            .sum();
        if failed > 0 {
            standing.push(format!(
                "{failed} {} were given up: `regwire team sent --dead` shows those of teams",
                queue.name
            ));
        }
    }
    Ok(OperatorMail {
        subject,
        until: moment.format("%-d %B %Y").to_string(),
        coverage: format!("{}.", Coverage::of(&survey).sentence()),
        sections: vec![
            section("Sources that are ill", ill, "None."),
            section("Noisy sources", noisy, "None."),
            section("Unused sources", unused, "None."),
            section("Subscriptions that can never fire", never, "None."),
            section("What stands", standing, "Nothing."),
            section("The disk", vec![disk_words(house).await?], ""),
        ],
        base_url: house.config.base_url.clone(),
    })
}

/// Running subscriptions whose criteria name nothing that there is.
async fn never_fire(house: &House, now: DateTime<Utc>) -> anyhow::Result<Vec<String>> {
    let running = house.store.subscriptions(true).await?;
    Ok(running
        .into_iter()
        .filter_map(|one| {
            let why = teams::could_fire(
                &house.library,
                &house.sources,
                &one.criteria,
                now.date_naive(),
            )
            .err()?;
            // Mailboxes stay with the store: the word may be read by many.
            let whose = match &one.recipient {
                Recipient::Team(team) => format!("team {team}"),
                _ => "a mailbox".to_owned(),
            };
            Some(format!("{whose}, subscription {}: {why}", one.id))
        })
        .collect())
}

/// The disk in a sentence.
///
/// # Errors
/// When the store fails.
pub async fn disk_words(house: &House) -> anyhow::Result<String> {
    let days = house.store.disk_days(30).await?;
    let Some(last) = days.last() else {
        return Ok("It was not measured yet.".to_owned());
    };
    let forecast = match days_left(&days) {
        Some(days) if days > 3_650 => "enough for more than ten years at this pace".to_owned(),
        Some(days) => format!("full in about {days} days at this pace"),
        None => "too few days are known for a forecast".to_owned(),
    };
    Ok(format!(
        "The data takes {}, {} are free: {forecast}.",
        spoken(last.used),
        spoken(last.free)
    ))
}
