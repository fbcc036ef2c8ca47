-- Up to when the delivery log holds everything: what was appended to Kafka before that is in it. One row.
CREATE TABLE log_progress (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  complete_to timestamptz NOT NULL
);
INSERT INTO log_progress VALUES (true, '-infinity');

-- Redeliveries in bulk. filter: as the API takes it. state: running, done, cancelled.
CREATE TABLE redeliveries (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  filter jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'done', 'cancelled')),
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz
);
CREATE INDEX redeliveries_account ON redeliveries (account_id, id DESC);
-- One at a time of an account.
CREATE UNIQUE INDEX redeliveries_running ON redeliveries (account_id) WHERE state = 'running';

-- One webhook's share of a redelivery: each at its own pace. It is planned up to (position_at, position_id) in the log, oldest
-- first.
CREATE TABLE redelivery_parts (
  redelivery_id text NOT NULL REFERENCES redeliveries ON DELETE CASCADE,
  account_id text NOT NULL,
  webhook_id text NOT NULL,
  total bigint NOT NULL, -- when it was asked for
  sent bigint NOT NULL DEFAULT 0,
  passed bigint NOT NULL DEFAULT 0, -- over: sent again meanwhile, erased, or their webhook is gone
  position_at timestamptz,
  position_id text,
  ended boolean NOT NULL DEFAULT false,
  PRIMARY KEY (redelivery_id, webhook_id)
);
CREATE INDEX redelivery_parts_open ON redelivery_parts (redelivery_id) WHERE NOT ended;

-- What a part is about to append: written before it is appended, so that after a crash the same runs are appended again,
-- of which workers make one each.
CREATE TABLE redelivery_intents (
  redelivery_id text NOT NULL,
  webhook_id text NOT NULL,
  account_id text NOT NULL,
  delivery_id text NOT NULL,
  accepted_at timestamptz NOT NULL,
  run integer NOT NULL,
  PRIMARY KEY (redelivery_id, webhook_id, delivery_id, accepted_at),
  FOREIGN KEY (redelivery_id, webhook_id) REFERENCES redelivery_parts ON DELETE CASCADE
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['redeliveries', 'redelivery_parts', 'redelivery_intents'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY one_account ON %I USING (account_id = current_setting(''webhook.account'', true) '
                   'OR current_setting(''webhook.account'', true) = ''*'')', name);
  END LOOP;
END $$;
