-- Which updates tell of one event, whom somebody told apart, what an editor noted, and what an
-- earlier revision was tagged with.

ALTER TABLE updates ADD COLUMN story TEXT;
ALTER TABLE updates ADD COLUMN correction BIGINT NOT NULL DEFAULT 0;
CREATE INDEX updates_by_story ON updates (story) WHERE story IS NOT NULL;
-- Most of a store is archive, which no list of news looks through.
DROP INDEX updates_by_reach;
CREATE INDEX updates_told ON updates (position) WHERE reach <> 'archive';

ALTER TABLE revisions ADD COLUMN tags TEXT;

CREATE TABLE stories_apart (
  one TEXT NOT NULL,
  other TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (one, other)
);

CREATE TABLE notes (
  update_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  at TEXT NOT NULL,
  author TEXT NOT NULL,
  part TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (update_id, number)
);
