import { storedRequest } from "./stored.ts";
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
    storedRequest(job);
  } catch (error) {
    if (error instanceof BacktestError) return error.message;
    throw error;
  }
  return assert.fail("nothing was refused");
}

Deno.test("storedRequest() makes the same request of a saved job as of a template job", () => {
  const { requestJson: _, ...expected } = storedRequest(stored);
  const { requestJson: __, ...read } = storedRequest(saved());
  assert.deepEqual(read, expected);
});

Deno.test("storedRequest() applies the overrides to the job's copy of the strategy", () => {
  const risk_grid = { sl_enabled: false, tp_enabled: false };
  const read = storedRequest(saved({ overrides: { risk_grid, direction_mode: "long-only" } }));
  assert.deepEqual(read.template.risk_grid, risk_grid);
  assert.equal(read.template.direction_mode, "long-only");
});

Deno.test("storedRequest() refuses members it does not know, in every part of a saved job", () => {
  const unknown = (member: string) =>
    `Cannot run a stored request: ${member} is unknown to this version; update the worker`;
  assert.equal(refusal(saved({ request: { template } })), unknown("template"));
  assert.equal(refusal(saved({ overrides: { leverage: 3 } })), unknown("overrides.leverage"));
  assert.equal(refusal(saved({ spec: { leverage: 3 } })), unknown("spec_payload.leverage"));
  assert.match(refusal({ ...saved(), specPayloadJson: null }), /spec_payload must be an object, got null$/);
});

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
