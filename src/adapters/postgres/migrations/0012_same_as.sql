-- compatible_with: 8
-- What was folded into a ranked variant of a job that folds equal trades; null for a row that stands alone and elsewhere.
ALTER TABLE backtest_job_top_variants
  ADD COLUMN IF NOT EXISTS same_as_json jsonb,
  DROP CONSTRAINT IF EXISTS backtest_job_top_variants_same_as_shape_chk,
  ADD CONSTRAINT backtest_job_top_variants_same_as_shape_chk
    CHECK (same_as_json IS NULL OR jsonb_typeof(same_as_json) = 'object') NOT VALID;
