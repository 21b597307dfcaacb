import assert from "node:assert/strict";
import { CandleDecoder, candleRowBytes } from "./candle_decoder.ts";

const range = { startMs: 0, endMs: 1_000_000 };

/** Rows as the server writes them: time and five values each. */
function rowBinary(rows: readonly (readonly number[])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(rows.length * candleRowBytes));
  rows.forEach(([timeMs, ...values], row) => {
    view.setFloat64(row * candleRowBytes, timeMs!, true);
    values.forEach((value, column) => view.setFloat32(row * candleRowBytes + 8 + 4 * column, value, true));
  });
  return new Uint8Array(view.buffer);
}

Deno.test("CandleDecoder answers the same columns however the bytes are cut", () => {
  const bytes = rowBinary([[0, 1, 2, 3, 4, 5], [60_000, 6, NaN, 8, 9, 0], [120_000, 11, 12, 13, 14, 15]]);
  const decode = (size: number) => {
    const decoder = new CandleDecoder({ range, rowsMax: 3 });
    // one buffer for all pieces, as a reader may use
    const buffer = new Uint8Array(size);
    for (let from = 0; from < bytes.length; from += size) {
      const piece = bytes.subarray(from, from + size);
      buffer.set(piece);
      decoder.push(buffer.subarray(0, piece.length));
    }
    return decoder.finish();
  };
  const whole = decode(bytes.length);
  assert.deepEqual([...whole.tsOpenMs], [0, 60_000, 120_000]);
  assert.deepEqual(whole.high, Float32Array.of(2, NaN, 12));
  assert.deepEqual(whole.volume, Float32Array.of(5, 0, 15));
  for (let size = 1; size < bytes.length; size++) assert.deepEqual(decode(size), whole);
});

Deno.test("CandleDecoder keeps the last of rows with one time", () => {
  const decoder = new CandleDecoder({ range, rowsMax: 2 });
  decoder.push(rowBinary([[0, 1, 1, 1, 1, 1], [0, 2, 2, 2, 2, 2], [5, 3, 3, 3, 3, 3], [5, 4, 4, 4, 4, 4]]));
  assert.deepEqual(decoder.finish().close, Float32Array.of(2, 4));
});

Deno.test("CandleDecoder refuses rows beyond its limit, infinite values and what cannot be rows", () => {
  const push = (rows: readonly (readonly number[])[]) =>
    new CandleDecoder({ range, rowsMax: 2 }).push(rowBinary(rows));
  const row = [1, 1, 1, 1, 1];
  assert.throws(() => push([[0, ...row], [1, ...row], [2, ...row]]), {
    message: "Cannot use candles of canonical_candles_1m: the range has more than 2 rows",
  });
  assert.throws(() => push([[1, 1, 1, -Infinity, 1, 1]]), {
    message: "Cannot use candles of canonical_candles_1m: low at 1970-01-01T00:00:00.001Z is no finite f32",
  });
  for (const timeMs of [-1, 1_000_000, NaN, 0.5, Infinity]) {
    assert.throws(() => push([[timeMs, ...row]]), { message: `has the time ${timeMs} after row 0` });
  }
  assert.throws(() => push([[5, ...row], [4, ...row]]), { message: "has the time 4 after row 1" });
});
