SELECT set_config('webhook.account', '*', true);

-- What all requests of an account came to: the sums of webhook_stats, for an account may have thousands of webhooks.
CREATE TABLE account_stats (
  account_id text NOT NULL,
  at timestamptz NOT NULL,
  outcome text NOT NULL,
  requests bigint NOT NULL,
  latency bigint[] NOT NULL,
  PRIMARY KEY (account_id, at, outcome)
) PARTITION BY RANGE (at);

-- The same of each webhook in hours and without latencies: what a list of webhooks shows of a day is read from few pages.
CREATE TABLE webhook_hours (
  webhook_id text NOT NULL,
  at timestamptz NOT NULL,
  account_id text NOT NULL,
  requests bigint NOT NULL,
  succeeded bigint NOT NULL,
  PRIMARY KEY (webhook_id, at)
) PARTITION BY RANGE (at);
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['account_stats', 'webhook_hours'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY one_account ON %I USING (account_id = current_setting(''webhook.account'', true) '
                   'OR current_setting(''webhook.account'', true) = ''*'')', name);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION make_log_day(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name text;
  part text;
BEGIN
  FOREACH name IN ARRAY ARRAY['events', 'deliveries', 'attempts', 'webhook_stats', 'account_stats', 'webhook_hours'] LOOP
    part := name || to_char(day, '_YYYYMMDD');
    IF to_regclass(part) IS NULL THEN
      EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, name,
                     day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    END IF;
  END LOOP;
END $$;
SELECT make_log_day(to_date(right(inhrelid::regclass::text, 8), 'YYYYMMDD'))
  FROM pg_inherits WHERE inhparent = 'webhook_stats'::regclass;

-- Each request is in one class of latency.
INSERT INTO account_stats (account_id, at, outcome, requests, latency)
  SELECT account_id, at, outcome, sum(count), array_agg(count ORDER BY class) FROM (
    SELECT account_id, at, outcome, class, sum(count)::bigint AS count
    FROM webhook_stats, unnest(latency) WITH ORDINALITY AS classes (count, class) GROUP BY 1, 2, 3, 4) AS counted
  GROUP BY 1, 2, 3;
INSERT INTO webhook_hours (webhook_id, at, account_id, requests, succeeded)
  SELECT webhook_id, date_bin('1 hour', at, 'epoch'), account_id, sum(requests),
    coalesce(sum(requests) FILTER (WHERE outcome = 'success'), 0) FROM webhook_stats GROUP BY 1, 2, 3;

-- Last: the log writer waits for this table from here on. Customers ask for their webhooks' health now. account_id may be
-- null: replicas of the version before, which are being replaced, write rows without it. The next attempt fills it in;
-- until then only the platform sees the row.
ALTER TABLE webhook_health
  ADD COLUMN account_id text,
  -- The newest failure, which is that of last_failure_at; null: it is older than these columns.
  ADD COLUMN last_failure_delivery_id text,
  ADD COLUMN last_failure_outcome text,
  ADD COLUMN last_failure_status integer, -- 0: no answer
  ADD COLUMN last_failure_reason text;
UPDATE webhook_health h SET account_id = w.account_id FROM webhooks w WHERE w.id = h.webhook_id;
-- No column of it changes with each attempt: updates stay within their page.
CREATE INDEX webhook_health_account ON webhook_health (account_id, failing_since, webhook_id);
DROP POLICY platform ON webhook_health;
CREATE POLICY one_account ON webhook_health USING (account_id = current_setting('webhook.account', true)
  OR current_setting('webhook.account', true) = '*');
