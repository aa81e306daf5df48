-- Telling: who wants what how often, what was matched, told and sent, and what was decided.

ALTER TABLE subscriptions RENAME TO subscriptions_before;
CREATE TABLE subscriptions (
  id TEXT PRIMARY KEY,
  subscriber_id TEXT,
  team TEXT,
  frequency TEXT NOT NULL,
  digest TEXT,
  hour BIGINT,
  zone TEXT,
  criteria TEXT NOT NULL,
  origin TEXT NOT NULL,
  began_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ,
  end_reason TEXT
);
INSERT INTO subscriptions (id, subscriber_id, frequency, digest, criteria, origin, began_at, ended_at, end_reason)
SELECT id, subscriber_id, 'digest', digest, criteria, origin, began_at, ended_at, end_reason
FROM subscriptions_before;
DROP TABLE subscriptions_before;
CREATE INDEX subscriptions_by_subscriber ON subscriptions (subscriber_id);
CREATE INDEX subscriptions_by_end ON subscriptions (ended_at);

-- Asked for by a form; confirmed by a button behind a link. With the consent's text it is the
-- consent record.
CREATE TABLE signups (
  id TEXT PRIMARY KEY,
  address TEXT NOT NULL,
  wish TEXT NOT NULL,
  net TEXT NOT NULL,
  ip TEXT,
  asked_at TIMESTAMPTZ NOT NULL,
  form TEXT NOT NULL,
  text_version TEXT NOT NULL,
  state TEXT NOT NULL,
  decided_at TIMESTAMPTZ,
  token_hash TEXT,
  confirmed_at TIMESTAMPTZ
);
CREATE INDEX signups_by_state ON signups (state, asked_at);
CREATE INDEX signups_by_address ON signups (address);
CREATE INDEX signups_by_net ON signups (net, decided_at);
CREATE UNIQUE INDEX signups_by_token ON signups (token_hash);

-- Who must not be written to, as a keyed hash of the address.
CREATE TABLE suppressions (
  address_hash TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  since_at TIMESTAMPTZ NOT NULL,
  detail TEXT NOT NULL
);

CREATE TABLE bounces (
  id TEXT PRIMARY KEY,
  subscriber_id TEXT NOT NULL,
  noted_at TIMESTAMPTZ NOT NULL,
  verdict TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX bounces_by_subscriber ON bounces (subscriber_id, noted_at);

-- What links are signed with; the newest signs, all are known.
CREATE TABLE signing_keys (
  id TEXT PRIMARY KEY,
  secret TEXT NOT NULL,
  made_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE matches (
  subscription_id TEXT NOT NULL,
  update_id TEXT NOT NULL,
  revision BIGINT NOT NULL,
  recipient TEXT NOT NULL,
  story TEXT,
  noted_at TIMESTAMPTZ NOT NULL,
  because TEXT NOT NULL,
  state TEXT NOT NULL,
  alert_id TEXT,
  PRIMARY KEY (subscription_id, update_id, revision)
);
CREATE INDEX matches_by_recipient ON matches (recipient, state);
CREATE INDEX matches_by_update ON matches (update_id, recipient);
CREATE INDEX matches_by_story ON matches (story, recipient);

CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  recipient TEXT NOT NULL,
  frequency TEXT NOT NULL,
  queued_at TIMESTAMPTZ NOT NULL,
  moment_at TIMESTAMPTZ,
  content TEXT NOT NULL
);
CREATE INDEX alerts_by_recipient ON alerts (recipient, moment_at);

-- One way out of an alert.
CREATE TABLE sendings (
  id TEXT PRIMARY KEY,
  alert_id TEXT NOT NULL REFERENCES alerts (id),
  channel TEXT NOT NULL,
  target TEXT NOT NULL,
  queued_at TIMESTAMPTZ NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_try_at TIMESTAMPTZ NOT NULL,
  answer TEXT,
  done_at TIMESTAMPTZ,
  UNIQUE (alert_id, channel, target)
);
CREATE INDEX sendings_due ON sendings (state, next_try_at);

-- Teams that were added by command; those of the configuration are not here.
CREATE TABLE teams (
  id TEXT PRIMARY KEY,
  definition TEXT NOT NULL,
  added_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE pauses (
  recipient TEXT NOT NULL,
  since_at TIMESTAMPTZ NOT NULL,
  until_at TIMESTAMPTZ NOT NULL,
  who TEXT NOT NULL,
  PRIMARY KEY (recipient, since_at)
);

-- Append-only: the newest of a team and an update counts.
CREATE TABLE decisions (
  team TEXT NOT NULL,
  update_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  story TEXT,
  verdict TEXT NOT NULL,
  reason TEXT NOT NULL,
  who TEXT NOT NULL,
  decided_at TIMESTAMPTZ NOT NULL,
  due DATE,
  PRIMARY KEY (team, update_id, number)
);
CREATE INDEX decisions_by_story ON decisions (story, team);

-- Whether mail may go out at all: a restored store starts locked.
CREATE TABLE sending_lock (
  only_row BIGINT PRIMARY KEY,
  instance TEXT NOT NULL,
  locked_because TEXT
);

ALTER TABLE issues ADD COLUMN introduction TEXT NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN html TEXT;
ALTER TABLE notices ADD COLUMN headers TEXT;
