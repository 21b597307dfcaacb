import assert from "node:assert/strict";
import fc from "fast-check";
import { BacktestError } from "../core/errors/mod.ts";
import { type EmbeddedSweep, embeddedSweep } from "./embedded_sweep.ts";

const text = (path: string) => Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
const wasm = await Deno.readFile(new URL("../../build/backtest.wasm", import.meta.url));
const config = await text("configs/backtest.yaml");
const grids = await text("configs/indicators.yaml");
const dayMs = 86_400_000;
const rows = 40;

const column = (value: (row: number) => number) => Array.from({ length: rows }, (_, row) => value(row));
const close = column((row) => 100 + 10 * Math.sin(row / 3));
const sweep: EmbeddedSweep = {
  wasm,
  request: JSON.stringify({
    time_range: { start: "2026-01-01T00:00:00Z", end: "2026-02-10T00:00:00Z" },
    template: {
      instrument_id: { market_id: 1, symbol: "X" },
      timeframe: "1d",
      indicator_grids: [{
        indicator_id: "ma.sma",
        params: { window: { values: [2, 3] } },
        source: { values: ["close"] },
      }],
    },
    warmup_bars: 1,
    top_k: 2,
  }),
  candles: {
    tsOpenMs: column((row) => Date.UTC(2026, 0, 1) + row * dayMs),
    open: close,
    high: close.map((price) => price + 1),
    low: close.map((price) => price - 1),
    close,
    volume: column(() => 5),
  },
  timeframeMs: dayMs,
  config,
  grids,
};
const names = ["tsOpenMs", "open", "high", "low", "close", "volume"] as const;

async function refusal(argument: unknown): Promise<string> {
  const error = await embeddedSweep(argument as EmbeddedSweep).then(() => null, (thrown) => thrown);
  assert.ok(error instanceof BacktestError, String(error));
  assert.ok(!error.message.includes("\n"), error.message);
  return error.message;
}

const withCandles = (changes: Record<string, unknown>) => ({
  ...sweep,
  candles: { ...sweep.candles, ...changes },
});
const replaced = (name: typeof names[number], [row, value]: readonly [number, unknown]) =>
  withCandles({ [name]: (sweep.candles[name] as readonly number[]).with(row, value as number) });

Deno.test("embeddedSweep() has the market of its config, as every other way has, unless it is told otherwise", async () => {
  const daysOf = async (changes: Partial<EmbeddedSweep>) => {
    const { variants } = await embeddedSweep({ ...sweep, ...changes });
    return variants[0]!.metrics.days_per_year;
  };
  const market = (text: string) => ({
    config: `${config.replace(/^markets:[^]*?\n\n/m, "")}\nmarkets: { 1: ${text} }\n`,
  });
  assert.equal(await daysOf({}), 365);
  assert.equal(await daysOf({ calendar: "sessions" }), 252);
  assert.equal(await daysOf(market("{ calendar: sessions }")), 252);
  assert.equal(await daysOf(market("{ calendar: sessions, days_per_year: 250 }")), 250);
});

Deno.test("embeddedSweep() takes arrays and typed arrays alike, with the same answer", async () => {
  const arrays = await embeddedSweep(sweep);
  const typed = Object.fromEntries(
    names.map((
      name,
    ) => [name, (name === "tsOpenMs" ? Float64Array : Float32Array).from(sweep.candles[name] as number[])]),
  );
  assert.deepEqual(await embeddedSweep(withCandles(typed)), arrays);
  assert.equal(arrays.variants.length, 2);
});

Deno.test("embeddedSweep() reads null and NaN as missing", async () => {
  const [nulls, nans] = [null, NaN].map((value) => embeddedSweep(replaced("close", [7, value])));
  assert.deepEqual(await nulls, await nans);
});

Deno.test("embeddedSweep() leaves the caller's columns as they are", async () => {
  const before = structuredClone(sweep.candles);
  await embeddedSweep(sweep);
  assert.deepEqual(sweep.candles, before);
});

Deno.test("embeddedSweep() names the member that is missing, unknown or of another type", async () => {
  const { wasm: _, ...withoutWasm } = sweep;
  const { high: __, ...withoutHigh } = sweep.candles;
  const cases: readonly [unknown, string][] = [
    [undefined, "the argument of embeddedSweep must be an object, got nothing"],
    [
      withoutWasm,
      "wasm must be the bytes of build/backtest.wasm, an ArrayBuffer or a view of one, got nothing",
    ],
    [{ ...sweep, request: {} }, "request must be a JSON text, got an object"],
    [
      { ...sweep, candle: [] },
      'candle is not a known member; nearest is "candles"; known are wasm, request, ' +
      "candles, timeframeMs, calendar, dayStart, partialLastBar, config, grids, signal",
    ],
    [{ ...sweep, timeframeMs: "1d" }, 'timeframeMs must be a whole number of ms, got "1d"'],
    [{ ...sweep, timeframeMs: 0 }, "timeframeMs must be a whole number of ms above 0, got 0"],
    [{ ...sweep, calendar: "24/7" }, 'calendar must be continuous or sessions, got "24/7"'],
    [{ ...sweep, signal: 5 }, "signal must be an AbortSignal, got 5"],
    [{ ...sweep, grids: null, config: 1 }, "config must be the text of backtest.yaml, got 1 (and 1 more)"],
    [
      { ...sweep, candles: withoutHigh },
      "candles.high must be an array of numbers or a typed array of them, got nothing",
    ],
    [
      withCandles({ low: new BigInt64Array(rows) }),
      "candles.low must be an array of numbers or a typed array of " +
      `them, got a view of ${rows * 8} bytes`,
    ],
    [
      withCandles({ closed: [] }),
      'candles.closed is not a known member; nearest is "close"; known are tsOpenMs, ' +
      "open, high, low, close, volume, further",
    ],
    [{ ...sweep, wasm: new Uint8Array(8) }, "wasm must be the bytes of build/backtest.wasm, got other bytes"],
    [
      { ...sweep, wasm: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0) },
      "wasm must be the bytes of " +
      "build/backtest.wasm, got other bytes",
    ],
  ];
  for (const [argument, expected] of cases) {
    assert.equal(await refusal(argument), `Cannot sweep: ${expected}`);
  }
});

