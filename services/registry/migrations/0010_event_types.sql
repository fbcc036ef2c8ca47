ALTER TABLE event_types ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE event_types ADD COLUMN schema text; -- JSON Schema of the data; null: none
ALTER TABLE event_types ADD COLUMN deprecated_at timestamptz;
ALTER TABLE event_types ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();

-- What each type was before.
CREATE TABLE event_type_versions (
  name text NOT NULL,
  version integer NOT NULL,
  description text NOT NULL,
  sample text NOT NULL,
  schema text,
  deprecated_at timestamptz,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (name, version)
);
INSERT INTO event_type_versions SELECT name, version, description, sample, schema, deprecated_at, updated_at FROM event_types;
