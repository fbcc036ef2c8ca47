-- The two tables of an account that name it otherwise than by account_id. What an endpoint's health is, only the
-- platform asks.
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY one_account ON accounts USING (id = current_setting('webhook.account', true)
  OR current_setting('webhook.account', true) = '*');
ALTER TABLE webhook_health ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_health FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON webhook_health USING (current_setting('webhook.account', true) = '*');
