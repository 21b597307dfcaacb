-- compatible_with: 8
-- What a job's figures are made on and what its candles gave reason to warn of, stored once they are loaded; null before
-- that and for jobs of releases before this one. The conditions are domains, see 0006.
DO $$
BEGIN
  IF to_regtype('backtest_job_data') IS NULL THEN
    CREATE DOMAIN backtest_job_data AS jsonb
      CONSTRAINT backtest_jobs_data_json_shape_chk CHECK (jsonb_typeof(VALUE) = 'object');
  END IF;
  IF to_regtype('backtest_job_warnings') IS NULL THEN
    CREATE DOMAIN backtest_job_warnings AS jsonb
      CONSTRAINT backtest_jobs_warnings_json_shape_chk CHECK (jsonb_typeof(VALUE) = 'array');
  END IF;
END
$$;

ALTER TABLE backtest_jobs
  ADD COLUMN IF NOT EXISTS data_json backtest_job_data,
  ADD COLUMN IF NOT EXISTS warnings_json backtest_job_warnings;
