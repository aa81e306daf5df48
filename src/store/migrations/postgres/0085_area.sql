-- Operators: who may look after this site, their sessions, tokens of programs, and the audit log.

CREATE TABLE operators (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  password TEXT,
  secret TEXT,
  last_step BIGINT,
  made_at TIMESTAMPTZ NOT NULL,
  last_login_at TIMESTAMPTZ,
  disabled_at TIMESTAMPTZ
);

-- Codes for when the second factor is lost, as hashes.
CREATE TABLE recovery_codes (
  operator_id TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  used_at TIMESTAMPTZ,
  PRIMARY KEY (operator_id, code_hash)
);

-- One-time links, as hashes; without an operator it is the first of all.
CREATE TABLE operator_links (
  link_hash TEXT PRIMARY KEY,
  operator_id TEXT,
  expires_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE sessions (
  session_hash TEXT PRIMARY KEY,
  operator_id TEXT NOT NULL,
  began_at TIMESTAMPTZ NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL,
  came_from TEXT NOT NULL,
  browser TEXT NOT NULL
);
CREATE INDEX sessions_by_operator ON sessions (operator_id);

-- Tries to log in of the last minutes, by account and network.
CREATE TABLE login_tries (
  subject TEXT NOT NULL,
  tried_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX login_tries_by_subject ON login_tries (subject, tried_at);

CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ,
  last_used_at TIMESTAMPTZ,
  ended_at TIMESTAMPTZ
);

CREATE TABLE audit_log (
  position BIGINT PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL,
  who TEXT NOT NULL,
  came_from TEXT NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  state_before TEXT NOT NULL,
  state_after TEXT NOT NULL,
  previous TEXT NOT NULL,
  link TEXT NOT NULL
);

-- Where the log ends; its one row is also what gives lines their order.
CREATE TABLE audit_head (
  only_row BIGINT PRIMARY KEY,
  position BIGINT NOT NULL,
  link TEXT NOT NULL
);
INSERT INTO audit_head (only_row, position, link) VALUES (1, 0, '');

-- What was written stays: by whatever way the database is reached.
CREATE FUNCTION audit_log_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;

CREATE TRIGGER audit_log_is_not_altered BEFORE UPDATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuses();

CREATE TRIGGER audit_log_is_not_shortened BEFORE DELETE OR TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuses();
