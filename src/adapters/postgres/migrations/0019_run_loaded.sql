-- compatible_with: 8
-- What is known of the bars that a run was begun with: its figures must not change because its source has gone on since.
ALTER TABLE backtest_runs ADD COLUMN IF NOT EXISTS loaded_json backtest_run_object;
