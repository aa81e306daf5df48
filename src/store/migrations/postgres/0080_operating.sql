-- What operators are told beside the log: lines that stand until they are mended, and how the disk
-- fills day by day.

CREATE TABLE operator_lines (
  name TEXT PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL,
  what TEXT NOT NULL
);

CREATE TABLE disk_use (
  day TEXT PRIMARY KEY,
  used BIGINT NOT NULL,
  free BIGINT NOT NULL
);
