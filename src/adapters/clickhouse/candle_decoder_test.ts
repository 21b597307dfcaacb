import assert from "node:assert/strict";
import { nativeBlock, type NativeRow } from "../../../tests/helpers/clickhouse_native.ts";
import { CandleDecoder } from "./candle_decoder.ts";

const range = { startMs: 0, endMs: 1_000_000 };
const row = [1, 1, 1, 1, 1];

function decode(blocks: readonly (readonly NativeRow[])[], { rowsMax = 100 } = {}) {
  const decoder = new CandleDecoder({ range, rowsMax });
  for (const rows of blocks) decoder.push(nativeBlock(rows));
  return decoder.finish();
}

Deno.test("CandleDecoder answers the same columns however the bytes are cut", () => {
  const first = [[0, 1, 2, 3, 4, 5], [60_000, 6, NaN, 8, 9, 0]];
  const second = [[120_000, 11, 12, 13, 14, 15]];
  const bytes = Uint8Array.from([...nativeBlock(first), ...nativeBlock(second)]);
  const inPieces = (size: number) => {
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
  const whole = inPieces(bytes.length);
  assert.deepEqual([...whole.candles.tsOpenMs], [0, 60_000, 120_000]);
  assert.deepEqual(whole.candles.high, Float32Array.of(2, NaN, 12));
  assert.deepEqual(whole.candles.volume, Float32Array.of(5, 0, 15));
  for (let size = 1; size < bytes.length; size++) assert.deepEqual(inPieces(size), whole);
});

Deno.test("CandleDecoder keeps the last of rows with one time, in one block or over several", () => {
  const rows = [[0, 1], [0, 2], [5, 3], [5, 4], [5, 5], [6, 6]].map(([timeMs, value]) => [
    timeMs!,
    ...Array<number>(5).fill(value!),
  ]);
  for (let cut = 0; cut <= rows.length; cut++) {
    for (let next = cut; next <= rows.length; next++) {
      const { candles } = decode([rows.slice(0, cut), rows.slice(cut, next), rows.slice(next)], {
        rowsMax: 3,
      });
      assert.deepEqual([...candles.tsOpenMs], [0, 5, 6]);
      assert.deepEqual(candles.close, Float32Array.of(2, 5, 6));
    }
  }
});

Deno.test("CandleDecoder answers no rows for an empty answer and for empty blocks", () => {
  assert.equal(decode([]).candles.close.length, 0);
  assert.equal(decode([[], []]).candles.close.length, 0);
});

Deno.test("CandleDecoder refuses rows beyond its limit and impossible times", () => {
  assert.throws(() => decode([[[0, ...row], [1, ...row]], [[2, ...row]]], { rowsMax: 2 }), {
    message: "Cannot use candles of canonical_candles_1m: the range has more than 2 rows",
  });
  for (const timeMs of [-1, 1_000_000, NaN, 0.5, Infinity]) {
    assert.throws(() => decode([[[timeMs, ...row]]]), { message: `has the time ${timeMs} after row 0` });
  }
  assert.throws(() => decode([[[5, ...row], [4, ...row]]]), { message: "has the time 4 after row 1" });
  assert.throws(() => decode([[[5, ...row]], [[4, ...row]]]), { message: "has the time 4 after row 1" });
});

Deno.test("CandleDecoder refuses what is no block of candles", () => {
  const push = (bytes: Uint8Array) => {
    const decoder = new CandleDecoder({ range, rowsMax: 2 });
    decoder.push(bytes);
    decoder.finish();
  };
  const types = ["Float64", "Float32", "Float32", "Float32", "Float32", "String"];
  const cases: readonly [Uint8Array, string][] = [
    [new TextEncoder().encode("<html>It works!</html>"), "has 60 columns after row 0"],
    [nativeBlock([[0, ...row]], { types }), "has a column of type String after row 0"],
    [Uint8Array.of(6, 255, 255, 255, 255, 1), "has a row count that is too long after row 0"],
    [Uint8Array.of(6, 255, 255, 255, 127), "has a block of 268435455 rows after row 0"],
    [Uint8Array.of(6, 1, 0), "has a name of 0 characters after row 0"],
    [nativeBlock([[0, ...row]]).subarray(0, -1), "ends in the middle, after row 0"],
  ];
  for (const [bytes, message] of cases) assert.throws(() => push(bytes), { message });
});

Deno.test("CandleDecoder answers further columns beside the candles, NaN where they are not finite", () => {
  const types = ["Float64", ...Array<string>(7).fill("Float32")];
  const further = ["pred", "__proto__"];
  const decoder = new CandleDecoder({ range, rowsMax: 3, further });
  const rows = [[0, ...row, -0.5, 1], [0, ...row, Infinity, 2], [5, ...row, NaN, 3]];
  decoder.push(nativeBlock(rows, { types }));
  const found = decoder.finish();
  assert.deepEqual([...found.candles.tsOpenMs], [0, 5]);
  assert.deepEqual([...found.further!], [["pred", Float32Array.of(NaN, NaN)], [
    "__proto__",
    Float32Array.of(2, 3),
  ]]);
});
