import assert from "node:assert/strict";
import { manualClock } from "../../tests/memory/clock.ts";
import { emptyCandles } from "../core/bars/mod.ts";
import type { LoadedCandles } from "../ports/candle_source.ts";
import { guardedCandles } from "./guarded_candles.ts";

const query = { instrument: { market_id: 1, symbol: "BTCUSDT" }, range: { startMs: 0, endMs: 10 } };
const prefix = 'Cannot load candles of market 1 symbol "BTCUSDT": ';

function loaded(changes: Partial<LoadedCandles["candles"]> = {}, timeframeMs = 1): LoadedCandles {
  const candles = emptyCandles(3);
  candles.tsOpenMs.set([0, 1, 2]);
  const covers = { startMs: 0, endMs: 3 };
  return { candles: { ...candles, ...changes }, timeframeMs, warnings: [], hasVolume: true, covers };
}

async function load(answer: () => LoadedCandles): Promise<LoadedCandles> {
  const source = { load: async () => await answer() };
  const clock = manualClock();
  try {
    return await guardedCandles(source, { clock, timeoutSeconds: 1 }).load(query);
  } finally {
    assert.equal(clock.sleepers, 0);
  }
}

Deno.test("guardedCandles() hands on what can be candles, gaps and missing prices with it", async () => {
  const good = loaded({ tsOpenMs: Float64Array.of(0, 5, 9) });
  assert.equal(await load(() => good), good);
});

Deno.test("guardedCandles() refuses what cannot be candles, saying why", async () => {
  const bad: readonly [LoadedCandles, string][] = [
    [loaded({ close: new Float32Array(2) }), "the source answered 2 values of close for 3 times"],
    [loaded({}, 0), "the source answered a timeframe of 0 ms"],
    [loaded({}, NaN), "the source answered a timeframe of NaN ms"],
    [loaded({ high: Float32Array.of(1, Infinity, 2) }), "the source answered an infinite high"],
    [loaded({ tsOpenMs: Float64Array.of(0, NaN, 2) }), "the source answered the time NaN in row 1"],
    [loaded({ tsOpenMs: Float64Array.of(0, 2, 2) }), "the source answered times that do not ascend in row 2"],
  ];
  for (const [answer, reason] of bad) {
    await assert.rejects(load(() => answer), { code: "market_data_unavailable", message: prefix + reason });
  }
});

Deno.test("guardedCandles() refuses an answer without a column that was wanted", async () => {
  const wanting = (further: LoadedCandles["further"]) =>
    guardedCandles({ load: () => Promise.resolve({ ...loaded(), ...(further ? { further } : {}) }) }, {
      clock: manualClock(),
      timeoutSeconds: 1,
    }).load({ ...query, columns: ["mood"] });
  const mood = Float32Array.of(1, NaN, 3);
  assert.deepEqual((await wanting(new Map([["mood", mood]]))).further!.get("mood"), mood);
  for (const further of [undefined, new Map(), new Map([["mood", mood.subarray(1)]])]) {
    await assert.rejects(wanting(further), {
      message: `${prefix}the source answered no column "mood" for 3 times`,
    });
  }
});

Deno.test("guardedCandles() turns a foreign error into one of the upstream class and keeps its cause", async () => {
  const cause = new SyntaxError("Unexpected end of JSON input");
  const failing = load(() => {
    throw cause;
  });
  await assert.rejects(failing, {
    code: "market_data_unavailable",
    message: `${prefix}the source failed`,
    cause,
  });
  const garbage = load(() => ({}) as LoadedCandles);
  await assert.rejects(garbage, { code: "market_data_unavailable", message: `${prefix}the source failed` });
});

Deno.test("guardedCandles() tells a source that took too long to stop", async () => {
  const clock = manualClock();
  let told: AbortSignal | undefined;
  const source = {
    load: (_query: unknown, { signal }: { readonly signal?: AbortSignal } = {}) => {
      told = signal;
      return new Promise<never>(() => {});
    },
  };
  const loading = guardedCandles(source, { clock, timeoutSeconds: 2 }).load(query);
  const refused = assert.rejects(loading, { message: `${prefix}no answer within 2 s` });
  await clock.advance(2000);
  await refused;
  assert.equal(told?.aborted, true);
});
