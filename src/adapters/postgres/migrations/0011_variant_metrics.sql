-- compatible_with: 8
-- The figures of a ranked variant as numbers; null for the rows of a running job and of releases before this one.
ALTER TABLE backtest_job_top_variants
  ADD COLUMN IF NOT EXISTS metrics_json jsonb,
  DROP CONSTRAINT IF EXISTS backtest_job_top_variants_metrics_shape_chk,
  ADD CONSTRAINT backtest_job_top_variants_metrics_shape_chk
    CHECK (metrics_json IS NULL OR jsonb_typeof(metrics_json) = 'object') NOT VALID;
