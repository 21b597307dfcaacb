-- Takes the whole schema away, children first.
DROP TABLE IF EXISTS backtest_run_steps;
DROP TABLE IF EXISTS backtest_runs;
DROP TABLE IF EXISTS optimization_tasks;
DROP TABLE IF EXISTS optimization_jobs;
DROP TABLE IF EXISTS backtest_job_planes;
DROP TABLE IF EXISTS backtest_job_stage_a_shortlist;
DROP TABLE IF EXISTS backtest_job_top_variants;
DROP TABLE IF EXISTS backtest_jobs;
DROP TABLE IF EXISTS backtest_job_turns;
DROP FUNCTION IF EXISTS backtest_take_turn, backtest_wait_for_turn, backtest_oldest_queued,
  backtest_may_help, backtest_next_task, backtest_end_tasks;
DROP TABLE IF EXISTS backtest_strategies;
DROP TABLE IF EXISTS backtest_schema_migrations;
DROP DOMAIN IF EXISTS backtest_job_mode, backtest_job_state, backtest_job_stage, backtest_job_attempt,
  backtest_job_processed_units, backtest_job_total_units, backtest_job_request, backtest_job_spec_payload,
  backtest_job_last_error, backtest_job_hash, backtest_trace_id, backtest_job_retries, backtest_job_idempotency_key,
  backtest_job_idempotency_hash, backtest_job_data, backtest_job_warnings,
  backtest_run_kind, backtest_run_state, backtest_run_hash, backtest_run_object, backtest_run_tag, backtest_run_name,
  backtest_run_key, backtest_run_count, backtest_run_cancel_reason, backtest_run_side, backtest_run_source,
  optimization_task_status;
