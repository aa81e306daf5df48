-- The first schema. Timestamps are always bound by the program, in UTC, whole microseconds;
-- the database's own clock is never asked.

CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until_at TEXT NOT NULL,
  epoch BIGINT NOT NULL
);

CREATE TABLE log_head (
  only_row BIGINT PRIMARY KEY,
  position BIGINT NOT NULL,
  at TEXT NOT NULL
);

CREATE TABLE source_states (
  source_id TEXT PRIMARY KEY,
  etag TEXT,
  last_modified TEXT,
  sha256 TEXT,
  first_contact_at TEXT,
  next_visit_at TEXT NOT NULL,
  visits BIGINT NOT NULL,
  last_visit TEXT,
  last_success TEXT,
  failures BIGINT NOT NULL,
  failing_since TEXT,
  last_new TEXT,
  gaps TEXT NOT NULL,
  documents BIGINT NOT NULL,
  chain_head TEXT,
  description TEXT NOT NULL,
  moved_to TEXT
);

CREATE TABLE visits (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source_id TEXT NOT NULL,
  at TEXT NOT NULL,
  outcome TEXT NOT NULL,
  status BIGINT,
  entries BIGINT NOT NULL,
  new_entries BIGINT NOT NULL,
  revised_entries BIGINT NOT NULL,
  faults TEXT NOT NULL,
  milliseconds BIGINT NOT NULL,
  bytes BIGINT NOT NULL
);
CREATE INDEX visits_by_source ON visits (source_id, id);

CREATE TABLE documents (
  source_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  url TEXT NOT NULL,
  fetched_at TEXT NOT NULL,
  status BIGINT NOT NULL,
  headers TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  body BLOB,
  keep_until TEXT,
  previous TEXT,
  link TEXT NOT NULL,
  software TEXT NOT NULL,
  PRIMARY KEY (source_id, number)
);

CREATE TABLE updates (
  id TEXT PRIMARY KEY,
  source_id TEXT NOT NULL,
  entry_key TEXT NOT NULL,
  url TEXT,
  title TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  revision BIGINT NOT NULL,
  first_seen TEXT NOT NULL,
  revised_at TEXT NOT NULL,
  reach TEXT NOT NULL,
  authority TEXT NOT NULL,
  position BIGINT NOT NULL,
  content TEXT NOT NULL,
  tags TEXT NOT NULL,
  key_dates TEXT NOT NULL,
  cause TEXT,
  evidence TEXT NOT NULL,
  UNIQUE (source_id, entry_key)
);
CREATE INDEX updates_by_url ON updates (source_id, url);
CREATE UNIQUE INDEX updates_by_position ON updates (position);
CREATE INDEX updates_by_reach ON updates (reach, position);

CREATE TABLE revisions (
  update_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  at TEXT NOT NULL,
  content TEXT NOT NULL,
  evidence TEXT NOT NULL,
  PRIMARY KEY (update_id, number)
);

CREATE TABLE change_log (
  position BIGINT PRIMARY KEY,
  at TEXT NOT NULL,
  event TEXT NOT NULL,
  update_id TEXT NOT NULL,
  revision BIGINT NOT NULL
);

CREATE TABLE followers (
  name TEXT PRIMARY KEY,
  position BIGINT NOT NULL
);

CREATE TABLE subscribers (
  id TEXT PRIMARY KEY,
  address TEXT NOT NULL UNIQUE,
  entered_at TEXT NOT NULL
);

CREATE TABLE subscriptions (
  id TEXT PRIMARY KEY,
  subscriber_id TEXT NOT NULL REFERENCES subscribers (id),
  digest TEXT NOT NULL,
  criteria TEXT NOT NULL,
  origin TEXT NOT NULL,
  began_at TEXT NOT NULL,
  ended_at TEXT,
  end_reason TEXT
);
CREATE INDEX subscriptions_by_subscriber ON subscriptions (subscriber_id);

CREATE TABLE issues (
  digest TEXT NOT NULL,
  number BIGINT NOT NULL,
  scheduled_for TEXT NOT NULL,
  closed_at TEXT NOT NULL,
  window_after BIGINT NOT NULL,
  window_until BIGINT NOT NULL,
  state TEXT NOT NULL,
  items BIGINT NOT NULL,
  edition TEXT NOT NULL,
  PRIMARY KEY (digest, number),
  UNIQUE (digest, scheduled_for)
);

CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  number BIGINT NOT NULL,
  subscriber_id TEXT NOT NULL,
  address TEXT NOT NULL,
  queued_at TEXT NOT NULL,
  plan TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_try_at TEXT NOT NULL,
  answer TEXT,
  done_at TEXT,
  UNIQUE (digest, number, subscriber_id)
);
CREATE INDEX deliveries_due ON deliveries (state, next_try_at);

CREATE TABLE requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  argument TEXT NOT NULL,
  asked_at TEXT NOT NULL,
  answered_at TEXT,
  answer TEXT
);
