-- Which base variants of a job went on to Stage B, in ranked order; read by people, not by the worker.
CREATE TABLE IF NOT EXISTS backtest_job_stage_a_shortlist (
  job_id                 uuid        PRIMARY KEY REFERENCES backtest_jobs (job_id) ON DELETE CASCADE,
  stage_a_indexes_json   jsonb       NOT NULL,
  stage_a_variants_total integer     NOT NULL,
  risk_total             integer     NOT NULL,
  preselect_used         integer     NOT NULL,
  updated_at             timestamptz NOT NULL,

  CONSTRAINT backtest_job_stage_a_shortlist_indexes_shape_chk
    CHECK (jsonb_typeof(stage_a_indexes_json) = 'array'),
  CONSTRAINT backtest_job_stage_a_shortlist_variants_total_chk
    CHECK (stage_a_variants_total > 0),
  CONSTRAINT backtest_job_stage_a_shortlist_risk_total_chk
    CHECK (risk_total > 0),
  CONSTRAINT backtest_job_stage_a_shortlist_preselect_used_chk
    CHECK (preselect_used > 0)
);
