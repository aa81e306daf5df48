//! What is done in the operators' area and by its commands: each deed and its line of the audit log
//! in one transaction, so that there is neither without the other.

use chrono::{DateTime, Utc};

use super::api_tokens::written;
use super::audit::{audited, witnessed};
use super::database::writing;
use super::outbox::Queue;
use super::signups::erased;
use super::{Error, Store, to_json};
use crate::domain::api_token::StoredToken;
use crate::domain::audit::Act;
use crate::domain::id::OperatorId;
use crate::domain::one_time_code::CodeSecret;
use crate::domain::operator::{Operator, OperatorLink, Role, Session};
use crate::domain::subscription::EmailAddress;

/// What is done.
#[derive(Clone)]
pub enum Deed {
    /// Asks the worker for something.
    Ask {
        /// What (`collect` …).
        kind: String,
        /// With what.
        argument: serde_json::Value,
    },
    /// Keeps every mail and alert back.
    Pause {
        /// Why.
        why: String,
    },
    /// Puts what was given up in the queue again.
    Replay {
        /// Which queue it is of.
        queue: Queue,
        /// Which.
        id: String,
    },
    /// Erases a mailbox but a keyed hash.
    Erase {
        /// The mailbox.
        address: EmailAddress,
        /// The hash.
        hash: String,
    },
    /// Lets somebody in by a link; what older links they had are over.
    Invite {
        /// Who, in whatever state.
        operator: Operator,
        /// The link.
        link: OperatorLink,
        /// Whether the second factor falls away.
        without_second_factor: bool,
    },
    /// Gives the first link of all; older ones are over.
    FirstLink(OperatorLink),
    /// Uses a link up: a password, and every session before it ends. The first link of all makes
    /// somebody new, and nobody else; where a password was set since, it is good for nothing.
    UseLink {
        /// The link's hash.
        link: String,
        /// Who, with the new password.
        operator: Operator,
        /// The session that begins; none where a second factor is asked for first.
        session: Option<Session>,
    },
    /// A log-in that was right.
    LogIn {
        /// The session that begins.
        session: Session,
        /// The one that the browser held before.
        instead_of: String,
        /// The step of the code that was used.
        step: Option<i64>,
        /// The hash of the recovery code that was used.
        recovery: Option<String>,
        /// The password made anew, where it was kept too cheaply.
        password: Option<String>,
    },
    /// Ends a session.
    EndSession {
        /// Its hash.
        hash: String,
        /// Whose it must be.
        operator: OperatorId,
    },
    /// Ends all sessions of somebody.
    EndSessions(OperatorId),
    /// Changes a password; every session but the new one ends.
    SetPassword {
        /// As it is kept.
        password: String,
        /// The session that goes on, under a new name.
        session: Session,
    },
    /// Sets the second factor up, or takes it away; other sessions end.
    SetSecondFactor {
        /// Whose.
        operator: OperatorId,
        /// The secret and the step of the code that proved it.
        secret: Option<(CodeSecret, i64)>,
        /// Hashes of recovery codes; what there were before are over.
        codes: Vec<String>,
        /// The session that goes on.
        session: String,
        /// The step of the code that was used of the factor before.
        step: Option<i64>,
        /// The hash of the recovery code that was used in its place.
        recovery: Option<String>,
    },
    /// Changes what somebody may do; their sessions end.
    SetRole(OperatorId, Role),
    /// Lets somebody log in no more, or again; their sessions and links end.
    Disable(OperatorId, bool),
    /// Makes a token of a program.
    AddToken(StoredToken),
    /// Ends one.
    EndToken(String),
}

impl std::fmt::Debug for Deed {
    /// Which deed; nothing of the secrets, hashes and mailboxes in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ask { .. } => "Ask",
            Self::Pause { .. } => "Pause",
            Self::Replay { .. } => "Replay",
            Self::Erase { .. } => "Erase",
            Self::Invite { .. } => "Invite",
            Self::FirstLink(_) => "FirstLink",
            Self::UseLink { .. } => "UseLink",
            Self::LogIn { .. } => "LogIn",
            Self::EndSession { .. } => "EndSession",
            Self::EndSessions(_) => "EndSessions",
            Self::SetPassword { .. } => "SetPassword",
            Self::SetSecondFactor { .. } => "SetSecondFactor",
            Self::SetRole(..) => "SetRole",
            Self::Disable(..) => "Disable",
            Self::AddToken(_) => "AddToken",
            Self::EndToken(_) => "EndToken",
        })
    }
}

