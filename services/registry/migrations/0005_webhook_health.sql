-- How each webhook's endpoint has answered of late: kept by the log writer, with the attempts that say so.
CREATE TABLE webhook_health (
  webhook_id text PRIMARY KEY,
  last_success_at timestamptz,
  failing_since timestamptz, -- the first failure after the last success; null: none
  last_failure_at timestamptz
);
CREATE INDEX webhook_health_failing ON webhook_health (failing_since) WHERE failing_since IS NOT NULL;
