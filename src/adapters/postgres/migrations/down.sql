-- Takes the whole schema away, children first.
DROP TABLE IF EXISTS backtest_job_stage_a_shortlist;
DROP TABLE IF EXISTS backtest_job_top_variants;
DROP TABLE IF EXISTS backtest_jobs;
DROP TABLE IF EXISTS backtest_schema_migrations;
