SELECT set_config('webhook.account', '*', true);

-- Runs of deliveries that are not to be sent any more. Workers hold those of their webhook with its configuration.
CREATE TABLE cancellations (
  delivery_id text NOT NULL,
  run int NOT NULL,
  account_id text NOT NULL REFERENCES accounts,
  webhook_id text NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  cancelled_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (delivery_id, run)
);
CREATE INDEX cancellations_webhook ON cancellations (webhook_id);
ALTER TABLE cancellations ENABLE ROW LEVEL SECURITY;
ALTER TABLE cancellations FORCE ROW LEVEL SECURITY;
CREATE POLICY one_account ON cancellations USING (account_id = current_setting('webhook.account', true)
  OR current_setting('webhook.account', true) = '*');