Deno.test("embeddedSweep() names the first candle that cannot be used", async () => {
  const value = "must be a finite number (f32), or NaN or null where it is missing";
  const cases: readonly [unknown, string][] = [
    [withCandles({ close: [1] }), "candles.close has 1 rows, candles.tsOpenMs has 40"],
    [replaced("tsOpenMs", [3, NaN]), "candles.tsOpenMs[3] must be a time in epoch ms, got NaN"],
    [replaced("tsOpenMs", [3, 9e15]), "candles.tsOpenMs[3] must be a time in epoch ms, got 9000000000000000"],
    [replaced("tsOpenMs", [0, null]), "candles.tsOpenMs[0] must be a time in epoch ms, got null"],
    [
      replaced("tsOpenMs", [2, 7]),
      "candles.tsOpenMs[2] must be after the row before, got 7 after 1767312000000",
    ],
    [
      replaced("tsOpenMs", [1, Date.UTC(2026, 0, 1)]),
      "candles.tsOpenMs[1] must be after the row before, " +
      "got 1767225600000 after 1767225600000",
    ],
    [replaced("low", [9, -Infinity]), `candles.low[9] ${value}, got -Infinity`],
    [replaced("volume", [9, 1e300]), `candles.volume[9] ${value}, got 1e+300`],
    [replaced("high", [9, "12"]), `candles.high[9] ${value}, got "12"`],
    [withCandles({ open: new Array(rows) }), `candles.open[0] ${value}, got nothing`],
  ];
  for (const [argument, expected] of cases) {
    assert.equal(await refusal(argument), `Cannot sweep: ${expected}`);
  }
});

Deno.test("embeddedSweep() called with random junk rejects with one clear error, whatever the junk is", async () => {
  const members = [...Object.keys(sweep), "calendar", "signal", "anything"];
  const junk = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withSparseArray: true,
  });
  // what is drawn is small, so that a counterexample can be read
  const change = fc.oneof(
    fc.record({ argument: junk }),
    fc.record({ member: fc.constantFrom(...members), value: junk }),
    fc.record({ column: fc.constantFrom(...names), value: junk }),
    fc.record({ column: fc.constantFrom(...names), row: fc.nat(rows - 1), value: junk }),
  );
  const changed = (drawn: Record<string, unknown>): unknown => {
    if ("argument" in drawn) return drawn.argument;
    if ("member" in drawn) return { ...sweep, [drawn.member as string]: drawn.value };
    const name = drawn.column as typeof names[number];
    return "row" in drawn
      ? replaced(name, [drawn.row as number, drawn.value])
      : withCandles({ [name]: drawn.value });
  };
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(change, async (drawn) => {
      try {
        await embeddedSweep(changed(drawn) as EmbeddedSweep);
      } catch (error) {
        assert.ok(error instanceof BacktestError, String(error));
        assert.match(error.message, /^.{1,600}$/u);
        refused++;
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(refused > 200, `${refused} of 300 were refused`);
});

Deno.test("embeddedSweep() takes further columns, which rules read by name", async () => {
  const { indicator_grids: _, ...template } = JSON.parse(sweep.request).template;
  const request = JSON.stringify({
    ...JSON.parse(sweep.request),
    template: { ...template, rules: { long: { enter: 'col("mood") > 0.5', exit: 'col("mood") < 0' } } },
  });
  const mood = column((row) => row % 10 < 4 ? 1 : -1);
  const given = (changes: Record<string, unknown>) => ({ ...withCandles(changes), request });
  const { variants: [best] } = await embeddedSweep(given({ further: { mood } }) as EmbeddedSweep);
  assert.equal(best!.metrics.trades, 4);
  const cases: readonly [unknown, string][] = [
    [
      { further: { moody: mood } },
      'Cannot read col("mood") from candles "sweep.candles": there is no such column',
    ],
    [{ further: { mood: [1] } }, 'Cannot sweep: candles.further["mood"] has 1 rows, candles.tsOpenMs has 40'],
    [
      { further: { mood: mood.with(3, 1e39) } },
      'Cannot sweep: candles.further["mood"][3] must be a finite number',
    ],
    [{ further: { mood: "x" } }, "Cannot sweep: candles.further.mood must be an array of numbers"],
    [
      { further: Object.fromEntries(mood.concat(mood, mood).map((_, i) => [`c${i}`, mood])) },
      "Cannot sweep: candles.further has 120 columns, at most 100",
    ],
  ];
  for (const [changes, expected] of cases) {
    const message = await refusal(given(changes as Record<string, unknown>));
    assert.ok(message.startsWith(expected), message);
  }
});
