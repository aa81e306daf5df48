//! Matches, the alerts made of them, and each alert's ways out.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::database::{fenced, reading, writing};
use super::{Error, Lease, Store, json, small, to_json, unreadable};
use crate::domain::alert::{Alert, Sending, Team};
use crate::domain::delivery::DeliveryState;
use crate::domain::id::{AlertId, StoryId, SubscriptionId, TeamId, UpdateId};

/// What became of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchState {
    /// It is told in an alert.
    Told,
    /// It waits for its bundle.
    Waiting,
    /// Its story was told before.
    Story,
    /// Its recipient had alerts paused.
    Paused,
}

impl MatchState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Waiting => "waiting",
            Self::Story => "story",
            Self::Paused => "paused",
        }
    }
}

/// One match.
#[derive(Clone, Debug, PartialEq)]
pub struct NotedMatch {
    /// Whose wish.
    pub subscription: SubscriptionId,
    /// The update.
    pub update: UpdateId,
    /// In which revision.
    pub revision: u32,
    /// Whom, as a key.
    pub recipient: String,
    /// The story.
    pub story: Option<StoryId>,
    /// When it was found.
    pub at: DateTime<Utc>,
    /// The clauses that held, in words.
    pub because: Vec<String>,
    /// What became of it.
    pub state: MatchState,
    /// In which alert.
    pub alert: Option<AlertId>,
}

#[derive(sqlx::FromRow)]
struct SendingRow {
    id: String,
    alert_id: String,
    channel: String,
    target: String,
    queued_at: DateTime<Utc>,
    attempts: i64,
}

impl SendingRow {
    fn sending(self) -> Result<Sending, Error> {
        let table = "sendings";
        let key = self.id.as_str();
        Ok(Sending {
            alert: AlertId::new(self.alert_id).map_err(|e| unreadable(table, key, e))?,
            channel: self
                .channel
                .parse()
                .map_err(|e: String| unreadable(table, key, e))?,
            attempts: small(table, key, self.attempts)?,
            id: self.id,
            target: self.target,
            queued_at: self.queued_at,
        })
    }
}

/// A sending with where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct SendingStatus {
    /// The sending.
    pub sending: Sending,
    /// Whom.
    pub recipient: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// What was answered last.
    pub answer: Option<String>,
    /// Not before, while it is still to be sent.
    pub next_try_at: DateTime<Utc>,
}

