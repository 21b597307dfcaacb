import assert from "node:assert/strict";
import { VARIANTS_MAX } from "../../assembly/layout.ts";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels } from "../../src/adapters/wasm/kernels.ts";
import { BacktestError } from "../../src/core/errors/mod.ts";
import { byTotalReturn } from "../../src/core/ranking/mod.ts";
import { randomWalk } from "../helpers/series.ts";
import { sweepInput } from "../helpers/sweep.ts";

const kernels = instantiateKernels(kernelModule());

/** A size in bytes by one count, with the largest count it is asked for. */
const byOneCount = {
  tableBytes: [(bars: number) => kernels.tableBytes(bars, 1), 1 << 29],
  tableWorkBytes: [kernels.tableWorkBytes, 1 << 29],
  rangesBytes: [kernels.rangesBytes, 1 << 29],
  signalBytes: [kernels.signalBytes, VARIANTS_MAX],
} as const;

/** The same by stops and targets, or by variants and bars. */
const byTwoCounts = {
  measuredSignalBytes: kernels.measuredSignalBytes,
  riskPlaneBytes: kernels.riskPlaneBytes,
  logPlaneBytes: kernels.logPlaneBytes,
} as const;

Deno.test("13 every size the module tells grows evenly up to half a billion bars and a billion cells", () => {
  for (const [name, [size, max]] of Object.entries(byOneCount)) {
    const each = size(max) - size(max / 2);
    assert.ok(each > 0, `${name} grows by ${each}`);
    assert.equal(size(max / 2) - size(0), each, name);
  }
  const bars = 64 * 2_100_000;
  const [scored, measured] = [kernels.tableBytes(bars, 0), kernels.tableBytes(bars, 1)];
  assert.ok(scored > 4 * bars && scored < 4.2 * bars, `${scored}`);
  assert.equal(measured - scored, bars / 8);
  const side = 1 << 15;
  for (const [name, size] of Object.entries(byTwoCounts)) {
    // two counts and their product: the mixed difference of a product is the same wherever it is taken
    const mixed = (s: number, t: number) => size(2 * s, 2 * t) - size(2 * s, t) - size(s, 2 * t) + size(s, t);
    assert.ok(mixed(side, side) > 0, name);
    assert.equal(mixed(side / 2, side / 2) / mixed(side / 4, side / 4), 4, name);
    assert.equal(mixed(side, side) / mixed(side / 2, side / 2), 4, name);
  }
});

Deno.test("13 no size the module tells is left out above", () => {
  const told = Object.keys(kernels).filter((name) => /Bytes$/.test(name)).sort();
  assert.deepEqual(told, [...Object.keys(byOneCount), ...Object.keys(byTwoCounts)].sort());
});

Deno.test("13 a sweep that no instance of the module can hold is refused with its figures, and takes nothing", async () => {
  const small = {
    candles: randomWalk(300, 1),
    slice: { start: 0, stop: 300 },
    indicators: [{ id: "ma.sma", axes: { source: ["close"], window: [5] } }],
    ranking: { ...byTotalReturn, primary: "max_drawdown_pct" },
  } as const;
  const levels = Array.from({ length: 12_000 }, (_, i) => (i + 1) / 1000);
  const input = sweepInput(small);
  const bars = 90_000_000;
  // only the lengths matter: nothing is read from columns that have no room
  const column = { length: bars } as Float32Array<ArrayBuffer>;
  const { candles } = input.timeline;
  const columns = { ...candles, open: column, high: column, low: column, close: column, volume: column };
  const long = {
    ...input,
    timeline: { ...input.timeline, candles: columns, slice: { start: 0, stop: bars } },
  };
  await using compute = createInProcessCompute();
  for (const beyond of [long, sweepInput({ ...small, sl: levels, tp: levels })]) {
    await assert.rejects(compute.open(beyond), (error) => {
      assert.ok(error instanceof BacktestError && error.code === "validation_error", String(error));
      assert.equal(error.details.error, "max_module_bytes_exceeded");
      const bytes = error.details.estimated_thread_bytes as number;
      assert.ok(bytes > 2 ** 32, `${bytes}`);
      assert.match(
        error.message,
        new RegExp(`would need ${bytes} bytes, the compute module has at most 4294967296;`),
      );
      return true;
    });
  }
  await using session = await compute.open(input);
  const { indexes } = await session.scoreBase({ from: 0, to: 1 }, { keep: 1, floor: -Infinity });
  assert.equal(indexes.length, 1);
});
