import assert from "node:assert/strict";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { localApi } from "../helpers/local_api.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";

const postgres = embeddedPostgres();

const body = JSON.stringify({
  instrument_id: { market_id: 9, symbol: "SPX" },
  timeframe: "1d",
  time_range: { start: "2019-01-03T00:00:00Z", end: "2019-01-08T00:00:00Z" },
  warmup_bars: 5,
  decision_timeout_seconds: 86_400,
  execution: { fee_pct: 0.1 },
});

Deno.test("S003-20 S003-24 a run goes on where a process was killed between its commit and its answer, and where another takes its place", async () => {
  const dsn = await postgres.createDatabase();
  await withPool(dsn, async (sql) => {
    await migrate(sql);
    const options = { jobs: true, env: { STRATEGY_PG_DSN: dsn } };
    const decide = (url: string, id: string, step_index: number) =>
      fetch(`${url}/backtests/runs/${id}/decisions`, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": `step-${step_index}` },
        body: JSON.stringify({ step_index, action: step_index === 0 ? "long" : "hold" }),
      });
    let id: string;
    let steps: number;
    {
      await using first = await localApi(options);
      const created = await fetch(`${first.url}/backtests/runs`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      const text = await created.text();
      assert.equal(created.status, 201, text);
      id = JSON.parse(text).run_id;
      let context;
      do {
        context = await (await fetch(`${first.url}/backtests/runs/${id}/context?wait=30`)).json();
      } while (context.phase === "loading");
      assert.equal(context.phase, "waiting_decision", JSON.stringify(context));
      steps = context.total_steps;
      assert.ok(steps >= 3);
      // whoever asked may have his answer or not: the process dies as soon as the step is stored
      const asked = decide(first.url, id, 0).then((answer) => answer.text(), () => null);
      for (;;) {
        const [row] = await sql<[{ step_index: number }]>`
          SELECT step_index FROM backtest_runs WHERE run_id = ${id}::uuid`;
        if (row.step_index === 1) break;
      }
      Deno.kill(first.pid, "SIGKILL");
      await asked;
    }
    const [{ ack_text: stored }] = await sql<[{ ack_text: string }]>`
      SELECT ack_text FROM backtest_run_steps WHERE run_id = ${id}::uuid AND step_index = 0`;
    {
      await using second = await localApi(options);
      const again = await decide(second.url, id, 0);
      assert.equal(again.status, 200);
      assert.equal(await again.text(), stored);
      assert.equal((await (await decide(second.url, id, 1)).json()).next_step, 2);
    }
    await using third = await localApi(options);
    for (let step = 2; step < steps; step++) {
      const answer = await decide(third.url, id, step);
      assert.equal(answer.status, 200, await answer.clone().text());
      await answer.body?.cancel();
    }
    const run = await (await fetch(`${third.url}/backtests/runs/${id}`)).json();
    assert.deepEqual([run.state, run.step_index, run.timeout_holds], ["succeeded", steps, 0]);
    assert.equal(run.metrics.num_trades, 1);
  });
});
