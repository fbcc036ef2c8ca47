SELECT set_config('webhook.account', '*', true);

-- As 0016 for the lists: a delivery's attempts are found by a key of eight bytes instead of its id, by which rows are still compared.
DO $$
BEGIN
  -- Its name depends on what was there when 0007 made the table.
  EXECUTE (SELECT format('ALTER TABLE attempts DROP CONSTRAINT %I', conname) FROM pg_constraint
           WHERE conrelid = 'attempts'::regclass AND contype = 'p');
END $$;
-- A delivery's requests start one after the other. By time first: what is written lies together, at the index's end.
CREATE UNIQUE INDEX attempts_once ON attempts (accepted_at, log_key(account_id, delivery_id), started_at);
