-- What frameworks' pages said, state by state: "what changed on this page since …".

CREATE TABLE framework_pages (
  framework_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  sha256 TEXT NOT NULL,
  statements TEXT NOT NULL,
  PRIMARY KEY (framework_id, number)
);
