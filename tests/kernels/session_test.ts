import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels } from "../../src/adapters/wasm/kernels.ts";
import { createInstances, ResidentSession } from "../../src/adapters/wasm/resident_session.ts";
import { sessionInput } from "../../src/adapters/wasm/session_input.ts";
import { BacktestError } from "../../src/core/errors/mod.ts";
import { directionModes, type Replay, sizingModes } from "../../src/core/execution/mod.ts";
import { variantPayload } from "../../src/core/grid/mod.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import { randomWalk } from "../helpers/series.ts";
import { sweepInput, type SweepSketch } from "../helpers/sweep.ts";
import { runEngine } from "../oracle/engine.ts";
import { finalSignal } from "../oracle/signals.ts";

const everything = { keep: 1_000_000, floor: -Infinity };

const sketch: SweepSketch = {
  candles: randomWalk(700, 5),
  slice: { start: 37, stop: 690 },
  indicators: [
    { id: "ma.ema", axes: { source: ["hlc3", "low"], window: [9, 4] } },
    {
      id: "momentum.rsi",
      axes: { source: ["close", "ohlc4"], window: [5] },
      signals: { long_threshold: [70, 52, 48], short_threshold: [48, 52], unknown: [1, 2] },
    },
    { id: "volatility.bbands", axes: { mult: [2, 3], source: ["high"], window: [30, 12] } },
  ],
  sl: [2.5, null, 0, 1],
  tp: [3, 0.5, null],
};

const pairs: SweepSketch["indicators"] = [
  { id: "ma.sma", axes: { source: ["hl2"], window: [7] } },
  {
    id: "momentum.macd",
    axes: { fast_window: [5], signal_window: [3, 4], slow_window: [13], source: ["close"] },
  },
  { id: "trend.donchian", axes: { window: [6, 20] } },
];

/** The variant's replay by the oracles alone. */
function oracleReplay(input: SweepInput, stageAIndex: number, riskIndex: number | null): Replay {
  const { timeline: { candles, slice }, plan } = input;
  const { indicator_selections, signal_params } = variantPayload(plan, { stageAIndex, riskIndex });
  const indicators = indicator_selections!.map(({ indicator_id, inputs, params }) => ({
    id: indicator_id,
    values: { ...inputs, ...params },
    signals: signal_params![indicator_id] ?? {},
  }));
  const { risk_params: risk } = variantPayload(plan, { stageAIndex, riskIndex });
  const signals = finalSignal(candles, indicators);
  return runEngine({ ...plan, close: candles.close, signals, slice, risk });
}

Deno.test("a session scores every variant as the oracles do, and replays it", async () => {
  await using compute = createInProcessCompute();
  let trades = 0;
  for (const [i, directionMode] of directionModes.entries()) {
    const input = sweepInput({ ...sketch, directionMode, sizingMode: sizingModes[i + 1]! });
    await using session = await compute.open(input);
    const { stageATotal, riskTotal } = input.plan;
    const base = await session.scoreBase({ from: 0, to: stageATotal }, everything);
    assert.deepEqual([...base.indexes], Array.from({ length: stageATotal }, (_, index) => index));
    const bases = [3, stageATotal - 1, 50];
    const risk = await session.scoreRisk(bases, everything);
    for (const [position, stageAIndex] of bases.entries()) {
      assert.equal(base.scores[stageAIndex], oracleReplay(input, stageAIndex, null).total_return_pct);
      for (let riskIndex = 0; riskIndex < riskTotal; riskIndex++) {
        const expected = oracleReplay(input, stageAIndex, riskIndex);
        const at = risk.indexes.indexOf(position * riskTotal + riskIndex);
        assert.equal(risk.scores[at], expected.total_return_pct);
        assert.deepEqual(await session.replay({ stageAIndex, riskIndex }), expected);
        trades += expected.trades.length;
      }
    }
  }
  assert.ok(trades > 1000, `${trades} trades`);
});

Deno.test("a session knows macd, donchian and sma, and ignores macd's signal window", async () => {
  await using compute = createInProcessCompute();
  const input = sweepInput({ ...sketch, indicators: pairs });
  await using session = await compute.open(input);
  const { scores } = await session.scoreBase({ from: 0, to: 4 }, everything);
  const expected = [0, 1, 2, 3].map((index) => oracleReplay(input, index, null).total_return_pct);
  assert.deepEqual([...scores], expected);
  assert.equal(scores[0], scores[2]);
  assert.notEqual(scores[0], scores[1]);
});

Deno.test("scores depend neither on the cache nor on the order of batches", async () => {
  const input = sweepInput(sketch);
  const { stageATotal } = input.plan;
  const whole = await scoresWith(64 * 1024 * 1024);
  assert.deepEqual(await scoresWith(0), whole);
  assert.deepEqual(await scoresWith(1024), whole);

  async function scoresWith(maskBytesMax: number): Promise<number[]> {
    await using compute = createInProcessCompute({ maskBytesMax });
    await using session = await compute.open(input);
    const scores: number[] = [];
    for (let step = 0; step < stageATotal; step++) {
      const index = (step * 55) % stageATotal;
      const one = await session.scoreBase({ from: index, to: index + 1 }, everything);
      scores[index] = one.scores[0]!;
    }
    return scores;
  }
});

