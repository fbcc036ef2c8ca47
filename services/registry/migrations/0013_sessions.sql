-- Browsers that have logged in with an API key: each acts as its key does, for as long as both live. Of the token, which
-- the browser alone has, there is an HMAC.
CREATE TABLE sessions (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  api_key_id text NOT NULL REFERENCES api_keys,
  token_hmac bytea NOT NULL UNIQUE CHECK (octet_length(token_hmac) = 32),
  created_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_key ON sessions (api_key_id);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY one_account ON sessions USING (account_id = current_setting('webhook.account', true)
  OR current_setting('webhook.account', true) = '*');
-- Whose a session is, before it is known: who shows the token sees its row.
CREATE POLICY session_holder ON sessions FOR SELECT
  USING (encode(token_hmac, 'hex') = current_setting('webhook.session_hmac', true));
