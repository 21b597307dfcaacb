import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { samples } from "../../../tests/helpers/metric_samples.ts";
import type { Candidates, Compute, ComputeSession, SweepInput } from "../../ports/compute.ts";
import { measuredCompute } from "./compute_metrics.ts";

const candidates: Candidates = {
  indexes: new Float64Array(0),
  scores: new Float64Array(0),
  secondary: null,
  returns: new Float64Array(0),
  elapsedMs: 1,
};
const selection = { keep: 1, floor: -Infinity };
// of a sweep, only the bars of the slice and the risk cells are looked at
const sweep = { timeline: { slice: { start: 10, stop: 110 } }, plan: { riskTotal: 12 } } as SweepInput;

/** A pool of two threads whose calls wait for `go`. */
function world() {
  const registry = new Registry();
  const gate = Promise.withResolvers<Candidates>();
  const answer = () => gate.promise;
  const session = {
    scoreBase: answer,
    scoreRisk: answer,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  } as unknown as ComputeSession;
  const pool = {
    threads: 2,
    memoryBytes: 4 * 65_536,
    open: () => Promise.resolve(session),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { registry, gate, compute: measuredCompute(pool, registry) as Compute };
}

async function counts(registry: Registry, kind: string): Promise<readonly (number | undefined)[]> {
  const values = await samples(registry);
  return ["batches", "variants", "bar_variants"].map((name) =>
    values.get(`backtest_${name}_total{kind="${kind}"}`)
  );
}

Deno.test("measuredCompute() counts batches, variants and bar-variants of both kinds", async () => {
  const { registry, gate, compute } = world();
  const session = await compute.open(sweep);
  assert.deepEqual([await counts(registry, "base"), await counts(registry, "risk")], [[0, 0, 0], [0, 0, 0]]);
  gate.resolve(candidates);
  assert.equal(await session.scoreBase({ from: 5, to: 8 }, selection), candidates);
  assert.equal(await session.scoreRisk([1, 2, 3, 4], selection), candidates);
  await session.scoreRisk([5], selection);
  assert.deepEqual(await counts(registry, "base"), [1, 3, 300]);
  assert.deepEqual(await counts(registry, "risk"), [2, 60, 6000]);
});

Deno.test("measuredCompute() does not count a batch that failed", async () => {
  const { registry, gate, compute } = world();
  const session = await compute.open(sweep);
  gate.reject(new Error("the module trapped"));
  await assert.rejects(session.scoreBase({ from: 0, to: 8 }, selection), { message: "the module trapped" });
  assert.deepEqual(await counts(registry, "base"), [0, 0, 0]);
  assert.equal((await samples(registry)).get('backtest_compute_threads{state="busy"}'), 0);
});

Deno.test("measuredCompute() shows busy and idle threads, and the module's memory", async () => {
  const { registry, gate, compute } = world();
  const threads = async () => {
    const values = await samples(registry);
    return ["busy", "idle"].map((state) => values.get(`backtest_compute_threads{state="${state}"}`));
  };
  const session = await compute.open(sweep);
  assert.deepEqual(await threads(), [0, 2]);
  const first = session.scoreBase({ from: 0, to: 1 }, selection);
  assert.deepEqual(await threads(), [1, 1]);
  // one call more than there are threads waits
  const rest = [session.scoreRisk([1], selection), session.scoreRisk([2], selection)];
  assert.deepEqual(await threads(), [2, 0]);
  gate.resolve(candidates);
  await Promise.all([first, ...rest]);
  assert.deepEqual(await threads(), [0, 2]);
  assert.equal((await samples(registry)).get("backtest_wasm_memory_bytes"), 262_144);
});
