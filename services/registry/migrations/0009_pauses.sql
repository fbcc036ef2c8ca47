SELECT set_config('webhook.account', '*', true);

-- Since when events are skipped; null while it is active.
ALTER TABLE webhooks ADD COLUMN inactive_since timestamptz;
UPDATE webhooks SET inactive_since = updated_at WHERE NOT active;

-- What a catch-up sends again may still be on its way into the log when it is asked for.
ALTER TABLE redeliveries ADD COLUMN starts_at timestamptz NOT NULL DEFAULT now();
-- A webhook's catch-up runs beside others.
ALTER TABLE redeliveries ADD COLUMN catch_up boolean NOT NULL DEFAULT false;
DROP INDEX redeliveries_running;
CREATE UNIQUE INDEX redeliveries_running ON redeliveries (account_id) WHERE state = 'running' AND NOT catch_up;
