ALTER TABLE api_keys
  ADD name text NOT NULL DEFAULT '',
  ADD expires_at timestamptz,
  ADD last_used_at timestamptz;

ALTER TABLE webhook_secrets ADD account_id text REFERENCES accounts;
UPDATE webhook_secrets s SET account_id = w.account_id FROM webhooks w WHERE w.id = s.webhook_id;
ALTER TABLE webhook_secrets ALTER account_id SET NOT NULL;

ALTER TABLE attempts ADD account_id text;
UPDATE attempts a SET account_id = d.account_id FROM deliveries d WHERE d.id = a.delivery_id;
ALTER TABLE attempts ALTER account_id SET NOT NULL;

-- Who changed what: written in the transaction that changes it. actor: an API key's id, "operator" or "platform".
CREATE TABLE audit_log (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  action text NOT NULL,
  object text NOT NULL,
  request_id text NOT NULL,
  remote_address text NOT NULL
);
CREATE INDEX audit_log_account ON audit_log (account_id, id DESC);
CREATE INDEX audit_log_object ON audit_log (account_id, object, id DESC);

-- Answers of calls that carried an Idempotency-Key, sealed like secrets: an answer may hold one.
CREATE TABLE idempotent_answers (
  account_id text NOT NULL REFERENCES accounts,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  answer bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotent_answers_age ON idempotent_answers (created_at);

-- Row security, the second wall behind the queries' own conditions: a connection sees the rows of the account that
-- webhook.account names, of all where it is '*', and none where it is not set.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['webhooks', 'webhook_secrets', 'api_keys', 'events', 'deliveries', 'attempts', 'audit_log',
                              'idempotent_answers'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY one_account ON %I USING (account_id = current_setting(''webhook.account'', true) '
                   'OR current_setting(''webhook.account'', true) = ''*'')', name);
  END LOOP;
END $$;

-- Whose a key is, before it is known: who shows the key sees its row.
CREATE POLICY key_holder ON api_keys FOR SELECT
  USING (encode(key_hmac, 'hex') = current_setting('webhook.key_hmac', true));
