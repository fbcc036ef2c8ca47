SELECT set_config('webhook.account', '*', true);

-- Since when events are skipped; null while it is active.
ALTER TABLE webhooks ADD COLUMN inactive_since timestamptz;
UPDATE webhooks SET inactive_since = updated_at WHERE NOT active;

-- What a catch-up sends again may still be on its way into the log when it is asked for.
ALTER TABLE redeliveries ADD COLUMN starts_at timestamptz NOT NULL DEFAULT now();
