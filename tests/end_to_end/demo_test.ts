import assert from "node:assert/strict";
import { tradeMembers } from "../../src/core/execution/mod.ts";
import { runProgram } from "../helpers/program.ts";

Deno.test("S000-01 demo --json runs the main job on real candles and prints only its result", async () => {
  const { code, stdout } = await runProgram(["demo", "--json"]);
  assert.equal(code, 0);
  const demo = JSON.parse(stdout);
  assert.equal(demo.state, "succeeded");
  assert.ok(demo.stage_b_variants >= 3000, `${demo.stage_b_variants} variants`);
  assert.equal(demo.stage_a_variants, 480);
  const returns = demo.top.map((row: { total_return_pct: number }) => row.total_return_pct);
  assert.equal(returns.length, 10);
  assert.deepEqual(returns, returns.toSorted((a: number, b: number) => b - a));
  for (const row of demo.top) {
    assert.match(row.report_table_md, /^\|Metric\|Value\|\n\|---\|---\|\n\|Start\|/);
  }
  assert.deepEqual(demo.top.map(({ trades }: { trades: unknown }) => trades !== null).lastIndexOf(true), 2);
  assert.deepEqual(Object.keys(demo.top[0].trades[0]), tradeMembers);
});

Deno.test("demo without --json shows table, report, equity and where the rows are", async () => {
  const { code, stdout, stderr } = await runProgram(["demo"]);
  assert.equal(code, 0);
  assert.equal(stderr, "");
  assert.match(stdout, /^Job [0-9a-f-]{36} succeeded: 480 base variants, 4,320 with stop and target/);
  for (const text of ["ma.sma(", "Sharpe Ratio", "Equity ", "backtest_job_top_variants"]) {
    assert.ok(stdout.includes(text), text);
  }
});
