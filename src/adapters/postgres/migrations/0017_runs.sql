-- compatible_with: 8
-- Runs: backtests that an agent drives step by step, scenarios of workspaces, and baselines. The rows are the run: whatever
-- can be computed from request, candles and steps is not stored until the end. Conditions on one column are domains, see
-- 0006. Times are UTC, cut to milliseconds, and come from the database clock.
DO $$
BEGIN
  IF to_regtype('backtest_run_kind') IS NULL THEN
    CREATE DOMAIN backtest_run_kind AS text
      CONSTRAINT backtest_runs_kind_chk CHECK (VALUE IN ('interactive', 'scenario', 'baseline'));
  END IF;
  IF to_regtype('backtest_run_state') IS NULL THEN
    CREATE DOMAIN backtest_run_state AS text
      CONSTRAINT backtest_runs_state_chk CHECK (VALUE IN ('running', 'succeeded', 'failed', 'cancelled'));
  END IF;
  IF to_regtype('backtest_run_hash') IS NULL THEN
    CREATE DOMAIN backtest_run_hash AS text
      CONSTRAINT backtest_runs_hashes_sha256_chk CHECK (VALUE ~ '^[0-9a-f]{64}$');
  END IF;
  IF to_regtype('backtest_run_object') IS NULL THEN
    CREATE DOMAIN backtest_run_object AS jsonb
      CONSTRAINT backtest_runs_json_shape_chk CHECK (jsonb_typeof(VALUE) = 'object');
  END IF;
  IF to_regtype('backtest_run_tag') IS NULL THEN
    CREATE DOMAIN backtest_run_tag AS text
      CONSTRAINT backtest_runs_tag_chk CHECK (VALUE ~ '^[A-Za-z0-9_-]{1,64}$');
  END IF;
  IF to_regtype('backtest_run_name') IS NULL THEN
    CREATE DOMAIN backtest_run_name AS text
      CONSTRAINT backtest_runs_name_chk CHECK (length(VALUE) BETWEEN 1 AND 100);
  END IF;
  IF to_regtype('backtest_run_key') IS NULL THEN
    CREATE DOMAIN backtest_run_key AS text
      CONSTRAINT backtest_runs_key_chk CHECK (length(VALUE) BETWEEN 1 AND 255);
  END IF;
  IF to_regtype('backtest_run_count') IS NULL THEN
    CREATE DOMAIN backtest_run_count AS integer
      CONSTRAINT backtest_runs_count_chk CHECK (VALUE >= 0);
  END IF;
  IF to_regtype('backtest_run_cancel_reason') IS NULL THEN
    CREATE DOMAIN backtest_run_cancel_reason AS text
      CONSTRAINT backtest_runs_cancel_reason_chk CHECK (VALUE IN ('requested', 'superseded', 'cleared'));
  END IF;
  IF to_regtype('backtest_run_side') IS NULL THEN
    CREATE DOMAIN backtest_run_side AS smallint
      CONSTRAINT backtest_run_steps_side_chk CHECK (VALUE BETWEEN -1 AND 1);
  END IF;
  IF to_regtype('backtest_run_source') IS NULL THEN
    CREATE DOMAIN backtest_run_source AS text
      CONSTRAINT backtest_run_steps_source_chk CHECK (VALUE IN ('agent', 'timeout_hold'));
  END IF;
END
$$;