impl Store {
    /// Of some updates and stories, those that a recipient was told or is to be told: by update.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn told_before(
        &self,
        updates: &[UpdateId],
        stories: &[StoryId],
    ) -> Result<(HashSet<(String, String)>, HashSet<(String, String)>), Error> {
        let mut by_update = HashSet::new();
        for update in updates {
            let rows: Vec<(String,)> = reading!(self.database, |pool| {
                sqlx::query_as(
                    "SELECT DISTINCT recipient FROM matches WHERE update_id = $1 AND state IN ('told', 'waiting')",
                )
                .bind(update.as_str())
                .fetch_all(pool)
                .await?
            });
            by_update.extend(rows.into_iter().map(|(who,)| (who, update.to_string())));
        }
        let mut by_story = HashSet::new();
        for story in stories {
            let rows: Vec<(String,)> = reading!(self.database, |pool| {
                sqlx::query_as(
                    "SELECT DISTINCT recipient FROM matches WHERE story = $1 AND state IN ('told', 'waiting')",
                )
                .bind(story.as_str())
                .fetch_all(pool)
                .await?
            });
            by_story.extend(rows.into_iter().map(|(who,)| (who, story.to_string())));
        }
        Ok((by_update, by_story))
    }

    /// Stores what a stretch of the log came to, with how far it was read: all or nothing.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn commit_matches(
        &self,
        lease: &Lease,
        position: Option<i64>,
        matches: &[NotedMatch],
        alerts: &[(Alert, Vec<Sending>)],
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            for (alert, sendings) in alerts {
                let new = sqlx::query(
                    "INSERT INTO alerts (id, recipient, frequency, queued_at, moment_at, content)
                     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
                )
                .bind(alert.id.as_str())
                .bind(alert.recipient.as_str())
                .bind(alert.frequency.as_str())
                .bind(alert.queued_at)
                .bind(alert.moment)
                .bind(to_json(&alert.content))
                .execute(&mut *transaction)
                .await?
                .rows_affected();
                if new == 0 {
                    continue;
                }
                for sending in sendings {
                    sqlx::query(
                        "INSERT INTO sendings (id, alert_id, channel, target, queued_at, state, attempts, next_try_at)
                         VALUES ($1, $2, $3, $4, $5, 'pending', 0, $5) ON CONFLICT DO NOTHING",
                    )
                    .bind(sending.id.as_str())
                    .bind(sending.alert.as_str())
                    .bind(sending.channel.as_str())
                    .bind(sending.target.as_str())
                    .bind(sending.queued_at)
                    .execute(&mut *transaction)
                    .await?;
                }
            }
            for one in matches {
                sqlx::query(
                    "INSERT INTO matches (subscription_id, update_id, revision, recipient, story, noted_at, because,
                       state, alert_id)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                     ON CONFLICT (subscription_id, update_id, revision) DO UPDATE
                       SET state = excluded.state, alert_id = excluded.alert_id",
                )
                .bind(one.subscription.as_str())
                .bind(one.update.as_str())
                .bind(i64::from(one.revision))
                .bind(one.recipient.as_str())
                .bind(one.story.as_ref().map(StoryId::as_str))
                .bind(one.at)
                .bind(to_json(&one.because))
                .bind(one.state.as_str())
                .bind(one.alert.as_ref().map(AlertId::as_str))
                .execute(&mut *transaction)
                .await?;
            }
            if let Some(position) = position {
                sqlx::query(
                    "INSERT INTO followers (name, position) VALUES ('match', $1)
                     ON CONFLICT (name) DO UPDATE SET position = excluded.position",
                )
                .bind(position)
                .execute(&mut *transaction)
                .await?;
            }
            crate::crash::point("alerts-before-commit");
            transaction.commit().await?;
            crate::crash::point("alerts-after-commit");
            Ok(())
        })
    }

    /// Matches of a recipient that wait for a bundle, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn waiting_matches(
        &self,
        recipient: &str,
        until: DateTime<Utc>,
    ) -> Result<Vec<NotedMatch>, Error> {
        type Row = (String, String, i64, Option<String>, DateTime<Utc>, String);
        let rows: Vec<Row> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT subscription_id, update_id, revision, story, noted_at, because FROM matches
                 WHERE recipient = $1 AND state = 'waiting' AND noted_at <= $2 ORDER BY noted_at, update_id",
            )
            .bind(recipient)
            .bind(until)
            .fetch_all(pool)
            .await?
        });
        let table = "matches";
        rows.into_iter()
            .map(|(subscription, update, revision, story, at, because)| {
                let key = format!("{subscription} {update}");
                let wrong = |e: &dyn std::fmt::Display| unreadable(table, &key, e);
                Ok(NotedMatch {
                    subscription: SubscriptionId::new(subscription).map_err(|e| wrong(&e))?,
                    update: UpdateId::new(update).map_err(|e| wrong(&e))?,
                    revision: small(table, &key, revision)?,
                    recipient: recipient.to_owned(),
                    story: story.map(StoryId::new).transpose().map_err(|e| wrong(&e))?,
                    at,
                    because: json(table, &key, &because)?,
                    state: MatchState::Waiting,
                    alert: None,
                })
            })
            .collect()
    }

    /// The moment of a recipient's last bundle of a frequency.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_bundle(
        &self,
        recipient: &str,
        frequency: &str,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let (moment,): (Option<DateTime<Utc>>,) = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT MAX(moment_at) FROM alerts WHERE recipient = $1 AND frequency = $2",
            )
            .bind(recipient)
            .bind(frequency)
            .fetch_one(pool)
            .await?
        });
        Ok(moment)
    }

    /// One alert.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn alert(&self, id: &AlertId) -> Result<Option<Alert>, Error> {
        type Row = (String, String, DateTime<Utc>, Option<DateTime<Utc>>, String);
        let row: Option<Row> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT recipient, frequency, queued_at, moment_at, content FROM alerts WHERE id = $1",
            )
            .bind(id.as_str())
            .fetch_optional(pool)
            .await?
        });
        row.map(|(recipient, frequency, queued_at, moment, content)| {
            Ok(Alert {
                id: id.clone(),
                recipient,
                frequency,
                queued_at,
                moment,
                content: json("alerts", id.as_str(), &content)?,
            })
        })
        .transpose()
    }

    /// Sendings that are due.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn due_sendings(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Sending>, Error> {
        let rows: Vec<SendingRow> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT id, alert_id, channel, target, queued_at, attempts FROM sendings
                 WHERE state = 'pending' AND next_try_at <= $1 ORDER BY attempts, next_try_at, id LIMIT $2",
            )
            .bind(now)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(SendingRow::sending).collect()
    }

    /// Notes what became of a try.
    ///
    /// # Errors
    /// When the lease is lost or the database fails.
    pub async fn record_sending(
        &self,
        lease: &Lease,
        id: &str,
        state: DeliveryState,
        next_try_at: DateTime<Utc>,
        answer: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            fenced!(transaction, lease);
            sqlx::query(
                "UPDATE sendings SET state = $2, attempts = attempts + 1, next_try_at = $3, answer = $4,
                   done_at = CASE WHEN $2 = 'pending' THEN NULL ELSE $5 END
                 WHERE id = $1 AND state = 'pending'",
            )
            .bind(id)
            .bind(state.as_str())
            .bind(next_try_at)
            .bind(answer)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
            crate::crash::point("sending-before-commit");
            transaction.commit().await?;
            Ok(())
        })
    }

    /// Sendings by where they stand, the newest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn sendings(
        &self,
        state: Option<DeliveryState>,
        limit: u32,
    ) -> Result<Vec<SendingStatus>, Error> {
        type Row = (
            String,
            String,
            String,
            String,
            DateTime<Utc>,
            i64,
            String,
            Option<String>,
            DateTime<Utc>,
            String,
        );
        let rows: Vec<Row> = reading!(self.database, |pool| {
            sqlx::query_as(
                "SELECT s.id, s.alert_id, s.channel, s.target, s.queued_at, s.attempts, s.state, s.answer, s.next_try_at,
                   a.recipient
                 FROM sendings s JOIN alerts a ON a.id = s.alert_id
                 WHERE ($1 = '' OR s.state = $1) ORDER BY s.queued_at DESC, s.id LIMIT $2",
            )
            .bind(state.map_or("", DeliveryState::as_str))
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        rows.into_iter()
            .map(
                |(id, alert_id, channel, target, queued_at, attempts, state, answer, next, who)| {
                    let key = id.clone();
                    Ok(SendingStatus {
                        sending: SendingRow {
                            id,
                            alert_id,
                            channel,
                            target,
                            queued_at,
                            attempts,
                        }
                        .sending()?,
                        recipient: who,
                        state: state
                            .parse()
                            .map_err(|e: String| unreadable("sendings", &key, e))?,
                        answer,
                        next_try_at: next,
                    })
                },
            )
            .collect()
    }

    /// Puts a sending that was given up in the queue again, under the same id; false when it was
    /// not given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replay_sending(&self, id: &str, now: DateTime<Utc>) -> Result<bool, Error> {
        writing!(self.database, |pool| {
            let changed = sqlx::query(
                "UPDATE sendings SET state = 'pending', attempts = 0, next_try_at = $2, done_at = NULL
                 WHERE id = $1 AND state = 'failed'",
            )
            .bind(id)
            .bind(now)
            .execute(pool)
            .await?
            .rows_affected();
            Ok(changed == 1)
        })
    }

    /// Teams that were added by command.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn teams(&self) -> Result<Vec<Team>, Error> {
        let rows: Vec<(String, String)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT id, definition FROM teams ORDER BY id")
                .fetch_all(pool)
                .await?
        });
        rows.into_iter()
            .map(|(id, definition)| json("teams", &id, &definition))
            .collect()
    }

    /// Adds a team, or takes its new definition.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_team(&self, team: &Team, now: DateTime<Utc>) -> Result<(), Error> {
        writing!(self.database, |pool| {
            sqlx::query(
                "INSERT INTO teams (id, definition, added_at) VALUES ($1, $2, $3)
                 ON CONFLICT (id) DO UPDATE SET definition = excluded.definition",
            )
            .bind(team.id.as_str())
            .bind(to_json(team))
            .bind(now)
            .execute(pool)
            .await?;
            Ok(())
        })
    }

    /// Takes a team off; false when none was added under that name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_team(&self, id: &TeamId) -> Result<bool, Error> {
        writing!(self.database, |pool| {
            let gone = sqlx::query("DELETE FROM teams WHERE id = $1")
                .bind(id.as_str())
                .execute(pool)
                .await?
                .rows_affected();
            Ok(gone == 1)
        })
    }

    /// Keeps alerts back until a moment; an earlier pause ends with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pause(
        &self,
        recipient: &str,
        until: DateTime<Utc>,
        who: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let begin = self.database.begin();
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            sqlx::query("UPDATE pauses SET until_at = $2 WHERE recipient = $1 AND until_at > $2")
                .bind(recipient)
                .bind(now)
                .execute(&mut *transaction)
                .await?;
            if until > now {
                sqlx::query(
                    "INSERT INTO pauses (recipient, since_at, until_at, who) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (recipient, since_at) DO UPDATE SET until_at = excluded.until_at, who = excluded.who",
                )
                .bind(recipient)
                .bind(now)
                .bind(until)
                .bind(who)
                .execute(&mut *transaction)
                .await?;
            }
            transaction.commit().await?;
            Ok(())
        })
    }

    /// Recipients whose alerts are kept back now, and until when.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn paused(
        &self,
        now: DateTime<Utc>,
    ) -> Result<HashMap<String, DateTime<Utc>>, Error> {
        let rows: Vec<(String, DateTime<Utc>)> = reading!(self.database, |pool| {
            sqlx::query_as("SELECT recipient, MAX(until_at) FROM pauses WHERE until_at > $1 GROUP BY recipient")
                .bind(now)
                .fetch_all(pool)
                .await?
        });
        Ok(rows.into_iter().collect())
    }
}
