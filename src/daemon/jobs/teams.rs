//! Teams, as the configuration and commands have them, made subscriptions.

use chrono::NaiveDate;

use crate::config::Config;
use crate::daemon::House;
use crate::domain::alert::Team;
use crate::domain::criteria::{Clause, Criteria};
use crate::domain::id::{SubscriptionId, TeamId};
use crate::domain::library::Library;
use crate::domain::reference;
use crate::domain::source::Source;
use crate::domain::subscription::{EndReason, Frequency, Origin, Recipient, Subscription};
use crate::matching::judge;
use crate::store::begun;
use crate::text::report::FileFault;

/// All teams: those of the configuration first; a name that both have is the configuration's.
///
/// # Errors
/// When the store fails.
pub async fn all(house: &House) -> anyhow::Result<Vec<Team>> {
    let mut teams = house.config.teams.clone();
    for team in house.store.teams().await? {
        if !teams.iter().any(|known| known.id == team.id) {
            teams.push(team);
        }
    }
    Ok(teams)
}

/// One team.
///
/// # Errors
/// When the store fails.
pub async fn one(house: &House, id: &TeamId) -> anyhow::Result<Option<Team>> {
    Ok(all(house).await?.into_iter().find(|team| &team.id == id))
}

/// What a team tracks, with references in one spelling.
///
/// # Errors
/// With the clause that names nothing, or that could tell nothing or everything.
pub fn criteria(
    library: &Library,
    sources: &[Source],
    team: &Team,
    today: NaiveDate,
) -> anyhow::Result<Criteria> {
    let mut clauses = Vec::new();
    for clause in &team.track {
        if let Clause::Standard(text) = clause {
            let work = reference::read(text, &library.known_works)
                .into_iter()
                .next()
                .map(|reference| reference.work)
                .ok_or_else(|| {
                    anyhow::anyhow!(
                        "team {}: `{text}` is no reference that can be read",
                        team.name
                    )
                })?;
            clauses.push(Clause::Standard(work));
            continue;
        }
        anyhow::ensure!(
            exists(library, sources, clause),
            "team {}: `{clause}` names nothing that the library has, so it would never match",
            team.name
        );
        clauses.push(clause.clone());
    }
    let criteria = if clauses.is_empty() {
        Criteria::All
    } else {
        Criteria::Any(clauses)
    };
    judge(&criteria, &library.known_works, today)
        .map_err(|refusal| anyhow::anyhow!("team {}: {refusal}", team.name))?;
    Ok(criteria)
}

/// Whether criteria could ever be met.
///
/// # Errors
/// With the clause that names nothing that there is, or says nothing.
pub fn could_fire(
    library: &Library,
    sources: &[Source],
    criteria: &Criteria,
    today: NaiveDate,
) -> Result<(), String> {
    let clauses = criteria.clauses();
    let dead = |clause: &&Clause| !exists(library, sources, clause);
    // One clause that lives is enough where any of them will do.
    let missing = match criteria {
        Criteria::Any(_)
            if clauses
                .iter()
                .any(|clause| exists(library, sources, clause)) =>
        {
            None
        }
        _ => clauses.iter().find(dead),
    };
    if let Some(clause) = missing {
        return Err(format!("`{clause}` names nothing that the library has"));
    }
    judge(criteria, &library.known_works, today).map_err(|refusal| refusal.to_string())
}

/// Whether what a clause names is there.
fn exists(library: &Library, sources: &[Source], clause: &Clause) -> bool {
    match clause {
        Clause::Framework(id) => library.framework(id).is_some(),
        Clause::Jurisdiction(id) => library.jurisdiction(id).is_some(),
        Clause::Topic(id) => library.topic(id).is_some(),
        Clause::Body(id) => library.body(id).is_some(),
        Clause::Source(id) | Clause::Page(id) => sources.iter().any(|source| &source.id == id),
        Clause::Standard(_) | Clause::Kind(_) | Clause::Search(_) | Clause::Deadlines => true,
    }
}

/// Teams of the configuration that could never be told anything, or everything, where they stand.
pub fn faults(
    config: &Config,
    library: &Library,
    sources: &[Source],
    today: NaiveDate,
) -> Vec<FileFault> {
    let places = config.team_places.iter().zip(&config.teams);
    places
        .filter_map(|((_, place), team)| {
            let error = criteria(library, sources, team, today).err()?;
            Some(FileFault {
                what: error.to_string(),
                ..place.clone()
            })
        })
        .collect()
}

/// Begins and ends subscriptions until they are what teams ask for. A team whose wish cannot be
/// understood keeps what it had, and that is said.
///
/// # Errors
/// When the store fails.
pub async fn sync(house: &House) -> anyhow::Result<Vec<Subscription>> {
    let running = house.store.subscriptions(true).await?;
    let now = house.clock.now();
    let mut wanted: Vec<(TeamId, Frequency, Criteria, Origin)> = Vec::new();
    let mut kept = Vec::new();
    for team in all(house).await? {
        let origin = if house.config.teams.iter().any(|known| known.id == team.id) {
            Origin::Configuration
        } else {
            Origin::Operator
        };
        match criteria(&house.library, &house.sources, &team, now.date_naive()) {
            Ok(criteria) => wanted.push((team.id, team.frequency, criteria, origin)),
            Err(error) => {
                // Said once at the start; a round comes every few seconds.
                tracing::debug!(team.id = %team.id, %error, "a team's wish cannot be understood");
                kept.push(team.id);
            }
        }
    }
    let mut ends: Vec<SubscriptionId> = Vec::new();
    for one in &running {
        if let Recipient::Team(id) = &one.recipient
            && !kept.contains(id)
            && !wanted.iter().any(|(team, frequency, criteria, _)| {
                team == id && *frequency == one.frequency && *criteria == one.criteria
            })
        {
            ends.push(one.id.clone());
        }
    }
    let mut begins = Vec::new();
    for (team, frequency, criteria, origin) in wanted {
        let recipient = Recipient::Team(team);
        let runs = running.iter().any(|one| {
            one.recipient == recipient && one.frequency == frequency && one.criteria == criteria
        });
        if !runs {
            begins.push(begun(recipient, frequency, criteria, origin, now));
        }
    }
    if ends.is_empty() && begins.is_empty() {
        return Ok(running);
    }
    house
        .store
        .replace_subscriptions(None, &ends, EndReason::Unconfigured, &begins, now)
        .await?;
    Ok(house.store.subscriptions(true).await?)
}
