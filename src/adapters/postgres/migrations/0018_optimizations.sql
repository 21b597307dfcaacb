-- compatible_with: 8
-- A sweep over many workers. An optimisation is a job with a companion, whose work is cut into tasks; workers claim those as
-- they claim jobs.
CREATE TABLE IF NOT EXISTS optimization_jobs (
  job_id            uuid    PRIMARY KEY REFERENCES backtest_jobs (job_id) ON DELETE CASCADE,
  concurrency_limit integer NOT NULL,
  early_stop_json   jsonb,
  top_n             integer NOT NULL,
  task_variants     integer NOT NULL,
  tasks_max         integer NOT NULL,
  module_hash       text,
  tasks_total       integer NOT NULL,
  tasks_finished    integer NOT NULL DEFAULT 0,
  top_tasks_json    jsonb   NOT NULL DEFAULT '[]',
  stop_reason_json  jsonb,
  candles_hash      text,

  CONSTRAINT optimization_jobs_concurrency_limit_chk
    CHECK (concurrency_limit BETWEEN 1 AND 64),
  CONSTRAINT optimization_jobs_early_stop_shape_chk
    CHECK (jsonb_typeof(early_stop_json) = 'object'),
  CONSTRAINT optimization_jobs_top_n_chk
    CHECK (top_n > 0),
  CONSTRAINT optimization_jobs_cutting_chk
    CHECK (task_variants > 0 AND tasks_max > 0),
  CONSTRAINT optimization_jobs_tasks_total_chk
    CHECK (tasks_total >= 0),
  CONSTRAINT optimization_jobs_tasks_finished_chk
    CHECK (tasks_finished >= 0),
  CONSTRAINT optimization_jobs_finished_lte_total_chk
    CHECK (tasks_finished <= tasks_total),
  CONSTRAINT optimization_jobs_top_tasks_shape_chk
    CHECK (jsonb_typeof(top_tasks_json) = 'array'),
  CONSTRAINT optimization_jobs_stop_reason_shape_chk
    CHECK (jsonb_typeof(stop_reason_json) = 'object')
);

DO $$
BEGIN
  IF to_regtype('optimization_task_status') IS NULL THEN
    CREATE DOMAIN optimization_task_status AS text
      CONSTRAINT optimization_tasks_status_chk
        CHECK (VALUE IN ('queued', 'running', 'succeeded', 'failed', 'early-stopped', 'cancelled'));
  END IF;
END
$$;

-- job_created_at is that of the job, which never changes: with it the order of claims is that of an index. worker is who
-- claimed the task last, also when it is over.
CREATE TABLE IF NOT EXISTS optimization_tasks (
  task_id           uuid                     PRIMARY KEY,
  job_id            uuid                     NOT NULL REFERENCES optimization_jobs (job_id) ON DELETE CASCADE,
  job_created_at    timestamptz              NOT NULL,
  seq               integer                  NOT NULL,
  stage             text                     NOT NULL,
  status            optimization_task_status NOT NULL,
  from_unit         integer                  NOT NULL,
  to_unit           integer                  NOT NULL,
  keep              integer                  NOT NULL,
  floor             double precision,
  params_json       jsonb                    NOT NULL,
  result            bytea,
  score             double precision,
  result_summary_id text,
  progress          double precision         NOT NULL DEFAULT 0,
  retries           integer                  NOT NULL DEFAULT 0,
  attempt           integer                  NOT NULL DEFAULT 0,
  not_before        timestamptz,
  worker            text,
  locked_by         text,
  locked_at         timestamptz,
  lease_expires_at  timestamptz,
  heartbeat_at      timestamptz,
  last_error        text,
  last_error_json   jsonb,
  created_at        timestamptz              NOT NULL,
  started_at        timestamptz,
  finished_at       timestamptz,

  CONSTRAINT optimization_tasks_unique_seq
    UNIQUE (job_id, seq),
  CONSTRAINT optimization_tasks_seq_chk
    CHECK (seq >= 0),
  CONSTRAINT optimization_tasks_stage_chk
    CHECK (stage IN ('stage_a', 'stage_b')),
  CONSTRAINT optimization_tasks_units_chk
    CHECK (from_unit >= 0 AND to_unit > from_unit),
  CONSTRAINT optimization_tasks_keep_chk
    CHECK (keep > 0),
  CONSTRAINT optimization_tasks_params_json_shape_chk
    CHECK (jsonb_typeof(params_json) = 'object'),
  CONSTRAINT optimization_tasks_result_chk
    CHECK (status = 'succeeded' OR num_nulls(result, score, result_summary_id) = 3),
  CONSTRAINT optimization_tasks_result_summary_id_sha256_chk
    CHECK (result_summary_id ~ '^[0-9a-f]{64}$'),
  CONSTRAINT optimization_tasks_progress_chk
    CHECK (progress BETWEEN 0 AND 1),
  CONSTRAINT optimization_tasks_retries_chk
    CHECK (retries >= 0 AND retries <= attempt),
  CONSTRAINT optimization_tasks_attempt_chk
    CHECK (attempt >= 0),
  CONSTRAINT optimization_tasks_not_before_chk
    CHECK (not_before IS NULL OR status = 'queued'),
  CONSTRAINT optimization_tasks_running_lease_chk
    CHECK (
      num_nulls(locked_by, locked_at, lease_expires_at, heartbeat_at)
        = CASE status WHEN 'running' THEN 0 ELSE 4 END
    ),
  CONSTRAINT optimization_tasks_last_error_json_shape_chk
    CHECK (jsonb_typeof(last_error_json) = 'object'),
  CONSTRAINT optimization_tasks_failed_error_payload_chk
    CHECK (num_nulls(last_error, last_error_json) = 0 OR status <> 'failed'),
  CONSTRAINT optimization_tasks_status_timestamps_chk
    CHECK (
      CASE
        WHEN finished_at IS NOT NULL THEN status NOT IN ('queued', 'running')
        WHEN status = 'running' THEN started_at IS NOT NULL
        ELSE status = 'queued'
      END
    )
);

