-- compatible_with: 8
-- What the metrics count without reading a row: queued jobs that wait for a worker, oldest first, and those put off.
CREATE INDEX IF NOT EXISTS idx_backtest_jobs_waiting
  ON backtest_jobs (updated_at) WHERE state = 'queued' AND not_before IS NULL;
CREATE INDEX IF NOT EXISTS idx_backtest_jobs_put_off
  ON backtest_jobs (not_before, updated_at) WHERE not_before IS NOT NULL;

-- Queued jobs that were started before, by how often.
CREATE INDEX IF NOT EXISTS idx_backtest_jobs_restarted
  ON backtest_jobs (attempt) WHERE state = 'queued' AND attempt > 0;

-- What pruning counts and deletes, in the order in which jobs ended.
CREATE INDEX IF NOT EXISTS idx_backtest_jobs_ended
  ON backtest_jobs (state, finished_at, job_id) INCLUDE (user_id) WHERE finished_at IS NOT NULL;