Deno.test("scoreBase() and scoreRisk() keep the best of the batch with ties, and none below the floor", async () => {
  await using compute = createInProcessCompute();
  const input = sweepInput(sketch);
  await using session = await compute.open(input);
  const { stageATotal } = input.plan;
  const all = await session.scoreBase({ from: 0, to: stageATotal }, everything);
  const fifth = all.scores.toSorted()[stageATotal - 5]!;
  const best = await session.scoreBase({ from: 0, to: stageATotal }, { keep: 5, floor: -Infinity });
  assert.deepEqual([...best.indexes], [...all.indexes].filter((i) => all.scores[i]! >= fifth));
  const none = await session.scoreRisk([0], { keep: 5, floor: 1e9 });
  assert.equal(none.indexes.length, 0);
});

Deno.test("a batch larger than the score buffer is joined from chunks", async () => {
  await using compute = createInProcessCompute();
  const windows = Array.from({ length: 200 }, (_, i) => i + 2);
  const input = sweepInput({
    candles: randomWalk(60, 9),
    slice: { start: 0, stop: 60 },
    indicators: [
      { id: "ma.ema", axes: { source: ["close"], window: windows } },
      { id: "ma.sma", axes: { source: ["close"], window: windows } },
    ],
  });
  await using session = await compute.open(input);
  const { scores, indexes } = await session.scoreBase({ from: 0, to: 40_000 }, everything);
  assert.equal(scores.length, 40_000);
  assert.equal(
    scores[39_999],
    (await session.replay({ stageAIndex: 39_999, riskIndex: null })).total_return_pct,
  );
  const best = await session.scoreBase({ from: 0, to: 40_000 }, { keep: 3, floor: -Infinity });
  const third = scores.toSorted()[39_997]!;
  assert.deepEqual([...best.indexes], [...indexes].filter((i) => scores[i]! >= third));
});

Deno.test("open() refuses an indicator whose rule lacks a signal parameter", async () => {
  await using compute = createInProcessCompute();
  const rsi = {
    id: "momentum.rsi",
    axes: { source: ["close"], window: [5] },
    signals: { short_threshold: [60] },
  };
  await assert.rejects(compute.open(sweepInput({ ...sketch, indicators: [rsi] })), {
    code: "validation_error",
    message: "momentum.rsi: missing required signal param 'long_threshold'",
  });
  const unknown = { id: "structure.candle_body", axes: {} };
  await assert.rejects(compute.open(sweepInput({ ...sketch, indicators: [unknown] })), {
    code: "validation_error",
    message: "Unsupported indicator_id for signals v1: structure.candle_body",
  });
});

Deno.test("an empty slice has no trades and returns 0", async () => {
  await using compute = createInProcessCompute();
  await using session = await compute.open(sweepInput({ ...sketch, slice: { start: 10, stop: 10 } }));
  const { scores } = await session.scoreBase({ from: 0, to: 1 }, everything);
  assert.deepEqual([...scores], [0]);
  const cells = await session.scoreRisk([0], everything);
  assert.deepEqual([...cells.scores], Array(12).fill(0));
  assert.deepEqual((await session.replay({ stageAIndex: 0, riskIndex: 3 })).trades, []);
});

Deno.test("an impossible fill is an error that names bar and close", async () => {
  const candles = randomWalk(100, 3);
  candles.close[59] = 200;
  candles.close[60] = 0;
  await using compute = createInProcessCompute();
  const indicators = [{ id: "ma.sma", axes: { source: ["close"], window: [2] } }];
  await using session = await compute.open(
    sweepInput({ ...sketch, candles, slice: { start: 20, stop: 100 }, indicators }),
  );
  const expected = {
    code: "backtest_job_runner_failed",
    message: /^Cannot fill an order at bar 60: close 0 /,
  };
  await assert.rejects(session.scoreBase({ from: 0, to: 1 }, everything), expected);
  await assert.rejects(session.replay({ stageAIndex: 0, riskIndex: null }), expected);
});

Deno.test("a trap fails one call and leaves the session usable", async () => {
  await using compute = createInProcessCompute();
  const indicators = [{ id: "ma.sma", axes: { source: ["close"], window: [5, 0] } }];
  await using session = await compute.open(sweepInput({ ...sketch, indicators }));
  const before = await session.scoreBase({ from: 0, to: 1 }, everything);
  await assert.rejects(
    session.scoreBase({ from: 1, to: 2 }, everything),
    (error) => error instanceof BacktestError && error.code === "backtest_job_runner_failed",
  );
  const after = await session.scoreBase({ from: 0, to: 1 }, everything);
  assert.deepEqual(after.scores, before.scores);
});

Deno.test("50 sessions in a row do not grow the memory", () => {
  const module = kernelModule();
  let instances = 0;
  const counted = createInstances(module);
  const kernels = counted.take();
  counted.giveBack(kernels);
  const pages: number[] = [];
  for (let i = 0; i < 50; i++) {
    using session = new ResidentSession(counted, sessionInput(sweepInput(sketch)));
    session.run((loaded) => loaded.scoreBase({ from: 0, to: 10 }, everything));
    pages.push(kernels.memory.buffer.byteLength);
    instances++;
  }
  assert.equal(instances, 50);
  assert.deepEqual(new Set(pages).size, 1);
  assert.ok(pages[0]! > instantiateKernels(module).memory.buffer.byteLength);
});

Deno.test("the module imports nothing and is below 64 KB", async () => {
  assert.deepEqual(WebAssembly.Module.imports(kernelModule()), []);
  const { size } = await Deno.stat(new URL("../../build/backtest.wasm", import.meta.url));
  assert.ok(size < 64 * 1024, `${size} bytes`);
});
