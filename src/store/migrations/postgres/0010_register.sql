-- The register of standards: what catalogues list, where projects stand, and how they came there.

CREATE TABLE catalogue_snapshots (
  source_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  row_count BIGINT NOT NULL,
  PRIMARY KEY (source_id, number),
  UNIQUE (source_id, at)
);

CREATE TABLE catalogue_rows (
  source_id TEXT NOT NULL,
  row_key TEXT NOT NULL,
  file TEXT,
  project TEXT NOT NULL,
  reference TEXT NOT NULL,
  work TEXT NOT NULL,
  stands_at TEXT NOT NULL,
  rank BIGINT NOT NULL,
  facts TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  since_at TIMESTAMPTZ NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL,
  since_snapshot BIGINT NOT NULL,
  missed BIGINT NOT NULL,
  looks BIGINT NOT NULL,
  absent_since BIGINT,
  PRIMARY KEY (source_id, row_key)
);
CREATE INDEX catalogue_rows_by_project ON catalogue_rows (project);

CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  work TEXT NOT NULL,
  reference TEXT NOT NULL,
  stands_at TEXT NOT NULL,
  since_at TIMESTAMPTZ NOT NULL,
  source_id TEXT NOT NULL,
  row_key TEXT NOT NULL,
  rank BIGINT NOT NULL,
  first_seen TIMESTAMPTZ NOT NULL,
  events BIGINT NOT NULL,
  facts BIGINT NOT NULL
);
CREATE INDEX projects_by_work ON projects (work);

CREATE TABLE stage_events (
  project TEXT NOT NULL,
  number BIGINT NOT NULL,
  weight TEXT NOT NULL,
  from_position TEXT,
  to_position TEXT NOT NULL,
  stated_date TEXT,
  observed_at TIMESTAMPTZ NOT NULL,
  source_id TEXT NOT NULL,
  row_key TEXT NOT NULL,
  reference TEXT NOT NULL,
  file TEXT,
  document BIGINT NOT NULL,
  PRIMARY KEY (project, number)
);

CREATE TABLE stage_reports (
  update_id TEXT NOT NULL,
  reference TEXT NOT NULL,
  work TEXT NOT NULL,
  stage TEXT NOT NULL,
  reported_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (update_id, reference)
);
CREATE INDEX stage_reports_by_work ON stage_reports (work, reported_at);
