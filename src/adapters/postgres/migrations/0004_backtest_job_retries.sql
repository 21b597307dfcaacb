-- Retries have a budget of their own, because the attempt is the fence and grows with every claim.
ALTER TABLE backtest_jobs
  ADD COLUMN IF NOT EXISTS retries    integer     NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS not_before timestamptz;

ALTER TABLE backtest_jobs
  DROP CONSTRAINT IF EXISTS backtest_jobs_retries_chk,
  ADD CONSTRAINT backtest_jobs_retries_chk
    CHECK (retries BETWEEN 0 AND attempt),
  DROP CONSTRAINT IF EXISTS backtest_jobs_not_before_chk,
  ADD CONSTRAINT backtest_jobs_not_before_chk
    CHECK (not_before IS NULL OR state = 'queued');

-- When was each owner served last? Asked by the fair claim, once per owner with queued work.
CREATE INDEX IF NOT EXISTS idx_backtest_jobs_user_started
  ON backtest_jobs (user_id, started_at DESC) WHERE started_at IS NOT NULL;
