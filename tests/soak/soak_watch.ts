import type { Sql } from "../../src/adapters/postgres/connect.ts";

/** Lets the database itself keep a record of every state change and of the attempt behind every result row. */
export async function installWatch(sql: Sql): Promise<void> {
  await sql.unsafe(`
    CREATE TABLE soak_changes (
      job_id uuid, old_state text, new_state text, attempt integer, at timestamptz DEFAULT clock_timestamp()
    );
    CREATE TABLE soak_rows (job_id uuid, rank integer, attempt integer, PRIMARY KEY (job_id, rank));

    CREATE FUNCTION soak_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO soak_changes VALUES (NEW.job_id, OLD.state, NEW.state, NEW.attempt);
      RETURN NULL;
    END $$;
    CREATE TRIGGER soak_note_change AFTER UPDATE ON backtest_jobs FOR EACH ROW
    WHEN (OLD.state <> NEW.state OR OLD.attempt <> NEW.attempt
      OR OLD.state IN ('succeeded', 'failed', 'cancelled'))
    EXECUTE FUNCTION soak_note_change();

    CREATE FUNCTION soak_note_row() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' THEN
        DELETE FROM soak_rows WHERE job_id = OLD.job_id AND rank = OLD.rank;
      ELSE
        INSERT INTO soak_rows SELECT NEW.job_id, NEW.rank, attempt FROM backtest_jobs WHERE job_id = NEW.job_id;
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER soak_note_row AFTER INSERT OR DELETE ON backtest_job_top_variants FOR EACH ROW
    EXECUTE FUNCTION soak_note_row()`);
}

/** What the record says once all workers have ended. */
export interface Findings {
  /** One line for each broken promise. */
  readonly problems: readonly string[];
  readonly states: Readonly<Record<string, number>>;
  readonly reclaims: number;
  /** From submission to the first claim. */
  readonly queueWait: { readonly averageSeconds: number; readonly p95Seconds: number };
}

/** Holds the record against what must be true of finished jobs. */
export async function readWatch(sql: Sql): Promise<Findings> {
  const problems: string[] = [];
  const expectNone = async (fact: string, query: string) => {
    const rows = await sql.unsafe(query);
    if (rows.length > 0) problems.push(`${fact}: ${rows.length}, the first ${JSON.stringify(rows[0])}`);
  };
  await expectNone(
    "jobs that have not ended",
    `SELECT job_id, state FROM backtest_jobs WHERE state IN ('queued', 'running')`,
  );
  await expectNone(
    "writes to a job that had ended",
    `SELECT * FROM soak_changes WHERE old_state IN ('succeeded', 'failed', 'cancelled')`,
  );
  await expectNone(
    "jobs that ended more than once",
    `SELECT job_id FROM soak_changes WHERE new_state IN ('succeeded', 'failed', 'cancelled')
     GROUP BY job_id HAVING count(*) <> 1`,
  );
  await expectNone(
    "rows of a dead attempt in a succeeded job",
    `SELECT r.job_id, r.attempt FROM soak_rows AS r JOIN backtest_jobs AS j USING (job_id)
     WHERE j.state = 'succeeded' AND r.attempt <> j.attempt`,
  );
  await expectNone(
    "failures other than workers that were killed too often",
    `SELECT job_id, last_error FROM backtest_jobs
     WHERE state = 'failed' AND last_error_json ->> 'code' <> 'attempts_exhausted'`,
  );
  await expectNone(
    "succeeded jobs without all their rows, or rows with a report in another job",
    `SELECT job_id, state FROM backtest_jobs LEFT JOIN backtest_job_top_variants USING (job_id)
     GROUP BY job_id HAVING count(report_table_md) <> CASE WHEN state = 'succeeded' THEN 5 ELSE 0 END`,
  );
  await expectNone(
    "requests whose jobs have different results",
    `SELECT request_hash FROM (
       SELECT request_hash, job_id, md5(jsonb_agg(to_jsonb(t) - '{job_id,updated_at}'::text[] ORDER BY rank)::text) AS digest
       FROM backtest_jobs JOIN backtest_job_top_variants AS t USING (job_id)
       WHERE state = 'succeeded' GROUP BY request_hash, job_id
     ) AS results GROUP BY request_hash HAVING count(DISTINCT digest) <> 1`,
  );
  return { problems, ...await readCounts(sql) };
}

async function readCounts(sql: Sql): Promise<Omit<Findings, "problems">> {
  const states = await sql<{ readonly state: string; readonly jobs: number }[]>`
    SELECT state, count(*)::int AS jobs FROM backtest_jobs GROUP BY state ORDER BY state`;
  const [{ reclaims }] = await sql<[{ readonly reclaims: number }]>`
    SELECT count(*)::int AS reclaims FROM soak_changes WHERE old_state = 'running' AND new_state = 'running'`;
  const [wait] = await sql<[{ readonly average: number; readonly p95: number }]>`
    SELECT avg(seconds)::float8 AS average, percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) AS p95
    FROM (
      SELECT extract(epoch FROM min(c.at) - min(j.created_at))::float8 AS seconds
      FROM soak_changes AS c JOIN backtest_jobs AS j USING (job_id)
      WHERE c.new_state = 'running' GROUP BY job_id
    ) AS waits`;
  return {
    states: Object.fromEntries(states.map(({ state, jobs }) => [state, jobs])),
    reclaims,
    queueWait: { averageSeconds: wait.average, p95Seconds: wait.p95 },
  };
}
