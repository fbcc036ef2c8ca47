-- The delivery log lies in partitions, one for each UTC day on which its events were accepted: an event, its deliveries
-- and their attempts go together when the day is dropped.
ALTER TABLE events RENAME TO events_before;
ALTER TABLE deliveries RENAME TO deliveries_before;
ALTER TABLE attempts RENAME TO attempts_before;

-- One row a publish: an id that was published twice has two.
CREATE TABLE events (
  account_id text NOT NULL,
  id text NOT NULL,
  event_type text NOT NULL,
  notification_id text NOT NULL,
  body bytea, -- null: erased
  accepted_at timestamptz NOT NULL,
  erased_at timestamptz,
  PRIMARY KEY (account_id, id, accepted_at)
) PARTITION BY RANGE (accepted_at);
CREATE INDEX events_newest ON events (account_id, accepted_at DESC, id DESC);
CREATE INDEX events_of_type ON events (account_id, event_type, accepted_at DESC, id DESC);
CREATE INDEX events_erased ON events (account_id, id) WHERE erased_at IS NOT NULL;

-- One row a delivery, as its newest run stands. state and kind: numbers of webhook.v1.DeliveryState and DeliveryKind.
-- (run, attempt, rank) orders what is told of a delivery: rank 0 = just made by the registry, 1 = waits without a
-- request, 2 = a request failed and the next is planned, 3 = ended.
CREATE TABLE deliveries (
  id text NOT NULL,
  accepted_at timestamptz NOT NULL, -- of its event
  account_id text NOT NULL,
  webhook_id text NOT NULL,
  event_id text NOT NULL,
  event_type text NOT NULL,
  notification_id text NOT NULL,
  run integer NOT NULL,
  attempt integer NOT NULL,
  rank smallint NOT NULL,
  kind smallint NOT NULL,
  state smallint NOT NULL,
  outcome text NOT NULL,
  status smallint NOT NULL, -- of the newest answer; 0: none
  reason text NOT NULL,
  attempts integer NOT NULL,
  next_attempt_at timestamptz,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (id, accepted_at)
) PARTITION BY RANGE (accepted_at);
CREATE INDEX deliveries_newest ON deliveries (account_id, accepted_at DESC, id DESC);
CREATE INDEX deliveries_of_webhook ON deliveries (account_id, webhook_id, accepted_at DESC, id DESC);
CREATE INDEX deliveries_of_type ON deliveries (account_id, event_type, accepted_at DESC, id DESC);
CREATE INDEX deliveries_of_event ON deliveries (account_id, event_id);
-- Most are delivered (3): what is not is few, and is what people look for.
CREATE INDEX deliveries_in_state ON deliveries (account_id, state, accepted_at DESC, id DESC) WHERE state <> 3;
CREATE INDEX deliveries_of_webhook_in_state ON deliveries (account_id, webhook_id, state, accepted_at DESC, id DESC)
  WHERE state <> 3;

-- One row a request. A request that was repeated after a crash is another row: it has its own start.
CREATE TABLE attempts (
  delivery_id text NOT NULL,
  accepted_at timestamptz NOT NULL, -- of its event
  account_id text NOT NULL,
  run integer NOT NULL,
  attempt integer NOT NULL,
  started_at timestamptz NOT NULL,
  duration_us bigint NOT NULL,
  phases_us bigint[] NOT NULL, -- dns, connect, tls, until the head of the answer; empty: not known
  status integer NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL,
  url text NOT NULL,
  remote_address text NOT NULL,
  request_headers text NOT NULL, -- as sent, a line each
  response_headers jsonb NOT NULL,
  response_excerpt bytea NOT NULL,
  PRIMARY KEY (delivery_id, accepted_at, run, attempt, started_at)
) PARTITION BY RANGE (accepted_at);

-- What each webhook's requests came to, in slots of ten minutes. latency: how many took how long, in classes
-- (store/latency_counts.h).
CREATE TABLE webhook_stats (
  webhook_id text NOT NULL,
  at timestamptz NOT NULL,
  outcome text NOT NULL,
  account_id text NOT NULL,
  requests bigint NOT NULL,
  latency bigint[] NOT NULL,
  PRIMARY KEY (webhook_id, at, outcome)
) PARTITION BY RANGE (at);

-- Makes the day's partitions, where they are missing.
CREATE FUNCTION make_log_day(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name text;
  part text;
BEGIN
  FOREACH name IN ARRAY ARRAY['events', 'deliveries', 'attempts', 'webhook_stats'] LOOP
    part := name || to_char(day, '_YYYYMMDD');
    IF to_regclass(part) IS NULL THEN
      EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, name,
                     day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    END IF;
  END LOOP;
END $$;

SELECT make_log_day((now() AT TIME ZONE 'UTC')::date + ahead) FROM generate_series(0, 3) AS ahead;
SELECT make_log_day(day::date) FROM (
  SELECT DISTINCT date_trunc('day', accepted_at AT TIME ZONE 'UTC') AS day FROM events_before
  UNION SELECT DISTINCT date_trunc('day', created_at AT TIME ZONE 'UTC') FROM deliveries_before) days;
ALTER TABLE deliveries_before ADD COLUMN accepted_at timestamptz;
UPDATE deliveries_before d SET accepted_at = coalesce((SELECT e.accepted_at FROM events_before e
  WHERE e.account_id = d.account_id AND e.id = d.event_id), d.created_at);
INSERT INTO events (account_id, id, event_type, notification_id, body, accepted_at)
  SELECT account_id, id, event_type, notification_id, body, accepted_at FROM events_before;
INSERT INTO deliveries
  SELECT id, accepted_at, account_id, webhook_id, event_id, event_type, notification_id, run, attempt, rank, kind, state,
         outcome, 0, reason, attempts, next_attempt_at, updated_at FROM deliveries_before;
INSERT INTO attempts
  SELECT a.delivery_id, d.accepted_at, a.account_id, a.run, a.attempt, a.started_at, a.duration_us, '{}', a.status,
         a.outcome, a.reason, a.url, a.remote_address, '', a.response_headers, a.response_excerpt
  FROM attempts_before a JOIN deliveries_before d ON d.id = a.delivery_id;
DROP TABLE events_before, deliveries_before, attempts_before;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['events', 'deliveries', 'attempts', 'webhook_stats'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY one_account ON %I USING (account_id = current_setting(''webhook.account'', true) '
                   'OR current_setting(''webhook.account'', true) = ''*'')', name);
  END LOOP;
END $$;