CREATE TABLE IF NOT EXISTS backtest_runs (
  run_id                uuid                PRIMARY KEY,
  user_id               uuid                NOT NULL,
  kind                  backtest_run_kind   NOT NULL,
  state                 backtest_run_state  NOT NULL,
  phase                 text,
  workspace_id          backtest_run_tag,
  current               boolean,
  request_json          backtest_run_object NOT NULL,
  request_hash          backtest_run_hash   NOT NULL,
  metadata_json         backtest_run_object NOT NULL,
  agent_name            backtest_run_name,
  model_name            backtest_run_name,
  session_tag           backtest_run_tag,
  listed                boolean             NOT NULL DEFAULT false,
  idempotency_key       backtest_run_key,
  idempotency_body_hash backtest_run_hash,
  owner_instance        text,
  heartbeat_at          timestamptz,
  step_index            backtest_run_count  NOT NULL DEFAULT 0,
  total_steps           backtest_run_count  NOT NULL DEFAULT 0,
  timeout_holds         backtest_run_count  NOT NULL DEFAULT 0,
  step_opened_at        timestamptz,
  candles_hash          backtest_run_hash,
  slice_bars            backtest_run_count,
  result_json           backtest_run_object,
  baselines_json        backtest_run_object,
  cancel_reason         backtest_run_cancel_reason,
  last_error            text,
  last_error_json       backtest_run_object,
  created_at            timestamptz         NOT NULL,
  updated_at            timestamptz         NOT NULL,
  finished_at           timestamptz,

  -- a phase exactly while it runs, and one of its kind
  CONSTRAINT backtest_runs_phase_chk
    CHECK (
      CASE
        WHEN state <> 'running' THEN phase IS NULL
        WHEN kind = 'interactive' THEN COALESCE(phase, '') IN ('loading', 'waiting_decision')
        WHEN kind = 'scenario' THEN COALESCE(phase, '') IN ('validating', 'fetching_prices', 'calculating')
        ELSE false
      END
    ),
  CONSTRAINT backtest_runs_workspace_chk
    CHECK (num_nulls(workspace_id, current) = CASE kind WHEN 'scenario' THEN 0 ELSE 2 END),
  CONSTRAINT backtest_runs_names_chk
    CHECK (num_nulls(agent_name, model_name) = CASE kind WHEN 'scenario' THEN 2 ELSE 0 END),
  CONSTRAINT backtest_runs_idempotency_chk
    CHECK ((idempotency_key IS NULL) = (idempotency_body_hash IS NULL)),
  -- held exactly while a process works on it, which is always but for waiting
  CONSTRAINT backtest_runs_holder_chk
    CHECK (
      num_nulls(owner_instance, heartbeat_at)
        = CASE WHEN state = 'running' AND phase <> 'waiting_decision' THEN 0 ELSE 2 END
    ),
  CONSTRAINT backtest_runs_steps_chk
    CHECK (step_index <= total_steps AND timeout_holds <= step_index),
  CONSTRAINT backtest_runs_opened_chk
    CHECK ((step_opened_at IS NOT NULL) = (COALESCE(phase, '') = 'waiting_decision')),
  CONSTRAINT backtest_runs_loaded_chk
    CHECK (
      (candles_hash IS NULL) = (slice_bars IS NULL)
      AND (candles_hash IS NOT NULL OR step_opened_at IS NULL)
    ),
  CONSTRAINT backtest_runs_result_chk
    CHECK ((result_json IS NOT NULL) = (state = 'succeeded') AND (baselines_json IS NULL OR state = 'succeeded')),
  CONSTRAINT backtest_runs_cancelled_chk
    CHECK ((cancel_reason IS NOT NULL) = (state = 'cancelled')),
  CONSTRAINT backtest_runs_failed_error_payload_chk
    CHECK (num_nulls(last_error, last_error_json) = CASE state WHEN 'failed' THEN 0 ELSE 2 END),
  CONSTRAINT backtest_runs_finished_chk
    CHECK ((finished_at IS NULL) = (state = 'running'))
);

CREATE UNIQUE INDEX IF NOT EXISTS idx_backtest_runs_user_idempotency
  ON backtest_runs (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
-- one current run per workspace
CREATE UNIQUE INDEX IF NOT EXISTS idx_backtest_runs_workspace_current
  ON backtest_runs (user_id, workspace_id) WHERE current;
CREATE INDEX IF NOT EXISTS idx_backtest_runs_user_created_desc
  ON backtest_runs (user_id, created_at DESC, run_id DESC);
CREATE INDEX IF NOT EXISTS idx_backtest_runs_listed
  ON backtest_runs (created_at DESC, run_id DESC) WHERE listed;
CREATE INDEX IF NOT EXISTS idx_backtest_runs_user_active
  ON backtest_runs (user_id) WHERE state = 'running';
CREATE INDEX IF NOT EXISTS idx_backtest_runs_held
  ON backtest_runs (heartbeat_at) WHERE state = 'running' AND owner_instance IS NOT NULL;
CREATE INDEX IF NOT EXISTS idx_backtest_runs_waiting
  ON backtest_runs (step_opened_at) WHERE phase = 'waiting_decision';
CREATE INDEX IF NOT EXISTS idx_backtest_runs_without_baselines
  ON backtest_runs (finished_at) WHERE state = 'succeeded' AND kind = 'interactive' AND baselines_json IS NULL;
CREATE INDEX IF NOT EXISTS idx_backtest_runs_ended
  ON backtest_runs (finished_at, run_id) WHERE finished_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS backtest_run_steps (
  run_id          uuid                NOT NULL REFERENCES backtest_runs (run_id) ON DELETE CASCADE,
  step_index      backtest_run_count  NOT NULL,
  side            backtest_run_side   NOT NULL,
  source          backtest_run_source NOT NULL,
  idempotency_key backtest_run_key,
  body_hash       backtest_run_hash,
  decision_json   backtest_run_object,
  -- the bytes of the answer, which are sent again to whoever repeats the decision
  ack_text        text,
  context_ref     text,
  decided_at      timestamptz         NOT NULL,

  PRIMARY KEY (run_id, step_index),
  CONSTRAINT backtest_run_steps_key UNIQUE (run_id, idempotency_key),
  -- what an agent sent is there exactly where it decided
  CONSTRAINT backtest_run_steps_decision_chk
    CHECK (
      num_nulls(idempotency_key, body_hash, decision_json, ack_text, context_ref)
        = CASE source WHEN 'agent' THEN 0 ELSE 5 END
    )
);
