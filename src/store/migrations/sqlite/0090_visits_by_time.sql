-- A period of a source's visits, wherever it lies.
CREATE INDEX visits_by_time ON visits (source_id, at);
