SELECT set_config('webhook.account', '*', true);

-- What should have been tried again by now is found without a walk through the log. 2: waiting.
CREATE INDEX deliveries_overdue ON deliveries (next_attempt_at) WHERE state = 2;

-- The processes that run, as they tell it themselves: workers and event-ingest when they open their watch, registries by
-- a job. Only the platform asks.
CREATE TABLE instances (
  service text NOT NULL,
  instance text NOT NULL,
  version text NOT NULL, -- empty: one that tells none
  started_at timestamptz,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (service, instance)
);
ALTER TABLE instances ENABLE ROW LEVEL SECURITY;
ALTER TABLE instances FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON instances USING (current_setting('webhook.account', true) = '*');
