-- Key dates as things with a history: which date of which update stands where in it.

CREATE TABLE key_dates (
  update_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  uid TEXT NOT NULL,
  event TEXT NOT NULL,
  day DATE NOT NULL,
  sequence BIGINT NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL,
  story TEXT,
  link TEXT,
  PRIMARY KEY (update_id, place)
);
CREATE INDEX key_dates_by_day ON key_dates (day, update_id, place);
CREATE INDEX key_dates_by_uid ON key_dates (uid, sequence);
CREATE INDEX key_dates_by_story ON key_dates (story) WHERE story IS NOT NULL;
CREATE INDEX key_dates_by_link ON key_dates (link) WHERE link IS NOT NULL;

INSERT INTO key_dates
SELECT u.id, d.place - 1, u.id || '-' || (d.value ->> 'event') || '-' || ROW_NUMBER()
  OVER (PARTITION BY u.id, d.value ->> 'event' ORDER BY d.place), d.value ->> 'event', CAST(d.value ->> 'date' AS DATE),
  0, u.revised_at, u.story, u.source_id || ' ' || u.url
FROM updates u, jsonb_array_elements(CAST(u.key_dates AS JSONB)) WITH ORDINALITY AS d (value, place)
WHERE u.key_dates <> '[]';
