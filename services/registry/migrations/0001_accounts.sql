-- Time goes to and from the services as microseconds since 1970.
CREATE FUNCTION micros(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS
  $$ SELECT (extract(epoch FROM at) * 1000000)::bigint $$;
CREATE FUNCTION from_micros(micros bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT AS
  $$ SELECT timestamptz 'epoch' + micros * interval '1 microsecond' $$;

CREATE TABLE accounts (
  id text PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 128),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_keys (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  key_hmac bytea NOT NULL UNIQUE CHECK (octet_length(key_hmac) = 32),
  scopes jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
CREATE INDEX api_keys_account ON api_keys (account_id);

-- One row: the newest committed revision of all that is watched. Whoever writes configuration holds its lock until
-- the commit, so revisions become visible in their order.
CREATE TABLE config_revision (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  revision bigint NOT NULL
);
INSERT INTO config_revision (revision) VALUES (1);

-- What each revision changed. kind: webhook (id = its id), publisher (API keys, accounts or event types).
CREATE TABLE config_changes (
  revision bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('webhook', 'publisher')),
  id text NOT NULL,
  PRIMARY KEY (revision, kind, id)
);
