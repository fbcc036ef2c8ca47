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
ALTER TABLE account_stats ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_stats FORCE ROW LEVEL SECURITY;
CREATE POLICY one_account ON account_stats USING (account_id = current_setting('webhook.account', true)
  OR current_setting('webhook.account', true) = '*');

CREATE OR REPLACE FUNCTION make_log_day(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name text;
  part text;
BEGIN
  FOREACH name IN ARRAY ARRAY['events', 'deliveries', 'attempts', 'webhook_stats', 'account_stats'] LOOP
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

-- Last: the log writer waits for this table from here on. Customers ask for their webhooks' health. account_id has no NOT NULL: replicas of the version before write rows
-- without it while they are replaced; the next attempt fills it in, and until then only the platform sees the row.
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
