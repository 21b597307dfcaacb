-- compatible_with: 8
-- The W3C trace id of the request that created the job; null when it came without one. Nothing is computed from it.
DO $$
BEGIN
  IF to_regtype('backtest_trace_id') IS NULL THEN
    CREATE DOMAIN backtest_trace_id AS text
      CONSTRAINT backtest_jobs_trace_id_chk CHECK (VALUE ~ '^[0-9a-f]{32}$');
  END IF;
END
$$;

ALTER TABLE backtest_jobs ADD COLUMN IF NOT EXISTS trace_id backtest_trace_id;
