import { parseRequest } from "../request/parse.ts";
import { requestHash } from "../request/hashes.ts";
import { readStored } from "../request/stored.ts";
import assert from "node:assert/strict";
import { ruleProbe } from "../../tests/helpers/rule_probe.ts";
import { testConfig } from "../../tests/helpers/config.ts";
import { continuousMarket } from "../../tests/helpers/markets.ts";
import { harness, requestBody } from "../../tests/helpers/worker_harness.ts";
import { runBacktest } from "./run_backtest.ts";

const template = requestBody().template as Record<string, unknown>;

function gridOf(count: number) {
  return {
    ...template,
    indicator_grids: [{
      indicator_id: "ma.sma",
      params: { window: { mode: "range", start: 2, stop_incl: 101, step: 1 } },
      source: { mode: "explicit", values: ["close", "hlc3"] },
    }],
    risk_grid: {
      sl_enabled: true,
      tp_enabled: true,
      sl: { mode: "range", start: 1, stop_incl: 1000, step: 1 },
      tp: { mode: "range", start: 1, stop_incl: count, step: 1 },
    },
  };
}

// 100 windows x 2 sources x 1,000 stops x 10,000 targets = 2e9; were it enumerated, nobody would wait for the end
const huge = { template: gridOf(10_000), preselect: "all" };
const refusal = {
  code: "validation_error",
  message: 'Backtest variants guard exceeded: preselect "all" scores 2000000000 variants, ' +
    "guards.max_variants_exhaustive allows 600000000; " +
    "axes: tp_pct 10000, sl_pct 1000, ma.sma.window 100, ma.sma.source 2",
  details: {
    error: "max_variants_exhaustive_exceeded",
    max_variants_exhaustive: 600_000_000,
    stage: "stage_b",
    total_variants: 2_000_000_000,
  },
};

Deno.test('submitJob() refuses 2e9 variants with preselect "all" and stores nothing', async () => {
  const worker = harness();
  await assert.rejects(worker.submit(huge), refusal);
  await assert.rejects(worker.runNext(), /queue is empty/);
});

Deno.test('submitJob() counts only the shortlist without preselect "all"', async () => {
  const worker = harness();
  const job = await worker.submit({ template: gridOf(100), preselect: 6 });
  assert.equal(job.state, "queued");
});

Deno.test('runBacktest() refuses 2e9 variants with preselect "all" before it loads or computes anything', async () => {
  const never = () => Promise.reject(new Error("the grid was worked on"));
  const run = { parsed: parseRequest(requestBody(huge)), reports: "configured" } as const;
  await assert.rejects(
    runBacktest(run, {
      candles: { load: never },
      rules: ruleProbe,
      compute: { threads: 1, open: never, [Symbol.asyncDispose]: () => Promise.resolve() },
      defaults: {},
      marketOf: () => continuousMarket,
      config: testConfig(),
    }),
    {
      ...refusal,
      message: /allows 300000000; axes: tp_pct 10000, /,
      details: { ...refusal.details, max_variants_exhaustive: 300_000_000 },
    },
  );
});

Deno.test('submitJob() stores preselect "all", and it has a hash of its own', async () => {
  const worker = harness();
  const [all, some] = [await worker.submit({ preselect: "all" }), await worker.submit({ preselect: 6 })];
  assert.equal(all.requestJson.preselect, "all");
  assert.notEqual(all.requestHash, some.requestHash);
  const request = readStored(all);
  assert.equal(request.preselect, "all");
  assert.equal(requestHash(request), all.requestHash);
});

Deno.test("parseRequest() takes an integer > 0 or all as preselect, and nothing else", () => {
  assert.equal(parseRequest(requestBody({ preselect: "all" })).preselect, "all");
  const refused: readonly (readonly [unknown, string])[] = [
    [0, "greater_than"],
    [1.5, "int_type"],
    ["ALL", "int_type"],
    [true, "int_type"],
  ];
  for (const [preselect, code] of refused) {
    assert.throws(() => parseRequest(requestBody({ preselect })), (error: { details: unknown }) => {
      const { errors } = error.details as { errors: { path: string; code: string }[] };
      assert.deepEqual(errors.map((item) => [item.path, item.code]), [["body.preselect", code]]);
      return true;
    });
  }
});
