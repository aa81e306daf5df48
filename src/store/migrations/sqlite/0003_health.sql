-- What visits show of a source beside success and failure, and how its health went.

ALTER TABLE source_states ADD COLUMN signs TEXT NOT NULL DEFAULT '{}';

CREATE TABLE source_health (
  source_id TEXT PRIMARY KEY,
  health TEXT NOT NULL,
  since TEXT,
  because TEXT NOT NULL
);

CREATE TABLE health_changes (
  source_id TEXT NOT NULL,
  at TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  because TEXT NOT NULL,
  PRIMARY KEY (source_id, at)
);

CREATE TABLE notices (
  id TEXT PRIMARY KEY,
  address TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  queued_at TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_try_at TEXT NOT NULL,
  answer TEXT,
  done_at TEXT
);
CREATE INDEX notices_due ON notices (state, next_try_at);
