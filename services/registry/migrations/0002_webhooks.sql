CREATE TABLE webhooks (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  url text NOT NULL,
  description text NOT NULL,
  events jsonb NOT NULL,
  active boolean NOT NULL,
  inactive_reason text NOT NULL DEFAULT '',
  rate_per_minute integer NOT NULL,
  rate_burst integer NOT NULL,
  rate_burst_seconds integer NOT NULL,
  retry_schedule jsonb NOT NULL,
  permanent_statuses jsonb NOT NULL,
  timeout_seconds integer NOT NULL,
  headers jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  revision bigint NOT NULL
);
CREATE INDEX webhooks_account ON webhooks (account_id, id);

-- Sealed with AES-256-GCM under the key-encryption key, bound to account, webhook and id.
CREATE TABLE webhook_secrets (
  id text PRIMARY KEY,
  webhook_id text NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz
);
CREATE INDEX webhook_secrets_webhook ON webhook_secrets (webhook_id);
