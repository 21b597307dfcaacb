-- What lies around the winner of a job: per pair of axes the returns over both; one row per job, written while finalizing.
CREATE TABLE IF NOT EXISTS backtest_job_planes (
  job_id      uuid        PRIMARY KEY REFERENCES backtest_jobs (job_id) ON DELETE CASCADE,
  variant_key text        NOT NULL,
  axes_json   jsonb       NOT NULL,
  planes_json jsonb       NOT NULL,
  updated_at  timestamptz NOT NULL,

  CONSTRAINT backtest_job_planes_axes_shape_chk
    CHECK (jsonb_typeof(axes_json) = 'array'),
  CONSTRAINT backtest_job_planes_planes_shape_chk
    CHECK (jsonb_typeof(planes_json) = 'array')
);