/// Writes a link, in the place of those that were there for the same.
macro_rules! linked {
    ($transaction:expr, $link:expr) => {
        let link: &OperatorLink = $link;
        sqlx::query("DELETE FROM operator_links WHERE COALESCE(operator_id, '') = $1")
            .bind(link.operator.as_ref().map_or("", OperatorId::as_str))
            .execute(&mut *$transaction)
            .await?;
        sqlx::query(
            "INSERT INTO operator_links (link_hash, operator_id, expires_at) VALUES ($1, $2, $3)",
        )
        .bind(link.hash.as_str())
        .bind(link.operator.as_ref().map(OperatorId::as_str))
        .bind(link.expires_at)
        .execute(&mut *$transaction)
        .await?;
    };
}

/// Writes a session.
macro_rules! begun {
    ($transaction:expr, $session:expr) => {
        let session: &Session = $session;
        sqlx::query(
            "INSERT INTO sessions (session_hash, operator_id, began_at, seen_at, came_from, browser)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(session.hash.as_str())
        .bind(session.operator.as_str())
        .bind(session.began_at)
        .bind(session.seen_at)
        .bind(session.from.as_str())
        .bind(session.browser.as_str())
        .execute(&mut *$transaction)
        .await?;
    };
}

/// Uses up what was shown of a second factor; where it was used already, nothing of the deed happens.
macro_rules! factor_used {
    ($transaction:expr, $operator:expr, $step:expr, $recovery:expr, $now:expr) => {
        if let Some(step) = $step {
            one_row!(
                $transaction,
                sqlx::query(
                    "UPDATE operators SET last_step = $2
                     WHERE id = $1 AND (last_step IS NULL OR last_step < $2)",
                )
                .bind($operator.as_str())
                .bind(*step)
            );
        }
        if let Some(code) = $recovery {
            one_row!(
                $transaction,
                sqlx::query(
                    "UPDATE recovery_codes SET used_at = $3
                     WHERE operator_id = $1 AND code_hash = $2 AND used_at IS NULL",
                )
                .bind($operator.as_str())
                .bind(code)
                .bind($now)
            );
        }
    };
}

/// Ends the sessions of somebody, but one.
macro_rules! ended {
    ($transaction:expr, $operator:expr, $but:expr) => {
        sqlx::query("DELETE FROM sessions WHERE operator_id = $1 AND session_hash <> $2")
            .bind($operator.as_str())
            .bind($but)
            .execute(&mut *$transaction)
            .await?
            .rows_affected()
    };
}

/// Runs one statement that must change one row; else nothing of the deed happens.
macro_rules! one_row {
    ($transaction:expr, $query:expr) => {
        if $query.execute(&mut *$transaction).await?.rows_affected() != 1 {
            $transaction.rollback().await?;
            return Ok(None);
        }
    };
}

impl Store {
    /// Does a deed and writes its line of the audit log, both or neither. None when there was
    /// nothing to do it to any more; else a number, which is the request's where one was left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn perform(&self, act: &Act, deed: &Deed) -> Result<Option<i64>, Error> {
        let begin = self.database.begin();
        let now: DateTime<Utc> = act.at;
        writing!(self.database, |pool| {
            let mut transaction = pool.begin_with(begin).await?;
            let mut number = 0;
            match deed {
                Deed::Ask { kind, argument } => {
                    let (id,): (i64,) = sqlx::query_as(
                        "INSERT INTO requests (kind, argument, asked_at) VALUES ($1, $2, $3) RETURNING id",
                    )
                    .bind(kind)
                    .bind(to_json(argument))
                    .bind(now)
                    .fetch_one(&mut *transaction)
                    .await?;
                    number = id;
                }
                Deed::Pause { why } => {
                    one_row!(
                        transaction,
                        sqlx::query(
                            "UPDATE sending_lock SET locked_because = $1 WHERE only_row = 1"
                        )
                        .bind(why)
                    );
                }
                Deed::Replay { queue, id } => match queue {
                    Queue::Mail => {
                        one_row!(
                            transaction,
                            sqlx::query(
                                "UPDATE deliveries SET state = 'pending', attempts = 0, next_try_at = $2, done_at = NULL
                                 WHERE id = $1 AND state = 'failed'",
                            )
                            .bind(id)
                            .bind(now)
                        );
                        // Finished is what has nobody left.
                        sqlx::query(
                            "UPDATE issues SET state = 'sending' WHERE state = 'finished' AND EXISTS (
                               SELECT 1 FROM deliveries d WHERE d.id = $1 AND d.digest = issues.digest
                                 AND d.number = issues.number)",
                        )
                        .bind(id)
                        .execute(&mut *transaction)
                        .await?;
                    }
                    Queue::Alert => {
                        one_row!(
                            transaction,
                            sqlx::query(
                                "UPDATE sendings SET state = 'pending', attempts = 0, next_try_at = $2, done_at = NULL
                                 WHERE id = $1 AND state = 'failed'",
                            )
                            .bind(id)
                            .bind(now)
                        );
                    }
                    Queue::Notice => {
                        one_row!(
                            transaction,
                            sqlx::query(
                                "UPDATE notices SET state = 'pending', attempts = 0, next_try_at = $2, done_at = NULL
                                 WHERE id = $1 AND state = 'failed'",
                            )
                            .bind(id)
                            .bind(now)
                        );
                    }
                },
                Deed::Erase { address, hash } => {
                    erased!(transaction, address, hash, now);
                }
                Deed::Invite {
                    operator,
                    link,
                    without_second_factor,
                } => {
                    sqlx::query(
                        "INSERT INTO operators (id, name, role, made_at) VALUES ($1, $2, $3, $4)
                         ON CONFLICT (id) DO NOTHING",
                    )
                    .bind(operator.id.as_str())
                    .bind(operator.name.as_str())
                    .bind(operator.role.as_str())
                    .bind(operator.made_at)
                    .execute(&mut *transaction)
                    .await?;
                    if *without_second_factor {
                        sqlx::query(
                            "UPDATE operators SET secret = NULL, last_step = NULL WHERE id = $1",
                        )
                        .bind(operator.id.as_str())
                        .execute(&mut *transaction)
                        .await?;
                        sqlx::query("DELETE FROM recovery_codes WHERE operator_id = $1")
                            .bind(operator.id.as_str())
                            .execute(&mut *transaction)
                            .await?;
                    }
                    linked!(transaction, link);
                }
                Deed::FirstLink(link) => {
                    linked!(transaction, link);
                }
                Deed::UseLink {
                    link,
                    operator,
                    session,
                } => {
                    let used: Option<(Option<String>,)> = sqlx::query_as(
                        "DELETE FROM operator_links WHERE link_hash = $1 AND expires_at > $2
                         RETURNING operator_id",
                    )
                    .bind(link)
                    .bind(now)
                    .fetch_optional(&mut *transaction)
                    .await?;
                    let Some((of,)) = used else {
                        transaction.rollback().await?;
                        return Ok(None);
                    };
                    let logged_in = session.as_ref().map(|_| now);
                    if let Some(of) = of {
                        // No session begins beside a second factor, however lately it was set up.
                        one_row!(
                            transaction,
                            sqlx::query(
                                "UPDATE operators SET password = $3, last_login_at = COALESCE($4, last_login_at)
                                 WHERE id = $1 AND id = $2 AND disabled_at IS NULL
                                   AND (secret IS NULL OR $4 IS NULL)",
                            )
                            .bind(operator.id.as_str())
                            .bind(of)
                            .bind(operator.password.as_deref())
                            .bind(logged_in)
                        );
                    } else {
                        one_row!(
                            transaction,
                            sqlx::query(
                                "INSERT INTO operators (id, name, role, password, made_at, last_login_at)
                                 SELECT $1, $2, $3, $4, $5, $6
                                 WHERE NOT EXISTS (SELECT 1 FROM operators WHERE password IS NOT NULL)
                                 ON CONFLICT (id) DO NOTHING",
                            )
                            .bind(operator.id.as_str())
                            .bind(operator.name.as_str())
                            .bind(operator.role.as_str())
                            .bind(operator.password.as_deref())
                            .bind(operator.made_at)
                            .bind(logged_in)
                        );
                    }
                    // Somebody can log in now: the first link has done its work, or is not needed.
                    sqlx::query("DELETE FROM operator_links WHERE operator_id IS NULL")
                        .execute(&mut *transaction)
                        .await?;
                    ended!(transaction, operator.id, "");
                    if let Some(session) = session {
                        begun!(transaction, session);
                    }
                }
                Deed::LogIn {
                    session,
                    instead_of,
                    step,
                    recovery,
                    password,
                } => {
                    factor_used!(transaction, session.operator, step, recovery, now);
                    one_row!(
                        transaction,
                        sqlx::query(
                            "UPDATE operators SET last_login_at = $2, password = COALESCE($3, password)
                             WHERE id = $1 AND disabled_at IS NULL",
                        )
                        .bind(session.operator.as_str())
                        .bind(now)
                        .bind(password.as_deref())
                    );
                    sqlx::query("DELETE FROM sessions WHERE session_hash = $1")
                        .bind(instead_of)
                        .execute(&mut *transaction)
                        .await?;
                    begun!(transaction, session);
                }
                Deed::EndSession { hash, operator } => {
                    one_row!(
                        transaction,
                        sqlx::query(
                            "DELETE FROM sessions WHERE session_hash = $1 AND operator_id = $2"
                        )
                        .bind(hash)
                        .bind(operator.as_str())
                    );
                }
                Deed::EndSessions(operator) => {
                    ended!(transaction, operator, "");
                }
                Deed::SetPassword { password, session } => {
                    one_row!(
                        transaction,
                        sqlx::query("UPDATE operators SET password = $2 WHERE id = $1")
                            .bind(session.operator.as_str())
                            .bind(password)
                    );
                    ended!(transaction, session.operator, "");
                    sqlx::query("DELETE FROM operator_links WHERE operator_id = $1")
                        .bind(session.operator.as_str())
                        .execute(&mut *transaction)
                        .await?;
                    begun!(transaction, session);
                }
                Deed::SetSecondFactor {
                    operator,
                    secret,
                    codes,
                    session,
                    step,
                    recovery,
                } => {
                    factor_used!(transaction, operator, step, recovery, now);
                    one_row!(
                        transaction,
                        sqlx::query(
                            "UPDATE operators SET secret = $2, last_step = $3 WHERE id = $1"
                        )
                        .bind(operator.as_str())
                        .bind(secret.as_ref().map(|(secret, _)| secret.text()))
                        .bind(secret.as_ref().map(|(_, step)| *step))
                    );
                    sqlx::query("DELETE FROM recovery_codes WHERE operator_id = $1")
                        .bind(operator.as_str())
                        .execute(&mut *transaction)
                        .await?;
                    for code in codes {
                        sqlx::query(
                            "INSERT INTO recovery_codes (operator_id, code_hash) VALUES ($1, $2)",
                        )
                        .bind(operator.as_str())
                        .bind(code)
                        .execute(&mut *transaction)
                        .await?;
                    }
                    ended!(transaction, operator, session.as_str());
                }
                Deed::SetRole(operator, role) => {
                    one_row!(
                        transaction,
                        sqlx::query("UPDATE operators SET role = $2 WHERE id = $1 AND role <> $2")
                            .bind(operator.as_str())
                            .bind(role.as_str())
                    );
                    ended!(transaction, operator, "");
                }
                Deed::Disable(operator, disabled) => {
                    one_row!(
                        transaction,
                        sqlx::query(
                            "UPDATE operators SET disabled_at = $2
                             WHERE id = $1 AND (disabled_at IS NULL) = ($2 IS NOT NULL)",
                        )
                        .bind(operator.as_str())
                        .bind(disabled.then_some(now))
                    );
                    ended!(transaction, operator, "");
                    sqlx::query("DELETE FROM operator_links WHERE operator_id = $1")
                        .bind(operator.as_str())
                        .execute(&mut *transaction)
                        .await?;
                }
                Deed::AddToken(token) => {
                    sqlx::query(
                        "INSERT INTO api_tokens (id, name, token_hash, scopes, made_by, made_at, expires_at)
                         VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    )
                    .bind(token.id.as_str())
                    .bind(token.token.name.as_str())
                    .bind(token.token.hash.as_str())
                    .bind(written(&token.token.scopes))
                    .bind(token.made_by.as_str())
                    .bind(token.made_at)
                    .bind(token.token.expires)
                    .execute(&mut *transaction)
                    .await?;
                }
                Deed::EndToken(id) => {
                    one_row!(
                        transaction,
                        sqlx::query(
                            "UPDATE api_tokens SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL"
                        )
                        .bind(id)
                        .bind(now)
                    );
                }
            }
            let line = audited!(transaction, act);
            crate::crash::point("deed-before-commit");
            transaction.commit().await?;
            witnessed(&line);
            Ok(Some(number))
        })
    }
}
