import { readStored } from "./stored.ts";
import type { JsonObject } from "../core/text/mod.ts";
import { BacktestError } from "../core/errors/mod.ts";
import { harness } from "../../tests/helpers/worker_harness.ts";
import assert from "node:assert/strict";

const stored = await harness().submit();
const { template, ...frame } = stored.requestJson as { template: JsonObject } & JsonObject;
const { direction_mode, sizing_mode, execution, ...spec } = template;

/** The same job, as it would have been stored in saved mode. */
function saved(changes: { overrides?: JsonObject; spec?: JsonObject; request?: JsonObject } = {}) {
  const overrides = { direction_mode, sizing_mode, execution, ...changes.overrides };
  const strategy_id = "7d3c0c52-5f0e-4a55-9a55-0a1f3c2b9e11";
  return {
    ...stored,
    mode: "saved" as const,
    requestJson: { ...frame, strategy_id, overrides, ...changes.request },
    specPayloadJson: { ...spec, ...changes.spec },
  };
}

function refusal(job: typeof stored): string {
  try {
    readStored(job);
  } catch (error) {
    if (error instanceof BacktestError) return error.message;
    throw error;
  }
  return assert.fail("nothing was refused");
}

Deno.test("readStored() makes the same request of a saved job as of a template job", () => {
  assert.deepEqual(readStored(saved()), readStored(stored));
});

Deno.test("readStored() applies the overrides to the job's copy of the strategy", () => {
  const risk_grid = { sl_enabled: false, tp_enabled: false };
  const read = readStored(saved({ overrides: { risk_grid, direction_mode: "long-only" } }));
  assert.deepEqual(read.template.risk_grid, risk_grid);
  assert.equal(read.template.direction_mode, "long-only");
});

Deno.test("readStored() refuses members it does not know, in every part of a saved job", () => {
  const unknown = (member: string) =>
    `Cannot run a stored request: ${member} is unknown to this version; update the worker`;
  assert.equal(refusal(saved({ request: { template } })), unknown("template"));
  assert.equal(refusal(saved({ overrides: { leverage: 3 } })), unknown("overrides.leverage"));
  assert.equal(refusal(saved({ spec: { leverage: 3 } })), unknown("spec_payload.leverage"));
  assert.match(refusal({ ...saved(), specPayloadJson: null }), /spec_payload must be an object, got null$/);
});

Deno.test("readStored() refuses members it does not know below those of a template, too", () => {
  const changed = structuredClone(stored) as Json;
  changed.requestJson.template.execution.fill = "next_open";
  changed.requestJson.template.indicator_grids[0].note = 1;
  changed.requestJson.top_k = 0;
  assert.equal(
    refusal(changed),
    "Cannot run a stored request: template.execution.fill is unknown to this version; update the worker",
  );
});

Deno.test("readStored() reads what an earlier release took and this one would not", () => {
  const changed = structuredClone(stored) as Json;
  const { template } = changed.requestJson;
  template.instrument_id.symbol = "my symbol";
  template.execution.fee_pct = 250;
  template.execution.init_cash_quote = 0;
  template.signal_grids = { "ma.sma": { note: { mode: "explicit", values: [1, 1, 1e15] } } };
  template.risk_grid = { sl_enabled: false, tp_enabled: true, sl_pct: -1 };
  changed.requestJson.top_k = 10_000_000;
  changed.requestJson.time_range = { start: "2026-02-01T00:00:00Z", end: "2026-01-01T00:00:00Z" };
  assert.deepEqual(readStored(changed), changed.requestJson);
});

Deno.test("readStored() names the member that is not as stored", () => {
  const cases: readonly [string, (json: Json) => unknown][] = [
    ["top_k must be greater than 0, got 0", (json) => json.top_k = 0],
    ["ranking must be an object, got 3", (json) => json.ranking = 3],
    [
      "ranking.primary_metric must be one of total_return_pct, max_drawdown_pct, return_over_max_drawdown, " +
      'profit_factor, got "sharpe"',
      (json) => json.ranking = { primary_metric: "sharpe" },
    ],
    ["time_range must be an object, got undefined", (json) => delete json.time_range],
    [
      'time_range.start must be a time with offset like 2026-01-01T00:00:00Z, or a date, got "yesterday"',
      (json) => json.time_range.start = "yesterday",
    ],
    ["template must be an object, got []", (json) => json.template = []],
    [
      'template.timeframe must be a timeframe, a count and s, m, h or d such as 30s, 15m, 4h or 1d, or 1w or 1M (nearest is 14d), got "2w"',
      (json) => json.template.timeframe = "2w",
    ],
    [
      'template.indicator_grids must be a list that is not empty, or rules beside it, got {"instrument_id":' +
      '{"market_id":1,"symbol":"BTCUSDT"},"timeframe":"1d","indicat...',
      (json) => json.template.indicator_grids = [],
    ],
    [
      "template.indicator_grids.0.params.window.step must be a finite number, got true",
      (json) =>
        json.template.indicator_grids[0].params.window = {
          mode: "range",
          start: 1,
          stop_incl: 2,
          step: true,
        },
    ],
    [
      "template.execution.fee_pct must be a finite number, got undefined",
      (json) => delete json.template.execution.fee_pct,
    ],
    [
      "template.risk_grid.sl_enabled must be true or false, got 1",
      (json) => json.template.risk_grid.sl_enabled = 1,
    ],
  ];
  for (const [expected, damage] of cases) {
    const changed = structuredClone(stored) as Json;
    damage(changed.requestJson);
    assert.equal(refusal(changed), `Cannot read a stored request: ${expected}`);
  }
});

// deno-lint-ignore no-explicit-any
type Json = any;

Deno.test("a job stored with names nobody knows, or an axis beside a side that is off, is still run", async () => {
  const worker = harness();
  const axis = { mode: "explicit", values: [1, 2] };
  const { jobId: _, requestJson, ...job } = await worker.submit();
  const jobId = "00000000-0000-4000-8000-0000000000ff";
  const signal_grids = { "ma.sma": { note: axis }, rsi: { long_threshold: axis } };
  const risk_grid = { sl_enabled: false, tp_enabled: false, sl: axis };
  const old = {
    ...requestJson,
    template: { ...requestJson.template as JsonObject, signal_grids, risk_grid },
  };
  await worker.jobs.create({ ...job, jobId, requestJson: old }, { maxActive: 9 });
  assert.deepEqual([await worker.runNext(), await worker.runNext()], ["succeeded", "succeeded"]);
  const [row] = await worker.results.listTopVariants(jobId, 300);
  assert.deepEqual(row!.payload.signal_params, { "ma.sma": { note: 2 } });
  assert.equal(row!.payload.risk_params.sl_enabled, false);
});
