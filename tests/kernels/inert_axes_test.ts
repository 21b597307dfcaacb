import assert from "node:assert/strict";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels, type Kernels } from "../../src/adapters/wasm/kernels.ts";
import { Session } from "../../src/adapters/wasm/session.ts";
import { sessionInput } from "../../src/adapters/wasm/session_input.ts";
import { randomWalk } from "../helpers/series.ts";
import { sweepInput } from "../helpers/sweep.ts";

const everything = { keep: 1_000_000, floor: -Infinity };

const input = sweepInput({
  candles: randomWalk(300, 11),
  slice: { start: 20, stop: 300 },
  indicators: [
    {
      id: "momentum.macd",
      axes: { fast_window: [4, 6], signal_window: [3, 5, 7], slow_window: [9, 12], source: ["close"] },
      signals: { unknown: [1, 2] },
    },
    { id: "volatility.bbands", axes: { mult: [1, 2, 3], source: ["close"], window: [10] } },
  ],
  sl: [1, 2],
  tp: [3],
});
const distinct = 4;

/** A session and how many variants and planes its kernels have scored. */
function countedSession() {
  const kernels = instantiateKernels(kernelModule());
  const calls = { base: 0, planes: 0 };
  const counting: Kernels = {
    ...kernels,
    scoreSignals(...args: Parameters<Kernels["scoreSignals"]>) {
      calls.base += args[4];
      return kernels.scoreSignals(...args);
    },
    scoreRiskPlane(...args: Parameters<Kernels["scoreRiskPlane"]>) {
      calls.planes++;
      return kernels.scoreRiskPlane(...args);
    },
  };
  return { session: new Session(counting, sessionInput(input)), calls };
}

Deno.test("scoreBase() runs the kernel once per distinct variant of a session", () => {
  const { stageATotal } = input.plan;
  assert.equal(stageATotal, 72);
  const { session, calls } = countedSession();
  const whole = session.scoreBase({ from: 0, to: stageATotal }, everything);
  assert.equal(calls.base, distinct);
  assert.equal(whole.scores.length, stageATotal);
  for (let index = 0; index < stageATotal; index++) {
    const { total_return_pct } = session.replay({ stageAIndex: index, riskIndex: null });
    assert.equal(whole.scores[index], total_return_pct);
    assert.equal(session.scoreBase({ from: index, to: index + 1 }, everything).scores[0], total_return_pct);
  }
  assert.equal(calls.base, distinct);
  assert.ok(new Set(whole.scores).size > 2);
});

Deno.test("scoreRisk() runs the kernel once per distinct variant of a batch", () => {
  const { session, calls } = countedSession();
  const bases = [71, 0, 35, 70, 1, 36, 0];
  const { scores, indexes } = session.scoreRisk(bases, everything);
  assert.ok(calls.planes <= distinct, `${calls.planes} planes`);
  assert.equal(scores.length, 14);
  indexes.forEach((index, i) => {
    const variant = { stageAIndex: bases[Math.floor(index / 2)]!, riskIndex: index % 2 };
    assert.equal(scores[i], session.replay(variant).total_return_pct);
  });
});
