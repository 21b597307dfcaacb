-- One row per submitted sweep. Times are UTC, cut to milliseconds, and come from the database clock.
CREATE TABLE IF NOT EXISTS backtest_jobs (
  job_id                       uuid        PRIMARY KEY,
  user_id                      uuid        NOT NULL,
  mode                         text        NOT NULL,
  state                        text        NOT NULL,
  created_at                   timestamptz NOT NULL,
  updated_at                   timestamptz NOT NULL,
  started_at                   timestamptz,
  finished_at                  timestamptz,
  cancel_requested_at          timestamptz,
  request_json                 jsonb       NOT NULL,
  request_hash                 text        NOT NULL,
  spec_hash                    text,
  spec_payload_json            jsonb,
  engine_params_hash           text        NOT NULL,
  backtest_runtime_config_hash text        NOT NULL,
  stage                        text        NOT NULL,
  processed_units              integer     NOT NULL DEFAULT 0,
  total_units                  integer     NOT NULL DEFAULT 0,
  progress_updated_at          timestamptz,
  locked_by                    text,
  locked_at                    timestamptz,
  lease_expires_at             timestamptz,
  heartbeat_at                 timestamptz,
  attempt                      integer     NOT NULL DEFAULT 0,
  last_error                   text,
  last_error_json              jsonb,

  CONSTRAINT backtest_jobs_mode_chk
    CHECK (mode IN ('saved', 'template')),
  CONSTRAINT backtest_jobs_state_chk
    CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  CONSTRAINT backtest_jobs_stage_chk
    CHECK (stage IN ('stage_a', 'stage_b', 'finalizing')),
  CONSTRAINT backtest_jobs_attempt_chk
    CHECK (attempt >= 0),
  CONSTRAINT backtest_jobs_processed_units_chk
    CHECK (processed_units >= 0),
  CONSTRAINT backtest_jobs_total_units_chk
    CHECK (total_units >= 0),
  CONSTRAINT backtest_jobs_processed_lte_total_chk
    CHECK (total_units = 0 OR processed_units <= total_units),
  CONSTRAINT backtest_jobs_request_json_shape_chk
    CHECK (jsonb_typeof(request_json) = 'object'),
  CONSTRAINT backtest_jobs_spec_payload_shape_chk
    CHECK (spec_payload_json IS NULL OR jsonb_typeof(spec_payload_json) = 'object'),
  CONSTRAINT backtest_jobs_last_error_json_shape_chk
    CHECK (last_error_json IS NULL OR jsonb_typeof(last_error_json) = 'object'),
  CONSTRAINT backtest_jobs_saved_mode_snapshot_chk
    CHECK (
      (mode <> 'saved' OR (spec_hash IS NOT NULL AND spec_payload_json IS NOT NULL))
      AND (mode <> 'template' OR (spec_hash IS NULL AND spec_payload_json IS NULL))
    ),
  CONSTRAINT backtest_jobs_hashes_sha256_chk
    CHECK (
      request_hash ~ '^[0-9a-f]{64}$'
      AND engine_params_hash ~ '^[0-9a-f]{64}$'
      AND backtest_runtime_config_hash ~ '^[0-9a-f]{64}$'
      AND (spec_hash IS NULL OR spec_hash ~ '^[0-9a-f]{64}$')
    ),
  CONSTRAINT backtest_jobs_state_timestamps_chk
    CHECK (
      (state <> 'queued' OR (started_at IS NULL AND finished_at IS NULL))
      AND (state <> 'running' OR (started_at IS NOT NULL AND finished_at IS NULL))
      AND (state NOT IN ('succeeded', 'failed', 'cancelled') OR finished_at IS NOT NULL)
    ),
  CONSTRAINT backtest_jobs_running_lease_chk
    CHECK (
      CASE WHEN state = 'running'
        THEN num_nulls(locked_by, locked_at, lease_expires_at, heartbeat_at) = 0
        ELSE num_nonnulls(locked_by, locked_at, lease_expires_at, heartbeat_at) = 0
      END
    ),
  CONSTRAINT backtest_jobs_failed_error_payload_chk
    CHECK (
      CASE WHEN state = 'failed'
        THEN num_nulls(last_error, last_error_json) = 0
        ELSE num_nonnulls(last_error, last_error_json) = 0
      END
    )
);

CREATE INDEX IF NOT EXISTS idx_backtest_jobs_user_state_created_desc
  ON backtest_jobs (user_id, state, created_at DESC, job_id DESC);
CREATE INDEX IF NOT EXISTS idx_backtest_jobs_claim_fifo
  ON backtest_jobs (state, created_at ASC, job_id ASC);
CREATE INDEX IF NOT EXISTS idx_backtest_jobs_reclaim
  ON backtest_jobs (state, lease_expires_at ASC, created_at ASC, job_id ASC);
CREATE INDEX IF NOT EXISTS idx_backtest_jobs_user_active
  ON backtest_jobs (user_id) WHERE state IN ('queued', 'running');
