-- compatible_with: 8
-- The server reads the stored text of every CHECK of a table anew with every statement that writes to it, whatever it
-- writes: a third of what it took to claim and finish a job. The same checks with two thirds of that text, and conditions on
-- one column as domains (see 0006). Names, and the rows that are refused, stay. The table is read, not rewritten, because
-- the domains get their constraints after their columns.
DO $$
BEGIN
  IF to_regtype('backtest_job_retries') IS NULL THEN
    CREATE DOMAIN backtest_job_retries AS integer;
  END IF;
  IF to_regtype('backtest_job_idempotency_key') IS NULL THEN
    CREATE DOMAIN backtest_job_idempotency_key AS text;
  END IF;
  IF to_regtype('backtest_job_idempotency_hash') IS NULL THEN
    CREATE DOMAIN backtest_job_idempotency_hash AS text;
  END IF;
END
$$;

ALTER TABLE backtest_jobs
  DROP CONSTRAINT IF EXISTS backtest_jobs_saved_mode_snapshot_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_state_timestamps_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_running_lease_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_failed_error_payload_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_retries_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_idempotency_chk,
  ALTER COLUMN retries                TYPE backtest_job_retries,
  ALTER COLUMN idempotency_key        TYPE backtest_job_idempotency_key,
  ALTER COLUMN idempotency_body_hash  TYPE backtest_job_idempotency_hash,
  ADD CONSTRAINT backtest_jobs_saved_mode_snapshot_chk
    CHECK (num_nulls(spec_hash, spec_payload_json) = CASE mode WHEN 'saved' THEN 0 ELSE 2 END),
  ADD CONSTRAINT backtest_jobs_state_timestamps_chk
    CHECK (
      CASE
        WHEN finished_at IS NOT NULL THEN state NOT IN ('queued', 'running')
        WHEN started_at IS NOT NULL THEN state = 'running'
        ELSE state = 'queued'
      END
    ),
  ADD CONSTRAINT backtest_jobs_running_lease_chk
    CHECK (
      num_nulls(locked_by, locked_at, lease_expires_at, heartbeat_at)
        = CASE state WHEN 'running' THEN 0 ELSE 4 END
    ),
  ADD CONSTRAINT backtest_jobs_failed_error_payload_chk
    CHECK (num_nulls(last_error, last_error_json) = CASE state WHEN 'failed' THEN 0 ELSE 2 END),
  ADD CONSTRAINT backtest_jobs_retries_chk
    CHECK (retries <= attempt),
  ADD CONSTRAINT backtest_jobs_idempotency_chk
    CHECK ((idempotency_key IS NULL) = (idempotency_body_hash IS NULL));

ALTER DOMAIN backtest_job_retries DROP CONSTRAINT IF EXISTS backtest_jobs_retries_chk;
ALTER DOMAIN backtest_job_retries
  ADD CONSTRAINT backtest_jobs_retries_chk CHECK (VALUE >= 0);
ALTER DOMAIN backtest_job_idempotency_key DROP CONSTRAINT IF EXISTS backtest_jobs_idempotency_chk;
ALTER DOMAIN backtest_job_idempotency_key
  ADD CONSTRAINT backtest_jobs_idempotency_chk CHECK (length(VALUE) BETWEEN 1 AND 255);
ALTER DOMAIN backtest_job_idempotency_hash DROP CONSTRAINT IF EXISTS backtest_jobs_idempotency_chk;
ALTER DOMAIN backtest_job_idempotency_hash
  ADD CONSTRAINT backtest_jobs_idempotency_chk CHECK (VALUE ~ '^[0-9a-f]{64}$');
