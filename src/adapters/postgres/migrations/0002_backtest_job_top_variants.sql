-- The best variants of a job so far; final, with reports, once the job has succeeded.
CREATE TABLE IF NOT EXISTS backtest_job_top_variants (
  job_id                uuid             NOT NULL REFERENCES backtest_jobs (job_id) ON DELETE CASCADE,
  rank                  integer          NOT NULL,
  variant_key           text             NOT NULL,
  indicator_variant_key text             NOT NULL,
  variant_index         integer          NOT NULL,
  total_return_pct      double precision NOT NULL,
  payload_json          jsonb            NOT NULL,
  report_table_md       text,
  trades_json           jsonb,
  updated_at            timestamptz      NOT NULL,

  PRIMARY KEY (job_id, rank),
  CONSTRAINT backtest_job_top_variants_unique_variant
    UNIQUE (job_id, variant_key),
  CONSTRAINT backtest_job_top_variants_rank_chk
    CHECK (rank > 0),
  CONSTRAINT backtest_job_top_variants_variant_index_chk
    CHECK (variant_index >= 0),
  CONSTRAINT backtest_job_top_variants_payload_shape_chk
    CHECK (jsonb_typeof(payload_json) = 'object'),
  CONSTRAINT backtest_job_top_variants_trades_shape_chk
    CHECK (trades_json IS NULL OR jsonb_typeof(trades_json) = 'array')
);

CREATE INDEX IF NOT EXISTS idx_backtest_job_top_variants_job_rank
  ON backtest_job_top_variants (job_id, rank);
