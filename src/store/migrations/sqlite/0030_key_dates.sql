-- Key dates as things with a history: which date of which update stands where in it.

CREATE TABLE key_dates (
  update_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  uid TEXT NOT NULL,
  event TEXT NOT NULL,
  day TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  changed_at TEXT NOT NULL,
  story TEXT,
  link TEXT,
  PRIMARY KEY (update_id, place)
);
CREATE INDEX key_dates_by_day ON key_dates (day, update_id, place);
CREATE INDEX key_dates_by_uid ON key_dates (uid, sequence);
CREATE INDEX key_dates_by_story ON key_dates (story) WHERE story IS NOT NULL;
CREATE INDEX key_dates_by_link ON key_dates (link) WHERE link IS NOT NULL;

INSERT INTO key_dates
SELECT u.id, d.key, u.id || '-' || json_extract(d.value, '$.event') || '-' || ROW_NUMBER()
  OVER (PARTITION BY u.id, json_extract(d.value, '$.event') ORDER BY d.key), json_extract(d.value, '$.event'), CAST(json_extract(d.value, '$.date') AS TEXT),
  0, u.revised_at, u.story, u.source_id || ' ' || u.url
FROM updates u, json_each(u.key_dates) d
WHERE u.key_dates <> '[]';
