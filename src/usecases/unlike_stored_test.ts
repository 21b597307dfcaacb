import assert from "node:assert/strict";
import { type ExactCandles, exactCandles } from "../core/bars/mod.ts";
import { unlikeStored } from "./unlike_stored.ts";

type Precision = "f64" | "f32" | number;

function columns(rows: readonly (readonly [number, number])[]): ExactCandles {
  const values = Array.from({ length: 5 }, () => Float64Array.from(rows, ([, value]) => value));
  return exactCandles(Float64Array.from(rows, ([openMs]) => openMs), values);
}

interface Case {
  readonly rows: readonly (readonly [number, number])[];
  readonly stored: readonly (readonly [number, number, number])[];
  readonly precision?: Precision;
}

const nowMs = 1_000_000;

/** Times, values and stamps of what has to be written. */
function unlike({ rows, stored, precision: of = "f64" }: Case) {
  const found = columns(stored.map(([openMs, value]) => [openMs, value]));
  const ingestedMs = Float64Array.from(stored, ([, , stamp]) => stamp);
  const precision = { open: of, high: of, low: of, close: of, volume: of };
  const { candles, replaced } = unlikeStored(
    { rows: columns(rows), stored: { ...found, ingestedMs } },
    { precision, nowMs },
  );
  const written = Array.from(candles.tsOpenMs, (openMs, row) => [
    openMs,
    candles.close[row],
    candles.ingestedMs[row],
  ]);
  return { written, replaced };
}

Deno.test("unlikeStored() leaves out what is stored, and stamps what is missing with the clock", () => {
  const rows = [[0, 1], [60, 2], [120, NaN], [180, 4]] as const;
  assert.deepEqual(
    unlike({ rows, stored: [] }).written,
    rows.map(([openMs, value]) => [openMs, value, nowMs]),
  );
  const stored = [[-60, 9, 1], [0, 1, 1], [30, 9, 1], [120, NaN, 1], [180, 4, 1], [240, 9, 1]] as const;
  assert.deepEqual(unlike({ rows, stored }), { written: [[60, 2, nowMs]], replaced: 0 });
});

Deno.test("unlikeStored() stamps a row that replaces another later than it, whatever the clocks say", () => {
  const rows = [[0, 1]] as const;
  assert.deepEqual(unlike({ rows, stored: [[0, 2, 5]] }), { written: [[0, 1, nowMs]], replaced: 1 });
  assert.deepEqual(unlike({ rows, stored: [[0, 2, nowMs]] }).written, [[0, 1, nowMs + 1000]]);
  assert.deepEqual(unlike({ rows, stored: [[0, 2, 5_000_250]] }).written, [[0, 1, 5_001_000]]);
  assert.deepEqual(unlike({ rows, stored: [[0, NaN, 5]] }).replaced, 1);
  assert.deepEqual(unlike({ rows: [[0, NaN]], stored: [[0, 1, 5]] }).replaced, 1);
});

Deno.test("unlikeStored() compares as exactly as the table keeps values", () => {
  const replaced = (value: number, stored: number, precision: Precision) =>
    unlike({ rows: [[0, value]], stored: [[0, stored, 5]], precision }).replaced;
  const next = 0.1 + 2 ** -56;
  assert.notEqual(next, 0.1);
  assert.equal(replaced(next, 0.1, "f64"), 1);
  assert.equal(replaced(0.1, Math.fround(0.1), "f32"), 0);
  assert.equal(replaced(0.1, 0.1, "f32"), 1);
  assert.equal(replaced(0.125, 0.12, 0.01), 0);
  assert.equal(replaced(0.125, 0.11, 0.01), 1);
});
