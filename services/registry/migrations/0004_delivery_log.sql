-- The delivery-log writer's own: moved in the transaction that writes what was read up to there.
CREATE TABLE kafka_offsets (
  topic text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (topic, partition)
);

CREATE TABLE events (
  account_id text NOT NULL,
  id text NOT NULL,
  event_type text NOT NULL,
  notification_id text NOT NULL,
  body bytea NOT NULL,
  accepted_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, id)
);

-- One row a delivery, as its newest run stands. state and kind: numbers of webhook.v1.DeliveryState and DeliveryKind.
-- (run, attempt, rank) orders what is told of a delivery: rank 0 = just made by the registry, 1 = waits without a request, 2 = a request failed and
-- the next is planned, 3 = ended.
CREATE TABLE deliveries (
  id text PRIMARY KEY,
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
  reason text NOT NULL,
  attempts integer NOT NULL,
  next_attempt_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX deliveries_account ON deliveries (account_id, created_at DESC, id DESC);
CREATE INDEX deliveries_webhook ON deliveries (account_id, webhook_id, created_at DESC, id DESC);
CREATE INDEX deliveries_state ON deliveries (account_id, state, created_at DESC, id DESC);
CREATE INDEX deliveries_type ON deliveries (account_id, event_type, created_at DESC, id DESC);
CREATE INDEX deliveries_event ON deliveries (account_id, event_id);

-- One row a request. A request that was repeated after a crash is another row: it has its own start.
CREATE TABLE attempts (
  delivery_id text NOT NULL,
  run integer NOT NULL,
  attempt integer NOT NULL,
  started_at timestamptz NOT NULL,
  duration_us bigint NOT NULL,
  status integer NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL,
  url text NOT NULL,
  remote_address text NOT NULL,
  response_headers jsonb NOT NULL,
  response_excerpt bytea NOT NULL,
  PRIMARY KEY (delivery_id, run, attempt, started_at)
);
