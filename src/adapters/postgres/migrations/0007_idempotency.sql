-- A creation that its caller may repeat: the key he chose, and the hash of what he sent with it.
ALTER TABLE backtest_jobs
  ADD COLUMN IF NOT EXISTS idempotency_key       text,
  ADD COLUMN IF NOT EXISTS idempotency_body_hash text;

ALTER TABLE backtest_jobs
  DROP CONSTRAINT IF EXISTS backtest_jobs_idempotency_chk,
  ADD CONSTRAINT backtest_jobs_idempotency_chk
    CHECK (
      num_nulls(idempotency_key, idempotency_body_hash) IN (0, 2)
      AND (idempotency_key IS NULL OR length(idempotency_key) BETWEEN 1 AND 255)
      AND (idempotency_body_hash IS NULL OR idempotency_body_hash ~ '^[0-9a-f]{64}$')
    );

CREATE UNIQUE INDEX IF NOT EXISTS idx_backtest_jobs_user_idempotency
  ON backtest_jobs (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
