//! Decisions of teams: append-only.

use chrono::{DateTime, NaiveDate, Utc};

use super::database::{reading, writing};
use super::{Error, Store, small, unreadable};
use crate::domain::decision::Decision;
use crate::domain::id::{StoryId, TeamId, UpdateId};

#[derive(sqlx::FromRow)]
struct DecisionRow {
    team: String,
    update_id: String,
    number: i64,
    story: Option<String>,
    verdict: String,
    reason: String,
    who: String,
    decided_at: DateTime<Utc>,
    due: Option<NaiveDate>,
}

impl DecisionRow {
    fn decision(self) -> Result<Decision, Error> {
        let table = "decisions";
        let key = format!("{} {} {}", self.team, self.update_id, self.number);
        let wrong = |e: &dyn std::fmt::Display| unreadable(table, &key, e);
        Ok(Decision {
            number: small(table, &key, self.number)?,
            team: TeamId::new(self.team).map_err(|e| wrong(&e))?,
            update: UpdateId::new(self.update_id).map_err(|e| wrong(&e))?,
            story: self
                .story
                .map(StoryId::new)
                .transpose()
                .map_err(|e| wrong(&e))?,
            verdict: self.verdict.parse().map_err(|e: String| wrong(&e))?,
            reason: self.reason,
            who: self.who,
            at: self.decided_at,
            due: self.due,
        })
    }
}

/// Something told to a team on which nothing was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Undecided {
    /// The team, as a recipient's key.
    pub recipient: String,
    /// The update.
    pub update: UpdateId,
    /// Its title.
    pub title: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

impl Store {
    /// Adds a decision behind those that stand; its number is given here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_decision(&self, decision: &Decision) -> Result<u32, Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            let (number,): (i64,) = sqlx::query_as(
                "INSERT INTO decisions (team, update_id, number, story, verdict, reason, who, decided_at, due)
                 SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5, $6, $7, $8
                 FROM decisions WHERE team = $1 AND update_id = $2
                 RETURNING number",
            )
            .bind(decision.team.as_str())
            .bind(decision.update.as_str())
            .bind(decision.story.as_ref().map(StoryId::as_str))
            .bind(decision.verdict.as_str())
            .bind(decision.reason.as_str())
            .bind(decision.who.as_str())
            .bind(decision.at)
            .bind(decision.due)
            .fetch_one(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok(u32::try_from(number).unwrap_or(u32::MAX))
        })
    }

    /// Decisions, oldest first: of a team or of all; all there ever were, or those that count.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn decisions(
        &self,
        team: Option<&TeamId>,
        update: Option<&UpdateId>,
        only_last: bool,
    ) -> Result<Vec<Decision>, Error> {
        let rows: Vec<DecisionRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT team, update_id, number, story, verdict, reason, who, decided_at, due FROM decisions d
                 WHERE ($1 = '' OR team = $1) AND ($2 = '' OR update_id = $2)
                   AND ($3 = 0 OR NOT EXISTS (SELECT 1 FROM decisions o WHERE o.team = d.team
                     AND o.update_id = d.update_id AND o.number > d.number))
                 ORDER BY decided_at, team, update_id, number",
            )
            .bind(team.map_or("", TeamId::as_str))
            .bind(update.map_or("", UpdateId::as_str))
            .bind(i64::from(only_last))
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(DecisionRow::decision).collect()
    }

    /// The last decision of a team on anything of a story: what is proposed for its next update.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn decision_on_story(
        &self,
        team: &str,
        story: &StoryId,
    ) -> Result<Option<Decision>, Error> {
        let row: Option<DecisionRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT team, update_id, number, story, verdict, reason, who, decided_at, due FROM decisions
                 WHERE team = $1 AND story = $2 ORDER BY decided_at DESC, number DESC LIMIT 1",
            )
            .bind(team)
            .bind(story.as_str())
            .fetch_optional(pool)
            .await?
        });
        row.map(DecisionRow::decision).transpose()
    }

    /// What teams were told before a moment, and on which nothing was decided.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn undecided(&self, before: DateTime<Utc>) -> Result<Vec<Undecided>, Error> {
        let rows: Vec<(String, String, String, DateTime<Utc>)> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT m.recipient, m.update_id, u.title, MIN(m.noted_at)
                 FROM matches m JOIN updates u ON u.id = m.update_id
                 WHERE m.state = 'told' AND m.noted_at < $1 AND m.recipient LIKE 'team:%'
                   AND NOT EXISTS (SELECT 1 FROM decisions d WHERE 'team:' || d.team = m.recipient
                     AND (d.update_id = m.update_id OR d.story = m.story))
                 GROUP BY m.recipient, m.update_id, u.title ORDER BY m.recipient, MIN(m.noted_at)",
            )
            .bind(before)
            .fetch_all(pool)
            .await?
        });
        rows.into_iter()
            .map(|(recipient, update, title, since)| {
                let key = update.clone();
                Ok(Undecided {
                    recipient,
                    update: UpdateId::new(update).map_err(|e| unreadable("matches", &key, e))?,
                    title,
                    since,
                })
            })
            .collect()
    }
}
