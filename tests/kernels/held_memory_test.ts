import { heldBytes } from "../../src/core/grid/held_memory.ts";
import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels } from "../../src/adapters/wasm/kernels.ts";
import { createPool } from "../../src/adapters/wasm/pool.ts";
import { sessionInput } from "../../src/adapters/wasm/session_input.ts";
import { sessionBytes } from "../../src/adapters/wasm/session_memory.ts";
import { BacktestError } from "../../src/core/errors/mod.ts";
import { byTotalReturn } from "../../src/core/ranking/mod.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import { randomWalk } from "../helpers/series.ts";
import { sweepInput, type SweepSketch } from "../helpers/sweep.ts";

const pageBytes = 65_536;
const kernels = instantiateKernels(kernelModule());
const average: SweepSketch["indicators"] = [{ id: "ma.sma", axes: { source: ["close"], window: [5, 8] } }];

const requests: Readonly<Record<string, Partial<SweepSketch>>> = {
  "one indicator": {},
  "a measured ranking": { ranking: { ...byTotalReturn, primary: "max_drawdown_pct" } },
  "many indicators, stops and targets": {
    indicators: [
      ...average,
      { id: "trend.donchian", axes: { window: [5, 9] } },
      { id: "volatility.bbands", axes: { mult: [2, 3], source: ["close"], window: [30, 12] } },
    ],
    sl: Array.from({ length: 130 }, (_, i) => 1 + i / 10),
    tp: Array.from({ length: 130 }, (_, i) => 1 + i / 10),
  },
};

function inputOver(bars: number, request: Partial<SweepSketch>) {
  return sweepInput({
    candles: randomWalk(bars, 3),
    slice: { start: 0, stop: bars },
    indicators: average,
    ...request,
  });
}

for (const [name, request] of Object.entries(requests)) {
  Deno.test(`13 the guard counts what threads are seen to reserve: ${name}`, async () => {
    for (const threads of [1, 2]) {
      for (const bars of [1000, 20_000]) {
        const input = inputOver(bars, request);
        const moduleBytes = sessionBytes(kernels, sessionInput(input));
        await using pool = createPool({ threads });
        await using session = await pool.open(input);
        const everything = { keep: 10, floor: -Infinity };
        await Promise.all(
          Array.from({ length: threads }, () => session.scoreBase({ from: 0, to: 2 }, everything)),
        );
        await Promise.all(Array.from({ length: threads }, () => session.scoreRisk([0, 1], everything)));
        assert.equal(pool.memoryBytes, threads * Math.ceil(moduleBytes / pageBytes) * pageBytes);
        const held = { bars, closeStamps: false, threads, cloned: false, moduleBytes };
        assert.equal(heldBytes(held), 28 * bars + threads * moduleBytes);
        assert.equal(heldBytes({ ...held, cloned: true }), 28 * bars * (1 + threads) + threads * moduleBytes);
        assert.equal(
          heldBytes({ ...held, furtherColumns: 3, cloned: true }),
          (28 + 12) * bars * (1 + threads) + threads * moduleBytes,
        );
      }
    }
  });
}

/** The same sweep over candles in memory that cannot be shared, as in a page that is not isolated. */
function cloned(input: SweepInput): SweepInput {
  const { tsOpenMs, ...values } = input.timeline.candles;
  const candles = {
    tsOpenMs: Float64Array.from(tsOpenMs),
    open: Float32Array.from(values.open),
    high: Float32Array.from(values.high),
    low: Float32Array.from(values.low),
    close: Float32Array.from(values.close),
    volume: Float32Array.from(values.volume),
  };
  return { ...input, timeline: { ...input.timeline, candles } };
}

Deno.test("13 a sweep that would hold a byte more than it may is refused with both figures, before anything is reserved", async () => {
  const bars = 3000;
  const input = inputOver(bars, requests["a measured ranking"]!);
  const moduleBytes = sessionBytes(kernels, sessionInput(input));
  await using pool = createPool({ threads: 2 });
  await using inProcess = createInProcessCompute();
  const own = cloned(input);
  const cases = [[pool, input, 2, false], [pool, own, 2, true], [inProcess, own, 1, false]] as const;
  for (const [compute, input, threads, cloned] of cases) {
    const bytes = heldBytes({ bars, closeStamps: false, threads, cloned, moduleBytes });
    await assert.rejects(compute.open({ ...input, maxBytes: bytes - 1 }), (error) => {
      assert.ok(error instanceof BacktestError && error.code === "validation_error", String(error));
      assert.deepEqual(error.details, {
        error: "max_compute_bytes_total_exceeded",
        estimated_memory_bytes: bytes,
        max_compute_bytes_total: bytes - 1,
        stage: "stage_a",
      });
      assert.match(
        error.message,
        /^Backtest memory guard exceeded: \d+ bytes would be held by \d compute threads? over 3000 bars/,
      );
      return true;
    });
    if (compute === pool && !cloned) assert.equal(pool.memoryBytes, 0);
    await using _session = await compute.open({ ...input, maxBytes: bytes });
  }
});

Deno.test("13 closes of their own are counted once and for every thread they are posted to", () => {
  const held = { bars: 100, closeStamps: false, threads: 3, cloned: true, moduleBytes: 10_000 };
  assert.equal(heldBytes({ ...held, closeStamps: true }) - heldBytes(held), 100 * 8 * 4);
  assert.equal(heldBytes({ ...held, cloned: false }), 2800 + 30_000);
});
