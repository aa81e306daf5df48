-- Watched pages: what each was at the last look, its versions, and life cycles that pages show.
-- Readings and changes are JSON, packed.

CREATE TABLE watched_pages (
  source_id TEXT PRIMARY KEY,
  definition TEXT NOT NULL,
  version BIGINT NOT NULL,
  read_at TIMESTAMPTZ NOT NULL,
  document BIGINT NOT NULL,
  reading BYTEA NOT NULL,
  told TEXT NOT NULL,
  doubted TEXT
);

CREATE TABLE page_versions (
  source_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  document BIGINT NOT NULL,
  weight DOUBLE PRECISION,
  counts TEXT,
  change BYTEA,
  reading BYTEA NOT NULL,
  PRIMARY KEY (source_id, version)
);

CREATE TABLE life_cycles (
  owner TEXT NOT NULL,
  project TEXT NOT NULL,
  cycle TEXT NOT NULL,
  PRIMARY KEY (owner, project)
);
