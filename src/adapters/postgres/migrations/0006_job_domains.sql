-- Postgres evaluates every CHECK of a table with every update of a row, whatever the update changes; the hashes alone
-- took a quarter of it. A check of one column is therefore made a domain, which is evaluated only where a value is assigned.
-- The constraints keep their names; those that compare columns stay with the table.
DO $$
BEGIN
  IF to_regtype('backtest_job_mode') IS NULL THEN
    CREATE DOMAIN backtest_job_mode AS text
      CONSTRAINT backtest_jobs_mode_chk CHECK (VALUE IN ('saved', 'template'));
  END IF;
  IF to_regtype('backtest_job_state') IS NULL THEN
    CREATE DOMAIN backtest_job_state AS text
      CONSTRAINT backtest_jobs_state_chk
        CHECK (VALUE IN ('queued', 'running', 'succeeded', 'failed', 'cancelled'));
  END IF;
  IF to_regtype('backtest_job_stage') IS NULL THEN
    CREATE DOMAIN backtest_job_stage AS text
      CONSTRAINT backtest_jobs_stage_chk CHECK (VALUE IN ('stage_a', 'stage_b', 'finalizing'));
  END IF;
  IF to_regtype('backtest_job_attempt') IS NULL THEN
    CREATE DOMAIN backtest_job_attempt AS integer
      CONSTRAINT backtest_jobs_attempt_chk CHECK (VALUE >= 0);
  END IF;
  IF to_regtype('backtest_job_processed_units') IS NULL THEN
    CREATE DOMAIN backtest_job_processed_units AS integer
      CONSTRAINT backtest_jobs_processed_units_chk CHECK (VALUE >= 0);
  END IF;
  IF to_regtype('backtest_job_total_units') IS NULL THEN
    CREATE DOMAIN backtest_job_total_units AS integer
      CONSTRAINT backtest_jobs_total_units_chk CHECK (VALUE >= 0);
  END IF;
  IF to_regtype('backtest_job_request') IS NULL THEN
    CREATE DOMAIN backtest_job_request AS jsonb
      CONSTRAINT backtest_jobs_request_json_shape_chk CHECK (jsonb_typeof(VALUE) = 'object');
  END IF;
  IF to_regtype('backtest_job_spec_payload') IS NULL THEN
    CREATE DOMAIN backtest_job_spec_payload AS jsonb
      CONSTRAINT backtest_jobs_spec_payload_shape_chk CHECK (jsonb_typeof(VALUE) = 'object');
  END IF;
  IF to_regtype('backtest_job_last_error') IS NULL THEN
    CREATE DOMAIN backtest_job_last_error AS jsonb
      CONSTRAINT backtest_jobs_last_error_json_shape_chk CHECK (jsonb_typeof(VALUE) = 'object');
  END IF;
  IF to_regtype('backtest_job_hash') IS NULL THEN
    CREATE DOMAIN backtest_job_hash AS text
      CONSTRAINT backtest_jobs_hashes_sha256_chk CHECK (VALUE ~ '^[0-9a-f]{64}$');
  END IF;
END
$$;

ALTER TABLE backtest_jobs
  DROP CONSTRAINT IF EXISTS backtest_jobs_mode_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_state_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_stage_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_attempt_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_processed_units_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_total_units_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_request_json_shape_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_spec_payload_shape_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_last_error_json_shape_chk,
  DROP CONSTRAINT IF EXISTS backtest_jobs_hashes_sha256_chk;

ALTER TABLE backtest_jobs
  ALTER COLUMN mode                         TYPE backtest_job_mode,
  ALTER COLUMN state                        TYPE backtest_job_state,
  ALTER COLUMN stage                        TYPE backtest_job_stage,
  ALTER COLUMN attempt                      TYPE backtest_job_attempt,
  ALTER COLUMN processed_units              TYPE backtest_job_processed_units,
  ALTER COLUMN total_units                  TYPE backtest_job_total_units,
  ALTER COLUMN request_json                 TYPE backtest_job_request,
  ALTER COLUMN spec_payload_json            TYPE backtest_job_spec_payload,
  ALTER COLUMN last_error_json              TYPE backtest_job_last_error,
  ALTER COLUMN request_hash                 TYPE backtest_job_hash,
  ALTER COLUMN spec_hash                    TYPE backtest_job_hash,
  ALTER COLUMN engine_params_hash           TYPE backtest_job_hash,
  ALTER COLUMN backtest_runtime_config_hash TYPE backtest_job_hash;