CREATE INDEX IF NOT EXISTS idx_optimization_tasks_claim
  ON optimization_tasks (job_created_at, job_id, seq) WHERE status = 'queued';
CREATE INDEX IF NOT EXISTS idx_optimization_tasks_reclaim
  ON optimization_tasks (lease_expires_at) WHERE status = 'running';
CREATE INDEX IF NOT EXISTS idx_optimization_tasks_open
  ON optimization_tasks (job_id, seq) WHERE status IN ('queued', 'running');

-- Whether tasks of a job may be claimed by who computes with this module: it is not over, nobody wants it cancelled, and it has
-- not stopped. A function of its own, so that claims read one table, in the order of its index, whatever the statistics say.
CREATE OR REPLACE FUNCTION backtest_may_help(of_job uuid, module text) RETURNS boolean LANGUAGE plpgsql STABLE
AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM optimization_jobs
    WHERE job_id = of_job AND module_hash = module AND stop_reason_json IS NULL
  ) AND EXISTS (
    SELECT FROM backtest_jobs WHERE job_id = of_job AND finished_at IS NULL AND cancel_requested_at IS NULL
  );
END
$$;

-- The task that is to be claimed next, locked; null when there is none. Of the oldest job first, then by seq: a queued one that
-- is due, or a running one whose lease has expired, of the hundred that expired first. With of_job, of that one only.
CREATE OR REPLACE FUNCTION backtest_next_task(module text, of_job uuid) RETURNS uuid LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
AS $$
DECLARE
  moment timestamptz := clock_timestamp();
  older  record;
  picked uuid;
BEGIN
  IF of_job IS NOT NULL THEN
    SELECT task_id INTO picked FROM optimization_tasks
    WHERE job_id = of_job AND status IN ('queued', 'running')
      AND CASE status
        WHEN 'queued' THEN not_before IS NULL OR not_before <= moment
        ELSE lease_expires_at <= moment
      END
      AND backtest_may_help(job_id, module)
    ORDER BY job_id, seq LIMIT 1 FOR UPDATE SKIP LOCKED;
    RETURN picked;
  END IF;
  SELECT * INTO older FROM (
    SELECT job_created_at, job_id, seq FROM optimization_tasks
    WHERE status = 'running' AND lease_expires_at <= moment AND backtest_may_help(job_id, module)
    ORDER BY lease_expires_at LIMIT 100
  ) AS expired ORDER BY job_created_at, job_id, seq LIMIT 1;
  IF FOUND THEN
    SELECT task_id INTO picked FROM optimization_tasks
    WHERE status = 'queued' AND (job_created_at, job_id, seq) < (older.job_created_at, older.job_id, older.seq)
      AND (not_before IS NULL OR not_before <= moment) AND backtest_may_help(job_id, module)
    ORDER BY job_created_at, job_id, seq LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
      RETURN picked;
    END IF;
    SELECT task_id INTO picked FROM optimization_tasks
    WHERE task_id = ANY (ARRAY(
        SELECT task_id FROM optimization_tasks WHERE status = 'running' AND lease_expires_at <= moment
        ORDER BY lease_expires_at LIMIT 100
      ))
      AND status = 'running' AND lease_expires_at <= moment AND backtest_may_help(job_id, module)
    ORDER BY job_created_at, job_id, seq LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
      RETURN picked;
    END IF;
  END IF;
  -- also when others have locked all that expired
  SELECT task_id INTO picked FROM optimization_tasks
  WHERE status = 'queued' AND (not_before IS NULL OR not_before <= moment) AND backtest_may_help(job_id, module)
  ORDER BY job_created_at, job_id, seq LIMIT 1 FOR UPDATE SKIP LOCKED;
  RETURN picked;
END
$$;

-- When a job ends, however and by whomever, its tasks end with it: open ones are cancelled, results go. Written by a trigger, so
-- that a program of an earlier release does it, too, and statements over jobs stay as they are. tasks_finished stays what it
-- is after a stop or a success, and else counts all that are over. Whoever writes to more than one of the three tables does so in
-- the order job, optimisation, task: nobody waits in a circle.
CREATE OR REPLACE FUNCTION backtest_end_tasks() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off
AS $$
DECLARE
  stopped boolean;
BEGIN
  SELECT stop_reason_json IS NOT NULL INTO stopped FROM optimization_jobs WHERE job_id = NEW.job_id FOR UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  UPDATE optimization_tasks
  SET status = 'cancelled', finished_at = GREATEST(NEW.finished_at, created_at), not_before = NULL,
      locked_by = NULL, locked_at = NULL, lease_expires_at = NULL, heartbeat_at = NULL
  WHERE job_id = NEW.job_id AND status IN ('queued', 'running');
  IF FOUND THEN
    PERFORM pg_notify('backtest_tasks_ended', NEW.job_id::text);
  END IF;
  UPDATE optimization_tasks SET result = NULL WHERE job_id = NEW.job_id AND result IS NOT NULL;
  IF NEW.state <> 'succeeded' AND NOT stopped THEN
    UPDATE optimization_jobs
    SET tasks_finished = LEAST(tasks_total, (SELECT count(*) FROM optimization_tasks WHERE job_id = NEW.job_id))
    WHERE job_id = NEW.job_id;
  END IF;
  RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER backtest_job_ended_trg
  AFTER UPDATE OF finished_at ON backtest_jobs FOR EACH ROW
  WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL)
  EXECUTE FUNCTION backtest_end_tasks();
